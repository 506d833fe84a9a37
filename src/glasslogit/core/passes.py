"""The questions training asks of the data: each adds something up over the rows.

A pass is a frozen dataclass that holds a loss and θ, never data. Called with a block it
answers for those rows; `merge` joins the answers of two sets of rows, by default with +.

    Value             Σ weight·loss                                   one number
    ValueAndGradient  ... and Σ [x 1]ᵀ·(weight·residual)              (d+1, c)
    Quadratic         ... and Σ h·xxᵀ, of which the Hessian is made   (t, d+1, d+1)
    Kronecker         ... as a product of columns and classes         (d+1, d+1) and (c, c)
    ClassBlocks       Σ weight·pₖ(1 − pₖ)·xxᵀ for each class          (c, d+1, d+1)
    Diagonal          ... and the Hessian of each column with itself  (d+1, t)
    AlongLine         the value at several steps along a line         (lengths,)
    Moments           weight, mean and spread of the columns          (d,)

Derivations: docs/derivations/sums_over_rows.md.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from glasslogit.core.block import Block
from glasslogit.core.losses import Floats, Loss, RowTerms, curvature

Sums = TypeVar("Sums", bound=tuple[Any, ...])


class Pass(ABC, Generic[Sums]):
    """A question to the data, answered by a NamedTuple of sums over rows."""

    @abstractmethod
    def __call__(self, block: Block) -> Sums:
        """Answer for the rows of one block."""

    def merge(self, one: Sums, other: Sums) -> Sums:
        """Join the answers for two sets of rows: add them."""
        return type(one)(*(a + b for a, b in zip(one, other, strict=True)))


class GradientSums(NamedTuple):
    """Answer of `ValueAndGradient`."""

    value: float
    gradient: Floats


class QuadraticSums(NamedTuple):
    """Answer of `Quadratic`."""

    value: float
    gradient: Floats
    grams: Floats


class KroneckerSums(NamedTuple):
    """Answer of `Kronecker`: Σ s·h·xxᵀ of x − centre, Σ s·C(p) and Σ s·h."""

    columns: Floats
    classes: Floats
    size: float


class VectorSum(NamedTuple):
    """Answer of `Value`, `AlongLine` and `ClassBlocks`."""

    total: Floats


class DiagonalSums(NamedTuple):
    """Answer of `Diagonal`: Σ hₜ·(x − centre)² and Σ hₜ (d+1, t), and Σ hₜ·(x − centre) (d, t)."""

    value: float
    gradient: Floats
    total: Floats
    cross: Floats


@dataclass(frozen=True, eq=False)
class Value(Pass[VectorSum]):
    """Σᵢ weightᵢ·lossᵢ at θ."""

    loss: Loss
    theta: Floats

    def __call__(self, block: Block) -> VectorSum:
        """See `Pass`."""
        loss, *_ = self.loss.value(block.margins(self.theta), block.y)
        return VectorSum(block.weight @ loss)


@dataclass(frozen=True, eq=False)
class ValueAndGradient(Pass[GradientSums]):
    """The value and Σᵢ [xᵢ 1]ᵀ·(weightᵢ·residualᵢ) at θ."""

    loss: Loss
    theta: Floats

    def __call__(self, block: Block) -> GradientSums:
        """See `Pass`."""
        return value_and_gradient(block, self.loss.evaluate(block.margins(self.theta), block.y))


def value_and_gradient(block: Block, rows: RowTerms) -> GradientSums:
    """Give Σᵢ weightᵢ·lossᵢ and Σᵢ [xᵢ 1]ᵀ·(weightᵢ·residualᵢ) of a block."""
    gradient = block.pullback(block.weight[:, None] * rows.residual)
    return GradientSums(float(block.weight @ rows.loss), gradient)


@dataclass(frozen=True, eq=False)
class Quadratic(Pass[QuadraticSums]):
    """The value, the gradient and the sums Σᵢ hₜᵢ·xᵢxᵢᵀ at θ that make up the `hessian`.

    They are those of the columns x − centre: where a mean is far larger than the spread, they
    would lose their digits if they were centred afterwards.
    """

    loss: Loss
    theta: Floats
    centre: Floats

    def __call__(self, block: Block) -> QuadraticSums:
        """See `Pass`."""
        rows = self.loss.evaluate(block.margins(self.theta), block.y)
        grams = grams_of_terms(block, self.loss, rows.p, self.centre)
        return QuadraticSums(*value_and_gradient(block, rows), grams)


def grams_of_terms(block: Block, loss: Loss, p: Floats, centre: Floats) -> Floats:
    """Give Σᵢ hₜᵢ·xᵢxᵢᵀ of a block for x − centre, each term hₜ of `Loss.terms`, (t, d+1, d+1)."""
    return block.grams(lambda rows: loss.terms(p[rows], block.weight[rows]), centre)


def hessian(grams: Floats, b: Floats) -> Floats:
    """Give Σᵢ weightᵢ·C(pᵢ) ⊗ xᵢxᵢᵀ = Σₜ bₜbₜᵀ ⊗ Σᵢ hₜᵢ·xᵢxᵢᵀ for b (t, c), (d+1, c, d+1, c)."""
    (t, c), q = b.shape, grams.shape[1]
    if b.size == 1:  # one term of one margin: large grams are not copied
        return (grams[0] if b == 1 else grams[0] * b**2)[:, None, :, None]
    total = grams.reshape(t, -1).T @ (b[:, :, None] * b[:, None]).reshape(t, -1)
    return np.ascontiguousarray(total.reshape(q, q, c, c).transpose(0, 2, 1, 3))


@dataclass(frozen=True, eq=False)
class Kronecker(Pass[KroneckerSums]):
    """The Hessian's factors at θ: its columns weighted by h = trace C(p), and its classes."""

    loss: Loss
    theta: Floats
    centre: Floats

    def __call__(self, block: Block) -> KroneckerSums:
        """See `Pass`."""
        p = self.loss.evaluate(block.margins(self.theta), block.y).p
        size = block.weight * curvature(p).sum(axis=1)
        weighted = block.weight[:, None] * p
        classes = np.diag(weighted.sum(axis=0)) - weighted.T @ p
        return KroneckerSums(block.gram(size, self.centre), classes, float(size.sum()))


