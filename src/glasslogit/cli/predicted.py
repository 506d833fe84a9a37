"""What a saved model says of the rows of another CSV file, and what is to be said of that."""

from __future__ import annotations

import sys
from copy import copy
from typing import TYPE_CHECKING, NamedTuple

from glasslogit.cli import output as show
from glasslogit.cli.measure import no_probability, remedies_of
from glasslogit.cli.new_rows import read_new_rows
from glasslogit.cli.words import typed_finding
from glasslogit.errors import visible
from glasslogit.findings import Code
from glasslogit.model import predict_rows_beside
from glasslogit.pages import how_many
from glasslogit.tables import TableEncoder, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from glasslogit.cli.new_rows import NewRows, NewRowsOptions
    from glasslogit.export import SavedModel
    from glasslogit.model import LogisticRegression, RowPredictions
    from glasslogit.tables import Encoding, Table

INCOMPLETE = 1  # the exit code, with --strict, where a row has no probability


class Predicted(NamedTuple):
    """What a model says about a table."""

    saved: SavedModel
    encoding: Encoding
    table: Table
    rows: RowPredictions


def predict_file(model: Path, table: Path, asked: NewRowsOptions, out: show.Printer) -> Predicted:
    """Load a model, read a table, and predict its rows."""
    return predict_read(read_new_rows(model, table, asked, out), out)


def predict_read(found: NewRows, out: show.Printer) -> Predicted:
    """Predict the rows of a table that was read for a model."""
    saved, encoding, data, offset = found
    with out.working("predicting"):
        rows = predict_rows_beside(reading_by(saved.model, encoding), data, *offset)
    return Predicted(saved, encoding, data, rows)


def reading_by(model: LogisticRegression, encoding: Encoding) -> LogisticRegression:
    """Give the model with other rules for what it reads."""
    other = copy(model)
    vars(other)["encoder_"] = TableEncoder().set_encoding(encoding)
    return other


def exit_code(lacking: Mapping[str, NDArray[np.bool_]], *, strict: bool) -> int:
    """Give 1, and say why, where every row is to have what is named and some have not."""
    gaps = {what: int((~there).sum()) for what, there in lacking.items()} if strict else {}
    said = [f"{show.rows(count)} without a {what}" for what, count in gaps.items() if count]
    if said:
        line = visible(f"--strict: {' and '.join(said)}; the exit code is {INCOMPLETE}")
        sys.stderr.write(f"glasslogit: {line}\n")
    return INCOMPLETE if said else 0


def about_reading(table: Table) -> Iterator[tuple[str, str]]:
    """Say what was read."""
    yield "Read", f"{table.source}: {show.rows(table.n_rows)}"
    yield from notes_of_reading(table)


def notes_of_reading(table: Table) -> Iterator[tuple[str, str]]:
    """Say what was found in reading, but the amounts, whose formats are the model's."""
    found = (each for each in table.findings if each.code is not Code.AMOUNTS)
    yield from (("Note", str(typed_finding(each)).partition(": ")[2]) for each in found)


def about_table(predicted: Predicted, used: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Say what was read and what could not be used; `used` are columns that are read beside X."""
    encoded = predicted.rows.encoded
    yield from about_reading(predicted.table)
    ignored = [name for name in encoded.ignored if name not in used]
    if ignored:
        yield "Ignored", f"columns the model does not know: {shorten([*map(repr, ignored)])}"
    yield from about_gaps(predicted)
    yield from (("Warning", remark) for remark in encoded.remarks)
    for name, found in encoded.unseen.items():
        counted = predicted.encoding.rules.counts_as(name)
        have = how_many(len(found), "row has", "rows have")
        yield "Warning", f"{have} an unseen level of {name!r}, counted as {counted}"


def about_gaps(predicted: Predicted) -> Iterator[tuple[str, str]]:
    """Say how many rows have no probability, and why."""
    without = int((~predicted.rows.known).sum())
    if without:
        yield "Left out", no_probability(without, predicted.rows.counts)
    yield from (("", remedy) for remedy in remedies_of(predicted.rows.faults))
