"""The text of a file of predictions: whole columns at a time, with no object for each cell."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from glasslogit.tables import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import polars as pl
    from numpy.typing import NDArray

TOGETHER = 2**15  # rows
DECIMAL = 1e-4  # smaller numbers are written with an exponent, as Python does in its own way
Written: TypeAlias = "Text | NDArray[Any]"


def csv_parts(columns: Mapping[str, Written], show: Callable[[str], str] = str) -> Iterator[str]:
    r"""Write columns as CSV, some rows at a time.

    Text is as `show` gives it, numbers are as Python writes them, NaN is nothing.

    >>> "".join(csv_parts({"row": np.array([2, 3]), "p": np.array([0.1, np.nan])}))
    'row,p\n2,0.1\n3,\n'
    """
    head = ",".join(quoted_field(show(name)) for name in columns)
    ready = [_ready(column, show) for column in columns.values()]
    yield f"{head}\n"
    yield from _bodies(ready)


def quoted_field(cell: str) -> str:
    """Put a cell in quotes if it needs them.

    >>> quoted_field("plain"), quoted_field("a,b")
    ('plain', '"a,b"')
    """
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerow([cell, ""])
    return text.getvalue()[:-2]


def float_texts(values: NDArray[np.float64]) -> pl.Series:
    """Write probabilities as `repr` does: the shortest digits that give the number back.

    >>> float_texts(np.array([0.25, 1e-05, 1.0, np.nan])).to_list()
    ['0.25', '1e-05', '1.0', '']
    """
    import polars as pl  # noqa: PLC0415

    texts = pl.Series(values).cast(pl.String)
    other = np.flatnonzero((values < DECIMAL) | np.isnan(values))
    if not len(other):
        return texts
    own = ["" if value != value else repr(value) for value in values[other].tolist()]  # noqa: PLR0124
    return texts.scatter(other, own)


def _ready(column: Written, show: Callable[[str], str]) -> Callable[[slice], pl.Series]:
    """Give what writes some rows of a column."""
    import polars as pl  # noqa: PLC0415

    if isinstance(column, Text):
        levels = pl.Series([quoted_field(show(level)) for level in column.levels], dtype=pl.String)
        return lambda rows: levels.gather(column.codes[rows].astype(np.uint32))
    if column.dtype.kind == "f":
        return lambda rows: float_texts(column[rows])
    return lambda rows: pl.Series(column[rows]).cast(pl.String)


def _bodies(ready: list[Callable[[slice], pl.Series]]) -> Iterator[str]:
    """Write the lines of some rows together."""
    import polars as pl  # noqa: PLC0415

    start = 0
    while True:
        parts = [write(slice(start, start + TOGETHER)) for write in ready]
        if not len(parts[0]):
            return
        frame = pl.DataFrame([part.alias(str(j)) for j, part in enumerate(parts)])
        lines = frame.select(pl.concat_str(pl.all(), separator=",")).to_series()
        yield f"{lines.str.join(chr(10)).item()}\n"
        start += TOGETHER
