"""Rows that come in batches from a function: a generator over files, a database, a simulation.

The function is called once for each pass and must give the same batches each time. Only one
batch is in memory at a time.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import Block, Drawn, Floats, Labels, Source
from glasslogit.sources.arrays import ArraySource

Batch = tuple[Any, ...]


class BatchSource(Source):
    """Rows of the batches that `read()` yields, each the arguments of an `ArraySource`.

    >>> import numpy as np
    >>> def read():
    ...     for _ in range(2):
    ...         yield np.ones((3, 1)), np.zeros(3), np.ones(3), np.zeros((3, 1))
    >>> sum(len(block.weight) for block in BatchSource(read).blocks())
    6
    """

    def __init__(self, read: Callable[[], Iterable[Batch]]) -> None:
        """Keep the function; nothing is read yet."""
        self.read = read

    def columns(self, which: NDArray[np.integer]) -> "BatchSource":
        """See `Source.columns`; cut anew at each reading."""
        return BatchSource(partial(batches_of_columns, self.read, which))

    def pick(self, choose: Callable[[Labels, Floats], Drawn]) -> ArraySource:
        """See `Source.pick`; all batches are read."""
        parts = list[Block]()
        for block in self.blocks():
            rows, weight = choose(block.y, block.weight)
            parts.append(replace(block.take(rows), weight=weight))
        whole = parts[0].join(parts)
        return ArraySource(whole.X, whole.y, whole.weight, whole.offset)

    def blocks(self) -> Iterator[Block]:
        """See `Source.blocks`: each batch is cut into blocks that fit the cache."""
        first = 0
        for batch in self.read():
            for block in ArraySource(*batch).blocks():
                yield replace(block, first=first)
                first += len(block.weight)


def batches_of_columns(
    read: Callable[[], Iterable[Batch]], which: NDArray[np.integer]
) -> Iterator[Batch]:
    """Read batches, and keep these columns of each."""
    return ((X[:, which], *rest) for X, *rest in read())
