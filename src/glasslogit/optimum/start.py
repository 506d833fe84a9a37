"""What is known of the rows before the first step: moments, columns to shift, where to start."""

import numpy as np

from glasslogit.core import (
    ColumnMoments,
    Floats,
    Loss,
    Moments,
    Source,
    far_from_zero,
    surprise,
)
from glasslogit.solvers import Fallback

EXACT_ROWS = 100_000  # of more rows in memory the moments are those of a sample
SAMPLED_SHARE = 0.05  # of more than `EXACT_ROWS` rows such a share tells the moments of the columns


def nearer(source: Source, loss: Loss, *, intercept: bool) -> tuple[Source, ColumnMoments]:
    """Shift the columns that are many of their spreads from 0; give the moments too."""
    moments = column_moments(source, loss)
    shift = far_from_zero(moments.mean, moments.varies * moments.scatter / moments.weight)
    if not (intercept and shift.any()):
        return source, moments
    source = source.less(shift)
    return source, column_moments(source, loss)


def column_moments(source: Source, loss: Loss) -> ColumnMoments:
    """Give the moments of the columns: of a sample, where there are rows in plenty.

    They only choose the coordinates and the start. A column that is constant in the sample
    may not be so in all rows: then all are asked.
    """
    memory = source.in_memory
    if memory and len(memory.y) > EXACT_ROWS:
        part = source.sample(SAMPLED_SHARE, seed=0).sum(Moments(loss))
        if part.weight > 0 and part.varies.all():
            total, rows = float(memory.weight.sum()), len(memory.y)
            scale, more = total / part.weight, rows / part.rows
            return part._replace(
                rows=rows,
                weight=total,
                scatter=part.scatter * scale,
                residual=part.residual * scale,
                offset=part.offset * scale,
                product_work=part.product_work * more,
                gram_work=part.gram_work * more,
            )
    return source.sum(Moments(loss))


def null_theta(loss: Loss, moments: ColumnMoments) -> Floats:
    """Give the θ of the model without features: the intercept alone, at the base rate."""
    theta = np.zeros((len(moments.mean) + 1, len(moments.residual)))
    theta[-1] = loss.base_margins(moments.residual / moments.weight)
    theta[-1] -= moments.offset / moments.weight
    return theta


def fallback(base: Floats, loss: Loss, moments: ColumnMoments, intercept: bool) -> Fallback:
    """Give the model without features as what to start from where a start is worse than it.

    Its mean loss is taken to be `base_rate_loss` with offsets too.
    """
    margins = loss.base_margins(moments.residual / moments.weight)[None]
    return Fallback(base, float(base_rate_loss(loss, margins, intercept=intercept)[0]))


def base_rate_loss(loss: Loss, margins: Floats, *, intercept: bool) -> Floats:
    """Give Σ p·(−log p) over the class rates p, which are those at the margins (k, c), as (k,)."""
    rates = loss.probabilities(margins)
    given = rates if intercept else loss.probabilities(np.zeros_like(margins))
    return (rates * surprise(given)).sum(axis=1)
