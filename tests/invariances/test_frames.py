"""How a frame stores its numbers, and what its columns are called, changes no fit."""

import sys
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from glasslogit import LogisticRegression, LogisticRegressionCV
from glasslogit.errors import TableError
from glasslogit.tables import TableEncoder

RNG = np.random.default_rng(0)
WHOLE = RNG.integers(0, 3, size=(50, 3))
X = WHOLE + 0.5
Y = RNG.integers(0, 2, 50)
TRUE = WHOLE > 0

NAMES: dict[str, Any] = {
    "text": ["a", "b", "c"],
    "whole numbers": [0, 1, 2],
    "levels": pd.MultiIndex.from_tuples([("u", 1), ("u", 2), ("v", 1)]),
    "dates": pd.date_range("2026-01-31", periods=3),
    "mixed": ["a", 1, 2.5],
}
STORED: dict[str, tuple[Any, Any]] = {
    "Float64": (lambda: pd.DataFrame(X).convert_dtypes(), X),
    "Int64": (lambda: pd.DataFrame(WHOLE).convert_dtypes(), WHOLE),
    "boolean": (lambda: pd.DataFrame(TRUE).convert_dtypes(), TRUE),
    "Arrow": (lambda: pd.DataFrame(X).astype("float64[pyarrow]"), X),
    "Arrow's int32": (lambda: pd.DataFrame(WHOLE).astype("int32[pyarrow]"), WHOLE),
    "Arrow's bool": (lambda: pd.DataFrame(TRUE).astype("bool[pyarrow]"), TRUE),
    "objects": (lambda: pd.DataFrame(X).astype(object), X),
    "truths of NumPy": (lambda: pd.DataFrame([list(row) for row in TRUE], dtype=object), TRUE),
    "several": (
        lambda: pd.concat([pd.DataFrame(X[:, :1]).convert_dtypes(), pd.DataFrame(WHOLE[:, 1:2]),
                           pd.DataFrame(TRUE[:, 2:]).astype("bool[pyarrow]")], axis=1),
        np.column_stack([X[:, 0], WHOLE[:, 1], TRUE[:, 2]]),
    ),
    "sparse": (lambda: pd.DataFrame(WHOLE * 1.0).astype(pd.SparseDtype(float, 0)), WHOLE),
    "sparse truths": (lambda: pd.DataFrame(TRUE).astype(pd.SparseDtype(bool, False)), TRUE),
    "sparse beside 1": (lambda: pd.DataFrame(WHOLE).astype(pd.SparseDtype(int, 1)), WHOLE),
    "sparse beside dense": (
        lambda: pd.concat([pd.DataFrame(X[:, :1]),
                           pd.DataFrame(WHOLE[:, 1:]).astype(pd.SparseDtype(int, 0))], axis=1),
        np.column_stack([X[:, 0], WHOLE[:, 1:]]),
    ),
}  # fmt: skip

KINDS = ("Int64", "boolean", "int64[pyarrow]", "bool[pyarrow]", "string", "string[pyarrow]",
         "category", "object", "Sparse[int]")  # fmt: skip


def frame(stored: str, names: str = "whole numbers") -> pd.DataFrame:
    return STORED[stored][0]().set_axis(NAMES[names], axis=1)


@pytest.mark.parametrize("names", list(NAMES))
@pytest.mark.parametrize("stored", list(STORED))
def test_numbers_are_numbers(stored: str, names: str) -> None:
    table, array = frame(stored, names), np.asarray(STORED[stored][1], float)
    model, plain = LogisticRegression().fit(table, Y), LogisticRegression().fit(array, Y)
    np.testing.assert_allclose(model.coef_, plain.coef_, rtol=1e-12)
    p = plain.predict_proba(array)
    for rows in (table, array, pd.DataFrame(array).set_axis(NAMES[names], axis=1)):
        np.testing.assert_allclose(model.predict_proba(rows), p, rtol=1e-12)
    np.testing.assert_allclose(plain.predict_proba(table), p, rtol=1e-12)
    assert model.score(table, Y) == plain.score(array, Y)
    assert hasattr(model, "feature_names_in_") == (names == "text")
    assert model.n_features_in_ == 3


