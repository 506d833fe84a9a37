"""Laws of summaries: what may not change them, and what each number is by its definition."""

import sys

import numpy as np
import pytest
import scipy.sparse as sp
from scipy import stats

from glasslogit import (
    LogisticRegression,
    LogisticRegressionCV,
    bootstrap,
    diagnose,
    explain,
    hypothesis_test,
    likelihood_ratio_test,
    marginal_effects,
    probability_intervals,
    summarize,
    term_tests,
    wald_test,
)
from glasslogit.core.losses import sigmoid, softmax
from glasslogit.errors import InputError, MissingExtraError, NotFittedError
from glasslogit.model.fitted import fitted_objective
from glasslogit.trust.claims import claims_of
from glasslogit.trust.inference.bootstrap import draw, units_of
from glasslogit.trust.inference.distributions import normal_quantile, two_sided
from glasslogit.trust.inference.summarize import summarize_fitted

ARRAYS = ("coef", "std_error", "z", "p_value", "ci_low", "ci_high")
FACTS = ("log_likelihood", "null_log_likelihood", "deviance", "null_deviance", "aic", "bic")
COVARIANCES = ("classical", "HC0", "HC1", "cluster")


def rows(K: int = 2, n: int = 240, d: int = 3):
    rng = np.random.default_rng(K)
    X = rng.normal(size=(n, d)) * [1.0, 5.0, 0.2]
    score = X / [1.0, 5.0, 0.2] @ rng.normal(size=(d, K)) / 2
    return X, (score + rng.gumbel(size=(n, K))).argmax(axis=1)


def fit(X, y, *more, **settings):
    return LogisticRegression(**{"C": np.inf, "tol": 1e-10} | settings).fit(X, y, *more)


def same(one, other, names=ARRAYS, rtol=1e-7, atol=1e-9):
    for name in names:
        np.testing.assert_allclose(
            getattr(one, name), getattr(other, name), rtol, atol, err_msg=name
        )


