"""`Firth`: a fit by Firth's penalised likelihood, and how it is shown."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from glasslogit.core import Floats, odds_ratio
from glasslogit.errors import InputError
from glasslogit.inputs import check_class
from glasslogit.model import LogisticRegression
from glasslogit.pages import Page, Printable, labels_of, level_text
from glasslogit.trust.outline import LevelOf, outline_of

FIRTH_COLUMNS = ("coef", "std_error", "ci_low", "ci_high", "chi2", "p_value")


@dataclass(frozen=True, eq=False, repr=False)
class Firth(Printable):
    """A fit by Firth's penalised likelihood.

    Arrays have a row for each of `names`, the intercept last, and a column for each class but
    the first, which is the reference. Tables begin with the intercept.

    `model` is a fitted `LogisticRegression` that predicts and can be saved; with an intercept
    correction its intercept, or all its coefficients, are the corrected ones, and those here
    are Firth's. `std_error` are the roots of the diagonal of I⁻¹; `ci_low`, `ci_high`,
    `chi2` and `p_value` come from the profile of the penalised likelihood, NaN if not asked
    for. `lr_chi2` with `lr_df` degrees of freedom tests all columns together. `levels` are those
    of a `Summary`.
    """

    model: LogisticRegression
    names: tuple[str, ...]
    classes: tuple[Any, ...]
    coef: Floats
    std_error: Floats
    ci_low: Floats
    ci_high: Floats
    chi2: Floats
    p_value: Floats
    level: float
    penalised_loglik: float
    lr_chi2: float
    lr_df: int
    levels: LevelOf

    @property
    def reference(self) -> Any:
        """The class that the others are compared with."""
        return self.classes[0]

    def towards(self, label: Any) -> "Firth":
        """Give the same fit of two classes with the log-odds of `label`."""
        if len(self.classes) != 2:
            raise InputError("towards(label) is for two classes; this fit has more")
        check_class(label, "label", self.classes)
        if label == self.classes[1]:
            return self
        turned: dict[str, Any] = {
            "coef": -self.coef,
            "ci_low": -self.ci_high,
            "ci_high": -self.ci_low,
        }
        return replace(self, classes=self.classes[::-1], **turned)

    def lost(self) -> str:
        """Name the coefficients whose profile has a number that was not found."""
        gone = np.isnan(self.ci_low + self.ci_high + self.chi2)
        return ", ".join(
            f"{self.names[j]!r} of {self.classes[k + 1]}" for j, k in np.argwhere(gone)
        )

    @property
    def _shown(self) -> tuple[str, ...]:
        return FIRTH_COLUMNS if np.isfinite(self.p_value).any() else FIRTH_COLUMNS[:2]

    def page(self) -> Page:
        """Give the table with the test of all columns below it."""
        event = self.classes[1] if len(self.classes) == 2 else "each class"
        title = f"Firth's penalised likelihood: log-odds of {event} against {self.reference}"
        how = f"{level_text(self.level)} profile intervals and likelihood-ratio tests"
        facts = (
            *([how] if self._shown == FIRTH_COLUMNS else []),
            f"penalised log-likelihood {self.penalised_loglik:.6g}",
            f"likelihood ratio, all coefficients: χ² = {self.lr_chi2:#.4g} on {self.lr_df} df",
        )
        return replace(self.coefficients(), title=title, facts=facts)

    def coefficients(self) -> Page:
        """Give the table alone, with the intercept first, as in that of a `Summary`."""
        order = np.roll(np.arange(len(self.names)), int(self.model.fit_intercept))
        columns = {name: getattr(self, name)[order].T.ravel() for name in self._shown}
        columns["odds_ratio"] = odds_ratio(columns["coef"])
        equations = self.classes[1:]
        terms = [self.names[j] for j in order] * len(equations)
        outline = outline_of(terms, equations, self.reference, self.levels)
        return Page("", labels_of(terms, equations), columns, outline=outline)
