"""Logistic regression in one sitting: the whole method, step by step, on NumPy alone.

Read from top to bottom. n rows (samples), d columns (features), labels y are 0 or 1.

    z = Xw + b                      a score for each row
    p = σ(z) = 1 / (1 + e⁻ᶻ)        its probability of class 1
    L = mean of −[y·log p + (1 − y)·log(1 − p)]  + l2/(2n)·‖w‖²
    ∂L/∂w = Xᵀ(p − y)/n + (l2/n)·w,   ∂L/∂b = mean of (p − y)
    w ← w − α·∂L/∂w,   b ← b − α·∂L/∂b      again and again, from w = 0, b = 0

`train` is that loop. What can be added to it comes after it, a few lines each: early stopping, a
progress bar, a threshold, and more than two classes. The library behind
`glasslogit.LogisticRegression` finds the same optimum in far fewer steps.
Derivation of the gradient: docs/derivations/binomial.md.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class Model(NamedTuple):
    """A trained model: `weights` (d,), `bias`, and the loss before each update."""

    weights: Floats
    bias: float
    losses: list[float]


# The four steps


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


def loss_with_penalty(X: Floats, y: Floats, weights: Floats, bias: float, l2: float) -> float:
    """Give the loss L: the mean cross-entropy plus l2/(2n)·‖w‖²; the bias is not penalised."""
    penalty = l2 / (2 * len(y)) * float(weights @ weights)
    return binary_cross_entropy(forward(X, weights, bias), y) + penalty


def gradients(X: Floats, y: Floats, p: Floats) -> tuple[Floats, float]:
    """Give ∂L/∂w = Xᵀ(p − y)/n and ∂L/∂b = mean of (p − y), without the penalty."""
    error = p - y
    return X.T @ error / len(y), float(error.mean())


def gradients_with_penalty(
    X: Floats, y: Floats, weights: Floats, bias: float, l2: float
) -> tuple[Floats, float]:
    """Give ∂L/∂w and ∂L/∂b of the loss with its penalty, whose slope is (l2/n)·w."""
    slope, bias_slope = gradients(X, y, sigmoid(forward(X, weights, bias)))
    return slope + l2 / len(y) * weights, bias_slope


# The loop


def train(
    X: Floats, y: Floats, learning_rate: float, epochs: Iterable[int], l2: float = 0.0
) -> Model:
    """Step downhill from 0, once an epoch. This is all there is to training.

    >>> hours, passed = np.array([[1.0], [2.0], [3.0], [4.0]]), np.array([0.0, 1.0, 0.0, 1.0])
    >>> train(hours, passed, 0.1, range(1000)).weights.round(4).tolist()
    [0.862]
    """
    weights, bias, losses = np.zeros(X.shape[1]), 0.0, list[float]()
    for _ in epochs:
        losses.append(loss_with_penalty(X, y, weights, bias, l2))
        slope, bias_slope = gradients_with_penalty(X, y, weights, bias, l2)
        weights = weights - learning_rate * slope
        bias = bias - learning_rate * bias_slope
    return Model(weights, bias, losses)


def fit(  # noqa: PLR0913, PLR0917
    X: ArrayLike,
    y: ArrayLike,
    learning_rate: float = 0.01,
    epochs: int = 1000,
    l2: float = 0.0,
    patience: int | None = None,
    progress: bool = False,
) -> Model:
    """Check the data and train: `train`, with early stopping and a progress bar if wanted.

    X is (n, d), or (n,) for one feature; y is (n,) or (n, 1).

    >>> fit([1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 1, 1]).weights.round(4).tolist()
    [0.5339]
    """
    X, y = as_rows(X), np.asarray(y, dtype=float).ravel()
    if not 0 < len(X) == len(y) or not np.isin(y, [0.0, 1.0]).all():
        raise ValueError("give one label for each row of X, 0 or 1")
    counted = with_bar(epochs) if progress else range(epochs)
    with np.errstate(all="ignore"):  # what is not finite is told below
        if patience is None:
            model = train(X, y, learning_rate, counted, l2)
        else:
            model = train_with_patience(X, y, learning_rate, counted, l2, patience=patience)
    if not np.isfinite(model.losses).all():
        raise ValueError("the loss is not finite: lower learning_rate, or look for NaN in X")
    return model


# Two extras


def train_with_patience(  # noqa: PLR0913
    X: Floats, y: Floats, learning_rate: float, epochs: Iterable[int], l2: float, *, patience: int
) -> Model:
    """Train as `train` does, but stop after so many epochs without a new lowest loss.

    The weights of the lowest loss are returned.
    """
    weights, bias, losses = np.zeros(X.shape[1]), 0.0, list[float]()
    best, lowest, waited = Model(weights, bias, losses), np.inf, 0
    for _ in epochs:
        losses.append(loss_with_penalty(X, y, weights, bias, l2))
        waited += 1
        if losses[-1] < lowest:
            best, lowest, waited = Model(weights, bias, losses), losses[-1], 0
        if waited >= patience:
            break
        slope, bias_slope = gradients_with_penalty(X, y, weights, bias, l2)
        weights = weights - learning_rate * slope
        bias = bias - learning_rate * bias_slope
    return best


def with_bar(epochs: int) -> Iterable[int]:
    """Count epochs with a progress bar (needs tqdm)."""
    from tqdm.auto import tqdm  # noqa: PLC0415

    return tqdm(range(epochs), desc="gradient descent", unit="epoch")


# What a model says


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


# More than two classes, with labels 0, 1, … K − 1: a score for each class, and softmax for σ


class SoftmaxModel(NamedTuple):
    """A trained model of K classes: `weights` (d, K), `bias` (K,), and the losses."""

    weights: Floats
    bias: Floats
    losses: list[float]


def softmax(Z: Floats) -> Floats:
    """Turn the K scores of each row into probabilities: eᶻᵏ / Σⱼ eᶻʲ.

    >>> softmax(np.array([[1000.0, 1000.0, 0.0]])).tolist()
    [[0.5, 0.5, 0.0]]
    """
    e = np.exp(Z - Z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def categorical_cross_entropy(Z: Floats, Y: Floats) -> float:
    """Give the mean of −Σₖ yₖ·log pₖ, from the scores; Y (n, K) has a 1 at each row's class.

    Written out, a row's loss is log Σⱼ eᶻʲ less the score of its class.

    >>> round(categorical_cross_entropy(np.zeros((1, 3)), np.array([[0.0, 1.0, 0.0]])), 4)
    1.0986
    """
    top = Z.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(Z - top).sum(axis=1)) - (Y * (Z - top)).sum(axis=1)))


def fit_softmax(
    X: ArrayLike, y: ArrayLike, learning_rate: float = 0.01, epochs: int = 1000
) -> SoftmaxModel:
    """Train K classes at once: the loop of `train`, and again error = P − Y.

    >>> fit_softmax([1, 2, 3, 4, 5, 6], [0, 0, 1, 1, 2, 2]).weights.round(4).tolist()
    [[-0.4812, 0.0734, 0.4078]]
    """
    X, y = as_rows(X), np.asarray(y, dtype=float).ravel()
    classes = np.arange(y.max(initial=0.0) + 1)
    if not 0 < len(X) == len(y) or not np.isin(y, classes).all():
        raise ValueError("give one label for each row of X: 0, 1, … K − 1")
    Y = np.eye(len(classes))[y.astype(int)]
    weights, bias, losses = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), list[float]()
    for _ in range(epochs):
        Z = X @ weights + bias
        losses.append(categorical_cross_entropy(Z, Y))
        error = softmax(Z) - Y
        weights = weights - learning_rate * X.T @ error / len(X)
        bias = bias - learning_rate * error.mean(axis=0)
    return SoftmaxModel(weights, bias, losses)


def predict_proba_softmax(model: SoftmaxModel, X: ArrayLike) -> Floats:
    """Give the probability of each class for each row, (n, K); the largest one is predicted.

    >>> model = SoftmaxModel(np.array([[-1.0, 0.0, 1.0]]), np.zeros(3), [])
    >>> predict_proba_softmax(model, [0.0, 9.0]).argmax(axis=1).tolist()
    [0, 2]
    """
    return softmax(as_rows(X, len(model.weights)) @ model.weights + model.bias)
