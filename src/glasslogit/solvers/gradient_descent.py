"""Gradient descent: batch, mini-batch and stochastic. The textbook's method, for learning.

    θ ← θ − αₜ·g,   αₜ = α / (1 + decay·t)                 t = 0, 1, 2, … epochs
    with momentum:  θₜ₊₁ = θₜ − αₜ·g + momentum·(θₜ − θₜ₋₁)      (Polyak, "Some methods of
    speeding up the convergence of iteration methods", 1964)

g is the gradient of f over all rows (batch), or its estimate from `batch_size` rows drawn
without replacement (mini-batch; 1 is stochastic), which is right on average. A penalty with
a kink is handled by its proximal operator after each step (the method called ISTA in Beck &
Teboulle, "A fast iterative shrinkage-thresholding algorithm for linear inverse problems",
2009, section 2).

Derivation: docs/derivations/solvers.md.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import ClassVar

import numpy as np

from glasslogit.core import Block, Floats, Objective
from glasslogit.errors import check_number
from glasslogit.solvers.result import Step
from glasslogit.solvers.solver import Rules, Solver


@dataclass(frozen=True)
class GradientDescent(Solver):
    """Gradient descent with a constant or decaying learning rate.

    `batch_size=None` uses all rows for each update. With `patience` training ends after so
    many epochs without a better loss and the best weights are kept; the loss is that of the
    training rows, or of a share `validation_fraction` of the rows that is held out. `seed`
    draws the mini-batches and the held-out rows. `standardise=True` descends on columns of
    one scale, and reports the coefficients for the columns as given.

    >>> GradientDescent(learning_rate=0.1, epochs=10).name
    'gradient_descent'
    """

    name: ClassVar[str] = "gradient_descent"
    handles_kinks: ClassVar[bool] = True
    learning_rate: float = 0.01
    epochs: int = 1000
    batch_size: int | None = None
    momentum: float = 0.0
    decay: float = 0.0
    patience: int | None = None
    validation_fraction: float = 0.0
    standardise: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the settings; an error names the one that is wrong."""
        check_number(self.learning_rate, "learning_rate", "greater than 0", above=0)
        check_number(self.epochs, "epochs", "0 or greater", least=0, whole=True)
        check_number(self.momentum, "momentum", "from 0 to below 1", least=0, below=1)
        check_number(self.decay, "decay", "0 or greater", least=0)
        share = "validation_fraction"
        check_number(self.validation_fraction, share, "from 0 to below 1", least=0, below=1)
        for name in ("batch_size", "patience"):
            if getattr(self, name) is not None:
                check_number(getattr(self, name), name, "1 or greater", least=1, whole=True)

    def adapt(self, rules: Rules) -> Rules:
        """See `Solver.adapt`: an epoch is a step."""
        return replace(rules, max_steps=self.epochs, patience=self.patience)

    def start(self, base: Floats) -> Floats:
        """See `Solver.start`: the textbook starts from 0."""
        return np.zeros_like(base)

    def steps(self, objective: Objective, start: Floats) -> Iterator[Step]:
        """See `Solver.steps`: a step is an epoch, one reading of all rows for updates."""
        rng = np.random.default_rng(self.seed)
        u, velocity, rate = start, np.zeros_like(start), 0.0
        for epoch in count():
            at = objective.value_and_gradient(u)
            yield Step(at, rate)
            rate = self.learning_rate / (1.0 + self.decay * epoch)
            batches: Iterable[Block | None] = [None]  # all rows at once
            if self.batch_size is not None:
                batches = objective.source.minibatches(self.batch_size, rng)
            for batch in batches:
                g = at.gradient if batch is None else objective.batch_gradient(u, batch)
                moved = objective.prox(u + self.momentum * velocity - rate * g, rate)
                u, velocity = moved, moved - u
