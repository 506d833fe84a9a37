"""What a measure of the tolerance may not see: where f can still fall, though its slope seems gone.

Derivation: docs/derivations/objective.md, "Columns that agree in their large part".
"""

from functools import partial

import numpy as np

from glasslogit.core import (
    FirstOrder,
    Floats,
    LocalModel,
    Objective,
    inverse_of,
    pseudo_gradient,
    root_at,
)
from glasslogit.solvers.result import Step

STILL_CURVED = 0.9  # of H: where so much is left of it far away, it is that of all rows
FAR = 2.0**10  # Newton's steps: after so many of length 1 in a margin nothing is left of a row
CLOSE, STEADY = 1e-3, 0.1  # standard errors: a step so short, and how far H changes little
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


def far_beyond(f: Objective, step: Step, gauge: Floats) -> Floats | None:
    """Give a place far beyond Newton's step where f may be lower; a pass if the step may be long.

    So it may where rows near their limit hide the others from H: the step moves their margins by
    1. None says that the slope turns on the way, and rises nearly as much as H promises.
    `gauge` turns u into coordinates in which every column has spread 1.
    """
    u, d, decrement = step.at.u, step.direction, max(step.decrement, 0.0)
    errors = (f.size * decrement) ** 0.5  # standard errors that d is long
    most = 2.0 * f.rows**0.5 * float((np.abs(d) * gauge).sum())  # that d moves any margin
    if most <= FELT or errors > CLOSE:
        return None
    length = FAR if errors == 0 else min(FAR, STEADY / errors)
    there = u + length * d
    slope = f.value_and_gradient(there).gradient + f.kinks(there) * np.sign(there)
    return there if float(np.vdot(slope, d)) < STILL_CURVED * length * decrement else None
