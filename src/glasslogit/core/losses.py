"""The logistic and softmax losses of a row, with their derivatives. The only exp and log.

A loss knows nothing of X or θ. For n rows it is given margins z (n, c) and labels y (n,)
and returns per-row losses, residuals ∂loss/∂z and probabilities; the curvature ∂²loss/∂z²
follows from the probabilities alone, so a row costs one exponential for each margin.

All are exact to rounding for any finite margin, because no probability is subtracted from one: the
smaller of p and 1 − p is computed and used (for the logarithms see Mächler, "Accurately computing
log(1 − exp(−|a|))", 2012).

Derivations: docs/derivations/binomial.md and docs/derivations/multinomial.md.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[Any]  # (n,): 0/1 or a fraction for Binomial, class numbers for Multinomial

CLASS_SIGNS = np.array([-1.0, 1.0])  # of the margin, as each of two classes sees it
class_pairs = cache(partial(np.triu_indices, k=1))  # the numbers of each two of K classes
RAREST = 1e-15  # class rates below it are rounding; they only choose where a fit starts


class RowTerms(NamedTuple):
    """What each row contributes: `loss` (n,), `residual` (n, c) and `p` (n, c)."""

    loss: Floats
    residual: Floats
    p: Floats


def sigmoid(z: Floats) -> Floats:
    """Turn margins into probabilities: σ(z) = 1 / (1 + e⁻ᶻ), exact in both tails.

    >>> sigmoid(np.array([-800.0, 0.0, 800.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    tail = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, tail) / (1.0 + tail)


def logit(p: Floats) -> Floats:
    """Turn probabilities into margins, the inverse of `sigmoid`: log(p / (1 − p)).

    >>> logit(np.array([0.5])).tolist()
    [0.0]
    """
    return np.log(p) - np.log1p(-p)


def softplus(z: Floats) -> Floats:
    """Give log(1 + eᶻ) = max(z, 0) + log(1 + e^(−|z|)), without overflow.

    >>> softplus(np.array([-1000.0, 1000.0])).tolist()
    [0.0, 1000.0]
    """
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))


def log_softmax(z: Floats) -> Floats:
    """Give log pₖ = zₖ − log Σₗ e^(zₗ) for margins z (n, K).

    With m = maxₗ zₗ the sum is e^m · (1 + rest), and rest goes through log1p, so that the
    log-probability of a near-certain class keeps its digits.

    >>> log_softmax(np.array([[1000.0, 0.0]])).tolist()
    [[0.0, -1000.0]]
    """
    top, _, rest = _exponentials(np.ascontiguousarray(z.T))
    return (z - top[:, None]) - np.log1p(rest)[:, None]


def _exponentials(z: Floats) -> tuple[Floats, Floats, Floats]:
    """Give m = maxₖ zₖ, e^(zₖ − m) and rest, their sum without the largest, for z (K, n)."""
    top = z.max(axis=0)
    e = z - top
    ones = np.floor(np.exp(e, out=e))  # the largest, and any that is as large
    return top, e, sum(e - ones) + (sum(ones) - 1.0)  # in order, so that a row alone has its bits


def softmax(z: Floats) -> Floats:
    """Turn margins z (n, K) into probabilities pₖ = e^(zₖ) / Σₗ e^(zₗ), shape (n, K).

    >>> softmax(np.array([[5.0, 5.0]])).tolist()
    [[0.5, 0.5]]
    """
    return (e := np.exp(z - z.max(axis=1, keepdims=True))) / e.sum(axis=1, keepdims=True)


def log_sigmoid(z: Floats) -> Floats:
    """Give log σ(z); the softmax of K of them are one-vs-rest probabilities that add to 1.

    >>> log_sigmoid(np.array([-1000.0])).tolist()
    [-1000.0]
    """
    return -softplus(-z)


def surprise(p: Floats) -> Floats:
    """Give the log loss of a row whose class had probability p: −log p, in nats.

    >>> surprise(np.array([1.0, 0.0])).tolist()
    [0.0, inf]
    """
    with np.errstate(divide="ignore"):
        return np.abs(np.log(p))  # −log p ≥ 0; abs also spares a "−0"


def odds_ratio(w: Floats) -> Floats:
    """Give the factor e^w by which one more unit of a feature multiplies the odds.

    >>> odds_ratio(np.array([0.0])).tolist()
    [1.0]
    """
    with np.errstate(over="ignore"):
        return np.exp(w)


