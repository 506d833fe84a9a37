"""How far a fit is from the optimum at most: a bound that is proved, with its rounding.

Along any line the third derivative of the loss is at most the second times how far the
margins of a row move apart. So with the gradient g and the Hessian H at u,

    f(u) − min f ≤ ½ν²·(1 + s / (3·(1 − s))),   ν² = gᵀH⁻¹g,   s = ν·R < 1

where R is the most that a step of length 1 in the norm of H moves the margins of a row (Bach,
"Self-concordant analysis for logistic regression", 2010, propositions 2 and 10). That s is
below 1 also proves that there is an optimum. Any H below the true one serves.

Derivation: docs/derivations/certificate.md.
"""

from typing import NamedTuple

import numpy as np

from glasslogit.core import (
    ROUNDOFF,
    Coordinates,
    Floats,
    Objective,
    in_unit_scale,
    inverse_root,
    pseudo_gradient,
    sum_zero_axes,
)
from glasslogit.optimum.rounding import ROUNDED_UP, Rounding

BISECTIONS = 60
UNBALANCED = 1e-12  # of the kinks: what rounding leaves of a sum that bisection has brought to 0


def class_axes(objective: Objective) -> Floats:
    """Give the class directions (c, c') that count: without L1 a softmax does not feel a shift."""
    c = len(objective.coordinates.axes)
    shifts = objective.loss.redundant and objective.penalty.sums_to_zero
    return sum_zero_axes(c) if shifts else np.eye(c)


class Bound(NamedTuple):
    """A bound in units of mean loss; `radius` is the distance in the norm of H."""

    gap: float
    radius: float
    rounding: float


class LowerRoot(NamedTuple):
    """B (q, p, c'), and how far an entry of H may be off, as a share of √HⱼⱼHₖₖ."""

    root: Floats
    off: float


def lower_root(objective: Objective, hessian: Floats, rounding: Rounding) -> LowerRoot | None:
    """Give B (q, p, c') with H⁻¹ ≤ BᵀB for every H that rounding leaves possible.

    H is made to curve along the free shifts too. Constant columns, of infinite scale, are left
    out. None where rounding leaves it open whether H is singular, as where all rows are saturated.
    """
    at, (p, c) = objective.coordinates, hessian.shape[:2]
    H = with_shift_curvature(objective, hessian).reshape(p * c, -1)
    live = np.flatnonzero(np.repeat(np.isfinite(at.by_row(at.scale)), c))
    R, scale = in_unit_scale(H[live[:, None], live])
    if not scale.all():
        return None
    size, most = (np.repeat(each, c)[live] * scale for each in (rounding.size, rounding.most))
    centring = ROUNDOFF * float(size.max(initial=0.0))
    largest = float(most.max(initial=0.0))
    lost = rounding.lost * largest * largest
    cancelled = rounding.share * cancelled_share(at, H.diagonal()) if rounding.cancels else 0.0
    off = 2 * (rounding.share + rounding.margin + centring + lost + cancelled)
    slack = len(live) * off
    if not slack < 1:
        return None
    np.fill_diagonal(R, 1.0 - slack)
    B = inverse_root(R, len(live) ** 2 * 4 * ROUNDOFF)
    if B is None:
        return None
    root = np.zeros((len(live), p * c))
    root[:, live] = B * scale
    return LowerRoot(root.reshape(-1, p, c), off)


def cancelled_share(at: Coordinates, diagonal: Floats) -> float:
    """Bound Σ h·x² of a column as a multiple of Σ h·(x − centre)², from a Hessian's diagonal.

    Σ h·x² ≤ 2·Σ h·(x − centre)² + 2·centre²·Σ h, and the Hessian's corner holds Σ h.
    """
    if not at.intercept:
        return 1.0
    d = len(at.scale)
    by_column = diagonal.reshape(d + 1, -1)
    far = (at.centre / at.scale)[:, None] ** 2 * by_column[d].sum()
    live = np.isfinite(at.scale)
    return float(4.0 * (1.0 + (far[live] / by_column[:d][live]).max(initial=0.0)))


def root_in_theta(at: Coordinates, root: Floats) -> Floats:
    """Map a root (q, p, c') to θ, (q, d+1, c): `Coordinates.theta` of each."""
    d = len(at.scale)
    w = root[:, :d] / at.scale[:, None]
    b = root[:, d:].sum(axis=1) - np.tensordot(w, at.centre, axes=(1, 0))
    return np.concatenate([w, b[:, None]], axis=1) @ at.axes.T


def rounding_of_step(
    hessian: Floats, d: Floats, slope: Floats, rounding: Rounding, off: float
) -> tuple[Floats, float]:
    """Bound what rounding does to a slope g + Hd, (p, c'), and the length of d in the norm of H.

    An entry of H may be `off` in unit scale.
    """
    H, columns = hessian.reshape(d.size, -1), len(rounding.rms)
    D = np.sqrt(np.maximum(H.diagonal(), 0.0)).reshape(d.shape)
    e = np.abs(d).sum(axis=1, keepdims=True)  # the classes are turned to each other
    e[columns:] += rounding.size[:columns] @ e[:columns]  # what centring costs b
    few, size = 8 * (d.size + 8) * ROUNDOFF, float((D * e).sum())
    curved = max(float(d.ravel() @ H @ d.ravel()), 0.0) + (off + few) * size**2
    return (off + few) * size * D + few * np.abs(slope), curved**0.5 * ROUNDED_UP


