"""Some rows that stand for all: drawn from every block, rare classes first.

Half of the rows a block gives are in proportion to its classes and half alike for each class
it has, so that a rare class is not missed. A row that was drawn as one of k of its class has
k times its weight: the sums over the sample are those over all rows, but for chance.
"""

import numpy as np

from glasslogit.core.losses import Floats, Labels
from glasslogit.sources.arrays import ArraySource
from glasslogit.sources.source import Rows, Source


def sample(source: Source, share: float, seed: int) -> ArraySource:
    """Draw about a share of the rows; of float64 rows in memory no others are touched.

    The source keeps the last sample: what is asked for twice is drawn once.
    """
    if source.drawn and source.drawn[0] == (share, seed):
        return source.drawn[1]
    rng, drawn = np.random.default_rng(seed), list[Floats]()

    def choose(y: Labels, weight: Floats) -> Rows:
        rows, chance = draw(y, weight, share, rng)
        drawn.append(chance)
        return rows

    some = source.pick(choose)
    part = ArraySource(some.X, some.y, some.weight / np.concatenate(drawn), some.offset)
    source.drawn = (share, seed), part
    return part


def draw(
    y: Labels, weight: Floats, share: float, rng: "np.random.Generator"
) -> tuple[Rows, Floats]:
    """Draw rows of a block, each by itself; give their places, and the chances they had.

    Rows of weight 0 are not there; others take their places.
    """
    there = np.flatnonzero(weight > 0)
    chance = chances(y[there], share * len(y) / max(len(there), 1))
    drawn = np.flatnonzero(rng.random(len(there), dtype=np.float32) < chance)
    return there[drawn], chance[drawn]


def chances(y: Labels, share: float) -> Floats:
    """Give the chance of each row to be drawn; labels that are fractions are one class.

    >>> sorted(set(chances(np.repeat([0, 1], [96, 4]), 0.2).round(3).tolist()))
    [0.152, 1.0]
    """
    codes = y.astype(np.intp)
    if (codes != y).any():
        codes = np.zeros_like(codes)
    sizes = np.bincount(codes, minlength=1)
    alike = len(y) / max((sizes > 0).sum(), 1) / np.maximum(sizes, 1)
    return np.minimum(share * (1.0 + alike) / 2, 1.0)[codes]
