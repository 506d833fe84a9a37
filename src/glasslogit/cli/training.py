"""From the options of `glasslogit fit` to a fitted model, by the calls of Python."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.cli import output as show
from glasslogit.cli.coefficients import Certainty, certainty_of, certainty_of_firth
from glasslogit.cli.words import messages
from glasslogit.export import SavedModel
from glasslogit.inputs import LazyLabels
from glasslogit.model import LogisticRegression, with_threshold
from glasslogit.model.selection import LogisticRegressionCV
from glasslogit.solvers import Callback, Outcome
from glasslogit.trust.firth import Firth, firth

if TYPE_CHECKING:
    from glasslogit.cli.prepare import Prepared
    from glasslogit.cli.request import FitRequest


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
    asked = request.fitting
    if asked.firth:
        how: dict[str, Any] = {"encoder": request.encoder, "formula": request.columns.formula}
        found = firth(data.design, None, **how, max_iter=asked.max_iter)
        return FittedAs(found.model, firth=found)
    if asked.cv is not None:
        choice: dict[str, Any] = {"cv": asked.cv, "rule": asked.cv_rule.value}
        search = LogisticRegressionCV(**choice, l1_ratios=[asked.l1_ratio], **_shared(request))
        search.fit(data.design)
        return FittedAs(search.best_, search=search)
    return FittedAs(model_asked(request).set_params(callbacks=[told]).fit(data.design))


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
        rows: dict[str, Any] = {"y": data.design.y, "sample_weight": beside.weight}
        rule = request.measuring.threshold
        how: dict[str, Any] = {"offset": beside.offset, "positive": data.positive}
        model = with_threshold(model, rule, data.trained, **rows, **how)
    with out.working("computing standard errors"):
        if fitted.firth is not None:
            sure = certainty_of_firth(fitted.firth, data)
        else:
            sure = certainty_of(model, data, request.errors.covariance)
    saved = SavedModel(model, request.target, _training_facts(data, request))
    said = (*data.warnings, *messages(caught))
    return Trained(saved, fitted.search, sure, seconds, said)


def _class_counts(data: Prepared) -> list[int]:
    """Count the training rows, or trials, of each class."""
    y = data.design.y
    if isinstance(y, LazyLabels):
        return np.bincount(y.codes).tolist()
    events, trials = float(y @ data.beside.trials), float(data.beside.trials.sum())
    return [round(trials - events), round(events)]


def _training_facts(data: Prepared, request: FitRequest) -> dict[str, Any]:
    """Collect what a reader of the model file wants to know about its rows."""
    X = data.spread.ranges
    ends = {"mean": X.mean, "low": X.low, "high": X.high}
    return {
        "rows_trained": data.n_trained,
        "rows_of_class": _class_counts(data),
        "rows_held_out": len(data.y_held_out),
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
