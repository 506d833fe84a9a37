"""Whether a fit has converged: the one loop that every solver runs in.

`run` applies tolerance, patience, limits, time budget and callbacks, in one place, to all of them.
"""

from dataclasses import replace
from functools import partial
from math import inf, isfinite
from time import perf_counter

import numpy as np

from glasslogit.core import (
    LEAST_SEEN,
    OFF_CENTRE,
    FirstOrder,
    Floats,
    Focus,
    HessianView,
    KeptMargins,
    Objective,
    SecondOrder,
    are_constant,
    focus_of,
    least_focus,
    moved_to,
    refocused,
    view,
    view_of,
)
from glasslogit.solvers.line_search import ROUNDING
from glasslogit.solvers.outcome import Outcome
from glasslogit.solvers.result import Fallback, Result, Step
from glasslogit.solvers.solver import Rules, Solver
from glasslogit.solvers.trace import Progress, Recorder
from glasslogit.solvers.unseen import FEW_COEFFICIENTS, felt, free_step, one_step_on

IMPROVED_SHARE = 1.0 - 1e-12  # a smaller share of the loss gained is rounding, and no gain
FEW_ROWS = 4096  # a Hessian of so many costs little beside a fit
STUCK = 10  # steps at least in which neither the value nor the violation has fallen end a run


