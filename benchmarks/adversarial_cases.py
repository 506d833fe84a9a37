"""Problems made to break a certificate: each kind of trouble by chance, each seed a case.

Columns of scales from 1e-145 to 1e145, far from 0, near duplicates, outliers, weights over 30
decades and more, large offsets, nearly separated classes, fits that are not finished or are moved
by hand.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

PENALTIES = ("none", "l2", "l1", "elastic net")
SMOOTH = ("newton", "lbfgs", "newton_cg", "kronecker_newton", "auto")
KINKED = ("proximal_newton", "orthant_newton", "auto")
BATCH = 7
MOST_STEPS = 40


@dataclass(frozen=True)
class Case:
    """Rows, the settings of a fit, and by how much its coefficients are moved afterwards."""

    X: np.ndarray
    y: np.ndarray
    weight: np.ndarray | None
    offset: np.ndarray | None
    settings: dict[str, Any]
    storage: str = "dense"
    moved: float = 0.0
    made: tuple[str, ...] = ()

    @property
    def arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Give what `fit` and `verify` are called with."""
        X, y, s = self.X, self.y, self.weight
        if self.storage == "batches":
            cuts = [slice(k, k + BATCH) for k in range(0, len(y), BATCH)]
            parts = [(X[cut], y[cut], *([] if s is None else [s[cut]])) for cut in cuts]
            return (lambda: iter(parts), None), {}
        X = csr_matrix(X) if self.storage == "sparse" else X
        return (X, y), {"sample_weight": s, "offset": self.offset}


class Chances:
    """Decides by chance which troubles a case has, and remembers them."""

    def __init__(self, seed: int) -> None:
        """Start the generator of a seed."""
        self.rng = np.random.default_rng([seed, 20])
        self.made = list[str]()

    def __call__(self, what: str, share: float) -> bool:
        """Tell whether a case has a trouble that such a share of them has."""
        if self.rng.random() >= share:
            return False
        self.made.append(what)
        return True


def make_case(seed: int) -> Case:
    """Draw a case: each kind of trouble by chance, few of them at a time."""
    some = Chances(seed)
    rng = some.rng
    K = int(rng.choice([2, 2, 3, 4]))
    d, n = int(rng.integers(1, 5)), int(rng.integers(8, 19))
    if some("more columns than rows", 0.06):
        d, n = int(rng.integers(5, 8)), int(rng.integers(K + 1, 6))
    X = rng.normal(size=(n, d))
    if some("levels", 0.12):
        X = np.eye(d)[np.minimum(rng.geometric(0.6, n) - 1, d - 1)]
    signal = rng.normal(size=(d, K)) * 10.0 ** rng.uniform(-1, 1)
    signal *= 30 if some("nearly separated", 0.12) else 1
    y = (X @ signal + rng.gumbel(size=(n, K))).argmax(axis=1)
    y[:K] = np.arange(K)
    X = trouble_columns(X, rng, some)
    shares = K == 2 and some("trials", 0.1)
    weight = trouble_weights(n, rng, some, trials=shares)
    if shares:
        y = np.append([0.2, 0.8], rng.integers(0, 6, n - 2) / 5)
    elif weight is not None:
        weight[:K] = np.maximum(weight[:K], weight[weight > 0].min())
    offset, storage = None, str(rng.choice(["dense", "dense", "sparse", "batches"]))
    if (storage != "batches" or shares) and some("offset", 0.2):
        offset = rng.normal(size=n if K == 2 else (n, K)) * 10.0 ** rng.uniform(-2, 6)
    storage = "dense" if shares else storage
    if storage == "dense" and np.abs(X).max() < 1e30 and some("float32", 0.06):
        X = X.astype(np.float32)
    moved = 10.0 ** rng.uniform(-16, 1) if some("moved", 0.2) else 0.0
    settings = draw_settings(d, rng, some)
    return Case(X, y, weight, offset, settings, storage, moved, tuple(some.made))


