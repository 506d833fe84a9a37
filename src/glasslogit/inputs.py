"""Checks at the edge, once: what the user gave becomes arrays, or one clear sentence."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from glasslogit.core.blocks import is_sparse
from glasslogit.core.losses import Floats
from glasslogit.errors import (
    DataConversionWarning,
    InputError,
    also_sklearns,
)
from glasslogit.given import as_numbers, foreign_kind, name_column, refuse_foreign, to_array

SQUARABLE = np.float64(1e150)  # larger numbers have no square; float64, also beside float32
ANY = np.float64(np.finfo(np.float64).max)
EXACT = np.int64(2**53)  # larger whole numbers are rounded
CHUNK = 2**20  # entries looked at together, so that no check makes a copy of X


class Features(NamedTuple):
    """Checked features: an array (n, d) or CSR matrix, and the column names if known."""

    X: Any
    names: tuple[str, ...] | None

    def column(self, j: int) -> str:
        """Name a column for a message."""
        return name_column(j, self.names)


def check_features(X: Any, *, flat: int | None = None, largest: np.float64 = ANY) -> Features:
    """Turn X into a numeric (n, d) array or CSR matrix of finite numbers within ±`largest`.

    A flat X is one feature of many rows; at prediction `flat` is the number of features
    and a flat X of that length, if it is not 1, is one row.
    """
    names = column_names(X)
    sparse = is_sparse(X)
    array = X if sparse else to_array(X, "X")
    if array.ndim == 1 and not sparse:
        one_row = flat not in (None, 1)
        names = text_names(getattr(X, "index", None)) if one_row else None
        array = array[None, :] if one_row else array[:, None]
    if array.ndim != 2:
        raise InputError(f"X has {array.ndim} dimensions; give rows and columns")
    for count, what in zip(array.shape, ("sample", "feature"), strict=True):
        if count == 0:
            shape = f"{what}(s) (shape={array.shape})"
            raise InputError(f"X has 0 {shape} while a minimum of 1 is required.")
    features = Features(X.tocsr() if sparse else as_numbers(array, names), names)
    if sparse:
        check_finite_sparse(features, largest)
    else:
        check_finite(features, largest)
    return features


def check_known(features: Features, d: int, names: Sequence[str] | None) -> None:
    """Refuse features whose columns are not the d columns, by name if known, of the training."""
    columns = features.X.shape[1]
    if columns != d:
        raise InputError(
            f"X has {columns} features, but LogisticRegression is expecting {d} features as "
            "input; give the same columns in the same order"
        )
    pairs = enumerate(zip(features.names or (), [] if names is None else names, strict=False))
    for j, (new, old) in pairs:
        if new != old:
            raise InputError(
                f"column {j} of X is {new!r} but was {old!r} at training; "
                "give the same columns in the same order"
            )


def column_names(X: Any) -> tuple[str, ...] | None:
    """Take the column names of a data frame, if all are strings."""
    return text_names(getattr(X, "columns", None))


def text_names(names: Any) -> tuple[str, ...] | None:
    """Give the labels of an axis of a data frame, if all are strings; a list has a method there."""
    if names is None or callable(names) or not all(isinstance(name, str) for name in names):
        return None
    return tuple(str(name) for name in names)


def check_finite(features: Features, largest: np.float64) -> None:
    """Refuse NaN, infinity and numbers beyond `largest`, naming the row and column of the first."""
    X = features.X
    if X.dtype.kind in "iu" and X.dtype.itemsize == 8 and not _within(X, EXACT):
        row, j = (int(index[0]) for index in ((X > EXACT) | (X < -EXACT)).nonzero())
        refuse_rounding(int(X[row, j]), row, features.column(j))
    rows = max(CHUNK // X.shape[1], 1)
    for start in range(0, len(X) if X.dtype.kind == "f" else 0, rows):
        chunk = X[start : start + rows]
        if not _within(chunk, largest):
            row, j = (int(index[0]) for index in (~(np.abs(chunk) <= largest)).nonzero())
            _refuse(chunk[row, j], start + row, features.column(j))


def check_finite_sparse(features: Features, largest: np.float64) -> None:
    """Refuse the same among the stored entries."""
    data = features.X.data
    if data.dtype.kind not in "fiub":
        raise InputError("X is a sparse matrix without real numbers; give one of numbers")
    if not _within(data, largest):
        entry = int((~(np.abs(data) <= largest)).argmax())
        row = int(np.searchsorted(features.X.indptr, entry, side="right")) - 1
        _refuse(data[entry], row, features.column(int(features.X.indices[entry])))


def _within(numbers: NDArray[Any], largest: np.float64 | np.int64) -> bool:
    """Tell whether all are within ±largest, without a copy; NaN is not.

    A finite sum of squares, one fast product, vouches for nearly all data.
    """
    if numbers.dtype == np.float64 and numbers.flags.c_contiguous:
        with np.errstate(over="ignore", invalid="ignore"):
            square = np.vdot(numbers, numbers)
        if square < min(largest, SQUARABLE) ** 2:
            return True
    return bool(numbers.size == 0 or (numbers.min() >= -largest and numbers.max() <= largest))


def _refuse(value: Any, row: int, column: str) -> None:
    what, remedy = "NaN", "drop the row or fill in a value"
    if np.isinf(value):
        what = "infinity"
    elif not np.isnan(value):
        what, remedy = f"{value:g}", "it is too large to square, so rescale the column"
    raise InputError(f"X holds {what} in row {row}, {column}; {remedy}")


def refuse_rounding(value: int, row: int, column: str) -> NoReturn:
    """Refuse a whole number that a float64 would round."""
    raise InputError(
        f"X holds {value} in row {row}, {column}, a whole number beyond 2⁵³, which would be "
        "rounded; leave the column out if it is an identifier, or change the unit"
    )


def label_array(y: Any) -> NDArray[Any]:
    """Turn what the user gave as y into an array."""
    if y is None:
        raise InputError(
            "LogisticRegression requires y to be passed, but the target y is None; "
            "give one label for each row of X"
        )
    return to_array(y, "y")


def check_labels(y: Any, n: int) -> NDArray[Any]:
    """Check labels of any one type, (n,) or with a warning a column (n, 1), shape (n,)."""
    labels = label_array(y)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
        text = "A column-vector y was passed when a 1d array was expected; give y of shape (n,)"
        warnings.warn(text, also_sklearns(DataConversionWarning), stacklevel=4)
    if labels.shape != (n,):
        raise InputError(f"y has shape {labels.shape} but X has {n} rows; give one label a row")
    missing = missing_labels(labels)
    if missing.any():
        raise InputError(f"y is missing in row {int(missing.argmax())}; drop the row or label it")
    foreign = foreign_kind(labels)
    if foreign is not None:
        raise InputError(f"y holds {foreign}; turn the labels into text or whole numbers")
    if labels.dtype.kind == "f":
        with np.errstate(invalid="ignore"):  # infinity has no remainder
            fractional = labels % 1 != 0
        if fractional.any():
            row = int(fractional.argmax())
            raise InputError(
                f"Unknown label type: y holds {labels[row]} in row {row}, which is continuous; "
                "give class labels, or shares of events with the trials as sample_weight"
            )
    return labels


def missing_labels(labels: NDArray[Any]) -> NDArray[np.bool]:
    """Tell which labels are None, NaN, NaT or blank text."""
    if labels.dtype.kind == "f":
        return np.isnan(labels)
    if labels.dtype.kind in "mM":
        return np.isnat(labels)
    if labels.dtype.kind in "UST":
        return np.strings.isspace(labels) | (np.strings.str_len(labels) == 0)
    if labels.dtype.kind == "O":
        blank = (not x.strip() if isinstance(x, str) else _is_absent(x) for x in labels)
        return np.fromiter(blank, bool, len(labels))
    return np.zeros(len(labels), bool)


def _is_absent(label: Any) -> bool:
    if label is None or type(label).__name__ == "NAType":  # pandas.NA does not say if it is itself
        return True
    return bool(label != label)  # noqa: PLR0124


def find_classes(labels: NDArray[Any]) -> NDArray[Any]:
    """List the classes among labels, sorted; they must be of one type."""
    try:
        return np.unique(labels)
    except TypeError:
        raise InputError(
            "y mixes labels of different types; give all as text or all as numbers"
        ) from None


def check_weight(sample_weight: Any, n: int, *, empty: bool = False) -> Floats:
    """Check row weights; without any every row weighs 1, at no cost in memory.

    All may be 0 only where the rows are a part of the data, `empty=True`.
    """
    if sample_weight is None:
        return np.broadcast_to(1.0, (n,))
    weight = _row_numbers(sample_weight, "sample_weight")
    if weight.shape != (n,):
        raise InputError(
            f"sample_weight has shape {weight.shape} but there are {n} rows; give one each"
        )
    bad = ~np.isfinite(weight) | (weight < 0)
    if bad.any():
        row = int(bad.argmax())
        raise InputError(
            f"sample_weight is {weight[row]} in row {row}; weights must be finite and not negative"
        )
    if not (empty or weight.any()):
        raise InputError("sample_weight is zero for every row; give some row a positive weight")
    return weight


def check_offset(offset: Any, n: int, c: int) -> Floats:
    """Check offsets, (n,) or (n, c), shape (n, c); without any they are 0."""
    if offset is None:
        return np.zeros((n, c))
    array = _row_numbers(offset, "offset")
    array = array[:, None] if array.ndim == 1 and c == 1 else array
    if array.shape != (n, c):
        wanted = f"({n},)" if c == 1 else f"({n}, {c})"
        raise InputError(f"offset has shape {array.shape}; give shape {wanted}")
    if not np.isfinite(array).all():
        row = int((~np.isfinite(array)).any(axis=1).argmax())
        raise InputError(f"offset is not finite in row {row}; give a number")
    return array


def check_factors(factors: Any, d: int, names: Sequence[str] | None) -> Floats | float:
    """Check the factors on the penalty of each column, an array or by name; give (d, 1), or 1.

    >>> check_factors({"age": 0}, 2, ("age", "income")).tolist()
    [[0.0], [1.0]]
    """
    if factors is None:
        return 1.0
    if isinstance(factors, Mapping):
        strange = [name for name in factors if name not in (names or ())]
        if strange:
            raise InputError(
                f"penalty_factors names {strange[0]!r}, which is not a column of X; "
                "give names of columns, or an array with a factor for each"
            )
        factors = [factors.get(name, 1.0) for name in names or ()]
    array = _row_numbers(factors, "penalty_factors")
    if array.shape != (d,):
        raise InputError(f"penalty_factors has shape {array.shape} but X has {d} columns")
    bad = ~np.isfinite(array) | (array < 0)
    if bad.any():
        j = int(bad.argmax())
        raise InputError(
            f"penalty_factors is {array[j]} for {name_column(j, names)}; "
            "factors must be finite and not negative"
        )
    return array[:, None]


def _row_numbers(values: Any, argument: str) -> Floats:
    array = to_array(values, argument)
    refuse_foreign(array, argument)
    try:
        return array.astype(np.float64, copy=False)
    except (TypeError, ValueError):
        raise InputError(
            f"{argument} holds something that is not a number; give numbers only"
        ) from None
