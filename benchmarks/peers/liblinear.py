"""liblinear, its own package: binary, L1 or L2; -R leaves the intercept free."""

import numpy as np
from liblinear import liblinearutil
from scipy import sparse

from peers import binary, penalised, signs

TOLERANCES = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7)


def check(problem):
    """Two classes and a penalty, which is not a mixed one."""
    binary(problem)
    penalised(problem)


def prepare(problem):
    """Copy the data into liblinear's own nodes."""
    X = sparse.csr_matrix(problem.X)
    return problem._replace(X=(liblinearutil.problem(signs(problem), X, 1), X.shape[1]))


def fit(problem, tol):
    """Fit with a tolerance on the gradient relative to the first one."""
    (nodes, d), kind = problem.X, 6 if problem.l1_ratio else 0
    settings = liblinearutil.parameter(f"-s {kind} -c {problem.C!r} -e {tol!r} -B 1 -R -q")
    model = liblinearutil.train(nodes, settings)
    flip = model.get_labels()[0]
    w = flip * np.ctypeslib.as_array(model.w, (d + 1,))
    return w[None, :d], w[d:].copy(), ""
