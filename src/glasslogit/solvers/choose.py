"""Which solver for which problem: the first line of the table that fits.

    L1 or elastic net                        proximal_newton  up to 1,000 coefficients
    more than 1,000 coefficients             newton_cg        Hessian products only
    over 20,000 rows, 100 a coefficient      sampled_newton   few readings of all rows
    else                                     newton           exact Hessian at every step

L-BFGS is there by name and gradient descent as an object: to learn from, and to compare with.
"""

from glasslogit.core.penalties import Penalty
from glasslogit.errors import InputError
from glasslogit.solvers.gradient_descent import GradientDescent
from glasslogit.solvers.lbfgs import LBFGS
from glasslogit.solvers.newton import FEW_COEFFICIENTS, Newton
from glasslogit.solvers.newton_cg import NewtonCG
from glasslogit.solvers.proximal_newton import ProximalNewton
from glasslogit.solvers.run import Solver
from glasslogit.solvers.sampled_newton import SampledNewton, many_rows

NAMES: dict[str, Solver] = {
    "newton": Newton(),
    "sampled_newton": SampledNewton(),
    "proximal_newton": ProximalNewton(),
    "lbfgs": LBFGS(),
    "newton_cg": NewtonCG(),
    "newton-cholesky": Newton(),  # scikit-learn's names
    "newton-cg": NewtonCG(),
}
AUTO = ("auto", "liblinear", "sag", "saga")  # names that leave the choice to us


def choose(rows: int, coefficients: int, penalty: Penalty) -> Solver:
    """Choose the solver by the table above.

    >>> choose(500, 30, Penalty()).name, choose(500_000, 30, Penalty()).name
    ('newton', 'sampled_newton')
    """
    if penalty.l1 and coefficients > FEW_COEFFICIENTS:
        raise InputError(
            f"l1_ratio > 0 with more than {FEW_COEFFICIENTS} coefficients has no automatic "
            "solver yet; pass solver=ProximalNewton() or GradientDescent(…, standardise=True)"
        )
    if penalty.l1:
        return ProximalNewton()
    if coefficients > FEW_COEFFICIENTS:
        return NewtonCG()
    if many_rows(rows, coefficients):
        return SampledNewton()
    return Newton()


def resolve(solver: Solver | str, rows: int, coefficients: int, penalty: Penalty) -> Solver:
    """Turn what the user gave for `solver` into a solver that can handle the penalty."""
    if isinstance(solver, str) and solver in AUTO:
        return choose(rows, coefficients, penalty)
    chosen = NAMES.get(solver) if isinstance(solver, str) else solver
    if not isinstance(chosen, Solver):
        known = ", ".join([*AUTO, *NAMES])
        raise InputError(f"solver={solver!r} is unknown; give a solver object or one of {known}")
    if penalty.l1 and not isinstance(chosen, (GradientDescent, ProximalNewton)):
        raise InputError(
            f"solver {chosen.name} needs a smooth penalty, and l1_ratio > 0 is not; "
            "set l1_ratio=0 or solver='auto'"
        )
    return chosen
