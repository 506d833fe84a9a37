"""A formula is bounded before it is expanded, holds no arithmetic but on columns, and what its
functions learned is checked."""

import ast
import json
import re
from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pd = pytest.importorskip("pandas")
formulaic = pytest.importorskip("formulaic")
from formulaic.parser import DefaultFormulaParser  # noqa: E402

from glasslogit import LogisticRegression, cli  # noqa: E402
from glasslogit.errors import InputError  # noqa: E402
from glasslogit.tables import Encoding, TableEncoder  # noqa: E402
from glasslogit.tables.encoding import expansion, formula  # noqa: E402
from glasslogit.tables.encoding.expressions import FUNCTIONS  # noqa: E402
from glasslogit.tables.encoding.grammar import parse  # noqa: E402


def table(n=50):
    rng = np.random.default_rng(0)
    numbers = {name: rng.uniform(1, 9, n) for name in ("a", "b", "c d")}
    return pd.DataFrame(numbers | {"g": np.resize(list("uvw"), n)})


NAMES = ["a", "b", "c", "g", "log(a)", "bs(a, 4)", "poly(b, 2)", "`c d`"]
formulas = st.recursive(
    st.sampled_from(NAMES),
    lambda parts: st.one_of(
        st.tuples(parts, st.sampled_from("+*:/-"), parts).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        st.tuples(parts, st.integers(1, 3)).map(lambda p: f"({p[0]})**{p[1]}"),
    ),
    max_leaves=7,
)


@given(formulas)
@settings(max_examples=200, deadline=None)
def test_the_bound_on_terms_is_one(text):
    """Whatever formulaic expands a formula into is no more than was counted on its tree."""
    tree = DefaultFormulaParser().get_ast(text)
    try:
        expansion.check_terms(tree)
    except InputError:
        return
    try:
        terms = [str(term) for term in formulaic.Formula(text)]
    except TypeError:  # formulaic's answer to (a - a) / b
        return
    for most, found in (("MOST_TERMS", len(terms)), ("MOST_LETTERS", sum(map(len, terms)))):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(expansion, most, found - 1)
            with pytest.raises(InputError, match="formula: expands into"):
                expansion.check_terms(tree)


@given(formulas.filter(lambda text: "c" not in text.replace("c d", "")))
@settings(max_examples=60, deadline=None)
def test_the_bound_on_columns_is_one(text):
    """Whatever columns a formula gives of a table are no more than was counted on its terms."""
    try:
        encoding = TableEncoder(formula=text).fit(table()).encoding_
    except InputError:  # all its terms are taken away, or are too many
        return
    parsed, names = parse(text), encoding.feature_names
    for most, found in (("MOST_EXPANDED", len(names)), ("MOST_LETTERS", sum(map(len, names)))):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(expansion, most, found - 1)
            with pytest.raises(InputError, match="formula: expands into"):
                expansion.check_columns(parsed.terms, parsed.factors, encoding.columns)


def spoilt(text):
    """A stored encoding whose formula has another text."""
    stored = TableEncoder(formula="a + b + g").fit(table()).encoding_.to_dict()
    stored["formula"]["text"] = text
    return stored


TOO_MUCH = [
    "((a+b+g)**5)**5",
    "*".join(f"log(a + {i})" for i in range(16)),
    "(a+b+g)**(9)",
    "bs(a, 300):bs(b, 300) + g",
    "+".join(f"bs(a, {i})" for i in range(800, 820)) + "+b+g",
    "a" + "+a" * 5000,
    "a" * 10_001,
    f"({'+'.join(f'I(a + {10**130 + i})' for i in range(44))})**2",
]
CONSTANTS = [
    "I(abs('a' * 2000000000)) + a",
    "I(9 ** 5 ** 5 ** 5) + a",
    "I(2 * 3 * a)",
    "a + log(5)",
    "I(a + 'x')",
    "I(a * True)",
    "I(a * 1e400)",
    "I(a * 0x" + "f" * 400 + ")",
    "a:" + "9" * 400,
]
SETTINGS = [
    "bs(a, df=1e18)",
    "bs(a, df=-4)",
    "bs(a, df=True)",
    "bs(a, {[]: 1})",
    "bs(a, degree=10**6)",
    "bs(a, degree=2.5)",
    "bs(a, knots=[3, 2])",
    "bs(a, knots='abc')",
    "bs(a, extrapolation='guess')",
    "bs(a, include_intercept=2)",
    "bs(a, 4, df=5)",
    "bs(a, size=4)",
    "bs(df=4)",
    "poly(a, 400)",
    "poly(a, raw=1)",
    "poly(poly(a, 2), 2)",
    "scale(poly(a, 2))",
    "scale(a, scale=0)",
    "scale(a, ddof=50)",
    "log(a, b)",
    "log(a, where=b)",
    "center(a, 3)",
]


