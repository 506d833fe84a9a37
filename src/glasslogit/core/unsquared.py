"""Questions where sums of squares have lost their digits: nothing is squared.

    Roots         a root of the Hessian                           (t, ≤ d+1, d+1)
    CommonValue   which constants a sum of columns could be       (m,)

Derivations: docs/derivations/objective.md.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from glasslogit.core.block import Block
from glasslogit.core.blocks import less
from glasslogit.core.losses import Floats, Loss
from glasslogit.core.passes import Pass


class RootSums(NamedTuple):
    """Answer of `Roots`."""

    roots: Floats


class CommonRange(NamedTuple):
    """Answer of `CommonValue`: the range where numbers (m,) could be, empty if low > high."""

    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Roots(Pass[RootSums]):
    """A root of the Hessian of x − centre at θ, a triangle for each of its terms (t, ≤ d+1, d+1).

    With weight·C(p) = Σₜ hₜ·bₜbₜᵀ the Hessian is Σₜ bₜbₜᵀ ⊗ RₜᵀRₜ. Nothing is squared, so that a
    large row costs the others half the digits that it costs them in a sum of squares.
    """

    loss: Loss
    theta: Floats
    centre: Floats

    def __call__(self, block: Block) -> RootSums:
        """See `Pass`."""
        p = self.loss.evaluate(block.margins(self.theta), block.y).p
        h = self.loss.terms(p, block.weight)
        return RootSums(
            np.stack([triangular_root(block.weighted(each, self.centre)) for each in h])
        )

    def merge(self, one: RootSums, other: RootSums) -> RootSums:
        """See `Pass.merge`: AᵀA + BᵀB = RᵀR for the R of A over B."""
        return RootSums(triangular_root(np.concatenate([one.roots, other.roots], axis=1)))


def triangular_root(A: Floats) -> Floats:
    """Give R with RᵀR = AᵀA for a matrix A or a stack of them."""
    return np.asarray(np.linalg.qr(A, "r"), np.float64)


@dataclass(frozen=True, eq=False)
class CommonValue(Pass[CommonRange]):
    """What x·v could be in all rows for directions v (d, m), if the last bits were different.

    A row may be off by |x|·slack (d, m), of the numbers as they were given, before any `shift`.
    """

    directions: Floats
    slack: Floats
    shift: Floats

    def __call__(self, block: Block) -> CommonRange:
        """See `Pass`."""
        v, slack = (np.pad(each, ((0, 1), (0, 0))) for each in (self.directions, self.slack))
        given = replace(block, X=less(block.X, -self.shift)) if self.shift.any() else block
        at, off, there = block.product(v), given.absolute_product(slack), block.weight[:, None] > 0
        low = (at - off).max(axis=0, where=there, initial=-np.inf)
        return CommonRange(low, (at + off).min(axis=0, where=there, initial=np.inf))

    def merge(self, one: CommonRange, other: CommonRange) -> CommonRange:
        """See `Pass.merge`."""
        return CommonRange(np.maximum(one.low, other.low), np.minimum(one.high, other.high))
