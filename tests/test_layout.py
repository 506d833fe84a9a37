"""Files as programs write them: the same table from each layout, and what was left out is said."""

import io
import zipfile

import numpy as np
import pytest

from glasslogit import LogisticRegression
from glasslogit.errors import InputError, TableError
from glasslogit.findings import Code, Severity
from glasslogit.tables import Category, TableEncoder, inspect_data, read_table, survey_columns

pytest.importorskip("polars", reason="files are read with polars")

ROWS = [["age", "town", "left"], ["31.5", "Ghent", "no"], ["45.25", "Liège", "yes"]]
PLAIN = "\n".join(map(",".join, ROWS))


def joined(sep, decimal="."):
    return "\n".join(sep.join(row).replace(".", decimal) for row in ROWS) + "\n"


def read(tmp_path, data, **options):
    path = tmp_path / "t.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_table(path, **options)


def what(table):
    """The variables of a table, as they are used."""
    used = [name for name in table.names if name not in table.left_out]
    typed = survey_columns(table, missing="indicator").table.columns
    assert list(typed) == used
    return {name: table.text(name).levels for name in used}


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (joined(";"), {}),
        (joined(";", ","), {}),
        (joined("\t"), {}),
        (joined("\t", ","), {}),
        (joined("|"), {}),
        (joined(":"), {"sep": ":"}),
        ("\ufeff" + joined(";", ","), {}),
        (PLAIN.encode("utf-16"), {}),
        (PLAIN.encode("utf-16-be"), {}),
        (PLAIN.encode("latin-1"), {"encoding": "latin-1"}),
        ("People of 2024\n" + PLAIN, {}),
        ("People of 2024,,\n\nlast month,,\n" + PLAIN, {}),
        (",age,town,left\n0,31.5,Ghent,no\n1,45.25,Liège,yes\n", {}),
        ("age,town,left\nr1,31.5,Ghent,no\nr2,45.25,Liège,yes\n", {}),
        ("age,town,left,\n31.5,Ghent,no\n45.25,Liège,yes\n", {}),
        ("age,town,left\n31.5,Ghent,no,\n45.25,Liège,yes,\n", {}),
        ("Unnamed: 0,age,town,left\n0,31.5,Ghent,no\n1,45.25,Liège,yes\n", {}),
        ("Unnamed: 0.1,Unnamed: 0,age,town,left\n0,0,31.5,Ghent,no\n1,1,45.25,Liège,yes\n", {}),
        (PLAIN + "\nTotal,,2\n", {}),
        (PLAIN + "\r\nGrand total,,\r\n", {}),
        (PLAIN + "\n\nSource: a survey, 2024, of people\n", {}),
        (PLAIN + '\n,,\nTotal,2,\n"Note: a, b",,\n', {}),
        (PLAIN + "\nwritten by a program", {}),
        (joined(";") + "Total;;2\n", {}),
        ("age,town,left,,\n31.5,Ghent,no,,\n45.25,Liège,yes,,\n", {}),
    ],
)
def test_a_table_is_the_same_however_it_is_laid_out(tmp_path, data, options):
    assert what(read(tmp_path, data, **options)) == what(read(tmp_path, PLAIN))


@pytest.mark.parametrize(
    ("data", "parts", "first"),
    [
        ("People\n" + PLAIN, ["'People'", "row 2"], 3),
        (",a,b\n0,1,2\n1,3,4\n", ["'index'", "row 1", "give it a name"], 2),
        ("a,b\nr,1,2\ns,3,4\n", ["'index'", "row 1"], 2),
        ("a,b\n1,2,\n3,4,\n", ["column 3", "left out"], 2),
        ("Unnamed: 0,a,b\n0,1,2\n1,3,4\n", ["'Unnamed: 0'", "row 1", "give it a name"], 2),
        ("a,b\n1,2\n3,4\nTotal,\n", ["'Total'", "footer", "left out"], 2),
        ("a;b\n1,5;2\n2,5;3\n", ["'a'", "decimal commas", "--decimal ."], 2),
    ],
)
def test_what_was_recognised_is_a_finding(tmp_path, data, parts, first):
    table = read(tmp_path, data)
    (found,) = survey_columns(table).findings
    assert found.code is Code.READING
    for part in parts:
        assert part in str(found)
    assert table.first_row == first


