"""Data frames of numbers alone, which a model reads as an array."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.errors import InputError
from glasslogit.inputs import NamedRows, column_labels
from glasslogit.tables.column import Numbers
from glasslogit.tables.frames import as_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glasslogit.tables.table import Table


def numeric_rows(X: Any) -> NamedRows | None:
    """Return the numbers of a table that holds nothing else, or None for any other table."""
    rows = compressed_rows(X)
    if rows is not None:
        return rows
    table = as_table(X)
    if not table.names or next(_without_numbers(table), None) is not None:
        return None
    values = [each.values for each in table.columns.values() if isinstance(each, Numbers)]
    labels = column_labels(X) if hasattr(X, "iloc") else table.names
    return NamedRows(labels, np.column_stack(values))


def compressed_rows(X: Any) -> NamedRows | None:
    """Return a frame of pandas whose columns are all sparse numbers beside 0 as a CSR matrix."""
    if not hasattr(X, "iloc") or not len(X) or not all(map(_is_compressed, X.dtypes)):
        return None
    try:
        return NamedRows(column_labels(X), X.sparse.to_coo().tocsr())
    except ImportError:  # scipy makes the matrix; the columns can be read without it
        return None


def _is_compressed(kind: Any) -> bool:
    """Tell whether a column of this type is sparse, of numbers or booleans and 0 elsewhere."""
    sparse = type(kind).__name__ == "SparseDtype"
    return sparse and kind.subtype.kind in "fiub" and bool(kind.fill_value == 0)


def not_numbers(X: Any) -> InputError:
    """Say which column of a table is not what a model of numbers alone can read."""
    problem = "holds text, times or missing values, but the model was fitted on numbers"
    column = next(_without_numbers(as_table(X)))
    return InputError(f"X: column {column!r} {problem}; give numbers there")


def _without_numbers(table: Table) -> Iterator[str]:
    """Name the columns that do not hold a number in every row, as programs write numbers."""
    for name, column in table.columns.items():
        plain = isinstance(column, Numbers) and column.format is None and name not in table.doubtful
        if not plain or column.gaps.any():
            yield name
