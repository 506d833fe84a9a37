"""What a formula, a policy and a stored encoding may say, up to the bound, and in which words."""

import ast
import json
import math
import re
from copy import deepcopy
from typing import Any

import numpy as np
import pandas as pd
import pytest

formulaic = pytest.importorskip("formulaic")

from glasslogit.errors import GlasslogitWarning, InputError, NotFittedError, TableError  # noqa: E402
from glasslogit.tables import (  # noqa: E402
    Category,
    CategoryColumn,
    Date,
    Encoding,
    Number,
    NumberColumn,
    Table,
    TableEncoder,
)
from glasslogit.tables.encoding import expansion  # noqa: E402
from glasslogit.tables.encoding.expansion import Factor, Size, check_length  # noqa: E402
from glasslogit.tables.encoding.expressions import (  # noqa: E402
    basis_size,
    call_settings,
    code,
    find_columns,
)
from glasslogit.tables.encoding.grammar import (  # noqa: E402
    name_in_formula,
    names_by_term,
    one_line,
    parse,
    quoted,
    split_formula,
)
from glasslogit.tables.encoding.learned import as_json, check_state, made_up  # noqa: E402
from glasslogit.tables.encoding.syntax import fault_of  # noqa: E402
from glasslogit.tables.encoding.vary import Variables  # noqa: E402


def refused(said: str, kind: type[Exception] = InputError) -> Any:
    return pytest.raises(kind, match=re.escape(said))


def tree(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def frame(n: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "a": rng.uniform(1, 9, n),
            "b": rng.uniform(1, 9, n),
            "c d": rng.uniform(1, 9, n),
            "g": np.resize(list("uvw"), n),
            "h": np.resize(list("xyyy"), n),
        }
    )


# --- settings of functions ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "least", "most"),
    [
        ("bs(a, df={})", 3, 1000),
        ("bs(a, degree={})", 0, 100),
        ("poly(a, {})", 1, 100),
        ("scale(a, ddof={})", 0, 1),
    ],
)
def test_a_whole_number_is_taken_up_to_its_bounds(call, least, most):
    for value in (least, most):
        assert value in call_settings(tree(call.format(value))).values()
    for value in (most + 1, -1, "True", "1.0"):
        with refused("formula: '"):
            call_settings(tree(call.format(value)))
    word = re.search(r"(\w+)=", call)
    name = word[1] if word else "degree"
    with refused(f": {name} is a whole number from "):
        call_settings(tree(call.format(most + 1)))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("bs(a, 4, knots=[1, 2])", "df and knots are both given; leave one out"),
        ("bs(a, 2)", "df is 3 or more, or set a lower degree than 3"),
        ("bs(a, 3, include_intercept=True)", "df is 4 or more, or set a lower degree than 3"),
        ("bs(a, 1, degree=2)", "df is 2 or more, or set a lower degree than 2"),
        ("bs(a, knots=[1, 1])", "knots is a list of at most 1000 numbers that rise, not [1, 1]"),
        ("bs(a, knots=[2, 1])", "numbers that rise, not [2, 1]"),
        ("bs(a, knots=3)", "numbers that rise, not 3"),
        ("bs(a, knots={1, 2})", "numbers that rise, not {1, 2}"),
        (
            f"bs(a, knots={[*range(1001)]})",
            "knots is a list of at most 1000 numbers that rise, not",
        ),
        ("bs(a, knots=[True])", "numbers that rise, not [True]"),
        ("bs(a, lower_bound=1e141)", "lower_bound is a number, not 1e+141"),
        ("bs(a, extrapolation='no')", "extrapolation is raise or clip or na or zero or extend"),
        ("poly(a, raw=1)", "raw is True or False, not 1"),
        ("poly(a, None)", "degree is a whole number from 1 to 100, not None"),
        ("scale(a, center=0)", "center is True or a number, not 0"),
        ("scale(a, True, True, 1, 2)", "besides the column it takes center, scale, ddof"),
        ("bs(a, 4, df=4)", "has an argument that is not allowed; besides the column it takes df,"),
        ("bs(a, speed=4)", "has an argument that is not allowed; besides the column it takes df,"),
        ("log(a, 2)", "has an argument that is not allowed; besides the column it takes nothing"),
        ("bs(a, b)", "'b' is not a constant; write it out"),
        ("poly(a, 'x' * 60)", "is not a constant"),
    ],
)
def test_a_setting_that_is_none_is_refused_in_words(call, said):
    with refused(said):
        call_settings(tree(call))


def test_what_is_no_setting_is_cut_after_forty_characters():
    for length, shown in ((40, "7" * 40), (41, "7" * 40)):
        with pytest.raises(InputError, match=f", not {shown}$"):
            call_settings(tree(f"poly(a, {'7' * length})"))
        with refused(f"powers from 1 to 5, not '{shown}'"):
            parse(f"(a + b)**{'7' * length}")
        with pytest.raises(ValueError, match=f"learned {shown}, which is not a finite number"):
            check_state({"scale(a)": {"ddof": 1, "scale": 1.0, "center": "7" * length}})


@pytest.mark.parametrize(
    ("call", "given"),
    [
        ("bs(a)", {}),
        ("bs(a, 3)", {"df": 3}),
        ("bs(a, None, [1, 2.5], 2)", {"knots": [1, 2.5], "degree": 2}),
        ("bs(a, 4, include_intercept=True)", {"df": 4, "include_intercept": True}),
        ("bs(a, 2, degree=2)", {"df": 2, "degree": 2}),
        ("bs(a, upper_bound=1e140)", {"upper_bound": 1e140}),
        ("bs(a, knots=(1, 2))", {"knots": (1, 2)}),
        (f"bs(a, knots={[*range(1000)]})", {"knots": [*range(1000)]}),
        ("scale(a, -2.5, False)", {"center": -2.5, "scale": False}),
    ],
)
def test_settings_are_read_by_place_and_by_name(call, given):
    assert call_settings(tree(call)) == given


