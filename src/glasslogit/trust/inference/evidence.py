"""The pass that a table of coefficients asks for: gradient, information and fit at θ, at once."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from glasslogit.core import Block, Floats, Loss, Pass, grams_of_terms, surprise, value_and_gradient
from glasslogit.trust.claims import Counts
from glasslogit.trust.inference.distributions import log_choose

COUNT_TOLERANCE = 1e-8  # how near a count has to be to a whole number


class EvidenceSums(NamedTuple):
    """Answer of `Evidence`.

    `totals` (K,) are the weights of the classes, `hits` (K,) the sums over the rows of a class
    of the probability it was given. `saturated` is the loss of the model that gives each row its
    own fraction, `log_multiplicity` the log of the number of ways in which such counts come about.
    `fractions` and `trials` are those of `claims.Counts`.
    """

    value: float
    gradient: Floats
    grams: Floats
    rows: int
    totals: Floats
    hits: Floats
    saturated: float
    log_multiplicity: float
    furthest: float
    offset: float
    fractions: bool
    trials: bool


@dataclass(frozen=True, eq=False)
class Evidence(Pass[EvidenceSums]):
    """All that a table of coefficients needs of the rows, at θ."""

    loss: Loss
    theta: Floats
    centre: Floats
    factors: Floats

    def __call__(self, block: Block) -> EvidenceSums:
        """See `Pass`."""
        z = block.margins(self.theta)
        rows, weight = self.loss.evaluate(z, block.y), block.weight
        share = outcome_shares(block, len(self.factors)) * weight[:, None]
        hits = (share * self.loss.probabilities(z)).sum(axis=0)
        return EvidenceSums(
            *value_and_gradient(block, rows),
            grams_of_terms(block, self.loss, rows.p, self.centre),
            int((weight > 0).sum()),
            share.sum(axis=0),
            hits,
            *fractions(block),
            float(np.abs(z[weight > 0]).max(initial=0.0)),
            float(np.abs(block.offset).max(initial=0.0)),
            *Counts(self.factors)(block),
        )

    def merge(self, one: EvidenceSums, other: EvidenceSums) -> EvidenceSums:
        """See `Pass.merge`: sums are added, of the last four answers the larger kept."""
        pairs: list[Any] = list(zip(one, other, strict=True))
        added = [a + b for a, b in pairs[:-4]]
        return EvidenceSums(*added, *(max(pair) for pair in pairs[-4:]))


def outcome_shares(block: Block, K: int) -> Floats:
    """Give the share of each class in each row, (n, K): 0 or 1, or for two classes a fraction."""
    if K == 2:
        return np.column_stack([1.0 - block.y, block.y])
    return np.eye(K)[block.y]


def fractions(block: Block) -> tuple[float, float]:
    """Give Σ s·H(y) for fractions y, H the entropy, and Σ log (s over s·y) of whole counts."""
    inside = (block.y > 0) & (block.y < 1) & (block.weight > 0)
    if block.y.dtype.kind != "f" or not inside.any():
        return 0.0, 0.0
    y, s = block.y[inside], block.weight[inside]
    entropy = y * surprise(y) + (1.0 - y) * surprise(1.0 - y)
    near = np.abs(s * y - (s * y).round()) < COUNT_TOLERANCE * s
    whole = near & (np.abs(s - s.round()) < COUNT_TOLERANCE)
    log_multiplicity = log_choose(s[whole].round(), (s * y)[whole].round())
    return float(s @ entropy), float(log_multiplicity.sum())
