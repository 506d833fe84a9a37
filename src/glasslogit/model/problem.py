"""What a model minimises, read off its parameters."""

from collections.abc import Sequence
from math import inf
from typing import Any

import numpy as np

from glasslogit.core import Floats
from glasslogit.errors import InputError
from glasslogit.inputs import check_factors
from glasslogit.model.data import Data
from glasslogit.model.design import Design
from glasslogit.model.parameters import is_sgd, penalty_meant, read_penalty
from glasslogit.optimum import Settings
from glasslogit.solvers import Callback, Rules


def refuse_others(model: Any) -> None:
    """Refuse what is no logistic regression whose objective can be read off its parameters."""
    if is_sgd(model):
        if model.loss != "log_loss":
            raise InputError(f"loss={model.loss!r} is no logistic regression; give loss='log_loss'")
        return
    if not (hasattr(model, "predict_proba") and (hasattr(model, "C") or hasattr(model, "C_"))):
        kind = type(model).__name__
        raise InputError(f"{kind} is no logistic regression that can be read; give one with C")


def settings_of(model: Any, data: Data, design: Design, rows: int) -> Settings:
    """Take from a model what it minimises, as scikit-learn understands its parameters.

    Stochastic gradient descent divides its penalty by the number of rows.
    """
    if is_sgd(model):
        C = 1.0 / (model.alpha * rows) if model.alpha else inf
    else:
        C = chosen(model, "C")
    penalty = getattr(model, "penalty", "deprecated")
    C, l1_ratio = penalty_meant(penalty, C, chosen(model, "l1_ratio"))
    factors = factors_of(model, data, design)
    if not np.any(factors):
        C = inf
    rest: dict[str, Any] = {"factors": factors, "scales": design.scales}
    return Settings(
        C, l1_ratio, bool(model.fit_intercept), "auto", Rules(), data.observations, **rest
    )


def chosen(model: Any, name: str) -> float:
    """Give a parameter as it was set, or as cross-validation chose it; None is 0."""
    value: Any = getattr(model, f"{name}_", None)
    value = getattr(model, name, None) if value is None else value
    return float(np.ravel(value)[0] or 0.0)


def settings_for(
    model: Any, data: Data, design: Design, callbacks: Sequence[Callback] = (), spent: float = 0.0
) -> Settings:
    """Turn a model's parameters into those of a training; `spent` are seconds already used."""
    rules = Rules(
        tol=model.tol,
        max_steps=model.max_iter,
        max_time=inf if model.max_time is None else model.max_time - spent,
        callbacks=tuple(callbacks),
        keep_weights=model.history == "weights",
    )
    tell = print if model.verbose >= 2 else str
    C, l1_ratio = read_penalty(model.penalty, model.C, model.l1_ratio)
    asked = C, l1_ratio, model.fit_intercept, model.solver
    return Settings(
        *asked,
        rules,
        data.observations,
        tell=tell,
        factors=factors_of(model, data, design),
        scales=design.scales,
        collinear=model.collinear,
        names=data.names,
    )


def factors_of(model: Any, data: Data, design: Design) -> Floats | float:
    """Give a model's penalty factors for the columns of X, (d, 1), or 1."""
    given = design.spread(getattr(model, "penalty_factors", None))
    return check_factors(given, data.features, data.names)
