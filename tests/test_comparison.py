"""How far another model is from the optimum of its own objective."""

import numpy as np
import pytest

from glasslogit import LogisticRegression, LogisticRegressionCV, compare
from glasslogit.errors import InputError, NotFittedError

linear = pytest.importorskip("sklearn.linear_model")
from sklearn.datasets import load_breast_cancer, load_iris  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

X, Y = load_breast_cancer(return_X_y=True)
Z = StandardScaler().fit_transform(X)
IRIS = load_iris(return_X_y=True)
MINIMUM = 53.794611  # of C·Σ loss + ½‖w‖² for the raw columns


@pytest.mark.filterwarnings("ignore:lbfgs failed")
def test_lbfgs_stops_30_percent_above_the_minimum() -> None:
    peer = linear.LogisticRegression().fit(X, Y)
    found = compare(peer, X, Y)
    assert found.theirs == pytest.approx(70.197, abs=2)
    assert found.above == pytest.approx(0.30, abs=0.04)
    assert found.optimum == pytest.approx(MINIMUM, abs=1e-6)
    assert found.ours_above < 1e-12
    assert found.closer == "ours"
    assert found.converged
    assert found.standard_errors > 0.1
    best = linear.LogisticRegression(solver="newton-cholesky", tol=1e-10).fit(X, Y)
    apart = np.abs(peer.predict_proba(X) - best.predict_proba(X))[:, 1]
    assert found.probability_difference == pytest.approx(apart.max(), rel=1e-6)
    assert found.rows == tuple(np.argsort(-apart)[:5].tolist())
    assert found.labels_that_differ == (peer.predict(X) != best.predict(X)).sum()


def test_ours_and_an_exact_peer_are_level() -> None:
    for model in (
        LogisticRegression(),
        linear.LogisticRegression(solver="newton-cholesky", tol=1e-12),
    ):
        found = compare(model.fit(X, Y), X, Y)
        assert found.above < 1e-12
        assert found.closer == "level"
        assert found.labels_that_differ == 0
        assert found.probability_difference < 1e-6
        assert found.rows == () or found.probability_difference > 1e-13


@pytest.mark.filterwarnings("ignore:lbfgs failed")
def test_the_shares_are_of_the_values_that_are_told() -> None:
    far, ridge = [], linear.LogisticRegression(max_iter=50)
    lasso = linear.LogisticRegression(l1_ratio=1.0, solver="liblinear", max_iter=1000)
    few, petals = (X[:, :5], Y), (IRIS[0][:, :2], IRIS[1])
    for peer, data in ((ridge, (X, Y)), (ridge, few), (ridge, IRIS), (ridge, petals), (lasso, few)):
        found = compare(peer.fit(*data), *data)
        assert found.optimum == min(found.theirs, found.ours, found.optimum)
        assert found.above == (found.theirs - found.optimum) / found.optimum
        assert found.ours_above == (found.ours - found.optimum) / found.optimum
        far.append(found.ours > found.optimum)
    assert any(far)


def objective(model, X, y, C, ratio, weight) -> float:
    z = X @ model.coef_[0] + model.intercept_[0]
    loss = np.logaddexp(0, z) - y * z
    w = model.coef_
    return C * (weight * loss).sum() + ratio * np.abs(w).sum() + (1 - ratio) / 2 * (w**2).sum()


@pytest.mark.filterwarnings("ignore:The max_iter")
@pytest.mark.parametrize(
    ("settings", "C", "ratio"),
    [
        ({"C": 0.1}, 0.1, 0.0),
        ({"l1_ratio": 1, "solver": "saga"}, 1.0, 1.0),
        ({"l1_ratio": 0.3, "solver": "saga", "C": 2.0}, 2.0, 0.3),
        ({"class_weight": {0: 3.0}}, 1.0, 0.0),
        ({"fit_intercept": False}, 1.0, 0.0),
    ],
    ids=str,
)
def test_the_objective_is_that_of_the_models_settings(settings, C, ratio) -> None:
    weight = np.arange(len(Y)) % 3 + 0.5
    peer = linear.LogisticRegression(**settings).fit(Z, Y, weight)
    found = compare(peer, Z, Y, weight)
    factor = np.where(Y == 0, 3.0 if "class_weight" in settings else 1.0, 1.0)
    expected = objective(peer, Z, Y, C, ratio, weight * factor)
    assert found.theirs == pytest.approx(expected, rel=1e-12)
    assert 0 <= found.above < 0.1
    assert found.ours_above < 1e-9
    assert (found.standard_errors is None) == (ratio > 0)


