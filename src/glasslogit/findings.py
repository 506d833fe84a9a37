"""What is risky in data and fit: findings with a code, so that each can be silenced.

A finding is no error and no warning: the fit is what was asked for, but may not be what was
wanted. Those of a fit are read off what training knows anyway; those of the columns are in
`glasslogit.tables.inspect`.

Table of all codes: docs/findings.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glasslogit.errors import InputError, is_one_of, refused, visible
from glasslogit.pages import Said, Several, and_more, how_many, listed

FEW_EVENTS = 10  # events for each coefficient: see `few_events`
LISTED = 5  # columns named in the text of a finding
HALF_OF_DIGITS = 2.0**26  # of 53: the square of what is so much smaller is rounding of the larger
USUAL = 0.75  # of the numbers of a column that are not the median, so many tell how it spreads


class Code(StrEnum):
    """What was found; the value is the word by which it is silenced."""

    CONSTANT = "constant"
    DUPLICATED_COLUMN = "duplicated_column"
    IDENTIFIER = "identifier"
    LEAK = "leak"
    CONTRADICTING_ROWS = "contradicting_rows"
    FEW_EVENTS = "few_events"
    ABSENT_CLASS = "absent_class"
    MEAN_PREDICTION = "mean_prediction"
    MISSING_WORDS = "missing_words"
    LOOKS_MISSING = "looks_missing"
    ALIKE_LEVELS = "alike_levels"
    DROPPED_ROWS = "dropped_rows"
    READING = "reading"
    AMOUNTS = "amounts"
    DATES = "dates"
    LOST_DIGITS = "lost_digits"
    TRIALS = "trials"


class Severity(StrEnum):
    """How much it matters: worth knowing, likely to mislead, or nearly surely a mistake."""

    NOTE = "note"
    WARNING = "warning"
    SERIOUS = "serious"


@dataclass(frozen=True, repr=False)
class Finding(Said):
    """One risk: its code and severity, the columns it is about, the evidence and the remedy.

    >>> print(Finding(Code.CONSTANT, Severity.NOTE, ("height",), "has one value", "leave it out"))
    note (constant): column 'height' has one value; leave it out
    """

    code: Code
    severity: Severity
    columns: tuple[str, ...]
    evidence: str
    remedy: str

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take fields that were stored; formats without code have the words alone."""
        words = {"code": Code(state["code"]), "severity": Severity(state["severity"])}
        vars(self).update(state | words)

    def __str__(self) -> str:
        about = ""
        if self.columns:
            names = and_more(map(repr, self.columns), LISTED)
            about = f"column{'s' if len(self.columns) > 1 else ''} {names} "
        return visible(f"{self.severity} ({self.code}): {about}{self.advice}")

    @property
    def advice(self) -> str:
        """The evidence and the remedy, as a sentence about the columns."""
        return f"{self.evidence}; {self.remedy}"


def check_silence(silence: Any, name: str = "silence") -> None:
    """Refuse to silence what is not a code, in an argument or option of this name.

    >>> check_silence(["leek"])
    Traceback (most recent call last):
    glasslogit.errors.InputError: silence names 'leek', which is no code; give codes of constant, \
duplicated_column, identifier, leak, contradicting_rows, few_events, absent_class, \
mean_prediction, missing_words, looks_missing, alike_levels, dropped_rows, reading, amounts, \
dates, lost_digits, trials
    """
    if isinstance(silence, str) or not isinstance(silence, Iterable):
        raise InputError(f"{refused(name, silence)}; give a list of codes")
    for code in silence:
        if not is_one_of(code, Code):
            known, told = ", ".join(Code), code if isinstance(code, str) else type(code).__name__
            raise InputError(f"{name} names {told!r}, which is no code; give codes of {known}")


def silenced(found: Iterable[Finding], silence: Sequence[str]) -> tuple[Finding, ...]:
    """Leave out the findings whose code is silenced; the gravest come first."""
    heard = [finding for finding in found if finding.code not in silence]
    return Several(sorted(heard, key=lambda finding: -list(Severity).index(finding.severity)))


