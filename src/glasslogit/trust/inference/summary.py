"""`Summary`: a table of coefficients and what goes with it; `pages` shows it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import Floats, odds_ratio, surprise
from glasslogit.errors import InputError
from glasslogit.inputs import Features
from glasslogit.pages import Page, Printable, labels_of, level_text
from glasslogit.trust.inference.distributions import HypothesisTest, chi2_test, has_inverse, wald
from glasslogit.trust.inference.nested import ModelRows
from glasslogit.trust.outline import LevelOf, outline_of

COLUMNS = (
    "coef",
    "std_error",
    "z",
    "p_value",
    "ci_low",
    "ci_high",
    "odds_ratio",
    "odds_ratio_low",
    "odds_ratio_high",
)


@dataclass(frozen=True, eq=False, repr=False)
class Summary(Printable):
    """What a fitted model says, and how sure that is. Made by `summarize`.

    All arrays (m,) follow `terms`, the names of the columns, the intercept first. For three or
    more classes they come class by class: `equations` lists the classes, each against the
    `reference`. The covariance is (m, m).

    Attributes
    ----------
    coef, std_error, z, p_value, ci_low, ci_high
        Log-odds, their standard errors, z = coef / std_error, the two-sided p-value of the
        hypothesis that the coefficient is 0, and the interval of the `level`. Where classes are
        separated, coefficients are ±inf, or NaN where any number does as well, and have no
        standard error: NaN, a dash in the table. Profile intervals and their p-values stand.
    log_likelihood, null_log_likelihood
        In nats, of the model and of the one that knows only the intercept (and the offset). These
        and what follows from them (deviances, AIC, BIC, R² but for Tjur's) are None where weights
        do not count rows, since there is no likelihood then.
    deviance, null_deviance
        2·(ℓ_saturated − ℓ), where the saturated model gives each row its own probability.
    df
        The number of coefficients; for a ridge penalty the effective one, trace P⁻¹I.
    log_multiplicity
        The part of ℓ that is the log of the number of ways in which grouped counts, a fraction
        with its weight, can come about; 0 for single trials.
    tjur_r2
        Tjur's R²: the mean probability of the rows with an event less that of the others, The
        American Statistician (2009); None for three or more classes.
    count
        The number of observations: the sum of frequency weights, or the rows if these are more
        or weights do not count them.
    counts_rows
        Whether the weights count rows, so that there is a likelihood.
    notes
        What is to be kept in mind, one sentence each.
    aliased
        (m,) whether other columns explain that of a coefficient in all rows, or it is constant:
        then all its numbers are NaN, and the table is that of the model without it.
    intercept
        Whether there is one, the first term of each equation.
    shift
        (equations,) what `base_rate` adds to the margins for predictions; it is no estimate.
    groups
        By the name of a term of the formula, or of a column of the table, the names of the
        columns of X that are made of it.
    levels
        By the name of a column of X that tells a level of a category: the category, the level, and
        the reference that it is set against. In the text they stand under their category.
    read
        What reads rows to predict as the model does.
    rows
        The rows as the model's columns, by which `likelihood_ratio_test` tells whether one model
        is contained in another. They are not copied, and not stored with a summary.

    """

    classes: tuple[Any, ...]
    terms: tuple[str, ...]
    equations: tuple[Any, ...]
    reference: Any
    coef: Floats
    std_error: Floats
    z: Floats
    p_value: Floats
    ci_low: Floats
    ci_high: Floats
    covariance: Floats
    kind: str
    intervals: str
    level: float
    count: float
    df: float
    penalised: bool
    counts_rows: bool
    log_likelihood: float | None
    null_log_likelihood: float | None
    deviance: float | None
    null_deviance: float | None
    log_multiplicity: float | None
    tjur_r2: float | None
    notes: tuple[str, ...]
    intercept: bool
    aliased: NDArray[np.bool]
    shift: Floats
    groups: Mapping[str, tuple[str, ...]]
    levels: LevelOf
    read: Callable[[Any, Any], Features] = field(repr=False)
    rows: ModelRows | None = field(repr=False)

    def __getstate__(self) -> dict[str, Any]:
        """Give what is stored of a summary: all but the rows, which are the user's."""
        return {**vars(self), "rows": None}

    @property
    def odds_ratio(self) -> Floats:
        """The factor by which one more unit multiplies the odds: e^coef."""
        return odds_ratio(self.coef)

    @property
    def odds_ratio_low(self) -> Floats:
        """The lower end of the interval of the odds ratio."""
        return odds_ratio(self.ci_low)

    @property
    def odds_ratio_high(self) -> Floats:
        """The upper end of the interval of the odds ratio."""
        return odds_ratio(self.ci_high)

    @property
    def aic(self) -> float | None:
        """Akaike's information criterion: −2ℓ + 2·df; None without a likelihood."""
        found = self.log_likelihood
        return None if found is None else -2.0 * found + 2.0 * self.df

    @property
    def bic(self) -> float | None:
        """Schwarz's Bayesian information criterion: −2ℓ + log(count)·df; None likewise."""
        found = self.log_likelihood
        each = float(surprise(np.array(1.0 / self.count)))
        return None if found is None else -2.0 * found + each * self.df

    @property
    def mcfadden_r2(self) -> float | None:
        """McFadden's R²: 1 − ℓ/ℓ₀, "Conditional logit analysis" (1974), section IV."""
        if self._kernels is None:
            return None
        found, null = self._kernels
        return 1.0 - found / null if null else 0.0

    @property
    def nagelkerke_r2(self) -> float | None:
        """Nagelkerke's R²: (1 − (L₀/L)^(2/n)) / (1 − L₀^(2/n)), Biometrika (1991), equation 3."""
        if self._kernels is None:
            return None
        found, null = self._kernels
        shares = 1.0 - odds_ratio(-2.0 / self.count * np.array([found - null, -null]))
        return float(shares[0] / shares[1]) if null else 0.0

    @property
    def _kernels(self) -> tuple[float, float] | None:
        """ℓ and ℓ₀ of single trials: without the number of ways in which counts come about."""
        found, null, ways = self.log_likelihood, self.null_log_likelihood, self.log_multiplicity
        if found is None or null is None or ways is None:
            return None
        return found - ways, null - ways

    @property
    def slopes(self) -> NDArray[np.intp]:
        """Where the coefficients other than intercepts stand, and those that are aliased."""
        places, each = np.arange(len(self.terms)), len(self.terms) // len(self.equations)
        return places[~self.aliased & ((places % each > 0) | (not self.intercept))]

    @property
    def likelihood_ratio(self) -> HypothesisTest:
        """The test that all coefficients but the intercept are 0: 2·(ℓ − ℓ₀)."""
        if self.penalised or self._kernels is None:
            raise InputError(
                "a likelihood ratio is χ² only without a penalty and with weights that count "
                "rows; fit with C=np.inf, or take summarize(model, X, y, covariance='robust').wald"
            )
        found, null = self._kernels
        self._refuse_intercept_alone()
        gain = 2.0 * (found - null)
        return chi2_test("likelihood ratio, all coefficients", gain, len(self.slopes))

    @property
    def wald(self) -> HypothesisTest:
        """The same hypothesis by Wald: wᵀV⁻¹w, with whatever covariance was asked for."""
        self._refuse_intercept_alone()
        part = self.slopes
        if not np.isfinite(self.coef[part]).all():
            raise InputError(
                "some coefficients have no finite estimate, so there is no Wald test of all; take "
                "likelihood_ratio, or wald_test of those that have one"
            )
        V = self.covariance[np.ix_(part, part)]
        return wald("Wald, all coefficients", self.coef[part], V)

    def _refuse_intercept_alone(self) -> None:
        if not len(self.slopes):
            raise InputError("the model has no coefficient but the intercept; there is no test")

    def page(self) -> Page:
        """Give the table with a title, the facts about the fit and the notes."""
        told: dict[str, Any] = {"facts": self._facts(), "notes": self.notes}
        return replace(self.coefficients(), title=self._title(), **told)

    def coefficients(self) -> Page:
        """Give the table alone, for which nothing has to be tested."""
        columns = {name: getattr(self, name) for name in COLUMNS}
        index = labels_of(self.terms, self.equations)
        outline = outline_of(self.terms, self.equations, self.reference, self.levels)
        return Page("", index, columns, narrow=7, outline=outline)

    def _title(self) -> str:
        event = str(self.equations[0]) if len(self.equations) == 1 else "each class"
        return f"Logistic regression: log-odds of {event} against {self.reference}"

    def _nats(self) -> tuple[str, ...]:
        null = "of the intercept alone" if self.intercept else "where all margins are 0"
        return (
            f"log-likelihood {self.log_likelihood:.6g}, AIC {self.aic:.6g}, BIC {self.bic:.6g}",
            f"deviance {self.deviance:.6g}, {null} {self.null_deviance:.6g}",
            *([f"df {self.df:.4g}, the effective number of coefficients"] * self.penalised),
        )

    def _tests(self) -> tuple[str, ...]:
        """Test all coefficients, but where a penalty or too few clusters leave no test."""
        if self.penalised or not len(self.slopes):
            return ()
        if self.kind == "classical" and self.counts_rows:
            return (str(self.likelihood_ratio),)
        V = self.covariance[np.ix_(self.slopes, self.slopes)]
        return (str(self.wald),) if np.isfinite(V).all() and has_inverse(V) else ()

    def _facts(self) -> tuple[str, ...]:
        how = f"{self.kind} standard errors, {level_text(self.level)} {self.intervals} intervals"
        shares = ("McFadden", self.mcfadden_r2), ("Nagelkerke", self.nagelkerke_r2)
        shown = [(name, r2) for name, r2 in (*shares, ("Tjur", self.tjur_r2)) if r2 is not None]
        return (
            f"{how}, {self.count:,.10g} observations",
            *(self._nats() if self.counts_rows else ()),
            *self._tests(),
            *(["R²: " + ", ".join(f"{name} {r2:.4g}" for name, r2 in shown)] if shown else []),
        )


def refuse_no_summary(summary: object, call: str) -> None:
    """Refuse what is no summary, and give the call that has one."""
    if not isinstance(summary, Summary):
        raise InputError(f"an object of type {type(summary).__name__} is no summary; give {call}")
