"""Laws of a run: which solver is taken, where it starts, when it ends, and what is recorded."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pytest

from glasslogit import LogisticRegression
from glasslogit.core import Coordinates, FirstOrder, Moments, Objective, Penalty, RowWork
from glasslogit.solvers import (
    KroneckerNewton,
    Newton,
    NewtonCG,
    Outcome,
    Rules,
    SampledNewton,
    print_every,
    run,
)
from glasslogit.solvers.choose import choose
from glasslogit.solvers.convergence import Solver
from glasslogit.solvers.costs import costs
from glasslogit.solvers.newton import diagonal_near, margins_moved
from glasslogit.solvers.result import Step
from glasslogit.solvers.sampled_newton import converges_slowly, many_rows
from glasslogit.solvers.trace import FRAMES
from onehot import onehot
from problems import LOSSES, make_rows, make_source

RIDGE, LASSO = Penalty(l2=1.0), Penalty(l1=1.0)


@pytest.mark.parametrize(
    ("rows", "shape", "penalty", "gram", "solver"),
    [  # what a Gram matrix costs in readings of the rows
        (5000, (100, 1), RIDGE, 4, "newton"),
        (5000, (100, 1), RIDGE, 40, "newton_cg"),
        (50_000, (100, 1), RIDGE, 4, "sampled_newton"),
        (50_000, (100, 1), RIDGE, 20, "sampled_newton"),
        (50_000, (100, 1), RIDGE, 100, "newton_cg"),
        (5000, (100, 1), LASSO, 4, "proximal_newton"),
        (5000, (100, 1), LASSO, 40, "orthant_newton"),
        (500_000, (1500, 1), LASSO, 4, "proximal_newton"),
        (5000, (1001, 1), LASSO, 4, "orthant_newton"),  # the systems of equations count too
        (299, (300, 1), LASSO, 4, "orthant_newton"),
        (5000, (3000, 1), RIDGE, 4, "newton_cg"),  # the inverse counts too
        (5000, (334, 3), RIDGE, 4, "kronecker_newton"),
        (334, (334, 3), RIDGE, 4, "kronecker_newton"),
        (333, (334, 3), RIDGE, 40, "newton_cg"),
        (5000, (2000, 2), RIDGE, 4, "newton_cg"),  # so does that of each class
        (5000, (60, 4), RIDGE, 10, "kronecker_newton"),
        (5000, (10, 3), RIDGE, 4, "newton"),
        (5000, (17, 26), RIDGE, 4, "newton"),  # the products of columns are made once for all
        (50_000, (20, 3), RIDGE, 4, "sampled_newton"),
    ],
)
def test_the_solver_that_is_expected_to_cost_least_is_taken(
    rows, shape, penalty, gram, solver
) -> None:
    product = 60.0 * rows * 20
    assert choose(rows, shape, penalty, RowWork(product, gram * product)).solver.name == solver


@pytest.mark.parametrize("gram", [4.0, 20.0, 60.0, 500.0])
@pytest.mark.parametrize("rows", [500, 5000, 50_000])
def test_products_may_cost_as_much_as_hessians_before_they_hand_over(rows, gram) -> None:
    """Nothing where Hessians are expected to cost less; the heir is the cheaper of the two."""
    work = RowWork(60.0 * rows * 20, gram * 60.0 * rows * 20)
    expected, solver = costs(rows, (100, 1), work), choose(rows, (100, 1), RIDGE, work).solver
    least = min(expected.newton, expected.sampled_newton)
    assert expected.allowance == (least if least > expected.products else 0.0)
    if expected.allowance:
        assert solver.most == least
    heir = solver.heir if expected.allowance else solver
    assert heir.name == ("newton" if expected.newton == least else "sampled_newton")


@pytest.mark.parametrize("heir", [Newton(), SampledNewton()])
@pytest.mark.parametrize("most", [1, 8, 30])
def test_the_heir_goes_on_from_where_the_products_end(most: int, heir: Solver) -> None:
    """To the same optimum, and nowhere twice; without an heir nothing ends the products."""
    X, y = onehot(600, 6, 0)
    whole, part, alone = (
        LogisticRegression(solver=each, C=10.0, tol=1e-9, max_iter=10_000).fit(X, y)
        for each in (NewtonCG(), NewtonCG(most=most, heir=heir), NewtonCG(most=most))
    )
    assert whole.outcome_ is part.outcome_ is Outcome.CONVERGED
    np.testing.assert_allclose(part.coef_, whole.coef_, atol=1e-6)
    assert part.passes_ < whole.passes_
    assert (np.diff(part.trace_.value[: len(part.trace_) // 2]) < 0).all()
    assert alone.passes_ == whole.passes_


def test_many_rows_are_more_than_either_number() -> None:
    assert [many_rows(*each) for each in ((20_000, 1), (20_001, 1), (20_001, 200), (20_001, 201))
            ] == [False, True, True, False]  # fmt: skip


def objective(name: str, n: int, penalty: Penalty = RIDGE) -> Objective:
    loss, c = LOSSES[name]
    source = make_source("dense", make_rows(loss, c, n=n))
    moments = source.sum(Moments(loss))
    at = Coordinates.standardised(moments, 0.0, intercept=True, axes=np.eye(c))
    return Objective(source, loss, penalty, at, moments.weight, moments.rows, moments.rows)


@pytest.mark.parametrize(("per_column", "sampled"), [(19, True), (20, True), (21, False)])
def test_a_sample_is_at_most_half_of_the_rows(per_column: int, sampled: bool) -> None:
    """Of 200 rows with 5 columns 20 rows a column are just half."""
    f, cold = objective("softmax", 200), np.zeros((5, 3))
    read = f.source.passes
    u, _ = KroneckerNewton(per_column=per_column).sampled_optimum(f, cold)
    assert (u != cold).any() == sampled
    assert f.source.passes == read  # the rows are not all read for it


@pytest.mark.parametrize(
    ("share", "per", "largest"),
    [(0.05, 20, 100), (0.2, 20, 400), (0.05, 200, 1000), (0.9, 20, 1000)],
)
def test_samples_grow_tenfold_up_to_what_was_asked_for(share, per, largest) -> None:
    """The largest is `per` rows a coefficient or the share, the smallest 4 rows a coefficient."""
    f = objective("binomial", 2000)
    samples = SampledNewton(share=share, per_coefficient=per).samples(f, 5)
    sizes = [sample.rows for sample in samples]
    assert sizes == sorted(sizes)
    assert sizes[-1] == pytest.approx(largest, rel=0.25)
    assert len(sizes) == 1 + (largest >= 200)
    if len(sizes) > 1:
        assert sizes[0] == pytest.approx(largest / 10, rel=0.5)
    for sample in samples:
        assert sample.weight == pytest.approx(f.weight, rel=0.5)
        assert sample.size == pytest.approx(f.size * sample.rows / f.rows)


def test_a_hessian_counts_while_the_margins_have_moved_by_less_than_three_tenths() -> None:
    f = objective("binomial", 200)
    at = f.quadratic(np.zeros((5, 1)))
    way = np.ones((5, 1)) / margins_moved(at.hessian, np.ones((5, 1)))
    for size, near in ((0.0, True), (0.29, True), (0.31, False), (3.0, False)):
        assert margins_moved(at.hessian, size * way) == pytest.approx(size)
        assert (diagonal_near(at, at.u - size * way) is not None) == near


def test_slow_is_less_than_three_times_nearer_each_step() -> None:
    g = np.ones((2, 1))
    for share, slow in ((0.3, False), (0.34, True), (-0.34, True), (1.0, True)):
        assert converges_slowly(lambda v: 2 * v, g, share * g) == slow
    assert not converges_slowly(lambda v: v, g, 0.6 * g, 1.5)
    assert converges_slowly(lambda v: v, g, 0.7 * g, 1.5)


@dataclass(frozen=True)
class Script(Solver):
    """Steps that are written down: values of f, gradients and places."""

    name: ClassVar[str] = "script"
    values: Any = ()
    slopes: Any = None
    places: Any = None
    standardise: bool = False

    def steps(self, _: Objective, start: np.ndarray) -> Iterator[Step]:
        for k, value in enumerate(self.values):
            slope = 1.0 if self.slopes is None else self.slopes[k]
            u = start + (k if self.places is None else self.places[k])
            yield Step(FirstOrder(u, value, np.full_like(start, slope)), 1.0, np.ones_like(start))


F = objective("binomial", 60)
ZERO = np.zeros((5, 1))


def play(rules: Rules | None = None, f: Objective = F, **script: Any):
    return run(Script(**script), f, ZERO, Rules() if rules is None else rules)


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 7, 8, 9, 15, 16, 33])
def test_the_late_change_is_that_since_about_the_middle(steps: int) -> None:
    """At step n it is the change since 2^k, the largest that is no more than n/2, or the start."""
    result = play(Rules(max_steps=steps), values=-np.arange(100.0))
    assert result.outcome is Outcome.MAX_STEPS
    since = max(2 ** (steps.bit_length() - 1) // 2, 0)
    np.testing.assert_allclose(
        result.late_change, F.coordinates.theta(ZERO + steps) - F.coordinates.theta(ZERO + since)
    )


def test_what_neither_falls_nor_gets_nearer_ends_after_ten_steps_or_half_as_many_again() -> None:
    assert len(play(values=np.ones(100)).trace) == 11
    falling = np.append(-np.arange(40.0), np.full(200, -39.0))
    result = play(Rules(max_steps=500), values=falling)
    assert result.outcome is Outcome.STALLED
    assert len(result.trace) == 79  # 39 steps down, and 39 = 78/2 of no use
    nearer = 0.4 ** np.arange(100.0)  # the violation is more than halved
    assert len(play(values=np.ones(100), slopes=nearer).trace) == 100
    free = play(f=objective("binomial", 60, Penalty()), values=np.ones(100), slopes=nearer)
    within = int((free.trace.violation > Rules().tol).sum())
    assert len(free.trace) == within + 10  # to infinity, where no penalty holds it
    wandering = 0.97 ** np.arange(100.0)
    assert len(play(values=np.ones(100), slopes=wandering).trace) == 11
    rounding = 1.0 - 1e-15 * np.arange(100.0)
    assert len(play(values=rounding).trace) == 11


def test_a_fit_has_converged_where_it_is_at_rest_and_no_slope_is_left() -> None:
    values, slopes = -np.arange(9.0), np.array([1.0, 1.0, 0, 0, 0, 0, 0, 0, 0])
    still = [0, 1, 2, 2, 2, 2, 2, 2, 2]
    assert len(play(values=values, slopes=slopes, places=still).trace) == 4
    moving = play(values=values, slopes=slopes)
    assert moving.outcome is Outcome.STALLED  # the script is at its end
    assert not moving.outcome.converged
    for move, steps in ((0.9e-3, 4), (1.1e-3, 5)):  # √tol of the largest coordinate, or of 1
        for far in (0.0, 1e3):
            places = far + np.array(
                [0, 0, 0, move * max(far, 1.0), move * max(far, 1.0), 0, 0, 0, 0]
            )
            slopes = np.array([1.0, 1.0, 1.0, 0, 0, 0, 0, 0, 0])
            found = play(Rules(tol=1e-6), values=values, slopes=slopes, places=places)
            assert len(found.trace) == steps
            assert found.outcome is Outcome.CONVERGED


@pytest.mark.parametrize("patience", [1, 3])
def test_patience_counts_steps_without_a_better_value_and_keeps_the_best(patience: int) -> None:
    values = [5.0, 4.0, 4.5, 3.0, 3.0, 3.5, 3.1, 3.2, 2.0]
    result = play(Rules(patience=patience), values=values)
    best = 1 if patience == 1 else 3
    assert result.outcome is Outcome.PATIENCE
    assert len(result.trace) == best + patience + 1
    assert result.value == values[best]
    np.testing.assert_allclose(result.theta, F.coordinates.theta(ZERO + best))


def test_what_ends_a_run_before_it_is_done() -> None:
    falling = -np.arange(50.0)
    assert play(Rules(max_steps=3), values=falling).trace.step.tolist() == [0, 1, 2, 3]
    assert play(Rules(max_time=0.0), values=falling).outcome is Outcome.OUT_OF_TIME
    low = play(Rules(least_value=-2.5), values=falling)
    assert (low.outcome, low.value) == (Outcome.MAX_STEPS, -3.0)
    lost = play(values=[1.0, 0.5, np.inf, 0.1])
    assert (lost.outcome, lost.value, len(lost.trace)) == (Outcome.DIVERGED, 0.5, 3)
    asked = play(Rules(callbacks=(lambda at: at.step == 2, lambda _: False)), values=falling)
    assert (asked.outcome, len(asked.trace)) == (Outcome.STOPPED, 3)
    ended = play(values=falling[:4])
    assert (ended.outcome, ended.value) == (Outcome.STALLED, -3.0)


def test_an_interrupt_keeps_what_is_known() -> None:
    def stop(progress: Any) -> None:
        if progress.step == 2:
            raise KeyboardInterrupt

    result = play(Rules(callbacks=(stop,)), values=-np.arange(9.0))
    assert (result.outcome, result.value) == (Outcome.INTERRUPTED, -2.0)


@pytest.mark.parametrize("steps", [0, 1, FRAMES - 1, FRAMES, FRAMES + 1, 2 * FRAMES + 1, 1000])
def test_weights_are_kept_for_few_steps_the_first_and_the_last_among_them(steps: int) -> None:
    rules = Rules(max_steps=steps, keep_weights=True)
    trace = play(rules, values=-np.arange(2000.0)).trace
    assert trace.step.tolist() == list(range(steps + 1))
    frames = trace.frames.tolist()
    assert frames[0] == 0
    assert frames[-1] == steps
    assert frames == sorted(set(frames))
    assert len(frames) == steps + 1 if steps < FRAMES else FRAMES / 2 < len(frames) <= FRAMES
    for frame, theta in zip(frames, trace.weights, strict=True):
        np.testing.assert_allclose(theta, F.theta(ZERO + frame))
    assert np.diff(np.log(np.array(frames[FRAMES // 2 :]))).max(initial=0.0) < 0.1
    assert not len(play(replace(rules, keep_weights=False), values=[1.0]).trace.weights)


def test_the_record_has_a_row_for_each_step() -> None:
    trace = play(Rules(max_steps=3), values=[4.0, 3.0, 2.0, 1.0]).trace
    assert trace.value.tolist() == [4.0, 3.0, 2.0, 1.0]
    assert trace.step_length.tolist() == [1.0] * 4
    assert (np.diff(trace.seconds) >= 0).all()
    assert trace.validation is None
    np.testing.assert_allclose(trace.violation, trace.violation[0])
    assert trace.violation[0] > 0


@pytest.mark.parametrize("every", [1, 3])
def test_every_so_many_steps_are_printed(every: int, capsys: pytest.CaptureFixture[str]) -> None:
    play(Rules(max_steps=7, callbacks=(print_every(every),)), values=9.0 - np.arange(9.0))
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"step {k}: {9 - k:.6f}" for k in range(0, 8, every)]


# Solver, classes, rows, columns, how much these have in common, C: and the passes that a fit took.
TAKEN = [
    ("newton", 2, 400, 30, 3.0, 100.0, 13), ("newton", 3, 400, 10, 1.0, 100.0, 8),
    ("lbfgs", 2, 400, 30, 3.0, 100.0, 87), ("lbfgs", 3, 400, 10, 1.0, 100.0, 27),
    ("newton_cg", 2, 400, 30, 3.0, 100.0, 139), ("newton_cg", 3, 400, 10, 1.0, 100.0, 50),
    ("sampled_newton", 2, 400, 30, 3.0, 100.0, 31), ("sampled_newton", 3, 400, 10, 1.0, 0.1, 13),
    ("kronecker_newton", 3, 400, 10, 1.0, 0.1, 21),
    ("kronecker_newton", 3, 400, 10, 1.0, 100.0, 46),
    ("proximal_newton", 2, 400, 30, 3.0, 100.0, 24), ("proximal_newton", 3, 400, 10, 1.0, 0.1, 12),
    ("orthant_newton", 2, 400, 30, 3.0, 100.0, 11), ("orthant_newton", 3, 400, 10, 1.0, 0.1, 9),
]  # fmt: skip


@pytest.mark.parametrize(("solver", "K", "n", "d", "common", "C", "passes"), TAKEN)
def test_a_fit_takes_no_more_passes_than_it_did(solver, K, n, d, common, C, passes) -> None:
    """One in twenty is left to the rounding of another machine."""
    rng = np.random.default_rng(K - 1)
    X = rng.normal(size=(n, d)) + common * rng.normal(size=(n, 1))
    w = rng.normal(size=(d, K)) * (rng.random((d, 1)) < 0.5)
    y = (X @ w * 3 / d**0.5 + rng.gumbel(size=(n, K))).argmax(axis=1)
    ratio = 0.7 if solver in {"proximal_newton", "orthant_newton"} else 0.0
    model = LogisticRegression(C=C, solver=solver, l1_ratio=ratio).fit(X, y)
    assert model.outcome_.converged
    assert model.passes_ <= passes + passes // 20


@pytest.mark.parametrize("C", [1.0, 100.0])
def test_blocks_of_the_classes_spare_products_where_the_factors_fail(C: float) -> None:
    """Classes of which a model is sure, by columns that have much in common."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 5)) @ rng.normal(size=(5, 40)) + 0.1 * rng.normal(size=(3000, 40))
    y = (X @ rng.normal(size=(40, 6)) + rng.gumbel(size=(3000, 6))).argmax(axis=1)
    blocks, plain = (
        LogisticRegression(C=C, solver=solver).fit(X, y)
        for solver in ("kronecker_newton", "newton_cg")
    )
    assert blocks.outcome_.converged
    assert plain.outcome_.converged
    np.testing.assert_allclose(blocks.coef_, plain.coef_, rtol=1e-4, atol=1e-6)
    assert 3 * blocks.passes_ < plain.passes_


def test_a_sample_without_any_row_is_none() -> None:
    """Of three rows each is drawn by itself, and it may be that none is."""
    f, empty = objective("binomial", 3), 0
    for seed in range(40):
        samples = SampledNewton(share=0.05, per_coefficient=0, seed=seed).samples(f, 5)
        assert all(sample.weight > 0 for sample in samples)
        empty += not samples
    assert 0 < empty < 40
