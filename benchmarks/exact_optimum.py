"""The optimum of a logistic regression in 50 digits, by Newton's method: it shares no code with us.

Arithmetic is in 110 digits, of which near duplicates and far columns may lose more than half; where
columns are told apart by a penalty alone, in 800. Where no penalty holds every coefficient, an
optimum is known only where it is proved: the last step must have been so short, beside how far it
moves the margins of any row, that one exists nearby. Otherwise there is none, or it stays open.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import mpmath as mp
import numpy as np

DIGITS, MORE_DIGITS = 110, 800
STEPS, MORE_STEPS = 250, 30
HALVINGS = 60
SLOW = 150  # steps without an end in sight
FLAT = -0.7  # times the digits: a smaller pivot² is that of columns that depend on each other
SHORT = mp.mpf(10) ** -60  # a share of the objective that makes no difference to 50 digits
NEAR, FAR = mp.mpf("0.01"), mp.mpf("0.3")  # a step times the reach of the rows; 1 has no proof
Rows = list[list[mp.mpf]]


@dataclass(frozen=True)
class Exact:
    """C·Σ weight·loss + penalty. `T` (n, K) is the share of each class in each row."""

    X: np.ndarray
    T: np.ndarray
    weight: np.ndarray
    offset: np.ndarray  # (n, c)
    C: float
    l1_ratio: float
    factors: np.ndarray  # (d,)
    intercept: bool


class Optimum:
    """The objective of `Exact` for columns less a value of theirs, and where it is least.

    `exists` is True or False, or None where it stays open; `unique` tells whether there is one.
    """

    def __init__(self, problem: Exact, start: Rows | None = None) -> None:
        """Put the rows that have weight into 110 digits, and look for the optimum."""
        for self.digits in (DIGITS, MORE_DIGITS):
            with mp.workdps(self.digits):
                self._read(problem)
                if self.digits == DIGITS:
                    self.theta = [[mp.mpf(0)] * self.c for _ in range(self.p)]
                    given = self.theta if start is None else self.seen(start)
                    if self.value(given) < self.value(self.theta):
                        self.theta = given
                self.exists, self.unique = self._solve()
                self.least = self.value(self.theta)
            if self.unique or not self.held:
                break

    def _read(self, problem: Exact) -> None:
        kept = np.flatnonzero(problem.weight > 0)
        X, K = problem.X[kept], problem.T.shape[1]
        self.kept, self.d, self.c = kept, X.shape[1], 1 if K == 2 else K
        self.intercept = problem.intercept
        self.given = [[mp.mpf(float(x)) for x in row] for row in X]
        middle = np.sort(X, axis=0)[len(X) // 2]
        self.centre = [mp.mpf(float(m)) if problem.intercept else mp.mpf(0) for m in middle]
        constant = (middle == X).all(axis=0) if problem.intercept else (X == 0).all(axis=0)
        self.live = np.flatnonzero(~constant).tolist()
        self.columns = [[row[j] - self.centre[j] for row in self.given] for j in self.live]
        if problem.intercept:
            self.columns.append([mp.mpf(1)] * len(kept))
        self.p = len(self.columns)
        held = np.isfinite(problem.C) and bool(problem.factors.any())
        self.C = mp.mpf(problem.C) if held else mp.mpf(1)
        factors = [mp.mpf(float(f)) if held else mp.mpf(0) for f in problem.factors]
        ratio = mp.mpf(problem.l1_ratio)
        self.kinks = [f * ratio for f in factors]
        self.ridges = [f * (1 - ratio) for f in factors]
        self.held = all(self.kinks[j] + self.ridges[j] for j in self.live)
        self.round = all(self.ridges[j] for j in self.live)  # a small gap is a small distance
        none = [mp.mpf(0)] * int(problem.intercept)
        self.kink = [self.kinks[j] for j in self.live] + none
        self.ridge = [self.ridges[j] for j in self.live] + none
        self.T = [[mp.mpf(float(t)) for t in problem.T[i]] for i in kept]
        self.weight = [mp.mpf(float(problem.weight[i])) for i in kept]
        self.offset = [[mp.mpf(float(o)) for o in problem.offset[i]] for i in kept]
        p = range(self.p)
        self.products = {
            (j, m): [a * b for a, b in zip(self.columns[j], self.columns[m], strict=True)]
            for j in p for m in range(j + 1)
        }  # fmt: skip

    def seen(self, theta: tuple[np.ndarray, np.ndarray, np.ndarray]) -> Rows:
        """Give w (d, c), b (c,) of columns less a centre (d,) for the columns as seen here."""
        w, b, centre = theta
        W = [[mp.mpf(float(v)) for v in row] for row in w]
        last = [
            mp.mpf(float(b[k]))
            + mp.fsum(W[j][k] * (self.centre[j] - mp.mpf(float(centre[j]))) for j in range(self.d))
            for k in range(self.c)
        ]
        return [W[j] for j in self.live] + ([last] if self.intercept else [])

    def margins(self, theta: Rows) -> Rows:
        """Give the margins (n, c)."""
        by_class = [[row[k] for row in theta] for k in range(self.c)]
        rows = list(zip(*self.columns, strict=True)) or [()] * len(self.weight)
        return [
            [mp.fdot(x, t) + o for t, o in zip(by_class, offset, strict=True)]
            for x, offset in zip(rows, self.offset, strict=True)
        ]

    def probabilities(self, theta: Rows) -> tuple[Rows, Rows, list[mp.mpf]]:
        """Give p and 1 − p (n, K), both to all digits, and the loss of each row."""
        p, rest, losses = [], [], []
        for z, t in zip(self.margins(theta), self.T, strict=True):
            scores = [mp.mpf(0), *z] if self.c == 1 else z
            top = max(scores)
            e = [mp.exp(s - top) for s in scores]
            total = mp.fsum(e)
            p.append([each / total for each in e])
            rest.append([mp.fsum(e[:k] + e[k + 1 :]) / total for k in range(len(e))])
            others = total - 1 if total - 1 > mp.mpf(10) ** -30 else mp.fsum(sorted(e)[:-1])
            losses.append(mp.fsum(a * (top - s) for a, s in zip(t, scores, strict=True))
                          + mp.log1p(others) * mp.fsum(t))  # fmt: skip
        return p, rest, losses

    def value(self, theta: Rows) -> mp.mpf:
        """Give the objective."""
        loss = mp.fdot(self.weight, self.probabilities(theta)[2])
        return self.C * loss + self.penalty(theta, self.kink, self.ridge)

    def penalty(self, theta: Rows, kink: Sequence[mp.mpf], ridge: Sequence[mp.mpf]) -> mp.mpf:
        """Give the penalty of some coefficients."""
        terms = zip(theta, kink, ridge, strict=True)
        return mp.fsum(k * abs(t) + r * t * t / 2 for row, k, r in terms for t in row)

    def model(self, at: Rows) -> tuple[list[mp.mpf], list[list[mp.mpf]]]:
        """Give gradient (p·c,) and Hessian of the smooth part, with curvature along free shifts."""
        c, first = self.c, 1 if self.c == 1 else 0
        p, rest, _ = self.probabilities(at)
        S = [self.C * s for s in self.weight]
        g = [mp.mpf(0)] * (self.p * c)
        H = [[mp.mpf(0)] * (self.p * c) for _ in range(self.p * c)]
        for a in range(c):
            own = [
                s * sum((t[m] * (-rest[i][m] if m == a + first else p[i][a + first])
                         for m in range(len(t)) if t[m]), mp.mpf(0))
                for i, (s, t) in enumerate(zip(S, self.T, strict=True))
            ]  # fmt: skip
            for j in range(self.p):
                g[j * c + a] = mp.fdot(own, self.columns[j])
            for b in range(a + 1):
                h = [
                    s * p[i][a + first] * (rest[i][a + first] if a == b else -p[i][b + first])
                    for i, s in enumerate(S)
                ]
                for (j, m), xx in self.products.items():
                    total = mp.fdot(h, xx)
                    for x, y in ((j * c + a, m * c + b), (j * c + b, m * c + a)):
                        H[x][y] = H[y][x] = total
        for j in range(self.p):
            free = c > 1 and self.kink[j] + self.ridge[j] == 0
            size = mp.fsum(H[j * c + a][j * c + a] for a in range(c)) / c**2
            for a in range(c):
                g[j * c + a] += self.ridge[j] * at[j][a]
                H[j * c + a][j * c + a] += self.ridge[j]
                for b in range(c) if free else ():
                    H[j * c + a][j * c + b] += size
        return g, H

    def _solve(self) -> tuple[bool | None, bool]:
        """Go to the optimum by Newton's method among coefficients that are not held at 0."""
        c, theta, since = self.c, self.theta, 0
        signs = {j * c + a: mp.sign(theta[j][a]) for j in range(self.p) for a in range(c)
                 if self.kink[j] == 0 or theta[j][a] != 0}  # fmt: skip
        value, self.trust = self.value(theta), mp.mpf(4)
        for _ in range(STEPS if self.digits == DIGITS else MORE_STEPS):
            g, H = self.model(theta)
            active, since = sorted(signs), since + 1
            root = Root(H, active)
            slope = [g[q] + self.kink[q // c] * signs[q] for q in active]
            step = root.solve([-each for each in slope])
            nu = mp.sqrt(abs(mp.fdot(slope, step)))
            done = nu**2 <= value * SHORT
            if not done:
                theta, there, done = self._descend(theta, value, signs, active, step)
                value = there
            if done:
                entering = self._entering(g, signs)
                if entering is not None:
                    signs[entering], since = -mp.sign(g[entering]), 0
                    continue
            if nu**2 <= value * SHORT and not (root.flat or any(self.kink)):
                moves = iter(step)  # the last step, which the objective does not show
                theta = [[v + next(moves) for v in row] for row in theta]
            self.theta = theta
            if done or (since > SLOW and not self.held):
                near = nu * self._reach(root, active)
                if self.held and nu**2 <= value * SHORT:
                    return True, not root.flat and (near < NEAR or self.round)
                exists = True if near < NEAR else False if near > FAR and not self.held else None
                return (None if root.flat and not exists else exists), not root.flat
        return None, True

    def _descend(
        self, theta: Rows, value: mp.mpf, signs: dict[int, mp.mpf], active: list[int], step: list
    ) -> tuple[Rows, mp.mpf, bool]:
        """Go along a step as far as the objective falls and no sign changes; True where it ends."""
        c, crossed = self.c, None
        moves = [[mp.mpf(0)] * c for _ in range(self.p)]
        for q, s in zip(active, step, strict=True):
            moves[q // c][q % c] = s
        far = max(abs(z - o) for row, offset in zip(self.margins(moves), self.offset, strict=True)
                  for z, o in zip(row, offset, strict=True))  # fmt: skip
        t = min(mp.mpf(1), self.trust / far) if far else mp.mpf(1)
        for q, s in zip(active, step, strict=True):
            at = theta[q // c][q % c]
            if self.kink[q // c] and s * signs[q] < 0 and -at / s <= t:
                t, crossed = -at / s, q
        for _ in range(HALVINGS):
            new = [list(row) for row in theta]
            for q, s in zip(active, step, strict=True):
                new[q // c][q % c] += t * s
            if crossed is not None:
                new[crossed // c][crossed % c] = mp.mpf(0)
            there = self.value(new)
            if there < value or (crossed is not None and t == 0):
                signs.pop(crossed, None)
                self.trust = max(self.trust, 2 * t * far)
                return new, there, False
            t, crossed, self.trust = t / 2, None, t * far / 2
        return theta, value, True

    def _entering(self, g: list[mp.mpf], signs: dict[int, mp.mpf]) -> int | None:
        """Give the coefficient that is 0 and most wants not to be, if there is one."""
        excess = {q: abs(x) / self.kink[q // self.c] - 1 for q, x in enumerate(g) if q not in signs}
        q = max(excess, key=excess.__getitem__, default=None)
        return q if q is not None and excess[q] > SHORT else None

    def _reach(self, root: "Root", active: list[int]) -> mp.mpf:
        """Give how far apart a step of length 1 moves the margins of any row."""
        most = mp.mpf(0)
        for i in range(len(self.weight)):
            norms = []
            for a in range(self.c):
                row = [self.columns[q // self.c][i] if q % self.c == a else mp.mpf(0)
                       for q in active]  # fmt: skip
                norms.append(root.length(row))
            most = max(most, mp.fsum(sorted(norms)[-2:]))
        return most


class Root:
    """The Cholesky factor of some rows and columns of H, scaled to a unit diagonal.

    `flat` tells whether it is singular; then a little is added to it.
    """

    def __init__(self, H: list[list[mp.mpf]], active: list[int]) -> None:
        """Factor it."""
        self.size = [mp.sqrt(H[q][q]) or mp.mpf(1) for q in active]
        self.flat, self.L = False, list[list[mp.mpf]]()
        for a, q in enumerate(active):
            row = list[mp.mpf]()
            for b, m in enumerate(active[:a]):
                of = H[q][m] / self.size[a] / self.size[b]
                row.append((of - mp.fdot(row, self.L[b][:b])) / self.L[b][b])
            pivot = (1 if H[q][q] else 0) - mp.fdot(row, row)
            least = mp.mpf(10) ** int(FLAT * mp.mp.dps)
            if pivot < least:
                self.flat, pivot = True, least
            self.L.append([*row, mp.sqrt(pivot)])

    def _forward(self, r: list[mp.mpf]) -> list[mp.mpf]:
        out = list[mp.mpf]()
        for a, row in enumerate(self.L):
            out.append((r[a] / self.size[a] - mp.fdot(row[:a], out)) / row[a])
        return out

    def length(self, r: list[mp.mpf]) -> mp.mpf:
        """Give √rᵀH⁻¹r."""
        out = self._forward(r)
        return mp.sqrt(mp.fdot(out, out))

    def solve(self, r: list[mp.mpf]) -> list[mp.mpf]:
        """Give H⁻¹r."""
        out = self._forward(r)
        for a in reversed(range(len(out))):
            later = mp.fsum(self.L[b][a] * out[b] for b in range(a + 1, len(out)))
            out[a] = (out[a] - later) / self.L[a][a]
        return [x / s for x, s in zip(out, self.size, strict=True)]
