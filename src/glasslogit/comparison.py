"""A fitted model beside the optimum of the problem it was to solve.

The other model's own parameters say what it minimises,

    f(θ) = C·Σᵢ sᵢ·lossᵢ + l1_ratio·‖w‖₁ + (1 − l1_ratio)·½‖w‖²

(without C and penalty where C is infinite). We go to the optimum of that f and tell how far
above it the other model stands, and what this does to its probabilities and labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glasslogit.base_rate import shift_of
from glasslogit.core.losses import Floats, Loss
from glasslogit.core.passes import Moments, Value
from glasslogit.core.penalties import Penalty
from glasslogit.data import Data, loss_of, read_arrays
from glasslogit.design import Design, read_design
from glasslogit.errors import InputError
from glasslogit.fitted import PENALTIES, check_same, settings_of, theta_of
from glasslogit.prediction import Predictor
from glasslogit.solvers.run import Outcome, Rules
from glasslogit.sources.source import Source
from glasslogit.sources.threads import one_blas_thread
from glasslogit.training import Settings, make_objective, train

TIGHT = Rules(tol=1e-9, max_steps=1000)
LEVEL = 1e-12  # objectives that differ by less than this share are equal but for rounding
SHOWN = 5  # rows that are named
FEW = 1000  # coefficients up to which standard errors are cheap


@dataclass(frozen=True, eq=False)
class Comparison:
    """Where another model stands; `str()` of it is a small table.

    `theirs` is the objective of the other model, `ours` that of `LogisticRegression` as it comes,
    and `optimum` the smallest value found, by our solver at a tolerance of 1e-9. `above` and
    `ours_above` are the objectives relative to it, f/optimum − 1. `closer` is "ours", "theirs" or
    "level". `probability_difference` is the largest difference between its probabilities and
    those at the optimum, `rows` (at most five) are those where they differ most and
    `labels_that_differ` counts rows whose predicted label does. `standard_errors` is the
    largest difference of a coefficient, in standard errors; None for an L1 penalty, for more
    than two classes and for more than 1,000 coefficients. `converged` tells whether there is an
    optimum that we reached; `notes` say what to bear in mind.
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

    def __str__(self) -> str:
        errors = "–" if self.standard_errors is None else f"{self.standard_errors:.3g}"
        closer = {"level": "neither"}.get(self.closer, self.closer)
        lines = [
            ("", "objective", "above the optimum"),
            (self.model, f"{self.theirs:.9g}", f"{self.above:.2g}"),
            ("glasslogit", f"{self.ours:.9g}", f"{self.ours_above:.2g}"),
            ("optimum", f"{self.optimum:.9g}", ""),
        ]
        wide = [max(len(line[k]) for line in lines) for k in range(3)]
        head = [f"{a:<{wide[0]}}  {b:>{wide[1]}}  {c:>{wide[2]}}".rstrip() for a, b, c in lines]
        where = ", ".join(map(str, self.rows)) or "none"
        return "\n".join(
            [
                self.problem,
                *head,
                f"closer to the optimum: {closer}",
                f"largest difference of a probability: {self.probability_difference:.3g}",
                f"rows that differ most: {where}",
                f"rows with another label: {self.labels_that_differ:,}",
                f"largest difference of a coefficient, in standard errors: {errors}",
                *(f"note: {note}" for note in self.notes),
            ]
        )


