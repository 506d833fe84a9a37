"""Numbers that say how good predictions are: accuracy, confusion, log loss, Brier score.

Labels may be numbers, booleans or strings. Every mean is weighted: Σ sᵢ·vᵢ / Σ sᵢ, so an
integer weight means the same as repeating the row, and a row of weight 0 is as good as absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.core import surprise
from glasslogit.errors import InputError
from glasslogit.inputs import check_weight, missing_labels, place_labels, to_array, to_numbers
from glasslogit.pages import how_many

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["accuracy", "brier_score", "confusion_matrix", "log_loss"]

# Probabilities computed in float32 for many classes add to 1 only this well.
_SUM_TOLERANCE = 1e-4


def accuracy(y: ArrayLike, y_pred: ArrayLike, *, sample_weight: ArrayLike | None = None) -> float:
    """Share of the rows whose predicted class is the true one: Σ sᵢ·[yᵢ = ŷᵢ] / Σ sᵢ.

    `y` and `y_pred` are (n,) labels. Raises `InputError` when their lengths or kinds differ.

    >>> accuracy(["no", "yes", "yes", "no"], ["no", "yes", "no", "no"])
    0.75
    """
    true, predicted, weight = _label_pair(y, y_pred, sample_weight)
    return _weighted_mean(true == predicted, weight)


def confusion_matrix(
    y: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
) -> NDArray[Any]:
    """Count the rows of each true class (row) that got each predicted class (column).

    `labels` gives the order of rows and columns, (K,); without it, all classes found in
    `y` and `y_pred`, sorted. The result is (K, K): integers, or sums of `sample_weight`.
    Raises `InputError` for a class that `labels` lacks: no row is left out in silence.

    >>> confusion_matrix([0, 0, 0, 1], [0, 0, 1, 1])
    array([[2, 1],
           [0, 1]])
    """
    true, predicted, weight = _label_pair(y, y_pred, sample_weight)
    if labels is None:
        classes = np.unique(np.concatenate([true, predicted]))
    else:
        classes = as_labels(labels, "labels")
    count = classes.size
    cell = _codes(true, classes, "y") * count + _codes(predicted, classes, "y_pred")
    sums = np.bincount(cell, None if sample_weight is None else weight, count * count)
    return sums.reshape(count, count)


def log_loss(
    y: ArrayLike,
    p: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Mean surprise at the true class, in nats: Σ sᵢ·(−log pᵢ[yᵢ]) / Σ sᵢ.

    `p` is (n,), the probability of the second of two classes, or (n, K), one column for each
    class in the order of `labels` (without it: the classes of `y`, sorted). A true class that
    was given probability 0 costs ∞: the loss is not clipped. Raises `InputError` for anything
    outside [0, 1], for rows that do not add to 1, and when columns and classes do not match.

    >>> round(log_loss(["no", "yes"], [0.25, 0.75]), 6)
    0.287682
    >>> log_loss([0, 1], [0.0, 0.0])
    inf
    """
    code, table, weight = _probability_table(y, p, labels, sample_weight)
    return _weighted_mean(surprise(table[np.arange(code.size), code]), weight)


