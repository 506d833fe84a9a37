"""Laws of the losses: exact values for any margin, and derivatives that belong together."""

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from glasslogit.core import losses
from glasslogit.core.losses import Binomial, Multinomial

mp.mp.dps = 900  # 1 − e^(−2000) needs them
margin = st.floats(-1e3, 1e3)
small = st.floats(-20, 20)
CLOSE = 1e-14

EPS = float(np.finfo(float).eps)  # a softmax's p is rounded at 1, and so is its curvature


def exact(values) -> np.ndarray:
    return np.array([float(value) for value in values])


def assert_digits(ours, reference, digits: float = CLOSE) -> None:
    """Compare relatively, down to where a float64 has full precision."""
    np.testing.assert_allclose(ours, reference, rtol=digits, atol=1e-300)


def mp_softmax(z: list[float]) -> list[mp.mpf]:
    e = [mp.exp(mp.mpf(zk)) for zk in z]
    return [ek / mp.fsum(e) for ek in e]


@given(margin, st.sampled_from([0.0, 1.0]))
def test_binomial_has_every_digit(z: float, y: float) -> None:
    rows = Binomial().evaluate(np.array([[z]]), np.array([y]))
    sign = mp.mpf(1 - 2 * y)
    assert_digits(rows.loss[0], float(mp.log1p(mp.exp(sign * mp.mpf(z)))))
    assert_digits(rows.residual[0, 0], float(sign / (1 + mp.exp(-sign * mp.mpf(z)))))
    curvature = mp.exp(-abs(mp.mpf(z))) / (1 + mp.exp(-abs(mp.mpf(z)))) ** 2
    assert_digits(losses.curvature(rows.p)[0, 0], float(curvature))


@given(margin, st.floats(0, 1))
def test_binomial_accepts_fractions(z: float, y: float) -> None:
    rows = Binomial().evaluate(np.array([[z]]), np.array([y]))
    reference = mp.log1p(mp.exp(mp.mpf(z))) - mp.mpf(y) * mp.mpf(z)
    np.testing.assert_allclose(rows.loss[0], float(reference), rtol=1e-13, atol=1e-13)
    residual = 1 / (1 + mp.exp(-mp.mpf(z))) - mp.mpf(y)
    np.testing.assert_allclose(rows.residual[0, 0], float(residual), rtol=1e-13, atol=1e-15)


@given(st.lists(margin, min_size=2, max_size=5), st.data())
def test_multinomial_has_every_digit(z: list[float], data: st.DataObject) -> None:
    y = data.draw(st.integers(0, len(z) - 1))
    rows = Multinomial().evaluate(np.array([z]), np.array([y]))
    p = mp_softmax(z)
    loss = mp.log1p(mp.fsum(mp.exp(mp.mpf(zk) - mp.mpf(z[y])) for k, zk in enumerate(z) if k != y))
    np.testing.assert_allclose(rows.loss[0], float(loss), rtol=1e-13, atol=1e-300)
    assert_digits(rows.p[0], exact(p), 1e-13)
    residual = [pk - (k == y) for k, pk in enumerate(p)]
    assert_digits(rows.residual[0], exact(residual), 1e-13)


@pytest.mark.parametrize("K", [2, 3, 9, 40])
@pytest.mark.parametrize("reference", [False, True])
def test_a_row_has_the_same_bits_alone_and_among_others(K: int, reference: bool) -> None:
    """Also where margins tie, in any layout; and the loss has those of `evaluate`."""
    rng = np.random.default_rng(K)
    z = np.vstack([rng.normal(size=(50, K)), rng.integers(-1, 2, (50, K)), np.zeros((1, K))])
    loss, c = Multinomial(reference), K - reference
    y = rng.integers(0, K, len(z))
    z = np.ascontiguousarray(z[:, :c])
    for form in (z, np.asfortranarray(z)):
        rows = loss.evaluate(form, y)
        np.testing.assert_array_equal(loss.value(form, y)[0], rows.loss)
        for i in range(len(z)):
            alone = loss.evaluate(z[[i]], y[[i]])
            for part, whole in zip(alone, rows, strict=True):
                np.testing.assert_array_equal(part[0], whole[i])
    np.testing.assert_array_equal(Binomial().value(z[:, :1], y)[0], Binomial().evaluate(z, y).loss)


@given(margin)
def test_probabilities_and_their_logs_have_every_digit(z: float) -> None:
    q, p = (1 / (1 + mp.exp(mp.mpf(z)))), 1 / (1 + mp.exp(-mp.mpf(z)))
    at = np.array([[z]])
    assert_digits(Binomial().probabilities(at)[0], exact([q, p]))
    assert_digits(Binomial().log_probabilities(at)[0], exact([mp.log(q), mp.log(p)]))
    assert_digits(losses.softplus(at)[0, 0], float(mp.log1p(mp.exp(mp.mpf(z)))))


