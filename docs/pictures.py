"""Draw the pictures of the docs, some from what `make demo` has written: `make pictures`."""  # noqa: INP001

import json
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer

from glasslogit import LogisticRegression, diagnose
from glasslogit.evaluate import split_rows
from glasslogit.export import load
from glasslogit.inputs import NamedRows
from glasslogit.show import (
    plot_calibration,
    plot_coefficients,
    plot_decision_boundary,
    plot_influence,
    plot_roc,
    plot_thresholds,
)
from glasslogit.tables import PolynomialFeatures, read_labels, read_table

ROOT = Path(__file__).resolve().parents[1]


def demo_rows() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Give the rows of the demo, encoded, and which it trained on and held out."""
    saved = load(ROOT / "demo_output" / "model.json")
    table = read_table(ROOT / "examples" / "income.csv.gz")
    encoded = saved.encoding.encode(table)
    labels, _ = read_labels(table, saved.target)
    y = np.asarray(labels)[~encoded.incomplete]
    X = encoded.X[~encoded.incomplete]
    facts = json.loads((ROOT / "demo_output" / "model.json").read_text())["training"]
    return X, y, *split_rows(len(y), facts["test_size"], facts["seed"], stratify=y)


def moons() -> tuple[np.ndarray, np.ndarray]:
    """Draw two half moons with noise."""
    rng = np.random.default_rng(0)
    angle, y = rng.uniform(0, np.pi, 300), rng.integers(0, 2, 300)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    X = np.where(y[:, None] == 0, upper, [1, 0.5] - upper)
    return X + rng.normal(0, 0.2, X.shape), y


def diagnosis() -> None:
    """Draw influence and calibration of a fit to four columns of the tumours."""
    X, y = load_breast_cancer(return_X_y=True)
    X, y = X[:, :4], np.where(y, "benign", "malignant")
    model = LogisticRegression(C=np.inf).fit(X, y)
    figure, axes = plt.subplots(1, 2, figsize=(11.5, 5), layout="constrained")
    plot_influence(diagnose(model, X, y, every=True), ax=axes[0])
    plot_calibration(y, model.predict_proba(X)[:, 1], ax=axes[1])
    figure.savefig(ROOT / "docs" / "images" / "diagnosis.png", dpi=80, metadata={"Software": None})


def main() -> None:
    """Draw the four panels of the README, and the two of the diagnostics."""
    diagnosis()
    figure, axes = plt.subplots(2, 2, figsize=(11.5, 9), layout="constrained")
    saved = load(ROOT / "demo_output" / "model.json")
    X, y, train, test = demo_rows()
    measured = NamedRows(saved.encoding.feature_names, X[test])
    plot_coefficients(
        saved.model,
        label=saved.positive,
        at_most=14,
        spread=X[train].std(axis=0),
        rows=f"{len(train):,} training rows",
        ax=axes[0, 0],
    )
    y, p = y[test], saved.model.predict_proba(measured)[:, 1]
    how = {"pos_label": saved.positive, "rows": "held-out rows"}
    plot_thresholds(y, p, chosen=saved.threshold, ax=axes[0, 1], **how)
    plot_roc(y, p, ax=axes[1, 0], **how)
    X, y = moons()
    features = PolynomialFeatures(3).fit(X)
    model = LogisticRegression(C=10).fit(features.transform(X), y)
    plot_decision_boundary(model, X, y, transform=features.transform, ax=axes[1, 1])
    figure.savefig(ROOT / "docs" / "images" / "demo.png", dpi=90, metadata={"Software": None})


if __name__ == "__main__":
    main()
