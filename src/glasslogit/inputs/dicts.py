"""Rows or columns that are given in dicts: no table, and how one is made of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from glasslogit.errors import InputError


def frame_call(given: Any, name: str) -> str | None:
    """Write the call that makes a table of rows or columns in dicts; None for anything else.

    >>> frame_call({"age": [31]}, "X"), frame_call({"age": 31}, "X"), frame_call([{"age": 31}], "X")
    ('pd.DataFrame(X)', 'pd.DataFrame([X])', 'pd.DataFrame(X)')
    """
    if hasattr(given, "shape"):  # a sparse matrix of SciPy's may be a dict of its entries
        return None
    if isinstance(given, Mapping):
        several = (
            isinstance(each, Iterable) and not isinstance(each, str | bytes)
            for each in given.values()
        )
        return f"pd.DataFrame({name})" if any(several) else f"pd.DataFrame([{name}])"
    of_rows = isinstance(given, list | tuple) and given
    if of_rows and all(isinstance(each, Mapping) for each in given):
        return f"pd.DataFrame({name})"
    return None


def refuse_dicts(given: Any, name: str) -> None:
    """Refuse rows or columns in dicts, and say how a table is made of them.

    >>> refuse_dicts([{"age": 31}], "X")
    Traceback (most recent call last):
    glasslogit.errors.InputError: X is a list of dicts; give pd.DataFrame(X)
    """
    call = frame_call(given, name)
    if call is not None:
        kind = type(given).__name__
        what = f"of type {kind}" if isinstance(given, Mapping) else f"a {kind} of dicts"
        raise InputError(f"{name} is {what}; give {call}")
