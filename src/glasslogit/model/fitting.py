"""From a model's parameters and checked rows to trained models: settings, start, progress."""

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from math import isfinite
from time import perf_counter
from typing import Any, TypeVar

import numpy as np

from glasslogit.core import TINY, Binomial, Coordinates, Floats, Objective, Penalty
from glasslogit.errors import CollinearityWarning, ConvergenceWarning, SeparationWarning, warn
from glasslogit.findings import (
    Code,
    Finding,
    Severity,
    absent_finding,
    column_name,
    constant_finding,
    few_events,
    joined_findings,
    lost_digits,
    silenced,
)
from glasslogit.inputs import read_target
from glasslogit.model.base_rate import shift_of
from glasslogit.model.data import Data
from glasslogit.model.design import Design
from glasslogit.model.encoder_remedies import in_encoder
from glasslogit.model.prediction import reported_theta
from glasslogit.model.problem import fits_intercept, strengths, training_settings
from glasslogit.model.progress import ProgressBar
from glasslogit.model.submodels import Submodel
from glasslogit.model.table_findings import find_amounts, find_constant, find_lost
from glasslogit.optimum import Certificate, Fit, stable_rate, train
from glasslogit.optimum.separation import RELATIONS_TOLD, Separation, told_relations
from glasslogit.pages import Several, how_many, listed
from glasslogit.solvers import Callback, Newton, Outcome, Result, Trace, named
from glasslogit.sources import ArraySource

T = TypeVar("T")
NO_DISTANCE = 1e16  # standard errors: more than float64 can tell apart from rounding


def most_steps(model: Any, data: Data) -> int:
    """Give the largest number of steps, and one for each model that is begun and not made."""
    epochs = epochs_of(model)
    steps = model.max_iter if epochs is None else epochs
    return (steps + 1) * len(data.submodels)


def epochs_of(model: Any) -> int | None:
    """Give the epochs of the solver, if it counts them."""
    solver = named(model.solver)
    return solver.epochs if solver else None


def train_all(model: Any, data: Data, callbacks: Sequence[Callback]) -> list[Fit]:
    """Train each of the models that make up a classifier."""
    if len(data.classes) == 1:
        return [certain(data.features)]
    start = previous(model, data) if model.warm_start else None
    watching = (*callbacks, *model.callbacks)
    steps = epochs_of(model)
    began, fits = perf_counter(), list[Fit]()
    for part in data.submodels:
        bar = ProgressBar(part.title, steps)
        with bar if model.verbose else nullcontext() as shown:
            spent = perf_counter() - began
            looking: list[Callback] = [*([] if shown is None else [shown]), *watching]
            settings = training_settings(model, data, looking, spent)
            theta = None if start is None else start[:, part.columns]
            fits.append(train(data.source_of(part), part.loss, settings, theta))
        if fits[-1].result.outcome is Outcome.INTERRUPTED and len(fits) < len(data.submodels):
            raise KeyboardInterrupt
    return fits


def certain(d: int) -> Fit:
    """Give the fit to one class: its probability is 1, and coefficients of 0 have no penalty."""
    theta, zero, none = np.zeros((d + 1, 1)), np.zeros(1), np.zeros(1, np.int64)
    record = Trace(np.arange(1), zero, zero, zero, none, zero, None, none[:0], zero[:0])
    nothing = ArraySource(np.zeros((0, d)), zero[:0], zero[:0], np.zeros((0, 1)))
    f = Objective(nothing, Binomial(), Penalty(), Coordinates.plain(d, 1), 0.0, 0, 0.0)
    result = Result(theta, 0.0, Outcome.CONVERGED, record, theta, f)
    proof = Certificate(0.0, 0.0, 0.0, 0.0, 0.0, "there is one class")
    return Fit(result, Newton(), 0, proof, None, None)


def previous(model: Any, data: Data) -> Floats | None:
    """Give θ of the previous fit, if it fits these data and was not on its way to infinity."""
    if not hasattr(model, "coef_") or not np.array_equal(model.classes_, data.classes):
        return None
    if getattr(model, "outcome_", None) is Outcome.SEPARATED:
        return None
    if model.coef_.shape[1] != data.features:
        return None
    theta = reported_theta(model)
    if not np.isfinite(theta).all():
        return None
    theta[-1] -= shift_of(model)
    return theta


