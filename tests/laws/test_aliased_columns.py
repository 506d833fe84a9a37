"""Laws of columns that others explain: the table is that of the model without them."""

import warnings

import numpy as np
import pytest
from scipy import sparse

from glasslogit import (
    LogisticRegression,
    bootstrap,
    diagnose,
    hypothesis_test,
    likelihood_ratio_test,
    marginal_effects,
    probability_intervals,
    summarize,
    term_tests,
    wald_test,
)
from glasslogit.core import focus, root_at
from glasslogit.errors import CollinearityWarning, InputError

pytestmark = pytest.mark.filterwarnings("ignore::glasslogit.errors.GlasslogitWarning")
ARRAYS = ("coef", "std_error", "z", "p_value", "ci_low", "ci_high")
FACTS = ("log_likelihood", "null_log_likelihood", "aic", "bic", "df", "nagelkerke_r2")


def fit(X, y, *more, **settings):
    return LogisticRegression(**{"C": np.inf, "tol": 1e-10} | settings).fit(X, y, *more)


def rows(K: int = 2, n: int = 240):
    rng = np.random.default_rng(K)
    X = rng.normal(size=(n, 3))
    y = (X @ rng.normal(size=(3, K)) / 2 + rng.gumbel(size=(n, K))).argmax(axis=1)
    return X, y


MADE = {
    "sum": lambda X: X[:, 0] + 2 * X[:, 1],
    "copy": lambda X: X[:, 1],
    "constant": lambda X: np.full(len(X), 3.0),
    "empty": lambda X: np.zeros(len(X)),
    "of all": lambda X: 1e6 - X @ [1.0, 2.0, 3.0],
}


@pytest.mark.parametrize("collinear", ["minimum_norm", "drop"])
@pytest.mark.parametrize("K", [2, 3])
@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("asked", [{}, {"intervals": "profile"}, {"covariance": "HC0"}])
def test_the_table_is_that_of_the_model_without_the_column(kind, K, collinear, asked):
    X, y = rows(K)
    Z = np.column_stack([X, MADE[kind](X)])
    wanted = summarize(fit(X, y), X, y, **asked)
    found = summarize(fit(Z, y, collinear=collinear), Z, y, **asked)
    there = ~found.aliased
    assert [t for t, gone in zip(found.terms, found.aliased, strict=True) if gone] == ["x3"] * (
        K - 1
    )
    for name in ARRAYS:
        mine, theirs = getattr(found, name), getattr(wanted, name)
        np.testing.assert_allclose(mine[there], theirs, rtol=1e-5, atol=1e-8, err_msg=name)
        assert np.isnan(mine[~there]).all()
    for name in FACTS:
        assert getattr(found, name) == pytest.approx(getattr(wanted, name), rel=1e-8), name
    assert found.likelihood_ratio if not asked.get("covariance") else found.wald
    assert "there is no coefficient of x3, as in these rows" in str(found)


def test_without_an_intercept_a_constant_column_is_one():
    X, y = rows()
    Z = np.column_stack([X, np.ones(len(X)), X[:, 0] - 1])
    wanted = summarize(fit(X, y), X, y)
    found = summarize(fit(Z, y, fit_intercept=False), Z, y)
    np.testing.assert_allclose(found.coef[:4], np.roll(wanted.coef, -1), rtol=1e-6)
    assert np.isnan(found.coef[4])


def test_weights_of_0_leave_rows_out_of_a_relation():
    X, y = rows()
    Z = np.column_stack([X, X[:, 0]])
    Z[:20, 3] = 7.0
    weight = np.where(np.arange(len(y)) < 20, 0.0, 1.0)
    found = summarize(fit(Z, y, weight), Z, y, weight)
    wanted = summarize(fit(X, y, weight), X, y, weight)
    np.testing.assert_allclose(found.coef[:4], wanted.coef, rtol=1e-6)


def test_a_constant_column_under_a_penalty_tells_nothing_either():
    X, y = rows()
    Z = np.column_stack([X, np.full(len(X), 3.0)])
    found = summarize(fit(Z, y, C=1.0), Z, y)
    wanted = summarize(fit(X, y, C=1.0), X, y)
    np.testing.assert_allclose(found.std_error[:4], wanted.std_error, rtol=1e-6)
    assert np.isnan(found.coef[4])


@pytest.fixture
def table():
    """Give rows by two categories, no row in the cell (c, y)."""
    pd = pytest.importorskip("pandas")
    rng = np.random.default_rng(0)
    d = pd.DataFrame(
        {
            "g": rng.choice(list("abc"), 300),
            "h": rng.choice(list("xy"), 300),
            "a": rng.normal(size=300),
        }
    )
    d["y"] = (rng.random(300) < 1 / (1 + np.exp(-d.a))).astype(int)
    return d[~((d.g == "c") & (d.h == "y"))].reset_index(drop=True)


