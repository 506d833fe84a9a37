"""Bad input: one line that names the column, row or argument, and the remedy."""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse as sp

import glasslogit
from glasslogit import LogisticRegression, LogisticRegressionCV, compare, solvers
from glasslogit.errors import (
    DataConversionWarning,
    GlasslogitWarning,
    InputError,
    InputTypeError,
    NotFittedError,
)
from glasslogit.solvers import GradientDescent, Newton
from glasslogit.tables import Table

X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0], [3.0, 1.0]])
Y = [0, 1, 0, 1]


def spoilt(row: int, column: int, value: float) -> np.ndarray:
    bad = X.copy()
    bad[row, column] = value
    return bad


DAYS = pd.date_range("2026-01-01", periods=4)
SPANS = pd.to_timedelta([1, 2, 1, 2], "D")
FRAME = pd.DataFrame(spoilt(2, 1, np.nan), columns=["age", "income"])
BAD_FITS = {
    "NaN": ((spoilt(2, 1, np.nan), Y), "X holds NaN in row 2, column 1; drop the row"),
    "infinity": ((spoilt(0, 0, np.inf), Y), "X holds infinity in row 0, column 0;"),
    "NaN in a frame": ((FRAME, Y), "X holds NaN in row 2, column 'income';"),
    "NaN, sparse": ((sp.csr_array(spoilt(3, 1, np.nan)), Y), "X holds NaN in row 3, column 1;"),
    "text": (([["a", 1.0]] * 4, Y), "column 0 holds 'a', which is not a number;"),
    "mixed types in a frame": (
        (pd.DataFrame({"age": [1, 2, 3, 4], "job": ["a", 2, "c", "d"]}), Y),
        "X: row 1, column 'job': 2 is a number, but 'a' in row 0 is text; make the column all",
    ),
    "complex": ((X + 1j, Y), "Complex data not supported: X holds complex numbers"),
    "dates": ((X.astype("datetime64[D]"), Y), "X holds dates or times; turn them into numbers"),
    "NaT label": ((X, np.array(["2020", "NaT"] * 2, "M8[Y]")), "y is missing in row 1;"),
    "sparse without rows": ((sp.csr_array((0, 3)), []), "X has 0 sample(s) (shape=(0, 3)) while"),
    "ragged": (([[1, 2], [3]], [0, 1]), "X has rows of different lengths;"),
    "nothing": ((None, Y), "X is of type NoneType; give an array of rows and columns"),
    "one number": ((3.0, Y), "X is of type float; give an array of rows and columns"),
    "three dimensions": ((np.zeros((2, 2, 2)), [0, 1]), "X has 3 dimensions;"),
    "no rows": ((np.zeros((0, 2)), []), "X has 0 sample(s) (shape=(0, 2)) while"),
    "no columns": ((np.zeros((4, 0)), Y), "X has 0 feature(s) (shape=(4, 0)) while"),
    "too large": ((X * 1e300, Y), "X holds 1e+300 in row 0, column 1; it is too large to square"),
    "one class": ((X, ["yes"] * 4), "y holds only one class, yes; logistic regression needs two"),
    "no labels": ((X, None), "LogisticRegression requires y to be passed, but the"),
    "labels too short": ((X, [0, 1]), "y has shape (2,) but X has 4 rows; give one label a row"),
    "NaN label": ((X, [0, 1, np.nan, 1]), "y is missing in row 2; drop the row or label it"),
    "None label": ((X, ["a", None, "b", "a"]), "y is missing in row 1;"),
    "blank label": ((X, ["a", "", "b", "a"]), "y is missing in row 1;"),
    "blank label of an object": (
        (X, np.array(["a", "b", " ", "a"], object)),
        "y is missing in row 2",
    ),
    "NA label": ((X, pd.Series(["a", "b", "a", pd.NA], dtype=object)), "y is missing in row 3;"),
    "dates as labels": ((X, DAYS), "y holds dates or times; turn the labels into text or whole"),
    "durations as labels": ((X, list(SPANS)), "y holds dates or times; turn the labels into text"),
    "complex labels": ((X, [1j, 2j, 1j, 2j]), "y holds complex numbers; turn the labels into"),
    "one label": ((X, 3), "y is of type int; give an array"),
    "ragged labels": ((X, [[1], [1, 0]]), "y has rows of different lengths;"),
    "masked features": (
        (np.ma.masked_equal(X, 3.0), Y),
        "X is masked in row 3, column 0; drop the row or fill in a value",
    ),
    "masked labels": ((X, np.ma.array(Y, mask=[0, 0, 1, 0])), "y is masked in row 2; drop the row"),
    "masked weights": (
        (X, Y, np.ma.masked_equal([1, 9, 1, 1], 9)),
        "sample_weight is masked in row",
    ),
    "mixed labels": ((X, np.array([0, "a", 1, "b"], object)), "y mixes labels of different types"),
    "fractions": ((X, [0.1, 0.7, 0.2, 0.9]), "Unknown label type: y holds 0.1 in row 0, which is"),
    "weights too short": ((X, Y, [1.0]), "sample_weight has shape (1,) for 4 rows;"),
    "negative weight": ((X, Y, [1, 1, -2, 1]), "sample_weight is -2.0 in row 2; weights must be"),
    "NaN weight": ((X, Y, [1, np.nan, 1, 1]), "sample_weight is nan in row 1;"),
    "all weights 0": ((X, Y, [0, 0, 0, 0]), "sample_weight is zero for every row; give some"),
    "weights as text": ((X, Y, ["a", "b", "c", "d"]), "sample_weight holds 'a', which is not"),
    "durations as weights": (
        (X, Y, SPANS),
        "sample_weight holds dates or times; turn them into numbers, such as days since one",
    ),
    "dates as weights": ((X, Y, list(DAYS)), "sample_weight holds dates or times; turn them into"),
    "complex weights": (
        (X, Y, np.ones(4) + 1j),
        "Complex data not supported: sample_weight holds complex numbers; give sample_weight.real",
    ),
    "dates as offset": ((X, Y, None, DAYS), "offset holds dates or times; turn them into numbers"),
    "complex offset": (
        (X, Y, None, np.array([np.complex128(1j)] * 4, object)),
        "Complex data not supported: offset holds complex numbers; give offset.real",
    ),
    "text as X": ((pd.Series(list("abcd")), Y), "column 0 holds 'a', which is not a number;"),
    "offset too short": (
        (X, Y, None, [1.0]),
        "offset has shape (1,); give shape (4,), one for each row, or a number for all",
    ),
    "offset not finite": ((X, Y, None, [0, 0, np.inf, 0]), "offset is not finite in row 2;"),
}


