"""A model of a table with a named target finds its columns by name, whatever they hold."""

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
from glasslogit.tables import as_table

RNG = np.random.default_rng(0)
N = 80
X = RNG.normal(size=(N, 2))
Y = (RNG.random(N) < 1 / (1 + np.exp(-2 * X[:, 0]))).astype(int)
FITTED = pd.DataFrame({"b": X[:, 0], "a": X[:, 1], "ill": Y})
OTHER = FITTED[["ill", "a", "b"]].assign(town="Ur", gap=np.nan, when=pd.Timestamp("2026-01-31"))
MODEL = LogisticRegression(C=np.inf).fit(FITTED, "ill")

USES: dict[str, Callable[[Any, Any], Any]] = {
    "predict": lambda m, F: m.predict(F),
    "predict_proba": lambda m, F: m.predict_proba(F),
    "predict_log_proba": lambda m, F: m.predict_log_proba(F),
    "decision_function": lambda m, F: m.decision_function(F),
    "score": lambda m, F: m.score(F),
    "score beside y": lambda m, F: m.score(F, Y),
    "predict_rows": lambda m, F: gl.predict_rows(m, F).proba,
    "explain": lambda m, F: gl.explain(m, F[2:3], F),
    "explain with errors": lambda m, F: gl.explain(m, F[2:3], F, "ill"),
    "explain beside a row": lambda m, F: gl.explain(m, F[2:3], baseline=F[3:4]),
    "summarize": gl.summarize,
    "summarize by name": lambda m, F: gl.summarize(m, F, "ill"),
    "its prediction": lambda m, F: gl.probability_intervals(gl.summarize(m, FITTED), F),
    "verify": lambda m, F: gl.verify(m, F, "ill"),
    "diagnose": lambda m, F: gl.diagnose(m, F, Y),
    "compare": lambda m, F: gl.compare(m, F, "ill").above,
    "marginal_effects": lambda m, F: gl.marginal_effects(m, F, "ill"),
    "bootstrap": lambda m, F: gl.bootstrap(m, F, "ill", resamples=9),
    "term_tests": lambda m, F: "\n".join(map(str, gl.term_tests(m, F))),
    "hypothesis_test": lambda m, F: gl.hypothesis_test(m, F, hypothesis="a"),
    "with_threshold": lambda m, F: gl.with_threshold(m, "f1", F).threshold_,
    "with_base_rate": lambda m, F: gl.with_base_rate(m, 0.2).predict_proba(F),
    "evaluate_against": lambda m, F: gl.evaluate_against(m, m, F),
    "batches": lambda m, F: gl.summarize(m, lambda: iter([(F, Y)])),
    "picture": lambda m, F: plot_decision_boundary(m, F).get_xlabel(),
}


@pytest.mark.parametrize("formula", [None, "ill ~ b + a"])
@pytest.mark.parametrize("use", USES)
def test_every_function_that_takes_rows_finds_the_columns(use: str, formula: str | None) -> None:
    if use == "batches" and formula is not None:
        return  # batches are no tables
    model = MODEL if formula is None else LogisticRegression(C=np.inf, formula=formula).fit(FITTED)
    plain = FITTED if use in {"score", "with_threshold"} else FITTED[["b", "a"]].assign(ill=Y)
    want = str(USES[use](model, plain))
    assert str(USES[use](model, OTHER)) == want
    if "score" not in use and use != "batches":
        same = LogisticRegression(C=np.inf).fit(FITTED[["b", "a"]], Y)
        assert np.array_equal(same.predict(FITTED[["b", "a"]]), model.predict(OTHER))


@pytest.mark.parametrize(
    "make",
    [pl.DataFrame, pl.LazyFrame, pa.table, lambda columns: as_table(pl.DataFrame(columns))],
    ids=["polars", "query", "arrow", "table"],
)
def test_frames_of_every_library(make: Any) -> None:
    columns = {"town": ["Ur"] * N, "ill": Y.tolist(), "a": X[:, 1].tolist(), "b": X[:, 0].tolist()}
    assert np.array_equal(MODEL.predict(make(columns)), MODEL.predict(X))


def test_one_row_with_labels() -> None:
    want = MODEL.predict_proba(X[:1])
    for row in (FITTED.iloc[0], OTHER.iloc[0], OTHER.iloc[0][["a", "b"]]):
        assert np.array_equal(MODEL.predict_proba(row), want)
        assert gl.explain(MODEL, row, FITTED).probability == pytest.approx(want[0, 1])
    assert gl.explain(MODEL, X[0], baseline=FITTED.mean()).baseline_margin == pytest.approx(
        MODEL.decision_function(X.mean(axis=0))[0]
    )
    one = LogisticRegression().fit(FITTED[["a", "ill"]], "ill")
    assert one.predict(FITTED.iloc[0]).shape == (1,)
    assert one.predict(FITTED["a"]).shape == (N,)


def test_models_that_are_made_of_others_and_a_file_know_it_too(tmp_path: Any) -> None:
    save_model(MODEL, tmp_path / "model.json")
    models = [
        load_model(tmp_path / "model.json"),
        LogisticRegressionCV(Cs=2, cv=2).fit(FITTED, "ill"),
        gl.firth(FITTED, "ill", intervals=False).model,
    ]
    for model in models:
        assert np.array_equal(model.predict(OTHER), model.predict(X))


@pytest.mark.parametrize("labels", [[1, 0], [7, 3], [0.5, "x"]])
def test_columns_of_any_label_are_found(labels: list[Any]) -> None:
    table = pd.DataFrame(X, columns=labels).assign(ill=Y)
    model = LogisticRegression().fit(table, "ill")
    moved = table[["ill", *labels[::-1]]]
    assert np.array_equal(model.predict_proba(moved), model.predict_proba(X))


def test_a_missing_column_is_named_and_rows_without_names_are_taken_as_they_stand() -> None:
    for use in ("predict", "predict_rows", "summarize by name"):
        with pytest.raises(TableError, match="X: no column 'a', which the model was trained with"):
            USES[use](MODEL, OTHER.drop(columns="a"))
    for rows in (X, pd.DataFrame(X)):
        assert np.array_equal(MODEL.predict(rows), MODEL.predict(FITTED))


def test_x_and_y_of_their_own_keep_their_places() -> None:
    by_place = LogisticRegression().fit(FITTED[["b", "a"]], Y)
    with pytest.raises(InputError, match="column 0 of X is 'a' but was 'b' at training"):
        by_place.predict(FITTED[["a", "b"]])