def choose(kind: str, n: int) -> dict:
    return {"covariance": kind, "groups": np.arange(n) // 5 if kind == "cluster" else None}


@pytest.mark.parametrize("K", [2, 3])
@pytest.mark.parametrize("kind", COVARIANCES)
def test_a_weight_of_two_is_two_rows(K, kind):
    X, y = rows(K)
    weight = np.random.default_rng(1).integers(0, 4, len(y))
    weight[5:15] = 0  # two clusters whose rows count for nothing
    twice = np.repeat(np.arange(len(y)), weight)
    many, few = choose(kind, len(y)), choose(kind, len(y))
    if kind == "cluster":
        many["groups"] = many["groups"][twice]
    one = summarize(fit(X, y, weight), X, y, weight, **few)
    other = summarize(fit(X[twice], y[twice]), X[twice], y[twice], **many)
    same(one, other)
    same(one, other, (*FACTS, "nagelkerke_r2", "mcfadden_r2", "df", "count"))
    if K == 2:
        same(one, other, ["tjur_r2"])


def trials():
    """Give X and (events, others) of 12 rows, and the same as single rows of labels."""
    rng = np.random.default_rng(8)
    X, n = rng.normal(size=(12, 2)), rng.integers(8, 30, 12)
    events = rng.binomial(n, sigmoid(X @ [0.7, -0.5] - 0.8))
    counts = np.column_stack([events, n - events])
    twice = np.repeat(np.vstack([X, X]), counts.T.ravel(), axis=0)
    return X, counts, twice, np.repeat([1, 0], counts.sum(axis=0))


def test_a_row_of_trials_is_its_trials():
    X, counts, single, labels = trials()
    model = fit(X, counts)
    one, other = summarize(model, X, counts), summarize(fit(single, labels), single, labels)
    same(one, other)
    same(one, other, ["df", "count", "tjur_r2", "nagelkerke_r2", "mcfadden_r2"])
    share, weight = counts[:, 0] / counts.sum(axis=1), counts.sum(axis=1)
    same(one, summarize(model, X, share, weight))


@pytest.mark.parametrize("coarse", [False, True])
@pytest.mark.parametrize("class_weight", [None, "balanced", {0: 1.0, 1: 3.0}])
def test_a_row_of_trials_is_a_cluster_of_them(class_weight, coarse):
    """As in R's sandwich and statsmodels: the trials of a row may depend on each other."""
    X, counts, single, labels = trials()
    rows_of = np.arange(len(X)) // (2 if coarse else 1)
    groups = np.repeat(np.tile(rows_of, 2), counts.T.ravel())
    model, settings = fit(X, counts, class_weight=class_weight), {"class_weight": class_weight}
    asked = {"covariance": "cluster", "groups": rows_of} if coarse else {"covariance": "HC0"}
    one = summarize(model, X, counts, **asked)
    many = {"covariance": "cluster", "groups": groups}
    other = summarize(fit(single, labels, **settings), single, labels, **many)
    g, n, N, m = len(set(rows_of)), len(X), len(labels), 3
    factor = g / (g - 1) * (N - 1) / (N - m)
    if coarse:
        factor = (N - 1) / (N - m) / ((n - 1) / (n - m))
    np.testing.assert_allclose(one.covariance * factor, other.covariance, rtol=1e-7)
    assert one.count == other.count


@pytest.mark.parametrize("kind", ["HC0", "HC1", "HC3"])
def test_a_class_weight_keeps_counted_rows_apart(kind):
    X, y = rows()
    weight = np.random.default_rng(1).integers(1, 4, len(y))
    twice, settings = np.repeat(np.arange(len(y)), weight), {"class_weight": "balanced"}
    one = summarize(fit(X, y, weight, **settings), X, y, weight, covariance=kind)
    many = fit(X[twice], y[twice], **settings)
    same(one, summarize(many, X[twice], y[twice], covariance=kind))


def test_leverage_counts_repeated_rows():
    X, y = rows()
    weight = np.random.default_rng(1).integers(0, 4, len(y))
    twice = np.repeat(np.arange(len(y)), weight)
    for kind in ("HC2", "HC3"):
        one = summarize(fit(X, y, weight), X, y, weight, covariance=kind)
        same(one, summarize(fit(X[twice], y[twice]), X[twice], y[twice], covariance=kind))


@pytest.mark.parametrize("K", [2, 3])
@pytest.mark.parametrize("kind", COVARIANCES)
def test_any_source_gives_the_same(K, kind):
    X, y = rows(K)
    model, asked = fit(X, y), choose(kind, len(y))
    one = summarize(model, X, y, **asked)
    same(one, summarize(model, sp.csr_matrix(X), y, **asked))
    cut = [slice(0, 70), slice(70, 75), slice(75, None)]
    batches = summarize(model, lambda: ((X[part], y[part]) for part in cut), None, **asked)
    same(one, batches)
    same(one, batches, FACTS)


@pytest.mark.parametrize("K", [2, 3])
@pytest.mark.parametrize("kind", COVARIANCES)
def test_moved_and_scaled_columns_keep_their_z(K, kind):
    X, y = rows(K)
    one, moved = (
        summarize(fit(X, y), X, y, **choose(kind, len(y))),
        X * [1e-4, 1e4, -1] + [1, 1e6, 0],
    )
    other = summarize(fit(moved, y), moved, y, **choose(kind, len(y)))
    slopes = one.slopes
    np.testing.assert_allclose(
        one.z[slopes], other.z[slopes] * np.tile([1, 1, -1], K - 1), rtol=1e-6
    )
    same(one, other, FACTS)


@pytest.mark.parametrize("kind", COVARIANCES)
def test_one_pass_and_another_for_a_sandwich(kind):
    X, y = rows()
    fitted = fitted_objective(model := fit(X, y), X, y)
    before = fitted.objective.source.passes
    summarize_fitted(model, fitted, **choose(kind, len(y)))
    assert fitted.objective.source.passes - before == (1 if kind == "classical" else 2)


def test_the_other_reference_turns_the_signs():
    X, y = rows()
    one, other = (summarize(fit(X, y), X, y, reference=k) for k in (0, 1))
    np.testing.assert_allclose(one.coef, -other.coef)
    np.testing.assert_allclose(one.ci_low, -other.ci_high)
    assert (one.equations, other.equations) == ((1,), (0,))


@pytest.mark.parametrize("kind", COVARIANCES)
def test_contrasts_of_any_reference_agree(kind):
    X, y = rows(3)
    asked = choose(kind, len(y))
    zero, two = (summarize(fit(X, y), X, y, reference=k, **asked) for k in (0, 2))
    first, second = zero.coef[:4], zero.coef[4:]  # 1 − 0 and 2 − 0
    np.testing.assert_allclose(two.coef, np.concatenate([-second, first - second]), rtol=1e-9)
    L = np.block([[np.zeros((4, 4)), -np.eye(4)], [np.eye(4), -np.eye(4)]])
    np.testing.assert_allclose(two.covariance, L @ zero.covariance @ L.T, rtol=1e-8, atol=1e-14)
    sure = [probability_intervals(s, X[:9]) for s in (zero, two)]
    same(*sure, ["probability", "std_error", "ci_low", "ci_high"])
    with pytest.raises(InputError, match="reference=7 is no class of the model"):
        summarize(fit(X, y), X, y, reference=7)


def test_a_cluster_a_row_is_the_robust_covariance():
    X, y = rows()
    n, m = len(y), 4
    robust = summarize(fit(X, y), X, y, covariance="robust").covariance
    alone = summarize(fit(X, y), X, y, covariance="cluster", groups=[f"g{i}" for i in range(n)])
    np.testing.assert_allclose(alone.covariance, robust * n / (n - m), rtol=1e-9)


def test_weights_that_do_not_count_rows_may_have_any_scale():
    X, y = rows()
    weight = np.random.default_rng(1).uniform(0.2, 3.0, len(y))
    settings = {"covariance": "HC1"}
    model, larger = fit(X, y, weight), fit(X, y, 7 * weight)
    model.weights = larger.weights = "sampling"
    one = summarize(model, X, y, weight, **settings)
    same(one, summarize(larger, X, y, 7 * weight, **settings))
    assert one.count == len(y)
    assert summarize(model, X, y, weight).kind == "robust (HC0)"
    assert "there is no likelihood" in summarize(model, X, y, weight).notes[0]
    with pytest.raises(InputError, match="classical errors are wrong"):
        summarize(model, X, y, weight, covariance="classical")
    assert [getattr(one, name) for name in (*FACTS, "mcfadden_r2", "nagelkerke_r2")] == [None] * 8
    assert not {"likelihood", "AIC", "deviance"} & set(str(one).replace("-", " ").split())
    assert one.tjur_r2 == pytest.approx(summarize(larger, X, y, 7 * weight).tjur_r2)
    with pytest.raises(InputError, match="profile intervals need a likelihood"):
        summarize(model, X, y, weight, intervals="profile")
    with pytest.raises(InputError, match="do not count rows"):
        likelihood_ratio_test(one, one)


def test_weights_that_add_up_to_one_do_not_count_rows():
    X, y = rows()
    model = fit(X, y)
    weight = np.random.default_rng(1).uniform(0.2, 3.0, len(y))
    small = weight / weight.sum()
    one = summarize(fit(X, y, small), X, y, small, covariance="robust")
    other = fit(X, y, weight, weights="sampling")
    same(one, summarize(other, X, y, weight, covariance="robust"), rtol=1e-6)
    assert (one.count, one.log_likelihood) == (len(y), None)
    unit = np.full(len(y), 1 / 3) * 3
    same(summarize(model, X, y), summarize(fit(X, y, unit), X, y, unit), (*ARRAYS, *FACTS))


@pytest.mark.parametrize("K", [2, 3])
def test_ridge_is_a_sandwich_of_its_curvature(K):
    X, y = rows(K)
    model = fit(X, y, C=0.5)
    summary = summarize(model, X, y)
    A, z = np.column_stack([np.ones(len(y)), X]), model.decision_function(X).reshape(len(y), -1)
    p = sigmoid(z) if K == 2 else softmax(z)
    C = p[:, :, None] * (np.eye(p.shape[1]) - p[:, None])
    fisher = np.einsum("nkl,ni,nj->kilj", C, A, A).reshape(p.shape[1] * 4, -1)
    P = fisher + np.kron(np.eye(p.shape[1]), np.diag([0, 1, 1, 1]) / 0.5)
    V = np.linalg.pinv(P) @ fisher @ np.linalg.pinv(P)
    L = np.eye(4) if K == 2 else np.kron([[-1, 1, 0], [-1, 0, 1]], np.eye(4))
    np.testing.assert_allclose(summary.covariance, L @ V @ L.T, rtol=1e-6, atol=1e-12)
    assert summary.df == pytest.approx(np.trace(np.linalg.pinv(P) @ fisher), rel=1e-8)
    assert "bias" in summary.notes[0]
    assert summary.df < 4 * (K - 1)
    with pytest.raises(InputError, match="without a penalty"):
        _ = summary.likelihood_ratio
    with pytest.raises(InputError, match="profile intervals need a likelihood"):
        summarize(model, X, y, intervals="profile")
    with pytest.raises(InputError, match="needs one: no penalty"):
        hypothesis_test(model, X, y, hypothesis="x0", test="score")


def test_a_cross_validated_fit_is_summarised_at_its_strength():
    X, y = rows()
    model = LogisticRegressionCV(Cs=[0.1, 1.0], cv=3, tol=1e-10).fit(X, y)
    same(summarize(model, X, y), summarize(fit(X, y, C=float(np.ravel(model.C_)[0])), X, y))


@pytest.mark.parametrize("K", [2, 3])
def test_the_likelihood_ratio_at_a_profile_end_is_its_quantile(K):
    X, y = rows(K, n=60)
    model = fit(X, y)
    summary = summarize(model, X, y, intervals="profile", level=0.9)
    for j, side in [
        (0, summary.ci_low),
        (1, summary.ci_high),
        (len(summary.coef) - 1, summary.ci_low),
    ]:
        R = np.eye(len(summary.coef))[[j]]
        _, fixed = constrained(model, X, y, R, side[j])
        gain = 2 * (summary.log_likelihood - fixed)
        assert gain == pytest.approx(stats.chi2.ppf(0.9, 1), abs=1e-6)
    assert (summary.ci_low < summary.coef).all()
    assert (summary.coef < summary.ci_high).all()


def constrained(model, X, y, R, r):
    """Maximise the likelihood with R·β = r by SciPy, in the contrasts that are reported."""
    from scipy import optimize

    summary, A = summarize(model, X, y), np.column_stack([np.ones(len(y)), X])

    def minus(beta):
        z = A @ beta.reshape(-1, A.shape[1]).T
        scores = np.column_stack([np.zeros(len(y)), z])
        top = scores.max(axis=1)
        total = np.log(np.exp(scores - top[:, None]).sum(axis=1)) + top
        slope = softmax(scores)
        slope[np.arange(len(y)), y] -= 1
        return (total - scores[np.arange(len(y)), y]).sum(), (A.T @ slope[:, 1:]).T.ravel()

    basis, scale = np.linalg.svd(R)[2][len(R) :].T, summary.std_error
    start = summary.coef + np.linalg.lstsq(R, r - R @ summary.coef)[0]

    def restricted(v):
        value, slope = minus(start + scale * 0 + basis @ v)
        return value, basis.T @ slope

    found = optimize.minimize(
        restricted, np.zeros(basis.shape[1]), jac=True, method="BFGS", options={"gtol": 1e-9}
    )
    return found.x, -found.fun


@pytest.mark.parametrize("K", [2, 3])
def test_term_tests_are_fits_without_the_term(K):
    X, y = rows(K)
    large = summarize(fit(X, y), X, y)
    for name, keep in {"x0": [1, 2], "x1": [0, 2]}.items():
        part = X[:, keep]
        small = fit(part, y)
        small.feature_names_in_ = np.array([f"x{j}" for j in keep], dtype=object)
        nested = likelihood_ratio_test(summarize(small, part, y), large)
        (term,) = term_tests(fit(X, y), X, y, terms={"term": name})
        assert term.statistic == pytest.approx(nested.statistic, abs=1e-7)
        assert term.df == nested.df == K - 1
        assert term.name == "likelihood ratio, term"
    overall = ["x0", "x1", "x2"]
    (ratio,) = term_tests(fit(X, y), X, y, terms={"all": overall})
    assert ratio.statistic == pytest.approx(large.likelihood_ratio.statistic, abs=1e-7)
    (wald,) = term_tests(fit(X, y), X, y, terms={"all": overall}, test="wald")
    assert wald.statistic == pytest.approx(large.wald.statistic, rel=1e-9)
    assert len(term_tests(fit(X, y), X, y, test="score")) == 3


def test_the_three_tests_agree_where_the_hypothesis_is_near():
    X, y = rows(n=4000)
    model = fit(X, y)
    summary = summarize(model, X, y)
    R, r = np.array([[0.0, 1.0, -1.0, 0.0], [0, 0, 0, 1]]), None
    r = R @ summary.coef + 0.3 * np.sqrt(np.diag(R @ summary.covariance @ R.T))
    wald = wald_test(summary, R, r).statistic
    score = hypothesis_test(model, X, y, hypothesis=R, value=r, test="score").statistic
    assert 0.05 < wald < 1
    assert score == pytest.approx(wald, rel=0.05)


def test_names_are_tested_in_the_order_they_are_given():
    X, y = rows()
    model = fit(X, y)
    summary = summarize(model, X, y)
    R, r = [[0.0, 0, 1, 0], [0, 1, 0, 0]], [0.05, -0.2]
    expected = wald_test(summary, R, r).statistic
    assert wald_test(summary, ["x1", "x0"], r).statistic == expected
    assert wald_test(summary, ["x0", "x1"], r[::-1]).statistic == pytest.approx(expected)
    for test in ("likelihood_ratio", "score", "wald"):
        pair = [
            hypothesis_test(model, X, y, hypothesis=each, value=r, test=test).statistic
            for each in (R, ["x1", "x0"])
        ]
        assert pair[0] == pytest.approx(pair[1], rel=1e-9)
    several = summarize(fit(*rows(3)), *rows(3))
    unit = np.eye(8)[[2, 6, 1, 5]]  # x1 in both equations, then x0
    assert wald_test(several, ["x1", "x0"], [1, 2, 3, 4]).statistic == pytest.approx(
        wald_test(several, unit, [1, 2, 3, 4]).statistic, rel=1e-9
    )
    with pytest.raises(InputError, match="names 'x0' twice"):
        wald_test(summary, ["x0", "x1", "x0"])


def test_a_column_of_the_name_of_the_intercept():
    pd = pytest.importorskip("pandas")
    X, y = rows()
    frame = pd.DataFrame(X, columns=["(Intercept)", "b", "c"])
    for settings in ({}, {"fit_intercept": False}):
        named, plain = (summarize(fit(Z, y, **settings), Z, y) for Z in (frame, X))
        assert named.likelihood_ratio.df == plain.likelihood_ratio.df == 3
        assert named.wald.statistic == pytest.approx(plain.wald.statistic, rel=1e-9)
        sure = [probability_intervals(s, Z[:5]) for s, Z in ((named, frame), (plain, X))]
        np.testing.assert_allclose(sure[0].ci_low, sure[1].ci_low, rtol=1e-9)


def test_probability_intervals_read_rows_as_predict_proba_does():
    pd = pytest.importorskip("pandas")
    X, y = rows()
    model, frame = fit(X, y), pd.DataFrame(X, columns=["u", "v", "w"])
    summary = summarize(model, X, y)
    for Z in (frame, sp.csr_matrix(X), X.tolist(), X[0]):
        found = probability_intervals(summary, Z).probability
        np.testing.assert_allclose(found, model.predict_proba(Z), rtol=1e-9)
    named = summarize(fit(frame, y), frame, y)
    with pytest.raises(InputError, match="column 0 of X is 'v' but was 'u'"):
        probability_intervals(named, frame[["v", "u", "w"]])
    model.fit(X[:, :2], y)  # the summary is of the fit it was made from
    assert probability_intervals(summary, X[:5]).probability.shape == (5, 2)


def test_hypotheses_that_make_no_sense_are_refused():
    X, y = rows()
    model = fit(X, y)
    summary = summarize(model, X, y)
    small = summarize(fit(X[:, :2], y), X[:, :2], y)
    with pytest.raises(InputError, match="no coefficient 'x9'; it has"):
        wald_test(summary, "x9")
    with pytest.raises(InputError, match=r"shape \(q, 4\)"):
        wald_test(summary, np.ones(3))
    with pytest.raises(InputError, match="depend on each other"):
        wald_test(summary, [[0, 1, 0, 0], [0, 2, 0, 0]])
    with pytest.raises(InputError, match="depend on each other"):
        hypothesis_test(model, X, y, hypothesis=[[0, 1, 0, 0], [0, 2, 0, 0]], test="score")
    with pytest.raises(InputError, match="value has shape"):
        wald_test(summary, "x0", [1.0, 2.0])
    with pytest.raises(InputError, match="smaller one first"):
        likelihood_ratio_test(summary, small)
    with pytest.raises(InputError, match="test='f' is not valid"):
        term_tests(model, X, y, test="f")


@pytest.mark.parametrize("K", [2, 3])
@pytest.mark.parametrize("at", ["overall", "mean"])
def test_marginal_effects_are_derivatives(K, at):
    X, y = rows(K)
    weight = np.random.default_rng(4).integers(1, 4, len(y))
    model, h = fit(X, y, weight), 1e-6
    effects = marginal_effects(model, X, y, weight, at=at)

    def probabilities(X):
        where = X if at == "overall" else np.average(X, axis=0, weights=weight)[None]
        p = model.predict_proba(where)
        return np.average(p, axis=0, weights=weight if at == "overall" else None)

    steps = np.eye(3) * h
    slope = np.array([probabilities(X + s) - probabilities(X - s) for s in steps]) / (2 * h)
    np.testing.assert_allclose(effects.effect, slope[:, int(K == 2) :].T.ravel(), atol=1e-8)
    summary = summarize(model, X, y, weight)
    J = []
    for j in range(len(summary.coef)):
        moved = [at_coefficients(summary, j, s, X, weight, at) for s in (h, -h)]
        J.append((moved[0] - moved[1]) / (2 * h))
    V = np.array(J).T @ summary.covariance @ np.array(J)
    np.testing.assert_allclose(effects.std_error, np.sqrt(np.diag(V)), rtol=1e-5)


def at_coefficients(summary, j, step, X, weight, at):
    """Give the effects where one reported coefficient is moved, by the definition."""
    beta = summary.coef.copy()
    beta[j] += step
    beta = beta.reshape(len(summary.equations), -1)
    where = X if at == "overall" else np.average(X, axis=0, weights=weight)[None]
    scores = np.column_stack([np.zeros(len(where)), beta[:, 0] + where @ beta[:, 1:].T])
    p, w = softmax(scores), np.vstack([np.zeros(X.shape[1]), beta[:, 1:]])
    each = p[:, :, None] * (w - (p @ w)[:, None])
    mean = np.average(each, axis=0, weights=weight if at == "overall" else None)
    return mean[int(len(mean) == 2) :].ravel()


@pytest.mark.parametrize("K", [2, 3])
def test_probability_intervals(K):
    X, y = rows(K)
    model = fit(X, y)
    summary, h = summarize(model, X, y), 1e-6
    sure = probability_intervals(summary, X[:5])
    np.testing.assert_allclose(sure.probability, model.predict_proba(X[:5]), rtol=1e-9)
    assert (sure.ci_low < sure.probability).all()
    assert (sure.probability < sure.ci_high).all()
    A = np.column_stack([np.ones(5), X[:5]])

    def p(beta):
        return softmax(np.column_stack([np.zeros(5), A @ beta.reshape(K - 1, -1).T]))

    J = [
        (p(summary.coef + s) - p(summary.coef - s)) / (2 * h) for s in np.eye(len(summary.coef)) * h
    ]
    V = np.einsum("ank,ab,bnk->nk", J, summary.covariance, J)
    np.testing.assert_allclose(sure.std_error, np.sqrt(V), rtol=1e-5)
    far = probability_intervals(summary, X[:1] * 1e3)
    assert np.isfinite(far.ci_low).all()
    assert (far.ci_high <= 1).all()
    wider = probability_intervals(summary, X[:5], level=0.99)
    assert (wider.ci_low < sure.ci_low).all()
    with pytest.raises(InputError, match="X has 2 features"):
        probability_intervals(summary, X[:, :2])


@pytest.mark.parametrize("K", [2, 3])
def test_an_offset_moves_the_probability(K):
    X, y = rows(K)
    offset = np.linspace(-1, 1, len(y))
    offset = offset if K == 2 else np.column_stack([offset, offset**2, -offset])
    model = fit(X, y, None, offset)
    summary = summarize(model, X, y, None, offset)
    sure = probability_intervals(summary, X[:5], offset=offset[:5])
    np.testing.assert_allclose(sure.probability, model.predict_proba(X[:5], offset[:5]), rtol=1e-9)
    null = fit(np.zeros((len(y), 1)), y, None, offset)
    loss = -np.log(null.predict_proba(X[:, :1] * 0, offset)[np.arange(len(y)), y]).sum()
    assert summary.null_log_likelihood == pytest.approx(-loss, rel=1e-9)


def test_r_squared_by_definition():
    X, y = rows()
    model = fit(X, y)
    summary, p = summarize(model, X, y), model.predict_proba(X)[:, 1]
    assert summary.tjur_r2 == pytest.approx(p[y == 1].mean() - p[y == 0].mean(), rel=1e-10)
    n, gain = len(y), summary.log_likelihood - summary.null_log_likelihood
    nagelkerke = (1 - np.exp(-2 * gain / n)) / (1 - np.exp(2 * summary.null_log_likelihood / n))
    assert summary.nagelkerke_r2 == pytest.approx(nagelkerke, rel=1e-10)
    assert summarize(fit(*rows(3)), *rows(3)).tjur_r2 is None


def test_scikit_learns_fits_have_the_same_table():
    linear_model = pytest.importorskip("sklearn.linear_model")
    for K in (2, 3):
        X, y = rows(K)
        peer = linear_model.LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-12)
        same(summarize(peer.fit(X, y), X, y), summarize(fit(X, y), X, y), rtol=1e-6)


