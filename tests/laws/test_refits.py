"""Fits to many weights of the same rows, taken together, are those that are made one by one."""

import sys
import tracemalloc
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest
import scipy.sparse as sp

from glasslogit import LogisticRegression, bootstrap
from glasslogit.core import Binomial, Floats, InMemory, Loss, Quadratic, make_block, unshifted
from glasslogit.model import fitted_objectives
from glasslogit.optimum import Refit, Settings, refits, train
from glasslogit.solvers import MANY, Outcome, Rules
from glasslogit.sources import ArraySource
from glasslogit.trust.claims import claims_of
from glasslogit.trust.inference.bootstrap import draw, has_classes, units_of

pytestmark = pytest.mark.filterwarnings("ignore")  # of the models: what is judged are their refits
REFITS = sys.modules["glasslogit.optimum.refits"]
RNG = np.random.default_rng(5)
N, D = 150, 4
X = RNG.normal(size=(N, D))
Y = (RNG.random(N) < 1 / (1 + np.exp(-X @ [1.0, -0.7, 0.4, 0.0]))).astype(int)
TRIALS = RNG.integers(1, 9, N)
EVENTS = RNG.binomial(TRIALS, 0.3 + 0.3 * Y)
PAIRS = np.stack([np.flatnonzero(k == Y)[:2] for k in (0, 1)])
RARE = np.eye(N)[:, PAIRS].sum(axis=1)  # two levels, each of a row of either class
SENTINEL = np.where(np.arange(N) < 3, 1e9, X[:, 0])
COUNTS, AMOUNTS, SHIFTS = RNG.integers(0, 4, N), RNG.gamma(1.0, size=N), RNG.normal(size=N) * 2
LABELS, NOISE = RNG.integers(0, 3, N), RNG.normal(size=(N, 60))
FREE: dict[str, Any] = {"C": np.inf}


class Problem(NamedTuple):
    """What `bootstrap` asks `refits` for."""

    source: InMemory
    loss: Loss
    settings: Settings
    start: Floats
    weights: list[Floats]


def problem(
    X: Any, y: Any, weight: Any = None, offset: Any = None, *, resamples: int = 40, **settings: Any
) -> Problem:
    model = LogisticRegression(**settings).fit(X, y, weight, offset)
    fitted = fitted_objectives(model, X, y, weight, offset)[0]
    source = fitted.given.in_memory
    assert source is not None
    rules = replace(fitted.settings.rules, tol=1e-5)
    start = unshifted(fitted.theta, fitted.shift)
    units = units_of(source, claims_of(model, fitted), fitted.factors)
    drawn = draw(units, resamples, seed=3)
    c = start.shape[1]
    weights = [each for each in drawn if has_classes(source.y, each, c)]
    loss, asked = fitted.objective.loss, replace(fitted.settings, rules=rules)
    return Problem(source, loss, asked, start, weights)


def one_by_one(asked: Problem) -> list[Refit]:
    source, found = asked.source, list[Refit]()
    for weight in asked.weights:
        rows = ArraySource(source.X, source.y, weight, source.offset)
        result = train(rows, asked.loss, asked.settings, asked.start).result
        found.append(Refit(result.theta, result.outcome))
    return found


def assert_alike(found: list[Refit], wanted: list[Refit]) -> None:
    """A billionth of a standard error is all that may lie between two that converged."""
    assert [each.outcome for each in found] == [each.outcome for each in wanted]
    thetas = [
        np.array([each.theta for each in fits if each.outcome.converged])
        for fits in (found, wanted)
    ]
    if thetas[1].size:
        errors = thetas[1].std(axis=0)
        assert (np.abs(thetas[0] - thetas[1]) <= 1e-9 * errors).all()


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """List the fits that are made by themselves."""
    calls = list[Any]()

    def counted(*given: Any) -> Any:
        calls.append(given)
        return train(*given)

    monkeypatch.setattr(REFITS, "train", counted)
    return calls