@pytest.mark.parametrize("case", list(BAD_FITS))
def test_bad_data(case: str) -> None:
    arguments, message = BAD_FITS[case]
    with pytest.raises(InputError) as caught:
        LogisticRegression().fit(*arguments)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


BAD_SETTINGS = {
    "C=0": ({"C": 0}, "C=0 is not valid; give a number greater than 0"),
    "C as text": ({"C": "1"}, "C='1' is not valid;"),
    "C as bool": ({"C": True}, "C=True is not valid;"),
    "C as NaN": ({"C": np.nan}, "C=nan is not valid;"),
    "l1_ratio": ({"l1_ratio": 2}, "l1_ratio=2 is not valid; give a number between 0 and 1"),
    "tol": ({"tol": -1}, "tol=-1 is not valid; give a number 0 or greater"),
    "max_iter": ({"max_iter": -1}, "max_iter=-1 is not valid;"),
    "max_time": ({"max_time": 0}, "max_time=0 is not valid; give a number greater than 0 sec"),
    "n_jobs": ({"n_jobs": 0}, "n_jobs=0 is not valid; give a whole number at least 1, or -1"),
    "multi_class": ({"multi_class": "all"}, "multi_class='all' is not valid; give 'multinomial'"),
    "history": ({"history": "all"}, "history='all' is not valid; give 'values' or 'weights'"),
    "class_weight": ({"class_weight": "even"}, "class_weight='even' is not valid; give 'balanced'"),
    "class_weight as a Series": (
        {"class_weight": pd.Series({0: 1.0, 1: 2.0})},
        "class_weight is of type Series; give 'balanced' or a dict by label",
    ),
    "class_weight as an array": ({"class_weight": np.ones(2)}, "class_weight is of type ndarray;"),
    "unknown class": ({"class_weight": {7: 2.0}}, "class_weight names 7, which is not among"),
    "negative class": (
        {"class_weight": {0: -1.0}},
        "class_weight of 0 is -1.0; give a finite number",
    ),
    "solver": ({"solver": "fast"}, "solver='fast' is unknown; give a solver object, such as "),
    "random_state": ({"random_state": "a"}, "random_state='a' is not valid; give a whole number"),
    "random_state < 0": ({"random_state": -1}, "random_state=-1 is not valid; give a whole number"),
    "random_state of none": ({"random_state": [1]}, "random_state=[1] is not valid; give a whole"),
    "callbacks": ({"callbacks": print}, "callbacks=<built-in function print> is not valid; give a"),
    "callback": ({"callbacks": [3]}, "callbacks=[3] is not valid; give a list of functions"),
    "warm_start": ({"warm_start": "x"}, "warm_start='x' is not valid; give True or False"),
    "penalty": ({"penalty": "L1"}, "penalty='L1' is not valid; give 'l1' or 'l2'"),
    "C by position": ({"penalty": 0.5}, "penalty=0.5 is not valid; give"),
    "l1 and l1_ratio": (
        {"penalty": "l1", "l1_ratio": 0.5},
        "penalty='l1' contradicts l1_ratio=0.5; give l1_ratio alone",
    ),
    "l2 and l1_ratio": ({"penalty": "l2", "l1_ratio": 1.0}, "penalty='l2' contradicts l1_ratio"),
    "no penalty and C": ({"penalty": None, "C": 3.0}, "penalty=None contradicts C=3.0; give one"),
    "elasticnet": (
        {"penalty": "elasticnet", "l1_ratio": None},
        "penalty='elasticnet' needs l1_ratio; give a number between 0 and 1",
    ),
    "dual": ({"dual": "yes"}, "dual='yes' is not valid; give True or False"),
    "intercept_scaling": ({"intercept_scaling": 2}, "intercept_scaling=2 is not valid; give 1,"),
    "solver class": ({"solver": Newton}, "solver=<class"),
    "L1 by Newton": ({"l1_ratio": 0.5, "solver": "newton"}, "solver newton needs a smooth penalty"),
    "class_weight as text": ({"class_weight": {0: "a"}}, "class_weight of 0 is 'a'; give a finite"),
    "half a step": (
        {"max_iter": 1.5},
        "max_iter=1.5 is not valid; give a whole number 0 or greater",
    ),
    "fit_intercept": ({"fit_intercept": "no"}, "fit_intercept='no' is not valid; give True or"),
    "gradient_descent": ({"solver": "gradient_descent"}, "solver='gradient_descent' is unknown;"),
    "held out": (
        {"solver": GradientDescent(validation_fraction=0.9)},
        "validation_fraction=0.9 cannot be held out:",
    ),
}


