"""What a table and its columns say, up to the bound: of files, of frames and of objects in them."""

# ruff: noqa: PD011  the columns of a table have `values`, too

import datetime as dt
import gzip
import inspect
import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from glasslogit import inspect_data
from glasslogit.errors import InputError, NotFittedError, TableError
from glasslogit.pages import per_cent
from glasslogit.tables import (
    Category,
    Date,
    Number,
    PolynomialFeatures,
    StandardScaler,
    Table,
    TableEncoder,
    reading,
)
from glasslogit.tables import survey as survey_module
from glasslogit.tables.column import Numbers, Text, Times, number_text
from glasslogit.tables.file_kinds import as_utf8, not_utf8, refuse_other_kinds
from glasslogit.tables.formatted import with_formats
from glasslogit.tables.frame_numbers import compressed_rows, numeric_rows
from glasslogit.tables.frames import (
    as_table,
    plainly_typed,
    read_query,
    take_target,
)
from glasslogit.tables.inspect import errors_saved
from glasslogit.tables.inspected_columns import CodedLabels, InspectedColumn, sorted_levels
from glasslogit.tables.labels import read_labels
from glasslogit.tables.level_findings import (
    alike_levels,
    doubtful_levels,
    dropped_rows,
    missing_words,
)
from glasslogit.tables.table import quote, refuse_missing, shorten
from glasslogit.tables.values import parse_date, read_numbers, read_times, text_to_numbers
from problems import coded, survey_columns


def refused(said: str, kind: type[Exception] = TableError) -> Any:
    return pytest.raises(kind, match=re.escape(said))


# --- columns -----------------------------------------------------------------------------


def test_a_number_is_written_as_short_as_it_is_exact():
    for number, text in (
        (0.0, "0"), (-3.0, "-3"), (2.5, "2.5"), (math.nan, ""), (2.0**53 - 1, "9007199254740991"),
        (2.0**53, "9007199254740992.0"), (-(2.0**53), "-9007199254740992.0"), (1e300, "1e+300"),
    ):  # fmt: skip
        assert number_text(number) == text


def test_a_column_of_text_knows_its_levels_and_rows():
    column = Text.of(["b", "", "NA", "b", "a"])
    assert (len(column), column.first(3), column.value(1)) == (5, 4, "")
    assert column.levels == ("b", "", "NA", "a")
    assert column.counts.tolist() == [2, 1, 1, 1]
    assert column.missing.tolist() == [False, True, True, False]
    assert column.gaps.tolist() == [False, True, True, False, False]
    assert not column.ranked
    assert Text.of(["NA"], frozenset()).missing.tolist() == [False]
    some = column.take(np.array([4, 0]))
    assert (some.levels, some.codes.tolist()) == (column.levels, [3, 0])
    assert [part.tolist() for part in some.sorted()] == [["a", "b"], [0, 1]]
    parsed = Text.of(["1", "x", "nan", "1_0"], frozenset({"nan"})).parsed
    assert parsed.is_number.tolist() == [True, False, False, False]
    assert np.isnan(parsed.numbers).tolist() == [False, True, True, True]


def test_numbers_and_times_are_shown_as_they_are_or_were_written():
    numbers = Numbers(np.array([1.5, np.nan, 1.5, 1.0]))
    assert [numbers.value(k) for k in range(4)] == ["1.5", "", "1.5", "1"]
    assert (numbers.levels, numbers.codes.tolist()) == (("1", "1.5", ""), [1, 2, 1, 0])
    assert (numbers.text.ranked, len(numbers), numbers.gaps.tolist()[1]) == (True, 4, True)
    written = Numbers(np.array([1.5]), lambda: Text.of(["1.50"]))
    assert (written.value(0), written.levels) == ("1.50", ("1.50",))
    days = Times(np.array([0.5, np.nan]))
    assert (days.value(0), days.value(1), len(days)) == ("1970-01-01T12:00:00", "", 2)
    assert Times(np.array([0.5]), durations=True).value(0) == "0.5"
    assert days.gaps.tolist() == [False, True]


def test_tables_are_equal_to_themselves_alone():
    """Their columns are arrays, which `==` compares entry by entry."""
    one, other = (Table.of({"a": ["1"]}) for _ in range(2))
    assert one != other
    assert len({one, other, one}) == 2


def test_a_table_counts_its_rows_and_names_its_columns():
    table = Table.of({"age": ["1", ""], "town": ["Ghent", "Ypres"]}, "t.csv")
    assert (table.n_rows, Table("t", {}).n_rows, Table("t", {}, length=3).n_rows) == (2, 0, 3)
    assert table.with_columns({}).n_rows == 2
    with refused("t.csv: no column 'tow'; did you mean 'town'? columns: age, town"):
        table.check("tow")
    with refused("t.csv: no column 'zzz', as asked; columns: age, town"):
        table.column("zzz", "as asked")
    assert str(table.fault("town", 1, "is far")) == "t.csv: row 3, column 'town': 'Ypres' is far"
    dates = Table("t", {"d": Times(np.zeros(1))})
    with refused("t: column 'd' holds dates or times; turn them into text, or leave the column"):
        dates.text("d")
    gaps = {"a": np.array([False, False]), "b": np.array([False, True])}
    with refused("t.csv: row 3, column 'b': missing ('b' in 1 row); fill it in"):
        refuse_missing(table, gaps)
    gaps["a"] = np.array([True, True])
    with refused("t.csv: row 2, column 'a': missing ('a' in 2 rows, 'b' in 1 row); do"):
        refuse_missing(table, gaps, "do")
    refuse_missing(table, {"a": np.array([False])})
    many = {f"c{j}": np.array([j > 0, True]) for j in range(21)}
    with refused("'c19' in 2 rows and 1 more); do"):
        refuse_missing(table, many, "do")


def test_lists_and_fields_are_cut_beyond_their_limit():
    assert shorten(list("abc"), 3) == "a, b, c"
    assert shorten(list("abcd"), 3) == "a, b, c and 1 more"
    assert shorten([str(k) for k in range(21)]).endswith("19 and 1 more")
    assert quote("x" * 40) == repr("x" * 40)
    assert quote("x" * 41) == repr("x" * 40 + "…")


