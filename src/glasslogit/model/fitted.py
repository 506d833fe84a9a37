"""A fitted model on rows: the objective it minimises there, and its θ.

All that judges a fit starts here: tables of coefficients, bounds, comparisons. The model may
also be scikit-learn's; `problem.py` reads off its parameters what it minimises.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glasslogit.core import ColumnMoments, Coordinates, Floats, Objective, Source
from glasslogit.errors import InputError
from glasslogit.inputs import check_learned, default_names, learned_names
from glasslogit.model.base_rate import shift_of
from glasslogit.model.data import Data
from glasslogit.model.design import Design
from glasslogit.model.prediction import check_offset_given, reported_theta
from glasslogit.model.problem import (
    penalises_intercept,
    read_data_as_fitted,
    refuse_others,
    settings_as_fitted,
)
from glasslogit.optimum import Settings, column_moments, make_penalty
from glasslogit.pages import how_many


class FittedObjective(NamedTuple):
    """A fitted model on rows: f in plain coordinates, which are θ itself, and θ (d+1, c).

    `moments` are those of the columns; of many rows, those of a sample. `factors` (K,) are what
    `class_weight` multiplies the weights by. `shift` (d,) is what the columns of the source, and
    with them θ, are less of than those of X, None if nothing, and `given` are the rows of X.
    """

    objective: Objective
    theta: Floats
    classes: NDArray[Any]
    names: tuple[str, ...]
    moments: ColumnMoments
    settings: Settings
    factors: Floats
    design: Design | None  # None for batches
    given: Source
    shift: Floats | None = None

    @property
    def by_term(self) -> dict[str, tuple[str, ...]]:
        """The columns of X by the term of the formula, or the column of the table, they are from.

        Of arrays each column is a term.
        """
        encoding = None if self.design is None else self.design.encoding
        return gathered(zip(self.names, encoding.origins if encoding else self.names, strict=True))

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """The columns of X by term, and where no term is called so by column of the table."""
        encoding = None if self.design is None else self.design.encoding
        if encoding is None:
            return {}
        pairs = zip(self.names, encoding.sources, strict=True)
        columns = gathered((feature, name) for feature, names in pairs for name in names)
        return columns | self.by_term

    @property
    def levels(self) -> dict[str, tuple[str, str, str | None]]:
        """Of the columns of X that tell a level: its category, the level, and the reference."""
        encoding = None if self.design is None else self.design.encoding
        return {} if encoding is None else encoding.levels

    def total(self, theta: Floats) -> float:
        """Give C·Σ sᵢ·lossᵢ + penalty at θ, or Σ sᵢ·lossᵢ without a penalty; one pass."""
        return self.objective.unit * self.objective.value(theta)


def gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Gather the first of each pair by the second.

    >>> gathered([("town=B", "town"), ("age", "age"), ("town=C", "town")])
    {'town': ('town=B', 'town=C'), 'age': ('age',)}
    """
    found: dict[str, tuple[str, ...]] = {}
    for member, name in pairs:
        found[name] = (*found.get(name, ()), member)
    return found


def fitted_objective(
    model: Any,
    X: Any,
    y: Any = None,
    sample_weight: ArrayLike | None = None,
    offset: ArrayLike | None = None,
) -> FittedObjective:
    """Put a fitted model, ours or scikit-learn's, beside the rows it is to be judged on.

    >>> from glasslogit import LogisticRegression
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1]
    >>> fitted = fitted_objective(LogisticRegression().fit(X, y), X, y)
    >>> bool(abs(fitted.objective.value_and_gradient(fitted.theta).gradient).max() < 1e-8)
    True
    """
    if penalises_intercept(model):
        raise InputError("solver='liblinear' penalises the intercept too: it is another objective")
    parts = fitted_objectives(model, X, y, sample_weight, offset)
    if len(parts) > 1:
        label = parts[0].classes.tolist()[-1]
        raise InputError(
            "one-vs-rest is a model for each class; judge them one by one: fit one of them as "
            f"{type(model).__name__}(**model.get_params()).fit(X, y == {label!r}), and judge it "
            f"with y == {label!r}"
        )
    return parts[0]


def fitted_objectives(
    model: Any,
    X: Any,
    y: Any = None,
    sample_weight: ArrayLike | None = None,
    offset: ArrayLike | None = None,
) -> list[FittedObjective]:
    """Put each of the models that make up a classifier beside the rows."""
    theta = theta_of(model)
    refuse_others(model)
    check_offset_given(model, offset)
    data = read_data_as_fitted(model, X, y, sample_weight, offset)
    data.refuse_single()
    check_same(model, data, len(theta) - 1)
    found = list[FittedObjective]()
    names = coefficient_names(model, data.features)
    for part in data.submodels:
        given = data.source_of(part)
        source, own, centre = from_centre(model, given, theta, part.columns)
        moments = column_moments(source, part.loss)
        settings = settings_as_fitted(model, data, moments.rows)
        penalty = make_penalty(settings, moments.weight)
        plain = Coordinates.plain(data.features, part.margins, intercept=settings.fit_intercept)
        size = moments.weight, moments.rows, data.observations
        objective = Objective(source, part.loss, penalty, plain, *size)
        known = names, moments, settings, data.factors, data.design, given, centre
        found.append(FittedObjective(objective, own, data.classes, *known))
    return found


def from_centre(
    model: Any, source: Source, theta: Floats, columns: slice
) -> tuple[Source, Floats, Floats | None]:
    """Give the rows less the centre that a model has of columns far from 0, and its θ there.

    `columns` are those of θ that are taken.
    """
    centre, part = vars(model).get("centre_"), theta[:, columns]
    if centre is None:
        return source, part, None
    b = (model.centred_intercept_ - shift_of(model))[columns]
    return source.shifted(centre), np.vstack([part[:-1], b]), centre


def theta_of(model: Any) -> Floats:
    """Give θ (d+1, c) as the training left it, before `base_rate` moved the intercept."""
    theta = reported_theta(model)
    theta[-1] -= shift_of(model)
    return theta


def coefficient_names(model: Any, d: int) -> tuple[str, ...]:
    """Give the names of a model's d coefficients, ours or scikit-learn's."""
    return learned_names(model) or default_names(d)


def check_same(model: Any, data: Data, d: int) -> None:
    """Refuse rows of other columns or classes than the model knows."""
    if data.features != d:
        raise InputError(
            f"X has {how_many(data.features, 'column')} but the model was fitted on {d:,}"
        )
    check_learned(data.labels, model, d)
    if not np.array_equal(data.classes, model.classes_):
        found = f"{data.classes.tolist()}, but those of the model are {model.classes_.tolist()}"
        raise InputError(f"y holds the classes {found}; give rows of the same classes")
