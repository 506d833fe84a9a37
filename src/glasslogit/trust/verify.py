"""`verify`: the tightest bound on a model's distance from the optimum, from the data.

The proofs are in `glasslogit.optimum.proofs`.
"""

from typing import Any

from numpy.typing import ArrayLike

from glasslogit.model import at_end, fitted_objective
from glasslogit.optimum import Certificate, tightest_certificate


def verify(
    model: Any,
    X: Any,
    y: Any = None,
    sample_weight: ArrayLike | None = None,
    offset: ArrayLike | None = None,
) -> Certificate:
    """Prove how far a fitted model, ours or scikit-learn's, is from the optimum at most.

    The arguments are those of `fit`; X may be a function that yields batches. Five passes near
    the optimum; from afar as many as a fit, to find where the optimum is. The bound includes
    what rounding may do. Where none can be proved (separated classes, columns that depend on
    each other without a penalty), all numbers are infinite and `reason` says why. Raises
    `InputError` as `fit` does.

    >>> from glasslogit import LogisticRegression
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1]
    >>> certificate = verify(LogisticRegression().fit(X, y), X, y)
    >>> certificate.proved, certificate.probability < 1e-10
    (True, True)
    """
    model, X = at_end(model, X)
    fitted = fitted_objective(model, X, y, sample_weight, offset)
    return tightest_certificate(fitted.objective, fitted.theta)
