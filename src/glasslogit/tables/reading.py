"""Read a CSV file into named columns of text, or say in one line why that cannot be done.

Everything is read as text: whether `007` is a number or a name is decided later, openly, in
`survey.py`. Blanks at either end of a field, in quotes or not, are no part of it: `yes ` is
`yes`, and a field of blanks is an empty one. polars reads the file; Python's csv module checks
what polars would let pass (rows that are too short) and finds the row to blame.

Rows are numbered as a spreadsheet numbers them: row 1 is the header and row 2 the first below it,
or later ones where a title stands above (`Table.first_row`).
"""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from glasslogit.errors import TableError, check_choice
from glasslogit.inputs import to_path
from glasslogit.tables.careful import careful_columns
from glasslogit.tables.column import Column, Text
from glasslogit.tables.fields import columns_named, read_na
from glasslogit.tables.file_bytes import (
    PIECE,
    Bytes,
    bytes_of,
    chunks_of,
    end_of_text,
    head_of,
    refuse_changed,
    version,
)
from glasslogit.tables.file_kinds import (
    MARKED,
    as_utf8,
    not_text,
    not_utf8,
    refuse_other_kinds,
)
from glasslogit.tables.footers import Doubt, without_footers
from glasslogit.tables.formatted import with_formats
from glasslogit.tables.layout import Layout, name_columns, recognise
from glasslogit.tables.pieces import Body, cut, read_pieces, read_with_blanks
from glasslogit.tables.series import import_polars
from glasslogit.tables.table import Problem, Table
from glasslogit.tables.unreadable import without_unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from glasslogit.findings import Finding
    from glasslogit.tables.fields import Words

BAD_ROWS = ("error", "blank")  # what becomes of them
MAY_READ = "check that it is a file that you may read"
UNPACKED, TIMES = 2**26, 100  # bytes a gzip file may unpack to, beyond so many times its own size


def read_table(  # noqa: PLR0913
    path: str | Path,
    *,
    na: Iterable[str] | None = None,
    sep: str | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    bad_rows: Literal["error", "blank"] = "error",
    ignore_case: Iterable[str] = (),
) -> Table:
    """Read a CSV file, plain or gzip-compressed, with column names in its first row.

    Commas, semicolons, tabs and bars, UTF-8 and UTF-16 are recognised, and so are numbers as people
    write them: 1,5 and $1,344.91, 20.3%, (1,200) and 1 234,5. `sep`, `decimal` and `encoding` say
    what they are. So are titles above the header, totals, sources and
    notes below the rows, names of rows that have no name themselves, as in exported frames, columns
    without a name or with that of another, and separators at the ends of rows: those are left
    out, and the findings of the table say so.

    `na` are the words that stand for "no value", beside blank fields; see `read_na`. None are the
    usual ones, [] means that only blank fields do, ["default", "None"] adds one, ["age=-1"] adds
    one in a column, and ["country="] leaves only the blank fields of a column missing.

    `ignore_case` are the columns of text, the target among them, in which case and blanks do not
    matter: yes, Yes and YES are read as yes, and "New  York" as "new york".

    `bad_rows` are those that are blank, have too many or too few fields, are not UTF-8, or whose
    quotes do not fit: "error" refuses the file, "blank" gives such a row no value in any column.
    `predict_rows` says of it what is wrong, and predicts the others.

    Raises
    ------
    TableError
        If the file is missing, empty, not UTF-8, has no rows, or has a row with too many or too
        few fields. One line: file, row, remedy.
    MissingExtraError
        If polars is not installed.

    """
    check_choice(bad_rows, "bad_rows", BAD_ROWS)
    words = read_na(na)
    table = read_file(path, words, sep, decimal, encoding, bad_rows=bad_rows)
    for name in columns_named(words):
        table.check(name, "for which a word for no value is given")
    return table.ignoring_case(ignore_case)


def read_file(  # noqa: PLR0913
    path: str | Path,
    words: Words,
    sep: str | None,
    decimal: str | None,
    encoding: str | None,
    *,
    bad_rows: str,
    wanted: Collection[str] = (),
    blanks: bool = False,
) -> Table:
    """Read a file as `read_table` does, by words that may be for columns that it has not.

    The header is the row that has the names that are `wanted`, if there is one. With `blanks` the
    table also keeps text as it is written, with the blanks around it.
    """
    source = str(path)
    recognised = partial(recognise, source, separator=sep, wanted=wanted)
    with _opened(source, to_path(path)) as data:
        text = _text_of(source, data, recognised, encoding, bad_rows, na=words)
        body, columns = _read_columns(source, text, words)
        blank = {j for j, each in enumerate(columns) if isinstance(each, Text) and each.gaps.all()}
        layout, left_out, gone = name_columns(text.layout, blank)
        pairs = zip(layout.names, columns, strict=True)
        kept = {name: each for j, (name, each) in enumerate(pairs) if j not in gone}
        places = {name: j for j, name in enumerate(layout.names) if j not in gone}
        numbers = with_formats(kept, decimal, body, places, layout.separator)
        written = _with_blanks(source, text, body, words) if blanks else {}
    last = layout.header + len(next(iter(numbers.columns.values()), ()))
    ends = [*text.footers, *(each.finding(last) for each in text.doubts)]
    return Table(
        source,
        numbers.columns,
        layout.header + 1,
        words,
        as_written={name: written[j] for name, j in places.items() if j in written},
        left_out=left_out,
        findings=(*layout.findings, *ends, *numbers.findings),
        decimal=decimal,
        doubtful=numbers.doubtful,
        unreadable=text.unreadable,
        lines=text.lines,
    )


