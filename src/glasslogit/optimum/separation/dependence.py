"""Collinear columns: which of them are sums of others, in words.

Columns depend on each other if a direction n moves no margin: Σⱼ nⱼxⱼ + n₀ = 0 in every row.
The directions are found by a singular value decomposition of the scaled columns (`overlap`),
and turned so that each explains one column, the last it can, by those before it.

Derivation: docs/derivations/separation.md#columns-that-depend-on-each-other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import TINY, Block, Coordinates, Floats, Loss, Moments, Source, unshifted
from glasslogit.errors import visible
from glasslogit.inputs import check_squarable
from glasslogit.optimum.separation.overlap import (
    ENOUGH_ROWS,
    NULL_TOLERANCE,
    MovedRows,
    ScaledBasis,
    Subspaces,
    scaled_basis,
    split_subspaces,
)
from glasslogit.pages import Said, fraction, in_fractions, listed

EXACT_RELATION = 1e-10  # a relation that holds to this share of its terms holds but for rounding
NEAR_FRACTION = 1e-6  # how near a small fraction has to be to be taken for it
RELATIONS_TOLD = 3  # of relations, so many are written out: each has some twelve terms
TRIES = 3  # to find rows for every direction that moves some row


@dataclass(frozen=True, eq=False, repr=False)
class Dependence(Said):
    """A column that others explain: Σ coefficients·columns + constant = 0.

    `dropped` is the column that can go; it comes last. `exact` is False if the relation holds
    only to `error`, a share of its terms in a row that is above rounding. `vector` (d+1,) has the
    same coefficients by the places of the columns, the constant last.

    >>> print(Dependence("sun", {"weekend": 1.0, "sat": -1.0, "sun": -1.0}, 0.0, 0.0))
    `weekend` = `sat` + `sun`
    """

    dropped: str
    coefficients: dict[str, float]
    constant: float
    error: float
    vector: Floats = field(default_factory=lambda: np.zeros(0), repr=False)

    @property
    def exact(self) -> bool:
        """Tell whether the relation holds but for rounding."""
        return self.error <= EXACT_RELATION

    def __str__(self) -> str:
        """Write it with plus signs only, the shorter side first; of many terms the first are named.

        >>> print(Dependence("b", {"a": 1.0, "b": 1.0}, 2.0, 0.0))
        `a` + `b` + 2 = 0
        """
        sides: dict[bool, list[str]] = {True: [], False: []}
        for name, value in self.coefficients.items():
            size = "" if abs(value) == 1 else f"{fraction(abs(value))} "
            sides[value > 0].append(f"{size}`{visible(name)}`")
        bare = {id(side) for side in sides.values() if not side}
        if self.constant or bare:
            sides[self.constant > 0 if self.constant else not sides[True]].append(
                fraction(abs(self.constant))
            )
        ordered = sorted(sides.values(), key=lambda side: (id(side) in bare, len(side)))
        left, right = (listed(side, " + ") or "0" for side in ordered)
        return f"{left} {'=' if self.exact else '≈'} {right}"


def told_relations(found: Iterable[Dependence], between: str = "; ") -> str:
    """Write the first relations, and how many more there are.

    >>> told_relations(Dependence(name, {"a": 1.0, name: -1.0}, 0.0, 0.0) for name in "bcdef")
    '`a` = `b`; `a` = `c`; `a` = `d`; … (2 more)'
    """
    return listed(map(str, found), between, most=RELATIONS_TOLD)


class Relation(NamedTuple):
    """A direction (d+1,) that moves no margin, the column it explains, and how well."""

    vector: Floats
    dropped: int
    error: float

    def given(self, shift: Floats | None) -> "Relation":
        """Give the relation of the columns as given, from that of the columns less `shift`."""
        return self._replace(vector=unshifted(self.vector[:, None], shift)[:, 0])

    def named(self, names: Sequence[str]) -> Dependence:
        """Put it in the names of the columns."""
        involved = np.flatnonzero(self.vector[:-1]).tolist()
        terms = {names[j]: float(self.vector[j]) for j in involved}
        return Dependence(
            names[self.dropped], terms, float(self.vector[-1]), self.error, self.vector
        )


class Scaling(NamedTuple):
    """Which columns to look at, the size of each (d,), and whether there is an intercept."""

    free: NDArray[np.intp]
    scale: Floats
    intercept: bool


@dataclass(frozen=True, eq=False)
class EveryRow:
    """Every k-th of the rows that have weight: asked by `Source.map`."""

    k: int

    def __call__(self, block: Block) -> Block:
        """Give those of a block."""
        return block.take(np.flatnonzero(block.weight > 0)[:: self.k])


class NullSpace(NamedTuple):
    """The directions that move no margin, in scaled columns, and the rows that tell them."""

    rows: Block
    free: NDArray[np.intp]
    columns: ScaledBasis
    parts: Subspaces
    sure: bool

    @property
    def null(self) -> Floats:
        """The directions (d+1, k) that move no margin."""
        return self.columns.basis @ self.parts.null


def find_null_space(source: Source, rows: Block, scaling: Scaling, *, whole: bool) -> NullSpace:
    """Find the directions that move no margin: by some rows first, and asking all if need be."""
    for _ in range(TRIES):
        columns = scaled_basis(rows, scaling.free, scaling.scale, intercept=scaling.intercept)
        parts = split_subspaces(columns.seen(rows))
        null_space = NullSpace(rows, scaling.free, columns, parts, sure=True)
        if whole or not parts.null.size:
            return null_space
        found = source.sum(MovedRows(null_space.null)).rows
        if not any(len(part.weight) for part in found):
            return null_space
        rows = rows.join([rows, *found])
    return null_space._replace(sure=False)


def dependence_of(
    source: Source, free: NDArray[np.intp], loss: Loss, *, intercept: bool
) -> list[Relation]:
    """Find the relations among some columns of a source; two passes, or a few with many rows."""
    moments = source.sum(Moments(loss))
    check_squarable(moments)
    at = Coordinates.standardised(moments, 0.0, intercept=intercept, axes=np.eye(1))
    every = max(moments.rows // max(ENOUGH_ROWS, 5 * len(free)), 1)
    parts = source.map(EveryRow(every))
    scaling = Scaling(free, at.scale, intercept)
    null_space = find_null_space(source, parts[0].join(parts), scaling, whole=every == 1)
    return relations(null_space, source.shift)


def relations(null_space: NullSpace, shift: Floats | None = None) -> list[Relation]:
    """Turn the directions so that each explains one column by those before it.

    How well it does is judged row by row: numbers far from the others hide these.
    """
    rows, null, d = null_space.rows, null_space.null, len(null_space.columns.basis) - 1
    constant = np.setdiff1d(null_space.free, null_space.columns.which)
    if not (null.size or constant.size):
        return []
    values = rows.entries(slice(d))
    size = np.append(np.abs(values).max(axis=0, initial=0.0), 1.0)
    found = [
        Relation(np.eye(d + 1)[j] - values[0, j] * np.eye(d + 1)[d], int(j), 0.0) for j in constant
    ]
    for j, scaled in echelon((null * size[:, None]).T):
        vector = np.divide(scaled, size, out=np.zeros(d + 1), where=size > 0)
        vector = without_rounding(vector / vector[j], size / size[j])
        moved, terms = np.abs(rows.product(vector[:, None])), rows.absolute_product(vector[:, None])
        terms = terms + (0.0 if shift is None else np.abs(shift) @ np.abs(vector[:d]))
        found.append(Relation(vector, j, float((moved / np.maximum(terms, TINY)).max())))
    return sorted(found, key=lambda relation: relation.dropped)


def echelon(N: Floats) -> list[tuple[int, Floats]]:
    """Turn the rows of N (k, d+1) so that each has an entry where the others have none.

    That entry is as far right as can be; the last place of all, the intercept's, is none.

    >>> [(j, row.tolist()) for j, row in echelon(np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 2.0]]))]
    [(1, [0.0, 1.0, -2.0]), (0, [1.0, 0.0, 2.0])]
    """
    N, places = N.copy(), list[int]()
    for j in reversed(range(N.shape[1] - 1)):
        k = len(places)
        if k == len(N):
            break
        best = k + int(np.abs(N[k:, j]).argmax())
        if abs(N[best, j]) <= NULL_TOLERANCE * np.abs(N[k:]).max():
            continue
        N[[k, best]] = N[[best, k]]
        N[k] /= N[k, j]
        others = np.arange(len(N)) != k
        N[others] -= np.outer(N[others, j], N[k])
        places.append(j)
    return list(zip(places, N, strict=False))


def without_rounding(vector: Floats, size: Floats) -> Floats:
    """Leave out what is nothing beside the rest; round to small fractions where these are near."""
    counts = np.abs(vector * size) > NULL_TOLERANCE * np.abs(vector * size).max()
    vector = np.where(counts, vector, 0.0)
    return in_fractions(vector, NEAR_FRACTION * np.abs(vector))
