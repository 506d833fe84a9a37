"""Whether one model is contained in another: by the rows and what their columns span, not by names.

A model is contained in another on the same rows if each of its columns, and its intercept, is a
combination of the other's: then every margin of the one is a margin of the other. So a number is
contained in the indicators of its values, and a polynomial in one of higher degree. A column
counts as a combination by the rule of `find_dependence`: rows of weight 0 aside, no row has more
than a share of 1e-6 of it left, so much above rounding and so little that χ² does not feel it.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from glasslogit.core import Binomial, Block, Floats, Labels, Source
from glasslogit.errors import InputError
from glasslogit.optimum.separation import dependence_of, with_intercept
from glasslogit.sources import BatchSource

ON_SAME_ROWS = "summarise both on the same rows, each complete in all columns"


class ModelRows(NamedTuple):
    """The rows that a model was fitted on, as its columns of X, and whether it has an intercept."""

    source: Source
    names: tuple[str, ...]
    intercept: bool


class Observed(NamedTuple):
    """What is observed beside the columns: labels (n,), weights (n,), offsets (n, c)."""

    y: Labels
    weight: Floats
    offset: Floats


def observed(source: Source) -> Observed:
    """Read labels, weights and offsets of all rows; one pass."""
    parts = source.map(lambda block: (block.y, block.weight, block.offset))
    return Observed(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def refuse_other_rows(small: ModelRows, large: ModelRows) -> None:
    """Refuse two models that were not fitted to the same labels, weights and offsets."""
    one, other = observed(small.source), observed(large.source)
    if len(one.y) != len(other.y):
        sizes = f"{len(one.y):,} and {len(other.y):,} of them"
        raise InputError(f"the summaries are of other rows, {sizes}; {ON_SAME_ROWS}")
    counted = (one.weight > 0) | (other.weight > 0)
    for what, mine, theirs in zip(("outcomes", "weights", "offsets"), one, other, strict=True):
        apart = np.flatnonzero(counted & (mine != theirs).reshape(len(counted), -1).any(axis=1))
        if apart.size:
            raise InputError(
                f"the summaries are of other rows: their {what} differ, first in row {apart[0]}; "
                f"{ON_SAME_ROWS}"
            )


def refuse_not_nested(small: ModelRows, large: ModelRows) -> None:
    """Refuse a model with a column that is no combination of the other's; two passes or a few."""
    constant = small.intercept and not large.intercept
    d = len(large.names)
    names = with_intercept(small.names) if constant else small.names
    read = partial(both_columns, small.source, large.source, constant=constant)
    columns = np.arange(d + len(names))
    found = dependence_of(BatchSource(read), columns, Binomial(), intercept=large.intercept)
    explained = {relation.dropped for relation in found}
    outside = [name for j, name in enumerate(names) if d + j not in explained]
    if outside:
        raise InputError(
            f"the first model is not contained in the second: {outside[0]!r} is no combination of "
            "the second's columns in these rows; give the smaller one first, or compare models "
            "that are not nested by their AIC"
        )


def both_columns(small: Source, large: Source, *, constant: bool) -> Iterator[tuple[Any, ...]]:
    """Yield batches with the columns of the larger model, then of the smaller, and a constant."""
    for one, other in same_rows(small, large):
        columns = [other.entries(slice(None)), one.entries(slice(None))]
        columns += [np.ones((len(one.weight), 1))] * constant
        none = np.zeros(len(one.weight))
        yield np.hstack(columns), none, one.weight, none[:, None]


def same_rows(one: Source, other: Source) -> Iterator[tuple[Block, Block]]:
    """Yield the same rows of two sources of as many rows, whose blocks are cut otherwise."""
    left, right = iter(one.blocks()), iter(other.blocks())
    a, b = next(left, None), next(right, None)
    while a is not None and b is not None:
        m = min(len(a.weight), len(b.weight))
        yield a.take(np.arange(m)), b.take(np.arange(m))
        a, b = rest(a, m) or next(left, None), rest(b, m) or next(right, None)


def rest(block: Block, m: int) -> Block | None:
    """Give the rows of a block after the first m, if there are any."""
    n = len(block.weight)
    return block.take(np.arange(m, n)) if m < n else None