@pytest.mark.parametrize("text", [*TOO_MUCH, *CONSTANTS, *SETTINGS], ids=lambda text: text[:40])
def test_what_is_too_much_is_refused_before_it_is_computed(text, monkeypatch):
    """At the fit and on loading alike, before formulaic has expanded or computed anything."""
    stored, data = spoilt(text), table()

    def late(*_):
        raise AssertionError("it was computed")

    monkeypatch.setattr("glasslogit.tables.encoding.formula._computed", late)
    if text in TOO_MUCH[:3]:
        monkeypatch.setattr("formulaic.Formula", late)
    for refuse in (
        lambda: TableEncoder(formula=text).fit(data),
        lambda: Encoding.from_dict(stored),
    ):
        with pytest.raises(InputError, match=r"^formula") as caught:
            refuse()
        assert len(str(caught.value)) < 400


@pytest.mark.parametrize("text", ["bs(a, knots=[100])", "bs(a, lower_bound=8, upper_bound=2)"])
def test_knots_and_bounds_that_do_not_rise_are_refused(text):
    with pytest.raises(InputError, match=r"knots|cannot be computed"):
        TableEncoder(formula=text).fit(table())


LEARNING = "bs(a, 5) + bs(b, degree=1, knots=[3, 4], lower_bound=0, upper_bound=20) + poly(a, 3)"
LEARNING += " + poly(b, 2, raw=True) + center(a) + scale(b) + scale(b, center=False) + bs(`c d`, 4)"


def test_what_was_learned_survives_json():
    encoding = TableEncoder(formula=LEARNING).fit(table()).encoding_
    stored = json.loads(json.dumps(encoding.to_dict()))
    assert Encoding.from_dict(stored) == encoding
    X = [
        each.encode(TableEncoder().typed(table())[0]).X
        for each in (encoding, Encoding.from_dict(stored))
    ]
    np.testing.assert_array_equal(*X)


def numbers(state, path=()):
    """The path of every number in what was learned."""
    for key, value in state.items() if isinstance(state, dict) else enumerate(state):
        if isinstance(value, dict | list):
            yield from numbers(value, (*path, key))
        elif value is not None:
            yield (*path, key)


STORED = None


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_what_was_learned_is_whole_or_refused(data):
    """A number that is missing, no number or not finite; knots that do not rise; a norm of 0."""
    global STORED  # noqa: PLW0603  made once
    STORED = STORED or TableEncoder(formula=LEARNING).fit(table()).encoding_.to_dict()
    stored = deepcopy(STORED)
    state = stored["formula"]["state"]
    *path, key = data.draw(st.sampled_from(list(numbers(state))))
    node = state
    for each in path:
        node = node[each]
    damage = data.draw(st.sampled_from(["missing", "text", "nan", "low", "none", "list"]))
    if damage == "missing":
        del node[key]
    else:
        harm = {"text": "1", "nan": float("nan"), "low": -1e9, "none": None, "list": []}
        if damage == "low" and (key in {"center", "scale"} or "alpha" in path):
            return  # any number can be a mean
        node[key] = harm[damage]
    with pytest.raises((TypeError, ValueError)):
        Encoding.from_dict(stored)


def test_all_functions_that_a_formula_may_call_are_known():
    """Every function that the check lets pass can be computed, with each of its settings."""
    for name, known in FUNCTIONS.items():
        text = f"C(g) + {name}(a)" if name != "C" else "C(g)"
        assert TableEncoder(formula=text).fit_transform(table()).shape[0] == 50
        for setting in known:
            assert ast.parse(f"{name}(a, {setting}=1)")


def test_the_formulas_of_the_docs_are_fitted_as_before():
    frame = table().assign(y=np.resize([0, 1, 1, 0, 1], 50))
    model = LogisticRegression(formula="y ~ a * g + bs(b, 4) + I((a - 2) / 3) + I(-a ** 2)").fit(
        frame
    )
    assert len(model.feature_names_) == 1 + 2 + 2 + 4 + 2


