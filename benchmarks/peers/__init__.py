"""One file for each peer: `TOLERANCES`, loose to tight, and what it can do.

`fit(problem, tol)` gives coefficients (K or 1, d), intercepts (K or 1,) and a note.
`path(problem, tol)` gives coefficients (folds, Cs, d) and intercepts (folds, Cs).
`bootstrap(problem, tol)` gives coefficients (resamples, d) and intercepts (resamples,).
`predictor(problem)` gives a fitted `predict_proba`.
`road(problem, tol)` gives log loss, AUC and the most memory, in bytes, of a road (roads.py).
`check(problem)` raises `NotImplementedError`, with the reason, where the peer cannot express a
problem; `prepare(problem)` lays the data out as the peer likes them, off the clock. Only
`TOLERANCES` is a must. A peer that is not installed is left out, and said so.
"""

import os

import numpy as np
from scipy import sparse
from tasks import resamples

SQUARE = 8000  # beyond this many coefficients a square matrix of them is out of the question


def refuse(condition, reason):
    """Say why a peer cannot express a problem, if so."""
    if condition:
        raise NotImplementedError(reason)


def binary(problem):
    """Refuse more than two classes."""
    refuse(problem.y.max() > 1, "binary only")


def square(problem):
    """Refuse so many coefficients that a Hessian of them takes gigabytes or minutes."""
    K = problem.y.max() + 1
    refuse(problem.X.shape[1] * (K if K > 2 else 1) > SQUARE, "a full Hessian is too large")


def penalised(problem):
    """Refuse an elastic net, and no penalty at all."""
    refuse(problem.l1_ratio not in (0, 1), "no elastic net")
    refuse(not np.isfinite(problem.C), "no fit without a penalty")


def threads():
    """Say how many threads this process may use."""
    return int(os.environ["OMP_NUM_THREADS"])


def alpha(problem):
    """Give the penalty of those who minimise mean loss + alpha·penalty."""
    return 1 / (problem.C * len(problem.y))


def signs(problem):
    """Give the labels of a binary problem as −1 and 1."""
    return 2.0 * problem.y - 1


def by_column(problem):
    """Lay the data out by columns, dense or sparse."""
    X = problem.X
    return problem._replace(X=X.tocsc() if sparse.issparse(X) else np.asfortranarray(X))


def with_ones(problem, value=1.0):
    """Append a constant column, for a peer that has no free intercept."""
    X, constant = problem.X, np.full((len(problem.y), 1), value, problem.X.dtype)
    if sparse.issparse(X):
        return problem._replace(X=sparse.hstack([X, constant], format="csr"))
    return problem._replace(X=np.hstack([X, constant]))


def by_fold(paths, points):
    """Split scikit-learn's `coefs_paths_` into coefficients and intercepts (folds, Cs, ...)."""
    array = next(iter(paths.values())) if isinstance(paths, dict) else np.asarray(paths)
    array = array.reshape(array.shape[0], points, -1)
    return array[..., :-1], array[..., -1]


def by_sklearn(solver):
    """Give `fit` and `bootstrap` by a solver, whose tolerance is on the mean loss's gradient."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  for its own peers only

    def model_of(problem, tol):
        return LogisticRegression(C=problem.C, solver=solver, tol=tol, max_iter=5000)

    def fit(problem, tol):
        model = model_of(problem, tol).fit(problem.X, problem.y)
        return model.coef_, model.intercept_, f"{model.n_iter_.max()} iterations"

    def bootstrap(problem, tol):
        def one(weight):
            model = model_of(problem, tol).fit(problem.X, problem.y, weight)
            return model.coef_[0], model.intercept_[0]

        return in_a_loop(one, problem)

    return fit, bootstrap


def in_a_loop(fit, problem):
    """Fit each resample by itself: `fit(weight)`, weight (n,), gives w and b."""
    fits = [fit(weight) for weight in resamples(problem)]
    return np.array([w for w, _ in fits]), np.array([b for _, b in fits])
