"""Reading a CSV: what was written comes back as text, and every fault is one line with a remedy."""

import csv
import gzip
import io
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glasslogit.errors import MissingExtraError, TableError
from glasslogit.tables import Table, read_table, shorten


def write(tmp_path, data, name="t.csv"):
    """Put bytes or text in a file and return its path."""
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def rows_of(table):
    """The rows of a table, as lists of text."""
    columns = [[c.levels[code] for code in c.codes] for c in table.columns.values()]
    return [list(row) for row in zip(*columns, strict=True)]


def fault(path):
    """The message with which a file is refused; always one line that starts with its name."""
    with pytest.raises(TableError) as caught:
        read_table(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


# Text that a CSV file can hold: no lone surrogates, which are not UTF-8.
cells = st.text(st.characters(codec="utf-8"), max_size=6)


@given(
    names=st.lists(cells.filter(str.strip), min_size=2, max_size=4, unique_by=str.strip),
    rows=st.data(),
)
def test_what_was_written_is_read_back(tmp_path_factory, names, rows):
    body = rows.draw(st.lists(st.lists(cells, min_size=len(names), max_size=len(names))))
    body.append(["1"] * len(names))  # text alone in the last one would be a footer
    text = io.StringIO(newline="")
    csv.writer(text).writerows([names, *body])
    path = tmp_path_factory.mktemp("law") / "t.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    table = read_table(path)
    assert table.names == tuple(name.strip() for name in names)
    assert rows_of(table) == [[cell.strip() for cell in row] for row in body]


def test_blanks_around_a_field_are_no_part_of_it(tmp_path):
    text = 'a , b\nyes ,"yes"\n yes," yes\t"\n" ",  \n'
    table = read_table(write(tmp_path, text))
    assert table.names == ("a", "b")
    assert rows_of(table) == [["yes", "yes"], ["yes", "yes"], ["", ""]]
    assert table.column("a").levels == ("yes", "")


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,x\n2,y\n",
        "a,b\r\n1,x\r\n2,y\r\n",
        "a,b\r1,x\r2,y",
        "a,b\n1,x\n2,y\n\n\n",
        "\ufeffa,b\n1,x\n2,y",
    ],
)
def test_line_ends_and_byte_order_marks_do_not_matter(tmp_path, text):
    table = read_table(write(tmp_path, text))
    assert table.names == ("a", "b")
    assert rows_of(table) == [["1", "x"], ["2", "y"]]


def test_nothing_is_converted_in_silence(tmp_path):
    table = read_table(write(tmp_path, "a,b\n007,NA\n1e3, 2 \n,true\n"))
    assert rows_of(table) == [["007", "NA"], ["1e3", "2"], ["", "true"]]


def test_a_compressed_file_is_the_same_table(tmp_path):
    plain = read_table(write(tmp_path, "a,b\n1,2\n"))
    packed = read_table(write(tmp_path, gzip.compress(b"a,b\n1,2\n"), "t.csv.gz"))
    assert rows_of(plain) == rows_of(packed)


def test_one_column_keeps_its_empty_rows(tmp_path):
    assert rows_of(read_table(write(tmp_path, "a\n1\n\n3\n"))) == [["1"], [""], ["3"]]
    assert rows_of(read_table(write(tmp_path, 'a\n"1"\n\n3\n'))) == [["1"], [""], ["3"]]


def test_a_quote_inside_a_field_is_text(tmp_path):
    assert rows_of(read_table(write(tmp_path, 'a,b\n5" pipe,2\nx,3\n'))) == [
        ['5" pipe', "2"],
        ["x", "3"],
    ]


@pytest.mark.parametrize(
    ("data", "parts"),
    [
        (b"", ["is empty", "header"]),
        (b"\n \n", ["is empty"]),
        (b"a,b\n", ["no rows", "add rows"]),
        (b"a,b", ["no rows"]),
        (b"a,b\n1,2\n3,4,5\n6,7\n", ["row 3 has 3 fields where the header has 2", "quotes"]),
        (b"a,b,c\n1,2,3\n4,5\n6,7,8\n", ["row 3 has 2 fields where the header has 3", "comma"]),
        (b"a,b,c\n1,2,3,4\n5,6\n7,8,9\n", ["row 2 has 4 fields"]),
        (b"x,a,y\n1,1,p\n1,2\n1,3,q\n1,6,q,\n", ["row 3 has 2 fields where the header has 3"]),
        (b"x,a,y\n1,1,p\n1,6,q,\n1,2\n", ["row 3 has 4 fields where the header has 3"]),
        (b'a,b\n"x\ny",1\n2\n', ["row 3 has 1 field where the header has 2"]),
        (b"a,b\n1,2\n\n3,4\n", ["row 3 is blank", "delete"]),
        (b"\na,b\n1,2\n", ["row 1 is blank"]),
        (b"a,b\n1,2\ncaf\xe9,4\n", ["line 3", "0xe9", "UTF-8", "'café,4'", "encoding='cp1252'"]),
        (b'a,b\n1,2\n"x,4\n5,6\n', ["row 3", "quotes"]),
        (b'a,b\n"x"y,2\n', ["row 2", "quotes"]),
        (b'"a,b\n1,2\n', ["row 1", "quotes"]),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-5], ["gzip", "cut-off"]),
    ],
)
def test_a_bad_file_is_refused_in_one_line(tmp_path, data, parts):
    message = fault(write(tmp_path, data))
    for part in parts:
        assert part in message


