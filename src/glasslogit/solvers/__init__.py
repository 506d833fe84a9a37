"""Methods of minimising an objective: generators of steps, and the loop that runs them."""

from glasslogit.solvers.choose import NAMES, choose, named, resolve
from glasslogit.solvers.convergence import FEW_ROWS, run
from glasslogit.solvers.costs import costs
from glasslogit.solvers.gradient_descent import GradientDescent
from glasslogit.solvers.kronecker_newton import KroneckerNewton
from glasslogit.solvers.lbfgs import LBFGS, CurvaturePair, make_pair, two_loop
from glasslogit.solvers.line_search import advance
from glasslogit.solvers.newton import MANY, Newton
from glasslogit.solvers.newton_cg import NewtonCG
from glasslogit.solvers.newton_of_many import Settled, newton_of_many
from glasslogit.solvers.orthant_newton import OrthantNewton
from glasslogit.solvers.outcome import Outcome
from glasslogit.solvers.proximal_newton import ProximalNewton, proximal_steps
from glasslogit.solvers.result import Fallback, Result, Step
from glasslogit.solvers.sampled_newton import SampledNewton
from glasslogit.solvers.solver import Rules, Solver
from glasslogit.solvers.trace import Callback, Progress, Trace, print_every
from glasslogit.solvers.unseen import FEW_COEFFICIENTS

__all__ = [
    "FEW_COEFFICIENTS",
    "FEW_ROWS",
    "LBFGS",
    "MANY",
    "NAMES",
    "Callback",
    "CurvaturePair",
    "Fallback",
    "GradientDescent",
    "KroneckerNewton",
    "Newton",
    "NewtonCG",
    "OrthantNewton",
    "Outcome",
    "Progress",
    "ProximalNewton",
    "Result",
    "Rules",
    "SampledNewton",
    "Settled",
    "Solver",
    "Step",
    "Trace",
    "advance",
    "choose",
    "costs",
    "make_pair",
    "named",
    "newton_of_many",
    "print_every",
    "proximal_steps",
    "resolve",
    "run",
    "two_loop",
]
