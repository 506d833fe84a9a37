"""The functions of a formula that formulaic does not have, or that do something else here."""

from __future__ import annotations

from functools import cache
from inspect import signature
from typing import Any

import numpy as np


def category(values: Any) -> Any:
    """Give `C(…)` of a formula: indicators of all levels stay what they are."""
    from formulaic.transforms import C  # noqa: PLC0415

    return values if isinstance(values, dict) else C(values)


@cache
def spline() -> Any:
    """Give `bs(…)` of a formula, which has no value beyond its bounds where none is asked for."""
    from formulaic.transforms.basis_spline import basis_spline  # noqa: PLC0415
    from formulaic.utils.stateful_transforms import stateful_transform  # noqa: PLC0415

    def bs(x: Any, *given: Any, _state: Any, **named: Any) -> Any:
        settings = signature(basis_spline).bind(x, *given, **named).arguments
        asked = settings.setdefault("extrapolation", "raise")
        x = np.asarray(settings.pop("x"))
        if asked != "raise":
            return basis_spline(x, **settings, _state=_state)
        basis = basis_spline(x, **settings | {"extrapolation": "clip"}, _state=_state)
        outside = (x < _state["lower_bound"]) | (x > _state["upper_bound"])
        for column in basis.values():
            column[outside] = np.nan
        return basis

    return stateful_transform(bs)


def own_functions() -> dict[str, Any]:
    """Give the functions that formulaic does not have, or that do something else here."""
    return {"abs": np.abs, "sqrt": np.sqrt, "C": category, "bs": spline()}
