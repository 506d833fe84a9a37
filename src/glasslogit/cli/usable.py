"""Which rows of a table can be used, and which of them are held out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.cli.beside import with_gaps
from glasslogit.cli.options import Measuring
from glasslogit.cli.trials import read_trials
from glasslogit.cli.words import in_shell
from glasslogit.errors import InputError, TableError
from glasslogit.evaluate import split_rows
from glasslogit.findings import Finding
from glasslogit.inputs import EVENT, LazyLabels
from glasslogit.pages import listed
from glasslogit.tables import (
    Missing,
    Numbers,
    Survey,
    Table,
    TypedColumns,
    dropped_rows,
    read_coded_labels,
    shorten,
    type_columns,
    typed_column,
)
from glasslogit.tables.encoding import parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from glasslogit.cli.request import FitRequest


@dataclass(frozen=True, eq=False)
class Usable:
    """The rows with a target and all else, by their places in the table, and how they are split."""

    survey: Survey
    places: NDArray[np.intp]  # (n,) rising
    labels: NDArray[Any] | LazyLabels  # (n,) classes, or shares of events
    positive: Any
    train: NDArray[np.intp]
    test: NDArray[np.intp]
    unlabelled: int  # complete rows without a target
    findings: Sequence[Finding]

    def y(self, places: NDArray[np.intp]) -> NDArray[Any] | LazyLabels:
        """Give the labels of some of the rows, or their shares of events."""
        return self.labels.take(np.searchsorted(self.places, places))

    @property
    def classes(self) -> Mapping[Any, int]:
        """The labels, and how many rows have each."""
        if not isinstance(self.labels, LazyLabels):
            return {}
        counts = np.bincount(self.labels.codes).tolist()
        return dict(zip(self.labels.classes.tolist(), counts, strict=True))


def find_usable(table: Table, request: FitRequest, typed: TypedColumns | None = None) -> Usable:
    """Find the rows that have a target and are complete, and split them.

    `typed` are the columns, as `columns_of` gives them.
    """
    labels, labelled = _labels(table, request)
    if not labelled.any():
        problem = f"every value of the target {request.target!r} is missing"
        raise TableError(f"{table.source}: {problem}; give rows with a value there")
    survey = _survey(table, request, typed or columns_of(table, request))
    places = np.flatnonzero(labelled & survey.complete)
    y, positive, beside = labels.take(places), None, {*request.beside_names.values()}
    if isinstance(y, LazyLabels) and len(y.classes) < 2:
        _refuse_lost_classes(table, request, labels.take(np.flatnonzero(labelled)), survey)
    if len(places):
        positive = _positive(table, request, y.classes if isinstance(y, LazyLabels) else EVENT)
    lost = list[Finding]()
    if isinstance(labels, LazyLabels):
        every = labels.take(np.flatnonzero(labelled))
        stay = survey.complete[labelled]
        lost = dropped_rows(stay, survey.missing, every, beside)
    train, test = _split(y, request)
    if not len(train):
        raise survey.nothing_complete()
    parts, gone = (places[train], places[test]), int((survey.complete & ~labelled).sum())
    return Usable(survey, places, y, positive, *parts, gone, lost)


def _refuse_lost_classes(table: Table, request: FitRequest, every: Any, survey: Survey) -> None:
    """Refuse a target of several classes of which rows without a gap show one."""
    gaps = {name: n for name, n in survey.missing.items() if n}
    if len(every.classes) < 2 or not gaps or not survey.complete.any():
        return
    worst = max(gaps, key=lambda name: gaps[name])
    counted = listed(f"{name!r} {gaps[name]:,}" for name in gaps)
    problem = f"target {request.target!r} holds one class only in the rows without a gap"
    remedy = f"a gap gives the class away: --drop {in_shell(worst)} leaves that column out, and "
    remedy += "--missing indicator keeps its rows"
    if worst in request.beside_names.values():
        remedy = "fill them in"
    raise TableError(f"{table.source}: {problem} (missing: {counted}); {remedy}")


def _labels(
    table: Table, request: FitRequest
) -> tuple[NDArray[Any] | LazyLabels, NDArray[np.bool_]]:
    """Read the target: labels, or with trials the shares of events; True where there is one."""
    if request.beside.trials is None:
        return read_coded_labels(table, request.target)
    shares, _ = read_trials(table, request.target, request.beside.trials)
    return shares, ~np.isnan(shares)


def columns_of(table: Table, request: FitRequest) -> TypedColumns:
    """Type the columns of X, of a formula those that it uses."""
    asked, terms = request.columns, tuple[str, ...]()
    for name in {*asked.references} - {*asked.categorical}:
        if isinstance(typed_column(table, name), Numbers):
            problem = f"column {name!r} holds numbers, and --reference compares levels"
            remedy = f"give --categorical {in_shell(name)} as well, or leave --reference out"
            raise TableError(f"{table.source}: {problem}; {remedy}")
    drop = (*asked.drop, *request.beside_names.values())
    if request.terms is not None:
        terms = parse(request.terms).names
        wanted = (request.target, *drop, *asked.as_they_are, *asked.date, *terms)
        table = table.with_columns({name: table.column(name) for name in wanted})
    return type_columns(
        table,
        target=request.target,
        drop=drop,
        categorical=asked.as_they_are,
        dates=asked.date,
        terms=terms,
    )


def _survey(table: Table, request: FitRequest, typed: TypedColumns) -> Survey:
    """Survey the columns of X; a row is complete if those beside X have a value too."""
    missing: Missing = request.columns.missing.value
    return with_gaps(typed.surveyed(missing), table, request.beside_names, missing)


def _positive(table: Table, request: FitRequest, classes: NDArray[Any]) -> Any:
    """Return the positive label of two classes; refuse a target with one class."""
    known = shorten([repr(label) for label in classes.tolist()])
    if len(classes) < 2:
        problem = f"target {request.target!r} holds one class only, {known}"
        raise TableError(f"{table.source}: {problem}; give rows of two or more classes")
    if len(classes) > 2:
        if request.measuring.positive is not None:
            problem = f"--positive applies to two classes, the target has {len(classes)}"
            raise InputError(f"{problem} ({known}); leave it out")
        return None
    if request.measuring.positive is None:
        return classes[1].item()
    typed = table.level(request.target, request.measuring.positive)
    for label in classes.tolist():
        if str(label) == typed:
            return label
    raise InputError(
        f"--positive {request.measuring.positive!r} is not a class; the classes are {known}"
    )


def rows_of_a_fit(y: NDArray[Any] | LazyLabels, request: FitRequest) -> NDArray[np.intp] | None:
    """Give the rows that `fit` would train on if nothing is said of it; None if it would fail."""
    try:
        return _split(y, replace(request, measuring=Measuring()))[0]
    except InputError:
        return None


def _split(
    y: NDArray[Any] | LazyLabels, request: FitRequest
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Hold out a share of each class; without a share, train on all rows."""
    asked = request.measuring
    strata = y if request.beside.trials is None else None
    if asked.test_size == 0 or not len(y):
        return np.arange(len(y)), np.arange(0)
    try:
        return split_rows(len(y), asked.test_size, asked.seed, strata)
    except InputError as error:
        problem = f"cannot hold out --test-size {asked.test_size:g}: {str(error).split(';')[0]}"
        remedy = "--test-size 0 trains on all rows"
        raise InputError(f"{request.table}: {problem}; {remedy}, more rows help") from None
