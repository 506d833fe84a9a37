"""Laws of what hardly ever happens: guards behind guards, searches that end, what is empty."""

import sys
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from glasslogit import (
    LogisticRegression,
    bootstrap,
    compare,
    diagnose,
    find_separation,
    firth,
    likelihood_ratio_test,
    marginal_effects,
    summarize,
)
from glasslogit.core import Penalty
from glasslogit.errors import GlasslogitError, InputError
from glasslogit.export.class_fields import read_class_weight
from glasslogit.export.fields import check_training
from glasslogit.inputs.labels import missing_labels
from glasslogit.inputs.lazy_rows import LazyRows
from glasslogit.model import fitted_objective
from glasslogit.optimum import Refit
from glasslogit.solvers import Outcome
from glasslogit.tables import Table, TableEncoder, as_table
from glasslogit.tables.column import Times
from glasslogit.tables.footers import without_footers
from glasslogit.tables.frame_numbers import numeric_rows
from glasslogit.tables.frame_text import mixed_text
from glasslogit.tables.inspected_columns import InspectedColumn, named_columns
from glasslogit.tables.layout import recognise
from glasslogit.tables.pieces import read_pieces
from glasslogit.trust.contest import read_row
from glasslogit.trust.flips import NumberRange, decimal_text, value_text, written
from glasslogit.trust.formulas import terms_of_row
from glasslogit.trust.inference import constrained, limit, profile
from glasslogit.trust.inference.distributions import HypothesisTest
from glasslogit.trust.inference.notes import notes_on_clusters
from glasslogit.trust.inference.profile import End, RatioEnd
from glasslogit.trust.inference.sandwich import number_clusters
from glasslogit.trust.terms import Ranges

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 2))
Y = (X[:, 0] + RNG.logistic(size=60) > 0).astype(int)
TABLE = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "c": np.where(X[:, 1] > 0, "u", "v"), "y": Y})


# --- flips -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "to", "flips", "value", "texts"),
    [
        (0.25, 10.3, lambda v: v >= 10.3, 11.0, ("2024-01-01T06:00", "2024-01-12")),
        (10.0, 0.3, lambda v: v <= 0.3, 0.0, ("2024-01-11", "2024-01-01")),
        (-90.0, 10.3, lambda v: v >= 11.5, 12.0, ("2023-10-03", "2024-01-13")),
        (100.0, 10.3, lambda v: v <= 9.5, 9.0, ("2024-04-10", "2024-01-10")),
        (10.0, 10.30001, lambda v: v >= 10.30001, 14833 / 1440, ("2024-01-11", "2024-01-11T07:13")),
        (10.0, 10.0 + 1e-12, lambda v: v > 10.0, None, None),  # less than a microsecond away
    ],
)
def test_a_date_flips_to_a_day_a_minute_or_less(now, to, flips, value, texts) -> None:
    """It is rounded away from the row's own, by a tenth of the change at most."""
    found = written(now, to, NumberRange(-200.0, 200.0, kind="date", origin=19723.0), flips)
    if value is None:
        assert found is None
    else:
        assert found[0] == pytest.approx(value, abs=1e-9)
        assert found[1] == texts


def test_numbers_of_ordinary_size_are_written_without_a_power_of_ten() -> None:
    texts = {"1.5e-5": "0.000015", "1.5e-6": "1.5e-06", "15e13": "150000000000000"}
    texts |= {"15e14": "1.5e+15", "0": "0", "-120": "-120"}
    for number, text in texts.items():
        assert decimal_text(Decimal(number)) == text
    free = NumberRange()
    assert value_text(1e15 - 1, free) == "999999999999999"
    assert value_text(1e15, free) == "1e+15"
    assert value_text(0.5, free) == "0.5"
    assert value_text(1.5, NumberRange(kind="date", origin=1.0)) == "1970-01-03T12:00"


def test_the_next_float_has_seventeen_digits() -> None:
    to = float(np.nextafter(0.3, 1.0))
    found = written(0.3, to, NumberRange(), lambda value: value >= to)
    assert found == (to, ("0.3", "0.30000000000000005"))


def test_a_column_without_a_value_has_no_range() -> None:
    for known in (NumberRange.of(np.array([np.nan]), "date", 3.0), NumberRange.of(np.array([]))):
        assert not known.known
        assert known.width == 0.0
        assert known.inside(0.0) is None
    assert NumberRange.of(np.array([np.nan]), "date", 3.0) == NumberRange(kind="date", origin=3.0)


