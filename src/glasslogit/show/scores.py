"""Pictures of how good predictions are: thresholds, ROC, precision and recall, confusion.

Each draws a curve of `glasslogit.evaluate`, point by point; see there for the formulas. As in
`plots`, every function takes `ax` and returns the axes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from glasslogit.errors import check_number
from glasslogit.evaluate import (
    as_labels,
    confusion_matrix,
    precision_recall_curve,
    roc_curve,
    threshold_costs,
    threshold_curve,
)
from glasslogit.pages import probability
from glasslogit.show.canvas import (
    BLUE,
    COLOURS,
    DASHES,
    EQUALLY_FAR,
    GREY,
    ORANGE,
    SHARE_AXIS,
    SHARE_TICKS,
    axes_or_new,
    curves_on,
    ink,
    label_shares,
    legend_above_data,
    luminance,
    of_rows,
    percent,
    plain,
    share,
)
from glasslogit.show.fonts import finished

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

__all__ = ["plot_confusion", "plot_precision_recall", "plot_roc", "plot_thresholds"]

MOST_TICKS = 20  # of more classes than this, not every name is drawn


def plot_thresholds(  # noqa: PLR0913
    y: ArrayLike,
    score: ArrayLike,
    *,
    chosen: float | None = None,
    costs: tuple[float, float] | None = None,
    pos_label: object = None,
    sample_weight: ArrayLike | None = None,
    rows: str = "rows",
    ax: Axes | None = None,
) -> Axes:
    """Draw precision, recall and F1 against the threshold, and mark the best F1.

    With `costs`, of a missed positive and of a false alarm, the cost of the errors is drawn in the
    place of F1, as `threshold_costs` gives it, and the lowest is marked.

    The lines are steps: nothing changes between two scores. Below the lowest all rows are
    predicted positive; above the highest none are, and nothing is drawn. `chosen` marks a
    threshold that was chosen elsewhere. `rows` says in the title which rows these are, such as
    "held-out rows"; so it does in all of these pictures. Other arguments and errors as in
    `threshold_curve`; also `InputError` for a `chosen` that is no probability where the scores are.

    >>> ax = plot_thresholds([0, 0, 1, 1], [0.1, 0.25, 0.75, 0.8])
    >>> ax.get_legend().get_texts()[-1].get_text()
    'best F1 = 1.000 at 0.5'
    """
    how: dict[str, Any] = {"pos_label": pos_label, "sample_weight": sample_weight}
    curve = threshold_curve(y, score, **how)
    judged = _Judged("F1", "", "F1", "best F1", curve.f1, curve.best, curve.best_threshold)
    if costs is not None:
        cost = threshold_costs(y, score, costs, **how)
        times = f"{costs[0]:g}:{costs[1]:g}"
        found = cost.cost, cost.best, cost.best_threshold
        judged = _Judged("cost", " (1: every row wrong)", f"cost at {times}", "lowest cost", *found)
    ax = axes_or_new(ax)
    low, high = curve.thresholds[-1], curve.thresholds[0]
    probabilities = low >= 0 and high <= 1
    if chosen is not None:
        low_end, high_end = (0.0, 1.0) if probabilities else (-np.inf, np.inf)
        wanted = "on the axis of the score, as a threshold is"
        check_number(chosen, "chosen", wanted, least=low_end, most=high_end)
    right = 1.02 * min(1, 2 * high)
    left = 0.0 if probabilities else low - 0.05 * (high - low)
    lines = ("precision", curve.precision), ("recall", curve.recall), (judged.label, judged.values)
    for (name, value), colour, dash in zip(lines, (BLUE, ORANGE, ink(ax)), DASHES, strict=False):
        steps = np.append(curve.thresholds, left), np.append(value, value[-1])
        ax.step(*steps, dash, where="post", color=colour, label=name)
    height = judged.values[judged.best]
    ax.plot([judged.at, judged.at], [0, height], color=GREY, linewidth=0.8, linestyle=":")
    label = f"{judged.mark} = {share(height)} at {probability(float(judged.at))}"
    ax.plot([judged.at], [height], "D", color=ink(ax), markersize=6, label=label)
    if chosen is not None:
        where = " (beyond this axis)" if probabilities and chosen > right else ""
        label = f"chosen: {probability(chosen)}{where}"
        ax.plot([chosen, chosen], [0, 1], color=ink(ax), linewidth=1, label=label)
    ax.set(
        title=of_rows(f"Precision, recall and {judged.name} by threshold", np.size(y), rows),
        xlabel="threshold (probability)" if probabilities else "threshold (score)",
        ylabel=f"precision, recall, {judged.name}{judged.unit}",
        ylim=SHARE_AXIS,
        yticks=SHARE_TICKS,
    )
    if probabilities:
        ax.set_xlim(-0.02 * min(1, 2 * high), right)
    legend_above_data(ax, *ax.get_legend_handles_labels())
    return finished(ax)


class _Judged(NamedTuple):
    """By what a threshold is judged: its name, that of its line and of its mark, and its values."""

    name: str
    unit: str
    label: str
    mark: str
    values: NDArray[np.float64]
    best: int
    at: float


def plot_roc(  # noqa: PLR0913
    y: ArrayLike,
    score: ArrayLike,
    *,
    pos_label: object = None,
    sample_weight: ArrayLike | None = None,
    label: str = "model",
    rows: str = "rows",
    ax: Axes | None = None,
) -> Axes:
    """Draw the ROC curve with its area, and the diagonal of a score that knows nothing.

    Call it again with the same `ax` and another `label` to compare models.
    Arguments and errors of `roc_curve`.

    >>> ax = plot_roc([0, 1, 0, 1], [0.1, 0.7, 0.7, 0.9])
    >>> ax.get_legend().get_texts()[-1].get_text()
    'model: AUC = 0.875'
    """
    curve = roc_curve(y, score, pos_label=pos_label, sample_weight=sample_weight)
    ax = axes_or_new(ax, width=5.6, height=5.4)
    if not curves_on(ax):
        ax.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=":", label="chance: AUC = 0.5")
    text = f"{plain(label)}: AUC = {share(curve.auc)}"
    _add_curve(ax, curve.false_positive_rate, curve.true_positive_rate, text)
    label_shares(
        ax,
        of_rows("ROC: hits against false alarms", np.size(y), rows),
        "false-positive rate (of all negatives)",
        "true-positive rate (of all positives)",
    )
    ax.set_aspect("equal")
    if _is_empty(ax, right_of=0.4, below=0.3):
        ax.legend(loc="lower right", framealpha=1)
    else:
        legend_above_data(ax, *ax.get_legend_handles_labels())
    return finished(ax)


def plot_precision_recall(  # noqa: PLR0913
    y: ArrayLike,
    score: ArrayLike,
    *,
    pos_label: object = None,
    sample_weight: ArrayLike | None = None,
    label: str = "model",
    rows: str = "rows",
    ax: Axes | None = None,
) -> Axes:
    """Draw precision against recall as steps, with the average precision and the base rate.

    Call it again with the same `ax` and another `label` to compare models.
    Arguments and errors of `precision_recall_curve`.

    >>> ax = plot_precision_recall([0, 0, 1, 1], [0.1, 0.2, 0.2, 0.9])
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['base rate = 0.500', 'model: average precision = 0.833']
    """
    curve = precision_recall_curve(y, score, pos_label=pos_label, sample_weight=sample_weight)
    ax = axes_or_new(ax)
    if not curves_on(ax):
        base = f"base rate = {share(curve.base_rate)}"
        ax.axhline(curve.base_rate, color=GREY, linewidth=1, linestyle=":", label=base)
    text = f"{plain(label)}: average precision = {share(curve.average_precision)}"
    _add_curve(ax, curve.recall, curve.precision, text, drawstyle="steps-pre")
    label_shares(
        ax,
        of_rows("Precision against recall", np.size(y), rows),
        "recall (share of positives found)",
        "precision (share of finds that are right)",
    )
    legend_above_data(ax, *ax.get_legend_handles_labels())
    return finished(ax)


def plot_confusion(  # noqa: PLR0913
    y: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    rows: str = "rows",
    ax: Axes | None = None,
) -> Axes:
    """Draw the confusion matrix: a row for each true class, a column for each predicted one.

    Each cell has its count and its share of the true class, which is also its colour, so that
    rare classes are seen as well as common ones. The share of a class without rows is 0.
    Of many classes only the colours are drawn, and not every name.
    Arguments and errors of `confusion_matrix`.

    >>> ax = plot_confusion([0, 0, 0, 1], [0, 0, 1, 1])
    >>> [text.get_text().split()[0] for text in ax.texts]
    ['2', '1', '0', '1']
    """
    counts = confusion_matrix(y, y_pred, labels=labels, sample_weight=sample_weight)
    names = np.unique(np.append(as_labels(y), as_labels(y_pred))) if labels is None else labels
    total = counts.sum(axis=1, keepdims=True)
    shares = counts / np.where(total > 0, total, 1)
    size = float(np.clip(2.8 + 0.6 * len(counts), 4.4, 12))
    places = range(0, len(counts), -(-len(counts) // MOST_TICKS))  # every one, or each k-th
    ticks = [plain(np.asarray(names)[k], 16) for k in places]
    ax = axes_or_new(ax, width=size + 0.8 + 0.08 * max(map(len, ticks)), height=size)
    image = _draw_cells(ax, counts, shares)
    ax.get_figure().colorbar(image, ax=ax, label="share of the true class")  # type: ignore[union-attr]
    crowded = sum(map(len, ticks)) > 36
    ax.set_xticks(places, ticks, rotation=90 if crowded else 0)
    ax.set_yticks(places, ticks)
    title = of_rows("Confusion matrix", np.size(y), rows)
    ax.set(title=title, xlabel="predicted class", ylabel="true class")
    return finished(ax)


def _draw_cells(ax: Axes, counts: NDArray[Any], shares: NDArray[np.float64]) -> Any:
    """Colour each cell by its share and write count and share into it, where there is room."""
    from matplotlib.colors import LinearSegmentedColormap

    shades = LinearSegmentedColormap.from_list("share", ["#FFFFFF", BLUE])
    image = ax.imshow(shares, cmap=shades, vmin=0, vmax=1)
    if len(counts) > 16:
        return image
    for i, j in np.ndindex(*counts.shape):
        number = f"{counts[i, j]:,}" if counts.dtype.kind == "i" else f"{counts[i, j]:,.4g}"
        bright = luminance(shades(float(shares[i, j]))[:3])
        colour = "#000000" if bright > EQUALLY_FAR else "#FFFFFF"
        text = f"{number}\n{percent(float(shares[i, j]))}"
        ax.text(j, i, text, ha="center", va="center", color=colour, fontsize=9)
    return image


def _is_empty(ax: Axes, *, right_of: float, below: float) -> bool:
    """Return whether no curve passes through the lower right corner."""
    points = np.concatenate([line.get_xydata() for line in curves_on(ax)])  # (points, 2)
    return not ((points[:, 0] > right_of) & (points[:, 1] < below)).any()


def _add_curve(ax: Axes, x: Any, y: Any, label: str, **style: Any) -> None:
    """Add one more curve, in the next colour and dash."""
    k = len(curves_on(ax))
    style |= {"color": COLOURS[k % len(COLOURS)], "linestyle": DASHES[k % len(DASHES)]}
    ax.plot(x, y, linewidth=2, label=label, gid="curve", **style)
