"""Diagnostics: against statsmodels, against leaving rows out, and by their laws."""

import numpy as np
import pytest
import scipy.sparse as sp

from glasslogit import LogisticRegression, bootstrap, diagnose, explain, show, summarize
from glasslogit.errors import InputError
from glasslogit.evaluate import calibration_curve

sm = pytest.importorskip("statsmodels.api")


def rows(seed: int = 0, n: int = 200, d: int = 4):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d)) * [1, 10, 0.1, 1][:d] + [0, 1000, 0, 5][:d]
    z = (X - X.mean(axis=0)) / X.std(axis=0) @ rng.normal(size=d)
    return X, (z + rng.logistic(size=n) > 0.5).astype(int)


def likelihood(X, y, *data, **settings):
    return LogisticRegression(C=np.inf, tol=1e-10, **settings).fit(X, y, *data)


@pytest.mark.parametrize("seed", range(10))
def test_as_in_statsmodels(seed):
    X, y = rows(seed)
    found = diagnose(likelihood(X, y), X, y, every=True, top=200)
    columns = np.column_stack([X, np.ones(len(y))])
    result = sm.GLM(y, columns, family=sm.families.Binomial()).fit(tol=1e-15, maxiter=100)
    peer = result.get_influence()
    close = {"rtol": 1e-7, "atol": 1e-8}
    np.testing.assert_allclose(found.rows.leverage, peer.hat_matrix_diag, **close)
    np.testing.assert_allclose(found.rows.pearson, result.resid_pearson, **close)
    np.testing.assert_allclose(found.rows.deviance, result.resid_deviance, **close)
    np.testing.assert_allclose(found.rows.cook, peer.cooks_distance[0], **close)
    np.testing.assert_allclose(found.top.dfbetas, peer.dfbetas[found.top.row], **close)
    np.testing.assert_allclose(found.top.dfbeta, peer.d_params[found.top.row], **close)


def test_variance_inflation_as_in_statsmodels():
    from statsmodels.stats.outliers_influence import variance_inflation_factor

    X, y = rows()
    X[:, 2] += X[:, 0] / 5
    found = diagnose(likelihood(X, y), X, y).variance_inflation
    columns = np.column_stack([np.ones(len(y)), X])
    peer = [variance_inflation_factor(columns, j) for j in range(1, 5)]
    np.testing.assert_allclose(found, peer, rtol=1e-8)


def test_a_column_made_of_others_and_a_constant_one():
    X, y = rows()
    X = np.column_stack([X, X[:, 0] + X[:, 3], np.full(len(y), 3.0)])
    found = diagnose(LogisticRegression().fit(X, y), X, y).variance_inflation
    assert np.isinf(found[[0, 3, 4]]).all()
    assert found[5] == 1.0
    assert (found[[1, 2]] < 1.2).all()


def test_dfbeta_is_what_the_row_does():
    X, y = rows()
    found = diagnose(likelihood(X, y), X, y, top=3)
    whole = likelihood(X, y)
    for row, dfbeta in zip(found.top.row, found.top.dfbeta, strict=True):
        rest = np.arange(len(y)) != row
        less = likelihood(X[rest], y[rest])
        true = np.append(whole.coef_ - less.coef_, whole.intercept_ - less.intercept_)
        assert np.abs(dfbeta - true).max() < 0.3 * np.abs(true).max()


def test_leverages_add_up_to_the_coefficients_and_a_penalty_takes_some():
    X, y = rows()
    assert diagnose(likelihood(X, y), X, y).effective == pytest.approx(5, rel=1e-9)
    ridge = diagnose(LogisticRegression(C=0.1).fit(X, y), X, y)
    assert 1 < ridge.effective < 5
    assert ridge.tests == ()
    lasso = LogisticRegression(C=0.05, l1_ratio=1.0).fit(X, y)
    left = np.count_nonzero(lasso.coef_) + 1
    assert left < 5
    assert diagnose(lasso, X, y).effective == pytest.approx(left, rel=1e-9)


def test_the_top_rows_are_those_of_all_rows():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(20_000, 3))  # three blocks
    y = rng.random(20_000) < 1 / (1 + np.exp(-X[:, 0]))
    found = diagnose(likelihood(X, y), X, y, every=True, top=7)
    best = np.argsort(-found.rows.cook)[:7]
    assert found.top.row.tolist() == best.tolist()
    for name in ("probability", "leverage", "pearson", "deviance", "cook"):
        np.testing.assert_array_equal(getattr(found.top, name), getattr(found.rows, name)[best])


