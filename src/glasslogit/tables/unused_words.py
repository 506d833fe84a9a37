"""Words that were given for "no value" and stand nowhere in a table: they were meant otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from glasslogit.findings import Code, Finding, Severity
from glasslogit.tables.column import Text
from glasslogit.tables.fields import DEFAULT, NA, column_of, parse_number, read_na, words_in
from glasslogit.tables.table import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from glasslogit.tables.fields import Words
    from glasslogit.tables.table import Table


def unused_words(table: Table, given: Iterable[str] | None) -> list[Finding]:
    """Find the words given for "no value" that no field holds, as they were given.

    One that leaves only the blank fields of a column missing is of no use where the column holds
    none of the words that are missing elsewhere.

    >>> from glasslogit.tables.table import Table
    >>> print(*unused_words(Table.of({"age": ["31", "?"]}), ["?", "-1"]))
    note (reading): no field is '-1'; na=['-1'] does nothing: look how it is spelt, or leave it out
    """
    words = [given] if isinstance(given, str) else [*(given or ())]
    shared = read_na([word for word in words if not column_of(word)]) | NA
    return [
        Finding(Code.READING, Severity.NOTE, (), *said)
        for word in dict.fromkeys(words)
        for said in _unused(table, word, shared)
    ]


def _unused(table: Table, word: str, shared: Words) -> Iterator[tuple[str, str]]:
    """Say that a word stands nowhere, and what was meant, where it does not."""
    name, value = column_of(word), word.rpartition("=")[2].strip()
    if word.strip().lower() in {"", DEFAULT}:
        return
    spelt = "look how it is spelt, or leave it out"
    typed = f"na=[{word!r}] does nothing"
    if not name:
        if not any(_holds(table, each, read_na([word])) for each in table.names):
            meant = f"{word!r} is a column, na=[{f'{word}=WORD'!r}] is for a word in it"
            yield (
                f"no field is {quote(word)}",
                f"{typed}: {meant if word in table.names else spelt}",
            )
    elif not value:
        if not _holds(table, name, shared):
            meant = f"na=[{f'{name}=WORD'!r}] is for a word in it"
            evidence = f"{name!r} holds no word that stands for no value"
            yield evidence, f"{typed}: leave it out, or {meant}"
    elif value.lower() != DEFAULT and not _holds(table, name, words_in(read_na(["", word]), name)):
        yield f"no field of {name!r} is {quote(value)}", f"{typed}: {spelt}"


def _holds(table: Table, name: str, words: Words) -> bool:
    """Tell whether a column holds one of some words; in a column of numbers as a number too.

    Its texts are read only where a value is missing.
    """
    numbers = not isinstance(table.columns[name], Text)
    if numbers and not table.column(name).gaps.any():
        return False
    text = table.text(name)
    held = [text.levels[code].strip().lower() for code in np.flatnonzero(text.counts).tolist()]
    alike = {parse_number(word) for word in words} - {None} if numbers else set[float]()
    return any(level in words or parse_number(level) in alike for level in held)
