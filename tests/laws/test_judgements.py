"""Laws of what is said of a fit: ends of intervals, guards at their borders, and many blocks."""

import sys
import warnings
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from glasslogit import (
    LogisticRegression,
    bootstrap,
    compare,
    diagnose,
    find_dependence,
    find_separation,
    firth,
    likelihood_ratio_test,
    marginal_effects,
    probability_intervals,
    summarize,
    wald_test,
)
from glasslogit.core import Coordinates, Penalty, SecondOrder, make_block
from glasslogit.errors import InputError
from glasslogit.tables import TableEncoder, as_table
from glasslogit.trust import read_row, refusals, terms_of_row
from glasslogit.trust.claims import Counts, CountSums
from glasslogit.trust.explain import ExplainedRow, choose_contest, ranges_of
from glasslogit.trust.flips import NumberRange
from glasslogit.trust.formulas import FormulaTerms, numbers_in
from glasslogit.trust.goodness import hosmer_lemeshow
from glasslogit.trust.inference.bootstrap import has_classes
from glasslogit.trust.inference.distributions import (
    HypothesisTest,
    chi2_test,
    has_inverse,
    wald,
)
from glasslogit.trust.inference.information import LEAST_EIGENVALUE, regular_root
from glasslogit.trust.inference.limit import Limit
from glasslogit.trust.row_error import probability_interval, spread_of
from glasslogit.trust.terms import ColumnTerms, Ranges, smallest_change, terms_of

RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 3))
Y = (X[:, 0] + RNG.logistic(size=120) > 0).astype(int)
Y3 = (X @ RNG.normal(size=(3, 3)) + RNG.gumbel(size=(120, 3))).argmax(axis=1)
FREE: dict[str, Any] = {"C": np.inf, "tol": 1e-10}
MODEL = LogisticRegression(**FREE).fit(X, Y)
SUMMARY = summarize(MODEL, X, Y)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95])
@pytest.mark.parametrize("y", [Y, Y3], ids=["two", "three"])
def test_an_interval_lies_about_its_estimate_by_the_quantile_times_the_error(level, y) -> None:
    model, q = LogisticRegression(**FREE).fit(X, y), stats.norm.ppf((1 + level) / 2)
    for found, middle in (
        (summarize(model, X, y, level=level), "coef"),
        (marginal_effects(model, X, y, level=level), "effect"),
        (marginal_effects(model, X, y, at="mean", level=level), "effect"),
    ):
        estimate, error = getattr(found, middle), found.std_error
        np.testing.assert_allclose(found.ci_low, estimate - q * error, rtol=1e-12)
        np.testing.assert_allclose(found.ci_high, estimate + q * error, rtol=1e-12)
        np.testing.assert_allclose(found.z, estimate / error, rtol=1e-12)
        np.testing.assert_allclose(found.p_value, 2 * stats.norm.sf(np.abs(found.z)), rtol=1e-9)
        np.testing.assert_allclose(error, np.sqrt(np.diag(found.covariance)), rtol=1e-12)
        assert found.level == level
    sure = probability_intervals(summarize(model, X, y), X[:9], level=level)
    p = sure.probability
    odds = np.log(p / (1 - p))
    for end, sign in ((sure.ci_low, -1), (sure.ci_high, 1)):
        moved = 1 / (1 + np.exp(-(odds + sign * q * sure.std_error / (p * (1 - p)))))
        np.testing.assert_allclose(end, moved, rtol=1e-9)


def test_a_level_that_is_not_given_is_that_of_the_summary() -> None:
    one = probability_intervals(summarize(MODEL, X, Y, level=0.5), X[:3])
    other = probability_intervals(SUMMARY, X[:3], level=0.5)
    assert one.level == 0.5
    np.testing.assert_array_equal(one.ci_low, other.ci_low)


@pytest.mark.parametrize("y", [Y, Y3], ids=["two", "three"])
def test_rows_of_many_blocks_are_judged_as_each_alone(y) -> None:
    """A block has at most 8,192 rows."""
    many, model = np.tile(X, (70, 1)), LogisticRegression(**FREE).fit(X, y)
    assert len(many) > 8192
    summary = summarize(model, X, y)
    found, few = probability_intervals(summary, many), probability_intervals(summary, X)
    for name in ("probability", "std_error", "ci_low", "ci_high"):
        np.testing.assert_allclose(
            getattr(found, name), np.tile(getattr(few, name), (70, 1)), rtol=1e-9
        )
    weighted = summarize(model, many, np.tile(y, 70))
    np.testing.assert_allclose(weighted.std_error, summary.std_error / 70**0.5, rtol=1e-6)
    effects = marginal_effects(model, many, np.tile(y, 70))
    wanted = marginal_effects(model, X, y)
    np.testing.assert_allclose(effects.effect, wanted.effect, rtol=1e-9)
    np.testing.assert_allclose(effects.std_error, wanted.std_error / 70**0.5, rtol=1e-6)


