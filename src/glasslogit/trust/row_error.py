"""How sure the probability of one explained row is: the standard error of its log-odds."""

from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glasslogit.core import Floats, logit, sigmoid
from glasslogit.errors import InputError
from glasslogit.inputs import to_numbers
from glasslogit.model import FittedObjective
from glasslogit.trust.curvature import at_rest


def spread_on(model: Any, fitted: FittedObjective, x: Floats, slope: Floats) -> float | None:
    """Give the standard error of the margin by the Hessian; None with an L1 penalty."""
    fit = at_rest(model, fitted)
    moved = np.tensordot(np.append(x, 1.0), fit.directions, axes=1)  # (c, q)
    spread = float(np.linalg.norm(slope @ moved) / fitted.objective.weight**0.5)
    return None if fitted.objective.penalty.has_kinks else spread


def spread_of(covariance: ArrayLike, x: Floats, c: int) -> float:
    """Give the standard error of the margin from the covariance of θ."""
    V = to_numbers(covariance, "covariance").astype(np.float64)
    direction = np.append(x, 1.0)[: len(V)] if V.ndim == 2 else x
    if c > 1 or V.shape != (len(direction),) * 2 or len(V) < len(x):
        wanted = f"({len(x) + 1}, {len(x) + 1})"
        raise InputError(f"covariance has shape {V.shape}; give {wanted}, for two classes")
    return max(float(direction @ V @ direction), 0.0) ** 0.5


def probability_interval(p: float, spread: float, level: float) -> tuple[float, float]:
    """Give the interval of a probability from the standard error of its log-odds."""
    if not 0 < p < 1:
        return p, p
    z = NormalDist().inv_cdf(0.5 + level / 2) * spread
    low, high = sigmoid(logit(np.array(p)) + np.array([-z, z])).tolist()
    return low, high
