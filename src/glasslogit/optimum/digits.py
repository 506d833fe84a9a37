"""What costs a fit the digits of float64: columns, offsets and weights, looked for in its rows.

It is asked only where the training has shown a sign: columns that were shifted or seen from
another centre, or a run that could get no nearer.
"""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import ROUNDOFF, Block, ColumnMoments, Floats, Objective
from glasslogit.findings import HALF_OF_DIGITS, Places
from glasslogit.optimum.rounding import extremes_of_block, joined
from glasslogit.optimum.separation import (
    ENOUGH_ROWS,
    EveryRow,
    Relation,
    column_ranges,
    dependence_of,
)
from glasslogit.solvers import FEW_COEFFICIENTS, Outcome, Result

SATURATED = 700.0  # a margin beyond which a probability is 0 or 1, and its curvature nothing


class ColumnDigits(NamedTuple):
    """A column: its number, where its numbers are, and how far margins are off by `coef_` alone."""

    column: int
    places: Places
    off: float


@dataclass(frozen=True)
class Digits:
    """What may cost digits: columns, relations among them, and what is odd of the rows."""

    columns: tuple[ColumnDigits, ...] = ()
    relations: tuple[Relation, ...] = ()
    reasons: tuple[str, ...] = ()


def digits_of(objective: Objective, result: Result, moments: ColumnMoments, tol: float) -> Digits:
    """Look for what costs digits, to a run that began with `objective`; `moments` are its end's.

    No pass where there is no sign of it, else two, and a few more for a run that is stuck.
    """
    stuck, began, objective = result.outcome is Outcome.STALLED, objective, result.objective
    if not stuck and objective is began and objective.source.shift is None:
        return Digits()
    shift = objective.source.shift
    shift = np.zeros(objective.features) if shift is None else shift
    varies = moments.varies & np.isfinite(objective.coordinates.scale)
    moved = (shift != 0) | (objective.coordinates.centre != moments.mean)
    suspects = np.flatnonzero(varies & (moved | stuck))
    where = places_of(objective, suspects, shift)
    off = ROUNDOFF * np.abs(shift) * np.abs(result.theta[:-1]).max(axis=1)
    found = tuple(
        ColumnDigits(int(j), each, float(off[j]))
        for j, each in zip(suspects, where, strict=True)
        if each.outlying or each.far or off[j] > 1.0 / HALF_OF_DIGITS
    )
    return stuck_on(objective, found, tol) if stuck else Digits(found)


def places_of(objective: Objective, columns: NDArray[np.intp], shift: Floats) -> list[Places]:
    """Tell where the numbers of some columns are, as they were given; two passes."""
    if not columns.size:
        return []
    rows = objective.source.columns(columns)
    every = EveryRow(max(objective.rows // ENOUGH_ROWS, 1))
    values = np.concatenate([block.entries(slice(None)) for block in rows.map(every)])
    middle = np.median(values, axis=0)
    ends = rows.map(partial(furthest_of_block, middle=middle))
    known = np.concatenate([values, ends])  # a few rows more, and the furthest among them
    found = list[Places]()
    for column, s in zip(known.T, shift[columns].tolist(), strict=True):
        middle, spread, furthest = Places.of(column)
        found.append(Places(middle + s, spread, furthest + s))
    return found


def furthest_of_block(block: Block, middle: Floats) -> Floats:
    """Give the number of each column that is furthest from the middle, of rows with weight."""
    weighted = np.flatnonzero(block.weight > 0)
    low, high = column_ranges(block.take(weighted if weighted.size else np.arange(1)))
    return np.where(middle - low > high - middle, low, high)


def too_large(offset: float) -> list[str]:
    """Say that offsets which reach so far leave no curvature, if they do.

    >>> too_large(700.0), len(too_large(701.0))
    ([], 1)
    """
    if offset <= SATURATED:
        return []
    reach = f"offsets reach {offset:.3g}, and beyond {SATURATED:g} they alone make a probability "
    return [f"{reach}0 or 1; look whether they are logarithms, as they should be"]


def stuck_on(objective: Objective, columns: tuple[ColumnDigits, ...], tol: float) -> Digits:
    """Look for what else may hold a run up: offsets, weights, the tolerance, dependent columns."""
    rows = joined(objective.source.map(extremes_of_block))
    reasons = too_large(rows.offset)
    if objective.weight > HALF_OF_DIGITS * rows.least * objective.rows:
        reasons.append(
            f"weights go down to {rows.least:.3g}, and their mean is "
            f"{objective.weight / objective.rows:.3g}; leave out rows that hardly count"
        )
    if tol < ROUNDOFF * objective.size**0.5:
        reasons.append(f"tol={tol:g} is less than rounding leaves of a gradient; raise it")
    d = objective.features
    looks = not columns and not reasons and d <= FEW_COEFFICIENTS
    free = np.flatnonzero(np.isfinite(objective.coordinates.scale))
    intercept = objective.coordinates.intercept
    found = (
        dependence_of(objective.source, free, objective.loss, intercept=intercept) if looks else []
    )
    given = tuple(relation.given(objective.source.shift) for relation in found)
    return Digits(columns, given, tuple(reasons))