class FileText(NamedTuple):
    """The text of a file in UTF-8, its layout, and what was found in it."""

    data: Bytes
    layout: Layout
    footers: list[Finding]
    doubts: list[Doubt]  # last rows that may be footers
    unreadable: Mapping[int, Problem]
    lines: Mapping[int, str]  # that cannot be read, by their numbers
    body: Body | None  # the rows, where all of them can be cut


def _text_of(  # noqa: PLR0913
    source: str,
    data: Bytes,
    recognised: Callable[[str], Layout],
    encoding: str | None,
    bad_rows: str,
    *,
    na: Words,
) -> FileText:
    """Recognise the layout of a file; make rows that cannot be read blank, if that is asked for."""
    kept = bad_rows == "blank"
    refuse_other_kinds(source, data)
    data = as_utf8(source, data, encoding, MARKED if kept else "strict")
    if not any(b"\n" in piece for piece in chunks_of(data)):
        data = data[:].replace(b"\r", b"\n")  # the line ends of an old spreadsheet program
    is_text = _is_text(source, data)
    if not is_text and not kept:
        raise not_utf8(source, data[:])
    head = head_of(data)
    layout = recognised(head)
    width, start = len(layout.names), len(head[: layout.end].encode(errors="surrogateescape"))
    if not is_text and not _is_text(source, data[:start]):
        raise not_utf8(source, data[:])
    data, footers, doubts = without_footers(data, start, layout)
    unreadable, lines = dict[int, Problem](), dict[int, str]()
    body = cut(data, start, layout.separator, width, na) if is_text else None
    if kept and body is None:
        stop = end_of_text(data) if width > 1 else len(data)
        said = not_text(data[:], encoding)
        rows, unreadable, lines = without_unreadable(source, data[start:stop], layout, said)
        data = data[:start] + rows
        body = cut(data, start, layout.separator, width, na)
    named = None if body is None else replace(body, names=layout.names)
    return FileText(data, layout, footers, doubts, unreadable, lines, named)


def _read_columns(
    source: str, text: FileText, na: Words
) -> tuple[Body | None, Sequence[Column | None]]:
    """Read the columns of a file.

    Those that are None are to be read again from the body, which is None where all are there.
    """
    layout, body, columns = text.layout, text.body, None
    import_polars()
    if body is not None and body.n_rows and body.width > 1:
        columns = read_pieces(body)
    if columns is not None:
        return body, columns
    careful = careful_columns(source, text.data[:].decode(), layout, na)
    if not len(careful[0]):
        raise TableError(f"{source}: has a header but no rows below it; add rows")
    return None, careful


def _with_blanks(source: str, text: FileText, body: Body | None, na: Words) -> Mapping[int, Column]:
    """Read columns with the blanks around their values: those that have some, by their places."""
    if body is not None:
        return read_with_blanks(body)
    return dict(enumerate(careful_columns(source, text.data[:].decode(), text.layout, na, str)))


@contextmanager
def _opened(source: str, path: Path) -> Iterator[Bytes]:
    """Open a file for its bytes, decompressed if it starts as a gzip file does."""
    try:
        with path.open("rb") as file:
            before, data = version(file), bytes_of(file)
            yield _unpacked(source, data[:]) if data[:2] == b"\x1f\x8b" else data
            refuse_changed(source, file, before)
    except FileNotFoundError:
        raise TableError(f"{source}: no such file; check the path") from None
    except IsADirectoryError:
        raise TableError(f"{source}: is a folder; give the CSV file inside it") from None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        message = f"{source}: is a damaged or cut-off gzip file; copy it again"
        raise TableError(message) from None
    except OSError as error:
        raise TableError(f"{source}: cannot be read: {error.strerror}; {MAY_READ}") from None


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


def _is_text(source: str, data: Bytes) -> bool:
    """Tell whether a file is UTF-8; refuse one without text."""
    decoder, blank, text = codecs.getincrementaldecoder("utf-8")(), True, True
    try:
        for piece in chunks_of(data):
            blank &= not decoder.decode(piece).strip()
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        blank, text = False, False
    if blank:
        raise TableError(f"{source}: is empty; a header with column names and rows are needed")
    return text
