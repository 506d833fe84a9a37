"""Folds: pairs of rows to train on and to test on, drawn here or given by the user."""

from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glasslogit.core import Floats
from glasslogit.errors import InputError, refused
from glasslogit.evaluate import share_folds, stratified_folds
from glasslogit.inputs import (
    EVENT,
    Target,
    are_shares,
    check_features,
    label_array,
    read_part_target,
    trial_rows,
)
from glasslogit.model.data import Data
from glasslogit.model.design import in_memory
from glasslogit.model.selection.routing import Metadata

Rows = NDArray[np.intp]
Fold = tuple[Rows, Rows]  # to train on, to test on
FOLDS = 5


class ScoredRows(NamedTuple):
    """Rows to score on, as the user gave them, and what else the scorer is given of them.

    y holds labels, or the shares of events among trials, whose numbers are the `sample_weight`.
    """

    X: Any
    y: NDArray[Any]
    offset: Floats | None
    metadata: Mapping[str, Any]

    def take(self, rows: Rows) -> "ScoredRows":
        """Give some of the rows."""
        offset = None if self.offset is None else self.offset[rows]
        metadata = {
            name: values_of(part, rows, len(self.y)) for name, part in self.metadata.items()
        }
        return ScoredRows(self.X[rows], self.y[rows], offset, metadata)

    def of_table(self, table: Any, scoring: Any) -> "ScoredRows":
        """Put the table that X is made of in its place; a function cannot score trials there."""
        if callable(scoring) and are_shares(self.y):
            raise InputError(
                "scoring is a function, and y holds shares of events in a table; give it labels, "
                "a row for each outcome with its number as sample_weight"
            )
        return self._replace(X=table)

    def one_by_one(self) -> "ScoredRows":
        """Give the outcomes of a row of trials rows of their own, weighted with their number."""
        if not are_shares(self.y):
            return self
        target = Target(self.y, self.metadata["sample_weight"])
        (labels, weight), rows = trial_rows(target, np.arange(len(self.y)))
        twice = self.take(rows)
        return twice._replace(y=labels, metadata={**twice.metadata, "sample_weight": weight})


def values_of(part: Any, rows: Rows, n: int) -> Any:
    """Take some of the n rows of metadata; what has no value for each row is not about rows.

    >>> values_of([3, 4, 5], np.array([2, 0]), 3).tolist(), values_of("macro", np.array([2, 0]), 3)
    ([5, 3], 'macro')
    """
    values = np.asarray(part)
    return values[rows] if values.shape[:1] == (n,) else part


def read_scored_rows(
    X: Any, y: Any, weight: Any, offset: Any, metadata: Mapping[str, Any]
) -> ScoredRows:
    """Check rows to score on; the offset and metadata are checked where they are used.

    Numbers of trials are the weights of the scores, whatever the scorer asks for.
    """
    rows = check_features(X).X
    target = read_part_target(y, weight, rows.shape[0])
    if label_array(y).shape[1:] == (2,) or are_shares(target.y):
        metadata = {**metadata, "sample_weight": target.weight}
    return ScoredRows(rows, target.y, None if offset is None else np.asarray(offset), metadata)


def share_out(cv: Any, data: Data, metadata: Metadata) -> tuple[list[Fold], ScoredRows]:
    """Give the folds, and the rows that are scored; no fold has a row without weight.

    A whole number of folds is drawn from the rows with weight. Folds that the user gives, or an
    object that splits, are of all rows. The trials of a row stay in one fold.
    """
    design = data.design
    if design is None:
        raise InputError("cross-validation needs the rows in memory; pass arrays, not batches")
    data.refuse_single()
    weight = None if design.weight is None else np.asarray(design.weight)
    split, score = (
        {
            name: weight if name == "sample_weight" else design.take(in_memory(part), name)
            for name, part in each.items()
        }
        for each in metadata
    )
    table = read_scored_rows(design.X, design.y, weight, design.offset, score)
    there = read_part_target(design.y, weight, len(table.y)).weight > 0
    there &= ~np.isin(table.y, data.absent)
    folds = make_folds(cv, table, there, split, design.places)
    check_folds(folds, table.y, data.classes)
    return folds, table


