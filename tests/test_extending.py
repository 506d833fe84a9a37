"""An extension is one new file and one line: a toy of each, in at most 30 lines, from outside.

Nothing in the package knows these classes. What makes them fit is what it asks of them.
"""

# ruff: noqa: ARG002  (what answers to a name takes all that it is asked with)

import ast
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from glasslogit import LogisticRegression
from glasslogit.core import (
    Binomial,
    Block,
    Coordinates,
    Drawn,
    Floats,
    Labels,
    Moments,
    Multinomial,
    Objective,
    Source,
    make_block,
)
from glasslogit.errors import ConvergenceWarning
from glasslogit.export import SavedModel
from glasslogit.optimum import Settings, train
from glasslogit.optimum.proofs import data_of, prove_by_duality, prove_by_hessian
from glasslogit.solvers import LBFGS, Newton, NewtonCG, Outcome, Rules, Solver, Step, run
from glasslogit.sources import ArraySource, BatchSource

MOST_LINES = 30


@dataclass(frozen=True)
class ToySolver(Solver):
    """Gradient descent with a fixed step, u ← u − rate·g, on columns of one scale."""

    name: ClassVar[str] = "fixed_step"
    standardise: bool = True
    rate: float = 1.0

    def steps(self, objective: Objective, start: Floats) -> Iterator[Step]:
        """Propose one position after another; when to stop is decided elsewhere."""
        u = start
        while True:
            at = objective.value_and_gradient(u)
            yield Step(at, self.rate)
            u = u - self.rate * at.gradient


@dataclass(eq=False)
class ToySource(Source):
    """Rows that are nowhere kept: each pass draws them anew from a seed, 100 to a block."""

    seed: int
    count: int = 12
    which: Any = ...

    def blocks(self) -> Iterator[Block]:
        """Draw the rows, block by block, the same ones in every pass."""
        for k in range(self.count):
            rng = np.random.default_rng((self.seed, k))
            X = rng.normal(size=(100, 3))
            y = (rng.random(100) < expit(X[:, 0] - X[:, 1] / 2)).astype(float)
            yield make_block(X[:, self.which], y, np.ones(100), np.zeros((100, 1)), 100 * k)

    def columns(self, which: Any) -> "ToySource":
        """Give the same rows with these columns only."""
        return replace(self, which=which)

    def pick(self, choose: Callable[[Labels, Floats], Drawn]) -> ArraySource:
        """Copy some rows into memory."""
        rows = [(b.X, b.y, b.weight, b.offset) for b in self.blocks()]
        return BatchSource(lambda: rows).pick(choose)


@dataclass(frozen=True, eq=False)
class ToyPenalty:
    """½·l2·Σ (w − m)²: a ridge towards the coefficients m (d, c) of an earlier study."""

    l2: float
    m: Floats
    kink = 0.0
    has_kinks, held, sums_to_zero = False, True, False
    ridge = strength = property(lambda self: self.l2)

    def columns(self, which: Any) -> "ToyPenalty":
        return ToyPenalty(self.l2, self.m[which])

    def value(self, w: Floats) -> float:
        return self.l2 / 2 * float(((w - self.m) ** 2).sum())

    def gradient(self, w: Floats) -> Floats:
        return self.l2 * (w - self.m)

    def curvature(self, w: Floats) -> float:
        return self.l2

    def prox(self, w: Floats, t: Any) -> Floats:
        return w

    def violation(self, w: Floats, g: Floats) -> Floats:
        return np.abs(g)

    def slope_size(self, w: Floats) -> Floats:
        return self.l2 * (np.abs(w) + np.abs(self.m))

    def dual_share(self, v: Floats, error: Floats) -> float:
        return 1.0

    def conjugate_gap(self, w: Floats, v: Floats, error: Any) -> float:
        return float(((np.abs(self.gradient(w) + v) + error) ** 2).sum()) / (2 * self.l2)


@dataclass(frozen=True, eq=False)
class ToyPenaltyBent:
    """λ·Σ (√(ε² + w²) − ε), whose curvature is not the same everywhere: a smooth |w|."""

    strength: float
    corner: float = 1.0
    ridge = kink = 0.0  # far from 0 the curvature falls below any bound
    has_kinks, held, sums_to_zero = False, True, False

    def value(self, w: Floats) -> float:
        return self.strength * float((np.hypot(self.corner, w) - self.corner).sum())

    def gradient(self, w: Floats) -> Floats:
        return self.strength * w / np.hypot(self.corner, w)

    def curvature(self, w: Floats) -> Floats:
        return self.strength * self.corner**2 / np.hypot(self.corner, w) ** 3

    def prox(self, w: Floats, t: Any) -> Floats:
        return w

    def violation(self, w: Floats, g: Floats) -> Floats:
        return np.abs(g)

    def slope_size(self, w: Floats) -> Floats:
        return np.abs(self.gradient(w))


