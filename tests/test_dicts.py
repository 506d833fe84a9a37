"""Rows and columns in dicts are refused, and the call in the error makes the table of them."""

import re

import numpy as np
import pytest

from glasslogit import (
    LogisticRegression,
    explain,
    find_separation,
    inspect_data,
    predict_rows,
    summarize,
)
from glasslogit.errors import InputError

pd = pytest.importorskip("pandas")
rng = np.random.default_rng(0)
D = pd.DataFrame({"age": rng.normal(50, 9, 80), "dose": rng.normal(3, 1, 80)})
D["town"] = rng.choice(["Ur", "Ys"], 80)
D["ill"] = np.where(rng.random(80) < 1 / (1 + np.exp(50 - D.age)), "yes", "no")
NUMBERS, TEXT = ["age", "dose"], ["age", "dose", "town"]
SHAPES = {"columns": D.to_dict("list"), "rows": D.to_dict("records"), "series": dict(D)}


def mended(call, name, given):
    """Give what a call says of dicts, after what it says to give was given in their place."""
    with pytest.raises(InputError) as refused:
        call(given)
    told = re.search(rf"^{name} is .*dicts?; give (pd\.DataFrame\(.*\))$", str(refused.value))
    return call(eval(told[1], {"pd": pd, name: given}))  # noqa: S307  our own words


def fitted(columns):
    return LogisticRegression().fit(D[columns], D.ill)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "call",
    [
        lambda X: LogisticRegression().fit(X, "ill").coef_,
        lambda X: LogisticRegression(formula="ill ~ age + town").fit(X).coef_,
        lambda X: find_separation(X, "ill").kind,
        lambda X: list(map(str, inspect_data(X, "ill"))),
        lambda X: summarize(fitted(TEXT), X, "ill").coef,
        lambda X: fitted(TEXT).predict(X),
        lambda X: predict_rows(fitted(TEXT), X).predicted,
    ],
)
def test_a_table_is_made_of_dicts_as_the_error_says(call, shape):
    assert np.array_equal(mended(call, "X", SHAPES[shape]), call(D))


@pytest.mark.parametrize("columns", [NUMBERS, TEXT], ids=["numbers", "text"])
@pytest.mark.parametrize("of_one", [False, True], ids=["values", "lists of one"])
@pytest.mark.parametrize("name", ["row", "baseline", "X"])
def test_a_row_is_made_of_a_dict_as_the_error_says(name, of_one, columns):
    if name == "baseline" and columns is TEXT:
        return  # its levels are a mix
    model, row = fitted(columns), {each: D[each].tolist()[7] for each in columns}
    row = {each: [value] for each, value in row.items()} if of_one else row
    calls = {
        "row": lambda row: explain(model, row, D[columns]).margin,
        "baseline": lambda row: explain(model, D[columns][:1], baseline=row).baseline_margin,
        "X": model.decision_function,
    }
    assert np.ravel(mended(calls[name], name, row)) == pytest.approx(
        model.decision_function(D[columns][7:8])
    )


def test_numbers_alone_in_dicts_are_no_array():
    for given in ({"age": [1.0, 2.0]}, [{"age": 1.0}, {"age": 2.0}], ({"age": 1.0}, {"age": 2.0})):
        coef = mended(lambda X: LogisticRegression().fit(X, [0, 1]).coef_, "X", given)
        assert np.array_equal(coef, LogisticRegression().fit([[1.0], [2.0]], [0, 1]).coef_)
        model = LogisticRegression().fit(pd.DataFrame(given), [0, 1])
        mended(model.predict, "X", given)
        mended(lambda X, model=model: predict_rows(model, X).proba, "X", given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "X is of type dict, without a column; give a table with one or more"),
        ([{}, {}], "X is a list of dicts, without a column; give a table"),
        ({"age": []}, "X is of type dict, without a row; give a table"),
        (
            {"age": [1.0, 2.0], "dose": [1.0]},
            "with 2 values of 'age' and 1 of 'dose'; give as many",
        ),
        ({"age": np.ones(2), "dose": (1.0, 2.0, 3.0)}, "2 values of 'age' and 3 of 'dose'"),
    ],
)
def test_dicts_of_which_no_table_can_be_made_are_told_what_they_lack(given, said):
    for call in (
        lambda X: LogisticRegression().fit(X, [0, 1]),
        lambda X: inspect_data(X, [0, 1]),
        fitted(NUMBERS).predict,
        lambda X: predict_rows(fitted(TEXT), X),
    ):
        with pytest.raises(InputError, match=f"(^| ){said}"):
            call(given)


@pytest.mark.parametrize("given", [{"age": [1.0, 2.0], "dose": 3.0}, [{"age": 1.0}, {"age": 2.0}]])
def test_a_value_beside_columns_is_one_of_all_rows(given):
    mended(lambda X: LogisticRegression().fit(X, [0, 1]).coef_, "X", given)


def test_an_array_of_no_dimension_is_one_value():
    row = {"a": np.array(3.0), "b": np.array(1.0)}
    with pytest.raises(InputError, match=r"X is of type dict; give pd.DataFrame\(\[X\]\)"):
        LogisticRegression().fit(np.eye(2), [0, 1]).predict(row)
