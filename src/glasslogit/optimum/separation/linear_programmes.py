"""The linear programmes of separation, over some contrasts a (m, q) of the rows.

    separating   max t₀ + Σᵢ tᵢ     ⟨aᵢ, v⟩ ≥ tᵢ, ⟨total, v⟩ ≥ t₀, 0 ≤ t ≤ 1
    steepest     max ⟨total, v⟩     ⟨aᵢ, v⟩ ≥ 0, −1 ≤ v ≤ 1
    sparsest     min Σⱼ cⱼ|vⱼ|      ⟨aᵢ, v⟩ ≥ least, ⟨gain, v⟩ ≥ 1

`total` is the sum of the contrasts of *all* rows. So if even the few rows of the first
programme leave no v with ⟨total, v⟩ > 0, no direction separates the rows. v may be as long as
it likes: the optimum counts the contrasts that v puts ahead, and is 0 or at least 1.

Konis, "Linear programming algorithms for detecting separated data in binary logistic
regression models", thesis, Oxford 2007, chapter 4, for the second.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import TINY, Floats
from glasslogit.errors import MissingExtraError

Flags = NDArray[np.bool]

LP_TOLERANCE = 1e-10  # HiGHS's smallest tolerance
REWEIGHTED, SPARED = 4, 1e-3  # times; the share of a coefficient that costs as much as none
ENDLESS, BOX = 1e6, 1e4  # a v so long lives on rounding; how long one is then allowed to be
NOISE = 1e-6  # how far ahead rounding puts all rows together, at most


class UndecidedError(Exception):
    """A linear programme was not solved to the tolerance."""


class RoundingError(UndecidedError):
    """Rows are of such different sizes that their rounding decides."""


def solve_programme(
    cost: Floats, least: Any, bound: Floats, limits: list[tuple[Any, Any]]
) -> Floats:
    """Minimise ⟨cost, x⟩ where least·x ≥ bound, each x between its limits."""
    try:
        from scipy.optimize import linprog  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("scipy", "stats") from None
    options = {
        "primal_feasibility_tolerance": LP_TOLERANCE,
        "dual_feasibility_tolerance": LP_TOLERANCE,
    }
    answer = linprog(cost, -least, -bound, bounds=limits, method="highs", options=options)
    if answer.status != 0:
        raise UndecidedError(answer.message)
    return np.asarray(answer.x, np.float64)


def separating(rows: Floats, total: Floats, used: Flags) -> Floats | None:
    """Give v (q,) that puts as many contrasts ahead as can be; None if there is none.

    v is 0 where it is not `used`. Where rounding makes it endless it is tried within a box.
    """
    A = unit(np.vstack([total, rows])[:, used])
    v = np.zeros(len(used))
    try:
        v[used], ahead = most_ahead(A, np.inf)
    except UndecidedError:
        ahead = np.nan
    if not np.abs(v).max() <= ENDLESS or np.isnan(ahead):
        v[used], ahead = most_ahead(A, BOX)
    if ahead < NOISE:
        return None
    if ahead < 0.5:
        raise RoundingError("a row decides that rounding hides")
    return v


def most_ahead(A: Floats, longest: float) -> tuple[Floats, float]:
    """Solve the first programme for |v| ≤ longest; give v and Σt."""
    try:
        from scipy.sparse import csr_array, eye_array, hstack  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("scipy", "stats") from None
    m, q = A.shape
    cost, limits = np.append(np.zeros(q), -np.ones(m)), [(-longest, longest)] * q + [(0.0, 1.0)] * m
    x = solve_programme(
        cost, hstack([csr_array(A), -eye_array(m)], format="csr"), np.zeros(m), limits
    )
    return x[:q], float(x[q:].sum())


def steepest(rows: Floats, total: Floats, used: Flags) -> Floats:
    """Give the v in the unit box that raises the contrasts most together."""
    A = unit(rows)
    limits = [(-float(free), float(free)) for free in used]
    return solve_programme(-unit(total[None])[0], A, np.zeros(len(A)), limits)


def projected(rows: Floats, total: Floats) -> Floats:
    """Give the v of unit length that raises the contrasts most together: total, projected.

    The nearest point v to `total` of the cone ⟨aᵢ, v⟩ ≥ 0 is total + Σ rᵢaᵢ, with the r ≥ 0 that
    make it sparsest (Moreau, "Décomposition orthogonale d'un espace hilbertien selon deux cônes
    mutuellement polaires", 1962). There is one such point, so no order of columns or classes
    chooses among several; and as ⟨v, u⟩ ≥ ⟨total, u⟩ for all u of the cone, a column that
    separates alone has its sign.
    """
    try:
        from scipy.optimize import lsq_linear, nnls  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("scipy", "stats") from None
    A, t = unit(rows), total / np.abs(total).max()
    try:
        v = t + nnls(A.T, -t)[0] @ A
    except RuntimeError:
        v = t
    if (A @ v).min(initial=0.0) < -LP_TOLERANCE:  # nnls has ended early
        v = t + lsq_linear(A.T, -t, (0.0, np.inf), method="bvls", tol=LP_TOLERANCE**1.5).x @ A
    return np.asarray(v, np.float64)


def sparsest(rows: Floats, gain: Floats, cost: Floats, least: float = 0.0) -> Floats:
    """Give v with the smallest Σ costⱼ·|vⱼ| along which `gain` is at least 1: few columns.

    A few times each cost is divided by the coefficient it led to, which leaves out those that
    others can stand for (Candès, Wakin & Boyd, "Enhancing sparsity by reweighted l1
    minimization", 2008, section 2.2).
    """
    A = np.vstack([gain, unit(rows)])
    bound, q = np.append(1.0, np.full(len(A) - 1, least)), A.shape[1]
    both, weight = np.hstack([A, -A]), cost
    for _ in range(REWEIGHTED):
        x = solve_programme(np.tile(weight, 2), both, bound, [(0.0, None)] * 2 * q)
        v = x[:q] - x[q:]
        weight = cost / (np.abs(v) / np.abs(v).max() + SPARED)
    return v


def unit(rows: Floats) -> Floats:
    """Scale each inequality so that its largest coefficient is 1; leave out what repeats."""
    scaled = rows / np.maximum(np.abs(rows).max(axis=1, keepdims=True), TINY)
    return np.unique(scaled, axis=0) if len(rows) > 1 else scaled
