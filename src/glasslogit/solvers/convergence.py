"""Whether a fit has converged: the one loop that every solver runs in.

A solver is a frozen dataclass of its settings whose `steps` is a generator: it proposes
positions and never decides when to stop. `run` applies tolerance, patience, limits, time
budget and callbacks, in one place, to all of them.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, isfinite
from time import perf_counter
from typing import ClassVar, NamedTuple

import numpy as np

from glasslogit.core import (
    Floats,
    HessianView,
    LocalModel,
    Objective,
    SecondOrder,
    mean_of,
    moved_to,
    off_centre,
    refocused,
    unshifted,
)
from glasslogit.solvers.line_search import ROUNDING
from glasslogit.solvers.outcome import Outcome
from glasslogit.solvers.trace import Callback, Progress, Recorder, Trace

IMPROVED_SHARE = 1.0 - 1e-12  # a smaller share of the loss gained is rounding, and no gain
STUCK = 10  # steps at least in which neither the value nor the violation has fallen end a run


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
    """A finished run: θ for the columns as `objective` has them, f there, how it ended, its record.

    `late_change` is the change of θ since about the middle of the run. `objective` is f in the
    coordinates where the run ended; `at` is what is known of it at θ, None where an earlier step
    was kept, `formed` the last model with a Hessian of all rows.
    """

    theta: Floats
    value: float
    outcome: Outcome
    trace: Trace
    late_change: Floats
    objective: Objective
    at: LocalModel | None = None
    formed: SecondOrder | None = None

    @property
    def given(self) -> Floats:
        """θ for the columns as they were given, before any was shifted."""
        return unshifted(self.theta, self.objective.source.shift)


class Fallback(NamedTuple):
    """Where to begin instead, and the value of f there, if the start is worse."""

    u: Floats
    value: float


class _Run:
    """A run under way: judges each step, records it and remembers the best."""

    def __init__(self, solver: Solver, objective: Objective, start: Floats, rules: Rules) -> None:
        self.objective, self.rules = objective, rules
        self.recorder = Recorder(keep_weights=rules.keep_weights)
        self.began = perf_counter()
        self.previous = self.current = self.best = start
        self.anchors = [start, start]
        self.gauge, self.spread = np.ones((len(start), 1)), objective.coordinates.spread
        self.best_monitored, self.waited = inf, 0
        self.least, self.lowest, self.stuck = inf, inf, 0
        self.diagonal: Floats | None = None
        self.seen: HessianView | None = None  # at the present step, or of its last Hessian
        self.astray = (
            False  # was the violation measured from a centre that hides a column's spread?
        )
        free = solver.standardise and solver.epochs is None
        self.focused = free and objective.coordinates.intercept
        self.last: Step | None = None

    def take(self, number: int, step: Step) -> Outcome | None:
        """Take a step; say how the run ends if it ends here."""
        violation = self.measure(step)
        u, value = step.at.u, step.at.value
        validation = self.rules.validation.value(u) if self.rules.validation else None
        self.previous, self.current, self.last = self.current, u, step
        if number & (number - 1) == 0:  # 0, 1, 2, 4, 8, …
            self.anchors = [self.anchors[1], u]
        self.remember(u, value if validation is None else validation)
        theta = self.objective.theta(u)
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
        self.seen = None if step.formed is None else self.objective.view_of(step.formed.hessian)
        if step.diagonal is not None:
            self.diagonal = step.diagonal
        elif self.diagonal is None or violation(at, self.diagonal) <= self.rules.tol:
            self.seen = self.objective.view(at.u)
            self.diagonal = self.seen.diagonal
        joint = (self.objective.size * max(step.decrement, 0.0)) ** 0.5
        self.astray = bool(self.seen and self.focused and off_centre(self.seen))
        return max(violation(at, self.diagonal), joint)

    def refocus(self) -> bool:
        """Take f in coordinates that suit the present step, if those it has do not; tell."""
        before = self.objective
        if self.seen is None or not self.astray:
            return False
        self.objective = refocused(before, self.current, mean_of(self.seen))
        places = self.previous, self.current, self.best, *self.anchors
        moved = [moved_to(before, self.objective, u) for u in places]
        self.previous, self.current, self.best, *self.anchors = moved
        self.diagonal = None
        now, d = self.objective.coordinates.spread, self.objective.features
        self.gauge = np.ones((len(self.current), 1))
        self.gauge[:d] = self.spread / np.where(now > 0, now, 1.0)
        return True

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
        for gauge in (np.ones(1), self.gauge):  # a direction that is run along may be small in one
            move = float((np.abs(self.current - self.previous) * gauge).max(initial=0.0))
            largest = float((np.abs(self.current) * gauge).max(initial=1.0))
            if move > self.rules.rest * self.rules.tol**0.5 * largest:
                return False
        return True

    def is_stuck(self, progress: Progress) -> bool:
        """Tell whether neither f falls any more nor, in half as many steps again, the violation."""
        level = abs(progress.value - self.lowest) <= ROUNDING * abs(self.lowest)
        still = level and progress.violation >= self.least
        self.stuck = self.stuck + 1 if still else 0
        self.least = min(self.least, progress.violation)
        self.lowest = min(self.lowest, progress.value)
        return self.stuck >= max(STUCK, progress.step / 2)

    def judge(self, progress: Progress) -> Outcome | None:
        """Decide whether and how the run ends after this step."""
        rules = self.rules
        asked = [bool(callback(progress)) for callback in rules.callbacks]
        reached = progress.violation <= rules.tol and self.at_rest() and not self.astray
        over = progress.step >= rules.max_steps or progress.value < rules.least_value
        ends = {
            Outcome.DIVERGED: not isfinite(progress.value),
            Outcome.CONVERGED: reached,
            Outcome.PATIENCE: rules.patience is not None and self.waited >= rules.patience,
            Outcome.STOPPED: any(asked),
            Outcome.MAX_STEPS: over,
            Outcome.STALLED: self.is_stuck(progress),
            Outcome.OUT_OF_TIME: progress.seconds >= rules.max_time,
        }
        return next((outcome for outcome, true in ends.items() if true), None)

    def result(self, outcome: Outcome) -> Result:
        """Give the finished run; with patience or after a divergence, its best weights."""
        best = self.rules.patience is not None or outcome is Outcome.DIVERGED
        theta = self.objective.coordinates.theta
        step, u = self.last, self.best if best else self.current
        at, formed = (None, None) if best or step is None else (step.at, step.formed)
        late, trace = theta(self.current - self.anchors[0]), self.recorder.trace()
        value = float(trace.value[len(trace) - 1 - (self.waited if best else 0)])
        known = trace, late, self.objective, at, formed
        return Result(theta(u), value, outcome, *known)


def run(
    solver: Solver,
    objective: Objective,
    start: Floats,
    rules: Rules,
    fallback: Fallback | None = None,
) -> Result:
    """Let a solver make steps until one of the rules says stop."""
    under_way, number = _Run(solver, objective, start, solver.adapt(rules)), 0
    steps = solver.steps(objective, start)
    try:
        while step := next(steps, None):
            if fallback and not step.at.value <= fallback.value:
                steps, fallback = solver.steps(objective, fallback.u), None
                continue
            fallback = None
            if outcome := under_way.take(number, step):
                return under_way.result(outcome)
            if under_way.refocus():
                steps = solver.steps(under_way.objective, under_way.current)
            number += 1
    except KeyboardInterrupt:
        if not under_way.recorder.rows:
            raise
        return under_way.result(Outcome.INTERRUPTED)
    return under_way.result(Outcome.STALLED)
