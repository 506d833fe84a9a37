"""The estimator's face: parameters, attributes, predictions, trace, warnings."""

import re
import warnings
from types import SimpleNamespace
from typing import Any, get_args, get_origin

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.datasets import load_breast_cancer, load_iris

from glasslogit import LogisticRegression, bootstrap, regularisation_path
from glasslogit.errors import ConvergenceWarning, SeparationWarning
from glasslogit.solvers import LBFGS, NAMES, GradientDescent, Newton, NewtonCG, Outcome

X, Y = load_breast_cancer(return_X_y=True)


def test_parameters_are_stored_untouched_and_shown_when_changed() -> None:
    solver = GradientDescent(0.1, epochs=5)
    model = LogisticRegression(C=2.0, solver=solver)
    assert model.get_params()["solver"] is solver
    assert repr(model) == f"LogisticRegression(C=2.0, solver={solver!r})"
    assert model.set_params(C=3.0) is model
    assert LogisticRegression(**model.get_params(deep=False)).C == 3.0


def test_attributes_are_those_of_scikit_learn() -> None:
    binary = LogisticRegression().fit(X, Y)
    assert binary.coef_.shape == (1, 30)
    assert binary.intercept_.shape == (1,)
    assert binary.n_iter_.dtype == np.int32
    assert binary.n_features_in_ == 30
    assert not hasattr(binary, "feature_names_in_")
    iris, species = load_iris(return_X_y=True)
    softmax = LogisticRegression().fit(iris, species)
    assert softmax.coef_.shape == (3, 4)
    assert softmax.intercept_.shape == (3,)
    assert softmax.decision_function(iris).shape == (150, 3)


@pytest.mark.parametrize("multi_class", ["multinomial", "ovr"])
def test_predictions_agree_with_each_other(multi_class: str) -> None:
    iris, species = load_iris(return_X_y=True)
    for target in (species, species == 1):
        model = LogisticRegression(multi_class=multi_class).fit(iris, target)
        p = model.predict_proba(iris)
        np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-14)
        with np.errstate(divide="ignore"):
            np.testing.assert_allclose(model.predict_log_proba(iris), np.log(p), atol=1e-12)
        np.testing.assert_array_equal(model.predict(iris), model.classes_[p.argmax(axis=1)])
        assert model.score(iris, target) == np.mean(model.predict(iris) == target)
        rows = np.vstack([model.predict_proba(iris[i : i + 1]) for i in range(0, 150, 10)])
        np.testing.assert_allclose(rows, p[::10], rtol=1e-13, atol=1e-300)


@pytest.mark.parametrize("multi_class", ["multinomial", "ovr"])
@pytest.mark.parametrize("settings", [{}, {"C": 1e-4}, {"l1_ratio": 1.0, "C": 0.02}])
def test_mean_probability_is_the_weighted_rate_with_a_free_intercept(multi_class, settings) -> None:
    iris, species = load_iris(return_X_y=True)
    weight = np.random.default_rng(0).uniform(0, 3, len(species))
    for target in (species, species == 1):
        model = LogisticRegression(**settings, multi_class=multi_class, tol=1e-8)
        model.fit(iris, target, weight)
        if multi_class == "ovr" and model.coef_.shape[0] > 1:  # each model of its own
            p = 1 / (1 + np.exp(-model.decision_function(iris)))
        else:
            p = model.predict_proba(iris)
        rates = [np.average(target == label, weights=weight) for label in model.classes_]
        np.testing.assert_allclose(np.average(p, axis=0, weights=weight), rates, rtol=1e-7)


@pytest.mark.parametrize("multi_class", ["multinomial", "ovr"])
def test_probabilities_are_sigma_or_softmax_of_the_decision_function(multi_class: str) -> None:
    iris, species = load_iris(return_X_y=True)
    for target in (species, species == 1):
        model = LogisticRegression(multi_class=multi_class).fit(iris, target)
        z = model.decision_function(iris)
        if z.ndim == 1:
            p = np.column_stack([1 / (1 + np.exp(z)), 1 / (1 + np.exp(-z))])
        else:
            e = np.exp(z) if multi_class == "multinomial" else 1 / (1 + np.exp(-z))
            p = e / e.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(model.predict_proba(iris), p, rtol=1e-12)


