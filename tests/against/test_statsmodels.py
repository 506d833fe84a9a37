"""Summaries against statsmodels: its own data sets and generated ones, to 1e-8."""

import warnings
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from glasslogit import (
    LogisticRegression,
    hypothesis_test,
    marginal_effects,
    probability_intervals,
    summarize,
    wald_test,
)

sm = pytest.importorskip("statsmodels.api")
CLOSE = 1e-8


@dataclass(frozen=True)
class Case:
    X: np.ndarray
    y: np.ndarray
    names: tuple[str, ...]


def table(frame, target) -> Case:
    return Case(frame.to_numpy(float), np.asarray(target, int), tuple(map(str, frame.columns)))


COLUMNS = {
    "anes96": ["logpopul", "TVnews", "selfLR", "age", "educ"],
    "ccard": ["AGE", "INCOME", "AVGEXP"],
    "randhie": ["lncoins", "idp", "lpi", "disea", "hlthp"],
    "heart": ["age", "survival"],
    "modechoice": ["ttme", "invc", "invt", "hinc", "psize"],
    "statecrime": ["hs_grad", "poverty", "single"],
}
TARGETS = {
    "anes96": lambda frame: frame["vote"],
    "ccard": lambda frame: frame["OWNRENT"],
    "randhie": lambda frame: frame["mdvis"] > 0,
    "heart": lambda frame: frame["censors"],
    "modechoice": lambda frame: frame["choice"],
    "statecrime": lambda frame: frame["murder"] > frame["murder"].median(),
}


def shipped(name: str) -> Case:
    data = getattr(sm.datasets, name).load_pandas()
    if name in ("spector", "fair"):
        return table(data.exog, data.endog > 0)
    frame = data.data.iloc[:: 20 if name == "randhie" else 1]
    return table(frame[COLUMNS[name]], TARGETS[name](frame))


def generated(name: str) -> Case:
    rng = np.random.default_rng(len(name))
    n, d = 400, 5
    X = rng.normal(size=(n, d)) @ rng.normal(size=(d, d))
    score = X @ rng.normal(size=d) / 3
    if name == "raw scales":
        X = X * [1e-3, 1.0, 1e3, 1e2, 1e-2] + [5.0, 100.0, 0.0, -1e4, 1.0]
    if name == "few events":
        score = score - 4.0
    y = rng.random(n) < 1 / (1 + np.exp(-score))
    return Case(X, y.astype(int), tuple(f"x{j}" for j in range(d)))


SHIPPED = ["spector", "fair", "anes96", "ccard", "randhie", "heart", "modechoice", "statecrime"]
GENERATED = ["plain", "raw scales", "few events"]


@cache
def case_of(name: str) -> Case:
    return shipped(name) if name in SHIPPED else generated(name)


@cache
def ours(name: str) -> LogisticRegression:
    case = case_of(name)
    return LogisticRegression(C=np.inf, tol=1e-11).fit(case.X, case.y)


def theirs(case: Case, **settings):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = sm.Logit(case.y, sm.add_constant(case.X, has_constant="add"))
        start = model.fit(disp=0, method="newton", tol=1e-12, maxiter=100).params
        return model.fit(start, disp=0, method="newton", tol=1e-14, maxiter=5, **settings)


def close(mine, other, rtol=CLOSE, atol=0.0):
    np.testing.assert_allclose(np.asarray(mine), np.asarray(other), rtol=rtol, atol=atol)


