"""Laws of inverses and roots: what is too small is left out, and nothing else."""

import numpy as np
import pytest

from glasslogit.core.roots import (
    DOUBTFUL,
    FLAT,
    RANK_TOLERANCE,
    Inverse,
    Rooted,
    in_unit_scale,
    inverse_of,
    inverse_of_triangle,
    inverse_root,
    inverse_root_of_rows,
    pseudo_inverse_root,
)


def correlated(share: float, p: int = 2) -> np.ndarray:
    """Give R of p columns of which the last keeps a share of its own."""
    R = np.eye(p)
    R[0, -1] = R[-1, 0] = (1.0 - share) ** 0.5
    return R


@pytest.mark.parametrize("p", [1, 2, 63, 64, 65, 66, 130])
def test_a_triangle_is_inverted_at_once_or_by_halves(p: int) -> None:
    G = np.tril(np.random.default_rng(p).normal(size=(p, p)) / p) + np.eye(p)
    found = inverse_of_triangle(G)
    np.testing.assert_allclose(found @ G, np.eye(p), atol=1e-12)
    assert not np.triu(found, 1).any()


@pytest.mark.parametrize("least", [0.0, 1e-4, 0.25])
def test_a_pivot_has_to_leave_more_than_the_least_share(least: float) -> None:
    for share in (least * 0.98, least * 1.02):
        if share:
            found = inverse_root(correlated(share), least)
            assert (found is None) == (share < least)
            if found is not None:
                np.testing.assert_allclose(
                    found.T @ found @ correlated(share), np.eye(2), atol=1e-9
                )
    assert inverse_root(np.array([[-1.0]]), 0.0) is None


def test_without_curvature_there_is_a_row_of_the_identity() -> None:
    for small, scaled in ((FLAT, 0.0), (2 * FLAT, (2 * FLAT) ** -0.5), (0.0, 0.0), (-1.0, 0.0)):
        R, scale = in_unit_scale(np.diag([4.0, small]))
        np.testing.assert_array_equal(R, np.eye(2))
        np.testing.assert_allclose(scale, [0.5, scaled])


@pytest.mark.parametrize("p", [2, 10])
def test_dependent_columns_share_and_independent_ones_do_not(p: int) -> None:
    """A share of its own below `RANK_TOLERANCE` times p is rounding."""
    for share, rank in ((0.0, p - 1), (4 * p * RANK_TOLERANCE, p), (1e-3, p)):
        R = correlated(share, p)
        B = pseudo_inverse_root(R)
        assert len(B) == rank
        if share in {0.0, 1e-3}:  # else no digits are left
            np.testing.assert_allclose(R @ (B.T @ B) @ R, R, atol=1e-9)


def rooted(A: np.ndarray, ridge: float = 0.0, last_bits: float = 0.0) -> Rooted:
    p = A.shape[1]
    return Rooted(A, np.full(p, ridge), np.full(p, last_bits))


def test_rows_have_the_pseudo_inverse_of_their_gram_and_the_rest_is_left_out() -> None:
    A = np.random.default_rng(0).normal(size=(9, 3)) / 3
    for rows in (A, np.column_stack([A, A[:, 0]]), A[:2]):
        B, left_out = inverse_root_of_rows(rooted(rows))
        np.testing.assert_allclose(B.T @ B, np.linalg.pinv(rows.T @ rows, rcond=1e-12), atol=1e-8)
        assert len(B) == np.linalg.matrix_rank(rows)
        assert len(B) + len(left_out) == rows.shape[1]
        np.testing.assert_allclose(rows @ left_out.T, 0.0, atol=1e-12)


def test_a_ridge_holds_what_the_rows_leave_open() -> None:
    A = np.random.default_rng(0).normal(size=(2, 3)) / 3
    B, left_out = inverse_root_of_rows(rooted(A, ridge=0.1))
    np.testing.assert_allclose(B.T @ B, np.linalg.inv(A.T @ A + 0.01 * np.eye(3)), rtol=1e-9)
    assert len(left_out) == 0


def test_a_direction_no_longer_than_the_last_bits_of_its_columns_is_left_out() -> None:
    """One of length s along (1, −1)/√2 meets the bits b of both columns: b·√2 in all."""
    bits = 1e-9
    for length, rank in ((bits, 1), (2 * bits, 2)):
        across, along = np.array([[1.0, 1.0]]) / 2**0.5, np.array([[1.0, -1.0]]) / 2**0.5
        B, left_out = inverse_root_of_rows(rooted(np.vstack([across, length * along]), 0.0, bits))
        assert len(B) == rank
        assert len(left_out) == 2 - rank
        np.testing.assert_allclose(np.abs(left_out @ across.T), 0.0, atol=1e-12)


@pytest.mark.parametrize("shape", [(1, 2, 1, 2), (2, 1, 2, 1)])
def test_a_root_is_asked_for_only_where_half_of_the_digits_are_lost(shape) -> None:
    """The least eigenvalue of two columns is half of the share that one keeps of its own."""
    asked = []

    def inverse(share: float) -> Inverse:
        H = correlated(share)

        def root() -> Rooted:
            asked.append(share)
            return rooted(np.linalg.cholesky(H).T)

        found = inverse_of(H.reshape(shape), root)
        g = np.array([1.0, -1.0])
        np.testing.assert_allclose(found(g), np.linalg.solve(H, g), rtol=1e-6)
        return found

    for share, told in ((1.0, False), (2.2 * DOUBTFUL, False), (1.8 * DOUBTFUL, True)):
        asked.clear()
        assert (inverse(share).left_out is not None) == told
        assert asked == [share] * told
    assert inverse_of(correlated(DOUBTFUL / 10)).left_out is None  # there is none to ask


@pytest.mark.parametrize("shape", [(4,), (2, 2), (4, 3)])
def test_solving_keeps_the_shape_and_leaves_flat_directions_alone(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    A = rng.normal(size=(6, 4)) * [1.0, 1e3, 1e-3, 0.0]
    H, g = A.T @ A, rng.normal(size=shape)
    found = inverse_of(H)(g)
    assert found.shape == shape
    flat, given = found.reshape(4, -1), g.reshape(4, -1)
    np.testing.assert_array_equal(flat[3], 0)
    np.testing.assert_allclose((H @ flat)[:3], given[:3], rtol=1e-6)


def test_columns_that_are_one_share_what_is_to_be_done() -> None:
    """In unit scale the answer is the shortest."""
    H = np.outer([1.0, 2.0], [1.0, 2.0])
    found = inverse_of(H)(np.array([4.0, 8.0]))
    np.testing.assert_allclose(found, [2.0, 1.0], rtol=1e-9)
