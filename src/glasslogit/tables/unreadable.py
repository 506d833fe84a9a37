"""Rows of a file that cannot be read: blank, too short or long, in another encoding, badly quoted.

Where the other rows are wanted all the same, such a row is made one of blank fields, and its number
is kept with what is wrong, and with the text of its line.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from glasslogit.errors import TableError
from glasslogit.pages import how_many
from glasslogit.tables.layout import SEPARATORS
from glasslogit.tables.table import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glasslogit.tables.layout import Layout

BLANK = Problem("is blank", "delete it")


def ragged(found: int, layout: Layout) -> Problem:
    r"""Say what is wrong with a row of `found` fields, and what to do.

    >>> from glasslogit.tables.layout import recognise
    >>> print(*ragged(1, recognise("t.csv", "a;b\n1;2\n")), sep="; ")
    has 1 field where the header has 2; an empty field still needs its semicolon
    """
    sign = SEPARATORS.get(layout.separator, repr(layout.separator))
    count = f"has {how_many(found, 'field')} where the header has {len(layout.names)}"
    if not found:
        return BLANK
    if found > len(layout.names):
        quoted = f"put quotes around a field that contains a {sign}"
        return Problem(count, f"{quoted}, or delete the one too many")
    return Problem(count, f"an empty field still needs its {sign}")


def wrong_row(fields: list[str], others: Iterator[list[str]], layout: Layout) -> Problem:
    """Say what is wrong with a row; of a blank one, how many of the rows below are blank too."""
    problem, more = ragged(len(fields), layout), 0
    with suppress(csv.Error):
        for each in () if fields else others:
            more += not each
    if not more:
        return problem
    have = "row is" if more == 1 else "rows are"
    return Problem(f"{problem.what}, and {more:,} more {have}", "delete them")


def without_unreadable(
    source: str, rows: bytes, layout: Layout, not_text: Problem
) -> tuple[bytes, dict[int, Problem], dict[int, str]]:
    r"""Make the rows that cannot be read blank; give what is wrong with each, and its line.

    `not_text` is what is to be said of a row that is not UTF-8. Raises `TableError` if no row can
    be read.

    >>> from glasslogit.tables.layout import recognise
    >>> layout = recognise("t.csv", "a,b\n1,2\n")
    >>> without_unreadable("t.csv", b"1,2\n3\n", layout, BLANK)[0]
    b'1,2\n,\n'
    """
    width, kept, found = len(layout.names), list[str](), dict[int, Problem]()
    lines = dict[int, str]()
    blank = layout.separator * (width - 1) if width > 1 else '""'
    text = rows.decode(errors="surrogateescape")
    row = layout.header
    for row, (written, fields) in enumerate(_records(text, layout.separator), layout.header + 1):
        problem = _problem(written, fields, layout, not_text)
        if problem is not None:
            found[row] = problem
            line = written.rstrip("\r\n").encode(errors="surrogateescape")
            lines[row] = line.decode(errors="backslashreplace")
        kept.append(f"{blank}\n" if problem is not None else written)
    if found and len(found) == row - layout.header:
        first = min(found)
        raise TableError(f"{source}: row {first} {found[first].what}; {found[first].remedy}")
    return "".join(kept).encode(), found, lines


def _problem(
    written: str, fields: list[str] | None, layout: Layout, not_text: Problem
) -> Problem | None:
    """Say what is wrong with a row, None if nothing is."""
    if not written.isascii() and not _is_text(written):
        return not_text
    if fields is None:
        return Problem("cannot be split into fields", "check its quotes")
    width = len(layout.names)
    if width > 1 and len(fields) < 2 and not any(map(str.strip, fields)):
        return BLANK
    return None if len(fields or [""]) == width else ragged(len(fields), layout)


def _records(text: str, separator: str) -> Iterator[tuple[str, list[str] | None]]:
    """Give each row as it is written, and its fields: None where quotes do not fit its first line.

    What was read beyond that line, in search of the end of a quote, is read again.
    """
    waiting = deque(io.StringIO(text, newline=""))
    while waiting:
        taken: list[str] = []
        reader = csv.reader(_taking(waiting, taken), strict=True, delimiter=separator)
        try:
            for fields in reader:
                yield "".join(taken), fields
                taken.clear()
        except csv.Error:
            waiting.extendleft(reversed(taken[1:]))
            yield taken[0], None


def _taking(waiting: deque[str], taken: list[str]) -> Iterator[str]:
    """Give the lines that wait one by one, and keep those that were given."""
    while waiting:
        taken.append(waiting.popleft())
        yield taken[-1]


def _is_text(written: str) -> bool:
    """Tell whether all of a text was UTF-8: what was not is there as halves of characters."""
    try:
        written.encode()
    except UnicodeEncodeError:
        return False
    return True
