"""`glasslogit fit`: check what will be written, read, fit, print, write.

Nothing is written before everything is known: a fault leaves no file behind, and a fault in
writing leaves no half file.
"""

from __future__ import annotations

import io
import time
import warnings
from importlib.util import find_spec
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from glasslogit.cli import output as show
from glasslogit.cli.coefficients import Certainty, certainty_of, print_coefficients
from glasslogit.cli.findings import find, print_findings
from glasslogit.cli.measure import Scores, decided, measure, no_probability, rule, trained_shares
from glasslogit.cli.paths import check_fit_outputs
from glasslogit.cli.prepare import FitRequest, Prepared, about_data, prepare
from glasslogit.cli.separation import about_separation
from glasslogit.core import Penalty
from glasslogit.errors import GlasslogitWarning, InputError, MissingExtraError, SeparationWarning
from glasslogit.export import SavedModel, save, write_atomically
from glasslogit.inputs import number_all
from glasslogit.model import (
    LogisticRegression,
    check_settings,
    encoder_attributes,
    positive_place,
    threshold_rule,
    with_threshold,
)
from glasslogit.show import (
    plot_coefficients,
    plot_confusion,
    plot_loss,
    plot_roc,
    plot_thresholds,
    probability,
)
from glasslogit.solvers import Outcome, resolve
from glasslogit.tables import TableEncoder, fault_counts, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray


PICTURES = ("loss.png", "confusion.png", "roc.png", "thresholds.png", "coefficients.png")


class Trained(NamedTuple):
    """A fitted model with its encoding and threshold, how sure it is, and how the fitting went."""

    saved: SavedModel
    sure: Certainty
    seconds: float
    warnings: tuple[str, ...]


def fit_table(request: FitRequest) -> None:
    """Fit a model to a CSV file, print what it is and how good, and write what was asked for."""
    _check_request(request)
    table = read_table(request.table)
    data = prepare(table, request)
    out = show.Printer()
    about = [*about_data(table, data, request), *_about_split(data, request)]
    out.print(show.summary(about))
    fitted = _fit(data, request)
    out.print()
    out.print(show.summary(_about_fit(fitted, data, request)))
    out.print()
    print_findings(out, find(data, fitted.saved.model))
    print_coefficients(out, fitted.saved, data, fitted.sure, every=request.all_levels)
    part, rows = (data.test, data.held_out) if len(data.test) else (data.train, data.trained)
    proba = fitted.saved.model.predict_proba(rows)
    scores = measure(fitted.saved, data.y[part], proba)
    held_out = "held-out" if len(data.test) else "training (none held out, so this flatters)"
    print_scores(out, fitted.saved, scores, f"{len(part):,} {held_out} rows")
    pictures = _draw(fitted.saved, data.y[part], proba) if request.plots else {}
    out.print(show.summary(_write(fitted.saved, pictures, request)))


def print_scores(out: show.Printer, saved: SavedModel, scores: Scores, rows: str) -> None:
    """Print measures and confusion matrix; also for `glasslogit evaluate`."""
    where = "in these rows" if trained_shares(saved) is None else "in training"
    out.print(f"Measured on {rows}", style="bold")
    out.print(show.metrics(scores.measures))
    out.print(f"Class shares alone: knowing how frequent each class is {where}, nothing else.\n")
    if len(scores.measures) < 4:
        needed = "both classes" if saved.threshold is not None else "a target of two classes"
        out.print(f"ROC AUC, average precision and F1 need {needed}.\n")
    out.print(f"Confusion: {rule(saved)}", style="bold")
    out.print(show.confusion(scores.confusion, saved.class_names))


def _check_request(request: FitRequest) -> None:
    """Refuse before any work what could not be done, or not be written after it."""
    check_settings(_model(request))
    resolve(request.solver, 1, (1, 1), Penalty())
    if not 0 <= request.test_size < 1:
        remedy = "give the share of the rows to hold out, from 0 to below 1, such as 0.2"
        raise InputError(f"--test-size {request.test_size:g} is not valid; {remedy}")
    check_fit_outputs(request.table, request.model, request.plots, PICTURES)
    if request.plots is not None and find_spec("matplotlib") is None:
        raise MissingExtraError("matplotlib", "plots")


def _model(request: FitRequest, *, intercept: bool = True) -> LogisticRegression:
    """Return the model asked for, before it is fitted."""
    return LogisticRegression(
        fit_intercept=intercept,
        C=request.C,
        solver=request.solver,
        max_iter=request.max_iter,
        random_state=request.seed,
        silence=request.silence,
    )


def _about_split(data: Prepared, request: FitRequest) -> Iterator[tuple[str, str]]:
    """Say what is predicted and how the rows were split."""
    yield "", _what_is_predicted(data, request)
    if len(data.test):
        split = f"{show.rows(len(data.train))} to train on, {len(data.test):,} held out"
        yield "Split", f"{split} (--test-size {request.test_size:g} --seed {request.seed})"
    if data.faults:
        without = len(np.unique(np.concatenate([fault.rows for fault in data.faults])))
        counts = fault_counts(data.faults)
        yield "Warning", no_probability(show.rows(without, "held-out "), counts)
    for name, count in data.unseen.items():
        problem = "has a level that no training row has, "
        problem += f"counted as {data.encoding.counts_as(name)}"
        yield "Warning", f"{show.rows(count, 'held-out ')}: {name} {problem}"


