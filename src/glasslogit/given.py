"""What the user gave, of any library, as a NumPy array whose entries mean what they meant there."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glasslogit.errors import InputError, InputTypeError

NOT_NUMBERS: dict[str, tuple[type, ...]] = {
    "complex numbers": (complex, np.complexfloating),
    "dates or times": (dt.date, dt.time, dt.timedelta, np.datetime64, np.timedelta64),
}


def to_array(given: Any, argument: str) -> NDArray[Any]:
    """Turn what the user gave as an argument into an array of one or more dimensions.

    Masked entries are refused: NumPy would show the numbers behind the mask.

    >>> to_array(np.ma.masked_equal([[1, 9], [1, 2]], 9), "X")
    Traceback (most recent call last):
    glasslogit.errors.InputError: X is masked in row 0, column 1; drop the row or fill in a value
    """
    if np.ma.is_masked(given):
        places = np.argwhere(np.ma.getmaskarray(given))[0].tolist()
        where = ", ".join(
            f"{axis} {at}" for axis, at in zip(("row", "column"), places, strict=False)
        )
        raise InputError(f"{argument} is masked in {where}; drop the row or fill in a value")
    arrow = type(given).__module__.startswith("pyarrow")  # its to_numpy refuses to make a copy
    try:
        array = np.asarray(given.to_numpy() if hasattr(given, "to_numpy") and not arrow else given)
    except ValueError:
        text = f"{argument} has rows of different lengths; give each row every column"
        raise InputError(text) from None
    if array.ndim == 0:
        kind = type(given).__name__
        wanted = "an array of rows and columns" if argument == "X" else "an array"
        raise InputError(f"{argument} is of type {kind}; give {wanted}")
    return array


def foreign_kind(array: NDArray[Any]) -> str | None:
    """Name what an array holds that NumPy would turn into numbers that mean something else.

    >>> foreign_kind(np.array(["2026-01-31"], "M8[D]")), foreign_kind(np.array([1.5]))
    ('dates or times', None)
    """
    types = set(map(type, array.flat)) if array.dtype.kind == "O" else {array.dtype.type}
    found = (what for what, kinds in NOT_NUMBERS.items() for t in types if issubclass(t, kinds))
    return next(found, None)


def refuse_foreign(array: NDArray[Any], argument: str) -> None:
    """Refuse complex numbers, dates and times where real numbers are wanted.

    >>> refuse_foreign(np.array([1j]), "offset")
    Traceback (most recent call last):
    glasslogit.errors.InputError: Complex data not supported: offset holds complex numbers; give \
offset.real
    """
    kind = foreign_kind(array)
    if kind == "complex numbers":
        raise InputError(
            f"Complex data not supported: {argument} holds {kind}; give {argument}.real"
        )
    if kind is not None:
        raise InputError(f"{argument} holds {kind}; turn them into numbers, such as days since one")


def name_column(j: int, names: Sequence[str] | None) -> str:
    """Name a column for a message.

    >>> name_column(0, None), name_column(0, ["age"])
    ('column 0', "column 'age'")
    """
    return f"column {j}" if names is None else f"column {names[j]!r}"


def as_numbers(array: NDArray[Any], names: Sequence[str] | None) -> NDArray[Any]:
    """Turn X (n, d) into real numbers; name the column that is not numeric."""
    if array.dtype.kind in "fiub":
        return array
    refuse_foreign(array, "X")
    for j, column in enumerate(array.T):
        try:
            column.astype(np.float64)
        except (TypeError, ValueError) as error:
            example = next((x for x in column.tolist() if not _is_number(x)), None)
            found = f"{name_column(j, names)} holds {example!r}"
            if isinstance(error, TypeError):
                raise InputTypeError(f"{found}: {error}") from None
            raise InputError(
                f"{found}, which is not a number; encode text as indicator columns first"
            ) from None
    return array.astype(np.float64)


def _is_number(x: object) -> bool:
    try:
        float(x)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return True
