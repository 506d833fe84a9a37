"""The largest learning rate with which gradient descent is stable: 2/λ, λ the largest curvature.

Along an eigenvector of H with the eigenvalue λ a step of size α multiplies the distance to the
optimum by 1 − αλ, which is beyond ±1 for α > 2/λ.
"""

import numpy as np

from glasslogit.core import Objective

# The length of a product grows from one to the next by half the variance of λ² over its squared
# mean, λ² weighted by the squared parts of v. One that is 1% short of the largest λ, to which a
# share w of v belongs, grows by 2e-4·w at least. So a product that grows by less than 1e-6 is
# within 1%, unless less than 1/200 of v lies along the largest curvature.
GROWS, NEAR = 1e-6, 1.01
MOST_POWERS = 200  # passes at most, for a number in a warning


def stable_rate(f: Objective) -> float:
    """Give 2/λ, λ a bound on the curvature of f everywhere, from products with H, a pass each.

    Where all margins are 0 two classes curve most, by p·(1 − p) = ¼ in each row. Of K ≥ 3
    classes the curvature there, 1/K, can become ½ (Böhning, "Multinomial logistic regression
    algorithm", 1992). The products are those of the power method.
    """
    axes = f.coordinates.axes  # (c, c')
    u = np.zeros((f.features + int(f.coordinates.intercept), axes.shape[1]))
    at = f.at_margins(u, np.zeros((f.rows, len(axes))))
    v, largest = np.random.default_rng(0).normal(size=u.shape), 0.0
    for _ in range(MOST_POWERS):
        v, before = f.hessian_product(at, v / np.linalg.norm(v))[0], largest
        largest = float(np.linalg.norm(v))
        if largest - before <= GROWS * largest:
            break
    return 2.0 / (NEAR * largest * max(1.0, len(axes) / 2))
