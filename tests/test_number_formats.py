"""Numbers as people write them: what is read, what is refused, and what new rows are read by."""

import csv
import io
import json
import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glasslogit import LogisticRegression, cli, explain, inspect_data, predict_rows
from glasslogit.errors import TableError
from glasslogit.export import load, load_model, save_model
from glasslogit.findings import Code
from glasslogit.tables import (
    Category,
    NumberFormat,
    Numbers,
    Table,
    TableEncoder,
    Text,
)
from glasslogit.tables import read_table as read_file
from glasslogit.tables.number_formats import formats_of, shape
from problems import survey_columns

pl = pytest.importorskip("polars", reason="files are read with polars")
pd = pytest.importorskip("pandas")
pytest.importorskip("typer")

SIGNS = {"$": "{}${}", "€": "{}{} €", "": "{}{}", "%": "{}{}%", "R$": "R$ {}{}", "EUR": "{}{} EUR"}
UNITS = {"$": "$", "€": "€", "": "", "%": "%", "R$": "R$", "EUR": "EUR"}


def grouped(digits, mark):
    """Put a mark between the thousands of a whole number."""
    return f"{int(digits):,}".replace(",", mark)


def write(cents, places, decimal, mark, sign):
    """Write a whole number of units of the last place as people do."""
    digits = str(abs(cents)).zfill(places + 1)
    whole, part = digits[: len(digits) - places], digits[len(digits) - places :]
    text = grouped(whole, mark) + (decimal + part if places else "")
    return SIGNS[sign].format("-" if cents < 0 else "", text)


