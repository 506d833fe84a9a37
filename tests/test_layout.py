"""Files as programs write them: the same table from each layout, and what was left out is said."""

import io
import re
import zipfile

import numpy as np
import pytest

from glasslogit import LogisticRegression
from glasslogit.errors import InputError, TableError
from glasslogit.findings import Code, Severity
from glasslogit.tables import Category, Numbers, TableEncoder, inspect_data, read_table
from glasslogit.tables.footers import without_footers
from glasslogit.tables.layout import Layout, name_columns, recognise
from problems import survey_columns

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
    columns = {name: table.column(name) for name in used}
    return {
        name: each.values.tolist() if isinstance(each, Numbers) else each.levels
        for name, each in columns.items()
    }


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
        ("a;b\n1,5;2\n2,5;3\n", ["'a'", "decimal commas", "nothing is to be done"], 2),
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


# The first fields of twelve rows, whose other fields are full.
FIRST = {
    "numbers": [f"{k}.5" for k in range(12)],
    "amounts": [f"${k},344.91" for k in range(1, 13)],
    "dates": [f"2024-01-{k + 10}" for k in range(12)],
    "levels": ["Ghent", "Ypres", "Bruges"] * 4,
    "codes": [f"r{k}" for k in range(12)],
    "names": [
        "Ann",
        "Bob",
        "Carl",
        "Dora",
        "Eve",
        "Fred",
        "Gina",
        "Hugo",
        "Ida",
        "Jan",
        "Kim",
        "Lea",
    ],
}
NOTES = ["(c) Office", "Created on 2021-01-01", "* provisional", "© Office 2024", "by: us", "x = 3"]


def below(first, *last):
    rows = [f'"{each}",{k % 5},{k % 3},{"no" if k % 2 else "yes"}' for k, each in enumerate(first)]
    return "\n".join(["a,b,c,y", *rows, *last]) + "\n"


def levels_of(texts):
    return tuple(dict.fromkeys(texts))


@pytest.mark.parametrize("note", NOTES)
@pytest.mark.parametrize("kind", ["numbers", "amounts", "dates", "levels", "codes"])
def test_text_in_the_first_field_alone_is_a_footer_whatever_it_says(tmp_path, kind, note):
    for last in (
        [f"{note},,,"],
        ["Total,,,12", f"{note},,,"],
        [f"{note},,,", "Source: survey,,,"],
        [",,,", f"{note},,,", f"{note} (2),,,"],
        [f"{note},{note},,"],
    ):
        table = read(tmp_path, below(FIRST[kind], *last))
        assert (table.n_rows, table.text("a").levels) == (12, levels_of(FIRST[kind]))
        (found,) = [each for each in table.findings if "footer" in each.evidence]
        assert repr(note) in found.evidence
        assert "left out" in found.remedy


@pytest.mark.parametrize(
    ("kind", "last"),
    [
        ("levels", "Ypres"),
        ("codes", "r12"),
        ("dates", "2024-02-01"),
        ("names", "Ann"),
        ("numbers", "12.5"),
        ("numbers", "missing"),
        ("amounts", "$5"),
    ],
)
def test_a_last_row_like_those_above_is_a_row_however_empty(tmp_path, kind, last):
    table = read(tmp_path, below(FIRST[kind], f"{last},,,"))
    assert table.n_rows == 13
    assert not [each for each in table.findings if last in str(each) and "row" in each.evidence]


def test_a_row_as_empty_as_one_above_is_a_row(tmp_path):
    for kind, first in FIRST.items():
        gap = below(first, "(c) us,,,").replace(",4,1,yes", ",,NA,", 1)
        assert read(tmp_path, gap).n_rows == 13, kind


@pytest.mark.parametrize(
    ("kind", "note"),
    [("names", "Mary"), ("names", "Mary Ann"), ("names", "Created in 2021"), ("levels", "Liège")],
)
def test_a_last_row_that_may_be_a_footer_is_told_by_its_number(tmp_path, kind, note):
    table = read(tmp_path, below(FIRST[kind], f"{note},,,", "Total,,,12"))
    assert table.n_rows == 13
    doubt, _ = sorted(map(str, table.findings), key=lambda each: "Total" in each)
    assert f"row 14 holds {note!r} and nothing further; it is read as a row" in doubt
    assert read(tmp_path, below(FIRST[kind], ",,,", f"{note},,,")).n_rows == 12  # below a blank row


