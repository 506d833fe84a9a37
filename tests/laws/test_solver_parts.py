"""Laws of what solvers are made of: each part does what its formula says."""

from collections import deque
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from glasslogit import LogisticRegression
from glasslogit.core import (
    OFF_CENTRE,
    Binomial,
    Coordinates,
    Moments,
    Multinomial,
    Objective,
    Penalty,
    SecondOrder,
    are_constant,
    pseudo_gradient,
    root_at,
    sum_zero_axes,
    view,
    view_of,
)
from glasslogit.core.focus import focus_of, least_focus
from glasslogit.core.roots import inverse_of
from glasslogit.optimum.path import repenalised
from glasslogit.optimum.proofs import recentred
from glasslogit.solvers import GradientDescent, OrthantNewton, Step, newton_cg, orthant_newton
from glasslogit.solvers.lbfgs import inverse_diagonal, make_pair, scaled_inverse, two_loop
from glasslogit.solvers.newton_cg import (
    Accuracy,
    conjugate_gradients,
    flat_diagonal,
    leading_inverse,
)
from glasslogit.solvers.orthant_newton import within_orthant
from glasslogit.solvers.proximal_newton import (
    MODEL_TOLERANCE,
    MOST_SWEEPS,
    RIDGE_SHARE,
    bfgs_update,
    coordinate_descent,
    damped,
    model_violation,
    proximal_step,
    solve_model,
)
from glasslogit.solvers.unseen import felt, free_step
from glasslogit.sources import ArraySource
from onehot import indicators
from problems import LOSSES, make_rows, make_source

RNG = np.random.default_rng(0)
AXES = {"binomial": np.eye(1), "softmax": sum_zero_axes(3), "reference": np.eye(2)}


def objective(name: str = "binomial", penalty: Penalty = Penalty(l2=0.3), n: int = 80) -> Objective:  # noqa: B008
    loss, c = LOSSES[name]
    source = make_source("dense", make_rows(loss, c, n=n))
    moments = source.sum(Moments(loss))
    at = Coordinates.standardised(moments, 0.0, intercept=True, axes=AXES[name])
    return Objective(source, loss, penalty, at, moments.weight, n, n)


def place(f: Objective, seed: int = 1) -> np.ndarray:
    shape = f.features + 1, f.coordinates.axes.shape[1]
    return np.random.default_rng(seed).normal(size=shape) / 3


def test_two_loops_are_the_product_with_the_matrix_that_pairs_build() -> None:
    """B ← (I − ρsyᵀ) B (I − ρysᵀ) + ρssᵀ, from the inverse that there is without pairs."""
    A = RNG.normal(size=(5, 5))
    H, inverse = A @ A.T + np.eye(5), RNG.random(5) + 0.5
    B, pairs, g = np.diag(inverse), deque(), RNG.normal(size=(5, 1))
    for _ in range(4):
        s = RNG.normal(size=(5, 1))
        pairs.append(make_pair(s, H @ s))
        rho, left = 1 / pairs[-1].curvature, np.eye(5)
        left = left - rho * s @ (H @ s).T
        B = left @ B @ left.T + rho * s @ s.T
        found = two_loop(g, pairs, lambda q: inverse[:, None] * q)
        np.testing.assert_allclose(found, B @ g, rtol=1e-9)
    last = pairs[-1]
    size = last.curvature / (last.y.T @ (inverse[:, None] * last.y)).item()
    np.testing.assert_allclose(
        scaled_inverse(pairs, inverse[:, None]), size * inverse[:, None], rtol=1e-12
    )
    np.testing.assert_array_equal(scaled_inverse(deque(), inverse), inverse)
    np.testing.assert_array_equal(inverse_diagonal(np.array([0.5, 2.0, 0.0])), [2.0, 0.5, 1.0])


