"""LogisticRegressionCV next to scikit-learn's, and its rules by hand."""

import warnings

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn import datasets, linear_model, metrics, model_selection

from glasslogit import LogisticRegression, LogisticRegressionCV
from glasslogit.errors import ConvergenceWarning, InputError
from glasslogit.evaluate import stratified_folds
from glasslogit.selection import best

TWO = datasets.make_classification(300, 8, n_informative=4, flip_y=0.2, random_state=3)
THREE = datasets.load_iris(return_X_y=True)
NEW = {"use_legacy_attributes": False}
CS = [0.01, 0.1, 1.0, 10.0]


def peer(**settings):
    """scikit-learn's class, run to the optimum."""
    exact = {"tol": 1e-9, "max_iter": 100_000, "l1_ratios": (0.0,), "scoring": None, **NEW}
    return linear_model.LogisticRegressionCV(**{**exact, **settings})


@pytest.mark.parametrize("folds", [2, 3, 7])
def test_folds_are_the_same(folds: int) -> None:
    labels = np.random.default_rng(0).choice(["c", "a", "b"], 60, p=[0.6, 0.25, 0.15])
    theirs = model_selection.StratifiedKFold(folds).split(labels, labels)
    for (train, test), (one, other) in zip(stratified_folds(labels, folds), theirs, strict=True):
        np.testing.assert_array_equal(train, one)
        np.testing.assert_array_equal(test, other)


@pytest.mark.parametrize(
    "scoring", ["neg_log_loss", "accuracy", "neg_brier_score", "balanced_accuracy"]
)
@pytest.mark.parametrize("data", [TWO, THREE], ids=["two classes", "three"])
def test_scores_and_choice_are_the_same(data, scoring: str) -> None:
    X, y = data
    settings = {"Cs": CS, "scoring": scoring, "class_weight": "balanced"}
    ours = LogisticRegressionCV(**settings, tol=1e-9).fit(X, y)
    theirs = peer(**settings).fit(X, y)
    assert ours.scores_.shape == theirs.scores_.shape
    np.testing.assert_allclose(ours.scores_, theirs.scores_, atol=2e-6)
    np.testing.assert_allclose(ours.coefs_paths_, theirs.coefs_paths_, atol=1e-4)
    assert (ours.C_, ours.l1_ratio_) == (theirs.C_, theirs.l1_ratio_)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-4)
    assert ours.score(X, y) == pytest.approx(theirs.score(X, y), abs=1e-6)


@pytest.mark.parametrize("scoring", ["roc_auc", "average_precision", "f1"])
def test_scores_for_two_classes_with_texts_and_weights(scoring: str) -> None:
    X, y = TWO
    labels = np.array(["no", "yes"])[y] if scoring == "roc_auc" else y
    weight = np.random.default_rng(0).integers(1, 4, len(y)).astype(float)
    settings = {"Cs": CS, "scoring": scoring, "cv": 4}
    ours = LogisticRegressionCV(**settings, tol=1e-9).fit(X, labels, weight)
    theirs = peer(**settings).fit(X, labels, sample_weight=weight)
    np.testing.assert_allclose(ours.scores_, theirs.scores_, atol=1e-9)
    assert ours.C_ == theirs.C_


def test_elastic_net_and_every_shape() -> None:
    X, y = TWO
    settings = {"Cs": [0.2, 2.0], "l1_ratios": [0.2, 0.9, 1.0], "cv": 3, "scoring": "neg_log_loss"}
    for legacy in (False, True):
        settings["use_legacy_attributes"] = legacy
        ours = LogisticRegressionCV(**settings, tol=1e-9).fit(X, y)
        theirs = peer(**settings, solver="saga", random_state=0).fit(X, y)
        for name in ("scores_", "coefs_paths_", "n_iter_", "C_", "l1_ratio_", "Cs_", "l1_ratios_"):
            one, other = getattr(ours, name), getattr(theirs, name)
            if isinstance(other, dict):
                assert list(one) == list(other)
                one, other = one[1], other[1]
            assert np.shape(one) == np.shape(other), name
            if name != "n_iter_":
                np.testing.assert_allclose(one, other, atol=1e-5, err_msg=name)
        np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-5)


@pytest.mark.parametrize("data", [TWO, THREE], ids=["two classes", "three"])
def test_old_shapes_without_l1_ratios(data) -> None:
    settings = {"Cs": [0.1, 1.0], "l1_ratios": None, "use_legacy_attributes": True}
    ours = LogisticRegressionCV(**settings, scoring=None, fit_intercept=False).fit(*data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = peer(**settings, fit_intercept=False).fit(*data)
    for name in ("scores_", "coefs_paths_"):
        one, other = getattr(ours, name), getattr(theirs, name)
        assert {k: v.shape for k, v in one.items()} == {k: v.shape for k, v in other.items()}
    for name in ("C_", "l1_ratio_", "n_iter_", "coef_", "intercept_"):
        assert np.shape(getattr(ours, name)) == np.shape(getattr(theirs, name)), name


@pytest.mark.parametrize("data", [TWO, THREE], ids=["two classes", "three"])
def test_without_a_refit_the_best_of_each_fold_is_averaged(data) -> None:
    settings = {"Cs": CS, "refit": False, "cv": 3, "scoring": "neg_log_loss"}
    ours = LogisticRegressionCV(**settings, tol=1e-9).fit(*data)
    theirs = peer(**settings).fit(*data)
    assert ours.C_ == theirs.C_
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-4)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, atol=1e-4)


