"""scikit-learn's lbfgs."""

from roads import travel
from sklearn.linear_model import LogisticRegression

from peers import by_sklearn, refuse

TOLERANCES = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10)
fit, bootstrap = by_sklearn("lbfgs")


def check(problem):
    """No L1."""
    refuse(problem.l1_ratio, "no L1")


def predictor(problem):
    """Fit, and give the function that predicts."""
    return LogisticRegression(max_iter=5000).fit(problem.X, problem.y).predict_proba


def road(problem, _):
    """Read with pandas."""
    return travel("sklearn_lbfgs", problem)
