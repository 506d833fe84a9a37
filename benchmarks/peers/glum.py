"""glum: binary only."""

import numpy as np
from glum import GeneralizedLinearRegressor, GeneralizedLinearRegressorCV
from roads import travel
from tasks import FOLDS, folds

from peers import alpha, binary, by_column, in_a_loop, signs, square

TOLERANCES = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10)

prepare = by_column


def check(problem):
    """Two classes, and not too many columns for its Hessian."""
    binary(problem)
    square(problem)


def fit(problem, tol):
    """Fit with a tolerance on the gradient of the mean loss."""
    model = GeneralizedLinearRegressor(
        family="binomial", alpha=alpha(problem), l1_ratio=problem.l1_ratio, gradient_tol=tol,
        max_iter=1000,
    ).fit(problem.X, signs(problem) > 0)  # fmt: skip
    return model.coef_[None], np.array([model.intercept_]), f"{model.n_iter_} iterations"


def path(problem, tol):
    """Fit all folds and points with the same tolerance, each from the one before."""
    rows = len(problem.y) * (FOLDS - 1) / FOLDS
    model = GeneralizedLinearRegressorCV(
        family="binomial", alphas=1 / (problem.Cs * rows), l1_ratio=problem.l1_ratio,
        gradient_tol=tol, cv=folds(len(problem.y)), max_iter=1000,
    ).fit(problem.X, problem.y)  # fmt: skip
    return model.coef_path_[:, 0], model.intercept_path_[:, 0]


def bootstrap(problem, tol):
    """Fit the resamples, one by one."""

    def one(weight):
        model = GeneralizedLinearRegressor(
            family="binomial", alpha=alpha(problem), l1_ratio=problem.l1_ratio, gradient_tol=tol,
            max_iter=1000,
        ).fit(problem.X, problem.y, sample_weight=weight)  # fmt: skip
        return model.coef_, model.intercept_

    return in_a_loop(one, problem)


def predictor(problem):
    """Fit, and give the function that predicts."""
    model = GeneralizedLinearRegressor(family="binomial", alpha=alpha(problem))
    return model.fit(problem.X, problem.y).predict


def road(problem, _):
    """Read with polars."""
    return travel("glum", problem)
