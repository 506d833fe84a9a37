"""Data sets that are separated, or overlap, by construction."""

from typing import NamedTuple

import numpy as np


class Made(NamedTuple):
    X: np.ndarray
    y: np.ndarray
    weight: np.ndarray | None
    kind: str  # none, complete or quasi-complete
    columns: tuple[int, ...]  # the only ones that separate, where that is known


def overlapping(rng, n: int, d: int, K: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Give small integers in which d + 2 points, not all in one hyperplane, have all classes."""
    X = rng.integers(-3, 4, (n, d)).astype(float)
    y = rng.integers(0, K, n)
    corners = np.vstack([np.zeros(d), np.eye(d), -np.ones(d)])
    X = np.vstack([X, np.repeat(corners, K, axis=0)])
    return X, np.append(y, np.tile(np.arange(K), d + 2))


def none(rng) -> Made:
    return Made(
        *overlapping(rng, int(rng.integers(0, 200)), int(rng.integers(1, 8))), None, "none", ()
    )


def nearly_separated(rng) -> Made:
    """A plane tells the classes apart, but that rows on it are of both and one row is beyond it."""
    d = int(rng.integers(1, 6))
    w = rng.integers(1, 4, d)
    X = rng.integers(-4, 5, (int(rng.integers(20, 300)), d)).astype(float)
    X = X[X @ w != 0]
    on = np.vstack(
        [np.zeros(d), *(w[-1] * np.eye(d)[j] - w[j] * np.eye(d)[-1] for j in range(d - 1))]
    )
    beyond = 1e-3 * np.eye(d)[:1]
    y = np.concatenate([X @ w > 0, np.zeros(len(on)), np.ones(len(on)), [0]]).astype(int)
    return Made(np.vstack([X, on, on, beyond]), y, None, "none", ())


def none_multinomial(rng) -> Made:
    K = int(rng.integers(3, 5))
    X, y = overlapping(rng, int(rng.integers(0, 200)), int(rng.integers(1, 5)), K)
    return Made(X, y, None, "none", ())


def none_but_for_weight_0(rng) -> Made:
    """Overlap only where the weights are not 0."""
    X, y, _, _, _ = rare_level(rng)
    more = X[np.flatnonzero(X[:, -1])][:1]
    wrong = 1 - y[np.flatnonzero(X[:, -1])][:1]
    X, y = np.vstack([X, more]), np.append(y, wrong)
    weight = rng.uniform(0.1, 3.0, len(y))
    weight[-1] = 1e-3
    return Made(X, y, weight, "none", ())


def complete(rng) -> Made:
    d, n = int(rng.integers(1, 8)), int(rng.integers(10, 200))
    X = rng.normal(size=(n, d))
    z = X @ rng.normal(size=d) + rng.normal()
    z -= np.median(z)
    X, z = X[np.abs(z) > 1e-3], z[np.abs(z) > 1e-3]
    return Made(X, (z > 0).astype(int), None, "complete", ())


def quasi_complete(rng) -> Made:
    """Rows in a plane overlap within it; the others are on their side of it."""
    d, n = int(rng.integers(1, 6)), int(rng.integers(10, 100))
    X, y = overlapping(rng, n, d)
    z = rng.integers(-2, 3, len(y)).astype(float)
    level = np.arange(len(y)) >= n
    z[level] = 0
    y = np.where(z == 0, y, (z > 0).astype(int))
    z[0], y[0] = 1.0, 1
    return Made(np.column_stack([X, z]), y, None, "quasi-complete", (d,))


def rare_level(rng) -> Made:
    """An indicator, or a count with entries of very different size, with rows of one class."""
    X, y = overlapping(rng, int(rng.integers(30, 200)), int(rng.integers(1, 5)))
    count = int(rng.integers(1, 6))
    level = np.zeros(len(y))
    level[:count] = 10.0 ** -rng.integers(0, 6, count) if rng.random() < 0.5 else 1.0
    y[:count] = rng.integers(0, 2)
    return Made(np.column_stack([X, level]), y, None, "quasi-complete", (X.shape[1],))


def three_columns(rng) -> Made:
    """A sum of three columns is 0, but for some rows, which are of one class."""
    X, y = overlapping(rng, int(rng.integers(30, 200)), 4)
    count = int(rng.integers(1, 10))
    extra = np.zeros(len(y))
    extra[:count] = rng.integers(1, 4, count)
    y[:count] = 1
    last = extra - X[:, 0] - X[:, 1]
    return Made(np.column_stack([X, last]), y, None, "quasi-complete", (0, 1, 4))


def multinomial(rng) -> Made:
    """A level in which one of K classes never occurs."""
    K = int(rng.integers(3, 5))
    X, y = overlapping(rng, int(rng.integers(30, 200)), int(rng.integers(1, 4)), K)
    level = np.zeros(len(y))
    level[:10] = 1.0
    y[:10] = np.arange(10) % (K - 1)
    return Made(np.column_stack([X, level]), y, None, "quasi-complete", (X.shape[1],))


def multinomial_complete(rng) -> Made:
    K, d = int(rng.integers(3, 5)), int(rng.integers(2, 5))
    centres = 20 * rng.permutation(np.vstack([np.eye(d), -np.eye(d)]))[:K]
    y = np.append(np.arange(K), rng.integers(0, K, 60))
    return Made(centres[y] + rng.uniform(-1, 1, (len(y), d)), y, None, "complete", ())


def weighted_away(rng) -> Made:
    """Rows of weight 0 alone stand against the direction."""
    X, y, _, kind, columns = rare_level(rng)
    rows = np.flatnonzero(X[:, -1])
    weight = rng.uniform(0.1, 3.0, len(y) + len(rows))
    weight[len(y) :] = 0.0
    return Made(np.vstack([X, X[rows]]), np.append(y, 1 - y[rows]), weight, kind, columns)


OVERLAP = (none, nearly_separated, none_multinomial, none_but_for_weight_0)
SEPARATED = (
    complete,
    quasi_complete,
    rare_level,
    three_columns,
    multinomial,
    multinomial_complete,
    weighted_away,
)


def generate(seed: int) -> Made:
    """Give data set number `seed`: every second one is separated; columns of any scale."""
    rng = np.random.default_rng(seed)
    makers = SEPARATED if seed % 2 else OVERLAP
    made = makers[seed // 2 % len(makers)](rng)
    scale = 10.0 ** rng.integers(-8, 9, made.X.shape[1]) if rng.random() < 0.5 else 1.0
    return made._replace(X=made.X * scale)
