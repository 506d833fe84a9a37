"""Laws at the edges: guards, defaults, borders of chunks, exact 0 and 1, names carried along."""

import warnings
from dataclasses import replace
from itertools import islice

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn import preprocessing

from glasslogit import (
    LogisticRegression,
    diagnose,
    firth,
    inspect_data,
    likelihood_ratio_test,
    summarize,
    verify,
)
from glasslogit.core import Coordinates, Moments, Objective, Penalty
from glasslogit.errors import GlasslogitWarning, InputError
from glasslogit.evaluate import calibration_curve
from glasslogit.inputs import arrays
from glasslogit.solvers import KroneckerNewton, Outcome, SampledNewton
from glasslogit.solvers.line_search import SUFFICIENT_DECREASE, advance, decreases_enough
from glasslogit.tables import Date, Number, PolynomialFeatures, StandardScaler, TableEncoder
from problems import LOSSES, Rows, make_rows, make_source


def rows(K: int = 2, n: int = 120, d: int = 3, seed: int = 0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    return X, (X @ rng.normal(size=(d, K)) + rng.gumbel(size=(n, K))).argmax(axis=1)


@pytest.mark.parametrize("columns", [1, 2, 3])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e200])
def test_every_row_is_checked_whatever_the_chunks(bad, columns, monkeypatch):
    monkeypatch.setattr(arrays, "CHUNK", 6)
    for n in (1, 5, 6, 7, 12, 13):
        for row in range(n):
            X = np.arange(float(n * columns)).reshape(n, columns)
            X[row, row % columns] = bad
            kinds = [np.asfortranarray, sp.csr_array] + [np.float32] * (bad != 1e200)
            for given in (X, *(kind(X) for kind in kinds)):
                with pytest.raises(InputError, match=rf"in row {row}, column {row % columns}\b"):
                    arrays.check_features(given, largest=np.float64(1e150))


def test_the_last_row_of_a_chunk_of_the_real_size_is_checked():
    X = np.zeros((arrays.CHUNK + 1, 1))
    for row in (arrays.CHUNK - 1, arrays.CHUNK):
        X[row] = np.nan
        with pytest.raises(InputError, match=f"NaN in row {row}"):
            arrays.check_features(X)
        X[row] = 0.0


@pytest.mark.parametrize("storage", [np.asarray, sp.csr_array, sp.csr_matrix, sp.coo_array])
def test_complex_numbers_are_refused_in_every_storage(storage):
    X = storage(np.array([[1j], [2.0], [3.0], [4.0]]))
    with pytest.raises(InputError, match=r"[Cc]omplex|real numbers"):
        LogisticRegression().fit(X, [0, 1, 0, 1])


def test_few_events_are_told_by_the_inspection_and_by_the_fit_alike():
    """Fewer than ten of the rarer class for each coefficient, the intercept not counted."""
    X, _ = rows(n=200, d=2)
    for events in (1, 19, 20, 21):
        y = (np.arange(200) < events).astype(int)
        y = np.random.default_rng(0).permutation(y)
        told = [f.code for f in inspect_data(X, y) if f.code == "few_events"]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", GlasslogitWarning)
            model = LogisticRegression(C=np.inf).fit(X, y)
        fitted = [f.code for f in model.findings_ if f.code == "few_events"]
        assert told == fitted == ["few_events"] * (events < 20)


def test_a_model_is_tested_against_one_that_contains_it_and_no_other():
    X, y = rows(d=4)
    sets = [(0,), (1,), (0, 1), (1, 2), (0, 1, 2), (1, 2, 3), (0, 1, 2, 3)]
    frame = pd.DataFrame(X, columns=list("abcd"))
    known = {}
    for columns in sets:
        part = frame.iloc[:, list(columns)]
        known[columns] = summarize(LogisticRegression(C=np.inf).fit(part, y), part, y)
    for small in sets:
        for large in sets:
            if set(small) < set(large):
                test = likelihood_ratio_test(known[small], known[large])
                gain = known[large].log_likelihood - known[small].log_likelihood
                assert test.statistic == pytest.approx(2 * gain, abs=1e-9)
                assert test.df == len(large) - len(small)
            else:
                with pytest.raises(InputError, match="contain"):
                    likelihood_ratio_test(known[small], known[large])


