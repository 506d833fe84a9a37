"""Which objects are tables, told without loading a library."""

from typing import Any

import numpy as np

from glasslogit.inputs.arrays import LARGEST_EXACT, refuse_rounding

LIBRARIES = frozenset({"pandas", "polars", "pyarrow", "duckdb", "narwhals", "glasslogit"})
FRAME_TYPES = frozenset({"DataFrame", "LazyFrame", "Table", "RecordBatch", "DuckDBPyRelation"})


QUERIES = frozenset({"LazyFrame", "DuckDBPyRelation"})  # frames that are not in memory


def is_frame(X: Any) -> bool:
    """Tell whether X is a table with named columns, as far as narwhals or we know them."""
    library = type(X).__module__.partition(".")[0].lstrip("_")
    return library in LIBRARIES and type(X).__name__ in FRAME_TYPES


def is_query(X: Any) -> bool:
    """Tell whether X is a frame that is not in memory."""
    return type(X).__name__ in QUERIES


def is_plain(X: Any) -> bool:
    """Tell whether X is read as it is: no table, or one of pandas or polars of numbers alone."""
    if not is_frame(X):
        return True
    if not holds_numbers(X):
        return False
    check_exact(X)
    return True


def holds_numbers(X: Any) -> bool:
    """Tell whether a frame of pandas or polars holds numbers and booleans alone."""
    return hasattr(X, "to_numpy") and hasattr(X, "dtypes") and all(map(_is_plain, X.dtypes))


def check_exact(X: Any) -> None:
    """Refuse whole numbers that a frame would round where it puts them beside fractions."""
    names, kinds = list(X.columns), [str(kind).lower() for kind in X.dtypes]
    if len(set(kinds)) < 2 or len(set(names)) < len(names) or not len(X):
        return  # nothing is put beside another type, or names do not tell the columns apart
    for name, kind in zip(names, kinds, strict=True):
        if kind in {"int64", "uint64"}:
            values = X[name]
            if max(abs(values.min() or 0), abs(values.max() or 0)) > LARGEST_EXACT:
                large = [abs(each or 0) > LARGEST_EXACT for each in values.to_list()]
                row = large.index(True)
                refuse_rounding(int(values.to_list()[row]), row, f"column {name!r}")


def _is_plain(kind: Any) -> bool:
    """Tell whether a column of this type, of NumPy or polars, holds numbers or booleans."""
    if isinstance(kind, np.dtype):
        return kind.kind in "fiubc"
    numeric = getattr(kind, "is_numeric", None)
    return str(kind) == "Boolean" or (numeric is not None and bool(numeric()))