@pytest.mark.parametrize("multi_class", ["multinomial", "ovr"])
def test_log_probabilities_are_finite_where_probabilities_round_to_0(multi_class: str) -> None:
    iris, species = load_iris(return_X_y=True)
    for target in (species, species == 1):
        model = LogisticRegression(multi_class=multi_class).fit(iris, target)
        model.coef_, model.intercept_ = model.coef_ * 1e4, model.intercept_ * 1e4
        log_p = model.predict_log_proba(iris)
        assert (model.predict_proba(iris) == 0).any()
        assert np.isfinite(log_p).all()
        assert log_p.min() < -1000


@pytest.mark.parametrize(
    ("name", "kind"),
    [("newton", Newton), ("newton-cholesky", Newton), ("lbfgs", LBFGS), ("newton-cg", NewtonCG),
     ("newton_cg", NewtonCG), ("saga", Newton), ("liblinear", Newton), ("auto", Newton)],
)  # fmt: skip
def test_solver_names(name: str, kind: type) -> None:
    model = LogisticRegression(solver=name, max_iter=1000).fit(X, Y)
    assert model.solver_ == kind.name
    assert model.outcome_.converged


def test_many_coefficients_are_left_to_newton_cg() -> None:
    rng = np.random.default_rng(0)
    wide = rng.normal(size=(1200, 1100))
    y = (wide[:, 0] + rng.normal(size=1200) > 0).astype(int)
    model = LogisticRegression(C=0.01, tol=1e-9).fit(wide, y)
    assert model.solver_ == "newton_cg"
    newton = LogisticRegression(C=0.01, tol=1e-9, solver="newton").fit(wide, y)
    # Two products with X for a pass, as many as there are columns for a Hessian.
    assert 2 * model.passes_ < newton.passes_ * 1100 / 2
    np.testing.assert_allclose(model.coef_, newton.coef_, atol=1e-7 * np.abs(newton.coef_).max())


def test_of_sparse_columns_in_the_hundreds_a_hessian_is_cheap() -> None:
    rng = np.random.default_rng(0)
    X = sparse.random_array((2000, 300), density=0.05, format="csr", rng=rng)
    y = (X[:, :30].sum(axis=1) + rng.normal(size=2000) / 2 > 0.8).astype(int)
    model = LogisticRegression(tol=1e-9).fit(X, y)
    dense = LogisticRegression(tol=1e-9).fit(X.toarray(), y)
    assert model.solver_ == dense.solver_ == "newton"
    np.testing.assert_allclose(model.coef_, dense.coef_, atol=1e-8)


