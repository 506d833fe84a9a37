"""A pipeline is judged as the model at its end, on the rows that reach it, by the steps' names."""

import pickle
import warnings
from inspect import isfunction, signature

import numpy as np
import pytest

import glasslogit
from glasslogit import LogisticRegression, explain, probability_intervals, summarize, with_threshold
from glasslogit.errors import InputError, NotFittedError
from glasslogit.export import save_model
from glasslogit.show import plot_coefficients, plot_loss

pd = pytest.importorskip("pandas")
linear_model = pytest.importorskip("sklearn.linear_model")
from sklearn.compose import make_column_transformer  # noqa: E402
from sklearn.decomposition import PCA  # noqa: E402
from sklearn.model_selection import GridSearchCV  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import (  # noqa: E402
    FunctionTransformer,
    OneHotEncoder,
    PolynomialFeatures,
    StandardScaler,
)

JUDGES = {
    "summarize": summarize,
    "verify": glasslogit.verify,
    "diagnose": glasslogit.diagnose,
    "compare": glasslogit.compare,
    "term_tests": lambda *rows: "\n".join(map(str, glasslogit.term_tests(*rows))),
    "hypothesis_test": lambda *rows: glasslogit.hypothesis_test(*rows, hypothesis=np.eye(3)[:1]),
    "bootstrap": lambda *rows: glasslogit.bootstrap(*rows, resamples=20),
}


def table(n: int = 150):
    rng = np.random.default_rng(0)
    d = pd.DataFrame({"age": rng.normal(50, 9, n), "dose": rng.normal(3, 1, n)})
    d["town"] = rng.choice(list("abc"), n)
    return d, (rng.random(n) < 1 / (1 + np.exp(-(d.age - 50) / 9))).astype(int)


def mixed():
    return make_column_transformer(
        (StandardScaler(), ["age", "dose"]),
        (OneHotEncoder(drop="first", sparse_output=False), ["town"]),
    )


D, Y = table()
NUMBERS = D[["age", "dose"]].to_numpy()
OURS, THEIRS = LogisticRegression(C=np.inf), linear_model.LogisticRegression(C=np.inf, tol=1e-10)
STEPS = {
    "scaled": (StandardScaler, NUMBERS),
    "a table": (mixed, D),
    "pandas out": (lambda: mixed().set_output(transform="pandas"), D),
    "two steps": (lambda: make_pipeline(StandardScaler(), PCA()), NUMBERS),
    "no names": (lambda: FunctionTransformer(lambda X: X / 2), NUMBERS),
}


@pytest.mark.parametrize("name", JUDGES)
@pytest.mark.parametrize("steps", STEPS)
@pytest.mark.parametrize("last", [OURS, THEIRS], ids=["ours", "theirs"])
def test_a_pipeline_is_judged_as_its_last_step(name, steps, last):
    (make, X), judge = STEPS[steps], JUDGES[name]
    if name == "hypothesis_test" and X is D:
        return
    fitted = make_pipeline(make(), last).fit(X, Y)
    reach = fitted[:-1].transform(X)
    if steps == "no names":
        named, names = reach, ["x0", "x1"]
    else:
        names = list(fitted[:-1].get_feature_names_out())
        named = pd.DataFrame(np.asarray(reach), columns=names)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = str(judge(fitted, X, Y))
        alone = str(judge(type(last)(**last.get_params()).fit(named, Y), named, Y))
    assert digits(found) == digits(alone)
    if name in {"summarize", "term_tests", "bootstrap"}:
        assert all(each in found for each in names)


def digits(text):
    """Leave out what rounding may change."""
    return [word[:5] for word in text.split() if "e-" not in word]


def test_a_search_and_a_pipeline_in_a_pipeline_are_judged_as_what_they_chose():
    inner = make_pipeline(PolynomialFeatures(2, include_bias=False), LogisticRegression())
    made = make_pipeline(StandardScaler(), inner)
    found = GridSearchCV(made, {"pipeline__logisticregression__C": [0.1, 1.0]}, cv=2).fit(
        NUMBERS, Y
    )
    chosen = found.best_estimator_
    model = chosen[-1][-1]
    reach = chosen[-1][:-1].transform(chosen[:-1].transform(NUMBERS))
    summary = summarize(found, NUMBERS, Y)
    assert np.array_equal(summary.coef, summarize(model, reach, Y).coef)
    assert len(summary.coef) == 6


