"""In scikit-learn's hands: every tool gives the numbers that its own estimator would."""

import io
import pickle
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from enum import Enum

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn import calibration, compose, ensemble, feature_selection, inspection, linear_model
from sklearn import exceptions as sklearn_exceptions
from sklearn.base import clone, is_classifier
from sklearn.callback import ProgressBar, ScoringMonitor
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.metrics import get_scorer
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    TunedThresholdClassifierCV,
    cross_val_predict,
    cross_validate,
)
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from glasslogit import LogisticRegression, LogisticRegressionCV, errors
from glasslogit.errors import InputError
from glasslogit.solvers import GradientDescent, Outcome
from glasslogit.tables import TableEncoder

RAW, Y = load_breast_cancer(return_X_y=True)
X = ((RAW - RAW.mean(axis=0)) / RAW.std(axis=0))[:, :6].copy()
IRIS, SPECIES = load_iris(return_X_y=True)
RNG = np.random.default_rng(0)
WEIGHT, OFFSET = RNG.uniform(0.1, 3.0, len(Y)), RNG.normal(size=len(Y))


def ours(**settings) -> LogisticRegression:
    return LogisticRegression(tol=1e-8, **settings)


def theirs(**settings) -> linear_model.LogisticRegression:
    return linear_model.LogisticRegression(
        solver="newton-cholesky", tol=1e-10, max_iter=1000, **settings
    )


WRAPPED = {
    "pipeline": lambda model: make_pipeline(StandardScaler(), model),
    "grid search": lambda model: GridSearchCV(
        model, {"C": [0.01, 1.0, 100.0]}, cv=3, scoring="neg_log_loss"
    ),
    "sigmoid": lambda model: calibration.CalibratedClassifierCV(model, cv=3),
    "isotonic": lambda model: calibration.CalibratedClassifierCV(model, cv=3, method="isotonic"),
    "one against the rest": OneVsRestClassifier,
    "stack": lambda model: ensemble.StackingClassifier(
        [("a", model), ("b", clone(model).set_params(C=0.01))], final_estimator=clone(model), cv=3
    ),
    "vote": lambda model: ensemble.VotingClassifier(
        [("a", model), ("b", clone(model).set_params(C=0.01))], voting="soft"
    ),
    "bag": lambda model: ensemble.BaggingClassifier(model, n_estimators=3, random_state=0),
    "eliminated": lambda model: feature_selection.RFE(model, n_features_to_select=2),
    "selected": lambda model: make_pipeline(feature_selection.SelectFromModel(model), clone(model)),
}


@pytest.mark.parametrize("name", list(WRAPPED))
@pytest.mark.parametrize("data", [(X, Y), (IRIS, SPECIES)], ids=["two classes", "three"])
def test_wrapped_it_predicts_what_scikit_learns_own_would(name: str, data) -> None:
    p, q = (WRAPPED[name](model).fit(*data).predict_proba(data[0]) for model in (ours(), theirs()))
    np.testing.assert_allclose(p, q, atol=2e-6)


def test_one_against_one() -> None:
    mine, peer = (OneVsOneClassifier(each).fit(IRIS, SPECIES) for each in (ours(), theirs()))
    np.testing.assert_allclose(
        mine.decision_function(IRIS), peer.decision_function(IRIS), atol=1e-6
    )


def test_a_tuned_threshold() -> None:
    mine, peer = (
        TunedThresholdClassifierCV(each, scoring="f1", cv=3).fit(X, Y)
        for each in (ours(), theirs())
    )
    assert mine.best_threshold_ == pytest.approx(peer.best_threshold_, abs=1e-6)
    assert mine.best_score_ == pytest.approx(peer.best_score_, rel=1e-9)


