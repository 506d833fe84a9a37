"""The libraries that take part, each asked through a process of its own (measure.py)."""

import importlib
import json
import os
import pkgutil
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import peers
from tasks import OURS, TASKS, TOO_LONG, Problem

HERE = Path(__file__).parent
THREADS = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA", "POLARS_MAX", "RAYON", "VECLIB_MAXIMUM")
PATIENCE = 600.0  # wall seconds without an answer: measure.py ends what it measures before


class Library:
    """A library with so many threads; its process is started when it is first asked."""

    def __init__(self, name: str, threads: int):
        self.name, self.threads = name, threads
        self.process: subprocess.Popen[str] | None = None

    def started(self) -> subprocess.Popen[str]:
        """Give the process, a new one if there is none or it has ended."""
        if self.process is None or self.process.poll() is not None:
            limits = {f"{name}_NUM_THREADS": str(self.threads) for name in THREADS}
            limits |= {"POLARS_MAX_THREADS": str(self.threads)}
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, HERE / "measure.py", self.name],
                env=os.environ | limits,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        return self.process

    def answer(self, job: dict[str, Any]) -> str:
        """Ask, and say how it has ended: "0", the number of a signal, or nothing."""
        process = self.started()
        assert process.stdin
        assert process.stdout
        try:
            print(json.dumps(job), file=process.stdin, flush=True)
        except BrokenPipeError:
            return ""
        ready, *_ = select.select([process.stdout], [], [], PATIENCE)
        if not ready:
            process.kill()
        return process.stdout.readline().strip()

    def measure(self, place: Path, **settings: Any) -> dict[str, Any]:
        """Measure on a problem, and collect what was found."""
        out = place.with_suffix(f".{self.name}.{self.threads}.jsonl")
        out.write_text("")
        ended = self.answer({"place": str(place), "out": str(out), "settings": settings})
        row: dict[str, Any] = {"library": self.name, "threads": self.threads, "stopped": None}
        if ended == str(int(signal.SIGXCPU)):
            row |= {"stopped": TOO_LONG, "over": settings["cap"]}
        elif ended != "0":
            row["stopped"] = f"signal {ended}" if ended else "its process has ended"
        lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
        for line in lines:
            row |= line if "tol" not in line else {}
        return row | {"rungs": [line for line in lines if "tol" in line]}

    def close(self) -> None:
        """End the process."""
        if self.process is not None:
            assert self.process.stdin
            self.process.stdin.close()
            self.process.wait()


def installed(wanted: list[str] | None) -> tuple[dict[str, Any], dict[str, str]]:
    """Import the peers, ours first, all of them or those wanted; the reasons why some cannot be."""
    found, absent = {OURS: importlib.import_module(f"peers.{OURS}")}, {}
    for name in wanted or [item.name for item in pkgutil.iter_modules(peers.__path__)]:
        try:
            found[name] = importlib.import_module(f"peers.{name}")
        except ImportError as error:
            absent[name] = str(error)
    return found, absent


def reason_against(peer: Any, problem: Problem) -> str:
    """Say why a peer cannot take part in a problem; nothing if it can."""
    try:
        if not hasattr(peer, TASKS[problem.task].needs):
            return f"no {TASKS[problem.task].needs}"
        getattr(peer, "check", id)(problem)
    except NotImplementedError as reason:
        return str(reason)
    return ""
