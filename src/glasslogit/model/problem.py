"""What a model minimises, read off its parameters: ours or scikit-learn's.

    C·Σᵢ sᵢ·lossᵢ + Σⱼ fⱼ·(l1_ratio·|wⱼ| + (1 − l1_ratio)·½wⱼ²)

or Σᵢ sᵢ·lossᵢ where C is infinite. The factors fⱼ are 1 but for `penalty_factors`. A model of
scikit-learn lacks some of our parameters; what is meant then is said here and nowhere else.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import partial
from math import inf
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from glasslogit.errors import InputError, check_choice, check_number, python_scalar
from glasslogit.inputs import check_factors
from glasslogit.model.by_name import batches_by_name, rows_by_name
from glasslogit.model.data import Data, DataSettings, read_arrays, read_batches
from glasslogit.model.design import (
    Design,
    factors_by_column,
    make_design,
    penalty_scales,
    read_design,
    split_target,
    target_in,
)
from glasslogit.model.parameters import RATIOS
from glasslogit.optimum import Settings
from glasslogit.solvers import Callback, Rules, Solver
from glasslogit.sources import threads_of


def is_sgd(model: Any) -> bool:
    """Tell whether a model is scikit-learn's SGDClassifier, by its parameters."""
    return hasattr(model, "alpha") and hasattr(model, "loss")


def refuse_others(model: Any) -> None:
    """Refuse what is no logistic regression whose objective can be read off its parameters."""
    if is_sgd(model):
        if model.loss != "log_loss":
            raise InputError(f"loss={model.loss!r} is no logistic regression; give loss='log_loss'")
        return
    if not (hasattr(model, "predict_proba") and (hasattr(model, "C") or hasattr(model, "C_"))):
        kind = type(model).__name__
        raise InputError(f"{kind} is no logistic regression that can be read; give one with C")


def penalises_intercept(model: Any) -> bool:
    """Tell whether a model of scikit-learn penalises its intercept too: another objective."""
    return getattr(model, "solver", None) == "liblinear" and "sklearn" in type(model).__module__


def weights_meant(model: Any) -> str:
    """Give what a model's weights are said to mean; another library's are taken for counts."""
    return str(getattr(model, "weights", "frequency"))


def encoder_of(model: Any) -> Any:
    """Give the fitted encoder through which a model reads tables, or None."""
    return getattr(model, "encoder_", None)


def target_of(model: Any) -> str | None:
    """Give the name of the column that a model was fitted to, None where it was no column."""
    known: str | None = getattr(model, "target_", None)
    return known or target_in(getattr(model, "formula", None))


def fits_intercept(model: Any, encoder: Any) -> bool:
    """Tell whether a model has an intercept: neither it nor the formula of its encoder says no."""
    return bool(model.fit_intercept) and (encoder is None or encoder.encoding_.intercept)


def multi_class_of(model: Any) -> Literal["multinomial", "ovr"]:
    """Tell what a model of three or more classes is: one of all, or one for each."""
    one_for_each = is_sgd(model) or getattr(model, "multi_class", "multinomial") == "ovr"
    return "ovr" if one_for_each else "multinomial"


def read_training_data(
    model: Any,
    X: Any,
    y: Any = None,
    sample_weight: ArrayLike | None = None,
    offset: ArrayLike | None = None,
) -> Data:
    """Read rows that a model is to be fitted to."""
    how = {"encoder": model.encoder, "formula": model.formula, "intercept": model.fit_intercept}
    make = partial(make_design, **how)
    return _read(model, make, X, y, sample_weight, offset)


def read_data_as_fitted(
    model: Any,
    X: Any,
    y: Any = None,
    sample_weight: ArrayLike | None = None,
    offset: ArrayLike | None = None,
) -> Data:
    """Read rows that a fitted model is to be judged on; a table with what it has learnt."""
    if callable(X):
        X = partial(batches_by_name, model, X)
    elif not isinstance(X, Design):
        X, y = split_target(X, y, target_of(model))
        X = rows_by_name(model, X)
    make = partial(read_design, encoder=encoder_of(model))
    return _read(model, make, X, y, sample_weight, offset)


def _read(model: Any, make: Callable[..., Design], X: Any, *beside: Any) -> Data:
    """Read batches, or rows through the design that `make` gives for them and what is beside."""
    if callable(X):
        refuse_with_batches(*beside)
        return read_batches(X, data_settings(model))
    return read_arrays(make(X, *beside), data_settings(model))


