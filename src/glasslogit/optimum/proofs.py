"""Bounds on the distance of any θ from the optimum, proved from the data.

Two proofs, of which the better counts:

    self-concordance   from gradient and Hessian, see `bounds.py`: where a Hessian is small
                       enough to form, and θ near enough to the optimum
    duality            from the residuals, scaled until they are feasible: where all
                       coefficients are penalised, however far away θ is

Derivation: docs/derivations/certificate.md.
"""

from dataclasses import dataclass, replace
from math import inf
from typing import NamedTuple

import numpy as np

from glasslogit.core import (
    Block,
    ColumnMoments,
    Floats,
    Loss,
    Moments,
    Objective,
    Quadratic,
    curvature,
    recentred,
)
from glasslogit.optimum.bounds import (
    ROUNDOFF,
    Bound,
    class_axes,
    coefficient_bound,
    gradient_error,
    lower_root,
    range_bound,
    root_in_theta,
    rounding_of,
    second_order,
    subgradient,
    unit_step_changes,
    with_shift_curvature,
)
from glasslogit.optimum.certificate import (
    WHY_DEPENDENT,
    WHY_KINKED,
    Certificate,
    least_curved,
    pinsker_bound,
    relative,
    unproved,
)
from glasslogit.optimum.duality import dual_bound
from glasslogit.solvers import FEW_COEFFICIENTS, Outcome, Rules, choose, run

NEAR_OPTIMUM = 1e-6  # a relative gap from which on it is worth while to look for the optimum


class ProofData(NamedTuple):
    """What a fit is judged by: f in plain coordinates, moments, the least weight of a row."""

    objective: Objective
    moments: ColumnMoments
    least: float


def tightest_certificate(objective: Objective, theta: Floats) -> Certificate:
    """Prove how far θ is from the optimum of f, in plain coordinates, at most; see `verify`."""
    source = objective.source
    moments = source.sum(Moments(objective.loss))
    rows = ProofData(objective, moments, min(source.map(lightest_row)))
    here = best_proof(rows, theta)
    if here.relative_gap < NEAR_OPTIMUM:
        return here
    there = prove_by_optimum(rows, theta)
    return there if there.gap < here.gap else here


def best_proof(rows: ProofData, theta: Floats) -> Certificate:
    """Give the better of the two proofs at θ, where both can be had."""
    objective, moments, least = rows
    objective = standardised(objective, moments, objective.coordinates.axes)
    first = unproved("there are too many coefficients to form a Hessian")
    if theta.size <= FEW_COEFFICIENTS:
        first = prove_by_hessian(objective, theta, moments, least)
    penalty = objective.penalty
    if (first.proved and not penalty.has_kinks) or not np.all(penalty.held):
        return first
    second = prove_by_duality(objective, theta, moments, least)
    far = min(first.coefficients, second.coefficients)
    return replace(first if first.gap < second.gap else second, coefficients=far)


def prove_by_optimum(rows: ProofData, theta: Floats) -> Certificate:
    """Go on from θ to the optimum, and add the way to the bound there."""
    objective, loss, source = rows.objective, rows.objective.loss, rows.objective.source
    solver = choose(objective.rows, theta.shape, objective.penalty, source.density).solver
    f = standardised(objective, rows.moments, class_axes(objective))
    result = run(solver, f, f.coordinates.inverse(theta), Rules(tol=1e-9))
    if result.outcome is Outcome.INTERRUPTED:
        raise KeyboardInterrupt
    end = result.given
    there = best_proof(rows, end)
    if not there.proved:
        return there
    moved = max(source.map(ProbabilityChange(loss, theta, end)))
    value, least = objective.value(theta), objective.value(end)
    at = [rounding_of(objective, each, rows.moments) for each in (theta, end)]
    unit, margin = objective.unit, at[0].margin + at[1].margin
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


@dataclass(frozen=True, eq=False)
class ProbabilityChange:
    """The largest change of a probability between two θ: asked by `Source.map`."""

    loss: Loss
    one: Floats
    other: Floats

    def __call__(self, block: Block) -> float:
        """Give that of the rows of a block."""
        p = [self.loss.probabilities(block.margins(theta)) for theta in (self.one, self.other)]
        return float(np.abs(p[0] - p[1]).max())


def lightest_row(block: Block) -> float:
    """Give the least weight of a row that has any."""
    return float(block.weight[block.weight > 0].min(initial=inf))


def standardised(objective: Objective, moments: ColumnMoments, axes: Floats) -> Objective:
    """Put the objective into scaled coordinates where rows curve as they do at p = ½."""
    return objective.standardised(moments, np.ravel(objective.penalty.ridge) * 4.0, axes)


