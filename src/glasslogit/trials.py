"""Rows that stand for several observations: weights, and events among trials.

A row of labels is one trial. A row of trials has the share yᵢ of events, from 0 to 1, and the
number of trials as its weight sᵢ; or y has two columns (events, other trials), R's
`cbind(successes, failures)`. The loss of such a row is that of its trials,

    sᵢ·(log(1 + e^z) − yᵢ·z) = sᵢyᵢ·loss(z, 1) + sᵢ(1 − yᵢ)·loss(z, 0)

so the model is the one of the rows repeated trial by trial. Classes are then 0 and 1.

McCullagh & Nelder, "Generalized linear models" (2nd edition, 1989), section 4.4.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from glasslogit.core.losses import Floats, Labels
from glasslogit.errors import InputError
from glasslogit.inputs import check_labels, check_weight, label_array

EVENT = np.array([0, 1])  # the classes of trials


class Target(NamedTuple):
    """What is to be predicted: labels or shares of events, and the weights, both (n,)."""

    y: Labels
    weight: Floats


def read_target(y: Any, sample_weight: Any, n: int, *, empty: bool = False) -> Target:
    """Check labels or trials; `sample_weight` multiplies the trials of two columns.

    All weights may be 0 only where the rows are a part of the data, `empty=True`.

    >>> read_target([[3, 1], [0, 2]], None, 2)
    Target(y=array([0.75, 0.  ]), weight=array([4., 2.]))
    """
    array = label_array(y)
    if array.shape == (n, 2) and array.dtype.kind in "fiub":
        events, others = check_counts(array).T
        weight = check_weight(sample_weight, n, empty=empty) * (events + others)
        share = events / np.maximum(events + others, np.finfo(float).tiny)
        return Target(share if are_shares(share) else share.astype(np.intp), weight)
    flat = array[:, 0] if array.shape == (n, 1) else array
    if sample_weight is not None and flat.shape == (n,) and are_shares(flat):
        return Target(flat.astype(np.float64), check_weight(sample_weight, n, empty=empty))
    return Target(check_labels(y, n), check_weight(sample_weight, n, empty=empty))


def are_shares(y: Labels) -> bool:
    """Tell whether y (n,) holds shares of events: numbers from 0 to 1, some of them between.

    >>> are_shares(np.array([0.0, 0.5])), are_shares(np.array([0.0, 1.0]))
    (True, False)
    """
    return y.dtype.kind == "f" and bool(((y >= 0) & (y <= 1)).all() and (y % 1 != 0).any())


def check_counts(counts: NDArray[Any]) -> Floats:
    """Check counts of events and of other trials, (n, 2)."""
    good = np.isfinite(counts) & (counts >= 0)
    if not good.all():
        row, j = (int(places[0]) for places in (~good).nonzero())
        kind = "non-events" if j else "events"
        raise InputError(
            f"y holds {counts[row, j]} {kind} in row {row}; counts must be finite and not negative"
        )
    return counts.astype(np.float64)


def refuse_indicators(y: Any) -> None:
    """Refuse two columns of which each row is one trial.

    They may be indicators of classes 0 and 1, and then the events would be taken for the others.

    >>> refuse_indicators([[1, 0], [0, 1]])
    Traceback (most recent call last):
    glasslogit.errors.InputError: y has two columns with one 1 in each row; give labels, (n,)
    """
    array = label_array(y)
    if array.ndim == 2 and array.shape[1] == 2 and array.dtype.kind in "fiub":
        one = (array.sum(axis=1) == 1) & ((array == 0) | (array == 1)).all(axis=1)
        if one.all():
            raise InputError("y has two columns with one 1 in each row; give labels, (n,)")


def class_totals(codes: NDArray[Any], weight: Floats, K: int) -> Floats:
    """Give the weight of each class, (K,), from class numbers or shares of events.

    >>> class_totals(np.array([0.75, 0.0]), np.array([4.0, 2.0]), 2).tolist()
    [3.0, 3.0]
    """
    if are_shares(codes):
        return np.array([weight @ (1.0 - codes), weight @ codes])
    return np.bincount(codes, weight, K).astype(np.float64)


def weighed(codes: NDArray[Any], weight: Floats, factors: Floats) -> tuple[NDArray[Any], Floats]:
    """Multiply the weight of each class by its factor; shares of events change with it.

    >>> share, weight = weighed(np.array([0.5]), np.array([2.0]), np.array([1.0, 3.0]))
    >>> share.tolist(), weight.tolist()
    ([0.75], [4.0])
    """
    if (factors == 1).all():
        return codes, weight
    if not are_shares(codes):
        return codes, weight * factors[codes]
    others, events = weight * (1.0 - codes) * factors[0], weight * codes * factors[1]
    total = others + events
    return events / np.where(total > 0, total, 1.0), total


def count_observations(totals: Floats, weight: Floats, weights: str) -> float:
    """Say how many observations the rows are, by what their weights mean.

    "frequency": Σ sᵢ, and no fewer than the rows of positive weight, so that weights scaled to
    a sum of 1 do not loosen the tolerance. "sampling" and "precision": those rows.

    >>> [count_observations(np.array([3.0, 2.0]), np.array([3.0, 2.0, 0.0]), w)
    ...  for w in ("frequency", "sampling")]
    [5.0, 2.0]
    """
    rows = float(np.count_nonzero(weight))
    return max(float(totals.sum()), rows) if weights == "frequency" else rows


def one_by_one(target: Target) -> Target:
    """Turn shares of events into labels, once as 1 and once as 0, (2n,); labels stay.

    >>> one_by_one(Target(np.array([0.75]), np.array([4.0])))
    Target(y=array([1, 0]), weight=array([3., 1.]))
    """
    share, weight = target
    if not are_shares(share):
        return target
    labels = np.repeat(EVENT[::-1], len(share))
    return Target(labels, np.concatenate([weight * share, weight * (1.0 - share)]))
