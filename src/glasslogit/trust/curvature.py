"""The curvature where a model stands on rows, and how far it is from its optimum there.

    H = ∂²f/∂u²,   F·Fᵀ = H⁻¹,   √(N·gᵀH⁻¹g) = √N·|Fᵀg|   standard errors from the optimum

N is the number of observations, as a fit counts them for its tolerance. H is that of scaled and
centred columns, in which its inverse keeps its digits.
"""

from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import Floats, Objective, SecondOrder, in_unit_scale, pseudo_inverse_root
from glasslogit.inputs import check_squarable
from glasslogit.model import FittedObjective
from glasslogit.optimum import (
    class_axes,
    in_focus,
    quadratic_at,
    root_in_theta,
    with_shift_curvature,
)
from glasslogit.trust.refusals import refuse_far, refuse_unbounded, without_curvature


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

        A kink's slope counts where a coefficient is not 0. Where there is a slope and no
        curvature, no number of standard errors leads there.
        """
        f, at = self.objective, self.at
        gradient = at.gradient + f.kinks(at.u) * np.sign(at.u)
        if (without_curvature(at) & (np.abs(gradient) > f.kinks(at.u) * (at.u == 0))).any():
            return float("inf")
        return f.size**0.5 * float(np.linalg.norm(self.root.T @ gradient.ravel()))


def in_scale(fitted: FittedObjective) -> Objective:
    """Give the objective in coordinates in which its Hessian can be inverted."""
    objective = fitted.objective
    check_squarable(fitted.moments)
    return objective.standardised(fitted.moments, 0.0, class_axes(objective))


def curve_at(fitted: FittedObjective) -> Curvature:
    """Invert the Hessian where a model stands; coefficients that a kink holds at 0 stay there."""
    theta = fitted.theta
    f, _, here = in_focus(in_scale(fitted), partial(quadratic_at, theta=theta))
    u, hessian = here.u, with_shift_curvature(f, here.hessian)
    held = (u == 0) & (f.kinks(u) > 0)
    return Curvature(theta, f, here, root_where(~held.ravel(), hessian))


def root_where(free: NDArray[np.bool], hessian: Floats) -> Floats:
    """Give F (k, q) with F·Fᵀ = H⁺ where k coefficients are free to move, and 0 elsewhere.

    >>> root_where(np.array([True, False]), np.diag([4.0, 1.0])).tolist()
    [[0.5], [0.0]]
    """
    R, scale = in_unit_scale(hessian.reshape(len(free), -1))
    live = np.flatnonzero(free & (scale > 0))
    B = pseudo_inverse_root(R[np.ix_(live, live)])
    root = np.zeros((len(free), len(B)))
    root[live] = (B * scale[live]).T
    return root


def at_rest(model: Any, fitted: FittedObjective) -> Curvature:
    """Give the curvature where a model stands, or refuse one that has no optimum on these rows.

    Raises `InputError` for separated classes, a fit by Firth's likelihood, and a model that is
    not at its optimum for these rows.
    """
    refuse_unbounded(model)
    fit = curve_at(fitted)
    refuse_far(model, fit.away)
    return fit
