"""Fits of one model to the same rows under other weights, many at once where that pays.

What `newton_of_many` brings to its optimum beyond doubt is what `train` would have given. All
else goes to `train`, one fit at a time, and ends as it does there.

Derivation: docs/derivations/solvers.md#many-fits-at-once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

import numpy as np

from glasslogit.core import Floats, InMemory, Loss, Moments, Objective, Reweighted
from glasslogit.optimum.rotation import is_wide
from glasslogit.optimum.start import base_rate_loss, nearer
from glasslogit.optimum.train import Settings, make_objective, train
from glasslogit.solvers import Newton, Outcome, Rules, Settled, newton_of_many
from glasslogit.sources import ArraySource

# A fit takes n·d² products for each Hessian, by itself or among others; what is saved are the
# calls. Up to so many columns and a few hundred rows they cost some three times the products.
MOST_COLUMNS_TOGETHER = 50
BATCH_BYTES = 2**24  # of the arrays of a batch, which is some 200 fits to 569 rows of 30 columns
ROW_ARRAYS = 4  # of a number for each row of a block and each fit, that a pass makes on its way
HESSIANS = 6  # of each fit, that a step makes on its way


class Refit(NamedTuple):
    """A fit to other weights: θ (d+1, c) for the columns as they were given, and how it ended."""

    theta: Floats
    outcome: Outcome


def refits(
    source: InMemory, loss: Loss, settings: Settings, start: Floats, weights: Iterable[Floats]
) -> Iterator[Refit]:
    """Fit to the rows of a source under each of the weights (n,), from one start (d+1, c).

    No weights are asked for before the batch that they are in.
    """
    f, rest = shared_objective(source, loss, settings, start), iter(weights)
    size = 1 if f is None else batch_size(f)
    while chunk := list(islice(rest, size)):
        known = [None] * len(chunk) if f is None else together(f, source, settings, start, chunk)
        for weight, theta in zip(chunk, known, strict=True):
            if theta is None:
                result = train(source_of(source, weight), loss, settings, start).result
                yield Refit(result.theta, result.outcome)
            else:
                yield Refit(theta, Outcome.CONVERGED)


def shared_objective(
    source: InMemory, loss: Loss, settings: Settings, start: Floats
) -> Objective | None:
    """Give the f that fits to other weights are variants of; None if they are to be made alone.

    It is in coordinates that suit the weights of the source. Where the fit to these does not
    converge beyond doubt itself, as with columns that depend on each other or hide behind an
    outlier, hardly any of its resamples does.
    """
    if start.shape[1] > 1 or len(start) - 1 > MOST_COLUMNS_TOGETHER or is_wide(source):
        return None
    rows, moments = nearer(source, loss, intercept=settings.fit_intercept)
    f, solver = make_objective(rows, loss, moments, settings)
    if not isinstance(solver, Newton):
        return None
    itself = settle(Reweighted(f, source.weight[:, None]), start, settings.rules)
    return f if itself.converged.all() else None


def batch_size(f: Objective) -> int:
    """Give how many fits make a batch: two numbers a row for the weights, and what a pass makes.

    More are not faster: the products of the columns, made once for all of a batch, cost as much
    as some ten of its fits.
    """
    rows = min(f.source.rows_per_block, f.rows)
    each = 2 * f.rows + ROW_ARRAYS * rows + HESSIANS * (f.features + 1) ** 2
    return max(BATCH_BYTES // (8 * each), 1)


def together(
    f: Objective, source: InMemory, settings: Settings, start: Floats, weights: list[Floats]
) -> list[Floats | None]:
    """Fit to a batch of weights; give each θ, or None where the fit is to be made alone."""
    many = Reweighted(f, np.stack(weights, axis=1))
    held = np.zeros(many.mean.shape, bool)
    for b in np.flatnonzero(~many.varies):  # in doubt, so the rows with weight are asked
        held[:, b] = ~source_of(source, weights[b]).sum(Moments(f.loss)).varies
    settled = settle(replace(many, held=held) if held.any() else many, start, settings.rules)
    thetas = (f.theta(u[:, None]) for u in settled.u.T)
    return [each if done else None for each, done in zip(thetas, settled.converged, strict=True)]


def settle(many: Reweighted, start: Floats, rules: Rules) -> Settled:
    """Take the fits to a batch of weights as far as they go together."""
    f = many.objective
    most = base_rate_loss(f.loss, many.rate_margins, intercept=f.coordinates.intercept)
    return newton_of_many(many, f.inverse(start), most, rules)


def source_of(source: InMemory, weight: Floats) -> ArraySource:
    """Give the rows of a source under other weights."""
    return ArraySource(source.X, source.y, weight, source.offset, threads=source.threads)
