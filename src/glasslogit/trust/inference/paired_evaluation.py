"""Two models judged on the same rows, and the verdict: a table of differences and a sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import Floats
from glasslogit.errors import InputError
from glasslogit.evaluate import calibration_curve
from glasslogit.model import RowPredictions, positive_place
from glasslogit.pages import Page, Printable, how_many, level_text
from glasslogit.tables import match_levels, shorten
from glasslogit.trust.inference.distributions import student_quantile
from glasslogit.trust.inference.outcomes import RowOutcomes
from glasslogit.trust.inference.paired import (
    Difference,
    OutcomeWeights,
    Values,
    auc_difference,
    hits,
    log_losses,
    mean_difference,
    precision_difference,
    squared_errors,
)
from glasslogit.trust.inference.paired_facts import (
    SIDES,
    Judged,
    Side,
    about_class,
    infinite_losses,
    sole_class,
    trained_on,
    unseen_levels,
    without_probability,
)
from glasslogit.trust.inference.paired_words import Better, Interval, dissent, leading, verdict

OF_PROBABILITIES = {"log loss", "Brier score", "ROC AUC", "mean ROC AUC"}  # not of decisions


@dataclass(frozen=True, eq=False, repr=False)
class PairedEvaluation(Printable):
    """Two models on the same rows; `str()` of it is a table, with the verdict below it.

    Attributes
    ----------
    measures
        The names of the measures, m in all.
    new, old
        What the two models score, (m,).
    difference, std_error, ci_low, ci_high
        New − old, its standard error and its interval at `level`, (m,). NaN where nothing tells
        the error, and where both models' log losses are infinite.
    better_by
        Which model is better by each measure: "new", "old", or "open" if the interval holds 0.
    better
        Which is better by the log loss, or where that is infinite by the Brier score.
    verdict
        The same in a sentence.
    compared
        True in the rows that are compared: those with an outcome that both models can predict.
    level
        The level of the intervals.
    facts, notes
        What else is known of the rows and the models, and what to bear in mind.

    """

    measures: tuple[str, ...]
    new: Floats
    old: Floats
    difference: Floats
    std_error: Floats
    ci_low: Floats
    ci_high: Floats
    better_by: tuple[Better, ...]
    better: Better
    verdict: str
    compared: NDArray[np.bool_]
    level: float
    facts: tuple[str, ...]
    notes: tuple[str, ...]

    def page(self) -> Page:
        """Give a table with a row for each measure; the last line below it is the verdict."""
        rows = how_many(int(self.compared.sum()), "row")
        names = ("new", "old", "difference", "ci_low", "ci_high")
        columns: dict[str, Any] = {name: getattr(self, name) for name in names}
        columns |= {"better": list(self.better_by), "std_error": self.std_error}
        return Page(
            f"The new model against the old one on the same {rows}",
            [(name,) for name in self.measures],
            columns,
            facts=(*self.facts, *(f"Note: {note}" for note in self.notes), self.verdict),
            narrow=len(columns) - 1,
        )


def judge_pair(
    new: Side, old: Side, outcomes: RowOutcomes, level: float = 0.95
) -> PairedEvaluation:
    """Compare what two models say of rows with what happened in them."""
    names, found = class_order(new.rows.classes, old.rows.classes)
    proba = (new.rows.proba, old.rows.proba[:, np.argsort(found)])
    compared = outcomes.seen.weight.any(axis=1) & new.rows.known & old.rows.known
    left_out = [*outcomes.without, *without_probability(new.rows, old.rows)]
    if not compared.any():
        why = f" ({'; '.join(left_out)})" if left_out else ""
        problem = "no row has an outcome and a probability by both models"
        raise InputError(f"{problem}, so there is nothing to compare{why}")
    judged = Judged(
        outcomes.seen._replace(weight=outcomes.seen.weight[compared]),
        (proba[0][compared], proba[1][compared]),
        (predicted_places(new.rows, compared), found[predicted_places(old.rows, compared)]),
    )
    k = positive_place(new.model) if len(names) == 2 else None
    facts = [f"left out: {each}" for each in left_out]
    unit = ", each row one observation whatever it weighs" if judged.seen.by_row else ""
    facts += [f"{level_text(level)} intervals of new − old, from differences row by row{unit}"]
    facts += [] if k is None else about_class(judged, names[k], k, (new.model, old.model))
    notes = [*unseen_levels(new.rows, old.rows)]
    notes += infinite_losses(judged, new.rows.encoded.table.numbers[compared])
    notes += [f"all of these rows are {names[g]}" for g in sole_class(judged.seen)]
    for name, model_side, p in zip(SIDES, (new, old), proba, strict=True):
        notes += trained_on(name, model_side, p, outcomes.seen)
    intervals = [interval_of(each, level) for each in differences(judged, k)]
    return concluded(intervals, judged, compared, level, (facts, notes))


def concluded(
    intervals: Sequence[Interval],
    judged: Judged,
    compared: NDArray[np.bool_],
    level: float,
    said: tuple[Sequence[str], Sequence[str]],
) -> PairedEvaluation:
    """Draw the conclusion from the differences, beside the facts and notes that are `said`."""
    first, count = leading(intervals), how_many(int(compared.sum()), "row")
    same = all(np.array_equal(*each) for each in judged[1:])
    alike = f"The two models say the same of each of these {count}."
    others = [each for each in intervals if each.of.name in OF_PROBABILITIES]
    rows = [(*each.of.measured, each.of.std_error, each.low, each.high) for each in intervals]
    columns = np.array(rows, np.float64).T
    return PairedEvaluation(
        measures=tuple(each.of.name for each in intervals),
        new=columns[0],
        old=columns[1],
        difference=columns[2],
        std_error=columns[3],
        ci_low=columns[4],
        ci_high=columns[5],
        better_by=tuple(each.better for each in intervals),
        better=first.better,
        verdict=alike if same else verdict(first, count, level),
        compared=compared,
        level=level,
        facts=tuple(said[0]),
        notes=(*said[1], *dissent(others, first.better)),
    )


def class_order(new: NDArray[Any], old: NDArray[Any]) -> tuple[list[str], NDArray[np.intp]]:
    """Give the names of the new model's classes, and the place there of each class of the old one.

    >>> class_order(np.array(["no", "yes"]), np.array(["yes", "no"]))[1].tolist()
    [1, 0]
    >>> class_order(np.array([0, 1]), np.array(["no", "yes"]))
    Traceback (most recent call last):
    glasslogit.errors.InputError: the new model's classes are 0, 1 and the old model's no, yes; \
