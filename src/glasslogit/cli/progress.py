"""What a command is at: a bar on a terminal, once nothing has been said for two seconds."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Column

from glasslogit.errors import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 2.0  # seconds without a word before a bar appears


class Tell(Protocol):
    """Takes how far a stage is: in words, and in parts of a total if that is known."""

    def __call__(self, how_far: str = "", done: float = 0.0, total: float | None = None) -> None:
        """Show it, if the bar is there."""


def ignore(how_far: str = "", done: float = 0.0, total: float | None = None) -> None:
    """Tell nobody: the output is no terminal."""


@contextmanager
def stage(doing: str, silence: float = 0.0) -> Iterator[Tell]:
    """Show a bar while the body runs, from `PATIENCE` seconds on, `silence` of them gone already.

    The bar goes when the body ends, however it ends. Without a terminal nothing is started.
    """
    if not (sys.stdout.isatty() and sys.stderr.isatty()):
        yield ignore
        return
    text = TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True))
    bar = Progress(
        SpinnerColumn(),
        text,
        BarColumn(bar_width=20),
        TimeElapsedColumn(),
        console=Console(stderr=True, highlight=False, markup=False, emoji=False),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    task = bar.add_task(visible(doing), total=None)

    def tell(how_far: str = "", done: float = 0.0, total: float | None = None) -> None:
        words = f"{doing}, {how_far}" if how_far else doing
        bar.update(task, description=visible(words), completed=done, total=total)

    clock = Timer(max(0.0, PATIENCE - silence), bar.start)
    clock.daemon = True
    clock.start()
    try:
        yield tell
    finally:
        clock.cancel()
        clock.join()  # or it would open the bar after it was closed
        bar.stop()