@pytest.mark.parametrize(
    "call",
    [
        *("bs(a)", "bs(a, 4)", "bs(a, degree=1)", "bs(a, knots=[3, 5])", "bs(a, 5, degree=2)"),
        *("bs(a, knots=[3, 5, 6], degree=2)", "bs(a, knots=[4], include_intercept=True)"),
        *("bs(a, 6, include_intercept=True)", "poly(a)", "poly(a, 3)", "poly(a, 2, raw=True)"),
    ],
)
def test_the_columns_of_a_spline_are_counted_before_it_is_made(call):
    made = formulaic.model_matrix(f"{call} - 1", frame(), output="numpy")
    assert basis_size(tree(call)) == made.shape[1]
    assert basis_size(tree(f"I({call} * 2)")) == made.shape[1]
    assert basis_size(tree(f"I({call} * poly(b, 2))")) == 2 * made.shape[1]
    assert basis_size(tree("log(a)")) == 1


def columns(text: str) -> list[tuple[str, bool]]:
    return [tuple(each) for each in find_columns(tree(text))]


def test_what_a_factor_may_calculate():
    assert columns("I(a**5 + -b / 2)") == [("a", False), ("b", False)]
    assert columns("I(a**-5 * +b ** 2.5)") == [("a", False), ("b", False)]
    assert columns("I(2 - a)") == [("a", False)]
    assert columns("C(g)") == [("g", True)]
    for text, said in (
        ("I(a**6)", "'a ** 6': give a number from -5 to 5 as power"),
        ("I(a**-5.1)", "'a ** (-5.1)': give a number from -5 to 5 as power"),
        ("I(a**b)", "'a ** b': give a number from -5 to 5 as power"),
        ("I(a + 1e141)", "is not allowed; use columns"),
        ("I(2 * 3)", "'2 * 3' is arithmetic on constants; write the number out"),
        ("I(-2 * +3)", "'-2 * +3' is arithmetic on constants"),
        (
            "I(a % 2)",
            "'a % 2' is not allowed; use columns, numbers beside them, + - * / ** and fun",
        ),
        ("I(not a)", "'not a' is not allowed"),
        ("I(~a)", "'~a' is not allowed"),
        ("sin(a)", "'sin' is not a function a formula may call; use C, I, abs, bs, center, exp,"),
        ("a.log(b)", "'a.log' is not a function a formula may call;"),
        ("C(a + b)", "'C(a + b)': C takes one column; choose the reference with TableEncoder"),
        ("C(a, b)", "'C(a, b)': C takes one column;"),
        ("C(a, levels=1)", "C takes one column;"),
        ("log()", "'log()' is of nothing; name a column"),
        ("center(bs(a))", "'center(bs(a))': center takes one column, not a spline or poly"),
        ("poly(bs(a))", "poly takes one column, not a spline or poly"),
    ):
        with refused(said):
            columns(text)
    assert columns("log(bs(a))") == [("a", False)]
    assert columns("scale(log(a))") == [("a", False)]
    long = tree("a + " + "b" * 56)
    assert code(long) == repr("a + " + "b" * 56)
    assert code(tree("a + " + "b" * 57)) == repr("a + " + "b" * 56 + "…")


# --- how large a formula becomes ---------------------------------------------------------


def test_sizes_add_and_multiply():
    assert Size(2, 5) + Size(1, 3) == Size(3, 8)
    assert Size(2, 5) * Size(3, 7) == Size(6, 5 * 3 + 7 * 2 + 6)


def test_a_formula_has_ten_thousand_characters_at_most():
    check_length("a" * 10_000)
    with refused("formula: has 10,001 characters, more than 10,000; make it shorter"):
        check_length("a" * 10_001)


@pytest.mark.parametrize(("power", "good"), [(1, True), (5, True), (6, False)])
def test_sums_have_powers_from_1_to_5(power, good):
    if good:
        assert "a" in parse(f"(a + b)**{power}").names
    else:
        with refused(f"formula: give powers from 1 to 5, not '{power}'"):
            parse(f"(a + b)**{power}")


def test_a_power_is_a_whole_number_that_is_written_out():
    for text, shown in (("(a + b)**c", "c"), ("(a + b)^1000000000000", "1000000000000")):
        with refused(f"formula: give powers from 1 to 5, not '{shown}'"):
            parse(text)


def test_terms_are_counted_up_to_two_thousand(monkeypatch):
    for text, terms in (
        ("a + b", 2 + 1),
        ("a * b", 3 + 1),
        ("a / b", 3 + 1),
        ("a : b", 1 + 1),
        ("(a + b)**3", 8 + 1),
        ("(a + b):(g + h)", 4 + 1),
    ):
        for most, good in ((terms, True), (terms - 1, False)):
            monkeypatch.setattr(expansion, "MOST_TERMS", most)
            if good:
                parse(text)
                continue
            with refused(f"formula: expands into {terms:,} terms, more than {most:,}; make it"):
                parse(text)
    monkeypatch.undo()
    assert (expansion.MOST_TERMS, expansion.MOST_EXPANDED, expansion.MOST_LETTERS) == (
        2_000, 10_000, 500_000,
    )  # fmt: skip


