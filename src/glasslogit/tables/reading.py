"""Read a CSV file into named columns of text, or say in one line why that cannot be done.

Everything is read as text: whether `007` is a number or a name is decided later, openly, in
`survey.py`. Blanks at either end of a field, in quotes or not, are no part of it: `yes ` is
`yes`, and a field of blanks is an empty one. polars reads the file; Python's csv module checks
what polars would let pass (repeated or empty column names, rows that are too short) and finds
the row to blame.

Rows are numbered as a spreadsheet numbers them: row 1 is the header, row 2 the first below it.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from glasslogit.errors import MissingExtraError, TableError
from glasslogit.tables.table import Table, Text, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_ROW = 2  # the number of the first row below the header
PIECE = 2**20  # bytes unpacked together
UNPACKED, TIMES = 2**26, 100  # bytes a gzip file may unpack to, beyond so many times its own size


def read_table(path: str | Path) -> Table:
    """Read a CSV file, plain or gzip-compressed, UTF-8, with column names in its first row.

    Raises
    ------
    TableError
        If the file is missing, empty, not UTF-8, has no rows, names a column twice or not at
        all, or has a row with too many or too few fields. One line: file, row, remedy.
    MissingExtraError
        If polars is not installed.

    """
    source = str(path)
    data = _read_bytes(source, Path(path)).removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n")
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")  # the line ends of an old spreadsheet program
    text = _decode(source, data)
    names = _header(source, text)
    if b'"' in data or not _is_regular(data, len(names)):
        n_rows = sum(1 for _ in _careful_rows(source, text, len(names)))
    else:
        n_rows = data.count(b"\n")
    if n_rows == 0:
        raise TableError(f"{source}: has a header but no rows below it; add rows")
    columns = _fast_columns(data, len(names), n_rows) or _careful_columns(source, text, len(names))
    columns = [_stripped(column) for column in columns]
    return Table(source, dict(zip(names, columns, strict=True)))


def _is_regular(data: bytes, width: int) -> bool:
    """Tell whether every line, of a file without quotes, has `width` fields."""
    marks = np.frombuffer(data, dtype=np.uint8)
    ends = np.append(np.flatnonzero(marks == ord("\n")), len(marks))
    commas = np.searchsorted(np.flatnonzero(marks == ord(",")), ends)  # before the end of each
    return bool((np.diff(commas, prepend=0) == width - 1).all())


def _stripped(column: Text) -> Text:
    """Return the column without blanks around its values."""
    levels = Text.of(level.strip() for level in column.levels)
    if levels.levels == column.levels:
        return column
    return Text(levels.levels, levels.codes[column.codes])


def _read_bytes(source: str, path: Path) -> bytes:
    """Read the whole file, decompressed if it starts as a gzip file does."""
    try:
        data = path.read_bytes()
        return _unpacked(source, data) if data.startswith(b"\x1f\x8b") else data
    except FileNotFoundError:
        raise TableError(f"{source}: no such file; check the path") from None
    except IsADirectoryError:
        raise TableError(f"{source}: is a folder; give the CSV file inside it") from None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        message = f"{source}: is a damaged or cut-off gzip file; copy it again"
        raise TableError(message) from None
    except OSError as error:
        raise TableError(f"{source}: cannot be read: {error.strerror}") from None


def _unpacked(source: str, data: bytes) -> bytes:
    """Unpack a gzip file piece by piece; refuse one that grows as no table does.

    Text of a table is packed to a tenth or so. A file made to fill the memory is packed to a
    thousandth.
    """
    pieces, size, most = list[bytes](), 0, UNPACKED + TIMES * len(data)
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        while piece := file.read(PIECE):
            pieces.append(piece)
            size += len(piece)
            if size > most:
                problem = f"unpacks to more than {TIMES} times its size"
                raise TableError(f"{source}: {problem}; if that is right, unpack it first (gunzip)")
    return b"".join(pieces)


def _decode(source: str, data: bytes) -> str:
    """Decode UTF-8, or name the line that is something else."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"byte 0x{data[error.start]:02x}"
        remedy = "save the file as UTF-8"
        raise TableError(f"{source}: line {line} is not UTF-8 text ({byte}); {remedy}") from None
    if not text.strip():
        raise TableError(f"{source}: is empty; a header with column names and rows are needed")
    return text


def _header(source: str, text: str) -> list[str]:
    """Read the column names and refuse those that could not be told apart."""
    try:
        names = next(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        problem = f"row 1 cannot be split into column names ({error})"
        raise TableError(f"{source}: {problem}; check its quotes") from None
    if not names:
        raise TableError(f"{source}: row 1 is blank; the column names must stand in row 1")
    names = [name.strip() for name in names]
    if len(names) == 1:
        _check_separator(source, names[0])
    for position, name in enumerate(names, start=1):
        if not name:
            raise TableError(f"{source}: column {position} has no name; name it in row 1")
    name, times = Counter(names).most_common(1)[0]
    if times > 1:
        places = [str(i) for i, other in enumerate(names, start=1) if other == name]
        where = shorten(places)
        raise TableError(f"{source}: {times} columns ({where}) are named {name!r}; rename them")
    return names


def _check_separator(source: str, name: str) -> None:
    """Refuse a file that is separated by something other than commas."""
    for mark, title in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if mark in name:
            remedy = "save it with commas"
            raise TableError(f"{source}: looks separated by {title}, not commas; {remedy}")


def _careful_rows(source: str, text: str, width: int) -> Iterator[list[str]]:
    """Yield the rows below the header one by one; slow, and knows which row is at fault."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    row = 0
    try:
        for row, found in enumerate(reader, start=1):
            fields = [""] if not found and width == 1 else found
            if len(fields) != width:
                raise TableError(f"{source}: row {row} {_ragged(len(fields), width)}")
            if row >= FIRST_ROW:
                yield fields
    except csv.Error as error:
        problem = f"cannot be split into fields ({error})"
        raise TableError(f"{source}: row {row + 1} {problem}; check its quotes") from None


def _ragged(found: int, width: int) -> str:
    """Say what is wrong with a row of `found` fields, and what to do."""
    if found == 0:
        return "is blank; delete it"
    count = f"has {found} {'field' if found == 1 else 'fields'}, the header has {width}"
    if found > width:
        return f"{count}; put quotes around a field that contains a comma"
    return f"{count}; an empty field still needs its comma"


def _fast_columns(data: bytes, width: int, n_rows: int) -> list[Text] | None:
    """Read with polars, everything as text; None if it sees another shape than the csv module."""
    try:
        import polars as pl  # noqa: PLC0415  an extra is imported where it is used
    except ImportError:
        raise MissingExtraError("polars", "cli") from None
    try:
        frame = pl.read_csv(data, infer_schema_length=0)
    except pl.exceptions.PolarsError:
        return None
    if frame.shape != (n_rows, width):
        return None
    return [Text.of(series.fill_null("").to_list()) for series in frame.get_columns()]


def _careful_columns(source: str, text: str, width: int) -> list[Text]:
    """Read with the csv module, for the rare file that polars does not understand."""
    rows = list(_careful_rows(source, text, width))
    return [Text.of(values) for values in zip(*rows, strict=True)]
