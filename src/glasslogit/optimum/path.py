"""Regularisation paths: the fits for many strengths of one penalty, from strong to weak.

Only the penalty changes from one point to the next. So the model of the mean loss that is known
at one optimum, with the gradient there and a Hessian from there or near, already tells where the
next one is; a pass with the gradient confirms it. The rows are asked for a Hessian only where
the old one no longer brings the optimum nearer (`proximal_steps`).

Warm starts go back to Friedman, Hastie & Tibshirani, "Regularization paths for generalized
linear models via coordinate descent" (2010), section 2.5.

Derivation: docs/derivations/solvers.md#paths.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf
from time import perf_counter
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import (
    ColumnMoments,
    Coordinates,
    Floats,
    Loss,
    Moments,
    Objective,
    Penalty,
    SecondOrder,
    Source,
)
from glasslogit.errors import InputError, check_number
from glasslogit.optimum.separation import judge
from glasslogit.optimum.start import null_theta
from glasslogit.optimum.train import (
    Settings,
    holding,
    make_objective,
    make_penalty,
    sum_to_zero_intercepts,
)
from glasslogit.solvers import (
    FEW_COEFFICIENTS,
    Newton,
    NewtonCG,
    Outcome,
    ProximalNewton,
    Result,
    Rules,
    Solver,
    Step,
    named,
    proximal_steps,
    run,
)

LEAST_RATIO = 1e-3  # the l1_ratio by which the strongest of ridge penalties is chosen, as in glmnet
SAFETY = 1e-12  # by which the strongest penalty exceeds λ_max: no rounding moves a zero


class Limits(NamedTuple):
    """When the fit of a point ends; `deadline` is a `perf_counter` time, for all points."""

    tol: float
    max_steps: int
    deadline: float

    def rules(self, f: Objective) -> Rules:
        """Give the rules for the next fit, of f."""
        rest = max(self.deadline - perf_counter(), 0.0)
        closer = None if f.penalty.has_kinks else Newton()
        return Rules(tol=self.tol, max_steps=self.max_steps, max_time=rest, closer=closer)


class Point(NamedTuple):
    """The fit at one strength; `passes` counts the readings of its rows up to here."""

    theta: Floats
    value: float
    loss: float
    steps: int
    passes: int
    outcome: Outcome


@dataclass(frozen=True, eq=False)
class PathProblem:
    """A path to fit: the mean loss over a source, its null model, and the settings.

    The null model is the fit without the penalised columns, `null` its θ.
    """

    objective: Objective  # without a penalty
    settings: Settings
    null: Floats
    null_loss: float
    largest_gradient: float  # maxⱼ |gⱼ| / (fⱼ·sⱼ) in the null model, which gives λ_max

    def penalty(self, C: float) -> Penalty:
        """Give the penalty of a strength."""
        return make_penalty(replace(self.settings, C=C), self.objective.weight)

    def grid(self, points: int, span: float) -> Floats:
        """Choose strengths: λ_max = maxⱼ |gⱼ| / (fⱼ·sⱼ·l1_ratio) and down, C = 1 / (λ·S)."""
        check_number(points, "Cs", "1 or greater", least=1, whole=True)
        if not self.largest_gradient:
            raise InputError("no column is penalised, or pushes on its penalty; give values for Cs")
        ratio = max(self.settings.l1_ratio, LEAST_RATIO)
        strongest = self.largest_gradient / ratio * (1.0 + SAFETY)
        return 1.0 / (strongest * self.objective.weight * np.geomspace(1.0, span, points))


def path_problem(source: Source, loss: Loss, settings: Settings) -> PathProblem:
    """Choose coordinates and fit the null model."""
    objective, moments = mean_loss_over(source, loss, settings)
    d, c = len(moments.mean), len(moments.residual)
    lasso = Penalty(1.0, 0.0, settings.factors, settings.scales)
    kinks = np.broadcast_to(lasso.kink, (d, 1))
    null = holding(objective, kinks[:, 0] > 0)
    base = null.coordinates.inverse(null_theta(loss, moments))
    theta = run(NewtonCG(), null, base, Rules(tol=1e-9)).given
    plain = replace(objective, coordinates=Coordinates.plain(d, c))
    at = plain.value_and_gradient(theta)
    pushes = np.abs(at.gradient[:-1]) / np.where(kinks > 0, kinks, inf)
    largest = float(pushes.max(initial=0.0))
    return PathProblem(objective, settings, theta, at.value, largest)


def on_rows(task: PathProblem, rows: NDArray[np.intp]) -> PathProblem:
    """Give the same task on some of the rows, copied, in coordinates of their own.

    It starts from the null model of all rows. Their coordinates would hide what a column says
    in these, where they leave out a number far from the others.
    """
    f = task.objective
    whole = f.source.in_memory
    if whole is None:
        raise InputError("cross-validation needs the rows in memory; pass arrays")
    settings = replace(task.settings, observations=f.size * len(rows) / f.rows)
    objective, _ = mean_loss_over(whole.take(rows), f.loss, settings)
    return replace(task, objective=objective, settings=settings)


def mean_loss_over(
    source: Source, loss: Loss, settings: Settings
) -> tuple[Objective, ColumnMoments]:
    """Give the mean loss over rows in coordinates that suit them, and the moments; one pass."""
    moments = source.sum(Moments(loss))
    f, _ = make_objective(source, loss, moments, replace(settings, solver=ProximalNewton()))
    return replace(f, penalty=Penalty()), moments


def fit_path(task: PathProblem, Cs: Floats, limits: Limits) -> Iterator[Point]:
    """Fit every C, from the strongest penalty to the weakest."""
    if not is_followed(task.settings.solver, task.null.size):
        return fit_each(task, np.sort(Cs), limits)
    at = task.objective.quadratic(task.objective.coordinates.inverse(task.null))
    return follow_path(task.objective, at, [task.penalty(C) for C in np.sort(Cs)], limits)


def is_followed(solver: Solver | str, coefficients: int) -> bool:
    """Tell whether the path is followed by proximal Newton, whose Hessian must be small.

    >>> is_followed("auto", 101), is_followed("auto", 10_001), is_followed("lbfgs", 101)
    (True, False, False)
    """
    asked_for = named(solver)
    proximal = asked_for is None or isinstance(asked_for, ProximalNewton)
    return proximal and coefficients <= FEW_COEFFICIENTS


def follow_path(
    mean_loss: Objective, at: SecondOrder, penalties: Sequence[Penalty], limits: Limits
) -> Iterator[Point]:
    """Go from a model of the mean loss to the optimum under each penalty in turn."""
    for penalty in penalties:
        f = replace(mean_loss, penalty=penalty)
        known = repenalised(mean_loss, at, penalty)
        rules = limits.rules(f)
        if not is_free(penalty):  # what a penalty holds does not go on for ever
            rules = replace(rules, rest=inf)
        result = run(Continuation(known), f, known.u, rules)
        end = result.at if isinstance(result.at, SecondOrder) else known
        at = repenalised(result.objective, end, Penalty())
        mean_loss = replace(result.objective, penalty=mean_loss.penalty)
        yield point_of(result.objective, result, at.value)


@dataclass(frozen=True, eq=False)
class Continuation(Solver):
    """Proximal Newton from a model of f that is known; its Hessian measures until the next one."""

    name: ClassVar[str] = ProximalNewton.name
    known: SecondOrder
    standardise: bool = True

    def steps(self, objective: Objective, start: Floats) -> Iterator[Step]:
        """See `Solver.steps`; the start is where the model stands, or in new coordinates."""
        known = self.known if start is self.known.u else objective.quadratic(start)
        return (step for step, _ in proximal_steps(objective, known, None))


def fit_each(task: PathProblem, Cs: Floats, limits: Limits) -> Iterator[Point]:
    """Fit one C after another by the solver of the settings, each from the fit before."""
    mean_loss, theta = task.objective, task.null
    moments = mean_loss.source.sum(Moments(mean_loss.loss))
    for C in Cs:
        f, solver = make_objective(
            mean_loss.source, mean_loss.loss, moments, replace(task.settings, C=C)
        )
        result = run(solver, f, f.coordinates.inverse(theta), limits.rules(f))
        point = point_of(f, result, result.value - f.penalty.value(result.theta[:-1]))
        theta = point.theta
        yield point


def point_of(f: Objective, result: Result, loss: float) -> Point:
    """Put a fit and its mean loss in a point; an interrupt ends the whole path.

    Without a penalty there may be no optimum: then the fit has not converged, wherever it ended.
    """
    outcome = result.outcome
    if outcome is Outcome.INTERRUPTED:
        raise KeyboardInterrupt
    if is_free(f.penalty):
        verdict = judge(f, NewtonCG(), np.zeros_like(result.theta), result)
        outcome = Outcome.SEPARATED if verdict and verdict.separated else outcome
    theta, steps = sum_to_zero_intercepts(result.given, f.loss), len(result.trace) - 1
    return Point(theta, result.value, loss, steps, f.source.passes, outcome)


def is_free(penalty: Penalty) -> bool:
    """Tell whether a penalty holds nothing: C is infinite."""
    return penalty.l1 == 0 and penalty.l2 == 0


def repenalised(f: Objective, at: SecondOrder, penalty: Penalty) -> SecondOrder:
    """Turn a model of f into that with another penalty; no pass."""
    w, scale = f.coordinates.theta(at.u)[:-1], f.coordinates.scale[:, None]
    slope = penalty.gradient(w) - f.penalty.gradient(w)
    pulled = f.coordinates.pull(np.concatenate([slope, np.zeros((1, w.shape[1]))]))
    hessian = at.hessian.copy()
    change = np.asarray(penalty.curvature(w)) - f.penalty.curvature(w)
    np.einsum("jkjk->jk", hessian)[: f.features] += change / scale**2
    value = at.value + penalty.value(w) - f.penalty.value(w)
    return SecondOrder(at.u, value, at.gradient + pulled, hessian)
