"""Tests of the whole model: whether it fits, by groups and by its squared residuals."""

from dataclasses import dataclass
from math import erfc
from typing import NamedTuple

import numpy as np

from glasslogit.core import (
    FLAT,
    Block,
    Floats,
    Labels,
    Pass,
    VectorSum,
    curvature,
    sigmoid,
)
from glasslogit.errors import MissingExtraError
from glasslogit.evaluate import CalibrationCurve
from glasslogit.inputs import Target, trial_rows
from glasslogit.trust.curvature import Curvature

LEAST_VARIANCE = 1e-12  # of Σ s·v, which it is a difference of: less is its rounding, 10,000 times


class Trials(NamedTuple):
    """Single trials: labels, weights and probabilities, arrays (n,)."""

    y: Labels
    weight: Floats
    p: Floats

    @staticmethod
    def of(y: Labels, weight: Floats, p: Floats) -> "Trials":
        """Take rows with a share of events as their events, and as their other trials.

        >>> import numpy as np
        >>> Trials.of(np.array([0.75]), np.array([4.0]), np.array([0.5]))
        Trials(y=array([1, 0]), weight=array([3., 1.]), p=array([0.5, 0.5]))
        """
        trials, each = trial_rows(Target(y, weight), p)
        return Trials(*trials, each)


@dataclass(frozen=True)
class FitTest:
    """A test of the whole model: a small p-value says that it does not fit."""

    name: str
    statistic: float
    p_value: float


def hosmer_lemeshow(curve: CalibrationCurve) -> FitTest:
    """Compare observed and expected counts in groups: χ² with two degrees less than groups.

    It is infinite where the outcome of a group is other than its probability, 0 or 1, allows.
    """
    try:
        from scipy.special import chdtrc  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("scipy", "stats") from None
    p, g = curve.predicted, len(curve.predicted)
    apart = curve.weight * (curve.observed - p) ** 2
    with np.errstate(divide="ignore", over="ignore"):
        statistic = float((apart[apart > 0] / curvature(p)[apart > 0]).sum())
    value = float(chdtrc(g - 2, statistic)) if g > 2 else 1.0
    return FitTest(f"Hosmer–Lemeshow, {g} groups", statistic, value)


@dataclass(frozen=True, eq=False)
class ExpectedSquaresGradient(Pass[VectorSum]):
    """The gradient of Σ weight·v, v = p(1 − p): Σ weight·v·(1 − 2p)·[x 1] at θ, (d+1, 1)."""

    theta: Floats

    def __call__(self, block: Block) -> VectorSum:
        """See `Pass`."""
        p = sigmoid(block.margins(self.theta))
        return VectorSum(block.pullback(block.weight[:, None] * curvature(p) * (1 - 2 * p)))


def unweighted_squares_test(fit: Curvature, rows: Trials) -> FitTest:
    """Compare Σ (y − p)² with Σ p(1 − p), which it is on average; normal.

    The variance is the weighted sum of squares that is left of 1 − 2p when it is regressed on
    the columns, with weights p(1 − p).
    """
    f, v = fit.objective, curvature(rows.p)
    apart = float(rows.weight @ ((rows.y - rows.p) ** 2 - v))
    gradient = f.source.sum(ExpectedSquaresGradient(fit.theta)).total
    slope = fit.directions[:, 0].T @ gradient
    explained = float((slope**2).sum()) / f.weight
    variance = float(rows.weight @ (v * (1 - 2 * rows.p) ** 2)) - explained
    known = variance > LEAST_VARIANCE * float(rows.weight @ v)
    z = apart / max(variance, FLAT) ** 0.5 if known else 0.0
    return FitTest("Unweighted sum of squares", z, erfc(abs(z) / 2**0.5))
