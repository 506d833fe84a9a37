"""What one factor of a formula may hold: columns, numbers beside them, and a few functions.

A factor is code, so it is read as a tree and each node is checked against what is listed here,
before anything is computed. Settings of functions are constants, each of a kind of its own.
"""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING, Any, NamedTuple

from glasslogit.errors import InputError
from glasslogit.tables.encoding.expansion import LARGEST_POWER
from glasslogit.tables.values import LARGEST_NUMBER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
SIGNS = (ast.USub, ast.UAdd)
# What Python raises for text that is no code.
UNREADABLE = (SyntaxError, ValueError, TypeError, MemoryError, RecursionError)
LARGEST_BASIS = 1000  # columns of a spline
LARGEST_DEGREE = 100  # of a polynomial
EXTRAPOLATION = ("raise", "clip", "na", "zero", "extend")
BASES = frozenset({"bs", "poly"})  # these give several columns
LEARNING = frozenset({"bs", "poly", "center", "scale"})  # these learn from the training rows


class Setting(NamedTuple):
    """What a setting of a function may be."""

    allows: Callable[[Any], bool]
    wanted: str  # ... in words


def whole(least: int, most: int) -> Setting:
    """Make a setting that is a whole number in a range."""

    def allows(value: Any) -> bool:
        return type(value) is int and least <= value <= most

    return Setting(allows, f"a whole number from {least} to {most}")


def is_number(value: Any) -> bool:
    """Tell whether a constant is a number that a value of a table could be; True is none.

    >>> is_number(2.5), is_number(True), is_number(1e300), is_number("2")
    (True, False, False, False)
    """
    return type(value) in {int, float} and abs(value) <= LARGEST_NUMBER


def is_flag(value: Any) -> bool:
    """Tell whether a constant is True or False."""
    return isinstance(value, bool)


def are_knots(value: Any) -> bool:
    """Tell whether a constant lists numbers that rise."""
    listed = isinstance(value, (list, tuple)) and len(value) <= LARGEST_BASIS
    return listed and all(map(is_number, value)) and list(value) == sorted(set(value))


FLAG = Setting(is_flag, "True or False")
NUMBER = Setting(is_number, "a number")
BY = Setting(lambda value: is_flag(value) or (is_number(value) and value != 0), "True or a number")
FUNCTIONS: Mapping[str, Mapping[str, Setting]] = {
    "bs": {
        "df": whole(1, LARGEST_BASIS),
        "knots": Setting(are_knots, f"a list of at most {LARGEST_BASIS} numbers that rise"),
        "degree": whole(0, LARGEST_DEGREE),
        "include_intercept": FLAG,
        "lower_bound": NUMBER,
        "upper_bound": NUMBER,
        "extrapolation": Setting(lambda value: value in EXTRAPOLATION, " or ".join(EXTRAPOLATION)),
    },
    "poly": {"degree": whole(1, LARGEST_DEGREE), "raw": FLAG},
    "scale": {"center": BY, "scale": BY, "ddof": whole(0, 1)},
} | {name: {} for name in ("C", "I", "abs", "center", "exp", "log", "log10", "log2", "sqrt")}


class ColumnUse(NamedTuple):
    """A column that an expression uses, and how."""

    name: str
    category: bool = False  # it is in C(…)


def find_columns(node: ast.expr) -> Iterator[ColumnUse]:
    """Yield the columns that an expression uses; refuse all but arithmetic and known functions."""
    if isinstance(node, ast.Name):
        yield ColumnUse(node.id)
    elif isinstance(node, ast.Call):
        yield from _called(node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, SIGNS):
        yield from find_columns(node.operand)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, OPERATORS):
        yield from _calculated(node)
    else:
        remedy = "use columns, numbers beside them, + - * / ** and functions"
        raise InputError(f"formula: {code(node)} is not allowed; {remedy}")


def basis_size(node: ast.expr) -> int:
    """Bound the columns that an expression of one-column variables has.

    >>> basis_size(ast.parse("I(poly(a, 3) * 2)", mode="eval").body)
    3
    """
    calls = (each for each in ast.walk(node) if isinstance(each, ast.Call))
    return math.prod(basis_of(call) for call in calls if ast.unparse(call.func) in BASES)


def basis_of(call: ast.Call) -> int:
    """Give the columns of a spline or polynomial."""
    given = call_settings(call)
    if ast.unparse(call.func) == "poly":
        return int(given.get("degree", 1))
    free = len(given.get("knots") or ()) + given.get("degree", 3)
    return int(given.get("df") or free + bool(given.get("include_intercept")))


