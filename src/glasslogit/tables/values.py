"""What the fields of a column say: a number, a date, or that the value is missing."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np

from glasslogit.errors import TableError
from glasslogit.inputs import LARGEST_EXACT
from glasslogit.tables.table import Numbers, Table, Text, Times

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MISSING_NUMBERS = frozenset({"", "na", "n/a", "null", "?"})  # compared in lower case
NOT_FINITE = "is not a finite number; leave the field empty if the value is missing"
LARGEST = 1e140  # training adds up squares, which must stay finite
NEEDED = "which the model was trained with"
MICROSECONDS = 86400e6  # in a day
WHOLE_NUMBER = re.compile(r"[-+]?\d+")
AS_TEXT = "leave the column out: --drop {name}, or take it as text: --categorical {name}"


def parse_number(text: str) -> float | None:
    """Read a number, or None if `text` is not one; digits joined by `_` are a code, not a number.

    >>> parse_number(" 12.50 "), parse_number("1_000"), parse_number("twelve")
    (12.5, None, None)
    """
    if "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def is_missing(text: str, *, numeric: bool) -> bool:
    """Tell whether a field stands for "no value".

    >>> is_missing(" ", numeric=False), is_missing("NA", numeric=False)
    (True, False)
    >>> is_missing("NA", numeric=True)
    True
    """
    word = text.strip().lower()
    return word in MISSING_NUMBERS if numeric else not word


def text_to_numbers(column: Text) -> Numbers | Text:
    """Take text as numbers, if all that is present reads as finite ones; else leave it text.

    >>> text_to_numbers(Text.of(["1", "NA", "2.5"])).values.tolist()
    [1.0, nan, 2.5]
    """
    missing = [is_missing(level, numeric=True) for level in column.levels]
    read = [parse_number(level) for level in column.levels]
    known = [number for number, gap in zip(read, missing, strict=True) if not gap]
    if not known or not all(number is not None and math.isfinite(number) for number in known):
        return column
    numbers = np.where(missing, math.nan, np.array(read, dtype=float))
    return Numbers(numbers[column.codes])


def read_numbers(table: Table, name: str) -> Floats:
    """Read a column as numbers, NaN where the value is missing; shape (n,).

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
        large = ~np.isnan(column.values) & ~(np.abs(column.values) < LARGEST)
        if large.any():
            row = int(large.argmax())
            raise table.fault(name, row, _too_large(float(column.values[row])))
        return column.values
    numbers = np.full(len(column.levels), math.nan)
    for code, level in enumerate(column.levels):
        if is_missing(level, numeric=True):
            continue
        number = parse_number(level)
        if number is None:
            remedy = "training had numbers there; correct it, or leave it empty if it is missing"
            raise table.fault(name, column.first(code), f"is not a number; {remedy}")
        if not abs(number) < LARGEST:
            raise table.fault(name, column.first(code), _too_large(number))
        if abs(number) >= LARGEST_EXACT and WHOLE_NUMBER.fullmatch(level):
            problem = f"is a whole number beyond 2⁵³, which would be rounded; {AS_TEXT}"
            raise table.fault(name, column.first(code), problem.format(name=repr(name)))
        numbers[code] = number
    return numbers[column.codes]


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
        if is_missing(level, numeric=False):
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
