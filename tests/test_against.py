"""`glasslogit evaluate --against`: is the model better, and every way in which it can go wrong."""

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest

from glasslogit import LogisticRegression, cli, evaluate_against
from glasslogit.evaluate import split_rows
from glasslogit.export import load_model, save_model
from glasslogit.tables import read_table

pytest.importorskip("typer")
HEADER = ("age", "town", "size", "pull", "bought")
TOWNS = ("Ghent", "Bruges", "Ypres")


def people(n, seed, towns=TOWNS):
    rng = np.random.default_rng(seed)
    age, town, size = rng.integers(18, 80, n), rng.choice(towns, n), rng.integers(1, 4, n)
    pull = rng.normal(size=n).round(2)
    margin = (age - 50) / 10 + 2.0 * (town == "Bruges") + pull + rng.logistic(size=n)
    rows = zip(age, town, size, pull, np.where(margin > 0, "yes", "no"), strict=True)
    return [list(map(str, row)) for row in rows]


def write(path, rows, header=HEADER):
    with Path(path).open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def run(capsys, line):
    code = cli.run(line.split())
    out, err = capsys.readouterr()
    return code, out, err


def said(out):
    return " ".join(out.split())


@pytest.fixture(scope="module")
def months(tmp_path_factory):
    """Last month's model knows ages of two towns; this month's knows three towns."""
    drop = "--drop size --drop pull"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("months"))
        write("may.csv", people(400, 1, TOWNS[:2]))
        write("june.csv", people(500, 2))
        write("july.csv", people(300, 3))
        for line in (
            f"fit may.csv --target bought {drop} --drop town --model may.json",
            f"fit june.csv --target bought {drop} --threshold f1 --model june.json",
        ):
            assert cli.run(line.split()) == 0
        return Path.cwd()


