"""A fitted model beside rows: the optimum is where the gradient of its own objective is 0."""

import numpy as np
import pytest

from glasslogit import LogisticRegression, explain, summarize
from glasslogit.errors import InputError, NotFittedError
from glasslogit.model.fitted import fitted_objective


def rows(K: int = 2, n: int = 300, d: int = 4) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(K)
    X = rng.normal(size=(n, d)) * [1, 10, 0.1, 1]
    return X, (X @ rng.normal(size=(d, K)) + rng.gumbel(size=(n, K))).argmax(axis=1)


def gradient(model, *data, **more) -> float:
    fitted = fitted_objective(model, *data, **more)
    return float(abs(fitted.objective.value_and_gradient(fitted.theta).gradient).max())


@pytest.mark.parametrize("K", [2, 3])
@pytest.mark.parametrize(
    "settings",
    [{}, {"C": np.inf}, {"class_weight": "balanced"}, {"penalty_factors": [0, 1, 2, 3]}],
    ids=str,
)
def test_our_fit_is_stationary(K, settings):
    X, y = rows(K)
    model = LogisticRegression(**settings, tol=1e-9).fit(X, y)
    assert gradient(model, X, y) < 1e-10
    model.coef_ = 1.1 * model.coef_
    assert gradient(model, X, y) > 1e-3


@pytest.mark.parametrize("K", [2, 3])
@pytest.mark.parametrize("settings", [{}, {"C": 0.1}, {"fit_intercept": False}], ids=str)
def test_scikit_learns_fit_is_stationary(K, settings):
    linear_model = pytest.importorskip("sklearn.linear_model")
    X, y = rows(K)
    model = linear_model.LogisticRegression(**settings, solver="newton-cholesky", tol=1e-12)
    assert gradient(model.fit(X, y), X, y) < 1e-8


def test_weights_offsets_and_batches_count():
    X, y = rows()
    weight, offset = np.arange(300) % 3 + 1.0, X[:, 0] / 5
    model = LogisticRegression(tol=1e-9).fit(X, y, weight, offset)
    assert gradient(model, X, y, weight, offset) < 1e-10
    assert gradient(model, X, y, None, 0) > 1e-5
    model = LogisticRegression(tol=1e-9).fit(X, y)
    assert gradient(model, lambda: iter([(X[:200], y[:200]), (X[200:], y[200:])]), None) < 1e-10


@pytest.mark.parametrize("K", [2, 3])
def test_sparse_coefficients_are_those_of_the_array(K):
    X, y = rows(K)
    model = LogisticRegression(tol=1e-9).fit(X, y)
    before = (
        fitted_objective(model, X, y).theta,
        str(explain(model, X[:1], X)),
        str(summarize(model, X, y)),
    )
    model.sparsify()
    after = (
        fitted_objective(model, X, y).theta,
        str(explain(model, X[:1], X)),
        str(summarize(model, X, y)),
    )
    assert np.array_equal(before[0], after[0])
    assert before[1:] == after[1:]


def test_what_cannot_be_judged_is_refused():
    X, y = rows(3)
    model = LogisticRegression().fit(X, y)
    with pytest.raises(InputError, match="2 columns but the model was fitted on 4"):
        fitted_objective(model, X[:, :2], y)
    with pytest.raises(InputError, match="classes"):
        fitted_objective(model, X, y == 1)
    with pytest.raises(InputError, match="one by one"):
        fitted_objective(LogisticRegression(multi_class="ovr").fit(X, y), X, y)
    with pytest.raises(NotFittedError):
        fitted_objective(LogisticRegression(), X, y)
    with pytest.raises(InputError, match="X is a function: it must yield y"):
        fitted_objective(model, lambda: iter([(X, y)]), y)
    linear_model = pytest.importorskip("sklearn.linear_model")
    peer = linear_model.LogisticRegression(solver="liblinear").fit(X, y == 1)
    with pytest.raises(InputError, match="penalises the intercept"):
        fitted_objective(peer, X, y == 1)


@pytest.mark.parametrize("l1_ratio", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("formula", [None, "y ~ a + C(b)"])
def test_a_fit_to_a_table_is_stationary(l1_ratio, formula):
    pd = pytest.importorskip("pandas")
    pytest.importorskip("formulaic" if formula else "narwhals")
    from glasslogit.tables import TableEncoder

    X, y = rows()
    table = pd.DataFrame({"a": 7 * X[:, 0], "b": np.where(X[:, 1] > 0, "u", "v"), "y": y})
    encoder = TableEncoder(standardise=not formula, missing="drop")
    model = LogisticRegression(C=0.5, l1_ratio=l1_ratio, tol=1e-9, encoder=encoder, formula=formula)
    model.fit(table, None if formula else "y")
    fitted = fitted_objective(model, table, None if formula else "y")
    assert fitted.names == tuple(model.feature_names_)
    g = fitted.objective.value_and_gradient(fitted.theta).gradient
    kinks = fitted.objective.penalty.violation(fitted.theta[:-1], g[:-1])
    assert max(kinks.max(), abs(g[-1]).max()) < 1e-8