# --- values ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("9.9e139", None),
        ("-1e140", "'-1e140' is too large; change the unit"),
        ("inf", "'inf' is not a finite number; correct it, or leave it empty if it is missing"),
        ("nan", "'nan' is not a finite number; correct"),
        ("9007199254740991", None),
        (
            "-9007199254740992",
            "'-9007199254740992' is a whole number beyond 2⁵³, which would be rounded; correct it",
        ),
        ("9007199254740993.5", None),
        ("1e20", None),
        (
            "x",
            "'x' is not a number; the column is read as numbers; correct it, or leave it",
        ),
        ("1_0", "'1_0' is not a number"),
    ],
)
def test_a_field_of_numbers_is_one_that_can_be_squared_and_is_exact(text, said):
    table = Table("t.csv", {"a": Text.of(["", text], frozenset())}, na=frozenset())
    if said is None:
        assert np.isnan(read_numbers(table, "a")[0])
        assert read_numbers(table, "a")[1] == float(text)
    else:
        with refused(f"t.csv: row 3, column 'a': {said}" if said[0] == "'" else said):
            read_numbers(table, "a")
    if text[-1].isdigit() and "_" not in text:
        numbers = Table("X", {"a": Numbers(np.array([np.nan, float(text)]))}, first_row=0)
        if abs(float(text)) < 1e140:
            assert read_numbers(numbers, "a")[1] == float(text)
        else:
            with refused("X: row 1, column 'a': '-1e+140' is too large; change the unit"):
                read_numbers(numbers, "a")


def test_text_is_numbers_if_all_of_it_is():
    assert isinstance(text_to_numbers(Text.of(["1", "", "x"])), Text)
    assert isinstance(text_to_numbers(Text.of(["1", "inf"])), Text)
    assert isinstance(text_to_numbers(Text.of(["", "NA"])), Text)
    assert text_to_numbers(Text.of(["2", "", "1"])).values.tolist()[::2] == [2.0, 1.0]


def test_dates_are_days_and_each_kind_of_time_is_its_own():
    for text, day in (("1970-01-02", 1.0), ("1969-12-31", -1.0), ("1970-01-01T06", 0.25)):
        assert parse_date(text) == day
    for text in ("today", "now", "", "NaT", "197a-01-01", "1970-13-01"):
        assert math.isnan(parse_date(text))
    read = Table.of({"d": ["1970-01-02", "", "1970-01-03"], "w": ["soon"] * 3}, "t.csv")
    assert read_times(read, "d", "date")[::2].tolist() == [1.0, 2.0]
    assert np.isnan(read_times(read, "d", "date")[1])
    with refused("t.csv: row 2, column 'w': 'soon' is not a date; write it as 2024-01-31"):
        read_times(read, "w", "date")
    with refused("t.csv: column 'd' does not hold durations, as which it is to be read"):
        read_times(read, "d", "duration")
    one = np.ones(1)
    times = Table("X", {"d": Times(one), "s": Times(one, durations=True), "n": Numbers(one)})
    assert read_times(times, "d", "date").tolist() == read_times(times, "s", "duration").tolist()
    for name, kind in (("d", "duration"), ("s", "date"), ("n", "date")):
        with refused(f"X: column '{name}' does not hold {kind}s, as which it is to be read"):
            read_times(times, name, kind)
    with refused("X: column 'd' holds dates or times, and is read as numbers"):
        read_numbers(times, "d")


# --- the target --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        (["-5", "10", "2"], [-5, 10, 2]),
        (["9" * 17, "1"], [int("9" * 17), 1]),
        (["9" * 18, "1"], ["9" * 18, "1"]),
        (["+5", "1"], ["+5", "1"]),
        (["-0", "1"], ["-0", "1"]),
        (["1.5", "1"], ["1.5", "1"]),
        (["٣", "1"], ["٣", "1"]),
        (["01", "1x"], ["01", "1x"]),
    ],
)
def test_labels_that_are_plain_integers_become_numbers(values, labels):
    found, known = read_labels(Table.of({"y": [*values, ""]}), "y")
    assert found[known].tolist() == labels
    assert known.tolist() == [True] * len(values) + [False]


def test_a_target_has_a_hundred_classes_at_most():
    table = Table.of({"y": [f"c{k}" for k in range(101)]}, "t.csv")
    assert read_labels(Table.of({"y": [f"c{k}" for k in range(100)] + [""]}), "y")[1].sum() == 100
    with refused("t.csv: target 'y' has 101 distinct values; a class target has at most 100"):
        read_labels(table, "y")


def test_a_target_of_numbers_writes_each_in_one_way():
    with refused("t.csv: row 3, column 'y': '1.5' is a fraction, one of 3 numbers"):
        read_labels(Table.of({"y": ["1", "1.5", "2"]}, "t.csv"), "y")
    with refused("t.csv: row 2, column 'y': '1' and '1.0' are one number in two ways"):
        read_labels(Table.of({"y": ["1", "1.0", "2"]}, "t.csv"), "y")
    with refused("t.csv: row 4, column 'y': 'inf' is not a finite number"):
        read_labels(Table.of({"y": ["1", "", "inf"]}, "t.csv"), "y")


def test_a_target_is_taken_off_a_table():
    table = Table.of({"a": ["1", "2"], "y": ["no", ""]}, "t.csv")
    with refused("t.csv: row 3, column 'y': the target is missing; label the row or leave it out"):
        take_target(table, "y")
    rest, labels = take_target(Table.of({"a": ["1", "2"], "y": ["no", "yes"]}), "y")
    assert (rest.names, labels.tolist()) == (("a",), ["no", "yes"])
    with refused("y='y' names a column, but X is of type ndarray; give a table, or y as an array"):
        take_target(np.eye(2), "y")
    with refused("X: no column 'z'; columns: a, y"):
        take_target(pl.DataFrame({"a": [1], "y": [2]}), "z")
    for make in (pd.DataFrame, pl.DataFrame):
        rest, labels = take_target(make({"y": ["b", "a", "b"]}), "y")
        assert (rest.n_rows, rest.names, rest.first_row) == (3, (), 0)
        assert labels.tolist() == ["b", "a", "b"]
        rest, labels = take_target(make({"a": [1, 2], "y": [0.5, 1.5]}), "y")
        assert (list(rest.columns), labels.tolist(), labels.dtype.kind) == (["a"], [0.5, 1.5], "f")
    labels = take_target(pl.DataFrame({"a": [1, 2], "y": ["x", None]}), "y")[1]
    assert labels.tolist() == ["x", None]


# --- frames ------------------------------------------------------------------------------