def read(tmp_path, columns, **options):
    """Read columns that were written to a file."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([columns.keys(), *zip(*columns.values(), strict=True)])
    path = tmp_path / "t.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return read_file(path, **options)


@settings(max_examples=60)
@given(
    cents=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=12),
    places=st.sampled_from([1, 2, 4]),
    marks=st.sampled_from(
        [
            (".", ","),
            (",", "."),
            (",", " "),
            (",", "\u202f"),
            (",", "\u00a0"),
            (".", "'"),
            (".", "’"),
        ]
    ),
    sign=st.sampled_from([*SIGNS]),
    size=st.sampled_from([24, 2**22]),
)
def test_numbers_are_read_as_they_were_meant_however_they_are_written(
    tmp_path_factory, cents, places, marks, sign, size
):
    """Through polars in pieces of any size, and one by one; and they can be written again."""
    from glasslogit.tables import pieces

    decimal, mark = marks
    written = [write(each, places, decimal, mark, sign) for each in cents]
    meant = [each / 10**places for each in cents]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "BYTES", size)
        table = read(tmp_path_factory.mktemp("t"), {"a": written, "b": ["x"] * len(written)})
        column = table.column("a")
        assert isinstance(column, Numbers)
        assert column.values.tolist() == meant
        assert [column.value(k) for k in range(len(written))] == written
    one_by_one = Table.of({"a": written, "b": [str(k) for k in range(len(written))]})
    if len({*written}) > 1:
        typed = survey_columns(one_by_one).table.column("a")
        assert typed.values.tolist() == meant
    if column.format is not None:
        assert column.format.unit == UNITS[sign]
        for number in meant:
            assert column.format.number(column.format.write(repr(number))) == number


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        (["$1,344.91", "$3.50"], [1344.91, 3.5]),
        (["20.3%", "5 %", "-1%"], [20.3, 5, -1]),
        (["€ 1.344,91", "€ 12"], [1344.91, 12]),
        (["(1,200)", "3,400,000"], [-1200, 3400000]),
        (["($1,200.50)", "$7"], [-1200.5, 7]),
        (["1 234,5", "1\u00a0000", "2\u202f000,25"], [1234.5, 1000, 2000.25]),
        (["−5 €", "+3 €"], [-5, 3]),
        (["1'234.50", "950"], [1234.5, 950]),
        (["USD 5", "USD 1,000.5"], [5, 1000.5]),
        (["3‰", "NA", ""], [3, math.nan, math.nan]),
    ],
)
def test_amounts_of_one_kind_are_numbers_and_told(tmp_path, values, numbers):
    table = read(tmp_path, {"a": values, "b": list("xyz")[: len(values)]})
    np.testing.assert_array_equal(table.column("a").values, numbers)
    (found,) = table.findings
    assert (found.code, found.columns) == (Code.AMOUNTS, ("a",))
    one_by_one = Table.of({"a": values, "b": list("123")[: len(values)]})
    if sum(not math.isnan(each) for each in numbers) > 1:
        typed = survey_columns(one_by_one, missing="indicator").table.column("a")
        np.testing.assert_array_equal(typed.values, numbers)


def test_decimal_commas_are_told_together(tmp_path):
    columns = {"a": ["1,5E-05", "2e3"], "b": ["0,25", ",5"], "c": ["1", "2"]}
    table = read(tmp_path, columns)
    assert table.column("a").values.tolist() == [1.5e-05, 2000]
    (found,) = table.findings
    assert (found.code, found.columns) == (Code.READING, ("a", "b"))


def test_the_finding_says_what_was_read_by_an_example(tmp_path):
    table = read(tmp_path, {"a": ["5", "$1,344.91", "x"][1:], "b": ["1", "2"]})
    assert table.findings == ()
    table = read(tmp_path, {"a": ["$1,344.91", "$3"], "b": ["1", "2"]})
    assert "column 'a'" in str(table.findings[0])
    assert "'$1,344.91' is read as 1344.91" in str(table.findings[0])
    table = read(tmp_path, {"a": ["1.200", "1.200,5"], "b": ["1", "2"]})
    assert "'1.200' is read as 1200" in str(table.findings[0])


@pytest.mark.parametrize("values", [["1,200", "950"], ["$1,344", "$52,000"], ["1.200 €", "7 €"]])
def test_what_can_be_read_in_two_ways_is_refused_until_the_mark_is_said(tmp_path, values):
    columns = {"a": values, "b": ["1", "2"]}
    with pytest.raises(TableError, match=r"row 2, column 'a': .* may be 1[.\d]+ or 1"):
        survey_columns(read(tmp_path, columns))
    thousands = [float(re.sub(r"[^0-9]", "", each)) for each in values]
    said = "." if "," in values[0] else ","
    assert read(tmp_path, columns, decimal=said).column("a").values.tolist() == thousands
    other = read(tmp_path, columns, decimal="," if said == "." else ".").column("a")
    assert other.values[0] == thousands[0] / 1000
    with pytest.raises(TableError, match=re.escape("columns={'a': Category")):
        TableEncoder().fit(pd.DataFrame({"a": 2 * values, "b": list("1234")}))


@pytest.mark.parametrize(
    ("other", "read_as"), [("1.25", 1200.0), ("1,25", 1.2), ("1,000.5", 1200.0), ("3", None)]
)
def test_a_file_has_one_decimal_mark(tmp_path, other, read_as):
    table = read(tmp_path, {"a": ["1,200", "950"], "b": [other, "2"]})
    if read_as is None:
        assert table.doubtful == {"a"}
        return
    assert table.column("a").values.tolist() == [read_as, 950.0]
    said = [str(each) for each in table.findings if "a" in each.columns]
    assert "decimal=" in said[0]


def test_a_plain_number_in_a_file_of_decimal_commas_is_not_guessed(tmp_path):
    """A program writes 1.234 for 1.234; people who write 1,5 write it for 1234."""
    columns = {"a": ["1.234", "950"], "b": ["1,5", "2"], "c": ["4.35", "50.851"]}
    table = read(tmp_path, {name: columns[name] for name in "ab"})
    with pytest.raises(TableError, match=r"column 'a': '1\.234' may be 1\.234 or 1234; say which"):
        survey_columns(table)
    table = read(tmp_path, {name: columns[name] for name in "ab"}, decimal=",")
    assert table.column("a").values.tolist() == [1234.0, 950.0]
    table = read(tmp_path, columns)  # which shows both marks
    assert table.column("a").values.tolist() == [1.234, 950.0]
    assert read(tmp_path, {"a": columns["a"], "b": ["1", "2"]}).findings == ()


@pytest.mark.parametrize(
    "values",
    [
        ["$3", "4 €"],
        ["$3", "4"],
        ["5%", "0.05"],
        ["(1)", "(2)"],
        ["007", "$5"],
        ["1,2,3", "4"],
        ["12,34.5", "1.0"],
        ["$5%", "$6%"],
        ["--5 €", "3 €"],
        ["(5", "6)"],
        ["555 12", "1 234"],
    ],
)
def test_what_is_no_number_of_one_kind_is_not_read_as_one(tmp_path, values):
    table = read(tmp_path, {"a": values, "b": ["x", "y"]})
    assert isinstance(table.column("a"), Text)
    assert not table.doubtful
    assert formats_of(map(shape, values)) == ()


def test_whole_numbers_that_a_float_would_round_are_not_rounded(tmp_path):
    table = read(tmp_path, {"a": ["$9,007,199,254,740,993", "$1"], "b": ["1", "2"]})
    assert isinstance(table.column("a"), Text)
    with pytest.raises(TableError, match="beyond 2⁵³"):
        survey_columns(table)


def test_one_bad_cell_among_amounts_is_named():
    values = [f"${k},000.5" for k in range(1, 20)] + ["n.n."]
    with pytest.raises(TableError, match=r"row 21, column 'a': 'n.n.' is not a number .*19 of 20"):
        survey_columns(Table.of({"a": values, "b": list(map(str, range(20)))}))


def test_amounts_are_never_a_text_for_each_row(tmp_path, monkeypatch):
    from glasslogit.tables import formatted, pieces

    asked = []
    for module in (pieces, formatted):
        monkeypatch.setattr(module, "read_texts", lambda *a: asked.append(a))
    table = read(tmp_path, {"a": [f"${k},000.50" for k in range(1, 99)], "b": ["1"] * 98})
    assert table.column("a").values[0] == 1000.5
    assert not asked


# --- a model reads new rows by the format that it was fitted with ------------------------------


def people(n=120, seed=3):
    rng = np.random.default_rng(seed)
    cents = rng.integers(10**4, 10**6, n)
    rate = rng.integers(0, 900, n)
    margin = cents / 3e5 - rate / 400
    y = np.where(rng.random(n) < 1 / (1 + np.exp(-margin)), "yes", "no")
    return cents, rate, y


CENTS, RATE, Y = people()
GERMAN = {
    "price": [write(c, 2, ",", ".", "€") for c in CENTS],
    "rate": [write(r, 1, ",", ".", "%") for r in RATE],
    "y": Y,
}


def write_csv(path, columns):
    rows = [";".join(columns), *map(";".join, zip(*columns.values(), strict=True))]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return str(path)


def run(capsys, *arguments):
    code = cli.run([*map(str, arguments)])
    out = capsys.readouterr()
    return code, out.out, out.err


@pytest.fixture
def fitted(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    path, model = write_csv(tmp_path / "t.csv", GERMAN), tmp_path / "m.json"
    code, out, _ = run(capsys, "fit", path, "--target", "y", "--test-size", 0, "--model", model)
    assert code == 0
    example = f"{GERMAN['price'][0]!r} is read as"
    assert example in out
    return tmp_path, model


def probabilities(text):
    return [row["probability of yes"] for row in csv.DictReader(io.StringIO(text))]


def test_new_rows_are_read_by_the_format_of_the_model(fitted, capsys):
    here, model = fitted
    wanted = load(model).model
    assert wanted.feature_names_.tolist() == ["price", "rate"]
    new = {
        "price": ["1.234 €", "950 €", "many €", "1.234,50 €", "1234", ""],
        "rate": ["5%", "5,5%", "1%", "0,05", "5%", "5%"],
    }
    code, out, _ = run(capsys, "predict", model, write_csv(here / "n.csv", new))
    assert code == 0
    found = probabilities(out)
    assert [bool(each) for each in found] == [True, True, False, False, False, False]
    X = np.array([[1234.0, 5.0], [950.0, 5.5]])
    z = X @ wanted.coef_[0] + wanted.intercept_[0]
    assert [float(each) for each in found[:2]] == pytest.approx(1 / (1 + np.exp(-z)), rel=1e-12)
    notes = [row["note"] for row in csv.DictReader(io.StringIO(out))]
    assert "price is not a number with the decimal mark ',' and with '€': 'many €'" in notes[2]
    assert "rate is not a number with the decimal mark ',' and with '%': '0,05'" in notes[3]


def test_a_file_that_is_written_in_another_way_throughout_is_read_by_its_own(fitted, capsys):
    here, model = fitted
    english = {
        "price": [write(c, 2, ".", ",", "€") for c in CENTS],
        "rate": [write(r, 1, ".", ",", "%") for r in RATE],
        "y": Y,
    }
    path = write_csv(here / "e.csv", english)
    german = probabilities(run(capsys, "predict", model, here / "t.csv")[1])
    assert probabilities(run(capsys, "predict", model, path)[1]) == german
    assert run(capsys, "evaluate", model, path)[0] == 0


def test_an_explanation_shows_what_is_written(fitted, capsys):
    here, model = fitted
    code, out, _ = run(capsys, "explain", model, here / "t.csv", "--row", 2)
    assert code == 0
    assert GERMAN["price"][0] in out
    assert GERMAN["rate"][0] in out
    assert re.search(
        r"Flips if (price goes from [\d.,]+ € to [\d,]+ €|rate goes from [\d,]+% to [\d,]+%)", out
    )
    frame = pd.DataFrame(GERMAN)
    model = LogisticRegression().fit(frame, "y")
    why = explain(model, frame.iloc[[0]], frame.drop(columns="y"))
    assert {part.value for part in why.contributions} == {GERMAN["price"][0], GERMAN["rate"][0]}


def test_the_decimal_mark_of_new_rows_can_be_said(fitted, capsys):
    here, model = fitted
    path = write_csv(here / "n.csv", {"price": ["1.234 €"], "rate": ["5%"]})
    german = probabilities(run(capsys, "predict", model, path)[1])
    english = probabilities(run(capsys, "predict", model, path, "--decimal", ".")[1])
    path = write_csv(here / "o.csv", {"price": ["1,234 €"], "rate": ["5%"]})
    assert probabilities(run(capsys, "predict", model, path)[1]) == english != german


def test_a_frame_is_read_as_a_file_is(tmp_path):
    frame = pd.DataFrame(GERMAN)
    model = LogisticRegression().fit(frame, "y")
    assert model.feature_names_.tolist() == ["price", "rate"]
    told = [each.columns for each in model.findings_ if each.code is Code.AMOUNTS]
    assert told == [("price",), ("rate",)]
    path = tmp_path / "t.csv"
    table = read_file(write_csv(path, GERMAN))
    again = LogisticRegression().fit(table, "y")
    assert [each.columns for each in again.findings_ if each.code is Code.AMOUNTS] == told
    assert again.coef_.tolist() == model.coef_.tolist()
    save_model(model, tmp_path / "m.json")
    loaded = load_model(tmp_path / "m.json")
    rows = predict_rows(loaded, pd.DataFrame({"price": ["5 €", "5 $"], "rate": ["1%", "1%"]}))
    assert np.isnan(rows.proba[:, 1]).tolist() == [False, True]
    text = TableEncoder(columns={"rate": Category()})
    assert LogisticRegression(encoder=text).fit(frame, "y").n_features_in_ == 2
    assert not [each for each in inspect_data(frame, "y") if each.code is Code.IDENTIFIER]


def test_a_category_that_is_declared_stays_one():
    frame = pd.DataFrame({"a": pd.Categorical(["5%", "10%", "5%"] * 9), "y": [0, 1, 1] * 9})
    assert LogisticRegression().fit(frame, "y").feature_names_.tolist() == ["a=10%"]
    frame = frame.assign(a=frame["a"].astype(str))
    assert LogisticRegression().fit(frame, "y").feature_names_.tolist() == ["a"]


@pytest.mark.parametrize("option", ["--weights", "--offset"])
def test_what_stands_beside_the_columns_is_not_guessed_either(tmp_path, capsys, option):
    rows = {"a": ["1,5", "2", "3"] * 9, "w": ["1.234", "2", "1.5"[:1]] * 9, "y": list("nny") * 9}
    path = write_csv(tmp_path / "t.csv", rows)
    code, _, said = run(capsys, "fit", path, "--target", "y", option, "w", "--C", "1")
    assert code == 1
    assert "row 2, column 'w': '1.234' may be 1.234 or 1234; say which" in said
    assert run(capsys, "fit", path, "--target", "y", option, "w", "--decimal", ",")[0] == 0


@pytest.mark.parametrize(
    "how", [{"decimal": ";", "unit": ""}, {"decimal": ".", "unit": "x"}, {"decimal": "."}, "$", []]
)
def test_a_format_in_a_model_file_is_one_that_is_known(how):
    model = LogisticRegression().fit(pd.DataFrame(GERMAN), "y")
    columns = model.encoder_.encoding_.to_dict()
    columns["columns"][0]["format"] = how
    with pytest.raises((ValueError, TypeError)):
        type(model.encoder_.encoding_).from_dict(columns)
    assert json.loads(json.dumps(NumberFormat(".", "$").as_json())) == {"decimal": ".", "unit": "$"}


def test_a_target_of_numbers_with_decimal_commas_is_of_numbers(tmp_path, capsys):
    rows = {"a": [str(k % 7) for k in range(40)], "y": [f"{k % 2},0" for k in range(40)]}
    path, model = write_csv(tmp_path / "t.csv", rows), tmp_path / "m.json"
    assert run(capsys, "fit", path, "--target", "y", "--model", model)[0] == 0
    assert load(model).class_names == ["0", "1"]
    assert "40 rows" in run(capsys, "evaluate", model, path)[1]


@pytest.mark.parametrize("said", [",", "."])
@pytest.mark.parametrize("thousands", [True, False])
def test_numbers_that_do_not_fit_the_decimal_mark_are_told(tmp_path, said, thousands):
    other = {",": ".", ".": ","}[said]
    numbers = [f"{k + 1}{said}{k:03d}{other}50" if thousands else f"{k}{other}5" for k in range(40)]
    rows = "".join(f"{k};{number};{'ny'[k % 2]}\n" for k, number in enumerate(numbers))
    path = tmp_path / "t.csv"
    path.write_text("age;pay;y\n" + rows)
    told = [each for each in read_file(path, decimal=said).findings if each.columns == ("pay",)]
    assert len(told) == 1
    assert f"no number with the decimal mark {said!r}" in told[0].evidence
    assert f"give decimal={other!r}" in told[0].remedy
    for fits in (None, other):
        found = read_file(path, decimal=fits)
        assert not [each for each in found.findings if "no number" in each.evidence]
        assert found.column("pay").values[0] in {1000.5, 0.5}


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize(
    ("written", "values"),
    [
        (["1,23,456.78", "12,34,567.50", "999.25"], [123456.78, 1234567.5, 999.25]),
        (["1,23,45,678", "₹ 12,34,567"], None),  # two units
        (["₹1,23,45,678", "₹ 12,34,567"], [12345678, 1234567]),
        (["1,234.50-", "7.25", "1,000.00"], [-1234.5, 7.25, 1000]),
        (["1.234,50-", "7,25−"], [-1234.5, -7.25]),
        (["1,234.50- €", "$2.00"], None),
        (["3-", "2-", "1"], None),  # marks
        (["-1,234.50-", "7.25"], None),
        (["(1,234.50-)", "7.25"], None),
        (["1,23,45.00", "7.25"], None),
    ],
)
def test_indian_groups_and_a_minus_at_the_end_are_read(tmp_path, written, values, many):
    """By the few levels of a small file and by the pieces of a large one."""
    rows = [f"{k} €;{text};y" for k, text in enumerate(written * (300 if many else 1))]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["a;pay;y", *rows, ""]))
    column = read_file(path).column("pay")
    if values is None:
        assert isinstance(column, Text)
    else:
        assert column.values[: len(values)].tolist() == values
        assert len(column) == len(rows)


@pytest.mark.parametrize(
    ("b", "either"), [(["1,200", "1,300", "2,100"], True), (["1,2", "1,30", "2,1"], False)]
)
def test_the_other_mark_is_offered_where_the_column_can_be_read_by_it(tmp_path, b, either):
    """A decimal point makes thousands of 1,200, and no number of 1,2."""
    columns = {"a": ["1,5", "2,25", "3,5"], "b": b}
    said = {name: str(each) for each in read(tmp_path, columns).findings for name in each.columns}
    assert {name for name, words in said.items() if "decimal='.'" in words} == (
        {"b"} if either else set()
    )
    assert "nothing is to be done" in said["a"]
    assert isinstance(read(tmp_path, columns, decimal=".").column("b"), Numbers) is either


@pytest.mark.parametrize(
    ("many", "sign", "decimal"),  # one in so many has the other mark
    [(2, "$", None), (2, "", "."), (20, "", None), (20, "%", ",")],
)
def test_two_decimal_marks_in_a_column_are_told_as_such(tmp_path, capsys, many, sign, decimal):
    """By a row of each, in files and frames, and mended in the file the column is of numbers."""
    pay = [write(100025 + 3731 * k, 2, ",."[k % many > 0], "", sign) for k in range(4, 64)]
    columns = {"pay": pay, "n": [k % 7 for k in range(60)], "y": ["yes", "no", "no"] * 20}
    first = next(k for k, each in enumerate(pay) if ("," in each) != ("," in pay[0]))
    told = f"{pay[first]!r} has another decimal mark than {pay[0]!r}"
    frame = pd.DataFrame(columns)
    with pytest.raises(TableError, match=rf"row {first}, column 'pay': {re.escape(told)} in row 0"):
        TableEncoder().fit(frame[["pay", "n"]])
    table = read(tmp_path, columns, decimal=decimal)
    with pytest.raises(TableError, match=rf"row {first + 2}, .*{re.escape(told)} in row 2"):
        survey_columns(table, target="y")
    for each_kind, start in ((frame, 0), (table, 2)):
        (found,) = [each for each in inspect_data(each_kind, "y") if each.columns == ("pay",)]
        assert (found.code, found.severity) == (Code.AMOUNTS, "warning")
        for k in (0, first):
            assert f"{pay[k]!r} in row {k + start}" in found.evidence
    assert cli.run(["check", str(tmp_path / "t.csv"), "--target", "y"]) == 1
    assert "has another decimal mark than" in " ".join(capsys.readouterr().out.split())
    mended = read(tmp_path, columns | {"pay": [each.replace(",", ".") for each in pay]})
    assert isinstance(mended.column("pay"), Numbers)


@pytest.mark.parametrize(
    "values",
    [["1.5", "2,5", "a"], ["1,234", "1.5"], ["1.5", "x,y"], ["1,234", "1.234"], ["1.2.3", "1,5"]],
)
def test_what_one_mark_reads_or_is_no_number_has_no_two_marks(values):
    found = inspect_data(pd.DataFrame({"pay": values * 4}), ["yes", "no"] * (2 * len(values)))
    assert not [each for each in found if each.code is Code.AMOUNTS]
    levels = pd.Series(["1,5", "1.5"] * 9, dtype="category")  # that are declared stay so
    assert TableEncoder().fit(pd.DataFrame({"pay": levels})).encoding_.names == ("pay",)
