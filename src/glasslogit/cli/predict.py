"""`glasslogit predict` and `glasslogit evaluate`: a saved model on another CSV file."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from glasslogit.cli import output as show
from glasslogit.cli.beside import read_offset
from glasslogit.cli.fit import print_scores
from glasslogit.cli.measure import decided_places, measure, rule
from glasslogit.cli.paths import check_output
from glasslogit.cli.predictions import TOGETHER, csv_text
from glasslogit.cli.trials import one_by_one, read_trials
from glasslogit.errors import InputError, ModelFileError, visible
from glasslogit.export import SavedModel, load, write_atomically
from glasslogit.inputs import NamedRows
from glasslogit.model import positive_place, with_threshold
from glasslogit.tables import (
    Encoded,
    Encoding,
    Table,
    Text,
    parse_number,
    shorten,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from glasslogit.cli.options import Reading, Truth, Wanted
    from glasslogit.cli.predictions import Written
    from glasslogit.tables import Unseen


# With these a spreadsheet's formula begins, also after a blank that it does not show.
FORMULA_SIGNS = tuple("=+-@\t\r＝＋－＠")
HOW_FOR_SPREADSHEET = "--spreadsheet puts ' before them, so that no spreadsheet computes them"


class Predicted(NamedTuple):
    """What a model says about a table; rows without a probability are NaN."""

    saved: SavedModel
    table: Table
    encoding: Encoding
    encoded: Encoded
    proba: NDArray[np.float64]  # (n, K)


def predict_table(  # noqa: PLR0913
    model: Path,
    table: Path,
    *,
    reading: Reading,
    offset: str | None,
    unseen: Unseen | None,
    threshold: str | None,
    wanted: Wanted,
) -> None:
    """Predict each row of a CSV file and write them, one line for each, in the same order."""
    output = wanted.output
    if output is not None:
        check_output("-o", output, reads=(table, model))
    out = show.Printer(stderr=output is None)
    asked = _Asked(reading, offset, unseen, threshold)
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


def evaluate_table(  # noqa: PLR0913
    model: Path,
    table: Path,
    truth: Truth,
    *,
    reading: Reading,
    offset: str | None,
    unseen: Unseen | None,
    threshold: str | None,
) -> None:
    """Measure a model on a CSV file that has the target column."""
    out = show.Printer()
    predicted = _predict(model, table, _Asked(reading, offset, unseen, threshold), out)
    target = truth.target or predicted.saved.target
    if target is None:
        raise ModelFileError(f"{model}: does not name its target's column; --target names it")
    predicted = predicted._replace(saved=replace(predicted.saved, target=target))
    labels, known, trials = _outcomes(predicted, truth.trials)
    rows = np.flatnonzero(known & ~predicted.encoded.incomplete)
    if not len(rows):
        raise InputError(f"{predicted.table.source}: no complete row with a target to measure on")
    about = list(_about_table(predicted))
    unlabelled = int((~known).sum())
    if unlabelled:
        about.append(("Left out", f"{show.rows(unlabelled)} without {predicted.saved.target}"))
    out.print(show.summary(about))
    out.print()
    y, proba, weight = labels[rows], predicted.proba[rows], None
    if trials is not None:
        y, proba, weight = one_by_one(y, trials[rows], proba)
    with out.working("measuring"):
        scores = measure(predicted.saved, y, proba, weight)
    print_scores(out, predicted.saved, scores, f"{show.rows(len(rows))}")


class _Asked(NamedTuple):
    """How a table is to be read and judged, where that is not as the model says."""

    reading: Reading
    offset: str | None
    unseen: Unseen | None
    threshold: str | None


def _predict(model: Path, table: Path, asked: _Asked, out: show.Printer) -> Predicted:
    """Load a model, read a table, and give each complete row its probabilities."""
    saved, learnt = load_for_tables(model)
    if asked.threshold is not None:
        decided = with_threshold(saved.model, asked.threshold, positive=saved.positive)
        saved = replace(saved, model=decided)
    with out.working(f"reading {table}"):
        encoding, data = asked.reading.read_for(saved, learnt.with_unseen(asked.unseen), table)
    with out.working("encoding the columns"):
        encoded, beside = encoding.encode(data), read_offset(saved, data, asked.offset)
    if beside is not None:
        gaps = np.isnan(beside[1])
        known = {**encoded.gaps, **({beside[0]: gaps} if gaps.any() else {})}
        encoded = replace(encoded, incomplete=encoded.incomplete | gaps, gaps=known)
    complete = np.flatnonzero(~encoded.incomplete)
    proba = np.full((data.n_rows, len(saved.model.classes_)), np.nan)
    with out.working("predicting") as tell:
        for start in range(0, len(complete), TOGETHER):
            tell(done=start, total=len(complete))
            rows = complete[start : start + TOGETHER]
            named = NamedRows(encoding.feature_names, encoded.rows(rows))
            own = None if beside is None else beside[1][rows]
            proba[rows] = saved.model.predict_proba(named, offset=own)
    return Predicted(saved, data, encoding, encoded, proba)


def load_for_tables(model: Path) -> tuple[SavedModel, Encoding]:
    """Load a model that was fitted on a table."""
    saved = load(model)
    if saved.encoding is None:
        remedy = "load it in Python: glasslogit.export.load_model"
        raise ModelFileError(f"{model}: was fitted on arrays, not on a table; {remedy}")
    return saved, saved.encoding


def _columns(predicted: Predicted, *, keep: bool) -> tuple[dict[str, Written], NDArray[np.intp]]:
    """Return the columns of the output file, and how often each class is predicted."""
    saved, table, proba = predicted.saved, predicted.table, predicted.proba
    places = [positive_place(saved.model)] if saved.positive is not None else range(proba.shape[1])
    names, K = saved.class_names, proba.shape[1]
    known = ~predicted.encoded.incomplete
    labels = np.full(table.n_rows, K)  # blank
    labels[known] = decided_places(saved, proba[known])
    made: dict[str, Written] = {"row": np.arange(table.n_rows) + table.first_row}
    made |= {f"probability of {names[k]}": proba[:, k] for k in places}
    made["predicted"] = Text((*names, ""), labels)
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
) -> tuple[NDArray[Any], NDArray[np.bool_], NDArray[np.float64] | None]:
    """Give the label of each row, or share of events in trials, where it is known, and trials."""
    saved, table = predicted.saved, predicted.table
    trials = trials or saved.training.get("trials_column")
    if trials is None:
        codes = _codes(predicted)
        return saved.model.classes_[codes], codes >= 0, None
    table.check(trials, "the numbers of trials (--trials names another)")
    shares, count = read_trials(table, str(saved.target), trials)
    return shares, ~np.isnan(shares), count


def _codes(predicted: Predicted) -> NDArray[np.intp]:
    """Return the class number of each row, (n,), −1 without a target; refuse an unknown class."""
    table, target = predicted.table, str(predicted.saved.target)
    column = table.text(target, "which the model predicts")
    classes = predicted.saved.class_names
    for code, level in enumerate(column.levels):
        if level not in classes and not column.missing[code]:
            problem = f"is not a class of the model ({shorten(classes)}); correct it"
            raise table.fault(target, column.first(code), problem)
    numbers = [classes.index(level) if level in classes else -1 for level in column.levels]
    return np.array(numbers, dtype=np.intp)[column.codes]


def _about_table(predicted: Predicted) -> Iterator[tuple[str, str]]:
    """Say what was read and what could not be used."""
    table, encoded = predicted.table, predicted.encoded
    yield "Read", f"{table.source}: {show.rows(table.n_rows)}"
    ignored = [name for name in encoded.ignored if name != predicted.saved.target]
    if ignored:
        yield "Ignored", f"columns the model does not know: {shorten(ignored)}"
    incomplete = int(encoded.incomplete.sum())
    if incomplete:
        where = shorten([f"{name} {gap.sum():,}" for name, gap in encoded.gaps.items()])
        yield (
            "Left out",
            f"{show.rows(incomplete)} with a missing value have no probability ({where})",
        )
    for name, found in encoded.unseen.items():
        counted = predicted.encoding.counts_as(name)
        problem = f"have an unseen level of {name}, counted as {counted}"
        yield "Warning", f"{show.rows(len(found))} {problem}"


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
