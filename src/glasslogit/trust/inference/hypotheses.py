"""Wald, likelihood-ratio and score tests: of columns, of nested models, of linear hypotheses.

For the hypothesis R·β = r about the reported coefficients β, θ₀ being the optimum under it:

    Wald               (Rβ̂ − r)ᵀ (R V Rᵀ)⁻¹ (Rβ̂ − r)       from a `Summary`, no pass
    likelihood ratio   2·(ℓ(θ̂) − ℓ(θ₀))                     a fit under the hypothesis
    score              ∇ℓ(θ₀)ᵀ I(θ₀)⁻¹ ∇ℓ(θ₀)               the same fit

The last two need no optimum, only the largest value that ℓ attains or tends to with the hypothesis
and without it, so they stand where classes are separated. All three are χ² on as many degrees of
freedom as R has rows, where the hypothesis holds (Rao, "Linear statistical inference and its
applications", 1973, section 6e). Derivation: docs/derivations/inference.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from glasslogit.core import inverse_of
from glasslogit.errors import InputError, check_choice
from glasslogit.inputs import check_kind
from glasslogit.model import at_end, fitted_objective
from glasslogit.pages import Several
from glasslogit.sources import one_blas_thread
from glasslogit.trust.inference.distributions import HypothesisTest, chi2_test, wald
from glasslogit.trust.inference.equations import (
    Equations,
    Hypothesis,
    identified,
    refuse_endless,
    right_side,
)
from glasslogit.trust.inference.information import Information, inform
from glasslogit.trust.inference.nested import refuse_not_nested, refuse_other_rows
from glasslogit.trust.inference.summary import Summary, refuse_no_summary

Test = Literal["likelihood_ratio", "score", "wald"]
TESTS = ("likelihood_ratio", "score", "wald")
SLIGHT = 1e-6  # by which a larger model may seem worse, since fits end near their optimum


def wald_test(summary: Summary, hypothesis: Hypothesis, value: ArrayLike = 0.0) -> HypothesisTest:
    """Test R·β = r with the covariance of a summary, robust or not.

    Parameters
    ----------
    summary
        From `summarize`.
    hypothesis
        The name of a column, or several, whose coefficients are all 0, or `value`; or R, (m,) or
        (q, m), by the coefficients in the order of the summary. A name is that of a coefficient;
        or of a term of the formula, or a column of the table, for all coefficients made of it:
        those of the levels of a category. For three or more classes a name stands for its
        coefficients in every equation, in their order.
    value
        r, a number or (q,), in the order of the names or of the rows of R.

    Examples
    --------
    >>> from glasslogit import LogisticRegression, summarize
    >>> hours, passed = [[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]], [0, 0, 1, 0, 1, 1]
    >>> model = LogisticRegression(C=np.inf).fit(hours, passed)
    >>> print(wald_test(summarize(model, hours, passed), "x0"))
    Wald, x0: χ² = 1.770 on 1 df, p = 0.1834

    """
    refuse_no_summary(summary, "wald_test(summarize(model, X, y), 'a column')")
    name, R = Equations(summary.terms, summary.groups).of(hypothesis)
    R = identified(R, summary.aliased, summary.terms)
    refuse_endless(R, summary.coef, summary.terms, likelihood=summary.counts_rows)
    known = np.isfinite(summary.coef)
    R, coef, V = R[:, known], summary.coef[known], summary.covariance[np.ix_(known, known)]
    gap = R @ coef - right_side(value, len(R))
    return wald(f"Wald, {name}", gap, R @ V @ R.T)


def likelihood_ratio_test(small: Summary, large: Summary) -> HypothesisTest:
    """Test a model against a larger one that contains it, both fitted to the same rows.

    Both are given as what `summarize` says of them on these rows, since a model keeps none.
    It is contained in the larger one if its columns are combinations of the other's in these rows,
    whatever they are called: a number in the indicators of its values, a polynomial in one of
    higher degree. The degrees of freedom are the coefficients that one has more, those that
    others explain not counted. Raises `InputError` if it is not contained, if outcomes, weights
    or offsets differ, or if a fit is penalised or its weights do not count rows: then the ratio
    is not χ².

    >>> from glasslogit import LogisticRegression, summarize
    >>> X = np.array([[1.0, 1], [2, 0], [3, 0], [4, 1], [5, 0], [6, 1], [7, 1], [8, 0]])
    >>> y = [0, 1, 0, 0, 1, 1, 0, 1]
    >>> both = LogisticRegression(C=np.inf).fit(X, y)
    >>> one = LogisticRegression(C=np.inf).fit(X[:, :1], y)
    >>> test = likelihood_ratio_test(summarize(one, X[:, :1], y), summarize(both, X, y))
    >>> test.df, round(test.p_value, 4)
    (1, 0.1086)
    """
    call = "likelihood_ratio_test(summarize(small, X, y), summarize(large, X, y))"
    for summary in (small, large):
        refuse_no_summary(summary, call)
    if small.penalised or large.penalised:
        raise InputError("a likelihood ratio of penalised fits is not χ²; fit both with C=np.inf")
    before, after = small.log_likelihood, large.log_likelihood
    if before is None or after is None:
        raise InputError(
            "these weights do not count rows, so there is no likelihood; "
            f"use wald_test(summarize(large, X, y, sample_weight), {large.terms[-1]!r})"
        )
    if small.rows is None or large.rows is None:
        raise InputError("a stored summary has left its rows behind; summarise both models again")
    if small.classes != large.classes:
        raise InputError("the summaries are of other outcomes: their classes differ")
    refuse_other_rows(small.rows, large.rows)
    refuse_not_nested(small.rows, large.rows)
    df = int((~large.aliased).sum()) - int((~small.aliased).sum())
    if df <= 0:
        raise InputError(
            "the two models are one and the same: each is contained in the other, so there is "
            "nothing to test; give the smaller one first, with fewer free coefficients"
        )
    gain = 2.0 * (after - before)
    if gain < -SLIGHT:
        raise InputError("the larger model is less likely than the smaller: other rows were given")
    return chi2_test("likelihood ratio, nested models", max(gain, 0.0), df)


def hypothesis_test(  # noqa: PLR0913
    model: Any,
    X: Any,
    y: Any = None,
    sample_weight: ArrayLike | None = None,
    offset: ArrayLike | None = None,
    *,
    hypothesis: Hypothesis,
    value: ArrayLike = 0.0,
    test: Test = "likelihood_ratio",
    reference: Any = None,
) -> HypothesisTest:
    """Test R·β = r on the rows that the model was fitted on; a fit under the hypothesis.

    `hypothesis` and `value` are those of `wald_test`, `test` is ``"likelihood_ratio"``,
    ``"score"`` (Rao's: by the slope of the likelihood where the hypothesis holds) or ``"wald"``.

    >>> from glasslogit import LogisticRegression
    >>> hours, passed = [[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]], [0, 0, 1, 0, 1, 1]
    >>> model = LogisticRegression(C=np.inf).fit(hours, passed)
    >>> print(hypothesis_test(model, hours, passed, hypothesis="x0", test="score"))
    score, x0: χ² = 2.800 on 1 df, p = 0.09426
    """
    check_choice(test, "test", TESTS)
    fit = TestedFit.of(model, reference, X, y, sample_weight, offset)
    return fit.judge(test, hypothesis, value)


def term_tests(  # noqa: PLR0913
    model: Any,
    X: Any,
    y: Any = None,
    sample_weight: ArrayLike | None = None,
    offset: ArrayLike | None = None,
    *,
    terms: Mapping[str, Hypothesis] | None = None,
    test: Test = "likelihood_ratio",
    reference: Any = None,
) -> tuple[HypothesisTest, ...]:
    """Test every term of a model given all others.

    For a model of a table a term is a column of the table, all levels of a category together, or
    a term of the formula; for one of arrays it is a column of X. `terms` gives other ones by
    their names: the columns that make a term, or any linear hypothesis R. A column that others
    explain adds nothing, and a term of such columns alone is tested on 0 df. For three or
    more classes a term has a coefficient in every equation. A fit of some passes for each
    term, none by Wald.

    >>> from glasslogit import LogisticRegression
    >>> X = np.array([[1.0, 1], [2, 0], [3, 0], [4, 1], [5, 0], [6, 1], [7, 1], [8, 0]])
    >>> y = [0, 1, 0, 0, 1, 1, 0, 1]
    >>> for test in term_tests(LogisticRegression(C=np.inf).fit(X, y), X, y):
    ...     print(test)
    likelihood ratio, x0: χ² = 1.368 on 1 df, p = 0.2422
    likelihood ratio, x1: χ² = 2.575 on 1 df, p = 0.1086
    """
    check_choice(test, "test", TESTS)
    check_kind(terms, Mapping | None, "terms", "a dict from names to hypotheses")
    fit = TestedFit.of(model, reference, X, y, sample_weight, offset)
    if terms is None:
        terms = fit.known.fitted.by_term
    return Several(fit.judge_term(test, term, name) for name, term in terms.items())


@dataclass(frozen=True, eq=False)
class TestedFit:
    """A fit beside its rows, on which hypotheses are tested."""

    known: Information

    @staticmethod
    def of(model: Any, reference: Any, *rows: Any) -> "TestedFit":
        """Put a fit beside its rows; one pass."""
        X, *beside = rows
        model, X = at_end(model, X)
        with one_blas_thread():
            known = inform(model, fitted_objective(model, X, *beside), reference)
            known.claims.refuse_unasked()
            if known.penalised or not known.counts_rows:
                term = next(iter(known.fitted.by_term), None)
                raise InputError(
                    "a test by the likelihood needs one: no penalty, and weights that count rows; "
                    f"use wald_test(summarize(model, X, y, covariance='robust'), {term!r})"
                )
            return TestedFit(known)

    @property
    def equations(self) -> Equations:
        """What names stand for."""
        return Equations(self.known.terms, self.known.fitted.groups)

    def judge_term(self, kind: str, term: Hypothesis, name: str) -> HypothesisTest:
        """Test a term by those of its coefficients that are not aliased; on 0 df if all are."""
        _, R = self.equations.of(term)
        R = R[~(R[:, self.known.aliased] != 0).any(axis=1)]
        if not len(R):
            return chi2_test(f"{kind.replace('_', ' ')}, {name}", 0.0, 0)
        return self.judge(kind, R, name=name)

    def judge(
        self, kind: str, hypothesis: Hypothesis, value: ArrayLike = 0.0, *, name: str | None = None
    ) -> HypothesisTest:
        """Test one hypothesis."""
        known = self.known
        said, R = self.equations.of(hypothesis)
        R = identified(R, known.aliased, known.terms)
        r, title = right_side(value, len(R)), f"{kind.replace('_', ' ')}, {name or said}"
        A = R @ known.to_reported
        if kind == "wald":
            refuse_endless(R, known.coef, known.terms, likelihood=True)
            spread = A @ known.root
            return wald(f"Wald, {name or said}", A @ known.at.u.ravel() - r, spread @ spread.T)
        with one_blas_thread():
            bound = known.best_where(A, r)
        weight = known.objective.weight
        if kind == "score":
            g = bound.gradient
            statistic = weight * float(np.vdot(g, inverse_of(bound.hessian)(g)))
        else:
            statistic = 2.0 * weight * (bound.value - known.at.value)
        return chi2_test(title, max(statistic, 0.0), len(R))
