"""`glasslogit evaluate new.json rows.csv --against old.json`: whether a model is better."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.cli import output as show
from glasslogit.cli.measure import remedies_of
from glasslogit.cli.new_rows import NewRows, is_other_file, read_rows_for, refuse_unused_offset
from glasslogit.cli.outcomes import FileOutcomes, read_file_outcomes
from glasslogit.cli.predicted import Predicted, about_reading, exit_code, predict_read
from glasslogit.cli.trained_rows import REMEDY_HELD_OUT, only_held_out, trained_rows
from glasslogit.errors import InputError, ModelFileError
from glasslogit.model import weights_meant
from glasslogit.trust.inference import (
    PairedEvaluation,
    RowOutcomes,
    Side,
    judge_pair,
    outcomes_of_labels,
    outcomes_of_trials,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from glasslogit.cli.new_rows import NewRowsOptions
    from glasslogit.cli.options import TargetOptions
    from glasslogit.export import SavedModel

COUNTED = ("trials_column", "weight_column")  # facts of a model's training that say how rows count


def evaluate_against_table(
    models: tuple[Path, Path],
    table: Path,
    truth: TargetOptions,
    asked: NewRowsOptions,
    *,
    strict: bool,
) -> int:
    """Judge the new and the old model on the same rows of a CSV file; gives the exit code."""
    if is_other_file(models[1]):
        raise ModelFileError(f"--against {models[1]}: is no model file; give one that `fit` saved")
    out = show.Printer()
    new, old = _predict(models, table, asked, out)
    target = _target(models, (new.saved, old.saved), truth)
    if new.table.n_rows != old.table.n_rows:
        counts = f"{show.rows(new.table.n_rows)} for {models[0]} and {old.table.n_rows:,} for"
        remedy = "say how it is to be read: --na, --sep, --decimal"
        raise InputError(f"{table}: has {counts} {models[1]}; {remedy}")
    saved = replace(new.saved, target=target, training=_counted_by(new.saved, old.saved))
    by_both = new.rows.known & old.rows.known
    outcomes = read_file_outcomes(saved, new.table, truth, by_both)
    fits = [trained_rows(each, outcomes) for each in (new, old)]
    if truth.held_out:
        outcomes = only_held_out(outcomes, *fits)
    about = [("New", str(models[0])), ("Old", str(models[1])), *about_reading(new.table)]
    about += [("Weights", outcomes.weighted_by)] if outcomes.weighted_by else []
    about += [fact for fact in outcomes.said if fact[0] != "Left out"]
    with out.working("comparing"):
        sides = [
            Side(each.saved.model, each.rows, *fit)
            for each, fit in zip((new, old), fits, strict=True)
        ]
        happened = _row_outcomes(outcomes, new.saved, old.saved)
        result = judge_pair(sides[0], sides[1], happened)
    out.print(show.summary(about))
    out.print()
    remedies = [*remedies_of((*new.rows.faults, *old.rows.faults))]
    if any(fit.recorded for fit in fits) and not truth.held_out:
        remedies.append(REMEDY_HELD_OUT)
    _print(out, result, remedies)
    names = ("probability by the new model", "probability by the old model")
    known = {name: each.rows.known for name, each in zip(names, (new, old), strict=True)}
    return exit_code({**known, **outcomes.lacking(target, by_both)}, strict=strict)


def _predict(
    models: tuple[Path, Path], table: Path, asked: NewRowsOptions, out: show.Printer
) -> list[Predicted]:
    """Read the rows for each of the models, and predict them."""
    found = list[NewRows]()
    for model in models:
        with _naming(model):
            found.append(read_rows_for(model, table, asked, out))
    refuse_unused_offset(asked, *(each.saved for each in found))
    predicted = list[Predicted]()
    for model, rows in zip(models, found, strict=True):
        with _naming(model):
            predicted.append(predict_read(rows, out))
    return predicted


@contextmanager
def _naming(model: Path) -> Iterator[None]:
    """Say of which of the two models an error in the rows is."""
    try:
        yield
    except InputError as error:
        raise InputError(f"for {model}: {error}") from error


def _print(out: show.Printer, result: PairedEvaluation, remedies: Iterable[str]) -> None:
    """Print a result as it shows itself, in the width of the terminal, its verdict last."""
    page = result.page()
    out.print(page.title, style="bold")
    out.print(show.compared_measures(page))
    *facts, verdict = page.below()
    for line in (*facts, *remedies):
        out.print(line)
    out.print()
    out.print(verdict, style="bold")


def _target(
    models: tuple[Path, Path], saved: tuple[SavedModel, SavedModel], truth: TargetOptions
) -> str:
    """Find the column that says what happened; two models that predict two are asked about."""
    names = [each.target for each in saved]
    known = {name for name in (truth.target or names[0], truth.target or names[1]) if name}
    if not known:
        raise ModelFileError(f"{models[0]}: does not name its target's column; --target names it")
    if len(known) > 1:
        found = f"{models[0]} predicts {names[0]!r} and {models[1]} {names[1]!r}"
        raise InputError(f"{found}; --target names the column that says what happened")
    return known.pop()


def _counted_by(new: SavedModel, old: SavedModel) -> dict[str, Any]:
    """Give the facts of the new model, with the columns of trials and weights of either."""
    columns = {name: new.training.get(name) or old.training.get(name) for name in COUNTED}
    return {**new.training, **{name: column for name, column in columns.items() if column}}


def _row_outcomes(outcomes: FileOutcomes, new: SavedModel, old: SavedModel) -> RowOutcomes:
    """Give what happened as weights of the classes of the new model."""
    if outcomes.events is not None:
        shares = np.where(outcomes.known, outcomes.events.shares, np.nan)
        read = outcomes_of_trials(shares, outcomes.events.trials)
    else:
        counts = all(weights_meant(each.model) == "frequency" for each in (new, old))
        codes = np.where(outcomes.known, outcomes.codes, -1)
        weight = np.ones(len(codes)) if outcomes.weight is None else outcomes.weight
        read = outcomes_of_labels(codes, weight, len(new.class_names), counts=counts)
    return read._replace(without=tuple(text for word, text in outcomes.said if word == "Left out"))
