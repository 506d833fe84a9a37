"""What the data say before a model is fitted: separation and dependence, by name."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glasslogit.core import Binomial, Loss, Source
from glasslogit.errors import check_choice
from glasslogit.inputs import LARGEST_SQUARABLE, check_features, default_names
from glasslogit.model import (
    DataSettings,
    make_design,
    read_arrays,
    read_batches,
    refuse_with_batches,
)
from glasslogit.optimum import Fit, Settings, before_fit, train
from glasslogit.optimum.separation import Dependence, Separation, Verdict, dependence_of
from glasslogit.pages import Several
from glasslogit.solvers import Outcome, Rules
from glasslogit.sources import ArraySource, one_blas_thread

STEPS = 15  # of a fit, after which the rows are asked


def find_separation(  # noqa: PLR0913
    X: Any,
    y: Any = None,
    sample_weight: ArrayLike | None = None,
    *,
    fit_intercept: bool = True,
    formula: str | None = None,
    encoder: Any = None,
) -> Separation:
    """Tell whether the classes are separated, so that no finite optimum exists without a penalty.

    X (n, d) and y (n,) are what `LogisticRegression.fit` takes, tables with the name of their
    target and functions that yield batches too; `formula` and `encoder` are those of the model.
    Complete and quasi-complete separation of two or more classes are proved by scipy's
    linear programmes (the extra `stats`), unless a short fit settles it; see
    docs/derivations/separation.md. Raises `InputError` for data that cannot be used.

    >>> found = find_separation([[0], [0], [1], [1]], [0, 1, 1, 1])
    >>> found.kind, found.coefficients, found.rows
    ('quasi-complete', {'x0': inf}, (2, 3))
    >>> bool(find_separation([[0], [0], [1], [1]], [0, 1, 0, 1]))
    False
    """
    fit_intercept = check_choice(fit_intercept, "fit_intercept", (True, False))
    if callable(X):
        refuse_with_batches(y, sample_weight)
        data = read_batches(X, DataSettings())
    else:
        design = make_design(X, y, sample_weight, formula=formula, encoder=encoder)
        data = read_arrays(design, DataSettings())
    data.refuse_single()
    (whole,) = data.submodels
    source = data.source_of(whole)
    settings = Settings(np.inf, 0.0, fit_intercept, "auto", Rules(), data.observations)
    with one_blas_thread():
        alone, solver = before_fit(source, whole.loss, settings)
        settings = replace(settings, solver=solver)
        verdict = alone or verdict_of_fits(source, whole.loss, settings)
    call = "" if data.design is None or not data.counted else data.design.call
    return replace(verdict.named(data.column_names, whole.labels), call=call)


def verdict_of_fits(source: Source, loss: Loss, settings: Settings) -> Verdict:
    """Give what a short fit found out, or a longer one where that was cut short too early."""
    short = replace(settings, rules=replace(settings.rules, max_steps=STEPS))
    fit = train(source, loss, short)
    verdict = verdict_of(fit)
    if verdict.kind == "undecided" and fit.result.outcome is Outcome.MAX_STEPS:
        verdict = verdict_of(train(source, loss, settings))
    return verdict


def verdict_of(fit: Fit) -> Verdict:
    """Give what a fit without a penalty found out of the classes.

    An intercept alone separates none; a fit of columns that was cut short leaves it open.
    """
    zeros = np.zeros_like(fit.result.theta)
    kind = "undecided" if len(zeros) > 1 else "none"
    return fit.verdict or Verdict(kind, "balance", zeros, zeros)


def find_dependence(
    X: Any, *, fit_intercept: bool = True, formula: str | None = None, encoder: Any = None
) -> tuple[Dependence, ...]:
    """Find the columns of X (n, d) that are sums of others, each by its simplest relation.

    A column counts as explained if what is left of it is a share of 1e-6 or less; a constant
    column is one with an intercept. X may be a table, which becomes columns by a `formula`, whose
    target is left aside, or an `encoder`, as in a model. The column named last in X is the one
    that can go. Two passes, or a few with many rows.

    >>> for found in find_dependence([[1, 0, 1], [0, 1, 1], [0, 0, 0], [1, 0, 1]]):
    ...     print(found, "| drop", found.dropped)
    `x2` = `x0` + `x1` | drop x2
    """
    fit_intercept = check_choice(fit_intercept, "fit_intercept", (True, False))
    X = make_design(X, None, formula=formula, encoder=encoder).X
    features = check_features(X, largest=LARGEST_SQUARABLE)
    n, d = features.X.shape
    ones = np.broadcast_to(1.0, (n,))
    source = ArraySource(features.X, np.zeros(n), ones, np.zeros((n, 1)))
    with one_blas_thread():
        found = dependence_of(source, np.arange(d), Binomial(), intercept=fit_intercept)
    names = features.names or default_names(d)
    return Several(relation.named(names) for relation in found)
