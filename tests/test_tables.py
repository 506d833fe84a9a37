"""Tables in: the same fit from each kind of input, the policies, and one line for bad input."""

import json
import subprocess
import sys
import warnings

import numpy as np
import pytest

from glasslogit import (
    LogisticRegression,
    LogisticRegressionCV,
    inspect_data,
    regularisation_path,
    summarize,
)
from glasslogit.errors import (
    ConvergenceWarning,
    GlasslogitWarning,
    InputError,
    MissingExtraError,
    ModelFileError,
    TableError,
)
from glasslogit.export import load_model, save_model
from glasslogit.export.json_text import seal
from glasslogit.solvers import GradientDescent
from glasslogit.tables import (
    Category,
    Date,
    Encoding,
    Number,
    Table,
    TableEncoder,
    read_labels,
    read_table,
)
from problems import survey_columns

pd = pytest.importorskip("pandas", reason="frames need pandas")
pytest.importorskip("narwhals", reason="frames need narwhals")

LIBRARIES = ("pandas", "pandas nullable", "polars", "polars lazy", "pyarrow", "duckdb", "csv")


def people(n=200):
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "age": rng.normal(40, 10, n).round(3),
            "plan": rng.choice(["basic", "gold", "plus"], n, p=[0.5, 0.2, 0.3]),
            "visits": rng.integers(0, 9, n),
        }
    )
    margin = (frame.age - 40) / 8 + (frame["plan"] == "gold") - frame.visits / 9
    frame["churn"] = np.where(rng.random(n) < 1 / (1 + np.exp(-margin)), "yes", "no")
    return frame


def as_kind(frame, kind, tmp_path):
    if kind == "pandas":
        return frame
    if kind == "pandas nullable":
        return frame.convert_dtypes()
    if kind == "csv":
        pytest.importorskip("polars", reason="CSV files are read with polars")
        frame.to_csv(tmp_path / "t.csv", index=False)
        return read_table(tmp_path / "t.csv")
    if kind.startswith("polars"):
        pl = pytest.importorskip("polars", reason="this kind of frame needs polars")
        made = pl.DataFrame({name: frame[name].tolist() for name in frame})
        return made.lazy() if kind == "polars lazy" else made
    pa = pytest.importorskip("pyarrow", reason="this kind of frame needs pyarrow")
    table = pa.table({name: frame[name].tolist() for name in frame})
    if kind == "pyarrow":
        return table
    duckdb = pytest.importorskip("duckdb", reason="this kind of frame needs duckdb")
    return duckdb.connect().from_arrow(table)


def by_hand(frame):
    """X as the definition has it, with "basic" as the reference."""
    levels = [(frame["plan"] == level).to_numpy(float) for level in ("gold", "plus")]
    return np.column_stack([frame.age, *levels, frame.visits])


