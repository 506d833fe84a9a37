"""Exact curves from scores: precision, recall, F1, ROC, and the areas under them.

All are read off one table, `count_by_threshold`, which says what a threshold means and what
ties and weights do. Everywhere thresholds descend: the first is the strictest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.evaluate.counts import ScoreCounts, count_by_threshold, midway

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.floating[Any]]

__all__ = [
    "PrecisionRecallCurve",
    "RocCurve",
    "ThresholdCurve",
    "area_under_roc",
    "average_precision",
    "best_f1_threshold",
    "precision_recall_curve",
    "roc_auc",
    "roc_curve",
    "threshold_curve",
]

THRESHOLDS_TOGETHER = 2**14  # looked at while they are near the processor


@dataclass(frozen=True, eq=False)
class ThresholdCurve:
    """Precision, recall and F1 at every distinct score; arrays (t,), thresholds descending.

    Between two scores nothing changes: value i holds for thresholdsᵢ₊₁ < t ≤ thresholdsᵢ.
    """

    thresholds: Floats
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]

    @property
    def best(self) -> int:
        """Position of the largest F1; of equals, the one with the highest threshold."""
        return int(np.argmax(self.f1))

    @property
    def best_threshold(self) -> float:
        """The threshold of the largest F1; see `best_f1_threshold`."""
        return midway(self.thresholds, self.best)


@dataclass(frozen=True, eq=False)
class RocCurve:
    """The receiver operating characteristic, from (0, 0) to (1, 1); arrays (t + 1,).

    Thresholds descend; the first is ∞, at which nothing is predicted positive.
    """

    thresholds: Floats
    false_positive_rate: NDArray[np.float64]
    true_positive_rate: NDArray[np.float64]
    auc: float


@dataclass(frozen=True, eq=False)
class PrecisionRecallCurve:
    """Precision against recall, from recall 0 to recall 1; arrays (t + 1,).

    Thresholds descend; the first is ∞. There nothing is predicted positive and precision,
    0/0, is taken as 1: no false alarm. It has no weight in `average_precision`.
    """

    thresholds: Floats
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    average_precision: float
    base_rate: float  # share of positives: the precision of predicting all rows positive


def threshold_curve(
    y: ArrayLike,
    score: ArrayLike,
    *,
    pos_label: object = None,
    sample_weight: ArrayLike | None = None,
) -> ThresholdCurve:
    """Precision, recall and F1 at every distinct threshold; arguments of `count_by_threshold`.

    >>> curve = threshold_curve([0, 1, 0, 1], [0.1, 0.7, 0.4, 0.9])
    >>> curve.recall, curve.best_threshold
    (array([0.5, 1. , 1. , 1. ]), 0.55)
    """
    counts = count_by_threshold(y, score, pos_label=pos_label, sample_weight=sample_weight)
    return ThresholdCurve(counts.thresholds, counts.precision, counts.recall, counts.f1)


def best_f1_threshold(
    y: ArrayLike,
    score: ArrayLike,
    *,
    pos_label: object = None,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Return the threshold at which `score >= threshold` has the largest F1.

    It lies midway between two neighbouring scores, not on one: a score that comes out one bit
    lower on another machine then keeps its class. (The midpoint is rounded to the dtype of the
    scores; where it would fall on the lower neighbour, or there is none, it is the score.)
    Of equal F1 the highest threshold is taken. Arguments of `count_by_threshold`.

    >>> best_f1_threshold([0, 0, 1, 1], [0.1, 0.25, 0.75, 0.8])
    0.5
    """
    curve = threshold_curve(y, score, pos_label=pos_label, sample_weight=sample_weight)
    return curve.best_threshold


