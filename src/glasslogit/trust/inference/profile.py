"""Profile-likelihood intervals: the values that a likelihood ratio does not reject.

    {β : 2·(ℓ(θ̂) − max ℓ(θ) over θ with aᵀθ = β) ≤ χ²}

At an end the gradient of −ℓ is along a, g = κ·a, and −ℓ is χ²/2 above its minimum. With the
quadratic model of −ℓ at θ both conditions give a step and the next κ:

    d = P⁻¹(κ·a − g),   κ = ±√(2·(target − value + ½gᵀP⁻¹g) / aᵀP⁻¹a)

Venzon & Moolgavkar, "A method for computing profile-likelihood-based confidence intervals"
(1988), equations 2 to 6. Derivation: docs/derivations/inference.md.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from glasslogit.core import Floats, Objective, SecondOrder, inverse_of
from glasslogit.errors import GlasslogitError
from glasslogit.trust.inference.information import Information
from glasslogit.trust.inference.limit import LIMIT_GAP

MOST_PASSES = 200
CLOSE_TO_TARGET = 1e-10  # how near −ℓ has to be to its target, in units of χ²
ROOT_OFF = 1e-8  # of the root of χ²: the ratios are known to `LIMIT_GAP`
SHORTER = 0.4  # the share of a step to try next if it leads no nearer to the end
NOT_FOUND = "a profile-likelihood interval was not found; take intervals='wald'"


class Aim(NamedTuple):
    """The step from a place to the end as its quadratic model shows it, and how far off it is."""

    at: SecondOrder
    step: Floats
    off: float


@dataclass(frozen=True, eq=False)
class End:
    """One end of an interval to find: along `a` and by `side` ±1, where −ℓ/S is `target`."""

    objective: Objective
    a: Floats
    side: int
    target: float

    def aim(self, at: SecondOrder) -> Aim:
        """Look for the end from a place.

        A place is off by what −ℓ is from its target, and by what −ℓ can still fall with aᵀθ
        held. A model that lies above the target has no end, but shows its minimum.
        """
        solve = inverse_of(at.hessian)
        toward, back = solve(self.a), solve(at.gradient)
        along, slope = (float(np.vdot(self.a, way)) for way in (toward, back))
        if not along > 0:
            return Aim(at, 0.0 * at.u, np.inf)
        fall = float(np.vdot(at.gradient, back))
        kappa = self.side * (max(2.0 * (self.target - at.value) + fall, 0.0) / along) ** 0.5
        off = abs(at.value - self.target) + abs(fall - slope**2 / along)
        return Aim(at, kappa * toward - back, off * self.objective.weight)

    def find(self, start: SecondOrder) -> float:
        """Go to the end from the optimum; give the coefficient there. A pass for each step.

        A step that leads no nearer is shortened: far out the model may be wrong.
        """
        place, length = self.aim(start), 1.0
        for _ in range(MOST_PASSES):
            if place.off < CLOSE_TO_TARGET:
                return float(np.vdot(self.a, place.at.u + place.step))
            there = self.aim(self.objective.quadratic(place.at.u + length * place.step))
            nearer = there.off < place.off
            place, length = (there, 1.0) if nearer else (place, SHORTER * length)
        raise GlasslogitError(
            "a profile-likelihood interval was not found: the likelihood is nearly flat there; "
            "take intervals='wald', or look for classes that are nearly separated"
        )


def profile_intervals(known: Information, chi2: float) -> Floats:
    """Give the ends of the intervals of all coefficients, (m, 2); some five passes for each end.

    Where classes are separated an end may be infinite: on the side of an infinite estimate, and
    on both where any value is as likely. An aliased coefficient has none: NaN.
    """
    objective, shape = known.objective, known.at.u.shape
    target = known.at.value + 0.5 * chi2 / objective.weight
    ends = np.full((len(known.to_reported), 2), np.nan)
    for j in np.flatnonzero(~known.aliased).tolist():
        for k, side in enumerate((-1, 1)):
            if known.separated:
                ends[j, k] = RatioEnd(known, j, side, chi2).find()
            else:
                a = known.to_reported[j].reshape(shape)
                ends[j, k] = End(objective, a, side, target).find(known.at)
    return ends


@dataclass(frozen=True, eq=False)
class RatioEnd:
    """An end of an interval where classes are separated, found by ratios of suprema alone.

    There is no optimum to start from, and far out, where the suprema are, a quadratic model says
    little. The signed root of the likelihood ratio is nearly a straight line in the coefficient,
    so a few chords of it lead to the end (the Illinois method: Dowell & Jarratt, "A modified
    regula falsi method for computing the root of an equation", 1971).
    """

    known: Information
    j: int
    side: int
    chi2: float

    def off(self, value: float) -> float:
        """Tell how far the root of the ratio is above that of χ² at a value."""
        known = self.known
        bound = known.best_where(known.to_reported[[self.j]], np.array([value]))
        gain = 2.0 * known.objective.weight * (bound.value - known.at.value)
        return float(max(gain, 0.0) ** 0.5 - self.chi2**0.5)

    def find(self) -> float:
        """Give the end; infinite beyond an infinite estimate, and where all is as likely.

        What may be any number is likelier the further out on one side, if not on both.
        """
        lost, estimate = self.known.lost[self.j], float(self.known.estimate[self.j])
        inside, at_zero = estimate, -(self.chi2**0.5)
        step = self.side * float(np.linalg.norm(self.known.to_reported[self.j]))
        if lost:
            inside, at_zero = 0.0, self.off(0.0)
            flat = at_zero + self.chi2**0.5 <= (2.0 * LIMIT_GAP) ** 0.5
            endless = flat or lost == self.side * np.inf
            if endless or (np.isnan(lost) and self.off(step) < at_zero):
                return self.side * np.inf
        return self.between(*self.bracket(inside, at_zero, step if at_zero <= 0 else -step))

    def bracket(self, value: float, off: float, step: float) -> tuple[float, float, float, float]:
        """Double a step until the end is passed; give both sides and how far they are off."""
        for _ in range(MOST_PASSES):
            there = self.off(value + step)
            if (there > 0) != (off > 0):
                return value, off, value + step, there
            value, off, step = value + step, there, 2.0 * step
        raise GlasslogitError(NOT_FOUND)

    def between(self, a: float, at_a: float, b: float, at_b: float) -> float:
        """Follow chords from both sides to the end."""
        for _ in range(MOST_PASSES):
            value = b - at_b * (b - a) / (at_b - at_a)
            off = self.off(value)
            if abs(off) < ROOT_OFF or value in (a, b):
                return value
            if (off > 0) != (at_b > 0):
                a, at_a = b, at_b
            else:
                at_a /= 2.0
            b, at_b = value, off
        raise GlasslogitError(NOT_FOUND)


def likelihood_ratios(known: Information) -> Floats:
    """Give 2·(ℓ(θ̂) − ℓ(θ₀)) of each coefficient, θ₀ the optimum where it is 0, (m,)."""
    gains = np.full(len(known.to_reported), np.nan)
    for j in np.flatnonzero(~known.aliased):
        bound = known.best_where(known.to_reported[[j]], np.zeros(1))
        gains[j] = max(2.0 * known.objective.weight * (bound.value - known.at.value), 0.0)
    return gains
