"""Where the columns are seen from: the mean and the spread of the rows that are still in doubt.

A row counts in a Hessian by its curvature h, which is nothing where the model is sure of it. So
of a column with an outlier the plain mean and spread are those of the outlier, but those that
the Hessian of a fit knows are of the other rows. With the curvature's own mean m and spread

    m = Σ h·x / Σ h,   V = Σ h·(x − m)² / Σ h

as centre and scale nothing cancels. A Hessian about another centre c holds V + (m − c)² in the
place of V. Where (m − c)² is all but everything of it, V has lost its digits.

Derivations: docs/derivations/objective.md.
"""

from dataclasses import replace

import numpy as np

from glasslogit.core.coordinates import far_from_zero
from glasslogit.core.losses import Floats
from glasslogit.core.objective import TINY, HessianView, Objective
from glasslogit.core.passes import Diagonal

OFF_CENTRE = 2.0**-20  # the share of a column's curvature, about its centre, that is its own


def mean_of(at: HessianView) -> Floats:
    """Give the mean of each column by the curvature, in u from the present centre, (d,).

    >>> mean_of(HessianView(np.ones((2, 1)), np.array([6.0]), 2.0)).tolist()
    [3.0]
    """
    return at.lever / at.corner if at.corner > 0 else np.zeros_like(at.lever)


def off_centre(at: HessianView) -> bool:
    """Tell whether some column is so far from its centre that a Hessian loses its spread.

    >>> off_centre(HessianView(np.full((2, 1), 20.0), np.array([6.0]), 2.0))
    False
    """
    whole = at.diagonal[: len(at.lever)].sum(axis=1)
    return bool((whole - mean_of(at) * at.lever < OFF_CENTRE * whole).any())


def recentred(objective: Objective, hessian: Floats) -> Objective | None:
    """Give f with the columns centred where a Hessian says, or None where they are near enough."""
    at, view = objective.coordinates, objective.view_of(hessian)
    if not at.intercept or not off_centre(view):
        return None
    centre = at.centre + mean_of(view) * at.spread[:, 0]
    return replace(objective, coordinates=replace(at, centre=centre))


def moved_to(old: Objective, new: Objective, u: Floats) -> Floats:
    """Give u of new coordinates for u of old ones."""
    if new is old:
        return u
    d, nothing = old.features, np.zeros(old.features)
    at, then = old.coordinates, new.coordinates
    w = u[:d] / at.scale[:, None]
    shifts = [nothing if f.source.shift is None else f.source.shift for f in (old, new)]
    moved = shifts[1] - shifts[0] + (then.centre - at.centre)
    return np.concatenate([w * then.spread, u[d:] + moved @ w])


def refocused(objective: Objective, u: Floats, mean: Floats) -> Objective:
    """Give f in the coordinates that suit its curvature at u; one pass.

    The columns are centred near `mean`, in u from the present centre, and those that are then
    far from 0 are shifted. In u there f curves about alike in every direction.
    """
    at, d, held = objective.coordinates, objective.features, np.isinf(objective.coordinates.scale)
    theta, near = at.theta(u), at.centre + mean * at.spread[:, 0]
    total, lever = objective.source.sum(Diagonal(objective.loss, theta, near, at.axes))
    corner = max(float(total[-1].sum()), TINY)
    rest = lever.sum(axis=1) / corner
    variance = np.maximum(total[:-1].sum(axis=1) / corner - rest**2, 0.0)
    shift = np.zeros(d) if objective.source.shift is None else objective.source.shift
    centre = shift + (near + rest)
    new = np.where(held, 0.0, far_from_zero(centre, variance))
    source = objective.source if (new == shift).all() else objective.source.less(new)
    bend = np.broadcast_to(objective.penalty.curvature(theta[:-1]), theta[:-1].shape).max(axis=1)
    square = variance + bend * (objective.weight * at.axes.shape[1] / corner)
    scale = np.where(held | (square == 0), at.scale, np.sqrt(square))
    seen = replace(at, centre=centre - new, scale=scale)
    return replace(objective, source=source, coordinates=seen)
