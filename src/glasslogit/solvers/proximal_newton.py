"""Proximal Newton: a penalty with a kink, where Hessians cost less than products.

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
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import ROUNDOFF, FirstOrder, Floats, Objective, SecondOrder, pseudo_gradient
from glasslogit.solvers.line_search import ROUNDING, SUFFICIENT_DECREASE, backtrack
from glasslogit.solvers.newton import diagonal
from glasslogit.solvers.result import Step
from glasslogit.solvers.sampled_newton import LEAST_REDUCTION, SampledNewton, many_rows
from glasslogit.solvers.solver import Solver

Indices = NDArray[np.intp]
MODEL_TOLERANCE = 1e-3  # a model is solved to this share of the violation it starts from
MOST_SWEEPS = 100  # a model that is not quite solved gives a direction all the same
A_SYSTEM = 100  # so many times fewer sweeps than coordinates cost as much as their system
RIDGE_SHARE = 1e-10  # a ridge, as a share of the curvature
LEAST_KEPT = 0.5  # of the fall of f that a model promised
LESS_DAMPING = 0.01  # of the damping, after each step that kept as much
MOST_DAMPING = 1e4  # in mean curvatures: where no step with it helps, none does


@dataclass(frozen=True)
class ProximalNewton(Solver):
    """Newton's method for L1 and elastic net, with exact zeros; samples first if rows are many.

    >>> ProximalNewton().name
    'proximal_newton'
    """

    name: ClassVar[str] = "proximal_newton"
    handles_kinks: ClassVar[bool] = True
    standardise: bool = True

    def steps(self, objective: Objective, start: Floats) -> Iterator[Step]:
        """See `Solver.steps`; a step costs one pass, and another for a fresh Hessian."""
        if many_rows(objective.rows, start.size):
            at = SampledNewton().sampled_optimum(
                objective, start, lambda f, at: (step.at for step, _ in proximal_steps(f, at, at))
            )
            steps = proximal_steps(objective, at, None)
        else:
            at = objective.quadratic(start)
            steps = proximal_steps(objective, at, at)
        for step, outdated in steps:
            yield replace(step, diagonal=None) if outdated else step


def proximal_steps(
    objective: Objective, at: SecondOrder, formed: SecondOrder | None
) -> Iterator[tuple[Step, bool]]:
    """Yield steps from a model of f, and whether its Hessian is outdated; its diagonal is given.

    `formed` is the model itself if its Hessian was formed there, else None.
    The Hessian serves and learns as long as a step with it brings the optimum `LEAST_REDUCTION`
    times nearer; then a fresh one is taken. Models are damped, by damping·I, after a step that was
    cut or kept less than `LEAST_KEPT` of what its model promised, and less with each other step.
    """
    kinks, length, stale = objective.kinks(at.u), 0.0, False
    unit, damping = float(diagonal(at.hessian).mean()), 0.0
    while True:
        yield Step(at, length, diagonal(at.hessian), formed=formed), stale
        if stale:
            at = formed = objective.quadratic(at.u)
        length, d, new = proximal_step(objective, damped(at, damping), kinks)
        if length < 1.0 and at is not formed:
            at = formed = objective.quadratic(at.u)
            length, d, new = proximal_step(objective, damped(at, damping), kinks)
        while length == 0.0 and damping < MOST_DAMPING * unit:
            damping = max(unit, damping / LESS_DAMPING)
            length, d, new = proximal_step(objective, damped(at, damping), kinks)
        if length == 0.0:
            return
        kept = -LEAST_KEPT * model_change(at, kinks, length * d) - ROUNDING * abs(at.value)
        rash = length < 1.0 or at.value - new.value < kept
        damping = max(unit, damping / LESS_DAMPING) if rash else damping * LESS_DAMPING
        known = diagonal(at.hessian)
        stale = LEAST_REDUCTION * objective.violation(new, known) > objective.violation(at, known)
        at = SecondOrder(*new, bfgs_update(at.hessian, length * d, new.gradient - at.gradient))


def damped(at: SecondOrder, damping: float) -> SecondOrder:
    """Give the model with damping·I in H."""
    H = at.hessian.copy()
    np.einsum("jkjk->jk", H)[...] += damping
    return at._replace(hessian=H)


def model_change(at: SecondOrder, kinks: Floats, s: Floats) -> float:
    """Give how a step s changes the model: gᵀs + ½·sᵀHs + Σ k·(|u + s| − |u|)."""
    smooth = np.vdot(at.gradient, s) + 0.5 * np.vdot(s, np.tensordot(at.hessian, s, axes=2))
    return float(smooth + np.vdot(kinks, np.abs(at.u + s) - np.abs(at.u)))


def bfgs_update(hessian: Floats, s: Floats, y: Floats) -> Floats:
    """Teach a Hessian that a step s changed the gradient by y: H + yyᵀ/yᵀs − (Hs)(Hs)ᵀ/sᵀHs.

    >>> bfgs_update(np.full((1, 1, 1, 1), 2.0), np.ones((1, 1)), np.full((1, 1), 3.0)).item()
    3.0
    """
    Hs = np.tensordot(hessian, s, axes=2)
    learnt, known = float(np.vdot(y, s)), float(np.vdot(s, Hs))
    if min(learnt, known) <= 0:
        return hessian
    return hessian + np.multiply.outer(y / learnt, y) - np.multiply.outer(Hs / known, Hs)


def proximal_step(
    objective: Objective, at: SecondOrder, kinks: Floats
) -> tuple[float, Floats, FirstOrder]:
    """Go to the minimum of the model, or less far; give length, direction and slope there."""
    d = solve_model(at, kinks)
    change = np.abs(at.u + d) - np.abs(at.u)
    promise = float(np.vdot(at.gradient, d) + np.vdot(kinks, change))
    if promise >= 0:
        return 0.0, d, FirstOrder(at.u, at.value, at.gradient)
    new = objective.value_and_gradient(at.u + d)
    fallen = new.value <= at.value + SUFFICIENT_DECREASE * promise
    if fallen or -promise <= ROUNDING * abs(at.value):
        return 1.0, d, new
    length = backtrack(objective, at, promise, d)
    return length, d, objective.value_and_gradient(at.u + length * d) if length else new


def solve_model(at: SecondOrder, kinks: Floats) -> Floats:
    """Minimise the model with its kinks; give the direction d.

    A coordinate at 0 that its kink cannot hold is set free by coordinate descent, which gives
    it a sign. Sweeps that cost as much as a system of equations settle the signs of many. Among
    those not 0 the model is a plain quadratic, and `active_set_step` goes to its minimum. All are
    checked after each round. Where the rounds left cannot end it at the rate of the last, the ridge
    holds what H hardly curves: one as many times smaller does their work in one.
    f is nowhere less than 0: a model that falls below is refuted, d is 0.

    >>> hessian = np.eye(2).reshape(2, 1, 2, 1)
    >>> at = SecondOrder(np.zeros((2, 1)), 4.5, np.array([[-3.0], [0.5]]), hessian)
    >>> solve_model(at, np.ones((2, 1))).ravel().tolist()
    [2.0, 0.0]
    """
    u, g, k = at.u.ravel(), at.gradient.ravel(), kinks.ravel()
    H = at.hessian.reshape(u.size, u.size)
    v, gradient = u.copy(), g.copy()  # of the model at v
    live = H.diagonal() > 0
    scale = live / np.sqrt(np.where(live, H.diagonal(), 1.0))
    left, used = model_violation(v, gradient, k, scale).max(), v != 0
    target, ridge = MODEL_TOLERANCE * left, RIDGE_SHARE
    for more in reversed(range(MOST_SWEEPS)):
        set_free = live & (v == 0) & (np.abs(gradient) > k)
        coordinate_descent(v, gradient, H, k, np.flatnonzero(set_free))
        moving = np.flatnonzero(live & (set_free | (v != 0) | (k == 0)))
        for _ in range(len(moving) // A_SYSTEM):
            coordinate_descent(v, gradient, H, k, moving)
        some_became_0 = True
        while some_became_0:
            some_became_0 = active_set_step(v, gradient, H, k, ridge)
            if at.value + 0.5 * (g + gradient) @ (v - u) + k @ (np.abs(v) - np.abs(u)) < 0:
                return np.zeros_like(at.u)
        before, left = left, model_violation(v, gradient, k, scale).max()
        if left <= target:
            break
        if np.array_equal(v != 0, used) and left * min(left / before, 1.0) ** more > target:
            if ridge < RIDGE_SHARE:
                break
            ridge = RIDGE_SHARE / MOST_SWEEPS
        used = v != 0
    return v.reshape(at.u.shape) - at.u


def active_set_step(v: Floats, gradient: Floats, H: Floats, k: Floats, ridge: float) -> bool:
    """Go towards the minimum among those not 0 or free, with their signs; tell if some became 0.

    One that would change its sign stops at 0 while the others go on. The way ends at the minimum,
    or earlier, where the 1st, 2nd, 4th, 8th … or last of them stops: at the lowest of these places,
    by values at which rounding cannot be what is low. v and the gradient are changed in place.
    """
    active = np.flatnonzero((H.diagonal() > 0) & ((v != 0) | (k == 0)))
    at, rows = v[active], H[active]
    slope, part = gradient[active] + k[active] * np.sign(at), rows[:, active]
    size = np.sqrt(part.diagonal())
    part.flat[:: len(part) + 1] *= 1.0 + ridge  # dependent columns share the step
    step = np.linalg.solve(part, -slope)
    crosses = (k[active] > 0) & (np.sign(at) * (at + step) < 0)
    stops = np.where(crosses, -at / np.where(crosses, step, 1.0), np.inf)
    lengths = np.append(np.unique(stops[crosses]), 1.0)
    doubling = 2 ** np.arange(len(lengths).bit_length()) - 1
    lengths = lengths[np.append(doubling, len(lengths) - 1)]
    moves = np.where(stops[:, None] <= lengths, -at[:, None], lengths * step[:, None])
    changes = slope @ moves + 0.5 * (moves * (part @ moves)).sum(axis=0)
    best = np.argmin(changes + 2.0 * ROUNDOFF * (size @ np.abs(moves)) ** 2)
    zero = stops <= lengths[best]
    v[active] = np.where(zero, 0.0, at + moves[:, best])
    gradient += moves[:, best] @ rows
    return bool(zero.any())


def coordinate_descent(v: Floats, gradient: Floats, H: Floats, k: Floats, which: Indices) -> None:
    """Minimise along one coordinate after another; v and the gradient are changed in place."""
    bends, bounds, at = H.diagonal()[which].tolist(), k[which].tolist(), v[which].tolist()
    for j, bend, bound, was in zip(which.tolist(), bends, bounds, at, strict=True):
        wish = was - gradient.item(j) / bend
        moved = wish - min(max(wish, -bound / bend), bound / bend)
        if moved != was:
            gradient += H[j] * (moved - was)
            v[j] = moved


def model_violation(v: Floats, gradient: Floats, k: Floats, scale: Floats) -> Floats:
    """Give each coordinate's violation of the model's optimum, in units of its curvature."""
    return np.abs(pseudo_gradient(v, gradient, k)) * scale
