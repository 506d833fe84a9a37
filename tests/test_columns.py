"""From a table to X: laws of the encoding, its policies, and its refusals."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glasslogit.errors import InputError, TableError
from glasslogit.tables import (
    Category,
    CategoryColumn,
    Encoding,
    NumberColumn,
    Table,
    TableEncoder,
    is_missing,
    read_labels,
)
from problems import survey_columns

numbers = st.floats(-1e139, 1e139).map(repr) | st.sampled_from(["", "NA", "?"])
towns = st.sampled_from(["Ghent", "Bruges", "Ypres", ""])


@st.composite
def tables(draw):
    """A table with two numeric columns and one of text, that something can be learned from."""
    n = draw(st.integers(0, 12))
    rows = draw(st.lists(st.tuples(numbers, numbers, towns), min_size=n, max_size=n))
    rows += [("1.5", "-2", "Ghent"), ("2.5", "3", "Ypres")]  # complete and not constant
    a, b, town = zip(*draw(st.permutations(rows)), strict=True)
    return Table.of({"a": a, "b": b, "town": town})


def learn_encoding(table, *, categorical=(), drop=(), unseen="error", target=None):
    """Learn from all complete rows, as the command line does."""
    survey = survey_columns(table, target=target, drop=drop, categorical=categorical)
    policy = Category(rare=1, unseen=unseen, missing="drop")
    columns = dict.fromkeys(categorical, policy) | dict.fromkeys(drop, "drop")
    encoder = TableEncoder(columns, missing="drop", unseen=unseen)
    if not survey.complete.any():
        raise survey.nothing_complete()
    rows = table.take(np.flatnonzero(survey.complete))
    others = {name: column for name, column in rows.columns.items() if name != target}
    return encoder.fit(rows.with_columns(others)).encoding_


def part(table, rows):
    """The given rows of a table."""
    columns = {name: [column.value(i) for i in rows] for name, column in table.columns.items()}
    return Table.of(columns, table.source)


def refusal(function, *arguments, **options):
    """The message of a refusal, one line."""
    with pytest.raises(TableError) as caught:
        function(*arguments, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@given(tables())
def test_one_row_at_a_time_equals_all_rows_at_once(table):
    encoding = learn_encoding(table)
    whole = encoding.encode(table)
    single = [encoding.encode(part(table, [i])) for i in range(table.n_rows)]
    np.testing.assert_array_equal(np.vstack([one.X for one in single]), whole.X)
    assert [bool(one.incomplete[0]) for one in single] == whole.incomplete.tolist()


@given(tables(), st.randoms())
def test_order_of_columns_and_extra_columns_do_not_matter(table, random):
    encoding = learn_encoding(table)
    names = [*table.names, "extra"]
    random.shuffle(names)
    columns = {**table.columns, "extra": table.column("a")}
    other = encoding.encode(Table(table.source, {name: columns[name] for name in names}))
    np.testing.assert_array_equal(other.X, encoding.encode(table).X)
    assert other.ignored == ("extra",)


@given(tables())
def test_numbers_are_read_exactly_and_indicators_are_the_definition(table):
    encoding = learn_encoding(table)
    X = encoding.encode(table).X
    for place, column in zip(X.T, encoding.feature_names, strict=True):
        name, _, level = column.partition("=")
        for cell, text in zip(
            place, (table.column(name).value(i) for i in range(len(X))), strict=True
        ):
            if text in {"", "NA", "?"}:
                assert np.isnan(cell)
            else:
                assert cell == (text == level if level else float(text))


@given(tables(), st.sampled_from(["error", "reference"]))
def test_an_encoding_survives_json(table, unseen):
    encoding = learn_encoding(table, drop=["a"], unseen=unseen)
    assert Encoding.from_dict(json.loads(json.dumps(encoding.to_dict()))) == encoding


LEVEL = st.text(max_size=5).filter(lambda text: not is_missing(text))


@given(LEVEL, LEVEL)
def test_any_text_but_a_word_for_missing_can_be_a_level(first, second):
    if first == second:
        return
    table = Table.of({"c": [first, second, first]})
    encoding = learn_encoding(table, categorical=["c"])
    assert encoding.columns == (CategoryColumn("c", first, (second,)),)
    assert encoding.encode(table).X.tolist() == [[0], [1], [0]]


def test_the_reference_is_the_most_frequent_level_then_the_first_in_order():
    assert learn_encoding(Table.of({"c": list("bbaac")})).columns == (
        CategoryColumn("c", "a", ("b", "c")),
    )
    assert learn_encoding(Table.of({"c": list("bbbaa")})).columns == (
        CategoryColumn("c", "b", ("a",)),
    )


def test_missing_values_make_a_row_incomplete_and_are_counted_by_column():
    table = Table.of({"a": ["1", "NA", "n/a", "4", " "], "c": ["x", "y", "", "y", "NA"]})
    encoded = learn_encoding(table).encode(table)
    assert encoded.incomplete.tolist() == [False, True, True, False, True]
    counts = {name: int(gap.sum()) for name, gap in encoded.gaps.items()}
    assert counts == {"a": 3, "c": 2}  # one rule for numbers and text


def test_levels_are_learned_from_the_given_rows_only():
    table = Table.of({"a": list("1234"), "c": ["x", "y", "x", "z"]})
    first = TableEncoder(missing="drop").fit(table.take(np.array([0, 1, 2])))
    assert first.encoding_.columns == (NumberColumn("a"), CategoryColumn("c", "x", ("y",)))


@pytest.mark.parametrize(
    "constant", [["1", "1.0", "1"], ["x", "x", "x"], ["", "NA", "?"], ["1", "", "1"]]
)
def test_a_column_without_information_is_dropped_and_reported(constant):
    table = Table.of({"a": ["1", "2", "3"], "c": constant})
    encoding = learn_encoding(table)
    assert encoding.columns == (NumberColumn("a"),)
    [(name, why)] = encoding.dropped
    assert name == "c"
    assert why.startswith(("always", "every value is missing"))
    assert not encoding.encode(table).incomplete.any()


def test_columns_are_dropped_or_taken_as_text_on_request():
    table = Table.of({"a": ["1", "2", "3"], "code": ["9000", "8000", "9000"], "y": list("pqp")})
    encoding = learn_encoding(table, target="y", drop=["a"], categorical=["code"])
    assert encoding.feature_names == ("code=8000",)
    assert encoding.dropped == (("a", "left out on request"),)


def test_nearly_all_numbers_is_a_mistake_and_half_is_a_category():
    mistaken = [*"123456789", "l0", *"123456789"]
    message = refusal(learn_encoding, Table.of({"a": mistaken}))
    assert message.startswith("table: row 11, column 'a': 'l0' is not a number")
    assert "columns={'a': Category()}" in message
    half = Table.of({"a": ["1", "2", "x", "1"]})
    assert learn_encoding(half).columns == (CategoryColumn("a", "1", ("2", "x")),)
    assert learn_encoding(Table.of({"a": mistaken}), categorical=["a"]).columns[0].name == "a"


@pytest.mark.parametrize("value", ["-nan", "inf", "-Infinity", "1e999"])
def test_a_value_that_is_not_finite_is_refused_by_row_and_column(value):
    table = Table.of({"a": ["1", "2", value]})
    expected = f"table: row 4, column 'a': '{value}' is not a finite number"
    assert refusal(learn_encoding, table).startswith(expected)
    assert refusal(Encoding((NumberColumn("a"),)).encode, table).startswith(expected)


def test_a_value_whose_square_is_infinite_is_refused():
    message = refusal(learn_encoding, Table.of({"a": ["1", "2", "-1e200"]}))
    assert message == "table: row 4, column 'a': '-1e200' is too large; change the unit"


def test_digits_joined_by_an_underscore_are_not_a_number():
    assert learn_encoding(Table.of({"a": ["1_0", "2_0", "1_0"]})).columns[0].feature_names == (
        "a=2_0",
    )


def test_an_identifier_is_refused_and_a_category_of_the_same_size_is_not():
    names = [f"n{i}" for i in range(60)]
    message = refusal(learn_encoding, Table.of({"name": names}))
    assert "column 'name' has 60 different texts in 60 rows" in message
    assert "columns={'name': 'drop'}" in message
    assert len(learn_encoding(Table.of({"name": names * 10})).columns[0].levels) == 59


def test_the_limit_of_levels_does_not_grow_without_bounds():
    names = [f"n{i}" for i in range(1001)]
    table = Table.of({"name": names * 11})
    message = refusal(learn_encoding, table)
    assert "1,001 different texts in 11,011 rows" in message
    assert "columns={'name': Category()}" in message
    assert len(learn_encoding(table, categorical=["name"]).feature_names) == 1000
    assert len(learn_encoding(Table.of({"name": names[:1000] * 11})).feature_names) == 999


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        (["1,200", "950", "12"], "'1,200' may be 1200 or 1.2; say which sign is the decimal one"),
        (["€ 950", "€ 1.200"], "'€ 1.200' may be 1.2 or 1200"),
        (["$3", "4 €", "5"], "'$3' has '$' and '4 €' has '€', '5' has no unit"),
        (["5%", "0.05"], "'5%' has '%' and '0.05' has no unit"),
        (["2,5", "1.5"], "'1.5' has another decimal mark than '2,5'"),
    ],
)
def test_numbers_that_can_be_read_in_two_ways_or_have_two_units_are_refused(values, problem):
    table = Table.of({"a": values * 10})
    message = refusal(learn_encoding, table)
    assert problem in message
    assert "columns={'a': Category()}" in message
    assert learn_encoding(table, categorical=["a"]).columns[0].name == "a"


@pytest.mark.parametrize(
    "values",
    [
        ["2024-01-31", "2024-02-01", ""],
        ["31/12/2024", "1/2/99", "01/02/2024"],
        ["31.12.2024", "1.2.2024", "1.3.2024"],
        ["2024-01-31T10:20:30Z", "2024-01-31 10:20", "2024-01-31 10:20:30.5+01:00"],
    ],
)
def test_dates_are_refused_with_the_remedy(values):
    table = Table.of({"a": values * 10, "b": [str(i) for i in range(30)]})
    message = refusal(learn_encoding, table)
    assert message.startswith(f"table: row 2, column 'a': {values[0]!r} is a date")
    assert ("columns={'a': Date()}" in message) == (values[0][4] == "-")
    assert "columns={'a': 'drop'}" in message
    assert "columns={'a': Category()}" in message
    assert learn_encoding(table, drop=["a"]).feature_names == ("b",)
    assert learn_encoding(table, categorical=["a"]).columns[0].name == "a"


ISO = ["2024-01-31", "2024-02-01", "2023-05-06"]


@pytest.mark.parametrize(
    ("values", "row", "said", "remedy"),
    [
        ([*ISO, "13/11/2020"], 5, "is not a date such as 2024-01-31", "write it as 2020-11-13, "),
        ([*ISO, "11/13/2020"], 5, "is not a date such as 2024-01-31", "write it as 2020-11-13, "),
        (["13.11.2020", *ISO], 2, "is not a date such as 2024-01-31", "write it as 2020-11-13, "),
        (["1/2/2020", *ISO], 2, "is not a date", "write it as 2020-02-01 or 2020-01-02, which"),
        (["13 Nov 2020", *ISO], 2, "is not a date such as 2024-01-31", "write it as 2020-11-13, "),
        (["13/11/2020", "1/2/2020", ISO[0]], 2, "is a date of day/month/year", "2020-11-13, of"),
        ([ISO[0], "1.2.2020", "13.11.2020"], 3, "is a date of day.month.year", "2020-02-01, of"),
        (["1-2-2020", "11-13-2020"], 2, "is a date of month-day-year", "write it as 2020-01-02, "),
        (["2020/1/2", "2020/11/13"], 2, "is a date of year/month/day", "write it as 2020-01-02, "),
        (["1/2/2020", "3/4/2020"], 2, "is a date;", "write it as 2020-02-01 or 2020-01-02, which"),
        (
            ["1/2/99", "3/4/99"],
            2,
            "is a date with a year of two digits",
            "write it as 2024-01-31, ",
        ),
    ],
)
def test_dates_that_cannot_be_counted_are_named_with_what_they_mean(values, row, said, remedy):
    """The row that is named is wrongly written, and to do as is said mends it."""
    table = Table.of({"a": values * 10, "b": [str(i) for i in range(10 * len(values))]})
    message = refusal(learn_encoding, table)
    assert message.startswith(f"table: row {row}, column 'a': {values[row - 2]!r} {said}")
    assert remedy in message
    assert "Date()" not in message


@pytest.mark.parametrize(
    "values",
    [
        ["1-2", "3-4", "5+"],
        ["A1", "B2", "C,5"],
        ["1.2.3", "1.2.4", "3.11.10"],
        ["5%", "low", "high"],
        ["<=50K", ">50K", "50K"],
        ["10-20%", "20-30%", "30-40%"],
        ["$", "€", "%"],
    ],
)
def test_categories_that_hold_digits_stay_categories(values):
    assert len(learn_encoding(Table.of({"a": values * 10})).feature_names) == 2


def test_a_constant_date_is_dropped_and_not_refused():
    table = Table.of({"a": ["2024-01-01"] * 3, "b": ["1", "2", "3"]})
    assert learn_encoding(table).dropped == (("a", "always '2024-01-01'"),)


def test_the_target_cannot_be_taken_as_a_category():
    table = Table.of({"a": ["1", "2"], "y": ["1", "0"]})
    message = refusal(learn_encoding, table, target="y", categorical=["y"])
    assert "'y' is the target" in message


def test_text_where_numbers_were_at_training_is_refused():
    message = refusal(Encoding((NumberColumn("a"),)).encode, Table.of({"a": ["1", "two"]}))
    assert message.startswith(
        "table: row 3, column 'a': 'two' is not a number; the column is read as numbers"
    )


def test_an_unseen_level_is_refused_or_counted_as_the_reference():
    encoding = Encoding((CategoryColumn("town", "Ghent", ("Bruges",)),))
    table = Table.of({"town": ["Ghent", "Paris", "Bruges", "Rome"]})
    message = refusal(encoding.encode, table)
    assert message.startswith("table: row 3, column 'town': 'Paris' was not seen in training")
    assert "known are 'Ghent', 'Bruges'" in message
    assert "unseen='reference'" in message
    encoded = encoding.encode(table, unseen="reference")
    assert encoded.X.tolist() == [[0], [0], [1], [0]]
    assert {name: rows.tolist() for name, rows in encoded.unseen.items()} == {"town": [1, 3]}


def test_an_unseen_level_in_an_incomplete_row_does_no_harm():
    encoding = Encoding((CategoryColumn("town", "Ghent", ("Bruges",)), NumberColumn("a")))
    encoded = encoding.encode(Table.of({"town": ["Paris", "Ghent"], "a": ["", "1"]}))
    assert encoded.incomplete.tolist() == [True, False]
    assert encoded.unseen == {}


def test_a_column_missing_at_prediction_is_named():
    message = refusal(Encoding((NumberColumn("age"),)).encode, Table.of({"aeg": ["1"]}))
    assert "no column 'age', which the model was trained with; did you mean 'aeg'?" in message


@pytest.mark.parametrize("argument", ["target", "drop", "categorical"])
def test_a_column_named_by_the_caller_must_exist(argument):
    value = "b" if argument == "target" else ["b"]
    assert "no column 'b'" in refusal(
        learn_encoding, Table.of({"a": ["1", "2"]}), **{argument: value}
    )


def test_a_table_of_which_nothing_is_left_is_refused():
    assert "no column is left" in refusal(learn_encoding, Table.of({"a": ["1", "1"]}))
    message = refusal(
        learn_encoding,
        Table.of({"a": ["1", "2", "", ""], "b": ["", "", "3", "4"], "c": ["x", "", "", ""]}),
    )
    assert "no complete row" in message
    assert "'a' is missing in 2 rows: columns={'a': 'drop'}" in message


def test_rows_that_were_taken_keep_their_numbers():
    rows = Table.of({"a": ["1", "2", "3", "inf", "5"]}).take(np.array([1, 2, 3]))
    assert "row 5, column 'a': 'inf'" in refusal(TableEncoder().fit, rows)
    gaps = (
        Table.of({"a": ["1", "2", "3", "", "5"], "b": list("12345")})
        .take(np.arange(1, 5))
        .take(np.array([0, 1, 2]))
    )
    assert "row 5, column 'a': missing" in refusal(TableEncoder().fit, gaps)


def test_features_that_would_share_a_name_are_refused():
    table = Table.of({"a=b": ["c", "x", "x"], "a": ["b=c", "x", "x"]})
    assert "'a=b=c'" in refusal(learn_encoding, table)


def test_an_unknown_policy_is_refused():
    with pytest.raises(
        InputError, match="unseen='guess' is not valid; give 'error' or 'reference' or 'other'"
    ):
        learn_encoding(Table.of({"a": ["1", "2"]}), unseen="guess")


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        (["10", "2", ""], [10, 2]),
        (["01", "2", ""], ["01", "2"]),
        (["yes", "no", " "], ["yes", "no"]),
        (["-1", "1", ""], [-1, 1]),
        (["0", "1", "NA"], [0, 1]),
        (["0.5", "1", "n/a"], ["0.5", "1"]),
        (["1", "2", "?"], [1, 2]),
    ],
)
def test_labels_become_integers_only_if_nothing_is_lost(values, labels):
    found, known = read_labels(Table.of({"y": values}), "y")
    assert known.tolist() == [True, True, False]
    assert found[known].tolist() == labels


def test_in_a_target_of_texts_a_marker_is_no_class():
    found, known = read_labels(Table.of({"y": ["yes", "NA", "?", "no"]}), "y")
    assert known.tolist() == [True, False, False, True]
    assert found[known].tolist() == ["yes", "no"]


def test_a_target_of_numbers_is_finite():
    message = refusal(read_labels, Table.of({"y": ["0", "1", "inf"]}), "y")
    assert message.startswith("table: row 4, column 'y': 'inf' is not a finite number")


def test_a_target_of_many_values_is_not_a_class():
    message = refusal(read_labels, Table.of({"y": [str(i) for i in range(101)]}), "y")
    assert "target 'y' has 101 distinct values" in message


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.pop("columns"),
        lambda d: d.pop("dropped"),
        lambda d: d["columns"][1].update(unseen="guess"),
        lambda d: d["columns"][1].update(missing="fill"),
        lambda d: d["columns"][1].update(missing="indicator"),
        lambda d: d["columns"][1].update(pooled=["Paris"]),
        lambda d: d["columns"][0].update(scale=0.0),
        lambda d: d["columns"][0].update(mean=float("nan")),
        lambda d: d["columns"][0].update(kind="colour"),
        lambda d: d["columns"][0].update(name=3),
        lambda d: d["columns"][1].update(levels=[]),
        lambda d: d["columns"][1].update(levels=["Ghent"]),
        lambda d: d["columns"][1].update(levels=3),
    ],
)
def test_a_spoilt_description_is_refused(spoil):
    stored = Encoding((NumberColumn("a"), CategoryColumn("town", "Ghent", ("Ypres",)))).to_dict()
    spoil(stored)
    with pytest.raises((KeyError, TypeError, ValueError)):
        Encoding.from_dict(stored)


@pytest.mark.parametrize("write", [str, "${:.2f}".format], ids=["plain", "amounts"])
def test_a_text_among_many_numbers_of_a_frame_is_refused_by_its_row(write) -> None:
    """As a column of a file is; a hundred indicators of numbers are what nobody wants."""
    frame = pd.DataFrame({"x": [write(1.25 * k) for k in range(119)] + ["unknown"]})
    with pytest.raises(TableError, match="X: row 119, column 'x': 'unknown' is not a number"):
        TableEncoder().fit(frame)
    taken = TableEncoder(columns={"x": Category()}).fit(frame)
    assert len(taken.encoding_.feature_names) == 119
    few = pd.DataFrame({"floor": [*"123456789B"] * 12})  # as few as a category has
    assert len(TableEncoder().fit(few).encoding_.feature_names) == 9
