"""What is printed is true: nothing is rounded to certainty, nothing speaks of what is not there."""

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glasslogit import LogisticRegression, cli, explain, summarize
from glasslogit.pages import decimals, per_cent, predicted, probability
from glasslogit.pages.page import cell

SHARES = st.floats(0, 1, exclude_min=True, exclude_max=True)
NEAR = SHARES.map(lambda e: 1 - e * 1e-6).filter(lambda p: p < 1)
SMALL = SHARES.map(lambda e: e * 1e-6).filter(lambda p: p > 0)


@given(st.one_of(SHARES, NEAR, SMALL))
def test_no_share_is_rounded_to_nothing_or_to_all(value):
    for text in (
        probability(value),
        predicted(value),
        decimals(value),
        per_cent(value),
        cell("p_value", value),
    ):
        if text[0] not in "<>":
            number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
            assert 0 < number < 1


@pytest.mark.parametrize("sign", [1, -1])
def test_an_explained_probability_is_never_0_or_1(sign):
    X = np.array([[-1.0], [0.0], [1.0], [2.0]])
    model = LogisticRegression(C=np.inf).fit(X, [0, 1, 0, 1])
    said = str(explain(model, [sign * 1e4], X))
    assert "Probability of 1: 1" not in said
    assert "Probability of 1: 0\n" not in said


@pytest.fixture
def table(tmp_path, monkeypatch):
    """A folder with t.csv, in which age and score are numbers, score one of thirteen."""
    random = np.random.default_rng(0)
    age = random.integers(18, 80, 400)
    score = np.clip(age // 7 + random.integers(-2, 3, 400), 0, 12)
    bought = np.where(age + random.normal(size=400) * 20 > 50, "yes", "no")
    with (tmp_path / "t.csv").open("w", newline="") as file:
        rows = zip(age, score, bought, strict=True)
        csv.writer(file).writerows([("age", "score", "bought"), *rows])
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("table")
def test_the_notes_below_a_table_speak_of_what_is_in_it(capsys):
    assert cli.run(["fit", "t.csv", "--target=bought"]) == 0
    out = capsys.readouterr().out
    assert "ridge penalty draws" in out
    notes = out.partition("Odds ratio:")[2].partition("Measured")[0]
    assert ("p-value" in notes) <= ("p-value" in out.partition("Odds ratio:")[0])
    assert "df" not in notes


def test_the_effective_number_of_coefficients_is_told_with_its_name():
    X = np.random.default_rng(0).normal(size=(50, 2))
    y = np.arange(50) % 2
    penalised = str(summarize(LogisticRegression().fit(X, y), X, y))
    assert "the effective number of coefficients" in penalised
    free = str(summarize(LogisticRegression(C=np.inf).fit(X, y), X, y))
    assert "effective number" not in free


@pytest.mark.parametrize("command", ["fit", "check"])
@pytest.mark.usefixtures("table")
def test_a_target_of_many_numbers_is_told_before_the_fit(capsys, monkeypatch, command):
    def fail(*_, **__):
        raise KeyboardInterrupt

    place = {
        "fit": "glasslogit.model.estimator.LogisticRegression.fit",
        "check": "glasslogit.cli.check.find_separation",
    }[command]
    monkeypatch.setattr(place, fail)
    assert cli.run([command, "t.csv", "--target=score"]) == 130
    out = " ".join(capsys.readouterr().out.split())
    assert "13 values, each taken as a class of its own: 13 × 3 coefficients" in out
    assert "regression, which glasslogit does not do" in out
    assert cli.run([command, "t.csv", "--target=bought"]) == 130
    assert "looks like a number" not in capsys.readouterr().out