@pytest.mark.parametrize("K", [2, 3])
@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("storage", [np.asarray, sparse.csr_array])
def test_fewer_rows_than_columns_are_turned(K: int, intercept: bool, storage) -> None:
    rng = np.random.default_rng(0)
    wide = storage(rng.normal(2.0, rng.uniform(0.1, 5, 300), size=(40, 300)).round(1))
    y, offset = rng.integers(0, K, 40), rng.normal(size=(40, 1 if K == 2 else K))
    weight = rng.uniform(0, 2, 40)
    settings = {"C": 0.3, "tol": 1e-9, "fit_intercept": intercept, "history": "weights"}
    seen = []
    model = LogisticRegression(**settings, callbacks=[lambda at: seen.append(at.theta)])
    model.fit(wide, y, weight, offset)
    whole = LogisticRegression(**settings, solver="newton_cg").fit(wide, y, weight, offset)
    assert model.solver_ == "newton"
    np.testing.assert_allclose(model.coef_, whole.coef_, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(model.intercept_, whole.intercept_, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(model.trace_.weights[-1], seen[-1], rtol=1e-12, atol=1e-15)
    with pytest.warns(ConvergenceWarning):
        early = LogisticRegression(**settings, max_iter=1).fit(wide, y, weight, offset)
    np.testing.assert_allclose(early.trace_.weights[-1][:-1].T, early.coef_, rtol=1e-12, atol=1e-15)
    again = LogisticRegression(**settings, warm_start=True)
    again.coef_, again.intercept_, again.classes_ = model.coef_, model.intercept_, model.classes_
    again.n_features_in_ = 300
    assert again.fit(wide, y, weight, offset).n_iter_.max() <= 1


@pytest.mark.parametrize("intercept", [True, False])
def test_rows_that_are_all_alike_say_nothing(intercept: bool) -> None:
    alike = np.full((4, 10), float(intercept))
    model = LogisticRegression(fit_intercept=intercept).fit(alike, [0, 1, 1, 1])
    np.testing.assert_allclose(model.predict_proba(alike)[:, 1], 0.75 if intercept else 0.5)


def test_every_solver_with_a_name_is_in_the_help() -> None:
    assert all(f'``"{name}"``' in LogisticRegression.__doc__ for name in NAMES)


def test_the_reason_for_the_solver_is_printed(capsys) -> None:
    LogisticRegression(verbose=2).fit(X, Y)
    assert "solver newton: 569 rows and 31 coefficients" in capsys.readouterr().out
    LogisticRegression(verbose=1).fit(X, Y)
    assert "solver" not in capsys.readouterr().out


def test_pass_counts_do_not_depend_on_the_machine() -> None:
    """Published numbers: one pass a step, one for the moments and one for the start."""
    model = LogisticRegression().fit(X, Y)
    assert model.passes_ == 11
    assert model.trace_.passes.tolist() == list(range(2, 12))
    iris, species = load_iris(return_X_y=True)
    assert LogisticRegression().fit(iris, species).passes_ == 10


@pytest.mark.parametrize(
    ("solver", "l1_ratio", "passes"),
    [("newton", 0, 11), ("proximal_newton", 1, 18), ("orthant_newton", 1, 9)],
)
def test_published_pass_counts_on_breast_cancer(solver, l1_ratio, passes) -> None:
    assert LogisticRegression(solver=solver, l1_ratio=l1_ratio).fit(X, Y).passes_ == passes


@pytest.mark.parametrize(
    ("solver", "K", "settings", "passes"),
    [
        ("sampled_newton", 2, {}, 10),
        ("newton", 2, {"solver": "newton"}, 7),
        ("newton_cg", 2, {"solver": "newton_cg"}, 22),
        ("lbfgs", 2, {"solver": "lbfgs"}, 13),
        ("proximal_newton", 2, {"l1_ratio": 1.0, "C": 0.1}, 9),
        ("kronecker_newton", 10, {"solver": "kronecker_newton"}, 26),
    ],
)
def test_pass_counts_on_many_rows(solver: str, K: int, settings, passes: int) -> None:
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(30_000, 20))
    y = (Z @ rng.normal(size=(20, K)) / 4 + rng.gumbel(size=(30_000, K))).argmax(axis=1)
    model = LogisticRegression(**settings).fit(Z, y)
    assert (model.solver_, model.passes_) == (solver, passes)


def test_trace_records_every_step() -> None:
    model = LogisticRegression(history="weights").fit(X, Y)
    trace = model.trace_
    assert len(trace) == model.n_iter_[0] + 1
    assert (np.diff(trace.value) < 1e-12).all()
    assert trace.violation[-1] <= model.tol < trace.violation[-2]
    assert (np.diff(trace.seconds) >= 0).all()
    assert trace.step_length[0] == 0
    assert trace.validation is None
    np.testing.assert_array_equal(trace.frames, trace.step)
    ahead = model.coef_[0] - trace.weights[-1][:-1, 0]  # a step that no pass has seen
    assert 0 < np.abs(ahead * X.std(axis=0)).max() < np.abs(model.coef_ * X.std(axis=0)).max() / 1e6
    assert len(LogisticRegression().fit(X, Y).trace_.weights) == 0


@pytest.mark.usefixtures("quiet")
def test_long_runs_keep_at_most_200_frames_log_spaced() -> None:
    solver = GradientDescent(0.1, epochs=3000)
    model = LogisticRegression(solver=solver, history="weights", tol=0).fit(
        [1, 2, 3, 4], [0, 1, 0, 1]
    )
    frames = model.trace_.frames
    assert 80 < len(frames) <= 200
    assert frames[0] == 0
    assert frames[-1] == 3000
    assert np.diff(frames)[-1] > np.diff(frames)[0]
    assert model.trace_.weights.shape == (len(frames), 2, 1)


def test_callbacks_see_each_step_and_can_stop_the_fit() -> None:
    seen = []

    def watch(progress) -> np.bool:
        seen.append((progress.step, progress.value, progress.theta.shape))
        assert not progress.theta.flags.writeable
        return np.bool_(progress.step == 3)

    model = LogisticRegression(callbacks=[watch]).fit(X, Y)
    assert [step for step, *_ in seen] == [0, 1, 2, 3]
    assert model.outcome_ is Outcome.STOPPED
    assert model.n_iter_[0] == 3
    assert seen[-1][2] == (31, 1)


def test_a_time_budget_returns_the_last_step_marked_not_converged() -> None:
    with pytest.warns(ConvergenceWarning, match="in the time allowed; raise max_time"):
        model = LogisticRegression(max_time=1e-9).fit(X, Y)
    assert model.outcome_ is Outcome.OUT_OF_TIME
    assert not model.outcome_.converged
    assert np.isfinite(model.coef_).all()


def test_a_keyboard_interrupt_returns_the_last_step() -> None:
    def interrupt(progress) -> None:
        if progress.step == 4:
            raise KeyboardInterrupt

    with pytest.warns(ConvergenceWarning, match="interrupted from the keyboard"):
        model = LogisticRegression(callbacks=[interrupt]).fit(X, Y)
    assert model.outcome_ is Outcome.INTERRUPTED
    assert model.trace_.value[-1] < model.trace_.value[0]
    assert model.coef_.any()


def test_an_interrupt_before_the_first_step_is_passed_on() -> None:
    reads = iter(range(10))

    def read() -> list:
        if next(reads) == 2:
            raise KeyboardInterrupt
        return [(X, Y)]

    with pytest.raises(KeyboardInterrupt):
        LogisticRegression().fit(read)


@pytest.mark.parametrize("solver", ["auto", "lbfgs", "sampled_newton", "newton_cg"])
@pytest.mark.parametrize("l1_ratio", [0.0, 1.0])
def test_separated_for_a_thousand_steps(solver: str, l1_ratio: float) -> None:
    """Curvatures fall until their inverse is no number any more."""
    rng = np.random.default_rng(1)
    Z = rng.normal(size=(200, 3))
    if l1_ratio and solver != "auto":
        pytest.skip("for smooth penalties")
    with pytest.warns(SeparationWarning):
        LogisticRegression(C=np.inf, l1_ratio=l1_ratio, max_iter=1000, solver=solver).fit(
            Z, Z[:, 0] > 0
        )


@pytest.mark.parametrize("l1_ratio", [0.0, 1.0])
@pytest.mark.parametrize("solver", ["auto", "orthant_newton", "kronecker_newton"])
def test_a_free_column_that_separates_is_told(solver: str, l1_ratio: float) -> None:
    rng = np.random.default_rng(1)
    Z = rng.normal(size=(800, 12))
    factors = np.r_[0.0, np.ones(11)]
    if l1_ratio and solver == "kronecker_newton":
        pytest.skip("for smooth penalties")
    settings = {"penalty_factors": factors, "l1_ratio": l1_ratio, "solver": solver}
    with pytest.warns(SeparationWarning):
        LogisticRegression(**settings).fit(Z, Z[:, 0] > 0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        LogisticRegression(**settings).fit(Z, Z[:, 1] + rng.normal(size=800) > 0)


def test_intercepts_of_a_softmax_add_to_0_under_l1() -> None:
    rng = np.random.default_rng(3)
    Z, y = rng.normal(size=(100, 6)), rng.integers(0, 6, 100)
    for C in (0.1, 1e3):
        model = LogisticRegression(C=C, l1_ratio=1.0, tol=1e-8).fit(Z, y)
        assert abs(model.intercept_.mean()) < 1e-12
    assert np.abs(regularisation_path(Z, y, Cs=5).intercepts.mean(axis=1)).max() < 1e-12


def test_a_fit_that_was_cut_short_is_not_called_separated() -> None:
    z = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    model = LogisticRegression(C=np.inf, callbacks=[lambda progress: progress.step == 1])
    assert model.fit(z, [0, 0, 1, 1]).outcome_ is Outcome.STOPPED


def test_overlapping_fits_give_blas_its_threads_back() -> None:
    from concurrent.futures import ThreadPoolExecutor

    from threadpoolctl import threadpool_info

    before = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: LogisticRegression().fit(X, Y), range(8)))
    after = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
    assert before == after


