"""Bounds on the distance to the optimum, proved from the data."""

from dataclasses import replace
from math import inf
from typing import NamedTuple

import numpy as np

from glasslogit.core import (
    Block,
    ColumnMoments,
    Coordinates,
    Floats,
    Objective,
    Quadratic,
    curvature,
    sum_zero_axes,
)
from glasslogit.optimum.bounds import (
    UNIT,
    Bound,
    apart,
    directions,
    farthest,
    gradient_error,
    hold_shift,
    lower_root,
    moves_of,
    rounding_of,
    second_order,
    subgradient,
)
from glasslogit.optimum.certificate import (
    WHY_DEPENDENT,
    WHY_KINKED,
    Certificate,
    from_gap,
    relative,
    unit_of,
    unproved,
)
from glasslogit.optimum.duality import dual_bound
from glasslogit.solvers import FEW_COEFFICIENTS, Outcome, Rules, choose, run

NEAR_OPTIMUM = 1e-6  # a relative gap from which on it is worth while to look for the optimum


class Beside(NamedTuple):
    """What a fit is judged by: f in plain coordinates, moments, the least weight of a row."""

    objective: Objective
    moments: ColumnMoments
    least: float


def best_proof(rows: Beside, theta: Floats) -> Certificate:
    """Give the better of the two proofs at θ, where both can be had."""
    objective, moments, least = rows
    objective = standardised(objective, moments)
    first = unproved("there are too many coefficients to form a Hessian")
    if theta.size <= FEW_COEFFICIENTS:
        first = by_hessian(objective, theta, moments, least)
    penalty = objective.penalty
    if (first.proved and not penalty.has_kinks) or not np.all(penalty.held):
        return first
    second = by_duality(objective, theta, moments, least)
    far = min(first.coefficients, second.coefficients)
    return replace(first if first.gap < second.gap else second, coefficients=far)


def by_optimum(rows: Beside, theta: Floats) -> Certificate:
    """Go on from θ to the optimum, and add the way to the bound there."""
    objective, loss, source = rows.objective, rows.objective.loss, rows.objective.source
    solver = choose(objective.rows, theta.shape, objective.penalty, source.density).solver
    axes = np.eye(theta.shape[1])
    if loss.redundant and objective.penalty.sums_to_zero:
        axes = sum_zero_axes(theta.shape[1])
    f = standardised(objective, rows.moments)
    f = replace(f, coordinates=replace(f.coordinates, axes=axes))
    result = run(solver, f, f.coordinates.inverse(theta), Rules(tol=1e-9))
    if result.outcome is Outcome.INTERRUPTED:
        raise KeyboardInterrupt
    end = result.theta
    there = best_proof(rows, end)
    if not there.proved:
        return there

    def change(block: Block) -> float:
        p = [loss.probabilities(block.margins(each)) for each in (theta, end)]
        return float(np.abs(p[0] - p[1]).max())

    moved = max(source.map(change))
    value, least = objective.value(theta), objective.value(end)
    at = [rounding_of(objective, each, rows.moments) for each in (theta, end)]
    unit, margin = unit_of(objective), at[0].margin + at[1].margin
    noise = 2 * at[0].share * value + margin
    moved += margin * (objective.weight / rows.least) ** 0.5  # that of a row, not of their mean
    gap = there.gap + unit * (max(value - least, 0.0) + noise)
    return Certificate(
        gap,
        relative(gap / unit, value),
        there.coefficients + float(np.abs(theta[:-1] - end[:-1]).max()),
        min(there.probability + moved, 1.0),
        there.rounding + unit * noise,
        f"{there.reason}, after going on to the optimum",
    )


def lightest_row(block: Block) -> float:
    """Give the least weight of a row that has any."""
    return float(block.weight[block.weight > 0].min(initial=inf))


def standardised(objective: Objective, moments: ColumnMoments) -> Objective:
    """Put the objective into coordinates where columns are centred and of one scale."""
    at = objective.coordinates
    ridge = np.ravel(objective.penalty.ridge) * 4.0
    scaled = Coordinates.standardised(moments, ridge, intercept=at.intercept, axes=at.axes)
    return replace(objective, coordinates=scaled)