def test_standard_errors_are_those_of_the_inverse_hessian() -> None:
    model = LogisticRegression(C=np.inf).fit(Z[:, :3], Y)
    rows = np.column_stack([Z[:, :3], np.ones(len(Y))])
    p = model.predict_proba(Z[:, :3])[:, 1]
    error = np.linalg.inv((rows.T * (p * (1 - p))) @ rows).diagonal() ** 0.5
    model.coef_[0, 1] += 0.25 * error[1]
    found = compare(model, Z[:, :3], Y)
    assert found.standard_errors == pytest.approx(0.25, rel=1e-5)


def test_liblinear_is_told_apart() -> None:
    found = compare(linear.LogisticRegression(solver="liblinear").fit(X, Y), X, Y)
    assert found.above > 0.01
    assert "liblinear penalises the intercept too" in str(found)
    ours = compare(LogisticRegression(solver="liblinear").fit(X, Y), X, Y)
    assert "liblinear" not in str(ours)


def test_sgd_pipelines_and_cross_validated_models() -> None:
    sgd = linear.SGDClassifier(loss="log_loss", alpha=0.01, random_state=0).fit(Z, Y)
    assert compare(sgd, Z, Y).theirs == pytest.approx(
        objective(sgd, Z, Y, 1 / (0.01 * len(Y)), 0, 1.0), rel=1e-12
    )
    several = linear.SGDClassifier(loss="log_loss", random_state=0).fit(*IRIS)
    found = compare(several, *IRIS)
    assert found.above > 0
    assert "against the rest" in str(found)
    pipe = make_pipeline(StandardScaler(), linear.LogisticRegression(tol=1e-9)).fit(X, Y)
    assert compare(pipe, X, Y).theirs == pytest.approx(
        objective(pipe[-1], Z, Y, 1, 0, 1), rel=1e-12
    )
    ours = LogisticRegressionCV(cv=3, Cs=[0.01, 0.1]).fit(Z, Y)
    assert compare(ours, Z, Y).above < 1e-7


@pytest.mark.parametrize("multi_class", ["multinomial", "ovr"])
def test_three_classes(multi_class: str) -> None:
    model = LogisticRegression(multi_class=multi_class, tol=1e-9).fit(*IRIS)
    found = compare(model, *IRIS)
    assert found.above < 1e-12
    assert found.probability_difference < 1e-6


def test_offsets_trials_factors_and_base_rates_are_taken_into_account() -> None:
    offset, factors = Z[:, 0] / 3, np.arange(30.0)
    model = LogisticRegression(penalty_factors=factors, tol=1e-9).fit(Z, Y, None, offset)
    assert compare(model, Z, Y, None, offset).above < 1e-12
    assert compare(model, Z, Y, offset=0).above > 1e-6
    peer = linear.LogisticRegression().fit(Z, Y)
    assert compare(peer, Z, Y, None, offset).probability_difference > 1e-3
    pairs = np.column_stack([Y + 1, 3 - Y])
    model = LogisticRegression(class_weight="balanced", base_rate=0.1, tol=1e-9).fit(Z, pairs)
    found = compare(model, Z, pairs)
    assert found.above < 1e-12
    assert found.probability_difference < 1e-7
    assert "base_rate moved the intercept" in str(found)


@pytest.mark.filterwarnings("ignore:Setting penalty=None", "ignore:'penalty' was deprecated")
def test_scikit_learns_older_penalty_comes_before_its_other_parameters() -> None:
    peer = linear.LogisticRegression(penalty=None, C=2.0, solver="newton-cholesky", tol=1e-12)
    found = compare(peer.fit(Z[:, :4], Y), Z[:, :4], Y)
    assert found.problem == "Σ loss, no penalty"
    assert found.above < 1e-10


