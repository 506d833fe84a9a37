"""LogisticRegressionCV next to scikit-learn's, and its rules by hand."""

import warnings
from itertools import cycle

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn import datasets, linear_model, metrics, model_selection

from glasslogit import LogisticRegression, LogisticRegressionCV
from glasslogit.errors import ConvergenceWarning, GlasslogitWarning, InputError
from glasslogit.evaluate import stratified_folds
from glasslogit.model.selection.scores import best
from glasslogit.solvers import Outcome

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


@pytest.mark.parametrize("ratios", [{}, {"l1_ratios": None}, {"l1_ratios": "warn"},
                                    {"l1_ratios": (0.0,)}], ids=str)  # fmt: skip
@pytest.mark.parametrize("data", [TWO, THREE], ids=["two classes", "three"])
def test_old_shapes_have_an_axis_for_l1_ratios_where_they_are_given(data, ratios) -> None:
    settings = {"Cs": [0.1, 1.0], "use_legacy_attributes": True, "fit_intercept": False, **ratios}
    ours = LogisticRegressionCV(**settings, scoring=None).fit(*data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = linear_model.LogisticRegressionCV(**settings).fit(*data)
    for name in ("scores_", "coefs_paths_"):
        one, other = getattr(ours, name), getattr(theirs, name)
        assert {k: v.shape for k, v in one.items()} == {k: v.shape for k, v in other.items()}
    for name in ("C_", "l1_ratio_", "n_iter_", "coef_", "intercept_"):
        assert np.shape(getattr(ours, name)) == np.shape(getattr(theirs, name)), name


@pytest.mark.parametrize("solver", ["auto", "newton", "lbfgs"])
@pytest.mark.parametrize("K", [2, 3])
def test_no_penalty_is_one_of_the_strengths(K: int, solver: str) -> None:
    X, y = TWO[0][:, :3], np.random.default_rng(0).integers(0, K, len(TWO[1]))
    settings = {"Cs": [np.inf, 0.01, 1.0], "cv": 3, "scoring": "neg_log_loss"}
    ours = LogisticRegressionCV(**settings, tol=1e-9, solver=solver).fit(X, y)
    theirs = peer(**settings).fit(X, y)
    np.testing.assert_allclose(ours.scores_, theirs.scores_, atol=1e-7)
    np.testing.assert_allclose(ours.coefs_paths_, theirs.coefs_paths_, rtol=1e-4, atol=1e-5)
    assert ours.C_ == theirs.C_
    free = LogisticRegressionCV(Cs=[np.inf], cv=3, rule="one_se", tol=1e-9).fit(X, y)
    assert free.C_ == free.best_.C == np.inf
    alone = LogisticRegression(C=np.inf, tol=1e-9).fit(X, y)
    np.testing.assert_allclose(free.coef_, alone.coef_, rtol=1e-6)


def test_a_fold_of_separated_classes_has_no_optimum_without_a_penalty() -> None:
    x = np.array([*range(-20, 0), *range(1, 21)], float)[:, None]
    y = (x[:, 0] > 0).astype(int)
    y[[0, -1]] = 1, 0  # only the folds that hold both out are separated
    folds = [(np.arange(1, 39), [0, 39]), (np.arange(0, 40, 3), [1, 2])]
    with pytest.warns(ConvergenceWarning, match="1 of the 4 fits of the folds did not converge"):
        model = LogisticRegressionCV(Cs=[1.0, np.inf], cv=folds).fit(x, y)
    assert model.converged_[:, 0].tolist() == [[True, False], [True, True]]


def test_one_standard_error_is_measured_among_strengths_without_end() -> None:
    scores = np.array([[[1.0, 5.0]], [[1.1, 5.1]]])
    assert best(scores, np.array([1.0, np.inf]), "one_se") == (0, 1)


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


ENDS = {
    Outcome.OUT_OF_TIME: {"l1_ratios": [1.0], "max_time": 1e-9},
    Outcome.MAX_STEPS: {"max_iter": 1},
    Outcome.STALLED: {"tol": 1e-18},
}


@pytest.mark.parametrize("outcome", ENDS, ids=str)
@pytest.mark.parametrize("multi_class", ["multinomial", "ovr"])
def test_fits_of_the_folds_are_told_the_remedy_of_their_outcome(outcome, multi_class) -> None:
    with pytest.warns(ConvergenceWarning) as told:
        model = LogisticRegressionCV(
            cv=3, Cs=[1.0, 10.0], multi_class=multi_class, **ENDS[outcome]
        ).fit(*THREE)
    of_folds = [str(each.message) for each in told if "of the folds" in str(each.message)]
    missed = int((~model.converged_).sum())
    assert missed
    assert of_folds == [f"{missed} of the 6 fits of the folds did not converge: {outcome.remedy}"]


def test_each_outcome_of_the_folds_is_told_apart() -> None:
    X, y = np.arange(40.0)[:, None], np.repeat([0, 1], 20)
    with pytest.warns(GlasslogitWarning) as told:
        LogisticRegressionCV(cv=3, Cs=[1.0, np.inf], tol=1e-18).fit(X, y)
    of_folds = [str(each.message) for each in told if "of the folds" in str(each.message)]
    start = "3 of the 6 fits of the folds did not converge: "
    assert of_folds == [start + each.remedy for each in (Outcome.STALLED, Outcome.SEPARATED)]


def giving(*scores):
    """A scorer that gives these one after another, over and over."""
    rest = cycle(scores)
    return lambda *_: next(rest)


BAD_SETTINGS = {
    "a score of no name": (
        {"scoring": "best"},
        "scoring='best' is unknown; give one of accuracy, ",
    ),
    "a list of scores": ({"scoring": ["f1"]}, "scoring=['f1'] is unknown; give one of accuracy, "),
    "a text as a score": (
        {"scoring": giving("x"), "Cs": [0.5]},
        "fold 0 of cv, C=0.5: scoring gives an object of type str; it must give one number",
    ),
    "several scores": (
        {"scoring": giving(np.ones(3)), "Cs": [0.5]},
        "fold 0 of cv, C=0.5: scoring gives an object of type ndarray; it must give one number",
    ),
    "NaN everywhere": (
        {"scoring": giving(np.nan), "Cs": [0.5, 2.0]},
        "fold 0 of cv, C=0.5: scoring gives nan; give a score that is a number",
    ),
    "NaN once": (
        {"scoring": giving(1.0, 1.0, 1.0, np.nan), "Cs": [0.5, 2.0]},
        "fold 1 of cv, C=2: scoring gives nan; give a score that is a number",
    ),
    "an infinite score": (
        {"scoring": giving(1.0, np.inf), "Cs": [0.5]},
        "fold 1 of cv, C=0.5: scoring gives inf; give a score that is a number",
    ),
    "one fold": ({"cv": 1}, "cv=1 is not valid; give 2 to "),
    "half a fold": ({"cv": 2.5}, "cv=2.5 is not valid; give a whole number of folds, an object"),
    "folds in words": ({"cv": "five"}, "cv='five' is not valid; give a whole number of folds, "),
    "a class for folds": (
        {"cv": model_selection.KFold},
        "cv=<class 'sklearn.model_selection._split.KFold'> is not valid; give a whole number",
    ),
    "no folds": ({"cv": []}, "cv gives no folds; give pairs of row numbers (train, test)"),
    "three parts": ({"cv": [(1, 2, 3)]}, "fold 0 of cv is not a pair; give row numbers to train"),
    "numbers for pairs": ({"cv": [1, 2]}, "fold 0 of cv is not a pair; give row numbers to train"),
    "a row beyond": (
        {"cv": [([0, 500], [1])]},
        "fold 0 of cv, to train: 500 is not a row; give numbers from 0 to 299",
    ),
    "a negative row": (
        {"cv": [(range(100), range(100, 300)), (range(300), [5, -1])]},
        "fold 1 of cv, to test: -1 is not a row; give numbers from 0 to 299",
    ),
    "rows that are fractions": (
        {"cv": [([0.5], [1])]},
        "fold 0 of cv, to train: rows that are not numbers; give whole ones, or a mask of all",
    ),
    "a short mask": (
        {"cv": [([True, False], [1])]},
        "fold 0 of cv, to train: rows that are not numbers; give whole ones, or a mask of all",
    ),
    "nothing to test on": ({"cv": [([0], [])]}, "fold 0 of cv, to test: there are no rows; give"),
    "two rules": ({"rule": "one_se", "refit": False}, "rule='one_se' chooses one C for all folds;"),
    "l1_ratios": ({"l1_ratios": [2]}, "l1_ratios=2 is not valid; give a number between 0 and 1"),
    "a text for a ratio": ({"l1_ratios": [0.5, "a"]}, "l1_ratios='a' is not valid; give a number"),
    "no ratios": ({"l1_ratios": []}, "l1_ratios holds no value; give one or more between 0 and 1"),
    "a text for Cs": (
        {"Cs": "ten"},
        "Cs is of type str and shape (); give a whole number of values,",
    ),
    "a text in Cs": ({"Cs": [1, "a"]}, "Cs='a' is not valid; give a number greater than 0"),
    "max_time": ({"max_time": -1}, "max_time=-1 is not valid; give a number greater than 0 sec"),
    "refit": ({"refit": "x"}, "refit='x' is not valid; give True or False"),
    "use_legacy_attributes": (
        {"use_legacy_attributes": "x"},
        "use_legacy_attributes='x' is not valid; give True or False",
    ),
}


@pytest.mark.parametrize("case", list(BAD_SETTINGS))
def test_misuse_is_told(case: str) -> None:
    settings, message = BAD_SETTINGS[case]
    with pytest.raises(InputError) as caught:
        LogisticRegressionCV(**settings).fit(*TWO)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


SECOND = [(range(0, 300, 2), range(1, 300, 2)), (range(100), range(100, 300))]
FIRST_100 = np.arange(300) < 100
IRIS = [(range(0, 150, 2), range(1, 150, 2)), (range(100), range(100, 150))]
LACKS = "fold 1 of cv trains on no rows of class {}, or only on rows of weight 0; give stratified"
BAD_FOLDS = {
    "trains on no weight": (SECOND, (*TWO, ~FIRST_100), LACKS.format(0)),
    "trains on one class": (SECOND, (TWO[0], np.where(FIRST_100, 0, TWO[1])), LACKS.format(1)),
    "one class has the weight": (
        SECOND,
        (*TWO, np.where(FIRST_100, TWO[1] == 0, 1.0)),
        LACKS.format(1),
    ),
    "tests on no weight": (SECOND, (*TWO, FIRST_100), "fold 1 of cv tests on rows of weight 0 on"),
    "lacks the third class": (IRIS, THREE, LACKS.format(2)),
    "a class of one row": (2, (THREE[0], np.r_[[2], THREE[1][:99] > 0, np.zeros(50)]), "fold 0 of"),
    "a score for two classes": (
        IRIS[:1],
        THREE,
        "scoring='roc_auc' is for two classes and y has 3",
    ),
    "batches": (5, (lambda: [TWO], None), "cross-validation needs the rows in memory; pass arrays"),
}


@pytest.mark.parametrize("case", list(BAD_FOLDS))
def test_folds_that_cannot_be_used_are_told(case: str) -> None:
    cv, data, message = BAD_FOLDS[case]
    with pytest.raises(InputError) as caught:
        LogisticRegressionCV(cv=cv, scoring="roc_auc" if "score" in case else None).fit(*data)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_score_of_minus_infinity_is_a_score_and_the_worst() -> None:
    scorer = giving(1.0, 0.0, -np.inf, 0.0)
    assert LogisticRegressionCV(Cs=[0.5, 2.0], cv=2, scoring=scorer).fit(*TWO).C_ == 2.0


def test_inside_scikit_learn() -> None:
    from sklearn.base import clone

    model = clone(LogisticRegressionCV(Cs=3, l1_ratios=(0.5,)))
    scores = model_selection.cross_val_score(model, *TWO, cv=3, scoring="accuracy")
    assert scores.shape == (3,)
    assert repr(model) == "LogisticRegressionCV(Cs=3, l1_ratios=(0.5,))"


def test_parameters_that_are_none_here_have_the_defaults_of_a_single_fit() -> None:
    model, single = LogisticRegressionCV(cv=2, Cs=2).fit(*TWO), LogisticRegression()
    own = set(model.get_params())
    left = {*single.get_params()} - own - {"C", "l1_ratio"}
    assert left >= {"base_rate", "warm_start", "findings"}
    for name in left:
        assert getattr(model, name) == getattr(single, name), name
    with pytest.raises(InputError, match="has no parameter 'base_rate'"):
        model.set_params(base_rate=0.1)
