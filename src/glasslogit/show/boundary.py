"""The picture of a classifier of two columns: probabilities as colour, the boundary as a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from glasslogit import textbook
from glasslogit.core import logit
from glasslogit.errors import check_number
from glasslogit.evaluate import as_labels
from glasslogit.inputs import check_kind, column_labels, is_frame
from glasslogit.model import (
    check_fitted,
    columns_by_name,
    deciding_threshold,
    encoder_of,
    model_at_end,
    rows_by_name,
)
from glasslogit.pages import probability
from glasslogit.show.canvas import (
    COLOURS,
    INK,
    axes_or_new,
    class_name,
    legend_above_data,
    of_rows,
    plain,
    scatter,
    two_columns,
)
from glasslogit.show.fonts import finished

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["plot_decision_boundary"]

_POINTS = 240  # along each axis
_PALE_BLUE, _PALE_ORANGE = "#7FB2DB", "#F5B26B"  # the data, in full colour, stay visible on them
NEAREST = 1e-15  # to 0 and 1 of what is drawn: log-odds of ±34.5, further than thresholds are


class Classifier(Protocol):
    """What the picture needs of a model: any classifier with scikit-learn's names has it."""

    classes_: NDArray[Any]

    def predict_proba(self, X: Any) -> Any:
        """Return the probability of each class, (n, K)."""


class Taught:
    """A model of the textbook, which is numbers and no more, as a classifier."""

    def __init__(self, model: textbook.Model | textbook.SoftmaxModel) -> None:
        self.model = model
        self.classes_ = np.arange(max(2, np.size(model.bias)))

    def predict_proba(self, X: Any) -> Floats:
        """Return the probability of each class, (n, K)."""
        if isinstance(self.model, textbook.SoftmaxModel):
            return textbook.predict_proba_softmax(self.model, X)
        p = textbook.predict_proba(self.model, X)
        return np.stack([1.0 - p, p], axis=1)


def plot_decision_boundary(  # noqa: PLR0913
    model: Classifier | textbook.Model | textbook.SoftmaxModel,
    X: ArrayLike,
    y: ArrayLike | None = None,
    *,
    threshold: float | None = None,
    transform: Callable[[Any], Any] | None = None,
    names: Sequence[str] | None = None,
    rows: str = "rows",
    ax: Axes | None = None,
) -> Axes:
    r"""Draw what a model says at every point of the plane of two columns, and the data on top.

    Two classes: the colour is P(second class), and a line is where it equals `threshold`,
    which is the model's own if none is given.
    More classes: the colour is the most probable class, paler where it is less certain, with
    lines where two of them tie; `threshold` has no meaning there. `transform` makes the model's
    columns from the two drawn, as `PolynomialFeatures` does. Raises `InputError` unless X has
    two columns and 0 < threshold < 1. With y the title counts the rows drawn, and `rows` says
    which they are. A model of `glasslogit.textbook` can be drawn as well.

    >>> class Slope:
    ...     classes_ = np.array(["no", "yes"])
    ...     def predict_proba(self, X):
    ...         p = np.clip(0.5 + X[:, 0], 0, 1)
    ...         return np.stack([1 - p, p], axis=1)
    >>> plot_decision_boundary(Slope(), [[-1, 0], [1, 1]], ["no", "yes"]).get_title()
    'Probability of class yes\n2 rows'
    """
    if threshold is not None:
        check_number(threshold, "threshold", "between 0 and 1", above=0, below=1)
    check_kind(transform, Callable | None, "transform", "a function of the two columns")
    if isinstance(model, textbook.Model | textbook.SoftmaxModel):
        model = Taught(model)
    if not hasattr(model, "classes_"):
        check_fitted(model_at_end(model))
    X = X if transform is not None else columns_of_model(model, X)
    drawn, (horizontal, vertical) = two_columns(X, names)
    classes = np.asarray(model.classes_)
    ax = axes_or_new(ax, width=7.0, height=5.0)
    ax.set(xlabel=plain(horizontal), ylabel=plain(vertical))
    _set_limits(ax, drawn)
    if y is not None:
        handles = scatter(ax, drawn, as_labels(y), classes)
        legend_above_data(ax, handles, [class_name(each) for each in classes])
    x1, x2 = (np.linspace(*limits, _POINTS) for limits in (ax.get_xlim(), ax.get_ylim()))
    points = _like(X, np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2))
    table = np.asarray(model.predict_proba(points if transform is None else transform(points)))
    table = table.reshape(_POINTS, _POINTS, classes.size)
    if classes.size == 2:
        own = deciding_threshold(model_at_end(model), classes[1])
        level = own if threshold is None else threshold
        _draw_surface(ax, (x1, x2), table[:, :, 1], level, class_name(classes[1], 24))
    else:
        _draw_regions(ax, (x1, x2), table)
    if y is not None:
        ax.set_title(of_rows(ax.get_title(), len(drawn), rows))
    return finished(ax)


