"""Tests of coefficients do not depend on the unit that a column is measured in."""

import numpy as np
import pytest

from glasslogit import (
    LogisticRegression,
    hypothesis_test,
    summarize,
    term_tests,
    wald_test,
)
from glasslogit.errors import InputError

UNITS = (1e-150, 1e-100, 1e-15, 1e-12, 1.0, 1e12, 1e100, 1e149)


def problem(classes: int, *, separated: bool = False):
    rng = np.random.default_rng(classes)
    X = rng.normal([3.0, 0.0], size=(120, 2))
    y = (X @ [0.5, 1.0] + rng.logistic(size=120)).argsort().argsort() * classes // 120
    return X, (X[:, 1] > 0).astype(int) if separated else y


@pytest.mark.parametrize("test", ["likelihood_ratio", "score", "wald"])
@pytest.mark.parametrize("classes", [2, 3])
def test_of_every_term(test: str, classes: int) -> None:
    X, y = problem(classes)

    def tests(unit: float) -> list[float]:
        Z = X * [unit, 1.0]
        model = LogisticRegression(C=np.inf).fit(Z, y)
        every = {"x0": "x0", "x1": "x1", "both": ["x0", "x1"], "all": ["(Intercept)", "x0", "x1"]}
        return [each.statistic for each in term_tests(model, Z, y, terms=every, test=test)]

    wanted = tests(1.0)
    for unit in UNITS:
        np.testing.assert_allclose(tests(unit), wanted, rtol=1e-6, err_msg=str(unit))


@pytest.mark.parametrize("test", ["likelihood_ratio", "score"])
def test_of_separated_classes(test: str) -> None:
    X, y = problem(2, separated=True)
    for unit in UNITS:
        Z = X * [unit, 1.0]
        with pytest.warns(match="separated"):
            model = LogisticRegression(C=np.inf).fit(Z, y)
        found = [each.statistic for each in term_tests(model, Z, y, test=test)]
        if unit == UNITS[0]:
            wanted = found
        np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-6, err_msg=str(unit))


def test_of_a_combination_with_a_value() -> None:
    X, y = problem(2)
    for unit in UNITS:
        Z, R = X * [unit, 1.0], np.array([[0.0, 1.0, 0.0], [0.0, 1.0, -1.0 / unit]])
        model = LogisticRegression(C=np.inf).fit(Z, y)
        asked = {"hypothesis": R, "value": np.array([0.4, 0.1]) / unit}
        found = [
            hypothesis_test(model, Z, y, test="likelihood_ratio", **asked).statistic,
            wald_test(summarize(model, Z, y), **asked).statistic,
        ]
        if unit == UNITS[0]:
            wanted = found
        np.testing.assert_allclose(found, wanted, rtol=1e-6, err_msg=str(unit))


def test_profile_intervals() -> None:
    X, y = problem(2)
    for unit in UNITS:
        Z = X * [unit, 1.0]
        model = LogisticRegression(C=np.inf).fit(Z, y)
        summary = summarize(model, Z, y, intervals="profile")
        found = np.array([summary.ci_low, summary.ci_high]) * [1.0, unit, 1.0]
        if unit == UNITS[0]:
            wanted = found
        np.testing.assert_allclose(found, wanted, rtol=1e-6, err_msg=str(unit))


@pytest.mark.parametrize("unit", UNITS)
def test_equations_that_depend_are_still_refused(unit: float) -> None:
    X, y = problem(2)
    Z = X * [unit, 1.0]
    model = LogisticRegression(C=np.inf).fit(Z, y)
    for R in ([[0, 1, 0], [0, 2, 0]], [[0, 1, unit], [0, 1, 0], [0, 0, 1]], [[0, 0, 0]]):
        with pytest.raises(InputError, match="depend on each other"):
            hypothesis_test(model, Z, y, hypothesis=np.array(R, float))
