"""Sum layer: a source holds the rows and adds a pass over its blocks.

A source knows threads, files and partitions, never mathematics. The rows are cut into
blocks once, by a rule that depends on the data alone; blocks are added in order within
groups of `GROUP`, and groups in order. So the same partition gives the same bits, whatever
the number of threads or the kind of source.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from itertools import islice
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from glasslogit.core.blocks import Block
from glasslogit.core.losses import Floats, Labels
from glasslogit.core.passes import Pass, Sums

GROUP = 4
T = TypeVar("T")
Rows = NDArray[np.intp]


class Source(ABC):
    """Rows to ask questions of; `passes` counts how often all of them were read.

    `density` is the share of the entries that are stored, `drawn` the last sample of the rows,
    with the share and the seed it was drawn by.
    """

    passes: int = 0
    density: float = 1.0
    drawn: tuple[tuple[float, int], Any] | None = None

    @abstractmethod
    def blocks(self) -> Iterator[Block]:
        """Read all rows, block by block, in a fixed order."""

    @abstractmethod
    def columns(self, which: NDArray[np.integer]) -> "Source":
        """Give the same rows with these columns only."""

    @abstractmethod
    def pick(self, choose: Callable[[Labels, Floats], Rows]) -> Any:
        """Copy some rows to an `ArraySource`: those of each block at the places chosen.

        `choose` is shown the labels and weights of each block in order.
        """

    def groups(self) -> Iterator[Iterable[Block]]:
        """Cut the blocks into groups of `GROUP` consecutive ones."""
        blocks = self.blocks()
        while group := list(islice(blocks, GROUP)):
            yield group

    def each(self, function: Callable[[Iterable[Block]], T]) -> Iterator[T]:
        """Apply a function to every group and yield the results in order."""
        return map(function, self.groups())

    def sum(self, question: Pass[Sums]) -> Sums:
        """Ask every block and merge the answers: one pass over the data."""
        self.passes += 1

        def add(blocks: Iterable[Block]) -> Sums:
            return reduce(question.merge, map(question, blocks))

        return reduce(question.merge, self.each(add))

    def map(self, function: Callable[[Block], T]) -> list[T]:
        """Apply a function to every block and list the results in order: one pass."""
        self.passes += 1
        return [
            result
            for group in self.each(lambda blocks: [*map(function, blocks)])
            for result in group
        ]

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