def test_a_frame_is_read_when_it_is_asked_for():
    table = as_table(pl.DataFrame({"a": [1, 2], "b": ["x", None]}))
    columns = table.columns
    assert (table.source, table.first_row, table.n_rows, table.na) == ("X", 0, 2, frozenset())
    assert (list(columns), len(columns)) == (["a", "b"], 2)
    assert ["a" in columns, "c" in columns] == [True, False]
    assert columns["a"] is columns["a"]
    assert table.text("b").gaps.tolist() == [False, True]
    assert as_table(table) is table
    with refused("X: has 0 rows and 2 columns; need both"):
        as_table(pl.DataFrame({"a": [], "b": []}))
    with refused(
        "X is of type ndarray; give a table with column names, of pandas, polars, pyarrow"
    ):
        as_table(np.eye(2))
    batch = pa.RecordBatch.from_pydict({"a": [1, 2]})
    assert as_table(batch).column("a").values.tolist() == [1.0, 2.0]
    relation = duckdb.sql("select 1 as a union all select 2 order by a")
    assert as_table(relation).column("a").values.tolist() == [1.0, 2.0]
    kind = type("Kind", (type,), {"__repr__": lambda _: "y" * 500})
    stranger = kind("DataFrame", (), {"__module__": "polars"})()
    with refused("X: cannot be read: ") as caught:
        as_table(stranger)
    assert len(str(caught.value)) == len("X: cannot be read: ") + 200
    twice = pd.DataFrame([[1, 2]], columns=["a", "a"])
    with refused("X: two columns are called 'a'; rename one"):
        as_table(twice)


def test_times_of_a_frame_are_days_at_greenwich():
    moment = pd.Timestamp("1970-01-02T01:00", tz="Europe/Brussels")
    frame = pl.DataFrame(
        {
            "tz": pl.Series([moment, None], dtype=pl.Datetime("us", "Europe/Brussels")),
            "day": [dt.date(1970, 1, 3), None],
            "span": [dt.timedelta(hours=36), None],
        }
    )
    for each in (frame, frame.to_arrow(), frame.to_pandas()):
        table = as_table(each)
        for name, days in (("tz", 1.0), ("day", 2.0), ("span", 1.5)):
            column = table.column(name)
            assert isinstance(column, Times)
            assert column.durations == (name == "span")
            assert column.values[0] == days
            assert column.gaps.tolist() == [False, True]


@pytest.mark.parametrize("sign", [1, -1])
def test_whole_numbers_of_a_frame_are_exact(sign):
    good = pl.DataFrame({"a": [None, sign * 2**53]})
    assert as_table(good).column("a").values[1] == sign * 2.0**53
    for frame in (good - sign, good.to_pandas().astype("Int64")):
        as_table(frame).column("a")
    bad = pl.DataFrame({"a": [0, None, sign * (2**53 + 1)]})
    with refused(f"X holds {sign * (2**53 + 1)} in row 2, column 'a'", InputError):
        as_table(bad).column("a")
    objects = pd.DataFrame({"a": np.array([0, None, sign * (2**53 + 1)], object)})
    with refused(f"X holds {sign * (2**53 + 1)} in row 2, column 'a'", InputError):
        as_table(objects).column("a")
    objects = pd.DataFrame({"a": np.array([0, None, sign * 2**53], object)})
    assert as_table(objects).column("a").values[2] == sign * 2.0**53


def objects(*values):
    held = np.empty(len(values), object)
    held[:] = values
    return as_table(pd.DataFrame({"a": held})).column("a")


def test_objects_of_one_kind_are_read_and_gaps_are_gaps():
    assert objects(None, pd.NA, np.nan, pd.NaT).gaps.all()
    numbers = objects(1, np.float32(0.5), Fraction(1, 4), True, np.True_, None, pd.NA)
    assert numbers.values[:5].tolist() == [1.0, 0.5, 0.25, 1.0, 1.0]
    assert numbers.gaps.tolist() == [False] * 5 + [True] * 2
    text = objects("b", None, pd.NA, "NA")
    assert [text.value(row) for row in range(4)] == ["b", "", "", "NA"]
    assert text.gaps.tolist() == [False, True, True, False]
    days = objects(dt.date(1970, 1, 2), None, np.datetime64("1970-01-03"))
    assert isinstance(days, Times)
    assert not days.durations
    assert days.values[::2].tolist() == [1.0, 2.0]
    spans = objects(None, dt.timedelta(hours=12), np.timedelta64(2, "D"))
    assert spans.durations
    assert spans.values[1:].tolist() == [0.5, 2.0]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((None, "a", 2), "row 2, column 'a': 2 is a number, but 'a' in row 1 is text; make the"),
        ((1, "a"), "row 1, column 'a': 'a' is text, but 1 in row 0 is a number; make the column"),
        ((1, dt.date(2026, 1, 1)), "(2026, 1, 1) is a date, but 1 in row 0 is a number"),
        ((1, dt.timedelta(1)), "datetime.timedelta(days=1) is a duration, but 1 in row 0"),
        ((1, Decimal(1)), "Decimal('1') is of type Decimal, but 1 in row 0 is a number;"),
        ((Decimal(1), 1), "row 0, column 'a': Decimal('1') is of type Decimal; make the column"),
    ],
)
def test_objects_of_two_kinds_are_told_apart(values, said):
    with refused(said):
        objects(*values)


def test_what_is_neither_number_nor_text_nor_time_is_refused():
    frame = pl.DataFrame({"a": [[1], [2]]})
    with refused("X: column 'a' is of type List"):
        as_table(frame).column("a")
    assert as_table(pl.DataFrame({"a": [None, None]})).column("a").gaps.all()


def test_categories_keep_their_order_and_are_told_apart_as_text():
    for make in (
        lambda values: pd.DataFrame({"a": pd.Categorical(values, ["c", "a", "b"])}),
        lambda values: pl.DataFrame({"a": pl.Series(values, dtype=pl.Enum(["c", "a", "b"]))}),
        lambda values: pa.table({"a": pa.DictionaryArray.from_arrays(
            [None if each is None else "cab".index(each) for each in values], ["c", "a", "b"])}),
    ):  # fmt: skip
        column = as_table(make(["b", None, "c"])).column("a")
        assert column.ranked
        assert column.levels[:3] == ("c", "a", "b")
        assert [column.value(row) for row in range(3)] == ["b", "", "c"]
        assert column.gaps.tolist() == [False, True, False]
    alike = pd.DataFrame({"a": pd.Categorical([1, "1"], ["z", 1, "1"])})
    with refused("X: column 'a': two of its categories read as '1'; make them all numbers or all"):
        as_table(alike).column("a")


