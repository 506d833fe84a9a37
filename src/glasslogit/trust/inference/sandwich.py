"""The covariance of the coefficients: classical, robust (a sandwich), or of clustered rows.

    classical   P⁻¹ I P⁻¹                           which is I⁻¹ without a penalty
    robust      P⁻¹ (Σᵢ sᵢfᵢ·ωᵢ·rᵢrᵢᵀ ⊗ xᵢxᵢᵀ) P⁻¹   right also where the model's curvature is not
    cluster     P⁻¹ (Σ_g t_g t_gᵀ) P⁻¹·a             t_g = Σ sᵢ·rᵢ ⊗ xᵢ over the rows of cluster g

with ω = 1 (HC0), n/(n − m) (HC1), 1/(1 − hᵢ) (HC2), 1/(1 − hᵢ)² (HC3), h the leverage, and
a = G/(G − 1) · (n − 1)/(n − m); n and m count separated rows and coefficients too. A row of
weight sᵢ stands for sᵢ/fᵢ observations, fᵢ the factor of its class (1 without `class_weight`); if
weights do not count rows for one, and fᵢ = sᵢ. A row of trials is one too, a cluster of them, as
in other packages: rᵢ is that of its share of events.

White, "Maximum likelihood estimation of misspecified models" (1982), theorem 3.2; MacKinnon &
White, "Some heteroskedasticity-consistent covariance matrix estimators with improved finite
sample properties" (1985); Liang & Zeger, "Longitudinal data analysis using generalized linear
models" (1986), equation 8. Derivation: docs/derivations/inference.md.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glasslogit.core import Block, Floats, Loss, Pass, VectorSum, curvature
from glasslogit.errors import InputError, check_choice
from glasslogit.inputs import find_classes, missing_labels
from glasslogit.pages import how_many
from glasslogit.trust.inference.information import Information, theta_by_u

KINDS = ("auto", "classical", "robust", "HC0", "HC1", "HC2", "HC3", "cluster")
LEVERAGE = {"HC2": 1, "HC3": 2}  # the power of 1 − h that a squared residual is divided by
CLUSTER_TILE = 64  # rows whose clusters are summed together
LEAST_LEFT = 1e-10  # what leverage leaves of a row that is fitted by a coefficient of its own


@dataclass(frozen=True, eq=False)
class SquaredScores(Pass[VectorSum]):
    """Σᵢ sᵢfᵢ·ωᵢ·(Aᵀrᵢ)(Aᵀrᵢ)ᵀ ⊗ xᵢxᵢᵀ of x − centre, (d+1, c', d+1, c').

    fᵢ is that of `factors` for the class of the row, or sᵢ if that is None. ω = (1 − h)⁻ᵖ for the
    `leverage_power` p. The leverage of an observation is h = f·curvature·‖Fᵀx‖², where `root` is F
    (d+1, ·) with FFᵀ = P⁻¹.
    """

    loss: Loss
    theta: Floats
    centre: Floats
    axes: Floats
    factors: Floats | None
    leverage_power: int
    root: Floats

    def __call__(self, block: Block) -> VectorSum:
        """See `Pass`."""
        each = block.weight  # of an observation
        if self.factors is not None:
            each = self.factors[block.y.astype(np.intp)]
        rows = self.loss.evaluate(block.margins(self.theta), block.y)
        omega = block.weight * each
        if self.leverage_power:
            spread = (block.product(self.root) ** 2).sum(axis=1)
            left = np.maximum(1.0 - each * curvature(rows.p).ravel() * spread, LEAST_LEFT)
            omega = omega / left**self.leverage_power
        r = rows.residual @ self.axes
        pairs = zip(*np.triu_indices(r.shape[1]), strict=True)
        meat = np.empty((r.shape[1],) * 2 + (block.X.shape[1] + 1,) * 2)
        for a, b in pairs:
            meat[a, b] = meat[b, a] = signed_gram(block, omega * r[:, a] * r[:, b], self.centre)
        return VectorSum(meat.transpose(2, 0, 3, 1))


def signed_gram(block: Block, h: Floats, centre: Floats) -> Floats:
    """Give [X 1]ᵀ diag(h) [X 1] for an h of any sign."""
    if (h >= 0).all():
        return block.gram(h, centre)
    return block.gram(np.maximum(h, 0.0), centre) - block.gram(np.maximum(-h, 0.0), centre)


class ClusterScores(NamedTuple):
    """Answer of `ClusterSums`: cluster numbers (g,), some more than once, and sums (g, d+1, c)."""

    clusters: NDArray[np.intp]
    scores: Floats


@dataclass(frozen=True, eq=False)
class ClusterSums(Pass[ClusterScores]):
    """Σ sᵢ·rᵢ ⊗ [xᵢ 1] over the rows of each cluster; `clusters` (n,) numbers those of all rows."""

    loss: Loss
    theta: Floats
    clusters: NDArray[np.intp]

    def __call__(self, block: Block) -> ClusterScores:
        """See `Pass`; rows are put in the order of their clusters, and summed by tiles."""
        clusters = self.clusters[block.rows]
        if len(clusters) != len(block.weight):
            raise InputError(f"groups has {len(self.clusters):,} entries but there are more rows")
        residual = self.loss.evaluate(block.margins(self.theta), block.y).residual
        weighted = block.weight[:, None] * residual
        order = np.argsort(clusters, kind="stable")
        order = order[block.weight[order] > 0]
        found, sums = [clusters[:0]], [np.zeros((0, *self.theta.shape))]
        for start in range(0, len(order), CLUSTER_TILE):
            rows = order[start : start + CLUSTER_TILE]
            known, place = np.unique(clusters[rows], return_inverse=True)
            spread = np.zeros((len(rows), len(known), weighted.shape[1]))
            spread[np.arange(len(rows)), place] = weighted[rows]
            total = block.take(rows).pullback(spread.reshape(len(rows), -1))
            found.append(known)
            sums.append(total.reshape(len(total), *spread.shape[1:]).swapaxes(0, 1))
        return ClusterScores(np.concatenate(found), np.concatenate(sums))

    def merge(self, one: ClusterScores, other: ClusterScores) -> ClusterScores:
        """See `Pass.merge`: put behind each other; a cluster may be in both."""
        clusters = np.concatenate([one.clusters, other.clusters])
        return ClusterScores(clusters, np.concatenate([one.scores, other.scores]))


def covariance_of(known: Information, kind: str, groups: ArrayLike | None) -> Floats:
    """Give the covariance of the reported coefficients (m, m); one pass, none if classical."""
    check_choice(kind, "covariance", KINDS)
    kind = known.claims.covariance(kind)
    if (groups is not None) != (kind == "cluster"):
        raise InputError("groups goes with covariance='cluster': give both, or neither")
    path = known.to_reported @ known.root @ known.root.T  # from a score to a change of coefficients
    if kind == "classical":
        return symmetric(path @ known.fisher @ path.T)
    if kind == "cluster":
        scores = cluster_scores(known, groups)
        g, n, m = len(scores), known.units, free_count(known)
        changes = scores @ path.T * (g / (g - 1.0) * (n - 1.0) / (n - m)) ** 0.5
        return symmetric(changes.T @ changes)
    return symmetric(path @ squared_scores(known, kind) @ path.T)


def squared_scores(known: Information, kind: str) -> Floats:
    """Give the meat of the robust sandwich, in the coordinates of u."""
    objective, m = known.objective, free_count(known)
    at, leverage_power = objective.coordinates, LEVERAGE.get(kind, 0)
    if leverage_power and len(known.fitted.classes) > 2:
        raise InputError(
            f"covariance={kind!r} is defined for two classes only; take 'HC0' or 'HC1'"
        )
    if kind == "HC1" and known.units <= m:
        raise InputError(
            f"covariance='HC1' needs more than {how_many(m, 'row')}, one for each coefficient"
        )
    root = theta_by_u(at) @ known.root if leverage_power else np.zeros((0, 0))
    question = SquaredScores(
        objective.loss, known.theta, at.centre, at.axes, known.factors, leverage_power, root
    )
    meat = at.pull_both(objective.source.sum(question).total).reshape(known.fisher.shape)
    return meat * (known.units / (known.units - m) if kind == "HC1" else 1.0)


def free_count(known: Information) -> int:
    """Count the coefficients that the rows tell: those that are not aliased."""
    return int(np.count_nonzero(~known.aliased))


def cluster_scores(known: Information, groups: ArrayLike | None) -> Floats:
    """Give the gradient of each cluster in the coordinates of u, (G, u.size)."""
    objective = known.objective
    design = known.fitted.design
    clusters = number_clusters(groups if design is None else design.take(groups, "groups"))
    at = objective.coordinates
    answer = objective.source.sum(ClusterSums(objective.loss, known.theta, clusters))
    if len(clusters) > objective.rows:
        raise InputError(
            f"groups has {len(clusters):,} entries but X has {how_many(objective.rows, 'row')}"
        )
    present, place = np.unique(answer.clusters, return_inverse=True)
    if len(present) < 2 or known.units <= free_count(known):
        raise InputError("covariance='cluster' needs two clusters, and more rows than coefficients")
    total = np.zeros((len(present), *answer.scores.shape[1:]))
    np.add.at(total, place, answer.scores)
    scores = np.einsum("gjc,ji,ca->gia", total, theta_by_u(at), at.axes, optimize=True)
    return scores.reshape(len(present), -1)


def number_clusters(groups: Any) -> NDArray[np.intp]:
    """Give the number of each row's cluster, (n,); a label may be of any type.

    >>> number_clusters(["b", "a", "b"]).tolist()
    [1, 0, 1]
    """
    labels = np.asarray(groups)
    if labels.ndim != 1:
        raise InputError(
            f"groups has {how_many(labels.ndim, 'dimension')}; give one label for each row"
        )
    missing = missing_labels(labels)
    if missing.any():
        raise InputError(f"groups is missing in row {int(missing.argmax())}; give each row one")
    return np.searchsorted(find_classes(labels), labels)


def symmetric(V: Floats) -> Floats:
    """Take the rounding out of a covariance.

    >>> symmetric(np.array([[1.0, 2.0], [0.0, 1.0]])).tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    return (V + V.T) / 2.0
