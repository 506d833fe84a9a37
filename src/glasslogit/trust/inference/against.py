"""Is a model better than another one? Both are judged on the same rows."""

from typing import Any

from numpy.typing import ArrayLike

from glasslogit.errors import InputError, check_number
from glasslogit.inputs import is_frame, learned_names
from glasslogit.model import (
    RowPredictions,
    check_fitted,
    columns_by_name,
    encoder_of,
    in_memory,
    model_at_end,
    predict_rows,
    split_target,
    target_of,
    weights_meant,
)
from glasslogit.pages import how_many
from glasslogit.tables import Table, read_labels
from glasslogit.trust.inference.outcomes import read_outcomes
from glasslogit.trust.inference.paired_evaluation import PairedEvaluation, judge_pair
from glasslogit.trust.inference.paired_facts import Side


def evaluate_against(  # noqa: PLR0913
    new: Any,
    old: Any,
    X: Any,
    y: Any = None,
    sample_weight: ArrayLike | None = None,
    *,
    offset: ArrayLike | None = None,
    old_X: Any = None,
    level: float = 0.95,
) -> PairedEvaluation:
    """Judge two fitted models on the same rows: whether the new one is better than the old.

    Both models are asked about every row, and what they score is subtracted row by row, so that
    what makes a row hard for both cancels. Differences with intervals are given of the log loss,
    the Brier score, the area under the ROC curve (of more classes the mean over each against the
    rest), and, of the classes that each model predicts by its own threshold, of the accuracy, the
    true- and false-positive rate and the precision. The calibration error is the mean distance of
    shares from probabilities in ten groups of rows.

    Take rows that neither model was fitted to, such as those of the latest month. The intervals
    speak of other rows like these.

    The models, ours or scikit-learn's or pipelines of them, may have other columns, encodings and
    formulas; of a data frame each takes its own columns. `old_X` holds the same rows as the old
    model reads them, if that is not X. y holds labels, the name of their column in X, or events
    among trials as `fit` takes them; without y it is the column that the models were fitted to.
    Rows that one of the models cannot predict, and rows without a label, are left out for both,
    counted and named. A weight counts equal rows; if it is a fraction, or if a model was fitted
    with `weights="sampling"` or "precision", each row is one observation, and so is a row of
    trials. `offset` is for the models that were fitted with one.

    E. R. DeLong, D. M. DeLong & D. L. Clarke-Pearson, "Comparing the areas under two or more
    correlated receiver operating characteristic curves", Biometrics 44 (1988).

    Raises `InputError` if the models do not have the same classes, or if no row can be compared.

    >>> import numpy as np
    >>> from glasslogit import LogisticRegression
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(900, 2))
    >>> y = np.where(rng.random(900) < 1 / (1 + np.exp(-X[:, 0] - X[:, 1])), "yes", "no")
    >>> old = LogisticRegression(penalty_factors=[1, 1e6]).fit(X[:300], y[:300])
    >>> new = LogisticRegression().fit(X[300:600], y[300:600])
    >>> found = evaluate_against(new, old, X[600:], y[600:])
    >>> found.better, found.measures[0], bool(found.ci_high[0] < 0)
    ('new', 'log loss', True)
    """
    level = check_number(level, "level", "between 0 and 1", above=0, below=1)
    for model in (new, old):
        check_fitted(model_at_end(model))
    X, y = read_truth(X, target_of_both(new, old) if y is None else y)
    counts = all(weights_meant(each) == "frequency" for each in (new, old))
    sides = [
        Side(model, predicted_by(which, model, rows, its_offset(model, offset)))
        for which, model, rows in (("new", new, X), ("old", old, X if old_X is None else old_X))
    ]
    lengths = [len(side.rows) for side in sides]
    if lengths[0] != lengths[1]:
        raise InputError(
            f"X has {how_many(lengths[0], 'row')} and old_X {lengths[1]}; give the same rows"
        )
    classes = sides[0].rows.classes
    outcomes = read_outcomes(y, in_memory(sample_weight), lengths[0], classes, counts=counts)
    return judge_pair(sides[0], sides[1], outcomes, level)


def predicted_by(which: str, model: Any, X: Any, offset: Any) -> RowPredictions:
    """Predict rows by one of the models, and say of which one an error is."""
    try:
        return predict_rows(model, own_columns(model, X), offset)
    except InputError as error:
        error.args = tuple(f"the {which} model: {text}" for text in error.args)
        raise


def target_of_both(new: Any, old: Any) -> str:
    """Give the name of the column that the models, or one of them, were fitted to."""
    known = target_of(model_at_end(new)) or target_of(model_at_end(old))
    if known is not None:
        return known
    raise InputError("y is missing; give the labels, or the name of their column in X")


def read_truth(X: Any, y: Any) -> tuple[Any, Any]:
    """Split the labels off a table as `split_target` does; None for those that are missing."""
    if not isinstance(X, Table) or not isinstance(y, str):
        return split_target(X, y)
    found, there = read_labels(X, y)
    labels = found.astype(object)
    labels[~there] = None
    columns = {name: column for name, column in X.columns.items() if name != y}
    return X.with_columns(columns), labels


def own_columns(model: Any, X: Any) -> Any:
    """Give a frame with the columns of a model that looks for none by itself, in its order."""
    names = learned_names(model)
    if names is None or encoder_of(model) is not None or not is_frame(X):
        return X
    return columns_by_name(X, names)


def its_offset(model: Any, offset: Any) -> Any:
    """Give the offset of the rows to a model that was fitted with one."""
    return offset if getattr(model, "uses_offset_", False) else None
