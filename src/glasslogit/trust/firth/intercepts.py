"""Intercepts for Firth's probabilities, whose mean is drawn to ½ and is not the event rate.

    FLIC   the intercept anew by maximum likelihood, the other coefficients as they are
    FLAC   all anew, on the rows and once more the rows with weight h for both classes alike,
           told apart by a column: Firth's estimate is that without the column

Puhr, Heinze, Nold, Lusa & Geroldinger, "Firth's logistic regression with rare events: accurate
effect estimates and predictions?", 2017, section 2.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from glasslogit.core import Binomial, Block, Floats, Labels
from glasslogit.optimum import Settings, train
from glasslogit.solvers import Rules
from glasslogit.sources import ArraySource, BatchSource
from glasslogit.trust.firth.jeffreys import PenalisedLikelihood, leverage

MOST_SHIFTS = 60  # steps of Newton's method for the intercept
SHIFT_ROUNDING = 1e-12  # the size of a step that is rounding


def uncorrected(problem: PenalisedLikelihood, theta: Floats) -> Floats:
    """Keep Firth's intercept."""
    del problem
    return theta


def flic(problem: PenalisedLikelihood, theta: Floats) -> Floats:
    """Fit the intercept anew, by maximum likelihood: the mean probability is the event rate."""
    source, loss = problem.objective.source, problem.objective.loss
    rows = source.map(partial(margins_and_labels, theta=theta))
    z, y, weight = (np.concatenate(part) for part in zip(*rows, strict=True))
    shift = np.zeros(z.shape[1])
    for _ in range(MOST_SHIFTS):
        terms = loss.evaluate(z + shift, y)
        slope = weight @ terms.residual
        weighted = weight[:, None] * terms.p
        step = np.linalg.solve(np.diag(weighted.sum(axis=0)) - weighted.T @ terms.p, slope)
        shift = shift - np.clip(step, -1.0, 1.0)
        if np.abs(step).max() <= SHIFT_ROUNDING:
            break
    return np.vstack([theta[:-1], theta[-1] + shift])


def margins_and_labels(block: Block, theta: Floats) -> tuple[Floats, Labels, Floats]:
    """Give the margins of some rows, without their offsets, their labels and their weights."""
    return block.product(theta), block.y, block.weight


def flac(problem: PenalisedLikelihood, theta: Floats) -> Floats:
    """Fit all anew, on the rows and once more the rows, of weight h and both classes alike."""
    at = problem.at(problem.objective.coordinates.inverse(theta))
    roots = problem.roots(np.asarray(np.linalg.cholesky(at.inverse).T, np.float64))
    rows = BatchSource(partial(rows_with_leverage, problem, theta, roots))
    size, d = problem.objective.size, problem.objective.features
    settings = Settings(np.inf, 0.0, True, "newton", Rules(tol=1e-9), size)
    return np.delete(train(rows, Binomial(), settings).result.theta, d, axis=0)


def rows_with_leverage(
    problem: PenalisedLikelihood, theta: Floats, roots: Floats
) -> Iterator[tuple[Any, ...]]:
    """Give each block, and again with weight h and both classes alike, told apart by a column."""
    loss, d = problem.objective.loss, problem.objective.features
    for block in problem.objective.source.blocks():
        p = loss.probabilities(block.margins(theta))
        h = block.weight * p[:, 0] * p[:, 1] * leverage(block, roots)[:, 0, 0]
        plain, n = block.entries(slice(d)), len(h)
        twice = np.column_stack([np.tile(plain, (2, 1)), np.repeat([0.0, 1.0], n)])
        y = np.append(block.y.astype(np.float64), np.full(n, 0.5))
        yield twice, y, np.append(block.weight, h), np.zeros((2 * n, 1))


CORRECTIONS = {"firth": uncorrected, "flic": flic, "flac": flac}


def by_class(source: Any, K: int) -> ArraySource:
    """Give rows of one class each: one that is a share of events comes once for each class."""
    y, weight, none = source.y, source.weight, np.zeros((len(source.y), K - 1))
    if (y % 1 == 0).all():
        return ArraySource(source.X, y.astype(np.intp), weight, none)
    twice = source.take(np.tile(np.arange(len(y)), 2))
    events = np.repeat([1, 0], len(y))
    return ArraySource(
        twice.X, events, np.append(weight * y, weight * (1 - y)), np.tile(none, (2, 1))
    )