@pytest.mark.filterwarnings("ignore")
def test_degenerate_rows_are_named():
    X, y = rows()
    wide = np.random.default_rng(0).normal(size=(6, 9))
    counts = [[1, 1], [1, 2], [3, 1]]  # three rows of trials, all fitted exactly
    with pytest.raises(InputError, match="3 rows are fewer than 4 coefficients"):
        summarize(LogisticRegression(C=np.inf).fit(wide[:3, :3], counts), wide[:3, :3], counts)
    with pytest.raises(InputError, match="every row of class 1 has weight 0"):
        summarize(fit(X, y), X, y, (y == 0).astype(float))
    with pytest.raises(NotFittedError):
        summarize(LogisticRegression(), X, y)


def test_one_event_is_told():
    x = np.linspace(-1, 1, 41)[:, None]
    y = (np.arange(41) == 22).astype(int)
    summary = summarize(fit(x, y), x, y)
    assert "the rows of class 1 weigh 1, fewer than 2 coefficients" in summary.notes[0]


def test_a_model_that_is_not_at_its_optimum_is_refused():
    X, y = rows()
    model = fit(X, y)
    with pytest.raises(InputError, match="standard errors from its optimum on these rows"):
        summarize(model, X[::2], y[::2])
    with pytest.raises(InputError, match="standard errors from its optimum"):
        summarize(model, X, y, np.arange(len(y)) + 1.0)
    model.coef_ = model.coef_ * 1.01
    with pytest.raises(InputError, match="standard errors from its optimum"):
        summarize(model, X, y)


