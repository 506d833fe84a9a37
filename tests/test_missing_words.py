"""One rule for what a missing value is: in numbers, text and target, at training and after."""

import json
import shlex

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glasslogit import LogisticRegression, cli, predict_rows
from glasslogit.errors import InputError, TableError
from glasslogit.export import load_model, save_model
from glasslogit.findings import Code, Severity
from glasslogit.tables import (
    Category,
    Number,
    TableEncoder,
    dropped_rows,
    read_labels,
    read_na,
    read_table,
)
from glasslogit.tables.fields import DEFAULT_NA, words_in, words_to_type
from problems import coded, survey_columns

pytest.importorskip("polars", reason="files are read with polars")


def written(tmp_path, word, n=60):
    """A file in which a word stands in a column of numbers, one of text and the target."""
    rng = np.random.default_rng(3)
    numbers = rng.integers(20, 60, n).astype(str).astype(object)
    towns, left = rng.choice(["Ghent", "Ypres"], n).astype(object), rng.choice(["no", "yes"], n)
    left = left.astype(object)
    numbers[3], towns[5], left[7] = word, word, word
    lines = [",".join(row) for row in zip(numbers, towns, left, strict=True)]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["age,town,left", *lines]), encoding="utf-8")
    return path


@pytest.mark.parametrize("word", [*DEFAULT_NA, "nan", "n/A", ""])
def test_a_word_is_missing_in_every_column_or_in_none(tmp_path, word):
    path = written(tmp_path, word)
    table = read_table(path)
    labels, known = read_labels(table, "left")
    assert np.flatnonzero(~known).tolist() == [7]
    assert sorted(set(labels[known].tolist())) == ["no", "yes"]
    survey = survey_columns(table, target="left")
    assert survey.missing == {"age": 1, "town": 1}
    assert np.flatnonzero(~survey.complete).tolist() == [3, 5]
    named = {each.columns for each in survey.findings if each.code is Code.MISSING_WORDS}
    assert named == ({("town",), ("left",)} if word else set())
    if word:
        plain = read_table(path, na=[])
        with pytest.raises(TableError, match=r"not a (finite )?number"):
            survey_columns(plain, target="left")
        assert survey_columns(plain, target="left", categorical=["age"]).complete.all()
        assert read_labels(plain, "left")[1].all()


def test_a_word_that_may_be_a_value_is_missing_if_it_is_said_so(tmp_path):
    path = written(tmp_path, "None")
    with pytest.raises(TableError, match="'None' is not a number"):
        survey_columns(read_table(path), target="left")
    survey = survey_columns(read_table(path, na=["default", "None"]), target="left")
    assert survey.missing == {"age": 1, "town": 1}
    looked = survey_columns(read_table(path), target="left", categorical=["age"]).findings
    assert [each.columns for each in looked if each.code is Code.LOOKS_MISSING] == [("left",)]


def test_a_model_remembers_what_was_missing(tmp_path):
    path = written(tmp_path, "None")
    table = read_table(path, na=["none", "x"])
    encoder = TableEncoder(missing="indicator")
    known = read_labels(table, "left")[1]
    rows = {name: table.text(name) for name in ("age", "town")}
    assert known.sum() == 59
    model = LogisticRegression(encoder=encoder).fit(
        type(table)(table.source, rows, na=table.na), np.arange(60) % 2
    )
    assert model.encoder_.encoding_.na == ("none", "x")
    save_model(model, tmp_path / "m.json")
    loaded = load_model(tmp_path / "m.json")
    assert loaded.encoder_.encoding_ == model.encoder_.encoding_
    stored = json.loads((tmp_path / "m.json").read_text())
    assert stored["encoding"]["na"] == ["none", "x"]
    same = loaded.predict_proba(read_table(path)) == model.predict_proba(table)
    assert same.all()


def test_words_are_words():
    assert read_na(["default"]) == read_na(None)
    assert read_na("NA") == {"na"}
    with pytest.raises(InputError, match="na holds 7"):
        read_na([7])