def test_a_field_beyond_the_limit_is_refused(tmp_path):
    assert "quotes" in fault(write(tmp_path, b'a,b\n1,"' + b"x" * 200_000 + b"\n3,4\n"))
    assert "quotes" in fault(write(tmp_path, b'"' + b"x" * 200_000 + b"\n3,4\n"))


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    assert "no such file" in fault(tmp_path / "none.csv")
    assert "folder" in fault(tmp_path)
    assert "cannot be read" in fault(write(tmp_path, "a,b\n1,2\n") / "below")


def test_a_missing_column_names_the_likely_one():
    table = Table.of({"income": ["1"], "age": ["2"]}, source="people.csv")
    with pytest.raises(
        TableError,
        match=r"people.csv: no column 'incme'; did you mean 'income'\? columns: income, age",
    ):
        table.column("incme")
    with pytest.raises(TableError, match="no column 'zzz'; columns: income"):
        table.column("zzz")


def test_long_lists_are_cut():
    assert shorten([str(i) for i in range(25)]).endswith("19 and 5 more")


def test_without_polars_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(
        MissingExtraError, match=r"polars is not installed; run: pip install 'glasslogit\[cli\]'"
    ):
        read_table(write(tmp_path, "a,b\n1,2\n"))


def test_importing_tables_does_not_import_polars():
    code = "import glasslogit.tables, sys; sys.exit('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_packed_file_that_would_fill_the_memory_is_refused_early(tmp_path, monkeypatch):
    """Before it is unpacked as a whole; one that is packed as tables are is read."""
    monkeypatch.setattr("glasslogit.tables.reading.UNPACKED", 2**16)
    path = tmp_path / "t.csv.gz"
    row = b"1,2\n" * 2**10
    path.write_bytes(gzip.compress(b"a,b\n" + row * 2**12))
    read = []
    file = gzip.GzipFile.read
    monkeypatch.setattr(gzip.GzipFile, "read", lambda *a: read.append(file(*a)) or read[-1])
    with pytest.raises(TableError, match="unpacks to more than 100 times its size"):
        read_table(path)
    assert sum(map(len, read)) < 4 * 2**20
    numbers = "\n".join(f"{i},{i * i}" for i in range(5000))
    path.write_bytes(gzip.compress(f"a,b\n{numbers}".encode()))
    assert read_table(path).n_rows == 5000


@pytest.mark.parametrize("bad_rows", ["error", "blank"])
@pytest.mark.parametrize(("good", "bad"), [(0, 1), (1, 1), (9, 1), (9, 3), (1, 9), (0, 9)])
def test_an_encoding_is_proposed_only_where_it_spoils_no_other_line(tmp_path, good, bad, bad_rows):
    """A file whose other lines are UTF-8 has a bad byte, and is not in another encoding."""
    lines = [b"town,y", b"Basel,no"]
    lines += ["Zürich,yes".encode()] * good + ["Köln,no".encode("latin-1")] * bad
    path = write(tmp_path, b"\n".join(lines) + b"\n")
    if bad_rows == "error":
        said = fault(path)
        assert f"line {3 + good} " in said
    else:
        said = read_table(path, bad_rows="blank").unreadable[3 + good].remedy
    assert ("encoding='cp1252'" in said) == (bad > good)
    if bad <= good:
        assert "correct this line" in said
        assert f"{good} other line" in said


@pytest.mark.parametrize("blank", [1, 2, 7])
def test_all_blank_rows_are_told_at_once(tmp_path, blank):
    lines = ["a,b", *["1,2", ""] * blank, "3,4"]
    said = fault(write(tmp_path, "\n".join(lines) + "\n"))
    more = {1: "; delete it", 2: ", and 1 more row is; delete them"}
    assert said == "row 3 is blank" + more.get(
        blank, f", and {blank - 1} more rows are; delete them"
    )
