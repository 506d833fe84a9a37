"""Sampling and precision weights have no scale: robust errors are the same for any factor."""

import warnings

import numpy as np
import pytest

from glasslogit import LogisticRegression, diagnose, marginal_effects, summarize
from glasslogit.errors import GlasslogitWarning, InputError
from glasslogit.solvers import Outcome

FACTORS = (1e-140, 1e-30, 1e12, 1e16, 1e30, 1e100, 1e140)
MEANT = ("sampling", "precision")


def rows():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 2))
    y = (X[:, 0] + rng.logistic(size=200) > 0).astype(int)
    return X, y, np.exp(rng.normal(size=200))


def fitted(X, y, weight, **settings) -> LogisticRegression:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GlasslogitWarning)
        return LogisticRegression(**settings).fit(X, y, weight)


@pytest.mark.parametrize("meant", MEANT)
@pytest.mark.parametrize("C", [np.inf, 0.1])
@pytest.mark.parametrize("factor", FACTORS)
def test_of_a_fit_and_its_effects(meant: str, C: float, factor: float) -> None:
    X, y, weight = rows()
    found = []
    for scale in (1.0, factor):
        w = scale * weight
        model = fitted(X, y, w, C=C / scale, weights=meant)
        effects = marginal_effects(model, X, y, w).std_error if np.isinf(C) else []
        found.append(np.append(summarize(model, X, y, w).std_error, effects))
    np.testing.assert_allclose(found[1], found[0], rtol=1e-6)


@pytest.mark.parametrize("meant", MEANT)
@pytest.mark.parametrize("factor", FACTORS)
def test_of_what_is_finite_where_classes_are_separated(meant: str, factor: float) -> None:
    X, y, weight = rows()
    X[:, 1] = (y == 1) & (X[:, 1] > 0)
    found = []
    for scale in (1.0, factor):
        model = fitted(X, y, scale * weight, C=np.inf, weights=meant)
        assert model.outcome_ is Outcome.SEPARATED
        found.append(summarize(model, X, y, scale * weight).std_error)
    assert np.isfinite(found[0][:2]).all()
    np.testing.assert_allclose(found[1], found[0], rtol=1e-5)


@pytest.mark.parametrize("meant", [*MEANT, "frequency"])
@pytest.mark.parametrize("many", [20, 100])
@pytest.mark.parametrize("heavy", [1e16, 1e30])
def test_a_fit_and_who_judges_it_say_the_same_of_weights_far_apart(meant, many, heavy) -> None:
    X, y, _ = rows()
    weight = np.where(np.arange(200) < many, heavy, 1.0)
    model = fitted(X, y, weight, C=np.inf, weights=meant)
    for judge in (summarize, diagnose):
        if model.outcome_.converged:
            judge(model, X, y, weight)
            continue
        with pytest.raises(InputError, match="its fit did not converge: ") as refused:
            judge(model, X, y, weight)
        assert model.outcome_.remedy in str(refused.value)
        assert "give the rows" not in str(refused.value)


def test_a_fit_cut_short_is_not_blamed_on_the_rows() -> None:
    X, y, weight = rows()
    model = fitted(X, y, weight, C=np.inf, weights="sampling", max_iter=1)
    with pytest.raises(InputError, match=r"did not converge: .* raise max_iter \(or epochs\)"):
        summarize(model, X, y, weight)
    model = fitted(X, y, weight, C=np.inf, weights="sampling")
    with pytest.raises(InputError, match="give the rows, weights and offset it was fitted on"):
        summarize(model, X[:150], y[:150], weight[:150])
