"""What the data say of an optimum, and of the way there, before any step towards it is made."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar, NamedTuple

from glasslogit.core import Floats, Loss, Objective, RowWork, Source
from glasslogit.optimum.separation import Verdict, judge_alone
from glasslogit.optimum.start import nearer, null_theta
from glasslogit.optimum.train import Settings, make_objective
from glasslogit.solvers import NewtonCG, Solver, Step, costs

MOST_FIT_WORK = 2e10  # of a fit by products that only asks for separation: about two seconds


class Nobody(Solver):
    """Makes no step: the heir of products after which a fit is to end as it stands."""

    name: ClassVar[str] = "nobody"

    def steps(self, objective: Objective, start: Floats) -> Iterator[Step]:  # noqa: ARG002
        """See `Solver.steps`."""
        return iter(())


class BeforeFit(NamedTuple):
    """What columns that separate alone prove, see `judge_alone`, and a solver that is no dearer."""

    alone: Verdict | None
    solver: Solver


def before_fit(source: Source, loss: Loss, settings: Settings) -> BeforeFit:
    """Ask the columns one by one, and choose a solver for a fit that may end undecided.

    Products end at `MOST_FIT_WORK`, or at the least that they take as a rule, if another solver
    would take over later only: separated classes have no end, and Hessians of them cost more yet.
    """
    source, moments = nearer(source, loss, intercept=settings.fit_intercept)
    objective, solver = make_objective(source, loss, moments, settings)
    theta, work = null_theta(loss, moments), RowWork(moments.product_work, moments.gram_work)
    expected = costs(moments.rows, theta.shape, work)
    most = max(MOST_FIT_WORK / expected.reading, expected.products)
    if isinstance(solver, NewtonCG) and solver.most > most:
        solver = replace(solver, most=most, heir=Nobody())
    return BeforeFit(judge_alone(objective, theta), solver)
