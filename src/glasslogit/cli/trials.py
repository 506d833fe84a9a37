"""A target that counts events among the trials of a row: `--target recovered --trials patients`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.cli.beside import read_column
from glasslogit.inputs import read_target, single_trials

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glasslogit.tables import Table

    Floats = NDArray[np.float64]


def read_trials(table: Table, target: str, trials: str) -> tuple[Floats, Floats]:
    """Read the share of events in each row and the number of trials, NaN where one is missing.

    Raises
    ------
    TableError
        If a number of trials is not positive, or one of events not whole or not within it.

    """
    count = read_column(table, trials, "--trials")
    events = read_column(table, target, "--trials")
    for name, values, wrong, problem in (
        (trials, count, (count <= 0) | (count % 1 > 0), "is no number of trials"),
        (target, events, (events < 0) | (events % 1 > 0), "is no number of events"),
        (target, events, events > count, "is more than the row's trials"),
    ):
        if wrong[~np.isnan(values)].any():
            place = int((wrong & ~np.isnan(values)).argmax())
            raise table.fault(name, place, f"{problem}; correct it, or leave the row out")
    return events / count, count


def one_by_one(
    shares: Floats, trials: Floats, proba: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any], Floats]:
    """Give labels, probabilities and weights in which each outcome of a row is a row of its own."""
    labels, weight = single_trials(read_target(shares, trials, len(shares)))
    return labels, np.tile(proba, (len(labels) // len(shares), 1)), weight