def refusal(function, *arguments, **options):
    with pytest.raises(InputError) as caught:
        function(*arguments, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("kind", LIBRARIES)
def test_the_same_fit_from_each_kind_of_input(kind, tmp_path):
    frame = people()
    arrays = LogisticRegression(tol=1e-10).fit(by_hand(frame), frame.churn.to_numpy())
    table = as_kind(frame, kind, tmp_path)
    model = LogisticRegression(tol=1e-10).fit(table, "churn")
    np.testing.assert_allclose(model.coef_, arrays.coef_, rtol=0, atol=1e-12)
    assert model.classes_.tolist() == ["no", "yes"]
    assert model.feature_names_.tolist() == ["age", "plan=gold", "plan=plus", "visits"]
    assert model.feature_names_in_.tolist() == ["age", "plan", "visits"]
    assert model.n_features_in_ == 3
    expected = arrays.predict_proba(by_hand(frame))
    np.testing.assert_allclose(model.predict_proba(table), expected, rtol=1e-12)
    assert model.score(table, "churn") == arrays.score(by_hand(frame), frame.churn)


@pytest.mark.parametrize("kind", [kind for kind in LIBRARIES if kind != "csv"])
def test_numbers_alone_need_no_encoder(kind, tmp_path):
    frame = people()[["age", "visits"]]
    y = people().churn.to_numpy()
    arrays = LogisticRegression(tol=1e-10).fit(frame.to_numpy(), y)
    table = as_kind(frame, kind, tmp_path)
    model = LogisticRegression(tol=1e-10).fit(table, y)
    assert model.encoder_ is None
    np.testing.assert_allclose(model.coef_, arrays.coef_, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(model.predict(table), arrays.predict(frame.to_numpy()))
    assert model.feature_names_.tolist() == model.feature_names_in_.tolist() == ["age", "visits"]


def test_narwhals_is_not_loaded_for_numbers():
    code = (
        "import sys, pandas as pd\n"
        "from glasslogit import LogisticRegression\n"
        "X = pd.DataFrame({'a': [1, 2, 3, 4], 'b': [0.5, 1, 0, 1]})\n"
        "LogisticRegression().fit(X, [0, 0, 1, 1]).predict(X)\n"
        "assert not {'narwhals', 'formulaic'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_tables_are_read_by_name():
    frame = people()
    model = LogisticRegression().fit(frame, "churn")
    shuffled = frame[["visits", "churn", "plan", "age"]].assign(extra="x")
    np.testing.assert_array_equal(model.predict_proba(shuffled), model.predict_proba(frame))
    message = refusal(model.predict, frame.drop(columns="plan"))
    assert "no column 'plan', which the model was trained with" in message


def test_columns_that_are_not_used_are_not_read():
    frame = people().assign(mixed=[1, "a"] * 100, when=pd.Timestamp(0))
    encoder = TableEncoder({"mixed": "drop", "when": "drop"})
    model = LogisticRegression(encoder=encoder).fit(frame, "churn")
    terms = LogisticRegression(formula="churn ~ age + plan + visits").fit(frame)
    plain = LogisticRegression().fit(people(), "churn")
    np.testing.assert_array_equal(model.coef_, plain.coef_)
    for each in (model, terms, plain):
        expected = each.predict_proba(people())
        np.testing.assert_array_equal(each.predict_proba(frame), expected)


def test_rows_of_a_table_are_as_many_as_are_taken():
    """Also of one whose number of rows is written down, because it may have no columns."""
    table = Table.of({"age": ["31", "45", "62"]})
    for whole in (table, table.with_columns(table.columns), table.with_columns({})):
        assert whole.take(np.array([2])).n_rows == 1
        assert whole.take(np.array([2, 0])).take(np.array([1])).numbers.tolist() == [2]


@pytest.mark.parametrize("library", ["narwhals", "formulaic"])
def test_an_absent_library_is_named(library, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    model = LogisticRegression(formula="churn ~ age" if library == "formulaic" else None)
    with pytest.raises(MissingExtraError, match=rf"{library} .*pip install 'glasslogit\[frames\]'"):
        model.fit(people(), "churn")


def test_missing_rows_are_left_out_of_everything():
    frame = people()
    weight, offset = np.linspace(1, 2, len(frame)), np.linspace(-1, 1, len(frame))
    holed = frame.copy()
    holed.loc[3, "age"] = np.nan
    holed.loc[[10, 11], "plan"] = None
    model = LogisticRegression(tol=1e-10, encoder=TableEncoder(missing="drop"))
    model.fit(holed, "churn", weight, offset)
    kept = np.setdiff1d(np.arange(len(frame)), [3, 10, 11])
    whole = LogisticRegression(tol=1e-10)
    whole.fit(frame.iloc[kept], "churn", weight[kept], offset[kept])
    np.testing.assert_array_equal(model.coef_, whole.coef_)
    message = refusal(model.predict, holed, offset)
    assert message.startswith("X: row 3, column 'age': missing")


def test_a_missing_value_is_refused_where_the_policy_drops_its_row():
    frame = pd.DataFrame({"a": [np.nan, 1.0, 2.0, 3.0], "b": [1.0, 2.0, 3.0, np.nan]})
    policies = {"a": Number("indicator"), "b": Number("drop")}
    encoder = TableEncoder(policies).fit(frame)
    message = "X: row 3, column 'b': missing ('b' in 1 row); fill it in, or leave the row out"
    assert refusal(encoder.transform, frame) == message
    assert encoder.transform(frame[:3])[:, 0].tolist() == [1.5, 1, 2]


def test_a_refit_on_an_array_forgets_the_table():
    frame = people()
    model = LogisticRegression(findings="full").fit(frame, "churn")
    model.fit(by_hand(frame), frame.churn)
    fresh = LogisticRegression(findings="full").fit(by_hand(frame), frame.churn)
    assert model.encoder_ is None
    assert model.findings_ == fresh.findings_
    assert model.feature_names_.tolist() == ["x0", "x1", "x2", "x3"]
    model.fit(frame, "churn")
    assert model.feature_names_in_.tolist() == ["age", "plan", "visits"]


def test_findings_of_a_standardised_fit_are_those_of_the_plain_one():
    frame = people().assign(age=lambda table: 1000 * table.age)
    fits = [
        LogisticRegression(
            C=np.inf, findings="full", encoder=TableEncoder(standardise=standardise)
        ).fit(frame, "churn")
        for standardise in (False, True)
    ]
    assert fits[0].findings_ == fits[1].findings_ == ()


def test_findings_name_the_columns_and_rows_of_the_table():
    frame = people().assign(name=[f"p{i:03}" for i in range(200)])
    frame.loc[[0, 3], "age"] = np.nan
    frame = pd.concat([frame, frame.iloc[[7]].assign(churn="no")], ignore_index=True)
    frame.loc[7, "churn"] = "yes"
    encoder = TableEncoder(missing="drop")
    (found,) = (
        LogisticRegression(
            encoder=encoder, findings="full", silence=["few_events", "mean_prediction"]
        )
        .fit(frame, "churn")
        .findings_
    )
    assert "such as rows 7 and 200" in found.evidence
    unique = frame.iloc[:200]
    model = LogisticRegression(encoder=encoder, findings="full", silence=["few_events"])
    (found,) = model.fit(unique, "churn").findings_
    assert (found.code, found.columns) == ("identifier", ("name",))
    assert found in inspect_data(unique, "churn")


def test_what_goes_with_rows_that_are_left_out_is_left_out_too():
    frame = people()
    frame.loc[[0, 7], "age"] = np.nan
    left = frame.dropna()
    encoder = TableEncoder(missing="drop")
    groups = np.arange(200) % 20
    model = LogisticRegression(C=np.inf, encoder=encoder, tol=1e-12).fit(frame, "churn")
    clustered = {"covariance": "cluster"}
    summary = summarize(model, frame, "churn", groups=groups, **clustered)
    alone = summarize(model, left, "churn", groups=groups[left.index], **clustered)
    np.testing.assert_array_equal(summary.covariance, alone.covariance)
    with pytest.raises(InputError, match="groups has 198 rows but X has 200"):
        summarize(model, frame, "churn", groups=groups[left.index], **clustered)

    odd = np.arange(200) % 2 == 1
    folds = [(np.flatnonzero(odd), np.flatnonzero(~odd)), (~odd, odd)]
    same = [(np.flatnonzero(odd[left.index]), np.flatnonzero(~odd[left.index]))]
    same.append(same[0][::-1])
    given, expected = (
        LogisticRegressionCV(Cs=[0.1, 1], encoder=encoder, cv=cv).fit(rows, "churn")
        for cv, rows in ((folds, frame), (same, left))
    )
    np.testing.assert_array_equal(given.scores_, expected.scores_)
    searched = LogisticRegressionCV(Cs=[1], encoder=encoder, cv=[([0, 7], np.arange(9, 200))])
    with pytest.raises(InputError, match="fold 0 of cv, to train: every row was left out"):
        searched.fit(frame, "churn")


def test_groups_are_split_without_the_rows_that_are_left_out():
    selection = pytest.importorskip("sklearn.model_selection", reason="it splits by groups")
    frame = people()
    frame.loc[[0, 7], "age"] = np.nan
    groups, left = np.arange(200) % 5, frame.dropna()
    search = LogisticRegressionCV(
        Cs=[0.1, 1], encoder=TableEncoder(missing="drop"), cv=selection.GroupKFold(5)
    )
    given = search.fit(frame, "churn", groups=groups).scores_
    expected = search.fit(left, "churn", groups=groups[left.index]).scores_
    np.testing.assert_array_equal(given, expected)


def test_an_indicator_is_the_mean_and_a_column():
    frame = pd.DataFrame({"a": [1.0, None, 3.0, 8.0], "c": ["x", "y", None, "x"]})
    encoder = TableEncoder(missing="indicator").fit(frame)
    assert encoder.get_feature_names_out().tolist() == ["a", "a missing", "c=y", "c=missing"]
    expected = [[1, 0, 0, 0], [4, 1, 1, 0], [3, 0, 0, 1], [8, 0, 0, 0]]
    assert encoder.transform(frame).tolist() == expected
    whole = TableEncoder(missing="indicator").fit(frame[["a"]].dropna())
    assert "row 1, column 'a': missing" in refusal(whole.transform, frame)  # nothing learned of it


def test_rare_levels_are_pooled_and_unseen_ones_join_them():
    frame = pd.DataFrame({"c": list("aaabbbcd"), "n": range(8)})
    strict = TableEncoder({"c": Category(rare=3)}).fit(frame)
    assert strict.get_feature_names_out().tolist() == ["c=b", "c=other", "n"]
    assert strict.transform(frame)[:, 1].tolist() == [0] * 6 + [1, 1]
    new = pd.DataFrame({"c": ["z", "d"], "n": [0, 0]})
    message = refusal(strict.transform, new)
    assert message.startswith(
        "X: row 0, column 'c': 'z' was not seen in training; known are 'a', 'b'"
    )
    pooled = TableEncoder({"c": Category(rare=3, unseen="other")}).fit(frame)
    assert pooled.transform(new).tolist() == [[0, 1, 0], [0, 1, 0]]
    reference = TableEncoder({"c": Category(rare=3, unseen="reference")}).fit(frame)
    assert reference.transform(new).tolist() == [[0, 0, 0], [0, 1, 0]]
    assert pooled.encoding_.rules.counts_as("c") == "other"
    assert reference.encoding_.rules.counts_as("c") == "the reference"


def test_the_reference_is_chosen_or_left_out():
    frame = pd.DataFrame({"c": list("aabc")})
    names = [
        TableEncoder({"c": Category(reference=each)}).fit(frame).get_feature_names_out().tolist()
        for each in ("", "c", None)
    ]
    assert names == [["c=b", "c=c"], ["c=a", "c=b"], ["c=a", "c=b", "c=c"]]
    message = refusal(TableEncoder({"c": Category(reference="z")}).fit, frame)
    assert "the reference 'z' is not one of its levels ('a', 'b', 'c')" in message


@pytest.mark.parametrize("order", [["mid", "low", "high"], ["low", "high", "mid"]])
@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_the_order_of_categories_is_kept(kind, order):
    values = ["low", "high", "mid", "high"]
    frame = pd.DataFrame({"c": pd.Categorical(values, order, ordered=True)})
    if kind == "polars":
        pl = pytest.importorskip("polars", reason="this kind of frame needs polars")
        frame = pl.DataFrame({"c": pl.Series(values, dtype=pl.Enum(order))})
    if kind == "pyarrow":
        pa = pytest.importorskip("pyarrow", reason="this kind of frame needs pyarrow")
        codes = [order.index(value) for value in values]
        frame = pa.table({"c": pa.DictionaryArray.from_arrays(codes, order)})
    encoder = TableEncoder({"c": Category(reference=None)}).fit(frame)
    assert encoder.get_feature_names_out().tolist() == [f"c={level}" for level in order]
    assert encoder.transform(frame).tolist() == [[v == level for level in order] for v in values]


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow", "duckdb", "objects"])
def test_dates_are_days_since_the_first(kind):
    import datetime as dt

    first = dt.datetime(2024, 2, 28, 12)  # noqa: DTZ001  without a time zone it is UTC
    days = [*(first + dt.timedelta(days=d) for d in (1.5, 0)), None, first + dt.timedelta(days=2.5)]
    frame = pd.DataFrame({"d": pd.to_datetime(days), "t": pd.to_timedelta([1, 2, 3, 4], "h")})
    if kind == "objects":
        frame = frame.assign(d=pd.Series(days, dtype=object))
    if kind in {"polars", "duckdb"}:
        pl = pytest.importorskip("polars", reason="this kind of frame needs polars")
        frame = pl.DataFrame({"d": days, "t": [dt.timedelta(hours=h) for h in (1, 2, 3, 4)]})
    if kind == "pyarrow":
        pa = pytest.importorskip("pyarrow", reason="this kind of frame needs pyarrow")
        frame = pa.Table.from_pandas(frame)
    if kind == "duckdb":
        duckdb = pytest.importorskip("duckdb", reason="this kind of frame needs duckdb")
        frame = duckdb.connect().from_arrow(frame.select("d").to_arrow())
    policy = Date("days", missing="indicator")
    columns = {"d": policy} if kind == "duckdb" else {"d": policy, "t": Date()}
    X = TableEncoder(columns).fit_transform(frame)
    np.testing.assert_allclose(X[:, :2], [[1.5, 0], [0, 0], [4 / 3, 1], [2.5, 0]], rtol=1e-15)
    if kind != "duckdb":
        np.testing.assert_allclose(X[:, 2] * 24, [1, 2, 3, 4])


def test_standardising_changes_the_penalty_alone():
    frame = people()
    scale = frame.age.std(ddof=0)
    X = by_hand(frame)
    X[:, 0] /= scale
    for ratio in (0.0, 0.4, 1.0):
        by_scale = LogisticRegression(C=0.1, l1_ratio=ratio, tol=1e-9).fit(X, frame.churn)
        encoder = TableEncoder({"age": Number(standardise=True)})
        model = LogisticRegression(C=0.1, l1_ratio=ratio, tol=1e-9, encoder=encoder).fit(
            frame, "churn"
        )
        expected = by_scale.coef_ / [scale, 1, 1, 1]
        np.testing.assert_allclose(model.coef_, expected, rtol=1e-9, atol=1e-14)
        p = by_scale.predict_proba(X)
        np.testing.assert_allclose(model.predict_proba(frame), p, rtol=1e-9)
    free = LogisticRegression(C=np.inf, tol=1e-9, encoder=encoder).fit(frame, "churn")
    plain = LogisticRegression(C=np.inf, tol=1e-9).fit(frame, "churn")
    np.testing.assert_allclose(free.coef_, plain.coef_, rtol=1e-7)
    again = free.set_params(warm_start=True).fit(frame, "churn")
    assert again.n_iter_[0] <= 1


def test_the_record_of_standardised_columns_shows_the_coefficients_as_they_are():
    shown = []
    how = {"encoder": TableEncoder(standardise=True), "history": "weights", "l1_ratio": 0.4}
    model = LogisticRegression(**how, callbacks=[lambda at: shown.append(at.theta)])
    model.fit(people(), "churn")
    for theta in (model.trace_.weights[-1], shown[-1]):
        np.testing.assert_array_equal(theta[:-1, 0], model.coef_[0])


def test_plain_gradient_descent_on_standardised_columns_is_told_its_own_standardise():
    rng = np.random.default_rng(0)
    income, age = rng.normal(30_000, 8_000, 300), rng.uniform(20, 70, 300)
    y = (income / 8_000 - age / 20 + rng.normal(size=300) > 1.5).astype(int)
    frame, encoder = pd.DataFrame({"income": income, "age": age}), TableEncoder(standardise=True)
    plain = GradientDescent(learning_rate=0.05, epochs=300)
    told = pytest.warns(ConvergenceWarning, match=r"rescale.*standardise=True")
    with told, np.errstate(all="ignore"):
        LogisticRegression(encoder=encoder, solver=plain).fit(frame, y)
    scaled = GradientDescent(learning_rate=0.5, epochs=3000, standardise=True)
    model = LogisticRegression(encoder=encoder, solver=scaled, tol=1e-4).fit(frame, y)
    assert model.outcome_.converged


def test_standardised_columns_may_be_more_than_the_rows():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(12, 20)) * np.arange(1, 21) + 5
    frame, y = pd.DataFrame(X, columns=[f"c{j}" for j in range(20)]), np.arange(12) % 2
    scales = X.std(axis=0)
    solvers = ("auto", "lbfgs")  # the first turns the rows, the second leaves them
    for solver in solvers:
        encoder = TableEncoder(standardise=True)
        model = LogisticRegression(encoder=encoder, solver=solver, tol=1e-9).fit(frame, y)
        plain = LogisticRegression(tol=1e-9).fit(X / scales, y)
        np.testing.assert_allclose(model.coef_, plain.coef_ / scales, rtol=1e-6)
        again = model.set_params(warm_start=True).fit(frame, y)
        assert again.n_iter_[0] <= 1


def test_penalty_factors_by_column_reach_all_its_levels():
    frame = people()
    by_name = LogisticRegression(tol=1e-9, penalty_factors={"plan": 0.0}).fit(frame, "churn")
    by_place = LogisticRegression(tol=1e-9, penalty_factors=[1, 0, 0, 1])
    by_place.fit(by_hand(frame), frame.churn)
    np.testing.assert_allclose(by_name.coef_, by_place.coef_, rtol=0, atol=1e-12)
    message = refusal(LogisticRegression(penalty_factors={"plam": 0}).fit, frame, "churn")
    assert message.startswith("penalty_factors names 'plam'; it knows age, plan, visits, plan=gold")


def test_cross_validation_and_paths_take_tables():
    frame = people()
    X, y = by_hand(frame), frame.churn.to_numpy()
    for scale in (False, True):
        encoder = TableEncoder(standardise=scale)
        how = {"Cs": [0.01, 1.0], "cv": 3, "tol": 1e-9}
        table = LogisticRegressionCV(**how, encoder=encoder).fit(frame, "churn")
        scales = np.array([frame.age.std(ddof=0), 1, 1, frame.visits.std(ddof=0)] if scale else 1.0)
        arrays = LogisticRegressionCV(**how).fit(X / scales, y)
        np.testing.assert_allclose(table.scores_, arrays.scores_, rtol=1e-9)
        np.testing.assert_allclose(table.coef_, arrays.coef_ / scales, rtol=1e-6)
        paths = arrays.coefs_paths_ / np.append(scales * np.ones(4), 1)
        np.testing.assert_allclose(table.coefs_paths_, paths, rtol=1e-9)
        assert table.score(frame, "churn") == pytest.approx(arrays.score(X / scales, y), rel=1e-6)
        path = regularisation_path(frame, "churn", Cs=[0.1], encoder=encoder)
        other = regularisation_path(X / scales, y, Cs=[0.1])
        np.testing.assert_allclose(path.coefs, other.coefs / scales, rtol=1e-9, atol=1e-14)
        assert path.feature_names == ("age", "plan=gold", "plan=plus", "visits")
    means = LogisticRegressionCV(**how, encoder=encoder, refit=False).fit(frame, "churn")
    np.testing.assert_array_equal(means.predict_proba(frame), means.best_.predict_proba(frame))


def holed(**columns):
    return pd.DataFrame({"n": [1.0, 2.0, 3.0, 4.0]} | columns)


Y = [0, 1, 0, 1]
BAD = {
    "NaN in a category": (
        holed(c=["a", None, "b", None]),
        "X: row 1, column 'c': missing ('c' in 2 rows); fill it in, or set encoder=TableEncoder(",
    ),
    "several columns": (
        holed(c=["a", None, "b", "a"], d=[None, "x", "y", None]),
        "X: row 1, column 'c': missing ('c' in 1 row, 'd' in 2 rows); fill",
    ),
    "mixed types": (
        holed(c=["a", "b", 3, "a"]),
        "X: row 2, column 'c': 3 is a number, but 'a' in row 0 is text; make the column all",
    ),
    "other objects": (holed(c=[{}, "b", "a", "a"]), "X: row 0, column 'c': {} is of type dict;"),
    "complex": (holed(c=[1 + 2j] * 3 + ["a"]), "X: row 0, column 'c': (1+2j) is of type complex"),
    "a date": (
        holed(d=pd.to_datetime(["2024-01-01"] * 4)),
        "X: column 'd' holds dates or times; encoder=TableEncoder(columns={'d': Date()}) c",
    ),
    "nothing there": (
        holed(c=[None] * 4, t=list("abab")),
        "X: column 'c': every value is missing; leave the column out: encoder=TableEncoder(",
    ),
    "1e308": (holed(c=list("abab"), z=[1, 1e308, 0, 0]), "X: row 1, column 'z': '1e+308' is too"),
    "infinite": (holed(c=list("abab"), z=[1, 0, np.inf, 0]), "X: row 2, column 'z': 'inf' is not"),
    "identifier": (
        holed(c=list("abab"), z=[1, 2, 3, 2**53 + 1]),
        "X holds 9007199254740993 in row 3, column 'z', a whole number beyond 2⁵³, which would",
    ),
    "empty": (holed(c=list("abab")).iloc[:0], "X: has 0 rows and 2 columns; need both"),
    "lists": (holed(c=[[1], [2], [3], [4]]), "X: row 0, column 'c': [1] is of type list"),
}


@pytest.mark.parametrize("case", list(BAD))
def test_bad_tables_are_refused_in_one_line(case):
    frame, message = BAD[case]
    assert refusal(LogisticRegression().fit, frame, Y).startswith(message)


@pytest.mark.parametrize("kind", ["numpy", "whole", "mixed", "polars", "pyarrow"])
def test_whole_numbers_are_not_rounded(kind):
    ids = [1, 2**53, -(2**53) - 1, 3]
    frame = pd.DataFrame({"id": ids}) if kind in {"numpy", "whole"} else holed(id=ids)
    table = frame.to_numpy() if kind == "numpy" else frame
    if kind in {"polars", "pyarrow"}:
        table = as_kind(frame, kind, None)
    message = refusal(LogisticRegression().fit, table, Y)
    assert message.startswith("X holds -9007199254740993 in row 2, column")


def test_more_bad_input_in_one_line():
    frame, fit = people(), LogisticRegression().fit
    assert refusal(fit, frame.assign(n=1j), "churn").startswith(
        "X: row 0, column 'n': 1j is of type complex"
    )
    assert "no column 'chrun'; did you mean 'churn'?" in refusal(fit, frame, "chrun")
    assert "y='a' names a column, but X is of type list" in refusal(fit, [[1.0], [2.0]], "a")
    assert refusal(fit, frame, "churn", [1.0]).startswith("sample_weight has shape (1,)")
    dropping = LogisticRegression(encoder=TableEncoder(missing="drop")).fit
    spoilt = frame.assign(age=frame.age.where(frame.age > 30))
    assert "sample_weight has 1 row but X has 200" in refusal(dropping, spoilt, "churn", [1.0])
    everything = LogisticRegression(encoder=TableEncoder(missing="indicator")).fit
    message = refusal(everything, frame.assign(n=None), "churn")
    assert message.startswith("X: column 'n': every value is missing; leave the column out")
    model = LogisticRegression().fit(frame, "churn")
    message = refusal(model.predict, frame.assign(plan="silver"))
    assert message.startswith(
        "X: row 0, column 'plan': 'silver' was not seen in training; known are"
    )
    message = refusal(model.predict, frame.assign(age="old"))
    assert message.startswith(
        "X: row 0, column 'age': 'old' is not a number; the column is read as numbers"
    )
    numbers = LogisticRegression().fit(frame[["age", "visits"]], frame.churn)
    message = refusal(numbers.predict, frame[["age", "plan"]])
    assert message.startswith("column 1 of X is 'plan' but was 'visits' at training")
    for policies in ({"plan": "keep"}, {"plan": 3}, [1]):
        assert "columns" in refusal(TableEncoder(policies).fit, frame)
    assert "no column 'plam'" in refusal(TableEncoder({"plam": "drop"}).fit, frame)
    with pytest.raises(InputError, match="missing='fill' is not valid"):
        Number(missing="fill")
    strings = np.array([["a", "b"], ["c", "d"]], dtype=object)
    assert "column 0 holds 'a', which is not a number" in refusal(fit, strings, [0, 1])


@pytest.mark.parametrize("own", ["other", "missing"])
def test_a_level_of_the_data_is_never_taken_for_one_of_ours(own):
    """Renaming a level changes names of columns and nothing else, whatever it is called."""
    levels = ["a"] * 5 + ["b"] * 4 + ["c", "d", None] + ["x"] * 3
    table = pd.DataFrame({"g": levels, "n": np.arange(15.0)})
    called = table.replace({"x": own})
    new = pd.DataFrame({"g": ["a", "x", own, "c", "new", None], "n": np.zeros(6)})
    for rare, unseen in ((2, "other"), (0, "other"), (2, "reference")):
        policy = Category(reference="a", rare=rare, unseen=unseen, missing="indicator")
        plain, named = (TableEncoder({"g": policy}).fit(each) for each in (table, called))
        assert len(set(named.get_feature_names_out())) == len(plain.get_feature_names_out())
        rows = new.replace({own: "strange"})
        renamed = rows.replace({"x": own})
        one, two = (each.transform(part) for each, part in ((plain, rows), (named, renamed)))
        assert sorted(map(tuple, one.T)) == sorted(map(tuple, two.T))


@pytest.mark.parametrize("unseen", ["other", "reference", "error"])
def test_a_value_that_is_called_as_our_level_is_unseen(unseen):
    levels = ["a"] * 5 + ["b"] * 4 + ["c", "d", None]
    policy = Category(reference="a", rare=2, unseen=unseen, missing="indicator")
    encoder = TableEncoder({"g": policy}).fit(pd.DataFrame({"g": levels}))
    assert encoder.get_feature_names_out().tolist() == ["g=b", "g=other", "g=missing"]
    for value in ("other", "missing"):
        new = pd.DataFrame({"g": [value, "strange", "a"]})
        if unseen == "error":
            assert f"'{value}' was not seen in training" in refusal(encoder.transform, new)
            continue
        X = encoder.transform(new)
        np.testing.assert_array_equal(X[0], X[1])


def test_very_many_levels_are_pooled_with_a_warning():
    n = 100_000
    codes = np.append(np.arange(n), np.zeros(50, int))
    frame = pd.DataFrame({"id": [f"n{i}" for i in codes], "x": codes % 7})
    with pytest.warns(GlasslogitWarning, match="has 100,000 levels; all but 1 are pooled"):
        encoder = TableEncoder().fit(frame)
    assert encoder.get_feature_names_out().tolist() == ["id=other", "x"]
    assert encoder.transform(frame)[[0, 5, n], 0].tolist() == [0, 1, 0]


FORMULA = (
    "churn ~ age + C(plan) * visits + bs(age, 4) + poly(visits, 2) + log(`my pay`) + I(age**2)"
)


def paid(n=200):
    frame = people(n)
    return frame.assign(**{"my pay": np.linspace(1, 9, n) ** 2})


def test_a_formula_has_the_conventions_of_r():
    frame = paid()
    encoder = TableEncoder(formula="age + C(plan) * visits").fit(frame)
    names = ["age", "C(plan)[T.gold]", "C(plan)[T.plus]", "visits"]
    crossed = ["C(plan)[T.gold]:visits", "C(plan)[T.plus]:visits"]
    assert encoder.get_feature_names_out().tolist() == [*names, *crossed]
    X = by_hand(frame)
    np.testing.assert_array_equal(
        encoder.transform(frame), np.column_stack([X, X[:, 1:2] * X[:, 3:], X[:, 2:3] * X[:, 3:]])
    )
    spline = TableEncoder(formula="bs(age, 4)").fit_transform(frame)
    assert spline.shape == (200, 4)
    inside = spline[frame.age < frame.age.max()].sum(axis=1)
    assert (inside <= 1 + 1e-12).all()  # with the first spline, which is left out, they add to 1
    chosen = TableEncoder({"plan": Category(reference="plus")}, formula="plan").fit(frame)
    assert chosen.get_feature_names_out().tolist() == ["plan[T.basic]", "plan[T.gold]"]


def test_an_unseen_level_is_no_level_where_every_level_has_a_column():
    frame = paid()
    encoder = TableEncoder(formula="visits:plan", unseen="reference").fit(frame)
    assert len(encoder.get_feature_names_out()) == 3
    strange = pd.DataFrame({"visits": [2, 3], "plan": ["none yet", "gold"]})
    assert encoder.transform(strange).tolist() == [[0, 0, 0], [0, 3, 0]]
    message = refusal(TableEncoder(formula="visits:plan").fit(frame).transform, strange)
    assert "count it as no level (its indicators are 0): unseen='reference'" in message


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("`scale(age)` + scale(age)", "`scale(age)` reads as a term; rename the column"),
        ("I(age**2) + `I(age ** 2)`", "`I(age ** 2)` reads as a term; rename the column"),
        ("`1` + age", "`1` reads as a term; rename the column"),
        ("scale(age) + scale", "'scale' is also a function; rename the column"),
        ("age %in% plan", "%in% is not known; write a:b for b within a"),
        ("churn ~ .", "'.' is not known; name the columns"),
    ],
)
def test_a_formula_loses_no_term_to_a_name(formula, said):
    frame = people()
    names = ("scale(age)", "I(age ** 2)", "1", "scale")
    frame = frame.assign(**dict.fromkeys(names, frame.visits))
    y = None if "~" in formula else frame.churn
    assert said in refusal(LogisticRegression(formula=formula).fit, frame, y)


def test_a_tilde_in_a_quoted_name_is_part_of_it_and_a_keyword_is_no_name():
    frame = people().rename(columns={"age": "a~b", "churn": "y~z"})
    model = LogisticRegression(formula="`y~z` ~ `a~b` + log(1.5 + visits)").fit(frame)
    assert model.feature_names_in_.tolist() == ["a~b", "visits"]
    encoder = TableEncoder(formula="center(visits) + scale(visits, center=False, scale=True)")
    assert encoder.fit_transform(people()).shape == (200, 2)
    assert model.classes_.tolist() == ["no", "yes"]


@pytest.mark.parametrize("findings", ["auto", "full"])
@pytest.mark.parametrize("rare", [0, 1000])
def test_a_category_of_one_level_does_not_vanish_without_a_word(findings, rare):
    frame = people().assign(land="be")
    gone = ("plan", "land") if rare else ("land",)
    encoder = TableEncoder(rare=rare)
    model = LogisticRegression(encoder=encoder, findings=findings).fit(frame, "churn")
    assert [each.columns for each in model.findings_ if each.code == "constant"] == [gone]
    message = refusal(LogisticRegression(formula="churn ~ age + C(land)").fit, frame)
    assert "'C(land)' has one level only, so no column of X; leave it out" in message


def test_categories_that_read_alike_are_refused():
    mixed = people(4).assign(kind=pd.Categorical([1, "1", 1, "1"]))
    message = "X: column 'kind': two of its categories read as '1'; make them all numbers or all"
    assert message in refusal(TableEncoder().fit, mixed)


def test_a_formula_may_hold_constants_below_zero():
    frame = pd.DataFrame({"x": [1.0, 2.0, 4.0]})
    X = TableEncoder(formula="I(x**-1) + bs(x, degree=1, knots=[2.5], lower_bound=-1)").fit(frame)
    np.testing.assert_allclose(X.transform(frame)[:, 0], [1, 0.5, 0.25])


def test_bs_equals_scipys_splines():
    interpolate = pytest.importorskip("scipy.interpolate", reason="the reference is scipy's")
    frame = people()
    X = TableEncoder(formula="bs(age, 4)").fit_transform(frame)
    age = frame.age.to_numpy()
    ends = [age.min()] * 4, [age.max()] * 4
    knots = np.concatenate([ends[0], [np.median(age)], ends[1]])
    expected = interpolate.BSpline.design_matrix(age, knots, 3).toarray()[:, 1:]
    np.testing.assert_allclose(X, expected, atol=1e-12)


def test_a_formula_fits_with_and_without_its_left_side():
    frame = paid()
    right = FORMULA.partition("~")[2]
    both = [
        LogisticRegression(formula=FORMULA).fit(frame),
        LogisticRegression(formula=f"~{right}").fit(frame, frame.churn),
        LogisticRegression(formula=right).fit(frame, "churn"),
    ]
    np.testing.assert_array_equal(both[0].coef_, both[2].coef_)
    np.testing.assert_array_equal(both[0].coef_, both[1].coef_)
    assert both[0].intercept_[0] != 0
    assert not any("ntercept" in name for name in both[0].feature_names_)
    assert both[0].feature_names_in_.tolist() == ["age", "plan", "visits", "my pay"]


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "age + open('x')",
        "age.sum()",
        "np.log(age)",
        "I(age[0])",
        "I((lambda: 1)())",
        "I([age for age in (1, 2)])",
        "I(age if age else 1)",
        "bs(age, _state=visits)",
        "bs(age, **visits)",
        "C(plan, contr.sum)",
        "contr.treatment(age)",
        "I(age ** 9 ** 9)",
        "(age + plan + visits) ** 30",
        "(age + plan + visits) ^30",
        "bs(age, 1000000000)",
        "bs(age, 10**5)",
        "poly(age, degree=10 * 10**4)",
        "bs(age, df=visits)",
        "I(age ** -9)",
        "I(age ** visits)",
        "poly(age, degree=1000000000)",
        "hashed(plan)",
        "lag(age)",
        "{age.values.tofile('x')}",
        "age | plan",
        "age +",
        "f'{age}'",
        "I(f'{age}')",
    ],
)
def test_a_formula_can_hold_no_code(text, tmp_path):
    frame = paid()
    message = refusal(TableEncoder(formula=text).fit, frame)
    assert message.startswith("formula")
    path = tmp_path / "m.json"
    save_model(LogisticRegression(formula="churn ~ age + bs(visits, 4)").fit(frame), path)
    stored = json.loads(path.read_text())
    stored["encoding"]["formula"]["text"] = text
    path.write_text(json.dumps(seal(stored)))
    with pytest.raises(ModelFileError, match="formula"):
        load_model(path)