def test_columns_and_names_through_a_pipeline() -> None:
    table = pd.DataFrame({"size": X[:, 0], "kind": np.where(X[:, 1] > 0, "big", "small")})
    columns = compose.make_column_transformer(
        (StandardScaler(), ["size"]),
        (OneHotEncoder(drop="first", sparse_output=False), ["kind"]),
        verbose_feature_names_out=False,
    )
    pipe = make_pipeline(columns, ours()).set_output(transform="pandas").fit(table, Y)
    assert pipe[-1].feature_names_in_.tolist() == ["size", "kind_small"]
    plain = ours().fit(np.column_stack([StandardScaler().fit_transform(table[["size"]]),
                                        table["kind"] == "small"]), Y)  # fmt: skip
    np.testing.assert_allclose(pipe[-1].coef_, plain.coef_, rtol=1e-9)


def test_cross_validation() -> None:
    mine, peer = (
        cross_validate(each, X, Y, cv=4, scoring=["neg_log_loss", "accuracy"])
        for each in (ours(), theirs())
    )
    np.testing.assert_allclose(mine["test_neg_log_loss"], peer["test_neg_log_loss"], rtol=1e-6)
    np.testing.assert_array_equal(mine["test_accuracy"], peer["test_accuracy"])
    for method in ("predict_proba", "decision_function", "predict", "predict_log_proba"):
        p, q = (cross_val_predict(each, X, Y, cv=4, method=method) for each in (ours(), theirs()))
        np.testing.assert_allclose(p, q, rtol=1e-5, atol=1e-6)


def test_clone_keeps_parameters_and_nothing_learnt() -> None:
    model = ours(C=3.0, l1_ratio=0.5, class_weight={0: 2.0}).fit(X, Y)
    copied = clone(model)
    assert is_classifier(copied)
    assert copied.get_params() == model.get_params()
    assert not hasattr(copied, "coef_")


def test_pickle_and_joblib() -> None:
    model, file = ours().fit(X, Y), io.BytesIO()
    joblib.dump(model, file)
    file.seek(0)
    for again in (pickle.loads(pickle.dumps(model)), joblib.load(file)):  # noqa: S301
        np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))
        assert again.get_params() == model.get_params()


def made_again(stored: object) -> object:
    """Make an object from its stored state as a format without code does: text is text alone."""
    state = stored.__getstate__()
    again = type(stored).__new__(type(stored))
    plain = {name: str(part) if isinstance(part, str) else part for name, part in state.items()}
    assert not any(isinstance(part, Enum) and not isinstance(part, str) for part in plain.values())
    again.__setstate__(plain)
    return again


@pytest.mark.parametrize("model", [LogisticRegression(), LogisticRegressionCV(Cs=2, cv=2)], ids=str)
def test_a_format_without_code_can_store_a_model(model) -> None:
    fitted = clone(model).fit(np.column_stack([X, np.ones(len(Y))]), Y)
    again = made_again(fitted)
    assert again.outcome_ is Outcome.CONVERGED
    found = fitted.findings_[0]
    assert (made_again(found), repr(made_again(found))) == (found, repr(found))


@pytest.mark.parametrize("settings", [{}, {"multi_class": "ovr"}], ids=str)
def test_skops(settings) -> None:
    io_of_skops = pytest.importorskip("skops.io")
    rows = np.column_stack([IRIS, np.ones(150)])
    model = ours(**settings).fit(rows, SPECIES)
    data = io_of_skops.dumps(model)
    again = io_of_skops.loads(data, trusted=io_of_skops.get_untrusted_types(data=data))
    np.testing.assert_array_equal(again.predict_proba(rows), model.predict_proba(rows))
    assert again.outcome_ is model.outcome_
    assert again.findings_ == model.findings_


def test_sparse_coefficients_predict_the_same() -> None:
    model = ours(l1_ratio=1.0, C=0.05).fit(X, Y)
    dense, p = model.coef_, model.predict_proba(X)
    assert (dense == 0).any()
    assert model.sparsify().coef_.nnz == (dense != 0).sum()
    np.testing.assert_array_equal(model.predict_proba(X), p)
    np.testing.assert_array_equal(model.densify().coef_, dense)
    with pytest.raises(errors.NotFittedError, match="not fitted yet"):
        LogisticRegression().sparsify()


