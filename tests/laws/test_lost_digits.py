"""What costs a fit the digits of float64 is said by name: the column, the ratio and the remedy."""

import warnings

import numpy as np
import pandas as pd
import pytest

from glasslogit import LogisticRegression, inspect_data
from glasslogit.errors import ConvergenceWarning

RNG = np.random.default_rng(0)
Z = RNG.normal(size=(60, 2))
THREE = (np.column_stack([0 * Z, Z[:, 0]]) + RNG.gumbel(size=(60, 3))).argmax(axis=1)
TWO = (THREE > 0).astype(int)


def frame(**columns):
    return {"a": Z[:, 0], "b": Z[:, 1]} | columns


def fitted(table, y, **parameters):
    """Fit a mapping as an array; give the model and the text of its warning."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        model = LogisticRegression(**parameters)
        model.fit(np.column_stack([*table.values()]), y)
    return model, " ".join(str(each.message) for each in told)


def lost(findings) -> dict[str, str]:
    return {each.columns[0]: str(each) for each in findings if each.code == "lost_digits"}


def with_sentinels(size: float, rows: int = 1):
    return frame(a=np.where(np.arange(60) < rows, size, Z[:, 0]))


@pytest.mark.parametrize("size", [1e9, 1e12, 1e15])
@pytest.mark.parametrize("rows", [1, 5])
def test_an_outlier_is_named_with_its_remedy(size: float, rows: int) -> None:
    table = with_sentinels(size, rows)
    found = lost(inspect_data(pd.DataFrame(table), TWO))
    assert found.keys() == {"a"}
    assert f"{size:g}" in found["a"]
    assert "logarithm" in found["a"]
    assert lost(fitted(table, TWO, findings="full")[0].findings_).keys() == {"0"}


def test_training_names_an_outlier_that_it_was_sure_of() -> None:
    model, _ = fitted(with_sentinels(1e12), TWO)
    assert model.outcome_.converged
    assert "holds 1e+12" in lost(model.findings_)["0"]


@pytest.mark.parametrize("far", [1e9, 1e12, 1e15])
def test_a_column_far_from_0_is_named_with_how_far_its_plain_form_is_off(far: float) -> None:
    x = np.round(Z[:, 0] * 4) + far
    model, _ = fitted(frame(a=x), TWO)
    text = lost(model.findings_)["0"]
    off = float(text.rsplit("up to ", 1)[1].split(";")[0])
    plain = np.column_stack([x, Z[:, 1]]) @ model.coef_[0] + model.intercept_
    apart = np.abs(plain - model.decision_function(np.column_stack([x, Z[:, 1]]))).max()
    assert apart <= 4 * off
    assert off <= 2.0**-52 * far * abs(model.coef_[0, 0]) * 1.1
    assert "subtract" in lost(inspect_data(pd.DataFrame(frame(a=x)), TWO))["a"]


@pytest.mark.parametrize("values", [
    np.exp(RNG.normal(10, 2, 20000)),
    RNG.standard_cauchy(20000),
    RNG.negative_binomial(1, 0.001, 20000),
    RNG.poisson(0.001, 20000),
    1.7e9 + RNG.uniform(0, 1e7, 20000),
    20000000 + np.arange(20000),
    np.where(RNG.random(20000) < 0.5, 1e-17, RNG.normal(size=20000)),
    np.where(np.arange(20000) == 3, 1e12, 0.0),
])  # fmt: skip
def test_heavy_tails_counts_and_times_are_no_findings(values) -> None:
    y = (RNG.random(20000) < 0.5).astype(int)
    assert not lost(inspect_data(pd.DataFrame({"x": values}), y))
    model = LogisticRegression().fit(values[:, None], y)
    assert not lost(model.findings_)


@pytest.mark.parametrize(("table", "parameters", "words"), [
    (with_sentinels(1e12, 5), {"C": 1e4}, ["'0'", "1e+12", "clip"]),
    (frame(a=np.round(Z[:, 0] * 4) + 1e12), {"tol": 1e-30}, ["'0'", "subtract 1e+12"]),
    (frame(), {"tol": 1e-30}, ["tol=1e-30 is less"]),
])  # fmt: skip
def test_a_fit_that_is_stuck_says_on_what(table, parameters, words) -> None:
    model, told = fitted(table, THREE, **parameters)
    assert model.outcome_.name == "STALLED"
    for word in words:
        assert word in told
    assert "look for nearly" not in told


def test_offsets_that_are_no_logarithms_are_named() -> None:
    with pytest.warns(ConvergenceWarning, match=r"offsets reach 1e\+15"):
        LogisticRegression().fit(Z, TWO, offset=np.where(np.arange(60) < 9, 1e15, Z[:, 0]))


@pytest.mark.parametrize("solver", ["newton", "lbfgs", "newton_cg"])
@pytest.mark.parametrize("C", [1e10, 1e20, 1e30])
def test_no_message_says_that_an_optimum_was_missed_by_less_than_the_tolerance(solver, C) -> None:
    model, told = fitted(frame(), (Z[:, 0] + Z[:, 1] > 0).astype(int), C=C, solver=solver)
    if model.trace_.violation[-1] <= model.tol:
        assert "standard errors from the optimum" not in told
