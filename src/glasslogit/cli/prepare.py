"""From a CSV file to rows to train on and rows to measure on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.errors import InputError, TableError
from glasslogit.evaluate import split_rows
from glasslogit.tables import Encoding, Survey, Table, read_labels, survey_columns
from glasslogit.tables.reading import shorten

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True)
class FitRequest:
    """What `glasslogit fit` was asked; the names are those of its options."""

    table: Path
    target: str
    positive: str | None
    C: float
    test_size: float
    seed: int
    model: Path | None
    plots: Path | None
    threshold: float | None  # None: the best F1 on the training rows
    drop: tuple[str, ...]
    categorical: tuple[str, ...]
    solver: str
    max_iter: int
    all_levels: bool
    silence: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class NamedRows:
    """Rows of X with the names of their columns, as the estimator reads a data frame."""

    columns: tuple[str, ...]
    values: NDArray[np.float64]  # (n, d)

    def to_numpy(self) -> NDArray[np.float64]:
        """Return the values."""
        return self.values


@dataclass(frozen=True, eq=False)
class Prepared:
    """The usable rows of a table, in the order of the file, and how they are split."""

    survey: Survey
    encoding: Encoding
    X: NDArray[np.float64]  # (n, d)
    y: NDArray[Any]  # (n,)
    places: NDArray[np.intp]  # (n,) in the table
    train: NDArray[np.intp]  # places in X and y
    test: NDArray[np.intp]
    positive: Any  # the label, or None for more than two classes
    unlabelled: int  # rows without a target
    unseen: Mapping[str, int]  # column -> held-out rows counted as the reference

    def rows(self, part: NDArray[np.intp]) -> NamedRows:
        """Return some rows of X with their names."""
        return NamedRows(self.encoding.feature_names, self.X[part])


def prepare(table: Table, request: FitRequest) -> Prepared:
    """Find the usable rows, split them, learn the encoding from the training rows.

    Raises
    ------
    TableError, InputError
        If the table, the target or the split cannot be used.

    """
    labels, labelled = read_labels(table, request.target)
    survey = survey_columns(
        table, target=request.target, drop=request.drop, categorical=request.categorical
    )
    used = np.flatnonzero(labelled & survey.complete)
    y = labels[used]
    if len(used):
        positive = _positive(table, request, np.unique(y))
    train, test = _split(y, request)
    encoding = survey.learn(used[train])
    encoded = encoding.encode(table, unseen="reference")  # only held-out rows can be unseen
    return Prepared(
        survey=survey,
        encoding=encoding,
        X=encoded.X[used],
        y=y,
        places=used,
        train=train,
        test=test,
        positive=positive,
        unlabelled=int((~labelled).sum()),
        unseen=encoded.unseen,
    )


def _positive(table: Table, request: FitRequest, classes: NDArray[Any]) -> Any:
    """Return the positive label of two classes; refuse a target with one class."""
    known = shorten([repr(label) for label in classes.tolist()])
    if len(classes) < 2:
        problem = f"target {request.target!r} holds one class only, {known}"
        raise TableError(f"{table.source}: {problem}; give rows of two or more classes")
    if len(classes) > 2:
        if request.positive is not None:
            problem = f"--positive applies to two classes, the target has {len(classes)}"
            raise InputError(f"{problem} ({known}); leave it out")
        return None
    if request.positive is None:
        return classes[1].item()
    for label in classes.tolist():
        if str(label) == request.positive:
            return label
    raise InputError(f"--positive {request.positive!r} is not a class; the classes are {known}")


def _split(y: NDArray[Any], request: FitRequest) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Hold out a share of each class; without a share, train on all rows."""
    if request.test_size == 0 or not len(y):
        return np.arange(len(y)), np.arange(0)
    try:
        return split_rows(len(y), request.test_size, request.seed, y)
    except InputError as error:
        problem = f"cannot hold out --test-size {request.test_size:g}: {str(error).split(';')[0]}"
        remedy = "--test-size 0 trains on all rows"
        raise InputError(f"{request.table}: {problem}; {remedy}, more rows help") from None
