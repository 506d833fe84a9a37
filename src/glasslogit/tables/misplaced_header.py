"""A header below titles that nothing shows to be titles: the name of a column among the values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glasslogit.tables.column import Column, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_TITLES = 20  # rows below the first that may stand above the header


def header_below(name: str, columns: Mapping[str, Column], first_row: int) -> str:
    """Say which row may be the header, if one of the first holds a name of which there is no other.

    >>> columns = {"all": Text.of(["age", "31"]), "of us": Text.of(["y", "no"])}
    >>> header_below("y", columns, first_row=2)
    "row 2 holds 'y': if the names of the columns stand there, delete what stands above it; "
    """
    texts = [each for each in columns.values() if isinstance(each, Text) and name in each.levels]
    codes = [each.levels.index(name) for each in texts]
    found = zip(texts, codes, strict=True)
    places = [each.first(code) for each, code in found if each.counts[code] == 1]
    place = min(places, default=MOST_TITLES)
    if place >= MOST_TITLES:
        return ""
    remedy = "if the names of the columns stand there, delete what stands above it"
    return f"row {place + first_row} holds {name!r}: {remedy}; "
