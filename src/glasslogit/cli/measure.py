"""From probabilities to classes and numbers: what a saved model decides, and how good it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from glasslogit.cli import output as show
from glasslogit.cli.words import typed_remedies
from glasslogit.errors import visible
from glasslogit.evaluate import (
    average_precision,
    brier_score,
    confusion_matrix,
    log_loss,
    roc_auc,
)
from glasslogit.model import decide_places, positive_place
from glasslogit.pages import how_many, probability
from glasslogit.tables import FaultKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from glasslogit.export import SavedModel
    from glasslogit.tables import Fault

MOST_KINDS = 5  # reasons that are counted in a message before it says how many more there are


class Measure(NamedTuple):
    """One number on how good a model is, beside what class shares alone would reach."""

    name: str
    value: float
    baseline: float
    better: str  # "higher" or "lower"


class Scores(NamedTuple):
    """All measures on some rows, and the confusion matrix (K, K): true class by predicted."""

    measures: list[Measure]
    confusion: NDArray[Any]


def rule(saved: SavedModel) -> str:
    """Say by which rule a class is predicted."""
    if saved.threshold is None:
        return "the most probable class is predicted"
    return f"{saved.positive} is predicted from probability {probability(saved.threshold)} on"


def trained_shares(saved: SavedModel) -> NDArray[np.float64] | None:
    """Return how frequent each class was among the training rows, (K,), if the file says so."""
    if "weight_column" in saved.training:
        return saved.model.class_shares_
    rows = saved.training.get("rows_of_class")
    return None if rows is None else np.array(rows) / sum(rows)


def decided_places(saved: SavedModel, proba: NDArray[Any]) -> NDArray[np.intp]:
    """Turn probabilities (n, K) into numbers of classes (n,): by the threshold, or the largest."""
    return decide_places(saved.model, proba, saved.threshold)


def decided(saved: SavedModel, proba: NDArray[Any]) -> NDArray[Any]:
    """Turn probabilities (n, K) into labels (n,)."""
    return np.asarray(saved.model.classes_[decided_places(saved, proba)])


def no_probability(count: int, counts: Mapping[str, int], kind: str = "") -> str:
    """Say that so many rows of a kind have no probability, and why.

    >>> no_probability(3, {"age is missing": 2, "town was not seen in training": 1})
    '3 rows have no probability: age is missing in 2, town was not seen in training in 1'
    """
    have = "has" if count == 1 else "have"
    return f"{show.rows(count, kind)} {have} no probability: {counted_reasons(count, counts)}"


def counted_reasons(count: int, counts: Mapping[str, int]) -> str:
    """Say how many of so many rows have each reason; a row may have several.

    >>> counted_reasons(2, {"age is missing": 2, "town is missing": 1})
    'age is missing in 2, town is missing in 1 (some rows for several reasons)'
    >>> counted_reasons(6, {f"x{j} is missing": 1 for j in range(6)}).partition("x4 ")[2]
    'is missing in 1, and for 1 more reason'
    """
    told = ", ".join(f"{visible(kind)} in {n:,}" for kind, n in [*counts.items()][:MOST_KINDS])
    more = len(counts) - MOST_KINDS
    told += f", and for {how_many(more, 'more reason')}" if more > 0 else ""
    return told + " (some rows for several reasons)" * (sum(counts.values()) > count)


def remedies_of(faults: Iterable[Fault]) -> Iterator[str]:
    """Say what gives rows with an unseen level, or that cannot be read, a probability."""
    kinds: dict[FaultKind, Fault] = {}
    for fault in faults:
        kinds.setdefault(fault.kind, fault)
    if FaultKind.UNSEEN in kinds:
        yield "--unseen reference counts a level that training did not show as the reference"
    if FaultKind.UNREADABLE in kinds:
        unreadable = kinds[FaultKind.UNREADABLE]
        yield f"{unreadable.reason}: {typed_remedies(unreadable.remedy)}"


def measure(
    saved: SavedModel,
    y: NDArray[Any],
    proba: NDArray[np.floating[Any]],
    weight: NDArray[np.float64] | None = None,
) -> Scores:
    """Compare labels (n,) with probabilities (n, K), by every measure that applies.

    With weights (n,) each row counts as much as it weighs.

    Beside each stands what one reaches who knows the shares of the classes in the training
    rows, or in these rows if the model file does not tell them, and nothing else.
    """
    classes = saved.model.classes_
    how: dict[str, Any] = {"labels": classes, "sample_weight": weight}
    counts = confusion_matrix(y, decided(saved, proba), **how)
    there = counts.sum(axis=1) / counts.sum()  # (K,)
    trained = trained_shares(saved)
    shares = there if trained is None else trained
    known = np.tile(shares, (len(y), 1))
    loss, known_loss = (log_loss(y, p, **how) for p in (proba, known))
    brier, known_brier = (brier_score(y, p, **how) for p in (proba, known))
    common = there[shares.argmax()]
    measures = [
        Measure("accuracy", float(np.trace(counts) / counts.sum()), float(common), "higher"),
        Measure("log loss", loss, known_loss, "lower"),
        Measure("Brier score", brier, known_brier, "lower"),
    ]
    if saved.threshold is not None and (there > 0).all():
        measures += _binary_measures(
            saved, y, proba[:, positive_place(saved.model)], counts, weight
        )
    return Scores(measures, counts)


def _binary_measures(
    saved: SavedModel,
    y: NDArray[Any],
    p: NDArray[np.floating[Any]],
    counts: NDArray[Any],
    weight: NDArray[np.float64] | None,
) -> list[Measure]:
    """Measure how well two classes are ranked, and F1 = 2·TP / (2·TP + FP + FN)."""
    k = positive_place(saved.model)
    share = float(counts[k].sum() / counts.sum())
    how: dict[str, Any] = {"pos_label": saved.positive, "sample_weight": weight}
    hits, found, there = counts[k, k], counts[:, k].sum(), counts[k].sum()
    return [
        Measure("ROC AUC", roc_auc(y, p, **how), 0.5, "higher"),
        Measure("average precision", average_precision(y, p, **how), share, "higher"),
        Measure("F1", float(2 * hits / (found + there)), 2 * share / (1 + share), "higher"),
    ]