def test_inspection() -> None:
    mine, peer = ours().fit(X, Y), theirs().fit(X, Y)
    settings = {"n_repeats": 3, "random_state": 0, "scoring": "neg_log_loss"}
    p, q = (inspection.permutation_importance(each, X, Y, **settings) for each in (mine, peer))
    np.testing.assert_allclose(p.importances_mean, q.importances_mean, rtol=1e-5)
    p, q = (inspection.partial_dependence(each, X, [0], grid_resolution=7) for each in (mine, peer))
    np.testing.assert_allclose(p["average"], q["average"], rtol=1e-6)


def test_the_boundary_is_drawn_where_p_is_a_half() -> None:
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    model = ours().fit(X[:, :2], Y)
    shown = inspection.DecisionBoundaryDisplay.from_estimator(
        model, X[:, :2], grid_resolution=9, response_method="predict_proba"
    )
    grid = np.column_stack([shown.xx0.ravel(), shown.xx1.ravel()])
    np.testing.assert_array_equal(shown.response.ravel(), model.predict_proba(grid)[:, 1])
    plt.close(shown.figure_)


def test_weights_and_offsets_are_routed() -> None:
    rows = {"sample_weight": WEIGHT, "offset": OFFSET}
    alone = ours().fit((X - X.mean(axis=0)) / X.std(axis=0), Y, **rows)
    with sklearn.config_context(enable_metadata_routing=True):
        asked = ours().set_fit_request(sample_weight=True, offset=True)
        asked.set_predict_request(offset=True).set_score_request(sample_weight=True, offset=True)
        scaler = StandardScaler().set_fit_request(sample_weight=False)
        pipe = make_pipeline(scaler, asked).fit(X, Y, **rows)
        np.testing.assert_allclose(pipe[-1].coef_, alone.coef_, rtol=1e-6)
        plain, moved = pipe.predict(X, offset=0 * OFFSET), pipe.predict(X, offset=OFFSET - 100.0)
        assert plain.any()
        assert not moved.any()
        assert pipe.score(X, Y, **rows) == alone.score(
            (X - X.mean(axis=0)) / X.std(axis=0), Y, **rows
        )
        train, test = np.arange(len(Y)) % 2 == 0, np.arange(len(Y)) % 2 == 1
        score = cross_validate(asked, X, Y, cv=[(train, test)], params=rows)["test_score"]
        half = ours().fit(X[train], Y[train], WEIGHT[train], OFFSET[train])
        assert score == [half.score(X[test], Y[test], WEIGHT[test], OFFSET[test])]
        with pytest.raises(sklearn_exceptions.UnsetMetadataPassedError, match="offset"):
            GridSearchCV(ours(), {"C": [1.0]}).fit(X, Y, offset=OFFSET)


def test_requests_can_be_made_of_every_method_and_survive_a_clone() -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        model = ours().set_predict_proba_request(offset="exposure")
        model.set_decision_function_request(offset=True).set_predict_log_proba_request(offset=True)
        routing = clone(model).get_metadata_routing()
        assert routing.predict_proba.requests == {"offset": "exposure"}
        assert routing.decision_function.requests == {"offset": True}
        assert routing.fit.requests == {"sample_weight": None, "offset": None}
        with pytest.raises(TypeError, match="offsets"):
            model.set_fit_request(offsets=True)
    with pytest.raises(RuntimeError, match="only available when metadata routing is enabled"):
        model.set_fit_request(offset=True)


