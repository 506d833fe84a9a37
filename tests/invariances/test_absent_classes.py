"""Rows of weight 0 are as good as absent, also where they are all rows of a class."""

import numpy as np
import pytest
from sklearn.ensemble import BaggingClassifier

from glasslogit import LogisticRegression, summarize
from glasslogit.errors import InputError
from glasslogit.export import load_model, save_model
from glasslogit.findings import Code
from glasslogit.solvers import GradientDescent

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 3))
Y = np.array(["a", "b", "c", "d"])[RNG.integers(0, 4, 200)]
WEIGHT = RNG.uniform(0.5, 2.0, 200)
RARE = (np.arange(200) < 4).astype(int)


@pytest.mark.parametrize("settings", [{}, {"multi_class": "ovr"}, {"C": np.inf}, {"l1_ratio": 1.0},
                                      {"class_weight": "balanced"}], ids=str)  # fmt: skip
@pytest.mark.parametrize("gone", ["a", "c", "d", "ad", "bc"])
def test_a_class_without_weight_is_absent(gone: str, settings: dict) -> None:
    kept = ~np.isin(Y, list(gone))
    one = LogisticRegression(tol=1e-9, **settings).fit(X, Y, WEIGHT * kept)
    other = LogisticRegression(tol=1e-9, **settings).fit(X[kept], Y[kept], WEIGHT[kept])
    assert one.classes_.tolist() == other.classes_.tolist()
    np.testing.assert_allclose(one.predict_proba(X), other.predict_proba(X), atol=1e-7)
    np.testing.assert_allclose(one.class_shares_, other.class_shares_, rtol=1e-12)
    found = [each for each in one.findings_ if each.code is Code.ABSENT_CLASS]
    assert len(found) == 1
    which = "classes" if len(gone) > 1 else "class"
    assert f"every row of {which} {', '.join(gone)} has weight 0" in found[0].evidence
    assert not any(each.code is Code.ABSENT_CLASS for each in other.findings_)


def test_a_class_weight_of_0_leaves_a_class_out() -> None:
    one = LogisticRegression(class_weight={"b": 0}, tol=1e-9).fit(X, Y)
    other = LogisticRegression(tol=1e-9).fit(X[Y != "b"], Y[Y != "b"])
    assert one.classes_.tolist() == ["a", "c", "d"]
    np.testing.assert_allclose(one.coef_, other.coef_, rtol=1e-6)


@pytest.mark.parametrize("multi_class", ["multinomial", "ovr"])
@pytest.mark.parametrize("y", [RARE, Y], ids=["two classes", "four"])
def test_one_class_that_is_left_is_certain(y, multi_class: str, tmp_path) -> None:
    label = y[-1]
    model = LogisticRegression(multi_class=multi_class).fit(X, y, (y == label).astype(float))
    assert model.classes_.tolist() == [label]
    assert model.predict_proba(X).tolist() == [[1.0]] * 200
    assert (model.predict_log_proba(X) == 0).all()
    assert set(model.predict(X, offset=np.full(200, 9.0))) == {label}
    assert model.outcome_.converged
    assert model.certificate_.gap == 0.0
    assert [each.code for each in model.findings_] == [Code.ABSENT_CLASS]
    save_model(model, tmp_path / "model.json")
    assert (load_model(tmp_path / "model.json").predict(X) == label).all()
    with pytest.raises(InputError, match="has weight 0; give the class some weight"):
        summarize(model, X, y, (y == label).astype(float))
    with pytest.raises(InputError, match="y holds only one class"):
        LogisticRegression().fit(X, np.zeros(200))
    with pytest.raises(InputError, match="base_rate is for two or more classes"):
        LogisticRegression(base_rate=0.5).fit(X, y, (y == label).astype(float))


def test_bagging_goes_on_without_a_rare_class() -> None:
    bag = BaggingClassifier(LogisticRegression(), n_estimators=20, max_samples=0.3, random_state=0)
    p = bag.fit(X, RARE).predict_proba(X)
    assert any(len(each.classes_) == 1 for each in bag.estimators_)
    assert any(len(each.classes_) == 2 for each in bag.estimators_)
    np.testing.assert_allclose(p.sum(axis=1), 1.0)


def test_held_out_rows_are_drawn_from_those_with_weight() -> None:
    solver = GradientDescent(0.5, 40, patience=5, validation_fraction=0.2)
    kept = RNG.random(200) < 0.1
    one = LogisticRegression(solver=solver).fit(X, Y == "a", WEIGHT * kept)
    other = LogisticRegression(solver=solver).fit(X[kept], (Y == "a")[kept], WEIGHT[kept])
    np.testing.assert_allclose(one.coef_, other.coef_, rtol=1e-9)
    np.testing.assert_allclose(one.trace_.validation, other.trace_.validation, rtol=1e-9)
