"""A prediction of each row that can be predicted, and of the others the reason why not.

`predict_proba` refuses a table for one row that it cannot read. `predict_rows` leaves the
probability of that row open, and predicts the others as `predict_proba` does.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glasslogit.inputs import (
    LARGEST_SQUARABLE,
    ColumnLabels,
    Features,
    NamedRows,
    check_known,
    column_labels,
    count_axes,
    default_names,
    is_frame,
    refuse_dicts,
    to_array,
    to_numbers,
)
from glasslogit.model.by_name import rows_by_name
from glasslogit.model.design import take_rows
from glasslogit.model.fitted_check import check_fitted
from glasslogit.model.pipelines import at_end
from glasslogit.model.prediction import Predictor, check_offset_given, decide_places
from glasslogit.model.problem import encoder_of
from glasslogit.pages import Said, how_many

if TYPE_CHECKING:
    from glasslogit.tables import Encoded, Encoding, Fault, Table, Unseen

ROWS_PREDICTED = 2**15  # together: their X is never there for more


@dataclass(frozen=True, eq=False, repr=False)
class RowPredictions(Said):
    """Predictions of the rows of a table, in their order.

    Attributes
    ----------
    classes
        The classes, (K,).
    proba
        The probability of each class, (n, K), NaN in a row that has none.
    predicted
        The class of each row by the model's threshold, or else the most probable, (n,) of objects;
        None in a row without a probability.
    faults
        What is wrong in which rows: a row of one of them has no probability.
    encoded
        The table as the model's encoding has read it.

    """

    classes: NDArray[Any]
    proba: NDArray[np.float64]
    predicted: NDArray[np.object_]
    faults: tuple["Fault", ...]
    encoded: "Encoded"

    @property
    def known(self) -> NDArray[np.bool_]:
        """True in the rows that have a probability, (n,)."""
        return ~np.isnan(self.proba[:, 0])

    @cached_property
    def reasons(self) -> NDArray[np.object_]:
        """Why a row has no probability, (n,) of text; blank where it has one."""
        from glasslogit.tables import notes_of  # noqa: PLC0415  see design.py

        return notes_of(self.encoded.table, self.faults)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows have each kind of reason, the most frequent first."""
        from glasslogit.tables import fault_counts  # noqa: PLC0415

        return fault_counts(self.faults)

    def __len__(self) -> int:
        return len(self.proba)

    def __str__(self) -> str:
        n, there = len(self), int(self.known.sum())
        lines = [f"{how_many(n, 'row')}, {there:,} with a probability"]
        lines += [f"no probability in {count:,}: {kind}" for kind, count in self.counts.items()]
        return "\n".join([*lines, *self.encoded.remarks])


def predict_rows(
    model: Any, X: Any, offset: ArrayLike | None = None, *, unseen: "Unseen | None" = None
) -> RowPredictions:
    """Predict every row of X that can be predicted, and say of the others why not.

    A row has no probability if a value is missing that the model has no indicator for, or its
    offset is (NaN, infinite or beyond 1e150), if a level was not seen in training (unless the
    encoder says what it counts as), if text, an infinite or a too large number stands among
    numbers, or if a spline or a logarithm of the formula has no value there. The other rows
    have the probabilities of `predict_proba`, (n, K).

    `unseen` is another policy for unseen levels than that of the encoder; see `Category`.

    Raises
    ------
    TableError, InputError
        If X as a whole cannot be read: a column is missing, or not of the type that it had.

    Examples
    --------
    >>> from glasslogit import LogisticRegression
    >>> from glasslogit.tables import Table
    >>> table = Table.of({"age": ["31", "45", "28", "50"], "left": ["no", "yes", "no", "yes"]})
    >>> model = LogisticRegression().fit(table, "left")
    >>> rows = predict_rows(model, Table.of({"age": ["30", "old", ""]}))
    >>> rows.proba.round(3).tolist()
    [[0.983, 0.017], [nan, nan], [nan, nan]]
    >>> rows.reasons.tolist()
    ['', "age is not a number: 'old'", 'age is missing']

    """
    return predict_rows_beside(model, X, offset, _without_offset(offset), unseen=unseen)


