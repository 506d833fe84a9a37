"""Newton's method that reads few rows often and all rows seldom.

1. Solve the problem on a small sample of the rows, then on one ten times larger, by Newton's
   method. The optimum of m of n rows is about √(n/m) standard errors from that of all rows.
2. From there on take steps d = −B·g with the gradient g of all rows: one pass each. B starts
   as M⁻¹, the inverse of the sample's Hessian, and learns from every change of the gradient,
   by the pairs of L-BFGS, what the sample got wrong.
3. Whenever two steps in a row bring the optimum less than `SLOW` times nearer, M becomes the
   Hessian of all rows where they stand.

Sub-sampled Hessians go back to Byrd, Chin, Neveitt & Nocedal, "On the use of stochastic
Hessian information in optimization methods for machine learning" (2011), growing samples to
Byrd, Chin, Nocedal & Wu, "Sample size selection in optimization methods for machine learning"
(2012).

Derivation: docs/derivations/solvers.md.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar

import numpy as np

from glasslogit.core.losses import Floats
from glasslogit.objective import Objective
from glasslogit.solvers.lbfgs import Pair, make_pair, two_loop
from glasslogit.solvers.line_search import advance
from glasslogit.solvers.newton import NEAR, diagonal, inverse_of, margins_moved, newton_steps
from glasslogit.solvers.run import Solver, Step

SLOW = 3.0
CLOSE = 0.1  # a sample is solved to this many standard errors of its own
MOST_STEPS = 12  # on a sample, which may be separated and have no optimum
MANY_ROWS, ROWS_A_COEFFICIENT = 20_000, 100  # beyond both, starting from a sample pays
NESTED = 10  # every sample is so many times larger than the one before

Method = Callable[[Objective, Floats], Iterator[tuple[Any, ...]]]  # position, model of f, …


@dataclass(frozen=True)
class SampledNewton(Solver):
    """Newton's method warm-started on samples: for many more rows than coefficients.

    The largest sample has `per_coefficient` rows for each coefficient, at least `share` of
    all rows and at most half of them. `seed` draws the samples.

    >>> SampledNewton().name
    'sampled_newton'
    """

    name: ClassVar[str] = "sampled_newton"
    standardise: bool = True
    share: float = 0.05
    per_coefficient: int = 20
    memory: int = 10
    seed: int = 0

    def steps(self, objective: Objective, start: Floats) -> Iterator[Step]:
        """See `Solver.steps`; a step is one pass with the gradient."""
        u, hessian = self.sampled_optimum(objective, start, newton_steps)
        solve, pairs, slow = inverse_of(hessian), deque[Pair](maxlen=self.memory), 0
        at, origin = objective.value_and_gradient(u), u
        d = -solve(at.gradient)
        yield Step(
            u, at.value, at.gradient, 0.0, diagonal(hessian), -float(np.vdot(at.gradient, d))
        )
        while True:
            length, new = advance(objective, objective.value_and_gradient, u, at, d)
            if length == 0.0:
                return
            u, pair = u + length * d, make_pair(length * d, new.gradient - at.gradient)
            slow = slow + 1 if is_slow(solve, at.gradient, new.gradient) else 0
            pairs.extend([pair] if pair.curvature > 0 else [])
            at = new
            if slow == 2:
                hessian, origin = objective.quadratic(u).hessian, u
                solve, pairs, slow = inverse_of(hessian), deque(maxlen=self.memory), 0
            near = margins_moved(hessian, u - origin) < NEAR
            d = -two_loop(at.gradient, pairs, solve)
            decrement = -float(np.vdot(at.gradient, d))
            known = diagonal(hessian) if near else None
            yield Step(u, at.value, at.gradient, length, known, decrement)

    def sampled_optimum(
        self, objective: Objective, start: Floats, method: Method
    ) -> tuple[Floats, Floats]:
        """Solve ever larger samples by a method; give where that ends and the last Hessian."""
        samples = self.samples(objective, start.size)
        if not samples or start[: len(objective.coordinates.scale)].any():  # a warm start
            return start, (samples[-1] if samples else objective).quadratic(start).hessian
        u = start
        for sample in samples:
            if sample.value(u) > sample.value(start):  # the smaller sample led astray
                u = start
            for at_u, at, *_ in islice(method(sample, u), MOST_STEPS):
                u, hessian = at_u, at.hessian
                if sample.violation(u, at.gradient, diagonal(hessian)) < CLOSE:
                    break
        return u, hessian

    def samples(self, objective: Objective, coefficients: int) -> list[Objective]:
        """Draw the samples, from small to large; each is drawn from the next larger one."""
        wanted = max(self.per_coefficient * coefficients / objective.rows, self.share)
        samples = [objective.sample(min(wanted, 0.5), self.seed)]
        while samples[-1].rows // NESTED >= 4 * coefficients:
            smaller = samples[-1].sample(1 / NESTED, self.seed + len(samples))
            samples.append(smaller)
        return [sample for sample in reversed(samples) if sample.weight > 0]


def many_rows(rows: int, coefficients: int) -> bool:
    """Tell whether a sample of the rows is worth starting from."""
    return rows > max(MANY_ROWS, ROWS_A_COEFFICIENT * coefficients)


def is_slow(
    solve: Callable[[Floats], Floats], before: Floats, after: Floats, least: float = SLOW
) -> bool:
    """Tell whether a step made the gradient less than `least` times smaller, in the M⁻¹ norm."""
    return least**2 * float(np.vdot(after, solve(after))) > float(np.vdot(before, solve(before)))
