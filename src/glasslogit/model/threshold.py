"""From probabilities to decisions: from which probability on a class is predicted.

The most probable of two classes is right more often than the other, no more. Where a missed
event costs a and a false alarm costs b, predicting the event with probability p costs
(1 − p)·b on average and not predicting it p·a, so that what costs less is to predict it from

    p ≥ b / (a + b)

on (Elkan, "The foundations of cost-sensitive learning", IJCAI 2001, equation 2). It needs honest
probabilities and no data. The threshold of the best F1 and the one that a share of the rows
reaches are read off rows.
"""

import re
from copy import copy
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from glasslogit.core import Floats
from glasslogit.errors import InputError
from glasslogit.inputs import check_class, read_target, trial_rows
from glasslogit.model.base_rate import AnyModel
from glasslogit.model.design import in_memory, split_target
from glasslogit.model.fitted_check import check_fitted
from glasslogit.model.pipelines import model_at_end, rows_at_end, with_end
from glasslogit.model.prediction import Predictor, check_threshold, positive_place
from glasslogit.model.problem import target_of
from glasslogit.pages import how_many

_NUMBER = r"\s*(\d+(?:\.\d+)?)\s*"
COSTS, SHARE = re.compile(f"{_NUMBER}:{_NUMBER}"), re.compile(f"{_NUMBER}%")
RULES = "a number between 0 and 1, costs such as '5:1', a share of the rows such as '10%', or 'f1'"
PART_OF_A_ROW = 1e-9  # by which rounding may put a number of rows below a whole one, as 0.29 · 100


class ThresholdRule(NamedTuple):
    """How a threshold is chosen: a probability that is `fixed`, or a rule that reads it off rows.

    `costs` are those of a missed event and of a false alarm, `share` is one of the rows; without
    any of these it is the threshold of the best F1.
    """

    fixed: float | None = None
    costs: tuple[float, float] | None = None
    share: float | None = None


def threshold_rule(threshold: float | str) -> ThresholdRule:
    """Read how a threshold is to be chosen.

    >>> threshold_rule("3:1").fixed, threshold_rule("10%").share, threshold_rule("f1").fixed
    (0.25, 0.1, None)
    """
    text = str(threshold).strip().lower()
    if text == "f1":
        return ThresholdRule()
    if costs := COSTS.fullmatch(text):
        missed, alarm = map(float, costs.groups())
        if not missed * alarm > 0:
            raise InputError(f"threshold={threshold!r} has a cost of 0; give two positive costs")
        return ThresholdRule(alarm / (missed + alarm), (missed, alarm))
    if share := SHARE.fullmatch(text):
        if not 0 < float(share[1]) < 100:
            raise InputError(f"threshold={threshold!r} is no share; give one between 0% and 100%")
        return ThresholdRule(share=float(share[1]) / 100.0)
    try:
        return ThresholdRule(check_threshold(float(text)))
    except (ValueError, InputError):
        raise InputError(f"threshold={threshold!r} is not {RULES}") from None


