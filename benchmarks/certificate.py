"""Whether a certificate is ever smaller than the truth, and how much wider it is.

`python benchmarks/certificate.py` fits 1,000 random problems, stops each early at random and
compares `certificate_` and `verify` with the optimum in 40 digits; it writes certificate.md.
`python benchmarks/certificate.py 3000 --adversarial --seed 0` does so with fits that are made to
break a certificate, and writes the second part of it.
"""

import warnings
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path

import mpmath
import numpy as np

from glasslogit import LogisticRegression
from glasslogit.errors import GlasslogitWarning
from glasslogit.trust.verify import verify

HERE = Path(__file__).parent
CASES = 1000
BREAK = "## Fits made to break it\n"
PENALTIES = ("none", "l2", "l1", "elastic net")
SOLVERS = {
    "none": ("newton", "lbfgs"),
    "l2": ("newton", "lbfgs", "newton_cg"),
    "l1": ("proximal_newton", "orthant_newton"),
    "elastic net": ("proximal_newton", "orthant_newton"),
}


@dataclass(frozen=True)
class Problem:
    """Rows, and the settings of a fit that is stopped after some steps."""

    data: tuple[np.ndarray, np.ndarray]
    more: dict[str, np.ndarray]
    settings: dict[str, object]
    penalty: str
    K: int

    def fit(self, **changed: object) -> LogisticRegression:
        """Fit a model, with some settings changed."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", GlasslogitWarning)
            return LogisticRegression(**self.settings | changed).fit(*self.data, **self.more)


def make_problem(seed: int, most_rows: int = 90) -> Problem:
    """Draw a problem: classes, columns of any scale and place, weights, offsets, penalty."""
    rng = np.random.default_rng(seed)
    K, d, n = int(rng.integers(2, 5)), int(rng.integers(1, 5)), int(rng.integers(15, most_rows))
    scale = 10.0 ** rng.uniform(-2, 2, d)
    X = rng.normal(size=(n, d)) * scale
    true = rng.normal(size=(d, K)) * rng.uniform(0.1, 3.0) / scale[:, None]
    y = (X @ true + rng.gumbel(size=(n, K))).argmax(axis=1)
    y[:K] = np.arange(K)
    X += scale * rng.choice([0.0, 5.0, 100.0])
    more = {}
    if rng.random() < 0.5:
        more["sample_weight"] = rng.choice([rng.integers(1, 4, n), rng.uniform(0, 3, n)])
    if rng.random() < 0.3:
        more["offset"] = rng.normal(size=n if K == 2 else (n, K))
    penalty = str(rng.choice(PENALTIES))
    ratio = {"l1": 1.0, "elastic net": float(rng.uniform(0.1, 0.9))}.get(penalty, 0.0)
    settings = {
        "C": np.inf if penalty == "none" else float(10.0 ** rng.uniform(-2, 2)),
        "l1_ratio": ratio,
        "fit_intercept": bool(rng.random() < 0.85),
        "solver": str(rng.choice(SOLVERS[penalty])),
        "max_iter": int(rng.integers(1, 12)),
    }
    if penalty != "none" and rng.random() < 0.4:
        settings["penalty_factors"] = rng.choice([0.0, 0.5, 1.0, 3.0], d).tolist()
    return Problem((X, y), more, settings, penalty, K)


class Exact:
    """The objective of a problem in 40 digits: C·Σ weight·loss + penalty."""

    def __init__(self, problem: Problem) -> None:
        mpmath.mp.dps = 40
        X, y = problem.data
        n, d = X.shape
        self.c = 1 if problem.K == 2 else problem.K
        self.X = [[mpmath.mpf(float(x)) for x in row] + [mpmath.mpf(1)] for row in X]
        self.y = y.tolist()
        weight = problem.more.get("sample_weight", np.ones(n))
        self.weight = [mpmath.mpf(float(s)) for s in weight]
        offset = np.reshape(problem.more.get("offset", np.zeros((n, self.c))), (n, self.c))
        self.offset = [[mpmath.mpf(float(o)) for o in row] for row in offset]
        C, ratio = problem.settings["C"], mpmath.mpf(problem.settings["l1_ratio"])
        self.C = mpmath.mpf(1 if problem.penalty == "none" else C)
        factors = problem.settings.get("penalty_factors") or [1.0] * d
        if problem.penalty == "none" or not any(factors):
            factors, self.C = [0.0] * d, mpmath.mpf(1)
        self.kink = [mpmath.mpf(f) * ratio for f in factors] + [mpmath.mpf(0)]
        self.ridge = [mpmath.mpf(f) * (1 - ratio) for f in factors] + [mpmath.mpf(0)]
        self.intercept = bool(problem.settings["fit_intercept"])

    def lift(self, model: LogisticRegression) -> list[list[mpmath.mpf]]:
        """Give θ (d+1, c) of a model."""
        theta = np.vstack([model.coef_.T, model.intercept_])
        return [[mpmath.mpf(float(t)) for t in row] for row in theta]

    def probabilities(self, theta: list[list[mpmath.mpf]]) -> list[list[mpmath.mpf]]:
        """Give the probabilities (n, K) at θ."""
        rows = []
        for x, o in zip(self.X, self.offset, strict=True):
            z = [o[k] + mpmath.fsum(a * t[k] for a, t in zip(x, theta, strict=True))
                 for k in range(self.c)]  # fmt: skip
            e = [mpmath.exp(each) for each in ([mpmath.mpf(0), *z] if self.c == 1 else z)]
            total = mpmath.fsum(e)
            rows.append([each / total for each in e])
        return rows

    def value(self, theta: list[list[mpmath.mpf]]) -> mpmath.mpf:
        """Give the objective at θ."""
        p = self.probabilities(theta)
        rows = zip(self.weight, p, self.y, strict=True)
        loss = -mpmath.fsum(s * mpmath.log(each[k]) for s, each, k in rows)
        terms = zip(theta, self.kink, self.ridge, strict=True)
        return self.C * loss + mpmath.fsum(
            k * abs(t) + r * t * t / 2 for row, k, r in terms for t in row
        )

    def newton(self, theta: list[list[mpmath.mpf]]) -> list[list[mpmath.mpf]]:
        """Take a Newton step among the coefficients that are free to move."""
        c, first = self.c, 1 if self.c == 1 else 0
        free = [
            (j, k)
            for j, row in enumerate(theta[: -1 if not self.intercept else None])
            for k, t in enumerate(row)
            if t != 0 or self.kink[j] == 0
        ]
        size = len(free)
        g, H = mpmath.zeros(size, 1), mpmath.zeros(size, size)
        for x, s, p, y in zip(self.X, self.weight, self.probabilities(theta), self.y, strict=True):
            for a, (j, k) in enumerate(free):
                pk = p[k + first]
                g[a] += self.C * s * x[j] * (pk - int(y == k + first))
                for b, (m, i) in enumerate(free[: a + 1]):
                    bend = pk * (int(k == i) - p[i + first])
                    H[a, b] += self.C * s * x[j] * x[m] * bend
        for a, (j, k) in enumerate(free):
            t = theta[j][k]
            g[a] += self.ridge[j] * t + self.kink[j] * mpmath.sign(t)
            for b, (m, _) in enumerate(free[:a]):
                if c > 1 and j == m and self.kink[j] + self.ridge[j] == 0:
                    H[a, b] += H[a, a] / 2  # a shift of all classes changes nothing
                H[b, a] = H[a, b]
        for a, (j, _) in enumerate(free):
            shift = c > 1 and self.kink[j] + self.ridge[j] == 0
            H[a, a] += self.ridge[j] + (H[a, a] / 2 if shift else 0)
        step = mpmath.lu_solve(H, g)
        new = [list(row) for row in theta]
        for a, (j, k) in enumerate(free):
            new[j][k] -= step[a]
        return new

    def optimum(self, model: LogisticRegression, steps: int) -> list[list[mpmath.mpf]]:
        """Refine a fit that is near the optimum already, by steps of Newton's method."""
        best = self.lift(model)
        least = self.value(best)
        for _ in range(steps):
            try:
                new = self.newton(best)
            except ZeroDivisionError:
                break
            value = self.value(new)
            if value >= least:
                break
            best, least = new, value
        return best


