"""Newton's method without forming the Hessian: conjugate gradients on Hessian products.

H(u)·d = −g(u) is solved roughly, to ‖H·d + g‖ ≤ η·‖g‖ in the norm of the preconditioner,
with products H·v that cost one pass each (Dembo & Steihaug, "Truncated-Newton algorithms
for large-scale unconstrained optimization", 1983). The forcing term η = min(forcing, √‖g‖),
with ‖g‖ relative to the start, falls as the optimum comes near, so that the last steps are
as good as Newton's own (Nocedal & Wright, "Numerical optimization", 2006, algorithm 7.1).

Derivation: docs/derivations/solvers.md.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from glasslogit.core.losses import Floats
from glasslogit.objective import Objective
from glasslogit.solvers.lbfgs import inverse_diagonal
from glasslogit.solvers.line_search import advance
from glasslogit.solvers.run import Solver, Step


@dataclass(frozen=True)
class NewtonCG(Solver):
    """Truncated Newton: for very many coefficients, where L-BFGS needs many steps.

    `forcing` bounds η from above and `max_products` the Hessian products of one step.

    >>> NewtonCG().name
    'newton_cg'
    """

    name: ClassVar[str] = "newton_cg"
    standardise: bool = True
    forcing: float = 0.1
    max_products: int = 200

    def steps(self, objective: Objective, start: Floats) -> Iterator[Step]:
        """See `Solver.steps`."""
        u, length, at = start, 0.0, objective.value_and_gradient(start)
        diagonal = objective.diagonal(start)
        inverse = inverse_diagonal(diagonal)
        first = norm(at.gradient, inverse)
        yield Step(u, at.value, at.gradient, length, diagonal)
        while True:
            forcing = min(self.forcing, (norm(at.gradient, inverse) / (first or 1.0)) ** 0.5)
            product = partial(objective.hessian_product, u)
            d = self.direction(product, at.gradient, inverse, forcing)
            length, at = advance(objective, objective.value_and_gradient, u, at, d)
            if length == 0.0:
                return
            u = u + length * d
            yield Step(u, at.value, at.gradient, length)

    def direction(
        self, product: Callable[[Floats], Floats], gradient: Floats, inverse: Floats, forcing: float
    ) -> Floats:
        """Solve H·d = −g by preconditioned conjugate gradients, to the forcing term."""
        d, residual = np.zeros_like(gradient), -gradient
        search = z = inverse * residual
        squared = start = float(np.vdot(residual, z))
        for _ in range(self.max_products):
            curved = product(search)
            curvature = float(np.vdot(search, curved))
            if curvature <= 0:
                break
            t = squared / curvature
            d, residual = d + t * search, residual - t * curved
            z = inverse * residual
            before, squared = squared, float(np.vdot(residual, z))
            if squared <= forcing**2 * start:
                break
            search = z + (squared / before) * search
        return d if d.any() else inverse * -gradient


def norm(gradient: Floats, inverse: Floats) -> float:
    """Give √(gᵀ D⁻¹ g), the size of a gradient to the preconditioner.

    >>> norm(np.array([3.0, 4.0]), np.ones(2))
    5.0
    """
    return float(np.sqrt(np.vdot(gradient, inverse * gradient)))
