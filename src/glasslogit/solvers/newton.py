"""Newton's method: minimise the quadratic model of f, step after step.

    H(u)·d = −g(u),   u ← u + t·d,   t = 1 unless the line search shortens it

H is the exact Hessian, from one pass that also gives the value and the gradient. Near the
optimum each step doubles the number of correct digits (Nocedal & Wright, "Numerical
optimization", 2006, theorem 3.5).

Derivation: docs/derivations/solvers.md.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from glasslogit.core.losses import Floats
from glasslogit.objective import Model, Objective
from glasslogit.solvers.line_search import advance
from glasslogit.solvers.run import Solver, Step

FEW_COEFFICIENTS = 1000  # for which forming a Hessian is worth while
DEPENDENT = 10 * float(np.finfo(float).eps)  # times d: a smaller unexplained share is rounding


@dataclass(frozen=True)
class Newton(Solver):
    """Newton's method with the exact Hessian: few passes; for up to about 1,000 coefficients.

    >>> Newton().name
    'newton'
    """

    name: ClassVar[str] = "newton"
    standardise: bool = True

    def steps(self, objective: Objective, start: Floats) -> Iterator[Step]:
        """See `Solver.steps`; a step costs one pass, or three or four when it is shortened."""
        for u, at, length, decrement in newton_steps(objective, start):
            yield Step(u, at.value, at.gradient, length, diagonal(at.hessian), decrement)


def newton_steps(objective: Objective, u: Floats) -> Iterator[tuple[Floats, Model, float, float]]:
    """Yield position, model of f, length of the step and decrement, until no step helps."""
    length, at = 0.0, objective.quadratic(u)
    while True:
        d = -inverse_of(at.hessian)(at.gradient)
        yield u, at, length, -float(np.vdot(at.gradient, d))
        length, at = advance(objective, objective.quadratic, u, at, d)
        if length == 0.0:
            return
        u = u + length * d


def diagonal(hessian: Floats) -> Floats:
    """Take the diagonal of a Hessian (p, c, p, c), shape (p, c)."""
    p, c = hessian.shape[:2]
    return hessian.reshape(p * c, p * c).diagonal().reshape(p, c)


def inverse_of(hessian: Floats) -> Callable[[Floats], Floats]:
    """Give g ↦ H⁻¹·g; where columns depend on each other, they share what is to be done.

    H is scaled to a unit diagonal; in that scale the answer is the shortest. The square of a
    pivot of its Cholesky factor is then 1 − R², the share of that column which the columns
    before it do not explain. Directions without curvature are left alone.

    >>> inverse_of(np.array([[[[4.0]]]]))(np.array([[2.0]])).tolist()
    [[0.5]]
    """
    H = hessian.reshape(-1, int(hessian.size**0.5))
    live = H.diagonal() > 0
    root = np.sqrt(H.diagonal()[live])
    inverse = inverse_of_unit(H[np.ix_(live, live)] / root / root[:, None])

    def solve(g: Floats) -> Floats:
        d = np.zeros(g.size)
        d[live] = inverse @ (g.ravel()[live] / root) / root
        return d.reshape(g.shape)

    return solve


def inverse_of_unit(unit: Floats) -> Floats:
    """Invert a symmetric matrix with a unit diagonal; a singular one in what it does not lose.

    >>> inverse_of_unit(np.ones((2, 2))).round(12).tolist()
    [[0.25, 0.25], [0.25, 0.25]]
    """
    try:
        pivots = np.linalg.cholesky(unit).diagonal()
    except np.linalg.LinAlgError:
        pivots = np.zeros(1)
    tiny = DEPENDENT * len(unit)
    if (pivots**2).min(initial=1.0) > tiny:
        return np.asarray(np.linalg.inv(unit), np.float64)
    values, vectors = np.linalg.eigh(unit)
    kept = values > tiny
    return (vectors[:, kept] / values[kept]) @ vectors[:, kept].T