@pytest.mark.parametrize("case", list(BAD_SETTINGS))
def test_bad_settings(case: str) -> None:
    settings, message = BAD_SETTINGS[case]
    with pytest.raises(InputError) as caught:
        LogisticRegression(**settings).fit(X, Y)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_an_object_without_a_number_is_a_type_error() -> None:
    strange = X.astype(object)
    strange[1, 0] = {"a": 1}
    with pytest.raises(InputTypeError, match=r"column 0 holds \{'a': 1\}: float\(\) argument must"):
        LogisticRegression().fit(strange, Y)
    with pytest.raises(TypeError):
        LogisticRegression().fit(strange, Y)


def test_unknown_keyword() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'alpha'"):
        LogisticRegression(alpha=1.0)
    with pytest.raises(InputError, match="has no parameter 'alpha'; it has penalty,"):
        LogisticRegression().set_params(alpha=1.0)


def test_gradient_descent_settings() -> None:
    for name, value in {
        "learning_rate": 0.0, "epochs": -1, "batch_size": 0, "momentum": 1.0, "decay": -1.0,
        "patience": 0, "validation_fraction": 1.0,
    }.items():  # fmt: skip
        with pytest.raises(InputError, match=f"^{name}={value} is not valid; give a"):
            GradientDescent(**{name: value})