def centred(fits: Sequence[Fit], moved: Floats | float) -> tuple[Floats | None, Floats | None]:
    """Give a centre of columns far from 0 and the intercepts there; None where none is far.

    `moved` is what the intercepts were moved by after the fit.
    """
    known = [fit.centred for fit in fits if fit.centred is not None]
    if not known:
        return None, None
    centre, intercepts = known[0].centre, list[Floats]()
    for each in known[1:]:
        centre = np.where(centre == 0.0, each.centre, centre)
    for fit in fits:
        theta, own = fit.result.theta, fit.centred
        b, at = (theta[-1], 0.0) if own is None else (own.intercept, own.centre)
        intercepts.append(b + (centre - at) @ theta[:-1])
    return centre, np.concatenate(intercepts) + moved


def find_all(model: Any, data: Data, design: Design, found: Iterable[Finding]) -> list[Finding]:
    """Add to what a fit shows what its rows show, the columns as they are in the table."""
    from glasslogit.tables import find_in_columns, named_columns  # noqa: PLC0415  (100 ms to import)

    rows, columns = named_columns(design.X)
    na = None if design.table is None else design.table.na
    if design.table is not None:
        rows = design.table.numbers[design.kept]
        columns = design.encoder.encoding_.columns_of(design.table, design.kept)
    target = read_target(design.y, design.weight, len(rows))
    fitted = [each for each in found if each.code in {Code.FEW_EVENTS, Code.LOST_DIGITS}]
    seen = joined_findings(find_in_columns(columns, target, rows, na=na), fitted)
    if model.base_rate is None or isinstance(model.base_rate, str):
        p = model.predict_proba(design.X, design.offset)
        seen += base_rate_finding(np.average(p, axis=0, weights=target.weight), data, model)
    return seen


def verdict_attributes(fits: Sequence[Fit], data: Data) -> dict[str, Any]:
    """Put the verdicts in the words of the data: the attributes of a model that hold them."""
    verdict = fits[0].verdict
    found = [separation_in(*pair, data) for pair in zip(fits, data.submodels, strict=True)]
    relations = verdict.relations if verdict else ()
    dependences = Several(relation.named(data.column_names) for relation in relations)
    return {"separation_": one_or_each(found), "dependences_": dependences}


def separation_in(fit: Fit, part: Submodel, data: Data) -> Separation | None:
    """Put the verdict on a model in the words of the data, and of how these were given."""
    if fit.verdict is None:
        return None
    found = fit.verdict.named(data.column_names, part.labels)
    if data.design is None or data.design.has_offset or not data.counted:
        return replace(found, call="")  # firth takes no batches, offset, nor weights but counts
    call = data.design.call
    if part.k is not None and len(data.classes) > 2:
        of_class = f"X, y == {data.classes.tolist()[part.k]!r}"
        call = call.replace("X, y", of_class, 1) if call.startswith("X, y") else ""
    return replace(found, call=call)


def one_or_each(values: Sequence[T]) -> T | tuple[T, ...]:
    """Give what an attribute holds: one value, or with one-vs-rest one for each model."""
    return values[0] if len(values) == 1 else Several(values)


def warn_of_outcomes(fits: Sequence[Fit], data: Data, model: Any) -> None:
    """Warn of fits that did not end as they were asked to."""
    related = [found for found in model.dependences_ if len(found.coefficients) > 1]
    if related:
        done = "of all optima the one of smallest norm is given (collinear='minimum_norm')"
        if not all(found.exact for found in related):
            done = "where it holds nearly (≈), coefficients rest on what is left of the digits"
        if model.collinear == "drop":
            done = f"dropped {listed(found.dropped for found in related)}"
        text = f"columns depend on each other: {told_relations(related)}; {done}"
        text += "; a penalty (a finite C) or fewer columns make the coefficients unique"
        warn(text, CollinearityWarning)
    for fit, part in zip(fits, data.submodels, strict=True):
        outcome, trace = fit.result.outcome, fit.result.trace
        if outcome.deliberate:
            continue
        if outcome is Outcome.SEPARATED:
            text = f"{fit.solver.name}{part.which}: {separation_in(fit, part, data)}"
            warn(text, SeparationWarning)
            continue
        why = hindrances(fit, data)
        steps = how_many(len(trace) - 1, "step")
        text = f"{outcome.happened}: {'; '.join(why)}" if why else outcome.remedy
        if outcome is Outcome.DIVERGED:
            most = f"2/λ_max = {stable_rate(fit.result.objective):.3g}"
            text += f"; below {most} every step goes down, with batches or momentum below less"
            text = f"{fit.solver.name}{part.which}: {text} (after {steps})"
            warn(text, ConvergenceWarning)
            continue
        left = f"{trace.violation[-1]:.2g} standard errors from the optimum"
        if not model.tol < trace.violation[-1] < NO_DISTANCE:
            left = "where the slope no longer tells how far the optimum is"
        text = f"{fit.solver.name}{part.which}: {text} (after {steps}, {left})"
        warn(text, ConvergenceWarning)


