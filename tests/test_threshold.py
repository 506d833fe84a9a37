"""From which probability on a class is predicted: one meaning in Python, files and commands."""

import numpy as np
import pandas as pd
import pytest

from glasslogit import (
    LogisticRegression,
    LogisticRegressionCV,
    explain,
    with_base_rate,
    with_threshold,
)
from glasslogit.cli import run
from glasslogit.errors import InputError
from glasslogit.evaluate import best_f1_threshold, confusion_matrix
from glasslogit.export import load_model, save_model

rng = np.random.default_rng(0)
X = rng.normal(size=(200, 2))
Y = np.where(rng.random(200) < 1 / (1 + np.exp(1.0 - 2 * X[:, 0])), "yes", "no")
MODEL = LogisticRegression().fit(X, Y)
P = MODEL.predict_proba(X)[:, 1]


def f1(counts):
    (_, alarms), (missed, found) = counts
    return 2 * found / (2 * found + alarms + missed)


@pytest.mark.parametrize("threshold", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("positive", ["yes", "no", None])
def test_a_class_is_predicted_from_its_threshold_on(threshold, positive):
    decided = with_threshold(MODEL, threshold, positive=positive)
    p = 1 - P if positive == "no" else P
    event, other = ("no", "yes") if positive == "no" else ("yes", "no")
    expected = np.where(p >= threshold, event, other)
    assert decided.predict(X).tolist() == expected.tolist()
    assert decided.score(X, Y) == np.mean(expected == Y)
    assert MODEL.threshold_ is None
    if positive != "no":
        assert MODEL.predict(X, threshold=threshold).tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("rule", "threshold"),
    [("5:1", 1 / 6), ("1:1", 0.5), ("1 : 3", 0.75), ("0.25", 0.25), (0.2, 0.2), ("2.5:1", 1 / 3.5)],
)
def test_costs_are_a_threshold(rule, threshold):
    assert with_threshold(MODEL, rule).threshold_ == pytest.approx(threshold, rel=1e-15)


@pytest.mark.parametrize("missed", [0.5, 3, 20])
def test_no_other_threshold_costs_less_if_the_probabilities_are_true(missed):
    """The expected cost under the model itself, at 999 thresholds."""

    def cost(t):
        return np.where(t <= P, 1 - P, missed * P).sum()

    chosen = with_threshold(MODEL, f"{missed}:1").threshold_
    assert cost(chosen) <= min(cost(t) for t in np.linspace(0.001, 0.999, 999))


@pytest.mark.parametrize("share", [1, 10, 37.5, 99])
def test_a_share_of_the_rows_reaches_its_threshold(share):
    decided = with_threshold(MODEL, f"{share}%", X)
    assert (decided.predict(X) == "yes").sum() == int(share / 100 * len(X))


def test_the_best_f1_is_that_of_the_rows():
    decided = with_threshold(MODEL, "f1", X, Y)
    assert decided.threshold_ == best_f1_threshold(Y, P, pos_label="yes")
    usual, best = (f1(confusion_matrix(Y, each.predict(X))) for each in (MODEL, decided))
    assert best >= usual
    table = pd.DataFrame(X, columns=["a", "b"]).assign(bought=Y)
    tabled = LogisticRegression(formula="bought ~ a + b").fit(table)
    assert with_threshold(tabled, "f1", table).threshold_ == pytest.approx(decided.threshold_)


def test_the_threshold_goes_where_the_model_goes(tmp_path):
    decided = with_threshold(MODEL, "5:1", positive="no")
    save_model(decided, tmp_path / "m.json")
    again = load_model(tmp_path / "m.json")
    assert (again.positive_, again.threshold_) == ("no", 1 / 6)
    assert again.predict(X).tolist() == decided.predict(X).tolist()
    assert with_base_rate(decided, 0.2).threshold_ == 1 / 6
    assert again.fit(X, Y).threshold_ is None


def test_an_explanation_flips_where_the_model_does():
    decided = with_threshold(MODEL, 0.8, positive="no")
    for row in X[:20]:
        why = explain(decided, row, X)
        assert why.label == "no"
        moved = row.copy()
        name, _, to, _ = why.change
        for over, expected in ((1.001, False), (0.999, True)):
            moved[int(name[1:])] = row[int(name[1:])] + over * (to - row[int(name[1:])])
            same = decided.predict([moved]).item() == decided.predict([row]).item()
            assert same is expected


