"""Offsets of any size: a fit that says that it converged did, and what it proves holds."""

import warnings

import numpy as np
import pytest

from exact import excess
from glasslogit import LogisticRegression

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
