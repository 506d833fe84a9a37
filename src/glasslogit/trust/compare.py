"""A fitted model beside the optimum of the problem it was to solve.

The other model's own parameters say what it minimises: see `glasslogit.model.problem`. We go to
the optimum of that and tell how far above it the other model stands, and what this does to its
probabilities and labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glasslogit.core import SUMMED, Floats, unshifted
from glasslogit.model import (
    Design,
    FittedObjective,
    Predictor,
    at_end,
    fitted_objectives,
    is_sgd,
    multi_class_of,
    penalises_intercept,
    shift_of,
)
from glasslogit.optimum import Settings, train
from glasslogit.pages import Page, Printable
from glasslogit.solvers import Outcome, Rules
from glasslogit.sources import one_blas_thread
from glasslogit.trust.curvature import curve_at

TIGHT = Rules(tol=1e-9, max_steps=1000)  # ½·10⁻¹⁸ nats above the optimum: below any rounding
EQUAL_SHARE = 1e-12  # objectives that differ by less than this share are equal but for rounding
ROWS_SHOWN = 5  # rows that are named
CHEAP_COEFFICIENTS = 1000  # coefficients up to which standard errors are cheap


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Printable):
    """Where another model stands; `str()` of it is a small table.

    `theirs` is the objective of the other model, `ours` that of `LogisticRegression` as it comes,
    and `optimum` the smallest value found, by our solver at a tolerance of 1e-9. `above` and
    `ours_above` are the objectives relative to it, f/optimum − 1. `closer` is "ours", "theirs" or
    "level". `probability_difference` is the largest difference between its probabilities and
    those at the optimum, `rows` (at most five) are those where they differ most, if it is by
    more than rounding, and `labels_that_differ` counts rows whose predicted label does.
    `standard_errors` is the largest difference of a coefficient, in standard errors; None for an
    L1 penalty, for more than two classes and for more than 1,000 coefficients. `converged` tells
    whether there is an optimum that we reached; `notes` say what to bear in mind.
    """

    model: str
    problem: str
    theirs: float
    ours: float
    optimum: float
    above: float
    ours_above: float
    closer: str
    probability_difference: float
    rows: tuple[int, ...]
    labels_that_differ: int
    standard_errors: float | None
    converged: bool
    notes: tuple[str, ...]

    def page(self) -> Page:
        """Give the three objectives as a table, and below it how far the predictions differ."""
        errors = "–" if self.standard_errors is None else f"{self.standard_errors:.3g}"
        closer = {"level": "neither"}.get(self.closer, self.closer)
        where = ", ".join(map(str, self.rows)) or "none"
        return Page(
            self.problem,
            [(self.model,), ("glasslogit",), ("optimum",)],
            {
                "objective": [self.theirs, self.ours, self.optimum],
                "above the optimum": [self.above, self.ours_above, None],
            },
            facts=(
                f"closer to the optimum: {closer}",
                f"largest difference of a probability: {self.probability_difference:.3g}",
                f"rows that differ most: {where}",
                f"rows with another label: {self.labels_that_differ:,}",
                f"largest difference of a coefficient, in standard errors: {errors}",
            ),
            notes=self.notes,
            formats={"objective": "#.9g", "above the optimum": ".2g"},
        )


def compare(
    other_model: Any,
    X: Any,
    y: Any = None,
    sample_weight: ArrayLike | None = None,
    offset: ArrayLike | None = None,
) -> Comparison:
    """Tell how near a fitted model is to the optimum of its own objective, on its own rows.

    The model is a fitted `LogisticRegression` or `LogisticRegressionCV`, ours or scikit-learn's,
    a `SGDClassifier(loss="log_loss")`, or a `Pipeline` that ends in one of them; X, y and the
    weights those it was fitted on. X may be a function that yields batches, with y=None. What
    the model minimises is read from its C, l1_ratio, penalty (or alpha), penalty_factors,
    class_weight and fit_intercept. Raises `InputError` for any other model and for rows of
    other columns or classes.

    >>> from glasslogit import LogisticRegression
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "yes", "no", "yes"]
    >>> model = LogisticRegression().fit(X, y)
    >>> found = compare(model, X, y)
    >>> found.closer, found.labels_that_differ, round(found.optimum, 6)
    ('level', 0, 2.548267)
    """
    model, X = at_end(other_model, X)
    parts = fitted_objectives(model, X, y, sample_weight, offset)
    design = parts[0].design
    theirs = np.hstack([part.theta for part in parts])
    with one_blas_thread():
        usual, _ = reach_optimum(parts, Rules())
        best, good = reach_optimum(parts, TIGHT)
        values = [total_objective(parts, theta) for theta in (theirs, usual, best)]
        errors = errors_apart(parts, theirs, best)
    optimum = min(values)
    above, ours_above, _ = ((value - optimum) / (abs(optimum) or 1.0) for value in values)
    ahead = above - ours_above
    closer = "level" if abs(ahead) <= EQUAL_SHARE else ("ours" if ahead > 0 else "theirs")
    # What a model says may not be what its coefficients say; but most cannot take an offset.
    takes_offset = design is not None and design.offset is not None
    says = predictor_at(theirs, model, parts) if takes_offset else model
    ours = predictor_at(best, model, parts)
    p, q = (probabilities(each, X, design) for each in (says, ours))
    apart = np.abs(p - q).max(axis=1)
    order = np.argsort(-apart, kind="stable")[:ROWS_SHOWN]
    return Comparison(
        model=type(model).__name__,
        problem=describe(parts[0].settings),
        theirs=values[0],
        ours=values[1],
        optimum=optimum,
        above=above,
        ours_above=ours_above,
        closer=closer,
        probability_difference=float(apart.max()),
        rows=tuple(order[apart[order] > SUMMED].tolist()),
        labels_that_differ=int((p.argmax(axis=1) != q.argmax(axis=1)).sum()),
        standard_errors=errors,
        converged=good,
        notes=notes(model, parts, converged=good),
    )


def reach_optimum(parts: Sequence[FittedObjective], rules: Rules) -> tuple[Floats, bool]:
    """Give our θ (d+1, c), and whether the optimum was reached."""
    fits = [
        train(part.objective.source, part.objective.loss, replace(part.settings, rules=rules))
        for part in parts
    ]
    bad = {Outcome.SEPARATED, Outcome.MAX_STEPS, Outcome.DIVERGED}
    good = not bad & {fit.result.outcome for fit in fits}
    return np.hstack([fit.result.theta for fit in fits]), good


def total_objective(parts: Sequence[FittedObjective], theta: Floats) -> float:
    """Give the objective at θ (d+1, c), that of all models together; a pass for each."""
    columns = np.split(theta, len(parts), axis=1)
    return sum(part.total(each) for part, each in zip(parts, columns, strict=True))


def errors_apart(parts: Sequence[FittedObjective], one: Floats, other: Floats) -> float | None:
    """Give the largest difference of a coefficient in standard errors at `other`."""
    first, *_ = parts
    objective = first.objective
    if other.shape[1] > 1 or other.size > CHEAP_COEFFICIENTS or objective.penalty.has_kinks:
        return None
    root = curve_at(first._replace(theta=other)).directions[:-1, 0]  # (d, q)
    error = np.sqrt((root**2).sum(axis=1) / objective.size)
    away = np.abs(one - other)[:-1, 0]
    return float(np.divide(away, error, out=np.zeros(len(away)), where=error > 0).max(initial=0.0))


class CoefficientModel(Predictor):
    """Coefficients as a model that predicts."""


def predictor_at(theta: Floats, model: Any, parts: Sequence[FittedObjective]) -> CoefficientModel:
    """Give the model with the coefficients of θ, with the base rate of a model of ours."""
    standing = CoefficientModel()
    given = unshifted(theta, parts[0].shift)
    standing.coef_, standing.intercept_ = given[:-1].T, given[-1] + shift_of(model)
    if parts[0].shift is not None:
        standing.centre_, standing.centred_intercept_ = parts[0].shift, theta[-1] + shift_of(model)
    standing.classes_, standing.n_features_in_ = parts[0].classes, len(theta) - 1
    standing.multi_class = multi_class_of(model)
    return standing


def probabilities(model: Any, X: Any, design: Design | None) -> Floats:
    """Give what a model says of the rows, (n, K): those of the design, or of the batches of X."""
    if design is None:
        return np.concatenate([model.predict_proba(batch[0]) for batch in X()])
    offset = () if design.offset is None else (design.offset,)
    return np.asarray(model.predict_proba(design.X, *offset))


def describe(settings: Settings) -> str:
    """Say what was to be minimised.

    >>> describe(Settings(np.inf, 0.0, True, "auto", Rules(), 1.0))
    'Σ loss, no penalty'
    """
    if not isfinite(settings.C):
        what = "Σ loss, no penalty"
    else:
        known = [("f", settings.factors), ("s", settings.scales)]
        given = {letter: each for letter, each in known if np.ndim(each)}
        f, w, square = "f·" * ("f" in given), "w", "w²"
        if "s" in given:
            w, square = "s·w", "(s·w)²"
        lasso, ridge = (f"Σ {f}|{w}|", f"½Σ {f}{square}") if given else ("‖w‖₁", "½‖w‖²")
        ratio = settings.l1_ratio
        terms = [(1.0, f"{settings.C:g}·Σ loss"), (ratio, lasso), (1.0 - ratio, ridge)]
        what = " + ".join(
            text if share == 1 else f"{share:g}·{text}" for share, text in terms if share
        )
        for letter, each in given.items():
            what += f", {letter} from {np.min(each):g} to {np.max(each):g}"
    return what if settings.fit_intercept else f"{what}, no intercept"


def notes(model: Any, parts: Sequence[FittedObjective], *, converged: bool) -> tuple[str, ...]:
    """Say what to bear in mind when reading the numbers."""
    found = []
    if penalises_intercept(model):
        found.append("liblinear penalises the intercept too; the objective here leaves it free")
    if hasattr(model, "base_rate_") and not np.array_equal(model.base_rate_, model.class_shares_):
        found.append("base_rate moved the intercept after training; the objectives are before that")
    if is_sgd(model) and len(parts) > 1:
        found.append("one model for each class against the rest; objectives are their sum")
    if not converged:
        found.append("no optimum was reached: the classes may be separated")
    return tuple(found)
