"""What is said beside the differences of two models: of the rows, and of what the models do."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import Floats
from glasslogit.model import RowPredictions, deciding_threshold
from glasslogit.pages import how_many, listed, number, probability
from glasslogit.tables import match_levels, shorten
from glasslogit.trust.inference.outcomes import REASONS_NAMED
from glasslogit.trust.inference.paired import OutcomeWeights

ADDS_UP = 1e-4  # standard errors: the residuals of other rows add up to less once in 12,000 times
SIDES = ("new", "old")


class Side(NamedTuple):
    """One of the two models, and what it says of the rows.

    `trained` are the rows that it was fitted to if this is its table, (n,); by default all that
    it can predict. `recorded` says that its file remembers rows like these.
    """

    model: Any
    rows: RowPredictions
    trained: NDArray[np.bool_] | None = None
    recorded: bool = False


class Judged(NamedTuple):
    """What both models say of the rows that are compared: probabilities, and classes decided."""

    seen: OutcomeWeights
    p: tuple[Floats, Floats]
    decided: tuple[NDArray[np.intp], NDArray[np.intp]]


def sole_class(seen: OutcomeWeights) -> list[int]:
    """Give the class that all rows are of, if there is one."""
    there = np.flatnonzero(seen.weight.any(axis=0)).tolist()
    return there if len(there) == 1 else []


def about_class(judged: Judged, name: str, k: int, models: tuple[Any, Any]) -> Iterator[str]:
    """Say how frequent a class is beside its mean probabilities, and from when it is predicted."""
    weight = judged.seen.weight
    of_row = weight.sum(axis=1)
    new, old = (number(float(of_row @ p[:, k] / of_row.sum())) for p in judged.p)
    share = number(float(weight[:, k].sum() / of_row.sum()))
    yield f"mean probability of {name}: new {new}, old {old}; its share of these rows is {share}"
    ends = [deciding_threshold(model, label_at(model, name)) for model in models]
    new, old = (probability(end) for end in ends)
    yield f"{name} is predicted from probability {new} on by the new model, from {old} by the old"


def label_at(model: Any, name: str) -> Any:
    """Give the label of a model's class by its name."""
    labels = model.classes_.tolist()
    return labels[match_levels(list(map(str, labels)), [name])[0]]


def without_probability(new: RowPredictions, old: RowPredictions) -> Iterator[str]:
    """Say how many rows each model cannot predict, which, and why."""
    for name, rows in zip(SIDES, (new, old), strict=True):
        lost = rows.encoded.table.numbers[~rows.known]
        if len(lost):
            kinds = [f"{kind} in {count:,}" for kind, count in rows.counts.items()]
            which = f"{how_many(len(lost), 'row')} that the {name} model cannot predict"
            yield f"{which} ({listed(map(str, lost))}): {shorten(kinds, REASONS_NAMED)}"


def unseen_levels(new: RowPredictions, old: RowPredictions) -> Iterator[str]:
    """Say where a model has not seen a level and counts it as another."""
    for name, rows in zip(SIDES, (new, old), strict=True):
        for column, places in rows.encoded.unseen.items():
            unseen = f"{how_many(len(places), 'row')} with a level of {column}"
            counted = rows.encoded.rules.counts_as(column)
            yield f"{unseen} that the {name} model has not seen, counted as {counted}"
        yield from rows.encoded.remarks


def infinite_losses(judged: Judged, numbers: NDArray[np.intp]) -> Iterator[str]:
    """Say where a model gave probability 0 to what happened."""
    for name, p in zip(SIDES, judged.p, strict=True):
        rows = numbers[((p == 0) & (judged.seen.weight > 0)).any(axis=1)]
        if len(rows):
            where = f"{how_many(len(rows), 'row')} ({listed(map(str, rows))})"
            given = f"the {name} model gave probability 0 to what happened in {where}"
            yield f"{given}: its log loss is infinite, and the Brier score decides"


def trained_on(name: str, side: Side, p: Floats, seen: OutcomeWeights) -> Iterator[str]:
    """Warn of rows that a model was fitted to: Σ (y − p) is 0 there, with an intercept."""
    rows = seen.weight.any(axis=1) & side.rows.known
    rows &= True if side.trained is None else side.trained
    weight, p = seen.weight[rows], p[rows]
    of_row = weight.sum(axis=1, keepdims=True)
    off = np.abs((weight - of_row * p).sum(axis=0))
    errors = np.sqrt((of_row * p * (1.0 - p)).sum(axis=0))
    adds_up = (errors > 0).all() and (off < ADDS_UP * errors).all()
    if adds_up or (side.recorded and rows.any()):
        share = "" if rows.sum() == seen.weight.any(axis=1).sum() else f"{rows.sum():,} of "
        yield (
            f"the {name} model seems to have been fitted to {share}these rows, which flatters it: "
            "take rows that neither model has seen"
        )
