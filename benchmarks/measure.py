"""One library on one problem after another, each in a process of its own; run.py starts it.

Reads a line of JSON for each problem and answers with a line when that is done. The library is
imported once, and what it compiles for few rows is kept; a problem is measured in a process that is
forked off, so that it can be stopped. That goes down the library's ladder of tolerances and writes
a line of JSON for each, until the gap is reached or the seconds are spent. The clock is stopped
while data are laid out as the peer likes them.
"""

import importlib
import json
import mmap
import os
import resource
import signal
import struct
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from peers import threads
from scipy import sparse
from tasks import GAP, TASKS, TOO_LONG, Problem, few_rows, load

WORSE = -1e-8  # further below the best known: the best was none, go on
AGAIN = 0.5  # seconds of repetition of what is clocked
NEAR = 2.0  # what took more than so many times the fastest is not repeated
COMPILING = 400.0  # wall seconds for the first fit on a few rows of a few columns
FEW = 40, 200  # rows of each class, columns
WALL = 6.0, 60.0  # wall seconds: so many for one of the processor's, and so many besides
LOOK = 0.02  # seconds between looks at what a process has spent
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def processor() -> float:
    """Give the CPU seconds of this process and of those that it has started and seen end."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def clock(function: Callable[[], Any], again: float = 0.0) -> tuple[float, float, Any]:
    """Give CPU and wall seconds and the value: the least of runs that fill some seconds more."""
    cpu, wall, result = [], [], None
    while not cpu or (sum(wall) < again and len(cpu) < 1000):
        began = processor(), time.perf_counter()
        result = function()
        cpu.append(processor() - began[0])
        wall.append(time.perf_counter() - began[1])
    return min(cpu), min(wall), result


def memory(kind: str) -> float | None:
    """Read from Linux how many bytes are resident, VmRSS, or have been at the peak, VmHWM."""
    if not STATUS.exists():
        return None
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(kind))
    return 1024.0 * int(line.split()[1])


def bind(peer: Any, problem: Problem, tol: Any) -> Callable[[], Any]:
    """Give what is to be clocked, without arguments."""
    task = TASKS[problem.task]
    return task.clocked(getattr(peer, task.needs), problem, tol)


def laid_out(peer: Any, problem: Problem) -> Problem:
    """Let the peer lay out the data as it likes them."""
    plain = problem.task != "fit" or not hasattr(peer, "prepare")
    return problem if plain else peer.prepare(problem)


class Asked(NamedTuple):
    """Up to how many seconds; the best and the fastest so far; the one tolerance, or all."""

    cap: float
    best: list[float]
    fastest: float
    only: int | None


def rung(problem: Problem, run: Callable[[], Any], asked: Asked) -> dict[str, Any]:
    """Measure one tolerance; where it suffices and is not far too slow, more than once."""
    cpu, wall, result = clock(run)
    peak, values = memory("VmHWM"), TASKS[problem.task].judge(problem, result)
    gap = max(np.array(values) / asked.best - 1) if asked.best else np.inf
    if WORSE <= gap <= GAP and cpu <= NEAR * asked.fastest:
        more = clock(run, again=min(max(AGAIN, 1.5 * wall), 3 * AGAIN))
        cpu, wall = min(cpu, more[0]), min(wall, more[1])
    found = {"cpu": cpu, "wall": wall, "peak": peak, "gap": gap, "objectives": values}
    if problem.task == "fit":
        return found | {"note": result[2], "nonzeros": int(np.count_nonzero(result[0]))}
    if problem.task == "road":
        measures = f"log loss {result['log loss']:.4f}, AUC {result['AUC']:.4f}"
        return found | {"note": measures, "peak": result["peak"]}
    return found | {"note": ""}


def describe(problem: Problem) -> dict[str, Any]:
    """Give the size of the data and the CPU seconds of one X @ w."""
    X = problem.X
    if problem.task == "road":
        return {"shape": None, "bytes": X.nbytes}
    arrays, w = (X.data, X.indices, X.indptr) if sparse.issparse(X) else (X,), np.ones(X.shape[1])
    return {
        "shape": X.shape,
        "stored": X.nnz if sparse.issparse(X) else None,
        "bytes": sum(array.nbytes for array in arrays),
        "unit": clock(lambda: X @ w, again=0.2)[0],
    }


class Allowed:
    """What a forked process may spend, said by itself, watched over by the one that forked it.

    A timer of the processor's time would end it as well, but while one runs Linux counts that time
    in hundredths of a second.
    """

    def __init__(self) -> None:
        self.shared = mmap.mmap(-1, 8)

    def say(self, cpu: float) -> None:
        """Allow so many CPU seconds from now on, and wall seconds according to that."""
        self.shared[:8] = struct.pack("d", processor() + cpu)
        signal.setitimer(signal.ITIMER_REAL, WALL[0] * cpu + WALL[1])

    def ended(self, child: int) -> int:
        """Wait for a process, and end it where it goes on too long; 0, or the signal."""
        place = Path(f"/proc/{child}/stat")
        while True:
            found, status = os.waitpid(child, os.WNOHANG)
            if found:
                return os.WTERMSIG(status) or os.WEXITSTATUS(status)
            if place.exists():
                ticks = place.read_text().rpartition(")")[2].split()[11:15]
                (limit,) = struct.unpack("d", self.shared[:8])
                if limit and sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK") > limit:
                    os.kill(child, signal.SIGXCPU)
            time.sleep(LOOK)


def compile_all(peer: Any, problem: Problem) -> None:
    """Do with a few rows and columns what will be measured: what is compiled then is compiled.

    The penalty is weaker for each row, so that not all coefficients are 0 and the work is done.
    """
    few = few_rows(problem, FEW[0])
    weaker = 10.0 * len(problem.y) / len(few.y)
    few = few._replace(X=few.X[:, : FEW[1]], C=few.C * weaker, Cs=np.multiply(few.Cs, weaker))
    signal.setitimer(signal.ITIMER_REAL, COMPILING)
    with suppress(ArithmeticError, ValueError, RuntimeError):  # few rows can be separated
        bind(peer, laid_out(peer, few), peer.TOLERANCES[-1])()
    signal.setitimer(signal.ITIMER_REAL, 0)


def ladder(peer: Any, problem: Problem, asked: Asked, allowed: Allowed) -> Iterator[dict[str, Any]]:
    """Yield a description, then a measured rung for each tolerance that can be expressed."""
    yield describe(problem)
    before, spent = memory("VmRSS"), list[float]()
    ready = laid_out(peer, problem)
    rungs = list(enumerate(peer.TOLERANCES))
    for index, tol in rungs if asked.only is None else [rungs[asked.only]]:
        if CLEAR.exists():
            CLEAR.write_text("5")  # the peak counts from here
        allowed.say(asked.cap)
        try:
            found = rung(problem, bind(peer, ready, tol), asked)
        except NotImplementedError:
            continue
        found["peak"] = before and found["peak"] - before * (problem.task != "road")
        yield {"index": index, "tol": str(tol), **found}
        spent.append(found["cpu"])
        if WORSE <= found["gap"] <= GAP:
            return
        if sum(spent) > asked.cap:
            yield {"stopped": TOO_LONG, "over": max(spent)}
            return


def attempt(peer: Any, problem: Problem, job: dict[str, Any], allowed: Allowed) -> None:
    """Measure, and write a line for each thing that is found."""
    with Path(job["out"]).open("a", encoding="utf-8") as file:
        try:
            for line in ladder(peer, problem, Asked(**job["settings"]), allowed):
                print(json.dumps(line), file=file, flush=True)
        except Exception as error:  # noqa: BLE001  (a peer can fail in any way)
            said = f"{type(error).__name__}: {error}".partition("\n")[0][:200]
            print(json.dumps({"stopped": said}), file=file)


def forked(peer: Any, job: dict[str, Any]) -> int:
    """Measure in a process that is forked off; 0, or the signal that has ended it."""
    problem = load(Path(job["place"]))
    if threads() == 1:  # more threads do not live on in the other process
        compile_all(peer, problem)
    allowed = Allowed()
    child = os.fork()
    if not child:
        os.setsid()
        if threads() > 1:
            compile_all(peer, problem)
        attempt(peer, problem, job, allowed)
        os._exit(0)
    ended = allowed.ended(child)
    with suppress(ProcessLookupError):  # what it has started and not seen end
        os.killpg(child, signal.SIGKILL)
    return ended


def main() -> None:
    """Measure what is asked for, line by line; the argument is the library."""
    warnings.simplefilter("ignore")
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # libraries talk
    peer = importlib.import_module(f"peers.{sys.argv[1]}")
    for line in sys.stdin:
        print(forked(peer, json.loads(line)), file=answers, flush=True)


if __name__ == "__main__":
    main()