@dataclass(frozen=True)
class Verdict:
    """The truth beside the bounds: objective, coefficients and probabilities."""

    penalty: str
    K: int
    true: tuple[float, float, float]
    bounds: dict[str, tuple[float, float, float]]
    separated: bool

    @property
    def wrong(self) -> list[str]:
        """Say which bounds are below the truth."""
        return [
            f"{name}: {bound} < {true}"
            for name, bounds in self.bounds.items()
            for bound, true in zip(bounds, self.true, strict=True)
            if bound < true
        ]


def judge(problem: Problem, steps: int = 3) -> Verdict:
    """Fit, stop early, and compare what is certified with the truth."""
    model = problem.fit()
    given = {
        "certificate_": model.certificate_,
        "verify": verify(model, *problem.data, **problem.more),
    }
    bounds = {name: (c.gap, c.coefficients, c.probability) for name, c in given.items()}
    solver = "newton" if problem.settings["l1_ratio"] == 0 else "proximal_newton"
    best = problem.fit(tol=1e-11, max_iter=500, solver=solver)
    if best.outcome_.name == "SEPARATED":
        true = (np.inf, np.inf, 0.0)
        return Verdict(problem.penalty, problem.K, true, bounds, separated=True)
    exact = Exact(problem)
    here, there = exact.lift(model), exact.optimum(best, steps)
    gap = float(exact.value(here) - exact.value(there))
    p, q = exact.probabilities(here), exact.probabilities(there)
    kept = [i for i, s in enumerate(exact.weight) if s > 0]
    probability = max(float(abs(a - b)) for i in kept for a, b in zip(p[i], q[i], strict=True))
    far = max(map(float, distances(exact, here, there)))
    return Verdict(problem.penalty, problem.K, (gap, far, probability), bounds, separated=False)


