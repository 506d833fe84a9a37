"""What `fit` was given, checked and made into sources: arrays, a table, or batches."""

from typing import Any

from glasslogit.data import Data, read_arrays, read_batches
from glasslogit.design import Design, make_design
from glasslogit.errors import InputError
from glasslogit.sources.threads import threads_of


def read_rows(
    model: Any, X: Any, y: Any, sample_weight: Any = None, offset: Any = None
) -> tuple[Data, Design]:
    """Read rows as a model's parameters ask for; give the data, and the design they came from."""
    asked = ("class_weight", "multi_class", "weights")
    kinds: dict[str, Any] = {name: getattr(model, name) for name in asked}
    if callable(X):
        if not (y is None and sample_weight is None and offset is None):
            raise InputError("X is a function: it must yield y and sample_weight, with X")
        if model.findings == "full":
            raise InputError("findings='full' needs the rows in memory; pass arrays")
        return read_batches(X, **kinds), Design(X)
    how: dict[str, Any] = {"encoder": model.encoder, "formula": model.formula}
    design = make_design(X, y, sample_weight, offset, **how)
    kinds |= {"sample_weight": design.weight, "offset": design.offset}
    return read_arrays(design.X, design.y, threads=threads_of(model.n_jobs), **kinds), design
