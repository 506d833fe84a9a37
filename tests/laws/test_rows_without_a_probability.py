"""One bad row never stops the other rows, and no seed of the split decides whether a fit runs.

Of rows that the model cannot read the probability is left open, with the reason; the others have
the probability that they have alone. What is learned comes from the training rows, and a row that
is held out, new, or beside the one that is explained changes nothing of it.
"""

import csv
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression as SklearnLogisticRegression

from glasslogit import LogisticRegression, cli, predict_rows
from glasslogit.errors import InputError, TableError
from glasslogit.tables import Category, Date, Table, TableEncoder
from glasslogit.tables.faults import FaultKind, refuse_faults

pd = pytest.importorskip("pandas")
pytest.importorskip("typer", reason="the command line is an extra")

GAPS = [["", "no"], *[[str(k), "yes" if k % 5 == 2 else "no"] for k in range(21, 32)]]
STEPS = [[str(k), "yes" if k % 3 == 2 or k > 16 else "no"] for k in range(1, 21)]
PLANS = [[str(20 + k), "gold" if k == 6 else "ab"[k % 2], "ny"[k % 3 == 0]] for k in range(16)]
GOOD = {"age": "30", "plan": "a", "since": "2024-01-03", "size": "2"}
BAD = {
    "age": {"": "is missing", "old": "is not a number", "inf": "finite", "1e300": "too large"},
    "plan": {" ": "is missing", "gold": "was not seen in training"},
    "since": {"": "is missing", "soon": "is not a date"},
    "size": {"-1": "log(size) has no finite value", "99": "bs(size, 4) has no value beyond"},
}


