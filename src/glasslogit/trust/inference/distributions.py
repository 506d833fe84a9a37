"""p-values and quantiles of the normal, χ² and t distributions, and the result of a test.

Those of the normal distribution are Python's own, the others SciPy's.

Abramowitz & Stegun, "Handbook of mathematical functions" (1964), chapter 26.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from glasslogit.core import Floats, in_unit_scale
from glasslogit.errors import InputError, MissingExtraError, visible
from glasslogit.pages import Said, probability

BELOW_ONE = float(np.nextafter(1.0, 0.0))  # the largest share of cases that is not all of them


def special() -> Any:
    """Import scipy.special."""
    try:
        import scipy.special  # noqa: PLC0415  an extra, imported where it is used
    except ImportError:
        raise MissingExtraError("scipy", "stats") from None
    return scipy.special


def two_sided(z: Floats) -> Floats:
    """Give the probability that a standard normal is further from 0 than z: erfc(|z|/√2).

    >>> two_sided(np.array([0.0, 1.959963984540054])).round(6).tolist()
    [1.0, 0.05]
    """
    far = np.abs(z) / math.sqrt(2.0)
    return np.array([math.erfc(each) for each in far.ravel().tolist()]).reshape(far.shape)


def normal_quantile(level: float) -> float:
    """Give the z beyond which, on both sides, a standard normal lies in 1 − level of all cases.

    >>> round(normal_quantile(0.95), 6)
    1.959964
    """
    return NormalDist().inv_cdf(min(0.5 + level / 2.0, BELOW_ONE))


def student_quantile(level: float, df: float) -> float:
    """Give the t beyond which, on both sides, Student's t on df degrees lies in 1 − level of cases.

    >>> round(student_quantile(0.95, 10), 6), round(student_quantile(0.95, np.inf), 6)
    (2.228139, 1.959964)
    """
    return normal_quantile(level) if df == np.inf else float(special().stdtrit(df, 0.5 + level / 2))


def chi2_tail(statistic: float, df: float) -> float:
    """Give the probability that χ² on df degrees of freedom is larger.

    >>> round(chi2_tail(3.841458820694124, 1), 6)
    0.05
    """
    return float(special().chdtrc(df, max(statistic, 0.0)))


def log_choose(n: Floats, k: Floats) -> Floats:
    """Give log (n over k), the number of ways in which k of n trials can be the events.

    >>> log_choose(np.array([4.0]), np.array([2.0])).round(4).tolist()
    [1.7918]
    """
    gammaln = special().gammaln
    return gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)


@dataclass(frozen=True, repr=False)
class HypothesisTest(Said):
    """A hypothesis, its χ² statistic, degrees of freedom and p-value.

    >>> print(HypothesisTest("likelihood ratio, x", 3.84, 1, 0.05))
    likelihood ratio, x: χ² = 3.840 on 1 df, p = 0.05000
    """

    name: str
    statistic: float
    df: int
    p_value: float

    def __str__(self) -> str:
        p = f"= {self.p_value:#.4g}" if self.p_value else "< 1e-300"
        if p == "= 1.000" and self.p_value < 1:
            p = f"= {probability(self.p_value)}"
        return visible(f"{self.name}: χ² = {self.statistic:#.4g} on {self.df} df, p {p}")


def chi2_test(name: str, statistic: float, df: int) -> HypothesisTest:
    """Judge a statistic that is χ² on df degrees of freedom where the hypothesis holds.

    On 0 the hypothesis says nothing, and any rows agree with it.
    """
    return HypothesisTest(name, float(statistic), df, chi2_tail(statistic, df) if df else 1.0)


def has_inverse(covariance: Floats) -> bool:
    """Tell whether no combination of the estimates is without any error.

    >>> has_inverse(np.eye(2)), has_inverse(np.ones((2, 2)))
    (True, False)
    """
    R, scale = in_unit_scale(covariance)
    return bool(scale.all() and np.linalg.matrix_rank(R) == len(R))


def wald(name: str, estimate: Floats, covariance: Floats) -> HypothesisTest:
    """Test whether an estimate (q,) with a covariance (q, q) can be 0: eᵀ V⁻¹ e is χ² on q df.

    >>> print(wald("Wald, x", np.array([1.96]), np.array([[1.0]])))
    Wald, x: χ² = 3.842 on 1 df, p = 0.05000
    """
    if not has_inverse(covariance):
        raise InputError(
            f"{name}: its equations depend on each other; leave out the redundant ones"
        )
    R, scale = in_unit_scale(covariance)
    scaled = estimate * scale
    return chi2_test(name, float(scaled @ np.linalg.solve(R, scaled)), len(scaled))
