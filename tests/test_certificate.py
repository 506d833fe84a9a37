"""A certificate is never smaller than the truth, and says so where nothing can be proved."""

import dataclasses
import importlib
import importlib.util
import pickle
import warnings
from pathlib import Path

import mpmath
import numpy as np
import pytest
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from glasslogit import LogisticRegression, verify
from glasslogit.errors import GlasslogitWarning, InputError
from glasslogit.model.fitted import fitted_objective
from glasslogit.optimum.bounds import second_order
from glasslogit.optimum.proofs import data_of, probability_bound, prove_by_duality
from glasslogit.solvers import GradientDescent

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
spec = importlib.util.spec_from_file_location(
    "certificate_benchmark", BENCHMARKS / "certificate.py"
)
truth = importlib.util.module_from_spec(spec)
spec.loader.exec_module(truth)


@pytest.fixture
def adversarial(monkeypatch):
    """The fits made to break a certificate; the script has parts beside it."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("adversarial")


def penalised(seed):
    """A problem of `make_problem` with a penalty on every column, and a fit stopped early."""
    problem = truth.make_problem(seed, most_rows=24)
    settings = problem.settings | {"penalty_factors": None, "C": min(problem.settings["C"], 10.0)}
    if problem.penalty == "none":
        return dataclasses.replace(problem, settings=settings, penalty="l2")
    return dataclasses.replace(problem, settings=settings)


def rows(K: int = 2, n: int = 400, d: int = 5, seed: int = 0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d)) * [1, 10, 0.1, 1, 100][:d] + [0, 1000, 0, 1, 0][:d]
    scores = (X - X.mean(axis=0)) / X.std(axis=0) @ rng.normal(size=(d, K))
    return X, (scores + rng.gumbel(size=(n, K))).argmax(axis=1)


def fit(X, y, **settings):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GlasslogitWarning)
        return LogisticRegression(**settings).fit(X, y)


@pytest.mark.parametrize("start", range(0, 100, 10))
def test_never_smaller_than_the_truth(start):
    for seed in range(5000 + start, 5010 + start):
        verdict = truth.judge(truth.make_problem(seed, most_rows=24), steps=1)
        assert verdict.wrong == [], seed


@pytest.mark.parametrize("seed", range(30))
def test_duality_alone_is_never_smaller_than_the_truth(seed):
    problem = penalised(6000 + seed)
    model, exact = problem.fit(), truth.Exact(problem)
    solver = "proximal_newton" if problem.settings["l1_ratio"] else "newton"
    best = problem.fit(tol=1e-11, max_iter=500, solver=solver)
    gap = float(exact.value(exact.lift(model)) - exact.value(exact.lift(best)))
    place = fitted_objective(model, *problem.data, **problem.more)
    f = place.objective
    proof = prove_by_duality(data_of(f), place.theta)
    assert gap <= proof.gap
    best_place = fitted_objective(best, *problem.data, **problem.more)
    near = prove_by_duality(data_of(f), best_place.theta)
    assert near.relative_gap < 1e-5


@pytest.mark.parametrize("K", [2, 3])
@pytest.mark.parametrize("settings", [{}, {"C": np.inf}, {"l1_ratio": 1.0}, {"l1_ratio": 0.5}])
def test_a_finished_fit_is_proved_tightly(K, settings):
    X, y = rows(K)
    model = LogisticRegression(**settings).fit(X, y)
    for proof in (model.certificate_, verify(model, X, y)):
        assert proof.proved
        assert proof.relative_gap < 1e-9
        assert proof.probability < 1e-4
        assert proof.rounding <= proof.gap


def test_doubt_about_the_gradient_widens_the_bound_and_distance_ends_it():
    g, root = np.full((1, 1), 0.1), np.ones((1, 1, 1))
    none = np.zeros((1, 1))
    assert second_order(g, none, root, 0.0).gap == pytest.approx(0.005, rel=1e-5)
    assert second_order(g, none, root, 5.0).gap > 0.0055
    assert second_order(g, none + 0.1, root, 0.0).rounding == pytest.approx(0.015, rel=1e-4)
    assert second_order(g, none, root, 10.0) is None


@pytest.mark.parametrize("m", [1e-6, 0.1, 1.0, 3.0, 20.0])
def test_no_probability_moves_further_than_its_margin_allows(m):
    z = np.linspace(-30, 30, 2001)
    p, q = 1 / (1 + np.exp(-z)), 1 / (1 + np.exp(-z - m))
    allowed = [probability_bound(np.ones(1), np.array([each * (1 - each)]), m) for each in p]
    assert (np.abs(q - p) <= np.array(allowed) + 1e-15).all()


@pytest.mark.parametrize("K", [2, 3])
def test_separated_classes_are_never_certified(K):
    X, _ = rows(K)
    y = np.digitize(X[:, 0], [-0.5, 0.5][: K - 1])
    for steps in (1, 5, 30):
        model = fit(X, y, C=np.inf, max_iter=steps)
        assert not model.certificate_.proved
        assert not verify(model, X, y).proved
    assert "No bound" in str(model.certificate_)
    assert verify(fit(X, y), X, y).proved  # with a penalty


def test_dependent_columns_need_a_penalty():
    X, y = rows()
    X = np.column_stack([X, X[:, 0] + X[:, 3]])
    assert "depend" in verify(fit(X, y, C=np.inf), X, y).reason
    assert verify(fit(X, y), X, y).relative_gap < 1e-9


def test_from_afar_the_optimum_is_sought():
    X, y = rows()
    model = fit(X, y, max_iter=2, solver="lbfgs")
    best = LogisticRegression(tol=1e-9).fit(X, y)
    proof = verify(model, X, y)
    true = np.abs(model.predict_proba(X) - best.predict_proba(X)).max()
    assert true <= proof.probability <= 1.01 * true + 1e-9
    assert np.abs(model.coef_ - best.coef_).max() <= proof.coefficients


@pytest.mark.parametrize("l1_ratio", [0.0, 0.5, 1.0])
def test_many_coefficients_are_proved_by_duality(l1_ratio):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 1200))
    y = (X[:, 0] + rng.normal(size=60) > 0.3).astype(int)
    model = LogisticRegression(l1_ratio=l1_ratio, C=0.3, tol=1e-4).fit(X, y)
    best = LogisticRegression(l1_ratio=l1_ratio, C=0.3, tol=1e-8, max_iter=1000).fit(X, y)
    proof = verify(model, X, y)
    assert proof.reason.startswith("duality")
    assert proof.relative_gap < 1e-3
    off = np.abs(model.predict_proba(X) - best.predict_proba(X)).max()
    assert off <= proof.probability


def test_scikit_learns_fit_is_judged_alike():
    linear_model = pytest.importorskip("sklearn.linear_model")
    X, y = rows(3)
    ours = verify(LogisticRegression(tol=1e-9).fit(X, y), X, y)
    peer = linear_model.LogisticRegression(solver="newton-cholesky", tol=1e-10).fit(X, y)
    assert verify(peer, X, y).relative_gap < 1e-9
    assert ours.relative_gap < 1e-12
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        early = linear_model.LogisticRegression(max_iter=5).fit(X, y)
    assert verify(early, X, y).relative_gap > 1e-3


def test_wrong_rows_are_not_certified_as_right():
    X, y = rows()
    model = LogisticRegression().fit(X, y)
    assert verify(model, X, 1 - y).relative_gap > 0.1
    with pytest.raises(InputError, match="columns"):
        verify(model, X[:, :2], y)


def test_every_fit_says_what_is_known():
    X, y = rows(3)
    model = LogisticRegression(multi_class="ovr").fit(X, y)
    assert [proof.proved for proof in model.certificate_] == [True] * 3
    batches = LogisticRegression().fit(lambda: iter([(X[:200], y[:200]), (X[200:], y[200:])]))
    assert "batches" in batches.certificate_.reason
    assert verify(batches, lambda: iter([(X, y)]), None).proved
    single = LogisticRegression().fit(X.astype(np.float32), y)
    assert "float32" in single.certificate_.reason
    again = pickle.loads(pickle.dumps(model))  # noqa: S301
    assert again.certificate_ == model.certificate_
    slow = fit(X, y, solver=GradientDescent(learning_rate=0.1, epochs=200))
    assert slow.certificate_.relative_gap > 1e-9


def test_many_rows_are_proved_by_the_curvature_of_few():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(30_000, 5))
    y = rng.random(30_000) < 1 / (1 + np.exp(1 - X[:, 0]))
    model = LogisticRegression().fit(X, y)
    assert model.solver_ == "sampled_newton"
    assert model.certificate_.proved
    tight = verify(model, X, y)
    assert tight.gap <= model.certificate_.gap
    assert tight.probability <= model.certificate_.probability


def test_constant_columns_and_weights_of_zero():
    X, y = rows()
    X[:, 2] = 7.0
    weight = np.where(np.arange(len(y)) % 3 == 0, 0.0, 2.0)
    model = LogisticRegression().fit(X, y, weight)
    assert verify(model, X, y, weight).relative_gap < 1e-12
    model.coef_[0, 2] = 0.5
    model.intercept_ -= 3.5
    assert verify(model, X, y, weight).gap == pytest.approx(0.125, rel=1e-6)
    assert verify(model, X, y, weight).coefficients >= 0.5


def test_the_offset_of_a_row_without_weight_changes_no_certificate():
    X, y = rows()
    weight = np.where(np.arange(len(y)) % 3 == 0, 0.0, 2.0)
    quiet, loud = np.zeros(len(y)), np.where(weight == 0, 1e7, 0.0)
    near, far = (LogisticRegression().fit(X, y, weight, offset=each) for each in (quiet, loud))
    assert near.certificate_.proved
    assert far.certificate_ == near.certificate_


def test_where_offsets_saturate_all_rows_there_is_no_bound_but_a_fit():
    X, y, offset = np.arange(4.0)[:, None], [0, 1, 0, 1], 100 * np.array([1, -1, 1, -1.0])
    model = LogisticRegression(C=np.inf)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GlasslogitWarning)
        model.fit(X, y, offset=offset)
    for proof in (model.certificate_, verify(model, X, y, offset=offset)):
        assert not proof.proved
        assert "No bound" in str(proof)


def test_without_any_column_that_varies_the_optimum_is_certain():
    X, y = np.zeros((4, 2)), [0, 1, 0, 1]
    model = fit(X, y, fit_intercept=False)
    assert model.certificate_.gap == verify(model, X, y).gap == 0.0


def test_a_pipeline_is_judged_as_its_last_step_on_what_reaches_it():
    X, y = rows()
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    assert verify(pipeline, X, y) == verify(pipeline[-1], pipeline[:-1].transform(X), y)
    assert verify(pipeline, X, y).proved


@pytest.mark.parametrize("loss", ["log_loss", "hinge"])
def test_stochastic_gradient_descent_is_judged_if_it_is_logistic(loss):
    X, y = rows()
    model = SGDClassifier(loss=loss, random_state=0).fit(X, y)
    if loss == "log_loss":
        assert verify(model, X, y).proved
        return
    with pytest.raises(InputError, match="hinge"):
        verify(model, X, y)


@pytest.mark.parametrize("seed", [*range(12), 46, 69, 1537, 1591])
def test_no_bound_of_a_fit_made_to_break_it_is_below_the_truth(seed, adversarial):
    assert adversarial.judge(seed)[1] == []


def test_the_judge_sees_a_bound_that_is_too_small(adversarial, monkeypatch):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(12, 2)), np.arange(12) % 2
    settings = {"C": 1.0, "l1_ratio": 0.0, "fit_intercept": True, "max_iter": 40}
    case = adversarial.Case(X, y, None, None, settings, moved=0.1)
    end, wrong, found = adversarial.judge(0, case)
    assert (end, wrong) == ("judged", [])
    for name, true in zip(adversarial.BOUNDS, found["truth"], strict=True):
        short = dataclasses.replace(found["given"]["verify"], **{name: float(true) * (1 - 1e-9)})
        monkeypatch.setattr(adversarial, "verify", lambda *_, short=short, **__: short)
        assert [each.split(":")[0] for each in adversarial.judge(0, case)[1]] == [f"verify.{name}"]


@pytest.mark.parametrize("size", [1.0, 1e3])
def test_what_rounding_does_to_probabilities_is_within_the_bound(size):
    """Nothing is fitted, so nothing is wrong but the last digits of what is predicted."""
    X, y = np.zeros((40, 1)), np.arange(40) % 2
    offset = size * np.random.default_rng(0).normal(size=40)
    model = LogisticRegression(fit_intercept=False).fit(X, y, offset=offset)
    given = model.predict_proba(X, offset=offset)[:, 1]
    right = [1 / (1 + mpmath.exp(-mpmath.mpf(float(o)))) for o in offset]
    off = max(abs(mpmath.mpf(float(p)) - q) for p, q in zip(given, right, strict=True))
    assert off > 0
    for proof in (model.certificate_, verify(model, X, y, offset=offset)):
        assert off <= proof.probability < 1e-10


@pytest.mark.parametrize("K", [2, 3])
def test_an_intercept_that_no_fit_would_have_is_not_certified(K):
    X, y = rows(K)
    model = LogisticRegression(fit_intercept=False).fit(X, y)
    assert verify(model, X, y).proved
    model.intercept_ = model.intercept_ + 1e-3
    assert "intercept" in verify(model, X, y).reason


def test_columns_whose_squares_are_lost_are_not_certified():
    """Weights and columns that are both small have a spread of 0 in float64, but they vary."""
    X, y = rows(n=40, d=2)
    X[:, 1] = 1e-145 * (X[:, 0] + 0.1 * X[:, 1])
    model = fit(X, y, C=np.inf)
    weight = np.full(len(y), 1e-40)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GlasslogitWarning)
        model.fit(X, y, weight)
    for proof in (model.certificate_, verify(model, X, y, weight)):
        assert not proof.proved
