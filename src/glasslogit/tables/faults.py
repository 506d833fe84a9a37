"""What stands in the way of a probability: the rows that one column is at fault in, and why.

A fault is of rows. It is an error where the rows are needed, as in training, and elsewhere a row
without a probability, with its reason. What is wrong with a whole column is an error at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

import numpy as np

from glasslogit.errors import TableError, visible
from glasslogit.tables.table import Problem, Table, called, quote, refuse_missing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

LEFT_OUT = "fill it in, or leave the row out"  # what is to be done about a gap
LEFT_EMPTY, IN_A_FRAME = "leave it empty", "make it NaN or None"  # a value that is not there
MOST_GAPS = 5  # columns named of a row before it is said how many more there are


class FaultKind(Enum):
    """What a fault is: no value, a level that training did not show, a value or a row of no use."""

    GAP = auto()
    UNSEEN = auto()
    INVALID = auto()
    UNREADABLE = auto()


@dataclass(frozen=True, eq=False)
class Fault:
    """What is wrong with a column of a table, or a term of a formula, in some rows."""

    name: str
    problem: str  # such as "is not a number"
    remedy: str
    rows: NDArray[np.intp]  # places in the table, rising
    quoted: tuple[str, ...] = ()  # the columns whose values show it
    kind: FaultKind = FaultKind.INVALID

    @property
    def reason(self) -> str:
        """Why there is no probability, whatever the value: such as "age is not a number"."""
        return f"{called(self.name)} {self.problem}"

    def note(self, table: Table, place: int) -> str:
        """Say what is wrong in one of the rows."""
        values = ", ".join(quote(table.column(name).value(place)) for name in self.quoted)
        return visible(f"{self.reason}: {values}" if values else self.reason)

    def told(self, table: Table, place: int) -> str:
        """Say what is wrong in one of the rows: the column, the cell, and what to do."""
        remedy = self.remedy if table.is_file else self.remedy.replace(LEFT_EMPTY, IN_A_FRAME)
        if self.name not in self.quoted:
            return f"{self.note(table, place)}; {remedy}"
        cell = quote(table.column(self.name).value(place))
        return f"column {self.name!r}: {cell} {self.problem}; {remedy}"

    def error(self, table: Table) -> TableError:
        """Refuse the first of the rows."""
        row = int(self.rows[0])
        where = f"{table.source}: row {table.numbers[row]}"
        joint = ", " if self.name in self.quoted else ": "
        return TableError(f"{where}{joint}{self.told(table, row)}")


def told_together(faults: Iterable[Fault], table: Table, place: int) -> Iterator[str]:
    """Say all that is wrong in one row: gaps that are mended alike together, the rest one by one.

    >>> at = np.array([0])
    >>> gaps = [gap for name in ("age", "town") for gap in gaps_in(name, at == 0)]
    >>> list(told_together(gaps, Table.of({"age": [""], "town": [""]}), 0))
    ['age and town are missing; fill them in, or leave the row out']
    """
    alike: dict[object, list[Fault]] = {}
    for i, fault in enumerate(faults):
        alike.setdefault(fault.remedy if fault.kind is FaultKind.GAP else i, []).append(fault)
    for first, *others in alike.values():
        if not others:
            yield first.told(table, place)
            continue
        remedy = first.remedy.replace("fill it in", "fill them in")
        yield f"{missing_in([each.name for each in (first, *others)])}; {remedy}"


def missing_in(names: Sequence[str]) -> str:
    """Say in which columns a row has no value, the first by name.

    >>> missing_in(["age"]), missing_in(["age", "town"]), missing_in([*"abcdefgh"])
    ('age is missing', 'age and town are missing', 'a, b, c, d, e and 3 more are missing')
    """
    names = [*map(called, names)]
    if len(names) == 1:
        return visible(f"{names[0]} is missing")
    more = len(names) - MOST_GAPS
    *first, last = [*names[:MOST_GAPS], f"{more:,} more"] if more > 0 else names
    return visible(f"{', '.join(first)} and {last} are missing")


def gaps_in(name: str, gaps: NDArray[np.bool_], remedy: str = LEFT_OUT) -> list[Fault]:
    """Say in which rows a column has no value, if in any."""
    rows = np.flatnonzero(gaps)
    return [Fault(name, "is missing", remedy, rows, kind=FaultKind.GAP)] if len(rows) else []


def with_unreadable(table: Table, faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Give the faults of the columns, and before them those of the rows that could not be read.

    Of such a row nothing else is said: it has no value in any column.
    """
    if not table.unreadable:
        return tuple(faults)
    rows = np.flatnonzero(~table.readable)
    gathered: dict[Problem, list[int]] = {}
    for row, number in zip(rows.tolist(), table.numbers[rows].tolist(), strict=True):
        gathered.setdefault(table.unreadable[number], []).append(row)
    kind = FaultKind.UNREADABLE
    own = [Fault("the row", *why, np.array(some), (), kind) for why, some in gathered.items()]
    others = (replace(each, rows=np.setdiff1d(each.rows, rows)) for each in faults)
    return (*own, *(each for each in others if len(each.rows)))


def at_fault(faults: Iterable[Fault], n: int) -> NDArray[np.bool_]:
    """Give True in the rows of some faults, (n,)."""
    marked = np.zeros(n, bool)
    for fault in faults:
        marked[fault.rows] = True
    return marked


def refuse_faults(table: Table, faults: Sequence[Fault], needed: Collection[str]) -> None:
    """Raise `TableError` for a fault; for a gap only in a column that is `needed`.

    An unseen level does no harm in a row with a gap.
    """
    gaps = [fault for fault in faults if fault.kind is FaultKind.GAP]
    for fault in faults:
        if fault.kind in {FaultKind.INVALID, FaultKind.UNREADABLE}:
            raise fault.error(table)
    wrong = [fault for fault in gaps if fault.name in needed]
    gaps_of = {fault.name: at_fault([fault], table.n_rows) for fault in wrong}
    refuse_missing(table, gaps_of, LEFT_OUT)
    incomplete = at_fault(gaps, table.n_rows)
    for fault in faults:
        harmful = fault.rows[~incomplete[fault.rows]]
        if fault.kind is FaultKind.UNSEEN and len(harmful):
            raise replace(fault, rows=harmful).error(table)


def notes_of(table: Table, faults: Iterable[Fault]) -> NDArray[np.object_]:
    """Say of each row of a table what is wrong with it, blank where nothing is; shape (n,).

    The columns that a row has no value in are told together.
    """
    notes, of_row = np.full(table.n_rows, "", dtype=object), dict[int, list[Fault]]()
    for fault in faults:
        for place in fault.rows.tolist():
            of_row.setdefault(place, []).append(fault)
    for place, found in of_row.items():
        notes[place] = "; ".join(_notes(table, place, found))
    return notes


def _notes(table: Table, place: int, faults: Sequence[Fault]) -> Iterator[str]:
    """Say what is wrong in one row, all gaps where the first of them is."""
    gaps = [fault.name for fault in faults if fault.kind is FaultKind.GAP]
    for fault in faults:
        if fault.kind is not FaultKind.GAP:
            yield fault.note(table, place)
        elif fault.name == gaps[0]:
            yield missing_in(gaps)


def fault_counts(faults: Iterable[Fault]) -> dict[str, int]:
    """Count the rows that have each reason, the most frequent first."""
    counts: dict[str, int] = {}
    for fault in faults:
        counts[fault.reason] = counts.get(fault.reason, 0) + len(fault.rows)
    return dict(sorted(counts.items(), key=lambda item: -item[1]))
