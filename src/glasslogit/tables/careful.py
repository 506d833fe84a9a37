"""Read a file with the csv module, for the rare one that polars does not understand.

It is slow, and knows which row is at fault.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from glasslogit.errors import TableError
from glasslogit.tables.column import Column, Text
from glasslogit.tables.fields import words_in
from glasslogit.tables.unreadable import wrong_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from glasslogit.tables.fields import Words
    from glasslogit.tables.layout import Layout


def careful_columns(
    source: str, text: str, layout: Layout, na: Words, bare: Callable[[str], str] = str.strip
) -> list[Column]:
    """Read all columns as text, each field as `bare` gives it: without the blanks around it."""
    columns: list[list[str]] = [[] for _ in layout.names]
    for row in _careful_rows(source, text, layout):
        for column, field in zip(columns, row, strict=True):
            column.append(bare(field))
    pairs = zip(layout.names, columns, strict=True)
    return [Text.of(values, words_in(na, name)) for name, values in pairs]


def _careful_rows(source: str, text: str, layout: Layout) -> Iterator[list[str]]:
    """Yield the rows below the header one by one."""
    lines = io.StringIO(text[layout.end :], newline="")
    reader = csv.reader(lines, strict=True, delimiter=layout.separator)
    row, width = layout.header, len(layout.names)
    try:
        for row, found in enumerate(reader, start=layout.header + 1):
            fields = [""] if not found and width == 1 else found
            if len(fields) != width:
                what, remedy = wrong_row(fields, reader, layout)
                raise TableError(f"{source}: row {row} {what}; {remedy}")
            yield fields
    except csv.Error as error:
        problem = f"cannot be split into fields ({error})"
        raise TableError(f"{source}: row {row + 1} {problem}; check its quotes") from None
