"""Line search: the full step if it decreases f enough, else one pass for ten shorter ones.

A step t is good enough if it keeps a share of the decrease that the slope promises
(Armijo, "Minimization of functions having Lipschitz continuous first partial derivatives",
1966):

    f(u + t·d) ≤ f(u) + SUFFICIENT_DECREASE · t · gᵀd

Near the optimum the decrease drowns in the rounding of f. Then a step is good enough if f
has not risen beyond rounding and the slope has shrunk, and a bad step is mended by going
where the slope, taken as straight, is 0 (after the approximate Wolfe conditions of Hager &
Zhang, "A new conjugate gradient method with guaranteed descent and an efficient line
search", 2005, equation 4.1).

Derivation: docs/derivations/solvers.md.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import FirstOrder, Floats, KeptMargins, LocalModel, Objective, SecondOrder

SUFFICIENT_DECREASE = 1e-4  # as in Nocedal & Wright (2006), section 3.1
SMALLER_SLOPE = 0.9
ROUNDING = 64 * float(np.finfo(float).eps)
TAIL = 0.36, 0.375  # e⁻¹ = 0.3679 is what Newton's step leaves of a slope that falls as e⁻ᵗ
STRETCHES = tuple(2.0**k for k in range(1, 11))
BACKTRACKS = tuple(0.5**k for k in range(1, 11))
FAR_BACKTRACKS = tuple(0.25**k for k in range(6, 26))


At = TypeVar("At", FirstOrder, SecondOrder, KeptMargins)
Reals = Any  # a number of one fit, or an array with one of each of many
Truths = bool | NDArray[np.bool]


def advance(
    objective: Objective, evaluate: Callable[[Floats], At], at: At, d: Floats
) -> tuple[float, At]:
    """Go along d; give the length of the step and `evaluate` where it ends."""
    return advance_by(objective, lambda length: evaluate(at.u + length * d), at, d)


def advance_by(
    objective: Objective, evaluate: Callable[[float], At], at: At, d: Floats
) -> tuple[float, At]:
    """Do what `advance` does with an `evaluate` that takes the length of the step.

    The full step is evaluated as if it were good, since it nearly always is. A length of 0
    says that no step helps.
    """
    slope, new = float(np.vdot(at.gradient, d)), evaluate(1.0)
    new_slope = float(np.vdot(new.gradient, d))
    if decreases_enough(at.value, slope, new.value, new_slope):
        return 1.0, new
    if -slope > ROUNDING * abs(at.value):
        length = backtrack(objective, at, slope, d)
        return length, evaluate(length) if length else at
    length = slope / ((slope - new_slope) or slope)  # where a straight slope would be 0
    new = evaluate(length)
    shrunk = abs(float(np.vdot(new.gradient, d))) <= SMALLER_SLOPE * abs(slope)
    return (length, new) if shrunk else (0.0, at)


def decreases_enough(value: Reals, slope: Reals, new_value: Reals, new_slope: Reals) -> Truths:
    """Judge the full step by the value and the slope gᵀd at both its ends, of one fit or of many.

    >>> decreases_enough(1.0, -1.0, np.array([0.5, 1.5]), np.array([0.0, 2.0])).tolist()
    [True, False]
    """
    enough = new_value <= value + SUFFICIENT_DECREASE * slope
    level = new_value <= value + ROUNDING * abs(value)
    return enough | (level & (abs(new_slope) <= SMALLER_SLOPE * abs(slope)))


def backtrack(objective: Objective, at: LocalModel, slope: float, d: Floats) -> float:
    """Find the step below 1 with the smallest value that is good enough; 0 if there is none.

    One pass tries ten lengths at once, since the margins are linear in the length; only
    if all fail a second pass tries twenty far shorter ones.
    """
    for lengths in (BACKTRACKS, FAR_BACKTRACKS):
        values = objective.along(at.u, d, lengths)
        good = values <= at.value + SUFFICIENT_DECREASE * slope * np.array(lengths)
        if good.any():
            return lengths[int(np.where(good, values, np.inf).argmin())]
    return 0.0


def in_tail(old: LocalModel, d: Floats, new: LocalModel) -> bool:
    """Tell whether the slope falls along a full step of Newton's as an exponential does."""
    slope, left = float(np.vdot(old.gradient, d)), float(np.vdot(new.gradient, d))
    return bool(falls_by_e(old.value, slope, left))


def falls_by_e(value: Reals, slope: Reals, new_slope: Reals) -> Truths:
    """Tell the same by the value and the slope where the step began, of one fit or of many."""
    seen = -slope > ROUNDING * abs(value)
    return seen & (TAIL[0] * slope > new_slope) & (new_slope > TAIL[1] * slope)


def stretched(
    objective: Objective, evaluate: Callable[[Floats], At], old: At, d: Floats, new: At
) -> tuple[float, At]:
    """Go on along d in a tail, where each step moves the margins that matter by 1 only.

    One pass tries ten lengths; `new` is where the full step has led.
    """
    values = objective.along(old.u, d, STRETCHES)
    best = int(values.argmin())
    if not values[best] < new.value:
        return 1.0, new
    return STRETCHES[best], evaluate(old.u + STRETCHES[best] * d)
