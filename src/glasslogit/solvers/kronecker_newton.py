"""Newton's method for many classes: the Hessian taken as a product of columns and classes.

The Hessian of a softmax is Σᵢ sᵢ·C(pᵢ) ⊗ xᵢxᵢᵀ. If the curvature C(pᵢ) had the same shape in
every row and differed in size hᵢ = trace C(pᵢ) only, it would be a Kronecker product:

    H ≈ M = S ⊗ C,   S = Σᵢ sᵢ·hᵢ·xᵢxᵢᵀ (p, p),   C = Σᵢ sᵢ·C(pᵢ) / Σᵢ sᵢ·hᵢ (c, c)
    M⁻¹·g = S⁻¹·g·C⁻¹

One Gram matrix in the place of one for each pair of classes, and the inverse of a p × p
matrix in the place of a pc × pc one (the idea of Martens & Grosse, "Optimizing neural
networks with Kronecker-factored approximate curvature", 2015, section 3). The start is the
optimum of a sample of the rows, M is that of the sample, and what it gets wrong the pairs of
L-BFGS learn. Where the model is sure of many rows the shapes differ: two steps in a row that
bring the optimum less than `LEAST_REDUCTION` times nearer hand over to conjugate gradients, with
the blocks of each class with itself as the preconditioner, which know these shapes:

    H ≈ diag(B₁, …, B_K),   Bₖ = Σᵢ sᵢ·pᵢₖ(1 − pᵢₖ)·xᵢxᵢᵀ (p, p)

Derivation: docs/derivations/solvers.md.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

import numpy as np

from glasslogit.core import Floats, KroneckerFactors, Objective, inverse_of
from glasslogit.solvers.lbfgs import CurvaturePair, advance_and_update, two_loop
from glasslogit.solvers.newton_cg import NewtonCG, Preconditioner, Solve, truncated_steps
from glasslogit.solvers.result import Step
from glasslogit.solvers.sampled_newton import converges_slowly
from glasslogit.solvers.solver import Solver

LEAST_REDUCTION = 1.5  # the factor by which a step must bring the optimum nearer
MOST_SAMPLED = 0.5  # share of the rows that a sample may have
SAMPLE_TOLERANCE = 1.0  # a sample is solved to this many standard errors of its own
MOST_SAMPLE_STEPS = 60  # on a sample
BLOCKS_WORTH = 0.2  # products a column of a sample of all rows: what new blocks cost, about


@dataclass(frozen=True)
class KroneckerNewton(Solver):
    """Newton's method for softmax with a Hessian of two factors: a pass a step.

    The sample has `per_column` rows for each column and at least `share` of all rows; there is
    none if that is more than half of them. `seed` draws it.

    >>> KroneckerNewton().name
    'kronecker_newton'
    """

    name: ClassVar[str] = "kronecker_newton"
    standardise: bool = True
    share: float = 0.05
    per_column: int = 20
    memory: int = 20
    seed: int = 0

    def steps(self, objective: Objective, start: Floats) -> Iterator[Step]:
        """See `Solver.steps`."""
        u, few = self.sampled_optimum(objective, start)
        for step in self.preconditioned_steps(objective, u, few.kronecker(u)):
            u = step.at.u
            yield step
        worth = BLOCKS_WORTH * len(u) * few.rows / objective.rows
        many = len(objective.coordinates.axes) * len(u) > objective.rows  # their blocks exceed X

        def make(u: Floats) -> Solve:
            return inverse_of_product(few.kronecker(u)) if many else inverse_of_blocks(few, u)

        yield from truncated_steps(objective, u, NewtonCG().forcing, Preconditioner(make, worth))

    def sampled_optimum(self, objective: Objective, u: Floats) -> tuple[Floats, Objective]:
        """Solve a sample, if the rows are many; give where that ends, and the sample or f."""
        share = self.sampled_share(objective.rows, len(u))
        if share == 1.0:
            return u, objective
        sample = objective.sample(share, self.seed)
        if u[: objective.features].any():  # a warm start
            return u, sample
        steps = self.preconditioned_steps(sample, u, sample.kronecker(u))
        for step in islice(steps, MOST_SAMPLE_STEPS):
            u = step.at.u
            if sample.size * step.decrement < SAMPLE_TOLERANCE**2:
                break
        return u, sample

    def sampled_share(self, rows: int, columns: int) -> float:
        """Give the share of the rows that is solved first; 1 if there is no sample."""
        share = max(self.per_column * columns / rows, self.share)
        return share if share <= MOST_SAMPLED else 1.0

    def preconditioned_steps(
        self, objective: Objective, u: Floats, factors: KroneckerFactors
    ) -> Iterator[Step]:
        """Yield steps with M for the inverse Hessian that L-BFGS starts from, while they pay."""
        length, at = 0.0, objective.value_and_gradient(u)
        pairs = deque[CurvaturePair](maxlen=self.memory)
        solve, slow = inverse_of_product(factors), 0
        known: Floats | None = np.outer(factors.columns.diagonal(), factors.classes.diagonal())
        while True:
            d = -two_loop(at.gradient, pairs, solve)
            yield Step(at, length, known, d)
            if slow == 2:
                return
            before, known = at.gradient, None
            length, at = advance_and_update(objective, objective.value_and_gradient, at, d, pairs)
            if length == 0.0:
                return
            slow = slow + 1 if converges_slowly(solve, before, at.gradient, LEAST_REDUCTION) else 0


def inverse_of_product(factors: KroneckerFactors) -> Solve:
    """Give g ↦ S⁻¹·g·C⁻¹.

    >>> factors = KroneckerFactors(np.diag([1.0, 2.0]), np.array([[4.0]]))
    >>> inverse_of_product(factors)(np.ones((2, 1))).round(12).tolist()
    [[0.25], [0.125]]
    """
    columns, classes = inverse_of(factors.columns), inverse_of(factors.classes)
    return lambda g: columns(classes(g.T).T)


def inverse_of_blocks(objective: Objective, u: Floats) -> Solve:
    """Give g ↦ the sum over the classes of Bₖ⁻¹·(g·Aᵀ)ₖ·Aₖ with the blocks at u and A = `axes`."""
    axes = objective.coordinates.axes
    inverses = [inverse_of(block) for block in objective.class_blocks(u)]

    def solve(g: Floats) -> Floats:
        return np.stack([B(each) for B, each in zip(inverses, axes @ g.T, strict=True)], 1) @ axes

    return solve
