"""A step makes what the fit asks for: nothing for nobody, and nothing that only doubt asks for."""

from functools import partial
from typing import Any

import numpy as np
import pytest

from counted_work import counted_calls
from glasslogit import LogisticRegression
from glasslogit.core import (
    Binomial,
    Coordinates,
    Loss,
    Moments,
    Multinomial,
    Objective,
    Penalty,
    inverse_at,
)
from glasslogit.core import focus as looked_into
from glasslogit.core.dense_block import DenseBlock
from glasslogit.solvers import proximal_newton
from glasslogit.sources import ArraySource

rng = np.random.default_rng(0)
X = rng.normal(size=(300, 4)) + 5.0
Y = (rng.random(300) < 1.0 / (1.0 + np.exp(X[:, 0] - X[:, 1]))).astype(float)


def made(monkeypatch: pytest.MonkeyPatch, callback: Any) -> tuple[int, int]:
    """Count how often a fit with a callback maps u to θ, and its steps."""
    count, theta = [0], Coordinates.theta

    def counted(at: Coordinates, u: Any) -> Any:
        count[0] += 1
        return theta(at, u)

    with monkeypatch.context() as patch:
        patch.setattr(Coordinates, "theta", counted)
        model = LogisticRegression(callbacks=[callback]).fit(X, Y)
    return count[0], len(model.trace_)


def test_theta_is_made_for_a_callback_that_looks_at_it(monkeypatch: pytest.MonkeyPatch) -> None:
    blind, steps = made(monkeypatch, lambda progress: progress.value < 0)
    seeing, again = made(monkeypatch, lambda progress: progress.theta[0, 0] > 99)
    twice, _ = made(monkeypatch, lambda progress: progress.theta is not progress.theta)
    assert steps == again > 3
    assert seeing - blind == steps
    assert twice == seeing


@pytest.mark.parametrize("alike", [False, True])
def test_columns_are_looked_at_where_a_hessian_has_lost_digits(
    alike: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether they are centred says only if a root of the rows would tell more."""
    rows = np.hstack([X, X[:, :1] * (1.0 + 1e-9 * Y[:, None])]) if alike else X
    source = ArraySource(rows, Y, np.ones(300), np.zeros((300, 1)))
    moments = source.sum(Moments(Binomial()))
    at = Coordinates.standardised(moments, 0.0, intercept=True, axes=np.eye(1))
    f, looks = Objective(source, Binomial(), Penalty(), at, 300.0, 300, 300.0), list[Any]()
    view_of = looked_into.view_of
    monkeypatch.setattr(looked_into, "view_of", lambda *a: looks.append(a) or view_of(*a))
    inverse_at(f, f.quadratic(np.zeros((rows.shape[1] + 1, 1))))
    assert len(looks) == alike


@pytest.mark.parametrize("outdated", [False, True])
def test_a_step_gives_the_curvature_of_the_place_or_none(
    outdated: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Hessian that only learnt from steps does not say how f curves where it is."""
    source = ArraySource(X, Y, np.ones(300), np.zeros((300, 1)))
    at = Coordinates.standardised(
        source.sum(Moments(Binomial())), 0.0, intercept=True, axes=np.eye(1)
    )
    f = Objective(source, Binomial(), Penalty(l1=0.01), at, 300.0, 300, 300.0)
    there, diagonal = f.quadratic(np.zeros((5, 1))), np.ones((5, 1))
    known = proximal_newton.Step(there, 1.0, diagonal, formed=there)
    monkeypatch.setattr(proximal_newton, "proximal_steps", lambda *_: iter([(known, outdated)]))
    [step] = proximal_newton.ProximalNewton().steps(f, np.zeros((5, 1)))
    assert step.at is step.formed is there
    assert step.diagonal is (None if outdated else diagonal)


def objective(loss: Loss, c: int, x: Any, y: Any) -> Objective:
    source = ArraySource(x, y, np.ones(len(x)), np.zeros((len(x), c)))
    at = Coordinates.plain(x.shape[1], c)
    return Objective(source, loss, Penalty(), at, float(len(x)), len(x), float(len(x)))


@pytest.mark.parametrize(("loss", "c"), [(Binomial(), 1), (Multinomial(), 3)])
def test_a_line_search_makes_losses_and_no_residuals(
    loss: Any, c: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    f = objective(loss, c, X, Y.astype(int))
    u, d = rng.normal(size=(2, 5, c)) / 9
    wanted = [f.value_and_gradient(u + t * d).value for t in (0.0, 0.5)]
    monkeypatch.setattr(type(loss), "evaluate", None)
    np.testing.assert_allclose(f.along(u, d, (0.0, 0.5)), wanted, rtol=1e-14)
    assert f.value(u) == wanted[0]


@pytest.mark.parametrize(
    ("d", "K", "each"), [(16, 26, 0), (9, 7, 0), (2, 3, 3), (70, 4, 6), (80, 15, 105)]
)
def test_many_classes_of_few_columns_take_one_product(
    d: int, K: int, each: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows are weighted for each pair of classes only where the columns are many."""
    x, made, weighted = rng.normal(size=(40, d)), list[int](), DenseBlock.weighted
    f = objective(Multinomial(), K, x, rng.integers(0, K, 40))
    monkeypatch.setattr(DenseBlock, "weighted", lambda *a: made.append(1) or weighted(*a))
    f.quadratic(np.zeros((d + 1, K)))
    assert len(made) == each


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("solver", ["newton", "newton_cg", "lbfgs", "proximal_newton"])
def test_no_column_is_a_call_of_its_own(solver: str, sparse: bool, classes: int) -> None:
    """A fit makes as many calls for many columns as for few, names that nobody gave included."""
    calls, labels = list[Any](), np.arange(900) % classes
    for columns in (9, 15):  # so few that a triangle is inverted at once
        numbers = np.random.default_rng(columns).normal(size=(900, columns))
        rows: Any = np.where(np.abs(numbers) < 1, 0.0, numbers)
        if sparse:
            rows = pytest.importorskip("scipy.sparse").csr_matrix(rows)
        l1_ratio = float(solver == "proximal_newton")
        model = LogisticRegression(solver=solver, l1_ratio=l1_ratio, max_iter=0)
        with pytest.warns(UserWarning, match="max_iter"):
            model.fit(rows, labels)  # what is made once for all fits is there then
        with pytest.warns(UserWarning, match="max_iter"):
            calls.append(counted_calls(partial(model.fit, rows, labels)))
    assert calls[0] == calls[1]