def test_faults_of_a_formula_name_the_row():
    frame = paid()
    model = LogisticRegression(formula="churn ~ bs(age, 4) + log(visits + 1)").fit(frame)
    far = frame.assign(age=frame.age.where(frame.index != 7, 1e4))
    message = refusal(model.predict, far)
    assert message.startswith("X: row 7: bs(age, 4) has no value beyond its bounds")
    assert message.endswith("training: '10000'; set extrapolation='clip' or 'extend'")
    low = frame.assign(visits=frame.visits.where(frame.index != 9, -3))
    assert "row 9: log(visits + 1) has no finite value: '-3'" in refusal(model.predict, low)
    wide = "churn ~ bs(age, 4, extrapolation='clip')"
    assert np.isfinite(LogisticRegression(formula=wide).fit(frame).predict_proba(far)).all()
    assert "no column 'agee'" in refusal(LogisticRegression(formula="churn ~ agee").fit, frame)
    message = refusal(LogisticRegression(formula="churn ~ log(plan)").fit, frame)
    assert message.startswith("X: formula 'log(plan)' cannot be computed")
    for text in ("a ~ b ~ c", "log(churn) ~ age", 3):
        assert refusal(LogisticRegression(formula=text).fit, frame).startswith("formula")
    message = refusal(LogisticRegression(formula="churn ~ age").fit, frame, frame.churn)
    assert "names the target, and y is given too" in message
    number = TableEncoder({"visits": Number()}, formula="C(visits)")
    assert refusal(number.fit, frame).startswith("formula: C(visits) is a category")
    scaled = TableEncoder(standardise=True, formula="age")
    assert refusal(scaled.fit, frame).startswith("formula: standardise does not reach its terms")
    indicator = TableEncoder(missing="indicator", formula="age")
    message = refusal(indicator.fit, frame.assign(age=frame.age.where(frame.age > 30)))
    assert "formula: 'age' has missing values" in message


