"""Rows to predict that break a relation of the training rows: what the fit cannot know of them.

If Σⱼ nⱼxⱼ + n₀ = 0 in every training row, such as x = 0 for the empty cell of an interaction, the
coefficients are one choice of many that agree there. They disagree where the sum is not 0.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import Block, Floats
from glasslogit.errors import CollinearityWarning, warn
from glasslogit.pages import listed
from glasslogit.sources import ArraySource

KEPT = 1e-9  # of the terms of a relation, or ten times what it is off in training: rounding


def warn_of_unknown_rows(model: Any, X: Any) -> None:
    """Warn of rows of X that break a relation which columns had in the training rows."""
    for relation in getattr(model, "dependences_", ()):
        unused = np.zeros(X.shape[0])
        source = ArraySource(X, unused, unused, unused[:, None])
        question = Breaks(relation.vector[:, None], max(KEPT, 10.0 * relation.error))
        rows = np.flatnonzero(np.concatenate(source.map(question)))
        if rows.size:
            which = f"row {rows[0]} is" if rows.size == 1 else f"rows {listed(map(str, rows))} are"
            warn(
                f"{which} of a kind that the training rows did not have: there {relation}, so "
                f"the coefficient of {relation.dropped!r} is not known, and what is predicted of "
                "such rows is one answer of many; a penalty (a finite C) settles it",
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