def call_settings(call: ast.Call) -> dict[str, Any]:
    """Read the settings of a call, all but its first argument; refuse what is not one.

    >>> call_settings(ast.parse("bs(age, 4, degree=2)", mode="eval").body)
    {'df': 4, 'degree': 2}
    """
    known = FUNCTIONS[ast.unparse(call.func)]
    pairs = list(zip(known, call.args[1:], strict=False))
    pairs += [(str(word.arg), word.value) for word in call.keywords]
    given = {name: _constant(call, value) for name, value in pairs}
    if len(given) < len(call.args[1:]) + len(call.keywords) or not given.keys() <= known.keys():
        allowed = f"besides the column it takes {', '.join(known) or 'nothing'}"
        raise InputError(f"formula: {code(call)} has an argument that is not allowed; {allowed}")
    for name, value in given.items():
        optional = value is None and ast.unparse(call.func) == "bs"  # formulaic's word for none
        if not optional and not known[name].allows(value):
            wanted = f"{name} is {known[name].wanted}"
            raise InputError(f"formula: {code(call)}: {wanted}, not {repr(value)[:40]}")
    settings = {name: value for name, value in given.items() if value is not None}
    if ast.unparse(call.func) == "bs":
        _check_spline(call, settings)
    return settings


def _check_spline(call: ast.Call, settings: Mapping[str, Any]) -> None:
    """Refuse settings of a spline that no knots go with."""
    if "df" in settings and "knots" in settings:
        raise InputError(f"formula: {code(call)}: df and knots are both given; leave one out")
    least = settings.get("degree", 3) + bool(settings.get("include_intercept"))
    if settings.get("df", least) < least:
        also = f"df is {least} or more, or set a lower degree than {settings.get('degree', 3)}"
        raise InputError(f"formula: {code(call)}: {also}")


def code(node: ast.AST) -> str:
    """Quote a piece of a formula in a message."""
    text = ast.unparse(node)
    return repr(text if len(text) <= 60 else text[:60] + "…")


def _calculated(node: ast.BinOp) -> Iterator[ColumnUse]:
    """Yield the columns of a calculation, which needs one on either side."""
    sides = [side if _size(side) is None else None for side in (node.left, node.right)]
    if not any(sides):
        problem = f"{code(node)} is arithmetic on constants"
        raise InputError(f"formula: {problem}; write the number out")
    if isinstance(node.op, ast.Pow):
        power = _size(node.right)
        if power is None or power > LARGEST_POWER:
            wanted = f"give a number from -{LARGEST_POWER} to {LARGEST_POWER} as power"
            raise InputError(f"formula: {code(node)}: {wanted}")
    for side in sides:
        if side is not None:
            yield from find_columns(side)


def _size(node: ast.expr) -> float | None:
    """Read the size of a number that is written out, also with a sign; None for anything else."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, SIGNS):
        node = node.operand
    if isinstance(node, ast.Constant) and is_number(node.value):
        return float(node.value)  # type: ignore[arg-type]
    return None


def _called(node: ast.Call) -> Iterator[ColumnUse]:
    """Yield the columns that a call uses; refuse unknown functions and settings."""
    name = ast.unparse(node.func)
    if not isinstance(node.func, ast.Name) or name not in FUNCTIONS:
        *most, last = sorted(FUNCTIONS)
        known = f"{', '.join(most)} or {last}"
        raise InputError(
            f"formula: {code(node.func)} is not a function a formula may call; use {known}"
        )
    if name == "C":
        if len(node.args) != 1 or node.keywords or not isinstance(node.args[0], ast.Name):
            remedy = "choose the reference with TableEncoder(columns={…: Category(reference=…)})"
            raise InputError(f"formula: {code(node)}: C takes one column; {remedy}")
        yield ColumnUse(node.args[0].id, category=True)
        return
    if not node.args:
        raise InputError(f"formula: {code(node)} is of nothing; name a column")
    call_settings(node)
    inner = {
        ast.unparse(each.func) for each in ast.walk(node.args[0]) if isinstance(each, ast.Call)
    }
    if name in LEARNING and inner & BASES:
        raise InputError(f"formula: {code(node)}: {name} takes one column, not a spline or poly")
    yield from find_columns(node.args[0])


def _constant(call: ast.Call, part: ast.expr) -> Any:
    """Read a constant that is written out."""
    try:
        return ast.literal_eval(part)
    except UNREADABLE:
        raise InputError(
            f"formula: {code(call)}: {code(part)} is not a constant; write it out"
        ) from None