def policies():
    return {
        "joined": Date("days", missing="indicator"),
        "town": Category(rare=2, unseen="other", missing="indicator"),
        "age": Number("indicator", standardise=True),
        "code": Category(reference=None),
        "id": "drop",
    }


def rich():
    frame = paid(60)
    joined = pd.date_range("2024-01-01", periods=60, freq="7h").to_series(index=frame.index)
    town = pd.Series([None, "a", "b", "a", "c\n✓", "b"] * 10)
    town[7] = "rare"
    return frame.assign(
        joined=joined.where(frame.index != 5),
        town=town,
        code=frame.visits % 3,
        id=[f"n{i}" for i in range(60)],
        age=frame.age.where(frame.index % 9 > 0),
    )


FRESH = """
import sys, pickle, numpy as np
from glasslogit.export import load_model
frame = pickle.load(open(sys.argv[1], "rb"))
model = load_model(sys.argv[2])
np.save(sys.argv[3], model.predict_proba(frame))
"""


@pytest.mark.parametrize("kind", ["policies", "formula"])
def test_a_model_in_a_fresh_process_predicts_the_same_bits(kind, tmp_path):
    frame = rich() if kind == "policies" else paid()
    model = LogisticRegression(formula=FORMULA)
    if kind == "policies":
        model = LogisticRegression(encoder=TableEncoder(policies()))
    model.fit(frame, None if kind == "formula" else "churn")
    save_model(model, tmp_path / "m.json")
    raw = frame.drop(columns="churn")
    raw.to_pickle(tmp_path / "t.pkl")
    where = [str(tmp_path / name) for name in ("t.pkl", "m.json", "p.npy")]
    subprocess.run([sys.executable, "-c", FRESH, *where], check=True)
    np.testing.assert_array_equal(np.load(tmp_path / "p.npy"), model.predict_proba(raw))
    back = load_model(tmp_path / "m.json")
    assert back.encoder_.encoding_ == model.encoder_.encoding_
    assert back.feature_names_.tolist() == model.feature_names_.tolist()
    save_model(back, tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "m.json").read_bytes()


