"""Text and categories of a data frame as levels and codes, by what its library has for that."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.inputs import is_no_value
from glasslogit.tables.column import Numbers, Text, number_text
from glasslogit.tables.spelling import TRUTH_LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def text_column(series: Any) -> Text:
    """Read a column of text; levels stand in the order of appearance, blank where it is null."""
    codes, levels = coded(series)
    return with_blank(tuple(levels), codes, ranked=False)


def with_blank(levels: tuple[str, ...], codes: NDArray[np.integer], *, ranked: bool) -> Text:
    """Build a column in which a code below 0 is a missing value: blank, as a level of its own."""
    if (codes < 0).any():
        levels = levels if "" in levels else (*levels, "")
        codes = np.where(codes < 0, levels.index(""), codes)
    small = np.min_scalar_type(max(len(levels) - 1, 0))
    return Text(levels, codes.astype(small), ranked, frozenset())


def coded(series: Any) -> tuple[NDArray[np.integer], list[str]]:
    """Give each value the number of its level, below 0 where it is missing, and the levels."""
    native = series.to_native()
    if hasattr(native, "factorize"):  # pandas
        codes, levels = native.factorize()
        return np.asarray(codes), [str(level) for level in levels]
    if hasattr(native, "dictionary_encode"):  # pyarrow
        encoded = native.dictionary_encode().combine_chunks()
        encoded = encoded.chunk(0) if hasattr(encoded, "chunk") else encoded
        return encoded.indices.fill_null(-1).to_numpy(), encoded.dictionary.to_pylist()
    values = native.drop_nulls().unique(maintain_order=True)  # polars
    return codes_among(native, values), values.to_list()


def codes_among(native: Any, values: Any) -> NDArray[np.integer]:
    """Give the place of each value of a column of polars among some values, −1 where it is null."""
    import polars as pl  # noqa: PLC0415

    codes = native.cast(pl.Enum(values)).to_physical().cast(pl.Int64)
    return np.asarray(codes.fill_null(-1).to_numpy())


def category_codes(series: Any, categories: Any) -> NDArray[np.integer]:
    """Give the place of each value among the categories of its column, −1 where it is null."""
    native = series.to_native()
    if hasattr(native, "cat") and hasattr(native.cat, "codes"):  # pandas
        return np.asarray(native.cat.codes)
    if hasattr(native, "to_physical"):  # polars
        import polars as pl  # noqa: PLC0415

        return codes_among(native.cast(pl.String), categories.to_native().cast(pl.String))
    codes, levels = coded(series)
    places = {level: code for code, level in enumerate(categories.to_list())}
    return np.array([*(places[level] for level in levels), -1])[codes]


def truths(values: NDArray[np.float64]) -> Numbers:
    """Give booleans, 1 or 0 or NaN, as numbers that are written as Python writes them.

    >>> truths(np.array([1.0, np.nan, 0.0])).text.levels
    ('False', 'True', '')
    """
    codes = np.where(np.isnan(values), len(TRUTH_LEVELS), values).astype(np.intp)
    return Numbers(values, lambda: Text((*TRUTH_LEVELS, ""), codes, na=frozenset()))


def mixed_text(values: Sequence[Any]) -> Text | None:
    """Give text, among which numbers may stand, as text; None where there is none, or dates.

    >>> mixed_text([31, "old", None, 1.5]).levels
    ('31', 'old', '', '1.5')
    """
    given = [None if is_no_value(value) else value for value in values]
    known = [isinstance(value, str | Real) or value is None for value in given]
    if not all(known) or not any(isinstance(value, str) for value in given):
        return None
    written = [number_text(float(v)) if isinstance(v, Real) else v or "" for v in given]
    return Text.of(written, frozenset())
