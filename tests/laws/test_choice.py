"""The choice of a solver: no fit costs more than twice what it costs by the best of our solvers.

Cost is work as `core/work.py` counts it, of products with rows, Gram matrices and inverses.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from counted_work import counted_work
from glasslogit import LogisticRegression
from glasslogit.solvers import orthant_newton
from onehot import indicators, onehot

SMOOTH = "newton", "sampled_newton", "newton_cg", "lbfgs"
SOFTMAX = "newton", "kronecker_newton", "newton_cg"
KINKED = "proximal_newton", "orthant_newton"


def crossed(rows: int, seed: int) -> tuple[Any, Any]:
    """Cross each two of six variables that depend on each other: levels of a few rows each."""
    rng = np.random.default_rng(seed)
    trait = rng.normal(size=rows)
    codes = [np.digitize(trait + rng.normal(size=rows), np.linspace(-2, 2, k)) for k in range(3, 9)]
    pairs = [a * 10 + b for i, a in enumerate(codes) for b in codes[:i]]
    y = trait + rng.logistic(size=rows) > 1
    return sparse.hstack([indicators(each) for each in codes + pairs], format="csr"), y.astype(int)


def correlated(rows: int, columns: int, rare: float = 0.0, raw: bool = False) -> tuple[Any, Any]:
    """Share factors between columns; with `rare` few events, and `raw` columns of unlike scales."""
    rng = np.random.default_rng(columns)
    factors = rng.normal(size=(rows, max(columns // 5, 1)))
    X = factors @ rng.normal(size=(factors.shape[1], columns)) + rng.normal(size=(rows, columns))
    y = X @ rng.normal(size=columns) / columns**0.5 - rare + rng.logistic(size=rows) > 0
    return X * 10.0 ** rng.uniform(-3, 3, columns) if raw else X, y.astype(int)


def three_shares(X: Any, y: Any) -> tuple[Any, Any]:
    """Split the first of two classes by the first column."""
    return X, y + 2 * (y == 0) * np.ravel(X[:, [0]].toarray()).astype(int)


def words(rows: int, columns: int) -> tuple[Any, Any]:
    """Draw words by Zipf's law, 30 a row, with a sparse truth."""
    rng = np.random.default_rng(columns)
    drawn = np.minimum(rng.zipf(1.3, size=(rows, 30)) - 1, columns - 1)
    at = np.repeat(np.arange(rows), 30), rng.permutation(columns)[drawn.ravel()]
    X = sparse.coo_array((np.ones(rows * 30), at), shape=(rows, columns)).tocsr()
    truth = np.where(rng.random(columns) < 0.1, rng.normal(size=columns), 0.0)
    return X, (X @ truth + rng.logistic(size=rows) > 0).astype(int)


def classes(rows: int, columns: int, classes: int, sure: float = 1.0) -> tuple[Any, Any]:
    """Draw one of many classes by softmax; with a large `sure` the columns leave little doubt."""
    rng, (X, _) = np.random.default_rng(columns), correlated(rows, columns)
    z = sure * X @ rng.normal(size=(columns, classes)) / columns**0.5
    return X, (z + rng.gumbel(size=z.shape)).argmax(axis=1)


