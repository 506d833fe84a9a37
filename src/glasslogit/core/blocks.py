"""The kinds of blocks: dense and sparse rows differ here and nowhere else.

The products with X are made here, those of dense rows in `dense_block.py`, and those of sparse rows
with each other in `sparse_gram.py`.

Derivations: docs/derivations/sums_over_rows.md.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glasslogit.core.block import Block, is_sparse, stacked
from glasslogit.core.dense_block import DenseBlock
from glasslogit.core.losses import Floats, Labels
from glasslogit.core.sparse_gram import GramParts, sparse_gram, taken_apart, with_entries
from glasslogit.core.work import RowWork, work_of_sparse

CANCELLED = 1e-6  # a difference of squares that is so much smaller than they has lost digits


class SparseBlock(Block):
    """Rows of a scipy.sparse CSR matrix, recognised by its methods."""

    centres_last = True

    def product(self, theta: Floats) -> Floats:
        """See `Block.product`."""
        return self.X @ theta[:-1] + theta[-1]

    def pullback(self, r: Floats) -> Floats:
        """See `Block.pullback`; SciPy takes as long to make Xᵀ as a product with few entries."""
        return np.concatenate([self._turned @ r, r.sum(axis=0)[None]])

    @cached_property
    def _turned(self) -> Any:
        return self.X.T

    @cached_property
    def _known(self) -> tuple[RowWork, NDArray[np.intp]]:
        return work_of_sparse(self.X)

    def work(self) -> RowWork:
        """See `Block.work`."""
        return self._known[0]

    @cached_property
    def _parts(self) -> GramParts:
        return taken_apart(self.X, common=self._known[1])

    def gram(self, h: Floats, centre: Floats) -> Floats:
        """See `Block.gram`."""
        d = self.X.shape[1]
        total = np.empty((d + 1, d + 1))
        total[:d, :d] = sparse_gram(self._parts, h)
        total[d] = total[:, d] = self.pullback(h[:, None])[:, 0]
        sums = total[d, :d] - total[d, d] * centre  # those of x − centre
        total[:d, :d] -= np.outer(centre, total[d, :d]) + np.outer(sums, centre)
        total[d, :d] = total[:d, d] = sums
        return total

    def weighted(self, h: Floats, centre: Floats) -> Floats:
        """See `Block.weighted`."""
        return DenseBlock(self.X.toarray(), self.y, self.weight, self.offset).weighted(h, centre)

    def varies(self, which: NDArray[np.integer]) -> NDArray[np.bool]:
        """See `Block.varies`: an entry differs from the first, or there is none where that is."""
        X = self.X[:, which][np.flatnonzero(self.weight > 0)]
        first = X[:1].toarray().sum(axis=0)
        other = X.indices[X.data != first[X.indices]]
        gaps = (first != 0) & (np.bincount(X.indices, minlength=len(which)) < X.shape[0])
        return gaps | (np.bincount(other, minlength=len(which)) > 0)

    def moments(self, h: Floats, centre: Floats) -> tuple[Floats, Floats]:
        """See `Block.moments`: Σ hx² − 2·centre·Σ hx + centre²·Σ h, where digits remain."""
        total, c, sums = h.sum(axis=0), centre[:, None], self._turned @ h
        squares = with_entries(self.X, self.X.data**2)
        square = squares.T @ h - 2.0 * c * sums + c**2 * total
        lost = (square < CANCELLED * c**2 * total).any(axis=1)  # full columns far from 0
        if lost.any():
            square[lost] = ((self.X[:, lost].toarray() - centre[lost]) ** 2).T @ h
        return np.concatenate([square, total[None]]), sums - c * total

    def row_gram(self, centre: Floats, scale: Floats) -> Floats:
        """See `Block.row_gram`."""
        X, centre = self.X.multiply(1.0 / scale).tocsr(), centre / scale
        moved = X @ centre
        products = (X @ X.T).toarray()
        return products - moved - moved[:, None] + centre @ centre

    def mean(self) -> Floats:
        """See `Block.mean`."""
        return self.X.T @ self.weight / (self.weight.sum() or 1.0)

    def join(self, parts: Sequence[Block]) -> Block:
        """See `Block.join`."""
        data, indices = (
            np.concatenate([getattr(p.X, a) for p in parts]) for a in ("data", "indices")
        )
        counts = np.concatenate([np.diff(part.X.indptr) for part in parts])
        pointers = np.append(0, counts.cumsum())
        shape = len(counts), self.X.shape[1]
        return SparseBlock(type(self.X)((data, indices, pointers), shape=shape), *stacked(parts))


def make_block(X: Any, y: Labels, weight: Floats, offset: Floats, first: int = 0) -> Block:
    """Wrap some rows, cast to aligned float64: the dtype of X never changes the result.

    Sparse entries given twice are added up, and weights are made contiguous: BLAS takes
    another path, with another last bit, for a broadcast 1.
    """
    weight = np.ascontiguousarray(weight)
    if is_sparse(X):
        rows = X.tocsr().astype(np.float64, copy=False)
        if not rows.has_canonical_format:
            rows = rows.copy()
            rows.sum_duplicates()
        return SparseBlock(rows, y, weight, offset, first)
    rows = np.asarray(X, np.float64)
    return DenseBlock(rows if rows.flags.aligned else rows.copy("A"), y, weight, offset, first)


def less(X: Any, shift: Floats) -> Any:
    """Give X − shift (n, d). A sparse column that is shifted becomes a full one.

    >>> less(np.array([[5.0, 1.0]]), np.array([4.0, 0.0])).tolist()
    [[1.0, 1.0]]
    """
    if not is_sparse(X):
        return X - shift
    n, far = X.shape[0], np.flatnonzero(shift)
    full = X[:, far].toarray() - shift[far]
    pointers = np.arange(n + 1) * len(far)
    moved = type(X)((full.ravel(), np.tile(far, n), pointers), shape=X.shape)
    return X.multiply((shift == 0.0)[None]).tocsr() + moved
