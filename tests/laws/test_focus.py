"""Laws of the focus: where the rows in doubt are, whatever the centre a column is seen from."""

import numpy as np
import pytest

from glasslogit.core import Coordinates, Moments, Objective, Penalty, moved_to, refocused, view
from glasslogit.core.coordinates import far_from_zero
from glasslogit.core.focus import focus_of
from glasslogit.core.losses import Binomial, curvature
from glasslogit.sources import ArraySource


def objective(X: np.ndarray, l2: float = 0.0, *, centre: float | None = None) -> Objective:
    n, d = X.shape
    source = ArraySource(X, np.tile([0.0, 1.0], n // 2), np.ones(n), np.zeros((n, 1)))
    moments = source.sum(Moments(Binomial()))
    at = Coordinates.standardised(moments, l2, intercept=True, axes=np.eye(1))
    if centre is not None:
        at = Coordinates(at.scale, np.full(d, centre), at.intercept, at.axes)
    return Objective(source, Binomial(), Penalty(l2=l2), at, moments.weight, n, n)


def mean_and_spread(f: Objective, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give those of each column by the curvature, from the definition."""
    X, theta = f.source.X, f.theta(u)
    h = curvature(1 / (1 + np.exp(-(X @ theta[:-1] + theta[-1]))))[:, 0]
    mean = h @ X / h.sum()
    return mean, np.sqrt(h @ (X - mean) ** 2 / h.sum())


@pytest.mark.parametrize("away", [0.0, 3.0, 1e3, 1e6, 1e9])
def test_columns_are_centred_at_the_mean_of_the_curvature(away: float) -> None:
    """From a centre `away` of it, and told about where it is, to all but rounding."""
    rng = np.random.default_rng(0)
    X = np.round(rng.normal(size=(60, 2)), 3) + np.array([5.0, -2.0])
    f = objective(X, centre=away)
    u = f.inverse(np.array([[0.5], [-0.3], [1.0]]))
    mean, spread = mean_and_spread(f, u)
    told = (mean - away) / f.coordinates.scale + 0.01
    found = refocused(f, u, told)
    shift = 0.0 if found.source.shift is None else found.source.shift
    np.testing.assert_allclose(shift + found.coordinates.centre, mean, atol=1e-6)
    np.testing.assert_allclose(found.coordinates.scale, spread, rtol=1e-6)


@pytest.mark.parametrize("others", [0, 1, 12])
@pytest.mark.parametrize("l2", [0.0, 0.05, 0.2, 1.0])
@pytest.mark.parametrize("away", [1e4, 1e6])
def test_whether_a_column_is_far_is_its_own_affair(others: int, l2: float, away: float) -> None:
    """Neither other columns nor a penalty decide it: the spread of the values does."""
    rng = np.random.default_rng(0)
    X = np.round(rng.normal(size=(60, 2 + others)), 3) + np.append([away, 2.0], np.zeros(others))
    f = objective(X, l2)
    u = np.zeros((3 + others, 1))
    u[-1] = 0.3
    shift = refocused(f, u, np.zeros(2 + others)).source.shift
    assert shift is not None
    np.testing.assert_array_equal(shift != 0, [True] + [False] * (1 + others))


def test_far_is_many_spreads_from_0_on_either_side() -> None:
    centre = np.array([1e6, -1e6, 1e6, 0.0, 1e6])
    variance = np.array([1.0, 1.0, 1e8, 1.0, 0.0])
    np.testing.assert_array_equal(far_from_zero(centre, variance), [1e6, -1e6, 0.0, 0.0, 0.0])


@pytest.mark.parametrize("margin", [-700.0, -735.0, -742.0, -800.0])
def test_a_column_of_rows_that_hardly_count_keeps_a_scale_whose_square_is_a_number(margin: float):
    """Its rows are on their way to infinity: so small a curvature has no inverse in float64."""
    level = np.zeros(60)
    level[:5] = 1.0
    f = objective(np.column_stack([np.linspace(-1, 1, 60), level]))
    u = f.inverse(np.array([[0.5], [margin], [0.1]]))
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        near = refocused(f, u, focus_of(view(f, u)).mean)
        nearer = refocused(near, there := moved_to(f, near, u), focus_of(view(near, there)).mean)
        found = nearer.quadratic(moved_to(f, nearer, u)).hessian
    assert np.isfinite(found).all()
