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

from glasslogit.core.blocks import Block
from glasslogit.core.losses import Floats
from glasslogit.core.passes import SignedMargins
from glasslogit.core.penalties import Penalty
from glasslogit.errors import MissingExtraError
from glasslogit.objective import Objective
from glasslogit.solvers.newton import FEW_COEFFICIENTS, Newton
from glasslogit.solvers.run import Outcome, Result, Rules, Solver, run
from glasslogit.trust.contrasts import ZERO, Asked
from glasslogit.trust.overlap import (
    ENOUGH,
    SUMMED,
    Balance,
    Balanced,
    Columns,
    Moved,
    balanced,
    columns_of,
    split,
)
from glasslogit.trust.programmes import UndecidedError
from glasslogit.trust.search import ALL, NEGLIGIBLE, Search

CERTAIN = 12.0  # a fit of separated classes takes some rows beyond this margin
MOVING = 1.0  # Newton's late steps along a separating direction move margins by 1 each
SETTLED = 1e-3  # ... and those of all other rows by less than this
TRIES = 3  # to find rows for every direction that moves some row


@dataclass(frozen=True, eq=False)
class Verdict:
    """What was found out of the classes: `kind` is none, complete or quasi-complete.

    `direction` (d+1, c) separates with few columns; `infinite` (d+1, c) is ±inf for each
    coefficient without a finite estimate. `still` (d+1, k) are directions that move no margin.
    """

    kind: str
    proof: str
    direction: Floats
    infinite: Floats
    still: Floats
    asked: Asked | None = None

    @property
    def separated(self) -> bool:
        """Tell whether there is no finite optimum."""
        return self.kind != "none"


def judge(
    objective: Objective, solver: Solver, start: Floats, result: Result
) -> Verdict | None:
    """Tell whether the classes are separated by columns that no penalty holds back.

    One pass, as a rule. None for a fit that was cut short, or where all columns are held.
    """
    penalty, d = objective.penalty, objective.features
    free = np.flatnonzero(np.broadcast_to(penalty.kink + penalty.ridge == 0, (d, 1))[:, 0])
    judged = result.outcome in {Outcome.CONVERGED, Outcome.STALLED, Outcome.MAX_STEPS}
    if not (judged and free.size):
        return None
    if (free.size + 1) * result.theta.shape[1] > FEW_COEFFICIENTS:
        return inferred(objective, solver, start, result, free)
    case = Case(objective, result.theta, free)
    answer = objective.source.sum(Balance(objective.loss, *case.place, case.every))
    if answer.smallest <= 0:
        columns, still, proved = case.overlap(answer)
        if proved:
            return Verdict("none", "balance", *case.nothing, still)
    try:
        return case.search(answer)
    except (MissingExtraError, UndecidedError):
        return inferred(objective, solver, start, result, free)


@dataclass(frozen=True, eq=False)
class Case:
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
    def nothing(self) -> tuple[Floats, Floats]:
        """Give a direction, and what is infinite, where nothing is."""
        return np.zeros_like(self.theta), np.zeros_like(self.theta)

    @property
    def every(self) -> int:
        """Give k, such that every k-th row are enough for a proof."""
        enough = max(ENOUGH, 5 * (len(self.free) + 1) * self.theta.shape[1])
        return max(self.objective.rows // enough, 1)

    def columns(self, rows: Block) -> Columns:
        """Scale the free columns by some rows."""
        at = self.objective.coordinates
        return columns_of(rows, self.free, at.scale, intercept=at.intercept)

    def overlap(self, answer: Balanced) -> tuple[Columns, Floats, bool]:
        """Give the columns, the directions that move no margin, and whether overlap is proved."""
        rows, source = answer.rows[0].join(answer.rows), self.objective.source
        for _ in range(TRIES):
            columns = self.columns(rows)
            parts = split(rows.product(columns.basis))
            still = columns.basis @ parts.still
            found = [] if self.every == 1 or not still.size else source.sum(Moved(still)).rows
            if not any(len(part.weight) for part in found):
                break
            rows = rows.join([rows, *found])
        else:
            return columns, still, False
        basis = columns.basis @ parts.moving
        slack = SUMMED * self.objective.weight * columns.lost / len(rows.weight) ** 0.5
        gradient = basis.T @ answer.gradient
        loss = self.objective.loss
        proved = balanced(loss, rows, self.theta, gradient, basis=basis, slack=slack)
        return columns, still, proved

    def search(self, answer: Balanced) -> Verdict:
        """Search for a direction by linear programmes."""
        rows = answer.rows[0].join(answer.rows)
        columns, c = self.columns(rows), self.theta.shape[1]
        still = columns.basis @ split(rows.product(columns.basis)).still
        many = self.objective.rows * c > ALL
        search = Search(self.objective.source, self.objective.loss, columns.basis, c, many)
        way = search.way(self.place[1])
        if way is None:
            return Verdict("none", "programme", *self.nothing, still)
        direction = search.fewest(way)
        kind = "complete" if way.complete else "quasi-complete"
        infinite = signs(way.steepest, columns)
        return Verdict(kind, "programme", direction, infinite, still, search.ask(direction))


def signs(direction: Floats, columns: Columns) -> Floats:
    """Give ±inf where a direction has a coefficient, by the scale of its column, and 0 elsewhere.

    Of a softmax, to which a shift of all classes is nothing, the median is taken off.
    """
    if direction.shape[1] > 1:
        direction = direction - np.median(direction, axis=1, keepdims=True)
    size = np.zeros(len(direction))
    where = columns.which[:-1] if len(columns.basis.T) > len(columns.which[:-1]) else columns.which
    size[where] = 1.0 / columns.basis[where, np.arange(len(where))]
    scaled = direction * size[:, None]
    scaled[-1] = direction[-1]
    counts = np.abs(scaled) > NEGLIGIBLE * np.abs(scaled).max()
    return np.where(counts, np.copysign(np.inf, direction), 0.0)


def inferred(
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
    if not found and largest >= CERTAIN:
        if not isinstance(solver, Newton) and start.size <= FEW_COEFFICIENTS:
            result = run(Newton(), objective, start, Rules(tol=1e-9, max_steps=40))
        direction = result.late_change
        behind, ahead = source.sum(SignedMargins(loss, direction))
        found = ahead >= MOVING and behind >= -SETTLED
    kind = ("complete" if smallest > 0 else "quasi-complete") if found else "none"
    whole = np.zeros((d + 1, result.theta.shape[1]))
    if found:
        whole[np.append(free, d)] = direction
    return Verdict(kind, "inferred", whole, np.zeros_like(whole), np.zeros((d + 1, 0)))
