"""Columns that are found by name: those of a model that was fitted to a table with a named target.

How a model was fitted decides, not what the columns hold. A target that is named, by y or by a
formula, makes the rows a table: its columns are found by name in any table that has them, in any
order and among others. X and y of their own are scikit-learn's convention: the columns of X stay in
their places.
"""

from collections.abc import Callable, Iterator
from typing import Any

from glasslogit.inputs import (
    are_text,
    axis_labels,
    column_labels,
    is_frame,
    is_numbering,
    is_query,
    label_text,
    learned_names,
    places_as_text,
)


def rows_by_name(model: Any, X: Any) -> Any:
    """Give the columns of a table, or of a row with labels, that a model finds by name.

    What a model reads by place stays as it is. So do arrays, and tables whose columns are numbered
    and not named: these are taken by place.

    >>> import pandas as pd
    >>> from glasslogit import LogisticRegression
    >>> table = pd.DataFrame({"hours": [1.0, 2.0, 3.0], "passed": [0, 1, 1]})
    >>> model = LogisticRegression().fit(table, "passed")
    >>> rows_by_name(model, table).columns.tolist()
    ['hours']
    """
    if getattr(model, "encoder_", None) is not None:
        return X  # which finds them itself
    return features_by_name(model, X)


def features_by_name(model: Any, X: Any) -> Any:
    """Give the columns that the coefficients belong to, where a model finds its columns by name."""
    if all(getattr(model, each, None) is None for each in ("encoder_", "target_")):
        return X
    d = model.coef_.shape[1]
    names = learned_names(model) or places_as_text(d)
    if is_frame(X):
        return columns_by_name(X, names)
    labels = axis_labels(getattr(X, "index", None))
    if labels is None or not hasattr(X, "iloc") or (d < 2 and not are_text(labels)):
        return X  # of one column such a series is many rows
    found = tuple(map(label_text, labels))
    return X.iloc[[found.index(name) for name in names]] if {*names} <= {*found} else X


def batches_by_name(model: Any, read: Callable[[], Any]) -> Iterator[tuple[Any, ...]]:
    """Read batches, and find the columns of each by name."""
    for X, *beside in read():
        yield rows_by_name(model, X), *beside


def columns_by_name(X: Any, names: tuple[str, ...]) -> Any:
    """Give the columns of a table that have these names, in their order; all where none has one."""
    labels = () if is_query(X) else column_labels(X) or ()
    found = tuple(map(label_text, labels))
    if found == names or (is_numbering(labels) and not {*found} & {*names}):
        return X
    from glasslogit.tables import take_columns  # noqa: PLC0415  see design.py

    return take_columns(X, names)
