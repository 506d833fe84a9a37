"""scikit-learn's newton-cg."""

from sklearn.linear_model import LogisticRegression

from peers import refuse

TOLERANCES = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10)


def check(problem):
    """No L1."""
    refuse(problem.l1_ratio, "no L1")


def fit(problem, tol):
    """Fit with a tolerance on the gradient of the mean loss."""
    model = LogisticRegression(C=problem.C, solver="newton-cg", tol=tol, max_iter=5000)
    model.fit(problem.X, problem.y)
    return model.coef_, model.intercept_, f"{model.n_iter_.max()} iterations"