def test_a_loss_of_rows_is_found_by_its_size_or_by_what_it_does_to_the_rates():
    rng = np.random.default_rng(0)
    labels = (rng.random(20_000) < 0.02).astype(int)
    chance = rng.random(20_000) > 0.05
    assert not dropped_rows(chance, {"a": 1000}, coded(labels))
    assert not dropped_rows(np.ones(20_000, bool), {}, coded(labels))
    half = rng.random(20_000) > 0.5
    (found,) = dropped_rows(half, {"a": 9, "b": 10_000}, coded(labels))
    assert found.columns == ("b",)
    assert "columns={'b': 'drop'}" in found.remedy
    aimed = chance & ~((labels == 1) & (rng.random(20_000) < 0.5))
    (found,) = dropped_rows(aimed, {"a": 1200}, coded(labels))
    assert f"{labels[aimed].mean():.1%}" in found.evidence
    assert f"{labels.mean():.1%}" in found.evidence


@pytest.mark.parametrize("kind", ["frame", "file"])
def test_a_fit_of_a_table_tells_a_loss_of_rows_as_the_command_line_does(tmp_path, capsys, kind):
    pd = pytest.importorskip("pandas")
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=400), "b": rng.normal(size=400)})
    frame["y"] = np.where(rng.random(400) < 0.2, "yes", "no")
    frame.loc[(frame.y == "no") & (rng.random(400) < 0.6), "b"] = None
    path = tmp_path / "t.csv"
    frame.to_csv(path, index=False)
    table = frame if kind == "frame" else read_table(path)
    model = LogisticRegression(encoder=TableEncoder(missing="drop")).fit(table, "y")
    (found,) = [each for each in model.findings_ if each.code is Code.DROPPED_ROWS]
    stay = frame.dropna()
    assert (found.columns, found.severity) == (("b",), Severity.WARNING)
    for rate in ((stay.y == "yes").mean(), (frame.y == "yes").mean()):
        assert f"{rate:.1%}" in found.evidence
    assert "columns={'b': 'drop'}" in found.remedy
    assert "missing='indicator'" in found.remedy
    assert cli.run(["fit", str(path), "--target=y", "--test-size=0"]) == 0
    assert found.evidence in " ".join(capsys.readouterr().out.split())
    quiet = LogisticRegression(encoder=TableEncoder(missing="drop"), silence=["dropped_rows"])
    assert Code.DROPPED_ROWS not in [each.code for each in quiet.fit(table, "y").findings_]
    whole = LogisticRegression(encoder=TableEncoder(missing="drop")).fit(stay, "y")
    assert Code.DROPPED_ROWS not in [each.code for each in whole.findings_]
    trials = LogisticRegression(encoder=TableEncoder(missing="drop"))
    counts = np.column_stack([rng.integers(0, 5, 400), rng.integers(1, 5, 400)])
    trials.fit(frame[["a", "b"]], counts)


WORDS = st.sampled_from(["default", "", "NA", "None", "-1", "age=", "age=-1", "a=b=?", "=n", "x="])


@given(st.lists(WORDS))
def test_words_that_were_read_are_read_the_same_again(words):
    """A model file keeps them so."""
    once = read_na(words)
    assert read_na(sorted(once)) == (once or frozenset())
    for name in ("age", "a=b", "x", "town"):
        assert words_in(read_na(sorted(once)), name) == words_in(once, name)
        assert all(not name or "=" not in word[1:] for word in words_in(once, name))


@given(st.lists(WORDS), st.lists(WORDS, min_size=1))
def test_words_to_type_add_to_those_that_are_known(known, more):
    """What a remedy gives to type is what was said and what is new."""
    na = read_na(known)
    said = read_na(words_to_type(na, more))
    for name in ("age", "a=b", "x", "town"):
        alone = [word for word in (*known, *more) if word.rpartition("=")[0] == name]
        shared = [word for word in more if not word.rpartition("=")[0]]
        if f"{name}=" in alone:
            before, shared = frozenset(), []
        else:
            before = words_in(na, name)
        words = [*shared, *(word.rpartition("=")[2] for word in alone)]
        assert words_in(said, name) == before | read_na(words)


def own_words(tmp_path, n=400, **columns):
    rng = np.random.default_rng(3)
    whole = rng.integers(20, 60, n).astype(str).astype(object)
    parts = rng.normal(size=n).astype(str).astype(object)
    towns, left = rng.choice(["Ghent", "Ypres"], n).astype(object), rng.choice(["no", "yes"], n)
    table = {"whole": whole, "parts": parts, "town": towns, **columns, "left": left}
    lines = [",".join(row) for row in zip(*table.values(), strict=True)]
    path = tmp_path / "t.csv"
    path.write_text("\n".join([",".join(table), *lines]) + "\n")
    return path


