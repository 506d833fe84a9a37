"""The duality gap of a fit whose coefficients are all penalised.

    f(θ) − min f ≤ (1/S)·Σᵢ sᵢ·KL(qᵢ‖pᵢ) + Σⱼ (φⱼ(wⱼ) + φⱼ*(−vⱼ) + vⱼ·wⱼ),
    v = (1/S)·Σᵢ sᵢ·xᵢ(qᵢ − yᵢ)

for any probabilities q of the rows whose classes add up to the observed ones, with the
penalties φⱼ and their conjugates φⱼ* (Fenchel's duality; for logistic regression Jaakkola &
Haussler, "Probabilistic kernel regression models", 1999). Here q are the probabilities at the
best intercept, mixed with y until an L1 penalty can hold v.

Derivation: docs/derivations/certificate.md.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from glasslogit.core import ROUNDOFF, AtMargins, Block, Floats, Labels, Loss, Objective, surprise
from glasslogit.optimum.rounding import Rounding

INTERCEPT_STEPS = 50  # of Newton's method for the intercept
# Of best_shift, whose dual point is feasible wherever it ends; each is 50 or 5 roundings of a sum.
RISEN, LAST_STEP, NO_SLOPE = 1e-14, 1e-14, 1e-15  # of the loss, of an intercept, of the weights
NO_CURVATURE = 1e-13  # of the largest: a direction of the intercepts in which the loss is level


class RowsAt(NamedTuple):
    """Labels and shares of the weight (n,) of all rows, and their margins (n, c) at θ."""

    y: Labels
    weight: Floats
    margins: Floats


def dual_bound(
    objective: Objective, theta: Floats, rounding: Rounding
) -> tuple[float, float, float]:
    """Give the gap of the mean loss with penalty, its value, and the part that is rounding."""
    S, loss = objective.weight, objective.loss
    rows = row_margins(objective, theta)
    if not np.isfinite(rows.margins).all():
        return np.inf, np.inf, np.inf
    shift = best_shift(objective, rows) if objective.coordinates.intercept else 0.0
    at = loss.evaluate(rows.margins + shift, rows.y)
    mixed, noise = 0.0, rounding.share
    if objective.coordinates.intercept:
        mixed = imbalance(at.residual, rows, rounding)
        unlikely = -loss.log_probabilities(rows.margins).min(axis=1)
        noise += mixed * float(rows.weight @ unlikely)
    sums = objective.source.sum(AtMargins(loss, rows.margins + shift)).gradient / S
    v = sums[:-1] - objective.coordinates.centre[:, None] * sums[-1]
    reach = rounding.rms + np.abs(objective.coordinates.centre)
    error = (reach * (2 * rounding.share + rounding.margin + 2 * mixed))[:, None]
    penalty = objective.penalty
    tau = penalty.dual_share(v, error)
    divergence, rough = divergence_of(loss, rows, shift, tau)
    if tau == 1.0:
        divergence = min(divergence, float(np.ptp(np.append(shift, 0.0))) ** 2 / 8)
    exact, wide = (penalty.conjugate_gap(theta[:-1], tau * v, e) for e in (0.0, error))
    noise += rough + wide - exact + rounding.share * divergence
    noise += rounding.margin * ((2 * divergence) ** 0.5 + rounding.margin)
    value = float(rows.weight @ loss.value(rows.margins, rows.y)[0])
    gap = divergence + exact + noise
    return gap, value + penalty.value(theta[:-1]), noise


@dataclass(frozen=True, eq=False)
class RowMargins:
    """Labels, weights, and margins at θ: asked by `Source.map`."""

    theta: Floats

    def __call__(self, block: Block) -> RowsAt:
        """Give those of the rows of a block."""
        return RowsAt(block.y, block.weight, block.margins(self.theta))


def row_margins(objective: Objective, theta: Floats) -> RowsAt:
    """Keep labels, weights and margins of all rows; one pass."""
    parts = zip(*objective.source.map(RowMargins(theta)), strict=True)
    y, weight, margins = (np.concatenate(part) for part in parts)
    return RowsAt(y, weight / objective.weight, margins)


def best_shift(objective: Objective, rows: RowsAt) -> Floats:
    """Give the change of the intercepts (c,) that makes the loss least; of the margins only."""
    loss, c = objective.loss, rows.margins.shape[1]
    shift, step = np.zeros(c), np.zeros(c)
    best = np.inf
    for _ in range(INTERCEPT_STEPS):
        at = loss.evaluate(rows.margins + shift + step, rows.y)
        value = float(rows.weight @ at.loss)
        if value > best * (1 + RISEN):
            step = step / 4
            continue
        shift, best = shift + step, value
        g = rows.weight @ at.residual
        level = float(np.abs(g).max()) <= NO_SLOPE * float(rows.weight.sum())
        if float(np.abs(step).max()) < LAST_STEP and level:
            break
        H = np.stack([rows.weight @ loss.curvature_product(at.p, np.eye(c)[[k]]) for k in range(c)])
        step = np.clip(-np.linalg.lstsq(H, g, rcond=NO_CURVATURE)[0], -10.0, 10.0)
    return shift


def imbalance(residual: Floats, rows: RowsAt, rounding: Rounding) -> float:
    """Give the share of other probabilities to mix in so that the classes add up exactly.

    Where q has too much of a class by e, q·(1 − t) + t·r has the right sum for some r ≥ 0 if
    t·(what the class should have) ≥ (1 − t)·e; e is known up to rounding.
    """
    weight = rows.weight
    excess = np.abs(weight @ residual) + rounding.share * (weight @ np.abs(residual))
    if residual.shape[1] == 1:
        positive = float(weight @ rows.y)
        observed, excess = np.array([positive, float(weight @ (1 - rows.y))]), excess[[0, 0]]
    else:
        observed = np.array([weight[rows.y == k].sum() for k in range(residual.shape[1])])
    excess = excess + rounding.lost
    return float((excess / (observed * (1 - 2 * rounding.share) + excess)).max())


def divergence_of(
    loss: Loss, rows: RowsAt, shift: Floats | float, tau: float
) -> tuple[float, float]:
    """Give the mean of KL(q‖p), q = τ·p(shifted) + (1 − τ)·y, and the rounding in it."""
    K = 2 if rows.margins.shape[1] == 1 else rows.margins.shape[1]
    q = tau * loss.probabilities(rows.margins + shift)
    if K == 2:
        q += (1 - tau) * np.stack([1.0 - rows.y, rows.y], axis=1)
    else:
        q[np.arange(len(q)), rows.y] += 1 - tau
    own = np.where(q > 0, q * surprise(np.where(q > 0, q, 1.0)), 0.0)  # −q·log q
    cross = -q * loss.log_probabilities(rows.margins)
    divergence = float(rows.weight @ (cross - own).sum(axis=1))
    size = float(rows.weight @ (cross + own + q).sum(axis=1))
    return max(divergence, 0.0), 8 * ROUNDOFF * size
