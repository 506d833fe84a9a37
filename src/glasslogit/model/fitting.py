"""From a model's parameters and checked rows to trained models: settings, start, progress."""

import warnings
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from math import isfinite
from time import perf_counter
from typing import Any

import numpy as np

from glasslogit.core import Floats
from glasslogit.errors import (
    CollinearityWarning,
    ConvergenceWarning,
    SeparationWarning,
    also_sklearns,
)
from glasslogit.findings import (
    Code,
    Finding,
    Severity,
    column_name,
    constant_finding,
    few_events,
    silenced,
)
from glasslogit.inputs import read_target
from glasslogit.model.base_rate import shift_of
from glasslogit.model.data import Data, loss_of
from glasslogit.model.design import Design
from glasslogit.model.prediction import reported_theta
from glasslogit.model.problem import strengths, training_settings
from glasslogit.model.progress import ProgressBar
from glasslogit.optimum import Fit, train
from glasslogit.solvers import Callback, Outcome, named
from glasslogit.visible import visible


def most_steps(model: Any, data: Data) -> int:
    """Give the largest number of steps, and one for each model that is begun and not made."""
    epochs = epochs_of(model)
    steps = model.max_iter if epochs is None else epochs
    return (steps + 1) * len(data.sources)


def epochs_of(model: Any) -> int | None:
    """Give the epochs of the solver, if it counts them."""
    solver = named(model.solver)
    return solver.epochs if solver else None


def train_all(model: Any, data: Data, callbacks: Sequence[Callback]) -> list[Fit]:
    """Train each of the models that a classifier is made of: one, or with one-vs-rest several."""
    start = previous(model, data) if model.warm_start else None
    watching = (*callbacks, *model.callbacks)
    loss, several = loss_of(len(data.classes), model.multi_class), len(data.sources) > 1
    steps = epochs_of(model)
    began, fits = perf_counter(), list[Fit]()
    for k, make_source in enumerate(data.sources):
        bar = ProgressBar(f"fit {data.classes[k]}" if several else "fit", steps)
        with bar if model.verbose else nullcontext() as shown:
            spent = perf_counter() - began
            looking: list[Callback] = [*([] if shown is None else [shown]), *watching]
            settings = training_settings(model, data, looking, spent)
            part = start[:, k : k + 1] if several and start is not None else start
            fits.append(train(make_source(), loss, settings, part))
        if fits[-1].result.outcome is Outcome.INTERRUPTED and len(fits) < len(data.sources):
            raise KeyboardInterrupt
    return fits


def previous(model: Any, data: Data) -> Floats | None:
    """Give θ of the previous fit, if it fits these data and was not on its way to infinity."""
    if not hasattr(model, "coef_") or not np.array_equal(model.classes_, data.classes):
        return None
    if getattr(model, "outcome_", None) is Outcome.SEPARATED:
        return None
    if model.coef_.shape[1] != data.features:
        return None
    theta = reported_theta(model)
    theta[-1] -= shift_of(model)
    return theta


def find_all(model: Any, data: Data, design: Design, found: Iterable[Finding]) -> list[Finding]:
    """Add to what a fit shows what its rows show, the columns as they are in the table."""
    from glasslogit.tables import find_in_columns, named_columns  # noqa: PLC0415  (100 ms to import)

    rows, columns = named_columns(design.X)
    if design.table is not None:
        rows = design.kept + design.table.first_row
        columns = design.encoder.encoding_.columns_of(design.table, design.kept)
    target = read_target(design.y, design.weight, len(rows))
    of_columns = find_in_columns(columns, target, rows)
    seen = [each for each in of_columns if each.code is not Code.FEW_EVENTS]
    seen += [each for each in found if each.code is Code.FEW_EVENTS]
    if model.base_rate is None or isinstance(model.base_rate, str):
        p = model.predict_proba(design.X, design.offset)
        seen += base_rate_finding(np.average(p, axis=0, weights=target.weight), data, model)
    return seen


