"""A fitted model as a JSON file: readable, comparable, without code in it.

Floats are written by their shortest exact text, so a loaded model predicts the same bits as
the one that was saved. Nothing in the file depends on when or where it was written: the same
model gives the same bytes. Every field is checked on the way in; a file is refused in one line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from types import NoneType
from typing import Any, NoReturn

from glasslogit.errors import ModelFileError, NotFittedError, python_scalar
from glasslogit.export.atomic import write_atomically
from glasslogit.export.fields import (
    check_class_rows,
    read_classes,
    read_columns,
    read_finite,
    read_floats,
    read_integers,
    read_settings,
    read_shares,
    read_typed,
    write_classes,
    write_columns,
    write_penalty_factors,
    write_settings,
    write_shares,
    write_strength,
)
from glasslogit.inputs import check_factors
from glasslogit.model import (
    LogisticRegression,
    array_attributes,
    check_settings,
    dense,
    encoder_attributes,
    strengths,
)
from glasslogit.solvers import Outcome
from glasslogit.tables.encoding import Encoding, TableEncoder

SCHEMA = "glasslogit.model"
SCHEMA_VERSION = 2
LONGEST_PROBLEM = 200  # characters of what is wrong with a field


@dataclass(frozen=True, eq=False)
class SavedModel:
    """What a model file holds: the fitted model and how it is used on a table."""

    model: LogisticRegression
    target: str | None = None
    positive: Any = None  # the label whose probability is reported, for two classes
    threshold: float | None = None  # `positive` is predicted from this probability on
    training: Mapping[str, Any] = field(default_factory=dict)  # facts to read, JSON types

    @property
    def encoding(self) -> Encoding | None:
        """How the model's table becomes X; None for a model that was fitted on arrays."""
        encoder = getattr(self.model, "encoder_", None)
        return None if encoder is None else encoder.encoding_

    @property
    def class_names(self) -> list[str]:
        """The classes as text, in the order of the columns of `predict_proba`."""
        return [str(label) for label in self.model.classes_.tolist()]

    @property
    def positive_place(self) -> int:
        """The column of `predict_proba` with the probability of the positive class."""
        return int(self.model.classes_.tolist().index(self.positive))


def save_model(model: LogisticRegression, path: str | Path) -> None:
    """Save a model as JSON, with the encoding of its table if it has one; see `save`.

    Of a `LogisticRegressionCV` it is the model with the chosen penalty, `best_`.
    """
    save(path, SavedModel(vars(model).get("best_", model)))


def load_model(path: str | Path) -> LogisticRegression:
    """Load the fitted model from a file that `save_model` or `save` wrote; see `load`.

    It predicts, and is judged on rows, as the one that was saved. The record of the training
    (`trace_`, `certificate_`, `separation_`, `dependences_`, `findings_`) is not in the file, nor
    is the `encoder` parameter: to learn from a table anew, give the policies again.
    """
    return load(path).model


def save(path: str | Path, saved: SavedModel) -> None:
    """Write a model file, whole or not at all.

    Raises
    ------
    NotFittedError
        If the model was not fitted.
    ModelFileError
        If a label or a coefficient cannot be written as JSON.
    InputError
        If `path` cannot be written.

    """
    write_atomically(path, to_json(saved).encode())