def test_any_thread_gives_blas_back_what_another_has_limited() -> None:
    from concurrent.futures import ThreadPoolExecutor

    from threadpoolctl import ThreadpoolController

    from glasslogit.sources.threads import one_blas_thread, set_threads

    blas = ThreadpoolController().select(user_api="blas").lib_controllers
    before = [(library, library.num_threads) for library in blas]
    set_threads((library, 2) for library in blas)
    limit = one_blas_thread()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(limit.__enter__).result()
        inside = [library.num_threads for library in blas]
        limit.__exit__(None, None, None)
        after = [library.num_threads for library in blas]
    set_threads(before)
    assert set(inside) == {1}
    assert set(after) == {2}


def test_too_few_steps_are_a_named_warning_with_the_remedy() -> None:
    with pytest.warns(
        ConvergenceWarning, match=r"newton: did not reach .* raise max_iter .*after 2 "
    ):
        LogisticRegression(max_iter=2).fit(X, Y)


def test_an_unreachable_tolerance_is_a_stall() -> None:
    with pytest.warns(ConvergenceWarning, match="tol=0 is less than rounding leaves"):
        model = LogisticRegression(tol=0, max_iter=1000).fit(X, Y)
    assert model.outcome_ is Outcome.STALLED
    assert model.trace_.violation[-1] < 1e-12


