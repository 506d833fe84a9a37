"""`summarize`: from a fitted model and the rows it was fitted on to a `Summary`."""

from copy import copy
from dataclasses import replace
from functools import partial
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import ArrayLike

from glasslogit.core import Floats, Value, surprise
from glasslogit.errors import InputError, check_choice, check_number
from glasslogit.model import FittedObjective, at_end, fitted_objective, read_to_predict
from glasslogit.sources import one_blas_thread
from glasslogit.trust.inference.contrasts import contrasts_of
from glasslogit.trust.inference.distributions import normal_quantile, two_sided
from glasslogit.trust.inference.information import Information, inform
from glasslogit.trust.inference.nested import ModelRows
from glasslogit.trust.inference.notes import notes_on, notes_on_clusters
from glasslogit.trust.inference.profile import likelihood_ratios, profile_intervals
from glasslogit.trust.inference.sandwich import covariance_of
from glasslogit.trust.inference.summary import Summary

LIKELIHOODS = (
    "log_likelihood",
    "null_log_likelihood",
    "deviance",
    "null_deviance",
    "log_multiplicity",
)
Covariance = Literal["auto", "classical", "robust", "HC0", "HC1", "HC2", "HC3", "cluster"]


def summarize(  # noqa: PLR0913
    model: Any,
    X: Any,
    y: Any = None,
    sample_weight: ArrayLike | None = None,
    offset: ArrayLike | None = None,
    *,
    covariance: Covariance = "auto",
    groups: ArrayLike | None = None,
    level: float = 0.95,
    intervals: Literal["wald", "profile"] = "wald",
    reference: Any = None,
) -> Summary:
    """Say how sure the coefficients of a fitted model are.

        V = I⁻¹,  I = Σ sᵢ·pᵢ(1 − pᵢ)·xᵢxᵢᵀ;   z = coef / √V;   p = 2·Φ(−|z|);   coef ± q·√V

    One pass over the data, two for a robust or clustered covariance.

    Parameters
    ----------
    model
        A fitted `LogisticRegression`, ours or scikit-learn's, without a penalty or with ridge; or
        a pipeline of scikit-learn's that ends in one.
    X, y, sample_weight, offset
        What it was fitted on; X may be a function that yields batches, and y is then None, as
        where the formula of the model names the target.
    covariance
        ``"auto"``, classical errors or, where weights count no observations, robust ones;
        ``"classical"``; ``"robust"``, which is ``"HC0"``, or ``"HC1"`` to ``"HC3"``; or
        ``"cluster"`` with a label for each row in `groups`. See docs/inference.md.
    groups
        (n,) labels of any type: rows of one cluster may depend on each other.
    level
        How often the intervals cover what they are for, between 0 and 1.
    intervals
        ``"wald"``: symmetric about the coefficient; or ``"profile"``: where the likelihood
        ratio does not reject the value, better with few events; some fifteen passes a
        coefficient. Then z is the signed root of the likelihood ratio, and p its p-value.
    reference
        The class that the others are compared with; the first, if it is not given.

    Raises
    ------
    InputError
        Where there is nothing to say: fewer rows than coefficients, an L1 penalty, a model that is
        not at its optimum on these rows.
    MissingExtraError
        If SciPy is not installed, by the likelihood ratio of the summary, which printing shows
        where there is no penalty.

    Examples
    --------
    >>> from glasslogit import LogisticRegression
    >>> hours, passed = [[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]], [0, 0, 1, 0, 1, 1]
    >>> model = LogisticRegression(C=np.inf).fit(hours, passed)
    >>> summary = summarize(model, hours, passed)
    >>> summary.coef.round(4).tolist(), summary.std_error.round(4).tolist()
    ([-4.2491, 1.214], [3.3879, 0.9126])
    >>> round(summary.likelihood_ratio.p_value, 4)
    0.0667

    """
    level = check_number(level, "level", "between 0 and 1", above=0, below=1)
    intervals = check_choice(intervals, "intervals", ("wald", "profile"))
    given = copy(model)
    model, X = at_end(model, X)
    fitted = fitted_objective(model, X, y, sample_weight, offset)
    asked: dict[str, Any] = {"covariance": covariance, "groups": groups, "level": level}
    found = summarize_fitted(model, fitted, intervals=intervals, reference=reference, **asked)
    return replace(found, read=partial(read_to_predict, given))


