"""How the numbers of a file are written there, kept without the file.

Nearly all numbers are written as their column's usually are, as short as they are exact, so that
the number says the text. Text that is different, such as `1.50`, is kept beside the numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.tables.column import Text
from glasslogit.tables.series import import_polars, joined_levels, number_levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glasslogit.tables.fields import Words

POINT = ".0"  # how whole numbers end where they are written as others are
ROWS_WRITTEN = 2**15  # rows whose text is there together


@dataclass(frozen=True, eq=False)
class WrittenNumbers:
    """How the numbers of a column are written; calling it gives them as text."""

    values: NDArray[np.float64]  # (n,), NaN where there is no value
    point: bool  # whether a whole number is usually written 1.0
    places: NDArray[np.intp]  # (m,) rising, of those that are written in another way
    texts: Any  # (m,) how they are, a series of polars
    na: Words

    def __call__(self) -> Text:
        """Give the numbers as text."""
        known: dict[str, int] = {}
        codes: list[NDArray[np.integer]] = []
        for start in range(0, len(self.values), ROWS_WRITTEN):
            stop = min(start + ROWS_WRITTEN, len(self.values))
            texts = usual_text(self.values[start:stop], point=self.point)
            first, last = np.searchsorted(self.places, [start, stop])
            if first < last:
                texts = texts.scatter(self.places[first:last] - start, self.texts[first:last])
            codes.append(number_levels(texts, known))
        return joined_levels(known, codes, self.na)


class NumbersSoFar:
    """The numbers of a column of n rows as far as they are read."""

    def __init__(self, n: int, *, point: bool) -> None:
        self.values, self.count, self.point = np.empty(n), 0, point
        self.places: list[NDArray[np.intp]] = []
        self.texts: list[Any] = []

    def put(self, values: NDArray[np.float64], texts: Any) -> None:
        """Take the numbers of the next rows, and how they are written: a series of polars."""
        usual = usual_text(values, point=self.point)
        odd = usual != texts
        if odd.any():
            texts = texts.str.strip_chars()
            odd = usual != texts
        places = np.flatnonzero(odd.to_numpy())
        if len(places):
            self.places.append(self.count + places)
            self.texts.append(texts.filter(odd))
        self.values[self.count : self.count + len(values)] = values
        self.count += len(values)

    def written(self, na: Words) -> WrittenNumbers:
        """Say how the numbers so far are written."""
        pl = import_polars()
        places = np.concatenate([np.arange(0), *self.places])
        texts = pl.concat([pl.Series(dtype=pl.String), *self.texts])
        return WrittenNumbers(self.values[: self.count], self.point, places, texts, na)


def usual_text(values: NDArray[np.float64], *, point: bool) -> Any:
    """Write numbers as they usually are: as short as they are exact, and blank where there is none.

    >>> usual_text(np.array([1.0, 2.5, np.nan]), point=False).to_list()
    ['1', '2.5', '']
    """
    pl = import_polars()
    gaps, texts = np.isnan(values), pl.Series(values).cast(pl.String)
    if not point:
        whole = np.flatnonzero(values == np.floor(values))
        texts = texts.scatter(whole, pl.Series(values[whole].astype(np.int64)).cast(pl.String))
    return pl.Series([""]).zip_with(pl.Series(gaps), texts) if gaps.any() else texts