@dataclass(frozen=True, eq=False)
class ClassBlocks(Pass[VectorSum]):
    """The Hessian at θ of each class with itself, for x − centre: its blocks on the diagonal."""

    loss: Loss
    theta: Floats
    centre: Floats

    def __call__(self, block: Block) -> VectorSum:
        """See `Pass`."""
        p = self.loss.evaluate(block.margins(self.theta), block.y).p
        h = (block.weight[:, None] * curvature(p)).T
        return VectorSum(block.grams(lambda rows: h[:, rows], self.centre))


@dataclass(frozen=True, eq=False)
class Diagonal(Pass[DiagonalSums]):
    """The value, the gradient, and the Hessian of each column with itself, x − centre, (n, t).

    With `axes` (c, c') the terms are aᵀC(p)a for each column a, the Hessian's diagonal. Without,
    they are those of `Loss.terms`, which are all of it and lose no digits where p is near 1.
    """

    loss: Loss
    theta: Floats
    centre: Floats
    axes: Floats | None

    def __call__(self, block: Block) -> DiagonalSums:
        """See `Pass`."""
        rows = self.loss.evaluate(block.margins(self.theta), block.y)
        if self.axes is None:
            h = self.loss.terms(rows.p, block.weight).T
        else:
            along = np.maximum(rows.p @ self.axes**2 - (rows.p @ self.axes) ** 2, 0.0)
            h = block.weight[:, None] * along
        return DiagonalSums(*value_and_gradient(block, rows), *block.moments(h, self.centre))


@dataclass(frozen=True, eq=False)
class AlongLine(Pass[VectorSum]):
    """The value at θ + t·direction for several steps t: margins are linear in t."""

    loss: Loss
    theta: Floats
    direction: Floats
    lengths: tuple[float, ...]

    def __call__(self, block: Block) -> VectorSum:
        """See `Pass`."""
        start, change = block.margins(self.theta), block.product(self.direction)
        at = [self.loss.value(start + t * change, block.y)[0] for t in self.lengths]
        return VectorSum(np.array([block.weight @ loss for loss in at]))


CLEARLY = 1e-6  # a spread that is a larger share of the mean is no rounding


class ColumnMoments(NamedTuple):
    """Answer of `Moments`: rows, Σ weight, mean and Σ weight·(x − mean)², column by column.

    `residual` (c,) is Σ weight·residual where all margins are 0: it holds the class rates.
    `offset` (c,) is Σ weight·offset. `first` (d,) is a value of each column, and `varies` tells
    which have another: no rounding makes a column constant, or keeps one from being so.
    `product_work` and `gram_work` are a `RowWork`.
    """

    rows: int
    weight: float
    mean: Floats
    scatter: Floats
    residual: Floats
    offset: Floats
    first: Floats
    varies: NDArray[np.bool]
    product_work: float
    gram_work: float


@dataclass(frozen=True, eq=False)
class Moments(Pass[ColumnMoments]):
    """Weight, mean and spread of each column, and the class rates; no θ is needed.

    Two sets of rows are joined by the pairwise update of Chan, Golub & LeVeque, "Updating
    formulae and a pairwise algorithm for computing sample variances" (1979), which does not
    cancel where the mean is large.
    """

    loss: Loss

    def __call__(self, block: Block) -> ColumnMoments:
        """See `Pass`."""
        weight, mean = block.weight, block.mean()
        scatter = block.moments(weight[:, None], mean)[0][:-1, 0]
        residual = self.loss.evaluate(np.zeros(block.offset.shape), block.y).residual
        sums = float(weight.sum()), mean, scatter, weight @ residual, weight @ block.offset
        varies = scatter > sums[0] * (CLEARLY * mean) ** 2
        doubtful = np.flatnonzero(~varies)
        if doubtful.size:
            varies[doubtful] = block.varies(doubtful)
        first = int((weight > 0).argmax())
        one = block.entries(slice(None), slice(first, first + 1))[0]
        return ColumnMoments(len(residual), *sums, one, varies, *block.work())

    def merge(self, one: ColumnMoments, other: ColumnMoments) -> ColumnMoments:
        """See `Pass.merge`."""
        weight = one.weight + other.weight
        share = other.weight / (weight or 1.0)
        apart = other.mean - one.mean
        first = one.first if one.weight else other.first
        unlike = (one.first != other.first) & bool(one.weight and other.weight)
        return ColumnMoments(
            one.rows + other.rows,
            weight,
            one.mean + share * apart,
            one.scatter + other.scatter + apart**2 * (one.weight * share),
            one.residual + other.residual,
            one.offset + other.offset,
            first,
            one.varies | other.varies | unlike,
            one.product_work + other.product_work,
            one.gram_work + other.gram_work,
        )