def test_columns_are_counted_by_the_levels_of_the_categories(monkeypatch):
    category = CategoryColumn("g", "u", ("v", "ww"))
    known = [NumberColumn("a"), NumberColumn("b"), category]
    for text, number, letters in (
        ("a", 2, 9 + (9 + 1)),  # with the intercept; each name has eight more characters
        ("g", 4, 9 + (3 * 9 + 4 + 3)),
        ("poly(a, 3)", 4, 9 + (3 * 18 + 3)),
        ("a:g", 4, 9 + (3 * 10 + 34 + 3)),
    ):
        parsed = parse(text)
        for name, size, said in (
            ("MOST_EXPANDED", number, f"expands into {number} columns, more than {number - 1};"),
            ("MOST_LETTERS", letters, f"expands into columns of {letters} characters, more than"),
        ):
            with monkeypatch.context() as patch:
                patch.setattr(expansion, name, size)
                expansion.check_columns(parsed.terms, parsed.factors, known)
                patch.setattr(expansion, name, size - 1)
                with refused(said):
                    expansion.check_columns(parsed.terms, parsed.factors, known)
    assert Factor(1, ("a",)).names == ("a",)


# --- the text of a formula ---------------------------------------------------------------


def test_the_target_stands_on_the_left():
    for text, parts in (
        ("y ~ a + b", ("y", "a + b")),
        ("~ a", (None, "a")),
        ("a + b", (None, "a + b")),
        ("`a ~ b` ~ c", ("a ~ b", "c")),
        ("y.1 ~ `a~b`", ("y.1", "`a~b`")),
    ):
        assert split_formula(text) == parts
    for text in ("y ~", "", "y ~ a ~ b", " ~ "):
        with refused(f"formula {text!r} is not of the form 'y ~ a + b'"):
            split_formula(text)
    for text in ("log(y) ~ a", "y + z ~ a", "`y`z ~ a"):
        with refused("its left side must be the name of one column"):
            split_formula(text)
    with refused("formula=3 is not text; give one such as 'y ~ a + b'"):
        split_formula(3)


def test_a_parsed_formula_says_what_is_in_it():
    parsed = parse("a * C(g) + `c d`")
    assert (parsed.names, parsed.categories) == (("a", "g", "c d"), frozenset({"g"}))
    assert parsed.intercept
    assert not parse("a - 1").intercept
    assert not parse("a", intercept=False).intercept
    assert parse("1").names == ()
    assert names_by_term(parsed)["a:C(g)"] == ("a", "g")
    assert names_by_term(parsed)["1"] == ()
    assert parsed.factors["C(g)"] == Factor(1, ("g",))
    assert parse("bs(a, 4)").factors["bs(a, 4)"] == Factor(4, ("a",))
    assert (name_in_formula("a1"), name_in_formula("1a")) == ("a1", "`1a`")
    assert quoted("x" * 100) == repr("x" * 100)
    assert quoted("x" * 101) == repr("x" * 100 + "…")
    assert one_line(ValueError("a\n  b")) == "a b"
    assert one_line(ValueError()) == "ValueError"
    assert len(one_line(ValueError("x" * 300))) == 200
    assert one_line(ValueError("\x1b[1mx\x1b[0m ⧛y⧚")) == "x y"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a %in% b", "%in% is not known; write a:b for b within a"),
        ("y + .", "'.' is not known; name the columns"),
        ("a:b + `a:b`", "`a:b` reads as a term; rename the column"),
        ("`1` + a", "`1` reads as a term"),
        ("`0` + a", "`0` reads as a term"),
        ("log + log(a)", "'log' is also a function; rename the column"),
        ("`log` + log (a)", "'log' is also a function; rename the column"),
        ("9" * 141 + ":a", "…' is too large a number"),
        ("2", "1 and 0 stand for the intercept, and other numbers for nothing; calculate in I(…)"),
        ("0", "uses no column; name one, or write 1 alone"),
        ("a | b", "formula 'a | b' has several parts; give one, such as 'a + b'"),
        ("I(a + )", "formula 'I(a + )' cannot be read: write columns with + between them"),
        ("I(1)", "'1' is not allowed; use columns"),
        ("I(" + "-" * 5000 + "a)", "cannot be read"),
    ],
)
def test_names_and_operators_unlike_those_of_R_are_refused(text, said):  # noqa: N802
    with refused(said):
        parse(text)


@pytest.mark.parametrize(
    "text", ["a + `a + b` + b", "a.b + .c", "scale + center(a)", "1" * 140 + ":a", "`a b`:a"]
)
def test_what_reads_as_it_is_meant_is_taken(text):
    assert parse(text).names


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("`a", "a backtick is not closed; write `the name` between two"),
        ("'a'", "it holds a text in quotes; write the name of a column bare, or in backticks"),
        ('"a"', "it holds a text in quotes; write the name of a column bare, or in backticks"),
        ("(a", "'(' has no partner; close every bracket that is opened"),
        ("a)", "')' has no partner; close every bracket that is opened"),
        ("(a]", "']' has no partner; close every bracket that is opened"),
        ("a b", "'a' and 'b' need an operator such as + between them"),
        ("(a) b", "')' and 'b' need an operator such as + between them"),
        ("a (b)", "'a' and '(' need an operator such as + between them"),
        ("a +", "'+' has nothing on its right"),
        ("(a +)", "'+' has nothing on its right"),
        ("()", "'(' has nothing on its right"),
        ("* a", "'*' has nothing on its left"),
        ("a + : b", "':' has nothing on its left"),
        ("(** a)", "'**' has nothing on its left"),
        ("a & b", "'&' is no operator of a formula; these are + - : * / ** and parentheses, and"),
        ("a + 2", "1 and 0 stand for the intercept, and other numbers for nothing; calculate in"),
        ("a ** 1", "1 and 0 stand for the intercept, and other numbers for nothing;"),
        ("a", "write columns with + between them, a:b for a product and a * b for a + b + a:b"),
        ("- a + b", "write columns with + between them"),
        ("log(a + ) + b", "write columns with + between them"),
        ("{a + } + b", "write columns with + between them"),
    ],
)
def test_the_fault_of_a_formula_is_the_first_that_stands_in_it(text, fault):
    assert fault_of(text).startswith(fault)


