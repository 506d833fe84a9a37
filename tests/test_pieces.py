"""Reading by pieces: what polars reads of whole columns is what the csv module reads by rows."""

import csv
import io
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glasslogit.errors import TableError
from glasslogit.tables import file_bytes, pieces, read_table, reading
from glasslogit.tables.column import Numbers, Text
from glasslogit.tables.fields import parse_number
from glasslogit.tables.values import text_to_numbers

pytest.importorskip("polars", reason="files are read with polars")

NUMBERS = ["0", "-0", "1.50", "1e3", "+5", ".5", "5.", "9007199254740992", "9007199254740993"]
NUMBERS += ["1e400", "nan", "inf", "007", "-01", "00.5", "1_000", " 12", "12 ", "1e-320", "0x1"]
WORDS = ["", "NA", "n/a", "?", "null", " ", "yes", "Yes ", 'say "no"', "a,b", "two\nlines", "é"]
field = (
    st.sampled_from(NUMBERS)
    | st.sampled_from(WORDS)
    | st.floats(allow_nan=False).map(repr)
    | st.decimals(-1000, 1000, places=2).map(str)
    | st.integers(-(10**18), 10**18).map(str)
)
column = st.one_of(
    st.lists(st.floats(allow_nan=False, allow_infinity=False).map(repr), min_size=40, max_size=40),
    st.lists(st.integers(0, 9).map(str) | st.sampled_from(["", "NA"]), min_size=40, max_size=40),
    st.lists(field, min_size=40, max_size=40),
    st.lists(st.sampled_from(WORDS), min_size=40, max_size=40),
)


@given(
    columns=st.lists(column, min_size=2, max_size=3),
    size=st.sampled_from([16, 64, 2**22]),
    coded=st.sampled_from([1, 4, 2**8]),
)
def test_pieces_of_any_size_give_what_the_rows_say(tmp_path_factory, columns, size, coded):
    """Text as it was written, and numbers where the careful road finds the same ones."""
    text = io.StringIO(newline="")
    names = [f"c{j}" for j in range(len(columns))]
    csv.writer(text).writerows([names, *zip(*columns, strict=True)])
    path = tmp_path_factory.mktemp("law") / "t.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "BYTES", size)
        patch.setattr(pieces, "MOST_CODED", coded)
        table = read_table(path)
        for name, written in zip(table.names, columns, strict=True):
            careful = Text.of(each.strip() for each in written)
            found = table.text(name)
            assert found.levels == careful.levels
            assert found.codes.tolist() == careful.codes.tolist()
            if isinstance(table.column(name), Numbers):
                wanted = text_to_numbers(careful)
                assert isinstance(wanted, Numbers)
                np.testing.assert_array_equal(table.column(name).values, wanted.values)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.floats(-(2.0**53), 2.0**53))
def test_a_plain_number_is_the_one_that_python_reads(number):
    """Also just below, between and just above what a float can hold."""
    import polars as pl

    middle = f"{number:.17g}5"
    found = pieces.plain_numbers(pl.Series([repr(number), f"{number:.17g}", middle]))
    if found is not None:
        assert found.tolist() == [number, number, float(middle)]


WAYS = {
    "whole": lambda x: f"{x:.0f}",
    "shortest": repr,
    "cents": lambda x: f"{x:.2f}",
    "powers": lambda x: f"{x:.8e}",
    "signs": lambda x: f"{x:+}",
    "blanks": lambda x: f" {x} ",
    "codes": lambda x: f"{abs(x):07.0f}",
}


def read_by(monkeypatch, size, coded, fewest=pieces.FEWEST_READ):
    """Let files be read by pieces of so many bytes, and so many values be kept as levels."""
    for name, number in (("BYTES", size), ("MOST_CODED", coded), ("FEWEST_READ", fewest)):
        monkeypatch.setattr(pieces, name, number)


