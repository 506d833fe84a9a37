"""The command line: what it says and writes, and that every fault is one line without a file."""

import csv
import gzip
import io
import json
import os
import re
import shlex
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

from glasslogit import LogisticRegression, cli, summarize, with_threshold
from glasslogit.evaluate import split_rows
from glasslogit.export import load, load_model, save_model
from glasslogit.export.json_text import seal
from glasslogit.tables import Category, Table, TableEncoder, read_table, take_target

EXAMPLES = Path(__file__).parents[1] / "examples"
PICTURES = {
    "calibration.png",
    "roc.png",
    "thresholds.png",
    "coefficients.png",
    "loss.png",
    "confusion.png",
}


def people(n=240, seed=1):
    """Rows of a table in which age and town decide who buys."""
    random = np.random.default_rng(seed)
    age = random.integers(18, 80, n)
    town = random.choice(["Ghent", "Bruges", "Ypres"], n, p=[0.5, 0.3, 0.2])
    margin = (age - 50) / 10 + (town == "Bruges") + random.logistic(size=n)
    bought = np.where(margin > 0, "yes", "no")
    return [list(map(str, row)) for row in zip(age, town, bought, strict=True)]


def write(path, rows, header=("age", "town", "bought")):
    """Write a CSV file."""
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    return path


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty working folder with the table `t.csv`."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "100")
    write(folder / "t.csv", people())
    return folder


@pytest.fixture
def trained(here, capsys):
    """The folder with a model `m.json` as well."""
    assert cli.run(["fit", "t.csv", "--target=bought", "--model=m.json", "--threshold=f1"]) == 0
    capsys.readouterr()
    return here