def with_threshold(  # noqa: PLR0913
    model: AnyModel,
    threshold: float | str,
    X: Any = None,
    y: Any = None,
    *,
    positive: Any = None,
    sample_weight: ArrayLike | None = None,
    offset: ArrayLike | None = None,
) -> AnyModel:
    """Give a copy of a fitted model of two classes that decides by another threshold.

    `predict` of the copy, and all that follows from it, gives the class `positive`, by default
    ``classes_[1]``, to the rows whose probability of it reaches `threshold_`. A model file keeps
    both. `threshold` is

    * a probability, 0 < t < 1;
    * what a missed event costs beside a false alarm, as ``"5:1"``: then t = 1/(5 + 1);
    * the share of the rows X that are to reach it, as ``"10%"``, ties aside;
    * ``"f1"``: the threshold of the best F1 on X and y. Take rows that the model was not fitted
      to: on its own it looks better than it is.

    Without y it is the column of X that the model was fitted to. Of a pipeline the copy has such a
    model as its last step, and takes X as the pipeline does; of a search it is one of its best
    estimator.

    Raises `InputError` for other classes than two, and for rules that lack their rows.

    >>> from glasslogit import LogisticRegression
    >>> hours, passed = [1, 2, 3, 4, 5, 6], ["no", "no", "yes", "no", "yes", "yes"]
    >>> model = LogisticRegression().fit(hours, passed)
    >>> careful = with_threshold(model, "5:1")  # a missed yes costs as much as five false alarms
    >>> round(careful.threshold_, 4), model.predict([2.0]).item(), careful.predict([2.0]).item()
    (0.1667, 'no', 'yes')
    """
    last = model_at_end(model)
    check_two_classes(last)
    classes = last.classes_.tolist()
    positive = classes[1] if positive is None else positive
    check_class(positive, "positive", classes)
    rule = threshold_rule(threshold)
    t = rule.fixed
    if t is None:
        if X is None:
            raise InputError(f"threshold={threshold!r} is read off rows; give X, and y for 'f1'")
        X, y = split_target(X, y, target_of(last))
        p = last.predict_proba(rows_at_end(model, X), offset)[:, classes.index(positive)]
        t = threshold_on(rule, p, y, positive, sample_weight)
    decided: AnyModel = with_end(model, partial(deciding_by, threshold=t, positive=positive))
    return decided


def check_two_classes(model: Any) -> None:
    """Refuse a model that is not fitted, that has other classes than two, or that is not ours."""
    check_fitted(model)
    if not isinstance(model, Predictor):
        wanted = "fit a LogisticRegression of glasslogit"
        raise InputError(f"this {type(model).__name__} predicts by no threshold; {wanted}")
    if len(model.classes_) != 2:
        raise InputError(f"a threshold is for two classes, and the model has {len(model.classes_)}")


def deciding_by(model: Any, threshold: float, positive: Any) -> Any:
    """Give a copy of a model that predicts a class from a threshold on."""
    decided = copy(model)
    decided.positive_, decided.threshold_ = positive, threshold
    return decided


def threshold_on(
    rule: ThresholdRule, p: Floats, y: Any, positive: Any, sample_weight: ArrayLike | None = None
) -> float:
    """Read a threshold off rows, from their probabilities p (n,) of the positive class."""
    from glasslogit.evaluate import best_f1_threshold  # noqa: PLC0415  (4 ms to import)

    if rule.share is not None:
        return threshold_of_share(p, rule.share)
    if y is None:
        raise InputError("threshold='f1' is read off rows and their classes; give X and y")
    target = read_target(y, in_memory(sample_weight), len(p))
    (labels, weight), scores = trial_rows(target, p)
    return best_f1_threshold(labels, scores, pos_label=positive, sample_weight=weight)


def threshold_of_share(p: Floats, share: float) -> float:
    """Give the threshold that at most a share of the rows reaches, midway to the next of them.

    Fewer do where several rows have the probability at which it would be.

    >>> threshold_of_share(np.array([0.1, 0.8, 0.3, 0.4]), 0.5)
    0.35
    >>> threshold_of_share(np.array([0.1, 0.75, 0.25, 0.25]), 0.5)
    0.5
    """
    count = int(share * len(p) + PART_OF_A_ROW)
    if not 0 < count < len(p):
        raise InputError(
            f"{share:.4g} of {how_many(len(p), 'row')} is no whole row; give more rows"
        )
    ordered = np.sort(np.asarray(p, np.float64))[::-1]
    above = int(np.sum(ordered > ordered[count]))
    if not above:
        tied = int(np.sum(ordered == ordered[0]))
        problem = (
            f"{tied:,} of {how_many(len(p), 'row')} have the largest probability, {ordered[0]:.4g}"
        )
        remedy = "give a larger share, or a probability"
        raise InputError(f"{problem}, and a share of {share:.4g} is fewer; {remedy}")
    return float(ordered[above - 1] / 2 + ordered[above] / 2)


def deciding_threshold(model: Any, label: Any) -> float:
    """Give the probability of a label from which on a model predicts it."""
    own = getattr(model, "threshold_", None)
    if own is None:
        return 0.5
    return float(own if label == model.classes_[positive_place(model)] else 1.0 - own)
