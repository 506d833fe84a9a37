"""A name that the library invents is another where the data have the same one."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import glasslogit as gl
from glasslogit import LogisticRegression
from glasslogit.errors import InputError, SeparationWarning
from glasslogit.tables import PolynomialFeatures

RNG = np.random.default_rng(0)
X = RNG.normal(size=(90, 2))
Y = (RNG.random(90) < 1 / (1 + np.exp(-X[:, 0]))).astype(int)


def fitted(names: list[str], y: Any = Y) -> tuple[LogisticRegression, pd.DataFrame]:
    table = pd.DataFrame(X, columns=names)
    return LogisticRegression(C=np.inf).fit(table, y), table


def test_the_intercept_is_called_like_no_column() -> None:
    model, table = fitted(["(Intercept)", "intercept"])
    plain, named = fitted(["a", "b"])
    one, other = gl.summarize(model, table, Y), gl.summarize(plain, named, Y)
    assert one.terms == ("(Intercept) (2)", "(Intercept)", "intercept")
    assert (
        str(gl.wald_test(one, "(Intercept)")).partition(":")[2]
        == str(gl.wald_test(other, "a")).partition(":")[2]
    )
    for name, same in (("(Intercept)", "a"), ("(Intercept) (2)", "(Intercept)")):
        found = gl.hypothesis_test(model, table, Y, hypothesis=name)
        expected = gl.hypothesis_test(plain, named, Y, hypothesis=same)
        assert found.df == 1
        assert found.statistic == pytest.approx(expected.statistic, rel=1e-9)
    assert gl.firth(table, Y, intervals=False).names[-1] == "(Intercept) (2)"
    moved = str(gl.diagnose(model, table, Y))
    assert ("intercept (2) by" in moved) == ("intercept by" in str(gl.diagnose(plain, named, Y)))
    apart = gl.find_separation(pd.DataFrame({"(Intercept)": [1.0, 2, 3, 4]}), [0, 0, 1, 1])
    assert apart is not None
    assert set(apart.coefficients) == {"(Intercept)", "(Intercept) (2)"}


def test_the_rows_of_an_explanation_are_told_apart() -> None:
    model, table = fitted(["sum", "baseline"])
    shown = gl.explain(model, table.iloc[[0]], table).page()
    index = [row[0] for row in shown.index]
    assert len(set(index)) == len(index) == 4
    assert index[-1] == "sum (2)"


def test_terms_of_several_columns_are_called_like_no_other() -> None:
    names = ["a", "b", "a × b", "c", "b × c"]
    table = pd.DataFrame(np.random.default_rng(1).normal(size=(90, 5)), columns=names)
    terms = "a:b + `a × b` + `a × b`:c + a:`b × c`"
    model = LogisticRegression(C=np.inf, formula=terms).fit(table, Y)
    why = gl.explain(model, table.iloc[[0]], table)
    shown = {part.name: part.contribution for part in why.contributions}
    assert set(shown) == {"a × b", "a × b (2)", "a × b × c", "a × b × c (2)"}
    j = list(model.feature_names_).index("a × b")
    alone = model.coef_[0, j] * (table["a × b"][0] - table["a × b"].mean())
    assert shown["a × b"] == pytest.approx(alone)


def test_the_others_of_one_vs_rest_are_called_like_no_class() -> None:
    flag = np.array([0.0, 1.0] * 45)
    y = np.where(flag == 1, "the rest", np.where(np.arange(90) % 4 == 0, "p", "q"))
    model = LogisticRegression(C=np.inf, multi_class="ovr", tol=1e-9)
    with pytest.warns(SeparationWarning, match=r"class .+ against the rest \(2\)"):
        found = model.fit(np.column_stack([flag, X[:, 0]]), y).separation_[2]
    assert found.classes == ("the rest (2)", "the rest")
    assert found.table is not None
    assert list(found.table.page().columns) == ["class the rest (2)", "class the rest"]
    assert found.table.counts.tolist() == [[45, 0], [0, 45]]


def test_a_level_is_set_against_the_reference_of_its_own_column() -> None:
    table = pd.DataFrame({"a=b": RNG.choice(["u", "v=w"], 90), "a": RNG.choice(["p", "q"], 90)})
    effects = gl.marginal_effects(LogisticRegression(C=np.inf).fit(table, Y), table, Y)
    references = {name: table[name].value_counts().index[0] for name in table}
    shown = ", ".join(f"{name}={level}" for name, level in references.items())
    assert f"reference: {shown}" in str(effects)


@pytest.mark.parametrize(
    "labels",
    [
        [1, "1", "2"] * 30,
        (True, "True", "False") * 30,
        np.array([True, 1, 0] * 30, object),
        [2.0, "2.0", "x"] * 30,
        pd.Series([1, "1", 2] * 30),
    ],
    ids=["number", "truth", "truth and number", "fraction", "series"],
)
def test_labels_that_read_alike_are_not_taken_for_one(labels: Any) -> None:
    with pytest.raises(InputError, match="y mixes labels of different types"):
        LogisticRegression().fit(X, labels)


def test_two_products_of_one_name_are_refused() -> None:
    table = pd.DataFrame(RNG.normal(size=(5, 3)), columns=["a", "b", "a b"])
    with pytest.raises(InputError, match="two columns would be named 'a b'; rename"):
        PolynomialFeatures(2).fit(table).get_feature_names_out()


def test_firths_classes_are_the_labels() -> None:
    assert gl.firth(X, Y, intervals=False).classes == (0, 1)
    assert gl.firth(X, Y == 1, intervals=False).classes == (False, True)
    found = gl.firth(X, np.where(Y == 1, "yes", "no"))
    assert found.classes == ("no", "yes")
    assert "log-odds of 1 against 0" in str(gl.firth(X, Y, intervals=False))


@pytest.mark.parametrize("seed", ["a", -1, 1.5, True, [1]])
def test_a_random_state_is_a_seed_or_a_generator(seed: Any) -> None:
    with pytest.raises(InputError, match=r"random_state=.* is not valid"):
        LogisticRegression(random_state=seed).fit(X, Y)
    for good in (None, 7, np.int64(7), np.random.default_rng(0), np.random.RandomState(0)):
        LogisticRegression(random_state=good).fit(X, Y)
