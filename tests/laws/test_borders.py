"""Laws at the borders of lists, searches and edits: the last that is named, shown or reached."""

import sys
from itertools import product
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from glasslogit import (
    LogisticRegression,
    compare,
    diagnose,
    evaluate_against,
    explain,
    with_threshold,
)
from glasslogit.core import SecondOrder
from glasslogit.errors import GlasslogitWarning, MissingExtraError, TableError
from glasslogit.solvers import Trace
from glasslogit.tables import PolynomialFeatures, StandardScaler, Table, TableEncoder, as_table
from glasslogit.tables.file_kinds import as_utf8, refuse_other_kinds
from glasslogit.tables.survey import type_columns
from glasslogit.tables.table import _edits, most_alike
from glasslogit.trust.contest import ExplainedRow, choose_contest, read_row
from glasslogit.trust.formulas import terms_of_row
from glasslogit.trust.inference.outcomes import strange_labels
from glasslogit.trust.inference.paired import (
    Difference,
    OutcomeWeights,
    Values,
    auc_difference,
    precision_difference,
    spread,
)
from glasslogit.trust.inference.paired_words import Interval, dissent, in_digits, leading, verdict
from glasslogit.trust.inference.profile import End
from glasslogit.trust.terms import smallest_change

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
    typed = type_columns(table, target="y", terms=["no"])
    assert [each.name for each in typed.unusable] == ["apart"]
    found = type_columns(table, target="y", drop=["apart"], terms=["no"])
    left_out = ("apart", "left out on request"), ("same", "always '01'"), ("no", "every value is")
    for (name, reason), (wanted, start) in zip(found.dropped, left_out, strict=True):
        assert name == wanted
        assert reason.startswith(start)


def test_a_diagnosis_names_the_library_that_its_test_needs(monkeypatch) -> None:
    model = LogisticRegression(C=np.inf).fit(X, Y)
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    with pytest.raises(MissingExtraError, match=r"scipy is not installed.*glasslogit\[stats\]"):
        diagnose(model, X, Y)


def test_labels_that_are_no_class_are_named_up_to_five() -> None:
    for strange in (1, 5, 6):
        levels = ["no", *(f"s{k}" for k in range(strange))]
        found = np.array([0, *[-1] * strange])
        (said,) = strange_labels(levels, np.full(len(levels), 2), found, ["no"])
        listed = ", ".join(map(repr, levels[1:6])) + (" and 1 more" if strange == 6 else "")
        be = "is no class" if strange == 1 else "are no classes"
        assert said == f"{2 * strange} rows with the label {listed}, which {be} of the model (no)"
    assert strange_labels(["no", "x"], np.array([1, 0]), np.array([0, -1]), ["no"]) == []
    assert strange_labels(["no"], np.array([1]), np.array([0]), ["no"]) == []


@pytest.mark.parametrize("learner", [StandardScaler(), PolynomialFeatures(2), TableEncoder()])
def test_names_of_columns_are_objects_as_in_scikit_learn(learner) -> None:
    assert learner.fit(TABLE[["a", "b"]]).get_feature_names_out().dtype == object


def test_a_file_is_known_by_its_first_bytes_alone() -> None:
    mark = b"xl/"
    for place, kind in ((4096 - len(mark), "Excel workbook"), (4097 - len(mark), "zip archive")):
        with pytest.raises(TableError, match=kind):
            refuse_other_kinds("t", (b"PK\x03\x04").ljust(place) + mark)
    for encoding in ("utf-16-le", "utf-16-be"):
        for letters in (99, 100):  # of the alphabet, before one that needs both of its bytes
            data = ("a" * letters + "ж").encode(encoding)
            known = letters == 100
            assert as_utf8("t", data, None) == (data.decode(encoding).encode() if known else data)


# --- how two models are judged in words --------------------------------------------------


def interval(low: float, high: float, *, error: float = 0.01, lower: bool = True) -> Interval:
    """An interval of a difference in its middle, of a measure of which less is better or more."""
    apart = (low + high) / 2
    measured = Values(0.5 + apart, 0.5, apart)
    return Interval(Difference("loss", measured, error, 9.0, lower), low, high)


