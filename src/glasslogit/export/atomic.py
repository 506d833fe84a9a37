"""Write a file whole or not at all, and find out beforehand whether that will be possible."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import IO, TYPE_CHECKING

from glasslogit.errors import InputError
from glasslogit.inputs import to_path

try:
    import fcntl
except ImportError:  # Windows, which does not let go of a file that is open
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

END = ".tmp"  # of the name of a temporary file


def write_atomically(path: str | Path, data: bytes) -> None:
    """Put `data` in the file at `path`; see `write_parts_atomically`."""
    write_parts_atomically(path, [data])


def write_parts_atomically(path: str | Path, parts: Iterable[bytes]) -> None:
    """Put `parts`, as they come, in the file at `path`; a reader sees the old file or the new one.

    The bytes go to a temporary file in the same folder, which then takes the place of `path`.
    If anything goes wrong, or Ctrl-C is pressed, the temporary file is removed. What a process
    that was killed has left is removed when the same file is written next.

    Raises
    ------
    InputError
        If the folder does not exist or cannot be written to; names the path and the reason.

    """
    with _explained(path):
        target = _target(path)
        with _temporary_beside(target) as (file, name):
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
            if target.exists():
                name.chmod(target.stat().st_mode)
            if fcntl is None:
                file.close()
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
    folder = to_path(path)
    if folder.exists() and not folder.is_dir():
        raise InputError(f"cannot write into {path}: it is a file; give a folder")
    if folder.is_symlink() and not folder.exists():
        raise InputError(f"cannot write into {path}: it is a link to nothing; give a folder")
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
    """Follow links to the file to be replaced; refuse a folder, a device, or a circle of links."""
    target = Path(os.path.realpath(to_path(path)))
    if target.is_symlink():
        raise InputError(f"cannot write {path}: its links lead in a circle; give another path")
    if target.exists() and not target.is_file():
        kind = "a folder" if target.is_dir() else "not a regular file"
        raise InputError(f"cannot write {path}: it is {kind}; give the name of a file")
    return target


@contextmanager
def _temporary_beside(target: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """Open a new file in the folder of `target`; afterwards it is gone, if it was not moved.

    Its writer holds a lock on it, which ends with the process: a file without one was left behind.
    """
    _tidy(target)
    while True:
        name = target.with_name(f"{_start(target)}{secrets.token_hex(6)}{END}")
        with name.open("xb") as file:
            if _locked(file, wait=True) and not name.exists():
                continue  # another process took it for left behind before it was locked
            try:
                yield file, name
            finally:
                name.unlink(missing_ok=True)
            return


def _tidy(target: Path) -> None:
    """Remove the temporary files that killed writers of `target` have left."""
    for name in target.parent.glob(f"{escape(_start(target))}{'[0-9a-f]' * 12}{END}"):
        if not name.is_file():
            continue
        with suppress(OSError), name.open("rb") as left:
            if _locked(left, wait=False):
                name.unlink()


def _start(target: Path) -> str:
    """Give the beginning of the names of the temporary files of `target`."""
    return f".{target.name[:100]}."


def _locked(file: IO[bytes], *, wait: bool) -> bool:
    """Lock a file, and tell whether that was possible: not where another process has it locked."""
    if fcntl is None:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # locked, or on a disk that knows no locks
        return False
    return True
