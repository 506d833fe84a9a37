"""What a table of coefficients shows, where it does not come from `summarize`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Estimates:
    """Coefficients of two classes and how sure they are, (m,) each, the intercept first."""

    coef: NDArray[np.float64]
    std_error: NDArray[np.float64]
    ci_low: NDArray[np.float64]
    ci_high: NDArray[np.float64]
    p_value: NDArray[np.float64]
    level: float
    intercept: bool = True
