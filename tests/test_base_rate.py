"""The intercept moves to the rate of the population, and nothing else does."""

import numpy as np
import pytest

from glasslogit import LogisticRegression, LogisticRegressionCV, with_base_rate
from glasslogit.errors import InputError, NotFittedError
from glasslogit.export import load_model, save_model
from glasslogit.model.base_rate import prior_shift


def population(n: int, intercept: float = -3.0, seed: int = 0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 2))
    z = X @ [1.0, -0.5] + intercept
    return X, (rng.random(n) < 1 / (1 + np.exp(-z))).astype(int), rng


def test_the_shift_moves_odds_by_the_ratio_of_the_odds() -> None:
    shift = prior_shift(np.array([0.6, 0.4]), np.array([0.99, 0.01]))
    assert np.exp(shift[0]) == pytest.approx((0.01 / 0.99) / (0.4 / 0.6), rel=1e-12)
    shares, rates = np.array([0.2, 0.5, 0.3]), np.array([0.6, 0.1, 0.3])
    shift = prior_shift(shares, rates)
    np.testing.assert_allclose(np.diff(shift), np.diff(np.log(rates / shares)), rtol=1e-12)
    assert shift.sum() == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("K", [2, 3])
def test_without_columns_that_tell_anything_training_rates_come_back_exactly(K: int) -> None:
    y = np.repeat(np.arange(K), [70, 20, 10][:K])
    X = np.zeros((len(y), 1))
    model = LogisticRegression(class_weight="balanced", base_rate="training").fit(X, y)
    shares = np.bincount(y) / len(y)
    np.testing.assert_allclose(model.predict_proba(X[:1])[0], shares, rtol=1e-9)
    np.testing.assert_allclose(model.base_rate_, shares, rtol=1e-12)
    np.testing.assert_allclose(model.class_shares_, 1 / K, rtol=1e-12)
    balanced = LogisticRegression(class_weight="balanced").fit(X, y)
    np.testing.assert_allclose(balanced.predict_proba(X[:1])[0], 1 / K, rtol=1e-9)


@pytest.mark.parametrize("C", [1.0, np.inf])
def test_balanced_weights_then_stay_honest(C: float) -> None:
    X, y, _ = population(20_000)
    plain = LogisticRegression(C=C).fit(X, y)
    honest = LogisticRegression(C=C, class_weight="balanced", base_rate="training").fit(X, y)
    unaware = LogisticRegression(C=C, class_weight="balanced").fit(X, y)
    rate = plain.predict_proba(X)[:, 1].mean()
    assert honest.predict_proba(X)[:, 1].mean() == pytest.approx(rate, rel=0.03)
    assert unaware.predict_proba(X)[:, 1].mean() > 5 * rate
    np.testing.assert_array_equal(honest.coef_, unaware.coef_)


def test_a_case_control_sample_gives_the_intercept_of_the_population() -> None:
    X, y, rng = population(400_000, intercept=-5.0)
    cases, controls = np.flatnonzero(y), np.flatnonzero(y == 0)
    rows = np.concatenate([cases, rng.choice(controls, len(cases), replace=False)])
    model = LogisticRegression(C=np.inf, base_rate=float(y.mean())).fit(X[rows], y[rows])
    np.testing.assert_allclose(model.intercept_, -5.0, atol=0.12)
    np.testing.assert_allclose(model.coef_, [[1.0, -0.5]], atol=0.1)
    untold = LogisticRegression(C=np.inf).fit(X[rows], y[rows])
    assert untold.intercept_[0] > -2


def test_a_mapping_is_read_by_label() -> None:
    X, y, _ = population(500, intercept=0.0)
    words = np.array(["no", "yes"])[y]
    one = LogisticRegression(base_rate=0.2).fit(X, words)
    other = LogisticRegression(base_rate={"yes": 0.2, "no": 0.8}).fit(X, words)
    np.testing.assert_array_equal(one.intercept_, other.intercept_)


