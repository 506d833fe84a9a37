"""What the weights of a fit mean, and which errors, tests and intervals it may have.

One place decides it for all that judge a fit:

    weights                                a row is                likelihood  covariance
    whole numbers, as "frequency"          so many observations    yes         classical
    numbers of trials                      a cluster of trials     yes         classical
    with `class_weight`                    as above                no          robust
    "sampling" or "precision"              one observation         no          robust
    fractions, said to be "frequency"      not known               no          asked for

The covariance is the one that is taken if none is named. A classical one is refused where it
would be wrong: it takes each unit of weight for an observation.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from glasslogit.core import Block, Floats, Pass
from glasslogit.errors import InputError
from glasslogit.inputs import Target, are_shares, holds_fractions
from glasslogit.model import FittedObjective, weights_meant

ASK = (
    "sample_weight holds fractions, which count no rows; say what they mean where the model is "
    "made: weights='sampling' (each row was drawn with a chance of 1/weight) or 'precision' (its "
    "variance is 1/weight); or take summarize(model, X, y, sample_weight, covariance='robust'), "
    "which is right for both"
)


class CountSums(NamedTuple):
    """Answer of `Counts`: whether some weight is a fraction, and whether rows hold trials."""

    fractions: bool
    trials: bool


@dataclass(frozen=True, eq=False)
class Counts(Pass[CountSums]):
    """Whether the weights, divided by the `factors` (K,) of the classes, are whole numbers."""

    factors: Floats

    def __call__(self, block: Block) -> CountSums:
        """See `Pass`."""
        target = Target(block.y, block.weight)
        return CountSums(holds_fractions(target, self.factors), are_shares(block.y))

    def merge(self, one: CountSums, other: CountSums) -> CountSums:
        """See `Pass.merge`."""
        return CountSums(one.fractions or other.fractions, one.trials or other.trials)


@dataclass(frozen=True)
class Claims:
    """What may be claimed of a fit.

    `by_row` says that a row, and not each unit of its weight, is independent of the others.
    `without` says why there is no likelihood, "" if there is one; `question` what has to be
    answered before there are classical errors; `classical` whether these may be asked for.
    """

    by_row: bool
    without: str
    question: str
    classical: bool

    @property
    def likelihood(self) -> bool:
        """Tell whether the weights count observations, so that there is a likelihood."""
        return not self.without

    def covariance(self, kind: str) -> str:
        """Choose the covariance for "auto", or refuse one that would be wrong."""
        if kind not in {"auto", "classical"}:
            return kind
        self.refuse_unasked()
        if kind == "auto":
            return "classical" if self.likelihood else "robust"
        if not self.classical:
            raise InputError(
                f"with {self.without} classical errors are wrong: they take each unit of weight "
                "for an observation; take covariance='robust'"
            )
        return kind

    def refuse_unasked(self) -> None:
        """Refuse what depends on an answer that is not there."""
        if self.question:
            raise InputError(self.question)


def claims_of(model: Any, fitted: FittedObjective, counts: CountSums | None = None) -> Claims:
    """Decide what may be claimed of a model beside its rows; one pass, if `counts` is not given."""
    if counts is None:
        counts = fitted.objective.source.sum(Counts(fitted.factors))
    return claims_by(weights_meant(model), fitted.factors, counts)


def claims_by(meant: str, factors: Floats, counts: CountSums) -> Claims:
    """Decide what may be claimed by what weights are said to mean, and what they hold."""
    if meant != "frequency":
        return Claims(True, f"weights={meant!r}", "", classical=meant == "precision")
    if counts.fractions:
        return Claims(True, "weights that are fractions", ASK, classical=False)
    if (factors != 1).any():
        return Claims(counts.trials, "class_weight", "", classical=False)
    return Claims(counts.trials, "", "", classical=True)


def question_of(meant: str, rows: Target) -> str:
    """Give what is to be answered of weights before a fit has classical errors, "" if nothing is.

    The classes of `rows` are codes.
    """
    factors = np.ones(int(rows.y.max(initial=0)) + 2)
    counts = CountSums(holds_fractions(rows, factors), are_shares(rows.y))
    return claims_by(meant, factors, counts).question
