"""Laws of the parts by which a file is read: its head, its shapes, and the codes of its levels."""

import numpy as np
import pytest

from glasslogit.inputs.classes import place_labels
from glasslogit.tables.column import Text
from glasslogit.tables.fields import NA
from glasslogit.tables.frame_text import with_blank
from glasslogit.tables.inspected_columns import counted_values, distinct_values
from glasslogit.tables.layout import recognise

pl = pytest.importorskip("polars", reason="files are read with polars")

from glasslogit.tables import careful, pieces, series  # noqa: E402
from glasslogit.tables.series import joined_levels, may_be_numbers, number_levels  # noqa: E402

ROADS = {
    "number_levels": lambda n: number_levels(pl.Series(names(n)), {}),
    "joined_levels": lambda n: joined_levels(numbered(n), [np.arange(n)], NA).codes,
    "with_blank": lambda n: with_blank(names(n), np.arange(n), ranked=False).codes,
    "sorted": lambda n: Text(names(n), np.arange(n)).sorted()[1],
    "counted_values": lambda n: counted_values(np.arange(n), 0, n - 1)[1],
    "distinct_values": lambda n: distinct_values(np.arange(n) / 2)[1],
    "place_labels": lambda n: place_labels(np.arange(n), np.arange(n))[0],
}


def names(n: int) -> tuple[str, ...]:
    return tuple(f"{k:06}" for k in range(n))


def numbered(n: int) -> dict[str, int]:
    return {name: k for k, name in enumerate(names(n))}


@pytest.mark.parametrize(
    ("levels", "wanted"),
    [(1, "u1"), (255, "u1"), (256, "u1"), (257, "u2"), (2**16, "u2"), (2**16 + 1, "u4")],
)
@pytest.mark.parametrize("road", ROADS)
def test_codes_take_as_few_bytes_as_hold_them(road: str, levels: int, wanted: str) -> None:
    """A byte a row of up to 256 levels: the codes are most of what a table holds."""
    codes = ROADS[road](levels)
    assert codes.dtype == wanted
    np.testing.assert_array_equal(codes, np.arange(levels))


def test_a_blank_level_is_one_more() -> None:
    for levels, wanted in ((255, "u1"), (256, "u2")):
        codes = with_blank(names(levels), np.array([-1, levels - 1]), ranked=False).codes
        assert codes.dtype == wanted
        assert codes.tolist() == [levels, levels - 1]


@pytest.mark.parametrize("blank", ["", "NA", " "])
@pytest.mark.parametrize(
    ("later", "numbers"), [("$1,200.50", True), ("12%", True), ("x", False), ("", False)]
)
def test_what_a_column_may_be_is_told_by_the_first_values_that_are_there(
    blank: str, later: str, numbers: bool
) -> None:
    for gaps in (0, series.VALUES_SEEN - 1, series.VALUES_SEEN, series.VALUES_SEEN + 1):
        assert may_be_numbers(pl.Series([blank] * gaps + [later]), NA) == numbers


@pytest.mark.parametrize(
    ("parts", "shapes"),
    [
        (["", "$1,200.50", "$3", "$0.5"], {"$1,111.11", "$1", "$0.1"}),
        (["NA", "", "7 %"], {"1 %"}),
        (["$5", "five", "$1,200.50"], set()),
        (["five", "$5", "$6"], set()),
        (["$5", "6 %"], set()),
        (["", "NA"], set()),
    ],
)
def test_shapes_are_those_of_numbers_in_every_piece_or_none(
    parts: list[str], shapes: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A column in which a value is no number is not looked at in the pieces that follow."""
    rows = [f'w;"{part}";"1,5"\n'.encode() for part in parts]
    cuts = tuple(np.cumsum([0, *map(len, rows)]).tolist())
    body = pieces.Body(b"".join(rows), cuts, ";", 3, len(rows))
    looked, look = list[str](), pieces.series_shapes
    monkeypatch.setattr(
        pieces, "series_shapes", lambda each, na: looked.extend(each) or look(each, na)
    )
    assert pieces.read_shapes(body, [2, 1]) == {1: shapes, 2: {"1,1"}}
    words = [k for k, part in enumerate(parts) if part == "five"]
    assert [each for each in looked if each != "1,5"] == parts[: words[0] + 1 if words else None]
    assert pieces.read_shapes(body, []) == {}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("above", [[], ["Export 2024"], ["Export 2024", ""]])
def test_a_head_is_read_alike_whatever_ends_its_lines(end: str, above: list[str]) -> None:
    """The header ends where the rows begin, and a line end in quotes is part of a name."""
    for names_row in ("a;b", f'"a{end}c";b'):
        head = end.join([*above, names_row, "1,5;x", "3,4;y", "5;z", ""])
        layout = recognise("t.csv", head)
        assert layout.separator == ";"
        assert layout.names == (names_row.replace('"', "").split(";")[0], "b")
        assert layout.header == len(above) + 1
        assert head[layout.end :].startswith("1,5;x")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_careful_road_ends_rows_as_the_head_does(end: str) -> None:
    """A file may end some of its lines in another way than others, where two were joined."""
    text = end.join(["a,b", '1,5" pipe', f'2,"two{end}lines"', "3,x"]) + end
    layout = recognise("t.csv", text)
    rows = [*careful._careful_rows("t.csv", text, layout)]
    assert rows == [["1", '5" pipe'], ["2", f"two{end}lines"], ["3", "x"]]
    mixed = [*careful._careful_rows("t.csv", text + "4,y\n5,z\r6,w\r\n", layout)]
    assert mixed == [*rows, ["4", "y"], ["5", "z"], ["6", "w"]]
