"""Scores by their scikit-learn names: larger is better, from labels and probabilities."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from glasslogit.errors import InputError, is_one_of, refused
from glasslogit.evaluate.curves import average_precision, roc_auc
from glasslogit.evaluate.metrics import accuracy, brier_score, confusion_matrix, log_loss

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

__all__ = ["SCORES", "check_scoring", "score"]


def score(name: str, y: Array, p: Array, classes: Array, sample_weight: Array | None) -> float:
    """Give the score of that name for labels y (n,) and probabilities p (n, K).

    >>> from numpy import array
    >>> score("accuracy", array([0, 1]), array([[0.8, 0.2], [0.4, 0.6]]), array([0, 1]), None)
    1.0
    """
    check_scoring(name, len(classes))
    return SCORES[name](y, p, classes, sample_weight)


def check_scoring(name: object, K: int) -> None:
    """Refuse a name that is unknown, or whose score is not for K classes.

    >>> check_scoring("f1", 3)
    Traceback (most recent call last):
    glasslogit.errors.InputError: scoring='f1' is for two classes and y has 3; give another
    """
    if not is_one_of(name, SCORES):
        known = ", ".join(SCORES)
        raise InputError(
            f"{refused('scoring', name, 'is unknown')}; give one of {known}, or a function"
        )
    if name in BINARY and K != 2:
        raise InputError(f"scoring={name!r} is for two classes and y has {K}; give another")


def _accuracy(y: Array, p: Array, classes: Array, weight: Array | None) -> float:
    return accuracy(y, classes[p.argmax(axis=1)], sample_weight=weight)


def _log_loss(y: Array, p: Array, classes: Array, weight: Array | None) -> float:
    return -log_loss(y, p, labels=classes, sample_weight=weight)


def _brier(y: Array, p: Array, classes: Array, weight: Array | None) -> float:
    return -brier_score(y, p, labels=classes, sample_weight=weight)


def _auc(y: Array, p: Array, classes: Array, weight: Array | None) -> float:
    return roc_auc(y, p[:, 1], pos_label=classes[1], sample_weight=weight)


def _precision(y: Array, p: Array, classes: Array, weight: Array | None) -> float:
    return average_precision(y, p[:, 1], pos_label=classes[1], sample_weight=weight)


def _counts(y: Array, p: Array, classes: Array, weight: Array | None) -> Array:
    return confusion_matrix(y, classes[p.argmax(axis=1)], labels=classes, sample_weight=weight)


def _f1(y: Array, p: Array, classes: Array, weight: Array | None) -> float:
    """F1 = 2·TP / (2·TP + FP + FN), 0 where nothing is positive."""
    (_, alarms), (missed, hits) = _counts(y, p, classes, weight)
    return float(2 * hits / ((2 * hits + alarms + missed) or 1.0))


def _balanced(y: Array, p: Array, classes: Array, weight: Array | None) -> float:
    """Mean over the classes there are of the share of its rows that is found."""
    counts = _counts(y, p, classes, weight)
    totals = counts.sum(axis=1)
    there = totals > 0
    return float((counts.diagonal()[there] / totals[there]).mean())


SCORES: dict[str, Callable[[Array, Array, Array, Array | None], float]] = {
    "accuracy": _accuracy,
    "neg_log_loss": _log_loss,
    "neg_brier_score": _brier,
    "roc_auc": _auc,
    "average_precision": _precision,
    "f1": _f1,
    "balanced_accuracy": _balanced,
}
BINARY = {"roc_auc", "average_precision", "f1"}
