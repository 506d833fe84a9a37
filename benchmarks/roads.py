"""The roads from a CSV file to a measured model, each gone along in a process of its own.

    python benchmarks/roads.py glasslogit people.csv left

Each reads the file, leaves out rows with a missing value, holds a fifth of the rows out, encodes
text as indicators, fits with the penalty of C = 1 to the library's own tolerance, and measures log
loss and area under the curve on the rows held out. Counted is all that the process does, imports
too. Ours also looks for faults in the data and gives standard errors.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

STATUS = Path("/proc/self/status")


def glasslogit(path: str, target: str) -> dict[str, Any]:
    """`glasslogit fit`, as it is called from a shell."""
    from contextlib import redirect_stdout  # noqa: PLC0415
    from io import StringIO  # noqa: PLC0415

    from glasslogit.cli import commands  # noqa: PLC0415

    out = StringIO()
    with redirect_stdout(out):
        commands.call(["fit", path, "--target", target])
    lines = [line.split() for line in out.getvalue().splitlines()]
    found = {" ".join(line[:2]): line[2] for line in lines if len(line) > 2}
    return {"log loss": float(found["log loss"]), "AUC": float(found["ROC AUC"])}


def sklearn_lbfgs(path: str, target: str) -> dict[str, Any]:
    """pandas, and a pipeline of scikit-learn."""
    import pandas as pd  # noqa: PLC0415
    from sklearn.compose import make_column_transformer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.metrics import log_loss, roc_auc_score  # noqa: PLC0415
    from sklearn.model_selection import train_test_split  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: PLC0415

    table = pd.read_csv(path).dropna()
    X, y = table.drop(columns=target), table[target]
    trained, held, y_trained, y_held = train_test_split(
        X, y, test_size=0.2, random_state=0, stratify=y
    )
    numbers = [name for name in X if X[name].dtype.kind in "fi"]
    texts = [name for name in X if name not in numbers]
    encoder = OneHotEncoder(handle_unknown="ignore")
    encode = make_column_transformer((StandardScaler(), numbers), (encoder, texts))
    model = make_pipeline(encode, LogisticRegression()).fit(trained, y_trained)
    p = model.predict_proba(held)[:, 1]
    return {"log loss": log_loss(y_held, p), "AUC": roc_auc_score(y_held, p)}


def glum(path: str, target: str) -> dict[str, Any]:
    """polars, and glum on categories."""
    import polars as pl  # noqa: PLC0415
    from glum import GeneralizedLinearRegressor  # noqa: PLC0415
    from sklearn.metrics import log_loss, roc_auc_score  # noqa: PLC0415
    from sklearn.model_selection import train_test_split  # noqa: PLC0415

    table = pl.read_csv(path).drop_nulls().to_pandas()
    X = table.drop(columns=target)
    y = (table[target] == table[target].max()).astype(float)
    texts = [name for name in X if X[name].dtype.kind not in "fi"]
    X = X.astype(dict.fromkeys(texts, "category"))
    trained, held, y_trained, y_held = train_test_split(
        X, y, test_size=0.2, random_state=0, stratify=y
    )
    strength = 1.0 / len(y_trained)
    model = GeneralizedLinearRegressor(family="binomial", alpha=strength, drop_first=True)
    p = model.fit(trained, y_trained).predict(held)
    return {"log loss": log_loss(y_held, p), "AUC": roc_auc_score(y_held, p)}


ROADS: dict[str, Callable[[str, str], dict[str, Any]]] = {
    road.__name__: road for road in (glasslogit, sklearn_lbfgs, glum)
}


def travel(road: str, problem: Any) -> dict[str, Any]:
    """Go along a road in a new process; its measures, and the most memory in bytes."""
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(problem.X)
        file.flush()
        command = [sys.executable, __file__, road, file.name, problem.target]
        run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if run.returncode:
        raise RuntimeError((run.stderr.strip().splitlines() or [str(run.returncode)])[-1])
    return json.loads(run.stdout.splitlines()[-1])


def peak() -> float | None:
    """Read from Linux how many bytes have been resident at most."""
    if not STATUS.exists():
        return None
    lines = STATUS.read_text("utf-8").splitlines()
    return 1024.0 * int(next(line for line in lines if line.startswith("VmHWM")).split()[1])


def main() -> None:
    """Go along one road."""
    _, road, path, target = sys.argv
    found = {key: float(each) for key, each in ROADS[road](path, target).items()}
    print(json.dumps(found | {"peak": peak()}))


if __name__ == "__main__":
    main()