def test_arguments_are_checked():
    X, y = rows()
    model = fit(X, y)
    for settings, message in [
        ({"covariance": "HC4"}, "covariance='HC4' is not valid"),
        ({"level": 95}, "level=95 is not valid"),
        ({"intervals": "exact"}, "intervals='exact' is not valid"),
        ({"covariance": "cluster"}, "give both, or neither"),
        ({"groups": y}, "give both, or neither"),
        ({"covariance": "cluster", "groups": y[:-1]}, "there are more rows"),
        ({"covariance": "cluster", "groups": [*y, 1]}, "but X has 240 rows"),
        ({"covariance": "cluster", "groups": y * 0}, "needs two clusters"),
        ({"covariance": "cluster", "groups": [None, *y[1:]]}, "missing in row 0"),
        ({"covariance": "HC0", "intervals": "profile"}, "profile intervals need a likelihood"),
    ]:
        with pytest.raises(InputError, match=message):
            summarize(model, X, y, **settings)
    with pytest.raises(InputError, match="defined for two classes only"):
        summarize(fit(*rows(3)), *rows(3), covariance="HC3")
    with pytest.raises(InputError, match="at='median' is not valid"):
        marginal_effects(model, X, y, at="median")


def test_an_l1_penalty_refuses_and_names_the_bootstrap():
    X, y = rows()
    model = LogisticRegression(C=0.05, l1_ratio=1.0).fit(X, y)
    with pytest.raises(InputError, match=r"use bootstrap\(model, X, y\)"):
        summarize(model, X, y)
    sure = bootstrap(model, X, y, resamples=40)
    assert sure.samples.shape == (40, 4)
    again = bootstrap(model, X, y, resamples=40)
    np.testing.assert_array_equal(sure.samples, again.samples)
    assert (bootstrap(model, X, y, resamples=40, seed=1).samples != sure.samples).any()
    assert (sure.ci_low <= sure.ci_high).all()
    assert "percentile intervals of 40 resamples" in str(sure)
    for settings, message in [({"resamples": 1}, "resamples=1"), ({"seed": -1}, "seed=-1")]:
        with pytest.raises(InputError, match=message):
            bootstrap(model, X, y, **settings)
    with pytest.raises(InputError, match="rows in memory"):
        bootstrap(model, lambda: [(X, y)], None, resamples=10)


