"""Separation in words: the columns, the levels, the rows, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import Block, Floats, Pass
from glasslogit.errors import visible
from glasslogit.inputs import LARGEST_EXACT, free_name
from glasslogit.optimum.separation.dependence import Relation
from glasslogit.optimum.separation.inequalities import DirectionCheck
from glasslogit.pages import Page, Printable, Said, listed

INTERCEPT = "(Intercept)"


def with_intercept(names: Sequence[str]) -> tuple[str, ...]:
    """Give the names of the columns and of the intercept, which is called like none of them.

    >>> with_intercept(["a"]), with_intercept(["(Intercept)"])
    (('a', '(Intercept)'), ('(Intercept)', '(Intercept) (2)'))
    """
    return (*names, free_name(INTERCEPT, names))


SEPARATED = {"complete", "quasi-complete"}
PARTS_TOLD, ROWS_TOLD, CLASSES_SHOWN = 3, 5, 6  # of what separates, so much is named
COUNTS = 1e-8  # of a sum of weights, how far off a whole number it may be to be a count


@dataclass(frozen=True, eq=False, repr=False)
class LevelCounts(Printable):
    """Rows by the two values of a column (2,) and by class (K,): counts (2, K).

    Where weights count, trials or like rows, these `units` are counted: observations.
    """

    column: str
    values: tuple[float, ...]
    classes: tuple[str, ...]
    counts: NDArray[np.intp]
    units: str = "rows"

    def page(self) -> Page:
        """Give the counts as a table; the cell without rows is the one that separates."""
        return Page(
            f"{self.units} by {self.column}",
            [(f"{self.column} = {value:g}",) for value in self.values],
            {f"class {name}": self.counts[:, k] for k, name in enumerate(self.classes)},
        )


def level_counts(
    column: str, values: Sequence[float], classes: Sequence[str], numbers: Floats
) -> LevelCounts:
    """Give the table of the numbers (2, 2, K): rows, or what their weights count, if they do."""
    rows, weight = numbers[:, 0], numbers[:, 1]
    whole = weight.round()
    near = np.abs(weight - whole) <= COUNTS * np.maximum(whole, 1.0)
    counting = bool((near & (whole <= LARGEST_EXACT)).all())  # any larger float64 is whole
    units = "observations" if counting and (whole != rows).any() else "rows"
    shown = (whole if units == "observations" else rows).astype(np.intp)
    return LevelCounts(column, tuple(values), tuple(classes), shown, units)


class Levels(NamedTuple):
    """Answer of `Crosstab`: for each value of a column, rows and weight of each class, (2, K)."""

    counts: dict[float, Floats]


@dataclass(frozen=True, eq=False)
class Crosstab(Pass[Levels]):
    """Rows and their weight by the value of column j, if it has two at most, and by class."""

    unit: Floats  # (d+1, 1), 1 at the column
    classes: int

    def __call__(self, block: Block) -> Levels:
        """See `Pass`; three values stand for more."""
        there = block.take(np.flatnonzero(block.weight > 0))
        share = np.eye(self.classes)[there.y.astype(int)]
        if self.classes == 2:
            share = np.column_stack([1.0 - there.y, there.y])
        values, place = np.unique(there.product(self.unit)[:, 0], return_inverse=True)
        both = np.stack([share > 0, share * there.weight[:, None]], axis=1)  # (n, 2, K)
        counts = {
            value: both[place == k].sum(axis=0) for k, value in enumerate(values[:3].tolist())
        }
        return Levels(counts)

    def merge(self, one: Levels, other: Levels) -> Levels:
        """See `Pass.merge`."""
        counts = dict(one.counts)
        for value, count in other.counts.items():
            counts[value] = counts.get(value, 0) + count
        return Levels(dict(list(counts.items())[:3]))


@dataclass(frozen=True, eq=False, repr=False)
class Separation(Said):
    """Whether the classes are separated, by what, and what to do.

    `kind` is ``"none"``, ``"complete"``, ``"quasi-complete"``, or ``"undecided"`` where there
    is no sign of separation but no proof against it, for `hindrance`. `direction` (d+1, c), the
    intercept last, separates them and has few columns: `columns`. Along it `ahead` contrasts
    of a row's class with another gain, and none loses; `rows` are the first such rows.
    `infinite` (d+1, c) has ±inf for each coefficient without a finite estimate, else 0.
    `table` counts the rows of an indicator column that separates by itself. `proof` is
    ``"columns"`` (some of them separate alone),
    ``"balance"`` (the residuals of a fit), ``"programme"`` (a linear one) or ``"fit"`` (it puts
    every row ahead), or ``"inferred"`` where there was none. `call` is how the rows were given,
    for the remedies.
    """

    kind: str
    proof: str
    names: tuple[str, ...]
    classes: tuple[str, ...]
    direction: Floats
    infinite: Floats
    ahead: int = 0
    rows: tuple[int, ...] = ()
    table: LevelCounts | None = None
    hindrance: str = ""
    call: str = "X, y"

    def __bool__(self) -> bool:
        """Tell whether the classes are separated, as far as is known."""
        return self.kind in SEPARATED

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that together separate the classes; the intercept is not counted."""
        involved = np.flatnonzero(self.direction[:-1].any(axis=1))
        return tuple(self.names[j] for j in involved)

    @property
    def coefficients(self) -> dict[str, Any]:
        """The infinite coefficients by name: +inf or −inf; of several classes against the first."""
        found: dict[str, Any] = {}
        for j in np.flatnonzero(self.infinite.any(axis=1)):
            row, name = self.infinite[j], with_intercept(self.names)[j]
            by_class = {k: float(v) for k, v in zip(self.classes, row, strict=False) if v}
            found[name] = float(row[0]) if len(row) == 1 else by_class
        return found

    @property
    def few_counts(self) -> LevelCounts | None:
        """The table, if it has few classes, so that it can be shown beside other lines."""
        return self.table if len(self.classes) <= CLASSES_SHOWN else None

    @property
    def signs(self) -> str:
        """The infinite coefficients in a line, those of several classes against the first."""
        items = self.coefficients.items()
        return listed(
            (signed(item, self.classes[0]) for item in items),
            most=PARTS_TOLD if self.infinite.shape[1] == 1 else 1,
        )

    def __str__(self) -> str:
        """Say it in lines: what it means, what to do, and by what it is so."""
        if self.kind == "undecided":
            return f"no sign of separation, which is no proof: {self.hindrance}"
        if not self:
            return "the classes overlap: a finite optimum exists"
        lines = [
            f"the classes are separated ({self.kind}): no finite optimum without a penalty",
            "  what to do:",
            *(f"    {line}" for line in self.remedies),
            f"  by: {self.cause}",
        ]
        if self.kind == "quasi-complete" and self.coefficients:  # else all of them are
            lines.append(f"  infinite coefficients: {self.signs}")
        if self.rows:
            more = ", …" * (self.ahead > len(self.rows[:ROWS_TOLD]))
            lines.append(f"  rows on one side: {', '.join(map(str, self.rows[:ROWS_TOLD]))}{more}")
        if self.few_counts:
            lines += ["  " + line for line in str(self.few_counts).splitlines()]
        if self.proof == "inferred":
            lines.append(f"  inferred from the fit, not proved: {self.hindrance}")
        return "\n".join(lines)

    @property
    def cause(self) -> str:
        """The direction, as a sum of columns, for each class that it concerns."""
        if not self.columns:
            return "no column by itself"
        if self.direction.shape[1] == 1:
            return combination(self.direction[:-1, 0], self.names)
        shown = zip(self.classes, self.direction[:-1].T, strict=True)
        alike: dict[str, list[str]] = {}
        for k, w in shown:
            if w.any():
                alike.setdefault(combination(w, self.names), []).append(visible(k))
        words = ("class" if len(classes) == 1 else "classes" for classes in alike.values())
        causes = (
            f"{cause} for {word} {listed(classes, most=PARTS_TOLD)}"
            for word, (cause, classes) in zip(words, alike.items(), strict=True)
        )
        return listed(causes, "; ", most=1)

    @property
    def remedies(self) -> tuple[str, ...]:
        """Lines of code with what each does."""
        codes = {
            "LogisticRegression(C=1.0)": "a penalty; choose C by LogisticRegressionCV",
        }
        if self.call:
            codes = {f"firth({self.call})": "finite estimates and intervals for small data"} | codes
        wide = max(map(len, codes))
        lines = [f"{code:<{wide}}  # {why}" for code, why in codes.items()]
        if self.table:
            lines.append(f"drop {self.table.column!r}, or merge its level with a similar one")
        else:
            lines.append("drop the columns named, if they give the target away")
        return tuple(lines)


