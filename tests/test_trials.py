"""Weights and trials: shares of events are the trials one by one; what the weights mean."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glasslogit import LogisticRegression, LogisticRegressionCV, cli, inspect_data
from glasslogit.errors import GlasslogitWarning, InputError, SeparationWarning
from glasslogit.inputs import refuse_two_targets
from glasslogit.solvers import GradientDescent
from glasslogit.tables.labels import MANY_CLASSES

TIGHT = {"tol": 1e-11, "max_iter": 5000}


def trials(seed: int = 0, n: int = 60, d: int = 3):
    rng = np.random.default_rng(seed)
    X, count = rng.normal(size=(n, d)), rng.integers(0, 12, n)
    count[0] = 7
    events = rng.binomial(count, 1 / (1 + np.exp(-X[:, 0] + 0.5)))
    events[0] = 3
    return X, events, count, rng.normal(size=n)


def one_by_one(X, events, count, offset):
    y = np.concatenate([[1.0] * k + [0.0] * (m - k) for k, m in zip(events, count, strict=True)])
    return np.repeat(X, count, axis=0), y, np.repeat(offset, count)


def two(events, count):
    return np.column_stack([events, count - events])


def own_scorer(model, X, y, sample_weight=None):
    right = model.predict(X, offset=0.0) == y
    return float(np.average(right, weights=sample_weight))


SETTINGS = [
    {},
    {"C": 0.1},
    {"C": np.inf},
    {"class_weight": "balanced"},
    {"class_weight": {1: 3.0}},
    {"l1_ratio": 0.5},
    {"fit_intercept": False},
    {"multi_class": "ovr"},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("with_offset", [False, True])
def test_shares_of_events_are_the_trials_one_by_one(settings, with_offset) -> None:
    X, events, count, offset = trials()
    offset = offset if with_offset else 0 * offset
    rows, y, offsets = one_by_one(X, events, count, offset)
    model = LogisticRegression(**settings, **TIGHT)
    expected = model.fit(rows, y, offset=offsets)
    coef, intercept = expected.coef_.copy(), expected.intercept_.copy()
    share = events / np.maximum(count, 1)
    for given_y, weight in ((share, count), (np.column_stack([events, count - events]), None)):
        model.fit(X, given_y, weight, offset=offset)
        np.testing.assert_allclose(model.coef_, coef, rtol=1e-9, atol=1e-10)
        np.testing.assert_allclose(model.intercept_, intercept, rtol=1e-9, atol=1e-10)
        assert model.classes_.tolist() == [0, 1]
        assert model.classes_.dtype.kind == "i"
        np.testing.assert_allclose(model.class_shares_, expected.class_shares_, rtol=1e-12)


@given(seed=st.integers(0, 10_000))
def test_batches_of_trials(seed: int) -> None:
    X, events, count, _ = trials(seed)
    pairs = np.column_stack([events, count - events])
    whole = LogisticRegression(class_weight="balanced", **TIGHT).fit(X, pairs)
    parts = LogisticRegression(class_weight="balanced", **TIGHT)
    parts.fit(lambda: [(X[:20], pairs[:20]), (X[20:], pairs[20:])])
    np.testing.assert_allclose(parts.coef_, whole.coef_, rtol=1e-9, atol=1e-10)
    share = events / np.maximum(count, 1)
    parts.fit(lambda: [(X[:20], share[:20], count[:20]), (X[20:], share[20:], count[20:])])
    np.testing.assert_allclose(parts.coef_, whole.coef_, rtol=1e-9, atol=1e-10)
    assert parts.classes_.tolist() == [0, 1]


def test_weights_multiply_the_trials_and_frames_are_read() -> None:
    X, events, count, _ = trials()
    pairs = pd.DataFrame({"cured": events, "not": count - events})
    weighted = LogisticRegression(**TIGHT).fit(X, pairs, np.full(60, 2.0))
    doubled = LogisticRegression(**TIGHT).fit(X, 2 * pairs)
    np.testing.assert_allclose(weighted.coef_, doubled.coef_, rtol=1e-9)


def test_score_counts_trials() -> None:
    X, events, count, offset = trials()
    rows, y, _ = one_by_one(X, events, count, offset)
    pairs, share = np.column_stack([events, count - events]), events / np.maximum(count, 1)
    model = LogisticRegression().fit(X, pairs)
    expected = model.score(rows, y)
    assert model.score(X, pairs) == pytest.approx(expected, rel=1e-14)
    assert model.score(X, share, count) == pytest.approx(expected, rel=1e-14)


def test_separation_of_trials() -> None:
    X = np.array([[0.0], [1.0], [2.0], [3.0]])
    apart, quasi, mixed = (
        [[0, 5], [0, 4], [3, 0], [5, 0]],
        [[0, 5], [0, 4], [3, 1], [5, 0]],
        [[0, 5], [1, 3], [3, 1], [5, 0]],
    )
    for y in (apart, quasi):
        with pytest.warns(SeparationWarning):
            LogisticRegression(C=np.inf).fit(X, y)
    assert LogisticRegression(C=np.inf).fit(X, mixed).outcome_.converged


def test_rows_of_trials_can_be_held_out() -> None:
    X, events, count, _ = trials()
    solver = GradientDescent(0.5, 50, patience=5, validation_fraction=0.2)
    model = LogisticRegression(solver=solver)
    model.fit(X, np.column_stack([events, count - events]))
    assert model.trace_.validation is not None


X4 = np.array([[0.0], [1.0], [2.0], [3.0]])
BAD = {
    "a share alone": (([0.2, 0.5, 1.0, 0.0],), "Unknown label type: y holds 0.2 in row 0"),
    "no share": (
        ([0.2, 1.5, 1.0, 0.0], [1, 2, 3, 4]),
        "Unknown label type: y holds 0.2 in row 0, which is continuous",
    ),
    "negative": (([[1, 2], [3, -1], [1, 1], [0, 2]],), "y holds -1 non-events in row 1; counts"),
    "NaN": (([[1, 2], [3, 1], [np.nan, 1], [0, 2]],), "y holds nan events in row 2; counts must"),
    "indicators": (([[1, 0], [0, 1], [1, 0], [0, 1]],), "y has two columns with one 1 in each row"),
    "two targets": (([[1, 1], [0, 1], [1, 0], [0, 0]],), "y has two columns of 0 and 1, which"),
    "three classes each": (([[2, 0], [0, 1], [1, 1], [0, 0]],), "y has two columns whose sum is"),
    "fractions": (([[2.5, 0], [0, 1], [1, 4], [0, 0]],), "y holds 2.5 in row 0, which counts"),
    "booleans": (
        ([[True, True], [False, True]] * 2,),
        "y has two columns of 0 and 1",
    ),
    "no event": (([[0, 3], [0, 1], [0, 1], [0, 2]],), "y holds only one class, 0;"),
    "weights": (([0.2, 0.5, 1.0, 0.0], [1, -2, 3, 4]), "sample_weight is -2.0 in row 1; weights"),
    "too short": (([0.2, 0.5, 1.0, 0.0], [1, 2]), "sample_weight has shape (2,) for 4 rows"),
    "no trials": (([[0, 0]] * 4,), "y holds only one class"),
}


def beside(case: str, n: int, seed: int = 0) -> np.ndarray:
    """Two columns of a table, of which one is a target and no count."""
    rng = np.random.default_rng(seed)
    age, flag = rng.integers(18, 80, n), rng.integers(0, 2, n)
    return {
        "age, target": np.column_stack([age, flag]),
        "target, age": np.column_stack([flag, age]),
        "age, 1 or 2": np.column_stack([age, flag + 1]),
        "children, target": np.column_stack([rng.integers(0, 6, n), flag]),
    }[case]


BESIDE = ["age, target", "target, age", "age, 1 or 2", "children, target"]


@pytest.mark.parametrize("case", BESIDE)
def test_a_target_beside_other_numbers_is_no_count(case: str) -> None:
    """So many trials would have counted more events in some row, whatever the rate."""
    y = beside(case, 400)
    with pytest.raises(InputError, match=r"beside one of other numbers.*the share of events as y"):
        LogisticRegression().fit(np.arange(400.0)[:, None] % 7, y)


@pytest.mark.parametrize("case", ["age, target", "target, age"])
def test_a_few_rows_of_a_target_beside_other_numbers_are_asked_about(case: str) -> None:
    y, X = beside(case, 20), np.arange(20.0)[:, None] % 7
    with pytest.warns(GlasslogitWarning, match=r"taken for events among trials.*give the share"):
        asked = LogisticRegression().fit(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        meant = LogisticRegression().fit(X, y[:, 0] / y.sum(axis=1), y.sum(axis=1))
    np.testing.assert_allclose(meant.coef_, asked.coef_, rtol=1e-9)  # as the warning says


def test_counts_in_small_groups_are_trials() -> None:
    """Groups of equal size, and counts drawn at any rates, are never refused and seldom asked."""
    asked = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        n, largest = int(rng.integers(5, 200)), int(rng.integers(3, 30))
        trials = rng.integers(1, largest, n) if seed % 2 else np.full(n, largest)
        trials[0] = largest
        z = rng.normal(-3, 1) + rng.normal(size=n) * rng.uniform(0, 2)
        events = rng.binomial(trials, 1 / (1 + np.exp(-z)))
        counts = np.column_stack([events, trials - events])
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            refuse_two_targets(counts)
        asked += len(caught)
    assert asked < 10


@pytest.mark.parametrize("case", list(BAD))
def test_bad_trials(case: str) -> None:
    arguments, message = BAD[case]
    with pytest.raises(InputError) as caught:
        LogisticRegression().fit(X4, *arguments)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_shares_cannot_be_mixed_with_labels() -> None:
    with pytest.raises(InputError, match="some batches hold shares of events, others labels"):
        LogisticRegression().fit(lambda: [(X4, [0.5] * 4, [2] * 4), (X4, [0, 1, 2, 1])])


@pytest.mark.parametrize("scoring", ["neg_log_loss", "accuracy", "roc_auc", own_scorer])
@pytest.mark.parametrize("given", ["shares", "two columns"])
def test_folds_of_trials_are_those_of_the_trials_one_by_one(given, scoring) -> None:
    X, events, count, offset = trials()
    kept = count > 0
    X, events, count, offset = X[kept], events[kept], count[kept], offset[kept]
    fold = np.arange(len(X)) % 3
    single = np.repeat(fold, count)
    asked = {"Cs": [0.01, 1.0, 100.0], "scoring": scoring, "tol": 1e-9}
    y, weight = (events / count, count) if given == "shares" else (two(events, count), None)
    pairs = [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(3)]
    found = LogisticRegressionCV(cv=pairs, **asked).fit(X, y, weight, offset)
    pairs = [(np.flatnonzero(single != k), np.flatnonzero(single == k)) for k in range(3)]
    each, labels, beside = one_by_one(X, events, count, offset)
    ones = np.ones(len(labels))
    want = LogisticRegressionCV(cv=pairs, **asked).fit(each, labels, ones, beside)
    np.testing.assert_allclose(found.scores_, want.scores_, rtol=1e-7)
    assert found.C_ == want.C_
    np.testing.assert_allclose(found.coef_, want.coef_, rtol=1e-6)
    score = found.score(X, y, weight, offset)
    assert score == pytest.approx(want.score(each, labels, ones, beside))


@pytest.mark.parametrize("cv", [2, 5])
def test_rows_of_trials_are_dealt_out_by_their_shares(cv: int) -> None:
    X, events, count, _ = trials(seed=3)
    order = np.argsort(events / np.maximum(count, 1), kind="stable")
    asked = {"Cs": [0.1, 1.0], "cv": cv}
    shares = events / np.maximum(count, 1)
    found = LogisticRegressionCV(**asked).fit(X[order], shares[order], count[order])
    again = LogisticRegressionCV(**asked).fit(X, shares, count)
    np.testing.assert_allclose(found.scores_, again.scores_, rtol=1e-6)
    assert found.scores_.std(axis=0).max() < 0.2  # sorted rows would give folds of one kind


def test_trials_in_a_table_are_scored_by_name_and_not_by_a_function() -> None:
    X, events, count, _ = trials(seed=1)
    table = pd.DataFrame(X, columns=["a", "b", "c"]).assign(town=np.where(X[:, 1] > 0, "x", "y"))
    y = two(events, count)
    search = LogisticRegressionCV(Cs=[0.1, 1.0], cv=3).fit(table, y)
    assert search.score(table, y) < 0
    search = LogisticRegressionCV(Cs=[0.1, 1.0], cv=3, scoring=own_scorer).fit(table, y)
    with pytest.raises(InputError, match="scoring is a function, and y holds shares of events in"):
        search.score(table, y)


def test_a_fold_of_trials_needs_both_outcomes() -> None:
    shares, weight = [0.0, 0.0, 0.5, 1.0], [10] * 4
    with pytest.raises(InputError, match="fold 0 of cv trains on no rows of class 1"):
        LogisticRegressionCV(cv=[([0, 1], [2, 3])]).fit(X4, shares, weight)
    with pytest.raises(InputError, match="cv=5 is not valid; give 2 to 4 folds for these rows"):
        LogisticRegressionCV(cv=5).fit(X4, shares, weight)


@pytest.mark.parametrize("weights", ["frequency", "sampling", "precision"])
def test_what_weights_mean_moves_the_tolerance_and_not_the_optimum(weights) -> None:
    X, events, count, _ = trials()
    y, weight = (events > 1).astype(int), 100.0 * (count + 1)
    weight[5] = 0
    tight = LogisticRegression(weights=weights, **TIGHT).fit(X, y, weight)
    plain = LogisticRegression(**TIGHT).fit(X, y, weight)
    np.testing.assert_allclose(tight.coef_, plain.coef_, rtol=1e-9)
    observations = weight.sum() if weights == "frequency" else 59
    early = {"max_iter": 0, "tol": 1e9}
    far = LogisticRegression(weights=weights, **early).fit(X, y, weight).trace_.violation[0]
    one = LogisticRegression(**early).fit(X, y, weight).trace_.violation[0]
    assert far / one == pytest.approx((observations / weight.sum()) ** 0.5, rel=1e-12)


def test_weights_scaled_to_a_sum_of_one_do_not_loosen_the_tolerance() -> None:
    X, events, _, _ = trials()
    y, early = (events > 1).astype(int), {"C": np.inf, "max_iter": 0, "tol": 1e9}
    plain, scaled = (LogisticRegression(**early).fit(X, y, w) for w in (None, [1 / 60] * 60))
    assert scaled.trace_.violation[0] == pytest.approx(plain.trace_.violation[0], rel=1e-12)


def test_an_offset_that_is_the_same_everywhere_is_a_shifted_intercept() -> None:
    X, events, count, offset = trials()
    pairs = np.column_stack([events, count - events])
    plain = LogisticRegression(**TIGHT).fit(X, pairs, offset=offset)
    moved = LogisticRegression(**TIGHT).fit(X, pairs, offset=offset + 2.5)
    np.testing.assert_allclose(moved.coef_, plain.coef_, rtol=1e-9)
    np.testing.assert_allclose(moved.intercept_, plain.intercept_ - 2.5, rtol=1e-9)


@pytest.mark.parametrize("swap", [False, True])
def test_an_identifier_beside_a_target_is_no_count(swap):
    rng = np.random.default_rng(0)
    pair = [rng.choice(10**9, 40, replace=False), rng.integers(0, 2, 40)]
    X = rng.normal(size=(40, 2))
    with pytest.raises(InputError, match=r"twice, as in an identifier; for one target give labels"):
        LogisticRegression().fit(X, np.column_stack(pair[:: -1 if swap else 1]))


@pytest.mark.parametrize("case", ["two targets", "three classes each", "fractions", "indicators"])
def test_batches_of_two_targets_are_no_trials(case: str) -> None:
    """What one batch alone cannot tell, all of them do: rows of few trials among rows of more."""
    y = np.array(BAD[case][0][0])
    with pytest.raises(InputError, match=r"two columns|counts nothing"):
        LogisticRegression().fit(lambda: [(X4[:2], y[:2]), (X4[2:], y[2:])])
    if case != "fractions":
        model = LogisticRegression().fit(lambda: [(X4, y), (X4, 5 * y + 1)])
        whole = np.vstack([X4, X4]), np.vstack([y, 5 * y + 1])
        np.testing.assert_allclose(model.coef_, LogisticRegression().fit(*whole).coef_, atol=1e-9)


def test_trials_are_given_on_purpose():
    """What is refused as two columns is understood as a share and its trials."""
    X, pair = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([[1, 1], [0, 1], [1, 0], [1, 1]])
    total = pair.sum(axis=1)
    model = LogisticRegression().fit(X, pair[:, 0] / total, sample_weight=total)
    rows = np.repeat(X, [2, 1, 1, 2], axis=0)
    single = LogisticRegression().fit(rows, [1, 0, 0, 1, 1, 0])
    np.testing.assert_allclose(model.coef_, single.coef_, rtol=1e-6)


def test_a_formula_may_name_the_events_that_the_command_line_counts(tmp_path, capsys) -> None:
    pytest.importorskip("typer", reason="the command line needs it")
    pytest.importorskip("formulaic", reason="formulas need it")

    rng = np.random.default_rng(5)
    count, x = rng.integers(1, 9, 90), rng.normal(size=90).round(3)
    rows = zip(rng.binomial(count, 0.4), count, x, strict=True)
    path = tmp_path / "t.csv"
    path.write_text("ill,all,x\n" + "".join(f"{k},{n},{z}\n" for k, n, z in rows))
    said = []
    for formula in ("ill ~ x", "x"):
        line = ["fit", str(path), "--target", "ill", "--trials", "all", "--formula", formula]
        assert cli.run(line) == 0
        said.append(capsys.readouterr().out.partition("Coefficients")[2])
    assert said[0] == said[1]
    assert "(Intercept)" in said[0]


def counted(most: int, seed: int = 0) -> pd.DataFrame:
    """Rows of so many trials at most, the events among them, and other columns."""
    rng = np.random.default_rng(seed)
    n = 300
    age, trials = rng.integers(18, 80, n), rng.integers((most + 1) // 2, most + 1, n)
    events = rng.binomial(trials, 1 / (1 + np.exp((50 - age) / 20)))
    columns = {"age": age, "kids": rng.integers(0, 4, n), "sown seeds": trials, "grown": events}
    return pd.DataFrame(columns)


@pytest.mark.parametrize("most", [5, 20, 60, 250])
def test_events_without_their_trials_are_told_what_works(most, tmp_path, monkeypatch, capsys):
    """The column of trials is named, in the words of Python and of the command line."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    table = counted(most)
    table.to_csv("t.csv", index=False)
    cli.run(["check", "t.csv", "--target=grown"])
    captured = capsys.readouterr()
    assert bool(captured.err) == (table.grown.nunique() > MANY_CLASSES)
    said = " ".join((captured.out + captured.err).split())
    assert re.search(r"give --trials ('age', or give --trials )?'sown seeds'", said)
    assert cli.run(["fit", "t.csv", "--target=grown", "--trials=sown seeds"]) == 0
    found = list(inspect_data(table.drop(columns="grown"), table.grown))
    (note,) = (each for each in found if each.code == "trials")
    assert "sown seeds" in note.columns
    assert "give y / 'sown seeds' as y, 'sown seeds' as sample_weight" in str(note)
    y, X = table.grown, table.drop(columns=["grown", "sown seeds"])
    LogisticRegression().fit(X, y / table["sown seeds"], sample_weight=table["sown seeds"])