@pytest.mark.parametrize("last", [OURS, THEIRS], ids=["ours", "theirs"])
@pytest.mark.parametrize("row", [D.iloc[[7]], D.iloc[7], D.iloc[7:8]], ids=["a", "series", "b"])
def test_explain_takes_a_row_of_the_pipeline(last, row):
    made = make_pipeline(mixed(), last).fit(D, Y)
    why = explain(made, row, D, Y)
    assert why.probability == pytest.approx(made.predict_proba(D.iloc[[7]])[0, 1])
    names = {part.name for part in why.contributions}
    assert names == set(made[:-1].get_feature_names_out())
    low, high = why.interval
    assert low < why.probability < high
    scaled = make_pipeline(StandardScaler(), last).fit(NUMBERS, Y)
    flat = explain(scaled, NUMBERS[3].tolist(), NUMBERS)
    typical = explain(scaled, NUMBERS[3], baseline=NUMBERS.mean(axis=0))
    assert typical.margin == pytest.approx(flat.margin)
    assert typical.baseline_margin == pytest.approx(flat.baseline_margin)


def test_intervals_of_probabilities_are_those_of_rows_of_the_pipeline():
    made = make_pipeline(mixed(), LogisticRegression(C=np.inf)).fit(D, Y)
    summary = summarize(made, D, Y)
    sure = probability_intervals(summary, D[:5])
    assert np.allclose(sure.probability, made.predict_proba(D[:5]))
    again = probability_intervals(pickle.loads(pickle.dumps(summary)), D[:5])  # noqa: S301  ours
    assert np.array_equal(sure.ci_low, again.ci_low)


def test_batches_go_through_the_steps():
    made = make_pipeline(StandardScaler(), LogisticRegression()).fit(NUMBERS, Y)
    halves = [(NUMBERS[:80], Y[:80]), (NUMBERS[80:], Y[80:])]
    found = summarize(made, lambda: iter(halves))
    assert np.allclose(found.std_error, summarize(made, NUMBERS, Y).std_error)


def test_no_function_calls_a_fitted_pipeline_unfitted(tmp_path):
    made = make_pipeline(StandardScaler(), LogisticRegression()).fit(NUMBERS, Y)
    free = make_pipeline(StandardScaler(), LogisticRegression(C=np.inf)).fit(NUMBERS, Y)
    changes = {"with_threshold": "0.3", "with_base_rate": 0.2}
    more = {"hypothesis_test": {"hypothesis": "x0"}, "bootstrap": {"resamples": 20}}
    taken = 0
    for name in glasslogit.__all__:
        function = getattr(glasslogit, name)
        if not isfunction(function) or not next(iter(signature(function).parameters)).endswith(
            "model"
        ):
            continue
        taken += 1
        if name in changes:
            changed, alone = function(made, changes[name]), function(made[-1], changes[name])
            reach = made[:-1].transform(NUMBERS)
            assert np.array_equal(changed.predict(NUMBERS), alone.predict(reach))
        elif name == "explain":
            function(made, NUMBERS[0], NUMBERS, Y)
        else:
            function(free, NUMBERS, Y, **more.get(name, {}))
    assert taken == 12
    with pytest.raises(InputError, match=r"sklearn.Pipeline; give its last step, if that is one"):
        save_model(made, tmp_path / "model.json")
    save_model(made[-1], tmp_path / "model.json")


def test_pictures_of_a_pipeline_are_those_of_its_last_step():
    pytest.importorskip("matplotlib")
    made = make_pipeline(mixed(), LogisticRegression()).fit(D, Y)
    shown = [each.get_text() for each in plot_coefficients(made).get_yticklabels()]
    assert set(shown) == set(made[:-1].get_feature_names_out())
    assert plot_loss(made).get_lines()[0].get_ydata()[-1] == made[-1].trace_.value[-1]


def named():
    return LogisticRegression(formula="ill ~ age + C(town)")


FITTED = {
    "a pipeline": lambda: make_pipeline(StandardScaler(), LogisticRegression()).fit(NUMBERS, Y),
    "a pipeline in a pipeline": lambda: make_pipeline(
        StandardScaler(), make_pipeline(PCA(), LogisticRegression())
    ).fit(NUMBERS, Y),
    "a search": lambda: GridSearchCV(LogisticRegression(), {"C": [0.1, 1]}).fit(NUMBERS, Y),
    "a search of pipelines": lambda: GridSearchCV(
        make_pipeline(StandardScaler(), LogisticRegression()), {"logisticregression__C": [0.1, 1]}
    ).fit(NUMBERS, Y),
    "a formula": lambda: make_pipeline("passthrough", named()).fit(D.assign(ill=Y)),
}


