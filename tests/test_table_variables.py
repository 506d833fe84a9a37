"""Effects, explanations and flips are about the columns of the table, whatever X is made of."""

import numpy as np
import pandas as pd
import pytest

from glasslogit import LogisticRegression, explain, marginal_effects, summarize
from glasslogit.tables import Category, TableEncoder, as_table
from glasslogit.tables.encoding import Variables

rng = np.random.default_rng(1)
N = 400
TABLE = pd.DataFrame(
    {
        "age": rng.uniform(20, 70, N),
        "income": np.exp(rng.normal(size=N)),
        "plan": rng.choice(list("abc"), N),
        "town": rng.choice(["Ghent", "Ypres"], N),
    }
)
Z = 1 - 0.05 * TABLE.age + np.log(TABLE.income) * (TABLE.plan == "a")
TWO = (rng.random(N) < 1 / (1 + np.exp(-Z))).astype(int)
THREE = rng.integers(0, 3, N)
FORMULAS = [
    "age + I(age**2)",
    "age * plan + I(age**2) + log(income) + town",
    "bs(age, 4) + poly(income, 2) + plan",
    "scale(age) + sqrt(income):town + exp(I(age / 50)) + town",
]


def fitted(formula: str | None, y, **settings) -> LogisticRegression:
    settings = {"C": np.inf, "tol": 1e-10, "formula": formula} | settings
    return LogisticRegression(**settings).fit(TABLE, y)


def typical(columns) -> pd.DataFrame:
    row = TABLE.iloc[:1].copy()
    for name in columns:
        number = TABLE[name].dtype.kind == "f"
        row[name] = TABLE[name].mean() if number else TABLE[name].mode()[0]
    return row


def by_definition(model, rows: pd.DataFrame, term: str, base: dict, step: float = 1e-3):
    """Give the derivative, or the change, of the mean probabilities that the model predicts."""
    if "=" in term:
        name, level = term.split("=")
        there, here = rows.assign(**{name: level}), rows.assign(**{name: base[name]})
        return (model.predict_proba(there) - model.predict_proba(here)).mean(axis=0)
    p = [model.predict_proba(rows.assign(**{term: rows[term] + k * step})) for k in (-2, -1, 1, 2)]
    return (p[0] - 8 * p[1] + 8 * p[2] - p[3]).mean(axis=0) / (12 * step)


