"""Bounds on the distance of any θ from the optimum, proved from the data.

Two proofs, of which the better counts:

    self-concordance   from gradient and Hessian, see `bounds.py`: where a Hessian is small
                       enough to form, and θ near enough to the optimum
    duality            from the residuals, scaled until they are feasible: where all
                       coefficients are penalised, however far away θ is

Derivation: docs/derivations/certificate.md.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from typing import TypeVar

import numpy as np

from glasslogit.core import (
    OFF_CENTRE,
    ROUNDOFF,
    Block,
    Floats,
    Loss,
    Moments,
    Objective,
    Quadratic,
    QuadraticSums,
    RowWork,
    SecondOrder,
    curvature,
    focus_of,
    view_of,
)
from glasslogit.optimum.bounds import (
    class_axes,
    lower_root,
    range_bound,
    root_in_theta,
)
from glasslogit.optimum.certificate import (
    WHY_DEPENDENT,
    WHY_OVERFLOW,
    Certificate,
    Place,
    UnitSteps,
    least_curved,
    pinsker_bound,
    relative,
    self_concordance,
    silent_if_undefined,
    unproved,
)
from glasslogit.optimum.duality import dual_bound
from glasslogit.optimum.rounding import (
    ROUNDED_UP,
    ProofData,
    are_squarable,
    extremes_of_block,
    gradient_error,
    joined,
    prediction_error,
    rounding_of,
    spans_of,
)
from glasslogit.solvers import FEW_COEFFICIENTS, Outcome, Rules, choose, run

RECENTRINGS = 2  # each leaves some 2⁻⁵⁰ of the way: after two only rounding is left
NEAR_OPTIMUM = 1e-6  # a relative gap from which on it is worth while to look for the optimum

Answer = TypeVar("Answer")


def tightest_certificate(objective: Objective, theta: Floats) -> Certificate:
    """Prove how far θ is from the optimum of f, in plain coordinates, at most; see `verify`."""
    if not objective.coordinates.intercept and theta[-1].any():
        return unproved("the model has an intercept, and with fit_intercept=False there is none")
    data = data_of(objective)
    if not are_squarable(data.moments):
        return unproved(WHY_OVERFLOW)
    here = best_proof(data, theta)
    if here.relative_gap < NEAR_OPTIMUM:
        return here
    there = prove_by_optimum(data, theta)
    return there if there.gap < here.gap else here


def data_of(objective: Objective) -> ProofData:
    """Ask all rows what a proof has to know of them; two passes."""
    source = objective.source
    moments = source.sum(Moments(objective.loss))
    return ProofData(objective, moments, joined(source.map(extremes_of_block)))


def best_proof(data: ProofData, theta: Floats) -> Certificate:
    """Give the better of the two proofs at θ, where both can be had."""
    data = data._replace(objective=standardised(data, data.objective.coordinates.axes))
    first = unproved("there are too many coefficients to form a Hessian")
    if theta.size <= FEW_COEFFICIENTS:
        first = prove_by_hessian(data, theta)
    penalty = data.objective.penalty
    if (first.proved and not penalty.has_kinks) or not np.all(penalty.held):
        return first
    second = prove_by_duality(data, theta)
    if not second.proved:
        return first
    far = min(first.coefficients, second.coefficients)
    return replace(first if first.gap < second.gap else second, coefficients=far)


def prove_by_optimum(data: ProofData, theta: Floats) -> Certificate:
    """Go on from θ to the optimum, and add the way to the bound there."""
    objective, loss, source = data.objective, data.objective.loss, data.objective.source
    work = RowWork(data.moments.product_work, data.moments.gram_work)
    solver = choose(objective.rows, theta.shape, objective.penalty, work).solver
    f = standardised(data, class_axes(objective))
    result = run(solver, f, f.coordinates.inverse(theta), Rules(tol=1e-9))
    if result.outcome is Outcome.INTERRUPTED:
        raise KeyboardInterrupt
    end = result.given
    there = best_proof(data, end)
    if not there.proved:
        return there
    moved = max(source.map(ProbabilityChange(loss, theta, end)))
    value, least = objective.value(theta), objective.value(end)
    at = [rounding_of(data, each) for each in (theta, end)]
    unit, noise = objective.unit, 2 * at[0].share * (value + least)
    noise += 2 * (at[0].margin + at[1].margin)
    moved += sum(prediction_error(each, theta.shape[1]) for each in at)
    gap = there.gap + unit * (max(value - least, 0.0) + noise)
    found = Certificate(
        gap,
        relative(gap / unit, value, at[0]),
        there.coefficients + float(np.abs(theta[:-1] - end[:-1]).max()),
        min(there.probability + moved, 1.0),
        there.rounding + unit * noise,
        f"{there.reason}, after going on to the optimum",
    )
    return silent_if_undefined(found)


@dataclass(frozen=True, eq=False)
class ProbabilityChange:
    """The largest change of a probability between two θ: asked by `Source.map`."""

    loss: Loss
    one: Floats
    other: Floats

    def __call__(self, block: Block) -> float:
        """Give that of the rows of a block."""
        p = [self.loss.probabilities(block.margins(theta)) for theta in (self.one, self.other)]
        return float(
            np.abs(p[0] - p[1]).max(axis=1, where=block.weight[:, None] > 0, initial=0.0).max()
        )


def standardised(data: ProofData, axes: Floats) -> Objective:
    """Put the objective into scaled coordinates where rows curve as they do at p = ½."""
    objective = data.objective
    return objective.standardised(data.moments, np.ravel(objective.penalty.ridge) * 4.0, axes)


def prove_by_hessian(data: ProofData, theta: Floats) -> Certificate:
    """Prove a bound by the Hessian at θ; two passes, and one more where columns are recentred."""
    objective, _, here = in_focus(data.objective, partial(quadratic_at, theta=theta))
    data = data._replace(objective=objective)
    rounding = rounding_of(data, theta)
    found = lower_root(objective, least_curved(objective, here.hessian, theta), rounding)
    if found is None:
        return unproved(WHY_DEPENDENT)
    root = found.root
    lifted = np.moveaxis(root_in_theta(objective.coordinates, root), 0, -1)  # (d+1, c, q)
    rows = objective.source.map(Reach(objective.loss, theta, lifted))
    norms, curvatures = (np.concatenate(part) for part in zip(*rows, strict=True))
    rough = rounding_of_moves(lifted, data)

    def change(radius: float) -> float:
        return probability_bound(norms + rough, curvatures, radius) * ROUNDED_UP

    steps = UnitSteps(root, float(norms.max()) * ROUNDED_UP + rough, change)
    place = Place(theta, here, gradient_error(objective, theta, rounding))
    return silent_if_undefined(self_concordance(data, place, steps, rounding))


def in_focus(
    objective: Objective, ask: Callable[[Objective], tuple[Answer, SecondOrder]]
) -> tuple[Objective, Answer, SecondOrder]:
    """Ask f for sums and its model there, seen from where its curvature is; one pass to three.

    From elsewhere a number in some rows hides what a column does in the others. Gives f in the
    coordinates in which it was asked last, and its answer.
    """
    f, (sums, here) = objective, ask(objective)
    for _ in range(RECENTRINGS):
        nearer = recentred(f, here.hessian)
        if nearer is None:
            break
        f, (sums, here) = nearer, ask(nearer)
    return f, sums, here


def quadratic_at(objective: Objective, theta: Floats) -> tuple[QuadraticSums, SecondOrder]:
    """Ask f for its model at θ; its u is θ but for the coefficients of constant columns."""
    at = objective.coordinates
    sums = objective.source.sum(Quadratic(objective.loss, theta, at.centre))
    return sums, objective.at_sums(at.inverse(theta), theta, sums)


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
        there = block.weight > 0
        return range_bound(np.stack(moves, axis=1))[there], curvature(p).max(axis=1)[there]


def rounding_of_moves(lifted: Floats, data: ProofData) -> float:
    """Bound the rounding of the moves of a row, which cancel where a mean is large."""
    centre = np.abs(data.moments.mean) + np.abs(data.objective.coordinates.centre)
    length = np.sqrt((lifted**2).sum(axis=2)).max(axis=1)  # (d+1,)
    most = centre + spans_of(data.moments, data.extremes)
    return 4 * (len(length) + 4) * ROUNDOFF * float(length[:-1] @ most + length[-1])


def probability_bound(norms: Floats, curvatures: Floats, radius: float) -> float:
    """Bound the change of the probabilities of rows whose margins move apart by norms·radius.

    |Δp| ≤ ¼·m, and ≤ p(1 − p)·(m + m²) where m ≤ 1: within it p(1 − p) changes by eᵐ at most.

    >>> probability_bound(np.array([1.0, 2.0]), np.array([0.25, 0.01]), 0.1)
    0.025
    """
    m = norms * radius
    return float(np.minimum(m / 4, np.where(m <= 1, curvatures * (m + m**2), inf)).max())


def prove_by_duality(data: ProofData, theta: Floats) -> Certificate:
    """Prove a bound by a feasible dual point."""
    objective, rounding = data.objective, rounding_of(data, theta)
    gap, value, noise = dual_bound(objective, theta, rounding)
    ridge = float(np.min(objective.penalty.ridge))
    far = (2 * gap / ridge) ** 0.5 if ridge else inf
    unit, share = objective.unit, relative(gap, value, rounding)
    probability = pinsker_bound(gap, objective.weight, data.extremes.least)
    probability = min(probability + prediction_error(rounding, theta.shape[1]), 1.0)
    found = Certificate(unit * gap, share, far, probability, unit * noise, "duality")
    return silent_if_undefined(found)


def recentred(objective: Objective, hessian: Floats) -> Objective | None:
    """Give f with the columns centred where a Hessian says, or None where they are near enough."""
    at, seen = objective.coordinates, focus_of(view_of(objective, hessian))
    if not at.intercept or (seen.centred >= OFF_CENTRE).all():
        return None
    centre = at.centre + seen.mean * at.spread[:, 0]
    return replace(objective, coordinates=replace(at, centre=centre))
