"""In how many ways counts come about: what the likelihoods of a row of trials differ by."""

from math import comb, log

import numpy as np
import pytest

from glasslogit.core import make_block
from glasslogit.errors import InputError
from glasslogit.inputs.labels import most_trials
from glasslogit.trust.inference.evidence import fractions


def of_rows(*rows: tuple[float, float]) -> tuple[float, float]:
    """Give both sums of rows (events, trials)."""
    events, trials = np.array(rows).T
    none = np.zeros((len(rows), 1))
    return fractions(make_block(none, events / trials, trials, none))


@pytest.mark.parametrize("trials", [2, 3, 7, 40, 1000])
@pytest.mark.parametrize("off", [-1e-9, -1e-15, 0.0, 1e-15, 1e-9])
def test_counts_next_to_whole_numbers_are_those_numbers(trials: int, off: float) -> None:
    for events in range(1, trials, max(trials // 5, 1)):
        _, ways = of_rows((events, trials + off))
        assert ways == of_rows((events, trials))[1]
        assert ways == pytest.approx(log(comb(trials, events)), rel=1e-9)


@pytest.mark.parametrize("trials", [10**9, 10**12, 10**14])
def test_a_share_of_many_trials_is_known_to_its_own_digits_only(trials: int) -> None:
    """A share is rounded, so that so many times it is off a whole number by more than a little."""
    for events in (1, 7, trials // 3):
        assert of_rows((events, trials))[1] > 0
    assert of_rows((3, trials))[1] == pytest.approx(log(comb(trials, 3)), rel=0.05)


@pytest.mark.parametrize(
    "row", [(1.0, 2.5), (1.5, 3.0), (1.0, 3.0 - 1e-6), (1.0, 3.0 + 1e-6), (1.0 + 1e-6, 3.0)]
)
def test_counts_that_are_not_whole_come_about_in_no_number_of_ways(row) -> None:
    """Their entropy counts all the same, and other rows are not held up by them."""
    entropy, ways = of_rows(row)
    assert ways == 0.0
    p = row[0] / row[1]
    assert entropy == pytest.approx(-row[1] * (p * log(p) + (1 - p) * log(1 - p)))
    both, ways = of_rows(row, (2.0, 4.0))
    assert ways == pytest.approx(log(6))
    assert both == pytest.approx(entropy + 4 * log(2))


def test_rows_of_one_outcome_have_one_way_and_no_entropy() -> None:
    assert of_rows((0.0, 3.0), (3.0, 3.0)) == (0.0, 0.0)


def test_of_counts_that_are_not_whole_the_first_is_named() -> None:
    """It is that of the first row, and in a row that of the first column."""
    with pytest.raises(InputError, match=r"y holds 0\.5 in row 1, which counts nothing"):
        most_trials([[3.0, 1.0], [0.5, 2.5], [7.25, 1.0]])