def test_groups_reach_the_folds_of_cross_validation() -> None:
    groups = np.arange(len(Y)) % 7
    folds = list(GroupKFold(3).split(X, Y, groups))
    by_groups = LogisticRegressionCV(Cs=[0.1, 1.0], cv=GroupKFold(3)).fit(X, Y, groups=groups)
    by_rows = LogisticRegressionCV(Cs=[0.1, 1.0], cv=folds).fit(X, Y)
    np.testing.assert_array_equal(by_groups.scores_, by_rows.scores_)
    with sklearn.config_context(enable_metadata_routing=True):
        model = LogisticRegressionCV(Cs=[0.1, 1.0], cv=GroupKFold(3))
        piped = make_pipeline(StandardScaler(), model).fit(X, Y, groups=groups)
        np.testing.assert_allclose(piped[-1].scores_, by_rows.scores_, rtol=1e-6)
    with pytest.raises(InputError, match="groups are of no use with cv=3"):
        LogisticRegressionCV(cv=3).fit(X, Y, groups=groups)


def test_a_scorer_is_weighted_where_its_request_says_so() -> None:
    def scores(request: bool | None) -> tuple[LogisticRegressionCV, list[float]]:
        scorer = get_scorer("accuracy").set_score_request(sample_weight=request)
        model = LogisticRegressionCV(Cs=[1.0], cv=folds, scoring=scorer, tol=1e-9)
        return model.fit(X, Y, WEIGHT), model.scores_.ravel().tolist()

    folds = [(np.arange(0, 569, 2), np.arange(1, 569, 2)), (np.arange(300), np.arange(300, 569))]
    fits = [ours(C=1.0).fit(X[train], Y[train], WEIGHT[train]) for train, _ in folds]
    with sklearn.config_context(enable_metadata_routing=True):
        for request in (True, False):
            model, found = scores(request)
            weights = [WEIGHT[test] if request else None for _, test in folds]
            assert found == pytest.approx(
                [fit.score(X[test], Y[test], weight)
                 for fit, (_, test), weight in zip(fits, folds, weights, strict=True)]
            )  # fmt: skip
        with pytest.raises(TypeError, match=r"unexpected argument\(s\) {'sample_weight'}"):
            model.score(X, Y, sample_weight=WEIGHT)
        assert model.score(X, Y) == pytest.approx((model.predict(X) == Y).mean())
        with pytest.raises(
            sklearn_exceptions.UnsetMetadataPassedError, match="not explicitly set as requested"
        ):
            scores(None)


def test_scores_of_scikit_learn_by_name() -> None:
    settings = {"Cs": [0.1, 1.0], "cv": 3, "scoring": "f1_macro"}
    model = LogisticRegressionCV(**settings, tol=1e-8).fit(IRIS, SPECIES)
    peer = linear_model.LogisticRegressionCV(
        **settings, l1_ratios=(0.0,), use_legacy_attributes=False, tol=1e-8, max_iter=1000
    ).fit(IRIS, SPECIES)
    np.testing.assert_allclose(model.scores_, peer.scores_, rtol=1e-12)
    assert model.score(IRIS, SPECIES) == peer.score(IRIS, SPECIES)


def test_a_monitor_sees_the_score_of_every_step() -> None:
    monitor = ScoringMonitor(scoring="neg_log_loss")
    model = ours(history="weights").set_callbacks(monitor).fit(X, Y)
    log = [row for row in monitor.get_logs().data if row["task_name"] == "step"]
    again, scores = clone(model).fit(X, Y), []
    for theta in model.trace_.weights[1:]:
        again.coef_, again.intercept_ = theta[:-1].T, theta[-1]
        p = again.predict_proba(X)[np.arange(len(Y)), Y]
        scores.append(np.log(p).mean())
    np.testing.assert_allclose([row["neg_log_loss"] for row in log], scores, rtol=1e-9)


def test_a_monitor_through_a_grid_search() -> None:
    monitor = ScoringMonitor(scoring="accuracy")
    model = ours().set_callbacks(monitor)
    search = GridSearchCV(model, {"C": [0.1, 1.0]}, cv=2).fit(X, Y)
    log = monitor.get_logs().data
    fits = [row["accuracy"] for row in log if row["task_name"] != "step"]
    assert len(fits) == 2 * 2 + 1
    assert search.score(X, Y) in fits