def hindrances(fit: Fit, data: Data) -> list[str]:
    """Say by name what costs a fit its digits: columns, relations among them, other reasons."""
    columns = [f"column {', '.join(map(repr, found.columns))} {found.advice}"
               for found in digits_findings(fit, data)]  # fmt: skip
    named = [relation.named(data.column_names) for relation in fit.digits.relations]
    related = [f"{relation} nearly; leave `{relation.dropped}` out" for relation in named]
    told = listed(columns, "; "), listed(related, "; ", most=RELATIONS_TOLD)
    return [*filter(None, told), *fit.digits.reasons]


def digits_findings(fit: Fit, data: Data) -> list[Finding]:
    """Name the columns of which float64 loses the digits."""
    known = fit.digits.columns
    found = [lost_digits(column_name(data.names, j), where, off) for j, where, off in known]
    return [each for some in found for each in some]


OFF = 0.01  # a mean prediction further than this share of the rate from it is a finding
FAR_OFF = 0.1  # ... and further than this a warning


def find_in_fit(model: Any, data: Data, fits: Sequence[Fit], *, penalised: bool) -> list[Finding]:
    """List what a fit shows of risks without another look at the rows."""
    fixed = fits[0].constant_columns
    free = data.features if fixed is None else int((~fixed).sum())
    if data.absent.size:
        found = [absent_finding(data.absent)]
    else:
        found = few_events(data.observations * data.given_shares, free, penalised=penalised)
    if fixed is not None and fixed.any():
        names = [column_name(data.names, j) for j in np.flatnonzero(fixed).tolist()]
        found += find_constant(names, data.encoder)
    found += {each.columns: each for fit in fits for each in digits_findings(fit, data)}.values()
    if model.base_rate is None and fits_intercept(model, data.encoder):
        excess = fits[0].excess if len(fits) == 1 else None
        found += base_rate_finding(data.class_shares + excess_by_class(excess, data), data, model)
    return found


def excess_by_class(excess: Floats | None, data: Data) -> Floats:
    """Give the excess of the mean prediction for each class (K,); 0 where it is not known."""
    if excess is None:
        return np.zeros(len(data.classes))
    return np.append(-excess.sum(), excess) if len(data.classes) == 2 else excess


def base_rate_finding(mean: Floats, data: Data, model: Any) -> list[Finding]:
    """Find a mean prediction (K,) that is not the rate of the rows as given.

    With an intercept at its optimum they are equal, so this shows class weights, a fit that did
    not reach the optimum, or a model without an intercept.
    """
    rates = data.given_shares
    if len(rates) == 1:
        return []
    others = (1.0 - np.eye(len(rates))) @ rates  # 1 − rates loses the least
    off = np.abs(mean - rates) / np.maximum(np.minimum(rates, others), TINY)
    k = int(off.argmax()) if len(off) > 2 else 1
    if off[k] <= OFF:
        return []
    evidence = (
        f"the model gives class {data.classes[k]!s} a mean probability of {mean[k]:.3g}, "
        f"but its rate in the rows is {rates[k]:.3g}"
    )
    severity = Severity.WARNING if off[k] > FAR_OFF else Severity.NOTE
    remedy = "fit on to the optimum: give a smaller tol"
    if not model.outcome_.converged:
        remedy = f"{model.solver_}: {model.outcome_.remedy}"
    if (data.factors != 1).any():
        remedy = "class_weight makes it so: set base_rate='training' for honest probabilities"
    if not fits_intercept(model, data.encoder):
        remedy = "set fit_intercept=True, and leave '- 1' out of a formula"
    return [Finding(Code.MEAN_PREDICTION, severity, (), evidence, remedy)]


def find_risks(model: Any, data: Data, fits: Sequence[Fit]) -> tuple[Finding, ...]:
    """List what is risky in the data and the fit."""
    C, _ = strengths(model, rows=0)
    found = find_in_fit(model, data, fits, penalised=isfinite(C))
    if model.findings == "full" and data.design is not None:
        found = find_all(model, data, data.design, found)
    found += [] if data.design is None else find_lost(data.design, data.classes)
    gone = () if data.encoder is None else data.encoder.encoding_.constant
    terms = gone if gone and data.encoder.encoding_.formula else ()
    found += [constant_finding(gone, terms)] if gone else []
    found += [] if data.design is None else find_amounts(data.design)
    told = (replace(each, remedy=in_encoder(each.remedy)) for each in found)
    return silenced(told, model.silence)