def by_hessian(
    objective: Objective, theta: Floats, moments: ColumnMoments, least: float
) -> Certificate:
    """Prove a bound by the Hessian at θ; two passes."""
    at, d, S = objective.coordinates, objective.features, objective.weight
    sums = objective.source.sum(Quadratic(objective.loss, theta, at.centre, at.axes))
    value = sums.value / S + objective.penalty.value(theta[:-1])
    hessian = at.pull_both(sums.hessian) / S
    np.einsum("jkjk->jk", hessian)[:d] += objective.penalty.ridge / at.scale[:, None] ** 2
    rounding = rounding_of(objective, theta, moments)
    root = lower_root(hold_shift(objective, hessian), rounding)
    if root is None:
        return unproved(WHY_DEPENDENT)
    mean = sums.gradient / S
    mean[:-1] += objective.penalty.gradient(theta[:-1])
    u = np.concatenate([theta[:-1] * at.spread, np.ones((int(at.intercept), theta.shape[1]))])
    gradient = subgradient(objective, u, at.pull(mean))
    if gradient is None:
        return unproved(WHY_KINKED)
    lifted = np.moveaxis(directions(at, root), 0, -1)  # (d+1, c, q)
    rows = objective.source.map(lambda block: reach_rows(objective, block, theta, lifted))
    norms, bends = (np.concatenate(part) for part in zip(*rows, strict=True))
    reach = float(norms.max()) * (1 + 1e-6) + slip(lifted, moments, norms.size)
    error = gradient_error(objective, theta, rounding)
    bound = second_order(gradient, error, root, reach)
    if bound is None:
        return unproved("the optimum is too far away for a proof, or there is none (separation)")
    dead, far = constant_columns(objective, theta)
    bound = Bound(bound.gap + dead, bound.radius, bound.rounding)
    probability = min(
        off_by(norms + slip(lifted, moments, norms.size), bends, bound.radius) * (1 + 1e-6),
        from_gap(bound.gap, S, least) if least < inf else inf,
    )
    far = max(far, farthest(objective, theta, moves_of(at, root), bound.radius))
    unit, share = unit_of(objective), relative(bound.gap, value)
    noise = unit * bound.rounding
    return Certificate(unit * bound.gap, share, far, probability, noise, "self-concordance")


def reach_rows(
    objective: Objective, block: Block, theta: Floats, lifted: Floats
) -> tuple[Floats, Floats]:
    """Give how far a step of length 1 moves the margins of each row apart, and p(1 − p)."""
    c = lifted.shape[1]
    moves = [np.sqrt((block.product(lifted[:, k]) ** 2).sum(axis=1)) for k in range(c)]
    p = objective.loss.evaluate(block.margins(theta), block.y).p
    return apart(np.stack(moves, axis=1)), curvature(p).max(axis=1)


def slip(lifted: Floats, moments: ColumnMoments, n: int) -> float:
    """Bound the rounding of the moves of a row, which cancel where a mean is large."""
    length = np.sqrt((lifted**2).sum(axis=2)).max(axis=1)  # (d+1,)
    most = np.abs(moments.mean) + np.sqrt(moments.scatter / moments.weight * n)
    return 4 * (len(length) + 4) * UNIT * float(length[:-1] @ most + length[-1])


def off_by(norms: Floats, bends: Floats, radius: float) -> float:
    """Bound the change of the probabilities of rows whose margins move apart by norms·radius.

    |Δp| ≤ ¼·m, and ≤ p(1 − p)·(m + m²) where m ≤ 1: within it p(1 − p) changes by eᵐ at most.

    >>> off_by(np.array([1.0, 2.0]), np.array([0.25, 0.01]), 0.1)
    0.025
    """
    m = norms * radius
    return float(np.minimum(m / 4, np.where(m <= 1, bends * (m + m**2), inf)).max())


def constant_columns(objective: Objective, theta: Floats) -> tuple[float, float]:
    """Give what the coefficients of constant columns cost, which are 0 at the optimum."""
    held = np.isinf(objective.coordinates.scale)
    w = np.where(held[:, None], theta[:-1], 0.0)
    cost = objective.penalty.value(w) - objective.penalty.value(np.zeros_like(w))
    return cost, float(np.abs(w).max(initial=0.0)) if cost else 0.0


def by_duality(
    objective: Objective, theta: Floats, moments: ColumnMoments, least: float
) -> Certificate:
    """Prove a bound by a feasible dual point."""
    gap, value, noise = dual_bound(objective, theta, moments)
    ridge = float(np.min(objective.penalty.ridge))
    far = (2 * gap / ridge) ** 0.5 if ridge else inf
    unit = unit_of(objective)
    probability = from_gap(gap, objective.weight, least)
    share = relative(gap, value)
    return Certificate(unit * gap, share, far, probability, unit * noise, "duality")
