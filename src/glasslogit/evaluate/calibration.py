"""Calibration: whether of the rows that are given p a share of p has the class.

Rows are grouped by their probability, and each group's share of positives is set beside its
mean probability, with the interval of E. B. Wilson, "Probable inference, the law of succession,
and statistical inference", Journal of the American Statistical Association 22 (1927).
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from glasslogit.errors import InputError, check_number
from glasslogit.evaluate.counts import count_by_threshold

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["CalibrationCurve", "calibration_curve", "wilson"]


@dataclass(frozen=True, eq=False)
class CalibrationCurve:
    """Groups of rows by probability, ascending; arrays (g,).

    `predicted` is the mean probability of a group, `observed` its share of positives, `low` and
    `high` the interval of that share at `level`, `weight` the total weight.
    """

    predicted: Floats
    observed: Floats
    low: Floats
    high: Floats
    weight: Floats
    level: float


def calibration_curve(  # noqa: PLR0913
    y: ArrayLike,
    p: ArrayLike,
    *,
    pos_label: object = None,
    sample_weight: ArrayLike | None = None,
    groups: int = 10,
    level: float = 0.95,
) -> CalibrationCurve:
    """Set the share of positives beside the probability, in groups of about equal weight.

    Rows with the same probability stay together. Weights count as rows. Raises `InputError`
    for probabilities outside [0, 1], and as `count_by_threshold`.

    >>> curve = calibration_curve([0, 0, 1, 0, 1, 1], [0.2, 0.2, 0.2, 0.7, 0.7, 0.7], groups=2)
    >>> curve.predicted.round(3).tolist(), curve.observed.round(3).tolist()
    ([0.2, 0.7], [0.333, 0.667])
    """
    groups = check_number(groups, "groups", "2 or greater", least=2, whole=True)
    level = check_number(level, "level", "between 0 and 1", above=0, below=1)
    counts = count_by_threshold(y, p, pos_label=pos_label, sample_weight=sample_weight)
    if counts.thresholds[-1] < 0 or counts.thresholds[0] > 1:
        raise InputError("p holds a number outside [0, 1]; give probabilities")
    positive = np.diff(counts.true_positives, prepend=0.0)[::-1]  # at each probability, ascending
    weight = positive + np.diff(counts.false_positives, prepend=0.0)[::-1]
    there = weight > 0  # or it is lost beside the weights of the others
    positive, weight, predicted = positive[there], weight[there], counts.thresholds[::-1][there]
    group = group_of(weight, groups)
    size = np.bincount(group, weight).astype(np.float64)
    observed = np.bincount(group, positive) / size
    low, high = wilson(observed, size, level)
    predicted = np.bincount(group, weight * predicted) / size
    return CalibrationCurve(predicted, observed, low, high, size, level)


def group_of(weight: Floats, groups: int) -> NDArray[np.intp]:
    """Cut neighbours that weigh so much into groups of about equal weight; number these.

    >>> group_of(np.array([2.0, 1.0, 1.0]), 2).tolist()
    [0, 1, 1]
    """
    middle = weight.cumsum() - weight / 2
    group = (middle / weight.sum() * groups).astype(np.intp)
    return np.unique(group, return_inverse=True)[1]


def wilson(share: Floats, n: Floats, level: float) -> tuple[Floats, Floats]:
    """Give the interval of a share observed in n rows (Wilson 1927).

    (share·n + z²/2 ± z·√(share(1 − share)·n + z²/4)) / (n + z²)

    >>> [end.round(4).tolist() for end in wilson(np.array([0.5]), np.array([100.0]), 0.95)]
    [[0.4038], [0.5962]]
    """
    z = NormalDist().inv_cdf(0.5 + level / 2)
    middle, scale = share * n + z**2 / 2, n + z**2
    reach = z * np.sqrt(share * (1 - share) * n + z**2 / 4)
    return (middle - reach).clip(0) / scale, ((middle + reach) / scale).clip(max=1)
