"""The terms of a margin, column by column, and what has to change in one to move it.

A column of a table may be several columns of X, an indicator for each level of a text: they are
one term. The terms of a formula are in `formulas.py`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum, isfinite
from typing import Any, NamedTuple, Protocol

import numpy as np

from glasslogit.core import Floats
from glasslogit.errors import InputError
from glasslogit.inputs import check_kind
from glasslogit.tables import MISSING_LEVEL
from glasslogit.trust.flips import Change, Flip, NumberRange, mean_date, written


class TableColumn(Protocol):
    """What is asked of a column of a table: those of `tables.Encoding` have it."""

    @property
    def name(self) -> str:
        """Its name in the table."""

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The columns of X that it becomes."""


class Term(NamedTuple):
    """A column, its places in X, and for a text its levels, the reference, if any, last.

    `offered` are the levels that a flip may go to, each by the name of a value that a table can
    hold, None for one that it cannot. A number's second place tells the rows where it is missing.
    """

    name: str
    places: list[int]
    levels: tuple[str, ...] = ()
    offered: tuple[str | None, ...] = ()

    def missing(self, x: Floats) -> bool:
        """Tell whether a number is missing in a row, and something stands in for it."""
        return not self.levels and len(self.places) > 1 and bool(x[self.places[1]])

    def value(self, x: Floats) -> Any:
        """Give the number or the level that a row has."""
        if not self.levels:
            return MISSING_LEVEL if self.missing(x) else float(x[self.places[0]])
        active = np.flatnonzero(x[self.places])
        return self.levels[int(active[0]) if len(active) else -1]


class Contribution(NamedTuple):
    """What a column adds to the margin because its value is not the baseline's."""

    name: str
    value: Any
    baseline: Any
    contribution: float


class Ranges(NamedTuple):
    """What is known of the training rows: mean, and perhaps least and largest of each column."""

    mean: Floats
    low: Floats | None = None
    high: Floats | None = None


KNOWN_COLUMNS = "those of a fitted encoder: encoder.encoding_.columns"


def terms_of(names: Sequence[str], columns: Sequence[Any] | None) -> list[Term]:
    """Make a term of each column of X, or of each column of the table it was made from.

    >>> terms_of(["age", "dose"], None)[1]
    Term(name='dose', places=[1], levels=(), offered=())
    """
    if columns is None:
        return [Term(name, [j]) for j, name in enumerate(names)]
    check_kind(columns, Sequence, "columns", KNOWN_COLUMNS)
    place = {name: j for j, name in enumerate(names)}
    terms = []
    for column in columns:
        if not hasattr(column, "feature_names"):
            raise InputError(
                f"columns holds an object of type {type(column).__name__}; give {KNOWN_COLUMNS}"
            )
        levels = getattr(column, "levels", ())
        if levels and column.reference is not None:
            levels = (*levels, column.reference)
        places = [place[each] for each in column.feature_names]
        offered = tuple(map(getattr(column, "value_of", str), levels))
        terms.append(Term(column.name, places, levels, offered))
    return terms


class RowInTerms(ABC):
    """A row `x` (d,) told by its terms: what each adds to the margin, and what would move it."""

    x: Floats

    @abstractmethod
    def contributions(self, weights: Floats, ranges: Ranges) -> list[Contribution]:
        """Give w·(x − mean) of each term, in the order of the columns."""

    @abstractmethod
    def flips(self, weights: Floats, needed: float) -> Iterator[Flip]:
        """Yield changes of one column that move the margin by `needed`, the least of each first."""

    @abstractmethod
    def outside(self, ranges: Ranges) -> tuple[str, ...] | None:
        """Name the columns whose number is below the least or above the largest known."""


