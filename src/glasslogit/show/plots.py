"""Pictures of a model: the sigmoid, the data, the coefficients.

Every function draws on `ax`, or on a fresh figure without it, and returns the axes:
`ax.figure.savefig("picture.png")` keeps the picture, and in a notebook `ax.figure` as the last
line shows it. pyplot is not used; to draw on its figure pass `ax=plt.gca()`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from glasslogit.core import odds_ratio, sigmoid
from glasslogit.errors import InputError, check_choice, check_number, is_one_of
from glasslogit.evaluate import as_labels
from glasslogit.inputs import check_class, check_kind, to_numbers
from glasslogit.model import check_fitted, dense, model_at_end
from glasslogit.pages import cut_apart, how_many, level_text
from glasslogit.show.canvas import (
    BLUE,
    GREY,
    ORANGE,
    axes_or_new,
    class_name,
    feature_names,
    ink,
    legend_above_data,
    plain,
    rim,
    scatter,
    two_columns,
)
from glasslogit.show.fonts import finished

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    from glasslogit.trust.inference import Summary

__all__ = ["plot_coefficients", "plot_data", "plot_sigmoid"]


class LinearModel(Protocol):
    """What a picture of coefficients needs of a model."""

    classes_: NDArray[Any]
    coef_: NDArray[Any]


def plot_sigmoid(*, reach: float = 6.0, ax: Axes | None = None) -> Axes:
    """Draw σ(z) from −reach to reach, its slope σ(z)·(1 − σ(z)), and the tangent ½ + z/4 at 0.

    >>> plot_sigmoid().get_title()
    'The sigmoid turns a margin into a probability'
    """
    reach = check_number(reach, "reach", "greater than 0", above=0)
    ax = axes_or_new(ax)
    z = np.linspace(-reach, reach, 401)
    p = sigmoid(z)
    touch = np.array([-2.0, 2.0])  # where the tangent leaves [0, 1]
    ax.axhline(0.5, color=GREY, linewidth=0.8, linestyle=":")
    ax.axvline(0, color=GREY, linewidth=0.8, linestyle=":")
    ax.plot(z, p, color=BLUE, linewidth=2.2, label="sigmoid σ(z) = 1 / (1 + e⁻ᶻ)")
    ax.plot(z, p * (1 - p), color=ORANGE, linestyle="--", label="its slope σ(z)·(1 − σ(z))")
    ax.plot(touch, 0.5 + touch / 4, color=ink(ax), linestyle="-.", label="tangent at 0: slope 1/4")
    ax.plot([0], [0.5], "o", color=ink(ax), markersize=5)
    ax.set(
        title="The sigmoid turns a margin into a probability",
        xlabel="margin z = w·x + b (nats)",
        ylabel="probability, and its slope per nat",
        xlim=(-reach, reach),
        ylim=(-0.04, 1.04),
    )
    ax.legend(loc="upper left", framealpha=1)
    return finished(ax)


def plot_data(
    X: ArrayLike, y: ArrayLike, *, names: Sequence[str] | None = None, ax: Axes | None = None
) -> Axes:
    """Scatter two columns `X` (n, 2) by class `y` (n,): each class has a colour and a shape.

    Rare classes are drawn last, on top. Raises `InputError` unless X has two columns of finite
    numbers: every row of the title is in the picture.

    >>> ax = plot_data([[1, 2], [3, 4]], ["no", "yes"], names=["age", "dose"])
    >>> ax.get_xlabel(), [text.get_text() for text in ax.get_legend().get_texts()]
    ('age', ['class no', 'class yes'])
    """
    rows, (horizontal, vertical) = two_columns(X, names)
    labels = as_labels(y)
    ax = axes_or_new(ax)
    classes = np.unique(labels)
    handles = scatter(ax, rows, labels, classes)
    title = f"{how_many(len(rows), 'row')}, by class"
    ax.set(title=title, xlabel=plain(horizontal), ylabel=plain(vertical))
    legend_above_data(ax, handles, [class_name(each) for each in classes])
    return finished(ax)


def plot_coefficients(  # noqa: PLR0913
    model: LinearModel,
    *,
    names: Sequence[str] | None = None,
    label: object = None,
    at_most: int = 20,
    odds_ratios: bool = False,
    spread: ArrayLike | None = None,
    summary: Summary | None = None,
    rows: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the largest coefficients as bars, the largest on top; the title counts the rest.

    `names` (d,) default to those the model knows. A model of K > 2 classes needs the `label` of
    one. `odds_ratios` shows e^w on a logarithmic axis, from 1: the factor on the odds.
    Coefficients are for one unit of their feature, and compare only if the units do; with
    `spread` (d,), the standard deviations of the features, they are for one standard deviation,
    and the largest are those that matter most in these rows. `summary`, that of `summarize` for a
    model of two classes, adds its intervals, where they are finite. `rows` says in the title on
    which rows the model was trained.
    Raises `InputError` for an unknown `label`, for a `spread` or `summary` of other features and
    for odds ratios too large to represent.

    >>> class Fitted:
    ...     classes_, coef_ = np.array(["no", "yes"]), np.array([[0.5, -2.0]])
    >>> ax = plot_coefficients(Fitted(), names=["age", "dose"], spread=[12.0, 0.5])
    >>> [tick.get_text() for tick in ax.get_yticklabels()], ax.get_title()
    (['age', 'dose'], 'Coefficients towards class yes')
    """
    model = model_at_end(model)
    check_fitted(model)
    odds_ratios = check_choice(odds_ratios, "odds_ratios", (True, False))
    check_kind(rows, str, "rows", "a text")
    check_number(at_most, "at_most", "of coefficients, 1 or greater", least=1, whole=True)
    weight, towards = _class_weights(model, label)
    known = feature_names(names, model, weight.size)
    unit = _units(spread, weight.size)
    if summary is not None and np.size(model.classes_) != 2:
        raise InputError("summary is for a model of two classes; draw this one without")
    reach = _intervals(summary, weight.size, towards) * unit
    shown = np.argsort(-np.abs(weight * unit), kind="stable")[:at_most]
    start = 1.0 if odds_ratios else 0.0
    low, high, end = (
        odds_ratio(part[shown]) if odds_ratios else part[shown] for part in (*reach, weight * unit)
    )
    if not (np.isfinite(end) & (end > 0 if odds_ratios else True)).all():
        raise InputError("e^w of a coefficient is out of range; draw it with odds_ratios=False")
    ax = axes_or_new(ax, width=8.0, height=1.8 + 0.26 * max(3, shown.size))
    colours = np.where(weight[shown] < 0, BLUE, ORANGE).tolist()
    ax.barh(np.arange(shown.size), end - start, left=start, color=colours, height=0.7)
    sure = np.flatnonzero(np.isfinite(low) & np.isfinite(high))
    ax.axvline(start, color=ink(ax), linewidth=0.8)
    drawn = ax.hlines(sure, low[sure], high[sure], color=ink(ax), linewidth=1.4)
    drawn.set_path_effects(rim(ax))  # without which they are lost on the bars
    ax.set_yticks(np.arange(shown.size), _labels(known, shown))
    ax.set_ylim(shown.size - 0.4, -0.6)
    what = f"{'Odds ratios' if odds_ratios else 'Coefficients'} towards {class_name(towards, 24)}"
    level = [] if summary is None else [f"{level_text(summary.level)} intervals"]
    hidden = weight.size - shown.size
    lines = [what, "; ".join([*([plain(rows, 40)] if rows else []), *level])]
    lines += [f"({hidden:,} smaller not shown)"] if hidden else []
    ax.set_title("\n".join(filter(None, lines)))
    each = "one unit" if spread is None else "one standard deviation"
    ax.set(xlabel=f"coefficient w for {each} of the feature (nats)", ylabel="feature")
    if odds_ratios:
        _use_log_axis(ax)
        ax.set_xlabel(f"odds ratio e^w for {each} of the feature (log scale)")
    return finished(ax)


