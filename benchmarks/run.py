"""Measure every library on every problem, and write the report.

    python benchmarks/run.py                     all rows: 40 minutes with two cores
    python benchmarks/run.py census "letters"    those whose names hold one of these words
    python benchmarks/run.py --quick [word ...]  a few thousand of their rows each: does it work,
                                                 and is our optimum theirs? Keeps nothing.
    python benchmarks/run.py --peers glum skglm  against these alone

First each library on each problem with one thread, BLAS too, then, where that takes long enough,
ours and the fastest other with all cores. Everybody is held against the lowest objective that
anybody has reached; ours at its tightest tolerance goes first. What is measured is appended to
results.jsonl, so that a run of a few problems replaces only these.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from libraries import Library, installed, reason_against
from report import write
from results import RESULTS, at_gap, best_of, record
from rows import PROBLEMS
from tasks import OURS, SECONDS, TIMES, few_rows, save

LONG = 0.2  # CPU seconds of ours from which more cores are tried
QUICK = 1000  # rows of each class
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def fastest(rows: list[dict[str, Any]]) -> list[tuple[float, str, int]]:
    """Sort those that have reached the gap: seconds, library, the place of its tolerance."""
    best, found = best_of(rows), list[tuple[float, str, int]]()
    for row in rows:
        rung = at_gap(row, best)
        if rung and row["threads"] == 1 and not row.get("reference"):
            found.append((rung["cpu"], row["library"], rung["index"]))
    return sorted(found)


class Comparison:
    """The measurements of one problem."""

    def __init__(self, name: str, place: Path, run: float | None):
        self.name, self.place, self.run = name, place, run
        self.rows = list[dict[str, Any]]()

    def keep(self, row: dict[str, Any], **more: Any) -> None:
        """Record a row, and show it."""
        self.rows.append({"problem": self.name, "run": self.run, "rungs": [], **row, **more})
        if self.run is not None:
            record(self.rows[-1])
        last = (row.get("rungs") or [{}])[-1]
        shown = [f"{last['cpu']:.4g} s, gap {last['gap']:.0e}, {last['note']}"] if last else []
        shown += [text for text in (row.get("cannot"), row.get("stopped")) if text]
        print(f"{self.name}: {row['library']}: {'; '.join(shown)}", flush=True)

    def one_thread(self, library: Library) -> None:
        """Go down the ladder of a library."""
        least = next((seconds for seconds, *_ in fastest(self.rows)), np.inf)
        cap = float(np.clip(TIMES * least, *SECONDS))
        best = best_of(self.rows)
        self.keep(library.measure(self.place, cap=cap, best=best, fastest=least, only=None))

    def all_cores(self) -> None:
        """Measure ours and the fastest other at the tolerance that sufficed."""
        found, best = fastest(self.rows), best_of(self.rows)
        ours = [item for item in found if item[1] == OURS and item[0] >= LONG]
        others = [item for item in found if item[1] != OURS][:1]
        if CORES == 1 or not ours:
            return
        for least, name, index in ours + others:
            library, cap = Library(name, CORES), SECONDS[1]
            self.keep(library.measure(self.place, cap=cap, best=best, fastest=least, only=index))
            library.close()

    def wrong(self) -> bool:
        """Tell whether ours is not at the optimum that another has found."""
        rows = [row for row in self.rows if row["library"] == OURS]
        best = best_of(self.rows)
        return bool(best) and not any(at_gap(row, best) for row in rows)


def compare(name: str, peers: dict[str, Any], servers: dict[str, Library], **settings: Any) -> bool:
    """Measure all libraries on one problem; tell whether ours is wrong."""
    quick, place = settings["run"] is None, settings["place"]
    try:
        problem = PROBLEMS[name]()
    except FileNotFoundError as error:
        print(f"left out: {name} ({error.filename} is not there)", flush=True)
        return False
    problem = few_rows(problem, QUICK) if quick else problem
    save(problem, place)
    comparison = Comparison(name, place, settings["run"])
    against = {library: reason_against(peer, problem) for library, peer in peers.items()}
    if not against[OURS]:
        start = {"cap": SECONDS[1], "best": [], "fastest": 0.0, "only": -1}
        comparison.keep(servers[OURS].measure(place, **start), reference=True)
    for library, reason in against.items():
        if reason:
            comparison.keep({"library": library, "threads": 1, "cannot": reason})
        else:
            comparison.one_thread(servers[library])
    if not quick:
        comparison.all_cores()
    return comparison.wrong()


def main() -> None:
    """Measure what is wanted, and write the report from all that has been measured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("words", nargs="*", help="rows whose names hold one of them; all rows")
    parser.add_argument("--quick", action="store_true", help="few rows; nothing is kept")
    parser.add_argument("--peers", nargs="+", help="files of peers/; all of them")
    asked = parser.parse_args()
    names = [n for n in PROBLEMS if not asked.words or any(word in n for word in asked.words)]
    if not names:
        parser.error(f"no row has any of these in its name: {', '.join(asked.words)}")
    began, run = time.monotonic(), None if asked.quick else round(time.time())
    if run and not asked.words and not asked.peers:
        RESULTS.unlink(missing_ok=True)  # nothing of another run is mixed with this
    peers, absent = installed(asked.peers)
    for library, reason in absent.items():
        print(f"left out: {library} ({reason})", flush=True)
        if run:
            record({"library": library, "absent": reason})
    servers = {library: Library(library, threads=1) for library in peers}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "problem.npz"
        wrong = []
        for number, name in enumerate(names, 1):
            print(f"row {number} of {len(names)}, minute {(time.monotonic() - began) / 60:.1f}")
            if compare(name, peers, servers, run=run, place=place):
                wrong.append(name)
    for server in servers.values():
        server.close()
    minutes = (time.monotonic() - began) / 60
    print(f"{len(names)} rows in {minutes:.1f} minutes")
    if run:
        record({"run": run, "minutes": minutes})
        write()
    elif wrong:
        sys.exit(f"ours is not at the optimum: {'; '.join(wrong)}")


if __name__ == "__main__":
    main()
