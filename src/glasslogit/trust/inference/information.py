"""The Fisher information of a fit on its rows, and whether there is anything to say.

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
    QuadraticSums,
    SecondOrder,
    in_unit_scale,
    recentred,
    unshifted,
)
from glasslogit.model import FittedObjective, shift_of
from glasslogit.optimum.separation import with_intercept
from glasslogit.trust.claims import Claims, CountSums, claims_of
from glasslogit.trust.curvature import Curvature, in_scale
from glasslogit.trust.inference.contrasts import contrasts_of, reported_names, reported_rows
from glasslogit.trust.inference.evidence import Evidence, EvidenceSums
from glasslogit.trust.refusals import (
    refuse_constant,
    refuse_dependent,
    refuse_far,
    refuse_few,
    refuse_kink,
    refuse_restless,
    refuse_unbounded,
)

LEAST_EIGENVALUE = 1e-12  # of the correlations: a smaller one leaves the inverse no four digits
BIAS = (
    "a ridge penalty draws the coefficients towards 0: errors, intervals and p-values are those of "
    "the penalised coefficients and leave out this bias"
)


@dataclass(frozen=True, eq=False)
class Information:
    """A fit beside its rows, in scaled and centred coordinates.

    `curvature` is that of the fit, and `fisher` is I (u.size, u.size). The reported coefficients
    are `to_reported` (m, u.size) times u, in the order of `terms` within each of the `equations`.
    `count` is the number of observations, and `claims` says what the weights allow. `shift` (c,) is
    what `base_rate` moved the model's intercepts by.
    """

    fitted: FittedObjective
    curvature: Curvature
    sums: EvidenceSums
    fisher: Floats
    to_reported: Floats
    columns: tuple[str, ...]
    equations: tuple[Any, ...]
    reference: Any
    count: float
    claims: Claims
    shift: Floats

    @property
    def objective(self) -> Objective:
        """The objective in scaled and centred coordinates u."""
        return self.curvature.objective

    @property
    def at(self) -> SecondOrder:
        """The quadratic model of the objective at the fit."""
        return self.curvature.at

    @property
    def root(self) -> Floats:
        """The root F (u.size, u.size) of P⁻¹ = FFᵀ."""
        return self.curvature.root / self.objective.weight**0.5

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
        return self.claims.likelihood

    @property
    def factors(self) -> Floats | None:
        """The weight of an observation of each class (K,); None where a row is one."""
        return None if self.claims.by_row else self.fitted.factors

    @property
    def units(self) -> float:
        """The number of what is independent: rows, or observations."""
        return float(self.sums.rows) if self.claims.by_row else self.count

    @property
    def penalised(self) -> bool:
        """Tell whether a penalty was part of what was minimised."""
        return self.objective.penalty.strength > 0


def inform(model: Any, fitted: FittedObjective, reference: Any = None) -> Information:
    """Ask the rows for all that a table of coefficients needs; one pass.

    Raises `InputError` where there is no such table: an L1 penalty, columns that depend on each
    other or are constant, separated classes, a model that is not at its optimum for these rows.
    """
    contrasts, equations, base = contrasts_of(fitted.classes.tolist(), reference)
    refuse_kink(fitted.objective)
    refuse_unbounded(model)
    objective = in_scale(fitted)
    refuse_constant(objective.coordinates, fitted.names)
    sums, at = ask(objective, fitted)
    nearer = recentred(objective, at.hessian)
    if nearer is not None:  # a number in some rows hides what a column does in the others
        objective = nearer
        sums, at = ask(objective, fitted)
    scale, u = objective.coordinates, at.u
    fisher = scale.pull_both(sums.hessian).reshape(u.size, u.size)
    refuse_few(objective, sums.rows, u.size)
    root = regular_root(at, with_intercept(fitted.names), fitted.theta)
    curvature = Curvature(fitted.theta, objective, at, root)
    refuse_far(curvature.away)
    refuse_restless(model, objective, u, sums.furthest)
    claims = claims_of(model, fitted, CountSums(sums.fractions, sums.trials))
    shift = np.broadcast_to(shift_of(model), fitted.theta.shape[1:])
    rows = unshifted(theta_by_u(scale), fitted.shift)
    rows = rows[reported_rows(objective.features, intercept=scale.intercept)]
    to_reported = np.einsum("ji,ak->kjia", rows, scale.axes.T @ contrasts).reshape(-1, u.size)
    columns = reported_names(fitted.names, intercept=scale.intercept)
    parts = curvature, sums, fisher, to_reported, columns, equations, base
    return Information(fitted, *parts, fitted.settings.observations, claims, shift)


def ask(objective: Objective, fitted: FittedObjective) -> tuple[EvidenceSums, SecondOrder]:
    """Ask the rows for the evidence at the fit; give it, and the model of f there."""
    at, theta = objective.coordinates, fitted.theta
    asked = Evidence(objective.loss, theta, at.centre, at.axes, fitted.factors)
    sums = objective.source.sum(asked)
    return sums, objective.at_sums(at.inverse(theta), theta, QuadraticSums(*sums[:3]))


def theta_by_u(scale: Coordinates) -> Floats:
    """Give T (d+1, p) with θ(u) = T·u·axesᵀ.

    >>> theta_by_u(Coordinates.plain(1, 1)).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    p = len(scale.scaling)
    return replace(scale, axes=np.eye(p)).theta(np.eye(p))


def regular_root(at: SecondOrder, names: Sequence[str], theta: Floats) -> Floats:
    """Give F with FFᵀ = H⁻¹, or say which columns depend on each other."""
    R, scale = in_unit_scale(at.hessian.reshape(at.u.size, -1))
    np.fill_diagonal(R, scale > 0)  # without curvature a coefficient is not unique
    values, vectors = np.linalg.eigh(R)
    if values[0] < LEAST_EIGENVALUE:
        refuse_dependent(vectors[:, 0].reshape(at.u.shape), names, theta)
    return scale[:, None] * (vectors / np.sqrt(values))
