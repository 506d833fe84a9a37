"""Firth's logistic regression: estimates, intervals and tests that separation cannot break.

Maximises l* = l + ½ log det I (`jeffreys`). Intervals and p-values come from the profile of
l*, by full-model information as in R's logistf:

    {b : 2·(max l* − max l* with θⱼ = b) ≤ χ²₁},   χ² = 2·(max l* − max l* with θⱼ = 0)

(Heinze & Schemper, "A solution to the problem of separation in logistic regression", 2002.)
Derivation: docs/derivations/firth.md.
"""

import warnings
from dataclasses import dataclass
from math import erfc
from statistics import NormalDist
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from glasslogit.core import (
    FLAT,
    Coordinates,
    Floats,
    Moments,
    Multinomial,
    Objective,
    Penalty,
)
from glasslogit.errors import ConvergenceWarning, InputError, check_choice, check_number
from glasslogit.findings import absent_finding
from glasslogit.inputs import check_squarable
from glasslogit.model import (
    Data,
    DataSettings,
    LogisticRegression,
    make_design,
    read_arrays,
)
from glasslogit.optimum import null_theta
from glasslogit.optimum.separation import dependence_of, told_relations, with_intercept
from glasslogit.solvers import Outcome
from glasslogit.sources import ArraySource, one_blas_thread
from glasslogit.trust.claims import Claims, Counts, claims_by
from glasslogit.trust.firth.intercepts import CORRECTIONS, by_class
from glasslogit.trust.firth.jeffreys import (
    LikelihoodPoint,
    NotFullRankError,
    PenalisedLikelihood,
    ProfileLikelihood,
)
from glasslogit.trust.firth.table import Firth


def firth(  # noqa: PLR0913
    X: Any,
    y: Any = None,
    sample_weight: ArrayLike | None = None,
    *,
    formula: str | None = None,
    encoder: Any = None,
    fit_intercept: bool = True,
    intercept: Literal["firth", "flic", "flac"] = "firth",
    intervals: bool = True,
    level: float = 0.95,
    max_iter: int = 200,
) -> Firth:
    """Fit Firth's logistic regression to X (n, d) and labels y (n,) of two or more classes.

    X, y and sample_weight are those of `LogisticRegression.fit`: a table with text too, the name
    of its target, trials; weights count rows. `formula` and `encoder` are those of the model.

    The intervals take some ten fits a coefficient; `intervals=False` leaves them out. `intercept`
    corrects the probabilities of `model`: ``"flic"`` fits its intercept anew, ``"flac"`` (two
    classes) fits all anew with Firth's pseudo-rows told apart by a column. Raises `InputError`
    for data that cannot be used and weights that are fractions, and names columns that depend on
    each other; warns with `ConvergenceWarning`, also where the end of a profile is not found,
    which is then NaN. Two passes a step.

    >>> fit = firth([[0], [0], [0], [1], [1]], [0, 1, 0, 1, 1])  # separated: ML has no optimum
    >>> fit.coef.round(4).ravel().tolist()
    [2.1203, -0.5108]
    """
    fit_intercept = check_choice(fit_intercept, "fit_intercept", (True, False))
    intervals = check_choice(intervals, "intervals", (True, False))
    intercept = check_choice(intercept, "intercept", ("firth", "flic", "flac"))
    level = check_number(level, "level", "between 0 and 1", above=0, below=1)
    max_iter = check_number(max_iter, "max_iter", "at least 1", least=1, whole=True)
    design = make_design(X, y, sample_weight, formula=formula, encoder=encoder)
    data = read_arrays(design, DataSettings())
    data.refuse_single()
    (classes,) = data.submodels
    source = data.source_of(classes)
    refuse_no_counts(claims_by("frequency", data.factors, source.sum(Counts(data.factors))))
    K, names = len(data.classes), data.column_names
    if intercept == "flac" and K > 2:
        raise InputError(f"intercept='flac' is for two classes, and y holds {K}; use 'flic'")
    if intercept != "firth" and not fit_intercept:
        raise InputError(f"intercept={intercept!r} needs an intercept; set fit_intercept=True")
    if (weight := sum(float(block.weight.sum()) for block in source.blocks())) < FLAT:
        what = f"a total weight of {weight:g}"
        raise InputError(f"{what} is beyond what float64 can count; rescale the weights")
    with one_blas_thread():
        case = make_problem(source, K, names, fit_intercept=fit_intercept)
        best, steps = case.fit(max_iter)
        ends = case.profile(best, level, max_iter) if intervals else None
        corrected = CORRECTIONS[intercept](case.problem, case.theta(best))
        whole = case.whole(best, max_iter)
    model = LogisticRegression(
        C=np.inf, fit_intercept=fit_intercept, formula=formula, encoder=encoder
    )
    fill(model, data, corrected)
    model.n_iter_, model.passes_ = np.array([steps], np.int32), case.source.passes
    model.outcome_ = Outcome.CONVERGED if steps < max_iter else Outcome.MAX_STEPS
    if steps >= max_iter:
        warnings.warn(f"firth: {model.outcome_.remedy}", ConvergenceWarning, stacklevel=2)
    found = case.report(best, ends, whole, model, level)
    lost = found.lost() if intervals else ""
    if lost:
        problem = f"firth: the profile was not found for {lost}; its numbers are NaN"
        warnings.warn(problem, ConvergenceWarning, stacklevel=2)
    return found