def smallest_change(row: RowInTerms, weights: Floats, needed: float) -> Flip | None:
    """Find the change of one column that moves the margin by `needed`, the least of its range.

    A change of level counts as the whole range of a number.

    >>> numbers = {"a": NumberRange(0.0, 1.0), "b": NumberRange(0.0, 10.0)}
    >>> row = ColumnTerms(terms_of(["a", "b"], None), np.zeros(2), numbers)
    >>> found = smallest_change(row, np.ones(2), 0.51234)
    >>> found.change, found.shown
    (Change(name='b', value=0.0, to=0.51234, inside=True), ('0', '0.5124'))
    """
    possible = (flip for flip in row.flips(weights, needed) if isfinite(flip.size))
    return min(possible, key=lambda flip: flip.size, default=None)


@dataclass(frozen=True, eq=False)
class ColumnTerms(RowInTerms):
    """A row whose terms are columns, and what is known of the columns of numbers.

    `written` are the values that are to be shown as they are written in the table, and `dates`
    what is known of the columns of dates.
    """

    terms: Sequence[Term]
    x: Floats
    numbers: Mapping[str, NumberRange]
    written: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, NumberRange] = field(default_factory=dict)

    def contributions(self, weights: Floats, ranges: Ranges) -> list[Contribution]:
        """Give w·(x − mean) of each column, a text's levels together."""
        products = weights * (self.x - ranges.mean)
        return [
            Contribution(
                term.name,
                self.written.get(term.name, term.value(self.x)),
                "mix of levels" if term.levels else self._mean(term, ranges),
                fsum(products[term.places].tolist()),
            )
            for term in self.terms
        ]

    def _mean(self, term: Term, ranges: Ranges) -> float | str:
        mean, dates = float(ranges.mean[term.places[0]]), self.dates.get(term.name)
        return mean if dates is None else mean_date(mean, dates)

    def flips(self, weights: Floats, needed: float) -> Iterator[Flip]:
        """Yield levels that move the margin by `needed` or more, and the numbers that just do."""
        for term in self.terms:
            options = self._levels if term.levels else self._number
            yield from options(term, weights, needed)

    def outside(self, ranges: Ranges) -> tuple[str, ...] | None:
        """Name the numbers that are below the least or above the largest of the training rows."""
        if ranges.low is None or ranges.high is None:
            return None
        beyond = (self.x < ranges.low) | (self.x > ranges.high)
        numbers = (term for term in self.terms if not term.levels)
        return tuple(term.name for term in numbers if beyond[term.places].any())

    def _levels(self, term: Term, weights: Floats, needed: float) -> Iterator[Flip]:
        """Yield the levels that move the margin by `needed` or more, those that just do first."""
        of_level = np.append(weights[term.places], 0.0)[: len(term.levels)]
        value = term.value(self.x)
        moves = (of_level - of_level[term.levels.index(value)]) * np.sign(needed)
        for k in np.argsort(moves):
            to = term.offered[k]
            if moves[k] >= abs(needed) and to is not None:
                yield Flip(1.0, Change(term.name, value, to, True), (value, to))

    def _number(self, term: Term, weights: Floats, needed: float) -> Iterator[Flip]:
        """Yield the number that moves the margin by `needed`."""
        known, missing = self.numbers.get(term.name, NumberRange()), term.missing(self.x)
        w, now = float(weights[term.places[0]]), float(self.x[term.places[0]])
        gained = -float(weights[term.places[1]]) if missing else 0.0  # by any number in its place
        sign = 1.0 if needed > 0 else -1.0

        def flips(value: float) -> bool:
            return (w * (value - now) + gained) * sign >= abs(needed)

        enough = missing and flips(now)
        if not w and not enough:
            return
        to = now if enough else known.nearest(now + (needed - gained) / w)
        found = written(now, to, known, flips) if isfinite(to) else None
        if found is None:
            return
        value, text = found
        before, after = known.shown(text, self.written.get(term.name))
        to = value if known.whole or missing else to
        change = Change(term.name, term.value(self.x), to, known.inside(to))
        yield Flip(known.share(now, to), change, (MISSING_LEVEL if missing else before, after))