def test_the_rows_of_most_influence_are_found_in_any_block() -> None:
    many, labels = np.tile(X, (70, 1)), np.tile(Y, 70)
    many[[50, 8300]], labels[[50, 8300]] = [[9.0, 0.0, 0.0], [7.0, 1.0, 0.0]], 0
    model = LogisticRegression(**FREE).fit(many, labels)
    found = diagnose(model, many, labels, top=2, every=True)
    order = np.argsort(-found.rows.cook, kind="stable")[:2]
    np.testing.assert_array_equal(found.top.row, order)
    assert sorted(found.top.row) == [50, 8300]
    for name in ("probability", "leverage", "pearson", "deviance", "cook"):
        np.testing.assert_array_equal(getattr(found.top, name), getattr(found.rows, name)[order])
    error = summarize(model, many, labels).std_error[[1, 2, 3, 0]]
    np.testing.assert_allclose(found.top.dfbetas, found.top.dfbeta / error, rtol=1e-6)
    assert found.effective == pytest.approx(found.rows.leverage.sum())
    assert diagnose(model, many, labels, top=2).rows is None
    more = diagnose(model, many, labels, top=60).top.row  # of rows that are alike the first
    np.testing.assert_array_equal(more, np.argsort(-found.rows.cook, kind="stable")[:60])


def test_a_summary_tells_how_much_is_explained_where_that_is_known() -> None:
    text = str(SUMMARY)
    line = f"R²: McFadden {SUMMARY.mcfadden_r2:.4g}, Nagelkerke {SUMMARY.nagelkerke_r2:.4g}"
    assert f"{line}, Tjur {SUMMARY.tjur_r2:.4g}" in " ".join(text.split())
    three = summarize(LogisticRegression(**FREE).fit(X, Y3), X, Y3)
    assert three.tjur_r2 is None
    assert "Tjur" not in str(three)
    assert "R²: McFadden" in str(three)
    weight, meant = np.full(120, 0.7), {**FREE, "weights": "sampling"}
    unlike = LogisticRegression(**meant).fit(X, Y3, weight)
    assert "R²" not in str(summarize(unlike, X, Y3, weight))


def test_the_intercept_alone_leaves_nothing_to_test() -> None:
    table = pd.DataFrame({"y": Y})
    model = LogisticRegression(formula="y ~ 1", **FREE).fit(table)
    alone = summarize(model, table)
    for ask in (lambda: alone.wald, lambda: alone.likelihood_ratio):
        with pytest.raises(InputError, match="no coefficient but the intercept; there is no test"):
            ask()
    assert "χ²" not in str(alone)
    assert (alone.mcfadden_r2, alone.nagelkerke_r2) == pytest.approx((0.0, 0.0), abs=1e-12)
    both = likelihood_ratio_test(alone, summarize(MODEL, X, Y))
    assert both.statistic == pytest.approx(SUMMARY.likelihood_ratio.statistic, rel=1e-6)
    assert both.df == 3


def test_where_the_null_says_all_nothing_is_explained() -> None:
    certain = replace(SUMMARY, log_likelihood=0.0, null_log_likelihood=0.0, log_multiplicity=0.0)
    assert (certain.mcfadden_r2, certain.nagelkerke_r2) == (0.0, 0.0)
    unknown = replace(SUMMARY, log_likelihood=None)
    assert (unknown.aic, unknown.bic, unknown.mcfadden_r2, unknown.nagelkerke_r2) == (None,) * 4


