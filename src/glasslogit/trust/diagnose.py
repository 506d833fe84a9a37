"""`diagnose`: which rows drive a fit, which it does not fit, and whether it is calibrated.

Of a row with weight s, probability p, v = p(1 − p) and x with its one at the end, at the
Hessian H of the sum of the losses and the penalty:

    leverage            h = s·v·xᵀH⁻¹x                      they add up to the effective
                                                            number of coefficients
    Pearson residual    r = √s·(y − p) / √v
    deviance residual   ±√(2·s·(loss − the least)),         with the sign of y − p
    Cook's distance     r²·h / (k·(1 − h)²)                 k coefficients, with the intercept
    DFBETA              H⁻¹x·s·(y − p) / (1 − h)            what θ loses with the row, about

Pregibon, "Logistic regression diagnostics", Annals of Statistics 9 (1981), equations 3 to 11.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glasslogit.core import (
    RANK_TOLERANCE,
    Binomial,
    Block,
    Floats,
    Moments,
    Objective,
    Pass,
    VectorSum,
    in_unit_scale,
)
from glasslogit.errors import InputError, check_choice, check_number
from glasslogit.evaluate import CalibrationCurve, calibration_curve
from glasslogit.inputs import free_name
from glasslogit.model import at_end, fitted_objective
from glasslogit.pages import Page, Printable, probability
from glasslogit.trust.aliases import by_the_others, relations_of
from glasslogit.trust.claims import claims_of
from glasslogit.trust.curvature import at_rest
from glasslogit.trust.goodness import FitTest, Trials, hosmer_lemeshow, unweighted_squares_test
from glasslogit.trust.row_numbers import PartNumbers, RowNumbers, RowsOf, Sizes

# The square of a column's part in a direction that is lost. Rounding turns eigenvectors by 1e-16
# over the gap between eigenvalues: of a gap of 1e-10 a column without a part gets 1e-12 at most.
PART_IN_LOST = 1e-12


@dataclass(frozen=True, eq=False)
class Influence:
    """Numbers of some rows, arrays (m,), with what each moves the coefficients by.

    `row` is the place in X. `dfbeta` (m, d+1) is θ with the row less θ without it, to first
    order, the intercept last; `dfbetas` the same in standard errors. Both are NaN for a column that
    others explain.
    """

    row: NDArray[np.intp]
    probability: Floats
    leverage: Floats
    pearson: Floats
    deviance: Floats
    cook: Floats
    dfbeta: Floats
    dfbetas: Floats


@dataclass(frozen=True, eq=False)
class EachRow:
    """The same numbers of all rows, arrays (n,), without those of each coefficient."""

    probability: Floats
    leverage: Floats
    pearson: Floats
    deviance: Floats
    cook: Floats


@dataclass(frozen=True, eq=False, repr=False)
class Diagnosis(Printable):
    """What `diagnose` found; see there."""

    names: tuple[str, ...]
    top: Influence
    rows: EachRow | None
    calibration: CalibrationCurve
    tests: tuple[FitTest, ...]
    variance_inflation: Floats  # (d,)
    effective: float  # the sum of the leverages

    def page(self) -> Page:
        """Give the rows that drive the fit as a table, the tests below it."""
        most = np.nan_to_num(np.abs(self.top.dfbetas)).argmax(axis=1)
        names = (*self.names, free_name("intercept", self.names))
        moves = [
            f"{names[j]} by {row[j]:+.2f} SE" for j, row in zip(most, self.top.dfbetas, strict=True)
        ]
        numbers = ("probability", "leverage", "pearson", "cook")
        inflation = sorted(zip(self.variance_inflation.tolist(), self.names, strict=True))
        worst = [f"Largest variance inflation: {most:.4g} of {of}" for most, of in inflation[-1:]]
        return Page(
            "Rows with the largest Cook's distance",
            [(row,) for row in self.top.row.tolist()],
            {name: getattr(self.top, name) for name in numbers} | {"moves most": moves},
            facts=(
                *(f"{t.name}: {t.statistic:.4g}, p = {probability(t.p_value)}" for t in self.tests),
                *worst,
            ),
            formats={"leverage": "#.3g", "pearson": ".2f", "cook": "#.3g"},
        )


def diagnose(  # noqa: PLR0913
    model: Any,
    X: Any,
    y: Any = None,
    sample_weight: ArrayLike | None = None,
    offset: ArrayLike | None = None,
    *,
    top: int = 10,
    every: bool = False,
    groups: int = 10,
    level: float = 0.95,
) -> Diagnosis:
    """Find the rows that drive a fit of two classes, and measure how well it fits.

    The arguments are those of `fit`. `top` rows with the largest Cook's distance are kept;
    `every` keeps the numbers of all rows too. `calibration` has about `groups` groups, with
    intervals at `level`. `tests`, for fits without a penalty and with weights that count rows:
    Hosmer and Lemeshow's, which depends on the groups, and the unweighted sum of squares of Copas
    (1989) with the normal approximation of Osius and Rojek (1992), which does not: see Hosmer,
    Hosmer, le Cessie & Lemeshow, "A comparison of goodness-of-fit tests for the logistic
    regression model", Statistics in Medicine 16 (1997), section 2. Weights count as rows.
    Those that do not, as `summarize` takes them, are scaled to a mean of 1, in the intervals of
    `calibration` to their effective number of rows; `dfbetas` are in robust standard errors then.
    Of events among trials a row has one residual and one leverage; calibration and tests are over
    the single trials.
    Needs scipy for the first. Raises `InputError` for three or more classes, separated classes,
    and a model that is not at its optimum on these rows.

    >>> from glasslogit import LogisticRegression
    >>> X, y = [[0.0], [1.0], [2.0], [3.0], [9.0]], [0, 1, 0, 1, 0]
    >>> diagnose(LogisticRegression().fit(X, y), X, y, top=1).top.row.tolist()
    [4]
    """
    top = check_number(top, "top", "1 or greater", least=1, whole=True)
    groups = check_number(groups, "groups", "3 or greater", least=3, whole=True)
    level = check_number(level, "level", "between 0 and 1", above=0, below=1)
    model, X = at_end(model, X)
    fitted = fitted_objective(model, X, y, sample_weight, offset)
    if not isinstance(fitted.objective.loss, Binomial):
        problem = f"the model has {len(fitted.classes)} classes, and leverage is for two"
        raise InputError(f"{problem}; diagnose one class against the rest")
    fit = at_rest(model, fitted)
    f, claims = fit.objective, claims_of(model, fitted)
    factors = None if claims.by_row else fitted.factors
    aliased = relations_of(fitted, fit)
    found = () if aliased is None else aliased.found
    root = by_the_others(fit.directions[:, 0], found)
    parts = f.source.map(RowsOf(f.loss, f.weight, fit.theta, root, top, factors))
    columns = zip(*(part.rows for part in parts), strict=True)
    rows = RowNumbers(*(np.concatenate(column) for column in columns))
    spread = np.eye(root.shape[1]) / f.weight
    if not claims.likelihood:
        spread = np.sum([part.scores for part in parts], axis=0)
    error = np.sqrt(np.einsum("jq,qr,jr->j", root, spread, root).clip(0))
    error[[relation.dropped for relation in found]] = np.nan
    sizes = Sizes(1.0, 1.0) if claims.classical else Sizes.of(rows, factors)
    rows = rows.scaled(sizes.unit)
    one = Trials.of(rows.y, rows.weight, rows.p)
    told = one.weight * sizes.effective
    curve = calibration_curve(
        one.y, one.p, pos_label=1, sample_weight=told, groups=groups, level=level
    )
    tested = claims.likelihood and not f.penalty.strength
    tests = (hosmer_lemeshow(curve), unweighted_squares_test(fit, one)) if tested else ()
    return Diagnosis(
        names=fitted.names,
        top=most_influential(rows, parts, error, top),
        rows=EachRow(*rows[2:]) if check_choice(every, "every", (True, False)) else None,
        calibration=curve,
        tests=tests,
        variance_inflation=inflation(f),
        effective=float(rows.leverage.sum()),
    )


def most_influential(
    rows: RowNumbers, parts: Sequence[PartNumbers], error: Floats, top: int
) -> Influence:
    """Merge the rows with most influence of all blocks, the largest first; errors are (d+1,)."""
    place = np.concatenate([part.place for part in parts])
    change = np.concatenate([part.change for part in parts])
    order = np.argsort(-rows.cook[place], kind="stable")[:top]
    place, change = place[order], change[order]
    change = np.where(np.isnan(error), np.nan, change)
    scaled = change / np.where(error > 0, error, np.inf)
    numbers = EachRow(*(column[place] for column in rows[2:]))
    return Influence(row=place, **vars(numbers), dfbeta=change, dfbetas=scaled)


@dataclass(frozen=True, eq=False)
class Gram(Pass[VectorSum]):
    """Σ weight·[x 1]·[x 1]ᵀ of x − centre, (d+1, d+1)."""

    centre: Floats

    def __call__(self, block: Block) -> VectorSum:
        """See `Pass`."""
        return VectorSum(block.gram(block.weight, self.centre))


def inflation(objective: Objective) -> Floats:
    """Give each column's variance inflation 1 / (1 − R²), R² being that on all others; (d,).

    It is the diagonal of the inverse of the columns' correlations, infinite for a column that
    the others make up, 1 for a constant one.
    """
    moments = objective.source.sum(Moments(objective.loss))
    gram = objective.source.sum(Gram(moments.mean)).total[:-1, :-1]
    live = np.flatnonzero(moments.varies)
    values, vectors = np.linalg.eigh(in_unit_scale(gram[np.ix_(live, live)])[0])
    lost = values <= RANK_TOLERANCE * max(len(live), 1)
    parts = vectors**2 / np.where(lost, np.inf, values)
    in_lost = (vectors[:, lost] ** 2).sum(axis=1) > PART_IN_LOST
    result = np.ones(objective.features)
    result[live] = np.where(in_lost, np.inf, parts.sum(axis=1))
    return result
