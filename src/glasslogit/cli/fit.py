"""`glasslogit fit`: check what will be written, read, fit, print, write.

Nothing is written before everything is known: a fault leaves no file behind, and a fault in
writing leaves no half file.
"""

from __future__ import annotations

import io
import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from glasslogit.cli import output as show
from glasslogit.cli.about_data import about_data
from glasslogit.cli.about_fit import about_fit
from glasslogit.cli.coefficients import print_coefficients
from glasslogit.cli.combinations import refuse_values, refuse_wrong_line
from glasslogit.cli.findings import find, print_findings, ways_out
from glasslogit.cli.measure import (
    decided,
    measure,
    no_probability,
    remedies_of,
)
from glasslogit.cli.paths import check_fit_outputs, put_to
from glasslogit.cli.prepare import Prepared, prepare
from glasslogit.cli.refusals import of_the_command_line
from glasslogit.cli.relations import refuse_relations
from glasslogit.cli.request import FitRequest
from glasslogit.cli.scores import print_scores
from glasslogit.cli.training import Trained, model_asked, train
from glasslogit.cli.unseen import not_pooled
from glasslogit.cli.words import messages, typed_finding
from glasslogit.errors import CollinearityWarning, InputError, MissingExtraError
from glasslogit.export import SavedModel, save, write_atomically
from glasslogit.findings import Severity, silenced
from glasslogit.inputs import Target, trial_rows
from glasslogit.model import check_settings, positive_place, threshold_rule, unknown_rows
from glasslogit.show import (
    plot_calibration,
    plot_calibration_by_class,
    plot_coefficients,
    plot_confusion,
    plot_loss,
    plot_roc,
    plot_roc_by_class,
    plot_thresholds,
)
from glasslogit.tables import fault_counts
from glasslogit.trust.inference import Summary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from glasslogit.inputs import NamedRows
    from glasslogit.model import LogisticRegression


PICTURES = tuple(
    f"{name}.png"
    for name in ("loss", "confusion", "roc", "calibration", "thresholds", "coefficients")
)


def fit_table(request: FitRequest) -> None:
    """Fit a model to a CSV file, print what it is and how good, and write what was asked for."""
    _check_request(request)
    out = show.Printer()
    with out.working(f"reading {request.table}"):
        table = request.reading.read(request.table, request.target)
    out.names = table.names
    with out.working("encoding the columns"):
        data = prepare(table, request)
        if request.fitting.firth:
            refuse_relations(data)
    about = [*about_data(table, data, request), *_about_split(data, request)]
    about += _before_the_fit(data, request)
    out.print(show.summary(about))
    fitted = train(data, request, out)
    out.print()
    out.print(show.summary(about_fit(fitted, data, request)))
    out.print()
    with out.working("looking for risks in the rows"):
        found = find(data, fitted.saved.model, request.output.silence)
    ways = ways_out(data, found, chosen=request.fitting.cv is not None)
    print_findings(out, found, data, ways)
    print_coefficients(out, fitted.saved, data, fitted.sure, every=request.output.all_levels)
    y, rows, beside = data.measured
    with out.working("measuring"):
        proba, unknown = _predict(fitted.saved.model, rows, beside.offset)
        weight, count = beside.weight, len(y)
        if request.beside.trials is not None:
            (y, weight), proba = trial_rows(Target(y, beside.trials), proba)
        scores = measure(fitted.saved, y, proba, weight)
    out.print(show.summary(unknown))
    print_scores(out, fitted.saved, scores, _measured_on(data, count, weight, request))
    with out.working("drawing"):
        measured = MeasuredRows(y, proba, weight)
        costs = threshold_rule(request.measuring.threshold).costs
        drawn = _draw(fitted, data, measured, costs) if request.output.plots else ({}, ())
    pictures, lost = drawn
    out.print(show.summary(("Warning", text) for text in lost))
    out.print(show.summary(_write(fitted.saved, pictures, request)))


