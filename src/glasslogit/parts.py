"""What stands beside X, wherever it is: the target, weights and offsets."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from glasslogit.errors import InputError
from glasslogit.given import to_array

QUERIES = frozenset({"LazyFrame", "DuckDBPyRelation"})  # frames that are not in memory


def split_target(X: Any, y: Any, formula: str | None = None) -> tuple[Any, Any]:
    """Split the target off a table where y, or else a formula, names it; read y if it is a frame.

    Anything else stays as it is.
    """
    if y is None and formula is not None:
        from glasslogit.tables.grammar import split  # noqa: PLC0415

        y, _ = split(formula)
    if isinstance(y, str):
        from glasslogit.tables.frames import take_target  # noqa: PLC0415

        return take_target(X, y)
    return X, in_memory(y)


def in_memory(part: Any) -> Any:
    """Read labels, weights or offsets out of a frame that is a query; a lone column is flat."""
    if type(part).__name__ not in QUERIES:
        return part
    from glasslogit.tables.frames import collected  # noqa: PLC0415

    values = collected(part).to_numpy()
    return values[:, 0] if values.shape[1] == 1 else values


def take_rows(part: Any, rows: NDArray[np.intp], n: int, name: str) -> Any:
    """Take some of the n rows of an array, where there are fewer than all."""
    if part is None or len(rows) == n:
        return part
    array = to_array(part, name)
    if len(array) != n:
        raise InputError(f"{name} has {len(array)} rows but X has {n}; give one for each row")
    return array[rows]
