"""Is there a finite optimum? Without a penalty there is none if a direction separates.

A direction separates the classes if along it no row falls behind another class than its own
and some row gets ahead of one: then f falls for ever along it (Albert & Anderson, "On the
existence of maximum likelihood estimates in logistic regression models", 1984, theorems 1
and 2). The cheapest argument that settles it is taken:

    θ itself puts every row ahead                       complete separation
    the residuals of the fit can be balanced            overlap (`overlap`)
    a linear programme, checked on all rows             either (`search`); needs scipy
    else: the late steps of Newton's method run on      an inference, no proof

Derivation: docs/derivations/separation.md.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import SUMMED, Coordinates, Floats, Moments, Objective, Penalty
from glasslogit.errors import MissingExtraError
from glasslogit.optimum.separation.alone import Alone, ColumnsAlone, open_rows
from glasslogit.optimum.separation.dependence import (
    NullSpace,
    Scaling,
    find_null_space,
    relations,
)
from glasslogit.optimum.separation.inequalities import CheckDirection, SignedMargins
from glasslogit.optimum.separation.linear_programmes import RoundingError, UndecidedError
from glasslogit.optimum.separation.overlap import (
    ENOUGH_ROWS,
    Balance,
    Balanced,
    RoundedSum,
    ScaledBasis,
    can_be_balanced,
)
from glasslogit.optimum.separation.report import Crosstab, Levels, Verdict
from glasslogit.optimum.separation.search import (
    ALL_CONTRASTS,
    Search,
    against_first,
    infinite_coefficients,
)
from glasslogit.solvers import FEW_COEFFICIENTS, Newton, Outcome, Result, Rules, Solver, run

SEPARATED_MARGIN = 12.0  # a fit of separated classes takes some rows beyond this margin
MOVING = 1.0  # Newton's late steps along a separating direction move margins by 1 each
REST_STEPS = 20  # of a fit to the rows that are left level
OTHERS_SETTLED = 1e-3  # ... and those of all other rows by less than this


def judge(objective: Objective, solver: Solver, start: Floats, result: Result) -> Verdict | None:
    """Tell whether the classes are separated by columns that no penalty holds back.

    One pass, as a rule. None for a fit that was cut short, or where all columns are held.
    """
    free = free_columns(objective)
    judged = result.outcome in {Outcome.CONVERGED, Outcome.STALLED, Outcome.MAX_STEPS}
    if not (judged and free.size):
        return None
    case = JudgedFit(objective, result.theta, free)
    if not case.few:
        verdict = infer_separation(objective, solver, start, result, free)
        alone = case.alone if verdict.separated else None
        verdict = verdict if alone is None else case.told(alone)
        return replace(verdict, hindrance="too many coefficients for linear programmes")
    answer = objective.source.sum(Balance(objective.loss, *case.place, case.every))
    null_space = case.null_space(answer)
    try:
        verdict = case.proved(null_space, answer)
    except RoundingError as error:  # of margins, by which an inference would be led astray too
        verdict = Verdict("undecided", "", *case.zeros, hindrance=hindrance_of(error))
    except (MissingExtraError, UndecidedError) as error:
        verdict = infer_separation(objective, solver, start, result, free)
        verdict = replace(verdict, hindrance=hindrance_of(error))
    return replace(verdict, relations=tuple(relations(null_space, objective.source.shift)))


def judge_alone(objective: Objective, theta: Floats) -> Verdict | None:
    """Tell what columns that separate alone prove before any fit; None where that settles nothing.

    Two passes where there are none. Of few rows programmes tell more.
    """
    case = JudgedFit(objective, theta, free_columns(objective))
    alone = case.alone if case.many_rows else None
    return None if alone is None else case.told(alone)


def hindrance_of(error: Exception) -> str:
    """Say why there is no proof."""
    if isinstance(error, MissingExtraError):
        return "that needs scipy: pip install 'glasslogit[stats]'"
    return f"the search was given up ({error})"


def free_columns(objective: Objective) -> NDArray[np.intp]:
    """Give the columns that no penalty holds back."""
    held = np.full((objective.features, 1), objective.penalty.held)
    return np.flatnonzero(~held[:, 0])


@dataclass(frozen=True, eq=False)
class JudgedFit:
    """A fit whose `free` columns may separate the classes."""

    objective: Objective
    theta: Floats
    free: NDArray[np.intp]

    @property
    def place(self) -> tuple[Floats, Floats]:
        """Give θ, and the part of it that may separate."""
        if len(self.free) == self.objective.features:
            return self.theta, self.theta
        part = np.zeros_like(self.theta)
        part[self.free], part[-1] = self.theta[self.free], self.theta[-1]
        return self.theta, part

    @property
    def zeros(self) -> tuple[Floats, Floats]:
        """Give a direction, and what is infinite, where nothing is."""
        return np.zeros_like(self.theta), np.zeros_like(self.theta)

    @property
    def few(self) -> bool:
        """Tell whether the coefficients are few enough for programmes and Hessians."""
        return (len(self.free) + 1) * self.theta.shape[1] <= FEW_COEFFICIENTS

    @property
    def many_rows(self) -> bool:
        """Tell whether there are more contrasts than one programme takes."""
        return self.objective.rows * self.theta.shape[1] > ALL_CONTRASTS

    @property
    def every(self) -> int:
        """Give k, such that every k-th row are enough for a proof."""
        enough = max(ENOUGH_ROWS, 5 * (len(self.free) + 1) * self.theta.shape[1])
        return max(self.objective.rows // enough, 1)

    def null_space(self, answer: Balanced) -> NullSpace:
        """Scale the free columns, and find the directions that move no margin."""
        at, rows = self.objective.coordinates, answer.rows[0].join(answer.rows)
        scaling = Scaling(self.free, at.scale, at.intercept)
        return find_null_space(self.objective.source, rows, scaling, whole=self.every == 1)

    def overlap(self, null_space: NullSpace, answer: Balanced) -> bool:
        """Tell whether some rows prove that all overlap."""
        rows, columns = null_space.rows, null_space.columns
        basis = columns.basis @ null_space.parts.moving
        slack = SUMMED * self.objective.weight * columns.lost / len(rows.weight) ** 0.5
        total = RoundedSum(basis.T @ answer.gradient, basis, slack)
        return null_space.sure and can_be_balanced(self.objective.loss, rows, self.theta, total)

    def proved(self, null_space: NullSpace, answer: Balanced) -> Verdict:
        """Prove that the classes overlap, or that they are separated, the cheapest way first."""
        many = self.many_rows
        alone = self.alone if many and answer.largest >= SEPARATED_MARGIN else None
        if alone is None and answer.smallest <= 0 and self.overlap(null_space, answer):
            return Verdict("none", "balance", *self.zeros)
        if alone is None and many and answer.largest < SEPARATED_MARGIN:
            alone = self.alone
        if alone is None:
            return self.search(null_space.columns)
        return self.told(alone)

    def search(self, columns: ScaledBasis) -> Verdict:
        """Search for a direction by linear programmes."""
        f, c = self.objective, self.theta.shape[1]
        entries = f.rows * f.features * f.source.density
        search = Search(f.source, f.loss, columns.basis, c, self.many_rows, entries)
        found = search.find(self.place[1])
        if found is None:
            return Verdict("none", "programme", *self.zeros)
        direction = search.sparsest(found)
        kind = "complete" if found.complete else "quasi-complete"
        infinite = infinite_coefficients(found.steepest, columns)
        check = search.counts(direction)
        return Verdict(kind, "programme", direction, infinite, (), check, self.levels(direction))

    @property
    def alone(self) -> Alone | None:
        """Find the columns that separate alone."""
        f, intercept = self.objective, self.objective.coordinates.intercept
        return ColumnsAlone(f.source, f.loss, self.free, self.theta.shape, intercept).search()

    def told(self, alone: Alone) -> Verdict:
        """Say what columns do that separate alone, and others in the rows that they leave level."""
        f, direction, rest = self.objective, alone.best, None
        if self.few and alone.asked.level and not f.loss.redundant:
            rest = self.among_rest(alone)
        whole = against_first(np.sum(alone.directions, axis=0))
        infinite = np.where(whole, np.copysign(np.inf, whole), 0.0)
        complete, hindrance = not alone.asked.level, ""
        if rest is not None:
            infinite = np.where(infinite, infinite, rest.infinite)
            complete, hindrance = rest.kind == "complete", rest.hindrance
        kind = "complete" if complete else "quasi-complete"
        nowhere = np.zeros((len(direction), 0))
        check = f.source.sum(CheckDirection(f.loss, direction, nowhere, (), 1))
        found = direction, infinite, (), check, self.levels(direction), hindrance
        return Verdict(kind, "columns", *found)

    def among_rest(self, alone: Alone) -> Verdict:
        """Judge the rows (of two classes) that columns which separate alone leave level.

        The fit may prove that they overlap as it is, or after some steps on these rows alone.
        """
        f, rest = self.objective, open_rows(self.objective.source, self.objective.loss, alone)
        moments, intercept = rest.sum(Moments(f.loss)), f.coordinates.intercept
        at = Coordinates.standardised(moments, 0.0, intercept=intercept, axes=np.eye(1))
        part = replace(f, source=rest, coordinates=at, weight=moments.weight, rows=moments.rows)
        case = JudgedFit(part, self.theta, self.free)
        answer = rest.sum(Balance(f.loss, *case.place, case.every))
        null_space = case.null_space(answer)
        if case.overlap(null_space, answer):
            return Verdict("none", "balance", *case.zeros)
        fit = run(Newton(), part, at.inverse(self.theta), Rules(tol=1e-6, max_steps=REST_STEPS))
        case = replace(case, theta=fit.theta)
        answer = rest.sum(Balance(f.loss, *case.place, case.every))
        try:
            if case.overlap(null_space, answer):
                return Verdict("none", "balance", *case.zeros)
            return case.search(null_space.columns)
        except (MissingExtraError, UndecidedError) as error:
            return Verdict("undecided", "", *case.zeros, hindrance=hindrance_of(error))

    def levels(self, direction: Floats) -> Levels | None:
        """Count the rows by the value of the column, where there is one alone, and by class."""
        involved = np.flatnonzero(direction[:-1].any(axis=1))
        if len(involved) != 1:
            return None
        unit = np.zeros((len(direction), 1))
        unit[involved] = 1.0
        return self.objective.source.sum(Crosstab(unit, max(direction.shape[1], 2)))


def infer_separation(
    objective: Objective, solver: Solver, start: Floats, result: Result, free: NDArray[np.intp]
) -> Verdict:
    """Infer separation from a fit that goes on along a direction in which no row objects.

    One pass, and another where some rows are beyond doubt. Other solvers settle less well than
    `Newton`, which then makes the steps again from `start`, if it can.
    """
    d = objective.features
    if free.size < d:
        rows, u_rows = np.append(free, d), np.append(free, np.arange(d, len(start)))
        theta, late = result.theta[rows], result.late_change[rows]
        objective = replace(objective.columns(free), penalty=Penalty())
        start, result = start[u_rows], replace(result, theta=theta, late_change=late)
    source, loss = objective.source, objective.loss
    smallest, largest = source.sum(SignedMargins(loss, result.theta))
    direction, found = result.theta, smallest > 0
    if not found and largest >= SEPARATED_MARGIN:
        if not solver.exact_hessian and start.size <= FEW_COEFFICIENTS:
            result = run(Newton(), objective, start, Rules(tol=1e-9, max_steps=40))
        direction = result.late_change
        behind, ahead = source.sum(SignedMargins(loss, direction))
        found = ahead >= MOVING and behind >= -OTHERS_SETTLED
    kind = ("complete" if smallest > 0 else "quasi-complete") if found else "undecided"
    whole = np.zeros((d + 1, result.theta.shape[1]))
    if found:
        whole[np.append(free, d)] = direction
    proof = "fit" if smallest > 0 else "inferred"
    return Verdict(kind, proof, whole, np.zeros_like(whole))
