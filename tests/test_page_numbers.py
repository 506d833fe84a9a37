"""Numbers are written in one way on all pages: counts by thousands, percentages without a blank."""

import csv
import re

import numpy as np
import pandas as pd
import pytest

from glasslogit import LogisticRegression, cli, inspect_data, summarize
from glasslogit.findings import Code, Finding, Severity
from glasslogit.pages import level_text, listed, per_cent
from glasslogit.tables import shorten

pytest.importorskip("typer", reason="the command line is an extra")

N = 6000
BARE = re.compile(
    r"(?<![\d.,])\d{4,}(?![\d.])"
)  # of a count; no value, name or row here is so long
APART = re.compile(r"\d %")
COMMANDS = (
    "check t.csv --target y",
    "fit t.csv --target y --model m.json",
    "fit t.csv --target y --firth --test-size 0 --drop town --missing drop",
    "fit t.csv --target many --C inf",
    "evaluate m.json t.csv",
    "explain m.json t.csv --row 5",
    "predict m.json t.csv -o out.csv",
)


@pytest.fixture(scope="module")
def table():
    """So many rows, of which some are incomplete, and columns of small numbers and some levels."""
    rng = np.random.default_rng(0)
    age, pay = rng.integers(18, 80, N), rng.normal(size=N).round(9)
    town = rng.choice(["Ghent", "Bruges", "Ypres"], N)
    y = np.where((age - 50) / 20 + pay + rng.logistic(size=N) > 0, "yes", "no")
    gaps = ["" if k % 4 == 0 else str(value) for k, value in enumerate(pay)]
    many = rng.integers(0, 3, N)
    return {"age": age, "pay": gaps, "town": town, "many": many, "y": y}


@pytest.mark.parametrize("columns", ["80", "120"])
def test_pages_of_a_large_table_write_numbers_in_one_way(
    table, columns, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", columns)
    with (tmp_path / "t.csv").open("w", newline="") as file:
        csv.writer(file).writerows([table, *zip(*table.values(), strict=True)])
    marked = 0
    for command in COMMANDS:
        assert cli.run(command.split()) == 0
        out = "".join(capsys.readouterr())
        assert not BARE.findall(out), command
        assert not APART.findall(out), command
        assert max(map(len, out.split("\n"))) <= int(columns)
        marked += len(re.findall(r"\d,\d{3}\b", out))
    assert marked > 40  # so that what is looked for would have been seen


def test_so_do_lists_findings_and_tables_in_python(table):
    names = [f"x{j}" for j in range(2400)]
    assert listed(names).endswith("… (2,394 more)")
    assert shorten(names, 30).endswith(" and 2,370 more")
    assert "and 2,395 more" in str(Finding(Code.CONSTANT, Severity.NOTE, tuple(names), "", ""))
    X, y = table["age"][:, None], table["y"]
    told = str(summarize(LogisticRegression().fit(X, y), X, y))
    assert "95% Wald intervals, 6,000 observations" in told
    (leak,) = inspect_data(pd.DataFrame({"town": np.where(y == "yes", "a", "b")}), y)
    assert "alone saves 100.0% of the errors" in str(leak)
    assert (level_text(0.95), per_cent(0.857)) == ("95%", "85.7%")