def make_folds(
    cv: Any,
    table: ScoredRows,
    there: NDArray[np.bool],
    metadata: Mapping[str, Any],
    places: Rows | None,
) -> list[Fold]:
    """Turn what the user gave for `cv` into row numbers; the metadata are for its `split`.

    A number of folds is drawn from the rows that are there, the others being of weight 0. Folds
    that the user gives, or an object that splits, are of all rows, and the others leave them.
    With `places` row numbers that are given are those of a table, of which some were left out.

    >>> table = ScoredRows(None, np.zeros(3), None, {})
    >>> make_folds([([0, 1], [2])], table, np.array([True, False, True]), {}, None)
    [(array([0]), array([2]))]
    """
    splits = hasattr(cv, "split")
    if metadata and not splits:
        name = next(iter(metadata))
        raise InputError(f"{name} are of no use with cv={cv!r}; give an object that splits by them")
    if cv is None or isinstance(cv, Integral):
        rows = np.flatnonzero(there)
        draw = share_folds if are_shares(table.y) else stratified_folds
        drawn = draw(table.y[rows], FOLDS if cv is None else int(cv))
        return [(rows[train], rows[test]) for train, test in drawn]
    if isinstance(cv, (str, type)) or not (splits or isinstance(cv, Iterable)):
        raise InputError(
            f"{refused('cv', cv)}; give a whole number of folds, "
            "an object with a method split(X, y), or pairs of row numbers (train, test)"
        )
    pairs = cv.split(table.X, table.y, **metadata) if splits else cv
    places = np.arange(len(there)) if splits or places is None else places
    folds = [read_fold(pair, places, f"fold {k} of cv") for k, pair in enumerate(pairs)]
    if not folds:
        raise InputError("cv gives no folds; give pairs of row numbers (train, test)")
    return [(train[there[train]], test[there[test]]) for train, test in folds]


def read_fold(pair: Any, places: Rows, name: str) -> Fold:
    """Check a pair of row numbers, and give the places of the rows that are used."""
    if not isinstance(pair, (tuple, list, np.ndarray)) or len(pair) != 2:
        raise InputError(f"{name} is not a pair; give row numbers to train and to test on")
    train, test = pair
    return used_rows(train, places, f"{name}, to train"), used_rows(
        test, places, f"{name}, to test"
    )


def used_rows(rows: ArrayLike, places: Rows, name: str) -> Rows:
    """Give the places of rows, without those that were left out for a missing value (−1).

    >>> used_rows([0, 1, 2], np.array([0, -1, 1]), "fold 0").tolist()
    [0, 1]
    """
    found = places[row_numbers(rows, len(places), name)]
    if not (found >= 0).any():
        raise InputError(f"{name}: every row was left out for a missing value; give others")
    return found[found >= 0]


def row_numbers(rows: ArrayLike, n: int, name: str) -> Rows:
    """Check row numbers; a mask of all rows is turned into them.

    >>> row_numbers([True, False, True], 3, "fold 0").tolist()
    [0, 2]
    """
    array = np.asarray(rows)
    if array.dtype == np.bool and array.shape == (n,):
        array = np.flatnonzero(array)
    if array.size == 0:
        raise InputError(f"{name}: there are no rows; give some")
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise InputError(f"{name}: rows that are not numbers; give whole ones, or a mask of all")
    strange = array[(array < 0) | (array >= n)]
    if strange.size:
        raise InputError(f"{name}: {strange[0]} is not a row; give numbers from 0 to {n - 1}")
    return array.astype(np.intp)


def outcomes_in(y: NDArray[Any]) -> NDArray[Any]:
    """List the classes in labels, or in shares of events with some weight.

    >>> outcomes_in(np.array([0.0, 0.5])).tolist(), outcomes_in(np.array([0.0, 0.0])).tolist()
    ([0, 1], [0.0])
    """
    return EVENT if are_shares(y) else np.unique(y)


def check_folds(folds: Sequence[Fold], y: NDArray[Any], classes: NDArray[Any]) -> None:
    """Refuse a fold that lacks rows to test on, or a class to train on.

    Without rows of a class its intercept has no optimum but −∞, and a score would tell where
    the solver happened to stop.
    """
    for k, (train, test) in enumerate(folds):
        missing = np.setdiff1d(classes, outcomes_in(y[train]))
        if missing.size:
            raise InputError(
                f"fold {k} of cv trains on no rows of class {missing[0]!s}, or only on rows of "
                "weight 0; give stratified folds (a whole number for cv) and two rows or more of "
                "each class"
            )
        if not test.size:
            raise InputError(f"fold {k} of cv tests on rows of weight 0 only; leave them out")