@pytest.mark.parametrize("stored", ["Float64", "sparse", "sparse beside dense"])
def test_numbers_are_numbers_in_cross_validation(stored: str) -> None:
    table, array = frame(stored), np.asarray(STORED[stored][1], float)
    settings = {"Cs": [0.1, 1.0], "cv": 3}
    one, other = (LogisticRegressionCV(**settings).fit(rows, Y) for rows in (table, array))
    np.testing.assert_allclose(one.scores_, other.scores_, rtol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_labels_weights_and_offsets_of_any_kind(kind: str) -> None:
    weight, offset = RNG.uniform(1, 2, 50), RNG.normal(size=50)
    plain = LogisticRegression().fit(X, Y, weight, offset)
    stored = "Float64" if "pyarrow" not in kind else "float64[pyarrow]"
    parts = [pd.Series(part).astype(stored) for part in (weight, offset)]
    model = LogisticRegression().fit(X, pd.Series(Y).astype(kind), *parts)
    np.testing.assert_array_equal(model.coef_, plain.coef_)
    assert model.predict(X, offset=parts[1]).astype(str).tolist() == [
        str(model.classes_[k]) for k in plain.predict(X, offset)
    ]


def test_a_level_is_a_level_whatever_its_column_is_called() -> None:
    table = pd.DataFrame({0: pd.Categorical(WHOLE[:, 0]), ("u", 1): X[:, 1]})
    text = table.set_axis(["0", "('u', 1)"], axis=1)
    one, other = (LogisticRegression().fit(each, Y) for each in (table, text))
    assert one.feature_names_.tolist() == other.feature_names_.tolist()
    assert one.feature_names_.tolist()[-1] == "('u', 1)"
    np.testing.assert_array_equal(one.predict_proba(table), other.predict_proba(text))
    np.testing.assert_array_equal(one.predict_proba(table.iloc[:, ::-1]), other.predict_proba(text))
    with pytest.raises(TableError, match="two columns are called '1'; rename one"):
        LogisticRegression().fit(table.set_axis([1, "1"], axis=1), Y)


def test_a_gap_is_no_number_in_any_kind() -> None:
    for stored in ("Float64", "Arrow", "several"):
        table = frame(stored)
        table.iloc[3, 0] = pd.NA
        with pytest.raises(TableError, match="row 3, column '0': missing"):
            LogisticRegression().fit(table, Y)
    holes = pd.DataFrame(np.where(WHOLE == 0, np.nan, WHOLE)).astype(pd.SparseDtype(float, np.nan))
    kept = LogisticRegression(encoder=TableEncoder(missing="drop")).fit(holes, Y)
    complete = (WHOLE > 0).all(axis=1)
    same = LogisticRegression().fit(WHOLE[complete], Y[complete])
    np.testing.assert_allclose(kept.coef_, same.coef_, rtol=1e-9)


def test_dummies_of_a_text_column_may_be_sparse() -> None:
    text = pd.DataFrame({"city": RNG.choice(["a", "b", "c"], 50), "size": RNG.normal(size=50)})
    dense, sparse = (pd.get_dummies(text, sparse=sparse) for sparse in (False, True))
    one, other = (LogisticRegression().fit(each, Y) for each in (dense, sparse))
    np.testing.assert_allclose(one.coef_, other.coef_, rtol=1e-12)
    assert other.feature_names_in_.tolist() == ["size", "city_a", "city_b", "city_c"]


def calls(work: Any) -> int:
    """Count the calls of Python and C functions that some work makes."""
    count = 0

    def note(_: Any, event: str, __: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("stored", list(STORED)[:5] + list(STORED)[-4:])
def test_no_cell_is_looked_at_alone(stored: str) -> None:
    model = LogisticRegression().fit(frame(stored), Y)
    few, many = frame(stored), pd.concat([frame(stored)] * 40, ignore_index=True)
    y = np.resize(Y, len(many))

    def fit(rows: pd.DataFrame) -> None:
        LogisticRegression(max_iter=0, tol=9.0).fit(rows, y[: len(rows)])

    for work in (model.predict_proba, fit):
        work(few)  # what is imported and kept the first time is not counted
        assert calls(partial(work, many)) <= calls(partial(work, few)) + len(few)


def test_a_sparse_frame_stays_sparse() -> None:
    matrix = sp.csr_matrix(WHOLE * 1.0)
    one, other = (LogisticRegression(tol=1e-9).fit(each, Y) for each in (frame("sparse"), matrix))
    np.testing.assert_array_equal(one.coef_, other.coef_)
