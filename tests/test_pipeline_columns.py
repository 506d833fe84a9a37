"""Effects, explanations and flips of a pipeline are about the columns of the table, or say not."""

import numpy as np
import pytest
from scipy import sparse

from glasslogit import LogisticRegression, explain, marginal_effects
from glasslogit.errors import CollinearityWarning
from glasslogit.tables import StandardScaler as OurScaler

pd = pytest.importorskip("pandas")
linear_model = pytest.importorskip("sklearn.linear_model")
from sklearn.compose import make_column_transformer  # noqa: E402
from sklearn.decomposition import PCA  # noqa: E402
from sklearn.impute import SimpleImputer  # noqa: E402
from sklearn.model_selection import GridSearchCV  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import (  # noqa: E402
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)


def table(n: int = 200):
    rng = np.random.default_rng(0)
    d = pd.DataFrame({"age": rng.integers(20, 80, n), "dose": rng.normal(3, 1, n)})
    return d, (rng.random(n) < 1 / (1 + np.exp(-(d.age - 50) / 9 - d.dose + 3))).astype(int)


D, Y = table()
OURS, THEIRS = LogisticRegression(C=np.inf), linear_model.LogisticRegression(C=np.inf, tol=1e-10)
LINES = {
    "standard": StandardScaler,
    "ours": OurScaler,
    "min-max": MinMaxScaler,
    "max-abs": MaxAbsScaler,
    "robust": RobustScaler,
    "of each": lambda: make_column_transformer(
        (StandardScaler(), ["age"]), (MinMaxScaler(), ["dose"])
    ),
    "two": lambda: make_pipeline(RobustScaler(), MinMaxScaler((5, 7))),
    "own": lambda: FunctionTransformer(lambda X: 3 - X / 2),
    "pandas out": lambda: StandardScaler().set_output(transform="pandas"),
    "no missing value": SimpleImputer,
}
OTHERS = {
    "PolynomialFeatures": lambda: PolynomialFeatures(2, include_bias=False),
    "PCA": PCA,
    "PowerTransformer": PowerTransformer,
    "QuantileTransformer": lambda: QuantileTransformer(n_quantiles=20),
    "MinMaxScaler": lambda: MinMaxScaler(clip=True),
    "Normalizer": Normalizer,
    "KBinsDiscretizer": lambda: KBinsDiscretizer(
        4, encode="ordinal", quantile_method="averaged_inverted_cdf"
    ),
    "OneHotEncoder": lambda: OneHotEncoder(handle_unknown="ignore", min_frequency=20),
    "FunctionTransformer": lambda: FunctionTransformer(np.arctan),
    "ColumnTransformer": lambda: make_column_transformer((StandardScaler(), ["dose", "age"])),
}


def slopes(model, rows):
    """Give the mean slopes of the probabilities, (columns, classes), by central differences."""
    rows, found = rows.astype(float), []
    for name in rows:
        h = 1e-4 * np.ptp(D[name])
        up, down = (model.predict_proba(rows.assign(**{name: rows[name] + s * h})) for s in (1, -1))
        found.append((up - down).mean(axis=0) / (2 * h))
    return np.array(found)


@pytest.mark.parametrize("steps", LINES)
@pytest.mark.parametrize("last", [OURS, THEIRS], ids=["ours", "theirs"])
def test_effects_are_those_of_a_unit_of_the_column_of_the_table(steps, last):
    model = make_pipeline(LINES[steps](), last).fit(D.astype(float), Y)
    plain = LogisticRegression(C=np.inf).fit(D, Y)
    for at, rows in {"overall": D, "mean": D.mean().to_frame().T}.items():
        found, right = marginal_effects(model, D, Y, at=at), marginal_effects(plain, D, Y, at=at)
        assert found.terms == ("age", "dose")
        assert (found.after, found.notes) == ("", ())
        assert np.allclose(found.effect, slopes(model, rows)[:, 1], rtol=1e-6)
        assert np.allclose(found.std_error, right.std_error, rtol=1e-4)
        assert "after" not in str(found)


def test_effects_on_three_classes_through_a_search_and_of_penalised_fits():
    y = Y + (D.dose > 3.5)
    grid = {"logisticregression__C": [0.1, 1.0]}
    model = GridSearchCV(make_pipeline(StandardScaler(), LogisticRegression()), grid, cv=2).fit(
        D, y
    )
    found = marginal_effects(model, D, y)
    assert found.terms == ("age", "dose") * 3
    assert np.allclose(found.effect.reshape(3, 2).T, slopes(model, D), rtol=1e-6)