FORMULA = "y ~ a + C(g) * C(h)"
EMPTY = "C(g)[T.c]:C(h)[T.y]"


def by_hand(d):
    cells = [d.a, d.g == "b", d.g == "c", d.h == "y", (d.g == "b") & (d.h == "y")]
    return np.column_stack(cells).astype(float)


def test_an_empty_cell_has_a_row_without_numbers_wherever_the_table_goes(table):
    model = LogisticRegression(C=np.inf, tol=1e-10, formula=FORMULA).fit(table)
    found = summarize(model, table, table.y)
    wanted = summarize(fit(by_hand(table), table.y), by_hand(table), table.y)
    np.testing.assert_allclose(found.coef[:-1], wanted.coef, rtol=1e-6)
    frame = found.to_frame()
    assert frame.index[-1] == EMPTY
    assert frame.iloc[-1].isna().all()
    assert "–" in found.to_latex()
    assert "<td>–</td>" in found.to_html()
    assert f"`{EMPTY}` = 0" in str(found)


def test_tests_of_an_aliased_column(table):
    model = LogisticRegression(C=np.inf, tol=1e-10, formula=FORMULA).fit(table)
    summary = summarize(model, table, table.y)
    for ask in (
        lambda: wald_test(summary, EMPTY),
        lambda: hypothesis_test(model, table, table.y, hypothesis=EMPTY),
    ):
        with pytest.raises(InputError, match="has no coefficient to test"):
            ask()
    terms = {"both": ["C(g)[T.b]:C(h)[T.y]", EMPTY], "gone": EMPTY}
    both, gone = term_tests(model, table, table.y, terms=terms)
    assert (gone.df, gone.p_value) == (0, 1.0)
    less = LogisticRegression(C=np.inf, tol=1e-10, formula="y ~ a + C(g) + C(h)").fit(table)
    nested = likelihood_ratio_test(summarize(less, table, table.y), summary)
    assert (nested.df, both.df) == (1, 1)
    assert nested.statistic == pytest.approx(both.statistic, abs=1e-7)


def test_effects_that_no_row_tells_have_no_number(table):
    model = LogisticRegression(C=np.inf, tol=1e-10, formula=FORMULA).fit(table)
    effects = marginal_effects(model, table, table.y)
    known = dict(zip(effects.terms, np.isfinite(effects.effect), strict=True))
    assert known == {"a": True, "g=b": True, "g=c": False, "h=y": False}
    assert "no row tells such a change apart" in str(effects)
    twice = table.assign(b=2 * table.a)
    formula = "y ~ a + I(2 * a) + C(g)"
    model = LogisticRegression(C=np.inf, tol=1e-10, formula=formula).fit(twice)
    plain = LogisticRegression(C=np.inf, tol=1e-10, formula="y ~ a + C(g)").fit(twice)
    found, wanted = (marginal_effects(each, twice, twice.y) for each in (model, plain))
    np.testing.assert_allclose(found.effect, wanted.effect, rtol=1e-6)
    np.testing.assert_allclose(found.std_error, wanted.std_error, rtol=1e-5)


def test_effects_of_an_array():
    X, y = rows()
    Z = np.column_stack([X, X[:, 0] + X[:, 1]])
    found, wanted = (marginal_effects(fit(each, y), each, y) for each in (Z, X))
    np.testing.assert_allclose(found.effect[:3], wanted.effect, rtol=1e-6)
    np.testing.assert_allclose(found.std_error[:3], wanted.std_error, rtol=1e-5)
    assert np.isnan(found.effect[3])


def test_rows_that_the_training_could_not_tell_are_warned_of(table):
    pd = pytest.importorskip("pandas")
    model = LogisticRegression(C=np.inf, formula=FORMULA).fit(table)
    new = pd.DataFrame({"g": ["a", "c", "c"], "h": ["x", "y", "x"], "a": [0.0, 0.0, 0.0]})
    summary = summarize(model, table, table.y)
    for ask in (model.predict, model.predict_proba, lambda d: probability_intervals(summary, d)):
        with pytest.warns(CollinearityWarning, match=r"row 1 is .* not known") as told:
            ask(new)
        assert EMPTY in str(told[0].message)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            ask(table)
            ask(new.drop(index=1))
    held = LogisticRegression(C=1.0, formula=FORMULA).fit(table)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        held.predict_proba(new)


def test_intervals_of_rows_that_keep_the_relation():
    X, y = rows()
    Z = np.column_stack([X, X[:, 0] + X[:, 1]])
    found, wanted = (
        probability_intervals(summarize(fit(each, y), each, y), each[:9]) for each in (Z, X)
    )
    np.testing.assert_allclose(found.ci_low, wanted.ci_low, rtol=1e-6)


