"""A fitted model beside rows: the objective it minimises there, and the θ where it stands.

All that judges a fit starts here: tables of coefficients, bounds, comparisons. The model may
also be scikit-learn's.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glasslogit.base_rate import shift_of
from glasslogit.coordinates import Coordinates
from glasslogit.core.losses import Floats
from glasslogit.core.passes import ColumnMoments
from glasslogit.data import Data, loss_of, read_arrays, read_batches
from glasslogit.design import Design, read_design
from glasslogit.errors import InputError, NotFittedError
from glasslogit.inputs import check_factors
from glasslogit.objective import Objective
from glasslogit.solvers.run import Rules
from glasslogit.sources.threads import threads_of
from glasslogit.training import Settings, make_penalty, survey

PENALTIES = {"l1": 1.0, "l2": 0.0}  # what scikit-learn's older parameter says of l1_ratio


class Fitted(NamedTuple):
    """Where a model stands: f in plain coordinates, which are θ itself, and θ (d+1, c).

    `moments` are those of the columns; of many rows, those of a sample.
    """

    objective: Objective
    theta: Floats
    classes: NDArray[Any]
    names: tuple[str, ...]
    moments: ColumnMoments
    settings: Settings
    design: Design


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
    theta = theta_of(model)
    d, c = len(theta) - 1, theta.shape[1]
    design = Design(X, y, sample_weight, offset)
    if not callable(X):
        design = read_design(model, X, y, sample_weight, offset)
    data = read(model, design)
    refuse_other_objectives(model, c)
    check_same(model, data, d)
    source, loss = data.sources[0](), loss_of(len(data.classes), "multinomial")
    moments = survey(source, loss)
    settings = settings_of(model, data, design)
    penalty = make_penalty(settings, moments.weight)
    coordinates = Coordinates.plain(d, c, intercept=model.fit_intercept)
    size = moments.weight, moments.rows, data.observations
    objective = Objective(source, loss, penalty, coordinates, *size)
    names = coefficient_names(model, [f"x{j}" for j in range(d)])
    names = tuple(map(str, names))
    return Fitted(objective, theta, data.classes, names, moments, settings, design)


def theta_of(model: Any) -> Floats:
    """Give θ (d+1, c) as the training left it, before `base_rate` moved the intercept."""
    if not hasattr(model, "coef_"):
        raise NotFittedError(f"this {type(model).__name__} is not fitted yet; call fit(X, y) first")
    coef = np.atleast_2d(model.coef_).T
    intercept = np.broadcast_to(model.intercept_, coef.shape[1])
    theta = np.concatenate([coef, intercept[None]], dtype=np.float64)
    theta[-1] -= shift_of(model)
    return theta


def coefficient_names(model: Any, otherwise: Sequence[str]) -> Sequence[str]:
    """Give the names of a model's coefficients, ours or scikit-learn's."""
    known = getattr(model, "feature_names_in_", otherwise)
    return known if getattr(model, "encoder_", None) is None else model.feature_names_


def read(model: Any, design: Design) -> Data:
    """Read the rows as the model's `fit` would."""
    kinds: dict[str, Any] = {"class_weight": model.class_weight, "multi_class": "multinomial"}
    kinds["weights"] = getattr(model, "weights", "frequency")
    if callable(design.X):
        return read_batches(design.X, **kinds)
    threads = threads_of(getattr(model, "n_jobs", None))
    rows: dict[str, Any] = {"sample_weight": design.weight, "offset": design.offset}
    return read_arrays(design.X, design.y, **rows, threads=threads, **kinds)


def refuse_other_objectives(model: Any, c: int) -> None:
    """Refuse one-vs-rest, and a penalty on the intercept."""
    if c > 1 and getattr(model, "multi_class", "multinomial") == "ovr":
        raise InputError("one-vs-rest is a model for each class; judge them one by one")
    if getattr(model, "solver", None) == "liblinear" and "sklearn" in type(model).__module__:
        raise InputError("solver='liblinear' penalises the intercept too: it is another objective")


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


def settings_of(model: Any, data: Data, design: Design) -> Settings:
    """Take from a model what it minimises; scikit-learn's older `penalty` is understood."""
    C, l1_ratio = getattr(model, "C_", None), getattr(model, "l1_ratio_", None)
    C = float(np.ravel(model.C if C is None else C)[0])
    l1_ratio = float(np.ravel(model.l1_ratio if l1_ratio is None else l1_ratio)[0] or 0.0)
    penalty = getattr(model, "penalty", "deprecated")
    if penalty is None:
        C = np.inf
    l1_ratio = PENALTIES.get(penalty, l1_ratio)
    given = design.spread(getattr(model, "penalty_factors", None))
    factors = check_factors(given, data.features, data.names)
    factors = design.unscaled_factors(factors, l1_ratio)
    rest: dict[str, Any] = {"observations": data.observations, "factors": factors}
    return Settings(C, l1_ratio, bool(model.fit_intercept), "auto", Rules(), **rest)
