"""`glasslogit predict`: a saved model on another CSV file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np

from glasslogit.cli import output as show
from glasslogit.cli.measure import decided_places, rule
from glasslogit.cli.paths import check_output, put_to
from glasslogit.cli.predicted import about_table, exit_code, predict_file
from glasslogit.cli.predictions import csv_parts
from glasslogit.errors import InputError, visible
from glasslogit.export import write_parts_atomically
from glasslogit.model import positive_place
from glasslogit.pages import how_many
from glasslogit.tables import Text, parse_number, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from glasslogit.cli.new_rows import NewRowsOptions
    from glasslogit.cli.options import PredictionOptions
    from glasslogit.cli.predicted import Predicted
    from glasslogit.cli.predictions import Written


# With these a spreadsheet's formula begins, also after a blank that it does not show.
FORMULA_SIGNS = tuple("=+-@\t\r＝＋－＠")
HOW_FOR_SPREADSHEET = "--spreadsheet puts ' before such cells, so that no spreadsheet computes them"


def predict_table(
    model: Path, table: Path, asked: NewRowsOptions, *, wanted: PredictionOptions, strict: bool
) -> int:
    """Predict each row of a CSV file and write them, one line for each, in the same order.

    Gives the exit code.
    """
    output = wanted.output
    if output is not None:
        check_output("-o", output, reads=(table, model))
    out = show.Printer(stderr=output is None)
    predicted = predict_file(model, table, asked, out)
    columns, counts = _columns(predicted, keep=wanted.keep)
    parts = csv_parts(columns, _shown(wanted))
    told = put_to([] if output is None else [output])
    if output is None:
        sys.stdout.writelines(parts)
    else:
        with out.working("writing the predictions"):
            write_parts_atomically(output, (part.encode() for part in parts))
    about = [
        *about_table(predicted, [str(predicted.saved.target)]),
        *_about_labels(predicted, counts, told),
    ]
    formulas = sum(map(_formulas, columns.items()))
    if formulas and not wanted.spreadsheet:
        begin = how_many(formulas, "cell begins", "cells begin")
        about.append(("Warning", f"{begin} as a formula does; {HOW_FOR_SPREADSHEET}"))
    out.print(show.summary(about))
    return exit_code({"probability": predicted.rows.known}, strict=strict)


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
    notes = predicted.rows.reasons.tolist()
    for number, line in (table.lines if keep else {}).items():
        notes[number - table.first_row] += f"; the line is {line}" if line else ""
    made["note"] = Text.of(notes)
    kept = {name: table.as_it_stands(name) for name in table.names} if keep else {}
    clash = [name for name in made if name in kept]
    if clash:
        raise InputError(f"{table.source}: has a column {clash[0]!r}; rename it or omit --keep")
    return kept | made, np.bincount(labels, minlength=K)


def _shown(wanted: PredictionOptions) -> Callable[[str], str]:
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


def _about_labels(
    predicted: Predicted, labels: NDArray[np.intp], told: Mapping[str, Sequence[Path]]
) -> Iterator[tuple[str, str]]:
    """Say how often each class was predicted, by which rule, and where it was written."""
    saved = predicted.saved
    found = zip(saved.class_names, labels.tolist(), strict=False)
    counts = shorten([f"{name} in {show.rows(count)}" for name, count in found])
    yield "Predicted", f"{counts} ({rule(saved)})"
    first = f"row {predicted.table.first_row} is the first below the header"
    for word, (output,) in told.items():
        yield word, f"{output} ({first}, as in a spreadsheet)"