def predict_rows_beside(
    model: Any,
    X: Any,
    offset: Any,
    without: Iterable["Fault"],
    *,
    unseen: "Unseen | None" = None,
) -> RowPredictions:
    """Predict as `predict_rows` does, where it is known `without` which offset some rows are."""
    from glasslogit.tables import at_fault  # noqa: PLC0415

    model, X = at_end(model, X)
    check_fitted(model)
    check_offset_given(model, offset)
    table, encoding, labels = _rules(model, X)
    encoded = encoding.with_unseen(unseen).judge(table)
    take_rows(offset, np.arange(0), table.n_rows, "offset")  # of as many rows as the table
    faults = [*without]
    there = ~at_fault(faults, table.n_rows)
    ours = isinstance(model, Predictor)
    ready, reader = (partial(NamedRows, labels), model) if ours else (np.asarray, nameless(model))
    proba = np.full((table.n_rows, len(model.classes_)), np.nan)
    for start in range(0, table.n_rows, ROWS_PREDICTED):
        part = np.arange(start, min(start + ROWS_PREDICTED, table.n_rows))
        part = part[there[part]]
        places, rows, found = encoded.usable(part)
        faults += found
        if len(places):
            given = take_rows(offset, places, table.n_rows, "offset")
            beside = {} if offset is None else {"offset": given}
            proba[places] = reader.predict_proba(ready(rows), **beside)
    predicted = np.full(len(proba), None, dtype=object)
    known = ~np.isnan(proba[:, 0])
    threshold = getattr(model, "threshold_", None)  # scikit-learn's models have none
    predicted[known] = model.classes_[decide_places(model, proba[known], threshold)]
    return RowPredictions(model.classes_, proba, predicted, tuple(faults), encoded)


def nameless(model: Any) -> Any:
    """Give a model that asks for no names of columns: they were checked, and X is an array."""
    other = copy(model)
    vars(other).pop("feature_names_in_", None)
    return other


def _without_offset(offset: Any) -> list["Fault"]:
    """Find the rows without an offset that can be used, where there are offsets of rows."""
    from glasslogit.tables import ROW_LEFT_OUT, Fault, gaps_in, not_finite  # noqa: PLC0415

    if count_axes(offset, "offset") == 0:
        return []
    given = to_numbers(offset, "offset")
    given = given.reshape(len(given), -1)
    gaps, infinite = (np.any(each(given), axis=1) for each in (np.isnan, np.isinf))
    large = np.any(np.abs(given) > LARGEST_SQUARABLE, axis=1) & ~infinite
    wrong = ((infinite, not_finite(ROW_LEFT_OUT)), (large, ("is too large", "give a logarithm")))
    places = ((np.flatnonzero(rows & ~gaps), problem) for rows, problem in wrong)
    faults = [Fault("offset", *problem, rows) for rows, problem in places if len(rows)]
    return [*gaps_in("offset", gaps), *faults]


def _rules(model: Any, X: Any) -> tuple["Table", "Encoding", ColumnLabels]:
    """Give X as a table, the rules by which the model reads it, and what its columns of X are."""
    from glasslogit.tables import Encoding, NumberColumn, as_mixed_table  # noqa: PLC0415

    encoder = encoder_of(model)
    if encoder is not None:
        return as_mixed_table(X), encoder.encoding_, encoder.encoding_.feature_names
    d = model.coef_.shape[1]
    X = rows_by_name(model, X)
    if is_frame(X):
        table, labels = as_mixed_table(X), column_labels(X)
    else:
        table, labels = _table_of_array(X, d), None
    check_known(Features(np.empty((0, len(table.names))), labels), model, d)
    return table, Encoding(tuple(NumberColumn(name, "error") for name in table.names)), labels


def _table_of_array(X: Any, d: int) -> "Table":
    """Give an array as a table whose columns are called x0, x1, …; of a flat one as it is read."""
    from glasslogit.tables import Numbers, Table, mixed_text  # noqa: PLC0415

    refuse_dicts(X, "X")
    rows = to_array(X.toarray() if hasattr(X, "toarray") else X, "X")
    rows = rows.reshape((-1, 1) if d == 1 else (1, -1)) if rows.ndim == 1 else rows
    columns = {}
    for name, values in zip(default_names(rows.shape[1]), rows.T, strict=True):
        text = mixed_text(values.tolist()) if values.dtype.kind in "OU" else None
        columns[name] = Numbers(values.astype(np.float64)) if text is None else text
    return Table("X", columns, first_row=0, na=frozenset(), length=len(rows))