def test_the_model_of_firth_knows_its_columns_as_a_fit_does():
    X, y = rows(d=2)
    frame = pd.DataFrame(X, columns=["age", "dose"])
    model = firth(frame, y, intervals=False).model
    assert model.feature_names_in_.tolist() == ["age", "dose"]
    assert (model.n_features_in_, model.classes_.tolist()) == (2, [0, 1])
    with pytest.raises(InputError, match="at training"):
        model.predict_proba(frame[["dose", "age"]])
    assert not hasattr(firth(X, y, intervals=False).model, "feature_names_in_")


def test_zero_and_one_are_probabilities_and_what_lies_beyond_is_none():
    for p in ([0.0, 1.0], [0.0, 0.0], [1.0, 1.0], [0.0, 0.5]):
        curve = calibration_curve([0, 1], p, groups=2)
        assert np.isin(curve.predicted, [*p, np.mean(p)]).all()
    for beyond in (np.nextafter(0, -1), np.nextafter(1, 2)):
        for other in (0.0, 0.5, 1.0):
            for p in ([beyond, other], [other, beyond]):
                with pytest.raises(InputError, match=r"outside \[0, 1\]"):
                    calibration_curve([0, 1], p)


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int64, bool, np.float32])
def test_features_of_whole_numbers_are_those_of_the_same_floats(kind):
    """Products do not wrap around, and a mean is no whole number."""
    X = np.array([[100, 3], [120, 0], [1, 1]]).astype(kind)
    for features in (PolynomialFeatures(3), StandardScaler()):
        found = features.fit_transform(X)
        assert found.dtype.kind == "f"
        np.testing.assert_allclose(found, features.fit_transform(X.astype(float)), rtol=1e-6)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_defaults_of_polynomial_features_are_those_of_scikit_learn_without_the_bias(d):
    X, _ = rows(n=5, d=d)
    ours, theirs = (
        PolynomialFeatures().fit(X),
        preprocessing.PolynomialFeatures(include_bias=False).fit(X),
    )
    assert ours.powers_.tolist() == theirs.powers_.tolist()
    assert ours.n_output_features_ == theirs.n_output_features_
    np.testing.assert_allclose(ours.transform(X), theirs.transform(X), rtol=1e-14)


def test_a_diagnosis_needs_a_degree_of_freedom_beside_two_for_the_groups():
    """Hosmer and Lemeshow's χ² has two degrees less than groups."""
    X, y = rows()
    model = LogisticRegression(C=np.inf).fit(X, y)
    for groups in (-1, 0, 1, 2):
        with pytest.raises(InputError, match="groups"):
            diagnose(model, X, y, groups=groups)
    for groups in (3, 4):
        (test,) = (
            each for each in diagnose(model, X, y, groups=groups).tests if "Hosmer" in each.name
        )
        assert 0 <= test.p_value <= 1


@pytest.mark.parametrize("policy", [Number, Date, lambda **given: TableEncoder(**given).fit(FRAME)])
@pytest.mark.parametrize("wrong", ["yes", None, 2])
def test_to_standardise_or_not_is_true_or_false(policy, wrong):
    with pytest.raises(InputError, match="standardise"):
        policy(standardise=wrong)


FRAME = pd.DataFrame({"a": [1.0, 2.0, 4.0]})


@pytest.mark.parametrize(
    ("solver", "K"),
    [("newton", 2), ("lbfgs", 2), ("newton_cg", 2), ("sampled_newton", 2), ("proximal_newton", 2),
     ("newton", 3), ("kronecker_newton", 3), ("sampled_newton", 3), ("lbfgs", 3)],
)  # fmt: skip
@pytest.mark.usefixtures("quiet")
def test_no_solver_goes_on_where_rounding_ends_the_descent(solver, K):
    more, outcomes = {"l1_ratio": 0.5} if solver == "proximal_newton" else {}, set()
    for seed in range(4):
        X, y = rows(K, seed=seed)
        model = LogisticRegression(tol=0.0, max_iter=3000, solver=solver, **more).fit(X, y)
        outcomes.add(model.outcome_)
        assert model.passes_ < 1000
        assert verify(model, X, y).relative_gap < 1e-9
    assert outcomes <= {Outcome.STALLED, Outcome.CONVERGED}
    assert Outcome.STALLED in outcomes


