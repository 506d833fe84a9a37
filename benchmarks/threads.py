"""What a second thread brings, and what keeps it from bringing more.

    python benchmarks/threads.py        on a quiet machine of two cores or more: a few minutes
    python benchmarks/threads.py 50     on one row in 50: does it run?

The same pass over 500,000 × 50 rows, half of them by each worker: by two threads of one
interpreter, which hand its lock to each other between any two calls of NumPy, and by two
processes, which do not. The processes are the control: where they do not bring 1.8 × or so, the
machine is not quiet, and nothing that is printed means anything. Larger blocks are fewer calls,
each of which needs no lock for longer, but they leave the cache. Then whole fits. One BLAS thread
each; the least of several runs.
"""

import multiprocessing
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from typing import Any

import numpy as np
from rows import PROBLEMS

from glasslogit import LogisticRegression
from glasslogit.core.losses import Binomial
from glasslogit.core.passes import ValueAndGradient
from glasslogit.sources.arrays import ArraySource
from glasslogit.sources.threads import one_blas_thread

RUNS = 9
BLOCKS = (None, 8_192, 65_536)  # rows; None is as a fit has them
FITS = ("tall, 500,000 × 50", "tall, raw columns", "tall, few columns: 1,000,000 × 8")


def rows_of(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Give X and y of a row of the benchmark, or what was asked for of them."""
    X, y, *_ = PROBLEMS[name]()
    step = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    return np.ascontiguousarray(X[::step]), y[::step]


def halves(X: np.ndarray, y: np.ndarray, block: int | None) -> list[ArraySource]:
    """Give two sources with half of the rows each, in blocks of so many."""
    n = len(y)
    ones, zeros = np.ones(n), np.zeros((n, 1))
    parts = slice(0, n // 2), slice(n // 2, n)
    sources = [ArraySource(X[rows], y[rows], ones[rows], zeros[rows]) for rows in parts]
    for source in sources if block else []:
        source.rows_per_block = block
        source._starts = range(0, len(source.y), block)  # noqa: SLF001
    return sources


def least(run: Callable[[], object]) -> float:
    """Give the least seconds of several runs."""
    seconds = []
    for _ in range(RUNS):
        began = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def by_threads(sources: list[ArraySource], question: Any) -> float:
    """Let a thread for each source ask it."""

    def run() -> None:
        threads = [threading.Thread(target=source.sum, args=(question,)) for source in sources]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return least(run)


def ask(source: ArraySource, question: Any, barrier: Barrier, answer: Any) -> None:
    """Ask a source in a process of its own, in step with the others."""
    seconds = []
    for _ in range(RUNS):
        barrier.wait()
        began = time.perf_counter()
        source.sum(question)
        seconds.append(time.perf_counter() - began)
    answer.put(min(seconds))


def by_processes(sources: list[ArraySource], question: Any) -> float:
    """Let a process for each source ask it; the slower one counts."""
    context = multiprocessing.get_context("fork")
    barrier, answer = context.Barrier(len(sources)), context.Queue()
    workers = [
        context.Process(target=ask, args=(source, question, barrier, answer)) for source in sources
    ]
    for worker in workers:
        worker.start()
    seconds = max(answer.get() for _ in workers)
    for worker in workers:
        worker.join()
    return seconds


def report_pass(name: str, block: int | None) -> None:
    """Print what two workers bring to a single pass."""
    X, y = rows_of(name)
    question = ValueAndGradient(Binomial(), np.full((X.shape[1] + 1, 1), 0.01))
    sources = halves(X, y, block)
    one = least(lambda: [source.sum(question) for source in sources])
    count = sum(len(list(source.blocks())) for source in sources)
    print(f"{name}: a pass {1e3 * one:.1f} ms in {count} blocks", end="; ")
    print(f"two threads {one / by_threads(sources, question):.2f} ×", end="; ")
    print(f"two processes {one / by_processes(sources, question):.2f} ×", flush=True)


def report_fit(name: str, solver: str) -> None:
    """Print what a second thread brings to a fit."""
    X, y = rows_of(name)
    models = [LogisticRegression(solver=solver, n_jobs=jobs) for jobs in (1, 2)]
    one, two = (least(lambda model=model: model.fit(X, y)) for model in models)
    same = np.array_equal(models[0].coef_, models[1].coef_)
    print(f"{name}, {solver}: {1e3 * one:.1f} ms; ", end="")
    print(f"two threads {one / two:.2f} ×, same bits: {same}", flush=True)


if __name__ == "__main__":
    with one_blas_thread():
        for rows in BLOCKS:
            report_pass(FITS[0], rows)
    for problem in FITS:
        for method in ("sampled_newton", "newton"):
            report_fit(problem, method)