@pytest.mark.parametrize("seed", range(20))
def test_classes_with_numbers_are_seldom_taken_for_events(seed):
    """Of columns that have nothing to do with the target, chance makes none its trials."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame({f"x{j}": rng.integers(1, 4 + 5 * j, 200) for j in range(12)})
    for classes in (3, 5, 12):
        codes = [each.code for each in inspect_data(X, rng.integers(0, classes, 200))]
        assert "trials" not in codes


@pytest.mark.parametrize("labels", ["abcdefghijklmno", ["no", "No", "NO", "yes", "Yes"]])
def test_names_of_classes_are_no_counts(labels, tmp_path, monkeypatch, capsys):
    """Though their places rise with a column of whole numbers, as places in a list of names may."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    place = rng.integers(0, len(labels), 300)
    table = pd.DataFrame({"age": 18 + 5 * place + rng.integers(0, 9, 300)})
    table["t"] = np.array(sorted(labels))[place]
    table.to_csv("t.csv", index=False)
    cli.run(["check", "t.csv", "--target=t"])
    assert "trials" not in capsys.readouterr().out
    assert "trials" not in [each.code for each in inspect_data(table, "t")]
    table["t"] = place + 1  # nor are the numbers of classes, beside a column that is larger
    assert "trials" not in [each.code for each in inspect_data(table, "t")]


