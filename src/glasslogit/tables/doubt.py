"""Numbers of a column that can be read in two ways: 1,200 alone may be 1200 or 1.2."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from glasslogit.tables.column import Numbers, Text, number_text
from glasslogit.tables.doubtful_points import WHICH
from glasslogit.tables.formatted import formats_of_text, taken_as_text
from glasslogit.tables.number_formats import formats_of, shape
from glasslogit.tables.policies import alternatives
from glasslogit.tables.table import Table, quote

if TYPE_CHECKING:
    from numpy.typing import NDArray


def in_doubt(table: Table, name: str) -> bool:
    """Tell whether the numbers of a column can be read in two ways."""
    given = table.column(name)
    formats = formats_of_text(given, table.decimal) if isinstance(given, Text) else ()
    return len(formats) > 1 or name in table.doubtful


def refuse_doubt(table: Table, name: str, remedy: str, words: str = "") -> None:
    """Refuse a column of numbers that can be read in two ways; name the first of them.

    By `words` it can be taken as text.
    """
    if not in_doubt(table, name):
        return
    column = table.text(name)
    code, readings = _first_doubtful(column, ~column.missing)
    remedy = alternatives(remedy, taken_as_text(table, name, words))
    raise table.fault(name, column.first(code), f"may be {readings}; {remedy}")


def doubt_among(table: Table, name: str, numbers: NDArray[np.bool_]) -> str:
    """Ask what the numbers among other texts are, if people wrote them and there are two readings.

    They are some of the levels of the column, (levels,). Nothing is asked where the decimal mark
    was said, or another column shows it.

    >>> table = Table.of({"pay": ["1,200", "5", "n.d."]})
    >>> doubt_among(table, "pay", np.array([True, True, False]))
    "'1,200' may be 1200 or 1.2: say which sign is the decimal one, decimal='.' or decimal=','"
    """
    column, codes = table.text(name), np.flatnonzero(numbers)
    shapes = {shape(column.levels[code]) for code in codes.tolist()}
    if column.parsed.is_number[codes].all() or len(formats_of(shapes, table.decimal)) < 2:
        return ""
    if len(_marks_shown(table, name)) == 1:
        return ""
    code, readings = _first_doubtful(column, numbers)
    return f"{quote(column.levels[code])} may be {readings}: {WHICH}"


def _marks_shown(table: Table, name: str) -> set[str]:
    """Give the decimal marks that the other columns of numbers show."""
    others = (table.column(other) for other in table.names if other != name)
    numbers = [each for each in others if isinstance(each, Numbers)]
    known = [(each.format,) if each.format else formats_of(each.text.shapes) for each in numbers]
    return {ways[0].decimal for ways in known if len(ways) == 1 and ways[0].decimal}


def _first_doubtful(column: Text, numbers: NDArray[np.bool_]) -> tuple[int, str]:
    """Give the first level that has two readings, of those that are numbers, and what these are."""
    shapes = {shape(column.levels[code]) for code in np.flatnonzero(numbers).tolist()}
    ways = [column.parsed_by(how).numbers for how in formats_of(shapes)]
    code = int(np.argmax(numbers & (ways[0] != ways[1])))
    return code, " or ".join(number_text(float(way[code])) for way in ways)