def test_a_row_that_is_cut_off_is_told_and_no_footer(tmp_path):
    assert what(read(tmp_path, below(FIRST["numbers"], "by the office, 2021"))) == what(
        read(tmp_path, below(FIRST["numbers"]))
    )
    with pytest.raises(TableError, match="row 14 has 2 fields where the header has 4"):
        read(tmp_path, below(FIRST["levels"], "Yp,3"))


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
    with pytest.raises(TableError, match=r"is a date.*; .*columns=..when': 'drop'"):
        survey_columns(table, target="y")
    frame = pd.DataFrame({"when": dates, "x": np.arange(23) % 5})
    (found,) = [each for each in inspect_data(frame, labels) if "when" in each.columns]
    assert (found.code, found.severity) == (Code.DATES, Severity.WARNING)
    with pytest.raises(TableError, match=r"'when' holds dates or times; .*'drop'}\) leaves it out"):
        LogisticRegression().fit(frame, labels)
    chosen = TableEncoder({"when": Category(), "x": "drop"})  # asked for, they are levels
    assert len(chosen.fit(frame).get_feature_names_out()) == 22


@pytest.mark.parametrize("text", ["2024", "may", "12-34", "Mars 2", "1.2.3", "March", "10-20"])
def test_what_is_no_date_is_not_told_as_one(text):
    pd = pytest.importorskip("pandas")
    found = inspect_data(pd.DataFrame({"when": [text, text, "x", text]}), [0, 1, 0, 1])
    assert Code.DATES not in [each.code for each in found]


def test_a_column_left_out_can_be_asked_for(tmp_path):
    table = read(tmp_path, ",age,y\n2,31,no\n9,45,yes\n4,40,no\n")
    assert survey_columns(table, target="y").table.names == ("age",)
    assert survey_columns(table, target="index", missing="drop").table.names == ("age", "y")


@pytest.mark.parametrize("written", ["1,500", "12,000", "1,000,000"])
def test_thousands_are_no_decimal_commas(tmp_path, written):
    data = f"a;y\n{written};1\n2,000;2\n3,000;1\n"
    table = read(tmp_path, data)
    assert table.column("a").levels[0] == written
    if written.count(",") == 2:
        assert table.column("a").values.tolist() == [1e6, 2000.0, 3000.0]
    else:
        with pytest.raises(TableError, match=f"{written!r} may be .* or .*decimal="):
            survey_columns(table)


def test_a_mark_that_is_given_decides(tmp_path):
    data = "a;y\n1,500;1\n2,000;2\n"
    typed = survey_columns(read(tmp_path, data, decimal=",")).table.columns["a"]
    np.testing.assert_array_equal(typed.values, [1.5, 2.0])
    assert read(tmp_path, "a;y\n1,5;1\n", decimal=".").column("a").levels == ("1,5",)
    thousands = survey_columns(read(tmp_path, data, decimal=".")).table.columns["a"]
    np.testing.assert_array_equal(thousands.values, [1500.0, 2000.0])
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


@pytest.mark.parametrize(
    ("head", "separator", "header", "names"),
    [
        ("a,b\n1,2\n", ",", 1, ("a", "b")),
        ("a;b\n1,5;2\n2,5;3\n", ";", 1, ("a", "b")),
        ("a\tb\n1\t2\n", "\t", 1, ("a", "b")),
        ("a|b\n1|2\n", "|", 1, ("a", "b")),
        ("a\n1\n2\n", ",", 1, ("a",)),
        ("title\na,b\n1,2\n", ",", 2, ("a", "b")),
        ("title\n\na,b\n1,2\n", ",", 3, ("a", "b")),
        ("one\ntwo\na,b\n1,2\n3,4\n", ",", 3, ("a", "b")),
        ("title\na,b\n", ",", 1, ("", "title")),
        ("title\n1,\n2,\na,b\n", ",", 1, ("", "title")),
        ("a,\n1,2\n3,4\n", ",", 1, ("a", "")),
        (",y\n1,2\n3,4\n", ",", 1, ("", "y")),
        (",y\n1,N\n2,Y\n", ",", 1, ("", "y")),
        (",y\na,N\nb,Y\nc,N\n", ",", 1, ("", "y")),
        ("a,\nu,N\nv,Y\nw,N\n", ",", 1, ("a", "")),
        ("y\nr1,N\nr2,Y\nr3,N\n", ",", 1, ("", "y")),
        (",,y\n1,2,N\n3,4,Y\n", ",", 1, ("", "", "y")),
        ("a,,\n1,2,N\n3,4,Y\n", ",", 1, ("a", "", "")),
        ("title,\na,b\n1,2\n3,4\n", ",", 2, ("a", "b")),
        ("title,,\n,a,b\n1,2,N\n3,4,Y\n", ",", 2, ("", "a", "b")),
        ("title,,\n,,\nland,2019,2020\nu,2,3\nv,4,5\n", ",", 3, ("land", "2019", "2020")),
        ("a,b,\n1,2\n3,4\n", ",", 1, ("a", "b")),
        ("a,b,,\n1,2\n3,4\n", ",", 1, ("a", "b")),
        ("a,b,c\n1,2\n3,4\n", ",", 1, ("a", "b", "c")),
        ("a,b\n1,2,\n3,4,\n", ",", 1, ("a", "b", "")),
        ("a,b\nx,1,2\ny,3,4\n", ",", 1, ("", "a", "b")),
        ("a,b\nx,1,2\ny,3,\n", ",", 1, ("", "a", "b")),
        ("a,b\nx,1,2\n3,4\n", ",", 1, ("a", "b")),
        ("a,b\nx,y,1,2\nx,y,3,4\n", ",", 1, ("a", "b")),
    ],
)
def test_a_layout_is_recognised_by_its_rows(head, separator, header, names):
    found = recognise("t", head)
    assert (found.separator, found.header, found.names) == (separator, header, names)
    lines = head.splitlines(keepends=True)
    assert found.end == len("".join(lines[:header]))
    assert len(found.findings) == (header > 1)
    assert recognise("t", head, separator).names == names