def roc_curve(
    y: ArrayLike,
    score: ArrayLike,
    *,
    pos_label: object = None,
    sample_weight: ArrayLike | None = None,
) -> RocCurve:
    """True-positive rate against false-positive rate, with the area under it.

    Arguments of `count_by_threshold`. AUC = Σ ΔFPᵢ·(TPᵢ + TPᵢ₋₁) / (2·P·N), the trapezium rule,
    which is P(score₊ > score₋) + ½·P(score₊ = score₋). Source: J. A. Hanley and B. J. McNeil,
    "The meaning and use of the area under a receiver operating characteristic (ROC) curve",
    Radiology 143 (1982).

    >>> curve = roc_curve([0, 1, 0, 1], [0.1, 0.7, 0.7, 0.9])
    >>> curve.false_positive_rate, curve.true_positive_rate, curve.auc
    (array([0. , 0. , 0.5, 1. ]), array([0. , 0.5, 1. , 1. ]), 0.875)
    """
    counts = count_by_threshold(y, score, pos_label=pos_label, sample_weight=sample_weight)
    hits = np.append(0.0, counts.true_positives)
    alarms = np.append(0.0, counts.false_positives)
    return RocCurve(
        thresholds=_with_infinity(counts.thresholds),
        false_positive_rate=alarms / counts.negatives,
        true_positive_rate=hits / counts.positives,
        auc=area_under_roc(counts),
    )


def area_under_roc(counts: ScoreCounts) -> float:
    """Give the area under the ROC curve of a table of counts: see `roc_curve`.

    >>> area_under_roc(count_by_threshold([0, 1, 0, 1], [0.1, 0.7, 0.7, 0.9]))
    0.875
    """
    areas = np.empty(len(counts.thresholds))
    for start in range(0, len(areas), THRESHOLDS_TOGETHER):
        some = slice(max(start - 1, 0), start + THRESHOLDS_TOGETHER)
        true = counts.true_positives[some] / counts.positives
        false = counts.false_positives[some] / counts.negatives
        if start == 0:
            true, false = np.append(0.0, true), np.append(0.0, false)
        areas[start : start + THRESHOLDS_TOGETHER] = np.diff(false) * (true[1:] + true[:-1])
    return min(1.0, float(np.sum(areas) / 2))


def roc_auc(
    y: ArrayLike,
    score: ArrayLike,
    *,
    pos_label: object = None,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Area under the ROC curve: the chance that a positive row outscores a negative one.

    Arguments of `count_by_threshold`; formula and source at `roc_curve`.

    >>> roc_auc(["no", "yes", "no", "yes"], [0.1, 0.7, 0.7, 0.9])
    0.875
    """
    return roc_curve(y, score, pos_label=pos_label, sample_weight=sample_weight).auc


def precision_recall_curve(
    y: ArrayLike,
    score: ArrayLike,
    *,
    pos_label: object = None,
    sample_weight: ArrayLike | None = None,
) -> PrecisionRecallCurve:
    """Precision against recall, with the average precision.

    Arguments of `count_by_threshold`. Average precision = Σ (recallᵢ − recallᵢ₋₁)·precisionᵢ: a
    step function, since a straight line between two points promises precision nobody reaches.
    Source: J. Davis and M. Goadrich, "The relationship between Precision-Recall and ROC
    curves", ICML (2006), section 4.

    >>> curve = precision_recall_curve([0, 1, 0, 1], [0.1, 0.7, 0.8, 0.9])
    >>> curve.precision[:3], curve.recall[:3], curve.base_rate
    (array([1. , 1. , 0.5]), array([0. , 0.5, 0.5]), 0.5)
    """
    counts = count_by_threshold(y, score, pos_label=pos_label, sample_weight=sample_weight)
    recall = np.append(0.0, counts.recall)
    return PrecisionRecallCurve(
        thresholds=_with_infinity(counts.thresholds),
        precision=np.append(1.0, counts.precision),
        recall=recall,
        average_precision=min(1.0, float(np.sum(np.diff(recall) * counts.precision))),
        base_rate=counts.positives / (counts.positives + counts.negatives),
    )


def average_precision(
    y: ArrayLike,
    score: ArrayLike,
    *,
    pos_label: object = None,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Mean precision over the positives, each at its own score; see `precision_recall_curve`.

    >>> average_precision([0, 0, 1, 1], [0.1, 0.2, 0.2, 0.9])
    0.8333333333333333
    """
    curve = precision_recall_curve(y, score, pos_label=pos_label, sample_weight=sample_weight)
    return curve.average_precision


def _with_infinity(thresholds: Floats) -> Floats:
    """Put ∞ before the thresholds, in their dtype."""
    return np.concatenate([np.array([np.inf], thresholds.dtype), thresholds])
