"""Metadata of a cross-validated fit go where scikit-learn sends them, on and off."""

import inspect
from typing import Any

import numpy as np
import pytest
import sklearn
from sklearn import linear_model
from sklearn.metrics import accuracy_score, get_scorer, make_scorer
from sklearn.model_selection import GroupKFold, LeaveOneGroupOut, StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from glasslogit import LogisticRegressionCV
from glasslogit.errors import InputError

theirs = pytest.importorskip("sklearn.tests.test_metaestimators_metadata_routing")
TESTS = {
    name: test
    for name, test in inspect.getmembers(theirs, inspect.isfunction)
    if name.startswith("test_") and [*inspect.signature(test).parameters] == ["metaestimator"]
}
RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 3))
Y = (X[:, 0] + RNG.normal(size=300) > 0).astype(int)
WEIGHT = RNG.uniform(0.2, 3.0, 300)
GROUPS = np.arange(300) % 11


@pytest.mark.parametrize("name", sorted(TESTS))
def test_scikit_learns_tests_of_routing_pass(name: str) -> None:
    (row,) = (
        each
        for each in theirs.METAESTIMATORS
        if each["metaestimator"] is linear_model.LogisticRegressionCV
    )
    with sklearn.config_context(enable_metadata_routing=True):
        TESTS[name]({**row, "metaestimator": LogisticRegressionCV})


def test_there_are_such_tests() -> None:
    assert len(TESTS) >= 8


def both(scoring: Any, cv: Any, **given: Any) -> tuple[np.ndarray, np.ndarray]:
    """Fit scikit-learn's class and ours; give their scores."""
    how = {"Cs": [0.01, 0.1, 1.0], "cv": cv, "scoring": scoring, "use_legacy_attributes": False}
    ours = LogisticRegressionCV(tol=1e-9, **how).fit(X, Y, **given)
    other = linear_model.LogisticRegressionCV(l1_ratios=(0,), tol=1e-9, max_iter=1000, **how)
    return ours.scores_, other.fit(X, Y, **given).scores_


@pytest.mark.parametrize("splitter", [GroupKFold(3), LeaveOneGroupOut(), StratifiedGroupKFold(3)])
@pytest.mark.parametrize("weighted", [True, False])
def test_groups_and_weights_go_where_their_requests_say(splitter: Any, weighted: bool) -> None:
    scorer = get_scorer("neg_log_loss")
    with sklearn.config_context(enable_metadata_routing=True):
        scorer.set_score_request(sample_weight=weighted)
        found, wanted = both(scorer, splitter, sample_weight=WEIGHT, groups=GROUPS)
    np.testing.assert_allclose(found, wanted, rtol=1e-6)


def test_metadata_of_any_name_reach_a_scorer_row_by_row() -> None:
    def share(y: Any, p: Any, price: Any, unit: float) -> float:
        return float((price * (y == p)).sum() / unit)

    with sklearn.config_context(enable_metadata_routing=True):
        scorer = make_scorer(share).set_score_request(price="fee", unit=True)
        found, wanted = both(scorer, 4, fee=(WEIGHT**2).tolist(), unit=7.0)
        np.testing.assert_allclose(found, wanted, rtol=1e-9)
        model = LogisticRegressionCV(Cs=[1.0], scoring=scorer)
        pipe = make_pipeline(StandardScaler(), model).fit(X, Y, fee=WEIGHT, unit=1.0)
        last, rows, hit = pipe[-1], pipe[:-1].transform(X), pipe.predict(X) == Y
        assert last.score(rows, Y, fee=WEIGHT, unit=2.0) == pytest.approx(WEIGHT @ hit / 2)


def test_without_routing_weights_go_to_the_scorer_and_nothing_else_is_taken() -> None:
    found, wanted = both("neg_log_loss", 3, sample_weight=WEIGHT)
    np.testing.assert_allclose(found, wanted, rtol=1e-6)
    found, wanted = both(make_scorer(accuracy_score), 3, sample_weight=WEIGHT)
    np.testing.assert_allclose(found, wanted, rtol=1e-9)
    model = LogisticRegressionCV(Cs=[1.0]).fit(X, Y)
    for work in (model.fit, model.score):
        for kind in (InputError, TypeError):
            with pytest.raises(
                kind, match=r"'fee'.*only supported if enable_metadata_routing=True"
            ):
                work(X, Y, fee=WEIGHT)


def test_a_search_is_its_own_router_with_the_requests_of_fit_alone() -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        model = LogisticRegressionCV(cv=GroupKFold(3)).set_fit_request(offset=True)
        routing = model.get_metadata_routing()
        (own,) = (each.router for name, each in routing if name == "$self_request")
        assert own.fit.requests == {"sample_weight": None, "offset": True}
        assert own.score.requests == {"offset": None}
        assert routing.consumes("fit", ["groups", "offset"]) == {"groups", "offset"}
