"""What must not change the fit, and what must change it in a known way."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from glasslogit import LogisticRegression
from glasslogit.solvers import (
    LBFGS,
    GradientDescent,
    KroneckerNewton,
    Newton,
    NewtonCG,
    SampledNewton,
)
from problems import construct

SOLVERS = [
    Newton(),
    SampledNewton(),
    KroneckerNewton(),
    LBFGS(),
    NewtonCG(),
    GradientDescent(2.0, 5000, momentum=0.9, standardise=True),
]
NAMES = [solver.name for solver in SOLVERS]
TIGHT = {"tol": 1e-11, "max_iter": 5000}


def data(seed: int = 0, n: int = 120, d: int = 3, K: int = 2):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    y = (X @ rng.normal(size=(d, K)) + rng.gumbel(size=(n, K))).argmax(axis=1)
    return X, y, rng


def fit(X, y, **settings) -> LogisticRegression:
    return LogisticRegression(**{**TIGHT, **settings}).fit(X, y)


@pytest.mark.parametrize("solver", SOLVERS, ids=NAMES)
@pytest.mark.parametrize(("K", "C"), [(2, np.inf), (2, 1e3), (3, np.inf), (3, 1e3), (5, 1e4)])
def test_every_solver_finds_the_optimum_a_problem_was_built_from(solver, K: int, C: float) -> None:
    for seed in range(3):
        known = construct(K, C, n=40 * K, seed=seed)
        model = LogisticRegression(C=known.C, solver=solver, **TIGHT)
        model.fit(known.X, known.y, known.weight)
        scale = np.abs(known.coef).max(axis=0)
        np.testing.assert_allclose(model.coef_ / scale, known.coef / scale, atol=1e-8)
        np.testing.assert_allclose(model.intercept_, known.intercept, atol=1e-8)


@given(seed=st.integers(0, 10_000), K=st.integers(2, 4))
def test_weights_are_repeated_rows(seed: int, K: int) -> None:
    X, y, rng = data(seed, K=K)
    weight = rng.integers(0, 4, len(y))
    weight[[int((y == k).argmax()) for k in np.unique(y)]] = 1
    weighted = LogisticRegression(**TIGHT).fit(X, y, weight)
    repeated = fit(np.repeat(X, weight, axis=0), np.repeat(y, weight))
    np.testing.assert_allclose(weighted.coef_, repeated.coef_, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(weighted.intercept_, repeated.intercept_, rtol=1e-9, atol=1e-10)


@given(scale=st.floats(1e-6, 1e6))
def test_the_scale_of_the_weights_only_moves_the_penalty(scale: float) -> None:
    X, y, rng = data()
    weight = rng.random(len(y)) + 0.1
    plain = LogisticRegression(C=2.0, **TIGHT).fit(X, y, weight)
    scaled = LogisticRegression(C=2.0 / scale, **TIGHT).fit(X, y, weight * scale)
    np.testing.assert_allclose(scaled.coef_, plain.coef_, rtol=1e-8)


@given(seed=st.integers(0, 10_000), K=st.integers(2, 3))
def test_order_of_rows_and_columns(seed: int, K: int) -> None:
    X, y, rng = data(seed, K=K)
    rows, columns = rng.permutation(len(y)), rng.permutation(3)
    plain, moved = fit(X, y), fit(X[rows][:, columns], y[rows])
    np.testing.assert_allclose(moved.coef_, plain.coef_[:, columns], rtol=1e-8, atol=1e-10)


@given(st.lists(st.floats(-6, 6), min_size=3, max_size=3))
def test_scaling_and_shifting_columns_of_an_unpenalised_fit(powers: list[float]) -> None:
    X, y, _ = data()
    scale = 10.0 ** np.array(powers)
    plain, scaled = fit(X, y, C=np.inf), fit(X * scale + 3 * scale, y, C=np.inf)
    np.testing.assert_allclose(scaled.coef_ * scale, plain.coef_, rtol=1e-8)
    shift = plain.intercept_ - 3 * plain.coef_.sum(axis=1)
    np.testing.assert_allclose(scaled.intercept_, shift, rtol=1e-7)


@given(seed=st.integers(0, 10_000))
def test_flipping_the_labels_flips_the_signs(seed: int) -> None:
    X, y, _ = data(seed)
    plain, flipped = fit(X, y), fit(X, 1 - y)
    np.testing.assert_allclose(flipped.coef_, -plain.coef_, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(
        flipped.predict_proba(X), plain.predict_proba(X)[:, ::-1], atol=1e-11
    )


def test_the_type_of_the_labels_does_not_matter() -> None:
    X, y, _ = data()
    plain = fit(X, y)
    texts = np.array(["no", "yes"])
    for labels in (
        texts[y],
        y.astype(bool),
        y + 1,
        y.astype(float),
        texts[y].astype(object),
    ):
        model = fit(X, labels)
        np.testing.assert_array_equal(model.coef_, plain.coef_)
        expected = np.unique(np.asarray(labels))
        np.testing.assert_array_equal(model.predict(X), expected[plain.predict(X)])
        assert model.classes_.dtype == np.asarray(labels).dtype


def test_two_classes_are_a_softmax_with_the_penalty_of_both_columns() -> None:
    """K = 2 softmax has w₁ = −w₀, so its penalty is half of the binary one at w₁ − w₀."""
    X, y, _ = data(K=3)
    keep = y < 2
    binary = fit(X[keep], y[keep], C=2.0)
    X3 = np.vstack([X[keep], X[:1]])
    weight = np.append(np.ones(keep.sum()), 1e-13)
    softmax = LogisticRegression(C=1.0, tol=1e-7).fit(X3, np.append(y[keep], 2), weight)
    np.testing.assert_allclose(softmax.coef_[1] - softmax.coef_[0], binary.coef_[0], rtol=1e-5)


@pytest.mark.parametrize("K", [2, 3])
def test_an_offset_is_a_shifted_intercept_and_a_fixed_coefficient(K: int) -> None:
    X, y, _ = data(K=K)
    plain = fit(X, y, C=np.inf)
    shift = 0.7 if K == 2 else np.array([0.7, -0.2, -0.5])
    offset = np.broadcast_to(shift, (len(y),) if K == 2 else (len(y), K))
    shifted = LogisticRegression(C=np.inf, **TIGHT).fit(X, y, offset=offset)
    np.testing.assert_allclose(shifted.coef_, plain.coef_, rtol=1e-9)
    np.testing.assert_allclose(shifted.intercept_, plain.intercept_ - shift, rtol=1e-9)
    fixed = X[:, 2] * plain.coef_[0, 2] if K == 2 else np.outer(X[:, 2], 1) * plain.coef_[:, 2]
    rest = LogisticRegression(C=np.inf, **TIGHT).fit(X[:, :2], y, offset=fixed)
    np.testing.assert_allclose(rest.coef_, plain.coef_[:, :2], rtol=1e-8)
    np.testing.assert_allclose(
        rest.predict_proba(X[:, :2], offset=fixed), plain.predict_proba(X), atol=1e-10
    )


@pytest.mark.parametrize("K", [2, 3])
def test_storage_threads_and_batches(K: int) -> None:
    X, y, _ = data(n=60_000, d=5, K=K)
    X = np.round(X, 1)
    plain = fit(X, y, n_jobs=1)
    assert np.array_equal(fit(X, y, n_jobs=3).coef_, plain.coef_)
    for form in (
        np.asfortranarray(X),
        sp.csr_matrix(X),
        sp.csc_array(X),
        np.repeat(X, 2, 1)[:, ::2],
    ):
        np.testing.assert_allclose(fit(form, y).coef_, plain.coef_, rtol=1e-9, atol=1e-12)
    frozen = X.copy()
    frozen.flags.writeable = False
    assert np.array_equal(fit(frozen, y).coef_, plain.coef_)
    batches = LogisticRegression(**TIGHT)
    batches.fit(lambda: ((X[i : i + 7000], y[i : i + 7000]) for i in range(0, len(y), 7000)))
    np.testing.assert_allclose(batches.coef_, plain.coef_, rtol=1e-9, atol=1e-12)


def test_float32_gives_the_coefficients_of_the_same_data_in_float64() -> None:
    X, y, _ = data(n=2000)
    narrow = X.astype(np.float32)
    model, wide = fit(narrow, y), fit(narrow.astype(np.float64), y)
    assert model.coef_.dtype == model.intercept_.dtype == np.float32
    np.testing.assert_array_equal(model.coef_, wide.coef_.astype(np.float32))


@pytest.mark.filterwarnings("ignore::glasslogit.errors.CollinearityWarning")
def test_duplicated_columns_share_the_coefficient() -> None:
    X, y, _ = data()
    for C in (1.0, np.inf):
        model = fit(np.column_stack([X, X[:, 0]]), y, C=C)
        np.testing.assert_allclose(model.coef_[0, 0], model.coef_[0, 3], rtol=1e-7)
        assert model.outcome_.converged
    single = fit(X, y, C=np.inf)
    np.testing.assert_allclose(model.coef_[0, 0] * 2, single.coef_[0, 0], rtol=1e-7)


@pytest.mark.parametrize("value", [0.0, 0.1, 1 / 3, 3.3e-5, 1e9])
def test_a_constant_column_gets_no_coefficient(value: float) -> None:
    X, y, _ = data(n=1000)
    for C in (1.0, np.inf):
        model = fit(np.column_stack([X, np.full(len(y), value)]), y, C=C)
        np.testing.assert_allclose(model.coef_[0, 3], 0, atol=1e-12)
        np.testing.assert_allclose(model.coef_[:, :3], fit(X, y, C=C).coef_, rtol=1e-9)


@pytest.mark.parametrize("solver", ["newton", "lbfgs", "newton_cg"])
def test_a_column_far_from_zero(solver: str) -> None:
    """A time stamp: mean 1.7e9, spread a thousand seconds."""
    X, y, _ = data(n=3000)
    far = X * [1, 1, 1000] + [0, 0, 1.7e9]
    near = far - [0, 0, 1.7e9]
    model = LogisticRegression(C=np.inf, solver=solver, max_iter=1000).fit(far, y)
    exact = fit(near, y, C=np.inf)
    np.testing.assert_allclose(model.coef_, exact.coef_, rtol=1e-5)
    np.testing.assert_allclose(model.predict_proba(far), exact.predict_proba(near), atol=1e-6)


def test_warm_start_from_the_optimum_takes_no_step() -> None:
    X, y, _ = data(K=3)
    model = LogisticRegression(warm_start=True).fit(X, y)
    coef = model.coef_
    model.fit(X, y)
    assert model.n_iter_[0] == 0
    np.testing.assert_allclose(model.coef_, coef, atol=1e-12)
