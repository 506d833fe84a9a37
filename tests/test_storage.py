"""One table in every array and sparse matrix it can come in: the same coefficients, no copy."""

import gc
import tracemalloc

import numpy as np
import pytest
import scipy.sparse as sp

from glasslogit import LogisticRegression

RNG = np.random.default_rng(0)
COUNTS = RNG.poisson(0.6, size=(400, 8)) * RNG.integers(1, 5, 8)  # whole numbers, half of them 0
Y = (COUNTS @ RNG.normal(size=8) / 4 + RNG.logistic(size=400) > 0).astype(int)
THREE = Y + (COUNTS[:, 0] + RNG.integers(0, 3, 400) > 3)


def read_only(X: np.ndarray) -> np.ndarray:
    X = X.copy()
    X.flags.writeable = False
    return X


def strided(X: np.ndarray) -> np.ndarray:
    wide = np.zeros((2 * len(X), 3 * X.shape[1]))
    wide[1::2, ::3] = X
    return wide[1::2, ::3]


def swapped(X: np.ndarray) -> np.ndarray:
    return X.astype(X.dtype.newbyteorder())


ARRAYS = {
    "Fortran order": np.asfortranarray,
    "strided": strided,
    "backwards": lambda X: X[:, ::-1].copy()[:, ::-1],
    "read-only": read_only,
    "other byte order": swapped,
    "float32": lambda X: X.astype(np.float32),
    "float16": lambda X: X.astype(np.float16),
    "int64": lambda X: X.astype(np.int64),
    "int8": lambda X: X.astype(np.int8),
    "uint16": lambda X: X.astype(np.uint16),
    "lists": lambda X: X.tolist(),
    "objects": lambda X: X.astype(object),
    "matrix of long doubles": lambda X: X.astype(np.longdouble),
}


@pytest.mark.parametrize("y", [Y, THREE], ids=["two classes", "three"])
@pytest.mark.parametrize("kind", list(ARRAYS))
def test_arrays(kind: str, y: np.ndarray) -> None:
    X = COUNTS.astype(float)
    model, same = LogisticRegression().fit(X, y), LogisticRegression().fit(ARRAYS[kind](X), y)
    narrow = kind == "float32"
    assert same.coef_.dtype == (np.float32 if narrow else np.float64)
    expected = model.coef_.astype(np.float32) if narrow else model.coef_
    np.testing.assert_allclose(same.coef_, expected, rtol=1e-12)
    np.testing.assert_allclose(same.intercept_, model.intercept_, rtol=1e-7 if narrow else 1e-12)
    np.testing.assert_array_equal(model.predict_proba(ARRAYS[kind](X)), model.predict_proba(X))


def test_booleans() -> None:
    X = COUNTS > 0
    model, same = LogisticRegression().fit(X, Y), LogisticRegression().fit(X.astype(float), Y)
    np.testing.assert_array_equal(model.coef_, same.coef_)


def test_whole_numbers_beyond_float32_are_exact() -> None:
    X = 2**24 + COUNTS[:, :1]  # float32 holds every other one only
    model, near = LogisticRegression().fit(X, Y), LogisticRegression().fit(COUNTS[:, :1], Y)
    np.testing.assert_allclose(model.coef_, near.coef_, rtol=1e-6)


def wide_indices(X: sp.csr_array) -> sp.csr_array:
    X.indices, X.indptr = X.indices.astype(np.int64), X.indptr.astype(np.int64)
    return X


def twice(X: np.ndarray) -> sp.coo_array:
    rows, columns = X.nonzero()
    half, place = X[rows, columns] / 2, (np.tile(rows, 2), np.tile(columns, 2))
    return sp.coo_array((np.tile(half, 2), place), shape=X.shape)


FORMATS = ["csr", "csc", "coo", "bsr", "dia", "dok", "lil"]
SPARSE = {
    **{f"{form}_{kind}": getattr(sp, f"{form}_{kind}") for form in FORMATS
       for kind in ("matrix", "array")},
    "64-bit csr": lambda X: wide_indices(sp.csr_array(X)),
    "64-bit csc": lambda X: wide_indices(sp.csc_array(X)),
    "entries given twice": twice,
    "zeros stored": lambda X: sp.csr_array(X + 1.0) - sp.csr_array(np.ones(X.shape)),
    "unsorted": lambda X: sp.csr_array(sp.csr_array(X)[:, ::-1])[:, ::-1],
    "integers": lambda X: sp.csr_array(X.astype(np.int32)),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Constructing a DIA matrix")
@pytest.mark.parametrize("y", [Y, THREE], ids=["two classes", "three"])
@pytest.mark.parametrize("kind", list(SPARSE))
def test_sparse_formats(kind: str, y: np.ndarray) -> None:
    X, stored = COUNTS.astype(float), SPARSE[kind](COUNTS.astype(float))
    model, same = LogisticRegression().fit(X, y), LogisticRegression().fit(stored, y)
    np.testing.assert_allclose(same.coef_, model.coef_, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(same.intercept_, model.intercept_, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(same.predict_proba(stored), model.predict_proba(X), rtol=1e-12)


def test_sparse_float32_stays_float32() -> None:
    model = LogisticRegression().fit(sp.csr_array(COUNTS.astype(np.float32)), Y)
    assert model.coef_.dtype == model.intercept_.dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int32])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.usefixtures("quiet")
def test_a_memory_map_is_not_copied(tmp_path, dtype: type, order: str) -> None:
    """Not even as a whole in another type: less than half of it is ever allocated."""
    shape, path, fortran = (30_000, 150), tmp_path / "rows.npy", order == "F"
    X = np.lib.format.open_memmap(path, "w+", dtype, shape, fortran_order=fortran)
    X[:] = np.random.default_rng(0).integers(-9, 10, size=shape)
    y = X[:, 0] + np.random.default_rng(1).logistic(size=len(X)) * 5 > 0
    X.flush()
    mapped = np.load(path, mmap_mode="r")
    small = LogisticRegression().fit(mapped[:500], y[:500])
    small.predict_proba(mapped[:500])
    for act in (
        lambda: LogisticRegression(max_iter=3).fit(mapped, y),
        lambda: small.predict(mapped),
    ):
        gc.collect()
        tracemalloc.start()
        act()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < mapped.nbytes / 2


@pytest.mark.parametrize("K", [2, 3, 11])
@pytest.mark.parametrize("d", [1, 3, 10, 39, 40, 100])
@pytest.mark.parametrize("method", ["decision_function", "predict_proba", "predict_log_proba"])
def test_a_row_alone_has_the_bits_it_has_among_others(K: int, d: int, method: str) -> None:
    rng = np.random.default_rng(0)
    model = LogisticRegression()
    model.coef_ = rng.normal(size=(K if K > 2 else 1, d))
    model.intercept_ = rng.normal(size=len(model.coef_))
    model.classes_, model.n_features_in_ = np.arange(K), d
    X = rng.normal(size=(301, d)) * 10.0 ** rng.integers(-3, 3, d)
    ask = getattr(model, method)
    together = ask(X)
    np.testing.assert_array_equal(ask(np.asfortranarray(X)), together)
    np.testing.assert_array_equal(np.concatenate([ask(row[None]) for row in X]), together)
    np.testing.assert_array_equal(
        np.concatenate([ask(X[i : i + 7]) for i in range(0, 301, 7)]), together
    )
    stored = sp.csr_array(X)
    rows = [ask(stored[i : i + 1]) for i in range(0, 301, 50)]
    np.testing.assert_array_equal(np.concatenate(rows), ask(stored)[::50])
