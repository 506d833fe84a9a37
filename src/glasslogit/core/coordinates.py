"""The coordinates in which a solver sees θ: columns of one scale, and no redundant direction.

`Coordinates` is a linear map u ↦ θ(u) that scales and centres the columns, leaves out an
absent intercept and removes the direction in which a softmax does not change. X itself is
never scaled or centred.

Derivations: docs/derivations/objective.md.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from glasslogit.core.losses import Floats
from glasslogit.core.passes import ColumnMoments

SPREADS_AWAY = 2.0**13  # so many spreads from 0 a column is shifted: 13 of 53 bits are lost


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
    widest: Floats | float = 1.0  # (d,), the scale by all rows, before some were looked at closer

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
        centre = moments.mean if intercept else np.zeros_like(moments.mean)
        square = moments.scatter / moments.weight + (moments.mean - centre) ** 2 + ridge
        if intercept:
            square[~moments.varies] = 0.0
        scale = np.sqrt(np.where(square > 0, square, np.inf))
        return Coordinates(scale, centre, intercept, axes, scale)

    def columns(self, which: NDArray[np.integer]) -> "Coordinates":
        """Give the coordinates of these columns."""
        widest = np.broadcast_to(self.widest, self.scale.shape)[which]
        return replace(self, scale=self.scale[which], centre=self.centre[which], widest=widest)

    @cached_property
    def spread(self) -> Floats:
        """The scale of each column (d, 1), 0 for a constant one."""
        return np.where(np.isinf(self.scale), 0.0, self.scale)[:, None]

    @cached_property
    def gauge(self) -> Floats:
        """What turns u (p, c') into coordinates whose scale is that by all rows, (p, 1)."""
        one, varies = np.ones_like(self.scale), np.isfinite(self.scale)
        return self.by_row(np.divide(self.widest, self.scale, out=one, where=varies))[:, None]

    def by_row(self, numbers: Floats) -> Floats:
        """Give numbers of the columns (d,) as those of the rows of u: 1 for an intercept."""
        return np.concatenate([numbers, [1.0]]) if self.intercept else numbers

    def theta(self, u: Floats) -> Floats:
        """Map u to θ (d+1, c)."""
        d = len(self.scale)
        theta = np.empty((d + 1, u.shape[1]))
        w = np.divide(u[:d], self.scale[:, None], out=theta[:d])
        theta[d] = (u[d] if self.intercept else 0.0) - self.centre @ w
        return turned(theta, self.axes.T)

    def inverse(self, theta: Floats) -> Floats:
        """Map θ back to u, leaving out what u cannot express."""
        at = turned(theta, self.axes)
        b = at[-1:] + self.centre @ at[:-1]
        return np.concatenate([at[:-1] * self.spread, b[: int(self.intercept)]])

    def pull(self, g: Floats) -> Floats:
        """Map a gradient g (d+1, c) in θ to the gradient in u: the transposed map."""
        pulled = g[: len(self.scale) + int(self.intercept)].copy()
        w = pulled[: len(self.scale)]
        w -= self.centre[:, None] * g[-1]
        w /= self.scale[:, None]
        return turned(pulled, self.axes)

    def pull_both(self, hessian: Floats) -> Floats:
        """Map a Hessian (d+1, c', d+1, c') for centred columns and the axes to that in u."""
        p = len(self.scaling)
        return hessian[:p, :, :p] * self.scaling[:, None, :, None]

    @cached_property
    def scaling(self) -> Floats:
        """Give what a Hessian is multiplied by on its way to u: 1 / (scaleⱼ·scaleₗ), (p, p)."""
        factor = 1.0 / self.by_row(self.scale)
        return np.multiply.outer(factor, factor)


def far_from_zero(centre: Floats, variance: Floats) -> Floats:
    """Give what columns are to be less of: their centre where it is many spreads from 0, else 0.

    >>> far_from_zero(np.array([1e6, 3.0]), np.array([1.0, 1.0])).tolist()
    [1000000.0, 0.0]
    """
    far = (np.abs(centre) > SPREADS_AWAY * np.sqrt(variance)) & (variance > 0)
    return np.where(far, centre, 0.0)


def turned(rows: Floats, axes: Floats) -> Floats:
    """Give rows·axes; a single class has no other axis to be turned to."""
    return rows @ axes if axes.size > 1 else rows


def unshifted(theta: Floats, shift: Floats | None) -> Floats:
    """Give θ for columns, from θ for the columns less `shift`: b is less by w·shift.

    >>> unshifted(np.array([[2.0], [1.0]]), np.array([3.0])).tolist()
    [[2.0], [-5.0]]
    """
    if shift is None:
        return theta
    return np.concatenate([theta[:-1], theta[-1:] - shift @ theta[:-1]])


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
