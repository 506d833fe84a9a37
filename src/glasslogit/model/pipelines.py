"""The model at the end of a pipeline, and rows as the steps before it hand them on.

A pipeline of scikit-learn's is known by its `named_steps`, a search by its `best_estimator_`. So
whatever judges a model takes either, with the rows that it was fitted on.
"""

from collections.abc import Callable, Iterator
from copy import copy
from functools import partial
from typing import Any

import numpy as np

from glasslogit.inputs import learned_names


def at_end(model: Any, X: Any) -> tuple[Any, Any]:
    """Give the model at the end of a pipeline, and the rows X as they reach it.

    Any other model, and its rows, stay as they are.
    """
    model = chosen(model)
    return (model_at_end(model), rows_at_end(model, X)) if is_pipeline(model) else (model, X)


def model_at_end(model: Any) -> Any:
    """Give the model at the end of a pipeline, with names for its columns if the steps know any."""
    model = chosen(model)
    if not is_pipeline(model):
        return model
    last = model_at_end(model.steps[-1][1])
    names = names_before(model)
    if learned_names(last) is not None or names is None:
        return last
    named = copy(last)
    named.feature_names_ = names
    return named


def with_end(model: Any, change: Callable[[Any], Any]) -> Any:
    """Give a copy of a pipeline whose last step is what `change` makes of it.

    Of a search it is one of what the search chose, and any other model is changed itself.
    """
    model = chosen(model)
    if not is_pipeline(model):
        return change(model)
    changed, (name, last) = copy(model), model.steps[-1]
    changed.steps = [*model.steps[:-1], (name, with_end(last, change))]
    return changed


def rows_at_end(model: Any, X: Any) -> Any:
    """Take rows, one row, or a function that yields batches, through the steps before the last."""
    model = chosen(model)
    if X is None or not is_pipeline(model):
        return X
    if callable(X):
        return partial(batches_at_end, model, X)
    for step in steps_of(model):
        X = step.transform(as_table_of_rows(X))
    return rows_at_end(model.steps[-1][1], X)


def batches_at_end(model: Any, read: Callable[[], Any]) -> Iterator[tuple[Any, ...]]:
    """Read batches, and take the rows of each through the steps."""
    for X, *beside in read():
        yield rows_at_end(model, X), *beside


def chosen(model: Any) -> Any:
    """Give the model that a search chose, and any other as it is."""
    return getattr(model, "best_estimator_", model)


def is_pipeline(model: Any) -> bool:
    """Tell whether a model is a chain of steps, such as scikit-learn's `Pipeline`."""
    return hasattr(model, "named_steps") and hasattr(model, "__getitem__")


def steps_of(pipeline: Any) -> list[Any]:
    """Give the steps before the last that do anything."""
    return [step for _, step in pipeline.steps[:-1] if step not in (None, "passthrough")]


def names_before(pipeline: Any) -> Any:
    """Give the names of the columns that reach the last step; None where the steps know none."""
    if len(pipeline.steps) < 2:
        return None
    try:
        return np.array(pipeline[:-1].get_feature_names_out(), dtype=object)
    except (AttributeError, ValueError):  # a step that cannot name what it gives, or is not fitted
        return None


def as_table_of_rows(X: Any) -> Any:
    """Give a single row, a list or a column of numbers by name, as a table of one row."""
    if type(X).__name__ == "Series" and hasattr(X, "to_frame"):
        return X.to_frame().T.infer_objects()
    return np.atleast_2d(X) if isinstance(X, list | tuple | np.ndarray) and np.ndim(X) == 1 else X
