"""The line between data and optimisation: mean loss + penalty, a function of θ only.

    f(θ) = (1/S) Σᵢ sᵢ·loss(zᵢ, yᵢ) + penalty(w)        S = Σᵢ sᵢ,  θ = [w; b]

A solver sees f through `Coordinates` u ↦ θ(u).

Derivations: docs/derivations/objective.md.
"""

from dataclasses import dataclass, replace
from functools import cached_property, partial, reduce
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from glasslogit.core.block import Block
from glasslogit.core.coordinates import Coordinates, unshifted
from glasslogit.core.kept_margins import AtMargins, HessianProduct, MarginSums
from glasslogit.core.losses import Floats, Loss
from glasslogit.core.passes import (
    AlongLine,
    ClassBlocks,
    ColumnMoments,
    Diagonal,
    DiagonalSums,
    GradientSums,
    Kronecker,
    Quadratic,
    QuadraticSums,
    Value,
    ValueAndGradient,
    grams_of_terms,
    hessian,
)
from glasslogit.core.penalties import Penalty
from glasslogit.core.source import Source

TINY = float(np.finfo(float).tiny)


class FirstOrder(NamedTuple):
    """The linear model of f at u: its value and gradient there."""

    u: Floats
    value: float
    gradient: Floats


class SecondOrder(NamedTuple):
    """The quadratic model of f at u; the Hessian may be one of elsewhere, or of a sample."""

    u: Floats
    value: float
    gradient: Floats
    hessian: Floats


class KroneckerFactors(NamedTuple):
    """The Hessian taken as a product: of the columns (p, p) and of the classes (c', c')."""

    columns: Floats
    classes: Floats


class KeptMargins(NamedTuple):
    """The linear model of f at u, with the margins and probabilities of all rows there.

    `penalty_curvature` is that of each coefficient of θ, shape (d, c) or one for all.
    """

    u: Floats
    value: float
    gradient: Floats
    margins: Floats
    p: Floats
    penalty_curvature: Floats | float


LocalModel = FirstOrder | SecondOrder | KeptMargins  # what is known of f at u


