"""Validation of X: what the user gave becomes an array of finite numbers, or one clear sentence."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import ColumnMoments, Floats, is_sparse
from glasslogit.errors import InputError, InputTypeError
from glasslogit.inputs.column_labels import (
    ColumnLabels,
    axis_labels,
    check_learned,
    column_labels,
    names_of,
)
from glasslogit.inputs.dicts import refuse_dicts
from glasslogit.inputs.lazy_rows import LazyRows
from glasslogit.pages import how_many

SMALLEST_SQUARABLE = 1e-150  # smaller numbers lose digits when squared
LARGEST_SQUARABLE = np.float64(1e150)  # larger numbers have no square; float64, also beside float32
ANY = np.float64(np.finfo(np.float64).max)
LARGEST_EXACT = np.int64(2**53)  # larger whole numbers are rounded
ROWS_TOGETHER = 2**13  # rows that are made while they are near the processor
CHUNK = 2**20  # entries looked at together, so that no check makes a copy of X
NOT_NUMBERS: dict[str, tuple[type, ...]] = {
    "complex numbers": (complex, np.complexfloating),
    "dates or times": (dt.date, dt.time, dt.timedelta, np.datetime64, np.timedelta64),
}


@dataclass(frozen=True, eq=False)
class NamedRows:
    """Rows of X with the names of their columns, if they have some: a table that has been read."""

    columns: ColumnLabels
    values: Any  # (n, d), an array of float64, a CSR matrix or `LazyRows`

    def __len__(self) -> int:
        return int(self.values.shape[0])

    def to_numpy(self) -> NDArray[np.float64]:
        """Return the values."""
        return np.asarray(self.values.toarray() if is_sparse(self.values) else self.values)


class Features(NamedTuple):
    """Checked features: an array (n, d) or CSR matrix, and the labels of a frame's columns."""

    X: Any
    labels: ColumnLabels

    @property
    def names(self) -> tuple[str, ...] | None:
        """The names of the columns, if somebody named them."""
        return names_of(self.labels)

    def column(self, j: int) -> str:
        """Name a column for a message."""
        return name_column(j, self.names)


def check_features(X: Any, *, flat: int | None = None, largest: np.float64 = ANY) -> Features:
    """Turn X into a numeric (n, d) array or CSR matrix of finite numbers within ±`largest`.

    A flat X is one feature of many rows; at prediction `flat` is the number of features
    and a flat X of that length, if it is not 1, is one row.
    """
    labels = column_labels(X)
    X = X.values if isinstance(X, NamedRows) else X
    sparse = is_sparse(X)
    refuse_dicts(X, "X")
    array = X if sparse or isinstance(X, LazyRows) else to_array(X, "X")
    if array.ndim == 1 and not sparse:
        one_row = flat not in (None, 1)
        labels = axis_labels(getattr(X, "index", None)) if one_row else None
        array = array[None, :] if one_row else array[:, None]
    if array.ndim != 2:
        raise InputError(f"X has {how_many(array.ndim, 'dimension')}; give rows and columns")
    for count, what in zip(array.shape, ("sample", "feature"), strict=True):
        if count == 0 and not (what == "feature" and (labels == () or flat == 0)):
            shape = f"{what}(s) (shape={array.shape})"
            raise InputError(f"X has 0 {shape} while a minimum of 1 is required.")
    names = names_of(labels)
    features = Features(X.tocsr() if sparse else as_numbers(array, names), labels)
    if sparse:
        check_finite_sparse(features, largest)
    else:
        check_finite(features, largest)
    return features


class ColumnRanges(NamedTuple):
    """Of each column the least and the largest number, whether all are whole, and the mean (d,)."""

    low: Floats
    high: Floats
    whole: NDArray[np.bool]
    mean: Floats


def ranges_of_columns(X: Any) -> ColumnRanges:
    """Describe the columns of X (n, d), an array or what becomes one, or a sparse matrix.

    >>> [each.tolist() for each in ranges_of_columns([[1.0, 0.5], [3.0, 0.0]])]
    [[1.0, 0.0], [3.0, 0.5], [True, False], [2.0, 0.25]]
    """
    n, d = np.shape(X)
    if is_sparse(X):
        stored, whole = X.tocoo(), np.ones(d, np.bool)
        whole[stored.col[stored.data % 1 != 0]] = False
        low, high = (f(axis=0).toarray().ravel() for f in (X.min, X.max))
        return ColumnRanges(low, high, whole, np.ravel(X.sum(axis=0)) / n)
    low, high, total, whole = np.full(d, np.inf), np.full(d, -np.inf), np.zeros(d), np.ones(d, bool)
    for rows in in_pieces(X):
        low, high = np.minimum(low, rows.min(axis=0)), np.maximum(high, rows.max(axis=0))
        total = total + rows.sum(axis=0)
        whole &= (rows == np.rint(rows)).all(axis=0)
    return ColumnRanges(low, high, whole & np.isfinite(low) & np.isfinite(high), total / n)


def in_pieces(X: Any) -> Iterator[NDArray[Any]]:
    """Give the rows of X, an array or what becomes one, some at a time."""
    rows = X if isinstance(X, LazyRows) else np.asarray(X)
    return (rows[start : start + ROWS_TOGETHER] for start in range(0, len(rows), ROWS_TOGETHER))


