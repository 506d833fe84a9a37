"""From a CSV file of a million rows to a measured model: the whole road, beside other roads.

    python benchmarks/from_file.py [rows]

Each road is a process of its own with one thread that reads the file, leaves out rows with a
missing value, holds a fifth of the rows out, encodes text as indicators, fits with the penalty of
C = 1, and measures log loss and area under the curve on the rows held out. Counted is all that
the process does, imports too. Writes from_file.md; nothing there is typed.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from million_rows import ROWS

HERE = Path(__file__).parent
REPEATS = 3
TARGET = "left"


def glasslogit(path: str) -> dict[str, Any]:
    """`glasslogit fit`, which finds faults in the data and gives standard errors besides."""
    from contextlib import redirect_stdout  # noqa: PLC0415
    from io import StringIO  # noqa: PLC0415

    from glasslogit.cli import commands  # noqa: PLC0415

    out = StringIO()
    with redirect_stdout(out):
        commands.call(["fit", path, "--target", TARGET])
    lines = [line.split() for line in out.getvalue().splitlines()]
    found = {" ".join(line[:2]): line[2] for line in lines if len(line) > 2}
    return {"log loss": float(found["log loss"]), "AUC": float(found["ROC AUC"])}


def pandas_and_sklearn(path: str) -> dict[str, Any]:
    """pandas, and a pipeline of scikit-learn."""
    import pandas as pd  # noqa: PLC0415
    from sklearn.compose import make_column_transformer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.metrics import log_loss, roc_auc_score  # noqa: PLC0415
    from sklearn.model_selection import train_test_split  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: PLC0415

    table = pd.read_csv(path).dropna()
    X, y = table.drop(columns=TARGET), table[TARGET]
    trained, held, y_trained, y_held = train_test_split(
        X, y, test_size=0.2, random_state=0, stratify=y
    )
    numbers = [name for name in X if X[name].dtype.kind in "fi"]
    texts = [name for name in X if name not in numbers]
    encode = make_column_transformer((StandardScaler(), numbers), (OneHotEncoder(), texts))
    model = make_pipeline(encode, LogisticRegression()).fit(trained, y_trained)
    p = model.predict_proba(held)[:, 1]
    return {"log loss": log_loss(y_held, p), "AUC": roc_auc_score(y_held, p)}


def polars_and_glum(path: str) -> dict[str, Any]:
    """polars, and glum on categories."""
    import polars as pl  # noqa: PLC0415
    from glum import GeneralizedLinearRegressor  # noqa: PLC0415
    from sklearn.metrics import log_loss, roc_auc_score  # noqa: PLC0415
    from sklearn.model_selection import train_test_split  # noqa: PLC0415

    table = pl.read_csv(path).drop_nulls().to_pandas()
    X, y = table.drop(columns=TARGET), (table[TARGET] == "yes").astype(float)
    texts = [name for name in X if X[name].dtype.kind not in "fi"]
    X = X.astype(dict.fromkeys(texts, "category"))
    trained, held, y_trained, y_held = train_test_split(
        X, y, test_size=0.2, random_state=0, stratify=y
    )
    strength = 1.0 / len(y_trained)
    model = GeneralizedLinearRegressor(family="binomial", alpha=strength, drop_first=True)
    p = model.fit(trained, y_trained).predict(held)
    return {"log loss": log_loss(y_held, p), "AUC": roc_auc_score(y_held, p)}


ROADS: dict[str, Callable[[str], dict[str, Any]]] = {
    "glasslogit fit": glasslogit,
    "pandas + scikit-learn": pandas_and_sklearn,
    "polars + glum": polars_and_glum,
}


def travel(road: str, path: Path) -> dict[str, Any]:
    """Go along one road in a process of its own; CPU seconds, and the most memory in MB."""
    names = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "POLARS_MAX", "RAYON")
    limits = {f"{name}_NUM_THREADS": "1" for name in names} | {"POLARS_MAX_THREADS": "1"}
    command = [sys.executable, __file__, "--road", road, str(path)]
    process = subprocess.Popen(command, env=os.environ | limits, stdout=subprocess.PIPE)  # noqa: S603
    said = process.stdout.read() if process.stdout else b""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        raise RuntimeError(f"{road} failed")
    measured = json.loads(said.splitlines()[-1])
    if measured is None:
        return {}
    seconds = used.ru_utime + used.ru_stime
    return {"seconds": seconds, "memory": used.ru_maxrss * 1024 / 1e6, **measured}


def report(path: Path, rows: int) -> str:
    """Measure all roads in turn, several times, and write the table."""
    size, found = path.stat().st_size / 1e6, dict[str, list[dict[str, Any]]]()
    for _ in range(REPEATS):
        for road in ROADS:
            found.setdefault(road, []).append(travel(road, path))
            print(road, found[road][-1], flush=True)
    best = {
        road: {key: min(each[key] for each in runs) for key in runs[0]}
        for road, runs in found.items()
        if all(runs)
    }
    ours = next(iter(best.values()))["seconds"]
    lines = [
        f"| {road} | {run['seconds']:.1f} | {run['seconds'] / ours:.1f} | {run['memory']:,.0f} MB, "
        f"{run['memory'] / size:.1f} × the file | {run['log loss']:.4f} | {run['AUC']:.4f} |"
        for road, run in best.items()
    ]
    absent = [
        f"{road} was not measured: it is not installed." for road in ROADS if road not in best
    ]
    packages = ("numpy", "pandas", "polars", "scikit-learn", *(("glum",) if not absent else ()))
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    cores = f"{os.cpu_count()} cores shared with others"
    on = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {cores}"
    titles = "| road | CPU seconds | over ours | most memory | log loss | AUC |"
    head = f"""# From a file to a measured model

A CSV file of {rows:,} rows, seven columns of numbers and six of text, {size:.0f} MB
([million_rows.py](million_rows.py)): read, leave out rows with a missing value, hold a fifth out,
encode, fit with C = 1, measure. CPU seconds of the whole process with one thread, imports too, the
least of {REPEATS} runs in turn; memory is the largest resident size. Ours also looks for faults in
the data and gives standard errors. Made by `python benchmarks/from_file.py`; nothing here is typed.
{on}; {versions}.
"""
    return "\n".join([head, titles, "| --- " * 6 + "|", *lines, "", *absent]).rstrip() + "\n"


def main() -> None:
    """Go along one road, or along all of them and write the report."""
    if "--road" in sys.argv:
        _, _, road, path = sys.argv
        try:
            print(json.dumps({key: float(each) for key, each in ROADS[road](path).items()}))
        except ModuleNotFoundError:
            print("null")
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        # A process of its own: the largest size of a child is no less than that of its parent.
        made = [sys.executable, str(HERE / "million_rows.py"), str(path), str(rows)]
        subprocess.run(made, check=True)  # noqa: S603
        (HERE / "from_file.md").write_text(report(path, rows), "utf-8")


if __name__ == "__main__":
    main()