@pytest.mark.parametrize("at", ["overall", "mean"])
@pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])
@pytest.mark.parametrize("formula", [*FORMULAS, None])
def test_effects_are_what_the_predictions_do(formula, y, at):
    model = (
        fitted(formula, y) if formula is None else fitted(formula.replace("bs(age, 4)", WIDE), y)
    )
    effects = marginal_effects(model, TABLE, y, at=at)
    base = dict(pair.split("=") for pair in effects.against.split(", ") if pair)
    rows = TABLE if at == "overall" else typical(model.feature_names_in_)
    terms = effects.terms[: len(effects.terms) // len(effects.classes)]
    wanted = np.array([by_definition(model, rows, term, base) for term in terms])
    first = int(len(model.classes_) == 2)
    np.testing.assert_allclose(effects.effect, wanted.T[first:].ravel(), rtol=1e-6, atol=1e-9)


WIDE = "bs(age, df=4, lower_bound=0, upper_bound=100)"  # so that ages beyond the rows have a value


@pytest.mark.parametrize("at", ["overall", "mean"])
@pytest.mark.parametrize("formula", FORMULAS[:2])
def test_their_errors_go_through_the_encoding(formula, at):
    """The slope of an effect in the coefficients, by differences of predictions."""
    model = fitted(formula, TWO)
    effects, summary = marginal_effects(model, TABLE, TWO, at=at), summarize(model, TABLE, TWO)
    base = dict(pair.split("=") for pair in effects.against.split(", ") if pair)
    rows = TABLE if at == "overall" else typical(model.feature_names_in_)
    theta = np.append(model.intercept_, model.coef_[0])
    J = []
    for j, error in enumerate(summary.std_error):
        moved = []
        for sign in (1, -1):
            at_j = theta + sign * 1e-3 * error * (np.arange(len(theta)) == j)
            model.intercept_, model.coef_ = at_j[:1], at_j[None, 1:]
            moved.append([by_definition(model, rows, t, base)[1] for t in effects.terms])
        J.append((np.array(moved[0]) - moved[1]) / (2e-3 * error))
    V = np.array(J).T @ summary.covariance @ np.array(J)
    np.testing.assert_allclose(effects.std_error, np.sqrt(np.diag(V)), rtol=1e-4)


def test_a_power_is_no_column_of_its_own():
    """The published fault: 0.0211 for age, where the predictions move by 0.00765."""
    rng = np.random.default_rng(1)
    age = rng.uniform(20, 70, 500).round()
    y = rng.binomial(1, 1 / (1 + np.exp(3 - 0.12 * age + 0.001 * age**2)))
    table = pd.DataFrame({"age": age, "y": y})
    model = LogisticRegression(C=np.inf, formula="y ~ age + I(age**2)").fit(table)
    effects = marginal_effects(model, table, table.y)
    assert effects.terms == ("age",)
    assert effects.effect[0] == pytest.approx(0.00765416, abs=1e-8)


def test_an_additive_table_has_the_slopes_of_its_columns():
    """Numbers that are columns of X have the effects that an array of them has."""
    numbers = TABLE[["age", "income"]]
    plain = LogisticRegression(C=np.inf).fit(numbers, TWO)
    encoded = LogisticRegression(C=np.inf, encoder=TableEncoder()).fit(numbers, TWO)
    for at in ("overall", "mean"):
        one, other = (marginal_effects(m, numbers, TWO, at=at) for m in (plain, encoded))
        np.testing.assert_allclose(one.effect, other.effect, rtol=1e-9)
        np.testing.assert_allclose(one.std_error, other.std_error, rtol=1e-9)


def test_an_offset_and_a_base_rate_count():
    offset = np.linspace(-1, 1, N)
    model = LogisticRegression(C=np.inf, tol=1e-10, formula="age + I(age**2)", base_rate=0.1)
    model.fit(TABLE, TWO, offset=offset)
    effect = marginal_effects(model, TABLE, TWO, offset=offset).effect[0]
    p = [model.predict_proba(TABLE.assign(age=TABLE.age + k), offset)[:, 1] for k in (-1e-3, 1e-3)]
    assert effect == pytest.approx((p[1] - p[0]).mean() / 2e-3, rel=1e-6)


def test_a_missing_number_is_not_varied():
    table = TABLE.assign(age=TABLE.age.where(np.arange(N) % 7 > 0))
    encoder = TableEncoder(missing="indicator")
    model = LogisticRegression(C=np.inf, encoder=encoder).fit(table, TWO)
    effect = marginal_effects(model, table, TWO).effect[0]
    known = table[table.age.notna()]
    p = [model.predict_proba(known.assign(age=known.age + k))[:, 1] for k in (-1e-3, 1e-3)]
    assert effect == pytest.approx((p[1] - p[0]).mean() / 2e-3, rel=1e-6)


def test_every_level_of_a_category_without_reference_is_set_against_the_first():
    encoder = TableEncoder(columns={"plan": Category(reference=None)})
    model = LogisticRegression(encoder=encoder).fit(TABLE[["plan", "age"]], TWO)
    effects = marginal_effects(model, TABLE[["plan", "age"]], TWO)
    assert effects.terms == ("plan=b", "plan=c", "age")
    assert "a level is set against that of reference: plan=a" in str(effects)


@pytest.mark.parametrize("name", ["age", "income"])
def test_derivatives_of_terms(name):
    """Differences against the derivatives that are known, for values over many orders."""
    table = TABLE.assign(income=TABLE.income**3)
    terms = {
        "I(age ** 2)": lambda t: 2 * t.age,
        "log(income)": lambda t: 1 / t.income,
        "sqrt(income)": lambda t: 0.5 / np.sqrt(t.income),
        "exp(I(age / 50))": lambda t: np.exp(t.age / 50) / 50,
        "age:income": lambda t: t.income if name == "age" else t.age,
    }
    model = LogisticRegression(formula=" + ".join(terms)).fit(table, TWO)
    encoding = model.encoder_.encoding_
    slopes = Variables.of(encoding, as_table(table), np.arange(N)).derivative(name)
    for j, feature in enumerate(encoding.feature_names):
        if name in encoding.sources[j]:
            np.testing.assert_allclose(slopes[:, j], terms[feature](table), rtol=1e-9)
        else:
            assert not slopes[:, j].any()


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_flip_flips_the_row_of_the_table(formula):
    model = fitted(formula, TWO, tol=1e-6)
    flips = 0
    p = model.predict_proba(TABLE)[:, 1]
    cut = float(np.median(p))
    for i in np.argsort(np.abs(p - cut))[:60:10]:
        row = TABLE.iloc[[i]]
        why = explain(model, row, TABLE, threshold=cut)
        parts = [part.contribution for part in why.contributions]
        assert why.margin == pytest.approx(why.baseline_margin + sum(parts), rel=1e-9)
        names = [part.name for part in why.contributions]
        assert len(set(names)) == len(names)
        assert {each for name in names for each in name.split(" × ")} <= set(TABLE)
        if why.change is None:
            continue
        flips += 1
        other = row.assign(**{why.change.name: why.change.to})
        assert (model.predict_proba(other)[0, 1] > cut) != (p[i] > cut)
        if isinstance(why.change.to, float):
            short = why.change.value + 0.999 * (why.change.to - why.change.value)
            there = model.predict_proba(row.assign(**{why.change.name: short}))[0, 1]
            assert (there > cut) == (p[i] > cut)
    assert flips


def test_the_mean_of_small_numbers_has_an_effect_through_their_logarithm():
    """∂p/∂x = p(1 − p)·β/x, by steps that stay where the logarithm has a value."""
    rng = np.random.default_rng(0)
    a = rng.uniform(1e-4, 2e-3, 200)
    data = pd.DataFrame({"a": a, "y": (rng.random(200) < np.sqrt(a / 2e-3)).astype(int)})
    model = LogisticRegression(formula="y ~ log(a)", C=np.inf).fit(data)
    found = marginal_effects(model, data, at="mean")
    p = model.predict_proba(pd.DataFrame({"a": [a.mean()]}))[0, 1]
    wanted = p * (1.0 - p) * model.coef_[0, 0] / a.mean()
    assert np.ravel(found.effect)[0] == pytest.approx(wanted, rel=1e-6)