# Most of these are brought to their optimum together.
TOGETHER = {
    "ridge": lambda: problem(X, Y),
    "strong": lambda: problem(X, Y, C=1e-6),
    "no penalty": lambda: problem(X, Y, **FREE),
    "counts": lambda: problem(X, Y, COUNTS, **FREE),
    "sampling": lambda: problem(X, Y, AMOUNTS, weights="sampling", **FREE),
    "tiny weights": lambda: problem(X, Y, 1e-9 * AMOUNTS, weights="precision", C=1e9),
    "class weights": lambda: problem(X, Y, class_weight="balanced", **FREE),
    "offset": lambda: problem(X, Y, None, SHIFTS, **FREE),
    "offset with ridge": lambda: problem(X, Y, None, SHIFTS),
    "trials": lambda: problem(X, np.c_[EVENTS, TRIALS - EVENTS], **FREE),
    "no intercept": lambda: problem(X + 3, Y, fit_intercept=False),
    "no intercept, no penalty": lambda: problem(X, Y, fit_intercept=False, **FREE),
    "some columns free": lambda: problem(X, Y, penalty_factors=[0, 1, 0, 2]),
    "a constant column": lambda: problem(np.c_[X, np.ones(N)], Y, **FREE),
    "far and of many scales": lambda: problem(X * [1, 1e6, 1e-6, 1] + [1e7, 0, 0, 5], Y, **FREE),
    "alike under a ridge": lambda: problem(np.c_[X, X[:, 0]], Y),
    "rare levels": lambda: problem(np.c_[X, RARE], Y),
    "rare levels, sparse": lambda: problem(sp.csr_matrix(np.c_[X, RARE]), Y),
    "rare levels, no intercept": lambda: problem(np.c_[X, RARE], Y, fit_intercept=False),
    "sparse": lambda: problem(sp.csr_matrix(X * (X > 0)), Y),
    "float32": lambda: problem(X.astype(np.float32), Y),
}
# Of these some are, or none: they are handed over.
HANDED_OVER = {
    "alike": lambda: problem(np.c_[X, X[:, 0]], Y, **FREE),
    "nearly alike": lambda: problem(np.c_[X, X[:, 0] + 1e-9 * X[:, 1]], Y, **FREE),
    "a sentinel": lambda: problem(np.c_[X, SENTINEL], Y),
    "rare levels, no penalty": lambda: problem(np.c_[X, RARE], Y, resamples=12, **FREE),
    "nearly separated": lambda: problem(X[:40], X[:40, 0] + 0.5 * X[:40, 1] > 0.1, C=1e6),
    "rare events": lambda: problem(X, X @ [1, 1, 0, 0] + NOISE[:, 0] > 3.2, **FREE),
    "lasso": lambda: problem(X, Y, C=0.1, l1_ratio=1.0, resamples=10),
    "softmax": lambda: problem(X, LABELS, resamples=5),
    "fewer rows than columns": lambda: problem(NOISE[:20, :30], Y[:20], resamples=5),
    "a column for many": lambda: problem(NOISE, Y, resamples=5),
}


@pytest.mark.parametrize("case", TOGETHER)
def test_fits_taken_together_are_those_made_one_by_one(case: str, alone: list[Any]) -> None:
    asked = TOGETHER[case]()
    assert_alike([*refits(*asked)], one_by_one(asked))
    assert len(alone) <= len(asked.weights) / 10


@pytest.mark.parametrize("case", HANDED_OVER)
def test_what_is_in_doubt_ends_as_it_does_by_itself(case: str, alone: list[Any]) -> None:
    asked = HANDED_OVER[case]()
    wanted = one_by_one(asked)
    assert_alike([*refits(*asked)], wanted)
    assert len(alone) >= sum(not each.outcome.converged for each in wanted)


@pytest.mark.parametrize("case", ["nearly separated", "rare levels, no penalty", "rare events"])
def test_a_separated_resample_is_told_from_the_others(case: str, alone: list[Any]) -> None:
    found = [*refits(*HANDED_OVER[case]())]
    outcomes = {each.outcome for each in found}
    assert Outcome.CONVERGED in outcomes
    if "penalty" in case:
        assert Outcome.SEPARATED in outcomes
    assert 0 < len(alone) < len(found)


