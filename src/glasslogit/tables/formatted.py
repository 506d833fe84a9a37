"""Which format the numbers of each column of a file have, where people wrote them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, TypeAlias

import numpy as np

from glasslogit.findings import Code, Finding, Severity
from glasslogit.inputs import LARGEST_EXACT
from glasslogit.tables.column import Column, Numbers, Text, Times, number_text
from glasslogit.tables.doubtful_points import of_points
from glasslogit.tables.fields import parse_number
from glasslogit.tables.number_formats import (
    NumberFormat,
    check_decimal,
    formats_of,
    other_mark,
    shape,
)
from glasslogit.tables.pieces import (
    Body,
    first_value,
    read_formatted,
    read_shapes,
    read_texts,
)
from glasslogit.tables.policies import AS_TEXT, LEFT, asked
from glasslogit.tables.table import Table, quote

LEVELS_SEEN = 100  # levels by which a text is known to be no numbers
COMMA = re.compile(r"[-+]?(?:[01]+,?[01]*|,[01]+)(?:[eE][-+]?[01]+)?")  # a shape
Formats: TypeAlias = tuple[NumberFormat, ...]


class Formatted(NamedTuple):
    """The columns, those whose numbers can be read in two ways, and what is to be said of it."""

    columns: dict[str, Column]
    doubtful: frozenset[str]
    findings: list[Finding]


@dataclass(frozen=True, eq=False)
class FileColumns:
    """The columns of a file; those that are None are read from their places in its body."""

    columns: Mapping[str, Column | None]
    body: Body | None
    places: Mapping[str, int]

    def shapes(self, names: Iterable[str]) -> dict[str, frozenset[str]]:
        """Give the shapes of some columns, none of one that is no numbers."""
        texts = {name: each for name in names if isinstance(each := self.columns[name], Text)}
        places = {name: self.places[name] for name in names if name not in texts}
        read = {} if self.body is None else read_shapes(self.body, [*places.values()])
        found = {name: each.shapes for name, each in texts.items()}
        return found | {name: read[place] for name, place in places.items()}

    def read(self, found: Mapping[str, NumberFormat]) -> dict[str, Column]:
        """Read columns by the formats that were found, and as text what is left unread."""
        columns = {name: each for name, each in self.columns.items() if each is not None}
        for name, how in found.items():
            column = columns.get(name)
            if isinstance(column, Text):
                columns[name] = formatted_column(column, how)
        if self.body is not None:
            place_of = {n: place for n, place in self.places.items() if self.columns[n] is None}
            place_of |= {n: self.places[n] for n in found if isinstance(self.columns[n], Numbers)}
            numbers = {place_of[name]: found[name] for name in place_of if name in found}
            texts = [place for name, place in place_of.items() if name not in found]
            read = read_formatted(self.body, numbers)
            read |= dict(zip(texts, read_texts(self.body, texts), strict=True)) if texts else {}
            columns |= {name: read[place] for name, place in place_of.items()}
        return {name: columns[name] for name in self.columns}

    def example(self, name: str, how: NumberFormat) -> str:
        """Give the first value of a column that a program would not have written so."""
        column = self.columns[name]
        if isinstance(column, Text):
            return first_formatted(column, how)
        return "" if self.body is None else first_value(self.body, self.places[name], how)


def with_formats(
    columns: Mapping[str, Column | None],
    decimal: str | None,
    body: Body | None = None,
    places: Mapping[str, int] | None = None,
    separator: str = ",",
) -> Formatted:
    """Read the columns of a file whose numbers people wrote, each by its format.

    A file has one decimal mark. It is known where a column shows it, as 1,5 or 1,200.50 do, or
    where it is said; by it columns are read that could be read in two ways. Semicolons stand
    between fields where the comma is the decimal mark, and the point stands before thousands:
    where nothing shows what 1.200 is there, it is asked. Columns that are None are read from
    their `places` in the body of the file.

    >>> with_formats({"a": Text.of(["1,5", "2", ""])}, None).columns["a"].values.tolist()
    [1.5, 2.0, nan]
    """
    check_decimal(decimal)
    file = FileColumns(columns, body, places or {})
    plain = [name for name, each in columns.items() if _plain(each)]
    written = [name for name, each in columns.items() if _written(each) and name not in plain]
    shapes = file.shapes(written)
    formats = {name: formats_of(each, decimal) for name, each in shapes.items()}
    found = {name: each[0] for name, each in formats.items() if len(each) == 1}
    unclear = {name: each[0].unit for name, each in formats.items() if len(each) == 2}
    shown = {decimal} if decimal else {how.decimal for how in found.values()} - {None}
    if shown == {","} or (unclear and not shown):
        shapes |= file.shapes(plain)
        ways = {name: formats_of(shapes[name]) for name in plain}
        if decimal is None and (NumberFormat("."),) in ways.values():
            shown.add(".")
        if shown == {","}:  # what a program writes so is 1.234, and what people write so is 1234
            unclear |= {name: "" for name, each in ways.items() if len(each) == 2}
    known = [name for name in unclear if len(shown) == 1 and (decimal or name in formats)]
    found |= {name: NumberFormat(next(iter(shown)), unclear[name]) for name in known}
    read = file.read(found)
    doubtful = frozenset(unclear.keys() - found.keys())
    found = {
        name: found[name] for name in read if isinstance(read[name], Numbers) and name in found
    }
    commas = [name for name in found if is_comma(shapes[name], found[name])]
    findings = [*_of_commas(commas, shapes)]
    rest = {name: how for name, how in found.items() if name not in commas}
    findings += _findings(file, read, rest, () if decimal else known)
    if separator == ";" and not shown:
        findings += of_points(file.columns, plain, file.shapes, file.example)
    if decimal is not None:
        others = file.shapes([name for name in (*plain, *written) if name not in found])
        findings += _of_other_marks(read, others, decimal)
    return Formatted(read, doubtful, findings)


def is_comma(shapes: Iterable[str], how: NumberFormat) -> bool:
    """Tell whether numbers are those of programs but for a decimal comma."""
    return how.decimal == "," and all(map(COMMA.fullmatch, shapes))


def formats_of_text(column: Text, decimal: str | None = None) -> Formats:
    """Give the formats that all values of a text have, none if they are plain numbers.

    The levels of a category that a frame declares as one are none.
    """
    if column.ranked or not _written(column) or _plain(column):
        return ()
    return formats_of(column.shapes, decimal)


def taken_as_text(table: Table, name: str, words: str) -> str:
    """Say that a column can be taken as text, if a value of it comes twice; else nothing."""
    return f"{words}: {asked(name, AS_TEXT)}" if words and table.text(name).repeats else ""


def own_format(table: Table, name: str) -> NumberFormat | None:
    """Give the format of the numbers in a column, None if they are plain or no numbers."""
    column = table.column(name)
    if isinstance(column, Text):
        found = formats_of_text(column, table.decimal)
        return found[0] if len(found) == 1 else None
    return column.format if isinstance(column, Numbers) else None


def formatted_column(column: Text, how: NumberFormat) -> Numbers | Text:
    """Read a text as numbers of a format, which all have; text, if a float would round one."""
    numbers = np.where(column.missing, np.nan, column.parsed_by(how).numbers)
    large = (np.abs(numbers[column.counts > 0]) >= LARGEST_EXACT).any()
    return column if large else Numbers(column.codes, lambda: column, how, numbers)


def first_formatted(column: Text, how: NumberFormat) -> str:
    """Give the first value of a format that a program would not have written so."""
    pairs = zip(column.levels, (column.missing | (column.counts == 0)).tolist(), strict=True)
    levels = (level for level, gap in pairs if not gap)
    return next((each for each in levels if how.number(each) != parse_number(each)), "")


def amounts(
    name: str, example: str, how: NumberFormat, other: str | None = None, *, repeats: bool = True
) -> Finding:
    """Say that numbers are read which people wrote, by an example, and how they might be as well.

    They can be taken as text where a value of them `repeats`.

    >>> print(amounts("price", "$1,344.91", NumberFormat(".", "$")))
    note (amounts): column 'price' holds numbers as people write them: '$1,344.91' is read as \
