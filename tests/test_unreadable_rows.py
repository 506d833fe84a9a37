"""One row that cannot be read stops no other: it has no probability, and the reason is told."""

import csv
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glasslogit import LogisticRegression, cli, predict_rows
from glasslogit.errors import TableError
from glasslogit.tables import TableEncoder, read_table, reading
from glasslogit.tables.pieces import cut

pytest.importorskip("polars", reason="files are read with polars")
pytest.importorskip("typer")

RNG = np.random.default_rng(0)
ROWS = [
    [str(age), town, f"{pay:.2f}", "yes" if age + 20 * noise > 50 else "no"]
    for age, town, pay, noise in zip(
        RNG.integers(18, 80, 60),
        RNG.choice(["Ghent", "Ypres", "Liège"], 60),
        RNG.random(60) * 100,
        RNG.normal(size=60),
        strict=True,
    )
]
NAMES = ["age", "town", "pay", "left"]
# A line, and what is wrong with it; ; stands for the separator.
BAD = {
    "blank": (b"", "is blank"),
    "blanks": (b"  ", "is blank"),
    "short": (b"31;Ghent", "has 2 fields where the header has 4"),
    "one field": (b"31", "has 1 field where the header has 4"),
    "long": (b"31;Ghent;1.5;no;1;2", "has 6 fields where the header has 4"),
    "another encoding": (b"31;Li\xe8ge;1.5;no", "is not UTF-8 text"),
    "half a character": (b"31;Li\xc3;1.5;no", "is not UTF-8 text"),
    "an open quote": (b'31;"Ghent;1.5;no', "cannot be split into fields"),
    "a quote inside": (b'31;"Gh"ent;1.5;no', "cannot be split into fields"),
}


def lines_of(sep=",", rows=ROWS):
    return [sep.join(fields).encode() for fields in [NAMES, *rows]]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    (folder / "t.csv").write_bytes(b"\n".join(lines_of()) + b"\n")
    fit = ["fit", str(folder / "t.csv"), "--target=left", f"--model={folder / 'm.json'}"]
    assert cli.run([*fit, "--test-size=0"]) == 0
    return folder


def predicted(folder, capsys, name):
    """The lines that `predict` writes, and what it says."""
    capsys.readouterr()
    assert cli.run(["predict", str(folder / "m.json"), str(name)]) == 0
    out, err = capsys.readouterr()
    return list(csv.reader(out.splitlines())), " ".join(err.split())


@pytest.mark.parametrize("sep", [",", ";"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("case", BAD)
def test_a_bad_row_stops_no_other(trained, tmp_path, capsys, case, end, sep):
    bad, problem = BAD[case]
    lines = lines_of(sep)
    good, path = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(end.join(lines) + end)
    path.write_bytes(end.join([*lines[:7], bad.replace(b";", sep.encode()), *lines[7:]]) + end)
    want, _ = predicted(trained, capsys, good)
    found, said = predicted(trained, capsys, path)
    assert found[7] == ["8", "", "", f"the row {problem}"]
    assert [row[1:] for row in found[:7] + found[8:]] == [row[1:] for row in want]
    assert [int(row[0]) for row in found[1:]] == [*range(2, 63)]
    assert f"1 row has no probability: the row {problem} in 1" in said
    assert cli.run(["evaluate", str(trained / "m.json"), str(path)]) == 0
    assert "60 rows" in capsys.readouterr().out
    explain = ["explain", str(trained / "m.json"), str(path)]
    assert cli.run([*explain, "--row=9"]) == 0
    assert cli.run([*explain, "--row=8"]) == 1
    assert f"row 8 has no probability to explain: the row {problem}; " in capsys.readouterr().err
    assert cli.run(["fit", str(path), "--target=left"]) == 1
    assert re.search(r"(row|line) 8 ", capsys.readouterr().err)


@pytest.mark.parametrize(
    "asked",
    [["--target=left"], ["--target=left", "--weights=pay"], ["--target=events", "--trials=tries"]],
)
def test_a_row_that_cannot_be_read_is_left_out_once(tmp_path, capsys, asked):
    """That its line has no target or weight either is nothing more to be told."""
    path, model = tmp_path / "t.csv", str(tmp_path / "m.json")
    head, *rows = [line.decode() for line in lines_of()]
    rows = [f"{row},{k % 4},3" for k, row in enumerate(rows)]
    head = f"{head},events,tries"
    path.write_text("\n".join([head, *rows]))
    drops = [f"--drop={name}" for name in ("left", "events", "tries") if name not in str(asked)]
    assert cli.run(["fit", str(path), "--test-size=0", f"--model={model}", *asked, *drops]) == 0
    path.write_text("\n".join([head, "31", "", *rows, '"31', "31,Ghent,,,,", "31,Ghent,,,,"]))
    capsys.readouterr()
    assert cli.run(["evaluate", model, str(path), "--strict"]) == 1
    out, err = (" ".join(each.split()) for each in capsys.readouterr())
    measured = "180 trials" if "--trials=tries" in asked else "60 rows"
    assert measured in out
    assert "3 rows have no probability" in out.replace("5 rows have", "3 rows have"), out
    assert {*re.findall(r"(\d+) rows? without", f"{out} {err}")} <= {"2", "3", "5"}
    others = re.search(r"(?<!\d)2 rows without (left|events|a count)", out)
    assert (others is not None) == ("--weights=pay" in asked), out  # else pay is missing there too


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from([*BAD])), min_size=1, max_size=9))
def test_other_rows_are_read_as_if_it_were_not_there(tmp_path_factory, found):
    """Bad rows in any places: what `read_table` gives of the others is what stands there."""
    path = tmp_path_factory.mktemp("bad") / "t.csv"
    marked = [(place, BAD[case][0].replace(b";", b",")) for place, case in sorted(found)]
    lines = lines_of()
    for place, bad in reversed(marked):
        lines.insert(place + 1, bad)
    last = max((k for k, line in enumerate(lines) if line.strip(b"\r\n")), default=0)
    path.write_bytes(b"\n".join(lines[: last + 1]) + b"\n")
    table = read_table(path, bad_rows="blank")
    assert table.n_rows == last
    places = np.flatnonzero(~np.isin(table.numbers, [*table.unreadable]))
    assert [[table.column(name).value(k) for name in NAMES] for k in places] == ROWS
    assert len(table.unreadable) == last - len(ROWS)
    if table.unreadable:
        with pytest.raises(TableError):
            read_table(path)


