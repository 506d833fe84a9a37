"""A fitted model as a document of JSON types, and back; each field alone and beside the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from types import NoneType
from typing import Any

from glasslogit.errors import python_scalar
from glasslogit.export.class_fields import (
    check_by_label,
    check_formula,
    read_classes,
    read_outcome,
    read_settings,
    write_classes,
    write_settings,
)
from glasslogit.export.fields import (
    check_names,
    check_training,
    read_centre,
    read_columns,
    read_finite,
    read_floats,
    read_integers,
    read_shares,
    read_typed,
    write_centre,
    write_columns,
    write_floats,
    write_penalty_factors,
    write_shares,
    write_strength,
)
from glasslogit.export.json_text import HASH
from glasslogit.export.versions import FIELDS, FIT, LATER_FIT, SCHEMA_VERSION
from glasslogit.inputs import check_factors
from glasslogit.model import (
    LogisticRegression,
    array_attributes,
    check_settings,
    dense,
    encoder_attributes,
    strengths,
)
from glasslogit.pages import how_many
from glasslogit.tables.encoding import Encoding, TableEncoder

SCHEMA = "glasslogit.model"
version_of = cache(metadata.version)  # to look it up takes longer than to write a small model


@dataclass(frozen=True, eq=False)
class SavedModel:
    """What a model file holds: the fitted model and how it is used on a table."""

    model: LogisticRegression
    target: str | None = None
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
    def positive(self) -> Any:
        """The label whose probability is reported, for two classes."""
        return self.model.positive_

    @property
    def threshold(self) -> float | None:
        """The probability from which on `positive` is predicted."""
        return self.model.threshold_


def write_document(saved: SavedModel) -> dict[str, Any]:
    """Describe a model by JSON types, in the order in which a reader wants to see it."""
    model = saved.model
    check_formula(model.formula, saved.target, saved.encoding)
    C, l1_ratio = strengths(model, rows=0)
    coef = dense(model.coef_)
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        HASH: "",
        "package_version": version_of("glasslogit"),
        "target": saved.target,
        "classes": write_classes(model.classes_),
        "positive": python_scalar(saved.positive),
        "threshold": saved.threshold,
        "features": write_columns(model),
        "dtype": coef.dtype.name,
        "intercept": write_floats(model.intercept_, "the intercepts"),
        "coefficients": write_floats(coef, "the coefficients"),
        **write_centre(model),
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
            "offset": vars(model).get("uses_offset_", False),
        },
        "training": dict(saved.training),
        "encoding": None if saved.encoding is None else saved.encoding.to_dict(),
    }


def read_document(document: Mapping[str, Any]) -> SavedModel:
    """Build a saved model from the checked fields of a document."""
    check_names(document, FIELDS)
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
    check_training(training, len(classes), model.coef_.shape[1])
    target = read_typed(document, "target", (str, NoneType))
    model.positive_, model.threshold_, model.target_ = positive, threshold, target
    model.training_ = training or None
    saved = SavedModel(model, target, training)
    check_formula(model.formula, target, saved.encoding)
    return saved


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
        found = f"coefficients in {how_many(len(coef), 'row')} and intercepts in {len(intercept)}"
        raise ValueError(f"{found} for {len(classes)} classes")
    check_by_label(model, classes)
    state = {
        "classes_": classes,
        "coef_": coef,
        "intercept_": intercept,
    }
    fit = _read_fit(document["fit"], len(classes))
    names = read_columns(document, coef.shape[1])
    state |= read_centre(document, *coef.shape)
    vars(model).update(state | fit | array_attributes(names, coef.shape[1]))
    if len(fit["n_iter_"]) not in {1, rows}:
        raise ValueError(f"'steps' are of {len(fit['n_iter_'])} models")
    return model


def _read_fit(fit: Mapping[str, Any], classes: int) -> dict[str, Any]:
    """Read how the training went."""
    check_names(fit, (*FIT, *LATER_FIT))
    state = {
        "n_iter_": read_integers(fit, "steps"),
        "passes_": read_typed(fit, "passes", int),
        "solver_": read_typed(fit, "solver", str),
        "outcome_": read_outcome(fit["outcome"]),
        "uses_offset_": read_typed(fit, "offset", bool),
    }
    if (fit["class_shares"] is None) != (fit["base_rate"] is None):
        raise ValueError("'class_shares' and 'base_rate' are not both there")
    if fit["class_shares"] is not None:
        state["class_shares_"] = read_shares(fit, "class_shares", classes)
        state["base_rate_"] = read_shares(fit, "base_rate", classes)
    return state
