"""Aliased columns: those that others explain in these rows, so that their coefficients say nothing.

A relation n of the columns moves no margin: Σⱼ nⱼxⱼ + n₀ = 0 in every row. So θ and θ − θₖ·n, n
scaled to nₖ = 1, are the same model, and the second one has no column k. That is the model whose
coefficients are reported, whatever the fit chose, and k has none, as in R's tables. A column that
is constant beside an intercept, or 0 in all rows, such as the empty cell of an interaction, is
explained by no other column at all.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from glasslogit.core import Floats, Objective
from glasslogit.model import FittedObjective
from glasslogit.optimum import holding
from glasslogit.optimum.separation import Relation, dependence_of, free_columns, told_relations
from glasslogit.pages import listed
from glasslogit.trust.curvature import Curvature

BROKEN = 1e-6  # of the terms of a relation: a row that is off by less keeps it, as in its finding


class WithoutAliased(NamedTuple):
    """A fit without the columns that others explain, f with these held at 0, and why.

    `found` are the relations of the columns of the source, `relations` those of X.
    """

    fitted: FittedObjective
    objective: Objective
    found: tuple[Relation, ...]
    relations: tuple[Relation, ...]


def without_aliased(fitted: FittedObjective, objective: Objective) -> WithoutAliased:
    """Express a fit without its aliased columns; two passes, or a few with many rows.

    A column that a penalty holds has one value, but for a constant one, which tells nothing.
    """
    constant = np.flatnonzero(np.isinf(objective.coordinates.scale))
    columns = np.union1d(free_columns(objective), constant)
    intercept = objective.coordinates.intercept
    found = dependence_of(objective.source, columns, objective.loss, intercept=intercept)
    theta = by_the_others(fitted.theta, found)
    dropped = np.array([relation.dropped for relation in found], np.intp)
    held = holding(objective, np.union1d(dropped, constant))
    told = tuple(relation.given(fitted.shift) for relation in found)
    return WithoutAliased(fitted._replace(theta=theta), held, tuple(found), told)


def relations_of(fitted: FittedObjective, fit: Curvature) -> WithoutAliased | None:
    """Express a fit without its aliased columns, None if each coefficient has a direction.

    Two passes, or a few with many rows.
    """
    p, q = fit.root.shape
    return without_aliased(fitted, fit.objective) if q < p else None


def by_the_others(theta: Floats, relations: Sequence[Relation]) -> Floats:
    """Give coefficients, or changes of them, (d+1, ·), by which no aliased column is used.

    >>> relation = Relation(np.array([-1.0, 1.0, 0.0]), 1, 0.0)  # x1 = x0
    >>> by_the_others(np.array([[1.0], [2.0], [5.0]]), [relation]).ravel().tolist()
    [3.0, 0.0, 5.0]
    """
    found = theta.copy()
    for relation in relations:
        found -= np.outer(relation.vector, theta[relation.dropped])
        found[relation.dropped] = 0.0
    return found


def reasons(relations: Sequence[Relation], names: Sequence[str]) -> str:
    """Say by what each aliased column is explained."""
    return told_relations(relation.named(names) for relation in relations)


def alias_note(relations: Sequence[Relation], names: Sequence[str]) -> str:
    """Say which columns have no coefficient in a table, and why."""
    dropped = listed(names[relation.dropped] for relation in relations)
    return (
        f"there is no coefficient of {dropped}, as in these rows {reasons(relations, names)}: "
        "the table is that of the model without it"
    )


def breaks_a_relation(moves: Floats, relations: Sequence[Relation]) -> bool:
    """Tell whether changes of rows of X (n, d) move an aliased column as its relation does not.

    What such a change does depends on a coefficient that the table leaves out.

    >>> relation = Relation(np.array([1.0, -1.0, 0.0]), 1, 0.0)  # x1 = x0
    >>> moves = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    >>> [breaks_a_relation(move[None], [relation]) for move in moves]
    [False, True, False]
    """
    for relation in relations:
        n = relation.vector[:-1]
        off = np.abs(moves @ n) > BROKEN * (np.abs(moves) @ np.abs(n))
        if (off & (moves[:, relation.dropped] != 0)).any():
            return True
    return False
