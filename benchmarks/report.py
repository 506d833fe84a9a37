"""Write README.md and its picture from all that run.py has measured."""

import os
import platform
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from plot import draw
from results import OURS, TOO_LONG, Result, at_gap, gap, read

from problems import PROBLEMS

HERE = Path(__file__).parent
PACKAGES = {"liblinear": "liblinear-official", "sklearn": "scikit-learn", OURS: "numpy"}

HEAD = """# Benchmarks

Time until C·Σ loss + l1_ratio·‖w‖₁ + (1 − l1_ratio)·½‖w‖² is within a relative **1e-6** of its
minimum: everybody on the same objective, the intercept free. Each library goes down a ladder of
tolerances, and the first that gets there counts, as if the right one had been known. The
minimum is the lowest value that anybody has reached, and values are computed without any of the
libraries. Not counted: the layout of the data that a library likes best (columns, its own
format), and compilation at first use. Of a path, each of the 500 fits must be that good.

Made by `make bench`; nothing here is typed. {machine}

{score}

![How many times our time each library takes](ratios.svg)

## One thread

CPU seconds of the process, one thread (BLAS too), the least of several runs where they are short.
**ratio** is the fastest other library over ours: above 1 we win, below 1 we lose. Reached 1e-6:
a number; `gap`: what was reached at the tightest tolerance tried; `> s`: stopped there, without
having reached it; –: not for this library (reasons below).

{one_thread}

## All cores, memory, passes

Wall seconds with {cores} cores, ours and the fastest other of the table above. Memory is the
highest resident size during the fit less that before it, data loaded, read from Linux; in
percent of the data. A unit is one `X @ w` of NumPy or SciPy on the same data, one thread.
Passes are full readings of the data, as counted by the model.

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
        return f"> {row['cap']:.0f} s"
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
    """Give what a library did with all cores, if it reached the gap."""
    row = result.all.get(library or "") or result.one.get(library or "")
    rung = row and at_gap(row, result.best)
    return {**rung, "bytes": row["bytes"]} if rung and row else None


def wall_and_memory(rung: dict[str, Any] | None) -> list[str]:
    """Give wall seconds and the memory above the data."""
    if rung is None:
        return ["–", "–"]
    seconds, peak, data = f"{rung['wall']:.3g}", rung["peak"], rung["bytes"]
    if peak is None or data < 1e7:  # a few pages say nothing
        return [seconds, "–"]
    return [seconds, f"{max(peak, 0) / 1e6:.0f} MB, {max(peak, 0) / data:.0%}"]


def note(result: Result) -> str:
    """Say which solver was ours, its passes, units, and the nonzero coefficients of an L1 fit."""
    row = result.one.get(OURS)
    rung = row and at_gap(row, result.best)
    if not row or not rung:
        return "–"
    units = f"{rung['cpu'] / row['unit']:.0f} units" if row["unit"] > 1e-3 else ""
    left = f"{rung['nonzeros']:,} nonzero" if "L1" in result.name else ""
    return ", ".join(filter(None, [rung["note"], units, left]))


def size(result: Result) -> str:
    """Give rows, columns and stored values."""
    row = next((row for row in result.one.values() if row.get("shape")), None)
    if row is None:
        return "–"
    stored = f", {row['stored'] / 1e6:.2g} M stored" if row["stored"] else ""
    return f"{row['shape'][0]:,} × {row['shape'][1]:,}{stored}"


def score(results: list[Result]) -> str:
    """Count where we win and where we lose, and name the losses."""
    ratios = {result.name: result.ratio() for result in results}
    won = sum(ratio >= 1 for ratio in ratios.values() if ratio)
    lost = [f"{name} ({ratio:.2g})" for name, ratio in ratios.items() if ratio and ratio < 1]
    missed = [name for name, ratio in ratios.items() if ratio is None]
    text = f"Of {len(ratios)} problems we are the fastest on **{won}** and not on **{len(lost)}**"
    text += f": {'; '.join(lost)}." if lost else "."
    return text + (f" Without a ratio: {'; '.join(missed)}." if missed else "")


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
    names = {"numpy", "scipy", *(PACKAGES.get(n.split("_")[0], n) for n in columns(results))}
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
    results, absent = read()
    text = HEAD.format(
        machine=machine(results),
        score=score(results),
        one_thread=one_thread(results),
        all_cores=all_cores(results),
        cores=os.cpu_count(),
        left_out=left_out(results, absent),
    )
    (HERE / "README.md").write_text(text, "utf-8")
    draw(results, HERE / "ratios.svg")


if __name__ == "__main__":
    write()
