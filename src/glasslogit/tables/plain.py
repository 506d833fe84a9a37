"""Numbers and dates that are written for people, such as `1,200`, `$3`, `5%` or `31/12/2024`.

Taken as text each would become the level of a category, and what it measures would be lost.
They are not converted: whether `1,200` is 1200 or 1.2 is for the owner of the table to say.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from glasslogit.tables.values import is_missing, parse_number

if TYPE_CHECKING:
    from glasslogit.tables.table import Table

MOSTLY = 0.9  # from this share of the values on, a column is one of such numbers or dates

_DIGITS = r"\d{1,3}(?:[ \u00a0\u202f'’.,]\d{3})+(?:[.,]\d+)?|\d*[.,]?\d+"
_NUMBER = re.compile(rf"[-+−]?\s*[$€£¥₹]?\s*[-+−]?(?:{_DIGITS})\s*[$€£¥₹%‰]?")
_DAY = r"\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2\d{4}|\d{1,2}/\d{1,2}/\d{2}"
_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp][Mm])?\s*(?:Z|[+-]\d{2}:?\d{2})?"
_DATE = re.compile(rf"(?:{_DAY})(?:(?:T|,?\s+){_TIME})?")


def check_plain(table: Table, name: str) -> None:
    """Refuse a text column that holds numbers or dates which do not read as numbers.

    Raises
    ------
    TableError
        If nine in ten of the values are such numbers, or such dates; names the first of them.

    """
    column = table.text(name)
    counts = np.bincount(column.codes, minlength=len(column.levels))
    present = np.array([not is_missing(level, numeric=True) for level in column.levels])
    plain = np.array([parse_number(level) is not None for level in column.levels])
    dates = np.array([_DATE.fullmatch(level) is not None for level in column.levels])
    written = np.array([_NUMBER.fullmatch(level) is not None for level in column.levels]) & ~plain
    total = counts[present].sum()
    as_is = f"or take the column as it is: --categorical {name!r}"
    for found, rest, problem in (
        (dates, False, f"is a date; turn it into a number, leave it out: --drop {name!r}, {as_is}"),
        (written, plain, f"is not a plain number; write it as one, such as 1234.5, {as_is}"),
    ):
        if found.any() and counts[(found | rest) & present].sum() >= MOSTLY * total:
            raise table.fault(name, column.first(int(np.argmax(found))), problem)