def write(path, header, rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def fitted(formula=None):
    """A model of numbers, text and dates."""
    k = np.arange(60)
    table = Table.of(
        {
            "age": [str(20 + each % 17) for each in k],
            "plan": ["abc"[each % 3] for each in k],
            "since": [f"2024-01-{1 + each % 28:02}" for each in k],
            "size": [str(1 + each % 13) for each in k],
            "y": ["yes" if (each * each) % 7 > 2 else "no" for each in k],
        }
    )
    encoder = TableEncoder({"since": Date(), "plan": Category()}, formula=formula)
    return LogisticRegression(encoder=encoder).fit(table, "y")


@pytest.mark.parametrize("formula", [None, "age + plan + since + log(size) + bs(size, 4)"])
def test_each_bad_value_leaves_its_row_open_and_says_why(formula):
    model = fitted(formula)
    bad = [
        (GOOD | {name: value}, name, why)
        for name, values in BAD.items()
        for value, why in values.items()
        if formula or name != "size"
    ]
    rows = [GOOD, *[row for row, *_ in bad], GOOD | {"plan": "b"}]
    table = Table.of({name: [row[name] for row in rows] for name in GOOD})
    found = predict_rows(model, table)
    known = [row == 0 or row == len(rows) - 1 for row in range(len(rows))]
    assert found.known.tolist() == known
    alone = Table.of({name: [rows[0][name], rows[-1][name]] for name in GOOD})
    np.testing.assert_array_equal(found.proba[found.known], model.predict_proba(alone))
    assert found.predicted[found.known].tolist() == model.predict(alone).tolist()
    assert found.predicted[~found.known].tolist() == [None] * len(bad)
    assert [bool(reason) for reason in found.reasons] == [not each for each in known]
    for (row, name, why), reason in zip(bad, found.reasons[1:-1], strict=True):
        assert why in reason
        assert name in reason
        assert not row[name].strip() or repr(row[name]) in reason
    assert sum(found.counts.values()) == sum("; " in each for each in found.reasons) + len(bad)
    with pytest.raises(TableError, match=r"row \d+.*age"):
        model.predict_proba(table)  # scikit-learn's users expect that


def test_a_row_at_fault_twice_says_both():
    rows = predict_rows(fitted(), Table.of({name: [""] for name in GOOD} | {"plan": ["x"]}))
    assert rows.reasons.tolist() == [
        "age, since and size are missing; plan was not seen in training: 'x'"
    ]
    assert "1 row, 0 with a probability" in str(rows)


@pytest.mark.parametrize("d", [2, 5, 6, 40])
def test_the_gaps_of_a_row_are_told_once_however_many(d):
    """A reason names columns once, says how many more there are, and has one length from there."""
    X, y = np.arange(12.0 * d).reshape(12, d) % 7, [0, 1] * 6
    model = LogisticRegression().fit(X, y)
    for gaps in range(1, d + 1):
        rows = X[:2].copy()
        rows[1, :gaps] = np.nan
        (reason,) = predict_rows(model, rows).reasons[1:]
        assert reason.count("missing") == 1
        named = [name for name in reason.replace(",", "").split() if name.startswith("x")]
        assert named == [f"x{j}" for j in range(min(gaps, 5))]
        assert (f" and {gaps - 5} more are" in reason) == (gaps > 5)
        rows[1, -1] = np.inf if gaps < d else np.nan
        (both,) = predict_rows(model, rows).reasons[1:]
        assert both.startswith(reason)
        assert both.count("; ") == (gaps < d)


def test_rows_of_numbers_alone_are_left_open_too():
    X = np.arange(12.0).reshape(6, 2) % 5
    y = [0, 1, 0, 1, 1, 0]
    new = np.array([[1.0, 2.0], [np.nan, 1.0], [2.0, np.inf], [3.0, 0.0]])
    frame = pd.DataFrame(X, columns=["a", "b"])
    named = pd.DataFrame(new, columns=["a", "b"])
    for model, rows, good, name in (
        (LogisticRegression().fit(X, y), new, new[[0, 3]], "x0"),
        (LogisticRegression().fit(frame, y), named, named.iloc[[0, 3]], "a"),
    ):
        found = predict_rows(model, rows)
        assert found.known.tolist() == [True, False, False, True]
        np.testing.assert_array_equal(found.proba[[0, 3]], model.predict_proba(good))
        assert found.reasons[1] == f"{name} is missing"
        assert "is not a finite number" in found.reasons[2]


def test_text_among_the_numbers_of_a_frame_costs_its_row_alone():
    frame = pd.DataFrame({"age": [31.5, 45, 28, 50], "plan": list("abab"), "n": [1, 2, 3, 5]})
    y = ["no", "yes", "no", "no"]
    new = pd.DataFrame({"age": [31.5, "old", None], "plan": ["a", "b", 7], "n": [1, 2, "few"]})
    for columns, reasons in (
        (["age", "plan"], ["", "age is not a number: 'old'", "age is missing; plan was not seen"]),
        (["age", "n"], ["", "age is not a number: 'old'", "age is missing; n is not a number"]),
    ):
        model = LogisticRegression().fit(frame[columns], y)
        found = predict_rows(model, new[columns])
        assert found.known.tolist() == [True, False, False]
        good = frame[columns].iloc[:1]
        np.testing.assert_array_equal(found.proba[:1], model.predict_proba(good))
        for reason, said in zip(found.reasons, reasons, strict=True):
            assert reason.startswith(said)
        with pytest.raises(InputError):
            model.predict_proba(new[columns])


def test_text_in_an_array_costs_its_row_alone_for_any_model():
    sklearn = pytest.importorskip("sklearn.linear_model")
    X, y = [[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1]
    for model in (LogisticRegression().fit(X, y), sklearn.LogisticRegression().fit(X, y)):
        found = predict_rows(model, np.array([[1.0], ["old"], [None], [2]], object))
        assert found.known.tolist() == [True, False, False, True]
        np.testing.assert_array_equal(found.proba[[0, 3]], model.predict_proba(X[:2]))
        assert found.reasons.tolist() == ["", "x0 is not a number: 'old'", "x0 is missing", ""]


def test_offsets_go_with_their_rows():
    X, y = np.arange(12.0).reshape(6, 2) % 5, [0, 1, 0, 1, 1, 0]
    model = LogisticRegression().fit(X, y, offset=np.linspace(-1, 1, 6))
    new = np.array([[np.nan, 2.0], [1.0, 2.0]])
    found = predict_rows(model, new, offset=[5.0, 1.0])
    np.testing.assert_array_equal(found.proba[1:], model.predict_proba(new[1:], offset=[1.0]))
    with pytest.raises(InputError, match="fitted with an offset"):
        predict_rows(model, new)


def test_a_table_that_cannot_be_read_as_a_whole_is_refused():
    with pytest.raises(TableError, match="no column 'age'"):
        predict_rows(fitted(), Table.of({"plan": ["a"]}))


@pytest.mark.parametrize(
    ("header", "rows", "options"),
    [
        (("age", "y"), GAPS, ["--missing=indicator"]),
        (("x", "y"), STEPS, ["--formula=bs(x, 4)"]),
        (("x", "y"), STEPS, ["--formula=log(x - 2)"]),
        (("age", "plan", "y"), PLANS, []),
        (("age", "plan", "y"), PLANS, ["--formula=age + C(plan)"]),
    ],
)
def test_no_seed_decides_whether_a_fit_runs(tmp_path, capsys, header, rows, options):
    table = write(tmp_path / "t.csv", header, rows)
    warned = 0
    for seed in range(20):
        code = cli.run(["fit", str(table), "--target=y", f"--seed={seed}", *options])
        out, err = capsys.readouterr()
        assert (code, err) == (0, "")
        warned += "no probability" in " ".join(out.split())
    assert 0 < warned < 20


@pytest.fixture
def saved(tmp_path, monkeypatch, capsys):
    """A folder with a model that the command line wrote, and a file of good and bad rows."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    many = [*PLANS[:6], *PLANS[7:]] * 4
    write(tmp_path / "t.csv", ("age", "plan", "y"), many)
    assert cli.run(["fit", "t.csv", "--target=y", "--model=m.json", "--test-size=0"]) == 0
    bad = [["", "a", "n"], ["31", "gold", "y"], ["old", "b", "n"], ["28", "b", "perhaps"]]
    write(tmp_path / "new.csv", ("age", "plan", "y"), [*PLANS[:4], *bad])
    write(tmp_path / "good.csv", ("age", "plan", "y"), PLANS[:4])
    capsys.readouterr()
    return tmp_path


def call(capsys, *arguments):
    code = cli.run(list(arguments))
    out, err = capsys.readouterr()
    return code, " ".join(out.split()), err


def test_predict_writes_the_reason_in_the_row_and_counts_the_kinds(saved, capsys):
    code, out, _ = call(capsys, "predict", "m.json", "new.csv", "-o", "out.csv")
    assert code == 0
    assert "3 rows have no probability: age is not a number in 1, age is missing in 1" in out
    call(capsys, "predict", "m.json", "good.csv", "-o", "alone.csv")
    lines, alone = ((saved / name).read_text().split("\n") for name in ("out.csv", "alone.csv"))
    assert lines[:5] == alone[:5]
    assert lines[5:8] == [
        "6,,,age is missing",
        "7,,,plan was not seen in training: 'gold'",
        "8,,,age is not a number: 'old'",
    ]
    assert call(capsys, "predict", "m.json", "new.csv", "--strict", "-o", "out.csv")[0] == 1
    assert call(capsys, "predict", "m.json", "good.csv", "--strict", "-o", "out.csv")[0] == 0


@pytest.mark.usefixtures("saved")
def test_evaluate_measures_on_the_rows_that_have_a_probability(capsys):
    code, out, _ = call(capsys, "evaluate", "m.json", "new.csv")
    _, good, _ = call(capsys, "evaluate", "m.json", "good.csv")
    assert code == 0
    assert "3 rows have no probability: age is not a number in 1, age is missing in 1" in out
    assert "1 row with y 'perhaps', which is no class of the model (n, y): row " in out
    assert out[out.index("Measured on 4 rows") :] == good[good.index("Measured on 4 rows") :]
    assert call(capsys, "evaluate", "m.json", "new.csv", "--strict")[0] == 1
    assert call(capsys, "evaluate", "m.json", "good.csv", "--strict")[0] == 0


@pytest.mark.usefixtures("saved")
def test_an_explanation_looks_at_its_own_row_only(capsys):
    code, out, _ = call(capsys, "explain", "m.json", "new.csv", "--row", "2")
    assert code == 0
    alone = call(capsys, "explain", "m.json", "good.csv", "--row", "2")[1]
    assert out.replace("new.csv", "good.csv") == alone
    code, _, err = call(capsys, "explain", "m.json", "new.csv", "--row", "8")
    assert code == 1
    assert "row 8 has no probability to explain: column 'age': 'old' is not a number; " in err


def with_offsets(tmp_path, monkeypatch, value):
    """A model with an offset, and rows of which one has the value in its column."""
    monkeypatch.chdir(tmp_path)
    rows = [[str(20 + k % 17), str(k % 3), "ny"[k * k % 7 > 2]] for k in range(60)]
    write(tmp_path / "t.csv", ["age", "tax", "y"], rows)
    assert cli.run(["fit", "t.csv", "--target", "y", "--offset", "tax", "--model", "m.json"]) == 0
    rows[1][1] = value
    write(tmp_path / "new.csv", ["age", "tax", "y"], rows)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("", "tax is missing"),
        ("old", "tax is not a number: 'old'"),
        ("inf", "tax is not a finite number: 'inf'"),
        ("1e300", "tax is too large: '1e300'"),
    ],
)
def test_an_offset_that_cannot_be_read_leaves_its_row_open(
    tmp_path, monkeypatch, capsys, value, why
):
    with_offsets(tmp_path, monkeypatch, value)
    assert cli.run(["predict", "m.json", "t.csv", "-o", "alone.csv"]) == 0
    capsys.readouterr()
    code, out, _ = call(capsys, "predict", "m.json", "new.csv", "-o", "out.csv")
    alone, lines = (Path(name).read_text().splitlines() for name in ("alone.csv", "out.csv"))
    assert (code, lines[2]) == (0, f"3,,,{why}")
    assert [*lines[:2], *lines[3:]] == [*alone[:2], *alone[3:]]
    assert f"1 row has no probability: {why.partition(':')[0]} in 1" in out
    code, out, _ = call(capsys, "evaluate", "m.json", "new.csv")
    assert code == 0
    assert "Measured on 59 rows" in out
    assert call(capsys, "explain", "m.json", "new.csv", "--row", "2")[0] == 0
    code, _, err = call(capsys, "explain", "m.json", "new.csv", "--row", "3")
    assert code == 1
    problem, _, cell = why.partition(": ")
    name, _, what = problem.partition(" ")
    told = f"column {name!r}: {cell} {what}" if cell else why
    assert f"row 3 has no probability to explain: {told}" in err


def test_an_infinite_offset_leaves_its_row_open():
    X, y = np.arange(6.0)[:, None] % 5, [0, 1, 0, 1, 1, 0]
    model = LogisticRegression().fit(X, y, offset=np.linspace(-1, 1, 6))
    found = predict_rows(model, X[:4], offset=[0.5, np.inf, np.nan, -1e151])
    assert found.known.tolist() == [True, False, False, False]
    wrong = ["offset is not a finite number", "offset is missing", "offset is too large"]
    assert found.reasons.tolist() == ["", *wrong]
    with pytest.raises(InputError, match="offset has 2 rows but X has 3"):
        predict_rows(model, X[:3], offset=[0.5, np.nan])


def test_a_foreign_model_that_knows_names_is_asked_without_a_warning():
    """The names are checked by us; scikit-learn warns of an array after a fit to a frame."""
    frame = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0], "b": [1.0, 0.0, 1.0, 0.0]})
    theirs = SklearnLogisticRegression().fit(frame, [0, 1, 0, 1])
    bad = frame.astype(object)
    bad.loc[2, "a"] = "much"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = predict_rows(theirs, bad)
    kept = [0, 1, 3]
    np.testing.assert_array_equal(found.proba[kept], theirs.predict_proba(frame)[kept])
    assert theirs.feature_names_in_.tolist() == ["a", "b"]


def test_what_a_fault_is_does_not_hang_on_its_words() -> None:
    """A gap is one in any language: rows are incomplete, and levels refused, by the kind alone."""
    encoder = TableEncoder().fit(pd.DataFrame({"age": [1.0, 2.0, 3.0], "town": ["u", "v", "u"]}))
    table = Table.of({"age": ["1", "", "x", "2"], "town": ["u", "w", "v", "w"]})
    read = encoder.encoding_.judge(table)
    told = tuple(replace(fault, problem="anders gesagt") for fault in read.faults)
    other = replace(read, faults=told)
    assert read.incomplete.tolist() == [False, True, False, False]
    assert other.incomplete.tolist() == read.incomplete.tolist()
    assert other.gaps.keys() == read.gaps.keys() == {"age"}
    readable = [fault for fault in told if fault.kind is not FaultKind.INVALID]
    for faults, where in ((told, "row 4.*'age'"), (readable, "row 5.*'town'")):  # row 3 has a gap
        with pytest.raises(TableError, match=f"{where}.*anders gesagt"):
            refuse_faults(table, faults, needed=())


@pytest.mark.usefixtures("saved")
def test_labels_that_are_no_class_are_told_with_their_rows_and_what_reads_them(capsys):
    rows = Path("good.csv").read_text().splitlines()
    first, second = (row.rpartition(",")[0] for row in rows[1:3])
    rows[1:3] = [f"{first},Y", f"{second},maybe"]
    Path("strange.csv").write_text("\n".join(rows) + "\n")
    code, out, _ = call(capsys, "evaluate", "m.json", "strange.csv")
    out = " ".join(out.split())
    assert code == 0
    assert "2 rows with y 'Y', 'maybe', which are no classes of the model (n, y): rows 2, 3" in out
    assert "--ignore-case 'y' takes for classes" in out
    _, out, _ = call(capsys, "evaluate", "m.json", "strange.csv", "--ignore-case", "y")
    assert "1 row with y 'maybe', which is no class" in out
    assert "--ignore-case" not in out
