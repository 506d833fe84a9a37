"""The terms of a margin, column by column, and what has to change in one to move it.

A column of a table may be several columns of X, an indicator for each level of a text: they are
one term.
"""

from collections.abc import Iterator, Sequence
from math import fsum, inf, isfinite
from typing import Any, NamedTuple, Protocol

import numpy as np

from glasslogit.core import Floats

UNSEEN_FACTOR = 1e6  # times the range: a value that no training row goes to comes after all others


class TableColumn(Protocol):
    """What is asked of a column of a table: those of `tables.Encoding` have it."""

    @property
    def name(self) -> str:
        """Its name in the table."""

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The columns of X that it becomes."""


class Term(NamedTuple):
    """A column, its places in X, and for a text its levels, the reference, if any, last."""

    name: str
    places: list[int]
    levels: tuple[str, ...] = ()

    def value(self, x: Floats) -> Any:
        """Give the number or the level that a row has."""
        if not self.levels:
            return float(x[self.places[0]])
        active = np.flatnonzero(x[self.places])
        return self.levels[int(active[0]) if len(active) else -1]


class Contribution(NamedTuple):
    """What a column adds to the margin because its value is not the baseline's."""

    name: str
    value: Any
    baseline: Any
    contribution: float


class Change(NamedTuple):
    """A change of one column that flips the decision; `inside` the training range, if known."""

    name: str
    value: Any
    to: Any
    inside: bool | None


class Ranges(NamedTuple):
    """What is known of the training rows: mean, and perhaps least and largest of each column."""

    mean: Floats
    low: Floats | None = None
    high: Floats | None = None


def terms_of(names: Sequence[str], columns: Sequence[Any] | None) -> list[Term]:
    """Make a term of each column of X, or of each column of the table it was made from.

    >>> terms_of(["age", "dose"], None)[1]
    Term(name='dose', places=[1], levels=())
    """
    if columns is None:
        return [Term(name, [j]) for j, name in enumerate(names)]
    place = {name: j for j, name in enumerate(names)}
    terms = []
    for column in columns:
        levels = getattr(column, "levels", ())
        if levels and column.reference is not None:
            levels = (*levels, column.reference)
        terms.append(Term(column.name, [place[each] for each in column.feature_names], levels))
    return terms


def contributions(
    terms: Sequence[Term], weights: Floats, x: Floats, ranges: Ranges
) -> list[Contribution]:
    """Give w·(x − mean) of each column, in the order of the columns."""
    products = weights * (x - ranges.mean)
    return [
        Contribution(
            term.name,
            term.value(x),
            "mix of levels" if term.levels else float(ranges.mean[term.places[0]]),
            fsum(products[term.places].tolist()),
        )
        for term in terms
    ]


def smallest_change(
    terms: Sequence[Term], weights: Floats, x: Floats, ranges: Ranges, needed: float
) -> Change | None:
    """Find the change of one column that moves the margin by `needed`, the least of its range.

    A change of level counts as the whole range of a number.

    >>> ranges = Ranges(np.zeros(2), np.zeros(2), np.array([1.0, 10.0]))
    >>> terms = terms_of(["a", "b"], None)
    >>> smallest_change(terms, np.ones(2), np.zeros(2), ranges, 0.5)
    Change(name='b', value=0.0, to=0.5, inside=True)
    """
    best, found = inf, None
    for term in terms:
        options = level_options(term, weights, x, needed) if term.levels else []
        if not term.levels:
            options = number_options(term, weights, x, ranges, needed)
        for size, to, inside in options:
            if size < best:
                best, found = size, Change(term.name, term.value(x), to, inside)
    return found


Option = tuple[float, Any, bool | None]  # how large a change, to what, inside the range or not


def level_options(term: Term, weights: Floats, x: Floats, needed: float) -> Iterator[Option]:
    """Yield the levels that move the margin by `needed` or more, those that just do first."""
    of_level = np.append(weights[term.places], 0.0)[: len(term.levels)]
    now = of_level[term.levels.index(term.value(x))]
    moves = (of_level - now) * np.sign(needed)
    for k in np.argsort(moves):
        if moves[k] >= abs(needed):
            yield 1.0, term.levels[k], True


def number_options(
    term: Term, weights: Floats, x: Floats, ranges: Ranges, needed: float
) -> Iterator[Option]:
    """Yield the number that moves the margin by `needed`."""
    j = term.places[0]
    if not weights[j]:
        return
    step = needed / float(weights[j])
    to = float(x[j]) + step
    if not isfinite(to):
        return
    if ranges.low is None or ranges.high is None:
        yield abs(step), to, None
        return
    inside = bool(ranges.low[j] <= to <= ranges.high[j])
    width = float(ranges.high[j] - ranges.low[j])
    yield (abs(step) / width if width else inf) * (1.0 if inside else UNSEEN_FACTOR), to, inside


def outside(terms: Sequence[Term], x: Floats, ranges: Ranges) -> tuple[str, ...] | None:
    """Name the columns whose number is below the least or above the largest known."""
    if ranges.low is None or ranges.high is None:
        return None
    beyond = (x < ranges.low) | (x > ranges.high)
    return tuple(term.name for term in terms if beyond[term.places].any() and not term.levels)