@pytest.mark.parametrize("kind", ["policies", "formula"])
def test_one_row_at_a_time_gives_the_same_columns(kind):
    frame = rich() if kind == "policies" else paid()
    encoder = TableEncoder(policies())
    if kind == "formula":
        encoder = TableEncoder(formula=FORMULA.partition("~")[2] + " + center(age) + scale(age)")
    whole = encoder.fit(frame).transform(frame)
    rows = range(0, len(frame), 1 if kind == "policies" else 10)
    single = [encoder.transform(frame.iloc[[i]]) for i in rows]
    np.testing.assert_array_equal(np.vstack(single), whole[rows])


def test_a_file_of_version_1_still_loads(tmp_path):
    frame = people()
    save_model(LogisticRegression().fit(frame, "churn"), tmp_path / "m.json")
    stored = json.loads((tmp_path / "m.json").read_text())
    stored["schema_version"] = 1
    for name in ("sha256", "centre", "intercept_at_centre"):
        del stored[name]
    del stored["fit"]["offset"]
    numbers = [{"name": name, "kind": "number"} for name in ("age", "visits")]
    levels = {"reference": "basic", "levels": ["gold", "plus"]}
    text = {"name": "plan", "kind": "text", **levels}
    columns = [numbers[0], text, numbers[1]]
    stored["encoding"] = {"columns": columns, "dropped": [], "missing": "drop", "unseen": "error"}
    (tmp_path / "m.json").write_text(json.dumps(stored))
    back = load_model(tmp_path / "m.json")
    expected = LogisticRegression().fit(frame, "churn").predict_proba(frame)
    np.testing.assert_array_equal(back.predict_proba(frame), expected)


