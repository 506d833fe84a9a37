"""Against scikit-learn where it is right, and past it where it stops early."""

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.special import logsumexp
from sklearn import datasets, linear_model

from glasslogit import LogisticRegression

SETS = {
    "breast cancer, raw": datasets.load_breast_cancer,
    "iris": datasets.load_iris,
    "digits": datasets.load_digits,
    "wine": datasets.load_wine,
}


def objective(model, X, y, C: float = 1.0) -> float:
    """C·Σ loss + ½‖w‖², computed without either library."""
    z = np.asarray(X) @ model.coef_.T + model.intercept_
    z = np.column_stack([np.zeros(len(z)), z]) if z.shape[1] == 1 else z
    k = np.searchsorted(model.classes_, y)
    losses = logsumexp(z, axis=1) - z[np.arange(len(z)), k]
    return float(C * losses.sum() + 0.5 * (model.coef_**2).sum())


@pytest.fixture(scope="module", params=list(SETS))
def problem(request: pytest.FixtureRequest):
    X, y = SETS[request.param](return_X_y=True)
    peer = linear_model.LogisticRegression(solver="newton-cholesky", tol=1e-10, max_iter=1000)
    return X, y, peer.fit(X, y)


@pytest.mark.parametrize(
    ("solver", "tol"), [("auto", 1e-6), ("newton", 1e-6), ("lbfgs", 1e-8), ("newton_cg", 1e-8)]
)
def test_same_optimum(problem, solver: str, tol: float) -> None:
    """At the default tolerance by default; the other solvers are asked for two more digits."""
    X, y, peer = problem
    model = LogisticRegression(solver=solver, tol=tol, max_iter=3000).fit(X, y)
    assert model.outcome_.converged
    ours, theirs = objective(model, X, y), objective(peer, X, y)
    assert abs(ours / theirs - 1) < 1e-9
    assert np.abs(model.coef_ - peer.coef_).max() < 1e-6 * np.abs(peer.coef_).max()
    assert np.abs(model.intercept_ - peer.intercept_).max() < 1e-6 * np.abs(peer.intercept_).max()


def test_breast_cancer_raw_is_exact() -> None:
    X, y = datasets.load_breast_cancer(return_X_y=True)
    model = LogisticRegression().fit(X, y)
    assert f"{objective(model, X, y):.6f}" == "53.794611"
    assert model.passes_ <= 12
    with pytest.warns(match="lbfgs failed to converge"):
        peer = linear_model.LogisticRegression().fit(X, y)
    assert objective(peer, X, y) > 1.2 * 53.794611


@pytest.mark.parametrize("solver", ["newton", "lbfgs", "newton_cg"])
def test_rare_events_are_predicted_at_their_rate(solver: str) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300_000, 5))
    score = X @ [0.8, -0.5, 0.3, 0.0, 0.2] + rng.logistic(size=len(X))
    y = np.zeros(len(X), int)
    y[np.argsort(-score)[:105]] = 1
    model = LogisticRegression(solver=solver).fit(X, y)
    assert abs(model.predict_proba(X)[:, 1].mean() / y.mean() - 1) < 1e-6
    assert model.outcome_.converged


def test_weights_balanced_classes_and_no_intercept() -> None:
    X, y = datasets.load_breast_cancer(return_X_y=True)
    X, rng = X / X.std(axis=0), np.random.default_rng(0)
    weight = rng.random(len(y)) * 3
    for settings in (
        {"class_weight": "balanced"},
        {"class_weight": {0: 3.0}},
        {"fit_intercept": False},
    ):
        model = LogisticRegression(**settings).fit(X, y, weight)
        peer = linear_model.LogisticRegression(solver="newton-cholesky", tol=1e-12, **settings)
        peer.fit(X, y, weight)
        assert np.abs(model.coef_ - peer.coef_).max() < 1e-6 * np.abs(peer.coef_).max()
        np.testing.assert_allclose(model.intercept_, peer.intercept_, rtol=1e-6)


def test_sparse_rows() -> None:
    rng = np.random.default_rng(0)
    X = sp.random_array((3000, 60), density=0.05, rng=rng, format="csr")
    y = (X @ rng.normal(size=60) * 3 + rng.logistic(size=3000) > 0).astype(int)
    peer = linear_model.LogisticRegression(solver="newton-cholesky", tol=1e-12).fit(X.toarray(), y)
    for form in (X, sp.csc_matrix(X), sp.coo_array(X)):
        model = LogisticRegression().fit(form, y)
        np.testing.assert_allclose(model.coef_, peer.coef_, rtol=1e-7, atol=1e-9)
        np.testing.assert_allclose(
            model.predict_proba(form), peer.predict_proba(X.toarray()), atol=1e-8
        )


def test_log_probabilities_are_finite_where_the_peer_gives_minus_infinity() -> None:
    X, y = datasets.load_breast_cancer(return_X_y=True)
    model = LogisticRegression().fit(X, y)
    model.coef_ = model.coef_ * 50
    assert np.isfinite(model.predict_log_proba(X)).all()


def test_softmax_coefficients_sum_to_zero_over_the_classes() -> None:
    X, y = datasets.load_iris(return_X_y=True)
    model = LogisticRegression().fit(X, y)
    np.testing.assert_allclose(model.coef_.sum(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(model.intercept_.sum(), 0, atol=1e-12)