def test_separated_and_aliased_at_once():
    X, y = rows()
    g = ((y == 1) & (np.arange(len(y)) % 5 == 0)).astype(float)
    Z = np.column_stack([X, g, g + X[:, 0], np.zeros(len(y))])
    found = summarize(fit(Z, y), Z, y, intervals="profile")
    wanted = summarize(fit(Z[:, :4], y), Z[:, :4], y, intervals="profile")
    np.testing.assert_allclose(found.ci_low[:5], wanted.ci_low, rtol=1e-5)
    assert found.coef[4] == np.inf
    assert found.aliased.tolist() == [False] * 5 + [True, True]


@pytest.mark.parametrize("collinear", ["minimum_norm", "drop"])
def test_a_relation_of_columns_far_from_0_is_that_of_the_columns_as_given(collinear):
    X, y = rows()
    Z = np.column_stack([X[:, 0] + 1e6, X[:, 1], 2 * X[:, 0] + 5])
    model = fit(Z, y, collinear=collinear)
    (found,) = model.dependences_
    assert found.constant == pytest.approx(1999995, rel=1e-9)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.predict_proba(Z)
    with pytest.warns(CollinearityWarning, match="row 0 is"):
        model.predict_proba(np.add(Z[:1], [0, 0, 1]))
    assert "1999995" in str(summarize(model, Z, y))


@pytest.mark.parametrize("K", [2, 3])
@pytest.mark.parametrize("kind", ["sum", "constant"])
@pytest.mark.parametrize("covariance", ["HC1", "cluster"])
def test_an_aliased_column_costs_no_degree_of_freedom(kind, K, covariance):
    X, y = rows(K)
    Z = np.column_stack([X, MADE[kind](X)])
    groups = {"groups": np.arange(len(y)) // 4} if covariance == "cluster" else {}
    asked = {"covariance": covariance, **groups}
    wanted, found = (summarize(fit(A, y), A, y, **asked) for A in (X, Z))
    np.testing.assert_allclose(found.std_error[~found.aliased], wanted.std_error, rtol=1e-6)


@pytest.mark.parametrize("K", [2, 3])
@pytest.mark.parametrize("kind", MADE)
def test_the_bootstrap_has_no_coefficient_of_the_column(kind, K):
    X, y = rows(K)
    Z = np.column_stack([X, MADE[kind](X)])
    wanted, found = (bootstrap(fit(A, y), A, y, resamples=20) for A in (X, Z))
    gone = np.isnan(found.coef)
    assert [t for t, lost in zip(found.terms, gone, strict=True) if lost] == ["x3"] * (K - 1)
    for name in ("coef", "std_error", "ci_low", "ci_high", "nonzero"):
        assert np.isnan(getattr(found, name)[gone]).all()
        got, theirs = getattr(found, name)[~gone], getattr(wanted, name)
        np.testing.assert_allclose(got, theirs, rtol=1e-4, atol=1e-6, err_msg=name)
    assert "no coefficient of x3" in str(found)


@pytest.mark.parametrize("kind", MADE)
def test_what_a_row_moves_is_that_of_the_model_without_the_column(kind):
    X, y = rows(2)
    Z = np.column_stack([X, MADE[kind](X)])
    wanted, found = (diagnose(fit(A, y), A, y) for A in (X, Z))
    assert found.top.row.tolist() == wanted.top.row.tolist()
    for name in ("dfbeta", "dfbetas"):
        mine, theirs = getattr(found.top, name), getattr(wanted.top, name)
        assert np.isnan(mine[:, 3]).all()
        np.testing.assert_allclose(np.delete(mine, 3, 1), theirs, rtol=1e-4, atol=1e-7)
    assert str(found).count(" SE") == 10


@pytest.mark.parametrize("store", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("solver", ["newton", "sampled_newton"])
def test_what_no_row_tells_is_looked_for_once(store, solver, monkeypatch):
    """Full sets of indicators depend on each other at every step; the fit is that without some."""
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, size=(30_000, 3))
    X = np.hstack([np.eye(4)[code] for code in codes.T])
    y = (rng.random(30_000) < 1 / (1 + np.exp(-X @ rng.normal(size=12)))).astype(int)
    asked = []
    monkeypatch.setattr(focus, "root_at", lambda f, u: asked.append(f.rows) or root_at(f, u))
    with pytest.warns(CollinearityWarning):
        fitted = LogisticRegression(C=np.inf, solver=solver).fit(store(X), y)
    assert len(asked) == len(set(asked)) > 0  # of each sample, and of all rows
    kept = LogisticRegression(C=np.inf, solver=solver).fit(X[:, np.arange(12) % 4 > 0], y)
    np.testing.assert_allclose(fitted.predict_proba(X[:50]), np.asarray(
        kept.predict_proba(X[:50, np.arange(12) % 4 > 0])), rtol=1e-7)  # fmt: skip
