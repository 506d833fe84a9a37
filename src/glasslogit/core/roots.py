"""Inverses and roots of symmetric matrices, taken in unit scale.

A symmetric H with a positive diagonal is

    H = D·R·D,   D = diag √Hⱼⱼ,   Rⱼⱼ = 1,   so that   BᵀB = R⁻¹   gives   (B·D⁻¹)ᵀ(B·D⁻¹) = H⁻¹

and what rounding does to R⁻¹ does not depend on the units of the columns. For a Cholesky factor
R = G·Gᵀ the root is B = G⁻¹, and the square of a pivot Gⱼⱼ is 1 − Rⱼ², the share of column j
which the columns before it do not explain. Who asks for a root says how small it may be.
"""

from collections.abc import Callable

import numpy as np

from glasslogit.core.losses import Floats

RANK_TOLERANCE = 10 * float(np.finfo(float).eps)  # times d: a smaller share is rounding
FLAT = 1e-300  # a curvature below it is none: its inverse is not a number
DOUBTFUL = 2.0**-26  # a share that has lost half of its digits
SMALL = 64  # a triangle that is inverted at once


def in_unit_scale(H: Floats) -> tuple[Floats, Floats]:
    """Give R and 1/√Hⱼⱼ (p,): 0, and a row of the identity in R, where H has no curvature.

    >>> R, scale = in_unit_scale(np.array([[4.0, 1.0], [1.0, 1.0]]))
    >>> R.tolist(), scale.tolist()
    ([[1.0, 0.5], [0.5, 1.0]], [0.5, 1.0])
    """
    scale = 1.0 / np.sqrt(np.where(H.diagonal() > FLAT, H.diagonal(), np.inf))
    R = H * np.multiply.outer(scale, scale)
    np.fill_diagonal(R, 1.0)
    return R, scale


def inverse_of_triangle(G: Floats) -> Floats:
    """Invert a lower triangle by halves: [A 0; M C]⁻¹ = [A⁻¹ 0; −C⁻¹MA⁻¹ C⁻¹].

    >>> inverse_of_triangle(np.array([[1.0, 0.0], [1.0, 2.0]])).tolist()
    [[1.0, 0.0], [-0.5, 0.5]]
    """
    if len(G) <= SMALL:
        return np.asarray(np.linalg.inv(G), np.float64)
    h = len(G) // 2
    A, C = inverse_of_triangle(G[:h, :h]), inverse_of_triangle(G[h:, h:])
    return np.block([[A, np.zeros((h, len(C)))], [-C @ G[h:, :h] @ A, C]])


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


def inverse_root_of_rows(A: Floats) -> Floats:
    """Give B (q, p) with BᵀB = (AᵀA)⁺ for A (n, p) with columns of length about 1.

    >>> inverse_root_of_rows(np.array([[2.0], [0.0]])).tolist()
    [[0.5]]
    """
    _, values, vectors = np.linalg.svd(np.linalg.qr(A, "r"), full_matrices=False)
    kept = values > RANK_TOLERANCE * A.shape[1]
    return np.asarray(vectors[kept] / values[kept, None], np.float64)


def hides(hessian: Floats) -> bool:
    """Tell whether H (p, c, p, c) is nearly flat along some classes and not along the others.

    Columns that depend on each other are flat for all classes alike.

    >>> H = np.array([[1.0, 1.0], [1.0, 1.0 + 1e-9]])
    >>> hides(H.reshape(1, 2, 1, 2)), hides(np.kron(H, np.eye(2)).reshape(2, 2, 2, 2))
    (True, False)
    """
    p, c = hessian.shape[:2]
    if c == 1:
        return False
    each, joint = hessian.reshape(p * c, -1), hessian.trace(axis1=1, axis2=3)
    flat = [(np.linalg.eigvalsh(in_unit_scale(H)[0]) < DOUBTFUL).sum() for H in (each, joint)]
    return bool(flat[0] != c * flat[1])


def is_doubtful(B: Floats) -> bool:
    """Tell whether B (q, p) with BᵀB = R⁺ leaves a direction out, or has lost half its digits."""
    return len(B) < B.shape[1] or float((B**2).sum(axis=1).max()) > 1.0 / DOUBTFUL


def inverse_of(
    hessian: Floats, root: Callable[[], Floats] | None = None
) -> Callable[[Floats], Floats]:
    """Give g ↦ H⁻¹·g for H (p, c, p, c), or (p, p).

    Where columns depend on each other, they share what is to be done: in unit scale the answer
    is the shortest. Directions without curvature are left alone. Where H `hides` one, a `root`
    A of it with AᵀA = H is asked for.

    >>> inverse_of(np.array([[[[4.0]]]]))(np.array([[2.0]])).tolist()
    [[0.5]]
    """
    R, scale = in_unit_scale(hessian.reshape(int(hessian.size**0.5), -1))
    B = pseudo_inverse_root(R)
    if root is not None and is_doubtful(B) and hides(hessian):
        B = inverse_root_of_rows(root() * scale)

    def solve(g: Floats) -> Floats:
        inner = scale[:, None] * g.reshape(len(R), -1)
        return (scale[:, None] * (B.T @ (B @ inner))).reshape(g.shape)

    return solve