# --- what functions have learned ---------------------------------------------------------

SPLINE = {"lower_bound": 0.0, "upper_bound": 4.0, "knots": [0.0, 0.0, 2.0, 4.0, 4.0]}
LINES = "bs(a, df=2, degree=1)"
POLY = {"alpha": {"0": 1.0, "1": 2.0}, "norms2": {"0": 1.0, "1": 2.0, "2": 0.5}}
SCALE = {"ddof": 1, "center": 1.0, "scale": 2.0}


@pytest.mark.parametrize(
    ("call", "learned"),
    [
        (LINES, SPLINE),
        ("bs(a, knots=[2], degree=1)", SPLINE),
        ("bs(a, knots=[2.0], degree=1, lower_bound=0, upper_bound=4)", SPLINE),
        ("bs(a, df=3, degree=1, include_intercept=True)", SPLINE),
        ("bs(a)", {**SPLINE, "knots": [0.0] * 4 + [4.0] * 4}),
        ("poly(a, 2)", POLY),
        ("poly(a, 2, raw=True)", {}),
        ("scale(a)", SCALE),
        ("scale(a, center=True, scale=2)", SCALE),
        ("scale(a, ddof=0)", SCALE | {"ddof": 0}),
        ("scale(a, center=False)", SCALE | {"center": None}),
        ("scale(a, scale=False)", SCALE | {"scale": None}),
        ("center(a)", SCALE | {"scale": None}),
        ("scale(a)", SCALE | {"center": 0.0, "scale": -1.0}),
    ],
)
def test_what_was_learned_is_taken_as_it_was(call, learned):
    state = check_state({call: learned})[call]
    if "alpha" in state:
        assert state == {"alpha": {0: 1.0, 1: 2.0}, "norms2": {0: 1.0, 1: 2.0, 2: 0.5}}
    else:
        assert state == learned
    assert json.loads(json.dumps(as_json(state))) == learned


KNOTS = "has not the knots that its settings say"
RISE = "do not rise from its lower to its upper bound"
SAID = "has not the knots and bounds that its settings say"
KIND = "is not a finite number"


@pytest.mark.parametrize(
    ("call", "learned", "said"),
    [
        ("log(a)", {}, "'log(a)' is no call of a function that learns"),
        ("a", {}, "'a' is no call of a function that learns"),
        ("bs(a", {}, "'bs(a' is no call of a function that learns"),
        ("bs(a)", [], "what 'bs(a)' learned is no object"),
        (
            LINES,
            {**SPLINE, "more": 1},
            "learned is not whole: lower_bound, upper_bound, knots, more",
        ),
        (LINES, {"knots": []}, "learned is not whole: knots"),
        (LINES, {**SPLINE, "knots": [0.0, 0.0, 4.0, 4.0]}, KNOTS),
        (LINES, {**SPLINE, "knots": 3}, KNOTS),
        ("bs(a, df=3, degree=1)", SPLINE, KNOTS),
        ("bs(a, knots=[1, 2], degree=1)", SPLINE, KNOTS),
        (LINES, {**SPLINE, "knots": [0.0, 0.0, 5.0, 4.0, 4.0]}, RISE),
        (LINES, {**SPLINE, "knots": [0.0, 1.0, 2.0, 4.0, 4.0]}, RISE),
        (LINES, {**SPLINE, "knots": [0.0, 0.0, 2.0, 3.0, 4.0]}, RISE),
        (LINES, {**SPLINE, "upper_bound": 5.0}, RISE),
        (LINES, {**SPLINE, "lower_bound": math.nan}, KIND),
        (LINES, {**SPLINE, "knots": [0.0, 0.0, "2", 4.0, 4.0]}, KIND),
        ("bs(a, knots=[1], degree=1)", SPLINE, SAID),
        ("bs(a, df=2, degree=1, lower_bound=1)", SPLINE, SAID),
        ("bs(a, df=2, degree=1, upper_bound=5)", SPLINE, SAID),
        ("poly(a, 2)", {"alpha": {}, "norms2": {}}, "learned is not whole: "),
        ("poly(a, 2)", {**POLY, "alpha": []}, "alpha of 'poly(a, 2)' is no object"),
        ("poly(a, 3)", POLY, "learned is not whole: 0, 1"),
        ("poly(a)", POLY, "learned is not whole: 0, 1"),
        ("poly(a, 2, raw=True)", POLY, "learned is not whole: alpha, norms2"),
        (
            "poly(a, 2)",
            {**POLY, "norms2": {"0": 1.0, "1": 0.0, "2": 1.0}},
            "a column of zeros; lower",
        ),
        ("poly(a, 2)", {**POLY, "norms2": {"0": 1.0, "1": True, "2": 1.0}}, KIND),
        ("scale(a)", {"center": 1.0, "scale": 2.0}, "learned is not whole: center, scale"),
        (
            "scale(a)",
            SCALE | {"center": None},
            "'scale(a)' has not the center that its settings say",
        ),
        ("scale(a, scale=False)", SCALE, "has not the scale that its settings say"),
        ("center(a)", SCALE, "'center(a)' has not the scale that its settings say"),
        (
            "scale(a)",
            SCALE | {"scale": 0.0},
            "divides by 0, as the column is constant; leave it out",
        ),
        ("scale(a, scale=3)", SCALE, "has not the scale that its settings say"),
        ("scale(a, center=3)", SCALE, "has not the center that its settings say"),
        ("scale(a)", SCALE | {"ddof": 0}, "has not the ddof that its settings say"),
        ("scale(a, ddof=0)", SCALE, "has not the ddof that its settings say"),
        ("scale(a)", SCALE | {"ddof": True}, "has not the ddof that its settings say"),
        ("scale(a)", SCALE | {"center": math.inf}, KIND),
    ],
)
def test_what_was_not_learned_so_is_refused_in_words(call, learned, said):
    with pytest.raises((TypeError, ValueError), match=re.escape(said)):
        check_state({call: learned})
    with refused("what the formula learned is no object", TypeError):
        check_state([call])


