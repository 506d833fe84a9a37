"""One objective under many weights of its rows, as resamples give them: f for all of them at once.

    f_b(u) = (Σᵢ s_bᵢ·loss(zᵢ, yᵢ) + S·penalty(w)) / S_b        S_b = Σᵢ s_bᵢ,   b = 1 … B

C·Σ loss + penalty has the same C in all of them: S is the total weight of the objective they are
variants of, and so are the source, the coordinates and the loss, which has one margin here. u is
(p, B), with a column for each. A pass asks the questions of all of them together:

    ReweightedQuadratic   value, gradient, Hessian of each     (B,), (d+1, B), (B, d+1, d+1)
    ReweightedMoments     how the columns lie, and the rates   (d+1, B), (d, B), (1, B)

Derivation: docs/derivations/solvers.md#many-fits-at-once.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glasslogit.core.block import Block
from glasslogit.core.losses import Floats, Loss, curvature
from glasslogit.core.objective import Objective
from glasslogit.core.passes import CLEARLY, Pass

TILE_NUMBERS = 2**14  # one for each row and fit: 128 kB, which the cache keeps


class ReweightedSums(NamedTuple):
    """Answer of `ReweightedQuadratic`."""

    value: Floats
    gradient: Floats
    hessian: Floats


@dataclass(frozen=True, eq=False)
class ReweightedQuadratic(Pass[ReweightedSums]):
    """The sums of `Quadratic`, each with a θ (d+1, B) and weights of its own.

    The weights are the columns `which` (B,) of `weight` (n, …).
    """

    loss: Loss
    theta: Floats
    centre: Floats
    weight: Floats
    which: NDArray[np.integer]

    def __call__(self, block: Block) -> ReweightedSums:
        """See `Pass`; to the loss the margins of all are those of so many more rows."""
        z = block.product(self.theta) + block.offset
        (n, B), tile = z.shape, max(TILE_NUMBERS // len(self.which), 1)
        value, pull, h = np.zeros(B), np.empty(z.shape), np.empty(z.shape)
        for start in range(0, n, tile):
            part = slice(start, start + tile)
            weight = self.weight[block.rows][part, self.which]
            terms = self.loss.evaluate(z[part].reshape(-1, 1), np.repeat(block.y[part], B))
            loss, residual, p = (each.reshape(-1, B) for each in terms)
            value += (weight * loss).sum(axis=0)
            np.multiply(weight, residual, out=pull[part])
            np.multiply(weight, curvature(p), out=h[part])
        grams = block.grams(lambda rows: h[rows].T, self.centre)
        return ReweightedSums(value, block.pullback(pull), grams)


class MomentSums(NamedTuple):
    """Answer of `ReweightedMoments`: Σ s·(x − centre)² and Σ s, and Σ s·v of three numbers v.

    Those are x − centre, the residual where the margin is 0, and the offset.
    """

    squares: Floats
    first: Floats
    residual: Floats
    offset: Floats


@dataclass(frozen=True, eq=False)
class ReweightedMoments(Pass[MomentSums]):
    """The sums of `Moments` about one centre, for each column of `weight` (n, B)."""

    loss: Loss
    centre: Floats
    weight: Floats

    def __call__(self, block: Block) -> MomentSums:
        """See `Pass`."""
        weight = self.weight[block.rows]
        residual = self.loss.evaluate(np.zeros(block.offset.shape), block.y).residual
        moments = block.moments(weight, self.centre)
        return MomentSums(*moments, residual.T @ weight, block.offset.T @ weight)


class SecondOrders(NamedTuple):
    """The quadratic models of many f at u (p, B): (B,), (p, B) and (B, p, p)."""

    u: Floats
    value: Floats
    gradient: Floats
    hessian: Floats


@dataclass(frozen=True, eq=False)
class Reweighted:
    """An objective under other weights (n, B) of its rows, which are in memory.

    Where a column is `held` (d, B) its coefficient is 0, as where it does not vary.
    """

    objective: Objective
    weight: Floats
    held: NDArray[np.bool] | bool = False

    @cached_property
    def total(self) -> Floats:
        """The total weight of each, S_b (B,)."""
        return self.weight.sum(axis=0)

    @cached_property
    def moments(self) -> MomentSums:
        """How the columns lie in each, and the rates of its events; one pass."""
        f = self.objective
        return f.source.sum(ReweightedMoments(f.loss, f.coordinates.centre, self.weight))

    @cached_property
    def rate_margins(self) -> Floats:
        """The margin at which every row has the rate of events, (B, 1)."""
        return self.objective.loss.base_margins(self.moments.residual / self.total).T

    @cached_property
    def mean(self) -> Floats:
        """The mean of each column in u, (d, B): 0 where there is no intercept to go with it."""
        at = self.objective.coordinates
        return at.intercept * self.moments.first / (at.scale[:, None] * self.total)

    @cached_property
    def square(self) -> Floats:
        """The mean square of each column in u, (d, B)."""
        scale = self.objective.coordinates.scale[:, None]
        return self.moments.squares[:-1] / (scale**2 * self.total)

    @cached_property
    def spread(self) -> Floats:
        """The scale that `Coordinates.standardised` gives each column in u, (d, B)."""
        f, rates = self.objective, self.objective.loss.probabilities(self.rate_margins)
        variance, curved = self.square - self.mean**2, self.total * curvature(rates)[:, 0]
        ridge = f.penalty.ridge / f.coordinates.scale[:, None] ** 2
        return np.sqrt(np.maximum(variance, 0.0) + ridge * f.weight / curved)

    @cached_property
    def varies(self) -> NDArray[np.bool]:
        """Tell which of them see every column vary that is not held, beyond any doubt, (B,)."""
        constant = self.objective.coordinates.spread == 0
        clear = self.square - self.mean**2 > CLEARLY**2 * self.square
        return (constant | clear | self.held).all(axis=0)

    @cached_property
    def reach(self) -> Floats:
        """How many spreads a row with weight may be from the mean: √(S_b / min s_bᵢ), (B,)."""
        least = np.min(self.weight, axis=0, where=self.weight > 0, initial=np.inf)
        return np.sqrt(self.total / least)

    @property
    def null(self) -> Floats:
        """The u (p, B) of the model without features, the intercept alone at the base rate."""
        f = self.objective
        u = np.zeros((f.features + f.coordinates.intercept, len(self.total)))
        u[f.features :] = self.rate_margins.T - self.moments.offset / self.total
        return u

    def starts(self, u: Floats) -> Floats:
        """Give u (p, 1) to each, (p, B), less what is held: the margins at the means are kept."""
        d = self.objective.features
        held = np.broadcast_to(self.held * u[:d], self.mean.shape)
        return np.concatenate([u[:d] - held, u[d:] + (self.mean * held).sum(axis=0)])

    def own(self, u: Floats, which: NDArray[np.integer]) -> Floats:
        """Give u (p, B) in the coordinates that these would have for themselves."""
        d = self.objective.features
        b = u[d:] + (self.mean[:, which] * u[:d]).sum(axis=0)
        return np.concatenate([self.spread[:, which] * u[:d], b])

    def quadratic(self, u: Floats, which: NDArray[np.integer]) -> SecondOrders:
        """Give the quadratic models of these at u, a column for each; one pass."""
        f, at = self.objective, self.objective.coordinates
        theta = at.theta(u)
        sums = f.source.sum(ReweightedQuadratic(f.loss, theta, at.centre, self.weight, which))
        w, total, p = theta[:-1], self.total[which], len(u)
        penalty = np.array([f.penalty.value(each[:, None]) for each in w.T])
        gradient = sums.gradient
        gradient[:-1] += f.weight * f.penalty.gradient(w)
        hessian = sums.hessian[:, :p, :p] * at.scaling
        curved = np.broadcast_to(f.weight * f.penalty_curvature(theta), w.shape)
        np.einsum("bjj->bj", hessian)[:, : f.features] += curved.T
        hessian /= total[:, None, None]
        value, slope = (sums.value + f.weight * penalty) / total, at.pull(gradient) / total
        j, b = np.nonzero(np.broadcast_to(self.held, self.mean.shape)[:, which])
        slope[j, b] = hessian[b, j] = hessian[b, :, j] = 0.0
        return SecondOrders(u, value, slope, hessian)
