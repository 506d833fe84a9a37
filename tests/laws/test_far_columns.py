"""A column far from 0 is fitted as if it were near: what its values differ by decides.

The law: the fit to x + c is that to x, for any c for which x + c is exact, up to a spread of one
unit in the last place.
"""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from exact import excess, fit, theta_of
from glasslogit import LogisticRegression, summarize, verify
from glasslogit.export import load_model, save_model

FAR = [1e0, 1e3, 1e6, 1e9, 1e12, 1e14, 1e15]  # so far multiples of 1/4 are exact at most


def columns(far: float, classes: int = 2):
    rng = np.random.default_rng(1)
    x = np.round(rng.normal(size=60) * 4) * (1.0 if far > 1e14 else 0.25)
    near = np.column_stack([x, rng.normal(size=60)])
    Z = np.column_stack([0 * x, x + near[:, 1], near[:, 1] - x])[:, :classes]
    y = (Z + rng.gumbel(size=Z.shape)).argmax(axis=1)
    return near, near + np.array([far, 0.0]), y


@pytest.mark.parametrize("far", FAR)
@pytest.mark.parametrize("C", [1.0, 1e4, np.inf])
@pytest.mark.parametrize("storage", ["dense", "sparse", "batches"])
@pytest.mark.parametrize("classes", [2, 3])
def test_a_fit_does_not_depend_on_how_far_a_column_is(far, C: float, storage, classes) -> None:
    near, X, y = columns(far, classes)
    model = fit(X, y, storage, C=C)
    here = fit(near, y, storage, C=C)
    assert model.outcome_.converged
    assert excess(X, y, theta_of(model), C) < 1e-12
    np.testing.assert_allclose(model.coef_, here.coef_, rtol=1e-5)
    form = csr_matrix if storage == "sparse" else np.asarray
    p, q = model.predict_proba(form(X)), here.predict_proba(form(near))
    np.testing.assert_allclose(p, q, atol=1e-6)


@pytest.mark.parametrize("far", FAR[::2])
@pytest.mark.parametrize("solver", ["lbfgs", "newton_cg", "sampled_newton", "kronecker_newton"])
def test_nor_by_any_solver(far: float, solver: str) -> None:
    _, X, y = columns(far, 3)
    model = fit(X, y, solver=solver)
    assert model.outcome_.converged
    assert excess(X, y, theta_of(model), 1.0) < 1e-9


@pytest.mark.parametrize("far", FAR[::2])
@pytest.mark.parametrize("solver", ["proximal_newton", "orthant_newton"])
def test_nor_under_an_l1_penalty(far: float, solver: str) -> None:
    _, X, y = columns(far)
    model = fit(X, y, l1_ratio=1.0, solver=solver)
    assert model.outcome_.converged
    assert excess(X, y, theta_of(model), 1.0, l1_ratio=1.0) < 1e-9


def test_what_is_proved_holds() -> None:
    """All values are exact. The column was once taken to be constant, and that was proved."""
    x = np.arange(20.0)
    y = (x + np.array([7, -7] * 10) > 10).astype(int)
    here, far = (LogisticRegression().fit(x[:, None] + c, y) for c in (0.0, 1e14))
    assert far.coef_[0, 0] == pytest.approx(here.coef_[0, 0], rel=1e-9)
    assert far.coef_[0, 0] == pytest.approx(0.1424, abs=1e-4)
    assert excess(x[:, None] + 1e14, y, theta_of(far), 1.0) < 1e-15
    assert far.certificate_.relative_gap < 1e-12


def test_a_model_far_from_0_is_saved_and_judged_as_it_is(tmp_path) -> None:
    near, X, y = columns(1e12)
    model, here = LogisticRegression().fit(X, y), LogisticRegression().fit(near, y)
    save_model(model, tmp_path / "far.json")
    again = load_model(tmp_path / "far.json")
    assert np.array_equal(again.predict_proba(X), model.predict_proba(X))
    for known in (model, again):
        assert verify(known, X, y).relative_gap < 1e-9
    far, close = (summarize(m, Z, y) for m, Z in ((model, X), (here, near)))
    np.testing.assert_allclose(far.std_error[1:], close.std_error[1:], rtol=1e-6)
    np.testing.assert_allclose(far.coef[1:], close.coef[1:], rtol=1e-6)


@pytest.mark.parametrize("C", [1.0, np.inf])
def test_a_column_of_one_value_is_found_by_its_values(C: float) -> None:
    _, X, y = columns(1e15)
    X[:, 1] = 0.1 + 0.2
    model = fit(X, y, C=C)
    assert model.coef_[0, 1] == 0.0
    assert model.coef_[0, 0] != 0.0
    assert [found.columns for found in model.findings_ if found.code.value == "constant"]
