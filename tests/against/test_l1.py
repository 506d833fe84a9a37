"""L1 and elastic net: the optimum by its own conditions, by peers, and at the end of the path."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn import datasets, linear_model

from glasslogit import LogisticRegression
from glasslogit.core.objective import SecondOrder
from glasslogit.solvers import OrthantNewton, ProximalNewton
from glasslogit.solvers.proximal_newton import model_violation, solve_model

DATA = datasets.make_classification(800, 30, n_informative=8, random_state=0)
IRIS = datasets.load_iris(return_X_y=True)
SOLVERS = [ProximalNewton(), OrthantNewton(), OrthantNewton(more=1)]


def wide(K: int):
    """Draw a table of words: 400 rows, 2,500 columns of which few matter."""
    rng = np.random.default_rng(0)
    X = sparse.random_array((400, 2500), density=0.02, format="csr", rng=rng)
    scores = X[:, : 20 * K].toarray().reshape(400, K, 20).sum(axis=2) * 3
    return X, (scores + rng.gumbel(size=(400, K))).argmax(axis=1)


@pytest.mark.parametrize("l1_ratio", [1.0, 0.5])
@pytest.mark.parametrize("C", [1.0, 10.0])
@pytest.mark.parametrize("K", [2, 3])
def test_wide_and_sparse(K: int, C: float, l1_ratio: float) -> None:
    X, y = wide(K)
    model = LogisticRegression(C=C, l1_ratio=l1_ratio, tol=1e-9, max_iter=300).fit(X, y)
    assert model.solver_ == "orthant_newton"
    assert model.outcome_.converged
    assert distance(model, X, y) < 1e-7 * C * len(y)
    assert 0 < (model.coef_ != 0).sum() < 0.5 * model.coef_.size
    dense = LogisticRegression(**model.get_params()).fit(X.toarray(), y)
    np.testing.assert_allclose(dense.coef_, model.coef_, atol=1e-7)


def test_wide_rows_in_batches_and_passes() -> None:
    X, y = wide(2)
    whole = LogisticRegression(C=3.0, l1_ratio=1.0).fit(X, y)
    assert whole.passes_ == 9
    rows = [slice(0, 150), slice(150, 400)]
    batches = LogisticRegression(C=3.0, l1_ratio=1.0).fit(lambda: ((X[r], y[r]) for r in rows))
    np.testing.assert_allclose(batches.coef_, whole.coef_, atol=1e-7)
    assert batches.passes_ == whole.passes_


@pytest.mark.parametrize("K", [2, 3])
def test_wide_and_nothing_but_the_intercept(K: int) -> None:
    X, y = wide(K)
    offset = np.random.default_rng(0).normal(size=(400, 1 if K == 2 else K))
    settings = {"C": 1e-4, "l1_ratio": 1.0, "tol": 1e-10}
    model = LogisticRegression(**settings).fit(X, y, offset=offset)
    assert model.solver_ == "orthant_newton"
    assert model.outcome_.converged
    assert not model.coef_.any()
    p = model.predict_proba(X, offset)
    np.testing.assert_allclose(p.mean(axis=0), np.bincount(y) / 400, rtol=1e-9)


def distance(model: LogisticRegression, X, y) -> float:
    """Largest violation of the optimality conditions, in the units of C·Σ loss."""
    p = model.predict_proba(X)
    hot = (np.asarray(y)[:, None] == model.classes_).astype(float)
    residual = (p - hot)[:, 1:] if len(model.classes_) == 2 else p - hot
    g = model.C * residual.T @ X + (1 - model.l1_ratio) * model.coef_
    l1 = model.l1_ratio
    off = np.where(
        model.coef_ == 0, np.maximum(np.abs(g) - l1, 0), np.abs(g + l1 * np.sign(model.coef_))
    )
    return float(max(off.max(), np.abs(model.C * residual.sum(axis=0)).max()))


@pytest.mark.parametrize("l1_ratio", [1.0, 0.5])
@pytest.mark.parametrize("C", [0.01, 0.3, 30.0])
@pytest.mark.parametrize("data", [DATA, IRIS], ids=["two classes", "three"])
@pytest.mark.parametrize("solver", SOLVERS, ids=[solver.name for solver in SOLVERS])
def test_the_conditions_of_an_optimum_hold(solver, data, C: float, l1_ratio: float) -> None:
    X, y = data
    model = LogisticRegression(C=C, l1_ratio=l1_ratio, tol=1e-9, solver=solver).fit(X, y)
    assert model.outcome_.converged
    assert distance(model, X, y) < 1e-7 * max(C, 1) * len(y)


@pytest.mark.parametrize("l1_ratio", [1.0, 0.4])
def test_same_coefficients_and_zeros_as_the_peer(l1_ratio: float) -> None:
    X, y = DATA
    model = LogisticRegression(C=0.1, l1_ratio=l1_ratio).fit(X, y)
    peer = linear_model.LogisticRegression(
        C=0.1, l1_ratio=l1_ratio, solver="saga", tol=1e-12, max_iter=50_000, random_state=0
    ).fit(X, y)
    np.testing.assert_allclose(model.coef_, peer.coef_, atol=1e-6)
    np.testing.assert_array_equal(model.coef_ == 0, np.abs(peer.coef_) < 1e-8)


def test_raw_breast_cancer_where_saga_stops_at_twice_the_minimum() -> None:
    X, y = datasets.load_breast_cancer(return_X_y=True)
    model = LogisticRegression(l1_ratio=1.0).fit(X, y)
    losses = -model.predict_log_proba(X)[np.arange(len(y)), y]
    assert f"{losses.sum() + np.abs(model.coef_).sum():.4f}" == "56.1186"
    assert (model.coef_ != 0).sum() == 9


def test_above_lambda_max_all_are_zero_and_just_below_one_is_not() -> None:
    X, y = DATA
    strongest = np.abs(X.T @ (y - y.mean())).max()
    for share, nonzero in ((1.001, 0), (0.999, 1)):
        model = LogisticRegression(C=1 / (share * strongest), l1_ratio=1.0).fit(X, y)
        assert (model.coef_ != 0).sum() == nonzero


def test_weak_penalties_and_dependent_columns_are_no_slower() -> None:
    """Coordinate descent alone crawls here; passes are counted, and the suite would hang."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3))
    y = (X @ rng.normal(size=(3, 3)) + rng.gumbel(size=(200, 3))).argmax(axis=1)
    z = np.column_stack([X[:, 0], X[:, 0] + 1e-4 * X[:, 1], X[:, 2]])
    for features, labels, C in ((X, y, 1e4), (*IRIS, 1e4), (z, y > 0, 1e4), (z, y > 0, 1e6)):
        for l1_ratio in (0.5, 1.0):
            model = LogisticRegression(C=C, l1_ratio=l1_ratio).fit(features, labels)
            assert model.outcome_.converged
            assert model.passes_ < 60


