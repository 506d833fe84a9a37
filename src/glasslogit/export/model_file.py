"""A fitted model as a JSON file: readable, comparable, without code in it.

Floats are written by their shortest exact text, so a loaded model predicts the same bits as
the one that was saved. Nothing in the file depends on when or where it was written: the same
model gives the same bytes. Every field is checked on the way in; a file is refused in one line.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, NoReturn

from glasslogit.errors import ModelFileError, NotFittedError
from glasslogit.export.atomic import write_atomically
from glasslogit.export.fields import (
    base_rate,
    class_rows,
    class_weight,
    factors_of,
    feature_names,
    finite,
    floats,
    integers,
    labels,
    labels_to_dict,
    listed,
    number,
    plain,
    shares,
    typed,
)
from glasslogit.inputs import check_factors
from glasslogit.model import (
    Design,
    LogisticRegression,
    check_settings,
    dense,
    known_by,
    read_penalty,
)
from glasslogit.solvers import Outcome
from glasslogit.tables.encoding import Encoding, TableEncoder

if TYPE_CHECKING:
    pass

SCHEMA = "glasslogit.model"
SCHEMA_VERSION = 2
SETTINGS = ("solver", "tol", "fit_intercept", "multi_class", "max_iter", "class_weight")
BY_LABEL = ("class_weight", "base_rate")  # settings that may be mappings from labels
LONGEST = 200  # characters of what is wrong with a field


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
    C, l1_ratio = read_penalty(model.penalty, model.C, model.l1_ratio)
    coef = dense(model.coef_)
    classes = labels_to_dict(model.classes_)
    features = None if "feature_names_in_" not in vars(model) else list(model.feature_names_in_)
    if saved.encoding is not None:
        features = list(saved.encoding.feature_names)
    solver = model.solver if isinstance(model.solver, str) else model.solver_
    settings = {name: plain(getattr(model, name)) for name in SETTINGS} | {"solver": solver}
    for name in BY_LABEL:
        given = getattr(model, name)
        by_label = isinstance(given, Mapping)
        settings[name] = [[plain(k), float(s)] for k, s in given.items()] if by_label else given
    settings |= {"weights": model.weights, "base_rate": plain(settings["base_rate"])}
    settings |= {"formula": model.formula}
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "package_version": metadata.version("glasslogit"),
        "target": saved.target,
        "classes": classes,
        "positive": plain(saved.positive),
        "threshold": saved.threshold,
        "features": features,
        "dtype": coef.dtype.name,
        "intercept": model.intercept_.tolist(),
        "coefficients": coef.tolist(),
        "penalty": {"C": number(C), "l1_ratio": number(l1_ratio), "factors": factors_of(model)},
        "settings": settings,
        "fit": {
            "solver": model.solver_,
            "steps": model.n_iter_.tolist(),
            "passes": int(model.passes_),
            "outcome": model.outcome_.name,
            "class_shares": listed(model, "class_shares_"),
            "base_rate": listed(model, "base_rate_"),
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
        problem = f"has a field that makes no sense: {' '.join(str(error).split())[:LONGEST]}"
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
        vars(model).update(known_by(TableEncoder().adopt(encoding)))
    positive, threshold = document["positive"], document["threshold"]
    classes = model.classes_.tolist()
    if positive is not None and (type(positive), positive) not in [(type(k), k) for k in classes]:
        raise ValueError(f"'positive' is {positive!r}, which is not one of the classes")
    if threshold is not None:
        if not 0 <= finite(threshold, "threshold") <= 1:
            raise ValueError(f"'threshold' is {threshold}, which is not a probability")
        if positive is None or len(classes) != 2:
            raise ValueError("'threshold' is given without two classes, one of them 'positive'")
    training = typed(document, "training", dict)
    class_rows(training, len(classes))
    target = typed(document, "target", (str, NoneType))
    return SavedModel(model, target, positive, threshold, training)


def _settings(document: Mapping[str, Any]) -> dict[str, Any]:
    """Read the parameters of the estimator."""
    stored, penalty = document["settings"], document["penalty"]
    C, l1_ratio = penalty["C"], penalty["l1_ratio"]
    return {name: stored[name] for name in SETTINGS} | {
        "solver": typed(stored, "solver", str),
        "class_weight": class_weight(stored["class_weight"]),
        "weights": stored.get("weights", "frequency"),
        "base_rate": base_rate(stored.get("base_rate")),
        "formula": typed({"formula": None} | stored, "formula", (str, NoneType)),
        "C": math.inf if C == "inf" else finite(C, "C"),
        "l1_ratio": finite(l1_ratio, "l1_ratio"),
        "penalty_factors": penalty.get("factors"),
    }


def _build_model(document: Mapping[str, Any]) -> LogisticRegression:
    """Build the estimator and put it in the state that `fit` left it in."""
    model = LogisticRegression(**_settings(document))
    check_settings(model)
    classes = labels(document["classes"])
    coef = floats(document, "coefficients", 2)
    intercept = floats(document, "intercept", 1)
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
        "n_features_in_": coef.shape[1],
        "n_iter_": integers(fit, "steps"),
        "passes_": typed(fit, "passes", int),
        "solver_": typed(fit, "solver", str),
        "outcome_": Outcome[fit["outcome"]],
    }
    if fit.get("class_shares") is not None:
        state["class_shares_"] = shares(fit, "class_shares", len(classes))
        state["base_rate_"] = shares(fit, "base_rate", len(classes))
    vars(model).update(state | feature_names(document, coef.shape[1]))
    Design(None).finish(model)
    return model