def verdict_attributes(fits: Sequence[Fit], data: Data) -> dict[str, Any]:
    """Put the verdicts in the words of the data: the attributes of a model that hold them."""
    names = data.column_names
    labels, verdict = [str(label) for label in data.classes.tolist()], fits[0].verdict
    pairs = [labels] if len(fits) == 1 else [["the rest", label] for label in labels]
    found = tuple(
        fit.verdict and fit.verdict.named(names, pair)
        for fit, pair in zip(fits, pairs, strict=False)
    )
    relations = verdict.relations if verdict else ()
    dependences = tuple(relation.named(names) for relation in relations)
    return {"separation_": found[0] if len(fits) == 1 else found, "dependences_": dependences}


def warn_of_outcomes(fits: Sequence[Fit], model: Any) -> None:
    """Warn of fits that did not end as they were asked to, at the line that called `fit`."""
    related = [found for found in model.dependences_ if len(found.coefficients) > 1]
    if related:
        done = "of all optima the one of smallest norm is given (collinear='minimum_norm')"
        if model.collinear == "drop":
            done = f"dropped {', '.join(found.dropped for found in related)}"
        text = f"columns depend on each other: {'; '.join(map(str, related))}; {done}"
        warnings.warn(text, CollinearityWarning, stacklevel=3)
    separations = (model.separation_,) if len(fits) == 1 else model.separation_
    for k, fit in enumerate(fits):
        outcome, trace = fit.result.outcome, fit.result.trace
        if outcome.deliberate:
            continue
        which = (
            "" if len(fits) == 1 else f" for class {visible(model.classes_[k])} against the rest"
        )
        if outcome is Outcome.SEPARATED:
            text = f"{fit.solver.name}{which}: {separations[k]}"
            warnings.warn(text, SeparationWarning, stacklevel=3)
            continue
        text = f"{fit.solver.name}{which}: {outcome.remedy}"
        left = f"{trace.violation[-1]:.2g} standard errors from the optimum"
        text = f"{text} (after {len(trace) - 1} steps, {left})"
        warnings.warn(text, also_sklearns(ConvergenceWarning), stacklevel=3)


OFF = 0.01  # a mean prediction further than this share of the rate from it is a finding
FAR_OFF = 0.1  # ... and further than this a warning


def find_in_fit(model: Any, data: Data, fits: Sequence[Fit], *, penalised: bool) -> list[Finding]:
    """List what a fit shows of risks without another look at the rows."""
    fixed = fits[0].constant_columns
    free = data.features if fixed is None else int((~fixed).sum())
    found = few_events(data.observations * data.given_shares, free, penalised=penalised)
    if fixed is not None and fixed.any():
        names = tuple(column_name(data.names, j) for j in np.flatnonzero(fixed).tolist())
        found.append(constant_finding(names))
    if model.base_rate is None and model.fit_intercept:
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
    off = np.abs(mean - rates) / np.minimum(rates, 1.0 - rates)
    k = int(off.argmax()) if len(off) > 2 else 1
    if off[k] <= OFF:
        return []
    evidence = (
        f"the model gives class {data.classes[k]!s} a mean probability of {mean[k]:.3g}, "
        f"but its rate in the rows is {rates[k]:.3g}"
    )
    severity = Severity.WARNING if off[k] > FAR_OFF else Severity.NOTE
    remedy = "fit on to the optimum: raise max_iter or epochs"
    if (data.factors != 1).any():
        remedy = "class_weight makes it so: set base_rate='training' for honest probabilities"
    if not model.fit_intercept:
        remedy = "set fit_intercept=True"
    return [Finding(Code.MEAN_PREDICTION, severity, (), evidence, remedy)]


def find_risks(model: Any, data: Data, fits: Sequence[Fit]) -> tuple[Finding, ...]:
    """List what is risky in the data and the fit."""
    C, _ = strengths(model, rows=0)
    found = find_in_fit(model, data, fits, penalised=isfinite(C))
    if model.findings == "full" and data.design is not None:
        found = find_all(model, data, data.design, found)
    gone = () if data.encoder is None else data.encoder.encoding_.constant
    found += [constant_finding(gone)] if gone else []
    return silenced(found, model.silence)