def load(path: str | Path) -> SavedModel:
    """Read a model file back; the model in it is fitted and predicts the same bits as before.

    Raises
    ------
    ModelFileError
        If the file is missing, cut off, not a glasslogit model, of a newer schema, or if a
        field is missing or of the wrong type or shape. One line: file, field, remedy.

    """
    try:
        return from_json(Path(path).read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        problem = "is not a glasslogit model (it is not text)"
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
    except ModelFileError as error:
        problem = str(error)
    raise ModelFileError(f"{path}: {problem}")


def to_json(saved: SavedModel) -> str:
    """Return the text of the model file; raises as `save`."""
    if "coef_" not in vars(saved.model):
        raise NotFittedError("this LogisticRegression is not fitted; call fit(X, y) before saving")
    if "outcome_" not in vars(saved.model):
        raise ModelFileError("this model is a mean of the folds' models; fit it with refit=True")
    try:
        text = json.dumps(_to_dict(saved), indent=1, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ModelFileError(f"this model cannot be written as JSON: {error}") from None
    return text + "\n"


def _to_dict(saved: SavedModel) -> dict[str, Any]:
    """Describe a model by JSON types, in the order in which a reader wants to see it."""
    model = saved.model
    C, l1_ratio = strengths(model, rows=0)
    coef = dense(model.coef_)
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "package_version": metadata.version("glasslogit"),
        "target": saved.target,
        "classes": write_classes(model.classes_),
        "positive": python_scalar(saved.positive),
        "threshold": saved.threshold,
        "features": write_columns(model),
        "dtype": coef.dtype.name,
        "intercept": model.intercept_.tolist(),
        "coefficients": coef.tolist(),
        "penalty": {
            "C": write_strength(C),
            "l1_ratio": float(l1_ratio),
            "factors": write_penalty_factors(model),
        },
        "settings": write_settings(model),
        "fit": {
            "solver": model.solver_,
            "steps": model.n_iter_.tolist(),
            "passes": int(model.passes_),
            "outcome": model.outcome_.name,
            "class_shares": write_shares(model, "class_shares_"),
            "base_rate": write_shares(model, "base_rate_"),
        },
        "training": dict(saved.training),
        "encoding": None if saved.encoding is None else saved.encoding.to_dict(),
    }


def from_json(text: str) -> SavedModel:
    """Build the model that `to_json` described; raises as `load`."""
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        message = "is cut off or is not JSON; copy the file again, or fit and save the model again"
        raise ModelFileError(message) from None
    _check_schema(document)
    try:
        return _build(document)
    except KeyError as error:
        problem = f"lacks the field {error}"
    except (TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        problem = (
            f"has a field that makes no sense: {' '.join(str(error).split())[:LONGEST_PROBLEM]}"
        )
    raise ModelFileError(f"{problem}; fit and save the model again")


def _refuse_constant(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which Python's JSON reader would let pass."""
    raise ValueError(name)


def _check_schema(document: object) -> None:
    """Refuse a file that is not ours or is newer than this package."""
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise ModelFileError("is JSON, but not a glasslogit model; give a file that `fit` saved")
    version = document.get("schema_version")
    if type(version) is not int or version < 1:
        raise ModelFileError("has no valid schema version; fit and save the model again")
    if version > SCHEMA_VERSION:
        found = f"is of a newer schema than {SCHEMA_VERSION}, the last that this glasslogit knows"
        raise ModelFileError(f"{found}; run: pip install --upgrade glasslogit")


def _build(document: Mapping[str, Any]) -> SavedModel:
    """Build a saved model from the checked fields of a document."""
    model = _build_model(document)
    if document["encoding"] is not None:
        encoding = Encoding.from_dict(document["encoding"])
        if list(encoding.feature_names) != document["features"]:
            raise ValueError("'encoding' does not give the columns in 'features'")
        vars(model).update(encoder_attributes(TableEncoder().set_encoding(encoding)))
    positive, threshold = document["positive"], document["threshold"]
    classes = model.classes_.tolist()
    if positive is not None and (type(positive), positive) not in [(type(k), k) for k in classes]:
        raise ValueError(f"'positive' is {positive!r}, which is not one of the classes")
    if threshold is not None:
        if not 0 <= read_finite(threshold, "threshold") <= 1:
            raise ValueError(f"'threshold' is {threshold}, which is not a probability")
        if positive is None or len(classes) != 2:
            raise ValueError("'threshold' is given without two classes, one of them 'positive'")
    training = read_typed(document, "training", dict)
    check_class_rows(training, len(classes))
    target = read_typed(document, "target", (str, NoneType))
    return SavedModel(model, target, positive, threshold, training)


def _build_model(document: Mapping[str, Any]) -> LogisticRegression:
    """Build the estimator and put it in the state that `fit` left it in."""
    model = LogisticRegression(**read_settings(document))
    check_settings(model)
    classes = read_classes(document["classes"])
    coef = read_floats(document, "coefficients", 2)
    intercept = read_floats(document, "intercept", 1)
    check_factors(model.penalty_factors, coef.shape[1], None)
    rows = 1 if len(classes) == 2 else len(classes)
    if len(coef) != rows or len(intercept) != rows:
        found = f"{len(coef)} rows of coefficients and {len(intercept)} intercepts"
        raise ValueError(f"{found} for {len(classes)} classes")
    fit = document["fit"]
    state = {
        "classes_": classes,
        "coef_": coef,
        "intercept_": intercept,
        "n_iter_": read_integers(fit, "steps"),
        "passes_": read_typed(fit, "passes", int),
        "solver_": read_typed(fit, "solver", str),
        "outcome_": Outcome[fit["outcome"]],
    }
    if fit.get("class_shares") is not None:
        state["class_shares_"] = read_shares(fit, "class_shares", len(classes))
        state["base_rate_"] = read_shares(fit, "base_rate", len(classes))
    names = read_columns(document, coef.shape[1])
    vars(model).update(state | array_attributes(names, coef.shape[1]))
    return model
