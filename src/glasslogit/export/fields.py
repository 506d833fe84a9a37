"""The fields of a model file as JSON types; `checks` reads them back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.design import Design
from glasslogit.export.checks import LABEL_KINDS, LABEL_TYPES
from glasslogit.inputs import check_factors
from glasslogit.prediction import dense

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glasslogit.estimator import LogisticRegression


def labels_to_dict(classes: NDArray[Any]) -> dict[str, Any]:
    """Describe the classes with their type, so that 1, "1" and True stay apart."""
    kind = next((name for name, kinds in LABEL_KINDS.items() if classes.dtype.kind in kinds), None)
    values = classes.tolist()
    if kind is None or not all(type(value) is LABEL_TYPES[kind] for value in values):
        raise TypeError(f"labels of type {classes.dtype} (use text, integers, floats or booleans)")
    dtype = "str" if classes.dtype.kind in "UT" else classes.dtype.name
    return {"type": kind, "dtype": dtype, "values": values}


def factors_of(model: LogisticRegression) -> list[float] | None:
    """Return the penalty factor of each coefficient, if some were given."""
    names = tuple(vars(model).get("feature_names_", ()))
    given = Design(None, encoder=getattr(model, "encoder_", None)).spread(model.penalty_factors)
    factors = check_factors(given, dense(model.coef_).shape[1], names)
    return None if isinstance(factors, float) else factors[:, 0].tolist()


def plain(value: Any) -> Any:
    """Return a NumPy scalar as the Python scalar that JSON knows, and anything else as it is."""
    return value.item() if isinstance(value, np.generic) else value


def listed(model: LogisticRegression, name: str) -> list[float] | None:
    """Return an array of the fitted model; one that was put together by hand may lack it."""
    return vars(model)[name].tolist() if name in vars(model) else None


def number(value: Any) -> float | str:
    """Return a float; infinity, which JSON lacks, as text."""
    return "inf" if value == math.inf else float(value)
