"""What has been measured: results.jsonl, a line for each run of a library on a problem."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rows import PROBLEMS
from tasks import GAP, OURS

RESULTS = Path(__file__).with_name("results.jsonl")


def record(row: dict[str, Any]) -> None:
    """Append a row."""
    with RESULTS.open("a", encoding="utf-8") as file:
        print(json.dumps(row), file=file)


class Result(NamedTuple):
    """What was measured on a problem: rows by library, one thread and all cores."""

    name: str
    best: list[float]
    one: dict[str, dict[str, Any]]
    all: dict[str, dict[str, Any]]

    def seconds(self) -> dict[str, float]:
        """Give the CPU seconds of those who have reached the gap, the fastest first."""
        reached = {name: at_gap(row, self.best) for name, row in self.one.items()}
        found = {name: rung["cpu"] for name, rung in reached.items() if rung}
        return dict(sorted(found.items(), key=lambda item: item[1]))

    def rival(self) -> str | None:
        """Name the fastest other library."""
        return next((name for name in self.seconds() if name != OURS), None)

    def lost(self) -> bool:
        """Tell whether another is faster, or gets there and ours does not."""
        ratio = self.ratio()
        return bool(self.rival()) and (ratio is None or ratio < 1)

    def ratio(self) -> float | None:
        """Give the seconds of the fastest other library over ours."""
        seconds, rival = self.seconds(), self.rival()
        return seconds[rival] / seconds[OURS] if rival and OURS in seconds else None


def gap(rung: dict[str, Any], best: list[float]) -> float:
    """Give the relative distance to the best, the worst of those that are checked."""
    return float(np.max(np.divide(rung["objectives"], best) - 1))


def at_gap(row: dict[str, Any], best: list[float]) -> dict[str, Any] | None:
    """Give the fastest rung of a ladder that has reached the gap."""
    reached = [rung for rung in row["rungs"] if gap(rung, best) <= GAP]
    return min(reached, key=lambda rung: rung["cpu"], default=None)


def best_of(rows: list[dict[str, Any]]) -> list[float]:
    """Give the lowest objective that anybody has reached, for each that is checked."""
    reached = [rung["objectives"] for row in rows for rung in row["rungs"]]
    return np.min(reached, axis=0).tolist() if reached else []


class Measured(NamedTuple):
    """All rows; why libraries are absent; the minutes of each run that rows are from."""

    results: list[Result]
    absent: dict[str, str]
    minutes: dict[int, float | None]


def read() -> Measured:
    """Read the latest row of each kind."""
    latest: dict[str, dict[Any, dict[str, Any]]] = {}
    absent: dict[str, str] = {}
    minutes: dict[int, float] = {}
    for line in RESULTS.read_text("utf-8").splitlines():
        row = json.loads(line)
        if "absent" in row:
            absent[row["library"]] = row["absent"]
        elif "minutes" in row:
            minutes[row["run"]] = row["minutes"]
        else:
            key = row["library"], row["threads"] > 1, row.get("reference", False)
            latest.setdefault(row["problem"], {})[key] = row
    results, runs = [], set()
    for name in (name for name in PROBLEMS if name in latest):
        kinds = [{}, {}]
        for (library, several, reference), row in latest[name].items():
            runs.add(row["run"])
            if not reference:
                kinds[several][library] = row
        results.append(Result(name, best_of(list(latest[name].values())), *kinds))
    return Measured(results, absent, {run: minutes.get(run) for run in sorted(runs)})