@pytest.mark.parametrize("bad_rows", ["error", "blank"])
def test_a_file_without_bad_rows_is_cut_once(tmp_path, monkeypatch, bad_rows):
    found = []
    monkeypatch.setattr(reading, "cut", lambda *given: found.append(cut(*given)) or found[-1])
    path = tmp_path / "t.csv"
    path.write_bytes(b"\n".join(lines_of()))
    table = read_table(path, bad_rows=bad_rows)
    assert [body.n_rows for body in found] == [len(ROWS)] == [table.n_rows]


def test_a_named_encoding_is_kept_too(tmp_path):
    lines = [line.decode().encode("cp1252") for line in lines_of()]
    lines.insert(7, b"31,\x81,1.5,no")  # no letter of cp1252
    path = tmp_path / "t.csv"
    path.write_bytes(b"\n".join(lines))
    table = read_table(path, encoding="cp1252", bad_rows="blank")
    assert {row: why.what for row, why in table.unreadable.items()} == {
        8: "is no text in the encoding cp1252"
    }
    assert table.column("town").value(5) == ROWS[5][1]
    with pytest.raises(TableError, match="line 8 is no text in the encoding cp1252"):
        read_table(path, encoding="cp1252")


def test_python_predicts_the_other_rows(tmp_path):
    path = tmp_path / "t.csv"
    lines = lines_of()
    path.write_bytes(b"\n".join(lines))
    model = LogisticRegression(encoder=TableEncoder()).fit(read_table(path), "left")
    path.write_bytes(b"\n".join([*lines[:3], b"31", b"", *lines[3:]]))
    table = read_table(path, bad_rows="blank")
    rows = predict_rows(model, table)
    assert rows.counts == {"the row has 1 field where the header has 4": 1, "the row is blank": 1}
    assert np.flatnonzero(~rows.known).tolist() == [2, 3]
    rest = table.take(np.flatnonzero(rows.known))
    assert predict_rows(model, rest).known.all()
    with pytest.raises(TableError, match=r"row 4: the row has 1 field where .*; an empty field"):
        model.predict_proba(table)


def test_where_no_row_can_be_read_the_file_is_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1\n2\n")
    with pytest.raises(TableError, match="row 2 has 1 field where the header has 2"):
        read_table(path, bad_rows="blank")


def test_what_becomes_of_bad_rows_is_one_of_two(tmp_path):
    with pytest.raises(ValueError, match="bad_rows='skip' is not valid; give 'error' or 'blank'"):
        read_table(tmp_path / "t.csv", bad_rows="skip")


def test_a_header_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,\xe9\n1,2\n2,3\n")
    with pytest.raises(TableError, match="line 1 is not UTF-8 text"):
        read_table(path, bad_rows="blank")
