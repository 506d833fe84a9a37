"""How the columns of X are spread over its rows, some rows at a time: there is no second X."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

ROWS_TOGETHER = 2**13


class Spread(NamedTuple):
    """Mean, ends and standard deviation of each column, and how often it is not 0; (d,) each."""

    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    deviation: NDArray[np.float64]
    nonzero: NDArray[np.intp]


def column_spread(X: Any) -> Spread:
    """Look at the rows of X (n, d) twice.

    >>> [part.tolist() for part in column_spread(np.array([[1.0, 0.0], [3.0, 0.0]]))]
    [[2.0, 0.0], [1.0, 0.0], [3.0, 0.0], [1.0, 0.0], [2, 0]]
    """
    n, d = X.shape
    total, squares, count = np.zeros(d), np.zeros(d), np.zeros(d, np.intp)
    low, high = np.full(d, np.inf), np.full(d, -np.inf)
    for rows in _together(X):
        total += rows.sum(axis=0)
        count += np.count_nonzero(rows, axis=0)
        low, high = np.minimum(low, rows.min(axis=0)), np.maximum(high, rows.max(axis=0))
    for rows in _together(X):
        squares += np.square(rows - total / n).sum(axis=0)
    return Spread(total / n, low, high, np.sqrt(squares / n), count)


def _together(X: Any) -> Iterator[NDArray[np.float64]]:
    return (X[start : start + ROWS_TOGETHER] for start in range(0, len(X), ROWS_TOGETHER))