@pytest.mark.parametrize("K", [2, 3])
def test_bootstrap_errors_are_near_the_classical_ones(K):
    """A standard deviation of R resamples is known to 1/√(2R) of itself: three of these here."""
    X, y = rows(K, n=2000)
    model = fit(X, y)
    summary = summarize(model, X, y)
    sure = bootstrap(model, X, y, resamples=200)
    np.testing.assert_allclose(sure.coef, summary.coef, rtol=1e-9)
    apart = np.log(sure.std_error / summary.std_error)
    assert np.abs(apart).max() < 3 / np.sqrt(2 * 200)
    assert np.sqrt(np.mean(apart**2)) < 1.5 / np.sqrt(2 * 200)


def test_resamples_draw_as_many_rows_as_the_weights_count():
    X, y = rows(n=400)
    weight = np.full(400, 2.0)
    single = summarize(fit(X, y), X, y).std_error
    counted = fit(X, y, weight)
    pairs = bootstrap(counted, X, y, weight, resamples=200).std_error
    np.testing.assert_allclose(pairs * 2**0.5, single, rtol=0.2)
    counted.weights = "sampling"
    same_rows = bootstrap(counted, X, y, weight, resamples=200).std_error
    np.testing.assert_allclose(same_rows, single, rtol=0.2)


