"""The columns of a table: text, numbers or times. A missing value is blank text, or NaN."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from glasslogit.inputs import LARGEST_EXACT
from glasslogit.tables.fields import NA, Words, is_missing, parse_number
from glasslogit.tables.number_formats import NumberFormat, shape

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from numpy.typing import NDArray


class ParsedLevels(NamedTuple):
    """What the levels of a column say as numbers; each array is (levels,)."""

    numbers: NDArray[np.float64]  # NaN where the level is no number
    is_number: NDArray[np.bool_]
    missing: NDArray[np.bool_]  # True where the level stands for no value


@dataclass(frozen=True, eq=False)
class Text:
    """A column of text with each distinct value stored once: row i holds `levels[codes[i]]`.

    >>> column = Text.of(["red", "blue", "red"])
    >>> column.levels, column.codes.tolist()
    (('red', 'blue'), [0, 1, 0])
    """

    levels: tuple[str, ...]
    codes: NDArray[np.integer]  # (n,)
    ranked: bool = False  # whether the order of the levels means something, and is kept
    na: Words = NA  # the levels that stand for no value, beside blank ones

    @classmethod
    def of(cls, values: Iterable[str], na: Words = NA) -> Text:
        """Build the column from its values, row by row; levels stand in order of appearance."""
        numbers: dict[str, int] = {}
        codes = [numbers.setdefault(value, len(numbers)) for value in values]
        return cls(tuple(numbers), np.array(codes, dtype=np.intp), na=na)

    def __len__(self) -> int:
        return len(self.codes)

    def first(self, code: int) -> int:
        """Return the place, counted from 0, of the first row that holds level `code`."""
        return int(np.argmax(self.codes == code))

    def value(self, place: int) -> str:
        """Return the text in one row."""
        return self.levels[int(self.codes[place])]

    def take(self, rows: NDArray[np.intp] | slice) -> Text:
        """Give some rows of the column, with all of its levels."""
        return replace(self, codes=self.codes[rows])

    def sorted(self) -> tuple[NDArray[Any], NDArray[np.integer]]:
        """Give the levels that rows hold, in the order of the alphabet, and each row's place.

        >>> [part.tolist() for part in Text(("b", "c", "a"), np.array([0, 2, 0])).sorted()]
        [['a', 'b'], [1, 0, 1]]
        """
        held = sorted(np.flatnonzero(self.counts).tolist(), key=self.levels.__getitem__)
        places = np.zeros(len(self.levels), np.min_scalar_type(max(len(held) - 1, 0)))
        places[held] = np.arange(len(held))
        return np.array([self.levels[code] for code in held], dtype=str), places[self.codes]

    @cached_property
    def counts(self) -> NDArray[np.intp]:
        """How many rows hold each level, (levels,)."""
        return np.bincount(self.codes, minlength=len(self.levels))

    @property
    def repeats(self) -> bool:
        """Tell whether any value comes twice, so that levels of the column can tell something."""
        return bool((self.counts[~self.missing] > 1).any())

    @cached_property
    def shapes(self) -> frozenset[str]:
        """How the values that are present are written; see `number_formats`."""
        pairs = zip(self.levels, self.counts.tolist(), self.missing.tolist(), strict=True)
        return frozenset(shape(level) for level, count, gap in pairs if count and not gap)

    @cached_property
    def parsed(self) -> ParsedLevels:
        """The levels as numbers, as programs write them."""
        return self.parsed_by(None)

    def parsed_by(self, how: NumberFormat | None) -> ParsedLevels:
        """Read the levels as numbers of a format, None as programs write them."""
        read = [(parse_number if how is None else how.number)(level) for level in self.levels]
        numbers = np.array([math.nan if number is None else number for number in read], float)
        is_number = np.array([number is not None for number in read], bool)
        return ParsedLevels(numbers, is_number & ~self.missing, self.missing)

    @cached_property
    def missing(self) -> NDArray[np.bool_]:
        """Which levels stand for no value, (levels,)."""
        return np.array([is_missing(level, self.na) for level in self.levels], bool)

    @property
    def gaps(self) -> NDArray[np.bool_]:
        """True where the value is missing, (n,)."""
        return in_rows(self.missing, self.codes)


@dataclass(frozen=True, eq=False)
class Numbers:
    """A column of numbers, NaN where the value is missing.

    Numbers out of a file can be had as they are `written` there, such as 1.50. Where many rows
    share few numbers, each of these is stored once: row i holds `distinct[stored[i]]`.

    >>> column = Numbers(np.array([1, 0, 1]), distinct=np.array([18.0, 31.0]))
    >>> column.values.tolist(), column[np.array([2])].tolist()
    ([31.0, 18.0, 31.0], [31.0])
    """

    stored: NDArray[Any]  # (n,) the numbers, or which of the distinct ones
    written: Callable[[], Text] | None = None
    format: NumberFormat | None = None  # how people wrote them; None: as programs do
    distinct: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.stored)

    def __getitem__(self, rows: NDArray[np.intp] | slice) -> NDArray[np.float64]:
        """Give the numbers of some rows."""
        part = self.stored[rows]
        return part if self.distinct is None else self.distinct.take(part)

    @property
    def values(self) -> NDArray[np.float64]:
        """The numbers, (n,)."""
        return self[:]

    def value(self, place: int) -> str:
        """Return one number as text."""
        if self.written is not None:
            return self.text.value(place)
        return number_text(float(self[place : place + 1][0]))

    def take(self, rows: NDArray[np.intp] | slice) -> Numbers:
        """Give some rows of the column."""
        written = None if self.written is None else (lambda: self.text.take(rows))
        return replace(self, stored=self.stored[rows], written=written)

    @property
    def gaps(self) -> NDArray[np.bool_]:
        """True where the value is missing, (n,)."""
        if self.distinct is None:
            return np.isnan(self.stored)
        return in_rows(np.isnan(self.distinct), self.stored)

    def without(self, na: Words) -> Numbers:
        """Give the column with no value where a number is one of some words.

        >>> Numbers(np.array([31.0, -1.0])).without(frozenset({"-1", "?"})).values.tolist()
        [31.0, nan]
        """
        words = (parse_number(word) for word in na)
        gone = [number for number in words if number is not None and math.isfinite(number)]
        numbers = self.stored if self.distinct is None else self.distinct
        missing = np.isin(numbers, gone) if gone else np.False_
        if not missing.any():
            return self
        left = np.where(missing, math.nan, numbers)
        if self.distinct is None:
            return replace(self, stored=left)
        return replace(self, distinct=left)

    @property
    def repeats(self) -> bool:
        """Tell whether any number comes twice."""
        values = self.values[~self.gaps]
        return len(np.unique(values)) < len(values)

    def any_beyond(self, limit: float) -> bool:
        """Tell whether any number is as large as a limit; one that is missing is not."""
        numbers = self.stored if self.distinct is None else self.distinct
        return bool((np.abs(numbers) >= limit).any())

    @cached_property
    def text(self) -> Text:
        """The numbers as levels: as they are written, or else in their order.

        >>> Numbers(np.array([10.0, 2.5, 10.0])).text.levels
        ('2.5', '10')
        """
        if self.written is not None:
            return self.written()
        distinct, codes = np.unique(self.values, return_inverse=True)
        return Text(tuple(map(number_text, distinct.tolist())), codes, ranked=True)

    @property
    def levels(self) -> tuple[str, ...]:
        """The distinct values as text."""
        return self.text.levels

    @property
    def codes(self) -> NDArray[np.integer]:
        """Which of the levels each row holds, (n,)."""
        return self.text.codes


@dataclass(frozen=True, eq=False)
class Times:
    """A column of dates in days since 1970-01-01, UTC, or of durations in days; NaN is missing."""

    values: NDArray[np.float64]  # (n,)
    durations: bool = False

    def __len__(self) -> int:
        return len(self.values)

    def value(self, place: int) -> str:
        """Return one date as text, or the number of days."""
        days = float(self.values[place])
        if self.durations or math.isnan(days):
            return number_text(days)
        return self.of_day(days)

    @staticmethod
    def of_day(days: float) -> str:
        """Write a date, given in days since 1970-01-01, with its time if it has one.

        >>> Times.of_day(1.0), Times.of_day(1.5)
        ('1970-01-02', '1970-01-02T12:00:00')
        """
        moment = np.datetime64(round(days * 86400), "s")
        return str(moment.astype("datetime64[D]") if days % 1 == 0 else moment)

    def take(self, rows: NDArray[np.intp] | slice) -> Times:
        """Give some rows of the column."""
        return replace(self, values=self.values[rows])

    @property
    def gaps(self) -> NDArray[np.bool_]:
        """True where the value is missing, (n,)."""
        return np.isnan(self.values)


Column: TypeAlias = Text | Numbers | Times


def in_rows(levels: NDArray[np.bool_], codes: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Say of each row what is true of its level, (n,); what is true of none takes no memory.

    >>> in_rows(np.array([False, True]), np.array([1, 0, 1])).tolist()
    [True, False, True]
    """
    return levels.take(codes) if levels.any() else np.broadcast_to(np.False_, codes.shape)


def number_text(number: float) -> str:
    """Write a number as short as it is exact, a missing one as blank.

    >>> number_text(3.0), number_text(0.1), number_text(math.nan)
    ('3', '0.1', '')
    """
    if math.isnan(number):
        return ""
    whole = number == round(number, 0) and abs(number) < LARGEST_EXACT
    return str(int(number)) if whole else repr(number)