def test_what_is_not_known_of_the_rows_is_not_told() -> None:
    model = LogisticRegression(formula="y ~ a + c + I(a**2)").fit(TABLE)
    row = TABLE.iloc[[0]]
    made = terms_of_row(model.encoder_.encoding_, read_row(model, row), as_table(row), None)
    assert made.outside(Ranges(np.zeros(3))) is None
    with pytest.raises(TypeError, match="'a' is no category"):
        made._level("a", model.coef_[0], 1.0)


# --- searches that end -------------------------------------------------------------------


def test_profiles_that_lead_nowhere_are_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile, "MOST_PASSES", 3)
    asked = []

    def quadratic(u: np.ndarray) -> SimpleNamespace:
        asked.append(u)
        return SimpleNamespace(u=u, value=100.0, gradient=0 * u, hessian=np.ones((1, 1, 1, 1)))

    objective, one = SimpleNamespace(quadratic=quadratic, weight=1.0), np.ones((1, 1))
    with pytest.raises(GlasslogitError, match="nearly flat there; take intervals='wald'"):
        End(objective, one, 1, 1.0).find(quadratic(0 * one))
    assert len(asked) == 1 + 3
    chords = SimpleNamespace(off=lambda value: value**3 - 1.0)
    with pytest.raises(GlasslogitError, match="not found; take intervals='wald'"):
        RatioEnd.between(chords, 0.0, -1.0, 9.0, 728.0)
    monkeypatch.setattr(profile, "MOST_PASSES", 60)
    assert RatioEnd.between(chords, 0.0, -1.0, 9.0, 728.0) == pytest.approx(1.0, abs=1e-7)


def test_an_optimum_under_a_hypothesis_is_reached_or_refused(monkeypatch) -> None:
    f = fitted_objective(LogisticRegression(C=np.inf).fit(X, Y), X, Y).objective
    start, A = f.quadratic(np.zeros((3, 1))), np.array([[1.0, 0.0, 0.0]])
    found = constrained.optimum_where(f, start, A, np.zeros(1))
    assert found.u[0, 0] == pytest.approx(0.0, abs=1e-12)
    assert np.abs(found.gradient[1:]).max() < 1e-8
    nothing = np.zeros(0)
    assert np.abs(constrained.optimum_where(f, start, A[:0], nothing).gradient).max() < 1e-8
    for equations in (np.vstack([A, A]), np.eye(4, 3), 0 * A):
        with pytest.raises(InputError, match="equations of the hypothesis depend on each other"):
            constrained.free_directions(f, equations)
    monkeypatch.setattr(constrained, "MOST_NEWTON_STEPS", 1)
    with pytest.raises(GlasslogitError, match="did not converge; rescale the columns"):
        constrained.optimum_where(f, start, A, np.zeros(1))
    monkeypatch.setattr(constrained, "advance", lambda _f, _ask, at, _d: (0.0, at))
    stopped = constrained.optimum_where(f, start, A, np.zeros(1))  # no step leads further down
    assert not np.abs(stopped.gradient[1:]).max() < 1e-8


@pytest.mark.parametrize(("left", "good"), [(0.0, True), (1e-9, True), (2e-9, False)])
def test_a_supremum_is_known_to_a_billionth_of_a_nat(left, good, monkeypatch) -> None:
    monkeypatch.setattr(limit, "optimum_where", lambda *given: given)
    for off in (left, left if good else np.nan):
        monkeypatch.setattr(limit, "left_to_gain", lambda *_, off=off: off)
        if good:
            assert limit.supremum(0, 1, 2, 3) == (0, 1, 2, 3, limit.NO_GAIN)
        else:
            with pytest.raises(InputError, match="supremum was not reached"):
                limit.supremum(0, 1, 2, 3)


def test_a_gap_without_a_ridge_is_known_as_well_as_the_slope() -> None:
    """Of k·|w| alone φ(w) + φ*(−v) + v·w is (k − |v|)·|w|, known to |w|·error; never below 0."""
    for w, v, wanted in (
        (2.0, -1.5, 0.0 + 0.2),
        (2.0, -0.5, 1.0 + 0.2),
        (-2.0, 0.5, 1.0 + 0.2),
        (0.0, 0.5, 0.0),
        (0.0, 1.5, 0.0),
    ):
        gap = Penalty(l1=1.0).conjugate_gap(np.array([[w]]), np.array([[v]]), 0.1)
        assert gap == pytest.approx(wanted, abs=1e-15)


