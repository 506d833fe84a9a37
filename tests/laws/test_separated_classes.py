"""Laws of tests and intervals where classes are separated: what needs only suprema stands."""

import numpy as np
import pytest

from glasslogit import (
    LogisticRegression,
    hypothesis_test,
    likelihood_ratio_test,
    marginal_effects,
    probability_intervals,
    summarize,
    term_tests,
    wald_test,
)
from glasslogit.errors import InputError, SeparationWarning

pytestmark = pytest.mark.filterwarnings("ignore::glasslogit.errors.SeparationWarning")
CHI2 = 3.841458820694124


def fit(X, y, *more, **settings):
    return LogisticRegression(**{"C": np.inf, "tol": 1e-10} | settings).fit(X, y, *more)


def separated(K: int = 2, n: int = 240, seed: int = 0):
    """Give rows in which a third column has 1 only in the last class, and which rows have 0."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    y = (X[:, :2] @ rng.normal(size=(2, K)) / 2 + rng.gumbel(size=(n, K))).argmax(axis=1)
    X[:, 2] = (y == K - 1) & (rng.random(n) < 0.4)
    return X, y, X[:, 2] == 0


def test_a_table_of_two_by_two_with_an_empty_cell():
    """Its score test is Pearson's χ², its likelihood ratio G²: both of the table alone."""
    x, y = np.repeat([[0.0], [1.0]], [40, 8], axis=0), np.array([0, 1] * 20 + [1] * 8)
    model = fit(x, y)
    table = np.array([[20, 20], [0, 8]])
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    seen = table > 0
    ratio = 2 * (table[seen] * np.log(table[seen] / expected[seen])).sum()
    pearson = ((table - expected) ** 2 / expected).sum()
    assert hypothesis_test(model, x, y, hypothesis="x0").statistic == pytest.approx(ratio, abs=1e-9)
    score = hypothesis_test(model, x, y, hypothesis="x0", test="score")
    assert score.statistic == pytest.approx(pearson, abs=1e-9)
    assert (round(ratio, 4), round(pearson, 3), score.df) == (9.7508, 6.857, 1)


@pytest.mark.parametrize("K", [2, 3])
@pytest.mark.parametrize("turned", [False, True])
def test_the_supremum_is_the_fit_of_the_rows_that_are_left_level(K, turned):
    X, y, level = separated(K)
    rest = summarize(fit(X[level, :2], y[level]), X[level, :2], y[level])
    if K == 3:  # rows ahead of both other classes leave nothing
        assert (y[~level] == 2).all()
    turn = np.random.default_rng(1).normal(size=(3, 3)) if turned else np.eye(3)
    found = summarize(fit(X @ turn, y), X @ turn, y)
    assert found.log_likelihood == pytest.approx(rest.log_likelihood, abs=2e-9)
    if not turned:
        there = np.isfinite(found.coef)
        assert [t for t, known in zip(found.terms, there, strict=True) if not known] == ["x2"] * (
            K - 1
        )
        for name in ("coef", "std_error", "p_value"):
            mine, theirs = getattr(found, name)[there], getattr(rest, name)
            np.testing.assert_allclose(mine, theirs, rtol=1e-6, atol=1e-8)
        assert np.isnan(found.std_error[~there]).all()
        assert found.coef[-1] == np.inf


@pytest.mark.parametrize("kind", ["HC0", "HC1", "HC2", "HC3", "cluster"])
def test_robust_errors_are_those_of_the_rows_left_but_for_what_is_counted(kind):
    """The corrections of HC1 and of clusters count all rows and coefficients, as R's sandwich."""
    X, y, level = separated()
    clusters = np.arange(len(y)) % 20
    few, (n, m), (rows, terms) = X[level, :2], (len(y), 4), (level.sum(), 3)
    mine = {"groups": clusters} if kind == "cluster" else {}
    theirs = {"groups": clusters[level]} if kind == "cluster" else {}
    found = summarize(fit(X, y), X, y, covariance=kind, **mine)
    rest = summarize(fit(few, y[level]), few, y[level], covariance=kind, **theirs)
    counted = {
        "HC1": (n / (n - m)) / (rows / (rows - terms)),
        "cluster": ((n - 1) / (n - m)) / ((rows - 1) / (rows - terms)),
    }
    expected = rest.std_error * counted.get(kind, 1.0) ** 0.5
    np.testing.assert_allclose(found.std_error[:3], expected, rtol=1e-6)


