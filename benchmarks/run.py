"""CPU seconds of one thread that each library needs to reach a relative gap of 1e-6.

Everybody minimises C·Σ loss + ½‖w‖² with a free intercept; the optimum is ours at a tolerance
of 1e-10. Each peer goes down its ladder of tolerances, and the first that reaches the gap
counts: the tolerance that would have been chosen by someone who knew the answer. The clock
is the CPU time of the process, the smaller of two runs after a warm-up on little data.

    python benchmarks/run.py [part of a problem's name ...]
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import importlib  # noqa: E402
import pkgutil  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
import warnings  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402

sys.path.insert(0, str(Path(__file__).parent))
import peers  # noqa: E402
from report import report  # noqa: E402

from problems import PROBLEMS, Problem, tall  # noqa: E402

GAP = 1e-6
RUNS = 2


def objective(problem, coef, intercept):
    """C·Σ loss + ½‖w‖² (Σ loss without a penalty), computed without any of the libraries."""
    z = problem.X @ np.asarray(coef).T + intercept
    z = np.column_stack([np.zeros(len(z)), z]) if z.shape[1] == 1 else z
    top = z.max(axis=1)
    losses = top + np.log(np.exp(z - top[:, None]).sum(axis=1)) - z[np.arange(len(z)), problem.y]
    return losses.sum() + np.sum(np.square(coef)) / 2 / problem.C


def timed(peer, problem, tol):
    """Give the CPU seconds of a fit, the smaller of `RUNS`, and the fit."""
    seconds = []
    for _ in range(RUNS):
        began = time.process_time()
        fit = peer.fit(problem, tol)
        seconds.append(time.process_time() - began)
        if seconds[0] > 3:
            break
    return min(seconds), fit


def measure(peer, problem, best):
    """Go down the ladder until the gap is reached."""
    reached = np.inf
    for tol in peer.TOLERANCES:
        seconds, (coef, intercept, note) = timed(peer, problem, tol)
        reached = min(reached, objective(problem, coef, intercept) / best - 1)
        if reached <= GAP:
            return {"seconds": seconds, "tol": tol, "note": note}
        if seconds > 15:
            break
    return {"seconds": None, "tol": None, "note": f"gap {reached:.1e} at best"}


def load_peers():
    """Import every peer that is installed."""
    found = {}
    for item in pkgutil.iter_modules(peers.__path__):
        try:
            found[item.name] = importlib.import_module(f"peers.{item.name}")
        except ImportError as error:
            print(f"left out: {item.name} ({error})")
    return found


def main(wanted):
    """Measure, print as it goes, and write the report."""
    libraries, rows = load_peers(), []
    for peer in libraries.values():
        try:
            peer.fit(tall(500, 5), 1e-4)
        except NotImplementedError:
            peer.fit(tall(500, 5, C=np.inf), 1e-4)
    for name, make in PROBLEMS.items():
        if wanted and not any(part in name for part in wanted):
            continue
        problem: Problem = make()
        exact = libraries["glasslogit"].fit(problem, 1e-10)
        best = objective(problem, *exact[:2])
        unit = min(product(problem.X) for _ in range(5))
        for library, peer in libraries.items():
            try:
                row = measure(peer, problem, best)
            except NotImplementedError:
                continue
            rows.append({"problem": name, "library": library, "unit": unit, **row})
            print(name, library, row, flush=True)
    if not wanted:
        report(rows)


def product(X):
    """Time one X @ w, the unit in which a reading of the data can be counted."""
    w = np.ones(X.shape[1])
    began = time.process_time()
    X @ w
    return time.process_time() - began


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1:])
