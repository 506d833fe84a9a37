"""Offsets of any size: a fit that says that it converged did, and what it proves holds."""

import re
import warnings

import numpy as np
import pytest

from exact import excess
from glasslogit import (
    LogisticRegression,
    compare,
    diagnose,
    marginal_effects,
    summarize,
    term_tests,
    verify,
)
from glasslogit.errors import InputError
from glasslogit.evaluate import CalibrationCurve
from glasslogit.trust.goodness import FitTest, hosmer_lemeshow

SMALL = 1e-9


def problem(kind: str, size: float, classes: int):
    """Rows whose offsets are all `size`, near it, or spread by it."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 2))
    Z = np.column_stack([0 * X[:, 0], X])[:, :classes]
    y = (Z + rng.gumbel(size=Z.shape)).argmax(axis=1)
    noise = rng.normal(size=40 if classes == 2 else (40, classes))
    step = 1.0 if classes == 2 else np.arange(classes) - 0.5
    offset = {"constant": size * step + 0 * noise, "near": size * step + noise}
    return X, y, offset.get(kind, size * noise)


@pytest.mark.parametrize("kind", ["constant", "near", "spread"])
@pytest.mark.parametrize("size", [1e2, 1e4, 1e6, 1e10, 1e15])
@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("solver", ["newton", "lbfgs", "newton_cg", "sampled_newton"])
def test_a_fit_that_converged_is_right(kind, size, classes, solver) -> None:
    X, y, offset = problem(kind, size, classes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = LogisticRegression(solver=solver).fit(X, y, offset=offset)
    assert model.outcome_.converged or size > 1e6 or (kind == "spread" and size > 1e2)
    gap = model.certificate_.relative_gap
    if model.outcome_.converged or np.isfinite(gap):
        w, b = np.atleast_2d(model.coef_).T, model.intercept_
        columns = offset.reshape(len(y), -1)
        found = excess(X, y, (w, b, np.zeros(2)), 1.0, offset=columns)
        assert not model.outcome_.converged or found < SMALL
        assert found <= 2 * gap


@pytest.mark.parametrize("offset", [300.0, 800.0, -800.0, 1e4])
def test_a_softmax_without_curvature_is_still_fitted(offset: float) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 2))
    y = (X[:, 0] + rng.normal(size=30) > 0).astype(int)
    one, other = (
        LogisticRegression(solver=solver, fit_intercept=False).fit(X, y, offset=np.full(30, offset))
        for solver in ("kronecker_newton", "newton")
    )
    assert one.coef_ == pytest.approx(other.coef_, rel=1e-6)


def asked(model: LogisticRegression, X, y, offset):
    """Every function that judges a model on its rows."""
    yield lambda: summarize(model, X, y, offset=offset)
    yield lambda: diagnose(model, X, y, offset=offset)
    yield lambda: verify(model, X, y, offset=offset)
    yield lambda: compare(model, X, y, offset=offset)
    yield lambda: marginal_effects(model, X, y, offset=offset)
    yield lambda: term_tests(model, X, y, offset=offset)
    yield lambda: model.score(X, y, offset=offset)


@pytest.mark.parametrize("C", [1.0, np.inf])
@pytest.mark.parametrize("size", [30.0, 40.0, 100.0, 700.0, 1e3, 1e8, 1e100, 1e150])
def test_no_judge_warns_of_its_own_arithmetic_nor_blames_the_columns(size: float, C: float) -> None:
    rng = np.random.default_rng(0)
    X, offset = rng.normal(size=(200, 2)), rng.choice([-size, size], 200)
    y = (X[:, 0] + rng.logistic(size=200) > 0).astype(int)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", RuntimeWarning)
        model = LogisticRegression(C=C).fit(X, y, offset=offset)
        said = []
        for ask in asked(model, X, y, offset):
            try:
                ask()
            except InputError as error:
                said.append(str(error))
    assert not any("depend on each other" in each or "give the rows" in each for each in said)
    if size > 700:
        flat = [each for each in said if "no curvature of the likelihood is left" in each]
        assert flat
        assert all(f"offsets reach {size:.3g}, and beyond 700" in each for each in flat)


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("size", [1.1e150, -1e200, 1e307, -1.7e308])
def test_an_offset_beyond_what_margins_hold_is_refused_by_name(size: float, classes: int) -> None:
    X, y, offset = problem("spread", 1.0, classes)
    model = LogisticRegression().fit(X, y, offset=offset)
    offset[7] = size
    said = re.escape(f"offset is {size:g} in row 7, and beyond ±1e+150 no margin can be counted")
    for ask in (
        lambda: LogisticRegression().fit(X, y, offset=offset),
        lambda: model.predict_proba(X, offset=offset),
        *asked(model, X, y, offset),
    ):
        with pytest.raises(InputError, match=said):
            ask()


@pytest.mark.parametrize("p", [[0.0, 0.5, 1.0], [1e-320, 0.5, 1.0]])
def test_groups_of_a_probability_0_or_1_are_compared_without_a_warning(p) -> None:
    def test(observed) -> FitTest:
        p_and_more = [np.array(each) for each in (p, observed, observed, observed, [9.0] * 3)]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return hosmer_lemeshow(CalibrationCurve(*p_and_more, 0.95))

    assert test([p[0], 0.5, 1.0]).statistic == 0.0
    assert (test([0.5, 0.5, 1.0]).statistic, test([0.5, 0.5, 1.0]).p_value) == (np.inf, 0.0)
    assert (test([0.0, 0.5, 0.5]).statistic, test([0.0, 0.5, 0.5]).p_value) == (np.inf, 0.0)
