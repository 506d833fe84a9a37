"""Which solver for which problem: the first line of the table that fits.

    d > n, ridge (optimum/rotation.py)       as below, on columns turned into n
    L1 or elastic net                        proximal_newton  up to 500 coefficients, a row each
                                             orthant_newton   beyond: products only
    more than 1,000 coefficients             kronecker_newton three or more classes, d < n, 2,000
                                             newton_cg        Hessian products only
    less than a tenth of X stored            newton_cg        the same, from 200 coefficients on
    over 20,000 rows, 100 a coefficient      sampled_newton   few readings of all rows
    else                                     newton           exact Hessian at every step

L-BFGS is there by name and gradient descent as an object: to learn from, and to compare with.
"""

from typing import NamedTuple

from glasslogit.core import Penalty
from glasslogit.errors import InputError
from glasslogit.pages import how_many
from glasslogit.solvers.kronecker_newton import KroneckerNewton
from glasslogit.solvers.lbfgs import LBFGS
from glasslogit.solvers.newton import Newton
from glasslogit.solvers.newton_cg import NewtonCG
from glasslogit.solvers.orthant_newton import OrthantNewton
from glasslogit.solvers.proximal_newton import ProximalNewton
from glasslogit.solvers.sampled_newton import SampledNewton, many_rows
from glasslogit.solvers.solver import Solver
from glasslogit.solvers.unseen import FEW_COEFFICIENTS

MOST_WITH_KINKS = 500  # coefficients whose model with kinks is solved faster than f
SPARSE, MOST_SPARSE = 0.1, 200  # density and coefficients: a Hessian costs more than products
MOST_COLUMNS = 2000  # whose Gram matrix is cheap beside a pass

SOLVERS: tuple[type[Solver], ...]  # those that can be asked for by name
SOLVERS = Newton, SampledNewton, ProximalNewton, OrthantNewton, KroneckerNewton, LBFGS, NewtonCG
NAMES = {solver.name: solver for solver in SOLVERS}
SKLEARN: dict[str, type[Solver]] = {"newton-cholesky": Newton, "newton-cg": NewtonCG}
AUTO = ("auto", "liblinear", "sag", "saga", "newton-cd", "newton-cd-gram")  # left to us


class Choice(NamedTuple):
    """A solver and why it was taken."""

    solver: Solver
    reason: str


def choose(rows: int, shape: tuple[int, int], penalty: Penalty, density: float = 1.0) -> Choice:
    """Choose the solver for θ of a shape (d+1, c) by the table above.

    `density` is the share of the entries of X that are stored.

    >>> choose(500, (30, 1), Penalty())
    Choice(solver=Newton(standardise=True), reason='500 rows and 30 coefficients')
    >>> choose(500_000, (30, 1), Penalty()).solver.name
    'sampled_newton'
    """
    columns, margins, coefficients = *shape, shape[0] * shape[1]
    size = f"{how_many(rows, 'row')} and {how_many(coefficients, 'coefficient')}"
    many = coefficients > FEW_COEFFICIENTS
    if penalty.has_kinks:
        few = coefficients <= min(MOST_WITH_KINKS, rows)
        return Choice(ProximalNewton() if few else OrthantNewton(), f"an L1 penalty, {size}")
    if many and margins > 1 and columns <= min(rows, MOST_COLUMNS):
        return Choice(KroneckerNewton(), f"{size} in {margins} classes")
    if many:
        return Choice(NewtonCG(), f"{size}: too many for a Hessian")
    if density < SPARSE and coefficients > MOST_SPARSE:
        return Choice(NewtonCG(), f"{size}, {density:.0%} of X stored: products are cheap")
    if many_rows(rows, coefficients):
        return Choice(SampledNewton(), f"{size}: a sample tells most")
    return Choice(Newton(), size)


def named(solver: Solver | str) -> Solver | None:
    """Give the solver of a name, or the solver itself; None where the choice is left to us.

    >>> named("lbfgs"), named("auto")
    (LBFGS(standardise=True, memory=20), None)
    """
    if isinstance(solver, Solver):
        return solver
    if solver in AUTO:
        return None
    names = NAMES | SKLEARN
    if not isinstance(solver, str) or solver not in names:
        known = "such as glasslogit.solvers.GradientDescent(), or " + ", ".join([*AUTO, *names])
        raise InputError(f"solver={solver!r} is unknown; give a solver object, {known}")
    return names[solver]()


def resolve(
    solver: Solver | str, rows: int, shape: tuple[int, int], penalty: Penalty, density: float = 1.0
) -> Choice:
    """Turn what the user gave for `solver` into a solver that can handle the penalty."""
    chosen = named(solver)
    if chosen is None:
        return choose(rows, shape, penalty, density)
    if penalty.has_kinks and not chosen.handles_kinks:
        raise InputError(
            f"solver {chosen.name} needs a smooth penalty, and l1_ratio > 0 is not; "
            "set l1_ratio=0 or solver='auto'"
        )
    return Choice(chosen, "as asked for")