@pytest.mark.parametrize("name", SHIPPED + GENERATED)
def test_the_table_and_the_likelihoods(name):
    case = case_of(name)
    summary, peer = summarize(ours(name), case.X, case.y), theirs(case)
    close(summary.coef / summary.std_error, peer.params / peer.bse, atol=CLOSE)
    close(summary.std_error, peer.bse)
    close(summary.p_value, peer.pvalues, rtol=1e-7)
    ends = np.column_stack([summary.ci_low, summary.ci_high])
    assert np.all(np.abs(ends - peer.conf_int()) < CLOSE * np.abs(ends).max(axis=1)[:, None])
    V = peer.cov_params()
    close(
        summary.covariance / np.outer(peer.bse, peer.bse),
        V / np.outer(peer.bse, peer.bse),
        atol=CLOSE,
    )
    for one, other in [
        (summary.log_likelihood, peer.llf),
        (summary.null_log_likelihood, peer.llnull),
        (summary.aic, peer.aic),
        (summary.bic, peer.bic),
        (summary.mcfadden_r2, peer.prsquared),
        (summary.likelihood_ratio.statistic, peer.llr),
        (summary.likelihood_ratio.p_value, peer.llr_pvalue),
    ]:
        close(one, other, rtol=1e-6 if other == peer.llr_pvalue else CLOSE)


@pytest.mark.parametrize("name", SHIPPED + GENERATED)
def test_robust_and_cluster_covariances(name):
    case = case_of(name)
    groups = np.arange(len(case.y)) % 17
    for mine, other in [
        ({"covariance": "HC0"}, {"cov_type": "HC0"}),
        (
            {"covariance": "cluster", "groups": groups},
            {"cov_type": "cluster", "cov_kwds": {"groups": groups}},
        ),
    ]:
        peer = theirs(case, **other)
        V = summarize(ours(name), case.X, case.y, **mine).covariance
        scale = np.outer(peer.bse, peer.bse)
        close(V / scale, peer.cov_params() / scale, atol=CLOSE)


@pytest.mark.parametrize("name", SHIPPED + GENERATED)
@pytest.mark.parametrize("at", ["overall", "mean"])
def test_marginal_effects(name, at):
    case = case_of(name)
    mine, other = (
        marginal_effects(ours(name), case.X, case.y, at=at),
        theirs(case).get_margeff(at=at),
    )
    close(mine.z, other.tvalues, atol=CLOSE)
    close(mine.std_error, other.margeff_se)


@pytest.mark.parametrize("name", SHIPPED + GENERATED)
def test_predicted_probabilities(name):
    case = case_of(name)
    sure = probability_intervals(summarize(ours(name), case.X, case.y), case.X)
    peer = theirs(case).get_prediction().summary_frame()
    close(sure.probability[:, 1], peer["predicted"])
    close(sure.std_error[:, 1], peer["se"], rtol=1e-7)
    close(sure.ci_low[:, 1], peer["ci_lower"], rtol=1e-6)
    close(sure.ci_high[:, 1], peer["ci_upper"], rtol=1e-6)


@pytest.mark.parametrize("name", ["spector", "fair", "plain"])
def test_wald_and_score_tests(name):
    case = case_of(name)
    peer, d = theirs(case), case.X.shape[1]
    summary = summarize(ours(name), case.X, case.y, covariance="HC0")
    R = np.zeros((2, d + 1))
    R[0, 1], R[1, 2], R[1, 3 if d > 2 else 1] = 1.0, 1.0, -2.0
    r = np.array([0.3, -0.1])
    other = theirs(case, cov_type="HC0").wald_test((R, r), scalar=True)
    mine = wald_test(summary, R, r)
    close(mine.statistic, other.statistic, rtol=1e-7)
    assert mine.df == 2
    part = Case(case.X[:, 2:], case.y, case.names[2:])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        small = theirs(part)
    statistic, p = score(small, case)
    test = hypothesis_test(ours(name), case.X, case.y, hypothesis=["x0", "x1"], test="score")
    close(test.statistic, statistic, rtol=1e-7)
    close(test.p_value, p, rtol=1e-6)
    assert peer.llf > small.llf


def score(small, case):
    """Rao's statistic by hand: the slope of the larger likelihood where the smaller is best."""
    from scipy import stats

    large = sm.Logit(case.y, sm.add_constant(case.X, has_constant="add"))
    at = np.concatenate([small.params[:1], [0.0, 0.0], small.params[1:]])
    g = large.score(at)
    statistic = g @ np.linalg.solve(-large.hessian(at), g)
    return statistic, stats.chi2.sf(statistic, 2)