@pytest.mark.parametrize(
    ("text", "at_fault"),
    [
        ("age +", "'+'"), ("+ * age", "'*'"), ("age:", "':'"), ("age::b", "':'"), ("(+)", "'+'"),
        ("age b", "'age' and 'b'"), ("(age) (b)", "')' and '('"), ("age `b`", "'age' and '`b`'"),
        ("(age", "'('"), ("age)", "')'"), ("bs(age, 4", "'('"), ("[age)", "')'"),
        ("age > 1", "'>'"), ("age = b", "'='"), ("age % b", "'%'"), ("age, b", "','"),
        ("'age'", "in quotes"), ("`age", "a backtick"), ("3", "I(…)"), ("age + 1/age", "I(…)"),
    ],
)  # fmt: skip
def test_what_is_no_formula_is_told_in_our_own_words(text, at_fault):
    with pytest.raises(Exception) as theirs:  # whatever formulaic says
        formulaic.Formula(text)
    with pytest.raises(InputError, match=f"^formula {re.escape(repr(text))} cannot be read: ") as e:
        parse(text)
    problem = str(e.value).partition("cannot be read: ")[2]
    assert at_fault in problem
    assert str(theirs.value).splitlines()[0][:20] not in problem


@given(
    st.lists(st.sampled_from(["age", "b", "1", "3", "+", "*", ":", "(", ")", "bs(", "'", "~", " "]))
)
def test_whatever_formulaic_cannot_read_has_a_fault_of_our_own(parts):
    said = refusal_of("".join(parts))
    for theirs in ("context", "literals", "perator `", "insuffient", "scaling", "\n"):
        assert theirs not in said


def refusal_of(text):
    try:
        parse(text)
    except InputError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "term",
    ["bs({}, 4)", "poly({}, 2)", "log({})", "scale({})", "center({})", "I({} + age)", "abs({})"],
)
@pytest.mark.parametrize("column", ["town", "`home town`", "C(town)"])
def test_a_function_of_levels_says_how_to_take_the_levels(term, column):
    d = pd.DataFrame({"age": range(40), "town": list("ab") * 20, "y": [0, 1, 1, 0, 1] * 8})
    d["home town"] = d.town
    with pytest.raises(InputError, match="whose values are levels") as error:
        LogisticRegression(formula=f"y ~ age + {term.format(column)}").fit(d)
    (remedy,) = re.findall(r"write (C\(.*\)) for its levels", str(error.value))
    assert remedy.strip("C()`") in column
    LogisticRegression(formula=f"y ~ age + {remedy}").fit(d)
    bare = column.strip("C()")
    LogisticRegression(formula=f"y ~ age + {bare} + {bare}:age + I({bare})").fit(d)


def test_settings_of_a_spline_are_checked_before_it_is_computed():
    d = pd.DataFrame({"age": range(40), "y": [0, 1, 1, 0, 1] * 8})
    for term, least in (("bs(age, 2)", 3), ("bs(age, 3, include_intercept=True)", 4),
                        ("bs(age, 1, degree=2)", 2)):  # fmt: skip
        with pytest.raises(InputError, match=f"df is {least} or more"):
            LogisticRegression(formula=f"y ~ {term}").fit(d)
        better = (
            term.replace("age, 2", "age, 3").replace("3, inc", "4, inc").replace("1, d", "2, d")
        )
        LogisticRegression(formula=f"y ~ {better}").fit(d)
    with pytest.raises(InputError, match="df and knots are both given"):
        LogisticRegression(formula="y ~ bs(age, df=5, knots=[3])").fit(d)
    with pytest.raises(InputError, match="besides the column it takes degree, raw"):
        LogisticRegression(formula="y ~ poly(age, deg=2)").fit(d)


@pytest.mark.parametrize("share", ["0", "0.25"])
def test_a_fit_of_the_command_line_computes_no_row_more_often_than_python(
    tmp_path, monkeypatch, share
):
    """Once to learn, once to have the columns; rows held out once."""
    pytest.importorskip("typer")
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"age": rng.normal(50, 9, 80), "town": rng.choice(["a", "b"], 80)})
    frame["ill"] = np.where(rng.random(80) < 0.5, "yes", "no")
    frame.to_csv(tmp_path / "t.csv", index=False)
    counted, computed = [], formula._computed

    def counting(terms, rows, *more):
        counted.append(len(rows.frame))
        return computed(terms, rows, *more)

    monkeypatch.setattr(formula, "_computed", counting)
    text = "bs(age, 4) * town"
    LogisticRegression(formula=f"ill ~ {text}").fit(frame)
    assert counted == [80, 80]
    counted.clear()
    told = ["--target", "ill", "--formula", text, "--test-size", share]
    assert cli.run(["fit", str(tmp_path / "t.csv"), *told]) == 0
    held_out = round(80 * float(share))
    assert sorted(counted) == sorted([80 - held_out] * 2 + [held_out] * (held_out > 0))