@pytest.mark.parametrize("lower", [True, False])
def test_a_model_is_better_if_the_interval_leaves_0_out(lower: bool) -> None:
    better, worse = ("new", "old") if lower else ("old", "new")
    for low, high, wanted in (
        (-0.2, -0.1, better),
        (0.1, 0.2, worse),
        (-0.1, 0.1, "open"),
        (-0.2, 0.0, "open"),
        (0.0, 0.2, "open"),
        (np.nan, np.nan, "open"),
    ):
        found = interval(low, high, lower=lower)
        assert found.better == wanted
        said = verdict(found, "7 rows", 0.95)
        told = {"new": "): better on these 7 rows.", "old": "): worse on these 7 rows."}
        assert said.endswith(told.get(found.better, "."))
        assert said.startswith("The two models cannot be told apart") == (wanted == "open")
        others = [interval(-2, -1, lower=True), interval(1, 2, lower=True), interval(-1, 1)]
        dissenting = {"new": ["old"], "old": ["new"], "open": ["new", "old"]}[wanted]
        assert [*dissent(others, wanted)] == [
            f"by the loss the {each} model is better" for each in dissenting
        ]


def test_a_verdict_says_how_much_and_how_sure() -> None:
    assert verdict(interval(-0.2, -0.1), "1 row", 0.9) == (
        "The new model's loss is 0.150 lower (90% interval 0.100 to 0.200): better on this 1 row."
    )
    assert verdict(interval(0.1, 0.2), "10 rows", 0.95) == (
        "The new model's loss is 0.150 higher (95% interval 0.100 to 0.200): worse on these "
        "10 rows."
    )
    assert verdict(interval(-0.1, 0.3), "2 rows", 0.95) == (
        "The two models cannot be told apart on these 2 rows: the new model's loss is 0.100 "
        "higher, with a 95% interval from 0.100 lower to 0.300 higher."
    )
    assert verdict(interval(0.0, 0.0, error=0.0), "2 rows", 0.95) == (
        "The two models cannot be told apart on these 2 rows: the new model's loss is the same, "
        "with a 95% interval from the same to the same."
    )
    unknown = interval(-0.1, 0.1)._replace(low=np.nan, high=np.nan)
    assert verdict(unknown, "1 row", 0.95) == (
        "The two models cannot be told apart on this 1 row: the new model's loss is the same, and "
        "nothing here tells how much that varies."
    )
    moved = interval(0.1, 0.3)._replace(low=np.nan, high=np.nan)
    assert "the new model's loss is 0.2000 higher, and nothing here" in verdict(moved, "", 0.95)


def test_a_difference_has_two_digits_of_its_error() -> None:
    errors = {0.0041: "12.3457", 0.05: "12.346", 0.99: "12.35", 1.2: "12.3", 10.0: "12", 3e4: "12"}
    for error, text in errors.items():
        assert in_digits(12.345678, error) == in_digits(-12.345678, error) == text
    assert in_digits(-0.5, 0.0) == "0.5000"


@pytest.mark.parametrize("by_row", [True, False])
def test_one_observation_tells_nothing_of_how_observations_vary(by_row: bool) -> None:
    """Nor does one of a class, where each class varies by itself; a class of none is no class."""

    def error(outcomes: list[list[float]], *, by_class: bool) -> float:
        weight = np.array(outcomes)
        influence = np.where(np.arange(len(weight)) % 2, -0.5, 0.5)[:, None] * np.ones((1, 2))
        return spread(OutcomeWeights(weight, by_row=by_row), influence, by_class=by_class)

    assert np.isnan(error([[1.0, 0.0]], by_class=False))
    assert np.isnan(error([[1.0, 0.0]], by_class=True))
    assert error([[1.0, 0.0], [0.0, 1.0]], by_class=False) == 1.0  # 2/1·(¼ + ¼)
    assert np.isnan(error([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], by_class=True))
    assert error([[1.0, 0.0], [1.0, 0.0]], by_class=True) == 1.0
    four = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]
    assert error(four, by_class=True) == 2.0**0.5
    assert error(four, by_class=False) == pytest.approx((4 / 3) ** 0.5)
    three = [[1.0, 0.0]] * 3
    assert error(three, by_class=True) == pytest.approx((3 / 2 * 3 / 4) ** 0.5)


