"""A value is the same level however it is written: in training, and in what is predicted."""

from itertools import product

import numpy as np
import pytest

from glasslogit import LogisticRegression, cli, predict_rows
from glasslogit.errors import GlasslogitWarning, TableError
from glasslogit.tables import Category, Table, TableEncoder, read_table

pd = pytest.importorskip("pandas")

N = 40
ROWS = np.arange(N)
TRUE = ROWS % 3 == 0
Y = np.where((ROWS % 5 < 2) ^ TRUE, "yes", "no")


def as_file(values, folder):
    (folder / "t.csv").write_text("\n".join(["a", *map(str, values)]) + "\n")
    return read_table(folder / "t.csv")


def truths(folder):
    """The same truth values, as files and frames hold them."""
    yield pd.DataFrame({"a": TRUE})
    yield pd.DataFrame({"a": TRUE.astype(str)})
    yield pd.DataFrame({"a": TRUE.astype(object)})
    yield pd.DataFrame({"a": pd.Categorical(TRUE)})
    yield pd.DataFrame({"a": pd.Categorical(TRUE.astype(str))})
    yield pd.DataFrame({"a": pd.array(TRUE, "boolean")})
    yield pd.DataFrame({"a": TRUE.astype(int)})
    yield Table.of({"a": TRUE.astype(str)})
    for true, false in (("TRUE", "FALSE"), ("true", "false"), ("1", "0"), ("1.0", "0.0")):
        yield as_file(np.where(TRUE, true, false), folder)


def numbers(folder):
    """The same numbers."""
    k = ROWS % 3
    yield pd.DataFrame({"a": k})
    yield pd.DataFrame({"a": k.astype(float)})
    yield pd.DataFrame({"a": k.astype(str)})
    yield pd.DataFrame({"a": k.astype(float).astype(str)})
    yield pd.DataFrame({"a": pd.Categorical(k)})
    yield pd.DataFrame({"a": pd.Categorical(k.astype(float))})
    yield pd.DataFrame({"a": pd.array(k, "Int64")})
    yield as_file(k, folder)
    yield as_file(k.astype(float), folder)


@pytest.mark.parametrize("kind", [truths, numbers])
@pytest.mark.parametrize("formula", [None, "C(a)"])
def test_trained_on_one_and_predicted_on_another_gives_the_same(kind, formula, tmp_path):
    tables = list(kind(tmp_path))
    encoder = TableEncoder({"a": Category()}, formula=formula)
    models = [LogisticRegression(encoder=encoder).fit(table, Y) for table in tables]
    proba = models[0].predict_proba(tables[0])
    for model, table in product(models, tables):
        np.testing.assert_allclose(model.predict_proba(table), proba, rtol=1e-12)


@pytest.mark.parametrize(
    ("trained", "new"),
    [("1", "01"), ("1.1", "1.10"), ("1", "1e0"), ("yes", "YES"), ("a", "A"), ("1", "true")],
)
def test_what_may_be_another_level_stays_one(trained, new):
    encoder = TableEncoder({"a": Category()})
    table = Table.of({"a": [trained, "x", trained, "x"]})
    model = LogisticRegression(encoder=encoder).fit(table, ["p", "q", "p", "p"])
    assert not predict_rows(model, Table.of({"a": [new]})).known.any()


def test_spellings_that_training_tells_apart_stay_apart():
    table = Table.of({"a": ["1", "1.0", "x", "1", "1.0", "x"]})
    model = LogisticRegression(encoder=TableEncoder({"a": Category()}))
    model.fit(table, ["p", "q", "q", "p", "q", "p"])
    one, other = model.predict_proba(Table.of({"a": ["1", "1.0"]}))[:, 1]
    assert one != other


def test_labels_are_the_same_however_they_are_written(tmp_path, capsys):
    pytest.importorskip("typer", reason="the command line is an extra")
    measured, x = [], ROWS * 7 % 11
    written = {"t": ("1", "0"), "u": ("1.0", "0.0")}
    for name, pair in written.items():
        y = np.where(Y == "yes", *pair)
        rows = [f"{a},{b}" for a, b in zip(x, y, strict=True)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["x,y", *rows]) + "\n")
        fit = ["fit", f"{tmp_path}/{name}.csv", "--target=y", f"--model={tmp_path}/{name}.json"]
        assert cli.run(fit) == 0
    capsys.readouterr()
    for model, table in product(written, written):
        assert cli.run(["evaluate", f"{tmp_path}/{model}.json", f"{tmp_path}/{table}.csv"]) == 0
        out = capsys.readouterr().out
        measured.append(out[out.index("Measured on") :])
    assert len(set(measured)) == 1


def test_a_column_of_which_every_level_is_unseen_is_told():
    encoder = TableEncoder({"a": Category(unseen="reference")})
    table = Table.of({"a": ["f", "m", "f", "m"]})
    model = LogisticRegression(encoder=encoder).fit(table, ["p", "q", "q", "p"])
    with pytest.warns(GlasslogitWarning, match="all of its 2 values are unseen, such as 'F'"):
        model.predict(Table.of({"a": ["F", "M", ""][:2]}))
    model.predict(Table.of({"a": ["F", "m"]}))  # one of them is known
    strict = LogisticRegression(encoder=TableEncoder({"a": Category()})).fit(table, list("pqqp"))
    with pytest.raises(TableError, match="'F' was not seen in training"):
        strict.predict(Table.of({"a": ["F", "M"]}))
    assert "all of its 2 values are unseen" in str(
        predict_rows(strict, Table.of({"a": ["F", "M"]}))
    )
