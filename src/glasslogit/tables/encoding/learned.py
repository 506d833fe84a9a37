"""What the functions of a formula have learned from the training rows, checked call by call.

The same checks hold after training and for a model file: what passes the one passes the other.
"""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING, Any

from glasslogit.tables.encoding.expressions import LEARNING, UNREADABLE, call_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDE = 1e300  # beyond all values of a table


def check_state(stored: Any) -> dict[str, Any]:
    """Check what each call has learned; give it with numbers as keys where they are numbers.

    Raises `TypeError` or `ValueError` that says which call, and what is wrong with it.
    """
    if not isinstance(stored, dict):
        raise TypeError("what the formula learned is no object")
    state: dict[str, Any] = {}
    for call, learned in stored.items():
        node = _call(call)
        if not isinstance(learned, dict):
            raise TypeError(f"what {call!r} learned is no object")
        check = {"bs": _check_spline, "poly": _check_polynomial}.get(ast.unparse(node.func), _scale)
        state[call] = check(call, call_settings(node), learned)
    return state


def as_json(state: Any) -> Any:
    """Turn what functions learned into JSON types."""
    if isinstance(state, dict):
        return {str(key): as_json(value) for key, value in state.items()}
    if isinstance(state, (list, tuple)):
        return [as_json(value) for value in state]
    return state if state is None or isinstance(state, int) else float(state)


def made_up(state: Mapping[str, Any]) -> dict[str, Any]:
    """Give as much as was learned, so that it can be computed of any rows."""
    return {
        call: {
            "lower_bound": -WIDE,
            "upper_bound": WIDE,
            "knots": [-WIDE, *[0.0] * (len(learned["knots"]) - 2), WIDE],
        }
        for call, learned in state.items()
        if "knots" in learned
    }


def _call(text: str) -> ast.Call:
    """Read the call of a function that learns."""
    try:
        node = ast.parse(text, mode="eval").body
    except UNREADABLE:
        node = None
    if not isinstance(node, ast.Call) or ast.unparse(node.func) not in LEARNING:
        raise ValueError(f"{text!r} is no call of a function that learns")
    return node


def _check_spline(call: str, given: Mapping[str, Any], learned: dict[str, Any]) -> dict[str, Any]:
    """Check the bounds and knots of a spline: as many as its settings say, and rising.

    The bounds stand at either end, once and as often again as the degree says.
    """
    _check_keys(call, learned, {"lower_bound", "upper_bound", "knots"})
    degree = given.get("degree", 3)
    inner = len(given.get("knots", ()))
    if "df" in given:
        inner = given["df"] - degree - bool(given.get("include_intercept"))
    knots = learned["knots"]
    if not isinstance(knots, list) or len(knots) != inner + 2 * (degree + 1):
        raise ValueError(f"{call!r} has not the knots that its settings say")
    low, high, *knots = [
        finite(call, value) for value in (learned["lower_bound"], learned["upper_bound"], *knots)
    ]
    ends = knots[: degree + 1] + knots[len(knots) - degree - 1 :]
    if ends != [low] * (degree + 1) + [high] * (degree + 1) or knots != sorted(knots):
        raise ValueError(f"the knots of {call!r} do not rise from its lower to its upper bound")
    said = {**learned, "knots": knots[degree + 1 : len(knots) - degree - 1]}
    if any(said[name] != value for name, value in given.items() if name in said):
        raise ValueError(f"{call!r} has not the knots and bounds that its settings say")
    return learned


def _check_polynomial(
    call: str, given: Mapping[str, Any], learned: dict[str, Any]
) -> dict[str, Any]:
    """Check the coefficients of the recurrence αₖ, and the squared norms, which are not 0."""
    if given.get("raw"):
        _check_keys(call, learned, set())
        return learned
    _check_keys(call, learned, {"alpha", "norms2"})
    degree, numbered = given.get("degree", 1), dict[str, dict[int, float]]()
    for name, count in (("alpha", degree), ("norms2", degree + 1)):
        if not isinstance(learned[name], dict):
            raise TypeError(f"{name} of {call!r} is no object")
        _check_keys(call, learned[name], {str(k) for k in range(count)})
        numbered[name] = {int(k): finite(call, value) for k, value in learned[name].items()}
    if min(numbered["norms2"].values()) <= 0:
        raise ValueError(f"{call!r} has a column of zeros; lower the degree")
    return numbered


def _scale(call: str, given: Mapping[str, Any], learned: dict[str, Any]) -> dict[str, Any]:
    """Check a shift and a scale; each is there unless its setting is False."""
    _check_keys(call, learned, {"ddof", "center", "scale"})
    centring = call.startswith("center(")
    for name in ("center", "scale"):
        used = given.get(name, True) is not False and not (centring and name == "scale")
        if used != (learned[name] is not None):
            raise ValueError(f"{call!r} has not the {name} that its settings say")
        if used and finite(call, learned[name]) == 0 and name == "scale":
            raise ValueError(f"{call!r} divides by 0, as the column is constant; leave it out")
        if given.get(name, True) not in (True, False, learned[name]):
            raise ValueError(f"{call!r} has not the {name} that its settings say")
    if learned["ddof"] != given.get("ddof", 1) or isinstance(learned["ddof"], bool):
        raise ValueError(f"{call!r} has not the ddof that its settings say")
    return learned


def _check_keys(call: str, learned: Mapping[str, Any], wanted: set[str]) -> None:
    """Refuse what has too much or too little."""
    if set(learned) != wanted:
        raise ValueError(f"what {call!r} learned is not whole: {', '.join(map(str, learned))}")


def finite(call: str, value: Any) -> float:
    """Return a learned number if it is one and finite."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"{call!r} learned {str(value)[:40]}, which is not a finite number")
    return float(value)
