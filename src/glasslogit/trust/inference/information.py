"""A fit beside its rows, judged: its Fisher information, and whether there is anything to say.

    I = Σᵢ sᵢ·C(pᵢ) ⊗ xᵢxᵢᵀ        the information at θ
    P = I + S·λ                      the curvature of what was minimised; λ = 0 without a penalty

I is that of scaled and centred columns, in which its inverse keeps its digits; a linear map
leads from there to the reported coefficients.

Derivation: docs/derivations/inference.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from glasslogit.core import (
    Coordinates,
    Floats,
    Objective,
    SecondOrder,
    SignedMargins,
    sum_zero_axes,
)
from glasslogit.errors import InputError
from glasslogit.model import Fitted, shift_of, weights_are_counts
from glasslogit.optimum.separation import INTERCEPT
from glasslogit.solvers import Newton, Outcome, Rules, run
from glasslogit.trust.inference.contrasts import contrasts_of
from glasslogit.trust.inference.evidence import Evidence, EvidenceSums
from glasslogit.trust.standing import check_distance, refuse_separated, refuse_unbounded

DEPENDENT = 1e-12  # an eigenvalue of the correlations that leaves the inverse no four digits
CERTAIN = 9.0  # −2·log(AT_REST): a row on its way to infinity is seen by the gradient up to here
MOVED = 1.0  # how far Newton's method takes a margin at each step where classes are separated
ENOUGH = 1.0 - 1e-9  # of the number of rows: weights with a mean of 1 count rows
BIAS = (
    "a ridge penalty draws the coefficients towards 0: errors, intervals and p-values are those of "
    "the penalised coefficients and leave out this bias"
)
SHARE = 1e-3  # of the largest entry: a column with less has no part in a dependence


@dataclass(frozen=True, eq=False)
class Information:
    """A fit beside its rows, in scaled and centred coordinates.

    `at` is the quadratic model of the objective at the fit, `fisher` I (u.size, u.size), and
    `root` F has FFᵀ = P⁻¹. The reported coefficients are `to_reported` (m, u.size) times u, in
    the order of `terms` within each of the `equations`. `count` is the number of observations.
    Where weights count rows, an observation of class k has the weight `factors`[k], which is 1
    without `class_weight`; else `factors` is None. `shift` (c,) is what `base_rate` moved the
    model's intercepts by.
    """

    fitted: Fitted
    objective: Objective
    sums: EvidenceSums
    at: SecondOrder
    fisher: Floats
    root: Floats
    to_reported: Floats
    columns: tuple[str, ...]
    equations: tuple[Any, ...]
    reference: Any
    count: float
    factors: Floats | None
    shift: Floats

    @property
    def coef(self) -> Floats:
        """The reported coefficients (m,)."""
        return self.to_reported @ self.at.u.ravel()

    @property
    def terms(self) -> tuple[str, ...]:
        """The names of the reported coefficients: the columns, once for each equation."""
        return self.columns * len(self.equations)

    @property
    def theta(self) -> Floats:
        """The fit as θ (d+1, c)."""
        return self.objective.coordinates.theta(self.at.u)

    @property
    def intercept(self) -> bool:
        """Tell whether the first term of each equation is an intercept."""
        return self.objective.coordinates.intercept

    @property
    def counts_rows(self) -> bool:
        """Tell whether the weights count rows, so that there is a likelihood."""
        return self.factors is not None and bool((self.factors == 1).all())

    @property
    def penalised(self) -> bool:
        """Tell whether a penalty was part of what was minimised."""
        return self.objective.penalty.strength > 0


def inform(model: Any, fitted: Fitted, reference: Any = None) -> Information:
    """Ask the rows for all that a table of coefficients needs; one pass.

    Raises `InputError` where there is no such table: an L1 penalty, columns that depend on each
    other or are constant, separated classes, a model that is not at its optimum for these rows.
    """
    contrasts, equations, base = contrasts_of(fitted.classes.tolist(), reference)
    if fitted.objective.penalty.has_kinks:
        raise InputError(
            "an L1 penalty selects the coefficients, so they have no standard errors nor "
            "p-values; use bootstrap(model, X, y), or fit without the L1 penalty"
        )
    refuse_unbounded(model)
    objective = in_scale(fitted)
    refuse_constant(objective.coordinates, fitted.names)
    scale, u = objective.coordinates, objective.coordinates.inverse(fitted.theta)
    asked = Evidence(objective.loss, scale.theta(u), scale.centre, scale.axes, len(fitted.classes))
    sums = objective.source.sum(asked)
    at, fisher = model_at(objective, u, sums)
    if not objective.penalty.strength:
        refuse_few(sums.rows, u.size)
    root = root_of_inverse(
        at.hessian * objective.weight, [*fitted.names, INTERCEPT], fitted.theta, u.shape
    )
    away = root.T @ at.gradient.ravel()  # √(gᵀP⁻¹g) is the distance in standard errors
    check_distance(objective.weight * float(np.linalg.norm(away)))
    check_rest(model, objective, sums, u)
    factors = fitted.factors if weights_count(model, fitted, sums.totals) else None
    shift = np.broadcast_to(shift_of(model), fitted.theta.shape[1:])
    rows = theta_by_u(scale)
    rows = np.roll(rows, 1, axis=0) if scale.intercept else rows[:-1]
    to_reported = np.einsum("ji,ak->kjia", rows, scale.axes.T @ contrasts).reshape(-1, u.size)
    columns = ((INTERCEPT,) if scale.intercept else ()) + fitted.names
    parts = objective, sums, at, fisher, root, to_reported, columns, equations, base
    return Information(fitted, *parts, fitted.settings.observations, factors, shift)


def in_scale(fitted: Fitted) -> Objective:
    """Give the objective in coordinates in which its Hessian can be inverted."""
    objective = fitted.objective
    c = fitted.theta.shape[1]
    axes = sum_zero_axes(c) if objective.loss.redundant else np.eye(c)
    intercept = objective.coordinates.intercept
    scale = Coordinates.standardised(fitted.moments, 0.0, intercept=intercept, axes=axes)
    return replace(objective, coordinates=scale)


def theta_by_u(scale: Coordinates) -> Floats:
    """Give T (d+1, p) with θ(u) = T·u·axesᵀ.

    >>> theta_by_u(Coordinates.plain(1, 1)).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    p = len(scale.scaling)
    return replace(scale, axes=np.eye(p)).theta(np.eye(p))


