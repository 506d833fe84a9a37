"""The penalty on the coefficients w (d, c); the intercept is never penalised.

Strengths are per unit of *mean* loss: with scikit-learn's C and l1_ratio and total weight S,
l1 = l1_ratio / (C·S) and l2 = (1 − l1_ratio) / (C·S).

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
        """The L2 strength of each feature."""
        return self.factors * self.scales**2 * self.l2

    def columns(self, which: NDArray[np.integer]) -> "Penalty":
        """Give the penalty of these columns."""
        chosen = [
            x if np.ndim(x) == 0 else np.asarray(x)[which] for x in (self.factors, self.scales)
        ]
        return Penalty(self.l1, self.l2, *chosen)

    def value(self, w: Floats) -> float:
        """Give the penalty at w."""
        return float((self.kink * np.abs(w) + 0.5 * self.ridge * w * w).sum())

    def gradient(self, w: Floats) -> Floats:
        """Give the gradient of the smooth part, shaped like w; `ridge` is its curvature."""
        return self.ridge * w

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
        return np.abs(pseudo_gradient(w, g, self.kink))


def pseudo_gradient(u: Floats, gradient: Floats, kinks: Floats | float) -> Floats:
    """Give the subgradient nearest to 0; f falls along its negative, and is least where it is 0.

    >>> pseudo_gradient(np.array([2.0, 0.0, 0.0]), np.array([0.5, 0.5, -3.0]), np.ones(3)).tolist()
    [1.5, 0.0, -2.0]
    """
    at_zero = gradient - np.clip(gradient, -kinks, kinks)
    return np.where(u == 0, at_zero, gradient + kinks * np.sign(u))