def test_criteria_and_ratios_by_their_formulas() -> None:
    found, null, n = SUMMARY.log_likelihood, SUMMARY.null_log_likelihood, 120
    assert SUMMARY.df == 4
    assert SUMMARY.aic == pytest.approx(-2 * found + 2 * 4)
    assert SUMMARY.bic == pytest.approx(-2 * found + np.log(n) * 4)
    assert SUMMARY.mcfadden_r2 == pytest.approx(1 - found / null)
    share = 1 - np.exp(2 / n * (null - found))
    assert SUMMARY.nagelkerke_r2 == pytest.approx(share / (1 - np.exp(2 / n * null)))
    p = MODEL.predict_proba(X)[:, 1]
    assert SUMMARY.tjur_r2 == pytest.approx(p[Y == 1].mean() - p[Y == 0].mean(), rel=1e-6)
    for name in ("coef", "ci_low", "ci_high"):
        ratio = getattr(SUMMARY, {"coef": "odds_ratio"}.get(name, f"odds_ratio{name[2:]}"))
        np.testing.assert_allclose(ratio, np.exp(getattr(SUMMARY, name)))


def test_a_certain_probability_has_no_width() -> None:
    assert probability_interval(1.0, 2.0, 0.95) == (1.0, 1.0)
    assert probability_interval(0.0, 2.0, 0.95) == (0.0, 0.0)
    low, high = probability_interval(0.2, 0.5, 0.9)
    z = stats.norm.ppf(0.95) * 0.5
    assert (low, high) == pytest.approx(tuple(1 / (1 + 4 * np.exp([z, -z]))))


def test_a_covariance_has_a_row_for_each_coefficient_with_or_without_an_intercept() -> None:
    V, x = np.diag([1.0, 2.0, 3.0]), np.array([2.0, -1.0])
    assert spread_of(V, x, 1) == pytest.approx((4.0 + 2.0 + 3.0) ** 0.5)
    assert spread_of(V[:2, :2], x, 1) == pytest.approx(6.0**0.5)
    assert spread_of(-V, x, 1) == 0.0
    for wrong, c in ((V[:1, :1], 1), (np.eye(4), 1), (V[:2], 1), (V, 2), (np.ones(3), 1)):
        with pytest.raises(InputError, match=r"covariance has shape .*; give \(3, 3\)"):
            spread_of(wrong, x, c)


def test_numbers_too_large_to_square_are_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"X holds 1e\+200 in row 0, column 1; it is too large"):
        find_dependence([[1.0, 1e200], [2.0, 3.0], [0.0, 1.0]])


@pytest.mark.parametrize(("share", "kept"), [(1e-3, True), (4e-12, True), (0.2e-12, False)])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_direction_that_moves_no_margin_is_told(share: float, kept: bool, place: int) -> None:
    """Of three coordinates two agree but for a share; the third stands apart."""
    R = np.eye(3)
    one, other = (j for j in range(3) if j != place)
    R[one, other] = R[other, one] = 1.0 - share
    H = (np.array([2.0, 1.0, 5.0])[:, None] * R * [2.0, 1.0, 5.0]).reshape(3, 1, 3, 1)
    objective = SimpleNamespace(coordinates=Coordinates.plain(2, 1))
    root, direction = regular_root(objective, SecondOrder(np.zeros((3, 1)), 0.0, None, H))
    assert (direction is None) == kept == (share > LEAST_EIGENVALUE)
    if direction is None:
        np.testing.assert_allclose(
            root @ root.T @ H.reshape(3, 3), np.eye(3), atol=1e-15 / share * 10
        )
    else:
        moved = direction[:, 0]
        assert abs(moved[place]) < 1e-9
        assert abs(moved[one] + moved[other]) == pytest.approx(0.0, abs=1e-6)
        assert abs(moved[one]) > 0.1


def test_a_coordinate_that_is_held_has_no_error() -> None:
    at = Coordinates(np.array([1.0, np.inf]), np.zeros(2), True, np.eye(1))
    H = np.diag([4.0, 0.0, 1.0]).reshape(3, 1, 3, 1)
    root, direction = regular_root(
        SimpleNamespace(coordinates=at), SecondOrder(np.zeros((3, 1)), 0.0, None, H)
    )
    assert direction is None
    np.testing.assert_allclose(root @ root.T, np.diag([0.25, 0.0, 1.0]))


@pytest.mark.parametrize(("y", "margins"), [(np.array([0, 1, 1]), 1), (np.array([0, 1, 2]), 3)])
def test_a_resample_without_a_class_is_told(y: Any, margins: int) -> None:
    assert has_classes(y, np.ones(3), margins)
    for gone in range(margins):
        assert not has_classes(y, (y != gone).astype(float), margins)
    assert has_classes(np.array([0.2, 0.0]), np.ones(2), 1)  # shares of events
    assert not has_classes(np.array([0.2, 0.0]), np.array([0.0, 1.0]), 1)


