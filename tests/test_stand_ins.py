"""A number that may stand for no value is asked about, and what may be an amount is not."""

import shlex
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glasslogit import LogisticRegression, cli, inspect_data
from glasslogit.findings import Code
from glasslogit.tables import TableEncoder, read_table

N = 300


def draw(kind: str, rng: np.random.Generator, n: int = N):
    """Give numbers as they come: amounts, counts, years, values that end somewhere."""
    return {
        "amounts": lambda: rng.lognormal(8, 1.5, n).round(2),
        "whole amounts": lambda: np.floor(rng.pareto(1, n) * 20 + 1),
        "prices": lambda: np.ceil(rng.lognormal(4, 1, n) / 10) * 10 - 1,
        "counts": lambda: rng.poisson(3, n),
        "many counts": lambda: rng.negative_binomial(1, 0.03, n),
        "nearly all 0": lambda: np.where(rng.random(n) < 0.8, 0, rng.lognormal(5, 1, n).round()),
        "years": lambda: rng.integers(1950, 2025, n),
        "two-digit years": lambda: rng.integers(50, 100, n),
        "ages": lambda: np.clip(rng.normal(50, 20, n).round(), 0, 99),
        "capped": lambda: np.clip(rng.normal(80, 20, n).round(), 0, 99),
        "signs": lambda: rng.choice([-1, 0, 1], n),
        "two signs": lambda: rng.choice([-1, 1], n),
        "differences": lambda: rng.poisson(3, n) - rng.poisson(1, n),
        "degrees": lambda: rng.normal(8, 4, n).round(),
        "codes": lambda: rng.choice([1, 2, 3, 9], n),
        "pixels": lambda: rng.choice([0, 255], n),
        "two values": lambda: rng.choice([0, 99], n),
        "ratings": lambda: rng.integers(1, 6, n),
        "both ways": lambda: rng.standard_cauchy(n).round(2),
    }[kind]()


KINDS = (
    *("amounts", "whole amounts", "prices", "counts", "many counts", "nearly all 0", "years"),
    *("two-digit years", "ages", "capped", "signs", "two signs", "differences", "degrees"),
    *("codes", "pixels", "two values", "ratings", "both ways"),
)


def asked(values, y=None):
    y = np.arange(len(values)) % 2 if y is None else y
    return [
        each
        for each in inspect_data(pd.DataFrame({"a": values}), y)
        if each.code is Code.LOOKS_MISSING
    ]


@pytest.mark.parametrize("kind", KINDS)
@given(seed=st.integers(0, 10_000), n=st.sampled_from([40, 300, 3000]))
def test_no_number_that_came_by_itself_is_asked_about(kind: str, seed: int, n: int) -> None:
    assert asked(draw(kind, np.random.default_rng(seed), n)) == []


@pytest.mark.parametrize("kind", ["amounts", "counts", "nearly all 0", "years", "ratings", "ages"])
@pytest.mark.parametrize("number", [999999, -999, -9, -1, 2**31 - 1, 999999.9])
@given(seed=st.integers(0, 10_000), share=st.sampled_from([0.1, 0.4, 0.8]))
def test_a_number_that_people_write_for_none_is(kind, number, seed, share) -> None:
    rng = np.random.default_rng(seed)
    values = draw(kind, rng).astype(float)
    gone = rng.random(N) < share
    values[gone] = number
    (found,) = asked(values)
    text = np.format_float_positional(number, trim="-")
    why = "the only negative number"
    if number > 0:
        middle = np.quantile(values[~gone], 0.5, method="lower")
        why = f"far from the others, whose median is {middle:.10g}"
    assert found.evidence.startswith(f"holds {text} in {gone.sum()} rows, {why}")


@pytest.mark.parametrize(
    ("others", "number", "severity"),
    [
        ([9.99, 19.99, 49.99, 99, 199], 999, "note"),  # the dearest
        ([50, 75, 100, 150, 200, 250], 999, "note"),
        ([0, 500, 3000, 20000, 41310], 99999, "note"),  # where amounts are cut off
        ([0, 1, 2, 3], -1, "note"),  # a change
        (range(18, 81), 999, "warning"),
        (range(100), 999, "warning"),
        (range(1950, 2026), 9999, "warning"),
        ([36.4, 36.9, 37.5, 38.2, 39.9], 99.9, "warning"),
        ([1, 2, 3, 4, 5], 99, "warning"),
        (range(-12, 31), -999, "warning"),
        (range(18, 81), -1, "warning"),
        ([0, 0.1, 0.4, 2.5], -1, "warning"),
        ([0, 1, 2, 3], -9, "warning"),
    ],
)
@pytest.mark.parametrize("scale", [1, 3])
def test_it_is_a_warning_where_nothing_else_is_likely_meant(others, number, severity, scale):
    (found,) = asked(np.array([*others, *[number] * 3] * 40 * scale, float))
    assert found.severity == severity


