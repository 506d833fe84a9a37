"""Rows to predict that break a relation of the training rows: what the fit cannot know of them.

If Σⱼ nⱼxⱼ + n₀ = 0 in every training row, such as x = 0 for the empty cell of an interaction, the
coefficients are one choice of many that agree there. They disagree where the sum is not 0.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import Block, Floats
from glasslogit.errors import CollinearityWarning, warn
from glasslogit.optimum.separation import Dependence, told_relations
from glasslogit.pages import listed
from glasslogit.sources import ArraySource

KEPT = 1e-9  # of the terms of a relation, or ten times what it is off in training: rounding


class Unknown(NamedTuple):
    """Rows that break relations which columns had in the training rows, and these relations."""

    rows: NDArray[np.intp]
    relations: list[Dependence]


def unknown_rows(model: Any, X: Any) -> Unknown:
    """Find the rows of X that break a relation of the training rows."""
    broken, relations = np.zeros(X.shape[0], bool), list[Dependence]()
    for relation in getattr(model, "dependences_", ()):
        unused = np.zeros(X.shape[0])
        source = ArraySource(X, unused, unused, unused[:, None])
        question = Breaks(relation.vector[:, None], max(KEPT, 10.0 * relation.error))
        breaks = np.concatenate(source.map(question))
        if breaks.any():
            broken |= breaks
            relations.append(relation)
    return Unknown(np.flatnonzero(broken), relations)


def warn_of_unknown_rows(model: Any, X: Any) -> None:
    """Warn of rows of X that break a relation which columns had in the training rows."""
    rows, broken = unknown_rows(model, X)
    if rows.size:
        which = f"row {rows[0]} is" if rows.size == 1 else f"rows {listed(map(str, rows))} are"
        names = listed(repr(relation.dropped) for relation in broken)
        many, be = ("s", "are") if len(broken) > 1 else ("", "is")
        warn(
            f"{which} of a kind that the training rows did not have: there "
            f"{told_relations(broken)}, so the coefficient{many} of {names} {be} not known, and "
            "what is predicted of such rows is one answer of many; a penalty (a finite C) settles "
            "it",
            CollinearityWarning,
        )


@dataclass(frozen=True, eq=False)
class Breaks:
    """Which rows are off a relation (d+1, 1) by more than a share of its terms, (n,)."""

    relation: Floats
    off: float

    def __call__(self, block: Block) -> NDArray[np.bool]:
        """Tell of the rows of a block: asked by `Source.map`."""
        terms = block.absolute_product(self.relation)[:, 0]
        return np.abs(block.product(self.relation)[:, 0]) > self.off * terms