@given(st.lists(margin, min_size=2, max_size=4))
def test_softmax_one_vs_rest_and_their_logs(z: list[float]) -> None:
    at, p = np.array([z]), mp_softmax(z)
    assert_digits(Multinomial().probabilities(at)[0], exact(p), 1e-13)
    logs = exact([mp.log(pk) for pk in p])
    np.testing.assert_allclose(
        Multinomial().log_probabilities(at)[0], logs, rtol=1e-13, atol=1e-300
    )
    sigmoids = [1 / (1 + mp.exp(-mp.mpf(zk))) for zk in z]
    shares = [mp.log(s / mp.fsum(sigmoids)) for s in sigmoids]
    ours = losses.log_softmax(losses.log_sigmoid(at))[0]
    np.testing.assert_allclose(ours, exact(shares), rtol=1e-11, atol=1e-13)


@given(st.floats(1e-300, 1 - 1e-16))
def test_logit_inverts_sigmoid(p: float) -> None:
    z = losses.logit(np.array([p]))
    assert_digits(z[0], float(mp.log(mp.mpf(p)) - mp.log1p(-mp.mpf(p))), 1e-12)
    np.testing.assert_allclose(losses.sigmoid(z), p, rtol=1e-12)


CASES = [(Binomial(), 1), (Multinomial(), 3), (Multinomial(reference=True), 2)]


@pytest.mark.parametrize(("loss", "c"), CASES)
@given(data=st.data())
def test_residual_and_curvature_are_the_derivatives(loss, c: int, data: st.DataObject) -> None:
    z = data.draw(arrays(float, (1, c), elements=small))
    y = np.array([data.draw(st.integers(0, max(c, 2) - 1))])
    at, h = loss.evaluate(z, y), 1e-5
    for k in range(c):
        step = h * np.eye(c)[k]
        up, down = loss.evaluate(z + step, y), loss.evaluate(z - step, y)
        slope = (up.loss - down.loss)[0] / (2 * h)
        np.testing.assert_allclose(at.residual[0, k], slope, rtol=1e-6, atol=1e-9)
        column = (up.residual - down.residual)[0] / (2 * h)
        np.testing.assert_allclose(
            loss.curvature_product(at.p, np.eye(c)[[k]])[0], column, rtol=1e-6, atol=1e-9
        )
        np.testing.assert_allclose(losses.curvature(at.p)[0, k], column[k], rtol=1e-6, atol=1e-9)


@given(arrays(float, (1, 1), elements=margin), st.integers(0, 1))
def test_binomial_is_the_softmax_with_a_reference(z: np.ndarray, y: int) -> None:
    one = Binomial().evaluate(z, np.array([float(y)]))
    other = Multinomial(reference=True).evaluate(z, np.array([y]))
    np.testing.assert_allclose(one.loss, other.loss, rtol=1e-13)
    np.testing.assert_allclose(one.residual, other.residual, rtol=1e-13)
    s = np.ones((1, 1))
    np.testing.assert_allclose(
        Binomial().curvature_product(one.p, s),
        Multinomial(reference=True).curvature_product(other.p, s),
        rtol=1e-13,
        atol=EPS,
    )
    np.testing.assert_allclose(
        Binomial().probabilities(z), Multinomial(reference=True).probabilities(z), rtol=1e-13
    )


@given(arrays(float, (1, 3), elements=small), margin)
def test_a_softmax_does_not_see_a_common_shift(z: np.ndarray, shift: float) -> None:
    y = np.array([1])
    plain, shifted = Multinomial().evaluate(z, y), Multinomial().evaluate(z + shift, y)
    np.testing.assert_allclose(plain.loss, shifted.loss, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(plain.residual.sum(), 0, atol=1e-15)


@given(arrays(float, (1, 3), elements=small))
def test_signed_margins_are_the_leads_over_the_other_classes(z: np.ndarray) -> None:
    for y in range(3):
        leads = Multinomial().signed_margins(z, np.array([y]))[0]
        assert leads.tolist() == [z[0, y] - z[0, k] for k in range(3) if k != y]
    assert Binomial().signed_margins(z[:, :1], np.array([0.0]))[0, 0] == -z[0, 0]
    assert Binomial().signed_margins(z[:, :1], np.array([0.5]))[0, 0] == -abs(z[0, 0])


@pytest.mark.parametrize(("loss", "c"), CASES)
def test_base_margins_give_the_rates(loss, c: int) -> None:
    rng = np.random.default_rng(0)
    classes = 2 if c == 1 else 3
    y = rng.choice(
        classes, p=np.array([0.1, 0.9, 0.3])[:classes] / [1.0, 1.3][classes - 2], size=500
    )
    residual = loss.evaluate(np.zeros((500, c)), y).residual.mean(axis=0)
    z = np.tile(loss.base_margins(residual), (1, 1))
    rates = np.bincount(y) / 500
    np.testing.assert_allclose(loss.probabilities(z)[0], rates, rtol=1e-12)


def test_helpers_are_exact_at_the_ends() -> None:
    assert losses.surprise(np.array([0.0, 1.0])).tolist() == [np.inf, 0.0]
    assert losses.odds_ratio(np.array([1000.0]))[0] == np.inf