@pytest.mark.parametrize("solver", ["newton", "lbfgs", "newton_cg"])
def test_complete_and_quasi_complete_separation_are_told(solver: str) -> None:
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(200, 3))
    complete = (Z @ [1, -1, 0.5] > 0).astype(int)
    quasi = (Z[:, 0] + rng.logistic(size=200) > 0).astype(int)
    Z[:, 2] = Z[:, 2] > 1
    quasi[Z[:, 2] == 1] = 1
    for y in (complete, quasi):
        model = LogisticRegression(C=np.inf, solver=solver)
        with pytest.warns(SeparationWarning, match="the classes are separated"):
            model.fit(Z if y is quasi else np.column_stack([Z[:, :2], complete]), y)
        assert model.outcome_ is Outcome.SEPARATED
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            LogisticRegression(C=1.0, solver=solver).fit(Z, y)


def test_separation_of_three_classes() -> None:
    iris, species = load_iris(return_X_y=True)  # setosa stands apart
    with pytest.warns(SeparationWarning):
        LogisticRegression(C=np.inf).fit(iris, species)


def test_a_category_that_lacks_one_of_three_classes_separates_them() -> None:
    rng = np.random.default_rng(0)
    Z = np.column_stack([rng.normal(size=300), rng.random(300) < 0.2])
    y = rng.integers(0, 3, 300)
    y[(Z[:, 1] == 1) & (y == 2)] = 0
    with pytest.warns(SeparationWarning):
        LogisticRegression(C=np.inf).fit(Z, y)


@pytest.mark.parametrize("solver", ["auto", "newton", "lbfgs", "newton_cg"])
def test_one_row_that_separates_by_itself(solver: str) -> None:
    """A category of a single row, in few rows and in many: its coefficient has no optimum."""
    rng = np.random.default_rng(0)
    for n, weight in ((200, 1.0), (200, 1e-6), (60_000, 1.0)):
        Z = np.column_stack([rng.normal(size=n), np.zeros(n)])
        y = (Z[:, 0] + rng.logistic(size=n) > 0).astype(int)
        Z[5, 1] = y[5] = 1
        weights = np.where(np.arange(n) == 5, weight, 1.0)
        with pytest.warns(SeparationWarning):
            LogisticRegression(C=np.inf, solver=solver, max_iter=300).fit(Z, y, weights)


