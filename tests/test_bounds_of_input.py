"""What X, y, weights, offsets and factors may hold, up to the bound, and the row that is named."""

import datetime as dt
import math
import re
import threading
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp

from glasslogit import LogisticRegression
from glasslogit.errors import (
    DataConversionWarning,
    GlasslogitWarning,
    InputError,
    InputTypeError,
    TableError,
)
from glasslogit.inputs import (
    LARGEST_SQUARABLE,
    NamedRows,
    Params,
    Target,
    apply_class_weight,
    arrays,
    axis_labels,
    check_factors,
    check_features,
    check_labels,
    check_offset,
    check_places,
    check_squarable,
    check_weight,
    class_factors,
    column_labels,
    count_observations,
    default_names,
    free_name,
    is_frame,
    is_plain,
    is_query,
    label_text,
    learned_names,
    missing_labels,
    names_of,
    number_all,
    place_labels,
    read_part_target,
    read_target,
    refuse_two_targets,
    renumbered,
    single_trials,
    text_names,
    to_array,
)
from glasslogit.inputs.two_targets import chance_within
from glasslogit.solvers import GradientDescent

ABOVE = np.nextafter(1e150, np.inf)
STORAGE = [np.ascontiguousarray, np.asfortranarray, sp.csr_array, sp.csc_matrix]


def refused(said: str, kind: type[Exception] = InputError) -> Any:
    return pytest.raises(kind, match=re.escape(said))


# --- X -----------------------------------------------------------------------------------


@pytest.mark.parametrize("storage", STORAGE)
def test_numbers_up_to_the_bound_are_taken(storage):
    X = np.array([[0.0, 1.0], [0.0, 0.0], [2.0, -1e150]])
    assert check_features(storage(X), largest=LARGEST_SQUARABLE).X.shape == (3, 2)
    for value, said in (
        (-ABOVE, "X holds -1e+150 in row 2, column 1; it is too large to square, so rescale"),
        (1e153, "X holds 1e+153 in row 2, column 1; it is too large"),
        (np.nan, "X holds NaN in row 2, column 1; drop the row or fill in a value"),
        (-np.inf, "X holds infinity in row 2, column 1; drop the row or fill in a value"),
    ):
        X[2, 1] = value
        with refused(said):
            check_features(storage(X), largest=LARGEST_SQUARABLE)
    X[2, 1] = np.finfo(float).max
    assert check_features(storage(X)).X.max() == np.finfo(float).max


@pytest.mark.parametrize("chunk", [1, 3, 5, 2**20])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_row_is_named_whatever_is_looked_at_together(monkeypatch, chunk, dtype):
    monkeypatch.setattr(arrays, "CHUNK", chunk)
    for row in range(7):
        X = np.ones((7, 2), dtype)
        X[row, 1] = np.nan
        with refused(f"X holds NaN in row {row}, column 1;"):
            check_features(X)


@pytest.mark.parametrize("kind", [np.int64, np.uint64])
def test_whole_numbers_are_taken_as_long_as_they_are_exact(kind):
    X = np.array([[1, 2], [3, 2**53]], kind)
    assert check_features(X).X.dtype == kind
    with refused(f"X holds {2**53 + 1} in row 1, column 1, a whole number beyond 2⁵³"):
        check_features(X + np.array([[0, 0], [0, 1]], kind))
    if kind is np.int64:
        check_features(-X)
        with refused(f"X holds -{2**53 + 1} in row 1, column 1,"):
            check_features(-X - np.array([[0, 0], [0, 1]]))


def test_a_column_may_be_as_small_as_its_square():
    """By its mean or by its spread; one of zeros has no size."""
    for size, good in ((1e-150, True), (0.99e-150, False)):
        for mean, deviation in (([0.0, -size], 0.0), ([0.0, 0.0], 1.0001 * size)):
            scatter = np.array([0.0, 4.0 * deviation**2])
            moments = SimpleNamespace(weight=4.0, mean=np.array(mean), scatter=scatter)
            if good:
                check_squarable(moments)
                continue
            with refused("X: column 1 holds numbers of size 9.9e-151, which are too small to squa"):
                check_squarable(moments)


