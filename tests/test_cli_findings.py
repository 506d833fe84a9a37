"""What `fit` and `check` say of findings: which rows they count, and what is typed."""

import re
import shlex

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("typer")

from glasslogit import cli

N = 200


def people(seed: int = 0) -> pd.DataFrame:
    """Give rows of which many findings tell, each of a column of its own."""
    rng = np.random.default_rng(seed)
    y = np.where(rng.random(N) < 0.5, "yes", "no")
    age = rng.integers(18, 80, N)
    age[rng.random(N) < 0.1] = 999
    fee = np.where(y == "yes", rng.integers(30, 80, N), 0)
    columns = {"age": age, "its id": np.arange(N), "fee": fee, "planet": "earth"}
    return pd.DataFrame(columns | {"town": rng.choice(["Ghent", "Ypres", "NA"], N), "y": y})


def said(capsys, *line: str) -> str:
    cli.run([*line])
    return capsys.readouterr().out


@pytest.fixture
def table(tmp_path, monkeypatch) -> pd.DataFrame:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    people().to_csv("t.csv", index=False)
    return people()


def blocks(out: str) -> dict[str, str]:
    """Give the findings under each of their heads."""
    parts = re.split(r"^(Findings.*)$", out.partition("--silence CODE")[0], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("line", [["check"], ["fit"], ["fit", "--test-size=0"]])
def test_the_head_of_findings_names_the_rows_that_they_count(table, capsys, line):
    found = blocks(said(capsys, *line, "t.csv", "--target=y"))
    (head,) = [each for each in found if "looks_missing" in found[each]]
    counted = int(re.search(r"999 in (\d+) rows", found[head])[1])
    there = table[table.town != "NA"]
    rows = int(re.search(r"^Findings of the (\d+) (training|usable) rows$", head)[1])
    assert rows == len(there) or line == ["fit"]
    assert rows < N
    assert counted == (there.age == 999).sum() or rows < len(there)
    assert f"'NA' in {(table.town == 'NA').sum()} rows" in found[f"Findings of all {N} rows"]


def test_findings_of_all_rows_need_no_other_head(table, capsys):
    table.drop(columns=["town", "its id", "fee"]).to_csv("t.csv", index=False)
    found = blocks(said(capsys, "check", "t.csv", "--target=y"))
    assert [*found] == ["Findings"]
    assert f"999 in {(table.age == 999).sum()} rows" in found["Findings"]


@pytest.mark.parametrize("code", ["leak", "identifier"])
@pytest.mark.usefixtures("table")
def test_what_is_to_be_left_out_is_typed(capsys, code):
    """And what is typed takes the finding away."""
    line = ["check", "t.csv", "--target=y"]
    (told,) = [each for each in said(capsys, *line).splitlines() if f"({code})" in each]
    typed = shlex.split(re.search(r"leave it out \((--drop .*?)\)", told)[1])
    assert f"({code})" not in said(capsys, *line, *typed)
    formula = ["--formula", "age + `its id` + fee"]
    (told,) = [each for each in said(capsys, *line, *formula).splitlines() if f"({code})" in each]
    assert "--drop" not in told
    assert "leave it out of --formula" in told


def test_of_repeated_columns_one_is_kept_by_what_is_typed(table, capsys):
    table.assign(**{"old age": table.age, "age at": table.age}).to_csv("t.csv", index=False)
    for command in ("check", "fit"):
        line = [command, "t.csv", "--target=y", "--drop=its id", "--drop=fee"]
        (told,) = [each for each in said(capsys, *line).splitlines() if "d_column)" in each]
        typed = shlex.split(re.search(r"keep one \((--drop .*?)\)", told)[1])
        assert typed == ["--drop", "old age", "--drop", "age at"]
        assert "d_column)" not in said(capsys, *line, *typed)


FEW = pd.DataFrame({"a": np.arange(90) % 7, "b": np.arange(90) % 11, "y": np.arange(90) % 30 == 0})


@pytest.mark.parametrize(
    ("change", "command", "helps"),
    [
        ({"c": FEW.a + 2 * FEW.b}, "fit --test-size 0", False),
        ({}, "check", True),
        ({}, "fit --test-size 0", True),
        ({}, "fit --test-size 0 --C inf", True),
        ({"y": FEW.index == 40}, "check", True),
        ({"y": FEW.index == 40}, "fit --test-size 0", True),
        ({"y": np.minimum(FEW.index, 2)}, "check", False),
        ({"o": 0.5}, "check --offset o", False),
        ({"w": 0.5}, "check --weights w", False),
        ({"w": 9, "y": FEW.y * 1}, "check --trials w", True),
    ],
)
@pytest.mark.usefixtures("table")
def test_firth_is_offered_for_few_events_where_it_can_be_typed(capsys, change, command, helps):
    FEW.assign(**change).to_csv("t.csv", index=False)
    name, *options = command.split()
    line = [name, "t.csv", "--target=y", *options]
    out = said(capsys, *line)
    assert ("few_events" in out) or not helps
    assert ("`fit --firth`" in out) == helps
    rest = [each for each in options if each not in {"--C", "inf"}]
    assert (cli.run(["fit", "t.csv", "--target=y", *rest, "--firth", "--test-size=0"]) == 0) or (
        not helps
    )
    assert "few_events" not in capsys.readouterr().out


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(("d", "soon"), [(10, True), (65, False)])
def test_firth_is_offered_where_it_has_an_answer_soon(capsys, d, soon):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(2000, d)).round(3)).add_prefix("c")
    X.assign(y=rng.random(2000) < 0.02).to_csv("t.csv", index=False)
    out = said(capsys, "check", "t.csv", "--target=y")
    assert "few_events" in out
    assert ("`fit --firth`" in out) == soon