def test_prediction() -> None:
    model = LogisticRegression()
    with pytest.raises(NotFittedError, match=r"not fitted yet; call fit\(X, y\) first"):
        model.predict(X)
    model.fit(pd.DataFrame(X, columns=["a", "b"]), Y)
    assert model.feature_names_in_.tolist() == ["a", "b"]
    with pytest.raises(InputError, match="X has 3 features, but LogisticRegression is expecting 2"):
        model.predict(np.zeros((1, 3)))
    with pytest.raises(InputError, match="column 0 of X is 'b' but was 'a' at training;"):
        model.predict(pd.DataFrame(X, columns=["b", "a"]))
    with pytest.raises(InputError, match="X is of type function; give an array of rows"):
        model.predict(lambda: [(X, Y)])
    with pytest.raises(InputError, match="X holds NaN in row 1, column 0;"):
        model.predict_proba(spoilt(1, 0, np.nan))


def test_batches_of_any_labels_and_of_rows_without_weight() -> None:
    words = np.array(["a", "b", "a", "b"], object)
    model = LogisticRegression().fit(lambda: [(X, words), (X + 1, words, np.zeros(4))])
    np.testing.assert_allclose(model.coef_, LogisticRegression().fit(X, words).coef_, rtol=1e-6)


def test_batches() -> None:
    model = LogisticRegression()
    with pytest.raises(InputError, match="X is a function: it must yield y and sample_weight"):
        model.fit(lambda: [(X, Y)], Y)
    with pytest.raises(InputError, match="validation_fraction needs the rows in memory"):
        LogisticRegression(solver=GradientDescent(validation_fraction=0.5)).fit(lambda: [(X, Y)])
    with pytest.raises(InputError, match="the function gave no batches; it must yield"):
        model.fit(list)
    with pytest.raises(InputError, match="the function gave an object of type int; it must yield"):
        model.fit(lambda: 3)
    once = iter([(X, Y)])
    with pytest.raises(InputError, match=r"gave no batches; .* afresh at each call"):
        model.fit(lambda: once)
    with pytest.raises(InputError, match="batch 1: X holds NaN in row 2, column 1;"):
        model.fit(lambda: [(X, Y), (spoilt(2, 1, np.nan), Y)])
    with pytest.raises(InputError, match="batch 1: X has 3 columns but batch 0 had 2"):
        model.fit(lambda: [(X, Y), (np.zeros((4, 3)), Y)])
    frame = pd.DataFrame(X, columns=["a", "b"])
    with pytest.raises(InputError, match="batch 1: the column names differ from those of batch 0"):
        model.fit(lambda: [(frame, Y), (frame[["b", "a"]], Y)])
    with pytest.raises(InputError, match="batch 0 is not"):
        model.fit(lambda: [(X, Y, None, None)])
    labels = iter([[0, 1, 0, 1], [0, 1, 0, 7]])
    with pytest.raises(InputError, match="label 7 was not there when the batches were first read"):
        model.fit(lambda: [(X, next(labels))])


def test_bad_input_leaves_the_old_fit() -> None:
    model = LogisticRegression().fit(X, Y)
    coef = model.coef_.copy()
    with pytest.raises(InputError):
        model.fit(spoilt(0, 0, np.nan), Y)
    np.testing.assert_array_equal(model.coef_, coef)


def test_shapes_with_an_obvious_meaning() -> None:
    with pytest.warns(DataConversionWarning, match=r"give y of shape \(n,\)"):
        column = LogisticRegression().fit(X, np.array(Y)[:, None])
    np.testing.assert_array_equal(column.coef_, LogisticRegression().fit(X, Y).coef_)
    assert column.predict([0.0, 1.0]).shape == (1,)
    flat = LogisticRegression().fit(X[:, 0], Y)
    assert flat.coef_.shape == (1, 1)
    assert flat.predict([1.0, 2.0, 3.0]).shape == (3,)