def trouble_columns(X: np.ndarray, rng: np.random.Generator, some: Chances) -> np.ndarray:
    """Repeat columns and rows, or nearly, and make columns constant, or nearly."""
    n, d = X.shape
    if some("rows alike", 0.05):
        X = X[rng.integers(max(n // 3, 1), size=n)]
    if d > 1 and some("near duplicate", 0.15):
        X[:, -1] = X[:, 0] + 10.0 ** rng.uniform(-16, -8) * rng.normal(size=n)
    if d > 1 and some("duplicate", 0.06):
        X[:, -1] = X[:, 0] * rng.choice([1.0, 2.0, -1.0])
    if some("constant", 0.08):
        X[:, rng.integers(d)] = rng.choice([0.0, 1.0, 1e-100, 0.1, 1e14])
    if some("nearly constant", 0.08):
        value = 10.0 ** rng.uniform(-3, 6)
        X[:, rng.integers(d)] = value + np.spacing(value) * rng.integers(0, 3, n)
    return far_columns(X, rng, some)


def far_columns(X: np.ndarray, rng: np.random.Generator, some: Chances) -> np.ndarray:
    """Give columns outliers and sentinels, other scales and other places."""
    n, d = X.shape
    if some("outlier", 0.15):
        rows = rng.integers(n, size=int(rng.integers(1, 3)))
        X[rows, rng.integers(d)] = 10.0 ** rng.uniform(2, 15) * rng.choice([-1, 1])
    if some("sentinel", 0.06):
        X[rng.random(n) < 0.3, rng.integers(d)] = rng.choice([-9999.0, 2147483647.0, 1e15])
    if some("scales", 0.3):
        X = X * 10.0 ** rng.uniform(-12, 12, d)
    if some("extreme scales", 0.1):
        most = 135 if np.abs(X).max() > 1e6 else 145
        X = X * 10.0 ** rng.uniform(-145, most - np.log10(np.abs(X).max() + 1), d)
    if some("shift", 0.25):
        X = X + X.std(axis=0) * 10.0 ** rng.uniform(0, 15, d) * rng.choice([-1, 0, 1], d)
    return X


def trouble_weights(
    n: int, rng: np.random.Generator, some: Chances, *, trials: bool
) -> np.ndarray | None:
    """Give weights of any size."""
    weight = rng.integers(1, 9, n) * 1.0 if trials or some("weights", 0.2) else None
    if some("decades of weights", 0.12):
        weight = 10.0 ** rng.uniform(-15, 15, n) * (1 if weight is None else weight)
    if some("few heavy", 0.08):
        weight = np.where(rng.random(n) < 0.1, 10.0 ** rng.uniform(3, 30), 1.0)
    if some("extreme weights", 0.04):
        sizes = rng.choice([10.0 ** rng.uniform(-290, -200), 10.0 ** rng.uniform(200, 290)])
        weight = sizes * (np.ones(n) if weight is None else rng.uniform(0.5, 2, n))
    if some("weights of zero", 0.1):
        weight = (np.ones(n) if weight is None else weight) * (rng.random(n) < 0.7)
        weight[:4] = np.where(weight[:4] > 0, weight[:4], 1.0)
    return weight


def draw_settings(d: int, rng: np.random.Generator, some: Chances) -> dict[str, Any]:
    """Choose penalty, solver and when to stop."""
    penalty = str(rng.choice(PENALTIES))
    ratio = {"l1": 1.0, "elastic net": float(rng.uniform(0.05, 0.95))}.get(penalty, 0.0)
    wide = some("extreme C", 0.25)
    settings = {
        "C": np.inf if penalty == "none" else float(10.0 ** rng.uniform(-2, 3)),
        "l1_ratio": ratio,
        "fit_intercept": bool(rng.random() < 0.8),
        "solver": str(rng.choice(KINKED if ratio else SMOOTH)),
        "max_iter": MOST_STEPS,
    }
    if penalty != "none" and wide:
        settings["C"] = float(10.0 ** rng.uniform(-12, 12))
    if some("unfinished", 0.25):
        settings["max_iter"] = int(rng.integers(1, 4))
    if some("tol", 0.4):
        settings["tol"] = float(10.0 ** rng.choice([rng.uniform(-4, 0), rng.uniform(-13, -8)]))
    if penalty != "none" and some("factors", 0.2):
        settings["penalty_factors"] = rng.choice([0.0, 0.01, 1.0, 1e4], d).tolist()
    return settings