def test_a_separator_is_the_one_that_most_of_a_hundred_rows_agree_on():
    rows = "a;b\n" + "1,5;2\n" * 51
    assert recognise("t", rows).separator == ";"
    assert recognise("t", "a;b,c\n" + "1;2\n" * 2 + "1,2\n" * 3).separator == ","
    assert recognise("t", "a;b\n" + "1;2\n" * 100 + "1,2\n" * 900).separator == ";"
    long = "x\n" * 99 + "a,b\n1,2\n"
    assert (
        recognise("t", long, ",").header == 1
    )  # the rows of one field are no titles, but the table
    titles = "".join(f"t{k}\n" for k in range(4)) + "a,b\n" + "1,2\n" * 9
    found = recognise("t", titles)
    assert found.header == 5
    assert found.findings[0].evidence == "'t0', 't1', 't2' above the header is a title"
    assert found.findings[0].remedy == "the column names are read from row 5"


@pytest.mark.parametrize(
    ("names", "blank", "kept", "left_out", "said"),
    [
        (("a", "b"), set(), ("a", "b"), {}, None),
        (("", "a"), set(), ("index", "a"), {"index"}, "has no name in row 2, as the row names"),
        (("", "index"), set(), ("row name", "index"), {"row name"}, "it is left out; give it a"),
        (("", "index", "row name"), set(), None, {"row name (2)"}, "has no name in row 2"),
        (("a", "", ""), {1, 2}, ("a",), {}, "columns 2, 3 have neither a name nor a value"),
        (("a", ""), {1}, ("a",), {}, "column 2 has neither a name nor a value"),
    ],
)
def test_columns_without_a_name_are_named_or_left_out(names, blank, kept, left_out, said):
    layout, out, gone = name_columns(Layout(",", 2, names, 0), blank)
    assert set(out) == set(left_out)
    assert gone == blank
    if kept is not None:
        assert tuple(name for j, name in enumerate(layout.names) if j not in gone) == kept
    assert [said in f"{each.evidence} {each.remedy}" for each in layout.findings] == [True] * bool(
        said
    )


@pytest.mark.parametrize(
    ("names", "blank", "called", "said"),
    [
        (("a", "", "b"), {1}, ("a", "unnamed 2", "b"), ["is column 2, which has no name in row 2"]),
        (("a", ""), set(), ("a", "unnamed 2"), ["has no name in row 2"]),
        (("a", "", "unnamed 2"), set(), ("a", "unnamed 3", "unnamed 2"), ["has no name in row 2"]),
        (("a", "b", "a"), set(), ("a", "b", "a (2)"), ["named 'a' in row 2 as column 1 is"]),
        (("a", "a (2)", "a"), set(), ("a", "a (2)", "a (3)"), ["is column 3, named 'a'"]),
        (("a", "a", "a"), set(), ("a", "a (2)", "a (3)"), ["is column 2,", "is column 3,"]),
    ],
)
def test_a_column_without_a_name_of_its_own_is_given_one(names, blank, called, said):
    layout, out, _ = name_columns(Layout(",", 2, names, 0), blank)
    assert layout.names == called
    for name, words, found in zip(out, said, layout.findings, strict=True):
        assert found.severity is Severity.WARNING
        assert found.columns == (name,)
        assert words in found.evidence


