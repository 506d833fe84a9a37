"""What a column of a table of text holds: numbers, a category, or neither.

A column is numeric if every value that is present reads as a number. If nearly all do, the
few others are mistakes to be corrected, not the levels of a category with thousands of them.

Numbers that people wrote, such as `$3`, `5%` or `1,200.50`, are read by their format, see
`number_formats.py`. Those that can be read in two ways, or have several units, and dates such as
`31/12/2024` are refused. Taken as text each would become the level of a category, and what it
measures would be lost. Whether `1,200` is 1200 or 1.2 is for the owner of the table to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from glasslogit.errors import TableError
from glasslogit.tables.column import Column, Numbers, Text
from glasslogit.tables.dates import (
    SHORT_DATE,
    are_dates,
    countable,
    matching,
    mostly,
    refused_date,
)
from glasslogit.tables.doubt import doubt_among, in_doubt, refuse_doubt
from glasslogit.tables.doubtful_points import WHICH
from glasslogit.tables.fields import CODE_OF_A_THING
from glasslogit.tables.formatted import own_format, taken_as_text
from glasslogit.tables.mixed_marks import refuse_mixed_marks
from glasslogit.tables.number_formats import by_unit
from glasslogit.tables.odd_texts import OddTexts, odd_texts
from glasslogit.tables.policies import LEFT, MOST_LEVELS, alternatives, asked
from glasslogit.tables.table import quote, shorten
from glasslogit.tables.values import numbers_alone

if TYPE_CHECKING:
    from glasslogit.tables.table import Table

MANY_LEVELS = 50  # more levels than this, and than a tenth of the rows, look like an identifier
_DIGITS = r"\d{1,3}(?:[ \u00a0\u202f'’.,]\d{3})+(?:[.,]\d+)?|\d*[.,]?\d+"
_NUMBER = re.compile(rf"[-+−]?\s*[$€£¥₹]?\s*[-+−]?(?:{_DIGITS})\s*[$€£¥₹%‰]?")


@dataclass(frozen=True)
class Unusable:
    """A column that cannot be used as it is, and the option with which the others can be."""

    name: str
    error: TableError
    option: str  # "drop", "categorical" or "date"
    words: tuple[str, ...] = ()  # that the column has in the place of missing numbers


def typed_column(table: Table, name: str) -> Column | Unusable:
    """Give a column as numbers or as text, or say why it is neither.

    Of dates that are all written as 2024-01-31 the days are to be counted. Another column is to be
    taken as text if its texts are few enough for a category and no dates, or else left out.
    """
    try:
        numbers = _numbers(table, name)
        if numbers is not None:
            return numbers
        _check_plain(table, name)
        _check_levels(table, name)
    except TableError as error:
        odd = odd_texts(name, table.text(name))
        words = odd.words if odd is not None and _mended_by_words(table, name, odd) else ()
        return Unusable(name, error, _option_that_helps(table, name), words)
    return table.text(name)


def _mended_by_words(table: Table, name: str, odd: OddTexts) -> bool:
    """Tell whether a column is one of numbers where its words stand for no value."""
    of_numbers = odd.nearly or (odd.mostly and _many_levels(table, name))
    return of_numbers and not odd.mistakes


def _option_that_helps(table: Table, name: str) -> str:
    """Give the option by which a column can be used that cannot as it is, or is left out.

    Numbers that can be read in two ways are asked about, and no levels until that is answered.
    """
    column = table.text(name)
    if are_dates(column):
        there = (column.counts > 0) & ~column.missing
        return "drop" if (there & ~countable(column)).any() else "date"
    levels = column.repeats and not _many_levels(table, name) and not in_doubt(table, name)
    return "categorical" if levels else "drop"


def number_of_levels(table: Table, name: str) -> int:
    """Count the texts of a column that stand for a value."""
    column = table.text(name)
    return int(((column.counts > 0) & ~column.missing).sum())


def most_levels(table: Table, name: str) -> float:
    """Give how many levels a category may have before it looks like an identifier."""
    return min(MOST_LEVELS, max(MANY_LEVELS, int((~table.text(name).gaps).sum()) / 10))


def _many_levels(table: Table, name: str) -> bool:
    """Tell whether a column has more levels than a category may have."""
    return number_of_levels(table, name) > most_levels(table, name)


def _numbers(table: Table, name: str) -> Numbers | None:
    """Read a column if it is one of numbers, else give None; refuse one that is nearly numeric."""
    column = table.column(name)
    words = "take the column as text"
    refuse_doubt(table, name, WHICH, words)
    if isinstance(column, Numbers) or own_format(table, name) is not None:
        return _exact_numbers(table, name)
    column = table.text(name)
    if not (~column.missing & ~np.isfinite(column.parsed.numbers)).any():
        numbers = _exact_numbers(table, name)
        _check_codes(table, name)
        return numbers
    refuse_mixed_marks(table, name, taken_as_text(table, name, words))
    _refuse_nearly_numbers(table, name, words)
    return None


def _exact_numbers(table: Table, name: str) -> Numbers:
    """Read a column of numbers; where they would be rounded, say what else it may be."""
    try:
        return numbers_alone(table, name)
    except TableError:
        return numbers_alone(table, name, _left_out_or_text(table, name))


def _left_out_or_text(table: Table, name: str) -> str:
    """Say that a column is to be left out, or taken as text if a value of it comes twice."""
    left_out = f"leave the column out: {asked(name, LEFT)}"
    return alternatives(left_out, taken_as_text(table, name, "take it as text"))


def _refuse_nearly_numbers(table: Table, name: str, words: str) -> None:
    """Refuse the first text of a column if nearly all other values are numbers, of any format.

    By `words` it can be taken as text.
    """
    odd = odd_texts(name, table.text(name))
    if odd is not None and odd.nearly:
        raise _odd_text(table, name, odd, taken_as_text(table, name, words))


def _odd_text(table: Table, name: str, odd: OddTexts, *ways: str) -> TableError:
    """Describe the first text of a column of numbers, and name the others."""
    column = table.text(name)
    doubt = doubt_among(table, name, odd.numbers_at)
    return table.fault(name, column.first(odd.first), odd.problem(table.na, doubt, *ways))


def number_in_text(table: Table, name: str) -> bool:
    """Tell whether a text of a frame is numbers as people write them; refuse what is unclear.

    So are numbers of more values than a category has, with a text or two among them.
    """
    words = "take it as text"
    refuse_doubt(table, name, "turn the column into numbers", words)
    if own_format(table, name) is not None:
        return True
    text = isinstance(table.column(name), Text)
    if text:
        refuse_mixed_marks(table, name, taken_as_text(table, name, words))
    if text and _many_levels(table, name):
        _refuse_nearly_numbers(table, name, words)
    return False


def _check_codes(table: Table, name: str) -> None:
    """Refuse whole numbers with a leading zero: they name something and measure nothing."""
    column = table.text(name)
    for code, level in enumerate(column.levels):
        if re.fullmatch(CODE_OF_A_THING, level):
            problem = f"is a code rather than a number; {_left_out_or_text(table, name)}"
            raise table.fault(name, column.first(code), problem)


def _check_plain(table: Table, name: str) -> None:
    """Refuse a text column that holds numbers or dates which do not read as numbers.

    Raises
    ------
    TableError
        If nine in ten of the values are such numbers, or such dates; names the first of them.

    """
    column = table.text(name)
    plain = column.parsed.is_number
    as_is = taken_as_text(table, name, "take the column as it is")
    if are_dates(column):
        raise refused_date(table, name, as_is)
    written = matching(column, _NUMBER) & ~plain
    if written.any() and mostly(column, written | plain):
        remedy = alternatives("write it as one, such as 1234.5", as_is)
        level = int(np.argmax(written))
        problem = f"{_mixed_units(column, level) or 'is not a plain number'}; {remedy}"
        raise table.fault(name, column.first(level), problem)


def _mixed_units(column: Text, level: int) -> str:
    """Say of a level that numbers of several units are mixed; nothing if they are not."""
    there = ((column.counts > 0) & ~column.missing).tolist()
    held = [each for each, held in zip(column.levels, there, strict=True) if held]
    units = by_unit([column.levels[level], *held])
    if len(units) < 2:
        return ""
    first, *others = [repr(unit) if unit else "no unit" for unit in units]
    texts = [quote(text) for text in units.values()][1:]
    have = [f"{text} has {unit}" for text, unit in zip(texts, others, strict=True)]
    return f"has {first} and {shorten(have)}: the numbers of a column have one unit"


def _check_levels(table: Table, name: str) -> None:
    """Refuse a text column of so many levels that it looks like an identifier.

    One in which most values are numbers, or limits of such, is no identifier.
    """
    if not _many_levels(table, name):
        return
    column = table.text(name)
    n_levels, n_rows = number_of_levels(table, name), int((~column.gaps).sum())
    if mostly(column, matching(column, SHORT_DATE)):
        raise refused_date(table, name, taken_as_text(table, name, "take the column as it is"))
    odd = odd_texts(name, column)
    if odd is not None and odd.mostly:
        left_out = f"leave the column out: {asked(name, LEFT)}"
        raise _odd_text(table, name, odd, left_out, taken_as_text(table, name, "take it as text"))
    found = f"column {name!r} has {n_levels:,} different texts in {n_rows:,} rows"
    remedy = f"if it is an identifier, leave it out: {asked(name, LEFT)}"
    as_is = taken_as_text(table, name, "; if not, take it as it is")
    raise TableError(f"{table.source}: {found}; {remedy}{as_is}")
