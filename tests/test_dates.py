"""Columns of dates on the command line: `--date` counts days, and what is printed can be typed."""

import csv
import datetime as dt
import io
import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from glasslogit import LogisticRegression, cli, explain
from glasslogit.export import load, load_model
from glasslogit.tables import Date, TableEncoder, read_table

pytest.importorskip("polars", reason="files are read with polars")
pytest.importorskip("typer")
pytestmark = pytest.mark.usefixtures("wide")

RNG = np.random.default_rng(8)
DAYS = RNG.integers(0, 700, 90)
Y = np.where(RNG.random(90) < 1 / (1 + np.exp(-(DAYS - 350) / 150)), "yes", "no")
DATES = [dt.date(2022, 1, 1) + dt.timedelta(int(k)) for k in DAYS]
AGES = RNG.integers(20, 60, 90)


@pytest.fixture
def wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")


def written(tmp_path, pattern="%Y-%m-%d", name="t.csv", **changed):
    """Write a file with a column of dates."""
    texts = [changed.get(f"row{k + 2}", day.strftime(pattern)) for k, day in enumerate(DATES)]
    rows = [f"{text},{age},{y}" for text, age, y in zip(texts, AGES, Y, strict=True)]
    (tmp_path / name).write_text("\n".join(["when,age,y", *rows]) + "\n")
    return str(tmp_path / name)


def run(capsys, *arguments):
    code = cli.run([*map(str, arguments)])
    out = capsys.readouterr()
    return code, out.out, out.err


def remedies(said):
    return re.findall(r"--[a-z]+ '[^']*'", said)


@pytest.mark.parametrize(
    "pattern", ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%d.%m.%Y", "%m/%d/%Y", "%d %b %Y"]
)
def test_every_option_that_is_printed_of_dates_works(tmp_path, capsys, pattern):
    base = ("fit", written(tmp_path, pattern), "--target", "y")
    code, _, said = run(capsys, *base)
    assert code == 1
    assert "row 2, column 'when'" in said
    found = remedies(said)
    assert ("--date 'when'" in found) == (pattern[:2] == "%Y")
    assert {"--drop 'when'", "--categorical 'when'"} <= {*found}
    for remedy in found:
        assert run(capsys, *base, *shlex.split(remedy))[0] == 0, remedy
    _, out, _ = run(capsys, "check", *base[1:])
    for remedy in remedies(out):
        _, after, _ = run(capsys, "check", *base[1:], *shlex.split(remedy))
        assert "Columns that cannot be used" not in after, remedy


@pytest.mark.parametrize("time", ["", "T%H:%M", " %H:%M:%S", ", %I:%M %p"])
@pytest.mark.parametrize("day", ["%d.%m.%Y", "%m/%d/%Y", "%d %b %Y", "%B %d, %Y", "%b-%Y"])
def test_a_date_that_is_no_iso_date_is_shown_as_one_that_can_be_counted(
    tmp_path, capsys, day, time
):
    """Written so in the file, with what is said of the first value, it is the same moment."""
    moments = [
        dt.datetime(2022, 12, 13, 16, 5, tzinfo=dt.UTC) + dt.timedelta(int(k), 61 * int(k))
        for k in DAYS
    ]
    path = tmp_path / "t.csv"

    def fitted(texts, *options):
        rows = [f'"{text}",{age},{y}' for text, age, y in zip(texts, AGES, Y, strict=True)]
        path.write_text("\n".join(["when,age,y", *rows]) + "\n")
        return run(capsys, "fit", path, "--target", "y", *options)

    if day == "%b-%Y" and time:
        return
    code, _, said = fitted([each.strftime(day + time) for each in moments])
    shown = re.search(r"write it as (\d{4}-[^,]*), of which days can be counted", said)[1]
    read = dt.datetime.fromisoformat(shown if len(shown) > 7 else f"{shown}-01")
    again = read.strftime(day + time)
    assert (code, again) == (1, moments[0].strftime(day + time))
    form = "%Y-%m" if day == "%b-%Y" else "%Y-%m-%d %H:%M:%S" if time else "%Y-%m-%d"
    assert fitted([each.strftime(form) for each in moments], "--date", "when")[0] == 0