class _Run:
    """A run under way: judges each step, records it and remembers the best."""

    def __init__(self, solver: Solver, objective: Objective, start: Floats, rules: Rules) -> None:
        self.objective, self.rules = objective, rules
        self.recorder = Recorder(keep_weights=rules.keep_weights)
        self.began = perf_counter()
        self.previous = self.current = self.best = start
        self.anchors = [start, start]
        self.best_monitored, self.waited = inf, 0
        self.least, self.lowest, self.stuck = inf, inf, 0
        self.diagonal, self.measured = np.ones_like(start), False
        self.first = inf  # f at the start
        self.focus: Focus | None = None
        self.astray = False  # is some column so far from its centre that its spread is hidden?
        self.descends = solver.epochs is None  # or f may rise on the way
        self.focused = self.descends and solver.standardise and objective.coordinates.intercept
        self.least_centred = OFF_CENTRE if solver.exact_hessian else LEAST_SEEN
        self.measures = not solver.exact_hessian  # axis by axis
        self.known: SecondOrder | None = None
        self.blind = False  # done by the measure, which may not see every column?
        self.last: Step | None = None
        self.newton: Step | None = None  # by the Hessian at the last point, where it was measured
        self.drifted = False  # done by the margins that were added up, and not by θ itself?

    def take(self, number: int, step: Step) -> Outcome | None:
        """Take a step; say how the run ends if it ends here."""
        seen, given = self.see(step), step
        if seen and seen.at and isinstance(step.at, KeptMargins):
            step = replace(step, at=seen.at)
        violation = self.measure(step, seen)
        drifts = step is not given and violation > self.rules.tol
        self.drifted = drifts and self.reaches(given)
        u, value = step.at.u, step.at.value
        validation = self.rules.validation.value(u) if self.rules.validation else None
        self.previous, self.current, self.last = self.current, u, step
        self.first = value if number == 0 else self.first
        if number & (number - 1) == 0:  # 0, 1, 2, 4, 8, …
            self.anchors = [self.anchors[1], u]
        self.remember(u, value if validation is None else validation)
        known = number, partial(self.objective.theta, u), value, violation, step.length
        spent = self.objective.source.passes, perf_counter() - self.began
        progress = Progress(*known, *spent, validation)
        self.recorder.add(progress)
        return self.judge(progress, step)

    def see(self, step: Step) -> HessianView | None:
        """Take the diagonal of the Hessian, and f, anew where the tolerance seems to be reached.

        No fit is accepted on a measure from an earlier step, or on margins that were added up.
        """
        if step.diagonal is not None:
            self.diagonal, self.measured = step.diagonal, True
            return None
        if self.measured and not self.reaches(step):
            return None
        few = self.objective.rows <= FEW_ROWS and step.at.u.size <= FEW_COEFFICIENTS
        if self.measures and few:
            at = self.known = self.objective.quadratic(step.at.u)
            seen = view_of(self.objective, at.hessian)._replace(at=FirstOrder(*at[:3]))
        else:
            seen, self.known = view(self.objective, step.at.u), None
        self.diagonal, self.measured = seen.diagonal, True
        return seen

    def reaches(self, step: Step) -> bool:
        """Tell whether the violation is within the tolerance, axis by axis."""
        return self.objective.violation(step.at, self.diagonal) <= self.rules.tol

    def measure(self, step: Step, seen: HessianView | None) -> float:
        """Measure the violation in standard errors, by the last known Hessian diagonal.

        The decrement counts all directions together, also those in which dependent columns differ.
        """
        at = step.at
        joint = (self.objective.size * max(step.decrement, 0.0)) ** 0.5
        found = max(self.objective.violation(at, self.diagonal), joint)
        focus = self.focus = self.look(step, seen, near=found <= self.rules.tol)
        self.astray = focus is not None and bool((focus.centred < self.least_centred).any())
        return found

    def look(self, step: Step, seen: HessianView | None, *, near: bool) -> Focus | None:
        """See where the columns are, by a view or the last Hessian; with several classes `near`."""
        f, known, one = self.objective, step.formed, step.at.u.shape[1] == 1
        if not (self.focused and (one or near)):
            return None
        if one:
            seen = view_of(f, known.hessian) if seen is None and known else seen
            return None if seen is None else focus_of(seen)
        known = known or (step.at if isinstance(step.at, SecondOrder) else None)
        if seen is None:
            seen = view_of(f, known.hessian) if known else view(f, step.at.u)
        return least_focus(seen)

    def hides(self, step: Step) -> bool:
        """Tell whether f may still fall along directions of which the measure sees nothing.

        Those are directions that Newton's method leaves out, though not all rows agree that they
        move no margin. A measure axis by axis overlooks more: then the Hessian of few rows tells,
        if its digits are lost by a root, and where no solver could go on each column by itself.
        """
        f, at, closer, self.newton = self.objective, step.at, self.rules.closer, None
        if not self.measures:
            return step.left_out is not None and not are_constant(f, step.left_out)
        if self.focus is not None and (self.focus.own < OFF_CENTRE).any() and not closer:
            return True
        if at.u.size > FEW_COEFFICIENTS or not f.coordinates.spread.any():
            return False
        few = f if f.rows <= FEW_ROWS else f.sample(FEW_ROWS / f.rows, seed=0)
        if isinstance(at, SecondOrder):
            self.known = at
        elif self.known is None or self.known.u is not at.u:
            self.known = few.quadratic(at.u)
        newton = free_step(few, at, self.known.hessian)
        if few is f and self.known is not at:
            self.newton = replace(newton, formed=self.known)
        far = f.size * newton.decrement > at.u.size * self.rules.tol**2  # each axis may be tol off
        if not far and felt(few, at, newton):
            return True
        if newton.left_out is None:  # H has its digits
            return far and self.can_go_on(step)
        return far or not are_constant(few, newton.left_out)

    def can_go_on(self, step: Step) -> bool:
        """Tell whether Newton's method can, be it the solver's own or of one that takes over."""
        return isinstance(step.at, SecondOrder) or self.rules.closer is not None

    def moves_on(self) -> bool:
        """Tell whether the solver, or the one that takes over, is to start from here."""
        taken_over = self.blind and self.rules.closer is not None
        return self.refocus() or taken_over or self.drifted

    def refocus(self) -> bool:
        """Take f in coordinates that suit the present step, if those it has do not; tell."""
        before = self.objective
        if self.focus is None or not self.astray:
            return False
        self.objective = refocused(before, self.current, self.focus.mean)
        places = self.previous, self.current, self.best, *self.anchors
        moved = [moved_to(before, self.objective, u) for u in places]
        self.previous, self.current, self.best, *self.anchors = moved
        self.measured = False
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
        gauges = 1.0, self.objective.coordinates.gauge
        for gauge in gauges:  # a direction that is run along may be small in one
            move = float((np.abs(self.current - self.previous) * gauge).max(initial=0.0))
            largest = float((np.abs(self.current) * gauge).max(initial=1.0))
            if move > self.rules.rest * self.rules.tol**0.5 * largest:
                return False
        return True

    def is_stuck(self, progress: Progress) -> bool:
        """Tell whether neither f falls any more nor, in half as many steps again, the violation.

        One that is not halved wanders in its rounding, and so does an f that rises. One within the
        tolerance, that moves on though nothing is gained nor held, is on its way to infinity.
        """
        level = progress.value >= self.lowest - ROUNDING * abs(self.lowest)
        away = progress.violation <= self.rules.tol and not np.any(self.objective.penalty.held)
        still = level and (away or progress.violation > self.least / 2)
        self.stuck = self.stuck + 1 if still else 0
        self.least = self.least if still else min(self.least, progress.violation)
        self.lowest = min(self.lowest, progress.value)
        return self.stuck >= (STUCK if away else max(STUCK, progress.step / 2))

    def judge(self, progress: Progress, step: Step) -> Outcome | None:
        """Decide whether and how the run ends after this step."""
        rules = self.rules
        asked = [bool(callback(progress)) for callback in rules.callbacks]
        reached = progress.violation <= rules.tol and self.at_rest() and not self.astray
        reached = reached and not felt(self.objective, step.at, step)
        self.blind = reached and self.hides(step)
        over = progress.step >= rules.max_steps or progress.value < rules.least_value
        lost = self.blind and not (self.measures and self.can_go_on(step))
        stuck = lost or (self.descends and self.is_stuck(progress))
        late = progress.seconds >= rules.max_time
        risen = not self.descends and progress.value > self.first
        ends = (
            (Outcome.DIVERGED, not isfinite(progress.value)),
            (Outcome.CONVERGED, reached and not self.blind),
            (Outcome.PATIENCE, rules.patience is not None and self.waited >= rules.patience),
            (Outcome.STOPPED, any(asked)),
            (Outcome.DIVERGED, (over or late) and risen),
            (Outcome.MAX_STEPS, over),
            (Outcome.STALLED, stuck),
            (Outcome.OUT_OF_TIME, late),
        )
        return next((outcome for outcome, true in ends if true), None)

    def result(self, outcome: Outcome) -> Result:
        """Give the finished run; with patience or after a divergence, its best weights."""
        best = self.rules.patience is not None or outcome is Outcome.DIVERGED
        theta = self.objective.coordinates.theta
        step, u = self.last, self.best if best else self.current
        at, formed = (None, None) if best or step is None else (step.at, step.formed)
        if isinstance(at, KeptMargins):
            at = self.objective.value_and_gradient(at.u)
        late, trace = theta(self.current - self.anchors[0]), self.recorder.trace()
        value = float(trace.value[len(trace) - 1 - (self.waited if best else 0)])
        seen = Result(theta(u), value, outcome, trace, late, self.objective, at, formed)
        if best or step is None or outcome is not Outcome.CONVERGED:
            return seen
        return replace(seen, ahead=one_step_on(seen, self.newton or step))


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
                solver, under_way.measures = under_way.rules.closer, False
            if under_way.moves_on():
                steps = solver.steps(under_way.objective, under_way.current)
            number += 1
    except KeyboardInterrupt:
        if not under_way.recorder.rows:
            raise
        return under_way.result(Outcome.INTERRUPTED)
    return under_way.result(Outcome.STALLED)
