"""No argument of a public function is too strange for an error that says what to give."""

import inspect
import warnings

import numpy as np
import pytest

import glasslogit
from glasslogit import LogisticRegression, evaluate, export, show, tables
from glasslogit.errors import GlasslogitError

pd = pytest.importorskip("pandas")
plt = pytest.importorskip("matplotlib.pyplot")
rng = np.random.default_rng(0)
N = 80
X = rng.normal(size=(N, 2))
Y = np.where(rng.random(N) < 1 / (1 + np.exp(-X[:, 0])), "yes", "no")
CLASSES = np.array(["no", "yes"])
MODEL = LogisticRegression(C=np.inf).fit(X, Y)
SUMMARY = glasslogit.summarize(MODEL, X, Y)
ONE = glasslogit.summarize(LogisticRegression(C=np.inf).fit(X[:, :1], Y), X[:, :1], Y)
PROBA = MODEL.predict_proba(X)
SCORE = PROBA[:, 1]
FRAME = pd.DataFrame(X, columns=["a", "b"]).assign(bought=Y)
NUMBERED = (Y == "yes").astype(int)
CODES = {"y": Y, "score": SCORE}

CALLS = {
    glasslogit.bootstrap: {"model": MODEL, "X": X, "y": Y, "resamples": 3},
    glasslogit.compare: {"other_model": MODEL, "X": X, "y": Y},
    glasslogit.diagnose: {"model": MODEL, "X": X, "y": Y},
    glasslogit.evaluate_against: {"new": MODEL, "old": MODEL, "X": X, "y": Y},
    glasslogit.explain: {"model": MODEL, "row": X[0], "X": X},
    glasslogit.find_dependence: {"X": X},
    glasslogit.find_separation: {"X": X, "y": Y},
    glasslogit.firth: {"X": X, "y": Y, "intervals": False},
    glasslogit.hypothesis_test: {"model": MODEL, "X": X, "y": Y, "hypothesis": "x0"},
    glasslogit.inspect_data: {"X": X, "y": Y},
    glasslogit.likelihood_ratio_test: {"small": ONE, "large": SUMMARY},
    glasslogit.marginal_effects: {"model": MODEL, "X": X, "y": Y},
    glasslogit.predict_rows: {"model": MODEL, "X": X},
    glasslogit.probability_intervals: {"summary": SUMMARY, "X": X},
    glasslogit.regularisation_path: {"X": X, "y": Y, "Cs": 3},
    glasslogit.summarize: {"model": MODEL, "X": X, "y": Y},
    glasslogit.term_tests: {"model": MODEL, "X": X, "y": Y},
    glasslogit.verify: {"model": MODEL, "X": X, "y": Y},
    glasslogit.wald_test: {"summary": SUMMARY, "hypothesis": "x0"},
    glasslogit.with_base_rate: {"model": MODEL, "rate": 0.2},
    glasslogit.with_threshold: {"model": MODEL, "threshold": "f1", "X": X, "y": Y},
    evaluate.accuracy: {"y": Y, "y_pred": Y},
    evaluate.average_precision: CODES,
    evaluate.best_f1_threshold: CODES,
    evaluate.brier_score: {"y": Y, "p": SCORE},
    evaluate.calibration_curve: {"y": Y, "p": SCORE},
    evaluate.confusion_matrix: {"y": Y, "y_pred": Y},
    evaluate.count_by_threshold: CODES,
    evaluate.log_loss: {"y": Y, "p": SCORE},
    evaluate.precision_recall_curve: CODES,
    evaluate.roc_auc: CODES,
    evaluate.roc_curve: CODES,
    evaluate.threshold_costs: {**CODES, "costs": (5.0, 1.0)},
    evaluate.threshold_curve: CODES,
    evaluate.split_rows: {"n": 20},
    evaluate.stratified_folds: {"y": NUMBERED, "folds": 2},
    export.load_model: {"path": "none.json"},
    export.save_model: {"model": MODEL, "path": "m.json"},
    tables.read_table: {"path": "none.csv"},
    show.plot_calibration: {"y": Y, "p": SCORE},
    show.plot_calibration_by_class: {"y": Y, "proba": PROBA},
    show.plot_coefficients: {"model": MODEL},
    show.plot_confusion: {"y": Y, "y_pred": Y},
    show.plot_data: {"X": X, "y": Y},
    show.plot_decision_boundary: {"model": MODEL, "X": X, "y": Y},
    show.plot_influence: {"diagnosis": glasslogit.diagnose(MODEL, X, Y)},
    show.plot_loss: {"losses": MODEL},
    show.plot_precision_recall: CODES,
    show.plot_roc: CODES,
    show.plot_roc_by_class: {"y": Y, "proba": PROBA},
    show.plot_sigmoid: {},
    show.plot_thresholds: CODES,
}
STRANGE = (3, "abc", None, [[1.0], [2.0, 3.0]], {"a": 1}, object())


def arguments():
    """Give each argument of each function."""
    for function, given in CALLS.items():
        for name in inspect.signature(function).parameters:
            yield pytest.param(function, given, name, id=f"{function.__name__}-{name}")


