"""How far θ is from the optimum, in 50 digits: a judge that shares no code with the library."""

import warnings
from collections.abc import Sequence
from functools import partial

import mpmath as mp
import numpy as np
from scipy.sparse import csr_matrix

from glasslogit import LogisticRegression

DIGITS = 50
SMALL_MOVE = 0.1  # of a margin: so far a quadratic model tells what is left
FAR_OFF = 1e-6  # of the objective: further steps need not tell how much more is left
MOST_STEPS, SHORTEST = 80, 0.01


def excess(X, y, theta, C: float, *, l1_ratio: float = 0.0, weight=None, offset=None):
    """Give how far C·Σ weight·loss + penalty at a model's θ can fall, as a share of itself.

    That is ½·gᵀH⁻¹g where Newton's step moves no margin far, and else what further steps find:
    rows far out can hide the rest of the data from H. `theta` holds w (d, c), the
    intercepts (c,) and the centre of the columns (d,), all taken to be exact. y holds class
    numbers; C = 1 stands before the loss where C is infinite. The offset is (n, c).
    """
    with mp.workdps(DIGITS):
        w, b, centre = theta
        weight = np.ones(len(y)) if weight is None else weight
        unit = 1.0 if np.isinf(C) else C
        rows = [([mp.mpf(float(x)) - mp.mpf(float(m)) for x, m in zip(row, centre, strict=True)]
                 + [mp.mpf(1)]) for row in X]  # fmt: skip
        W = [[mp.mpf(float(v)) for v in row] for row in np.vstack([w, b[None]])]
        offset = np.zeros((len(y), len(b))) if offset is None else offset
        weight = [unit * float(s) for s in weight]
        l1 = None if np.isinf(C) else mp.mpf(l1_ratio)
        f = partial(penalised, rows, [int(k) for k in y], weight, offset, l1)
        value, step, left = f(W)
        first, length = value, mp.mpf(1)
        for _ in range(MOST_STEPS):
            moved = max(abs(mp.fsum(x * d for x, d in zip(row, column, strict=True)))
                        for row in rows for column in zip(*step, strict=True))  # fmt: skip
            if moved <= SMALL_MOVE or (first - value + left / 2) / first > FAR_OFF:
                break
            there = [
                [v + length * d for v, d in zip(*each, strict=True)]
                for each in zip(W, step, strict=True)
            ]
            new = f(there)
            if new[0] > value:
                length /= 2
                if length < SHORTEST:
                    break
                continue
            W, (value, step, left), length = there, new, mp.mpf(1)
        return float((first - value + left / 2) / first)


def penalised(rows, y, weight, offset, l1, W):
    """Give the objective at W, Newton's step (p, c) from there, and gᵀH⁻¹g; l1 None: none."""
    value, g, H = sums(rows, y, weight, offset, W)
    free, p, c = list(range(g.rows)), len(W), len(W[0])
    for j in range((p - 1) * c) if l1 is not None else ():
        at = W[j // c][j % c]
        value += (1 - l1) * at**2 / 2 + l1 * abs(at)
        g[j] += (1 - l1) * at
        H[j, j] += 1 - l1
        g[j] += l1 * mp.sign(at) if at != 0 else -max(min(g[j], l1), -l1)
        if at == 0 and g[j] == 0:
            free.remove(j)
    if c > 1:
        hold_shifts(H, p, c)
    d = newton_step(g, H, free)
    return (
        value,
        [[d[j * c + a] for a in range(c)] for j in range(p)],
        -mp.fsum(x * z for x, z in zip(g, d, strict=True)),
    )


def sums(rows, y: Sequence[int], weight: Sequence[float], offset, W):
    """Give the loss, its gradient (p·c,) and its Hessian (p·c, p·c)."""
    p, c = len(W), len(W[0])
    value, g, H = mp.mpf(0), mp.matrix(p * c, 1), mp.matrix(p * c, p * c)
    for x, k, s, o in zip(rows, y, weight, offset, strict=True):
        z = [mp.fsum(x[j] * W[j][a] for j in range(p)) + mp.mpf(float(o[a])) for a in range(c)]
        scores = [mp.mpf(0), *z] if c == 1 else z
        top = max(scores)
        e = [mp.exp(each - top) for each in scores]
        q = [each / mp.fsum(e) for each in e]
        value += s * (top - scores[k] + mp.log(mp.fsum(e)))
        first = len(scores) - c
        others = [mp.fsum(q[m] for m in range(len(q)) if m != a) for a in range(len(q))]
        for a in range(c):
            r = q[a + first] if a + first != k else -others[k]
            for j in range(p):
                g[j * c + a] += s * r * x[j]
            for m in range(c):
                bend = q[a + first] * (others[a + first] if a == m else -q[m + first])
                for i in range(p):
                    for j in range(p):
                        H[i * c + a, j * c + m] += s * bend * x[i] * x[j]
    return value, g, H


def hold_shifts(H, p: int, c: int) -> None:
    """Add curvature along the shifts of all classes of a softmax, along which g is 0."""
    for j in range(p):
        size = mp.fsum(H[j * c + a, j * c + a] for a in range(c)) / c**2
        for a in range(c):
            for m in range(c):
                H[j * c + a, j * c + m] += size


def newton_step(g, H, free: Sequence[int]):
    """Give −H⁻¹g over the free coordinates, scaled to a unit diagonal."""
    size = [mp.sqrt(H[j, j]) for j in free]
    unit, r, d = mp.matrix(len(free), len(free)), mp.matrix(len(free), 1), mp.matrix(len(g), 1)
    for a, i in enumerate(free):
        r[a] = -g[i] / size[a]
        for m, j in enumerate(free):
            unit[a, m] = H[i, j] / size[a] / size[m]
    for j, s, x in zip(free, size, mp.lu_solve(unit, r), strict=True):
        d[j] = x / s
    return d


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
        return LogisticRegression(max_iter=200, **parameters).fit(*stored(X, y, storage))
