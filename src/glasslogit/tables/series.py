"""What polars makes of a piece of one column: plain numbers, numbers of a format, or levels.

No object is made for each field. What is plain is what polars reads as Python does and nobody
doubts; what a format is, is said in `number_formats.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.errors import MissingExtraError
from glasslogit.inputs import LARGEST_EXACT
from glasslogit.tables.column import Text
from glasslogit.tables.fields import CODE_OF_A_THING, NA, Words, is_missing
from glasslogit.tables.number_formats import (
    APOSTROPHES,
    DECIMAL_MARKS,
    FIRST_DIGIT,
    FRONT_ZERO,
    MINUS,
    SPACES,
    NumberFormat,
    formats_of,
    shape,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

VALUES_SEEN = 100  # values by which a column is known to be no numbers
FEW_LEVELS = 2**10  # by whose names it is quick to look a level up


def import_polars() -> Any:
    """Import polars, which reads files."""
    try:
        import polars as pl  # noqa: PLC0415  an extra is imported where it is used
    except ImportError:
        raise MissingExtraError("polars", "cli") from None
    return pl


def number_levels(
    series: Any, known: dict[str, int], bare: Callable[[str], str] = str.strip
) -> NDArray[np.integer]:
    """Give each value the number of its level in `known`, where new levels are added.

    Blanks around a value are no part of it, unless `bare` leaves them. A piece mostly holds the
    levels of those before it.
    """
    pl = import_polars()
    if 0 < len(known) <= FEW_LEVELS:
        places = series.cast(pl.Enum([*known]), strict=False).to_physical()
        if not places.null_count():
            return places.to_numpy()
    found = series.unique(maintain_order=True)
    places = [known.setdefault(bare(level), len(known)) for level in found.to_list()]
    numbers = np.array(places, np.min_scalar_type(max(len(known) - 1, 0)))
    return numbers[series.cast(pl.Enum(found)).to_physical().to_numpy()]


def joined_levels(known: dict[str, int], codes: Sequence[NDArray[np.integer]], na: Words) -> Text:
    """Put the codes of pieces together, in as few bytes as hold them."""
    small = np.min_scalar_type(max(len(known) - 1, 0))
    return Text(tuple(known), np.concatenate([part.astype(small) for part in codes]), na=na)


def may_be_numbers(series: Any, na: Words) -> bool:
    """Tell by the first values whether a column may hold numbers as people write them."""
    head = [value.strip() for value in series.head(VALUES_SEEN).to_list()]
    if all(is_missing(value, na) for value in head):
        head = series.filter(~missing_values(series, na)).head(VALUES_SEEN).to_list()
    return bool(formats_of({shape(value) for value in head if not is_missing(value, na)}))


def series_shapes(series: Any, na: Words) -> set[str]:
    """Give the shapes of the values that are present."""
    zero = series.str.contains(FIRST_DIGIT.pattern)
    parts = (
        series.filter(zero).str.replace(FIRST_DIGIT.pattern, f"${{1}}{FRONT_ZERO}"),
        series.filter(~zero),
    )
    present = (part.filter(~missing_values(part, na)) for part in parts)
    shapes = (part.str.replace_all("[0-9]", "1").unique().to_list() for part in present)
    return {each.replace(FRONT_ZERO, "0") for part in shapes for each in part}


def missing_values(series: Any, na: Words) -> Any:
    """Tell which values stand for no value."""
    return series.str.strip_chars().str.to_lowercase().is_in(["", *sorted(na)])


def not_plain(series: Any, how: NumberFormat, na: Words) -> Any:
    """Give the values of a format that are present and that a program would not write so."""
    there, pl = series.filter(~missing_values(series, na)), import_polars()
    plain = there.str.strip_chars().cast(pl.Float64, strict=False)
    return there.filter((plain != formatted_numbers(there, how, na)).fill_null(value=True))


def formatted_numbers(series: Any, how: NumberFormat, na: Words) -> NDArray[np.float64]:
    """Parse numbers of a format, which all that are present are, NaN where there is no value."""
    pl, decimal = import_polars(), how.decimal or DECIMAL_MARKS[0]
    thousands = f"[{''.join(DECIMAL_MARKS).replace(decimal, '')}{SPACES}{APOSTROPHES}]"
    negative = series.str.contains(rf"^[^0-9]*[{MINUS}(]|[{MINUS}][^0-9]*$")
    digits = series.str.replace(rf"^[^0-9{decimal}]+", "").str.replace(rf"[^0-9{decimal}]+$", "")
    plain = digits.str.replace_all(thousands, "").str.replace(decimal, ".", literal=True)
    sizes = plain.cast(pl.Float64, strict=False)
    values = np.array(sizes.to_numpy(), np.float64)
    values[missing_values(series, na).to_numpy()] = np.nan
    return np.where(negative.to_numpy(), -values, values)


def plain_numbers(series: Any, na: Words = NA) -> NDArray[np.float64] | None:
    """Parse text as numbers, NaN where it says that there is no value; None unless it is plain.

    Plain is what polars reads as Python does and nobody doubts: finite, below 2⁵³, and without
    the leading zero of a code.
    """
    pl = import_polars()
    values = series.cast(pl.Float64, strict=False)
    numbers = np.array(values.to_numpy(), np.float64)
    strange = ~(np.abs(numbers) < LARGEST_EXACT)  # no number, the words nan and inf, a large one
    if strange.any():
        others = series.filter(strange).unique().to_list()
        if not all(is_missing(word, na) for word in others):
            stripped = series.str.strip_chars()
            return None if (stripped == series).all() else plain_numbers(stripped, na)
        numbers[strange] = np.nan
    whole = numbers == np.floor(numbers)
    if whole.any() and series.filter(whole).str.contains(CODE_OF_A_THING).any():
        return None
    return numbers