def test_weights_are_repeated_rows() -> None:
    X, y = DATA
    weight = np.random.default_rng(0).integers(0, 3, len(y))
    settings = {"C": 0.2, "l1_ratio": 0.8, "tol": 1e-10}
    one = LogisticRegression(**settings).fit(X, y, weight)
    two = LogisticRegression(**settings).fit(np.repeat(X, weight, 0), np.repeat(y, weight))
    np.testing.assert_allclose(one.coef_, two.coef_, rtol=1e-8, atol=1e-10)


@given(seed=st.integers(0, 10_000), l1=st.floats(0.0, 3.0))
def test_the_model_is_solved_to_its_optimum(seed: int, l1: float) -> None:
    rng = np.random.default_rng(seed)
    A, g, u = rng.normal(size=(9, 6)), rng.normal(size=(6, 1)) * 3, rng.normal(size=(6, 1))
    H, kinks = A.T @ A + 0.1 * np.eye(6), np.full((6, 1), l1)
    kinks[-1] = 0.0
    d = solve_model(SecondOrder(u, np.inf, g, H.reshape(6, 1, 6, 1)), kinks)
    scale = 1 / np.sqrt(H.diagonal())
    before = model_violation(u.ravel(), g.ravel(), kinks.ravel(), scale).max()
    after = model_violation((u + d).ravel(), (g + H @ d).ravel(), kinks.ravel(), scale).max()
    assert after <= 1.01e-3 * before + 1e-12
