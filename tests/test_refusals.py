"""What the command line says of values and of columns that an option cannot have."""

import csv
import re
import shlex

import numpy as np
import pytest

pytest.importorskip("typer")
pytest.importorskip("polars")

from glasslogit import LogisticRegression, cli
from glasslogit.cli.words import in_shell
from glasslogit.errors import TableError
from glasslogit.tables import TableEncoder, read_table

OPTIONS = [
    ("explain", "--row"),
    ("check", "--rare"),
    *(("fit", f"--{name}") for name in ("rare", "cv", "max-iter", "seed")),
    *(("fit", f"--{name}") for name in ("C", "l1-ratio", "test-size")),
]
N = 90


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    rng = np.random.default_rng(0)
    age, town = (
        rng.integers(20, 60, N),
        rng.choice(["Ghent", "Ypres", "Bruges"], N, p=[0.6, 0.3, 0.1]),
    )
    sold = np.where(rng.random(N) < 0.5, "yes", "no")
    with (tmp_path / "t.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["age", "town", "sold"], *zip(age, town, sold, strict=True)])
    return tmp_path


def run(capsys, line):
    code = cli.run(shlex.split(line))
    out, err = capsys.readouterr()
    return code, out, err


def fitted(capsys, options=""):
    assert run(capsys, f"fit t.csv --target sold --model m.json {options}")[0] == 0


@pytest.mark.parametrize(("command", "option"), OPTIONS)
@pytest.mark.parametrize("value", ["x", "1.5e", "", "-7"])
@pytest.mark.parametrize("form", ["{} '{}'", "{}='{}'"])
@pytest.mark.usefixtures("here")
def test_a_value_that_is_no_number_is_refused_in_plain_words(capsys, command, option, value, form):
    files = "t.csv --target sold" if command in {"check", "fit"} else "m.json t.csv"
    code, _, err = run(capsys, f"{command} {files} {form.format(option, value)}")
    if value == "-7":
        assert "Input should" not in err
        return
    assert code == 2
    assert re.match(rf"glasslogit: {option} {value!r} is not a (whole )?number; try: ", err)
    assert err.endswith(f"glasslogit {command} --help\n")


@pytest.mark.parametrize("given", ["--cv=3 --cv x", "--cv 3 --cv=x", "--cv x"])
@pytest.mark.usefixtures("here")
def test_of_an_option_that_is_given_twice_the_last_value_is_refused(capsys, given):
    code, _, err = run(capsys, f"fit t.csv --target sold {given}")
    assert (code, err.partition(";")[0]) == (2, "glasslogit: --cv 'x' is not a whole number")


@pytest.mark.usefixtures("here")
def test_a_column_without_the_classes_of_a_model_has_a_remedy(capsys):
    fitted(capsys)
    for options in ("", "--against m.json "):
        for name in ("town", "age"):
            line = f"evaluate m.json t.csv {options}--target {name}"
            code, _, err = run(capsys, line)
            assert code == 1
            assert f"column '{name}' holds no class of the model (no, yes) but" in err
            assert "leave --target out: the model predicts 'sold'" in err
            assert run(capsys, f"evaluate m.json t.csv {options}")[0] == 0


def test_classes_in_capitals_have_a_remedy_that_works(here, capsys):
    fitted(capsys)
    text = (here / "t.csv").read_text().replace("yes", "YES").replace("no\n", "No\n")
    (here / "new.csv").write_text(text)
    _, _, err = run(capsys, "evaluate m.json new.csv")
    typed = err.partition("but 'YES', 'No'; ")[2] or err.partition("but 'No', 'YES'; ")[2]
    typed = typed.partition(" reads them as classes")[0]
    assert typed == "--ignore-case 'sold'"
    assert run(capsys, f"evaluate m.json new.csv {typed} --strict")[0] == 0
    (here / "new.csv").write_text(text.replace("YES", "1").replace("No\n", "2\n"))
    _, _, err = run(capsys, "evaluate m.json new.csv")
    assert "name the column that does by --target" in err


@pytest.mark.parametrize("line", ["predict", "evaluate", "explain --row 2"])
@pytest.mark.usefixtures("here")
def test_levels_cannot_count_as_other_where_none_were_pooled(capsys, line):
    command, _, rest = line.partition(" ")
    fitted(capsys)
    said = "training pooled no level of town"
    for unseen, told in (("", False), (" --unseen reference", False), (" --unseen other", True)):
        out = "".join(map(str, run(capsys, f"{command} m.json t.csv {rest}{unseen}")))
        assert " ".join(out.split()).count(said) == told
    fitted(capsys, "--rare 15 --unseen other")
    assert said not in "".join(map(str, run(capsys, f"{command} m.json t.csv {rest}{unseen}")))
    fitted(capsys, "--unseen other")
    assert said not in "".join(map(str, run(capsys, f"{command} m.json t.csv {rest}")))


def test_what_is_found_in_new_rows_is_told_alike_by_all(here, capsys, monkeypatch):
    """Each once: a title, a word that does nothing, and levels that were not pooled."""
    fitted(capsys)
    (here / "titled.csv").write_text(f"Customers of 2024\n{(here / 't.csv').read_text()}")
    monkeypatch.setenv("COLUMNS", "400")
    notes = set()
    for line in ("predict", "evaluate", "explain --row 3"):
        command, _, rest = line.partition(" ")
        how = f"--na default --na nowhere --unseen other {rest}"
        said = "\n".join(map(str, run(capsys, f"{command} m.json titled.csv {how}")))
        notes.add(
            tuple(line.split(maxsplit=1)[1] for line in said.split("\n") if line[:4] == "Note")
        )
    assert [len({*each}) for each in notes] == [3]


@pytest.mark.usefixtures("here")
def test_fit_says_that_no_level_is_pooled_to_count_as_other(capsys):
    said = "training pooled no level of town"
    assert said in run(capsys, "fit t.csv --target sold --unseen other")[1]
    assert said not in run(capsys, "fit t.csv --target sold --unseen other --rare 15")[1]
    assert said not in run(capsys, "fit t.csv --target sold")[1]


NAMES = ["its id", "it's", 'say "hi"', "both ' and \"", "back\\slash", "$HOME", "na=[]", "#`x`"]


@pytest.mark.parametrize("name", [*NAMES, "columns={'a': 'drop'}", "missing='drop'", "-x"])
@pytest.mark.parametrize("holds", ["numbers of rows", "names", "dates", "cases"])
def test_what_is_printed_of_a_column_is_read_by_a_shell_whatever_it_is_called(
    here, capsys, name, holds
):
    """The whole command, and each remedy."""
    cell = {
        "numbers of rows": lambda k: k,
        "names": lambda k: f"person {k * 7919 % 1000}",
        "dates": lambda k: f"2024-01-{k % 28 + 1:02}",
        "cases": lambda k: ["Yes", "YES", "no"][k * k % 3],
    }[holds]
    rows = [[cell(k), k * k % 11, ["no", "yes"][k * k % 7 > 2]] for k in range(N)]
    table = here / "a b's $c.csv"
    with table.open("w", newline="") as file:
        csv.writer(file).writerows([[name, "x", "sold"], *rows])
    cli.run(["check", table.name, "--target=sold"])
    out = capsys.readouterr().out
    assert cli.run(shlex.split(out.splitlines()[-1])[1:]) == 0
    capsys.readouterr()
    typed = [*re.finditer(r"--(?:drop|date|categorical|ignore-case) (?=['\"])", out)]
    assert typed
    assert shlex.split(in_shell(name)) == [name]
    for each in typed:
        assert out[each.end() :].startswith(in_shell(name))


@pytest.mark.parametrize("name", NAMES)
def test_columns_of_trials_are_typed_as_a_shell_reads_them(here, capsys, monkeypatch, name):
    monkeypatch.setenv("COLUMNS", "4000")
    rng = np.random.default_rng(0)
    trials = rng.integers(20, 41, 300)
    events = rng.binomial(trials, 0.4)
    with (here / "t.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["grown", name], *zip(events, trials, strict=True)])
    assert cli.run(["check", "t.csv", "--target=grown"]) == 0
    out = capsys.readouterr().out
    assert f"give --trials {in_shell(name)}" in out


@pytest.mark.parametrize("name", ["missing='drop' x.csv", "na=[] x.csv", "columns={'a': Date()}"])
@pytest.mark.parametrize("before", ["", "./", "folder//"])
def test_a_file_is_told_by_its_name_however_it_was_typed(here, capsys, name, before):
    (here / "folder").mkdir()
    table = here / before / name
    table.write_text("age,sold\n1,no\n,yes\n3,yes\n4,no\n")
    cli.run(["fit", f"{before}{name}", f"--target={name}"])
    err = capsys.readouterr().err
    assert f"{name}: no column " in err
    assert err.count(name) == 2
    if not before:
        with pytest.raises(TableError) as caught:
            LogisticRegression(encoder=TableEncoder()).fit(read_table(name), "sold")
        assert str(caught.value).startswith(f"{name}: row 3, column 'age': missing")
        assert "encoder=TableEncoder(missing='drop')" in str(caught.value)
