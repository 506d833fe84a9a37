"""One law of all that takes weights: rows of weight 0 are as good as left out.

It is checked with some rows of every class weightless, and with all rows of one class.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd
import pytest

from glasslogit import (
    LogisticRegression,
    LogisticRegressionCV,
    bootstrap,
    compare,
    diagnose,
    find_separation,
    firth,
    hypothesis_test,
    inspect_data,
    marginal_effects,
    regularisation_path,
    summarize,
    verify,
)
from glasslogit.errors import InputError
from glasslogit.evaluate import accuracy, brier_score, confusion_matrix, log_loss, roc_auc
from glasslogit.findings import Code

RNG = np.random.default_rng(3)
N = 240
X = RNG.normal(size=(N, 3))
CLASSES = np.where(RNG.random(N) < 1 / (1 + np.exp(-X[:, 0])), 2, RNG.integers(0, 4, N))
COUNTS = RNG.integers([1, 0], [6, 5], (N, 2))
TARGETS: dict[str, Any] = {
    "numbers": CLASSES // 2,
    "truths": CLASSES > 1,
    "texts": np.array(["a", "b", "c", "d"])[CLASSES],
    "trials": COUNTS,
    "column": CLASSES[:, None],
}
KEPT = RNG.random(N) < 0.6
WEIGHT = RNG.integers(1, 4, N).astype(float)


def numbers(found: Any) -> list[Any]:
    """Give the numbers and texts of a result, of a report those of its fields."""
    if hasattr(found, "__dataclass_fields__"):
        return [part for each in fields(found) for part in numbers(getattr(found, each.name))]
    if isinstance(found, (tuple, list)):
        return [part for each in found for part in numbers(each)]
    return [found] if isinstance(found, (int, float, str, np.ndarray)) else []


def fitted(X: Any, y: Any, weight: Any, **settings: Any) -> LogisticRegression:
    return LogisticRegression(tol=1e-9, **settings).fit(X, y, weight)


def fit(**settings: Any) -> Callable[..., Any]:
    def work(A: Any, y: Any, weight: Any) -> Any:
        model = fitted(A, y, weight, **settings)
        return model.classes_, model.predict_proba(X), model.class_shares_

    return work


def judged(judge: Callable[..., Any], **settings: Any) -> Callable[..., Any]:
    return lambda A, y, weight: judge(fitted(A, y, weight, **settings), A, y, weight)


def batches(A: Any, y: Any, weight: Any) -> Any:
    def read() -> Iterator[Any]:
        for start in range(0, len(A), 50):
            part = slice(start, start + 50)
            yield A[part], y[part], weight[part]

    model = LogisticRegression(tol=1e-9).fit(read)
    return model.classes_, model.predict_proba(X), verify(model, read, None).gap < 1e-6


def path(l1_ratio: float) -> Callable[..., Any]:
    def work(A: Any, y: Any, weight: Any) -> Any:
        how: dict[str, Any] = {"Cs": 4, "l1_ratio": l1_ratio, "tol": 1e-9}
        found = regularisation_path(A, y, sample_weight=weight, **how)
        coefs, intercepts = found.coefs, found.intercepts
        if len(found.classes) > 2:  # a shift of all classes is nothing
            coefs, intercepts = (
                part - part.mean(axis=1, keepdims=True) for part in (coefs, intercepts)
            )
        return found.classes, found.Cs, coefs, intercepts, found.explained

    return work


def search(**settings: Any) -> Callable[..., Any]:
    def work(A: Any, y: Any, weight: Any) -> Any:
        model = LogisticRegressionCV(Cs=[0.1, 1.0], tol=1e-9, cv=3, **settings).fit(A, y, weight)
        return model.classes_, model.scores_, model.C_, model.predict_proba(X)

    return work


def penalised(A: Any, y: Any, weight: Any) -> Any:
    found = firth(A, y, weight, intervals=False)
    return found.model.classes_, found.model.predict_proba(X), found.std_error


def separation(A: Any, y: Any, weight: Any) -> Any:
    found = find_separation(A, y, weight)
    return found.kind, found.classes


def first_column(model: Any, A: Any, y: Any, weight: Any) -> Any:
    return hypothesis_test(model, A, y, weight, hypothesis="x0").statistic


def metrics(A: Any, y: Any, weight: Any) -> Any:
    model = fitted(A, y, weight)
    p, labels = model.predict_proba(A), model.classes_
    how: dict[str, Any] = {"sample_weight": weight}
    return (
        accuracy(y, model.predict(A), **how),
        confusion_matrix(y, model.predict(A), **how),
        confusion_matrix(y, model.predict(A), labels=labels, **how),
        log_loss(y, p, labels=labels, **how),
        log_loss(y, p, **how),
        brier_score(y, p, labels=labels, **how),
        model.score(A, y, weight),
        roc_auc(y, p[:, 1], pos_label=labels[1], **how),
    )


def table(A: Any, y: Any, weight: Any) -> Any:
    frame = pd.DataFrame(A, columns=["u", "v", "w"])
    model = LogisticRegression(tol=1e-9, formula="u + v").fit(frame, y, weight)
    return model.classes_, model.coef_, model.intercept_


ENTRIES: dict[str, Callable[..., Any]] = {
    "fit": fit(),
    "fit, C=inf": fit(C=np.inf),
    "fit, ovr": fit(multi_class="ovr"),
    "fit, l1": fit(l1_ratio=1.0, C=0.1),
    "fit, balanced": fit(class_weight="balanced"),
    "fit, sampling": fit(weights="sampling", base_rate="training"),
    "table": table,
    "batches": batches,
    "path": path(0.0),
    "path, l1": path(1.0),
    "search": search(),
    "search, mean of folds": search(refit=False, scoring="accuracy"),
    "firth": penalised,
    "separation": separation,
    "verify": judged(lambda *given: verify(*given).gap < 1e-6),
    "compare": judged(lambda *given: numbers(compare(*given).optimum)),
    "summarize": judged(lambda *given: numbers(summarize(*given).coef), C=np.inf),
    "robust": judged(lambda *given: summarize(*given, covariance="robust").std_error, C=np.inf),
    "effects": judged(lambda *given: marginal_effects(*given).effect, C=np.inf),
    "test": judged(first_column, C=np.inf),
    "diagnose": judged(lambda *given: numbers(diagnose(*given).calibration), C=np.inf),
    "bootstrap": judged(lambda *given: bootstrap(*given, resamples=20).std_error),
    "inspect": lambda A, y, weight: [str(each.code) for each in inspect_data(A, y, weight)
                                     if each.code is not Code.ABSENT_CLASS],
    "metrics": metrics,
}  # fmt: skip
ONE_LABEL = {"metrics"}  # take a label for each row, no trials
TWO_CLASSES = {"diagnose"}


@pytest.mark.filterwarnings("ignore:A column-vector y")
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("entry", ENTRIES)
def test_rows_of_weight_0_are_as_good_as_left_out(entry: str, target: str) -> None:
    work, y = ENTRIES[entry], TARGETS[target]
    many = (y.ndim == 1 and len(np.unique(y)) > 2) or target == "column"
    if (target == "trials" and entry in ONE_LABEL) or (many and entry in TWO_CLASSES):
        with pytest.raises(InputError):
            work(X, y, WEIGHT)
        return
    gone = [KEPT]
    if many:
        gone += [KEPT & (y.ravel() != label) for label in np.unique(y)[[0, 1, -1]]]
    for kept in gone:
        given = numbers(work(X, y, WEIGHT * kept))
        wanted = numbers(work(X[kept], y[kept], WEIGHT[kept]))
        assert len(given) == len(wanted) > 0 or entry == "inspect"
        for one, other in zip(given, wanted, strict=True):
            if isinstance(one, str) or np.asarray(one).dtype.kind not in "fc":
                assert np.array_equal(one, other)
            else:
                np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-8)


def test_the_class_that_is_absent_is_found_of_batches_searches_and_firth_too() -> None:
    y = TARGETS["texts"]
    weight = WEIGHT * (y != "b")
    of_batches = LogisticRegression().fit(lambda: iter([(X, y, weight)]))
    search = LogisticRegressionCV(Cs=[1.0], cv=3).fit(X, y, weight)
    for model in (of_batches, search, firth(X, y, weight, intervals=False).model):
        assert [each.code for each in model.findings_] == [Code.ABSENT_CLASS]
        assert model.classes_.tolist() == ["a", "c", "d"]


def test_classes_are_compared_where_two_or_more_have_weight() -> None:
    y, work = TARGETS["truths"], LogisticRegressionCV(cv=3).fit
    weight = WEIGHT * ~y
    for each in (firth, find_separation, work):
        with pytest.raises(InputError, match="every row of class True has weight 0"):
            each(X, y, weight)
    with pytest.raises(InputError, match="every row of class True has weight 0"):
        regularisation_path(X, y, sample_weight=weight)


def test_folds_that_are_given_number_all_rows() -> None:
    rows = np.arange(N)
    pairs = [(rows[rows % 2 == k], rows[rows % 2 != k]) for k in range(2)]
    place = np.cumsum(KEPT) - 1
    inner = [(place[a[KEPT[a]]], place[b[KEPT[b]]]) for a, b in pairs]
    how: dict[str, Any] = {"Cs": [0.1, 1.0], "tol": 1e-9}
    one = LogisticRegressionCV(cv=pairs, **how).fit(X, CLASSES, WEIGHT * KEPT)
    other = LogisticRegressionCV(cv=inner, **how).fit(X[KEPT], CLASSES[KEPT], WEIGHT[KEPT])
    np.testing.assert_allclose(one.scores_, other.scores_, rtol=1e-6)
