"""Firth's penalised likelihood: published numbers, the definition itself, and its invariances."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import chi2

from glasslogit import LogisticRegression, bootstrap, firth, summarize
from glasslogit.core.losses import Multinomial
from glasslogit.errors import ConvergenceWarning, InputError
from glasslogit.export.model_file import load_model, save_model
from published_cases import CASES
from test_separation import table_of

PUBLISHED = [case for case in CASES if case["kind"] == "firth"]


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case["id"])
def test_published_by_logistf(case):
    X, y, _ = table_of(case)
    fit, sure = firth(X, y), case["reference"]
    for j, name in enumerate(fit.names):
        np.testing.assert_allclose(fit.coef[j, 0], float(sure["coef"][name]), rtol=1e-8)
        np.testing.assert_allclose(fit.std_error[j, 0], float(sure["se"][name]), rtol=1e-8)
        np.testing.assert_allclose(fit.p_value[j, 0], sure["pl_p"][name], rtol=1e-8)
        ends = fit.ci_low[j, 0], fit.ci_high[j, 0]
        np.testing.assert_allclose(ends, sure["pl_ci"][name], rtol=1e-8)
        for source in case["published"]:
            if name in source.get("pl_ci", {}):
                printed = [float(end) for end in source["pl_ci"][name]]
                np.testing.assert_allclose(ends, printed, rtol=case["tol"]["pl_ci"])
    np.testing.assert_allclose(fit.penalised_loglik, sure["penalised_loglik"], rtol=1e-12)
    if case["id"] == "sex2_firth":
        assert (round(fit.lr_chi2, 5), fit.lr_df) == (49.09064, 6)


def small(K: int, n: int = 40, d: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(K)
    X = rng.normal(size=(n, d)) * [3.0, 0.2][:d] + [5.0, 0.0][:d]
    return X, np.append(np.arange(K), rng.integers(0, K, n - K)), 1.0 * rng.integers(1, 4, n)


def penalised(theta: np.ndarray, X, y, weight) -> float:
    """Give l + ½ log det I from the definition, classes coded by reference."""
    ones, K = np.column_stack([X, np.ones(len(X))]), theta.shape[1] + 1
    p = Multinomial(True).probabilities(ones @ theta)
    C = np.stack([np.diag(row) - np.outer(row, row) for row in p[:, 1:]])
    information = np.einsum("n,nkl,ni,nj->ikjl", weight, C, ones, ones)
    size = ones.shape[1] * (K - 1)
    loglik = weight @ np.log(p[np.arange(len(y)), y])
    return loglik + 0.5 * np.linalg.slogdet(information.reshape(size, size))[1]


@pytest.mark.parametrize("K", [2, 3, 4])
def test_the_estimate_maximises_the_definition(K):
    X, y, weight = small(K)
    fit = firth(X, y, weight)
    best = penalised(fit.coef, X, y, weight)
    np.testing.assert_allclose(fit.penalised_loglik, best, rtol=1e-10)
    rng = np.random.default_rng(0)
    for size in (1e-3, 1e-1, 1.0):
        for _ in range(20):
            other = fit.coef + size * fit.std_error * rng.normal(size=fit.coef.shape)
            assert penalised(other, X, y, weight) < best
    for j, k in np.ndindex(*fit.coef.shape):
        h = 1e-4 * fit.std_error[j, k]
        unit = np.zeros_like(fit.coef)
        unit[j, k] = h
        rise = [penalised(fit.coef + s * unit, X, y, weight) for s in (1, -1)]
        assert abs(rise[0] - rise[1]) / 2e-4 < 1e-6


def test_the_profile_is_that_of_the_definition():
    optimize = pytest.importorskip("scipy.optimize")
    X, y, weight = small(3, d=1)
    fit = firth(X, y, weight, level=0.9)
    best = fit.penalised_loglik
    for end in (fit.ci_low, fit.ci_high):

        def rest(free, b=end[0, 1]):
            theta = np.array([[free[0], b], [free[1], free[2]]])
            return -penalised(theta, X, y, weight)

        start = [fit.coef[0, 0], *fit.coef[1]]
        found = optimize.minimize(rest, start, method="Nelder-Mead", tol=1e-10).fun
        np.testing.assert_allclose(2 * (best + found), 1.6448536269514722**2, atol=1e-6)


def test_no_estimate_depends_on_units_or_on_the_reference():
    X, y, weight = small(3)
    fit, moved = firth(X, y, weight), firth(X * [1e6, 1e-6] + [1e7, 0], y, weight)
    np.testing.assert_allclose(moved.coef[:2] * [[1e6], [1e-6]], fit.coef[:2], rtol=1e-6)
    np.testing.assert_allclose(moved.p_value[:2], fit.p_value[:2], rtol=1e-5)
    other = firth(X, (y + 1) % 3, weight)  # another class comes first
    np.testing.assert_allclose(other.model.coef_[[1, 2, 0]], fit.model.coef_, rtol=1e-6)


@pytest.mark.parametrize("unit", [0.37, 1 / 40, 1e3 / 7])
@pytest.mark.parametrize("intervals", [True, False])
def test_weights_that_count_nothing_are_refused(unit, intervals):
    """Their unit would move the estimates: the penalty does not grow with the weights."""
    X, y, weight = small(2)
    with pytest.raises(InputError, match="weights that are fractions there is none"):
        firth(X, y, weight * unit, intervals=intervals)
    sure = bootstrap(
        LogisticRegression(C=1.0, weights="sampling").fit(X, y, weight * unit),
        *(X, y, weight * unit),
        resamples=20,
    )
    assert np.isfinite(sure.std_error).all()  # as the message says
    trials = weight * 3
    assert firth(X, np.round(y * weight) / trials, trials, intervals=False).coef.size == 3


def test_whole_weights_are_repeated_rows():
    X, y, _ = small(2)
    times = np.arange(40) % 3
    once, repeated = firth(X, y, times), firth(np.repeat(X, times, 0), np.repeat(y, times))
    np.testing.assert_allclose(once.coef, repeated.coef, rtol=1e-7)
    np.testing.assert_allclose(once.ci_low, repeated.ci_low, rtol=1e-6)


def test_shares_of_events_are_rows_of_both_classes():
    X = small(2)[0]
    shares, trials = np.array([0.25, 0.5, 1.0, 0.0] * 10), np.array([4, 2, 1, 3] * 10)
    events = (shares * trials).astype(int)
    rows = np.repeat(X, trials, axis=0)
    labels = np.concatenate([np.arange(n) < k for n, k in zip(trials, events, strict=True)])
    counted = firth(X, shares, trials)
    np.testing.assert_allclose(counted.coef, firth(rows, labels).coef, rtol=1e-7)


def test_with_many_rows_it_is_maximum_likelihood():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50_000, 2))
    y = (X @ [1.0, -0.5] + rng.logistic(size=50_000) > 1).astype(int)
    fit = firth(X, y, intervals=False)
    np.testing.assert_allclose(
        fit.model.coef_, LogisticRegression(C=np.inf).fit(X, y).coef_, rtol=3e-4
    )


@pytest.mark.parametrize(("intercept", "K"), [("flic", 2), ("flac", 2), ("flic", 3)])
def test_corrected_intercepts_give_the_rate_of_each_class(intercept, K):
    X, y, weight = small(K)
    fit = firth(X, y, weight, intercept=intercept, intervals=False)
    rates = np.array([weight[y == k].sum() for k in range(K)]) / weight.sum()
    mean = weight @ fit.model.predict_proba(X) / weight.sum()
    np.testing.assert_allclose(mean, rates, rtol=1e-8)
    plain = firth(X, y, weight, intervals=False)
    assert np.abs(weight @ plain.model.predict_proba(X) / weight.sum() - rates).max() > 1e-4
    np.testing.assert_array_equal(fit.coef, plain.coef)
    if intercept == "flic":
        np.testing.assert_array_equal(fit.model.coef_, plain.model.coef_)


def test_flac_is_maximum_likelihood_on_the_rows_it_is_defined_by():
    """Puhr et al. 2017: each row once more for both classes, of half its leverage, told apart."""
    X, y, _ = small(2)
    fit = firth(X, y, intervals=False)
    ones = np.column_stack([X, np.ones(len(X))])
    p = 1 / (1 + np.exp(-ones @ fit.coef[:, 0]))
    information = (ones.T * (p * (1 - p))) @ ones
    h = p * (1 - p) * np.einsum("ni,ij,nj->n", ones, np.linalg.inv(information), ones)
    apart = np.repeat([0.0, 1.0, 1.0], len(X))
    wide = np.column_stack([np.tile(X, (3, 1)), apart])
    weight = np.concatenate([np.ones(len(X)), h / 2, h / 2])
    model = LogisticRegression(C=np.inf, tol=1e-9)
    model.fit(wide, np.concatenate([y, y, 1 - y]), weight)
    flac = firth(X, y, intercept="flac", intervals=False).model
    np.testing.assert_allclose(flac.coef_[0], model.coef_[0, :2], rtol=1e-6)
    np.testing.assert_allclose(flac.intercept_, model.intercept_, rtol=1e-6)


def test_it_predicts_prints_and_can_be_saved(tmp_path):
    X, y, _ = small(2)
    names = pd.DataFrame(X, columns=["dose", "time"])
    fit = firth(names, np.where(y == 1, "ill", "well"))
    save_model(fit.model, tmp_path / "model.json")
    loaded = load_model(tmp_path / "model.json")
    np.testing.assert_array_equal(loaded.predict_proba(names), fit.model.predict_proba(names))
    assert "log-odds of well against ill" in str(fit)
    assert [line.split()[0] for line in str(fit).splitlines()[2:5]] == [
        "(Intercept)",
        "dose",
        "time",
    ]


def test_its_table_is_its_own():
    X, y, _ = small(3)
    fit = firth(X, y)
    frame = fit.to_frame()
    np.testing.assert_array_equal(frame.loc[(1, "x0"), "p_value"], fit.p_value[0, 0])
    np.testing.assert_array_equal(frame["ci_low"], np.roll(fit.ci_low, 1, axis=0).T.ravel())
    summary = summarize(LogisticRegression().fit(X, y), X, y)
    assert frame.index.tolist() == summary.to_frame().index.tolist()
    bare = firth(X, y, intervals=False)
    assert list(bare.to_frame().columns) == ["coef", "std_error", "odds_ratio"]
    np.testing.assert_allclose(frame["odds_ratio"], np.exp(frame["coef"]))
    assert "nan" not in str(bare)
    with pytest.raises(InputError, match=r"its table is in what firth\(X, y\) gave"):
        summarize(fit.model, X, y)


def test_it_is_turned_towards_either_of_two_classes():
    X, y, _ = small(2)
    fit = firth(X, np.where(y == 1, "ill", "well"))
    turned, other = fit.towards("ill"), firth(X, y)
    for name in ("coef", "std_error", "ci_low", "ci_high", "chi2", "p_value"):
        np.testing.assert_allclose(getattr(turned, name), getattr(other, name), rtol=1e-5)
    assert fit.towards("well") is fit
    assert "log-odds of ill against well" in str(turned)
    with pytest.raises(InputError, match="is no class of the model"):
        fit.towards("dead")


def test_separated_and_degenerate_rows():
    x = np.arange(10.0)[:, None]
    fit = firth(x, x[:, 0] > 4)
    assert np.isfinite(fit.coef).all()
    assert 0 < fit.ci_low[0, 0] < fit.coef[0, 0]
    one = firth(x, x[:, 0] == 3)  # one event
    assert np.isfinite(one.coef).all()
    with pytest.raises(InputError, match=r"`x0` = `x1`|`x1` = `x0`"):
        firth(np.column_stack([x, x]), x[:, 0] > 4)
    with pytest.raises(InputError, match="depend on each other"):
        firth(np.random.default_rng(0).normal(size=(4, 6)), [0, 1, 0, 1])
    with pytest.raises(InputError, match="for two classes"):
        firth(x, np.arange(10) % 3, intercept="flac")
    with pytest.warns(ConvergenceWarning, match="raise max_iter"):
        firth(x, x[:, 0] > 4, max_iter=1, intervals=False)
    without = firth(x, x[:, 0] > 4, fit_intercept=False)
    assert without.names == ("x0",)
    assert without.model.intercept_ == 0


def profile(end: float, at: tuple[int, int], coef: np.ndarray, X, y) -> float:
    """Follow the greatest penalised likelihood as one coefficient moves to its end, by SciPy.

    It is not concave: a search that starts anew at the end may find another summit.
    """
    free = np.ones(coef.shape, bool)
    free[at] = False
    theta, one = coef.copy(), np.ones(len(X))

    def loss(rest: np.ndarray) -> float:
        theta[free] = rest
        return -penalised(theta, X, y, one)

    start = coef[free]
    for value in np.linspace(coef[at], end, 6):
        theta[at] = value
        start = minimize(loss, start, method="BFGS", options={"gtol": 1e-4}).x
    return -loss(start)


def test_far_ends_of_separated_classes_are_found_or_named():
    X = np.random.default_rng(2).normal(size=(30, 2))
    y = np.where(X[:, 0] > 0.7, 2, np.where(X[:, 0] > -0.2, 1, 0))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        fit = firth(X, y)
    ends = np.array([fit.ci_low, fit.ci_high])
    assert not np.isinf(ends).any()
    assert np.isfinite(ends).sum() >= 10  # of 12
    for side, j, k in ((1, 1, 0), (1, 0, 1)):  # the far one, and one nearby
        lost_by = fit.penalised_loglik - profile(ends[side, j, k], (j, k), fit.coef, X, y)
        assert 2 * lost_by == pytest.approx(chi2.ppf(0.95, 1), rel=1e-4)
    assert all(issubclass(each.category, ConvergenceWarning) for each in told)
    lost = np.isnan(fit.ci_low + fit.ci_high + fit.chi2)
    assert len(told) == lost.any()
    for j, k in np.argwhere(lost):
        assert f"{fit.names[j]!r} of {fit.classes[k + 1]}" in str(told[0].message)
