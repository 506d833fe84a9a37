"""A fitted model beside rows: the objective it minimises there, and the θ where it stands.

All that judges a fit starts here: tables of coefficients, bounds, comparisons. The model may
also be scikit-learn's. Its own parameters say what it minimises,

    C·Σᵢ sᵢ·lossᵢ + Σⱼ fⱼ·(l1_ratio·|wⱼ| + (1 − l1_ratio)·½wⱼ²)

or Σᵢ sᵢ·lossᵢ where C is infinite. The factors fⱼ are 1 but for `penalty_factors`.
"""

from collections.abc import Sequence
from math import inf
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glasslogit.base_rate import shift_of
from glasslogit.coordinates import Coordinates
from glasslogit.core.losses import Floats
from glasslogit.core.passes import ColumnMoments
from glasslogit.data import Data, loss_of
from glasslogit.design import Design
from glasslogit.errors import InputError
from glasslogit.objective import Objective
from glasslogit.params import penalty_meant
from glasslogit.prediction import reported_theta
from glasslogit.rows import factors_of, is_sgd, read_rows
from glasslogit.solvers.run import Rules
from glasslogit.training import Settings, make_penalty, survey
from glasslogit.trust.certificate import unit_of


class Fitted(NamedTuple):
    """Where a model stands: f in plain coordinates, which are θ itself, and θ (d+1, c).

    `moments` are those of the columns; of many rows, those of a sample. `factors` (K,) are what
    `class_weight` multiplies the weights by.
    """

    objective: Objective
    theta: Floats
    classes: NDArray[Any]
    names: tuple[str, ...]
    moments: ColumnMoments
    settings: Settings
    factors: Floats
    design: Design

    def total(self, theta: Floats) -> float:
        """Give C·Σ sᵢ·lossᵢ + penalty at θ, or Σ sᵢ·lossᵢ without a penalty; one pass."""
        return unit_of(self.objective) * self.objective.value(theta)


def beside(
    model: Any,
    X: Any,
    y: Any,
    sample_weight: ArrayLike | None = None,
    offset: ArrayLike | None = None,
) -> Fitted:
    """Put a fitted model, ours or scikit-learn's, beside the rows it is to be judged on.

    >>> from glasslogit import LogisticRegression
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1]
    >>> fitted = beside(LogisticRegression().fit(X, y), X, y)
    >>> bool(abs(fitted.objective.value_and_gradient(fitted.theta).gradient).max() < 1e-8)
    True
    """
    if getattr(model, "solver", None) == "liblinear" and "sklearn" in type(model).__module__:
        raise InputError("solver='liblinear' penalises the intercept too: it is another objective")
    parts, _ = each_beside(model, X, y, sample_weight, offset)
    if len(parts) > 1:
        raise InputError("one-vs-rest is a model for each class; judge them one by one")
    return parts[0]


def each_beside(
    model: Any,
    X: Any,
    y: Any,
    sample_weight: ArrayLike | None = None,
    offset: ArrayLike | None = None,
) -> tuple[list[Fitted], Design]:
    """Put each of the models that a classifier is made of beside the rows; give the design too.

    There is one, or with one-vs-rest one for each class.
    """
    if hasattr(model, "named_steps"):
        raise InputError("a Pipeline is no model of these columns; give its last step, and its X")
    theta = theta_of(model)
    refuse_others(model)
    data, design = read_rows(model, X, y, sample_weight, offset, fitted=True)
    check_same(model, data, len(theta) - 1)
    K, several, found = len(data.classes), len(data.sources) > 1, list[Fitted]()
    loss = loss_of(K, "ovr" if several else "multinomial")
    names = tuple(map(str, coefficient_names(model, [f"x{j}" for j in range(data.features)])))
    for make, part in zip(data.sources, np.split(theta, len(data.sources), axis=1), strict=True):
        source = make()
        moments = survey(source, loss)
        settings = settings_of(model, data, design, moments.rows)
        penalty = make_penalty(settings, moments.weight)
        plain = Coordinates.plain(data.features, part.shape[1], intercept=settings.fit_intercept)
        size = moments.weight, moments.rows, data.observations
        objective = Objective(source, loss, penalty, plain, *size)
        known = names, moments, settings, data.factors, design
        found.append(Fitted(objective, part, data.classes, *known))
    return found, design


def theta_of(model: Any) -> Floats:
    """Give θ (d+1, c) as the training left it, before `base_rate` moved the intercept."""
    theta = reported_theta(model)
    theta[-1] -= shift_of(model)
    return theta


def coefficient_names(model: Any, otherwise: Sequence[str]) -> Sequence[str]:
    """Give the names of a model's coefficients, ours or scikit-learn's."""
    known = getattr(model, "feature_names_in_", otherwise)
    return known if getattr(model, "encoder_", None) is None else model.feature_names_


def refuse_others(model: Any) -> None:
    """Refuse what is no logistic regression whose objective can be read off its parameters."""
    if is_sgd(model):
        if model.loss != "log_loss":
            raise InputError(f"loss={model.loss!r} is no logistic regression; give loss='log_loss'")
        return
    if not (hasattr(model, "predict_proba") and (hasattr(model, "C") or hasattr(model, "C_"))):
        kind = type(model).__name__
        raise InputError(f"{kind} is no logistic regression that can be read; give one with C")


def check_same(model: Any, data: Data, d: int) -> None:
    """Refuse rows of other columns or classes than the model knows."""
    if data.features != d:
        raise InputError(f"X has {data.features} columns but the model was fitted on {d}")
    pairs = zip(data.names or (), coefficient_names(model, ()), strict=False)
    for j, (new, old) in enumerate(pairs):
        if new != old:
            raise InputError(f"column {j} of X is {new!r} but was {old!r} at training")
    if not np.array_equal(data.classes, model.classes_):
        found = f"{data.classes.tolist()}, but those of the model are {model.classes_.tolist()}"
        raise InputError(f"y holds the classes {found}; give rows of the same classes")


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
    factors = design.unscaled_factors(factors_of(model, data, design), l1_ratio)
    if not np.any(factors):
        C = inf
    rest: dict[str, Any] = {"observations": data.observations, "factors": factors}
    return Settings(C, l1_ratio, bool(model.fit_intercept), "auto", Rules(), **rest)


def chosen(model: Any, name: str) -> float:
    """Give a parameter as it was set, or as cross-validation chose it; None is 0."""
    value: Any = getattr(model, f"{name}_", None)
    value = getattr(model, name, None) if value is None else value
    return float(np.ravel(value)[0] or 0.0)