@pytest.mark.parametrize(
    "last",
    [
        "50,,",
        "Total,7,no",
        ",,",
        "Totals Ltd,,no",
        "None,,",
        "Paris,Source: x,",
        '"a\nb",,',
        '7,x,"a\nb"',
    ],
)
def test_a_last_row_that_may_be_one_stays(tmp_path, last):
    assert read(tmp_path, f"{PLAIN}\n{last}\n").n_rows == 3


def test_footers_alone_are_no_table(tmp_path):
    assert read(tmp_path, "town,left\nTotal,\n").n_rows == 1


DATES = ["2024-01-31", "31/1/2024", "31.1.2024", "1/31/24", "5 Jan 2024", "January 5, 2024"]
DATES += ["5-Jan-24", "Jan 2024", "2024-01", "2024-01-31 10:30", "2024-01-31T10:30:00.5Z"]


@pytest.mark.parametrize("date", DATES)
def test_dates_are_told_as_dates(tmp_path, date):
    pd = pytest.importorskip("pandas")
    dates = [date.replace("24", f"{k:02}") for k in range(1, 24)]
    labels = (["no", "yes"] * 12)[:23]
    rows = [f'"{each}",{k % 5},{labels[k]}' for k, each in enumerate(dates)]
    table = read(tmp_path, "\n".join(["when,x,y", *rows]))
    with pytest.raises(TableError, match=r"is a date; turn it into a number.*--drop 'when'"):
        survey_columns(table, target="y")
    frame = pd.DataFrame({"when": dates, "x": np.arange(23) % 5})
    (found,) = [each for each in inspect_data(frame, labels) if "when" in each.columns]
    assert (found.code, found.severity) == (Code.DATES, Severity.WARNING)
    with pytest.raises(TableError, match=r"'when' holds dates or times; .*'drop' leaves it out"):
        LogisticRegression().fit(frame, labels)
    chosen = TableEncoder({"when": Category(), "x": "drop"})  # asked for, they are levels
    assert len(chosen.fit(frame).get_feature_names_out()) == 22


@pytest.mark.parametrize("text", ["2024", "may", "12-34", "Mars 2", "1.2.3", "March", "10-20"])
def test_what_is_no_date_is_not_told_as_one(text):
    found = inspect_data({"when": [text, text, "x", text]}, [0, 1, 0, 1])
    assert Code.DATES not in [each.code for each in found]


def test_a_column_left_out_can_be_asked_for(tmp_path):
    table = read(tmp_path, ",age,y\n2,31,no\n9,45,yes\n4,40,no\n")
    assert survey_columns(table, target="y").table.names == ("age",)
    assert survey_columns(table, target="index", missing="drop").table.names == ("age", "y")


@pytest.mark.parametrize("written", ["1,500", "12,000", "1,000,000"])
def test_thousands_are_no_decimal_commas(tmp_path, written):
    data = f"a;y\n{written};1\n2,000;2\n3,000;1\n"
    assert read(tmp_path, data).column("a").levels[0] == written
    with pytest.raises(TableError, match="is not a plain number"):
        survey_columns(read(tmp_path, data))


def test_a_mark_that_is_given_decides(tmp_path):
    data = "a;y\n1,500;1\n2,000;2\n"
    typed = survey_columns(read(tmp_path, data, decimal=",")).table.columns["a"]
    np.testing.assert_array_equal(typed.values, [1.5, 2.0])
    assert read(tmp_path, "a;y\n1,5;1\n", decimal=".").column("a").levels == ("1,5",)
    with pytest.raises(InputError, match="decimal='x'"):
        read(tmp_path, data, decimal="x")
    with pytest.raises(InputError, match="encoding='none such'"):
        read(tmp_path, data, encoding="none such")


def test_other_files_are_called_by_their_names(tmp_path):
    book, archive = io.BytesIO(), io.BytesIO()
    for file, name in ((book, "xl/workbook.xml"), (archive, "t.csv")):
        with zipfile.ZipFile(file, "w") as packed:
            packed.writestr(name, "text")
    kinds = {book.getvalue(): "Excel", archive.getvalue(): "unzip", b"PAR1\0": "read_parquet"}
    for data, word in kinds.items():
        with pytest.raises(TableError, match=word):
            read(tmp_path, data)
