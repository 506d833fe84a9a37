"""Two columns given as y that are not the events and failures of trials, but two targets."""

from typing import Any

import numpy as np

from glasslogit.core import Floats
from glasslogit.errors import GlasslogitWarning, InputError, warn
from glasslogit.inputs.labels import ON_PURPOSE, label_array, most_trials, refuse_few_trials

DISTINCT = 10  # rows from which a column in which no number comes twice is an identifier
UNLIKELY, DOUBTED = 1e-3, 0.5  # chance that no row of trials counts a third number of events


def refuse_two_targets(y: Any) -> None:
    """Refuse two columns that are more likely two targets, or indicators, than counts of trials.

    Indicators of classes 0 and 1 would have the events taken for the others.

    >>> refuse_two_targets([[1, 0], [0, 1]])
    Traceback (most recent call last):
    glasslogit.errors.InputError: y has two columns with one 1 in each row; for one target give \
labels, (n,); for trials give the share of events as y and their number as sample_weight
    """
    most, array = most_trials(y), label_array(y)
    if most is None:
        return
    flags = ((array == 0) | (array == 1)).all(axis=0)
    if flags.all() and (array.sum(axis=1) == 1).all():
        raise InputError(f"y has two columns with one 1 in each row; {ON_PURPOSE}")
    if array.dtype.kind == "b" or (flags.all() and most > 0):
        raise InputError(f"y has two columns of 0 and 1, which look like two targets; {ON_PURPOSE}")
    refuse_few_trials(most)
    if len(array) > DISTINCT and flags.any():
        numbers = array[:, int(flags.argmin())]
        if len(np.unique(numbers)) == len(numbers):
            beside = "one in which no number comes twice, as in an identifier"
            raise InputError(f"y has a column of 0 and 1 beside {beside}; {ON_PURPOSE}")
    judge_narrow(array.astype(np.float64))


def judge_narrow(counts: Floats) -> None:
    """Refuse, or warn of, two numbers that vary too little to count events among so many trials.

    Rows of equal numbers of trials are no target beside something else.
    """
    least, most = counts.min(axis=0), counts.max(axis=0)
    if np.ptp(counts.sum(axis=1)) == 0:
        return
    for low, high, column in zip(least, most, (counts, counts[:, ::-1]), strict=True):
        if low > 1 or high - low != 1:
            continue
        chance = chance_within(column[:, 0], column.sum(axis=1))
        found = f"y has a column of {low:.0f} and {high:.0f} beside one of other numbers"
        if chance < UNLIKELY:
            raise InputError(
                f"{found}, whose rows would count more events in so many trials; {ON_PURPOSE}"
            )
        if chance < DOUBTED and low == 0:
            warn(f"{found}, taken for events among trials; {ON_PURPOSE}", GlasslogitWarning)


def chance_within(events: Floats, trials: Floats) -> float:
    """Give the chance that all rows count as few events as these, and as many, at one rate.

    Rates that differ from row to row spread the events wider, so that it is smaller then.

    >>> round(chance_within(np.array([0.0, 1.0]), np.array([2.0, 2.0])), 4)
    0.8789
    """
    p = events.sum() / trials.sum()
    if p == 1:
        return 1.0
    term = (1.0 - p) ** trials  # of no event
    inside = term if events.min() == 0 else np.zeros_like(term)
    for k in range(1, int(events.max()) + 1):
        term = term * (trials - k + 1) / k * p / (1.0 - p)
        inside = inside + term
    return float(np.prod(inside))