# --- what is said of a fit ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("p", "text"),
    [(1.0, "= 1.000"), (0.99999, "= 0.99999"), (0.99994, "= 0.9999"), (0.0, "< 1e-300")],
)
def test_a_p_value_is_1_or_0_only_if_it_is(p: float, text: str) -> None:
    assert str(HypothesisTest("x", 0.5, 2, p)) == f"x: χ² = 0.5000 on 2 df, p {text}"


def test_a_saturated_fit_has_no_squares_to_judge() -> None:
    """Its residuals add up in each group, so that nothing is left to vary."""
    x, y = np.repeat([0.0, 1.0], [8, 12])[:, None], np.tile([0, 1, 1, 0, 1], 4)
    found = diagnose(LogisticRegression(C=np.inf, tol=1e-10).fit(x, y), x, y).tests[1]
    assert (found.statistic, found.p_value) == (0.0, 1.0)


def test_effects_at_the_mean_of_a_table_are_at_its_most_frequent_levels() -> None:
    model = LogisticRegression(C=np.inf).fit(TABLE[["a", "c"]], Y)
    where = "at the mean of each number and the most frequent level of each category"
    assert where in str(marginal_effects(model, TABLE[["a", "c"]], Y, at="mean"))
    model = LogisticRegression(C=np.inf).fit(X, Y)
    assert "at the means of the columns" in str(marginal_effects(model, X, Y, at="mean"))
    assert "averaged over the rows" in str(marginal_effects(model, X, Y))


def test_what_has_no_distribution_is_not_tested() -> None:
    ridge = summarize(LogisticRegression().fit(X, Y), X, Y)
    free = summarize(LogisticRegression(C=np.inf).fit(X[:, :1], Y), X[:, :1], Y)
    for pair in ((ridge, free), (free, ridge), (ridge, ridge)):
        with pytest.raises(InputError, match="of penalised fits is not χ²"):
            likelihood_ratio_test(*pair)
    far = np.array([[0.0], [1.0], [2.0], [3.0]])
    with pytest.warns(match="separated"):
        apart = LogisticRegression(C=np.inf).fit(far, [0, 0, 1, 1])
    with pytest.raises(InputError, match="no finite estimate, so there is no Wald test of all"):
        _ = summarize(apart, far, [0, 0, 1, 1]).wald


def test_robust_errors_need_what_they_say() -> None:
    for rows, good in ((2, False), (3, True)):
        few = X[:rows, :1], [0, 1, 0][:rows]
        model = LogisticRegression(C=1.0).fit(*few)
        if good:
            assert np.isfinite(summarize(model, *few, covariance="HC1").std_error).all()
        else:
            with pytest.raises(InputError, match="'HC1' needs more than 2 rows, one for each"):
                summarize(model, *few, covariance="HC1")
    with pytest.raises(InputError, match="groups has 2 dimensions; give one label for each row"):
        number_clusters([[1, 2], [3, 4]])
    with pytest.raises(InputError, match="groups has 0 dimensions"):
        number_clusters(1)


@pytest.mark.parametrize("failed", [0, 10, 11])
def test_a_tenth_of_the_resamples_may_fail(failed: int, monkeypatch) -> None:
    module = sys.modules["glasslogit.trust.inference.bootstrap"]
    ends = [Outcome.SEPARATED] * failed + [Outcome.CONVERGED] * (100 - failed)
    fits = [Refit(np.full((3, 1), k - failed), end) for k, end in enumerate(ends)]
    monkeypatch.setattr(module, "refits", lambda *_: iter(fits))
    model = LogisticRegression().fit(X, Y)
    if failed > 10:
        with pytest.raises(InputError, match="in 11 of 100 resamples there is no optimum"):
            bootstrap(model, X, Y, resamples=100)
    else:
        found = bootstrap(model, X, Y, resamples=100)
        assert found.failed == failed
        last = 99.0 - failed
        np.testing.assert_allclose(found.ci_low, 0.025 * last)
        np.testing.assert_allclose(found.ci_high, 0.975 * last)
        np.testing.assert_allclose(found.std_error, np.arange(last + 1).std(ddof=1))


