"""What a command will write, checked before any work: it can be, and destroys nothing it reads."""

from __future__ import annotations

from os.path import realpath
from typing import TYPE_CHECKING

from glasslogit.cli.refusals import CommandLineError
from glasslogit.export import check_writable, check_writable_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


def check_output(option: str, path: Path, *, reads: Iterable[Path]) -> None:
    """Check that a file can be written and is none of those that the command reads.

    Raises
    ------
    InputError
        If it cannot be written, or would overwrite what is read, by whatever path.

    """
    if any(_same(path, other) for other in reads):
        raise CommandLineError(f"{option} {path} would overwrite what is read; give another file")
    check_writable(path)


def check_fit_outputs(
    table: Path, model: Path | None, plots: Path | None, pictures: Sequence[str]
) -> None:
    """Check the model file and every picture of `glasslogit fit`; raises as `check_output`."""
    if model is not None:
        check_output("--model", model, reads=[table])
    if plots is None:
        return
    files = [plots, *(plots / name for name in pictures)]
    if model is not None and any(_same(model, path) for path in files):
        problem = f"--model {model} and --plots {plots} would write to the same place"
        raise CommandLineError(f"{problem}; give two different ones")
    check_writable_folder(plots)
    for picture in files[1:] if plots.exists() else ():
        check_output("--plots", picture, reads=[table])


def _same(one: Path, other: Path) -> bool:
    """Tell whether two paths lead to the same file, through links as well."""
    if one.exists() and other.exists():
        return one.samefile(other)
    return realpath(one) == realpath(other)


def put_to(paths: Iterable[Path]) -> dict[str, list[Path]]:
    """Sort files by what writing them does, as it is told: a new one is written, another replaced.

    It has to be asked before they are written.
    """
    found: dict[str, list[Path]] = {"Wrote": [], "Replaced": []}
    for path in paths:
        found["Replaced" if path.exists() else "Wrote"].append(path)
    return {word: some for word, some in found.items() if some}