def test_the_dial_turns_a_fitted_model_and_back() -> None:
    X, y, _ = population(500, intercept=0.0)
    model = LogisticRegression().fit(X, y)
    asked = LogisticRegression(base_rate=0.03).fit(X, y)
    turned = with_base_rate(model, 0.03)
    np.testing.assert_allclose(turned.intercept_, asked.intercept_, rtol=1e-12)
    back = with_base_rate(turned, model.base_rate_[1])
    np.testing.assert_allclose(back.intercept_, model.intercept_, rtol=1e-9)
    assert model.base_rate_ is not turned.base_rate_


@pytest.mark.parametrize("K", [2, 3])
def test_a_warm_start_goes_on_from_the_training_and_not_from_the_shift(K: int) -> None:
    X, y, rng = population(300, intercept=0.0)
    y = y + (K == 3) * (rng.random(300) < 0.3)
    rates = dict(enumerate([0.9, 0.05, 0.05] if K == 3 else [0.9, 0.1]))
    model = LogisticRegression(base_rate=rates, warm_start=True).fit(X, y)
    first = model.intercept_.copy()
    model.fit(X, y)
    assert model.n_iter_.max() <= 1
    np.testing.assert_allclose(model.intercept_, first, rtol=1e-6)


@pytest.mark.parametrize("rate", [0.1, {0: 0.9, 1: 0.1}, "training", None])
def test_the_file_keeps_the_rate(tmp_path, rate) -> None:
    X, y, _ = population(300, intercept=0.0)
    model = LogisticRegression(base_rate=rate, class_weight={1: 2.0}, weights="sampling").fit(X, y)
    save_model(model, tmp_path / "m.json")
    back = load_model(tmp_path / "m.json")
    np.testing.assert_array_equal(back.predict_proba(X), model.predict_proba(X))
    assert back.get_params() == model.get_params()
    turned, expected = with_base_rate(back, 0.3), with_base_rate(model, 0.3)
    np.testing.assert_array_equal(turned.intercept_, expected.intercept_)


Y3 = [0, 1, 2, 0]
BAD = {
    "one": ({"base_rate": 1.0}, "base_rate=1.0 is not valid; give a number between 0 and 1"),
    "text": ({"base_rate": "rows"}, "base_rate='rows' is not valid; give 'training'"),
    "bool": ({"base_rate": True}, "base_rate=True is not valid; give a number"),
    "lacks": ({"base_rate": {0: 0.5}}, "base_rate lacks 1; give a rate"),
    "strange": ({"base_rate": {0: 0.5, 2: 0.5}}, "base_rate names 2, which is no class; give"),
    "sum": ({"base_rate": {0: 0.5, 1: 0.2}}, "base_rate adds up to 0.7; give rates that add up"),
    "zero": ({"base_rate": {0: 1.0, 1: 0.0}}, "base_rate of 0=1.0 is not valid; give a number"),
    "no intercept": (
        {"base_rate": 0.5, "fit_intercept": False},
        "base_rate moves the intercept; set fit_intercept=True",
    ),
    "weights": ({"weights": "analytic"}, "weights='analytic' is not valid; give 'frequency' or"),
}


@pytest.mark.parametrize("case", list(BAD))
def test_bad_rates(case: str) -> None:
    settings, message = BAD[case]
    with pytest.raises(InputError) as caught:
        LogisticRegression(**settings).fit(np.eye(4), [0, 1, 0, 1])
    assert str(caught.value).startswith(message)


def test_rates_of_three_classes_and_of_models_that_cannot_move() -> None:
    X = np.eye(4)
    with pytest.raises(InputError, match="is for two classes and y has 3; give a map"):
        LogisticRegression(base_rate=0.5).fit(X, Y3)
    with pytest.raises(InputError, match="base_rate is not for one-vs-rest"):
        LogisticRegression(base_rate="training", multi_class="ovr").fit(X, Y3)
    with pytest.raises(NotFittedError, match="is not fitted yet"):
        with_base_rate(LogisticRegression(), 0.5)
    chosen = LogisticRegressionCV(cv=2).fit(np.arange(8.0), [0, 1] * 4)
    with pytest.raises(InputError, match="give its model, best_"):
        with_base_rate(chosen, 0.5)
    assert with_base_rate(chosen.best_, 0.1).base_rate_.tolist() == [0.9, 0.1]
