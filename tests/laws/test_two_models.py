"""Two models on the same rows: laws of their differences, and what is said of them."""

import re

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_rel
from sklearn.linear_model import LogisticRegression as Theirs
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from glasslogit import LogisticRegression, PairedEvaluation, evaluate_against, with_threshold
from glasslogit.errors import InputError
from glasslogit.evaluate import accuracy, brier_score, confusion_matrix, log_loss, roc_auc
from glasslogit.tables import Table
from glasslogit.trust.inference.paired import (
    OutcomeWeights,
    auc_difference,
    log_losses,
    mean_difference,
    precision_difference,
)

FLIPPED = {"new": "old", "old": "new", "open": "open"}
COLUMNS = ("difference", "std_error", "ci_low", "ci_high")


def sample(seed: int, n: int = 300, K: int = 2):
    """Rows whose class depends on both columns."""
    rng = np.random.default_rng(seed)
    X = np.round(rng.normal(size=(n, 2)), 1)  # ties
    margins = np.stack([np.zeros(n), X[:, 0] + X[:, 1], X[:, 0] - X[:, 1]][:K], axis=1)
    y = (margins + rng.gumbel(size=(n, K))).argmax(axis=1)
    return X, np.array(["a", "b", "c"])[y]


def two_models(K: int = 2):
    """A model that knows one column, one that knows both, and rows that neither has seen."""
    X, y = sample(0, 400, K)
    old = make_pipeline(FunctionTransformer(first_column), LogisticRegression()).fit(
        X[:200], y[:200]
    )
    return LogisticRegression().fit(X[200:], y[200:]), old, *sample(1, 300, K)


def first_column(X):
    """Hand on the first column."""
    return np.asarray(X)[:, :1]


def row(found: PairedEvaluation, name: str) -> dict[str, float]:
    place = found.measures.index(name)
    return {each: getattr(found, each)[place] for each in ("new", "old", *COLUMNS)}


@pytest.mark.parametrize("K", [2, 3])
def test_the_scores_are_those_of_the_measures_alone(K):
    new, old, X, y = two_models(K)
    found = evaluate_against(new, old, X, y)
    for side, model in (("new", new), ("old", old)):
        p, said = model.predict_proba(X), model.predict(X)
        assert row(found, "log loss")[side] == pytest.approx(log_loss(y, p), rel=1e-12)
        assert row(found, "Brier score")[side] == pytest.approx(brier_score(y, p), rel=1e-12)
        assert row(found, "accuracy")[side] == pytest.approx(accuracy(y, said), rel=1e-12)
        areas = [roc_auc(y == k, p[:, j]) for j, k in enumerate(new.classes_)]
        if K == 3:
            assert row(found, "mean ROC AUC")[side] == pytest.approx(np.mean(areas), rel=1e-12)
            continue
        assert row(found, "ROC AUC")[side] == pytest.approx(areas[1], rel=1e-12)
        (right, alarms), (missed, hits) = confusion_matrix(y, said)
        rates = (hits / (hits + missed), alarms / (alarms + right), hits / (hits + alarms))
        names = ("true-positive rate", "false-positive rate", "precision")
        for name, rate in zip(names, rates, strict=True):
            assert row(found, name)[side] == pytest.approx(rate, rel=1e-12)


@pytest.mark.parametrize("K", [2, 3])
def test_intervals_of_means_are_those_of_a_paired_t_test(K):
    new, old, X, y = two_models(K)
    found, place = evaluate_against(new, old, X, y, level=0.9), np.unique(y, return_inverse=True)[1]
    p = [model.predict_proba(X) for model in (new, old)]
    each = np.arange(len(y))
    losses = [-np.log(one[each, place]) for one in p]
    squares = [((one - np.eye(K)[place]) ** 2).sum(axis=1) / (2 if K == 2 else 1) for one in p]
    right = [(model.predict(X) == y).astype(float) for model in (new, old)]
    ready = {"log loss": losses, "Brier score": squares, "accuracy": right}
    for name, (one, other) in ready.items():
        known = ttest_rel(one, other)
        row_of = row(found, name)
        ends = known.confidence_interval(0.9)
        np.testing.assert_allclose([row_of["ci_low"], row_of["ci_high"]], ends, rtol=1e-9)
        assert row_of["difference"] / row_of["std_error"] == pytest.approx(known.statistic)


