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
from typing import NamedTuple

import numpy as np

from glasslogit.core.coordinates import far_from_zero
from glasslogit.core.losses import Floats
from glasslogit.core.objective import TINY, Objective, SecondOrder
from glasslogit.core.roots import DOUBTFUL, FLAT, Inverse, Rooted, inverse_of
from glasslogit.core.views import HessianView, are_constant, root_at, view, view_of

OFF_CENTRE = 2.0**-20  # of a column's curvature: so much must be left about the right centre
LEAST_SEEN = 2.0**-10  # ... and to all classes, or a violation may be 32 times too small


class Focus(NamedTuple):
    """How columns are seen from their centre: each of shape (d,).

    `mean` is that by the curvature, in u from the present centre, `centred` what a Hessian about
    it keeps of the curvature along the column, and `own` what of it the intercept could not do.
    """

    mean: Floats
    centred: Floats
    own: Floats


def focus_of(at: HessianView) -> Focus:
    """Give the focus, for all contrasts of classes together.

    >>> focus_of(HessianView(np.array([[[20.0]], [[2.0]]]), np.array([[[6.0]]]))).mean.tolist()
    [3.0]
    """
    one = at.blocks.shape[1] == 1
    whole, cross = (e[:, 0, 0] if one else np.einsum("jkk->j", e) for e in (at.blocks, at.cross))
    mean = cross / (whole[-1] if whole[-1] > 0 else np.inf)
    share = 1.0 - mean * cross / np.maximum(whole[: len(cross)], TINY)
    return Focus(mean, share, share)


def least_focus(at: HessianView) -> Focus:
    """Give the focus for the contrast of classes that sees least of a column.

    Curvatures are multiples of those of the intercept here.

    >>> blocks = np.array([np.diag([4.0, 1.0]), np.eye(2)])
    >>> least_focus(HessianView(blocks, np.zeros((1, 2, 2)))).own.tolist()
    [0.25]
    """
    values, vectors = np.linalg.eigh(at.blocks[-1])
    kept = values > DOUBTFUL * values[-1]  # a shift of all classes is nothing
    if not kept.any():  # every row is sure of its class: nothing can be seen
        nothing = np.zeros(len(at.cross))
        return Focus(nothing, nothing + 1.0, nothing)
    unit = vectors[:, kept] / np.sqrt(values[kept])
    whole, cross = (unit.T @ each @ unit for each in (at.blocks[:-1], at.cross))
    own, contrasts = np.linalg.eigh(whole - cross @ cross)
    v, largest = contrasts[:, :, :1], np.linalg.eigvalsh(whole)[:, -1]
    seen, mean = ((v.swapaxes(1, 2) @ each @ v)[:, 0, 0] for each in (whole, cross))
    centred = 1.0 - mean**2 / np.where(seen > 0, seen, np.inf)
    return Focus(mean, centred, np.where(largest > 0, own[:, 0] / (largest + TINY), 1.0))


def inverse_at(objective: Objective, at: SecondOrder, before: Inverse | None = None) -> Inverse:
    """Give H⁻¹; two passes more where H has lost digits of a direction, though it is well centred.

    Not for those that the inverse `before`, at another place, has found to be constant.
    """

    def root() -> Rooted | None:
        off = (focus_of(view_of(objective, at.hessian)).centred < OFF_CENTRE).any()
        return None if off else root_at(objective, at.u)

    found = inverse_of(at.hessian, root, before.left_out if before and before.constant else None)
    if found.constant or found.left_out is None:
        return found
    return replace(found, constant=are_constant(objective, found.left_out))


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
    spread = at.spread[:, 0]
    there = replace(objective, coordinates=replace(at, centre=at.centre + mean * spread))
    here = view(there, moved_to(objective, there, u))
    corner, rest = max(float(here.blocks[-1].trace()), TINY), focus_of(here).mean
    square = np.maximum(here.diagonal[:d].sum(axis=1) / corner - rest**2, 0.0) * spread**2
    bend = np.broadcast_to(objective.penalty.curvature(at.theta(u)[:-1]), (d, len(at.axes)))
    variance = np.maximum(square - bend.max(axis=1) * u.shape[1] / corner, 0.0)
    if u.shape[1] > 1:
        rest = least_focus(here).mean
    shift = np.zeros(d) if objective.source.shift is None else objective.source.shift
    centre = shift + there.coordinates.centre + rest * spread
    new = np.where(held, 0.0, far_from_zero(centre, variance))
    source = objective.source if (new == shift).all() else objective.source.less(new)
    scale = np.where(held | (square <= FLAT), at.scale, np.sqrt(square))
    seen = replace(at, centre=centre - new, scale=scale)
    return replace(objective, source=source, coordinates=seen)
