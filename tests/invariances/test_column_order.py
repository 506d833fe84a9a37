"""Columns stand at prediction where they stood at training, whatever they are called."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import glasslogit as gl
from glasslogit import LogisticRegression, LogisticRegressionCV
from glasslogit.errors import InputError, TableError
from glasslogit.export import load_model, save_model
from glasslogit.show import plot_decision_boundary
from glasslogit.tables import PolynomialFeatures, StandardScaler

RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 2))
Y = (RNG.random(80) < 1 / (1 + np.exp(-2 * X[:, 0]))).astype(int)
SWAP = [1, 0]

LABELS: dict[str, Any] = {
    "text": ["a", "b"],
    "whole numbers": [7, 3],
    "their places": [0, 1],
    "places turned round": [1, 0],
    "fractions": [0.5, 1.5],
    "levels": pd.MultiIndex.from_tuples([("u", 1), ("u", 2)]),
    "dates": pd.date_range("2026-01-31", periods=2),
    "periods": pd.period_range("2026-01", periods=2, freq="M"),
    "mixed": ["a", 1],
    "truths": [True, False],
}


def frame(kind: str) -> pd.DataFrame:
    return pd.DataFrame(X, columns=LABELS[kind])


USES: dict[str, Callable[[Any, Any], object]] = {
    "predict": lambda m, F: m.predict(F),
    "predict_proba": lambda m, F: m.predict_proba(F),
    "predict_log_proba": lambda m, F: m.predict_log_proba(F),
    "decision_function": lambda m, F: m.decision_function(F),
    "score": lambda m, F: m.score(F, Y),
    "a row": lambda m, F: m.predict_proba(F.iloc[0]),
    "explain": lambda m, F: gl.explain(m, F.iloc[[0]], F),
    "explain beside X": lambda m, F: gl.explain(m, F.iloc[[0]].to_numpy(), F),
    "explain beside a mean": lambda m, F: gl.explain(m, X[:1], baseline=F.mean()),
    "summarize": lambda m, F: gl.summarize(m, F, Y),
    "its prediction": lambda m, F: gl.probability_intervals(gl.summarize(m, X, Y), F),
    "verify": lambda m, F: gl.verify(m, F, Y),
    "diagnose": lambda m, F: gl.diagnose(m, F, Y),
    "compare": lambda m, F: gl.compare(m, F, Y),
    "marginal_effects": lambda m, F: gl.marginal_effects(m, F, Y),
    "bootstrap": lambda m, F: gl.bootstrap(m, F, Y, resamples=9),
    "picture": plot_decision_boundary,
}


@pytest.mark.parametrize("use", list(USES))
@pytest.mark.parametrize("kind", list(LABELS))
def test_everything_that_takes_rows_refuses_moved_columns(kind: str, use: str) -> None:
    table = frame(kind)
    model = LogisticRegression(C=np.inf).fit(table, Y)
    USES[use](model, table)
    with pytest.raises(InputError, match=r"but was .* at training"):
        USES[use](model, table.iloc[:, SWAP])


@pytest.mark.parametrize("kind", list(LABELS))
def test_other_models_and_transformers_refuse_them_too(kind: str, tmp_path: Any) -> None:
    table = frame(kind)
    moved = table.iloc[:, SWAP]
    save_model(LogisticRegression().fit(table, Y), tmp_path / "model.json")
    fitted = [
        load_model(tmp_path / "model.json"),
        LogisticRegressionCV(Cs=2, cv=2).fit(table, Y),
        gl.firth(table, Y, intervals=False).model,
        LogisticRegression().fit(lambda: iter([(table, Y)])),
    ]
    for model in fitted:
        assert model.score(table, Y) == model.score(X, Y)
        with pytest.raises(InputError, match=r"but was .* at training"):
            model.score(moved, Y)
    for transformer in (StandardScaler(), PolynomialFeatures()):
        transformer.fit(table).transform(table)
        with pytest.raises(InputError, match=r"but was .* at training"):
            transformer.transform(moved)
    with pytest.raises(InputError, match="batch 1: the column names differ"):
        LogisticRegression().fit(lambda: iter([(table, Y), (moved, Y)]))


@pytest.mark.parametrize("kind", list(LABELS))
def test_only_text_is_a_name_to_scikit_learn(kind: str) -> None:
    from sklearn.linear_model import LogisticRegression as Theirs

    table = frame(kind)
    model = LogisticRegression().fit(table, Y)
    assert hasattr(model, "feature_names_in_") == (kind == "text")
    if kind != "mixed":  # an error there
        theirs = Theirs().fit(table, Y)
        assert hasattr(theirs, "feature_names_in_") == hasattr(model, "feature_names_in_")
        assert gl.compare(theirs, table, Y).above >= 0
    named = [f"x{j}" for j in range(2)] if kind == "their places" else None
    assert model.feature_names_.tolist() == (named or [str(each) for each in table.columns])


@pytest.mark.parametrize("make", [pl.DataFrame, pa.table, pl.LazyFrame])
def test_frames_of_polars_and_pyarrow(make: Any) -> None:
    table, moved = (make({name: X[:, j] for j, name in order}) for order in (
        [(0, "a"), (1, "b")], [(1, "b"), (0, "a")]))  # fmt: skip
    model = LogisticRegression().fit(table, Y)
    np.testing.assert_allclose(model.predict_proba(table), model.predict_proba(X), rtol=1e-12)
    with pytest.raises(InputError, match="column 0 of X is 'b' but was 'a' at training"):
        model.predict(moved)
    if not isinstance(table, pl.LazyFrame):
        with pytest.raises(InputError, match="column 0 of X is 'b' but was 'a' at training"):
            StandardScaler().fit(table).transform(moved)
        with pytest.raises(InputError, match="column 0 of X is 'b' but was 'a' at training"):
            plot_decision_boundary(model, moved)


def test_without_names_on_one_side_the_columns_are_taken_as_they_stand() -> None:
    warnings.simplefilter("error")
    plain = LogisticRegression().fit(X, Y)
    p = plain.predict_proba(X)
    for kind in set(LABELS) - {"places turned round"}:
        named = LogisticRegression().fit(frame(kind), Y)
        for model, rows in ((plain, frame(kind)), (named, X), (named, pd.DataFrame(X))):
            np.testing.assert_allclose(model.predict_proba(rows), p, rtol=1e-12)
    wide = pd.DataFrame(RNG.normal(size=(80, 3)))
    with pytest.raises(InputError, match=r"column 0 of X is '1' but was '0' .*X\.to_numpy\(\)"):
        LogisticRegression().fit(wide[[0, 1]], Y).predict(wide[[1, 2]])


def test_a_number_is_the_same_label_however_it_is_stored() -> None:
    model = LogisticRegression().fit(pd.DataFrame(X, columns=[2001, 2002]), Y)
    for same in ([2001.0, 2002.0], ["2001", "2002"], np.array([2001, 2002], np.int16)):
        model.predict(pd.DataFrame(X, columns=same))


@pytest.mark.parametrize("labels", [["a", "a"], [1, 1], [1, "1"], [("u", 1), ("u", 1)]])
def test_two_columns_of_one_name_are_refused(labels: list[Any]) -> None:
    table = pd.DataFrame(X).set_axis(pd.Index(labels, tupleize_cols=False), axis=1)
    for use in (
        lambda: LogisticRegression().fit(table, Y),
        lambda: LogisticRegression().fit(table.assign(z="level"), Y),
        lambda: LogisticRegression().fit(X, Y).predict(table),
        lambda: StandardScaler().fit(table),
    ):
        with pytest.raises(TableError, match=r"two columns are called .*; rename one"):
            use()
    with pytest.raises(TableError, match="two columns are called 'a'; rename one"):
        LogisticRegression().fit(pa.table([X[:, 0], X[:, 1]], names=["a", "a"]), Y)


def test_penalty_factors_find_their_columns_by_any_label() -> None:
    table = frame("whole numbers")
    same = LogisticRegression(penalty_factors=[1, 9]).fit(X, Y)
    for factors in ({3: 9, 7: 1}, pd.Series({3: 9, 7: 1}), pd.Series([9, 1], index=["3", "7"])):
        model = LogisticRegression(penalty_factors=factors).fit(table, Y)
        np.testing.assert_allclose(model.coef_, same.coef_, rtol=1e-12)
