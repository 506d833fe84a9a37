"""Fewer rows than columns: with a ridge penalty only as many directions matter as there are rows.

With K = (X − m)(X − m)ᵀ = V·Λ·Vᵀ, where m are the column means,

    X − m = L·Q,   L = V·√Λ (n, r),   Q = √Λ⁻¹·Vᵀ·(X − m) (r, d),   Q·Qᵀ = I

A part of w that is orthogonal to the rows of Q costs penalty and moves no margin, so the
optimum has w = Qᵀ·v, and ‖w‖ = ‖v‖: the same problem with the features L (Hastie &
Tibshirani, "Efficient quadratic regularization for expression arrays", 2004, section 2).

Where the penalty weighs the columns in units s of their own, ½Σ(sⱼwⱼ)², all this is said of the
columns (X − m)/s and the coefficients s·w.

Derivation: docs/derivations/solvers.md.
"""

from dataclasses import dataclass, replace

import numpy as np

from glasslogit.core import TINY, Block, Floats, InMemory, make_block
from glasslogit.solvers import Callback, Progress, Trace
from glasslogit.sources import ArraySource

MOST_ROTATED_ROWS = 1000  # for which the n × n matrix K is a small one
EIGENVALUE_ROUNDING = 10 * float(np.finfo(float).eps)  # times n, of the eigenvalues of K


@dataclass(frozen=True, eq=False)
class Rotation:
    """The rows (n, d), means m and units s (d,), V·√Λ⁻¹ (n, r), the rows turned (n, r)."""

    block: Block
    centre: Floats
    scale: Floats
    inverse: Floats
    turned: InMemory

    def lift(self, theta: Floats) -> Floats:
        """Give θ (d+1, c) for θ (r+1, c) on the turned rows: s·w = Qᵀ·v, b less what m moves."""
        back = self.block.pullback(self.inverse @ theta[:-1])
        w = (back[:-1] - self.centre[:, None] * back[-1]) / self.scale[:, None] ** 2
        return np.vstack([w, theta[-1] - self.centre @ w])

    def lower(self, theta: Floats) -> Floats:
        """Give θ on the turned rows for θ on the rows, whose w is projected: v = Q·(s·w)."""
        b = theta[-1] + self.centre @ theta[:-1]
        return np.vstack([self.inverse.T @ (self.block.product(theta) - b), b])

    def lift_callback(self, callback: Callback) -> Callback:
        """Show a callback θ on the rows as they are."""

        def show(at: Progress) -> object:
            return callback(replace(at, reached=lambda: self.lift(at.theta)))

        return show

    def lift_trace(self, trace: Trace) -> Trace:
        """Give the trace with the weights kept in it for the rows as they are."""
        weights = np.array([self.lift(theta) for theta in trace.weights])
        return replace(trace, weights=weights)


def is_wide(source: InMemory) -> bool:
    """Tell whether there are fewer rows than columns, and not too many."""
    return source.X.shape[0] < min(source.X.shape[1], MOST_ROTATED_ROWS)


def rotate(source: InMemory, scales: Floats | float, *, intercept: bool) -> Rotation:
    """Turn the rows, for columns in units `scales`; two passes, this one and that of `lift`."""
    block = make_block(source.X, source.y, source.weight, source.offset)
    d = source.X.shape[1]
    centre, scale = block.mean() if intercept else np.zeros(d), np.ones(d) * np.ravel(scales)
    values, vectors = np.linalg.eigh(block.row_gram(centre, scale))
    values = np.maximum(values, TINY)  # rows that are all 0 keep a column
    kept = values > EIGENVALUE_ROUNDING * len(values) * values.max()
    root, V = np.sqrt(values[kept]), vectors[:, kept]
    turned = ArraySource(V * root, source.y, source.weight, source.offset, threads=source.threads)
    return Rotation(block, centre, scale, V / root, turned)
