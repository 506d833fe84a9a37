"""Laws of the curves, on scores full of ties, against counting by hand and scikit-learn."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn import metrics as peer

from glasslogit.errors import InputError
from glasslogit.evaluate import (
    average_precision,
    best_f1_threshold,
    count_by_threshold,
    precision_recall_curve,
    roc_auc,
    roc_curve,
    threshold_curve,
)

FEW_SCORES = st.integers(0, 8).map(lambda each: each / 8)
ANY_FLOAT = st.floats(allow_nan=False)


@st.composite
def problems(draw, scores=FEW_SCORES):
    """Return labels with both classes, scores with many ties, and integer weights."""
    rows = draw(st.integers(2, 25))
    y = np.array(draw(st.lists(st.integers(0, 1), min_size=rows, max_size=rows)))
    score = np.array(draw(st.lists(scores, min_size=rows, max_size=rows)))
    weight = np.array(draw(st.lists(st.integers(0, 3), min_size=rows, max_size=rows)))
    assume(weight[y == 1].any())
    assume(weight[y == 0].any())
    return y, score, weight


@given(problems())
def test_counts_are_the_rows_at_or_above_each_distinct_score(problem):
    y, score, weight = problem
    counts = count_by_threshold(y, score, sample_weight=weight)
    assert counts.thresholds.tolist() == sorted(set(score[weight > 0]), reverse=True)
    for i, threshold in enumerate(counts.thresholds):
        above = score >= threshold
        assert counts.true_positives[i] == weight[above & (y == 1)].sum()
        assert counts.false_positives[i] == weight[above & (y == 0)].sum()


@given(problems())
def test_an_integer_weight_is_a_repeated_row(problem):
    y, score, weight = problem
    often = np.repeat(np.arange(y.size), weight)
    once = threshold_curve(y, score, sample_weight=weight)
    repeated = threshold_curve(y[often], score[often])
    for name in ("thresholds", "precision", "recall", "f1"):
        np.testing.assert_array_equal(getattr(once, name), getattr(repeated, name))
    assert roc_auc(y, score, sample_weight=weight) == roc_auc(y[often], score[often])


@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_means_nothing(problem, random):
    y, score, weight = problem
    order = list(range(y.size))
    random.shuffle(order)
    for function in (roc_auc, average_precision, best_f1_threshold):
        straight = function(y, score, sample_weight=weight)
        assert function(y[order], score[order], sample_weight=weight[order]) == straight


@given(problems())
def test_auc_is_the_chance_to_outscore_plus_half_the_ties(problem):
    y, score, weight = problem
    gap = score[y == 1][:, None] - score[y == 0]
    pairs = np.outer(weight[y == 1], weight[y == 0])
    expected = (pairs * ((gap > 0) + 0.5 * (gap == 0))).sum() / pairs.sum()
    assert roc_auc(y, score, sample_weight=weight) == pytest.approx(expected, abs=1e-14)


@given(problems())
def test_flipping_labels_or_scores_gives_the_complement(problem):
    y, score, weight = problem
    auc = roc_auc(y, score, sample_weight=weight)
    assert roc_auc(1 - y, score, sample_weight=weight) == pytest.approx(1 - auc, abs=1e-14)
    assert roc_auc(y, -score, sample_weight=weight) == pytest.approx(1 - auc, abs=1e-14)
    assert roc_auc(1 - y, -score, sample_weight=weight) == pytest.approx(auc, abs=1e-14)
    assert roc_auc(y, score, pos_label=0, sample_weight=weight) == pytest.approx(1 - auc, abs=1e-14)


@given(problems())
def test_only_the_order_of_the_scores_matters(problem):
    y, score, weight = problem
    stretched = score**3 * 1e6 - 5
    for function in (roc_auc, average_precision):
        assert function(y, stretched, sample_weight=weight) == function(
            y, score, sample_weight=weight
        )


@given(problems(scores=ANY_FLOAT))
def test_the_curves_are_monotone_bounded_and_never_nan(problem):
    y, score, weight = problem
    curve = threshold_curve(y, score, sample_weight=weight)
    assert (curve.thresholds[1:] < curve.thresholds[:-1]).all()
    assert (np.diff(curve.recall) >= 0).all()
    assert curve.recall[-1] == 1
    for value in (curve.precision, curve.recall, curve.f1):
        assert ((value >= 0) & (value <= 1)).all()
    roc = roc_curve(y, score, sample_weight=weight)
    assert (np.diff(roc.false_positive_rate) >= 0).all()
    assert (np.diff(roc.true_positive_rate) >= 0).all()
    ends = roc.false_positive_rate[[0, -1]], roc.true_positive_rate[[0, -1]]
    np.testing.assert_array_equal(ends, [[0, 1], [0, 1]])
    assert 0 <= roc.auc <= 1


@given(problems())
def test_f1_is_the_harmonic_mean(problem):
    y, score, weight = problem
    curve = threshold_curve(y, score, sample_weight=weight)
    total = curve.precision + curve.recall
    harmonic = 2 * curve.precision * curve.recall / np.where(total > 0, total, 1)
    np.testing.assert_allclose(curve.f1, harmonic, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@given(problem=problems(scores=st.floats(-2, 2, width=16)))
def test_the_best_threshold_has_the_best_f1_of_all(dtype, problem):
    y, score, weight = problem
    score = score.astype(dtype)
    threshold = best_f1_threshold(y, score, sample_weight=weight)
    assert float(repr(threshold)) == threshold

    def f1(at):
        return peer.f1_score(y, score >= at, sample_weight=weight, zero_division=0)

    assert f1(threshold) == pytest.approx(max(f1(each) for each in np.unique(score)), abs=1e-14)


@given(problem=problems(scores=ANY_FLOAT))
def test_the_best_threshold_separates_the_two_scores_it_lies_between(problem):
    y, score, weight = problem
    curve = threshold_curve(y, score, sample_weight=weight)
    chosen = score >= curve.best_threshold
    assert weight[chosen & (y == 1)].sum() == curve.recall[curve.best] * weight[y == 1].sum()


def test_the_best_threshold_between_adjacent_floats_is_the_upper_one():
    for dtype in (np.float64, np.float32):
        low = dtype(0.5)
        high = np.nextafter(low, dtype(1))
        assert best_f1_threshold([0, 1], np.array([low, high])) == high


def test_the_best_threshold_survives_a_last_bit():
    y, p = [0, 0, 1, 1], np.array([0.1, 0.3, 0.7, 0.9])
    threshold = best_f1_threshold(y, p)
    assert ((np.nextafter(p, 0) >= threshold) == y).all()


@given(problems())
def test_agrees_with_scikit_learn(problem):
    y, score, weight = problem
    options = {"sample_weight": weight}
    roc = roc_curve(y, score, **options)
    used = weight > 0  # scikit-learn keeps thresholds of rows that count nothing
    fpr, tpr, thresholds = peer.roc_curve(
        y[used], score[used], sample_weight=weight[used], drop_intermediate=False
    )
    np.testing.assert_allclose(roc.false_positive_rate, fpr, rtol=1e-13)
    np.testing.assert_allclose(roc.true_positive_rate, tpr, rtol=1e-13)
    np.testing.assert_array_equal(roc.thresholds, thresholds)
    assert roc.auc == pytest.approx(peer.roc_auc_score(y, score, **options), abs=1e-13)
    expected = peer.average_precision_score(y, score, **options)
    assert average_precision(y, score, **options) == pytest.approx(expected, abs=1e-13)
    curve = precision_recall_curve(y, score, **options)
    precision, recall, _ = peer.precision_recall_curve(
        y[used], score[used], sample_weight=weight[used]
    )
    np.testing.assert_allclose(curve.precision, precision[::-1], rtol=1e-13)
    np.testing.assert_allclose(curve.recall, recall[::-1], rtol=1e-13)


def test_perfect_useless_and_reversed_scores():
    y = np.array([0, 0, 1, 1, 1])
    assert roc_auc(y, y) == average_precision(y, y) == 1.0
    assert roc_auc(y, 1 - y) == 0.0
    assert roc_auc(y, np.zeros(5)) == 0.5
    assert average_precision(y, np.zeros(5)) == 0.6
    assert precision_recall_curve(y, y).base_rate == 0.6


def test_nothing_predicted_has_precision_one_by_convention():
    curve = precision_recall_curve([1, 0], [0.2, 0.8])
    assert (curve.thresholds[0], curve.recall[0], curve.precision[0]) == (np.inf, 0.0, 1.0)
    assert average_precision([1, 0], [0.2, 0.8]) == 0.5  # the convention weighs nothing


def test_of_equal_f1_the_highest_threshold_is_taken():
    curve = threshold_curve([1, 0, 0, 1], [0.9, 0.8, 0.7, 0.6])
    assert curve.f1.tolist() == [2 / 3, 0.5, 0.4, 2 / 3]
    assert curve.best == 0


def test_labels_of_any_type_and_one_class_against_the_rest():
    score = [0.1, 0.8, 0.4, 0.9]
    assert roc_auc([False, True, False, True], score) == 1.0
    assert roc_auc(["no", "yes", "no", "yes"], score) == 1.0
    assert roc_auc(["no", "yes", "no", "yes"], score, pos_label="no") == 0.0
    assert roc_auc(["a", "b", "c", "b"], np.array(score)[:, None], pos_label="b") == 1.0


@pytest.mark.parametrize(
    ("y", "score", "options", "words"),
    [
        ([1, 1], [0.1, 0.2], {}, "one class only"),
        ([0, 1], [0.1, 0.2], {"sample_weight": [1, 0]}, "one class only"),
        ([0, 1], [0.1, np.nan], {}, r"NaN\) in row 1"),
        ([0, 1], [[0.1, 0.9], [0.5, 0.5]], {}, "one score for each row"),
        ([0, 1, 2], [0.1, 0.2, 0.3], {}, "3 classes; choose one: pos_label=2"),
        ([0, 1], [0.1, 0.2], {"pos_label": "yes"}, "no row of the positive class 'yes'"),
    ],
)
def test_misuse_is_named(y, score, options, words):
    for function in (threshold_curve, roc_auc, average_precision, best_f1_threshold):
        with pytest.raises(InputError, match=words):
            function(y, score, **options)