def test_resamples_draw_rows_of_trials():
    X, counts, _, _ = trials()
    X, counts = np.repeat(X, 8, axis=0), np.repeat(counts, 8, axis=0)
    rng = np.random.default_rng(0)
    total = counts.sum(axis=1)
    events = rng.binomial(total, rng.uniform(0.1, 0.7, len(X)))
    counts = np.column_stack([events, total - events])
    model = fit(X, counts)
    drawn = bootstrap(model, X, counts, resamples=300).std_error
    robust = summarize(model, X, counts, covariance="robust").std_error
    np.testing.assert_allclose(drawn, robust, rtol=0.2)
    assert (robust > 1.3 * summarize(model, X, counts).std_error).all()  # overdispersed


def test_a_resample_holds_as_many_rows_as_there_are():
    X, counts, _, _ = trials()
    fitted = fitted_objective(model := fit(X, counts), X, counts)
    source = fitted.objective.source
    units = units_of(source, claims_of(model, fitted), fitted.factors)
    for weight in draw(units, 50, 0):
        assert (weight / source.weight).sum() == pytest.approx(len(X))


@pytest.mark.filterwarnings("ignore")
def test_resamples_without_an_optimum_are_counted():
    x = np.linspace(-1, 1, 21)[:, None]
    y = (np.arange(21) == 12).astype(int)
    with pytest.raises(InputError, match="of 50 resamples there is no optimum"):
        bootstrap(fit(x, y), x, y, resamples=50)


