"""Measure every library on every problem, and write the report.

    python benchmarks/run.py [part of a problem's name ...]

Each library on each problem is a process of its own (measure.py): first with one thread, BLAS
too, then ours and the fastest two others with all cores. Everybody is held against the lowest
objective that anybody has reached; ours at its tightest tolerance goes first. What is
measured is appended to results.jsonl, so that a run of a few problems replaces only these.
"""

import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import peers
from report import write
from results import OURS, TOO_LONG, at_gap, best_of, record

from problems import PROBLEMS, Problem, save

HERE = Path(__file__).parent
SECONDS = (10.0, 40.0)  # a library's ladder on a problem may take 30 times the fastest fit,
TIMES = 30.0  # but no less than the one and no more than the other
PATIENCE = 120.0  # wall seconds on top of it; measure.py ends itself before
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def measure(library: str, place: Path, threads: int, **settings: Any) -> dict[str, Any]:
    """Run one library in a process of its own, and collect what it has written."""
    names = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA", "VECLIB_MAXIMUM")
    limits = {f"{name}_NUM_THREADS": str(threads) for name in names}
    out = place.with_suffix(f".{library}.{threads}.jsonl")
    out.write_text("")
    command = [sys.executable, HERE / "measure.py", library, place, out, json.dumps(settings)]
    limit = 2 * settings["cap"] + PATIENCE
    row: dict[str, Any] = {"library": library, "threads": threads, "cap": settings["cap"]}
    try:
        process = subprocess.run(  # noqa: S603
            command, env=os.environ | limits, timeout=limit, capture_output=True, check=False
        )
        said = process.stderr.decode().strip().splitlines() or [""]
        late = process.returncode == -signal.SIGALRM
        row["stopped"] = None if not process.returncode else TOO_LONG if late else said[-1][:200]
    except subprocess.TimeoutExpired:
        row["stopped"] = TOO_LONG
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    for line in lines:
        row |= line if "tol" not in line else {}
    return row | {"rungs": [line for line in lines if "tol" in line]}


def installed() -> dict[str, Any]:
    """Import the libraries, ours first; record why others cannot be."""
    found = {OURS: importlib.import_module(f"peers.{OURS}")}
    for item in pkgutil.iter_modules(peers.__path__):
        try:
            found[item.name] = importlib.import_module(f"peers.{item.name}")
        except ImportError as error:
            print(f"left out: {item.name} ({error})", flush=True)
            record({"library": item.name, "absent": str(error)})
    return found


def fastest(rows: list[dict[str, Any]]) -> list[tuple[float, str, int]]:
    """Sort those that have reached the gap: seconds, library, the place of its tolerance."""
    best, found = best_of(rows), list[tuple[float, str, int]]()
    for row in rows:
        rung = at_gap(row, best)
        if rung and row["threads"] == 1 and not row.get("reference"):
            found.append((rung["cpu"], row["library"], rung["index"]))
    return sorted(found)


def reason_against(peer: Any, problem: Problem) -> str:
    """Say why a peer cannot take part in a problem; nothing if it can."""
    try:
        if not hasattr(peer, problem.task):
            return f"no {problem.task}"
        getattr(peer, "check", id)(problem)
    except NotImplementedError as reason:
        return str(reason)
    return ""


class Comparison:
    """The measurements of one problem."""

    def __init__(self, name: str, place: Path):
        self.name, self.place, self.rows = name, place, list[dict[str, Any]]()

    def keep(self, row: dict[str, Any], **more: Any) -> None:
        """Record a row, and show it."""
        self.rows.append({"problem": self.name, "rungs": [], **row, **more})
        record(self.rows[-1])
        last = (row.get("rungs") or [{}])[-1]
        shown = [f"{last['cpu']:.4g} s, {last['note']}"] if last else []
        shown += [text for text in (row.get("cannot"), row.get("stopped")) if text]
        print(f"{self.name}: {row['library']}: {'; '.join(shown)}", flush=True)

    def one_thread(self, library: str) -> None:
        """Go down the ladder of a library."""
        found = fastest(self.rows)
        cap = float(np.clip(TIMES * found[0][0], *SECONDS)) if found else SECONDS[1]
        self.keep(measure(library, self.place, 1, cap=cap, best=best_of(self.rows), only=None))

    def all_cores(self) -> None:
        """Measure ours and the two fastest others at the tolerance that sufficed."""
        found, best = fastest(self.rows), best_of(self.rows)
        others = [item for item in found if item[1] != OURS][:2]
        if CORES == 1:
            return
        for _, library, index in [item for item in found if item[1] == OURS] + others:
            self.keep(measure(library, self.place, CORES, cap=SECONDS[1], best=best, only=index))


def compare(name: str, libraries: dict[str, Any], place: Path) -> None:
    """Measure all libraries on one problem."""
    try:
        problem = PROBLEMS[name]()
    except FileNotFoundError as error:
        print(f"left out: {name} ({error.filename} is not there)", flush=True)
        return
    save(problem, place)
    comparison = Comparison(name, place)
    against = {library: reason_against(peer, problem) for library, peer in libraries.items()}
    if not against[OURS]:
        tightest = measure(OURS, place, 1, cap=SECONDS[1], best=[], only=-1)
        comparison.keep(tightest, reference=True)
    for library, reason in against.items():
        if reason:
            comparison.keep({"library": library, "threads": 1, "cannot": reason})
        else:
            comparison.one_thread(library)
    comparison.all_cores()


def main(wanted: list[str]) -> None:
    """Measure what is wanted, and write the report from all that has been measured."""
    libraries = installed()
    with tempfile.TemporaryDirectory() as folder:
        for name in PROBLEMS:
            if not wanted or any(part in name for part in wanted):
                compare(name, libraries, Path(folder) / "problem.npz")
    write()


if __name__ == "__main__":
    main(sys.argv[1:])
