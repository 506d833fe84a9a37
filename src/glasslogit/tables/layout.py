"""How a file of rows is laid out: its separator, where the header stands, which columns it names.

What programs add to a table is recognised by name: titles above the header, row names without a
name (R, pandas), separators at the ends of lines. It is left out with a finding.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count, islice, pairwise, takewhile
from typing import TYPE_CHECKING, NamedTuple

from glasslogit.errors import InputError, TableError
from glasslogit.findings import Code, Finding, Severity
from glasslogit.pages import listed
from glasslogit.tables.fields import is_missing, parse_number
from glasslogit.tables.table import quote

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
ROWS_SEEN = 100  # rows at the head of a file by which its layout is recognised
ABOUT_AS_WELL = 0.8  # of the best share: a fifth of the rows may have a field too many
UNNAMED = re.compile(r"Unnamed: \d+(?:\.\d+)*|\.\.\.\d+")  # by pandas, by readr
YEAR = re.compile("[12][0-9]{3}")
INDEX = "index"  # how a first column without a name is called, if none other is
UNUSED = "has no name in row {row}, as the row names that programs write have none"


@dataclass(frozen=True)
class Layout:
    """Where the columns of a file are; `names` has a blank for each that has no name."""

    separator: str
    header: int  # the number of its row, from 1
    names: tuple[str, ...]
    end: int  # where the header ends, in characters
    findings: tuple[Finding, ...] = ()


def recognise(
    source: str, head: str, separator: str | None = None, wanted: Collection[str] = ()
) -> Layout:
    r"""Recognise the layout by the first rows of a file, and by column names that are `wanted`.

    >>> recognise("t.csv", "Export 2024\na;b\n1;2\n").names
    ('a', 'b')
    >>> recognise("t.csv", "of;us;\nage;y;plan\n1;2;a\n", wanted=["y"]).names
    ('age', 'y', 'plan')
    """
    sep = _separator(head) if separator is None else check_separator(separator)
    if separator is not None:
        _check_apart(source, head, sep)
    lines, rows, ends = io.StringIO(head, newline=""), list[list[str]](), list[int]()
    reader = csv.reader(lines, delimiter=sep, strict=True)
    try:
        for fields in reader:
            rows.append([field.strip() for field in fields])
            ends.append(lines.tell())
            if len(rows) > ROWS_SEEN:
                break
    except csv.Error as error:
        if not rows:
            problem = f"row 1 cannot be split into column names ({error})"
            raise TableError(f"{source}: {problem}; check its quotes") from None
    if not rows or not rows[0]:
        raise TableError(f"{source}: row 1 is blank; the column names must stand in row 1")
    k = _header_place(rows)
    if not {*wanted} <= {*rows[k]}:
        k = next((j for j in range(len(rows)) if _are_wanted(rows, j, wanted)), k)
    titles = [quote(next(filter(None, row), "")) for row in rows[:k] if any(row)]
    found = () if not titles else (_note((), _titles(titles, k + 1)),)
    names = _fitted(rows[k], [row for row in rows[k + 1 :] if any(row)])
    return Layout(sep, k + 1, tuple(names), ends[k], found)


def check_separator(sep: str) -> str:
    """Refuse what cannot stand between fields."""
    if len(sep) != 1 or not sep.isascii() or sep.isalnum() or sep in '"\r\n\0':
        raise InputError(f"sep={sep!r} is not valid; give one sign, such as ';' or a tab")
    return sep


def _check_apart(source: str, head: str, sep: str) -> None:
    """Refuse a separator that the first row has not, where another cuts it and more rows alike."""
    first = "".join(head.splitlines()[:1])
    other = _separator(head)
    share = _cut(head, other).share
    better = share > _cut(head, sep).share or share == 1
    if sep not in first and other in first and better:
        problem = f"the header has no {sep!r}, and its names stand between {SEPARATORS[other]}s"
        raise TableError(f"{source}: {problem}; leave sep={sep!r} out, or give sep={other!r}")


def name_columns(layout: Layout, blank: set[int]) -> tuple[Layout, dict[str, str], set[int]]:
    """Name the columns that have no name, or one twice, and say why some are left out.

    `blank` are the columns without any value. Returns the layout, the columns to be left out with
    the reason, and the places of those that are not there at all.
    """
    names, row = list(layout.names), layout.header
    last = max((j for j, name in enumerate(names) if name), default=-1)
    gone = {j for j in range(last + 1, len(names)) if j in blank}
    found, left_out = list(layout.findings), dict[str, str]()
    if gone:
        places = listed(str(j + 1) for j in sorted(gone))
        which = f"column {places} has" if len(gone) == 1 else f"columns {places} have"
        found.append(_note((), (f"{which} neither a name nor a value", "left out")))
    remedy = f"it is left out; give it a name in row {row} if it is a variable"
    if names and not names[0]:
        names[0] = next(each for each in (INDEX, "row name", "row name (2)") if each not in names)
        left_out[names[0]] = UNUSED.format(row=row)
        found.append(_note((names[0],), (UNUSED.format(row=row), remedy)))
    for name in takewhile(lambda name: name in left_out or UNNAMED.fullmatch(name), names):
        if name not in left_out:
            left_out[name] = "is named as a program names row names that have no name"
            found.append(_note((name,), (left_out[name], remedy)))
    names, renamed = _with_own_names(names, row, gone)
    left_out |= {name: why for name, (why, _) in renamed.items()}
    found += [Finding(Code.READING, Severity.WARNING, (name,), *renamed[name]) for name in renamed]
    return replace(layout, names=tuple(names), findings=tuple(found)), left_out, gone


def _with_own_names(
    names: Sequence[str], row: int, gone: set[int]
) -> tuple[list[str], dict[str, tuple[str, str]]]:
    """Name each column that has no name, or that of one before it; say of these why, and what."""
    first, own, said = dict[str, int](), [*names], dict[str, tuple[str, str]]()
    for j, name in enumerate(names):
        if j in gone or (name and first.setdefault(name, j) == j):
            continue
        numbered = (f"{name} ({k})" if name else f"unnamed {j + k - 1}" for k in count(2))
        own[j] = called = next(each for each in numbered if each not in own)
        why = f"is column {j + 1}, which has no name in row {row}"
        if name:
            why = f"is column {j + 1}, named {name!r} in row {row} as column {first[name] + 1} is"
        remedy = f"it is left out; give it a name of its own in row {row} if it is a variable"
        said[called] = why, remedy
    return own, said


class Cut(NamedTuple):
    """How a separator cuts rows: the share that has the most frequent number of fields, 0 if one.

    `first` is the place of the first row that has it, as the next has.
    """

    share: float
    first: int


def _separator(head: str) -> str:
    """Choose the separator with which most rows have the same number of fields, and several.

    Decimal commas cut rows as well, and a row that is too long is cut alike by them. So of those
    that do about as well it is the one by which the earlier row is the header of the next.
    """
    cuts = {sep: _cut(head, sep) for sep in SEPARATORS}
    most = max(cut.share for cut in cuts.values())
    best = [sep for sep, cut in cuts.items() if most and cut.share >= ABOUT_AS_WELL * most] or [","]
    return min(best, key=lambda sep: (cuts[sep].first, -cuts[sep].share))


def _cut(head: str, separator: str) -> Cut:
    """Cut the rows, but for blank ones, and say how alike they are."""
    widths = list[int]()
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=separator)
    with suppress(csv.Error):
        widths.extend(len(row) for row in islice(reader, ROWS_SEEN + 1) if row)
    width, rows = max(Counter(widths).items(), key=lambda item: item[1], default=(0, 0))
    pairs = enumerate(pairwise(widths))
    first = next((k for k, pair in pairs if pair == (width, width)), len(widths))
    return Cut(rows / len(widths) if width > 1 else 0.0, first)


def _header_place(rows: list[list[str]]) -> int:
    """Find the header: the first row of several names, where titles of one text stand above it."""
    filled = [sum(map(bool, row)) for row in rows]
    [(widest, _)] = Counter(len(row) for row in rows if row).most_common(1)
    if widest < 2 or len(rows) < 3:
        return 0
    below = _place_below_titles(rows, widest)
    if filled[0] == 1 and not below:
        place = next((k for k, count in enumerate(filled) if count > 1), 0)
        place = place if len(rows[place]) > 1 and place < len(rows) - 1 else 0
        if len(rows[0]) >= widest - 1 and not _ends_titles(rows, place):
            return 0  # a header of one name, beside an index or a column that has none
        return place
    return below


def _are_wanted(rows: list[list[str]], place: int, wanted: Collection[str]) -> bool:
    """Tell whether a row holds all names that are wanted, and none of its fields stands again.

    What stands above it are titles: they leave the last of its fields blank.
    """
    names = [name for name in rows[place] if name]
    if not {*wanted} <= {*names} or len({*names}) < len(names):
        return False
    apart = _stands_alone(rows[place:]) and _stands_alone(rows[place::-1])
    titles = not any(any(row[len(rows[place]) - 1 :]) for row in rows[:place])
    return not place or (apart and titles)


def _stands_alone(rows: list[list[str]]) -> bool:
    """Tell whether there are rows beside the first, and none of its fields stands in its column."""
    others = [row for row in rows[1:] if len(row) == len(rows[0])]
    columns = zip(rows[0], *others, strict=True)
    again = any(name and name in column for name, *column in columns)
    return any(map(any, rows[1:])) and not again


def _ends_titles(rows: list[list[str]], place: int) -> bool:
    """Tell whether a row is the header below a title that has the fields of a header.

    A title leaves the last field blank. A header holds names: none of them is a number, unless a
    blank row stands above it, and none is a value of its column.
    """
    if not place or (len(rows[0]) > 1 and rows[0][-1]):
        return False
    return _stands_alone(rows[place:]) and (not any(rows[place - 1]) or _are_names(rows[place:]))


def _place_below_titles(rows: list[list[str]], width: int) -> int:
    """Find a header below titles of several fields, 0 if nothing shows that they are titles.

    Titles have fewer fields than the rows, but for blank ones after them, and a blank row ends them
    or names of numbers stand below.
    """
    place = next((k for k, row in enumerate(rows) if len(row) == width and all(row)), 0)
    above, below = rows[:place], [row for row in rows[place + 1 :] if len(row) == width]
    if not above or not below or not above[0][0]:
        return 0
    if not _are_names(rows[place:]) or not _stands_alone(rows[place:]):
        return 0
    if any(sum(map(bool, row)) >= width for row in above):
        return 0
    ended = not any(above[-1])
    shorter = not any(any(row[width - 1 :]) for row in above)
    return place if ended or (shorter and any(map(_all_numbers, zip(*below, strict=True)))) else 0


def _are_names(rows: list[list[str]]) -> bool:
    """Tell whether the fields of the first row can be names of columns: different texts, no values.

    A number is the name of a year where no value below it is one.
    """
    names = [name for name in rows[0] if name]
    below = [row for row in rows[1:] if len(row) == len(rows[0])]
    columns = zip(rows[0], *below, strict=True)
    named = all(_is_name(name, column) for name, *column in columns if name)
    return named and len({*names}) == len(names)


def _is_name(text: str, below: list[str]) -> bool:
    """Tell whether a text can be the name of the column below it."""
    if parse_number(text) is None:
        return not is_missing(text)
    return bool(YEAR.fullmatch(text)) and not any(map(YEAR.fullmatch, below))


def _all_numbers(column: tuple[str, ...]) -> bool:
    """Tell whether a column holds numbers where it holds something."""
    there = [field for field in column if not is_missing(field)]
    return bool(there) and all(parse_number(field) is not None for field in there)


def _fitted(names: list[str], rows: list[list[str]]) -> list[str]:
    """Give as many names as the rows have fields, where programs have written more or fewer."""
    if not rows:
        return names
    widths = Counter(map(len, rows))
    [(width, count)] = widths.most_common(1)
    if count < len(rows) or width == len(names):
        return names
    if width < len(names) and not any(names[width:]):
        return names[:width]  # separators after the last name
    if width == len(names) + 1:
        after = not any(row[-1] for row in rows)
        return [*names, ""] if after else ["", *names]  # separators after each row; row names
    return names


def _titles(titles: list[str], row: int) -> tuple[str, str]:
    first = ", ".join(titles[:3])
    return f"{first} above the header is a title", f"the column names are read from row {row}"


def _note(columns: tuple[str, ...], words: tuple[str, str]) -> Finding:
    return Finding(Code.READING, Severity.NOTE, columns, *words)