def test_the_numbers_of_a_table_are_rows_if_it_holds_nothing_else():
    rows = numeric_rows(pl.DataFrame({"a": [1, 2], "b": [True, False]}))
    assert (rows.columns, rows.values.tolist()) == (("a", "b"), [[1.0, 1.0], [2.0, 0.0]])
    assert numeric_rows(pl.DataFrame({"a": [1, None]})) is None
    assert numeric_rows(pl.DataFrame({"a": ["x"]})) is None
    assert numeric_rows(Table("t", {}, length=2)) is None
    zeros = pd.arrays.SparseArray([0, 1])
    frame = pd.DataFrame({"a": zeros, 1: zeros})
    assert compressed_rows(frame).columns == ("a", 1)
    assert compressed_rows(frame).values.toarray().tolist() == [[0, 0], [1, 1]]
    assert compressed_rows(frame.assign(b=[1, 2])) is None
    assert compressed_rows(pd.DataFrame({"a": pd.arrays.SparseArray([1, 0], fill_value=1)})) is None
    assert compressed_rows(frame[:0]) is None
    assert compressed_rows(pl.DataFrame({"a": [1]})) is None
    typed = plainly_typed(pd.DataFrame({"a": zeros, 2: [0.5, 1.5]}))
    assert {name: kind.name for name, kind in typed.dtypes.items()} == {
        "a": "int64",
        "2": "float64",
    }
    assert read_query(pl.LazyFrame({"a": [1, 2]})).tolist() == [1, 2]
    assert read_query(pl.LazyFrame({"a": [1, 2], "b": [3, 4]})).tolist() == [[1, 3], [2, 4]]


# --- files -------------------------------------------------------------------------------


def test_other_kinds_of_files_are_known_by_their_first_bytes():
    for data, said in (
        (b"PK\x03\x04" + b" " * 100 + b"xl/", "t: is an Excel workbook, not a CSV file; save it"),
        (b"PK\x03\x04[Content_Types].xml", "t: is an Excel workbook, not a CSV file;"),
        (b"PK\x03\x04", "t: is a zip archive, not a CSV file; unpack it first (unzip)"),
        (b"%PDF", "t: is a PDF, not a CSV file; export the table in it as CSV"),
    ):
        with refused(said):
            refuse_other_kinds("t", data)
    refuse_other_kinds("t", b"a,b\nPAR1,%PDF")


def test_an_encoding_is_recognised_or_named():
    for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"):
        assert as_utf8("t", "a,b\n1,2\n".encode(name), None) == b"a,b\n1,2\n"
    for short in (b"", b"a\x00", b"a\x00b", b"\x00a\x00"):  # too short to tell
        assert as_utf8("t", short, None) == short
    assert as_utf8("t", "a\n".encode("utf-16-le"), None) == b"a\n"
    assert as_utf8("t", b"\xe9", "latin-1") == "é".encode()
    with refused("encoding='klingon' is not known; give one such as 'cp1252'", InputError):
        as_utf8("t", b"", "klingon")
    with refused(
        "t: line 2 is no text in the encoding ascii; give another in the place of encoding='ascii'"
    ):
        as_utf8("t", b"a\n\xe9", "ascii")
    with refused("t: line 1 is no text in the encoding ascii"):
        as_utf8("t", b"\xe9\n", "ascii")
    around = b"a" * 30 + b"\xe8" + b"b" * 30
    assert f"should read '{'a' * 12}è{'b' * 11}', enc" in str(not_utf8("t", around))
    for data in (b"a\x81b", b"caf\xe9\n" + b"a" * 99 + b"\n\x9d"):  # no letters
        assert "; the file is no text in cp1252 either; save it as UTF-8" in str(
            not_utf8("t", data)
        )
    long = b"x" * 30 + b"\nMoli\xe8re,1\n" + b"y" * 30
    assert str(not_utf8("t", long)) == (
        "t: line 2 is not UTF-8 text (byte 0xe8); if it should read 'Molière,1', "
        "encoding='cp1252' reads it so"
    )


def test_a_packed_file_may_grow_to_a_hundred_times_its_size_and_64_mebibytes(monkeypatch):
    """To the byte; zeros after the packed data are no part of it, but of its size."""
    for unpacked, size in ((2**26, 80_000), (0, 1000)):
        monkeypatch.setattr(reading, "UNPACKED", reading.UNPACKED if unpacked else 0)
        packed = gzip.compress(bytes(unpacked + 100 * size), 6)
        assert len(packed) < size
        data = packed + bytes(size - len(packed))
        assert len(reading._unpacked("t", data)) == unpacked + 100 * size
        with refused("t: unpacks to more than 100 times its size; if that is right, unpack it"):
            reading._unpacked("t", data[:-1])


def test_decimal_commas_are_told_from_thousands():
    def read(decimal, *values):
        found = with_formats({"a": Text.of(values)}, decimal)
        column = found.columns["a"]
        assert column.text.levels == values if isinstance(column, Numbers) else True
        read = column.values[~column.gaps].tolist() if isinstance(column, Numbers) else None
        return read, [each.columns for each in found.findings], [*found.doubtful]

    assert read(None, "1,5", "2") == ([1.5, 2.0], [("a",)], [])
    assert read(None, "1,500", "2") == (None, [], ["a"])
    assert read(",", "1,500", "2") == ([1.5, 2.0], [("a",)], [])
    assert read(".", "1,500", "2") == ([1500.0, 2.0], [("a",)], [])
    assert read(".", "1,5", "2") == (None, [("a",)], [])
    assert read(None, "0,125") == ([0.125], [("a",)], [])
    assert read(None, "1,5", "x") == (None, [], [])
    assert read(",", "1", "2") == (None, [], [])
    assert read(None, ",5", "-1,e3", "NA") == ([0.5, -1000.0], [("a",)], [])
    with refused("decimal=';' is not valid; give '.' or ','", InputError):
        read(";", "1")


