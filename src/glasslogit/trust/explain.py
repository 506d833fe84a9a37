"""`explain`: why a model says what it says of one row.

    margin = baseline margin + Σⱼ wⱼ·(xⱼ − mⱼ)

A linear model is explained exactly, by its own terms: each column's coefficient times how far
the row is from the baseline m. Nothing is sampled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, isfinite
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from glasslogit.core.losses import Floats, logit, sigmoid
from glasslogit.data import loss_of
from glasslogit.errors import InputError, NotFittedError, check_number
from glasslogit.fitted import beside
from glasslogit.inputs import check_features, check_known
from glasslogit.trust.diagnostics import curve_at


class Contribution(NamedTuple):
    """What a column adds to the margin, for its value is not the baseline's."""

    name: str
    value: Any
    baseline: Any
    contribution: float


class Change(NamedTuple):
    """A change of one column that flips the decision; `inside` the training range, if known."""

    name: str
    value: Any
    to: Any
    inside: bool | None


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why a row is given its probability.

    The margin is the log-odds of `label` against `against`; the contributions, the largest
    first, add up to `margin` − `baseline_margin`. `probability` is that of `label` among all
    classes, `interval` at `level` or None. `change` is the smallest change of one column that
    takes the margin over `cut`, None if there is none; `outside` are the columns whose value
    no training row has beyond, None if the training rows are not known.
    """

    label: Any
    against: Any
    baseline_margin: float
    margin: float
    cut: float
    probability: float
    interval: tuple[float, float] | None
    level: float
    contributions: tuple[Contribution, ...]
    change: Change | None
    outside: tuple[str, ...] | None

    def __str__(self) -> str:
        lines = [f"{'column':<24} {'value':>12} {'baseline':>12} {'log-odds':>9}"]
        lines.append(f"{'baseline':<24} {'':>12} {'':>12} {self.baseline_margin:>+9.4f}")
        for part in self.contributions:
            cells = f"{shown(part.value):>12} {shown(part.baseline):>12}"
            lines.append(f"{part.name:<24} {cells} {part.contribution:>+9.4f}")
        total = f"{self.label} against {self.against}"
        lines.append(f"{total:<50} {self.margin:>+9.4f}")
        return "\n".join([*lines, *self.facts()])

    def facts(self) -> list[str]:
        """Say probability, flip and range, each in a sentence."""
        text = f"Probability of {self.label}: {self.probability:.4g}"
        if self.interval:
            low, high = self.interval
            text += f" ({self.level:.0%} interval {low:.4g} to {high:.4g})"
        facts = [text]
        if self.change is None:
            facts.append("No change of one column alone flips the decision.")
        else:
            name, value, to, inside = self.change
            where = ", which no training row goes to" if inside is False else ""
            facts.append(f"Flips if {name} goes from {shown(value)} to {shown(to)}{where}.")
        if self.outside:
            facts.append(f"Outside the training range: {', '.join(self.outside)}.")
        elif self.outside is not None:
            facts.append("Every column is within its training range.")
        return facts


def shown(value: Any) -> str:
    """Write a value of a column: a number with four digits, a text as it is.

    >>> shown(1234.5678), shown("Ghent")
    ('1235', 'Ghent')
    """
    return f"{value:.4g}" if isinstance(value, float) else str(value)


class Known(NamedTuple):
    """What is known of the training rows: mean, and perhaps least and largest of each column."""

    mean: Floats
    low: Floats | None = None
    high: Floats | None = None


def explain(  # noqa: PLR0913
    model: Any,
    row: ArrayLike,
    X: Any = None,
    y: Any = None,
    sample_weight: ArrayLike | None = None,
    *,
    baseline: ArrayLike | None = None,
    label: Any = None,
    against: Any = None,
    threshold: float = 0.5,
    covariance: ArrayLike | None = None,
    level: float = 0.95,
) -> Explanation:
    """Explain the margin of one row (d,) by a fitted model, ours or scikit-learn's.

    A model keeps no data: the baseline is the mean of the rows X, or what `baseline` says,
    (d,); the ranges are those of X. With X and y the interval comes from the Hessian there
    (of a penalised fit it does not count the bias), or from `covariance` of θ, (p, p) with
    the intercept last, for two classes. `label` is explained against `against`: by default
    the second class, or of three or more the most probable against the next. `threshold`
    decides between two classes. Raises `InputError` for a row or a class the model does not
    know.

    >>> from glasslogit import LogisticRegression
    >>> X, y = [[0.0, 1.0], [1.0, 3.0], [2.0, 0.0], [3.0, 1.0]], [0, 1, 0, 1]
    >>> why = explain(LogisticRegression().fit(X, y), [3.0, 0.0], X)
    >>> [part.name for part in why.contributions], why.outside
    (['x1', 'x0'], ())
    """
    check_number(threshold, "threshold", "between 0 and 1", above=0, below=1)
    check_number(level, "level", "between 0 and 1", above=0, below=1)
    theta, x, names = read_row(model, row)
    known = known_of(X, baseline, len(x))
    pair = choose_pair(model, theta, x, label, against)
    cut = float(logit(np.array(threshold))) if theta.shape[1] == 1 else 0.0
    cut = -cut if theta.shape[1] == 1 and pair.label == model.classes_[0] else cut
    parts = [
        Contribution(name, float(x[j]), float(known.mean[j]), float(w * (x[j] - known.mean[j])))
        for j, (name, w) in enumerate(zip(names, pair.weights[:-1], strict=True))
    ]
    start = fsum([*(pair.weights[:-1] * known.mean).tolist(), float(pair.weights[-1])])
    margin = fsum([start, *(part.contribution for part in parts)])
    spread = None
    if covariance is not None:
        spread = spread_of(covariance, x, theta.shape[1])
    elif y is not None:
        root = curve_at(fitted := beside(model, X, y, sample_weight))
        moved = np.tensordot(np.append(x, 1.0), root.root, axes=1)  # (c, q)
        spread = float(np.linalg.norm(pair.slope @ moved) / fitted.objective.weight**0.5)
    return Explanation(
        label=pair.label,
        against=pair.against,
        baseline_margin=start,
        margin=margin,
        cut=cut,
        probability=pair.probability,
        interval=None if spread is None else around(pair.probability, spread, level),
        level=level,
        contributions=tuple(sorted(parts, key=lambda part: -abs(part.contribution))),
        change=smallest_change(parts, pair.weights[:-1], known, cut - margin),
        outside=outside(parts, known),
    )


def read_row(model: Any, row: Any) -> tuple[Floats, Floats, list[str]]:
    """Read θ of a model, a row (d,) and the names of its columns."""
    if not hasattr(model, "coef_"):
        raise NotFittedError(f"this {type(model).__name__} is not fitted yet; call fit(X, y) first")
    theta = np.vstack([np.atleast_2d(model.coef_).T, np.atleast_1d(model.intercept_)])
    d = len(theta) - 1
    if theta.shape[1] > 1 and getattr(model, "multi_class", "multinomial") == "ovr":
        raise InputError("one-vs-rest is a model for each class; explain them one by one")
    features = check_features(row, flat=d)
    known = getattr(model, "feature_names_in_", None)
    check_known(features, d, known)
    x = dense(features.X)
    if len(x) != 1:
        raise InputError(f"row holds {len(x)} rows; give one")
    names = [f"x{j}" for j in range(d)] if known is None else [str(name) for name in known]
    return theta.astype(np.float64), x[0].astype(np.float64), names


def dense(X: Any) -> Floats:
    """Give an array of what may be a sparse matrix."""
    return np.atleast_2d(np.asarray(X.toarray() if hasattr(X, "toarray") else X))


def known_of(X: Any, baseline: Any, d: int) -> Known:
    """Take the mean and the ranges from rows, or the baseline as it is given."""
    if X is None and baseline is None:
        raise InputError("a model keeps no data; give X, the training rows, or baseline, (d,)")
    low = high = mean = None
    if X is not None:
        rows = check_features(X).X
        if rows.shape[1] != d:
            raise InputError(f"X has {rows.shape[1]} columns but the model was fitted on {d}")
        low, high, mean = (dense(f(axis=0))[0] for f in (rows.min, rows.max, rows.mean))
    if baseline is not None:
        mean = dense(check_features(baseline, flat=d).X)[0]
        if mean.shape != (d,):
            raise InputError(f"baseline has {mean.size} numbers but the model has {d} columns")
    return Known(np.asarray(mean, np.float64), low, high)


class Pair(NamedTuple):
    """Two classes, θ of one against the other (d+1,), and the probability of the first.

    `slope` (c,) is that of its log-odds against all others, by the margins.
    """

    label: Any
    against: Any
    weights: Floats
    probability: float
    slope: Floats


def choose_pair(model: Any, theta: Floats, x: Floats, label: Any, against: Any) -> Pair:
    """Choose the two classes that are set against each other."""
    classes = list(np.asarray(model.classes_).tolist())
    z = np.append(x, 1.0) @ theta
    p = loss_of(len(classes), "multinomial").probabilities(z[None])[0]
    for each in (label, against):
        if each is not None and each not in classes:
            raise InputError(f"{each!r} is not a class of the model; its classes are {classes}")
    order = [1, 0] if len(classes) == 2 else np.argsort(-p, kind="stable").tolist()
    k = order[0] if label is None else classes.index(label)
    if label is None and against is not None:
        k = next(i for i in order if classes[i] != against)
    m = next(i for i in order if i != k) if against is None else classes.index(against)
    if k == m:
        raise InputError(f"{label!r} is set against itself; give two classes")
    if len(classes) == 2:
        sign = 1.0 if k == 1 else -1.0
        return Pair(classes[k], classes[m], sign * theta[:, 0], float(p[k]), np.array([sign]))
    slope = -p / max(1.0 - p[k], np.finfo(float).tiny)
    slope[k] = 1.0
    return Pair(classes[k], classes[m], theta[:, k] - theta[:, m], float(p[k]), slope)


def spread_of(covariance: ArrayLike, x: Floats, c: int) -> float:
    """Give the standard error of the margin from the covariance of θ."""
    V = np.asarray(covariance, dtype=np.float64)
    direction = np.append(x, 1.0)[: len(V)] if V.ndim == 2 else x
    if c > 1 or V.shape != (len(direction),) * 2 or len(V) < len(x):
        wanted = f"({len(x) + 1}, {len(x) + 1})"
        raise InputError(f"covariance has shape {V.shape}; give {wanted}, for two classes")
    return float(max(direction @ V @ direction, 0.0) ** 0.5)


def around(p: float, spread: float, level: float) -> tuple[float, float]:
    """Give the interval of a probability from the standard error of its log-odds."""
    if not 0 < p < 1:
        return p, p
    z = NormalDist().inv_cdf(0.5 + level / 2) * spread
    low, high = sigmoid(logit(np.array(p)) + np.array([-z, z])).tolist()
    return low, high


def smallest_change(
    parts: Sequence[Contribution], weights: Floats, known: Known, needed: float
) -> Change | None:
    """Find the column that takes the margin across by the smallest share of its range."""
    best: tuple[float, Change | None] = np.inf, None
    for j, part in enumerate(parts):
        if not weights[j]:
            continue
        step = needed / float(weights[j])
        to, inside, size = part.value + step, None, abs(step)
        if known.low is not None and known.high is not None:
            width = float(known.high[j] - known.low[j])
            inside = bool(known.low[j] <= to <= known.high[j])
            size = abs(step) / width if width else np.inf
            size += 0.0 if inside else 1e6  # a value that was seen comes first
        if isfinite(to) and size < best[0]:
            best = size, Change(part.name, part.value, float(to), inside)
    return best[1]


def outside(parts: Sequence[Contribution], known: Known) -> tuple[str, ...] | None:
    """Name the columns of the row that are below the least or above the largest known value."""
    if known.low is None or known.high is None:
        return None
    ends = zip(parts, known.low, known.high, strict=True)
    return tuple(part.name for part, low, high in ends if not low <= part.value <= high)


def by_column(why: Explanation, columns: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Add up the contributions of the columns of X that stand for one column of a table.

    >>> parts = (Contribution("town=Ghent", 1.0, 0.5, 0.2), Contribution("town=Ypres", 0, 0.1, 0.1))
    >>> why = Explanation(1, 0, 0.0, 0.3, 0.0, 0.57, None, 0.95, parts, None, None)
    >>> {name: round(x, 9) for name, x in by_column(why, {"town": ["town=Ghent", "town=Ypres"]}).items()}
    {'town': 0.3}
    """
    found = {part.name: part.contribution for part in why.contributions}
    return {name: fsum(found[each] for each in parts) for name, parts in columns.items()}
