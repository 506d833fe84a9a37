"""statsmodels' Logit: binary, no penalty."""

import numpy as np
import statsmodels.api as sm

TOLERANCES = (1e-4, 1e-8)


def fit(problem, tol):
    """Fit by its Newton."""
    if problem.y.max() > 1 or np.isfinite(problem.C):
        raise NotImplementedError
    result = sm.Logit(problem.y, sm.add_constant(problem.X)).fit(tol=tol, disp=0, maxiter=200)
    return (
        result.params[None, 1:],
        result.params[:1],
        f"{result.mle_retvals['iterations']} iterations",
    )
