"""celer: binary, L1; the intercept is a column of ones with a weight too small to matter."""

import numpy as np
from celer import celer_path

from peers import binary, by_column, refuse, signs, with_ones

TOLERANCES = (
    *[("newton", tol) for tol in (3e-5, 1e-5, 3e-6, 1e-6, 1e-7)],
    *[("descent", tol) for tol in (1e-6, 1e-7)],  # slower, and goes on where the other stops
)
FREE = 1e-3  # the weight of the intercept in the penalty


def check(problem):
    """Two classes, L1."""
    binary(problem)
    refuse(problem.l1_ratio != 1, "L1 only")


def prepare(problem):
    """Lay the data out by columns and append ones."""
    return by_column(with_ones(problem))


def fit(problem, tol):
    """Fit with a tolerance on the duality gap, relative to that of the empty model."""
    weights = np.ones(problem.X.shape[1])
    weights[-1] = FREE
    _, coefs, _ = celer_path(
        problem.X, signs(problem), "logreg", alphas=[1 / problem.C], weights=weights,
        tol=tol[1] * len(problem.y) * np.log(2), max_iter=200, use_PN=tol[0] == "newton",
    )  # fmt: skip
    return coefs.T[:, :-1], coefs[-1], tol[0]