def test_a_column_without_a_name_of_its_own_is_left_out_and_stops_nothing(tmp_path):
    table = read(tmp_path, "age,y,age,\n1,no,7,u\n2,yes,8,v\n3,no,9,u\n")
    assert table.names == ("age", "y", "age (2)", "unnamed 4")
    assert [*what(table)] == ["age", "y"]
    assert table.text("age (2)").levels == ("7", "8", "9")


def test_a_head_that_is_no_table_is_refused():
    for head, said in (
        ("\na,b\n1,2\n", "t: row 1 is blank; the column names must stand in row 1"),
        ("", "t: row 1 is blank"),
        ('"a" b,c\n', "t: row 1 cannot be split into column names ("),
    ):
        with pytest.raises(TableError, match=re.escape(said)):
            recognise("t", head)
    assert recognise("t", 'a,b\n"1" x,2\n').names == ("a", "b")


@pytest.mark.parametrize(
    "titles",
    [
        "Report,2024\n\n",
        "Report,2024\n",
        "Report,2024,\n,,\n",
        "Report\nSource,office\n",
        "Report,2024\nSource,office\n",
        "Report\n\nSource,office\n\n",
    ],
)
def test_titles_of_several_fields_stand_above_the_header(tmp_path, titles):
    rows = "age,plan,y\n31,a,no\n45,b,yes\n52,a,yes\n28,b,no\n"
    found = read(tmp_path, titles + rows)
    assert found.names == ("age", "plan", "y")
    assert found.first_row == titles.count("\n") + 2
    assert found.n_rows == 4
    assert "above the header" in str(found.findings[0])


TITLES = {
    "padded": ["Sales;;;", "Sales;Q1;;", "Sales;Q1;of us;", "Sales;;;\nmade by;us;;", "Sales\n;;;"],
    "empty": [";Sales;;", ";Sales;Q1;"],
    "full": ["Report;of;the;year", "all;of;us;\n1;2;3;4", "Sales;;;us", ";;Sales;Q1"],
}
SEMICOLONS = ["31;a;7;no", "45;b;8;yes", "52;a;9;yes", "28;b;6;no"]


@pytest.mark.parametrize("title", [each for titles in TITLES.values() for each in titles])
@pytest.mark.parametrize("header", ["age;plan;n;y", "2019;plan;2020;y"])
def test_the_header_is_the_row_that_holds_the_target(tmp_path, title, header):
    """A full row above it may be a header as well, and is asked about: no row is lost."""
    text = "\n".join([title, header, *SEMICOLONS]) + "\n"
    place = title.count("\n") + 2
    head, names = text.replace("\n;;;\n", "\n\n"), tuple(header.split(";"))
    for found in (recognise("t", head, wanted=["y"]), recognise("t", head, wanted=["plan", "y"])):
        if title in TITLES["full"]:
            assert found == recognise("t", head)
        else:
            assert (found.header, found.names) == (place, names)
            assert f"the column names are read from row {place}" in str(found.findings)
    if title in TITLES["padded"]:  # they show what they are
        assert recognise("t", head).names == names
    elif recognise("t", head).names != names:
        with pytest.raises(TableError, match=rf"row {place} holds 'y': if .* stand there"):
            read(tmp_path, text).check("y")


@pytest.mark.parametrize("head", ["Town,who", ",who", "town id,who"])
def test_a_row_that_holds_the_names_of_columns_is_no_header_below_another(head):
    text = f"{head}\nGhent,Ann\ntown,Zed\nYpres,Bob\nLille,Eve\n"
    assert recognise("t", text, wanted=["town"]).header == 1


def test_a_value_is_no_name_that_is_wanted(tmp_path):
    for wanted in (["yes"], ["a"], ["y", "other"], ["31", "45"]):
        text = "\n".join(["age;plan;n;y", *SEMICOLONS])
        assert recognise("t", text, wanted=wanted).header == 1
        with pytest.raises(TableError, match=r"no column '\w+'; columns: age, plan, n, y"):
            read(tmp_path, text).check("yes")
    assert recognise("t", "age;y\n5;y\n6;z\n", wanted=["y"]).header == 1  # in the header as well


