"""Rows of a NumPy array: products by BLAS.

Derivations: docs/derivations/sums_over_rows.md.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from glasslogit.core.block import Block, stacked
from glasslogit.core.losses import Floats
from glasslogit.core.work import RowWork, work_of_dense

TILE = 2**17  # entries
LONG = 40  # from here on a dot product for each row beats BLAS's matrix times vector


class DenseBlock(Block):
    """Rows of a NumPy array.

    >>> ones = np.ones(2)
    >>> block = DenseBlock(np.array([[1.0], [3.0]]), ones, ones, np.zeros((2, 1)))
    >>> block.margins(np.array([[2.0], [10.0]])).tolist()
    [[12.0], [16.0]]
    """

    def product(self, theta: Floats) -> Floats:
        """See `Block.product`."""
        w = theta[:-1]
        by_rows = w.shape[1] == 1 and len(w) >= LONG and self.X.flags.c_contiguous
        return (np.vecdot(self.X, w[:, 0])[:, None] if by_rows else self.X @ w) + theta[-1]

    def margins_by_row(self, theta: Floats) -> Floats:
        """See `Block.margins_by_row`; a product of matrices adds up one row in another order."""
        rows, w = np.ascontiguousarray(self.X), np.ascontiguousarray(theta[:-1].T)
        return np.vecdot(rows[:, None], w) + theta[-1] + self.offset

    def work(self) -> RowWork:
        """See `Block.work`."""
        return work_of_dense(*self.X.shape)

    def gram(self, h: Floats, centre: Floats) -> Floats:
        """See `Block.gram`; AᵀA is a symmetric product: half the work."""
        A = self.weighted(h, centre)
        return A.T @ A

    def grams(self, h: Floats, centre: Floats) -> Floats:
        """See `Block.grams`; the products of every two columns are made once, by tiles of rows."""
        A = self.weighted(np.ones(len(h)), centre).T
        (q, n), (j, k) = A.shape, np.tril_indices(len(A))
        total, place, step = np.zeros((len(j), h.shape[1])), np.empty((q, q), int), TILE // q**2 + 1
        for start in range(0, n, step):
            part = np.ascontiguousarray(A[:, start : start + step])
            products = part[j]
            products *= part[k]
            total += products @ h[start : start + step]
        place[j, k] = place[k, j] = np.arange(len(j))
        return total.T[:, place]

    def weighted(self, h: Floats, centre: Floats) -> Floats:
        """See `Block.weighted`."""
        A = np.empty((len(h), self.X.shape[1] + 1), order="C" if self.X.flags.c_contiguous else "F")
        np.subtract(self.X, centre, out=A[:, :-1])
        A[:, -1] = 1.0
        A *= np.sqrt(h)[:, None]
        return A

    def first_moment(self, h: Floats, centre: Floats) -> Floats:
        """See `Block.first_moment`."""
        return (self.X - centre).T @ h

    def varies(self, which: NDArray[np.integer]) -> NDArray[np.bool]:
        """See `Block.varies`."""
        X = self.X[:, which][self.weight > 0]
        return (X[:1] != X).any(axis=0)

    def squares(self, h: Floats, centre: Floats) -> Floats:
        """See `Block.squares`."""
        return np.vstack([((self.X - centre) ** 2).T @ h, h.sum(axis=0)])

    def join(self, parts: Sequence[Block]) -> Block:
        """See `Block.join`."""
        return DenseBlock(np.concatenate([part.X for part in parts]), *stacked(parts))

    def mean(self) -> Floats:
        """See `Block.mean`; measured from the first row, so that a constant is exact."""
        first = self.X[0]
        return first + self.weight @ (self.X - first) / (self.weight.sum() or 1.0)

    def row_gram(self, centre: Floats, scale: Floats) -> Floats:
        """See `Block.row_gram`; by tiles of columns."""
        n, d = self.X.shape
        total, width = np.zeros((n, n)), max(TILE // n, 1)
        for start in range(0, d, width):
            part = slice(start, start + width)
            tile = (self.X[:, part] - centre[part]) / scale[part]
            total += tile @ tile.T
        return total
