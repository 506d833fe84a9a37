"""Choosing a penalty: the fits of every fold for every strength, and which of them is best."""

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import Floats
from glasslogit.errors import InputError, check_choice, check_number
from glasslogit.evaluate import SCORES, score
from glasslogit.inputs import Target, trial_rows
from glasslogit.model.data import Data
from glasslogit.model.estimator import LogisticRegression
from glasslogit.model.parameters import NOT_GIVEN, RATIOS
from glasslogit.model.prediction import Predictor
from glasslogit.model.scikit_learn_protocol import no_ratios
from glasslogit.model.selection.folds import Fold, Rows, ScoredRows
from glasslogit.optimum import Limits, Point, Settings, fit_path, on_rows, path_problem
from glasslogit.solvers import Outcome

Scoring = str | Callable[..., float] | None


class Grid(NamedTuple):
    """The fits of all folds. Axes: fold, l1_ratio, C; then θ."""

    thetas: Floats  # (folds, ratios, Cs, d+1, c)
    steps: NDArray[np.intp]
    outcomes: NDArray[np.object_]
    passes: int
    Cs: Floats

    @property
    def converged(self) -> NDArray[np.bool]:
        """Which fits reached their optimum."""
        return np.asarray(self.outcomes == Outcome.CONVERGED)

    def missed(self) -> Iterator[str]:
        """Yield, for each outcome short of the optimum, of how many fits and what to do."""
        for outcome in Outcome:
            found = int((self.outcomes == outcome).sum())
            if found and not outcome.converged:
                told = f"{found} of the {self.outcomes.size} fits of the folds did not converge"
                yield f"{told}: {outcome.remedy}"


def read_l1_ratios(penalty: object, l1_ratios: Any) -> Floats:
    """Give the values of l1_ratio to try; scikit-learn's older `penalty` can name one.

    >>> read_l1_ratios("l1", None).tolist(), read_l1_ratios("deprecated", [0, 0.5]).tolist()
    ([1.0], [0.0, 0.5])
    """
    if not (isinstance(penalty, str) and penalty == NOT_GIVEN):
        check_choice(penalty, "penalty", (*RATIOS, "elasticnet"))
    named = RATIOS.get(str(penalty))
    given = [named or 0.0] if no_ratios(l1_ratios) else l1_ratios
    ratios = np.atleast_1d(np.asarray(given, object))
    if not ratios.size:
        raise InputError("l1_ratios holds no value; give one or more between 0 and 1")
    for ratio in ratios.tolist():
        check_number(ratio, "l1_ratios", "between 0 and 1, each", least=0, most=1)
    if penalty == "elasticnet" and not ratios.any():
        raise InputError("penalty='elasticnet' needs l1_ratios; give some between 0 and 1")
    if named is not None and (ratios != named).any() and (ratios != 0).any():
        raise InputError(f"penalty={penalty!r} contradicts l1_ratios; give l1_ratios alone")
    return np.full(1, named) if named is not None else ratios.astype(np.float64)


def read_scoring(scoring: Scoring) -> Scoring:
    """Turn scikit-learn's ways to say what is best into ours: its default, its scorers' names.

    >>> read_scoring("warn"), read_scoring("f1")
    ('neg_log_loss', 'f1')
    """
    if not isinstance(scoring, str) or scoring in SCORES:
        return scoring
    if scoring == "warn":
        return "neg_log_loss"
    try:
        from sklearn.metrics import get_scorer, get_scorer_names  # noqa: PLC0415
    except ImportError:
        return scoring
    return get_scorer(scoring) if scoring in get_scorer_names() else scoring


def search(
    data: Data, settings: Sequence[Settings], Cs: Floats, folds: Sequence[Fold], limits: Limits
) -> Grid:
    """Walk the path of each setting, one for each l1_ratio, on the training rows of each fold."""
    paths, passes = [], 0
    for each in settings:
        tasks = [path_problem(data.source_of(one), one.loss, each) for one in data.submodels]
        for train, _ in folds:
            parts = [on_rows(task, train) for task in tasks]
            paths.append(side_by_side([[*fit_path(part, Cs, limits)] for part in parts]))
            passes += sum(part.objective.source.passes for part in parts)
        passes += sum(task.objective.source.passes for task in tasks)
    back = np.argsort(np.argsort(Cs, kind="stable"))  # walks go from the smallest C up
    thetas, steps, outcomes = (
        np.stack(part).reshape(len(settings), len(folds), *part[0].shape).swapaxes(0, 1)[:, :, back]
        for part in zip(*paths, strict=True)
    )
    return Grid(thetas, steps, outcomes, passes, Cs)


