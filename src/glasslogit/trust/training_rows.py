"""What a model that was loaded knows of its training rows: what `glasslogit fit` wrote of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from glasslogit.inputs import default_names, learned_names, ranges_of_columns
from glasslogit.model import encoder_of, read_features
from glasslogit.pages import how_many
from glasslogit.tables import shorten
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


def numbers_of_array(model: Any, X: Any, names: Sequence[str]) -> dict[str, NumberRange]:
    """Describe the columns of X, the training rows of a model of an array."""
    if X is None:
        return {}
    low, high, whole, _ = (each.tolist() for each in ranges_of_columns(read_features(model, X).X))
    known = map(NumberRange, map(float, low), map(float, high), whole)
    return dict(zip(names, known, strict=True))


def rows_needed(model: Any, d: int) -> str:
    """Say what to give as the baseline of a model that knows nothing of its training rows."""
    encoder = encoder_of(model)
    if encoder is not None:
        names = shorten(encoder.encoding_.names)
        return f"give X, a table of the training rows with the columns {names}"
    names = shorten(learned_names(model) or default_names(d))
    baseline = f"baseline, {how_many(d, 'number')}: {names}"
    return f"give X, the training rows, (n, {d}), or {baseline}"