@pytest.mark.parametrize("solver", ["newton", "lbfgs", "newton_cg"])
@pytest.mark.parametrize(("column", "scale"), [(0, 1e-15), (19, 1e-5), (19, 1e-6), (3, 1e6)])
def test_a_column_of_tiny_or_huge_scale_spoils_nothing(solver, column: int, scale: float) -> None:
    """Under a penalty such a column can do nothing, and the others must not notice."""
    spoilt = X * np.where(np.arange(30) == column, scale, 1.0)
    model = LogisticRegression(solver=solver, max_iter=2000).fit(spoilt, Y)
    assert model.outcome_.converged
    if scale < 1:
        rest = LogisticRegression().fit(np.delete(X, column, axis=1), Y)
        p, q = model.predict_proba(spoilt), rest.predict_proba(np.delete(X, column, axis=1))
        np.testing.assert_allclose(p, q, atol=1e-4)


@pytest.mark.parametrize("C", [1e6, 1e8, 1e10])
def test_separated_classes_under_a_weak_penalty_reach_their_optimum(C: float) -> None:
    iris, species = load_iris(return_X_y=True)
    model, tight = (LogisticRegression(C=C, tol=tol).fit(iris, species) for tol in (1e-6, 1e-10))
    scale = np.abs(tight.coef_).max()
    np.testing.assert_allclose(model.coef_ / scale, tight.coef_ / scale, atol=2e-5)
    pair = LogisticRegression(C=C).fit([[0.0], [1.0]], [0, 1])
    w = float(pair.coef_[0, 0])  # at the optimum C·σ(−w/2) = w, with b = −w/2
    np.testing.assert_allclose(C / (1 + np.exp(w / 2)), w, rtol=1e-4)


def test_dependent_columns_whose_difference_carries_the_signal() -> None:
    rng = np.random.default_rng(0)
    a, e = rng.normal(size=(2, 200))
    y = (a + 2 * e + rng.logistic(size=200) > 0).astype(int)
    best = LogisticRegression(C=np.inf).fit(np.column_stack([a, e]), y).trace_.value[-1]
    for apart in (1e-3, 1e-5):
        near = LogisticRegression(C=np.inf).fit(np.column_stack([a, a + apart * e]), y)
        np.testing.assert_allclose(near.trace_.value[-1], best, rtol=1e-9)


def test_an_offset_of_any_size_is_a_shifted_intercept() -> None:
    for shift in (40.0, -700.0):
        for solver in ("newton", "lbfgs", "newton_cg"):
            settings = {"solver": solver, "max_iter": 2000}
            model = LogisticRegression(**settings).fit(X, Y, offset=np.full(len(Y), shift))
            plain = LogisticRegression(**settings).fit(X, Y)
            np.testing.assert_allclose(model.intercept_, plain.intercept_ - shift, rtol=1e-5)


def test_sampling_where_most_rows_weigh_nothing() -> None:
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(60_000, 3))
    y = (Z[:, 0] + rng.logistic(size=60_000) > 0).astype(int)
    weight = np.zeros(60_000)
    weight[::150] = 1.0
    model = LogisticRegression(solver="sampled_newton").fit(Z, y, weight)
    rest = LogisticRegression().fit(Z[::150], y[::150])
    np.testing.assert_allclose(model.coef_, rest.coef_, rtol=1e-6)


def test_a_warm_start_is_not_thrown_away_for_a_sample() -> None:
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(60_000, 3))
    y = (Z[:, 0] + rng.logistic(size=60_000) > 0).astype(int)
    for solver in ("sampled_newton", "kronecker_newton"):
        model = LogisticRegression(solver=solver, warm_start=True).fit(Z, y)
        assert model.fit(Z, y).n_iter_[0] == 0


def test_a_strong_signal_without_a_penalty_costs_no_more_than_newton_twice() -> None:
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(30_000, 2))
    y = (6 * Z[:, 0] + rng.logistic(size=30_000) > 0).astype(int)
    model = LogisticRegression(C=np.inf).fit(Z, y)
    assert model.outcome_.converged
    assert model.passes_ < 30


@pytest.mark.parametrize("seed", range(5))
def test_one_row_far_out_does_not_pass_for_separation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=200)
    y = (x + rng.logistic(size=200) > 0).astype(int)
    x[0], y[0] = 1e5, 1
    assert LogisticRegression(C=np.inf).fit(x[:, None], y).outcome_.converged


