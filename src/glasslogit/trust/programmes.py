"""The linear programmes of separation, over some contrasts a (m, q) of the rows.

    separating   max t₀ + Σᵢ tᵢ     ⟨aᵢ, v⟩ ≥ tᵢ, ⟨total, v⟩ ≥ t₀, 0 ≤ t ≤ 1
    steepest     max ⟨total, v⟩     ⟨aᵢ, v⟩ ≥ 0, −1 ≤ v ≤ 1
    shortest     min Σⱼ cⱼ|vⱼ|      ⟨aᵢ, v⟩ ≥ 0, ⟨gain, v⟩ ≥ 1

`total` is the sum of the contrasts of *all* rows. So if even the few rows of the first
programme leave no v with ⟨total, v⟩ > 0, no direction separates the rows. v may be as long as
it likes: the optimum counts the contrasts that v puts ahead, and is 0 or at least 1.

Konis, "Linear programming algorithms for detecting separated data in binary logistic
regression models", thesis, Oxford 2007, chapter 4, for the second.
"""

from typing import Any

import numpy as np

from glasslogit.core.losses import Floats
from glasslogit.errors import MissingExtraError

EXACT = 1e-10  # HiGHS's smallest tolerance
REWEIGHTED, SPARED = 4, 1e-3  # times; the share of a coefficient that costs as much as none
LONGEST, NOISE = 1e7, 1e-4  # a v so long that rounding looks ahead, and how far it then does
TINY = float(np.finfo(float).tiny)


class UndecidedError(Exception):
    """A linear programme was not solved to the tolerance."""


def solve(cost: Floats, least: Any, bound: Floats, limits: list[tuple[Any, Any]]) -> Floats:
    """Minimise ⟨cost, x⟩ where least·x ≥ bound, each x between its limits."""
    try:
        from scipy.optimize import linprog  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("scipy", "stats") from None
    options = {"primal_feasibility_tolerance": EXACT, "dual_feasibility_tolerance": EXACT}
    answer = linprog(cost, -least, -bound, bounds=limits, method="highs", options=options)
    if answer.status != 0:
        raise UndecidedError(answer.message)
    return np.asarray(answer.x, np.float64)


def separating(rows: Floats, total: Floats) -> Floats | None:
    """Give v (q,) that puts as many contrasts ahead as can be; None if there is none."""
    try:
        from scipy.sparse import csr_array, eye_array, hstack  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("scipy", "stats") from None
    A = unit(np.vstack([total, rows]))
    m, q = A.shape
    cost, limits = np.append(np.zeros(q), -np.ones(m)), [(-LONGEST, LONGEST)] * q + [(0.0, 1.0)] * m
    x = solve(cost, hstack([csr_array(A), -eye_array(m)], format="csr"), np.zeros(m), limits)
    ahead = x[q:].sum()
    if ahead < NOISE:
        return None
    if ahead < 0.5:
        raise UndecidedError("a row decides that rounding hides")
    return x[:q]


def steepest(rows: Floats, total: Floats) -> Floats:
    """Give the v in the unit box that raises the contrasts most together."""
    A = unit(rows)
    return solve(-unit(total[None])[0], A, np.zeros(len(A)), [(-1.0, 1.0)] * A.shape[1])


def shortest(rows: Floats, gain: Floats, cost: Floats) -> Floats:
    """Give v with the smallest Σ costⱼ·|vⱼ| along which `gain` is at least 1: few columns.

    A few times each cost is divided by the coefficient it led to, which leaves out those that
    others can stand for (Candès, Wakin & Boyd, "Enhancing sparsity by reweighted l1
    minimization", 2008, section 2.2).
    """
    A = np.vstack([gain, unit(rows)])
    bound, q = np.append(1.0, np.zeros(len(A) - 1)), A.shape[1]
    both, weight = np.hstack([A, -A]), cost
    for _ in range(REWEIGHTED):
        x = solve(np.tile(weight, 2), both, bound, [(0.0, None)] * 2 * q)
        v = x[:q] - x[q:]
        weight = cost / (np.abs(v) / np.abs(v).max() + SPARED)
    return v


def unit(rows: Floats) -> Floats:
    """Scale each inequality so that its largest coefficient is 1; leave out what repeats."""
    scaled = rows / np.maximum(np.abs(rows).max(axis=1, keepdims=True), TINY)
    return np.unique(scaled, axis=0) if len(rows) > 1 else scaled