@dataclass(frozen=True, eq=False)
class Problem:
    """What a model was to minimise, over one source, or one for each class."""

    sources: Sequence[Source]
    loss: Loss
    settings: Settings

    def value(self, theta: Floats) -> float:
        """Give C·Σ sᵢ·lossᵢ + penalty at θ (d+1, c); one pass."""
        parts = [theta] if len(self.sources) == 1 else np.split(theta, theta.shape[1], axis=1)
        pairs = zip(self.sources, parts, strict=True)
        total = sum(float(source.sum(Value(self.loss, part)).total) for source, part in pairs)
        C, ratio = self.settings.C, self.settings.l1_ratio
        if not isfinite(C):
            return total
        return C * total + Penalty(ratio, 1.0 - ratio, self.settings.factors).value(theta[:-1])

    def solve(self, rules: Rules) -> tuple[Floats, bool]:
        """Give our θ (d+1, c), and whether the optimum was reached."""
        settings = replace(self.settings, rules=rules)
        fits = [train(source, self.loss, settings) for source in self.sources]
        bad = {Outcome.SEPARATED, Outcome.MAX_STEPS, Outcome.DIVERGED}
        good = not bad & {fit.result.outcome for fit in fits}
        return np.hstack([fit.result.theta for fit in fits]), good

    def errors_apart(self, one: Floats, other: Floats) -> float | None:
        """Give the largest difference of a coefficient in standard errors at `other`.

        With u in scaled coordinates and H the Hessian of the mean loss and the penalty there,
        the standard error of uⱼ is √((H⁻¹)ⱼⱼ / n).
        """
        ratio = self.settings.l1_ratio if isfinite(self.settings.C) else 0.0
        if other.shape[1] > 1 or other.size > FEW or ratio:
            return None
        moments = self.sources[0].sum(Moments(self.loss))
        settings = replace(self.settings, solver="newton")
        f, _ = make_objective(self.sources[0], self.loss, moments, settings)
        u, v = (f.coordinates.inverse(theta) for theta in (one, other))
        hessian = f.quadratic(v).hessian.reshape(v.size, v.size)
        spread = np.sqrt(np.maximum(np.diag(np.linalg.pinv(hessian, hermitian=True)), 0.0) / f.size)
        far = np.divide(np.abs(u - v)[:, 0], spread, out=np.zeros(len(spread)), where=spread > 0)
        return float(far[: len(one) - 1].max(initial=0.0))


def compare(
    other_model: Any,
    X: Any,
    y: Any,
    sample_weight: ArrayLike | None = None,
    offset: ArrayLike | None = None,
) -> Comparison:
    """Tell how near a fitted model is to the optimum of its own objective, on its own rows.

    The model is a fitted `LogisticRegression` or `LogisticRegressionCV`, ours or scikit-learn's,
    a `SGDClassifier(loss="log_loss")`, or a `Pipeline` that ends in one of them; X, y and the
    weights those it was fitted on. What it minimises is read from its C, l1_ratio, penalty (or
    alpha), class_weight and fit_intercept. Raises `InputError` for any other model and for
    rows of other columns or classes.

    >>> from glasslogit import LogisticRegression
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "yes", "no", "yes"]
    >>> model = LogisticRegression().fit(X, y)
    >>> found = compare(model, X, y)
    >>> found.closer, found.labels_that_differ, round(found.optimum, 6)
    ('level', 0, 2.548267)
    """
    X, model = last_step(other_model, X)
    theirs = theta_of(model)
    design = read_design(model, X, y, sample_weight, offset)
    data, settings = read(model, design)
    check_same(model, data, len(theirs) - 1)
    loss = loss_of(len(data.classes), "ovr" if len(data.sources) > 1 else "multinomial")
    problem = Problem([make() for make in data.sources], loss, settings)
    with one_blas_thread():
        best, good = problem.solve(TIGHT)
        usual, _ = problem.solve(Rules())
        values = [problem.value(theta) for theta in (theirs, usual, best)]
        errors = problem.errors_apart(theirs, best)
    optimum = min(values)
    above, ours_above, _ = ((value - optimum) / (abs(optimum) or 1.0) for value in values)
    ahead = above - ours_above
    closer = "level" if abs(ahead) <= LEVEL else ("ours" if ahead > 0 else "theirs")
    rows = design.X, design.offset
    q = at(best, model, data, rows)
    # What a model says may not be what its coefficients say; but most cannot take an offset.
    own = design.offset is None
    p = np.asarray(model.predict_proba(design.X)) if own else at(theirs, model, data, rows)
    apart = np.abs(p - q).max(axis=1)
    order = np.argsort(-apart, kind="stable")[:SHOWN]
    return Comparison(
        model=type(model).__name__,
        problem=describe(settings),
        theirs=values[0],
        ours=values[1],
        optimum=optimum,
        above=above,
        ours_above=ours_above,
        closer=closer,
        probability_difference=float(apart.max()),
        rows=tuple(order[apart[order] > 0].tolist()),
        labels_that_differ=int((p.argmax(axis=1) != q.argmax(axis=1)).sum()),
        standard_errors=errors,
        converged=good,
        notes=notes(model, data, converged=good),
    )


