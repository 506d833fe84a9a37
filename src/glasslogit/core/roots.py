"""Inverses and roots of symmetric matrices."""

from collections.abc import Callable

import numpy as np

from glasslogit.core.losses import Floats

DEPENDENT = 10 * float(np.finfo(float).eps)  # times d: a smaller unexplained share is rounding
FLAT = 1e-300  # a curvature below it is none: its inverse is not a number
SMALL = 64  # a matrix that is inverted at once


def inverse_of(hessian: Floats) -> Callable[[Floats], Floats]:
    """Give g ↦ H⁻¹·g for H (p, c, p, c), or (p, p).

    Where columns depend on each other, they share what is to be done. H is scaled to a unit
    diagonal; in that scale the answer is the shortest. The square of a pivot of its Cholesky
    factor is then 1 − R², the share of that column which the columns before it do not explain.
    Directions without curvature are left alone.

    >>> inverse_of(np.array([[[[4.0]]]]))(np.array([[2.0]])).tolist()
    [[0.5]]
    """
    H = hessian.reshape(int(hessian.size**0.5), -1)
    scale = 1.0 / np.sqrt(np.where(H.diagonal() > FLAT, H.diagonal(), np.inf))
    unit = H * np.multiply.outer(scale, scale)
    np.fill_diagonal(unit, 1.0)
    B = inverse_root(unit)

    def solve(g: Floats) -> Floats:
        inner = scale[:, None] * g.reshape(len(H), -1)
        return (scale[:, None] * (B.T @ (B @ inner))).reshape(g.shape)

    return solve


def inverse_root(unit: Floats) -> Floats:
    """Give B with BᵀB = R⁻¹ for a symmetric matrix R with a unit diagonal.

    A singular R is inverted in what it does not lose.

    >>> B = inverse_root(np.ones((2, 2)))
    >>> (B.T @ B).round(12).tolist()
    [[0.25, 0.25], [0.25, 0.25]]
    """
    try:
        factor = np.asarray(np.linalg.cholesky(unit), np.float64)
    except np.linalg.LinAlgError:
        factor = np.zeros((1, 1))
    tiny = DEPENDENT * len(unit)
    if (factor.diagonal() ** 2).min(initial=1.0) > tiny:
        return inverse_of_triangle(factor)
    values, vectors = np.linalg.eigh(unit)
    kept = values > tiny
    return (vectors[:, kept] / np.sqrt(values[kept])).T


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


def has_inverse(covariance: Floats) -> bool:
    """Tell whether no combination of the estimates is without any error.

    >>> has_inverse(np.eye(2)), has_inverse(np.ones((2, 2)))
    (True, False)
    """
    scale = np.sqrt(covariance.diagonal())
    correlations = covariance / np.outer(scale, scale) if scale.all() else covariance
    return bool(np.linalg.matrix_rank(correlations) == len(scale))


def root_of(V: Floats) -> Floats:
    """Give F with FFᵀ = V for a covariance V.

    >>> root_of(np.array([[4.0]])).tolist()
    [[2.0]]
    """
    scale = np.sqrt(V.diagonal())
    values, vectors = np.linalg.eigh(V / np.outer(scale, scale))
    return scale[:, None] * vectors * np.sqrt(np.maximum(values, 0.0))


INVERTIBLE = 1e-8  # the least share of a column, in a Hessian, that the others may leave


def inverted(H: Floats) -> Floats | None:
    """Give H⁻¹, or None where rounding could have made H regular."""
    diagonal = H.diagonal()
    if not (diagonal > 0).all():
        return None
    scale = 1.0 / np.sqrt(diagonal)
    try:
        factor = np.linalg.cholesky(H * np.multiply.outer(scale, scale))
    except np.linalg.LinAlgError:
        return None
    if (factor.diagonal() ** 2).min(initial=1.0) < INVERTIBLE:
        return None
    half = np.linalg.inv(factor) * scale
    return half.T @ half
