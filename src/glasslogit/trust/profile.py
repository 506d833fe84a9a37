"""Profile-likelihood intervals: the values that a likelihood ratio does not reject.

    {β : 2·(ℓ(θ̂) − max ℓ(θ) over θ with aᵀθ = β) ≤ χ²}

At an end the gradient of −ℓ is along a, g = κ·a, and −ℓ is χ²/2 above its minimum. With the
quadratic model of −ℓ at θ both conditions give a step and the next κ:

    d = P⁻¹(κ·a − g),   κ = ±√(2·(target − value + ½gᵀP⁻¹g) / aᵀP⁻¹a)

Venzon & Moolgavkar, "A method for computing profile-likelihood-based confidence intervals"
(1988), equations 2 to 6. Derivation: docs/derivations/inference.md.
"""

from dataclasses import dataclass

import numpy as np

from glasslogit.core.losses import Floats
from glasslogit.errors import GlasslogitError
from glasslogit.objective import Model, Objective
from glasslogit.solvers.newton import inverse_of
from glasslogit.trust.information import Information

MOST_STEPS = 50
EXACT = 1e-10  # how near −ℓ has to be to its target, in units of χ²
FARTHEST = 2.0  # the model is trusted no further, in half-widths of the interval by Wald


@dataclass(frozen=True, eq=False)
class End:
    """One end of an interval to find: along `a` and by `side` ±1, where −ℓ/S is `target`."""

    objective: Objective
    a: Floats
    side: int
    target: float

    def step(self, at: Model) -> tuple[Floats, float]:
        """Give the step to the end that the quadratic model of −ℓ shows, and how far it is off.

        A model whose minimum is above the target, too high for any end, shows its minimum.
        """
        solve = inverse_of(at.hessian)
        toward, back = solve(self.a), solve(at.gradient)
        along = float(np.vdot(self.a, toward))
        room = self.target - at.value + 0.5 * float(np.vdot(at.gradient, back))
        kappa = self.side * (2.0 * max(room, 0.0) / along) ** 0.5
        rest = at.gradient - self.a * (float(np.vdot(toward, at.gradient)) / along)
        free = float(np.vdot(rest, solve(rest)))
        return kappa * toward - back, abs(at.value - self.target) + free

    def find(self, at: Model, reach: float) -> float:
        """Go to the end from the optimum; give the coefficient there. A pass for each step."""
        for _ in range(MOST_STEPS):
            step, off = self.step(at)
            if off * self.objective.weight < EXACT:
                return float(np.vdot(self.a, at.u + step))
            size = abs(float(np.vdot(self.a, step)))
            at = self.objective.quadratic(at.u + step * min(1.0, FARTHEST * reach / (size or 1.0)))
        raise GlasslogitError(
            "a profile-likelihood interval was not found: the likelihood is nearly flat there; "
            "take intervals='wald', or look for classes that are nearly separated"
        )


def profile_intervals(known: Information, chi2: float) -> Floats:
    """Give the ends of the intervals of all coefficients, (m, 2); some five passes for each end."""
    objective, start = known.objective, known.at
    target = start.value + 0.5 * chi2 / objective.weight
    ends = np.empty((len(known.link), 2))
    for j, row in enumerate(known.link):
        a = row.reshape(start.u.shape)
        reach = (chi2 * float(np.sum((row @ known.root) ** 2))) ** 0.5
        for i, side in enumerate((-1, 1)):
            ends[j, i] = End(objective, a, side, target).find(start, reach)
    return ends