def refuse_with_batches(*given: Any) -> None:
    """Refuse labels, weights and offsets beside a function that yields batches."""
    if any(each is not None for each in given):
        raise InputError("X is a function: it must yield y and sample_weight, with X")


def data_settings(model: Any) -> DataSettings:
    """Take from a model how labels and weights are read."""
    return DataSettings(
        class_weight=getattr(model, "class_weight", None),
        multi_class=multi_class_of(model),
        weights=getattr(model, "weights", "frequency"),
        threads=threads_of(getattr(model, "n_jobs", None)),
    )


def strengths(model: Any, rows: int) -> tuple[float, float]:
    """Give C and l1_ratio as scikit-learn understands its parameters: `penalty` comes first.

    Stochastic gradient descent divides its penalty by the number of rows.

    >>> from glasslogit import LogisticRegression
    >>> strengths(LogisticRegression("l1", C=2.0), 9), strengths(LogisticRegression(None), 9)
    ((2.0, 1.0), (inf, 0.0))
    """
    if is_sgd(model):
        C = 1.0 / (model.alpha * rows) if model.alpha else inf
    else:
        C = parameter(model, "C")
    penalty = getattr(model, "penalty", "deprecated")
    l1_ratio = RATIOS.get(penalty, parameter(model, "l1_ratio"))
    return inf if penalty is None else C, l1_ratio


def parameter(model: Any, name: str) -> float:
    """Give a parameter as cross-validation chose it, or as it was set; None is 0."""
    value: Any = getattr(model, f"{name}_", None)
    value = getattr(model, name, None) if value is None else value
    return float((np.asarray(value).flat[0] if isinstance(value, Iterable) else value) or 0.0)


def settings_as_fitted(model: Any, data: Data, rows: int) -> Settings:
    """Say what a fitted model, ours or scikit-learn's, minimises on some rows."""
    C, l1_ratio = strengths(model, rows)
    given = factors_by_column(getattr(model, "penalty_factors", None), data.encoder)
    factors = check_factors(given, data.features, data.names)
    return Settings(
        C if np.any(factors) else inf,
        l1_ratio,
        fits_intercept(model, data.encoder),
        "auto",
        Rules(),
        data.observations,
        factors=factors,
        scales=penalty_scales(data.encoder),
        names=data.names,
    )


def training_settings(
    model: Any, data: Data, callbacks: Sequence[Callback] = (), spent: float = 0.0
) -> Settings:
    """Say what a model of ours is to minimise, and how; `spent` are seconds already used."""
    rules = Rules(
        tol=model.tol,
        max_steps=model.max_iter,
        max_time=inf if model.max_time is None else model.max_time - spent,
        callbacks=tuple(callbacks),
        keep_weights=model.history == "weights",
    )
    return replace(
        settings_as_fitted(model, data, rows=0),
        solver=solver_of(model),
        rules=rules,
        tell=print if model.verbose >= 2 else str,
        collinear=model.collinear,
    )


def solver_of(model: Any) -> Solver | str:
    """Give a model's solver, whose settings may be scalars of NumPy's, with Python's own.

    >>> from glasslogit import LogisticRegression
    >>> from glasslogit.solvers import LBFGS
    >>> solver_of(LogisticRegression(solver=LBFGS(memory=np.int64(5)))).memory
    5
    """
    solver: Solver | str = model.solver
    if not is_dataclass(solver):
        return solver
    settings = {each.name: python_scalar(getattr(solver, each.name)) for each in fields(solver)}
    for each in fields(solver):
        check_like(settings[each.name], each.default, f"{type(solver).__name__}: {each.name}")
    return replace(solver, **settings)


def check_like(value: Any, usual: Any, name: str) -> None:
    """Refuse a setting that is not of the kind of its usual value; one that is None may be any.

    >>> check_like("many", 20, "LBFGS: memory")
    Traceback (most recent call last):
    glasslogit.errors.InputError: LBFGS: memory='many' is not valid; give a whole number such as 20
    """
    if isinstance(usual, bool):
        check_choice(value, name, (True, False))
    elif isinstance(usual, int | float):
        check_number(value, name, f"such as {usual}", whole=isinstance(usual, int), finite=False)
