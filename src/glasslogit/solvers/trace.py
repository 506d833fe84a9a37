"""The record of a training run: one row for each step, and the weights when asked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import Floats
from glasslogit.pages import Page, Printable

FRAMES = 200  # weights are kept for at most so many steps, log-spaced when there are more


@dataclass(frozen=True, eq=False)
class Progress:
    """What is known after a step; shown to callbacks and recorded.

    `theta` (d+1, c) holds the coefficients, the intercept last; `reached` gives it to who looks.
    `value` is the objective (mean loss plus penalty, in nats), `violation` the distance to the
    optimum in standard errors, `step_length` the multiple of the direction taken, `passes` and
    `seconds` what was spent so far, `validation` the mean loss on held-out rows, or None.
    """

    step: int
    reached: Callable[[], Floats] = field(repr=False)
    value: float
    violation: float
    step_length: float
    passes: int
    seconds: float
    validation: float | None

    @cached_property
    def theta(self) -> Floats:
        """The coefficients, not to be written to: callbacks look, the record keeps."""
        theta = self.reached()
        theta.flags.writeable = False
        return theta


Callback = Callable[[Progress], object]  # one that returns True ends the fit


@dataclass(frozen=True, eq=False, repr=False)
class Trace(Printable):
    """Arrays with an entry for each step of a fit, as in `Progress`.

    `frames` are the numbers of the steps whose θ is kept in `weights` (frames, d+1, c);
    both are empty unless weights were asked for. `validation` is None without any.
    """

    step: NDArray[np.int64]
    value: Floats
    violation: Floats
    step_length: Floats
    passes: NDArray[np.int64]
    seconds: Floats
    validation: Floats | None
    frames: NDArray[np.int64]
    weights: Floats

    def __len__(self) -> int:
        return len(self.step)

    def page(self) -> Page:
        """Give a row for each step; of many as text the first ten and the last."""
        names = ("value", "violation", "step_length", "passes", "seconds", "validation")
        known = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        index = [(step,) for step in self.step.tolist()]
        return Page("The fit, step by step", index, known, most=20)


class Recorder:
    """Collects the steps of a run; `trace` gives the record."""

    def __init__(self, *, keep_weights: bool) -> None:
        """Start an empty record."""
        self.keep_weights = keep_weights
        self.rows: list[tuple[float, float, float, int, float, float | None]] = []
        self.frames: dict[int, Floats] = {}

    def add(self, at: Progress) -> None:
        """Record a step."""
        row = at.value, at.violation, at.step_length, at.passes, at.seconds, at.validation
        self.rows.append(row)
        if self.keep_weights:
            self.frames[at.step] = at.theta
        if len(self.frames) > 2 * FRAMES:
            self.frames = _thin(self.frames)

    def trace(self) -> Trace:
        """Give the record as arrays."""
        columns = list(zip(*self.rows, strict=True)) or [()] * 6
        value, violation, length, passes, seconds, validation = columns
        frames = _thin(self.frames)
        return Trace(
            step=np.arange(len(self.rows)),
            value=np.array(value, float),
            violation=np.array(violation, float),
            step_length=np.array(length, float),
            passes=np.array(passes, np.int64),
            seconds=np.array(seconds, float),
            validation=None if None in validation else np.array(validation, float),
            frames=np.array(list(frames), np.int64),
            weights=np.array(list(frames.values())),
        )


def _thin(frames: dict[int, Floats]) -> dict[int, Floats]:
    """Keep the first, the last and log-spaced frames between, `FRAMES` at most."""
    steps = np.array(list(frames))
    if len(steps) == 0 or steps[-1] < FRAMES:
        return frames
    marks = np.geomspace(1, steps[-1], FRAMES - 1)
    kept = np.unique(np.append(0, np.searchsorted(steps, marks)))
    return {int(step): frames[int(step)] for step in steps[kept]}


def print_every(steps: int) -> Callback:
    """Make a callback that prints the objective at step 0 and at every so many steps.

    >>> from glasslogit import LogisticRegression
    >>> model = LogisticRegression(callbacks=[print_every(2)])
    >>> fitted = model.fit([1, 2, 3, 4], [0, 1, 0, 1])
    step 0: 0.693147
    step 2: 0.637067
    """

    def show(progress: Progress) -> None:
        if progress.step % steps == 0:
            print(f"step {progress.step}: {progress.value:.6f}")  # noqa: T201

    return show
