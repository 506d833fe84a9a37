"""The differences of two models in words: which is better, by which measure, or that it is open."""

from collections.abc import Iterator, Sequence
from math import isfinite, isnan
from typing import Literal, NamedTuple

from glasslogit.pages import level_text, number
from glasslogit.trust.inference.paired import Difference

Better = Literal["new", "old", "open"]
DIGITS = 2  # of an error: no more are known of the difference


class Interval(NamedTuple):
    """A difference with the ends of its interval, NaN where nothing tells them."""

    of: Difference
    low: float
    high: float

    @property
    def better(self) -> Better:
        """The model that is better by this measure; "open" if the interval holds 0 or is not known.

        >>> from glasslogit.trust.inference.paired import Values
        >>> loss = Difference("log loss", Values(0.31, 0.33, -0.02), 0.005, 99.0, True)
        >>> Interval(loss, -0.03, -0.01).better, Interval(loss, -0.03, 0.01).better
        ('new', 'open')
        """
        if not (self.low > 0 or self.high < 0):
            return "open"
        return "new" if (self.high < 0) == self.of.lower_is_better else "old"


def verdict(interval: Interval, rows: str, level: float) -> str:
    """Say which model is better on these rows by one measure, and how sure that is.

    >>> from glasslogit.trust.inference.paired import Values
    >>> loss = Difference("log loss", Values(0.31, 0.322, -0.012), 0.0041, 99.0, True)
    >>> verdict(Interval(loss, -0.02, -0.004), "9 rows", 0.9).rpartition(" (")[0]
    "The new model's log loss is 0.0120 lower"
    >>> verdict(Interval(loss, -0.02, -0.004), "9 rows", 0.9).rpartition(" (")[2]
    '90% interval 0.0040 to 0.0200): better on these 9 rows.'
    """
    found, value = interval.of, interval.of.measured.apart
    these = f"this {rows}" if rows.startswith("1 ") else f"these {rows}"
    size = f"{number(abs(value))} {side(value)}" if value else "the same"
    if isnan(interval.low):
        return (
            f"The two models cannot be told apart on {these}: the new model's {found.name} is "
            f"{size}, and nothing here tells how much that varies."
        )
    size, low, high = (
        f"{in_digits(each, found.std_error)} {side(each)}" if each else "the same"
        for each in (value, interval.low, interval.high)
    )
    if interval.better == "open":
        return (
            f"The two models cannot be told apart on {these}: the new model's {found.name} is "
            f"{size}, with a {level_text(level)} interval from {low} to {high}."
        )
    ends = sorted((interval.low, interval.high), key=abs)
    near, far = (in_digits(each, found.std_error) for each in ends)
    word = "better" if interval.better == "new" else "worse"
    return (
        f"The new model's {found.name} is {size} ({level_text(level)} interval {near} to {far}): "
        f"{word} on {these}."
    )


def side(value: float) -> str:
    """Say on which side of 0 a difference is."""
    return "lower" if value < 0 else "higher"


def in_digits(value: float, error: float) -> str:
    """Write the size of a number with the digits that its error leaves.

    >>> in_digits(-0.0123456, 0.0041), in_digits(0.5, 0.0)
    ('0.0123', '0.5000')
    """
    if not error:
        return number(abs(value))
    exponent = int(f"{error:e}".partition("e")[2])
    return f"{abs(value):.{max(DIGITS - 1 - exponent, 0)}f}"


def leading(intervals: Sequence[Interval]) -> Interval:
    """Give the measure that decides: the log loss, or where one is infinite the Brier score."""
    return next(each for each in intervals if isfinite(each.of.measured.apart))


def dissent(intervals: Sequence[Interval], overall: Better) -> Iterator[str]:
    """Say by which measures another model is better than by the one that decides."""
    for each in intervals:
        if each.better not in {"open", overall}:
            yield f"by the {each.of.name} the {each.better} model is better"
