"""What a model that was loaded knows of its training rows: what `glasslogit fit` wrote of them."""

from typing import Any

import numpy as np

from glasslogit.tables.encoding import Encoding, NumberColumn
from glasslogit.trust.flips import NumberRange
from glasslogit.trust.terms import Ranges


def known_ranges(model: Any) -> Ranges | None:
    """Give mean, least and largest of the columns of X in training, None where nothing tells."""
    facts = (getattr(model, "training_", None) or {}).get("columns")
    if facts is None:
        return None
    return Ranges(*(np.array(facts[name], np.float64) for name in ("mean", "low", "high")))


def known_numbers(model: Any, encoding: Encoding) -> dict[str, NumberRange] | None:
    """Give what is known of the table's columns of numbers in training, None where nothing is."""
    facts = (getattr(model, "training_", None) or {}).get("numbers")
    if facts is None:
        return None
    return {
        column.name: NumberRange(
            **facts[column.name], kind=column.kind, origin=column.origin, format=column.format
        )
        for column in encoding.columns
        if isinstance(column, NumberColumn) and column.name in facts
    }
