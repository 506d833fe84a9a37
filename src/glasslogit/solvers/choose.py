"""Which solver for which problem: by what they cost.

    newton, sampled_newton    Hessians, of all rows or mostly of samples
    kronecker_newton          three or more classes: a Hessian of columns and one of classes
    newton_cg                 products, until they have cost as much as one of the others would
    proximal_newton           a penalty with a kink: Hessians, where they cost less than products
    orthant_newton            the same by products, and by Hessians of the columns in use

What the others cost is known beforehand, see `costs.py`; how many products conjugate gradients take
shows on the way only. So these go on as long as they have cost less than another would in all,
and then hand over: a fit costs about twice what it costs by the better of the two, at the most.

Of d > n columns with a ridge those of `optimum/rotation.py` are counted, one for each row. L-BFGS
is there by name and gradient descent as an object: to learn from, and to compare with.
"""

from typing import NamedTuple

from glasslogit.core import Penalty, RowWork
from glasslogit.errors import InputError, refused
from glasslogit.pages import how_many
from glasslogit.solvers.costs import costs, kinked_costs
from glasslogit.solvers.kronecker_newton import KroneckerNewton
from glasslogit.solvers.lbfgs import LBFGS
from glasslogit.solvers.newton import Newton
from glasslogit.solvers.newton_cg import NewtonCG
from glasslogit.solvers.orthant_newton import OrthantNewton
from glasslogit.solvers.proximal_newton import ProximalNewton
from glasslogit.solvers.sampled_newton import SampledNewton
from glasslogit.solvers.solver import Solver

SOLVERS: tuple[type[Solver], ...]  # those that can be asked for by name
SOLVERS = Newton, SampledNewton, ProximalNewton, OrthantNewton, KroneckerNewton, LBFGS, NewtonCG
NAMES = {solver.name: solver for solver in SOLVERS}
SKLEARN: dict[str, type[Solver]] = {"newton-cholesky": Newton, "newton-cg": NewtonCG}
AUTO = ("auto", "liblinear", "sag", "saga", "newton-cd", "newton-cd-gram")  # left to us


class Choice(NamedTuple):
    """A solver and why it was taken."""

    solver: Solver
    reason: str


def choose(rows: int, shape: tuple[int, int], penalty: Penalty, work: RowWork) -> Choice:
    """Choose the solver for θ of a shape (d+1, c) by the table above.

    >>> choose(500, (31, 1), Penalty(), RowWork(2.1e5, 1.3e6)).solver.name
    'newton'
    >>> choose(500_000, (31, 1), Penalty(), RowWork(2.1e8, 1.3e9)).solver.name
    'sampled_newton'
    """
    coefficients = shape[0] * shape[1]
    size = f"{how_many(rows, 'row')} and {how_many(coefficients, 'coefficient')}"
    if penalty.has_kinks:
        expected = kinked_costs(rows, shape, work)
        solver = OrthantNewton() if expected.allowance else ProximalNewton()
        return Choice(solver, f"an L1 penalty, {size}, {expected}")
    expected = costs(rows, shape, work)
    allowance, reason = expected.allowance, f"{size}, {expected}"
    roads = Newton(), SampledNewton(), KroneckerNewton()
    least = roads[expected.others.index(min(expected.others))]
    return Choice(NewtonCG(most=allowance, heir=least) if allowance else least, reason)


def named(solver: Solver | str) -> Solver | None:
    """Give the solver of a name, or the solver itself; None where the choice is left to us.

    >>> named("lbfgs"), named("auto")
    (LBFGS(standardise=True, memory=20), None)
    """
    if isinstance(solver, Solver):
        return solver
    if isinstance(solver, str) and solver in AUTO:
        return None
    names = NAMES | SKLEARN
    if not isinstance(solver, str) or solver not in names:
        how = "such as glasslogit.solvers.GradientDescent(), or " + ", ".join([*AUTO, *names])
        raise InputError(f"{refused('solver', solver, 'is unknown')}; give a solver object, {how}")
    return names[solver]()


def resolve(
    solver: Solver | str, rows: int, shape: tuple[int, int], penalty: Penalty, work: RowWork
) -> Choice:
    """Turn what the user gave for `solver` into a solver that can handle the penalty."""
    chosen = named(solver)
    if chosen is None:
        return choose(rows, shape, penalty, work)
    if penalty.has_kinks and not chosen.handles_kinks:
        raise InputError(
            f"solver {chosen.name} needs a smooth penalty, and l1_ratio > 0 is not; "
            "set l1_ratio=0 or solver='auto'"
        )
    return Choice(chosen, "as asked for")
