"""Fit one model to one source: the few lines in which all layers meet.

moments of the columns → coordinates → objective → solver → θ, outcome, trace
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import (
    ColumnMoments,
    Coordinates,
    Floats,
    InMemory,
    Loss,
    Objective,
    Penalty,
    RowWork,
    Source,
    curvature,
    moved_to,
    unshifted,
)
from glasslogit.errors import InputError
from glasslogit.inputs import check_squarable, default_names
from glasslogit.optimum.bounds import class_axes
from glasslogit.optimum.certificate import VERIFY, Certificate, certified, unproved
from glasslogit.optimum.digits import Digits, digits_of
from glasslogit.optimum.rotation import is_wide, rotate
from glasslogit.optimum.separation import (
    Relation,
    Verdict,
    dependence_of,
    free_columns,
    judge,
    told_relations,
)
from glasslogit.optimum.start import column_moments, fallback, nearer, null_theta
from glasslogit.pages import listed
from glasslogit.solvers import (
    FEW_COEFFICIENTS,
    Newton,
    Outcome,
    Result,
    Rules,
    Solver,
    named,
    resolve,
    run,
)

SMALLEST = 1e-300  # a strength of a penalty beyond it has no inverse that is a number
LOG_2 = 0.6931  # a little less than it: the loss of a row whose two classes are as likely


@dataclass(frozen=True, eq=False)
class Settings:
    """What to minimise and how: the estimator's parameters that training needs."""

    C: float
    l1_ratio: float
    fit_intercept: bool
    solver: Solver | str
    rules: Rules
    observations: float  # to which standard errors refer
    tell: Callable[[str], object] = str  # shown why the solver was chosen
    factors: Floats | float = 1.0  # (d, 1), of the penalty, and the units it weighs columns in
    scales: Floats | float = 1.0
    collinear: Literal["minimum_norm", "drop", "error"] = "minimum_norm"
    names: Sequence[str] | None = None  # of the columns, to tell which are collinear


class Centred(NamedTuple):
    """A centre of the columns (d,), not 0 for those far from it, and the intercept there (c,)."""

    centre: Floats
    intercept: Floats


class Fit(NamedTuple):
    """A trained model: the result, its solver, the passes it took, and what is proved of it.

    `excess` (c,) is the mean prediction less the rate, Σ sᵢ·residualᵢ / S, or None where the
    training did not ask for it; `constant_columns` (d,) are the columns that were found to be so;
    `verdict` says whether an optimum exists, where columns without a penalty leave it in doubt,
    `digits` what costs the digits of float64.
    """

    result: Result
    solver: Solver
    passes: int
    certificate: Certificate
    excess: Floats | None
    constant_columns: NDArray[np.bool] | None
    verdict: Verdict | None = None
    centred: Centred | None = None
    digits: Digits = Digits()


def train(source: Source, loss: Loss, settings: Settings, start: Floats | None = None) -> Fit:
    """Minimise C·Σ sᵢ·lossᵢ + penalty over a source; `start` is a θ to go on from."""
    asked_for = named(settings.solver)
    held = np.isfinite(settings.C) and np.ndim(settings.factors) == 0
    memory = source.in_memory
    if not asked_for and held and settings.l1_ratio == 0 and memory and is_wide(memory):
        return train_rotated(memory, loss, settings, start)
    held_out, rules = None, settings.rules
    if asked_for and asked_for.validation_fraction:
        source, held_out = hold_out(source, asked_for)
    shifts = settings.fit_intercept and (asked_for is None or asked_for.standardise)
    source, moments = nearer(source, loss, intercept=shifts)
    if not held or settings.l1_ratio == 1:
        check_squarable(moments)
    objective, solver = make_objective(source, loss, moments, settings)
    dropped = list[Relation]()
    if settings.collinear != "minimum_norm":
        objective, dropped = without_dependence(objective, settings)
    if held_out:
        rules = replace(rules, validation=held_out_loss(objective, held_out))
    base = objective.coordinates.inverse(null_theta(loss, moments))
    u = solver.start(base) if start is None else objective.inverse(start)
    if solver.epochs is None:
        few = u.size <= FEW_COEFFICIENTS and not objective.penalty.has_kinks
        closer = Newton() if few else None
        rules = replace(rules, least_value=least_value(objective), closer=closer)
    otherwise = None if start is None else fallback(base, loss, moments, settings.fit_intercept)
    result = run(solver, objective, u, rules, otherwise)
    known = Run(objective, solver, base, result, source, moments)
    return judged(known, settings, dropped)