class Loss(ABC):
    """Minus the log-likelihood of one row, in nats, as a function of its c margins."""

    reference: bool = True  # one class has margin 0, and is not among them

    @abstractmethod
    def value(self, z: Floats, y: Labels) -> tuple[Floats, ...]:
        """Give the loss of each row alone, (n,), and what `evaluate` makes the rest of."""

    @abstractmethod
    def evaluate(self, z: Floats, y: Labels) -> RowTerms:
        """Give the loss, the residual ∂loss/∂z and the probabilities p of each row."""

    @abstractmethod
    def curvature_product(self, p: Floats, s: Floats) -> Floats:
        """Multiply s (n, c) by the curvature C(p) = ∂²loss/∂z² of each row: C(p)·s."""

    @abstractmethod
    def terms(self, p: Floats, weight: Floats) -> Floats:
        """Write weight·C(p) of each row as Σₜ hₜ·bₜbₜᵀ with hₜ ≥ 0; give all h, (t, n)."""

    def contrasts(self, c: int) -> Floats:
        """Give the bₜ of `terms` for c margins, (t, c): eⱼ − eᵢ for each two classes i < j."""
        unit = np.eye(c + self.reference)[:, int(self.reference) :]
        i, j = class_pairs(len(unit))
        return unit[j] - unit[i]

    @abstractmethod
    def probabilities(self, z: Floats) -> Floats:
        """Give the probability of each class, shape (n, K)."""

    @abstractmethod
    def log_probabilities(self, z: Floats) -> Floats:
        """Give the logarithm of `probabilities`, from the margins, shape (n, K)."""

    @abstractmethod
    def base_margins(self, residual: Floats) -> Floats:
        """Give the c margins of the base rates, from the mean residual (c,) where all are 0."""

    @abstractmethod
    def signed_margins(self, z: Floats, y: Labels) -> Floats:
        """Give the margins by which each row's class is ahead of the others, (n, K−1)."""

    @property
    def redundant(self) -> bool:
        """Tell whether adding one number to all margins of a row changes nothing."""
        return not self.reference


def curvature(p: Floats) -> Floats:
    """Give the diagonal of C(p): pₖ (1 − pₖ), for either loss, shape (n, c).

    >>> curvature(np.array([[0.5]])).tolist()
    [[0.25]]
    """
    return p * (1.0 - p)


@dataclass(frozen=True)
class Binomial(Loss):
    """Two classes, one margin z: P(class 1) = σ(z).

    loss(z, y)   = log(1 + eᶻ) − y·z = max(z, 0) − y·z + log(1 + e^(−|z|))
    ∂loss/∂z     = σ(z) − y                                  the residual
    ∂²loss/∂z²   = σ(z)·(1 − σ(z))                           the curvature

    y (n,) is 0 or 1, or a fraction between (events per trial). Here p is the probability of
    the *less likely* class, σ(−|z|): the curvature p(1 − p) is the same for either class,
    and this one keeps its digits.

    >>> Binomial().evaluate(np.array([[0.0]]), np.array([1.0])).residual.tolist()
    [[-0.5]]
    """

    def value(self, z: Floats, y: Labels) -> tuple[Floats, ...]:
        """See `Loss.value`; z is (n, 1)."""
        z = z[:, 0]
        tail = np.exp(-np.abs(z))
        return np.maximum(z, 0.0) - y * z + np.log1p(tail), tail

    def evaluate(self, z: Floats, y: Labels) -> RowTerms:
        """See `Loss.evaluate`; z is (n, 1)."""
        loss, tail = self.value(z, y)
        z, p = z[:, 0], tail / (1.0 + tail)
        residual = np.copysign(p, 0.0 - z) + ((z > 0) - y)  # −p + (1 − y) where z > 0, else p − y
        return RowTerms(loss, residual[:, None], p[:, None])

    def curvature_product(self, p: Floats, s: Floats) -> Floats:
        """See `Loss.curvature_product`: p(1 − p)·s."""
        return curvature(p) * s

    def terms(self, p: Floats, weight: Floats) -> Floats:
        """See `Loss.terms`: one, h = weight·p(1 − p)."""
        return (weight * curvature(p)[:, 0])[None]

    def probabilities(self, z: Floats) -> Floats:
        """See `Loss.probabilities`: [σ(−z), σ(z)]."""
        return sigmoid(z * CLASS_SIGNS)

    def log_probabilities(self, z: Floats) -> Floats:
        """See `Loss.log_probabilities`: [−log(1 + eᶻ), −log(1 + e⁻ᶻ)]."""
        return -softplus(z * -CLASS_SIGNS)

    def base_margins(self, residual: Floats) -> Floats:
        """See `Loss.base_margins`: the log-odds of the rate ½ − residual."""
        return logit((0.5 - residual).clip(RAREST, 1.0 - RAREST))

    def signed_margins(self, z: Floats, y: Labels) -> Floats:
        """See `Loss.signed_margins`: z or −z; −|z| where y is a fraction."""
        return np.select([y[:, None] == 1, y[:, None] == 0], [z, -z], -np.abs(z))