@pytest.fixture
def away(tmp_path, monkeypatch):
    """Write in an empty folder."""
    monkeypatch.chdir(tmp_path)
    yield
    plt.close("all")


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize("function", CALLS, ids=lambda function: function.__name__)
def test_the_call_itself_is_one(function):
    if "path" in CALLS[function] and function is not export.save_model:
        with pytest.raises(GlasslogitError, match="no such file"):
            function(**CALLS[function])
    else:
        function(**CALLS[function])


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize(("function", "given", "name"), list(arguments()))
def test_an_argument_of_the_wrong_kind_is_refused_in_our_words(function, given, name):
    for strange in STRANGE:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                function(**{**given, name: strange})
            except GlasslogitError:
                pass
            except Exception as error:  # noqa: BLE001  the law is that there is no other
                pytest.fail(f"{name}={strange!r}: {type(error).__name__}: {error}")


SHORT = LogisticRegression().fit(X[:, :1], Y)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: LogisticRegression().fit(FRAME), "or the name of their column where X is a table"),
        (
            lambda: glasslogit.evaluate_against(MODEL, SHORT, X, Y),
            "the old model: X has 2",
        ),
        (
            lambda: glasslogit.evaluate_against(SHORT, MODEL, X, Y),
            "the new model: X has 2",
        ),
        (lambda: MODEL.predict(X, threshold="5:1"), r"take with_threshold\(model, '5:1'\)"),
        (
            lambda: glasslogit.explain(MODEL, X[0], X, threshold="5:1"),
            r"take with_threshold\(model, '5:1'\)",
        ),
        (
            lambda: glasslogit.wald_test(SUMMARY, "x0 = 0"),
            "give 'x0' as the hypothesis, and val",
        ),
        (lambda: glasslogit.wald_test(SUMMARY, "x0==1.5"), "'x0' as the hypothesis, and value=1.5"),
        (lambda: glasslogit.with_threshold(MODEL, "150%", X), "give one between 0% and 100%"),
        (lambda: glasslogit.with_threshold(MODEL, "0%", X), "give one between 0% and 100%"),
        (lambda: LogisticRegression(penalty="l3").fit(X, Y), "give 'l1' or 'l2' or 'elasticnet'"),
        (
            lambda: glasslogit.LogisticRegressionCV(penalty="l3").fit(X, Y),
            "give 'l1' or 'l2' or 'elasticnet'",
        ),
    ],
)
def test_what_is_nearly_right_is_told_what_is_meant(call, said):
    with pytest.raises(GlasslogitError, match=said):
        call()


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_an_infinity_in_a_frame_is_told_in_words_of_frames(value):
    table = FRAME.assign(town=rng.choice(["Ur", "Ys"], N))
    infinite = table.assign(a=np.where(np.arange(N) == 3, value, table.a))
    said = "row 3, column 'a': '-?inf' is not a finite number; correct it, or "
    model = LogisticRegression()
    with pytest.raises(GlasslogitError, match=said + "make it NaN or None if it is missing"):
        model.fit(infinite, "bought")
    with pytest.raises(GlasslogitError, match=said + "leave the row out"):
        model.fit(table, "bought").predict(infinite)


def test_a_policy_is_no_training():
    table = FRAME.assign(town=rng.choice(["Ur", "Ys"], N))
    encoder = tables.TableEncoder(columns={"town": tables.Number()})
    for fit in (encoder.fit, LogisticRegression(encoder=encoder).fit):
        with pytest.raises(GlasslogitError, match="is not a number; the column is read as") as told:
            fit(table, "bought")
        assert "training" not in str(told.value)


ARRAYS = {
    "array": lambda: X,
    "frame": lambda: FRAME,
    "series": lambda: FRAME.a,
    "generator": lambda: (k for k in range(3)),
    "class": lambda: dict,
    "lambda": lambda: lambda: None,
    "NaN": lambda: float("nan"),
}


@pytest.mark.parametrize("kind", ARRAYS)
@pytest.mark.parametrize("estimator", [LogisticRegression, glasslogit.LogisticRegressionCV])
def test_a_parameter_of_another_kind_is_named_in_few_words(estimator, kind):
    few = {} if estimator is LogisticRegression else {"Cs": 2, "cv": 2}
    for name in inspect.signature(estimator).parameters:
        if name == "scoring" and kind in {"class", "lambda"}:
            continue  # a function of the user's own, which fails in its own words
        refused_by_us(
            lambda value, name=name: estimator(**few | {name: value}).fit(X, Y), kind, name
        )


@pytest.mark.parametrize("kind", ARRAYS)
def test_a_setting_of_a_solver_of_another_kind_is_named_in_few_words(kind):
    solvers = (glasslogit.solvers.LBFGS, glasslogit.solvers.NewtonCG)
    for solver in solvers:
        for name in inspect.signature(solver).parameters:
            if name == "heir":
                continue  # a solver that another hands on to, which users do not set
            refused_by_us(
                lambda value, name=name, solver=solver: LogisticRegression(
                    solver=solver(**{name: value})
                ).fit(X, Y),
                kind,
                name,
            )


def refused_by_us(call, kind, name):
    """Let a call take a value or refuse it in a few words of ours that name the argument."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            call(ARRAYS[kind]())
        except GlasslogitError as error:
            assert name in str(error)  # noqa: PT017
            assert len(str(error)) < 500  # noqa: PT017
        except Exception as error:  # noqa: BLE001  the law is that there is no other
            pytest.fail(f"{name}={kind}: {type(error).__name__}: {str(error)[:200]}")