def model_at(objective: Objective, u: Floats, sums: EvidenceSums) -> tuple[SecondOrder, Floats]:
    """Give the quadratic model of the objective, a mean, and the information, a sum."""
    scale, weight = objective.coordinates, objective.weight
    w, total = scale.theta(u)[:-1], sums.gradient / weight
    total[:-1] += objective.penalty.gradient(w)
    fisher = scale.pull_both(sums.hessian).reshape(u.size, u.size)
    bend = np.zeros_like(u)
    bend[: objective.features] = objective.penalty.curvature(w) / scale.scale[:, None] ** 2
    hessian = (fisher / weight + np.diag(bend.ravel())).reshape(*u.shape, *u.shape)
    value = sums.value / weight + objective.penalty.value(w)
    return SecondOrder(u, value, scale.pull(total), hessian), fisher


def weights_count(model: Any, fitted: Fitted, totals: Floats) -> bool:
    """Tell whether weights count rows: they are meant to, and add up to no fewer than the rows."""
    counted = float((totals / fitted.factors).sum()) > ENOUGH * fitted.settings.observations
    return weights_are_counts(model) and counted


def root_of_inverse(
    curved: Floats, names: Sequence[str], theta: Floats, shape: tuple[int, ...]
) -> Floats:
    """Give F with FFᵀ = P⁻¹, or say which columns depend on each other."""
    P = curved.reshape(int(curved.size**0.5), -1)
    scale = 1.0 / np.sqrt(np.maximum(P.diagonal(), np.finfo(float).tiny))
    values, vectors = np.linalg.eigh(P * np.outer(scale, scale))
    if values[0] < DEPENDENT:
        sizes = np.abs(vectors[:, 0]).reshape(shape).max(axis=1)
        found = np.flatnonzero(sizes > SHARE * sizes.max()).tolist()
        part = [names[j] for j in found]
        unused = [repr(names[j]) for j in found[::-1] if j < len(theta) - 1 and not theta[j].any()]
        one = f"{unused[0]}, whose coefficient is 0," if unused else "one of them"
        raise InputError(
            f"columns {', '.join(map(repr, part))} depend on each other where the outcome is in "
            f"doubt, so their coefficients are not unique; leave {one} out, or use a penalty"
        )
    return scale[:, None] * (vectors / np.sqrt(values))


def check_rest(model: Any, objective: Objective, sums: EvidenceSums, u: Floats) -> None:
    """Refuse a θ from which Newton's method goes on and on: the classes are separated."""
    known = getattr(model, "outcome_", None) is Outcome.CONVERGED
    if known or sums.furthest <= CERTAIN or objective.penalty.strength:
        return
    result = run(Newton(), objective, u, Rules(tol=1e-6, max_steps=40))
    change = result.theta - objective.coordinates.theta(u)
    moved = objective.source.sum(SignedMargins(objective.loss, change))
    if not result.outcome.converged or max(map(abs, moved)) > MOVED:
        refuse_separated()


def refuse_constant(at: Coordinates, names: Sequence[str]) -> None:
    """Refuse columns that are constant beside an intercept, or 0: they tell nothing."""
    constant = np.flatnonzero(np.isinf(at.scale))
    if constant.size:
        raise InputError(
            f"column {names[constant[0]]!r} is constant, so its coefficient is not unique; "
            "leave it out"
        )


def refuse_few(rows: int, coefficients: int) -> None:
    """Refuse fewer rows than coefficients."""
    if rows < coefficients:
        raise InputError(
            f"{rows} rows are fewer than {coefficients} coefficients, which are then not unique; "
            "leave columns out, or use a penalty"
        )