@cache
def multinomial(name: str):
    if name == "anes96":
        data = sm.datasets.anes96.load_pandas()
        case = Case(data.exog.to_numpy(float), np.asarray(data.endog, int), ())
    else:
        rng = np.random.default_rng(3)
        X = rng.normal(size=(500, 3)) * [1.0, 10.0, 0.1]
        y = (X @ rng.normal(size=(3, 4)) / [1, 1, 5, 9] + rng.gumbel(size=(500, 4))).argmax(axis=1)
        case = Case(X, y, ())
    model = LogisticRegression(C=np.inf, tol=1e-11).fit(case.X, case.y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = sm.MNLogit(case.y, sm.add_constant(case.X))
        start = peer.fit(disp=0, method="newton", maxiter=100, tol=1e-12).params.ravel(order="F")
        peers = {
            kind: peer.fit(start, disp=0, method="newton", maxiter=5, tol=1e-14, **more)
            for kind, more in {
                "classical": {},
                "HC0": {"cov_type": "HC0"},
                "cluster": {
                    "cov_type": "cluster",
                    "cov_kwds": {"groups": np.arange(len(case.y)) % 17},
                },
            }.items()
        }
    return case, model, peers


@pytest.mark.parametrize("name", ["anes96", "generated"])
@pytest.mark.parametrize("kind", ["classical", "HC0", "cluster"])
def test_multinomial_tables(name, kind):
    case, model, peers = multinomial(name)
    groups = np.arange(len(case.y)) % 17 if kind == "cluster" else None
    summary, peer = summarize(model, case.X, case.y, covariance=kind, groups=groups), peers[kind]
    bse = peer.bse.T.ravel()
    close(summary.std_error, bse)
    close(summary.coef / bse, peer.params.T.ravel() / bse, atol=CLOSE)
    scale = np.outer(bse, bse)
    close(summary.covariance / scale, peer.cov_params() / scale, atol=CLOSE)
    close([summary.log_likelihood, summary.aic, summary.bic], [peer.llf, peer.aic, peer.bic])


@pytest.mark.parametrize("name", ["anes96", "generated"])
@pytest.mark.parametrize("at", ["overall", "mean"])
def test_multinomial_marginal_effects(name, at):
    case, model, peers = multinomial(name)
    mine, other = (
        marginal_effects(model, case.X, case.y, at=at),
        peers["classical"].get_margeff(at=at),
    )
    close(mine.std_error, other.margeff_se.T.ravel())
    close(mine.z, other.tvalues.T.ravel(), atol=CLOSE)


def test_multinomial_without_an_intercept():
    case = multinomial("generated")[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = sm.MNLogit(case.y, case.X).fit(disp=0, method="newton", maxiter=100, tol=1e-14)
    model = LogisticRegression(C=np.inf, tol=1e-11, fit_intercept=False).fit(case.X, case.y)
    summary = summarize(model, case.X, case.y)
    assert summary.terms[:3] == ("x0", "x1", "x2")
    close(summary.std_error, peer.bse.T.ravel())
    close(summary.z, (peer.params / peer.bse).T.ravel(), atol=CLOSE)
    close(summary.null_log_likelihood, len(case.y) * np.log(1 / 4))


def test_weights_offset_and_no_intercept():
    case = case_of("plain")
    rng = np.random.default_rng(0)
    weight, offset = rng.integers(1, 5, len(case.y)), case.X[:, 0] / 4
    family = sm.families.Binomial()
    for intercept in (True, False):
        model = LogisticRegression(C=np.inf, tol=1e-11, fit_intercept=intercept)
        model.fit(case.X, case.y, weight, offset)
        summary = summarize(model, case.X, case.y, weight, offset)
        X = sm.add_constant(case.X) if intercept else case.X
        peer = sm.GLM(case.y, X, family, offset=offset, freq_weights=weight).fit(tol=1e-14)
        close(summary.std_error, peer.bse)
        close(summary.coef / peer.bse, peer.params / peer.bse, atol=CLOSE)
        close([summary.log_likelihood, summary.deviance], [peer.llf, peer.deviance])
        if intercept:
            close(summary.null_deviance, peer.null_deviance)


def test_hc1_to_hc3_by_leverage():
    case = case_of("spector")
    peer = sm.GLM(case.y, sm.add_constant(case.X), sm.families.Binomial()).fit(tol=1e-14)
    h, X = peer.get_influence().hat_matrix_diag, sm.add_constant(case.X)
    bread = peer.cov_params()
    n, m = X.shape
    for kind, factor in {"HC1": n / (n - m), "HC2": 1 / (1 - h), "HC3": (1 - h) ** -2}.items():
        meat = X.T * (factor * peer.resid_response**2) @ X
        close(
            summarize(ours("spector"), case.X, case.y, covariance=kind).covariance,
            bread @ meat @ bread,
        )


def test_counts_of_events_per_row():
    """star98: events and trials; the likelihood has the number of ways, as R and statsmodels."""
    data = sm.datasets.star98.load_pandas()
    events = data.endog.to_numpy(float)
    X = data.exog.to_numpy(float)
    model = LogisticRegression(C=np.inf, tol=1e-9).fit(X, events)
    summary = summarize(model, X, events)
    peer = sm.GLM(events, sm.add_constant(X), sm.families.Binomial()).fit(tol=1e-14, maxiter=100)
    close(summary.std_error, peer.bse)
    close(summary.coef / peer.bse, peer.params / peer.bse, atol=1e-6)
    close([summary.log_likelihood, summary.aic], [peer.llf, peer.aic])
    close([summary.deviance, summary.null_deviance], [peer.deviance, peer.null_deviance])
    twice, y = np.vstack([X, X]), np.repeat([1, 0], len(X))
    weight = np.concatenate([events[:, 0], events[:, 1]])
    one_by_one = LogisticRegression(C=np.inf, tol=1e-9).fit(twice, y, weight)
    single = summarize(one_by_one, twice, y, weight)
    close(single.std_error, summary.std_error)
    close(single.mcfadden_r2, summary.mcfadden_r2)
    close(single.likelihood_ratio.statistic, summary.likelihood_ratio.statistic)
    trials = events.sum(axis=1)
    close(summarize(model, X, events[:, 0] / trials, trials).std_error, summary.std_error)


@pytest.mark.parametrize("kind", ["HC0", "HC1", "HC3"])
def test_robust_errors_of_events_among_trials(kind):
    """statsmodels and R's sandwich take the row for what is independent, and so do we."""
    rng = np.random.default_rng(4)
    X, n = rng.normal(size=(15, 2)), rng.integers(5, 40, 15)
    events = rng.binomial(n, 1 / (1 + np.exp(-X @ [0.8, -0.4])))
    counts = np.column_stack([events, n - events])
    A = sm.add_constant(X)
    peer = sm.GLM(counts, A, sm.families.Binomial()).fit(tol=1e-14)
    robust = sm.GLM(counts, A, sm.families.Binomial()).fit(tol=1e-14, cov_type="HC0")
    p = peer.predict(A)
    h = np.einsum("ij,jk,ik->i", A, peer.cov_params(), A) * n * p * (1 - p)
    factor = {"HC0": 1.0, "HC1": 15 / 12, "HC3": (1 - h) ** -2}[kind]
    scores = A * ((events - n * p) * np.sqrt(factor))[:, None]
    V = peer.cov_params() @ scores.T @ scores @ peer.cov_params()
    model = LogisticRegression(C=np.inf, tol=1e-9).fit(X, counts)
    close(summarize(model, X, counts, covariance=kind).covariance, V, rtol=1e-7)
    if kind == "HC0":
        close(robust.cov_params(), V, rtol=1e-7)