def test_classes_told_apart_completely_have_the_likelihood_1():
    rng = np.random.default_rng(2)
    X = rng.normal(size=(50, 3))
    y = (X @ [1.0, -2.0, 0.5] > 0.3).astype(int)
    model = fit(X, y)
    found = summarize(model, X, y, intervals="profile")
    assert found.log_likelihood == pytest.approx(0.0, abs=1e-9)
    for j, test in enumerate(term_tests(model, X, y)):
        less = np.delete(X, j, axis=1)
        without = summarize(fit(less, y), less, y)
        assert test.statistic == pytest.approx(-2 * without.log_likelihood, abs=1e-6)


@pytest.mark.parametrize("K", [2, 3])
def test_nested_models_of_which_one_or_both_are_separated(K):
    X, y, _ = separated(K)
    model = fit(X, y)
    large = summarize(model, X, y)
    for name, columns in {"x2": [0, 1], "x0": [1, 2]}.items():
        part = X[:, columns]
        names = [f"x{j}" for j in columns]
        pd = pytest.importorskip("pandas")
        small = pd.DataFrame(part, columns=names)
        nested = likelihood_ratio_test(summarize(fit(small, y), small, y), large)
        (term,) = term_tests(model, X, y, terms={"term": name})
        assert nested.statistic == pytest.approx(term.statistic, abs=1e-7)
        assert nested.df == term.df == K - 1
        without = fit(part, y)
        if name == "x2":  # the null has an optimum: compare with its slope, by a fit of its own
            assert without.outcome_.converged


def test_trials_formulas_and_batches_have_the_same_tests():
    pd = pytest.importorskip("pandas")
    X, y, _ = separated()
    frame = pd.DataFrame(X, columns=["u", "v", "g"]).assign(y=y)
    counts, half = np.column_stack([3 * y, 3 - 3 * y]), len(y) // 2

    def batches():
        yield X[:half], y[:half]
        yield X[half:], y[half:]

    by_formula = LogisticRegression(C=np.inf, tol=1e-10, formula="y ~ u + v + C(g)").fit(frame)
    for test in ("likelihood_ratio", "score"):
        wanted = np.array([t.statistic for t in term_tests(fit(X, y), X, y, test=test)])
        for times, model, rows in (
            (3, fit(X, counts), (X, counts)),
            (1, by_formula, (frame, frame.y)),
            (1, fit(batches, None), (batches, None)),
        ):
            found = [t.statistic for t in term_tests(model, *rows, test=test)]
            np.testing.assert_allclose(found, times * wanted, rtol=1e-7)


@pytest.mark.parametrize("K", [2, 3])
def test_a_profile_interval_has_one_end_where_the_likelihood_ratio_says(K):
    X, y, _ = separated(K)
    model = fit(X, y)
    found = summarize(model, X, y, intervals="profile")
    for j, (low, high) in enumerate(zip(found.ci_low, found.ci_high, strict=True)):
        R = np.eye(len(found.terms))[j]
        if found.terms[j] == "x2":
            assert high == np.inf or low == -np.inf
        for end in (low, high):
            if np.isfinite(end):
                ratio = hypothesis_test(model, X, y, hypothesis=R, value=end)
                assert ratio.statistic == pytest.approx(CHI2, abs=1e-6)
        ratio = hypothesis_test(model, X, y, hypothesis=R)
        assert found.p_value[j] == pytest.approx(ratio.p_value, rel=1e-6)


@pytest.mark.parametrize("weight", [1, 10, 1000])
def test_rows_of_any_weight_may_be_separated(weight):
    x, y = np.arange(8.0)[:, None], np.arange(8) > 3
    weights = np.full(8, float(weight))
    with pytest.warns(SeparationWarning):
        model = LogisticRegression(C=np.inf).fit(x, y, weights)
    found = summarize(model, x, y, weights, intervals="profile")
    assert np.isinf(found.coef).all()


