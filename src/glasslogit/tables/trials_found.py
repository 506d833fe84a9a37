"""Columns that may hold the trials of which the target counts the events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from glasslogit.findings import Code, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

BY_CHANCE = 9.68  # rows: where chance expects so many there are none once in 16,000 times, e^−9.68
COLUMNS_NAMED = 3  # of several that may hold them; who counts trials knows which
MANY_VALUES = 12  # months, ratings and digits are no more classes than this


def may_be_trials(events: Floats, values: Floats) -> bool:
    """Tell whether a column may hold trials: it is whole, above 0, and in no row below the events.

    >>> events = np.arange(5.0)
    >>> may_be_trials(events, np.full(5, 9.0)), may_be_trials(events, np.ones(5))
    (True, False)
    """
    whole = np.isfinite(values) & (values > 0) & (values % 1 == 0)
    return bool((whole & (values >= events)).all())


def rows_below(events: Floats, values: Floats) -> float:
    """Count the rows that would have less than their events by chance: with the value of another.

    >>> rows_below(np.array([0.0, 1.0, 4.0]), np.array([1.0, 3.0, 5.0]))
    0.6666666666666666
    """
    return float(np.searchsorted(np.sort(values), events).sum()) / len(events)


def by_shares(names: Sequence[str]) -> str:
    """Say how the events among the trials of a column, or of one of some, are given."""
    ways = (
        f"give y / {name!r} as y, {name!r} as sample_weight, and X without it" for name in names
    )
    return ", or ".join(ways)


class TrialsFound:
    """The columns that may hold the trials of the events of each row, as they are looked at."""

    def __init__(self, events: Floats, values: int) -> None:
        """Begin with the events (n,), which have so many different values, and with no column."""
        self.events, self.values = events, values
        self.columns = dict[str, tuple[float, bool]]()  # rows below by chance, and if it is larger

    @classmethod
    def of(cls, classes: NDArray[Any], codes: NDArray[np.integer]) -> TrialsFound | None:
        """Begin with no column, where the labels may be counts: whole, some of them above 1."""
        if classes.dtype.kind not in "iuf" or len(classes) <= 2:
            return None
        counts = classes.astype(np.float64)
        if not (np.isfinite(counts) & (counts >= 0) & (counts % 1 == 0)).all():
            return None
        return cls(counts[codes], len(counts))

    def look(self, name: str, values: Floats) -> None:
        """Note a column if its values (n,) may be trials."""
        if may_be_trials(self.events, values):
            merely_larger = bool(values.min() > self.events.max())
            self.columns[name] = rows_below(self.events, values), merely_larger

    @property
    def names(self) -> tuple[str, ...]:
        """The columns in which chance would be below the events, the most often so first.

        Or the only column, if it is not larger than all events anyway, and these have many values.
        """
        order = sorted(self.columns, key=lambda name: -self.columns[name][0])
        beyond = [name for name in order if self.columns[name][0] > BY_CHANCE]
        if beyond or len(order) != 1:
            return tuple(beyond[:COLUMNS_NAMED])
        _, merely_larger = self.columns[order[0]]
        return tuple(order) if self.values > MANY_VALUES and not merely_larger else ()

    def findings(self) -> list[Finding]:
        """Say what to do if they are."""
        if not self.names:
            return []
        evidence = f"{'are' if len(self.names) > 1 else 'is'} in no row less than the target"
        remedy = f"if the target counts the events among so many trials, {by_shares(self.names)}"
        return [Finding(Code.TRIALS, Severity.NOTE, self.names, evidence, remedy)]