@pytest.mark.parametrize("forcing", [0.3, 1e-2, 1e-8])
@pytest.mark.parametrize("damping", [0.0, 0.7])
@pytest.mark.parametrize("name", ["binomial", "softmax"])
def test_conjugate_gradients_leave_the_share_they_may(name, forcing: float, damping: float) -> None:
    f = objective(name)
    u = place(f)
    at, slope = f.at_margins(u, f.margins(u)), place(f, 2)
    slope[1] = 0.0  # stays where it is
    read = f.source.passes
    d, change = conjugate_gradients(f, at, slope, Accuracy(forcing, damping))
    assert f.source.passes - read <= (slope != 0).sum() + 1  # each takes a direction for good
    np.testing.assert_array_equal(d[1], 0)
    product, moved = f.hessian_product(at, d)
    left = (product + damping * d + slope)[slope != 0]
    assert np.linalg.norm(left) <= forcing * np.linalg.norm(slope) * (1 + 1e-6)
    assert forcing < 0.1 or np.linalg.norm(left) > 1e-6  # and no more is done than that
    np.testing.assert_allclose(change, moved, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["binomial", "softmax"])
def test_with_the_inverse_hessian_as_preconditioner_one_product_is_enough(name) -> None:
    f = objective(name)
    u = place(f)
    at, H = f.at_margins(u, f.margins(u)), f.quadratic(u).hessian
    read = f.source.passes
    d, change = conjugate_gradients(f, at, at.gradient, Accuracy(1e-6), inverse_of(H))
    assert f.source.passes - read == 1
    np.testing.assert_allclose(np.einsum("jkml,ml->jk", H, d), -at.gradient, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(change, f.hessian_product(at, d)[1], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("intercept", [True, False])
def test_a_preconditioner_is_the_inverse_hessian_of_what_it_takes(intercept, monkeypatch) -> None:
    """Of the columns that vary most and the intercept; of the others it is that of the diagonal."""
    monkeypatch.setattr(newton_cg, "ROWS_A_COLUMN", 1e9)  # all rows are its sample
    monkeypatch.setattr(newton_cg, "FLATTEST", 0.0)
    f = objective()
    scale = f.coordinates.scale
    f = replace(f, coordinates=replace(f.coordinates, intercept=intercept, centre=0.0 * scale))
    u = place(f)[: f.features + intercept]
    H = f.quadratic(u).hessian[:, 0, :, 0]
    one = next(f.source.blocks()).work().product * f.rows / len(next(f.source.blocks()).weight)
    for columns in (1, 2, f.features):
        products = (columns + 0.5) ** 3 * (newton_cg.ROWS_A_COLUMN / 2 + 0.5) / one
        leading = [*np.argsort(-scale)[:columns], *[f.features] * intercept]
        M = np.diag(H.diagonal())
        M[np.ix_(leading, leading)] = H[np.ix_(leading, leading)]
        g = RNG.normal(size=u.shape)
        found = leading_inverse(f, products, u)(g)
        np.testing.assert_allclose(found, np.linalg.solve(M, g), rtol=1e-8)


def test_columns_that_depend_on_each_other_take_few_products(monkeypatch) -> None:
    """Levels crossed with levels: a step of many products pays for a preconditioner."""
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 8, (5, 3000)) % rng.integers(1, 9, 3000)
    pairs = [a * 8 + b for i, a in enumerate(codes) for b in codes[:i]]
    X = sparse.hstack([indicators(each) for each in [*codes, *pairs]], format="csr")
    y = (codes[0] + rng.logistic(size=3000) > 2).astype(int)
    model = LogisticRegression(solver="newton_cg", C=100.0, tol=1e-4, max_iter=1000)
    passes, p = model.fit(X, y).passes_, model.predict_proba(X)
    monkeypatch.setattr(newton_cg, "MANY_PRODUCTS", np.inf)
    np.testing.assert_allclose(model.fit(X, y).predict_proba(X), p, atol=1e-4)
    assert passes < model.passes_ / 2


def test_all_columns_curve_alike_where_none_counts_yet() -> None:
    f = objective("binomial", n=40)
    u = np.zeros((5, 1))
    u[-1] = 0.7
    at = f.at_margins(u, f.margins(u))
    p = 1 / (1 + np.exp(-f.margins(u)))
    np.testing.assert_allclose(flat_diagonal(f, at), (p * (1 - p)).mean())
    u[0] = 1e-9
    assert flat_diagonal(f, f.at_margins(u, f.margins(u))) is None


@pytest.mark.parametrize("more", [1, 2, 4])
def test_a_working_set_is_the_columns_in_use_and_as_many_again(more: int) -> None:
    w, slope = np.zeros((8, 2)), np.zeros((8, 2))
    w[[1, 6], [0, 1]] = [0.5, -2.0]
    slope[[0, 2, 4, 5]] = [[0.1, -0.3], [0.0, 0.9], [-0.5, 0.1], [0.2, 0.2]]
    found = OrthantNewton(more=more).working_set(w, slope).tolist()
    worst = [2, 4, 0, 5][: max(more, 2)]
    assert found == sorted([1, 6, *worst])
    assert OrthantNewton(more=9).working_set(w, slope).tolist() == [0, 1, 2, 4, 5, 6]
    assert OrthantNewton(more=1).working_set(0 * w, slope).tolist() == [2]


@pytest.mark.parametrize("seed", range(4))
def test_a_step_stays_in_its_orthant_and_lowers_f(seed: int) -> None:
    f = objective(penalty=Penalty(l1=0.05))
    u = place(f, seed)
    u[1] = 0.0
    kinks = f.kinks(u)
    at = f.at_margins(u, f.margins(u))
    slope = pseudo_gradient(u, at.gradient, kinks)
    signs = np.where(u == 0, -np.sign(slope), np.sign(u))
    length, new = within_orthant(f, at, slope, -30.0 * slope, kinks)
    assert 0 < length <= 1
    assert new.value < at.value
    assert ((new.u * signs)[kinks > 0] >= 0).all()
    moved = u - 30.0 * length * slope
    kept = (moved * signs > 0) | (kinks == 0)
    np.testing.assert_allclose(new.u, np.where(kept, moved, 0.0), atol=1e-12)
    assert within_orthant(f, at, slope, slope, kinks)[0] == 0.0  # uphill
    still = np.where(u == 0, 0.0, slope)  # a coordinate that its kink holds stays at 0
    assert within_orthant(f, at, still, -1e-3 * np.sign(slope), kinks)[1].u[1] == 0.0


def test_damping_falls_tenfold_with_each_full_step_and_grows_so_with_each_cut(monkeypatch) -> None:
    """In curvatures: it starts at one, and where it has all but gone it starts anew at 1e-3."""
    f = objective(penalty=Penalty(l1=0.05))
    at = f.at_margins(np.zeros((5, 1)), f.margins(np.zeros((5, 1))))
    lengths, seen = [1.0, 1.0, 0.5, 0.25, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.0], []

    def direction(_f, at, _slope, wanted):
        seen.append(wanted.damping)
        return 0 * at.u, None

    monkeypatch.setattr(orthant_newton, "conjugate_gradients", direction)
    monkeypatch.setattr(
        orthant_newton, "within_orthant", lambda _f, at, *_: (lengths[len(seen) - 1], at)
    )
    OrthantNewton().solve(f, at, f.kinks(at.u))
    unit = float(np.mean(at.p * (1 - at.p)))
    wanted = [1, 0.1, 0.01, 0.1, 1, 0.1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-3]
    np.testing.assert_allclose(np.array(seen) / unit, wanted)


@pytest.mark.parametrize("seed", range(6))
def test_a_model_with_kinks_is_solved_to_a_share_of_its_violation(seed: int) -> None:
    """And lies below where it began, with zeros that are exact, whatever its units."""
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(9, 6)) * 10.0 ** rng.integers(-2, 3, 6)
    H, g = A.T @ A + 1e-9 * np.eye(6), A.T @ rng.normal(size=9) * 3
    scale = 1 / np.sqrt(H.diagonal())
    kinks = rng.choice([0.0, 0.5, 2.0], 6) / scale
    u = np.where(rng.random(6) < 0.5, 0.0, rng.normal(size=6) * scale)
    at = SecondOrder(u[:, None], np.inf, g[:, None], H.reshape(6, 1, 6, 1))
    d = solve_model(at, kinks[:, None])[:, 0]
    before = model_violation(u, g, kinks, scale).max()
    after = model_violation(u + d, g + H @ d, kinks, scale).max()
    assert after <= MODEL_TOLERANCE * before * (1 + 1e-6)
    gain = g @ d + 0.5 * d @ H @ d + kinks @ (np.abs(u + d) - np.abs(u))
    assert gain < 0
    assert np.abs((u + d)[(u + d) != 0]).min(initial=1.0) > 1e-12


