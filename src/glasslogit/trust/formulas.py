"""One row of a table whose columns of X are the terms of a formula: its variables, and flips.

A term may hold several columns of the table, and a column may stand in several terms. So terms
of the same columns are added up, as one contribution, and a change of a column is followed
through all its terms, by encoding the row with other values.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum, inf
from typing import Any

import numpy as np

from glasslogit.core import Floats, make_block
from glasslogit.errors import TableError
from glasslogit.pages import compact
from glasslogit.tables import as_table
from glasslogit.tables.encoding import CategoryColumn, Encoding, Variables
from glasslogit.trust.terms import UNSEEN_FACTOR, Change, Contribution, Option, Ranges

POINTS = 65  # values tried between two others, round by round
REFINEMENTS = 5
DOUBLINGS = 20  # of a step away from the row, or from the range of the training rows
OVER = 1.0 + 1e-9  # a number that flips goes a little further than to the cut
FIRST_STEP = 1 / 64  # of the range, or of the value where no range is known

NumberLimits = Mapping[str, tuple[float, float]]  # of the numbers in the training rows


def limits_of(rows: Variables) -> NumberLimits:
    """Give the least and the largest of each number in some rows."""
    return {
        name: (float(np.nanmin(values)), float(np.nanmax(values)))
        for name, values in rows.values.items()
        if not isinstance(rows.column(name), CategoryColumn)
    }


@dataclass(frozen=True, eq=False)
class FormulaRow:
    """One row, and the limits of the numbers, None where they are not known."""

    row: Variables
    x: Floats  # (d,), the row of X
    limits: NumberLimits | None

    def value(self, name: str) -> Any:
        """Give the number or the level of a column."""
        column, value = self.row.column(name), self.row.values[name][0]
        if not isinstance(column, CategoryColumn):
            return float(value)
        return column.known[int(value) + (column.reference is not None)]

    def contributions(self, weights: Floats, ranges: Ranges) -> list[Contribution]:
        """Add up w·(x − mean) over the terms of the same columns of the table."""
        products = (weights * (self.x - ranges.mean)).tolist()
        places: dict[tuple[str, ...], list[int]] = {}
        for j, names in enumerate(self.row.encoding.sources):
            places.setdefault(names, []).append(j)
        features, found = self.row.encoding.feature_names, list[Contribution]()
        for names, which in places.items():
            single = names[0] if len(names) == 1 else ""
            value = ", ".join(compact(self.value(name)) for name in names)
            baseline: Any = "mix of values"
            if single in features:
                baseline = float(ranges.mean[features.index(single)])
            shown = self.value(single) if single else value
            total = fsum(products[j] for j in which)
            found.append(Contribution(" × ".join(names), shown, baseline, total))
        return found

    def smallest_change(self, weights: Floats, needed: float) -> Change | None:
        """Find the change of one column that moves the margin by `needed`, the least of its range.

        A change of level counts as the whole range of a number.
        """
        best, found = inf, None
        for name in self.row.values:
            is_category = isinstance(self.row.column(name), CategoryColumn)
            option = (self._level if is_category else self._number)(name, weights, needed)
            if option is not None and option[0] < best:
                best, found = option[0], Change(name, self.value(name), *option[1:])
        return found

    def outside(self) -> tuple[str, ...] | None:
        """Name the numbers that are below the least or above the largest known."""
        if self.limits is None:
            return None
        return tuple(
            name for name, (low, high) in self.limits.items() if not low <= self.value(name) <= high
        )

    def moves(self, name: str, values: Any, weights: Floats) -> Floats:
        """Give what other values of a column do to the margin, NaN where they have no terms."""
        values = np.asarray(values)
        many = {key: np.repeat(each, len(values)) for key, each in self.row.values.items()}
        rows = np.repeat(self.row.rows, len(values))
        many[name] = values
        try:
            X = self.row.encoding.features(self.row.table, many, rows)
        except TableError:  # a spline beyond its range, a logarithm of 0
            if len(values) == 1:
                return np.array([np.nan])
            return np.concatenate(
                [self.moves(name, values[[i]], weights) for i in range(len(values))]
            )
        unused = np.zeros(len(X))
        block = make_block(X - self.x, unused, unused, unused[:, None])
        return block.product(np.append(weights, 0.0)[:, None])[:, 0]

    def _level(self, name: str, weights: Floats, needed: float) -> Option | None:
        """Give the level that just moves the margin by `needed` or more."""
        column = self.row.column(name)
        first = 0 if getattr(column, "reference", None) is None else -1
        levels = getattr(column, "known", ())
        moved = self.moves(name, first + np.arange(len(levels)), weights) * np.sign(needed)
        enough = np.where(moved >= abs(needed), moved, np.inf)
        k = int(enough.argmin())
        return (1.0, levels[k], True) if np.isfinite(enough[k]) else None

    def _number(self, name: str, weights: Floats, needed: float) -> Option | None:
        """Give the nearest number that moves the margin by `needed`, within the range first."""
        now = self.value(name)
        low, high = (self.limits or {}).get(name, (now, now))
        width = high - low
        if width > 0:
            inside = np.linspace(low, high, 4 * POINTS)
            to = self._nearest(name, weights, needed, (inside, now))
            if to is not None:
                return abs(to - now) / width, to, True
        step = (width or abs(now) or 1.0) * FIRST_STEP
        away = step * 2.0 ** np.arange(DOUBLINGS)
        beyond = np.concatenate([min(low, now) - away[::-1], [now], max(high, now) + away])
        to = self._nearest(name, weights, needed, (beyond, now))
        if to is None:
            return None
        size = abs(to - now) / width * UNSEEN_FACTOR if width > 0 else abs(to - now)
        return size, to, False if self.limits else None

    def _nearest(
        self, name: str, weights: Floats, needed: float, tried: tuple[Floats, float]
    ) -> float | None:
        """Give the value nearest to the row's that moves the margin by `needed`, or None."""
        values, now = np.unique(np.append(*tried)), tried[1]
        for _ in range(REFINEMENTS):
            moved = self.moves(name, values, weights) * np.sign(needed)
            enough = np.flatnonzero(moved >= abs(needed) * OVER)
            if not enough.size:
                return None
            k = int(enough[np.abs(values[enough] - now).argmin()])
            nearer = k - 1 if abs(values[k - 1] - now) < abs(values[k] - now) else k + 1
            if np.isnan(moved[nearer]):
                break
            values = np.linspace(values[nearer], values[k], POINTS)
            k = POINTS - 1
        return float(values[k])


def formula_row(encoding: Encoding, row: Any, X: Any, place: int = 0) -> FormulaRow:
    """Read a row of a table, and the limits of X, the training rows, if they are given."""
    limits = None
    if X is not None:
        rows = as_table(X)
        complete = np.flatnonzero(~encoding.encode(rows).incomplete)
        limits = limits_of(Variables.of(encoding, rows, complete))
    variables = Variables.of(encoding, as_table(row), np.array([place]))
    return FormulaRow(variables, variables.features()[0], limits)