def test_frames_html_and_latex():
    pd = pytest.importorskip("pandas")
    X, y = rows()
    table = pd.DataFrame(X, columns=["age", "a_b & <c>", "x"])
    summary = summarize(
        fit(table, np.where(y == 1, "yes", "no")), table, np.where(y == 1, "yes", "no")
    )
    frame = summary.to_frame()
    assert list(frame.index) == ["(Intercept)", "age", "a_b & <c>", "x"]
    columns = "coef std_error z p_value ci_low ci_high odds_ratio odds_ratio_low odds_ratio_high"
    assert list(frame.columns) == columns.split()
    np.testing.assert_array_equal(frame["odds_ratio"], np.exp(summary.coef))
    assert "<th>a_b &amp; &lt;c&gt;</th>" in summary.to_html()
    assert summary._repr_html_() == summary.to_html()
    assert r"a\_b \& <c> & " in summary.to_latex()
    assert str(summary).startswith("Logistic regression: log-odds of yes against no")
    assert all(len(line) <= 90 for line in str(summary).split("\n"))
    several = summarize(fit(table, rows(3)[1]), table, rows(3)[1]).to_frame()
    assert list(several.index[:2]) == [(1, "(Intercept)"), (1, "age")]
    effects = marginal_effects(fit(table, y), table, y)
    assert list(effects.to_frame().index) == list(table.columns)
    assert "averaged over the rows" in str(effects)
    assert probability_intervals(summary, table[:2]).to_frame().shape == (2, 4)


def test_missing_extras_are_named(monkeypatch):
    X, y = rows()
    summary = summarize(fit(X, y), X, y)
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtraError, match=r"glasslogit\[stats\]"):
        summary.to_frame()
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    with pytest.raises(MissingExtraError, match=r"scipy is not installed.*glasslogit\[stats\]"):
        str(summarize(fit(X, y), X, y))


def test_errors_and_intervals_of_a_penalised_fit_need_no_scipy(monkeypatch):
    """The normal distribution is Python's own; a likelihood ratio, which is χ², needs SciPy."""
    X, y = rows()
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    summary = summarize(fit(X, y, C=1.0), X, y)
    np.testing.assert_allclose(summary.p_value, 2 * stats.norm.sf(abs(summary.z)), rtol=1e-13)
    assert "p_value" in str(summary)


def test_the_normal_distribution_keeps_its_digits_to_the_end():
    z = np.array([[0.0, -1.0, 5.0], [30.0, np.inf, np.nan]])
    np.testing.assert_allclose(two_sided(z), 2 * stats.norm.sf(abs(z)), rtol=1e-12)
    for level in (1e-9, 0.5, 0.95, 0.999, 1 - 1e-12):
        wanted = stats.norm.ppf(0.5 + level / 2)
        np.testing.assert_allclose(normal_quantile(level), wanted, rtol=4e-16, atol=1e-24)
    assert np.isfinite(normal_quantile(np.nextafter(1.0, 0.0)))


def test_float32_columns():
    X, y = rows()
    narrow = X.astype(np.float32)
    one = summarize(fit(narrow, y, tol=1e-6), narrow, y)
    same(one, summarize(fit(narrow.astype(float), y), narrow.astype(float), y), rtol=1e-4)


def test_a_fit_to_a_table_is_summarised_by_its_columns():
    pd = pytest.importorskip("pandas")
    pytest.importorskip("narwhals")
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"age": rng.normal(40, 9, 300), "town": rng.choice(["a", "b"], 300)})
    y = (table.age / 20 + (table.town == "a") + rng.logistic(size=300) > 2.5).astype(int)
    model = LogisticRegression(C=np.inf, tol=1e-9, base_rate=0.2).fit(table, y)
    summary = summarize(model, table, y)
    by_hand = np.column_stack([table.age, table.town == summary.terms[2][-1]]).astype(float)
    plain = summarize(LogisticRegression(C=np.inf, tol=1e-9).fit(by_hand, y), by_hand, y)
    assert summary.terms[:2] == ("(Intercept)", "age")
    np.testing.assert_allclose(summary.std_error, plain.std_error, rtol=1e-9)
    assert "base_rate" in summary.notes[0]
    sure = [probability_intervals(*each) for each in ((summary, table), (plain, by_hand))]
    np.testing.assert_allclose(sure[0].probability, model.predict_proba(table), rtol=1e-9)
    odds = [each.ci_low / (1 - each.ci_low) for each in sure]
    moved = np.log(0.2 / 0.8) - np.log(y.mean() / (1 - y.mean()))
    shift = np.broadcast_to([-moved, moved], odds[0].shape)
    np.testing.assert_allclose(np.log(odds[0] / odds[1]), shift, rtol=1e-7)


@pytest.mark.parametrize("K", [2, 3])
@pytest.mark.parametrize("reference", [0, 1])
def test_base_rate_moves_probabilities_and_effects(K, reference):
    X, y = rows(K)
    rate = 0.02 if K == 2 else {0: 0.01, 1: 0.04, 2: 0.95}
    model, h = fit(X, y, base_rate=rate), 1e-6
    sure = probability_intervals(summarize(model, X, y, reference=reference), X[:9])
    np.testing.assert_allclose(sure.probability, model.predict_proba(X[:9]), rtol=1e-9)
    assert (sure.ci_low < sure.probability).all()
    assert (sure.probability < sure.ci_high).all()
    for at, where in (("overall", X), ("mean", X.mean(axis=0)[None])):
        slope = [
            (model.predict_proba(where + s) - model.predict_proba(where - s)).mean(axis=0) / (2 * h)
            for s in np.eye(3) * h
        ]
        effects = marginal_effects(model, X, y, at=at).effect
        np.testing.assert_allclose(effects, np.array(slope)[:, int(K == 2) :].T.ravel(), atol=1e-8)


@pytest.mark.parametrize("k", [2, 3, 4, 40])
def test_few_clusters_are_told(k):
    X, y = rows()
    table = summarize(fit(X, y), X, y, covariance="cluster", groups=np.arange(len(y)) % k)
    text = str(table)
    assert ("Wald, all coefficients" in text) == (k > 3)
    assert (f"{k} clusters tell no more than {k - 1} of 3 coefficients" in text) == (k <= 3)
    assert (f"there are {k} clusters; below some 40" in text) == (k < 40)


