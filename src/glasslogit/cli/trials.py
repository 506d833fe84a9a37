"""A target that counts events among the trials of a row: `--target recovered --trials patients`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from glasslogit.cli.beside import judge_column, read_column
from glasslogit.tables import Fault

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glasslogit.tables import Table

    Floats = NDArray[np.float64]

NO_TRIAL = "is 0, so that the row tells nothing"
CORRECTED = "correct it, or leave the row out"


class TrialsRead(NamedTuple):
    """Shares of events and numbers of trials, (n,), NaN where one is not there, and why not."""

    shares: Floats
    trials: Floats
    faults: tuple[Fault, ...]


def read_trials(table: Table, target: str, trials: str) -> tuple[Floats, Floats]:
    """Read the share of events in each row and the number of trials, NaN where one is missing.

    The same are those of a row of 0 trials: it tells nothing, and has no share.

    Raises
    ------
    TableError
        If a number of trials is negative or not whole, or one of events not whole or not within it.

    """
    read_column(table, trials, "--trials")
    read_column(
        table, target, "--target with --trials", "leave --trials out to predict its classes"
    )
    shares, count, faults = judge_trials(table, target, trials)
    for fault in faults:
        if fault.problem != NO_TRIAL:
            raise fault.error(table)
    return shares, count


def judge_trials(table: Table, target: str, trials: str) -> TrialsRead:
    """Read the share of events in each row and the number of trials, and say where there is none.

    A missing value is no fault here.
    """
    count, wrong_count = judge_column(table, trials)
    events, wrong_events = judge_column(table, target)
    found = [*wrong_count, *wrong_events]
    empty = np.flatnonzero((count == 0) & ~(events > 0))
    if len(empty):
        found.append(Fault(trials, NO_TRIAL, CORRECTED, empty, ()))
        count[empty] = np.nan
    for name, values, wrong, problem in (
        (trials, count, (count < 0) | (count % 1 > 0), "is no number of trials"),
        (target, events, (events < 0) | (events % 1 > 0), "is no number of events"),
        (target, events, events > count, f"is more than the row's trials ({trials})"),
    ):
        rows = np.flatnonzero(wrong)  # a comparison with NaN is false
        if len(rows):
            found.append(Fault(name, problem, CORRECTED, rows, (name,)))
            values[rows] = np.nan
    return TrialsRead(events / count, count, tuple(found))
