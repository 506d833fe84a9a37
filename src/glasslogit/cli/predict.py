"""`glasslogit predict` and `glasslogit evaluate`: a saved model on another CSV file."""

from __future__ import annotations

import sys
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from glasslogit.cli import output as show
from glasslogit.cli.fit import print_scores
from glasslogit.cli.measure import (
    MOST_KINDS,
    decided_places,
    measure,
    no_probability,
    rule,
    unseen_remedy,
)
from glasslogit.cli.new_rows import read_new_rows
from glasslogit.cli.paths import check_output
from glasslogit.cli.predictions import csv_text
from glasslogit.cli.trials import one_by_one, read_trials
from glasslogit.errors import InputError, ModelFileError, visible
from glasslogit.export import SavedModel, write_atomically
from glasslogit.model import RowPredictions, positive_place, predict_rows_beside
from glasslogit.tables import (
    Encoding,
    Table,
    TableEncoder,
    Text,
    match_levels,
    parse_number,
    quote,
    shorten,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from glasslogit.cli.new_rows import Asked
    from glasslogit.cli.options import Truth, Wanted
    from glasslogit.cli.predictions import Written
    from glasslogit.model import LogisticRegression


INCOMPLETE = 1  # the exit code, with --strict, where a row has no probability
# With these a spreadsheet's formula begins, also after a blank that it does not show.
FORMULA_SIGNS = tuple("=+-@\t\r＝＋－＠")
HOW_FOR_SPREADSHEET = "--spreadsheet puts ' before them, so that no spreadsheet computes them"


class Predicted(NamedTuple):
    """What a model says about a table."""

    saved: SavedModel
    encoding: Encoding
    table: Table
    rows: RowPredictions


def predict_table(model: Path, table: Path, asked: Asked, *, wanted: Wanted, strict: bool) -> int:
    """Predict each row of a CSV file and write them, one line for each, in the same order.

    Gives the exit code.
    """
    output = wanted.output
    if output is not None:
        check_output("-o", output, reads=(table, model))
    out = show.Printer(stderr=output is None)
    predicted = _predict(model, table, asked, out)
    columns, counts = _columns(predicted, keep=wanted.keep)
    with out.working("writing the predictions"):
        text = csv_text(columns, _shown(wanted))
    if output is None:
        sys.stdout.write(text)
    else:
        write_atomically(output, text.encode())
    about = [*_about_table(predicted), *_about_labels(predicted, counts, output)]
    formulas = sum(map(_formulas, columns.items()))
    if formulas and not wanted.spreadsheet:
        about.append(
            ("Warning", f"{formulas:,} cells begin as a formula does; {HOW_FOR_SPREADSHEET}")
        )
    out.print(show.summary(about))
    return _exit_code(predicted, strict)


def evaluate_table(model: Path, table: Path, truth: Truth, asked: Asked, *, strict: bool) -> int:
    """Measure a model on the rows of a CSV file that have a target and a probability.

    Gives the exit code.
    """
    out = show.Printer()
    predicted = _predict(model, table, asked, out)
    target = truth.target or predicted.saved.target
    if target is None:
        raise ModelFileError(f"{model}: does not name its target's column; --target names it")
    predicted = predicted._replace(saved=replace(predicted.saved, target=target))
    labels, known, trials, without = _outcomes(predicted, truth.trials)
    rows = np.flatnonzero(known & predicted.rows.known)
    if not len(rows):
        why = "; ".join(text for _, text in (*_about_gaps(predicted), *without))
        problem = "no row has both a target and a probability, so there is nothing to measure on"
        raise InputError(f"{predicted.table.source}: {problem} ({why})")
    out.print(show.summary([*_about_table(predicted), *without]))
    out.print()
    y, proba, weight = labels[rows], predicted.rows.proba[rows], None
    if trials is not None:
        y, proba, weight = one_by_one(y, trials[rows], proba)
    with out.working("measuring"):
        scores = measure(predicted.saved, y, proba, weight)
    print_scores(out, predicted.saved, scores, f"{show.rows(len(rows))}")
    return _exit_code(predicted, strict, known)


def _exit_code(
    predicted: Predicted, strict: bool, labelled: NDArray[np.bool_] | None = None
) -> int:
    """Give 1, and say why, where every row is to have a probability, and a target, and has not."""
    if not strict:
        return 0
    lacking = {"probability": predicted.rows.known, f"value of {predicted.saved.target}": labelled}
    gaps = {what: int((~there).sum()) for what, there in lacking.items() if there is not None}
    said = [f"{show.rows(count)} without a {what}" for what, count in gaps.items() if count]
    if said:
        line = visible(f"--strict: {' and '.join(said)}; the exit code is {INCOMPLETE}")
        sys.stderr.write(f"glasslogit: {line}\n")
    return INCOMPLETE if said else 0


def _predict(model: Path, table: Path, asked: Asked, out: show.Printer) -> Predicted:
    """Load a model, read a table, and predict its rows."""
    saved, encoding, data, offset = read_new_rows(model, table, asked, out)
    with out.working("predicting"):
        rows = predict_rows_beside(reading_by(saved.model, encoding), data, *offset)
    return Predicted(saved, encoding, data, rows)


def reading_by(model: LogisticRegression, encoding: Encoding) -> LogisticRegression:
    """Give the model with other rules for what it reads."""
    other = copy(model)
    vars(other)["encoder_"] = TableEncoder().set_encoding(encoding)
    return other


def _columns(predicted: Predicted, *, keep: bool) -> tuple[dict[str, Written], NDArray[np.intp]]:
    """Return the columns of the output file, and how often each class is predicted."""
    saved, table, proba = predicted.saved, predicted.table, predicted.rows.proba
    places = [positive_place(saved.model)] if saved.positive is not None else range(proba.shape[1])
    names, K = saved.class_names, proba.shape[1]
    known = predicted.rows.known
    labels = np.full(table.n_rows, K)  # blank
    labels[known] = decided_places(saved, proba[known])
    made: dict[str, Written] = {"row": np.arange(table.n_rows) + table.first_row}
    made |= {f"probability of {names[k]}": proba[:, k] for k in places}
    made["predicted"] = Text((*names, ""), labels)
    made["note"] = Text.of(predicted.rows.reasons.tolist())
    kept = {name: table.text(name) for name in table.names} if keep else {}
    clash = [name for name in made if name in kept]
    if clash:
        raise InputError(f"{table.source}: has a column {clash[0]!r}; rename it or omit --keep")
    return kept | made, np.bincount(labels, minlength=K)


def _shown(wanted: Wanted) -> Callable[[str], str]:
    """Say how text is written."""
    for_terminal = visible if wanted.output is None and sys.stdout.isatty() else str
    return lambda cell: for_terminal(for_spreadsheet(cell) if wanted.spreadsheet else cell)


def _formulas(column: tuple[str, Written]) -> int:
    """Count the cells of a column, and its name, that a spreadsheet would compute."""
    name, values = column
    alike = for_spreadsheet(name) != name
    if not isinstance(values, Text):
        return int(alike)
    formulas = [for_spreadsheet(level) != level for level in values.levels]
    return int(alike) + int(values.counts[np.array(formulas, bool)].sum())


def for_spreadsheet(cell: str) -> str:
    """Give a cell of which a spreadsheet computes nothing: with ' before what looks like a formula.

    >>> for_spreadsheet("=1+1"), for_spreadsheet("-1.5"), for_spreadsheet("yes")
    ("'=1+1", '-1.5', 'yes')
    """
    formula = cell.startswith(FORMULA_SIGNS) and parse_number(cell) is None
    return f"'{cell}" if formula else cell


def _outcomes(
    predicted: Predicted, trials: str | None
) -> tuple[NDArray[Any], NDArray[np.bool_], NDArray[np.float64] | None, list[tuple[str, str]]]:
    """Give the label of each row, or share of events in trials, where it is known, and trials.

    And what is to be said of the rows in which it is not.
    """
    saved, table = predicted.saved, predicted.table
    trials = trials or saved.training.get("trials_column")
    if trials is None:
        codes, without = _codes(predicted)
        return saved.model.classes_[codes], codes >= 0, None, without
    table.check(trials, "the numbers of trials (--trials names another)")
    shares, count = read_trials(table, str(saved.target), trials)
    known = ~np.isnan(shares)
    gone = [("Left out", f"{show.rows(int((~known).sum()))} without {saved.target}")]
    return shares, known, count, [] if known.all() else gone


def _codes(predicted: Predicted) -> tuple[NDArray[np.intp], list[tuple[str, str]]]:
    """Return the class number of each row, (n,), −1 without one, and what to say of these."""
    table, target = predicted.table, str(predicted.saved.target)
    column = table.text(target, "which the model predicts")
    classes, said = predicted.saved.class_names, list[tuple[str, str]]()
    found = match_levels(classes, column.levels)
    numbers = np.where(column.missing, -1, np.array(found, dtype=np.intp))
    unlabelled = int(column.gaps.sum())
    if unlabelled:
        said.append(("Left out", f"{show.rows(unlabelled)} without {target}"))
    strange = np.flatnonzero((numbers < 0) & ~column.missing).tolist()
    if strange:
        count = show.rows(int(column.counts[strange].sum()))
        which = f"{shorten([quote(column.levels[k]) for k in strange], MOST_KINDS)}"
        known = f"which is no class of the model ({shorten(classes)})"
        said.append(("Left out", f"{count} with {target} {which}, {known}"))
    return numbers[column.codes], said


def _about_table(predicted: Predicted) -> Iterator[tuple[str, str]]:
    """Say what was read and what could not be used."""
    table, encoded = predicted.table, predicted.rows.encoded
    yield "Read", f"{table.source}: {show.rows(table.n_rows)}"
    yield from (("Note", str(finding).partition(": ")[2]) for finding in table.findings)
    ignored = [name for name in encoded.ignored if name != predicted.saved.target]
    if ignored:
        yield "Ignored", f"columns the model does not know: {shorten(ignored)}"
    yield from _about_gaps(predicted)
    yield from (("Warning", remark) for remark in encoded.remarks)
    for name, found in encoded.unseen.items():
        counted = predicted.encoding.counts_as(name)
        problem = f"have an unseen level of {name}, counted as {counted}"
        yield "Warning", f"{show.rows(len(found))} {problem}"


def _about_gaps(predicted: Predicted) -> Iterator[tuple[str, str]]:
    """Say how many rows have no probability, and why."""
    without = int((~predicted.rows.known).sum())
    if without:
        yield "Left out", no_probability(show.rows(without), predicted.rows.counts)
    yield from (("", remedy) for remedy in unseen_remedy(predicted.rows.faults))


def _about_labels(
    predicted: Predicted, labels: NDArray[np.intp], output: Path | None
) -> Iterator[tuple[str, str]]:
    """Say how often each class was predicted, by which rule, and where it was written."""
    saved = predicted.saved
    found = zip(saved.class_names, labels.tolist(), strict=False)
    counts = shorten([f"{name} in {show.rows(count)}" for name, count in found])
    yield "Predicted", f"{counts} ({rule(saved)})"
    if output is not None:
        first = f"row {predicted.table.first_row} is the first below the header"
        yield "Wrote", f"{output} ({first}, as in a spreadsheet)"