@pytest.fixture(autouse=True)
def _here(months, tmp_path, monkeypatch):
    shutil.copytree(months, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")


def numbers(out):
    """The numbers of a measure: new, old, difference, the ends of the interval, which is better."""
    rows = [line.split() for line in out.split("\n") if line.startswith(" log loss")]
    (row,) = rows
    return [float(each) for each in row[2:7]], row[7]


@pytest.mark.parametrize("width", ["80", "120"])
def test_the_command_says_what_python_says(capsys, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", width)
    code, out, err = run(capsys, "evaluate june.json july.csv --against may.json")
    assert (code, err) == (0, "")
    table = read_table("july.csv")
    found = evaluate_against(load_model("june.json"), load_model("may.json"), table, "bought")
    assert said(out).endswith(found.verdict)
    assert "better on these 300 rows" in found.verdict
    page = found.page()
    for line in page.below():
        assert line in said(out)
    cells = [row[:5] for row in page.cells()]
    for name, row in zip(found.measures, cells, strict=True):
        assert f"{name} {' '.join(row)}" in said(out)
    lines = out.split("\n")
    assert max(map(len, lines)) <= int(width)
    assert sum(line.startswith(" log loss") for line in lines) == 1  # one table


def test_the_new_and_the_old_model_may_change_places(capsys):
    new = numbers(run(capsys, "evaluate june.json july.csv --against may.json")[1])
    old = numbers(run(capsys, "evaluate may.json july.csv --against june.json")[1])
    assert new[0][0] == old[0][1]
    assert new[0][2] == -old[0][2]
    assert (new[1], old[1]) == ("new", "old")
    code, out, _ = run(capsys, "evaluate june.json july.csv --against june.json")
    assert code == 0
    assert "The two models say the same of each of these 300 rows." in said(out)


def test_rows_that_one_model_cannot_predict_are_named_and_left_out_for_both(capsys):
    rows = people(300, 3)
    good = [row for place, row in enumerate(rows) if place not in {4, 7, 9, 11, 12}]
    write("good.csv", good)
    rows[4][0], rows[7][4], rows[9][4] = "", "", "perhaps"
    rows[11][1], rows[12][0] = "Mechelen", "old"
    write("bad.csv", rows)
    _, expected, _ = run(capsys, "evaluate june.json good.csv --against may.json")
    code, out, err = run(capsys, "evaluate june.json bad.csv --against may.json")
    assert (code, err) == (0, "")
    assert numbers(out) == numbers(expected)
    for text in (
        "left out: 1 row without bought",
        "1 row with bought 'perhaps', which is no class of the model (no, yes)",
        "3 rows that the new model cannot predict (6, 13, 14): age is not a number in 1",
        "age is missing in 1, town was not seen in training in 1",
        "2 rows that the old model cannot predict (6, 14): age is not a number in 1",
        "--unseen reference counts a level that training did not show",
        "on these 295 rows.",
    ):
        assert text in said(out)
    code, _, err = run(capsys, "evaluate june.json bad.csv --against may.json --strict")
    assert code == 1
    assert "3 rows without a probability by the new model" in err
    assert "2 rows without a value of 'bought'" in err
    _, out, _ = run(capsys, "evaluate june.json bad.csv --against may.json --unseen reference")
    assert "2 rows that the new model cannot predict (6, 14)" in said(out)
    assert "a level of town that the new model has not seen, counted as the reference" in said(out)
    write("none.csv", [["", "Ghent", "1", "0", "yes"]])
    code, _, err = run(capsys, "evaluate june.json none.csv --against may.json")
    assert code == 1
    assert "no row has an outcome and a probability by both models" in err
    assert "age is missing in 1" in err


@pytest.mark.parametrize(("new", "old"), [("may", "june"), ("june", "may")])
def test_an_error_in_the_rows_says_of_which_model_it_is(capsys, new, old):
    """Columns are asked for by one model; the other could be judged without them."""
    assert run(capsys, f"fit {old}.csv --target bought --model {old}.json")[0] == 0
    write(
        "few.csv",
        [[*row[:2], row[4]] for row in people(300, 3, TOWNS[:2])],
        (*HEADER[:2], "bought"),
    )
    code, _, err = run(capsys, f"evaluate {new}.json few.csv --against {old}.json")
    assert code == 1
    problem = "few.csv: no column 'size', which the model was trained with"
    assert f"for {old}.json: {problem}" in err
    code, _, err = run(capsys, f"evaluate {old}.json few.csv --against {new}.json")
    assert code == 1
    assert f"for {old}.json: {problem}" in err


def test_columns_may_stand_in_another_order_beside_others(capsys):
    expected = numbers(run(capsys, "evaluate june.json july.csv --against may.json")[1])
    rows = [[row[4], "x", *row[3::-1]] for row in people(300, 3)]
    write("turned.csv", rows, ("bought", "new", *HEADER[3::-1]))
    assert numbers(run(capsys, "evaluate june.json turned.csv --against may.json")[1]) == expected


def test_a_formula_and_a_model_from_python_are_judged_too(capsys):
    table = read_table("may.csv")
    save_model(LogisticRegression(formula="bought ~ bs(age, 4)").fit(table), "python.json")
    code, out, _ = run(capsys, "evaluate june.json july.csv --against python.json")
    assert code == 0
    for terms in ("bs(age, 4) + town", "1"):
        line = ["fit", "june.csv", "--target", "bought", "--formula", terms, "--model", "f.json"]
        assert cli.run(line) == 0
        capsys.readouterr()
        code, out, _ = run(capsys, "evaluate f.json june.csv --against may.json")
        assert "the new model seems to have been fitted to 400 of these rows" in said(out)
        code, out, _ = run(capsys, "evaluate june.json july.csv --against f.json")
        assert (code, "fitted" in out) == (0, False)
    assert "better on these 300 rows" in said(out)
    X, y = np.array([[float(row[0])] for row in people(99, 5)]), [r[4] for r in people(99, 5)]
    save_model(LogisticRegression().fit(X, y), "arrays.json")
    code, _, err = run(capsys, "evaluate june.json july.csv --against arrays.json")
    assert code == 1
    assert "arrays.json: was fitted on arrays, not on a table" in err


@pytest.mark.parametrize("table", ["may", "june"])
def test_rows_of_the_training_are_told_also_where_a_part_was_held_out(capsys, table):
    _, out, _ = run(capsys, f"evaluate june.json {table}.csv --against may.json")
    which, count = {"june": ("new", "400 of "), "may": ("old", "320 of ")}[table]
    assert f"the {which} model seems to have been fitted to {count}these rows" in said(out)
    run(capsys, f"fit {table}.csv --target bought --drop size --firth --model firth.json")
    _, out, _ = run(capsys, f"evaluate firth.json {table}.csv --against may.json")
    assert f"the new model seems to have been fitted to {count}these rows" in said(out)
    for other in ("june", "firth"):
        _, out, _ = run(capsys, f"evaluate {other}.json july.csv --against may.json")
        assert "fitted" not in out


def test_held_out_rows_alone_are_those_that_fit_measured(capsys):
    fit = "fit june.csv --target bought --drop size --seed 3 --test-size 0.3"
    _, fitted, _ = run(capsys, f"{fit} --model m.json --formula age+town")
    _, measured, _ = run(capsys, "evaluate m.json june.csv --held-out")
    head = "Measured on 150 held-out rows"
    assert fitted.partition(head)[1] == measured.partition(head)[1] == head
    assert fitted.partition(head)[2].partition("Wrote")[0] == measured.partition(head)[2]
    assert "350 rows that the model was fitted to (--held-out)" in said(measured)
    _, flattered, _ = run(capsys, "evaluate m.json june.csv")
    assert "seems to have been fitted to 350 of these rows" in said(flattered)
    assert "--held-out takes the others alone" in flattered
    run(capsys, f"{fit} --formula age --model small.json")
    code, out, err = run(
        capsys, "evaluate m.json june.csv --against small.json --held-out --strict"
    )
    assert (code, err, "seems" in out) == (0, "", False)
    assert "on the same 150 rows" in out
    run(capsys, f"{fit} --seed 4 --formula age --model other.json")
    _, out, _ = run(capsys, "evaluate m.json june.csv --against other.json --held-out")
    _, test = split_rows(500, 0.3, 3, [row[4] for row in people(500, 2)])
    _, again = split_rows(500, 0.3, 4, [row[4] for row in people(500, 2)])
    assert f"on the same {len(np.intersect1d(test, again))} rows" in out
    for line in ("m.json july.csv", "m.json july.csv --against small.json"):
        code, _, err = run(capsys, f"evaluate {line} --held-out")
        assert code == 1
        assert "these are not the rows that a model file remembers from its fit" in err
    run(capsys, "fit june.csv --target bought --test-size 0 --model all.json")
    code, _, err = run(capsys, "evaluate all.json june.csv --held-out")
    assert code == 1
    assert "no row was held out" in err
    assert "fitted to these rows" in said(run(capsys, "evaluate all.json june.csv")[1])


def loss(out):
    (row,) = [line for line in out.split("\n") if line.startswith(" log loss")]
    return row


def test_held_out_trials_and_weights_are_found_again(capsys):
    fit = "fit june.csv --target bought --weights size --drop pull --model m.json"
    _, fitted, _ = run(capsys, fit)
    _, measured, _ = run(capsys, "evaluate m.json june.csv --held-out")
    assert loss(fitted) == loss(measured)
    rng = np.random.default_rng(9)
    dose, trials = rng.normal(size=60).round(2), rng.integers(1, 9, 60)
    events = rng.binomial(trials, 1 / (1 + np.exp(-dose)))
    write("trials.csv", zip(dose, events, trials, strict=True), ("dose", "cured", "patients"))
    fit = "fit trials.csv --target cured --trials patients --model new.json"
    _, fitted, _ = run(capsys, fit)
    _, measured, _ = run(capsys, "evaluate new.json trials.csv --held-out")
    assert loss(fitted) == loss(measured)
    _, out, _ = run(capsys, "evaluate new.json trials.csv --against new.json --held-out")
    assert "on the same 12 rows" in out


def test_two_targets_are_asked_about_and_two_sets_of_classes_refused(capsys):
    rows = [[*row[:4], {"yes": "gone", "no": "here"}[row[4]]] for row in people(200, 7)]
    write("left.csv", rows, (*HEADER[:4], "left"))
    run(capsys, "fit left.csv --target left --model left.json")
    code, _, err = run(capsys, "evaluate june.json july.csv --against left.json")
    assert code == 1
    assert "june.json predicts 'bought' and left.json 'left'" in err
    assert "--target names the column that says what happened" in err
    code, _, err = run(capsys, "evaluate june.json july.csv --against left.json --target bought")
    assert code == 1
    assert "the new model's classes are no, yes and the old model's gone, here" in err
    write("renamed.csv", people(200, 7), (*HEADER[:4], "sold"))
    run(capsys, "fit renamed.csv --target sold --model renamed.json")
    line = "evaluate june.json july.csv --against renamed.json --target bought"
    assert run(capsys, line)[0] == 0


def test_weights_and_their_meaning_are_those_of_the_models(capsys):
    fit = "fit june.csv --target bought --drop pull --weights size"
    run(capsys, f"{fit} --model counted.json")
    run(capsys, f"{fit} --weights-are sampling --model drawn.json")
    _, plain, _ = run(capsys, "evaluate june.json july.csv --against may.json")
    _, counted, _ = run(capsys, "evaluate counted.json july.csv --against may.json")
    _, drawn, _ = run(capsys, "evaluate drawn.json july.csv --against may.json")
    _, asked, _ = run(capsys, "evaluate june.json july.csv --against may.json --weights size")
    assert numbers(counted)[0][:3] == numbers(drawn)[0][:3]
    assert numbers(counted)[0][3:] != numbers(drawn)[0][3:]
    assert "each row one observation whatever it weighs" in said(drawn)
    assert "one observation" not in counted
    assert all("Weights size" in said(out) for out in (counted, drawn, asked))
    assert "Weights" not in plain
    assert numbers(asked) != numbers(plain)
    assert numbers(asked)[0][1] == numbers(counted)[0][1]
    table = read_table("july.csv")
    models = [load_model(name) for name in ("drawn.json", "may.json")]
    weight = [float(row[2]) for row in people(300, 3)]
    assert evaluate_against(*models, table, "bought", weight).verdict in said(drawn)
    rows = people(300, 3)
    rows[3][2] = "-1"
    write("bad.csv", rows)
    _, out, _ = run(capsys, "evaluate counted.json bad.csv --against may.json")
    assert "left out: 1 row without a weight that can be used (5): size is a negative" in said(out)
    assert "on these 299 rows" in said(out)


def test_trials_are_honoured(capsys):
    rng = np.random.default_rng(9)
    dose, trials = rng.normal(size=60).round(2), rng.integers(1, 9, 60)
    events = rng.binomial(trials, 1 / (1 + np.exp(-dose)))
    rows = list(map(list, zip(dose, rng.normal(size=60), events, trials, strict=True)))
    write("trials.csv", rows, ("dose", "noise", "cured", "patients"))
    fit = "fit trials.csv --target cured --trials patients --test-size 0"
    run(capsys, f"{fit} --drop noise --model new.json")
    run(capsys, f"{fit} --drop dose --model old.json")
    code, out, err = run(capsys, "evaluate new.json trials.csv --against old.json")
    assert (code, err) == (0, "")
    assert "better on these 60 rows" in said(out)
    assert "the new model seems to have been fitted to these rows" in said(out)
    models = [load_model(name) for name in ("new.json", "old.json")]
    found = evaluate_against(*models, read_table("trials.csv"), events / trials, trials)
    assert said(out).endswith(found.verdict)
    bad = [[0.0, 0.0, 5, 2], [0.0, 0.0, "x", 2]]
    write("bad.csv", [*rows, *bad], ("dose", "noise", "cured", "patients"))
    _, bad, _ = run(capsys, "evaluate new.json bad.csv --against old.json")
    assert numbers(bad) == numbers(out)
    assert "2 rows without a count of events and trials that can be used (62, 63)" in said(bad)


def test_three_classes_are_compared(capsys):
    for name, seed in (("may", 1), ("june", 2), ("july", 3)):
        rows = [[*row[:4], "no" if row[4] == "no" else row[1]] for row in people(400, seed, TOWNS)]
        write(f"{name}.csv", rows)
    fit = "fit june.csv --target bought --drop town"
    run(capsys, f"{fit} --model new.json")
    run(capsys, f"{fit} --drop age --model old.json")
    code, out, err = run(capsys, "evaluate new.json july.csv --against old.json")
    assert (code, err) == (0, "")
    assert "mean ROC AUC" in out
    assert "better on these 400 rows" in said(out)


def test_an_offset_is_read_for_the_model_that_has_one(capsys):
    run(capsys, "fit june.csv --target bought --offset pull --model offset.json")
    code, _, err = run(capsys, "evaluate offset.json july.csv --against may.json --offset pull")
    assert (code, err) == (0, "")
    assert run(capsys, "evaluate may.json july.csv --against offset.json")[0] == 0
    code, _, err = run(capsys, "evaluate june.json july.csv --against may.json --offset pull")
    assert code == 1
    assert "--offset: the model was fitted without an offset; leave it out" in err


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (
            "june.json july.csv --against july.csv",
            "--against july.csv: is no model file; give one",
        ),
        ("june.json july.csv --against none.json", "none.json: no such file"),
        ("july.csv june.json --against may.json", "glasslogit: july.csv: is no model file"),
        ("june.json none.csv --against may.json", "none.csv"),
        ("june.json july.csv --against may.json --target sold", "no column 'sold'"),
        ("june.json july.csv --against", "--against"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_one_line(capsys, line, text):
    code, out, err = run(capsys, f"evaluate {line}")
    assert code in {1, 2}
    assert not out
    assert text in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("version", [1, 2, 3])
def test_files_of_older_schemas_are_judged_against_new_ones(capsys, version):
    rng = np.random.default_rng(6)
    age, plan = rng.integers(20, 80, 300), rng.choice(["basic", "plus", "gold"], 300)
    churn = np.where((age - 50) / 10 + rng.logistic(size=300) > 0, "yes", "no")
    rows = list(zip(age, plan, churn, strict=True))
    write("train.csv", rows[:150], ("age", "plan", "churn"))
    write("rows.csv", rows[150:], ("age", "plan", "churn"))
    run(capsys, "fit train.csv --target churn --model new.json")
    old = Path(__file__).parent / "old_models" / f"version_{version}.json"
    Path("old.json").write_text(old.read_text("utf-8"), "utf-8")
    code, out, err = run(capsys, "evaluate new.json rows.csv --against old.json")
    assert (code, err) == (0, "")
    models = [load_model(name) for name in ("new.json", "old.json")]
    assert said(out).endswith(evaluate_against(*models, read_table("rows.csv"), "churn").verdict)


MEASURES = (
    *("log loss", "Brier score", "ROC AUC", "accuracy", "true-positive rate"),
    *("false-positive rate", "precision", "calibration error"),
)


@pytest.mark.parametrize("columns", ["60", "80", "100"])
def test_the_names_of_measures_are_whole_in_every_width(monkeypatch, capsys, columns):
    monkeypatch.setenv("COLUMNS", columns)
    _, alone, _ = run(capsys, "evaluate june.json july.csv")
    code, out, _ = run(capsys, "evaluate june.json july.csv --against may.json")
    assert code == 0
    assert max(map(len, out.splitlines())) <= int(columns)
    for name in MEASURES:
        assert f"\n {name} " in out
    for name in ("accuracy", "log loss", "average precision"):
        assert f"\n {name} " in alone
    if columns == "80":
        assert out.count("ROC AUC") == 1, "one table: the columns stand closer before it is split"
