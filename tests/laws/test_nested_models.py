"""Laws of nested models: what is contained in what is a matter of spans, not of names."""

import pickle

import numpy as np
import pytest
import scipy.sparse as sp

from glasslogit import LogisticRegression, likelihood_ratio_test, summarize, term_tests
from glasslogit.errors import InputError

pytestmark = pytest.mark.filterwarnings("ignore::glasslogit.errors.GlasslogitWarning")
pd = pytest.importorskip("pandas")


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    d = pd.DataFrame({"dose": rng.integers(1, 5, 400), "age": rng.uniform(20, 80, 400)})
    d["town"] = rng.choice(list("abcd"), 400)
    d["region"] = d.town.map({"a": "n", "b": "n", "c": "s", "d": "s"})
    p = 1 / (1 + np.exp(2 - 0.4 * d.dose - 0.01 * d.age))
    return d.assign(y=(rng.random(400) < p).astype(int), other=rng.normal(size=400))


def told(d, formula, weight=None, offset=None):
    model = LogisticRegression(C=np.inf, tol=1e-10, formula=f"y ~ {formula}")
    return summarize(model.fit(d, None, weight, offset=offset), d, d.y, weight, offset)


@pytest.mark.parametrize(
    ("small", "large", "df"),
    [
        ("dose", "C(dose)", 2),
        ("poly(age, 2)", "poly(age, 3)", 1),
        ("age + I(age**2)", "poly(age, 3)", 1),
        ("C(region)", "C(town)", 2),
        ("age", "bs(age, 4)", 3),
        ("I(2 * age - 7)", "age + other", 1),
        ("dose + I(3 * dose)", "C(dose)", 2),
    ],
)
def test_a_model_is_contained_where_its_columns_are(table, small, large, df):
    one, other = told(table, small), told(table, large)
    test = likelihood_ratio_test(one, other)
    assert test.df == df
    assert test.statistic == pytest.approx(2 * (other.log_likelihood - one.log_likelihood))
    with pytest.raises(InputError, match="smaller one first"):
        likelihood_ratio_test(other, one)


@pytest.mark.parametrize(
    ("small", "large"),
    [
        ("other", "age + dose"),  # fewer columns, others
        ("C(town)", "C(region) * dose"),
        ("I(age**3)", "poly(age, 2) + dose"),
        ("log(age)", "poly(age, 3)"),
    ],
)
def test_a_model_that_is_not_contained_is_refused(table, small, large):
    with pytest.raises(InputError, match="is no combination of the second's columns"):
        likelihood_ratio_test(told(table, small), told(table, large))


def test_indicators_of_all_levels_hold_the_intercept(table):
    towns = pd.get_dummies(table.town).to_numpy(float)
    bare = LogisticRegression(C=np.inf, tol=1e-10, fit_intercept=False).fit(towns, table.y)
    large = summarize(bare, towns, table.y)
    assert likelihood_ratio_test(told(table, "C(region)"), large).df == 2
    assert likelihood_ratio_test(large, told(table, "C(town) + age")).df == 1
    bare.fit(towns[:, 1:], table.y)
    less = summarize(bare, towns[:, 1:], table.y)
    with pytest.raises(InputError, match=r"'\(Intercept\)' is no combination"):
        likelihood_ratio_test(told(table, "C(region)"), less)


def test_the_same_model_in_other_words_leaves_nothing_to_test(table):
    one, other = told(table, "C(dose)"), told(table, "dose + I(dose**2) + I(dose**3)")
    with pytest.raises(InputError, match="one and the same"):
        likelihood_ratio_test(one, other)


def test_rows_targets_weights_and_offsets_are_the_same(table):
    large = told(table, "age + dose")
    flipped = table.assign(y=np.where(np.arange(400) == 7, 1 - table.y, table.y))
    weight, offset = np.ones(400), np.zeros(400)
    weight[3], offset[5] = 2.0, 0.1
    for other, why in (
        (told(table[:399], "age"), "400"),
        (told(flipped, "age"), "outcomes differ, first in row 7"),
        (told(table, "age", weight), "weights differ, first in row 3"),
        (told(table, "age", None, offset), "offsets differ, first in row 5"),
        (told(table[::-1], "age"), "outcomes differ"),
    ):
        with pytest.raises(InputError, match=why):
            likelihood_ratio_test(other, large)
    shuffled = table.assign(age=np.roll(table.age, 1))  # the same outcomes, other rows
    with pytest.raises(InputError, match="no combination"):
        likelihood_ratio_test(told(shuffled, "age"), large)


def test_what_rows_of_weight_0_hold_does_not_count(table):
    weight = np.where(np.arange(400) < 9, 0.0, 1.0)
    odd = table.assign(twice=np.where(weight == 0, -5.0, 2 * table.age))
    test = likelihood_ratio_test(told(odd, "twice", weight), told(table, "age + dose", weight))
    assert test.df == 1


def test_a_large_origin_and_a_small_unit_change_nothing(table):
    far = table.assign(age=table.age * 1e-8 + 1e3)
    one, other = told(far, "age"), told(far, "age + dose")
    wanted = likelihood_ratio_test(told(table, "age"), told(table, "age + dose"))
    assert likelihood_ratio_test(one, other).statistic == pytest.approx(wanted.statistic, rel=1e-6)


@pytest.mark.parametrize("K", [2, 3])
def test_sparse_rows_batches_and_three_classes(K):
    rng = np.random.default_rng(K)
    X = rng.normal(size=(300, 3)) * (rng.random((300, 3)) < 0.5)
    y = (X @ rng.normal(size=(3, K)) + rng.gumbel(size=(300, K))).argmax(axis=1)
    part = X[:, :2] @ [[1.0, 2.0], [0.0, 1.0]]

    def fit(X, y):
        return LogisticRegression(C=np.inf, tol=1e-10).fit(X, y)

    def batches(X):
        def read():
            for start in range(0, 300, 70):
                yield X[start : start + 70], y[start : start + 70]

        return read

    (wanted,) = term_tests(fit(X, y), X, y, terms={"x2": "x2"})
    large = summarize(fit(X, y), X, y)
    for small in (
        summarize(fit(sp.csr_matrix(part), y), sp.csr_matrix(part), y, reference=1),
        summarize(fit(batches(part), None), batches(part), None),
    ):
        test = likelihood_ratio_test(small, large)
        assert test.statistic == pytest.approx(wanted.statistic, abs=1e-6)
        assert test.df == K - 1


def test_rows_are_not_stored_with_a_summary(table):
    large = told(table, "age + dose")
    copied = pickle.loads(pickle.dumps(large))  # noqa: S301  our own
    np.testing.assert_array_equal(copied.coef, large.coef)
    assert copied.rows is None
    with pytest.raises(InputError, match="summarise both models again"):
        likelihood_ratio_test(told(table, "age"), copied)