def test_a_coefficient_that_may_be_any_number_has_no_sign():
    """g = 1 in class 0 alone: of the other two classes against each other it says nothing."""
    X, y, _ = separated(3)
    y = (y + 1) % 3
    found = summarize(fit(X, y), X, y, intervals="profile", reference=1)
    by_class = dict(zip(found.equations, found.coef.reshape(2, 4)[:, 3], strict=True))
    assert by_class[0] == np.inf
    assert np.isnan(by_class[2])
    assert (found.ci_low[7], found.ci_high[7]) == (-np.inf, np.inf)
    assert found.p_value[7] == pytest.approx(1.0, abs=1e-6)
    assert "may then be any number" in str(found)


def test_the_null_may_be_separated_too():
    X, y, level = separated()
    test = hypothesis_test(fit(X, y), X, y, hypothesis="x0", test="score")
    rest = hypothesis_test(
        fit(X[level, :2], y[level]), X[level, :2], y[level], hypothesis="x0", test="score"
    )
    assert test.statistic == pytest.approx(rest.statistic, rel=1e-6)


def test_other_models_and_rows():
    linear_model = pytest.importorskip("sklearn.linear_model")
    X, y, _ = separated()
    wanted = summarize(fit(X, y), X, y)
    peer = linear_model.LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-8)
    found = summarize(peer.fit(X, y), X, y)
    np.testing.assert_allclose(found.coef, wanted.coef, rtol=1e-5)
    with pytest.raises(InputError, match="below the likelihood's supremum on these rows"):
        summarize(fit(X, y), X, 1 - y)


def test_what_needs_standard_errors_says_why_there_are_none():
    X, y, _ = separated()
    model = fit(X, y)
    summary = summarize(model, X, y)
    assert wald_test(summary, "x0").df == 1
    for ask in (
        lambda: wald_test(summary, "x2"),
        lambda: hypothesis_test(model, X, y, hypothesis="x2", test="wald"),
    ):
        with pytest.raises(InputError, match="'x2' has no finite estimate"):
            ask()
    for ask in (
        lambda: marginal_effects(model, X, y),
        lambda: probability_intervals(summary, X[:3]),
    ):
        with pytest.raises(InputError, match="the classes are separated"):
            ask()
    assert "–" in str(summary)
    assert "x2 has no finite estimate" in str(summary)
    assert summary.to_frame().std_error.isna().sum() == 1


@pytest.mark.parametrize("seed", [0, 1, 4, 5])
def test_the_profile_of_a_class_that_a_column_gives_away(seed):
    """Ends are half-lines, and where they are finite their likelihood ratio is χ²."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(240, 3))
    y = (X @ rng.normal(size=(3, 3)) + rng.gumbel(size=(240, 3))).argmax(axis=1)
    X[:, 0] = y == 0
    model = fit(X, y)
    found = summarize(model, X, y, intervals="profile", reference=0)
    ends = np.stack([found.ci_low, found.ci_high])
    assert not np.isnan(ends).any()
    m = len(found.terms)
    for j in np.flatnonzero(np.isfinite(ends).any(axis=0)):
        for end in ends[np.isfinite(ends[:, j]), j]:
            asked = {"hypothesis": np.eye(m)[j], "value": end, "reference": 0}
            assert hypothesis_test(model, X, y, **asked).statistic == pytest.approx(CHI2, rel=1e-6)
    x0, intercept = ([j for j in range(m) if found.terms[j] == t] for t in ("x0", "(Intercept)"))
    assert np.isinf(ends[0, x0]).all()
    assert (ends[1, x0] < 0).all()
    assert (ends[0, intercept] > 0).all()
    assert np.isinf(ends[1, intercept]).all()


def test_without_a_likelihood_no_test_by_it_is_recommended():
    X, y, _ = separated()
    weight = np.random.default_rng(1).exponential(size=len(y))
    summary = summarize(fit(X, y, weight, weights="sampling"), X, y, weight)
    with pytest.raises(InputError, match="no Wald test; fit with a finite C"):
        wald_test(summary, "x2")
    held = fit(X, y, weight, weights="sampling", C=1.0)
    assert wald_test(summarize(held, X, y, weight), "x2").df == 1