def test_warnings_point_at_the_line_that_called() -> None:
    X, y = np.arange(20.0)[:, None], np.arange(20) % 3 == 0
    model = LogisticRegression().fit(X, y)
    with pytest.warns(GlasslogitWarning) as caught:  # noqa: PT031  one list of all
        LogisticRegression().fit(X, y[:, None])
        LogisticRegressionCV(Cs=2, cv=2).fit(X, y[:, None])
        model.score(X, y[:, None])
        LogisticRegression(max_iter=0).fit(X, y)
        LogisticRegressionCV(Cs=2, cv=2, max_iter=0).fit(X, y)
    assert len(caught) >= 5
    assert {each.filename for each in caught} == {__file__}


def test_masked_arrays_with_nothing_masked_are_arrays() -> None:
    masked = LogisticRegression().fit(np.ma.array(X), np.ma.array(Y), np.ma.ones(4))
    assert np.array_equal(masked.coef_, LogisticRegression().fit(X, Y).coef_)


def test_blank_text_among_the_labels_of_a_table_is_a_missing_label() -> None:
    table = pd.DataFrame({"a": X[:, 0], "kind": list("uvuv"), "y": ["no", "yes", "", "no"]})
    with pytest.raises(InputError, match="y is missing in row 2"):
        LogisticRegression().fit(table, "y")


SERIES = {pd: "data", pl: "values"}  # what each library calls the entries


@pytest.mark.parametrize("library", list(SERIES), ids=lambda library: library.__name__)
def test_a_series_is_one_feature(library: Any) -> None:
    column, one = library.Series(name="a", **{SERIES[library]: X[:, 0]}), X[:, :1]
    model, expected = LogisticRegression().fit(column, Y), LogisticRegression().fit(one, Y)
    assert np.array_equal(model.coef_, expected.coef_)
    assert np.array_equal(model.predict_proba(column), expected.predict_proba(one))


def test_a_series_with_the_names_of_the_columns_is_one_row() -> None:
    table = pd.DataFrame(X, columns=["age", "income"])
    model = LogisticRegression().fit(table, Y)
    assert np.array_equal(model.predict_proba(table.iloc[2]), model.predict_proba(table)[2:3])
    with pytest.raises(InputError, match="column 0 of X is 'income' but was 'age' at training"):
        model.predict(table[["income", "age"]].iloc[2])
    mixed = pd.Series({"age": 1.0, "income": "much"})
    with pytest.raises(InputError, match="column 'income' holds 'much', which is not a number"):
        model.predict(mixed)


QUERIES = {
    "polars": lambda table: pl.from_pandas(table).lazy(),
    "duckdb": duckdb.from_df,
}


@pytest.mark.parametrize("library", list(QUERIES))
def test_labels_and_weights_may_be_queries(library: str) -> None:
    """A column that is not in memory yet: labels as text, weights and offsets as numbers."""
    table = pd.DataFrame({"y": ["no", "yes", "no", "yes"], "s": [1.0, 2.0, 3.0, 1.0]})
    y, s = (QUERIES[library](table[[name]]) for name in ("y", "s"))
    model = LogisticRegression().fit(X, y, s, s)
    expected = LogisticRegression().fit(X, table["y"], table["s"], table["s"])
    assert np.array_equal(model.coef_, expected.coef_)
    assert model.classes_.tolist() == ["no", "yes"]
    assert model.score(X, y, s, 0) == expected.score(X, table["y"], table["s"], 0)
    two = QUERIES[library](pd.DataFrame({"events": [1, 2, 0, 3], "others": [2, 1, 4, 0]}))
    trials = LogisticRegression().fit(X, [[1, 2], [2, 1], [0, 4], [3, 0]])
    assert np.array_equal(LogisticRegression().fit(X, two).coef_, trials.coef_)


def test_labels_may_be_an_arrow_array() -> None:
    model = LogisticRegression().fit(X, pa.array(["no", "yes", "no", "yes"]))
    assert model.classes_.tolist() == ["no", "yes"]


