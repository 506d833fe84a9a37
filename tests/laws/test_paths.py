"""Laws of regularisation paths and penalty factors: optima, edges, and what a factor means."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import datasets

from glasslogit import LogisticRegression, LogisticRegressionCV, regularisation_path
from glasslogit.core.penalties import Penalty
from glasslogit.errors import InputError
from glasslogit.solvers import GradientDescent
from problems import construct

TWO = datasets.make_classification(400, 12, n_informative=5, random_state=1)
THREE = datasets.load_iris(return_X_y=True)
CANCER = datasets.load_breast_cancer(return_X_y=True)


def pushes(X, y, coefs, intercepts, classes):
    """Gradient of the mean loss in the coefficients (c, d) and the intercepts (c,)."""
    z = X @ coefs.T + intercepts
    z = np.column_stack([np.zeros(len(z)), z]) if len(classes) == 2 else z
    p = np.exp(z - z.max(axis=1, keepdims=True))
    residual = p / p.sum(axis=1, keepdims=True) - (np.asarray(y)[:, None] == classes)
    residual = residual[:, -coefs.shape[0] :]
    return residual.T @ X / len(y), residual.mean(axis=0)


@pytest.mark.parametrize("l1_ratio", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("data", [TWO, THREE], ids=["two classes", "three"])
def test_every_point_meets_the_conditions_of_an_optimum(data, l1_ratio: float) -> None:
    X, y = data
    factors = np.linspace(0.0, 2.0, X.shape[1])
    path = regularisation_path(X, y, Cs=8, l1_ratio=l1_ratio, penalty_factors=factors, tol=1e-9)
    assert path.converged.all()
    for C, coefs, b in zip(path.Cs, path.coefs, path.intercepts, strict=True):
        g, free = pushes(X, y, coefs, b, path.classes)
        strength = factors / (C * len(y))
        g = g + strength * (1 - l1_ratio) * coefs
        held = np.maximum(np.abs(g) - strength * l1_ratio, 0)
        off = np.where(coefs == 0, held, np.abs(g + strength * l1_ratio * np.sign(coefs)))
        assert max(off.max(), np.abs(free).max()) < 1e-9


@pytest.mark.parametrize("l1_ratio", [0.0, 0.5, 1.0])
def test_every_point_is_a_single_fit(l1_ratio: float) -> None:
    X, y = TWO
    rng = np.random.default_rng(0)
    rows = {"sample_weight": rng.random(len(y)) + 0.2, "offset": rng.normal(size=len(y))}
    path = regularisation_path(X, y, Cs=6, l1_ratio=l1_ratio, tol=1e-10, **rows)
    for C, coefs, b in zip(path.Cs, path.coefs, path.intercepts, strict=True):
        single = LogisticRegression(C=C, l1_ratio=l1_ratio, tol=1e-10).fit(X, y, **rows)
        np.testing.assert_allclose(coefs, single.coef_, atol=1e-8)
        np.testing.assert_allclose(b, single.intercept_, atol=1e-8)


def test_the_values_are_those_of_the_coefficients_where_patience_keeps_the_best() -> None:
    X, y = TWO
    wild = GradientDescent(learning_rate=40.0, epochs=60, patience=5)
    path = regularisation_path(X, y, Cs=[0.01, 1.0], l1_ratio=0.0, solver=wild)
    rates = np.mean(y), 1 - np.mean(y)
    null_loss = -sum(rate * np.log(rate) for rate in rates)
    for k, C in enumerate(path.Cs):
        z = X @ path.coefs[k, 0] + path.intercepts[k, 0]
        loss = np.mean(np.logaddexp(0, np.where(y, -z, z)))
        value = loss + (path.coefs[k] ** 2).sum() / (2 * C * len(y))
        np.testing.assert_allclose(path.values[k], value, rtol=1e-12)
        np.testing.assert_allclose(path.explained[k], 1 - loss / null_loss, atol=1e-12)


@pytest.mark.parametrize("l1_ratio", [0.2, 1.0])
@pytest.mark.parametrize("data", [TWO, THREE, CANCER], ids=["two classes", "three", "raw columns"])
def test_the_path_starts_where_the_first_coefficient_appears(data, l1_ratio: float) -> None:
    X, y = data
    edge = regularisation_path(X, y, Cs=2, l1_ratio=l1_ratio).Cs[0]
    path = regularisation_path(X, y, Cs=[edge * 1.0001, edge], l1_ratio=l1_ratio, tol=1e-8)
    assert path.nonzeros.tolist() == [1, 0]


def test_values_can_come_in_any_order_and_by_any_solver() -> None:
    X, y = TWO
    Cs = [1.0, 0.01, 100.0, 0.1]
    path = regularisation_path(X, y, Cs=Cs, l1_ratio=0.0, tol=1e-9)
    other = regularisation_path(X, y, Cs=Cs, l1_ratio=0.0, tol=1e-9, solver="lbfgs")
    np.testing.assert_allclose(path.coefs, other.coefs, atol=1e-8)
    np.testing.assert_allclose(path.values, other.values, rtol=1e-12)
    np.testing.assert_allclose(path.explained, other.explained, rtol=1e-9)
    assert (np.diff(path.explained[[1, 3, 0, 2]]) > 0).all()


def test_explained_deviance_is_none_at_the_start_and_that_of_the_fit_after() -> None:
    X, y = CANCER
    path = regularisation_path(X, y, Cs=20)
    assert abs(path.explained[0]) < 1e-12
    p = np.clip(1 / (1 + np.exp(-(X @ path.coefs[9, 0] + path.intercepts[9]))), 1e-300, 1)
    loss = -np.log(np.where(y == 1, p, 1 - p)).mean()
    rate = y.mean()
    null = -(rate * np.log(rate) + (1 - rate) * np.log(1 - rate))
    np.testing.assert_allclose(path.explained[9], 1 - loss / null, rtol=1e-10)


def test_pass_counts_do_not_depend_on_the_machine() -> None:
    path = regularisation_path(*CANCER, Cs=50, tol=1e-3)
    assert path.passes[[0, 24, 49]].tolist() == [5, 77, 136]


def test_out_of_time_gives_the_last_position_marked_as_not_converged() -> None:
    path = regularisation_path(*TWO, Cs=9, max_time=1e-9)
    assert path.converged.tolist() == [True] + [False] * 8  # the null model is the first point
    assert np.isfinite(path.coefs).all()
    assert not regularisation_path(*TWO, Cs=[1.0], max_iter=1).converged.any()


@given(seed=st.integers(0, 10_000), l1_ratio=st.sampled_from([0.0, 0.4, 1.0]))
def test_a_factor_is_a_rescaled_column(seed: int, l1_ratio: float) -> None:
    """Pure L1: f·|w| is |f·w|. Ridge: f·w² is (√f·w)². An elastic net is neither: l1 first."""
    X, y = TWO
    factors = 10 ** np.random.default_rng(seed).uniform(-1, 1, X.shape[1])
    C = 0.05
    model = LogisticRegression(C=C, l1_ratio=l1_ratio, penalty_factors=factors, tol=1e-10)
    coef = model.fit(X, y).coef_
    if l1_ratio in (0.0, 1.0):
        scale = factors if l1_ratio else np.sqrt(factors)
        plain = LogisticRegression(C=C, l1_ratio=l1_ratio, tol=1e-10).fit(X / scale, y)
        np.testing.assert_allclose(coef * scale, plain.coef_, atol=1e-8)
    g, _ = pushes(X, y, coef, model.intercept_, model.classes_)
    push = -(g + factors * (1 - l1_ratio) * coef / (C * len(y)))
    edge = np.broadcast_to(l1_ratio * factors / (C * len(y)), push.shape)
    assert (np.abs(push) <= edge + 1e-8).all()
    np.testing.assert_allclose(push[coef != 0], (edge * np.sign(coef))[coef != 0], atol=1e-8)


@pytest.mark.parametrize("solver", ["newton", "sampled_newton", "lbfgs", "newton_cg", "auto"])
def test_factors_hold_for_every_solver(solver: str) -> None:
    """A constructed optimum: with the penalty off a column, its target is that of C = ∞."""
    X, y = TWO
    factors = np.where(np.arange(X.shape[1]) % 2, 3.0, 0.0)
    model = LogisticRegression(C=0.1, penalty_factors=factors, solver=solver, tol=1e-9).fit(X, y)
    g, free = pushes(X, y, model.coef_, model.intercept_, model.classes_)
    np.testing.assert_allclose(g, -factors * model.coef_ / (0.1 * len(y)), atol=1e-9)
    np.testing.assert_allclose(free, 0, atol=1e-9)


@pytest.mark.parametrize("l1_ratio", [0.0, 0.5])
def test_factors_and_paths_where_columns_outnumber_rows(l1_ratio: float) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 1100))
    y = (X[:, :3].sum(axis=1) > rng.normal(size=60)).astype(int)
    factors = rng.choice([0.0, 1.0, 2.0], 1100, p=[0.002, 0.5, 0.498])
    settings = {"l1_ratio": l1_ratio, "penalty_factors": factors, "tol": 1e-8}
    path = regularisation_path(X, y, Cs=4, span=0.1, **settings)
    assert path.converged.all()
    assert l1_ratio == 0 or path.nonzeros[0] == (factors == 0).sum()
    for C, coefs, b in zip(path.Cs, path.coefs, path.intercepts, strict=True):
        g, free = pushes(X, y, coefs, b, path.classes)
        strength = factors / (C * len(y))
        g = g + strength * (1 - l1_ratio) * coefs
        held = np.maximum(np.abs(g) - strength * l1_ratio, 0)
        off = np.where(coefs == 0, held, np.abs(g + strength * l1_ratio * np.sign(coefs)))
        assert max(off.max(), np.abs(free).max()) < 1e-7


@pytest.mark.parametrize("K", [2, 3])
def test_no_factor_anywhere_is_no_penalty(K: int) -> None:
    known = construct(K=K)
    model = LogisticRegression(penalty_factors=np.zeros(3), tol=1e-10)
    model.fit(known.X, known.y, known.weight)
    scale = np.abs(known.coef).max(axis=0)
    np.testing.assert_allclose(model.coef_ / scale, known.coef / scale, atol=1e-8)


def test_factors_by_name_and_their_errors() -> None:
    pandas = pytest.importorskip("pandas")
    X, y = THREE
    frame = pandas.DataFrame(X, columns=["a", "b", "c", "d"])
    named = LogisticRegression(penalty_factors={"b": 0.0}).fit(frame, y)
    plain = LogisticRegression(penalty_factors=[1, 0, 1, 1]).fit(X, y)
    np.testing.assert_allclose(named.coef_, plain.coef_, rtol=1e-10)
    for wrong, words in (({"e": 1}, "'e'"), ([1, 2], "4 columns"), ([1, 1, -1, 1], "column 'c'")):
        with pytest.raises(InputError, match=words):
            LogisticRegression(penalty_factors=wrong).fit(frame, y)


def test_factors_do_not_change_what_counts_as_no_penalty() -> None:
    assert Penalty(factors=np.ones((3, 1))) == Penalty()
    assert Penalty(l1=1.0, factors=np.ones((3, 1))) != Penalty()


def test_a_path_needs_something_to_penalise() -> None:
    with pytest.raises(InputError, match="no column is penalised"):
        regularisation_path(*TWO, penalty_factors=np.zeros(12))
    for wrong, words in (
        ({"Cs": [1.0, 0.0]}, "Cs="),
        ({"Cs": 0}, "Cs=0"),
        ({"Cs": []}, "Cs is of type list and shape"),
        ({"Cs": "a"}, "Cs is of type str and shape"),
        ({"Cs": [1, "a"]}, "Cs='a' is not valid; give a number greater than 0"),
        ({"Cs": [np.nan]}, "Cs=nan is not valid; give a number greater than 0"),
        ({"tol": -1}, "tol=-1"),
        ({"n_jobs": 0}, "n_jobs=0"),
        ({"class_weight": "balansed"}, "class_weight='balansed' is not valid"),
        ({"l1_ratio": 2}, "l1_ratio=2"),
    ):
        with pytest.raises(InputError, match=words):
            regularisation_path(*TWO, **wrong)
    with pytest.raises(InputError, match="X is a function: it must yield y"):
        regularisation_path(lambda: [TWO], TWO[1])


@pytest.mark.parametrize("solver", ["auto", "orthant_newton"])
def test_a_path_of_batches_is_that_of_their_rows(solver: str) -> None:
    X, y = TWO
    asked = {"Cs": [0.01, 0.1, 1.0], "class_weight": "balanced", "tol": 1e-8, "solver": solver}
    whole = regularisation_path(X, y, **asked)
    parts = regularisation_path(lambda: [(X[:150], y[:150]), (X[150:], y[150:])], **asked)
    np.testing.assert_allclose(parts.coefs, whole.coefs, atol=1e-7)
    assert parts.converged.all()


def test_no_l1_ratio_is_a_ridge_penalty() -> None:
    ridge, none = (regularisation_path(*TWO, Cs=[1.0], l1_ratio=r) for r in (0.0, None))
    assert np.array_equal(ridge.coefs, none.coefs)
    assert none.l1_ratio == 0


@pytest.mark.filterwarnings("ignore::glasslogit.errors.ConvergenceWarning")  # of all rows
@pytest.mark.parametrize("far", [1e3, 1e6, 1e9, 1e15])
@pytest.mark.parametrize("l1_ratio", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("K", [2, 3])
def test_a_fold_is_fitted_as_if_the_other_rows_were_not_there(far, l1_ratio, K) -> None:
    """Also where these have a number far from the others, which is in one fold only."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(240, 2))
    y = (X @ rng.normal(size=(2, K)) + rng.gumbel(size=(240, K))).argmax(axis=1)
    X[7, 0], y[7] = far, 1
    held_out = np.arange(240) % 3 == 1
    folds = [(np.flatnonzero(~held_out), np.flatnonzero(held_out))]
    settings = {"scoring": "neg_log_loss", "l1_ratios": (l1_ratio,), "tol": 1e-9}
    found = LogisticRegressionCV(Cs=[0.1, 1.0], cv=folds, **settings).fit(X, y).scores_
    scores = np.ravel(found[1] if isinstance(found, dict) else found)
    for C, score in zip([0.1, 1.0], scores, strict=True):
        alone = LogisticRegression(C=C, l1_ratio=l1_ratio, tol=1e-9).fit(X[~held_out], y[~held_out])
        assert alone.outcome_.converged
        p = alone.predict_proba(X[held_out])[np.arange(held_out.sum()), y[held_out]]
        with np.errstate(divide="ignore"):
            assert score == pytest.approx(np.log(p).mean(), rel=1e-8)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("l1_ratio", [0.0, 0.5, 1.0])
def test_folds_of_ordinary_rows_converge_at_any_strength(l1_ratio) -> None:
    """A step that is in doubt is followed by another of Newton's, not given up."""
    LogisticRegressionCV(Cs=10, cv=5, l1_ratios=(l1_ratio,)).fit(*CANCER)
