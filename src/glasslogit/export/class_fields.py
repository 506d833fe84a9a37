"""Fields of a model file about its classes, and the parameters, some of them given by label."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.errors import python_scalar
from glasslogit.export.fields import (
    check_names,
    read_finite,
    read_strength,
    read_typed,
)
from glasslogit.export.versions import LATER_SETTINGS, PENALTY, SETTINGS
from glasslogit.solvers import Outcome
from glasslogit.tables.encoding import Encoding, split_formula

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glasslogit.model import LogisticRegression


LABEL_TYPES = {"str": str, "bool": bool, "int": int, "float": float}
LABEL_KINDS = {"str": "UTO", "bool": "b", "int": "iu", "float": "f"}  # of NumPy's types


def write_classes(classes: NDArray[Any]) -> dict[str, Any]:
    """Describe the classes with their type, so that 1, "1" and True stay apart."""
    kind = next((name for name, kinds in LABEL_KINDS.items() if classes.dtype.kind in kinds), None)
    values = classes.tolist()
    if kind is None or not all(type(value) is LABEL_TYPES[kind] for value in values):
        raise TypeError(f"labels of type {classes.dtype} (use text, integers, floats or booleans)")
    dtype = "str" if classes.dtype.kind in "UT" else classes.dtype.name
    return {"type": kind, "dtype": dtype, "values": values}


def read_classes(stored: Mapping[str, Any]) -> NDArray[Any]:
    """Build the array of classes in its type; they must be sorted and distinct."""
    check_names(stored, ("type", "dtype", "values"))
    if stored["type"] not in LABEL_TYPES:
        raise ValueError("'classes' are of a type that is not known")
    kind, values = LABEL_TYPES[stored["type"]], read_typed(stored, "values", list)
    if not all(type(value) is kind for value in values):
        raise TypeError(f"'classes' are not all of type {stored['type']}")
    if not values or values != sorted(set(values)):
        raise ValueError("'classes' are not different labels in sorted order")
    name = read_typed(stored, "dtype", str)
    known = name in {"str", "object"} if kind is str else np.dtype(name).name == name
    if not known or np.dtype(name).kind not in LABEL_KINDS[stored["type"]]:
        raise ValueError(f"'classes' of type {stored['type']} are not {name!r}")
    with np.errstate(over="ignore"):
        array = np.array(values, dtype=name)
    if array.tolist() != values or (kind is float and not np.isfinite(array).all()):
        raise ValueError(f"'classes' do not fit into {name!r}")
    return array


def write_by_label(given: Any) -> Any:
    """Return a setting that may be a mapping from labels: pairs (label, number), or as it is."""
    if isinstance(given, Mapping):
        return [[python_scalar(label), float(number)] for label, number in given.items()]
    return python_scalar(given)


def read_class_weight(stored: object) -> dict[Any, float] | str | None:
    """Build the setting from pairs (label, weight); text and None are as they are."""
    if stored is None or isinstance(stored, str):
        return stored
    if not isinstance(stored, list):
        raise TypeError(f"'class_weight' is of type {type(stored).__name__}")
    weights = {label: read_finite(weight, "class_weight") for label, weight in stored}
    if len(weights) < len(stored):
        raise ValueError("'class_weight' names a label twice")
    if not all(isinstance(label, str) or math.isfinite(label) for label in weights):
        raise ValueError("'class_weight' has a label that is not a finite number or text")
    return weights


def read_base_rate(stored: object) -> dict[Any, float] | str | float | None:
    """Build the setting: a number, or what `class_weight` may be."""
    if isinstance(stored, int | float):
        return read_finite(stored, "base_rate")
    return read_class_weight(stored)


def check_by_label(model: LogisticRegression, classes: NDArray[Any]) -> None:
    """Refuse settings by label whose labels are not the classes."""
    for name in ("class_weight", "base_rate"):
        given = getattr(model, name)
        strange = set(given) - set(classes.tolist()) if isinstance(given, Mapping) else set()
        if strange:
            raise ValueError(f"{name!r} names a label that is not one of the classes")


def check_formula(formula: str | None, target: str | None, encoding: Encoding | None) -> None:
    """Refuse a formula whose sides are not the target and the formula of the encoding."""
    if formula is None:
        return
    left, right = split_formula(formula)
    fitted = None if encoding is None or encoding.formula is None else encoding.formula.text
    if right != fitted:
        known = "without one" if fitted is None else f"with {fitted!r}"
        raise ValueError(f"'formula' is {formula!r}, but the model was fitted {known}")
    if target is not None and left is not None and left != target:
        raise ValueError(f"'formula' is {formula!r}, but the 'target' is {target!r}")


def read_outcome(name: object) -> Outcome:
    """Read how the training ended."""
    if not isinstance(name, str) or name not in Outcome.__members__:
        raise ValueError("'outcome' is not one that is known")
    return Outcome[name]


def write_settings(model: LogisticRegression) -> dict[str, Any]:
    """Describe the parameters of the estimator, but the penalty; `read_settings` reads them."""
    return {name: python_scalar(getattr(model, name)) for name in SETTINGS} | {
        "solver": model.solver if isinstance(model.solver, str) else model.solver_,
        "class_weight": write_by_label(model.class_weight),
        "base_rate": write_by_label(model.base_rate),
        "weights": model.weights,
        "formula": model.formula,
    }


def read_settings(document: Mapping[str, Any]) -> dict[str, Any]:
    """Read the parameters of the estimator."""
    stored, penalty = document["settings"], document["penalty"]
    check_names(stored, (*SETTINGS, *LATER_SETTINGS))
    check_names(penalty, PENALTY)
    return {name: stored[name] for name in SETTINGS} | {
        "solver": read_typed(stored, "solver", str),
        "class_weight": read_class_weight(stored["class_weight"]),
        "weights": stored["weights"],
        "base_rate": read_base_rate(stored["base_rate"]),
        "formula": read_typed(stored, "formula", (str, type(None))),
        "C": read_strength(penalty["C"]),
        "l1_ratio": read_finite(penalty["l1_ratio"], "l1_ratio"),
        "penalty_factors": read_typed(penalty, "factors", (list, type(None))),
    }