give two models of the same target
    """
    names, others = (list(map(str, each.tolist())) for each in (new, old))
    found = match_levels(names, others)
    if sorted(found) != list(range(len(names))):
        own = f"the new model's classes are {shorten(names)} and the old model's {shorten(others)}"
        raise InputError(f"{own}; give two models of the same target")
    return names, np.array(found, np.intp)


def predicted_places(rows: RowPredictions, compared: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Give the places of the classes that a model predicts in some of its rows."""
    place = {label: k for k, label in enumerate(rows.classes.tolist())}
    return np.array([place[label] for label in rows.predicted[compared]], np.intp)


def differences(judged: Judged, k: int | None) -> Iterator[Difference]:
    """Compare two models by every measure that applies; k is the positive one of two classes."""
    seen, (new, old), decided = judged
    K = new.shape[1]
    ready: tuple[tuple[str, Any, bool], ...] = (
        ("log loss", [log_losses(each) for each in (new, old)], True),
        ("Brier score", [squared_errors(each) for each in (new, old)], True),
    )
    for name, scores, lower in ready:
        yield mean_difference(name, seen, scores, lower_is_better=lower)
    there = np.flatnonzero(seen.weight.any(axis=0)).tolist()
    ranked = len(there) > 1
    if ranked:
        classes, name = (there, "mean ROC AUC") if k is None else ([k], "ROC AUC")
        yield auc_difference(name, seen, (new, old), classes)
    right = [hits(each, K) for each in decided]
    yield mean_difference("accuracy", seen, right, lower_is_better=False)
    if k is not None:
        found = [np.repeat(each[:, k : k + 1], K, axis=1) for each in right]
        for name, g in (("true-positive rate", k), ("false-positive rate", 1 - k)):
            if g in there:
                of_class = seen.of_class(g)
                yield mean_difference(name, of_class, found, lower_is_better=g != k)
        precise = precision_difference("precision", seen, decided, k)
        yield from () if precise is None else (precise,)
    if ranked:
        of = there if k is None else [k]
        values = Values.of(*(calibration_error(seen, each, of) for each in (new, old)))
        yield Difference("calibration error", values, np.nan, np.inf, lower_is_better=True)


def calibration_error(seen: OutcomeWeights, p: Floats, classes: Sequence[int]) -> float:
    """Give how far shares are from probabilities, the mean over ten groups of rows, and classes.

    >>> seen = OutcomeWeights(np.eye(2)[[0, 1]])
    >>> calibration_error(seen, np.array([[0.75, 0.25], [0.25, 0.75]]), [1])
    0.25
    """
    of_row, labels = seen.weight.sum(axis=1), np.repeat([1, 0], len(p))
    errors = []
    for k in classes:
        weight = np.concatenate([seen.weight[:, k], of_row - seen.weight[:, k]])
        curve = calibration_curve(labels, np.tile(p[:, k], 2), pos_label=1, sample_weight=weight)
        apart = np.abs(curve.observed - curve.predicted)
        errors.append(float(apart @ curve.weight / curve.weight.sum()))
    return float(np.mean(errors))


def interval_of(difference: Difference, level: float) -> Interval:
    """Put the interval around a difference, of Student's t with its degrees of freedom."""
    value, error = difference.measured.apart, difference.std_error
    reach = student_quantile(level, difference.freedom) * error if error > 0 else error
    return Interval(difference, value - reach, value + reach)
