"""Laws of blocks: what is stored changes nothing, and no digits are lost that could be kept."""

from itertools import product

import numpy as np
import pytest
import scipy.sparse as sp

from glasslogit.core.block import Block
from glasslogit.core.blocks import less, make_block
from glasslogit.core.sparse_gram import sparse_gram, taken_apart

FORMS = {"dense": np.asarray, "sparse": sp.csr_array}


def block(form: str, X: np.ndarray, weight: np.ndarray | None = None) -> Block:
    n = len(X)
    weight = np.ones(n) if weight is None else weight
    return make_block(FORMS[form](X), np.zeros(n), weight, np.zeros((n, 1)))


@pytest.mark.parametrize("form", FORMS)
def test_a_column_varies_if_it_has_two_values_in_rows_with_weight(form: str) -> None:
    """Every column of three rows of −1, 0 and 1, with and without a row of weight 0."""
    X = np.array(list(product([-1.0, 0.0, 1.0], repeat=3))).T
    for weight in ([1.0, 2.0, 3.0], [0.0, 1.0, 1.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.0]):
        there = X[np.array(weight) > 0]
        wanted = (there != there[:1]).any(axis=0)
        which = np.arange(0, X.shape[1])
        found = block(form, X, np.array(weight)).varies(which)
        np.testing.assert_array_equal(found, wanted)
        np.testing.assert_array_equal(block(form, X, np.array(weight)).varies(which[::-2]),
                                      wanted[::-2])  # fmt: skip


@pytest.mark.parametrize("far", [0.0, 1.0, 1e3, 1e6, 1e9])
def test_squares_about_a_centre_keep_their_digits_in_either_form(far: float) -> None:
    """A full column far from 0 beside one that is mostly 0: Σ h(x − c)² by its definition."""
    rng = np.random.default_rng(0)
    X = np.column_stack([far + np.round(rng.normal(size=50), 3), rng.random(50) < 0.1])
    h, centre = rng.random((50, 2)), np.array([far, 0.1])
    wanted = np.vstack([((X - centre) ** 2).T @ h, h.sum(axis=0)])
    for form in FORMS:
        squares, first = block(form, X).moments(h, centre)
        np.testing.assert_allclose(squares, wanted, rtol=1e-8)
        size = np.abs(X).T @ h + np.abs(centre)[:, None] * h.sum(axis=0)
        assert (np.abs(first - (X - centre).T @ h) <= 1e-14 * size).all()


@pytest.mark.parametrize("d", [1, 2, 5, 17, 64, 65, 70])
@pytest.mark.parametrize("t", [1, 3, 8, 40])
@pytest.mark.parametrize("form", FORMS)
def test_grams_of_many_terms_are_those_of_each(form: str, t: int, d: int) -> None:
    """However they are made, they are Σ h·xxᵀ by its definition, also centred far from 0."""
    rng = np.random.default_rng(d)
    centre = 1e6 * np.ones(d) if form == "dense" else np.ones(d)
    X, h = centre + rng.normal(size=(1500, d)), rng.random((t, 1500)) ** 8
    one, moved = block(form, X), np.column_stack([X - centre, np.ones(1500)])
    grams = one.grams(lambda rows: h[:, rows], centre)
    wanted = np.stack([moved.T @ (each[:, None] * moved) for each in h])
    size = np.stack([np.abs(moved).T @ (each[:, None] * np.abs(moved)) for each in h])
    assert grams.shape == (t, d + 1, d + 1)
    assert (np.abs(grams - wanted) <= 1e-12 * size).all()


@pytest.mark.parametrize("kept", [0.0, 8.0, 1e9])
def test_a_sparse_gram_is_the_sum_over_rows_however_it_is_made(kept: float, monkeypatch) -> None:
    """For one h after another, of rows with all, some, one and no entries, and common columns."""
    monkeypatch.setattr("glasslogit.core.sparse_gram.KEPT_PRODUCTS", kept)
    monkeypatch.setattr("glasslogit.core.sparse_gram.ENTRIES_AT_ONCE", 7)
    rng = np.random.default_rng(0)
    often = np.array([1.0, 0.9, 0.5, 0.2, 0.05, 0.01, 0.0])
    X = rng.normal(size=(300, 7)) * (rng.random((300, 7)) < often)
    X[:3], X[3:5] = 0.0, rng.normal(size=(2, 7))
    rows, centre = block("sparse", X), rng.normal(size=7)
    moved = np.column_stack([X - centre, np.ones(300)])
    for _ in range(3):
        h = rng.random(300) * (rng.random(300) < 0.8)
        wanted = moved.T @ (h[:, None] * moved)
        np.testing.assert_allclose(rows.gram(h, centre), wanted, rtol=1e-10, atol=1e-10)
    assert sparse_gram(taken_apart(rows.X[:, :0], np.arange(0)), np.ones(300)).shape == (0, 0)
    for common in ([], [0, 2], list(range(7))):
        parts = taken_apart(rows.X, np.array(common, np.intp))
        assert (parts.products is None) == (kept == 0.0 and len(common) < 7)
        wanted = X.T @ (h[:, None] * X)
        np.testing.assert_allclose(sparse_gram(parts, h), wanted, rtol=1e-10, atol=1e-10)