def prove_by_hessian(
    objective: Objective, theta: Floats, moments: ColumnMoments, least: float
) -> Certificate:
    """Prove a bound by the Hessian at θ; two passes."""
    at, S = objective.coordinates, objective.weight
    sums = objective.source.sum(Quadratic(objective.loss, theta, at.centre, at.axes))
    u = at.inverse(theta)  # θ but for the coefficients of constant columns
    here = objective.at_sums(u, theta, sums)
    nearer = recentred(objective, here.hessian)
    if nearer is not None:
        return prove_by_hessian(nearer, theta, moments, least)
    rounding = rounding_of(objective, theta, moments)
    least_hessian = least_curved(objective, here.hessian, theta)
    root = lower_root(with_shift_curvature(objective, least_hessian), rounding)
    if root is None:
        return unproved(WHY_DEPENDENT)
    gradient = subgradient(objective, u, here.gradient)
    if gradient is None:
        return unproved(WHY_KINKED)
    lifted = np.moveaxis(root_in_theta(at, root), 0, -1)  # (d+1, c, q)
    rows = objective.source.map(Reach(objective.loss, theta, lifted))
    norms, curvatures = (np.concatenate(part) for part in zip(*rows, strict=True))
    rough = rounding_of_moves(lifted, moments, norms.size)
    reach = float(norms.max()) * (1 + 1e-6) + rough
    error = gradient_error(objective, theta, rounding)
    bound = second_order(gradient, error, root, reach)
    if bound is None:
        return unproved("the optimum is too far away for a proof, or there is none (separation)")
    dead, far = cost_of_constants(objective, theta)
    bound = Bound(bound.gap + dead, bound.radius, bound.rounding)
    probability = min(
        probability_bound(norms + rough, curvatures, bound.radius) * (1 + 1e-6),
        pinsker_bound(bound.gap, S, least) if least < inf else inf,
    )
    far = max(far, coefficient_bound(objective, theta, unit_step_changes(at, root), bound.radius))
    unit, share = objective.unit, relative(bound.gap, here.value)
    noise = unit * bound.rounding
    return Certificate(unit * bound.gap, share, far, probability, noise, "self-concordance")


@dataclass(frozen=True, eq=False)
class Reach:
    """How far a step of length 1, `lifted` (d+1, c, q) at θ, moves the margins of a row apart."""

    loss: Loss
    theta: Floats
    lifted: Floats

    def __call__(self, block: Block) -> tuple[Floats, Floats]:
        """Give that and p(1 − p) for each row of a block: asked by `Source.map`."""
        c = self.lifted.shape[1]
        moves = [np.sqrt((block.product(self.lifted[:, k]) ** 2).sum(axis=1)) for k in range(c)]
        p = self.loss.evaluate(block.margins(self.theta), block.y).p
        return range_bound(np.stack(moves, axis=1)), curvature(p).max(axis=1)


def rounding_of_moves(lifted: Floats, moments: ColumnMoments, n: int) -> float:
    """Bound the rounding of the moves of a row, which cancel where a mean is large."""
    length = np.sqrt((lifted**2).sum(axis=2)).max(axis=1)  # (d+1,)
    most = np.abs(moments.mean) + np.sqrt(moments.scatter / moments.weight * n)
    return 4 * (len(length) + 4) * ROUNDOFF * float(length[:-1] @ most + length[-1])


def probability_bound(norms: Floats, curvatures: Floats, radius: float) -> float:
    """Bound the change of the probabilities of rows whose margins move apart by norms·radius.

    |Δp| ≤ ¼·m, and ≤ p(1 − p)·(m + m²) where m ≤ 1: within it p(1 − p) changes by eᵐ at most.

    >>> probability_bound(np.array([1.0, 2.0]), np.array([0.25, 0.01]), 0.1)
    0.025
    """
    m = norms * radius
    return float(np.minimum(m / 4, np.where(m <= 1, curvatures * (m + m**2), inf)).max())


def cost_of_constants(objective: Objective, theta: Floats) -> tuple[float, float]:
    """Give what the coefficients of constant columns cost, which are 0 at the optimum."""
    held = np.isinf(objective.coordinates.scale)
    w = np.where(held[:, None], theta[:-1], 0.0)
    cost = objective.penalty.value(w) - objective.penalty.value(np.zeros_like(w))
    return cost, float(np.abs(w).max(initial=0.0)) if cost else 0.0


def prove_by_duality(
    objective: Objective, theta: Floats, moments: ColumnMoments, least: float
) -> Certificate:
    """Prove a bound by a feasible dual point."""
    gap, value, noise = dual_bound(objective, theta, moments)
    ridge = float(np.min(objective.penalty.ridge))
    far = (2 * gap / ridge) ** 0.5 if ridge else inf
    unit = objective.unit
    probability = pinsker_bound(gap, objective.weight, least)
    share = relative(gap, value)
    return Certificate(unit * gap, share, far, probability, unit * noise, "duality")
