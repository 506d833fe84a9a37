"""How often nominal 95 % intervals cover what they are for; writes coverage.md. Seeded.

nice python benchmarks/interval_coverage.py
"""

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from glasslogit import LogisticRegression, marginal_effects, probability_intervals, summarize
from glasslogit.errors import GlasslogitError

REPEATS = 2000
PROMISED = 0.935, 0.965
HERE = Path(__file__).resolve().parent


class Draw(NamedTuple):
    """Rows of one repetition; `groups` numbers their clusters, if they have any."""

    X: np.ndarray
    y: np.ndarray
    groups: np.ndarray | None = None


class Study(NamedTuple):
    """A way to draw rows, what is true of them, and the intervals to judge.

    `truth` are the reported coefficients, the intercept first. Each interval has a name, the
    function that makes it, giving ends (m, 2) and truths (m,), and whether theory promises it.
    """

    title: str
    draw: Callable[[np.random.Generator], Draw]
    truth: np.ndarray
    intervals: list[tuple[str, Callable[..., tuple[np.ndarray, np.ndarray]], bool]]


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Give 1 / (1 + e⁻ᶻ)."""
    return 1.0 / (1.0 + np.exp(-z))


def coefficients(**settings: Any) -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """Judge the intervals of the coefficients."""

    def ends(model: Any, rows: Draw, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        groups = rows.groups if settings.get("covariance") == "cluster" else None
        summary = summarize(model, rows.X, rows.y, groups=groups, **settings)
        return np.column_stack([summary.ci_low, summary.ci_high]), truth

    return ends


POINTS = np.array([[0.0, 0.0], [1.0, -0.5], [-1.5, 1.0]])


def probabilities(model: Any, rows: Draw, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Judge the intervals of the probabilities at three points."""
    sure = probability_intervals(summarize(model, rows.X, rows.y), POINTS)
    p = sigmoid(truth[0] + POINTS @ truth[1:])
    return np.column_stack([sure.ci_low[:, 1], sure.ci_high[:, 1]]), p