@pytest.mark.parametrize("intercept", [True, False])
def test_a_resample_without_a_class_has_no_optimum(intercept: bool) -> None:
    """Even where a penalty and no intercept would give it one."""
    y = np.arange(120) < 3
    found = bootstrap(LogisticRegression(fit_intercept=intercept).fit(X, y), X, y, resamples=200)
    drawn = np.random.default_rng(0)
    lacking = sum(not drawn.multinomial(120, np.full(120, 1 / 120))[:3].any() for _ in range(200))
    assert found.failed == lacking > 0


def test_resamples_are_counted_and_named() -> None:
    found = bootstrap(MODEL, X, Y, resamples=40, level=0.8)
    assert found.samples.shape == (40, 4)
    assert found.failed == 0
    np.testing.assert_allclose(found.ci_low, np.percentile(found.samples, 10, axis=0))
    np.testing.assert_allclose(found.ci_high, np.percentile(found.samples, 90, axis=0))
    np.testing.assert_allclose(found.std_error, found.samples.std(axis=0, ddof=1))
    np.testing.assert_array_equal(found.nonzero, 1.0)
    np.testing.assert_allclose(found.coef, SUMMARY.coef, rtol=1e-5)
    negative = LogisticRegression(C=0.05, l1_ratio=1).fit(-np.abs(X[:, :2]) * [4, 0.1], Y)
    sparse = bootstrap(negative, -np.abs(X[:, :2]) * [4, 0.1], Y, resamples=30)
    np.testing.assert_allclose(sparse.nonzero, (sparse.samples != 0).mean(axis=0))


def test_closer_is_who_stands_lower(monkeypatch: pytest.MonkeyPatch) -> None:
    comparing = sys.modules["glasslogit.trust.compare"]
    reach, model = comparing.reach_optimum, LogisticRegression().fit(X, Y)
    assert compare(model, X, Y).closer == "level"

    def astray(parts: Any, rules: Any) -> Any:
        theta, good = reach(parts, rules)
        return theta + (0.0 if rules is comparing.TIGHT else 1e-3), good

    monkeypatch.setattr(comparing, "reach_optimum", astray)
    found = compare(model, X, Y)
    assert (found.closer, found.ours_above > found.above) == ("theirs", True)
    model.coef_ = model.coef_ + 1e-2
    found = compare(model, X, Y)
    assert found.closer == "ours"
    assert len(found.rows) == 5
    assert f"rows that differ most: {', '.join(map(str, found.rows))}" in str(found)
    assert "rows that differ most: none" in str(replace(found, rows=()))


def test_a_test_is_chi_squared_and_on_no_degree_of_freedom_agrees_with_any_rows() -> None:
    assert chi2_test("x", 3.0, 0) == HypothesisTest("x", 3.0, 0, 1.0)
    assert chi2_test("x", 3.0, 2).p_value == pytest.approx(stats.chi2.sf(3.0, 2))
    assert "p < 1e-300" in str(HypothesisTest("x", 5e3, 1, 0.0))
    V, e = np.array([[4.0, 1.0], [1.0, 1e-12]]), np.array([1.0, 1e-6])
    V[1, 0] = V[0, 1] = 1e-6
    assert wald("x", e, V).statistic == pytest.approx(e @ np.linalg.solve(V, e))
    for singular in (np.ones((2, 2)), np.diag([1.0, 0.0])):
        assert not has_inverse(singular)
        with pytest.raises(InputError, match="depend on each other"):
            wald("x", e, singular)


def test_the_larger_model_may_seem_worse_by_what_fits_differ_only() -> None:
    small = LogisticRegression(**FREE).fit(X[:, :2], Y)
    one = summarize(small, X[:, :2], Y)
    for less, refused in ((0.4e-6, False), (0.6e-6, True)):
        worse = replace(SUMMARY, log_likelihood=one.log_likelihood - less)
        if refused:
            with pytest.raises(InputError, match="less likely than the smaller"):
                likelihood_ratio_test(one, worse)
        else:
            assert likelihood_ratio_test(one, worse).statistic == 0.0
    with pytest.raises(InputError, match="one and the same"):
        likelihood_ratio_test(SUMMARY, SUMMARY)
    assert wald_test(SUMMARY, "x2").df == likelihood_ratio_test(one, SUMMARY).df == 1


