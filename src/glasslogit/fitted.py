"""A fitted model beside rows: the objective it minimises there, and the θ where it stands.

All that judges a fit starts here: tables of coefficients, bounds, comparisons. The model may
also be scikit-learn's.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glasslogit.coordinates import Coordinates
from glasslogit.core.losses import Floats
from glasslogit.core.passes import ColumnMoments
from glasslogit.data import Data, loss_of, read_arrays, read_batches
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
    if not hasattr(model, "coef_"):
        raise NotFittedError(f"this {type(model).__name__} is not fitted yet; call fit(X, y) first")
    theta = np.vstack([np.atleast_2d(model.coef_).T, np.atleast_1d(model.intercept_)])
    d, c = len(theta) - 1, theta.shape[1]
    data = read(model, X, y, sample_weight, offset)
    check_same(model, data, d, c)
    source, loss = data.sources[0](), loss_of(len(data.classes), "multinomial")
    moments = survey(source, loss)
    penalty = make_penalty(settings_of(model, data), moments.weight)
    coordinates = Coordinates.plain(d, c, intercept=model.fit_intercept)
    size = max(moments.weight, moments.rows)
    objective = Objective(source, loss, penalty, coordinates, moments.weight, moments.rows, size)
    known = getattr(model, "feature_names_in_", [f"x{j}" for j in range(d)])
    names = tuple(map(str, known))
    return Fitted(objective, theta.astype(np.float64), data.classes, names, moments)


def read(model: Any, X: Any, y: Any, sample_weight: Any, offset: Any) -> Data:
    """Read the rows as the model's `fit` would."""
    kinds: dict[str, Any] = {"class_weight": model.class_weight, "multi_class": "multinomial"}
    if callable(X):
        return read_batches(X, **kinds)
    threads = threads_of(getattr(model, "n_jobs", None))
    given: dict[str, Any] = {"sample_weight": sample_weight, "offset": offset, "threads": threads}
    return read_arrays(X, y, **given, **kinds)


def check_same(model: Any, data: Data, d: int, c: int) -> None:
    """Refuse rows of other columns or classes than the model knows, and one-vs-rest."""
    if c > 1 and getattr(model, "multi_class", "multinomial") == "ovr":
        raise InputError("one-vs-rest is a model for each class; judge them one by one")
    if data.features != d:
        raise InputError(f"X has {data.features} columns but the model was fitted on {d}")
    pairs = zip(data.names or (), getattr(model, "feature_names_in_", ()), strict=False)
    for j, (new, old) in enumerate(pairs):
        if new != old:
            raise InputError(f"column {j} of X is {new!r} but was {old!r} at training")
    if not np.array_equal(data.classes, model.classes_):
        found = f"{data.classes.tolist()}, but those of the model are {model.classes_.tolist()}"
        raise InputError(f"y holds the classes {found}; give rows of the same classes")


def settings_of(model: Any, data: Data) -> Settings:
    """Take from a model what it minimises; scikit-learn's older `penalty` is understood."""
    C, l1_ratio = getattr(model, "C_", None), getattr(model, "l1_ratio_", None)
    C = float(np.ravel(model.C if C is None else C)[0])
    l1_ratio = float(np.ravel(model.l1_ratio if l1_ratio is None else l1_ratio)[0] or 0.0)
    penalty = getattr(model, "penalty", "deprecated")
    if penalty is None:
        C = np.inf
    l1_ratio = PENALTIES.get(penalty, l1_ratio)
    if getattr(model, "solver", None) == "liblinear" and "sklearn" in type(model).__module__:
        raise InputError("solver='liblinear' penalises the intercept too: it is another objective")
    factors = check_factors(getattr(model, "penalty_factors", None), data.features, data.names)
    return Settings(C, l1_ratio, model.fit_intercept, "auto", Rules(), factors=factors)
