"""glum: binary only."""

import numpy as np
from glum import GeneralizedLinearRegressor

TOLERANCES = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10)


def fit(problem, tol):
    """Fit with a tolerance on the gradient of the mean loss; alpha = 1 / (C·n)."""
    if problem.y.max() > 1:
        raise NotImplementedError
    model = GeneralizedLinearRegressor(
        family="binomial", alpha=1 / (problem.C * len(problem.y)), l1_ratio=0, gradient_tol=tol,
        max_iter=1000,
    ).fit(problem.X, problem.y.astype(float))  # fmt: skip
    return model.coef_[None], np.array([model.intercept_]), f"{model.n_iter_} iterations"