def formula_terms(model, row, numbers) -> FormulaTerms:
    encoding, table = model.encoder_.encoding_, as_table(row)
    return terms_of_row(encoding, read_row(model, row), table, numbers)


TABLE = pd.DataFrame({"a": X[:, 0], "b": 10 * X[:, 1], "c": np.where(X[:, 2] > 0, "u", "v")})


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("needed", [-2.0, 0.3])
def test_the_smallest_change_is_that_of_the_least_share_of_a_range(known: bool, needed) -> None:
    """No number outside its range is one, a level counts as a range."""
    model = LogisticRegression(formula="a + I(a**2) + b + c", **FREE).fit(TABLE, Y)
    weights = model.coef_[0]
    for i in range(0, 60, 15):
        row = TABLE.iloc[[i]]
        encoding = model.encoder_.encoding_
        made = formula_terms(model, row, numbers_in(encoding, TABLE) if known else None)
        sizes = {}
        for name in "ab":
            option = made._number(name, weights, needed)
            if option is None:
                continue
            size, (_, _, to, inside), _ = option
            now, (low, high) = row[name].item(), (TABLE[name].min(), TABLE[name].max())
            if known:
                assert inside
                assert low <= to <= high
                wanted = abs(to - now) / (high - low)
            else:
                assert inside is None
                wanted = abs(to - now)
            assert size == pytest.approx(wanted, rel=1e-12)
            sizes[name] = size
            there, short = made.moves(name, [to, now + 0.999 * (to - now)], weights)
            assert there / needed >= 1.0
            assert short / needed < 1.0
        option = made._level("c", weights, needed)
        if option is not None:
            sizes["c"] = 1.0
        found = smallest_change(made, weights, needed)
        assert (None if found is None else found.change.name) == min(
            sizes, key=sizes.get, default=None
        )


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e9])
def test_a_flip_is_found_in_any_unit_where_no_range_is_known(unit: float) -> None:
    table = pd.DataFrame({"a": unit * (X[:, 0] + 5.0)})
    model = LogisticRegression(formula="scale(a)", **FREE).fit(table, Y)
    made = formula_terms(model, table.iloc[[0]], None)
    for needed in (-3.0, 0.5):
        found = smallest_change(made, model.coef_[0], needed).change
        moved = (found.to - found.value) / table.a.std() * model.coef_[0, 0]
        assert moved == pytest.approx(needed, rel=1e-6)


@pytest.mark.parametrize("i", [0, 15, 30, 45])
def test_a_formula_of_the_columns_as_they_are_says_of_a_row_what_the_columns_say(i: int) -> None:
    """Contributions, the smallest change and what is outside are asked of both in one way."""
    model = LogisticRegression(formula="a + b + c", **FREE).fit(TABLE, Y)
    row, weights = TABLE.iloc[[i]], model.coef_[0]
    numbers = numbers_in(model.encoder_.encoding_, TABLE.drop(index=i))
    by_formula = formula_terms(model, row, numbers)
    names = by_formula.row.encoding.feature_names
    known = [numbers.get(name, NumberRange()) for name in names]
    ranges = Ranges(
        np.zeros(3), np.array([k.low for k in known]), np.array([k.high for k in known])
    )
    by_columns = ColumnTerms(terms_of(names, None), by_formula.x, numbers)
    ours, theirs = (each.contributions(weights, ranges) for each in (by_formula, by_columns))
    assert [part.contribution for part in ours] == [part.contribution for part in theirs]
    assert by_formula.outside(ranges) == by_columns.outside(ranges)
    for needed in (-0.2, 0.3):
        one, other = (
            [flip for flip in each.flips(weights, needed) if flip.change.name in set("ab")]
            for each in (by_formula, by_columns)
        )
        assert [flip.change.name for flip in one] == [flip.change.name for flip in other]
        for ours, theirs in zip(one, other, strict=True):
            assert ours.change.to == pytest.approx(theirs.change.to, rel=1e-6)
            assert ours.shown == theirs.shown


