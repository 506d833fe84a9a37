"""Questions to rows whose margins are kept: only the products that are new are made.

A solver that asks many questions from one point keeps the margins there and the probabilities,
which hold the curvature. A Hessian product is then one product and one pullback, and a step
along a direction, whose change of the margins is known, needs no product at all.

    AtMargins         value, gradient, and the probabilities          (n, c)
    HessianProduct    the Hessian times a direction, and the change of the margins   (n, c)

The numbers for each row come in a list with an array for each block, in order.

Derivations: docs/derivations/sums_over_rows.md.
"""

from dataclasses import dataclass
from typing import NamedTuple

from glasslogit.core.block import Block
from glasslogit.core.losses import Floats, Loss
from glasslogit.core.passes import Pass, value_and_gradient


class MarginSums(NamedTuple):
    """Answer of `AtMargins`."""

    value: float
    gradient: Floats
    p: list[Floats]


class ProductSums(NamedTuple):
    """Answer of `HessianProduct`."""

    total: Floats
    change: list[Floats]


@dataclass(frozen=True, eq=False)
class AtMargins(Pass[MarginSums]):
    """The value, the gradient and the probabilities where the margins (n, c) are known."""

    loss: Loss
    margins: Floats

    def __call__(self, block: Block) -> MarginSums:
        """See `Pass`."""
        rows = self.loss.evaluate(self.margins[block.rows], block.y)
        return MarginSums(*value_and_gradient(block, rows), [rows.p])


@dataclass(frozen=True, eq=False)
class HessianProduct(Pass[ProductSums]):
    """Σᵢ [xᵢ 1]ᵀ weightᵢ·C(pᵢ)·([xᵢ 1]·direction) where the probabilities (n, c) are known."""

    loss: Loss
    p: Floats
    direction: Floats

    def __call__(self, block: Block) -> ProductSums:
        """See `Pass`."""
        change = block.product(self.direction)
        curved = self.loss.curvature_product(self.p[block.rows], change)
        return ProductSums(block.pullback(block.weight[:, None] * curved), [change])