@pytest.mark.parametrize("K", [2, 3])
def test_models_that_change_places_flip_the_signs(K):
    new, old, X, y = two_models(K)
    one, other = evaluate_against(new, old, X, y), evaluate_against(old, new, X, y)
    assert one.measures == other.measures
    np.testing.assert_array_equal(one.difference, -other.difference)
    np.testing.assert_array_equal(one.ci_low, -other.ci_high)
    np.testing.assert_array_equal(one.std_error, other.std_error)
    assert one.better_by == tuple(FLIPPED[each] for each in other.better_by)
    assert (one.better, other.better) == ("new", "old")
    assert ": better on these 300 rows." in one.verdict
    assert ": worse on these 300 rows." in other.verdict


@pytest.mark.parametrize("K", [2, 3])
def test_a_model_against_itself_differs_by_exactly_0(K):
    new, _, X, y = two_models(K)
    found = evaluate_against(new, new, X, y)
    sure = [name != "calibration error" for name in found.measures]
    assert not found.difference.any()
    for name in COLUMNS:
        assert not getattr(found, name)[sure].any()
    assert set(found.better_by) == {"open"}
    assert found.verdict == "The two models say the same of each of these 300 rows."


@pytest.mark.parametrize("K", [2, 3])
def test_the_order_of_rows_and_classes_means_nothing(K):
    new, old, X, y = two_models(K)
    found, order = evaluate_against(new, old, X, y), np.random.default_rng(2).permutation(len(y))
    again = evaluate_against(new, old, X[order], y[order])
    for name in ("new", "old", *COLUMNS):
        np.testing.assert_allclose(getattr(again, name), getattr(found, name), atol=1e-13)
    assert (again.verdict, again.better_by) == (found.verdict, found.better_by)


def brute_force(score: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """DeLong's areas and their covariance, by looking at every pair: equations 1 to 6."""
    above = [each[y == 1][:, None] - each[y == 0] for each in score]
    psi = np.array([(each > 0) + 0.5 * (each == 0) for each in above])  # (2, m, n)
    areas = psi.mean(axis=(1, 2))
    S10, S01 = np.cov(psi.mean(axis=2)), np.cov(psi.mean(axis=1))
    return areas, S10 / psi.shape[1] + S01 / psi.shape[2]


def both_columns(score: np.ndarray) -> list[np.ndarray]:
    return [np.stack([1 - each, each], axis=1) for each in score]


@pytest.mark.parametrize("seed", range(5))
def test_the_error_of_the_area_is_delongs(seed):
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(60) % 3 == 0).astype(int)
    score = np.round(np.clip(rng.normal(0.5 + 0.2 * y, 0.3, (2, 60)), 0, 1), 1)  # many ties
    areas, V = brute_force(score, y)
    found = auc_difference("AUC", OutcomeWeights(np.eye(2)[y]), both_columns(score), [1])
    np.testing.assert_allclose(found.measured, [*areas, areas[0] - areas[1]], atol=1e-14)
    variance = V[0, 0] + V[1, 1] - 2 * V[0, 1]
    assert found.std_error == pytest.approx(variance**0.5, rel=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_an_error_of_three_classes_is_that_of_a_bootstrap(seed):
    rng = np.random.default_rng(seed)
    y, n = rng.permutation(np.arange(300) % 3), 300
    seen = OutcomeWeights(np.eye(3)[y])
    p = rng.dirichlet(np.ones(3), (2, n)) + np.array([0.5, 0.3])[:, None, None] * np.eye(3)[y]
    p /= p.sum(axis=2, keepdims=True)
    found = auc_difference("AUC", seen, [*p], [0, 1, 2])
    draws = [rng.integers(0, n, n) for _ in range(300)]
    again = [
        auc_difference("AUC", OutcomeWeights(seen.weight[i]), [*p[:, i]], [0, 1, 2]).measured.apart
        for i in draws
    ]
    assert found.std_error == pytest.approx(np.std(again), rel=0.15)


@pytest.mark.parametrize("seed", range(3))
def test_the_error_of_the_precision_is_that_of_a_bootstrap(seed):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, 400)
    decided = [np.where(rng.random(400) < right, y, 1 - y) for right in (0.8, 0.7)]
    seen = OutcomeWeights(np.eye(2)[y])
    found = precision_difference("precision", seen, decided, 1)
    again = []
    for _ in range(400):
        i = rng.integers(0, 400, 400)
        drawn = [each[i] for each in decided]
        one = precision_difference("", OutcomeWeights(seen.weight[i]), drawn, 1)
        again.append(one.measured.apart)
    assert found.std_error == pytest.approx(np.std(again), rel=0.15)


