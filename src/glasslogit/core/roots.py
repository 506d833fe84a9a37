"""Inverses and roots of symmetric matrices, taken in unit scale.

A symmetric H with a positive diagonal is

    H = D·R·D,   D = diag √Hⱼⱼ,   Rⱼⱼ = 1,   so that   BᵀB = R⁻¹   gives   (B·D⁻¹)ᵀ(B·D⁻¹) = H⁻¹

and what rounding does to R⁻¹ does not depend on the units of the columns. For a Cholesky factor
R = G·Gᵀ the root is B = G⁻¹, and the square of a pivot Gⱼⱼ is 1 − Rⱼ², the share of column j
which the columns before it do not explain. Who asks for a root says how small it may be.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from glasslogit.core.losses import Floats

ROUNDOFF = 2.0**-53  # the relative error of one operation
SUMMED = 1e-13  # what is lost of a sum over rows in floating point, at most, by its terms
RANK_TOLERANCE = 20 * ROUNDOFF  # times d: a smaller share is rounding
FLAT = 1e-300  # a curvature below it is none: its inverse is not a number
DOUBTFUL = 2.0**-26  # a share that has lost half of its digits
SMALL = 48  # a triangle that is inverted at once


def in_unit_scale(H: Floats) -> tuple[Floats, Floats]:
    """Give R and 1/√Hⱼⱼ (p,): 0, and a row of the identity in R, where H has no curvature.

    H is a matrix, or a stack of them.

    >>> R, scale = in_unit_scale(np.array([[4.0, 1.0], [1.0, 1.0]]))
    >>> R.tolist(), scale.tolist()
    ([[1.0, 0.5], [0.5, 1.0]], [0.5, 1.0])
    """
    diagonal = H.diagonal(axis1=-2, axis2=-1)
    scale = 1.0 / np.sqrt(np.where(diagonal > FLAT, diagonal, np.inf))
    R = H * (scale[..., None] * scale[..., None, :])
    R.reshape(*R.shape[:-2], -1)[..., :: R.shape[-1] + 1] = 1.0
    return R, scale


def inverse_of_triangle(G: Floats) -> Floats:
    """Invert a lower triangle by halves: [A 0; M C]⁻¹ = [A⁻¹ 0; −C⁻¹MA⁻¹ C⁻¹].

    >>> inverse_of_triangle(np.array([[1.0, 0.0], [1.0, 2.0]])).tolist()
    [[1.0, 0.0], [-0.5, 0.5]]
    """
    if len(G) <= SMALL:
        return np.asarray(np.linalg.inv(G), np.float64)
    h = len(G) // 2
    B = np.zeros_like(G)
    A, C = B[:h, :h], B[h:, h:] = inverse_of_triangle(G[:h, :h]), inverse_of_triangle(G[h:, h:])
    B[h:, :h] = -C @ G[h:, :h] @ A
    return B


def inverse_root(R: Floats, least: float) -> Floats | None:
    """Give B with BᵀB = R⁻¹, NaN for NaN; None if R is not definite, or a pivot² ≤ `least`.

    >>> inverse_root(np.array([[4.0]]), 0.0).tolist(), inverse_root(np.ones((2, 2)), 0.0)
    ([[0.5]], None)
    """
    try:
        G = np.asarray(np.linalg.cholesky(R), np.float64)
    except np.linalg.LinAlgError:
        return None
    return None if (G.diagonal() <= least**0.5).any() else inverse_of_triangle(G)


def pseudo_inverse_root(R: Floats) -> Floats:
    """Give B (q, p) with BᵀB = R⁺, the inverse of R or its pseudo-inverse if R is singular.

    >>> B = pseudo_inverse_root(np.ones((2, 2)))
    >>> (B.T @ B).round(12).tolist()
    [[0.25, 0.25], [0.25, 0.25]]
    """
    tolerance = RANK_TOLERANCE * len(R)
    if (B := inverse_root(R, tolerance)) is not None:
        return B
    values, vectors = np.linalg.eigh(R)
    kept = values > tolerance
    return (vectors[:, kept] / np.sqrt(values[kept])).T


class Rooted(NamedTuple):
    """H = AᵀA + diag(ridge²) by A (q, p), and the length that rounding has in its columns (p,)."""

    A: Floats
    ridge: Floats
    last_bits: Floats


def inverse_root_of_rows(rows: Rooted) -> tuple[Floats, Floats]:
    """Give B (q, p) with BᵀB = (AᵀA + diag(ridge²))⁺, and the directions left out (k, p).

    The columns of A have a length of about 1. A direction is left out if it is no longer than
    rounding makes it, and the ridge along it is lost in a sum of squares.

    >>> inverse_root_of_rows(Rooted(np.array([[2.0]]), np.zeros(1), np.zeros(1)))[0].tolist()
    [[0.5]]
    """
    R, limit = np.linalg.qr(rows.A, "r"), RANK_TOLERANCE * len(rows.ridge)
    whole = np.vstack([R, np.diag(rows.ridge)])
    _, values, vectors = np.linalg.svd(whole, full_matrices=False)
    lost = limit + np.abs(vectors) @ rows.last_bits
    told = np.sqrt(((R @ vectors.T) ** 2).sum(axis=0)) > lost
    kept = told | (values**2 > limit)
    left_out = np.where(np.abs(vectors) > lost[:, None], vectors, 0.0)[~kept]
    return np.asarray(vectors[kept] / values[kept, None], np.float64), left_out


@dataclass(frozen=True, eq=False)
class Inverse:
    """H⁻¹ in unit scale: B (q, p) with BᵀB = R⁺, and 1/√Hⱼⱼ (p,).

    `left_out` (k, p) are the directions of u left out; None where H has kept its digits. They are
    `constant` where it is known that no row moves along them, at this u or any other.
    """

    root: Floats
    scale: Floats
    left_out: Floats | None
    constant: bool = False

    def __call__(self, g: Floats) -> Floats:
        """Give H⁻¹·g."""
        inner = self.scale[:, None] * g.reshape(len(self.scale), -1)
        return (self.scale[:, None] * (self.root.T @ (self.root @ inner))).reshape(g.shape)


def inverse_of(
    hessian: Floats,
    root: Callable[[], Rooted | None] | None = None,
    constant: Floats | None = None,
) -> Inverse:
    """Give H⁻¹ for H (p, c, p, c), or (p, p).

    Where columns depend on each other, they share what is to be done: in unit scale the answer
    is the shortest. Directions without curvature are left alone. Where H has lost the digits of
    some, a `root` of it is asked for, but not for those along which f is known to be `constant`.

    >>> inverse_of(np.array([[[[4.0]]]]))(np.array([[2.0]])).tolist()
    [[0.5]]
    """
    R, scale = in_unit_scale(hessian.reshape(int(hessian.size**0.5), -1))
    N = None
    if constant is not None and scale.all():  # with NNᵀ they curve like the others, till the end
        N = np.linalg.qr((constant / scale).T)[0]
    B = pseudo_inverse_root(R if N is None else R + N @ N.T)
    lost = len(B) < len(R) or float(np.vecdot(B, B).max()) > 1.0 / DOUBTFUL
    if root and lost and (rows := root()):
        B, left_out = inverse_root_of_rows(Rooted(*(each * scale for each in rows)))
        return Inverse(B, scale, left_out * scale)
    if N is None:
        return Inverse(B, scale, None)
    return Inverse(B - (B @ N) @ N.T, scale, constant, constant=True)
