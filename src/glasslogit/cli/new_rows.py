"""A saved model and another CSV file, read by the rules of the model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from glasslogit.cli.beside import Offsets, read_offset
from glasslogit.errors import ModelFileError
from glasslogit.export import SavedModel, load
from glasslogit.model import with_threshold
from glasslogit.tables import Encoding, Table

if TYPE_CHECKING:
    from pathlib import Path

    from glasslogit.cli.options import Reading
    from glasslogit.cli.output import Printer
    from glasslogit.tables import Unseen


class Asked(NamedTuple):
    """How a table is to be read and judged, where that is not as the model says."""

    reading: Reading
    offset: str | None
    unseen: Unseen | None
    threshold: str | None = None


class NewRows(NamedTuple):
    """A model, the rules by which it reads a table, the table, and any offsets of its rows."""

    saved: SavedModel
    encoding: Encoding
    table: Table
    offset: Offsets


def read_new_rows(model: Path, table: Path, asked: Asked, out: Printer) -> NewRows:
    """Load a model that was fitted on a table, and read another table for it.

    Raises
    ------
    ModelFileError, TableError, InputError
        If one of the files cannot be read, or the column of the offset is not there.

    """
    saved = load(model)
    learnt = saved.encoding
    if learnt is None:
        remedy = "load it in Python: glasslogit.export.load_model"
        raise ModelFileError(f"{model}: was fitted on arrays, not on a table; {remedy}")
    if asked.threshold is not None:
        decided = with_threshold(saved.model, asked.threshold, positive=saved.positive)
        saved = replace(saved, model=decided)
    with out.working(f"reading {table}"):
        encoding, data = asked.reading.read_for(saved, learnt.with_unseen(asked.unseen), table)
    return NewRows(saved, encoding, data, read_offset(saved, data, asked.offset))