# --- policies and transformers -----------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Number("none"), "missing='none' is not valid; give 'error', 'drop' or"),
        (lambda: Number(standardise="yes"), "standardise='yes' is not valid"),
        (lambda: Category(3), "reference=3 is not valid; give a level as text"),
        (lambda: Category(rare=-1), "rare=-1 is not valid; give a whole number, 0 or greater"),
        (lambda: Category(rare=1.5), "rare=1.5 is not valid"),
        (lambda: Category(unseen="drop"), "unseen='drop' is not valid"),
        (lambda: Category(missing="none"), "missing='none' is not valid"),
        (lambda: Date("hours"), "unit='hours' is not valid; give 'days'"),
        (lambda: Date(missing="none"), "missing='none' is not valid"),
        (lambda: Date(standardise="yes"), "standardise='yes' is not valid"),
    ],
)
def test_a_policy_that_is_none_is_refused_as_it_is_made(make, said):
    with pytest.raises(InputError) as caught:
        make()
    assert said.split(";")[0] in str(caught.value)


def test_defaults_of_policies_are_those_of_the_docs():
    assert (Number().missing, Number().standardise) == ("error", False)
    assert (Date().unit, Date().missing, Date().standardise) == ("days", "error", False)
    category = Category()
    assert (category.reference, category.rare, category.unseen, category.missing) == (
        "", 0, "error", "error",
    )  # fmt: skip
    Category(None, 0, "other", "indicator")


@pytest.mark.parametrize("make", [StandardScaler, PolynomialFeatures, TableEncoder])
def test_a_transformer_shows_its_settings_and_not_what_it_learned(make):
    settings = ", ".join(f"{name}={value!r}" for name, value in make().get_params().items())
    before = f"{make.__name__}({settings})"
    assert repr(make()) == before
    table = pd.DataFrame({"a": [0.0, 1.0], "b": [1.0, 3.0]})
    fitted = make().fit(table)
    assert repr(fitted) == before
    assert fitted.n_features_in_ == 2
    assert fitted.fit_transform(table).shape[0] == 2


@pytest.mark.parametrize(
    ("make", "by_place"),
    [
        (StandardScaler, ["with_mean", "with_std"]),
        (PolynomialFeatures, ["degree"]),
        (TableEncoder, ["columns"]),
    ],
)
def test_settings_are_given_by_name_but_for_the_first(make, by_place):
    known = inspect.signature(make).parameters.values()
    assert [each.name for each in known if each.kind is not each.KEYWORD_ONLY] == by_place
    assert not any(each.name.endswith("_") and each.name != "_" for each in known)
    defaults = {each.name: each.default for each in known}
    rows = pd.DataFrame({"a": [0.0, 1.0, 3.0], "b": [1.0, 3.0, 2.0]})
    assert np.array_equal(make(**defaults).fit_transform(rows), make().fit_transform(rows))


def test_a_transformer_forgets_the_names_of_the_last_fit():
    scaler = StandardScaler().fit(pd.DataFrame({"a": [0.0, 1.0]}))
    assert scaler.feature_names_in_.tolist() == ["a"]
    scaler.fit([[0.0, 5.0], [1.0, 7.0]])
    assert not hasattr(scaler, "feature_names_in_")
    assert scaler.feature_names_.tolist() == ["x0", "x1"]
    scaler.fit(pd.DataFrame({3: [0.0, 1.0]}))
    assert (scaler.feature_names_.tolist(), hasattr(scaler, "feature_names_in_")) == (["3"], False)
    with refused("X has 2 columns; fit saw 1", InputError):
        scaler.transform([[1.0, 2.0]])
    with refused("2 names for 1 column; give one each", InputError):
        scaler.get_feature_names_out(["a", "b"])
    with refused("column 0 of X is '4' but was '3' at training", InputError):
        scaler.transform(pd.DataFrame({4: [0.0]}))
    with refused("this StandardScaler is not fitted; call fit(X) first", NotFittedError):
        StandardScaler().get_feature_names_out()


def test_a_scaler_keeps_float32_and_counts_weights():
    X = np.float32([[1, 5], [3, 5], [9, 9]])
    scaler = StandardScaler().fit(X, sample_weight=[1, 1, 0])
    assert (scaler.mean_.tolist(), scaler.scale_.tolist()) == ([2.0, 5.0], [1.0, 1.0])
    for values in (scaler.transform(X), scaler.inverse_transform(X)):
        assert values.dtype == np.float32
    assert StandardScaler().fit([[1], [3]]).transform([[5]]).dtype == np.float64
    assert StandardScaler(with_mean=False).fit(X).transform(X[:1])[0, 0] > 0
    assert StandardScaler(with_std=False).fit(X).transform(X[:1])[0, 1] == np.float32(5 - 19 / 3)
    with refused("column 1 of X is too large to scale; divide it first", InputError):
        StandardScaler().fit([[1.0, -1.7e308], [1.0, 1.7e308]])


@pytest.mark.parametrize(("columns", "good"), [(1411, True), (1413, False)])
def test_products_are_a_million_columns_at_most(columns, good):
    """k + k(k+1)/2 of degree 2; with the bias one more."""
    row = np.zeros((1, columns))
    if good:
        assert PolynomialFeatures(2).fit(row).n_features_in_ == columns
    else:
        with refused(f"degree 2 makes 1,000,404 columns of {columns}; use a lower", InputError):
            PolynomialFeatures(2).fit(row)


def test_a_degree_is_a_whole_number_from_1():
    assert PolynomialFeatures(1).fit_transform([[2.0, 3.0]]).tolist() == [[2.0, 3.0]]
    assert PolynomialFeatures(1, include_bias=True).fit_transform([[2.0]]).tolist() == [[1.0, 2.0]]
    both = PolynomialFeatures(2, interaction_only=True).fit([[2.0, 3.0]])
    assert both.powers_.tolist() == [[1, 0], [0, 1], [1, 1]]
    assert both.n_output_features_ == 3
    for degree in (0, -1, 1.5):
        with refused(f"degree is {degree}; it must be a whole number from 1", InputError):
            PolynomialFeatures(degree).fit([[1.0]])
    with refused("x0^2 is too large to represent; scale X first (StandardScaler)", InputError):
        PolynomialFeatures(2).fit([[1.0]]).transform([[1e200]])
    names = pd.DataFrame([[1.0, 2.0, 3.0]], columns=["a", "a b", "b"])
    with refused("two columns would be named 'a b'; rename a column of X", InputError):
        PolynomialFeatures(2).fit(names).get_feature_names_out()


# --- findings ----------------------------------------------------------------------------


def codes(X, y, **options):
    X = pd.DataFrame(X) if isinstance(X, dict) else X
    return {(str(each.code), each.columns): each for each in inspect_data(X, y, **options)}


