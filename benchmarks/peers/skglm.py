"""skglm: binary, L1 or a mix of L1 and L2; its proximal Newton with a working set."""

import numpy as np
from skglm.datafits import Logistic
from skglm.penalties import L1_plus_L2
from skglm.solvers import ProxNewton
from tasks import folds

from peers import alpha, binary, by_column, refuse, signs

TOLERANCES = (1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6)

prepare = by_column


def check(problem):
    """Two classes and some L1: for pure L2, its documentation says, it is not meant."""
    binary(problem)
    refuse(not problem.l1_ratio, "made for L1")


def solve(problem, tol, start=None, margins=None):
    """Give the solver's w, intercept last, and the number of its rounds."""
    solver = ProxNewton(tol=tol * alpha(problem), max_iter=200)
    penalty = L1_plus_L2(alpha(problem), problem.l1_ratio)
    w, values, _ = solver.solve(
        problem.X, signs(problem), Logistic(), penalty, start, margins, run_checks=False
    )
    return w, len(values)


def fit(problem, tol):
    """Fit with a tolerance on the violation, relative to the penalty."""
    w, rounds = solve(problem, tol)
    return w[None, :-1], w[-1:], f"{rounds} rounds"


def path(problem, tol):
    """Go down the path of each fold, from one point to the next."""
    found = []
    for rows, _ in folds(len(problem.y)):
        part = by_column(problem._replace(X=problem.X[rows], y=problem.y[rows]))
        w, margins = None, None
        for C in problem.Cs:
            w, _ = solve(part._replace(C=C), tol, w, margins)
            margins = part.X @ w[:-1] + w[-1]
            found.append(w.copy())
    array = np.reshape(found, (-1, len(problem.Cs), problem.X.shape[1] + 1))
    return array[..., :-1], array[..., -1]