def _what_is_predicted(data: Prepared, request: FitRequest) -> str:
    """Say which probability the model gives."""
    if data.positive is None:
        unused = "" if request.threshold == "0.5" else "; --threshold is for two classes, not used"
        return f"predicted is the probability of each class (softmax){unused}"
    why = "" if request.positive else " (second in sorted order; --positive chooses)"
    return f"predicted is the probability of {data.positive}{why}"


def _fit(data: Prepared, request: FitRequest) -> Trained:
    """Fit on the training rows and choose the threshold on them."""
    model = _model(request, intercept=data.encoding.intercept)
    X, y = data.trained, data.y[data.train]
    began = time.perf_counter()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(X, y)
    seconds = time.perf_counter() - began
    if model.outcome_ is Outcome.INTERRUPTED:
        raise KeyboardInterrupt
    if data.positive is not None:
        model = with_threshold(model, request.threshold, X, y, positive=data.positive)
    sure = certainty_of(model, data)
    vars(model).update(encoder_attributes(TableEncoder().set_encoding(data.encoding)))
    saved = SavedModel(
        model=model,
        target=request.target,
        training=_training_facts(data, request),
    )
    return Trained(saved, sure, seconds, _messages(caught))


def _messages(caught: list[warnings.WarningMessage]) -> tuple[str, ...]:
    """Return what our own warnings say but of separation, which is told by the file's rows."""
    for each in caught:
        if not issubclass(each.category, GlasslogitWarning):
            warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)
    ours = [each for each in caught if issubclass(each.category, GlasslogitWarning)]
    return tuple(
        str(each.message) for each in ours if not issubclass(each.category, SeparationWarning)
    )


def _training_facts(data: Prepared, request: FitRequest) -> dict[str, Any]:
    """Collect what a reader of the model file wants to know about its rows."""
    X = data.trained.values
    ends = {"mean": X.mean(axis=0), "low": X.min(axis=0), "high": X.max(axis=0)}
    return {
        "rows_trained": len(data.train),
        "rows_of_class": np.bincount(number_all(data.y[data.train])[1]).tolist(),
        "rows_held_out": len(data.test),
        "rows_incomplete": int((~data.survey.complete).sum()),
        "rows_without_target": data.unlabelled,
        "missing": dict(data.survey.missing),
        "test_size": request.test_size,
        "seed": request.seed,
        "threshold_from": None if data.positive is None else request.threshold,
        "columns": {name: numbers.tolist() for name, numbers in ends.items()},
    }


def _about_fit(fitted: Trained, data: Prepared, request: FitRequest) -> Iterator[tuple[str, str]]:
    """Say how the model was fitted."""
    model = fitted.saved.model
    d = model.coef_.shape[1]
    penalty = "no penalty: maximum likelihood (--C inf)"
    if isfinite(request.C):
        penalty = f"ridge penalty, C = {request.C:g}: minimises C·Σ log loss + ½·Σ coefficient²"
    each = f" for each of {len(model.coef_)} classes" if len(model.coef_) > 1 else ""
    yield "Fitted", f"{d:,} coefficients and an intercept{each}"
    yield "", penalty
    steps = int(model.n_iter_.max())
    cost = f"{steps} steps, {model.passes_} passes over the rows, {fitted.seconds:.2f} s"
    ending = "converged" if model.outcome_.converged else "NOT CONVERGED"
    yield "", f"solver {model.solver_}: {cost}; {ending}"
    for message in fitted.warnings:
        yield from show.in_lines("Warning", message)
    if model.outcome_ is Outcome.SEPARATED:
        yield from about_separation(data, vars(model)["separation_"], "Warning")
    if fitted.saved.threshold is not None:
        yield from _about_threshold(request.threshold, fitted.saved)


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


def _draw(saved: SavedModel, y: NDArray[Any], proba: NDArray[Any]) -> Mapping[str, bytes]:
    """Draw the pictures as PNG files in memory."""
    model = saved.model
    axes = {
        "loss.png": plot_loss(model),
        "confusion.png": plot_confusion(y, decided(saved, proba), labels=model.classes_),
    }
    if saved.threshold is not None and len(np.unique(y)) == 2:
        p = proba[:, positive_place(model)]
        axes["roc.png"] = plot_roc(y, p, pos_label=saved.positive)
        axes["thresholds.png"] = plot_thresholds(
            y, p, pos_label=saved.positive, chosen=saved.threshold
        )
    if saved.positive is not None:
        axes["coefficients.png"] = plot_coefficients(model, label=saved.positive)
    return {name: _png(picture.figure) for name, picture in axes.items()}


def _png(figure: Any) -> bytes:
    """Return a picture as the bytes of a PNG file; the same picture gives the same bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=150, metadata={"Software": None})
    return buffer.getvalue()


def _write(
    saved: SavedModel, pictures: Mapping[str, bytes], request: FitRequest
) -> Iterator[tuple[str, str]]:
    """Write model and pictures, and say where they are."""
    if request.model is not None:
        save(request.model, saved)
        yield "Wrote", str(request.model)
    if request.plots is not None:
        request.plots.mkdir(exist_ok=True)
        for name, data in pictures.items():
            write_atomically(request.plots / name, data)
        yield "Wrote", f"{request.plots}/ {', '.join(pictures)}"
    if request.model is None:
        yield "Note", "the model was not saved; --model model.json saves it"
