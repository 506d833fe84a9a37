"""What `fit` and `evaluate` print of how good a model is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glasslogit.cli import output as show
from glasslogit.cli.measure import rule, trained_shares
from glasslogit.errors import visible

if TYPE_CHECKING:
    from glasslogit.cli.measure import Scores
    from glasslogit.export import SavedModel


def print_scores(out: show.Printer, saved: SavedModel, scores: Scores, rows: str) -> None:
    """Print measures and confusion matrix, of rows that are held out or new."""
    where = "in these rows" if trained_shares(saved) is None else "in training"
    out.print(f"Measured on {rows}", style="bold")
    out.print(show.metrics(scores.measures))
    out.print(f"Class shares alone: knowing how frequent each class is {where}, nothing else.")
    out.print(f"{_of_shares(saved, scores)}\n")
    if len(scores.measures) < 4:
        needed = "both classes" if saved.threshold is not None else "a target of two classes"
        out.print(f"ROC AUC, average precision and F1 need {needed}.\n")
    out.print(f"Confusion: {rule(saved)}", style="bold")
    out.print(show.confusion(scores.confusion, saved.class_names))


def _of_shares(saved: SavedModel, scores: Scores) -> str:
    """Say by which rule each measure of class shares alone is reached."""
    trained = trained_shares(saved)
    shares = scores.confusion.sum(axis=1) if trained is None else trained
    common = visible(saved.class_names[int(shares.argmax())])
    which = "the commonest class" if sum(shares == shares.max()) == 1 else "one of the commonest"
    said = "Its log loss and Brier score take the shares as probabilities, its accuracy always "
    said += f"predicts {common}, {which}"
    if len(scores.measures) < 4:
        return f"{said}."
    positive = visible(saved.positive)
    order = "its ROC AUC and average precision put the rows in a random order"
    return f"{said}, its F1 always {positive}; {order}."