def test_an_identifier_is_twenty_values_of_which_none_comes_twice():
    y = [0, 1] * 10
    for name, values, found in (
        ("text", [f"t{k}" for k in range(20)], "is text and different in every row"),
        ("run", list(range(5, 25)), "holds a different whole number in every row, without a gap"),
        ("gap", [*range(19), 30], "holds a different whole number in every row"),
        ("down", list(range(20))[::-1], "without a gap"),
        ("part", [k + 0.5 for k in range(20)], None),
        ("twice", [0, *range(19)], None),
    ):
        finding = codes({name: values}, y).get(("identifier", (name,)))
        assert (finding is None) == (found is None), name
        if found:
            assert finding.evidence.endswith(found)
            assert str(finding.severity) == ("note" if name == "gap" else "warning")
    assert ("identifier", ("a",)) not in codes({"a": list(range(19))}, y[:19])


@pytest.mark.parametrize(("rows", "found"), [(10, True), (9, False)])
def test_a_leak_needs_ten_rows_of_each_class(rows, found):
    y = [0] * 30 + [1] * rows
    x = [k % 7 for k in range(30)] + [9 + k % 2 for k in range(rows)]
    text = ["n"] * 30 + ["y"] * rows
    assert (("leak", ("x",)) in codes({"x": x, "z": list(range(30 + rows))}, y)) == found
    assert (("leak", ("t",)) in codes({"t": text, "x": x}, y)) == found


def test_a_leak_orders_the_classes_with_an_auc_of_99_in_100():
    """Of 10 × 10 pairs one is in the wrong order, or two."""
    y = np.repeat([0, 1], 10)
    low, high = np.arange(10.0), np.arange(10.0, 20.0)
    one, two = np.r_[low, high], np.r_[low, high]
    one[[9, 10]] = one[[10, 9]]
    two[[8, 10]] = [10.0, 8.0]
    assert "with an AUC of 0.99" in codes({"a": one}, y)["leak", ("a",)].evidence
    assert "with an AUC of 0.99" in codes({"a": -one}, y)["leak", ("a",)].evidence
    assert ("leak", ("a",)) not in codes({"a": two}, y)
    for far in (np.inf, -np.inf):
        assert ("leak", ("a",)) not in codes({"a": np.where(y, far, low.repeat(2))}, y)


@pytest.mark.parametrize(("wrong", "found"), [(2, True), (3, False)])
def test_a_leak_of_levels_saves_98_errors_in_100(wrong, found):
    """Of a hundred rows of each class; who knows no level errs in the rows of one."""
    y = np.repeat([0, 1], 100)
    text = np.where(y == 1, "yes", "no").astype(object)
    text[:wrong] = "yes"
    finding = codes({"t": text}, y).get(("leak", ("t",)))
    assert bool(finding) == found
    if found:
        assert finding.evidence == "alone saves 98.0% of the errors made without it"


def test_each_row_is_judged_by_the_others_of_its_level():
    """A level of two rows of two classes, or of one row, tells nothing of its rows."""
    for levels, classes, saved in (
        ([0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 1], 1.0),
        ([0, 1, 2, 3], [0, 0, 1, 1], -1.0),
        ([0, 0, 1, 1, 2], [0, 0, 1, 1, 1], (4 - 3) / 2),
        ([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 1, 0], -1.0),
        ([0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 1, 2], (3 - 3) / 3),
    ):
        rows = np.zeros((max(levels) + 1, max(classes) + 1), int)
        np.add.at(rows, (levels, classes), 1)
        assert errors_saved(rows) == saved


@pytest.mark.parametrize(("rows", "severity"), [(40, "note"), (41, "warning")])
def test_contradicting_rows_are_mistakes_if_they_are_few(rows, severity):
    """Below one in twenty: two of 41 rows, and not of 40."""
    x, y = np.r_[np.arange(rows - 1) + 0.5, 0.5], np.r_[np.zeros(rows - 1, int), 1]
    finding = codes({"x": x}, y)["contradicting_rows", ()]
    assert str(finding.severity) == severity
    assert finding.evidence.startswith(f"2 of {rows} rows ({per_cent(2 / rows)}) equal a row of ")
    assert finding.evidence.endswith(f"such as rows 0 and {rows - 1}")
    assert ("contradicting_rows", ()) not in codes({"x": x, "z": np.arange(rows) % 7}, y)


def test_columns_that_say_the_same_are_named_together():
    x = np.array([0.5, 1.5, 2.5, 1.5] * 10)
    y = [0, 0, 1, 1] * 10
    text = [f"l{k}" for k in x]
    found = codes({"a": x, "b": x.copy(), "c": x**2, "t": text}, y)
    assert ("duplicated_column", ("a", "b")) in found
    assert ("duplicated_column", ("a", "b", "c", "t")) in found  # they name the same groups
    assert not any("duplicated" in code for code, _ in codes({"a": x, "c": x**2}, y))
    whole = {"i": [1, 2, 3, 4], "f": [1.0, 2.0, 3.0, 4.0]}
    assert ("duplicated_column", ("i", "f")) in codes(whole, [0, 1, 0, 1])


def test_rows_of_weight_0_are_left_out_and_shapes_are_checked():
    X = {"a": [1.0, 1.0, 2.0]}
    assert ("constant", ("a",)) in codes(X, [0, 1, 1], sample_weight=[1, 1, 0])
    assert ("constant", ("a",)) not in codes(X, [0, 1, 1])
    with refused("X is of type dict, without a column; give a table", InputError):
        inspect_data({}, [0, 1])
    with refused("X: no column 'z'; columns: a, y", InputError):
        inspect_data(pd.DataFrame({"a": [1], "y": [2]}), "z")
    with refused("y holds only one class, 1; give rows of two or more", InputError):
        inspect_data(pd.DataFrame(X), [1, 1, 1])


