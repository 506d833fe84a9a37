"""Folds: pairs of rows to train on and to test on, drawn here or given by the user."""

from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glasslogit.core import Floats
from glasslogit.errors import InputError
from glasslogit.evaluate import stratified_folds
from glasslogit.model.design import Design

Rows = NDArray[np.intp]
Fold = tuple[Rows, Rows]  # to train on, to test on
FOLDS = 5


def make_folds(
    cv: Any, X: Any, y: NDArray[Any], groups: Any = None, design: Design | None = None
) -> list[Fold]:
    """Turn what the user gave for `cv` into row numbers; `groups` are for its `split`.

    With a `design` the groups, and row numbers that are given, are those of its table.

    >>> make_folds([([0, 1], [2])], None, np.zeros(3))
    [(array([0, 1]), array([2]))]
    """
    splits = hasattr(cv, "split")
    if groups is not None and not splits:
        raise InputError(f"groups are of no use with cv={cv!r}; give an object that splits by them")
    if cv is None or isinstance(cv, Integral):
        return stratified_folds(y, FOLDS if cv is None else int(cv))
    if isinstance(cv, (str, type)) or not (splits or isinstance(cv, Iterable)):
        raise InputError(
            f"cv={cv!r} is not valid; give a whole number of folds, "
            "an object with a method split(X, y), or pairs of row numbers (train, test)"
        )
    groups = groups if design is None else design.take(groups, "groups")
    pairs = cv.split(X, y, *([] if groups is None else [groups])) if splits else cv
    places = None if splits or design is None else design.places
    places = np.arange(len(y)) if places is None else places
    folds = [read_fold(pair, places, f"fold {k} of cv") for k, pair in enumerate(pairs)]
    if not folds:
        raise InputError("cv gives no folds; give pairs of row numbers (train, test)")
    return folds


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


def check_folds(
    folds: Sequence[Fold], y: NDArray[Any], weight: Floats, classes: NDArray[Any]
) -> None:
    """Refuse a fold that lacks weight to test on, or a class to train on.

    Without rows of a class its intercept has no optimum but −∞, and a score would tell where
    the solver happened to stop.
    """
    codes = np.searchsorted(classes, y)
    for k, (train, test) in enumerate(folds):
        totals = np.bincount(codes[train], weight[train], len(classes))
        if not totals.all():
            name = f"class {classes[totals.argmin()]!s}"
            raise InputError(
                f"fold {k} of cv trains on no rows of {name}, or only on rows of weight 0; "
                "give stratified folds (a whole number for cv) and two rows or more of each class"
            )
        if not weight[test].any():
            raise InputError(f"fold {k} of cv tests on rows of weight 0 only; leave them out")
