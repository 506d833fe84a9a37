"""Columns and labels to look at, one by one: what the rules of `inspect.py` are asked of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import Floats
from glasslogit.errors import InputError
from glasslogit.findings import column_name
from glasslogit.inputs import (
    Target,
    check_features,
    class_totals,
    is_plain,
    is_query,
    number_all,
    text_names,
)
from glasslogit.tables.column import Text
from glasslogit.tables.formatted import formatted_column, own_format
from glasslogit.tables.frames import as_table, read_query, take_target
from glasslogit.tables.table import Table, shorten
from glasslogit.tables.values import text_to_numbers

NamedColumns: TypeAlias = Iterator[tuple[str, NDArray[Any] | Text]]
CODED = 10  # a number whose values repeat so often may be the code of a category


def split_named_target(X: Any, y: Any) -> tuple[Any, Any]:
    """Split the target off a table, or a mapping, where y is its name."""
    if isinstance(y, str) and isinstance(X, Mapping):
        if y not in X:
            raise InputError(f"y={y!r} is not a column; the columns are {shorten([*map(str, X)])}")
        return {name: values for name, values in X.items() if name != y}, X[y]
    if isinstance(y, str):
        return take_target(X, y)
    return X, read_query(y) if is_query(y) else y


def named_columns(X: Any) -> tuple[NDArray[np.intp], NamedColumns]:
    """Take a table apart: the numbers that messages give its rows, and its named columns."""
    if isinstance(X, Mapping):
        if not X:
            raise InputError("X has no columns; give one or more")
        named = ((str(name), np.asarray(values)) for name, values in X.items())
        return np.arange(len(next(iter(X.values())))), named
    if not is_plain(X):
        table = as_table(X)
        return table.numbers, columns_in(table, X is table)
    known = text_names(getattr(X, "columns", None))
    if known is not None and hasattr(X, "__getitem__"):
        return np.arange(len(X)), ((name, X[name].to_numpy()) for name in known)
    features = check_features(X)
    return np.arange(features.X.shape[0]), columns_by_number(features.X, features.names)


def columns_in(table: Table, from_file: bool) -> NamedColumns:
    """Give the columns of a table; text from a file is numbers if all of it reads as numbers."""
    for name in table.names:
        if name in table.left_out:
            continue
        column = table.column(name)
        if isinstance(column, Text):
            how = own_format(table, name)
            column = formatted_column(column, how) if how else column
        if from_file and isinstance(column, Text):
            column = text_to_numbers(column)
        yield name, column if isinstance(column, Text) else column.values


def columns_by_number(features: Any, names: Sequence[str] | None) -> NamedColumns:
    """Give the columns of an array or a sparse matrix."""
    dense = not hasattr(features, "tocsc")
    by_column = features if dense else features.tocsc()
    for j in range(features.shape[1]):
        values = by_column[:, j] if dense else by_column[:, [j]].toarray()[:, 0]
        yield column_name(names, j), values


def digest(numbers: NDArray[Any]) -> bytes:
    """Give the same bytes for the same numbers, and for others almost never."""
    return numbers.dtype.kind.encode() + blake2b(np.ascontiguousarray(numbers).tobytes()).digest()


def sorted_levels(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Give the distinct values, sorted, and the place of each value among them.

    Whole numbers of a small range are counted rather than sorted.

    >>> [part.tolist() for part in sorted_levels(np.array([7.0, 3.0, 7.0]))]
    [[3.0, 7.0], [1, 0, 1]]
    """
    if values.dtype.kind in "fiu" and len(values):
        low, high = values.min(), values.max()
        if float(high) - float(low) < len(values) and (values % 1 == 0).all():
            places, there = dense_numbers((values - low).astype(np.intp))
            return np.flatnonzero(there).astype(values.dtype) + low, places
    levels, codes = np.unique(values, return_inverse=True)
    return levels, codes.reshape(-1)


def dense_numbers(numbers: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Give numbers from 0 without gaps, in the same order, for such with gaps; and which occur.

    >>> [part.tolist() for part in dense_numbers(np.array([3, 0, 3]))]
    [[1, 0, 1], [True, False, False, True]]
    """
    there = np.bincount(numbers) > 0
    return (np.cumsum(there) - 1)[numbers], there


@dataclass(frozen=True, eq=False)
class InspectedColumn:
    """A column on its own: its name and the values of the rows that count."""

    name: str
    values: NDArray[Any] | Text  # (n,) numbers or text

    @classmethod
    def read(cls, name: str, values: Any, rows: NDArray[np.intp]) -> "InspectedColumn":
        """Take the rows of a column; what is no number is text, missing values too."""
        if isinstance(values, Text):
            return cls(name, values.take(rows))
        array = np.asarray(values)[rows]
        return cls(name, array if array.dtype.kind in "fiub" else array.astype(str))

    @property
    def numeric(self) -> bool:
        """Tell whether the values are numbers."""
        return not isinstance(self.values, Text) and self.values.dtype.kind in "fiub"

    @cached_property
    def filled(self) -> tuple[NDArray[Any], NDArray[np.intp]]:
        """The levels of numbers, with the mean of the others for those that are missing."""
        levels, places = self.levels
        if isinstance(self.values, Text):
            return levels, places
        gaps = np.isnan(self.values)
        if not gaps.any() or gaps.all():
            return levels, places
        with_mean = np.append(levels[:-1], self.values[~gaps].mean())  # NaN is the last
        numbers, moved = sorted_levels(with_mean)
        return numbers, moved[places]

    @cached_property
    def levels(self) -> tuple[NDArray[Any], NDArray[np.intp]]:
        """The distinct values, sorted, and the place of each row's value among them."""
        if isinstance(self.values, Text):
            return self.values.sorted()
        return sorted_levels(self.values)

    @property
    def coefficients(self) -> int:
        """How many coefficients a model has for the column, with text against a reference."""
        return min(1, len(self.levels[0]) - 1) if self.numeric else len(self.levels[0]) - 1

    @property
    def coded(self) -> bool:
        """Tell whether the column may name categories: text, or numbers that repeat often."""
        return not self.numeric or len(self.levels[0]) <= len(self.values) / CODED

    def fingerprints(self) -> Iterator[bytes]:
        """Give what two columns share if they are equal as numbers, or name the same groups."""
        if not isinstance(self.values, Text) and self.numeric:
            yield digest(self.values.astype(np.float64) + 0.0)
        if self.coded:
            yield digest(self.order())

    def order(self) -> NDArray[np.intp]:
        """Give each row the number of its level, counted in the order of their first rows."""
        levels, codes = self.levels
        first = np.full(len(levels), len(codes))
        np.minimum.at(first, codes, np.arange(len(codes)))
        return np.argsort(np.argsort(first))[codes]


@dataclass(frozen=True, eq=False)
class CodedLabels:
    """The labels of the rows that count, as class numbers, and their weights; (n,)."""

    codes: NDArray[np.integer]
    weight: Floats
    totals: Floats  # (K,)

    @classmethod
    def read(cls, target: Target) -> "CodedLabels":
        """Give the labels as class numbers."""
        classes, codes = number_all(target.y)
        if len(classes) < 2:
            raise InputError(f"y holds only one class, {classes[0]!s}; give rows of two or more")
        return cls(codes, target.weight, class_totals(codes, target.weight, len(classes)))

    def pairs(self) -> Iterator[tuple[NDArray[np.bool], NDArray[np.bool]]]:
        """For each two classes, give the rows of either, and which of them are of the second."""
        for k, m in combinations(range(len(self.totals)), 2):
            both = (self.codes == k) | (self.codes == m)
            yield both, self.codes[both] == m
