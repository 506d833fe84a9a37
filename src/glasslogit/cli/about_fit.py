"""What `fit` says of a fitted model: what was minimised, which C was chosen, and how it ended."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from glasslogit.cli import output as show
from glasslogit.cli.separation import about_separation
from glasslogit.model import LogisticRegression, strengths, threshold_rule
from glasslogit.pages import how_many, probability
from glasslogit.solvers import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glasslogit.cli.prepare import Prepared
    from glasslogit.cli.printer import Fact
    from glasslogit.cli.request import FitRequest
    from glasslogit.cli.training import Trained
    from glasslogit.export import SavedModel
    from glasslogit.model.selection import LogisticRegressionCV


def about_fit(fitted: Trained, data: Prepared, request: FitRequest) -> Iterator[Fact]:
    """Say how the model was fitted."""
    model = fitted.saved.model
    d = model.coef_.shape[1]
    each = f" for each of {len(model.coef_)} classes" if len(model.coef_) > 1 else ""
    intercept = " and an intercept" if data.encoding.intercept else ""
    yield "Fitted", f"{how_many(d, 'coefficient')}{intercept}{each}"
    yield "", _penalty(model, request)
    if fitted.search is not None:
        yield from _about_search(fitted.search)
    steps = int(model.n_iter_.max())
    passes = model.passes_ if fitted.search is None else fitted.search.passes_
    passed = f"{how_many(passes, 'pass', 'passes')} over the rows"
    cost = f"{how_many(steps, 'step')}, {passed}, {fitted.seconds:.2f} s"
    ending = "converged" if model.outcome_.converged else "NOT CONVERGED"
    yield "", f"solver {model.solver_}: {cost}; {ending}"
    for message in fitted.warnings:
        yield from show.in_lines("Warning", message)
    if model.outcome_ is Outcome.SEPARATED:
        yield from about_separation(data, vars(model)["separation_"], "Warning")
    if fitted.saved.threshold is not None:
        yield from _about_threshold(request.measuring.threshold, fitted.saved)


def _penalty(model: LogisticRegression, request: FitRequest) -> str:
    """Say what is minimised."""
    if request.fitting.firth:
        return "Firth's penalised likelihood (--firth): maximises Σ log p + ½·log det I"
    C, ratio = strengths(model, rows=0)
    if not isfinite(C):
        return "no penalty: maximum likelihood (--C inf)"
    kind = {0.0: "ridge", 1.0: "lasso"}.get(ratio, "elastic net")
    parts = [f"{ratio:g}·Σ |coefficient|".removeprefix("1·")] if ratio else []
    parts += [f"{(1 - ratio) / 2:g}·Σ coefficient²".replace("0.5·", "½·")] if ratio < 1 else []
    unit = " of standardised numbers" if request.fitting.standardise else ""
    return f"{kind} penalty, C = {C:.4g}: minimises C·Σ log loss + {' + '.join(parts)}{unit}"


def _about_search(search: LogisticRegressionCV) -> Iterator[tuple[str, str]]:
    """Say which C was chosen, with the scores of its neighbours and of the best."""
    scores = -search.scores_[:, 0]  # (folds, Cs), log loss
    means, folds = scores.mean(axis=0), len(scores)
    errors = scores.std(axis=0, ddof=1) / folds**0.5
    chosen, best = int(np.argmin(abs(search.Cs_ - search.C_))), int(means.argmin())
    rule = "the best" if search.rule == "best" else "the strongest within one standard error"
    yield "", f"C chosen by {folds}-fold cross-validation of the training rows: {rule}"
    shown = sorted({best, *range(max(chosen - 1, 0), min(chosen + 2, len(means)))})
    for place in shown:
        notes = [word for word, at in (("chosen", chosen), ("best", best)) if at == place]
        mark = f"  ({', '.join(notes)})" if notes else ""
        loss = f"log loss {means[place]:.4f} ± {errors[place]:.4f}"
        yield "", f"  C = {search.Cs_[place]:.4g}: {loss}{mark}"


def _about_threshold(threshold: str, saved: SavedModel) -> Iterator[tuple[str, str]]:
    """Say how the threshold was chosen, if it was."""
    chosen, event = threshold_rule(threshold), saved.positive
    found = f"threshold {probability(float(saved.threshold or 0.0))}"
    if chosen.costs is not None:
        times = f"{chosen.costs[0] / chosen.costs[1]:g} times"
        yield "", f"{found}: a missed {event} costs {times} what a false alarm does"
    elif chosen.share is not None:
        yield "", f"{found}: {threshold.strip()} of the training rows reach it"
    elif chosen.fixed is None:
        yield "", f"{found} has the best F1 on the training rows"
