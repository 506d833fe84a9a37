"""Laws of the split: a partition, the same every time, in proportion, of any kind of array."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from glasslogit.errors import InputError
from glasslogit.evaluate import split_rows, train_test_split


@given(st.integers(2, 200), st.floats(0.01, 0.99), st.integers(0, 2**32))
def test_every_row_is_in_one_part(n, test_size, seed):
    if np.ceil(test_size * n - 1e-8) >= n:
        return
    train, test = split_rows(n, test_size, seed)
    assert sorted([*train, *test]) == list(range(n))
    assert (np.diff(train) > 0).all()
    assert (np.diff(test) > 0).all()
    assert test.size == np.ceil(round(test_size * n, 9))
    again = split_rows(n, test_size, seed)
    np.testing.assert_array_equal(train, again[0])


def test_a_share_that_is_whole_rows_is_not_rounded_up():
    assert 0.07 * 100 > 7
    assert split_rows(100, 0.07)[1].size == 7
    assert split_rows(100, 7)[1].size == 7


def test_the_seed_chooses_the_rows():
    parts = {tuple(split_rows(50, seed=seed)[1].tolist()) for seed in range(20)}
    assert len(parts) == 20
    from_number = split_rows(50, seed=3)[1]
    from_generator = split_rows(50, seed=np.random.default_rng(3))[1]
    np.testing.assert_array_equal(from_number, from_generator)


def test_every_row_is_equally_likely():
    chosen = np.zeros(8)
    for seed in range(4000):
        chosen[split_rows(8, 0.25, seed)[1]] += 1
    assert np.abs(chosen / 4000 - 0.25).max() < 0.035  # five standard deviations


@given(
    st.lists(st.integers(2, 40), min_size=2, max_size=6),
    st.floats(0.1, 0.5),
    st.integers(0, 1000),
)
def test_strata_keep_their_proportions(sizes, test_size, seed):
    y = np.repeat([f"class {k}" for k in range(len(sizes))], sizes)
    np.random.default_rng(seed).shuffle(y)
    train, test = split_rows(y.size, test_size, seed, stratify=y)
    assert sorted([*train, *test]) == list(range(y.size))
    for k, size in enumerate(sizes):
        quota = test.size * size / y.size
        found = (y[test] == f"class {k}").sum()
        assert abs(found - quota) <= 1
        assert (y[train] == f"class {k}").any()


def test_largest_remainders_by_hand():
    # quotas of 4 test rows: 2.0, 1.2, 0.8: the third class has the largest remainder
    y = np.repeat(["a", "b", "c"], [10, 6, 4])
    test = split_rows(20, 4, stratify=y)[1]
    assert np.unique(y[test], return_counts=True)[1].tolist() == [2, 1, 1]


def test_a_class_of_one_row_stays_in_training():
    for seed in range(20):
        train, _ = split_rows(10, 0.5, seed, stratify=[1] + [0] * 9)
        assert 0 in train


def test_types_dtypes_and_rows_are_kept_together():
    n = 20
    X = np.arange(2 * n, dtype=np.float32).reshape(n, 2)
    y = [f"row {i}" for i in range(n)]
    arrays = (
        *(X, y, scipy.sparse.csr_matrix(X), scipy.sparse.csr_array(X)),
        *(pd.DataFrame(X, index=np.arange(n) + 100), pl.DataFrame(X), tuple(y), pd.Series(y)),
    )
    parts = train_test_split(*arrays, test_size=0.3)
    assert len(parts) == 2 * len(arrays)
    for array, train, test in zip(arrays, parts[::2], parts[1::2], strict=True):
        assert type(train) is (list if isinstance(array, tuple) else type(array))
        assert getattr(train, "shape", (len(y) - 6,))[0] == n - 6
        assert getattr(test, "shape", (6,))[0] == 6
    assert parts[0].dtype == parts[4].dtype == np.float32
    rows = parts[0][:, 0] / 2
    assert parts[2] == parts[12] == [f"row {i:.0f}" for i in rows]
    np.testing.assert_array_equal(parts[4].toarray(), parts[0])
    np.testing.assert_array_equal(parts[6].toarray(), parts[0])
    np.testing.assert_array_equal(parts[8].to_numpy(), parts[0])
    np.testing.assert_array_equal(parts[10].to_numpy(), parts[0])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (train_test_split, "no array"),
        (lambda: train_test_split([1, 2, 3], [1, 2]), r"\[3, 2\] rows"),
        (lambda: split_rows(10, 1.5), "test_size is 1.5"),
        (lambda: split_rows(10, 10), "leaves 0 to train"),
        (lambda: split_rows(1, 0.5), "leaves 0 to train"),
        (lambda: split_rows(4, 0.5, stratify=[0, 1]), "2 labels for 4 rows"),
        (lambda: split_rows(4, 0.5, stratify=["a", "b", "c", "d"]), "'a' has 1 row"),
        (lambda: split_rows(4, 3, stratify=[0, 0, 1, 1]), "2 row"),
        (lambda: train_test_split(scipy.sparse.coo_matrix(np.eye(4))), "tocsr"),
    ],
)
def test_misuse_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()