def test_a_year_names_a_column_that_holds_no_years():
    rows = "u;1;2\nv;3;4\nw;5;6\n"
    assert recognise("t", "Report;;\ncountry;2019;2020\n" + rows).header == 2
    assert recognise("t", "Report;;\ncountry;2019;2020\n" + rows.replace("3", "2018")).header == 1
    assert recognise("t", "Report;;\ncountry;7;2020\n" + rows).header == 1


def test_the_names_of_rows_without_a_name_are_no_title(tmp_path):
    for rows in (
        "age,plan\nr1,31,a\nr2,45,b\n",
        "size,plan\nr1,small,a\nr2,large,b\n",
        "age,plan\nr1,NA,a\nr2,45,b\nr3,40,b\n",
        ",age,plan\nr1,unknown,a\nr2,45,b\n",
    ):
        assert read(tmp_path, rows).first_row == 2


@pytest.mark.parametrize("rows", [
    "v,g\n1.5,a\n2.5,b\n3.5,a\n<5,\n",
    "sex,v\nMale,0.2\nTotal,0.5\nFemale,0.1\nTotal,\n",
    "sex,v\nMale,0.2\nNote: a,0.5\nFemale,0.1\nNote: a,\n",
])  # fmt: skip
def test_what_stands_among_the_rows_too_is_no_footer(tmp_path, rows):
    """A limit is a value, and a word that begins another row a level."""
    assert read(tmp_path, rows).n_rows == rows.count("\n") - 1


def test_a_last_row_in_doubt_is_told_as_it_is(tmp_path):
    table = read(tmp_path, "name,age,y\nAnn,3,no\nEve,5,yes\nZed,7,\n")
    assert "row 4 holds 'Zed', '7' and nothing further" in str(table.findings)


@pytest.mark.parametrize("bad", [[], [6], [1], [3, 7]])
@pytest.mark.parametrize("title", ["", "Umsatz\n"])
def test_decimal_commas_do_not_separate_where_rows_are_too_long(bad, title):
    """A comma cuts the rows alike, and not their header."""
    rows = [f"K{k};{k + 20};{k},{k}5;{k % 4},5;{'ja' if k % 2 else 'nein'}" for k in range(9)]
    for k in bad:
        rows[k] += ";"
    found = recognise("t", "\n".join([f"{title}Kunde;Alter;Umsatz;Rabatt;weg", *rows]) + "\n")
    assert found.names == ("Kunde", "Alter", "Umsatz", "Rabatt", "weg")


def test_a_separator_that_cuts_nothing_is_named(tmp_path):
    for sep, other in ((";", "commas"), ("\t", "commas"), ("|", "commas")):
        with pytest.raises(TableError, match=f"its names stand between {other}"):
            read(tmp_path, PLAIN, sep=sep)
    assert read(tmp_path, "a\nb\nc\n", sep=";").names == ("a",)
    assert read(tmp_path, "a,b\nx\ny\n", sep=";").names == ("a,b",)


@pytest.mark.parametrize("name", ["utf-16", "utf-16-le", "UTF-32"])
def test_an_encoding_that_is_not_that_of_the_file_is_named(tmp_path, name):
    with pytest.raises(TableError, match=f"is no text in the encoding {name}"):
        read(tmp_path, PLAIN.encode(), encoding=name)
    assert read(tmp_path, PLAIN.encode(name), encoding=name).n_rows == 2


@pytest.mark.parametrize("asked", [",", "|", "\t"])
@pytest.mark.parametrize("extra", ["", "3;4\n", "a note\n"], ids=["alike", "short", "a line"])
def test_a_separator_that_the_header_has_not_is_refused(tmp_path, asked, extra):
    """Rows with decimal commas hold commas, and none of them stands between fields."""
    path = tmp_path / "t.csv"
    path.write_text("age;pay;y\n31;1,5;no\n32;2,5;yes\n" + extra)
    with pytest.raises(TableError, match=r"has no .* its names stand between semicolons;.*sep=';'"):
        read_table(path, sep=asked)


def test_a_separator_that_does_cut_is_taken(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("Report of May; draft\nage,y\n31,no; it seems\n32,yes; it seems\n")
    assert read_table(path, sep=",").names == ("age", "y")


@pytest.mark.parametrize("last", ["<5", "<5,", "<5,,", "90+", "<LOD,b"])
def test_a_limit_in_the_last_row_is_a_value_in_however_few_fields(last):
    data = f"v,g,h\n1.5,a,b\n2.5,b,b\n3.5,a,b\n{last}\n"
    kept, notes, doubts = without_footers(data.encode(), 6, recognise("t.csv", data))
    assert kept == data.encode()
    assert not notes
    assert not doubts
