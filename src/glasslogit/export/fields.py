"""The fields of a model file: how each is written as JSON types, and how it is read back.

The writer of a field stands before its reader. A reader refuses what the writer cannot have
written, with a sentence that names the field.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sized
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.inputs import check_factors, learned_names
from glasslogit.model import SHARES_OFF, dense, encoder_of, factors_by_column
from glasslogit.pages import how_many

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glasslogit.model import LogisticRegression

MOST_OF_CLASS = 2**63 - 1
CENTRE = ("centre", "intercept_at_centre")  # fields of a model with columns far from 0
LARGEST_COEFFICIENT = 1e150  # a coefficient, whose products with rows must stay finite


# --- single values -----------------------------------------------------------------------


def check_names(document: Mapping[str, Any], wanted: Iterable[str]) -> None:
    """Refuse an object with a field that is not known; those that lack are missed when read."""
    strange = sorted(set(document) - set(wanted))
    if strange:
        raise ValueError(f"{strange[0][:40]!r} is not a field of this schema")
    for name in wanted:
        document[name]


def read_typed(document: Mapping[str, Any], name: str, kind: type | tuple[type, ...]) -> Any:
    """Return a field if it is of the type it should be; true is no integer."""
    value = document[name]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise TypeError(f"{name!r} is of type {type(value).__name__}")
    return value


def write_strength(C: float) -> float | str:
    """Return C; infinity, which JSON lacks, as text."""
    return "inf" if math.inf == C else float(C)


def read_strength(stored: object) -> float:
    """Read C.

    >>> read_strength(write_strength(math.inf)), read_strength(write_strength(0.5))
    (inf, 0.5)
    """
    return math.inf if stored == "inf" else read_finite(stored, "C")


def read_finite(value: object, name: str) -> float:
    """Return `value` if it is a finite number that a float can hold.

    >>> read_finite(2, "C")
    2.0
    """
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise ValueError(f"{name!r} is {value!r}, which is not a finite number")
    return float(value)


# --- arrays of numbers -------------------------------------------------------------------


def read_floats(document: Mapping[str, Any], name: str, ndim: int) -> NDArray[np.floating[Any]]:
    """Build an array of finite floats in the stored dtype."""
    if document["dtype"] not in {"float64", "float32"}:
        raise ValueError(f"'dtype' is {document['dtype']!r}")
    array = np.array(document[name])
    if array.ndim != ndim or array.dtype.kind != "f":
        raise ValueError(f"{name!r} is not a {ndim}-dimensional array of floats")
    if not (np.abs(array) <= LARGEST_COEFFICIENT).all():
        raise ValueError(
            f"{name!r} has a number that is not finite, or beyond {LARGEST_COEFFICIENT:g}"
        )
    with np.errstate(over="ignore"):
        array = array.astype(document["dtype"])
    if not np.isfinite(array).all():
        raise ValueError(f"{name!r} has a number that does not fit into {document['dtype']}")
    return array


def write_floats(array: NDArray[np.floating[Any]], name: str) -> list[Any]:
    """Return floats, each in its shortest exact text when it is written."""
    if not (np.abs(array.astype(np.float64)) <= LARGEST_COEFFICIENT).all():
        raise ValueError(f"{name} are not all finite and within {LARGEST_COEFFICIENT:g}")
    return array.tolist()


def write_centre(model: LogisticRegression) -> dict[str, list[float] | None]:
    """Return the fields of columns far from 0: their centre and the intercepts there, or nulls."""
    if model.centre_ is None or model.centred_intercept_ is None:
        return dict.fromkeys(CENTRE)
    there = write_floats(model.centred_intercept_, "the intercepts at the centre")
    return {"centre": write_floats(model.centre_, "the centre"), "intercept_at_centre": there}


def read_centre(document: Mapping[str, Any], rows: int, d: int) -> dict[str, Any]:
    """Return the attributes for them, none if the model has none."""
    if all(document[name] is None for name in CENTRE):
        return {}
    exact = {**document, "dtype": "float64"}
    centre, there = (read_floats(exact, name, 1) for name in CENTRE)
    if (len(centre), len(there)) != (d, rows):
        raise ValueError(
            f"'centre' and 'intercept_at_centre' are not {d} and {how_many(rows, 'number')}"
        )
    return {"centre_": centre, "centred_intercept_": there}


def read_integers(document: Mapping[str, Any], name: str) -> NDArray[np.int32]:
    """Build an array of integers."""
    values = read_typed(document, name, list)
    if not all(type(value) is int and value >= 0 for value in values):
        raise TypeError(f"{name!r} are not all integers from 0 on")
    return np.array(values, dtype=np.int32)


def check_count(name: str, values: Sized, wanted: int) -> None:
    """Refuse a list that is not as long as it should be."""
    if len(values) != wanted:
        raise ValueError(f"{name!r} are {len(values)}, not {wanted}")


def write_shares(model: LogisticRegression, attribute: str) -> list[float] | None:
    """Return shares of the classes; a model that was put together by hand may lack them."""
    return vars(model)[attribute].tolist() if attribute in vars(model) else None


def read_shares(fit: Mapping[str, Any], name: str, classes: int) -> NDArray[np.float64]:
    """Build the shares of the classes, which add up to 1."""
    values = [read_finite(value, name) for value in read_typed(fit, name, list)]
    if len(values) != classes or min(values) <= 0 or abs(sum(values) - 1) > SHARES_OFF:
        raise ValueError(f"{name!r} are not {classes} positive shares that add up to 1")
    return np.array(values)


def check_training(training: Mapping[str, Any], classes: int, columns: int) -> None:
    """Refuse training facts that are used later, and cannot be what was written."""
    rows = training.get("rows_of_class")
    if rows is not None:
        good = isinstance(rows, list) and all(type(each) is int and each > 0 for each in rows)
        if not good or len(rows) != classes or sum(rows) > MOST_OF_CLASS:
            raise ValueError(f"'rows_of_class' are not {classes} positive numbers of rows")
    facts = training.get("columns")
    if facts is not None:
        if not isinstance(facts, Mapping) or set(facts) != {"mean", "low", "high"}:
            raise ValueError(
                f"'columns' are not mean, low and high of {how_many(columns, 'column')}"
            )
        for name in facts:
            values = [read_finite(value, name) for value in read_typed(facts, name, list)]
            check_count(name, values, columns)
    for name, known in training.get("numbers", {}).items():
        low, high = (read_finite(known[end], end) for end in ("low", "high"))
        if len(known) != 3 or low > high or not isinstance(known["whole"], bool):
            raise ValueError(f"'numbers' of {name!r} are not low, high and whole")


# --- columns of X ------------------------------------------------------------------------


def write_penalty_factors(model: LogisticRegression) -> list[float] | None:
    """Return the penalty factor of each coefficient, if some were given."""
    names = tuple(getattr(model, "feature_names_", ()))
    given = factors_by_column(model.penalty_factors, encoder_of(model))
    factors = check_factors(given, dense(model.coef_).shape[1], names)
    return None if isinstance(factors, float) else factors[:, 0].tolist()


def write_columns(model: LogisticRegression) -> list[str] | None:
    """Return the names of the columns of X, if they have any."""
    encoder = vars(model).get("encoder_")
    if encoder is not None:
        return list(encoder.encoding_.feature_names)
    names = learned_names(model)
    return None if names is None else list(names)


def read_columns(document: Mapping[str, Any], d: int) -> tuple[str, ...] | None:
    """Return the names of the columns of X as the estimator keeps them, if it has any."""
    names = read_typed(document, "features", (list, type(None)))
    if names is not None and (len(names) != d or not all(isinstance(name, str) for name in names)):
        raise ValueError(f"'features' are not {how_many(d, 'name')}, one for each coefficient")
    if names is not None and len(set(names)) < d:
        raise ValueError("'features' has a name twice")
    return None if names is None else tuple(names)
