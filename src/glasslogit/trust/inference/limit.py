"""The limit of the likelihood where classes are separated: its supremum, and what stays unique.

No θ attains the supremum, but Newton's method tends to it: along a direction in which a row gets
ahead for ever its loss is e⁻ᵐ, of which each step leaves the share e⁻¹, and the decrement

    S·gᵀH⁻¹g  →  S·(f(u) − inf f)

tells what is left. In the limit f is flat in some directions L: those that move only what has got
ahead. A coefficient a·u has a finite estimate if a is orthogonal to L; its error comes from the
curvature outside L, as that of the limiting conditional model (Geyer, "Likelihood inference in
exponential families and directions of recession", 2009, section 3). L is told by the curvature
there beside that at p = ½. Derivation: docs/derivations/inference.md#separated-classes.
"""

from typing import NamedTuple

import numpy as np

from glasslogit.core import Floats, Objective, SecondOrder
from glasslogit.errors import InputError
from glasslogit.trust.curvature import root_where
from glasslogit.trust.inference.constrained import left_to_gain, optimum_where

LIMIT_GAP = 1e-9  # nats below the supremum, at most, where Newton's method is stopped
NO_GAIN = 1e-3 * LIMIT_GAP  # where it stops: further on the curvature is lost in rounding
FLAT_SHARE = 1e-8  # of the curvature at p = ½: with less, an error is 10,000 times that there
ORTHOGONAL = 1e-6  # the share of a coefficient in L up to which it has none: L is known so well
STOPPED_EARLY = 1.0  # of the least weight: a fit that separates ends log 2 of it below, or nearer


class Limit(NamedTuple):
    """The likelihood near its supremum: the model of f there, and the root F of what is unique.

    `flat` (u.size, k) spans L, and `even` (u.size, q) has even·evenᵀ = H⁻¹ where p = ½.
    """

    at: SecondOrder
    root: Floats
    flat: Floats
    even: Floats

    def unique(self, rows: Floats) -> Floats:
        """Tell which of the coefficients rows·u have one value in the limit."""
        share = np.linalg.norm(rows @ self.flat, axis=1)
        return np.asarray(share <= ORTHOGONAL * np.linalg.norm(rows @ self.even, axis=1))


def supremum(objective: Objective, at: SecondOrder, A: Floats, b: Floats) -> SecondOrder:
    """Go to within `LIMIT_GAP` nats of sup ℓ over A·u = b, from anywhere; a pass for each step."""
    found = optimum_where(objective, at, A, b, NO_GAIN)
    if not left_to_gain(objective, found, A) <= LIMIT_GAP:
        raise InputError(
            "the likelihood's supremum was not reached: the classes are separated by so little "
            "that rounding hides it; rescale the columns, or use firth"
        )
    return found


def limit_of(objective: Objective, u: Floats) -> Limit:
    """Follow a fit of separated classes to the limit; some 30 passes."""
    here, level = objective.quadratic(u), objective.quadratic(0.0 * u)
    start = here if here.value < level.value else level
    at = supremum(objective, start, np.zeros((0, u.size)), np.zeros(0))
    short = objective.weight * (here.value - at.value)
    memory = objective.source.in_memory
    least = 1.0 if memory is None else float(memory.weight[memory.weight > 0].min())
    if short > STOPPED_EARLY * least:
        raise InputError(
            f"the model is {short:.2g} nats below the likelihood's supremum on these rows; give "
            "the rows, weights and offset it was fitted on, or fit it again with more steps"
        )
    even = root_where(np.ones(u.size, np.bool), level.hessian)
    values, vectors = np.linalg.eigh(even.T @ at.hessian.reshape(u.size, -1) @ even)
    curved = values > FLAT_SHARE
    ways = even @ vectors
    return Limit(at, ways[:, curved] / np.sqrt(values[curved]), ways[:, ~curved], even)