class Run(NamedTuple):
    """A finished run: f where it began, the solver and the base, the result, what it was told."""

    began: Objective
    solver: Solver
    base: Floats
    result: Result
    source: Source
    moments: ColumnMoments


def judged(known: Run, settings: Settings, dropped: Sequence[Relation]) -> Fit:
    """Say what is proved of a finished run, and give it for the columns as they were given."""
    began, solver, base, result, source, moments = known
    objective = result.objective
    loss, shift, base = objective.loss, objective.source.shift, moved_to(began, objective, base)
    moments = moments if objective.source is source else column_moments(objective.source, loss)
    verdict = judge(objective, solver, base, result)
    if verdict and verdict.separated:
        result = replace(result, outcome=Outcome.SEPARATED, ahead=None)
    if verdict:
        seen = [relation.given(shift) for relation in verdict.relations]
        verdict = replace(verdict, relations=tuple(dropped or seen))
    result, certificate = certified(objective, result, moments)
    excess = None
    if settings.fit_intercept and result.at is not None:
        excess = objective.coordinates.axes @ result.at.gradient[-1]
    proved = certificate, excess, ~moments.varies, verdict
    digits = digits_of(began, result, moments, settings.rules.tol)
    result, centred = as_given(replace(result, theta=sum_to_zero_intercepts(result.theta, loss)))
    return Fit(result, solver, objective.source.passes, *proved, centred, digits)


def as_given(result: Result) -> tuple[Result, Centred | None]:
    """Give a result for the columns as they were given, and what it was before, if any moved."""
    shift = result.objective.source.shift
    late = unshifted(result.late_change, shift)
    given = Result(result.given, result.value, result.outcome, result.trace, late, result.objective)
    return given, None if shift is None else Centred(shift, result.theta[-1])


def held_out_loss(objective: Objective, rows: InMemory) -> Objective:
    """Give the mean loss of other rows, without the penalty."""
    shift, weight = objective.source.shift, float(rows.weight.sum())
    there = rows if shift is None else rows.less(shift)
    return replace(objective, source=there, penalty=Penalty(), weight=weight)


def least_value(objective: Objective) -> float:
    """Give a value below which f has no optimum, −∞ if there is no such value.

    A mean loss below log 2 times the least share of a row says that every row's class has the
    larger probability: the classes are separated completely, and a fit would go on for ever.
    Offsets could do the same for other classes.
    """
    source = objective.source.in_memory
    held = len(free_columns(objective)) < objective.features
    if source is None or held or source.offset.any():
        return -np.inf
    least = float(source.weight.min(where=source.weight > 0, initial=np.inf))
    return LOG_2 * least / objective.weight


def without_dependence(
    objective: Objective, settings: Settings
) -> tuple[Objective, list[Relation]]:
    """Hold at 0 the unpenalised columns that others explain, or refuse them."""
    free = free_columns(objective)
    if not free.size:
        return objective, []
    intercept = objective.coordinates.intercept
    found = dependence_of(objective.source, free, objective.loss, intercept=intercept)
    found = [relation.given(objective.source.shift) for relation in found]
    if found and settings.collinear == "error":
        names = settings.names or default_names(objective.features)
        told = told_relations(relation.named(names) for relation in found)
        gone = listed(f"`{names[relation.dropped]}`" for relation in found)
        raise InputError(
            f"columns of X depend on each other: {told}; leave out one column of each relation, "
            "of a formula its term, set a finite C, or set collinear='drop', which leaves out "
            f"{gone}"
        )
    dropped = np.array([relation.dropped for relation in found], np.intp)
    return holding(objective, dropped), found


