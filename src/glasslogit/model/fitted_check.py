"""What is given as a fitted model: one, or something else, and then what to give."""

from pathlib import PurePath
from typing import Any

from glasslogit.errors import InputError, NotFittedError, also_sklearns
from glasslogit.model.pipelines import chosen, is_pipeline


def check_fitted(model: Any) -> None:
    """Refuse a model that is not fitted, and what is no model.

    >>> check_fitted(None)
    Traceback (most recent call last):
    glasslogit.errors.InputError: an object of type NoneType is no model; give a fitted one
    """
    if hasattr(model, "coef_"):
        return
    if isinstance(model, type):
        raise InputError(f"the class {model.__name__} is no model; give a fitted object of it")
    kind = type(model).__name__
    if chosen(model) is not model:
        raise InputError(f"a {kind} has no coefficients of its own; give its best_estimator_")
    if is_pipeline(model):
        wanted = "its last step, pipeline[-1], with rows from pipeline[:-1].transform(X)"
        raise InputError(f"a {kind} has no coefficients of its own; give {wanted}")
    if isinstance(model, str | PurePath):
        name = repr(str(model))
        raise InputError(f"{name} names a file; load the model in it: load_model({name})")
    if not hasattr(model, "fit"):
        raise InputError(f"an object of type {kind} is no model; give a fitted one")
    if hasattr(model, "cv_results_") and not getattr(model, "refit", True):
        wanted = "search with refit=True, or fit the estimator with the parameters that it chose"
        raise InputError(f"a {kind} has no coefficients of its own after refit=False; {wanted}")
    if any(name.endswith("_") for name in vars(model)):
        wanted = "give a LogisticRegression, or a pipeline or search that ends in one"
        raise InputError(f"a {kind} has no coefficients of its own; {wanted}")
    text = f"this {kind} is not fitted yet; call fit(X, y) first"
    raise also_sklearns(NotFittedError)(text)
