"""One row of a table whose columns of X are the terms of a formula: its variables, and flips.

A term may hold several columns of the table, and a column may stand in several terms. So terms
of the same columns are added up, as one contribution, and a change of a column is followed
through all its terms, by encoding the row with other values.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import fsum
from typing import Any

import numpy as np

from glasslogit.core import Floats, make_block
from glasslogit.errors import TableError
from glasslogit.inputs import free_name
from glasslogit.pages import as_typed
from glasslogit.tables import Table, as_table
from glasslogit.tables.encoding import CategoryColumn, Encoding, NumberColumn, Variables
from glasslogit.trust.contest import ExplainedRow
from glasslogit.trust.flips import Change, Flip, NumberRange, mean_date, numbers_of, written
from glasslogit.trust.terms import ColumnTerms, Contribution, Ranges, RowInTerms, terms_of

# A formula may bend, and be encoded at a cost for each call and little for each row. So many values
# are tried at once: 260 within the range, 26 in each piece of a spline of ten, and then 65 between
# the two where the decision flips. Five rounds find the place to 2⁻³⁰ of their distance, nine
# digits. Where no range is known the steps double, from 1/64 of the value to 8,192 times it.
POINTS, REFINEMENTS = 65, 5
DOUBLINGS, FIRST_STEP = 20, 1 / 64


@dataclass(frozen=True, eq=False)
class FormulaTerms(RowInTerms):
    """A row whose terms are a formula's, and what is known of the numbers, None if nothing.

    `written` are the values that are to be shown as they are written in the table, and `dates`
    what is known of the columns of dates.
    """

    row: Variables
    x: Floats  # (d,), the row of X
    numbers: Mapping[str, NumberRange] | None
    written: Mapping[str, str]
    dates: Mapping[str, NumberRange]

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
        called = {names[0] for names in places if len(names) == 1}
        for names, which in places.items():
            single = names[0] if len(names) == 1 else ""
            value = ", ".join(as_typed(self.value(name)) for name in names)
            baseline: Any = "mix of values"
            if single in features:
                baseline = float(ranges.mean[features.index(single)])
            if single in features and single in self.dates:
                baseline = mean_date(baseline, self.dates[single])
            shown = self.written.get(single, self.value(single)) if single else value
            total = fsum(products[j] for j in which)
            name = single or free_name(" × ".join(names), called)
            called.add(name)
            found.append(Contribution(name, shown, baseline, total))
        return found

    def flips(self, weights: Floats, needed: float) -> Iterator[Flip]:
        """Yield the level and the number nearest by, of each column, that move the margin so."""
        for name in self.row.values:
            is_category = isinstance(self.row.column(name), CategoryColumn)
            flip = (self._level if is_category else self._number)(name, weights, needed)
            if flip is not None:
                yield flip

    def outside(self, ranges: Ranges) -> tuple[str, ...] | None:
        """Name the numbers of the table that are below the least or above the largest known."""
        del ranges  # of the terms
        if self.numbers is None:
            return None
        return tuple(
            name for name, known in self.numbers.items() if known.inside(self.value(name)) is False
        )

    def moves(self, name: str, values: Any, weights: Floats) -> Floats:
        """Give what other values of a column do to the margin, NaN where they have no terms."""
        values = np.asarray(values)
        many = {key: np.repeat(each, len(values)) for key, each in self.row.values.items()}
        rows = np.repeat(self.row.rows, len(values))
        many[name] = values
        try:
            X = self.row.encoding.rules.features(self.row.table, many, rows)
        except TableError:  # a spline beyond its range, a logarithm of 0
            if len(values) == 1:
                return np.array([np.nan])
            return np.concatenate(
                [self.moves(name, values[[i]], weights) for i in range(len(values))]
            )
        unused = np.zeros(len(X))
        block = make_block(X - self.x, unused, unused, unused[:, None])
        return block.product(np.append(weights, 0.0)[:, None])[:, 0]

    def _level(self, name: str, weights: Floats, needed: float) -> Flip | None:
        """Give the level that just moves the margin by `needed` or more."""
        column = self.row.column(name)
        if not isinstance(column, CategoryColumn):
            raise TypeError(f"column {name!r} is no category")
        first, now = 0 if column.reference is None else -1, str(self.value(name))
        offered = list(map(column.value_of, column.known))
        moved = self.moves(name, first + np.arange(len(offered)), weights) * np.sign(needed)
        real = np.array([each is not None for each in offered])
        enough = np.where(real & (moved >= abs(needed)), moved, np.inf)
        k = int(enough.argmin())
        to = offered[k]
        if not np.isfinite(enough[k]):
            return None
        return Flip(1.0, Change(name, self.value(name), to, True), (now, str(to)))

    def _number(self, name: str, weights: Floats, needed: float) -> Flip | None:
        """Give the nearest number that moves the margin by `needed`, within the range if known."""
        now, known = self.value(name), (self.numbers or {}).get(name, NumberRange())
        away = (abs(now) or 1.0) * FIRST_STEP * 2.0 ** np.arange(DOUBLINGS)
        tried = now + np.concatenate([-away[::-1], away])
        if known.known:
            tried = np.linspace(known.low, known.high, 4 * POINTS)

        def flips(values: Floats | float) -> Any:
            moved = self.moves(name, np.atleast_1d(values), weights) * np.sign(needed)
            return np.where(np.isnan(moved), np.nan, moved >= abs(needed))

        to = nearest(now, tried, known, flips)
        shown = None if to is None else written(now, to, known, lambda v: flips(v)[0] == 1)
        if to is None or shown is None:
            return None
        to, text = shown[0] if known.whole else to, shown[1]
        change = Change(name, now, to, known.inside(to))
        return Flip(known.share(now, to), change, known.shown(text, self.written.get(name)))


def nearest(
    now: float, tried: Floats, known: NumberRange, flips: Callable[[Floats], Floats]
) -> float | None:
    """Give the number nearest to `now` that flips, refining those that are tried, or None.

    It lies between two of them, or between one and `now` where `now` is within the range.
    `flips` gives 1 or 0 for each, NaN where the column cannot have the number.
    """
    settled = np.round if known.whole else np.asarray
    own = [] if known.inside(now) is False else [now]
    values = np.unique(settled(np.append(tried, own)))
    for _ in range(REFINEMENTS):
        found = flips(values)
        enough = np.flatnonzero(found == 1)
        if not enough.size:
            return None
        k = int(enough[np.abs(values[enough] - now).argmin()])
        nearer = k + int(np.sign(now - values[k]))
        if not 0 <= nearer < len(values) or np.isnan(found[nearer]):
            break
        ends = values[nearer], values[k]
        values = np.unique(settled(np.linspace(*ends, POINTS)))
        k = int(np.flatnonzero(values == ends[1])[0])
    return float(values[k])


def terms_of_row(
    encoding: Encoding,
    explained: ExplainedRow,
    table: Table,
    numbers: Mapping[str, NumberRange] | None,
    place: int = 0,
) -> RowInTerms:
    """Tell the row at a place of a table by its columns, or by the terms of a formula of them.

    `numbers` are what is known of the columns of numbers in the training rows.
    """
    as_written = encoding.written(table, place)
    known = numbers or {}
    dates = {
        column.name: known.get(column.name, NumberRange(kind="date", origin=column.origin))
        for column in encoding.columns
        if isinstance(column, NumberColumn) and column.kind == "date"
    }
    if encoding.formula is None:
        terms = terms_of(explained.names, encoding.columns)
        return ColumnTerms(terms, explained.x, known, as_written, dates)
    variables = Variables.of(encoding, table, np.array([place]))
    return FormulaTerms(variables, variables.features()[0], numbers, as_written, dates)


def numbers_in(encoding: Encoding, X: Any) -> dict[str, NumberRange]:
    """Describe the columns of numbers in the complete rows of a table."""
    read = encoding.encode(as_table(X))
    return numbers_of(encoding.columns, read.values, np.flatnonzero(~read.incomplete))
