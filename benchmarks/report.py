"""Write benchmarks/README.md from the rows that run.py has measured."""

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HEAD = """# Benchmarks

CPU seconds of **one thread** (BLAS too) until C·Σ loss + ½‖w‖² is within a relative **1e-6**
of its minimum; everybody on the same objective, the intercept free. Each library at the loosest
tolerance of its ladder that gets there, as if the right one had been known. `ratio` is the fastest
other library over ours: above 1 we win, below 1 we lose. A unit is one `X @ w` of NumPy on the
same data.

Made by `make bench`; nothing here is typed. {machine}

"""


def report(rows):
    """Write the table: a row for each problem, a column for each library."""
    libraries = sorted({row["library"] for row in rows}, key=lambda n: (n != "glasslogit", n))
    lines = [
        "| problem | " + " | ".join(libraries) + " | ratio | ours |",
        "|---" * (len(libraries) + 3) + "|",
    ]
    for problem in dict.fromkeys(row["problem"] for row in rows):
        mine = {row["library"]: row for row in rows if row["problem"] == problem}
        cells = [cell(mine.get(library)) for library in libraries]
        lines.append(f"| {problem} | " + " | ".join(cells) + f" | {' | '.join(verdict(mine))} |")
    text = HEAD.format(machine=machine(libraries)) + "\n".join(lines) + "\n"
    Path(__file__).with_name("README.md").write_text(text, "utf-8")


def cell(row):
    """Seconds; or that the gap was not reached; or that the problem is not for this library."""
    if row is None:
        return "–"
    return row["note"] if row["seconds"] is None else f"{row['seconds']:.3g}"


def verdict(mine):
    """Give the ratio to the fastest other library, and what ours took in passes and units."""
    ours = mine["glasslogit"]
    others = [r["seconds"] for n, r in mine.items() if n != "glasslogit" and r["seconds"]]
    if ours["seconds"] is None:
        return "–", ours["note"]
    units = f"{ours['seconds'] / max(ours['unit'], 1e-9):.0f} units" if ours["unit"] > 1e-3 else ""
    ratio = f"**{min(others) / ours['seconds']:.2g}**" if others else "–"
    return ratio, ", ".join(filter(None, [ours["note"], units]))


def machine(libraries):
    """Say on what and with which versions."""
    names = {name.split("_")[0] for name in libraries} - {"sklearn", "glasslogit"}
    found = []
    for name in ["numpy", "scikit-learn", *sorted(names)]:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return f"Python {platform.python_version()}, {platform.machine()}; {', '.join(found)}."