def summarize_fitted(  # noqa: PLR0913
    model: Any,
    fitted: FittedObjective,
    *,
    covariance: Covariance = "auto",
    groups: ArrayLike | None = None,
    level: float = 0.95,
    intervals: str = "wald",
    reference: Any = None,
) -> Summary:
    """Do what `summarize` does with a model that stands beside its rows."""
    with one_blas_thread():
        known = inform(model, fitted, reference)
        V = covariance_of(known, covariance, groups)
        covariance = cast(Covariance, known.claims.covariance(covariance))
        if intervals == "profile":
            check_likelihood(known, covariance)
        table = coefficient_columns(known, V, level=level, profile=intervals == "profile")
        facts = make_facts(known)
    return Summary(
        classes=tuple(fitted.classes.tolist()),
        terms=known.terms,
        equations=known.equations,
        reference=known.reference,
        covariance=np.where(np.outer(known.lost == 0, known.lost == 0), V, np.nan),
        kind="robust (HC0)" if covariance == "robust" else covariance,
        intervals="profile-likelihood" if intervals == "profile" else "Wald",
        level=level,
        count=known.count,
        penalised=known.penalised,
        counts_rows=known.counts_rows,
        notes=(*notes_on(known, covariance), *notes_on_clusters(known, groups)),
        intercept=known.intercept,
        aliased=known.aliased,
        rows=ModelRows(fitted.objective.source, fitted.names, known.intercept),
        read=partial(read_to_predict, copy(model)),
        groups=fitted.groups,
        levels=fitted.levels,
        shift=known.shift @ contrasts_of(fitted.classes.tolist(), known.reference)[0],
        **table,
        **facts,
    )


def coefficient_columns(
    known: Information, V: Floats, *, level: float, profile: bool
) -> dict[str, Any]:
    """Give the columns of the table, (m,) each, with Wald or profile intervals."""
    finite = known.lost == 0
    coef, q = known.coef, normal_quantile(level)
    error = np.sqrt(np.where(finite, V.diagonal(), np.nan))
    ends = np.where(finite, [coef - q * error, coef + q * error], np.nan).T
    if profile:
        ends = profile_intervals(known, q * q)
    z = np.where(finite, coef, np.nan) / error
    if profile:
        z = np.where(coef < 0, -1.0, 1.0) * np.sqrt(likelihood_ratios(known))
    return {
        "coef": coef,
        "std_error": error,
        "z": z,
        "p_value": two_sided(z),
        "ci_low": ends[:, 0],
        "ci_high": ends[:, 1],
    }


def make_facts(known: Information) -> dict[str, Any]:
    """Give the likelihoods and what follows from them."""
    sums = known.sums
    separated = float((sums.hits / sums.totals).sum() - 1.0)
    return {
        "df": effective_df(known),
        "tjur_r2": separated if len(sums.totals) == 2 else None,
        **(likelihoods(known) if known.counts_rows else dict.fromkeys(LIKELIHOODS)),
    }


def effective_df(known: Information) -> float:
    """Give trace P⁻¹I, which without a penalty is the number of coefficients."""
    if not known.penalised:
        return float((~known.aliased).sum())
    return float(np.sum(known.root * (known.fisher @ known.root)))


def likelihoods(known: Information) -> dict[str, float]:
    """Give what is in nats."""
    sums, null = known.sums, null_loss(known)
    found = (
        sums.log_multiplicity - sums.value,
        sums.log_multiplicity - null,
        2.0 * (sums.value - sums.saturated),
        2.0 * (null - sums.saturated),
        sums.log_multiplicity,
    )
    return dict(zip(LIKELIHOODS, found, strict=True))


def null_loss(known: Information) -> float:
    """Give the least loss Σ s·loss without the columns: of the intercept alone, if there is one.

    It follows from the rates of the classes, but for an offset: then the intercept is fitted.
    """
    objective, totals = known.objective, known.sums.totals
    if not objective.coordinates.intercept:
        return float(objective.source.sum(Value(objective.loss, 0.0 * known.fitted.theta)).total)
    if not known.sums.offset:
        return float(totals @ surprise(totals / totals.sum()))
    u, scale = known.at.u, objective.coordinates.scale
    slopes = np.eye(u.size)[np.flatnonzero(np.isfinite(scale).repeat(u.shape[1]))]
    null = known.best_where(slopes, np.zeros(len(slopes)))
    return objective.weight * null.value


def check_likelihood(known: Information, kind: str) -> None:
    """Refuse profile intervals where there is no likelihood to profile."""
    if known.penalised or kind != "classical" or not known.counts_rows:
        raise InputError(
            "profile intervals need a likelihood: no penalty, a classical covariance and weights "
            "that count rows; take intervals='wald'"
        )
