"""Intervals of predicted probabilities.

The interval is made on the log-odds of each class against all others, where the normal
approximation is best, and turned into probabilities:

    log pₖ/(1 − pₖ) = zₖ − log Σ_{l≠k} e^(zₗ),   its slope in zₗ is −pₗ/(1 − pₖ) for l ≠ k

so that it stays between 0 and 1. For two classes that is the interval of the margin. The
standard error of pₖ is pₖ(1 − pₖ) times that of the log-odds, by the delta method (Oehlert, "A
note on the delta method", 1992).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glasslogit.core import Block, Floats, in_unit_scale, log_softmax, sigmoid, softmax
from glasslogit.errors import check_number
from glasslogit.inputs import check_offset
from glasslogit.pages import Page, Printable, level_text
from glasslogit.sources import ArraySource
from glasslogit.trust.inference.contrasts import to_theta
from glasslogit.trust.inference.distributions import normal_quantile
from glasslogit.trust.inference.summary import Summary, refuse_no_summary
from glasslogit.trust.refusals import refuse_separated


@dataclass(frozen=True, eq=False, repr=False)
class ProbabilityIntervals(Printable):
    """Probabilities (n, K) in the order of `classes`, with standard errors and intervals."""

    classes: tuple[Any, ...]
    probability: Floats
    std_error: Floats
    ci_low: Floats
    ci_high: Floats
    level: float

    def page(self) -> Page:
        """Give a table with a row for each row of X, for the last of two classes, or for each."""
        first = int(len(self.classes) == 2)
        index = [(i, c) for i in range(len(self.probability)) for c in self.classes[first:]]
        names = ("probability", "std_error", "ci_low", "ci_high")
        columns = {name: getattr(self, name)[:, first:].ravel() for name in names}
        return Page(f"Probabilities with {level_text(self.level)} intervals", index, columns)


def probability_intervals(
    summary: Summary, X: Any, *, offset: ArrayLike | None = None, level: float | None = None
) -> ProbabilityIntervals:
    """Say how sure the predicted probabilities of rows are, by the covariance of a summary.

    X is read as `predict_proba` reads it, and the probabilities are those it gives, moved by
    `base_rate` if the model has one, which is taken as known. The interval is for the
    probability, not for the outcome of a row. `level` is that of the summary unless it is given.

    >>> from glasslogit import LogisticRegression, summarize
    >>> hours, passed = [[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]], [0, 0, 1, 0, 1, 1]
    >>> model = LogisticRegression(C=np.inf).fit(hours, passed)
    >>> sure = probability_intervals(summarize(model, hours, passed), [[3.5]])
    >>> [side[0, 1].round(3).item() for side in (sure.ci_low, sure.probability, sure.ci_high)]
    [0.099, 0.5, 0.901]
    """
    refuse_no_summary(summary, "probability_intervals(summarize(model, X, y), rows)")
    level = summary.level if level is None else level
    level = check_number(level, "level", "between 0 and 1", above=0, below=1)
    coef, V = np.where(summary.aliased, 0.0, summary.coef), summary.covariance
    V = np.where(np.logical_or.outer(summary.aliased, summary.aliased), 0.0, V)
    if not np.isfinite(coef).all():
        refuse_separated()
    features, intercept = summary.read(X, offset), summary.intercept
    n, K = features.X.shape[0], len(summary.classes)
    margins = K - 1 if K == 2 else K
    offsets, unused = check_offset(offset, n, margins), np.zeros(n)
    source = ArraySource(features.X, unused, unused, offsets)
    q, wide = normal_quantile(level), len(summary.equations)
    theta = to_theta(coef, wide, intercept=intercept)
    root = to_theta(covariance_root(V), wide, intercept=intercept)
    place = [summary.classes.index(c) for c in summary.equations]
    logit, error = np.concatenate(source.map(LogOdds(theta, summary.shift, root, place, K)), axis=1)
    p = sigmoid(logit)
    spread = p * sigmoid(-logit) * error
    ends = sigmoid(logit - q * error), sigmoid(logit + q * error)
    return ProbabilityIntervals(summary.classes, p, spread, *ends, level)


@dataclass(frozen=True, eq=False)
class LogOdds:
    """The log-odds of each class with their errors, (2, n, K): asked by `Source.map`.

    θ (d+1, equations) and the root of its covariance (d+1, equations, m) are those of the
    equations, which belong to the classes in `place`; `shift` moves their margins.
    """

    theta: Floats
    shift: Floats
    root: Floats
    place: list[int]
    K: int

    def __call__(self, block: Block) -> Floats:
        """Give those of the rows of a block."""
        z = np.zeros((len(block.weight), self.K))
        moves = np.zeros((self.K, len(block.weight), self.root.shape[-1]))
        z[:, self.place] = block.product(self.theta) + self.shift
        z[:, self.K - block.offset.shape[1] :] += block.offset
        for a, k in enumerate(self.place):
            moves[k] = block.product(self.root[:, a])
        return log_odds(z, moves)


def covariance_root(V: Floats) -> Floats:
    """Give F with FFᵀ = V for a covariance V, which may be singular.

    >>> covariance_root(np.array([[4.0]])).tolist()
    [[2.0]]
    """
    values, vectors = np.linalg.eigh(in_unit_scale(V)[0])
    return np.sqrt(V.diagonal())[:, None] * vectors * np.sqrt(np.maximum(values, 0.0))


def log_odds(z: Floats, moves: Floats) -> Floats:
    """Give the log-odds of each class and their standard errors, (2, n, K).

    `z` (n, K) are margins, and `moves` (K, n, m) what independent standard normals do to them.
    """
    found = np.empty((2, *z.shape))
    for k in range(z.shape[1]):
        others = np.delete(np.arange(z.shape[1]), k)
        rest = z[:, others]
        found[0, :, k] = z[:, k] + log_softmax(rest)[:, 0] - rest[:, 0]
        move = moves[k] - np.einsum("nl,lnm->nm", softmax(rest), moves[others])
        found[1, :, k] = np.sqrt((move**2).sum(axis=1))
    return found
