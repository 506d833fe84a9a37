"""scikit-learn's newton-cg."""

from peers import by_sklearn, refuse

TOLERANCES = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10)
fit, _ = by_sklearn("newton-cg")


def check(problem):
    """No L1."""
    refuse(problem.l1_ratio, "no L1")
