"""The picture of a training: how the loss fell from step to step, or did not."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from glasslogit import textbook
from glasslogit.errors import InputError, NotFittedError, check_choice
from glasslogit.model import model_at_end, strengths
from glasslogit.show.canvas import (
    BLUE,
    COLOURS,
    DASHES,
    GREY,
    ORANGE,
    axes_or_new,
    class_name,
    ink,
    legend_above_data,
    plain,
)
from glasslogit.show.fonts import finished

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["plot_loss"]

_AGAINST = {"step": "step", "passes": "passes over the rows", "seconds": "time (seconds)"}
_WIDE = 1e6  # of losses that differ by this factor a linear axis would show the largest only


class _Run(NamedTuple):
    """The record of one training: arrays (steps,), `validation` None without any."""

    place: NDArray[Any]
    value: Floats
    validation: Floats | None


def plot_loss(
    losses: Any, *, against: str = "step", rows: str = "", ax: Axes | None = None
) -> Axes:
    """Draw how the loss fell in training.

    `losses` is a sequence of losses, a trace (`value`, and `step`, `passes` or `seconds` for the
    horizontal axis `against`), a model of `glasslogit.textbook`, or a fitted model with `trace_`:
    a trace, or one for each class of a one-vs-rest model. A trace records mean loss plus penalty;
    one with `validation` gets a second line, of the loss on held-out rows, with its lowest point
    marked, the one that early stopping keeps. Losses that differ a millionfold, as where training
    diverged, are drawn on a logarithmic axis; the title counts those that are not finite, and
    names the `rows` that were trained on.
    Raises `InputError` when there is no loss or no such `against`, `NotFittedError` before `fit`.

    >>> plot_loss([0.69, 0.4, 0.3]).get_lines()[0].get_ydata().tolist()
    [0.69, 0.4, 0.3]
    """
    trace = _trace_of(losses)
    several = isinstance(trace, tuple) and all(hasattr(each, "value") for each in trace)
    runs = [_run(each, against) for each in (trace if several else [trace])]
    held_out = any(run.validation is not None for run in runs)
    penalised = several or hasattr(trace, "value")
    name = _name(losses) if penalised else "loss"
    ax = axes_or_new(ax)
    if against != "seconds":
        ax.locator_params(axis="x", integer=True)
    if _is_wide(runs):
        ax.set_yscale("log")
    if several:
        _draw_classes(ax, runs, np.asarray(losses.classes_).tolist())
    else:
        _draw_run(ax, runs[0], name)
    lost = sum(int((~np.isfinite(run.value)).sum()) for run in runs)
    title = "Loss during training" + (f" ({lost:,} not finite)" if lost else "")
    ax.set(
        title=f"{title}\n{plain(rows, 40)}" if rows else title,
        xlabel=_AGAINST[against],
        ylabel=f"{'loss' if held_out else name} (nats per row)",
    )
    return finished(ax)


def _name(losses: Any) -> str:
    """Say what the values of a trace are; without its model nobody knows whether of a penalty."""
    model = model_at_end(losses)
    if not hasattr(model, "C"):
        return "loss with any penalty"
    return "loss with penalty" if isfinite(strengths(model, rows=0)[0]) else "loss"


def _trace_of(losses: Any) -> Any:
    """Return the trace of a fitted model, and anything else as it is."""
    losses = model_at_end(losses)
    if isinstance(losses, textbook.Model | textbook.SoftmaxModel):
        return losses.losses
    if hasattr(losses, "trace_") or not callable(getattr(losses, "fit", None)):
        return getattr(losses, "trace_", losses)
    name = type(losses).__name__
    if not hasattr(losses, "coef_"):
        raise NotFittedError(f"this {name} is not fitted; call fit(X, y) before drawing its loss")
    problem = f"this {name} has no record of its training, which a model file does not keep"
    raise InputError(f"{problem}; draw the loss of a model right after its fit")


def _run(trace: Any, against: str) -> _Run:
    """Return the record in a trace or in a sequence of losses."""
    try:
        value = np.asarray(getattr(trace, "value", trace), dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("losses are not numbers; give one loss for each step") from None
    if value.ndim != 1 or value.size == 0:
        raise InputError(f"losses has the shape {value.shape}; give one loss for each step")
    if not np.isfinite(value).any():
        raise InputError("losses holds no finite number; training diverged from the first step on")
    check_choice(against, "against", tuple(_AGAINST))
    place = getattr(trace, against, np.arange(value.size) if against == "step" else None)
    if place is None:
        raise InputError(f"losses has no {against!r}; draw against one of {', '.join(_AGAINST)}")
    validation = getattr(trace, "validation", None)
    seen = validation is not None and np.isfinite(validation).any()
    return _Run(np.asarray(place), value, np.asarray(validation) if seen else None)


def _is_wide(runs: list[_Run]) -> bool:
    """Tell whether the losses, all of them positive, span more than a linear axis can show."""
    values = np.concatenate([run.value for run in runs])
    values = values[np.isfinite(values)]
    return bool(values.min() > 0 and values.max() > _WIDE * values.min())


def _draw_run(ax: Axes, run: _Run, name: str) -> None:
    """Draw one training, and the loss on held-out rows with its lowest point."""
    ax.plot(run.place, run.value, color=BLUE, label=f"{name} on training rows", **_style(run))
    if run.validation is None:
        return
    held_out = {"label": "loss on held-out rows", **_style(run)}
    ax.plot(run.place, run.validation, color=ORANGE, linestyle="--", **held_out)
    best = np.nanargmin(run.validation)
    lowest = run.validation[best]
    label = f"lowest on held-out rows: {lowest:.4g}"
    ax.plot([run.place[best]], [lowest], "D", color=ink(ax), markersize=6, label=label)
    legend_above_data(ax, *ax.get_legend_handles_labels())


def _draw_classes(ax: Axes, runs: list[_Run], classes: list[Any]) -> None:
    """Draw a line for each class of a one-vs-rest model, and a thin one for its held-out rows."""
    for k, (run, label) in enumerate(zip(runs, classes, strict=True)):
        style: dict[str, Any] = {
            "color": COLOURS[k % len(COLOURS)],
            "linestyle": DASHES[k % len(DASHES)],
        }
        ax.plot(run.place, run.value, label=class_name(label), **style, **_style(run))
        if run.validation is not None:
            ax.plot(run.place, run.validation, **style, **_style(run) | {"linewidth": 0.8})
    handles, labels = ax.get_legend_handles_labels()
    if any(run.validation is not None for run in runs):
        handles += ax.plot([], [], color=GREY, linewidth=0.8)
        labels += ["thin: held-out rows"]
    legend_above_data(ax, handles, labels)


def _style(run: _Run) -> dict[str, Any]:
    """Return how a line is drawn: with a mark for each step, if they are few."""
    return {"linewidth": 2, "marker": "." if run.value.size <= 30 else ""}
