"""Laws of the metrics: weights are repetitions, classes have no order, scikit-learn agrees."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as peer

from glasslogit.errors import InputError
from glasslogit.evaluate import accuracy, brier_score, confusion_matrix, log_loss

NAMES = np.array(["amber", "blue", "cyan", "dun"])


@st.composite
def problems(draw):
    """Return classes, true and predicted class numbers, probabilities and integer weights."""
    count = draw(st.integers(2, 4))
    rows = draw(st.integers(1, 12))
    column = st.lists(st.integers(0, count - 1), min_size=rows, max_size=rows)
    true, predicted = np.array(draw(column)), np.array(draw(column))
    raw = draw(st.lists(st.integers(1, 9), min_size=rows * count, max_size=rows * count))
    table = np.array(raw, float).reshape(rows, count)
    weight = np.array(draw(st.lists(st.integers(0, 3), min_size=rows, max_size=rows)))
    weight[draw(st.integers(0, rows - 1))] = 1
    return NAMES[:count], true, predicted, table / table.sum(axis=1, keepdims=True), weight


@given(problems())
def test_an_integer_weight_is_a_repeated_row(problem):
    classes, true, predicted, p, weight = problem
    y, guess = classes[true], classes[predicted]
    often = np.repeat(np.arange(y.size), weight)
    options = {"labels": classes}
    assert accuracy(y, guess, sample_weight=weight) == accuracy(y[often], guess[often])
    np.testing.assert_array_equal(
        confusion_matrix(y, guess, sample_weight=weight, **options),
        confusion_matrix(y[often], guess[often], **options),
    )
    for metric in (log_loss, brier_score):
        weighted = metric(y, p, sample_weight=weight, **options)
        assert weighted == pytest.approx(metric(y[often], p[often], **options), rel=1e-12)


@given(problems())
def test_agrees_with_scikit_learn(problem):
    classes, true, predicted, p, weight = problem
    y, guess = classes[true], classes[predicted]
    options = {"labels": classes, "sample_weight": weight}
    np.testing.assert_array_equal(
        confusion_matrix(y, guess, **options), peer.confusion_matrix(y, guess, **options)
    )
    assert accuracy(y, guess, sample_weight=weight) == pytest.approx(
        peer.accuracy_score(y, guess, sample_weight=weight), rel=1e-12
    )
    assert log_loss(y, p, **options) == pytest.approx(peer.log_loss(y, p, **options), rel=1e-12)
    column = p if classes.size > 2 else p[:, 1]
    expected = peer.brier_score_loss(
        *(y, column), **options, **({} if classes.size > 2 else {"pos_label": classes[1]})
    )
    assert brier_score(y, column, **options) == pytest.approx(expected, rel=1e-12, abs=1e-15)


@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_the_classes_changes_nothing_but_the_layout(problem, random):
    classes, true, predicted, p, _ = problem
    y, guess = classes[true], classes[predicted]
    order = list(range(classes.size))
    random.shuffle(order)
    straight = confusion_matrix(y, guess, labels=classes)
    np.testing.assert_array_equal(
        confusion_matrix(y, guess, labels=classes[order]), straight[np.ix_(order, order)]
    )
    for metric in (log_loss, brier_score):
        assert metric(y, p[:, order], labels=classes[order]) == pytest.approx(
            metric(y, p, labels=classes), rel=1e-12
        )


@given(problems())
def test_accuracy_is_the_diagonal_and_the_total_is_every_row(problem):
    classes, true, predicted, _, _ = problem
    counts = confusion_matrix(classes[true], classes[predicted])
    assert counts.sum() == true.size
    assert accuracy(true, predicted) == pytest.approx(np.trace(counts) / counts.sum())


def test_rows_are_true_and_columns_predicted_classes():
    counts = confusion_matrix(["cat", "cat", "dog"], ["dog", "dog", "dog"])
    assert counts.tolist() == [[0, 2], [0, 1]]


@pytest.mark.parametrize(
    "labels",
    [
        np.array([0, 1]),
        np.array([False, True]),
        np.array([-1, 1]),
        np.array([1.0, 2.0]),
        np.array(["no", "yes"]),
        np.array(["no", "yes"], dtype=object),
        np.array([0, True], dtype=object),
    ],
)
def test_labels_of_any_type_give_the_same_numbers(labels):
    codes, guess, p = np.array([0, 1, 1, 0]), np.array([0, 1, 0, 0]), np.array([0.2, 0.9, 0.4, 0.1])
    y = labels[codes]
    assert accuracy(y, labels[guess]) == 0.75
    assert confusion_matrix(y, labels[guess]).tolist() == [[2, 0], [1, 1]]
    assert log_loss(y, p) == log_loss(codes, p)
    assert brier_score(y[:, None], p[:, None]) == brier_score(codes, p)


def test_constant_half_costs_log_two_and_a_quarter():
    y = np.array([0, 1, 1, 0, 1])
    assert log_loss(y, np.full(5, 0.5)) == np.log(2)
    assert brier_score(y, np.full(5, 0.5)) == 0.25
    assert log_loss(NAMES, np.full((4, 4), 0.25)) == np.log(4)


def test_certainty_costs_nothing_when_right_and_everything_when_wrong():
    assert log_loss([0, 1], [0.0, 1.0]) == 0.0
    assert log_loss([0, 1], [0.0, 0.0]) == np.inf
    assert log_loss([0, 1], [0.0, 0.0], sample_weight=[1, 0]) == 0.0
    assert brier_score([0, 1, 2], np.eye(3)) == 0.0
    assert brier_score([0, 1, 2], np.eye(3)[[1, 2, 0]]) == 2.0


def test_both_columns_of_two_classes_say_the_same():
    y, p = ["no", "yes", "no"], np.array([0.25, 0.5, 0.125])
    both = np.stack([1 - p, p], axis=1)
    assert log_loss(y, both) == log_loss(y, p)
    assert brier_score(y, both) == brier_score(y, p)


def test_a_single_class_of_zeros_or_ones_still_means_the_pair():
    assert log_loss([1, 1], [0.5, 0.5]) == np.log(2)
    assert brier_score([0, 0], [0.5, 0.5]) == 0.25
    with pytest.raises(InputError, match=r"labels=model\.classes_"):
        log_loss(["yes", "yes"], [0.5, 0.5])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: accuracy([0, 1], [0]), "2 rows and y_pred 1"),
        (lambda: accuracy(["0", "1"], [0, 1]), "texts and y_pred numbers"),
        (lambda: accuracy([], []), "shape"),
        (lambda: accuracy([0, np.nan], [0, 1]), "missing in row 1"),
        (lambda: accuracy(np.array(["a", None]), ["a", "a"]), "mixes kinds"),
        (lambda: accuracy([0, 1], [0, 1], sample_weight=[1, -1]), "row 1"),
        (lambda: confusion_matrix([0, 2], [0, 1], labels=[0, 1]), "class 2, which labels lacks"),
        (lambda: confusion_matrix([0, 1], [0, 1], labels=[0, 1, 1]), "repeats"),
        (lambda: log_loss([0, 1], [-0.5, 3]), r"leaves \[0, 1\] in row 0"),
        (lambda: log_loss([0, 1], [0.5, np.nan]), "row 1"),
        (lambda: log_loss([0, 1], [[0.5, 0.5], [0.5, 0.4]]), "adds to 0.9 in row 1"),
        (lambda: log_loss([0, 1], [[0.5, 0.3, 0.2]] * 2), "3 classes and y of 2"),
        (lambda: log_loss([0, 1], [0.5]), "must have 2 rows"),
    ],
)
def test_misuse_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()
