"""What flips a decision, as it is written: a value that the column can have.

A number that just flips is written with few digits, so it is rounded, away from the row's own
value. Of all numbers of digits the least is taken at which the rounded number, read again, still
flips, stays where the training rows are, and adds no more than a tenth to the change. Where the
training rows hold whole numbers alone, it is a whole number; of a column of dates it is a date.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import ceil, copysign, floor, inf
from typing import Any, NamedTuple

import numpy as np

from glasslogit.core import Floats
from glasslogit.inputs import ranges_of_columns
from glasslogit.pages import as_typed, decimal_text
from glasslogit.tables import NumberFormat
from glasslogit.tables.encoding import LearnedColumn, NumberColumn

LEAST_DIGITS, MOST_DIGITS = 4, 17  # of a number as it is written; 17 give each float64 exactly
ROUNDED_BY = 0.1  # of the change, which rounding may add at most
DAY = 86_400_000_000  # of a day
UNITS = {"D": DAY, "m": 60_000_000, "s": 1_000_000, "us": 1}  # to which a date is written
OVER = 1e-11  # of what is needed for a flip, by which it goes beyond the cut
MARGIN_ROUNDING = 8.0 * np.finfo(float).eps  # of the terms of a margin that is summed in float64


class Change(NamedTuple):
    """A change of one column that flips the decision.

    `inside` is True where the value is within the training range, None where that is not known.
    """

    name: str
    value: Any
    to: Any
    inside: bool | None


class Flip(NamedTuple):
    """How large a change that flips is, the change, and its `value` and `to` as they are written.

    The size is a share of the range of a number, and that of the whole range for a level.
    """

    size: float
    change: Change
    shown: tuple[str, str]


class NumberRange(NamedTuple):
    """What is known of a column of numbers: least and largest in training, and what they stand for.

    `whole` says that the training rows hold whole numbers alone. Dates are in days since `origin`,
    itself in days since 1970-01-01.
    """

    low: float = -inf
    high: float = inf
    whole: bool = False
    kind: str = "number"
    origin: float = 0.0
    format: NumberFormat | None = None  # how people write the numbers

    def shown(self, change: tuple[str, str], own: str | None) -> tuple[str, str]:
        """Write both ends of a change as numbers of the column are, the row's as it has it."""
        form = self.format
        before, after = change if form is None else (form.write(each, own or "") for each in change)
        return own or before, after

    @property
    def known(self) -> bool:
        """Tell whether the range is known."""
        return self.low > -inf

    @property
    def width(self) -> float:
        """The range, 0 where it is not known."""
        return self.high - self.low if self.known else 0.0

    def nearest(self, value: float) -> float:
        """Give the number within the range that is nearest to a value."""
        return min(max(value, self.low), self.high)

    def inside(self, value: float) -> bool | None:
        """Tell whether a value lies within the range, None where that is not known."""
        return self.low <= value <= self.high if self.known else None

    def share(self, now: float, to: float) -> float:
        """Give the share of the range that a change is, or the change where no range is known.

        Of a column that is constant in training there is none.

        >>> NumberRange(0.0, 10.0).share(5.0, 10.0), NumberRange().share(5.0, 10.0)
        (0.5, 5.0)
        """
        if not self.known:
            return abs(to - now)
        return abs(to - now) / self.width if self.width else inf

    @staticmethod
    def of(
        values: Floats,
        kind: str = "number",
        origin: float = 0.0,
        how: NumberFormat | None = None,
    ) -> "NumberRange":
        """Describe the values of the training rows, NaN where one is missing.

        >>> NumberRange.of(np.array([3.0, 18.0, np.nan])).whole
        True
        """
        present = values[~np.isnan(values)]
        if not present.size:
            return NumberRange(kind=kind, origin=origin, format=how)
        found = ranges_of_columns(present[:, None])
        ends = float(found.low[0]), float(found.high[0])
        return NumberRange(*ends, bool(found.whole[0]), kind, origin, how)


def numbers_of(
    columns: Sequence[LearnedColumn], values: Mapping[str, Any], rows: Any = slice(None)
) -> dict[str, NumberRange]:
    """Describe the columns of numbers of a table by some of its rows."""
    return {
        column.name: NumberRange.of(
            values[column.name][rows], column.kind, column.origin, column.format
        )
        for column in columns
        if isinstance(column, NumberColumn)
    }