def _labels(names: Sequence[str], shown: NDArray[np.intp]) -> list[str]:
    """Give the names to draw, those that are cut still different."""
    long = cut_apart([" ".join(str(names[j]).split()) for j in shown], 28)
    return [plain(name, 28) for name in long]


def _units(spread: ArrayLike | None, d: int) -> NDArray[np.float64]:
    """Return by what each coefficient is multiplied, (d,)."""
    units = np.ones(d) if spread is None else to_numbers(spread, "spread")
    if units.shape != (d,) or not (np.isfinite(units) & (units >= 0)).all():
        remedy = f"give the standard deviations of {how_many(d, 'feature')}: np.std(X, axis=0)"
        raise InputError(f"spread has the shape {units.shape}, or a wrong number; {remedy}")
    return units


def _intervals(summary: Summary | None, d: int, towards: object) -> NDArray[np.float64]:
    """Return the ends of the intervals of coefficients towards a class, (2, d); NaN for none."""
    if summary is None:
        return np.full((2, d), np.nan)
    if not hasattr(summary, "ci_low"):
        kind = type(summary).__name__
        raise InputError(f"an object of type {kind} is no summary; give summarize(model, X, y)")
    first = int(summary.intercept)
    ends = np.stack([summary.ci_low, summary.ci_high])[:, first:]
    if len(summary.equations) != 1 or ends.shape[1] != d:
        found = how_many(len(summary.terms), "coefficient")
        raise InputError(
            f"summary is of {found}, the model has {how_many(d, 'feature')}; "
            "give that of summarize(model, X, y) for a model of two classes"
        )
    return ends if summary.equations[0] == towards else -ends[::-1]


def _use_log_axis(ax: Axes) -> None:
    """Make the horizontal axis logarithmic, with ticks that are plain numbers."""
    from matplotlib import ticker

    ax.set_xscale("log")
    low, high = ax.get_xlim()
    subs = (1, 2, 5) if high / low < 200 else (1,)
    fine = ticker.MaxNLocator(5, steps=[1, 2, 5, 10])
    ax.xaxis.set_major_locator(fine if high / low < 5 else ticker.LogLocator(subs=subs))
    ax.xaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_minor_locator(ticker.NullLocator())


def _class_weights(model: LinearModel, label: object) -> tuple[NDArray[np.float64], object]:
    """Return the coefficients towards one class, (d,), and that class."""
    coefficients = np.atleast_2d(dense(model.coef_)).astype(np.float64)
    classes = np.asarray(model.classes_).tolist()
    if len(coefficients) == 1:
        check_class(classes[-1] if label is None else label, "label", classes)
        sign = -1.0 if label is not None and label == classes[0] else 1.0
        return sign * coefficients[0], classes[-1] if label is None else label
    if not is_one_of(label, classes):
        raise InputError(f"the model has {len(classes)} classes; choose one: label={classes[0]!r}")
    return coefficients[classes.index(label)], label