def test_effects_of_an_array_of_batches_and_of_sparse_rows():
    X = D.to_numpy(float)
    model = make_pipeline(MaxAbsScaler(), LogisticRegression(C=np.inf)).fit(X, Y)
    right = marginal_effects(model, X, Y)
    assert right.terms == ("x0", "x1")
    assert np.allclose(right.effect, slopes(make_pipeline(MaxAbsScaler(), OURS).fit(D, Y), D)[:, 1])
    halves = [(X[:90], Y[:90]), (X[90:], Y[90:])]
    rows = sparse.csr_matrix(X)
    for found in (marginal_effects(model, lambda: iter(halves)), marginal_effects(model, rows, Y)):
        assert np.allclose(found.effect, right.effect)
        assert found.terms == right.terms
    why, same = explain(model, rows[3], rows, Y), explain(model, X[3], X, Y)
    assert why.change.to == pytest.approx(same.change.to)


def test_a_relation_of_columns_is_told_in_the_units_of_the_table():
    d = D.astype(float).assign(double=2.0 * D.age + 4.0)
    with pytest.warns(CollinearityWarning):
        model = make_pipeline(StandardScaler(), LogisticRegression(C=np.inf)).fit(d, Y)
    with pytest.warns(CollinearityWarning):
        plain = LogisticRegression(C=np.inf).fit(d, Y)
    found, plain = (marginal_effects(each, d, Y) for each in (model, plain))
    assert found.notes == plain.notes
    assert np.allclose(found.effect, plain.effect, equal_nan=True)


@pytest.mark.parametrize("steps", LINES)
@pytest.mark.parametrize("last", [OURS, THEIRS], ids=["ours", "theirs"])
def test_explanations_and_flips_are_in_the_units_of_the_table(steps, last):
    model = make_pipeline(LINES[steps](), last).fit(D.astype(float), Y)
    for place in range(0, 40, 5):
        row = D.iloc[[place]]
        why = explain(model, row, D, Y)
        value = {part.name: part.value for part in why.contributions}
        assert value == {name: pytest.approx(row[name].item()) for name in D}
        for part in why.contributions:
            assert part.baseline == pytest.approx(D[part.name].mean())
            other = row.astype(float).assign(**{part.name: part.baseline})
            apart = np.diff(model.decision_function(pd.concat([other, row.astype(float)]))).item()
            assert part.contribution == pytest.approx(apart)
        assert why.margin == pytest.approx(model.decision_function(row).item())
        low, high = why.interval
        assert low < why.probability < high
        before = model.predict(row).item()
        assert why.change.value == pytest.approx(row[why.change.name].item())
        moved = row.astype(float).assign(**{why.change.name: why.change.to})
        assert model.predict(moved).item() != before
        if why.change.name == "age":
            assert why.change.to % 1 == 0
        moved[why.change.name] = float(why.shown[1])
        assert model.predict(moved).item() != before
        at_mean = explain(model, row, baseline=D.mean())
        assert at_mean.margin == pytest.approx(why.margin)
        assert at_mean.baseline_margin == pytest.approx(why.baseline_margin)


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("last", [OURS, THEIRS], ids=["ours", "theirs"])
def test_the_columns_of_other_steps_are_called_so_and_nothing_flips(name, last):
    ridge = type(last)(**last.get_params() | {"C": 1.0, "max_iter": 10_000})
    model = make_pipeline(OTHERS[name](), ridge).fit(D, Y)
    found = marginal_effects(model, D, Y)
    assert found.after == name
    assert f"of the columns after {name}\n" in str(found)
    assert f"the columns are those after {name}, not those of the table" in found.notes[0]
    why = explain(model, D.iloc[[3]], D)
    assert (why.after, why.change, why.shown) == (name, None, None)
    assert why.page().title.endswith(f", by the columns after {name}")
    assert "formula= or encoder=" in str(why)
    assert "Flips" not in str(why)
    assert len(why.contributions) == model[-1].coef_.shape[1]


def test_steps_that_are_no_lines_are_named_together_and_a_step_of_nothing_is_none():
    model = make_pipeline(StandardScaler(), PolynomialFeatures(2, include_bias=False), OURS)
    found = marginal_effects(model.fit(D, Y), D, Y)
    assert found.after == "StandardScaler and PolynomialFeatures"
    curved = LogisticRegression(C=np.inf, formula="age + I(age**2) + dose")
    for first in ("passthrough", FunctionTransformer()):
        found = marginal_effects(make_pipeline(first, curved).fit(D, Y), D, Y)
        assert np.allclose(found.effect, marginal_effects(curved.fit(D, Y), D, Y).effect)
        assert (found.after, found.terms) == ("", ("age", "dose"))
        why = explain(make_pipeline(first, curved).fit(D, Y), D.iloc[[3]], D)
        assert why.change == explain(curved.fit(D, Y), D.iloc[[3]], D).change
