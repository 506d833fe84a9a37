"""The columns of a CSV file, read by polars a piece at a time: no object for each field.

A file is cut into pieces of whole rows. Of each piece a column is either *plainly written*
numbers, which are parsed at once, or text, of which each distinct value is kept once. What makes
a column plain is said in `series.py`; polars rounds such numbers as Python does. A column
that is plain in some pieces only is read again: if people wrote its numbers (`number_formats.py`),
by its format, and else as text, which goes the careful road of `values.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.inputs import LARGEST_EXACT
from glasslogit.tables.column import Column, Numbers, Text
from glasslogit.tables.fields import NA, Words
from glasslogit.tables.number_formats import NumberFormat, formats_of
from glasslogit.tables.series import (
    formatted_numbers,
    import_polars,
    may_be_numbers,
    not_plain,
    number_levels,
    plain_numbers,
    series_shapes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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
        self.late = list[int]()  # to be read again: numbers, of which some are not plain
        self.known: list[dict[str, int]] = [{} for _ in range(width)]
        self.codes: list[list[NDArray[np.integer]]] = [[] for _ in range(width)]

    def take(self, j: int, series: Any, start: int) -> None:
        """Take a piece of column j, whose first row is `start`."""
        numbers = plain_numbers(series, self.body.na) if self.plain[j] else None
        if numbers is not None:
            self.values[j][start : start + len(numbers)] = numbers
        elif self.plain[j] and (start or may_be_numbers(series, self.body.na)):
            self.plain[j] = False
            self.late.append(j)
        elif j not in self.late:
            self.plain[j] = False
            self.codes[j].append(number_levels(series, self.known[j]))

    def finished(self) -> list[Column | None]:
        """Give the columns, None for those to be read again."""
        empty = [
            j for j, plain in enumerate(self.plain) if plain and np.isnan(self.values[j]).all()
        ]
        texts = dict(zip(empty, read_texts(self.body, empty), strict=True)) if empty else {}
        known = [j for j in range(self.body.width) if j not in self.late]
        columns = {j: texts[j] if j in texts else self._column(j) for j in known}
        return [columns.get(j) for j in range(self.body.width)]

    def _column(self, j: int) -> Column:
        if self.plain[j]:
            return _numbers(self.body, j, self.values[j])
        return _text(self.body, self.known[j], self.codes[j])


def read_pieces(body: Body) -> list[Column | None] | None:
    """Read all columns; None if polars sees another shape than the rows that were counted.

    None in the place of a column is one that may hold numbers as people write them.
    """
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


def read_shapes(body: Body, places: Sequence[int]) -> dict[int, frozenset[str]]:
    """Give the shapes of some columns; none of a column in which one is not that of a number."""
    found = {place: frozenset[str]() for place in sorted(places)}
    numbers = dict.fromkeys(found, True)
    for frame in body.frames([*found]) if found else ():
        for place, series in zip(numbers, frame.get_columns(), strict=True):
            if numbers[place]:
                found[place] |= frozenset(series_shapes(series, body.na))
                numbers[place] = not found[place] or bool(formats_of(found[place]))
    return {place: shapes if numbers[place] else frozenset() for place, shapes in found.items()}


def read_formatted(body: Body, formats: Mapping[int, NumberFormat]) -> dict[int, Column]:
    """Read columns as numbers of their formats; as text, where a float would round one."""
    parts: dict[int, list[NDArray[np.float64]]] = {place: [] for place in formats}
    for frame in body.frames(sorted(formats)) if formats else ():
        for place, series in zip(sorted(formats), frame.get_columns(), strict=True):
            parts[place].append(formatted_numbers(series, formats[place], body.na))
    values = {place: np.concatenate(each) for place, each in parts.items()}
    large = [place for place, each in values.items() if (np.abs(each) >= LARGEST_EXACT).any()]
    texts = read_texts(body, large) if large else []
    found: dict[int, Column] = dict(zip(large, texts, strict=True))
    return found | {
        place: _numbers(body, place, values[place], how)
        for place, how in formats.items()
        if place not in found
    }


def first_value(body: Body, place: int, how: NumberFormat) -> str:
    """Give the first value of a column of a format that a program would not have written so."""
    for frame in body.frames([place]):
        found = not_plain(frame.to_series(0), how, body.na)
        if len(found):
            return str(found[0]).strip()
    return ""


def read_texts(body: Body, places: Sequence[int]) -> list[Text]:
    """Read some columns as text."""
    known: list[dict[str, int]] = [{} for _ in places]
    codes: list[list[NDArray[np.integer]]] = [[] for _ in places]
    for frame in body.frames(sorted(places)):
        by_place = dict(zip(sorted(places), frame.get_columns(), strict=True))
        for k, place in enumerate(places):
            codes[k].append(number_levels(by_place[place], known[k]))
    return [_text(body, *pair) for pair in zip(known, codes, strict=True)]


def _numbers(
    body: Body, place: int, values: NDArray[np.float64], how: NumberFormat | None = None
) -> Numbers:
    return Numbers(values, lambda: body.text(place), how)


def _text(body: Body, known: dict[str, int], codes: list[NDArray[np.integer]]) -> Text:
    """Put the codes of the pieces together, in as few bytes as hold them."""
    small = np.min_scalar_type(max(len(known) - 1, 0))
    return Text(tuple(known), np.concatenate([part.astype(small) for part in codes]), na=body.na)
