"""What all pictures share: a fresh figure, colours and markers, legends that cover nothing.

matplotlib is imported when something is drawn, and pyplot never: a figure belongs to whoever
holds it and is freed with it, so that a program that draws a thousand leaks none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.errors import InputError, MissingExtraError, visible
from glasslogit.inputs import check_kind, column_labels, default_names, names_of
from glasslogit.pages import how_many, in_notebook

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from numpy.typing import ArrayLike, NDArray

# Told apart with any kind of colour vision, in print and by shape; no red, no green.
BLUE, ORANGE, INK, GREY = "#0B5FA5", "#E07B00", "#222222", "#8A8A8A"
CHALK = "#EEEEEE"  # ink on a dark ground
EQUALLY_FAR = 0.05 * 21**0.5 - 0.05  # the luminance from which black and white stand out alike
_MORE = ("#8E5BA6", "#4DB3E6", "#6B6B6B", "#E8C500", "#000000", "#7A4A1E", "#F2A0C8", "#1B2A6B")
COLOURS = (BLUE, ORANGE, *_MORE)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<")
DASHES = ("-", "--", "-.", ":")
SHARE_AXIS = (-0.02, 1.02)  # an axis of shares, so that a line along the frame is seen
SHARE_TICKS = np.linspace(0, 1, 6)


def axes_or_new(ax: Axes | None, width: float = 6.4, height: float = 4.8) -> Axes:
    """Return `ax`, or the axes of a fresh figure (inches).

    In a notebook the figure is pyplot's, which shows it below the cell. Elsewhere nobody else
    holds it, so that it goes when the caller lets go of it.
    """
    if ax is not None:
        if not hasattr(ax, "get_lines"):
            raise InputError(f"ax is of type {type(ax).__name__}; give axes of matplotlib, or None")
        return ax
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("matplotlib", "plots") from error
    if in_notebook():
        from matplotlib import pyplot as plt

        return plt.subplots(figsize=(width, height), layout="constrained")[1]
    return Figure(figsize=(width, height), layout="constrained").subplots()


def plain(name: object, most: int = 24) -> str:
    """Return a name that can be drawn: on one line, not too long, and with no formulas in it."""
    text = visible(" ".join(str(name).split()))
    if len(text) > most:
        half = most // 2  # the ends of names tell more than their middles
        text = f"{text[: most - half]}…{text[-half:]}"
    if text.startswith("_"):  # such a label would be left out of legends
        text = " " + text
    return text.replace("$", r"\$")


def class_name(label: object, most: int = 16) -> str:
    """Return a class as it is drawn: with the word class before it, unless it has it already.

    >>> class_name("yes"), class_name("class [one]")
    ('class yes', 'class [one]')
    """
    text = plain(label, most).lstrip()
    return text if text.lower().startswith("class") else f"class {text}"


def of_rows(title: str, count: int, rows: str) -> str:
    r"""Add to a title how many rows a picture measures, and which.

    >>> of_rows("Confusion matrix", 2500, "held-out rows")
    'Confusion matrix\n2,500 held-out rows'
    """
    return f"{title}\n{count:,} {plain(rows, 40)}"


def ink(ax: Axes) -> str:
    """Return the colour of lines that stand out from the ground of a picture, light or dark."""
    from matplotlib.colors import to_rgb

    return INK if luminance(to_rgb(ax.get_facecolor())) > EQUALLY_FAR else CHALK


def rim(ax: Axes) -> list[Any]:
    """Return the effect that gives a line a rim of the colour of the ground."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=3.2, foreground=ax.get_facecolor())]


def luminance(rgb: Sequence[float]) -> float:
    """Return how bright a colour is, from 0 to 1 (WCAG 2.2, "relative luminance").

    >>> round(luminance((0.0, 0.0, 0.0)), 3), round(luminance((1.0, 1.0, 1.0)), 3)
    (0.0, 1.0)
    """
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def curves_on(ax: Axes) -> list[Line2D]:
    """Return the curves of models, or of classes, that are on `ax`."""
    return [line for line in ax.get_lines() if line.get_gid() == "curve"]


def label_shares(ax: Axes, title: str, xlabel: str, ylabel: str) -> None:
    """Title a picture in which both axes run from 0 to 1."""
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    ax.set(xlim=SHARE_AXIS, ylim=SHARE_AXIS, xticks=SHARE_TICKS, yticks=SHARE_TICKS)


def share(value: float) -> str:
    """Return a share in [0, 1] with three decimals that never claims a perfect 0 or 1 falsely.

    >>> share(0.5), share(0.9999), share(1.0)
    ('0.500', '> 0.999', '1.000')
    """
    if 0.9995 <= value < 1:
        return "> 0.999"
    return "< 0.001" if 0 < value < 0.0005 else f"{value:.3f}"