@pytest.mark.parametrize("seed", range(12))
def test_rows_of_hardly_any_weight_may_be_all_that_overlaps(seed: int) -> None:
    """Whether classes are separated does not depend on weights, however unequal they are."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(15, 40))
    rows = rng.normal(size=(n, 2)) * [1.0, 1e3]
    y = (rng.random(n) < 1 / (1 + np.exp(-4.0 * rows[:, 0]))).astype(float)
    weight, offset = 10.0 ** rng.uniform(-6, 2, n), np.zeros((n, 1))
    source = ArraySource(rows, y, weight, offset)
    settings = Settings(np.inf, 0.0, fit_intercept=True, solver="auto", rules=Rules(tol=1e-5),
                        observations=float(n))  # fmt: skip
    start = train(source, Binomial(), settings).result.theta
    drawn = (rng.multinomial(n, np.full(n, 1 / n)) * weight for _ in range(10))
    weights = [each for each in drawn if has_classes(y, each, 1)]
    asked = Problem(source, Binomial(), settings, start, weights)
    assert_alike([*refits(*asked)], one_by_one(asked))


def test_one_class_against_the_rest_is_a_problem_of_two() -> None:
    for k in range(3):
        asked = problem(X, (k == LABELS).astype(int), resamples=15, **FREE)
        assert_alike([*refits(*asked)], one_by_one(asked))


@pytest.mark.parametrize("size", [1, 3, 40])
@pytest.mark.parametrize("case", ["ridge", "no penalty", "rare levels"])
def test_the_size_of_a_batch_does_not_show(
    case: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = (TOGETHER | HANDED_OVER)[case]()
    whole = [*refits(*asked)]
    monkeypatch.setattr(REFITS, "batch_size", lambda _: size)
    assert_alike([*refits(*asked)], whole)
    model = LogisticRegression().fit(X, Y)
    table = str(bootstrap(model, X, Y, resamples=40))
    monkeypatch.undo()
    assert str(bootstrap(model, X, Y, resamples=40)) == table


def test_a_pass_is_one_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a hundred fits that take five or six passes each, all together take as many, and a few.

    These are a look at the columns, one at how they lie in each fit, and the trial of the fit to
    the rows as they are.
    """
    asked, passes = problem(X, Y, resamples=100), 0
    total = ArraySource.sum

    def counted(self: ArraySource, question: Any) -> Any:
        nonlocal passes
        passes += 1
        return total(self, question)

    monkeypatch.setattr(ArraySource, "sum", counted)
    assert len([*refits(*asked)]) == 100
    assert passes <= 12
    together, passes = passes, 0
    one_by_one(asked)
    assert passes > 40 * together


def test_weights_are_asked_for_as_they_are_needed() -> None:
    """The arrays of a batch are bounded, however many fits there are to make."""
    asked = problem(np.repeat(X, 20, axis=0), np.repeat(Y, 20), resamples=1)
    limit, fits = REFITS.BATCH_BYTES, 600
    assert 8 * fits * len(asked.source.y) > 0.8 * limit
    tracemalloc.start()
    weights = (asked.weights[0] for _ in range(fits))
    found = sum(each.outcome.converged for each in refits(*asked[:4], weights))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == fits
    assert peak < 1.2 * limit


def test_a_kept_hessian_is_never_taken_together() -> None:
    """`Newton` keeps the Hessian of many coefficients for some steps: its steps are others."""
    assert REFITS.MOST_COLUMNS_TOGETHER + 1 < MANY


@pytest.mark.parametrize("kind", [np.asarray, sp.csr_matrix])
def test_the_grams_of_many_are_each_gram(kind: Any) -> None:
    rows = kind(X * (X > 0) + 3)
    block = make_block(rows, Y, np.ones(N), np.zeros((N, 1)))
    h, centre = RNG.random((N, 5)), RNG.normal(size=D)
    found = block.grams(lambda rows: h[rows].T, centre)
    assert found.shape == (5, D + 1, D + 1)
    for each, one in zip(found, h.T, strict=True):
        np.testing.assert_allclose(each, block.gram(one, centre), rtol=1e-12, atol=1e-12)


def test_the_quadratic_models_of_many_are_each_by_itself() -> None:
    """Value, gradient and Hessian at another θ for each, with an offset and rows to cut."""
    n = 20_000
    rows, y = RNG.normal(size=(n, 3)) + 2, RNG.random(n)
    source = ArraySource(rows, y, np.ones(n), RNG.normal(size=(n, 1)))
    assert source.rows_per_block < n
    weight, theta = RNG.poisson(1.0, (n, 3)).astype(float), RNG.normal(size=(4, 2))
    which, centre = np.array([2, 0]), RNG.normal(size=3)
    question = REFITS.Reweighted.quadratic.__globals__["ReweightedQuadratic"]
    found = source.sum(question(Binomial(), theta, centre, weight, which))
    for b, column in enumerate(which):
        part = ArraySource(rows, y, weight[:, column], source.offset)
        wanted = part.sum(Quadratic(Binomial(), theta[:, [b]], centre))
        assert found.value[b] == pytest.approx(wanted.value, rel=1e-12)
        np.testing.assert_allclose(found.gradient[:, b], wanted.gradient[:, 0], rtol=1e-10)
        np.testing.assert_allclose(found.hessian[b], wanted.grams[0], rtol=1e-10)