def test_rows_with_every_class_vary_as_rows() -> None:
    """Then the classes vary together, and each has as many observations as there are rows."""
    for seed in range(3):
        rng = np.random.default_rng(seed)
        seen = OutcomeWeights(rng.integers(1, 5, size=(4, 3)).astype(float), by_row=True)
        influence = rng.normal(size=(4, 3))
        wanted = (4 / 3 * ((seen.weight * influence).sum(axis=1) ** 2).sum()) ** 0.5
        for by_class in (True, False):
            assert spread(seen, influence, by_class=by_class) == pytest.approx(wanted)


def test_areas_that_differ_by_the_same_in_every_row_are_not_sure() -> None:
    """What a row would add in the other class does not count."""
    seen = OutcomeWeights(np.eye(2)[[0, 0, 1, 1]])
    right, wrong = np.array([0.1, 0.2, 0.8, 0.9]), np.array([0.9, 0.8, 0.2, 0.1])
    both = [np.stack([1.0 - p, p], axis=1) for p in (right, wrong)]
    found = auc_difference("ROC AUC", seen, both, [1])
    assert found.measured == Values(1.0, 0.0, 1.0)
    assert np.isnan(found.std_error)
    assert found.freedom == np.inf
    assert auc_difference("ROC AUC", seen, both[:1] * 2, [1]).std_error == 0.0


def test_a_precision_is_compared_if_both_models_predict_the_class() -> None:
    seen, often, never = OutcomeWeights(np.eye(2)[[0, 1, 1]]), np.array([0, 1, 1]), np.zeros(3, int)
    for decided in ((often, never), (never, often), (never, never)):
        assert precision_difference("precision", seen, decided, 1) is None
    found = precision_difference("precision", seen, (often, often), 1)
    assert found.measured == Values(1.0, 1.0, 0.0)
    assert (found.std_error, found.freedom) == (0.0, 2.0)


def test_the_first_measure_that_is_finite_decides() -> None:
    endless = interval(np.inf, np.inf)
    one, other = interval(0.1, 0.2), interval(-0.2, -0.1)
    assert leading([one, other]) is one
    assert leading([endless, other, one]) is other


def test_two_models_say_the_same_if_they_give_and_decide_the_same() -> None:
    model = LogisticRegression().fit(X, Y)
    rows, y = RNG.normal(size=(40, 2)), np.tile([0, 1], 20)
    alike = "The two models say the same of each of these 40 rows."
    assert evaluate_against(model, model, rows, y).verdict == alike
    p = np.sort(model.predict_proba(rows)[:, 1])
    other = with_threshold(model, threshold=float(p[10] + p[11]) / 2)
    assert (other.predict(rows) != model.predict(rows)).any()
    assert evaluate_against(model, other, rows, y).verdict != alike
    moved = LogisticRegression().fit(X, Y)
    moved.intercept_ = moved.intercept_ + 1e-9
    assert (moved.predict(rows) == model.predict(rows)).all()
    assert evaluate_against(model, moved, rows, y).verdict != alike


def test_what_is_shown_of_two_models_leaves_the_errors_to_the_table() -> None:
    model, other = (LogisticRegression(C=C).fit(X, Y) for C in (1.0, 0.01))
    rows, y = RNG.normal(size=(40, 2)), np.tile([0, 1], 20)
    found = evaluate_against(model, other, rows, y)
    assert found.level == 0.95
    assert found.page().narrow == 6
    assert list(found.to_frame().columns)[-1] == "std_error"
    assert found.notes == ()
    one = evaluate_against(model, other, rows, np.ones(40, int))
    measures = ("log loss", "Brier score", "accuracy", "true-positive rate", "precision")
    assert one.measures == measures
    assert "all of these rows are 1" in one.notes
    none = evaluate_against(model, other, rows, np.zeros(40, int))
    assert none.measures == (*measures[:3], "false-positive rate", "precision")


def test_rows_of_the_fit_are_told_of_each_model() -> None:
    old = LogisticRegression(C=np.inf, tol=1e-8).fit(X[:30], Y[:30])
    new = LogisticRegression(C=np.inf, tol=1e-8).fit(X, Y)
    flattered = "seems to have been fitted to"
    told = evaluate_against(new, old, X, Y).notes
    assert [note.split(" seems")[0] for note in told if flattered in note] == ["the new model"]
    told = evaluate_against(new, old, X[:30], Y[:30]).notes
    assert [note.split(" seems")[0] for note in told if flattered in note] == ["the old model"]
    told = evaluate_against(new, old, X[30:], Y[30:]).notes
    assert not any(flattered in note for note in told)