def test_levels_are_sorted_and_numbered_however_they_are_found():
    for values in ([7.0, 3.0, 7.0, -1.0], [1e300, -1e300, 0.5], [5, 5, 6], [np.nan, 1.0, np.nan]):
        levels, places = sorted_levels(np.array(values))
        assert np.array_equal(levels[places], values, equal_nan=True)
        assert np.array_equal(levels, np.unique(values), equal_nan=True)
    big = np.array([2**62, 2**62 + 1, 2**62], np.int64)
    assert sorted_levels(big)[0].tolist() == [2**62, 2**62 + 1]
    column = InspectedColumn.read("a", np.array([1.0, np.nan, 3.0, 1.0]), np.arange(4))
    numbers, places = column.filled
    assert numbers[places].tolist() == [1.0, 5.0 / 3.0, 3.0, 1.0]
    assert column.order().tolist() == [0, 2, 1]  # of 1, 3 and the gap
    assert (column.coefficients, column.coded, column.numeric) == (1, False, True)
    often = InspectedColumn.read("a", np.repeat([1.0, 2.0], 10), np.arange(20))
    assert often.coded
    assert not InspectedColumn.read("a", np.repeat([1.0, 2.0], 10), np.arange(1, 20)).coded
    text = InspectedColumn.read("a", np.array(["x", "y", "z"]), np.arange(3))
    assert (text.coefficients, text.coded, text.numeric) == (2, True, False)
    labels = CodedLabels.read(type("T", (), {"y": np.array([2, 0, 1]), "weight": np.ones(3)}))
    assert labels.rows.tolist() == [1, 1, 1]
    assert labels.at_levels(np.array([0, 2, 0])).tolist() == [[0, 1, 1], [0] * 3, [1, 0, 0]]
    assert labels.at_levels(np.array([0, 1, 0]), np.array([0.5, 2.0, 4.0])).tolist() == [
        [0.0, 4.0, 0.5],
        [2.0, 0.0, 0.0],
    ]


def test_levels_are_listed_up_to_five_and_words_all():
    words = ["none", "nil", "-", "--", "---", "n/d"]
    many = doubtful_levels("a", Text.of([*words, "x", "none"]))[0]
    listed = "'nil' in 1 row, '-' in 1 row, '--' in 1 row, '---' in 1 row and 1 more"
    assert f"holds 'none' in 2 rows, {listed}, taken as" in many.evidence
    assert "na=['a=none', 'a=nil', 'a=-', 'a=--', 'a=---', 'a=n/d'] says so" in many.remedy
    assert doubtful_levels("a", Text.of(["x", "NA"])) == []
    assert missing_words("a", Text.of(["x", " ", ""])) == []
    two = missing_words("a", Text.of(["NA", "?"]))[0].evidence
    assert two.startswith("holds 'NA' in 1 row and '?' in 1 row, read")
    assert alike_levels("a", Text.of(["x", "y"])) == []
    two = alike_levels("a", Text.of(["x", "X", "a b", "ab", "y"]))[0].evidence
    assert two.endswith("(and 1 more group of such levels)")
    three = alike_levels("a", Text.of(["x", "X", "a b", "ab", "y", "Y"]))[0].evidence
    assert three.endswith("(and 2 more groups of such levels)")
    one = alike_levels("a", Text.of(["x", "X", "y"]))[0].evidence
    assert one.endswith("by case or blanks only")


@pytest.mark.parametrize(("left", "found"), [(9, False), (10, True)])
def test_a_tenth_of_the_rows_is_many(left, found):
    """Whichever rows they are; the others are a fair sample here."""
    complete = np.ones(100, bool)
    complete[:left] = False
    labels = np.arange(100) % 2
    finding = dropped_rows(complete, {"a": 2, "b": left}, coded(labels))
    assert bool(finding) == found
    if found:
        assert finding[0].columns == ("b",)
        assert finding[0].evidence == (
            "is missing in 10 rows; 10 of the 100 rows with a target are left out, and 1 is 50.0% "
            "of the rows that stay and 50.0% of all"
        )
    assert dropped_rows(np.ones(3, bool), {}, coded(labels[:3])) == []
    assert dropped_rows(np.zeros(3, bool), {"a": 3}, coded(labels[:3])) == []


def test_a_loss_that_moves_the_odds_by_a_tenth_is_told_below_that():
    """By four standard errors or more: of 2,000 rows 100 are left out, all of one class."""
    labels = np.repeat([0, 1], 1000)
    complete = np.ones(2000, bool)
    complete[:100] = False
    assert dropped_rows(complete, {"a": 100}, coded(labels))  # odds times 1000/900
    complete[:100] = True
    complete[:80] = False
    assert dropped_rows(complete, {"a": 80}, coded(labels)) == []  # times 1000/920
    complete[:80] = True
    complete[1000:1100] = False
    assert dropped_rows(complete, {"a": 100}, coded(labels))  # divided
    one = labels.copy()
    one[:] = 1
    one[0] = 0
    complete[:] = True
    complete[0] = False
    assert dropped_rows(complete, {"a": 1}, coded(one))  # the only row of its class
    fair = np.arange(200) % 2
    for ones, found in ((0, True), (2, False)):  # of the 19 rows that are left out
        some = np.ones(200, bool)
        some[np.flatnonzero(fair == 0)[: 19 - ones]] = False
        some[np.flatnonzero(fair == 1)[:ones]] = False
        assert bool(dropped_rows(some, {"a": 19}, coded(fair))) == found
    few = np.ones(40, bool)
    few[:3] = False
    assert dropped_rows(few, {"a": 3}, coded(np.arange(40) % 2)) == []  # chance


# --- the survey of a table of text -------------------------------------------------------


