"""What the roads to an optimum cost, in readings of all rows, estimated before the fit.

    G = c·(product + MARGIN·n) + CALL   the work of a reading of n rows that gives a gradient
    H = c(c + 1)/2·gram                 ... of a Hessian besides, of p = (d + 1)·c coefficients
    F = p³/2                            ... of its inverse
    B = c·(gram + (d + 1)³/2)           ... of a Hessian and an inverse for each of c classes

    newton           READINGS·G + MOST_HESSIANS·(H + F)   where p is large, H serves for some steps
    sampled_newton   SLOPES·G + H + SAMPLED·(s·(G + H) + F)   for a share s of the rows sampled
    kronecker_newton PRECONDITIONED·G + 2·s·B             for three or more classes
    newton_cg        PRODUCTS·c·G                         at the least
    proximal_newton  as the better of the first two, and MOST_SYSTEMS·F besides
    orthant_newton   KINKED·c·G

For many classes of few columns H is less where the products of every two columns are made first, as
blocks do of dense rows: (c(c + 1)/2 + PAIRED)·n·d²/2. The rows tell `product` and `gram`, see
`core/work.py`. How often each is needed is what was counted on real and made tables of many kinds.
A wrong estimate costs time, and no digit.
"""

from math import inf
from typing import NamedTuple

from glasslogit.core import RowWork
from glasslogit.solvers.kronecker_newton import KroneckerNewton
from glasslogit.solvers.newton import MANY
from glasslogit.solvers.sampled_newton import SampledNewton, many_rows

MARGIN = 250.0  # the loss, the residual and the probability of a row, for each margin
CALL = 1e6  # a reading of however few rows
READINGS, MOST_HESSIANS, LEAST_HESSIANS = 10, 8, 3  # by Newton's method; least, of long use
SLOPES, SAMPLED = 8, 10  # from where samples have led; Hessians of the largest sample, all told
PRECONDITIONED = 60  # by gradients and products with factors or class blocks, however many classes
PAIRED = 70.0  # to make the products of two columns costs as much as to add up so many of them
PRODUCTS = 60  # for each margin: seldom fewer, and often hundreds, by conjugate gradients
MOST_SYSTEMS = 30  # until it is settled which coefficients are 0: from few to over 100
KINKED = 120  # the same under a kink: hundreds where the columns in use depend on each other


class Costs(NamedTuple):
    """What the roads to an optimum are expected to cost, in readings of all rows."""

    newton: float
    sampled_newton: float
    kronecker_newton: float
    products: float
    reading: float  # G, what one of them costs

    @property
    def others(self) -> tuple[float, float, float]:
        """What Newton's method costs on all rows, from samples and class by class."""
        return self.newton, self.sampled_newton, self.kronecker_newton

    @property
    def allowance(self) -> float:
        """What products may cost until others take over: nothing if these are to cost less."""
        least = min(self.others)
        return 0.0 if least <= self.products else least

    def __str__(self) -> str:
        """Write them for a report."""
        sampled, factors = (
            f", {road} {cost:,.0f}" if cost < inf else ""
            for road, cost in zip(("from samples", "class by class"), self.others[1:], strict=True)
        )
        hessians = f"expected to cost as much as {self.newton:,.0f} readings by Hessians"
        return f"{hessians}{sampled}{factors}, and {self.products:,.0f} or more by products"


def reading_work(rows: int, c: int, product: float) -> float:
    """Give G, the work of a reading of all rows that gives a gradient."""
    return c * (product + MARGIN * rows) + CALL


def costs(rows: int, shape: tuple[int, int], work: RowWork) -> Costs:
    """Estimate them for θ of a shape (d+1, c) by the table above.

    >>> print(costs(500, (31, 1), RowWork(product=2.1e5, gram=1.3e6)))
    expected to cost as much as 18 readings by Hessians, and 60 or more by products
    """
    (q, c), d = shape, shape[0] - 1
    p, pairs = q * c, c * (c + 1) / 2
    reading = reading_work(rows, c, work.product)
    gram = min(pairs * work.gram, (pairs + PAIRED) * rows * d**2 / 2) / reading
    inverse = p**3 / 2 / reading
    formed = max(MOST_HESSIANS / (1 + p // MANY), LEAST_HESSIANS)
    newton = READINGS + formed * (gram + inverse)
    sampled = classes = inf
    if many_rows(rows, p):
        share = SampledNewton().sampled_share(rows, p)
        sampled = SLOPES + share * SAMPLED * (1 + gram) + SAMPLED * inverse + gram
    if c > 1 and q <= rows:
        blocks = c * (work.gram + q**3 / 2) / reading
        classes = PRECONDITIONED + 2 * KroneckerNewton().sampled_share(rows, q) * blocks
    return Costs(newton, sampled, classes, float(PRODUCTS * c), reading)


def kinked_costs(rows: int, shape: tuple[int, int], work: RowWork) -> Costs:
    """Estimate them for a penalty with a kink: by Hessians, all of one solver, or by products.

    >>> print(kinked_costs(500, (31, 1), RowWork(product=2.1e5, gram=1.3e6)))
    expected to cost as much as 18 readings by Hessians, and 120 or more by products
    """
    smooth, (q, c) = costs(rows, shape, work), shape
    systems = MOST_SYSTEMS * (q * c) ** 3 / 2 / smooth.reading
    formed = min(smooth.newton, smooth.sampled_newton) + systems
    return Costs(formed, inf, inf, float(KINKED * c), smooth.reading)
