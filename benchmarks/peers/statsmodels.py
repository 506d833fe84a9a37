"""statsmodels' Logit: binary, no penalty."""

import numpy as np
import statsmodels.api as sm
from scipy import sparse

from peers import binary, in_a_loop, refuse

TOLERANCES = (1e-4, 1e-8)


def check(problem):
    """Two classes, no penalty, dense rows."""
    binary(problem)
    refuse(sparse.issparse(problem.X), "no sparse rows")
    refuse(np.isfinite(problem.C), "no penalty")


def fit(problem, tol):
    """Fit by its Newton."""
    result = sm.Logit(problem.y, sm.add_constant(problem.X)).fit(tol=tol, disp=0, maxiter=200)
    return (
        result.params[None, 1:],
        result.params[:1],
        f"{result.mle_retvals['iterations']} iterations",
    )


def bootstrap(problem, tol):
    """Fit the resamples, one by one, their rows as often as they were drawn."""
    rows = np.arange(len(problem.y))
    X = sm.add_constant(problem.X)

    def one(weight):
        drawn = np.repeat(rows, weight)
        result = sm.Logit(problem.y[drawn], X[drawn]).fit(tol=tol, disp=0, maxiter=200)
        return result.params[1:], result.params[0]

    return in_a_loop(one, problem)
