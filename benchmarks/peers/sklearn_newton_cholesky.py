"""scikit-learn's newton-cholesky."""

from peers import by_sklearn, refuse, square

TOLERANCES = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10)
fit, bootstrap = by_sklearn("newton-cholesky")


def check(problem):
    """No L1, and not too many columns for its Hessian."""
    refuse(problem.l1_ratio, "no L1")
    square(problem)