def test_days_are_counted_as_in_python_and_new_rows_by_the_model_file(tmp_path, capsys):
    path, model = written(tmp_path), tmp_path / "m.json"
    how = ("--date", "when", "--test-size", 0, "--model", model)
    code, out, _ = run(capsys, "fit", path, "--target", "y", *how)
    assert code == 0
    assert f"when: days from {min(DATES)}, the earliest" in " ".join(out.split())
    encoder = TableEncoder(columns={"when": Date("days")})
    python = LogisticRegression(encoder=encoder).fit(read_table(path), "y")
    assert load(model).model.coef_.tolist() == python.coef_.tolist()
    changed = {"row3": "last week", "row4": "", "row5": "2019-05-05", "row6": "31.12.2023"}
    new = written(tmp_path, name="n.csv", **changed)
    code, out, _ = run(capsys, "predict", model, new)
    rows = [*csv.DictReader(io.StringIO(out))]
    assert code == 0
    blank = [row["row"] for row in rows if not row["probability of yes"]]
    assert blank == ["3", "4", "6"]
    assert rows[1]["note"] == "when is not a date: 'last week'"
    assert run(capsys, "evaluate", model, new)[0] == 0
    _, out, _ = run(capsys, "explain", model, path, "--row", 2)
    assert str(DATES[0]) in out
    assert re.search(r"Flips if (when goes from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d|age goes)", out)
    command = run(capsys, "check", path, "--target", "y", "--date", "when")[1].splitlines()[-1]
    assert run(capsys, *shlex.split(command)[1:])[0] == 0


def test_missing_dates_and_a_bad_one(tmp_path, capsys):
    base = ("--target", "y", "--date", "when")
    path = written(tmp_path, row5="")
    for missing in ("drop", "indicator"):
        assert run(capsys, "fit", path, *base, "--missing", missing)[0] == 0
    bad = written(tmp_path, name="bad.csv", row5="2023-02-30")
    for seed in range(5):  # whether the row is held out or not
        code, _, said = run(capsys, "fit", bad, *base, "--seed", seed)
        assert code == 1
        assert "row 5, column 'when': '2023-02-30' is not a date; write it as 2024-01-31" in said
    _, _, said = run(capsys, "fit", bad, "--target", "y")
    assert "row 5, column 'when': '2023-02-30' is not a date such as 20" in said
    assert "as 89 of 90 values are" in said
    code, _, said = run(capsys, "fit", path, *base, "--drop", "when")
    assert "column 'when' is given to both --date and --drop; leave one out" in said
    assert run(capsys, "fit", path, *base, "--formula", "when + age", "--missing", "drop")[0] == 0
    code, _, said = run(capsys, "fit", path, "--target", "y", "--date", "whn")
    assert code == 1
    assert "did you mean 'when'" in said


@pytest.mark.parametrize("formula", [None, "when + age", "when * age"])
def test_the_mean_of_dates_is_a_date(tmp_path, monkeypatch, capsys, formula):
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(0)
    days = np.datetime64("2024-01-01") + random.integers(0, 300, 80)
    text = "".join(f"{day},{k},{'ny'[k % 3 == 0]}\n" for k, day in enumerate(days))
    Path("t.csv").write_text(f"when,age,y\n{text}")
    options = ["--date=when", "--test-size=0", *([f"--formula={formula}"] if formula else [])]
    assert cli.run(["fit", "t.csv", "--target=y", "--model=m.json", *options]) == 0
    capsys.readouterr()
    assert cli.run(["explain", "m.json", "t.csv", "--row=5"]) == 0
    lines = capsys.readouterr().out.split("\n")
    found = next(line.split() for line in lines if line.startswith(" when  "))
    mean = round(days.astype(int).mean())
    assert found[1:3] == [str(days[3]), str(np.datetime64(mean, "D"))]
    model, table = load_model("m.json"), read_table("t.csv")
    why = explain(model, table.take(np.array([3])), table)
    assert {part.name: part.baseline for part in why.contributions}["when"] == found[2]


@pytest.mark.parametrize("formula", [None, "when + age"])
@pytest.mark.parametrize(("minutes", "form"), [(0, r"[\d-]{10}"), (1, r"[\d-]{10}T\d\d:\d\d")])
@pytest.mark.parametrize("by_file", [True, False])
def test_the_mean_of_dates_is_written_alike_for_every_row(
    tmp_path, monkeypatch, minutes, form, formula, by_file
):
    """A row whose date is missing or at midnight does not say how dates of its column look."""
    monkeypatch.chdir(tmp_path)
    days = np.datetime64("2024-01-01T00:00") + RNG.integers(0, 300 * 1440, 80) * minutes
    days = days if minutes else days + RNG.integers(0, 300, 80) * np.timedelta64(1, "D")
    texts = [str(day) if minutes else str(day)[:10] for day in days]
    texts[3:5] = ["2024-05-05" if formula else "", "2024-05-05"]  # formulas take no missing ones
    rows = "".join(f"{day},{k},{'ny'[k % 3 == 0]}\n" for k, day in enumerate(texts))
    Path("t.csv").write_text(f"when,age,y\n{rows}")
    given = [f"--formula={formula}"] if formula else []
    line = ["fit", "t.csv", "--target=y", "--model=m.json", "--date=when", "--missing=indicator"]
    assert cli.run([*line, "--test-size=0", *given]) == 0
    model, table = load_model("m.json"), read_table("t.csv")
    whole = None if by_file else table
    told = [explain(model, table.take(np.array([k])), whole) for k in range(2, 6)]
    means = {part.baseline for why in told for part in why.contributions if part.name == "when"}
    assert len(means) == 1
    assert re.fullmatch(form, means.pop())
