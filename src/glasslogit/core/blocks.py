"""Map layer: θ becomes margins, row numbers become θ-shapes. The only products with X.

A block is some rows of the data: features X (n, d), labels y (n,), weights (n,) and offset
(n, c). Every product is with [X 1]: the column of ones, which carries the intercept in the
last row of θ (d+1, c), is known here and nowhere else, and is never stored. Dense and
sparse rows differ here and nowhere else.

Derivations: docs/derivations/sums_over_rows.md.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from glasslogit.core.losses import Floats, Labels
from glasslogit.core.sparse_gram import sparse_gram
from glasslogit.core.work import RowWork, work_of_full, work_of_sparse

TILE = 2**17  # entries
LONG = 40  # from here on a dot product for each row beats BLAS's matrix times vector
CANCELLED = 1e-6  # a difference of squares that is so much smaller than they has lost digits


@dataclass(frozen=True, eq=False)
class Block(ABC):
    """Some rows: `X` (n, d), `y` (n,), `weight` (n,), `offset` (n, c), all float64 but y.

    `first` is the number of the first row in its source.
    """

    X: Any
    y: Labels
    weight: Floats
    offset: Floats
    first: int = 0
    centres_last: ClassVar[bool] = False  # a gram is that of x, less what the centre adds to it

    @property
    def rows(self) -> slice:
        """Where these rows stand in an array that has an entry for each row of the source."""
        return slice(self.first, self.first + len(self.weight))

    def margins(self, theta: Floats) -> Floats:
        """Give z = Xw + b + offset, shape (n, c), for θ = [w; b]."""
        return self.product(theta) + self.offset

    def margins_by_row(self, theta: Floats) -> Floats:
        """Give the same, each row with the same bits alone and among others."""
        return self.margins(theta)

    def pullback(self, r: Floats) -> Floats:
        """Give [X 1]ᵀ·r = (Xᵀr, Σr) for row numbers r (n, c), shape (d+1, c)."""
        return np.concatenate([self.X.T @ r, r.sum(axis=0)[None]])

    def entries(self, columns: NDArray[np.integer] | slice, rows: slice = slice(None)) -> Floats:
        """Give these columns, of these rows, as an array (n, k)."""
        part = self.X[rows, columns]
        return np.asarray(part.toarray() if is_sparse(part) else part, np.float64)

    def take(self, rows: NDArray[np.integer]) -> Self:
        """Give the block of these rows."""
        return type(self)(self.X[rows], self.y[rows], self.weight[rows], self.offset[rows])

    @abstractmethod
    def product(self, theta: Floats) -> Floats:
        """Give [X 1]·θ = Xw + b, shape (n, c): the margins without the offset."""

    def absolute_product(self, theta: Floats) -> Floats:
        """Give |[X 1]|·|θ|, shape (n, c): what the rounding of a product is a share of."""
        return replace(self, X=abs(self.X)).product(np.abs(theta))

    @abstractmethod
    def work(self) -> RowWork:
        """Tell what products with these rows cost."""

    @abstractmethod
    def mean(self) -> Floats:
        """Give the weighted mean of each column, shape (d,)."""

    @abstractmethod
    def first_moment(self, h: Floats, centre: Floats) -> Floats:
        """Give Σᵢ hᵢ (xᵢ − centre) for h (n, c), shape (d, c)."""

    @abstractmethod
    def varies(self, which: NDArray[np.integer]) -> NDArray[np.bool]:
        """Tell of these columns whether they have more than one value in rows with weight."""

    @abstractmethod
    def gram(self, h: Floats, centre: Floats) -> Floats:
        """Give [X 1]ᵀ diag(h) [X 1] of X − centre for h (n,), h ≥ 0, shape (d+1, d+1)."""

    def grams(self, h: Floats, centre: Floats) -> Floats:
        """Give the `gram` of each column of h (n, B), shape (B, d+1, d+1)."""
        return np.stack([self.gram(each, centre) for each in h.T])

    @abstractmethod
    def weighted(self, h: Floats, centre: Floats) -> Floats:
        """Give √h·[X 1] of X − centre for h (n,), h ≥ 0, shape (n, d+1)."""

    @abstractmethod
    def squares(self, h: Floats, centre: Floats) -> Floats:
        """Give Σᵢ hᵢ (xᵢ − centre)² and Σᵢ hᵢ for h (n, c), shape (d+1, c)."""

    @abstractmethod
    def row_gram(self, centre: Floats, scale: Floats) -> Floats:
        """Give Z·Zᵀ, the products of every two rows of Z = (X − centre) / scale, shape (n, n)."""

    @abstractmethod
    def join(self, parts: "Sequence[Block]") -> "Block":
        """Put blocks of this kind under each other."""


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
        return work_of_full(*self.X.shape)

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
        return DenseBlock(np.concatenate([part.X for part in parts]), *_stacked(parts))

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


class SparseBlock(Block):
    """Rows of a scipy.sparse CSR matrix, recognised by its methods."""

    centres_last = True

    def product(self, theta: Floats) -> Floats:
        """See `Block.product`."""
        return self.X @ theta[:-1] + theta[-1]

    @cached_property
    def _known(self) -> tuple[RowWork, NDArray[np.intp]]:
        return work_of_sparse(self.X)

    def work(self) -> RowWork:
        """See `Block.work`."""
        return self._known[0]

    def gram(self, h: Floats, centre: Floats) -> Floats:
        """See `Block.gram`."""
        d = self.X.shape[1]
        total = np.empty((d + 1, d + 1))
        total[:d, :d] = sparse_gram(self.X, h, common=self._known[1])
        total[d] = total[:, d] = self.pullback(h[:, None])[:, 0]
        sums = total[d, :d] - total[d, d] * centre  # those of x − centre
        total[:d, :d] -= np.outer(centre, total[d, :d]) + np.outer(sums, centre)
        total[d, :d] = total[:d, d] = sums
        return total

    def weighted(self, h: Floats, centre: Floats) -> Floats:
        """See `Block.weighted`."""
        return DenseBlock(self.X.toarray(), *_stacked([self])).weighted(h, centre)

    def first_moment(self, h: Floats, centre: Floats) -> Floats:
        """See `Block.first_moment`."""
        return self.X.T @ h - np.multiply.outer(centre, h.sum(axis=0))

    def varies(self, which: NDArray[np.integer]) -> NDArray[np.bool]:
        """See `Block.varies`: an entry differs from the first, or there is none where that is."""
        X = self.X[:, which][np.flatnonzero(self.weight > 0)]
        first = X[:1].toarray().sum(axis=0)
        other = X.indices[X.data != first[X.indices]]
        gaps = (first != 0) & (np.bincount(X.indices, minlength=len(which)) < X.shape[0])
        return gaps | (np.bincount(other, minlength=len(which)) > 0)

    def squares(self, h: Floats, centre: Floats) -> Floats:
        """See `Block.squares`: Σ hx² − 2·centre·Σ hx + centre²·Σ h, where digits remain."""
        total, c = h.sum(axis=0), centre[:, None]
        squares = type(self.X)((self.X.data**2, self.X.indices, self.X.indptr), shape=self.X.shape)
        square = squares.T @ h - 2.0 * c * (self.X.T @ h) + c**2 * total
        lost = (square < CANCELLED * c**2 * total).any(axis=1)  # full columns far from 0
        if lost.any():
            square[lost] = ((self.X[:, lost].toarray() - centre[lost]) ** 2).T @ h
        return np.concatenate([square, total[None]])

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
        return SparseBlock(type(self.X)((data, indices, pointers), shape=shape), *_stacked(parts))


def is_sparse(X: Any) -> bool:
    """Tell whether X is a scipy.sparse matrix or array, without importing scipy."""
    return callable(getattr(X, "tocsr", None))


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


def _stacked(parts: Sequence[Block]) -> tuple[Labels, Floats, Floats]:
    y, weight, offset = zip(*((part.y, part.weight, part.offset) for part in parts), strict=True)
    return np.concatenate(y), np.concatenate(weight), np.concatenate(offset)
