"""Newton's method without forming the Hessian: conjugate gradients on Hessian products.

H(u)·d = −g(u) is solved roughly, to ‖H·d + g‖ ≤ η·‖g‖, with products H·v that cost one pass
each (Dembo & Steihaug, "Truncated-Newton algorithms for large-scale unconstrained
optimization", 1983). The forcing term η = min(forcing, ‖g‖^¼), with ‖g‖ relative to the
start, falls as the optimum comes near, so that the steps converge faster than any fixed rate
(Nocedal & Wright, "Numerical optimization", 2006, algorithm 7.1). The coordinates, in which
f curves about alike in every direction, are all the preconditioning that it has of its own.

A solver that knows more may give a preconditioner M⁻¹: the residual r is then measured by rᵀM⁻¹r,
and M⁻¹r takes the place of r in the next direction (algorithm 5.3 there).

The margins are kept: a step adds to them what the products along the way have changed.

Derivation: docs/derivations/solvers.md.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from math import inf
from typing import ClassVar, NamedTuple

import numpy as np

from glasslogit.core import (
    FLAT,
    ROUNDOFF,
    FirstOrder,
    Floats,
    KeptMargins,
    Objective,
    curvature,
    inverse_of,
)
from glasslogit.solvers.lbfgs import inverse_diagonal
from glasslogit.solvers.line_search import advance_by
from glasslogit.solvers.newton import OUTDATED
from glasslogit.solvers.result import Step
from glasslogit.solvers.solver import Solver

MOST_PRODUCTS = 200  # in one step
MANY_PRODUCTS = 30  # in one step: more are seldom taken where columns are about independent
ROWS_A_COLUMN = 10  # of the sample whose Hessian is a preconditioner
FLATTEST = 1e-3  # of a coordinate's own curvature: what a sample finds flatter need not be so
SEED = 0  # of that sample

Solve = Callable[[Floats], Floats]  # M⁻¹·g


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
        for step in self.conditioned_steps(objective, start, ends):
            yield step
            if self.heir and objective.source.passes >= ends:
                heir = self.heir.steps(objective, step.at.u)
                yield from islice(heir, 1, None)  # it begins here
                return

    def conditioned_steps(self, objective: Objective, start: Floats, ends: float) -> Iterator[Step]:
        """Yield steps, from one that has taken many products on with a preconditioner."""
        source, passes = objective.source, objective.source.passes
        for step in truncated_steps(objective, start, self.forcing, ends=ends):
            yield step
            spent, passes = source.passes - passes, source.passes
            if spent > MANY_PRODUCTS and start.shape[1] == 1:
                break
        else:
            return
        preconditioner = Preconditioner(partial(leading_inverse, objective, spent), spent)
        steps = truncated_steps(objective, step.at.u, self.forcing, preconditioner, ends=ends)
        yield from islice(steps, 1, None)


def leading_inverse(objective: Objective, products: int, u: Floats) -> Solve:
    """Give g ↦ M⁻¹·g with the Hessian of the columns that vary most, and the others' diagonal.

    It is that of a sample, of as many columns as cost the work of so many `products`.
    """
    source, scale = objective.source, objective.coordinates.spread[:, 0]
    block = next(source.blocks())
    product = block.work().product / len(block.weight) * objective.rows
    most = max(int((products * product / (ROWS_A_COLUMN / 2 + 0.5)) ** (1 / 3)), 1)
    which = np.sort(np.argsort(-scale, kind="stable")[:most])
    few = objective.sample(min(ROWS_A_COLUMN * len(which) / objective.rows, 1.0), SEED)
    H = few.hessian_among(u, which)
    diagonal = H.reshape(len(H), -1).diagonal()
    H = H + FLATTEST * np.diag(diagonal)[:, None, :, None]
    leading, others = inverse_of(H), inverse_diagonal(objective.diagonal(u))
    places = np.append(which, np.arange(objective.features, len(u)))

    def solve(g: Floats) -> Floats:
        found = others * g
        found[places] = leading(g[places])
        return found

    return solve


def same(g: Floats) -> Floats:
    """Give g itself, which is M⁻¹·g where there is no preconditioner."""
    return g


class Preconditioner(NamedTuple):
    """How M⁻¹ is made at u, and how many passes must be made with it until a new one pays."""

    make: Callable[[Floats], Solve]
    worth: float = inf


UNCONDITIONED = Preconditioner(lambda _: same)


def truncated_steps(
    objective: Objective,
    start: Floats,
    most: float,
    preconditioner: Preconditioner = UNCONDITIONED,
    *,
    ends: float = inf,
) -> Iterator[Step]:
    """Yield steps with forcing terms of at most `most`, without products from `ends` passes on.

    M⁻¹ is made at the start, and anew where it is outdated and a new one pays.
    """
    (make, worth), source = preconditioner, objective.source
    length, at = 0.0, objective.at_margins(start, objective.margins(start))
    yield Step(FirstOrder(*at[:3]), length, flat_diagonal(objective, at))
    solve, then, passes, first = make(start), at, source.passes, 0.0
    while True:
        size = float(np.vdot(at.gradient, solve(at.gradient))) ** 0.5
        first = first or size or 1.0
        wanted = Accuracy(min(most, (size / first) ** 0.25), most=ends - source.passes)
        d, change = conjugate_gradients(objective, at, at.gradient, wanted, solve)
        length, at = advance_by(objective, partial(evaluate_along, objective, at, d, change), at, d)
        if length == 0.0:
            return
        yield Step(at, length)
        spent = source.passes - passes
        if spent > worth and float(np.mean((at.margins - then.margins) ** 2)) > OUTDATED**2:
            solve, then, passes = make(at.u), at, source.passes


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
    objective: Objective,
    at: KeptMargins,
    slope: Floats,
    wanted: Accuracy,
    solve: Solve = same,
) -> tuple[Floats, Floats]:
    """Solve H·d = −slope, with `solve` for M⁻¹; give d and the change of the margins along it.

    Coordinates of slope 0 are left out: they stay where they are. It ends at a direction along
    which f curves less than rounding could make it.
    """
    d, change = np.zeros_like(slope), np.zeros_like(at.margins)
    free = 1.0 if slope.all() else slope != 0
    residual, steepest = -slope, 0.0
    search = free * solve(residual)
    squared = target = float(np.vdot(residual, search))
    for _ in range(int(min(max(wanted.most, 1), MOST_PRODUCTS))):
        curved, turned = objective.hessian_product(at, search)
        if wanted.damping:
            curved += wanted.damping * search
        squared_norm = float(np.vdot(search, curved))
        bend = squared_norm / (float(np.vdot(search, search)) or 1.0)
        steepest = max(steepest, bend)
        if bend <= max(FLAT, ROUNDOFF * steepest):
            break
        t = squared / squared_norm
        d += t * search
        change += t * turned
        curved *= t * free
        residual -= curved
        solved = free * solve(residual)
        before, squared = squared, float(np.vdot(residual, solved))
        if squared <= wanted.forcing**2 * target:
            break
        search *= squared / before
        search += solved
    return d, change


def evaluate_along(
    objective: Objective, at: KeptMargins, d: Floats, change: Floats, length: float
) -> KeptMargins:
    """Stand further along d, by its length and what it changes of the margins."""
    return objective.at_margins(at.u + length * d, at.margins + length * change)