def test_made_up_bounds_are_beyond_all_values():
    assert made_up({LINES: SPLINE, "poly(a)": {}}) == {
        LINES: {
            "lower_bound": -1e300,
            "upper_bound": 1e300,
            "knots": [-1e300, 0.0, 0.0, 0.0, 1e300],
        }
    }


# --- stored encodings --------------------------------------------------------------------

POINT = {"format": {"decimal": ".", "unit": ""}}
ONE_FOR_TWO = {"pooled": ["w"], "pool": "v", "gap": "v", "missing": "indicator"}
PLAIN = Encoding((NumberColumn("a"), CategoryColumn("g", "u", ("v",))), (("d", "why"),))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda d: d.update(more=1), "the encoding has not the fields that it should"),
        (lambda d: d.update(columns=[]), "the columns are none, or one stands twice"),
        (lambda d: d["dropped"][0].update(name="a"), "the columns are none, or one stands twice"),
        (lambda d: d["dropped"][0].update(why=3), "3 is not text"),
        (lambda d: d.update(na=[1]), "1 is not text"),
        (lambda d: d["columns"][0].update(name=3), "3 is not text"),
        (lambda d: d["columns"][0].update(more=3), "column 'a' has a field that is not known"),
        (lambda d: d["columns"][0].update(missing="x"), "missing='x' is not valid"),
        (lambda d: d["columns"][0].update(kind="x"), "column 'a' is of an unknown kind"),
        (lambda d: d["columns"][0].update(scale=0.0), "the scale of column 'a' is not positive"),
        (lambda d: d["columns"][0].update(scale=-1), "the scale of column 'a' is not positive"),
        (lambda d: d["columns"][0].update(mean=True), "True is not a finite number"),
        (lambda d: d["columns"][0].update(mean=math.inf), "inf is not a finite number"),
        (lambda d: d["columns"][0].update(mean="1"), "'1' is not a finite number"),
        (lambda d: d["columns"][0].update(origin=1.0), "has an origin and is no date"),
        (lambda d: d["columns"][0].update(kind="duration", origin=1), "an origin and is no date"),
        (lambda d: d["columns"][0].update(POINT, kind="date"), "has a format and is no number"),
        (lambda d: d["columns"][0].update(POINT, kind="duration"), "a format and is no number"),
        (lambda d: d["columns"][1].update(levels="v"), "the levels of column 'g' are no lists"),
        (lambda d: d["columns"][1].update(pooled="v"), "the levels of column 'g' are no lists"),
        (lambda d: d["columns"][1].update(levels=[1]), "1 is not text"),
        (lambda d: d["columns"][1].update(reference=1), "1 is not text"),
        (lambda d: d["columns"][1].update(levels=[]), "are none or repeated"),
        (lambda d: d["columns"][1].update(levels=["v", "v"]), "are none or repeated"),
        (lambda d: d["columns"][1].update(levels=["u"]), "are none or repeated"),
        (lambda d: d["columns"][1].update(unseen="x"), "unseen='x' is not valid"),
        (lambda d: d["columns"][1].update(missing="x"), "missing='x' is not valid"),
        (lambda d: d["columns"][1].update(pooled=["w"]), "not those that its policies need"),
        (lambda d: d["columns"][1].update(gap="v"), "not those that its policies need"),
        (lambda d: d["columns"][1].update(pooled=["w"], pool="x"), "not those that its policies"),
        (lambda d: d["columns"][1].update(ONE_FOR_TWO), "column 'g' has one level for two things"),
    ],
)
def test_an_encoding_that_was_not_learned_is_refused_in_words(spoil, said):
    stored = deepcopy(json.loads(json.dumps(PLAIN.to_dict())))
    assert Encoding.from_dict(stored) == PLAIN
    spoil(stored)
    with pytest.raises((TypeError, ValueError), match=re.escape(said)):
        Encoding.from_dict(stored)


def with_reference(stored):
    """Give the category a reference, and keep its column."""
    stored["columns"][1].update(reference="u", levels=["v", "w"])
    stored["formula"].update(all_levels=["g"])


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda d: d["formula"].update(text=3), "3 is not text"),
        (lambda d: d["formula"].update(intercept=1), "1 is neither true nor false"),
        (
            lambda d: d["formula"].update(text="a"),
            "the formula does not use the columns that are stored",
        ),
        (lambda d: d["columns"].pop(), "the formula does not use the columns that are stored"),
        (lambda d: d["formula"]["features"].pop(), "the formula has not one term for each feature"),
        (
            lambda d: d["formula"].update(all_levels=["g"]),
            "what its functions learned, are not whole",
        ),
        (lambda d: d["formula"].update(all_levels=["a"]), "no category, or has a reference level"),
        (with_reference, "keeps every level of a column that is no category, or has a reference"),
        (
            lambda d: d["columns"][0].update(scale=2.0),
            "a column of the formula has an indicator or a scale",
        ),
        (lambda d: d["columns"][0].update(missing="indicator"), "has an indicator or a scale"),
        (lambda d: d["formula"]["terms"].reverse(), "what its functions learned, are not whole"),
        (lambda d: d["formula"]["features"].reverse(), "what its functions learned, are not whole"),
        (lambda d: d["formula"].update(state={}), "what its functions learned, are not whole"),
        (
            lambda d: d["formula"].update(intercept=False),
            "what its functions learned, are not whole",
        ),
    ],
)
def test_a_stored_formula_that_was_not_learned_is_refused_in_words(spoil, said):
    stored = TableEncoder(formula="center(a) * g").fit(frame()).encoding_.to_dict()
    stored = json.loads(json.dumps(stored))
    spoil(stored)
    with pytest.raises((TypeError, ValueError), match=re.escape(said)):
        Encoding.from_dict(stored)


