"""From θ to the coefficients that are reported: against a reference class, the intercept first.

Adding one number to all margins of a softmax changes nothing, so only its contrasts
wₖ − w_ref and bₖ − b_ref are unique. For two classes there is one margin, that of the second.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from glasslogit.core import Floats
from glasslogit.errors import InputError


def contrasts_of(classes: Sequence[Any], reference: Any) -> tuple[Floats, tuple[Any, ...], Any]:
    """Give the map (c, equations) from margins to contrasts, their classes and the reference.

    >>> contrasts_of(["a", "b", "c"], None)[0].tolist()
    [[-1.0, -1.0], [1.0, 0.0], [0.0, 1.0]]
    """
    base = classes[0] if reference is None else reference
    if base not in classes:
        raise InputError(f"reference={base!r} is not among the classes {list(classes)}")
    k = list(classes).index(base)
    others = (*classes[:k], *classes[k + 1 :])
    if len(classes) == 2:
        return np.array([[1.0 - 2.0 * k]]), others, base
    contrasts = np.delete(np.eye(len(classes)), k, axis=1)
    contrasts[k] = -1.0
    return contrasts, others, base


def by_equation(theta: Floats, *, intercept: bool) -> Floats:
    """Put contrasts (d+1, equations) in the order they are reported in, the intercept first.

    >>> by_equation(np.array([[1.0, 2.0], [3.0, 4.0]]), intercept=True).tolist()
    [3.0, 1.0, 4.0, 2.0]
    """
    return (np.roll(theta, 1, axis=0) if intercept else theta[:-1]).T.ravel()


def to_theta(reported: Floats, equations: int, *, intercept: bool) -> Floats:
    """Undo `by_equation` for columns (m, ...): shape (d+1, equations, ...)."""
    parts = reported.reshape(equations, -1, *reported.shape[1:]).swapaxes(0, 1)
    return np.roll(parts, -1, axis=0) if intercept else np.concatenate([parts, 0.0 * parts[:1]])
