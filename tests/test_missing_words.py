"""One rule for what a missing value is: in numbers, text and target, at training and after."""

import json

import numpy as np
import pytest

from glasslogit import LogisticRegression, cli
from glasslogit.errors import InputError, TableError
from glasslogit.export import load_model, save_model
from glasslogit.findings import Code, Severity
from glasslogit.tables import (
    TableEncoder,
    dropped_rows,
    inspect_data,
    read_labels,
    read_na,
    read_table,
)
from glasslogit.tables.fields import DEFAULT_NA
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
    found = inspect_data({"town": np.array(["a", "None"] * 9)}, ["x", "y", "z"] * 6)
    assert Code.LOOKS_MISSING not in {each.code for each in found}  # a mapping has no levels
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
