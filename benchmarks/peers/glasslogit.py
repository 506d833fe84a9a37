"""Ours, with the default solver."""

from glasslogit import LogisticRegression

TOLERANCES = (1.0, 1e-1, 1e-2, 1e-4, 1e-6)


def fit(problem, tol):
    """Fit with a tolerance in standard errors."""
    model = LogisticRegression(C=problem.C, tol=tol, n_jobs=1).fit(problem.X, problem.y)
    return model.coef_, model.intercept_, f"{model.solver_}, {model.passes_} passes"