def test_a_progress_bar_and_its_end(capsys) -> None:
    model = ours().set_callbacks(ProgressBar()).fit(X, Y)
    assert "LogisticRegression - fit" in capsys.readouterr().out
    assert "_callback_fit_ctx" not in vars(model)
    GridSearchCV(ours(), {"C": [0.1, 1.0]}, cv=2).set_callbacks(ProgressBar()).fit(X, Y)
    assert (
        capsys.readouterr().out.count("| LogisticRegression - fit") >= 5
    )  # four fits, and one of all


class Ask:
    """Counts the steps it is shown; asks for the end after one of them."""

    def __init__(self, last: int | None = None) -> None:
        self.last, self.begun, self.ended, self.models, self.down = last, 0, 0, [], 0

    def setup(self, estimator, context) -> None:
        assert context.estimator_name == type(estimator).__name__

    def teardown(self, estimator, context) -> None:
        assert context.estimator_name == type(estimator).__name__
        self.down += 1

    def on_fit_task_begin(self, estimator, context) -> None:
        assert context.estimator_name == type(estimator).__name__
        self.begun += 1

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None) -> bool:
        assert fitted_estimator is not estimator
        self.ended += 1
        self.models.append(fitted_estimator)
        return context.parent is not None and context.task_id == self.last


def test_a_callback_that_returns_true_ends_the_fit() -> None:
    ask = Ask(2)
    model = ours().set_callbacks(ask).fit(X, Y)
    assert model.outcome_ is Outcome.STOPPED
    assert model.n_iter_[0] == 3
    np.testing.assert_array_equal(ask.models[2].coef_, model.coef_)
    assert ask.begun == ask.ended == 5  # the fit, three steps, and the one that was not made
    assert ask.down == 1
    assert ours().set_callbacks(ask).set_callbacks().fit(X, Y).outcome_ is Outcome.CONVERGED


def test_callbacks_of_one_vs_rest_of_cross_validation_and_of_a_failure() -> None:
    ask = Ask()
    model = ours(multi_class="ovr").set_callbacks(ask).fit(IRIS, SPECIES)
    assert ask.begun == ask.ended == 1 + model.n_iter_.sum() + 3
    assert set(ask.models[:-1]) == {None}  # no step of one class is a classifier
    ask = Ask()
    chosen = LogisticRegressionCV(Cs=2, cv=3).set_callbacks(ask).fit(X, Y)
    assert ask.begun == ask.ended == 1 + chosen.best_.n_iter_.sum() + 1
    assert "_skl_callbacks" not in vars(chosen.best_)

    def fail(progress) -> None:
        raise RuntimeError(f"no more than {progress.step}")

    ask = Ask()
    with pytest.raises(RuntimeError, match="no more than 0"):
        LogisticRegression(callbacks=[fail]).set_callbacks(ask).fit(X, Y)
    assert ask.down == 1


def test_html_where_scikit_learn_displays_it() -> None:
    model = ours(C=0.25)
    assert "0.25" in model._repr_html_()
    assert "text/html" in make_pipeline(StandardScaler(), model.fit(X, Y))._repr_mimebundle_()
    with sklearn.config_context(display="text"):
        assert not hasattr(model, "_repr_html_")


def test_exceptions_and_warnings_are_caught_by_scikit_learns_names() -> None:
    with pytest.raises(sklearn_exceptions.NotFittedError) as caught:
        LogisticRegression().predict(X)
    assert isinstance(caught.value, errors.NotFittedError)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sklearn_exceptions.ConvergenceWarning)
        LogisticRegression(max_iter=1).fit(X, Y)
        LogisticRegressionCV(Cs=2, cv=3, max_iter=0, refit=False).fit(X, Y)
    with pytest.warns(sklearn_exceptions.DataConversionWarning, match="A column-vector y"):
        LogisticRegression().fit(X, Y[:, None])


