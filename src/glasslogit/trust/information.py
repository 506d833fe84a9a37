"""What one pass says of a fit: likelihood, gradient, Fisher information, and whether to trust it.

    I = Σᵢ sᵢ·C(pᵢ) ⊗ xᵢxᵢᵀ        the information at θ
    P = I + S·λ                      the curvature of what was minimised; λ = 0 without a penalty

I is that of scaled and centred columns, in which its inverse keeps its digits; a linear map
leads from there to the reported coefficients. For three or more classes these are the contrasts
wₖ − w_ref and bₖ − b_ref with a reference class: a softmax has no other unique coefficients.

Derivation: docs/derivations/inference.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, NoReturn

import numpy as np

from glasslogit.coordinates import Coordinates, sum_zero_axes
from glasslogit.core.blocks import Block
from glasslogit.core.losses import Floats, Loss, surprise
from glasslogit.core.passes import Pass, slope
from glasslogit.errors import InputError
from glasslogit.fitted import Fitted
from glasslogit.objective import Objective
from glasslogit.solvers.newton import Newton
from glasslogit.solvers.run import Outcome, Rules, run
from glasslogit.trust.distributions import log_choose

INTERCEPT = "(Intercept)"
AT_REST = 0.01  # standard errors from the optimum: what is off by more is no summary of the fit
DEPENDENT = 1e-12  # an eigenvalue of the correlations that leaves the inverse no four digits
CERTAIN = 12.0  # margins beyond it may be on their way to infinity
SHARE = 1e-3  # of the largest entry: a column with less has no part in a dependence
WHOLE = 1e-8


class EvidenceSums(NamedTuple):
    """Answer of `Evidence`.

    `totals` (K,) are the weights of the classes, `hits` (K,) the sums over the rows of a class
    of the probability it was given. `saturated` is the loss of the model that gives each row its
    own fraction, `ways` the log of the number of ways in which such counts can come about.
    """

    value: float
    gradient: Floats
    hessian: Floats
    rows: int
    totals: Floats
    hits: Floats
    saturated: float
    ways: float
    furthest: float
    offset: float


@dataclass(frozen=True, eq=False)
class Evidence(Pass[EvidenceSums]):
    """All that a table of coefficients needs of the rows, at θ."""

    loss: Loss
    theta: Floats
    centre: Floats
    axes: Floats
    K: int

    def __call__(self, block: Block) -> EvidenceSums:
        """See `Pass`."""
        z = block.margins(self.theta)
        rows, weight = self.loss.evaluate(z, block.y), block.weight
        hessian = self.loss.hessian(block, rows.p, self.centre, self.axes)
        share = class_shares(block, self.K) * weight[:, None]
        hits = (share * self.loss.probabilities(z)).sum(axis=0)
        return EvidenceSums(
            *slope(block, rows),
            hessian,
            int((weight > 0).sum()),
            share.sum(axis=0),
            hits,
            *fractions(block),
            float(np.abs(z[weight > 0]).max(initial=0.0)),
            float(np.abs(block.offset).max(initial=0.0)),
        )

    def merge(self, one: EvidenceSums, other: EvidenceSums) -> EvidenceSums:
        """See `Pass.merge`: sums are added, of the largest margin and offset the larger kept."""
        added = (a + b for a, b in zip(one[:-2], other[:-2], strict=True))
        return EvidenceSums(*added, *map(max, one[-2:], other[-2:]))


def class_shares(block: Block, K: int) -> Floats:
    """Give the share of each class in each row, (n, K): 0 or 1, or for two classes a fraction."""
    if K == 2:
        return np.column_stack([1.0 - block.y, block.y])
    return np.eye(K)[block.y]


def fractions(block: Block) -> tuple[float, float]:
    """Give Σ s·H(y) for fractions y, H the entropy, and Σ log (s over s·y) of whole counts."""
    inside = (block.y > 0) & (block.y < 1) & (block.weight > 0)
    if block.y.dtype.kind != "f" or not inside.any():
        return 0.0, 0.0
    y, s = block.y[inside], block.weight[inside]
    entropy = y * surprise(y) + (1.0 - y) * surprise(1.0 - y)
    whole = (np.abs(s - s.round()) < WHOLE) & (np.abs(s * y - (s * y).round()) < WHOLE * s)
    ways = log_choose(s[whole].round(), (s * y)[whole].round())
    return float(s @ entropy), float(ways.sum())


@dataclass(frozen=True, eq=False)
class Information:
    """A fit beside its rows, judged: see the top of the file.

    `objective` and `u` are in scaled, centred coordinates. `root` F has FFᵀ = P⁻¹, and the
    reported coefficients are `link` (m, u.size) times u; `terms` and `equations` name them.
    `count` is the number of observations and `power` that of the weights in a sum of squares.
    """

    fitted: Fitted
    objective: Objective
    u: Floats
    sums: EvidenceSums
    information: Floats
    root: Floats
    link: Floats
    terms: tuple[str, ...]
    equations: tuple[Any, ...]
    reference: Any
    count: float
    power: int

    @property
    def coef(self) -> Floats:
        """The reported coefficients (m,)."""
        return self.link @ self.u.ravel()

    @property
    def penalised(self) -> bool:
        """Tell whether a penalty was part of what was minimised."""
        return bool(np.any(self.objective.penalty.ridge))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the coefficients of one equation, the intercept first."""
        return self.terms[: len(self.terms) // len(self.equations)]


def inform(model: Any, fitted: Fitted, reference: Any = None) -> Information:
    """Ask the rows for all that a table of coefficients needs; one pass.

    Raises `InputError` where there is no such table: an L1 penalty, columns that depend on each
    other or are constant, separated classes, a model that is not at its optimum for these rows.
    """
    if fitted.objective.penalty.l1:
        raise InputError(
            "an L1 penalty selects the coefficients, so they have no standard errors nor "
            "p-values; use bootstrap(model, X, y), or fit without the L1 penalty"
        )
    if getattr(model, "outcome_", None) is Outcome.SEPARATED:
        refuse_separated()
    objective, names = in_scale(fitted), fitted.names
    refuse_constant(objective.coordinates, names)
    at, u = objective.coordinates, objective.coordinates.inverse(fitted.theta)
    asked = Evidence(objective.loss, at.theta(u), at.centre, at.axes, len(fitted.classes))
    sums = objective.source.sum(asked)
    refuse_few(sums.rows, u.size, penalised=bool(np.any(objective.penalty.ridge)))
    information = at.pull_both(sums.hessian).reshape(u.size, u.size)
    bend = np.zeros_like(u)
    bend[: objective.features] = objective.penalty.ridge / at.scale[:, None] ** 2
    curved = information + np.diag(objective.weight * bend.ravel())
    root = root_of_inverse(curved, [*names, INTERCEPT], at)
    check_optimum(objective, u, sums, root)
    if sums.furthest > CERTAIN and not (was_at_rest(model) or np.any(objective.penalty.ridge)):
        check_rest(objective, u)
    kind = "sampling" if model.class_weight else getattr(model, "weights", "frequency")
    frequency = kind == "frequency"
    count = float(sums.totals.sum()) if frequency else float(sums.rows)
    link, equations, base = link_to_contrasts(fitted, at, reference)
    terms = ([INTERCEPT] if at.intercept else []) + list(names)
    parts = objective, u, sums, information, root, link, tuple(terms * len(equations))
    return Information(fitted, *parts, equations, base, count, 1 if frequency else 2)


def in_scale(fitted: Fitted) -> Objective:
    """Give the objective in coordinates in which its Hessian can be inverted."""
    objective = fitted.objective
    c = fitted.theta.shape[1]
    axes = sum_zero_axes(c) if objective.loss.redundant else np.eye(c)
    intercept = objective.coordinates.intercept
    at = Coordinates.standardised(fitted.moments, 0.0, intercept=intercept, axes=axes)
    return replace(objective, coordinates=at)


def link_to_contrasts(
    fitted: Fitted, at: Coordinates, reference: Any
) -> tuple[Floats, tuple[Any, ...], Any]:
    """Give the map from u to the coefficients by equation, the intercept first, and the classes."""
    classes, p = fitted.classes.tolist(), len(at.scale) + at.intercept
    base = classes[0] if reference is None else reference
    if base not in classes:
        raise InputError(f"reference={base!r} is not among the classes {classes}")
    k = classes.index(base)
    others = [*classes[:k], *classes[k + 1 :]]
    if len(classes) == 2:
        contrasts = np.array([[1.0 if k == 0 else -1.0]])
    else:
        contrasts = np.delete(np.eye(len(classes)), k, axis=1)
        contrasts[k] = -1.0
    rows = replace(at, axes=np.eye(p)).theta(np.eye(p))  # θ = rows · u · axesᵀ
    rows = np.roll(rows, 1, axis=0) if at.intercept else rows[:-1]
    turned = at.axes.T @ contrasts  # (c', equations)
    link = np.einsum("ji,ak->kjia", rows, turned).reshape(len(others) * len(rows), -1)
    return link, tuple(others), base


def root_of_inverse(curved: Floats, names: Sequence[str], at: Coordinates) -> Floats:
    """Give F with FFᵀ = P⁻¹, or say which columns depend on each other."""
    scale = 1.0 / np.sqrt(np.maximum(curved.diagonal(), np.finfo(float).tiny))
    values, vectors = np.linalg.eigh(curved * np.outer(scale, scale))
    if values[0] < DEPENDENT:
        sizes = np.abs(vectors[:, 0] * scale).reshape(-1, at.axes.shape[1]).max(axis=1)
        part = [names[j] for j in np.flatnonzero(sizes > SHARE * sizes.max())]
        raise InputError(
            f"columns {', '.join(map(repr, part))} depend on each other where the outcome is in "
            "doubt, so their coefficients are not unique; leave one of them out, or use a penalty"
        )
    return scale[:, None] * (vectors / np.sqrt(values))


def check_optimum(objective: Objective, u: Floats, sums: EvidenceSums, root: Floats) -> None:
    """Refuse a θ that is not the optimum for these rows: √(gᵀP⁻¹g) is its distance in SEs."""
    total = sums.gradient.copy()
    theta = objective.coordinates.theta(u)
    total[:-1] += objective.weight * objective.penalty.gradient(theta[:-1])
    away = float(np.linalg.norm(root.T @ objective.coordinates.pull(total).ravel()))
    if not away < AT_REST:
        raise InputError(
            f"the model is {away:.2g} standard errors from its optimum on these rows; give the "
            "rows, weights and offset it was fitted on, or fit it again with a smaller tol"
        )


def was_at_rest(model: Any) -> bool:
    """Tell whether the fit says of itself that it converged."""
    return getattr(model, "outcome_", None) is Outcome.CONVERGED


def check_rest(objective: Objective, u: Floats) -> None:
    """Refuse a θ from which Newton's method goes on and on: the classes are separated."""
    if run(Newton(), objective, u, Rules(tol=1e-6, max_steps=40)).outcome is not Outcome.CONVERGED:
        refuse_separated()


def refuse_separated() -> NoReturn:
    """Say that there is nothing to summarise."""
    raise InputError(
        "the classes are separated: without a penalty the coefficients are infinite and have no "
        "standard errors; set a finite C, or leave out the column that gives the target away"
    )


def refuse_constant(at: Coordinates, names: Sequence[str]) -> None:
    """Refuse columns that are constant beside an intercept, or 0: they tell nothing."""
    constant = np.flatnonzero(np.isinf(at.scale))
    if constant.size:
        raise InputError(
            f"column {names[constant[0]]!r} is constant, so its coefficient is not unique; "
            "leave it out"
        )


def refuse_few(rows: int, coefficients: int, *, penalised: bool) -> None:
    """Refuse fewer rows than coefficients."""
    if rows < coefficients and not penalised:
        raise InputError(
            f"{rows} rows are fewer than {coefficients} coefficients, which are then not unique; "
            "leave columns out, or use a penalty"
        )
