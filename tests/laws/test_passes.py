"""Laws of the sums over rows, for every loss and every kind of source.

Value, gradient, Hessian, Hessian product, diagonal and line agree with each other, and the
storage of the rows, their split and the number of threads change nothing.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glasslogit.core import kept_margins as kept
from glasslogit.core import objective, passes, unsquared
from glasslogit.core.losses import Floats
from glasslogit.core.source import Source
from glasslogit.optimum.separation import SignedMargins
from glasslogit.sources import ArraySource
from problems import LOSSES, SOURCES, make_rows, make_source


def ask(source: Source, loss, theta: Floats) -> objective.SecondOrder:
    """Give the sums, and the Hessian that they make up."""
    value, gradient, grams = source.sum(passes.Quadratic(loss, theta, np.zeros(4)))
    H = passes.hessian(grams, loss.contrasts(theta.shape[1]))
    return objective.SecondOrder(theta, value, gradient, H)


def draw(_loss, c: int, seed: int = 0) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(5, c)) / 3, rng.normal(size=(5, c))


def test_gradient_is_the_slope_of_the_value(kind: str, loss) -> None:
    loss, c = loss
    source = make_source(kind, make_rows(loss, c))
    theta, d = draw(loss, c)
    h = 1e-5
    up, down = (source.sum(passes.Value(loss, theta + t * d)).total for t in (h, -h))
    value, gradient = source.sum(passes.ValueAndGradient(loss, theta))
    np.testing.assert_allclose(np.vdot(gradient, d), (up - down) / (2 * h), rtol=1e-7)
    assert value == source.sum(passes.Value(loss, theta)).total


def test_hessian_is_the_slope_of_the_gradient(kind: str, loss) -> None:
    loss, c = loss
    source = make_source(kind, make_rows(loss, c))
    theta, d = draw(loss, c)
    h = 1e-5
    up, down = (source.sum(passes.ValueAndGradient(loss, theta + t * d)).gradient for t in (h, -h))
    hessian = ask(source, loss, theta).hessian
    along = np.tensordot(hessian, d, axes=2)
    np.testing.assert_allclose(along, (up - down) / (2 * h), rtol=1e-6, atol=1e-6)


def test_kept_margins_give_the_same_sums(kind: str, loss) -> None:
    loss, c = loss
    source = make_source(kind, make_rows(loss, c))
    theta, d = draw(loss, c)
    margins = np.concatenate(source.map(lambda block: block.margins(theta)))
    standing, whole = source.sum(kept.AtMargins(loss, margins)), ask(source, loss, theta)
    assert standing.value == whole.value
    assert np.array_equal(standing.gradient, whole.gradient)
    curved = source.sum(kept.HessianProduct(loss, np.concatenate(standing.p), d))
    along = np.tensordot(whole.hessian, d, axes=2)
    np.testing.assert_allclose(along, curved.total, rtol=1e-11, atol=1e-10)
    further = np.concatenate(source.map(lambda block: block.margins(theta + 0.5 * d)))
    moved = margins + 0.5 * np.concatenate(curved.change)
    np.testing.assert_allclose(further, moved, rtol=1e-11, atol=1e-11)


def test_hessian_is_symmetric_and_not_negative(kind: str, loss) -> None:
    loss, c = loss
    theta, _ = draw(loss, c)
    hessian = ask(make_source(kind, make_rows(loss, c)), loss, theta).hessian
    flat = hessian.reshape(5 * c, 5 * c)
    np.testing.assert_allclose(flat, flat.T, atol=1e-12 * np.abs(flat).max())
    assert np.linalg.eigvalsh(flat).min() > -1e-10 * np.abs(flat).max()


def test_diagonal_is_that_of_the_centred_hessian(kind: str, loss) -> None:
    """With the class vectors b of each term it gives H of every column with itself."""
    loss, c = loss
    rows = make_rows(loss, c)
    theta, _ = draw(loss, c)
    centre = np.array([0.5, -1.0, 0.0, 2.0])
    value, gradient, total, cross = make_source(kind, rows).sum(
        passes.Diagonal(loss, theta, centre, None)
    )
    alone = make_source(kind, rows).sum(passes.ValueAndGradient(loss, theta))
    assert value == alone.value
    np.testing.assert_array_equal(gradient, alone.gradient)
    moved = ArraySource(rows.X - centre, rows.y, rows.weight, rows.offset)
    shifted = np.vstack([theta[:-1], theta[-1] + centre @ theta[:-1]])
    hessian = ask(moved, loss, shifted).hessian
    b = loss.contrasts(c)
    own = np.einsum("jt,tk,tl->jkl", total, b, b)
    np.testing.assert_allclose(own, np.einsum("jkjl->jkl", hessian), rtol=1e-10, atol=1e-12)
    with_intercept = np.einsum("jt,tk,tl->jkl", cross, b, b)
    np.testing.assert_allclose(with_intercept, hessian[:-1, :, -1], rtol=1e-9, atol=1e-10)


def test_diagonal_along_class_axes(loss) -> None:
    loss, c = loss
    source = make_source("dense", make_rows(loss, c))
    theta, _ = draw(loss, c)
    axes = np.linalg.qr(np.random.default_rng(1).normal(size=(c, c)))[0]
    total = source.sum(passes.Diagonal(loss, theta, np.zeros(4), axes)).total
    turned = np.einsum("jkjl,km,lm->jm", ask(source, loss, theta).hessian, axes, axes)
    np.testing.assert_allclose(total, turned, rtol=1e-10)


def test_roots_are_those_of_the_hessian(kind: str, loss) -> None:
    loss, c = loss
    rows = make_rows(loss, c)
    theta, _ = draw(loss, c)
    centre = np.array([0.5, -1.0, 0.0, 2.0])
    roots = make_source(kind, rows).sum(unsquared.Roots(loss, theta, centre)).roots
    moved = ArraySource(rows.X - centre, rows.y, rows.weight, rows.offset)
    shifted = np.vstack([theta[:-1], theta[-1] + centre @ theta[:-1]])
    b = loss.contrasts(c)
    total = np.einsum("tqi,tqj,tk,tl->ikjl", roots, roots, b, b)
    np.testing.assert_allclose(total, ask(moved, loss, shifted).hessian, rtol=1e-9, atol=1e-10)


def test_line_is_the_value_at_each_step(kind: str, loss) -> None:
    loss, c = loss
    source = make_source(kind, make_rows(loss, c))
    theta, d = draw(loss, c)
    steps = (1.0, 0.5, 0.0, -2.0)
    values = source.sum(passes.AlongLine(loss, theta, d, steps)).total
    wanted = [source.sum(passes.Value(loss, theta + t * d)).total for t in steps]
    np.testing.assert_allclose(values, wanted, rtol=1e-13)


def test_moments_are_those_of_the_columns(kind: str, loss) -> None:
    loss, c = loss
    rows = make_rows(loss, c)
    moments = make_source(kind, rows).sum(passes.Moments(loss))
    mean = np.average(rows.X, axis=0, weights=rows.weight)
    assert moments.rows == 700
    np.testing.assert_allclose(moments.weight, rows.weight.sum())
    np.testing.assert_allclose(moments.mean, mean, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(moments.scatter, rows.weight @ (rows.X - mean) ** 2, rtol=1e-12)
    at_zero = loss.evaluate(np.zeros((700, c)), rows.y).residual
    np.testing.assert_allclose(moments.residual, rows.weight @ at_zero, rtol=1e-11, atol=1e-11)


def test_moments_do_not_cancel_where_the_mean_is_large() -> None:
    rng = np.random.default_rng(0)
    X = 1e9 + rng.normal(size=(20_000, 1))
    ones = np.ones(20_000)
    source = ArraySource(X, ones, ones, np.zeros((20_000, 1)))
    moments = source.sum(passes.Moments(LOSSES["binomial"][0]))
    np.testing.assert_allclose(moments.scatter / 20_000, X.var(axis=0), rtol=1e-6)


def test_signed_margins_are_the_extremes_over_weighted_rows(kind: str) -> None:
    loss, c = LOSSES["softmax"]
    rows = make_rows(loss, c)
    rows.weight[::2] = 0.0
    theta, _ = draw(loss, c)
    extremes = make_source(kind, rows).sum(SignedMargins(loss, theta))
    z = rows.X @ theta[:-1] + theta[-1]
    signed = loss.signed_margins(z, rows.y)[1::2]
    np.testing.assert_allclose(extremes, (signed.min(), signed.max()), rtol=1e-12)


@pytest.mark.parametrize("name", list(LOSSES))
def test_every_storage_gives_the_same_sums(kind: str, name: str) -> None:
    loss, c = LOSSES[name]
    rows = make_rows(loss, c)
    theta, _ = draw(loss, c)
    plain = ask(make_source("dense", rows), loss, theta)
    other = ask(make_source(kind, rows), loss, theta)
    for one, two in zip(plain, other, strict=True):
        np.testing.assert_allclose(two, one, rtol=1e-12, atol=1e-10)


@pytest.mark.parametrize("storage", ["float32", "integer", "strided"])
def test_dtype_and_layout_do_not_change_a_bit(storage: str) -> None:
    loss, c = LOSSES["softmax"]
    rows = make_rows(loss, c)
    theta, _ = draw(loss, c)
    one = ask(make_source("dense", rows), loss, theta)
    two = ask(make_source(storage, rows), loss, theta)
    assert one.value == two.value
    assert np.array_equal(one.gradient, two.gradient)


@given(cuts=st.lists(st.integers(1, 699), max_size=5), name=st.sampled_from(list(LOSSES)))
def test_any_split_of_the_rows_gives_the_same_sums(cuts: list[int], name: str) -> None:
    loss, c = LOSSES[name]
    rows = make_rows(loss, c)
    theta, _ = draw(loss, c)
    parts = [
        ArraySource(*(a[start:stop] for a in rows.arrays))
        for start, stop in zip([0, *sorted(set(cuts))], [*sorted(set(cuts)), 700], strict=True)
    ]
    for question in (
        passes.Quadratic(loss, theta, np.zeros(4)),
        passes.Moments(loss),
        SignedMargins(loss, theta),
    ):
        whole = make_source("dense", rows).sum(question)
        merged = parts[0].sum(question)
        for part in parts[1:]:
            merged = question.merge(merged, part.sum(question))
        for one, two in zip(whole, merged, strict=True):
            np.testing.assert_allclose(two, one, rtol=1e-11, atol=1e-9)


@pytest.mark.parametrize("kind", ["dense", "csr_array"])
@pytest.mark.parametrize("name", list(LOSSES))
def test_threads_do_not_change_a_bit(kind: str, name: str) -> None:
    loss, c = LOSSES[name]
    rows = make_rows(loss, c, n=90_000)
    theta, _ = draw(loss, c)
    one, two, five = (ask(make_source(kind, rows, threads), loss, theta) for threads in (1, 2, 5))
    for other in (two, five):
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_the_same_partition_in_batches_gives_the_same_bits() -> None:
    from glasslogit.sources import BatchSource
    from glasslogit.sources.arrays import rows_per_block

    loss, c = LOSSES["binomial"]
    rows = make_rows(loss, c, n=50_000)
    theta, _ = draw(loss, c)
    size = rows_per_block(rows.X)
    cuts = [slice(start, start + size) for start in range(0, 50_000, size)]
    batches = BatchSource(lambda: (tuple(a[cut] for a in rows.arrays) for cut in cuts))
    one, two = ask(make_source("dense", rows), loss, theta), ask(batches, loss, theta)
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))


def test_weights_of_zero_are_rows_left_out(kind: str, loss) -> None:
    loss, c = loss
    rows = make_rows(loss, c)
    theta, _ = draw(loss, c)
    rows.weight[100:400] = 0.0
    kept = np.r_[0:100, 400:700]
    part = ArraySource(*(a[kept] for a in rows.arrays))
    for one, two in zip(
        ask(make_source(kind, rows), loss, theta), ask(part, loss, theta), strict=True
    ):
        np.testing.assert_allclose(one, two, rtol=1e-11, atol=1e-10)


def test_no_weights_are_weights_of_one_to_the_bit() -> None:
    loss, c = LOSSES["binomial"]
    rows = make_rows(loss, c, n=20_000)
    theta, _ = draw(loss, c)
    free = ArraySource(rows.X, rows.y, np.broadcast_to(1.0, (20_000,)), rows.offset)
    ones = ArraySource(rows.X, rows.y, np.ones(20_000), rows.offset)
    assert all(
        np.array_equal(a, b)
        for a, b in zip(ask(free, loss, theta), ask(ones, loss, theta), strict=True)
    )


def test_sparse_entries_given_twice_are_added() -> None:
    import scipy.sparse as sp

    loss, _ = LOSSES["binomial"]
    twice = sp.csr_array(
        (np.array([1.0, 2.0, 1.0]), np.array([0, 0, 1]), np.array([0, 2, 3])), shape=(2, 2)
    )
    arrays = np.ones(2), np.ones(2), np.zeros((2, 1))
    question = passes.Diagonal(loss, np.zeros((3, 1)), np.ones(2), np.eye(1))
    one = ArraySource(twice, *arrays).sum(question).total
    two = ArraySource(twice.toarray(), *arrays).sum(question).total
    np.testing.assert_allclose(one, two)
    assert len(twice.data) == 3  # the user's matrix is as it was


def test_unaligned_memory_changes_nothing() -> None:
    loss, c = LOSSES["binomial"]
    rows = make_rows(loss, c)
    theta, _ = draw(loss, c)
    raw = np.zeros(rows.X.nbytes + 3, np.uint8)
    crooked = raw[3:].view(np.float64).reshape(rows.X.shape)
    crooked[:] = rows.X
    assert not crooked.flags.aligned
    one = ask(ArraySource(*rows.arrays), loss, theta)
    two = ask(ArraySource(crooked, rows.y, rows.weight, rows.offset), loss, theta)
    assert np.array_equal(one.hessian, two.hessian)


@pytest.mark.parametrize("kind", SOURCES)
def test_minibatches_hold_every_row_once(kind: str) -> None:
    loss, c = LOSSES["binomial"]
    rows = make_rows(loss, c)
    source = make_source(kind, rows)
    batches = list(source.minibatches(64, np.random.default_rng(0)))
    assert source.passes == 1
    assert max(len(batch.weight) for batch in batches) == 64
    np.testing.assert_allclose(
        np.sort(np.hstack([b.weight for b in batches])), np.sort(rows.weight)
    )
    total = sum(passes.ValueAndGradient(loss, np.zeros((5, 1)))(b).gradient for b in batches)
    whole = source.sum(passes.ValueAndGradient(loss, np.zeros((5, 1)))).gradient
    np.testing.assert_allclose(total, whole, rtol=1e-10, atol=1e-10)


def test_passes_are_counted(kind: str) -> None:
    loss, c = LOSSES["binomial"]
    source = make_source(kind, make_rows(loss, c))
    source.sum(passes.Value(loss, np.zeros((5, 1))))
    assert sum(source.map(lambda block: len(block.weight))) == 700
    assert source.passes == 2