def column_of(folder, written, separator, **settings):
    """Read a column of a file that is gone afterwards."""
    path = folder / "t.csv"
    rows = [("a", "b"), *((each, "x") for each in written)]
    path.write_text("".join(f"{separator.join(row)}\n" for row in rows))
    column = read_table(path, **settings).column("a")
    path.unlink()
    return column


@pytest.mark.parametrize("coded", [2, 2**8])
@pytest.mark.parametrize("size", [2**6, 2**22])
@pytest.mark.parametrize("way", WAYS)
def test_numbers_are_shown_as_they_are_written_without_the_file(
    tmp_path, monkeypatch, way, size, coded
):
    """Whether levels are kept or numbers, in one piece or many, and when the file is gone."""
    read_by(monkeypatch, size, coded)
    rng = np.random.default_rng(3)
    numbers = [0.0, -0.0, 1.5, 31.0, 31.0, *rng.normal(0, 90, 40).tolist(), 2.0**40, 1e-7]
    written = [WAYS[way](x) for x in numbers] + ["NA", "", "1.50", "1e3", ".5", "NA"]
    column = column_of(tmp_path, written, ",")
    texts = [each.strip() for each in written]
    shown = column if isinstance(column, Text) else column.text
    assert [shown.value(row) for row in range(len(texts))] == texts
    assert shown.levels == tuple(dict.fromkeys(texts))
    assert isinstance(column, Text) == (way == "codes")
    if isinstance(column, Numbers):
        wanted = [parse_number(each) for each in texts]
        np.testing.assert_array_equal(column.values, np.array(wanted, dtype=float))


AMOUNTS = {
    "dollars": lambda x: f"${x:,.2f}",
    "euros": lambda x: f"{x:,.2f}".translate(str.maketrans(",.", ".,")) + " €",
    "thousands": lambda x: f"{x:,.2f}",  # plain until the first from a thousand on
    "percent": lambda x: f"{x:.2f}%",
    "commas": lambda x: f"{x:.2f}".replace(".", ","),
}


@pytest.mark.parametrize("coded", [2, 2**8])
@pytest.mark.parametrize("size", [2**6, 2**22])
@pytest.mark.parametrize("way", AMOUNTS)
def test_amounts_are_read_by_pieces_and_shown_as_they_are_written(
    tmp_path, monkeypatch, way, size, coded
):
    """Whether levels are kept or numbers, in one piece or many, and when the file is gone."""
    read_by(monkeypatch, size, coded, fewest=1)
    numbers = [*(k / 4 for k in range(60)), 3.5, 3.5, 1344.91, 1200.5, 5_000_000.25]
    written = [AMOUNTS[way](x) for x in numbers]
    rows = [*written, "999", "", "NA"]  # the code of a gap is no amount
    column = column_of(tmp_path, rows, ";", na=["default", "999"])
    assert isinstance(column, Numbers)
    assert column.format is not None
    np.testing.assert_array_equal(column.values, [*numbers, np.nan, np.nan, np.nan])
    assert [column.value(row) for row in range(len(rows))] == rows
    assert column.levels == tuple(dict.fromkeys(rows))
    part = column.take(np.array([62, 0]))
    assert part.values.tolist() == [1344.91, 0]
    assert [part.value(0), part.value(1)] == [written[62], written[0]]


def test_amounts_that_a_float_would_round_stay_text_in_pieces_too(tmp_path, monkeypatch):
    read_by(monkeypatch, 2**6, 2, fewest=1)
    written = [*(f"${k},000" for k in range(1, 60)), "$9007199254740993", f"${10**30}", "$1,000"]
    column = column_of(tmp_path, written, ";")
    assert isinstance(column, Text)
    assert [column.value(row) for row in range(len(written))] == written


@pytest.mark.parametrize("size", [2**6, 2**22])
def test_a_word_below_many_numbers_makes_all_of_them_text(tmp_path, monkeypatch, size):
    monkeypatch.setattr(pieces, "BYTES", size)
    written = [*(f"{k / 8:.3f}" for k in range(500)), "many", "1.500"]
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "".join(f"{each},x\n" for each in written))
    column = read_table(path).column("a")
    assert isinstance(column, Text)
    assert [column.value(row) for row in range(len(written))] == written


