"""The Fisher information of a fit on its rows, and whether there is anything to say.

    I = Σᵢ sᵢ·C(pᵢ) ⊗ xᵢxᵢᵀ        the information at θ
    P = I + S·λ                      the curvature of what was minimised; λ = 0 without a penalty

I is that of scaled and centred columns, in which its inverse keeps its digits; a linear map
leads from there to the reported coefficients.

Derivation: docs/derivations/inference.md.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import (
    Coordinates,
    Floats,
    Objective,
    QuadraticSums,
    SecondOrder,
    hessian,
    in_unit_scale,
    unshifted,
)
from glasslogit.model import FittedObjective, shift_of
from glasslogit.optimum import Settings, in_focus, train
from glasslogit.optimum.separation import Relation, with_intercept
from glasslogit.solvers import Rules
from glasslogit.trust.aliases import without_aliased
from glasslogit.trust.claims import Claims, CountSums, claims_of
from glasslogit.trust.curvature import Curvature, in_scale
from glasslogit.trust.inference.constrained import optimum_where
from glasslogit.trust.inference.contrasts import (
    by_equation,
    contrasts_of,
    reported_names,
    reported_rows,
)
from glasslogit.trust.inference.evidence import Evidence, EvidenceSums
from glasslogit.trust.inference.limit import Limit, limit_of, supremum
from glasslogit.trust.refusals import (
    is_separated,
    on_its_way,
    refuse_dependent,
    refuse_far,
    refuse_few,
    refuse_firth,
    refuse_flat,
    refuse_kink,
)

LEAST_EIGENVALUE = 1e-12  # of the correlations: a smaller one leaves the inverse no four digits
BIAS = (
    "a ridge penalty draws the coefficients towards 0: the errors told are those of the penalised "
    "coefficients and leave out this bias"
)


@dataclass(frozen=True, eq=False)
class Information:
    """A fit beside its rows, in scaled and centred coordinates.

    `curvature` is that of the fit, and `fisher` is I (u.size, u.size). The reported coefficients
    are `to_reported` (m, u.size) times u, in the order of `terms` within each of the `equations`.
    `count` is the number of observations, and `claims` says what the weights allow. `shift` (c,) is
    what `base_rate` moved the model's intercepts by. Of separated classes it stands in the limit.
    `lost` (m,) is 0 but for coefficients without an estimate: there ±inf, or NaN for any number.
    Of those the `aliased` (m,) belong to columns that the `relations` explain by others.
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
    separated: bool
    lost: Floats
    aliased: NDArray[np.bool]
    relations: tuple[Relation, ...]

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
        """The reported coefficients (m,), what is lost put in its place."""
        return np.where(self.lost == 0, self.estimate, self.lost)

    @property
    def estimate(self) -> Floats:
        """The reported coefficients (m,) where the fit stands, 0 for those that are aliased."""
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

    def best_where(self, A: Floats, b: Floats) -> SecondOrder:
        """Give the optimum where A·u = b; of separated classes a place as good as the supremum.

        The way there starts from the fit, or from where all margins are alike if it has none.
        """
        f = self.objective
        if self.separated:
            return supremum(f, f.quadratic(0.0 * self.at.u), A, b)
        return optimum_where(f, self.at, A, b)


def inform(model: Any, fitted: FittedObjective, reference: Any = None) -> Information:
    """Ask the rows for all that a table of coefficients needs; one pass, some 30 if separated.

    Raises `InputError` where there is no such table: an L1 penalty, fewer rows than
    coefficients, a model that is not at its optimum for these rows.
    """
    contrasts, equations, base = contrasts_of(fitted.classes.tolist(), reference)
    refuse_kink(fitted.objective)
    refuse_firth(model)
    stand = stand_on(model, fitted)
    fitted, curvature, sums, limit = stand.fitted, stand.curvature, stand.sums, stand.limit
    scale, u = curvature.objective.coordinates, curvature.at.u
    H = hessian(sums.grams, curvature.objective.contrasts)
    fisher = scale.pull_both(H).reshape(u.size, u.size)
    claims = claims_of(model, fitted, CountSums(sums.fractions, sums.trials))
    shift = np.broadcast_to(shift_of(model), fitted.theta.shape[1:])
    intercept, d = scale.intercept, len(scale.scale)
    rows = unshifted(theta_by_u(scale), fitted.shift)[reported_rows(d, intercept=intercept)]
    to_reported = np.einsum("ji,ak->kjia", rows, scale.axes.T @ contrasts).reshape(-1, u.size)
    columns = reported_names(fitted.names, intercept=intercept)
    gone = np.zeros((d + 1, len(equations)))
    gone[[relation.dropped for relation in stand.relations]] = 1.0
    aliased = by_equation(gone, intercept=intercept) > 0
    lost = np.where(aliased, np.nan, 0.0)
    if limit is not None:
        signs = by_equation(infinite_signs(model, fitted) @ contrasts, intercept=intercept)
        lost = np.where(limit.unique(to_reported), lost, np.where(aliased, lost, infinite(signs)))
    parts = curvature, sums, fisher, to_reported, columns, equations, base
    known = fitted.settings.observations, claims, shift, limit is not None, lost, aliased
    return Information(fitted, *parts, *known, stand.relations)


