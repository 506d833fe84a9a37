"""From a model's parameters and checked rows to trained models: settings, start, progress."""

from collections.abc import Sequence
from contextlib import nullcontext
from math import inf
from time import perf_counter
from typing import Any

import numpy as np

from glasslogit.base_rate import shift_of
from glasslogit.core.losses import Floats
from glasslogit.data import Data, loss_of
from glasslogit.design import Design
from glasslogit.params import read_penalty
from glasslogit.prediction import reported_theta
from glasslogit.progress import ProgressBar
from glasslogit.rows import factors_of
from glasslogit.solvers.gradient_descent import GradientDescent
from glasslogit.solvers.run import Outcome, Rules
from glasslogit.trace import Callback
from glasslogit.training import Fit, Settings, train


def most_steps(model: Any, data: Data) -> int:
    """Give the largest number of steps, and one for each model that is begun and not made."""
    steps = model.solver.epochs if isinstance(model.solver, GradientDescent) else model.max_iter
    return (steps + 1) * len(data.sources)


def train_all(model: Any, data: Data, design: Design, callbacks: Sequence[Callback]) -> list[Fit]:
    """Train each of the models that a classifier is made of: one, or with one-vs-rest several."""
    start = previous(model, data, design) if model.warm_start else None
    watching = [design.lifted(callback) for callback in (*callbacks, *model.callbacks)]
    loss, several = loss_of(len(data.classes), model.multi_class), len(data.sources) > 1
    steps = model.solver.epochs if isinstance(model.solver, GradientDescent) else None
    began, fits = perf_counter(), list[Fit]()
    for k, make_source in enumerate(data.sources):
        bar = ProgressBar(f"fit {data.classes[k]}" if several else "fit", steps)
        with bar if model.verbose else nullcontext() as shown:
            spent = perf_counter() - began
            looking: list[Callback] = [*([] if shown is None else [shown]), *watching]
            settings = settings_for(model, data, design, looking, spent)
            part = start[:, k : k + 1] if several and start is not None else start
            fits.append(train(make_source(), loss, settings, part))
        if fits[-1].result.outcome is Outcome.INTERRUPTED and len(fits) < len(data.sources):
            raise KeyboardInterrupt
    return fits


def settings_for(
    model: Any, data: Data, design: Design, callbacks: Sequence[Callback] = (), spent: float = 0.0
) -> Settings:
    """Turn a model's parameters into those of a training; `spent` are seconds already used."""
    rules = Rules(
        tol=model.tol,
        max_steps=model.max_iter,
        max_time=inf if model.max_time is None else model.max_time - spent,
        callbacks=tuple(callbacks),
        keep_weights=model.history == "weights",
    )
    tell = print if model.verbose >= 2 else str
    C, l1_ratio = read_penalty(model.penalty, model.C, model.l1_ratio)
    asked = C, l1_ratio, model.fit_intercept, model.solver
    rest = tell, factors_of(model, data, design), model.collinear, data.names
    return Settings(*asked, rules, data.observations, *rest)


def previous(model: Any, data: Data, design: Design) -> Floats | None:
    """Give θ of the previous fit, if it fits these data and was not on its way to infinity."""
    if not hasattr(model, "coef_") or not np.array_equal(model.classes_, data.classes):
        return None
    if getattr(model, "outcome_", None) is Outcome.SEPARATED:
        return None
    if model.coef_.shape[1] != data.features:
        return None
    theta = reported_theta(model)
    theta[:-1] *= np.reshape(design.scales, (-1, 1))
    theta[-1] -= shift_of(model)
    return theta
