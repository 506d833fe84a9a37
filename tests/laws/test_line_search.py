"""Laws of a step: how far it goes along its direction, and when a solver gives up."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from glasslogit import solvers
from glasslogit.core import Coordinates, FirstOrder, Moments, Objective, Penalty
from glasslogit.solvers import (
    kronecker_newton,
    lbfgs,
    newton,
    newton_cg,
    orthant_newton,
    proximal_newton,
    sampled_newton,
)
from glasslogit.solvers.line_search import (
    BACKTRACKS,
    FAR_BACKTRACKS,
    ROUNDING,
    STRETCHES,
    advance,
    backtrack,
    decreases_enough,
    in_tail,
    stretched,
)
from problems import LOSSES, make_rows, make_source

D = np.ones((1, 1))


class Line:
    """f along a line, u itself being the length of the step; it counts what is asked of it."""

    def __init__(self, f: Callable[[float], float], slope: Callable[[float], float]) -> None:
        self.f, self.slope, self.asked, self.passes = f, slope, [], 0

    def at(self, u: Any) -> FirstOrder:
        t = float(np.asarray(u).item())
        self.asked.append(t)
        return FirstOrder(np.array([[t]]), self.f(t), np.array([[self.slope(t)]]))

    def along(self, u: Any, direction: Any, lengths: tuple[float, ...]) -> np.ndarray:
        self.passes += 1
        return np.array([self.f(u.item() + t * direction.item()) for t in lengths])


def parabola(best: float, curve: float = 1.0) -> Line:
    """f = ½·curve·(t − best)²."""
    return Line(lambda t: curve * (t - best) ** 2 / 2, lambda t: curve * (t - best))


@pytest.mark.parametrize("best", [0.9, 0.55, 0.3, 0.11, 2.0**-6, 2.0**-10])
def test_a_step_too_long_is_cut_to_the_best_of_ten_by_one_pass(best: float) -> None:
    line = parabola(best)
    length, new = advance(line, line.at, line.at(0.0), D)
    if best > 0.5:  # the full step is good enough: f falls by its share of the slope
        assert length == 1.0
        assert line.passes == 0
    else:
        assert length == min(BACKTRACKS, key=lambda t: abs(t - best))
        assert line.passes == 1
        assert line.asked == [0.0, 1.0, length]
    assert new.u.item() == length
    assert new.value == line.f(length)


@pytest.mark.parametrize("power", [12, 30, 50])
def test_far_shorter_steps_are_tried_in_a_second_pass(power: int) -> None:
    line = parabola(0.25 ** (power / 2))
    at = line.at(0.0)
    slope = float(at.gradient.item())
    found = backtrack(line, at, slope, D)
    assert line.passes == 2
    assert found in FAR_BACKTRACKS
    assert found == pytest.approx(0.25 ** (power / 2), rel=1e-12)


def test_where_every_step_rises_the_place_stays() -> None:
    line = Line(lambda t: abs(t) * 1e3, lambda _: -1.0)  # a slope that does not say so
    at = line.at(0.0)
    length, new = advance(line, line.at, at, D)
    assert (length, new) == (0.0, at)
    assert line.passes == 2


def test_where_f_no_longer_tells_the_slope_decides() -> None:
    """Level is what has not risen beyond rounding; a slope of nine tenths is smaller."""
    room = ROUNDING * 5.0
    for risen, left, taken in (
        (room / 2, 0.9, True), (room / 2, -0.9, True), (room / 2, 0.91, False),
        (room / 2, -0.91, False), (-room, 2.0, True), (0.9 * room, 0.5, True),
        (1.1 * room, 0.5, False), (1.1 * room, 0.0, False),
    ):  # fmt: skip
        found = decreases_enough(5.0, -1e-20, 5.0 + risen, left * 1e-20)
        assert found == taken, (risen, left)


def risen(t: float) -> float:
    """Rise by a rounding, which is nothing and no fall either."""
    return 1.0 + (t > 0) * ROUNDING / 4


@pytest.mark.parametrize("best", [0.05, 0.3, 0.5, 0.8, 1.2, 1.8, 3.0])
def test_a_bad_step_in_the_rounding_goes_where_a_straight_slope_is_0(best: float) -> None:
    line = parabola(best, 1e-17)
    line.f = risen
    at = line.at(0.0)
    length, new = advance(line, line.at, at, D)
    left = abs(1 - 1 / best)
    assert line.passes == 0
    assert length == (1.0 if left <= 0.9 else pytest.approx(best))
    assert abs(new.gradient.item()) <= 0.9 * abs(at.gradient.item())


def test_a_slope_that_does_not_shrink_there_is_left_alone() -> None:
    for slope in (lambda _: -1e-17, lambda t: -1e-17 * (1 + t * t)):  # level for ever, or steeper
        line = Line(risen, slope)
        at = line.at(0.0)
        length, new = advance(line, line.at, at, D)
        assert (length, new) == (0.0, at)


def test_a_tail_is_where_the_slope_falls_by_e_with_each_step() -> None:
    def found(share: float, value: float = 1.0, slope: float = -1.0) -> bool:
        old = FirstOrder(0 * D, value, np.array([[slope]]))
        return in_tail(old, D, FirstOrder(D, 0.0, np.array([[slope * share]])))

    assert found(np.exp(-1))
    assert [found(each) for each in (0.359, 0.361, 0.374, 0.376, -0.368)] == [
        False, True, True, False, False]  # fmt: skip
    assert found(np.exp(-1), 1.0, -2 * ROUNDING)
    assert not found(np.exp(-1), 1.0, -0.5 * ROUNDING)


@pytest.mark.parametrize("best", [3.0, 60.0, 5000.0])
def test_a_tail_is_followed_to_the_best_of_ten_lengths(best: float) -> None:
    line = parabola(best)
    old, new = line.at(0.0), line.at(1.0)
    length, there = stretched(line, line.at, old, D, new)
    assert length == min(STRETCHES, key=lambda t: abs(t - best))
    assert there.u.item() == length
    assert line.passes == 1


def test_a_tail_that_ends_is_not_stretched() -> None:
    line = parabola(0.5)
    new = line.at(1.0)
    assert stretched(line, line.at, line.at(0.0), D, new) == (1.0, new)


def nowhere(_objective: Any, *known: Any) -> tuple[float, Any]:
    """Give a step of length 0, where it began."""
    return 0.0, next(each for each in known if hasattr(each, "gradient"))


GIVE_UP = {
    "newton": ("advance_and_update", newton), "lbfgs": ("advance_and_update", lbfgs),
    "kronecker_newton": ("advance_and_update", kronecker_newton),
    "newton_cg": ("advance_by", newton_cg),
    "sampled_newton": ("advance_and_update", sampled_newton),
    "proximal_newton": ("proximal_step", proximal_newton),
    "orthant_newton": ("within_orthant", orthant_newton),
}  # fmt: skip


@pytest.mark.parametrize("name", GIVE_UP)
def test_a_length_of_0_ends_the_steps(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    loss, c = LOSSES["binomial"]
    source = make_source("dense", make_rows(loss, c, n=60))
    moments = source.sum(Moments(loss))
    at = Coordinates.standardised(moments, 0.0, intercept=True, axes=np.eye(c))
    penalty = Penalty(l1=0.01 if name in {"proximal_newton", "orthant_newton"} else 0.0)
    f = Objective(source, loss, penalty, at, moments.weight, moments.rows, moments.rows)
    helper, module = GIVE_UP[name]
    three = lambda _f, at, *_: (0.0, 0.0 * at.u, at)  # noqa: E731
    monkeypatch.setattr(newton_cg, "advance_by", nowhere)  # to which others hand over
    monkeypatch.setattr(module, helper, three if helper == "proximal_step" else nowhere)
    solver = next(each for each in vars(solvers).values() if getattr(each, "name", "") == name)
    steps, made = solver().steps(f, np.zeros((5, c))), 0
    while next(steps, None) is not None:
        made += 1
        assert made < 3
    assert made == 1 + (name == "kronecker_newton")
