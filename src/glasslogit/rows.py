"""The rows a model is given, read as its parameters ask for: arrays, a table, or batches.

The model may be fitted, and then it may also be scikit-learn's.
"""

from typing import Any

from glasslogit.core.losses import Floats
from glasslogit.data import Data, read_arrays, read_batches
from glasslogit.design import Design, make_design, read_design
from glasslogit.errors import InputError
from glasslogit.inputs import check_factors
from glasslogit.sources.threads import threads_of


def read_rows(  # noqa: PLR0913
    model: Any,
    X: Any,
    y: Any,
    sample_weight: Any = None,
    offset: Any = None,
    *,
    fitted: bool = False,
) -> tuple[Data, Design]:
    """Read rows for a model to be fitted to, or, `fitted`, rows that it is to be judged on.

    Gives the data, and the design they came from. A fitted model reads a table with what it has
    learnt, and its columns are not scaled.
    """
    kinds: dict[str, Any] = {
        "class_weight": getattr(model, "class_weight", None),
        "multi_class": "ovr" if is_sgd(model) else getattr(model, "multi_class", "multinomial"),
        "weights": getattr(model, "weights", "frequency"),
    }
    if callable(X):
        if not (y is None and sample_weight is None and offset is None):
            raise InputError("X is a function: it must yield y and sample_weight, with X")
        return read_batches(X, **kinds), Design(X)
    if fitted:
        design = read_design(model, X, y, sample_weight, offset)
    else:
        how: dict[str, Any] = {"encoder": model.encoder, "formula": model.formula}
        design = make_design(X, y, sample_weight, offset, **how)
    kinds |= {"sample_weight": design.weight, "offset": design.offset}
    threads = threads_of(getattr(model, "n_jobs", None))
    return read_arrays(design.X, design.y, threads=threads, **kinds), design


def factors_of(model: Any, data: Data, design: Design) -> Floats | float:
    """Give a model's penalty factors for the columns of X, (d, 1), or 1."""
    given = design.spread(getattr(model, "penalty_factors", None))
    return check_factors(given, data.features, data.names)


def is_sgd(model: Any) -> bool:
    """Tell whether a model is scikit-learn's SGDClassifier, by its parameters."""
    return hasattr(model, "alpha") and hasattr(model, "loss")
