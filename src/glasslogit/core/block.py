"""Map layer: θ becomes margins, row numbers become θ-shapes: what a block of rows is asked.

A block is some rows of the data: features X (n, d), labels y (n,), weights (n,) and offset
(n, c). Every product is with [X 1]: the column of ones, which carries the intercept in the
last row of θ (d+1, c), is known here and in the kinds of blocks only, and is never stored.

Derivations: docs/derivations/sums_over_rows.md.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from glasslogit.core.losses import Floats, Labels
from glasslogit.core.work import RowWork


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
        return np.concatenate([(r.T @ self.X).T, r.sum(axis=0)[None]])

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
    def varies(self, which: NDArray[np.integer]) -> NDArray[np.bool]:
        """Tell of these columns whether they have more than one value in rows with weight."""

    @abstractmethod
    def gram(self, h: Floats, centre: Floats) -> Floats:
        """Give [X 1]ᵀ diag(h) [X 1] of X − centre for h (n,), h ≥ 0, shape (d+1, d+1)."""

    def grams(self, h: Callable[[slice], Floats], centre: Floats) -> Floats:
        """Give the `gram` of each of many h (t, n), shape (t, d+1, d+1); h gives those of rows."""
        grams = [self.gram(each, centre) for each in h(slice(None))]
        return np.stack(grams) if len(grams) > 1 else grams[0][None]  # a large one is not copied

    @abstractmethod
    def weighted(self, h: Floats, centre: Floats) -> Floats:
        """Give √h·[X 1] of X − centre for h (n,), h ≥ 0, shape (n, d+1)."""

    @abstractmethod
    def moments(self, h: Floats, centre: Floats) -> tuple[Floats, Floats]:
        """Give Σ h·(x − centre)² and Σ h (d+1, c), and Σ h·(x − centre) (d, c), for h (n, c)."""

    @abstractmethod
    def row_gram(self, centre: Floats, scale: Floats) -> Floats:
        """Give Z·Zᵀ, the products of every two rows of Z = (X − centre) / scale, shape (n, n)."""

    @abstractmethod
    def join(self, parts: "Sequence[Block]") -> "Block":
        """Put blocks of this kind under each other."""


def is_sparse(X: Any) -> bool:
    """Tell whether X is a scipy.sparse matrix or array, without importing scipy."""
    return callable(getattr(X, "tocsr", None))


def stacked(parts: Sequence[Block]) -> tuple[Labels, Floats, Floats]:
    """Put the labels, weights and offsets of blocks under each other."""
    y, weight, offset = zip(*((part.y, part.weight, part.offset) for part in parts), strict=True)
    return np.concatenate(y), np.concatenate(weight), np.concatenate(offset)