def lines_of(path):
    """The lines of a CSV file as dictionaries."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def call(capsys, line):
    """Run a command; return its exit code, its output and its errors."""
    code = cli.run(line.split())
    out, err = capsys.readouterr()
    return code, out, err


def refusal(capsys, line, code=1):
    """The one line with which a command is refused, after which nothing was written."""
    before = sorted(Path().rglob("*"))
    found, out, err = call(capsys, line)
    assert (found, err.count("\n")) == (code, 1)
    assert not out or code == 130
    assert err.startswith("glasslogit: ")
    assert "Traceback" not in err
    assert sorted(Path().rglob("*")) == before
    return err.removeprefix("glasslogit: ")


# --- check -------------------------------------------------------------------------------


def checked(folder, **added):
    """The table of `people`, with columns added, as c.csv."""
    rows = [[*row, *more] for row, *more in zip(people(), *added.values(), strict=True)]
    write(folder / "c.csv", rows, ("age", "town", "bought", *added))


def test_check_finds_nothing_serious_in_a_harmless_table(here, capsys):
    code, out, err = call(capsys, "check t.csv --target bought")
    assert (code, err) == (0, "")
    assert "Read     t.csv: 240 rows, 3 columns" in out
    assert "the classes overlap: a finite optimum exists" in out
    assert "nothing serious (exit code 0)" in out
    assert sorted(here.iterdir()) == [here / "t.csv"]


def test_check_lists_leaks_which_can_be_silenced_or_dropped(here, capsys):
    noise = np.random.default_rng(0).normal(size=240)
    bought = np.array([row[2] == "yes" for row in people()])
    checked(here, refund=noise + 2 * bought)
    assert call(capsys, "check c.csv --target bought")[0] == 0
    checked(here, refund=noise + 3.7 * bought)
    code, out, _ = call(capsys, "check c.csv --target bought")
    assert code == 1
    assert "Serious  (leak): column 'refund'" in out
    assert "1 serious problem (exit code 1)" in out
    assert call(capsys, "check c.csv --target bought --silence leak")[0] == 0
    assert call(capsys, "check c.csv --target bought --drop refund")[0] == 0
    assert call(capsys, "check c.csv --target bought --formula age+C(town)")[0] == 0


def test_check_names_what_separates_with_the_rows_of_the_file(here, capsys):
    rows = people()
    chosen = [i for i, row in enumerate(rows) if row[2] == "yes" and i > 20][:30]
    checked(here, vip=[int(i in chosen) for i in range(240)])
    code, out, _ = call(capsys, "check c.csv --target bought")
    assert code == 1
    assert "quasi-complete: no finite optimum without a penalty" in out
    assert "infinite coefficients: `vip` +inf" in out
    assert f"rows on one side: {chosen[0] + 2}, {chosen[1] + 2}, " in out
    assert "vip = 1         0         30" in out


def test_check_names_a_column_that_is_a_sum_and_one_that_nearly_is(here, capsys):
    random = np.random.default_rng(3)
    sat, sun = random.integers(0, 2, (2, 240))
    checked(here, sat=sat, sun=sun, weekend=sat + sun)
    code, out, _ = call(capsys, "check c.csv --target bought")
    assert code == 0
    assert "exactly: `weekend` = `sat` + `sun`" in out
    checked(here, sat=sat, sun=sun, weekend=sat + sun + 1e-8 * random.normal(size=240))
    code, out, _ = call(capsys, "check c.csv --target bought")
    assert code == 0
    assert "nearly, but for a share of" in out


def test_check_counts_events_for_the_columns_of_the_model(here, capsys):
    rows = [[a, f"town{i % 40}", c] for i, (a, _, c) in enumerate(people())]
    write(here / "t.csv", rows)
    for options, count in (("", 40), ("--rare 240", 2), ("--formula bs(age,4)*age", 9)):
        _, out, _ = call(capsys, f"check t.csv --target bought {options}")
        few = min(np.unique([row[2] for row in rows], return_counts=True)[1]) < 10 * count
        assert (f"for each of {count} coefficients" in " ".join(out.split())) == few


def test_a_target_that_looks_like_a_number_is_warned_of_before_the_fit(here, capsys):
    for classes in (12, 13):
        rows = [[str(i % classes), b, c] for i, (_, b, c) in enumerate(people())]
        write(here / "t.csv", rows)
        for command in ("check", "fit"):
            _, out, _ = call(capsys, f"{command} t.csv --target age")
            out = " ".join(out.split())
            assert ("'age' looks like a number: it has 13 values" in out) == (classes == 13)
            if classes == 13:
                assert out.index("looks like a number") < out.index("Findings")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("check t.csv --target sold", 1, "no column 'sold'"),
        ("check none.csv --target bought", 1, "no such file"),
        ("check t.csv --target bought --silence leek", 2, "--silence names 'leek'"),
        ("check t.csv", 2, "Missing option '--target'"),
    ],
)
def test_a_wrong_command_line_of_check_is_told_from_a_fault_of_the_data(capsys, line, code, said):
    assert said in refusal(capsys, line, code=code)


# --- fit ---------------------------------------------------------------------------------


def test_fit_says_what_was_read_fitted_and_measured(here, capsys):
    rows = [*people(), ["", "Ghent", "yes"], ["30", "", "no"], ["30", "Ghent", ""]]
    write(
        here / "t.csv",
        [[*row, "x", str(i)] for i, row in enumerate(rows)],
        ("age", "town", "bought", "same", "number"),
    )
    code, out, err = call(
        capsys, "fit t.csv --target bought --drop number --model m.json --plots p"
    )
    assert (code, err) == (0, "")
    for part in (
        "t.csv: 243 rows, 5 columns",
        "2 rows with a missing value ('age' 1, 'town' 1)",
        "1 row without a value of 'bought'",
        "column 'number': left out on request",
        "column 'same': always 'x'",
        "probability of yes (second in sorted order; --positive chooses)",
        "192 rows to train on, 48 held out (--test-size 0.2 --seed 0)",
        "ridge penalty, C = 1",
        "solver newton:",
        "passes over the rows",
        "; converged",
        "town (against Ghent)",
        "odds ratio",
        "Measured on 48 held-out rows",
        "yes is predicted from probability 0.5 on",
    ):
        assert part in out
    for measure in ("accuracy", "log loss", "Brier score", "ROC AUC", "average precision", "F1"):
        assert measure in out
    assert {path.name for path in (here / "p").iterdir()} == PICTURES
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in (here / "p").iterdir())
    assert sorted(path.name for path in here.iterdir()) == ["m.json", "p", "t.csv"]


def test_the_same_input_and_seed_give_the_same_bytes(here, capsys):
    for place in ("a", "b"):
        (here / place).mkdir()
        line = f"fit t.csv --target bought --model {place}/m.json --plots {place}/p --threshold f1"
        assert call(capsys, line)[0] == 0
        assert call(capsys, f"predict {place}/m.json t.csv -o {place}/out.csv")[0] == 0
    for path in sorted((here / "a").rglob("*.*")):
        assert path.read_bytes() == (here / "b" / path.relative_to(here / "a")).read_bytes()


def test_another_seed_holds_out_other_rows(here, capsys):
    for seed in (0, 1):
        call(capsys, f"fit t.csv --target bought --seed {seed} --model {seed}.json")
    one, other = (load(here / f"{seed}.json").model.coef_ for seed in (0, 1))
    assert (one != other).any()


def test_the_f1_threshold_comes_from_the_training_rows(here, capsys):
    from glasslogit.evaluate import best_f1_threshold, split_rows

    assert call(capsys, "fit t.csv --target bought --model m.json --threshold f1")[0] == 0
    saved, table = load(here / "m.json"), read_table(here / "t.csv")
    y = np.array([row[2] for row in people()])
    train, _ = split_rows(len(y), 0.2, 0, y)
    p = saved.model.predict_proba(table)[:, 1]
    assert saved.threshold == best_f1_threshold(y[train], p[train], pos_label="yes")


def test_choosing_the_other_class_turns_the_signs(here, capsys):
    _, plain, _ = call(capsys, "fit t.csv --target bought --model yes.json")
    _, turned, _ = call(capsys, "fit t.csv --target bought --model no.json --positive no")
    assert "Coefficients for no" in turned
    ages = [
        next(line for line in out.split("\n") if line.startswith(" age")) for out in (plain, turned)
    ]
    values = [float(line.split()[1]) for line in ages]
    assert values[0] == -values[1] != 0
    for name in ("yes", "no"):
        call(capsys, f"predict {name}.json t.csv -o {name}.csv")
    yes, no = (lines_of(here / f"{name}.csv") for name in ("yes", "no"))
    for one, other in zip(yes, no, strict=True):
        total = float(one["probability of yes"]) + float(other["probability of no"])
        assert total == pytest.approx(1, abs=1e-15)
        assert one["predicted"] == other["predicted"]


@pytest.mark.usefixtures("here")
def test_without_held_out_rows_it_says_so(capsys):
    _, out, _ = call(capsys, "fit t.csv --target bought --test-size 0")
    assert "Measured on 240 training rows (none held out, so this flatters)" in out
    assert "the model was not saved" in out


def test_without_a_penalty_it_says_so_and_the_file_keeps_it(here, capsys):
    _, out, _ = call(capsys, "fit t.csv --target bought --C inf --model m.json")
    assert "no penalty: maximum likelihood" in out
    assert np.isinf(load(here / "m.json").model.C)


@pytest.mark.usefixtures("here")
def test_a_fit_that_did_not_converge_says_so_with_the_remedy(capsys):
    code, out, _ = call(capsys, "fit t.csv --target bought --max-iter 1")
    assert code == 0
    assert "NOT CONVERGED" in out
    assert "raise --max-iter" in " ".join(out.split())


def test_separated_classes_without_a_penalty_are_told(here, capsys):
    write(here / "s.csv", [[str(i), str(i % 3), "no" if i < 10 else "yes"] for i in range(20)])
    code, out, _ = call(capsys, "fit s.csv --target bought --C inf --test-size 0")
    assert code == 0
    assert "separated" in out


def test_only_held_out_rows_with_a_target_are_warned_of(here, capsys):
    write(here / "t.csv", [*people(), *[["30", "Paris", ""]] * 7])
    _, out, _ = call(capsys, "fit t.csv --target bought")
    assert "7 rows without a value of 'bought'" in out
    assert "Warning" not in out


def test_many_levels_are_folded_unless_all_are_wanted(here, capsys):
    rows = [[row[0], f"town{i % 20}", row[2]] for i, row in enumerate(people())]
    write(here / "t.csv", rows)
    _, folded, _ = call(capsys, "fit t.csv --target bought --test-size 0")
    _, full, _ = call(capsys, "fit t.csv --target bought --test-size 0 --all")
    assert "… 11 smaller ones (--all)" in folded
    assert sum(line.startswith("   town") for line in folded.split("\n")) == 8
    assert sum(line.startswith("   town") for line in full.split("\n")) == 19


def test_a_level_only_in_held_out_rows_counts_as_the_policy_says(here, capsys):
    rows = people()
    for seed in range(20):
        write(here / "t.csv", [*rows, ["40", "Paris", "no"]])
        _, out, _ = call(capsys, f"fit t.csv --target bought --seed {seed}")
        if "Warning" in out:
            out = " ".join(out.split())
            problem = "1 held-out row has no probability: town was not seen in training in 1"
            assert problem in out
            line = f"fit t.csv --target bought --seed {seed} --unseen reference"
            out = " ".join(call(capsys, line)[1].split())
            assert "1 held-out row: town has a level that no training row has" in out
            return
    pytest.fail("no seed held out the row")


def test_held_out_rows_of_which_none_has_a_probability_are_told(here, capsys):
    rows = [[f"k{k}", str(k % 7), str(k % 2)] for k in range(60)]
    write(here / "t.csv", rows, ["c", "x", "y"])
    code, out, _ = call(capsys, "fit t.csv --target y --categorical c")
    out = " ".join(out.split())
    assert code == 0
    assert "Split 48 rows to train on, 12 held out (--test-size 0.2 --seed 0)" in out
    assert "12 held-out rows have no probability: c was not seen in training in 12" in out
    measured = "Measured on 48 training rows (none of the 12 held out has a probability, so this"
    assert measured in out


def test_findings_are_printed_with_remedies_and_silenced(here, capsys):
    rows = people()
    refund = [["9" if row[2] == "yes" else str(k % 3)] for k, row in enumerate(rows)]
    rows = [[*row[:2], *paid, row[2]] for row, paid in zip(rows, refund, strict=True)]
    write(here / "t.csv", rows, ("age", "town", "refund", "bought"))
    _, out, _ = call(capsys, "fit t.csv --target bought")
    out = " ".join(out.split())
    assert (
        "training rows Serious (leak): column 'refund' alone orders the classes with an AUC" in out
    )
    assert "leave it out (--drop 'refund') if it is not known when the prediction" in out
    _, out, _ = call(
        capsys, "fit t.csv --target bought --silence leak --silence contradicting_rows"
    )
    assert "Findings" not in out
    message = refusal(capsys, "fit t.csv --target bought --silence leek --model m.json", code=2)
    assert message.startswith("--silence names 'leek', which is no code; give codes of")


def test_rows_of_findings_are_numbered_as_in_a_spreadsheet(here, capsys):
    random = np.random.default_rng(0)
    rows = [[f"{x:.6f}", "yes" if x > 0 else "no"] for x in random.normal(size=80)]
    rows[7] = [rows[3][0], "no" if rows[3][1] == "yes" else "yes"]
    write(here / "t.csv", rows, ("income", "bought"))
    _, out, _ = call(capsys, "fit t.csv --target bought --test-size 0")
    assert "such as rows 5 and 9" in " ".join(out.split())
    (here / "t.csv").write_text("Incomes\n" + (here / "t.csv").read_text())
    _, out, _ = call(capsys, "fit t.csv --target bought --test-size 0")
    assert "such as rows 6 and 10" in " ".join(out.split())


@pytest.mark.parametrize("title", ["", "People of 2024\n", "People of 2024,,\n\nlast month,,\n"])
def test_rows_are_numbered_as_in_a_spreadsheet_below_titles_too(trained, capsys, title):
    first = 2 + title.count("\n")
    titled = trained / "titled.csv"
    titled.write_text(title + (trained / "t.csv").read_text())

    _, out, _ = call(capsys, "predict m.json titled.csv -o p.csv")
    assert f"row {first} is the first below the header" in " ".join(out.split())
    numbers = [int(line["row"]) for line in lines_of(trained / "p.csv")]
    assert numbers == [*range(first, first + 240)]

    _, expected, _ = call(capsys, "explain m.json t.csv --row 9")
    _, out, _ = call(capsys, f"explain m.json titled.csv --row {first + 7}")
    assert ("is a title" in " ".join(out.split())) is bool(title)
    assert out.partition("Log-odds")[2] == expected.partition("Log-odds")[2] != ""
    said = refusal(capsys, f"explain m.json titled.csv --row {first - 1}")
    assert f"the table has no row {first - 1}; its rows are {first} to {first + 239}" in said

    rows = people()
    chosen = [i for i, row in enumerate(rows) if row[2] == "yes" and i > 20][:30]
    checked(trained, vip=[int(i in chosen) for i in range(240)])
    titled.write_text(title + (trained / "c.csv").read_text())
    _, out, _ = call(capsys, "check titled.csv --target bought")
    assert f"rows on one side: {chosen[0] + first}, {chosen[1] + first}, " in out


def test_three_classes_have_no_threshold_and_it_says_so(here, capsys):
    rows = [[a, b, c if int(a) < 60 else "maybe"] for a, b, c in people()]
    write(here / "t.csv", rows)
    code, out, _ = call(capsys, "fit t.csv --target bought --threshold f1 --model m.json --plots p")
    assert code == 0
    said = "the probability of each class (softmax); --threshold is for two classes, not used"
    assert said in " ".join(out.split())
    assert "need a target of two classes" in out
    of_classes = PICTURES - {"thresholds.png", "coefficients.png"}
    assert {path.name for path in (here / "p").iterdir()} == of_classes
    assert call(capsys, "predict m.json t.csv -o out.csv")[0] == 0
    lines = lines_of(here / "out.csv")
    probabilities = [
        [float(line[f"probability of {k}"]) for k in ("maybe", "no", "yes")] for line in lines
    ]
    np.testing.assert_allclose(np.sum(probabilities, axis=1), 1, rtol=1e-12)
    best = np.array(["maybe", "no", "yes"])[np.argmax(probabilities, axis=1)]
    assert [line["predicted"] for line in lines] == best.tolist()
    assert call(capsys, "evaluate m.json t.csv")[0] == 0


def test_a_number_can_be_taken_as_a_category_and_labels_can_be_numbers(here, capsys):
    write(
        here / "t.csv",
        [[str(i % 3), b, str(int(c == "yes"))] for i, (_, b, c) in enumerate(people())],
    )
    assert call(capsys, "fit t.csv --target bought --categorical age --model m.json")[0] == 0
    saved = load(here / "m.json")
    assert saved.encoding.feature_names[:2] == ("age=1", "age=2")
    assert saved.model.classes_.tolist() == [0, 1]


def test_the_policies_of_the_columns_are_options(here, capsys):
    rows = people()
    for i in range(3):
        rows[4 + 7 * i][0] = rows[5 + 7 * i][1] = ""
        rows[6 + 7 * i][1] = "Paris"
    write(here / "t.csv", rows)
    options = "--missing indicator --rare 5 --unseen other"
    code, out, _ = call(capsys, f"fit t.csv --target bought --model m.json {options}")
    assert code == 0
    saved = load(here / "m.json")
    assert saved.training["rows_trained"] + saved.training["rows_held_out"] == len(rows)
    names = saved.encoding.feature_names
    assert "age missing" in out
    assert {"age missing", "town=other", "town=missing"} <= set(names)
    write(here / "new.csv", [["40", "Rome"], ["", "Paris"], ["30", ""]], ("age", "town"))
    assert call(capsys, "predict m.json new.csv -o out.csv")[0] == 0
    p = [float(line["probability of yes"]) for line in lines_of(here / "out.csv")]
    table = Table.of({"age": ["40", "", "30"], "town": ["Paris", "Oslo", " "]})
    assert p == saved.model.predict_proba(table)[:, 1].tolist()
    message = refusal(capsys, "fit t.csv --target bought --missing error")
    assert "row 6, column 'age': missing ('age' in 3 rows, 'town' in 3 rows)" in message


FORMULAS = ["=1+1", "+Ypres", "-Ypres", "@Ypres", "＝1+1", "＠Ypres"]
NO_FORMULAS = ["", "-1.5", "+2e3", "−3", "yes", "'=1", "a=1", "x,y", 'a "b"']


def test_cells_that_a_spreadsheet_would_compute_are_told_and_quoted(here, capsys):
    relabelled = [[*row[:2], "=yes" if row[2] == "yes" else row[2]] for row in people()]
    write(here / "f.csv", relabelled)
    assert call(capsys, "fit f.csv --target bought --positive =yes --model f.json")[0] == 0
    cells = FORMULAS + NO_FORMULAS
    rows = [["20" if k % 2 else "79", "Ghent", cell] for k, cell in enumerate(cells)]
    write(here / "new.csv", rows, ("age", "town", "@told"))

    code, said, _ = call(capsys, "predict f.json new.csv --keep -o plain.csv")
    plain = lines_of(here / "plain.csv")
    labels = [row["predicted"] for row in plain]
    assert code == 0
    assert [row["@told"] for row in plain] == cells
    assert {*labels} == {"=yes", "no"}
    count = len(FORMULAS) + labels.count("=yes") + 1
    warned = f"{count} cells begin as a formula does; --spreadsheet puts ' before such cells"
    assert warned in " ".join(said.split())

    code, said, _ = call(capsys, "predict f.json new.csv --keep --spreadsheet -o quoted.csv")
    quoted = lines_of(here / "quoted.csv")
    assert code == 0
    assert "as a formula does" not in said
    assert [row["'@told"] for row in quoted] == [f"'{each}" for each in FORMULAS] + NO_FORMULAS
    assert [row["predicted"] for row in quoted] == [each.replace("=", "'=") for each in labels]
    for name in plain[0].keys() - {"@told", "predicted"}:
        assert [row[name] for row in quoted] == [row[name] for row in plain]

    code, out, said = call(capsys, "predict f.json new.csv --keep --spreadsheet")
    assert (code, "as a formula does" in said) == (0, False)
    assert out == (here / "quoted.csv").read_text("utf-8")


def test_a_file_without_formulas_is_written_the_same_for_a_spreadsheet(trained, capsys):
    for name, options in (("plain.csv", ""), ("quoted.csv", "--spreadsheet")):
        code, said, _ = call(capsys, f"predict m.json t.csv --keep {options} -o {name}")
        assert (code, "as a formula does" in said) == (0, False)
    assert (trained / "plain.csv").read_bytes() == (trained / "quoted.csv").read_bytes()


def test_a_formula_is_an_option(here, capsys):
    pd = pytest.importorskip("pandas", reason="formulaic computes with pandas")
    pytest.importorskip("formulaic", reason="formulas are read by formulaic")
    line = ["fit", "t.csv", "--target=bought", "--model=m.json", "--formula"]
    assert cli.run([*line, "bought ~ C(town) * age + bs(age, 4)"]) == 0
    assert "C(town)[T.Ghent]:age" in " ".join(capsys.readouterr().out.split())
    assert call(capsys, "predict m.json t.csv -o out.csv")[0] == 0
    p = [float(line["probability of yes"]) for line in lines_of(here / "out.csv")]
    frame = pd.read_csv(here / "t.csv")
    assert p == load(here / "m.json").model.predict_proba(frame)[:, 1].tolist()
    for formula, problem in (
        ("age + open('x')", "'open' is not a function a formula may call"),
        ("town ~ age", "--formula has the target 'town', --target is 'bought'"),
        ("aeg", "no column 'aeg'; did you mean 'age'?"),
    ):
        assert cli.run([*line, formula]) == (1 if formula == "aeg" else 2)
        _, err = capsys.readouterr()
        assert problem in err
        assert err.count("\n") == 1


def test_how_a_file_is_read_can_be_said(here, capsys):
    table = (here / "t.csv").read_text().replace("Ghent", "Gént").replace(",", "^")
    (here / "other.csv").write_bytes(table.encode("latin-1"))
    assert call(capsys, "fit t.csv --target bought --model m.json")[0] == 0
    how = "--sep ^ --encoding latin-1"
    assert call(capsys, f"fit other.csv --target bought --model o.json {how}")[0] == 0
    one, other = (load(here / f"{name}.json").model for name in "mo")
    np.testing.assert_array_equal(one.coef_, other.coef_)
    assert one.feature_names_.tolist() == other.feature_names_.tolist()
    call(capsys, "predict m.json t.csv -o one.csv")
    assert call(capsys, f"predict o.json other.csv -o other_out.csv {how}")[0] == 0
    assert (here / "one.csv").read_bytes() == (here / "other_out.csv").read_bytes()
    assert call(capsys, f"evaluate o.json other.csv {how}")[0] == 0
    assert call(capsys, f"explain o.json other.csv --row 3 {how}")[0] == 0
    assert call(capsys, f"check other.csv --target bought {how}")[0] == 0
    (here / "tabs.csv").write_text((here / "t.csv").read_text().replace(",", "\t"))
    assert call(capsys, "check tabs.csv --target bought --sep \\t")[0] == 0
    for sep in (";;", "", "§", "a"):
        assert cli.run(["check", "t.csv", "--target", "bought", "--sep", sep]) == 2
        assert f"--sep {shlex.quote(sep)} is not valid" in capsys.readouterr().err


def test_a_model_remembers_the_words_and_the_decimal_mark_that_were_said(here, capsys):
    rows = [["None" if i % 9 == 0 else a, b, c] for i, (a, b, c) in enumerate(people())]
    write(here / "t.csv", rows)
    words = "--na default --na None"
    assert call(capsys, f"fit t.csv --target bought --model m.json {words}")[0] == 0
    _, out, _ = call(capsys, "predict m.json t.csv -o p.csv")
    assert "27 rows have no probability: age is missing in 27" in out
    assert call(capsys, "predict m.json t.csv --na default")[1].count("'None'") == 27
    for command in ("evaluate m.json t.csv", "explain m.json t.csv --row 2"):
        assert "is not a number" not in "".join(call(capsys, command)[1:])
        assert "is not a number" in "".join(call(capsys, f"{command} --na default")[1:])
    sizes = [[a, ("1,5" if b == "Ghent" else "2,5"), c] for a, b, c in people()]
    write(here / "s.csv", sizes, ("age", "size", "bought"))
    how = "--decimal . --categorical size"
    assert call(capsys, f"fit s.csv --target bought --model s.json {how}")[0] == 0
    assert load(here / "s.json").encoding.feature_names == ("age", "size=2,5")
    assert call(capsys, "predict s.json s.csv -o p.csv")[0] == 0
    _, out, _ = call(capsys, "check s.csv --target bought --decimal ,")
    assert "held decimal commas" in out


# --- predict and evaluate ----------------------------------------------------------------


def test_predictions_keep_rows_and_order_and_equal_the_model(trained, capsys):
    rows = [["40", "Ghent"], ["", "Ghent"], ["60", "Ypres"], ["70", " "]]
    write(trained / "new.csv", rows, ("age", "town"))
    code, out, err = call(capsys, "predict m.json new.csv -o out.csv")
    assert (code, err) == (0, "")
    assert "2 rows have no probability: age is missing in 1, town is missing in 1" in out
    lines = lines_of(trained / "out.csv")
    assert [line["row"] for line in lines] == ["2", "3", "4", "5"]
    saved = load(trained / "m.json")
    known = Table.of({"town": ["Ghent", "Ypres"], "age": ["40", "60"]})
    p = saved.model.predict_proba(known)[:, 1]
    assert [float(lines[i]["probability of yes"]) for i in (0, 2)] == p.tolist()
    assert [lines[i]["predicted"] for i in (0, 2)] == [
        "yes" if q >= saved.threshold else "no" for q in p
    ]
    assert [lines[i][name] for i in (1, 3) for name in ("probability of yes", "predicted")] == [
        ""
    ] * 4


def test_one_row_at_a_time_equals_all_at_once(trained, capsys):
    call(capsys, "predict m.json t.csv -o all.csv")
    whole = (trained / "all.csv").read_text().split("\n")[1:-1]
    for row, line in list(zip(people(), whole, strict=True))[:5]:
        write(trained / "one.csv", [row])
        call(capsys, "predict m.json one.csv -o one_out.csv")
        single = (trained / "one_out.csv").read_text().split("\n")[1].split(",")
        together = line.split(",")
        assert float(single[1]) == pytest.approx(float(together[1]), rel=1e-13)
        assert single[2] == together[2]


def test_columns_in_another_order_and_extra_ones_give_the_same(trained, capsys):
    call(capsys, "predict m.json t.csv -o one.csv")
    shuffled = [[c, "x", b, a] for a, b, c in people()]
    write(trained / "t.csv", shuffled, ("bought", "extra", "town", "age"))
    _, out, _ = call(capsys, "predict m.json t.csv -o two.csv")
    assert (trained / "one.csv").read_bytes() == (trained / "two.csv").read_bytes()
    assert "columns the model does not know: 'extra'" in out


@pytest.mark.usefixtures("trained")
def test_without_a_file_the_predictions_go_to_the_output_alone(capsys):
    _, out, err = call(capsys, "predict m.json t.csv")
    assert len(list(csv.DictReader(out.splitlines()))) == 240
    assert "240 rows" in err


@pytest.mark.usefixtures("trained")
def test_keep_repeats_the_columns(capsys):
    _, out, _ = call(capsys, "predict m.json t.csv --keep")
    lines = list(csv.reader(out.splitlines()))
    assert lines[0] == ["age", "town", "bought", "row", "probability of yes", "predicted", "note"]
    assert [line[:3] for line in lines[1:]] == people()


def test_keep_loses_no_field_of_the_table(here, capsys):
    call(capsys, "fit t.csv --target bought --ignore-case town --model i.json")
    new = b'age,town,memo\n41.50,GHENT,NO\n7\n1,Ghent,a,b\n\n2,caf\xe9,x\n"3" 4,Ghent,z\n'
    (here / "new.csv").write_bytes(new)
    assert call(capsys, "predict i.json new.csv --keep -o out.csv")[0] == 0
    with (here / "out.csv").open(newline="") as file:
        first, *others = csv.DictReader(file)
    assert [first[name] for name in ("age", "town", "memo")] == ["41.50", "GHENT", "NO"]
    assert [row["age"] + row["town"] + row["memo"] for row in others] == [""] * 5
    ends = ["; the line is 7", "is 1,Ghent,a,b", "is blank", "is 2,caf\\xe9,x", 'is "3" 4,Ghent,z']
    assert [row["note"][-len(end) :] for row, end in zip(others, ends, strict=True)] == ends
    assert "the line is" not in call(capsys, "predict i.json new.csv")[1]


BLANK_FIELDS = [  # rows whose fields have blanks around them
    [" 31", "Ghent ", "a"],
    ["41.50  ", "Ypres", " b , c "],
    ["50", "Ghent", "\tno"],
    ["7 ", " GHENT", "  "],
]


@pytest.mark.parametrize("unreadable", [False, True])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_keep_writes_fields_as_they_were_read(here, capsys, end, unreadable):
    """Blanks around a field are no part of the value, and stay in what is repeated."""
    call(capsys, "fit t.csv --target bought --ignore-case town --model i.json")
    text = io.StringIO(newline="")
    rows = BLANK_FIELDS * 20
    csv.writer(text, lineterminator=end).writerows([["age", "town", "memo"], *rows])
    odd = text.getvalue().replace("Ypres", 'Ypr"es') if unreadable else text.getvalue()
    (here / "new.csv").write_bytes(odd.encode())
    for options in ("", "--ignore-case memo"):
        code, out, _ = call(capsys, f"predict i.json new.csv --keep --unseen reference {options}")
        _, *kept = csv.reader(io.StringIO(out, newline=""))
        assert code == 0
        known = [row for row in kept if '"' not in row[1]]
        wanted = [row for row in rows if not (unreadable and row[1] == "Ypres")]
        assert [row[:3] for row in known if row[0]] == wanted
        bare = call(capsys, f"predict i.json new.csv --unseen reference {options}")[1]
        assert [row[3:] for row in kept] == [*csv.reader(bare.splitlines())][1:]


def test_so_they_are_of_a_table_of_one_column(here, capsys):
    call(capsys, "fit t.csv --target bought --drop town --model o.json")
    (here / "new.csv").write_text("age\n 31\n45  \n50\n")
    _, out, _ = call(capsys, "predict o.json new.csv --keep")
    assert [line.partition(",")[0] for line in out.splitlines()[1:]] == [" 31", "45  ", "50"]


def test_a_table_without_a_complete_row_is_predicted_as_blanks(trained, capsys):
    write(trained / "new.csv", [["", "Ghent"]], ("age", "town"))
    assert call(capsys, "predict m.json new.csv")[1] == (
        "row,probability of yes,predicted,note\n2,,,age is missing\n"
    )
    write(trained / "new.csv", [["", "Ghent", "yes"]])
    assert "no row has both a target and a probability" in refusal(
        capsys, "evaluate m.json new.csv"
    )


def test_evaluate_equals_the_measures_of_the_held_out_rows(here, capsys):
    from glasslogit.evaluate import split_rows

    _, fitted, _ = call(capsys, "fit t.csv --target bought --model m.json")
    rows = people()
    _, test = split_rows(len(rows), 0.2, 0, np.array([row[2] for row in rows]))
    write(here / "test.csv", [rows[i] for i in test])
    _, measured, _ = call(capsys, "evaluate m.json test.csv")
    for name in ("accuracy", "log loss", "Brier", "ROC AUC", "average", "F1", "no  ", "yes  "):
        lines = [
            [line for line in out.split("\n") if line.startswith(f" {name}")][-1:]
            for out in (fitted, measured)
        ]
        assert lines[0] == lines[1] != []


def test_evaluate_says_what_it_left_out(trained, capsys):
    write(trained / "t.csv", [*people(40), ["40", "Ghent", ""], ["", "Ghent", "yes"]])
    _, out, _ = call(capsys, "evaluate m.json t.csv")
    assert "1 row without bought" in out
    assert "Measured on 40 rows" in out


COUNTED_ROWS = re.compile(r"(?:Dropped|Left out) +(\d+) rows? ")
LACKING = {  # rows that lack something -> the options of `fit` that keep them
    "empty": (["", "", ""], ""),
    "no age and no target": (["", "Ghent", ""], ""),
    "no age": (["", "Ghent", "yes"], ""),
    "no target": (["30", "Ghent", ""], ""),
    "empty, with an indicator": (["", "", ""], "--missing indicator"),
}


@pytest.mark.parametrize("case", LACKING)
def test_a_row_that_is_left_out_is_counted_once(here, capsys, case):
    """The rows that are read are those that are used and those that are said to be left out."""
    row, options = LACKING[case]
    gap = [["", "Ghent", "no"]] if options else []
    write(here / "t.csv", [*people(), *gap, *[row] * 3, ["30", "Ghent", ""]])
    fit = f"t.csv --target bought {options}"
    for line in (
        f"check {fit}",
        f"fit {fit} --test-size 0 --model m.json",
        "evaluate m.json t.csv",
    ):
        _, out, _ = call(capsys, line)
        assert sum(map(int, COUNTED_ROWS.findall(out))) == 4
    _, out, err = call(capsys, "evaluate m.json t.csv --strict")
    assert f"Measured on {240 + len(gap)} rows" in out
    assert sum(map(int, re.findall(r"(\d+) rows? without", err))) == 4
    write(here / "t.csv", [*people(), ["", "", "perhaps"], ["30", "Ghent", "perhaps"]])
    _, out, _ = call(capsys, "evaluate m.json t.csv")
    assert sum(map(int, COUNTED_ROWS.findall(out))) == 2


def test_evaluate_on_one_class_leaves_the_curves_out(trained, capsys):
    write(trained / "t.csv", [row for row in people() if row[2] == "yes"])
    code, out, _ = call(capsys, "evaluate m.json t.csv")
    assert code == 0
    assert "need both classes" in out


# --- faults ------------------------------------------------------------------------------

BAD_TABLES = {
    "empty.csv": (b"", ["is empty"]),
    "header.csv": (b"age,town,bought\n", ["no rows"]),
    "ragged.csv": (b"age,town,bought\n1,a,yes\n2,b\n", ["row 3 has 2 fields", "comma"]),
    "wide.csv": (b"age,town,bought\n1,a,yes,\n2,b,no\n", ["row 2 has 4 fields", "quotes"]),
    "latin.csv": (b"age,town,bought\n1,caf\xe9,yes\n", ["line 2", "UTF-8"]),
    "oneclass.csv": (b"age,bought\n1,yes\n2,yes\n", ["'bought'", "one class only", "'yes'"]),
    "inf.csv": (b"age,bought\n1,yes\n-inf,no\n", ["row 3", "'age'", "not a finite number"]),
    "huge.csv": (b"age,bought\n1,yes\n1e200,no\n", ["row 3", "'age'", "too large"]),
    "constant.csv": (b"age,bought\n1,yes\n1,no\n", ["no column is left"]),
    "target.csv": (b"age,bougth\n1,yes\n2,no\n", ["no column 'bought'", "did you mean 'bougth'"]),
    "holes.csv": (b"age,x,bought\n1,,yes\n,2,no\n2,,yes\n,1,no\n", ["no complete row", "--drop"]),
    "typo.csv": (
        b"age,bought\n" + b"1,yes\n2,no\n" * 10 + b"l0,no\n",
        ["row 22", "'age'", "'l0'", "--categorical"],
    ),
    "ids.csv": (
        b"id,bought\n" + b"".join(b"n%d,%s\n" % (i, b"yes" if i % 2 else b"no") for i in range(90)),
        ["'id'", "90 different texts", "--drop 'id'"],
    ),
    "number.csv": (
        b"age,bought\n" + b"".join(b"%d,%d\n" % (i, i) for i in range(150)),
        ["150 distinct"],
    ),
    "rare.csv": (b"age,bought\n1,yes\n2,no\n", ["class 'no' has 1 row:", "--test-size 0 trains"]),
    "balanced.csv": (b"x,a,bought\n1,1,p\n1,2\n1,3,q\n1,6,q,\n", ["row 3 has 2 fields"]),
    "comma.csv": (
        b'age,bought\n"1,500",yes\n2,no\n',
        ["row 2, column 'age': '1,500'", "--decimal"],
    ),
    "date.csv": (b"age,bought\n2024-01-02,yes\n2023-01-02,no\n", ["row 2", "'age'", "is a date"]),
    "inftarget.csv": (b"age,bought\n1,0\n2,inf\n", ["row 3, column 'bought'", "finite"]),
    "cut.csv.gz": (gzip.compress(b"age,bought\n1,yes\n2,no\n", mtime=0)[:-6], ["gzip"]),
}


@pytest.mark.parametrize("name", BAD_TABLES)
def test_fit_refuses_a_bad_table_in_one_line(here, capsys, name):
    content, parts = BAD_TABLES[name]
    (here / name).write_bytes(content)
    message = refusal(capsys, f"fit {name} --target bought --model m.json --plots p")
    for part in parts:
        assert part in message


@pytest.mark.parametrize(
    ("options", "code", "parts"),
    [
        ("", 2, ["--target"]),
        ("--target bought --bogus 1", 2, ["--bogus"]),
        ("--target bought --C much", 2, ["--C 'much'", "is not a number"]),
        ("--target bought --threshold 1.5", 2, ["--threshold", "1.5", "f1"]),
        ("--target bought --threshold half", 2, ["--threshold", "half"]),
        ("--target bought --seed -1", 2, ["--seed"]),
        ("--target bought --C -1", 2, ["--C -1", "greater than 0, or inf"]),
        ("--target bought --C nan", 2, ["--C nan"]),
        (
            "--target bought --solver magic",
            2,
            ["--solver magic is unknown; give one of auto, newton, "],
        ),
        ("--target bought --test-size 2", 2, ["--test-size 2", "share of the rows", "below 1"]),
        ("--target bought --test-size 1", 2, ["--test-size 1", "below 1"]),
        ("--target bought --test-size nan", 2, ["--test-size nan"]),
        ("--target bought --test-size 0.999", 1, ["--test-size 0.999", "--test-size 0 trains"]),
        ("--target bought --categorical bought", 2, ["'bought'", "--target and --categorical"]),
        ("--target bought --model t.csv", 2, ["--model t.csv would overwrite"]),
        ("--target bought --model ../here/t.csv", 2, ["would overwrite what is read"]),
        ("--target bought --model x --plots x", 2, ["--model x", "--plots x", "same place"]),
        ("--target bought --model p/m.json --plots p", 1, ["p/m.json", "folder"]),
        ("--target buys", 1, ["no column 'buys'", "columns: age, town, bought"]),
        ("--target bought --positive maybe", 1, ["--positive 'maybe'", "'no', 'yes'"]),
        ("--target town --positive Ghent", 1, ["--positive", "two classes", "3"]),
        ("--target bought --drop nonsense", 1, ["no column 'nonsense'"]),
        ("--target bought --drop bought", 2, ["'bought'", "--target and --drop"]),
        ("--target bought --categorical nonsense", 1, ["no column 'nonsense'"]),
        ("--target bought --model none/m.json", 1, ["none/m.json", "No such file", "folder"]),
        ("--target bought --model .", 1, ["cannot write .", "folder"]),
        ("--target bought --plots t.csv", 1, ["t.csv", "it is a file"]),
        ("--target bought --plots none/p", 1, ["none/p", "folder"]),
    ],
)
@pytest.mark.usefixtures("here")
def test_fit_refuses_a_bad_argument_in_one_line(capsys, options, code, parts):
    message = refusal(capsys, f"fit t.csv {options}", code)
    for part in parts:
        assert part in message


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("age\n40\n", ["no column 'town'", "trained"]),
        ("age,town\n40\n", ["row 2 has 1 field"]),
    ],
)
def test_predict_refuses_a_bad_table_in_one_line(trained, capsys, content, parts):
    (trained / "new.csv").write_text(content)
    message = refusal(capsys, "predict m.json new.csv -o out.csv")
    for part in parts:
        assert part in message


def test_an_unseen_level_can_be_counted_as_the_reference(trained, capsys):
    write(trained / "new.csv", [["40", "Paris"], ["40", "Ghent"]], ("age", "town"))
    code, out, _ = call(capsys, "predict m.json new.csv -o out.csv --unseen reference")
    assert code == 0
    assert "1 row" in out
    assert "counted as the reference" in out
    lines = [line.split(",")[1:] for line in (trained / "out.csv").read_text().split("\n")[1:3]]
    assert lines[0] == lines[1]


def test_evaluate_refuses_an_unknown_class_and_a_missing_target(trained, capsys):
    write(trained / "new.csv", [["40", "Ghent", "perhaps"]])
    message = refusal(capsys, "evaluate m.json new.csv")
    assert "column 'bought' holds no class of the model (no, yes) but 'perhaps'" in message
    write(trained / "new.csv", [["40", "Ghent"]], ("age", "town"))
    assert "no column 'bought', which the model predicts" in refusal(
        capsys, "evaluate m.json new.csv"
    )


def test_a_bad_model_file_is_refused_in_one_line(trained, capsys):
    good = (trained / "m.json").read_text()
    newer = json.dumps(json.loads(good) | {"schema_version": 99})
    for content, part in (
        (good[:500], "cut off"),
        (newer, "upgrade"),
        ("{}", "not a glasslogit model"),
    ):
        (trained / "bad.json").write_text(content)
        for command in ("predict bad.json t.csv -o out.csv", "evaluate bad.json t.csv"):
            message = refusal(capsys, command)
            assert message.startswith("bad.json: ")
            assert part in message
    assert "none.json" in refusal(capsys, "predict none.json t.csv")


def test_a_model_of_arrays_is_refused_with_the_remedy(trained, capsys):
    save_model(LogisticRegression().fit([[1.0], [2.0]], [0, 1]), trained / "arrays.json")
    assert "load_model" in refusal(capsys, "predict arrays.json t.csv")


def test_a_model_file_is_one_wherever_it_was_written(trained, capsys):
    table = read_table(trained / "t.csv")
    named = LogisticRegression(encoder=TableEncoder()).fit(table, "bought")
    formula = LogisticRegression(formula="bought ~ age + C(town)").fit(table)
    X, y = take_target(table, "bought")
    nameless = LogisticRegression(encoder=TableEncoder()).fit(X, y)
    again = load_model(trained / "m.json")
    for model in (named, formula, nameless, again):
        save_model(model, trained / "python.json")
        assert call(capsys, "predict python.json t.csv -o p.csv")[0] == 0
        p = [float(line["probability of yes"]) for line in lines_of(trained / "p.csv")]
        assert p == model.predict_proba(X)[:, 1].tolist()
        told = call(capsys, "evaluate python.json t.csv --target bought")
        assert told[0] == 0
        if model is nameless:
            assert "--target names it" in refusal(capsys, "evaluate python.json t.csv")
        else:
            assert call(capsys, "evaluate python.json t.csv") == told


SAME_FITS = {
    "": {},
    "--C 7 --positive no": {"C": 7.0},
    "--drop size --categorical age": {
        "encoder": TableEncoder(
            {"age": Category(rare=1, missing="drop"), "size": "drop"}, missing="drop"
        )
    },
    "--missing indicator --rare 5 --unseen other": {
        "encoder": TableEncoder(missing="indicator", rare=5, unseen="other")
    },
    "--formula bought~age*C(town) --threshold 5:1": {"formula": "bought~age*C(town)"},
    "--threshold f1 --solver lbfgs --max-iter 50": {"solver": "lbfgs", "max_iter": 50},
}


@pytest.mark.parametrize("test_size", [0, 0.3])
@pytest.mark.parametrize("options", SAME_FITS)
def test_the_model_file_is_that_of_the_same_fit_in_python(here, capsys, options, test_size):
    rows = [[a, b, str(i % 7), c] for i, (a, b, c) in enumerate(people())]
    rows = [*rows, ["", "Ghent", "1", "yes"], ["30", "", "2", "no"], ["30", "Lier", "3", "no"]]
    write(here / "t.csv", rows, ("age", "town", "size", "bought"))
    line = f"fit t.csv --target bought --model m.json --test-size {test_size} {options}"
    assert call(capsys, line)[0] == 0

    table, settings = read_table(here / "t.csv"), {**SAME_FITS[options]}
    settings.setdefault("encoder", TableEncoder(missing="drop"))
    y = np.array([row[-1] for row in rows])
    full = np.array([all(row) or "indicator" in options for row in rows])
    places = np.flatnonzero(full)
    if test_size:
        places = places[split_rows(len(places), test_size, 0, y[places])[0]]
    train = table.take(places)
    model = LogisticRegression(**settings, random_state=0).fit(train, "bought")
    given = dict(zip(options.split()[::2], options.split()[1::2], strict=True))
    threshold, positive = given.get("--threshold", 0.5), given.get("--positive", "yes")
    save_model(with_threshold(model, threshold, train, "bought", positive=positive), "python.json")
    ours, theirs = (json.loads((here / f"{name}.json").read_text()) for name in ("m", "python"))
    for each in (ours, theirs):
        del each["training"], each["sha256"]
    assert json.dumps(ours) == json.dumps(theirs)


def test_predict_refuses_an_unwritable_output_and_a_name_used_twice(trained, capsys):
    assert "none/out.csv" in refusal(capsys, "predict m.json t.csv -o none/out.csv")
    write(trained / "new.csv", [["40", "Ghent", "1"]], ("age", "town", "row"))
    assert "'row'" in refusal(capsys, "predict m.json new.csv --keep -o out.csv")


@pytest.mark.parametrize("interrupt", ["fit", "read"])
@pytest.mark.usefixtures("here")
def test_an_interruption_is_one_line_and_leaves_nothing(capsys, monkeypatch, interrupt):
    def fail(*_, **__):
        raise KeyboardInterrupt

    place = {
        "fit": "glasslogit.model.estimator.LogisticRegression.fit",
        "read": "glasslogit.cli.reading_options.read_file",
    }[interrupt]
    monkeypatch.setattr(place, fail)
    assert refusal(capsys, "fit t.csv --target bought --model m.json", 130) == "interrupted\n"


@pytest.mark.usefixtures("here")
def test_a_failure_while_writing_leaves_no_half_file(capsys, monkeypatch):
    def fail(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    code, _, err = call(capsys, "fit t.csv --target bought --model m.json")
    assert (code, err.count("\n")) == (1, 1)
    assert "m.json: No space left on device" in err
    assert [path.name for path in Path().iterdir()] == ["t.csv"]


@pytest.mark.parametrize("library", ["typer", "rich", "polars"])
@pytest.mark.usefixtures("here")
def test_a_missing_library_is_named_with_the_command_that_installs_it(capsys, monkeypatch, library):
    monkeypatch.setitem(sys.modules, library, None)
    message = refusal(capsys, "fit t.csv --target bought")
    assert message == f"{library} is not installed; run: pip install 'glasslogit[cli]'\n"


def test_a_column_named_like_markup_is_printed_as_it_is(here, capsys):
    write(
        here / "t.csv",
        [[a, f"[red]{b}[/red]", c] for a, b, c in people()],
        ("[b]", "town", "bought"),
    )
    _, out, _ = call(capsys, "fit t.csv --target bought")
    assert " [b] " in out
    assert "[red]Ypres[/red]" in out


def test_help_is_shown_without_arguments(capsys):
    code, out, _ = call(capsys, "")
    assert code == 0
    assert "predict" in out


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.usefixtures("here")
def test_the_output_is_not_wider_than_the_terminal(capsys, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    _, out, _ = call(capsys, "fit t.csv --target bought --model m.json")
    assert max(map(len, out.split("\n"))) <= width
    assert not any(line.endswith(" ") for line in out.split("\n"))


# --- what is written destroys nothing and is whole ------------------------------------------


@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_fit_does_not_overwrite_its_table_by_any_path(here, capsys, link):
    getattr(here / "other.json", link)(here / "t.csv")
    before = (here / "t.csv").read_bytes()
    for model in ("t.csv", "./t.csv", str(here / "t.csv"), "other.json"):
        message = refusal(capsys, f"fit t.csv --target bought --model {model}", 2)
        assert "would overwrite what is read" in message
    assert (here / "t.csv").read_bytes() == before


def test_fit_checks_every_picture_before_any_work(here, capsys):
    (here / "p" / "roc.png").mkdir(parents=True)
    message = refusal(capsys, "fit t.csv --target bought --model m.json --plots p")
    assert "cannot write p/roc.png: it is a folder" in message
    (here / "p" / "roc.png").rmdir()
    message = refusal(capsys, "fit t.csv --target bought --model p/loss.png --plots p", 2)
    assert "same place" in message
    (here / "t.csv").rename(here / "p" / "confusion.png")
    message = refusal(capsys, "fit p/confusion.png --target bought --plots p", 2)
    assert "would overwrite what is read" in message


# --- what is printed ------------------------------------------------------------------------


def test_class_shares_are_those_of_the_training_rows(here, capsys):
    call(capsys, "fit t.csv --target bought --model m.json --test-size 0.5")
    counts = load(here / "m.json").training["rows_of_class"]
    share = counts[1] / sum(counts)
    assert sum(counts) == 120
    rows = [row for row in people(200, seed=3) if row[2] == "yes"][:30]
    rows += [row for row in people(200, seed=4) if row[2] == "no"][:10]
    write(here / "new.csv", rows)
    _, out, _ = call(capsys, "evaluate m.json new.csv")
    losses = 30 * -np.log(share) + 10 * -np.log(1 - share)
    line = next(line for line in out.split("\n") if line.startswith(" log loss"))
    assert float(line.split()[3]) == pytest.approx(losses / 40, abs=1e-4)
    line = next(line for line in out.split("\n") if line.startswith(" accuracy"))
    assert float(line.split()[2]) == (0.75 if share > 0.5 else 0.25)
    assert "how frequent each class is in training" in out


def test_class_shares_that_the_file_does_not_tell_are_those_of_the_rows(trained, capsys):
    stored = json.loads((trained / "m.json").read_text())
    (trained / "m.json").write_text(json.dumps(seal(stored | {"training": {}})))
    code, out, _ = call(capsys, "evaluate m.json t.csv")
    assert code == 0
    assert "how frequent each class is in these rows" in out


@pytest.mark.parametrize("exponent", range(1, 14, 3))
def test_an_odds_ratio_says_in_which_direction_it_differs_from_1(here, capsys, exponent):
    """In each unit of a column it has two digits or more of that, and room in a line of 80."""
    rows = [[f"{float(a) * 10**exponent:.0f}", b, c] for a, b, c in people()]
    write(here / "t.csv", rows)
    for option in ("--C inf", "--firth", "--positive no"):
        _, out, _ = call(capsys, f"fit t.csv --target bought --test-size 0 {option}")
        line = next(line for line in out.split("\n") if line.startswith(" age"))
        coef, shown = float(line.split()[1]), line.split()[-1]
        near, sign, tail = shown.partition("-") if "-" in shown[:2] else shown.partition("+")
        difference = float(sign + tail) if tail else float(near) - 1
        assert difference == pytest.approx(np.expm1(coef), rel=0.05)
        assert len(shown) <= 9


@pytest.mark.usefixtures("here")
def test_fit_prints_standard_errors_and_intervals(capsys):
    rows = np.array([[float(a), b == "Bruges", b == "Ypres", c == "yes"] for a, b, c in people()])
    X, y = rows[:, :3], rows[:, 3].astype(int)
    for positive, sign in (("yes", 1), ("no", -1)):
        line = f"fit t.csv --target bought --test-size 0 --C inf --positive {positive}"
        _, out, _ = call(capsys, line)
        printed = [part.split() for part in out.partition("Coefficients")[2].split("\n")]
        summary = summarize(LogisticRegression(C=np.inf).fit(X, y), X, y, reference=(sign < 0) * 1)
        (age,) = [part for part in printed if part[:1] == ["age"]]
        assert age[-2] == "<0.0001"
        numbers = [float(part) for part in age[1:-2]]
        expected = [
            getattr(summary, name)[1] for name in ("coef", "std_error", "ci_low", "ci_high")
        ]
        np.testing.assert_allclose(numbers[:4], expected, rtol=5e-3)
        (intercept,) = [part for part in printed if part[:1] == ["(Intercept)"]]
        np.testing.assert_allclose(float(intercept[2]), summary.std_error[0], rtol=5e-3)
        assert "Standard errors are classical, intervals Wald's, from the 240 training rows." in out
        assert "Note:" not in out
    _, out, _ = call(capsys, "fit t.csv --target bought")
    assert "Note: a ridge penalty draws the coefficients towards 0" in out
    assert "std error" in out


def test_fit_leaves_out_what_an_aliased_or_separating_column_has_not(here, capsys):
    write(here / "same.csv", [[a, a, c] for a, _, c in people()], ("x", "y", "bought"))
    _, out, _ = call(capsys, "fit same.csv --target bought --C inf")
    told = " ".join(out.split())
    assert "there is no coefficient of y, as in these rows `y` = `x`" in told
    assert "std error" in out
    assert "nan" not in out
    write(here / "s.csv", [[str(i), str(i % 3), "no" if i < 10 else "yes"] for i in range(20)])
    _, out, _ = call(capsys, "fit s.csv --target bought --C inf --test-size 0")
    assert "nan" not in out
    assert " inf " in out


def test_fit_says_why_there_are_no_standard_errors(here, capsys, monkeypatch):
    write(
        here / "three.csv", [[a, "abc"[j % 3]] for j, (a, _, _) in enumerate(people())], ("x", "k")
    )
    _, out, _ = call(capsys, "fit three.csv --target k")
    assert "Standard errors are classical" in out
    _, out, _ = call(capsys, "fit three.csv --target k --l1-ratio 1")
    assert "No standard errors: an L1 penalty" in out
    with monkeypatch.context() as patch:
        patch.setattr("glasslogit.cli.coefficients.MOST_COEFFICIENTS", 1)
        _, out, _ = call(capsys, "fit t.csv --target bought")
        assert "No standard errors for more than 1 coefficients" in out
    code, out, _ = call(capsys, "fit t.csv --target bought --l1-ratio 1")
    assert code == 0
    assert "No standard errors: " in out
    assert "odds ratio" in out


@pytest.mark.parametrize("penalty", ["--l1-ratio 1", "--l1-ratio 0.5 --C 0.1"])
@pytest.mark.parametrize("names", [["coef", "odds_ratio", "rows"], ["a", "p_value", "std_error"]])
def test_coefficients_are_the_same_whatever_classes_are_called(here, capsys, names, penalty):
    """What classes are called is no name of a column: the numbers of each stand in its section."""
    printed = []
    for called in (["k", "l", "m"], names):
        rows = [[a, t, called[(j + (t == "Ghent")) % 3]] for j, (a, t, _) in enumerate(people())]
        write(here / "three.csv", rows, ("x", "town", "k"))
        _, out, _ = call(capsys, f"fit three.csv --target k {penalty}")
        table = out.partition("Coefficients")[2].partition("tandard errors")[0].split("\n")[1:]
        printed.append(([line.split() for line in table if re.search(r"\d", line)], table))
    assert printed[0][0] == printed[1][0]
    assert len(printed[0][0]) >= 9
    assert [line.strip() for line in printed[1][1] if line[1:] in names] == names


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("penalty", ["1", "inf"])
def test_standard_errors_of_a_fit_need_no_scipy(capsys, monkeypatch, penalty):
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    code, out, _ = call(capsys, f"fit t.csv --target bought --C {penalty}")
    assert code == 0
    assert "std error" in out
    assert "No standard errors" not in out


def test_many_numeric_columns_are_folded_by_what_a_standard_deviation_does(here, capsys):
    random = np.random.default_rng(0)
    noise = random.normal(size=(240, 50)) * 1e-3  # large coefficients, small effects
    rows = [[*map(repr, x), *row] for x, row in zip(noise.tolist(), people(), strict=True)]
    header = [*(f"x{j}" for j in range(50)), "age", "town", "bought"]
    write(here / "t.csv", rows, header)
    _, folded, _ = call(capsys, "fit t.csv --target bought --test-size 0")
    _, full, _ = call(capsys, "fit t.csv --target bought --test-size 0 --all")
    assert "… 11 smaller ones (--all)" in folded
    shown = [line.split()[0] for line in folded.split("\n") if line.startswith((" x", " age"))]
    assert len(shown) == 40
    assert "age" in shown
    assert sum(line.startswith((" x", " age")) for line in full.split("\n")) == 51


def test_a_marker_in_a_target_of_numbers_is_a_missing_value(here, capsys):
    rows = [[a, b, str(int(c == "yes"))] for a, b, c in people()]
    write(here / "t.csv", [*rows, ["40", "Ghent", "NA"]])
    _, out, _ = call(capsys, "fit t.csv --target bought --model m.json")
    assert "1 row without a value of 'bought'" in out
    _, out, _ = call(capsys, "evaluate m.json t.csv")
    assert "1 row without bought" in out


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_has_two_names(capsys, option):
    for line in (option, f"fit {option}"):
        code, out, _ = call(capsys, line)
        assert code == 0
        assert "Usage" in out


def test_the_version_is_said(capsys):
    assert call(capsys, "--version") == (0, f"glasslogit {version('glasslogit')}\n", "")


@pytest.mark.usefixtures("trained")
def test_a_dash_is_the_screen(capsys):
    assert call(capsys, "predict m.json t.csv -o -") == call(capsys, "predict m.json t.csv")
    assert not Path("-").exists()


@pytest.mark.usefixtures("here")
def test_a_threshold_near_one_is_not_printed_as_one(capsys):
    _, out, _ = call(capsys, "fit t.csv --target bought --threshold 0.99999 --model m.json")
    assert "yes is predicted from probability 0.99999 on" in out
    _, out, _ = call(capsys, "predict m.json t.csv -o out.csv")
    assert "yes is predicted from probability 0.99999 on" in " ".join(out.split())


# --- the real command, on the shipped example ---------------------------------------------


def shell(*arguments, **variables):
    """Run the installed command as a user does, without a terminal."""
    command = [str(Path(sys.executable).with_name("glasslogit")), *map(str, arguments)]
    environment = {**os.environ, "PYTHONWARNINGS": "error", **variables}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_the_example_runs_from_the_shell(tmp_path):
    model, out = tmp_path / "model.json", tmp_path / "out.csv"
    columns = ["--drop", "fnlwgt", "--drop", "education"]
    fitted = shell(
        "fit", EXAMPLES / "income.csv.gz", "--target", "income", "--model", model, *columns
    )
    assert (fitted.returncode, fitted.stderr) == (0, "")
    assert "32,061 rows" in fitted.stdout
    auc = next(line for line in fitted.stdout.split("\n") if "ROC AUC" in line)
    assert (
        0.89 < float(auc.split()[2]) < 0.93
    )  # the published models of this table reach 0.90 to 0.93
    predicted = shell("predict", model, EXAMPLES / "new_people.csv", "-o", out)
    assert (predicted.returncode, predicted.stderr) == (0, "")
    assert len(out.read_text().splitlines()) == 501


def test_a_fault_in_the_shell_is_one_line_whatever_the_encoding(tmp_path):
    result = shell("fit", tmp_path / "é.csv", "--target", "y", PYTHONIOENCODING="ascii")
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "no such file" in result.stderr


def test_a_reader_that_leaves_early_costs_no_work(here):
    command = [str(Path(sys.executable).with_name("glasslogit")), "fit", "t.csv", "--model=m.json"]
    with subprocess.Popen([*command, "--target=bought"], stdout=-1, stderr=-1) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
    assert load(here / "m.json").target == "bought"


def test_predict_does_not_overwrite_what_it_reads(trained, capsys):
    before = (trained / "t.csv").read_bytes(), (trained / "m.json").read_bytes()
    for output in ("t.csv", "m.json"):
        assert cli.run(["predict", "m.json", "t.csv", "-o", output]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert before == ((trained / "t.csv").read_bytes(), (trained / "m.json").read_bytes())


def test_a_file_that_is_replaced_keeps_its_permissions(trained):
    out = trained / "out.csv"
    out.write_text("old")
    out.chmod(0o600)
    assert cli.run(["predict", "m.json", "t.csv", "-o", "out.csv"]) == 0
    assert out.stat().st_mode & 0o777 == 0o600


def test_closed_streams_are_no_fault(here):
    command = Path(sys.executable).with_name("glasslogit")
    for line, code in (
        (f"{command} fit t.csv --target bought --model m.json >&-", 0),
        (f"{command} predict m.json t.csv >&- 2>&-", 0),
        (f"{command} fit none.csv --target bought >&-", 1),
        (f"{command} -h >&-", 0),
    ):
        result = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False)
        assert "Traceback" not in result.stderr
        assert result.returncode == code, result.stderr
    assert load(here / "m.json").target == "bought"


# --- what is said is so -------------------------------------------------------------------


def said_of(capsys, line):
    """The exit code, and all that is printed on the screen in one line, and the errors."""
    code, out, err = call(capsys, line)
    return code, " ".join(out.split()), err


def test_check_does_not_say_of_what_it_left_out_that_it_was_asked_to(here, capsys):
    rows = [[f"n{k}", *row] for k, row in enumerate(people())]
    write(here / "t.csv", rows, ("id", "age", "town", "bought"))
    _, out, _ = said_of(capsys, "check t.csv --target bought --drop town")
    assert "column 'id': cannot be used as written" in out
    assert "column 'town': left out on request" in out


@pytest.mark.parametrize("more", ["", " --class no", " --class yes"])
def test_explain_says_what_is_predicted_and_from_where_on(trained, capsys, more):
    assert call(capsys, "predict m.json t.csv -o p.csv")[0] == 0
    threshold = load(trained / "m.json").threshold
    lines = lines_of(trained / "p.csv")
    for label in ("no", "yes"):
        row = next(line["row"] for line in lines if line["predicted"] == label)
        _, out, _ = said_of(capsys, f"explain m.json t.csv --row {row}{more}")
        assert f"; predicted: {label} (yes from {threshold:.4f}"[:-2] in out


@pytest.mark.usefixtures("here")
def test_a_single_coefficient_is_one(capsys):
    _, out, _ = said_of(capsys, "fit t.csv --target bought --drop town --max-iter 1")
    assert "1 coefficient and an intercept" in out
    assert "1 step, " in out
    assert not re.search(r"\b1 (coefficients|steps|passes)\b", out)


@pytest.mark.usefixtures("here")
def test_no_name_is_proposed_that_is_not_alike(capsys):
    _, _, err = said_of(capsys, "fit t.csv --target target")
    assert "did you mean" not in err
    assert "did you mean 'age'?" in said_of(capsys, "fit t.csv --target Ages")[2]
    assert "did you mean 'bought'?" in said_of(capsys, "fit t.csv --target bough")[2]


def test_a_target_of_many_numbers_is_told_what_to_make_of_it(here, capsys):
    write(here / "t.csv", [[str(k % 7), str(k)] for k in range(150)], ("age", "pay"))
    code, _, err = said_of(capsys, "fit t.csv --target pay")
    assert code == 1
    assert "make a column of few classes, such as whether pay >= 75" in err


@pytest.mark.usefixtures("here")
def test_class_shares_alone_are_explained_exactly(capsys):
    assert call(capsys, "fit t.csv --target bought --test-size 0 --model m.json")[0] == 0
    _, out, _ = said_of(capsys, "evaluate m.json t.csv")
    counts = {label: sum(row[2] == label for row in people()) for label in ("no", "yes")}
    common, share = max(counts, key=counts.get), counts["yes"] / 240
    assert f"its accuracy always predicts {common}, the commonest class, its F1 always yes;" in out
    table = dict(re.findall(r"(accuracy|F1) +[\d.]+ +([\d.]+)", out))
    assert float(table["accuracy"]) == pytest.approx(counts[common] / 240, abs=1e-4)
    assert float(table["F1"]) == pytest.approx(2 * share / (1 + share), abs=1e-4)


def test_strict_says_why_the_exit_code_is_one(trained, capsys):
    write(trained / "new.csv", [["old", "Ghent", "yes"], ["30", "Ghent", ""], *people()[:9]])
    code, _, err = call(capsys, "predict m.json new.csv --strict -o p.csv")
    why = "glasslogit: --strict: 1 row without a probability; the exit code is 1\n"
    assert (code, err) == (1, why)
    code, _, err = call(capsys, "evaluate m.json new.csv --strict")
    assert (code, err) == (1, why.replace(";", " and 1 row without a value of 'bought';"))
    for command in ("predict m.json t.csv --strict -o p.csv", "evaluate m.json t.csv --strict"):
        code, _, err = call(capsys, command)
        assert (code, err) == (0, "")


def test_a_file_that_is_replaced_is_told(tmp_path, monkeypatch, capsys):
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{k},{'ny'[k % 7 > 3]}\n" for k in range(40))
    Path("t.csv").write_text(f"age,y\n{rows}")
    fit = ["fit", "t.csv", "--target=y", "--model=m.json", "--plots=plots"]
    predict = ["predict", "m.json", "t.csv", "-o", "out.csv"]
    for arguments, files in ((fit, ["m.json", "plots/"]), (predict, ["out.csv"])):
        for word, other in (("Wrote", "Replaced"), ("Replaced", "Wrote")):
            capsys.readouterr()
            assert cli.run(arguments) == 0
            out = capsys.readouterr().out
            assert [file in out.partition(word)[2] for file in files] == [True] * len(files)
            assert other not in out
    Path("plots/roc.png").unlink()
    capsys.readouterr()
    assert cli.run(fit) == 0
    assert "Wrote     plots/ roc.png" in capsys.readouterr().out


@pytest.mark.usefixtures("trained")
def test_a_class_without_a_row_has_no_share_and_a_direction_is_no_verdict(capsys):
    rows = [row for row in people() if row[2] == "no"]
    write(Path("one.csv"), rows)
    out = call(capsys, "evaluate m.json one.csv")[1]
    assert out.count("0 (–)") == 2
    assert "better if" in call(capsys, "evaluate m.json t.csv")[1]
