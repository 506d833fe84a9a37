"""From the options of `glasslogit fit` to a fitted model, by the calls of Python, and its story."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.cli import output as show
from glasslogit.cli.coefficients import Certainty, certainty_of, certainty_of_firth
from glasslogit.cli.separation import about_separation
from glasslogit.errors import GlasslogitWarning, SeparationWarning
from glasslogit.export import SavedModel
from glasslogit.inputs import number_all
from glasslogit.model import LogisticRegression, strengths, threshold_rule, with_threshold
from glasslogit.model.selection import LogisticRegressionCV
from glasslogit.show import probability
from glasslogit.solvers import Callback, Outcome
from glasslogit.trust.firth import Firth, firth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glasslogit.cli.prepare import FitRequest, Prepared
    from glasslogit.cli.printer import Fact


@dataclass(frozen=True, eq=False)
class FittedAs:
    """What a call of Python gave: a model, and the search for C or the Firth fit it is from."""

    model: LogisticRegression
    search: LogisticRegressionCV | None = None
    firth: Firth | None = None


@dataclass(frozen=True, eq=False)
class Trained:
    """A fitted model with its encoding and threshold, how sure it is, and how the fitting went."""

    saved: SavedModel
    search: LogisticRegressionCV | None
    sure: Certainty
    seconds: float
    warnings: tuple[str, ...]


def model_asked(request: FitRequest) -> LogisticRegression:
    """Return the model asked for, before it is fitted, with the C that is not to be chosen."""
    return LogisticRegression(
        C=request.fitting.strength,
        l1_ratio=request.fitting.l1_ratio,
        silence=request.output.silence,
        **_shared(request),
    )


def _shared(request: FitRequest) -> dict[str, Any]:
    """Give the parameters that a fit and a search have."""
    return {
        "encoder": request.encoder,
        "formula": request.columns.formula,
        "weights": request.beside.weights_are.value,
        "solver": request.fitting.solver,
        "max_iter": request.fitting.max_iter,
        "random_state": request.measuring.seed,
    }


def fit_rows(data: Prepared, request: FitRequest, told: Callback) -> FittedAs:
    """Fit as Python does: the model asked for, one whose C is chosen, or Firth's."""
    asked, beside = request.fitting, data.beside
    rows = (data.rows, data.target, beside.weight)
    if asked.firth:
        how: dict[str, Any] = {"encoder": request.encoder, "formula": request.columns.formula}
        found = firth(*rows, **how, max_iter=asked.max_iter)
        return FittedAs(found.model, firth=found)
    if asked.cv is not None:
        choice: dict[str, Any] = {"cv": asked.cv, "rule": asked.cv_rule.value}
        search = LogisticRegressionCV(**choice, l1_ratios=[asked.l1_ratio], **_shared(request))
        search.fit(*rows, beside.offset)
        return FittedAs(search.best_, search=search)
    return FittedAs(model_asked(request).set_params(callbacks=[told]).fit(*rows, beside.offset))


def train(data: Prepared, request: FitRequest, out: show.Printer) -> Trained:
    """Fit on the training rows and choose the threshold on them."""
    began = time.perf_counter()
    with out.working("fitting") as tell, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fitted = fit_rows(data, request, lambda progress: tell(show.how_far(progress)))
    seconds = time.perf_counter() - began
    model, beside = fitted.model, data.beside
    if model.outcome_ is Outcome.INTERRUPTED:
        raise KeyboardInterrupt
    if data.positive is not None:
        rows: dict[str, Any] = {"X": data.rows, "y": data.target, "sample_weight": beside.weight}
        rule = request.measuring.threshold
        model = with_threshold(model, rule, **rows, offset=beside.offset, positive=data.positive)
    with out.working("computing standard errors"):
        if fitted.firth is not None:
            sure = certainty_of_firth(fitted.firth, data)
        else:
            sure = certainty_of(model, data, request.errors.covariance)
    saved = SavedModel(model, request.target, _training_facts(data, request))
    return Trained(saved, fitted.search, sure, seconds, messages(caught))


def messages(caught: list[warnings.WarningMessage]) -> tuple[str, ...]:
    """Return what our own warnings say but of separation, which is told by the file's rows."""
    for each in caught:
        if not issubclass(each.category, GlasslogitWarning):
            warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)
    ours = [each for each in caught if issubclass(each.category, GlasslogitWarning)]
    return tuple(
        str(each.message) for each in ours if not issubclass(each.category, SeparationWarning)
    )


def _class_counts(data: Prepared, request: FitRequest) -> list[int]:
    """Count the training rows, or trials, of each class."""
    y = data.y[data.train]
    if request.beside.trials is None:
        return np.bincount(number_all(y)[1]).tolist()
    events, trials = float(y @ data.beside.trials), float(data.beside.trials.sum())
    return [round(trials - events), round(events)]