def test_a_flat_X_is_one_feature_or_one_row():  # noqa: N802
    assert check_features([1, 2, 3]).X.shape == (3, 1)
    assert check_features([1, 2, 3], flat=1).X.shape == (3, 1)
    assert check_features([1, 2, 3], flat=3).X.shape == (1, 3)
    row = pd.Series([1.0, 2.0], index=["a", "b"])
    assert check_features(row, flat=2).labels == ("a", "b")
    assert check_features(row).labels is None


def test_no_columns_are_taken_where_somebody_left_all_of_them_out():
    assert check_features(pd.DataFrame(index=[0, 1])).X.shape == (2, 0)
    assert check_features(np.zeros((2, 0)), flat=0).X.shape == (2, 0)
    with refused("X has 0 feature(s) (shape=(2, 0)) while a minimum of 1 is required."):
        check_features(np.zeros((2, 0)))
    with refused("X has 0 sample(s) (shape=(0, 2))"):
        check_features(np.zeros((0, 2)), flat=0)
    with refused("X has 0 sample(s) (shape=(0, 0))"):
        check_features(pd.DataFrame())


def test_rows_that_were_read_are_rows():
    dense, sparse = np.eye(2), sp.csr_array(np.eye(2))
    for values in (dense, sparse):
        rows = NamedRows(("a", "b"), values)
        assert len(rows) == 2
        assert rows.to_numpy().tolist() == dense.tolist()
        assert isinstance(rows.to_numpy(), np.ndarray)
        assert check_features(rows).names == ("a", "b")
        assert check_features(rows).column(1) == "column 'b'"
    assert check_features(sparse).X.format == "csr"


def test_a_mask_is_named_by_row_and_column():
    with refused("y is masked in row 1; drop"):
        to_array(np.ma.masked_equal([1, 9], 9), "y")
    with refused("X is masked in row 1, column 0; drop"):
        to_array(np.ma.masked_equal([[1, 1], [9, 9]], 9), "X")
    with refused("X is masked in row 0, column 1; drop"):
        to_array(np.ma.masked_equal([[[1], [9]]], 9), "X")
    with refused("y is of type int; give an array"):
        to_array(3, "y")


@pytest.mark.parametrize(
    "value",
    [
        *(1j, np.complex64(1), dt.date(2026, 1, 1), dt.time(1), dt.timedelta(1)),
        *(np.datetime64("2026"), np.timedelta64(1, "D"), pd.Timestamp("2026")),
    ],
)
def test_what_is_no_real_number_is_called_what_it_is(value):
    for column in (np.array([[0.5], [value]], object), np.array([[value]])):
        with refused("complex numbers" if np.iscomplexobj(value) else "X holds dates or times;"):
            check_features(column)


def test_the_first_thing_that_is_no_number_is_shown():
    frame = np.array([[1, "2"], [2, "x"], [3, "y"]], object)
    with refused("column 1 holds 'x', which is not a number; encode text as indicator columns"):
        check_features(frame)
    lock = threading.Lock()
    with pytest.raises(InputTypeError, match=r"column 0 holds <unlocked .*>: float\(\) argument"):
        check_features(np.array([[lock, 1]], object))
    assert check_features(np.array([[Fraction(1, 2), "2"]], object)).X.tolist() == [[0.5, 2.0]]
    with refused("X is a sparse matrix without real numbers; give one of numbers"):
        check_features(sp.csr_array(np.eye(2) * 1j))


# --- y -----------------------------------------------------------------------------------


@pytest.mark.parametrize("last", ["a", "c", "B"])
@pytest.mark.parametrize("n", [999, 1000, 1001])
def test_a_class_is_found_wherever_it_first_stands(last, n):
    labels = np.array([*("ab" * n)[:n], last])
    classes, codes = number_all(labels)
    assert classes.tolist() == sorted({"a", "b", last})
    assert classes[codes].tolist() == labels.tolist()
    mixed = np.array([*([1, 2] * n)[:n], last], object)
    with refused("y mixes labels of different types"):
        number_all(mixed)