@pytest.mark.parametrize("d", [60, 480])
def test_systems_of_equations_do_not_grow_in_number_with_the_zeros(d: int, monkeypatch) -> None:
    """Nine of ten coordinates become 0, of columns that depend on each other."""
    rng = np.random.default_rng(0)
    shared, own = rng.normal(size=(d, d // 2)), rng.normal(size=(d, d))
    A = shared @ rng.normal(size=(d // 2, d)) / d + own / 9
    H, u, solves, solve = A.T @ A, rng.normal(size=d), [], np.linalg.solve
    kinks = np.full(d, 0.7 * np.sqrt(H.diagonal().mean()))
    g = H @ (u - np.where(rng.random(d) < 0.1, 3.0, 0.0))
    monkeypatch.setattr(np.linalg, "solve", lambda *a: solves.append(1) or solve(*a))
    at = SecondOrder(u[:, None], np.inf, g[:, None], H.reshape(d, 1, d, 1))
    assert (u + solve_model(at, kinks[:, None])[:, 0] == 0).sum() > 0.7 * d
    assert len(solves) <= 15


@pytest.mark.parametrize("share", [1e-13, 1e-15, 0.0])
def test_a_direction_that_is_hardly_curved_takes_few_systems(share: float, monkeypatch) -> None:
    """And is gone along about as far as a hundred steps by the ridge would go."""
    H, g = np.array([[1.0, 1.0], [1.0, 1.0 + share]]), np.array([0.0, 1e-9])
    solves, solve = [], np.linalg.solve
    monkeypatch.setattr(np.linalg, "solve", lambda *a: solves.append(1) or solve(*a))
    at = SecondOrder(np.ones((2, 1)), np.inf, g[:, None], H.reshape(2, 1, 2, 1))
    d = solve_model(at, np.zeros((2, 1)))[:, 0]
    step = 1e-9 / (2 * RIDGE_SHARE + share)  # along (1, −1)
    assert d / step == pytest.approx([MOST_SWEEPS, -MOST_SWEEPS], rel=0.2)
    assert len(solves) <= 5


def test_a_model_that_promises_more_than_f_has_is_refuted() -> None:
    """f is nowhere less than 0, but a Hessian that has not seen a direction knows no end of it."""
    H, g = np.diag([1.0, 1e-18]).reshape(2, 1, 2, 1), np.array([[-3.0], [-2.0]])
    u, kinks = np.zeros((2, 1)), np.ones((2, 1))
    assert not solve_model(SecondOrder(u, 2.0, g, H), kinks).any()
    d = solve_model(damped(SecondOrder(u, 2.0, g, H), 1.0), kinks)
    np.testing.assert_allclose(d.ravel(), [1.0, 1.0])


def test_a_coordinate_goes_to_its_own_minimum() -> None:
    H, k = np.array([[2.0, 0.5], [0.5, 1.0]]), np.array([1.0, 0.0])
    for slope, best in ((-3.0, 1.0), (3.0, -1.0), (-0.5, 0.0), (0.5, 0.0)):
        v, gradient = np.zeros(2), np.array([slope, 0.3])
        coordinate_descent(v, gradient, H, k, np.array([0]))
        np.testing.assert_allclose(v, [best, 0.0])
        np.testing.assert_allclose(gradient, np.array([slope, 0.3]) + H @ v)


def test_a_hessian_learns_what_a_step_has_shown() -> None:
    A = RNG.normal(size=(4, 4))
    H, s = (A @ A.T + np.eye(4)).reshape(4, 1, 4, 1), RNG.normal(size=(4, 1))
    y = np.tensordot(H, s, 2) + 0.1 * s
    found = bfgs_update(H, s, y)
    np.testing.assert_allclose(np.tensordot(found, s, 2), y, rtol=1e-10)
    flat = found.reshape(4, 4)
    np.testing.assert_allclose(flat, flat.T, atol=1e-12)
    assert np.linalg.matrix_rank(flat - H.reshape(4, 4), tol=1e-9) <= 2
    assert bfgs_update(H, s, -y) is H
    flat = 0 * H
    assert bfgs_update(flat, s, y) is flat


@pytest.mark.parametrize("factor", [1.0, 0.05])
def test_a_proximal_step_falls_by_its_share_or_is_cut(factor: float) -> None:
    """With a Hessian too small by `factor` the model promises too much."""
    f = objective(penalty=Penalty(l1=0.02))
    u = place(f)
    at, kinks = f.quadratic(u), f.kinks(u)
    at = at._replace(hessian=factor * at.hessian)
    length, d, new = proximal_step(f, at, kinks)
    promise = float(np.vdot(at.gradient, d) + np.vdot(kinks, np.abs(u + d) - np.abs(u)))
    assert (length == 1.0) == (factor == 1.0)
    assert length > 0
    assert new.value <= at.value + 1e-4 * length * promise
    np.testing.assert_array_equal(new.u, u + length * d)
    best = u
    for _ in range(30):
        _, d, _ = proximal_step(f, f.quadratic(best), kinks)
        best = best + d
    there = f.quadratic(best)
    assert proximal_step(f, there, kinks)[2].value <= there.value * (1 + 1e-15)


@pytest.mark.parametrize("batch", [None, 7])
def test_descent_goes_by_its_formula(batch: int | None) -> None:
    """θ ← θ − αₜ·g + momentum·(θₜ − θₜ₋₁), αₜ = α / (1 + decay·t), and the proximal operator."""
    f = objective(penalty=Penalty(l1=0.03, l2=0.1))
    solver = GradientDescent(
        learning_rate=0.4, momentum=0.3, decay=0.5, batch_size=batch, seed=5, standardise=True
    )
    start = place(f)
    steps, u, before = solver.steps(f, start), start, start
    rng = np.random.default_rng(5)
    for epoch in range(4):
        step = next(steps)
        np.testing.assert_allclose(step.at.u, u, atol=1e-13)
        rate = 0.4 / (1 + 0.5 * epoch)
        assert step.length == (0.0 if epoch == 0 else 0.4 / (1 + 0.5 * (epoch - 1)))
        for part in [None] if batch is None else f.source.minibatches(batch, rng):
            g = f.value_and_gradient(u).gradient if part is None else f.batch_gradient(u, part)
            u, before = f.prox(u + 0.3 * (u - before) - rate * g, rate), u


@pytest.mark.parametrize("name", list(LOSSES))
@pytest.mark.parametrize("penalty", [Penalty(), Penalty(l2=0.3)])
def test_a_root_of_the_hessian_and_its_columns_are_those_of_the_hessian(name, penalty) -> None:
    f = objective(name, penalty)
    u = place(f)
    H = f.quadratic(u).hessian
    A, ridge, _ = root_at(f, u)
    found = A.T @ A + np.diag(ridge**2)
    np.testing.assert_allclose(found, H.reshape(u.size, u.size), rtol=1e-9, atol=1e-12)
    seen, known = view(f, u), view_of(f, H)
    np.testing.assert_allclose(seen.blocks, known.blocks, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(seen.cross, known.cross, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(seen.diagonal, f.diagonal(u), rtol=1e-9)


def test_a_root_of_some_columns_rests_on_the_numbers_as_they_were_given() -> None:
    """Columns made small by a shift are known as well as before it, however many are asked for."""
    X = np.random.default_rng(0).normal(size=(60, 3))
    y, one = (X[:, 0] > 0).astype(float), np.ones(60)
    source = ArraySource(X + 1e9, y, one, np.zeros((60, 1))).less(np.full(3, 1e9))
    at = Coordinates.plain(3, 1)
    f = Objective(source, Binomial(), Penalty(), at, weight=60.0, rows=60, size=60.0)
    u, which = np.array([[0.5], [0.0], [0.0], [0.1]]), np.array([0, 3])
    last_bits = root_at(f, u).last_bits[which]
    assert last_bits[0] > 1e-8
    np.testing.assert_allclose(root_at(f, u, which).last_bits / 2, last_bits / 4, rtol=1e-12)


@pytest.mark.parametrize("K", [31, 32, 33])
def test_of_very_many_classes_the_diagonal_is_seen(K: int) -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(90, 2)), np.arange(90) % K
    source = ArraySource(X, y, rng.random(90) + 0.5, np.zeros((90, K)))
    moments = source.sum(Moments(Multinomial()))
    at = Coordinates.standardised(moments, 0.0, intercept=True, axes=sum_zero_axes(K))
    f = Objective(source, Multinomial(), Penalty(l2=0.1), at, moments.weight, 90, 90)
    u = rng.normal(size=(3, K - 1)) / 3
    seen = view(f, u)
    np.testing.assert_allclose(seen.diagonal, f.diagonal(u), rtol=1e-9)
    if K > 32:
        assert not (seen.blocks - seen.diagonal[:, :, None] * np.eye(K - 1)).any()


def test_a_focus_is_that_of_the_contrast_that_sees_least() -> None:
    f = objective("binomial", Penalty())
    u = place(f)
    one, least = focus_of(view(f, u)), least_focus(view(f, u))
    for mine, other in zip(one, least, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-9, atol=1e-12)
    two = objective("softmax", Penalty())
    low = least_focus(view(two, place(two)))
    assert ((low.own > 0) & (low.own <= 1) & (low.centred <= 1)).all()


@pytest.mark.parametrize("away", [0.0, 100.0, 5000.0])
def test_columns_are_centred_anew_where_they_are_far_from_it(away: float) -> None:
    f = objective("binomial", Penalty())
    at = f.coordinates
    moved = Objective(
        f.source, f.loss, f.penalty,
        Coordinates(at.scale, at.centre + away * at.scale, at.intercept, at.axes),
        f.weight, f.rows, f.size,
    )  # fmt: skip
    u = moved.inverse(f.theta(place(f)))
    H = moved.quadratic(u).hessian
    new = recentred(moved, H)
    assert (new is None) == (away < 1024)
    assert (focus_of(view_of(moved, H)).centred < OFF_CENTRE).any() == (away > 1024)
    if new is not None:
        seen = focus_of(view(new, new.inverse(moved.theta(u))))
        np.testing.assert_allclose(seen.mean, 0.0, atol=1e-6)


def test_another_penalty_changes_a_model_as_if_it_had_been_there() -> None:
    one, other = Penalty(l2=0.3), Penalty(l1=0.2, l2=1.1, factors=np.array([[1.0], [0], [2], [1]]))
    f, g = objective(penalty=one), objective(penalty=other)
    u = place(f)
    for mine, theirs in zip(repenalised(f, f.quadratic(u), other), g.quadratic(u), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("name", ["binomial", "softmax"])
def test_the_factors_hold_a_ridge_on_average_over_the_classes(name: str) -> None:
    f, free = objective(name), objective(name, Penalty())
    u = place(f)
    found, without = (
        np.multiply.outer(columns.diagonal(), classes.diagonal()).mean(axis=1)
        for columns, classes in (f.kronecker(u), free.kronecker(u))
    )
    more = f.penalty_curvature(f.coordinates.theta(u)).mean(axis=1)
    np.testing.assert_allclose(found - without, np.append(more, 0.0), atol=1e-12)


def test_some_columns_are_f_where_the_others_are_0() -> None:
    f = objective(penalty=Penalty(l1=0.1, l2=0.3, factors=np.array([[1.0], [0], [2], [1]])))
    which, u = np.array([3, 1]), place(f)
    whole = np.zeros_like(u)
    whole[[3, 1, 4]] = u[[0, 1, 4]]
    part = f.columns(which)
    assert part.value(u[[0, 1, 4]]) == pytest.approx(f.value(whole), rel=1e-12)
    np.testing.assert_allclose(
        part.value_and_gradient(u[[0, 1, 4]]).gradient,
        f.value_and_gradient(whole).gradient[[3, 1, 4]],
        rtol=1e-9, atol=1e-12,
    )  # fmt: skip
    np.testing.assert_array_equal(part.kinks(u[[0, 1, 4]]), f.kinks(u)[[3, 1, 4]])


def test_a_fit_is_held_if_every_coefficient_is() -> None:
    for factors, held in ((1.0, True), (np.array([[1.0], [0], [2], [1]]), False)):
        f = objective(penalty=Penalty(l2=0.3, factors=factors))
        assert f.is_held(place(f)) == held
    assert not objective(penalty=Penalty(l1=0.3)).is_held(place(objective()))
    assert objective(penalty=Penalty(l2=0.25)).unit == 4.0
    assert objective(penalty=Penalty()).unit == objective().weight


@pytest.mark.parametrize("off", [1e-8, 1e-4, 1e-1])
def test_no_row_is_asked_about_a_step_to_an_ordinary_optimum(off: float) -> None:
    f = objective()
    u = np.zeros((f.features + 1, 1))
    for _ in range(8):
        at = f.quadratic(u)
        u = u + free_step(f, at, at.hessian).direction
    at = f.quadratic(u + off)
    step, before = free_step(f, at, at.hessian), f.source.passes
    assert not felt(f, at, step)
    assert f.source.passes == before


@pytest.mark.parametrize("margin", [30.0, 60.0, 90.0])
def test_a_step_along_a_tail_is_felt_while_a_row_still_curves(margin: float) -> None:
    """Where f = log(1 + e⁻ᵘ), Newton's step is 1 long, also if the H at hand is far too large."""
    f = objective(penalty=Penalty())
    source = ArraySource(np.ones((80, f.features)), np.ones(80), np.ones(80), np.zeros(80))
    one_class = replace(f, source=source)
    u = np.zeros((f.features + 1, 1))
    u[-1] = margin
    at = one_class.quadratic(u)
    for share in (1.0, 2.0):
        assert felt(one_class, at, free_step(one_class, at, share * at.hessian))
    sure = one_class.value_and_gradient(np.full_like(u, 1e4))
    assert not felt(one_class, sure, Step(sure, direction=np.ones_like(u)))


def test_a_step_leaves_out_what_a_kink_holds_and_what_no_row_tells() -> None:
    f = objective(penalty=Penalty(l1=1e3))
    at = f.quadratic(np.zeros((f.features + 1, 1)))
    step = free_step(f, at, at.hessian)
    assert not step.direction[: f.features].any()
    assert step.decrement >= 0
    assert step.left_out is None


@pytest.mark.parametrize("intercept", [True, False])
def test_a_direction_is_constant_where_it_moves_no_margin(intercept: bool) -> None:
    """An intercept takes up one that moves all margins alike, without one it has to move none."""
    rng = np.random.default_rng(3)
    base = rng.normal(size=(40, 1))
    X = np.hstack([base, base, base + 2.0, rng.normal(size=(40, 1))])
    loss, c = LOSSES["binomial"]
    y, ones = (base[:, 0] > 0).astype(float), np.ones(40)
    source = ArraySource(X, y, ones, np.zeros((40, c)))
    at = Coordinates.plain(4, c, intercept=intercept)
    f = Objective(source, loss, Penalty(l2=0.0), at, 40.0, 40, 40)
    same, level, moving = np.eye(5)[0] - np.eye(5)[1], np.eye(5)[0] - np.eye(5)[2], np.eye(5)[3]
    for direction, constant in ((same, True), (level, intercept), (moving, False)):
        left_out = direction[: f.features + intercept][None]
        assert are_constant(f, left_out) is constant