@dataclass(frozen=True)
class Multinomial(Loss):
    """K classes by softmax: P(class k) = pₖ = e^(zₖ) / Σₗ e^(zₗ).

    loss(z, y)      = log Σₗ e^(zₗ) − z_y
    ∂loss/∂zₖ       = pₖ − [k = y]                           the residual
    ∂²loss/∂zₖ∂zₗ   = pₖ [k = l] − pₖ pₗ                     the curvature

    y (n,) holds class numbers 0 … K−1. There are c = K margins; with `reference=True` class
    0 has margin 0 and c = K − 1, which for K = 2 is `Binomial`.

    >>> Multinomial().evaluate(np.zeros((1, 2)), np.array([1])).residual.tolist()
    [[0.5, -0.5]]
    """

    reference: bool = False

    def _scores(self, z: Floats) -> Floats:
        return np.pad(z, ((0, 0), (1, 0))) if self.reference else z  # (n, K)

    def value(self, z: Floats, y: Labels) -> tuple[Floats, ...]:
        """See `Loss.value`; z is (n, c)."""
        top, e, rest = _exponentials(scores := np.ascontiguousarray(self._scores(z).T))  # (K, n)
        return (top - scores[y, np.arange(len(y))]) + np.log1p(rest), e, rest

    def evaluate(self, z: Floats, y: Labels) -> RowTerms:
        """See `Loss.evaluate`; z is (n, c)."""
        loss, e, rest = self.value(z, y)
        p = np.divide(e, 1.0 + rest, out=e)  # (K, n)
        residual, own, first = p.copy(), (y, np.arange(len(y))), int(self.reference)
        residual[own] = 0.0
        residual[own] = -sum(residual)  # p_y − 1 = −Σ_{k≠y} pₖ
        return RowTerms(loss, residual[first:].T, p[first:].T)

    def curvature_product(self, p: Floats, s: Floats) -> Floats:
        """See `Loss.curvature_product`: pₖ (sₖ − Σₗ pₗ sₗ)."""
        return p * (s - (p * s).sum(axis=1, keepdims=True))

    def terms(self, p: Floats, weight: Floats) -> Floats:
        """See `Loss.terms`: for each two classes i < j, h = weight·pᵢpⱼ."""
        p = p.T if not self.reference else np.insert(p.T, 0, 1.0 - p.sum(axis=1), axis=0)
        i, j = class_pairs(len(p))
        return (weight * p)[i] * p[j]

    def probabilities(self, z: Floats) -> Floats:
        """See `Loss.probabilities`: the softmax."""
        return softmax(self._scores(z))

    def log_probabilities(self, z: Floats) -> Floats:
        """See `Loss.log_probabilities`: the log-softmax."""
        return log_softmax(self._scores(z))

    def base_margins(self, residual: Floats) -> Floats:
        """See `Loss.base_margins`: log of the rates 1/K − residual, centred or by reference."""
        if self.reference:
            residual = np.append(-residual.sum(), residual)
        scores = np.log(np.maximum(1.0 / len(residual) - residual, RAREST))
        return scores[1:] - scores[0] if self.reference else scores - scores.mean()

    def signed_margins(self, z: Floats, y: Labels) -> Floats:
        """See `Loss.signed_margins`: z_y − zₖ for every other class k."""
        scores = self._scores(z)
        others = np.arange(scores.shape[1]) != y[:, None]
        return scores[~others][:, None] - scores[others].reshape(-1, scores.shape[1] - 1)
