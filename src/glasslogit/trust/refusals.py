"""Models of which nothing can be said on these rows, and why: one check and one sentence each."""

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import Floats, Objective, SecondOrder, in_unit_scale
from glasslogit.errors import InputError
from glasslogit.optimum import too_large
from glasslogit.optimum.separation import SignedMargins
from glasslogit.pages import how_many, listed
from glasslogit.solvers import Newton, Outcome, Rules, run

AT_REST = 0.01  # standard errors from the optimum: a model that is further off has moved on
SEEN = 9.0  # −2·log(AT_REST): a row on its way to infinity is seen by the gradient up to here
MOVED = 1.0  # how far Newton's method takes a margin at each step where classes are separated
PART = 1e-3  # of the largest entry: a column with less has no part in a dependence


def refuse_firth(model: Any) -> None:
    """Refuse a model that is no optimum of what its parameters say, but of Firth's likelihood."""
    if getattr(model, "solver_", None) == "firth":
        raise InputError(
            "this model maximises Firth's penalised likelihood; its table is in what firth(X, y) "
            "gave: print it, or take its to_frame()"
        )


def is_separated(model: Any) -> bool:
    """Tell whether a fit said that no coefficients maximise its likelihood."""
    return getattr(model, "outcome_", None) is Outcome.SEPARATED


def refuse_unbounded(model: Any) -> None:
    """Refuse a model that is no optimum of what its parameters say: separated, or Firth's."""
    refuse_firth(model)
    if is_separated(model):
        refuse_separated()


def refuse_separated() -> NoReturn:
    """Say that there is nothing to be sure of."""
    raise InputError(
        "the classes are separated: without a penalty the coefficients are infinite and have no "
        "standard errors; set a finite C, or leave out the column that gives the target away"
    )


def refuse_kink(objective: Objective) -> None:
    """Refuse an L1 penalty."""
    if objective.penalty.has_kinks:
        raise InputError(
            "an L1 penalty selects the coefficients, so they have no standard errors nor "
            "p-values; use bootstrap(model, X, y), or fit without the L1 penalty"
        )


def refuse_far(model: Any, away: float) -> None:
    """Refuse a model that is so many standard errors from the optimum for these rows."""
    if away < AT_REST:
        return
    outcome = getattr(model, "outcome_", Outcome.CONVERGED)
    remedy = (
        "give the rows, weights and offset it was fitted on, or fit it again with a smaller tol"
        if outcome.converged
        else f"its fit did not converge: {outcome.remedy}"
    )
    raise InputError(
        f"the model is {away:.2g} standard errors from its optimum on these rows; {remedy}"
    )


def on_its_way(model: Any, objective: Objective, u: Floats, furthest: float) -> bool:
    """Tell whether Newton's method goes on and on from a point: the classes are separated.

    `furthest` is the largest margin there.
    """
    known = getattr(model, "outcome_", None) is Outcome.CONVERGED
    if known or furthest <= SEEN or objective.penalty.strength:
        return False
    result = run(Newton(), objective, u, Rules(tol=1e-6, max_steps=40))
    change = result.given - objective.theta(u)
    moved = objective.source.sum(SignedMargins(objective.loss, change))
    return not result.outcome.converged or max(map(abs, moved)) > MOVED


def refuse_few(objective: Objective, rows: int, coefficients: int) -> None:
    """Refuse fewer rows than coefficients, unless a penalty holds these."""
    if rows < coefficients and not objective.penalty.strength:
        there = how_many(rows, "row is", "rows are")
        raise InputError(
            f"{there} fewer than {coefficients} coefficients, which are then not unique; "
            "leave columns out, or use a penalty"
        )


def without_curvature(at: SecondOrder) -> NDArray[np.bool]:
    """Tell along which coordinates, (p, c'), f does not curve."""
    _, scale = in_unit_scale(at.hessian.reshape(at.u.size, -1))
    return (scale == 0).reshape(at.u.shape)


def refuse_flat(objective: Objective, at: SecondOrder, names: Sequence[str], offset: float) -> None:
    """Refuse coefficients along which the likelihood has no curvature; offsets reach so far."""
    live = np.isfinite(objective.coordinates.by_row(objective.coordinates.scale))
    flat = live & without_curvature(at).all(axis=1)
    if not flat.any():
        return
    which = listed([repr(names[j]) for j in np.flatnonzero(flat).tolist()])
    why = too_large(offset) or ["look for what decides the outcome, column or offset"]
    raise InputError(
        f"no outcome is in doubt in any row that tells of {which}: no curvature of the likelihood "
        f"is left, and so there are no standard errors; {why[0]}"
    )


def refuse_dependent(direction: Floats, names: Sequence[str]) -> NoReturn:
    """Say which columns depend on each other, from the direction (p, c') that moves no margin.

    They do where the outcome is in doubt: in all rows they do not, or they were left out before.
    """
    sizes = np.abs(direction).max(axis=1)
    part = [names[j] for j in np.flatnonzero(sizes > PART * sizes.max()).tolist()]
    raise InputError(
        f"columns {listed(map(repr, part))} depend on each other where the outcome is in "
        "doubt, so their coefficients are not unique; leave one of them out, or use a penalty"
    )
