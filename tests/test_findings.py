"""Each finding is made where the risk is, and not where it is not."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

import glasslogit
from glasslogit import Finding, LogisticRegression
from glasslogit.errors import ConvergenceWarning, GlasslogitWarning, InputError
from glasslogit.findings import Code, Severity, absent_finding
from glasslogit.solvers import GradientDescent, Outcome
from glasslogit.tables import TableEncoder, read_table

N = 400


def table(seed: int = 0):
    """A table without any risk, and its labels."""
    rng = np.random.default_rng(seed)
    age, town = rng.integers(18, 80, N), rng.choice(["Ghent", "Bruges", "Ypres"], N)
    income = rng.lognormal(size=N)
    margin = (age - 50) / 20 + (town == "Bruges") + rng.logistic(size=N)
    return {"age": age, "income": income, "town": town}, (margin > 0).astype(int), rng


def inspect_data(X, y, *weight, **options):
    """Inspect a table, here often columns by name."""
    return glasslogit.inspect_data(
        pd.DataFrame(X) if isinstance(X, dict) else X, y, *weight, **options
    )


def codes(found) -> dict[str, tuple[str, ...]]:
    """Give the columns of each kind of finding, of which there is one."""
    columns = {str(finding.code): finding.columns for finding in found}
    assert len(columns) == len(found), "a finding is told twice"
    return columns


@given(seed=st.integers(0, 10_000))
def test_a_harmless_table_has_no_findings(seed: int) -> None:
    columns, y, _ = table(seed)
    assert inspect_data(columns, y) == ()


def spoilt(name: str):
    columns, y, rng = table()
    added = {
        "constant": np.full(N, 7.5),
        "duplicated_column": columns["income"].copy(),
        "identifier": np.arange(N) + 1000,
        "leak": y * 10.0 + rng.normal(size=N),
    }
    return {**columns, "new": added[name]}, y


@pytest.mark.parametrize("name", ["constant", "duplicated_column", "identifier", "leak"])
def test_a_risky_column_is_found_by_name_and_silenced_by_code(name: str) -> None:
    columns, y = spoilt(name)
    (finding,) = inspect_data(columns, y)
    assert finding.code == name
    assert finding.columns == (("income", "new") if name == "duplicated_column" else ("new",))
    assert "\n" not in str(finding)
    assert str(finding).endswith(finding.remedy)
    assert inspect_data(columns, y, silence=[name]) == ()


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame], ids=["pandas", "polars"])
@pytest.mark.parametrize("name", ["constant", "duplicated_column", "identifier", "leak"])
def test_frames_give_the_same(kind, name: str) -> None:
    columns, y = spoilt(name)
    assert inspect_data(kind(columns), y) == inspect_data(columns, y)


@pytest.mark.parametrize("kind", ["pandas", "polars lazy", "file"])
def test_the_target_may_be_a_column_of_any_table(kind: str, tmp_path) -> None:
    columns, y = spoilt("leak")
    columns |= {"name": np.array([f"p{k}" for k in range(N)])}
    expected = inspect_data(columns, y)
    frame = pd.DataFrame(columns | {"y": y})
    frame.to_csv(tmp_path / "t.csv", index=False)
    made = {
        "pandas": lambda: frame,
        "polars lazy": lambda: pl.from_dict(columns | {"y": y}).lazy(),
        "file": lambda: read_table(tmp_path / "t.csv"),
    }
    assert [finding.code for finding in expected] == ["leak", "identifier", "few_events"]
    assert inspect_data(made[kind](), "y") == expected
    with pytest.raises(InputError, match="'z'"):
        inspect_data(made[kind](), "z")


def test_a_gap_hides_no_leak() -> None:
    columns, y = spoilt("leak")
    columns["new"][3] = np.nan
    assert codes(inspect_data(columns, y)) == {"leak": ("new",)}


@pytest.mark.parametrize("storage", [np.asarray, sp.csr_array, sp.csc_matrix])
def test_arrays_and_sparse_matrices_number_the_columns(storage) -> None:
    columns, y, rng = table()
    dense = np.column_stack([columns["age"], np.zeros(N), 20 * y + rng.normal(size=N)])
    assert codes(inspect_data(storage(dense), y)) == {"leak": ("2",), "constant": ("1",)}


def test_text_is_an_identifier_a_leak_or_the_same_as_a_number() -> None:
    columns, y, _ = table()
    columns["name"] = np.array([f"person {k}" for k in range(N)])
    assert codes(inspect_data(columns, y, silence=["few_events"])) == {"identifier": ("name",)}
    columns["name"] = np.array(["stayed", "left", "left early"], object)[y * (1 + np.arange(N) % 2)]
    assert codes(inspect_data(columns, y)) == {"leak": ("name",)}
    columns["name"] = np.unique(columns["town"], return_inverse=True)[1] * 3.0
    assert codes(inspect_data(columns, y)) == {"duplicated_column": ("town", "name")}
    columns["town"] = columns["name"] ** 2  # not the same line, and no text
    assert codes(inspect_data(columns, y)) == {}


def test_a_leak_may_fall_or_have_no_order_and_needs_rows_enough() -> None:
    _, y, rng = table()
    assert codes(inspect_data({"x": -y + 0.1 * rng.normal(size=N)}, y)) == {"leak": ("x",)}
    kinds = np.where(y == 1, rng.choice([0, 2], N), rng.choice([1, 3], N))
    assert codes(inspect_data({"x": kinds}, y)) == {"leak": ("x",)}
    few = np.r_[np.flatnonzero(y)[:9], np.flatnonzero(y == 0)]
    assert codes(inspect_data({"x": y[few] + 0.0}, y[few], silence=["few_events"])) == {}
    three = y + 2 * (rng.random(N) < 0.3)
    three[three == 3] = 2
    assert codes(inspect_data({"x": three + 0.1 * rng.random(N)}, three)) == {"leak": ("x",)}
    assert codes(inspect_data({"x": (three == 2) + 0.1 * rng.random(N)}, three)) == {}


def test_a_rare_event_does_not_make_every_category_a_leak() -> None:
    rng = np.random.default_rng(0)
    y = (np.arange(5000) < 25).astype(int)
    assert "leak" not in codes(inspect_data({"town": rng.choice(list("abc"), 5000)}, y))


def test_rows_with_opposite_labels() -> None:
    columns, y, _ = table()
    twins = {name: np.append(values, values[[5, 5, 8]]) for name, values in columns.items()}
    labels = np.append(y, [1 - y[5], y[5], y[8]])
    (finding,) = inspect_data(twins, labels)
    assert (finding.code, finding.severity) == (Code.CONTRADICTING_ROWS, Severity.WARNING)
    assert finding.evidence.startswith("3 of 403 rows ")
    assert "rows 5 and 400" in finding.evidence
    weight = np.ones(len(labels))
    weight[400] = 0
    assert inspect_data(twins, labels, weight) == ()
    towns = {"town": np.append(columns["town"], "alone")}
    (finding,) = inspect_data(towns, np.append(y, y[0]))  # few values: chance, not mistakes
    assert (finding.code, finding.severity) == (Code.CONTRADICTING_ROWS, Severity.NOTE)


def test_few_events_counts_observations_and_levels() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200, 4)), (np.arange(200) < 39).astype(int)
    assert codes(inspect_data(X, y)) == {"few_events": ()}
    assert codes(inspect_data(X[:, :3], y)) == {}
    assert codes(inspect_data(X, y, 2 * np.ones(200))) == {}
    fit = LogisticRegression(C=np.inf).fit(X, y)
    assert codes(fit.findings_) == {"few_events": ()}
    assert fit.findings_[0].severity is Severity.WARNING
    assert LogisticRegression(penalty=None).fit(X, y).findings_ == fit.findings_
    assert LogisticRegression().fit(X, y).findings_[0].severity is Severity.NOTE
    assert LogisticRegression(silence=["few_events"]).fit(X, y).findings_ == ()
    sampled = LogisticRegression(weights="sampling").fit(X, y, 2 * np.ones(200))
    assert codes(sampled.findings_) == {"few_events": ()}
    assert LogisticRegression().fit(X, y, 2 * np.ones(200)).findings_ == ()
    levels = {"level": np.array(list("abcdefgh"))[np.arange(200) % 8], "x": X[:, 0]}
    assert codes(inspect_data(levels, y)) == {"few_events": ()}


def harmless(n: int = 600):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 2))
    return X, (X[:, 0] + rng.logistic(size=n) > 1).astype(int)


def test_a_plain_fit_predicts_the_rate_and_weighted_ones_are_found_out() -> None:
    X, y = harmless()
    assert LogisticRegression().fit(X, y).findings_ == ()
    weighted = LogisticRegression(class_weight="balanced").fit(X, y)
    (finding,) = weighted.findings_
    assert finding.code is Code.MEAN_PREDICTION
    assert "base_rate='training'" in finding.remedy
    assert "mean probability of 0.5," in finding.evidence
    assert f"is {y.mean():.3g}" in finding.evidence
    honest = LogisticRegression(class_weight="balanced", base_rate="training").fit(X, y)
    assert honest.findings_ == ()


def test_a_fit_cut_short_tells_its_mean_prediction_from_the_gradient() -> None:
    X, y = harmless()
    X[:, 0] += 3
    with pytest.warns(ConvergenceWarning):
        model = LogisticRegression(solver=GradientDescent(0.01, 5)).fit(X, y)
    (finding,) = model.findings_
    mean = model.predict_proba(X)[:, 1].mean()
    assert f"mean probability of {mean:.3g}," in finding.evidence
    assert finding.remedy == f"gradient_descent: {Outcome.MAX_STEPS.remedy}"


def test_a_mean_prediction_is_explained_by_the_outcome_of_the_fit() -> None:
    X, y = harmless()
    X[:, 0] += 3
    early = LogisticRegression(solver=GradientDescent(0.01, 50), callbacks=[lambda _: True])
    model = early.fit(X, y)
    assert model.outcome_ is Outcome.STOPPED
    (finding,) = model.findings_
    assert finding.remedy.endswith(Outcome.STOPPED.remedy)


@pytest.mark.parametrize("K", [2, 3])
def test_the_whole_list_looks_at_the_predictions(K: int) -> None:
    X, y = harmless()
    y = y + (K == 3) * (X[:, 1] > 1)
    bare = {"fit_intercept": False, "findings": "full"}
    quiet = {"silence": ["few_events"]}
    (finding,) = LogisticRegression(**bare).fit(X + 1, y).findings_
    assert finding.code is Code.MEAN_PREDICTION
    assert finding.remedy.startswith("set fit_intercept=True")
    spoilt = np.column_stack([X, np.ones(len(y)), X[:, 0]])
    model = LogisticRegression(findings="full", **quiet).fit(spoilt, y)
    expected = {"duplicated_column": ("0", "3"), "constant": ("2",)}
    assert codes(model.findings_) == expected
    assert codes(LogisticRegression(**quiet).fit(spoilt, y).findings_) == {"constant": ("2",)}


def test_findings_cost_no_pass() -> None:
    X, y = harmless()
    passes = LogisticRegression().fit(X, y).passes_
    assert LogisticRegression(findings="full").fit(X, y).passes_ == passes


def test_trials_have_findings_of_their_columns() -> None:
    X, y = harmless()
    pairs = np.column_stack([y + 1, 2 - y])
    assert codes(inspect_data(np.column_stack([X, X[:, 0]]), pairs)) == {
        "duplicated_column": ("0", "2")
    }
    assert LogisticRegression(findings="full").fit(X, pairs).findings_ == ()


def test_bad_arguments() -> None:
    X, y = harmless()
    with pytest.raises(InputError, match="silence names 'leek', which is no code; give codes of"):
        LogisticRegression(silence=["leek"]).fit(X, y)
    with pytest.raises(InputError, match="silence='leak' is not valid; give a list of codes"):
        inspect_data(X, y, silence="leak")
    with pytest.raises(InputError, match="findings='all' is not valid; give 'auto' or 'full'"):
        LogisticRegression(findings="all").fit(X, y)
    with pytest.raises(InputError, match="findings='full' needs the rows in memory; pass arrays"):
        LogisticRegression(findings="full").fit(lambda: [(X, y)])
    with pytest.raises(InputError, match="y holds only one class, 0; give rows of two or more"):
        inspect_data(X, 0 * y)


def test_findings_are_frozen_and_the_gravest_come_first() -> None:
    columns, y = spoilt("leak")
    columns["flat"] = ["be"] * N
    found = inspect_data(columns, y)
    assert [finding.severity for finding in found] == ["serious", "note"]
    assert isinstance(found[0], Finding)
    with pytest.raises(AttributeError):
        found[0].code = Code.CONSTANT


@pytest.mark.parametrize(
    "rows",
    [
        lambda rng: rng.integers(0, 2, (60, 2)) | [[1, 0]] * 30 + [[0, 1]] * 30,
        lambda rng: np.eye(2, dtype=int)[rng.integers(0, 2, 60)],
        lambda rng: rng.random((60, 2)) < 0.5,
        lambda rng: np.column_stack([rng.integers(0, 2, 60), rng.permutation(60)]),
        lambda rng: np.column_stack([rng.integers(0, 2, 60), rng.integers(20, 60, 60)]),
    ],
    ids=["two targets", "indicators", "truths", "an identifier", "an amount"],
)
def test_a_target_that_no_fit_takes_is_not_inspected(rows) -> None:
    y = rows(np.random.default_rng(0))
    X = np.random.default_rng(1).normal(size=(60, 2))
    with pytest.raises(InputError) as fitted:
        LogisticRegression().fit(X, y)
    with pytest.raises(InputError) as inspected:
        inspect_data(X, y)
    assert str(inspected.value) == str(fitted.value)


def test_a_target_that_a_fit_doubts_is_doubted_before_it() -> None:
    y = np.column_stack([np.arange(30) % 2, np.full(30, 1)])
    y[0] = 0, 3
    X = np.random.default_rng(1).normal(size=(30, 1))
    doubts = []
    for ask in (LogisticRegression().fit, inspect_data):
        with pytest.warns(GlasslogitWarning, match="taken for events among trials") as told:
            ask(X, y)
        doubts.append(str(told[0].message))
    assert doubts[0] == doubts[1]


def empty_cells() -> pd.DataFrame:
    """A table without g = v where h = q or k = z, and with no weight where k = y."""
    rng = np.random.default_rng(0)
    n = 120
    d = pd.DataFrame({"y": rng.integers(0, 2, n), "a": rng.normal(size=n), "c": 5.0, "weight": 1.0})
    d["g"], d["h"], d["k"] = (rng.choice(list(some), n) for some in ("uv", "pq", "xyz"))
    d.loc[d.g == "v", "h"] = "p"
    d.loc[d.k == "z", "g"] = "u"
    d.loc[d.k == "y", "weight"] = 0.0
    return d


@pytest.mark.parametrize("C", [1.0, np.inf])
@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("a + c", {"column 'c' holds one value; it tells nothing; leave 'c' out of the formula"}),
        ("a + I(c*2)", {"column 'I(c * 2)' holds", "leave 'I(c * 2)' out of the formula"}),
        ("a + c + I(c*2)", {"'c', 'I(c * 2)' hold", "leave 'c', 'I(c * 2)' out of the formula"}),
        ("g * h", {"'g[T.v]:h[T.q]' holds", "leave 'g:h' out of the formula"}),
        ("g * k", {"'g[T.v]:k[T.z]' holds", "nothing is to be done: 'g:k' has other columns"}),
        ("c + g * k", {"leave 'c' out of the formula", "nothing is to be done: 'g:k' has other"}),
    ],
)
def test_what_is_constant_in_a_formula_is_a_term_or_a_part_of_one(C, formula, said) -> None:
    pytest.importorskip("formulaic")
    model = LogisticRegression(C=C, formula=f"y ~ {formula}").fit(empty_cells())
    told = "\n".join(str(each) for each in model.findings_ if each.code is Code.CONSTANT)
    assert all(each in told for each in said), told
    assert "leave it out" not in told


@pytest.mark.parametrize("formula", [None, "y ~ a + k"])
def test_a_level_without_weight_is_no_column_to_leave_out(formula) -> None:
    d = empty_cells()
    encoder = TableEncoder() if formula is None else None
    model = LogisticRegression(encoder=encoder, formula=formula)
    X, y = (d, None) if formula else (d[["a", "k"]], d["y"])
    (found,) = (each for each in model.fit(X, y, d["weight"]).findings_ if each.columns)
    assert found.remedy == "nothing is to be done: 'k' has other columns, which stand without it"


@pytest.mark.parametrize("X", [np.zeros((240, 1)), np.arange(240)[:, None] % 3])
def test_rows_that_nothing_tells_apart_do_not_contradict(X) -> None:
    y = np.arange(240) // 3 % 2
    assert "contradicting_rows" not in codes(inspect_data(X, y))
    X, y = np.append(X, [[7]], axis=0), np.append(y, 0)
    assert "contradicting_rows" in codes(inspect_data(X, y))


def test_the_classes_of_an_absent_finding_agree_with_their_count():
    one, two = absent_finding(["a"]), absent_finding(["a", "b"])
    assert str(one).startswith("warning (absent_class): every row of class a has weight 0: the ")
    assert "the model knows nothing of it; give the class some weight" in str(one)
    assert "every row of classes a, b has weight 0: the model knows nothing of them" in str(two)
    assert str(two).endswith("give the classes some weight, or leave their rows out")