def test_the_numbers_of_classes_are_as_small_as_hold_them():
    for K, kind in ((2, np.uint8), (256, np.uint8), (257, np.uint16)):
        codes, strange = place_labels(np.arange(K + 1), np.arange(K))
        assert codes.dtype == kind
        assert codes.tolist() == [*range(K), K - 1]
        assert strange.tolist() == [False] * K + [True]
    kept = renumbered(np.array([0, 1, 2], np.uint8), np.array([False, True, True]))
    assert (kept.tolist(), kept.dtype) == ([0, 0, 1], np.uint8)


@pytest.mark.parametrize(
    ("labels", "missing"),
    [
        (np.array([1.0, np.nan]), [False, True]),
        (np.array(["2020", "NaT"], "M8[Y]"), [False, True]),
        (np.array([1, "NaT"], "m8[D]"), [False, True]),
        (np.array(["a", " ", "", " b"]), [False, True, True, False]),
        (np.array([b"a", b" "]), [False, True]),
        (np.array(["a", "", "\t"], np.dtypes.StringDType()), [False, True, True]),
        (np.array(["a", " ", None, np.nan, 0], object), [False, True, True, True, False]),
        (np.array([pd.NA, pd.NaT, "b"], object), [True, True, False]),
        (np.array([0, 1]), [False, False]),
        (np.array([False, True]), [False, False]),
    ],
)
def test_a_label_that_is_missing_is_known_in_every_type(labels, missing):
    assert missing_labels(labels).tolist() == missing


def test_labels_are_checked_in_words():
    with pytest.warns(DataConversionWarning, match="give y of shape"):
        assert check_labels([[1], [2]], 2).shape == (2,)
    for y, n, said in (
        ([[1, 2], [3, 4]], 2, "y has shape (2, 2) but X has 2 rows; give one label a row"),
        ([1, 2, 3], 2, "y has shape (3,) but X has 2 rows"),
        ([1.0, 0.5], 2, "y holds 0.5 in row 1, which is continuous; give class labels"),
        ([1.0, np.inf], 2, "y holds inf in row 1, which is continuous"),
        ([1, "a"], 2, "y mixes labels of different types"),
        ([1j, 2], 2, "y holds complex numbers; turn the labels into text or whole numbers"),
        (np.array([True, 1], object), 2, "y mixes labels of different types"),
    ):
        with refused(said):
            number_all(check_labels(y, n))


def test_trials_become_shares_and_weights():
    y, weight = read_target([[3, 1], [0, 0], [2, 0]], [1.0, 1.0, 2.0], 3)
    assert (y.tolist(), weight.tolist()) == ([0.75, 0.0, 1.0], [4.0, 0.0, 4.0])
    y, weight = read_target([[3, 0], [0, 2]], None, 2)
    assert (y.tolist(), weight.tolist(), y.dtype.kind) == ([1, 0], [3.0, 2.0], "i")
    y, weight = read_target([[0.5], [1.0]], [2, 3], 2)
    assert (y.tolist(), weight.tolist(), y.dtype) == ([0.5, 1.0], [2.0, 3.0], np.float64)
    assert read_target(np.float32([0.5, 0.0]), [2, 3], 2).y.dtype == np.float64
    with refused("which is continuous"):
        read_target([0.5, 1.5], [2, 3], 2)
    with refused("which is continuous"):
        read_target([0.5, -0.5], [2, 3], 2)
    with refused("which is continuous"):
        read_target([0.5, 1.0], None, 2)
    with refused("sample_weight is zero for every row; give some row a positive weight"):
        read_target([[1, 1]], [0.0], 1)
    assert read_part_target([[1, 1]], [0.0], 1).weight.tolist() == [0.0]
    for counts, said in (
        ([[1, 2], [-1, 2]], "y holds -1 events in row 1; counts must be finite and not negative"),
        ([[1, 2], [1, -2]], "y holds -2 non-events in row 1;"),
        ([[1, np.inf], [1, 2]], "y holds inf non-events in row 0;"),
        ([[1, 2], [-np.inf, 2]], "y holds -inf events in row 1;"),
        ([[1.0, 2.0], [np.nan, 2.0]], "y holds nan events in row 1;"),
    ):
        with refused(said):
            read_part_target(counts, None, 2)
    twice = single_trials(Target(np.array([0.75, 1.0]), np.array([4.0, 2.0])))
    assert (twice.y.tolist(), twice.weight.tolist()) == ([1, 1, 0, 0], [3.0, 2.0, 1.0, 0.0])
    labels = Target(np.array([0, 1]), np.ones(2))
    assert single_trials(labels) is labels