def test_a_weight_is_so_many_rows():
    new, old, X, y = two_models()
    weight = np.random.default_rng(3).integers(0, 4, len(y))
    repeated = evaluate_against(new, old, np.repeat(X, weight, axis=0), np.repeat(y, weight))
    found = evaluate_against(new, old, X, y, weight)
    for name in ("new", "old", *COLUMNS):
        np.testing.assert_allclose(getattr(found, name), getattr(repeated, name), rtol=1e-9)
    assert found.compared.sum() == (weight > 0).sum()


def test_what_weights_mean_decides_the_error_and_not_the_difference():
    X, y = sample(0, 400)
    weight = np.random.default_rng(3).integers(1, 4, 300)
    models = [
        LogisticRegression(weights="sampling").fit(X[part], y[part])
        for part in (slice(200), slice(100, 400))
    ]
    X, y = sample(1)
    found = evaluate_against(*models, X, y, weight)
    ten = evaluate_against(*models, X, y, weight / 10)  # a fraction counts no rows
    np.testing.assert_allclose(ten.std_error, found.std_error, rtol=1e-9)
    one = evaluate_against(*models, X, y, np.ones(300))
    none = evaluate_against(*models, X, y)
    np.testing.assert_allclose(one.difference, none.difference, rtol=1e-12)
    np.testing.assert_allclose(one.std_error, none.std_error, rtol=1e-9)


def test_a_row_of_trials_is_one_observation():
    rng = np.random.default_rng(4)
    X, trials = rng.normal(size=(80, 2)), rng.integers(1, 9, 80)
    events = rng.binomial(trials, 1 / (1 + np.exp(-X[:, 0])))
    share = events / trials
    new = LogisticRegression().fit(X[:40], share[:40], trials[:40])
    old = LogisticRegression(C=0.01).fit(X[:40], share[:40], trials[:40])
    rows = X[40:], share[40:], trials[40:]
    found = evaluate_against(new, old, *rows)
    pairs = np.stack([events, trials - events], axis=1)[40:]
    np.testing.assert_array_equal(evaluate_against(new, old, X[40:], pairs).new, found.new)
    single = np.concatenate([np.repeat([1, 0], pair) for pair in pairs])
    alone = evaluate_against(new, old, np.repeat(X[40:], trials[40:], axis=0), single)
    np.testing.assert_allclose(found.difference, alone.difference, atol=1e-12)
    np.testing.assert_array_equal(  # ten equal patients of each are ten times the trials
        evaluate_against(new, old, rows[0], rows[1], 10 * rows[2]).std_error.round(12),
        found.std_error.round(12),
    )