@pytest.mark.usefixtures("table")
def test_what_is_done_is_no_remedy(capsys):
    """A fit whose C was chosen by folds is not told to choose it so."""
    FEW.to_csv("t.csv", index=False)
    line = ["fit", "t.csv", "--target=y", "--test-size=0"]
    assert "choose C by cross-validation (`fit --cv 3`)" in said(capsys, *line)
    out = said(capsys, *line, "--cv=3")
    assert "few_events" in out
    assert "--cv" not in out.partition("--silence")[0].partition("Findings")[2]


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("formula", [None, "a + b + sum + town + `its flag`"])
def test_firth_says_before_all_else_what_leaves_dependent_columns_out(capsys, formula):
    columns = {"sum": FEW.a + 2 * FEW.b, "town": np.where(FEW.a > 3, "Ghent", "Ypres")}
    flag = (FEW.a > 3) * 1
    FEW.assign(**columns, **{"its flag": flag}).to_csv("t.csv", index=False)
    more = [] if formula is None else ["--formula", formula]
    assert cli.run(["fit", "t.csv", "--target=y", "--firth", *more]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    if formula is None:
        drop = shlex.split(re.search(r"leave one of each out: (--drop .*)", err)[1])
        assert drop == ["--drop", "sum", "--drop", "its flag"]
        more = drop
    else:
        assert "leave 'sum', 'its flag' out of --formula" in err
        more = ["--formula", "a + b + town"]
    assert cli.run(["fit", "t.csv", "--target=y", "--firth", *more]) == 0


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("command", ["check", "fit"])
def test_a_share_is_of_the_rows_that_are_named(capsys, command):
    """Rows of weight 0 are none of them, which is said; nor are rows without a target."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"a": rng.integers(0, 90, 200), "w": np.arange(200) % 4 + 0.0})
    table["age"] = [None if k % 3 == 0 else 30 + k for k in range(200)]
    table["y"] = [None if k % 10 == 0 else "yn"[k % 7 % 2] for k in range(200)]
    table.to_csv("t.csv", index=False)
    line = [command, "t.csv", "--target=y", "--weights=w", "--drop=age"]
    more = ["--test-size=0"] if command == "fit" else []
    out = said(capsys, *line, *more)
    idle = int(re.search(r"(\d+) rows of weight 0, without any part in the fit", out)[1])
    some, every, share = re.search(r"(\d+) of (\d+) rows \((.*?)%\) equal a row", out).groups()
    assert idle == ((table.w == 0) & table.y.notna()).sum()
    assert int(every) == table.y.notna().sum() - idle
    assert abs(int(some) / int(every) - float(share) / 100) < 1e-3
    out = said(capsys, *line[:3], *more)
    assert "column 'age' is missing in 67 rows; 60 of the 180 rows with a target are" in out