@dataclass(frozen=True, eq=False)
class Objective:
    """f(u) = mean loss + penalty over a source.

    `weight` is the total weight S, `rows` the number of rows and `size` the number of
    observations that standard errors refer to.
    """

    source: Source
    loss: Loss
    penalty: Penalty
    coordinates: Coordinates
    weight: float
    rows: int
    size: float

    @property
    def features(self) -> int:
        """The number of columns d; the rows of u beyond it, if any, are the intercept."""
        return len(self.coordinates.scale)

    @property
    def unit(self) -> float:
        """What f is multiplied by to be C·Σ loss + penalty: C·S, or S without a penalty."""
        return 1.0 / self.penalty.strength if self.penalty.strength else self.weight

    @cached_property
    def contrasts(self) -> Floats:
        """Those of the loss as the axes see them, (t, c')."""
        axes = self.coordinates.axes
        return self.loss.contrasts(len(axes)) @ axes

    @property
    def free_shifts(self) -> list[int]:
        """The rows of θ whose entries may all be shifted alike without changing the loss.

        Those of a softmax may, but not where a ridge holds them, nor where the axes leave it out.
        """
        at, d = self.coordinates, self.features
        if not self.loss.redundant or at.axes.shape[1] < len(at.axes):
            return []
        ridge = np.broadcast_to(self.penalty.ridge, (d, 1))[:, 0]
        return [*np.flatnonzero(ridge == 0).tolist(), *[d] * at.intercept]

    def standardised(self, moments: ColumnMoments, ridge: Floats | float, axes: Floats) -> Self:
        """Give f in coordinates where columns are of one scale, and centred if they can be."""
        intercept = self.coordinates.intercept
        at = Coordinates.standardised(moments, ridge, intercept=intercept, axes=axes)
        return replace(self, coordinates=at)

    def value(self, u: Floats) -> float:
        """Give f(u); one pass."""
        theta = self.coordinates.theta(u)
        total = float(self.source.sum(Value(self.loss, theta)).total)
        return total / self.weight + self.penalty.value(theta[:-1])

    def value_and_gradient(self, u: Floats) -> FirstOrder:
        """Give f(u) and the gradient of its smooth part; one pass."""
        theta = self.coordinates.theta(u)
        return self.slope(u, theta, self.source.sum(ValueAndGradient(self.loss, theta)))

    def batch_gradient(self, u: Floats, batch: Block) -> Floats:
        """Estimate the gradient from one batch: every row stands for rows/batch others."""
        theta = self.coordinates.theta(u)
        total = ValueAndGradient(self.loss, theta)(batch).gradient
        share = len(batch.weight) / self.rows
        return self._gradient(theta, total / (share * self.weight))

    def theta(self, u: Floats) -> Floats:
        """Give θ(u) for the columns as they were given, before any was shifted."""
        return unshifted(self.coordinates.theta(u), self.source.shift)

    def quadratic(self, u: Floats) -> SecondOrder:
        """Give f(u), gradient and Hessian (p, c', p, c') of the smooth part; one pass."""
        at = self.coordinates
        theta = at.theta(u)
        sums = self.source.sum(Quadratic(self.loss, theta, at.centre))
        return self.at_sums(u, theta, sums)

    def at_sums(self, u: Floats, theta: Floats, sums: QuadraticSums) -> SecondOrder:
        """Give f(u), gradient and Hessian from what the rows answered at θ; no pass."""
        H = self.coordinates.pull_both(hessian(sums.grams, self.contrasts))
        H /= self.weight
        np.einsum("jkjk->jk", H)[: self.features] += self.penalty_curvature(theta)
        return SecondOrder(*self.slope(u, theta, sums), H)

    def kronecker(self, u: Floats) -> KroneckerFactors:
        """Give the factors of the Hessian at u of a softmax; one pass."""
        at, d = self.coordinates, self.features
        sums = self.source.sum(Kronecker(self.loss, at.theta(u), at.centre))
        columns = at.pull_both(sums.columns[:, None, :, None])[:, 0, :, 0] / self.weight
        per_row = sums.classes / sums.size if sums.size > 0 else np.eye(len(at.axes))
        classes = at.axes.T @ per_row @ at.axes
        curved = self.penalty_curvature(at.theta(u)).mean(axis=1) / classes.diagonal().mean()
        columns.flat[: d * len(columns) : len(columns) + 1] += curved
        return KroneckerFactors(columns, classes)

    def class_blocks(self, u: Floats) -> Floats:
        """Give the Hessian at u of the coefficients of each class alone, (c, p, p); one pass."""
        at, p, theta = self.coordinates, len(u), self.coordinates.theta(u)
        sums = self.source.sum(ClassBlocks(self.loss, theta, at.centre)).total
        blocks = sums[:, :p, :p] * (at.scaling / self.weight)
        np.einsum("kjj->jk", blocks)[: self.features] += self.penalty_curvature(theta)
        return blocks

    def margins(self, u: Floats) -> Floats:
        """Give the margins of all rows at u, (n, c), to be kept; one pass."""
        theta = self.coordinates.theta(u)
        return np.concatenate(self.source.map(partial(Block.margins, theta=theta)))

    def at_margins(self, u: Floats, margins: Floats) -> KeptMargins:
        """Give f(u) and its gradient where the margins are known; one pass."""
        theta, sums = self.coordinates.theta(u), self.source.sum(AtMargins(self.loss, margins))
        curved, p = self.penalty.curvature(theta[:-1]), np.concatenate(sums.p)
        return KeptMargins(*self.slope(u, theta, sums), margins, p, curved)

    def hessian_product(self, at: KeptMargins, v: Floats) -> tuple[Floats, Floats]:
        """Give the Hessian there times v, and the change of the margins along v; one pass."""
        direction = self.coordinates.theta(v)
        sums = self.source.sum(HessianProduct(self.loss, at.p, direction))
        total = sums.total / self.weight
        total[:-1] += at.penalty_curvature * direction[:-1]
        return self.coordinates.pull(total), np.concatenate(sums.change)

    def hessian_among(self, u: Floats, which: NDArray[np.integer]) -> Floats:
        """Give the Hessian at u of these columns and the intercept, (p, c', p, c'); two passes."""
        p, part = self.at_margins(u, self.margins(u)).p, self.columns(which)
        at = part.coordinates
        grams = part.source.map(
            lambda rows: grams_of_terms(rows, self.loss, p[rows.rows], at.centre)
        )
        few = np.concatenate([u[which], u[self.features :]])
        theta = at.theta(few)
        sums = QuadraticSums(0.0, 0.0 * theta, reduce(np.add, grams))
        return part.at_sums(few, theta, sums).hessian

    def is_held(self, u: Floats) -> bool:
        """Tell whether a ridge holds every coefficient, so that there is an optimum."""
        return bool(np.all(self.penalty.curvature(self.coordinates.theta(u)[:-1]) > 0))

    def diagonal(self, u: Floats) -> Floats:
        """Give the diagonal of the Hessian at u, shaped like u; one pass."""
        at, theta, scale = self.coordinates, self.coordinates.theta(u), self.coordinates.scale
        total = self.source.sum(Diagonal(self.loss, theta, at.centre, at.axes)).total
        total[:-1] = total[:-1] / scale[:, None] / scale[:, None]
        total /= self.weight
        total[:-1] += self.penalty_curvature(theta)
        return total[: len(u)]

    def along(self, u: Floats, direction: Floats, lengths: tuple[float, ...]) -> Floats:
        """Give f(u + t·direction) for every t in `lengths`; one pass."""
        theta, change = self.coordinates.theta(u), self.coordinates.theta(direction)
        total = self.source.sum(AlongLine(self.loss, theta, change, lengths)).total
        penalties = [self.penalty.value(theta[:-1] + t * change[:-1]) for t in lengths]
        return total / self.weight + np.array(penalties)

    def kinks(self, u: Floats) -> Floats:
        """Give the L1 strength of each coordinate, 0 for the intercept, shaped like u."""
        strengths = np.zeros_like(u)
        strengths[: self.features] = self.penalty.kink / self.coordinates.scale[:, None]
        return strengths

    def prox(self, u: Floats, t: float) -> Floats:
        """Apply the proximal operator of the penalty's kink; the axes must be plain."""
        d, scale = self.features, self.coordinates.scale[:, None]
        return np.concatenate([self.penalty.prox(u[:d], t / scale), u[d:]])

    def sample(self, share: float, seed: int) -> "Objective":
        """Give the objective of about a share of the rows: the same f but for chance."""
        part = self.source.sample(share, seed)
        weight = float(part.weight.sum())
        size = self.size * len(part.y) / self.rows
        return replace(self, source=part, weight=weight, rows=len(part.y), size=size)

    def columns(self, which: NDArray[np.integer]) -> "Objective":
        """Give f as a function of the coefficients of these columns, the others being 0."""
        part, at = self.source.columns(which), self.coordinates.columns(which)
        penalty = self.penalty.columns(which)
        return replace(self, source=part, coordinates=at, penalty=penalty)

    def violation(self, at: LocalModel, diagonal: Floats) -> float:
        """Give the distance to the optimum in standard errors: maxⱼ √size·|gⱼ| / √Hⱼⱼ.

        gⱼ is the distance of the negative gradient from the subdifferential. With sums
        over rows, 1/√Hⱼⱼ is the standard error of coordinate j were all others known.
        """
        d, scale = self.features, self.coordinates.scale[:, None]
        distance = np.abs(at.gradient)
        g = at.gradient[:d] * self.coordinates.spread  # in w, which is 0 where u is
        distance[:d] = self.penalty.violation(at.u[:d], g) / scale
        errors = distance / np.sqrt(np.maximum(diagonal, TINY))
        return float(self.size**0.5 * errors.max(initial=0.0))

    def inverse(self, theta: Floats) -> Floats:
        """Map θ for the columns as they were given to u."""
        shift = self.source.shift
        return self.coordinates.inverse(unshifted(theta, None if shift is None else -shift))

    def slope(
        self,
        u: Floats,
        theta: Floats,
        sums: GradientSums | QuadraticSums | DiagonalSums | MarginSums,
    ) -> FirstOrder:
        """Give f(u) and the gradient from what the rows answered at θ; no pass."""
        value = sums.value / self.weight + self.penalty.value(theta[:-1])
        return FirstOrder(u, value, self._gradient(theta, sums.gradient / self.weight))

    def penalty_curvature(self, theta: Floats) -> Floats:
        """Give the curvature of the penalty along each coefficient of u."""
        scale = self.coordinates.scale[:, None]
        return self.penalty.curvature(theta[:-1]) / scale / scale

    def _gradient(self, theta: Floats, mean: Floats) -> Floats:
        mean[:-1] += self.penalty.gradient(theta[:-1])
        return self.coordinates.pull(mean)