@pytest.mark.parametrize("seed", range(3))
def test_errors_of_trials_are_those_of_a_bootstrap_of_rows(seed):
    """Trials of a row share its luck: here half of the rows cure all of their patients."""
    rng = np.random.default_rng(seed)
    n, trials = 300, rng.integers(1, 9, 300)
    p = rng.beta(2, 2, n)
    events = np.where(rng.random(n) < 0.5, trials * (rng.random(n) < p), rng.binomial(trials, p))
    seen = OutcomeWeights(np.stack([trials - events, events], axis=1).astype(float), by_row=True)
    score = np.clip(p + rng.normal(size=(2, n)) * [[0.1], [0.4]], 0.01, 0.99)
    both = both_columns(score)

    def compared(i):
        rows, p = seen._replace(weight=seen.weight[i]), [each[i] for each in both]
        loss = mean_difference("", rows, [*map(log_losses, p)], lower_is_better=True)
        return loss, auc_difference("", rows, p, [1])

    found = [each.std_error for each in compared(np.arange(n))]
    again = [[each.measured.apart for each in compared(rng.integers(0, n, n))] for _ in range(400)]
    np.testing.assert_allclose(found, np.std(again, axis=0), rtol=0.15)
    single = seen._replace(by_row=False)
    assert found[1] > 1.2 * auc_difference("", single, both, [1]).std_error


def test_intervals_cover_the_difference_as_often_as_they_say():
    """Of 400 samples of 60 rows about 5% miss, of both measures that have theory behind them."""
    rng = np.random.default_rng(5)
    p = rng.beta(2, 2, 4000)
    new, old = np.clip(p + 0.05 * rng.normal(size=(2, 4000)) * [[1], [3]], 0.01, 0.99)
    truth = [(p * -np.log(one) + (1 - p) * -np.log1p(-one)).mean() for one in (new, old)]
    y = (rng.random(4000) < p).astype(int)
    missed = np.zeros(2)
    whole = auc_difference(
        "", OutcomeWeights(np.eye(2)[y]), both_columns(np.array([new, old])), [1]
    )
    for _ in range(400):
        i = rng.integers(0, 4000, 60)
        seen = OutcomeWeights(np.eye(2)[(rng.random(60) < p[i]).astype(int)])
        both = both_columns(np.array([new[i], old[i]]))
        loss = mean_difference("", seen, [*map(log_losses, both)], lower_is_better=True)
        area = auc_difference("", seen, both, [1])
        apart = truth[0] - truth[1], whole.measured.apart
        for k, found in enumerate((loss, area)):
            missed[k] += abs(found.measured.apart - apart[k]) > 2.0 * found.std_error
    assert (np.abs(missed / 400 - 0.05) < 0.03).all()


def test_which_model_is_better_is_told_or_that_it_is_open():
    new, old, X, y = two_models()
    assert "The new model's log loss is" in evaluate_against(new, old, X, y).verdict
    few = evaluate_against(new, old, X[40:52], y[40:52])
    assert few.better == "open"
    assert few.verdict.startswith("The two models cannot be told apart on these 12 rows: ")
    assert " lower to " in few.verdict
    assert " higher." in few.verdict
    one = evaluate_against(new, old, X[:1], y[:1])
    assert "nothing here tells how much that varies" in one.verdict
    assert not np.isfinite(one.ci_low[0])
    assert any("all of these rows are" in note for note in one.notes)


def test_what_differs_by_the_same_in_every_row_is_not_sure():
    """The same row twice says no more than once."""
    new, old, X, y = two_models()
    found = evaluate_against(new, old, X[[0] * 9], y[[0] * 9])
    assert found.difference[0] != 0
    assert np.isnan(found.std_error[0])
    assert found.better == "open"


def test_thresholds_are_each_models_own():
    new, _, X, y = two_models()
    careful = with_threshold(new, 0.2)
    found = evaluate_against(careful, new, X, y)
    assert row(found, "log loss")["difference"] == 0
    assert row(found, "true-positive rate")["difference"] > 0
    assert "b is predicted from probability 0.2 on by the new model, from 0.5 by the old" in str(
        found
    )
    assert found.better == "open"
    other = with_threshold(new, 0.3, positive="a")
    assert "from probability 0.5 on by the new model, from 0.7 by" in str(
        evaluate_against(new, other, X, y)
    )


