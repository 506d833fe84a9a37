"""Orthant Newton: a penalty with a kink, for very many coefficients.

Where no coordinate changes its sign, f is smooth: |uⱼ| = ξⱼ·uⱼ with the signs ξ of an
orthant. A step is Newton's, by conjugate gradients, on the coordinates that are free to move
there, and what would leave the orthant is set to 0:

    slopeⱼ = gⱼ + kⱼ·sign(uⱼ) where uⱼ ≠ 0, else gⱼ − clip(gⱼ, ±kⱼ)
    ξⱼ     = sign(uⱼ), and −sign(slopeⱼ) where uⱼ = 0
    H·d    = −slope among the j of slope ≠ 0,   u ← u + t·d within the orthant of ξ

(Andrew & Gao, "Scalable training of L1-regularized log-linear models", 2007, section 3; with
Newton's steps Byrd, Chin, Nocedal & Oztoprak, "A family of second-order methods for convex
ℓ1-regularized optimization", 2016). Most columns are 0 at the optimum. So the steps are made
on a working set of columns: those in use and the worst violators. All columns are asked for
their gradient once the working set is solved, and f is at its optimum only if none objects
(Johnson & Guestrin, "Blitz: a principled meta-algorithm for scaling sparse optimization",
2015). Where columns nearly depend on each other conjugate gradients crawl. Once their products
have cost what Hessians of the working set would, proximal Newton goes on with these.

Derivation: docs/derivations/solvers.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from math import inf
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import FirstOrder, Floats, KeptMargins, Objective, curvature, pseudo_gradient
from glasslogit.solvers.costs import reading_work
from glasslogit.solvers.line_search import ROUNDING, SUFFICIENT_DECREASE
from glasslogit.solvers.newton_cg import Accuracy, conjugate_gradients, flat_diagonal
from glasslogit.solvers.proximal_newton import proximal_steps
from glasslogit.solvers.result import Step
from glasslogit.solvers.solver import Solver

Indices = NDArray[np.intp]
WORKING_SET_TOLERANCE = 0.1  # a working set is solved to this share of the slope it starts from
MOST_INNER_STEPS = 30  # on a working set
STEP_LENGTHS = tuple(0.5**k for k in range(30))
DAMPING_FACTOR = 0.1  # of the damping, after a full step
LEAST_DAMPING = 1e-4  # in curvatures: where the damping starts anew
MODELS, SYSTEMS = 2, 10  # Hessians, and systems of equations, that a working set takes
MOST_FORMED = 3000  # coefficients of which a Hessian is formed: it takes 72 MB, its models as much


@dataclass(frozen=True)
class OrthantNewton(Solver):
    """Newton's method for L1 and elastic net without a Hessian, with exact zeros.

    The working set is the columns in use and as many again, but `more` at least. `forcing`
    is that of `NewtonCG`.

    >>> OrthantNewton().name
    'orthant_newton'
    """

    name: ClassVar[str] = "orthant_newton"
    handles_kinks: ClassVar[bool] = True
    standardise: bool = True
    forcing: float = 0.3
    more: int = 1000

    def steps(self, objective: Objective, start: Floats) -> Iterator[Step]:
        """See `Solver.steps`; a step solves a working set and asks all columns, in one pass."""
        at, d = objective.at_margins(start, objective.margins(start)), objective.features
        kinks, which = objective.kinks(start), np.arange(0)
        part, known, spent = objective.columns(which), flat_diagonal(objective, at), 0
        while True:
            yield Step(FirstOrder(*at[:3]), 1.0, known)  # its margins are those of u
            known = None
            wanted = self.working_set(at.u[:d], pseudo_gradient(at.u, at.gradient, kinks)[:d])
            if not np.isin(wanted, which).all():
                which, part = wanted, objective.columns(wanted)
            rows = np.append(which, np.arange(d, len(start)))
            there, read = part.at_margins(at.u[rows], at.margins), part.source.passes
            found = self.solve(part, there, kinks[rows], allowance(part, there.u) - spent)
            spent += part.source.passes - read
            if np.array_equal(found.u, at.u[rows]):
                return
            u = np.zeros_like(start)
            u[rows] = found.u
            at = objective.at_margins(u, found.margins)

    def working_set(self, w: Floats, slope: Floats) -> Indices:
        """Choose the columns in use and the worst violators, in order."""
        used = (w != 0).any(axis=1)
        worst = np.where(used, np.inf, np.abs(slope).max(axis=1))
        room = used.sum() + max(self.more, used.sum())
        chosen = np.argsort(-worst, kind="stable")[:room]
        return np.sort(chosen[worst[chosen] > 0])

    def solve(
        self, objective: Objective, at: KeptMargins, kinks: Floats, most: float = inf
    ) -> KeptMargins:
        """Minimise f on a working set, to a share of the slope there is; `most` passes by products.

        Where these do not suffice, Hessians are formed.
        """
        ends = objective.source.passes + most
        slope = pseudo_gradient(at.u, at.gradient, kinks)
        target = WORKING_SET_TOLERANCE * float(np.linalg.norm(slope))
        damping = unit = float(np.mean(curvature(at.p)))
        for _ in range(MOST_INNER_STEPS):
            if objective.source.passes >= ends:
                return by_hessians(objective, at, kinks, target)
            wanted = Accuracy(self.forcing, damping, ends - objective.source.passes)
            d = conjugate_gradients(objective, at, slope, wanted)[0]
            length, at = within_orthant(objective, at, slope, d, kinks)
            slope = pseudo_gradient(at.u, at.gradient, kinks)
            if length == 0.0 or np.linalg.norm(slope) <= target:
                break
            if length < 1.0:
                damping = max(damping, LEAST_DAMPING * unit) / DAMPING_FACTOR
            else:
                damping *= DAMPING_FACTOR
        return at


def allowance(objective: Objective, u: Floats) -> float:
    """Give how many passes with a working set cost as much as to solve it by Hessians."""
    if u.size > MOST_FORMED:
        return inf
    product, gram = np.sum(list(objective.source.map(lambda block: block.work())), axis=0)
    c = u.shape[1]
    formed = MODELS * c * (c + 1) / 2 * gram + SYSTEMS * u.size**3 / 2
    return float(formed / reading_work(objective.rows, c, product))


def by_hessians(objective: Objective, at: KeptMargins, kinks: Floats, target: float) -> KeptMargins:
    """Go on by proximal Newton until the slope is no longer than `target`."""
    model, u = objective.quadratic(at.u), at.u
    for step, _ in islice(proximal_steps(objective, model, model), MOST_INNER_STEPS):
        u = step.at.u
        if np.linalg.norm(pseudo_gradient(u, step.at.gradient, kinks)) <= target:
            break
    return objective.at_margins(u, objective.margins(u))


def within_orthant(
    objective: Objective, at: KeptMargins, slope: Floats, d: Floats, kinks: Floats
) -> tuple[float, KeptMargins]:
    """Go along d, with what leaves the orthant set to 0, as far as f falls; 0 if it never does."""
    signs = np.where(at.u == 0, -np.sign(slope), np.sign(at.u))
    for length in STEP_LENGTHS:
        v = at.u + length * d
        v[(kinks > 0) & (v * signs <= 0)] = 0.0
        promise = float(np.vdot(slope, v - at.u))
        new = objective.at_margins(v, objective.margins(v))
        fallen = new.value <= at.value + SUFFICIENT_DECREASE * promise
        if promise < 0 and (fallen or -promise <= ROUNDING * abs(at.value)):
            return length, new
    return 0.0, at
