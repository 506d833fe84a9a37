"""What the command line prints: facts and tables, drawn with rich, as wide as the terminal.

Without a terminal (a pipe, a file) the output is 80 columns of plain text, or `COLUMNS`.
"""

from __future__ import annotations

import os
import sys
from math import isnan
from typing import TYPE_CHECKING, Any, NamedTuple

from rich import box
from rich.console import Console
from rich.table import Table

from glasslogit.core import odds_ratio
from glasslogit.errors import visible, visible_lines
from glasslogit.inputs import free_name
from glasslogit.pages import level_text, number
from glasslogit.tables.encoding import CategoryColumn, Encoding, LearnedColumn, NumberColumn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from glasslogit.trust import Explanation
    from glasslogit.trust.inference import Summary

MOST_CLASS_COLUMNS = 6  # more classes than this are too many for a column each
FOLDED = 8  # of a column with more levels than this, only so many are printed
INTERCEPT_PLACE = -1  # its place
MOST_NUMBERS = 40  # of more numeric columns than this, only so many are printed


class Effects(NamedTuple):
    """Coefficients of the features for each shown class, (d, c), and any intercepts, (c,)."""

    coef: NDArray[np.floating[Any]]
    intercept: NDArray[np.floating[Any]] | None
    titles: Sequence[str]  # (c,)
    rows: NDArray[np.intp]  # (d,) rows in which an indicator is 1
    spread: NDArray[np.floating[Any]]  # (d,) standard deviations
    summary: Summary | None = None  # of a single class


class Printer:
    """Prints on the output or the error stream; nothing of the user's table is read as markup."""

    def __init__(self, *, stderr: bool = False) -> None:
        self.stream = sys.stderr if stderr else sys.stdout
        self.console = Console(highlight=False, markup=False, emoji=False, stderr=stderr)

    def print(self, *things: object, style: str | None = None, wrap: bool = True) -> None:
        """Print texts or tables, without blanks at the ends of lines; `wrap` keeps to the width.

        If the reader has gone (`| head`), the rest of the output is dropped, not the work.
        """
        shown = [visible_lines(thing) if isinstance(thing, str) else thing for thing in things]
        with self.console.capture() as captured:
            self.console.print(*shown, style=style, soft_wrap=not wrap)
        try:
            self.stream.write("\n".join(line.rstrip() for line in captured.get().split("\n")))
            self.stream.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())


def rows(count: int, kind: str = "") -> str:
    """Say how many rows, of which kind.

    >>> rows(1), rows(2500, "held-out ")
    ('1 row', '2,500 held-out rows')
    """
    return f"{count:,} {kind}row{'' if count == 1 else 's'}"


def ratio(value: float) -> str:
    """Show an odds ratio; near 1, three digits of what it differs by, but six at most in all.

    >>> ratio(1.0), ratio(2.34567), ratio(0.99968), ratio(0.0123456), ratio(1 - 1e-15)
    ('1.000', '2.346', '0.999680', '0.01235', '1.00000')
    """
    if not 0.1 <= value < 10 or value == 1:
        return number(value)
    exponent = int(f"{abs(value - 1):e}".partition("e")[2])
    digits = max(3, 2 - exponent) + (1 if value >= 1 else 0)
    return f"{value:#.{min(6, digits)}g}"


