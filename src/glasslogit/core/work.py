"""What products with rows cost, known before any is made.

The unit is a multiplication in a product of two matrices by BLAS, about a tenth of a nanosecond.
The other operations are counted in it as they were measured, for rows that come from memory. They
only choose between roads to the same place: a wrong one costs time, and no digit.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

READ, COPIED = 14.0, 70.0  # a dense entry: in Xw and Xᵀr; weighted, to be multiplied by others
STORED, CROSS = 60.0, 5.0  # a sparse entry: in Xw and Xᵀr; times one of a full column
PAIR, MADE = 15.0, 80.0  # a product of two sparse entries: kept for many Gram matrices; made anew
SELDOM = CROSS / MADE / 2  # a column that fewer rows have costs more full, however many entries
FEW_ENTRIES = 2**17  # rows with fewer are asked for many Gram matrices, as samples are
KEPT_PRODUCTS = 8.0  # for each entry, at the most: of few rows that is 12 MB


class RowWork(NamedTuple):
    """What [X 1]·θ and [X 1]ᵀ·r cost for one column each, and what a Gram matrix costs."""

    product: float
    gram: float


def work_of_dense(n: int, d: int) -> RowWork:
    """Give the work for dense rows: a Gram matrix is symmetric, and half of it is computed.

    >>> work_of_dense(10, 2)
    RowWork(product=280.0, gram=1420.0)
    """
    return RowWork(READ * n * d, n * d * (d / 2 + COPIED))


def work_of_sparse(X: Any) -> tuple[RowWork, NDArray[np.intp]]:
    """Give the work for CSR rows, and the common columns, which a Gram matrix takes as full.

    With k of them and r entries in the others a row costs k²/2 + READ·k + CROSS·k·r + PAIR·r²;
    r² stands for its mean over rows as unlike as those of X. A column without gaps is common.

    >>> from scipy.sparse import csr_matrix
    >>> work_of_sparse(csr_matrix([[1.0, 0.0, 0.0]] * 99 + [[1.0, 2.0, 3.0]]))[1].tolist()
    [0]
    """
    n, d = X.shape
    share, counts = np.bincount(X.indices, minlength=d) / max(n, 1), np.diff(X.indptr)
    often = np.flatnonzero(share > SELDOM)
    order, k = often[np.argsort(-share[often], kind="stable")], np.arange(len(often) + 1.0)
    all_entries = X.nnz / max(n, 1)
    r = np.maximum(all_entries - np.append(0.0, share[order].cumsum()), 0.0)
    squares = r**2 * (counts**2.0).sum() * n / max(X.nnz, 1) ** 2
    kept = (X.nnz < FEW_ENTRIES) & (squares <= KEPT_PRODUCTS * all_entries)
    costs = k**2 / 2 + READ * k + CROSS * k * r + np.where(kept, PAIR, MADE) * squares
    work = RowWork(STORED * X.nnz, n * float(costs.min()))
    return work, np.sort(order[: costs.argmin()])