def test_every_storage_gives_the_same():
    X, y = rows()
    model = likelihood(X, y)
    one = diagnose(model, X, y)
    sparse = diagnose(model, sp.csr_array(X), y)
    batches = diagnose(model, lambda: iter([(X[:50], y[:50]), (X[50:], y[50:])]), None)
    for other in (sparse, batches):
        np.testing.assert_array_equal(one.top.row, other.top.row)
        np.testing.assert_allclose(one.top.dfbeta, other.top.dfbeta, rtol=1e-6)


def test_tests_of_fit_by_their_formulas():
    X, y = rows(n=500)
    model = likelihood(X, y)
    p = model.predict_proba(X)[:, 1]
    groups, squares = diagnose(model, X, y).tests
    order = np.array_split(np.argsort(p), 10)
    parts = [(y[g].sum(), p[g].sum(), len(g)) for g in order]
    chi = sum((o - e) ** 2 / (e * (1 - e / n)) for o, e, n in parts)
    assert groups.statistic == pytest.approx(chi, rel=1e-9)
    v, d = p * (1 - p), 1 - 2 * p
    columns = np.column_stack([np.ones(len(y)), X])
    left = sm.WLS(d, columns, weights=v).fit().resid
    z = (((y - p) ** 2).sum() - v.sum()) / np.sqrt((v * left**2).sum())
    assert squares.statistic == pytest.approx(z, rel=1e-7)


def test_the_test_of_squares_has_its_size_and_power():
    """p-values are about uniform where the model is right, and small where a square is missing."""
    rng = np.random.default_rng(0)
    right, wrong = [], []
    for _ in range(60):
        x = rng.normal(size=(400, 1))
        u = rng.random(400)
        for values, z in ((right, x[:, 0]), (wrong, x[:, 0] + 1.5 * x[:, 0] ** 2 - 1)):
            y = u < 1 / (1 + np.exp(-z))
            values.append(diagnose(likelihood(x, y), x, y).tests[1].p_value)
    assert 0.3 < np.mean(right) < 0.7
    assert np.mean(np.array(right) < 0.05) < 0.15
    assert np.mean(np.array(wrong) < 0.05) > 0.6


def test_a_row_of_weight_two_is_two_rows():
    X, y = rows()
    weight = np.random.default_rng(0).integers(0, 3, len(y))
    again = np.repeat(np.arange(len(y)), weight)
    one = diagnose(likelihood(X, y, weight), X, y, weight)
    other = diagnose(likelihood(X[again], y[again]), X[again], y[again])
    for a, b in zip(one.tests, other.tests, strict=True):
        assert a.statistic == pytest.approx(b.statistic, rel=1e-6)
    np.testing.assert_allclose(one.calibration.observed, other.calibration.observed)
    np.testing.assert_allclose(one.variance_inflation, other.variance_inflation)
    assert one.effective == pytest.approx(other.effective)


def test_wilson_covers_the_published_example():
    """Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I."""
    y = np.r_[np.ones(81), np.zeros(182)]
    curve = calibration_curve(y, np.full(263, 0.3), groups=2)
    assert curve.low.round(4).tolist() == [0.2553]
    assert curve.high.round(4).tolist() == [0.3662]


def test_calibration_groups_are_alike_and_ascend():
    rng = np.random.default_rng(0)
    p = rng.random(5000)
    curve = calibration_curve(rng.random(5000) < p, p)
    np.testing.assert_allclose(curve.weight, 500, atol=1)
    assert (np.diff(curve.predicted) > 0).all()
    assert ((curve.low < curve.predicted) & (curve.predicted < curve.high)).mean() >= 0.8


def test_what_cannot_be_diagnosed_is_refused():
    X, _ = rows()
    y = np.arange(len(X)) % 3
    with pytest.raises(InputError, match="3 classes"):
        diagnose(LogisticRegression().fit(X, y), X, y)
    with pytest.raises(InputError, match="top=0"):
        diagnose(LogisticRegression().fit(X, y > 0), X, y > 0, top=0)
    with pytest.raises(InputError, match="outside"):
        calibration_curve([0, 1], [-1.0, 2.0])


