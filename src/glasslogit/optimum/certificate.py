"""The certificate of a fit: how far it is from the optimum at most, proved by its last step.

Derivation: docs/derivations/certificate.md.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import inf, isfinite
from typing import NamedTuple

import numpy as np

from glasslogit.core import (
    ColumnMoments,
    FirstOrder,
    Floats,
    InMemory,
    LocalModel,
    Objective,
    SecondOrder,
)
from glasslogit.optimum.bounds import (
    coefficient_bound,
    cost_of_constants,
    lower_root,
    margin_reach,
    rounding_of_step,
    second_order,
    subgradient,
    unit_step_changes,
)
from glasslogit.optimum.rounding import (
    ROUNDED_UP,
    ProofData,
    Rounding,
    are_squarable,
    extremes,
    gradient_error,
    prediction_error,
    rounding_of,
    spans_of,
)
from glasslogit.optimum.start import EXACT_ROWS
from glasslogit.pages import Page, Printable
from glasslogit.solvers import FEW_ROWS, MANY, Outcome, Result

ROWS_TO_INVERT = 10  # of fewer, to invert a large Hessian costs much beside forming it
VERIFY = "verify(model, X, y) gives one"
WHY_DEPENDENT = "columns depend on each other, or the classes are separated, or nearly so"
WHY_FAR = "the optimum is too far away, or there is none: see find_separation(X, y)"
WHY_OVERFLOW = "the numbers are too large or too small for float64; rescale the columns"
WHY_KINKED = "the coefficients of the classes can be shifted towards a smaller penalty"


@dataclass(frozen=True, repr=False)
class Certificate(Printable):
    """What is proved of a fit: nothing is further from the optimum than these numbers.

    gap            C·Σ weight·loss + penalty, less its minimum (C = 1 without a penalty)
    relative_gap   the same as a share of the minimum
    coefficients   of any coefficient from the optimum's, or the nearest optimum's
    probability    of any probability of a training row that has weight, likewise, as it is and
                   as `predict_proba` rounds it
    rounding       the part of `gap` that allows for rounding
    reason         how it was proved, or why there is no bound, which is then infinite
    """

    gap: float
    relative_gap: float
    coefficients: float
    probability: float
    rounding: float
    reason: str

    @property
    def proved(self) -> bool:
        """Tell whether there is a bound."""
        return isfinite(self.gap)

    def page(self) -> Page:
        """Give the bounds as a table; one that is infinite is left out."""
        if not self.proved:
            return Page(f"No bound: {self.reason}.", [], {"at most": []})
        names = ("gap", "relative_gap", "coefficients", "probability", "rounding")
        bounds = {name: getattr(self, name) for name in names if isfinite(getattr(self, name))}
        return Page(
            "Distance from the optimum",
            [(name,) for name in bounds],
            {"at most": list(bounds.values())},
            facts=(f"Proved, rounding included: {self.reason}.",),
            formats={"at most": ".2g"},
        )


def unproved(reason: str) -> Certificate:
    """Give the certificate that says why there is no bound."""
    return Certificate(inf, inf, inf, inf, 0.0, reason)


def silent_if_undefined(found: Certificate) -> Certificate:
    """Give a certificate, or the one without a bound if the numbers in it have overflowed."""
    bounds = found.gap, found.relative_gap, found.coefficients, found.probability, found.rounding
    if found.proved and not all(each >= 0 for each in bounds):  # NaN is not
        return unproved(WHY_OVERFLOW)
    return found


def relative(gap: float, value: float, rounding: Rounding) -> float:
    """Give a gap as a share of the minimum, which is at least value − gap, less its rounding."""
    least = value * (1 - rounding.share) - 2 * rounding.margin - gap
    return gap / least if least > 0 else inf


def pinsker_bound(gap: float, weight: float, least: float) -> float:
    """Bound the change of any probability of rows that weigh `least` or more: √(gap·S / 2s).

    The loss of a row is above that at the optimum by as much as its probabilities differ in
    the sense of Kullback and Leibler, at the least (Pinsker's inequality does the rest).

    >>> pinsker_bound(2e-6, 100.0, 1.0)
    0.01
    """
    return min(float((gap * weight / (2 * least)) ** 0.5), 1.0)


def certified(
    objective: Objective, result: Result, moments: ColumnMoments
) -> tuple[Result, Certificate]:
    """Give a run and what is proved of it, a step on where that can be proved, or neither can."""
    if result.ahead is None:
        return result, certify(objective, result, moments)
    ahead = certify(objective, result.ahead, moments)
    seen = ahead if ahead.proved else certify(objective, result, moments)
    return (result, seen) if seen.proved and not ahead.proved else (result.ahead, ahead)


def certify(objective: Objective, result: Result, moments: ColumnMoments) -> Certificate:
    """Prove a bound from what the last step of a fit knows; no pass over many rows."""
    if result.outcome is Outcome.SEPARATED:
        return unproved("the classes are separated, so there is no optimum")
    if result.at is None or not isfinite(result.at.value):
        return unproved(f"an earlier step than the last was kept; {VERIFY}")
    if not are_squarable(moments):
        return unproved(WHY_OVERFLOW)
    source = objective.source.in_memory
    if source is None:
        return unproved(f"the rows come in batches; {VERIFY}")
    certificate = unproved(f"a Hessian of these rows costs too much beside the fit; {VERIFY}")
    u = result.at.u if result.step is None or result.formed is None else result.formed.u
    last = next(source.blocks()).centres_last
    rows = extremes(source.weight, source.offset, centres_last=last)
    data = ProofData(objective, moments, rows)
    for known in lower_hessians(data, source, u, result.formed):
        certificate = prove(data, result.theta, result.at, known, result.step)
        exact = known.origin is u and source.weight.max() == rows.least
        if certificate.proved or exact:  # of rows of one weight nothing more is to be known
            break
    return silent_if_undefined(certificate)


class LowerHessian(NamedTuple):
    """A Hessian at most the true one, where it was formed, and how far its rows reach."""

    hessian: Floats
    origin: Floats
    spans: Floats  # (d,), how far a column may be from its centre
    of_all_rows: bool  # whether the spans are


def lower_hessians(
    data: ProofData, source: InMemory, u: Floats, formed: SecondOrder | None
) -> Iterator[LowerHessian]:
    """Give what a certificate can rest on, unless it costs much beside a fit; the free one first.

    The last Hessian of a fit serves if the moments are those of all rows, as it is.
    """
    objective = data.objective
    costly = u.size > MANY and objective.rows < ROWS_TO_INVERT * u.size
    if formed and objective.rows <= EXACT_ROWS and not costly:
        yield last_formed(data, formed)
    if u.size <= MANY:
        yield few_rows(data, source, u)


def last_formed(data: ProofData, formed: SecondOrder) -> LowerHessian:
    """Take the last Hessian that the solver formed of all rows; the moments are theirs."""
    objective, moments, rows = data
    spans = spans_of(moments, rows) + np.abs(moments.mean - objective.coordinates.centre)
    return LowerHessian(formed.hessian, formed.u, spans, of_all_rows=True)


def few_rows(data: ProofData, source: InMemory, u: Floats) -> LowerHessian:
    """Form the Hessian of few rows: divided by the weight of all it is below that of all."""
    objective = data.objective
    n, centre = objective.rows, objective.coordinates.centre
    part = source.take(np.arange(0, n, -(-n // FEW_ROWS)))
    hessian = replace(objective, source=part).quadratic(u).hessian
    ones = (np.ones((len(block.weight), 1)) for block in part.blocks())
    squares = [b.moments(h, centre)[0][:-1, 0] for b, h in zip(part.blocks(), ones, strict=True)]
    spans = np.sqrt(np.sum(squares, axis=0)) * ROUNDED_UP
    return LowerHessian(hessian, u, spans, of_all_rows=n <= FEW_ROWS)


def least_curved(objective: Objective, hessian: Floats, theta: Floats) -> Floats:
    """Take off the Hessian at θ what the penalty curves more there than anywhere."""
    penalty, scale = objective.penalty, objective.coordinates.scale[:, None]
    excess = np.asarray(penalty.curvature(theta[:-1]) - penalty.ridge)
    if not excess.any():
        return hessian
    least = hessian.copy()
    np.einsum("jkjk->jk", least)[: objective.features] -= excess / scale**2
    return least


class UnitSteps(NamedTuple):
    """The steps of length 1 in the norm of a Hessian at most the true one, and what they do.

    `root` (q, p, c') has H⁻¹ ≤ BᵀB. `reach` is how far they move the margins of a row apart at
    most, and `change` how much steps of a given length change a probability.
    """

    root: Floats
    reach: float
    change: Callable[[float], float]


class Place(NamedTuple):
    """θ, the model of f there, and what its gradient may be off by: entry by entry (p, c').

    Where no pass has been, also in the norm of H⁻¹, by how H changes on the way there.
    """

    theta: Floats
    at: LocalModel
    error: Floats
    change: float = 0.0


def self_concordance(
    data: ProofData, place: Place, steps: UnitSteps, rounding: Rounding
) -> Certificate:
    """Give the bound at a place by a Hessian."""
    objective, (theta, at, error, change) = data.objective, place
    gradient = subgradient(objective, at.u, at.gradient)
    if gradient is None:
        return unproved(WHY_KINKED)
    bound = second_order(gradient, error, steps.root, steps.reach, change)
    if bound is None:
        return unproved(WHY_FAR)
    cost, far = cost_of_constants(objective, theta)
    gap, unit = bound.gap + cost, objective.unit
    probability = pinsker_bound(gap, objective.weight, data.extremes.least)
    probability = min(probability, steps.change(bound.radius))
    probability = min(probability + prediction_error(rounding, theta.shape[1]), 1.0)
    moves = unit_step_changes(objective.coordinates, steps.root)
    far = max(far, coefficient_bound(objective, theta, moves, bound.radius))
    least = at.value - 2 * gap if change else at.value
    share, noise = relative(gap, least, rounding), unit * bound.rounding
    return Certificate(unit * gap, share, far, probability, noise, "self-concordance")


def prove(
    data: ProofData, theta: Floats, at: LocalModel, known: LowerHessian, step: Floats | None
) -> Certificate:
    """Give the bound at u by a Hessian that was formed there or near, or a `step` before."""
    if step is not None and not known.of_all_rows:
        return unproved(f"the last step was taken without a look at all rows; {VERIFY}")
    objective = data.objective
    origin = objective.coordinates.theta(known.origin)
    rounding = rounding_of(data, np.maximum(np.abs(theta), np.abs(origin)))
    hessian = least_curved(objective, known.hessian, origin)
    lower = lower_root(objective, hessian, rounding)
    if lower is None:
        return unproved(f"{WHY_DEPENDENT}; {VERIFY}, if there is a penalty")
    root, off = lower
    moves = unit_step_changes(objective.coordinates, root)
    reach = margin_reach(objective.coordinates, moves, known.spans)
    moved = at.u - known.origin if step is None else step
    more, length = rounding_of_step(hessian, moved, at.gradient, rounding, off)
    s = reach * length
    shrunk = 1.0 - s  # of H, on the way from where it was formed
    if not shrunk > 0:
        return unproved(f"the last Hessian was formed too far away; {VERIFY}")
    root, reach = root / shrunk**0.5, reach / shrunk**0.5
    place = Place(theta, at, gradient_error(objective, theta, rounding))
    if step is not None:
        tangent = FirstOrder(at.u, at.value - length**2 / 4, at.gradient)
        turned = length * s / 2 / (1 - s / 3) / shrunk**0.5
        place = Place(theta, tangent, place.error + more, turned)

    def change(radius: float) -> float:
        return reach * radius / 4 if known.of_all_rows else 1.0

    found = self_concordance(data, place, UnitSteps(root, reach, change), rounding)
    return found if found.proved else unproved(f"{found.reason}; {VERIFY}, if any")
