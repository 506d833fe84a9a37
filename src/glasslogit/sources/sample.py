"""Some rows that stand for all: drawn from every block, rare classes first.

Half of the rows a block gives are in proportion to its classes and half alike for each class
it has, so that a rare class is not missed. A row that was drawn as one of k of its class has
k times its weight: the sums over the sample are those over all rows, but for chance.
"""

from dataclasses import replace

import numpy as np

from glasslogit.core.blocks import Block
from glasslogit.core.losses import Floats, Labels
from glasslogit.sources.arrays import ArraySource
from glasslogit.sources.source import Source


def sample(source: Source, share: float, seed: int) -> ArraySource:
    """Draw about a share of the rows; of float64 rows in memory no others are touched.

    The source keeps the last sample: what is asked for twice is drawn once.
    """
    if source.drawn and source.drawn[0] == (share, seed):
        return source.drawn[1]
    rng = np.random.default_rng(seed)
    parts = [draw(block, share, rng) for block in source.blocks()]
    whole = parts[0].join(parts)
    part = ArraySource(whole.X, whole.y, whole.weight, whole.offset)
    source.drawn = (share, seed), part
    return part


def draw(block: Block, share: float, rng: "np.random.Generator") -> Block:
    """Draw rows of a block, each by itself, and weight them to stand for all of it.

    Rows of weight 0 are not there; others take their places.
    """
    there = np.flatnonzero(block.weight > 0)
    chance = chances(block.y[there], share * len(block.y) / max(len(there), 1))
    drawn = np.flatnonzero(rng.random(len(there), dtype=np.float32) < chance)
    part = block.take(there[drawn])
    return replace(part, weight=part.weight / chance[drawn])


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
