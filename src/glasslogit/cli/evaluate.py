"""`glasslogit evaluate`: how good a saved model is on another CSV file, or whether it is better."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from glasslogit.cli import output as show
from glasslogit.cli.measure import measure
from glasslogit.cli.outcomes import read_file_outcomes
from glasslogit.cli.predicted import about_gaps, about_table, exit_code, predict_file
from glasslogit.cli.scores import print_scores
from glasslogit.cli.trained_rows import flattered, only_held_out, trained_rows
from glasslogit.errors import InputError, ModelFileError

if TYPE_CHECKING:
    from pathlib import Path

    from glasslogit.cli.new_rows import NewRowsOptions
    from glasslogit.cli.options import TargetOptions


def evaluate_table(
    model: Path, table: Path, truth: TargetOptions, asked: NewRowsOptions, *, strict: bool
) -> int:
    """Measure a model on the rows of a CSV file that have a target and a probability.

    Gives the exit code.
    """
    out = show.Printer()
    predicted = predict_file(model, table, asked, out)
    target = truth.target or predicted.saved.target
    if target is None:
        raise ModelFileError(f"{model}: does not name its target's column; --target names it")
    saved, there = replace(predicted.saved, target=target), predicted.rows
    outcomes = read_file_outcomes(saved, predicted.table, truth, there.known)
    fit = trained_rows(predicted, outcomes)
    if truth.held_out:
        outcomes = only_held_out(outcomes, fit)
    rows = np.flatnonzero(outcomes.known & there.known)
    if not len(rows) or not (outcomes.weight is None or outcomes.weight[rows].any()):
        why = "; ".join(text for _, text in (*about_gaps(predicted), *outcomes.said))
        problem = f"no row has {outcomes.needed}, so there is nothing to measure on"
        raise InputError(f"{predicted.table.source}: {problem}{why and f' ({why})'}")
    about = [*about_table(predicted, outcomes.used), *outcomes.said]
    about += [] if truth.held_out else flattered(fit, len(rows))
    out.print(show.summary(about))
    out.print()
    with out.working("measuring"):
        y, proba, weight = outcomes.of(rows, there.proba[rows], saved.model.classes_)
        scores = measure(saved, y, proba, weight)
    by = f", weighted by {outcomes.weighted_by}" if outcomes.weighted_by else ""
    said = show.rows(len(rows), "held-out " if truth.held_out else "")
    said = show.counting(said, len(rows), weight, trials=outcomes.events is not None)
    print_scores(out, saved, scores, f"{said}{by}")
    lacking = outcomes.lacking(target, there.known)
    return exit_code({"probability": there.known, **lacking}, strict=strict)
