"""One library on one problem, in a process of its own; run.py starts it.

Goes down the library's ladder of tolerances and writes a line of JSON for each, until the gap
is reached or the seconds are spent. The clock is stopped while data are laid out as the peer
likes them and during a first fit on a few rows, which compiles what is compiled at first use.
The objective is computed here, without any of the libraries.
"""

import importlib
import json
import signal
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from results import GAP
from scipy import sparse

from problems import Problem, folds, load

WORSE = -1e-8  # further below the best known: the best was none, go on
AGAIN = 0.5  # seconds of repetition of what is clocked
COMPILING = 90.0  # seconds for the first fit on a few rows
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def objective(problem: Problem, coef: Any, intercept: Any) -> float:
    """Σ loss + (l1_ratio·‖w‖₁ + (1 − l1_ratio)·½‖w‖²) / C, by log-sum-exp."""
    w, ratio = np.asarray(coef), problem.l1_ratio
    z = problem.X @ w.T + intercept
    z = np.column_stack([np.zeros(len(z)), z]) if z.shape[1] == 1 else z
    top = z.max(axis=1)
    losses = top + np.log(np.exp(z - top[:, None]).sum(axis=1)) - z[np.arange(len(z)), problem.y]
    penalty = ratio * np.abs(w).sum() + (1 - ratio) * np.square(w).sum() / 2
    return float(losses.sum() + penalty / problem.C)


def objectives(problem: Problem, result: Any) -> list[float]:
    """Give the objective of a fit; of each fold and C of a path; 1 for a prediction."""
    if problem.task == "one_row":
        return [1.0]
    coefs, intercepts, *_ = result
    if problem.task == "fit":
        return [objective(problem, coefs, intercepts)]
    found = []
    for k, (rows, _) in enumerate(folds(len(problem.y))):
        part = problem._replace(X=problem.X[rows], y=problem.y[rows])
        for i, C in enumerate(problem.Cs):
            w, b = np.reshape(coefs[k][i], (1, -1)), np.reshape(intercepts[k][i], 1)
            found.append(objective(part._replace(C=C), w, b))
    return found


def clock(function: Callable[[], Any], again: float = 0.0) -> tuple[float, float, Any]:
    """Give CPU and wall seconds and the value: the least of runs that fill some seconds more."""
    cpu, wall, result = [], [], None
    while not cpu or (sum(wall) < again and len(cpu) < 1000):
        began = time.process_time(), time.perf_counter()
        result = function()
        cpu.append(time.process_time() - began[0])
        wall.append(time.perf_counter() - began[1])
    return min(cpu), min(wall), result


def memory(kind: str) -> float:
    """Read from Linux how many bytes are resident, VmRSS, or have been at the peak, VmHWM."""
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(kind))
    return 1024.0 * int(line.split()[1])


def few_rows(problem: Problem) -> Problem:
    """Take some rows of each class, and of a path its first points."""
    classes = range(problem.y.max() + 1)
    rows = np.sort(np.concatenate([np.flatnonzero(problem.y == k)[:40] for k in classes]))
    return problem._replace(X=problem.X[rows], y=problem.y[rows], Cs=problem.Cs[:3])


def bind(peer: Any, problem: Problem, tol: Any) -> Callable[[], Any]:
    """Give what is to be clocked, without arguments."""
    if problem.task == "one_row":
        predict, row = peer.one_row(problem), problem.X[:1].copy()
        return lambda: predict(row)
    return lambda: getattr(peer, problem.task)(problem, tol)


def laid_out(peer: Any, problem: Problem) -> Problem:
    """Let the peer lay out the data as it likes them."""
    plain = problem.task != "fit" or not hasattr(peer, "prepare")
    return problem if plain else peer.prepare(problem)


def rung(problem: Problem, run: Callable[[], Any], best: list[float]) -> dict[str, Any]:
    """Measure one tolerance; where it suffices, more than once."""
    cpu, wall, result = clock(run)
    peak, values = memory("VmHWM") if STATUS.exists() else None, objectives(problem, result)
    gap = max(np.array(values) / best - 1) if best else np.inf
    if WORSE <= gap <= GAP:
        more = clock(run, again=min(max(AGAIN, 1.5 * wall), 3 * AGAIN))
        cpu, wall = min(cpu, more[0]), min(wall, more[1])
    fit = problem.task == "fit"
    return {
        "cpu": cpu,
        "wall": wall,
        "peak": peak,
        "gap": gap,
        "objectives": values,
        "note": result[2] if fit else "",
        "nonzeros": int(np.count_nonzero(result[0])) if fit else None,
    }


def describe(problem: Problem) -> dict[str, Any]:
    """Give the size of the data and the CPU seconds of one X @ w."""
    X, w = problem.X, np.ones(problem.X.shape[1])
    arrays = (X.data, X.indices, X.indptr) if sparse.issparse(X) else (X,)
    return {
        "shape": X.shape,
        "stored": X.nnz if sparse.issparse(X) else None,
        "bytes": sum(array.nbytes for array in arrays),
        "unit": clock(lambda: X @ w, again=0.2)[0],
    }


def limit(seconds: float) -> None:
    """End this process after so many seconds, whatever it is then doing."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


def ladder(peer: Any, problem: Problem, *, cap: float, best: list[float], only: int | None):
    """Yield a description, then a measured rung for each tolerance that can be expressed."""
    few = few_rows(problem)
    limit(COMPILING)
    with suppress(ArithmeticError, ValueError):  # few rows can be separated or dependent
        bind(peer, laid_out(peer, few), peer.TOLERANCES[-1])()
    yield describe(problem)
    before, spent = memory("VmRSS") if STATUS.exists() else 0.0, 0.0
    ready = laid_out(peer, problem)
    limit(1.5 * cap)
    rungs = list(enumerate(peer.TOLERANCES))
    for index, tol in rungs if only is None else [rungs[only]]:
        if CLEAR.exists():
            CLEAR.write_text("5")  # the peak counts from here
        try:
            found = rung(problem, bind(peer, ready, tol), best)
        except NotImplementedError:
            continue
        found["peak"] = None if found["peak"] is None else found["peak"] - before
        yield {"index": index, "tol": str(tol), **found}
        spent += found["cpu"]
        if WORSE <= found["gap"] <= GAP or spent > cap:
            return


def main() -> None:
    """Measure and write: arguments are library, problem file, output file, settings."""
    library, place, out, settings = sys.argv[1:]
    warnings.simplefilter("ignore")
    peer = importlib.import_module(f"peers.{library}")
    with Path(out).open("a", encoding="utf-8") as file:
        for line in ladder(peer, load(Path(place)), **json.loads(settings)):
            print(json.dumps(line), file=file, flush=True)


if __name__ == "__main__":
    main()