def survey(column, **options):
    other = ["1.5", "2"] * (len(column) // 2)
    return survey_columns(Table.of({"a": column, "b": other}, "t"), **options)


def test_nine_numbers_in_ten_make_the_tenth_a_mistake():
    numbers = [str(k) for k in range(18)]
    with refused("t: row 20, column 'a': 'x' is not a number, as 18 of 20 values are; if it means"):
        survey([*numbers, "x", "x"])
    assert isinstance(survey([*numbers[:17], "x", "x", "x"]).table.column("a"), Text)
    with refused("is a code rather than a number; leave the column out: columns={'a': 'drop'}, or"):
        survey(["007", "12", "12", "14"])
    assert survey(["0", "0.5"]).table.column("a").values.tolist() == [0.0, 0.5]


def test_nine_dates_or_amounts_in_ten_are_refused():
    dates, amounts = ["2024-01-31"] * 9, ["$1.5"] * 9
    with refused("t: row 2, column 'a': '2024-01-31' is a date; count the days from the earliest"):
        survey([*dates, "2024-02-01"])
    with refused("t: row 11, column 'a': 'x' is not a date such as 2024-01-31, as 9 of 10 values"):
        survey([*dates, "x"])
    with refused("t: row 11, column 'a': 'x' is not a number with the decimal mark '.' and with"):
        survey([*amounts, "x"])
    survey([*dates[:8], "x", "y"])
    survey([*amounts[:8], "x", "y"])


def test_many_levels_are_more_than_fifty_and_than_a_tenth_of_the_rows():
    fifty = [f"l{k}" for k in range(50)] * 2
    assert isinstance(survey(fifty).table.column("a"), Text)
    with refused("t: column 'a' has 51 different texts in 100 rows; if it is an identifier, leave"):
        survey([*fifty[:-1], "other"])
    sixty = [f"l{k}" for k in range(60)] * 10
    assert isinstance(survey(sixty).table.column("a"), Text)
    with refused("has 61 different texts in 600 rows"):
        survey([*sixty[:-1], "other"])
    assert isinstance(survey([*sixty[:-1], "other"], categorical=["a"]).table.column("a"), Text)


def test_what_is_missing_is_counted_and_the_worst_is_named():
    found = survey(["x", "", "y", ""])
    assert (found.complete.tolist(), dict(found.missing)) == ([True, False] * 2, {"a": 2})
    assert str(found.nothing_complete()) == (
        "t: no complete row to learn from; 'a' is missing in 2 rows: "
        "columns={'a': 'drop'} leaves it out"
    )
    assert str(survey(["x", "y"]).nothing_complete()) == "t: no complete row to learn from"
    assert survey(["x", "", "y", ""], missing="indicator").complete.all()
    with refused("t: row 3, column 'a': missing ('a' in 2 rows)"):
        survey(["x", "", "y", ""], missing="error")
    assert survey(["", ""]).dropped == (("a", "every value is missing"),)
    assert survey(["x", "x"]).dropped == (("a", "always 'x'"),)
    assert survey(["x", "x"], terms=["a"]).dropped == ()
    assert survey(["x", ""], terms=["a"]).complete.tolist() == [True, False]
    assert survey(["", ""], terms=["a"]).dropped == (("a", "every value is missing"),)
    assert survey(["x", "x"], terms=["a"], drop=["a"]).dropped == (("a", "left out on request"),)
    assert survey(["x", "y"], drop=["a", "a"]).dropped == (("a", "left out on request"),)
    with refused("t: 'a' is the target and cannot be dropped as well"):
        survey(["x", "y"], target="a", drop=["a"])
    with refused(
        "t: 'a' is the target, whose values are classes as they are; leave out columns={'a'"
    ):
        survey(["x", "y"], target="a", categorical=["a"])
    with refused("t: no column is left to learn from ('b': left out on request); give"):
        survey(["x", "y"], target="a", drop=["b"])


def test_words_and_levels_of_the_target_are_looked_at_as_well():
    table = Table.of({"a": ["x", "y", "none", "NA"], "y": ["no", "No", "none", "NA"]}, "t")
    found = survey_columns(table, target="y").findings
    assert [(str(each.code), each.columns) for each in found] == [
        ("missing_words", ("a",)),
        ("missing_words", ("y",)),
        ("looks_missing", ("y",)),
        ("alike_levels", ("y",)),
    ]
    numbers = Table("t", {"a": table.column("a"), "y": Numbers(np.ones(4))})
    assert [each.columns for each in survey_columns(numbers, target="y").findings] == [("a",)]
    assert survey_columns(table, drop=["a"], missing="indicator").table.names == ("y",)


@pytest.mark.parametrize("together", [1, 2, 3, 100])
def test_a_column_of_one_value_is_known_however_it_is_looked_at(monkeypatch, together):
    monkeypatch.setattr(survey_module, "ROWS_COMPARED", together)
    for values, said in (
        (["", "", "x", "", "x"], "always 'x'"),
        (["x", "", "", "", "y"], ""),
        (["", "", "", "", ""], ""),
        (["y", "x", "x", "x", "x"], ""),
    ):
        column = Text.of(values)
        assert survey_module.same_value(column) == said
        numbers = np.array([{"": np.nan, "x": 1.5, "y": 2.5}[each] for each in values])
        assert survey_module.same_value(Numbers(numbers)) == said.replace("x", "1.5")
        assert survey_module.same_value(column.take(np.arange(0))) == ""
    assert survey_module.same_value(Text.of(["y", "x", "x"]).take(np.array([1, 2]))) == "always 'x'"


@pytest.mark.parametrize(("levels", "kind"), [(2, np.uint8), (256, np.uint8), (257, np.uint16)])
def test_levels_are_numbered_in_as_few_bytes_as_hold_them(tmp_path, levels, kind):
    names = [f"l{k}" for k in range(levels)]
    assert as_table(pl.DataFrame({"a": names})).column("a").codes.dtype == kind
    path = tmp_path / "t.csv"
    path.write_text("".join(f"{name},x\n" for name in ["a", *names]))
    column = reading.read_table(path).column("a")
    assert column.codes.dtype == kind
    assert column.levels == tuple(names)
    gaps = as_table(pl.DataFrame({"a": [*names, None]})).column("a")
    assert gaps.codes.dtype == (np.uint8 if levels < 256 else np.uint16)
    assert gaps.gaps.sum() == 1
    blank = as_table(pl.DataFrame({"a": ["", None, "x"]})).column("a")
    assert (blank.levels, blank.codes.tolist()) == (("", "x"), [0, 0, 1])


def test_zeros_of_either_sign_are_the_same_number():
    x = np.array([0.0, 1.5, 2.5, 1.5])
    found = codes({"a": x, "b": np.where(x == 0, -0.0, x)}, [0, 1, 0, 1])
    assert ("duplicated_column", ("a", "b")) in found


@pytest.mark.parametrize(
    ("values", "sorts"),
    [
        ([5.0, 3.0, 5.0], False),
        ([-1, 1, 1], False),
        ([4, 4], False),
        ([7.0], False),
        ([0.0, 3.0, 1.0], True),
        ([0.5, 0.25, 0.75], True),
        ([1.0, np.nan, 2.0], True),
        ([-np.inf, np.inf, 2.0], True),
        (["b", "a"], True),
    ],
)
def test_whole_numbers_of_a_range_below_their_count_are_counted(monkeypatch, values, sorts):
    """Rather than sorted, which takes longer; the levels are the same."""
    array, sort, asked = np.array(values), np.argsort, []
    monkeypatch.setattr(np, "argsort", lambda *a, **k: asked.append(a) or sort(*a, **k))
    levels, places = sorted_levels(array)
    assert bool(asked) == sorts
    assert np.array_equal(levels, np.unique(array), equal_nan=array.dtype.kind == "f")
    assert places.tolist() == np.unique(array, return_inverse=True)[1].tolist()
    assert levels.dtype == array.dtype