def _training_facts(data: Prepared, request: FitRequest) -> dict[str, Any]:
    """Collect what a reader of the model file wants to know about its rows."""
    X = data.spread
    ends = {"mean": X.mean, "low": X.low, "high": X.high}
    return {
        "rows_trained": len(data.train),
        "rows_of_class": _class_counts(data, request),
        "rows_held_out": len(data.test),
        "rows_incomplete": int((~data.survey.complete).sum()),
        "rows_without_target": data.unlabelled,
        "missing": dict(data.survey.missing),
        "test_size": request.measuring.test_size,
        "seed": request.measuring.seed,
        "decimal": request.reading.decimal,
        "trials_column": request.beside.trials,
        **{f"{part}_column": name for part, name in request.beside_names.items()},
        "threshold_from": None if data.positive is None else request.measuring.threshold,
        "columns": {name: numbers.tolist() for name, numbers in ends.items()},
        "numbers": {
            name: {"low": known.low, "high": known.high, "whole": known.whole}
            for name, known in data.numbers.items()
            if known.known
        },
    }


def about_fit(fitted: Trained, data: Prepared, request: FitRequest) -> Iterator[Fact]:
    """Say how the model was fitted."""
    model = fitted.saved.model
    d = model.coef_.shape[1]
    each = f" for each of {len(model.coef_)} classes" if len(model.coef_) > 1 else ""
    intercept = " and an intercept" if data.encoding.intercept else ""
    yield "Fitted", f"{d:,} coefficients{intercept}{each}"
    yield "", _penalty(model, request)
    if fitted.search is not None:
        yield from _about_search(fitted.search)
    steps = int(model.n_iter_.max())
    passes = model.passes_ if fitted.search is None else fitted.search.passes_
    cost = f"{steps} steps, {passes} passes over the rows, {fitted.seconds:.2f} s"
    ending = "converged" if model.outcome_.converged else "NOT CONVERGED"
    yield "", f"solver {model.solver_}: {cost}; {ending}"
    for message in fitted.warnings:
        yield from show.in_lines("Warning", message)
    if model.outcome_ is Outcome.SEPARATED:
        yield from about_separation(data, vars(model)["separation_"], "Warning")
    if fitted.saved.threshold is not None:
        yield from _about_threshold(request.measuring.threshold, fitted.saved)


def _penalty(model: LogisticRegression, request: FitRequest) -> str:
    """Say what is minimised."""
    if request.fitting.firth:
        return "Firth's penalised likelihood (--firth): maximises Σ log p + ½·log det I"
    C, ratio = strengths(model, rows=0)
    if not isfinite(C):
        return "no penalty: maximum likelihood (--C inf)"
    kind = {0.0: "ridge", 1.0: "lasso"}.get(ratio, "elastic net")
    parts = [f"{ratio:g}·Σ |coefficient|".removeprefix("1·")] if ratio else []
    parts += [f"{(1 - ratio) / 2:g}·Σ coefficient²".replace("0.5·", "½·")] if ratio < 1 else []
    unit = " of standardised numbers" if request.fitting.standardise else ""
    return f"{kind} penalty, C = {C:.4g}: minimises C·Σ log loss + {' + '.join(parts)}{unit}"


def _about_search(search: LogisticRegressionCV) -> Iterator[tuple[str, str]]:
    """Say which C was chosen, with the scores of its neighbours and of the best."""
    scores = -search.scores_[:, 0]  # (folds, Cs), log loss
    means, folds = scores.mean(axis=0), len(scores)
    errors = scores.std(axis=0, ddof=1) / folds**0.5
    chosen, best = int(np.argmin(abs(search.Cs_ - search.C_))), int(means.argmin())
    rule = "the best" if search.rule == "best" else "the strongest within one standard error"
    yield "", f"C chosen by {folds}-fold cross-validation of the training rows: {rule}"
    shown = sorted({best, *range(max(chosen - 1, 0), min(chosen + 2, len(means)))})
    for place in shown:
        notes = [word for word, at in (("chosen", chosen), ("best", best)) if at == place]
        mark = f"  ({', '.join(notes)})" if notes else ""
        loss = f"log loss {means[place]:.4f} ± {errors[place]:.4f}"
        yield "", f"  C = {search.Cs_[place]:.4g}: {loss}{mark}"


def _about_threshold(threshold: str, saved: SavedModel) -> Iterator[tuple[str, str]]:
    """Say how the threshold was chosen, if it was."""
    chosen, event = threshold_rule(threshold), saved.positive
    found = f"threshold {probability(float(saved.threshold or 0.0))}"
    if chosen.costs is not None:
        times = f"{chosen.costs[0] / chosen.costs[1]:g} times"
        yield "", f"{found}: a missed {event} costs {times} what a false alarm does"
    elif chosen.share is not None:
        yield "", f"{found}: {threshold.strip()} of the training rows reach it"
    elif chosen.fixed is None:
        yield "", f"{found} has the best F1 on the training rows"
