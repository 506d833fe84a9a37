"""The curvature where a model stands on rows, and how far it is from its optimum there.

    H = ∂²f/∂u²,   F·Fᵀ = H⁻¹,   √(S·gᵀH⁻¹g) = √S·|Fᵀg|   standard errors from the optimum

H is that of scaled and centred columns, in which its inverse keeps its digits.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from glasslogit.core import (
    Floats,
    Objective,
    Quadratic,
    SecondOrder,
    in_unit_scale,
    pseudo_inverse_root,
    recentred,
)
from glasslogit.inputs import check_squarable
from glasslogit.model import FittedObjective
from glasslogit.optimum import class_axes, root_in_theta, with_shift_curvature
from glasslogit.trust.refusals import refuse_far, refuse_unbounded


@dataclass(frozen=True, eq=False)
class Curvature:
    """A fit θ (d+1, c), f in scaled coordinates, its quadratic model `at` the fit, and its root.

    `root` F (u.size, q) has F·Fᵀ = H⁻¹ for the Hessian of f, a mean: divided by the total weight
    S that is the covariance of u.
    """

    theta: Floats
    objective: Objective
    at: SecondOrder
    root: Floats

    @cached_property
    def directions(self) -> Floats:
        """The columns of the root as directions of θ, (d+1, c, q)."""
        columns = self.root.T.reshape(-1, *self.at.u.shape)
        return np.moveaxis(root_in_theta(self.objective.coordinates, columns), 0, -1)

    @property
    def away(self) -> float:
        """How many standard errors θ is from the optimum.

        A kink's slope counts where a coefficient is not 0.
        """
        f, at = self.objective, self.at
        gradient = at.gradient + f.kinks(at.u) * np.sign(at.u)
        return f.weight**0.5 * float(np.linalg.norm(self.root.T @ gradient.ravel()))


def in_scale(fitted: FittedObjective) -> Objective:
    """Give the objective in coordinates in which its Hessian can be inverted."""
    objective = fitted.objective
    check_squarable(fitted.moments)
    return objective.standardised(fitted.moments, 0.0, class_axes(objective))


def in_focus(fitted: FittedObjective) -> tuple[Objective, SecondOrder]:
    """Give the objective about the means of the rows that count, and its model at the fit."""
    nearer: Objective | None = in_scale(fitted)
    while nearer is not None:
        f, at, theta = nearer, nearer.coordinates, fitted.theta
        sums = f.source.sum(Quadratic(f.loss, theta, at.centre, at.axes))
        here = f.at_sums(at.inverse(theta), theta, sums)
        nearer = recentred(f, here.hessian)
    return f, here


def curve_at(fitted: FittedObjective) -> Curvature:
    """Invert the Hessian where a model stands; coefficients that a kink holds at 0 stay there."""
    f, here = in_focus(fitted)
    theta, u = fitted.theta, here.u
    R, scale = in_unit_scale(with_shift_curvature(f, here.hessian).reshape(u.size, u.size))
    held = (u == 0) & (f.kinks(u) > 0)
    live = np.flatnonzero((scale > 0) & ~held.ravel())
    B = pseudo_inverse_root(R[np.ix_(live, live)])
    root = np.zeros((u.size, len(B)))
    root[live] = (B * scale[live]).T
    return Curvature(theta, f, here, root)


def at_rest(model: Any, fitted: FittedObjective) -> Curvature:
    """Give the curvature where a model stands, or refuse one that has no optimum on these rows.

    Raises `InputError` for separated classes, a fit by Firth's likelihood, and a model that is
    not at its optimum for these rows.
    """
    refuse_unbounded(model)
    fit = curve_at(fitted)
    refuse_far(fit.away)
    return fit
