"""Laws at the borders of lists, searches and edits: the last that is named, shown or reached."""

import sys
from itertools import product

import numpy as np
import pandas as pd
import pytest

from glasslogit import LogisticRegression, diagnose, explain
from glasslogit.errors import GlasslogitWarning, MissingExtraError
from glasslogit.solvers import Trace
from glasslogit.tables import Table, TableEncoder, as_table
from glasslogit.tables.survey import survey_columns, unusable_columns
from glasslogit.tables.table import _edits, most_alike
from glasslogit.trust.formulas import formula_row, numbers_in

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 2))
Y = (X[:, 0] + RNG.logistic(size=60) > 0).astype(int)
TABLE = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "y": Y})


# --- what is listed ----------------------------------------------------------------------


def test_a_trace_of_up_to_twenty_steps_is_shown_whole() -> None:
    for steps in (20, 21):
        each, nothing = np.arange(steps), np.zeros((0, 3, 1))
        values = each.astype(float)
        trace = Trace(each, values, values, values, each, values, None, each[:0], nothing)
        body = str(trace).splitlines()
        assert len(body) == 2 + (20 if steps == 20 else 21)
        assert ("…" in str(trace)) == (steps > 20)
        assert [line.split()[0] for line in body[-10:]] == [str(k) for k in each[-10:]]


@pytest.mark.parametrize("levels", [2, 5, 6])
def test_a_remark_on_strange_levels_names_five_of_training(levels: int) -> None:
    known = [f"k{k}" for k in range(levels)]
    encoder = TableEncoder(unseen="other").fit(pd.DataFrame({"c": known * 3}))
    rows = as_table(pd.DataFrame({"c": ["p", "q"]}))
    with pytest.warns(GlasslogitWarning, match="spelt otherwise") as caught:
        encoder.encoding_.encode(rows)
    said = str(caught[0].message)
    named = encoder.encoding_.columns[0].known
    names = ", ".join(map(repr, named[:5])) + (" and 1 more" if len(named) == 6 else "")
    assert said.endswith(f"training had {names}: are they spelt otherwise?")
    assert "all of its 2 values are unseen, such as 'p'" in said


def test_a_column_of_one_value_is_left_out_whatever_the_value_is() -> None:
    """01 is refused as the code of a thing, but a column of nothing else tells nothing anyway."""
    columns = {"same": ["01", "01"], "apart": ["01", "02"], "no": ["", ""], "x": ["1", "2"]}
    table = Table.of({"y": ["a", "b"], **columns})
    asked = {"target": "y", "drop": [], "categorical": []}
    assert [each.name for each in unusable_columns(table, **asked)] == ["apart"]
    found = survey_columns(table, target="y", drop=["apart"], terms=["no"])
    left_out = ("apart", "left out on request"), ("same", "always '01'"), ("no", "every value is")
    for (name, reason), (wanted, start) in zip(found.dropped, left_out, strict=True):
        assert name == wanted
        assert reason.startswith(start)


def test_a_diagnosis_names_the_library_that_its_test_needs(monkeypatch) -> None:
    model = LogisticRegression(C=np.inf).fit(X, Y)
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    with pytest.raises(MissingExtraError, match=r"scipy is not installed.*glasslogit\[stats\]"):
        diagnose(model, X, Y)


# --- how far is searched -----------------------------------------------------------------


def edits(one: str, other: str) -> int:
    """Count the edits by the definition: what the last letter was, or what was done to it."""
    if not one or not other:
        return len(one) + len(other)
    ways = [
        edits(one[:-1], other[:-1]) + (one[-1] != other[-1]),
        edits(one[:-1], other) + 1,
        edits(one, other[:-1]) + 1,
    ]
    if one[-2:] == other[-2:][::-1] and len(one) > 1:
        ways.append(edits(one[:-2], other[:-2]) + 1)
    return min(ways)


def test_letters_are_changed_left_out_put_in_or_turned() -> None:
    words = ["".join(letters) for n in range(4) for letters in product("abc"[: 4 - n], repeat=n)]
    words += ["abab", "caab", "bbca", "abcd"]
    for one, other in product(words, repeat=2):
        assert _edits(one, other) == edits(one, other), (one, other)


@pytest.mark.parametrize(
    ("typed", "name", "alike"),
    [
        ("ag", "age", False),  # no letter of two is mistyped, and two are no beginning
        ("inc", "income", True),
        ("in", "income", False),
        ("xge", "age", True),
        ("xg", "ag", False),
        ("tenrue", "tenure", True),
        ("texuxe", "tenure", True),
        ("txxuxe", "tenure", False),
        ("tenures2", "tenure", True),
        ("abcdefgh", "abxxefgh", True),
        ("abcdefgh", "abxxxfgh", False),
    ],
)
def test_a_letter_of_three_is_mistyped_at_most(typed: str, name: str, alike: bool) -> None:
    assert most_alike(typed, [name]) == (name if alike else None)


@pytest.mark.parametrize("sign", [-1.0, 1.0])
@pytest.mark.parametrize(("change", "found"), [(8191.0, True), (8193.0, False)])
def test_a_flip_is_looked_for_up_to_8192_ranges_away(change, found, sign) -> None:
    """Twenty doublings of a step that is a 64th of the range: 2¹⁹/64 ranges."""
    table = TABLE.assign(a=TABLE.a - TABLE.a.min())
    model = LogisticRegression(formula="y ~ I(a * 1.0)").fit(table)
    encoding = model.encoder_.encoding_
    row = table.iloc[[table.a.argmax() if sign > 0 else table.a.argmin()]]
    made = formula_row(encoding, row, numbers_in(encoding, table))
    needed = sign * change * table.a.max()
    flip = made.smallest_change(np.ones(1), needed)
    assert (flip is not None) == found
    if flip is not None:
        assert flip.change.to - flip.change.value == pytest.approx(needed, rel=1e-6)


def test_a_term_is_called_like_no_column() -> None:
    table = TABLE.assign(**{"a × b": TABLE.a + TABLE.b**2})
    model = LogisticRegression(formula="y ~ a + b + a:b + `a × b`").fit(table)
    found = explain(model, table.iloc[[0]], table)
    names = [part.name for part in found.contributions]
    assert len({*names}) == len(names) == 4
    value = next(part.value for part in found.contributions if part.name == "a × b")
    assert value == table["a × b"][0]
