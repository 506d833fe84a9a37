"""What the command line prints: facts and tables, and the words and numbers in them."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any, NamedTuple

from glasslogit.cli.printer import Printer, summary
from glasslogit.core import odds_ratio
from glasslogit.errors import visible
from glasslogit.inputs import free_name
from glasslogit.pages import (
    TextTable,
    cell,
    cut_apart,
    decimals,
    how_many,
    level_text,
    number,
    per_cent,
)
from glasslogit.tables.encoding import CategoryColumn, Encoding, LearnedColumn, NumberColumn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from glasslogit.cli.estimates import Estimates
    from glasslogit.cli.printer import Fact
    from glasslogit.pages import Page, Printable
    from glasslogit.solvers import Progress
    from glasslogit.trust.inference import Summary

__all__ = [
    "Effects",
    "Printer",
    "coefficients",
    "confusion",
    "counts",
    "how_far",
    "in_lines",
    "metrics",
    "page_table",
    "ratio",
    "result_table",
    "rows",
    "summary",
]

MOST_CLASS_COLUMNS = 6  # more classes than this are too many for a column each
FOLDED = 8  # of a column with more levels than this, only so many are printed
INTERCEPT_PLACE = -1  # its place
NAME_AS_VALUE = 18  # cells of a name that stands where values do
MOST_NUMBERS = 40  # of more numeric columns than this, only so many are printed


class Effects(NamedTuple):
    """Coefficients of the features for each shown class, (d, c), and any intercepts, (c,)."""

    coef: NDArray[np.floating[Any]]
    intercept: NDArray[np.floating[Any]] | None
    titles: Sequence[str]  # (c,)
    rows: NDArray[np.intp]  # (d,) rows in which an indicator is 1
    spread: NDArray[np.floating[Any]]  # (d,) standard deviations
    summary: Summary | Estimates | None = None  # of a single class


def how_far(progress: Progress) -> str:
    """Say how far a fit is."""
    return f"step {progress.step}, {progress.violation:.2g} standard errors from the optimum"


def rows(count: int, kind: str = "") -> str:
    """Say how many rows, of which kind.

    >>> rows(1), rows(2500, "held-out ")
    ('1 row', '2,500 held-out rows')
    """
    return how_many(count, f"{kind}row")


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
    table = TextTable("measure", ["model", "class shares alone", "better"], left=frozenset({2}))
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
    """Show a count with its share of a total."""
    return f"{count:,.10g} ({per_cent(count / max(1, total))})"


def result_table(page: Page, title: str) -> TextTable:
    """Show the table of a result; long texts that stand where values do are cut."""
    cells, table = page.cells(), TextTable(title, page.heads())
    texts = list(dict.fromkeys(text for row in cells for text in row))
    short = dict(zip(texts, cut_apart(texts, NAME_AS_VALUE), strict=True))
    for label, row in zip(page.labels(), cells, strict=True):
        table.add("".join(label), *(short[text] for text in row))
    return table


def counts(table: Printable) -> Iterator[Fact]:
    """Show the rows of each class by the values of a column, below what is counted."""
    page = table.page()
    yield "", page.title
    yield "", result_table(page, "")


def page_table(page: Page) -> TextTable:
    """Show the table of a result, without the lines below it."""
    shown = page.heads()[: page.narrow]
    table = TextTable("", shown)
    for label, row in zip(page.labels(), page.cells(), strict=True):
        table.add(" ".join(label), *row[: len(shown)])
    return table


def coefficients(encoding: Encoding, effects: Effects, *, every: bool) -> TextTable:
    """Show the coefficients column by column, the levels of a text column under its reference.

    For one class with odds ratios, and with errors and intervals where there is a summary. Of a
    column with many levels only those with the largest coefficients are shown, unless `every` is
    set; of many columns of numbers only those with the largest coefficients for one standard
    deviation.
    """
    single = len(effects.titles) == 1
    heads = ["coef", "odds ratio"] if single else list(effects.titles)
    if effects.summary is not None:
        heads[1:1] = ["std error", f"{level_text(effects.summary.level)} interval", "p-value"]
    table = TextTable("feature", ["rows", *map(visible, heads)])
    if effects.intercept is not None:
        name = free_name("intercept", encoding.feature_names)
        table.add(visible(name), "", *_cells(effects, effects.intercept, INTERCEPT_PLACE))
    columns = _single_columns(encoding)
    numbers = _places_of_numbers(columns)
    sizes = (abs(effects.coef) * effects.spread[:, None]).max(axis=1)
    hidden = set() if every else _smaller(numbers, sizes, MOST_NUMBERS)
    place = 0
    for column in columns:
        if isinstance(column, NumberColumn):
            if place not in hidden:
                table.add(visible(column.name), "", *_cells(effects, effects.coef[place], place))
            if hidden and place == numbers[-1]:
                table.add(f"… {len(hidden):,} smaller ones (--all)", style="dim")
            place += 1
            continue
        against = "" if column.reference is None else f" (against {column.reference})"
        table.add(visible(f"{column.name}{against}"))
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
    table: TextTable, column: CategoryColumn, start: int, effects: Effects, *, every: bool
) -> None:
    """Add a line for each level of a text column, in order; fold away the small ones of many."""
    places = range(start, start + len(column.levels))
    hidden = set() if every else _smaller(places, abs(effects.coef).max(axis=1), FOLDED)
    for level, j in zip(column.levels, places, strict=True):
        if j not in hidden:
            table.add(
                f"  {visible(level)}", f"{effects.rows[j]:,}", *_cells(effects, effects.coef[j], j)
            )
    if hidden:
        table.add(f"  … {len(hidden):,} smaller ones (--all)", style="dim")


def _cells(effects: Effects, coef: NDArray[np.floating[Any]], place: int) -> list[str]:
    """Show the coefficients of one feature, and of a single class how sure, and the odds ratio."""
    cells = ["+" + number(value) if value > 0 else number(value) for value in coef.tolist()]
    if effects.summary is not None:
        known, j = effects.summary, place + int(effects.summary.intercept)
        error, *ends = (float(x[j]) for x in (known.std_error, known.ci_low, known.ci_high))
        both = " to ".join(number(end, 3) for end in ends)
        p = float(known.p_value[j])
        cells += [number(error), number(error) if isnan(error) else both]
        cells.append("" if isnan(p) else cell("p_value", p))
    if len(effects.titles) == 1:
        odds = ratio(float(odds_ratio(coef.astype(float))[0]))
        cells.append("" if place == INTERCEPT_PLACE else odds)
    return cells