def test_no_false_alarm_of_separation() -> None:
    rng = np.random.default_rng(0)
    for seed in range(20):
        Z = rng.normal(size=(150, 4)) * 10.0 ** rng.integers(-3, 4, 4)
        y = (Z @ (rng.normal(size=4) / Z.std(axis=0)) + rng.logistic(size=150) > 0).astype(int)
        model = LogisticRegression(C=np.inf).fit(Z, y)
        assert model.outcome_.converged, seed


def test_one_vs_rest_names_the_class_in_its_warning() -> None:
    iris, species = load_iris(return_X_y=True)
    names = np.array(["setosa", "versicolor", "virginica"])[species]
    with pytest.warns(SeparationWarning, match="for class setosa against the rest"):
        model = LogisticRegression(C=np.inf, multi_class="ovr").fit(iris, names)
    assert model.outcome_ is Outcome.SEPARATED
    assert model.n_iter_.shape == (3,)


def test_a_learning_rate_beyond_all_bounds_diverges_with_a_remedy() -> None:
    solver = GradientDescent(1e308, epochs=50)
    with (
        pytest.warns(ConvergenceWarning, match="lower the learning rate"),
        np.errstate(all="ignore"),
    ):
        model = LogisticRegression(solver=solver).fit([1.0, 2.0, 3.0, 4.0], [0, 1, 0, 1])
    assert model.outcome_ is Outcome.DIVERGED
    assert np.isfinite(model.coef_).all()


def diverging(rate, X, y, **settings):
    """Gradient descent at a learning rate, and what it warns of."""
    solver = GradientDescent(rate, epochs=200, **settings)
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="ignore"):
        warnings.simplefilter("always")
        model = LogisticRegression(solver=solver, C=np.inf).fit(X, y)
    ours = [str(each.message) for each in caught if "λ_max" in str(each.message)]
    return model, ours


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("standardise", [False, True])
def test_a_loss_above_its_start_has_diverged_and_the_edge_is_told(classes, standardise) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(90, 3)) * [1, 5, 20]
    y = rng.integers(0, classes, 90)
    how = {"standardise": standardise}
    model, (said,) = diverging(1e4, X, y, **how)
    assert model.outcome_ is Outcome.DIVERGED
    assert model.trace_.value[-1] > model.trace_.value[0]
    assert model.coef_.any() or model.trace_.value[0] == model.trace_.value.min()
    edge = float(re.search(r"2/λ_max = (\S+) ", said)[1])
    inside, nothing = diverging(0.99 * edge, X, y, **how)
    assert not nothing
    assert (np.diff(inside.trace_.value) <= 1e-12).all()
    if not standardise and classes == 2:
        A = np.column_stack([X, np.ones(90)])
        assert edge == pytest.approx(2 / np.linalg.eigvalsh(A.T @ A / 360)[-1], rel=0.02)
    beyond = 2.1 * edge * (classes / 2)  # beyond the edge at the optimum too, where p is near 1/K
    assert diverging(beyond, X, y, **how)[0].trace_.value[-1] > inside.trace_.value[-1]


def test_a_loss_below_its_start_has_not_diverged() -> None:
    X, y = [1.0, 2.0, 3.0, 4.0], [0, 1, 0, 1]
    model, said = diverging(0.01, X, y)
    assert model.outcome_ is Outcome.MAX_STEPS
    assert not said


def test_an_interrupted_import_of_optional_libraries_names_the_extra(monkeypatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "tqdm", None)
    with pytest.raises(
        ImportError, match=r"tqdm is not installed; run: pip install 'glasslogit\[pl"
    ):
        LogisticRegression(verbose=1).fit(X, Y)


