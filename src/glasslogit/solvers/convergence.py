"""Whether a fit has converged: the one loop that every solver runs in, and how it can end.

A solver is a frozen dataclass of its settings whose `steps` is a generator: it proposes
positions and never decides when to stop. `run` applies tolerance, patience, limits, time
budget and callbacks, in one place, to all of them.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from math import inf, isfinite
from time import perf_counter
from typing import ClassVar

import numpy as np

from glasslogit.core import Floats, LocalModel, Objective, SecondOrder
from glasslogit.solvers.trace import Callback, Progress, Recorder, Trace

IMPROVED_SHARE = 1.0 - 1e-12  # a smaller share of the loss gained is rounding, and no gain


class Outcome(Enum):
    """How a training run ended; the value is a sentence for the user, with the remedy."""

    CONVERGED = "reached the tolerance"
    PATIENCE = "stopped early: no better value within the patience; the best weights are kept"
    STOPPED = "stopped by a callback; let it run on, or take the fit as it is"
    INTERRUPTED = "interrupted from the keyboard; fit again to go on"
    MAX_STEPS = "did not reach the tolerance in the steps allowed; raise max_iter (or epochs)"
    OUT_OF_TIME = "did not reach the tolerance in the time allowed; raise max_time"
    STALLED = (
        "cannot get nearer to the optimum in floating point; loosen tol, or look for nearly "
        "dependent columns, and for offsets or weights of very different sizes"
    )
    DIVERGED = (
        "left every bound; lower the learning rate, or rescale the columns, as the solver does "
        "itself with standardise=True"
    )
    SEPARATED = (
        "the classes are separated: without a penalty there is no finite optimum; set a "
        "finite C, or look for the column that gives the target away"
    )

    @property
    def converged(self) -> bool:
        """Tell whether the optimum was reached to the tolerance."""
        return self is Outcome.CONVERGED

    @property
    def deliberate(self) -> bool:
        """Tell whether the run ended as it was asked to."""
        return self in {Outcome.CONVERGED, Outcome.PATIENCE, Outcome.STOPPED}

    @property
    def remedy(self) -> str:
        """Say what happened and what to do."""
        return str(self.value)


@dataclass(frozen=True, eq=False)
class Step:
    """What a solver proposes: a position, `at.u`, with the value and the gradient of f there.

    `length` is the multiple of the direction taken. A solver that has a Hessian H, or one near
    enough, gives its `diagonal` and the `decrement` gᵀH⁻¹g, twice what f can still fall. `formed`
    is the last model whose Hessian was formed there and of all rows, if there is one.
    """

    at: LocalModel
    length: float = 0.0
    diagonal: Floats | None = None
    decrement: float = 0.0
    formed: SecondOrder | None = None


@dataclass(frozen=True, eq=False)
class Rules:
    """When a run ends. `validation` is an objective on held-out rows, for `patience`.

    `least_value` is a value of f below which no optimum lies, so that there is nothing to reach.
    Where a fit converges the last move is at most `rest`·√tol of the largest coordinate.
    """

    tol: float = 1e-6
    max_steps: int = 100
    max_time: float = inf
    least_value: float = -inf
    rest: float = 1.0
    patience: int | None = None
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


@dataclass(frozen=True, eq=False)
class Result:
    """A finished run: θ, the value of f there, how it ended and its record.

    `late_change` is the change of θ since about the middle of the run, `at` what is known of f
    at θ, None where an earlier step was kept, `formed` the last model with a Hessian of all rows.
    """

    theta: Floats
    value: float
    outcome: Outcome
    trace: Trace
    late_change: Floats
    at: LocalModel | None = None
    formed: SecondOrder | None = None


class _Run:
    """A run under way: judges each step, records it and remembers the best."""

    def __init__(self, objective: Objective, start: Floats, rules: Rules) -> None:
        self.objective, self.rules = objective, rules
        self.recorder = Recorder(keep_weights=rules.keep_weights)
        self.began = perf_counter()
        self.previous = self.current = self.best = start
        self.anchors = start, start
        self.best_monitored, self.waited = inf, 0
        self.diagonal: Floats | None = None
        self.last: Step | None = None

    def take(self, number: int, step: Step) -> Outcome | None:
        """Take a step; say how the run ends if it ends here."""
        violation = self.measure(step)
        u, value = step.at.u, step.at.value
        validation = self.rules.validation.value(u) if self.rules.validation else None
        self.previous, self.current, self.last = self.current, u, step
        if number & (number - 1) == 0:  # 0, 1, 2, 4, 8, …
            self.anchors = self.anchors[1], u
        self.remember(u, value if validation is None else validation)
        theta = self.objective.coordinates.theta(u)
        theta.flags.writeable = False  # callbacks look, the record keeps
        progress = Progress(
            number,
            theta,
            value,
            violation,
            step.length,
            self.objective.source.passes,
            perf_counter() - self.began,
            validation,
        )
        self.recorder.add(progress)
        return self.judge(progress)

    def measure(self, step: Step) -> float:
        """Measure the violation in standard errors, by the last known Hessian diagonal.

        When the tolerance seems reached by a diagonal from an earlier step, it is taken
        anew where this step stands: no fit is accepted on an outdated measure. The decrement
        counts all directions together, also those in which dependent columns differ.
        """
        violation, at = self.objective.violation, step.at
        if step.diagonal is not None:
            self.diagonal = step.diagonal
        elif self.diagonal is None or violation(at, self.diagonal) <= self.rules.tol:
            self.diagonal = self.objective.diagonal(at.u)
        joint = (self.objective.size * max(step.decrement, 0.0)) ** 0.5
        return max(violation(at, self.diagonal), joint)

    def remember(self, u: Floats, monitored: float) -> None:
        """Keep the best position so far and count the steps since."""
        self.waited += 1
        if monitored < self.best_monitored * IMPROVED_SHARE:
            self.best, self.best_monitored, self.waited = u, monitored, 0

    def at_rest(self) -> bool:
        """Tell whether the last move was small beside the largest coordinate, by √tol.

        A method that converges fast is then within about tol of it. Where the classes are
        separated the gradient vanishes, but the moves do not.
        """
        move = float(np.abs(self.current - self.previous).max(initial=0.0))
        largest = float(np.abs(self.current).max(initial=1.0))
        return move <= self.rules.rest * self.rules.tol**0.5 * largest

    def judge(self, progress: Progress) -> Outcome | None:
        """Decide whether and how the run ends after this step."""
        rules = self.rules
        asked = [bool(callback(progress)) for callback in rules.callbacks]
        if not isfinite(progress.value):
            return Outcome.DIVERGED
        if progress.violation <= rules.tol and self.at_rest():
            return Outcome.CONVERGED
        if rules.patience is not None and self.waited >= rules.patience:
            return Outcome.PATIENCE
        if any(asked):
            return Outcome.STOPPED
        if progress.step >= rules.max_steps or progress.value < rules.least_value:
            return Outcome.MAX_STEPS
        return Outcome.OUT_OF_TIME if progress.seconds >= rules.max_time else None

    def result(self, outcome: Outcome) -> Result:
        """Give the finished run; with patience or after a divergence, its best weights."""
        best = self.rules.patience is not None or outcome is Outcome.DIVERGED
        theta = self.objective.coordinates.theta
        last, u = self.last, self.best if best else self.current
        at, formed = (None, None) if best or last is None else (last.at, last.formed)
        late_change = theta(self.current - self.anchors[0])
        trace = self.recorder.trace()
        value = float(trace.value[len(trace) - 1 - (self.waited if best else 0)])
        return Result(theta(u), value, outcome, trace, late_change, at, formed)


def run(solver: Solver, objective: Objective, start: Floats, rules: Rules) -> Result:
    """Let a solver make steps until one of the rules says stop."""
    under_way = _Run(objective, start, solver.adapt(rules))
    try:
        for number, step in enumerate(solver.steps(objective, start)):
            outcome = under_way.take(number, step)
            if outcome:
                return under_way.result(outcome)
    except KeyboardInterrupt:
        if not under_way.recorder.rows:
            raise
        return under_way.result(Outcome.INTERRUPTED)
    return under_way.result(Outcome.STALLED)
