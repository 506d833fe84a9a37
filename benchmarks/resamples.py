"""What it saves to fit the resamples of a bootstrap together, and that nothing is lost by it.

    OPENBLAS_NUM_THREADS=1 nice python benchmarks/resamples.py

`bootstrap` as it is, and as it would be if each resample were fitted by itself, in turns. Counted
are the CPU seconds of the process, the least of some runs, and the passes over the rows. Writes
resamples.md; nothing there is typed.
"""

import sys
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer

from glasslogit import LogisticRegression, bootstrap
from glasslogit.sources import ArraySource

HERE = Path(__file__).parent
REPEATS, RESAMPLES = 3, 1000
REFITS = sys.modules["glasslogit.optimum.refits"]


def simulated(n: int, d: int, levels: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Draw rows of normal columns, and of indicators of so many levels, some of them rare."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, d))
    z = X[:, :3].sum(axis=1)
    if levels:
        level = rng.geometric(0.3, n).clip(max=levels)
        X = np.c_[X, level[:, None] == np.arange(1, levels)]
    return X, rng.random(n) < 1 / (1 + np.exp(-z))


PROBLEMS: dict[str, tuple[Any, dict[str, Any]]] = {
    "breast cancer, C = 1": (lambda: load_breast_cancer(return_X_y=True), {}),
    "simulated, 569 × 30, no penalty": (lambda: simulated(569, 30), {"C": np.inf}),
    "simulated, 300 × 6, no penalty": (lambda: simulated(300, 6), {"C": np.inf}),
    "12 levels and 6 numbers, 500 rows, C = 1": (lambda: simulated(500, 6, 12), {}),
    "simulated, 2,000 × 20, C = 1": (lambda: simulated(2000, 20), {}),
    "simulated, 2,000 × 50, C = 1": (lambda: simulated(2000, 50), {}),
}


@contextmanager
def one_by_one() -> Any:
    """Let each resample be fitted by itself."""
    chosen, REFITS.shared_objective = REFITS.shared_objective, lambda *_: None
    try:
        yield
    finally:
        REFITS.shared_objective = chosen


@contextmanager
def counted() -> Any:
    """Count the passes over the rows."""
    passes, total = [0], ArraySource.sum

    def count(self: ArraySource, question: Any) -> Any:
        passes[0] += 1
        return total(self, question)

    ArraySource.sum = count  # type: ignore[method-assign]
    try:
        yield passes
    finally:
        ArraySource.sum = total  # type: ignore[method-assign]


def row(name: str) -> str:
    """Measure one problem both ways."""
    make, settings = PROBLEMS[name]
    X, y = make()
    model = LogisticRegression(**settings).fit(X, y)
    resamples = RESAMPLES // (4 if len(y) > 1000 else 1)
    seconds: dict[bool, list[float]] = {True: [], False: []}
    passes, found = {}, {}
    for turn in range(2 * REPEATS):
        alone = turn % 2 == 0
        with one_by_one() if alone else nullcontext(), counted() as reads:
            began = time.process_time()
            found[alone] = bootstrap(model, X, y, resamples=resamples)
            seconds[alone].append(time.process_time() - began)
        passes[alone] = reads[0]
    apart = np.abs(found[True].samples - found[False].samples) / found[True].std_error
    before, after = min(seconds[True]), min(seconds[False])
    numbers = f"{resamples:,} | {before:.2f} | {after:.3f} | **{before / after:.1f}**"
    return f"| {name} | {numbers} | {passes[True]:,} | {passes[False]:,} | {apart.max():.0e} |"


def main() -> None:
    """Measure all problems, and write the page."""
    head = "| | resamples | one by one, s | together, s | ratio | passes | passes | apart |"
    lines = [
        "# Resamples fitted together",
        "",
        "A bootstrap whose resamples are fitted many at once, as they are, and one by one, as",
        f"they once were: CPU seconds, one thread, the least of {REPEATS} runs in turns. **apart**",
        "is the largest difference of a coefficient of a resample, in standard errors. Made by",
        "`OPENBLAS_NUM_THREADS=1 nice python benchmarks/resamples.py`; nothing here is typed.",
        "",
        head,
        "|" + " --- |" * 8,
    ]
    for name in PROBLEMS:
        lines.append(row(name))
        print(lines[-1], flush=True)
    (HERE / "resamples.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
