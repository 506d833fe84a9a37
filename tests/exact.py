"""How far θ is from the optimum, in 50 digits: a judge that shares no code with the library."""

import warnings
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext
from functools import partial

import numpy as np
from scipy.sparse import csr_matrix

from glasslogit import LogisticRegression

FIFTY_DIGITS = Context(prec=50, Emin=MIN_EMIN, Emax=MAX_EMAX)
SMALL_MOVE = 0.1  # of a margin: so far a quadratic model tells what is left
FAR_OFF = 1e-6  # of the objective: further steps need not tell how much more is left
MOST_STEPS, SHORTEST = 80, 0.01
MOST_WITH_L1 = 60  # steps of a fit whose penalty is L1: of those that end later one converges
NEAR_STEPS = 4  # from 3 digits to 48

exactly = np.frompyfunc(lambda number: Decimal(float(number)), 1, 1)


def excess(X, y, theta, C: float, *, l1_ratio: float = 0.0, weight=None, offset=None):
    """Give how far C·Σ weight·loss + penalty at a model's θ can fall, as a share of itself.

    That is ½·gᵀH⁻¹g where Newton's step moves no margin far, and else what further steps find:
    rows far out can hide the rest of the data from H. `theta` holds w (d, c), the
    intercepts (c,) and the centre of the columns (d,), all taken to be exact. y holds class
    numbers; C = 1 stands before the loss where C is infinite. The offset is (n, c).
    """
    with localcontext(FIFTY_DIGITS):
        w, b, centre = map(exactly, theta)
        rows = np.column_stack([exactly(X) - centre, exactly(np.ones(len(y)))])
        W = np.vstack([w, b])
        weight = exactly(np.ones(len(y)) if weight is None else weight)
        weight = weight * exactly(1.0 if np.isinf(C) else C)
        offset = exactly(np.zeros((len(y), len(b))) if offset is None else offset)
        l1 = None if np.isinf(C) else exactly(l1_ratio)
        f = partial(penalised, rows, np.asarray(y, int), weight, offset, l1)
        value, step, left = f(W)
        first, length = value, Decimal(1)
        for _ in range(MOST_STEPS):
            moved = abs(rows @ step).max()
            if moved <= SMALL_MOVE or (first - value + left / 2) / first > FAR_OFF:
                break
            new = f(W + length * step)
            if new[0] > value:
                length /= 2
                if length < SHORTEST:
                    break
                continue
            W, (value, step, left), length = W + length * step, new, Decimal(1)
        return float((first - value + left / 2) / first)


def optimum(X, y, theta, C: float):
    """Give θ (d+1, c) of the optimum near a model's, in 50 digits; ridge or no penalty.

    What is asked for is as in `excess`.
    """
    with localcontext(FIFTY_DIGITS):
        w, b, centre = map(exactly, theta)
        rows = np.column_stack([exactly(X), exactly(np.ones(len(y)))])
        weight = exactly(np.ones(len(y))) * exactly(1.0 if np.isinf(C) else C)
        offset, l1 = exactly(np.zeros((len(y), len(b)))), None if np.isinf(C) else Decimal(0)
        W = np.vstack([w, b - centre @ w])
        for _ in range(NEAR_STEPS):
            W = W + penalised(rows, np.asarray(y, int), weight, offset, l1, W)[1]
        return W


def penalised(rows, y, weight, offset, l1, W):
    """Give the objective at W, Newton's step (p, c) from there, and gᵀH⁻¹g; l1 None: none."""
    value, g, H = sums(rows, y, weight, offset, W)
    p, c = W.shape
    free = np.ones(p * c, bool)
    if l1 is not None:
        held = np.arange((p - 1) * c)
        at, ridge = W.ravel()[held], 1 - l1
        value += (ridge * at**2 / 2 + l1 * abs(at)).sum()
        g[held] += ridge * at
        H[held, held] += ridge
        kink = -np.maximum(np.minimum(g[held], l1), -l1)  # the least of the subgradients
        g[held] += np.where(at == 0, kink, l1 * np.sign(at))
        free[held] = (at != 0) | (g[held] != 0)
    if c > 1:
        hold_shifts(H, p, c)
    d = newton_step(g, H, np.flatnonzero(free))
    return value, d.reshape(p, c), -(g @ d)


def sums(rows, y, weight, offset, W):
    """Give the loss, its gradient (p·c,) and its Hessian (p·c, p·c)."""
    p, c = W.shape
    z = rows @ W + offset
    scores = np.column_stack([0 * z, z]) if c == 1 else z
    top = scores.max(axis=1)
    e = np.exp(scores - top[:, None])
    q = e / e.sum(axis=1)[:, None]
    others = np.column_stack([np.delete(q, k, 1).sum(axis=1) for k in range(q.shape[1])])
    first = q.shape[1] - c
    its_own = y[:, None] == np.arange(q.shape[1])
    r = np.where(its_own, -others, q)[:, first:]
    value = weight @ (top - scores[its_own]) + sum_of_logs(weight, e.sum(axis=1))
    g = (rows.T @ (weight[:, None] * r)).ravel()
    H = np.empty((p * c, p * c), object)
    for a in range(c):
        for m in range(a + 1):
            bend = q[:, a + first] * (others[:, a + first] if a == m else -q[:, m + first])
            H[a::c, m::c] = H[m::c, a::c] = rows.T @ ((weight * bend)[:, None] * rows)
    return value, g, H


def sum_of_logs(weight, numbers) -> Decimal:
    """Give Σ weight·ln(number) by one logarithm, of a product, for all of the same weight."""
    products: dict[Decimal, Decimal] = {}
    for each, number in zip(weight, numbers, strict=True):
        products[each] = products.get(each, Decimal(1)) * number
    return sum((each * product.ln() for each, product in products.items()), Decimal(0))


def hold_shifts(H, p: int, c: int) -> None:
    """Add curvature along the shifts of all classes of a softmax, along which g is 0."""
    for j in range(p):
        of_column = slice(j * c, (j + 1) * c)
        H[of_column, of_column] += H[of_column, of_column].trace() / c**2


def newton_step(g, H, free):
    """Give −H⁻¹g over the free coordinates, scaled to a unit diagonal."""
    d = 0 * g
    size = np.sqrt(H[free, free])
    d[free] = solved(H[np.ix_(free, free)] / np.outer(size, size), -g[free] / size) / size
    return d


def solved(A, b):
    """Give A⁻¹b by elimination; the pivots are the largest of their columns."""
    M = np.column_stack([A, b])
    for k in range(len(M)):
        pivot = k + abs(M[k:, k]).argmax()
        M[[k, pivot]] = M[[pivot, k]]
        M[k] /= M[k, k]
        others = np.arange(len(M)) != k
        M[others] -= np.outer(M[others, k], M[k])
    return M[:, -1]


def theta_of(model):
    """Give a model's w (d, c), its intercepts (c,) and the centre (d,) they are for."""
    w = np.atleast_2d(model.coef_).T
    if model.centre_ is None:
        return w, model.intercept_, np.zeros(len(w))
    return w, model.centred_intercept_, model.centre_


def stored(X, y, storage: str):
    """Give the arguments of fit."""
    if storage == "batches":
        return (lambda: ((X[k : k + 25], y[k : k + 25]) for k in range(0, len(y), 25)),)
    return (csr_matrix(X) if storage == "sparse" else X), y


def fit(X, y, storage: str = "dense", **parameters) -> LogisticRegression:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return LogisticRegression(**{"max_iter": 200, **parameters}).fit(*stored(X, y, storage))
