"""Columns that depend on each other, in words."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from glasslogit import LogisticRegression, find_dependence
from glasslogit.core import make_block
from glasslogit.errors import CollinearityWarning, InputError
from glasslogit.optimum.separation.overlap import NULL_TOLERANCE, scaled_basis, split_subspaces


def days(n: int = 300) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(0)
    day, age = rng.integers(0, 7, n), rng.normal(40, 10, n)
    X = pd.DataFrame({"weekend": day > 4, "age": age, "sat": day == 5, "sun": day == 6})
    return X.astype(float), (age / 20 + rng.logistic(size=n) > 2).astype(int)


def told(X, **settings) -> list[str]:
    return [str(found) for found in find_dependence(X, **settings)]


def test_relations_in_words():
    X, _ = days()
    assert told(X) == ["`weekend` = `sat` + `sun`"]
    assert find_dependence(X)[0].dropped == "sun"
    assert told(X.assign(half=0.5 * X.age - 3)[["age", "half"]]) == ["1/2 `age` = `half` + 3"]
    assert told(X.assign(odd=0.123456 * X.age)[["age", "odd"]]) == ["`odd` = 0.123456 `age`"]
    assert told(X.assign(one=3.0)[["age", "one"]]) == ["`one` = 3"]
    assert told(X.assign(one=3.0)[["age", "one"]], fit_intercept=False) == []
    full = pd.get_dummies(pd.Series(["a", "b", "c"] * 9)).astype(float)
    assert told(full) == ["`a` + `b` + `c` = 1"]
    assert told(full, fit_intercept=False) == []
    assert told(X[["age", "sat"]]) == []


@pytest.mark.parametrize("scale", [1e-8, 1e8])
def test_scales_and_storage_do_not_matter(scale):
    rng = np.random.default_rng(1)
    X = rng.integers(-3, 4, (400, 6)).astype(float)
    X[:, 4] = X[:, 0] - 2 * X[:, 1]
    scaled = X * scale
    for form in (scaled, sp.csr_array(scaled), np.asfortranarray(scaled)):
        (found,) = find_dependence(form)
        assert str(found) == "`x0` = 2 `x1` + `x4`"


def test_two_relations_at_once_and_fewer_rows_than_columns():
    rng = np.random.default_rng(2)
    X = rng.integers(-3, 4, (100, 5)).astype(float)
    X[:, 3], X[:, 4] = X[:, 0] + X[:, 1], X[:, 1] - X[:, 2]
    assert told(X) == ["`x3` = `x0` + `x1`", "`x1` = `x2` + `x4`"]
    wide = rng.normal(size=(5, 8))
    found = find_dependence(wide)
    assert [part.dropped for part in found] == ["x4", "x5", "x6", "x7"]
    for part in found:
        terms = [value * wide[:, int(name[1:])] for name, value in part.coefficients.items()]
        assert np.abs(sum(terms) + part.constant).max() < 1e-5


def test_a_row_among_many_that_breaks_the_relation():
    X = np.zeros((100_000, 3))
    X[:, 0] = np.arange(100_000) % 7
    X[:, 1] = X[:, 0]
    X[:, 2] = np.arange(100_000) % 2
    assert told(X) == ["`x1` = `x0`"]
    X[77_777, 1] += 1
    assert told(X) == []


def test_an_unpenalised_fit_tells_and_gives_the_shortest():
    X, y = days()
    with pytest.warns(CollinearityWarning, match="`weekend` = `sat` \\+ `sun`; of all optima"):
        model = LogisticRegression(C=np.inf).fit(X, y)
    assert model.outcome_.converged
    assert model.dependences_[0].dropped == "sun"
    assert LogisticRegression().fit(X, y).dependences_ == ()


def test_drop_holds_the_column_at_0_and_predicts_the_same():
    X, y = days()
    with pytest.warns(CollinearityWarning, match="dropped sun"):
        model = LogisticRegression(C=np.inf, collinear="drop").fit(X, y)
    rest = LogisticRegression(C=np.inf).fit(X.drop(columns="sun"), y)
    np.testing.assert_allclose(model.coef_[0, :3], rest.coef_[0], rtol=1e-7)
    assert model.coef_[0, 3] == 0
    with pytest.warns(CollinearityWarning):
        shortest = LogisticRegression(C=np.inf).fit(X, y)
    np.testing.assert_allclose(model.predict_proba(X), shortest.predict_proba(X), rtol=1e-6)
    again = LogisticRegression(collinear="drop").fit(X, y)  # with a penalty nothing is wrong
    np.testing.assert_array_equal(again.coef_, LogisticRegression().fit(X, y).coef_)


def test_error_refuses_and_names_the_columns():
    X, y = days()
    with pytest.raises(InputError, match=r"`weekend` = `sat` \+ `sun`; leave out one") as error:
        LogisticRegression(C=np.inf, collinear="error").fit(X, y)
    gone = str(error.value).partition("collinear='drop', which leaves out ")[2].strip("`")
    with pytest.warns(CollinearityWarning, match=f"dropped {gone}"):
        kept = LogisticRegression(C=np.inf, collinear="drop").fit(X, y)
    assert kept.coef_[0][list(X).index(gone)] == 0
    LogisticRegression(C=np.inf, collinear="error").fit(X.drop(columns=gone), y)
    assert LogisticRegression(collinear="error").fit(X, y).outcome_.converged
    with pytest.raises(InputError, match="collinear='keep' is not valid"):
        LogisticRegression(collinear="keep").fit(X, y)


@pytest.mark.parametrize("apart", [1e-7, 1e-9])
def test_columns_that_nearly_agree_are_told(apart):
    """Such a fit may end above the optimum, so it must not end in silence."""
    rng = np.random.default_rng(0)
    a, e = rng.normal(size=(2, 200))
    y = (a + 2 * e + rng.logistic(size=200) > 0).astype(int)
    with pytest.warns(CollinearityWarning, match="`x1` ≈ `x0`"):
        LogisticRegression(C=np.inf).fit(np.column_stack([a, a + apart * e]), y)


@pytest.mark.parametrize("apart", [1.0, 1e-2, 1e-4, 1e-5, 1e-7, 1e-9])
def test_what_moves_no_margin_does_not_depend_on_how_it_is_looked_for(apart: float) -> None:
    rng = np.random.default_rng(5)
    Z = rng.normal(size=(50, 4)) * [1e-8, 1.0, 1.0, 1e6]
    Z[:, 2] = Z[:, 1] + apart * Z[:, 2]
    parts = split_subspaces(Z)
    values = np.linalg.svd(Z / np.sqrt((Z**2).sum(axis=0)), compute_uv=False)
    assert parts.null.shape[1] == (values <= NULL_TOLERANCE * max(values.max(), 1.0)).sum()
    np.testing.assert_allclose(((Z @ parts.moving) ** 2).sum(axis=0), 1.0, rtol=1e-6)
    assert np.linalg.matrix_rank(np.hstack(parts) / np.abs(np.hstack(parts)).max(axis=0)) == 4


@pytest.mark.parametrize("kind", [np.asarray, sp.csr_matrix])
def test_rows_are_seen_in_coordinates_as_their_product_with_the_basis(kind) -> None:
    rng = np.random.default_rng(6)
    X = kind(rng.normal([0.0, 100.0, 0.0], size=(30, 3)))
    rows = make_block(X, np.zeros(30), np.ones(30), np.zeros((30, 1)))
    np.testing.assert_array_equal(
        rows.entries(np.array([2, 0])), rows.product(np.eye(4)[:, [2, 0]])
    )
    for intercept in (False, True):
        columns = scaled_basis(rows, np.array([0, 1]), np.ones(3), intercept=intercept)
        np.testing.assert_allclose(columns.seen(rows), rows.product(columns.basis), atol=1e-12)