def test_the_effects_of_a_ridge_fit_leave_out_the_bias():
    X, y = rows()
    for C, told in ((1.0, True), (np.inf, False)):
        model = LogisticRegression(C=C, tol=1e-8).fit(X, y)
        assert ("leave out this bias" in str(marginal_effects(model, X, y))) == told


def test_summaries_of_other_rows_are_not_compared():
    X, y = rows()
    large = summarize(fit(X, y), X, y)
    less, label = X[:, :2], np.where(np.arange(len(y)) < 60, 1 - y, y)
    assert likelihood_ratio_test(summarize(fit(less, y), less, y), large).df == 1
    for other in (label, y.astype(str)):
        with pytest.raises(InputError):
            likelihood_ratio_test(summarize(fit(less, other), less, other), large)
    bare = LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-10).fit(less, y)
    assert likelihood_ratio_test(summarize(bare, less, y), large).df == 2
    offset = np.linspace(0, 1, len(y))
    moved = LogisticRegression(C=np.inf, tol=1e-10).fit(less, y, offset=offset)
    with pytest.raises(InputError, match="of other rows: their offsets differ"):
        likelihood_ratio_test(summarize(moved, less, y, offset=offset), large)


def complex_rows():
    """Give rows whose weights vary by a factor of 50, and a fit that is told what they mean."""
    X, y = rows(n=300)
    weight = 1000.0 * np.exp(np.random.default_rng(5).normal(size=len(y)))
    return X, y, weight


def test_weights_without_a_meaning_are_asked_about():
    """Fractions count no rows: nothing that takes them for counts gives a number."""
    X, y, weight = complex_rows()
    model = fit(X, y, weight)
    for judge in (summarize, marginal_effects, term_tests):
        with pytest.raises(InputError, match="sample_weight holds fractions"):
            judge(model, X, y, weight)
    with pytest.raises(InputError, match="sample_weight holds fractions"):
        hypothesis_test(model, X, y, weight, hypothesis="x0")
    assert diagnose(model, X, y, weight).tests == ()
    assert "fractions" in explain(model, X[0], X, y, weight).withheld
    one = weight / weight.mean()  # a mean of 1 makes no counts of them
    with pytest.raises(InputError, match="sample_weight holds fractions"):
        summarize(fit(X, y, one), X, y, one)


@pytest.mark.parametrize("meant", ["sampling", "precision"])
def test_all_that_judges_a_fit_follows_what_its_weights_mean(meant):
    """The robust errors, the bootstrap's and those of effects and probabilities agree."""
    X, y, weight = complex_rows()
    model = fit(X, y, weight, weights=meant)
    summary = summarize(model, X, y, weight)
    assert summary.kind == "robust (HC0)"
    drawn = bootstrap(model, X, y, weight, resamples=200).std_error
    np.testing.assert_allclose(drawn, summary.std_error, rtol=0.25)
    undeclared = summarize(fit(X, y, weight), X, y, weight, covariance="robust")
    np.testing.assert_allclose(undeclared.std_error, summary.std_error, rtol=1e-9)
    larger = fit(X, y, 7 * weight, weights=meant)
    for judge in (summarize, marginal_effects):
        one, other = judge(model, X, y, weight), judge(larger, X, y, 7 * weight)
        np.testing.assert_allclose(one.std_error, other.std_error, rtol=1e-6)
    sure = probability_intervals(summary, X[:5])
    robust = probability_intervals(undeclared, X[:5])
    np.testing.assert_allclose(sure.std_error, robust.std_error, rtol=1e-9)
    assert diagnose(model, X, y, weight).tests == ()
    with pytest.raises(InputError, match="a test by the likelihood needs one"):
        hypothesis_test(model, X, y, weight, hypothesis="x0")
    with pytest.raises(InputError, match="profile intervals need a likelihood"):
        summarize(model, X, y, weight, intervals="profile")
    why = explain(model, X[0], X, y, weight)
    assert (why.interval is None) == (meant == "sampling")


def test_class_weights_are_no_counts_either():
    X, y = rows(n=300)
    model = fit(X, y, class_weight="balanced")
    assert summarize(model, X, y).kind == "robust (HC0)"
    assert marginal_effects(model, X, y).std_error == pytest.approx(
        marginal_effects(model, X, y, covariance="robust").std_error
    )
    with pytest.raises(InputError, match="with class_weight classical errors are wrong"):
        summarize(model, X, y, covariance="classical")


def test_beside_profile_intervals_stand_likelihood_ratios():
    """An interval excludes 0 if and only if p is below 1 − level: they are one test."""
    for seed in range(6):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(30, 2))
        y = (rng.random(30) < sigmoid(1.2 * X[:, 0] - 0.5)).astype(int)
        model = fit(X, y)
        summary = summarize(model, X, y, intervals="profile")
        excludes = (summary.ci_low > 0) | (summary.ci_high < 0)
        assert (excludes == (summary.p_value < 0.05)).all()
        for name, z, p in zip(summary.terms, summary.z, summary.p_value, strict=True):
            ratio = hypothesis_test(model, X, y, hypothesis=name)
            assert (z**2, p) == pytest.approx((ratio.statistic, ratio.p_value), rel=1e-6, abs=1e-12)


def test_no_note_on_clusters_where_there_are_none():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 42))
    y = (rng.random(3000) < 0.5).astype(int)
    assert not any("cluster" in note for note in summarize(fit(X, y), X, y).notes)