def test_a_step_is_taken_if_it_keeps_its_share_of_the_promised_decrease():
    """Armijo's rule, at values far above their rounding."""
    for slope in (-1.0, -1e-3):
        least = 1.0 + SUFFICIENT_DECREASE * slope
        assert decreases_enough(1.0, slope, least, -slope)
        assert not decreases_enough(1.0, slope, np.nextafter(least, 2), -slope)
    assert 0 < SUFFICIENT_DECREASE < 0.5  # beyond a half even Newton's step on a parabola fails


def objective_of(loss, rows: Rows) -> tuple[Objective, np.ndarray]:
    """Give f in standardised coordinates, and a place."""
    source = make_source("dense", rows)
    moments, axes = source.sum(Moments(loss[0])), np.eye(loss[1])
    at = Coordinates.standardised(moments, 0.0, intercept=True, axes=axes)
    f = Objective(source, loss[0], Penalty(l2=0.01), at, moments.weight, moments.rows, moments.rows)
    return f, np.random.default_rng(0).normal(size=(5, loss[1]))


@pytest.mark.parametrize("factor", [1.0, 10.0, 1e2, 1e6])
def test_no_step_takes_less_than_its_share(loss, factor):
    f, u = objective_of(loss, make_rows(*loss))
    at = f.quadratic(u)
    d = -factor * at.gradient
    length, new = advance(f, f.quadratic, at, d)
    assert 0 < length <= 1
    assert new.value <= at.value + SUFFICIENT_DECREASE * length * float(np.vdot(at.gradient, d))


@pytest.mark.parametrize("solver", [SampledNewton(), KroneckerNewton()], ids=lambda s: s.name)
def test_a_cold_start_is_near_the_optimum_and_a_warm_one_where_it_was(solver):
    """The optimum of m of n rows is about √(n/m) standard errors from that of all."""
    rows = make_rows(*LOSSES["softmax"], n=4000)
    margins = rows.X @ np.random.default_rng(1).normal(size=(4, 3)) + rows.offset
    f, _ = objective_of(LOSSES["softmax"], replace(rows, y=margins.argmax(axis=1)))
    cold = np.zeros((5, 3))
    steps = [step.at for step in islice(solver.steps(f, cold), 20)]
    best = min(step.value for step in steps)
    assert steps[0].value - best < 0.3 * (f.value(cold) - best)
    warm = np.full((5, 3), 0.25) * [1, 2, -3]
    np.testing.assert_array_equal(next(iter(solver.steps(f, warm))).at.u, warm)


def test_no_sample_starts_worse_than_the_start_itself():
    """A small sample may lead astray: the next, larger one then starts anew."""
    f, _ = objective_of(LOSSES["binomial"], make_rows(*LOSSES["binomial"], n=4000))
    start, begun = np.zeros((5, 1)), []

    def astray(sample, model):
        begun.append((model.value, sample.value(start)))
        yield sample.quadratic(start + 50.0)

    solver = SampledNewton(per_coefficient=4, share=0.5)
    solver.sampled_optimum(f, start, astray)
    assert len(begun) > 1
    assert all(value <= at_start for value, at_start in begun)


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("solver", ["newton", "lbfgs"])
@pytest.mark.parametrize("K", [2, 3])
def test_the_bound_of_an_unfinished_fit_is_of_the_size_of_what_is_missing(K, solver):
    X, y = rows(K, n=400)
    best = verify(fitted := LogisticRegression(tol=1e-10).fit(X, y), X, y)
    assert best.relative_gap < 1e-12
    judged = 0
    for steps in range(2, 9):
        early = LogisticRegression(max_iter=steps, solver=solver).fit(X, y)
        missing = early.trace_.value[-1] - fitted.trace_.value[-1]
        proof = early.certificate_
        if proof.proved and missing > 1e-9:
            relative = missing / early.trace_.value[-1]
            assert relative <= proof.relative_gap * (1 + 1e-6)
            assert proof.relative_gap < 3 * relative
            judged += 1
    assert judged
