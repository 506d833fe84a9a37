"""Xᵀ·diag(h)·X of sparse rows, for one h after another.

A row of r entries has r(r + 1)/2 products of two, and where each belongs is the same for every h.
So P, which has those of row i in its column i, is made once, and XᵀhX is P·h. A column that most
rows have costs less by BLAS, over all rows. So the common columns F are taken as full and the
others, S, as they are stored:

    XᵀhX = [FᵀhF  FᵀhS]
           [SᵀhF  P·h ]

Few rows are asked again and again, and so are samples. Of many rows, and where it would be large
beside X, P is not kept, and P·h is SᵀhS by a product of sparse matrices.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from glasslogit.core.losses import Floats
from glasslogit.core.work import FEW_ENTRIES, KEPT_PRODUCTS

ENTRIES_AT_ONCE = 2**12  # entries whose products are made at once, in the cache


class GramParts(NamedTuple):
    """CSR rows X (n, d) in parts: F (n, k), S (n, d) with nothing there, and Pᵀ (n, d²) or None."""

    common: NDArray[np.intp]
    F: Any
    S: Any
    products: Any


def with_entries(X: Any, data: Floats) -> Any:
    """Give the CSR matrix that has these numbers where X has its entries."""
    return type(X)((data, X.indices, X.indptr), X.shape)


def taken_apart(X: Any, common: NDArray[np.intp]) -> GramParts:
    """Take CSR rows apart, with the `common` columns full."""
    rare = np.ones(X.shape[1], np.bool)
    rare[common] = False
    kept = np.flatnonzero(rare[X.indices])
    S = type(X)((X.data[kept], X.indices[kept], np.searchsorted(kept, X.indptr)), X.shape)
    counts = np.diff(S.indptr).astype(np.float64)
    few = X.nnz < FEW_ENTRIES and counts @ (counts + 1) / 2 <= KEPT_PRODUCTS * X.nnz
    return GramParts(common, X[:, common], S, products_of(S) if few else None)


def products_of(S: Any) -> Any:
    """Give Pᵀ: of each row the product of each entry with each from it on.

    Squares are halved, so that P·h is half of a symmetric matrix.
    """
    more = np.repeat(S.indptr[1:], np.diff(S.indptr)) - np.arange(S.nnz)
    d, ends = S.shape[1], np.append(0, more.cumsum())
    columns = S.indices.astype(np.result_type(np.int32, np.min_scalar_type(-d * d)))
    data, places = np.empty(ends[-1]), np.empty(ends[-1], columns.dtype)
    for first in range(0, S.nnz, ENTRIES_AT_ONCE):
        part = slice(first, min(first + ENTRIES_AT_ONCE, S.nnz))
        these = slice(ends[part.start], ends[part.stop])
        step = np.arange(part.start, part.stop) - ends[:-1][part]
        other = np.repeat(step, more[part]) + np.arange(these.start, these.stop)
        np.multiply(np.repeat(S.data[part], more[part]), S.data[other], out=data[these])
        np.add(np.repeat(columns[part] * d, more[part]), columns[other], out=places[these])
    data[ends[:-1]] /= 2.0
    return type(S)((data, places, ends[S.indptr]), (S.shape[0], d * d))


def sparse_gram(parts: GramParts, h: Floats) -> Floats:
    """Give Xᵀ·diag(h)·X for h ≥ 0, shape (d, d).

    >>> from scipy.sparse import csr_matrix
    >>> X = csr_matrix([[1.0, 2.0], [0.0, 3.0]])
    >>> sparse_gram(taken_apart(X, common=np.array([0])), np.ones(2)).tolist()
    [[1.0, 2.0], [2.0, 13.0]]
    """
    (common, full, S, products), root = parts, np.sqrt(h)
    if products is None:
        A = with_entries(S, np.repeat(root, np.diff(S.indptr)) * S.data)
        total = (A.T @ A).toarray()
    else:
        half = (products.T @ h).reshape(2 * S.shape[1:])
        total = half + half.T
    F = full.toarray() * root[:, None]
    cross = S.T @ (F * root[:, None])  # 0 where a column is common
    total[:, common] = cross
    total[common] = cross.T
    total[np.ix_(common, common)] = F.T @ F
    return np.asarray(total)
