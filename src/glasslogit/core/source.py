"""Sum layer: a source holds the rows and adds a pass over its blocks.

A source knows threads, files and partitions, never mathematics. The rows are cut into
blocks once, by a rule that depends on the data alone; blocks are added in order within
groups of `GROUP`, and groups in order. So the same partition gives the same bits, whatever
the number of threads or the kind of source.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial, reduce
from itertools import chain, islice
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from glasslogit.core.block import Block
from glasslogit.core.blocks import less
from glasslogit.core.losses import Floats, Labels
from glasslogit.core.passes import Pass, Sums

GROUP = 4
T = TypeVar("T")
Drawn = tuple[NDArray[np.intp], Floats]  # places of rows, and the weights they are given


class Source(ABC):
    """Rows to ask questions of; `passes` counts how often all of them were read.

    `density` is the share of the entries that are stored, `rows_per_block` the largest number of
    rows in a block, 0 where it is not known, and `drawn` the last sample of the rows, with the
    share and the seed it was drawn by. `shift` (d,) is what the columns are less of than in the
    source they were `given` in, None if nothing.
    """

    passes: int = 0
    density: float = 1.0
    rows_per_block: int = 0
    drawn: "tuple[tuple[float, int], InMemory] | None" = None
    shift: Floats | None = None
    given: "Source | None" = None

    @property
    def in_memory(self) -> "InMemory | None":
        """Give this source if it holds all its rows as arrays, else None."""
        return None

    @abstractmethod
    def blocks(self) -> Iterator[Block]:
        """Read all rows, block by block, in a fixed order."""

    @abstractmethod
    def columns(self, which: NDArray[np.integer]) -> "Source":
        """Give the same rows with these columns only."""

    def shifted(self, shift: Floats) -> "Source":
        """Give the rows with the columns less a number each."""
        return ShiftedSource(self, shift)

    def less(self, shift: Floats) -> "Source":
        """Give the rows as they were given, but with the columns less a number each.

        Numbers near each other are exact when they are made small so, as they are not when their
        products with coefficients are added up.
        """
        given = self.given or self
        if not shift.any():
            new = given
        else:
            new = given.shifted(shift)
            new.shift, new.given = shift, given
        new.passes = self.passes
        return new

    @abstractmethod
    def pick(self, choose: Callable[[Labels, Floats], Drawn]) -> "InMemory":
        """Copy some rows into memory: those of each block at the places chosen.

        `choose` is shown the labels and weights of each block in order; it gives the places, and
        the weights that these rows are to have.
        """

    def sample(self, share: float, seed: int) -> "InMemory":
        """Draw about a share of the rows, weighted to stand for all of them.

        Of float64 rows in memory no others are touched. The source keeps the last sample: what
        is asked for twice is drawn once.
        """
        if self.drawn is None or self.drawn[0] != (share, seed):
            draw = partial(draw_rows, share=share, rng=np.random.default_rng(seed))
            rows = self.pick(draw)
            rows.shift, self.drawn = self.shift, ((share, seed), rows)
        return self.drawn[1]

    def groups(self) -> Iterator[Iterable[Block]]:
        """Cut the blocks into groups of `GROUP` consecutive ones."""
        blocks = self.blocks()
        while group := list(islice(blocks, GROUP)):
            yield group

    def map_groups(self, function: Callable[[Iterable[Block]], T]) -> Iterator[T]:
        """Apply a function to every group and yield the results in order."""
        return map(function, self.groups())

    def sum(self, question: Pass[Sums]) -> Sums:
        """Ask every block and merge the answers: one pass over the data."""
        self.passes += 1

        def add(blocks: Iterable[Block]) -> Sums:
            return reduce(question.merge, map(question, blocks))

        return reduce(question.merge, self.map_groups(add))

    def map(self, function: Callable[[Block], T]) -> list[T]:
        """Apply a function to every block and list the results in order: one pass."""
        self.passes += 1
        groups = self.map_groups(lambda blocks: [*map(function, blocks)])
        return [*chain.from_iterable(groups)]

    def minibatches(self, size: int, rng: "np.random.Generator") -> Iterator[Block]:
        """Read all rows once, shuffled, in batches of `size`: one pass.

        A mini-batch method is not a sum: θ changes between batches. Rows are shuffled
        within each block; a source that can reach any row shuffles them all.
        """
        self.passes += 1
        for block in self.blocks():
            order = rng.permutation(len(block.weight))
            for start in range(0, len(order), size):
                yield block.take(order[start : start + size])


class ShiftedSource(Source):
    """The rows of another source with the columns less a number each, anew at each reading."""

    def __init__(self, whole: Source, by: Floats) -> None:
        """Keep the source; nothing is read yet."""
        self.whole, self.by = whole, by
        self.density, self.rows_per_block = whole.density, whole.rows_per_block

    def blocks(self) -> Iterator[Block]:
        """See `Source.blocks`."""
        return (replace(each, X=less(each.X, self.by)) for each in self.whole.blocks())

    def columns(self, which: NDArray[np.integer]) -> Source:
        """See `Source.columns`."""
        return self.whole.columns(which).shifted(self.by[which])

    def pick(self, choose: Callable[[Labels, Floats], Drawn]) -> "InMemory":
        """See `Source.pick`."""
        return self.whole.pick(choose).shifted(self.by)


class InMemory(Source):
    """All rows as arrays, read by `threads`: X (n, d), y (n,), weight (n,), offset (n, c)."""

    X: Any
    y: Labels
    weight: Floats
    offset: Floats
    threads: int

    @abstractmethod
    def take(self, rows: NDArray[np.integer]) -> "InMemory":
        """Give the source of these rows, copied."""

    @abstractmethod
    def shifted(self, shift: Floats) -> "InMemory":
        """Give the rows with the columns less a number each, copied."""


def draw_rows(y: Labels, weight: Floats, share: float, rng: "np.random.Generator") -> Drawn:
    """Draw rows of a block, each by itself; one that was drawn of k gets k times its weight.

    Rows of weight 0 are not there; others take their places.
    """
    there = np.flatnonzero(weight > 0)
    chance = chances(y[there], share * len(y) / max(len(there), 1))
    drawn = np.flatnonzero(rng.random(len(there), dtype=np.float32) < chance)
    return there[drawn], weight[there[drawn]] / chance[drawn]


def chances(y: Labels, share: float) -> Floats:
    """Give the chance of each row to be drawn; labels that are fractions are one class.

    Half are in proportion to the classes and half alike for each, so that no rare one is missed.

    >>> sorted(set(chances(np.repeat([0, 1], [96, 4]), 0.2).round(3).tolist()))
    [0.152, 1.0]
    """
    codes = y.astype(np.intp)
    if (codes != y).any():
        codes = np.zeros_like(codes)
    sizes = np.bincount(codes, minlength=1)
    alike = len(y) / max((sizes > 0).sum(), 1) / np.maximum(sizes, 1)
    return np.minimum(share * (1.0 + alike) / 2, 1.0)[codes]