def columns_of_model(model: Any, X: Any) -> Any:
    """Give the columns of a table that a model finds by name, and all of any other rows."""
    encoder = encoder_of(model)
    if encoder is None or not is_frame(X):
        return rows_by_name(model, X)
    return columns_by_name(X, tuple(encoder.encoding_.names))


def _like(X: Any, points: Floats) -> Any:
    """Return points as a frame if X is one: a model fitted on it expects its names."""
    if column_labels(X) is None:
        return points
    if hasattr(X, "iloc"):
        return type(X)(points, columns=X.columns)
    make = getattr(type(X), "from_pydict", type(X))  # of pyarrow, else of polars
    return make(dict(zip(column_labels(X) or (), np.ascontiguousarray(points.T), strict=True)))


def _set_limits(ax: Axes, rows: Floats) -> None:
    """Leave a margin around the data; a constant column gets one unit."""
    low, high = rows.min(axis=0), rows.max(axis=0)
    margin = np.where(high > low, 0.06 * (high - low), 0.5)
    ax.set_xlim(low[0] - margin[0], high[0] + margin[0])
    ax.set_ylim(low[1] - margin[1], high[1] + margin[1])


def _draw_surface(
    ax: Axes, axes: tuple[Floats, Floats], p: Floats, threshold: float, name: str
) -> None:
    """Draw P(second class), (rows, columns), with its colour bar and the line of the threshold."""
    from matplotlib.colors import LinearSegmentedColormap

    colours = LinearSegmentedColormap.from_list("p", [_PALE_BLUE, "#FFFFFF", _PALE_ORANGE])
    surface = ax.pcolormesh(
        *axes, p, cmap=colours, vmin=0, vmax=1, shading="gouraud", rasterized=True, zorder=0
    )
    bar = ax.get_figure().colorbar(surface, ax=ax)  # type: ignore[union-attr]
    # On the margin, which bends less than p, a line between grid points is nearly exact.
    margin, level = logit(np.clip(p, NEAREST, 1 - NEAREST)), float(logit(np.array(threshold)))
    reached = margin.min() < level < margin.max()
    if reached:
        ax.contour(*axes, margin, levels=[level], colors=INK, linestyles="-", zorder=1)
        bar.ax.axhline(threshold, color=INK)
    text = probability(threshold)
    note = f"line: {text}" if reached else f"{text} is not reached here"
    bar.set_label(f"probability ({note})")
    ax.set_title(f"Probability of {name}")


def _draw_regions(ax: Axes, axes: tuple[Floats, Floats], table: Floats) -> None:
    """Draw the most probable of K classes, (rows, columns, K), and where two of them tie."""
    from matplotlib.colors import to_rgb

    limits = ax.get_xlim(), ax.get_ylim()
    count = table.shape[2]
    palette = np.array([to_rgb(COLOURS[k % len(COLOURS)]) for k in range(count)])
    certainty = (table.max(axis=2) * count - 1) / (count - 1)  # 0 where all are equal, 1 at most
    depth = 0.12 + 0.4 * certainty[:, :, None]
    shades = 1 - depth * (1 - palette[table.argmax(axis=2)])
    ax.pcolormesh(*axes, shades, shading="nearest", rasterized=True, zorder=0)
    for k in range(count):
        lead = table[:, :, k] - np.delete(table, k, axis=2).max(axis=2)
        if lead.min() < 0 < lead.max():
            ax.contour(*axes, lead, levels=[0], colors=INK, linewidths=1.2, zorder=1)
    ax.set(xlim=limits[0], ylim=limits[1], title="Most probable class (paler: less certain)")
