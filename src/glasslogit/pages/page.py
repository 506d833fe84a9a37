"""A table with a title, facts and notes, as text, HTML, LaTeX and a pandas DataFrame."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glasslogit.errors import MissingExtraError, visible
from glasslogit.pages.digits import NONE, as_typed, decimals, how_many, number, ratio
from glasslogit.pages.text_table import TextTable

LATEX = str.maketrans(
    {c: "\\" + c for c in "&%$#_{}"}
    | {c: f"{{{c}}}" for c in "[*"}  # which after the end of a row would belong to it
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)
BETWEEN = " · "  # the parts of a label, in text
INDENT, WIDE_INDENT = "  ", "\u2003"  # of what stands under a heading, in text and in HTML
UNBROKEN = 2**31  # cells of a line that is as long as it has to be
LOGARITHM_OF = {"odds_ratio": "coef", "odds_ratio_low": "ci_low", "odds_ratio_high": "ci_high"}
P_VALUES = ("p_value",)
LEAST_P = 1e-4  # a p-value is never shown as 0


def labels_of(terms: Sequence[str], classes: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Label the rows of a table that comes class by class: (term,), or with several (class, term).

    >>> labels_of(["x", "x"], ["b", "c"])
    [('b', 'x'), ('c', 'x')]
    """
    if len(classes) == 1:
        return [(term,) for term in terms]
    each = len(terms) // len(classes)
    return [(classes[i // each], term) for i, term in enumerate(terms)]


@dataclass(frozen=True, eq=False)
class Page:
    """Columns (m,) by name, a label for each row, and the lines above and below.

    Columns hold numbers, texts or None, for an empty cell. Of numbers four digits are shown, or
    what `formats` says for the column, and a dash for one that there is not (NaN); every digit is
    kept in the DataFrame. As text only the first `narrow` columns are shown, so that they fit into
    a line. Of more rows than `most` the first and the last are shown, but for the DataFrame, which
    has all. Names and levels are shown as `visible` shows them, but for the DataFrame, which holds
    them as they are.

    With an `outline` a row stands, in text and HTML, under headings: (heading, …, name) for each
    row, a heading being written where it is not that of the row above. Rows in `folded` are not
    shown there; below the others under their heading a line counts them, and ends with `rest`.

    >>> import numpy as np
    >>> page = Page("A table", [("age",)], {"coef": np.array([0.5])}, ("1 row",), ("a note",))
    >>> print(page.text())
    A table
           coef
    age  0.5000
    1 row
    Note: a note
    """

    title: str
    index: list[tuple[Any, ...]]
    columns: Mapping[str, Sequence[Any] | NDArray[Any]]
    facts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    most: int | None = None
    narrow: int | None = None
    formats: Mapping[str, str | Callable[[float], str]] = field(default_factory=dict)
    outline: Sequence[tuple[str, ...]] = ()
    folded: frozenset[int] = frozenset()
    rest: str = ""

    @property
    def depth(self) -> int:
        """The number of parts that the label of a row has."""
        return len(self.index[0]) if self.index else 1

    def heads(self) -> list[str]:
        """Give the names of the columns as texts."""
        return list(map(visible, self.columns))

    def labels(self) -> list[list[str]]:
        """Give the parts of the labels as texts, row by row."""
        return self._shortened(
            [[visible(as_typed(part)) for part in label] for label in self.index]
        )

    def cells(self) -> list[list[str]]:
        """Give the columns as texts, row by row."""
        shown = [
            [visible(text) for text in self._texts(name, column)]
            for name, column in self.columns.items()
        ]
        return self._shortened([list(row) for row in zip(*shown, strict=True)])

    def _texts(self, name: str, column: Sequence[Any] | NDArray[Any]) -> Iterator[str]:
        """Give the cells of a column as texts; of ratios, by their logarithms in another one."""
        if name in LOGARITHM_OF:
            return map(ratio, column, self.columns[LOGARITHM_OF[name]])
        return (cell(name, value, self.formats.get(name)) for value in column)

    def _shortened(self, rows: list[list[str]]) -> list[list[str]]:
        """Leave out the rows in the middle of many, and put one of dots in their place."""
        if self.most is None or len(rows) <= self.most:
            return rows
        half = self.most // 2
        return [*rows[:half], ["…"] * len(rows[0]), *rows[-half:]]

    def below(self) -> list[str]:
        """Give the lines below the table."""
        return list(map(visible, [*self.facts, *(f"Note: {note}" for note in self.notes)]))

    def text(self) -> str:
        """Give the table as plain text, the columns aligned on the right."""
        return "\n".join([visible(self.title), *self._lines(), *self.below()])

    def table(self, title: str = "", heads: Mapping[str, str] | None = None) -> TextTable:
        """Lay the table out as text; `heads` names the columns to show, and what they are called.

        By default they are the first `narrow`, by their own names.
        """
        names = [*self.columns]
        shown = heads or {name: name for name in names[: self.narrow]}
        places = [names.index(name) for name in shown]
        table = TextTable(title, [*map(visible, shown.values())])
        for depth, name, row, style in self._told():
            values = [] if row is None else [row[j] for j in places]
            table.add(INDENT * depth + name, *values, style=style)
        return table

    def _told(self) -> Iterator[tuple[int, str, list[str] | None, str]]:
        """Give the rows as (depth, name, cells, style); headings and remarks have no cells."""
        cells = self.cells()
        if not self.outline:
            for label, row in zip(self.labels(), cells, strict=True):
                yield 0, BETWEEN.join(unmistakable(label)), row, ""
            return
        last = {path[:-1]: i for i, path in enumerate(self.outline)}
        hidden = Counter(self.outline[i][:-1] for i in self.folded)
        above: tuple[str, ...] = ()
        for i, (path, row) in enumerate(zip(self.outline, cells, strict=True)):
            *headings, name = map(visible, path)
            for depth, heading in enumerate(headings):
                if path[: depth + 1] != above[: depth + 1]:
                    yield depth, heading, None, ""
            above = path[:-1]
            if i not in self.folded:
                yield len(headings), name, row, ""
            if hidden[above] and last[above] == i:
                rest = f"… {how_many(hidden[above], 'smaller one')}{self.rest}"
                yield len(headings), rest, None, "dim"

    def _lines(self) -> list[str]:
        """Give the heads and the rows, if there are any, under each other."""
        lines = self.table().lines(UNBROKEN) if self.index else []
        return [line.text for line in lines if line.style != "rule"]

    def html(self) -> str:
        """Give the table as an HTML table with a caption, the notes in its foot."""
        from html import escape  # noqa: PLC0415  a fit imports this file and draws no table

        names = self.heads()
        head = "<th></th>" * self.depth + "".join(f"<th>{escape(name)}</th>" for name in names)
        rows = []
        for left, row in self._on_the_left():
            heads = "".join(f"<th>{escape(part)}</th>" for part in left)
            rows.append(f"<tr>{heads}{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>")
        span = len(names) + self.depth
        foot = "".join(
            f'<tr><td colspan="{span}">{escape(line)}</td></tr>' for line in self.below()
        )
        return (
            f"<table><caption>{escape(visible(self.title))}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
            f"<tfoot>{foot}</tfoot></table>"
        )

    def _on_the_left(self) -> Iterator[tuple[list[str], list[str]]]:
        """Give the parts of the labels and the cells as HTML has them: indents are wide spaces."""
        if not self.outline:
            yield from zip(self.labels(), self.cells(), strict=True)
            return
        blank = [""] * (self.depth - 1)
        for depth, name, row, _ in self._told():
            yield [WIDE_INDENT * depth + name, *blank], row or [""] * len(self.columns)

    def latex(self) -> str:
        """Give the table as a LaTeX tabular; the title, facts and notes are comments."""
        names, left = self.heads(), self.depth
        head = " & ".join([*[""] * left, *(name.translate(LATEX) for name in names)])
        rows = []
        for label, row in zip(self.labels(), self.cells(), strict=True):
            rows.append(" & ".join(part.translate(LATEX) for part in [*label, *row]) + r" \\")
        lines = map(visible, [self.title, *self.facts, *self.notes])
        return "\n".join(
            [
                *(f"% {line}" for line in lines),
                rf"\begin{{tabular}}{{{'l' * left}{'r' * len(names)}}}",
                r"\hline",
                head + r" \\",
                r"\hline",
                *rows,
                r"\hline",
                r"\end{tabular}",
            ]
        )

    def frame(self) -> Any:
        """Give the columns as a pandas DataFrame, every digit kept."""
        try:
            import pandas as pd  # noqa: PLC0415  an extra, imported where it is used
        except ImportError:
            raise MissingExtraError("pandas", "stats") from None
        labels = [label[0] for label in self.index]
        index = pd.MultiIndex.from_tuples(self.index) if self.depth > 1 else pd.Index(labels)
        return pd.DataFrame(dict(self.columns), index=index)


class Printable(ABC):
    """Gives a result that can be shown as a `Page` its texts and tables."""

    @abstractmethod
    def page(self) -> Page:
        """Give the result as a table with a title, facts and notes."""

    def to_frame(self) -> Any:
        """Give the table as a pandas DataFrame: a row for each line of the table.

        Raises `MissingExtraError` where pandas is not installed.
        """
        return self.page().frame()

    def to_html(self) -> str:
        """Give the table as HTML, with the facts and notes below it."""
        return self.page().html()

    def to_latex(self) -> str:
        """Give the table as a LaTeX tabular, with the facts and notes as comments."""
        return self.page().latex()

    def _repr_html_(self) -> str:
        return self.page().html()

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return self.page().text()


def unmistakable(parts: list[str]) -> list[str]:
    """Quote, of the parts of a label, those that could be taken for two.

    >>> print(*unmistakable(["yes", "yes · age"]), sep=" · ")
    yes · 'yes · age'
    """
    return [repr(part) if BETWEEN in part and len(parts) > 1 else part for part in parts]


def cell(name: str, value: Any, form: str | Callable[[float], str] | None = None) -> str:
    """Show four digits, or as `form` says; of a p-value four decimals; a text as it is.

    >>> cell("coef", 0.123456), cell("p_value", 0.02534), cell("p_value", 1e-9)
    ('0.1235', '0.0253', '<0.0001')
    >>> cell("p_value", 0.99996)
    '>0.9999'
    >>> cell("rows", 1234), cell("gain", 0.5, "+.3f"), cell("town", "Ghent"), cell("town", None)
    ('1,234', '+0.500', 'Ghent', '')
    >>> cell("std_error", float("nan")), cell("coef", float("inf"))
    ('–', 'inf')
    """
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool | np.bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int | np.integer) else decimal_cell(name, value, form)


def decimal_cell(name: str, value: float, form: str | Callable[[float], str] | None) -> str:
    """Show a number that is none of a count."""
    if np.isnan(value):
        return NONE
    if name in P_VALUES:
        return f"<{LEAST_P:.4f}" if value < LEAST_P else decimals(value)
    if isinstance(form, str):
        return f"{value:{form}}"
    return (form or number)(value)
