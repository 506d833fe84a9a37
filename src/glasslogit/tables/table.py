"""A table: named columns of one type each, as a file or a data frame held them.

A column is text (also: the levels of a category), numbers, or times. A missing value is blank
text, or NaN. What becomes of the columns in X is decided elsewhere, in `encoder.py`.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from glasslogit.errors import InputError, TableError, visible
from glasslogit.findings import Finding
from glasslogit.pages import and_more, how_many
from glasslogit.tables.column import Column, Numbers, Text, Times
from glasslogit.tables.fields import NA, Words, words_in
from glasslogit.tables.misplaced_header import header_below
from glasslogit.tables.spelling import case_ignored, without_case

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

REMEDY = "fill it in, or set missing='drop' (leave such rows out) or missing='indicator'"
MOST_NAMES = 20  # names listed in a message before it says "and n more"


class Problem(NamedTuple):
    """What is wrong with a value or a row, and what to do."""

    what: str
    remedy: str


@dataclass(frozen=True, eq=False)
class Table:
    """Named columns of the same length, and the file name that messages give.

    >>> table = Table.of({"age": ["31", "45"], "town": ["Ghent", ""]})
    >>> table.names, table.n_rows
    (('age', 'town'), 2)
    """

    source: str
    columns: Mapping[str, Column]
    first_row: int = 2  # the number that messages give the first row: a file has a header
    na: Words = NA  # what stands for no value, as `read_na` gives it
    ignore_case: frozenset[str] = frozenset()  # columns whose text is in small letters
    as_written: Mapping[str, Column] = field(
        default_factory=dict
    )  # these as the file has them: letters, blanks
    left_out: Mapping[str, str] = field(default_factory=dict)  # column that is no variable -> why
    findings: tuple[Finding, ...] = ()  # of the reading
    decimal: str | None = None  # the decimal mark, where it was said
    doubtful: frozenset[str] = frozenset()  # columns whose numbers can be read in two ways
    length: int | None = None  # the number of rows, where asking a column would read it
    unreadable: Mapping[int, Problem] = field(default_factory=dict)  # numbers of rows -> why
    lines: Mapping[int, str] = field(default_factory=dict)  # of these rows, as they stand
    places: NDArray[np.intp] | None = None  # of the rows, in the table that they were taken from

    @classmethod
    def of(cls, columns: Mapping[str, Iterable[str]], source: str = "table") -> Table:
        """Build a table from lists of text."""
        return cls(source, {name: Text.of(values) for name, values in columns.items()})

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in the order of the file."""
        return tuple(self.columns)

    @property
    def is_file(self) -> bool:
        """Tell whether the rows stand below a header, as those of a file do."""
        return self.first_row > 0

    @property
    def n_rows(self) -> int:
        """The number of rows below the header."""
        if self.length is not None:
            return self.length
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def with_columns(self, columns: Mapping[str, Column]) -> Table:
        """Give a table of the same rows with other columns."""
        return replace(self, columns=columns, length=self.n_rows)

    def ignoring_case(self, names: Iterable[str]) -> Table:
        """Give a table with some columns of text in small letters, each folded once.

        >>> Table.of({"left": ["Yes", "YES", "no"]}).ignoring_case(["left"]).text("left").levels
        ('yes', 'no')
        """
        new = [name for name in _as_names(names) if name not in self.ignore_case]
        for name in new:
            self.check(name, "in which case is to be ignored")
        own = {name: self.columns[name] for name in new}
        folded = {name: case_ignored(each) for name, each in own.items() if isinstance(each, Text)}
        maps: tuple[Any, ...] = (folded, self.columns)  # the other columns are read when asked for
        written, names = {**own, **self.as_written}, self.ignore_case.union(new)
        return replace(self, columns=ChainMap(*maps), ignore_case=names, as_written=written)

    def level(self, name: str, typed: str) -> str:
        """Give a level that somebody typed as a column holds it: in small letters where it does.

        >>> table = Table.of({"left": ["Yes", "no"], "town": ["Ghent", "Ypres"]})
        >>> [table.ignoring_case(["left"]).level(name, "YES") for name in table.names]
        ['yes', 'YES']
        """
        return without_case(typed) if name in self.ignore_case else typed

    def take(self, rows: NDArray[np.intp]) -> Table:
        """Give some of the rows, by their places; messages call them by the numbers they have here.

        >>> Table.of({"age": ["31", "45"]}).take(np.array([1])).numbers
        array([3])
        """
        columns = {name: self.column(name).take(rows) for name in self.names}
        written = {name: each.take(rows) for name, each in self.as_written.items()}
        places = rows if self.places is None else self.places[rows]
        return replace(self, columns=columns, length=len(rows), places=places, as_written=written)

    @property
    def numbers(self) -> NDArray[np.intp]:
        """The numbers that messages give the rows, (n,)."""
        places = np.arange(self.n_rows) if self.places is None else self.places
        return places + self.first_row

    @property
    def readable(self) -> NDArray[np.bool_]:
        """True in the rows that could be read, (n,)."""
        return ~np.isin(self.numbers, [*self.unreadable])

    def column(self, name: str, needed: str = "") -> Column:
        """Return a column by name; raises as `check`."""
        self.check(name, needed)
        column, na = self.columns[name], words_in(self.na, name)
        if isinstance(column, Numbers):
            return column.without(na)
        if isinstance(column, Text) and column.na != na:
            return replace(column, na=na)
        return column

    def check(self, name: str, needed: str = "") -> None:
        """Refuse a name that is not a column; `needed` says what it is needed for.

        Raises
        ------
        TableError
            If there is no such column; the message lists the columns and any similar name.

        """
        if name not in self.columns:
            similar = most_alike(name, self.names)
            hint = f"did you mean {similar!r}? " if similar else ""
            hint += header_below(name, self.columns, self.first_row) if self.is_file else ""
            listed = shorten([*map(called, self.names)])
            wanted = f"no column {name!r}{needed and ', ' + needed}"
            raise TableError(f"{self.source}: {wanted}; {hint}columns: {listed}")

    def text(self, name: str, needed: str = "") -> Text:
        """Return a column as text, numbers as their levels; raises as `column`."""
        column = self.column(name, needed)
        if isinstance(column, Times):
            remedy = "turn them into text, or leave the column out"
            raise TableError(f"{self.source}: column {name!r} holds dates or times; {remedy}")
        text, na = column if isinstance(column, Text) else column.text, words_in(self.na, name)
        return text if text.na == na else replace(text, na=na)

    def as_it_stands(self, name: str) -> Text:
        """Give a column as text in the letters of the file, with its blanks if they were kept."""
        written = self.as_written.get(name)
        return self.text(name) if written is None else self.with_columns({name: written}).text(name)

    def fault(self, name: str, place: int, problem: str) -> TableError:
        """Describe a fault in one field: column `name`, the row at `place` (from 0)."""
        where = f"row {self.numbers[place]}, column {name!r}"
        return TableError(
            f"{self.source}: {where}: {quote(self.column(name).value(place))} {problem}"
        )


