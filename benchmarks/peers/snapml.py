"""snapml: binary, L1 or L2, data in float32; it penalises the intercept.

Its dual solver is the faster one; it gets there where the loss of many rows dwarfs that
penalty. Its primal solver has no intercept of its own that works: it is given a column of a
thousand, whose coefficient is so small that the penalty does not matter.
"""

import numpy as np
from snapml import LogisticRegression

from peers import binary, penalised, refuse, signs, threads, with_ones

TOLERANCES = (
    *[("dual", tol) for tol in (1e-3, 1e-4, 1e-5)],
    *[("primal", tol) for tol in (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)],
)
LARGE = 1000.0


def check(problem):
    """Two classes and a penalty, which is not a mixed one."""
    binary(problem)
    penalised(problem)


def prepare(problem):
    """Append the column for the primal solver; the data in float32, as it wants them."""
    plain = problem._replace(X=problem.X.astype(np.float32))
    return problem._replace(X=(plain.X, with_ones(plain, LARGE).X))


def fit(problem, tol):
    """Fit with a tolerance on the change of the coefficients."""
    (plain, extended), (form, change), l1 = problem.X, tol, problem.l1_ratio
    dual = form == "dual"
    refuse(dual and l1, "the dual is for L2")
    model = LogisticRegression(
        regularizer=1 / problem.C, penalty="l1" if l1 else "l2", dual=dual, tol=change,
        max_iter=5000, fit_intercept=dual, n_jobs=threads(),
    ).fit(plain if dual else extended, signs(problem))  # fmt: skip
    w = model.coef_.reshape(1, -1)
    return (w, np.ravel(model.intercept_), form) if dual else (w[:, :-1], w[:, -1] * LARGE, form)
