"""Newton's method without forming the Hessian: conjugate gradients on Hessian products.

H(u)·d = −g(u) is solved roughly, to ‖H·d + g‖ ≤ η·‖g‖, with products H·v that cost one pass
each (Dembo & Steihaug, "Truncated-Newton algorithms for large-scale unconstrained
optimization", 1983). The forcing term η = min(forcing, ‖g‖^¼), with ‖g‖ relative to the
start, falls as the optimum comes near, so that the steps converge faster than any fixed rate
(Nocedal & Wright, "Numerical optimization", 2006, algorithm 7.1). The coordinates, in which
f curves about alike in every direction, are all the preconditioning there is.

The margins are kept: a step adds to them what the products along the way have changed.

Derivation: docs/derivations/solvers.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from math import inf
from typing import ClassVar, NamedTuple

import numpy as np

from glasslogit.core import FLAT, ROUNDOFF, FirstOrder, Floats, KeptMargins, Objective, curvature
from glasslogit.solvers.line_search import advance_by
from glasslogit.solvers.result import Step
from glasslogit.solvers.solver import Solver

MOST_PRODUCTS = 200  # in one step


@dataclass(frozen=True)
class NewtonCG(Solver):
    """Truncated Newton: no Hessian is formed, for coefficients so many that it would cost much.

    `forcing` bounds η from above. If there is an `heir`, it goes on after `most` passes.

    >>> NewtonCG().name
    'newton_cg'
    """

    name: ClassVar[str] = "newton_cg"
    standardise: bool = True
    forcing: float = 0.3
    most: float = inf
    heir: Solver | None = None

    def steps(self, objective: Objective, start: Floats) -> Iterator[Step]:
        """See `Solver.steps`; a step costs a pass for each product and one for its gradient."""
        ends = objective.source.passes + (self.most if self.heir else inf)
        length, at = 0.0, objective.at_margins(start, objective.margins(start))
        first = np.linalg.norm(at.gradient) or 1.0
        yield Step(FirstOrder(*at[:3]), length, flat_diagonal(objective, at))
        while True:
            forcing = min(self.forcing, float(np.linalg.norm(at.gradient) / first) ** 0.25)
            wanted = Accuracy(forcing, most=ends - objective.source.passes)
            d, change = conjugate_gradients(objective, at, at.gradient, wanted)
            evaluate = partial(evaluate_along, objective, at, d, change)
            length, at = advance_by(objective, evaluate, at, d)
            if length == 0.0:
                return
            yield Step(at, length)
            if self.heir and objective.source.passes >= ends:
                yield from islice(self.heir.steps(objective, at.u), 1, None)  # it begins here
                return


def flat_diagonal(objective: Objective, at: KeptMargins) -> Floats | None:
    """Give the Hessian's diagonal where no feature counts yet: all columns curve alike."""
    if at.u[: objective.features].any():
        return None
    return np.full_like(at.u, float(np.mean(curvature(at.p))))


class Accuracy(NamedTuple):
    """How well H·d = −slope is solved: to `forcing`, with `damping`·I in H, by `most` products."""

    forcing: float
    damping: float = 0.0
    most: float = inf


def conjugate_gradients(
    objective: Objective, at: KeptMargins, slope: Floats, wanted: Accuracy
) -> tuple[Floats, Floats]:
    """Solve H·d = −slope; give d and the change of the margins along it.

    Coordinates of slope 0 are left out: they stay where they are. It ends at a direction along
    which f curves less than rounding could make it.
    """
    d, change, free = np.zeros_like(slope), np.zeros_like(at.margins), slope != 0
    residual, search, steepest = -slope, -slope, 0.0
    squared = target = float(np.vdot(residual, residual))
    for _ in range(int(min(max(wanted.most, 1), MOST_PRODUCTS))):
        curved, turned = objective.hessian_product(at, search)
        curved = curved + wanted.damping * search
        squared_norm = float(np.vdot(search, curved))
        bend = squared_norm / (float(np.vdot(search, search)) or 1.0)
        steepest = max(steepest, bend)
        if bend <= max(FLAT, ROUNDOFF * steepest):
            break
        t = squared / squared_norm
        d, change, residual = d + t * search, change + t * turned, residual - t * free * curved
        before, squared = squared, float(np.vdot(residual, residual))
        if squared <= wanted.forcing**2 * target:
            break
        search = residual + (squared / before) * search
    return d, change


def evaluate_along(
    objective: Objective, at: KeptMargins, d: Floats, change: Floats, length: float
) -> KeptMargins:
    """Stand further along d, by its length and what it changes of the margins."""
    return objective.at_margins(at.u + length * d, at.margins + length * change)