def test_an_encoder_keeps_the_protocol_of_scikit_learn():
    sklearn = pytest.importorskip("sklearn.base", reason="the protocol is scikit-learn's")
    from sklearn.pipeline import make_pipeline

    encoder = TableEncoder({"plan": Category(rare=5)}, missing="drop")
    copy = sklearn.clone(encoder)
    assert copy.get_params() == encoder.get_params()
    assert copy.set_params(missing="error").missing == "error"
    frame = people()
    pipe = make_pipeline(TableEncoder(), LogisticRegression())
    pipe.fit(frame.drop(columns="churn"), frame.churn)
    alone = LogisticRegression().fit(frame, "churn")
    np.testing.assert_array_equal(pipe[-1].coef_, alone.coef_)
    model = sklearn.clone(LogisticRegression(encoder=encoder, formula="churn ~ age"))
    assert model.formula == "churn ~ age"


def test_a_fit_leaves_the_encoder_it_was_given_alone():
    encoder = TableEncoder()
    model = LogisticRegression(encoder=encoder).fit(people(), "churn")
    assert not hasattr(encoder, "encoding_")
    assert isinstance(model.encoder_.encoding_, Encoding)
    with pytest.raises(TableError), warnings.catch_warnings():
        model.predict(np.zeros((2, 3)))


