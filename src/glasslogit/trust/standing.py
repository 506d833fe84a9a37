"""Where a model stands on rows: whether it is at its optimum there, and the curvature."""

from typing import Any, NamedTuple, NoReturn

import numpy as np

from glasslogit.core import Floats, Moments, Objective, in_unit_scale, pseudo_inverse_root
from glasslogit.errors import InputError
from glasslogit.model import Fitted
from glasslogit.optimum import directions, hold_shift, standardised
from glasslogit.solvers import Outcome

AT_REST = 0.01  # standard errors from the optimum: a model that is further off has moved on


class Curved(NamedTuple):
    """A fit and the root L (d+1, c, q) of the inverse Hessian of its mean loss, L·Lᵀ, in θ."""

    objective: Objective
    theta: Floats
    root: Floats


def at_rest(model: Any, fitted: Fitted) -> Curved:
    """Give the curvature where a model stands, or refuse one that has no optimum on these rows.

    A kink's slope counts where a coefficient is not 0. Raises `InputError` for separated classes,
    a fit by Firth's likelihood, and a model that is not at its optimum for these rows.
    """
    refuse_unbounded(model)
    fit = curve_at(fitted)
    f, theta = fitted.objective, fitted.theta
    gradient = f.value_and_gradient(theta).gradient.copy()
    p = len(gradient)
    gradient += f.kinks(theta[:p]) * np.sign(theta[:p])
    moved = np.tensordot(fit.root[:p], gradient, axes=((0, 1), (0, 1)))
    check_distance(f.weight**0.5 * float(np.linalg.norm(moved)))
    return fit


def refuse_unbounded(model: Any) -> None:
    """Refuse a model that is no optimum of what its parameters say: separated, or Firth's."""
    if getattr(model, "solver_", None) == "firth":
        raise InputError(
            "this model maximises Firth's penalised likelihood; its table is in what firth(X, y) "
            "gave: print it, or take its to_frame()"
        )
    if getattr(model, "outcome_", None) is Outcome.SEPARATED:
        refuse_separated()


def refuse_separated() -> NoReturn:
    """Say that there is nothing to be sure of."""
    raise InputError(
        "the classes are separated: without a penalty the coefficients are infinite and have no "
        "standard errors; set a finite C, or leave out the column that gives the target away"
    )


def check_distance(away: float) -> None:
    """Refuse a θ that is so many standard errors from the optimum for these rows."""
    if not away < AT_REST:
        raise InputError(
            f"the model is {away:.2g} standard errors from its optimum on these rows; give the "
            "rows, weights and offset it was fitted on, or fit it again with a smaller tol"
        )


def curve_at(fitted: Fitted) -> Curved:
    """Invert the Hessian where a model stands; coefficients that a kink holds at 0 stay there."""
    plain, theta = fitted.objective, fitted.theta
    f = standardised(plain, plain.source.sum(Moments(plain.loss)))
    at = f.coordinates
    hessian = hold_shift(f, f.quadratic(at.inverse(theta)).hessian)
    p, c = hessian.shape[:2]
    held = (theta[:p] == 0) & (f.kinks(theta[:p]) > 0)
    R, scale = in_unit_scale(hessian.reshape(p * c, p * c))
    live = np.flatnonzero((scale > 0) & ~held.ravel())
    B = pseudo_inverse_root(R[np.ix_(live, live)])
    root = np.zeros((len(B), p * c))
    root[:, live] = B * scale[live]
    lifted = directions(at, root.reshape(-1, p, c))  # (q, d+1, c)
    return Curved(plain, theta, np.moveaxis(lifted, 0, -1))
