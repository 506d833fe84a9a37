"""Words that were given for "no value" and stand nowhere in a table: they were meant otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from glasslogit.findings import Code, Finding, Severity
from glasslogit.tables.column import Text
from glasslogit.tables.fields import (
    DEFAULT,
    NA,
    column_of,
    parse_number,
    read_na,
    word_of,
    words_in,
)
from glasslogit.tables.spelling import without_case
from glasslogit.tables.table import Table, quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from glasslogit.tables.fields import Words


def unused_words(table: Table, given: Iterable[str] | None) -> list[Finding]:
    """Find the words given for "no value" that no field holds, as they were given.

    One that leaves only the blank fields of a column missing is of no use where the column holds
    none of the words that are missing elsewhere.

    >>> print(*unused_words(Table.of({"age": ["31", "?"]}), ["?", "-1"]))
    note (reading): no field is '-1'; na=['-1'] does nothing: look how it is spelt, or leave it out
    """
    words = [given] if isinstance(given, str) else [*(given or ())]
    shared = read_na([word for word in words if not column_of(word)]) | NA
    own = [word for word in dict.fromkeys(words) if word.strip().lower() not in {"", DEFAULT}]
    held = {name: held_words(table, name) for name in table.names} if own else {}
    return [
        Finding(Code.READING, Severity.NOTE, (), *said)
        for word in own
        for said in _unused(held, word, shared)
    ]


def unused_case(table: Table, names: Iterable[str]) -> list[Finding]:
    """Find the columns in which case is ignored, and no two values differ by it.

    >>> table = Table.of({"left": ["Yes", "YES"], "town": ["Ghent", "Ypres"]})
    >>> print(*unused_case(table.ignoring_case(["left", "town"]), ["left", "town"]))
    note (reading): no values of 'town' differ by case or blanks only; ignore_case=['town'] makes \
none of them one: leave it out, or look which column is meant
    """
    return [
        Finding(
            *(Code.READING, Severity.NOTE, ()),
            f"no values of {name!r} differ by case or blanks only",
            f"ignore_case=[{name!r}] makes none of them one: leave it out, or look which column is "
            "meant",
        )
        for name in dict.fromkeys(names)
        if not _differ_by_case(table.as_it_stands(name))
    ]


def _differ_by_case(column: Text) -> bool:
    """Tell whether ignoring case makes one of several values of a column."""
    there = np.flatnonzero((column.counts > 0) & ~column.missing).tolist()
    return len({without_case(column.levels[code]) for code in there}) < len(there)


def held_words(table: Table, name: str) -> frozenset[str | float]:
    """Give what a column holds that may be a word: its levels; in a column of numbers these too.

    There words stand only where a value is missing: a column without gaps holds none.

    >>> sorted(held_words(Table.of({"town": ["Ghent ", "NONE", "Ghent"]}), "town"))
    ['ghent', 'none']
    """
    numbers = not isinstance(table.columns[name], Text)
    if numbers and not table.column(name).gaps.any():
        return frozenset()
    text = table.text(name)
    levels = [text.levels[code].strip().lower() for code in np.flatnonzero(text.counts).tolist()]
    read = map(parse_number, levels) if numbers else ()
    return frozenset((*levels, *(number for number in read if number is not None)))


def _unused(
    held: Mapping[str, frozenset[str | float]], word: str, shared: Words
) -> Iterator[tuple[str, str]]:
    """Say that a word stands nowhere in what the columns hold, and what was meant."""
    name, value = column_of(word), word_of(word)
    spelt = "look how it is spelt, or leave it out"
    typed = f"na=[{word!r}] does nothing"
    if not name:
        if not any(_holds(each, read_na([word])) for each in held.values()):
            meant = f"{word!r} is a column, na=[{f'{word}=WORD'!r}] is for a word in it"
            yield (
                f"no field is {quote(word)}",
                f"{typed}: {meant if word in held else spelt}",
            )
    elif not value:
        if not _holds(held[name], shared):
            meant = f"na=[{f'{name}=WORD'!r}] is for a word in it"
            evidence = f"{name!r} holds no word that stands for no value"
            yield evidence, f"{typed}: leave it out, or {meant}"
    elif value.lower() != DEFAULT and not _holds(held[name], words_in(read_na(["", word]), name)):
        yield f"no field of {name!r} is {quote(value)}", f"{typed}: {spelt}"


def _holds(held: frozenset[str | float], words: Words) -> bool:
    """Tell whether one of some words is among what a column holds, as text or as a number."""
    return not held.isdisjoint({*words, *map(parse_number, words)})
