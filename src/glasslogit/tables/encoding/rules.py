"""From the values of columns to X: column by column, or by the terms of a formula of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from glasslogit.tables.encoding.columns import CategoryColumn, LearnedColumn, filled_rows
from glasslogit.tables.encoding.formula import Formula
from glasslogit.tables.policies import OTHER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from glasslogit.tables.encoding.row_values import RowValues
    from glasslogit.tables.faults import Fault
    from glasslogit.tables.table import Table

FILLED_TOGETHER = 2**13  # rows of X that are filled while they are near the processor


@dataclass(frozen=True)
class LearnedRules:
    """What is known of columns of X: the columns of the table they are made of, and how."""

    columns: tuple[LearnedColumn, ...]
    formula: Formula | None = None

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The names of the columns of X, in order."""
        if self.formula is not None:
            return self.formula.feature_names
        return tuple(name for column in self.columns for name in column.feature_names)

    def counts_as(self, name: str) -> str:
        """Say what an unseen level of a category counts as, unless it is an error."""
        column = next(each for each in self.columns if each.name == name)
        if not isinstance(column, CategoryColumn):
            return "the reference"
        if column.pool is not None and column.unseen == OTHER:
            return column.pool
        return "no level" if column.reference is None else "the reference"

    def features(
        self,
        table: Table,
        values: Mapping[str, RowValues],
        rows: NDArray[np.intp],
        among: NDArray[np.intp] | None = None,
    ) -> NDArray[np.float64]:
        """Turn values of complete rows, whose places in the table are `rows`, into X.

        The values are those of the rows, or of more, `among` which the rows have these places.
        Raises `TableError` if the formula has no value in a row.
        """
        X, faults = self.features_or_faults(values, rows, among)
        if faults:
            raise min(faults, key=lambda fault: fault.rows[0]).error(table)
        return X

    def features_or_faults(
        self,
        values: Mapping[str, RowValues],
        rows: NDArray[np.intp],
        among: NDArray[np.intp] | None = None,
    ) -> tuple[NDArray[np.float64], list[Fault]]:
        """Turn values of complete rows into X, as `features`, and say where a formula has none."""
        at = np.arange(len(rows)) if among is None else among
        if self.formula is not None and len(rows):
            chosen = {name: each[at] for name, each in values.items()}
            X = self.formula.matrix(self.columns, chosen, len(rows))
            return X, self.formula.faults(X, rows)
        X = np.empty((len(rows), len(self.feature_names)))
        for start in range(0, len(rows), FILLED_TOGETHER):
            some = at[start : start + FILLED_TOGETHER]
            chosen = {name: each[some] for name, each in values.items()}
            X[start : start + len(some)] = filled_rows(self.columns, chosen, len(some))
        return X, []
