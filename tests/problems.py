"""Rows in every storage, and problems that are constructed from their solution."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from glasslogit.core.losses import Binomial, Loss, Multinomial
from glasslogit.inputs import LazyLabels, number_all
from glasslogit.sources import ArraySource, BatchSource
from glasslogit.tables import type_columns

SOURCES = [
    "dense",
    "fortran",
    "strided",
    "float32",
    "integer",
    "csr_matrix",
    "csr_array",
    "batches",
]
LOSSES = {
    "binomial": (Binomial(), 1),
    "softmax": (Multinomial(), 3),
    "reference": (Multinomial(True), 2),
}


@dataclass(frozen=True)
class Rows:
    """Plain arrays that every kind of source is made of."""

    X: np.ndarray
    y: np.ndarray
    weight: np.ndarray
    offset: np.ndarray

    @property
    def arrays(self) -> tuple[np.ndarray, ...]:
        return self.X, self.y, self.weight, self.offset


def make_rows(loss: Loss, columns: int, n: int = 700, d: int = 4, seed: int = 0) -> Rows:
    """Draw rows; X holds small integers, so that every dtype and format holds the same."""
    rng = np.random.default_rng(seed)
    X = rng.integers(-3, 4, size=(n, d)).astype(float)
    classes = columns + 1 if loss == Multinomial(True) else columns
    y = rng.integers(0, classes, n) if isinstance(loss, Multinomial) else rng.random(n).round(2)
    return Rows(X, y, rng.random(n) + 0.1, rng.normal(size=(n, columns)))


def make_source(kind: str, rows: Rows, threads: int = 1):
    X, y, weight, offset = rows.arrays
    if kind == "batches":
        cuts = [slice(0, 300), slice(300, 301), slice(301, None)]
        return BatchSource(lambda: ((X[c], y[c], weight[c], offset[c]) for c in cuts))
    wide = np.repeat(X, 2, axis=1)
    form = {
        "dense": lambda: X,
        "fortran": lambda: np.asfortranarray(X),
        "strided": lambda: wide[:, ::2],
        "float32": lambda: X.astype(np.float32),
        "integer": lambda: X.astype(np.int8),
        "csr_matrix": lambda: sp.csr_matrix(X),
        "csr_array": lambda: sp.csr_array(X),
    }[kind]()
    return ArraySource(form, y, weight, offset, threads=threads)


@dataclass(frozen=True)
class Constructed:
    """A weighted problem whose optimum θ is known exactly."""

    X: np.ndarray
    y: np.ndarray
    weight: np.ndarray
    C: float
    coef: np.ndarray
    intercept: np.ndarray


def construct(K: int = 2, C: float = np.inf, n: int = 60, d: int = 3, seed: int = 0) -> Constructed:
    """Choose θ first, then weights under which it is optimal.

    Every row appears once with each class k and weight p_k + r_k, where p are the
    probabilities at θ and r balances the penalty: Xᵀr = w / C, Σr = 0 over rows and classes.
    """
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d)) * 10.0 ** rng.integers(-1, 2, d) + rng.normal(size=d)
    w = rng.normal(size=(d, K)) / X.std(axis=0)[:, None] / 2
    b = rng.normal(size=K) - X.mean(axis=0) @ w
    w, b = w - w.mean(axis=1, keepdims=True), b - b.mean()
    scores = X @ w + b
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    ones = np.column_stack([X, np.ones(n)])
    # two classes: one margin z = x·w, w = w₂ − w₁, so its penalty is not that of two columns
    pull = (w[:, 1:] - w[:, :1]) * [-1.0, 1.0] if K == 2 else w
    target = np.vstack([pull / C, np.zeros(K)])
    r = np.linalg.lstsq(ones.T, target, rcond=None)[0]
    weight = p + r
    assert (weight > 0).all(), "choose a larger C"
    coef, intercept = (w[:, 1:] - w[:, :1], b[1:] - b[:1]) if K == 2 else (w, b)
    labels = np.repeat(np.arange(K), n)
    return Constructed(np.tile(X, (K, 1)), labels, weight.T.ravel(), C, coef.T, intercept)


def survey_columns(table, *, missing="drop", **asked):
    """Type the columns of a table and survey its rows, as a fit does."""
    return type_columns(table, **asked).surveyed(missing)


def coded(labels):
    """Number labels (n,) by their classes, as those of a file are."""
    return LazyLabels(*number_all(labels))