def test_numbers_of_an_array_change_by_shares_of_their_ranges() -> None:
    terms, x = terms_of(["a", "b", "d"], None), np.array([0.0, 1.0, 2.0])
    ranges = Ranges(np.zeros(3), np.array([-1.0, 0.0, 2.0]), np.array([1.0, 9.0, 2.0]))
    known = zip("abd", ranges.low.tolist(), ranges.high.tolist(), strict=True)
    numbers = {name: NumberRange(low, high) for name, low, high in known}
    weights, row = np.array([1.0, 1.0, 1.0]), ColumnTerms(terms, x, numbers)
    change = smallest_change(row, weights, 0.9).change  # 0.45 of a range, or 0.1
    assert (change.name, change.value, change.to, change.inside) == ("b", 1.0, 1.9, True)
    change = smallest_change(row, weights, -0.9).change
    assert (change.name, change.to) == ("b", pytest.approx(0.1))
    change = smallest_change(row, weights, -1.0).change
    assert (change.name, change.to, change.inside) == ("b", 0.0, True)
    assert smallest_change(row, weights, 30.0) is None
    assert smallest_change(row, 0 * weights, 1.0) is None
    unknown = ColumnTerms(terms, x, {})
    free = smallest_change(unknown, np.array([1.0, -2.0, 1.0]), 1.0).change
    assert (free.name, free.to, free.inside) == ("b", 0.5, None)
    assert row.outside(ranges) == ()
    assert replace(row, x=x - [-1.1, 0.0, 0.0]).outside(ranges) == ("a",)
    assert replace(row, x=x - [0.0, 1.1, 1e-9]).outside(ranges) == ("b", "d")
    assert row.outside(Ranges(np.zeros(3))) is None


def test_groups_leave_two_degrees_of_freedom_less() -> None:
    curve = diagnose(MODEL, X, Y, groups=3).calibration
    found = hosmer_lemeshow(curve)
    p, g = curve.predicted, len(curve.predicted)
    wanted = (curve.weight * (curve.observed - p) ** 2 / (p * (1 - p))).sum()
    assert found.statistic == pytest.approx(wanted)
    assert found.p_value == pytest.approx(stats.chi2.sf(wanted, g - 2))
    assert found.name == f"Hosmer–Lemeshow, {g} groups"
    two = SimpleNamespace(**{k: v[:2] for k, v in vars(curve).items() if isinstance(v, np.ndarray)})
    assert hosmer_lemeshow(two).p_value == 1.0


def test_two_classes_are_set_against_each_other_by_their_probabilities() -> None:
    """Of those that are as probable the first comes first."""
    many, scores = SimpleNamespace(classes_=np.arange(300)), np.zeros((2, 300))
    scores[1] = np.random.default_rng(0).integers(0, 3, 300)
    alike = ExplainedRow(scores, np.zeros(1), ["x0"])
    first, second, third = np.flatnonzero(scores[1] == 2)[:3]
    assert choose_contest(many, alike, None, None)[:2] == (first, second)
    assert choose_contest(many, alike, None, first)[:2] == (second, first)
    assert choose_contest(many, alike, third, None)[:2] == (third, first)
    three = SimpleNamespace(classes_=np.array(["u", "v", "w"]))
    theta = np.array([[1.0, 0.0, 2.0], [0.0, 0.5, 0.25]])
    row = ExplainedRow(theta, np.array([1.0]), ["x0"])
    for label, against, wanted in (
        (None, None, "wu"), (None, "w", "uw"), (None, "v", "wv"), ("v", None, "vw"),
        ("w", None, "wu"), ("u", "v", "uv"),
    ):  # fmt: skip
        found = choose_contest(three, row, label, against)
        assert found[:2] == tuple(wanted)
        k, m = ("uvw".index(each) for each in wanted)
        np.testing.assert_array_equal(found.weights, theta[:, k] - theta[:, m])
        p = np.exp(theta.sum(axis=0)) / np.exp(theta.sum(axis=0)).sum()
        assert found.probability == pytest.approx(p[k])
        slope = -p / (1 - p[k])
        slope[k] = 1.0
        np.testing.assert_allclose(found.slope, slope)
    two, z = SimpleNamespace(classes_=np.array([0, 1])), np.array([[1.0], [0.5]])
    row = ExplainedRow(z, np.array([1.0]), ["x0"])
    for label, against, k in ((None, None, 1), (0, None, 0), (None, 1, 0), (None, 0, 1)):
        found = choose_contest(two, row, label, against)
        assert (found.label, found.against) == (k, 1 - k)
        sign = 1.0 if k else -1.0
        np.testing.assert_array_equal(found.weights, sign * z[:, 0])
        np.testing.assert_array_equal(found.slope, [sign])
        assert found.probability == pytest.approx(1 / (1 + np.exp(-sign * 1.5)))


