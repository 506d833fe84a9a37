"""How many rows of each class score at least t: the one table under every curve.

Rows with the same score enter together, so ties need no care, and a row of weight s counts
s times. Thresholds **descend**: the first is the strictest. "Predicted positive" means
score ≥ threshold. Scores may be probabilities or margins; they must fit in memory.

Source: T. Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27 (2006),
algorithm 1.
"""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.errors import InputError
from glasslogit.evaluate.metrics import as_labels
from glasslogit.inputs import check_weight, to_numbers
from glasslogit.pages import how_many

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.floating[Any]]

__all__ = ["ScoreCounts", "count_by_threshold"]


@dataclass(frozen=True, eq=False)
class ScoreCounts:
    """Rows with score ≥ t for every distinct score t; every array is (t,).

    No ratio of these is ever 0/0: each threshold is the score of a row of positive weight, so
    true + false positives > 0, and the last row of the table holds every row of both classes.
    """

    thresholds: Floats  # distinct scores, descending, in the dtype of the scores
    true_positives: NDArray[np.float64]
    false_positives: NDArray[np.float64]

    @classmethod
    def of_levels(
        cls,
        levels: Floats,
        positives: NDArray[np.float64],
        negatives: NDArray[np.float64],
    ) -> ScoreCounts:
        """Add up the weight of each class at each score; the levels are distinct and ascending.

        >>> levels = np.array([0.2, 0.7])
        >>> ScoreCounts.of_levels(levels, np.array([0.0, 1.0]), np.array([1.0, 0.0])).true_positives
        array([1., 1.])
        """
        hits, alarms = (np.cumsum(weight[::-1]) for weight in (positives, negatives))
        return cls(levels[::-1], hits, alarms)

    @property
    def positives(self) -> float:
        """All rows of the positive class."""
        return float(self.true_positives[-1])

    @property
    def negatives(self) -> float:
        """All rows of the other class."""
        return float(self.false_positives[-1])

    @property
    def precision(self) -> NDArray[np.float64]:
        """TP / (TP + FP): how many of the predicted positives are positive, (t,)."""
        return self.true_positives / (self.true_positives + self.false_positives)

    @property
    def recall(self) -> NDArray[np.float64]:
        """TP / P: how many of the positives are found, (t,); it is the true-positive rate."""
        return self.true_positives / self.positives

    @property
    def f1(self) -> NDArray[np.float64]:
        """2·TP / (2·TP + FP + FN): the harmonic mean of precision and recall, (t,)."""
        predicted = self.true_positives + self.false_positives
        return 2 * self.true_positives / (predicted + self.positives)


def count_by_threshold(
    y: ArrayLike,
    score: ArrayLike,
    *,
    pos_label: object = None,
    sample_weight: ArrayLike | None = None,
) -> ScoreCounts:
    """Count true and false positives at every distinct score.

    `y` is (n,) labels; the positive class is `pos_label` (all others are negative) or, of two
    classes, the second in sorted order. `score` is (n,). Rows of weight 0 are left out.
    Raises `InputError` when a score is missing or when one of the classes has no row.

    >>> counts = count_by_threshold([0, 1, 0, 1], [0.1, 0.7, 0.7, 0.9])
    >>> counts.thresholds, counts.true_positives, counts.false_positives
    (array([0.9, 0.7, 0.1]), array([1., 2., 2.]), array([0., 1., 2.]))
    """
    labels = as_labels(y)
    values = _as_scores(score, labels.size)
    weight = check_weight(sample_weight, labels.size)
    used = weight > 0
    values, weight = values[used], weight[used]
    positive = _is_positive(labels[used], pos_label)
    if positive.all() or not positive.any():
        raise InputError("y has rows of one class only; a curve needs both positives and negatives")
    order = np.argsort(values)[::-1]
    values = values[order]
    last = np.append(np.flatnonzero(values[1:] != values[:-1]), values.size - 1)
    return ScoreCounts(
        thresholds=values[last],
        true_positives=np.cumsum(np.where(positive, weight, 0.0)[order])[last],
        false_positives=np.cumsum(np.where(positive, 0.0, weight)[order])[last],
    )


def midway(thresholds: Floats, place: int) -> float:
    """Give the threshold midway to the next lower score, in the dtype of the scores."""
    upper = float(thresholds[place])
    if place + 1 == thresholds.size:
        return upper
    lower = float(thresholds[place + 1])
    middle = float(thresholds.dtype.type(lower / 2 + upper / 2))
    return middle if lower < middle <= upper else upper


def _as_scores(score: ArrayLike, rows: int) -> Floats:
    """Return one score for each row, (n,), a float of the precision that came."""
    values = to_numbers(score, "score")
    if values.shape == (rows, 1):
        values = values[:, 0]
    if values.shape != (rows,):
        raise InputError(
            f"score has the shape {values.shape} and y {how_many(rows, 'row')}; "
            "give one score for each row, as predict_proba(X)[:, 1] does"
        )
    missing = np.flatnonzero(np.isnan(values))
    if missing.size:
        raise InputError(f"score is missing (NaN) in row {missing[0]}; drop that row")
    return values


def _is_positive(labels: NDArray[Any], pos_label: object) -> NDArray[np.bool_]:
    """Return which rows are of the positive class, (n,)."""
    if pos_label is None:
        classes = np.unique(labels)
        if classes.size > 2:
            example = classes[-1].item()
            raise InputError(f"y has {classes.size} classes; choose one: pos_label={example!r}")
        return np.asarray(labels == classes[-1])
    if isinstance(pos_label, Sized) and not isinstance(pos_label, str | bytes):
        raise InputError(f"pos_label is of type {type(pos_label).__name__}; give one label of y")
    positive = np.asarray(labels == pos_label)
    if not positive.any():
        raise InputError(f"y has no row of the positive class {pos_label!r}; check pos_label")
    return positive
