"""The line between data and optimisation: mean loss + penalty, a function of θ only.

    f(θ) = (1/S) Σᵢ sᵢ·loss(zᵢ, yᵢ) + penalty(w)        S = Σᵢ sᵢ,  θ = [w; b]

A solver sees f through `Coordinates` u ↦ θ(u), a linear map that scales and centres the
columns, leaves out an absent intercept and removes the direction in which a softmax does
not change. X itself is never scaled or centred.

Derivations: docs/derivations/objective.md.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glasslogit.core.blocks import Block
from glasslogit.core.kept import AtMargins, CurvedProduct, Margins
from glasslogit.core.losses import Floats, Loss
from glasslogit.core.passes import (
    AlongLine,
    ColumnMoments,
    Diagonal,
    Quadratic,
    Value,
    ValueAndGradient,
)
from glasslogit.core.penalties import Penalty
from glasslogit.sources.sample import sample
from glasslogit.sources.source import Source

CONSTANT = 1e-13  # a column whose spread is below this share of its mean is constant
TINY = float(np.finfo(float).tiny)


@dataclass(frozen=True, eq=False)
class Coordinates:
    """A linear map θ(u): w = (u_w / scale)·axesᵀ and b = (u_b − centre·u_w / scale)·axesᵀ.

    u has d rows, one more with an intercept, and a column for each column of `axes` (c, c').
    The margins at θ(u) are those of the columns (x − centre) / scale at u.

    >>> plain = Coordinates.plain(2, 1)
    >>> plain.theta(np.array([[1.0], [2.0], [3.0]])).tolist()
    [[1.0], [2.0], [3.0]]
    """

    scale: Floats  # (d,), infinite for a constant column, whose coefficient stays 0
    centre: Floats  # (d,), zero without an intercept
    intercept: bool
    axes: Floats  # (c, c') with orthonormal columns

    @staticmethod
    def plain(d: int, c: int, *, intercept: bool = True) -> "Coordinates":
        """Give the coordinates in which u is θ itself."""
        return Coordinates(np.ones(d), np.zeros(d), intercept, np.eye(c))

    @staticmethod
    def standardised(
        moments: ColumnMoments, ridge: Floats | float, *, intercept: bool, axes: Floats
    ) -> "Coordinates":
        """Give the coordinates in which f curves about alike in every direction.

        scale² = variance of the column + ridge, where `ridge` is the curvature of the penalty
        divided by that of the loss. Without a penalty that is a column of mean 0 and spread
        1. Without an intercept columns cannot be centred; the variance is about 0.
        """
        variance = moments.scatter / moments.weight
        if intercept:
            varies = variance > (CONSTANT * moments.mean) ** 2
            scale = np.sqrt(np.where(varies, variance + ridge, np.inf))
            return Coordinates(scale, moments.mean, intercept, axes)
        square = variance + moments.mean**2 + ridge
        scale = np.sqrt(np.where(square > 0, square, np.inf))
        return Coordinates(scale, np.zeros_like(scale), intercept, axes)

    def columns(self, which: NDArray[np.integer]) -> "Coordinates":
        """Give the coordinates of these columns."""
        return replace(self, scale=self.scale[which], centre=self.centre[which])

    @cached_property
    def spread(self) -> Floats:
        """The scale of each column (d, 1), 0 for a constant one."""
        return np.where(np.isinf(self.scale), 0.0, self.scale)[:, None]

    def theta(self, u: Floats) -> Floats:
        """Map u to θ (d+1, c)."""
        d = len(self.scale)
        w = u[:d] / self.scale[:, None]
        b = u[d:].sum(axis=0) - self.centre @ w  # u[d:] is empty without an intercept
        return np.concatenate([w, b[None]]) @ self.axes.T

    def inverse(self, theta: Floats) -> Floats:
        """Map θ back to u, leaving out what u cannot express."""
        turned = theta @ self.axes
        b = turned[-1:] + self.centre @ turned[:-1]
        return np.concatenate([turned[:-1] * self.spread, b[: int(self.intercept)]])

    def pull(self, g: Floats) -> Floats:
        """Map a gradient g (d+1, c) in θ to the gradient in u: the transposed map."""
        w, b = (g[:-1] - self.centre[:, None] * g[-1]) / self.scale[:, None], g[-1:]
        return np.concatenate([w, b[: int(self.intercept)]]) @ self.axes

    def pull_both(self, hessian: Floats) -> Floats:
        """Map a Hessian (d+1, c', d+1, c') for centred columns and the axes to that in u."""
        p = len(self.factors)
        return hessian[:p, :, :p] * self.factors[:, None, :, None]

    @cached_property
    def factors(self) -> Floats:
        """Give what a Hessian is multiplied by on its way to u: 1 / (scaleⱼ·scaleₗ), (p, p)."""
        factor = 1.0 / np.append(self.scale, [1.0] * self.intercept)
        return np.multiply.outer(factor, factor)


def sum_zero_axes(c: int) -> Floats:
    """Give c − 1 orthonormal directions (c, c − 1) that are orthogonal to (1, …, 1).

    Adding the same number to all margins leaves a softmax as it is; the L2-optimal
    coefficients sum to 0 over the classes, so nothing is lost in these coordinates.

    >>> sum_zero_axes(2).round(3).tolist()
    [[0.707], [-0.707]]
    """
    axes = np.triu(np.ones((c, c - 1)))  # Helmert's contrasts
    axes[np.arange(1, c), np.arange(c - 1)] = -np.arange(1.0, c)
    return axes / np.sqrt((axes**2).sum(axis=0))


class Slope(NamedTuple):
    """The linear model of f at a point: value and gradient in u."""

    value: float
    gradient: Floats


class Model(NamedTuple):
    """The quadratic model of f at a point: value, gradient and Hessian in u."""

    value: float
    gradient: Floats
    hessian: Floats


class Stand(NamedTuple):
    """The linear model of f at u, with the margins and probabilities of all rows there."""

    u: Floats
    value: float
    gradient: Floats
    margins: Floats
    p: Floats


@dataclass(frozen=True, eq=False)
class Objective:
    """f(u) = mean loss + penalty over a source.

    `weight` is the total weight S, `rows` the number of rows and `size` the number of
    observations that standard errors refer to: the larger of the two.
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

    def value(self, u: Floats) -> float:
        """Give f(u); one pass."""
        theta = self.coordinates.theta(u)
        total = self.source.sum(Value(self.loss, theta)).value
        return total / self.weight + self.penalty.value(theta[:-1])

    def value_and_gradient(self, u: Floats) -> Slope:
        """Give f(u) and the gradient of its smooth part; one pass."""
        theta = self.coordinates.theta(u)
        sums = self.source.sum(ValueAndGradient(self.loss, theta))
        value = sums.value / self.weight + self.penalty.value(theta[:-1])
        return Slope(value, self._gradient(theta, sums.gradient / self.weight))

    def batch_gradient(self, u: Floats, batch: Block) -> Floats:
        """Estimate the gradient from one batch: every row stands for rows/batch others."""
        theta = self.coordinates.theta(u)
        total = ValueAndGradient(self.loss, theta)(batch).gradient
        share = len(batch.weight) / self.rows
        return self._gradient(theta, total / (share * self.weight))

    def quadratic(self, u: Floats) -> Model:
        """Give f(u), gradient and Hessian (p, c', p, c') of the smooth part; one pass."""
        at = self.coordinates
        theta, d = at.theta(u), len(at.scale)
        sums = self.source.sum(Quadratic(self.loss, theta, at.centre, at.axes))
        value = sums.value / self.weight + self.penalty.value(theta[:-1])
        hessian = at.pull_both(sums.hessian)
        hessian /= self.weight
        np.einsum("jkjk->jk", hessian)[:d] += self.penalty.ridge / at.scale[:, None] ** 2
        return Model(value, self._gradient(theta, sums.gradient / self.weight), hessian)

    def margins(self, u: Floats) -> Floats:
        """Give the margins of all rows at u, (n, c), to be kept; one pass."""
        rows = self.source.sum(Margins(self.coordinates.theta(u))).margins
        return np.concatenate(rows)

    def stand(self, u: Floats, margins: Floats) -> Stand:
        """Give f(u) and its gradient where the margins are known; one pass."""
        theta = self.coordinates.theta(u)
        sums = self.source.sum(AtMargins(self.loss, margins))
        value = sums.value / self.weight + self.penalty.value(theta[:-1])
        gradient = self._gradient(theta, sums.gradient / self.weight)
        return Stand(u, value, gradient, margins, np.concatenate(sums.p))

    def hessian_product(self, at: Stand, v: Floats) -> tuple[Floats, Floats]:
        """Give the Hessian there times v, and the change of the margins along v; one pass."""
        direction = self.coordinates.theta(v)
        sums = self.source.sum(CurvedProduct(self.loss, at.p, direction))
        total = sums.total / self.weight
        total[:-1] += self.penalty.gradient(direction[:-1])
        return self.coordinates.pull(total), np.concatenate(sums.change)

    def diagonal(self, u: Floats) -> Floats:
        """Give the diagonal of the Hessian at u, shaped like u; one pass."""
        at = self.coordinates
        question = Diagonal(self.loss, at.theta(u), at.centre, at.axes)
        total = self.source.sum(question).total / self.weight
        total[:-1] = (total[:-1] + self.penalty.ridge) / at.scale[:, None] ** 2
        return total[: len(u)]

    def repenalised(self, u: Floats, at: Model, penalty: Penalty) -> Model:
        """Turn the model of f at u into that with another penalty; no pass."""
        w, scale = self.coordinates.theta(u)[:-1], self.coordinates.scale[:, None]
        bend = np.asarray(penalty.ridge) - self.penalty.ridge
        pulled = self.coordinates.pull(np.concatenate([bend * w, np.zeros_like(w[:1])]))
        hessian = at.hessian.copy()
        np.einsum("jkjk->jk", hessian)[: self.features] += bend / scale**2
        value = at.value + penalty.value(w) - self.penalty.value(w)
        return Model(value, at.gradient + pulled, hessian)

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
        part = sample(self.source, share, seed)
        weight = float(part.weight.sum())
        size = self.size * len(part.y) / self.rows
        return replace(self, source=part, weight=weight, rows=len(part.y), size=size)

    def columns(self, which: NDArray[np.integer]) -> "Objective":
        """Give f as a function of the coefficients of these columns, the others being 0."""
        part, at = self.source.columns(which), self.coordinates.columns(which)
        factors = np.broadcast_to(self.penalty.factors, (self.features, 1))[which]
        penalty = replace(self.penalty, factors=factors)
        return replace(self, source=part, coordinates=at, penalty=penalty)

    def violation(self, u: Floats, gradient: Floats, diagonal: Floats) -> float:
        """Give the distance to the optimum in standard errors: maxⱼ √size·|gⱼ| / √Hⱼⱼ.

        gⱼ is the distance of the negative gradient from the subdifferential. With sums
        over rows, 1/√Hⱼⱼ is the standard error of coordinate j were all others known.
        """
        d, scale = self.features, self.coordinates.scale[:, None]
        distance = np.abs(gradient)
        g = gradient[:d] * self.coordinates.spread  # in w, which is 0 where u is
        distance[:d] = self.penalty.violation(u[:d], g) / scale
        errors = distance / np.sqrt(np.maximum(diagonal, TINY))
        return float(self.size**0.5 * errors.max(initial=0.0))

    def _gradient(self, theta: Floats, mean: Floats) -> Floats:
        gradient = mean.copy()
        gradient[:-1] += self.penalty.gradient(theta[:-1])
        return self.coordinates.pull(gradient)
