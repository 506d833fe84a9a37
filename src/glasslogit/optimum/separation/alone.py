"""Columns that separate alone: rows beyond the least value of a column, all of some classes.

Let m be the least value of a column, and S the classes of the rows that lie above it. If S is
not all classes, the direction v with vₖ = 1 for k in S and −m·vₖ in the intercept gives

    m_il = (x − m)·([y ∈ S] − [l ∈ S]) ≥ 0

in every row: a row above m has y in S, and any other is level. So it separates, and likewise
from the largest value downwards. An indicator of a level whose rows are all of one class is
the usual case. One pass finds all such columns; the rows that they put ahead are left out, and
among the others there may be more. In a table of many indicators that is nearly all there is.

Derivation: docs/derivations/separation.md#columns-that-separate-alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import Block, Floats, Loss, Pass, Source
from glasslogit.optimum.separation.inequalities import (
    ZERO,
    CheckDirection,
    DirectionCheck,
    counted,
    margins_of,
)
from glasslogit.sources import ArraySource

MOST_PEELS = 20  # of columns, each among the rows that those before leave level


class RangeByClass(NamedTuple):
    """Answer of `RangesByClass`: the least and the largest of each column, by class, (K, d)."""

    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class RangesByClass(Pass[RangeByClass]):
    """The range of each column in the rows of each class that are still open.

    A row is open while one of its contrasts is put ahead by none of the `settled` directions.
    """

    loss: Loss
    classes: int
    settled: Sequence[Floats]

    def __call__(self, block: Block) -> RangeByClass:
        """See `Pass`."""
        block, _ = counted(block)
        block = block.take(np.flatnonzero(is_open(self.loss, block, self.settled)))
        d = block.X.shape[1]
        low, high = np.full((self.classes, d), np.inf), np.full((self.classes, d), -np.inf)
        for k in np.unique(block.y).astype(int).tolist():
            low[k], high[k] = column_ranges(block.take(np.flatnonzero(block.y == k)))
        return RangeByClass(low, high)

    def merge(self, one: RangeByClass, other: RangeByClass) -> RangeByClass:
        """See `Pass.merge`."""
        return RangeByClass(np.minimum(one.low, other.low), np.maximum(one.high, other.high))


def column_ranges(block: Block) -> tuple[Floats, Floats]:
    """Give the least and the largest entry of each column, (d,) each; n > 0."""
    ends = block.X.min(axis=0), block.X.max(axis=0)  # of a sparse matrix they are sparse
    low, high = (end if isinstance(end, np.ndarray) else end.toarray() for end in ends)
    return low.ravel(), high.ravel()


def is_open(loss: Loss, block: Block, settled: Sequence[Floats]) -> NDArray[np.bool]:
    """Tell which rows have a contrast that no settled direction puts ahead, (n,)."""
    ahead = np.zeros((len(block.weight), 1), bool)
    for direction in settled:
        ahead = ahead | (margins_of(loss, block, direction) > ZERO)
    return np.asarray(~ahead.all(axis=1))


class Alone(NamedTuple):
    """Columns that separate alone, `directions` one for each round, and the best of them.

    `asked` is what the rows say to the last direction, given those before it.
    """

    directions: list[Floats]
    best: Floats
    asked: DirectionCheck


def open_rows(source: Source, loss: Loss, alone: Alone) -> ArraySource:
    """Copy the rows with a contrast that none of the columns puts ahead; one pass."""

    def part(block: Block) -> Block:
        rows, number = counted(block)
        return block.take(np.unique(number[is_open(loss, rows, alone.directions)]) - block.first)

    parts = source.map(part)
    rows = parts[0].join(parts)
    return ArraySource(rows.X, rows.y, rows.weight, rows.offset)


@dataclass(frozen=True, eq=False)
class ColumnsAlone:
    """The columns (f,) that may separate the classes of a source."""

    source: Source
    loss: Loss
    free: NDArray[np.intp]
    shape: tuple[int, int]
    intercept: bool

    def search(self) -> Alone | None:
        """Find the columns that separate alone, round by round; two passes for each."""
        settled, best, asked = list[Floats](), None, None
        basis = np.zeros((self.shape[0], 0))
        while len(settled) < MOST_PEELS:
            direction, first = self.among(settled)
            if not direction.any():
                break
            answer = self.source.sum(CheckDirection(self.loss, direction, basis, settled, 1))
            if answer.against or not answer.ahead:
                break  # what rounding hides
            settled.append(direction)
            best, asked = first if best is None else best, answer
            if not answer.level:
                break
        return None if best is None or asked is None else Alone(settled, best, asked)

    def among(self, settled: Sequence[Floats]) -> tuple[Floats, Floats]:
        """Add up the directions of all columns that separate open rows; give one of them too."""
        c = self.shape[1]
        ranges = self.source.sum(RangesByClass(self.loss, max(c, 2), settled))
        total, one = np.zeros(self.shape), np.zeros(self.shape)
        for side, (low, high) in ((1.0, ranges), (-1.0, (-ranges.high, -ranges.low))):
            least = low.min(axis=0)
            beyond = high > least + ZERO * np.maximum(np.abs(high), np.abs(least))  # (K, d)
            found = beyond.any(axis=0) & ~beyond.all(axis=0) & np.isfinite(least)
            found &= self.intercept | (least == 0)
            places = self.free[found[self.free] & ~total[self.free].any(axis=1)]
            for j in places.tolist():
                w = beyond[:, j].astype(float)
                w = w[1:] - w[:1] if c == 1 else w
                step = np.zeros(self.shape)
                size = np.ptp(np.append(high[beyond[:, j], j], least[j]))
                step[j], step[-1] = side * w / size, -w * least[j] / size
                total += step
                one = one if one.any() else step
        return total, one
