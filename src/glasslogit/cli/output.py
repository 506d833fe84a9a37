"""What the command line prints: facts and tables, and the words and numbers in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glasslogit.cli.printer import Printer, summary
from glasslogit.errors import visible
from glasslogit.pages import (
    TextTable,
    cut_apart,
    decimals,
    how_many,
    per_cent,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from glasslogit.cli.printer import Fact
    from glasslogit.pages import Page, Printable
    from glasslogit.solvers import Progress

__all__ = [
    "Printer",
    "compared_measures",
    "confusion",
    "counting",
    "counts",
    "how_far",
    "in_lines",
    "metrics",
    "result_table",
    "rows",
    "summary",
]

MOST_CLASS_COLUMNS = 6  # more classes than this are too many for a column each
NAME_AS_VALUE = 28  # cells of a name that stands before a count


def how_far(progress: Progress) -> str:
    """Say how far a fit is."""
    return f"step {progress.step}, {progress.violation:.2g} standard errors from the optimum"


def rows(count: int, kind: str = "") -> str:
    """Say how many rows, of which kind.

    >>> rows(1), rows(2500, "held-out ")
    ('1 row', '2,500 held-out rows')
    """
    return how_many(count, f"{kind}row")


def counting(said: str, count: int, weight: NDArray[Any] | None, *, trials: bool = False) -> str:
    """Say of rows how much they count together, where that is not one each.

    >>> import numpy as np
    >>> weight = np.array([1.5, 30.0])
    >>> counting("2 held-out rows", 2, weight), counting("2 rows", 2, 2 * weight, trials=True)
    ('2 held-out rows that weigh 31.5', '2 rows with 63 trials')
    >>> counting("1 row", 1, weight[1:]), counting("2 rows", 2, None)
    ('1 row that weighs 30', '2 rows')
    """
    total = count if weight is None else float(weight.sum())
    if total == count:
        return said
    if trials:
        return f"{said} with {how_many(round(total), 'trial')}"
    return f"{said} that {'weighs' if count == 1 else 'weigh'} {total:,.10g}"


def in_lines(word: str, text: str) -> Iterator[tuple[str, str]]:
    r"""Give the lines of a text as facts, the first with the word.

    >>> list(in_lines("Note", "first\nsecond"))
    [('Note', 'first'), ('', 'second')]
    """
    first, *others = text.split("\n")
    yield word, first
    yield from (("", line) for line in others)


def metrics(rows: Iterable[tuple[str, float, float, str]]) -> TextTable:
    """Show (name, value, what class shares alone reach, which direction is better)."""
    heads = ["model", "class shares alone", "better if"]
    table = TextTable("measure", heads, left=frozenset({2}))
    for name, value, baseline, better in rows:
        table.add(name, decimals(value), decimals(baseline), better)
    return table


def confusion(counts: NDArray[Any], classes: Sequence[str]) -> TextTable:
    """Show the confusion matrix (K, K), a row for each true class, with shares of the row.

    Of many classes only the diagonal is shown, and what each is most often taken for.
    """
    if len(classes) > MOST_CLASS_COLUMNS:
        return _confusion_list(counts, classes)
    names = [visible(name) for name in classes]
    table = TextTable("true class", [f"predicted {name}" for name in names])
    for name, row in zip(names, counts, strict=True):
        table.add(name, *(_counted(count, row.sum()) for count in row))
    return table


def _confusion_list(counts: NDArray[Any], classes: Sequence[str]) -> TextTable:
    """Show for each class how many rows are right, and the class most often predicted instead."""
    names = [visible(name) for name in classes]
    table = TextTable("true class", ["rows", "right", "most often taken for"], left=frozenset({2}))
    short = cut_apart(names, NAME_AS_VALUE)
    for k, (name, row) in enumerate(zip(names, counts, strict=True)):
        wrong = row.copy()
        wrong[k] = 0
        worst = int(wrong.argmax())
        other = f"{short[worst]}: {_counted(wrong[worst], row.sum())}" if wrong[worst] else ""
        table.add(name, f"{row.sum():,.10g}", _counted(row[k], row.sum()), other)
    return table


def _counted(count: int, total: int) -> str:
    """Show a count with its share of a total; of a total of nothing there is no share.

    >>> _counted(3, 8), _counted(0, 0)
    ('3 (37.5%)', '0 (–)')
    """
    return f"{count:,.10g} ({per_cent(count / total) if total else '–'})"


def result_table(page: Page, title: str) -> TextTable:
    """Show the table of a result; long texts that stand where values do may be cut."""
    texts = (
        j
        for j, column in enumerate(page.columns.values())
        if any(isinstance(value, str) for value in column)
    )
    table = TextTable(title, page.heads(), names=frozenset(texts))
    for label, row in zip(page.labels(), page.cells(), strict=True):
        table.add("".join(label), *row)
    return table


def counts(table: Printable) -> Iterator[Fact]:
    """Show the rows of each class by the values of a column, below what is counted."""
    page = table.page()
    yield "", page.title
    yield "", result_table(page, "")


def compared_measures(page: Page) -> TextTable:
    """Show the measures of two models, without the lines below the table."""
    return page.table()
