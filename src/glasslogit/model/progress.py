"""A line that shows a fit under way (`verbose=1`): with tqdm, or below the cell of a notebook."""

from time import perf_counter
from types import TracebackType
from typing import Any, Protocol, Self

from glasslogit.errors import MissingExtraError
from glasslogit.pages import CellLine, how_many, in_notebook
from glasslogit.solvers import Progress

SECONDS_SHOWN = 0.1  # seconds between two lines


class Shown(Protocol):
    """Where the steps of a fit are shown."""

    def step(self, step: int, reached: str) -> None:
        """Show a step, and what it reached."""

    def close(self, state: str) -> None:
        """Say how the fit ended; what was last shown stays."""


class ProgressBar:
    """Shows the steps of a fit, the value reached and the distance to the optimum."""

    def __init__(self, title: str, total: int | None = None) -> None:
        """Name the fit, and its steps if they are known; entering the context shows it."""
        self.title, self.total = title, total

    def __enter__(self) -> Self:
        """Open the bar."""
        kind = BelowCell if in_notebook() else Bar
        self.shown: Shown = kind(self.title, self.total)
        return self

    def __call__(self, progress: Progress) -> None:
        """Show a step."""
        reached = f"objective {progress.value:.6g}"
        left = f"{progress.violation:.2g} standard errors to go"
        self.shown.step(progress.step, f"{reached}, {left}")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the bar; what it last showed stays."""
        self.shown.close("ended" if kind is None else "stopped by an error")


class Bar:
    """The bar of tqdm, on a terminal."""

    def __init__(self, title: str, total: int | None) -> None:
        try:
            from tqdm import tqdm  # noqa: PLC0415
        except ImportError:
            raise MissingExtraError("tqdm", "plots") from None
        self.bar: Any = tqdm(desc=title, total=total, unit=" steps")
        self.reached = ""

    def step(self, step: int, reached: str) -> None:
        """Show a step."""
        self.reached = reached
        self.bar.set_postfix_str(reached, refresh=False)
        self.bar.update(step - self.bar.n)

    def close(self, state: str) -> None:
        """Close the bar, which says so."""
        self.bar.set_postfix_str(", ".join(filter(None, [self.reached, state])))
        self.bar.close()


class BelowCell:
    """A line below the cell of a notebook, which needs no widgets and is saved as it was last."""

    def __init__(self, title: str, total: int | None) -> None:
        self.title, self.total = title, total
        self.began = self.spoke = perf_counter()
        self.steps, self.reached = 0, ""
        self.line = CellLine(self.text("running"))

    def text(self, state: str) -> str:
        """Say how far the fit is."""
        steps = how_many(self.steps if self.total is None else self.total, "step")
        far = steps if self.total is None else f"{self.steps:,} of {steps}"
        parts = [far, *([self.reached] if self.reached else [])]
        return f"{self.title}: {', '.join(parts)}, {perf_counter() - self.began:.1f} s, {state}"

    def step(self, step: int, reached: str) -> None:
        """Show a step, if the last was shown long enough ago."""
        self.steps, self.reached = step, reached
        if perf_counter() - self.spoke >= SECONDS_SHOWN:
            self.line.write(self.text("running"))
            self.spoke = perf_counter()

    def close(self, state: str) -> None:
        """Show the last step, and how the fit ended."""
        self.line.write(self.text(state))
