"""L-BFGS: Newton's direction approximated from the last few changes of the gradient.

With sₖ = uₖ₊₁ − uₖ, yₖ = gₖ₊₁ − gₖ and ρₖ = 1 / yₖᵀsₖ the inverse Hessian is built from
γD⁻¹ by B ← (I − ρsyᵀ) B (I − ρysᵀ) + ρssᵀ, without ever forming B; D is the Hessian's
diagonal at the start and γ = yᵀs / yᵀD⁻¹y of the last pair sets its size (Nocedal, "Updating
quasi-Newton matrices with limited storage", 1980; the two-loop recursion is algorithm 7.4 of
Nocedal & Wright, "Numerical optimization", 2006).

Derivation: docs/derivations/solvers.md.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, NamedTuple

import numpy as np

from glasslogit.core import FLAT, Floats, Objective
from glasslogit.solvers.line_search import At, advance
from glasslogit.solvers.result import Step
from glasslogit.solvers.solver import Solver


class CurvaturePair(NamedTuple):
    """A change of position s and the change of gradient y that came with it."""

    s: Floats
    y: Floats
    curvature: float  # yᵀs


@dataclass(frozen=True)
class LBFGS(Solver):
    """L-BFGS on standardised columns: one cheap pass a step, for very many coefficients.

    `memory` is the number of past steps it learns the curvature from.

    >>> LBFGS(memory=5).name
    'lbfgs'
    """

    name: ClassVar[str] = "lbfgs"
    standardise: bool = True
    memory: int = 20

    def steps(self, objective: Objective, start: Floats) -> Iterator[Step]:
        """See `Solver.steps`; a step costs one pass, or three or four when it is shortened."""
        at, diagonal = objective.value_and_gradient(start), objective.diagonal(start)
        inverse, pairs = inverse_diagonal(diagonal), deque[CurvaturePair](maxlen=self.memory)
        yield Step(at, 0.0, diagonal)
        while True:
            d = -two_loop(at.gradient, pairs, partial(np.multiply, scaled_inverse(pairs, inverse)))
            length, at = advance_and_update(objective, objective.value_and_gradient, at, d, pairs)
            if length == 0.0:
                return
            yield Step(at, length)


def inverse_diagonal(diagonal: Floats) -> Floats:
    """Give 1 / D, with directions of no curvature at all left alone.

    >>> inverse_diagonal(np.array([4.0, 0.0, 1e-310])).tolist()
    [0.25, 1.0, 1.0]
    """
    return 1.0 / np.where(diagonal > FLAT, diagonal, 1.0)


def advance_and_update(
    objective: Objective,
    evaluate: Callable[[Floats], At],
    at: At,
    d: Floats,
    pairs: deque[CurvaturePair] | None,
) -> tuple[float, At]:
    """Do what `advance` does, and add the step to any pairs there are if f curves along it."""
    length, new = advance(objective, evaluate, at, d)
    if pairs is not None:
        pair = make_pair(length * d, new.gradient - at.gradient)
        pairs.extend([pair] if pair.curvature > 0 else [])
    return length, new


def make_pair(s: Floats, y: Floats) -> CurvaturePair:
    """Join a step with the change of the gradient along it."""
    return CurvaturePair(s, y, float(np.vdot(s, y)))


def scaled_inverse(pairs: deque[CurvaturePair], inverse: Floats) -> Floats:
    """Scale the inverse diagonal to what the last pair has seen: γ = yᵀs / yᵀD⁻¹y.

    >>> scaled_inverse(deque([make_pair(np.array([1.0]), np.array([4.0]))]), np.ones(1)).tolist()
    [0.25]
    """
    size = float(np.vdot(pairs[-1].y, inverse * pairs[-1].y)) if pairs else 0.0
    return inverse * (pairs[-1].curvature / size) if size else inverse


def two_loop(
    gradient: Floats, pairs: deque[CurvaturePair], inverse: Callable[[Floats], Floats]
) -> Floats:
    """Multiply the gradient by the approximate inverse Hessian, which is `inverse` without pairs.

    >>> pairs = deque([make_pair(np.array([1.0]), np.array([4.0]))])
    >>> two_loop(np.array([2.0]), pairs, lambda q: q).tolist()
    [0.5]
    """
    q = gradient.copy()
    shares = []
    for pair in reversed(pairs):
        share = float(np.vdot(pair.s, q)) / pair.curvature
        shares.append(share)
        q -= share * pair.y
    q = inverse(q)
    for pair, share in zip(pairs, reversed(shares), strict=True):
        q = q + (share - float(np.vdot(pair.y, q)) / pair.curvature) * pair.s
    return q
