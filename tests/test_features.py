"""Laws of the transformers, and agreement with scikit-learn column by column."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from sklearn import preprocessing as peer
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from glasslogit.errors import InputError, NotFittedError
from glasslogit.tables.features import PolynomialFeatures, StandardScaler

TABLES = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, max_side=6),
    elements=st.floats(-1e3, 1e3).map(lambda x: round(x, 3)),
)


@given(TABLES)
def test_scaled_columns_have_mean_0_and_deviation_1(X):
    scaled = StandardScaler().fit_transform(X)
    constant = np.ptp(X, axis=0) == 0
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(scaled.std(axis=0), np.where(constant, 0, 1), atol=1e-9)
    assert (scaled[:, constant] == 0).all()


@given(TABLES)
def test_scaling_back_returns_the_data(X):
    scaler = StandardScaler().fit(X)
    np.testing.assert_allclose(scaler.inverse_transform(scaler.transform(X)), X, atol=1e-9)


@given(TABLES, st.data())
def test_an_integer_weight_is_a_repeated_row(X, data):
    weight = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(X), max_size=len(X))))
    weight[0] = 1
    weighted = StandardScaler().fit(X, sample_weight=weight)
    repeated = StandardScaler().fit(np.repeat(X, weight, axis=0))
    np.testing.assert_allclose(weighted.mean_, repeated.mean_, rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(weighted.scale_, repeated.scale_, rtol=1e-9)


@pytest.mark.parametrize("options", [{}, {"with_mean": False}, {"with_std": False}])
def test_the_scaler_agrees_with_scikit_learn(options):
    X = np.random.default_rng(0).normal(3, [1e-3, 1, 1e3], size=(50, 3))
    np.testing.assert_allclose(
        StandardScaler(**options).fit_transform(X),
        peer.StandardScaler(**options).fit_transform(X),
        rtol=1e-10,
        atol=1e-11,
    )


@pytest.mark.parametrize("unit", [1e-200, 1e-30, 1e30, 1e200])
def test_the_scaler_keeps_its_digits_at_any_size(unit):
    X = np.array([[1.0], [2.0], [4.0]])
    scaled = StandardScaler().fit_transform(X * unit)
    np.testing.assert_allclose(scaled, StandardScaler().fit_transform(X), rtol=1e-12)


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e16, -7e-300])
def test_a_constant_column_gets_scale_1_exactly(value):
    scaler = StandardScaler().fit(np.full((1000, 1), value))
    assert scaler.scale_.tolist() == [1.0]
    assert scaler.mean_.tolist() == [value]


def test_a_small_spread_on_a_large_offset_is_seen():
    X = 1e9 + np.array([[0.0], [1.0], [2.0]])
    np.testing.assert_allclose(StandardScaler().fit(X).scale_, np.sqrt(2 / 3), rtol=1e-12)


@pytest.mark.parametrize("make", [StandardScaler, PolynomialFeatures])
def test_dtypes_and_names(make):
    X = np.array([[1, 2], [3, 5]])
    assert make().fit_transform(X.astype(np.float32)).dtype == np.float32
    assert make().fit_transform(X).dtype == np.float64
    frame = pd.DataFrame(X, columns=["age", "dose"])
    known = make().fit(frame)
    assert known.n_features_in_ == 2
    assert known.feature_names_in_.tolist() == ["age", "dose"]
    assert known.get_feature_names_out()[:2].tolist() == ["age", "dose"]
    with pytest.raises(InputError, match=r"was .* at training"):
        known.transform(frame[["dose", "age"]])
    assert "feature_names_in_" not in vars(known.fit(X))


@pytest.mark.parametrize("degree", [1, 2, 3, 4])
@pytest.mark.parametrize("interaction_only", [False, True])
@pytest.mark.parametrize("include_bias", [False, True])
@pytest.mark.parametrize("columns", [1, 2, 3, 4])
def test_products_agree_with_scikit_learn(degree, interaction_only, include_bias, columns):
    X = np.random.default_rng(1).normal(size=(5, columns))
    options = {"interaction_only": interaction_only, "include_bias": include_bias}
    ours = PolynomialFeatures(degree, **options).fit(X)
    theirs = peer.PolynomialFeatures(degree, **options).fit(X)
    np.testing.assert_allclose(ours.transform(X), theirs.transform(X), rtol=1e-13)
    np.testing.assert_array_equal(ours.powers_, theirs.powers_)
    assert ours.n_output_features_ == theirs.n_output_features_ == ours.transform(X).shape[1]
    np.testing.assert_array_equal(ours.get_feature_names_out(), theirs.get_feature_names_out())
    names = [f"f{j}" for j in range(columns)]
    np.testing.assert_array_equal(
        ours.get_feature_names_out(names), theirs.get_feature_names_out(names)
    )


@given(TABLES, st.integers(1, 3))
def test_each_product_is_its_powers(X, degree):
    poly = PolynomialFeatures(degree).fit(X)
    expected = np.prod(X[:, None, :] ** poly.powers_, axis=2)
    np.testing.assert_allclose(poly.transform(X), expected, rtol=1e-12)


@pytest.mark.parametrize("make", [StandardScaler, PolynomialFeatures])
def test_they_work_inside_scikit_learn(make):
    X = np.random.default_rng(2).normal(size=(60, 2))
    y = X[:, 0] > 0.1
    pipeline = clone(make_pipeline(make(), LogisticRegression()))
    assert pipeline.fit(X, y).score(X, y) > 0.9
    assert make().set_params(**make().get_params()).get_params() == make().get_params()


def test_parameters_show_in_the_repr():
    assert repr(PolynomialFeatures(3)) == (
        "PolynomialFeatures(degree=3, interaction_only=False, include_bias=False)"
    )


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: StandardScaler().fit([[1.0], [np.nan]]), "NaN in row 1, column 0"),
        (lambda: StandardScaler().fit([["a"]]), "not a number"),
        (lambda: StandardScaler().fit(scipy.sparse.eye_array(3).tocsr()), "sparse"),
        (lambda: StandardScaler().fit([[1e308], [-1e308]]), "too large to scale"),
        (lambda: StandardScaler().fit([[1.0]], sample_weight=[0]), "sample_weight"),
        (lambda: StandardScaler().fit([[1.0, 2.0]]).transform([[1.0]]), "1 column; fit saw 2"),
        (lambda: StandardScaler().set_params(scale=2), "no parameter 'scale'"),
        (lambda: PolynomialFeatures(0).fit([[1.0]]), "degree is 0"),
        (lambda: PolynomialFeatures(30).fit(np.ones((1, 30))), "makes .* columns of 30"),
        (lambda: PolynomialFeatures(2).fit_transform([[1e200, 1.0]]), r"x0\^2 is too large"),
        (
            lambda: PolynomialFeatures().fit([[1.0]]).get_feature_names_out(["a", "b"]),
            "2 names for 1",
        ),
    ],
)
def test_misuse_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()


@pytest.mark.parametrize("make", [StandardScaler, PolynomialFeatures])
def test_before_fit(make):
    with pytest.raises(NotFittedError, match=r"call fit\(X\) first"):
        make().transform([[1.0]])
