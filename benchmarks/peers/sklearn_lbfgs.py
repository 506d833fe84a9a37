"""scikit-learn's lbfgs."""

from roads import travel
from sklearn.linear_model import LogisticRegression

from peers import in_a_loop, refuse

TOLERANCES = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10)


def check(problem):
    """No L1."""
    refuse(problem.l1_ratio, "no L1")


def fit(problem, tol):
    """Fit with a tolerance on the gradient of the mean loss."""
    model = LogisticRegression(C=problem.C, solver="lbfgs", tol=tol, max_iter=5000)
    model.fit(problem.X, problem.y)
    return model.coef_, model.intercept_, f"{model.n_iter_.max()} iterations"


def bootstrap(problem, tol):
    """Fit the resamples, one by one."""

    def one(weight):
        model = LogisticRegression(C=problem.C, solver="lbfgs", tol=tol, max_iter=5000)
        model.fit(problem.X, problem.y, weight)
        return model.coef_[0], model.intercept_[0]

    return in_a_loop(one, problem)


def predictor(problem):
    """Fit, and give the function that predicts."""
    return LogisticRegression(max_iter=5000).fit(problem.X, problem.y).predict_proba


def road(problem, _):
    """Read with pandas."""
    return travel("sklearn_lbfgs", problem)
