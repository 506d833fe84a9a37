"""What float64 cannot do is said, and soon."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer

from exact import excess, theta_of
from glasslogit import LogisticRegression, diagnose, firth, summarize
from glasslogit.core import Binomial, Coordinates, Objective, Penalty, view
from glasslogit.errors import InputError
from glasslogit.evaluate import roc_auc
from glasslogit.sources import ArraySource

X, Y = load_breast_cancer(return_X_y=True)


@pytest.mark.parametrize("solver", ["newton", "lbfgs", "newton_cg", "sampled_newton"])
@pytest.mark.parametrize("tol", [1e-18, 1e-30])
def test_a_tolerance_below_rounding_ends_as_stalled(solver: str, tol: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = LogisticRegression(solver=solver, tol=tol, max_iter=1000).fit(X[:, :10], Y)
        usual = LogisticRegression(solver=solver).fit(X[:, :10], Y)
    assert model.outcome_.name == "STALLED"
    assert model.n_iter_[0] <= 3 * usual.n_iter_[0] + 20
    assert model.trace_.violation[-1] < 1e-10


def test_a_start_worse_than_the_class_rates_is_no_start() -> None:
    """The first half divided by 10: on the second half almost all probabilities are 0 or 1."""
    model = LogisticRegression(warm_start=True).fit(X[:300] / 10, Y[:300])
    model.fit(X[300:], Y[300:])
    assert model.outcome_.converged
    assert model.trace_.value[-1] * len(Y[300:]) == pytest.approx(13.183, abs=1e-3)
    cold = LogisticRegression().fit(X[300:], Y[300:])
    assert model.passes_ <= cold.passes_ + 1
    model.coef_ = model.coef_ * np.nan
    assert model.fit(X[300:], Y[300:]).outcome_.converged


@pytest.mark.parametrize(("C", "weight"), [(1e300, 1e10), (1e-300, 1e-10)])
def test_a_penalty_beyond_float64_is_refused(C: float, weight: float) -> None:
    with pytest.raises(InputError, match="beyond what float64 can count"):
        LogisticRegression(C=C).fit(X[:, :2], Y, np.full(len(Y), weight))


@pytest.mark.parametrize("weight", [1e6, 1e12, 1e20, 1e30])
@pytest.mark.parametrize("C", [1.0, np.inf])
def test_weights_over_30_decades(C: float, weight: float) -> None:
    rng = np.random.default_rng(0)
    Z, y = rng.normal(size=(60, 2)), (rng.random(60) < 0.5).astype(int)
    weights = np.where(np.arange(60) < 3, weight, 1.0)
    model = LogisticRegression(C=C).fit(Z, y, sample_weight=weights)
    assert model.outcome_.converged
    assert excess(Z, y, theta_of(model), C, weight=weights) < 1e-9


@pytest.mark.parametrize("weight", [1e-308, 1e-300, 1e300])
def test_weights_of_any_size_raise_no_warning_of_numpy(weight: float) -> None:
    rng = np.random.default_rng(0)
    Z, y = rng.normal(size=(60, 2)), (rng.random(60) < 0.5).astype(int)
    weights = np.full(60, weight)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 1e301 observations know more than float64 can tell
        warnings.simplefilter("error", RuntimeWarning)
        model = LogisticRegression(C=np.inf, findings="full").fit(Z, y, weights)
        ones = LogisticRegression(C=np.inf).fit(Z, y)
        if model.outcome_.converged:
            diagnose(model, Z, y, weights)
    np.testing.assert_allclose(model.coef_, ones.coef_, rtol=1e-9)
    assert roc_auc(y, Z[:, 0], sample_weight=weights) == pytest.approx(roc_auc(y, Z[:, 0]))


@pytest.mark.parametrize("heavy", [0, 1])
@pytest.mark.parametrize("weight", [1e17, 1e30, 1e150])
def test_nor_does_a_class_beside_which_the_others_are_rounding(weight: float, heavy: int) -> None:
    rng = np.random.default_rng(0)
    Z, y = rng.normal(size=(60, 2)), (rng.random(60) < 0.5).astype(int)
    weights = np.where(y == heavy, weight, 1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", RuntimeWarning)
        LogisticRegression(findings="full", weights="sampling").fit(Z, y, weights)


@pytest.mark.parametrize("ask", [LogisticRegression(l1_ratio=1.0).fit, firth])
def test_nor_do_they_under_an_l1_penalty_or_firths(ask) -> None:
    rng = np.random.default_rng(0)
    Z, y = rng.normal(size=(60, 1)), (rng.random(60) < 0.5).astype(int)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", RuntimeWarning)
        for weight in (1e-298, 1e-300):
            ask(Z, y, sample_weight=np.full(60, weight))
        for weight in (1e-305, 1e-308, 1e-310):
            with pytest.raises(InputError, match="beyond what float64 can count; rescale the we"):
                ask(Z, y, sample_weight=np.full(60, weight))


@pytest.mark.parametrize("size", [1e2, 1e4, 1e6, 1e15])
@pytest.mark.parametrize("C", [1.0, np.inf])
def test_nor_do_offsets_that_leave_no_curvature(size: float, C: float) -> None:
    rng = np.random.default_rng(0)
    Z, y = rng.normal(size=(60, 2)), (rng.random(60) < 0.5).astype(int)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", RuntimeWarning)
        for offset in (size * np.where(np.arange(60) % 2, 1, -1), size * rng.normal(size=60)):
            LogisticRegression(C=C, solver="newton_cg").fit(Z, y, offset=offset)


@pytest.mark.parametrize("size", [1e-160, 1e-300])
@pytest.mark.parametrize("made", [
    lambda Z, y: LogisticRegression(l1_ratio=1.0).fit(Z, y),
    lambda Z, y: summarize(LogisticRegression().fit(Z, y), Z, y),
    firth,
])  # fmt: skip
def test_a_column_too_small_to_square_is_refused_by_name(size: float, made) -> None:
    rng = np.random.default_rng(0)
    Z, y = rng.normal(size=(60, 2)), (rng.random(60) < 0.5).astype(int)
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        with pytest.raises(InputError, match="column 0 holds numbers of size"):
            made(Z * size, y)


@pytest.mark.parametrize("size", [1e-150, 1e150])
def test_the_square_of_a_scale_may_be_beyond_float64(size: float) -> None:
    rng = np.random.default_rng(0)
    Z, y = rng.normal(size=(60, 2)), (rng.random(60) < 0.5).astype(float)
    u, ones, zeros = np.full((3, 1), 0.1), np.ones(60), np.zeros((60, 1))

    def curves(X: np.ndarray, scale: float, ridge: float) -> tuple[np.ndarray, np.ndarray]:
        """Give the diagonal of H in coordinates of that scale, by the two that know it."""
        at = replace(Coordinates.plain(2, 1), scale=np.full(2, scale))
        source = ArraySource(X, y, ones, zeros)
        f = Objective(source, Binomial(), Penalty(l2=ridge), at, 60.0, 60, 60.0)
        return f.diagonal(u), view(f, u).diagonal

    far = size**1.1  # its square is beyond float64
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        found = curves(Z * size, far, size**2 / 10)
    expected = curves(Z, far / size, 0.1)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