@pytest.mark.parametrize("careful", [False, True])
@pytest.mark.parametrize("word", ["-1", "none", "NA"])
def test_a_word_of_a_column_is_missing_there_and_nowhere_else(tmp_path, word, careful):
    path = own_words(tmp_path)
    head, *rows = path.read_text().splitlines()
    fields = [row.split(",") for row in rows]
    for place in range(4):
        fields[place + 5][place] = word
    fields[0][2] = ' "Gh' if careful else "Ghent"  # which polars does not read as we do
    path.write_text("\n".join([head, *map(",".join, fields)]) + "\n")
    names = head.split(",")
    for name in names:
        table = read_table(path, na=["", f"{name}={word}"])
        gaps = {each: int(table.column(each).gaps.sum()) for each in names}
        assert gaps == {each: int(each == name) for each in names}
        other = read_table(path, na=["default", f"{name}="])
        gaps = {each: int(other.column(each).gaps.sum()) for each in names}
        assert gaps == {each: int(word == "NA" and each != name) for each in names}


@pytest.mark.parametrize("command", ["fit", "check"])
@pytest.mark.parametrize("share", [0.05, 0.4])
def test_a_word_that_is_a_value_in_one_column_stays_missing_in_the_others(
    tmp_path, monkeypatch, capsys, command, share
):
    """Numbers stay numbers when what is printed for a column of text is typed."""
    pytest.importorskip("typer")
    monkeypatch.setenv("COLUMNS", "300")
    rng = np.random.default_rng(0)
    gone = rng.random(400) < share
    path = own_words(
        tmp_path,
        whole=np.where(gone, "NA", rng.integers(20, 60, 400).astype(str)),
        town=rng.choice(["NA", "Ghent"], 400),
    )
    line = [command, str(path), "--target=left"]
    cli.run(line)
    said = capsys.readouterr().out
    typed = said.partition("if that is a value, ")[2].partition(" reads only")[0]
    cli.run([*line, *shlex.split(typed)])
    after = capsys.readouterr().out
    assert "missing_words" not in after
    assert f"'whole' {gone.sum()}" in after
    assert "town" not in after.partition("missing")[2].partition("\n")[0]
    assert cli.run([*line, "--na="]) == 1
    said = " ".join("".join(capsys.readouterr()).split())
    assert f"'NA' is not a number, as {(~gone).sum()} of 400 values are" in said
    typed = said.partition("there is no value, ")[2].partition(" says so")[0]
    assert cli.run([*line, "--na=", *shlex.split(typed)]) == 0
    assert f"'whole' {gone.sum()}" in capsys.readouterr().out
    assert cli.run(["check", str(path), "--target=left", "--na="]) == 1
    copied = shlex.split(capsys.readouterr().out.rpartition("To fit, copy")[2])
    assert cli.run(copied[1:]) == 0
    after = capsys.readouterr().out
    assert f"'whole' {gone.sum()}" in after
    assert "read as missing" not in after


def test_a_model_remembers_the_words_of_a_column(tmp_path, capsys):
    pytest.importorskip("typer")
    model = str(tmp_path / "m.json")
    path = own_words(tmp_path)
    words = ["--na=whole=-1", "--na=parts=-1", "--na=left=?"]
    fit = ["fit", str(path), "--target=left", f"--model={model}", "--drop=parts", *words]
    assert cli.run(fit) == 0
    (tmp_path / "new.csv").write_text("whole,town\n31,Ghent\n-1,Ghent\nNA,Ghent\n")
    capsys.readouterr()
    assert cli.run(["predict", model, str(tmp_path / "new.csv")]) == 0
    notes = [line.rpartition(",")[2] for line in capsys.readouterr().out.splitlines()[1:]]
    assert notes == ["", "whole is missing", "whole is missing"]
    loaded = load_model(model)
    assert {"whole=-1", "parts=-1", "left=?"} < {*loaded.encoder_.encoding_.na}


