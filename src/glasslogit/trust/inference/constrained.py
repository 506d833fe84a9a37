"""The optimum under linear hypotheses: minimise f(u) where A·u = b.

    u = u₀ + N·v,  A·u₀ = b,  the columns of N orthonormal with A·N = 0

so that Newton's method for v goes along −N (NᵀHN)⁻¹ Nᵀg. The start u₀ is the point of the
hypothesis that is nearest to a given one by its Hessian: from the free optimum, where Wald's test
looks. Where f has no minimum there, Newton's method tends to its infimum (`limit`).
"""

import numpy as np

from glasslogit.core import Floats, Objective, SecondOrder, inverse_of
from glasslogit.errors import GlasslogitError, InputError
from glasslogit.solvers import advance

MOST_NEWTON_STEPS = 100  # with separated classes a step leaves e⁻¹: e⁻⁴⁰ is below rounding
LEAST_GAIN = 1e-16  # of the log-likelihood: a gain below it is none
DEPENDENT = 1e-12  # of the largest entry: less is rounding, of up to 10,000 coefficients


def optimum_where(
    objective: Objective, at: SecondOrder, A: Floats, b: Floats, least: float = LEAST_GAIN
) -> SecondOrder:
    """Give the model of f at its minimum over A·u = b, A (q, u.size); a pass for each step.

    `at` is the free optimum, or another place to start from, and `least` a gain of the
    log-likelihood that is none. Raises `InputError` if rows of A depend on each other.
    """
    N, shape = free_directions(objective, A), at.u.shape
    if len(A):
        size = largest_of(A)
        A, b = A / size, b / size[:, 0]
        toward = inverse_of(at.hessian)(A.T)
        gap = A @ at.u.ravel() - b
        change = toward @ np.linalg.solve(A @ toward, gap)
        at = objective.quadratic(at.u - change.reshape(shape))
    for _ in range(MOST_NEWTON_STEPS):
        g, step = newton_step(at, N)
        if float(g @ step) * objective.size < least:
            return at
        length, at = advance(objective, objective.quadratic, at, -(N @ step).reshape(shape))
        if length == 0.0:
            return at
    raise GlasslogitError("the fit under the hypothesis did not converge; rescale the columns")


def free_directions(objective: Objective, A: Floats) -> Floats:
    """Give N with orthonormal columns and A·N = 0, for the coordinates that are not held at 0."""
    scale, axes = objective.coordinates.scale, objective.coordinates.axes.shape[1]
    live = np.isfinite(objective.coordinates.by_row(scale)).repeat(axes)
    turn, triangle = np.linalg.qr((A / largest_of(A))[:, live].T, mode="complete")
    q, pivots = len(A), np.abs(triangle.diagonal())
    if q > len(turn) or pivots.min(initial=1.0) <= DEPENDENT:
        raise InputError("the equations of the hypothesis depend on each other; leave some out")
    N = np.zeros((len(live), len(turn) - q))
    N[live] = turn[:, q:]
    return N


def largest_of(A: Floats) -> Floats:
    """Give the largest entry of each equation (q, 1), which is its unit; 1 where all are 0.

    >>> largest_of(np.array([[1e12, -2e12], [0.0, 0.0]])).tolist()
    [[2000000000000.0], [1.0]]
    """
    size = np.abs(A).max(axis=1, keepdims=True, initial=0.0)
    return np.where(size > 0, size, 1.0)


def newton_step(at: SecondOrder, N: Floats) -> tuple[Floats, Floats]:
    """Give the gradient along the columns of N, and the step of Newton's method there."""
    H = at.hessian.reshape(at.u.size, -1)
    g = N.T @ at.gradient.ravel()
    return g, inverse_of(N.T @ H @ N)(g) if g.size else g


def left_to_gain(objective: Objective, at: SecondOrder, A: Floats) -> float:
    """Give N·gᵀH⁻¹g along A·u = b, in nats: what N observations can gain, or twice that."""
    g, step = newton_step(at, free_directions(objective, A))
    return float(g @ step) * objective.size
