"""Laws of sources: what a sample stands for, and what a column less a number keeps."""

import numpy as np
import pytest
import scipy.sparse as sp

from glasslogit.core.losses import Binomial
from glasslogit.core.passes import Moments
from glasslogit.core.source import chances, draw_rows
from glasslogit.sources import ArraySource, BatchSource


def rows(n: int = 4000) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 3))
    return X, (rng.random(n) < 0.02).astype(int), rng.random(n) + 0.5, np.zeros((n, 1))


def source(kind: str, X, y, weight, offset):
    if kind == "batches":
        cuts = [slice(0, 1500), slice(1500, 1501), slice(1501, None)]
        return BatchSource(lambda: ((X[c], y[c], weight[c], offset[c]) for c in cuts))
    return ArraySource(sp.csr_array(X) if kind == "sparse" else X, y, weight, offset)


def test_a_row_is_drawn_half_for_itself_and_half_for_its_class() -> None:
    y = np.repeat([0, 1, 3], [90, 9, 1])
    found = chances(y, 0.05)
    for label, size in ((0, 90), (1, 9), (3, 1)):
        wanted = min(0.05 * (1 + 100 / 3 / size) / 2, 1.0)
        np.testing.assert_allclose(found[y == label], wanted)
    np.testing.assert_allclose(chances(y, 1.0)[y == 3], 1.0)
    shares = np.array([0.0, 0.25, 1.0, 0.5])  # fractions of events are one class
    np.testing.assert_allclose(chances(shares, 0.3), 0.3)
    assert chances(np.array([], int), 0.3).shape == (0,)


@pytest.mark.parametrize("share", [0.02, 0.03])
def test_a_sample_stands_for_all_rows_with_weight(share: float) -> None:
    """Weights are on average those of all; rows without weight are never drawn."""
    _, y, weight, _ = rows(20_000)
    weight[::2] = 0.0
    drawn, given = draw_rows(y, weight, share, np.random.default_rng(1))
    assert (weight[drawn] > 0).all()
    assert len(np.unique(drawn)) == len(drawn)
    assert len(drawn) == pytest.approx(share * len(y), rel=0.15)  # others take their places
    assert given.sum() == pytest.approx(weight.sum(), rel=0.15)
    rare = y[drawn] == 1
    assert given[rare].sum() == pytest.approx(weight[y == 1].sum(), rel=0.2)
    np.testing.assert_allclose(
        given / weight[drawn], 1 / chances(y[weight > 0], share * 2)[np.searchsorted(
            np.flatnonzero(weight > 0), drawn)]
    )  # fmt: skip
    assert len(draw_rows(y, 0 * weight, share, np.random.default_rng(1))[0]) == 0


@pytest.mark.parametrize("kind", ["dense", "sparse", "batches"])
def test_a_sample_is_drawn_once_and_holds_rows_as_they_are(kind: str) -> None:
    X, y, weight, offset = rows()
    whole = source(kind, X, y, weight, offset)
    part = whole.sample(0.1, 3)
    assert whole.sample(0.1, 3) is part
    assert whole.sample(0.1, 4) is not part
    assert whole.sample(0.2, 4) is not whole.sample(0.1, 4)
    held = part.X.toarray() if kind == "sparse" else np.asarray(part.X)
    place = [int(np.flatnonzero((row == X).all(axis=1)).item()) for row in held[:40]]
    np.testing.assert_array_equal(part.y[:40], y[place])
    assert (part.weight[:40] >= weight[place]).all()


@pytest.mark.parametrize("kind", ["dense", "sparse", "batches"])
def test_columns_less_a_number_are_those_that_were_given_less_it(kind: str) -> None:
    """However often it is done; and none less is the source as it was given."""
    X, y, weight, offset = rows(2000)
    first = source(kind, X, y, weight, offset)
    first.passes = 7
    shift = np.array([2.0, 0.0, -1.0])
    moved = first.less(np.array([5.0, 1.0, 0.0])).less(shift)
    assert moved.passes == 7
    np.testing.assert_array_equal(moved.shift, shift)
    assert moved.given is first
    assert moved.less(0 * shift) is first
    assert first.shift is None
    mean = moved.sum(Moments(Binomial())).mean
    np.testing.assert_allclose(mean, weight @ X / weight.sum() - shift, atol=1e-12)
    some = moved.columns(np.array([2, 0])).sum(Moments(Binomial())).mean
    np.testing.assert_allclose(some, mean[[2, 0]], atol=1e-12)
    part = moved.sample(0.1, 0)
    plain = first.sample(0.1, 0)
    np.testing.assert_allclose(
        part.sum(Moments(Binomial())).mean, plain.sum(Moments(Binomial())).mean - shift, atol=1e-12
    )


def test_moments_of_rows_without_weight_are_those_of_the_others() -> None:
    """In either order, and where a whole set of rows has none."""
    X, y, weight, offset = rows(40)
    X[:, 1], X[:20, 2], X[20:, 2] = 3.0, 1.0, 2.0
    question = Moments(Binomial())
    for empty in (slice(0, 20), slice(20, 40)):
        light = weight.copy()
        light[empty] = 0.0
        parts = [
            ArraySource(X[c], y[c], light[c], offset[c]).sum(question)
            for c in (slice(0, 20), slice(20, 40))
        ]
        found = question.merge(*parts)
        there = light > 0
        np.testing.assert_allclose(found.mean, light @ X / light.sum(), rtol=1e-12)
        np.testing.assert_allclose(
            found.scatter, light @ (X - found.mean) ** 2, rtol=1e-9, atol=1e-12
        )
        np.testing.assert_array_equal(found.varies, [True, False, False])
        np.testing.assert_array_equal(found.first, X[there][0])
        assert found.rows == 40
    both = [ArraySource(X[c], y[c], weight[c], offset[c]).sum(question)
            for c in (slice(0, 20), slice(20, 40))]  # fmt: skip
    np.testing.assert_array_equal(question.merge(*both).varies, [True, False, True])
