"""Where a flip goes: to the level that just moves the margin, to the number nearest by."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from glasslogit import LogisticRegression
from glasslogit.tables import Category, TableEncoder, as_table
from glasslogit.trust.contest import read_row
from glasslogit.trust.formulas import numbers_in, terms_of_row

LEVELS = ("s", "t", "u", "v", "w")
TABLE = pd.DataFrame({"c": [*LEVELS] * 10, "a": np.tile([1.0, 2.0], 25), "y": [0, 1, 1, 0, 1] * 10})
# What each level adds to the margin of a row where a is 1.
ADDS = {"s": 0.0, "t": 7.25, "u": 2.5, "v": -3.75, "w": 12.5}
ENCODERS = {
    "columns": {"encoder": TableEncoder()},
    "a formula": {"formula": "y ~ c + a"},
    "terms of two columns": {"formula": "y ~ c + a:c"},
    "every level": {"encoder": TableEncoder({"c": Category(reference=None)}, formula="c + a")},
}


@cache
def fitted(given: str) -> tuple[LogisticRegression, np.ndarray]:
    """Give a model, and weights by which each level adds what it should."""
    how = ENCODERS[given]
    rows, y = (TABLE, ()) if "formula" in how else (TABLE[["c", "a"]], (TABLE["y"],))
    model = LogisticRegression(**how).fit(rows, *y)
    x = {each: read_row(model, row_of(each)).x for each in LEVELS}
    moved = np.array([x[each] - x["s"] for each in LEVELS])
    weights = np.linalg.lstsq(moved, np.array([*ADDS.values()]), rcond=None)[0]
    return model, np.where(np.abs(weights) < 1e-9, 0.0, weights)


def row_of(level: str) -> pd.DataFrame:
    return TABLE.iloc[[0]].assign(c=level)


@pytest.mark.parametrize("given", ENCODERS)
@pytest.mark.parametrize("level", LEVELS)
def test_a_flip_goes_to_the_level_that_just_moves_the_margin(given: str, level: str) -> None:
    model, weights = fitted(given)
    row = row_of(level)
    terms = terms_of_row(model.encoder_.encoding_, read_row(model, row), as_table(row), None)
    for needed in (0.01, -0.01, 2.4, -2.4, 4.7, -4.7, 4.8, -4.8, 9.9, -9.9, 16.2, -16.2, 16.3):
        moves = {each: np.sign(needed) * (ADDS[each] - ADDS[level]) for each in LEVELS}
        enough = {each: move for each, move in moves.items() if move >= abs(needed)}
        flips = [each for each in terms.flips(weights, needed) if each.change.name == "c"]
        assert {each.change.to for each in flips} <= set(enough)
        assert bool(flips) == bool(enough)
        if flips:
            best = min(enough, key=enough.__getitem__)
            assert flips[0].change == ("c", level, best, True)
            assert flips[0].shown == (level, best)
            assert flips[0].size == 1.0


@pytest.mark.parametrize("unit", [1e-6, 1e-3, 0.05, 1.0, 1e3, 1e6])
def test_a_number_within_the_range_is_found_in_any_unit(unit: float) -> None:
    """A margin that rises in the middle of the range alone, where steps beyond it find nothing."""
    a = np.linspace(0.0, 10.0, 51) * unit
    table = pd.DataFrame({"a": a, "y": np.arange(51) % 2})
    model = LogisticRegression(formula="y ~ a + I(a**2)").fit(table)
    row = table.iloc[[0]]
    encoding = model.encoder_.encoding_
    numbers = numbers_in(encoding, table)
    terms = terms_of_row(encoding, read_row(model, row), as_table(row), numbers)
    weights = np.array([10.0 / unit, -1.0 / unit**2])  # the margin rises by 25 at 5
    [flip] = terms.flips(weights, 24.0)
    assert flip.change.to == pytest.approx(4.0 * unit, rel=1e-6)
    assert flip.change.inside
    assert flip.size == pytest.approx(0.4, rel=1e-6)
    assert not [*terms.flips(weights, 25.5)]
