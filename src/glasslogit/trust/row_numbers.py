"""The numbers of each row by which `diagnose` tells what drives a fit."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import FLAT, Block, Floats, Labels, Loss, curvature, sigmoid, surprise

FULL_LEVERAGE = 1.0 - 1e-10  # a row whose leverage is beyond this cannot be left out


class RowNumbers(NamedTuple):
    """The numbers of some rows: y, weight, p and those of `EachRow`, arrays (n,)."""

    y: Labels
    weight: Floats
    p: Floats
    leverage: Floats
    pearson: Floats
    deviance: Floats
    cook: Floats

    def scaled(self, unit: float) -> "RowNumbers":
        """Give the residuals and distances of weights of another unit."""
        root, cook = unit**0.5, unit * self.cook
        return self._replace(pearson=root * self.pearson, deviance=root * self.deviance, cook=cook)


class PartNumbers(NamedTuple):
    """The numbers of the rows of a block, the places of the `top`, what these change, and scores.

    `scores` (q, q) are Σ tᵢtᵢᵀ of what each observation pulls θ by, in the columns of the root.
    """

    rows: RowNumbers
    place: NDArray[np.intp]
    change: Floats
    scores: Floats


class Sizes(NamedTuple):
    """By what weights are multiplied to have a mean of 1, and to add up to the effective size."""

    unit: float
    effective: float

    @staticmethod
    def of(rows: RowNumbers, factors: Floats | None) -> "Sizes":
        """Find them of weights that count nothing: Σ 1/Σ s, and Σ s/Σ s² (Kish 1965, §11.7).

        Observations and not rows are summed over, of weight f if there are `factors`.
        """
        there, each = rows.weight > 0, each_weight(rows, factors)
        total = float(rows.weight.sum())
        count = float((rows.weight[there] / each[there]).sum())
        return Sizes(count / total, 1.0 / float(rows.weight / total @ each))


def each_weight(rows: RowNumbers, factors: Floats | None) -> Floats:
    """Give the weight of one observation of each row."""
    return rows.weight if factors is None else factors[rows.y.astype(np.intp)]


@dataclass(frozen=True, eq=False)
class RowsOf:
    """The numbers of each row, and θ's change for the `top` with most influence of a block.

    `root` L (d+1, q) is that of the inverse Hessian of the mean loss, L·Lᵀ, and `total` the
    weight of all rows. A row of weight s is s/f observations, f of its class by `factors`, or
    one if these are None. Asked by `Source.map`.
    """

    loss: Loss
    total: float
    theta: Floats
    root: Floats
    top: int
    factors: Floats | None

    def __call__(self, block: Block) -> PartNumbers:
        """Give those of the rows of a block."""
        z, y, weight = block.margins(self.theta), block.y, block.weight
        at = self.loss.evaluate(z, y)
        v = curvature(at.p)[:, 0]
        moves = block.product(self.root)  # (n, q)
        leverage = weight * v * (moves**2).sum(axis=1) / self.total
        error = -at.residual[:, 0]
        pearson = error * np.sqrt(weight / np.maximum(v, FLAT))
        deviance = np.sign(error) * np.sqrt(2 * weight * np.maximum(at.loss - entropy(y), 0.0))
        left = np.where(leverage < FULL_LEVERAGE, 1.0 - leverage, np.inf)
        cook = pearson**2 * leverage / left**2 / max(self.root.shape[1], 1)
        rows = RowNumbers(y, weight, sigmoid(z[:, 0]), leverage, pearson, deviance, cook)
        first = np.argsort(-cook, kind="stable")[: self.top]
        change = (weight * error / left)[first, None] * moves[first] @ self.root.T / self.total
        each = each_weight(rows, self.factors)
        pulled = (
            moves * (np.sqrt(weight / self.total) * np.sqrt(each / self.total) * error)[:, None]
        )
        return PartNumbers(rows, block.first + first, change, pulled.T @ pulled)


def entropy(share: Labels) -> Floats:
    """Give the least loss that a row can have, 0 but for a share of events.

    >>> entropy(np.array([1.0, 0.5])).round(4).tolist()
    [0.0, 0.6931]
    """
    parts = np.stack([share, 1 - share])
    return np.asarray((parts * surprise(np.where(parts > 0, parts, 1.0))).sum(axis=0), np.float64)
