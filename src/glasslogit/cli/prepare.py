"""From a CSV file to rows to train on and rows to measure on."""

from __future__ import annotations

from dataclasses import dataclass
from shlex import join
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.cli import output as show
from glasslogit.errors import InputError, TableError
from glasslogit.evaluate import split_rows
from glasslogit.findings import Finding
from glasslogit.inputs import NamedRows, number_all
from glasslogit.tables import (
    Category,
    Encoding,
    Fault,
    Missing,
    Survey,
    Table,
    TableEncoder,
    Unseen,
    dropped_rows,
    read_labels,
    shorten,
    survey_columns,
)
from glasslogit.tables.encoding import parse, split_formula

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True)
class FitRequest:
    """What `glasslogit fit` or `check` was asked; the names are those of the options."""

    table: Path
    target: str
    drop: tuple[str, ...]
    categorical: tuple[str, ...]
    silence: tuple[str, ...]
    positive: str | None = None
    C: float = 1.0
    test_size: float = 0.0
    seed: int = 0
    model: Path | None = None
    plots: Path | None = None
    threshold: str = "0.5"  # as `with_threshold` takes it
    solver: str = "auto"
    max_iter: int = 100
    all_levels: bool = False
    missing: Missing = "drop"
    rare: int = 0
    unseen: Unseen = "error"
    formula: str | None = None

    @property
    def encoder(self) -> TableEncoder:
        """The policies of the columns."""
        same: dict[str, Any] = {"missing": self.missing, "unseen": self.unseen}
        category = Category(rare=self.rare or 1, **same)
        columns = dict.fromkeys(self.categorical, category)
        return TableEncoder(columns, rare=self.rare, formula=self.terms, **same)

    def command(self) -> str:
        """Write the command line of a `fit` of these columns."""
        given = [
            *[f"--drop={name}" for name in self.drop],
            *[f"--categorical={name}" for name in self.categorical],
            *[f"--silence={code}" for code in self.silence],
            *([] if self.missing == "drop" else [f"--missing={self.missing}"]),
            *([f"--rare={self.rare}"] if self.rare else []),
            *([] if self.formula is None else [f"--formula={self.formula}"]),
        ]
        return join(["glasslogit", "fit", str(self.table), f"--target={self.target}", *given])

    @property
    def terms(self) -> str | None:
        """The right side of the formula, whose left side may repeat the target."""
        target, right = (None, None) if self.formula is None else split_formula(self.formula)
        if target not in {None, self.target}:
            raise InputError(f"--formula has the target {target!r}, --target is {self.target!r}")
        return right


@dataclass(frozen=True, eq=False)
class Prepared:
    """The usable rows of a table, in the order of the file, and how they are split."""

    survey: Survey
    encoding: Encoding
    y: NDArray[Any]  # (n,)
    places: NDArray[np.intp]  # (n,) in the table
    train: NDArray[np.intp]  # places in y
    test: NDArray[np.intp]  # those that are held out and have a probability
    trained: NamedRows  # X of the training rows, and of those held out
    held_out: NamedRows
    no_value: tuple[Fault, ...]  # training rows that the formula has no value in: left out
    faults: tuple[Fault, ...]  # why the other rows that are held out have none
    positive: Any  # the label, or None for more than two classes
    unlabelled: int  # rows without a target
    findings: tuple[Finding, ...]  # of the reading, the levels and the rows left out
    unseen: Mapping[str, int]  # column -> held-out rows with an unseen level


def prepare(table: Table, request: FitRequest) -> Prepared:
    """Find the usable rows, split them, learn the encoding from the training rows.

    Raises
    ------
    TableError, InputError
        If the table, the target or the split cannot be used.

    """
    labels, labelled = read_labels(table, request.target)
    encoder = request.encoder
    survey = survey_columns(
        in_formula(table, request),
        target=request.target,
        drop=request.drop,
        categorical=request.categorical,
        missing=request.missing,
    )
    used = np.flatnonzero(labelled & survey.complete)
    y = labels[used]
    if len(used):
        positive = _positive(table, request, number_all(y)[0])
    lost = dropped_rows(survey.complete[labelled], survey.missing, labels[labelled])
    train, test = _split(y, request)
    encoding = encoder.learn_from(survey, used[train])
    encoded = encoding.judge(table)
    trained, trained_X, no_value = encoded.usable(used[train])
    if not len(trained):
        raise no_value[0].error(table)
    held_out, X, faults = encoded.usable(used[test])
    unseen = {name: int(np.isin(held_out, rows).sum()) for name, rows in encoded.unseen.items()}
    return Prepared(
        survey=survey,
        encoding=encoding,
        y=y,
        places=used,
        train=train[np.isin(used[train], trained)],
        test=test[np.isin(used[test], held_out)],
        trained=NamedRows(encoding.feature_names, trained_X),
        held_out=NamedRows(encoding.feature_names, X),
        no_value=no_value,
        faults=faults,
        positive=positive,
        unlabelled=int((~labelled).sum()),
        findings=(*survey.findings, *lost),
        unseen={name: count for name, count in unseen.items() if count},
    )


def about_data(table: Table, data: Prepared, request: FitRequest) -> Iterator[tuple[str, str]]:
    """Say what was read, what was dropped and why, and what the classes are."""
    yield "Read", f"{table.source}: {show.rows(table.n_rows)}, {len(table.names)} columns"
    incomplete = int((~data.survey.complete).sum())
    if incomplete:
        missing = sorted(data.survey.missing.items(), key=lambda item: -item[1])
        where = shorten([f"{name} {count:,}" for name, count in missing])
        yield "Dropped", f"{show.rows(incomplete)} with a missing value ({where})"
    for fault in data.no_value:
        yield "Warning", f"dropped {show.rows(len(fault.rows), 'training ')}, in which {fault.kind}"
    if data.unlabelled:
        yield "Dropped", f"{show.rows(data.unlabelled)} without a value of {request.target}"
    for why in dict.fromkeys(why for _, why in data.encoding.dropped):
        found = [name for name, other in data.encoding.dropped if other == why]
        columns = "columns" if len(found) > 1 else "column"
        yield "Dropped", f"{columns} {shorten(found)}: {why}"
    labels, codes = number_all(data.y)
    shares = zip(labels.tolist(), np.bincount(codes), strict=True)
    listed = shorten([f"{label} in {show.rows(count)}" for label, count in shares], limit=6)
    yield "Target", f"{request.target}: {listed}"


def in_formula(table: Table, request: FitRequest) -> Table:
    """Return the table with the target and the columns that the formula uses, if there is one."""
    if request.terms is None:
        return table
    wanted = (request.target, *request.drop, *request.categorical, *parse(request.terms).names)
    return table.with_columns({name: table.column(name) for name in wanted})


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
