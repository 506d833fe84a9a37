"""A bar that shows a fit under way (`verbose=1`), with tqdm."""

import warnings
from types import TracebackType
from typing import Any, Self

from glasslogit.errors import MissingExtraError
from glasslogit.solvers import Progress


class ProgressBar:
    """Shows the steps of a fit, the value reached and the distance to the optimum."""

    def __init__(self, title: str, total: int | None = None) -> None:
        """Name the fit, and its steps if they are known; entering the context shows it."""
        self.title, self.total = title, total

    def __enter__(self) -> Self:
        """Open the bar."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # tqdm warns where a notebook lacks widgets
                from tqdm.auto import tqdm  # noqa: PLC0415
        except ImportError:
            raise MissingExtraError("tqdm", "plots") from None
        self.bar: Any = tqdm(desc=self.title, total=self.total, unit=" steps")
        return self

    def __call__(self, progress: Progress) -> None:
        """Show a step."""
        self.bar.set_postfix_str(
            f"objective {progress.value:.6g}, {progress.violation:.2g} standard errors to go",
            refresh=False,
        )
        self.bar.update(progress.step - self.bar.n)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the bar; what it last showed stays."""
        self.bar.refresh()
        self.bar.close()