def test_a_range_is_that_of_the_rows_and_a_baseline_may_be_given_beside_it() -> None:
    given = ranges_of(MODEL, X, [1.0, 2.0, 3.0], None, 3)
    np.testing.assert_array_equal(given.mean, [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(given.low, X.min(axis=0))
    np.testing.assert_array_equal(given.high, X.max(axis=0))
    np.testing.assert_allclose(ranges_of(MODEL, X, None, None, 3).mean, X.mean(axis=0))


@pytest.mark.parametrize("events", [3, 4])
def test_classes_of_fewer_rows_than_coefficients_are_told(events: int) -> None:
    y = np.zeros(120, int)
    y[[5, 50, 70, 90][:events]] = 1
    model = LogisticRegression(C=1.0).fit(X, y)
    text = " ".join(summarize(model, X, y).notes)
    told = f"the rows of class 1 weigh {events}, fewer than 4 coefficients"
    assert (told in text) == (events == 3)
    assert "draws the coefficients towards 0" in text


def test_intervals_of_firth_may_be_left_out() -> None:
    with_, without = firth(X, Y), firth(X, Y, intervals=False)
    np.testing.assert_array_equal(with_.coef, without.coef)
    for name in ("ci_low", "ci_high", "chi2", "p_value"):
        assert np.isnan(getattr(without, name)).all()
        assert np.isfinite(getattr(with_, name)).all()
    assert "profile intervals" in str(with_)
    assert "profile" not in str(without)
    assert "ci_low" not in str(without)
    np.testing.assert_allclose(with_.p_value, stats.chi2.sf(with_.chi2, 1), rtol=1e-9)
    assert (with_.lr_df, without.lr_df) == (3, 3)
    three = firth(X, Y3, intervals=False)
    assert three.lr_df == 6
    assert three.names == ("x0", "x1", "x2", "(Intercept)")
    np.testing.assert_allclose(three.model.coef_.sum(axis=0), 0.0, atol=1e-12)
    assert "log-odds of each class against 0" in str(three)
    assert "log-odds of 1 against 0" in str(without)


def test_titles_name_the_class_where_there_is_one_equation() -> None:
    three = LogisticRegression(**FREE).fit(X, Y3)
    for ask, one, several in (
        (marginal_effects, "Marginal effects on the probability of 1, averaged over the rows",
         "Marginal effects on the probability, averaged over the rows"),
        (summarize, "log-odds of 1 against 0", "log-odds of each class against 0"),
        (lambda *rows: bootstrap(*rows, resamples=3), "Log-odds of 1 against 0, bootstrapped",
         "Log-odds of each class against 0, bootstrapped"),
    ):  # fmt: skip
        assert one in " ".join(str(ask(MODEL, X, Y)).split())
        assert several in " ".join(str(ask(three, X, Y3)).split())
    assert "columns\n" in str(marginal_effects(MODEL, X, Y, at="mean"))
    sure = probability_intervals(SUMMARY, X[:2])
    assert len(sure.to_frame()) == 2
    assert len(probability_intervals(summarize(three, X, Y3), X[:2]).to_frame()) == 6


def test_a_comparison_notes_one_model_for_each_class_of_a_descent_only() -> None:
    linear, noted = pytest.importorskip("sklearn.linear_model"), {}
    for name, model, y in (
        ("two", linear.SGDClassifier(loss="log_loss", random_state=0), Y),
        ("three", linear.SGDClassifier(loss="log_loss", random_state=0), Y3),
        ("ours", LogisticRegression(multi_class="ovr"), Y3),
    ):
        notes = compare(model.fit(X, y), X, y).notes
        noted[name] = any("one model for each class against the rest" in note for note in notes)
    assert noted == {"two": False, "three": True, "ours": False}


def test_an_encoder_that_is_given_makes_the_columns() -> None:
    encoder, rows = {"encoder": TableEncoder({"c": "drop", "b": "drop"})}, TABLE.assign(y=Y)
    assert firth(rows, "y", intervals=False, **encoder).names == ("a", "(Intercept)")
    split = TABLE.assign(y=(TABLE.a > 0).astype(int))
    assert list(find_separation(split, "y", **encoder).coefficients) == ["a", "(Intercept)"]
    twice = TABLE.assign(d=2 * TABLE.a)
    assert [each.dropped for each in find_dependence(twice)] == ["d"]
    without = TableEncoder({"d": "drop"})
    assert not find_dependence(twice, encoder=without)
    assert not find_dependence(twice, formula="a + b")


def test_what_can_be_said_of_a_fit_ends_at_the_borders_that_are_told() -> None:
    refusals.refuse_far(None, 0.0099)
    for away in (0.01, 3.0, np.nan, np.inf):
        with pytest.raises(InputError, match="standard errors from its optimum on these rows"):
            refusals.refuse_far(None, away)
    free, held = (SimpleNamespace(penalty=Penalty(l2=l2)) for l2 in (0.0, 1.0))
    refusals.refuse_few(free, 4, 4)
    refusals.refuse_few(held, 3, 4)
    with pytest.raises(InputError, match="3 rows are fewer than 4 coefficients"):
        refusals.refuse_few(free, 3, 4)
    direction = np.array([[1.0, 0.0], [0.0, -2e-4], [0.1, 0.3], [0.0, 0.9e-3], [-1.1e-3, 0.0]])
    with pytest.raises(InputError, match="columns 'a', 'c', 'e' depend on each other"):
        refusals.refuse_dependent(direction, list("abcde"))


@pytest.mark.parametrize("offset", [700.0, 701.0])
def test_a_coefficient_without_curvature_depends_on_no_other(offset: float) -> None:
    scale = np.array([1.0, 1.0, np.inf])
    f = SimpleNamespace(coordinates=SimpleNamespace(scale=scale, by_row=lambda each: each))
    H = np.diag([1.0, 2.0, 0.0]).reshape(3, 1, 3, 1)
    refusals.refuse_flat(f, SimpleNamespace(u=np.ones((3, 1)), hessian=H), list("abc"), offset)
    H = np.diag([1.0, 0.0, 0.0]).reshape(3, 1, 3, 1)
    with pytest.raises(InputError, match="in any row that tells of 'b': no curvature") as refused:
        refusals.refuse_flat(f, SimpleNamespace(u=np.ones((3, 1)), hessian=H), list("abc"), offset)
    assert ("offsets reach 701, and beyond 700" in str(refused.value)) == (offset > 700)


def test_what_is_unique_in_the_limit_is_orthogonal_to_what_is_flat() -> None:
    """The share that a coefficient may have in it is 1e-6 of its error at p = ½."""
    limit = Limit(None, None, np.array([[0.0], [0.0], [1.0]]), np.diag([2.0, 1.0, 1.0]))
    rows = np.array([[1.0, 0, 0], [1, 0, 1.9e-6], [1, 0, 2.1e-6], [0, 1, 0.9e-6], [0, 0, 1]])
    np.testing.assert_array_equal(limit.unique(rows), [True, True, False, True, False])


def test_whole_numbers_count_and_fractions_do_not() -> None:
    def counts(y: list[float], weight: list[float], factors: tuple[float, float] = (1.0, 1.0)):
        n = len(y)
        block = make_block(np.zeros((n, 1)), np.array(y), np.array(weight), np.zeros((n, 1)))
        return tuple(Counts(np.array(factors))(block))

    assert counts([0.0, 1.0], [1.0, 3.0]) == (False, False)
    assert counts([0.0, 1.0], [1.0, 3.0 + 1e-7]) == (True, False)
    assert counts([0.0, 1.0], [1.0, 1e6 * (1 + 0.9e-8)]) == (False, False)
    assert counts([0.0, 1.0], [0.5, 4.0], (0.5, 2.0)) == (False, False)
    assert counts([0.0, 1.0], [0.5, 4.0], (0.5, 3.0)) == (True, False)
    assert counts([0.25, 0.5], [4.0, 2.0]) == (False, True)
    assert counts([0.2501, 0.5], [4.0, 2.0]) == (False, True)  # shares are rounded as R allows
    assert counts([0.251, 0.5], [4.0, 2.0]) == (True, True)
    one, other = CountSums(False, True), CountSums(True, False)
    assert Counts(np.ones(2)).merge(one, other) == (True, True)
    assert Counts(np.ones(2)).merge(one, one) == (False, True)


def test_a_warning_points_to_the_line_that_asked() -> None:
    far = np.arange(10.0)[:, None]
    asked = [
        lambda: firth(X, Y, max_iter=1, intervals=False),
        lambda: firth(far, far[:, 0] > 4, max_iter=1),
    ]
    for ask in asked:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            ask()
        assert {each.filename for each in told} == {__file__}
