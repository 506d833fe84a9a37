"""What a search for separation may cost: it ends undecided rather than late."""

from typing import Any

import numpy as np
import pytest

from glasslogit import find_separation
from glasslogit.core import Source
from glasslogit.optimum.separation import search
from glasslogit.optimum.separation.linear_programmes import UndecidedError
from glasslogit.solvers.costs import PRODUCTS
from glasslogit.tables import Category, Table, TableEncoder

pytest.importorskip("scipy")


def separated(n: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(n, d))
    return X, X @ rng.normal(size=d) > 0


def test_work_is_refused_before_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    solved: list[float] = []

    def counting(name: str, times: int) -> None:
        solve = getattr(search, name)

        def counted(rows, *given, **known):
            solved.append(times * float(len(rows)) ** 2 * rows.shape[1])
            return solve(rows, *given, **known)

        monkeypatch.setattr(search, name, counted)

    for name, times in (("separating", 1), ("steepest", 1), ("projected", 1), ("sparsest", 4)):
        counting(name, times)
    for n, d in ((400, 20), (3000, 60), (3000, 300), (6000, 400)):
        solved.clear()
        found = find_separation(*separated(n, d))
        assert found.kind == "complete"
        assert sum(solved) <= search.MOST_WORK
        assert d > 60 or len(solved) >= 2  # small ones are searched to the end


def test_passes_count_as_well_and_a_programme_counts_as_often_as_it_is_solved() -> None:
    rows = np.ones((100, 10))
    one, four = search.Work(), search.Work()
    one.add_programme(rows)
    four.add_programme(rows, 4)
    assert four.done == 4 * one.done == 4e5
    read = search.Work()
    read.add_pass(1e9, 10)
    with pytest.raises(UndecidedError, match="would take too long"):
        read.add_programme(rows)


def test_a_verdict_that_was_not_proved_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    X = rng.integers(-1, 2, size=(200, 3)).astype(float)
    lead = X[:, 0] + X[:, 1]  # separates, and neither column does alone
    y = np.where(lead == 0, rng.random(200) < 0.5, lead > 0)
    found = find_separation(X, y)
    assert (found.kind, found.proof, found.columns) == ("quasi-complete", "programme", ("x0", "x1"))
    monkeypatch.setattr(search, "MOST_WORK", 0.0)
    found = find_separation(X, y)
    assert found.proof == "inferred"
    assert found.hindrance == (
        "the search was given up (so many rows and columns would take too long)"
    )


def noted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give a list that all questions to rows will be written to."""
    asked: list[str] = []
    ask = Source.sum

    def noting(source: Source, question: Any) -> Any:
        asked.append(type(question).__name__)
        return ask(source, question)

    monkeypatch.setattr(Source, "sum", noting)
    return asked


@pytest.mark.parametrize(("n", "levels", "rare"), [(3000, 1200, 1), (6000, 700, 0)])
def test_levels_of_one_class_are_found_before_a_fit(
    n: int, levels: int, rare: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    code = rng.integers(0, levels, n)
    y = (rng.random(n) < 1 / (1 + np.exp(-rng.normal(size=levels)[code]))).astype(int)
    x = map(str, rng.normal(size=n).tolist())
    table = Table.of({"city": [f"c{k}" for k in code], "x": [*x]})
    encoder = TableEncoder({"city": Category(rare=rare)})
    asked = noted(monkeypatch)
    found = find_separation(table, y, encoder=encoder)
    assert (found.kind, found.proof) == ("quasi-complete", "columns")
    assert len(asked) <= 30, asked
    assert "HessianProduct" not in asked  # of a fit by conjugate gradients there could be hundreds
    events, rows = (np.bincount(code, weights=each, minlength=levels) for each in (y, y >= 0))
    pure = {f"city=c{k}" for k in np.flatnonzero((rows > 0) & ((events == 0) | (events == rows)))}
    named = {name for name in found.coefficients if name != "(Intercept)"}
    reference = pure - named
    assert len(reference) <= 1  # the reference has no column
    assert named <= pure


def test_a_fit_of_many_columns_ends_within_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    n, levels = 3600, 1200
    code = np.arange(n) % levels
    side = np.where(np.arange(n) < levels, 1.0, -1.0)  # no level is of one class
    x = rng.normal(size=levels)[code] + side * rng.exponential(size=n)
    X = np.column_stack([code[:, None] == np.arange(levels), x])
    y = side > 0  # by x and the levels together
    monkeypatch.setattr("glasslogit.optimum.unfitted.MOST_FIT_WORK", 0.0)
    asked = noted(monkeypatch)
    found = find_separation(X, y)
    assert found.kind in {"undecided", "complete", "quasi-complete"}
    assert len(asked) <= 1.5 * PRODUCTS, len(asked)
