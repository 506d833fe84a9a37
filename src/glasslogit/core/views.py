"""The Hessian column by column, and a root of it from the rows: what digits an H has left.

A row far from the others outweighs them in a sum of squares, in one direction of the classes
and not in others. Kept apart by `Loss.terms`, h·bbᵀ with h ≥ 0, nothing of either is lost.

Derivations: docs/derivations/objective.md.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glasslogit.core.block import Block
from glasslogit.core.losses import Floats
from glasslogit.core.objective import FirstOrder, Objective
from glasslogit.core.passes import Diagonal
from glasslogit.core.roots import RANK_TOLERANCE, ROUNDOFF, Rooted
from glasslogit.core.unsquared import CommonValue, Roots

MOST_CLASSES = 32  # of which every two are compared


class HessianView(NamedTuple):
    """Where f curves: H of each row of u with itself, (p, c', c').

    `cross` (d, c', c') is that of the columns with the intercept, 0 without one, and `at` what
    else the rows said there, if they were asked.
    """

    blocks: Floats
    cross: Floats
    at: FirstOrder | None = None

    @property
    def diagonal(self) -> Floats:
        """The diagonal of H (p, c')."""
        return self.blocks.diagonal(axis1=1, axis2=2)


def view(objective: Objective, u: Floats) -> HessianView:
    """Give f and how it curves along each column at u; of many classes the diagonal; one pass."""
    at, theta, p, c = objective.coordinates, objective.coordinates.theta(u), *u.shape
    few = c < MOST_CLASSES
    question = Diagonal(objective.loss, theta, at.centre, None if few else at.axes)
    sums = objective.source.sum(question)
    factor, b = 1.0 / at.by_row(at.scale)[:, None], objective.contrasts if few else np.eye(c)
    squared = (b[:, :, None] * b[:, None]).reshape(len(b), -1)
    blocks, cross = (
        (terms / objective.weight @ squared).reshape(-1, c, c)
        for terms in (sums.total[:p] * factor * factor, sums.cross * factor[: objective.features])
    )
    np.einsum("jkk->jk", blocks)[: objective.features] += objective.penalty_curvature(theta)
    return HessianView(blocks, cross * at.intercept, objective.slope(u, theta, sums))


def view_of(objective: Objective, hessian: Floats) -> HessianView:
    """Give the same from a Hessian (p, c', p, c')."""
    d, blocks = objective.features, hessian.diagonal(axis1=0, axis2=2).transpose(2, 0, 1)
    intercept = objective.coordinates.intercept
    return HessianView(blocks, hessian[:d, :, d] if intercept else np.zeros_like(blocks))


def root_at(objective: Objective, u: Floats, which: NDArray[np.intp] | None = None) -> Rooted:
    """Give a root of H at u, in which nothing was squared; one pass.

    It is that of the coordinates `which`, if some are given; columns of none of them are at 0. The
    last bits are those of the numbers as they were given.
    """
    (p, c), d = u.shape, objective.features
    which = np.arange(p * c) if which is None else which
    shift = np.zeros(d) if objective.source.shift is None else objective.source.shift
    kept = np.union1d(which // c, np.arange(d, p))
    if len(kept) < p:
        objective.source.passes += 1
        objective, u = objective.columns(kept[kept < d]), u[kept]
        which = np.searchsorted(kept, which // c) * c + which % c
    at, theta = objective.coordinates, objective.coordinates.theta(u)
    p, d = len(u), objective.features
    roots = objective.source.sum(Roots(objective.loss, theta, at.centre)).roots
    parts = (roots[:, :, :p] / at.by_row(at.scale) / objective.weight**0.5)[..., None]
    A = (parts * objective.contrasts[:, None, None]).reshape(-1, p * c)
    ridge, last_bits = np.zeros(u.shape), np.zeros(u.shape)
    ridge[:d] = np.sqrt(objective.penalty_curvature(theta))
    if at.intercept:
        far = np.abs(at.centre + shift[kept[kept < len(shift)]])
        last_bits[:d] = (far / at.scale)[:, None] * np.sqrt((A[:, -c:] ** 2).sum(axis=0))
    return Rooted(A[:, which], ridge.ravel()[which], p * ROUNDOFF * last_bits.ravel()[which])


def largest_move(objective: Objective, u: Floats, direction: Floats) -> float:
    """Give how far a direction moves a margin, or two apart, that still curves at u; one pass."""
    loss, theta, change = objective.loss, *map(objective.coordinates.theta, (u, direction))
    between = loss.contrasts(theta.shape[1])

    def largest(block: Block) -> float:
        h = loss.terms(loss.evaluate(block.margins(theta), block.y).p, block.weight)
        moves = zip(np.abs(block.product(change) @ between.T).T, h, strict=True)
        return max(float(each.max(where=curved > 0, initial=0.0)) for each, curved in moves)

    return max(objective.source.map(largest))


def are_constant(objective: Objective, left_out: Floats) -> bool:
    """Tell whether directions of u (k, p·c') move no margin beyond rounding; one pass at most.

    If not, rows that are far from the others hide that they do.
    """
    if not len(left_out):
        return True
    at, d = objective.coordinates, objective.features
    most = np.abs(left_out).max(axis=1, keepdims=True) * (left_out != 0)
    off = RANK_TOLERANCE * len(left_out.T) * most  # of a direction, and of the numbers
    v, slack = (
        np.moveaxis(each.reshape(len(left_out), -1, at.axes.shape[1])[:, :d] @ axes, 0, -1)
        for each, axes in ((left_out, at.axes.T), (off, np.abs(at.axes.T)))
    )
    v = v - v.mean(axis=1, keepdims=True) * objective.loss.redundant  # what moves all classes
    v, slack = ((each / at.scale[:, None, None]).reshape(d, -1) for each in (v, slack))
    shift = np.zeros(d) if objective.source.shift is None else objective.source.shift
    low, high = objective.source.sum(CommonValue(v, slack, shift))
    if not at.intercept:
        low, high = np.maximum(low, 0.0), np.minimum(high, 0.0)
    return bool((low <= high).all())