def distances(exact: Exact, here: list, there: list) -> list[mpmath.mpf]:
    """List the distances of the coefficients; shifts of all classes do not count if free."""
    far = []
    for j, (one, other) in enumerate(zip(here[:-1], there[:-1], strict=True)):
        apart = [a - b for a, b in zip(one, other, strict=True)]
        free = exact.c > 1 and exact.kink[j] + exact.ridge[j] == 0
        middle = mpmath.fsum(apart) / exact.c if free else 0
        far += [abs(a - middle) for a in apart]
    return far


def table(verdicts: list[Verdict]) -> str:
    """Give the widths as a table in Markdown."""
    lines = ["| penalty | classes | fits | proved | gap | coefficients | probability |"]
    lines += ["|---|---|---|---|---|---|---|"]
    for name in ("certificate_", "verify"):
        lines.append(f"| **`{name}`** | | | | | | |")
        for penalty in PENALTIES:
            for K in ("2", "3–4"):
                of = [v for v in verdicts if v.penalty == penalty and (v.K == 2) == (K == "2")]
                of = [v for v in of if not v.separated]
                cells = widths(of, name)
                proved = sum(np.isfinite(v.bounds[name][0]) for v in of)
                lines.append(f"| {penalty} | {K} | {len(of)} | {proved} | {' | '.join(cells)} |")
    return "\n".join(lines)


def widths(verdicts: list[Verdict], name: str) -> list[str]:
    """Give the median of bound / truth for gap, coefficients and probability."""
    cells = []
    for part in range(3):
        pairs = [(v.bounds[name][part], v.true[part]) for v in verdicts]
        ratios = [b / t for b, t in pairs if np.isfinite(b) and t > 0]
        cells.append(f"{np.median(ratios):.3g}" if ratios else "–")
    return cells


def ordinary(count: int) -> str:
    """Judge ordinary problems, and give the figures as Markdown."""
    verdicts = [judge(make_problem(seed)) for seed in range(count)]
    for seed, verdict in enumerate(verdicts):
        if verdict.wrong:
            print(seed, make_problem(seed).settings, verdict.wrong)
    wrong, separated = sum(bool(v.wrong) for v in verdicts), sum(v.separated for v in verdicts)
    return f"""# The certificate beside the truth

{count:,} random fits, each stopped after 1 to 11 steps: 2 to 4 classes, columns of any scale and
place, weights, offsets, penalty factors. The truth is the optimum in 40 digits. A bound was
smaller than the truth in **{wrong}** of them. {separated} have separated classes and no optimum,
and no bound was given for them. Made by `python benchmarks/certificate.py`, not typed.

Median of bound / truth, where there is a bound:

{table(verdicts)}

`certificate_` costs a fit no pass over many rows; `verify` reads the data.
"""


def main() -> None:
    """Judge all problems of a kind, and write its part of the report."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=CASES)
    parser.add_argument("--adversarial", action="store_true")
    parser.add_argument("--seed", type=int, default=0, help="the first, of --adversarial")
    asked = parser.parse_args()
    if asked.adversarial:
        from adversarial import report  # noqa: PLC0415  the tests load this file by its path

    text = report(asked.seed, asked.count) if asked.adversarial else ordinary(asked.count)
    print(text)
    first, _, second = (HERE / "certificate.md").read_text("utf-8").partition(BREAK)
    second = text.removeprefix(BREAK) if asked.adversarial else second
    if asked.count >= CASES:
        both = (first if asked.adversarial else text + "\n") + BREAK + second
        (HERE / "certificate.md").write_text(both, "utf-8")


if __name__ == "__main__":
    main()
