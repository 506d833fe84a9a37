"""cyanure: softmax too, any penalty."""

import numpy as np
from cyanure.estimators import LogisticRegression
from tasks import folds

from peers import alpha, threads

TOLERANCES = (
    *[("auto", tol) for tol in (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7)],
    *[("qning-svrg", tol) for tol in (1e-5, 1e-7, 1e-9)],  # on small ones the other stops early
)


def strengths(problem):
    """Give its name of the penalty, and the two strengths."""
    strength = alpha(problem) if np.isfinite(problem.C) else 0.0
    l1, l2 = strength * problem.l1_ratio, strength * (1 - problem.l1_ratio)
    if not l1:
        return {"penalty": "l2", "lambda_1": l2}
    return {"penalty": "elasticnet" if l2 else "l1", "lambda_1": l1, "lambda_2": l2}


def empty(problem, tol, *, warm_start=False):
    """Set a model up, with a tolerance on the duality gap relative to that of the empty one."""
    several = problem.y.max() > 1
    return LogisticRegression(
        loss="multiclass-logistic" if several else "logistic", fit_intercept=True,
        multi_class="multinomial" if several else "ovr", solver=tol[0], tol=tol[1],
        max_iter=5000, n_threads=threads(), verbose=False, safe=False, warm_start=warm_start,
    )  # fmt: skip


def refit(model, problem):
    """Fit, from where the model stands if it was set up so."""
    model.set_params(**strengths(problem)).fit(problem.X, problem.y.astype(float))
    coef = np.reshape(model.coef_, (-1, model.coef_.shape[-1]))
    coef = coef if coef.shape[1] == problem.X.shape[1] else coef.T
    return coef, np.ravel(model.intercept_), ""


def fit(problem, tol):
    """Fit from nothing."""
    return refit(empty(problem, tol), problem)


def path(problem, tol):
    """Go down the path of each fold, from one point to the next."""
    coefs, intercepts = [], []
    for rows, _ in folds(len(problem.y)):
        part = problem._replace(X=problem.X[rows], y=problem.y[rows])
        model = empty(part, tol, warm_start=True)
        for C in problem.Cs:
            w, b, _ = refit(model, part._replace(C=C))
            coefs.append(w[0])
            intercepts.append(b[0])
    shape = (-1, len(problem.Cs))
    return np.reshape(coefs, (*shape, problem.X.shape[1])), np.reshape(intercepts, shape)
