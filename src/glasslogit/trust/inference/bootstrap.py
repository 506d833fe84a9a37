"""The bootstrap: how much the coefficients of any fit vary between samples of the rows.

Each resample draws as many observations as there are, with replacement, which is a fit with
other weights; it starts from the fit of all rows. The interval lies between the percentiles of
the coefficients: for a fit with an L1 penalty it may have an end at exactly 0. Efron &
Tibshirani, "An introduction to the bootstrap" (1993), section 13.3.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glasslogit.core import Floats, InMemory, Labels, Loss, unshifted
from glasslogit.errors import InputError, check_number
from glasslogit.model import at_end, fitted_objective
from glasslogit.optimum import Refit, Settings, refits
from glasslogit.pages import Page, Printable, how_many, labels_of, level_text
from glasslogit.sources import one_blas_thread
from glasslogit.trust.aliases import alias_note, by_the_others, relations_of
from glasslogit.trust.claims import Claims, claims_of
from glasslogit.trust.curvature import at_rest
from glasslogit.trust.inference.contrasts import by_equation, contrasts_of, reported_names

MOST_FAILED = 0.1  # of the resamples may lack an optimum


@dataclass(frozen=True, eq=False, repr=False)
class Bootstrap(Printable):
    """Coefficients (m,) with their bootstrap errors and percentile intervals.

    `samples` (resamples, m) are the coefficients of all resamples that had an optimum; of the
    others there are `failed`. `terms` and `equations` are those of a `Summary`, and
    `nonzero` (m,) is the share of the resamples in which a coefficient is not 0. A column that
    others explain has NaN, and `notes` say by which.
    """

    terms: tuple[str, ...]
    equations: tuple[Any, ...]
    reference: Any
    coef: Floats
    std_error: Floats
    ci_low: Floats
    ci_high: Floats
    nonzero: Floats
    samples: Floats
    failed: int
    level: float
    notes: tuple[str, ...] = ()

    def page(self) -> Page:
        """Give the coefficients as a table."""
        index = labels_of(self.terms, self.equations)
        names = ("coef", "std_error", "ci_low", "ci_high", "nonzero")
        event = str(self.equations[0]) if len(self.equations) == 1 else "each class"
        title = f"Log-odds of {event} against {self.reference}, bootstrapped"
        resamples = how_many(len(self.samples), "resample")
        fact = f"{level_text(self.level)} percentile intervals of {resamples}"
        failed = how_many(self.failed, "resample")
        note = f"left out: {failed} without an optimum"
        columns = {name: getattr(self, name) for name in names}
        notes = (note,) if self.failed else ()
        return Page(title, index, columns, (fact,), (*notes, *self.notes))


def bootstrap(  # noqa: PLR0913
    model: Any,
    X: Any,
    y: Any = None,
    sample_weight: ArrayLike | None = None,
    offset: ArrayLike | None = None,
    *,
    resamples: int = 1000,
    seed: int = 0,
    level: float = 0.95,
    reference: Any = None,
) -> Bootstrap:
    """Fit the model again to resamples of its rows, with the same penalty.

    For fits that have no standard errors, such as those with an L1 penalty. The strength of the
    penalty is taken as given: how it was chosen is not part of what varies. Where frequency
    weights are whole numbers, what they count is resampled one by one; other weights, and the
    trials of a row, stay with their row.

    Raises `InputError` if the rows come in batches, if the model is not at its optimum on them
    (where classes are separated it has none), or if more than a tenth of the resamples
    have no optimum, because a class is missing or separated in them.

    >>> from glasslogit import LogisticRegression
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 3))
    >>> y = rng.random(200) < 1 / (1 + np.exp(-2 * X[:, 0]))
    >>> sure = bootstrap(LogisticRegression(C=0.1, l1_ratio=1).fit(X, y), X, y, resamples=100)
    >>> bool(sure.ci_low[1] > 0), sure.nonzero[1:].round(1).tolist()
    (True, [1.0, 0.2, 0.3])
    """
    resamples = check_number(resamples, "resamples", "at least 2", least=2, whole=True)
    level = check_number(level, "level", "between 0 and 1", above=0, below=1)
    seed = check_number(seed, "seed", "0 or greater", least=0, whole=True)
    model, X = at_end(model, X)
    fitted = fitted_objective(model, X, y, sample_weight, offset)
    settings, source = fitted.settings, fitted.given.in_memory
    if source is None:
        raise InputError("the bootstrap needs the rows in memory; pass arrays, not batches")
    aliased = relations_of(fitted, at_rest(model, fitted))
    relations = () if aliased is None else aliased.relations
    settings = replace(settings, rules=replace(settings.rules, tol=1e-5))
    start = unshifted(fitted.theta, fitted.shift)
    units = units_of(source, claims_of(model, fitted), fitted.factors)
    drawn = draw(units, resamples, seed)
    fits = fits_with_classes(source, fitted.objective.loss, settings, start, drawn)
    contrasts, equations, base = contrasts_of(fitted.classes.tolist(), reference)
    intercept = settings.fit_intercept
    lost = np.zeros_like(fitted.theta)
    lost[[relation.dropped for relation in relations]] = np.nan

    def report(theta: Floats) -> Floats:
        told = by_the_others(theta, relations) + lost
        return by_equation(told @ contrasts, intercept=intercept)

    reported = [report(fit.theta) for fit in fits if fit.outcome.converged]
    failed = resamples - len(reported)
    if failed > MOST_FAILED * resamples:
        where = f"in {failed} of {how_many(resamples, 'resample')} there is no optimum"
        remedy = "use a stronger penalty, or more rows"
        raise InputError(f"{where}: a class is missing or separated; {remedy}")
    samples = np.array(reported)
    tail = 50.0 * (1.0 - level)
    low, high = np.percentile(samples, [tail, 100.0 - tail], axis=0)
    terms = reported_names(fitted.names, intercept=intercept) * len(equations)
    coef = report(start)
    shares = np.where(np.isnan(coef), np.nan, (samples != 0).mean(axis=0))
    parts = coef, samples.std(axis=0, ddof=1), low, high, shares, samples
    notes = (alias_note(relations, fitted.names),) if relations else ()
    return Bootstrap(terms, equations, base, *parts, failed, level, notes)


class Units(NamedTuple):
    """What is drawn: `counted` (n,) units of each row, each of which adds `weight` (n,) to it."""

    counted: NDArray[np.int64]
    weight: Floats


def units_of(source: InMemory, claims: Claims, factors: Floats) -> Units:
    """Find what to draw: what whole weights count, one by one, or else the rows."""
    if claims.by_row:
        return Units((source.weight > 0).astype(np.int64), source.weight)
    each = factors[source.y.astype(np.intp)]
    return Units((source.weight / each).round().astype(np.int64), each)


def draw(units: Units, resamples: int, seed: int) -> Iterator[Floats]:
    """Draw as many units as there are with replacement; give the weights of each resample."""
    rng, there = np.random.default_rng(seed), units.counted > 0
    counted, weight = units.counted[there], np.zeros(len(there))
    total = int(counted.sum())
    for _ in range(resamples):
        weight[there] = rng.multinomial(total, counted / total) * units.weight[there]
        yield weight.copy()


def fits_with_classes(
    source: InMemory, loss: Loss, settings: Settings, start: Floats, weights: Iterable[Floats]
) -> list[Refit]:
    """Fit to those of the weights that leave rows of every class."""
    c = start.shape[1]
    whole = (each for each in weights if has_classes(source.y, each, c))
    with one_blas_thread():
        return [*refits(source, loss, settings, start, whole)]


def has_classes(y: Labels, weight: Floats, c: int) -> bool:
    """Tell whether rows with weight are there of all classes, told apart by c margins."""
    shares = [weight @ y, weight @ (1 - y)] if c == 1 else np.bincount(y, weight, c)
    return bool(min(shares) > 0)
