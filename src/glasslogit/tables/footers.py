"""What programs and people write below a table: totals, sources, notes. They are no rows.

A last line is a footer by its words if its first text is Source: … or Note: …, or if that is Total
and fields are blank, and begins no row above; and so is one text in fewer fields than the header
has. Others are judged by the rows above: text in the first fields and nothing elsewhere is a footer
where no row above is as empty and the text is unlike those above it, such as text in a column of
numbers. It is a row where it is like them, and where neither can be told the reader is told which
row it is. What stands below a footer or a blank line, in such a form, is one too. Blank lines above
a footer belong to it.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from enum import Enum
from itertools import islice, takewhile
from typing import TYPE_CHECKING, NamedTuple

from glasslogit.findings import Code, Finding, Severity
from glasslogit.tables.fields import MAYBE_MISSING, NA, is_limit, is_missing, parse_number
from glasslogit.tables.file_bytes import between
from glasslogit.tables.number_formats import formats_of, shape
from glasslogit.tables.table import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glasslogit.tables.file_bytes import Bytes
    from glasslogit.tables.layout import Layout

FOOTER_BYTES = 2**14  # bytes at the end of a file in which footers are looked for
MOST_FOOTERS = 20  # lines
TOTAL_LINE = re.compile(r"(?:(?:grand|sub)[ -]?)?(?:totals?|sum)", re.IGNORECASE)
SOURCE_LINE = re.compile(r"(?:sources?|notes?|footnotes?)\s*:.*", re.IGNORECASE)
WORD, NUMERAL = re.compile(r"[^\W\d_]+"), re.compile(r"\d+")
NOT_A_VALUE = NA | MAYBE_MISSING


class Last(Enum):
    """What a last line is."""

    FOOTER = "footer"
    ROW = "row"
    DOUBT = "either"


class Doubt(NamedTuple):
    """A last row that may be a footer: how many rows stand below it, and its texts."""

    below: int
    texts: tuple[str, ...]

    def finding(self, last: int) -> Finding:
        """Say which row it is, by the number of the last one."""
        held = ", ".join(map(quote, self.texts))
        evidence = f"row {last - self.below} holds {held} and nothing further"
        remedy = "it is read as a row; delete it if it is a footer"
        return Finding(Code.READING, Severity.NOTE, (), evidence, remedy)


def without_footers(
    data: Bytes, start: int, layout: Layout
) -> tuple[Bytes, list[Finding], list[Doubt]]:
    r"""Cut the footers off a file whose rows start at a place in bytes; say which they were.

    Gives the last rows that may be footers, too.

    >>> from glasslogit.tables.layout import recognise
    >>> data = b"age,y\n31,no\n45,yes\n(c) Office,\n"
    >>> without_footers(data, 6, recognise("t.csv", data.decode()))[0]
    b'age,y\n31,no\n45,yes\n'
    >>> data = b"name,y\nAnn,no\nEve,yes\nBob,\n"
    >>> without_footers(data, 7, recognise("t.csv", data.decode()))[2]
    [Doubt(below=0, texts=('Bob',))]
    """
    lines = _last_lines(data, start, layout)
    rows = [_fields(line, layout.separator) for line in lines]
    found, doubts, cut = list[str](), list[Doubt](), 0
    for k, (fields, last) in enumerate(_judged(rows, len(layout.names)), start=1):
        texts = tuple(filter(None, fields))
        if texts and (last is Last.ROW or (last is Last.FOOTER and doubts)):
            break
        if texts and last is Last.FOOTER:
            found.insert(0, quote(texts[0]))
            cut = k
        elif texts:
            doubts.insert(0, Doubt(len(doubts), texts))
    if not cut:
        return data, [], doubts
    while cut < len(lines) and rows[-cut - 1] is not None and not any(rows[-cut - 1] or ()):
        cut += 1
    are, it = ("is a footer", "it") if len(found) == 1 else ("are footers", "them")
    evidence = f"{', '.join(found)} below the rows {are}"
    remedy = f"left out; delete {it}, or fill in further fields of what is a row"
    note = Finding(Code.READING, Severity.NOTE, (), evidence, remedy)
    return between(data, 0, len(data) - sum(map(len, lines[-cut:]))), [note], doubts


def _last_lines(data: Bytes, start: int, layout: Layout) -> list[bytes]:
    """Give the last lines; none of one column, or where a quote may go over several of them."""
    tail = data[max(start, len(data) - FOOTER_BYTES) :]
    if len(layout.names) < 2 or tail.count(b'"') % 2:
        return []
    lines = tail.splitlines(keepends=True)
    return lines[1:] if len(tail) < len(data) - start else lines  # it may begin in the middle


def _judged(rows: Sequence[list[str] | None], width: int) -> list[tuple[list[str], Last]]:
    """Judge the last rows that may be footers, the last first, by the rows above them.

    The first line of all stays.
    """
    ended = takewhile(lambda row: row is not None and _may_be_one(row, width), rows[:0:-1])
    last = [row for row in islice(ended, MOST_FOOTERS) if row is not None]
    body = [row for row in rows[: len(rows) - len(last)] if row is not None]
    spaced, below = not all(map(any, body)), False
    judged = list[tuple[list[str], Last]]()
    for row in reversed(last):
        verdict = Last.FOOTER
        known = len(row) == width and any(above and above[0] == row[0] for above in body)
        if any(row) and (known or not is_footer(row, width)):
            verdict = _like_those_above(row, body, width)
            if verdict is Last.DOUBT and below:
                verdict = Last.FOOTER
        below |= verdict is Last.FOOTER if any(row) else not spaced
        judged.insert(0, (row, verdict))
    return judged


def is_footer(fields: Sequence[str], width: int) -> bool:
    """Tell whether the fields of a last line are those of a footer, whatever stands above.

    >>> is_footer(["Source: survey, 2024"], 3), is_footer(["Total", "", "40"], 3)
    (True, True)
    >>> is_footer(["31", "", ""], 3), is_footer(["<5"], 3), is_footer(["Total", "7", "no"], 3)
    (False, False, False)
    """
    filled = [field for field in fields if field]
    if not filled or parse_number(filled[0]) is not None or is_limit(filled[0]):
        return False
    alone = len(filled) == 1 and len(fields) < width
    total = len(filled) < width and TOTAL_LINE.fullmatch(filled[0])
    return bool(alone or total or SOURCE_LINE.fullmatch(filled[0]))


def _may_be_one(fields: Sequence[str], width: int) -> bool:
    """Tell whether a row is blank, a footer by its words, or text in its first fields only."""
    if not any(fields) or is_footer(fields, width):
        return True
    filled = [*takewhile(bool, fields)]
    if not 0 < len(filled) < width or any(fields[len(filled) :]):
        return False
    if _is_number(filled[0]) or is_limit(filled[0]):
        return False
    return not any(is_missing(each, NOT_A_VALUE) for each in filled)


def _like_those_above(fields: Sequence[str], body: Sequence[Sequence[str]], width: int) -> Last:
    """Judge text in the first fields of a row by the rows above it."""
    filled = [*takewhile(bool, fields)]
    whole = [row for row in body if len(row) == width and any(row)]
    if any(all(map(is_missing, row[len(filled) :])) for row in whole):
        return Last.ROW  # one of the rows above is as empty
    cut_off = len(filled) > 1 and len(fields) < width  # as the last row of half a file is
    columns = ([row[j] for row in whole if not is_missing(row[j])] for j in range(len(filled)))
    first, *others = [
        _like_text(text, column, cut_off=cut_off)
        for text, column in zip(filled, columns, strict=True)
    ]
    if first is Last.FOOTER and {*others} - {Last.FOOTER}:
        return Last.DOUBT
    return first


def _like_text(text: str, above: Sequence[str], *, cut_off: bool) -> Last:
    """Judge a text by those above it in its column.

    It may be a new one of them where some of them stand once: of the texts yet to come a share is
    new that is about theirs of all (I. J. Good, "The population frequencies of species and the
    estimation of population parameters", 1953). Codes, such as r17, all have digits.
    """
    words = Counter(each for each in above if not _is_number(each))
    if text in words or not above:
        return Last.ROW if above else Last.DOUBT
    if not words:
        return Last.FOOTER
    shapes = Counter(map(_skeleton, words.elements()))
    codes = all("0" in each for each in shapes)
    own = _skeleton(text)
    if own in shapes:
        return Last.ROW if codes else Last.DOUBT
    no_level = 1 not in words.values() and not cut_off
    no_code = codes and ("0" not in own or 1 not in shapes.values())
    begins = own[0] not in {"a", "0", *(each[0] for each in shapes)}
    return Last.FOOTER if no_level or no_code or begins else Last.DOUBT


def _skeleton(text: str) -> str:
    """Give what a text is made of.

    >>> _skeleton("r17"), _skeleton("(c) Office, 2024")
    ('a0', '(a) a, 0')
    """
    return NUMERAL.sub("0", WORD.sub("a", text))


def _is_number(text: str) -> bool:
    """Tell whether a text is a number, as programs or people write one."""
    return parse_number(text) is not None or bool(formats_of([shape(text)]))


def _fields(line: bytes, separator: str) -> list[str] | None:
    """Split a line, or give None where a quote is not closed in it: it is a part of a row."""
    if line.count(b'"') % 2:
        return None
    try:
        (fields,) = csv.reader([line.decode()], delimiter=separator, strict=True)
    except (csv.Error, ValueError):
        return None
    return [field.strip() for field in fields]
