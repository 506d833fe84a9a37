"""Rows or columns that are given in dicts: no table, and how one is made of them."""

from collections.abc import Iterable, Mapping, Sized
from typing import Any

from glasslogit.errors import InputError
from glasslogit.pages import how_many


def frame_call(given: Any, name: str) -> str | None:
    """Write the call that makes a table of rows or columns in dicts; None for anything else.

    >>> frame_call({"age": [31]}, "X"), frame_call({"age": 31}, "X"), frame_call([{"age": 31}], "X")
    ('pd.DataFrame(X)', 'pd.DataFrame([X])', 'pd.DataFrame(X)')
    """
    if hasattr(given, "shape"):  # a sparse matrix of SciPy's may be a dict of its entries
        return None
    if isinstance(given, Mapping):
        of_columns = any(map(holds_several, given.values()))
        return f"pd.DataFrame({name})" if of_columns else f"pd.DataFrame([{name}])"
    of_rows = isinstance(given, list | tuple) and given
    if of_rows and all(isinstance(each, Mapping) for each in given):
        return f"pd.DataFrame({name})"
    return None


def holds_several(values: Any) -> bool:
    """Tell whether what a dict holds is a column and not one value."""
    one = isinstance(values, str | bytes) or getattr(values, "ndim", 1) == 0
    return isinstance(values, Iterable) and not one


def refuse_dicts(given: Any, name: str) -> None:
    """Refuse rows or columns in dicts, and say how a table is made of them.

    >>> refuse_dicts([{"age": 31}], "X")
    Traceback (most recent call last):
    glasslogit.errors.InputError: X is a list of dicts; give pd.DataFrame(X)
    >>> refuse_dicts({"age": [31, 45], "town": ["Ur"]}, "X")
    Traceback (most recent call last):
    glasslogit.errors.InputError: X is of type dict, with 2 values of 'age' and 1 of 'town'; give \
as many of each, in pd.DataFrame(X)
    """
    call = frame_call(given, name)
    if call is None:
        return
    kind, columns = type(given).__name__, isinstance(given, Mapping)
    what = f"{name} is of type {kind}" if columns else f"{name} is a {kind} of dicts"
    if not any(map(len, [given] if columns else given)):
        raise InputError(f"{what}, without a column; give a table with one or more")
    lengths = lengths_of(given) if columns else {}
    first = next(iter(lengths), None)
    for other, length in lengths.items():
        if length != lengths[first]:
            values = how_many(lengths[first], "value")
            found = f"{values} of {first!r} and {length:,} of {other!r}"
            raise InputError(f"{what}, with {found}; give as many of each, in {call}")
    if set(lengths.values()) == {0}:
        raise InputError(f"{what}, without a row; give a table with one or more")
    raise InputError(f"{what}; give {call}")


def lengths_of(columns: Mapping[Any, Any]) -> dict[Any, int]:
    """Count the values of each column; those that have labels find their rows by them."""
    return {
        name: len(values)
        for name, values in columns.items()
        if holds_several(values) and isinstance(values, Sized) and not hasattr(values, "keys")
    }