def test_what_a_worker_process_raises_is_caught_by_the_same_names(monkeypatch) -> None:
    names = ("NotFittedError", "ConvergenceWarning", "DataConversionWarning")
    for name in names:
        plain, theirs = getattr(errors, name), getattr(sklearn_exceptions, name)
        with monkeypatch.context() as without:
            without.delitem(sys.modules, "sklearn.exceptions")
            sent = [pickle.dumps(plain("so and so")), pickle.dumps(plain("so and so"))]
            assert type(pickle.loads(sent[0])) is plain  # noqa: S301
        sent.append(pickle.dumps(errors.also_sklearns(plain)("so and so")))
        for again in map(pickle.loads, sent):
            assert isinstance(again, plain)
            assert isinstance(again, theirs)
            assert str(again) == "so and so"
    with pytest.raises(sklearn_exceptions.NotFittedError), ProcessPoolExecutor(1) as pool:
        pool.submit(LogisticRegression().predict, X).result()


def test_every_exception_survives_a_pickle() -> None:
    bases = errors.GlasslogitError | errors.GlasslogitWarning
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    kinds = [kind for kind in kinds if issubclass(kind, bases)]
    assert len(kinds) > 10
    for kind in kinds:
        error = kind("tqdm", "plots") if kind is errors.MissingExtraError else kind("what, where")
        again = pickle.loads(pickle.dumps(error))  # noqa: S301
        assert isinstance(again, kind)
        assert (str(again), again.args) == (str(error), error.args)


class Lasso(LogisticRegression):
    """A subclass as users write it: a parameter of its own, the others handed on."""

    def __init__(self, *, top: int = 3, l1_ratio: float = 1.0, **others) -> None:
        super().__init__(l1_ratio=l1_ratio, **others)
        self.top = top


class Narrow(Lasso):
    """One of a subclass, which hands on all it is given."""

    def __init__(self, **others) -> None:
        super().__init__(**others)


@pytest.mark.parametrize("Kind", [Lasso, Narrow])
def test_a_subclass_may_hand_parameters_on(Kind) -> None:
    model = Kind(C=0.5, top=2)
    assert repr(model) == f"{Kind.__name__}(top=2, C=0.5)"
    assert model.get_params()["l1_ratio"] == 1.0
    assert set(model.get_params()) == {*LogisticRegression().get_params(), "top"}
    copied = clone(model).set_params(tol=1e-8)
    assert (copied.C, copied.top, copied.tol, copied.l1_ratio) == (0.5, 2, 1e-8, 1.0)
    np.testing.assert_array_equal(copied.fit(X, Y).coef_, ours(C=0.5, l1_ratio=1.0).fit(X, Y).coef_)
    search = GridSearchCV(model, {"C": [0.1, 1.0], "top": [1]}, cv=2).fit(X, Y)
    assert search.best_estimator_.top == 1
    with pytest.raises(InputError, match="has no parameter 'c'; it has top, l1_ratio"):
        model.set_params(c=1)


@pytest.mark.parametrize(
    ("older", "settings"),
    [
        ({"penalty": "l2"}, {}),
        ({"penalty": "l1"}, {"l1_ratio": 1.0}),
        ({"penalty": "l1", "l1_ratio": 1.0}, {"l1_ratio": 1.0}),
        ({"penalty": "elasticnet", "l1_ratio": 0.3}, {"l1_ratio": 0.3}),
        ({"penalty": None}, {"C": np.inf}),
        ({"penalty": "deprecated", "l1_ratio": None, "dual": True}, {}),
        ({"intercept_scaling": 1.0, "n_jobs": -2, "random_state": 3}, {}),
    ],
)
def test_older_spellings(older, settings) -> None:
    model = ours(**older).fit(X, Y)
    np.testing.assert_array_equal(model.coef_, ours(**settings).fit(X, Y).coef_)
    assert {name: model.get_params()[name] for name in older} == older


