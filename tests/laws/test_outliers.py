"""A number of any size in a few rows does not hide what a column does in the others.

The law: where a fit says that it converged, it is within 1e-9 of the optimum in 50 digits; and
of two classes and one outlier every fit converges.
"""

import numpy as np
import pytest

from exact import MOST_WITH_L1, excess, fit, theta_of
from glasslogit import LogisticRegression, summarize

SIZES = [1e0, 1e3, 1e5, 1e7, 1e9, 1e12, 1e15]
NEAR = 1e-9


def rows_with(size: float, label, classes: int = 2):
    """Rows in which x0 is of a size in one row of a class, or in three rows of both."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2))
    Z = np.column_stack([0 * X[:, 0], 1.5 * X[:, 0] + 0.5 * X[:, 1], X[:, 1] - X[:, 0]])[
        :, :classes
    ]
    y = (Z + rng.gumbel(size=Z.shape)).argmax(axis=1)
    X[[7, 8, 9] if label is None else [7], 0] = size
    y[7:10] = [1, 0, 1] if label is None else [label, *y[8:10]]
    return X, y


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("label", [0, 1, None])
@pytest.mark.parametrize("C", [1.0, 1e4, np.inf])
@pytest.mark.parametrize("storage", ["dense", "sparse", "batches"])
def test_newton_finds_what_an_outlier_hid(size: float, label, C: float, storage: str) -> None:
    """From 1e12 on it is not proved that there is an optimum without a penalty."""
    X, y = rows_with(size, label)
    model = fit(X, y, storage, C=C, solver="newton")
    assert model.outcome_.converged or (size >= 1e12 and np.isinf(C))
    assert excess(X, y, theta_of(model), C) < NEAR


@pytest.mark.parametrize("size", SIZES[::2])
@pytest.mark.parametrize("label", [0, 1, None])
@pytest.mark.parametrize("C", [1.0, 1e4, np.inf])
@pytest.mark.parametrize("solver", ["lbfgs", "newton_cg", "sampled_newton"])
def test_other_solvers_do_so_or_say_that_they_did_not(size, label, C: float, solver: str) -> None:
    """A violation 32 times too small, at a tolerance of 1e-6, leaves 1e-11 of the objective."""
    X, y = rows_with(size, label)
    model = fit(X, y, C=C, solver=solver)
    assert not model.outcome_.converged or excess(X, y, theta_of(model), C) < 1e-11


@pytest.mark.parametrize("size", SIZES[::2])
@pytest.mark.parametrize("label", [0, 1, None])
@pytest.mark.parametrize("solver", ["proximal_newton", "orthant_newton"])
def test_with_an_l1_penalty_too(size: float, label, solver: str) -> None:
    X, y = rows_with(size, label)
    model = fit(X, y, C=1.0, l1_ratio=1.0, solver=solver)
    assert not model.outcome_.converged or excess(X, y, theta_of(model), 1.0, l1_ratio=1.0) < NEAR


@pytest.mark.parametrize("size", SIZES[1:])
@pytest.mark.parametrize("label", [0, 1, None])
@pytest.mark.parametrize("C", [1.0, 1e4, np.inf])
@pytest.mark.parametrize("storage", ["dense", "sparse", "batches"])
def test_softmax_finds_what_two_classes_hid(size: float, label, C: float, storage: str) -> None:
    """Rows of two classes at one place far out hold the difference of two coefficients.

    To float64 coefficients are multiples of 1e-16: from 1e12 on, the margin there is not one that
    a fit can reach, and it says so.
    """
    X, y = rows_with(size, label, classes=3)
    model = fit(X, y, storage, C=C, solver="newton")
    assert not model.outcome_.converged or excess(X, y, theta_of(model), C) < NEAR
    assert model.outcome_.converged or (label is None and size >= 1e12)


@pytest.mark.parametrize("size", SIZES[2:])
@pytest.mark.parametrize("label", [1, None])
@pytest.mark.parametrize("solver", ["newton_cg", "kronecker_newton", "sampled_newton"])
def test_other_solvers_of_a_softmax_hand_over_to_newton(size: float, label, solver: str) -> None:
    X, y = rows_with(size, label, classes=3)
    model = fit(X, y, C=1e4, solver=solver)
    assert not model.outcome_.converged or excess(X, y, theta_of(model), 1e4) < NEAR
    assert model.outcome_.converged or size >= 1e12 or solver != "sampled_newton"


@pytest.mark.parametrize("size", SIZES[2:])
@pytest.mark.parametrize("label", [1, None])
@pytest.mark.parametrize("C", [1.0, 1e4])
@pytest.mark.parametrize("solver", ["proximal_newton", "orthant_newton"])
def test_a_softmax_with_an_l1_penalty_does_not_say_what_it_cannot_see(
    size: float, label, C: float, solver: str
) -> None:
    X, y = rows_with(size, label, classes=3)
    model = fit(X, y, C=C, l1_ratio=1.0, solver=solver, max_iter=MOST_WITH_L1)
    assert not model.outcome_.converged or excess(X, y, theta_of(model), C, l1_ratio=1.0) < NEAR


def test_nor_does_one_that_goes_on_for_long() -> None:
    X, y = rows_with(1e12, 1, classes=3)
    model = fit(X, y, C=1e4, l1_ratio=1.0, solver="orthant_newton")
    assert not model.outcome_.converged or excess(X, y, theta_of(model), 1e4, l1_ratio=1.0) < NEAR


def test_the_outlier_of_the_report() -> None:
    """scikit-learn's lbfgs, newton-cg and newton-cholesky give these coefficients."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 2))
    y = (rng.random(300) < 1 / (1 + np.exp(-1.5 * X[:, 0] - 0.5 * X[:, 1]))).astype(int)
    X[7, 0] = 1e12
    y[7] = 1
    model = LogisticRegression().fit(X, y)
    np.testing.assert_allclose(model.coef_[0], [1.36109711, 0.47767559], rtol=1e-7)
    assert model.trace_.value[-1] * 300 == pytest.approx(158.76787, abs=1e-5)
    assert model.passes_ <= 20
    assert summarize(model, X, y).coef[1] == pytest.approx(1.36109711)
