"""Newton's method that reads few rows often and all rows seldom.

1. Solve the problem on a small sample of the rows, then on one ten times larger, by Newton's
   method. The optimum of m of n rows is about √(n/m) standard errors from that of all rows.
2. From there on take steps d = −B·g with the gradient g of all rows: one pass each. B starts
   as M⁻¹, the inverse of the sample's Hessian, and learns from every change of the gradient,
   by the pairs of L-BFGS, what the sample got wrong.
3. Whenever two steps in a row bring the optimum less than `LEAST_REDUCTION` times nearer, M
   becomes the Hessian of all rows where they stand.

Sub-sampled Hessians go back to Byrd, Chin, Neveitt & Nocedal, "On the use of stochastic
Hessian information in optimization methods for machine learning" (2011), growing samples to
Byrd, Chin, Nocedal & Wu, "Sample size selection in optimization methods for machine learning"
(2012).

Derivation: docs/derivations/solvers.md.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, ClassVar

import numpy as np

from glasslogit.core import Floats, Objective, SecondOrder, inverse_at
from glasslogit.solvers.lbfgs import CurvaturePair, advance_and_update, two_loop
from glasslogit.solvers.newton import diagonal, diagonal_near, with_hessian
from glasslogit.solvers.result import Step
from glasslogit.solvers.solver import Solver

LEAST_REDUCTION = 3.0
SAMPLE_TOLERANCE = 0.1  # a sample is solved to this many standard errors of its own
MOST_SAMPLE_STEPS = 12  # on a sample, which may be separated and have no optimum
MANY_ROWS, ROWS_A_COEFFICIENT = 20_000, 100  # beyond both, starting from a sample pays
NESTED = 10  # every sample is so many times larger than the one before

Method = Callable[[Objective, SecondOrder], Iterator[Any]]  # the model of f at a step, …


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
        at = self.sampled_optimum(objective, start, sample_steps)
        yield from quasi_newton_steps(objective, at, patience=2, memory=self.memory)

    def sampled_optimum(self, objective: Objective, start: Floats, method: Method) -> SecondOrder:
        """Solve ever larger samples by a method; give the model of f where that ends.

        Its Hessian is that of the last sample.
        """
        u, samples = start, self.samples(objective, start.size)
        if not samples or start[: objective.features].any():  # a warm start
            at = (samples[-1] if samples else objective).quadratic(start)
            return with_hessian(objective, at.hessian, start)
        for sample in samples:
            model = sample.quadratic(u)
            if model.value > sample.value(start):  # the smaller sample led astray
                model = sample.quadratic(start)
            for at in islice(method(sample, model), MOST_SAMPLE_STEPS):
                u = at.u
                if sample.violation(at, diagonal(at.hessian)) < SAMPLE_TOLERANCE:
                    break
        return with_hessian(objective, samples[-1].quadratic(u).hessian, u)

    def sampled_share(self, rows: int, coefficients: int) -> float:
        """Give the share of the rows in the largest sample."""
        return min(max(self.per_coefficient * coefficients / rows, self.share), 0.5)

    def samples(self, objective: Objective, coefficients: int) -> list[Objective]:
        """Draw the samples, from small to large; each is drawn from the next larger one."""
        share = self.sampled_share(objective.rows, coefficients)
        samples = [objective.sample(share, self.seed)]
        while samples[-1].rows // NESTED >= 4 * coefficients:
            smaller = samples[-1].sample(1 / NESTED, self.seed + len(samples))
            samples.append(smaller)
        return [sample for sample in reversed(samples) if sample.weight > 0]


def quasi_newton_steps(
    objective: Objective, at: SecondOrder, *, patience: int, memory: int
) -> Iterator[Step]:
    """Yield steps with the Hessian of `at`, and with a fresh one after `patience` slow ones."""
    length, slow, pairs = 0.0, 0, deque[CurvaturePair](maxlen=memory)
    origin, solve, formed = at.u, inverse_at(objective, at), None
    while True:
        d = -two_loop(at.gradient, pairs, solve)
        yield Step(at, length, diagonal_near(at, origin), d, formed)
        before, evaluate = at.gradient, partial(with_hessian, objective, at.hessian)
        length, at = advance_and_update(objective, evaluate, at, d, pairs)
        if length == 0.0:
            return
        slow = slow + 1 if converges_slowly(solve, before, at.gradient) else 0
        if slow == patience:
            at = formed = objective.quadratic(at.u)
            origin, solve, slow = at.u, inverse_at(objective, at, solve), 0
            pairs.clear()


def sample_steps(sample: Objective, at: SecondOrder) -> Iterator[Any]:
    """Yield the models of f on a sample, where a Hessian is cheap."""
    steps = quasi_newton_steps(sample, at, patience=1, memory=MOST_SAMPLE_STEPS)
    return (step.at for step in steps)


def many_rows(rows: int, coefficients: int) -> bool:
    """Tell whether a sample of the rows is worth starting from."""
    return rows > max(MANY_ROWS, ROWS_A_COEFFICIENT * coefficients)


def converges_slowly(
    solve: Callable[[Floats], Floats], before: Floats, after: Floats, least: float = LEAST_REDUCTION
) -> bool:
    """Tell whether a step made the gradient less than `least` times smaller, in the M⁻¹ norm."""
    return least**2 * float(np.vdot(after, solve(after))) > float(np.vdot(before, solve(before)))