@pytest.mark.parametrize(
    "Theirs", [linear_model.LogisticRegression, linear_model.LogisticRegressionCV]
)
def test_every_parameter_of_scikit_learn_is_accepted(Theirs) -> None:
    parameters = Theirs().get_params()
    Ours = {"LogisticRegression": LogisticRegression}.get(Theirs.__name__, LogisticRegressionCV)
    assert parameters.keys() <= Ours().get_params().keys()
    model = Ours(**parameters).fit(X, Y)
    same = Ours(solver="lbfgs", tol=1e-4).fit(X, Y)
    np.testing.assert_array_equal(model.coef_, same.coef_)


@pytest.mark.parametrize("solver", ["sag", "saga", "liblinear", "newton-cd", "newton-cd-gram",
                                    "newton-cg", "newton-cholesky", "lbfgs"])  # fmt: skip
def test_solver_names_of_scikit_learn(solver: str) -> None:
    tight = LogisticRegression(solver=solver, tol=1e-9, max_iter=1000)
    np.testing.assert_allclose(tight.fit(X, Y).coef_, ours().fit(X, Y).coef_, rtol=1e-6)
    sparse = LogisticRegression(solver=solver, l1_ratio=1.0)
    if solver in {"newton-cg", "newton-cholesky", "lbfgs"}:
        with pytest.raises(InputError, match="needs a smooth penalty"):
            sparse.fit(X, Y)
    else:
        assert sparse.fit(X, Y).outcome_.converged


def test_penalties_of_cross_validation() -> None:
    for older, l1_ratios in (
        ({"penalty": "l1"}, (1.0,)),
        ({"penalty": "l2", "l1_ratios": "warn"}, (0.0,)),
        ({"penalty": "elasticnet", "l1_ratios": [0.2, 0.8]}, (0.2, 0.8)),
    ):
        model = LogisticRegressionCV(Cs=2, cv=2, **older).fit(X, Y)
        same = LogisticRegressionCV(Cs=2, cv=2, l1_ratios=l1_ratios).fit(X, Y)
        np.testing.assert_array_equal(model.scores_, same.scores_)
    for wrong, message in (
        ({"penalty": None}, "penalty=None is not valid"),
        ({"penalty": "elasticnet"}, "penalty='elasticnet' needs l1_ratios"),
        ({"penalty": "l1", "l1_ratios": [0.5]}, "penalty='l1' contradicts l1_ratios"),
    ):
        with pytest.raises(InputError, match=message):
            LogisticRegressionCV(Cs=2, cv=2, **wrong).fit(X, Y)


def test_settings_of_encoders_and_solvers_can_be_searched_over() -> None:
    """By scikit-learn's names: `encoder__rare`, `solver__learning_rate`."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"a": rng.normal(size=90), "city": rng.choice(list("uvw"), 90)})
    labels = (rng.random(90) < 0.5).astype(int)
    model = ours(encoder=TableEncoder(rare=2))
    assert model.get_params()["encoder__rare"] == 2
    assert "encoder__rare" not in model.get_params(deep=False)
    search = GridSearchCV(model, {"encoder__rare": [0, 80], "C": [1.0]}, cv=2).fit(table, labels)
    assert {each["encoder__rare"] for each in search.cv_results_["params"]} == {0, 80}
    assert len(clone(model).set_params(encoder__rare=80).fit(table, labels).coef_[0]) == 1
    assert model.encoder.rare == 2
    slow = ours(solver=GradientDescent(epochs=3))
    rates = GridSearchCV(slow, {"solver__learning_rate": [0.1, 1.0]}, cv=2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rates.fit(X, Y)
    assert rates.best_estimator_.solver.learning_rate in {0.1, 1.0}
    both = ours().set_params(solver__epochs=7, solver=GradientDescent(0.5))
    assert (both.solver.epochs, both.solver.learning_rate) == (7, 0.5)
    for name in ("solver__nothing", "C__rate", "nothing__rate"):
        with pytest.raises(InputError, match="has no"):
            ours(solver=GradientDescent()).set_params(**{name: 1})
