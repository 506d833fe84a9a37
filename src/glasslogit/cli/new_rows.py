"""A saved model and another CSV file, read by the rules of the model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from glasslogit.cli.beside import Offsets, read_offset, uses_offset
from glasslogit.cli.unseen import not_pooled
from glasslogit.cli.words import command_line
from glasslogit.errors import InputError, ModelFileError
from glasslogit.export import SavedModel, load
from glasslogit.model import with_threshold
from glasslogit.tables import Encoding, Table

if TYPE_CHECKING:
    from pathlib import Path

    from glasslogit.cli.output import Printer
    from glasslogit.cli.reading_options import Reading
    from glasslogit.tables import Unseen


OBJECT, SIGNS_SEEN = b"{", 256  # how a model file begins, and the bytes that are looked at


class NewRowsOptions(NamedTuple):
    """How a table is to be read and judged, where that is not as the model says."""

    reading: Reading
    offset: str | None
    unseen: Unseen | None
    threshold: str | None = None
    keep: bool = False  # whether the columns are to be written as they are


class NewRows(NamedTuple):
    """A model, the rules by which it reads a table, the table, and any offsets of its rows."""

    saved: SavedModel
    encoding: Encoding
    table: Table
    offset: Offsets


def read_new_rows(model: Path, table: Path, asked: NewRowsOptions, out: Printer) -> NewRows:
    """Load a model that was fitted on a table, and read another table for it.

    Raises
    ------
    ModelFileError, TableError, InputError
        If one of the files cannot be read, or the column of the offset is not there or not needed.

    """
    found = read_rows_for(model, table, asked, out)
    refuse_unused_offset(asked, found.saved)
    return found


def read_rows_for(model: Path, table: Path, asked: NewRowsOptions, out: Printer) -> NewRows:
    """Do the same for a model that may have no use for the column of an offset."""
    _check_order(model, table)
    saved = load(model)
    learnt = saved.encoding
    if learnt is None:
        remedy = "load it in Python: glasslogit.export.load_model"
        raise ModelFileError(f"{model}: was fitted on arrays, not on a table; {remedy}")
    if asked.threshold is not None:
        decided = with_threshold(saved.model, asked.threshold, positive=saved.positive)
        saved = replace(saved, model=decided)
    with out.working(f"reading {table}"):
        encoding, data = asked.reading.read_for(
            saved, learnt.with_unseen(asked.unseen), table, blanks=asked.keep
        )
    out.names = data.names
    data = replace(data, findings=(*data.findings, *not_pooled(encoding, asked.unseen)))
    return NewRows(saved, encoding, data, read_offset(saved, data, asked.offset))


def refuse_unused_offset(asked: NewRowsOptions, *models: SavedModel) -> None:
    """Refuse an offset that no model has any use for."""
    if asked.offset is not None and not any(map(uses_offset, models)):
        raise InputError("--offset: the model was fitted without an offset; leave it out")


def _check_order(model: Path, table: Path) -> None:
    """Refuse a table in the place of the model: a model file is a JSON object."""
    if not is_other_file(model):
        return
    known = table if table.is_file() and _first_sign(table) == OBJECT else "model.json"
    problem = "is no model file; the model comes first, then the table"
    raise ModelFileError(f"{model}: {problem}: {command_line([str(known), str(model)])}")


def is_other_file(path: Path) -> bool:
    """Tell whether a file is there and is no model file."""
    return path.is_file() and _first_sign(path) not in {b"", OBJECT}


def _first_sign(path: Path) -> bytes:
    """Give the first byte of a file that is no blank, if there is one at its head."""
    try:
        with path.open("rb") as file:
            return file.read(SIGNS_SEEN).lstrip()[:1]
    except OSError:
        return b""