def brier_score(
    y: ArrayLike,
    p: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Mean squared error of the probabilities: Σ sᵢ·Σₖ (pᵢₖ − [yᵢ = k])² / Σ sᵢ.

    The arguments are those of `log_loss`. With K > 2 classes the score lies in [0, 2]. With
    two classes both columns say the same, and half the sum is returned: the usual (p − y)²,
    in [0, 1]. Source: G. W. Brier, "Verification of forecasts expressed in terms of
    probability", Monthly Weather Review 78 (1950), which has the sum form.

    >>> brier_score([0, 1], [0.0, 0.5])
    0.125
    >>> brier_score([0, 1, 2], [[1, 0, 0], [0, 1, 0], [1, 0, 0]], sample_weight=[1, 2, 1])
    0.5
    """
    code, table, weight = _probability_table(y, p, labels, sample_weight)
    error = table - (code[:, None] == np.arange(table.shape[1]))  # (n, K)
    squares = np.square(error).sum(axis=1)
    score = _weighted_mean(squares, weight)
    return score / 2 if table.shape[1] == 2 else score


def as_labels(y: ArrayLike, name: str = "y") -> NDArray[Any]:
    """Return class labels as a flat (n,) array of one kind, without missing values."""
    labels = to_array(y, name)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or labels.size == 0:
        raise InputError(f"{name} has the shape {labels.shape}; give one label for each row")
    if labels.dtype.kind in "OT":
        labels = _from_objects(labels, name)
    if labels.dtype.kind in "fmM" and (missing := missing_labels(labels)).any():
        row = int(missing.argmax())
        raise InputError(f"{name} is missing in row {row}; drop the row or give a label")
    return labels


def default_classes(y: NDArray[Any]) -> NDArray[Any]:
    """Return the sorted classes of `y`; 0s or 1s alone still mean the pair (0, 1)."""
    classes = np.unique(y)
    if classes.size == 1 and classes.dtype.kind in "biuf" and classes[0] in (0, 1):
        return np.array([0, 1]).astype(classes.dtype)
    return classes


def _weighted_mean(values: NDArray[Any], weight: NDArray[np.float64]) -> float:
    """Return Σ sᵢ·vᵢ / Σ sᵢ, all sᵢ > 0."""
    return float(np.sum(values * weight) / np.sum(weight))


def _label_pair(
    y: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None
) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.float64]]:
    """Return true and predicted labels, of one kind, and weights of the rows that have some."""
    true, predicted = as_labels(y), as_labels(y_pred, "y_pred")
    if true.size != predicted.size:
        raise InputError(
            f"y has {how_many(true.size, 'row')} and y_pred {predicted.size}; they must match"
        )
    _check_same_kind(true, predicted, "y_pred")
    weight = check_weight(sample_weight, true.size)
    used = weight > 0
    return true[used], predicted[used], weight[used]


def _check_same_kind(labels: NDArray[Any], other: NDArray[Any], name: str) -> None:
    """Refuse to compare strings with numbers: the answer would be "all wrong" in silence."""
    kinds = ["numbers" if each.dtype.kind in "biufc" else "texts" for each in (labels, other)]
    if kinds[0] != kinds[1]:
        raise InputError(f"y holds {kinds[0]} and {name} {kinds[1]}; use the same labels in both")


def _from_objects(labels: NDArray[Any], name: str) -> NDArray[Any]:
    """Return Python objects as an array of strings or of numbers; a mixture is refused."""
    for kind in (str, int | float | np.number | np.bool_):
        if all(isinstance(each, kind) for each in labels):
            return np.array(labels.tolist())
    raise InputError(f"{name} mixes kinds of labels or misses some; use only texts or only numbers")


def _codes(values: NDArray[Any], classes: NDArray[Any], name: str) -> NDArray[np.intp]:
    """Return the position of each value in `classes`, (n,)."""
    _check_same_kind(values, classes, "labels")
    order = np.argsort(classes)
    ordered = classes[order]
    if (ordered[1:] == ordered[:-1]).any():
        raise InputError("labels repeats a class; name each class once")
    place, unknown = place_labels(values, ordered)
    if unknown.any():
        value = values[unknown][0].item()
        raise InputError(f"{name} has the class {value!r}, which labels lacks; add it to labels")
    return order[place]


def _probability_table(
    y: ArrayLike, p: ArrayLike, labels: ArrayLike | None, sample_weight: ArrayLike | None
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """Return class numbers (n,), probabilities (n, K) and weights of the rows that have some."""
    values = as_labels(y)
    weight = check_weight(sample_weight, values.size)
    used = weight > 0
    there = values[used]
    classes = default_classes(there) if labels is None else as_labels(labels, "labels")
    table = np.asarray(to_numbers(p, "p"), np.float64)
    if table.ndim == 1 or table.shape[1:] == (1,):
        positive = table.reshape(-1)
        table = np.stack([1 - positive, positive], axis=1)
    if table.ndim != 2 or table.shape[0] != values.size:
        raise InputError(
            f"p has the shape {np.shape(p)}; it must have {how_many(values.size, 'row')}, as y"
        )
    if table.shape[1] != classes.size:
        raise InputError(
            f"p speaks of {how_many(table.shape[1], 'class', 'classes')} and y of {classes.size}; "
            "name the classes in the order of the columns: labels=model.classes_"
        )
    _check_probabilities(table)
    return _codes(there, classes, "y"), table[used], weight[used]


def _check_probabilities(table: NDArray[np.float64]) -> None:
    """Refuse rows that are not probabilities."""
    outside = np.flatnonzero(~((table >= 0) & (table <= 1)).all(axis=1))
    if outside.size:
        raise InputError(f"p leaves [0, 1] in row {outside[0]}; pass probabilities, not margins")
    total = table.sum(axis=1)
    wrong = np.flatnonzero(np.abs(total - 1) > _SUM_TOLERANCE)
    if wrong.size:
        raise InputError(f"p adds to {total[wrong[0]]:.6g} in row {wrong[0]}; it must add to 1")