@pytest.mark.parametrize("kind", ["frame", "file"])
@pytest.mark.parametrize("policy", [Number(missing="drop"), Category(missing="drop")])
def test_an_encoder_reads_the_words_of_a_column_whatever_it_holds(tmp_path, kind, policy):
    pd = pytest.importorskip("pandas")
    whole = np.tile([31, -1, 45, 52], 100)
    path = own_words(tmp_path, whole=whole.astype(str).astype(object))
    table = read_table(path) if kind == "file" else pd.read_csv(path)
    encoder = TableEncoder(columns={"whole": policy, "left": "drop"}, na=["whole=-1"])
    model = LogisticRegression(encoder=encoder).fit(table, np.arange(400) % 2)
    assert not [name for name in model.feature_names_ if "-1" in name]
    assert predict_rows(model, table).known.sum() == 300


def test_a_word_of_a_column_that_is_not_there_is_refused(tmp_path, capsys):
    pytest.importorskip("typer")
    path = own_words(tmp_path)
    with pytest.raises(TableError, match=r"no column 'whol', .*; did you mean 'whole'"):
        read_table(path, na=["whol=-1"])
    with pytest.raises(TableError, match=r"no column 'whol', .*; did you mean 'whole'"):
        TableEncoder(na=["whol=-1"]).fit(read_table(path))
    assert cli.run(["fit", str(path), "--target=left", "--na=whol=-1"]) == 1
    assert "did you mean 'whole'" in capsys.readouterr().err


USED = {
    "age": ["31", "-1", "n.a.", "-1.0"],
    "town": ["NA", "Ghent", "none", "x=y"],
    "y": ["no", "yes", "yes", "no"],
}


def used_words(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")
    lines = [",".join(row) for row in zip(*USED.values(), strict=True)]
    (tmp_path / "t.csv").write_text("\n".join([",".join(USED), *(lines * 20)]) + "\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["default", "n.a."], []),
        (["default", "n.a.", "-1"], []),
        (["default", "n.a.", "-1.0", "age=31"], []),
        (["default", "n.a.", "NONE", "town="], []),
        (["age=n.a.", "town=none"], []),
        (["default", "n.a.", "xyz"], ["no field is 'xyz'; --na 'xyz' does nothing: look how"]),
        (["default", "n.a.", "=n"], ["no field is '=n'; --na '=n' does nothing: look how"]),
        (["default", "n.a.", "age=7"], ["no field of 'age' is '7'; --na 'age=7' does nothing"]),
        (["default", "n.a.", "town=-1"], ["no field of 'town' is '-1'; --na 'town=-1' does"]),
        (["default", "n.a.", "age"], ["'age' is a column, --na 'age=WORD' is for a word in it"]),
        (
            ["age=n.a.", "y="],
            ["'y' holds no word that stands for no value; --na 'y=' does nothing"],
        ),
        (["default", "n.a.", "u", "v"], ["no field is 'u'", "no field is 'v'"]),
    ],
)
@pytest.mark.parametrize("command", ["fit", "check"])
def test_a_word_that_does_nothing_is_told_with_what_was_meant(
    tmp_path, monkeypatch, capsys, command, words, told
):
    pytest.importorskip("typer")
    used_words(tmp_path, monkeypatch)
    line = [command, "t.csv", "--target=y", *(f"--na={word}" for word in words)]
    if command == "fit":
        line.append("--model=m.json")
    cli.run(line)
    out, err = capsys.readouterr()
    assert err == ""
    assert out.count("does nothing") == len(told)
    assert all(each in out for each in told)


def test_a_word_that_a_model_remembers_need_not_be_in_new_rows(tmp_path, monkeypatch, capsys):
    pytest.importorskip("typer")
    used_words(tmp_path, monkeypatch)
    words = ["--na=default", "--na=n.a.", "--na=town=none"]
    assert cli.run(["fit", "t.csv", "--target=y", "--model=m.json", *words]) == 0
    (tmp_path / "new.csv").write_text("age,town,y\n31,Ghent,no\n32,Ghent,yes\n")
    for line in (["predict"], ["evaluate"], ["explain", "--row=2"]):
        capsys.readouterr()
        assert cli.run([line[0], "m.json", "new.csv", *line[1:]]) == 0
        assert "does nothing" not in "".join(capsys.readouterr())
        assert cli.run([line[0], "m.json", "new.csv", *line[1:], "--na=town=zz"]) == 0
        assert "--na 'town=zz' does nothing" in "".join(capsys.readouterr())
        assert cli.run([line[0], "m.json", "new.csv", *line[1:], "--na=twn=zz"]) == 1
        assert "did you mean 'town'" in capsys.readouterr().err