def last_step(model: Any, X: Any) -> tuple[Any, Any]:
    """Take X through the steps of a pipeline; give it, and the model at its end."""
    if hasattr(model, "steps") and hasattr(model, "__getitem__"):
        before = model[:-1]
        return (before.transform(X) if len(before.steps) else X), model[-1]
    return X, model


def is_sgd(model: Any) -> bool:
    """Tell whether a model is scikit-learn's SGDClassifier, by its parameters."""
    return hasattr(model, "alpha") and hasattr(model, "loss")


def read(model: Any, design: Design) -> tuple[Data, Settings]:
    """Read rows as the model's `fit` would, and what it minimises there."""
    several = is_sgd(model) or getattr(model, "multi_class", None) == "ovr"
    data = read_arrays(
        design.X,
        design.y,
        sample_weight=design.weight,
        offset=design.offset,
        class_weight=getattr(model, "class_weight", None),
        multi_class="ovr" if several else "multinomial",
        threads=1,
        weights=getattr(model, "weights", "frequency"),
    )
    if not is_sgd(model):
        if not (hasattr(model, "predict_proba") and (hasattr(model, "C") or hasattr(model, "C_"))):
            kind = type(model).__name__
            raise InputError(f"{kind} is no logistic regression that can be read; give one with C")
        return data, settings_of(model, data, design)
    if model.loss != "log_loss":
        raise InputError(f"loss={model.loss!r} is no logistic regression; give loss='log_loss'")
    n = count_rows(data)
    C = 1.0 / (model.alpha * n) if model.penalty and model.alpha else np.inf
    ratio = PENALTIES.get(model.penalty, model.l1_ratio or 0.0)
    return data, Settings(C, ratio, model.fit_intercept, "auto", Rules(), data.observations)


def count_rows(data: Data) -> int:
    """Count the rows: stochastic gradient descent divides its penalty by them."""
    return sum(len(block.weight) for block in data.sources[0]().blocks())


class Standing(Predictor):
    """Coefficients as a model that predicts."""


def at(theta: Floats, model: Any, data: Data, rows: tuple[Any, Any]) -> Floats:
    """Give the probabilities at θ, of rows (X, offset), with the base rate of a model of ours."""
    standing = Standing()
    standing.coef_, standing.intercept_ = theta[:-1].T, theta[-1] + shift_of(model)
    standing.classes_, standing.n_features_in_ = data.classes, data.features
    standing.multi_class = "ovr" if len(data.sources) > 1 else "multinomial"
    return standing.predict_proba(*rows)


def describe(settings: Settings) -> str:
    """Say what was to be minimised.

    >>> describe(Settings(np.inf, 0.0, True, "auto", Rules(), 1.0))
    'Σ loss, no penalty'
    """
    C, ratio = settings.C, settings.l1_ratio
    if not isfinite(C):
        what = "Σ loss, no penalty"
    else:
        terms = [(1.0, f"{C:g}·Σ loss"), (ratio, "‖w‖₁"), (1.0 - ratio, "½‖w‖²")]
        what = " + ".join(
            text if share == 1 else f"{share:g}·{text}" for share, text in terms if share
        )
    return what if settings.fit_intercept else f"{what}, no intercept"


def notes(model: Any, data: Data, *, converged: bool) -> tuple[str, ...]:
    """Say what to bear in mind when reading the numbers."""
    found = []
    if getattr(model, "solver", None) == "liblinear":
        found.append("liblinear penalises the intercept too; the objective here leaves it free")
    if hasattr(model, "base_rate_") and not np.array_equal(model.base_rate_, model.class_shares_):
        found.append("base_rate moved the intercept after training; the objectives are before that")
    if is_sgd(model) and len(data.classes) > 2:
        found.append("one model for each class against the rest; objectives are their sum")
    if not converged:
        found.append("no optimum was reached: the classes may be separated")
    return tuple(found)