def test_each_number_has_the_reason_that_is_its_own():
    values = draw("ratings", np.random.default_rng(0))
    values[:20], values[20:50] = -1, 999
    (found,) = asked(values)
    assert found.evidence == (
        "holds -1 in 20 rows, the only negative number, and 999 in 30 rows, far from the others, "
        "whose median is 3"
    )
    values[50:60] = -8
    (found,) = asked(np.where(values == 999, 3, values) + 10 * (values == 5))
    assert found.evidence == "holds -8 in 10 rows and -1 in 20 rows, the only negative numbers"


def test_a_number_of_one_row_is_an_outlier_and_two_stand_ins_are_told_together():
    values = draw("ratings", np.random.default_rng(0))
    values[3] = 999
    assert asked(values) == []
    values[3:33], values[33:63] = 888, 999
    (found,) = asked(values)
    assert "holds 888 in 30 rows and 999 in 30 rows" in found.evidence
    with_gap = values.astype(float)
    with_gap[100:150] = np.nan
    assert len(asked(with_gap)) == 1
    assert asked(np.where(values == 999, np.inf, values))[0].evidence.startswith("holds 888 in 30 ")


def columns(seed: int = 0):
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 80, N).astype(object)
    age[rng.random(N) < 0.1] = -1
    balance = rng.integers(-3, 40, N).astype(object)
    y = np.where(rng.random(N) < 0.5, "yes", "no")
    return {"age": age, "balance": balance, "town": rng.choice(["Ghent", "Ypres", "NA"], N), "y": y}


@pytest.mark.parametrize("written", ["{}", "{}.0", "${:,}.00"])
@pytest.mark.parametrize("command", ["check", "fit"])
def test_what_is_asked_gives_what_is_typed_if_so(tmp_path, monkeypatch, capsys, command, written):
    """The remedy reads the number as missing in its own column, however it is written there."""
    pytest.importorskip("typer")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")
    table = columns()
    if "$" in written:
        table["age"] = [999999 if each == -1 else 100 * each for each in table["age"]]
    table["age"] = [written.format(each) for each in table["age"]]
    pd.DataFrame(table).to_csv("t.csv", index=False)
    line = [command, "t.csv", "--target=y"]
    cli.run(line)
    said = capsys.readouterr().out
    assert said.count("looks_missing") == 1
    given = said.partition("that there is no value, ")[2].partition(" says so")[0]
    assert given.startswith("--na 'age=")
    cli.run([*line, *shlex.split(given)])
    after = capsys.readouterr().out
    assert "looks_missing" not in after
    gaps = sum("-1" in each or "999,999" in each for each in table["age"])
    assert f"'age' {gaps}" in after
    assert f"'town' {sum(table['town'] == 'NA')}" in after
    assert "balance" in after.partition("Coefficients")[2] or command == "check"
    asked = read_table("t.csv", na=[shlex.split(given)[1]])
    assert int(asked.column("age").gaps.sum()) == gaps
    assert not asked.column("balance").gaps.any()


@pytest.mark.parametrize("kind", ["frame", "file"])
def test_a_fit_in_python_is_given_what_its_encoder_takes(tmp_path, kind):
    frame = pd.DataFrame(columns()).astype({"age": int, "balance": int})
    frame.to_csv(tmp_path / "t.csv", index=False)
    table = frame if kind == "frame" else read_table(tmp_path / "t.csv")
    model = LogisticRegression(encoder=TableEncoder(missing="drop"), findings="full")
    (found,) = [each for each in model.fit(table, "y").findings_ if each.code == "looks_missing"]
    text = found.remedy.partition("encoder=")[2].removesuffix(" says so")
    encoder = eval(text, {"TableEncoder": TableEncoder})  # noqa: S307  our own words
    encoder.missing = "drop"
    mended = LogisticRegression(encoder=encoder, findings="full").fit(table, "y")
    assert "looks_missing" not in [str(each.code) for each in mended.findings_]
    left = (frame.age != -1) & ((frame.town != "NA") | (kind == "frame"))
    same = LogisticRegression(encoder=TableEncoder()).fit(frame[left], "y")
    np.testing.assert_allclose(mended.coef_, same.coef_, rtol=1e-6)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        numbers = LogisticRegression(findings="full").fit(frame[["age", "balance"]], frame.y)
    (found,) = [each for each in numbers.findings_ if each.code == "looks_missing"]
    assert found.remedy.endswith("leave such rows out, or put in what is known of them")
