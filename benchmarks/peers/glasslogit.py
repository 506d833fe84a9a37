"""Ours, with the default solver."""

from roads import travel
from tasks import folds

from glasslogit import LogisticRegression, LogisticRegressionCV
from glasslogit import bootstrap as resampled
from peers import by_fold, threads

TOLERANCES = (1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-10)


def fit(problem, tol):
    """Fit with a tolerance in standard errors."""
    model = LogisticRegression(C=problem.C, l1_ratio=problem.l1_ratio, tol=tol, n_jobs=threads())
    model.fit(problem.X, problem.y)
    return model.coef_, model.intercept_, f"{model.solver_}, {model.passes_} passes"


def path(problem, tol):
    """Fit all folds and points with the same tolerance."""
    model = LogisticRegressionCV(
        Cs=problem.Cs, l1_ratios=[problem.l1_ratio], cv=folds(len(problem.y)),
        scoring="neg_log_loss", tol=tol, n_jobs=threads(),
    ).fit(problem.X, problem.y)  # fmt: skip
    return by_fold(model.coefs_paths_, len(problem.Cs))


def bootstrap(problem, _):
    """Fit to all rows, and to the resamples, whose tolerance is not ours to choose."""
    model = LogisticRegression(C=problem.C, l1_ratio=problem.l1_ratio, n_jobs=threads())
    model.fit(problem.X, problem.y)
    found = resampled(model, problem.X, problem.y, resamples=problem.resamples)
    return found.samples[:, 1:], found.samples[:, 0]


def predictor(problem):
    """Fit, and give the function that predicts."""
    return LogisticRegression(n_jobs=threads()).fit(problem.X, problem.y).predict_proba


def road(problem, _):
    """`glasslogit fit`."""
    return travel("glasslogit", problem)
