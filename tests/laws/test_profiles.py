"""Laws of the ends of profile intervals, on likelihoods whose profile is known."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from glasslogit.core import SecondOrder
from glasslogit.errors import GlasslogitError
from glasslogit.trust.firth import jeffreys
from glasslogit.trust.firth.jeffreys import LikelihoodPoint, PenalisedLikelihood, ProfileLikelihood
from glasslogit.trust.inference import profile
from glasslogit.trust.inference.profile import End, RatioEnd

ONE = np.ones((1, 1))
# The root of the likelihood ratio, a number times the distance from the estimate at 0, and its
# slope. Wald's error is 1 each time: it may be far too short, or far too long.
ROOTS: dict[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "as Wald says": (abs, lambda _: 1.0),
    "steeper": (lambda b: 2 * abs(b), lambda _: 2.0),
    "much steeper": (lambda b: 300 * abs(b), lambda _: 300.0),
    "flatter": (lambda b: abs(b) / 40, lambda _: 1 / 40),
    "ever flatter": (lambda b: 3 * np.tanh(3 * abs(b)), lambda b: 9 / np.cosh(3 * b) ** 2),
    "ever steeper": (lambda b: b * b, lambda b: 2 * abs(b)),
    "a root": (lambda b: abs(b) ** 0.5, lambda b: 0.5 * abs(b) ** -0.5),
}


@dataclass(frozen=True, eq=False)
class Known(ProfileLikelihood):
    """A profile in place of rows."""

    curve: Any = None
    asked: list[float] = field(default_factory=list)

    def at(self, b: float, _near: LikelihoodPoint) -> LikelihoodPoint:
        self.asked.append(b)
        root, slope = self.curve
        rise = np.sign(b) * root(b) * slope(b)
        return LikelihoodPoint(b * ONE, root(b) ** 2 / 2, rise * ONE, ONE)


def known(curve: Any) -> Known:
    best = LikelihoodPoint(0 * ONE, 0.0, 0 * ONE, ONE)
    return Known(None, best, np.ones(1), 50, curve)


@pytest.mark.parametrize("z", [-2.5, -1.96, -0.1, 0.1, 1.96, 2.5])
@pytest.mark.parametrize("name", ROOTS)
def test_an_end_is_where_the_root_of_the_ratio_is_the_quantile(name: str, z: float) -> None:
    line = known(ROOTS[name])
    end = line.end(z)
    assert np.sign(end) == np.sign(z)
    assert ROOTS[name][0](end) == pytest.approx(abs(z), abs=2e-8)
    assert all(np.sign(b) == np.sign(z) for b in line.asked)  # never beyond the estimate
    assert np.abs(np.diff(line.asked)).max(initial=0.0) <= jeffreys.LONGEST_MOVE + 1e-12
    assert len(line.asked) <= {"as Wald says": 2, "flatter": 21}.get(name, 12)


def test_an_end_that_is_not_there_is_not_found() -> None:
    line = known((lambda b: np.tanh(abs(b)), lambda b: max(1 / np.cosh(b) ** 2, 1e-3)))
    assert np.isnan(line.end(1.96))
    assert np.isnan(line.end(-1.96))


def test_a_ratio_is_never_below_0() -> None:
    """The largest likelihood may be known to rounding only, or a search may have ended early."""
    for value, ratio in ((0.5, 1.0), (0.0, 0.0), (-1e-12, 0.0), (-1.0, 0.0)):
        line = known((lambda _: 0.0, lambda _: 0.0))
        at = LikelihoodPoint(0 * ONE, -value, 0 * ONE, ONE)
        assert Known(None, at, np.ones(1), 50, line.curve).ratio(0.0) == 2 * max(value, 0) == ratio


def test_where_the_likelihood_no_longer_tells_the_slope_has_to_halve() -> None:
    """A step too long by 1.8 leaves 0.8 of the slope: half of it leaves a tenth."""

    def ask(u: np.ndarray) -> LikelihoodPoint:
        rise = 0.0 if u.item() == 0 else 1e-13  # a rounding of a value of 1
        return LikelihoodPoint(u, 1.0 + rise, 1e-9 * (u - 1.0), ONE)

    problem = SimpleNamespace(at=ask)
    for longer, length in ((0.6, 1.0), (1.0, 1.0), (1.4, 1.0), (1.8, 0.5), (2.4, 0.5), (4.0, 0.25),
                           (0.3, 0.0)):  # fmt: skip
        found, at = PenalisedLikelihood.halved(problem, ask(0 * ONE), longer * ONE)
        assert found == length
        assert at.u.item() == pytest.approx(longer * length)


@dataclass(frozen=True, eq=False)
class Parabola(PenalisedLikelihood):
    """−l* = ½·(u − best)², in place of rows."""

    best: Any = None
    asked: list[Any] = field(default_factory=list)

    def at(self, u: np.ndarray) -> LikelihoodPoint:
        self.asked.append(u.ravel().tolist())
        away = u - self.best
        return LikelihoodPoint(u, float((away**2).sum() / 2), away, np.eye(u.size))


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_no_coefficient_moves_by_more_than_five_in_a_step(sign: float) -> None:
    nothing = np.zeros((2, 0))
    problem = Parabola(None, sign * np.array([[12.0], [6.0]]))
    at, steps = problem.maximise(problem.at(np.zeros((2, 1))), nothing, 50)
    np.testing.assert_allclose(at.u, problem.best, atol=1e-9)
    assert steps == 3
    np.testing.assert_allclose(problem.asked, sign * np.outer([0, 5, 10, 12], [1.0, 0.5]))
    near = Parabola(None, sign * np.array([[4.9], [3.0]]))
    assert near.maximise(near.at(np.zeros((2, 1))), nothing, 50)[1] == 1
    held = np.array([[1.0], [0.0]])  # the first stays where it is
    at, _ = problem.maximise(problem.at(np.ones((2, 1))), held, 50)
    np.testing.assert_allclose(at.u, [[1.0], [sign * 6.0]], atol=1e-9)
    assert problem.maximise(problem.at(np.zeros((2, 1))), nothing, 2)[1] == 2


def test_a_step_that_only_rises_is_halved_thirty_times_and_left() -> None:
    asked = []

    def ask(u: np.ndarray) -> LikelihoodPoint:
        asked.append(u.item())
        return LikelihoodPoint(u, 1.0 + abs(u.item()), -ONE, ONE)

    start = ask(0 * ONE)
    found, at = PenalisedLikelihood.halved(SimpleNamespace(at=ask), start, ONE)
    assert (found, at) == (0.0, start)
    assert asked[1:] == [0.5**k for k in range(30)]


@pytest.mark.parametrize("curve", [0.0, -1e-3])
def test_a_direction_without_curvature_has_no_end_to_aim_at(curve: float) -> None:
    objective = SimpleNamespace(weight=10.0)
    at = SecondOrder(ONE, 1.0, 0.1 * ONE, np.full((1, 1, 1, 1), curve))
    with np.errstate(all="ignore"):
        aim = End(objective, ONE, 1, 2.0).aim(at)
    assert aim.off == np.inf
    np.testing.assert_array_equal(aim.step, 0 * ONE)


@pytest.mark.parametrize("side", [-1, 1])
def test_of_a_parabola_the_end_is_aimed_at_exactly(side: int) -> None:
    """f = ½h·(u − 1)²: it is `target` at 1 ± √(2·target/h), from wherever one aims."""
    h, target = 3.0, 0.5
    for u in (1.0, 0.2, 4.0):
        at = SecondOrder(u * ONE, h * (u - 1) ** 2 / 2, h * (u - 1) * ONE, np.full((1,) * 4, h))
        aim = End(SimpleNamespace(weight=7.0), ONE, side, target).aim(at)
        assert (u + aim.step).item() == pytest.approx(1 + side * (2 * target / h) ** 0.5)
        assert aim.off == pytest.approx(7.0 * abs(at.value - target))


def test_a_model_above_the_target_shows_its_minimum() -> None:
    at = SecondOrder(ONE, 9.0, 2.0 * ONE, np.full((1, 1, 1, 1), 1.0))
    aim = End(SimpleNamespace(weight=1.0), ONE, 1, 1.0).aim(at)
    np.testing.assert_allclose(aim.step, -2.0 * ONE)


@dataclass(frozen=True, eq=False)
class KnownRatio(RatioEnd):
    """A signed root of the likelihood ratio, in place of rows."""

    root: Any = None
    asked: list[float] = field(default_factory=list)

    def off(self, value: float) -> float:
        self.asked.append(value)
        assert len(self.asked) < 100
        return float(self.root(value) - self.chi2**0.5)


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("shape", [lambda x: x, lambda x: 2 * np.tanh(x), lambda x: x * x / 4])
def test_chords_lead_to_an_end_of_any_scale(side: int, scale: float, shape: Any) -> None:
    """With the estimate at 5, and steps of length 1 to begin with."""
    info = SimpleNamespace(lost=np.zeros(1), estimate=np.array([5.0]), to_reported=ONE)
    end = KnownRatio(info, 0, side, 1.44, lambda b: shape(max(side * (b - 5.0), 0.0) / scale))
    found = end.find()
    assert side * (found - 5.0) > 0
    assert abs(end.off(found)) < 1e-7
    assert len(end.asked) < 40


@pytest.mark.parametrize("lost", [0.0, np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("chi2", [0.25, 1.44, 9.0])
def test_what_is_known_of_a_place_is_how_far_off_the_root_is_there(lost, chi2, monkeypatch) -> None:
    """So is where the first chord starts: at a finite estimate the ratio is 0."""
    estimate, places = 5.0 if not lost else np.nan, []
    info = SimpleNamespace(lost=np.array([lost]), estimate=np.array([estimate]), to_reported=ONE)
    bracket = RatioEnd.bracket

    def looked_at(self, value, off, step):
        places.append((off, self.off(value)))
        found = bracket(self, value, off, step)
        places.extend([(found[1], self.off(found[0])), (found[3], self.off(found[2]))])
        return found

    monkeypatch.setattr(RatioEnd, "bracket", looked_at)
    for side in (-1, 1):
        root = (lambda b: abs(b - 5.0)) if not lost else (lambda b: max(0.7 + b, 0.0))
        root = (lambda b: max(0.7 - b, 0.0)) if lost > 0 else root
        KnownRatio(info, 0, side, chi2, root).find()
    assert places
    for said, true in places:
        assert said == pytest.approx(true, abs=1e-12)


@pytest.mark.parametrize("side", [-1, 1])
def test_beyond_an_infinite_estimate_there_is_no_end(side: int) -> None:
    """Where the estimate is +∞ the likelihood falls toward −∞ alone; the end may be beyond 0."""
    for at_zero in (-1.0, 1.0):
        info = SimpleNamespace(lost=np.array([side * np.inf]), to_reported=ONE,
                               estimate=np.array([np.nan]))  # fmt: skip
        root = lambda b, at=at_zero: max(1.2 + at - side * b, 0.0)  # noqa: E731
        assert KnownRatio(info, 0, side, 1.44, root).find() == side * np.inf
        found = KnownRatio(info, 0, -side, 1.44, root).find()
        assert found == pytest.approx(side * at_zero, abs=1e-7)


def test_where_any_value_is_as_likely_both_ends_are_infinite() -> None:
    info = SimpleNamespace(lost=np.array([np.nan]), to_reported=ONE, estimate=np.zeros(1))
    for side in (-1, 1):
        flat = KnownRatio(info, 0, side, 1.44, lambda _: 0.0)
        assert flat.find() == side * np.inf
        assert flat.asked == [0.0]


def test_flat_is_what_the_suprema_do_not_tell_apart() -> None:
    """They are known to 1e-9 nats: a root of the ratio of √2e-9 is none."""
    info = SimpleNamespace(lost=np.array([np.inf]), to_reported=ONE, estimate=np.zeros(1))
    for at_zero, flat in ((4.4e-5, True), (4.6e-5, False), (1.1, False)):
        end = KnownRatio(info, 0, -1, 1.44, lambda b, r=at_zero: max(r - b, 0.0))
        assert np.isinf(end.find()) == flat


def test_an_end_that_is_nowhere_is_said_to_be_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    info = SimpleNamespace(lost=np.zeros(1), to_reported=ONE, estimate=np.zeros(1))
    monkeypatch.setattr(profile, "MOST_PASSES", 20)
    nowhere = KnownRatio(info, 0, 1, 1.44, lambda _: 0.5)
    with pytest.raises(GlasslogitError, match="not found; take intervals='wald'"):
        nowhere.find()