@dataclass(frozen=True, eq=False)
class Verdict:
    """What was found out of the classes: `kind` is none, complete, quasi-complete or undecided.

    `direction` (d+1, c) separates with few columns; `infinite` (d+1, c) is ±inf for each
    coefficient without a finite estimate. `relations` are columns that others explain. `hindrance`
    says why nothing was proved.
    """

    kind: str
    proof: str
    direction: Floats
    infinite: Floats
    relations: tuple[Relation, ...] = ()
    check: DirectionCheck | None = None
    levels: Levels | None = None
    hindrance: str = ""

    @property
    def separated(self) -> bool:
        """Tell whether there is no finite optimum."""
        return self.kind in SEPARATED

    def named(self, names: Sequence[str], classes: Sequence[str]) -> Separation:
        """Put it in the words of the data."""
        counts = self.levels.counts if self.levels else {}
        table = None
        if len(counts) == 2:
            column = names[int(self.direction[:-1].any(axis=1).argmax())]
            values = sorted(counts)
            table = level_counts(column, values, classes, np.array([counts[v] for v in values]))
        what = self.kind, self.proof, tuple(names), tuple(classes), self.direction, self.infinite
        if self.check is None:
            return Separation(*what, hindrance=self.hindrance)
        return Separation(*what, self.check.ahead, tuple(self.check.first), table)


def combination(w: Floats, names: tuple[str, ...]) -> str:
    """Write a sum of columns.

    >>> combination(np.array([1.0, 0.0, -0.5]), ("a", "b", "c"))
    '`a` − 0.5 `c`'
    """
    parts = []
    for value, name in zip(w.tolist(), names, strict=True):
        if value:
            size = "" if abs(value) == 1 else f"{abs(value):.6g} "
            parts.append(("− " if value < 0 else "+ ") + f"{size}`{visible(name)}`")
    return (
        listed(parts, " ", most=PARTS_TOLD)
        .removeprefix("+ ")
        .replace("− ", "−", parts[0][0] == "−")
    )


def signed(item: tuple[str, Any], first: str) -> str:
    """Write a coefficient that is infinite, of several classes against the first one."""
    name, value = visible(item[0]), item[1]
    if isinstance(value, dict):
        each = listed((f"{visible(k)}: {v:+.0f}" for k, v in value.items()), most=PARTS_TOLD)
        return f"`{name}` ({each}, against {visible(first)})"
    return f"`{name}` {value:+.0f}"
