"""Pictures of the probabilities of three or more classes: each class against all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from glasslogit.errors import InputError
from glasslogit.evaluate import as_labels
from glasslogit.inputs import check_weight, to_array, to_numbers
from glasslogit.pages import how_many
from glasslogit.show.canvas import class_name, of_rows
from glasslogit.show.diagnosis import plot_calibration
from glasslogit.show.scores import plot_roc

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

__all__ = ["plot_calibration_by_class", "plot_roc_by_class"]

MOST_CURVES = 6  # of more classes than this, those with the most rows are drawn


def plot_roc_by_class(  # noqa: PLR0913
    y: ArrayLike,
    proba: ArrayLike,
    *,
    labels: Sequence[Any] | None = None,
    sample_weight: ArrayLike | None = None,
    rows: str = "rows",
    ax: Axes | None = None,
) -> Axes:
    """Draw the ROC curve of each class against all others, with its area.

    `proba` (n, K) are the probabilities of the classes `labels`, by default those of y in sorted
    order. A class without rows has no curve, and of more than six those with the most rows have
    one. `rows` says in the title which rows these are. Raises `InputError` where fewer than two
    classes have rows, or `proba` has not a column for each.

    >>> p = [[0.7, 0.2, 0.1], [0.2, 0.5, 0.3], [0.1, 0.3, 0.6], [0.3, 0.4, 0.3]]
    >>> ax = plot_roc_by_class(["a", "b", "c", "c"], p)
    >>> [text.get_text() for text in ax.get_legend().get_texts()][1:]
    ['class a: AUC = 1.000', 'class b: AUC = 1.000', 'class c: AUC = 0.875']
    """
    given = _Given(as_labels(y), to_numbers(proba, "proba"), labels, sample_weight, rows)
    return _by_class(plot_roc, "ROC: each class against the others", given, ax)


def plot_calibration_by_class(  # noqa: PLR0913
    y: ArrayLike,
    proba: ArrayLike,
    *,
    labels: Sequence[Any] | None = None,
    sample_weight: ArrayLike | None = None,
    rows: str = "rows",
    ax: Axes | None = None,
) -> Axes:
    r"""Draw the share of each class against its probability, in groups, with their intervals.

    See `plot_calibration` for the groups; arguments and errors of `plot_roc_by_class`.

    >>> p = [[0.7, 0.2, 0.1], [0.2, 0.5, 0.3], [0.1, 0.3, 0.6], [0.3, 0.4, 0.3]]
    >>> plot_calibration_by_class(["a", "b", "c", "c"], p).get_title()
    'Calibration of each class, 95% intervals\n4 rows'
    """
    given = _Given(as_labels(y), to_numbers(proba, "proba"), labels, sample_weight, rows)
    axes = _by_class(plot_calibration, "Calibration of each class, 95% intervals", given, ax)
    axes.set_ylabel("share of the class in the group")
    return axes


class _Given(NamedTuple):
    """Rows to draw, as they were given: labels (n,), probabilities (n, K), classes (K,)."""

    y: NDArray[Any]
    proba: NDArray[Any]
    labels: Sequence[Any] | None
    weight: ArrayLike | None
    rows: str


def _by_class(draw: Callable[..., Axes], title: str, given: _Given, ax: Axes | None) -> Axes:
    """Draw the curve of each class on one pair of axes."""
    y, p = given.y, given.proba
    known = np.unique(y) if given.labels is None else to_array(given.labels, "labels")
    if p.shape != (len(y), len(known)):
        raise InputError(
            f"proba has the shape {p.shape} for {how_many(len(y), 'row')} and "
            f"{how_many(len(known), 'class', 'classes')}; give "
            "predict_proba(X), and labels=model.classes_"
        )
    weight = check_weight(given.weight, len(y))
    counts = np.array([weight[y == label].sum() for label in known])
    there = np.flatnonzero(counts)
    if len(there) < 2:
        raise InputError("y has rows of one class only; a curve needs rows of the others too")
    drawn = sorted(there[np.argsort(-counts[there], kind="stable")][:MOST_CURVES].tolist())

    def of_class(k: int, ax: Axes | None) -> Axes:
        named = {"pos_label": known[k], "label": class_name(known[k])}
        return draw(y, p[:, k], sample_weight=weight, rows=given.rows, ax=ax, **named)

    first, *others = drawn
    axes = of_class(first, ax)
    for k in others:
        of_class(k, axes)
    hidden = len(known) - len(drawn)
    more = f" ({hidden:,} not drawn)" if hidden else ""
    axes.set_title(of_rows(title + more, len(y), given.rows))
    return axes
