"""Levels that differ by case and blanks only: found, read as one where asked, and remembered."""

import csv
import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("typer")
pytest.importorskip("polars")

from glasslogit import LogisticRegression, cli
from glasslogit.errors import InputError
from glasslogit.export import load_model, save_model
from glasslogit.tables import TableEncoder, inspect_data, read_table, spelling

SPELT = {"yes": ["yes", "Yes", "YES", " yes "], "no": ["no", "NO"]}
TOWNS = {"new york": ["New York", "NEW  YORK", "new york"], "ghent": ["Ghent", "ghent "]}
N = 160


def rows(spelt: bool, seed: int = 0):
    """Give the same rows, spelt in one way or in several."""
    rng = np.random.default_rng(seed)
    age = rng.normal(50, 10, N).round(2)
    left = np.where(rng.random(N) < 1 / (1 + np.exp(-(age - 50) / 10)), "yes", "no")
    town = rng.choice([*TOWNS], N)
    for a, t, y in zip(age.tolist(), town.tolist(), left.tolist(), strict=True):
        yield [a, rng.choice(TOWNS[t]) if spelt else t, rng.choice(SPELT[y]) if spelt else y]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    for name, spelt, seed in (("t", True, 0), ("plain", False, 0), ("new", True, 1)):
        with (tmp_path / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([["age", "my town", "left"], *rows(spelt, seed)])
    return tmp_path


def run(capsys, line):
    code = cli.run(shlex.split(line))
    out, err = capsys.readouterr()
    return code, out, err


IGNORED = "--ignore-case left --ignore-case 'my town'"


@pytest.mark.usefixtures("here")
def test_classes_that_differ_by_case_are_serious_and_what_is_typed_takes_them_away(capsys):
    code, out, _ = run(capsys, "check t.csv --target left")
    assert code == 1
    assert "Serious  (alike_levels): column 'left' holds" in out
    typed = re.findall(r"(--ignore-case '[^']*') reads them as one", out)
    assert {*typed} == {"--ignore-case 'left'", "--ignore-case 'my town'"}
    code, again, _ = run(capsys, f"check t.csv --target left {' '.join(typed)}")
    assert (code, "alike_levels" in again) == (0, False)
    _, out, err = run(capsys, out.splitlines()[-1].strip().removeprefix("glasslogit "))
    assert err == ""
    assert "alike_levels" not in out
    assert "Target   left: no in" in out


@pytest.mark.usefixtures("here")
def test_fit_says_it_before_it_fits(capsys):
    _, out, _ = run(capsys, "fit t.csv --target left")
    assert 0 < out.find("Serious  (alike_levels): column 'left'") < out.find("Fitted")
    _, out, _ = run(capsys, "fit t.csv --target left --silence alike_levels")
    assert "alike_levels" not in out


@pytest.mark.usefixtures("here")
def test_rows_spelt_in_many_ways_are_fitted_as_those_that_are_spelt_alike(capsys):
    run(capsys, f"fit t.csv --target left {IGNORED} --model t.json")
    run(capsys, "fit plain.csv --target left --model plain.json")
    one, other = load_model("t.json"), load_model("plain.json")
    assert one.classes_.tolist() == ["no", "yes"]
    assert one.feature_names_.tolist() == other.feature_names_.tolist()
    assert one.coef_.tolist() == other.coef_.tolist()


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("how", ["", "--formula 'age + `my town`'"])
def test_a_model_remembers_where_case_does_not_matter(capsys, how):
    """In new rows of any spelling, and in rows of Python."""
    pd = pytest.importorskip("pandas")
    pytest.importorskip("narwhals")
    fitted = run(capsys, f"fit t.csv --target left {IGNORED} {how} --model m.json")
    assert fitted[0] == 0, fitted
    code, out, _ = run(capsys, "predict m.json new.csv --strict")
    said = [line.split(",") for line in out.splitlines()[1 : N + 1]]
    assert code == 0
    assert {row[2] for row in said} == {"no", "yes"}
    code, out, err = run(capsys, "evaluate m.json new.csv --strict")
    assert (code, err) == (0, "")
    assert f"Measured on {N} rows" in out
    assert run(capsys, "explain m.json new.csv --row 3")[0] == 0
    frame = pd.read_csv("new.csv")
    proba = load_model("m.json").predict_proba(frame.drop(columns="left"))
    assert proba[:, 1].tolist() == [float(row[1]) for row in said]


@pytest.mark.usefixtures("here")
def test_case_can_be_ignored_where_the_model_did_not(capsys):
    run(capsys, "fit plain.csv --target left --model m.json")
    assert run(capsys, "predict m.json new.csv --strict")[0] == 1
    for command in ("predict", "evaluate"):
        assert run(capsys, f"{command} m.json new.csv --strict {IGNORED}")[0] == 0
    assert run(capsys, f"explain m.json new.csv --row 3 {IGNORED}")[0] == 0


@pytest.mark.usefixtures("here")
def test_python_reads_and_remembers_the_same(tmp_path):
    pd = pytest.importorskip("pandas")
    pytest.importorskip("narwhals")
    table = read_table("t.csv", ignore_case=["left", "my town"])
    model = LogisticRegression(encoder=TableEncoder()).fit(table, "left")
    save_model(model, tmp_path / "m.json")
    assert json.loads((tmp_path / "m.json").read_text())["encoding"]["ignore_case"] == [
        "left",
        "my town",
    ]
    frame = pd.read_csv("t.csv")
    y = [each.strip().casefold() for each in frame.pop("left")]
    other = LogisticRegression(encoder=TableEncoder(ignore_case=["my town"])).fit(frame, y)
    assert other.coef_.tolist() == model.coef_.tolist()
    new = pd.read_csv("new.csv")
    for each in (model, other, load_model(tmp_path / "m.json")):
        assert each.predict(new).tolist() == model.predict(new).tolist()


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("command", ["check", "fit"])
def test_a_column_that_is_not_there_is_refused(capsys, command):
    code, _, err = run(capsys, f"{command} t.csv --target left --ignore-case lefft")
    assert code == 1
    assert "no column 'lefft'" in err
    assert "did you mean 'left'" in err


def test_labels_in_python_are_looked_at_too(here):
    pd = pytest.importorskip("pandas")
    pytest.importorskip("narwhals")
    frame = pd.read_csv(here / "t.csv")
    table = read_table(here / "t.csv")
    for X, y, name in (
        (frame, "left", "left"),
        (frame.drop(columns="left"), frame.left, "y"),
        (table, "left", "left"),
    ):
        found = [each for each in inspect_data(X, y) if each.severity == "serious"]
        assert [(each.code, each.columns) for each in found] == [("alike_levels", (name,))]
    assert found[0].remedy == "ignore_case=['left'] reads them as one"
    y = [each.strip().casefold() for each in frame.left]
    assert all(each.severity != "serious" for each in inspect_data(frame.drop(columns="left"), y))
    table = read_table(here / "t.csv", ignore_case=["left"])
    assert all(each.severity != "serious" for each in inspect_data(table, "left"))


def test_levels_without_their_blanks_are_not_read_as_one(tmp_path, capsys, monkeypatch):
    """What `--ignore-case` does not mend is not said to be mended by it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    towns = ["New York", "NewYork", "Ghent", "GHENT"]
    lines = [f"{towns[k % 4]},{k * k % 13},{'yn'[k * k % 7 > 2]}" for k in range(80)]
    (tmp_path / "t.csv").write_text("\n".join(["town,x,y", *lines]))
    _, out, _ = run(capsys, "check t.csv --target y")
    assert "--ignore-case 'town' reads them as one, and spell the others alike" in out
    (tmp_path / "t.csv").write_text("\n".join(["town,x,y", *lines]).replace("GHENT", "Ghent"))
    _, out, _ = run(capsys, "check t.csv --target y")
    assert "spell them alike" in out
    assert "--ignore-case" not in out.splitlines()[-1]


def test_case_is_not_ignored_where_one_class_would_be_left(tmp_path, capsys, monkeypatch):
    """The printed command can always be run."""
    monkeypatch.chdir(tmp_path)
    lines = [f"{k * k % 13},{['yes', 'Yes'][k * k % 7 > 2]}" for k in range(80)]
    (tmp_path / "t.csv").write_text("\n".join(["x,y", *lines]))
    code, out, _ = run(capsys, "check t.csv --target y")
    assert code == 1
    assert run(capsys, out.splitlines()[-1].strip().removeprefix("glasslogit "))[0] == 0


@pytest.mark.usefixtures("here")
def test_a_level_that_is_typed_is_read_as_its_column(capsys):
    """The reference and the positive class may be typed in any spelling that the table has."""
    for town in TOWNS["new york"]:
        typed = f"--reference 'my town={town}' --positive NO"
        assert run(capsys, f"fit t.csv --target left {IGNORED} {typed} --model m.json")[0] == 0
        model = load_model("m.json")
        assert model.feature_names_.tolist() == ["age", "my town=ghent"]
        assert '"positive": "no"' in Path("m.json").read_text()
    _, out, _ = run(capsys, "check t.csv --target left --reference 'my town=NEW  YORK'")
    command = out.splitlines()[-1].strip().removeprefix("glasslogit ")
    assert {"--ignore-case=left", "--ignore-case=my town"} < {*shlex.split(command)}
    assert run(capsys, command)[0] == 0


@pytest.mark.parametrize("given", [None, 1, True, ["left", 1], b"left", [["left"]]])
@pytest.mark.usefixtures("here")
def test_what_is_no_name_of_a_column_is_refused(given):
    pd = pytest.importorskip("pandas")
    pytest.importorskip("narwhals")
    said = "ignore_case holds .*; give names of columns as text"
    with pytest.raises(InputError, match=said):
        read_table("t.csv", ignore_case=given)
    frame = pd.read_csv("t.csv")
    y = frame.pop("left").str.strip().str.casefold()
    with pytest.raises(InputError, match=said):
        LogisticRegression(encoder=TableEncoder(ignore_case=given)).fit(frame, y)


@pytest.mark.parametrize(
    "line", ["fit t.csv --target left --model m.json", "check t.csv --target left"]
)
@pytest.mark.usefixtures("here")
def test_each_level_is_folded_once(line, capsys, monkeypatch):
    """Whatever is done with a column of many levels afterwards."""
    seen, fold = [], spelling.without_case
    monkeypatch.setattr(spelling, "without_case", lambda level: seen.append(level) or fold(level))
    assert run(capsys, f"{line} {IGNORED}")[0] == 0
    assert len(seen) == len({*seen}) > 0


def test_only_the_columns_in_which_case_is_ignored_are_read_of_a_frame():
    """One that is left out may hold what cannot be read."""
    pd = pytest.importorskip("pandas")
    pytest.importorskip("narwhals")
    frame = pd.DataFrame({"town": ["A", "a", "b"], "mixed": [1, "x", 2.0], "age": [1, 2, 3]})
    encoder = TableEncoder(columns={"mixed": "drop"}, ignore_case="town").fit(frame)
    assert encoder.get_feature_names_out().tolist() == ["town=b", "age"]


LABELS = [["yes", "Yes", "no"], ["New York", "NEW  york", "Ghent"], [" no", "no", "yes"]]


@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize("named", [True, False])
def test_what_is_said_of_labels_in_python_takes_the_finding_away(labels, named):
    """The expression that is told is run as it stands, on y or on the column of X."""
    pd = pytest.importorskip("pandas")
    pytest.importorskip("narwhals")
    X, y = pd.DataFrame({"age": range(60), "left": labels * 20}), "left"
    X, y = (X, y) if named else (X.drop(columns="left"), X.left)
    (found,) = (each for each in inspect_data(X, y) if each.severity == "serious")
    spelt = eval(found.remedy.removesuffix(" spells them alike"), {"X": X, "y": y})  # noqa: S307
    X = X.assign(left=spelt) if named else X
    again = inspect_data(X, y if named else spelt)
    assert "alike_levels" not in {each.code for each in again}


@pytest.mark.parametrize("command", ["check", "fit"])
@pytest.mark.parametrize(
    ("options", "idle"),
    [
        ("--ignore-case town --ignore-case left", []),
        ("--ignore-case age", ["age"]),
        ("--ignore-case left --ignore-case age --ignore-case street", ["age", "street"]),
        ("--na default --na left=YES --na left=Yes --ignore-case left", ["left"]),
    ],
)
def test_case_that_is_ignored_for_nothing_is_told(
    tmp_path, monkeypatch, capsys, command, options, idle
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")
    rng = np.random.default_rng(1)
    columns = {
        "age": rng.integers(20, 60, 120).astype(str),
        "town": rng.choice(["Ghent", "ghent", "Ypres"], 120),
        "street": rng.choice(["High", "Low", "NA", "na"], 120),
        "left": rng.choice(["yes", "Yes", "YES", "no", "other"], 120),
    }
    rows = [",".join(row) for row in zip(*columns.values(), strict=True)]
    (tmp_path / "t.csv").write_text("\n".join([",".join(columns), *rows]) + "\n")
    cli.run([command, "t.csv", "--target=left", *shlex.split(options)])
    out, err = capsys.readouterr()
    assert err == ""
    for name in columns:
        told = f"no values of '{name}' differ by case or blanks only; --ignore-case '{name}' makes"
        assert (told in " ".join(out.split())) == (name in idle)
