"""What the fields of a column say: numbers, dates, or that the value is missing."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np

from glasslogit.errors import TableError
from glasslogit.inputs import LARGEST_EXACT
from glasslogit.tables.column import Numbers, Text, Times
from glasslogit.tables.table import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NOT_FINITE = "is not a finite number; leave the field empty if the value is missing"
LARGEST = 1e140  # training adds up squares, which must stay finite
NEEDED = "which the model was trained with"
MICROSECONDS = 86400e6  # in a day
WHOLE_NUMBER = re.compile(r"[-+]?\d+")
AS_TEXT = "leave the column out: --drop {name}, or take it as text: --categorical {name}"


def text_to_numbers(column: Text) -> Numbers | Text:
    """Take text as numbers, if all that is present reads as finite ones; else leave it text.

    >>> text_to_numbers(Text.of(["1", "NA", "2.5"])).values.tolist()
    [1.0, nan, 2.5]
    """
    parsed = column.parsed
    present = ~parsed.missing
    if not present.any() or not np.isfinite(parsed.numbers[present]).all():
        return column
    return Numbers(np.where(present, parsed.numbers, math.nan)[column.codes])


def read_numbers(table: Table, name: str, remedy: str = "correct it") -> Floats:
    """Read a column as numbers, NaN where the value is missing; shape (n,).

    `remedy` is for whole numbers that a float does not hold.

    Raises
    ------
    TableError
        If a value is text, infinite, or beyond 1e140. Names column, row and remedy.

    """
    column = table.column(name, NEEDED)
    if isinstance(column, Times):
        problem = "holds dates or times; training had numbers there"
        raise TableError(f"{table.source}: column {name!r} {problem}")
    if isinstance(column, Numbers):
        wrong = np.abs(column.values) >= LARGEST  # NaN is not
        if wrong.any():
            row = int(wrong.argmax())
            raise table.fault(name, row, _too_large(float(column.values[row])))
        return column.values
    numbers, is_number, missing = column.parsed
    wrong = ~missing & ~(is_number & (np.abs(numbers) < LARGEST_EXACT))
    for code in np.flatnonzero(wrong).tolist():
        problem = _no_number(column.levels[code], float(numbers[code]), bool(is_number[code]))
        if problem:
            raise table.fault(name, column.first(code), problem.format(remedy=remedy))
    return np.where(missing, math.nan, numbers)[column.codes]


def _no_number(level: str, number: float, is_number: bool) -> str:
    """Say what is wrong with a level of a column of numbers, or nothing."""
    if not is_number:
        return (
            "is not a number; training had numbers there; correct it, or leave it empty if it is "
            "missing"
        )
    if not abs(number) < LARGEST:
        return _too_large(number)
    if WHOLE_NUMBER.fullmatch(level):
        return "is a whole number beyond 2⁵³, which would be rounded; {remedy}"
    return ""


def read_times(table: Table, name: str, kind: str) -> Floats:
    """Read a column of times in days, dates since 1970-01-01; text is read as ISO 8601 dates."""
    column = table.column(name, NEEDED)
    if isinstance(column, Times) and column.durations == (kind == "duration"):
        return column.values
    if not isinstance(column, Text) or kind != "date":
        problem = f"does not hold {kind}s, as it did in training"
        raise TableError(f"{table.source}: column {name!r} {problem}")
    days = np.full(len(column.levels), math.nan)
    for code, level in enumerate(column.levels):
        if column.missing[code]:
            continue
        days[code] = parse_date(level)
        if math.isnan(days[code]):
            problem = "is not a date; write it as 2024-01-31"
            raise table.fault(name, column.first(code), problem)
    return days[column.codes]


def parse_date(text: str) -> float:
    """Read a date in ISO 8601 as days since 1970-01-01, or NaN if `text` is not one.

    >>> parse_date("1970-01-02"), parse_date("1970-01-02T12:00"), parse_date("today")
    (1.0, 1.5, nan)
    """
    try:
        time = np.datetime64(text if text[:4].isdigit() else "NaT", "us")
    except ValueError:
        return math.nan
    return math.nan if np.isnat(time) else float(time.astype(np.int64) / MICROSECONDS)


def _too_large(number: float) -> str:
    return "is too large; change the unit" if math.isfinite(number) else NOT_FINITE
