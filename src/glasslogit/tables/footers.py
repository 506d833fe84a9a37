"""What programs and people write below a table: totals, sources, notes. They are no rows.

A last line is a footer if it holds one text and fewer fields than the header, if its first text is
Source: … or Note: …, or if that is Total and fields are blank. Blank lines above a footer belong to
it.
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from glasslogit.findings import Code, Finding, Severity
from glasslogit.tables.fields import parse_number
from glasslogit.tables.file_bytes import between
from glasslogit.tables.table import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glasslogit.tables.file_bytes import Bytes
    from glasslogit.tables.layout import Layout

FOOTER_BYTES = 2**14  # bytes at the end of a file in which footers are looked for
MOST_FOOTERS = 20  # lines
TOTAL_LINE = re.compile(r"(?:(?:grand|sub)[ -]?)?(?:totals?|sum)", re.IGNORECASE)
SOURCE_LINE = re.compile(r"(?:sources?|notes?|footnotes?)\s*:.*", re.IGNORECASE)


def without_footers(data: Bytes, start: int, layout: Layout) -> tuple[Bytes, list[Finding]]:
    r"""Cut the footers off a file whose rows start at a place in bytes; say which they were.

    >>> from glasslogit.tables.layout import recognise
    >>> data = b"age,y\n31,no\n45,yes\nTotal,\n"
    >>> without_footers(data, 6, recognise("t.csv", data.decode()))[0]
    b'age,y\n31,no\n45,yes\n'
    """
    tail = data[max(start, len(data) - FOOTER_BYTES) :]
    if len(layout.names) < 2 or tail.count(b'"') % 2:
        return data, []
    lines = tail.splitlines(keepends=True)
    if len(tail) < len(data) - start:
        lines = lines[1:]  # it may begin in the middle
    found, cut = list[str](), 0
    for k, line in enumerate(reversed(lines[1:][-MOST_FOOTERS:]), start=1):
        fields = _fields(line, layout.separator)
        if fields is None:
            break
        if any(fields):
            if not is_footer(fields, len(layout.names)):
                break
            found.insert(0, quote(next(filter(None, fields))))
            cut = k
    if not cut:
        return data, []
    while cut < len(lines) and not any(_fields(lines[-cut - 1], layout.separator) or ["?"]):
        cut += 1
    are = "is a footer" if len(found) == 1 else "are footers"
    evidence = f"{', '.join(found)} below the rows {are}"
    note = Finding(Code.READING, Severity.NOTE, (), evidence, "left out; delete what is no row")
    return between(data, 0, len(data) - sum(map(len, lines[-cut:]))), [note]


def is_footer(fields: Sequence[str], width: int) -> bool:
    """Tell whether the fields of a last line are those of a footer.

    >>> is_footer(["Source: survey, 2024"], 3), is_footer(["Total", "", "40"], 3)
    (True, True)
    >>> is_footer(["31", "", ""], 3), is_footer(["Total", "7", "no"], 3)
    (False, False)
    """
    filled = [field for field in fields if field]
    if parse_number(filled[0]) is not None:
        return False
    alone = len(filled) == 1 and len(fields) < width
    total = len(filled) < width and TOTAL_LINE.fullmatch(filled[0])
    return bool(alone or total or SOURCE_LINE.fullmatch(filled[0]))


def _fields(line: bytes, separator: str) -> list[str] | None:
    """Split a line, or give None where a quote is not closed in it: it is a part of a row."""
    if line.count(b'"') % 2:
        return None
    try:
        (fields,) = csv.reader([line.decode()], delimiter=separator, strict=True)
    except (csv.Error, ValueError):
        return None
    return [field.strip() for field in fields]
