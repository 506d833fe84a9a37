"""Reading by pieces: what polars reads of whole columns is what the csv module reads by rows."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glasslogit.tables import pieces, read_table
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


@given(columns=st.lists(column, min_size=2, max_size=3), size=st.sampled_from([16, 64, 2**22]))
def test_pieces_of_any_size_give_what_the_rows_say(tmp_path_factory, columns, size):
    """Text as it was written, and numbers where the careful road finds the same ones."""
    text = io.StringIO(newline="")
    names = [f"c{j}" for j in range(len(columns))]
    csv.writer(text).writerows([names, *zip(*columns, strict=True)])
    path = tmp_path_factory.mktemp("law") / "t.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "BYTES", size)
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


@pytest.mark.parametrize("written", [["1.50", "2"], ["1e3", "+5"], ["0", ".5"], ["1", "NA"]])
def test_plain_numbers_are_never_a_text_for_each_row(tmp_path, written, monkeypatch):
    """They are parsed as a column, and their text is read when it is asked for."""
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "".join(f"{each},x\n" for each in written))
    asked = []
    read = pieces.read_texts
    monkeypatch.setattr(pieces, "read_texts", lambda *a: asked.append(a) or read(*a))
    column = read_table(path).column("a")
    assert isinstance(column, Numbers)
    assert not asked
    wanted = [parse_number(each) for each in written]
    np.testing.assert_array_equal(column.values, np.array(wanted, dtype=float))
    assert column.text.levels == tuple(written)
    assert asked


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
    from glasslogit.tables import reading, survey
    from glasslogit.tables.encoding import formula, rules

    for size in (
        *(pieces.BYTES, reading.PIECE, reading.HEADER_BYTES, arrays.CHUNK),
        *(survey.ROWS_COMPARED, rules.FILLED_TOGETHER, formula.ROWS_AT_ONCE),
    ):
        assert 2**12 <= size <= 2**24
    body = pieces.cut(b"1,2\n" * (3 * pieces.BYTES // 8), 0, ",", 2)
    assert body.cuts == (0, pieces.BYTES, 3 * pieces.BYTES // 2 - 1)  # the last has no line end
    assert body.n_rows == 3 * pieces.BYTES // 8
    assert body != replace(body)  # nobody compares megabytes
