"""The ridge, lasso or elastic net penalty on w (d, c); the intercept is never penalised.

A penalty is separable and convex: Σⱼ φⱼ(wⱼ) + kinkⱼ·|wⱼ| with smooth φⱼ. All that an objective, a
solver or a proof asks of one are the public names of `Penalty`: a class that answers to them is
another penalty. Strengths are per unit of *mean* loss: with scikit-learn's C and l1_ratio and
total weight S, l1 = l1_ratio / (C·S) and l2 = (1 − l1_ratio) / (C·S).

Derivations: docs/derivations/penalties.md.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from glasslogit.core.losses import Floats


@dataclass(frozen=True)
class Penalty:
    """penalty(w) = Σⱼ fⱼ·(l1·|wⱼ| + l2/2·wⱼ²): none, ridge (l2), lasso (l1), elastic net (both).

    The `factors` f (d, 1) are those of the features, 0 for a free one. With `scales` s (d, 1) it
    is the penalty on s·w, the coefficients of the columns divided by s:

        kink = f·s·l1,   ridge = f·s²·l2

    gradient of the smooth part   ridge·w
    its second derivative         ridge
    proximal operator of the kink argminᵥ ½(v − w)² + t·kink·|v| = w − clip(w, ±t·kink)
    subdifferential               ridge·w + kink·sign(w),  and [−kink, kink] where w = 0

    Zou & Hastie, "Regularization and variable selection via the elastic net", 2005.

    >>> penalty = Penalty(l1=1.0, l2=2.0)
    >>> penalty.value(np.array([[3.0]])), penalty.gradient(np.array([[3.0]])).tolist()
    (12.0, [[6.0]])
    """

    l1: float = 0.0
    l2: float = 0.0
    factors: Floats | float = field(default=1.0, compare=False)
    scales: Floats | float = field(default=1.0, compare=False)

    @property
    def kink(self) -> Floats | float:
        """The L1 strength of each feature."""
        return self.factors * self.scales * self.l1

    @property
    def ridge(self) -> Floats | float:
        """The L2 strength of each feature: the curvature of φⱼ is nowhere less."""
        return self.factors * self.scales**2 * self.l2

    @property
    def strength(self) -> float:
        """What the penalty is a multiple of: λ = 1 / (C·S), 0 for none."""
        return self.l1 + self.l2

    @property
    def has_kinks(self) -> bool:
        """Tell whether some kink is not 0, so that coefficients may be exactly 0."""
        return bool(self.l1)

    @property
    def held(self) -> NDArray[np.bool] | bool:
        """Tell of each feature whether the penalty grows beyond any bound with |wⱼ|."""
        return self.kink + self.ridge > 0

    @property
    def sums_to_zero(self) -> bool:
        """Tell whether the best coefficients of a softmax add to 0 over the classes."""
        return not self.l1

    def columns(self, which: NDArray[np.integer]) -> "Penalty":
        """Give the penalty of these columns."""
        known = self.factors, self.scales
        chosen = [x if np.ndim(x) == 0 else np.asarray(x)[which] for x in known]
        return Penalty(self.l1, self.l2, *chosen)

    def value(self, w: Floats) -> float:
        """Give the penalty at w."""
        smooth = 0.5 * self.ridge * w * w
        return float((smooth + self.kink * np.abs(w) if self.has_kinks else smooth).sum())

    def gradient(self, w: Floats) -> Floats:
        """Give the gradient of the smooth part, shaped like w."""
        return self.ridge * w

    def curvature(self, w: Floats) -> Floats | float:  # noqa: ARG002  it is the same everywhere
        """Give the second derivative of the smooth part at w."""
        return self.ridge

    def slope_size(self, w: Floats) -> Floats:
        """Bound the sizes of the terms that a subgradient at w is the sum of."""
        return np.abs(self.gradient(w)) + self.kink

    def prox(self, w: Floats, t: Floats | float) -> Floats:
        """Give the proximal operator of the kink, soft thresholding; t may differ by entry.

        >>> Penalty(l1=1.0).prox(np.array([[3.0], [-0.5]]), 1.0).tolist()
        [[2.0], [0.0]]
        """
        return w - np.clip(w, -t * self.kink, t * self.kink)

    def violation(self, w: Floats, g: Floats) -> Floats:
        """Give the distance from −g to the kink's subdifferential, for each coefficient.

        With g the gradient of mean loss and smooth part it is 0 exactly at an optimum.

        >>> Penalty(l1=1.0).violation(np.array([0.0, 2.0]), np.array([0.5, 0.5])).tolist()
        [0.0, 1.5]
        """
        return np.abs(pseudo_gradient(w, g, self.kink) if self.has_kinks else g)

    def dual_share(self, v: Floats, error: Floats) -> float:
        """Give the largest τ ≤ 1 for which the conjugate φ*(−τ·v) is finite, v known to ± error."""
        kink, ridge = np.broadcast_to(self.kink, v.shape), np.broadcast_to(self.ridge, v.shape)
        return float(np.where(ridge > 0, 1.0, kink / np.maximum(np.abs(v) + error, kink)).min())

    def conjugate_gap(self, w: Floats, v: Floats, error: Floats | float) -> float:
        """Give Σ φ(w) + φ*(−v) + v·w for φ(w) = k|w| + r/2·w², at most, v being known to ± error.

        >>> one = np.ones((1, 1))
        >>> Penalty(1.0, 1.0).conjugate_gap(2 * one, -3 * one, 0.0)
        0.0
        """
        kink, ridge = np.broadcast_to(self.kink, v.shape), np.broadcast_to(self.ridge, v.shape)
        size = np.abs(w)
        pull = np.where(w == 0, np.abs(v), -v * np.sign(w))  # k + r·|w| at the optimum
        over = np.maximum(np.abs(v) - kink, 0.0)
        safe = np.where(ridge > 0, ridge, 1.0)
        outside = (safe * size - (pull - kink)) ** 2 / (2 * safe)
        most = np.where(ridge > 0, over**2 / (2 * safe), 0)
        inside = (kink - pull) * size + ridge * w**2 / 2 + most
        total = np.where((pull >= kink) & (ridge > 0), outside, np.maximum(inside, 0.0))
        slope = size + np.where(ridge > 0, over / safe, 0.0)
        doubt = slope * error + np.where(ridge > 0, error**2 / (2 * safe), 0.0)
        close = np.abs(safe * size - (pull - kink)) * error / safe + error**2 / (2 * safe)
        return float((total + np.where((pull >= kink) & (ridge > 0), close, doubt)).sum())


def pseudo_gradient(u: Floats, gradient: Floats, kinks: Floats | float) -> Floats:
    """Give the subgradient nearest to 0; f falls along its negative, and is least where it is 0.

    >>> pseudo_gradient(np.array([2.0, 0.0, 0.0]), np.array([0.5, 0.5, -3.0]), np.ones(3)).tolist()
    [1.5, 0.0, -2.0]
    """
    at_zero = gradient - np.clip(gradient, -kinks, kinks)
    return np.where(u == 0, at_zero, gradient + kinks * np.sign(u))
