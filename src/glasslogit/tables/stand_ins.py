"""Numbers that may stand for no value: 999999, -1 and their like, far from all others in a column.

Of a file of numbers nobody can be sure what 999999 means, so this is a question and no rule. It is
asked where four things come together: the number is one that people write for "no value"; it
stands in several rows; it is far from the others; and it is alone there.

far     A tail that falls off holds more rows on the second half of the way to its end than at
        the end. Here nine in ten of the rows beyond the middle between the number and the median
        of the others hold the number. A negative one is far from numbers that are never negative.
alone   If rows fell off evenly, each that holds the number might as well stand on one of the r
        places from the number to the nearest other, as wide as the least distance of two others.
        That none of c rows does has a chance of r⁻ᶜ, and 1 in 16,000 is asked for. A number that
        alone is negative counts as two places away at least: half of the rows would go beyond it.

It is a warning where hardly anything else can be meant, as what people write for "no value" is out
of reach of the values: the number has a digit more than each of the others, or its distance from
them has one more than their range. The only negative number is out of reach where it is not the
next one. Otherwise it is a note: of prices the highest may be 999.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from glasslogit.findings import Code, Finding, Severity
from glasslogit.pages import how_many
from glasslogit.tables.column import number_text
from glasslogit.tables.fields import words_to_type

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from numpy.typing import NDArray

    from glasslogit.tables.fields import Words

NEARLY_ALL = 0.9  # of the rows that are as far away
ONCE_IN = 16_000  # times that chance may do the same: four standard errors, as in `dropped_rows`
BEYOND_REACH = 10.0  # ranges of the others: as far as a digit more takes a number
DIGITS_HELD, MOST_DECIMALS = 15, 3  # 99.999, and what a float64 holds
REPEATED = [
    float(f"{digit * n}e-{d}")
    for digit in "89"
    for n in range(2, DIGITS_HELD + 1)
    for d in range(min(n, MOST_DECIMALS + 1))
]
LARGEST_OF_TYPES = [2.0**15 - 1, 2.0**16 - 1, 2.0**31 - 1, 2.0**32 - 1]
LARGEST_FLOAT = float(np.finfo(np.float32).max)
NEGATIVE = [-1.0, -8.0, -9.0, -(2.0**15), -(2.0**31), -LARGEST_FLOAT, *(-x for x in REPEATED)]
WRITTEN_FOR_NONE = np.array([*NEGATIVE, *REPEATED, *LARGEST_OF_TYPES, LARGEST_FLOAT])


def stand_ins(
    name: str, levels: NDArray[Any], places: NDArray[np.integer], na: Words | None
) -> list[Finding]:
    """Find numbers of a column that may stand for no value, each with its rows.

    The distinct numbers of the column are its `levels`, rising, and `places` (n,) says which of
    them a row holds. `na` are the words of the table that it is from, None of an array.

    >>> from glasslogit.tables.fields import read_na
    >>> ages = np.array([31.0, 45.0, 52.0, 999.0])
    >>> print(*stand_ins("age", ages, np.array([0, 1, 1, 2, 3, 3, 3, 3]), read_na(None)))
    warning (looks_missing): column 'age' holds 999 in 4 rows, far from the others, whose \
median is 45; if that means that there is no value, na=['age=999'] says so
    """
    at = np.minimum(np.searchsorted(levels, WRITTEN_FOR_NONE), len(levels) - 1)
    if not (levels[at] == WRITTEN_FOR_NONE).any():
        return []
    finite = np.isfinite(levels)
    counts, levels = np.bincount(places, minlength=len(levels))[finite], levels[finite]
    asked = np.isin(levels, WRITTEN_FOR_NONE)
    if (~asked).sum() < 2:
        return []
    levels = levels.astype(np.float64)
    found = [*_alone(levels[asked], counts[asked], levels[~asked], counts[~asked])]
    if not found:
        return []
    rest = ~np.isin(levels, [each.number for each in found])
    middle = number_text(median(levels[rest], counts[rest]))
    negative = [each for each in found if each.negative]
    only = f"the only negative number{'s' * (len(negative) > 1)}"
    why = {True: only, False: f"far from the others, whose median is {middle}"}
    held = (
        f"{' and '.join(map(str, group))}, {why[kind]}"
        for kind, group in groupby(found, lambda each: each.negative)
    )
    evidence = f"holds {', and '.join(held)}"
    words = [f"{name}={number_text(each.number)}" for each in found]
    given = None if na is None else words_to_type(na, words)
    remedy = "leave such rows out, or put in what is known of them"
    remedy = remedy if given is None else f"na={given} says so"
    remedy = f"if that means that there is no value, {remedy}"
    likely = any(each.out_of_reach for each in found)
    severity = Severity.WARNING if likely else Severity.NOTE
    return [Finding(Code.LOOKS_MISSING, severity, (name,), evidence, remedy)]


class StandIn(NamedTuple):
    """A number that may stand for no value, and how many rows hold it."""

    number: float
    rows: int
    negative: bool  # as no other number of the column is
    out_of_reach: bool  # of the others: hardly anything else can be meant

    def __str__(self) -> str:
        return f"{number_text(self.number)} in {how_many(self.rows, 'row')}"


def median(levels: NDArray[np.float64], counts: NDArray[np.intp]) -> float:
    """Give the middle one of numbers that so many rows hold, the lower one of two.

    >>> median(np.array([1.0, 2.0, 7.0]), np.array([1, 1, 3]))
    7.0
    """
    return float(levels[np.searchsorted(np.cumsum(counts), counts.sum() / 2)])


def _alone(
    asked: NDArray[np.float64],
    counts: NDArray[np.intp],
    others: NDArray[np.float64],
    held: NDArray[np.intp],
) -> Iterator[StandIn]:
    """Give the numbers that are far from the others and alone there, and how many rows hold them.

    `held` is how many rows hold each of the others.
    """
    middle = median(others, held)
    width = np.diff(others).min()
    for number, count in zip(asked.tolist(), counts.tolist(), strict=True):
        negative = number < 0 <= others[0]
        nearby = negative and others[-1] > -number
        beyond = others > (middle + number) / 2
        nearer = held[beyond if number > middle else ~beyond].sum()
        distance = np.abs(others - number).min()
        places = max(distance / width, 2 if nearby else 0)
        far = nearby or count >= NEARLY_ALL * (count + nearer)
        if far and places > ONCE_IN ** (1 / count):
            longer = digits(number) > max(digits(others[0]), digits(others[-1]))
            longer |= distance >= BEYOND_REACH * (others[-1] - others[0])
            out_of_reach = distance > width if negative else longer
            yield StandIn(number, count, bool(negative), bool(out_of_reach))


def digits(number: float) -> int:
    """Count the digits before the decimal point.

    >>> digits(99.99), digits(-999.0), digits(0.5)
    (2, 3, 1)
    """
    return len(f"{abs(np.trunc(number)):.0f}")
