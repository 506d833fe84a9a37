"""The bootstrap: how much the coefficients of any fit vary between samples of the rows.

Each resample draws as many observations as there are, with replacement, which is a fit with
other weights; it starts from the fit of all rows. The interval lies between the percentiles of
the coefficients: for a fit with an L1 penalty it may have an end at exactly 0. Efron &
Tibshirani, "An introduction to the bootstrap" (1993), section 13.3.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glasslogit.core.losses import Floats
from glasslogit.data import loss_of
from glasslogit.errors import InputError, check_number
from glasslogit.fitted import beside
from glasslogit.sources.arrays import ArraySource
from glasslogit.sources.threads import one_blas_thread
from glasslogit.training import Settings, train
from glasslogit.trust.contrasts import by_equation, contrasts_of
from glasslogit.trust.information import INTERCEPT
from glasslogit.trust.printing import Page, Printable, labels_of

MOST_FAILED = 0.1  # of the resamples may lack an optimum


@dataclass(frozen=True, eq=False)
class Bootstrap(Printable):
    """Coefficients (m,) with their bootstrap errors and percentile intervals.

    `samples` (resamples, m) are the coefficients of all resamples that had an optimum; of the
    others there are `failed`. `terms` and `equations` are those of a `Summary`, and
    `nonzero` (m,) is the share of the resamples in which a coefficient is not 0.
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

    def page(self) -> Page:
        """Give the coefficients as a table."""
        index = labels_of(self.terms, self.equations)
        names = ("coef", "std_error", "ci_low", "ci_high", "nonzero")
        event = str(self.equations[0]) if len(self.equations) == 1 else "each class"
        title = f"Log-odds of {event} against {self.reference}, bootstrapped"
        fact = f"{100 * self.level:.4g} % percentile intervals of {len(self.samples)} resamples"
        note = f"{self.failed} resamples had no optimum and are left out"
        columns = {name: getattr(self, name) for name in names}
        return Page(title, index, columns, (fact,), (note,) if self.failed else ())


def bootstrap(  # noqa: PLR0913
    model: Any,
    X: Any,
    y: Any,
    resamples: int = 1000,
    *,
    seed: int = 0,
    sample_weight: ArrayLike | None = None,
    offset: ArrayLike | None = None,
    level: float = 0.95,
    reference: Any = None,
) -> Bootstrap:
    """Fit the model again to resamples of its rows, with the same penalty.

    For fits that have no standard errors, such as those with an L1 penalty. The strength of the
    penalty is taken as given: how it was chosen is not part of what varies. Frequency weights
    count rows and are resampled as such; other weights stay with their row.

    Raises `InputError` if the rows come in batches, or if more than a tenth of the resamples
    have no optimum, because a class is missing or separated in them.

    >>> from glasslogit import LogisticRegression
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 3))
    >>> y = rng.random(200) < 1 / (1 + np.exp(-2 * X[:, 0]))
    >>> sure = bootstrap(LogisticRegression(C=0.1, l1_ratio=1).fit(X, y), X, y, 100)
    >>> bool(sure.ci_low[1] > 0), sure.nonzero[1:].round(1).tolist()
    (True, [1.0, 0.2, 0.3])
    """
    check_number(resamples, "resamples", "at least 2", least=2, whole=True)
    check_number(level, "level", "between 0 and 1", above=0, below=1)
    check_number(seed, "seed", "0 or greater", least=0, whole=True)
    fitted = beside(model, X, y, sample_weight, offset)
    settings, source = fitted.settings, fitted.objective.source
    if not isinstance(source, ArraySource):
        raise InputError("the bootstrap needs the rows in memory; pass arrays, not batches")
    settings = replace(settings, rules=replace(settings.rules, tol=1e-5))
    counts = draw(source, model, resamples, seed)
    with one_blas_thread():
        fits = [refit(source, weight, settings, fitted.theta) for weight in counts]
    contrasts, equations, base = contrasts_of(fitted.classes.tolist(), reference)
    intercept = model.fit_intercept
    reported = [by_equation(t @ contrasts, intercept=intercept) for t in fits if t is not None]
    failed = resamples - len(reported)
    if failed > MOST_FAILED * resamples:
        raise InputError(
            f"{failed} of {resamples} resamples have no optimum: a class is missing or separated "
            "in them; use a stronger penalty, or more rows"
        )
    samples = np.array(reported)
    tail = 50.0 * (1.0 - level)
    low, high = np.percentile(samples, [tail, 100.0 - tail], axis=0)
    terms = (((INTERCEPT,) if intercept else ()) + fitted.names) * len(equations)
    coef = by_equation(fitted.theta @ contrasts, intercept=intercept)
    shares = (samples != 0).mean(axis=0)
    parts = coef, samples.std(axis=0, ddof=1), low, high, shares, samples
    return Bootstrap(terms, equations, base, *parts, failed, level)


def draw(source: ArraySource, model: Any, resamples: int, seed: int) -> Any:
    """Yield the weights of each resample, (n,)."""
    rng, weight = np.random.default_rng(seed), np.asarray(source.weight, np.float64)
    whole = bool((weight == weight.round()).all())
    frequency = not model.class_weight and getattr(model, "weights", "frequency") == "frequency"
    for _ in range(resamples):
        if frequency and whole:
            yield rng.multinomial(int(weight.sum()), weight / weight.sum()).astype(np.float64)
        else:
            n = len(weight)
            yield weight * rng.multinomial(n, np.full(n, 1.0 / n))


def refit(source: ArraySource, weight: Floats, settings: Settings, start: Floats) -> Floats | None:
    """Fit with other weights; give θ, or None where there is no optimum."""
    c = start.shape[1]
    y = source.y
    shares = [weight @ y, weight @ (1 - y)] if c == 1 else np.bincount(y, weight, c)
    if min(shares) <= 0:
        return None
    part = ArraySource(source.X, y, weight, source.offset, threads=source.threads)
    fit = train(part, loss_of(max(c, 2), "multinomial"), settings, start)
    return fit.result.theta if fit.result.outcome.converged else None
