"""Write README.md and its picture from all that run.py has measured."""

import os
import platform
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from plot import draw
from reasons import REASONS
from results import Result, at_gap, gap, read
from rows import PROBLEMS
from tasks import OURS, SECONDS, TIMES, TOO_LONG

HERE = Path(__file__).parent
PACKAGES = {"liblinear": "liblinear-official", "sklearn": "scikit-learn", OURS: "numpy"}
ROADS = {"pandas", "polars"}

HEAD = """# Benchmarks

Time until C·Σ loss + l1_ratio·‖w‖₁ + (1 − l1_ratio)·½‖w‖² is within a relative **1e-6** of its
minimum: everybody on the same objective, the intercept free. Each library goes down a ladder of
tolerances, and the first that gets there counts, as if the right one had been known. The
minimum is the lowest value that anybody has reached, and values are computed without any of the
libraries. Not counted: the layout of the data that a library likes best (columns, its own
format), and compilation at first use.

Of a path each of the 500 fits must be that good, and of a bootstrap each of the 1,000: all draw the
same resamples; the others fit them in a loop. A road leads from a CSV file to the log loss and the
area under the curve on a fifth of its rows: ours is `glasslogit fit`, scikit-learn's comes with
pandas, glum's with polars, each to its own tolerance ([roads.py](roads.py)); all that the process
does is counted, imports too. Predictions are of models fitted before.

Made by `make bench`; nothing here is typed, but for the reasons. {machine} {runs}

{score}

{lost}

![How many times our time each library takes](ratios.svg)

## One thread

CPU seconds of the process, one thread (BLAS too), the least of several runs where they are short.
**ratio** is the fastest other library over ours: above 1 we win, below 1 we lose. Reached 1e-6:
a number; `gap`: what was reached at the tightest tolerance tried; `> s`: one tolerance took longer
without getting there, and the library was stopped, since it had taken {times:.0f} times the seconds
of the fastest so far (but at least {least:.0f} and at most {most:.0f}); –: not for this library
(reasons below).

{one_thread}

## All cores, memory, passes

Wall seconds with {cores} cores, ours and the fastest other of the table above, where ours takes at
least 0.2 s. Memory is the highest resident size during the fit less that before it, data loaded,
read from Linux; in percent of the data; of a road all that its process needs. A unit is one `X @ w`
of NumPy or SciPy on the same data, one thread. Passes are full readings of the data, as counted by
the model.

{all_cores}

## What is left out, and why

{left_out}
"""


def cell(row: dict[str, Any] | None, best: list[float]) -> str:
    """Seconds; or what was reached; or that the problem is not for this library."""
    if row is None or row.get("cannot"):
        return "–"
    rung = at_gap(row, best)
    if rung:
        return f"{rung['cpu']:.3g}"
    if row.get("stopped") == TOO_LONG:
        return f"> {row['over']:.2g} s"
    if row.get("stopped") or not row["rungs"]:
        return "failed"
    return f"gap {min(gap(rung, best) for rung in row['rungs']):.0e}"


def table(head: list[str], lines: list[list[str]]) -> str:
    """Lay a table out in Markdown."""
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *lines])


def one_thread(results: list[Result]) -> str:
    """Make the table of CPU seconds: a row for each problem, a column for each library."""
    names = columns(results)
    lines = []
    for result in results:
        ratio, fastest = result.ratio(), next(iter(result.seconds()), None)
        cells = [cell(result.one.get(name), result.best) for name in names]
        marked = [f"**{c}**" if n == fastest else c for n, c in zip(names, cells, strict=True)]
        lines.append([result.name, "–" if ratio is None else f"**{ratio:.2g}**", *marked])
    return table(["problem", "ratio", *(name.replace("_", " ") for name in names)], lines)


def columns(results: list[Result]) -> list[str]:
    """Name the libraries that have taken part anywhere, ours first."""
    rows = [item for result in results for item in result.one.items()]
    names = {name for name, row in rows if not row.get("cannot")}
    return sorted(names, key=lambda name: (name != OURS, name))


def all_cores(results: list[Result]) -> str:
    """Make the table of wall seconds, memory and passes, of ours and the fastest other."""
    lines = []
    for result in results:
        rival = result.rival()
        ours, theirs = whole(result, OURS), whole(result, rival)
        lines.append([
            result.name, size(result), *wall_and_memory(ours), note(result),
            (rival or "–").replace("_", " "), *wall_and_memory(theirs),
        ])  # fmt: skip
    head = ["problem", "data", "ours, s", "memory", "how", "fastest other", "s", "memory"]
    return table(head, lines)


def whole(result: Result, library: str | None) -> dict[str, Any] | None:
    """Give what a library did, if it reached the gap: the wall seconds are those of all cores."""
    one, several = result.one.get(library or ""), result.all.get(library or "")
    rungs = {row["threads"]: at_gap(row, result.best) for row in (one, several) if row}
    reached = {threads: rung for threads, rung in rungs.items() if rung}
    if not one or not reached:
        return None
    rung = reached[max(reached)]
    return {**rung, "wall": rung["wall"] if max(reached) > 1 else None, "bytes": one["bytes"]}


