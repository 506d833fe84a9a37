"""Marginal effects: by how much a probability changes with a column, on average or at the mean.

    ∂pₖ/∂xⱼ = Σₐ Cₖₐ·wⱼₐ,   C = diag(p) − ppᵀ            for two classes p(1 − p)·wⱼ

Averaged over the rows, or at the means of the columns. Errors are by the delta method, with
∂Cₖₐ/∂zₘ = [k = a]·Cₖₘ − pₐ·Cₖₘ − pₖ·Cₐₘ (Greene, "Econometric analysis", 7th edition 2012,
section 17.3.2). Derivation: docs/derivations/inference.md.
"""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from glasslogit.core import Block, Floats, Loss, Moments, Pass, make_block
from glasslogit.errors import InputError, check_choice, check_number
from glasslogit.model import Lines, at_end, fitted_objective, other_columns, steps_before
from glasslogit.optimum.separation import Relation
from glasslogit.pages import Page, Printable, labels_of, level_text, listed
from glasslogit.sources import one_blas_thread
from glasslogit.trust.aliases import reasons
from glasslogit.trust.inference.contrasts import reported_rows, to_theta
from glasslogit.trust.inference.distributions import normal_quantile, two_sided
from glasslogit.trust.inference.information import BIAS, Information, inform
from glasslogit.trust.inference.sandwich import covariance_of
from glasslogit.trust.inference.summarize import Covariance
from glasslogit.trust.inference.variables import Effect, effects_in_table
from glasslogit.trust.refusals import refuse_separated

EFFECT_COLUMNS = ("effect", "std_error", "z", "p_value", "ci_low", "ci_high")


class CurvatureSums(NamedTuple):
    """Answer of `Curvatures`: Σ s, Σ s·C (K, K) and Σ s·[x 1] ⊗ ∂C/∂z (d+1, K, K, K)."""

    weight: float
    curved: Floats
    bent: Floats


@dataclass(frozen=True, eq=False)
class Curvatures(Pass[CurvatureSums]):
    """How probabilities follow the margins at θ, and how that changes, summed over the rows."""

    loss: Loss
    theta: Floats

    def __call__(self, block: Block) -> CurvatureSums:
        """See `Pass`."""
        p = self.loss.probabilities(block.margins(self.theta))
        K, s = p.shape[1], block.weight
        C = p[:, :, None] * (np.eye(K) - p[:, None, :])  # (n, K, K)
        change = np.eye(K)[:, :, None] * C[:, :, None, :] - C[:, :, None, :] * p[:, None, :, None]
        change -= p[:, :, None, None] * C[:, None]  # ∂Cₖₐ/∂zₘ, (n, k, a, m)
        total = block.pullback((s[:, None, None, None] * change).reshape(len(s), -1))
        curved = (s[:, None, None] * C).sum(axis=0)
        return CurvatureSums(float(s.sum()), curved, total.reshape(-1, K, K, K))


@dataclass(frozen=True, eq=False, repr=False)
class MarginalEffects(Printable):
    """The change of the probability of a class with a unit of a column; arrays (m,).

    `terms` names the columns. For two classes the class is the second; for more they come class
    by class, those of one column adding to 0. `notes` are to be kept in mind. `after` names the
    steps of a pipeline whose columns these are, where those of the table cannot be told. Made by
    `marginal_effects`.
    """

    terms: tuple[str, ...]
    classes: tuple[Any, ...]
    at: str
    effect: Floats
    std_error: Floats
    z: Floats
    p_value: Floats
    ci_low: Floats
    ci_high: Floats
    covariance: Floats
    level: float
    notes: tuple[str, ...]
    against: str = ""
    after: str = ""

    def page(self) -> Page:
        """Give the effects as a table."""
        index = labels_of(self.terms, self.classes)
        where = "averaged over the rows" if self.at == "overall" else "at the means of the columns"
        if self.at == "mean" and self.against:
            where = "at the mean of each number and the most frequent level of each category"
        event = f" of {self.classes[0]}" if len(self.classes) == 1 else ""
        title = f"Marginal effects on the probability{event}, {where}"
        if self.after:
            title += f", of the columns after {self.after}"
        fact: tuple[str, ...] = (f"{level_text(self.level)} Wald intervals by the delta method",)
        if self.against:
            fact = (f"a level is set against that of reference: {self.against}", *fact)
        columns = {name: getattr(self, name) for name in EFFECT_COLUMNS}
        return Page(title, index, columns, fact, self.notes)