def test_an_encoding_describes_its_columns():
    gaps = NumberColumn("a", "indicator", mean=2.0, scale=3.0)
    pooled = CategoryColumn("g", None, ("u", "v", "other"), ("w",), "other", "drop", "other")
    encoding = Encoding((gaps, pooled), (("c", "has no level but its reference"), ("d", "why")))
    assert encoding.names == ("a", "g")
    assert encoding.feature_names == ("a", "a missing", "g=u", "g=v", "g=other")
    assert encoding.origins == ("a", "a", "g", "g", "g")
    assert encoding.sources[-1] == ("g",)
    assert encoding.scales.tolist() == [3.0, 1.0, 1.0, 1.0, 1.0]
    assert (encoding.constant, encoding.intercept) == (("c",), True)
    assert encoding.rules.counts_as("g") == "other"
    assert encoding.with_unseen("reference").rules.counts_as("g") == "no level"
    assert encoding.rules.counts_as("a") == "the reference"
    assert PLAIN.rules.counts_as("g") == "the reference"
    assert encoding.with_unseen(None) is encoding
    with refused("unseen='x' is not valid"):
        encoding.with_unseen("x")
    table = Table.of(
        {"g": ["u", "w", "z", "", "NA"], "a": ["1", "", "3", "4", "5"], "e": ["x"] * 5}
    )
    encoded = encoding.encode(table)
    np.testing.assert_array_equal(
        encoded.X,
        [
            [1, 0, 1, 0, 0],
            [2, 1, 0, 0, 1],
            [3, 0, 0, 0, 1],
            [4, 0, np.nan, np.nan, np.nan],
            [5, 0, np.nan, np.nan, np.nan],
        ],
    )
    assert encoded.incomplete.tolist() == [False] * 3 + [True] * 2
    assert {name: gap.tolist() for name, gap in encoded.gaps.items()} == {
        "g": [False] * 3 + [True] * 2
    }
    assert {name: rows.tolist() for name, rows in encoded.unseen.items()} == {"g": [2]}
    assert encoded.ignored == ("e",)
    with refused(
        "table: row 4, column 'g': 'z' was not seen in training; known are 'u', 'v', 'other'; corr",
        TableError,
    ):
        encoding.encode(table, unseen="error")
    strict = Encoding((NumberColumn("a", "error"),))
    with refused("table: row 3, column 'a': missing ('a' in 1 row)", TableError):
        strict.encode(table)


def test_an_unseen_level_says_what_it_may_count_as():
    table = Table.of({"g": ["z"]}, "t")
    for reference, said in (
        ("u", "known are 'u', 'v'; correct it, or count it as 'u': unseen='reference'"),
        (None, "known are 'v'; correct it, or count it as no level (its indicators are 0): unseen"),
    ):
        with refused(f"t: row 2, column 'g': 'z' was not seen in training; {said}", TableError):
            Encoding((CategoryColumn("g", reference, ("v",)),)).encode(table)


@pytest.mark.parametrize("levels", [1, 124, 125, 126, 127, 128, 129, 300])
def test_each_level_has_its_own_indicator_however_many_there_are(levels):
    names = tuple(f"l{k}" for k in range(levels))
    encoding = Encoding((CategoryColumn("g", "r", names, unseen="reference"),))
    X = encoding.encode(Table.of({"g": [*names, "r", "z", ""]})).X
    assert np.array_equal(X[:levels], np.eye(levels))
    assert not X[levels : levels + 2].any()
    assert np.isnan(X[-1]).all()


# --- learning ----------------------------------------------------------------------------


def learned(values, policy):
    return TableEncoder(columns={"a": policy}).fit(pd.DataFrame({"a": values})).encoding_.columns[0]


def test_a_number_learns_its_mean_and_scale_where_they_are_asked_for():
    values = [1.0, np.nan, 3.0]
    column = learned(values, Number("indicator", standardise=True))
    assert (column.missing, column.mean, column.scale) == ("indicator", 2.0, 1.0)
    column = learned([1.0, 5.0], Number("indicator", standardise=True))
    assert (column.missing, column.mean, column.scale) == ("error", 0.0, 2.0)
    assert learned([1.0, 5.0], Number()) == NumberColumn("a", "error")
    assert learned([5.0, 5.0], Number(standardise=True)).scale == 1.0
    assert learned(values, Number("drop")).mean == 0.0


def test_a_date_learns_its_origin_and_a_duration_has_none():
    dates = pd.to_datetime(["1970-01-03", None, "1970-01-05"])
    column = learned(dates, Date(missing="indicator"))
    assert (column.kind, column.origin, column.mean) == ("date", 2.0, 1.0)
    spans = pd.to_timedelta([1, None, 4], "D")
    column = learned(spans, Date(missing="indicator", standardise=True))
    assert (column.kind, column.origin, column.mean, column.scale) == ("duration", 0.0, 2.5, 1.5)


def test_a_category_learns_levels_reference_and_what_is_pooled():
    values = ["b", "b", "b", "a", "a", "a", "c", "d", None]
    column = learned(values, Category(rare=2, missing="indicator", unseen="other"))
    assert column == CategoryColumn(
        "a", "a", ("b", "other", "missing"), ("c", "d"), "other", "indicator", "other", "missing"
    )
    column = learned(values[:-1], Category("d", missing="indicator"))
    assert (column.reference, column.levels, column.missing) == ("d", ("a", "b", "c"), "error")
    assert learned(values[:-1], Category(None)).levels == ("a", "b", "c", "d")
    with refused(
        "column 'a': the reference 'z' is not one of its levels ('a', 'b', 'c', 'd')", TableError
    ):
        learned(values[:-1], Category("z"))
    named = learned(["other", "other", "x", "y"], Category(rare=2))
    assert (named.pool, named.levels, named.reference) == ("other (2)", ("other (2)",), "other")
    ranked = pd.Categorical(["lo", "hi", "hi"], ["lo", "hi"])
    assert learned(ranked, Category(None)).levels == ("lo", "hi")