def holding(objective: Objective, columns: NDArray[Any]) -> Objective:
    """Give f with the coefficients of these columns, numbers or a mask, held at 0."""
    scale = objective.coordinates.scale.copy()
    scale[columns] = np.inf
    return replace(objective, coordinates=replace(objective.coordinates, scale=scale))


def sum_to_zero_intercepts(theta: Floats, loss: Loss) -> Floats:
    """Let the intercepts of a softmax add to 0: no penalty holds a shift of them all."""
    if not loss.redundant:
        return theta
    return np.vstack([theta[:-1], theta[-1] - theta[-1].mean()])


def train_rotated(source: InMemory, loss: Loss, settings: Settings, start: Floats | None) -> Fit:
    """Train on the rows turned into fewer columns, and turn the model back."""
    settings.tell("fewer rows than columns, and a ridge penalty: turned to a column a row")
    rotation = rotate(source, settings.scales, intercept=settings.fit_intercept)
    shown = tuple(rotation.lift_callback(callback) for callback in settings.rules.callbacks)
    turned = replace(settings, rules=replace(settings.rules, callbacks=shown), scales=1.0)
    lowered = None if start is None else rotation.lower(start)
    result, solver, passes, _, excess, *_ = train(rotation.turned, loss, turned, lowered)
    theta, late = rotation.lift(result.theta), rotation.lift(result.late_change)
    trace = rotation.lift_trace(result.trace)
    result = replace(result, theta=theta, late_change=late, trace=trace)
    unknown = unproved(f"the columns were turned; {VERIFY}")
    return Fit(result, solver, passes + 2, unknown, excess, None)


def make_objective(
    source: Source, loss: Loss, moments: ColumnMoments, settings: Settings
) -> tuple[Objective, Solver]:
    """Choose the penalty, the solver and the coordinates it works in."""
    d, c = len(moments.mean), len(moments.residual)
    penalty = make_penalty(settings, moments.weight)
    work = RowWork(moments.product_work, moments.gram_work)
    solver, reason = resolve(settings.solver, moments.rows, (d + 1, c), penalty, work)
    settings.tell(f"solver {solver.name}: {reason}")
    plain = Coordinates.plain(d, c, intercept=settings.fit_intercept)
    size = moments.weight, moments.rows, settings.observations
    objective = Objective(source, loss, penalty, plain, *size)
    if not solver.standardise:
        return objective, solver
    rates = loss.probabilities(loss.base_margins(moments.residual / moments.weight)[None])
    ridge = np.ravel(penalty.ridge) / float(curvature(rates).max())
    return objective.standardised(moments, ridge, class_axes(objective)), solver


def make_penalty(settings: Settings, weight: float) -> Penalty:
    """Turn C and l1_ratio into strengths per unit of mean loss; `weight` is the total weight."""
    if not np.any(settings.factors):
        return Penalty()
    strength = 1.0 / settings.C / weight
    if np.isfinite(settings.C) and not SMALLEST < strength < 1.0 / SMALLEST:
        what = f"C={settings.C:g} times a total weight of {weight:g}"
        raise InputError(f"{what} is beyond what float64 can count; rescale the weights or C")
    l1, l2 = strength * settings.l1_ratio, strength * (1.0 - settings.l1_ratio)
    return Penalty(l1, l2, settings.factors, settings.scales)


def hold_out(source: Source, solver: Solver) -> tuple[Source, InMemory]:
    """Split off the share of rows, of each class alike, on which patience watches the loss.

    They are drawn among the rows that have weight; the others are as good as absent.
    """
    memory = source.in_memory
    if memory is None:
        raise InputError("validation_fraction needs the rows in memory; pass arrays, not batches")
    from glasslogit.evaluate import split_rows  # noqa: PLC0415  (4 ms to import)

    share = solver.validation_fraction
    try:
        rows = np.flatnonzero(memory.weight)
        y = memory.y[rows]
        whole = bool((y % 1 == 0).all())  # shares of events are no classes
        kept, held = split_rows(len(y), share, solver.seed, stratify=y if whole else None)
    except InputError as error:
        raise InputError(f"validation_fraction={share} cannot be held out: {error}") from None
    return memory.take(rows[kept]), memory.take(rows[held])
