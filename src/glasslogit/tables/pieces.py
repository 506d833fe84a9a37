"""The columns of a CSV file, read by polars a piece at a time: no object for each field.

A file is cut into pieces of whole rows. Of a column each distinct text is kept once, as long as
these are few or anything else than *plainly written* numbers. Of many such numbers the values are
kept, and the text of those that are not written as numbers usually are (`written.py`). What makes
a column plain is said in `plain_numbers`; polars rounds such numbers as Python does. A column
that is plain in some pieces only is text, and goes the careful road of `values.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.inputs import LARGEST_EXACT
from glasslogit.tables.column import Column, Numbers
from glasslogit.tables.fields import CODE_OF_A_THING, NA, Words, is_missing
from glasslogit.tables.file_bytes import Bytes, end_of_text
from glasslogit.tables.levels import import_polars, joined_levels, number_levels
from glasslogit.tables.written import POINT, NumbersSoFar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

BYTES = 2**21  # in a piece, about; of a wide table up to four times as many
FEWEST_READ, BYTES_OF_A_FIELD = 2**10, 8  # in a piece, about: polars is called for each column
MOST_CODED = 2**8  # levels of a column of numbers that is kept as levels: a byte a row
QUOTE, LINE_END, RETURN = map(ord, '"\n\r')


@dataclass(frozen=True, eq=False)
class Body:
    """The rows of a file in UTF-8, cut into pieces: `cuts` are where each begins, and the end."""

    data: Bytes
    cuts: tuple[int, ...]
    separator: str
    width: int  # fields in each row
    n_rows: int
    na: Words = NA

    def frames(self) -> Iterator[Any]:
        """Read piece after piece as a frame of text, blank where a field is empty."""
        pl = import_polars()
        for start, stop in zip(self.cuts, self.cuts[1:], strict=False):
            frame = pl.read_csv(
                self.data[start:stop],
                has_header=False,
                separator=self.separator,
                infer_schema_length=0,
            )
            yield frame.fill_null("")


def cut(data: Bytes, start: int, separator: str, width: int, na: Words = NA) -> Body | None:
    """Cut the rows from `start` on into pieces; None if any row has not `width` fields.

    Quotes stand around whole fields; None where one stands elsewhere.
    """
    stop, cuts, n_rows = end_of_text(data), [start], 0
    while start < stop:
        length = min(max(BYTES, FEWEST_READ * BYTES_OF_A_FIELD * width), 4 * BYTES)
        while True:
            piece = np.frombuffer(data[start : min(start + length, stop)], np.uint8)
            outside = _outside_quotes(piece, ord(separator))
            if outside is None:
                return None
            ends = np.flatnonzero((piece == LINE_END) & outside)
            if len(ends) or start + len(piece) == stop:
                break
            length *= 2
        if start + len(piece) == stop:
            if not outside[-1]:
                return None  # a quote that nothing closes
            ends = np.append(ends, len(piece))  # of the last row, whose end is not in `stop`
        marks = np.flatnonzero((piece[: ends[-1]] == ord(separator)) & outside[: ends[-1]])
        if (np.diff(np.searchsorted(marks, ends), prepend=0) != width - 1).any():
            return None
        n_rows += len(ends)
        start = min(start + int(ends[-1]) + 1, stop)
        cuts.append(start)
    return Body(data, tuple(cuts), separator, width, n_rows, na)


def _outside_quotes(piece: NDArray[np.uint8], separator: int) -> NDArray[np.bool_] | None:
    """Tell which bytes stand outside quotes; None if quotes do not stand around whole fields.

    A quote opens a field at its start, and closes it before its end; two in a row within a field
    are a quote in its text.
    """
    quotes = np.flatnonzero(piece == QUOTE)
    if not len(quotes):
        return np.ones(len(piece), bool)
    before = np.where(quotes > 0, piece[quotes - 1], LINE_END)
    after = np.where(quotes < len(piece) - 1, piece[(quotes + 1) % len(piece)], LINE_END)
    edges = (separator, LINE_END)
    opens, closes = before[::2], after[1::2]
    good = np.isin(opens, edges) | ((opens == QUOTE) & (np.arange(len(opens)) > 0))
    if not good.all() or not np.isin(closes, (*edges, RETURN, QUOTE)).all():
        return None
    inside = np.zeros(len(piece), bool)
    inside[quotes] = True
    return ~np.logical_xor.accumulate(inside)


class ColumnSoFar:
    """A column as far as it is read: levels, or numbers where it has too many that are numbers."""

    def __init__(self, n: int, na: Words) -> None:
        self.n, self.na = n, na
        self.known: dict[str, int] = {}
        self.codes: list[NDArray[np.integer]] = []
        self.numbers: NumbersSoFar | None = None
        self.plain: bool | None = None  # whether all that was seen is plainly written

    def take(self, series: Any) -> None:
        """Take the next piece of the column."""
        if self.plain is None:
            self._begin(series)
        if self.numbers is not None:
            values = plain_numbers(series, self.na)
            if values is not None:
                self.numbers.put(values, series)
                return
            text = self.numbers.written(self.na)()
            self.known = {level: code for code, level in enumerate(text.levels)}
            self.codes, self.numbers, self.plain = [text.codes], None, False
        self.codes.append(number_levels(series, self.known))
        if self.plain and len(self.known) > MOST_CODED:
            self._turn_to_numbers()

    def _begin(self, series: Any) -> None:
        """Look at the first piece: numbers that hardly repeat are never levels."""
        values = plain_numbers(series, self.na)
        self.plain = values is not None
        if values is not None and len(np.unique(values)) > min(MOST_CODED, len(values) / 2):
            point = bool(series.str.ends_with(POINT).any())
            self.numbers = NumbersSoFar(self.n, point=point)

    def _turn_to_numbers(self) -> None:
        levels = import_polars().Series([*self.known])
        values = plain_numbers(levels, self.na)
        self.plain = values is not None
        if values is None:
            return
        point = any(level.endswith(POINT) for level in self.known)
        self.numbers = NumbersSoFar(self.n, point=point)
        for codes in self.codes:
            self.numbers.put(values[codes], levels.gather(codes))
        self.known, self.codes = {}, []

    def finished(self) -> Column:
        """Give the column: numbers if all of it is plain and not all is missing."""
        if self.numbers is not None:
            if np.isnan(self.numbers.values).all():
                return self.numbers.written(self.na)()
            return Numbers(self.numbers.values, self.numbers.written(self.na))
        text = joined_levels(self.known, self.codes, self.na)
        levels = import_polars().Series([*self.known])
        values = plain_numbers(levels, self.na) if self.plain else None
        if values is None or np.isnan(values).all():
            return text
        return Numbers(text.codes, lambda: text, values)


def read_pieces(body: Body) -> list[Column] | None:
    """Read all columns; None if polars sees another shape than the rows that were counted."""
    found = [ColumnSoFar(body.n_rows, body.na) for _ in range(body.width)]
    pl, start = import_polars(), 0
    try:
        for frame in body.frames():
            if frame.width != body.width or start + frame.height > body.n_rows:
                return None
            for column, series in zip(found, frame.get_columns(), strict=True):
                column.take(series)
            start += frame.height
    except pl.exceptions.PolarsError:
        return None
    return [column.finished() for column in found] if start == body.n_rows else None


def plain_numbers(series: Any, na: Words = NA) -> NDArray[np.float64] | None:
    """Parse text as numbers, NaN where it says that there is no value; None unless it is plain.

    Plain is what polars reads as Python does and nobody doubts: finite, below 2⁵³, and without
    the leading zero of a code.
    """
    pl = import_polars()
    values = series.cast(pl.Float64, strict=False)
    if values.null_count():
        others = series.filter(values.is_null()).unique().to_list()
        if not all(is_missing(word, na) for word in others):
            stripped = series.str.strip_chars()
            return None if (stripped == series).all() else plain_numbers(stripped, na)
    numbers = np.array(values.to_numpy(), np.float64)
    if np.count_nonzero(np.isnan(numbers)) > values.null_count():  # the word nan
        others = series.filter(values.is_nan()).unique().to_list()
        if not all(is_missing(word, na) for word in others):
            return None
    if (np.abs(numbers) >= LARGEST_EXACT).any():
        return None
    whole = numbers == np.floor(numbers)
    if whole.any() and series.filter(whole).str.contains(CODE_OF_A_THING).any():
        return None
    return numbers