def _as_names(given: Iterable[str]) -> list[str]:
    """List the columns of `ignore_case`, of which each is text; one alone may be given."""
    names = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else [given]
    for name in names:
        if not isinstance(name, str):
            problem = f"ignore_case holds {name!r}"
            raise InputError(f"{problem}; give names of columns as text, such as ['left']")
    return list(dict.fromkeys(names))


def most_alike(name: str, names: Sequence[str]) -> str | None:
    """Find the name that is nearest to one that was typed, None if none is alike.

    Alike are names that differ in capitals or blanks, that begin alike with three letters or more
    and one of which is the whole of that, and those in which at most one letter of three was
    mistyped: another, left out, put in, or two that are turned.

    >>> most_alike("incme", ["age", "income"]), most_alike("Age", ["x", "age"])
    ('income', 'age')
    >>> most_alike("y", ["x"]), most_alike("target", ["age", "rate"])
    (None, None)
    """
    typed = name.strip().casefold()
    found = [(_edits(typed, each.strip().casefold()), each) for each in names]
    edits, nearest = min(found, default=(len(typed), ""))
    if edits <= len(typed) // 3:
        return nearest
    whole = [each for each in names if _begins(typed, each.strip().casefold())]
    return min(whole, key=len, default=None)


def _begins(one: str, other: str) -> bool:
    """Tell whether a name of three letters or more is how the other begins."""
    short, long = sorted((one, other), key=len)
    return len(short) > 2 and long.startswith(short)


def _edits(one: str, other: str) -> int:
    """Count the letters to change, leave out, put in or turn with the next (Damerau 1964)."""
    before, last = list[int](), list(range(len(other) + 1))
    for i, letter in enumerate(one):
        row = [i + 1]
        for j, wanted in enumerate(other):
            best = min(last[j] + (letter != wanted), last[j + 1] + 1, row[j] + 1)
            if i and j and letter == other[j - 1] and one[i - 1] == wanted:
                best = min(best, before[j - 1] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]


def shorten(names: Sequence[str], limit: int = MOST_NAMES) -> str:
    """Join names with commas, at most `limit` of them.

    >>> shorten(["a", "b", "c"], limit=2)
    'a, b and 1 more'
    """
    return and_more(map(visible, names), limit)


def called(name: str) -> str:
    """Call a column by its name, in quotes where it might be read as something to type.

    >>> called("age"), called("na=[]")
    ('age', "'na=[]'")
    """
    return repr(name) if re.search(r"""=['"\[{]""", name) else name


def quote(value: str, limit: int = 40) -> str:
    """Show a field in a message: in quotes, on one line, cut after `limit` characters.

    It is cut between words, if one ends in the second half of what is shown.

    >>> quote("x" * 100, limit=5), quote("Sales in Ghent, by month", limit=12)
    ("'xxxxx…'", "'Sales in…'")
    """
    if len(value) <= limit:
        return repr(value)
    shown = value[: limit + 1]
    end = shown.rfind(" ", limit // 2)
    return repr(f"{shown[: limit if end < 0 else end]}…")


def without_gaps(gaps: Iterable[NDArray[np.bool_]], n: int) -> NDArray[np.bool_]:
    """Give True in the rows that are missing in no column, (n,)."""
    complete = np.ones(n, bool)
    for gap in gaps:
        complete &= ~gap
    return complete


def refuse_missing(
    table: Table, gaps: Mapping[str, NDArray[np.bool_]], remedy: str = REMEDY
) -> None:
    """Refuse a table with missing values; count them by column and name the first row."""
    counts = {name: int(gap.sum()) for name, gap in gaps.items() if gap.any()}
    if not counts:
        return
    first = next(iter(counts))
    row = table.numbers[int(gaps[first].argmax())]
    listed = shorten([f"{name!r} in {how_many(count, 'row')}" for name, count in counts.items()])
    where = f"row {row}, column {first!r}"
    raise TableError(f"{table.source}: {where}: missing ({listed}); {remedy}")


def refuse_file_name(X: Any) -> None:
    """Refuse the name of a file in the place of the table in it, and say how to read that."""
    if isinstance(X, str | PurePath):
        remedy = f"read the table in it: read_table({str(X)!r})"
        raise TableError(f"X={str(X)!r} names a file; {remedy}")
