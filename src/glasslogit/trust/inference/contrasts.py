"""From θ to the coefficients that are reported: against a reference class, the intercept first.

Adding one number to all margins of a softmax changes nothing, so only its contrasts
wₖ − w_ref and bₖ − b_ref are unique. For two classes there is one margin, that of the second.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import Floats
from glasslogit.inputs import check_class
from glasslogit.optimum.separation import with_intercept


def contrasts_of(classes: Sequence[Any], reference: Any) -> tuple[Floats, tuple[Any, ...], Any]:
    """Give the map (c, equations) from margins to contrasts, their classes and the reference.

    >>> contrasts_of(["a", "b", "c"], None)[0].tolist()
    [[-1.0, -1.0], [1.0, 0.0], [0.0, 1.0]]
    """
    base = classes[0] if reference is None else reference
    check_class(base, "reference", classes)
    k = list(classes).index(base)
    others = (*classes[:k], *classes[k + 1 :])
    if len(classes) == 2:
        return np.array([[1.0 - 2.0 * k]]), others, base
    contrasts = np.delete(np.eye(len(classes)), k, axis=1)
    contrasts[k] = -1.0
    return contrasts, others, base


def reported_rows(d: int, *, intercept: bool) -> NDArray[np.intp]:
    """Give the rows of θ in the order of a report: the intercept first, if there is one.

    >>> reported_rows(2, intercept=True).tolist(), reported_rows(2, intercept=False).tolist()
    ([2, 0, 1], [0, 1])
    """
    return np.append([d] * intercept, np.arange(d)).astype(np.intp)


def reported_names(names: Sequence[str], *, intercept: bool) -> tuple[str, ...]:
    """Give the names of the coefficients of an equation in the order of a report.

    >>> reported_names(["a", "b"], intercept=True)
    ('(Intercept)', 'a', 'b')
    """
    rows = reported_rows(len(names), intercept=intercept)
    return tuple(with_intercept(names)[j] for j in rows)


def by_equation(theta: Floats, *, intercept: bool) -> Floats:
    """Put contrasts (d+1, equations) in the order they are reported in, the intercept first.

    >>> by_equation(np.array([[1.0, 2.0], [3.0, 4.0]]), intercept=True).tolist()
    [3.0, 1.0, 4.0, 2.0]
    """
    return theta[reported_rows(len(theta) - 1, intercept=intercept)].T.ravel()


def to_theta(reported: Floats, equations: int, *, intercept: bool) -> Floats:
    """Undo `by_equation` for columns (m, ...): shape (d+1, equations, ...)."""
    parts = reported.reshape(equations, -1, *reported.shape[1:]).swapaxes(0, 1)
    d = len(parts) - intercept
    theta = np.zeros((d + 1, *parts.shape[1:]))
    theta[reported_rows(d, intercept=intercept)] = parts
    return theta
