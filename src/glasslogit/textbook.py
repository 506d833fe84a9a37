"""Logistic regression in one sitting: the whole method, step by step, on NumPy alone.

Read from top to bottom. n rows (samples), d columns (features), labels y are 0 or 1.

    z = Xw + b                      a score for each row
    p = σ(z) = 1 / (1 + e⁻ᶻ)        its probability of class 1
    L = mean of −[y·log p + (1 − y)·log(1 − p)]  + l2/(2n)·‖w‖²
    ∂L/∂w = Xᵀ(p − y)/n + (l2/n)·w,   ∂L/∂b = mean of (p − y)
    w ← w − α·∂L/∂w,   b ← b − α·∂L/∂b      again and again, from w = 0, b = 0

The library behind `glasslogit.LogisticRegression` finds the same optimum in far fewer steps.
Derivation of the gradient: docs/derivations/binomial.md.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class Model(NamedTuple):
    """A fitted model: `weights` (d,), `bias`, and the loss before each update."""

    weights: Floats
    bias: float
    losses: list[float]


def sigmoid(z: Floats) -> Floats:
    """Turn scores into probabilities: σ(z) = 1 / (1 + e⁻ᶻ).

    e is only ever raised to a negative power, so that nothing overflows.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


def forward(X: Floats, weights: Floats, bias: float) -> Floats:
    """Give the scores z = Xw + b, shape (n,)."""
    return X @ weights + bias


def binary_cross_entropy(z: Floats, y: Floats) -> float:
    """Give the mean of −[y·log σ(z) + (1 − y)·log(1 − σ(z))], from the scores.

    Written out, a row's loss is log(1 + eᶻ) − y·z: no probability that has been rounded to
    0 or 1 is ever passed to a logarithm.

    >>> round(binary_cross_entropy(np.array([0.0]), np.array([1.0])), 4)
    0.6931
    """
    return float(np.mean(np.maximum(z, 0.0) - y * z + np.log1p(np.exp(-np.abs(z)))))


def gradients(X: Floats, y: Floats, p: Floats) -> tuple[Floats, float]:
    """Give ∂L/∂w = Xᵀ(p − y)/n and ∂L/∂b = mean of (p − y), without the penalty."""
    error = p - y
    return X.T @ error / len(y), float(error.mean())


def loss_with_penalty(X: Floats, y: Floats, weights: Floats, bias: float, l2: float) -> float:
    """Give the loss L: the mean cross-entropy plus l2/(2n)·‖w‖²; the bias is not penalised."""
    penalty = l2 / (2 * len(y)) * float(weights @ weights)
    return binary_cross_entropy(forward(X, weights, bias), y) + penalty


def fit(  # noqa: PLR0913, PLR0917
    X: ArrayLike,
    y: ArrayLike,
    learning_rate: float = 0.01,
    epochs: int = 1000,
    l2: float = 0.0,
    patience: int | None = None,
    progress: bool = False,
) -> Model:
    """Train by gradient descent from zero weights.

    `losses` holds the loss before each update. With `patience`, training ends after so many
    epochs in a row without a new lowest loss, and the weights of the lowest are returned.
    `progress` shows a bar. X is (n, d), or (n,) for one feature; y is (n,) or (n, 1).

    >>> fit([1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 1, 1]).weights.round(4).tolist()
    [0.5339]
    """
    X, y = as_rows(X), np.asarray(y, dtype=float).ravel()
    if len(X) != len(y) or not np.isin(y, [0.0, 1.0]).all():
        raise ValueError("give one label for each row of X, 0 or 1")
    weights, bias, losses = np.zeros(X.shape[1]), 0.0, list[float]()
    best, lowest, waited = Model(weights, bias, losses), np.inf, 0
    for _ in with_bar(epochs) if progress else range(epochs):
        losses.append(loss_with_penalty(X, y, weights, bias, l2))
        if not np.isfinite(losses[-1]):
            raise ValueError("the loss is not finite: lower learning_rate, or look for NaN in X")
        waited += 1
        if losses[-1] < lowest * (1 - 1e-12):  # less is rounding
            best, lowest, waited = Model(weights, bias, losses), losses[-1], 0
        if patience is not None and waited >= patience:
            return best
        p = sigmoid(forward(X, weights, bias))
        slope, bias_slope = gradients(X, y, p)
        weights = weights - learning_rate * (slope + l2 / len(y) * weights)
        bias = bias - learning_rate * bias_slope
    if patience is not None and loss_with_penalty(X, y, weights, bias, l2) >= lowest * (1 - 1e-12):
        return best
    return Model(weights, bias, losses)


def predict_proba(model: Model, X: ArrayLike) -> Floats:
    """Give the probability of class 1 for each row.

    >>> predict_proba(Model(np.array([1.0]), -2.0, []), [2.0]).tolist()
    [0.5]
    """
    return sigmoid(forward(as_rows(X, len(model.weights)), model.weights, model.bias))


def predict(model: Model, X: ArrayLike, threshold: float = 0.5) -> NDArray[np.int64]:
    """Give class 1 to the rows whose probability reaches the threshold, class 0 to others.

    The boundary p = 0.5 is where w·x + b = 0: a point, a line, a plane, a hyperplane.

    >>> predict(Model(np.array([1.0]), -2.0, []), [1.0, 3.0]).tolist()
    [0, 1]
    """
    return (predict_proba(model, X) >= threshold).astype(np.int64)


def as_rows(X: ArrayLike, d: int = 1) -> Floats:
    """Give X two dimensions: a flat X is one feature of many rows, or one row of d features.

    >>> as_rows([1, 2, 3]).shape, as_rows([1, 2, 3], d=3).shape
    ((3, 1), (1, 3))
    """
    X = np.asarray(X, dtype=float)
    return X.reshape(-1, d) if X.ndim == 1 else X


def with_bar(epochs: int) -> Any:
    """Count epochs with a progress bar (needs tqdm)."""
    from tqdm.auto import tqdm  # noqa: PLC0415

    return tqdm(range(epochs), desc="gradient descent", unit="epoch")