def strictly(needed: float, terms: float) -> float:
    """Give a little more than is needed to reach the cut, by the rounding of the terms at least.

    A margin that is only just at the cut is decided by its last digit.
    """
    return needed + copysign(OVER * abs(needed) + MARGIN_ROUNDING * terms, needed or -1.0)


def written(
    now: float, to: float, numbers: NumberRange, flips: Callable[[float], bool]
) -> tuple[float, tuple[str, str]] | None:
    """Give the number that is written in the place of `to`, and both ends of the change as text.

    None if no number flips that the column can have, those of its range if that is known.

    >>> written(43.0, 43.1761, NumberRange(), lambda age: age > 43.1761)
    (43.18, ('43', '43.18'))
    >>> written(43.0, 43.1761, NumberRange(18, 90, whole=True), lambda age: age > 43.1761)
    (44.0, ('43', '44'))
    """
    most = inf if numbers.whole else ROUNDED_BY * abs(to - now)
    ways = whole_numbers if numbers.whole else dates if numbers.kind == "date" else rounded_numbers
    for value, text in ways(now, to, numbers):
        stays = numbers.inside(value) is not False
        told = text[0] != text[1] and abs(value - to) <= most
        if stays and told and flips(value):
            return value, text
    return None


Candidates = Iterator[tuple[float, tuple[str, str]]]


def whole_numbers(now: float, to: float, numbers: NumberRange) -> Candidates:
    """Yield the whole number beyond, and the next one."""
    sign = 1 if to > now else -1
    first = float(ceil(to) if to > now else floor(to))
    for value in (first, first + sign):
        own = date_text(now, numbers.origin) if numbers.kind == "date" else own_text(now, to)
        yield value, (own, value_text(value, numbers))


def rounded_numbers(now: float, to: float, numbers: NumberRange) -> Candidates:
    """Yield the number rounded away from `now` to 4 digits and more, or the next one, or itself."""
    del numbers
    rounding, sign = (ROUND_CEILING, 1) if to > now else (ROUND_FLOOR, -1)
    top = Decimal(max(abs(now), abs(to))).adjusted()
    for digits in range(LEAST_DIGITS, MOST_DIGITS + 1):
        unit = Decimal(1).scaleb(top - digits + 1)
        rounded = Decimal(to).quantize(unit, rounding)
        for value in (rounded, rounded + sign * unit):
            yield float(value), (own_text(now, to), decimal_text(value))
    yield to, (own_text(now, to), decimal_text(Decimal(repr(to))))


def dates(now: float, to: float, numbers: NumberRange) -> Candidates:
    """Yield the date rounded away from `now` to days, minutes and less, or the next one."""
    up = to > now
    exact = (numbers.origin + to) * DAY
    for each in UNITS.values():
        count = ceil(exact / each) if up else floor(exact / each)
        for place in (count, count + (1 if up else -1)):
            value = place * each / DAY - numbers.origin
            yield value, (date_text(now, numbers.origin), date_text(value, numbers.origin))


def own_text(now: float, to: float) -> str:
    """Write the number that a row has as its table has it, with all digits beside a near one."""
    told = as_typed(now)
    near = abs(float(told) - now) > ROUNDED_BY * abs(to - now)
    return decimal_text(Decimal(repr(now))) if near else told


def value_text(value: float, numbers: NumberRange) -> str:
    """Write a value of a column with all its digits."""
    if numbers.kind == "date":
        return date_text(value, numbers.origin)
    return decimal_text(Decimal(repr(value)))


def mean_date(mean: float, dates: NumberRange) -> str:
    """Write a mean of dates to the day, or to the minute where the column has times of the day.

    >>> mean_date(181.7, NumberRange(0.0, 364.0, whole=True, kind="date", origin=19723.0))
    '2024-07-01'
    >>> mean_date(181.7, NumberRange(0.0, 364.5, kind="date", origin=19723.0))
    '2024-06-30T16:48'
    """
    days = dates.origin % 1 == 0 and (dates.whole or not dates.known)
    unit = UNITS["D" if days else "m"] / DAY
    return date_text(round(mean / unit) * unit, dates.origin)


def date_text(days: float, origin: float) -> str:
    """Write days since an origin as a date, with the time of the day where it is not midnight.

    >>> date_text(1.0, 0.0), date_text(0.5, 1.0)
    ('1970-01-02', '1970-01-02T12:00')
    """
    time = np.datetime64(round((origin + days) * DAY), "us")
    shortest = next(unit for unit in UNITS if time.astype(f"M8[{unit}]") == time)
    return str(time.astype(f"M8[{shortest}]"))