@pytest.mark.parametrize(
    ("clusters", "slopes", "said"),
    [
        (40, 3, []),
        (39, 3, ["there are 39 clusters; below some 40"]),
        (4, 3, ["there are 4 clusters"]),
        (3, 3, ["there are 3 clusters", "3 clusters tell no more than 2 of 3 coefficients"]),
        (41, 41, ["41 clusters tell no more than 40 of 41 coefficients together: no test of all"]),
    ],
)
def test_few_clusters_are_told(clusters: int, slopes: int, said: list[str]) -> None:
    for intercept in (True, False):
        aliased = np.array([False] * (slopes + intercept) + [True])
        known = SimpleNamespace(aliased=aliased, equations=("yes",), intercept=intercept)
        notes = notes_on_clusters(known, np.arange(2 * clusters) % clusters)
        assert len(notes) == len(said)
        assert all(note.startswith(start) for note, start in zip(notes, said, strict=True))
        assert notes_on_clusters(known, None) == ()


def test_firths_likelihood_needs_an_intercept_to_correct_and_weights_to_count() -> None:
    for correction in ("flic", "flac"):
        with pytest.raises(InputError, match=f"intercept='{correction}' needs an intercept"):
            firth(X, Y, fit_intercept=False, intercept=correction)
    firth(X, Y, fit_intercept=False, intervals=False)


def test_a_comparison_of_columns_far_away_takes_the_offset() -> None:
    far, offset = X + 1e9, np.linspace(-1.0, 1.0, 60)
    model = LogisticRegression().fit(far, Y, offset=offset)
    found = compare(model, far, Y, offset=offset)
    assert found.probability_difference < 1e-4
    assert found.converged
    assert not any("no optimum was reached" in note for note in found.notes)


def test_a_comparison_says_that_there_is_no_optimum() -> None:
    apart = np.arange(6.0)[:, None]
    with pytest.warns(match="separated"):
        model = LogisticRegression(C=np.inf).fit(apart, apart[:, 0] > 2)
    found = compare(model, apart, apart[:, 0] > 2)
    assert not found.converged
    assert found.notes[-1] == "no optimum was reached: the classes may be separated"


def test_separation_is_found_in_batches_too() -> None:
    rows, y = np.arange(6.0)[:, None], np.arange(6) > 2
    found = find_separation(lambda: ((rows[k : k + 2], y[k : k + 2]) for k in (0, 2, 4)))
    assert found.kind == find_separation(rows, y).kind == "complete"
    assert not find_separation(lambda: iter([(X, Y)]))


# --- tables and labels -------------------------------------------------------------------


def test_some_times_are_times() -> None:
    for durations in (True, False):
        some = Times(np.array([1.0, 2.0, np.nan]), durations).take(np.array([2, 0]))
        assert some.durations == durations
        np.testing.assert_array_equal(some.values, [np.nan, 1.0])


def test_words_for_missing_values_may_be_set_in_the_encoder() -> None:
    table = Table.of({"a": ["1", "x", "3"], "b": ["u", "NA", "v"]})
    with pytest.raises(GlasslogitError, match="column 'b': missing"):
        TableEncoder().fit(table)
    typed, _ = TableEncoder(na=["x"]).typed(table)
    assert typed.columns["a"].gaps.tolist() == [False, True, False]
    assert typed.columns["b"].gaps.tolist() == [False, False, False]  # NA is a word now


def test_text_among_numbers_is_text_and_nothing_else_is() -> None:
    assert mixed_text([1, 2.5, None]) is None
    assert mixed_text(["a", b"b"]) is None
    assert mixed_text([]) is None
    found = mixed_text(["a", Fraction(1, 2), 3.0, None, ""])
    assert [found.value(row) for row in range(5)] == ["a", "0.5", "3", "", ""]


def test_sparse_columns_are_read_without_scipy_as_well(monkeypatch) -> None:
    frame = pd.DataFrame({"a": [0.0, 1.0], "b": [0.0, 2.0]}).astype(pd.SparseDtype(float, 0.0))
    packed = numeric_rows(frame)
    assert hasattr(packed.values, "tocsc")
    for name in [name for name in sys.modules if name.partition(".")[0] == "scipy"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "scipy", None)
    plain = numeric_rows(frame)
    assert list(plain.columns) == list(packed.columns) == ["a", "b"]
    np.testing.assert_array_equal(plain.values, [[0.0, 0.0], [1.0, 2.0]])


def test_columns_of_plain_frames_keep_their_names() -> None:
    numbers, columns = named_columns(pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}))
    assert numbers.tolist() == [0, 1]
    assert {name: values.tolist() for name, values in columns} == {"a": [1.0, 2.0], "b": [3.0, 4.0]}
    numbers, columns = named_columns(np.array([[1.0, 3.0], [2.0, 4.0]]))
    assert numbers.tolist() == [0, 1]
    assert [values.tolist() for _, values in columns] == [[1.0, 2.0], [3.0, 4.0]]