def test_rows_that_a_model_was_fitted_to_are_told():
    X, y = sample(0, 400)
    new = LogisticRegression().fit(X[:200], y[:200])
    old = Theirs(tol=1e-10).fit(X[200:], y[200:])
    seen = evaluate_against(new, old, X[:200], y[:200])
    assert any("the new model seems to have been fitted to these rows" in n for n in seen.notes)
    seen = evaluate_against(new, old, X[200:], y[200:])
    assert any("the old model seems to have been fitted to these rows" in n for n in seen.notes)
    for seed in range(1, 30):
        assert "fitted" not in str(evaluate_against(new, old, *sample(seed)))


def test_a_model_that_was_sure_of_what_did_not_happen_is_told():
    X, y = np.array([[-2000.0], [1.0], [2000.0], [0.5]]), [1, 1, 1, 0]
    new = LogisticRegression(C=1e-9).fit([[0.0], [1.0]], [0, 1])
    sure = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    sure.coef_ = np.array([[1.0]])
    found = evaluate_against(new, sure, X, y)
    assert (found.old[0], found.difference[0], found.better_by[0]) == (np.inf, -np.inf, "open")
    assert "probability 0 to what happened in 1 row (0)" in found.notes[0]
    assert "Brier score" in found.verdict
    assert "nan" not in str(found)
    both = evaluate_against(sure, sure, X, y)
    assert "nan" not in str(both)


# --- tables --------------------------------------------------------------------------------


def messy(n: int = 120, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"age": rng.integers(20, 70, n).astype(float), "size": rng.normal(size=n)})
    table["town"] = rng.choice(["Ghent", "Ypres"], n)
    margin = (table.age - 45) / 10 + (table.town == "Ypres") + rng.logistic(size=n)
    table["left"] = np.where(margin > 0, "yes", "no")
    return table


def test_each_model_takes_its_own_columns_and_bad_rows_are_named():
    new = LogisticRegression(formula="left ~ town + age").fit(messy(200, 1))
    old = LogisticRegression().fit(messy(200, 2)[["size", "age"]], messy(200, 2).left)
    theirs = make_pipeline(StandardScaler(), Theirs()).fit(
        messy(200, 2)[["size", "age"]], messy(200, 2).left
    )
    rows = messy(100, 3)
    whole = evaluate_against(new, old, rows, "left")
    assert whole.compared.all()
    again = LogisticRegression().fit(messy(200, 1)[["left", "age"]], "left")
    assert evaluate_against(again, again, rows).compared.all()  # left is what it was fitted to
    named = Theirs().fit(messy(200, 2)[["size", "age"]], messy(200, 2).left)
    assert evaluate_against(new, named, rows, "left").compared.all()
    shuffled = rows[["left", "size", "town", "age"]]
    np.testing.assert_array_equal(evaluate_against(new, old, shuffled, "left").new, whole.new)
    p = theirs.predict_proba(rows[["size", "age"]])
    loss = log_loss(rows.left, p, labels=["no", "yes"])
    assert evaluate_against(new, theirs, rows, "left").old[0] == pytest.approx(loss, rel=1e-12)
    bad = rows.copy()
    bad.loc[3, "town"], bad.loc[5, "age"], bad.loc[7, "left"] = "Bruges", np.nan, None
    bad.loc[9, "left"] = "perhaps"
    found = evaluate_against(new, old, bad)
    assert np.flatnonzero(~found.compared).tolist() == [3, 5, 7, 9]
    text = str(found)
    assert "left out: 1 row without a label" in text
    assert "1 row with the label 'perhaps', which is no class of the model (no, yes)" in text
    assert (
        "2 rows that the new model cannot predict (3, 5): "
        "town was not seen in training in 1, age is missing in 1" in text
    )
    assert "1 row that the old model cannot predict (5): age is missing in 1" in text
    good = evaluate_against(new, old, rows.drop(index=[3, 5, 7, 9]), "left")
    np.testing.assert_array_equal(found.new, good.new)
    np.testing.assert_array_equal(found.ci_low, good.ci_low)