@pytest.mark.parametrize("multi_class", ["multinomial", "ovr"])
def test_sparse_coefficients_and_batches_are_compared_as_any(multi_class: str) -> None:
    A, y = IRIS
    model = LogisticRegression(multi_class=multi_class, C=0.1).fit(A, y)
    model.coef_ *= 1.01
    whole = compare(model, A, y)
    assert whole.above > 1e-6
    apart = compare(model.sparsify(), lambda: [(A[::2], y[::2]), (A[1::2], y[1::2])], None)
    for name in ("theirs", "optimum", "probability_difference"):
        assert getattr(apart, name) == pytest.approx(getattr(whole, name), rel=1e-9), name
    assert compare(model, A, y).theirs == whole.theirs


def test_the_problem_is_told_with_its_factors() -> None:
    factors = np.arange(30.0)
    model = LogisticRegression(penalty_factors=factors).fit(Z, Y)
    assert compare(model, Z, Y).problem == "1·Σ loss + ½Σ f·w², f from 0 to 29"
    model = LogisticRegression(penalty_factors=0 * factors[:3], tol=1e-9).fit(Z[:, :3], Y)
    found = compare(model, Z[:, :3], Y)
    assert found.problem == "Σ loss, no penalty"
    assert found.theirs == pytest.approx(objective(model, Z[:, :3], Y, 1, 0, 1.0) - norm(model))


def norm(model) -> float:
    return (model.coef_**2).sum() / 2


def test_standard_errors_are_told_beside_constant_and_dependent_columns() -> None:
    A = np.column_stack([Z[:, :3], np.ones(len(Y)), Z[:, 0]])
    model = LogisticRegression(penalty_factors=[1, 1, 1, 1, 0], tol=1e-9).fit(A, Y)
    model.coef_[0, 1] *= 1.1
    assert 0 < compare(model, A, Y).standard_errors < 10


def test_the_text_is_a_small_table() -> None:
    lines = str(compare(LogisticRegression(C=2.0, l1_ratio=0.5).fit(Z, Y), Z, Y)).split("\n")
    assert lines[0] == "2·Σ loss + 0.5·‖w‖₁ + 0.5·½‖w‖²"
    assert lines[2].startswith("LogisticRegression")
    assert lines[3].startswith("glasslogit")
    assert lines[5] == "closer to the optimum: neither"
    assert lines[8] == "rows with another label: 0"
    assert max(map(len, lines)) <= 80


def test_what_is_no_logistic_regression_is_refused() -> None:
    with pytest.raises(InputError, match="loss='hinge' is no logistic regression; give loss="):
        compare(linear.SGDClassifier().fit(Z, Y), Z, Y)
    with pytest.raises(InputError, match="no logistic regression that can be read"):
        compare(linear.RidgeClassifier().fit(Z, Y), Z, Y)
    with pytest.raises(NotFittedError, match="not fitted yet"):
        compare(linear.LogisticRegression(), Z, Y)
    model = LogisticRegression().fit(Z, Y)
    with pytest.raises(InputError, match="X has 3 columns but the model was fitted on 30"):
        compare(model, Z[:, :3], Y)
    with pytest.raises(InputError, match="y holds the classes"):
        compare(model, Z, Y + 5)


def test_a_fit_to_a_table_is_compared_and_inspected():
    pd = pytest.importorskip("pandas")
    pytest.importorskip("narwhals")
    from glasslogit.tables import TableEncoder

    rng = np.random.default_rng(2)
    table = pd.DataFrame({"a": 9 * rng.normal(size=200), "b": rng.choice(list("uvw"), 200)})
    table["y"] = (table.a / 9 + (table.b == "u") + rng.logistic(size=200) > 0).astype(int)
    encoder = TableEncoder({"c": "drop"}, standardise=True)
    model = LogisticRegression(encoder=encoder, tol=1e-9, findings="full", base_rate="training")
    model.fit(table.assign(c="x"), "y")
    found = compare(model, table, "y")
    assert found.above < 1e-12
    assert found.probability_difference < 1e-6
    assert not model.findings_