def joined_findings(of_columns: Iterable[Finding], of_fit: Iterable[Finding]) -> list[Finding]:
    """Join what columns show and what a fit shows: where both know something, as the fit does."""
    fitted = list(of_fit)
    known = {(each.code, each.columns) for each in fitted}
    others = [each for each in of_columns if each.code is not Code.FEW_EVENTS]
    return [each for each in others if (each.code, each.columns) not in known] + fitted


def column_name(names: Sequence[str] | None, j: int) -> str:
    """Name a column by its number where it has no other name."""
    return str(j) if names is None else names[j]


def constant_finding(names: Sequence[str], terms: Sequence[str] = ()) -> Finding:
    """Say that columns hold one value each; of a formula, which are all that its `terms` become.

    >>> print(constant_finding(["g[T.v]:h[T.q]"], ["g:h"]))
    note (constant): column 'g[T.v]:h[T.q]' holds one value; it tells nothing; leave 'g:h' out of \
the formula
    """
    evidence = "holds one value" if len(names) == 1 else "hold one value each"
    remedy = "it tells nothing; leave it out" if len(names) == 1 else "leave them out"
    if terms:
        told = f"leave {listed(map(repr, terms))} out of the formula"
        remedy = f"it tells nothing; {told}" if len(names) == 1 else told
    return Finding(Code.CONSTANT, Severity.NOTE, tuple(names), evidence, remedy)


def constant_part(names: Sequence[str], whole: str) -> Finding:
    """Say that of the columns that a term or a column of a table becomes some hold one value.

    >>> print(constant_part(["g[T.v]:h[T.q]"], "g:h"))
    note (constant): column 'g[T.v]:h[T.q]' holds one value, as what occurs in no row does; \
nothing is to be done: 'g:h' has other columns, which stand without it
    """
    one = len(names) == 1
    evidence = "holds one value" if one else "hold one value each"
    evidence += ", as what occurs in no row does"
    without = "which stand without it" if one else "which stand without them"
    remedy = f"nothing is to be done: {whole!r} has other columns, {without}"
    return Finding(Code.CONSTANT, Severity.NOTE, tuple(names), evidence, remedy)


def absent_finding(labels: Iterable[object]) -> Finding:
    """Say that classes have rows and no weight, so that the model does not know them."""
    names = [*map(str, labels)]
    one = len(names) == 1
    which = f"class {names[0]}" if one else f"classes {listed(names)}"
    it, them, its = ("it", "the class", "its") if one else ("them", "the classes", "their")
    evidence = f"every row of {which} has weight 0: the model knows nothing of {it}"
    remedy = f"give {them} some weight, or leave {its} rows out"
    return Finding(Code.ABSENT_CLASS, Severity.WARNING, (), evidence, remedy)


def few_events(counts: Iterable[float], coefficients: int, *, penalised: bool) -> list[Finding]:
    """Find too few rows of the rarest class for each coefficient: fewer than 10.

    The number is that of Peduzzi, Concato, Kemper, Holford & Feinstein, "A simulation study of
    the number of events per variable in logistic regression analysis" (1996). It is a rule of
    thumb, not a threshold: Vittinghoff & McCulloch, "Relaxing the rule of ten events per variable
    in logistic and Cox regression" (2007), and van Smeden et al., "No rationale for 1 variable
    per 10 events criterion for binary logistic regression analysis" (2016). With a penalty it is
    a note only.

    >>> print(*few_events([500.0, 50.0], 10, penalised=False))
    warning (few_events): 5.0 observations of the rarest class for each of 10 coefficients, fewer \
than 10; leave columns out, or set a finite C
    """
    fewest = float(min(counts))
    if not coefficients or fewest >= FEW_EVENTS * coefficients:
        return []
    each = "" if coefficients == 1 else "each of "
    evidence = f"{fewest / coefficients:.1f} observations of the rarest class for {each}"
    evidence += f"{how_many(coefficients, 'coefficient')}, fewer than {FEW_EVENTS}"
    remedy = "leave columns out, or set a finite C"
    if penalised:  # cross-validation needs two rows of each class
        remedy = "leave columns out" if fewest < 2 else "choose C by cross-validation"
    severity = Severity.NOTE if penalised else Severity.WARNING
    return [Finding(Code.FEW_EVENTS, severity, (), evidence, remedy)]


