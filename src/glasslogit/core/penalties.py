"""The penalty on the coefficients w (d, c); the intercept is never penalised.

Strengths are per unit of *mean* loss: with scikit-learn's C and l1_ratio and total weight S,
l1 = l1_ratio / (C·S) and l2 = (1 − l1_ratio) / (C·S).

Derivations: docs/derivations/penalties.md.
"""

from dataclasses import dataclass

import numpy as np

from glasslogit.core.losses import Floats


@dataclass(frozen=True)
class Penalty:
    """penalty(w) = l1·‖w‖₁ + l2/2·‖w‖²: none, ridge (l2), lasso (l1) or elastic net (both).

    gradient of the smooth part   l2·w
    its second derivative         l2
    proximal operator of the kink argminᵥ ½(v − w)² + t·l1·|v| = w − clip(w, ±t·l1)
    subdifferential               l2·w + l1·sign(w),  and [−l1, l1] where w = 0

    Zou & Hastie, "Regularization and variable selection via the elastic net", 2005.

    >>> penalty = Penalty(l1=1.0, l2=2.0)
    >>> penalty.value(np.array([[3.0]])), penalty.gradient(np.array([[3.0]])).tolist()
    (12.0, [[6.0]])
    """

    l1: float = 0.0
    l2: float = 0.0

    def value(self, w: Floats) -> float:
        """Give the penalty at w."""
        return self.l1 * float(np.abs(w).sum()) + 0.5 * self.l2 * float(np.vdot(w, w))

    def gradient(self, w: Floats) -> Floats:
        """Give the gradient of the smooth part, shaped like w; `l2` is its curvature."""
        return self.l2 * w

    def prox(self, w: Floats, t: Floats | float) -> Floats:
        """Give the proximal operator of the kink, soft thresholding; t may differ by entry.

        >>> Penalty(l1=1.0).prox(np.array([[3.0], [-0.5]]), 1.0).tolist()
        [[2.0], [0.0]]
        """
        return w - np.clip(w, -t * self.l1, t * self.l1)

    def violation(self, w: Floats, g: Floats) -> Floats:
        """Give the distance from −g to the kink's subdifferential, for each coefficient.

        With g the gradient of mean loss and smooth part it is 0 exactly at an optimum.

        >>> Penalty(l1=1.0).violation(np.array([0.0, 2.0]), np.array([0.5, 0.5])).tolist()
        [0.0, 1.5]
        """
        at_zero = np.maximum(np.abs(g) - self.l1, 0.0)
        return np.where(w == 0, at_zero, np.abs(g + self.l1 * np.sign(w)))
