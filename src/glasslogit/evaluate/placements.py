"""Placements: of each row, how much of the other class it is ranked above or below.

The area under the ROC curve is the mean placement of the positives, and of the negatives, so that
its standard error is that of a mean: E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson,
"Comparing the areas under two or more correlated receiver operating characteristic curves: a
nonparametric approach", Biometrics 44 (1988), equations 5 and 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Placements", "placements"]


class Placements(NamedTuple):
    """Placements (n,) of each row, if it is a positive and if it is a negative."""

    as_positive: Floats
    as_negative: Floats


def placements(score: Floats, positive: Floats, negative: Floats) -> Placements:
    """Place each row among the rows of the other class, a tie as a half.

        as a positive   Σⱼ negativeⱼ·([scoreⱼ < scoreᵢ] + ½·[scoreⱼ = scoreᵢ]) / Σⱼ negativeⱼ
        as a negative   Σⱼ positiveⱼ·([scoreⱼ > scoreᵢ] + ½·[scoreⱼ = scoreᵢ]) / Σⱼ positiveⱼ

    `score`, and the weights with which a row is a positive and a negative, are (n,).

    >>> score, y = np.array([0.1, 0.7, 0.7, 0.9]), np.array([0.0, 1.0, 0.0, 1.0])
    >>> placed = placements(score, y, 1 - y)
    >>> placed.as_positive[y == 1].tolist(), placed.as_negative[y == 0].tolist()
    ([0.75, 1.0], [1.0, 0.75])
    """
    levels, code = np.unique(score, return_inverse=True)
    there = [np.bincount(code, weight, len(levels)) for weight in (positive, negative)]
    hits, alarms = ((each.cumsum() - each / 2) / each.sum() for each in there)
    return Placements(alarms[code], 1.0 - hits[code])
