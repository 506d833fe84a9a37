"""Columns and labels to look at, one by one: what the rules of `inspect.py` are asked of."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
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
    refuse_dicts,
    text_names,
)
from glasslogit.tables.column import Text
from glasslogit.tables.formatted import formatted_column, own_format
from glasslogit.tables.frames import as_table, read_query, take_target
from glasslogit.tables.table import Table
from glasslogit.tables.values import text_to_numbers

NamedColumns: TypeAlias = Iterator[tuple[str, NDArray[Any] | Text]]
ROWS_LOOKED_AT = 2**14  # rows looked at together
CODED = 10  # a number whose values repeat so often may be the code of a category


def split_named_target(X: Any, y: Any) -> tuple[Any, Any]:
    """Split the target off a table where y is its name."""
    if isinstance(y, str):
        return take_target(X, y)
    return X, read_query(y) if is_query(y) else y


def named_columns(X: Any) -> tuple[NDArray[np.intp], NamedColumns]:
    """Take a table apart: the numbers that messages give its rows, and its named columns."""
    refuse_dicts(X, "X")
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


def digest(kind: bytes, parts: Iterable[NDArray[Any]]) -> bytes:
    """Give the same bytes for the same numbers, a part at a time, and for others almost never."""
    seen = blake2b()
    for part in parts:
        seen.update(np.ascontiguousarray(part).data)
    return kind + seen.digest()


def sorted_levels(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.integer]]:
    """Give the distinct values, sorted, and the place of each value among them.

    Whole numbers of a small range are counted rather than sorted. The places are of the smallest
    type that holds them.

    >>> [part.tolist() for part in sorted_levels(np.array([7.0, 3.0, 7.0]))]
    [[3.0, 7.0], [1, 0, 1]]
    """
    if values.dtype.kind in "fiu" and len(values):
        low, high = values.min(), values.max()
        near = float(high) - float(low) < len(values)
        if near and all((part % 1 == 0).all() for part in parts_of(values)):
            return counted_values(values, low, high)
    return distinct_values(values)


def counted_values(
    values: NDArray[Any], low: Any, high: Any
) -> tuple[NDArray[Any], NDArray[np.integer]]:
    """Do what `sorted_levels` does for whole numbers from `low` to `high`, without sorting."""
    there = np.zeros(int(high) - int(low) + 1, bool)
    for part in parts_of(values):
        there[above(part, low)] = True
    small = np.min_scalar_type(max(int(np.count_nonzero(there)) - 1, 0))
    ranks = np.maximum(np.cumsum(there) - 1, 0).astype(small)
    places = np.concatenate([ranks[above(part, low)] for part in parts_of(values)])
    return np.flatnonzero(there).astype(values.dtype) + low, places


def above(values: NDArray[Any], low: Any) -> NDArray[np.intp]:
    """Say by how much whole numbers are above the least of them.

    >>> above(np.array([100, -100], np.int8), np.int8(-100)).tolist()
    [200, 0]
    """
    wide = values.astype(np.int64) if values.dtype.kind == "i" else values
    return (wide - low).astype(np.intp)


def distinct_values(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.integer]]:
    """Give the distinct values, sorted, and the place of each: `np.unique`, in less memory.

    >>> [part.tolist() for part in distinct_values(np.array(["b", "a", "b"]))]
    [['a', 'b'], [1, 0, 1]]
    """
    order = np.argsort(values)
    new = np.zeros(len(values), bool)
    before: NDArray[Any] | None = None
    for part, mark in zip(parts_of(order), parts_of(new), strict=True):
        ordered = values[part]
        mark[1:] = ordered[1:] != ordered[:-1]
        mark[0] = before is None or bool(ordered[0] != before)
        before = ordered[-1]
    if values.dtype.kind == "f":  # NaN, which comes last, is one level
        new[1 + int(np.searchsorted(values, np.nan, sorter=order)) :] = False
    count = int(np.count_nonzero(new))
    levels = np.empty(count, values.dtype)
    places = np.empty(len(values), np.min_scalar_type(max(count - 1, 0)))
    last = 0
    for part, mark in zip(parts_of(order), parts_of(new), strict=True):
        numbers = last + np.cumsum(mark)
        levels[last : numbers[-1]] = values[part[mark]]
        places[part] = numbers - 1
        last = int(numbers[-1])
    return levels, places


def parts_of(values: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Give an array some rows at a time."""
    return (
        values[start : start + ROWS_LOOKED_AT] for start in range(0, len(values), ROWS_LOOKED_AT)
    )


