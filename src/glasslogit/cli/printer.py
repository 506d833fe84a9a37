"""Lines on a terminal, each as wide as it is at most, in rich's styles.

Without a terminal (a pipe, a file) the output is 80 columns of plain text, or `COLUMNS`.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, TypeAlias

from rich.console import Console
from rich.text import Text

from glasslogit.cli.progress import stage
from glasslogit.errors import visible, visible_lines
from glasslogit.pages import TextTable, width, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from glasslogit.cli.progress import Tell
Span: TypeAlias = tuple[str, str]  # a text and its style
Fact: TypeAlias = tuple[str, str | TextTable]  # a word, and what is said beside it

STYLES = {"head": "bold", "rule": ""}  # of the lines of a table, where rich has no such name
LEAST_WORD = 7  # cells for the word of a fact
BESIDE = 2  # cells beside it


class Printer:
    """Prints on the output or the error stream; nothing of the user's table is read as markup.

    `names` are those that a line may hold, of which none that is cut looks like another.
    """

    names: Sequence[str] = ()

    def __init__(self, *, stderr: bool = False) -> None:
        self.stream = sys.stderr if stderr else sys.stdout
        self.console = Console(highlight=False, markup=False, emoji=False, stderr=stderr)
        self.spoke = monotonic()

    @contextmanager
    def working(self, doing: str) -> Iterator[Tell]:
        """Show on a terminal what the body is at, if nothing is printed for long."""
        with stage(doing, monotonic() - self.spoke) as tell:
            yield tell

    def print(
        self, thing: str | TextTable | Facts = "", style: str = "", *, wrap: bool = True
    ) -> None:
        """Print a text, a table with a blank line below it, or facts; `wrap` keeps to the width.

        If the reader has gone (`| head`), the rest of the output is dropped, not the work.
        """
        most = self.console.width
        lines: Iterable[list[Span]]
        if isinstance(thing, str):
            whole = visible_lines(thing)
            kept = wrapped_lines(whole, most, self.names) if wrap else whole.split("\n")
            lines = ([(line, style)] for line in kept)
        elif isinstance(thing, Facts):
            lines = thing.lines(most, self.names)
        else:
            lines = table_lines(thing, most)
        with self.console.capture() as captured:
            for line in lines:
                self.console.print(Text.assemble(*line), soft_wrap=True)
        try:
            self.stream.write(captured.get())
            self.stream.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())
        self.spoke = monotonic()


@dataclass(frozen=True)
class Facts:
    """Facts, each a word and a text that wraps beside it, or a table."""

    pairs: tuple[Fact, ...]

    def lines(self, most: int, names: Iterable[str] = ()) -> Iterator[list[Span]]:
        """Lay them out for lines of so many cells."""
        first = max([LEAST_WORD, *(width(word) for word, _ in self.pairs)]) + BESIDE
        for word, text in self.pairs:
            if isinstance(text, TextTable):
                yield from ([(" " * first + line.text, "")] for line in text.lines(most - first))
                continue
            style = "yellow" if word == "Warning" else ""
            start, *more = wrapped(visible(text), most - first, map(visible, names))
            yield [(f"{word:<{first}}" if start else word, f"bold {style}"), (start, style)]
            yield from ([(" " * first + line, style)] for line in more)


def wrapped_lines(text: str, most: int, names: Iterable[str] = ()) -> Iterator[str]:
    """Wrap each line of a text."""
    for line in text.split("\n"):
        yield from wrapped(line, most, map(visible, names))


def table_lines(table: TextTable, most: int) -> Iterator[list[Span]]:
    """Give the lines of a table, a blank before each, the heads bold, and an empty line."""
    for line in table.lines(most - 1):
        yield [(f" {line.text}".rstrip(), STYLES.get(line.style, line.style))]
    yield []


def summary(lines: Iterable[Fact]) -> Facts:
    """Show facts as a bold word and a text that wraps beside it."""
    return Facts(tuple(lines))
