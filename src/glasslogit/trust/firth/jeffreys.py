"""The likelihood under Jeffreys' prior: finite estimates whatever the rows.

    l*(θ) = l(θ) + ½ log det I(θ),   I = Σᵢ sᵢ·C(pᵢ) ⊗ xᵢxᵢᵀ

With Sᵢ = (xᵢᵀ I⁻¹ xᵢ) by classes (c, c) and ψₖ = Sₖₖ − 2 Σₗ pₗSₖₗ the second term has the
gradient Σᵢ ½ sᵢ·C(pᵢ)ψᵢ ⊗ xᵢ. For two classes it is Σᵢ hᵢ(½ − pᵢ)·xᵢ, h the leverages (Firth,
"Bias reduction of maximum likelihood estimates", 1993, section 3.2; Heinze & Schemper, "A
solution to the problem of separation in logistic regression", 2002; for more classes Kosmidis
& Firth, "Multinomial logit bias reduction via the Poisson log-linear model", 2011).

Classes are coded by reference: the margin of the first is 0.

Derivation: docs/derivations/firth.md.
"""

from collections import deque
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np

from glasslogit.core import (
    DOUBTFUL,
    Block,
    Coordinates,
    Floats,
    Loss,
    Objective,
    Pass,
    VectorSum,
    in_unit_scale,
    inverse_root,
)
from glasslogit.optimum import in_focus, quadratic_at
from glasslogit.solvers import CurvaturePair, make_pair, two_loop

LONGEST_STEP = 5.0  # change of a coefficient, in scaled columns, in one step, as in R's logistf
DECREMENT_ROUNDING = 1e-19  # twice what l* could still rise: below it all is rounding
RISE_ROUNDING = 1e-12  # of l*: a smaller fall is none
SMALLER_GRADIENT = 0.5  # of the slope along a step, where l* itself no longer tells
ROOT_TOLERANCE = 1e-8  # of the root of the likelihood ratio at the end of an interval
MOST_PROFILE_STEPS = 60  # steps to the end of an interval
LONGEST_MOVE = 5.0  # standard errors, at most, in one of them
MEMORY = 10  # steps that correct the information matrix to the curvature of l*


@dataclass(frozen=True, eq=False)
class Jeffreys(Pass[VectorSum]):
    """Σᵢ ½ sᵢ·C(pᵢ)ψᵢ ⊗ [xᵢ 1], (d+1, c), for `roots` L (c, d+1, q) with LLᵀ = I⁻¹."""

    loss: Loss
    theta: Floats
    roots: Floats

    def __call__(self, block: Block) -> VectorSum:
        """See `Pass`."""
        p = self.loss.probabilities(block.margins(self.theta))
        S = leverage(block, self.roots)
        psi = np.einsum("nkk->nk", S) - 2.0 * np.einsum("nkl,nl->nk", S, p[:, 1:])
        pull = p[:, 1:] * (psi - np.einsum("nk,nk->n", p[:, 1:], psi)[:, None])
        return VectorSum(block.pullback(0.5 * block.weight[:, None] * pull))


def leverage(block: Block, roots: Floats) -> Floats:
    """Give Sᵢ = xᵢᵀ I⁻¹ xᵢ by classes, (n, c, c)."""
    parts = np.stack([block.product(root) for root in roots], axis=1)  # (n, c, q)
    return np.asarray(parts @ parts.swapaxes(1, 2), np.float64)


class LikelihoodPoint(NamedTuple):
    """−l* and its gradient (p, c) at u, and the inverse information (p·c, p·c)."""

    u: Floats
    value: float
    gradient: Floats
    inverse: Floats


class NotFullRankError(Exception):
    """The information matrix cannot be inverted."""


