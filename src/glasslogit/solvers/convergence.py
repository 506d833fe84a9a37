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
from typing import ClassVar

import numpy as np

from glasslogit.core import (
    LEAST_SEEN,
    OFF_CENTRE,
    Floats,
    Focus,
    HessianView,
    Objective,
    SecondOrder,
    focus_of,
    least_focus,
    moved_to,
    off_centre,
    refocused,
    view,
    view_of,
)
from glasslogit.solvers.line_search import ROUNDING
from glasslogit.solvers.outcome import Outcome
from glasslogit.solvers.result import Fallback, Result, Step
from glasslogit.solvers.trace import Callback, Progress, Recorder

IMPROVED_SHARE = 1.0 - 1e-12  # a smaller share of the loss gained is rounding, and no gain
STUCK = 10  # steps at least in which neither the value nor the violation has fallen end a run


@dataclass(frozen=True, eq=False)
class Rules:
    """When a run ends. `validation` is an objective on held-out rows, for `patience`.

    `least_value` is a value of f below which no optimum lies, so that there is nothing to reach.
    Where a fit converges the last move is at most `rest`·√tol of the largest coordinate. The
    solver `closer` goes on where the classes hide a column from another solver.
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
        self.focus: Focus | None = None
        self.descends = solver.epochs is None  # or f may rise on the way
        self.focused = self.descends and solver.standardise and objective.coordinates.intercept
        self.mixes = not solver.exact_hessian and start.shape[1] > 1  # measures axis by axis
        self.blind = False  # near the optimum, but for a column that is hidden from the measure?
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
        seen: HessianView | None = None
        if step.diagonal is not None:
            self.diagonal = step.diagonal
        elif self.diagonal is None or violation(at, self.diagonal) <= self.rules.tol:
            seen = view(self.objective, at.u)
            self.diagonal = seen.diagonal
        joint = (self.objective.size * max(step.decrement, 0.0)) ** 0.5
        found = max(violation(at, self.diagonal), joint)
        self.focus = None
        if self.focused and at.u.shape[1] == 1:
            self.focus = self.look(step, seen)
        elif self.focused and found <= self.rules.tol:
            self.focus = self.look_closely(step, seen)
        return found

    def look(self, step: Step, seen: HessianView | None) -> Focus | None:
        """See where the columns are by a view, or by the last Hessian if one is off centre."""
        if seen is None and step.formed is not None and off_centre(step.formed.hessian):
            seen = view_of(self.objective, step.formed.hessian)
        return None if seen is None else focus_of(seen)

    def look_closely(self, step: Step, seen: HessianView | None) -> Focus:
        """See where the columns are, near the optimum, to each contrast of several classes."""
        f, known = self.objective, step.formed or step.at
        if seen is None and isinstance(known, SecondOrder):
            seen = view_of(f, known.hessian)
        return least_focus(view(f, step.at.u) if seen is None else seen)

    @property
    def astray(self) -> bool:
        """Tell whether some column is so far from its centre that its spread is hidden."""
        return self.focus is not None and bool((self.focus.centred < OFF_CENTRE).any())

    @property
    def hidden(self) -> bool:
        """Tell whether some contrast sees so little of a column that the violation does not."""
        least = LEAST_SEEN if self.rules.closer else OFF_CENTRE
        return self.mixes and self.focus is not None and bool((self.focus.own < least).any())

    def refocus(self) -> bool:
        """Take f in coordinates that suit the present step, if those it has do not; tell."""
        before = self.objective
        if self.focus is None or not self.astray:
            return False
        self.objective = refocused(before, self.current, self.focus.mean)
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
        """Tell whether neither f falls any more nor, in half as many steps again, the violation.

        One that is not halved wanders in its rounding, and so does an f that rises.
        """
        level = progress.value >= self.lowest - ROUNDING * abs(self.lowest)
        still = level and progress.violation > self.least / 2
        self.stuck = self.stuck + 1 if still else 0
        self.least = self.least if still else min(self.least, progress.violation)
        self.lowest = min(self.lowest, progress.value)
        return self.stuck >= max(STUCK, progress.step / 2)

    def judge(self, progress: Progress) -> Outcome | None:
        """Decide whether and how the run ends after this step."""
        rules = self.rules
        asked = [bool(callback(progress)) for callback in rules.callbacks]
        reached = progress.violation <= rules.tol and self.at_rest() and not self.astray
        self.blind = reached and self.hidden
        over = progress.step >= rules.max_steps or progress.value < rules.least_value
        stuck = (self.descends and self.is_stuck(progress)) or (self.blind and not rules.closer)
        ends = (
            (Outcome.DIVERGED, not isfinite(progress.value)),
            (Outcome.CONVERGED, reached and not self.blind),
            (Outcome.PATIENCE, rules.patience is not None and self.waited >= rules.patience),
            (Outcome.STOPPED, any(asked)),
            (Outcome.MAX_STEPS, over),
            (Outcome.STALLED, stuck),
            (Outcome.OUT_OF_TIME, progress.seconds >= rules.max_time),
        )
        return next((outcome for outcome, true in ends if true), None)

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
                under_way = _Run(solver, objective, fallback.u, solver.adapt(rules))
                steps, fallback = solver.steps(objective, fallback.u), None
                continue
            fallback = None
            if outcome := under_way.take(number, step):
                return under_way.result(outcome)
            if under_way.blind and under_way.rules.closer:
                solver, under_way.mixes = under_way.rules.closer, False
            if under_way.refocus() or under_way.blind:
                steps = solver.steps(under_way.objective, under_way.current)
            number += 1
    except KeyboardInterrupt:
        if not under_way.recorder.rows:
            raise
        return under_way.result(Outcome.INTERRUPTED)
    return under_way.result(Outcome.STALLED)
