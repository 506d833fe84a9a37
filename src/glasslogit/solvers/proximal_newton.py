"""Proximal Newton: a penalty with a kink, for up to about 1,000 coefficients.

The smooth part of f is replaced by its quadratic model, the kink is kept as it is:

    d = argmin gᵀd + ½·dᵀH·d + Σⱼ kⱼ·|uⱼ + dⱼ|,   kⱼ = l1 / scaleⱼ, 0 for the intercept

and u ← u + t·d (Lee, Sun & Saunders, "Proximal Newton-type methods for minimizing composite
functions", 2014, algorithm 1). The model is a matter of small arrays. Sweeps of coordinate
descent find the coordinates that are not 0 (Friedman, Hastie & Tibshirani, "Regularization
paths for generalized linear models via coordinate descent", 2010, section 2), and Newton's
step among those ends what coordinate descent would crawl through.

Derivation: docs/derivations/solvers.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from glasslogit.core.losses import Floats
from glasslogit.objective import Model, Objective
from glasslogit.solvers.line_search import ROUNDING, SHARE, shorten
from glasslogit.solvers.newton import diagonal
from glasslogit.solvers.run import Solver, Step

Rows = NDArray[np.intp]
SETTLED = 1e-3  # a model is solved to this share of the violation it starts from
MOST_ROUNDS = 100  # a model that is not quite solved gives a direction all the same
DEPENDENT = 1e-10
DROPS = 10  # coordinates that become 0 between two sweeps


@dataclass(frozen=True)
class ProximalNewton(Solver):
    """Newton's method for L1 and elastic net, with exact zeros.

    >>> ProximalNewton().name
    'proximal_newton'
    """

    name: ClassVar[str] = "proximal_newton"
    standardise: bool = True

    def steps(self, objective: Objective, start: Floats) -> Iterator[Step]:
        """See `Solver.steps`; a step costs one pass, or three or four when it is shortened."""
        u, length, at = start, 0.0, objective.quadratic(start)
        kinks = objective.kinks(u)
        while True:
            yield Step(u, at.value, at.gradient, length, diagonal(at.hessian))
            d = solve_model(at, u, kinks)
            change = np.abs(u + d) - np.abs(u)
            promise = float(np.vdot(at.gradient, d) + np.vdot(kinks, change))
            if promise >= 0:
                return
            length, new = 1.0, objective.quadratic(u + d)
            if new.value > at.value + SHARE * promise and -promise > ROUNDING * abs(at.value):
                length = shorten(objective, u, at.value, promise, d)
                if length == 0.0:
                    return
                new = objective.quadratic(u + length * d)
            u, at = u + length * d, new


def solve_model(at: Model, u: Floats, kinks: Floats) -> Floats:
    """Minimise the model with its kinks; give the direction d.

    A sweep of coordinate descent settles which coordinates are 0 and the signs of the
    others. Among these the model is a plain quadratic, and `descend` goes to its minimum.

    >>> at = Model(0.0, np.array([[-3.0], [0.5]]), np.eye(2).reshape(2, 1, 2, 1))
    >>> solve_model(at, np.zeros((2, 1)), np.ones((2, 1))).ravel().tolist()
    [2.0, 0.0]
    """
    v, k = u.ravel().copy(), kinks.ravel()
    H = at.hessian.reshape(v.size, v.size)
    gradient = at.gradient.ravel().copy()  # of the model at u + d
    live = H.diagonal() > 0
    scale = live / np.sqrt(np.where(live, H.diagonal(), 1.0))
    target = SETTLED * unrest(v, gradient, k, scale).max()
    for _ in range(MOST_ROUNDS):
        sweep(v, gradient, H, k, np.flatnonzero(live))
        for _ in range(DROPS):
            if not descend(v, gradient, H, k, np.flatnonzero(live & ((v != 0) | (k == 0)))):
                break
        if unrest(v, gradient, k, scale).max() <= target:
            break
    return (v - u.ravel()).reshape(u.shape)


def descend(v: Floats, gradient: Floats, H: Floats, k: Floats, active: Rows) -> bool:
    """Go to the minimum among the active coordinates with their signs, or to the first 0.

    Tell whether a coordinate became 0 on the way; v and the gradient are changed in place.
    """
    part, slope = H[np.ix_(active, active)], gradient[active] + k[active] * np.sign(v[active])
    ridge = np.diag(DEPENDENT * part.diagonal())  # dependent columns share the step
    step = np.linalg.solve(part + ridge, -slope)
    crosses = (k[active] > 0) & (v[active] * (v[active] + step) < 0)
    lengths = np.where(crosses, -v[active] / np.where(crosses, step, 1.0), 1.0)
    length = float(lengths.min(initial=1.0))
    v[active] += length * step
    gradient += H[:, active] @ (length * step)
    v[active[crosses & (lengths <= length)]] = 0.0
    return length < 1.0


def sweep(v: Floats, gradient: Floats, H: Floats, k: Floats, which: Rows) -> None:
    """Minimise along one coordinate after another; v and the gradient are changed in place."""
    for j in which.tolist():
        wish = v[j] - gradient[j] / H[j, j]
        bound = k[j] / H[j, j]
        moved = wish - min(max(wish, -bound), bound)
        if moved != v[j]:
            gradient += H[j] * (moved - v[j])
            v[j] = moved


def unrest(v: Floats, gradient: Floats, k: Floats, scale: Floats) -> Floats:
    """Give each coordinate's violation of the model's optimum, in units of its curvature."""
    at_zero = np.maximum(np.abs(gradient) - k, 0.0)
    return np.where(v == 0, at_zero, np.abs(gradient + k * np.sign(v))) * scale
