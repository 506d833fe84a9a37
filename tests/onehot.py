"""One-hot tables as surveys and claims have them: what real categories do to a solver.

Full sets of indicators, levels from half of all rows down to single ones, variables nested in
others, and one level "not applicable" that many variables share on the same rows. So columns
depend on each other exactly or nearly, in dozens of ways that only a penalty resolves.
"""

import numpy as np
from scipy import sparse


def onehot(rows: int, variables: int, seed: int) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Give indicators of all levels, about 15 to a variable, and labels, 6% of them 1."""
    rng = np.random.default_rng(seed)
    applies, trait = rng.random(rows) < 0.5, rng.normal(size=rows)
    blocks, score, parent = [], 1.2 * trait, np.zeros(rows, int)
    for number in range(variables):
        code = graded(trait, int(rng.integers(3, 40)), rng)
        if number % 3 == 1:  # a level here implies that of the variable before
            code = parent * 3 + rng.integers(0, 3, rows) * (rng.random(rows) < 0.1)
        if number % 2:
            code = np.where(applies, code + 1, 0)
        parent = code
        blocks.append(indicators(code))
        score = score + blocks[-1] @ rng.normal(scale=0.4, size=blocks[-1].shape[1])
    margin = score + 1.5 * applies
    margin = 1.5 * (margin - np.quantile(margin, 0.94))
    y = rng.random(rows) < 1 / (1 + np.exp(-margin))
    return sparse.hstack(blocks, format="csr"), y.astype(int)


def graded(trait: np.ndarray, levels: int, rng: np.random.Generator) -> np.ndarray:
    """Cut a trait, seen through noise, into levels of very unlike frequencies."""
    ends = np.cumsum(rng.dirichlet(np.full(levels, 0.15)))[:-1]
    seen = trait + rng.normal(size=len(trait))
    return np.searchsorted(np.quantile(seen, np.clip(ends, 0, 1)), seen)


def indicators(code: np.ndarray) -> sparse.csr_matrix:
    """Give a column for each level."""
    levels, code = np.unique(code, return_inverse=True)
    shape, pointers = (len(code), len(levels)), np.arange(len(code) + 1)
    return sparse.csr_matrix((np.ones(len(code)), code, pointers), shape=shape)
