"""Regularisation paths: the fits for many strengths of one penalty, from strong to weak.

Only the penalty changes from one point to the next. So the model of the mean loss that is known
at one optimum, with the gradient there and a Hessian from there or near, already tells where the
next one is; a pass with the gradient confirms it. The rows are asked for a Hessian only where
the old one no longer brings the optimum nearer (`proximal_steps`).

Warm starts go back to Friedman, Hastie & Tibshirani, "Regularization paths for generalized
linear models via coordinate descent" (2010), section 2.5.

Derivation: docs/derivations/solvers.md#paths.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from numbers import Integral
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glasslogit.coordinates import Coordinates
from glasslogit.core.losses import Floats, Loss
from glasslogit.core.passes import Moments
from glasslogit.core.penalties import Penalty
from glasslogit.data import loss_of
from glasslogit.errors import InputError, check_number
from glasslogit.estimator import LogisticRegression
from glasslogit.fitting import settings_for
from glasslogit.objective import Model, Objective
from glasslogit.params import check_settings
from glasslogit.rows import read_rows
from glasslogit.solvers.choose import AUTO
from glasslogit.solvers.newton import FEW_COEFFICIENTS, diagonal, keeping
from glasslogit.solvers.newton_cg import NewtonCG
from glasslogit.solvers.proximal_newton import ProximalNewton, proximal_steps
from glasslogit.solvers.run import Outcome, Rules, Solver, run
from glasslogit.sources.source import Source
from glasslogit.sources.threads import one_blas_thread
from glasslogit.training import Settings, base_theta, make_objective, make_penalty, without_shift

if TYPE_CHECKING:
    from glasslogit.tables.encoder import TableEncoder

LEAST_RATIO = 1e-3  # the l1_ratio by which the strongest of ridge penalties is chosen, as in glmnet
HAIR = 1e-12  # the strongest penalty is so much stronger than it need be: no rounding moves a zero


class Limits(NamedTuple):
    """When the fit of a point ends; `deadline` is a `perf_counter` time, for all points."""

    tol: float
    max_steps: int
    deadline: float


class Point(NamedTuple):
    """The fit at one strength; `passes` counts the readings of its rows up to here."""

    theta: Floats
    value: float
    loss: float
    steps: int
    passes: int
    outcome: Outcome


@dataclass(frozen=True, eq=False)
class RegularisationPath:
    """Fits from a strong to a weak penalty, one row of every array for each C.

    `values` are the objectives (mean loss plus penalty), `explained` the share of the null
    model's deviance that is explained, `nonzeros` the coefficients that are not 0, `passes` the
    readings of all rows so far and `converged` whether the optimum was reached; where time ran
    out the rows hold the last position reached.
    """

    Cs: Floats  # (points,)
    l1_ratio: float
    classes: NDArray[Any]
    coefs: Floats  # (points, c, d)
    intercepts: Floats  # (points, c)
    values: Floats
    explained: Floats
    nonzeros: NDArray[np.intp]
    passes: NDArray[np.intp]
    converged: NDArray[np.bool]
    feature_names: tuple[str, ...] | None = None


def regularisation_path(  # noqa: PLR0913
    X: Any,
    y: Any = None,
    *,
    Cs: int | ArrayLike = 100,
    l1_ratio: float | None = 1.0,
    span: float = 1e-3,
    penalty_factors: ArrayLike | Mapping[str, float] | None = None,
    sample_weight: ArrayLike | None = None,
    offset: ArrayLike | None = None,
    class_weight: Mapping[Any, float] | Literal["balanced"] | None = None,
    fit_intercept: bool = True,
    solver: Solver | str = "auto",
    tol: float = 1e-4,
    max_iter: int = 100,
    max_time: float | None = None,
    n_jobs: int | None = None,
    encoder: "TableEncoder | None" = None,
    formula: str | None = None,
) -> RegularisationPath:
    """Fit a logistic regression for many C, each from the fit before.

    `Cs` are the values themselves, or how many: then they run from the strongest penalty worth
    trying, at which all penalised coefficients are just 0, to one `span` times as strong, evenly
    in the logarithm. With l1_ratio below 0.001 no strength makes them 0, and that of 0.001 is
    taken. X may be a function that yields batches. The other arguments are those of
    `LogisticRegression`; `max_time` is for all points.

    >>> X = [[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.0], [1.5, 1.0], [1.6, 0.0]]
    >>> path = regularisation_path(X, [0, 0, 1, 1, 1, 0], Cs=3)
    >>> path.Cs.round(2).tolist(), path.nonzeros.tolist()
    ([0.51, 16.22, 512.82], [0, 2, 2])
    """
    single = LogisticRegression(
        l1_ratio=l1_ratio,
        penalty_factors=penalty_factors,
        class_weight=class_weight,
        fit_intercept=fit_intercept,
        solver=solver,
        tol=tol,
        max_iter=max_iter,
        max_time=max_time,
        n_jobs=n_jobs,
        encoder=encoder,
        formula=formula,
    )
    check_settings(single)
    check_number(span, "span", "between 0 and 1", above=0, below=1)
    data, design = read_rows(single, X, y, sample_weight, offset)
    deadline = inf if max_time is None else perf_counter() + max_time
    settings = settings_for(single, data, design)
    with one_blas_thread():
        task = prepare(data.sources[0](), loss_of(len(data.classes), "multinomial"), settings)
        grid = task.grid(Cs, span) if isinstance(Cs, Integral) else given_Cs(Cs)
        points = [*walk(task, grid, Limits(tol, max_iter, deadline))]
    path = collect(points, grid, task, data.classes)
    return replace(path, coefs=path.coefs / design.scales, feature_names=data.names)


def given_Cs(Cs: ArrayLike) -> Floats:  # noqa: N802
    """Check values of C, (points,), in any order.

    >>> given_Cs([1, 10]).tolist()
    [1.0, 10.0]
    """
    array = np.asarray(Cs, object)
    if array.ndim != 1 or not array.size:
        what = f"of type {type(Cs).__name__} and shape {array.shape}"
        raise InputError(f"Cs is {what}; give a whole number of values, or a list of values")
    for C in array.tolist():
        check_number(C, "Cs", "greater than 0, each, and finite", above=0)
    return array.astype(np.float64)


@dataclass(frozen=True, eq=False)
class Task:
    """A path to walk: the mean loss over a source, its null model, and the settings.

    The null model is the fit without the penalised columns, `null` its θ.
    """

    objective: Objective  # without a penalty
    settings: Settings
    null: Floats
    null_loss: float
    edge: float  # the largest push of a column on its penalty in the null model
    hessian: Floats | None  # of the mean loss in the null model; None where it is never formed

    def penalty(self, C: float) -> Penalty:
        """Give the penalty of a strength."""
        return make_penalty(replace(self.settings, C=C), self.objective.weight)

    def grid(self, points: int, span: float) -> Floats:
        """Choose strengths: λ_max = maxⱼ |gⱼ| / (fⱼ·l1_ratio) and down, C = 1 / (λ·S)."""
        check_number(points, "Cs", "1 or greater", least=1, whole=True)
        if not self.edge:
            raise InputError("no column is penalised, or pushes on its penalty; give values for Cs")
        strongest = self.edge / max(self.settings.l1_ratio, LEAST_RATIO) * (1.0 + HAIR)
        return 1.0 / (strongest * self.objective.weight * np.geomspace(1.0, span, points))


def prepare(source: Source, loss: Loss, settings: Settings) -> Task:
    """Choose coordinates and fit the null model."""
    moments = source.sum(Moments(loss))
    objective, _ = make_objective(source, loss, moments, replace(settings, solver=ProximalNewton()))
    objective = replace(objective, penalty=Penalty())
    d, c = len(moments.mean), len(moments.residual)
    factors = np.broadcast_to(settings.factors, (d, 1))
    out = np.where(factors[:, 0] > 0, inf, objective.coordinates.scale)
    null = replace(objective, coordinates=replace(objective.coordinates, scale=out))
    base = null.coordinates.inverse(base_theta(loss, moments))
    theta = run(NewtonCG(), null, base, Rules(tol=1e-9)).theta
    plain = replace(objective, coordinates=Coordinates.plain(d, c))
    at = plain.value_and_gradient(theta)
    pushes = np.abs(at.gradient[:-1]) / np.where(factors > 0, factors, inf)
    hessian = None
    if is_followed(settings.solver, theta.size):
        hessian = objective.quadratic(objective.coordinates.inverse(theta)).hessian
    return Task(objective, settings, theta, at.value, float(pushes.max()), hessian)


def walk(task: Task, Cs: Floats, limits: Limits) -> Iterator[Point]:
    """Fit every C, from the strongest penalty to the weakest."""
    if task.hessian is None:
        return visit(task, np.sort(Cs), limits)
    u = task.objective.coordinates.inverse(task.null)
    at = keeping(task.objective, task.hessian, u)
    return follow(task.objective, at, [task.penalty(C) for C in np.sort(Cs)], limits)


def is_followed(solver: Solver | str, coefficients: int) -> bool:
    """Tell whether the path is followed by proximal Newton, whose Hessian must be small.

    >>> is_followed("auto", 101), is_followed("auto", 10_001), is_followed("lbfgs", 101)
    (True, False, False)
    """
    left_to_us = solver in AUTO if isinstance(solver, str) else isinstance(solver, ProximalNewton)
    return left_to_us and coefficients <= FEW_COEFFICIENTS


def follow(
    mean_loss: Objective, at: Model, penalties: Sequence[Penalty], limits: Limits
) -> Iterator[Point]:
    """Go from a model of the mean loss to the optimum under each penalty in turn."""
    for penalty in penalties:
        point, at = settle(mean_loss, at, penalty, limits)
        yield point


def settle(
    mean_loss: Objective, known: Model, penalty: Penalty, limits: Limits
) -> tuple[Point, Model]:
    """Go to the optimum under a penalty; give it, and the model of the mean loss there."""
    f, outcome, steps = replace(mean_loss, penalty=penalty), None, 0
    start = mean_loss.repenalised(known, penalty)
    for steps, (at, *_) in enumerate(proximal_steps(f, start, fresh=False)):
        if f.violation(at, diagonal(at.hessian)) <= limits.tol:
            outcome = Outcome.CONVERGED
        elif steps >= limits.max_steps:
            outcome = Outcome.MAX_STEPS
        elif perf_counter() >= limits.deadline:
            outcome = Outcome.OUT_OF_TIME
        if outcome:
            break
    bare = f.repenalised(at, Penalty())
    theta, passes = without_shift(f.coordinates.theta(at.u), f.loss), f.source.passes
    point = Point(theta, at.value, bare.value, steps, passes, outcome or Outcome.STALLED)
    return point, bare


def visit(task: Task, Cs: Floats, limits: Limits) -> Iterator[Point]:
    """Fit one C after another by the solver of the settings, each from the fit before."""
    mean_loss, theta = task.objective, task.null
    moments = mean_loss.source.sum(Moments(mean_loss.loss))
    for C in Cs:
        f, solver = make_objective(
            mean_loss.source, mean_loss.loss, moments, replace(task.settings, C=C)
        )
        rest = max(limits.deadline - perf_counter(), 0.0)
        rules = Rules(tol=limits.tol, max_steps=limits.max_steps, max_time=rest)
        result = run(solver, f, f.coordinates.inverse(theta), rules)
        theta, value = without_shift(result.theta, f.loss), float(result.trace.value[-1])
        loss = value - f.penalty.value(theta[:-1])
        steps = len(result.trace) - 1
        yield Point(theta, value, loss, steps, f.source.passes, result.outcome)


def collect(
    points: Sequence[Point], Cs: Floats, task: Task, classes: NDArray[Any]
) -> RegularisationPath:
    """Put the points into arrays, in the order in which the Cs were given."""
    place = np.argsort(np.argsort(Cs, kind="stable"))
    thetas = np.array([point.theta for point in points])[place]  # (points, d+1, c)
    coefs = np.ascontiguousarray(thetas[:, :-1].transpose(0, 2, 1))
    losses = np.array([point.loss for point in points])[place]
    return RegularisationPath(
        Cs=Cs,
        l1_ratio=task.settings.l1_ratio,
        classes=classes,
        coefs=coefs,
        intercepts=thetas[:, -1],
        values=np.array([point.value for point in points])[place],
        explained=1.0 - losses / task.null_loss,
        nonzeros=(coefs != 0).sum(axis=(1, 2)),
        passes=np.array([point.passes for point in points])[place],
        converged=np.array([point.outcome.converged for point in points])[place],
    )
