"""An argument as what it is to be, numbers or a path, or an error that names it."""

import os
from pathlib import Path
from typing import Any

import numpy as np

from glasslogit.core import Floats
from glasslogit.errors import InputError
from glasslogit.inputs.arrays import refuse_foreign, to_array


def count_axes(given: Any, argument: str) -> int:
    """Count the dimensions of an argument; rows of different lengths have no number of them.

    >>> count_axes(3.0, "offset"), count_axes([1.0, 2.0], "offset")
    (0, 1)
    """
    try:
        return np.ndim(given)
    except ValueError:
        return to_array(given, argument).ndim  # which says what is wrong


def to_numbers(given: Any, argument: str) -> Floats:
    """Turn an argument into numbers of any shape: those with a fraction as precise as they are.

    >>> to_numbers(["no", "yes"], "score")
    Traceback (most recent call last):
    glasslogit.errors.InputError: score holds 'no', which is not a number; give numbers only
    """
    array = to_array(given, argument) if count_axes(given, argument) else np.asarray(given)
    refuse_foreign(array, argument)
    if array.dtype.kind == "f":
        return array
    for each in array.flat if array.dtype.kind in "OSTUV" else ():
        try:
            float(each)
        except (TypeError, ValueError):
            found = each.item() if isinstance(each, np.generic) else each
            problem = f"{argument} holds {found!r}, which is not a number"
            raise InputError(f"{problem}; give numbers only") from None
    return array.astype(np.float64)


def to_path(given: Any, argument: str = "path") -> Path:
    """Turn an argument into a path.

    >>> to_path(3)
    Traceback (most recent call last):
    glasslogit.errors.InputError: path is of type int; give the name of a file, as text or a Path
    """
    check_kind(given, str | os.PathLike, argument, "the name of a file, as text or a Path")
    return Path(os.fsdecode(given))


def check_kind(given: Any, kind: Any, argument: str, wanted: str) -> None:
    """Refuse an argument that is not of a kind, and say what to give.

    >>> check_kind(3, str, "rows", "a text")
    Traceback (most recent call last):
    glasslogit.errors.InputError: rows is of type int; give a text
    """
    if not isinstance(given, kind):
        raise InputError(f"{argument} is of type {type(given).__name__}; give {wanted}")
