"""The columns of a CSV file, read by polars a piece at a time: no object for each field.

A file is cut into pieces of whole rows. Of each piece a column is either *plainly written*
numbers, which are parsed at once, or text, of which each distinct value is kept once. What makes
a column plain is said in `plain_numbers`; polars rounds such numbers as Python does. A column
that is plain in some pieces only is read again, as text, and goes the careful road of
`values.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.errors import MissingExtraError
from glasslogit.inputs import LARGEST_EXACT
from glasslogit.tables.column import Column, Numbers, Text
from glasslogit.tables.fields import CODE_OF_A_THING, NA, Words, is_missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

BYTES = 2**23  # in a piece, about
QUOTE, LINE_END, RETURN = map(ord, '"\n\r')


@dataclass(frozen=True, eq=False)
class Body:
    """The rows of a file in UTF-8, cut into pieces: `cuts` are where each begins, and the end."""

    data: bytes
    cuts: tuple[int, ...]
    separator: str
    width: int  # fields in each row
    n_rows: int
    na: Words = NA

    def frames(self, columns: Sequence[int] | None = None) -> Iterator[Any]:
        """Read piece after piece as a frame of text, blank where a field is empty."""
        pl = import_polars()
        for start, stop in zip(self.cuts, self.cuts[1:], strict=False):
            frame = pl.read_csv(
                self.data[start:stop],
                has_header=False,
                separator=self.separator,
                infer_schema_length=0,
                columns=columns,
            )
            yield frame.fill_null("")

    def text(self, place: int) -> Text:
        """Read one column as text."""
        return read_texts(self, [place])[0]


def import_polars() -> Any:
    """Import polars, which reads files."""
    try:
        import polars as pl  # noqa: PLC0415  an extra is imported where it is used
    except ImportError:
        raise MissingExtraError("polars", "cli") from None
    return pl


def cut(data: bytes, start: int, separator: str, width: int, na: Words = NA) -> Body | None:
    """Cut the rows from `start` on into pieces; None if any row has not `width` fields.

    Quotes stand around whole fields; None where one stands elsewhere.
    """
    stop, cuts, n_rows = _end(data), [start], 0
    while start < stop:
        length = BYTES
        while True:
            piece = np.frombuffer(data, np.uint8, min(length, stop - start), start)
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


def _end(data: bytes) -> int:
    """Give where the rows end: ends of lines after them do not count."""
    stop = len(data)
    while stop and data[stop - 1] in (LINE_END, RETURN):
        stop -= 1
    return stop


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


class ColumnsSoFar:
    """The columns as far as they are read: numbers while all are plainly written, else levels."""

    def __init__(self, body: Body) -> None:
        self.body, width = body, body.width
        self.values = [np.empty(body.n_rows) for _ in range(width)]
        self.plain = [True] * width
        self.late = list[int]()  # began as numbers: to be read again as text
        self.known: list[dict[str, int]] = [{} for _ in range(width)]
        self.codes: list[list[NDArray[np.integer]]] = [[] for _ in range(width)]

    def take(self, j: int, series: Any, start: int) -> None:
        """Take a piece of column j, whose first row is `start`."""
        numbers = plain_numbers(series, self.body.na) if self.plain[j] else None
        if numbers is not None:
            self.values[j][start : start + len(numbers)] = numbers
        elif self.plain[j] and start:
            self.plain[j] = False
            self.late.append(j)
        elif j not in self.late:
            self.plain[j] = False
            self.codes[j].append(number_levels(series, self.known[j]))

    def finished(self) -> list[Column]:
        """Give the columns."""
        empty = [
            j for j, plain in enumerate(self.plain) if plain and np.isnan(self.values[j]).all()
        ]
        late = [*self.late, *empty]
        texts = dict(zip(late, read_texts(self.body, late), strict=True)) if late else {}
        return [texts[j] if j in texts else self._column(j) for j in range(self.body.width)]

    def _column(self, j: int) -> Column:
        if self.plain[j]:
            return _numbers(self.body, j, self.values[j])
        return _text(self.body, self.known[j], self.codes[j])


def read_pieces(body: Body) -> list[Column] | None:
    """Read all columns; None if polars sees another shape than the rows that were counted."""
    found, pl, start = ColumnsSoFar(body), import_polars(), 0
    try:
        for frame in body.frames():
            if frame.width != body.width or start + frame.height > body.n_rows:
                return None
            for j, series in enumerate(frame.get_columns()):
                found.take(j, series, start)
            start += frame.height
    except pl.exceptions.PolarsError:
        return None
    return found.finished() if start == body.n_rows else None


def read_texts(body: Body, places: Sequence[int]) -> list[Text]:
    """Read some columns as text."""
    known: list[dict[str, int]] = [{} for _ in places]
    codes: list[list[NDArray[np.integer]]] = [[] for _ in places]
    for frame in body.frames(sorted(places)):
        by_place = dict(zip(sorted(places), frame.get_columns(), strict=True))
        for k, place in enumerate(places):
            codes[k].append(number_levels(by_place[place], known[k]))
    return [_text(body, *pair) for pair in zip(known, codes, strict=True)]


def _numbers(body: Body, place: int, values: NDArray[np.float64]) -> Numbers:
    return Numbers(values, lambda: body.text(place))


def _text(body: Body, known: dict[str, int], codes: list[NDArray[np.integer]]) -> Text:
    """Put the codes of the pieces together, in as few bytes as hold them."""
    small = np.min_scalar_type(max(len(known) - 1, 0))
    return Text(tuple(known), np.concatenate([part.astype(small) for part in codes]), na=body.na)


def number_levels(series: Any, known: dict[str, int]) -> NDArray[np.integer]:
    """Give each value the number of its level in `known`, where new levels are added.

    Blanks around a value are no part of it.
    """
    pl = import_polars()
    found = series.unique(maintain_order=True)
    places = [known.setdefault(level.strip(), len(known)) for level in found.to_list()]
    numbers = np.array(places, np.min_scalar_type(max(len(known) - 1, 0)))
    return numbers[series.cast(pl.Enum(found)).to_physical().to_numpy()]


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
    if (np.abs(numbers) >= LARGEST_EXACT).any() or series.str.contains(CODE_OF_A_THING).any():
        return None
    return numbers
