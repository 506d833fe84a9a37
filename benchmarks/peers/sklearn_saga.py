"""scikit-learn's saga, for the penalties that its other solvers have not got."""

from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from tasks import folds

from peers import by_fold, refuse

TOLERANCES = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8)


def check(problem):
    """With L1: without it scikit-learn's other solvers are faster."""
    refuse(not problem.l1_ratio, "used for L1")


def fit(problem, tol):
    """Fit with a tolerance on the largest relative change of a coefficient."""
    model = LogisticRegression(
        C=problem.C, l1_ratio=problem.l1_ratio, solver="saga", tol=tol, max_iter=5000
    )
    model.fit(problem.X, problem.y)
    return model.coef_, model.intercept_, f"{model.n_iter_.max()} iterations"


def path(problem, tol):
    """Fit all folds and points with the same tolerance, each from the one before."""
    model = LogisticRegressionCV(
        Cs=problem.Cs, l1_ratios=[problem.l1_ratio], cv=folds(len(problem.y)), solver="saga",
        scoring="neg_log_loss", tol=tol, max_iter=5000, use_legacy_attributes=False,
    ).fit(problem.X, problem.y)  # fmt: skip
    return by_fold(model.coefs_paths_, len(problem.Cs))