def test_a_file_that_is_written_to_while_it_is_read_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,x\n2,y\n")
    read = reading.read_pieces

    def slowly(body):
        with path.open("a") as file:
            file.write("3,x\n")
        return read(body)

    monkeypatch.setattr(reading, "read_pieces", slowly)
    with pytest.raises(TableError, match="has changed while it was read; read it when it is com"):
        read_table(path)


def test_a_file_is_never_in_memory_as_a_whole(tmp_path, monkeypatch):
    """Not while it is read, and not after: how its numbers are written needs no more than they."""
    monkeypatch.setattr(pieces, "BYTES", 2**16)
    monkeypatch.setattr(file_bytes, "PIECE", 2**16)
    path, n = tmp_path / "t.csv", 100_000
    numbers = np.random.default_rng(0).normal(size=n).tolist()
    lines = [f"{x!r},{round(x, 2)},{k % 90},place {k % 9}" for k, x in enumerate(numbers)]
    path.write_text("a,b,c,d\n" + "\n".join(lines))
    read_table(path)  # imports
    tracemalloc.start()
    try:
        table = read_table(path)
        kept, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    size = path.stat().st_size
    assert table.names == ("a", "b", "c", "d")
    assert kept < 0.75 * size
    assert most < size


@pytest.mark.parametrize(
    ("rows", "whole"),
    [
        (b"1,2\n3,4\n", True),
        (b'"a","b"\n1,2\n', True),
        (b'"a,b","c\nd"\n1,2', True),
        (b'"say ""no""",2\r\n1,2\r\n', True),
        (b"1,2\n3\n", False),
        (b"1,2\n\n3,4\n", False),
        (b'5" pipe,2\n1,2\n', False),
        (b'"x"y,2\n', False),
        (b'1,"2\n3,4\n', False),
    ],
)
@pytest.mark.parametrize("size", [4, 2**22])
def test_a_file_is_cut_only_where_its_rows_are_whole(monkeypatch, rows, whole, size):
    monkeypatch.setattr(pieces, "BYTES", size)
    body = pieces.cut(rows, 0, ",", 2)
    assert (body is not None) == whole
    if body is not None:
        assert body.n_rows == 2


def test_what_is_done_at_a_time_is_neither_a_handful_nor_all():
    """Of a handful Python's share of the work would count, and of all the memory."""
    from glasslogit.inputs import arrays
    from glasslogit.tables import file_bytes, survey
    from glasslogit.tables.encoding import formula, rules

    for size in (
        *(pieces.BYTES, file_bytes.PIECE, file_bytes.HEADER_BYTES, arrays.CHUNK),
        *(survey.ROWS_COMPARED, rules.FILLED_TOGETHER, formula.ROWS_AT_ONCE),
    ):
        assert 2**12 <= size <= 2**24
    body = pieces.cut(b"1,2\n" * (3 * pieces.BYTES // 8), 0, ",", 2)
    assert body.cuts == (0, pieces.BYTES, 3 * pieces.BYTES // 2 - 1)  # the last has no line end
    assert body.n_rows == 3 * pieces.BYTES // 8
    assert body != replace(body)  # nobody compares megabytes


@pytest.mark.parametrize(
    ("values", "numbers"), [(range(10), True), ([1, 2, 3, 4, 5] * 2, False), ([1, 2, 3], True)]
)
def test_numbers_that_hardly_repeat_in_a_first_piece_are_never_kept_as_levels(values, numbers):
    """Half as many of them as rows is hardly; a piece may be shorter than the levels a byte has."""
    polars = pytest.importorskip("polars")
    column = pieces.ColumnSoFar(100, frozenset())
    column.take(polars.Series([str(value) for value in values]))
    assert (column.numbers is not None) is numbers