class Places(NamedTuple):
    """Where the numbers of a column are: their median, and the one that is furthest from it.

    `spread` is how far three quarters of those that are not the median are from it at most: a
    number or two that are far away do not change it, nor does a column that is mostly 0.
    """

    middle: float
    spread: float
    furthest: float

    @staticmethod
    def of(values: ArrayLike) -> "Places":
        """Find them; values are (n,), and not all of them equal.

        >>> Places.of([0.0, 0.0, 1.0, 2.0, 1e9, 0.0, 3.0, 0.0])
        Places(middle=0.5, spread=1.75, furthest=1000000000.0)
        """
        x = np.asarray(values, np.float64)
        middle = np.median(x)
        away = x - middle
        np.abs(away, out=away)
        furthest = float(x[away.argmax()])
        spread = np.quantile(away[away > 0], USUAL, overwrite_input=True)
        return Places(float(middle), float(spread), furthest)

    @property
    def outlying(self) -> bool:
        """Tell whether a sum of squares loses the others beside the furthest."""
        return abs(self.furthest - self.middle) > HALF_OF_DIGITS * self.spread

    @property
    def far(self) -> bool:
        """Tell whether half of the digits of the numbers are the same in all of them."""
        return abs(self.middle) > HALF_OF_DIGITS * self.spread


def told_apart(levels: NDArray[Any]) -> bool:
    """Tell whether distinct numbers, (m,) rising, lose no digits however often each is held.

    Half of the least distance of two numbers is no more than any number is from the median, if it
    is not the median. So it is no more than the spread.

    >>> told_apart(np.array([18.0, 31.0])), told_apart(np.array([0.0, 1.0, 1e9]))
    (True, False)
    """
    numbers = levels.astype(np.float64)
    least = np.diff(numbers).min(initial=np.inf)
    return bool(np.abs(numbers).max() <= HALF_OF_DIGITS / 4.0 * least)


def lost_digits(name: str, places: Places, off: float = 0.0) -> list[Finding]:
    """Find a column of which float64 keeps less than half of the digits that tell rows apart.

    Of the 53 digits of a number x the first log₂(|m| / s) are the same in all rows, for a column
    of median m and spread s. And of the squares of numbers nothing is left beside the square of
    one that is 2²⁶ times as large. `off` is how far margins of `coef_` alone are off.

    >>> print(*lost_digits("income", Places(2e4, 1e4, 1e15)))
    warning (lost_digits): column 'income' holds 1e+15, 1e+11 times as far from the median as \
the others are: sums of squares lose these; clip it or take its logarithm, or leave blank \
what stands for a missing number
    """
    if places.outlying:
        ratio = abs(places.furthest - places.middle) / places.spread
        evidence = (
            f"holds {places.furthest:.6g}, {ratio:.1g} times as far from the median as the others "
            "are: sums of squares lose these"
        )
        remedy = "clip it or take its logarithm, or leave blank what stands for a missing number"
        return [Finding(Code.LOST_DIGITS, Severity.WARNING, (name,), evidence, remedy)]
    if not (places.far or off > 1.0 / HALF_OF_DIGITS):
        return []
    evidence = f"is {abs(places.middle) / places.spread:.1g} times its spread from 0"
    if off:
        evidence += f": margins by `coef_` and `intercept_` alone are off by up to {off:.1g}"
    remedy = f"subtract {places.middle:.6g} from it"
    return [Finding(Code.LOST_DIGITS, Severity.NOTE, (name,), evidence, remedy)]