class Notebook:
    """A kernel that keeps the outputs of its cells, as IPython's `display` writes them."""

    kernel = True

    def __init__(self, monkeypatch) -> None:
        import sys

        self.outputs, self.written = [], []
        display = SimpleNamespace(display=self.display)
        shell = SimpleNamespace(get_ipython=lambda: self, display=display)
        monkeypatch.setitem(sys.modules, "IPython", shell)
        monkeypatch.setitem(sys.modules, "IPython.display", display)

    def display(self, data, *, raw, display_id):
        assert raw
        assert display_id
        place = len(self.outputs)
        self.outputs.append(data["text/plain"])

        def update(data, *, raw):
            assert raw
            self.outputs[place] = data["text/plain"]
            self.written.append(data["text/plain"])

        return SimpleNamespace(update=update)


def test_in_a_notebook_a_line_below_the_cell_stays_as_the_fit_ended(monkeypatch, capsys) -> None:
    """Nothing goes to stderr, which a notebook shows in red, and no widgets are needed."""
    notebook = Notebook(monkeypatch)
    model = LogisticRegression(verbose=1).fit(X, Y)
    (line,) = notebook.outputs
    assert line.startswith(f"fit: {int(model.n_iter_[0])} steps, objective ")
    assert line.endswith(" s, ended")
    LogisticRegression(verbose=1, multi_class="ovr").fit(X, np.arange(len(Y)) % 3)
    assert [each.split(":")[0] for each in notebook.outputs[1:]] == ["fit 0", "fit 1", "fit 2"]
    assert all(each.endswith("ended") for each in notebook.outputs)
    assert capsys.readouterr() == ("", "")


def test_a_fit_that_failed_in_a_notebook_is_not_shown_as_done(monkeypatch) -> None:
    def fail(_: Any) -> None:
        raise ZeroDivisionError

    notebook = Notebook(monkeypatch)
    with pytest.raises(ZeroDivisionError):
        LogisticRegression(verbose=1, callbacks=[fail]).fit(X, Y)
    assert [each.rsplit(", ", 1)[1] for each in notebook.outputs] == ["stopped by an error"]


def test_a_notebook_is_written_to_no_more_often_than_can_be_read(monkeypatch) -> None:
    """Of 300 fast steps few are shown, and the last one is."""
    notebook = Notebook(monkeypatch)
    clock = iter(np.arange(0.0, 1e6, 0.01))
    monkeypatch.setattr("glasslogit.model.progress.perf_counter", lambda: float(next(clock)))
    solver = GradientDescent(epochs=300)
    with pytest.warns(ConvergenceWarning):
        LogisticRegression(verbose=1, solver=solver, max_iter=300, tol=1e-12).fit(X[:, :2], Y)
    assert 1 < len(notebook.written) <= 100
    assert notebook.outputs[0].endswith("ended")


@pytest.mark.parametrize("share", [0.2, 0.4, 0.7])
def test_a_start_that_gives_way_to_the_optimum_itself_converges(share) -> None:
    """Without columns the base rates are the optimum: nothing is left to do from there."""
    model = LogisticRegression(C=np.inf, formula="y ~ 1", warm_start=True)
    for rate in (0.5, share):
        table = pd.DataFrame({"y": (np.arange(200) < 200 * rate).astype(int)})
        assert model.fit(table).outcome_ is Outcome.CONVERGED
        assert model.intercept_[0] == pytest.approx(np.log(rate / (1 - rate)), abs=1e-9)
    assert bootstrap(model, table, resamples=200).failed == 0


@pytest.mark.parametrize("multi_class", ["multinomial", "ovr"])
@pytest.mark.filterwarnings("ignore")
def test_what_a_fit_leaves_is_of_the_type_that_editors_are_told(multi_class: str) -> None:
    """Where the types are a class of ours or `Any`, one-vs-rest has a tuple of that class."""
    X, y = load_iris(return_X_y=True)
    model = LogisticRegression(multi_class=multi_class, C=np.inf, max_iter=20).fit(X, y)
    for name in ("trace_", "certificate_", "separation_", "dependences_", "findings_"):
        told, value = LogisticRegression.__annotations__[name], getattr(model, name)
        assert told is not Any
        options = () if get_origin(told) is tuple else get_args(told)
        kinds = tuple(kind for kind in options if kind is not Any) or (tuple,)
        assert kinds != (type(None),)
        values = value if Any in options and multi_class == "ovr" else [value]
        assert all(isinstance(each, kinds) for each in values), name
    assert isinstance(model.trace_, tuple) == (multi_class == "ovr")