@dataclass(frozen=True, eq=False)
class PenalisedLikelihood:
    """−l* as a function of u, in sums over rows; two passes each time it is asked."""

    objective: Objective

    @property
    def stretch(self) -> float:
        """What log det I is larger for θ than for u."""
        at, c = self.objective.coordinates, self.objective.coordinates.axes.shape[1]
        return 2.0 * c * float(np.linalg.slogdet(np.diag(at.scale))[1])

    def at(self, u: Floats) -> LikelihoodPoint:
        """Give −l*, its gradient and the inverse information at u."""
        objective, S = self.objective, self.objective.weight
        model = objective.quadratic(u)
        information = S * model.hessian.reshape(u.size, u.size)
        half = inverse_root(information, 0.0)
        if half is None:
            raise NotFullRankError
        log_det = float(np.linalg.slogdet(information)[1]) + self.stretch
        at = objective.coordinates
        question = Jeffreys(objective.loss, at.theta(u), self.roots(half))
        pulled = at.pull(objective.source.sum(question).total)
        value = S * model.value - 0.5 * log_det
        return LikelihoodPoint(u, value, S * model.gradient - pulled, half.T @ half)

    def refuse_blurred(self, at: LikelihoodPoint) -> None:
        """Refuse columns that agree in half of their digits, seen from the rows in doubt."""
        if inverse_root(in_unit_scale(at.inverse)[0], DOUBTFUL) is not None:
            return
        ask = partial(quadratic_at, theta=self.objective.coordinates.theta(at.u))
        _, _, here = in_focus(self.objective, ask)
        information = here.hessian.reshape(at.u.size, -1)
        if inverse_root(in_unit_scale(information)[0], DOUBTFUL) is None:
            raise NotFullRankError

    def roots(self, half: Floats) -> Floats:
        """Give the columns of L, I⁻¹ = LLᵀ, as directions of θ, for each class: (c, d+1, q)."""
        at, q = self.objective.coordinates, len(half)
        each = half.T.reshape(-1, at.axes.shape[1], q).swapaxes(0, 1)  # (c, p, q)
        plain = replace(at, axes=np.eye(q))
        return np.stack([plain.theta(part) for part in each])

    def functional(self, j: int, k: int) -> Floats:
        """Give a with ⟨a, u⟩ = θⱼₖ, (p·c,)."""
        at: Coordinates = self.objective.coordinates
        unit = np.zeros((self.objective.features + 1, at.axes.shape[1]))
        unit[j, k] = 1.0
        return at.pull(unit).ravel()

    def maximise(self, at: LikelihoodPoint, held: Floats, most: int) -> tuple[LikelihoodPoint, int]:
        """Maximise l* from a place, along directions that leave `held` (p·c, m) as it is.

        Newton's steps by the information, which the pairs of L-BFGS correct to the curvature of
        l*; halved where l* does not rise. Gives the place and the number of steps.
        """
        pairs, N = deque[CurvaturePair](maxlen=MEMORY), complement(held)
        for steps in range(most):
            inverse = N.T @ within(at.inverse, held) @ N
            g = N.T @ at.gradient.ravel()
            d = -two_loop(g, pairs, inverse.__matmul__)
            decrement = -float(g @ d)
            if decrement <= DECREMENT_ROUNDING * max(1.0, abs(at.value)):
                return at, steps
            d *= min(1.0, LONGEST_STEP / float(np.abs(N @ d).max()))
            length, new = self.halved(at, (N @ d).reshape(at.u.shape))
            if length == 0.0:
                return at, steps
            pair = make_pair(length * d, N.T @ new.gradient.ravel() - g)
            pairs.extend([pair] if pair.curvature > 0 else [])
            at = new
        return at, most

    def halved(self, at: LikelihoodPoint, d: Floats) -> tuple[float, LikelihoodPoint]:
        """Halve the step until l* rises; give its length, 0 if none helps, and its end."""
        for length in 0.5 ** np.arange(30):
            new = self.at(at.u + length * d)
            if new.value < at.value:
                return float(length), new
            level = new.value <= at.value + RISE_ROUNDING * max(1.0, abs(at.value))
            slope, before = abs(np.vdot(new.gradient, d)), abs(np.vdot(at.gradient, d))
            if level and slope <= SMALLER_GRADIENT * before:
                return float(length), new
        return 0.0, at


