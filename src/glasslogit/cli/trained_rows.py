"""Which rows of a table a model was fitted to, as far as its file tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from glasslogit.cli import output as show
from glasslogit.errors import InputError
from glasslogit.evaluate import split_rows
from glasslogit.inputs import ranges_of_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from glasslogit.cli.outcomes import FileOutcomes
    from glasslogit.cli.predicted import Predicted

MEANS_AGREE = 1e-12  # of the width of a column: the same rows have the same mean but for rounding


REMEDY_HELD_OUT = "--held-out takes the others alone"


class TrainedRows(NamedTuple):
    """The rows that a model was fitted to if this is its table, (n,); None if nothing tells.

    `recorded` says that the file remembers rows like these.
    """

    rows: NDArray[np.bool_] | None
    recorded: bool


def trained_rows(predicted: Predicted, outcomes: FileOutcomes) -> TrainedRows:
    """Look for the rows of a fit where its file says that there were as many, split as then."""
    facts = predicted.saved.training
    usable = np.flatnonzero(outcomes.known & predicted.rows.known)
    trained, held_out = (facts.get(name) for name in ("rows_trained", "rows_held_out"))
    if trained is None:
        return TrainedRows(None, recorded=False)
    if trained == len(usable):
        found = usable
    elif held_out and trained + held_out == len(usable):
        strata = outcomes.codes[usable] if outcomes.events is None else None
        found = usable[split_rows(len(usable), facts["test_size"], facts["seed"], strata)[0]]
    else:
        found = usable[:0]
    marked = np.zeros(len(outcomes.known), bool)
    marked[found] = True
    return TrainedRows(marked, recorded=_recorded(predicted, found))


def _recorded(predicted: Predicted, found: NDArray[np.intp]) -> bool:
    """Tell whether the columns have the means and ends in some rows that the file remembers."""
    facts = predicted.saved.training.get("columns")
    if facts is None or not facts["mean"] or not len(found):
        return False
    here = ranges_of_columns(predicted.rows.encoded.rows(found))
    mean, low, high = (np.array(facts[name]) for name in ("mean", "low", "high"))
    apart = np.abs(here.mean - mean) > MEANS_AGREE * (high - low)
    return not apart.any() and np.array_equal(here.low, low) and np.array_equal(here.high, high)


def flattered(fit: TrainedRows, count: int) -> Iterator[tuple[str, str]]:
    """Warn that a model is measured on rows that it was fitted to, of so many."""
    if not fit.recorded or fit.rows is None:
        return
    trained = int(fit.rows.sum())
    some = f"{trained:,} of these rows" if trained < count else "these rows"
    yield "Warning", f"the model seems to have been fitted to {some}, which flatters it"
    if trained < count:
        yield "", REMEDY_HELD_OUT


def only_held_out(outcomes: FileOutcomes, *fits: TrainedRows) -> FileOutcomes:
    """Leave out the rows that a model was fitted to.

    Raises
    ------
    InputError
        If no model file remembers these rows, or if no row was held out.

    """
    seen = [fit.rows for fit in fits if fit.recorded and fit.rows is not None]
    if not seen:
        problem = "--held-out: these are not the rows that a model file remembers from its fit"
        raise InputError(f"{problem}, all of them and no others; leave it out for other rows")
    trained = np.any(seen, axis=0)
    if not (outcomes.known & ~trained).any():
        raise InputError("--held-out: no row was held out; fit with --test-size 0.2, for example")
    fitted = "the model" if len(fits) == 1 else "a model"
    said = f"{show.rows(int(trained.sum()))} that {fitted} was fitted to (--held-out)"
    return outcomes._replace(wanted=~trained, said=(*outcomes.said, ("Left out", said)))
