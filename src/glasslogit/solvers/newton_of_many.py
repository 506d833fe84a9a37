"""Newton's method on many fits at once, which share their rows: a pass is one for all of them.

    H_b(u_b)·d_b = −g_b(u_b),   u_b ← u_b + d_b,   b = 1 … B

Each goes the way that `Newton` would take it alone, and counts as converged only where that is
beyond doubt. Whatever needs more than full steps is left to those who look at one fit at a time:
a step to be shortened or stretched, columns of which H has lost digits, rows near their limit
that may hide others, classes that may be separated.

Derivation: docs/derivations/solvers.md#many-fits-at-once.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import (
    OFF_CENTRE,
    SUMMED,
    Floats,
    Reweighted,
    in_unit_scale,
)
from glasslogit.solvers.line_search import decreases_enough, falls_by_e
from glasslogit.solvers.newton import TAIL_STEPS
from glasslogit.solvers.solver import Rules
from glasslogit.solvers.unseen import FELT

BATCH_PASSES = 12  # of a batch: who takes more steps from the fit to all rows is hardly at ease


class Settled(NamedTuple):
    """Where each fit ended, u (p, B), and which have converged beyond doubt, (B,)."""

    u: Floats
    converged: NDArray[np.bool]


def newton_of_many(f: Reweighted, start: Floats, most: Floats, rules: Rules) -> Settled:
    """Go from one start (p, 1) to the optimum of each f, as far as full steps lead there.

    Those in which it has a larger value than `most` (B,) begin at the rates alone.
    """
    B = len(most)
    u, d, slope = f.starts(start), np.zeros((len(start), B)), np.zeros(B)
    value, tail, converged = np.full(B, np.inf), np.zeros(B, int), np.zeros(B, bool)
    live = np.flatnonzero(f.varies)
    for _ in range(BATCH_PASSES):
        if not live.size:
            break
        at = f.quadratic(u[:, live], live)
        R, scale = in_unit_scale(at.hessian)
        step = -scale.T * solve_each(R, (scale * at.gradient.T)[..., None])[..., 0].T
        left, ahead = ((at.gradient * each).sum(axis=0) for each in (d[:, live], step))
        tail[live] = np.where(falls_by_e(value[live], slope[live], left), tail[live] + 1, 0)
        good = decreases_enough(value[live], slope[live], at.value, left)
        good &= tail[live] < TAIL_STEPS
        near = Nearing(f, live, at.u, d[:, live], step)
        done = good & (np.sqrt(f.objective.size * np.maximum(-ahead, 0.0)) <= rules.tol)
        done &= near.rests(rules) & (at.value <= most[live])
        converged[live[done]] = near.take(done).is_sure(R[done], scale[done])
        u[:, live[done]] += step[:, done]  # unseen, as a fit by itself takes it
        on = good & ~done
        live = live[on]
        value[live], slope[live], d[:, live] = at.value[on], ahead[on], step[:, on]
        u[:, live] += step[:, on]
        worse = live[value[live] > most[live]]
        value[worse], slope[worse], d[:, worse], u[:, worse] = np.inf, 0.0, 0.0, f.null[:, worse]
        most = np.full(B, np.inf)
    return Settled(u, converged)


class Nearing(NamedTuple):
    """Fits `which` (B,) at u (p, B): the step that led there, and Newton's from there."""

    f: Reweighted
    which: NDArray[np.intp]
    u: Floats
    moved: Floats
    step: Floats

    def take(self, part: NDArray[np.bool]) -> "Nearing":
        """Give some of them."""
        return Nearing(self.f, self.which[part], *(each[:, part] for each in self[2:]))

    def rests(self, rules: Rules) -> NDArray[np.bool]:
        """Tell which have moved little beside the largest coordinate of their own, by √tol."""
        own = (np.abs(self.f.own(each, self.which)) for each in (self.moved, self.u))
        move, largest = (each.max(axis=0, initial=0.0) for each in own)
        return move <= rules.rest * rules.tol**0.5 * np.maximum(largest, 1.0)

    def is_sure(self, R: Floats, scale: Floats) -> NDArray[np.bool]:
        """Tell of which H has its digits and the next step moves no margin by `FELT`.

        No row near its limit hides others then, and the classes overlap, whatever rounding has
        done to the gradient. H is given in unit scale.
        """
        f, at = self.f.objective, self.f.objective.coordinates
        inverse = solve_each(R, np.broadcast_to(np.eye(R.shape[1]), R.shape))
        digits = np.einsum("bjj->bj", inverse).max(axis=1, initial=0.0) <= 1.0 / OFF_CENTRE
        lost = 1.0 + float((np.abs(at.centre) / at.scale).max(initial=0.0))
        doubt = scale * (np.abs(inverse) @ scale[..., None])[..., 0] * SUMMED * lost / f.rows**0.5
        size, d = np.abs(self.step) + doubt.T, f.features
        seen = (self.f.spread + np.abs(self.f.mean))[:, self.which]
        margin = (seen * size[:d]).sum(axis=0) + size[d:].sum(axis=0)
        return digits & (self.f.reach[self.which] * margin <= FELT)


def solve_each(A: Floats, b: Floats) -> Floats:
    """Solve a stack of equations (B, p, p) and (B, p, k); NaN where one cannot be solved.

    >>> solve_each(np.array([[[2.0]], [[0.0]]]), np.ones((2, 1, 1))).ravel().tolist()
    [0.5, nan]
    """
    try:
        return np.asarray(np.linalg.solve(A, b), np.float64)
    except np.linalg.LinAlgError:
        if len(A) == 1:
            return np.full(b.shape, np.nan)
        half = len(A) // 2
        return np.concatenate([solve_each(A[:half], b[:half]), solve_each(A[half:], b[half:])])