class Stand(NamedTuple):
    """A fit on its rows: without the columns that others explain, and if separated in the limit."""

    fitted: FittedObjective
    curvature: Curvature
    sums: EvidenceSums
    limit: Limit | None
    relations: tuple[Relation, ...]


def stand_on(model: Any, fitted: FittedObjective) -> Stand:
    """Find where a fit stands on its rows; refuse one that is not at an optimum, or its limit.

    Columns are looked at for relations where some are constant, or the curvature is singular.
    """
    objective, relations = in_scale(fitted), tuple[Relation, ...]()
    separated = is_separated(model)
    if separated or np.isinf(objective.coordinates.scale).any():
        fitted, objective, _, relations = without_aliased(fitted, objective)
    objective, sums, at = in_focus(objective, partial(ask, fitted=fitted))
    if not separated:
        refuse_few(objective, sums.rows, at.u.size)
        refuse_flat(objective, at, with_intercept(fitted.names), sums.offset)
        root, direction = regular_root(objective, at)
        if direction is not None and not relations:
            fitted, objective, _, relations = without_aliased(fitted, objective)
            objective, sums, at = in_focus(objective, partial(ask, fitted=fitted))
            root, direction = regular_root(objective, at)
        if direction is not None:
            refuse_dependent(direction, with_intercept(fitted.names))
        curvature = Curvature(fitted.theta, objective, at, root)
        refuse_far(model, curvature.away)
        separated = on_its_way(model, objective, at.u, sums.furthest)
    if not separated:
        return Stand(fitted, curvature, sums, None, relations)
    limit = limit_of(objective, at.u)
    theta = objective.coordinates.theta(limit.at.u)
    sums, at = ask(objective, fitted._replace(theta=theta))
    return Stand(fitted, Curvature(theta, objective, at, limit.root), sums, limit, relations)


def infinite_signs(model: Any, fitted: FittedObjective) -> Floats:
    """Give the signs (d+1, c) of the infinite coefficients, as the fit found them or a new one."""
    known = getattr(model, "separation_", None)
    if known is not None:
        return np.sign(known.infinite)
    f = fitted.objective
    settings = Settings(np.inf, 0.0, fitted.settings.fit_intercept, "auto", Rules(), f.size)
    verdict = train(f.source, f.loss, settings).verdict
    return np.zeros_like(fitted.theta) if verdict is None else np.sign(verdict.infinite)


def infinite(signs: Floats) -> Floats:
    """Give ±inf for a sign, and NaN for none.

    >>> infinite(np.array([1.0, -2.0, 0.0])).tolist()
    [inf, -inf, nan]
    """
    return np.where(signs == 0, np.nan, np.copysign(np.inf, signs))


def ask(objective: Objective, fitted: FittedObjective) -> tuple[EvidenceSums, SecondOrder]:
    """Ask the rows for the evidence at the fit; give it, and the model of f there."""
    at, theta = objective.coordinates, fitted.theta
    asked = Evidence(objective.loss, theta, at.centre, fitted.factors)
    sums = objective.source.sum(asked)
    return sums, objective.at_sums(at.inverse(theta), theta, QuadraticSums(*sums[:3]))


def theta_by_u(scale: Coordinates) -> Floats:
    """Give T (d+1, p) with θ(u) = T·u·axesᵀ.

    >>> theta_by_u(Coordinates.plain(1, 1)).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    p = len(scale.scaling)
    return replace(scale, axes=np.eye(p)).theta(np.eye(p))


def regular_root(objective: Objective, at: SecondOrder) -> tuple[Floats, Floats | None]:
    """Give F with FFᵀ = H⁻¹ but for what is held at 0, and a direction that moves no margin."""
    p, c = at.u.shape
    live = np.isfinite(objective.coordinates.by_row(objective.coordinates.scale)).repeat(c)
    R, scale = in_unit_scale(at.hessian.reshape(at.u.size, -1)[np.ix_(live, live)])
    np.fill_diagonal(R, scale > 0)  # without curvature a coefficient is not unique
    values, vectors = np.linalg.eigh(R)
    if len(values) and values[0] < LEAST_EIGENVALUE:
        direction = np.zeros(at.u.size)
        direction[live] = vectors[:, 0]
        return np.zeros((at.u.size, 0)), direction.reshape(p, c)
    root = np.zeros((at.u.size, len(values)))
    root[live] = scale[:, None] * (vectors / np.sqrt(values))
    return root, None
