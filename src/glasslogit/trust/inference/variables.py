"""Marginal effects of the columns of a table, pushed through what makes X of them.

    a number x       mean of  Σₐ Cₖₐ·eₐ,  eₐ = (∂X/∂x)·wₐ       C = diag(p) − ppᵀ
    a category       mean of  pₖ(rows with this level) − pₖ(rows with the reference)

So the effect of a number is the derivative of the mean probability by that column of the table,
whatever terms are made of it, and the effect of a level is a discrete change. Their slopes in
the coefficients of class m, by which the delta method gives errors, are

    mean of  Cₖₘ·∂X/∂x + x·[Cₖₘ·(eₖ − p·e) − pₖ·(C·e)ₘ]     and     mean of  x⁺·C⁺ₖₘ − x⁰·C⁰ₖₘ

Derivation: docs/derivations/inference.md#marginal-effects-and-probabilities.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from glasslogit.core import Block, Floats, make_block, softmax
from glasslogit.optimum.separation import Relation
from glasslogit.tables.encoding import CategoryColumn, Variables
from glasslogit.trust.aliases import breaks_a_relation
from glasslogit.trust.inference.contrasts import to_theta
from glasslogit.trust.inference.information import Information


class Effect(NamedTuple):
    """The effect on each class (K,), and its slope in θ (K, d+1, K); `reference` of a level.

    It is `lost` if it depends on the coefficient of an aliased column.
    """

    name: str
    effect: Floats
    slope: Floats
    reference: str | None = None
    lost: bool = False
    column: str = ""  # the category, of a level


@dataclass(frozen=True, eq=False)
class TableRows:
    """Rows of a table beside a model: θ (d+1, K) against the reference class, and weights."""

    variables: Variables
    theta: Floats
    weight: Floats
    offset: Floats  # (n, K)
    relations: tuple[Relation, ...]

    @staticmethod
    def of(known: Information, at: str) -> "TableRows":
        """Put the rows that a model was fitted on, or their means, beside it."""
        objective, design = known.objective, known.fitted.design
        if design is None:
            raise TypeError("there is no table")  # the caller has asked
        K, classes = len(known.fitted.classes), known.fitted.classes.tolist()
        theta = np.zeros((objective.features + 1, K))
        place = [classes.index(each) for each in known.equations]
        wide = len(known.equations)
        theta[:, place] = to_theta(known.estimate, wide, intercept=known.intercept)
        theta[-1, K - len(known.shift) :] += known.shift
        variables = Variables.of(design.encoder.encoding_, design.table, design.kept)
        parts = objective.source.map(lambda block: (block.weight, block.offset))
        weight, given = (np.concatenate(part) for part in zip(*parts, strict=True))
        offset = np.zeros((len(weight), K))
        offset[:, K - given.shape[1] :] = given
        rows = TableRows(variables, theta, weight, offset, known.relations)
        return rows if at == "overall" else rows.typical()

    def typical(self) -> "TableRows":
        """Give one row: numbers at their mean, categories at their most frequent level."""
        values: dict[str, Any] = {}
        for column in self.variables.encoding.columns:
            given = self.variables.values[column.name]
            if isinstance(column, CategoryColumn):
                levels, code = np.unique(given, return_inverse=True)
                values[column.name] = levels[np.bincount(code, self.weight).argmax()]
            else:
                there = ~np.isnan(given)
                values[column.name] = np.average(given[there], weights=self.weight[there])
        offset = np.average(self.offset, axis=0, weights=self.weight)[None]
        return TableRows(self.variables.one(values), self.theta, np.ones(1), offset, self.relations)

    def block(self, X: Floats, weight: Floats) -> Block:
        """Give rows of X as a block."""
        return make_block(X, np.zeros(len(X)), weight, self.offset)

    def effects(self) -> list[Effect]:
        """Give the effects of all columns, in their order."""
        found = list[Effect]()
        for column in self.variables.encoding.columns:
            if isinstance(column, CategoryColumn):
                found += self.of_levels(column.name)
            else:
                found.append(self.of_number(column.name))
        return found

    def of_number(self, name: str) -> Effect:
        """Give the mean of the derivatives, over the rows where the number is known."""
        there = ~np.isnan(np.asarray(self.variables.values[name], np.float64))
        share = np.where(there, self.weight, 0.0) / self.weight[there].sum()
        change = self.variables.derivative(name)
        lost = breaks_a_relation(change[share > 0], self.relations)
        moved = self.block(change, share)
        rows = self.block(self.variables.features(), share)
        p, C = self.probabilities(rows)
        e = moved.product(np.vstack([self.theta[:-1], 0.0 * self.theta[-1:]]))  # (n, K)
        Ce = np.einsum("nka,na->nk", C, e)
        bend = (
            C * (e - (p * e).sum(axis=1, keepdims=True))[:, :, None] - p[:, :, None] * Ce[:, None]
        )
        slope = summed(rows, bend)
        slope[:, :-1] += summed(moved, C)[:, :-1]
        return Effect(name, share @ Ce, slope, lost=lost)

    def of_levels(self, name: str) -> list[Effect]:
        """Give the mean change of each level from the first, or the reference."""
        found, share = list[Effect](), self.weight / self.weight.sum()
        base: Effect | None = None
        now, counted = self.variables.features(), self.weight > 0
        for level, X in self.variables.levels(name):
            lost = breaks_a_relation((X - now)[counted], self.relations)
            rows = self.block(X, share)
            p, C = self.probabilities(rows)
            here = Effect(level, share @ p, summed(rows, C), lost=lost)
            if base is None:
                base = here
                continue
            apart = here.effect - base.effect, here.slope - base.slope
            found.append(Effect(f"{name}={level}", *apart, base.name, base.lost or lost, name))
        return found

    def probabilities(self, rows: Block) -> tuple[Floats, Floats]:
        """Give p (n, K) and C = diag(p) − ppᵀ (n, K, K)."""
        p = softmax(rows.margins(self.theta))
        return p, p[:, :, None] * (np.eye(p.shape[1]) - p[:, None, :])


def summed(rows: Block, numbers: Floats) -> Floats:
    """Give Σ weight·x ⊗ numbers (n, K, K), as (K, d+1, K)."""
    n, K, _ = numbers.shape
    total = rows.pullback((rows.weight[:, None, None] * numbers).reshape(n, -1))
    return total.reshape(-1, K, K).swapaxes(0, 1)


def effects_in_table(known: Information, at: str) -> tuple[list[Effect], Floats, Floats]:
    """Give the effects, and as arrays class by class, with their slopes in the coefficients."""
    found = TableRows.of(known, at).effects()
    classes, K = known.fitted.classes.tolist(), len(known.fitted.classes)
    place, first = [classes.index(each) for each in known.equations], int(K == 2)
    effect = np.array([each.effect for each in found]).T[first:]  # (classes, m)
    slope = np.array([each.slope for each in found])[:, first:][..., place]  # m, k, d+1, equations
    d = slope.shape[2] - 1
    order = np.roll(np.arange(d + 1), 1) if known.intercept else np.arange(d)
    slope = slope[:, :, order].transpose(1, 0, 3, 2)
    return found, effect.ravel(), slope.reshape(effect.size, -1)
