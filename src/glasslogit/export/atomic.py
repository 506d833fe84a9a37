"""Write a file whole or not at all, and find out beforehand whether that will be possible."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from glasslogit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator


def write_atomically(path: str | Path, data: bytes) -> None:
    """Put `data` in the file at `path`; a reader sees the old file or the new one, never half.

    The bytes go to a temporary file in the same folder, which then takes the place of `path`.
    If anything goes wrong, or Ctrl-C is pressed, the temporary file is removed.

    Raises
    ------
    InputError
        If the folder does not exist or cannot be written to; names the path and the reason.

    """
    with _explained(path):
        target = _target(path)
        with _temporary_beside(target) as (file, name):
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            file.close()
            if target.exists():
                name.chmod(target.stat().st_mode)
            name.replace(target)


def check_writable(path: str | Path) -> None:
    """Check that `write_atomically` can write `path`, by making its temporary file.

    Asking for permissions is not enough: a full or read-only disk would still refuse.
    Raises as `write_atomically` does, and leaves nothing behind.
    """
    with _explained(path), _temporary_beside(_target(path)):
        pass


def check_writable_folder(path: str | Path) -> None:
    """Check that files can be written into the folder `path`, which may not exist yet.

    Raises
    ------
    InputError
        If `path` is a file, or neither it nor the folder above it can be written to.

    """
    folder = Path(path)
    if folder.exists() and not folder.is_dir():
        raise InputError(f"cannot write into {path}: it is a file; give a folder")
    inside = (folder if folder.exists() else folder.parent) / "probe"
    with _explained(path), _temporary_beside(inside):
        pass


@contextmanager
def _explained(path: str | Path) -> Iterator[None]:
    """Turn a failure of the operating system into one line."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        remedy = "give a path in a folder that exists and can be written to"
        raise InputError(f"cannot write {path}: {reason}; {remedy}") from None


def _target(path: str | Path) -> Path:
    """Follow links to the file to be replaced; refuse a folder or a device."""
    target = Path(path).resolve()
    if target.exists() and not target.is_file():
        kind = "a folder" if target.is_dir() else "not a regular file"
        raise InputError(f"cannot write {path}: it is {kind}; give the name of a file")
    return target


@contextmanager
def _temporary_beside(target: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """Open a new file in the folder of `target`; afterwards it is gone, if it was not moved."""
    name = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.tmp")
    with name.open("xb") as file:
        try:
            yield file, name
        finally:
            name.unlink(missing_ok=True)
