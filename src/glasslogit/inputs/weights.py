"""Weights, offsets and penalty factors, checked."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from glasslogit.core import Floats
from glasslogit.errors import InputError
from glasslogit.inputs.arrays import LARGEST_SQUARABLE, name_column, to_array
from glasslogit.inputs.readers import count_axes, to_numbers
from glasslogit.pages import how_many


def check_weight(sample_weight: Any, n: int) -> Floats:
    """Check row weights; without any every row weighs 1, at no cost in memory."""
    weight = check_part_weight(sample_weight, n)
    if sample_weight is not None:
        refuse_weightless(weight)
    return weight


def check_part_weight(sample_weight: Any, n: int) -> Floats:
    """Check the weights of rows that are a part of the data, where all may be 0."""
    if sample_weight is None:
        return np.broadcast_to(1.0, (n,))
    weight = _row_numbers(sample_weight, "sample_weight")
    if weight.shape != (n,):
        raise InputError(
            f"sample_weight has shape {weight.shape} for {how_many(n, 'row')}; give one each"
        )
    bad = ~np.isfinite(weight) | (weight < 0)
    if bad.any():
        row = int(bad.argmax())
        raise InputError(
            f"sample_weight is {weight[row]} in row {row}; weights must be finite and not negative"
        )
    return weight


def refuse_weightless(weight: Floats) -> None:
    """Refuse weights that are all 0."""
    if not weight.any():
        raise InputError("sample_weight is zero for every row; give some row a positive weight")


def check_offset(offset: Any, n: int, c: int) -> Floats:
    """Check offsets, (n,) or (n, c) or one for all, shape (n, c); without any they are 0."""
    if offset is None:
        return np.zeros((n, c))
    for_all = count_axes(offset, "offset") == 0
    array = _row_numbers(np.full((n, c), offset) if for_all else offset, "offset")
    given, array = array.shape, array[:, None] if array.ndim == 1 and c == 1 else array
    if array.shape != (n, c):
        wanted = f"({n},), one for each row" if c == 1 else f"({n}, {c}), a row for each of X"
        raise InputError(f"offset has shape {given}; give shape {wanted}, or a number for all")
    if not np.isfinite(array).all():
        row = int((~np.isfinite(array)).any(axis=1).argmax())
        raise InputError(f"offset is not finite in row {row}; give a number")
    large = (np.abs(array) > LARGEST_SQUARABLE).any(axis=1)
    if large.any():
        row = int(large.argmax())
        most = array[row][np.abs(array[row]).argmax()]
        raise InputError(
            f"offset is {most:g} in row {row}, and beyond ±{LARGEST_SQUARABLE:g} no margin can be "
            "counted with; give the logarithm of odds or of an exposure"
        )
    return array


def check_factors(factors: Any, d: int, names: Sequence[str] | None) -> Floats | float:
    """Check the factors on the penalty of each column, an array or by name; give (d, 1), or 1.

    >>> check_factors({"age": 0}, 2, ("age", "income")).tolist()
    [[0.0], [1.0]]
    """
    if factors is None:
        return 1.0
    if isinstance(factors, Mapping):
        strange = [name for name in factors if name not in (names or ())]
        if strange:
            raise InputError(
                f"penalty_factors names {strange[0]!r}, which is not a column of X; "
                "give names of columns, or an array with a factor for each"
            )
        factors = [factors.get(name, 1.0) for name in names or ()]
    array = _row_numbers(factors, "penalty_factors")
    if array.shape != (d,):
        raise InputError(
            f"penalty_factors has shape {array.shape} but X has {how_many(d, 'column')}"
        )
    bad = ~np.isfinite(array) | (array < 0)
    if bad.any():
        j = int(bad.argmax())
        raise InputError(
            f"penalty_factors is {array[j]} for {name_column(j, names)}; "
            "factors must be finite and not negative"
        )
    return array[:, None]


def _row_numbers(values: Any, argument: str) -> Floats:
    return np.asarray(to_numbers(to_array(values, argument), argument), np.float64)
