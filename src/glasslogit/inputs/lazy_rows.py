"""Rows of X, and labels, that are made when they are asked for: X of many rows is never there.

Training reads its rows a block at a time and keeps none of them, so a block can be made from the
columns of a table each time that it is read, near the processor, and be forgotten.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from glasslogit.core import Floats


@dataclass(frozen=True, eq=False)
class LazyRows:
    """An X (n, d) of float64 whose rows stand at `places` of a table; `make` makes some of them.

    It is indexed as an array is and then gives one; `np.asarray` makes all rows at once.

    >>> X = LazyRows(lambda places: np.outer(places, [1.0, 2.0]), np.arange(5), 2)
    >>> X.shape, X[3:].tolist(), X[1, 1].tolist()
    ((5, 2), [[3.0, 6.0], [4.0, 8.0]], 2.0)
    """

    make: Callable[[NDArray[np.intp]], Floats]
    places: NDArray[np.intp]  # (n,)
    width: int
    dtype = np.dtype(np.float64)
    ndim = 2

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns there are."""
        return len(self.places), self.width

    @property
    def size(self) -> int:
        """How many entries there are."""
        return len(self.places) * self.width

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, key: Any) -> Any:
        rows, rest = (key[0], key[1:]) if isinstance(key, tuple) else (key, ())
        places = self.places[rows]
        made = self.make(np.atleast_1d(places))
        return (made if np.ndim(places) else made[0])[(..., *rest)]

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False:
            raise ValueError("rows that are made when they are asked for are a copy")
        return np.asarray(self.make(self.places), dtype)

    def __sub__(self, shift: Floats) -> "LazyRows":
        return replace(self, make=lambda places: self.make(places) - shift)


@dataclass(frozen=True, eq=False)
class LazyLabels:
    """Labels (n,) of which each class is stored once; `np.asarray` makes an array of them.

    >>> np.asarray(LazyLabels(np.array(["no", "yes"]), np.array([1, 0, 1]))).tolist()
    ['yes', 'no', 'yes']
    """

    classes: NDArray[Any]  # (K,)
    codes: NDArray[np.integer]  # (n,) the number of each row's class

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: NDArray[np.intp]) -> "LazyLabels":
        """Give some of the labels, with the classes that they hold, sorted."""
        codes = self.codes[rows]
        held = np.flatnonzero(np.bincount(codes, minlength=len(self.classes)))
        held = held[np.argsort(self.classes[held])]
        numbers = np.zeros(len(self.classes), np.min_scalar_type(max(len(held) - 1, 0)))
        numbers[held] = np.arange(len(held))
        return LazyLabels(self.classes[held], numbers[codes])

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False:
            raise ValueError("labels that are made when they are asked for are a copy")
        return np.asarray(self.classes[self.codes], dtype)
