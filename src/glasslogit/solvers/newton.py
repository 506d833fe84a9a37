"""Newton's method: minimise the quadratic model of f, step after step.

    H(u)·d = −g(u),   u ← u + t·d,   t = 1 unless the line search shortens it

H is the exact Hessian, from one pass that also gives the value and the gradient. Near the
optimum each step doubles the number of correct digits (Nocedal & Wright, "Numerical
optimization", 2006, theorem 3.5).

Derivation: docs/derivations/solvers.md.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from glasslogit.core.losses import Floats
from glasslogit.objective import Model, Objective
from glasslogit.solvers.lbfgs import Pair, advance_and_learn, two_loop
from glasslogit.solvers.run import Solver, Step

FEW_COEFFICIENTS = 1000  # for which forming a Hessian is worth while
DEPENDENT = 10 * float(np.finfo(float).eps)  # times d: a smaller unexplained share is rounding
NEAR = 0.3  # how far margins may move until the Hessian's diagonal counts as outdated
MANY = 100  # a Hessian is kept for a step more per so many coefficients: it costs that much more
FLAT = 1e-300  # a curvature below it is none: its inverse is not a number
SMALL = 64  # a matrix that is inverted at once


@dataclass(frozen=True)
class Newton(Solver):
    """Newton's method with the exact Hessian: few passes; for up to about 1,000 coefficients.

    >>> Newton().name
    'newton'
    """

    name: ClassVar[str] = "newton"
    standardise: bool = True

    def steps(self, objective: Objective, start: Floats) -> Iterator[Step]:
        """See `Solver.steps`; a step costs one pass, or three or four when it is shortened.

        Of many coefficients the Hessian is kept for some steps, and learns from them by the
        pairs of L-BFGS.
        """
        length, at, kept = 0.0, objective.quadratic(start), 0
        while True:
            if not kept:
                origin, solve, pairs = at.u, inverse_of(at.hessian), deque[Pair]()
            d = -two_loop(at.gradient, pairs, solve)
            yield Step(at, length, diagonal_near(at, origin), -float(np.vdot(at.gradient, d)))
            kept = (kept + 1) % (1 + start.size // MANY)
            evaluate = partial(keeping, objective, at.hessian) if kept else objective.quadratic
            length, at = advance_and_learn(objective, evaluate, at, d, pairs)
            if length == 0.0:
                return


def keeping(objective: Objective, hessian: Floats, u: Floats) -> Model:
    """Give the model of f at u with a Hessian from elsewhere."""
    return Model(*objective.value_and_gradient(u), hessian)


def diagonal_near(at: Model, origin: Floats) -> Floats | None:
    """Give the Hessian's diagonal if the Hessian, which is that at `origin`, still counts."""
    near = at.u is origin or margins_moved(at.hessian, at.u - origin) < NEAR
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


def inverse_of(hessian: Floats) -> Callable[[Floats], Floats]:
    """Give g ↦ H⁻¹·g for H (p, c, p, c), or (p, p).

    Where columns depend on each other, they share what is to be done. H is scaled to a unit
    diagonal; in that scale the answer is the shortest. The square of a pivot of its Cholesky
    factor is then 1 − R², the share of that column which the columns before it do not explain.
    Directions without curvature are left alone.

    >>> inverse_of(np.array([[[[4.0]]]]))(np.array([[2.0]])).tolist()
    [[0.5]]
    """
    H = hessian.reshape(int(hessian.size**0.5), -1)
    scale = 1.0 / np.sqrt(np.where(H.diagonal() > FLAT, H.diagonal(), np.inf))
    unit = H * np.multiply.outer(scale, scale)
    np.fill_diagonal(unit, 1.0)
    B = inverse_root(unit)

    def solve(g: Floats) -> Floats:
        inner = scale[:, None] * g.reshape(len(H), -1)
        return (scale[:, None] * (B.T @ (B @ inner))).reshape(g.shape)

    return solve


def inverse_root(unit: Floats) -> Floats:
    """Give B with BᵀB = R⁻¹ for a symmetric matrix R with a unit diagonal.

    A singular R is inverted in what it does not lose.

    >>> B = inverse_root(np.ones((2, 2)))
    >>> (B.T @ B).round(12).tolist()
    [[0.25, 0.25], [0.25, 0.25]]
    """
    try:
        factor = np.asarray(np.linalg.cholesky(unit), np.float64)
    except np.linalg.LinAlgError:
        factor = np.zeros((1, 1))
    tiny = DEPENDENT * len(unit)
    if (factor.diagonal() ** 2).min(initial=1.0) > tiny:
        return inverse_of_triangle(factor)
    values, vectors = np.linalg.eigh(unit)
    kept = values > tiny
    return (vectors[:, kept] / np.sqrt(values[kept])).T


def inverse_of_triangle(G: Floats) -> Floats:
    """Invert a lower triangle by halves: [A 0; M C]⁻¹ = [A⁻¹ 0; −C⁻¹MA⁻¹ C⁻¹].

    >>> inverse_of_triangle(np.array([[1.0, 0.0], [1.0, 2.0]])).tolist()
    [[1.0, 0.0], [-0.5, 0.5]]
    """
    if len(G) <= SMALL:
        return np.asarray(np.linalg.inv(G), np.float64)
    h = len(G) // 2
    A, C = inverse_of_triangle(G[:h, :h]), inverse_of_triangle(G[h:, h:])
    return np.block([[A, np.zeros((h, len(C)))], [-C @ G[h:, :h] @ A, C]])
