"""Pictures of a model: the sigmoid, the data, the coefficients.

Every function draws on `ax`, or on a fresh figure without it, and returns the axes:
`ax.figure.savefig("picture.png")` keeps the picture, and in a notebook `ax.figure` as the last
line shows it. pyplot is not used; to draw on its figure pass `ax=plt.gca()`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from glasslogit.core import odds_ratio, sigmoid
from glasslogit.errors import InputError
from glasslogit.evaluate import as_labels
from glasslogit.model import dense, model_at_end
from glasslogit.show.canvas import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    axes_or_new,
    class_name,
    feature_names,
    legend_above_data,
    plain,
    scatter,
    two_columns,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

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
    ax = axes_or_new(ax)
    z = np.linspace(-reach, reach, 401)
    p = sigmoid(z)
    touch = np.array([-2.0, 2.0])  # where the tangent leaves [0, 1]
    ax.axhline(0.5, color=GREY, linewidth=0.8, linestyle=":")
    ax.axvline(0, color=GREY, linewidth=0.8, linestyle=":")
    ax.plot(z, p, color=BLUE, linewidth=2.2, label="sigmoid σ(z) = 1 / (1 + e⁻ᶻ)")
    ax.plot(z, p * (1 - p), color=ORANGE, linestyle="--", label="its slope σ(z)·(1 − σ(z))")
    ax.plot(touch, 0.5 + touch / 4, color=INK, linestyle="-.", label="tangent at 0: slope 1/4")
    ax.plot([0], [0.5], "o", color=INK, markersize=5)
    ax.set(
        title="The sigmoid turns a margin into a probability",
        xlabel="margin z = w·x + b (nats)",
        ylabel="probability, and its slope per nat",
        xlim=(-reach, reach),
        ylim=(-0.04, 1.04),
    )
    ax.legend(loc="upper left", framealpha=1)
    return ax


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
    title = "1 row, by class" if len(rows) == 1 else f"{len(rows):,} rows by class"
    ax.set(title=title, xlabel=plain(horizontal), ylabel=plain(vertical))
    legend_above_data(ax, handles, [class_name(each) for each in classes])
    return ax


def plot_coefficients(  # noqa: PLR0913
    model: LinearModel,
    *,
    names: Sequence[str] | None = None,
    label: object = None,
    at_most: int = 20,
    odds_ratios: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw the largest coefficients as bars, the largest on top; the title counts the rest.

    `names` (d,) default to those the model knows. A model of K > 2 classes needs the `label` of
    one. `odds_ratios` shows e^w on a logarithmic axis, from 1: the factor on the odds for one
    unit of the feature. Sizes compare across features only if their units do.
    Raises `InputError` for an unknown `label` and for odds ratios too large to represent.

    >>> class Fitted:
    ...     classes_, coef_ = np.array(["no", "yes"]), np.array([[0.5, -2.0]])
    >>> ax = plot_coefficients(Fitted(), names=["age", "dose"])
    >>> [tick.get_text() for tick in ax.get_yticklabels()], ax.get_title()
    (['dose', 'age'], 'Coefficients towards class yes')
    """
    model = model_at_end(model)
    weight, towards = _class_weights(model, label)
    known = feature_names(names, model, weight.size)
    shown = np.argsort(-np.abs(weight), kind="stable")[:at_most]
    start = 1.0 if odds_ratios else 0.0
    end = odds_ratio(weight[shown]) if odds_ratios else weight[shown]
    if not (np.isfinite(end) & (end > 0 if odds_ratios else True)).all():
        raise InputError("e^w of a coefficient is out of range; draw it with odds_ratios=False")
    ax = axes_or_new(ax, height=1.5 + 0.26 * max(3, shown.size))
    colours = np.where(weight[shown] < 0, BLUE, ORANGE).tolist()
    ax.barh(np.arange(shown.size), end - start, left=start, color=colours, height=0.7)
    ax.axvline(start, color=INK, linewidth=0.8)
    ax.set_yticks(np.arange(shown.size), [plain(known[j], 28) for j in shown])
    ax.set_ylim(shown.size - 0.4, -0.6)
    hidden = weight.size - shown.size
    ax.set_title(
        f"{'Odds ratios' if odds_ratios else 'Coefficients'} towards {class_name(towards, 24)}"
        + (f"\n({hidden:,} smaller not shown)" if hidden else "")
    )
    ax.set(xlabel="coefficient w (nats for one unit of the feature)", ylabel="feature")
    if odds_ratios:
        _use_log_axis(ax)
        ax.set_xlabel("odds ratio e^w for one unit of the feature (log scale)")
    return ax


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
        if label is not None and label not in classes:
            raise InputError(f"the model has no class {label!r}; its classes are {classes}")
        sign = -1.0 if label is not None and label == classes[0] else 1.0
        return sign * coefficients[0], classes[-1] if label is None else label
    if label not in classes:
        raise InputError(f"the model has {len(classes)} classes; choose one: label={classes[0]!r}")
    return coefficients[classes.index(label)], label
