"""`glasslogit explain`: why a saved model says what it says of one row of a CSV file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.cli import output as show
from glasslogit.cli.measure import decided_places
from glasslogit.cli.new_rows import NewRowsOptions, read_new_rows
from glasslogit.cli.predicted import notes_of_reading
from glasslogit.errors import InputError, ModelFileError
from glasslogit.inputs import NamedRows
from glasslogit.model import deciding_threshold
from glasslogit.pages import how_many, listed, probability
from glasslogit.tables import quote, shorten, told_together
from glasslogit.trust import (
    choose_contest,
    compose,
    known_numbers,
    known_ranges,
    read_row,
    rows_needed,
    terms_of_row,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from glasslogit.export import SavedModel
    from glasslogit.tables import Encoding, Fault, Table
    from glasslogit.trust import Explanation, Ranges


def explain_row(  # noqa: PLR0913
    model: Path,
    table: Path,
    asked: NewRowsOptions,
    *,
    row: int,
    label: str | None,
    against: str | None,
) -> None:
    """Print what each column adds to the log-odds of one row, and what would flip it."""
    out = show.Printer()
    saved, encoding, data, offset = read_new_rows(model, table, asked, out)
    place = row - data.first_row
    if not 0 <= place < data.n_rows:
        rows = f"{data.first_row} to {data.first_row + data.n_rows - 1}"
        problem = f"the table has no row {row}; its rows are {rows}, below the header"
        raise InputError(f"{data.source}: {problem}")
    x, unseen_levels = _encoded(data, encoding, place, offset.faults)
    own = None if offset.values is None else offset.values[place]
    explained = read_row(saved.model, NamedRows(encoding.feature_names, x), own)
    contest = choose_contest(saved.model, explained, _class(saved, label), _class(saved, against))
    threshold = None if saved.threshold is None else deciding_threshold(saved.model, contest.label)
    ranges = training_columns(saved, str(model))
    terms = terms_of_row(encoding, explained, data, known_numbers(saved.model, encoding), place)
    why = compose(contest, terms, ranges, threshold=threshold or 0.5)
    about = [("Row", f"{row} of {data.source}, against {_baseline(saved)}")]
    about += notes_of_reading(data)
    if own is not None:
        about.append(("Offset", f"{own:g} of this row, told as part of the baseline"))
    out.print(show.summary([*about, *_strangers(data, encoding, place, unseen_levels)]))
    out.print()
    page = why.page()
    out.print(page.title, style="bold")
    out.print(show.result_table(page, "column"))
    out.print(
        show.summary(_facts(why, _decision(saved, NamedRows(encoding.feature_names, x), own)))
    )


def _encoded(
    data: Table, encoding: Encoding, place: int, without_offset: Sequence[Fault]
) -> tuple[Any, list[str]]:
    """Return the row at a place, from 0, as the model sees it, (1, d), and its unseen levels."""
    encoded = encoding.judge(data)
    _, x, found = encoded.usable(np.array([place]))
    faults = [*(fault for fault in without_offset if place in fault.rows), *found]
    if faults:
        why = listed(told_together(faults, data, place), "; ")
        problem = f"row {place + data.first_row} has no probability to explain: {why}"
        raise InputError(f"{data.source}: {problem}")
    return x, [name for name, rows in encoded.unseen.items() if place in rows]


def _strangers(
    data: Table, encoding: Encoding, place: int, unseen: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Say which levels of the row training did not show, and what they count as."""
    for name in unseen:
        level, counted = quote(data.text(name).value(place)), encoding.rules.counts_as(name)
        yield "Warning", f"{name} is {level}, unseen in training, counted as {counted}"


def _class(saved: SavedModel, name: str | None) -> Any:
    """Return the class with this name; without one, the positive class of two."""
    if name is None:
        return None
    if name not in saved.class_names:
        known = shorten([repr(each) for each in saved.class_names])
        raise InputError(f"{name!r} is no class of the model; its classes are {known}")
    return saved.model.classes_.tolist()[saved.class_names.index(name)]


def training_columns(saved: SavedModel, path: str) -> Ranges:
    """Return mean, least and largest of the columns of X in training, from the model file."""
    known = known_ranges(saved.model)
    if known is None:
        problem = "does not hold the means of its training rows, which `fit --model` writes"
        code = f"explain(load_model({path!r}), row, X)"
        remedy = rows_needed(saved.model, saved.model.n_features_in_)
        raise ModelFileError(f"{path}: {problem}; in Python call {code}: {remedy}")
    return known


def _baseline(saved: SavedModel) -> str:
    """Say what the row is set against."""
    rows = saved.training.get("rows_trained")
    count = how_many(rows, "training row") if isinstance(rows, int) else "training rows"
    return f"the mean of the {count}"


def _decision(saved: SavedModel, row: NamedRows, offset: float | None) -> str:
    """Say which class is predicted of the row, and by which threshold if there is one."""
    beside = None if offset is None else np.array([offset])
    place = int(decided_places(saved, saved.model.predict_proba(row, offset=beside))[0])
    said = f"predicted: {saved.class_names[place]}"
    if saved.threshold is None:
        return said
    return f"{said} ({saved.positive} from {probability(saved.threshold)} on)"


def _facts(why: Explanation, decision: str) -> list[tuple[str, str]]:
    """Say the probability, what is predicted and would flip it, and what is out of range."""
    first, *others = why.facts()
    first = f"{first}; {decision}"
    return [("Result", first), *(("", other) for other in others)]
