"""The work that a file makes, counted: what is known of a column once is not found out again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from glasslogit.tables.column import Numbers, Text, Times

pytest.importorskip("polars", reason="files are read with polars")
pytest.importorskip("typer", reason="the command line needs it")

N = 3000
TOWNS = ["Antwerp", "Bruges", "Ghent"]


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A file of numbers with digits, whole numbers and texts; none is missing."""
    rng = np.random.default_rng(0)
    size, age, town = rng.normal(size=N).tolist(), rng.integers(18, 90, N), rng.integers(0, 3, N)
    leaves = rng.random(N) < 1 / (1 + np.exp(-np.array(size)))
    rows = zip(size, age.tolist(), town.tolist(), leaves.tolist(), strict=True)
    lines = [f"{a!r},{b},{TOWNS[c]},{'leaves' if y else 'stays'}" for a, b, c, y in rows]
    path = tmp_path / "people.csv"
    path.write_text("\n".join(["size,age,town,y", *lines]))
    return path


@pytest.fixture
def fit(people: Path) -> Callable[[], None]:
    """`glasslogit fit` on the file."""
    from glasslogit.cli.commands import call

    def run() -> None:
        assert call(["fit", str(people), "--target", "y"]) == (0, "")

    return run


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a small file be read, and its rows be made, in as many pieces as those of a large one."""
    from glasslogit.tables import file_bytes, pieces
    from glasslogit.tables.encoding import encoded

    monkeypatch.setattr(pieces, "BYTES", 2**12)
    monkeypatch.setattr(file_bytes, "PIECE", 2**12)
    monkeypatch.setattr(encoded, "MADE_AT_ONCE", 0)


def spied(monkeypatch: pytest.MonkeyPatch, place: Any, name: str, see: Callable[..., None]) -> None:
    """Let `see` look at the arguments and the answer of a function."""
    known = getattr(place, name)

    def watched(*given: Any, **named: Any) -> Any:
        answer = known(*given, **named)
        see(answer, *given, **named)
        return answer

    monkeypatch.setattr(place, name, watched)


@pytest.mark.usefixtures("small_blocks")
def test_where_no_level_is_missing_no_row_is_looked_at_for_it(
    fit: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from glasslogit.tables import column

    rows = []
    spied(monkeypatch, column, "in_rows", lambda found, *_: rows.append(found.strides))
    fit()
    assert rows
    assert {*rows} == {(0,)}


@pytest.mark.parametrize("kind", ["text", "numbers", "few numbers", "times"])
def test_of_a_column_whose_first_rows_differ_the_others_are_not_looked_at(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from glasslogit.tables import survey

    monkeypatch.setattr(survey, "ROWS_COMPARED", 10)
    numbers = np.arange(1000) % 7
    column: Any = {
        "text": Text(tuple("abcdefg"), numbers),
        "numbers": Numbers(numbers / 2),
        "few numbers": Numbers(numbers, distinct=np.arange(7.0)),
        "times": Times(numbers / 2),
    }[kind]
    seen = []
    spied(monkeypatch, type(column), "take", lambda part, *_: seen.append(len(part)))
    assert survey.same_value(column) == ""
    assert sum(seen) == 20
    assert survey.same_value(column.take(np.full(50, 3)))


@pytest.mark.usefixtures("small_blocks")
def test_the_labels_of_a_file_are_told_apart_by_their_levels(
    fit: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No text of a training row is compared: a class is a level of the column already."""
    from glasslogit.inputs import classes

    texts = []

    def see(_: Any, labels: Any, *__: Any) -> None:
        texts.append(len(labels) if labels.dtype.kind == "U" else 0)

    spied(monkeypatch, classes, "place_labels", see)
    fit()
    assert texts
    assert max(texts) <= 0.2 * N