def toy_export(saved: SavedModel) -> str:
    """Write the probability of the second class as a formula for a spreadsheet."""
    model = saved.model
    cells = [f"{chr(ord('A') + j)}2" for j in range(model.n_features_in_)]
    products = [f"{w:.17g}*{cell}" for w, cell in zip(model.coef_[0].tolist(), cells, strict=True)]
    return f"=1/(1+EXP(-({model.intercept_[0]:.17g}+{'+'.join(products)})))"


TOY_LESSON = '''
"""How a penalty draws coefficients towards 0."""

import numpy as np

from glasslogit import LogisticRegression, summarize
from glasslogit.solvers import GradientDescent

rng = np.random.default_rng(0)
X = rng.normal(size=(200, 2))
y = (X[:, 0] + rng.normal(size=200) > 0).astype(int)
sizes = [float(abs(LogisticRegression(C=C).fit(X, y).coef_).sum()) for C in (1.0, 0.1, 0.01)]
slow = LogisticRegression(solver=GradientDescent(epochs=20)).fit(X, y)
table = summarize(LogisticRegression().fit(X, y), X, y)
'''
PUBLIC = {"glasslogit", "glasslogit.solvers", "glasslogit.tables", "glasslogit.evaluate"}
PUBLIC |= {"glasslogit.show", "glasslogit.export", "glasslogit.textbook", "glasslogit.errors"}


def rows(count: int = 12) -> ArraySource:
    """Keep the rows of a `ToySource` in memory."""
    blocks = [*ToySource(7, count).blocks()]
    whole = blocks[0].join(blocks)
    return ArraySource(whole.X, whole.y, whole.weight, whole.offset)


def objective(source: Source, penalty: Any, loss: Any = Binomial(), c: int = 1) -> Objective:  # noqa: B008
    """Put a penalty on top of a source, in coordinates of one scale."""
    moments = source.sum(Moments(loss))
    at = Coordinates.standardised(moments, penalty.ridge, intercept=True, axes=np.eye(c))
    return Objective(source, loss, penalty, at, moments.weight, moments.rows, moments.weight)


def direct(f: Objective, start: Floats) -> Floats:
    """Minimise by somebody else's method, by values alone."""

    def value(u: Floats) -> float:
        return f.value(u.reshape(start.shape))

    options = {"xatol": 1e-10, "fatol": 1e-15, "maxiter": 20_000, "maxfev": 20_000}
    best = minimize(value, start.ravel(), method="Nelder-Mead", options=options)
    return best.x.reshape(start.shape)


def test_a_solver_is_a_class_with_a_generator() -> None:
    X, y = rows().X, rows().y
    toy = LogisticRegression(solver=ToySolver(), max_iter=500).fit(X, y)
    assert toy.outcome_ is Outcome.CONVERGED
    assert toy.solver_ == "fixed_step"
    np.testing.assert_allclose(toy.coef_, LogisticRegression(tol=1e-9).fit(X, y).coef_, atol=1e-6)


def test_a_source_is_a_class_that_reads_its_blocks() -> None:
    source, settings = ToySource(7), Settings(1.0, 0.0, True, "auto", Rules(tol=1e-9), 1200)
    fit, kept = train(source, Binomial(), settings), train(rows(), Binomial(), settings)
    np.testing.assert_allclose(fit.result.theta, kept.result.theta, atol=1e-12)
    assert fit.passes == source.passes == kept.passes > 1
    some = source.sample(0.5, seed=1)
    assert abs(float(some.weight.sum()) / 1200 - 1) < 0.1


def test_the_estimator_takes_the_blocks_of_a_source_as_batches() -> None:
    source = ToySource(7)
    model = LogisticRegression(tol=1e-9).fit(
        lambda: ((b.X, b.y, b.weight) for b in source.blocks())
    )
    whole = LogisticRegression(tol=1e-9).fit(rows().X, rows().y)
    np.testing.assert_allclose(model.coef_, whole.coef_, atol=1e-12)
    assert model.passes_ == whole.passes_


PENALTIES = [ToyPenalty(0.1, np.array([[1.0], [0.5], [-2.0]])), ToyPenaltyBent(0.1)]


