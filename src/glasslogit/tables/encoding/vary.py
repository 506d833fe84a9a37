"""How the columns of X follow a column of the table: by differences through the encoding.

The columns x, x², bs(x, 4) and x·plan of X all follow from one column x of the table. How they
move with it is found by giving the table other values and encoding them: for a category one
table for each level, for a number a derivative by differences of five points,

    f′(x) ≈ (f(x − 2h) − 8f(x − h) + 8f(x + h) − f(x + 2h)) / 12h        inside the range
    f′(x) ≈ (−25f(x) + 48f(x + h) − 36f(x + 2h) + 16f(x + 3h) − 3f(x + 4h)) / 12h   at its ends

(Abramowitz & Stegun, "Handbook of mathematical functions", 1964, table 25.2). No value leaves the
range of the rows, where a logarithm or a spline may have no value. Of several h, by the range
and by the size of x, each entry takes the one where halving it changes least.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.tables.encoding.columns import CategoryColumn, LearnedColumn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from glasslogit.tables.encoding.encode import Encoding
    from glasslogit.tables.table import Table

    Floats = NDArray[np.float64]

INSIDE = ((-2, 1.0), (-1, -8.0), (1, 8.0), (2, -1.0))  # places in h, and what they count
UPWARD = ((1, 48.0), (2, -36.0), (3, 16.0), (4, -3.0))  # beside f(x), which is taken off all
DIFFERENCE_STEPS = (1e-3, 1e-4)  # h as a share of the range, and of the size of x


@dataclass(frozen=True, eq=False)
class Variables:
    """Complete rows of a table as an encoding has read them, by column of the table.

    `values` (n,) of a number are its numbers, of a category the places of its levels: −1 is the
    reference, k the k-th of the other levels.
    """

    encoding: Encoding
    table: Table
    rows: NDArray[np.intp]  # (n,), places in the table
    values: Mapping[str, NDArray[Any]]
    among: Mapping[str, NDArray[Any]]  # values of the rows whose range is not left

    @staticmethod
    def of(encoding: Encoding, table: Table, rows: NDArray[np.intp]) -> Variables:
        """Read some complete rows of a table."""
        read = encoding.judge(table).values
        values = {name: every[rows] for name, every in read.items()}
        return Variables(encoding, table, rows, values, values)

    def column(self, name: str) -> LearnedColumn:
        """Give what was learned of a column."""
        return next(column for column in self.encoding.columns if column.name == name)

    def features(self, **changed: Any) -> Floats:
        """Encode the rows, (n, d), some columns having other values."""
        values = {**self.values, **changed}
        return self.encoding.rules.features(self.table, values, self.rows)

    def one(self, values: Mapping[str, Any]) -> Variables:
        """Give a single row of these values, within the range of the rows."""
        single = {name: np.array([value]) for name, value in values.items()}
        return Variables(self.encoding, self.table, self.rows[:1], single, self.among)

    def levels(self, name: str) -> Iterator[tuple[str, Floats]]:
        """Yield each level of a category, the first or the reference first, with its rows of X."""
        column = self.column(name)
        if not isinstance(column, CategoryColumn):
            raise TypeError(f"column {name!r} is no category")
        first = 0 if column.reference is None else -1
        for k, level in enumerate(column.known):
            yield level, self.features(**{name: np.full(len(self.rows), first + k)})

    def derivative(self, name: str) -> Floats:
        """Give ∂X/∂x of a number x, (n, d); 0 in rows where it is missing."""
        x = np.asarray(self.values[name], np.float64)
        known = ~np.isnan(x)
        if self.encoding.formula is None:
            place = self.encoding.feature_names.index(name)
            slope = np.zeros((len(x), len(self.encoding.feature_names)))
            slope[known, place] = 1.0
            return slope
        spread = float(np.ptp(self.among[name])) or max(abs(float(x[0])), 1.0)
        here = self.features()
        best, doubt = np.zeros_like(here), np.full(here.shape, np.inf)
        for unit in (np.full(len(x), spread), np.minimum(np.abs(x), spread)):
            first, second = (self._difference(name, x, share * unit) for share in DIFFERENCE_STEPS)
            apart = np.abs(second - first)
            better = np.isfinite(apart) & (apart < doubt)
            best, doubt = np.where(better, second, best), np.where(better, apart, doubt)
        return best

    def _difference(self, name: str, x: Floats, h: Floats) -> Floats:
        """Give the derivative by steps of h (n,), within the range of x where there is one."""
        low, high, here = self.among[name].min(), self.among[name].max(), self.features()
        h = np.where((x + 2.0 * h > high) & (low < high), -h, h)
        h = (x + h) - x  # what is added in floating point
        away = 2.0 * np.abs(h)
        inside = ((x - away >= low) & (x + away <= high)) | (low == high)
        total = np.zeros_like(here)
        for (place, count), (upward, other) in zip(INSIDE, UPWARD, strict=True):
            moved = self.features(**{name: x + h * np.where(inside, place, upward)}) - here
            total += np.where(inside, count, other)[:, None] * moved
        with np.errstate(divide="ignore", invalid="ignore"):
            return total / (12.0 * h[:, None])