def summary(lines: Iterable[tuple[str, str]]) -> Table:
    """Show facts as a bold word and a text that wraps beside it."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True, min_width=7)
    grid.add_column(overflow="fold")
    for word, text in lines:
        grid.add_row(word, visible(text), style="yellow" if word == "Warning" else "")
    return grid


def in_lines(word: str, text: str) -> Iterator[tuple[str, str]]:
    r"""Give the lines of a text as facts, the first with the word.

    >>> list(in_lines("Note", "first\nsecond"))
    [('Note', 'first'), ('', 'second')]
    """
    first, *others = text.split("\n")
    yield word, first
    yield from (("", line) for line in others)


def metrics(rows: Iterable[tuple[str, float, float, str]]) -> Table:
    """Show (name, value, what class shares alone reach, which direction is better)."""
    table = _table("measure", ("model", "right"), ("class shares alone", "right"), "better")
    for name, value, baseline, better in rows:
        _add(table, name, f"{value:.4f}", f"{baseline:.4f}", better)
    return table


def confusion(counts: NDArray[Any], classes: Sequence[str]) -> Table:
    """Show the confusion matrix (K, K), a row for each true class, with shares of the row.

    Of many classes only the diagonal is shown, and what each is most often taken for.
    """
    if len(classes) > MOST_CLASS_COLUMNS:
        return _confusion_list(counts, classes)
    table = _table("true class", *((f"predicted {name}", "right") for name in classes))
    for name, row in zip(classes, counts, strict=True):
        _add(table, name, *(_counted(count, row.sum()) for count in row))
    return table


def _confusion_list(counts: NDArray[Any], classes: Sequence[str]) -> Table:
    """Show for each class how many rows are right, and the class most often predicted instead."""
    table = _table("true class", ("rows", "right"), ("right", "right"), "most often taken for")
    for k, (name, row) in enumerate(zip(classes, counts, strict=True)):
        wrong = row.copy()
        wrong[k] = 0
        worst = int(wrong.argmax())
        other = f"{classes[worst]}: {_counted(wrong[worst], row.sum())}" if wrong[worst] else ""
        _add(table, name, f"{row.sum():,}", _counted(row[k], row.sum()), other)
    return table


def _counted(count: int, total: int) -> str:
    """Show a count with its share of a total."""
    return f"{count:,} ({count / max(1, total):.1%})"


def coefficients(encoding: Encoding, effects: Effects, *, every: bool) -> Table:
    """Show the coefficients column by column, the levels of a text column under its reference.

    For one class with odds ratios, and with errors and intervals where there is a summary. Of a
    column with many levels only those with the largest coefficients are shown, unless `every` is
    set; of many columns of numbers only those with the largest coefficients for one standard
    deviation.
    """
    single = len(effects.titles) == 1
    heads = ["coef", "odds ratio"] if single else list(effects.titles)
    if effects.summary is not None:
        heads[1:1] = ["std error", f"{level_text(effects.summary.level)} interval"]
    table = _table("feature", ("rows", "right"), *((head, "right") for head in heads))
    table.padding = (0, 1, 0, 0)
    blank = [""] * len(heads)
    if effects.intercept is not None:
        name = free_name("intercept", encoding.feature_names)
        _add(table, name, "", *_cells(effects, effects.intercept, INTERCEPT_PLACE))
    columns = _single_columns(encoding)
    numbers = _places_of_numbers(columns)
    sizes = (abs(effects.coef) * effects.spread[:, None]).max(axis=1)
    hidden = set() if every else _smaller(numbers, sizes, MOST_NUMBERS)
    place = 0
    for column in columns:
        if isinstance(column, NumberColumn):
            if place not in hidden:
                _add(table, column.name, "", *_cells(effects, effects.coef[place], place))
            if hidden and place == numbers[-1]:
                _add(table, f"… {len(hidden):,} smaller ones (--all)", style="dim")
            place += 1
            continue
        against = "" if column.reference is None else f" (against {column.reference})"
        _add(table, f"{column.name}{against}", "", *blank)
        _add_levels(table, column, place, effects, every=every)
        place += len(column.levels)
    return table


def _single_columns(encoding: Encoding) -> list[LearnedColumn]:
    """Return the columns, each feature that is no level as one of its own."""
    if encoding.formula is not None:
        return [NumberColumn(name) for name in encoding.feature_names]
    columns: list[LearnedColumn] = []
    for column in encoding.columns:
        numeric = isinstance(column, NumberColumn)
        columns += [NumberColumn(each) for each in column.feature_names] if numeric else [column]
    return columns


def _places_of_numbers(columns: Sequence[LearnedColumn]) -> list[int]:
    """Return the places, among the columns of X, of those that are numbers in the table."""
    kinds = [isinstance(column, NumberColumn) for column in columns for _ in column.feature_names]
    return [place for place, numeric in enumerate(kinds) if numeric]


def _smaller(places: Sequence[int], sizes: NDArray[np.floating[Any]], most: int) -> set[int]:
    """Return all but the `most` largest of the places; nothing to fold away a single one."""
    if len(places) <= most + 1:
        return set()
    return set(sorted(places, key=lambda j: -sizes[j])[most:])


def _add_levels(
    table: Table, column: CategoryColumn, start: int, effects: Effects, *, every: bool
) -> None:
    """Add a line for each level of a text column, in order; fold away the small ones of many."""
    places = range(start, start + len(column.levels))
    hidden = set() if every else _smaller(places, abs(effects.coef).max(axis=1), FOLDED)
    for level, j in zip(column.levels, places, strict=True):
        if j not in hidden:
            _add(table, f"  {level}", f"{effects.rows[j]:,}", *_cells(effects, effects.coef[j], j))
    if hidden:
        _add(table, f"  … {len(hidden):,} smaller ones (--all)", style="dim")


def _cells(effects: Effects, coef: NDArray[np.floating[Any]], place: int) -> list[str]:
    """Show the coefficients of one feature, and of a single class how sure, and the odds ratio."""
    cells = ["+" + number(value) if value > 0 else number(value) for value in coef.tolist()]
    if effects.summary is not None:
        known, j = effects.summary, place + int(effects.summary.intercept)
        error, *ends = (float(x[j]) for x in (known.std_error, known.ci_low, known.ci_high))
        both = " to ".join(number(end, 3) for end in ends)
        cells += [number(error), number(error) if isnan(error) else both]
    if len(effects.titles) == 1:
        odds = ratio(float(odds_ratio(coef.astype(float))[0]))
        cells.append("" if place == INTERCEPT_PLACE else odds)
    return cells


def explanation(why: Explanation) -> Table:
    """Show what each column adds to the log-odds, from the baseline to the row."""
    table = _table("column", ("value", "right"), ("mean", "right"), ("log-odds", "right"))
    names = [part.name for part in why.contributions]
    _add(table, free_name("at the mean", names), "", "", f"{why.baseline_margin:+.4f}")
    for part in why.contributions:
        cells = (
            text if isinstance(text, str) else number(text) for text in (part.value, part.baseline)
        )
        _add(table, part.name, *cells, f"{part.contribution:+.4f}")
    _add(table, free_name("sum", names), "", "", f"{why.margin:+.4f}", style="bold")
    return table


def _add(table: Table, *cells: str, style: str | None = None) -> None:
    """Add a row of cells, in which names and levels stand, to a table."""
    table.add_row(*map(visible, cells), style=style)


def _table(*heads: str | tuple[str, str]) -> Table:
    """Return an empty table with these heads; a head may come with its alignment."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for head in heads:
        title, side = (head, "left") if isinstance(head, str) else head
        table.add_column(
            visible(title), justify="right" if side == "right" else "left", overflow="fold"
        )
    return table
