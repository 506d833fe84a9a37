"""Without an intercept the first category keeps all its levels, as in R; and the intercept alone.

Then a model spans what it spans with an intercept: unpenalised, it is the same model.
"""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

import glasslogit as gl
from glasslogit import LogisticRegression, LogisticRegressionCV, cli
from glasslogit.errors import InputError, TableError
from glasslogit.export import load_model, save_model
from glasslogit.tables import Category, TableEncoder

RNG = np.random.default_rng(1)
N = 200
TABLE = pd.DataFrame({
    "x": RNG.normal(size=N),
    "g": RNG.choice(list("abc"), N, p=[0.2, 0.5, 0.3]),
    "h": RNG.choice(list("uv"), N),
})  # fmt: skip
P = 1 / (1 + np.exp(-TABLE.x - 1.5 * (TABLE.g == "b") + (TABLE.h == "u")))
TABLE["y"] = np.where(RNG.random(N) < P, "yes", "no")
TABLE["three"] = RNG.choice(["r", "s", "t"], N)


def fitted(formula: str, **settings: Any) -> LogisticRegression:
    settings = {"C": np.inf, "tol": 1e-10} | settings
    return LogisticRegression(formula=formula, **settings).fit(TABLE)


@pytest.mark.parametrize("target", ["y", "three"])
@pytest.mark.parametrize("terms", ["g", "x + g", "g + h", "g * h", "C(h) + x:g", "g + poly(x, 2)"])
def test_a_formula_without_intercept_is_the_same_model(terms: str, target: str) -> None:
    p = fitted(f"{target} ~ {terms}").predict_proba(TABLE)
    ways = [
        fitted(f"{target} ~ {terms} - 1"),
        fitted(f"{target} ~ 0 + {terms}"),
        fitted(f"{target} ~ -1 + {terms}"),
        fitted(f"{target} ~ {terms}", fit_intercept=False),
    ]
    for model in ways:
        assert not model.intercept_.any()
        np.testing.assert_allclose(model.predict_proba(TABLE), p, rtol=1e-6, atol=1e-9)
        assert model.feature_names_.tolist() == ways[0].feature_names_.tolist()


def test_the_columns_are_those_of_r() -> None:
    """`colnames(model.matrix(~ 0 + x + g + h))`; R writes gb where formulaic writes g[b]."""
    names = fitted("y ~ 0 + x + g + h").feature_names_.tolist()
    assert [name.replace("[T.", "[") for name in names] == ["x", "g[a]", "g[b]", "g[c]", "h[v]"]
    rates = TABLE.groupby("g").y.apply(lambda part: (part == "yes").mean())
    np.testing.assert_allclose(fitted("y ~ g - 1").coef_[0], np.log(rates / (1 - rates)), rtol=1e-9)


@pytest.mark.parametrize("policy", [None, Category(reference="b"), Category(rare=60)])
def test_a_table_without_intercept_is_the_same_model(policy: Any) -> None:
    rows = TABLE[["x", "g", "h", "y"]]
    encoder = None if policy is None else TableEncoder(columns={"g": policy})
    one, other = (
        LogisticRegression(C=np.inf, tol=1e-10, fit_intercept=way, encoder=encoder).fit(rows, "y")
        for way in (True, False)
    )
    assert len(other.feature_names_) == len(one.feature_names_) + 1
    np.testing.assert_allclose(other.predict_proba(rows), one.predict_proba(rows), rtol=1e-6)
    assert other.encoder_.encoding_.columns[1].reference is None


def test_one_category_keeps_its_levels_and_one_that_does_is_enough() -> None:
    rows = TABLE[["x", "g", "h", "y"]]
    encoder = TableEncoder(columns={"h": Category(reference=None)})
    model = LogisticRegression(fit_intercept=False, encoder=encoder).fit(rows, "y")
    assert model.feature_names_.tolist() == ["x", "g=a", "g=c", "h=u", "h=v"]
    alone = TableEncoder(intercept=False).fit(rows[["g", "h"]])
    assert alone.get_feature_names_out()[:3].tolist() == ["g=a", "g=b", "g=c"]
    assert len(alone.get_feature_names_out()) == 4


def test_a_category_without_reference_has_all_levels_in_a_formula_too(tmp_path: Any) -> None:
    encoder = TableEncoder(columns={"g": Category(reference=None)})
    model = LogisticRegression(formula="y ~ C(g) * x + g:h", encoder=encoder).fit(TABLE)
    assert [f"C(g)[{level}]" for level in "abc"] == model.feature_names_[:3].tolist()
    assert "C(g)[a]:x" in model.feature_names_
    same = LogisticRegression(encoder=encoder).fit(TABLE[["g", "y"]], "y")
    plain = LogisticRegression(formula="y ~ g", encoder=encoder).fit(TABLE)
    np.testing.assert_allclose(plain.coef_, same.coef_, rtol=1e-6)
    save_model(model, tmp_path / "m.json")
    loaded = load_model(tmp_path / "m.json")
    np.testing.assert_array_equal(loaded.predict_proba(TABLE), model.predict_proba(TABLE))


