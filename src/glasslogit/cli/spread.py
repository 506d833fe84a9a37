"""How the columns of X are spread over its rows, some rows at a time: there is no second X."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from glasslogit.inputs import ColumnRanges, in_pieces, ranges_of_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Spread(NamedTuple):
    """Of each column the ends and the mean, the standard deviation, how often it is not 0; (d,)."""

    ranges: ColumnRanges
    deviation: NDArray[np.float64]
    nonzero: NDArray[np.intp]


def column_spread(X: Any) -> Spread:
    """Look at the rows of X (n, d) twice.

    >>> spread = column_spread(np.array([[1.0, 0.0], [3.0, 0.0]]))
    >>> [part.tolist() for part in (spread.ranges.mean, spread.deviation, spread.nonzero)]
    [[2.0, 0.0], [1.0, 0.0], [2, 0]]
    """
    n, d = X.shape
    ranges, squares, count = ranges_of_columns(X), np.zeros(d), np.zeros(d, np.intp)
    for rows in in_pieces(X):
        squares += np.square(rows - ranges.mean).sum(axis=0)
        count += np.count_nonzero(rows, axis=0)
    return Spread(ranges, np.sqrt(squares / n), count)
