"""What two models score on the same rows: the differences, and how sure these are.

Each measure is a mean over the observations, or of their placements, so that a difference d of
two is one too. An observation j moves it by its influence uⱼ, and these are independent:

    a mean            uⱼ = (dⱼ − d) / S                         Var d = S/(S − 1)·Σ uⱼ²
    the area under    uⱼ = (dⱼ − d) / S of j's class, with      Var d = Σ S/(S − 1)·Σ uⱼ², class
    the ROC curve     dⱼ the difference of its placements       by class

for S observations, or S of the class; the second is the variance of DeLong, DeLong and
Clarke-Pearson (Biometrics 44, 1988). The rows being the same, what makes a row hard for both
models cancels in d, and the error of the difference is less than either model's.

Where a row and not each unit of its weight is independent, its influences are added up before they
are squared: N. A. Obuchowski, "Nonparametric analysis of clustered ROC curve data", Biometrics 53
(1997).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import Floats, surprise
from glasslogit.evaluate import placements


class OutcomeWeights(NamedTuple):
    """What happened: the `weight` of the outcomes of each class in each row, (n, K).

    `by_row` says that a row, and not each unit of its weight, is independent of the others.
    """

    weight: Floats
    by_row: bool = False

    def of_class(self, k: int) -> "OutcomeWeights":
        """Give the outcomes of one class alone."""
        alone = np.zeros_like(self.weight)
        alone[:, k] = self.weight[:, k]
        return self._replace(weight=alone)

    @property
    def size(self) -> float:
        """The number of independent observations."""
        return float((self.weight > 0).any(axis=1).sum() if self.by_row else self.weight.sum())

    @property
    def counts(self) -> Floats:
        """The number of observations in which each class happened, (K,)."""
        return ((self.weight > 0) if self.by_row else self.weight).sum(axis=0).astype(np.float64)


class Values(NamedTuple):
    """What a measure is of the new and the old model, and new − old."""

    new: float
    old: float
    apart: float

    @staticmethod
    def of(new: float, old: float) -> "Values":
        """Subtract one from the other."""
        return Values(new, old, new - old)


class Difference(NamedTuple):
    """A measure of two models, with the error of the difference; NaN where nothing tells it.

    `freedom` are the degrees of freedom of the error.
    """

    name: str
    measured: Values
    std_error: float
    freedom: float
    lower_is_better: bool


def mean_difference(
    name: str, seen: OutcomeWeights, scores: Sequence[Floats], *, lower_is_better: bool
) -> Difference:
    """Compare the means of what each model scores in each row if a class happens, (n, K) each.

    >>> seen = OutcomeWeights(np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]))
    >>> new, old = np.array([[0.1, 9.0], [9.0, 0.2], [9.0, 0.3]]), np.full((3, 2), 0.4)
    >>> found = mean_difference("loss", seen, (new, old), lower_is_better=True)
    >>> round(found.measured.apart, 6), round(found.std_error, 6), found.freedom
    (-0.2, 0.057735, 2.0)
    """
    used, total = seen.weight > 0, seen.weight.sum()
    new, old = (np.where(used, each, 0.0) for each in scores)
    with np.errstate(invalid="ignore"):  # ∞ − ∞, of which nothing is known
        apart = new - old
    means = [float((seen.weight * each).sum() / total) for each in (new, old, apart)]
    error = np.nan
    if np.isfinite(means[2]):
        varies = bool(np.ptp(apart[used]) > 0)
        influence = (apart - means[2]) / total
        error = known(spread(seen, influence, by_class=False), means[2], varies=varies)
    return Difference(
        name, Values(means[0], means[1], means[2]), error, seen.size - 1.0, lower_is_better
    )


def auc_difference(
    name: str, seen: OutcomeWeights, p: Sequence[Floats], classes: Sequence[int]
) -> Difference:
    """Compare the areas under the ROC curves of some classes against all others: their means.

    `p` are the probabilities (n, K) of both models.

    >>> seen = OutcomeWeights(np.eye(2)[[0, 0, 1, 1]])
    >>> scores = np.array([[0.1, 0.2, 0.3, 0.4], [0.1, 0.3, 0.2, 0.4]])
    >>> new, old = (np.stack([1 - each, each], axis=1) for each in scores)
    >>> auc_difference("ROC AUC", seen, (new, old), [1]).measured.apart
    0.25
    """
    influence, areas, varies = np.zeros(seen.weight.shape), np.zeros((2, len(classes))), False
    for place, k in enumerate(classes):
        positive = seen.weight[:, k]
        negative = seen.weight.sum(axis=1) - positive
        both = [placements(each[:, k], positive, negative) for each in p]
        areas[:, place] = [positive @ each.as_positive / positive.sum() for each in both]
        above, below = (new - old for new, old in zip(*both, strict=True))
        apart = areas[0, place] - areas[1, place]
        others = np.arange(len(seen.weight[0])) != k
        influence[:, k] += (above - apart) / positive.sum()
        influence[:, others] += ((below - apart) / negative.sum())[:, None]
        varies |= any(np.ptp(d[w > 0]) > 0 for d, w in ((above, positive), (below, negative)))
    means = Values.of(float(areas[0].mean()), float(areas[1].mean()))
    error = known(spread(seen, influence / len(classes), by_class=True), means.apart, varies=varies)
    return Difference(name, means, error, np.inf, lower_is_better=False)


def precision_difference(
    name: str, seen: OutcomeWeights, decided: Sequence[NDArray[np.intp]], k: int
) -> Difference | None:
    """Compare the shares of the rows predicted as class k that are of it; None where one has none.

    A share P of the rows that are predicted, F in all, moves by (hit − P)/F with each of them.

    >>> seen = OutcomeWeights(np.eye(2)[[0, 0, 1, 1]])
    >>> decided = np.array([0, 1, 1, 1]), np.array([0, 0, 1, 1])
    >>> round(precision_difference("precision", seen, decided, 1).measured.apart, 6)
    -0.333333
    """
    hit = np.arange(seen.weight.shape[1]) == k  # (K,)
    of_row = seen.weight.sum(axis=1)
    flags = [(each == k).astype(np.float64) for each in decided]
    totals = [float(of_row @ each) for each in flags]
    if not all(totals):
        return None
    shares = [
        float(seen.weight[:, k] @ flag / total) for flag, total in zip(flags, totals, strict=True)
    ]
    moves = [
        flag[:, None] * (hit - share) / total
        for flag, share, total in zip(flags, shares, totals, strict=True)
    ]
    influence = moves[0] - moves[1]
    values = Values.of(shares[0], shares[1])
    varies = bool(influence[seen.weight > 0].any())
    error = known(spread(seen, influence, by_class=False), values.apart, varies=varies)
    return Difference(name, values, error, seen.size - 1.0, lower_is_better=False)


def spread(seen: OutcomeWeights, influence: Floats, *, by_class: bool) -> float:
    """Give the standard error of what each observation moves by its `influence`, (n, K).

    NaN if there is one observation, or one of a class, which tells nothing of how they vary.
    """
    counts = seen.counts if by_class else np.array([seen.size])
    if ((counts > 0) & (counts <= 1)).any():
        return np.nan
    factors = counts / np.maximum(counts - 1.0, 1.0)
    if not seen.by_row:
        return float((factors * (seen.weight * influence**2).sum(axis=0)).sum() ** 0.5)
    moved = seen.weight * influence
    of_rows = float((moved.sum(axis=1) ** 2).sum())
    if not by_class:
        return float((factors[0] * of_rows) ** 0.5)
    own = (moved**2).sum(axis=0)  # (K,)
    between = seen.size / (seen.size - 1.0) * (of_rows - own.sum())
    return float(max((factors * own).sum() + between, 0.0) ** 0.5)


def known(error: float, difference: float, *, varies: bool) -> float:
    """Give the error of a difference, NaN of one that is the same everywhere and not 0."""
    if varies:
        return error
    return np.nan if difference else 0.0


def log_losses(p: Floats) -> Floats:
    """Give the log loss of each row if a class happens, (n, K)."""
    return surprise(p)


def squared_errors(p: Floats) -> Floats:
    """Give the Brier score of each row if a class happens, (n, K); half the sum for two classes.

    >>> squared_errors(np.array([[0.5, 0.5], [0.0, 1.0]])).tolist()
    [[0.25, 0.25], [1.0, 0.0]]
    """
    squares = np.square(p)
    error = squares.sum(axis=1, keepdims=True) - squares + np.square(1.0 - p)
    return error / 2.0 if p.shape[1] == 2 else error


def hits(decided: NDArray[np.intp], K: int) -> Floats:
    """Give 1 where the class that happens is the one that is predicted, (n, K)."""
    return (decided[:, None] == np.arange(K)).astype(np.float64)