def refuse_no_counts(claims: Claims) -> None:
    """Refuse weights for which there is no likelihood that could be penalised."""
    if not claims.likelihood:
        raise InputError(
            f"firth penalises a likelihood, and with {claims.without} there is none: its estimates "
            "and errors would depend on the unit of sample_weight; give counts, or fit "
            "LogisticRegression(C=1.0, weights='sampling') and bootstrap it"
        )


class Ends(NamedTuple):
    """Profile intervals and likelihood ratios, (p, c) each."""

    low: Floats
    high: Floats
    chi2: Floats


@dataclass(frozen=True, eq=False)
class FirthProblem:
    """The rows, and l* over them."""

    source: ArraySource
    problem: PenalisedLikelihood
    start: Floats
    names: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """The shape of u: the rows of θ, without an absent intercept, by the classes."""
        return self.start.shape[0], self.start.shape[1]

    def theta(self, at: LikelihoodPoint) -> Floats:
        """Give θ (d+1, c)."""
        return self.problem.objective.coordinates.theta(at.u)

    def fit(self, most: int) -> tuple[LikelihoodPoint, int]:
        """Maximise l*; name what makes that impossible."""
        try:
            at = self.problem.at(self.start)
            best, steps = self.problem.maximise(at, np.zeros((at.u.size, 0)), most)
            self.problem.refuse_blurred(best)
        except NotFullRankError:
            free, fitted = np.arange(self.problem.objective.features), self.shape[0]
            loss, d = self.problem.objective.loss, len(free)
            found = dependence_of(self.source, free, loss, intercept=fitted > d)
            told = told_relations(relation.named(self.names) for relation in found)
            raise InputError(
                f"columns of X depend on each other: {told or 'nearly'}; leave out one column of "
                "each relation, of a formula its term, or fit with a penalty (a finite C)"
            ) from None
        return best, steps

    def profile(self, best: LikelihoodPoint, level: float, most: int) -> Ends:
        """Follow the profile of l* to both ends of the interval, and to 0, for each coefficient."""
        z = NormalDist().inv_cdf(0.5 + level / 2)
        p, c = self.shape
        low, high, chi2 = (np.empty((p, c)) for _ in range(3))
        for j, k in np.ndindex(p, c):
            line = ProfileLikelihood(self.problem, best, self.problem.functional(j, k), most)
            low[j, k], high[j, k] = line.end(-z), line.end(z)
            chi2[j, k] = line.ratio(0.0)
        return Ends(low, high, chi2)

    def whole(self, best: LikelihoodPoint, most: int) -> float:
        """Give the likelihood ratio of all columns together."""
        d, c = self.problem.objective.features, self.shape[1]
        if not d:
            return 0.0
        held = np.column_stack([self.problem.functional(j, k) for j, k in np.ndindex(d, c)])
        at, _ = self.problem.maximise(self.problem.at(self.start), held, most)
        return 2.0 * (at.value - best.value)

    def report(
        self,
        best: LikelihoodPoint,
        ends: Ends | None,
        whole: float,
        model: LogisticRegression,
        level: float,
    ) -> Firth:
        """Put all in one place."""
        p, c = self.shape
        names = with_intercept(self.names)[:p]
        units = [self.problem.functional(j, k) for j, k in np.ndindex(p, c)]
        error = np.array([float(a @ best.inverse @ a) ** 0.5 for a in units]).reshape(p, c)
        nothing = np.full((p, c), np.nan)
        low, high, chi2 = ends or (nothing, nothing, nothing)
        tail = np.vectorize(erfc)(np.sqrt(chi2 / 2.0))
        classes = tuple(model.classes_.tolist())
        estimates = self.theta(best)[:p], error, low, high, chi2, tail
        df = self.problem.objective.features * c
        levels = {} if model.encoder_ is None else model.encoder_.encoding_.levels
        return Firth(model, names, classes, *estimates, level, -best.value, whole, df, levels)


def make_problem(
    source: Any, K: int, names: tuple[str, ...], *, fit_intercept: bool
) -> FirthProblem:
    """Put the rows under l*, with the first class as the reference."""
    rows, loss = by_class(source, K), Multinomial(reference=True)
    moments = rows.sum(Moments(loss))
    check_squarable(moments)
    at = Coordinates.standardised(moments, 0.0, intercept=fit_intercept, axes=np.eye(K - 1))
    weight, n = moments.weight, moments.rows
    objective = Objective(rows, loss, Penalty(), at, weight, n, max(weight, n))
    start = at.inverse(null_theta(loss, moments))
    return FirthProblem(rows, PenalisedLikelihood(objective), start, names)


def fill(model: LogisticRegression, data: Data, theta: Floats) -> None:
    """Give a model the coefficients; of three classes or more they are to add to 0."""
    if len(data.classes) > 2:
        theta = np.insert(theta, 0, 0.0, axis=1)
        theta -= theta.mean(axis=1, keepdims=True)
    vars(model).update(data.attributes)
    model.class_shares_ = model.base_rate_ = data.class_shares
    model.solver_ = "firth"
    model.findings_ = (absent_finding(data.absent),) if data.absent.size else ()
    model.coef_, model.intercept_ = np.ascontiguousarray(theta[:-1].T), theta[-1].copy()
