"""Rows as inequalities: what a direction must do to each row if it is to separate the classes.

A *contrast* of a row is its class against one of the others, K − 1 for a row. Along a
direction v the row's class gets ahead of the other by

    m = (z_y − z_k)(v) = ⟨a, v⟩,   a = x ⊗ (e_y − e_k)

and v separates the classes if no m is negative and some m is positive. A label between 0 and
1 stands for rows of both classes.

Derivation: docs/derivations/separation.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import TINY, Block, Floats, Labels, Loss, Pass

ZERO = 1e-9  # a margin below this share of the terms it is the sum of counts as 0
FIRST = 10  # rows that a report shows


class Counted(NamedTuple):
    """Rows of positive weight, each of one class, with their numbers in the source (n,)."""

    block: Block
    number: NDArray[np.intp]


def counted(block: Block) -> Counted:
    """Leave out rows of weight 0; give a row whose label is a fraction once for each class."""
    there = np.flatnonzero(block.weight > 0)
    whole = len(there) == len(block.weight)
    part, number = block if whole else block.take(there), block.first + there
    both = (part.y % 1 != 0) if part.y.dtype.kind == "f" else np.zeros(len(there), bool)
    if not both.any():
        return Counted(part, number)
    order = np.append(np.arange(len(there)), np.flatnonzero(both))
    y = np.append(np.where(both, 1.0, part.y), np.zeros(both.sum()))
    return Counted(replace(part.take(order), y=y), number[order])


def class_contrasts(loss: Loss, label: float, c: int) -> Floats:
    """Give e_y − e_k for every other class k, (K−1, c).

    >>> from glasslogit.core.losses import Binomial, Multinomial
    >>> class_contrasts(Binomial(), 0, 1).tolist(), class_contrasts(Multinomial(), 1, 2).tolist()
    ([[-1.0]], [[-1.0, 1.0]])
    """
    return loss.signed_margins(np.eye(c), np.full(c, label)).T


def smallest(numbers: Floats, most: int) -> NDArray[np.intp]:
    """Give the places of the smallest numbers, at most so many.

    >>> sorted(smallest(np.array([3.0, 1.0, 2.0]), 2).tolist())
    [1, 2]
    """
    if len(numbers) <= most:
        return np.arange(len(numbers))
    return np.argpartition(numbers, most)[:most]


def margins_of(loss: Loss, block: Block, direction: Floats) -> Floats:
    """Give m of each row and contrast, (n, K−1), each divided by the size of its terms.

    The size is Σⱼ |xⱼvⱼ| over both classes: what rounding is relative to.
    """
    z = block.product(direction)
    sizes = block.absolute_product(direction)
    return by_label(loss, block.y, z) / np.maximum(by_label(loss, block.y, sizes, bare=True), TINY)


def by_label(loss: Loss, y: Labels, z: Floats, *, bare: bool = False) -> Floats:
    """Multiply z (n, c) by the contrasts of each row's label, or by what they are without sign."""
    tables = {label: class_contrasts(loss, label, z.shape[1]) for label in np.unique(y).tolist()}
    out = np.empty((len(z), len(next(iter(tables.values())))) if tables else (0, 1))
    for label, table in tables.items():
        out[y == label] = z[y == label] @ (np.abs(table) if bare else table).T
    return out


class DirectionCheck(NamedTuple):
    """Answer of `CheckDirection`; `margin` (m,), `rows` (m, r·c) are those of the smallest margins.

    Of all contrasts that `settled` leaves open, `against` are negative, `level` 0, `ahead`
    positive; `first` are numbers of rows ahead; `total` (d+1, c) is the sum of the open a.
    """

    margin: Floats
    rows: Floats
    against: int
    level: int
    ahead: int
    first: list[int]
    total: Floats


@dataclass(frozen=True, eq=False)
class CheckDirection(Pass[DirectionCheck]):
    """What rows say to a direction (d+1, c), in the coordinates of a basis (d+1, r).

    Contrasts that the directions in `settled` have put ahead, one after the other, are left out.
    """

    loss: Loss
    direction: Floats
    basis: Floats
    settled: Sequence[Floats] = ()
    most: int = 2000

    def __call__(self, block: Block) -> DirectionCheck:
        """See `Pass`."""
        block, number = counted(block)
        c = self.direction.shape[1]
        margin = margins_of(self.loss, block, self.direction)
        still = np.ones(margin.shape, bool)
        for direction in self.settled:
            still &= margins_of(self.loss, block, direction) <= ZERO
        total = np.zeros((len(margin), c))
        for label in np.unique(block.y).tolist():
            total[block.y == label] = still[block.y == label] @ class_contrasts(self.loss, label, c)
        ahead = still & (margin > ZERO)
        which = smallest(np.where(still, margin, np.inf).ravel(), min(self.most, int(still.sum())))
        return DirectionCheck(
            margin.ravel()[which],
            self.inequalities(block, which),
            int((still & (margin < -ZERO)).sum()),
            int((still & (np.abs(margin) <= ZERO)).sum()),
            int(ahead.sum()),
            number[ahead.any(axis=1)][:FIRST].tolist(),
            block.pullback(total),
        )

    def inequalities(self, block: Block, which: NDArray[np.intp]) -> Floats:
        """Give a = x ⊗ (e_y − e_k) of some contrasts, numbered row by row."""
        c = self.direction.shape[1]
        rows, k = np.divmod(which, len(class_contrasts(self.loss, 0, c)))
        part = block.take(rows)
        tables = {y: class_contrasts(self.loss, y, c) for y in np.unique(part.y).tolist()}
        signs = np.array([tables[y][j] for y, j in zip(part.y.tolist(), k, strict=True)])
        places = part.product(self.basis)[:, :, None]
        return (places * signs.reshape(-1, 1, c)).reshape(len(which), places.shape[1] * c)

    def merge(self, one: DirectionCheck, other: DirectionCheck) -> DirectionCheck:
        """See `Pass.merge`: the smallest margins of both."""
        margin = np.append(one.margin, other.margin)
        kept = smallest(margin, self.most)
        return DirectionCheck(
            margin[kept],
            np.concatenate([one.rows, other.rows])[kept],
            one.against + other.against,
            one.level + other.level,
            one.ahead + other.ahead,
            (one.first + other.first)[:FIRST],
            one.total + other.total,
        )


class Extremes(NamedTuple):
    """Answer of `SignedMargins`."""

    smallest: float
    largest: float


@dataclass(frozen=True, eq=False)
class SignedMargins(Pass[Extremes]):
    """The smallest and largest margin, without offset, by which a class is ahead of another.

    Both are over rows of positive weight and the classes they are not in. A direction whose
    smallest signed margin is not negative and whose largest is positive separates the classes.
    """

    loss: Loss
    direction: Floats

    def __call__(self, block: Block) -> Extremes:
        """See `Pass`."""
        signed = self.loss.signed_margins(block.product(self.direction), block.y)
        counted = signed[block.weight > 0]
        return Extremes(float(counted.min(initial=np.inf)), float(counted.max(initial=-np.inf)))

    def merge(self, one: Extremes, other: Extremes) -> Extremes:
        """See `Pass.merge`: the smaller and the larger."""
        return Extremes(min(one.smallest, other.smallest), max(one.largest, other.largest))
