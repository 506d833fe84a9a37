"""Every function takes what `fit` took, and names of a table wherever it takes names."""

import warnings

import numpy as np
import pytest

import glasslogit
from glasslogit import (
    LogisticRegression,
    hypothesis_test,
    likelihood_ratio_test,
    probability_intervals,
    summarize,
    term_tests,
    wald_test,
)
from glasslogit.errors import InputError

pd = pytest.importorskip("pandas")
pytest.importorskip("formulaic")
pytest.importorskip("scipy")


def table(n: int = 200):
    rng = np.random.default_rng(0)
    d = pd.DataFrame({"age": rng.normal(size=n), "town": rng.choice(list("abc"), n)})
    d["home town"] = rng.choice(list("pqr"), n)
    d["ill"] = np.where(rng.random(n) < 1 / (1 + np.exp(-d.age)), "yes", "no")
    return d


D = table()
FORMULA = "ill ~ age + town"
JUDGES = {
    "summarize": summarize,
    "verify": glasslogit.verify,
    "diagnose": glasslogit.diagnose,
    "marginal_effects": glasslogit.marginal_effects,
    "compare": glasslogit.compare,
    "term_tests": lambda *rows: "\n".join(map(str, term_tests(*rows))),
    "hypothesis_test": lambda *rows: hypothesis_test(*rows, hypothesis="town"),
    "bootstrap": lambda *rows: glasslogit.bootstrap(*rows, resamples=20),
    "with_threshold": lambda m, *rows: glasslogit.with_threshold(m, "f1", *rows).threshold_,
    "explain": lambda m, *rows: glasslogit.explain(m, D[:1], *rows),
    "score": lambda m, *rows: m.score(*rows),
}
WITHOUT_MODEL = {
    "firth": glasslogit.firth,
    "find_separation": glasslogit.find_separation,
    "regularisation_path": glasslogit.regularisation_path,
    "LogisticRegressionCV": lambda *rows, **how: (
        glasslogit.LogisticRegressionCV(cv=2, Cs=[0.1, 1.0], **how).fit(*rows).coef_
    ),
}


@pytest.mark.parametrize("name", JUDGES)
def test_a_model_is_judged_on_what_it_was_fitted_on(name):
    judge, X = JUDGES[name], D[["age", "town"]]
    by_formula = LogisticRegression(C=np.inf, formula=FORMULA).fit(D)
    by_name = LogisticRegression(C=np.inf).fit(D.drop(columns="home town"), "ill")
    for model, given in ((by_formula, [(D,), (D, "ill"), (X, D.ill)]), (by_name, [(D, "ill")])):
        want = str(judge(model, X, D.ill))
        for rows in given:
            if name == "explain" and len(rows) == 1:
                continue  # without y it gives no interval
            assert str(judge(model, *rows)) == want
    if name != "explain":
        assert str(judge(by_name, D)) == str(judge(by_name, X, D.ill))


@pytest.mark.parametrize("name", WITHOUT_MODEL)
def test_rows_are_taken_by_formula_and_by_the_name_of_the_target(name):
    take = WITHOUT_MODEL[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        by_formula = take(D, formula=FORMULA), take(D, "ill", formula=FORMULA)
        by_name = take(D[["age", "town", "ill"]], "ill"), take(D[["age", "town"]], D.ill)
    for one, other in (by_formula, by_name):
        assert str(getattr(one, "coefs", one)) == str(getattr(other, "coefs", other))


@pytest.mark.parametrize("formula", [None, "ill ~ age + C(town) + `home town`"])
@pytest.mark.parametrize("column", ["town", "home town"])
def test_a_column_of_the_table_names_all_its_coefficients(formula, column):
    model = LogisticRegression(C=np.inf, formula=formula).fit(D, "ill")
    summary = summarize(model, D, "ill")
    own = [name for name in model.feature_names_ if name.startswith((column, f"C({column}"))]
    assert len(own) == 2
    assert wald_test(summary, column).statistic == wald_test(summary, own).statistic
    assert str(wald_test(summary, column)).startswith(f"Wald, {column}: ")
    with pytest.raises(InputError, match=f"names '.*{own[0][-2]}.*' twice"):
        wald_test(summary, [column, own[0]])
    for test in ("likelihood_ratio", "score", "wald"):
        one = hypothesis_test(model, D, "ill", hypothesis=column, test=test)
        other = hypothesis_test(model, D, "ill", hypothesis=own, test=test)
        assert (one.statistic, one.df) == (other.statistic, 2)


def test_a_column_in_several_terms_names_the_coefficients_of_all():
    model = LogisticRegression(C=np.inf, formula="ill ~ log(age + 9) + I(age**2) + town").fit(D)
    summary = summarize(model, D)
    powers = wald_test(summary, ["log(age + 9)", "I(age ** 2)"])
    assert wald_test(summary, "age").statistic == powers.statistic
    with pytest.raises(InputError, match=r"no coefficient 'ages'; it has .*, age"):
        wald_test(summary, "ages")


@pytest.mark.parametrize("formula", [None, "ill ~ age + C(town) + `home town`", "ill ~ bs(age, 4)"])
def test_a_term_is_tested_as_the_model_without_it(formula):
    def fit(d, formula):
        model = LogisticRegression(C=np.inf, tol=1e-10, formula=formula).fit(d, "ill")
        return model, summarize(model, d, "ill")

    model, whole = fit(D, formula)
    found = term_tests(model, D, "ill")
    terms = ["age", "town", "home town"] if formula is None else formula[6:].split(" + ")
    assert len(found) == len(terms)
    for test, term in zip(found, terms, strict=True):
        rest = " + ".join(each for each in terms if each != term)
        _, small = (
            fit(D.drop(columns=term), None) if formula is None else fit(D, f"ill ~ {rest or 1}")
        )
        want = likelihood_ratio_test(small, whole)
        assert test.df == want.df
        assert test.statistic == pytest.approx(want.statistic, abs=1e-7)


def test_terms_of_three_classes_have_coefficients_in_each_equation():
    d = D.assign(ill=np.arange(len(D)) % 3)
    model = LogisticRegression(C=np.inf).fit(d, "ill")
    assert [test.df for test in term_tests(model, d, "ill")] == [2, 4, 4]
    assert wald_test(summarize(model, d, "ill"), "town").df == 4


def test_a_model_in_the_place_of_its_summary_is_told_what_is_taken():
    X = D[["age"]]
    model = LogisticRegression(C=np.inf).fit(X, D.ill)
    calls = (
        lambda: likelihood_ratio_test(model, model),
        lambda: likelihood_ratio_test(summarize(model, X, D.ill), model),
        lambda: wald_test(model, "age"),
        lambda: probability_intervals(model, X),
    )
    for call in calls:
        with pytest.raises(InputError, match=r"is no summary; give \w+\(summarize\("):
            call()
