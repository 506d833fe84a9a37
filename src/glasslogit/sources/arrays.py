"""Rows in memory: NumPy arrays and scipy.sparse CSR matrices, read by threads."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import (
    GROUP,
    Block,
    Drawn,
    Floats,
    InMemory,
    Labels,
    is_sparse,
    less,
    make_block,
)

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

T = TypeVar("T")

DENSE_ENTRIES = 2**17  # a dense block of 1 MB stays in the cache between its two products
SPARSE_ENTRIES, MOST_SPARSE_ENTRIES = 2**17, 2**21
FEWEST_ROWS = 256
MOST_ROWS = 8192
WORTH_THREADS = 2**18  # entries below which starting threads costs more than it saves


class ArraySource(InMemory):
    """Rows of an array `X` (n, d) with labels (n,), weights (n,) and offset (n, c).

    >>> source = ArraySource(np.ones((3, 2)), np.zeros(3), np.ones(3), np.zeros((3, 1)))
    >>> [len(block.weight) for block in source.blocks()]
    [3]
    """

    def __init__(
        self,
        X: Any,
        y: Labels,
        weight: Floats,
        offset: Floats,
        *,
        threads: int = 1,
    ) -> None:
        """Keep references to the arrays; dense data are never copied."""
        self.X, self.y, self.weight, self.offset = X, y, weight, offset
        entries = _entries(X)
        self.threads = threads if entries >= WORTH_THREADS else 1
        self.density = entries / (X.shape[0] * X.shape[1] or 1)
        self.rows_per_block = rows_per_block(X)
        self._starts = range(0, X.shape[0], self.rows_per_block)

    @property
    def in_memory(self) -> InMemory:
        """See `Source.in_memory`."""
        return self

    def take(self, rows: NDArray[np.integer]) -> "ArraySource":
        """See `InMemory.take`."""
        return ArraySource(*self._part(rows), threads=self.threads)

    def pick(self, choose: Callable[[Labels, Floats], Drawn]) -> "ArraySource":
        """See `Source.pick`; of X no other rows are touched."""
        drawn = list[Drawn]()
        for start in self._starts:
            part = slice(start, start + self._starts.step)
            rows, weight = choose(self.y[part], self.weight[part])
            drawn.append((start + rows, weight))
        rows, weight = map(np.concatenate, zip(*drawn, strict=True))
        return ArraySource(self.X[rows], self.y[rows], weight, self.offset[rows])

    def columns(self, which: NDArray[np.integer]) -> "ArraySource":
        """See `Source.columns`; copied."""
        X = self.X[:, which]
        return ArraySource(X, self.y, self.weight, self.offset, threads=self.threads)

    def shifted(self, shift: Floats) -> "ArraySource":
        """See `InMemory.shifted`."""
        X = less(self.X, shift)
        return ArraySource(X, self.y, self.weight, self.offset, threads=self.threads)

    def _part(self, rows: Any) -> tuple[Any, Labels, Floats, Floats]:
        return self.X[rows], self.y[rows], self.weight[rows], self.offset[rows]

    def _cut(self, start: int) -> Block:
        return make_block(*self._part(slice(start, start + self._starts.step)), start)

    @cached_property
    def _kept(self) -> list[Block] | None:
        """The blocks, if they hold no copy of X or, being sparse, are slow to cut; else None."""
        array = self.X if isinstance(self.X, np.ndarray) else None
        views = array is not None and array.dtype == np.float64 and array.flags.aligned
        kept = is_sparse(self.X) or views
        return [self._cut(start) for start in self._starts] if kept else None

    def _group(self, first: int) -> Iterable[Block]:
        part = slice(first, first + GROUP)
        return map(self._cut, self._starts[part]) if self._kept is None else self._kept[part]

    def blocks(self) -> Iterator[Block]:
        """See `Source.blocks`."""
        for group in self.groups():
            yield from group

    def groups(self) -> Iterator[Iterable[Block]]:
        """See `Source.groups`."""
        return map(self._group, range(0, len(self._starts), GROUP))

    @cached_property
    def _pool(self) -> "ThreadPoolExecutor":
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  (20 ms to import)

        return ThreadPoolExecutor(self.threads)

    def map_groups(self, function: Callable[[Iterable[Block]], T]) -> Iterator[T]:
        """See `Source.map_groups`; the groups are spread over the threads."""
        if self.threads == 1:
            return map(function, self.groups())
        return self._pool.map(function, self.groups())

    def minibatches(self, size: int, rng: "np.random.Generator") -> Iterator[Block]:
        """See `Source.minibatches`; the shuffle is over all rows."""
        self.passes += 1
        order = rng.permutation(self.X.shape[0])
        for start in range(0, len(order), size):
            yield make_block(*self._part(order[start : start + size]))


def rows_per_block(X: Any) -> int:
    """Choose the rows of a block from the shape and density of X alone.

    A dense block fits the cache. A sparse block answers with a d-vector, or a d × d matrix, that
    is full, so it has as many rows as make reading it cost more than adding up such answers.

    >>> rows_per_block(np.ones((10, 64)))
    2048
    """
    n, d = X.shape
    if not is_sparse(X):
        return min(max(DENSE_ENTRIES // max(d, 1), FEWEST_ROWS), MOST_ROWS)
    per_row = max(X.nnz / max(n, 1), 1.0)
    answered = min(d * d, MOST_SPARSE_ENTRIES)
    return int(max(SPARSE_ENTRIES, 4 * d, answered) / per_row) + 1


def _entries(X: Any) -> int:
    return int(X.nnz if is_sparse(X) else X.size)
