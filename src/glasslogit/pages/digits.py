"""How numbers and lists are written, wherever a result is shown."""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from itertools import accumulate
from math import isfinite

import numpy as np
from numpy.typing import NDArray

LARGEST_DENOMINATOR = 12  # of the fractions that are recognised
NONE = "–"
PLAIN = range(-5, 15)  # powers of ten of numbers that are written without one
TYPED_DIGITS, TOLD_DIGITS = 9, 7  # that a person types, and of a longer number that are shown
AT_ONE = 1e-6  # what differs less from 1 is written as 1 and the difference, its logarithm
LISTED_PARTS = 6  # parts in a line; more are counted
LISTED_WIDTH = 800  # characters of a list, ten lines of a terminal; more are counted


def number(value: float, digits: int = 4) -> str:
    """Show four digits, or so many, and the zeros among them; a dash where there is none (NaN).

    >>> number(0.5), number(-0.00031834), number(1234.5), number(0.5, 3), number(float("nan"))
    ('0.5000', '-0.0003183', '1234', '0.500', '–')
    """
    return NONE if np.isnan(value) else f"{value:#.{digits}g}".removesuffix(".")


def ratio(value: float, log: float) -> str:
    """Show a ratio, whose logarithm is known, with four digits, and as 1 only where it is 1.

    Near 1 these are three digits of what it differs by, two of them where that makes more than six.

    >>> ratio(1.0, 0.0), ratio(2.34567, 0.8526), ratio(0.0123456, -4.394)
    ('1.000', '2.346', '0.01235')
    >>> ratio(0.99968, -3.2e-4), ratio(1.000003, 3e-6), ratio(1.0, -2e-17)
    ('0.999680', '1.0000030', '1-2.0e-17')
    """
    if not 0.1 <= value < 10 or log == 0:
        return number(value)
    if abs(log) < AT_ONE:
        return f"1{log:+.1e}"
    most = 3 - int(f"{abs(value - 1):e}".partition("e")[2]) - int(value < 1)
    return f"{value:#.{max(4, min(6, most), most - 1)}g}"


def decimal_text(value: Decimal) -> str:
    """Write a number without zeros at its end, and without a power of ten if it is no strange one.

    >>> decimal_text(Decimal("52340.0")), decimal_text(Decimal("1.250E-9"))
    ('52340', '1.25e-09')
    """
    short = value.normalize()
    if short.adjusted() in PLAIN:
        return f"{short:f}"
    return f"{float(short):.{len(short.as_tuple().digits)}g}"


def as_typed(value: object) -> str:
    """Write a value of a table as it is; of a number that nobody typed, seven digits tell it.

    >>> as_typed(22544.0), as_typed(52.3702157), as_typed(0.1257302210933933), as_typed("Ghent")
    ('22544', '52.3702157', '0.1257302', 'Ghent')
    """
    if not isinstance(value, float) or not isfinite(value):
        return str(value)
    exact = Decimal(repr(float(value)))
    typed = len(exact.normalize().as_tuple().digits) <= TYPED_DIGITS or value % 1 == 0
    return decimal_text(exact if typed else rounded_to(exact, TOLD_DIGITS))


def mean_text(value: float) -> str:
    """Write the mean of a column: four digits, and all those before the point.

    >>> mean_text(25983.4), mean_text(61.9512), mean_text(0.00012345)
    ('25983', '61.95', '0.0001234')
    """
    return decimal_text(rounded_to(Decimal(value), 4)) if isfinite(value) else str(value)


def rounded_to(value: Decimal, digits: int) -> Decimal:
    """Round a number to so many digits, or to all those before the point."""
    last = value.adjusted() - digits + 1
    unit = Decimal(1).scaleb(min(0, last) if value.adjusted() in PLAIN else last)
    return value.quantize(unit, ROUND_HALF_EVEN)


def probability(value: float) -> str:
    """Write a probability or threshold with four digits, or as many as keep it from 0 and 1.

    >>> probability(0.5), probability(0.123456), probability(0.99999), probability(1)
    ('0.5', '0.1235', '0.99999', '1')
    """
    texts = (f"{value:.{digits}g}" for digits in range(4, 18))
    return next(text for text in texts if (float(text) == 1) == (value == 1))