@pytest.mark.parametrize("rule", ["5:1", 0.3, "f1", "10%"])
@pytest.mark.parametrize("kind", FITTED)
def test_a_threshold_is_for_whatever_ends_in_a_model(kind, rule):
    fitted = FITTED[kind]()
    rows = (D.assign(ill=Y),) if kind == "a formula" else (NUMBERS, Y)
    before = fitted.predict(rows[0]).tolist()
    decided = with_threshold(fitted, rule, *rows)
    last = decided
    while hasattr(last, "named_steps"):
        last = last[-1]
    p = fitted.predict_proba(rows[0])[:, 1]
    assert decided.predict(rows[0]).tolist() == (p >= last.threshold_).astype(int).tolist()
    assert last.threshold_ == with_threshold(last, rule, *at_end(fitted, *rows)).threshold_
    assert decided.predict(rows[0]).tolist() != before
    assert fitted.predict(rows[0]).tolist() == before
    assert hasattr(decided, "named_steps") == ("pipeline" in kind or kind == "a formula")


def at_end(fitted, X, *y):
    """Take rows through the steps, with scikit-learn's own methods."""
    fitted = getattr(fitted, "best_estimator_", fitted)
    while hasattr(fitted, "named_steps"):
        X, fitted = fitted[:-1].transform(X), fitted[-1]
    return X, *y


def test_a_threshold_is_not_given_to_what_would_not_use_it():
    for model in (THEIRS, make_pipeline(StandardScaler(), THEIRS)):
        with pytest.raises(InputError, match="predicts by no threshold; fit a LogisticRegression"):
            with_threshold(model.fit(NUMBERS, Y), "5:1")
    kept = GridSearchCV(LogisticRegression(), {"C": [0.1, 1]}, refit=False).fit(NUMBERS, Y)
    with pytest.raises(InputError, match="a GridSearchCV has no coefficients of its own"):
        with_threshold(kept, "5:1")
    ours = LogisticRegression()
    for model in (ours, GridSearchCV(ours, {"C": [1]}), make_pipeline(ours)):
        with pytest.raises(NotFittedError, match="is not fitted yet"):
            with_threshold(model, "5:1")


def target_judges():
    """Give the functions that are asked about a table whose column is the target."""
    for name, judge in JUDGES.items():
        if name != "hypothesis_test":
            yield name, judge
    yield "marginal_effects", glasslogit.marginal_effects
    yield "f1", lambda model, *rows: with_threshold(model, "f1", *rows).predict(rows[0]).sum()
    yield "against", lambda model, *rows: glasslogit.evaluate_against(model, model, *rows)


@pytest.mark.parametrize("judge", [pytest.param(j, id=name) for name, j in target_judges()])
def test_the_target_that_a_model_was_fitted_to_is_found_in_the_table(judge):
    rows = D.assign(ill=Y)
    model = LogisticRegression(C=np.inf).fit(rows, "ill")
    assert str(judge(model, rows)) == str(judge(model, rows, "ill"))
    formula = LogisticRegression(C=np.inf, formula="ill ~ age + town").fit(rows)
    pipeline = make_pipeline("passthrough", formula).fit(rows)
    assert str(judge(pipeline, rows)) == str(judge(pipeline, rows, "ill"))
    assert model.score(rows) == model.score(rows, "ill")
    with pytest.raises(InputError, match="y"):
        judge(model, D.to_numpy())


def test_what_a_pipeline_lacks_is_said():
    ends_in_none = make_pipeline(StandardScaler(), "passthrough").fit(NUMBERS, Y)
    kept = GridSearchCV(LogisticRegression(), {"C": [0.1, 1]}, refit=False, cv=2).fit(NUMBERS, Y)
    uses = (
        lambda m: with_threshold(m, 0.3),
        lambda m: glasslogit.with_base_rate(m, 0.3),
        lambda m: explain(m, NUMBERS[:1], NUMBERS),
        lambda m: summarize(m, NUMBERS, Y),
        lambda m: glasslogit.predict_rows(m, NUMBERS),
    )
    for use in uses:
        for model in (ends_in_none, make_pipeline(None), make_pipeline("passthrough")):
            with pytest.raises(InputError, match="whose last step is a LogisticRegression"):
                use(model)
        with pytest.raises(InputError, match=r"after refit=False; search with refit=True"):
            use(kept)


@pytest.mark.parametrize("argument", ["X", "row", "baseline"])
def test_rows_that_cannot_pass_a_step_are_refused_by_the_name_of_the_argument(argument):
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(NUMBERS, Y)
    for wrong in (0, "text", object(), [[1.0], [2.0, 3.0]], [["a"] * NUMBERS.shape[1]], NUMBERS.T):
        with pytest.raises(InputError, match=f"^{argument} ") as refused:
            explain(model, **({"row": NUMBERS[:1], "X": NUMBERS} | {argument: wrong}))
        assert len(str(refused.value)) < 400
    with pytest.raises(InputError, match=r"^X "):
        glasslogit.predict_rows(model, 0)
