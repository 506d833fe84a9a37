"""Rows that equal a row of another class in every column."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from glasslogit.findings import Code, Finding, Severity
from glasslogit.pages import per_cent
from glasslogit.tables.inspected_columns import CodedLabels, sorted_levels

FEW_CONTRADICTING = 0.05  # contradicting rows below this share are mistakes rather than chance


@dataclass(frozen=True, eq=False)
class ContradictingRows:
    """Rows that are equal in all columns so far to one of another class, group by group."""

    rows: NDArray[np.integer]
    group: NDArray[np.integer]  # which of the groups each of these rows is in
    total: int

    @classmethod
    def start(cls, labels: CodedLabels) -> "ContradictingRows":
        """Without a column all rows are equal."""
        n = len(labels.codes)
        return cls(np.arange(n, dtype=np.min_scalar_type(n)), np.zeros(n, np.uint8), n)

    def split(self, levels: NDArray[np.integer], labels: CodedLabels) -> "ContradictingRows":
        """Split the groups by another column; keep those with more than one class."""
        if not len(self.rows):
            return self
        key = self.group.astype(np.int64)
        key *= int(levels.max()) + 1
        key += levels[self.rows]
        group = sorted_levels(key)[1]
        del key
        codes, count = labels.codes[self.rows], int(group.max()) + 1
        one, mixed = np.zeros(count, codes.dtype), np.zeros(count, bool)
        one[group] = codes
        mixed[group[codes != one[group]]] = True
        stay = mixed[group]
        return replace(self, rows=self.rows[stay], group=group[stay])

    def findings(
        self, labels: CodedLabels, numbers: Callable[[NDArray[np.integer]], list[int]]
    ) -> list[Finding]:
        """Say how many rows there are, with an example; `numbers` gives the numbers of rows.

        Where they are all rows, nothing in the columns tells a row of one class from all others:
        that is how few values behave, and no row is more in doubt than the rest.
        """
        if len(self.rows) in {0, self.total}:
            return []
        alike = self.rows[self.group == self.group[0]]
        one, other = alike[0], alike[labels.codes[alike] != labels.codes[alike[0]]][0]
        first, second = numbers(np.array([one, other]))
        share = len(self.rows) / self.total
        evidence = (
            f"{len(self.rows):,} of {self.total:,} rows ({per_cent(share)}) equal a row of another "
            f"class in every column, such as rows {first} and {second}"
        )
        severity = Severity.WARNING if share < FEW_CONTRADICTING else Severity.NOTE
        remedy = "look for labels that are wrong, or for a column that is missing"
        return [Finding(Code.CONTRADICTING_ROWS, severity, (), evidence, remedy)]
