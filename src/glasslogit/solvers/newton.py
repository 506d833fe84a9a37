"""Newton's method: minimise the quadratic model of f, step after step.

    H(u)·d = −g(u),   u ← u + t·d,   t = 1 unless the line search shortens it

H is the exact Hessian, from one pass that also gives the value and the gradient. Near the
optimum each step doubles the number of correct digits (Nocedal & Wright, "Numerical
optimization", 2006, theorem 3.5).

Derivation: docs/derivations/solvers.md.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from glasslogit.core import Floats, Objective, SecondOrder, inverse_at
from glasslogit.solvers.lbfgs import CurvaturePair, advance_and_update, two_loop
from glasslogit.solvers.line_search import in_tail, stretched
from glasslogit.solvers.result import Step
from glasslogit.solvers.solver import Solver

OUTDATED = 0.3  # how far margins may move until the Hessian's diagonal counts as outdated
TAIL_STEPS = 3  # in a row, until a step is stretched
MANY = 100  # a Hessian is kept for a step more per so many coefficients: it costs that much more


@dataclass(frozen=True)
class Newton(Solver):
    """Newton's method with the exact Hessian: few passes, where it costs little.

    >>> Newton().name
    'newton'
    """

    name: ClassVar[str] = "newton"
    exact_hessian: ClassVar[bool] = True
    standardise: bool = True

    def steps(self, objective: Objective, start: Floats) -> Iterator[Step]:
        """See `Solver.steps`; a step costs one pass, or three or four when it is shortened.

        Of many coefficients the Hessian is kept for some steps, and learns from them by the
        pairs of L-BFGS.
        """
        length, at, kept, tail = 0.0, objective.quadratic(start), 0, 0
        formed, solve, pairs = at, inverse_at(objective, at), deque[CurvaturePair]()
        while True:
            d = -two_loop(at.gradient, pairs, solve)
            yield Step(at, length, diagonal_near(at, formed.u), d, formed, solve.left_out)
            kept = (kept + 1) % (1 + start.size // MANY)
            evaluate = partial(with_hessian, objective, at.hessian) if kept else objective.quadratic
            before = at
            length, at = advance_and_update(objective, evaluate, at, d, pairs if kept else None)
            tail = tail + 1 if length == 1.0 and not kept and in_tail(before, d, at) else 0
            if tail >= TAIL_STEPS and objective.is_held(at.u):
                length, at = stretched(objective, objective.quadratic, before, d, at)
            if length == 0.0:
                return
            if not kept:
                formed, solve, pairs = at, inverse_at(objective, at, solve), deque[CurvaturePair]()


def with_hessian(objective: Objective, hessian: Floats, u: Floats) -> SecondOrder:
    """Give the model of f at u with a Hessian from elsewhere."""
    return SecondOrder(*objective.value_and_gradient(u), hessian)


def diagonal_near(at: SecondOrder, origin: Floats) -> Floats | None:
    """Give the Hessian's diagonal if the Hessian, which is that at `origin`, still counts."""
    near = at.u is origin or margins_moved(at.hessian, at.u - origin) < OUTDATED
    return diagonal(at.hessian) if near else None


def margins_moved(hessian: Floats, change: Floats) -> float:
    """Give how far a change of u moves the margins: the root of their mean square, by H.

    >>> margins_moved(np.full((1, 1, 1, 1), 0.25), np.array([[2.0]]))
    2.0
    """
    curved = float(np.vdot(change, hessian.reshape(change.size, -1) @ change.ravel()))
    return (max(curved, 0.0) / (float(diagonal(hessian).max()) or 1.0)) ** 0.5


def diagonal(hessian: Floats) -> Floats:
    """Take the diagonal of a Hessian (p, c, p, c), shape (p, c)."""
    p, c = hessian.shape[:2]
    return hessian.reshape(p * c, p * c).diagonal().reshape(p, c)
