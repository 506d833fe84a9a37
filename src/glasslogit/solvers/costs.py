"""What the roads to an optimum cost, in readings of all rows, estimated before the fit.

    G = c·(product + MARGIN·n) + CALL   the work of a reading of n rows that gives a gradient
    H = c(c + 1)/2·gram                 ... of a Hessian besides, of p = (d + 1)·c coefficients
    F = p³/2                            ... of its inverse

    newton           READINGS·G + MOST_HESSIANS·(H + F)   where p is large, H serves for some steps
    sampled_newton   SLOPES·G + H + SAMPLED·(s·(G + H) + F)   for a share s of the rows sampled
    newton_cg        PRODUCTS·c·G                         at the least

The rows tell `product` and `gram`, see `core/work.py`. How often each is needed is what was counted
on real and made tables of many kinds. A wrong estimate costs time, and no digit.
"""

from math import inf
from typing import NamedTuple

from glasslogit.core import RowWork
from glasslogit.solvers.newton import MANY
from glasslogit.solvers.sampled_newton import SampledNewton, many_rows

MARGIN = 250.0  # the loss, the residual and the probability of a row, for each margin
CALL = 1e6  # a reading of however few rows
READINGS, MOST_HESSIANS, LEAST_HESSIANS = 10, 8, 3  # by Newton's method; least, of long use
SLOPES, SAMPLED = 8, 10  # from where samples have led; Hessians of the largest sample, all told
PRODUCTS = 60  # for each margin: seldom fewer, and often hundreds, by conjugate gradients


class Costs(NamedTuple):
    """What the roads to an optimum are expected to cost, in readings of all rows."""

    newton: float
    sampled_newton: float
    products: float

    @property
    def allowance(self) -> float:
        """What products may cost until Hessians take over: nothing if these are to cost less."""
        hessians = min(self.newton, self.sampled_newton)
        return 0.0 if hessians <= self.products else hessians

    def __str__(self) -> str:
        """Write them for a report."""
        sampled = f", from samples {self.sampled_newton:,.0f}" if self.sampled_newton < inf else ""
        return (
            f"expected to cost as much as {self.newton:,.0f} readings by Hessians{sampled}, "
            f"and {self.products:,.0f} or more by products"
        )


def costs(rows: int, shape: tuple[int, int], work: RowWork) -> Costs:
    """Estimate them for θ of a shape (d+1, c) by the table above.

    >>> print(costs(500, (31, 1), RowWork(product=2.1e5, gram=1.3e6)))
    expected to cost as much as 18 readings by Hessians, and 60 or more by products
    """
    margins, p = shape[1], shape[0] * shape[1]
    reading = margins * (work.product + MARGIN * rows) + CALL
    gram, inverse = margins * (margins + 1) / 2 * work.gram / reading, p**3 / 2 / reading
    formed = max(MOST_HESSIANS / (1 + p // MANY), LEAST_HESSIANS)
    newton = READINGS + formed * (gram + inverse)
    sampled = inf
    if many_rows(rows, p):
        share = SampledNewton().sampled_share(rows, p)
        sampled = SLOPES + share * SAMPLED * (1 + gram) + SAMPLED * inverse + gram
    return Costs(newton, sampled, float(PRODUCTS * margins))
