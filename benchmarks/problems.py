"""The problems: name → X, y (class numbers) and C. Seeded; one axis of difficulty each."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from sklearn import datasets


class Problem(NamedTuple):
    """Features, class numbers, inverse strength of the L2 penalty."""

    X: Any
    y: np.ndarray
    C: float = 1.0


def tall(n: int, d: int, *, rare: float = 0.0, raw: bool = False, C: float = 1.0) -> Problem:
    """Correlated columns, as real ones are: each shares a few common factors with the others."""
    rng = np.random.default_rng(0)
    factors = rng.normal(size=(n, max(d // 5, 1)))
    X = factors @ rng.normal(size=(factors.shape[1], d)) + rng.normal(size=(n, d)) / 2
    X /= X.std(axis=0)
    score = X @ rng.normal(size=d) / d**0.5 - rare + rng.logistic(size=n)
    if raw:
        X = X * 10.0 ** rng.uniform(-3, 3, d) + 10.0 ** rng.uniform(-2, 3, d)
    return Problem(X, (score > 0).astype(int), C)


def softmax(n: int, d: int, K: int) -> Problem:
    """Several classes on the same kind of columns."""
    rng = np.random.default_rng(0)
    X = tall(n, d).X
    return Problem(X, (X @ rng.normal(size=(d, K)) / d**0.5 + rng.gumbel(size=(n, K))).argmax(1))


def shipped(load: Callable[..., Any]) -> Problem:
    """Take a set that comes with scikit-learn, raw."""
    X, y = load(return_X_y=True)
    return Problem(X, y)


PROBLEMS: dict[str, Callable[[], Problem]] = {
    "tall, 500,000 × 50": lambda: tall(500_000, 50),
    "tall, no penalty": lambda: tall(500_000, 50, C=np.inf),
    "tall, raw columns": lambda: tall(300_000, 30, raw=True),
    "tall, 1 event in 10,000": lambda: tall(500_000, 20, rare=11.5),
    "tall, few columns: 1,000,000 × 8": lambda: tall(1_000_000, 8),
    "60,000 × 300": lambda: tall(60_000, 300),
    "softmax, 60,000 × 30, 5 classes": lambda: softmax(60_000, 30, 5),
    "breast cancer, raw": lambda: shipped(datasets.load_breast_cancer),
    "iris": lambda: shipped(datasets.load_iris),
    "wine, raw": lambda: shipped(datasets.load_wine),
    "digits": lambda: shipped(datasets.load_digits),
}
