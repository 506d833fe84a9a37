"""Text of a file as levels, by what polars has for that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.errors import MissingExtraError
from glasslogit.tables.column import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from glasslogit.tables.fields import Words


def import_polars() -> Any:
    """Import polars, which reads files."""
    try:
        import polars as pl  # noqa: PLC0415  an extra is imported where it is used
    except ImportError:
        raise MissingExtraError("polars", "cli") from None
    return pl


def number_levels(series: Any, known: dict[str, int]) -> NDArray[np.integer]:
    """Give each value the number of its level in `known`, where new levels are added.

    Blanks around a value are no part of it.
    """
    pl = import_polars()
    found = series.unique(maintain_order=True)
    places = [known.setdefault(level.strip(), len(known)) for level in found.to_list()]
    numbers = np.array(places, np.min_scalar_type(max(len(known) - 1, 0)))
    return numbers[series.cast(pl.Enum(found)).to_physical().to_numpy()]


def joined_levels(known: dict[str, int], codes: Sequence[NDArray[np.integer]], na: Words) -> Text:
    """Put the codes of pieces together, in as few bytes as hold them."""
    small = np.min_scalar_type(max(len(known) - 1, 0))
    return Text(tuple(known), np.concatenate([part.astype(small) for part in codes]), na=na)