# --- what is alike -----------------------------------------------------------------------


def in_order(rows: np.ndarray, kinds: int) -> bool:
    """Tell whether rows of a kind, every `kinds`-th, come in their order."""
    return all((np.diff(rows[rows % kinds == kind]) > 0).all() for kind in range(kinds))


def test_rows_that_are_alike_come_in_their_order() -> None:
    alike, y = np.tile([[0.0], [1.0], [2.0], [4.0]], (30, 1)), np.tile([0, 1, 0, 1], 30)
    found = diagnose(LogisticRegression(C=np.inf).fit(alike, y), alike, y, top=120).top.row
    assert sorted(found) == list(range(120))
    assert in_order(found, 4)
    model = LogisticRegression(C=np.inf).fit(alike, y)
    parts = [slice(start, start + 24) for start in range(0, 120, 24)]
    found = diagnose(model, lambda: ((alike[part], y[part]) for part in parts), top=120).top.row
    assert in_order(found, 4)
    off = LogisticRegression(C=np.inf).fit(alike, y)
    off.coef_ = off.coef_ + 0.1
    assert in_order(np.array(compare(off, alike, y).rows), 4)


def test_classes_that_are_as_likely_come_in_their_order() -> None:
    classes = np.arange(20)
    model = SimpleNamespace(classes_=classes)
    row = ExplainedRow(np.zeros((2, 20)), np.zeros(1), ["x"])
    found = choose_contest(model, row, None, None)
    assert (found.label, found.against) == (0, 1)
    assert choose_contest(model, row, None, 0).label == 1
    margins = np.random.default_rng(3).integers(0, 2, 20).astype(float)
    row = row._replace(theta=np.stack([0 * margins, margins]))
    found = choose_contest(model, row, None, None)
    assert [found.label, found.against] == np.flatnonzero(margins)[:2].tolist()
    row = row._replace(theta=np.zeros((2, 20)))
    assert choose_contest(model, row, 5, None).against == 0


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
def test_a_flip_without_a_range_is_looked_for_up_to_8192_times_the_value_away(
    change, found, sign
) -> None:
    """Twenty doublings of a step that is a 64th of the value: 2¹⁹/64 times it."""
    table = TABLE.assign(a=TABLE.a - TABLE.a.min())
    model = LogisticRegression(formula="y ~ I(a * 1.0)").fit(table)
    encoding = model.encoder_.encoding_
    row = table.iloc[[table.a.argmax()]]
    made = terms_of_row(encoding, read_row(model, row), as_table(row), None)
    needed = sign * change * table.a.max()
    flip = smallest_change(made, np.ones(1), needed)
    assert (flip is not None) == found
    if flip is not None:
        assert flip.change.to - flip.change.value == pytest.approx(needed, rel=1e-6)


def test_a_term_is_called_like_no_column() -> None:
    table = TABLE.assign(**{"a × b": TABLE.a + TABLE.b**2})
    model = LogisticRegression(formula="y ~ a + b + I(a * b) + `a × b`").fit(table)
    found = explain(model, table.iloc[[0]], table)
    names = [part.name for part in found.contributions]
    assert len({*names}) == len(names) == 4
    value = next(part.value for part in found.contributions if part.name == "a × b")
    assert value == table["a × b"][0]


def test_a_step_that_leads_no_nearer_is_shortened_to_two_fifths() -> None:
    """On u²/2 + 100·u⁴ the quadratic model at 0 leads far beyond the end."""
    asked = []

    def quadratic(u: np.ndarray) -> SecondOrder:
        asked.append(float(u[0, 0]))
        value = (u**2 / 2 + 100 * u**4).item()
        return SecondOrder(u, value, u + 400 * u**3, (1 + 1200 * u**2)[None, None])

    objective = SimpleNamespace(quadratic=quadratic, weight=1.0)
    for side in (-1, 1):
        start = quadratic(np.zeros((1, 1)))
        asked.clear()
        found = End(objective, np.ones((1, 1)), side, 8.0).find(start)
        assert side * found == pytest.approx(((3200.25**0.5 - 0.5) / 200) ** 0.5, abs=1e-9)
        np.testing.assert_allclose(np.multiply(side, asked[:4]), [4.0, 1.6, 0.64, 0.256])
        assert len(asked) < 12