def wall_and_memory(rung: dict[str, Any] | None) -> list[str]:
    """Give wall seconds and the memory above the data."""
    if rung is None:
        return ["–", "–"]
    seconds = "–" if rung["wall"] is None else f"{rung['wall']:.3g}"
    peak, data = rung["peak"], rung["bytes"]
    if peak is None or data < 1e7:  # a few pages say nothing
        return [seconds, "–"]
    return [seconds, f"{max(peak, 0) / 1e6:.0f} MB, {max(peak, 0) / data:.0%}"]


def note(result: Result) -> str:
    """Say which solver was ours, its passes, units, and the nonzero coefficients of an L1 fit."""
    row = result.one.get(OURS)
    rung = row and at_gap(row, result.best)
    if not row or not rung:
        return "–"
    units = f"{rung['cpu'] / row['unit']:.0f} units" if row.get("unit", 0) > 1e-3 else ""
    left = f"{rung['nonzeros']:,} nonzero" if "L1" in result.name else ""
    return ", ".join(filter(None, [rung["note"], units, left]))


def size(result: Result) -> str:
    """Give rows, columns and stored values; of a file its size."""
    row = next((row for row in result.one.values() if row.get("bytes")), None)
    if row is None:
        return "–"
    if row["shape"] is None:
        return f"{row['bytes'] / 1e6:.0f} MB"
    stored = f", {row['stored'] / 1e6:.2g} M stored" if row["stored"] else ""
    return f"{row['shape'][0]:,} × {row['shape'][1]:,}{stored}"


def score(results: list[Result]) -> str:
    """Count where we win and where we lose; the mean ratio."""
    ratios = [ratio for result in results if (ratio := result.ratio())]
    lost = sum(result.lost() for result in results)
    alone = [result.name for result in results if OURS in result.seconds() and not result.rival()]
    nobody = [result.name for result in results if not result.seconds()]
    text = (
        f"Of {len(results)} problems we are the fastest on **{len(results) - lost - len(nobody)}**"
    )
    text += f" and not on **{lost}**. The geometric mean of the {len(ratios)} ratios is"
    text += f" **{geometric_mean(ratios):.2f}**."
    text += f" No other gets there in time on {'; '.join(alone)}: no ratio." if alone else ""
    return text + (f" Nobody gets there on {'; '.join(nobody)}." if nobody else "")


def geometric_mean(ratios: list[float]) -> float:
    """Give the geometric mean."""
    return float(np.exp(np.mean(np.log(ratios)))) if ratios else np.nan


def lost(results: list[Result]) -> str:
    """List the losses, the worst first, each with its reason."""
    losses = [(result.ratio() or 0.0, result) for result in results if result.lost()]
    losses.sort(key=lambda loss: loss[0])
    head = ["where we lose", "ratio", "the fastest", "why"]
    lines = [
        [result.name, f"{ratio:.2g}" if ratio else "we do not get there",
         (result.rival() or "–").replace("_", " "), REASONS.get(result.name, "not yet explained")]
        for ratio, result in losses
    ]  # fmt: skip
    return table(head, lines) if lines else ""


def runs(minutes: dict[int, float | None]) -> str:
    """Say whether all rows are from one run, and how long it took."""
    if len(minutes) > 1:
        return f"The rows are from {len(minutes)} runs."
    taken = next(iter(minutes.values()), None)
    return f"All rows were measured in one run of {taken:.0f} minutes." if taken else ""


def left_out(results: list[Result], absent: dict[str, str]) -> str:
    """List the reasons why libraries are not there or do not take part."""
    lines = [f"* {name}: not installed ({reason})" for name, reason in sorted(absent.items())]
    reasons: dict[str, dict[str, None]] = {}
    for result in results:
        for name, row in result.one.items():
            if row.get("cannot"):
                reasons.setdefault(name, {})[row["cannot"]] = None
            elif row.get("stopped") not in {None, TOO_LONG}:
                said = f"on {result.name} it ended with “{row['stopped']}”"
                reasons.setdefault(name, {})[said] = None
    for name, found in sorted(reasons.items()):
        lines.append(f"* {name.replace('_', ' ')}: {', '.join(found)}")
    missing = [name for name in PROBLEMS if name not in {result.name for result in results}]
    if missing:
        lines.append(f"* Not measured (or the data not there): {'; '.join(missing)}")
    return "\n".join(lines)


def machine(results: list[Result]) -> str:
    """Say on what and with which versions."""
    names = {
        "numpy",
        "scipy",
        *ROADS,
        *(PACKAGES.get(n.split("_")[0], n) for n in columns(results)),
    }
    found = []
    for name in sorted(names):
        with suppress(PackageNotFoundError):
            found.append(f"{name} {version(name)}")
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    kind = next((line.split(": ")[1] for line in lines if line.startswith("model name")), "")
    on = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    return f"{on}, {os.cpu_count()} cores{kind and f' ({kind})'}; {', '.join(found)}."


def write() -> None:
    """Write the text and the picture."""
    results, absent, minutes = read()
    text = HEAD.format(
        machine=machine(results),
        runs=runs(minutes),
        score=score(results),
        lost=lost(results),
        one_thread=one_thread(results),
        all_cores=all_cores(results),
        cores=os.cpu_count(),
        times=TIMES,
        least=SECONDS[0],
        most=SECONDS[1],
        left_out=left_out(results, absent),
    )
    (HERE / "README.md").write_text(text, "utf-8")
    draw(results, HERE / "ratios.svg")


if __name__ == "__main__":
    write()
