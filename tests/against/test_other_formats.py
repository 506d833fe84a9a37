"""Formats of other libraries: what mlflow and skl2onnx do with our models, as the docs say."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import linear_model
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from glasslogit import LogisticRegression, LogisticRegressionCV

X, Y = load_breast_cancer(return_X_y=True)
TRUSTED = [
    "glasslogit.findings.Finding",
    "glasslogit.model.estimator.LogisticRegression",
    "glasslogit.model.selection.cross_validation.LogisticRegressionCV",
    "glasslogit.optimum.certificate.Certificate",
    "glasslogit.solvers.trace.Trace",
]


@pytest.mark.parametrize("model", [
    LogisticRegression(), LogisticRegressionCV(Cs=[1.0], cv=2),
    make_pipeline(StandardScaler(), LogisticRegression(C=0.1)),
], ids=["alone", "search", "pipeline"])  # fmt: skip
@pytest.mark.parametrize("kind", [None, "skops", "cloudpickle"])
@pytest.mark.filterwarnings("ignore")
def test_mlflow_stores_and_loads_a_model(model: Any, kind: str | None, tmp_path: Path) -> None:
    mlflow = pytest.importorskip("mlflow.sklearn")
    if kind != "cloudpickle":
        pytest.importorskip("skops")
    how = {} if kind is None else {"serialization_format": kind}
    trusted = None if kind == "cloudpickle" else TRUSTED
    path = str(tmp_path / "model")
    mlflow.save_model(
        model.fit(X, Y), path, skops_trusted_types=trusted, pip_requirements=["glasslogit"], **how
    )
    again = mlflow.load_model(path)
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))


@pytest.mark.filterwarnings("ignore")
def test_autolog_of_mlflow_sees_a_model_inside_a_pipeline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mlflow = pytest.importorskip("mlflow")
    pytest.importorskip("mlflow.sklearn")
    monkeypatch.chdir(tmp_path)  # where it puts its pictures
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path / 'runs.db'}")
    mlflow.sklearn.autolog(log_models=False)
    try:
        with mlflow.start_run() as run:
            model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1)).fit(X, Y)
            accuracy = model.score(X, Y)
        logged = mlflow.get_run(run.info.run_id).data
    finally:
        mlflow.sklearn.autolog(disable=True)
    assert logged.params["logisticregression__C"] == "0.1"
    assert logged.metrics["training_score"] == pytest.approx(accuracy)


@pytest.mark.parametrize("data", [load_breast_cancer, load_iris])
@pytest.mark.filterwarnings("ignore")
def test_skl2onnx_converts_scikit_learns_class_with_our_coefficients(data: Any) -> None:
    skl2onnx, runtime = pytest.importorskip("skl2onnx"), pytest.importorskip("onnxruntime")
    A, y = data(return_X_y=True)
    A = StandardScaler().fit_transform(A).astype(np.float32)
    model = LogisticRegression().fit(A, y)
    with pytest.raises(Exception, match="Unable to find a shape calculator"):
        skl2onnx.to_onnx(model, A[:1])  # nothing is converted wrongly in silence
    twin = linear_model.LogisticRegression()
    for name in ("classes_", "coef_", "intercept_", "n_features_in_"):
        setattr(twin, name, getattr(model, name))
    text = skl2onnx.to_onnx(twin, A[:1], options={"zipmap": False}).SerializeToString()
    session = runtime.InferenceSession(text, providers=["CPUExecutionProvider"])
    labels, p = session.run(None, {session.get_inputs()[0].name: A})
    np.testing.assert_allclose(p, model.predict_proba(A), atol=1e-6)
    assert (labels == model.predict(A)).all()
