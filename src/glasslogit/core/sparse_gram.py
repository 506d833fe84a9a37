"""Xᵀ·diag(h)·X of sparse rows, where a few columns hold most of the entries.

A row of r entries has r² products. What a column has in one row of ten is summed over all rows by
BLAS at less than its products one by one cost. So the common columns F are taken as full and the
others, S, as they are stored:

    XᵀhX = [FᵀhF  FᵀhS]
           [SᵀhF  SᵀhS]
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from glasslogit.core.losses import Floats


def with_entries(X: Any, data: Floats) -> Any:
    """Give the CSR matrix that has these numbers where X has its entries."""
    return type(X)((data, X.indices, X.indptr), X.shape)


def sparse_gram(X: Any, h: Floats, common: NDArray[np.intp]) -> Floats:
    """Give Xᵀ·diag(h)·X for CSR rows and h ≥ 0, shape (d, d), with the `common` columns full.

    >>> from scipy.sparse import csr_matrix
    >>> X = csr_matrix([[1.0, 2.0], [0.0, 3.0]])
    >>> sparse_gram(X, np.ones(2), np.array([0])).tolist()
    [[1.0, 2.0], [2.0, 13.0]]
    """
    rare = np.ones(X.shape[1], np.bool)
    rare[common] = False
    weighted, kept = np.repeat(np.sqrt(h), np.diff(X.indptr)) * X.data, rare[X.indices]
    pointers = np.append(0, kept.cumsum())[X.indptr]
    S = type(X)((weighted[kept], X.indices[kept], pointers), X.shape)
    F = with_entries(X, weighted)[:, common].toarray()
    total, cross = (S.T @ S).toarray(), S.T @ F  # 0 where a column is common
    total[:, common] = cross
    total[common] = cross.T
    total[np.ix_(common, common)] = F.T @ F
    return np.asarray(total)
