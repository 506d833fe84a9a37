"""What the errors at every threshold cost, where a missed positive and a false alarm differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.errors import InputError, python_scalar, refused
from glasslogit.evaluate.counts import count_by_threshold, midway

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["ThresholdCosts", "threshold_costs"]

MOST_COST = 2.0**1023  # float64 holds the sum of any two below this


@dataclass(frozen=True, eq=False)
class ThresholdCosts:
    """What the errors cost at every distinct score, as `ThresholdCurve` has them; arrays (t,).

    A cost of 1 is that of predicting every row wrong.
    """

    thresholds: NDArray[np.floating[Any]]
    cost: NDArray[np.float64]

    @property
    def best(self) -> int:
        """Position of the lowest cost; of equals, the one with the highest threshold."""
        return int(np.argmin(self.cost))

    @property
    def best_threshold(self) -> float:
        """The threshold of the lowest cost, between two scores as that of the best F1."""
        return midway(self.thresholds, self.best)


def threshold_costs(
    y: ArrayLike,
    score: ArrayLike,
    costs: tuple[float, float],
    *,
    pos_label: object = None,
    sample_weight: ArrayLike | None = None,
) -> ThresholdCosts:
    """Give what errors cost at every threshold, as a share of predicting every row wrong.

        (a·FN + b·FP) / (a·P + b·N)

    where `costs` are a, that of a missed positive, and b, that of a false alarm. Other arguments of
    `count_by_threshold`. Raises `InputError` for costs that are not two positive numbers. Source:
    C. Drummond and R. C. Holte, "Cost curves", Machine Learning 65 (2006), section 3, the
    normalised expected cost. Their cost curves show it against the probability cost.

    >>> found = threshold_costs([0, 1, 0, 1], [0.25, 0.75, 0.8, 0.9], (3, 1))
    >>> found.cost, found.best_threshold
    (array([0.375, 0.5  , 0.125, 0.25 ]), 0.5)
    """
    missed, alarm = _two_costs(costs)
    counts = count_by_threshold(y, score, pos_label=pos_label, sample_weight=sample_weight)
    greatest = missed * counts.positives + alarm * counts.negatives
    wrong = missed * (counts.positives - counts.true_positives) + alarm * counts.false_positives
    return ThresholdCosts(counts.thresholds, wrong / greatest)


def _two_costs(costs: Any) -> tuple[float, float]:
    """Refuse what is not two positive numbers."""
    given = costs.tolist() if isinstance(costs, np.ndarray) else costs
    plain = [*map(python_scalar, given)] if isinstance(given, tuple | list) else []
    numbers = [type(each) in {int, float} and 0 < each < MOST_COST for each in plain]
    if numbers != [True, True]:
        told = "two positive numbers, the costs of a missed positive and of a false alarm"
        raise InputError(f"{refused('costs', costs)}; give {told}")
    return float(plain[0]), float(plain[1])