@dataclass(frozen=True, eq=False)
class ProfileLikelihood:
    """The profile of l* along one coefficient ⟨a, u⟩, from the place where l* is largest."""

    problem: PenalisedLikelihood
    best: LikelihoodPoint
    a: Floats
    most: int

    def at(self, b: float, near: LikelihoodPoint) -> LikelihoodPoint | None:
        """Maximise l* with the coefficient at b, in steps from a place; None if one cannot be made.

        A step changes no coefficient, in scaled columns, by more than `LONGEST_STEP`, and is halved
        where the information can no longer be inverted.
        """
        share = 1.0
        for _ in range(MOST_PROFILE_STEPS):
            turned = near.inverse @ self.a
            way = turned / (self.a @ turned)
            gap = b - float(self.a @ near.u.ravel())
            reach = share * LONGEST_STEP / float(np.abs(way).max())
            last = abs(gap) <= reach
            step = gap if last else float(np.sign(gap)) * reach
            there = self.maximum(near.u + (step * way).reshape(near.u.shape))
            if there is None:
                share /= 2.0
            elif last:
                return there
            else:
                near = there
        return None

    def maximum(self, u: Floats) -> LikelihoodPoint | None:
        """Maximise l* from u with the coefficient as it is there."""
        try:
            with np.errstate(all="ignore"):
                at, steps = self.problem.maximise(self.problem.at(u), self.a[:, None], self.most)
        except (NotFullRankError, np.linalg.LinAlgError):
            return None
        whole = np.isfinite(at.value) and np.isfinite(at.inverse).all()
        return at if whole and steps < self.most else None

    def ratio(self, b: float) -> float:
        """Give 2·(max l* − max l* with the coefficient at b); NaN where it is not found."""
        at = self.at(b, self.best)
        return np.nan if at is None else max(2.0 * (at.value - self.best.value), 0.0)

    def end(self, z: float) -> float:
        """Find where the root of the ratio is |z|, on the side of z's sign, by Newton's method.

        Steps stay between the places known to be within and beyond; NaN if no end is found.
        """
        error = float(self.a @ self.best.inverse @ self.a) ** 0.5
        sign, inner = float(np.sign(z)), float(self.a @ self.best.u.ravel())
        place, outer, b = self.best, sign * np.inf, inner + z * error
        for _ in range(MOST_PROFILE_STEPS):
            at = self.at(b, place)
            if at is None:
                return np.nan
            root = (2.0 * max(at.value - self.best.value, 0.0)) ** 0.5
            if abs(root - abs(z)) <= ROOT_TOLERANCE:
                return b
            if root < abs(z):
                inner, place = b, at
            else:
                outer = b
            turned = at.inverse @ self.a
            slope = abs(float(turned @ at.gradient.ravel()) / float(self.a @ turned))
            step = (abs(z) - root) * root / slope if slope else LONGEST_MOVE * error
            b += sign * min(max(step, -LONGEST_MOVE * error), LONGEST_MOVE * error)
            if not sign * inner < sign * b < sign * outer:
                b = (inner + outer) / 2.0
        return np.nan


def complement(held: Floats) -> Floats:
    """Give orthonormal directions (q, q − m) that leave `held` (q, m) as it is.

    >>> complement(np.array([[2.0], [0.0]])).tolist()
    [[0.0], [1.0]]
    """
    whole, _ = np.linalg.qr(held, mode="complete")
    return np.asarray(whole[:, held.shape[1] :], np.float64)


def within(inverse: Floats, held: Floats) -> Floats:
    """Give the inverse information for steps d with heldᵀd = 0.

    >>> within(np.eye(2), np.array([[1.0], [0.0]])).tolist()
    [[0.0, 0.0], [0.0, 1.0]]
    """
    if not held.size:
        return inverse
    turned = inverse @ held
    return inverse - turned @ np.linalg.solve(held.T @ turned, turned.T)
