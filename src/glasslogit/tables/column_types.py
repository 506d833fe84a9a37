"""What a column of a table of text holds: numbers, a category, or neither.

A column is numeric if every value that is present reads as a number. If nearly all do, the
few others are mistakes to be corrected, not the levels of a category with thousands of them.

Numbers and dates that are written for people, such as `1,200`, `$3`, `5%` or `31/12/2024`, are
refused. Taken as text each would become the level of a category, and what it measures would be
lost. They are not converted: whether `1,200` is 1200 or 1.2 is for the owner of the table to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from glasslogit.errors import TableError
from glasslogit.tables.column import Column, Numbers, Text
from glasslogit.tables.fields import CODE_OF_A_THING
from glasslogit.tables.policies import MOST_LEVELS
from glasslogit.tables.values import AS_TEXT, numbers_alone

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glasslogit.tables.table import Table

NEARLY_NUMERIC = 0.9  # from this share of numbers on, the other values are taken for mistakes
MANY_LEVELS = 50  # more levels than this, and than a tenth of the rows, look like an identifier
MOSTLY = 0.9  # from this share of the values on, a column is one of such numbers or dates
_DIGITS = r"\d{1,3}(?:[ \u00a0\u202f'’.,]\d{3})+(?:[.,]\d+)?|\d*[.,]?\d+"
_NUMBER = re.compile(rf"[-+−]?\s*[$€£¥₹]?\s*[-+−]?(?:{_DIGITS})\s*[$€£¥₹%‰]?")
_DAY = r"\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2\d{4}|\d{1,2}/\d{1,2}/\d{2}"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_IN_WORDS = rf"\d{{1,2}}[ -]{_MONTH}[ -]\d{{2,4}}|{_MONTH} \d{{1,2}},? \d{{4}}|{_MONTH}[ -]\d{{4}}"
_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp][Mm])?\s*(?:Z|[+-]\d{2}:?\d{2})?"
_DATE = re.compile(rf"(?:{_DAY}|{_IN_WORDS})(?:(?:T|,?\s+){_TIME})?|\d{{4}}-\d{{2}}", re.IGNORECASE)


@dataclass(frozen=True)
class Unusable:
    """A column that cannot be used as it is, and the option with which the others can be."""

    name: str
    error: TableError
    option: str  # "--drop" or "--categorical"


def typed_column(table: Table, name: str) -> Column | Unusable:
    """Give a column as numbers or as text, or say why it is neither.

    It is to be taken as text if its texts are few enough for a category and no dates, or else
    left out.
    """
    try:
        numbers = _numbers(table, name)
        if numbers is not None:
            return numbers
        _check_plain(table, name)
        _check_levels(table, name)
    except TableError as error:
        few = number_of_levels(table, name) <= most_levels(table, name)
        as_text = few and not are_dates(table.text(name))
        return Unusable(name, error, "--categorical" if as_text else "--drop")
    return table.text(name)


def number_of_levels(table: Table, name: str) -> int:
    """Count the texts of a column that stand for a value."""
    column = table.text(name)
    return int(((column.counts > 0) & ~column.missing).sum())


def most_levels(table: Table, name: str) -> float:
    """Give how many levels a category may have before it looks like an identifier."""
    return min(MOST_LEVELS, max(MANY_LEVELS, int((~table.text(name).gaps).sum()) / 10))


def _numbers(table: Table, name: str) -> Numbers | None:
    """Read a column if it is one of numbers, else give None; refuse one that is nearly numeric."""
    column, as_text = table.column(name), AS_TEXT.format(name=repr(name))
    if isinstance(column, Numbers):
        return numbers_alone(table, name, as_text)
    column = table.text(name)
    _, is_number, missing = column.parsed
    bad = ~missing & ~is_number
    if not bad.any():
        numbers = numbers_alone(table, name, as_text)  # raises on NaN and infinity
        _check_codes(table, name)
        return numbers
    there = int(column.counts[~missing].sum())
    good = there - int(column.counts[bad].sum())
    if good >= NEARLY_NUMERIC * there:
        remedy = f"correct it, leave it empty, or take the column as text: --categorical {name!r}"
        problem = f"is not a number, as {good:,} of {there:,} values are; {remedy}"
        raise table.fault(name, column.first(int(np.argmax(bad))), problem)
    return None


def _check_codes(table: Table, name: str) -> None:
    """Refuse whole numbers with a leading zero: they name something and measure nothing."""
    column = table.text(name)
    for code, level in enumerate(column.levels):
        if re.fullmatch(CODE_OF_A_THING, level):
            problem = f"is a code rather than a number; {AS_TEXT}".format(name=repr(name))
            raise table.fault(name, column.first(code), problem)


def _check_plain(table: Table, name: str) -> None:
    """Refuse a text column that holds numbers or dates which do not read as numbers.

    Raises
    ------
    TableError
        If nine in ten of the values are such numbers, or such dates; names the first of them.

    """
    column = table.text(name)
    plain, as_is = column.parsed.is_number, f"or take the column as it is: --categorical {name!r}"
    dates = matching(column, _DATE)
    if mostly(column, dates):
        problem = f"is a date; turn it into a number, leave it out: --drop {name!r}, {as_is}"
        raise table.fault(name, column.first(int(np.argmax(dates))), problem)
    written = matching(column, _NUMBER) & ~plain
    if written.any() and mostly(column, written | plain):
        problem = f"is not a plain number; write it as one, such as 1234.5, {as_is}"
        raise table.fault(name, column.first(int(np.argmax(written))), problem)


def are_dates(column: Text) -> bool:
    """Tell whether nine in ten of the values that are present are dates."""
    return mostly(column, matching(column, _DATE))


def matching(column: Text, pattern: re.Pattern[str]) -> NDArray[np.bool_]:
    """Tell which levels are written in a certain way, (levels,)."""
    return np.array([pattern.fullmatch(level) is not None for level in column.levels], bool)


def mostly(column: Text, levels: NDArray[np.bool_]) -> bool:
    """Tell whether nine in ten of the values that are present are of some levels."""
    counts, present = column.counts, ~column.missing
    found = counts[levels & present].sum()
    return bool(found and found >= MOSTLY * counts[present].sum())


def _check_levels(table: Table, name: str) -> None:
    """Refuse a text column of so many levels that it looks like an identifier."""
    n_levels, n_rows = number_of_levels(table, name), int((~table.text(name).gaps).sum())
    if n_levels > most_levels(table, name):
        found = f"column {name!r} has {n_levels:,} different texts in {n_rows:,} rows"
        remedy = f"if it is an identifier, leave it out: --drop {name!r}"
        otherwise = f"if not, take it as it is: --categorical {name!r}"
        raise TableError(f"{table.source}: {found}; {remedy}; {otherwise}")
