"""The columns of a CSV file, read by polars a piece at a time: no object for each field.

A file is cut into pieces of whole rows. Of a column each distinct text is kept once, as long as
these are few or anything else than numbers. Of many *plainly written* numbers the values are kept,
and the text of those that are not written as numbers usually are (`written.py`). What makes a
column plain is said in `series.py`; polars rounds such numbers as Python does. A column with many
texts that is plain in some pieces only, or looks like numbers that people wrote, is read again: if
people wrote its numbers (`number_formats.py`), by its format, and else as text, which goes the
careful road of `values.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.inputs import LARGEST_EXACT
from glasslogit.tables.column import Column, Numbers, Text
from glasslogit.tables.fields import NA, Words, words_in
from glasslogit.tables.file_bytes import Bytes, end_of_text
from glasslogit.tables.number_formats import NumberFormat, formats_of
from glasslogit.tables.series import (
    formatted_numbers,
    import_polars,
    joined_levels,
    may_be_numbers,
    not_plain,
    number_levels,
    plain_numbers,
    series_shapes,
)
from glasslogit.tables.written import POINT, NumbersSoFar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

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
    names: tuple[str, ...] = ()  # of the columns, by which some have words of their own

    def words(self, place: int) -> Words:
        """Give the words that stand for no value in a column."""
        return words_in(self.na, self.names[place]) if self.names else self.na

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
            marks = np.flatnonzero(((piece == ord(separator)) | (piece == LINE_END)) & outside)
            last = np.flatnonzero(piece[marks] == LINE_END)  # of the marks of each row
            if len(last) or start + len(piece) == stop:
                break
            length *= 2
        ends = marks[last]
        if start + len(piece) == stop:
            if not outside[-1]:
                return None  # a quote that nothing closes
            last = np.append(last, len(marks))  # of the last row, whose end is not in `stop`
            ends = np.append(ends, len(piece))
        if (np.diff(last, prepend=-1) != width).any():
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
        self.numeric: bool | None = None  # whether what was seen may be numbers
        self.late = False  # whether it is to be read again: numbers, of which some are not plain

    def take(self, series: Any) -> None:
        """Take the next piece of the column."""
        if self.numeric is None:
            self._begin(series)
        if self.late:
            return
        if self.numbers is not None:
            values = plain_numbers(series, self.na)
            if values is None:
                self._leave()
            else:
                self.numbers.put(values, series)
            return
        self.codes.append(number_levels(series, self.known))
        if self.numeric and len(self.known) > MOST_CODED:
            self._turn_to_numbers()

    def _begin(self, series: Any) -> None:
        """Look at the first piece: numbers that hardly repeat are never levels."""
        values = plain_numbers(series, self.na)
        self.numeric = values is not None or may_be_numbers(series, self.na)
        if values is not None and len(np.unique(values)) > min(MOST_CODED, len(values) / 2):
            point = bool(series.str.ends_with(POINT).any())
            self.numbers = NumbersSoFar(self.n, point=point)

    def _leave(self) -> None:
        """Leave the column for another reading."""
        self.late, self.numbers, self.known, self.codes = True, None, {}, []

    def _turn_to_numbers(self) -> None:
        levels = import_polars().Series([*self.known])
        values = plain_numbers(levels, self.na)
        if values is None:
            self.numeric = may_be_numbers(levels, self.na)
            if self.numeric:
                self._leave()
            return
        point = any(level.endswith(POINT) for level in self.known)
        self.numbers = NumbersSoFar(self.n, point=point)
        for codes in self.codes:
            self.numbers.put(values[codes], levels.gather(codes))
        self.known, self.codes = {}, []

    def finished(self) -> Column | None:
        """Give the column: numbers if all of it is plain and not all is missing."""
        if self.late:
            return None
        if self.numbers is not None:
            if np.isnan(self.numbers.values).all():
                return self.numbers.written(self.na)()
            return Numbers(self.numbers.values, self.numbers.written(self.na))
        text = joined_levels(self.known, self.codes, self.na)
        levels = import_polars().Series([*self.known])
        values = plain_numbers(levels, self.na) if self.numeric else None
        if values is None or np.isnan(values).all():
            return text
        return Numbers(text.codes, lambda: text, distinct=values)


def read_pieces(body: Body) -> list[Column | None] | None:
    """Read all columns; None if polars sees another shape than the rows that were counted.

    None in the place of a column is one that may hold numbers as people write them.
    """
    found = [ColumnSoFar(body.n_rows, body.words(place)) for place in range(body.width)]
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


def read_shapes(body: Body, places: Sequence[int]) -> dict[int, frozenset[str]]:
    """Give the shapes of some columns; none of a column in which one is not that of a number."""
    found = {place: frozenset[str]() for place in sorted(places)}
    numbers = dict.fromkeys(found, True)
    for frame in body.frames([*found]) if found else ():
        for place, series in zip(numbers, frame.get_columns(), strict=True):
            if numbers[place]:
                found[place] |= frozenset(series_shapes(series, body.words(place)))
                numbers[place] = not found[place] or bool(formats_of(found[place]))
    return {place: shapes if numbers[place] else frozenset() for place, shapes in found.items()}


def read_formatted(body: Body, formats: Mapping[int, NumberFormat]) -> dict[int, Column]:
    """Read columns as numbers of their formats; as text, where a float would round one."""
    read = {place: NumbersSoFar(body.n_rows, point=False) for place in sorted(formats)}
    large = set[int]()
    for frame in body.frames([*read]) if read else ():
        for (place, numbers), series in zip(read.items(), frame.get_columns(), strict=True):
            values = formatted_numbers(series, formats[place], body.words(place))
            if (np.abs(values) >= LARGEST_EXACT).any():
                large.add(place)
            if place not in large:
                numbers.put(values, series)
    texts = read_texts(body, sorted(large)) if large else []
    found: dict[int, Column] = dict(zip(sorted(large), texts, strict=True))
    return found | {
        place: Numbers(numbers.values, numbers.written(body.words(place)), formats[place])
        for place, numbers in read.items()
        if place not in large
    }


def first_value(body: Body, place: int, how: NumberFormat) -> str:
    """Give the first value of a column of a format that a program would not have written so."""
    for frame in body.frames([place]):
        found = not_plain(frame.to_series(0), how, body.words(place))
        if len(found):
            return str(found[0]).strip()
    return ""


def read_with_blanks(body: Body) -> dict[int, Text]:
    """Read the columns in which blanks stand around a value, with these, by their places."""
    found = set[int]()
    for frame in body.frames():
        for place, series in enumerate(frame.get_columns()):
            if place not in found and (series.str.strip_chars() != series).any():
                found.add(place)
    places = sorted(found)
    return dict(zip(places, read_texts(body, places, str), strict=True)) if places else {}


def read_texts(
    body: Body, places: Sequence[int], bare: Callable[[str], str] = str.strip
) -> list[Text]:
    """Read some columns as text, without the blanks around it unless `bare` leaves them."""
    known: list[dict[str, int]] = [{} for _ in places]
    codes: list[list[NDArray[np.integer]]] = [[] for _ in places]
    for frame in body.frames(sorted(places)):
        by_place = dict(zip(sorted(places), frame.get_columns(), strict=True))
        for k, place in enumerate(places):
            codes[k].append(number_levels(by_place[place], known[k], bare))
    read = zip(known, codes, map(body.words, places), strict=True)
    return [joined_levels(*each) for each in read]