def name_column(j: int, names: Sequence[str] | None) -> str:
    """Name a column for a message.

    >>> name_column(0, None), name_column(0, ["age"])
    ('column 0', "column 'age'")
    """
    return f"column {j}" if names is None else f"column {names[j]!r}"


def to_array(given: Any, argument: str) -> NDArray[Any]:
    """Turn what the user gave as an argument into an array of one or more dimensions.

    Masked entries are refused: NumPy would show the numbers behind the mask.

    >>> to_array(np.ma.masked_equal([[1, 9], [1, 2]], 9), "X")
    Traceback (most recent call last):
    glasslogit.errors.InputError: X is masked in row 0, column 1; drop the row or fill in a value
    """
    if type(given) is np.ndarray and given.ndim:
        return given
    if np.ma.is_masked(given):
        places = np.argwhere(np.ma.getmaskarray(given))[0].tolist()
        where = ", ".join(
            f"{axis} {at}" for axis, at in zip(("row", "column"), places, strict=False)
        )
        raise InputError(f"{argument} is masked in {where}; drop the row or fill in a value")
    arrow = type(given).__module__.startswith("pyarrow")  # its to_numpy refuses to make a copy
    try:
        array = np.asarray(given.to_numpy() if hasattr(given, "to_numpy") and not arrow else given)
    except ValueError:
        text = f"{argument} has rows of different lengths; give each row every column"
        raise InputError(text) from None
    if array.ndim == 0:
        kind = type(given).__name__
        wanted = "an array of rows and columns" if argument == "X" else "an array"
        raise InputError(f"{argument} is of type {kind}; give {wanted}")
    return array


def as_numbers(array: NDArray[Any], names: Sequence[str] | None) -> NDArray[Any]:
    """Turn X (n, d) into real numbers; name the column that is not numeric."""
    if array.dtype.kind in "fiub":
        return array
    refuse_foreign(array, "X")
    for j, column in enumerate(array.T):
        try:
            column.astype(np.float64)
        except (TypeError, ValueError) as error:
            example = next((x for x in column.tolist() if not _is_number(x)), None)
            found = f"{name_column(j, names)} holds {example!r}"
            if isinstance(error, TypeError):
                raise InputTypeError(f"{found}: {error}") from None
            raise InputError(
                f"{found}, which is not a number; encode text as indicator columns first"
            ) from None
    return array.astype(np.float64)


def _is_number(x: object) -> bool:
    try:
        float(x)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return True


def foreign_kind(array: NDArray[Any]) -> str | None:
    """Name what an array holds that NumPy would turn into numbers that mean something else.

    >>> foreign_kind(np.array(["2026-01-31"], "M8[D]")), foreign_kind(np.array([1.5]))
    ('dates or times', None)
    """
    types = set(map(type, array.flat)) if array.dtype.kind == "O" else {array.dtype.type}
    found = (what for what, kinds in NOT_NUMBERS.items() for t in types if issubclass(t, kinds))
    return next(found, None)


def refuse_foreign(array: NDArray[Any], argument: str) -> None:
    """Refuse complex numbers, dates and times where real numbers are wanted.

    >>> refuse_foreign(np.array([1j]), "offset")
    Traceback (most recent call last):
    glasslogit.errors.InputError: Complex data not supported: offset holds complex numbers; give \
offset.real
    """
    kind = foreign_kind(array)
    if kind == "complex numbers":
        raise InputError(
            f"Complex data not supported: {argument} holds {kind}; give {argument}.real"
        )
    if kind is not None:
        raise InputError(f"{argument} holds {kind}; turn them into numbers, such as days since one")


def check_finite(features: Features, largest: np.float64) -> None:
    """Refuse NaN, infinity and numbers beyond `largest`, naming the row and column of the first."""
    X = features.X
    if X.dtype.kind in "iu" and X.dtype.itemsize == 8 and not _within(X, LARGEST_EXACT):
        row, j = (int(index[0]) for index in ((X > LARGEST_EXACT) | (X < -LARGEST_EXACT)).nonzero())
        refuse_rounding(int(X[row, j]), row, features.column(j))
    rows = max(CHUNK // max(X.shape[1], 1), 1)
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
    flat = numbers.dtype == np.float64 and numbers.flags.c_contiguous
    if flat and np.vdot(numbers, numbers) < min(largest, LARGEST_SQUARABLE) ** 2:
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


def check_squarable(moments: ColumnMoments) -> None:
    """Refuse a column of numbers so small that their squares, which scale it, are lost."""
    size = np.maximum(np.abs(moments.mean), np.sqrt(moments.scatter / moments.weight))
    tiny = np.flatnonzero((size > 0) & (size < SMALLEST_SQUARABLE))
    if tiny.size:
        what = f"column {tiny[0]} holds numbers of size {size[tiny[0]]:.1e}"
        raise InputError(f"X: {what}, which are too small to square; rescale the column")


def check_known(features: Features, model: Any, d: int) -> None:
    """Refuse features whose columns are not the d columns that a model was trained on."""
    columns = features.X.shape[1]
    if columns != d:
        raise InputError(
            f"X has {columns} features, but LogisticRegression is expecting {d} features as "
            "input; give the same columns in the same order"
        )
    check_learned(features.labels, model, d)