def test_labels_that_are_taken_hold_the_classes_that_are_there() -> None:
    from glasslogit.inputs import LazyLabels, number_all

    rng = np.random.default_rng(1)
    levels = np.array(["pear", "apple", "", "fig"])
    labels = LazyLabels(levels, rng.integers(0, 4, 60))
    for rows in (np.arange(60), np.arange(3), np.flatnonzero(labels.codes == 1), np.arange(0)):
        some = labels.take(rows)
        classes, codes = number_all(levels[labels.codes[rows]]) if len(rows) else (levels[:0], rows)
        np.testing.assert_array_equal(some.classes, classes)
        np.testing.assert_array_equal(some.codes, codes)


def test_rows_are_split_by_classes_as_by_labels() -> None:
    from glasslogit.evaluate import split_rows
    from glasslogit.inputs import LazyLabels

    labels = LazyLabels(np.array(["a", "b"]), np.arange(99) % 3 // 2)
    for one, other in zip(
        split_rows(99, 0.3, 5, labels), split_rows(99, 0.3, 5, np.asarray(labels)), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_the_classes_at_the_levels_of_a_column_are_counted_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many pairs of classes there are to put in order."""
    from glasslogit import inspect_data
    from glasslogit.tables.inspected_columns import CodedLabels

    rng = np.random.default_rng(2)
    y = np.repeat(np.arange(5), 40)
    X = pd.DataFrame({"order": y + rng.random(200) / 2, "chance": rng.random(200)})
    counts = []
    spied(monkeypatch, CodedLabels, "at_levels", lambda found, *_: counts.append(found.shape))
    assert [each.columns for each in inspect_data(X, y) if each.code == "leak"] == [("order",)]
    assert counts == [(200, 5)] * 2


@pytest.mark.usefixtures("small_blocks")
def test_the_names_of_columns_are_not_made_for_each_block(
    fit: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A block of X is as wide as its columns say, whatever their names are."""
    from glasslogit.sources import arrays
    from glasslogit.tables.encoding.columns import CategoryColumn

    asked, names = [0], CategoryColumn.feature_names.fget

    def counted(column: CategoryColumn) -> tuple[str, ...]:
        asked[0] += 1
        return names(column)

    monkeypatch.setattr(CategoryColumn, "feature_names", property(counted))
    times = []
    for most in (2**17, 1):
        monkeypatch.setattr(arrays, "DENSE_ENTRIES", most)
        asked[0] = 0
        fit()
        times.append(asked[0])
    assert times[0] == times[1] > 0


def test_no_median_is_taken_of_numbers_that_their_levels_tell_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from glasslogit import inspect_data
    from glasslogit.findings import Places

    rng = np.random.default_rng(3)
    age = rng.integers(18, 90, 300)
    size = rng.normal(size=300) * 1e-9 + (age > 50)
    X = pd.DataFrame({"age": age, "price": age / 100, "size": size})
    looked, places_of = [], Places.of

    def watched(x: Any) -> Places:
        looked.append(len(x))
        return places_of(x)

    monkeypatch.setattr(Places, "of", staticmethod(watched))
    inspect_data(X, rng.random(300) < 0.5)
    assert looked == [300]


def test_numbers_that_are_told_apart_by_their_levels_have_lost_no_digits() -> None:
    """However often each level is held; and where no digits are lost by far, that is seen."""
    from glasslogit.findings import Places, lost_digits, told_apart

    rng = np.random.default_rng(4)
    seen = set()
    for _ in range(2000):
        few = np.round(rng.normal(size=rng.integers(1, 5)) * 10.0 ** rng.uniform(0, 10))
        levels = np.unique([*few, few[0] + rng.integers(1, 9)])
        held = np.repeat(levels, rng.integers(1, 9, len(levels)))
        known, found = told_apart(levels), lost_digits("a", Places.of(held))
        seen.add((known, bool(found)))
    assert seen == {(True, False), (False, False), (False, True)}


def test_numbers_with_digits_are_not_written_as_whole_ones_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of a column with few whole numbers these alone are written a second time."""
    import polars as pl

    from glasslogit.tables import written

    values = np.arange(1000) / 8
    written_as: list[int] = []
    spied(monkeypatch, pl.Series, "cast", lambda text, *_, **__: written_as.append(len(text)))
    text = written.usual_text(values, point=False)
    assert text.to_list() == [f"{x:g}" for x in values]
    assert sorted(written_as) == [125, 1000]
