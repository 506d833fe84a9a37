"""What `fit` and `check` say of the rows and the target before anything is fitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from glasslogit.cli import output as show
from glasslogit.cli.words import in_shell
from glasslogit.pages import how_many
from glasslogit.tables import NumberColumn, Table, Times, parse_number, shorten

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from glasslogit.cli.prepare import Prepared
    from glasslogit.cli.request import FitRequest

UNUSABLE = "cannot be used as written"
MOST_NUMBERED = 12  # months, ratings and digits are no more classes than this


def about_data(
    table: Table, data: Prepared, request: FitRequest, unusable: Collection[str] = ()
) -> Iterator[tuple[str, str]]:
    """Say what was read, what was dropped and why, and what the classes are.

    Nobody asked to leave the `unusable` columns out: they cannot be used.
    """
    columns = how_many(len(table.names), "column")
    yield "Read", f"{table.source}: {show.rows(table.n_rows)}, {columns}"
    incomplete = int((~data.survey.complete).sum())
    if incomplete:
        missing = sorted(data.survey.missing.items(), key=lambda item: -item[1])
        where = shorten([f"{name!r} {count:,}" for name, count in missing])
        yield "Dropped", f"{show.rows(incomplete)} with a missing value ({where})"
    for fault in data.no_value:
        lost = show.rows(len(fault.rows), "training ")
        yield "Warning", f"dropped {lost}, in which {fault.reason}"
    if data.unlabelled:
        trials = request.beside.trials
        or_trial = "" if trials is None else f", or with 0 {trials!r}"
        lacking = f"a value of {request.target!r}{or_trial}"
        yield "Dropped", f"{show.rows(data.unlabelled)} without {lacking}"
    beside = {*request.beside_names.values()}
    every = dict(data.survey.dropped) | dict.fromkeys(unusable, UNUSABLE)
    reasons = {
        name: every.get(name) or f"{why} {_left(data)}" for name, why in data.encoding.dropped
    }
    dropped = [(name, why) for name, why in reasons.items() if name not in beside]
    for why in dict.fromkeys(why for _, why in dropped):
        found = [name for name, other in dropped if other == why]
        columns = "columns" if len(found) > 1 else "column"
        yield "Dropped", f"{columns} {shorten([*map(repr, found)])}: {why}"
    yield from (("", why) for name, _ in dropped if name not in every for why in _lost(data, name))
    for column in data.encoding.columns:
        if isinstance(column, NumberColumn) and column.kind == "date":
            yield "Date", f"{column.name}: days from {Times.of_day(column.origin)}, the earliest"
    yield "Target", f"{request.target}: {_about_target(data, request)}"
    yield from _about_numbers(data, request)
    yield from _about_beside(request)
    idle = data.n_trained - data.n_fitted
    if idle:
        kind = "training " if data.n_held_out else ""
        yield "", f"{show.rows(idle, kind)} of weight 0, without any part in the fit"


def _left(data: Prepared) -> str:
    """Say which rows are left to learn from."""
    rows = show.rows(data.n_trained)
    return f"in the {rows} {'to train on' if data.n_held_out else 'that are left'}"


def _lost(data: Prepared, name: str) -> Iterator[str]:
    """Say what costs the rows in which a column has a value, most of all, and what keeps them."""
    columns = data.survey.table.columns
    there = ~columns[name].gaps & ~data.survey.complete
    lost = {other: int((each.gaps & there).sum()) for other, each in columns.items()}
    worst = max(lost, key=lambda other: lost[other])
    if lost[worst]:
        told = f"{show.rows(lost[worst])} with a value of {name!r} and none of {worst!r}"
        dropped = "" if data.encoding.formula is not None else f"--drop {in_shell(worst)}, or "
        yield f"left out are {told}: {dropped}--missing indicator keeps them"


def _about_numbers(data: Prepared, request: FitRequest) -> Iterator[tuple[str, str]]:
    """Say what a target of many numbers means for the fit, before it is fitted, and what to do."""
    if request.beside.trials is not None:
        return
    labels = [*data.classes]
    numbers = all(parse_number(str(label)) is not None for label in labels)
    if numbers and len(labels) > MOST_NUMBERED:
        K, size = len(labels), len(data.encoding.feature_names) + int(data.encoding.intercept)
        found = f"{request.target!r} looks like a number: it has {K:,} values, each a class"
        fitted = f"{K:,} × {how_many(size, 'coefficient')}"
        yield "Warning", f"{found} of its own: {fitted}, which may take long"
        yield "", "to predict a number is regression, which glasslogit does not do;"
        limit = f"such as whether {request.target!r} >= {labels[K // 2]}"
        yield "", f"to predict a class, make a column of few, {limit};"
        yield "", "to count events among the trials of a column, name that by --trials;"
        yield "", "if the numbers name classes, nothing is wrong"


def _about_target(data: Prepared, request: FitRequest) -> str:
    """Say how frequent the classes are, or the events among the trials."""
    if request.beside.trials is not None:
        parts = ((data.design.y, data.beside), (data.y_held_out, data.beside_held_out))
        counts = [(y @ each.trials, each.trials.sum()) for y, each in parts]
        events, trials = np.sum(counts, axis=0)
        return f"{how_many(round(events), 'event')} in {how_many(round(trials), 'trial')}"
    shares = data.classes.items()
    return shorten([f"{label} in {show.rows(count)}" for label, count in shares], limit=6)


def _about_beside(request: FitRequest) -> Iterator[tuple[str, str]]:
    """Say which columns are read beside X, and as what."""
    meaning = request.beside.weights_are.value
    weight = f"{meaning} weights" if request.beside.trials is None else "numbers of trials"
    words = {"weight": weight, "offset": "offset", "groups": "clusters"}
    for part, name in request.beside_names.items():
        yield "Beside", f"{name}: {words[part]}, no column of the model"