def test_what_makes_no_sense_is_refused():
    three = LogisticRegression().fit(X, rng.integers(0, 3, 200))
    with pytest.raises(InputError, match="two classes, and the model has 3"):
        with_threshold(three, 0.3)
    with pytest.raises(InputError, match="two classes, and the model has 3"):
        three.predict(X, threshold=0.3)
    for threshold in (0, 1, -0.5, 1.5, "0.5", True):
        with pytest.raises(InputError, match="threshold="):
            MODEL.predict(X, threshold=threshold)
    for rule in (0, 1, 1.5, "-1", "0:1", "5:0", "0%", "100%", "120%", "best", "", "1:2:3"):
        with pytest.raises(InputError, match="threshold="):
            with_threshold(MODEL, rule, X, Y)
    with pytest.raises(InputError, match="give X and y"):
        with_threshold(MODEL, "f1", X)
    with pytest.raises(InputError, match="give X, and y"):
        with_threshold(MODEL, "10%")
    with pytest.raises(InputError, match="no whole row"):
        with_threshold(MODEL, "1%", X[:20])
    with pytest.raises(InputError, match="no class"):
        with_threshold(MODEL, 0.3, positive="maybe")


def test_a_search_can_decide_too():
    best = with_threshold(LogisticRegressionCV(Cs=2, cv=2).fit(X, Y), "9:1")
    p = best.predict_proba(X)[:, 1]
    assert best.predict(X).tolist() == np.where(p >= 0.1, "yes", "no").tolist()


def test_the_command_line_and_python_decide_alike(tmp_path, capsys):
    table = pd.DataFrame(X, columns=["a", "b"]).assign(bought=Y)
    table.to_csv(tmp_path / "t.csv", index=False)
    table.drop(columns="bought").to_csv(tmp_path / "new.csv", index=False)
    files = {name: str(tmp_path / name) for name in ("t.csv", "new.csv", "m.json", "p.csv")}
    fit = ["fit", files["t.csv"], "--target", "bought", "--model", files["m.json"]]
    assert run([*fit, "--threshold", "5:1", "--positive", "no"]) == 0
    assert "a missed no costs 5 times what a false alarm does" in " ".join(
        capsys.readouterr().out.split()
    )
    model = load_model(files["m.json"])
    predict = ["predict", files["m.json"], files["new.csv"], "-o", files["p.csv"]]
    assert run(predict) == 0
    assert (
        pd.read_csv(files["p.csv"]).predicted.tolist() == model.predict(table[["a", "b"]]).tolist()
    )
    assert run([*predict, "--threshold", "0.9"]) == 0
    expected = model.predict(table[["a", "b"]], threshold=0.9).tolist()
    assert pd.read_csv(files["p.csv"]).predicted.tolist() == expected
    assert run([*predict, "--threshold", "f1"]) == 2
    assert "is chosen by `fit`" in capsys.readouterr().err
    assert run([*fit, "--threshold", "10%"]) == 0
    assert "10% of the training rows reach it" in " ".join(capsys.readouterr().out.split())


def test_a_share_is_never_exceeded_where_probabilities_tie():
    Z = np.repeat([[0.0], [1.0], [2.0]], 40, axis=0)
    y = np.tile([0, 1, 1, 1], 30) * (Z[:, 0] > 0)
    model = LogisticRegression().fit(Z, y)
    for share in (0.34, 0.5, 0.66):
        decided = with_threshold(model, f"{100 * share:g}%", Z)
        assert decided.predict(Z).mean() == pytest.approx(1 / 3)
    with pytest.raises(InputError, match="40 of 120 rows have the largest probability"):
        with_threshold(model, "10%", Z)


@pytest.mark.parametrize("positive", [0, 1])
def test_the_drawn_boundary_is_where_the_model_decides(positive, monkeypatch):
    boundary = pytest.importorskip("glasslogit.show.boundary")
    levels = []
    monkeypatch.setattr(boundary, "_draw_surface", lambda *asked: levels.append(asked[3]))
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(80, 2))
    model = LogisticRegression().fit(Z, (Z[:, 0] + rng.normal(size=80) > 0).astype(int))
    decided = with_threshold(model, "5:1", positive=positive)
    for each, asked in ((model, None), (decided, None), (decided, 0.3)):
        boundary.plot_decision_boundary(each, Z, threshold=asked)
    own = decided.threshold_ if positive else 1 - decided.threshold_
    assert levels == [0.5, own, 0.3]
