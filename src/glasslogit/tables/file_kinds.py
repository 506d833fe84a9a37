"""What the bytes of a file are: text in some encoding, or another kind of file that has a name."""

from __future__ import annotations

import codecs

from glasslogit.errors import InputError, TableError
from glasslogit.pages import how_many
from glasslogit.tables.file_bytes import Bytes, between
from glasslogit.tables.table import Problem

AS_CSV = (
    "save it as CSV (File, Save as), or give the frame of pandas.read_excel to LogisticRegression"
)
# How other kinds of files begin, what they are, and what to do.
FILE_KINDS = (
    (b"PAR1", "a Parquet file", "give the frame of pandas.read_parquet to LogisticRegression"),
    (b"ARROW1", "an Arrow file", "give the frame of pandas.read_feather to LogisticRegression"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook", AS_CSV),
    (b"SQLite format 3\x00", "an SQLite database", "give the answer to a query as a data frame"),
    (b"BZh", "packed by bzip2", "unpack it first (bunzip2)"),
    (b"\xfd7zXZ", "packed by xz", "unpack it first (unxz)"),
    (b"\x28\xb5\x2f\xfd", "packed by zstd", "unpack it first (unzstd)"),
    (b"%PDF", "a PDF", "export the table in it as CSV"),
)
ZIP, WORKBOOK = b"PK\x03\x04", (b"xl/", b"[Content_Types].xml")
UTF8_MARK = b"\xef\xbb\xbf"
MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
MANY_BYTES = ("utf-16", "utf-32")  # of two bytes or four for each letter
MARKED = "glasslogit.marked"  # how errors are handled where other rows are wanted all the same
codecs.register_error(MARKED, lambda error: ("\udcff", getattr(error, "end", 0)))
AROUND = 12  # bytes shown beside one that is not UTF-8


def refuse_other_kinds(source: str, data: Bytes) -> None:
    """Refuse a file that is no text, by what it is."""
    head = data[:4096]
    if head.startswith(ZIP):
        if any(mark in head for mark in WORKBOOK):
            raise TableError(f"{source}: is an Excel workbook, not a CSV file; {AS_CSV}")
        raise TableError(f"{source}: is a zip archive, not a CSV file; unpack it first (unzip)")
    for mark, kind, remedy in FILE_KINDS:
        if head.startswith(mark):
            raise TableError(f"{source}: is {kind}, not a CSV file; {remedy}")


def as_utf8(source: str, data: Bytes, encoding: str | None, errors: str = "strict") -> Bytes:
    """Give the text of a file in UTF-8, without a byte order mark.

    UTF-8 and UTF-16 are recognised; anything else has to be named. With MARKED as `errors`, what
    is no text in an encoding becomes a byte that is none in UTF-8.

    >>> as_utf8("t.csv", "é".encode("latin-1"), "latin-1").decode()
    'é'
    """
    name = encoding or _recognised(data[:200])
    if name is None:
        marked = data[: len(UTF8_MARK)] == UTF8_MARK
        return between(data, len(UTF8_MARK), len(data)) if marked else data
    try:
        codec, text = check_encoding(name), data[:]
        if codec.startswith(MANY_BYTES) and b"\0" not in text:  # as each end of a line has
            problem = f"is no text in the encoding {name}, which was asked for"
            raise TableError(f"{source}: {problem}; leave encoding={name!r} out, or give another")
        decoded = text.decode(codec, errors)
        return decoded.encode(errors="surrogateescape").removeprefix(UTF8_MARK)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problem = f"line {line} is no text in the encoding {name}"
        remedy = f"give another in the place of encoding={name!r}"
        raise TableError(f"{source}: {problem}; {remedy}") from None


def check_encoding(name: str) -> str:
    """Give the name by which Python calls an encoding; refuse one that it does not know."""
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise InputError(f"encoding={name!r} is not known; give one such as 'cp1252'") from None


def not_utf8(source: str, data: bytes) -> TableError:
    """Name the first line that is not UTF-8, and how it reads in the commonest other encoding."""
    place = _first_other(data) or 0
    line, byte = data.count(b"\n", 0, place) + 1, f"byte 0x{data[place]:02x}"
    what, remedy = not_text(data, None)
    return TableError(f"{source}: line {line} {what} ({byte}); {remedy}")


def not_text(data: bytes, encoding: str | None) -> Problem:
    """Say of lines what is wrong with their encoding, and how the first of them may read.

    Where no fewer lines beyond ASCII are UTF-8 than are not, another encoding would spoil those.
    Another is proposed only if it reads all of the data.
    """
    if encoding is not None:
        remedy = f"give another in the place of encoding={encoding!r}"
        return Problem(f"is no text in the encoding {encoding}", remedy)
    beyond = [line for line in data.splitlines() if not line.isascii()]
    spoilt = sum(_first_other(line) is not None for line in beyond)
    if 2 * spoilt <= len(beyond):
        others = how_many(len(beyond) - spoilt, "other line")
        be = "is" if len(beyond) - spoilt == 1 else "are"
        remedy = f"correct this line, as {others} with letters beyond ASCII {be} UTF-8"
        return Problem("is not UTF-8 text", remedy)
    place = _first_other(data) or 0
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        return Problem(
            "is not UTF-8 text", "the file is no text in cp1252 either; save it as UTF-8"
        )
    around = data[max(place - AROUND, 0) : place + AROUND].decode("cp1252")
    word = next((each for each in around.splitlines() if not each.isascii()), "")
    remedy = f"if it should read {word!r}, encoding='cp1252' reads it so"
    return Problem("is not UTF-8 text", remedy)


def _first_other(data: bytes) -> int | None:
    """Give the place of the first byte that is not UTF-8, None where all are."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.start
    return None


def _recognised(head: bytes) -> str | None:
    """Recognise UTF-16 by how it begins: with its mark, or with a zero beside each letter."""
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    if len(head) > 3 and not any(head[1::2]):
        return "utf-16-le"
    return "utf-16-be" if len(head) > 3 and not any(head[::2]) else None
