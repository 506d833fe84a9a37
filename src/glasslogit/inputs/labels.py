"""What y holds: labels, of which each is a class, or events among trials.

A row of labels is one trial. A row of trials has the share yᵢ of events, from 0 to 1, and the
number of trials as its weight sᵢ; or y has two columns (events, other trials), R's
`cbind(successes, failures)`. The loss of such a row is that of its trials,

    sᵢ·(log(1 + e^z) − yᵢ·z) = sᵢyᵢ·loss(z, 1) + sᵢ(1 − yᵢ)·loss(z, 0)

so the model is the one of the rows repeated trial by trial. Classes are then 0 and 1.

McCullagh & Nelder, "Generalized linear models" (2nd edition, 1989), section 4.4.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import TINY, Floats, Labels
from glasslogit.errors import DataConversionWarning, InputError, warn
from glasslogit.inputs.arrays import foreign_kind, to_array
from glasslogit.inputs.weights import check_part_weight, refuse_weightless
from glasslogit.pages import how_many

MIXED = "y mixes labels of different types; give all as text or all as numbers"
TRUTHS = (bool, np.bool)


def label_array(y: Any) -> NDArray[Any]:
    """Turn what the user gave as y into an array."""
    if y is None:
        raise InputError(
            "LogisticRegression requires y to be passed, but the target y is None; "
            "give one label for each row of X, or the name of their column where X is a table"
        )
    array = to_array(y, "y")
    listed = y if array.dtype.kind == "U" and isinstance(y, (list, tuple)) else ()
    if not all(isinstance(each, (str, list, tuple)) for each in listed):
        raise InputError(MIXED)  # NumPy has made 1 and "1" one label
    return array


def check_labels(y: Any, n: int) -> NDArray[Any]:
    """Check labels of any one type, (n,) or with a warning a column (n, 1), shape (n,)."""
    labels = label_array(y)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
        text = "A column-vector y was passed when a 1d array was expected; give y of shape (n,)"
        warn(text, DataConversionWarning)
    if labels.shape != (n,):
        raise InputError(
            f"y has shape {labels.shape} but X has {how_many(n, 'row')}; give one label a row"
        )
    missing = missing_labels(labels)
    if missing.any():
        raise InputError(f"y is missing in row {int(missing.argmax())}; drop the row or label it")
    foreign = foreign_kind(labels)
    if foreign is not None:
        raise InputError(f"y holds {foreign}; turn the labels into text or whole numbers")
    if labels.dtype.kind == "f":
        with np.errstate(invalid="ignore"):  # infinity has no remainder
            fractional = labels % 1 != 0
        if fractional.any():
            row = int(fractional.argmax())
            raise InputError(
                f"Unknown label type: y holds {labels[row]} in row {row}, which is continuous; "
                "give class labels, or shares of events with the trials as sample_weight"
            )
    return labels


def missing_labels(labels: NDArray[Any]) -> NDArray[np.bool]:
    """Tell which labels are None, NaN, NaT or blank text."""
    if labels.dtype.kind == "f":
        return np.isnan(labels)
    if labels.dtype.kind in "mM":
        return np.isnat(labels)
    if labels.dtype.kind in "UST":
        return np.strings.isspace(labels) | (np.strings.str_len(labels) == 0)
    if labels.dtype.kind == "O" and any(map(_is_absent, _distinct(labels))):
        return np.fromiter(map(_is_absent, labels), bool, len(labels))
    return np.zeros(len(labels), bool)


def _distinct(labels: NDArray[Any]) -> Iterable[Any]:
    """Give each label once, if labels have a hash: few are looked at then in the place of many."""
    try:
        return set(labels.tolist())
    except TypeError:
        return iter(labels)


def _is_absent(label: Any) -> bool:
    return not label.strip() if isinstance(label, str) else is_no_value(label)


def is_no_value(value: Any) -> bool:
    """Tell whether an object stands for no value, as None, NaN, NaT and pandas.NA do.

    >>> [is_no_value(each) for each in (None, float("nan"), 0, "", np.zeros(2))]
    [True, True, False, False, False]
    """
    if value is None or type(value).__name__ == "NAType":  # pandas.NA does not say if it is itself
        return True
    other = value != value  # noqa: PLR0124  an array tells it of each entry
    return isinstance(other, TRUTHS) and bool(other)


def find_classes(labels: NDArray[Any]) -> NDArray[Any]:
    """List the classes among labels, sorted; they must be of one type."""
    if labels.dtype.kind == "O" and len({isinstance(each, TRUTHS) for each in labels}) > 1:
        raise InputError(MIXED)  # True is 1 and False is 0
    try:
        return np.unique(labels)
    except TypeError:
        raise InputError(MIXED) from None


EVENT = np.array([0, 1])  # the classes of trials


class Target(NamedTuple):
    """What is to be predicted: labels or shares of events, and the weights, both (n,)."""

    y: Labels
    weight: Floats


def read_target(y: Any, sample_weight: Any, n: int) -> Target:
    """Check labels or trials; `sample_weight` multiplies the trials of two columns.

    >>> read_target([[3, 1], [0, 2]], None, 2)
    Target(y=array([0.75, 0.  ]), weight=array([4., 2.]))
    """
    target = read_part_target(y, sample_weight, n)
    if sample_weight is not None:
        refuse_weightless(target.weight)
    return target


def read_part_target(y: Any, sample_weight: Any, n: int) -> Target:
    """Check labels or trials of rows that are a part of the data, where all weights may be 0."""
    array = label_array(y)
    if array.shape == (n, 2) and array.dtype.kind in "fiub":
        events, others = check_counts(array).T
        weight = check_part_weight(sample_weight, n) * (events + others)
        share = events / np.maximum(events + others, TINY)
        return Target(share if are_shares(share) else share.astype(np.intp), weight)
    flat = array[:, 0] if array.shape == (n, 1) else array
    if sample_weight is not None and flat.shape == (n,) and are_shares(flat):
        return Target(flat.astype(np.float64), check_part_weight(sample_weight, n))
    return Target(check_labels(y, n), check_part_weight(sample_weight, n))


def are_shares(y: Labels) -> bool:
    """Tell whether y (n,) holds shares of events: numbers from 0 to 1, some of them between.

    >>> are_shares(np.array([0.0, 0.5])), are_shares(np.array([0.0, 1.0]))
    (True, False)
    """
    return y.dtype.kind == "f" and bool((y != np.rint(y)).any() and ((y >= 0) & (y <= 1)).all())


def check_counts(counts: NDArray[Any]) -> Floats:
    """Check counts of events and of other trials, (n, 2)."""
    good = np.isfinite(counts) & (counts >= 0)
    if not good.all():
        row, j = (int(places[0]) for places in (~good).nonzero())
        kind = "non-events" if j else "events"
        raise InputError(
            f"y holds {counts[row, j]} {kind} in row {row}; counts must be finite and not negative"
        )
    return counts.astype(np.float64)


ON_PURPOSE = (
    "for one target give labels, (n,); for trials give the share of events as y and their number "
    "as sample_weight"
)
FEW_TRIALS = 2  # of a row at most: two targets of 0 and 1, or of three classes, have no more


def most_trials(y: Any) -> float | None:
    """Give the most trials of a row of two columns of counts, None for any other y.

    >>> most_trials([[3, 1], [0, 2]]), most_trials([3, 1])
    (4.0, None)
    """
    array = label_array(y)
    if array.ndim != 2 or array.shape[1] != 2 or array.dtype.kind not in "fiub" or not len(array):
        return None
    counts = array.astype(np.float64)
    fractions = np.isfinite(counts) & (counts != np.round(counts))
    if fractions.any():
        row, j = (int(places[0]) for places in fractions.nonzero())
        raise InputError(
            f"y holds {array[row, j]} in row {row}, which counts nothing; {ON_PURPOSE}"
        )
    return float(array.sum(axis=1).max())


def refuse_few_trials(most: float) -> None:
    """Refuse counts of trials that may as well be the labels of two targets.

    >>> refuse_few_trials(2.0)
    Traceback (most recent call last):
    glasslogit.errors.InputError: y has two columns whose sum is nowhere above 2, which look like \