def test_a_table_of_text_may_have_gaps_in_its_target():
    table = {"age": ["31", "45", "28", "50"], "left": ["no", "yes", "no", "yes"]}
    new = LogisticRegression().fit(Table.of(table), "left")
    old = LogisticRegression(C=0.1).fit(Table.of(table), "left")
    rows = {"age": ["30", "44", "29", "51"], "left": ["no", "", "no", "yes"]}
    found = evaluate_against(new, old, Table.of(rows), "left")
    assert found.compared.tolist() == [True, False, True, True]


def test_labels_may_be_written_in_other_ways():
    X, y = sample(0, 200)
    number, truth = (y == "b").astype(int), y == "b"
    new, old = (LogisticRegression().fit(X[:100], each[:100]) for each in (number, truth))
    found = evaluate_against(new, old, X[100:], number[100:])
    assert not found.difference.any()
    np.testing.assert_array_equal(evaluate_against(new, old, X[100:], truth[100:]).new, found.new)


def test_an_offset_is_for_the_models_that_have_one():
    X, y = sample(0, 200)
    offset = X[:, 1]
    new = LogisticRegression().fit(X[:100, :1], y[:100], offset=offset[:100])
    old = LogisticRegression().fit(X[:100, :1], y[:100])
    found = evaluate_against(new, old, X[100:, :1], y[100:], offset=offset[100:])
    p = new.predict_proba(X[100:, :1], offset[100:])
    assert found.new[0] == pytest.approx(log_loss(y[100:], p), rel=1e-12)
    p = old.predict_proba(X[100:, :1])
    assert found.old[0] == pytest.approx(log_loss(y[100:], p), rel=1e-12)


def test_rows_may_reach_the_old_model_in_a_form_of_their_own():
    new, _, X, y = two_models()
    old = LogisticRegression().fit(X[:100, :1], y[:100])
    found = evaluate_against(new, old, X[100:], y[100:], old_X=X[100:, :1])
    p = old.predict_proba(X[100:, :1])
    assert found.old[0] == pytest.approx(log_loss(y[100:], p), rel=1e-12)
    with pytest.raises(InputError, match="X has 200 rows and old_X 1; give the same rows"):
        evaluate_against(new, old, X[100:], y[100:], old_X=X[:1, :1])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"y": None}, "y is missing; give the labels, or the name of their column in X"),
        ({"level": 1.0}, "level=1.0 is not valid"),
        ({"y": ["x"] * 300}, "no row has an outcome and a probability by both models"),
        ({"old": "three"}, "classes are a, b and the old model's a, b, c; give two models of the"),
        ({"new": LogisticRegression()}, "not fitted yet"),
        ({"new": None}, "is no model"),
        ({"sample_weight": [1.0]}, "sample_weight has shape"),
        ({"sample_weight": [0.0] * 300}, "zero for every row"),
        ({"y": [1, 2]}, "y has"),
    ],
    ids=str,
)
def test_what_cannot_be_compared_is_refused_in_one_line(change, said):
    new, old, X, y = two_models()
    if change.get("old") == "three":
        change = {"old": two_models(3)[1]}
    given = {"new": new, "old": old, "X": X, "y": y} | change
    with pytest.raises((InputError, ValueError), match=re.escape(said)) as error:
        evaluate_against(**given)
    assert "\n" not in str(error.value)


def test_the_result_is_shown_like_the_others():
    new, old, X, y = two_models()
    found = evaluate_against(new, old, X, y)
    lines = str(found).split("\n")
    assert lines[0] == "The new model against the old one on the same 300 rows"
    assert lines[-1] == found.verdict
    assert max(map(len, lines[: len(found.measures) + 2])) <= 80
    frame = found.to_frame()
    np.testing.assert_array_equal(frame.std_error, found.std_error)
    assert found.verdict in found.to_html().replace("&#x27;", "'")
