"""Laws of the objective: coordinates change nothing but the coordinates."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glasslogit.core.coordinates import Coordinates, sum_zero_axes
from glasslogit.core.objective import Objective
from glasslogit.core.passes import Moments
from glasslogit.core.penalties import Penalty
from glasslogit.solvers.kronecker_newton import inverse_of_blocks, inverse_of_product
from glasslogit.sources import ArraySource
from problems import LOSSES, make_rows, make_source

AXES = {"binomial": [np.eye(1)], "softmax": [np.eye(3), sum_zero_axes(3)], "reference": [np.eye(2)]}
CASES = [(name, axes, b) for name in LOSSES for axes in AXES[name] for b in (True, False)]


RIDGE = Penalty(l2=0.3)
FACTORS = np.arange(1.0, 5.0)[:, None]


def build(name: str, axes: np.ndarray, *, intercept: bool, penalty=RIDGE, kind: str = "dense"):
    loss, c = LOSSES[name]
    source = make_source(kind, make_rows(loss, c))
    moments = source.sum(Moments(loss))
    at = Coordinates.standardised(moments, 0.0, intercept=intercept, axes=axes)
    return Objective(source, loss, penalty, at, moments.weight, moments.rows, moments.rows)


def draw(objective: Objective, seed: int = 0) -> np.ndarray:
    at = objective.coordinates
    shape = (len(at.scale) + at.intercept, at.axes.shape[1])
    return np.random.default_rng(seed).normal(size=shape) / 3


@pytest.mark.parametrize(("name", "axes", "intercept"), CASES)
def test_derivatives_agree_in_standardised_coordinates(name, axes, intercept) -> None:
    f = build(name, axes, intercept=intercept)
    u, d, h = draw(f), draw(f, 1), 1e-5
    _, value, gradient = f.value_and_gradient(u)
    assert value == f.value(u)
    slope = (f.value(u + h * d) - f.value(u - h * d)) / (2 * h)
    np.testing.assert_allclose(np.vdot(gradient, d), slope, rtol=1e-7)
    model = f.quadratic(u)
    np.testing.assert_allclose(model.gradient, gradient, rtol=1e-12, atol=1e-15)
    curved = (f.value_and_gradient(u + h * d)[2] - f.value_and_gradient(u - h * d)[2]) / (2 * h)
    np.testing.assert_allclose(np.tensordot(model.hessian, d, 2), curved, rtol=1e-6, atol=1e-9)
    product, _ = f.hessian_product(f.at_margins(u, f.margins(u)), d)
    np.testing.assert_allclose(product, curved, rtol=1e-6, atol=1e-9)
    diagonal = np.einsum("jkjk->jk", model.hessian)
    np.testing.assert_allclose(f.diagonal(u), diagonal, rtol=1e-10)
    steps = (1.0, 0.25)
    np.testing.assert_allclose(
        f.along(u, d, steps), [f.value(u + t * d) for t in steps], rtol=1e-12
    )


@pytest.mark.parametrize(("name", "axes", "intercept"), CASES)
def test_the_factors_are_the_hessian_where_all_rows_curve_alike(name, axes, intercept) -> None:
    """Two classes: always. Softmax: where all probabilities are equal."""
    f = build(name, axes, intercept=intercept, penalty=Penalty())
    u = draw(f) if name == "binomial" else np.zeros_like(draw(f))
    f = replace(f, source=ArraySource(f.source.X, f.source.y, f.source.weight, 0 * f.source.offset))
    columns, classes = f.kronecker(u)
    product = np.einsum("jm,kl->jkml", columns, classes)
    np.testing.assert_allclose(product, f.quadratic(u).hessian, rtol=1e-9, atol=1e-12)
    g = draw(f, 1)
    if np.linalg.matrix_rank(classes) < len(classes):  # a softmax without sum-zero axes
        g -= g.mean(axis=1, keepdims=True)
    solved = inverse_of_product(f.kronecker(u))(np.einsum("jkml,ml->jk", product, g))
    np.testing.assert_allclose(solved, g, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(("name", "axes", "intercept"), CASES)
def test_blocks_of_the_classes_are_those_of_the_hessian(name, axes, intercept) -> None:
    """Each is H along its own class, with the penalty; together they make a preconditioner."""
    f = build(name, axes, intercept=intercept, penalty=replace(RIDGE, factors=FACTORS))
    u, A = draw(f), f.coordinates.axes
    plain = replace(f, coordinates=replace(f.coordinates, axes=np.eye(len(A))))
    H = plain.quadratic(u @ A.T).hessian
    blocks = f.class_blocks(u)
    np.testing.assert_allclose(blocks, np.einsum("jkmk->kjm", H), rtol=1e-9, atol=1e-12)
    solve, g = inverse_of_blocks(f, u), draw(f, 1)
    each = [np.linalg.solve(block, column) for block, column in zip(blocks, A @ g.T, strict=True)]
    np.testing.assert_allclose(solve(g), np.transpose(each) @ A, rtol=1e-8)


@pytest.mark.parametrize(("name", "axes", "intercept"), CASES)
def test_margins_are_those_of_the_standardised_columns(name, axes, intercept) -> None:
    f = build(name, axes, intercept=intercept)
    at, X, u = f.coordinates, f.source.X, draw(f)
    columns = (X - at.centre) / at.scale
    b = u[4:].sum(axis=0)
    theta = at.theta(u)
    np.testing.assert_allclose(
        X @ theta[:-1] + theta[-1], (columns @ u[:4] + b) @ axes.T, atol=1e-12
    )
    assert theta.shape == (5, LOSSES[name][1])
    if not intercept:
        assert not theta[-1].any()


@pytest.mark.parametrize(("name", "axes", "intercept"), CASES)
def test_inverse_undoes_theta(name, axes, intercept) -> None:
    f = build(name, axes, intercept=intercept)
    u = draw(f)
    np.testing.assert_allclose(f.coordinates.inverse(f.coordinates.theta(u)), u, atol=1e-12)


@pytest.mark.parametrize(("name", "axes", "intercept"), CASES)
def test_pull_is_the_transpose_of_theta(name, axes, intercept) -> None:
    f = build(name, axes, intercept=intercept)
    u, g = draw(f), np.random.default_rng(2).normal(size=(5, LOSSES[name][1]))
    left, right = np.vdot(f.coordinates.pull(g), u), np.vdot(g, f.coordinates.theta(u))
    np.testing.assert_allclose(left, right, rtol=1e-12)


@given(c=st.integers(2, 8))
def test_sum_zero_axes_are_orthonormal_and_sum_to_zero(c: int) -> None:
    axes = sum_zero_axes(c)
    np.testing.assert_allclose(axes.T @ axes, np.eye(c - 1), atol=1e-14)
    np.testing.assert_allclose(axes.sum(axis=0), 0, atol=1e-14)


def test_a_constant_column_is_left_out() -> None:
    loss, c = LOSSES["binomial"]
    rows = make_rows(loss, c)
    rows.X[:, 1] = 0.1  # not a binary fraction: its spread is rounding, not 0
    moments = make_source("dense", rows).sum(Moments(loss))
    at = Coordinates.standardised(moments, 0.0, intercept=True, axes=np.eye(1))
    assert np.isinf(at.scale[1])
    u = np.ones((5, 1))
    assert at.theta(u)[1, 0] == 0
    assert at.pull(u)[1, 0] == 0
    assert np.isfinite(at.inverse(u)).all()


@pytest.mark.parametrize("penalty", [Penalty(), Penalty(l2=0.3)])
def test_violation_of_a_smooth_problem_is_the_scaled_gradient(penalty) -> None:
    f = build("binomial", np.eye(1), intercept=True, penalty=penalty)
    u = draw(f)
    at, diagonal = f.value_and_gradient(u), f.diagonal(u)
    wanted = np.sqrt(f.size) * np.max(np.abs(at.gradient) / np.sqrt(diagonal))
    np.testing.assert_allclose(f.violation(at, diagonal), wanted, rtol=1e-12)


def test_prox_of_a_kink_shrinks_coefficients_and_not_the_intercept() -> None:
    f = build("binomial", np.eye(1), intercept=True, penalty=Penalty(l1=0.2))
    u = np.array([[1.0], [-1.0], [0.01], [0.0], [0.01]])
    moved = f.prox(u, 1.0)
    shrunk = np.sign(u[:4]) * np.maximum(np.abs(u[:4]) - 0.2 / f.coordinates.scale[:, None], 0)
    np.testing.assert_allclose(moved[:4], shrunk, atol=1e-15)
    assert moved[4, 0] == 0.01


@pytest.mark.parametrize("size", [1, 64, 10_000])
def test_batch_gradients_are_right_on_average_whatever_the_weights(size: int) -> None:
    f = build("binomial", np.eye(1), intercept=True)
    u = draw(f)
    batches = list(f.source.minibatches(size, np.random.default_rng(0)))
    shares = [len(batch.weight) / f.rows for batch in batches]
    mean = sum(s * f.batch_gradient(u, b) for s, b in zip(shares, batches, strict=True))
    np.testing.assert_allclose(mean, f.value_and_gradient(u).gradient, rtol=1e-9, atol=1e-14)