def side_by_side(models: Sequence[Sequence[Point]]) -> tuple[Floats, Rows, NDArray[np.object_]]:
    """Give θ (Cs, d+1, c), steps and outcomes of the models that make up a classifier.

    The outcome is that of the first model that did not converge, if there is one.
    """
    thetas = [np.stack([point.theta for point in points]) for points in models]
    steps = [[point.steps for point in points] for points in models]
    ends = zip(*([point.outcome for point in points] for points in models), strict=True)
    outcomes = [min(end, key=lambda each: each.converged) for end in ends]
    return np.concatenate(thetas, axis=2), np.sum(steps, axis=0), np.array(outcomes)


def score_folds(
    scoring: Scoring,
    grid: Grid,
    table: ScoredRows,
    folds: Sequence[Fold],
    blank: LogisticRegression,
) -> Floats:
    """Score every fit on the rows its fold held out, (folds, ratios, Cs)."""
    scores = np.empty(grid.steps.shape)
    for k, (_, test) in enumerate(folds):
        held_out = table.take(test)
        for ratio, place in np.ndindex(grid.steps.shape[1:]):
            model = with_theta(blank, grid.thetas[k, ratio, place])
            try:
                scores[k, ratio, place] = score_model(scoring, model, held_out)
            except InputError as error:
                raise InputError(f"fold {k} of cv, C={grid.Cs[place]:g}: {error}") from None
    return scores


def score_model(scoring: Scoring, model: Predictor, table: ScoredRows) -> float:
    """Score a fitted model by name, or by a function of the model, X, y and the metadata."""
    if callable(scoring):
        rows = table.one_by_one()
        return check_score(scoring(model, rows.X, rows.y, **rows.metadata))
    p = model.predict_proba(table.X, table.offset)
    name, weight = scoring or "accuracy", table.metadata.get("sample_weight")
    weight = None if weight is None else np.asarray(weight)
    y = table.y
    if weight is not None:
        (y, weight), p = trial_rows(Target(y, weight), p)
    return check_score(score(name, y, p, model.classes_, weight))


def check_score(value: Any) -> float:
    """Refuse a score that cannot be compared; −∞ can, it is what a wrong certainty costs.

    >>> check_score(float("nan"))
    Traceback (most recent call last):
    glasslogit.errors.InputError: scoring gives nan; give a score that is a number for these rows
    """
    array = np.asarray(value)
    if array.ndim or array.dtype.kind not in "fiub":
        kind = type(value).__name__
        raise InputError(f"scoring gives an object of type {kind}; it must give one number")
    if not array < np.inf:
        raise InputError(f"scoring gives {array}; give a score that is a number for these rows")
    return float(array)


def with_theta(blank: LogisticRegression, theta: Floats) -> LogisticRegression:
    """Give a copy of a model that knows its classes, with the coefficients of θ (d+1, c)."""
    model = copy(blank)
    model.coef_, model.intercept_ = np.ascontiguousarray(theta[:-1].T), theta[-1].copy()
    model.n_features_in_ = len(theta) - 1
    return model


def best(scores: Floats, Cs: Floats, rule: str) -> tuple[int, int]:
    """Choose the l1_ratio and C of the best mean score over folds, scores (folds, ratios, Cs).

    Of equal scores the first C and then the first l1_ratio is taken, as in scikit-learn.
    "one_se": the smallest C whose mean is no further below than s/√folds, where s is the
    standard deviation of the best one's scores over the folds.

    >>> scores = np.array([[[1.0, 3.0, 4.0]], [[1.0, 4.0, 4.5]]])
    >>> best(scores, np.array([0.1, 1.0, 10.0]), "best")
    (0, 2)
    """
    means = scores.mean(axis=0)
    place, ratio = divmod(int(scores.sum(axis=0).T.argmax()), means.shape[0])
    if rule == "best":
        return ratio, place
    if len(scores) < 2:
        raise InputError("rule='one_se' needs the scores of two folds or more; cv gives one")
    deviation = float(scores[:, ratio, place].std(ddof=1)) / len(scores) ** 0.5
    good = means[ratio] >= means[ratio, place] - deviation
    places = np.flatnonzero(good)
    return ratio, int(places[Cs[good].argmin()])
