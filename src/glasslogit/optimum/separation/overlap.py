"""A proof that no direction separates the classes: weights that balance the rows.

If some numbers r > 0, one for each contrast a (see `inequalities`), make Σ r·a = 0, then along
every direction v the margins ⟨a, v⟩ have the weighted mean 0: where one is positive another
is negative, so no v separates (Stiemke's lemma, the easy half). A fit offers s·p, weight
times probability of the other class. Their sum is minus the gradient g: not quite 0. With
the curvatures of any rows T, H = Σ_T s·AᵀC(p)A ⊗ xxᵀ, the change

    r → r·(1 − ζ),   ζ = (the change of the row's margins along H⁻¹g) less its mean

makes it 0, and r stays positive if no margin of a row in T is moved by 1: if Newton's step is
short, the classes overlap. On separated classes it moves some margin by 1 or more for ever.

Derivation: docs/derivations/separation.md.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import (
    DOUBTFUL,
    Block,
    Floats,
    Loss,
    Pass,
    grams_of_terms,
    hessian,
    in_unit_scale,
    inverse_root,
    make_block,
    sum_zero_axes,
)

ENOUGH_ROWS = 2000  # rows, or 5 for each coefficient, that may prove what holds for all
ALIKE = 1e-13  # a spread that is a smaller share of the mean shows nothing
NULL_TOLERANCE = 1e-6  # a direction that moves margins by a smaller share moves none
SHORT = 0.25  # of a step that may move margins by 1; a row may be among T three times
CURVATURE_LEVELS = (
    1e-1,
    1e-2,
    1e-4,
    1e-6,
    1e-9,
    1e-13,
)  # of s·p, by the mean weight: rows of H
LEAST_SHARE = 1e-8  # of a column, in a Hessian, that the others may leave unexplained


class Balanced(NamedTuple):
    """Answer of `Balance`: the gradient (d+1, c), extremes of the margins, and some rows."""

    gradient: Floats
    smallest: float
    largest: float
    rows: list[Block]


@dataclass(frozen=True, eq=False)
class Balance(Pass[Balanced]):
    """Σ weight·residual ⊗ [x 1] at θ, signed margins along a direction, and every k-th row."""

    loss: Loss
    theta: Floats
    direction: Floats
    every: int

    def __call__(self, block: Block) -> Balanced:
        """See `Pass`."""
        z = block.margins(self.theta)
        residual = self.loss.evaluate(z, block.y).residual
        same = self.direction is self.theta
        along = z - block.offset if same else block.product(self.direction)
        there = np.flatnonzero(block.weight > 0)
        signed = self.loss.signed_margins(along, block.y)[there]
        extremes = float(signed.min(initial=np.inf)), float(signed.max(initial=-np.inf))
        gradient = block.pullback(block.weight[:, None] * residual)
        return Balanced(gradient, *extremes, [block.take(there[:: self.every])])

    def merge(self, one: Balanced, other: Balanced) -> Balanced:
        """See `Pass.merge`."""
        smallest, largest = min(one.smallest, other.smallest), max(one.largest, other.largest)
        rows = one.rows + other.rows
        return Balanced(one.gradient + other.gradient, smallest, largest, rows)


class Found(NamedTuple):
    """Answer of `MovedRows`."""

    rows: list[Block]


@dataclass(frozen=True, eq=False)
class MovedRows(Pass[Found]):
    """Those rows that some of the directions (d+1, k) move, at most 100 of a block."""

    directions: Floats

    def __call__(self, block: Block) -> Found:
        """See `Pass`; `directions` are scaled to move the rows seen so far by 1 at most."""
        moved = (np.abs(block.product(self.directions)) > NULL_TOLERANCE).any(axis=1)
        return Found([block.take(np.flatnonzero(moved & (block.weight > 0))[:100])])


class ScaledBasis(NamedTuple):
    """Coordinates (d+1, r) in which the columns that vary have size 1, and where they stand.

    `which` (r,) says to which row of θ each belongs; `lost` is how many digits centring costs.
    """

    basis: Floats
    which: NDArray[np.intp]
    lost: float

    def seen(self, rows: Block) -> Floats:
        """Give rows in these coordinates, (n, r): what their product with the basis is."""
        places = self.which[self.which < len(self.basis) - 1]
        Z, k = np.ones((len(rows.weight), len(self.which))), len(places)
        np.multiply(rows.entries(places), self.basis[places, np.arange(k)], out=Z[:, :k])
        Z[:, :k] += self.basis[-1, :k]
        return Z


def scaled_basis(
    rows: Block, free: NDArray[np.intp], scale: Floats, *, intercept: bool
) -> ScaledBasis:
    """Scale the free columns by what `rows` show of them; by `scale` where these show nothing.

    Columns far from 0 are centred, the others are not, so that few coordinates are few columns.
    """
    d = len(scale)
    shown = rows.entries(free)
    mean, spread = shown.mean(axis=0), shown.std(axis=0)
    spread = np.where(spread > ALIKE * np.abs(mean), spread, 0.0)
    size = np.hypot(mean, spread) if not intercept else spread
    size = np.where(size > 0, size, np.where(np.isfinite(scale[free]), scale[free], np.inf))
    centre = np.where((np.abs(mean) > 10 * size) & intercept, mean, 0.0)
    varies = np.isfinite(size)
    places, size, centre = free[varies], size[varies], centre[varies]
    basis = np.zeros((d + 1, len(places) + intercept))
    basis[places, np.arange(len(places))] = 1.0 / size
    basis[d, : len(places)] = -centre / size
    if intercept:
        basis[d, -1] = 1.0
    lost = 1.0 + float((np.abs(mean[varies]) / size).max(initial=0.0))
    return ScaledBasis(basis, np.append(places, np.full(int(intercept), d, places.dtype)), lost)


class Subspaces(NamedTuple):
    """Directions in the coordinates of `ScaledBasis`: those that move margins, and not."""

    moving: Floats
    null: Floats


def split_subspaces(Z: Floats) -> Subspaces:
    """Split the directions by what they do to the rows Z (m, r); each moves them by 1 at most.

    >>> np.abs(split_subspaces(np.array([[1.0, 1.0], [2.0, 2.0]])).null).round(3).ravel().tolist()
    [0.447, 0.447]
    """
    R, scale = in_unit_scale(Z.T @ Z)
    B = inverse_root(R, DOUBTFUL)
    if B is not None and scale.all() and (B**2).sum() < 1.0 / DOUBTFUL:  # what 1/σ² add up to
        return Subspaces((B * scale).T, np.zeros((len(R), 0)))
    size = np.sqrt((Z**2).sum(axis=0))
    size = np.where(size > 0, size, 1.0)
    _, values, turned = np.linalg.svd(np.linalg.qr(Z / size, mode="r"), full_matrices=True)
    values = np.append(values, np.zeros(len(size) - len(values)))
    moves = values > NULL_TOLERANCE * values.max(initial=1.0)
    directions = turned.T / size[:, None]
    return Subspaces(directions[:, moves] / values[moves], directions[:, ~moves] * np.sqrt(len(Z)))


class RoundedSum(NamedTuple):
    """A sum over all rows (r, c) in a basis (d+1, r), and how much of it rounding may be."""

    gradient: Floats
    basis: Floats
    slack: float


def sure_inverse(H: Floats) -> Floats | None:
    """Give H⁻¹, or None where rounding could have made H regular."""
    R, scale = in_unit_scale(H)
    B = inverse_root(R, LEAST_SHARE) if scale.all() else None
    if B is None:
        return None
    half = B * scale
    return half.T @ half


def can_be_balanced(loss: Loss, rows: Block, theta: Floats, total: RoundedSum) -> bool:
    """Tell whether some rows prove that weights exist that balance all rows.

    `total` is the gradient; no direction of its basis may leave all margins as they are.
    """
    if not total.basis.size:
        return True  # no direction moves any margin
    c = theta.shape[1]
    axes = sum_zero_axes(c) if loss.redundant else np.eye(c)
    terms = loss.evaluate(rows.margins(theta), rows.y)
    size = np.abs(terms.residual * rows.weight[:, None])
    least = np.where(size > 0, size, np.inf).min(axis=1)
    Z, g = rows.product(total.basis), (total.gradient @ axes).ravel()
    for level in CURVATURE_LEVELS:
        used = least >= level * rows.weight.mean()
        part = make_block(Z[used], rows.y[used], rows.weight[used], rows.offset[used])
        if len(part.weight) == 0:
            continue
        grams = grams_of_terms(part, loss, terms.p[used], np.zeros(Z.shape[1]))
        H = hessian(grams, loss.contrasts(c) @ axes)[:-1, :, :-1]
        inverse = sure_inverse(H.reshape(g.size, g.size))
        if inverse is None:
            continue
        step = (inverse @ g).reshape(Z.shape[1], -1)
        doubt = (np.abs(inverse) @ np.full(g.size, total.slack)).reshape(step.shape)
        change = Z[used] @ step @ axes.T
        range_ = np.ptp(np.append(change, np.zeros_like(change[:, :1]), axis=1), axis=1)
        uncertain = 2.0 * (np.abs(Z[used]) @ doubt).sum(axis=1)
        if (range_ + uncertain < SHORT).all():
            return True
    return False
