"""From a CSV file to rows to train on and rows to measure on."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.cli.beside import RowMetadata, read_beside
from glasslogit.cli.spread import Spread, column_spread
from glasslogit.cli.usable import find_usable
from glasslogit.cli.words import messages
from glasslogit.findings import Finding
from glasslogit.inputs import LazyLabels, NamedRows
from glasslogit.model import Design, call_of
from glasslogit.tables import (
    Encoded,
    Encoding,
    Fault,
    Survey,
    Table,
    TableEncoder,
    TypedColumns,
)
from glasslogit.trust import NumberRange, numbers_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from glasslogit.cli.request import FitRequest


@dataclass(frozen=True, eq=False)
class Prepared:
    """The usable rows of a table, in the order of the file, and how they are split."""

    survey: Survey
    design: Design  # of the rows to train on
    beside: RowMetadata
    beside_held_out: RowMetadata
    groups: NDArray[Any] | None  # of all rows of the table
    encoding: Encoding  # learned from the rows to train on
    classes: Mapping[Any, int]  # the labels and the usable rows of each; none of shares of events
    trained: NamedRows  # X of the training rows, and of those held out that have a probability
    held_out: NamedRows
    y_held_out: NDArray[Any] | LazyLabels
    numbers: Mapping[str, NumberRange]  # columns of numbers in the training rows
    no_value: tuple[Fault, ...]  # training rows that the formula has no value in: left out
    faults: tuple[Fault, ...]  # why the other rows that are held out have none
    positive: Any  # the label, or None for more than two classes
    unlabelled: int  # complete rows without a target
    findings: tuple[Finding, ...]  # of the reading, the levels and the rows left out
    unseen: Mapping[str, int]  # column -> held-out rows with an unseen level
    warnings: tuple[str, ...]  # of the learning

    @cached_property
    def spread(self) -> Spread:
        """How the columns of X are spread over the training rows."""
        return column_spread(self.trained.values)

    @property
    def n_trained(self) -> int:
        """How many rows there are to train on."""
        return len(self.design.kept)

    @property
    def n_fitted(self) -> int:
        """How many rows have a part in the fit: those to train on but for weights of 0."""
        weight = self.beside.weight
        return self.n_trained if weight is None else int((weight > 0).sum())

    @property
    def n_held_out(self) -> int:
        """How many rows are held out, with a probability or without."""
        return len(self.y_held_out) + len({*chain(*(fault.rows.tolist() for fault in self.faults))})

    @property
    def measured(self) -> tuple[NDArray[Any], NamedRows, RowMetadata]:
        """The rows to measure on, of those held out if any has a probability: y, X, beside."""
        if len(self.y_held_out):
            return np.asarray(self.y_held_out), self.held_out, self.beside_held_out
        return np.asarray(self.design.y), self.trained, self.beside


def prepare(table: Table, request: FitRequest, typed: TypedColumns | None = None) -> Prepared:
    """Find the usable rows, split them, learn the encoding from the training rows.

    `typed` are the columns, as `columns_of` gives them.

    Raises
    ------
    TableError, InputError
        If the table, the target or the split cannot be used.

    """
    usable = find_usable(table, request, typed)
    learned = _learn(table, usable.train, request)
    encoded, trained, names = learned.encoded, learned.places, learned.encoding.feature_names
    held_out, X, faults = encoded.usable(usable.test)
    beside = read_beside(table, request.beside_names)
    unseen = {name: int(np.isin(held_out, at).sum()) for name, at in encoded.unseen.items()}
    return Prepared(
        survey=usable.survey,
        design=_design(learned, usable.y(trained), beside.take(trained), request),
        beside=beside.take(trained),
        beside_held_out=beside.take(held_out),
        groups=beside.groups,
        encoding=learned.encoding,
        classes=usable.classes,
        trained=learned.X,
        held_out=NamedRows(names, X),
        y_held_out=usable.y(held_out),
        numbers=numbers_of(learned.encoding.columns, encoded.values, trained),
        no_value=learned.no_value,
        faults=faults,
        positive=usable.positive,
        unlabelled=usable.unlabelled,
        findings=(*usable.survey.findings, *usable.findings),
        unseen={name: count for name, count in unseen.items() if count},
        warnings=learned.warnings,
    )


@dataclass(frozen=True, eq=False)
class LearnedRows:
    """Training rows and what was learned from them; some may have no value in a formula."""

    encoder: TableEncoder
    encoded: Encoded  # the whole table
    places: NDArray[np.intp]  # in it, of the rows that have a value
    X: NamedRows  # of these
    no_value: tuple[Fault, ...]
    warnings: tuple[str, ...]

    @property
    def encoding(self) -> Encoding:
        """The rules that were learned."""
        return self.encoder.encoding_


def _design(
    learned: LearnedRows, y: NDArray[Any] | LazyLabels, beside: RowMetadata, request: FitRequest
) -> Design:
    """Make the design of the training rows, as a fit to a table with them would make it."""
    name = request.target if request.beside.trials is None else None
    given = name or y, beside.weight, request.encoder, request.columns.formula
    return Design(
        *(learned.X, y, beside.weight, beside.offset, learned.encoder),
        table=learned.encoded.table,
        kept=learned.places,
        call=call_of(*given),
        target=name,
    )


def _learn(table: Table, places: NDArray[np.intp], request: FitRequest) -> LearnedRows:
    """Learn an encoding from the rows at some places, but for those without a value in a formula.

    What `fit` would warn of is said as it says it.
    """
    encoder = replace(request.encoder, formula=request.terms)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        encoded = encoder.fit(_features(table.take(places), request)).encoding_.judge(table)
        left, X, no_value = encoded.usable(places)
        if not len(left):
            raise no_value[0].error(table)
        if no_value:
            encoded = encoder.fit(_features(table.take(left), request)).encoding_.judge(table)
            X = encoded.rows(left)
    said = tuple(dict.fromkeys(messages(caught)))
    rows = NamedRows(encoder.encoding_.feature_names, X)
    return LearnedRows(encoder, encoded, left, rows, no_value, said)


def _features(rows: Table, request: FitRequest) -> Table:
    """Give rows without their target."""
    return rows.with_columns(
        {name: rows.columns[name] for name in rows.names if name != request.target}
    )
