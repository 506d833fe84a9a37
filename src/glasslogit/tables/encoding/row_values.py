"""The values of a column by rows: numbers, or what the level of each row stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class RowValues(Protocol):
    """The values of rows, which are taken by their places: an array, or a column of numbers."""

    def __getitem__(self, rows: Any, /) -> Any:
        """Give the values of some rows."""


@dataclass(frozen=True, eq=False)
class ByLevel:
    """Values that rows have by their level: row i has `values[codes[i]]`."""

    values: NDArray[Any]
    codes: NDArray[np.integer]  # (n,)

    def __getitem__(self, rows: Any) -> NDArray[Any]:
        """Give the values of some rows."""
        return self.values.take(self.codes[rows])
