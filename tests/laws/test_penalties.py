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


GRID = np.array([-3.0, -1.5, -0.5, -1e-3, 0.0, 1e-3, 0.5, 1.5, 3.0])
PAIRS = [(w, v) for w in GRID for v in GRID]
KINDS = [(0.4, 0.0), (0.0, 0.7), (0.3, 1.5), (0.5, 0.5)]


def young(penalty: Penalty, w: float, v: float) -> float:
    """Give φ(w) + φ*(−v) + v·w from the definition; infinite where φ* is."""
    k, r = penalty.l1, penalty.l2
    over = max(abs(v) - k, 0.0)
    conjugate = over**2 / (2 * r) if r else (np.inf if over else 0.0)
    return k * abs(w) + r / 2 * w * w + conjugate + v * w


@pytest.mark.parametrize(("l1", "l2"), KINDS)
def test_the_gap_of_a_conjugate_is_that_of_fenchel_and_young(l1: float, l2: float) -> None:
    """Exact where v is; else it bounds all v within the error, and no more than it has to."""
    penalty, e = Penalty(l1, l2), 0.05
    for w, v in PAIRS:
        one = np.array([[w]]), np.array([[v]])
        wanted = young(penalty, w, v)
        if np.isfinite(wanted):
            np.testing.assert_allclose(penalty.conjugate_gap(*one, 0.0), wanted, atol=1e-14)
            near = [young(penalty, w, v + t) for t in (-e, e)]
            most = max(each for each in near if np.isfinite(each))
            found = penalty.conjugate_gap(*one, np.full((1, 1), e))
            slope, own = abs(w) + max(abs(v) - l1, 0.0) / (l2 or 1.0), e * e / (2 * l2 or np.inf)
            exact = l2 and v * w < 0 and abs(v) >= l1  # where the model of φ* is a parabola
            room = own + e * slope + wanted - most
            room = 0.0 if exact and abs(v) > l1 + e else room
            assert most - 1e-12 <= found <= most + room + 1e-12, (w, v)
    both = np.array([[1.5], [0.2]]), np.array([[-0.4], [0.1]])
    each = [penalty.conjugate_gap(w[None], v[None], 0.1) for w, v in zip(*both, strict=True)]
    np.testing.assert_allclose(penalty.conjugate_gap(*both, 0.1), sum(each), rtol=1e-14)


@pytest.mark.parametrize(("l1", "l2"), KINDS)
def test_the_dual_share_is_the_largest_that_is_feasible(l1: float, l2: float) -> None:
    penalty = Penalty(l1, l2)
    for v in GRID:
        for error in (0.0, 0.25) if l1 else (0.25,):
            share = penalty.dual_share(np.array([[v], [0.0]]), np.full((2, 1), error))
            most = abs(v) + error
            assert share == (1.0 if l2 or most <= l1 else l1 / most)


@pytest.mark.parametrize("penalty", [*PENALTIES, Penalty(0.3, 1.5, np.ones((2, 1)), 2.0)])
def test_what_a_penalty_says_of_itself(penalty: Penalty) -> None:
    w = np.array([[2.0], [-0.5]])
    assert penalty.strength == penalty.l1 + penalty.l2
    assert penalty.has_kinks == (penalty.l1 > 0)
    assert penalty.sums_to_zero == (penalty.l1 == 0)
    assert np.all(penalty.held == (penalty.strength > 0))
    most = np.abs(penalty.gradient(w)) + penalty.kink
    np.testing.assert_array_equal(penalty.slope_size(w), most)
    np.testing.assert_array_equal(penalty.curvature(w), penalty.ridge)


def test_some_columns_keep_their_own_factors_and_scales() -> None:
    factors, scales = np.array([[0.0], [1.0], [3.0]]), np.array([[2.0], [0.5], [1.0]])
    some = Penalty(0.3, 1.5, factors, scales).columns(np.array([2, 0]))
    np.testing.assert_array_equal(some.kink, np.array([[3.0], [0.0]]) * 0.3)
    np.testing.assert_array_equal(some.ridge, np.array([[3.0], [0.0]]) * 1.5)
    np.testing.assert_array_equal(some.held, [[True], [False]])