two targets; for one target give labels, (n,); for trials give the share of events as y and their \
number as sample_weight
    """
    if 0 < most <= FEW_TRIALS:
        found = f"y has two columns whose sum is nowhere above {FEW_TRIALS}"
        raise InputError(f"{found}, which look like two targets; {ON_PURPOSE}")


WHOLE = 1e-8  # of a count, how far off a whole number it may be
ROUNDED = 1e-3  # of an event, how far off a share may be by rounding: R's `binomial`


def holds_fractions(target: Target, factors: Floats) -> bool:
    """Tell whether the weights, divided by the `factors` (K,) of the classes, are no counts.

    >>> ones = np.ones(2)
    >>> holds_fractions(Target(np.array([1, 0]), np.array([2.0, 0.5])), ones)
    True
    >>> holds_fractions(Target(np.array([0.3333]), np.array([3.0])), ones)
    False
    """
    y, weight = single_trials(target)
    count = weight / factors[y.astype(np.intp)]
    slack = ROUNDED if are_shares(target.y) else WHOLE * np.maximum(count, 1.0)
    return bool((np.abs(count - count.round()) > slack).any())


def single_trials(target: Target) -> Target:
    """Turn shares of events into labels, once as 1 and once as 0, (2n,); labels stay.

    >>> single_trials(Target(np.array([0.75]), np.array([4.0])))
    Target(y=array([1, 0]), weight=array([3., 1.]))
    """
    share, weight = target
    if not are_shares(share):
        return target
    labels = np.repeat(EVENT[::-1], len(share))
    return Target(labels, np.concatenate([weight * share, weight * (1.0 - share)]))


def trial_rows(target: Target, beside: NDArray[Any]) -> tuple[Target, NDArray[Any]]:
    """Give single trials, and what stands beside the rows (n, …) for each of them.

    >>> trial_rows(Target(np.array([0.75]), np.array([4.0])), np.array([0.5]))
    (Target(y=array([1, 0]), weight=array([3., 1.])), array([0.5, 0.5]))
    """
    trials = single_trials(target)
    return trials, np.concatenate([beside] * (len(trials.y) // len(beside)))
