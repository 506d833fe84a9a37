"""A row beside a fitted model, and the two classes that are set against each other."""

from math import fsum
from typing import Any, NamedTuple

import numpy as np

from glasslogit.core import TINY, Floats
from glasslogit.errors import InputError
from glasslogit.inputs import check_class, check_offset, count_axes
from glasslogit.model import (
    check_offset_given,
    coefficient_names,
    loss_of,
    multi_class_of,
    positive_place,
    read_features,
    reported_theta,
)
from glasslogit.pages import how_many
from glasslogit.trust.flips import strictly
from glasslogit.trust.given_row import blaming


class ExplainedRow(NamedTuple):
    """θ of a model (d+1, c), a row (d,) and the names of its columns."""

    theta: Floats
    x: Floats
    names: list[str]


def read_row(model: Any, row: Any, offset: Any = None) -> ExplainedRow:
    """Read θ of a model, the offset in its intercept, a row (d,) and the names of its columns."""
    theta = reported_theta(model)
    check_offset_given(model, offset, "row_offset")
    if theta.shape[1] > 1 and multi_class_of(model) == "ovr":
        raise InputError("one-vs-rest is a model for each class; explain them one by one")
    with blaming("row"):
        x = dense_rows(read_features(model, row).X)
    if len(x) != 1:
        raise InputError(f"row holds {how_many(len(x), 'row')}; give one")
    own = np.atleast_2d(offset) if count_axes(offset, "row_offset") else offset
    theta[-1] += check_offset(own, 1, theta.shape[1])[0]
    names = coefficient_names(model, len(theta) - 1)
    return ExplainedRow(theta, x.ravel().astype(np.float64), list(names))


def dense_rows(X: Any) -> Floats:
    """Give an array of what may be a sparse matrix."""
    return np.atleast_2d(np.asarray(X.toarray() if hasattr(X, "toarray") else X))


class Contest(NamedTuple):
    """Two classes, θ of one against the other (d+1,), and the probability of the first.

    `slope` (c,) is that of its log-odds against all others, by the margins. `rivals` (m, d+1) is θ
    of the class that is predicted against each of the others; of two classes it is that of the two.
    """

    label: Any
    against: Any
    weights: Floats
    probability: float
    slope: Floats
    rivals: Floats


def choose_contest(model: Any, explained: ExplainedRow, label: Any, against: Any) -> Contest:
    """Choose the two classes that are set against each other."""
    classes, theta = list(np.asarray(model.classes_).tolist()), explained.theta
    z = np.append(explained.x, 1.0) @ theta
    p = loss_of(len(classes)).probabilities(z[None])[0]
    for name, each in (("label", label), ("against", against)):
        check_class(classes[0] if each is None else each, name, classes)
    first = positive_place(model)
    order = [first, 1 - first] if len(classes) == 2 else np.argsort(-p, kind="stable").tolist()
    k = order[0] if label is None else classes.index(label)
    if label is None and against is not None:
        k = next(i for i in order if classes[i] != against)
    m = next(i for i in order if i != k) if against is None else classes.index(against)
    if k == m:
        raise InputError(f"{label!r} is set against itself; give two classes")
    if len(classes) == 2:
        sign = 1.0 if k == 1 else -1.0
        one = sign * theta[:, 0]
        return Contest(classes[k], classes[m], one, float(p[k]), np.array([sign]), one[None])
    slope = -p / max(1.0 - p[k], TINY)
    slope[k] = 1.0
    top = int(z.argmax())
    rivals = np.delete(theta[:, [top]] - theta, top, axis=1).T
    return Contest(classes[k], classes[m], theta[:, k] - theta[:, m], float(p[k]), slope, rivals)


def over(cut: float, theta: Floats, x: Floats) -> tuple[Floats, float]:
    """Give the weights of a margin (d,), and what it lacks in a row to get over the cut."""
    of_row = theta * np.append(x, 1.0)
    return theta[:-1], strictly(cut - fsum(of_row.tolist()), float(np.abs(of_row).sum()))