def test_pictures_hold_what_was_found():
    X, y = rows()
    model = likelihood(X, y)
    found = diagnose(model, X, y, every=True)
    ax = show.plot_influence(found, names=3)
    assert [text.get_text() for text in ax.texts] == found.top.row[:3].astype(str).tolist()
    points = ax.collections[0].get_offsets()
    np.testing.assert_allclose(points[:, 0], found.rows.leverage)
    ax = show.plot_calibration(y, model.predict_proba(X)[:, 1])
    np.testing.assert_allclose(ax.get_lines()[1].get_ydata(), found.calibration.observed)
    assert str(found.top.row[0]) in str(found)


def test_only_rows_that_a_model_is_the_optimum_of_are_diagnosed():
    X, y = rows()
    for model in (likelihood(X, y), LogisticRegression(C=0.05, l1_ratio=0.5).fit(X, y)):
        diagnose(model, X, y)
        for ask in (diagnose, bootstrap, lambda *three: explain(three[0], X[0], *three[1:])):
            with pytest.raises(InputError, match="standard errors from its optimum"):
                ask(model, X[::-1], y)


@pytest.mark.filterwarnings("ignore")
def test_separated_classes_have_no_diagnosis():
    x = np.arange(10.0)[:, None]
    y = x[:, 0] > 4.5
    model = LogisticRegression(C=np.inf).fit(x, y)
    for ask in (diagnose, bootstrap, lambda *three: explain(three[0], x[0], *three[1:])):
        with pytest.raises(InputError, match="the classes are separated"):
            ask(model, x, y)


def test_trials_are_diagnosed_as_in_statsmodels_and_tested_one_by_one():
    rng = np.random.default_rng(1)
    X, count = rng.normal(size=(40, 2)), rng.integers(1, 9, 40)
    events = rng.binomial(count, 1 / (1 + np.exp(-X[:, 0])))
    counts = np.column_stack([events, count - events])
    found = diagnose(likelihood(X, counts), X, counts, every=True)
    columns = np.column_stack([X, np.ones(40)])
    result = sm.GLM(counts, columns, family=sm.families.Binomial()).fit(tol=1e-15, maxiter=100)
    peer = result.get_influence()
    close = {"rtol": 1e-7, "atol": 1e-7}
    np.testing.assert_allclose(found.rows.pearson, result.resid_pearson, **close)
    np.testing.assert_allclose(found.rows.deviance, result.resid_deviance, **close)
    np.testing.assert_allclose(found.rows.leverage, peer.hat_matrix_diag, **close)
    np.testing.assert_allclose(found.rows.cook, peer.cooks_distance[0], **close)
    again = np.repeat(np.arange(40), count)
    labels = np.concatenate([np.arange(n) < k for n, k in zip(count, events, strict=True)])
    single = diagnose(likelihood(X[again], labels), X[again], labels)
    np.testing.assert_allclose(found.calibration.observed, single.calibration.observed)
    for one, other in zip(found.tests, single.tests, strict=True):
        assert one.statistic == pytest.approx(other.statistic, rel=1e-6)


@pytest.mark.parametrize("settings", [{}, {"weights": "sampling"}, {"class_weight": {0: 1, 1: 9}}])
def test_the_unit_of_weights_that_count_nothing_says_nothing(settings) -> None:
    """Residuals, distances, standard errors and intervals are those of rows, not of the unit."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(200, 2))
    y = (X[:, 0] + rng.logistic(size=200) > 0).astype(int)
    weight, found = np.exp(rng.normal(size=200)), []
    for unit in (1.0, 1e-3, 1e5):
        if "class_weight" in settings:
            weight, times = np.ones(200), {0: unit, 1: 9 * unit}
            settings = {"class_weight": times}
        model = LogisticRegression(C=np.inf, tol=1e-10, **settings)
        at = (X, y, weight if "class_weight" in settings else weight * unit)
        found.append((diagnose(model.fit(*at), *at, every=True), summarize(model, *at, **ROBUST)))
    one = found[0][0]
    for other, summary in found:
        for name in ("pearson", "deviance", "cook", "leverage"):
            np.testing.assert_allclose(getattr(other.rows, name), getattr(one.rows, name), 1e-6)
        for name in ("low", "high", "observed"):
            there = getattr(other.calibration, name)
            np.testing.assert_allclose(there, getattr(one.calibration, name), 1e-6)
        error = np.roll(summary.std_error, -1)  # the intercept last
        np.testing.assert_allclose(other.top.dfbeta / other.top.dfbetas, [error] * 10, 1e-6)
        assert other.tests == ()


ROBUST = {"covariance": "robust"}
