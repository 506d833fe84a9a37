"""Columns of Python objects: of one kind, with whatever a library puts where there is no value."""

import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

from glasslogit.errors import InputError
from glasslogit.tables import as_table
from glasslogit.tables.column import Times
from glasslogit.tables.frames import as_mixed_table, take_target

pl = pytest.importorskip("polars", reason="columns of polars hold objects, too")
pa = pytest.importorskip("pyarrow", reason="so do tables of Arrow")

NO_VALUE = [None, np.nan, np.float32("nan"), pd.NA, pd.NaT, Decimal("nan"), np.datetime64("NaT")]
DAY = dt.date(2020, 1, 1)
KINDS: dict[str, tuple[list[Any], list[str]]] = {
    "text": (["u", "v"], ["u", "v"]),
    "numbers": ([1, 2.5], ["1", "2.5"]),
    "fractions": ([Fraction(1, 2), np.int8(3)], ["0.5", "3"]),
    "truths": ([True, np.False_], ["True", "False"]),
    "truths and numbers": ([True, 0.5], ["1", "0.5"]),
}
TIMES: dict[str, tuple[list[Any], list[float], bool]] = {
    "dates": ([DAY, DAY + dt.timedelta(2)], [18262.0, 18264.0], False),
    "times": (
        [pd.Timestamp("2020-01-01T06").to_pydatetime(), np.datetime64("2020-01-03")],
        [18262.25, 18264.0],
        False,
    ),
    "durations": ([dt.timedelta(1), np.timedelta64(6, "h")], [1.0, 0.25], True),
}
HOLDERS = {
    "pandas": lambda values: pd.DataFrame({"a": pd.Series(values, dtype=object)}),
    "polars": lambda values: pl.DataFrame([pl.Series("a", values, dtype=pl.Object)]),
}


@pytest.mark.parametrize("gap", NO_VALUE, ids=repr)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("holder", HOLDERS)
def test_whatever_stands_for_no_value_is_missing(holder: str, kind: str, gap: Any) -> None:
    (one, other), (first, second) = KINDS[kind]
    for values, texts in (
        ([one, gap, other, one], [first, "", second, first]),
        ([gap, gap, other, one], ["", "", second, first]),
    ):
        table = as_table(HOLDERS[holder](values))
        assert table.column("a").gaps.tolist() == [each is gap for each in values]
        assert [table.text("a").value(row) for row in range(4)] == texts


@pytest.mark.parametrize("gap", NO_VALUE, ids=repr)
@pytest.mark.parametrize("kind", TIMES)
@pytest.mark.parametrize("holder", HOLDERS)
def test_times_among_which_some_are_missing_are_times(holder: str, kind: str, gap: Any) -> None:
    (one, other), (first, second), durations = TIMES[kind]
    column = as_table(HOLDERS[holder]([one, gap, other])).column("a")
    assert isinstance(column, Times)
    np.testing.assert_array_equal(column.values, [first, np.nan, second])
    assert column.durations == durations


@pytest.mark.parametrize("gap", NO_VALUE, ids=repr)
@pytest.mark.parametrize("holder", HOLDERS)
def test_text_among_numbers_may_be_missing_where_it_is_taken(holder: str, gap: Any) -> None:
    text = as_mixed_table(HOLDERS[holder]([1, gap, "x", 2.5])).text("a")
    assert text.gaps.tolist() == [False, True, False, False]
    assert [text.value(row) for row in range(4)] == ["1", "", "x", "2.5"]


@pytest.mark.parametrize("gap", NO_VALUE, ids=repr)
@pytest.mark.parametrize("holder", HOLDERS)
def test_a_column_of_no_values_is_missing_in_each_row(holder: str, gap: Any) -> None:
    assert as_table(HOLDERS[holder]([gap, gap])).column("a").gaps.tolist() == [True, True]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([None, 1, "old"], "row 2, column 'a': 'old' is text, but 1 in row 1 is a number"),
        (["old", None, 1], "row 2, column 'a': 1 is a number, but 'old' in row 0 is text"),
        ([DAY, "old"], "row 1, column 'a': 'old' is text, but datetime.date(2020, 1, 1) in row 0"),
        ([DAY, dt.timedelta(1)], "row 1, column 'a': datetime.timedelta(days=1) is a duration"),
        ([None, b"x"], "row 1, column 'a': b'x' is of type bytes; make the column all"),
        ([1, b"x"], "row 1, column 'a': b'x' is of type bytes, but 1 in row 0 is a number"),
        ([b"x", 1], "row 0, column 'a': b'x' is of type bytes; make the column all numbers"),
        ([None, np.array([1, 2])], "row 1, column 'a': array([1, 2]) is of type ndarray; make"),
        ([1, np.array([1, 2])], "row 1, column 'a': array([1, 2]) is of type ndarray, but 1 in"),
        ([None, 2**53 + 1], "9007199254740993 in row 1, column 'a', a whole number beyond 2⁵³"),
        ([None, -(2**53) - 1], "-9007199254740993 in row 1, column 'a', a whole number beyond"),
    ],
)
def test_a_column_of_several_kinds_is_refused_by_its_first_row_of_another(
    values: list[Any], said: str
) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        _ = as_table(HOLDERS["polars"](values)).column("a")


def test_whole_numbers_are_taken_as_far_as_they_are_exact() -> None:
    found = as_table(HOLDERS["polars"]([2**53, None, -(2**53)])).column("a")
    np.testing.assert_array_equal(found.values, [2.0**53, np.nan, -(2.0**53)])


@pytest.mark.parametrize(
    "labels", [["u", "v", "u"], ["u\0", "u", "v"], ["", "u", "u"], [True, False, True]], ids=repr
)
def test_labels_of_a_frame_are_the_objects_that_it_holds(labels: list[Any]) -> None:
    """NumPy's text drops a null character at the end, so that two labels would be one."""
    frames = (pd.DataFrame({"y": labels}), pl.DataFrame({"y": labels}), pa.table({"y": labels}))
    for frame in frames:
        _, found = take_target(frame, "y")
        assert found.tolist() == labels
        assert found.dtype == (bool if labels[0] is True else object)