def test_products_of_many_columns_are_the_same_in_any_layout() -> None:
    """From `LONG` columns on a dot product of each row replaces the product of matrices."""
    rng = np.random.default_rng(0)
    for d in (39, 40, 41, 100):
        X, theta = rng.normal(size=(7, d)), rng.normal(size=(d + 1, 1))
        wanted = X @ theta[:-1] + theta[-1]
        for form in (X, np.asfortranarray(X), sp.csr_array(X)):
            one = make_block(form, np.zeros(7), np.ones(7), np.full((7, 1), 0.5))
            np.testing.assert_allclose(one.product(theta), wanted, rtol=1e-12, atol=1e-13)
            np.testing.assert_allclose(one.margins(theta), wanted + 0.5, rtol=1e-12, atol=1e-13)
            size = np.abs(X) @ np.abs(theta[:-1]) + np.abs(theta[-1])
            np.testing.assert_allclose(one.absolute_product(theta), size, rtol=1e-12)
            each = np.vstack([one.take(np.array([i])).margins_by_row(theta) for i in range(7)])
            np.testing.assert_array_equal(one.margins_by_row(theta), each)


@pytest.mark.parametrize("form", FORMS)
def test_rows_are_given_taken_and_joined_as_they_stand(form: str) -> None:
    rng = np.random.default_rng(0)
    X = rng.integers(-1, 2, size=(6, 3)).astype(float)
    y, weight, offset = np.arange(6), rng.random(6), rng.normal(size=(6, 2))
    whole = make_block(FORMS[form](X), y, weight, offset, first=10)
    assert whole.rows == slice(10, 16)
    for i in range(6):
        np.testing.assert_array_equal(whole.entries(slice(None), slice(i, i + 1)), X[[i]])
    for columns in (slice(1, 3), np.array([2, 0]), np.array([], int)):
        np.testing.assert_array_equal(whole.entries(columns), X[:, columns])
    order = np.array([4, 0, 1])
    some, rest = whole.take(order), whole.take(np.array([2, 3, 5]))
    both = some.join([some, rest])
    places = np.append(order, [2, 3, 5])
    np.testing.assert_array_equal(both.entries(slice(None)), X[places])
    for name, given in (("y", y), ("weight", weight), ("offset", offset)):
        np.testing.assert_array_equal(getattr(both, name), given[places])


@pytest.mark.parametrize("form", FORMS)
def test_columns_less_a_number_each(form: str) -> None:
    rng = np.random.default_rng(0)
    X = rng.integers(0, 3, size=(6, 4)).astype(float)
    shift = np.array([0.0, 2.0, -1.0, 0.0])
    found = less(FORMS[form](X), shift)
    assert sp.issparse(found) == (form == "sparse")
    np.testing.assert_array_equal(found.toarray() if form == "sparse" else found, X - shift)


@pytest.mark.parametrize("form", FORMS)
def test_products_of_rows_go_by_tiles(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    X, centre, scale = rng.normal(size=(5, 7)), rng.normal(size=7), rng.random(7) + 0.5
    Z = (X - centre) / scale
    for tile in (1, 10, 12, 2**17):
        monkeypatch.setattr("glasslogit.core.dense_block.TILE", tile)
        found = block(form, X).row_gram(centre, scale)
        np.testing.assert_allclose(found, Z @ Z.T, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("form", FORMS)
def test_a_block_without_weight_has_a_mean(form: str) -> None:
    X = np.array([[3.0, 0.0], [3.0, 5.0]])
    found = block(form, X, np.zeros(2)).mean()
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(block(form, X, np.array([1.0, 3.0])).mean(), [3.0, 3.75])


def test_rows_that_are_float64_already_are_not_copied() -> None:
    X = np.random.default_rng(0).normal(size=(9, 4)) * (np.arange(4) != 2)
    assert np.shares_memory(block("dense", X).X, X)
    stored = sp.csr_array(X)
    unused = np.zeros(9)
    held = make_block(stored, unused, unused, unused[:, None]).X
    assert np.shares_memory(held.data, stored.data)
    assert np.shares_memory(held.indices, stored.indices)
    twice = sp.csr_array((np.ones(4), np.array([1, 1, 0, 2]), np.array([0, 2, 4])), shape=(2, 3))
    made = make_block(twice, unused[:2], unused[:2], unused[:2, None]).X
    np.testing.assert_array_equal(made.toarray(), [[0, 2, 0], [1, 0, 1]])
    assert twice.nnz == 4  # what was given stays as it is