def test_a_gap_counts_as_the_mean_of_the_others() -> None:
    rows = np.arange(4)
    for given, filled in (
        ([1.0, np.nan, 4.0, 1.0], [1.0, 2.0, 4.0, 1.0]),
        ([np.nan, 2.0, 2.0, np.nan], [2.0] * 4),
        ([3.0, 1.0, 2.0, 1.0], [3.0, 1.0, 2.0, 1.0]),
    ):
        levels, places = InspectedColumn.read("a", np.array(given), rows).filled
        assert levels[places].tolist() == filled
    levels, places = InspectedColumn.read("a", np.full(4, np.nan), rows).filled
    assert np.isnan(levels[places]).all()


@pytest.mark.parametrize(
    ("head", "names"),
    [
        ("Sales,2024\n\na,b,c\n1,2,3\n4,5,6\n", ("a", "b", "c")),
        ("Sales,2024\na,b,c\n1,2,3\n4,5,6\n", ("a", "b", "c")),
        ("x,y,z\na,b,c\n1,2,3\n4,5,6\n", ("x", "y", "z")),
    ],
)
def test_titles_are_shorter_than_the_rows(head: str, names: tuple[str, ...]) -> None:
    assert recognise("t.csv", head).names == names


def test_lines_that_are_no_text_end_no_table() -> None:
    layout = recognise("t.csv", "a,b\n1,2\n3,4\n5,6\n")
    for last in (b"\xff,\xff\n", b'"x"y,"z"\n', b'"Tot"al,\n', b"3,4\n"):
        data = b"a,b\n1,2\n" + last
        assert without_footers(data, 4, layout)[:2] == (data, [])
        data += b"Total,\n"
        assert without_footers(data, 4, layout)[0] == data.removesuffix(b"Total,\n")


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 1), (2, 2)])
def test_pieces_of_another_shape_are_not_read(width: int, height: int) -> None:
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({f"c{j}": ["1"] * height for j in range(width)})
    body = SimpleNamespace(
        frames=lambda: iter([frame]), width=2, n_rows=1, words=lambda _: frozenset()
    )
    assert read_pieces(body) is None

    def broken():
        raise pl.exceptions.ComputeError("no")
        yield

    assert (
        read_pieces(SimpleNamespace(frames=broken, width=2, n_rows=1, words=lambda _: frozenset()))
        is None
    )


def test_labels_without_a_hash_are_looked_at_one_by_one() -> None:
    labels = np.empty(3, object)
    labels[:] = [[1], None, "a"]
    assert missing_labels(labels).tolist() == [False, True, False]


def test_rows_that_are_made_when_asked_for_are_a_copy() -> None:
    rows = LazyRows(lambda places: np.outer(places, [1.0, 2.0]), np.arange(3), 2)
    with pytest.raises(ValueError, match="are a copy"):
        np.array(rows, copy=False)
    np.testing.assert_array_equal(np.asarray(rows), [[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]])


def test_what_a_model_file_says_of_classes_and_numbers_makes_sense() -> None:
    assert read_class_weight([["a", 2], [1, 0.5]]) == {"a": 2.0, 1: 0.5}
    for label in (np.inf, np.nan, -np.inf):
        with pytest.raises(ValueError, match="label that is not a finite number or text"):
            read_class_weight([[label, 1.0]])
    good = {"low": 1.0, "high": 1.0, "whole": True}
    check_training({"numbers": {"a": good}}, 2, 1)
    for wrong in ({"low": 2.0}, {"whole": 1}, {"more": 0.0}):
        with pytest.raises(ValueError, match="'numbers' of 'a' are not low, high and whole"):
            check_training({"numbers": {"a": good | wrong}}, 2, 1)


@pytest.mark.parametrize("facts", [{"mean": [0.0]}, {"more": [0.0]}, [0.0], {}])
def test_facts_of_columns_are_all_three_and_no_others(facts: Any) -> None:
    good = {"mean": [0.0], "low": [-1.0], "high": [1.0]}
    check_training({"columns": good}, 2, 1)
    wrong = {**good, **facts} if "more" in facts else facts
    with pytest.raises(ValueError, match="'columns' are not mean, low and high of 1 column"):
        check_training({"columns": wrong}, 2, 1)


def test_a_file_of_one_column_has_no_footers() -> None:
    """A last line of text is a value there, as no other column tells that it is none."""
    data = b"age\n31\n45\nTotal 76\n"
    assert without_footers(data, 4, recognise("t.csv", data.decode()))[:2] == (data, [])
