"""What happened in the rows that models are judged on: of which class each is, and its weight."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import Floats
from glasslogit.errors import InputError
from glasslogit.inputs import (
    Target,
    are_shares,
    check_weight,
    holds_fractions,
    label_array,
    missing_labels,
    number_all,
    read_target,
)
from glasslogit.pages import how_many
from glasslogit.tables import match_levels, quote, shorten
from glasslogit.trust.inference.paired import OutcomeWeights

REASONS_NAMED = 5  # labels that are named


class RowOutcomes(NamedTuple):
    """The outcomes of rows, in which of them they are known, (n,), and why in the others not."""

    seen: OutcomeWeights
    known: NDArray[np.bool_]
    without: tuple[str, ...] = ()


def outcomes_of_labels(
    codes: NDArray[np.integer[Any]], weight: Floats, K: int, *, counts: bool
) -> RowOutcomes:
    """Give the outcomes of rows with one class each, −1 where it is not known.

    `counts` says that a weight is so many rows. Weights that hold fractions are none.

    >>> outcomes_of_labels(np.array([1, 0, -1]), np.array([2.0, 1.0, 1.0]), 2, counts=True).seen
    OutcomeWeights(weight=array([[0., 2.],
           [1., 0.],
           [0., 0.]]), by_row=False)
    """
    known = codes >= 0
    weights = np.zeros((len(codes), K))
    weights[known, codes[known]] = weight[known]
    whole = counts and not holds_fractions(Target(codes[known], weight[known]), np.ones(K))
    return RowOutcomes(OutcomeWeights(weights, by_row=not whole), known)


def outcomes_of_trials(shares: Floats, trials: Floats) -> RowOutcomes:
    """Give the outcomes of rows of trials with a share of events, NaN where it is not known.

    >>> outcomes_of_trials(np.array([0.75, np.nan]), np.array([4.0, 1.0])).seen
    OutcomeWeights(weight=array([[1., 3.],
           [0., 0.]]), by_row=True)
    """
    known = ~np.isnan(shares)
    events = np.where(known, shares, 0.0) * np.where(known, trials, 0.0)
    others = np.where(known, trials, 0.0) - events
    return RowOutcomes(OutcomeWeights(np.stack([others, events], axis=1), by_row=True), known)


def read_outcomes(
    y: Any, sample_weight: Any, n: int, classes: NDArray[Any], *, counts: bool
) -> RowOutcomes:
    """Read labels, or shares of events and numbers of trials, for a model of these classes.

    A row whose label is missing, or is none of the classes, has no outcome.

    >>> read_outcomes(["a", None, "c", "b"], None, 4, np.array(["a", "b"]), counts=True).without
    ('1 row without a label', "1 row with the label 'c', which is no class of the model (a, b)")
    """
    array = label_array(y)
    array = array[:, 0] if array.shape == (n, 1) else array
    if array.ndim == 2 or (sample_weight is not None and are_shares(array)):
        target = read_target(y, sample_weight, n)
        return outcomes_of_trials(target.y.astype(np.float64), target.weight)
    if array.shape != (n,):
        raise InputError(
            f"y has shape {array.shape} but X has {how_many(n, 'row')}; give one label a row"
        )
    gaps = missing_labels(array)
    codes, said = np.full(len(array), -1), list[str]()
    if gaps.any():
        said.append(f"{how_many(int(gaps.sum()), 'row')} without a label")
    if not gaps.all():
        levels, place = number_all(read_target(array[~gaps], None, int((~gaps).sum())).y)
        texts, names = [str(each) for each in levels.tolist()], list(map(str, classes.tolist()))
        found = np.array(match_levels(names, texts))
        codes[~gaps] = found[place]
        said += strange_labels(texts, np.bincount(place), found, names)
    weight = check_weight(sample_weight, n)
    read = outcomes_of_labels(codes, weight, len(classes), counts=counts)
    return read._replace(without=tuple(said))


def strange_labels(
    levels: Sequence[str],
    count: NDArray[np.integer[Any]],
    found: NDArray[Any],
    names: Sequence[str],
    column: str = "the label",
) -> list[str]:
    """Say how many rows have a label that is no class, if some have.

    `count` rows have each of the levels, whose places among the names are `found`, −1 for none.

    >>> strange_labels(["yes", "oui"], np.array([4, 2]), np.array([1, -1]), ["no", "yes"], "sold")
    ["2 rows with sold 'oui', which is no class of the model (no, yes)"]
    """
    strange = np.flatnonzero((found < 0) & (count > 0)).tolist()
    if not strange:
        return []
    which = shorten([quote(levels[k]) for k in strange], REASONS_NAMED)
    rows = how_many(int(count[strange].sum()), "row")
    be = "is no class" if len(strange) == 1 else "are no classes"
    known = f"which {be} of the model ({shorten(names)})"
    return [f"{rows} with {column} {which}, {known}"]
