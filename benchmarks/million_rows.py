"""Write a table of a million people: seven columns of numbers, six of text, and who left.

    python benchmarks/million_rows.py people.csv [rows]

Numbers are written as programs write them: ages and counts whole, money with cents, measurements
with many digits. Texts have from 2 to 8 levels. One income in 500 is missing. The same call
writes the same bytes.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np

SEED = 20240131
ROWS = 1_000_000
PLANS = ("basic", "gold", "plus", "family")
TOWNS = ("Antwerp", "Bruges", "Brussels", "Ghent", "Leuven", "Liège", "Mons", "Namur")
DEVICES = ("phone", "tablet", "laptop", "desktop", "other")
MISSING = 1 / 500


def people(rows: int = ROWS, seed: int = SEED) -> dict[str, Any]:
    """Draw the columns, (rows,) each; a missing number is NaN."""
    rng = np.random.default_rng(seed)
    numbers = {
        "age": rng.integers(18, 90, rows).astype(float),
        "visits": rng.poisson(4, rows).astype(float),
        "tenure": rng.integers(0, 240, rows).astype(float),
        "income": np.round(rng.lognormal(10, 0.6, rows), 2),
        "balance": np.round(rng.normal(0, 900, rows), 2),
        "usage": np.round(rng.gamma(2, 30, rows), 4),
        "score": rng.normal(0, 1, rows),
    }
    numbers["income"][rng.random(rows) < MISSING] = np.nan
    texts = {
        "plan": np.array(PLANS)[rng.integers(0, len(PLANS), rows)],
        "region": np.array(["north", "south", "east", "west"])[rng.integers(0, 4, rows)],
        "town": np.array(TOWNS)[rng.integers(0, len(TOWNS), rows)],
        "channel": np.array(["web", "shop", "phone"])[rng.choice(3, rows, p=[0.7, 0.2, 0.1])],
        "paperless": np.array(["yes", "no"])[rng.integers(0, 2, rows)],
        "device": np.array(DEVICES)[rng.integers(0, len(DEVICES), rows)],
    }
    margin = (numbers["age"] - 45) / 20 + numbers["visits"] / 8 - numbers["tenure"] / 120
    margin += 0.5 * numbers["score"] + (texts["plan"] == "basic") - (texts["channel"] == "web")
    left = rng.random(rows) < 1 / (1 + np.exp(-margin))
    return {**numbers, **texts, "left": np.where(left, "yes", "no")}


def write(path: Path, rows: int = ROWS) -> None:
    """Write the table."""
    import polars as pl  # noqa: PLC0415

    frame = pl.DataFrame(people(rows)).with_columns(
        pl.col("age", "visits", "tenure").cast(pl.Int64), pl.col("income").fill_nan(None)
    )
    frame.write_csv(path)


def main() -> None:
    """Write the table where the command line says."""
    write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else ROWS)


if __name__ == "__main__":
    main()
