"""A fit that converged ends a Newton step beyond the last point that a pass saw.

The law: what is returned is right to ten digits at the default tolerance, at no pass more, and the
certificate is true of that point. Whatever did not converge ends where a pass saw it end.
Derivation: docs/derivations/certificate.md, "The last step, which no pass has seen".
"""

import dataclasses
import importlib
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from exact import exactly, excess, fit, optimum, theta_of
from glasslogit import LogisticRegression
from glasslogit.solvers import GradientDescent, Outcome

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
TEN_DIGITS = Decimal("1e-10")
SOLVERS = ["auto", "newton", "lbfgs", "newton_cg"]


@pytest.fixture
def adversarial(monkeypatch):
    """The fits made to break a certificate, and the truth about them in 50 digits."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("adversarial")


def rows_of(classes: int = 2, n: int = 40, seed: int = 0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3)) * [1.0, 10.0, 0.1] + [0.0, 5.0, 1.0]
    Z = (X - X.mean(axis=0)) / X.std(axis=0) @ rng.normal(size=(3, classes))
    return X, (Z + 1.5 * rng.gumbel(size=(n, classes))).argmax(axis=1)


def newtons_step(X, y, theta, C: float = 1.0):
    """Give Newton's step (d+1,) from θ for two classes, in columns of one scale."""
    A, size = np.column_stack([X, np.ones(len(X))]), np.append(X.std(axis=0), 1.0)
    p = 1 / (1 + np.exp(-A @ theta))
    ridge = np.append(np.ones(X.shape[1]), 0.0) / C
    H = (A.T * (p * (1 - p))) @ A + np.diag(ridge)
    g = A.T @ (p - y) + ridge * theta
    return -np.linalg.solve(H / np.outer(size, size), g / size) / size


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("C", [1.0, np.inf])
@pytest.mark.parametrize("classes", [2, 3])
def test_the_default_is_right_to_ten_digits(classes: int, C: float, solver: str) -> None:
    for seed in range(3):
        X, y = rows_of(classes, seed=seed)
        model = fit(X, y, C=C, solver=solver)
        assert model.outcome_ is Outcome.CONVERGED
        best, mine = optimum(X, y, theta_of(model), C), exactly([*model.coef_.T, model.intercept_])
        if classes > 2:  # without a penalty all classes may be shifted alike, and b always
            best = best - best.sum(axis=1, keepdims=True) / classes
        assert (abs(mine - best) <= TEN_DIGITS * abs(best)).all(), seed


@pytest.mark.parametrize("storage", ["sparse", "batches"])
def test_it_is_taken_wherever_the_rows_are(storage: str) -> None:
    X, y = rows_of()
    np.testing.assert_allclose(fit(X, y, storage).coef_, fit(X, y).coef_, rtol=1e-12)


def test_the_record_ends_where_the_last_pass_was() -> None:
    X, y = rows_of()
    model = LogisticRegression(history="weights").fit(X, y)
    last = model.trace_.weights[-1][:, 0]
    d = newtons_step(X, y, last)
    np.testing.assert_allclose(np.append(model.coef_, model.intercept_) - last, d, rtol=1e-5)
    assert d.any()


@pytest.mark.parametrize(
    "settings",
    [
        {"max_iter": 1},
        {"callbacks": [lambda at: at.step == 1]},
        {"solver": GradientDescent(0.5, epochs=50, standardise=True)},
        {"solver": GradientDescent(0.5, epochs=500, patience=2, standardise=True), "tol": 0},
        {"tol": 1e-30},
        {"l1_ratio": 1.0},
    ],
    ids=["max_iter", "stopped", "epochs", "patience", "stalled", "kinks"],
)
@pytest.mark.usefixtures("quiet")
def test_no_other_end_is_moved(settings) -> None:
    X, y = rows_of()
    model = LogisticRegression(history="weights", **settings).fit(X, y)
    assert "l1_ratio" in settings or model.outcome_ is not Outcome.CONVERGED
    seen = [np.append(each[:-1, 0], each[-1, 0]) for each in model.trace_.weights]
    end = np.append(model.coef_, model.intercept_)
    assert any((end == each).all() for each in seen)


@pytest.mark.usefixtures("quiet")
def test_separated_classes_end_where_they_were_seen() -> None:
    X = np.arange(20.0)[:, None]
    model = LogisticRegression(C=np.inf, history="weights").fit(X, X[:, 0] > 9)
    assert model.outcome_ is Outcome.SEPARATED
    finite = np.isfinite(model.coef_)
    assert (model.trace_.weights[-1][:-1].T[finite] == model.coef_[finite]).all()
    assert not model.certificate_.proved


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("tol", [1e-2, 1e-3, 1e-4])
def test_the_certificate_is_that_of_the_point_that_is_returned(classes: int, tol: float) -> None:
    """Where the last pass was, v standard errors away, ½·v² were left: the bound is far less."""
    X, y = rows_of(classes, n=300)
    model = fit(X, y, C=np.inf, tol=tol, warm_start=True)
    model.coef_[0] += tol / 10 / X.std(axis=0) / len(X) ** 0.5  # about tol / 10 away
    model.fit(X, y)
    proof = model.certificate_
    left = model.trace_.violation[-1] ** 2 / 2
    assert left > 100 * proof.rounding
    assert proof.gap <= left / 20
    assert excess(X, y, theta_of(model), np.inf) <= proof.relative_gap


def test_where_only_the_seen_point_can_be_proved_it_is_returned() -> None:
    """Of more than 100,000 rows the spreads are those of a sample, and prove nothing of a row."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(100_001, 1))
    y = rng.random(len(X)) < 1 / (1 + np.exp(-X[:, 0]))
    model = LogisticRegression(solver="newton", history="weights").fit(X, y)
    assert model.certificate_.proved
    assert (model.coef_ == model.trace_.weights[-1][:-1].T).all()


@pytest.mark.parametrize("seed", [206, 207, 217, 224, 225, 226, 228, 251, 259, 292, 308, 320])
def test_no_bound_of_an_unseen_point_is_below_the_truth(seed: int, adversarial) -> None:
    """A loose tolerance leaves a long step, which these bounds do not survive if it is left out."""
    case = adversarial.make_case(seed)
    rng = np.random.default_rng(seed)
    loose = {"solver": rng.choice(["newton", "lbfgs"]).item(), "tol": 10.0 ** rng.uniform(-5, -1)}
    settings = case.settings | loose | {"l1_ratio": 0.0, "max_iter": 100}
    asked = dataclasses.replace(case, settings=settings, moved=0.0)
    assert adversarial.judge(seed, asked)[1] == []
