"""Is there a finite optimum? Without a penalty there is none if a direction separates.

A direction θ separates the classes if along it no row falls behind another class than its
own and some row gets ahead of one: then f falls for ever along it (Albert & Anderson, "On
the existence of maximum likelihood estimates in logistic regression models", 1984, theorems
1 and 2).

A fit offers two candidates: θ itself, which proves complete separation when every row is on
its side, and the change of θ since the middle of the run: in a quasi-separated problem it
goes on along the separating direction when everything else has settled.

Derivation: docs/derivations/separation.md.
"""

from dataclasses import replace

import numpy as np

from glasslogit.core.losses import Floats
from glasslogit.core.passes import Extremes, SignedMargins
from glasslogit.core.penalties import Penalty
from glasslogit.objective import Objective
from glasslogit.solvers.newton import FEW_COEFFICIENTS, Newton
from glasslogit.solvers.run import Outcome, Result, Rules, Solver, run

CERTAIN = 12.0  # a fit of separated classes takes some rows beyond this margin
MOVING = 1.0  # Newton's late steps along a separating direction move margins by 1 each
SETTLED = 1e-3  # ... and those of all other rows by less than this


def separates(objective: Objective, solver: Solver, start: Floats, result: Result) -> bool:
    """Tell whether the classes are separated by columns that no penalty holds back.

    Complete separation is proved by the data; quasi-separation is inferred from a fit that
    goes on along a direction in which no row objects. One pass, and another where some rows
    are beyond doubt. Other solvers settle less well than `Newton`, which then makes the steps
    again from `start`, if it can. A fit that was cut short is not judged.
    """
    penalty, d = objective.penalty, objective.features
    free = np.flatnonzero(np.broadcast_to(penalty.kink + penalty.ridge == 0, (d, 1))[:, 0])
    judged = result.outcome in {Outcome.CONVERGED, Outcome.STALLED, Outcome.MAX_STEPS}
    if not (judged and free.size):
        return False
    if free.size == d:
        return find_separation(objective, solver, start, result)
    rows, u_rows = np.append(free, d), np.append(free, np.arange(d, len(start)))
    theta, late = result.theta[rows], result.late_change[rows]
    part = replace(objective.columns(free), penalty=Penalty())
    return find_separation(
        part, solver, start[u_rows], replace(result, theta=theta, late_change=late)
    )


def find_separation(objective: Objective, solver: Solver, start: Floats, result: Result) -> bool:
    """Judge a fit of an objective without any penalty."""

    def extremes(direction: Floats) -> Extremes:
        return objective.source.sum(SignedMargins(objective.loss, direction))

    smallest, largest = extremes(result.theta)
    if smallest > 0 or largest < CERTAIN:
        return smallest > 0
    if not isinstance(solver, Newton) and start.size <= FEW_COEFFICIENTS:
        result = run(Newton(), objective, start, Rules(tol=1e-9, max_steps=40))
    smallest, largest = extremes(result.late_change)
    return largest >= MOVING and smallest >= -SETTLED
