"""Methods of minimising an objective: generators of steps, and the loop that runs them."""

from glasslogit.solvers.gradient_descent import GradientDescent
from glasslogit.solvers.kronecker_newton import KroneckerNewton
from glasslogit.solvers.lbfgs import LBFGS
from glasslogit.solvers.newton import Newton
from glasslogit.solvers.newton_cg import NewtonCG
from glasslogit.solvers.orthant_newton import OrthantNewton
from glasslogit.solvers.proximal_newton import ProximalNewton
from glasslogit.solvers.run import Outcome, Rules, Solver, Step, run
from glasslogit.solvers.sampled_newton import SampledNewton

__all__ = [
    "LBFGS",
    "GradientDescent",
    "KroneckerNewton",
    "Newton",
    "NewtonCG",
    "OrthantNewton",
    "Outcome",
    "ProximalNewton",
    "Rules",
    "SampledNewton",
    "Solver",
    "Step",
    "run",
]