@pytest.mark.parametrize("solver", [Newton(), NewtonCG(), LBFGS()], ids=lambda solver: solver.name)
@pytest.mark.parametrize("penalty", PENALTIES, ids=["prior", "bent"])
def test_a_penalty_is_a_class_that_says_what_it_is_asked(penalty: Any, solver: Solver) -> None:
    f = objective(rows(2), penalty)
    result = run(solver, f, f.coordinates.inverse(np.zeros((4, 1))), Rules(tol=1e-9))
    u = f.coordinates.inverse(result.theta)
    assert result.outcome is Outcome.CONVERGED
    assert f.violation(f.value_and_gradient(u), f.diagonal(u)) < 1e-7
    best = direct(f, u + 0.1)
    assert f.value(u) <= f.value(best) + 1e-14
    np.testing.assert_allclose(result.theta, f.coordinates.theta(best), atol=1e-6)


@pytest.mark.parametrize("penalty", PENALTIES, ids=["prior", "bent"])
def test_the_proofs_hold_for_a_penalty_from_outside(penalty: Any) -> None:
    """No bound is smaller than the true distance, here from a θ that is not the optimum."""
    f = objective(rows(2), penalty)
    start = f.coordinates.inverse(np.zeros((4, 1)))
    theta = run(Newton(), f, start, Rules(tol=1e-9)).theta
    near = theta + 1e-4
    gap = (f.value(f.coordinates.inverse(near)) - f.value(f.coordinates.inverse(theta))) / 0.1
    proofs = [prove_by_hessian(data_of(f), near)]
    proofs += [prove_by_duality(data_of(f), near)] if penalty.ridge else []
    for proof in proofs:
        assert gap <= proof.gap < 3 * gap
        assert 1e-4 <= proof.coefficients < 0.1


def test_a_penalty_that_curves_most_where_the_fit_stands_proves_no_bound_too_small() -> None:
    """At 0, where the penalty curves a hundred times as much as the rows, the optimum is far."""
    f = objective(rows(2), ToyPenaltyBent(0.1, corner=1e-3))
    zero = np.zeros((4, 1))
    best = run(Newton(), f, f.coordinates.inverse(zero), Rules(tol=1e-9)).theta
    gap = (f.value(f.coordinates.inverse(zero)) - f.value(f.coordinates.inverse(best))) / 0.1
    assert gap > 0.1
    assert prove_by_hessian(data_of(f), zero).gap >= gap


def test_a_penalty_from_outside_may_weigh_the_classes_differently() -> None:
    """With a prior of its own for each class the coefficients of a softmax do not add to 0."""
    m = np.array([[1.0, -1.0], [0.5, 0.0], [0.0, 2.0]])
    labels = rows(2)
    source = ArraySource(labels.X, labels.y.astype(int), labels.weight, np.zeros((200, 2)))
    f = objective(source, ToyPenalty(0.1, m), Multinomial(), 2)
    result = run(Newton(), f, f.coordinates.inverse(np.zeros((4, 2))), Rules(tol=1e-9))
    assert result.outcome is Outcome.CONVERGED
    np.testing.assert_allclose(result.theta[:-1].sum(axis=1), m.sum(axis=1), atol=1e-7)


def test_an_export_is_a_function_of_a_saved_model() -> None:
    model = LogisticRegression().fit(rows().X, rows().y)
    row = [0.5, -1.0, 2.0]
    formula = toy_export(SavedModel(model)).removeprefix("=")
    cells = dict(zip(("A2", "B2", "C2"), row, strict=True))
    p = eval(formula, {"EXP": np.exp}, cells)  # noqa: S307  its own text
    np.testing.assert_allclose(p, model.predict_proba([row])[0, 1], rtol=1e-12)


def imported(lesson: str) -> set[str]:
    """Give the modules of the package that a lesson imports from."""
    nodes = [node for node in ast.walk(ast.parse(lesson)) if isinstance(node, ast.ImportFrom)]
    return {node.module or "" for node in nodes if (node.module or "").startswith("glasslogit")}


LESSONS = sorted((Path(__file__).parents[1] / "lessons").rglob("*.py"))


@pytest.mark.parametrize("lesson", [TOY_LESSON, *map(Path.read_text, LESSONS)])
def test_a_lesson_is_a_script_on_the_public_names(lesson: str) -> None:
    assert imported(lesson) <= PUBLIC


def test_the_toy_lesson_runs() -> None:
    names: dict[str, Any] = {}
    with pytest.warns(ConvergenceWarning):  # 20 epochs are few
        exec(TOY_LESSON, names)  # noqa: S102  its own text
    assert names["sizes"] == sorted(names["sizes"], reverse=True)


TOYS = [ToySolver, ToySource, ToyPenalty, ToyPenaltyBent, toy_export]


@pytest.mark.parametrize("toy", [*map(inspect.getsource, TOYS), TOY_LESSON])
def test_the_toys_are_short(toy: str) -> None:
    assert sum(bool(line.strip()) for line in toy.splitlines()) <= MOST_LINES
