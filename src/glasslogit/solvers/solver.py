"""What a solver is, and the rules by which a run of it ends.

A solver is a frozen dataclass of its settings whose `steps` is a generator: it proposes
positions and never decides when to stop.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import ClassVar

from glasslogit.core import Floats, Objective
from glasslogit.solvers.result import Step
from glasslogit.solvers.trace import Callback


@dataclass(frozen=True, eq=False)
class Rules:
    """When a run ends. `validation` is an objective on held-out rows, for `patience`.

    `least_value` is a value of f below which no optimum lies, so that there is nothing to reach.
    Where a fit converges the last move is at most `rest`·√tol of the largest coordinate. The
    solver `closer` goes on where rows or classes hide a column from another solver.
    """

    tol: float = 1e-6
    max_steps: int = 100
    max_time: float = inf
    least_value: float = -inf
    rest: float = 1.0
    patience: int | None = None
    closer: "Solver | None" = None
    validation: Objective | None = None
    callbacks: tuple[Callback, ...] = ()
    keep_weights: bool = False


class Solver(ABC):
    """A method of minimising an objective: settings, and a generator of steps.

    `name` is what reports call it. With `standardise` it works in coordinates in which f
    curves about alike in all directions; the coefficients are those of the columns as given.
    `handles_kinks` tells whether it minimises an L1 penalty, `exact_hessian` whether its steps are
    Newton's, with the exact Hessian. A share `validation_fraction` of the rows is held out for
    `Rules.validation`, drawn by `seed`. One that counts `epochs` makes so many steps.
    """

    name: ClassVar[str]
    handles_kinks: ClassVar[bool] = False
    exact_hessian: ClassVar[bool] = False
    standardise: bool
    validation_fraction: float = 0.0
    seed: int = 0
    epochs: int | None = None

    def adapt(self, rules: Rules) -> Rules:
        """Put the solver's own limits into the rules; by default it has none."""
        return rules

    def start(self, base: Floats) -> Floats:
        """Choose the start: `base` is 0 but for the intercept that gives the class rates."""
        return base

    @abstractmethod
    def steps(self, objective: Objective, start: Floats) -> Iterator[Step]:
        """Yield the start, then one step after another; return when no step helps."""