def marginal_effects(  # noqa: PLR0913
    model: Any,
    X: Any,
    y: Any = None,
    sample_weight: ArrayLike | None = None,
    offset: ArrayLike | None = None,
    *,
    at: Literal["overall", "mean"] = "overall",
    covariance: Covariance = "auto",
    groups: ArrayLike | None = None,
    level: float = 0.95,
) -> MarginalEffects:
    """Give ∂p/∂x for each column, averaged over the rows or at the means, with its error.

    The other arguments are those of `summarize`. The probabilities are those of `predict_proba`,
    moved by `base_rate` if the model has one, which is taken as known. For a model of a table the
    columns are those of the table, through all that a formula makes of them, and the effect of a
    level is the change from the reference. In an array the effect of an indicator is its slope.
    In a pipeline whose steps shift and scale each column the columns are those of the table too;
    of any other steps they are those that reach the model, and title and notes say so.

    >>> from glasslogit import LogisticRegression
    >>> hours, passed = [[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]], [0, 0, 1, 0, 1, 1]
    >>> model = LogisticRegression(C=np.inf).fit(hours, passed)
    >>> effects = marginal_effects(model, hours, passed)
    >>> effects.effect.round(4).tolist(), effects.std_error.round(4).tolist()
    ([0.1586], [0.0222])
    """
    at = check_choice(at, "at", ("overall", "mean"))
    level = check_number(level, "level", "between 0 and 1", above=0, below=1)
    steps = steps_before(model, X)
    model, X = at_end(model, X)
    fitted = fitted_objective(model, X, y, sample_weight, offset)
    if not fitted.names:
        raise InputError("the model has no column, so nothing has an effect; give one with columns")
    with one_blas_thread():
        known = inform(model, fitted)
        if known.separated:
            refuse_separated()
        V = covariance_of(known, covariance, groups)
        names, against = known.fitted.names, ""
        if fitted.design is None or fitted.design.table is None:
            effect, slope = effects_of(known, at)
            names, effect, slope = effects_by_table(steps.lines, names, effect, slope)
            lost = np.zeros(len(names), bool)
            lost[[relation.dropped for relation in known.relations]] = True
        else:
            found, effect, slope = effects_in_table(known, at)
            names, against = tuple(each.name for each in found), references(found)
            lost = np.array([each.lost for each in found], bool)
    classes = fitted.classes.tolist()
    shown = tuple(classes[int(len(classes) == 2) :])
    W = slope @ V @ slope.T
    unknown = np.tile(lost, len(shown))
    effect, W = np.where(unknown, np.nan, effect), np.where(unknown, np.nan, W)
    error, q = np.sqrt(W.diagonal()), normal_quantile(level)
    z = effect / error
    notes = (BIAS,) if known.penalised else ()
    if lost.any():
        gone = listed(name for name, is_it in zip(names, lost, strict=True) if is_it)
        told = reasons(*relations_in_table(steps.lines, known))
        notes = (f"{gone}: no row tells such a change apart, as {told} in these rows", *notes)
    if steps.after:
        notes = (other_columns(steps.after), *notes)
    table = effect, error, z, two_sided(z), effect - q * error, effect + q * error
    return MarginalEffects(
        names * len(shown), shown, at, *table, W, level, notes, against, steps.after
    )


def effects_by_table(
    lines: Lines | None, names: tuple[str, ...], effect: Floats, slope: Floats
) -> tuple[tuple[str, ...], Floats, Floats]:
    """Give names, effects and slopes by the columns of the table, where steps made lines of them.

    With x′ = a + s·x it is ∂p/∂x = s·∂p/∂x′, class by class.
    """
    if lines is None:
        return names, effect, slope
    scale = np.tile(lines.slope, len(effect) // len(names))
    return lines.names, scale * effect, scale[:, None] * slope


def relations_in_table(
    lines: Lines | None, known: Information
) -> tuple[list[Relation], tuple[str, ...]]:
    """Give the relations of the columns, and their names, as in `effects_by_table`."""
    if lines is None:
        return list(known.relations), known.fitted.names
    found = list[Relation]()
    for each in known.relations:
        vector = lines.weights(each.vector)
        found.append(
            each._replace(vector=vector * (each.vector[each.dropped] / vector[each.dropped]))
        )
    return found, lines.names


def references(effects: list[Effect]) -> str:
    """Name the level that those of each category are set against."""
    pairs = {each.column: each.reference for each in effects if each.reference}
    return ", ".join(f"{name}={level}" for name, level in pairs.items())


def effects_of(known: Information, at: str) -> tuple[Floats, Floats]:
    """Give the effects, class by class, and their slopes in the reported coefficients."""
    objective, K = known.objective, len(known.fitted.classes)
    theta = known.theta
    theta[-1] += known.shift
    question = Curvatures(objective.loss, theta)
    if at == "overall":
        sums = objective.source.sum(question)
    else:
        means = objective.source.sum(Moments(objective.loss))
        offset = means.offset[None] / means.weight
        sums = question(make_block(means.mean[None], np.zeros(1), np.ones(1), offset))
    curved, bent = sums.curved / sums.weight, sums.bent / sums.weight
    d, intercept = objective.features, objective.coordinates.intercept
    equations, classes = len(known.equations), known.fitted.classes.tolist()
    place = [classes.index(c) for c in known.equations]
    w = np.zeros((d, K))
    w[:, place] = to_theta(known.estimate, equations, intercept=intercept)[:-1]
    effect = curved @ w.T  # (K, d)
    slope = np.einsum("ja,lkam->kjml", w, bent, optimize=True)  # by wₗₘ: class, column, m, l
    slope[:, np.arange(d), :, np.arange(d)] += curved  # (d, K, K)
    slope = slope[:, :, place][..., reported_rows(d, intercept=intercept)]
    first = int(K == 2)
    return effect[first:].ravel(), slope[first:].reshape((K - first) * d, -1)