def predicted(value: float) -> str:
    """Write the probability of a class, which no finite margin makes 0 or 1.

    >>> predicted(0.123456), predicted(1.0), predicted(0.0)
    ('0.1235', 'more than 0.999999', 'less than 1e-300')
    """
    if value == 1:
        return "more than 0.999999"
    return probability(value) if value else "less than 1e-300"


def decimals(value: float) -> str:
    """Write four decimals, which are never 0 or 1 where the value is not.

    >>> decimals(0.123456), decimals(0.99996), decimals(1.0), decimals(0.00003)
    ('0.1235', '>0.9999', '1.0000', '<0.0001')
    """
    text = f"{value:.4f}"
    if text == "1.0000" and value < 1:
        return ">0.9999"
    return "<0.0001" if text == "0.0000" and value > 0 else text


def how_many(count: int, one: str, several: str | None = None) -> str:
    """Say how many of a kind there are: of one, or of several, which end in s if nothing is said.

    >>> how_many(1, "step"), how_many(2500, "step"), how_many(2, "row has", "rows have")
    ('1 step', '2,500 steps', '2 rows have')
    """
    return f"{count:,} {one if count == 1 else several or f'{one}s'}"


def per_cent(value: float) -> str:
    """Write a share with a decimal of its percentage, and never all or nothing falsely.

    >>> per_cent(0.1234), per_cent(0.9999), per_cent(1.0), per_cent(0.0001)
    ('12.3%', '>99.9%', '100.0%', '<0.1%')
    """
    text = f"{value:.1%}"
    if text == "100.0%" and value < 1:
        return ">99.9%"
    return "<0.1%" if text == "0.0%" and value > 0 else text


def level_text(level: float) -> str:
    """Write the level of an interval in per cent, with as many digits as it was asked for with.

    >>> level_text(0.95), level_text(0.999)
    ('95%', '99.9%')
    """
    return f"{100 * level:.4g}%"


def fraction(value: float) -> str:
    """Write a number as a small fraction, if it is one, or as a decimal.

    >>> fraction(0.5), fraction(2.0), fraction(0.123456789)
    ('1/2', '2', '0.123457')
    """
    small = Fraction(value).limit_denominator(LARGEST_DENOMINATOR)
    return str(small) if small and float(small) == value else f"{value:.6g}"


def in_fractions(
    values: NDArray[np.float64], slack: float | NDArray[np.float64]
) -> NDArray[np.float64]:
    """Round each value to a small fraction that is as near as `slack`, if there is one.

    >>> in_fractions(np.array([0.3333333, 0.3456, 2.0]), 1e-6).round(5).tolist()
    [0.33333, 0.3456, 2.0]
    """
    for q in range(1, LARGEST_DENOMINATOR + 1):
        near = np.round(values * q) / q
        values = np.where(np.abs(values - near) <= slack, near, values)
    return values


def listed(parts: Iterable[str], between: str = ", ", most: int = LISTED_PARTS) -> str:
    """Join the first parts, so many at most, and count the others.

    >>> listed("abcdefgh")
    'a, b, c, d, e, f, … (2 more)'
    >>> listed(map(str, range(2370)), most=1)
    '0, … (2,369 more)'
    """
    shown, hidden = first_of([*parts], most)
    return between.join(shown) + (f"{between}… ({hidden:,} more)" if hidden else "")


def and_more(parts: Iterable[str], most: int) -> str:
    """Join the first parts with commas, so many at most, and say how many others there are.

    >>> and_more("abcdefgh", 3), and_more("abc", 3)
    ('a, b, c and 5 more', 'a, b, c')
    """
    shown, hidden = first_of([*parts], most)
    return ", ".join(shown) + (f" and {hidden:,} more" if hidden else "")


def first_of(parts: list[str], most: int) -> tuple[list[str], int]:
    """Give the first parts that a message names, whole and one at least, and count the others.

    >>> first_of(["a", "b" * 790, "c" * 10], 3)[1], first_of(["a" * 900, "b"], 3)[1]
    (1, 1)
    """
    ends = accumulate(map(len, parts[:most]))
    shown = max(sum(end <= LISTED_WIDTH for end in ends), 1)
    return parts[:shown], max(len(parts) - shown, 0)