@dataclass(frozen=True, eq=False)
class InspectedColumn:
    """A column on its own: its name, and the rows that count, by the levels that they hold."""

    name: str
    text: Text | None  # None of numbers
    levels: tuple[NDArray[Any], NDArray[np.integer]]  # sorted, and the place of each row, (n,)

    @classmethod
    def read(cls, name: str, values: Any, rows: NDArray[np.intp] | slice) -> "InspectedColumn":
        """Take the rows of a column; what is no number is text, missing values too."""
        if isinstance(values, Text):
            text = values.take(rows)
            return cls(name, text, text.sorted())
        array = np.asarray(values)[rows]
        array = array if array.dtype.kind in "fiub" else array.astype(str)
        return cls(name, None, sorted_levels(array))

    @property
    def numeric(self) -> bool:
        """Tell whether the values are numbers."""
        return self.text is None and self.levels[0].dtype.kind in "fiub"

    @cached_property
    def filled(self) -> tuple[NDArray[Any], NDArray[np.integer]]:
        """The levels of numbers, with the mean of the others for those that are missing."""
        levels, places = self.levels
        gap = len(levels) - 1  # NaN is the last
        if levels.dtype.kind != "f" or gap < 1 or not np.isnan(levels[gap]):
            return levels, places
        mean = levels[places[places != gap]].mean()
        numbers, moved = sorted_levels(np.append(levels[:-1], mean))
        return numbers, moved[places]

    @property
    def coefficients(self) -> int:
        """How many coefficients a model has for the column, with text against a reference."""
        return min(1, len(self.levels[0]) - 1) if self.numeric else len(self.levels[0]) - 1

    @property
    def coded(self) -> bool:
        """Tell whether the column may name categories: text, or numbers that repeat often."""
        levels, places = self.levels
        return not self.numeric or len(levels) <= len(places) / CODED

    def fingerprints(self) -> Iterator[bytes]:
        """Give what two columns share if they are equal as numbers, or name the same groups."""
        levels, places = self.levels
        if self.numeric:
            numbers = levels.astype(np.float64) + 0.0
            yield digest(b"f", (numbers[part] for part in parts_of(places)))
        if self.coded:
            ranks = self.order().astype(np.min_scalar_type(len(levels)))
            yield digest(b"i", (ranks[part] for part in parts_of(places)))

    def order(self) -> NDArray[np.intp]:
        """Give each level its number in the order of their first rows."""
        levels, places = self.levels
        first, start = np.full(len(levels), len(places)), 0
        for part in parts_of(places):
            np.minimum.at(first, part, np.arange(start, start + len(part)))
            start += len(part)
        return np.argsort(np.argsort(first))


@dataclass(frozen=True, eq=False)
class CodedLabels:
    """The labels of the rows that count, as class numbers, and their weights; (n,)."""

    classes: NDArray[Any]  # (K,)
    codes: NDArray[np.integer]
    weight: Floats
    totals: Floats  # (K,)

    @classmethod
    def read(cls, target: Target, named: NDArray[Any] | None = None) -> "CodedLabels":
        """Give the labels as class numbers; labels that are places are those of `named` classes."""
        classes, codes = number_all(target.y)
        classes = classes if named is None else named[classes]
        if len(classes) < 2:
            raise InputError(f"y holds only one class, {classes[0]!s}; give rows of two or more")
        return cls(classes, codes, target.weight, class_totals(codes, target.weight, len(classes)))

    @cached_property
    def rows(self) -> NDArray[np.intp]:
        """How many rows there are of each class, (K,)."""
        return np.bincount(self.codes, minlength=len(self.totals))

    def at_levels(self, places: NDArray[np.integer], weight: Floats | None = None) -> NDArray[Any]:
        """Count the rows of each class at each level of a column, (levels, K), or add up a weight.

        `places` are the levels of the rows.
        """
        K = len(self.totals)
        cells = places.astype(np.intp)
        cells *= K
        cells += self.codes
        return np.bincount(cells, weight, (int(places.max()) + 1) * K).reshape(-1, K)
