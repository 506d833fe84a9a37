"""What a run begins from, goes by and ends with."""

from dataclasses import dataclass
from typing import NamedTuple

from glasslogit.core import Floats, LocalModel, Objective, SecondOrder, unshifted
from glasslogit.solvers.outcome import Outcome
from glasslogit.solvers.trace import Trace


@dataclass(frozen=True, eq=False)
class Step:
    """What a solver proposes: a position, `at.u`, with the value and the gradient of f there.

    `length` is the multiple of the direction taken. A solver that has a Hessian H, or one near
    enough, gives its `diagonal` and the `direction` −H⁻¹g in which it goes on. `formed` is the last
    model whose Hessian was formed there and of all rows, if there is one, and `left_out` (k, p·c)
    are the directions that float64 cannot tell from none.
    """

    at: LocalModel
    length: float = 0.0
    diagonal: Floats | None = None
    direction: Floats | float = 0.0
    formed: SecondOrder | None = None
    left_out: Floats | None = None

    @property
    def decrement(self) -> float:
        """Give gᵀH⁻¹g, twice what f can still fall."""
        return -float((self.at.gradient * self.direction).sum())


@dataclass(frozen=True, eq=False)
class Result:
    """A finished run: θ for the columns as `objective` has them, f there, how it ended, its record.

    `late_change` is the change of θ since about the middle of the run. `objective` is f in the
    coordinates where the run ended; `at` is what is known of it at θ, None where an earlier step
    was kept, `formed` the last model with a Hessian of all rows.

    `ahead` is the run that goes on by a `step` of Newton's method to where no pass has been. Its
    value and gradient are what the quadratic model `formed` foretells; `at.value` is the tangent's.
    """

    theta: Floats
    value: float
    outcome: Outcome
    trace: Trace
    late_change: Floats
    objective: Objective
    at: LocalModel | None = None
    formed: SecondOrder | None = None
    ahead: "Result | None" = None
    step: Floats | None = None

    @property
    def given(self) -> Floats:
        """θ for the columns as they were given, before any was shifted."""
        return unshifted(self.theta, self.objective.source.shift)


class Fallback(NamedTuple):
    """Where to begin instead, and the value of f there, if the start is worse."""

    u: Floats
    value: float