def second_order(
    gradient: Floats, error: Floats, root: Floats, reach: float, change: float = 0.0
) -> Bound | None:
    """Give the bound at a gradient that may be off by `error`, and by `change` in the norm of H⁻¹.

    None where s ≥ 1.

    >>> root = np.full((1, 1, 1), 1.0)
    >>> round(second_order(np.full((1, 1), 0.01), np.zeros((1, 1)), root, 0.0).gap, 9)
    5e-05
    """
    q = len(root)
    flat = root.reshape(q, gradient.size)
    with np.errstate(over="ignore"):  # an infinite error allows no bound
        noise = float(np.linalg.norm(np.abs(flat) @ error.ravel()))
    nu = float(np.linalg.norm(flat @ gradient.ravel())) * ROUNDED_UP + change
    s = (nu + noise) * reach
    if not s < 1:
        return None
    more = s / (1 - s)
    gap = (nu + noise) ** 2 / 2 * (1 + more / 3)
    return Bound(gap, (nu + noise) * (1 + more / 2), gap - nu**2 / 2 * (1 + more / 3))


def range_bound(norms: Floats) -> Floats:
    """Bound how far margins move apart, from how far each moves (…, c): the two largest.

    With one margin the other stands still.

    >>> range_bound(np.array([[3.0, 1.0, 2.0]])).tolist(), range_bound(np.array([[3.0]])).tolist()
    ([5.0], [3.0])
    """
    return np.sort(norms, axis=-1)[..., -2:].sum(axis=-1)


def unit_step_changes(at: Coordinates, root: Floats) -> Floats:
    """Give how far a step of length 1 moves each entry of u, turned to the classes: (p, c)."""
    turned = root @ at.axes.T if at.axes.size > 1 else root
    return np.sqrt((turned**2).sum(axis=0))


def margin_reach(at: Coordinates, moves: Floats, spans: Floats) -> float:
    """Bound R over rows whose columns are within `spans` (d,) of their centre."""
    scaled = at.by_row(spans / at.scale)
    return float(range_bound(scaled @ moves))


def with_shift_curvature(objective: Objective, hessian: Floats) -> Floats:
    """Add curvature along the free shifts: a step along them is not counted."""
    c, j = hessian.shape[1], objective.free_shifts
    if not j:
        return hessian
    hessian = hessian.copy()
    traces = np.trace(hessian[j, :, j], axis1=1, axis2=2)
    hessian[j, :, j] += traces[:, None, None] / c**2
    return hessian


def subgradient(objective: Objective, u: Floats, gradient: Floats) -> Floats | None:
    """Give a small subgradient of f at u, of sum 0 along the free shifts; None if there is none.

    Where u is 0 the kink gives any slope within ±k: clip(τ − g, ±k), with the τ that balances
    the classes, found by bisection.
    """
    if not objective.penalty.has_kinks:
        return gradient
    kinks = objective.kinks(u)
    nearest = pseudo_gradient(u, gradient, kinks)
    rows = np.intersect1d(objective.free_shifts, np.flatnonzero(kinks.any(axis=1)))
    if not rows.size:
        return nearest
    k, g, fixed = kinks[rows], gradient[rows], np.sign(u[rows]) * kinks[rows]
    low, high = -(np.abs(g) + k).max(axis=1), (np.abs(g) + k).max(axis=1)
    for _ in range(BISECTIONS):
        tau = (low + high) / 2
        pull = np.where(u[rows] == 0, np.clip(tau[:, None] - g, -k, k), fixed)
        above = pull.sum(axis=1) > 0
        low, high = np.where(above, low, tau), np.where(above, tau, high)
    inside = (np.abs(pull) < k).any(axis=1)
    left = np.abs(pull.sum(axis=1))
    if (left > np.where(inside, UNBALANCED * k.sum(axis=1), 0.0)).any():
        return None
    nearest[rows] = g + pull
    return nearest


def coefficient_bound(objective: Objective, theta: Floats, moves: Floats, radius: float) -> float:
    """Bound the distance of any coefficient from the optimum's, the nearest if there are more.

    A kink holds the median of the classes at 0; a shift moves it no further than the rest moved.
    """
    d, scale = objective.features, objective.coordinates.scale
    far = radius * moves[:d].max(axis=1) / scale  # (d,)
    if objective.penalty.has_kinks:
        rows = [j for j in objective.free_shifts if j < d]
        c = theta.shape[1]
        middle = np.sort(theta[rows], axis=1)[:, [(c - 1) // 2, c // 2]]
        far[rows] = 2 * far[rows] + np.abs(middle).max(axis=1, initial=0.0)
    return float(far.max(initial=0.0))


def cost_of_constants(objective: Objective, theta: Floats) -> tuple[float, float]:
    """Give what the coefficients of constant columns cost, which are 0 at the optimum."""
    held = np.isinf(objective.coordinates.scale)
    if not held.any():
        return 0.0, 0.0
    w = np.where(held[:, None], theta[:-1], 0.0)
    cost = objective.penalty.value(w) - objective.penalty.value(np.zeros_like(w))
    return cost, float(np.abs(w).max(initial=0.0)) if cost else 0.0
