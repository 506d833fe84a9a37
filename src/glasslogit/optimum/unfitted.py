"""What the data say of an optimum, and of the way there, before any step towards it is made."""

from dataclasses import replace
from typing import NamedTuple

from glasslogit.core import Loss, RowWork, Source
from glasslogit.optimum.separation import Verdict, judge_alone
from glasslogit.optimum.start import nearer, null_theta
from glasslogit.optimum.train import Settings, make_objective
from glasslogit.solvers import PRODUCTS, NewtonCG, Solver, work_of_reading

MOST_WORK = 2e10  # of a fit by products that only asks for separation: about two seconds


class BeforeFit(NamedTuple):
    """What columns that separate alone prove, see `judge_alone`, and a solver that is no dearer."""

    alone: Verdict | None
    solver: Solver


def before_fit(source: Source, loss: Loss, settings: Settings) -> BeforeFit:
    """Ask the columns one by one, and choose a solver for a fit that may end undecided.

    Products that would cost more than `MOST_WORK`, and more readings than a fit seldom needs, have
    no heir: a fit of separated classes has no end, and Hessians of so many columns cost more yet.
    """
    source, moments = nearer(source, loss, intercept=settings.fit_intercept)
    objective, solver = make_objective(source, loss, moments, settings)
    c, work = len(moments.residual), RowWork(moments.product_work, moments.gram_work)
    most = max(MOST_WORK / work_of_reading(moments.rows, c, work), PRODUCTS * c)
    if isinstance(solver, NewtonCG) and solver.most > most:
        solver = replace(solver, most=most, heir=None)
    return BeforeFit(judge_alone(objective, null_theta(loss, moments)), solver)