def _check_request(request: FitRequest) -> None:
    """Refuse before any work what could not be done, or not be written after it."""
    refuse_wrong_line(request)
    with of_the_command_line():
        refuse_values(request.fitting)
        check_settings(model_asked(request))
        if not 0 <= request.measuring.test_size < 1:
            remedy = "give the share of the rows to hold out, from 0 to below 1, such as 0.2"
            raise InputError(f"--test-size {request.measuring.test_size:g} is not valid; {remedy}")
    check_fit_outputs(request.table, request.output.model, request.output.plots, PICTURES)
    if request.output.plots is not None and find_spec("matplotlib") is None:
        raise MissingExtraError("matplotlib", "plots")


def _before_the_fit(data: Prepared, request: FitRequest) -> Iterator[tuple[str, str]]:
    """Say before what may take long what is seriously wrong with the rows, or of no use."""
    for each in silenced(data.findings, request.output.silence):
        if each.severity is Severity.SERIOUS:
            severity, _, text = str(typed_finding(each)).partition(" ")
            yield severity.capitalize(), text
    yield from (("Note", each.advice) for each in not_pooled(data.encoding, request.unseen))


def _about_split(data: Prepared, request: FitRequest) -> Iterator[tuple[str, str]]:
    """Say what is predicted and how the rows were split."""
    yield "Target", _what_is_predicted(data, request)
    asked = request.measuring
    if data.n_held_out:
        split = f"{show.rows(data.n_trained)} to train on, {data.n_held_out:,} held out"
        yield "Split", f"{split} (--test-size {asked.test_size:g} --seed {asked.seed})"
    if data.faults:
        without = len(np.unique(np.concatenate([fault.rows for fault in data.faults])))
        counts = fault_counts(data.faults)
        yield "Warning", no_probability(without, counts, "held-out ")
        yield from (("", remedy) for remedy in remedies_of(data.faults))
    for name, count in data.unseen.items():
        problem = "has a level that no training row has, "
        problem += f"counted as {data.encoding.rules.counts_as(name)}"
        yield "Warning", f"{show.rows(count, 'held-out ')}: {name} {problem}"


