"""A column of numbers with two decimal marks: 2393,25 in some rows and 1693.66 in others.

It is no column of numbers, as one mark reads no more than a part of it, and no text either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from glasslogit.findings import Code, Finding, Severity
from glasslogit.tables.column import Text
from glasslogit.tables.dates import MOSTLY, mostly
from glasslogit.tables.formatted import LEVELS_SEEN
from glasslogit.tables.number_formats import DECIMAL_MARKS, marks_of
from glasslogit.tables.policies import alternatives
from glasslogit.tables.table import quote

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glasslogit.tables.table import Table

ONE_MARK = "write all of them with one mark"


def mixed_marks(column: Text) -> list[int]:
    """Give the places of the first number with each decimal mark, the earlier first; none of one.

    Nearly all values are numbers, each with one mark or the other.

    >>> mixed_marks(Text.of(["12", "1693.66", "2393,25"])), mixed_marks(Text.of(["1.5", "1,234"]))
    ([1, 2], [])
    """
    if column.ranked:
        return []
    held = np.flatnonzero((column.counts > 0) & ~column.missing).tolist()
    marks = {code: marks_of(column.levels[code]) for code in held[:LEVELS_SEEN]}
    if sum(map(bool, marks.values())) < MOSTLY * len(marks):
        return []
    marks |= {code: marks_of(column.levels[code]) for code in held[LEVELS_SEEN:]}
    numbers = np.array([bool(marks.get(code)) for code in range(len(column.levels))], bool)
    alone = [[code for code in held if marks[code] == {mark}] for mark in DECIMAL_MARKS]
    if not all(alone) or not mostly(column, numbers):
        return []
    return sorted(min(map(column.first, codes)) for codes in alone)


def refuse_mixed_marks(table: Table, name: str, as_text: str) -> None:
    """Refuse a column of numbers with two decimal marks; `as_text` says how it is taken as text."""
    column = table.text(name)
    places = mixed_marks(column)
    if places:
        told = _told(column, places[0], int(table.numbers[places[0]]))
        problem = f"has another decimal mark than {told}: the numbers of a column have one"
        problem += f"; {alternatives(ONE_MARK, as_text)}"
        raise table.fault(name, places[1], problem)


def mixed_marks_found(name: str, column: Text, rows: NDArray[np.intp]) -> list[Finding]:
    """Find numbers with two decimal marks in a column whose rows have these numbers.

    >>> print(*mixed_marks_found("pay", Text.of(["1693.66", "2393,25"]), np.array([2, 3])))
    warning (amounts): column 'pay' holds numbers with two decimal marks: '1693.66' in row 2 and \
'2393,25' in row 3; write all of them with one mark
    """
    told = [_told(column, place, int(rows[place])) for place in mixed_marks(column)]
    if not told:
        return []
    evidence = f"holds numbers with two decimal marks: {' and '.join(told)}"
    return [Finding(Code.AMOUNTS, Severity.WARNING, (name,), evidence, ONE_MARK)]


def _told(column: Text, place: int, row: int) -> str:
    return f"{quote(column.value(place))} in row {row}"