def test_penalty_factors_are_told_by_name() -> None:
    table = pd.DataFrame(X, columns=["age", "income"])
    with pytest.raises(InputError, match=r"penalty_factors is -1\.0 for column 'income'"):
        LogisticRegression(penalty_factors={"income": -1}).fit(table, Y)
    by_label = pd.Series({"income": 0.0, "age": 2.0})  # not in the order of the columns
    model = LogisticRegression(penalty_factors=by_label).fit(table, [0, 1, 1, 0])
    expected = LogisticRegression(penalty_factors=[2.0, 0.0]).fit(table, [0, 1, 1, 0])
    assert np.array_equal(model.coef_, expected.coef_)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (None, "an object of type NoneType is no model; give a fitted one"),
        (LogisticRegression, "the class LogisticRegression is no model; give a fitted object of"),
    ],
)
def test_what_is_no_model_is_named(model: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        compare(model, X, Y)


def test_score_takes_the_target_that_the_formula_names() -> None:
    table = pd.DataFrame({"a": X[:, 0], "kind": list("uvvu"), "y": ["yes", "no", "no", "no"]})
    model = LogisticRegression(formula="y ~ a + kind").fit(table)
    labels = table["y"].to_numpy()
    other = table.assign(y=np.where(table.index == 0, "no", labels))
    for each in (table, other):
        share = (model.predict(each) == each["y"].to_numpy()).mean()
        assert model.score(each) == model.score(each, each["y"]) == share
    assert model.score(table) != model.score(other)
    searched = LogisticRegressionCV(Cs=2, cv=2, formula="y ~ a + kind", use_legacy_attributes=False)
    repeated = pd.concat([table] * 4, ignore_index=True)
    searched.fit(repeated)
    assert searched.score(other) == searched.score(other, other["y"]) != searched.score(table)
    with pytest.raises(InputError, match="y to be passed, but the target y is None"):
        LogisticRegression().fit(X, Y).score(X)


@pytest.mark.parametrize("solver", solvers.__all__)
def test_every_solver_is_known_by_name_or_named_as_an_object(solver: str) -> None:
    kind = getattr(solvers, solver)
    if not (isinstance(kind, type) and "name" in vars(kind) and kind is not solvers.Solver):
        return
    try:
        LogisticRegression(solver=kind.name).fit(X, Y)
    except InputError as error:
        given = str(error).partition("such as glasslogit.")[2].partition(",")[0]
        assert eval(given, {"solvers": solvers}) == kind()  # noqa: S307  our own words


@pytest.mark.parametrize("state", [None, 0, 2**32 - 1, np.int64(7), np.random.RandomState(0)])
def test_random_states_that_scikit_learn_takes_are_taken(state: object) -> None:
    assert LogisticRegression(random_state=state).fit(X, Y).coef_.shape[0] == 1


FILE_NAMES = ["m.json", Path("m.json")]
NEEDS_A_MODEL = {
    "new": lambda name: glasslogit.evaluate_against(name, MODEL, X, Y),
    "old": lambda name: glasslogit.evaluate_against(MODEL, name, X, Y),
    "predict_rows": lambda name: glasslogit.predict_rows(name, X),
    "explain": lambda name: glasslogit.explain(name, X[0], X),
    "compare": lambda name: glasslogit.compare(name, X, Y),
    "summarize": lambda name: glasslogit.summarize(name, X, Y),
}
MODEL = LogisticRegression().fit(X, Y)


@pytest.mark.parametrize("name", FILE_NAMES, ids=["text", "path"])
@pytest.mark.parametrize("case", NEEDS_A_MODEL)
def test_the_name_of_a_file_is_no_model(case, name):
    with pytest.raises(InputError, match=r"'m.json' names a file; .* load_model\('m.json'\)"):
        NEEDS_A_MODEL[case](name)


@pytest.mark.parametrize("name", FILE_NAMES, ids=["text", "path"])
def test_the_name_of_a_file_is_no_table(name):
    table = Table.of({"age": ["1", "2", "3", "4"], "y": ["n", "y", "n", "y"]})
    model = LogisticRegression().fit(table, "y")
    asked = [
        lambda: LogisticRegression().fit(name, "y"),
        lambda: model.predict(name),
        lambda: glasslogit.predict_rows(model, name),
        lambda: glasslogit.evaluate_against(model, model, name),
    ]
    for each in asked:
        with pytest.raises(InputError, match=r"X='m.json' names a file; .* read_table\('m.json'\)"):
            each()
