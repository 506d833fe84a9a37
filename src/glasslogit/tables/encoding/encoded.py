"""A table as an encoding has read it: the values, and what is wrong in which rows.

Training needs the rows and refuses a fault; a prediction is made of the other rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from glasslogit.inputs import LazyRows
from glasslogit.tables.encoding.columns import filled_rows
from glasslogit.tables.encoding.rules import LearnedRules
from glasslogit.tables.faults import Fault, FaultKind, at_fault
from glasslogit.tables.table import Table, quote, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from glasslogit.tables.encoding.row_values import RowValues

MADE_AT_ONCE = 2**22  # entries of X, 32 MB: more than these are made anew when they are read
FEW = 5  # levels named in a remark


@dataclass(frozen=True, eq=False)
class Encoded:
    """A table read by the rules of an encoding, and what could not be."""

    rules: LearnedRules
    table: Table
    values: Mapping[str, RowValues]  # numbers (n,), of categories the places of their levels
    faults: tuple[Fault, ...]  # what is wrong in which rows
    strangers: Mapping[str, NDArray[np.intp]]  # category -> the rows with an unseen level
    ignored: tuple[str, ...]  # columns of the table that the model does not know

    @cached_property
    def X(self) -> NDArray[np.float64]:  # noqa: N802
        """All rows as numbers, (n, d), NaN where the policy of a missing value is "drop"."""
        every = np.arange(self.table.n_rows)
        if self.rules.formula is None:
            return self._at_once(every)
        X = np.full((len(every), len(self.rules.feature_names)), np.nan)
        complete = every[~self.incomplete]
        X[complete] = self._at_once(complete)
        return X

    @property
    def gaps(self) -> Mapping[str, NDArray[np.bool_]]:
        """The columns with a missing value that has no indicator, and in which rows, (n,)."""
        missing = (fault for fault in self.faults if fault.kind is FaultKind.GAP)
        return {fault.name: at_fault([fault], self.table.n_rows) for fault in missing}

    @cached_property
    def incomplete(self) -> NDArray[np.bool_]:
        """True in the rows with such a value in any column, (n,)."""
        missing = (fault for fault in self.faults if fault.kind is FaultKind.GAP)
        return at_fault(missing, self.table.n_rows)

    @cached_property
    def whole(self) -> NDArray[np.bool_]:
        """True in the rows with nothing wrong in them, (n,)."""
        return ~at_fault(self.faults, self.table.n_rows)

    @cached_property
    def unseen(self) -> Mapping[str, NDArray[np.intp]]:
        """The categories with an unseen level that counts as another, and in which rows."""
        counted = {name: rows[self.whole[rows]] for name, rows in self.strangers.items()}
        return {name: rows for name, rows in counted.items() if len(rows)}

    @property
    def remarks(self) -> Iterator[str]:
        """Say of which categories no level was seen in training: they may be spelt otherwise."""
        for name, rows in self.strangers.items():
            column = self.table.text(name)
            several = len(np.unique(column.codes[rows])) > 1  # a single new level is a new level
            if several and len(rows) == int((~column.gaps).sum()):
                known = next(each for each in self.rules.columns if each.name == name)
                levels = shorten([quote(level) for level in getattr(known, "known", ())], FEW)
                example = quote(column.value(int(rows[0])))
                yield (
                    f"{self.table.source}: column {name!r}: all of its {len(rows):,} values are "
                    f"unseen, such as {example}; training had {levels}: are they spelt otherwise?"
                )

    def rows(self, places: NDArray[np.intp]) -> NDArray[np.float64] | LazyRows:
        """Give the rows at some places of the table, (places, d); those of a formula, complete."""
        width = len(self.rules.feature_names)
        if self.rules.formula is None and len(places) * width >= MADE_AT_ONCE:
            return LazyRows(self._some, places, width)
        return self._at_once(places)

    def _at_once(self, places: NDArray[np.intp]) -> NDArray[np.float64]:
        return self.rules.features(self.table, self.values, places, places)

    def _some(self, places: NDArray[np.intp]) -> NDArray[np.float64]:
        values = {name: each[places] for name, each in self.values.items()}
        return filled_rows(self.rules.columns, values, len(places))

    def usable(
        self, places: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.float64] | LazyRows, tuple[Fault, ...]]:
        """Give those of some rows that a model can predict: places, X, and why not the others."""
        found = places[self.whole[places]]
        faults = [replace(each, rows=each.rows[np.isin(each.rows, places)]) for each in self.faults]
        if self.rules.formula is None:
            return found, self.rows(found), tuple(each for each in faults if len(each.rows))
        X, others = self.rules.features_or_faults(self.values, found, found)
        why = tuple(each for each in (*faults, *others) if len(each.rows))
        if not others:  # the rows as they lie in memory: sums go by it
            return found, X, why
        good = np.isfinite(X).all(axis=1)
        return found[good], X[good], why