def effects(model: Any, rows: Draw, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Judge the intervals of the average marginal effects on these rows."""
    found = marginal_effects(model, rows.X, rows.y)
    p = sigmoid(truth[0] + rows.X @ truth[1:])
    return np.column_stack([found.ci_low, found.ci_high]), (p * (1 - p)).mean() * truth[1:]


def binary(n: int, truth: np.ndarray) -> Callable[[np.random.Generator], Draw]:
    """Draw from the model itself."""

    def draw(rng: np.random.Generator) -> Draw:
        X = rng.normal(size=(n, len(truth) - 1))
        return Draw(X, (rng.random(n) < sigmoid(truth[0] + X @ truth[1:])).astype(int))

    return draw


def softmax(n: int, truth: np.ndarray) -> Callable[[np.random.Generator], Draw]:
    """Draw three classes from the model itself; `truth` holds two equations."""
    theta = truth.reshape(2, -1)

    def draw(rng: np.random.Generator) -> Draw:
        X = rng.normal(size=(n, theta.shape[1] - 1))
        scores = np.column_stack([np.zeros(n), theta[:, 0] + X @ theta[:, 1:].T])
        return Draw(X, (scores + rng.gumbel(size=scores.shape)).argmax(axis=1))

    return draw


def bent(n: int) -> Callable[[np.random.Generator], Draw]:
    """Draw from a curve that the model does not have."""

    def draw(rng: np.random.Generator) -> Draw:
        X = rng.normal(size=(n, 2))
        score = -1.5 + X[:, 0] ** 2 + 0.5 * X[:, 1]
        return Draw(X, (rng.random(n) < sigmoid(score)).astype(int))

    return draw


def clustered(clusters: int, size: int) -> Callable[[np.random.Generator], Draw]:
    """Draw rows of one cluster that share a part of their log-odds and a column."""

    def draw(rng: np.random.Generator) -> Draw:
        groups = np.repeat(np.arange(clusters), size)
        X = np.column_stack([rng.normal(size=clusters)[groups], rng.normal(size=clusters * size)])
        score = -0.5 + 0.5 * X[:, 0] - 0.5 * X[:, 1] + rng.normal(size=clusters)[groups]
        return Draw(X, (rng.random(len(groups)) < sigmoid(score)).astype(int), groups)

    return draw


def best(draw: Callable[[np.random.Generator], Draw]) -> np.ndarray:
    """Give the coefficients nearest to a law that the model does not have: those of many rows."""
    rng = np.random.default_rng(0)
    parts = [draw(rng) for _ in range(2_000_000 // len(draw(rng).y))]
    X, y = np.concatenate([p.X for p in parts]), np.concatenate([p.y for p in parts])
    model = LogisticRegression(C=np.inf).fit(X, y)
    return np.concatenate([model.intercept_, model.coef_[0]])


def studies() -> Iterator[Study]:
    """List the studies."""
    wald, profile = (
        ("Wald", coefficients(), True),
        ("profile", coefficients(intervals="profile"), True),
    )
    robust = [(kind, coefficients(covariance=kind), True) for kind in ("HC0", "HC1", "HC3")]
    truth = np.array([-0.5, 0.8, -0.4])
    more = [("probability", probabilities, True), ("marginal effect", effects, True)]
    yield Study("500 rows of the model", binary(500, truth), truth, [wald, profile, *robust, *more])
    few = np.array([-3.3, 0.8, -0.4])
    title = "1,000 rows of the model, one event in 20"
    yield Study(title, binary(1000, few), few, [wald, profile, *robust[1:2]])
    three = np.array([0.3, 0.8, -0.4, -0.5, -0.3, 0.6])
    yield Study("500 rows, three classes", softmax(500, three), three, [wald, profile, robust[0]])
    curve, nested = bent(1000), clustered(100, 5)
    none = ("classical", coefficients(), False)
    yield Study("1,000 rows of another curve", curve, best(curve), [none, *robust])
    groups = ("cluster", coefficients(covariance="cluster"), True)
    independent = ("HC0", coefficients(covariance="HC0"), False)
    yield Study("100 clusters of 5 rows", nested, best(nested), [none, independent, groups])


def judge(study: Study) -> tuple[list[np.ndarray], int]:
    """Give how often each interval covers each truth, and the repetitions without an optimum."""
    rng = np.random.default_rng(1)
    hits: list[list[np.ndarray]] = [[] for _ in study.intervals]
    lost = 0
    for _ in range(REPEATS):
        rows = study.draw(rng)
        try:
            model = LogisticRegression(C=np.inf).fit(rows.X, rows.y)
            found = [make(model, rows, study.truth) for _, make, _ in study.intervals]
        except GlasslogitError:
            lost += 1
            continue
        for hit, (ends, truth) in zip(hits, found, strict=True):
            hit.append((ends[:, 0] <= truth) & (truth <= ends[:, 1]))
    return [np.mean(hit, axis=0) for hit in hits], lost


def report() -> str:
    """Run all studies and write the tables."""
    lines, kept, promises = [], 0, 0
    for study in studies():
        shares, lost = judge(study)
        lines += [f"\n## {study.title}\n"]
        lines += [f"{lost} repetitions had no optimum and are left out.\n"] if lost else []
        lines += [
            "| interval | least | mean | most | promised |",
            "| --- | --- | --- | --- | --- |",
        ]
        for (name, _, promised), share in zip(study.intervals, shares, strict=True):
            low, mean, high = (f"{100 * x:.1f} %" for x in (share.min(), share.mean(), share.max()))
            inside = PROMISED[0] <= share.min() and share.max() <= PROMISED[1]
            verdict = ("yes: kept" if inside else "yes: **missed**") if promised else "no"
            promises, kept = promises + promised, kept + (promised and inside)
            lines.append(f"| {name} | {low} | {mean} | {high} | {verdict} |")
            print(study.title, name, low, mean, high, verdict, flush=True)
    band, chance = [f"{100 * x:.1f}" for x in PROMISED], 100 * (0.95 * 0.05 / REPEATS) ** 0.5
    head = f"""# Coverage

How often nominal 95 % intervals cover what they are for, in {REPEATS:,} repetitions: the least, the
mean and the most over the coefficients (or points). Where theory promises 95 %, at these sizes
{band[0]} to {band[1]} % are wanted: {kept} of {promises} promises are kept. By chance alone a share
moves by {chance:.1f} points (one standard error). Where the rows are not drawn from the model, the
truth is the fit of two million rows. Made by
`nice python benchmarks/interval_coverage.py`; nothing here is typed.
"""
    return "\n".join([head.rstrip(), *lines, ""])


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    (HERE / "interval_coverage.md").write_text(report(), "utf-8")