def _predict(
    model: LogisticRegression, rows: NamedRows, offset: Any
) -> tuple[NDArray[Any], list[tuple[str, str]]]:
    """Predict the rows to measure on, and say how many of them the fit cannot know."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CollinearityWarning)  # which tells them by their places
        proba = model.predict_proba(rows, offset=offset)
    count, told = len(unknown_rows(model, rows.values).rows), list[tuple[str, str]]()
    if count:
        why = "where columns do not depend on each other as in the training rows"
        remedy = "what is predicted there is one answer of many; a penalty (--C 1) settles it"
        told = [("Warning", f"{show.rows(count)} to measure on, {why}: {remedy}"), ("", "")]
    return proba, told


def _measured_on(
    data: Prepared, count: int, weight: NDArray[Any] | None, request: FitRequest
) -> str:
    """Say on which rows the model is measured, and what is to be thought of that."""
    trials = request.beside.trials is not None
    if len(data.y_held_out):
        return show.counting(show.rows(count, "held-out "), count, weight, trials=trials)
    if not data.n_held_out:
        why = "none held out"
    elif data.n_held_out == 1:
        why = "the row held out has no probability"
    else:
        why = f"none of the {data.n_held_out:,} held out has a probability"
    rows = show.counting(show.rows(count, "training "), count, weight, trials=trials)
    return f"{rows} ({why}, so this flatters)"


def _what_is_predicted(data: Prepared, request: FitRequest) -> str:
    """Say which probability the model gives."""
    if data.positive is None:
        unused = (
            ""
            if request.measuring.threshold == "0.5"
            else "; --threshold is for two classes, not used"
        )
        return f"predicted is the probability of each class (softmax){unused}"
    if request.beside.trials is not None:
        event = "an event" if data.positive == 1 else "no event"
        return f"predicted is the probability of {event}, which is {data.positive} below"
    why = "" if request.measuring.positive else " (second in sorted order; --positive chooses)"
    return f"predicted is the probability of {data.positive}{why}"


class MeasuredRows(NamedTuple):
    """What became of the rows that are measured, what the model says of them, and weights."""

    y: NDArray[Any]
    proba: NDArray[Any]
    weight: NDArray[Any] | None


def _draw(
    fitted: Trained,
    data: Prepared,
    measured: MeasuredRows,
    costs: tuple[float, float] | None,
) -> tuple[Mapping[str, bytes], tuple[str, ...]]:
    """Draw the pictures as PNG files in memory, and say what could not be drawn."""
    saved, model = fitted.saved, fitted.saved.model
    y, proba, weight = measured
    trained = show.rows(data.n_fitted, "training ")
    kind = "held-out rows" if len(data.y_held_out) else "training rows"
    how: dict[str, Any] = {"rows": kind, "sample_weight": weight}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        axes = {"loss.png": plot_loss(model, rows=trained)} if "trace_" in vars(model) else {}
        right = decided(saved, proba)
        axes["confusion.png"] = plot_confusion(y, right, labels=model.classes_, **how)
        if saved.threshold is not None and len(np.unique(y)) == 2:
            p = proba[:, positive_place(model)]
            how["pos_label"] = saved.positive
            axes["roc.png"] = plot_roc(y, p, **how)
            axes["calibration.png"] = plot_calibration(y, p, **how)
            chosen: dict[str, Any] = {"chosen": saved.threshold, "costs": costs}
            axes["thresholds.png"] = plot_thresholds(y, p, **chosen, **how)
        elif saved.threshold is None and len(np.unique(y)) > 1:
            how["labels"] = model.classes_
            axes["roc.png"] = plot_roc_by_class(y, proba, **how)
            axes["calibration.png"] = plot_calibration_by_class(y, proba, **how)
        if saved.positive is not None:
            sure = fitted.sure.summary
            axes["coefficients.png"] = plot_coefficients(
                model,
                label=saved.positive,
                spread=data.spread.deviation,
                summary=sure if isinstance(sure, Summary) else None,
                rows=trained,
            )
        pictures = {name: _png(picture.figure) for name, picture in axes.items()}
    return pictures, tuple(dict.fromkeys(messages(caught)))


def _not_drawn(pictures: Mapping[str, bytes], saved: SavedModel) -> Iterator[tuple[str, str]]:
    """Say which pictures there are not, and why."""
    reasons = {
        "loss.png": "this fit has no record of its steps",
        "coefficients.png": "drawn of two classes only",
    }
    one_class = "the measured rows are of one class"
    if saved.positive is None:
        reasons["thresholds.png"] = reasons["coefficients.png"]
    missing: dict[str, list[str]] = {}
    for name in PICTURES:
        if name not in pictures:
            missing.setdefault(reasons.get(name, one_class), []).append(name)
    yield from (("Not drawn", f"{', '.join(names)}: {why}") for why, names in missing.items())


def _png(figure: Any) -> bytes:
    """Return a picture as the bytes of a PNG file; the same picture gives the same bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=150, metadata={"Software": None})
    return buffer.getvalue()


def _write(
    saved: SavedModel, pictures: Mapping[str, bytes], request: FitRequest
) -> Iterator[tuple[str, str]]:
    """Write model and pictures, and say where they are."""
    if request.output.model is not None:
        told = put_to([request.output.model])
        save(request.output.model, saved)
        yield from ((word, str(request.output.model)) for word in told)
    if request.output.plots is not None:
        request.output.plots.mkdir(exist_ok=True)
        told = put_to(request.output.plots / name for name in pictures)
        for name, data in pictures.items():
            write_atomically(request.output.plots / name, data)
        for word, paths in told.items():
            names = ", ".join(path.name for path in paths)
            yield word, f"{request.output.plots}/ {names}"
        yield from _not_drawn(pictures, saved)
    if request.output.model is None:
        yield "Note", "the model was not saved; --model model.json saves it"