def test_beyond_a_thousand_levels_just_enough_are_pooled():
    values = [f"l{k:04}" for k in range(1000)]
    assert len(learned(values, Category(None)).levels) == 1000
    with pytest.warns(GlasslogitWarning) as caught:
        column = learned([*values, *values[:10], "m"], Category(None))
    assert str(caught[0].message) == (
        "X: column 'a' has 1,001 levels; all but 10 are pooled into 'other', those of fewer than "
        "2 rows; leave the column out if it is an identifier, or choose with Category(rare=…)"
    )
    assert (len(column.levels), len(column.pooled)) == (11, 991)


@pytest.mark.parametrize(
    ("options", "data", "said"),
    [
        ({"columns": [1]}, {"a": [1, 2]}, "columns=[1] is not valid; give policies by column name"),
        (
            {"columns": {"a": 3}},
            {"a": [1, 2]},
            "columns: 3 is not a policy for 'a'; give Number(…)",
        ),
        ({"columns": {"b": "drop"}}, {"a": [1, 2]}, "X: no column 'b'; columns: a"),
        ({"columns": {"a": "drop"}}, {"a": [1, 2]}, "('a': left out on request)"),
        (
            {},
            {"a": pd.to_datetime(["2026", "2027"])},
            "columns={'a': Date()} counts days, columns={'a': 'drop'} leaves it out",
        ),
        (
            {"columns": {"a": Number()}},
            {"a": ["x", "y"]},
            "X: row 0, column 'a': 'x' is not a number",
        ),
        (
            {"columns": {"a": Category()}},
            {"a": [np.nan] * 2},
            "every value is missing; leave the column",
        ),
        ({}, {"a": [1, np.nan]}, "X: row 1, column 'a': missing ('a' in 1 row)"),
        (
            {"missing": "drop"},
            {"a": [1, np.nan], "b": [np.nan, 1]},
            "no complete row to learn from; missing: 'a' in 1 row, 'b' in 1 row",
        ),
        (
            {},
            {"a": ["x", "x"]},
            "no column is left to learn from ('a': has no level but its reference)",
        ),
        (
            {},
            {"g=v": [1, 2], "g": ["u", "v"]},
            "X: two columns of X would be named 'g=v'; rename a",
        ),
        (
            {"formula": "a", "standardise": True},
            {"a": [1.0, 4.0]},
            "leave it out, or write scale(a)",
        ),
        (
            {"formula": "a", "missing": "indicator"},
            {"a": [1.0, np.nan]},
            "set missing='drop', or fill",
        ),
        ({"formula": "C(a)", "columns": {"a": Number()}}, {"a": [1, 2]}, "C(a) is a category; its"),
        (
            {"formula": "g + a"},
            {"a": [1, 2], "g": ["u", "u"]},
            "one level only, so no column of X; leave",
        ),
        (
            {"formula": "log(g)"},
            {"g": ["u", "v"]},
            "calculates with 'g', whose values are levels; write C(g)",
        ),
        (
            {"formula": "log(`g h`)"},
            {"g h": ["u", "v"]},
            "write C(`g h`) for its levels, or leave it",
        ),
        (
            {"formula": "log(a)"},
            {"a": [1.0, 0.0]},
            "X: row 1: log(a) has no finite value: '0'; correct what it is computed of, or leave",
        ),
    ],
)
def test_what_cannot_be_learned_is_refused_in_words(options, data, said):
    with refused(said) as caught:
        TableEncoder(**options).fit_transform(pd.DataFrame(data))
    assert isinstance(caught.value, (InputError, TableError))


def test_an_encoder_that_was_not_fitted_says_so():
    for call in (TableEncoder().get_feature_names_out, lambda: TableEncoder().transform(frame())):
        with refused("this TableEncoder is not fitted; call fit(X) first", NotFittedError):
            call()
    encoder = TableEncoder(missing="drop").fit(pd.DataFrame({"a": [1.0, np.nan], "b": [1, 2]}))
    with refused(
        "X: row 0, column 'a': missing ('a' in 1 row); fill it in, or leave the row out", TableError
    ):
        encoder.transform(pd.DataFrame({"a": [np.nan], "b": [1]}))


def test_without_an_intercept_the_first_category_keeps_all_its_levels():
    def kept(**options):
        return (
            TableEncoder(**options).fit(frame()[["a", "g", "h"]]).get_feature_names_out().tolist()
        )

    assert kept() == ["a", "g=v", "g=w", "h=x"]
    assert kept(intercept=False) == ["a", "g=u", "g=v", "g=w", "h=x"]
    assert kept(intercept=False, columns={"h": Category(None)}) == ["a", "g=v", "g=w", "h=x", "h=y"]


def test_the_row_that_cannot_be_computed_is_named():
    encoder = TableEncoder(formula="bs(a, 4)").fit(pd.DataFrame({"a": np.linspace(0, 1, 20)}))
    for row in range(5):
        values = np.full(5, 0.5)
        values[row:] = 2.0
        with refused(
            f"X: row {row}: bs(a, 4) has no value beyond its bounds, by default those of training: "
            "'2'; set extrapolation='clip' or 'extend'",
            TableError,
        ):
            encoder.transform(pd.DataFrame({"a": values}))


# --- how X follows a column --------------------------------------------------------------


