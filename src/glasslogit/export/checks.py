"""Checks on the fields of a model file: each returns the value, or says why it makes no sense.

They raise `TypeError`, `ValueError`, `KeyError` or `OverflowError`, which `from_json` turns
into one line.
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

LABEL_TYPES = {"str": str, "bool": bool, "int": int, "float": float}
LABEL_KINDS = {"str": "UTO", "bool": "b", "int": "iu", "float": "f"}  # of NumPy's types


def finite(value: object, name: str) -> float:
    """Return `value` if it is a finite number that a float can hold.

    >>> finite(2, "C")
    2.0
    """
    if (
        not isinstance(value, int | float)
        or isinstance(value, bool)
        or not abs(value) <= sys.float_info.max
    ):
        raise ValueError(f"{name!r} is {value!r}, which is not a finite number")
    return float(value)


def typed(document: Mapping[str, Any], name: str, kind: type | tuple[type, ...]) -> Any:
    """Return a field if it is of the type it should be; true is no integer."""
    value = document[name]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise TypeError(f"{name!r} is of type {type(value).__name__}")
    return value


def floats(document: Mapping[str, Any], name: str, ndim: int) -> NDArray[np.floating[Any]]:
    """Build an array of finite floats in the stored dtype."""
    if document["dtype"] not in {"float64", "float32"}:
        raise ValueError(f"'dtype' is {document['dtype']!r}")
    array = np.array(document[name])
    if array.ndim == ndim and array.dtype.kind == "f":
        with np.errstate(over="ignore"):
            array = array.astype(document["dtype"])
        if np.isfinite(array).all():
            return array
    raise ValueError(f"{name!r} is not a {ndim}-dimensional array of finite floats")


def integers(document: Mapping[str, Any], name: str) -> NDArray[np.int32]:
    """Build an array of integers."""
    values = typed(document, name, list)
    if not all(type(value) is int for value in values):
        raise TypeError(f"{name!r} are not all integers")
    return np.array(values, dtype=np.int32)


def labels(stored: Mapping[str, Any]) -> NDArray[Any]:
    """Build the array of classes in its type; they must be sorted and distinct."""
    kind, values = LABEL_TYPES[stored["type"]], typed(stored, "values", list)
    if not all(type(value) is kind for value in values):
        raise TypeError(f"'classes' are not all of type {stored['type']}")
    if len(values) < 2 or values != sorted(set(values)):
        raise ValueError("'classes' are not two or more different labels in sorted order")
    name = typed(stored, "dtype", str)
    known = name in {"str", "object"} if kind is str else np.dtype(name).name == name
    if not known or np.dtype(name).kind not in LABEL_KINDS[stored["type"]]:
        raise ValueError(f"'classes' of type {stored['type']} are not {name!r}")
    with np.errstate(over="ignore"):
        array = np.array(values, dtype=name)
    if array.tolist() != values or (kind is float and not np.isfinite(array).all()):
        raise ValueError(f"'classes' do not fit into {name!r}")
    return array


def class_weight(stored: object) -> dict[Any, float] | str | None:
    """Build the setting from pairs (label, weight); text and None are as they are."""
    if stored is None or isinstance(stored, str):
        return stored
    if not isinstance(stored, list):
        raise TypeError(f"'class_weight' is of type {type(stored).__name__}")
    weights = {label: finite(weight, "class_weight") for label, weight in stored}
    if not all(isinstance(label, str) or math.isfinite(label) for label in weights):
        raise ValueError("'class_weight' has a label that is not a finite number or text")
    return weights


def base_rate(stored: object) -> dict[Any, float] | str | float | None:
    """Build the setting: a number, or what `class_weight` may be."""
    if isinstance(stored, int | float):
        return finite(stored, "base_rate")
    return class_weight(stored)


def shares(fit: Mapping[str, Any], name: str, classes: int) -> NDArray[np.float64]:
    """Build the shares of the classes, which add up to 1."""
    values = [finite(value, name) for value in typed(fit, name, list)]
    if len(values) != classes or min(values) <= 0 or abs(sum(values) - 1) > 1e-6:
        raise ValueError(f"{name!r} are not {classes} positive shares that add up to 1")
    return np.array(values)


def class_rows(training: Mapping[str, Any], classes: int) -> None:
    """Refuse training facts whose rows of each class are not as many positive integers."""
    rows = training.get("rows_of_class")
    if rows is None:
        return
    good = isinstance(rows, list) and all(type(each) is int and each > 0 for each in rows)
    if not good or len(rows) != classes or sum(rows) > sys.maxsize:
        raise ValueError(f"'rows_of_class' are not {classes} positive numbers of rows")


def feature_names(document: Mapping[str, Any], d: int) -> dict[str, NDArray[Any]]:
    """Return the names of the columns of X as the estimator keeps them, if it has any."""
    names = typed(document, "features", (list, type(None)))
    if names is None:
        return {}
    if len(names) != d or not all(isinstance(name, str) for name in names):
        raise ValueError(f"'features' are not {d} names, one for each coefficient")
    return {"feature_names_in_": np.array(names, dtype=object)}