TABLES: dict[str, Callable[[], tuple[Any, Any]]] = {
    "one-hot, 3,000 rows of 5": lambda: onehot(3000, 5, 0),
    "one-hot, 3,000 rows of 20": lambda: onehot(3000, 20, 1),
    "one-hot, 12,000 rows of 8": lambda: onehot(12_000, 8, 2),
    "one-hot, 21,000 rows of 6": lambda: onehot(21_000, 6, 3),
    "one-hot, 5,000 rows of 25": lambda: onehot(5000, 25, 4),
    "crossed, 3,000 rows": lambda: crossed(3000, 0),
    "crossed, 8,000 rows": lambda: crossed(8000, 1),
    "correlated": lambda: correlated(4000, 30),
    "correlated, raw": lambda: correlated(4000, 30, raw=True),
    "correlated, rare": lambda: correlated(30_000, 20, rare=5.0),
    "correlated, many": lambda: correlated(1200, 300),
    "tall": lambda: correlated(40_000, 12),
    "wide": lambda: correlated(100, 600),
    "words": lambda: words(1500, 1500),
}
MANY_CLASSES: dict[str, Callable[[], tuple[Any, Any]]] = {
    "few columns": lambda: classes(600, 4, 3),
    "letters": lambda: classes(1500, 12, 20, sure=4.0),
    "columns": lambda: classes(1000, 30, 5),
    "columns, sure": lambda: classes(1500, 20, 8, sure=10.0),
    "digits": lambda: classes(800, 50, 10, sure=10.0),
    "many columns": lambda: classes(400, 60, 12),
    "as many as rows": lambda: classes(200, 150, 4),
    "one-hot": lambda: three_shares(*onehot(3000, 8, 5)),
}
STRENGTHS = (0.0, 0.01), (0.0, 1.0), (0.0, 100.0), (1.0, 0.03), (1.0, 1.0), (0.5, 10.0)
CASES = [(name, *STRENGTHS[(i + 2 * k) % 6]) for i, name in enumerate(TABLES) for k in range(3)]


def work_of(X: Any, y: Any, solver: str, l1_ratio: float, C: float, most: float) -> float:
    """Give the work of a fit, which is stopped where it is more than `most`."""
    with counted_work() as count:
        model = LogisticRegression(
            solver=solver, l1_ratio=l1_ratio, C=C, max_iter=10_000,
            callbacks=[lambda _: count.total > most],
        ).fit(X, y)  # fmt: skip
    return count.total if model.outcome_.converged else np.inf


@pytest.mark.parametrize(("name", "l1_ratio", "C"), CASES)
@pytest.mark.filterwarnings("ignore::glasslogit.errors.ConvergenceWarning")
def test_none_of_our_solvers_takes_half_of_the_work(name: str, l1_ratio: float, C: float) -> None:
    X, y = TABLES[name]()
    chosen = work_of(X, y, "auto", l1_ratio, C, np.inf)
    assert np.isfinite(chosen)
    for solver in KINKED if l1_ratio else SMOOTH:
        assert chosen <= 2 * work_of(X, y, solver, l1_ratio, C, chosen / 2), solver


@pytest.mark.parametrize(("k", "name"), [*enumerate(TABLES)])
@pytest.mark.filterwarnings("ignore::glasslogit.errors.ConvergenceWarning")
def test_nor_does_any_for_a_penalty_with_a_kink(k: int, name: str) -> None:
    test_none_of_our_solvers_takes_half_of_the_work(name, 1.0, 10.0 ** (k % 3 - 1))


@pytest.mark.parametrize("C", [0.01, 100.0])
@pytest.mark.parametrize("name", MANY_CLASSES)
@pytest.mark.filterwarnings("ignore::glasslogit.errors.ConvergenceWarning")
def test_nor_does_any_for_many_classes(name: str, C: float) -> None:
    X, y = MANY_CLASSES[name]()
    chosen = work_of(X, y, "auto", 0.0, C, np.inf)
    assert np.isfinite(chosen)
    for solver in SOFTMAX:
        assert chosen <= 2 * work_of(X, y, solver, 0.0, C, chosen / 2), solver


@pytest.mark.parametrize("C", [0.1, 10.0])
@pytest.mark.parametrize("name", ["crossed, 8,000 rows", "wide", "words"])
def test_working_sets_are_solved_by_products_or_by_hessians(
    name: str, C: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    X, y = TABLES[name]()
    chosen = work_of(X, y, "orthant_newton", 1.0, C, np.inf)
    assert np.isfinite(chosen)
    for only in 0.0, np.inf:  # Hessians, products
        monkeypatch.setattr(orthant_newton, "allowance", lambda *_, only=only: only)
        assert chosen <= 2 * work_of(X, y, "orthant_newton", 1.0, C, chosen / 2)