@pytest.mark.parametrize("text", ["a", "I(a**2)", "log(a)", "a:b", "poly(a, 3, raw=True)"])
def test_derivatives_are_those_of_the_terms(text):
    data = frame()
    encoder = TableEncoder(formula=text).fit(data)
    table = encoder.typed(data)[0]
    seen = Variables.of(encoder.encoding_, table, np.arange(60))
    a = data["a"].to_numpy()
    wanted = {
        "a": np.ones(60),
        "I(a**2)": 2 * a,
        "log(a)": 1 / a,
        "a:b": data["b"].to_numpy(),
        "poly(a, 3, raw=True)": np.column_stack([np.ones(60), 2 * a, 3 * a**2]),
    }[text]
    np.testing.assert_allclose(seen.derivative("a"), wanted.reshape(60, -1), rtol=1e-8)
    assert seen.one({"a": 2.0, "b": 3.0}).features().shape[0] == 1
    with refused("column 'a' is no category", TypeError):
        next(seen.levels("a"))


def test_a_formula_of_differences_is_read_back():
    """The rows that are made up to check it are the same in each column."""
    text = (
        "poly(I(a - b), 2) + scale(I(a - b)) + center(I(a - b)) + bs(I(a - b), 4) + I(1 / (a - b))"
    )
    encoding = TableEncoder(formula=f"({text}) * g + h").fit(frame()).encoding_
    assert Encoding.from_dict(json.loads(json.dumps(encoding.to_dict()))) == encoding


def test_a_constant_column_is_left_out_unless_the_formula_uses_it():
    """A file's is then a term as a frame's is: its rows may be the part that is trained on."""
    values = {"a": ["1", "1"], "b": ["1", "2"], "g": ["u", "u"], "c": ["", ""]}
    table, numbers = Table.of(values, "t"), {"a": [1.0, 1.0], "b": [1.0, 2.0]}
    for text in ("a + b", "log(a) + b", "a:b", "a"):
        learned = TableEncoder(formula=text).fit(table)
        as_frame = TableEncoder(formula=text).fit(pd.DataFrame(numbers))
        assert learned.encoding_.feature_names == as_frame.encoding_.feature_names
        assert np.array_equal(learned.transform(table), as_frame.transform(pd.DataFrame(numbers)))
    for text, said in (
        ("g + b", "t: formula 'g + b': 'g' has one level only, so no column of X; leave it out"),
        ("c + b", "t: column 'c', which the formula uses, is of no use: every value is missing"),
    ):
        with refused(said, TableError):
            TableEncoder(formula=text).fit(table)
    dates = Table.of({"d": ["2024-01-31"] * 2}, "t")
    with refused("t: row 2, column 'd': '2024-01-31' is a date; count the days", TableError):
        TableEncoder(formula="d").fit(dates)
    table = Table.of({"a": ["1", "1"], "b": ["1", "2"]}, "t")
    assert TableEncoder(formula="b").fit(table).encoding_.names == ("b",)
    assert TableEncoder().fit(table).encoding_.dropped == (("a", "always '1'"),)
    assert TableEncoder({"a": "drop"}).fit(table).encoding_.dropped == (
        ("a", "left out on request"),
    )


def test_a_table_is_learned_from_some_of_its_rows():
    table = Table.of({"a": ["x", "x", "y", ""], "b": ["1", "2", "3", "4"]}, "t")
    learned = TableEncoder(missing="drop").fit(table.take(np.array([0, 1]))).encoding_
    assert learned.dropped == (("a", "always 'x'"),)
    assert learned.names == ("b",)
    encoding = TableEncoder(missing="drop").fit(table.take(np.array([0, 2]))).encoding_
    columns = dict(encoding.columns_of(table, np.array([2, 0])))
    assert columns["b"].tolist() == [3.0, 1.0]
    assert [columns["a"].value(row) for row in range(2)] == ["y", "x"]


@pytest.mark.parametrize(
    ("text", "x", "slope"),
    [
        ("I(a**2)", 3.0, 6.0),
        ("I(1 / a)", 1.0, -1.0),
        ("log(a)", 1e-3, 1e3),
        ("log(a)", 5e-4, 2e3),
    ],
)
def test_a_row_alone_has_the_derivative_of_its_place(text, x, slope):
    """No step leaves the range of the rows that it stands for, where a logarithm has no value."""
    data = pd.DataFrame({"a": np.linspace(5e-4, 2e-3, 60) if x < 1 else np.linspace(1.0, 9.0, 60)})
    encoder = TableEncoder(formula=text).fit(data)
    seen = Variables.of(encoder.encoding_, encoder.typed(data)[0], np.arange(60))
    found = seen.one({"a": x}).derivative("a")
    np.testing.assert_allclose(found, [[slope]], rtol=1e-7, atol=1e-9)


def test_derivatives_stay_within_the_range_of_the_rows():
    """A spline has no value beyond its bounds, and a slope at them."""
    data = pd.DataFrame({"a": np.linspace(0.0, 1.0, 11)})
    encoder = TableEncoder(formula="bs(a, 4)").fit(data)
    seen = Variables.of(encoder.encoding_, encoder.typed(data)[0], np.arange(11))
    slopes, h = seen.derivative("a"), 1e-6
    for row, a in enumerate(data["a"]):
        low, high = max(a - h, 0.0), min(a + h, 1.0)
        values = encoder.transform(pd.DataFrame({"a": [low, high]}))
        np.testing.assert_allclose(slopes[row], (values[1] - values[0]) / (high - low), atol=1e-4)


def test_a_missing_number_of_a_table_has_no_slope():
    data = pd.DataFrame({"a": [1.0, np.nan, 3.0], "b": [1.0, 2.0, 3.0]})
    encoder = TableEncoder(missing="indicator").fit(data)
    seen = Variables.of(encoder.encoding_, encoder.typed(data)[0], np.arange(3))
    assert seen.derivative("a").tolist() == [[1, 0, 0], [0, 0, 0], [1, 0, 0]]
