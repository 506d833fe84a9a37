"""What the fields of a column say: numbers, dates, or that the value is missing."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from glasslogit.errors import TableError
from glasslogit.inputs import LARGEST_EXACT
from glasslogit.tables.column import Numbers, Text, Times
from glasslogit.tables.doubt import refuse_doubt
from glasslogit.tables.doubtful_points import WHICH
from glasslogit.tables.faults import Fault
from glasslogit.tables.formatted import own_format
from glasslogit.tables.number_formats import NumberFormat
from glasslogit.tables.table import Problem, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

T = TypeVar("T")


EMPTY, ROW_LEFT_OUT = "leave it empty if it is missing", "leave the row out"  # if not known


def not_finite(unknown: str) -> Problem:
    """Say of an infinite number what to do; `unknown` is for a value that is not known."""
    return Problem("is not a finite number", f"correct it, or {unknown}")


NOT_FINITE = "; ".join(not_finite(EMPTY))
LARGEST_NUMBER = 1e140  # training adds up squares, which must stay finite
NEEDED = "which the model was trained with"
MICROSECONDS, MINUTES = 86400e6, 1440  # in a day
TIME = r"[T ]\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?"
ZONE = r"(?:Z|([-+])(\d\d):?(\d\d))?"
ISO_DATE = re.compile(rf"(\d{{4}}(?:-\d\d(?:-\d\d(?:{TIME})?)?)?){ZONE}", re.ASCII)
LONGEST = len("2024-01-31T12:00:00.000000")  # of a moment that is told to the microsecond
WHOLE_NUMBER = re.compile(r"[-+]?\d+")
TOO_LARGE = Problem("is too large", "change the unit")
WOULD_ROUND = "is a whole number beyond 2⁵³, which would be rounded"
NO_DATE = Problem("is not a date", "write it as 2024-01-31")


def text_to_numbers(column: Text) -> Numbers | Text:
    """Take text as numbers, if all that is present reads as finite ones; else leave it text.

    >>> text_to_numbers(Text.of(["1", "NA", "2.5"])).values.tolist()
    [1.0, nan, 2.5]
    """
    parsed = column.parsed
    present = ~parsed.missing
    if not present.any() or not np.isfinite(parsed.numbers[present]).all():
        return column
    return Numbers(column.codes, distinct=np.where(present, parsed.numbers, math.nan))


def read_numbers(table: Table, name: str, remedy: str = "correct it") -> Floats:
    """Read a column as numbers, NaN where the value is missing; shape (n,).

    `remedy` is for whole numbers that a float does not hold.

    Raises
    ------
    TableError
        If a value is text, infinite, or beyond 1e140. Names column, row and remedy.

    """
    return numbers_alone(table, name, remedy).values


def numbers_alone(table: Table, name: str, remedy: str = "correct it") -> Numbers:
    """Give a column as numbers, without how they are written; raises as `read_numbers`."""
    return _without_faults(table, *judge_numbers(table, name, remedy))


def judge_numbers(
    table: Table, name: str, rounding: str = "correct it", unknown: str = EMPTY
) -> tuple[Numbers, list[Fault]]:
    """Read a column as numbers, NaN where there is none, (n,), and what is wrong in which rows.

    `rounding` is the remedy for whole numbers that a float does not hold, and `unknown` what to do
    about a value that is not known: whether a field may be empty.
    """
    refuse_doubt(table, name, WHICH)
    return judge_as(table, name, own_format(table, name), rounding, unknown)


def judge_as(
    table: Table,
    name: str,
    how: NumberFormat | None,
    rounding: str = "correct it",
    unknown: str = EMPTY,
) -> tuple[Numbers, list[Fault]]:
    """Read a column as numbers of a format, None as programs write them; as `judge_numbers`.

    A column that has another format throughout, and the same unit, is read by its own.
    """
    column = table.column(name, NEEDED)
    if isinstance(column, Times):
        problem = "holds dates or times, and is read as numbers; give numbers there"
        raise TableError(f"{table.source}: column {name!r} {problem}")
    if isinstance(column, Numbers) and column.format == how:
        if not column.any_beyond(LARGEST_NUMBER):
            return replace(column, written=None), []
        values = column.values.copy()
        wrong = np.flatnonzero(np.abs(values) >= LARGEST_NUMBER)  # NaN is not
        problems = {row: _too_large(values[row], unknown) for row in wrong.tolist()}
        values[wrong] = math.nan
        return Numbers(values, format=how), _faults(name, problems)
    text = column if isinstance(column, Text) else column.text
    numbers, is_number, missing = text.parsed_by(how)
    wrong = np.flatnonzero(~missing & ~(is_number & (np.abs(numbers) < LARGEST_EXACT)))
    if len(wrong) and isinstance(column, Numbers) and unit_of(column.format) == unit_of(how):
        return replace(column, written=None), []
    column = text
    levels = zip(wrong.tolist(), numbers[wrong].tolist(), is_number[wrong].tolist(), strict=True)
    found = {
        code: _unusable(column.levels[code], number, how, rounding, unknown)
        if good
        else _no_number(how, unknown)
        for code, number, good in levels
    }
    values, faults = _by_level(name, column, np.where(missing, math.nan, numbers), found)
    return Numbers(column.codes, format=how, distinct=values), faults


def unit_of(how: NumberFormat | None) -> str:
    """Give the unit of a format."""
    return "" if how is None else how.unit


def _no_number(how: NumberFormat | None, unknown: str) -> Problem:
    """Say of a text in a column of numbers what to do."""
    if how is None:
        told = f"the column is read as numbers; correct it, or {unknown}"
        return Problem("is not a number", told)
    return Problem(f"is not a number{how.said}", f"write it as in training, or {unknown}")


def _unusable(
    level: str, number: float, how: NumberFormat | None, rounding: str, unknown: str
) -> Problem | None:
    """Say what is wrong with a number, or nothing."""
    if not abs(number) < LARGEST_NUMBER:
        return _too_large(number, unknown)
    whole = how is not None or WHOLE_NUMBER.fullmatch(level)
    return Problem(WOULD_ROUND, rounding) if whole else None


def read_times(table: Table, name: str, kind: str) -> Floats:
    """Read a column of times in days, dates since 1970-01-01; text is read as ISO 8601 dates."""
    return _without_faults(table, *judge_times(table, name, kind))


def judge_times(table: Table, name: str, kind: str) -> tuple[Floats, list[Fault]]:
    """Read a column of times, NaN where there is none, (n,), and what is wrong in which rows."""
    column = table.column(name, NEEDED)
    if isinstance(column, Times) and column.durations == (kind == "duration"):
        return column.values, []
    if not isinstance(column, Text) or kind != "date":
        problem = (
            f"does not hold {kind}s, as which it is to be read; write {kind}s, or read it as it is"
        )
        raise TableError(f"{table.source}: column {name!r} {problem}")
    there = ~column.missing
    days = [parse_date(level) if there[k] else math.nan for k, level in enumerate(column.levels)]
    read = np.array(days, float)
    wrong = np.flatnonzero(there & np.isnan(read)).tolist()
    values, faults = _by_level(name, column, read, dict.fromkeys(wrong, NO_DATE))
    return values[column.codes], faults


def _by_level(
    name: str, column: Text, values: Floats, found: Mapping[int, Problem | None]
) -> tuple[Floats, list[Fault]]:
    """Give the values of the levels, NaN of those with a problem, and the faults of the rows."""
    problems = {code: problem for code, problem in found.items() if problem is not None}
    if not problems:
        return values, []
    values = values.copy()
    values[list(problems)] = math.nan
    rows = np.flatnonzero(np.isin(column.codes, list(problems)))
    of_row = {row: problems[int(column.codes[row])] for row in rows.tolist()}
    return values, _faults(name, of_row)


def _faults(name: str, problems: Mapping[int, Problem]) -> list[Fault]:
    """Gather the rows, which have a problem each, by what it is."""
    gathered: dict[Problem, list[int]] = {}
    for row, problem in problems.items():
        gathered.setdefault(problem, []).append(row)
    return [Fault(name, *problem, np.array(rows), (name,)) for problem, rows in gathered.items()]


def _without_faults(table: Table, values: T, faults: Sequence[Fault]) -> T:
    """Give the values, or refuse the first row that has none for another reason than a gap."""
    if faults:
        raise min(faults, key=lambda fault: fault.rows[0]).error(table)
    return values


def parse_date(text: str) -> float:
    """Read a date in ISO 8601 as days since 1970-01-01, or NaN if `text` is not one.

    >>> parse_date("1970-01-02"), parse_date("1970-01-02T12:00+06:00"), parse_date("today")
    (1.0, 1.25, nan)
    """
    match = ISO_DATE.fullmatch(text.strip())
    if match is None:
        return math.nan
    moment, sign, hours, minutes = match.groups()
    try:
        time = np.datetime64(moment[:LONGEST], "us")
    except ValueError:  # such as the 31st of February
        return math.nan
    ahead = 0 if sign is None else int(f"{sign}1") * (60 * int(hours) + int(minutes))
    return float(time.astype(np.int64) / MICROSECONDS) - ahead / MINUTES


def _too_large(number: float, unknown: str) -> Problem:
    return TOO_LARGE if math.isfinite(number) else not_finite(unknown)