@pytest.mark.parametrize("classes", [3, 8, 20])
def test_a_column_that_is_merely_larger_is_not_taken_for_trials(classes):
    """That no row has less tells nothing where no row could: though both rise together."""
    rng = np.random.default_rng(classes)
    y = rng.integers(1, classes + 1, 400)
    size = {"a little": y + rng.integers(classes, classes + 3, 400), "much": 200 + 50 * y}
    for values in size.values():
        assert not [
            each
            for each in inspect_data(pd.DataFrame({"size": values}), y)
            if each.code == "trials"
        ]
    found = inspect_data(pd.DataFrame({"size": y + rng.integers(0, 3, 400)}), y)
    assert ("trials", ("size",)) in [(each.code, each.columns) for each in found]


@pytest.mark.parametrize(
    ("target", "trials", "said"),
    [
        ("w", "n", "column 'w' holds no number but 'yes', 'no', .*; leave --trials out"),
        ("e", "w", "column 'w' holds no number but .*--trials names a column of numbers; name"),
        ("m", "n", "row 3, column 'm': 'few' is not a number"),
        ("e", "z", r"row 2, column 'e': '2' is more than the row's trials \(z\)"),
    ],
)
def test_what_is_wrong_with_counts_is_said_of_what_is_wrong(tmp_path, target, trials, said, capsys):
    """A target of words is no cell to correct, and 0 is a number of trials."""
    pytest.importorskip("typer", reason="the command line needs it")
    path = tmp_path / "t.csv"
    path.write_text("x,e,n,w,m,z\n0.1,2,5,yes,1,0\n0.2,1,4,no,few,3\n0.3,0,3,yes,2,3\n")
    assert cli.run(["fit", str(path), "--target", target, "--trials", trials]) == 1
    assert re.search(said, capsys.readouterr().err)