@pytest.mark.parametrize("damage", [{}, None, {"ddof": 1}], ids=str)
def test_a_damaged_formula_is_refused_on_loading(damage, tmp_path):
    frame = people()
    model = LogisticRegression(formula="churn ~ scale(age) + bs(age, 4)").fit(frame)
    save_model(model, tmp_path / "m.json")
    load_model(tmp_path / "m.json")
    text = json.loads((tmp_path / "m.json").read_text())
    state = text["encoding"]["formula"]["state"]
    if damage is None:
        del state["bs(age, 4)"]
    else:
        state["scale(age)"] = damage
    (tmp_path / "m.json").write_text(json.dumps(seal(text)))
    with pytest.raises(ModelFileError, match="not whole"):
        load_model(tmp_path / "m.json")


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (["0100", "2", "3"], "'0100' is a code rather than a number"),
        (["100000000000000001", "2", "3"], "would be rounded"),
    ],
)
def test_numbers_in_text_that_are_none(column, said):
    table = Table.of({"a": column * 5, "b": ["1", "2", "3"] * 5})
    with pytest.raises(TableError, match=said):
        survey_columns(table)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["0", "0.37", "1"], "the target is continuous"),
        (["0", "1", "1.0"], "are one number in two ways"),
    ],
)
def test_numbers_that_are_no_classes(labels, said):
    with pytest.raises(TableError, match=said):
        read_labels(Table.of({"y": labels}), "y")