def test_a_formula_is_quoted_as_it_was_given(tmp_path: Any) -> None:
    def model(formula: str) -> LogisticRegression:
        return LogisticRegression(formula=formula, fit_intercept=False)

    save_model(model("y ~ g + x").fit(TABLE), tmp_path / "m.json")
    stored = json.loads((tmp_path / "m.json").read_text())["encoding"]["formula"]
    assert (stored["text"], stored["intercept"]) == ("g + x", False)
    with pytest.raises(TableError, match=r"formula 'bs\(x, knots=\[100\]\)' cannot"):
        model("y ~ bs(x, knots=[100])").fit(TABLE)


@pytest.mark.parametrize("formula", ["y ~ g + x - 1", "y ~ 1", "three ~ 1", "three ~ g - 1"])
def test_everything_knows_such_models(formula: str, tmp_path: Any) -> None:
    model = fitted(formula)
    target = formula.split(maxsplit=1)[0]
    y = TABLE[target]
    with_intercept = formula.endswith("~ 1")
    assert len(model.coef_[0]) == (0 if with_intercept else 3 + ("x" in formula))
    summary = gl.summarize(model, TABLE, y)
    assert summary.intercept == with_intercept
    assert "nan" not in str(summary)
    assert gl.verify(model, TABLE, y).gap < 1e-9
    assert gl.compare(model, TABLE, y).above < 1e-9
    assert "nan" not in str(gl.diagnose(model, TABLE, y)) if target == "y" else True
    assert "Log-odds" in str(gl.explain(model, TABLE.iloc[[0]], TABLE))
    save_model(model, tmp_path / "m.json")
    loaded = load_model(tmp_path / "m.json")
    np.testing.assert_array_equal(loaded.predict_proba(TABLE), model.predict_proba(TABLE))
    assert gl.summarize(loaded, TABLE, y).intercept == with_intercept
    if with_intercept:
        rates = y.value_counts(normalize=True).sort_index()
        np.testing.assert_allclose(model.predict_proba(TABLE[["x"]].head(1))[0], rates, rtol=1e-9)
        large = gl.summarize(fitted(f"{target} ~ x"), TABLE, y)
        test = gl.likelihood_ratio_test(summary, large)
        assert test.statistic == pytest.approx(large.likelihood_ratio.statistic, rel=1e-9)
        with pytest.raises(InputError, match="no coefficient but the intercept"):
            _ = summary.likelihood_ratio
        with pytest.raises(InputError, match="the model has no column"):
            gl.marginal_effects(model, TABLE, y)
    else:
        with pytest.raises(InputError, match="leave '- 1' out of a formula"):
            gl.with_base_rate(model, 0.1)


@pytest.mark.parametrize("solver", ["newton", "lbfgs", "newton_cg", "proximal_newton"])
def test_the_intercept_alone_by_every_road(solver: str) -> None:
    rate = (TABLE.y == "yes").mean()
    for model in (
        LogisticRegression(formula="y ~ 1", solver=solver).fit(TABLE),
        LogisticRegression(formula="y ~ 1", solver=solver).fit(TABLE[["y"]]),
        LogisticRegression(formula="~ 1", solver=solver).fit(TABLE[["x"]], TABLE.y),
    ):
        np.testing.assert_allclose(model.intercept_, np.log(rate / (1 - rate)), rtol=1e-6)
    searched = LogisticRegressionCV(formula="y ~ 1", Cs=2, cv=2).fit(TABLE)
    np.testing.assert_allclose(searched.intercept_, np.log(rate / (1 - rate)), rtol=1e-4)


def test_what_is_still_no_model() -> None:
    for formula in ("y ~ 0", "y ~ x - x - 1"):
        with pytest.raises(InputError, match="uses no column; name one, or write 1 alone"):
            fitted(formula)
    with pytest.raises(TableError, match="no column is left to learn from"):
        LogisticRegression().fit(TABLE[["y"]], "y")
    with pytest.raises(ValueError, match="0 feature"):
        LogisticRegression().fit(np.empty((4, 0)), [0, 1, 0, 1])


@pytest.mark.parametrize("terms", ["g - 1", "1"])
def test_on_the_command_line(terms: str, tmp_path: Any, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.chdir(tmp_path)
    TABLE.drop(columns="three").to_csv("t.csv", index=False)
    fit = ["fit", "t.csv", "--target=y", "--formula", terms, "--model=m.json", "--C=inf"]
    assert cli.run([*fit, "--test-size=0"]) == 0
    predict = ["predict", "m.json", "t.csv", "--output=p.csv"]
    assert cli.run(predict) == 0, capsys.readouterr()
    p = pd.read_csv("p.csv").filter(like="probability").iloc[:, 0]
    expected = fitted(f"y ~ {terms}").predict_proba(TABLE)[:, 1]
    np.testing.assert_allclose(p, expected, atol=1e-6)
    for command in (["evaluate", "m.json", "t.csv"], ["explain", "m.json", "t.csv", "--row=2"]):
        assert cli.run(command) == 0, capsys.readouterr()
    assert "nan" not in capsys.readouterr().out