COUNTED = np.array([[3, k] for k in range(12)])


def narrow(n, least):
    """Columns of two numbers each: `least` and the next, beside 2, or 2 and 3."""
    return np.array([[least + k % 2, 2 + least * (k // 2 % 2)] for k in range(n)])


@pytest.mark.parametrize(
    ("y", "said"),
    [
        ([[1, 0], [0, 1]], "y has two columns with one 1 in each row; for one target"),
        ([[1, 1], [0, 1]], "y has two columns of 0 and 1, which look like two targets;"),
        (np.array([[True, False], [True, True]]), "y has two columns of 0 and 1, which look"),
        ([[2, 0], [0, 2]], "y has two columns whose sum is nowhere above 2, which look like two"),
        ([[0.5, 3], [1, 2]], "y holds 0.5 in row 0, which counts nothing;"),
        ([[4.0, 3.0], [1.0, 2.5]], "y holds 2.5 in row 1, which counts nothing;"),
        ([[k % 2, k + 2] for k in range(11)], "a column of 0 and 1 beside one in which no number"),
        ([[k + 2, k % 2] for k in range(11)], "a column of 0 and 1 beside one in which no number"),
        (narrow(19, 1), "y has a column of 1 and 2 beside one of other numbers, whose rows would"),
        (narrow(19, 1)[:, ::-1], "y has a column of 1 and 2 beside one of other numbers, whose"),
        (narrow(200, 0), "y has a column of 0 and 1 beside one of other numbers, whose rows would"),
    ],
)
def test_two_columns_that_are_no_counts_are_refused(y, said):
    with refused(said):
        refuse_two_targets(y)


@pytest.mark.parametrize(
    "y",
    [
        [[0, 0], [0, 0]],
        [[2, 1], [0, 2]],
        [[k + 3, k + 2] for k in range(20)],
        narrow(8, 0),
        narrow(18, 1),
        [[k % 2, 9 - k % 2] for k in range(99)],  # of as many trials each
        [[2 + k % 2, 9 + k % 3] for k in range(99)],
        [[k % 3, 9] for k in range(99)],
        [[np.inf, 3], [1, 2]],
        [3, 1],
        [[1, 0, 0], [0, 1, 1]],
        [["a", "b"], ["c", "d"]],
        np.empty((0, 2)),
    ],
)
def test_what_may_be_counts_is_left_alone(y):
    refuse_two_targets(y)


@pytest.mark.parametrize(
    "y",
    [
        [[k % 2, k + 2] for k in range(10)],
        [[k % 2, k // 2 + 2] for k in range(20)],
        [[k // 2 + 2, k % 2] for k in range(20)],
        narrow(10, 0),
    ],
)
def test_what_may_be_counts_and_is_not_likely_to_be_is_asked_about(y):
    said = "y has a column of 0 and 1 beside one of other numbers, taken for events among trials; "
    with pytest.warns(GlasslogitWarning, match=f"^{said}for one target give labels"):
        refuse_two_targets(y)


@pytest.mark.parametrize("least", [0, 1])
def test_the_chance_of_so_few_events_is_that_of_all_counts_one_by_one(least):
    trials = np.array([4.0, 5.0, 7.0])
    events = np.array([least, least + 1.0, least])
    p, chance = events.sum() / trials.sum(), 1.0
    for n in (4, 5, 7):
        within = [k for k in range(n + 1) if least <= k <= least + 1]
        chance *= sum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in within)
    assert chance_within(events, trials) == pytest.approx(chance, rel=1e-12)
    assert chance_within(trials, trials) == 1.0


# --- weights, offsets and factors --------------------------------------------------------


def test_weights_are_finite_and_none_is_negative():
    assert check_weight(None, 2).tolist() == [1.0, 1.0]
    assert check_weight(None, 2).strides == (0,)
    assert check_weight([0, 2], 2).tolist() == [0.0, 2.0]
    given = np.array([1.0, 2.0])
    assert check_weight(given, 2) is given
    for weight, said in (
        ([1, 2, 3], "sample_weight has shape (3,) for 2 rows; give one each"),
        ([1.0, -1e-300], "sample_weight is -1e-300 in row 1; weights must be finite and not"),
        ([1.0, np.inf], "sample_weight is inf in row 1;"),
        ([-np.inf, 1.0], "sample_weight is -inf in row 0;"),
        ([np.nan, 1.0], "sample_weight is nan in row 0;"),
        ([0, 0], "sample_weight is zero for every row; give some row a positive weight"),
        (["a", "b"], "sample_weight holds 'a', which is not a number; give numbers only"),
        ([1j, 2], "sample_weight holds complex numbers; give sample_weight.real"),
    ):
        with refused(said):
            check_weight(weight, 2)


def test_an_offset_is_one_for_all_or_one_for_each():
    assert check_offset(None, 2, 3).tolist() == [[0.0] * 3] * 2
    assert check_offset(0.5, 2, 1).tolist() == [[0.5], [0.5]]
    assert check_offset(0.5, 2, 3).tolist() == [[0.5] * 3] * 2
    assert check_offset([1, 2], 2, 1).tolist() == [[1.0], [2.0]]
    assert check_offset([[1], [2]], 2, 1).tolist() == [[1.0], [2.0]]
    for offset, c, said in (
        ([1, 2, 3], 1, "offset has shape (3,); give shape (2,)"),
        ([1, 2], 3, "offset has shape (2,); give shape (2, 3)"),
        ([[1, 2], [3, np.inf]], 2, "offset is not finite in row 1; give a number"),
        (np.nan, 1, "offset is not finite in row 0; give a number"),
    ):
        with refused(said):
            check_offset(offset, 2, c)


def test_factors_are_told_by_place_or_by_name():
    names = ("age", "income")
    assert check_factors(None, 2, names) == 1.0
    assert check_factors([0, 2], 2, None).tolist() == [[0.0], [2.0]]
    assert check_factors({"income": 3}, 2, names).tolist() == [[1.0], [3.0]]
    for factors, columns, said in (
        ([1], names, "penalty_factors has shape (1,) but X has 2 columns"),
        ({"town": 1}, names, "penalty_factors names 'town', which is not a column of X; give"),
        ({"age": 1}, None, "penalty_factors names 'age', which is not a column of X; give"),
        ([1, -1], names, "penalty_factors is -1.0 for column 'income'; factors must be finite"),
        ([np.inf, 1], None, "penalty_factors is inf for column 0; factors must be finite"),
        ([1, -np.inf], None, "penalty_factors is -inf for column 1; factors must be finite"),
    ):
        with refused(said):
            check_factors(factors, 2, columns)


def test_factors_of_classes_are_finite_and_none_is_negative():
    totals, classes = np.array([1.0, 0.0, 3.0]), np.array(["a", "b", "c"])
    assert class_factors(totals, classes, None).tolist() == [1.0, 1.0, 1.0]
    assert class_factors(totals, classes, "balanced").tolist() == [2.0, 1.0, 2.0 / 3.0]
    assert class_factors(totals, classes, {"c": 0, "a": np.int64(2)}).tolist() == [2.0, 1.0, 0.0]
    for factor in (np.inf, -1e-300, np.nan, "1", None):
        with refused(f"class_weight of 'a' is {factor!r}; give a finite number, 0 or greater"):
            class_factors(totals, classes, {"a": factor})
    with refused("class_weight names 'd', which is not among the classes"):
        class_factors(totals, classes, {"d": 1})
    with refused("y holds only one class, a; logistic regression needs two or more"):
        class_factors(totals[:1], classes[:1], None)
    with refused("sample_weight is zero for every row"):
        class_factors(0.0 * totals, classes, "balanced")


def test_a_factor_of_a_class_reaches_its_share_of_each_row():
    codes, weight = np.array([0, 1, 2]), np.array([1.0, 2.0, 3.0])
    assert apply_class_weight(codes, weight, np.ones(3))[1] is weight
    assert apply_class_weight(codes, weight, np.array([1.0, 5.0, 0.5]))[1].tolist() == [1, 10, 1.5]
    shares = np.array([0.25, 1.0, 0.5])
    with_factors = apply_class_weight(shares, np.array([4.0, 2.0, 0.0]), np.array([2.0, 3.0]))
    assert with_factors[1].tolist() == [9.0, 6.0, 0.0]
    assert with_factors[0].tolist() == [3.0 / 9.0, 1.0, 0.0]
    small = np.array([0.25, 0.25, 0.0])
    assert count_observations(small[:2], small, "frequency") == 2.0
    assert count_observations(8.0 * small[:2], small, "frequency") == 4.0
    assert count_observations(8.0 * small[:2], small, "precision") == 2.0


# --- names of columns --------------------------------------------------------------------


def test_a_label_is_the_same_text_in_every_type():
    for label, text in (
        (3, "3"), (3.0, "3"), (np.float32(3), "3"), (2.5, "2.5"), (True, "True"), (None, "None"),
        (("a", 1.0, np.int64(2)), "('a', 1, 2)"), (np.datetime64("2026-01-31"), "2026-01-31"),
        (np.timedelta64(3, "D"), "3 days"), (float("inf"), "inf"), (np.str_("a"), "a"),
    ):  # fmt: skip
        assert label_text(label) == text


def test_the_name_that_stands_twice_is_the_one_that_is_told():
    with refused("X: two columns are called 'b'; rename one", TableError):
        axis_labels(["z", "b", "a", "b"])
    assert axis_labels(None) is None
    assert axis_labels([1, 2].index) is None
    assert axis_labels(pd.Index([2, "a"])) == (2, "a")
    assert text_names(["a", np.str_("b")]) == ("a", "b")
    assert text_names(["a", 1]) is None
    assert text_names(None) is None
    assert column_labels(pl.DataFrame({"a": [1]})) == ("a",)
    assert column_labels(pl.DataFrame({"a": [1]}).to_arrow()) == ("a",)
    assert column_labels(np.eye(2)) is None


def test_only_the_places_in_order_are_no_names():
    assert names_of(None) is None
    assert names_of((0, 1, 2)) is None
    assert names_of((0.0, np.int64(1))) is None
    assert names_of((1, 2)) == ("1", "2")
    assert names_of(("0", "1")) == ("0", "1")
    assert names_of(("a", 1)) == ("a", "1")
    assert default_names(3) == ("x0", "x1", "x2")
    assert free_name("a", ("b",)) == "a"
    assert free_name("a", ("a", "a (2)")) == "a (3)"


@pytest.mark.parametrize(
    ("found", "known", "said"),
    [
        (("b", "a"), ("a", "b"), "column 0 of X is 'b' but was 'a' at training; give the same"),
        (("a", "c"), ("a", "b"), "column 1 of X is 'c' but was 'b' at training; give the same"),
        ((1, 0), None, "column 0 of X is '1' but was '0' at training; give the same columns"),
        (("b", "a"), None, None),
        (("1", "0"), None, "or X.to_numpy() if they are"),
        ((0, 1), ("a", "b"), None),
        ((0, 1), ("1", "0"), "column 0 of X is '0' but was '1' at training"),
        ((0, 1), ("0", "1"), None),
        ((5, 7), None, None),
        ((5, 0), None, "column 1 of X is '0' but was '1' at training"),
        (None, ("a", "b"), None),
    ],
)
def test_columns_stand_where_they_stood(found, known, said):
    if said is None:
        check_places(found, 2, known)
        return
    with refused(said):
        check_places(found, 2, known)
    with pytest.raises(InputError, match="of grid is"):
        check_places(found, 2, known, "grid")


def test_a_model_knows_the_names_that_somebody_gave():
    X, y = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]]), [0, 1, 0]
    assert learned_names(LogisticRegression().fit(X, y)) is None
    assert learned_names(LogisticRegression().fit(pd.DataFrame(X), y)) is None
    assert learned_names(LogisticRegression().fit(pd.DataFrame(X, columns=[7, "b"]), y)) == (
        "7",
        "b",
    )
    assert learned_names(object()) is None


# --- frames, told by name ----------------------------------------------------------------


def test_frames_are_known_by_their_library():
    frame = pl.DataFrame({"a": [1]})
    for each in (frame, frame.lazy(), frame.to_arrow(), frame.to_pandas()):
        assert is_frame(each)
    for other in (np.eye(2), [frame], {"a": [1]}, frame["a"], type("DataFrame", (), {})()):
        assert not is_frame(other)
        assert is_plain(other)
    assert is_query(frame.lazy())
    assert not is_query(frame)


def test_a_frame_is_plain_if_it_holds_numbers_alone():
    for values in ([1.5, 2.0], [1, 2], [True, False], np.array([1, 2], np.uint8)):
        assert is_plain(pd.DataFrame({"a": values}))
        assert is_plain(pl.DataFrame({"a": values}))
    for values in (["a", "b"], [dt.date(2026, 1, 1)] * 2, [None, None]):
        assert not is_plain(pd.DataFrame({"a": [1, 2], "b": values}))
        assert not is_plain(pl.DataFrame({"a": [1, 2], "b": values}))
    assert not is_plain(pl.DataFrame({"a": [1]}).lazy())
    assert not is_plain(pl.DataFrame({"a": [1]}).to_arrow())
    assert not is_plain(pd.DataFrame({"a": [1, 2]}, dtype="Int64"))


@pytest.mark.parametrize("library", [pd, pl])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_whole_number_beside_a_fraction_is_exact(library, sign):
    """A frame makes both of one type as it becomes an array."""
    whole = [0, sign * (2**53), 1]
    assert is_plain(library.DataFrame({"a": [0.5] * 3, "b": whole}))
    whole = [0, sign * (2**53 + 1), sign * (2**53 + 3)]
    assert is_plain(library.DataFrame({"b": whole}))  # it stays whole, and is checked there
    with refused(f"X holds {whole[1]} in row 1, column 'b', a whole number beyond 2⁵³"):
        is_plain(library.DataFrame({"a": [0.5] * 3, "b": whole}))
    if library is pl:
        with refused(f"X holds {whole[1]} in row 2, column 'b'"):
            is_plain(pl.DataFrame({"a": [0.5] * 3, "b": [None, 0, whole[1]]}))
        assert is_plain(pl.DataFrame({"a": [0.5], "b": [None]}).cast({"b": pl.Int64}))


# --- parameters --------------------------------------------------------------------------


class Part(Params):
    """An argument that has settings and is no dataclass."""

    def __init__(self, rate=1, *rest, **more):  # noqa: ARG002
        self.rate = rate


class Whole(Params):
    """Takes an argument with settings."""

    def __init__(self, part=None, size=2):
        self.part, self.size = part, size


class Wider(Whole):
    """Hands on what it does not name."""

    def __init__(self, depth=0, size=5, **rest):
        Whole.__init__(self, size=size, **rest)
        self.depth = depth


def test_settings_of_an_argument_are_set_on_a_copy_of_it():
    for part in (Part(), GradientDescent()):
        whole = Whole(part)
        name = "rate" if isinstance(part, Part) else "epochs"
        assert whole.get_params()[f"part__{name}"] == getattr(part, name)
        assert f"part__{name}" not in whole.get_params(deep=False)
        before = getattr(part, name)
        assert whole.set_params(**{f"part__{name}": 7}) is whole
        assert (getattr(whole.part, name), getattr(part, name)) == (7, before)
    for part, said in ((Part, "has no setting 'rate'"), (None, "part=None has no setting 'rate'")):
        with refused(said):
            Whole(part).set_params(part__rate=1)
    with refused("part=Part() has no setting 'speed'; it has rate"):
        Whole(Part()).set_params(part__speed=1)
    with refused("Whole has no parameter 'depth'; it has part, size"):
        Whole().set_params(depth=1)
    both = Whole().set_params(part__rate=3, part=Part())  # the argument first, then its setting
    assert both.part.rate == 3


def test_parameters_are_those_of_the_constructor_and_of_what_it_hands_on_to():
    assert Wider().get_params() == {"depth": 0, "size": 5, "part": None}
    assert Part(3).get_params() == {"rate": 3}
    assert repr(Wider()) == "Wider()"
    assert repr(Wider(2, part=Part(3))) == "Wider(depth=2, part=Part(rate=3))"
