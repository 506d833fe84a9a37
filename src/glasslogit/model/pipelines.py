"""The model at the end of a pipeline, and rows as the steps before it hand them on.

A pipeline of scikit-learn's is known by its `named_steps`, a search by its `best_estimator_`. So
whatever judges a model takes either, with the rows that it was fitted on.
"""

from collections.abc import Callable, Iterator
from copy import copy
from functools import partial
from typing import Any

import numpy as np

from glasslogit.errors import GlasslogitError, InputError
from glasslogit.inputs import count_axes, is_frame, learned_names, refuse_dicts, to_array

MOST_SAID = 200  # letters of what a step says that are repeated


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
    last = model_at_end(last_step(model)[1])
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
    changed, (name, last) = copy(model), last_step(model)
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
        X = rows_after(step, as_table_of_rows(X))
    return rows_at_end(last_step(model)[1], X)


def rows_after(step: Any, X: Any) -> Any:
    """Take rows through a step; what it finds wrong with them is told as what it says.

    A step that is not fitted says so itself, in the way that scikit-learn's tools expect.
    """
    try:
        return step.transform(X)
    except (ValueError, TypeError, KeyError) as error:
        if isinstance(error, GlasslogitError) or type(error).__name__ == "NotFittedError":
            raise
        said = " ".join(str(error).split())
        said = said if len(said) <= MOST_SAID else f"{said[:MOST_SAID]}…"
        raise InputError(f"X cannot pass the step {type(step).__name__}: {said}") from error


def last_step(pipeline: Any) -> tuple[str, Any]:
    """Give the last step of a pipeline and its name; refuse one that ends in no model.

    >>> class Chain:
    ...     steps = [("none", "passthrough")]
    >>> last_step(Chain())
    Traceback (most recent call last):
    glasslogit.errors.InputError: the last step of this Chain is 'passthrough', which predicts \
nothing; give a pipeline whose last step is a LogisticRegression, and fit it
    """
    name, last = pipeline.steps[-1] if pipeline.steps else ("", None)
    if last is None or isinstance(last, str):
        raise InputError(
            f"the last step of this {type(pipeline).__name__} is {last!r}, which predicts nothing; "
            "give a pipeline whose last step is a LogisticRegression, and fit it"
        )
    return name, last


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
    """Give a single row, a list or a column of numbers by name, as a table of one row.

    >>> as_table_of_rows(0)
    Traceback (most recent call last):
    glasslogit.errors.InputError: X is of type int; give an array of rows and columns
    """
    refuse_dicts(X, "X")
    if not (hasattr(X, "shape") or is_frame(X)) and count_axes(X, "X") == 0:
        to_array(X, "X")  # which says what is wrong
    if type(X).__name__ == "Series" and hasattr(X, "to_frame"):
        return X.to_frame().T.infer_objects()
    return np.atleast_2d(X) if isinstance(X, list | tuple | np.ndarray) and np.ndim(X) == 1 else X
