"""Laws of the penalty: value, gradient, prox and violation belong to one function."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from glasslogit.core.penalties import Penalty

PENALTIES = [Penalty(), Penalty(l2=0.7), Penalty(l1=0.4), Penalty(l1=0.3, l2=1.5)]
weight = st.floats(-5, 5)
column = st.lists(weight, min_size=1, max_size=4).map(lambda w: np.array(w)[:, None])


@pytest.mark.parametrize("penalty", PENALTIES)
@given(w=column)
def test_value_is_the_elastic_net(penalty: Penalty, w: np.ndarray) -> None:
    wanted = sum(penalty.l1 * abs(v) + penalty.l2 * v * v / 2 for v in w.ravel().tolist())
    np.testing.assert_allclose(penalty.value(w), wanted, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("penalty", PENALTIES)
@given(w=weight, t=st.floats(0.01, 3))
def test_prox_is_the_minimiser_it_claims_to_be(penalty: Penalty, w: float, t: float) -> None:
    def objective(v: float) -> float:
        return 0.5 * (v - w) ** 2 + t * penalty.l1 * abs(v)

    best = minimize_scalar(objective, bounds=(-6, 6), method="bounded", options={"xatol": 1e-10})
    v = float(penalty.prox(np.array([[w]]), t)[0, 0])
    assert objective(v) <= best.fun + 1e-12
    assert abs(v - best.x) < 1e-4


@pytest.mark.parametrize("penalty", PENALTIES)
@given(w=column, t=st.floats(0.01, 3))
def test_prox_leaves_no_violation(penalty: Penalty, w: np.ndarray, t: float) -> None:
    v = penalty.prox(w, t)
    np.testing.assert_allclose(penalty.violation(v, (v - w) / t), 0, atol=1e-12)


@pytest.mark.parametrize("penalty", PENALTIES)
@given(w=weight, other=weight, g=weight)
def test_violation_is_the_distance_to_the_subdifferential(penalty, w, other, g: float) -> None:
    """−g is a subgradient of the kink exactly if its line lies below the kink everywhere."""
    violation = float(penalty.violation(np.array([w]), np.array([g]))[0])
    assert violation >= 0
    if violation == 0:
        assert penalty.l1 * abs(other) >= penalty.l1 * abs(w) - g * (other - w) - 1e-12
    moved = penalty.violation(np.array([w, w]), np.array([g - violation, g + violation]))
    assert moved.min() < 1e-12


@pytest.mark.parametrize("penalty", PENALTIES)
@given(w=column)
def test_smooth_part_has_the_gradient_it_claims(penalty: Penalty, w: np.ndarray) -> None:
    smooth, h = Penalty(l2=penalty.l2), 1e-5
    for j in range(len(w)):
        step = np.zeros_like(w)
        step[j] = h
        slope = (smooth.value(w + step) - smooth.value(w - step)) / (2 * h)
        np.testing.assert_allclose(penalty.gradient(w)[j, 0], slope, atol=1e-7)
        second = (penalty.gradient(w + step) - penalty.gradient(w - step)) / (2 * h)
        np.testing.assert_allclose(second[j, 0], penalty.l2, atol=1e-9)


@given(w=column, s=st.floats(0.1, 10))
def test_scales_penalise_the_coefficients_of_scaled_columns(w: np.ndarray, s: float) -> None:
    """Columns divided by s have the coefficients s·w; factors multiply either part."""
    scales, factors = np.linspace(s, 2 * s, len(w))[:, None], np.linspace(1, 3, len(w))[:, None]
    one = Penalty(0.3, 1.5, factors, scales)
    other = Penalty(0.3, 1.5, factors)
    np.testing.assert_allclose(one.value(w), other.value(scales * w), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(
        one.gradient(w), scales * other.gradient(scales * w), rtol=1e-12, atol=1e-300
    )
    np.testing.assert_allclose(one.kink, scales * other.kink, rtol=1e-12, atol=1e-300)
    some = np.arange(0, len(w), 2)
    np.testing.assert_array_equal(one.columns(some).ridge, one.ridge[some])
