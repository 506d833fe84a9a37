"""From a CSV file to rows to train on and rows to measure on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from shlex import join
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.cli.beside import RowMetadata, read_beside, with_gaps
from glasslogit.cli.model_options import ErrorOptions, Fitting, RowOptions
from glasslogit.cli.options import Columns, Measuring, Output, Reading, typed
from glasslogit.cli.spread import Spread, column_spread
from glasslogit.cli.trials import read_trials
from glasslogit.errors import InputError, TableError
from glasslogit.evaluate import split_rows
from glasslogit.findings import Finding
from glasslogit.inputs import NamedRows, number_all
from glasslogit.tables import (
    Category,
    Date,
    Encoded,
    Encoding,
    Fault,
    Missing,
    Policy,
    Survey,
    Table,
    TableEncoder,
    TypedColumns,
    Unseen,
    dropped_rows,
    read_labels,
    shorten,
    type_columns,
)
from glasslogit.tables.encoding import parse, split_formula
from glasslogit.trust import NumberRange, numbers_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True)
class FitRequest:
    """What `glasslogit fit` or `check` was asked, in the groups of its options."""

    table: Path
    target: str
    reading: Reading
    columns: Columns
    output: Output
    fitting: Fitting = field(default_factory=Fitting)
    measuring: Measuring = field(default_factory=lambda: Measuring(test_size=0.0))
    beside: RowOptions = field(default_factory=RowOptions)
    errors: ErrorOptions = field(default_factory=ErrorOptions)
    unseen: Unseen = "error"

    @property
    def encoder(self) -> TableEncoder:
        """The policies of the columns."""
        asked = self.columns
        same: dict[str, Any] = {"missing": asked.missing.value, "unseen": self.unseen}
        category = Category(rare=asked.rare or 1, **same)
        columns: dict[str, Policy] = dict.fromkeys(asked.categorical, category)
        for name, level in asked.references.items():
            rare = asked.rare or int(name in columns)
            columns[name] = Category(level, rare=rare, **same)
        scaled = self.fitting.standardise
        date = Date(missing=asked.missing.value, standardise=scaled)
        columns |= dict.fromkeys(asked.date, date)
        columns |= dict.fromkeys((*asked.drop, *self.beside_names.values()), "drop")
        return TableEncoder(columns, rare=asked.rare, standardise=scaled, **same)

    @property
    def beside_names(self) -> dict[str, str]:
        """The columns that are read beside X, by what they are."""
        beside = self.beside
        weight = beside.trials or beside.weights
        names = {"weight": weight, "offset": beside.offset, "groups": self.errors.cluster}
        return {part: name for part, name in names.items() if name is not None}

    def command(self) -> str:
        """Write the command line of a `fit` of these columns."""
        given = typed(self.reading, self.columns) | {"--silence": self.output.silence}
        words = (
            f"{option}={value}"
            for option, values in given.items()
            for value in (values if isinstance(values, tuple) else (values,))
        )
        return join(["glasslogit", "fit", str(self.table), f"--target={self.target}", *words])

    @property
    def terms(self) -> str | None:
        """The right side of the formula, whose left side may repeat the target."""
        formula = self.columns.formula
        target, right = (None, None) if formula is None else split_formula(formula)
        if target not in {None, self.target}:
            raise InputError(f"--formula has the target {target!r}, --target is {self.target!r}")
        return right


@dataclass(frozen=True, eq=False)
class Prepared:
    """The usable rows of a table, in the order of the file, and how they are split."""

    survey: Survey
    rows: Table  # to train on
    target: Any  # of these rows as `fit` takes it: the column's name, or shares of events
    beside: RowMetadata
    beside_held_out: RowMetadata
    encoding: Encoding  # learned from them
    y: NDArray[Any]  # (n,)
    places: NDArray[np.intp]  # (n,) in the table
    train: NDArray[np.intp]  # places in y
    test: NDArray[np.intp]  # those that are held out and have a probability
    trained: NamedRows  # X of the training rows, and of those held out
    held_out: NamedRows
    numbers: Mapping[str, NumberRange]  # columns of numbers in the training rows
    no_value: tuple[Fault, ...]  # training rows that the formula has no value in: left out
    faults: tuple[Fault, ...]  # why the other rows that are held out have none
    positive: Any  # the label, or None for more than two classes
    unlabelled: int  # rows without a target
    findings: tuple[Finding, ...]  # of the reading, the levels and the rows left out
    unseen: Mapping[str, int]  # column -> held-out rows with an unseen level

    @cached_property
    def spread(self) -> Spread:
        """How the columns of X are spread over the training rows."""
        return column_spread(self.trained.values)

    @property
    def n_held_out(self) -> int:
        """How many rows are held out, with a probability or without."""
        return len(self.test) + len({*chain(*(fault.rows.tolist() for fault in self.faults))})

    @property
    def measured(self) -> tuple[NDArray[np.intp], NamedRows, RowMetadata]:
        """The rows to measure on, of those held out if any has a probability: places, X, beside."""
        if len(self.test):
            return self.test, self.held_out, self.beside_held_out
        return self.train, self.trained, self.beside


def prepare(table: Table, request: FitRequest, typed: TypedColumns | None = None) -> Prepared:
    """Find the usable rows, split them, learn the encoding from the training rows.

    `typed` are the columns, as `columns_of` gives them.

    Raises
    ------
    TableError, InputError
        If the table, the target or the split cannot be used.

    """
    labels, labelled = _labels(table, request)
    survey = _survey(table, request, typed or columns_of(table, request))
    used = np.flatnonzero(labelled & survey.complete)
    y = labels[used]
    counted = request.beside.trials is not None
    if len(used):
        classes = np.array([0, 1]) if counted else number_all(y)[0]
        positive = _positive(table, request, classes)
    lost = list[Finding]()
    if not counted:
        lost = dropped_rows(survey.complete[labelled], survey.missing, labels[labelled])
    train, test = _split(y, request)
    if not len(train):
        raise survey.nothing_complete()
    encoding, encoded, (trained, trained_X, no_value) = _learn(table, used[train], request)
    held_out, X, faults = encoded.usable(used[test])
    beside, rows = read_beside(table, request.beside_names), table.take(trained)
    train, test = train[np.isin(used[train], trained)], test[np.isin(used[test], held_out)]
    unseen = {name: int(np.isin(held_out, at).sum()) for name, at in encoded.unseen.items()}
    return Prepared(
        survey=survey,
        rows=_features(rows, request) if counted else rows,
        target=y[train] if counted else request.target,
        beside=beside.take(trained),
        beside_held_out=beside.take(held_out),
        encoding=encoding,
        y=y,
        places=used,
        train=train,
        test=test,
        trained=NamedRows(encoding.feature_names, trained_X),
        held_out=NamedRows(encoding.feature_names, X),
        numbers=numbers_of(encoding.columns, encoded.values, trained),
        no_value=no_value,
        faults=faults,
        positive=positive,
        unlabelled=int((~labelled).sum()),
        findings=(*survey.findings, *lost),
        unseen={name: count for name, count in unseen.items() if count},
    )


def _learn(
    table: Table, places: NDArray[np.intp], request: FitRequest
) -> tuple[Encoding, Encoded, tuple[NDArray[np.intp], Any, tuple[Fault, ...]]]:
    """Learn an encoding from the rows at some places, but for those without a value in a formula.

    Gives it, the table by its rules, and the places that are left, their X, and why no others are.
    """
    encoder = replace(request.encoder, formula=request.terms)
    encoding = encoder.fit(_features(table.take(places), request)).encoding_
    encoded = encoding.judge(table)
    left, X, no_value = encoded.usable(places)
    if not len(left):
        raise no_value[0].error(table)
    if no_value:
        encoding = encoder.fit(_features(table.take(left), request)).encoding_
        encoded = encoding.judge(table)
        X = encoded.rows(left)
    return encoding, encoded, (left, X, no_value)


def _features(rows: Table, request: FitRequest) -> Table:
    """Give rows without their target."""
    return rows.with_columns(
        {name: rows.columns[name] for name in rows.names if name != request.target}
    )


def _labels(table: Table, request: FitRequest) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Read the target: labels, or with trials the shares of events; True where there is one."""
    if request.beside.trials is None:
        return read_labels(table, request.target)
    shares, _ = read_trials(table, request.target, request.beside.trials)
    return shares, ~np.isnan(shares)


def columns_of(table: Table, request: FitRequest) -> TypedColumns:
    """Type the columns of X, of a formula those that it uses."""
    asked, terms = request.columns, tuple[str, ...]()
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
    for label in classes.tolist():
        if str(label) == request.measuring.positive:
            return label
    raise InputError(
        f"--positive {request.measuring.positive!r} is not a class; the classes are {known}"
    )


def _split(y: NDArray[Any], request: FitRequest) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
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
