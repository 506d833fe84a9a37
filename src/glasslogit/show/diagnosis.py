"""Pictures of what `diagnose` finds: rows with influence, and calibration with its bands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.core import FLAT
from glasslogit.errors import InputError, check_number
from glasslogit.evaluate import calibration_curve
from glasslogit.pages import how_many, level_text
from glasslogit.show.canvas import (
    BLUE,
    COLOURS,
    DASHES,
    GREY,
    MARKERS,
    ORANGE,
    axes_or_new,
    curves_on,
    ink,
    label_shares,
    legend_above_data,
    of_rows,
    plain,
)
from glasslogit.show.fonts import finished

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    from glasslogit.trust import Diagnosis

__all__ = ["plot_calibration", "plot_influence"]

_LARGEST = 500.0  # points², the area of the largest Cook's distance
_MANY = 5000  # rows from which on they are drawn as pixels
PALE = 0.35  # of intervals that lie over each other
LEAST_ROOM = 1e-12  # 1 − h of a row with a coefficient of its own, so that it has a place


def plot_calibration(  # noqa: PLR0913
    y: ArrayLike,
    p: ArrayLike,
    *,
    pos_label: object = None,
    sample_weight: ArrayLike | None = None,
    groups: int = 10,
    level: float = 0.95,
    label: str | None = None,
    rows: str = "rows",
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of positives against the probability, in groups, with their intervals.

    Where the model is calibrated the diagonal passes through about the share `level` of the
    intervals. Call it again with the same `ax` and another `label` to compare models. `rows` says
    in the title which rows these are. Other arguments and errors of `calibration_curve`.

    >>> ax = plot_calibration([0, 0, 1, 0, 1, 1], [0.2, 0.2, 0.2, 0.7, 0.7, 0.7], groups=2)
    >>> ax.get_lines()[0].get_label()
    'calibrated'
    """
    curve = calibration_curve(
        y, p, pos_label=pos_label, sample_weight=sample_weight, groups=groups, level=level
    )
    ax = axes_or_new(ax, width=5.6, height=5.8)
    k = len(curves_on(ax))
    if not k:
        ax.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=":", label="calibrated")
    reach = [curve.observed - curve.low, curve.high - curve.observed]
    counted = how_many(len(curve.predicted), "group")
    intervals = f"{counted}, {level_text(level)} intervals"
    drawn = ax.errorbar(
        curve.predicted,
        curve.observed,
        yerr=np.maximum(reach, 0.0),
        fmt=MARKERS[k % len(MARKERS)] + DASHES[k % len(DASHES)],
        color=COLOURS[k % len(COLOURS)],
        linewidth=1.5,
        elinewidth=1.2,
        capsize=3 if label is None else 0,
        label=intervals if label is None else f"{plain(label)}: {counted}",
    )
    for bars in () if label is None else drawn.lines[2]:
        bars.set_alpha(PALE)
    drawn.lines[0].set_gid("curve")
    label_shares(
        ax,
        of_rows("Calibration", np.size(y), rows),
        "mean probability of the group",
        "share of positives in the group",
    )
    legend_above_data(ax, *ax.get_legend_handles_labels())
    return finished(ax)


def plot_influence(diagnosis: Diagnosis, *, names: int = 5, ax: Axes | None = None) -> Axes:
    """Draw standardised Pearson residuals against leverage; areas are Cook's distances.

    All rows if `diagnose` was asked for `every`, else those with the most influence. The `names`
    with the largest Cook's distance have their row number.

    >>> from glasslogit import LogisticRegression, diagnose
    >>> X, y = [[0.0], [1.0], [2.0], [3.0], [9.0]], [0, 1, 0, 1, 0]
    >>> found = diagnose(LogisticRegression().fit(X, y), X, y, every=True)
    >>> [text.get_text() for text in plot_influence(found, names=1).texts]
    ['4']
    """
    if not hasattr(diagnosis, "top"):
        kind = type(diagnosis).__name__
        raise InputError(f"an object of type {kind} is no diagnosis; give diagnose(model, X, y)")
    check_number(names, "names", "of rows, 0 or greater", least=0, whole=True)
    ax = axes_or_new(ax)
    from matplotlib.lines import Line2D

    top, rows = diagnosis.top, diagnosis.rows or diagnosis.top
    largest = max(float(top.cook.max(initial=0.0)), FLAT)
    _bubbles(ax, rows, largest, BLUE)
    _bubbles(ax, _first(top, names), largest, ORANGE)
    _write_rows(ax, _first(top, names), largest)
    for height in (-2, 2):
        ax.axhline(height, color=GREY, linewidth=0.8, linestyle=":")
    ax.axhline(0, color=ink(ax), linewidth=0.8)
    ax.set(
        title=f"Influence: areas are Cook's distances, {largest:.3g} at most",
        xlabel="leverage",
        ylabel="standardised Pearson residual",
    )
    ax.set_xlim(left=min(0.0, ax.get_xlim()[0]))
    count = how_many(len(rows.cook), "row")
    shown = f"all {count}" if diagnosis.rows else f"the {count} with the most influence"
    handles = [Line2D([], [], color=colour, marker="o", linestyle="") for colour in (BLUE, ORANGE)]
    legend_above_data(ax, handles, [shown, "largest Cook's distance, with row number"])
    return finished(ax)


def _first(rows: Any, count: int) -> Any:
    """Return the first rows of an `Influence`."""
    return type(rows)(*(getattr(rows, name)[:count] for name in rows.__dataclass_fields__))


def _standardised(rows: Any) -> NDArray[np.float64]:
    """Return Pearson residuals divided by √(1 − leverage)."""
    return np.asarray(rows.pearson / np.sqrt(np.maximum(1 - rows.leverage, LEAST_ROOM)))


def _area(cook: Any, largest: float) -> Any:
    """Return the areas of circles, in points²."""
    return 6 + _LARGEST * cook / largest


def _bubbles(ax: Axes, rows: Any, largest: float, colour: str) -> None:
    """Draw rows as circles whose areas are their Cook's distances."""
    style: dict[str, Any] = {
        "color": colour,
        "alpha": 0.45 if colour == BLUE else 1.0,
        "edgecolors": "white",
        "linewidths": 0.5,
        "rasterized": len(rows.cook) > _MANY,
    }
    ax.scatter(rows.leverage, _standardised(rows), _area(rows.cook, largest), **style)


def _write_rows(ax: Axes, top: Any, largest: float) -> None:
    """Write the numbers of rows beside their circles, on the side where there is room."""
    middle = float(np.mean(ax.get_xlim()))
    places = zip(top.row, top.leverage, _standardised(top), _area(top.cook, largest), strict=True)
    for row, x, y, area in places:
        side = 1 if x < middle else -1
        shift = side * (float(area) ** 0.5 / 2 + 3), 0
        style: dict[str, Any] = {"ha": "left" if side > 0 else "right", "va": "center"}
        ax.annotate(str(row), (x, y), shift, textcoords="offset points", **style)
