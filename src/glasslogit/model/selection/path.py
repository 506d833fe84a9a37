"""`regularisation_path`: the fits for many strengths of one penalty, as arrays by strength.

How one fit leads to the next is told in `glasslogit.optimum.path`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from numbers import Integral
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glasslogit.core import Floats
from glasslogit.errors import InputError, check_number
from glasslogit.model.estimator import LogisticRegression
from glasslogit.model.parameters import check_settings
from glasslogit.model.problem import read_training_data, training_settings
from glasslogit.optimum import Limits, PathProblem, Point, fit_path, path_problem
from glasslogit.pages import Page, Printable
from glasslogit.solvers import Solver
from glasslogit.sources import one_blas_thread

if TYPE_CHECKING:
    from glasslogit.tables.encoding import TableEncoder


@dataclass(frozen=True, eq=False, repr=False)
class RegularisationPath(Printable):
    """Fits from a strong to a weak penalty, one row of every array for each C.

    `values` are the objectives (mean loss plus penalty), `explained` the share of the null
    model's deviance that is explained, `nonzeros` the coefficients that are not 0, `passes` the
    readings of all rows so far and `converged` whether the optimum was reached; where time ran
    out the rows hold the last position reached.
    """

    Cs: Floats  # (points,)
    l1_ratio: float
    classes: NDArray[Any]
    coefs: Floats  # (points, c, d)
    intercepts: Floats  # (points, c)
    values: Floats
    explained: Floats
    nonzeros: NDArray[np.intp]
    passes: NDArray[np.intp]
    converged: NDArray[np.bool]
    feature_names: tuple[str, ...] | None = None

    def page(self) -> Page:
        """Give a row for each C, in the order in which they were given."""
        return Page(
            f"Regularisation path, l1_ratio {self.l1_ratio:g}",
            [(C,) for C in self.Cs.tolist()],
            {
                "nonzeros": self.nonzeros,
                "explained": self.explained,
                "objective": self.values,
                "passes": self.passes,
                "converged": self.converged,
            },
            formats={"explained": ".4f", "objective": "#.6g"},
        )


def regularisation_path(  # noqa: PLR0913
    X: Any,
    y: Any = None,
    *,
    Cs: int | ArrayLike = 100,
    l1_ratio: float | None = 1.0,
    span: float = 1e-3,
    penalty_factors: ArrayLike | Mapping[str, float] | None = None,
    sample_weight: ArrayLike | None = None,
    offset: ArrayLike | None = None,
    class_weight: Mapping[Any, float] | Literal["balanced"] | None = None,
    fit_intercept: bool = True,
    solver: Solver | str = "auto",
    tol: float = 1e-4,
    max_iter: int = 100,
    max_time: float | None = None,
    n_jobs: int | None = None,
    encoder: "TableEncoder | None" = None,
    formula: str | None = None,
) -> RegularisationPath:
    """Fit a logistic regression for many C, each from the fit before.

    `Cs` are the values themselves, or how many: then they run from the strongest penalty worth
    trying, at which all penalised coefficients are just 0, to one `span` times as strong, evenly
    in the logarithm. With l1_ratio below 0.001 no strength makes them 0, and that of 0.001 is
    taken. X may be a function that yields batches. The other arguments are those of
    `LogisticRegression`; `max_time` is for all points.

    >>> X = [[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.0], [1.5, 1.0], [1.6, 0.0]]
    >>> path = regularisation_path(X, [0, 0, 1, 1, 1, 0], Cs=3)
    >>> path.Cs.round(2).tolist(), path.nonzeros.tolist()
    ([0.51, 16.22, 512.82], [0, 2, 2])
    """
    single = LogisticRegression(
        l1_ratio=l1_ratio,
        penalty_factors=penalty_factors,
        class_weight=class_weight,
        fit_intercept=fit_intercept,
        solver=solver,
        tol=tol,
        max_iter=max_iter,
        max_time=max_time,
        n_jobs=n_jobs,
        encoder=encoder,
        formula=formula,
    )
    check_settings(single)
    check_number(span, "span", "between 0 and 1", above=0, below=1)
    data = read_training_data(single, X, y, sample_weight, offset)
    data.refuse_single()
    deadline = inf if max_time is None else perf_counter() + max_time
    settings = training_settings(single, data)
    with one_blas_thread():
        (whole,) = data.submodels
        task = path_problem(data.source_of(whole), whole.loss, settings)
        grid = task.grid(Cs, span) if isinstance(Cs, Integral) else given_Cs(Cs)
        points = [*fit_path(task, grid, Limits(tol, max_iter, deadline))]
    path = collect(points, grid, task, data.classes)
    return replace(path, feature_names=data.names)


def given_Cs(Cs: ArrayLike) -> Floats:  # noqa: N802
    """Check values of C, (points,), in any order.

    >>> given_Cs([1, np.inf]).tolist()
    [1.0, inf]
    """
    array = np.asarray(Cs, object)
    if array.ndim != 1 or not array.size:
        what = f"of type {type(Cs).__name__} and shape {array.shape}"
        raise InputError(f"Cs is {what}; give a whole number of values, or a list of values")
    for C in array.tolist():
        check_number(C, "Cs", "greater than 0, each, or np.inf", above=0, finite=False)
    return array.astype(np.float64)


def collect(
    points: Sequence[Point], Cs: Floats, task: PathProblem, classes: NDArray[Any]
) -> RegularisationPath:
    """Put the points into arrays, in the order in which the Cs were given."""
    place = np.argsort(np.argsort(Cs, kind="stable"))
    thetas = np.array([point.theta for point in points])[place]  # (points, d+1, c)
    coefs = np.ascontiguousarray(thetas[:, :-1].transpose(0, 2, 1))
    losses = np.array([point.loss for point in points])[place]
    return RegularisationPath(
        Cs=Cs,
        l1_ratio=task.settings.l1_ratio,
        classes=classes,
        coefs=coefs,
        intercepts=thetas[:, -1],
        values=np.array([point.value for point in points])[place],
        explained=1.0 - losses / task.null_loss,
        nonzeros=(coefs != 0).sum(axis=(1, 2)),
        passes=np.array([point.passes for point in points])[place],
        converged=np.array([point.outcome.converged for point in points])[place],
    )
