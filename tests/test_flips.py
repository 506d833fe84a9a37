"""A flip that is told flips as it is told: as text, on the page, in HTML, on the command line."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from glasslogit import LogisticRegression, cli, explain, with_threshold
from glasslogit.export import load_model
from glasslogit.tables import Date, TableEncoder
from test_cli import call, here  # noqa: F401  fixtures

rng = np.random.default_rng(11)
N = 300
FLIP = re.compile(r"Flips if (.+) goes from (.+) to (.+?)( \(.+\))?\.$")


def told(text: str) -> tuple[str, str, str] | None:
    """Read the flip in a text: column, value and other value, as they are printed."""
    found = next(filter(None, map(FLIP.search, text.splitlines())), None)
    return None if found is None else (found[1], found[2], found[3])


@pytest.mark.parametrize("scale", [1e-7, 1e-3, 1.0, 1e3, 1e7])
@pytest.mark.parametrize("shift", [0.0, 5.0, 1000.0, 1e9])
def test_the_printed_number_flips(scale, shift):
    """Columns of which four digits tell the rows hardly apart, and rows next to the cut."""
    X = (rng.normal(size=(N, 2)) + np.array([shift, 0])) * scale
    y = (X[:, 0] / scale - shift + X[:, 1] / scale + rng.logistic(size=N) > 0).astype(int)
    model = LogisticRegression(C=np.inf).fit(X, y)
    decided = model.predict(X)
    for i in np.argsort(np.abs(model.predict_proba(X)[:, 1] - 0.5))[:25]:
        why = explain(model, X[i], X)
        name, now, to = told(str(why))
        assert now != to
        moved = X[[i]].copy()
        moved[0, int(name[1])] = float(to)
        assert model.predict(moved)[0] != decided[i], (now, to)
        moved[0, int(name[1])] = why.change.to
        assert model.predict(moved)[0] != decided[i]
        assert told(why.to_html().replace("</td>", "\n").replace(">", "\n")) == (name, now, to)
        low, high = (f(X[:, int(name[1])]) for f in (np.min, np.max))
        assert why.change.inside
        assert low <= float(to) <= high


def test_rounding_adds_little_to_a_change():
    X = 1e6 + rng.normal(size=(N, 1))
    y = (X[:, 0] - 1e6 + rng.logistic(size=N) > 0).astype(int)
    model = LogisticRegression(C=np.inf).fit(X, y)
    for row in X[:20]:
        why = explain(model, row, X)
        exact, shown = why.change.to - row[0], float(why.shown[1]) - row[0]
        assert 1.0 <= shown / exact < 1.11


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "age": rng.integers(18, 80, N),
            "income": np.exp(rng.normal(10, 1, N)),
            "member": rng.integers(0, 2, N),
            "town": rng.choice(["Ghent", "Ypres", "Bruges", "Lo", "Mol", "other"], N, p=WEIGHTS),
            "since": pd.Timestamp("2020-02-20") + pd.to_timedelta(rng.integers(0, 900, N), "D"),
        }
    )


WEIGHTS = [0.3, 0.3, 0.3, 0.04, 0.03, 0.03]


def target_of(table: pd.DataFrame) -> np.ndarray:
    days = (table.since - table.since.min()).dt.days
    z = 0.05 * (table.age - 50) + 0.8 * table.member + (table.town == "Mol") * 2 - 0.002 * days + 1
    return np.where(z + rng.logistic(size=N) > 0, "yes", "no")


FORMULAS = [
    None,
    "age + I(age**2) + income + member + town",
    "bs(age, 4) + log(income) + member + town",
    "age * member + town:member",
]


def check_flip(model, row: pd.DataFrame, table: pd.DataFrame, text: str) -> str | None:
    """Change the row as the text says; its values are some that the column has."""
    found = told(text)
    if found is None:
        return None
    name, _, to = found
    changed = row.copy()
    if name == "since":
        changed[name] = pd.Timestamp(to)
    elif name == "town":
        assert to in set(table.town.dropna())
        changed[name] = to
    else:
        changed[name] = float(to)
        if name in {"age", "member"}:
            assert float(to) == int(to)
        if name == "member":
            assert float(to) in {0, 1}
    assert model.predict(changed)[0] != model.predict(row)[0], text
    return name


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("threshold", [0.5, 0.8])
def test_the_printed_value_of_a_table_flips(table, formula, threshold):
    y = target_of(table)
    encoder = TableEncoder({"since": Date("days")}, rare=20, formula=formula)
    model = LogisticRegression(C=10, encoder=encoder).fit(table, y)
    model = with_threshold(model, threshold)
    names = {
        check_flip(model, table.iloc[[i]], table, str(explain(model, table.iloc[[i]], table)))
        for i in range(0, N, 10 if formula is None else 50)
    }
    assert len(names - {None}) > (formula is None)


def test_a_missing_number_flips_to_one(table):
    gaps = table.assign(age=table.age.astype(float).where(np.arange(N) % 5 > 0))
    model = LogisticRegression(C=np.inf, encoder=TableEncoder(missing="indicator"))
    model.fit(gaps[["age"]], target_of(table))
    row = gaps[["age"]].iloc[[0]]
    for label in ("yes", "no"):
        for threshold in (0.3, 0.4, 0.5, 0.6, 0.7):
            why = explain(model, row, gaps[["age"]], label=label, threshold=threshold)
            _, now, to = told(str(why))
            assert now == "missing"
            assert float(to) == int(to)
            k = list(model.classes_).index(label)
            p = [model.predict_proba(rows)[0, k] for rows in (row, row.assign(age=float(to)))]
            assert (p[0] >= threshold) != (p[1] >= threshold)


def test_a_row_without_a_level_is_no_value_to_flip_to(table):
    gaps = table.assign(town=table.town.where(np.arange(N) % 3 > 0, None))
    y = np.where(np.arange(N) % 3 > 0, "yes", "no")
    model = LogisticRegression(encoder=TableEncoder(missing="indicator")).fit(gaps[["town"]], y)
    assert "No change of one column alone" in str(explain(model, gaps[["town"]].iloc[[1]], gaps))


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("formula", [None, *FORMULAS[1:]])
def test_the_command_line_prints_what_flips(table, formula, capsys):
    table = table.assign(target=target_of(table)).drop(columns="since")
    table.to_csv("t.csv", index=False)
    terms = [] if formula is None else ["--formula", formula]
    assert cli.run(["fit", "t.csv", "--target=target", "--rare=20", "--model=m.json", *terms]) == 0
    capsys.readouterr()
    model = load_model("m.json")
    names = set()
    for i in range(0, N, 100):
        code, out, err = call(capsys, f"explain m.json t.csv --row {i + 2}")
        assert code == 0, err
        one_line = re.sub(r"\s+", " ", out[out.index("Probability of") :]).strip()
        text = next((s for s in re.split(r"(?<=\.) (?=[A-Z])", one_line) if "Flips" in s), "")
        row = table.iloc[[i]].drop(columns="target")
        names.add(check_flip(model, row, table, text[text.index("Flips") :] if text else ""))
    assert names - {None}


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_flip_stays_within_what_training_showed(table, formula):
    """Of rows far inside and outside, at any threshold; else it is said that there is none."""
    table = table.drop(columns="since")
    y = target_of(table.assign(since=pd.Timestamp("2020-02-20")))
    model = LogisticRegression(C=10, encoder=TableEncoder(rare=20, formula=formula)).fit(table, y)
    rows = [table.iloc[[i]] for i in range(3)]
    rows += [] if formula and "bs" in formula else [rows[0].assign(age=200), rows[1].assign(age=2)]
    found = set()
    for row in rows:
        for threshold in (0.01, 0.2, 0.5, 0.8, 0.99):
            text = str(explain(model, row, table, threshold=threshold))
            flip = told(text)
            found.add(flip is None)
            if flip is None:
                assert "No change of one column alone, to a value within its training range" in text
            elif flip[0] != "town":
                name, now, to = flip
                assert table[name].min() <= float(to) <= table[name].max()
                assert name == "income" or float(to).is_integer()
                assert now in text.split("Probability", maxsplit=1)[0].replace(",", "").split()
    assert found == {True, False}


@pytest.mark.usefixtures("here")
def test_the_numbers_of_a_row_are_printed_as_its_file_has_them(capsys):
    """In the table and in the sentence, and whatever their size; of a mean, no power of ten."""
    numbers = {
        "loan": [11410, 250000, 1234567, 90210],
        "rate": [0.00042, 0.00157, 0.0009, 0.0013],
        "balance": [-1250.75, 98765.43, 120345.1, 7.5],
        "place": [52.3702157, 4.8951679, 51.2194475, 4.4024643],
    }
    columns = {name: rng.permutation(np.repeat(each, 50)) for name, each in numbers.items()}
    paid = np.where(columns["loan"] / 1e6 - 0.4 + rng.logistic(size=200) / 3 > 0, "yes", "no")
    pd.DataFrame(columns | {"paid": paid}).to_csv("t.csv", index=False)
    assert cli.run(["fit", "t.csv", "--target=paid", "--model=m.json"]) == 0
    lines = Path("t.csv").read_text().split("\n")
    for row in range(2, 12):
        capsys.readouterr()
        assert cli.run(["explain", "m.json", "t.csv", f"--row={row}"]) == 0
        out = capsys.readouterr().out
        for name, cell in zip(numbers, lines[row - 1].split(","), strict=False):
            (shown,) = (
                line.split()[1:3] for line in out.split("\n") if line.startswith(f" {name}")
            )
            assert shown[0] == cell.removesuffix(".0")
            assert float(shown[1]) == pytest.approx(columns[name].mean(), rel=0.3)
            assert "e" not in shown[1]
            assert f"Flips if {name}" not in out or f"from {shown[0]} to" in " ".join(out.split())


@pytest.mark.parametrize(
    ("formula", "label"), [(None, None), (None, "c"), ("bs(age, 4) + town", None)]
)
def test_of_three_classes_no_smaller_change_of_a_column_flips(table, formula, label):
    """A row passes through a third class on its way from one to the next."""
    X = table[["age", "member", "town"]]
    z = np.column_stack([-0.2 * (X.age - 48), 1.0 + 0 * X.age, 0.2 * (X.age - 48) + X.member])
    y = np.array(list("abc"))[(z + rng.gumbel(size=z.shape)).argmax(axis=1)]
    model = LogisticRegression(C=10.0, formula=formula).fit(X, y)
    decided, ages = model.predict(X), np.arange(X.age.min(), X.age.max() + 1)
    through = 0
    for i in range(0, N, 25):
        row = X[i : i + 1]
        why = explain(model, row, X, label=label)
        check_flip(model, row, X, str(why))
        of_ages = X.iloc[[i] * len(ages)].assign(age=ages)
        other = ages[model.predict(of_ages) != decided[i]]
        if why.change is None:
            assert not len(other)
        elif len(other):
            nearest = np.abs(other - row.age.item()).min()
            assert why.change.name != "age" or abs(why.change.to - row.age.item()) == nearest
            through += why.change.name == "age"
    assert through > 2


def test_of_three_classes_the_steps_of_a_pipeline_make_no_difference():
    pipeline = pytest.importorskip("sklearn.pipeline")
    scaler = pytest.importorskip("sklearn.preprocessing").StandardScaler()
    X = rng.normal(size=(N, 2))
    y = (X @ [[2.0, 0.0, -2.0], [0.0, 0.5, 0.0]] + rng.gumbel(size=(N, 3))).argmax(axis=1)
    piped = pipeline.make_pipeline(scaler, LogisticRegression(C=np.inf)).fit(X, y)
    alone = LogisticRegression(C=np.inf).fit(X, y)
    for row in X[:9]:
        one, other = explain(piped, row, X).change, explain(alone, row, X).change
        assert one.name == other.name
        assert one.to == pytest.approx(other.to, rel=1e-4)
