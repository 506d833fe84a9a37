"""The picture: how many times our time each library takes, a line of dots for each problem."""

from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
from results import Result
from tasks import OURS

COLOURS = [*plt.get_cmap("tab10").colors, "black", "gold"]
MARKS = "os^DvP<X>hd*"


def draw(results: list[Result], place: Path) -> None:
    """Draw the dots, the fastest other library's filled, and save them."""
    shown = [result for result in results if result.ratio() is not None][::-1]
    others = sorted({name for result in shown for name in result.seconds()} - {OURS})
    looks = {name: (COLOURS[i % 12], MARKS[i % 12]) for i, name in enumerate(others)}
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "1", "font.size": 9})
    figure, axes = plt.subplots(figsize=(9, 1.4 + 0.27 * len(shown)), layout="constrained")
    axes.axvspan(1e-9, 1, color="#fbe3e0", lw=0)
    axes.axvline(1, color="black", lw=1)
    for height, result in enumerate(shown):
        dots(axes, height, result, looks)
    axes.set(xscale="log", ylim=(-0.6, len(shown) - 0.4), xlim=limits(shown))
    axes.set_yticks(range(len(shown)), [result.name for result in shown])
    axes.set_xlabel("its time over ours, CPU seconds of one thread; left of 1 it is faster")
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:g}")
    axes.grid(axis="y", color="#e8e8e8")
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
    handles = [axes.plot([], [], mark, color=colour)[0] for colour, mark in looks.values()]
    names = [name.replace("_", " ") for name in looks]
    figure.legend(handles, names, loc="outside upper center", ncols=6, frameon=False)
    figure.savefig(place, metadata={"Date": None})
    plt.close(figure)


def dots(axes, height: int, result: Result, looks: dict[str, tuple]) -> None:
    """Draw the libraries of a problem; the fastest is solid and has its ratio beside it."""
    seconds = result.seconds()
    for name, taken in seconds.items():
        if name == OURS:
            continue
        colour, mark = looks[name]
        fastest = name == result.rival()
        face = colour if fastest else "white"
        x = taken / seconds[OURS]
        axes.plot(
            x,
            height,
            mark,
            mec=colour,
            mfc=face,
            ms=7 if fastest else 5,
            mew=1.2,
            zorder=3 if fastest else 2,
        )


def limits(shown: list[Result]) -> tuple[float, float]:
    """Leave room around the dots."""
    taken = [s / result.seconds()[OURS] for result in shown for s in result.seconds().values()]
    return min([*taken, 0.5]) / 1.5, max([*taken, 2]) * 1.5
