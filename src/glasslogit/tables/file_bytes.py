"""The bytes of a file, read where they are asked for: a large file is never there as a whole.

What is no plain file of UTF-8, such as one that is packed, becomes `bytes`, which are asked alike.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, Protocol

from glasslogit.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE = 2**20  # bytes unpacked, or decoded, together
HEADER_BYTES = 2**18  # bytes in which the header ends: longer names csv does not read


class Bytes(Protocol):
    """Bytes of which a part can be had: `bytes`, or those of a file."""

    def __len__(self) -> int:
        """Count them."""

    def __getitem__(self, part: slice, /) -> bytes:
        """Give a part of them."""


@dataclass(frozen=True)
class FileBytes:
    """The bytes of an open file from `start` to `stop`; each part is read when it is asked for."""

    file: IO[bytes]
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    def __getitem__(self, part: slice) -> bytes:
        start, stop, _ = part.indices(len(self))
        self.file.seek(self.start + start)
        return self.file.read(max(stop - start, 0))


def bytes_of(file: IO[bytes]) -> Bytes:
    """Give the bytes of a file; those of a pipe, which can be read once, at once."""
    found = os.fstat(file.fileno())
    return FileBytes(file, 0, found.st_size) if stat.S_ISREG(found.st_mode) else file.read()


def between(data: Bytes, start: int, stop: int) -> Bytes:
    """Give the bytes from one place to another, those of a file without reading them."""
    if isinstance(data, FileBytes):
        return replace(data, start=data.start + start, stop=data.start + stop)
    return data[start:stop]


def chunks_of(data: Bytes) -> Iterator[bytes]:
    """Give all bytes, some at a time."""
    return (data[start : start + PIECE] for start in range(0, len(data), PIECE))


def end_of_text(data: Bytes) -> int:
    r"""Give where the last line ends: ends of lines after it do not count.

    >>> end_of_text(b"a\n1\r\n\n"), end_of_text(b"\n")
    (3, 0)
    """
    stop = len(data)
    while stop:
        piece = data[max(stop - PIECE, 0) : stop]
        text = piece.rstrip(b"\r\n")
        if text:
            return stop - len(piece) + len(text)
        stop -= len(piece)
    return 0


def head_of(data: Bytes) -> str:
    """Give the first rows: more than a header can take."""
    size, end = HEADER_BYTES, 0
    while size < len(data) and not end:
        size *= 2
        end = data[:size].find(b"\n", HEADER_BYTES) + 1
    return data[: end or len(data)].decode(errors="surrogateescape")


def version(file: IO[bytes]) -> tuple[int, int]:
    """Give what changes when a file is written: its size, and the time of that."""
    found = os.fstat(file.fileno())
    return found.st_size, found.st_mtime_ns


def refuse_changed(source: str, file: IO[bytes], before: tuple[int, int]) -> None:
    """Refuse a file that was written to while it was read: its rows may not belong together."""
    if version(file) != before:
        raise TableError(f"{source}: has changed while it was read; read it when it is complete")
