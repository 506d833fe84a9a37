"""What a measure of the tolerance may not see: where f can still fall, though its slope seems gone.

Derivation: docs/derivations/objective.md, "Columns far from 0" and "Columns that agree"; of the
step that is taken without a look, docs/derivations/certificate.md, "The last step".
"""

from dataclasses import replace
from functools import partial

import numpy as np

from glasslogit.core import (
    FirstOrder,
    Floats,
    LocalModel,
    Objective,
    inverse_of,
    largest_move,
    pseudo_gradient,
    root_at,
)
from glasslogit.solvers.result import Result, Step

FEW_COEFFICIENTS = 1000  # for which forming a Hessian is worth while
CLOSE = 1e-2  # standard errors: a longer step may well change the curvature of ordinary rows
FELT = 0.25  # of a margin: a step that changes the curvature of its row


def free_step(few: Objective, at: LocalModel, hessian: Floats) -> Step:
    """Take Newton's step among the coordinates that no kink holds at 0.

    `few` is f, or f of some of the rows, which are asked for a root where H has lost its digits.
    """
    kinks = few.kinks(at.u)
    slope = pseudo_gradient(at.u, at.gradient, kinks)
    moves = (kinks == 0) | (at.u != 0) | (slope != 0)
    for j in few.free_shifts:  # of these all classes but one tell as much
        moves[j, -1] &= not moves[j].all()
    free, d, left_out = np.flatnonzero(moves), np.zeros_like(slope), None
    if free.size:
        H = hessian.reshape(slope.size, -1)[np.ix_(free, free)]
        solve = inverse_of(H, partial(root_at, few, at.u, free))
        d.flat[free] = -solve(slope.ravel()[free])
        if solve.left_out is not None:
            left_out = np.zeros((len(solve.left_out), slope.size))
            left_out[:, free] = solve.left_out
    return Step(FirstOrder(at.u, at.value, slope), 1.0, direction=d, left_out=left_out)


def felt(f: Objective, at: LocalModel, step: Step) -> bool:
    """Tell whether Newton's step from `at`, short as it is, changes the curvature of some row.

    So it does where rows near their limit hide the others from H: the step moves their margins
    by 1. Where it might, the rows are asked, and for an H of here if the step has another.
    """
    most = 2.0 * f.rows**0.5 * float((np.abs(step.direction) * f.coordinates.gauge).sum())
    if most <= FELT or f.size * step.decrement > CLOSE**2:
        return False
    if step.formed is not at and at.u.size <= FEW_COEFFICIENTS:
        step = free_step(f, at, f.quadratic(at.u).hessian)
    return largest_move(f, at.u, np.broadcast_to(step.direction, at.u.shape)) > FELT


def one_step_on(seen: Result, step: Step) -> Result | None:
    """Take the step without a look; None where the last Hessian cannot foretell what is there.

    It can where it is that of the last point and changes by the rows alone, and the step is so
    short that `felt` has told how far they move.
    """
    f, at, model = seen.objective, step.at, step.formed
    if model is None or model.u is not at.u or not f.size * step.decrement <= CLOSE**2:
        return None
    if f.penalty.has_kinks or np.any(f.penalty.curvature(seen.theta[:-1]) != f.penalty.ridge):
        return None
    theta = f.coordinates.theta(at.u + step.direction)
    d = f.coordinates.inverse(theta - seen.theta)
    fall = float(np.vdot(at.gradient, d))
    slope = at.gradient + np.tensordot(model.hessian, d, axes=2)
    tangent = FirstOrder(at.u + d, at.value + fall, slope)
    value = at.value + fall / 2.0
    return replace(seen, theta=theta, value=value, at=tangent, formed=model, step=d)