def percent(value: float) -> str:
    """Return a share in [0, 1] as a whole percentage, as honest as `share`.

    >>> percent(0.5), percent(0.001), percent(0.999), percent(0.0)
    ('50%', '<1%', '>99%', '0%')
    """
    if 0.995 <= value < 1:
        return ">99%"
    return "<1%" if 0 < value < 0.005 else f"{value:.0%}"


def feature_names(given: Sequence[str] | None, source: object, columns: int) -> list[str]:
    """Return a name for each column: those given, those a table or model knows, or x0, x1, x2."""
    check_kind(given, Iterable | None, "names", "a name for each column")
    known = names_of(column_labels(source)) if given is None else given
    for attribute in ("feature_names_", "feature_names_in_"):
        known = getattr(source, attribute, None) if known is None else known
    names = default_names(columns) if known is None else [str(each) for each in known]
    if len(names) != columns:
        found = f"{how_many(len(names), 'name')} for {how_many(columns, 'column')}"
        raise InputError(f"{found}; give one for each column")
    return list(names)


def two_columns(X: ArrayLike, given: Sequence[str] | None) -> tuple[NDArray[np.float64], list[str]]:
    """Return `X` as finite numbers (n, 2) with the names of its columns, or say what is wrong."""
    try:
        rows = np.asarray(X, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("X is not a table of numbers; draw two numeric columns") from None
    if rows.ndim != 2 or rows.shape[1] != 2 or len(rows) == 0:
        raise InputError(
            f"X has the shape {rows.shape}; a picture has two axes: pass two columns "
            "(and a model fitted on them)"
        )
    names = feature_names(given, X, 2)
    wrong = np.argwhere(~np.isfinite(rows))
    if wrong.size:
        i, j = wrong[0]
        what = f"{rows[i, j]:g}".replace("nan", "NaN").replace("inf", "infinity")
        raise InputError(f"X holds {what} in row {i}, column {names[j]!r}; drop the row")
    return rows, names


def legend_above_data(ax: Axes, handles: Sequence[Artist], labels: Sequence[str]) -> None:
    """Lift the upper limit of y and put the legend, in rows, into the strip that this clears."""
    from matplotlib import rcParams

    em = rcParams["font.size"]
    points = 72 / ax.get_figure(root=True).dpi  # type: ignore[union-attr]
    room = ax.bbox.width * points / em
    fitting = (c for c in range(len(labels), 1, -1) if _legend_width(labels, c) < room)
    columns = next(fitting, 1)
    rows = -(-len(labels) // columns)
    strip = min(0.4, em * (1.5 * rows + 1.2) / (ax.bbox.height * points))
    low, high = ax.get_ylim()
    if ax.get_yscale() == "log":
        ax.set_ylim(low, low * (high / low) ** (1 / (1 - strip)))
    else:
        ax.set_ylim(low, low + (high - low) / (1 - strip))
    ax.legend(handles, labels, loc="upper left", ncols=columns, framealpha=1, columnspacing=1)


def _legend_width(labels: Sequence[str], columns: int) -> float:
    """Return the width of a legend in widths of an m, as matplotlib fills it: down, then right."""
    parts = np.array_split(np.array([len(each) for each in labels]), columns)
    return sum(4.0 + 0.6 * float(part.max()) for part in parts)


def scatter(
    ax: Axes, rows: NDArray[np.float64], labels: NDArray[Any], classes: NDArray[Any]
) -> list[Artist]:
    """Draw rows (n, 2) with a colour and a shape for each class, and return legend handles.

    A rare class gets larger marks and comes on top, or it would drown in a common one.
    """
    from matplotlib.lines import Line2D

    if len(rows) != labels.size:
        raise InputError(f"X has {how_many(len(rows), 'row')} and y {labels.size}; they must match")
    members = [labels == each for each in classes]
    unknown = labels.size - sum(int(each.sum()) for each in members)
    if unknown:
        raise InputError(
            f"y has {how_many(unknown, 'row')} of classes that the model does not know"
        )
    handles: list[Artist] = []
    for k, member in enumerate(members):
        colour, marker = COLOURS[k % len(COLOURS)], MARKERS[k % len(MARKERS)]
        area = float(np.clip(8000 / max(1, member.sum()), 5, 42))
        ax.scatter(
            rows[member, 0],
            rows[member, 1],
            s=area,
            color=colour,
            marker=marker,
            edgecolors="white",
            linewidths=0.5 if area > 8 else 0,
            rasterized=len(rows) > 5000,
            zorder=3 - float(member.mean()),
        )
        handles.append(Line2D([], [], color=colour, marker=marker, linestyle=""))
    return handles
