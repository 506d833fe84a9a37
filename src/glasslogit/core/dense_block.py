"""Rows of a NumPy array: products by BLAS.

Derivations: docs/derivations/sums_over_rows.md.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from glasslogit.core.block import Block, stacked
from glasslogit.core.losses import Floats
from glasslogit.core.work import RowWork, work_of_dense

TILE = 2**17  # entries
MOST_PAIRED, LEAST_PAIRED, LEAST_ROWS = 64, 6, 128  # columns and terms for which one product pays
LONG = 40  # entries of a row from which on a loop along rows beats one along columns, or BLAS's


class DenseBlock(Block):
    """Rows of a NumPy array.

    >>> ones = np.ones(2)
    >>> block = DenseBlock(np.array([[1.0], [3.0]]), ones, ones, np.zeros((2, 1)))
    >>> block.margins(np.array([[2.0], [10.0]])).tolist()
    [[12.0], [16.0]]
    """

    def product(self, theta: Floats) -> Floats:
        """See `Block.product`; the margins of a class stand together, for sums over the classes."""
        w = theta[:-1]
        by_rows = w.shape[1] == 1 and len(w) >= LONG and self.X.flags.c_contiguous
        return (np.vecdot(self.X, w[:, 0])[:, None] if by_rows else (w.T @ self.X.T).T) + theta[-1]

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

    def grams(self, h: Callable[[slice], Floats], centre: Floats) -> Floats:
        """See `Block.grams`; for many h all products of two columns are made, once for all h."""
        (n, d), t = self.X.shape, len(h(slice(0)))
        if t < max(d / 2, LEAST_PAIRED) or d > MOST_PAIRED:
            return Block.grams(self, h, centre)
        j, k = np.triu_indices(d + 1)
        total, grams = np.zeros((t, len(j))), np.empty((t, d + 1, d + 1))
        step = max(TILE // 2 // (t + len(j)), LEAST_ROWS)
        for rows in (slice(start, start + step) for start in range(0, n, step)):
            part = self.X[rows].T
            x = np.ones((d + 1, part.shape[1]))
            np.subtract(part, centre[:, None], out=x[:d])
            total += h(rows) @ (x[j] * x[k]).T
        grams[:, j, k] = grams[:, k, j] = total
        return grams

    def weighted(self, h: Floats, centre: Floats) -> Floats:
        """See `Block.weighted`; of short rows a column after the other, which are longer."""
        by_rows = len(centre) >= LONG and self.X.flags.c_contiguous
        A = np.empty((len(h), len(centre) + 1), order="C" if by_rows else "F")
        if not by_rows:
            A[:, :-1] = self.X
        np.subtract(self.X if by_rows else A[:, :-1], centre, out=A[:, :-1])
        A[:, -1] = 1.0
        A *= np.sqrt(h)[:, None]
        return A

    def varies(self, which: NDArray[np.integer]) -> NDArray[np.bool]:
        """See `Block.varies`."""
        X = self.X[:, which][self.weight > 0]
        return (X[:1] != X).any(axis=0)

    def moments(self, h: Floats, centre: Floats) -> tuple[Floats, Floats]:
        """See `Block.moments`."""
        away = self.X - centre
        first = away.T @ h
        return np.vstack([np.square(away, out=away).T @ h, h.sum(axis=0)]), first

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
