"""Rows that are made when they are asked for are as good as an array, and never all there."""

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from numpy.testing import assert_array_equal

from glasslogit import LogisticRegression, summarize, verify
from glasslogit.inputs import LazyRows, ranges_of_columns
from glasslogit.tables import Table, TableEncoder
from glasslogit.tables.encoding import encoded

ROWS = 4000


@pytest.fixture(scope="module")
def people() -> tuple[Table, Any]:
    rng = np.random.default_rng(3)
    age, town = rng.uniform(18, 80, ROWS).round(), rng.integers(0, 5, ROWS)
    ill = rng.random(ROWS) < 1 / (1 + np.exp(3 - age / 20 - town / 4))
    ages = [str(each) if each > 19 else "" for each in age.tolist()]
    columns = {"age": ages, "town": [f"town {each}" for each in town.tolist()]}
    return Table.of(columns), ill.astype(int)


@pytest.mark.parametrize(
    "key", [2, -1, slice(1, 3), [2, 0], np.array([True, False, True]), (1, 1), (slice(None), [1])]
)
def test_they_are_indexed_as_an_array_is(key: Any) -> None:
    X = np.arange(6.0).reshape(3, 2)
    lazy = LazyRows(lambda places: X[places], np.arange(3), 2)
    assert_array_equal(lazy[key], X[key])
    assert_array_equal(np.asarray(lazy), X)
    assert_array_equal((lazy - np.array([1.0, 2.0]))[:], X - [1.0, 2.0])
    assert (lazy.shape, lazy.size, len(lazy), lazy.dtype) == (X.shape, X.size, len(X), X.dtype)


@pytest.mark.parametrize("solver", ["auto", "newton", "lbfgs"])
@pytest.mark.parametrize("C", [1.0, np.inf])
def test_a_fit_does_not_depend_on_when_its_rows_are_made(
    people: tuple[Table, Any], monkeypatch: pytest.MonkeyPatch, solver: str, C: float
) -> None:
    table, ill = people

    def outcome() -> list[Any]:
        encoder = TableEncoder(missing="indicator")
        model = LogisticRegression(C=C, solver=solver, encoder=encoder).fit(table, ill)
        known = model.coef_, model.intercept_, model.predict_proba(table)
        gap = verify(model, table, ill).gap
        return [*known, summarize(model, table, ill).std_error, gap]

    at_once = outcome()
    monkeypatch.setattr(encoded, "MADE_AT_ONCE", 0)
    for lazy, whole in zip(outcome(), at_once, strict=True):
        np.testing.assert_allclose(lazy, whole, rtol=1e-8, atol=1e-10)


def test_no_more_rows_than_a_block_or_a_sample_are_there_together(
    people: tuple[Table, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    table, ill = people
    most, long = [0], Table(table.source, {n: table.column(n).take(every()) for n in table.names})
    filled = encoded.filled_rows

    def watched(columns: Any, values: Any, n: int) -> Any:
        most[0] = max(most[0], n)
        return filled(columns, values, n)

    monkeypatch.setattr(encoded, "MADE_AT_ONCE", 2**16)
    monkeypatch.setattr(encoded, "filled_rows", watched)
    encoder = TableEncoder(missing="indicator")
    model = LogisticRegression(encoder=encoder).fit(long, ill[every()])
    model.predict(long)
    assert len(long.column("town")) > 2 * most[0] > 0


def every() -> Any:
    return np.tile(np.arange(ROWS), 100)


def test_ranges_are_the_same_of_every_kind_of_rows_and_read_in_pieces() -> None:
    """Ends, means and whether all is whole: of arrays, sparse rows, and rows made on demand."""
    X = np.random.default_rng(0).integers(-3, 4, (20_000, 3)) * [1.0, 0.5, 1.0]
    made = list[int]()

    def make(places: Any) -> Any:
        made.append(len(places))
        return X[places]

    known = ranges_of_columns(X)
    assert_array_equal(known.mean, X.mean(axis=0))  # of sums without rounding
    assert_array_equal([known.low, known.high], [X.min(axis=0), X.max(axis=0)])
    assert known.whole.tolist() == [True, False, True]
    others = sp.csr_array(X), X.astype(np.float32), LazyRows(make, np.arange(len(X)), 3)
    for other in map(ranges_of_columns, others):
        for one, two in zip(known, other, strict=True):
            assert_array_equal(one, two)
    assert sum(made) == len(X)
    assert max(made) < len(X) / 2
