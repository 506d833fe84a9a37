"""How far sums over rows, and what follows from them, may be off by rounding.

A sum of m terms is off by at most (m − 1)·2⁻⁵³ of the sum of their sizes, and a result that is
too small to have all digits by 2⁻¹⁰⁷⁴ (Higham, "Accuracy and stability of numerical algorithms",
2002, sections 2.2 and 4.2). A bound that is proved has these in it.

Derivation: docs/derivations/certificate.md.
"""

from collections.abc import Iterable
from math import inf
from typing import NamedTuple

import numpy as np

from glasslogit.core import (
    ROUNDOFF,
    Block,
    ColumnMoments,
    Floats,
    Objective,
)

ROUNDED_UP = 1 + 1e-6  # a factor far above the rounding of a norm or a root, and far below a digit
UNDERFLOW = 2.0**-1074  # and its error where the result is too small to have all digits


class RowExtremes(NamedTuple):
    """What bounds the rows that have weight: their least weight, and their largest |offset|.

    `cancels` tells whether Hessians are added up before the columns are centred.
    """

    least: float
    offset: float
    cancels: bool


def extremes(weight: Floats, offset: Floats, *, centres_last: bool) -> RowExtremes:
    """Give the extremes of rows from their weights (n,) and offsets (n, c)."""
    there = weight > 0
    least, high, low = float(weight.min(where=there, initial=inf)), 0.0, 0.0
    if offset.any():
        high, low = (most(offset, where=there[:, None], initial=0.0) for most in (np.max, np.min))
    return RowExtremes(least, float(max(high, -low)), centres_last)


def extremes_of_block(block: Block) -> RowExtremes:
    """Give the extremes of the rows of a block: asked by `Source.map`."""
    return extremes(block.weight, block.offset, centres_last=block.centres_last)


def joined(parts: Iterable[RowExtremes]) -> RowExtremes:
    """Join the extremes of parts of the rows."""
    least, offset, cancels = zip(*parts, strict=True)
    return RowExtremes(min(least), max(offset), any(cancels))


class ProofData(NamedTuple):
    """What a proof rests on: f, and the moments of its columns and the extremes of its rows."""

    objective: Objective
    moments: ColumnMoments
    extremes: RowExtremes


class Rounding(NamedTuple):
    """How far sums over rows may be off: `share` of Σ |terms|, and margins by `margin`.

    Of a mean over rows, any term may besides be off by `lost` times the size of its factors,
    where they are so small that digits are lost. The margins of each row are off by at most
    `worst`. `cancels` says that sums for centred columns are differences of others.
    """

    share: float
    margin: float
    worst: float
    lost: float
    cancels: bool
    size: Floats  # (p,), root mean square of the columns of [X 1], in units of their scale
    most: Floats  # (p,), the largest entries likewise, and 1 in these units
    rms: Floats  # (d,), root mean square in their own units


def rounding_of(known: ProofData, theta: Floats) -> Rounding:
    """Bound the rounding of sums over blocks of rows, and of the margins (root mean square).

    A sum of m terms is off by at most (m − 1)·2⁻⁵³ of the sum of their sizes (Higham, "Accuracy
    and stability of numerical algorithms", 2002, section 4.2). Blocks are added to each other.
    """
    objective, moments, rows = known
    at, source, n = objective.coordinates, objective.source, objective.rows
    block = source.rows_per_block or n
    share = ROUNDOFF * (min(n, block) + n / block + 16)
    few = lost_squares(moments)
    rms = np.hypot(moments.mean, np.sqrt((moments.scatter + few) / moments.weight + few))
    most = np.abs(moments.mean) + spans_of(moments, rows)
    each, w, b = (len(rms) + 6) * ROUNDOFF, np.abs(theta[:-1]), np.abs(theta[-1])
    margin, worst = (each * float((size @ w + b).max() + rows.offset) for size in (rms, most))
    lost = 4 * n * UNDERFLOW * (1.0 + 1.0 / objective.weight)
    size = at.by_row((rms + np.abs(at.centre)) / at.scale)
    largest = at.by_row((most + np.abs(at.centre) + 1.0) / at.scale)
    return Rounding(share, margin, worst, lost, rows.cancels, size, largest, rms)


def spans_of(moments: ColumnMoments, rows: RowExtremes) -> Floats:
    """Bound how far any row that has weight is from the mean, column by column, (d,).

    sᵢ·(xᵢ − m)² ≤ Σ sᵢ·(xᵢ − m)², the scatter, of which squares may be lost that are too small.
    """
    lost = lost_squares(moments)
    return np.sqrt((moments.scatter + lost) / rows.least + lost) * ROUNDED_UP


def lost_squares(moments: ColumnMoments) -> float:
    """Bound what a sum of squares may lack because they were too small."""
    return 4 * moments.rows * UNDERFLOW


def are_squarable(moments: ColumnMoments) -> bool:
    """Tell whether every column that varies has a spread that is more than 0 in float64."""
    return not (moments.varies & (moments.scatter == 0)).any()


def gradient_error(objective: Objective, theta: Floats, rounding: Rounding) -> Floats:
    """Bound the rounding of each entry of the gradient in u, (p, c')."""
    at, d = objective.coordinates, objective.features
    rows = rounding.size * (rounding.share + rounding.margin / 2)
    rows += rounding.lost * rounding.most
    error = np.repeat(rows[:, None], len(at.axes), axis=1)  # (p, c)
    pull = objective.penalty.slope_size(theta[:-1])
    error[:d] += 4 * len(at.axes) * ROUNDOFF * pull / at.scale[:, None]
    return error @ np.abs(at.axes)


def prediction_error(rounding: Rounding, c: int) -> float:
    """Bound the rounding of a probability that `predict_proba` gives of a row."""
    return rounding.worst / 2 + (c + 16) * ROUNDOFF