def test_folds_and_scorers_of_any_kind() -> None:
    X, y = TWO
    splitter = model_selection.ShuffleSplit(3, random_state=0)
    pairs = [(train, test) for train, test in splitter.split(X)]
    masks = [tuple(np.isin(np.arange(len(y)), part) for part in pair) for pair in pairs]
    scorer = metrics.get_scorer("neg_log_loss")
    fits = [
        LogisticRegressionCV(Cs=CS, cv=cv, scoring=scoring).fit(X, y).scores_
        for cv in (splitter, pairs, masks)
        for scoring in (scorer, "neg_log_loss")
    ]
    for scores in fits[1:]:
        np.testing.assert_allclose(scores, fits[0], rtol=1e-12)
    dense = LogisticRegressionCV(Cs=CS).fit(X, y)
    sparse = LogisticRegressionCV(Cs=CS).fit(sp.csr_array(X), y)
    np.testing.assert_allclose(sparse.scores_, dense.scores_, rtol=1e-8)


def test_a_fold_is_a_fit_of_its_rows() -> None:
    X, y = THREE
    offset = np.random.default_rng(0).normal(size=(len(y), 3))
    for multi_class in ("multinomial", "ovr"):
        plain = {"multi_class": multi_class, "tol": 1e-9, "l1_ratio": 0.5, "C": 2.0}
        model = LogisticRegressionCV(
            Cs=[2.0], l1_ratios=[0.5], cv=3, multi_class=multi_class, tol=1e-9
        ).fit(X, y, offset=offset)
        for k, (train, test) in enumerate(stratified_folds(y, 3)):
            single = LogisticRegression(**plain).fit(X[train], y[train], offset=offset[train])
            np.testing.assert_allclose(model.coefs_paths_[k, 0, 0, :, :-1], single.coef_, atol=1e-7)
            p = single.predict_proba(X[test], offset[test])
            score = np.log(p[np.arange(len(test)), y[test]]).mean()
            np.testing.assert_allclose(model.scores_[k, 0, 0], score, rtol=1e-7)
        whole = LogisticRegression(**plain).fit(X, y, offset=offset)
        np.testing.assert_allclose(model.coef_, whole.coef_, atol=1e-7)
        assert model.best_.get_params()["C"] == model.C_ == 2.0


def test_the_rule_of_one_standard_error_by_hand() -> None:
    """Means −1, −0.5, −0.4 and −0.6; the best has s/√3 = 0.1·√3/√3 = 0.1 … and −0.5 is within."""
    steps = np.array([-1.0, 0.0, 1.0])[:, None]
    means = np.array([-1.0, -0.4999, -0.4, -0.6])
    scores = (means + 0.1 * 3**0.5 * steps * [0.0, 0.0, 1.0, 0.0])[:, None]
    Cs = np.array([0.01, 0.1, 1.0, 10.0])
    assert best(scores, Cs, "best") == (0, 2)
    assert best(scores, Cs, "one_se") == (0, 1)
    assert best(scores[..., ::-1], Cs[::-1], "one_se") == (0, 2)
    assert best(scores - [[0.0, 0.0002, 0.0, 0.0]], Cs, "one_se") == (0, 2)


def test_one_standard_error_takes_a_stronger_penalty() -> None:
    X, y = TWO
    fits = {
        rule: LogisticRegressionCV(rule=rule, l1_ratios=[1.0]).fit(X, y)
        for rule in ("best", "one_se")
    }
    means = fits["best"].scores_.mean(axis=0)[0]
    top = int(means.argmax())
    error = fits["best"].scores_[:, 0, top].std(ddof=1) / 5**0.5
    assert fits["best"].Cs_[top] == fits["best"].C_
    assert fits["one_se"].Cs_[means >= means[top] - error].min() == fits["one_se"].C_
    assert fits["one_se"].C_ < fits["best"].C_


def test_time_that_runs_out_and_misuse_are_told() -> None:
    X, y = TWO
    with pytest.warns(ConvergenceWarning, match="of the 50 fits of the folds"):
        model = LogisticRegressionCV(l1_ratios=[1.0], max_time=1e-9).fit(X, y)
    assert not model.converged_.all()
    for settings, words in (
        ({"scoring": "r2"}, "scoring='r2'"),
        ({"cv": 1}, "cv=1"),
        ({"cv": [([0, 500], [1])]}, "from 0 to 299"),
        ({"rule": "one_se", "refit": False}, "refit=True"),
        ({"l1_ratios": [2]}, "l1_ratios=2"),
    ):
        with pytest.raises(InputError, match=words):
            LogisticRegressionCV(**settings).fit(X, y)
    with pytest.raises(InputError, match="rows of weight 0"):
        LogisticRegressionCV(cv=[(range(100), range(100, 300))]).fit(X, y, np.arange(300) >= 100)
    with pytest.raises(InputError, match="two classes"):
        LogisticRegressionCV(scoring="f1").fit(*THREE)


def test_inside_scikit_learn() -> None:
    from sklearn.base import clone

    model = clone(LogisticRegressionCV(Cs=3, l1_ratios=(0.5,)))
    scores = model_selection.cross_val_score(model, *TWO, cv=3, scoring="accuracy")
    assert scores.shape == (3,)
    assert repr(model) == "LogisticRegressionCV(Cs=3, l1_ratios=(0.5,))"