1344.91; where they name something, columns={'price': Category()} takes it as text
    """
    read = how.number(example)
    value = "" if read is None else number_text(read)
    evidence = f"holds numbers as people write them: {quote(example)} is read as {value}"
    left_out = f"{asked(name, LEFT)} leaves it out"
    as_text = f"{asked(name, AS_TEXT)} takes it as text"
    remedy = f"where they name something, {as_text if repeats else left_out}"
    if other is not None:
        said = f"as other columns show the decimal mark {how.decimal!r}"
        remedy = f"{said}; where it is {other!r} say so: decimal={other!r}"
    return Finding(Code.AMOUNTS, Severity.NOTE, (name,), evidence, remedy)


def find_formatted(table: Table, formats: Mapping[str, NumberFormat]) -> list[Finding]:
    """Say which columns of a table are numbers that people wrote: what was found as it was read."""
    found = [each for each in table.findings if {*each.columns} & formats.keys()]
    told = {name for each in found for name in each.columns}
    others = {name: how for name, how in formats.items() if name not in told}
    for name, how in others.items():
        column = table.text(name)
        example = first_formatted(column, how)
        found += [amounts(name, example, how, repeats=column.repeats)] if example else []
    return found


def _of_commas(commas: Sequence[str], shapes: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    """Say which columns held decimal commas, and whether they would be numbers with points."""
    either = [name for name in commas if formats_of(shapes[name], ".")]
    alone = [name for name in commas if name not in either]
    no_points = "nothing is to be done: with decimal points they would be no numbers"
    for names, remedy in ((either, "decimal='.' takes them for thousands"), (alone, no_points)):
        if names:
            note = "held decimal commas, read as points"
            yield Finding(Code.READING, Severity.NOTE, tuple(names), note, remedy)


def _findings(
    file: FileColumns,
    read: Mapping[str, Column],
    found: Mapping[str, NumberFormat],
    known: Collection[str],
) -> Iterator[Finding]:
    """Say which other numbers are such as people write.

    Those of columns that are `known` might be read in another way, were they alone.
    """
    for name, how in found.items():
        other = other_mark(how.decimal) if name in known else None
        column = read[name]
        repeats = isinstance(column, Numbers) and column.repeats
        example = file.example(name, how)
        if example:
            yield amounts(name, example, how, other, repeats=repeats)


def _of_other_marks(
    read: Mapping[str, Column], shapes: Mapping[str, frozenset[str]], decimal: str
) -> Iterator[Finding]:
    """Say which columns are numbers by the other decimal mark, and not by that which was said."""
    other = other_mark(decimal)
    for name, found in shapes.items():
        ways = formats_of(found)
        if [how.decimal for how in ways] != [other]:
            continue
        column = read[name]
        levels = () if isinstance(column, Times) else column.levels
        example = next((each for each in levels if other in each), "")
        taken = "taken as text" if isinstance(column, Text) else "read as programs write them"
        evidence = f"holds {quote(example)}, no number with the decimal mark {decimal!r}: {taken}"
        remedy = f"leave decimal={decimal!r} out, or give decimal={other!r}"
        yield Finding(Code.READING, Severity.WARNING, (name,), evidence, remedy)


def _plain(column: Column | None) -> bool:
    """Tell whether a column holds numbers as programs write them."""
    if isinstance(column, Text):
        is_number, missing = column.parsed.is_number, column.missing
        return _written(column) and bool((is_number | missing).all())
    return column is not None


def _written(column: Column | None) -> bool:
    """Tell by its first values whether a column may hold numbers as people write them."""
    if not isinstance(column, Text):
        return column is None
    pairs = zip(column.levels, column.missing.tolist(), strict=True)
    first = islice(pairs, LEVELS_SEEN)
    return bool(formats_of([shape(level) for level, gap in first if not gap]))
