"""Probabilities for a population whose class rates are not those of the training rows.

Rows that were drawn by their class (case-control data), or weighed by it (`class_weight`), tell
the coefficients of the columns as well as others, but the intercept is that of their own rates
ȳₖ. For a population with rates τₖ it has to move by

    log(τₖ / ȳₖ),   for two classes  log(τ₁ / (1 − τ₁)) − log(ȳ₁ / (1 − ȳ₁))

King & Zeng, "Logistic regression in rare events data", Political Analysis 9 (2001), equation 7.
It is exact where the model holds. Weighting the rows with τₖ / ȳₖ instead (Manski & Lerman, "The
estimation of choice probabilities from choice based samples", 1977) costs precision, but gives
the population's best approximation where the model does not hold.
"""

from collections.abc import Mapping
from copy import copy
from functools import partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import Floats, surprise
from glasslogit.errors import InputError, check_number
from glasslogit.model.data import Data
from glasslogit.model.fitted_check import check_fitted
from glasslogit.model.pipelines import with_end
from glasslogit.model.problem import encoder_of, fits_intercept

SHARES_OFF = 1e-6  # by which shares that were written with six decimals may miss 1


AnyModel = TypeVar("AnyModel")


def with_base_rate(model: AnyModel, rate: float | Mapping[Any, float]) -> AnyModel:
    """Give a copy of a fitted model whose probabilities are for other class rates.

    `rate` is the share of ``classes_[1]`` in the population, or a mapping from each label to its
    share. The model must have an intercept, and be no one-vs-rest of three or more classes. Of a
    pipeline it is a copy whose last step is such a model, of a search one of its best estimator.

    >>> from glasslogit import LogisticRegression
    >>> model = LogisticRegression().fit([[0.0], [1.0], [0.0], [1.0]], [0, 0, 1, 1])
    >>> with_base_rate(model, 0.1).predict_proba([[0.5]]).round(3).tolist()
    [[0.9, 0.1]]
    """
    moved: AnyModel = with_end(model, partial(shifted_to_rates, rate=rate))
    return moved


def shifted_to_rates(model: Any, rate: float | Mapping[Any, float]) -> Any:
    """Give a copy of a fitted model of ours with the intercepts for other class rates."""
    check_fitted(model)
    if "base_rate_" not in vars(model):
        kind = type(model).__name__
        wanted = "fit a LogisticRegression of glasslogit, or fit it again"
        raise InputError(f"this {kind} does not know the class rates of its training; {wanted}")
    if "best_" in vars(model):
        raise InputError("this is a LogisticRegressionCV; give its model, best_")
    check_shift(model, len(model.classes_), encoder_of(model))
    rates, moved = read_rates(rate, model.classes_), copy(model)
    shift = prior_shift(model.base_rate_, rates)
    moved.intercept_ = model.intercept_ + shift.astype(model.intercept_.dtype)
    if model.centred_intercept_ is not None:
        moved.centred_intercept_ = model.centred_intercept_ + shift
    moved.base_rate_ = rates
    return moved


def prior_shift(shares: Floats, rates: Floats) -> Floats:
    """Give what the intercepts (c,) move by from class shares (K,) to other rates (K,).

    For three or more classes the shifts are centred, as the intercepts of a softmax are.

    >>> prior_shift(np.array([0.5, 0.5]), np.array([0.9, 0.1])).round(3).tolist()
    [-2.197]
    """
    shift = surprise(shares) - surprise(rates)
    return shift[1:] - shift[:1] if len(shift) == 2 else shift - shift.mean()


def shift_of(model: Any) -> Floats | float:
    """Give what `base_rate` moved the intercepts by, (c,); 0 for a model that has none."""
    if not hasattr(model, "base_rate_") or np.array_equal(model.base_rate_, model.class_shares_):
        return 0.0
    return prior_shift(model.class_shares_, model.base_rate_)


def rates_for(model: Any, data: Data) -> Floats:
    """Give the shares of the classes (K,) that a model's intercept is to be for."""
    if model.base_rate is None:
        return data.class_shares
    check_shift(model, len(data.classes), data.encoder)
    if isinstance(model.base_rate, str):
        return data.given_shares
    return read_rates(model.base_rate, data.classes)


def check_shift(model: Any, K: int, encoder: Any) -> None:
    """Refuse to move intercepts that are not there, or that are of several models."""
    if K == 1:
        raise InputError("base_rate is for two or more classes, and one alone has weight in y")
    if not fits_intercept(model, encoder):
        remedy = "set fit_intercept=True, and leave '- 1' out of a formula"
        raise InputError(f"base_rate moves the intercept; {remedy}")
    if K > 2 and model.multi_class == "ovr":
        raise InputError("base_rate is not for one-vs-rest; set multi_class='multinomial'")


def read_rates(rate: Any, classes: NDArray[Any]) -> Floats:
    """Check the rates of the classes, (K,): one number for two classes, or a mapping from labels.

    >>> read_rates(0.25, np.array(["no", "yes"])).tolist()
    [0.75, 0.25]
    """
    labels = classes.tolist()
    if not isinstance(rate, Mapping):
        if len(labels) > 2:
            raise InputError(f"base_rate={rate!r} is for two classes and y has {len(labels)}; "
                             "give a mapping from each label to its rate")  # fmt: skip
        rate = check_number(rate, "base_rate", "between 0 and 1, not 0 or 1", above=0, below=1)
        return np.array([1.0 - rate, rate])
    strange = [label for label in rate if label not in labels]
    missing = [label for label in labels if label not in rate]
    if strange or missing:
        problem = f"names {strange[0]!r}, which is no class" if strange else f"lacks {missing[0]!r}"
        raise InputError(f"base_rate {problem}; give a rate for each class of y")
    for label in labels:
        name = f"base_rate of {label!r}"
        check_number(rate[label], name, "between 0 and 1, not 0 or 1", above=0, below=1)
    rates = np.array([float(rate[label]) for label in labels])
    if abs(rates.sum() - 1.0) > SHARES_OFF:
        raise InputError(f"base_rate adds up to {rates.sum():g}; give rates that add up to 1")
    return rates / rates.sum()
