"""What a formula may hold, checked before anything is computed.

A formula is code. So it is read twice: formulaic splits it into factors, and each factor may
hold names of columns, numbers, arithmetic and calls of the functions listed here, nothing else.
That holds for a model file, too, when it is loaded.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from glasslogit.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTIONS = frozenset(
    {"C", "I", "abs", "bs", "center", "exp", "log", "log10", "log2", "poly", "scale", "sqrt"}
)
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.USub, ast.UAdd)
QUOTED = re.compile(r"`([^`]*)`")
POWER = re.compile(r"(?:\*\*|\^)\s*(\d+)")
LARGEST_POWER = 5  # (a + b + c)**20 would be billions of terms
LARGEST_BASIS = 1000  # columns of a spline or polynomial


class Parsed(NamedTuple):
    """A formula that was checked: formulaic's terms and the columns they use."""

    terms: Any
    names: tuple[str, ...]
    categories: frozenset[str]  # those in C(…)


def split_formula(formula: str) -> tuple[str | None, str]:
    """Split a formula into the target, if it names one, and the right side.

    >>> split_formula("churn ~ age + plan"), split_formula("~ age")
    (('churn', 'age + plan'), (None, 'age'))
    """
    if not isinstance(formula, str):
        raise InputError(f"formula={formula!r} is not text; give one such as 'y ~ a + b'")
    bare = QUOTED.sub(lambda quoted: "_" * len(quoted[0]), formula)  # a quoted ~ is part of a name
    tilde = bare.find("~")
    left, right = formula[: max(tilde, 0)].strip(), formula[tilde + 1 :].strip()
    if not right or bare.count("~") > 1:
        raise InputError(f"formula {formula!r} is not of the form 'y ~ a + b'")
    if not left:
        return None, right
    quoted = QUOTED.fullmatch(left)
    target = quoted[1] if quoted else left
    if not quoted and not re.fullmatch(r"[\w.]+", left):
        raise InputError(f"formula {formula!r}: its left side must be the name of one column")
    return target, right


def parse(text: str) -> Parsed:
    """Parse and check the right side of a formula.

    >>> parse("age + C(plan) * log(income)").names
    ('age', 'plan', 'income')
    >>> parse("age + open('x')")
    Traceback (most recent call last):
    glasslogit.errors.InputError: formula: 'open' is not a function a formula may call; use C, I, \
abs, bs, center, exp, log, log10, log2, poly, scale or sqrt
    """
    try:
        import formulaic  # noqa: PLC0415  an extra is imported where it is used
    except ImportError:
        raise MissingExtraError("formulaic", "frames") from None
    _check_names(text)
    if any(len(power) > 1 or int(power) > LARGEST_POWER for power in POWER.findall(text)):
        raise InputError(f"formula {text!r}: give powers up to {LARGEST_POWER}")
    try:
        terms = formulaic.Formula(text)
    except Exception as error:  # noqa: BLE001  whatever formulaic finds wrong with the text
        raise InputError(f"formula {text!r} cannot be read: {one_line(error)}") from None
    if not isinstance(terms, formulaic.SimpleFormula):
        raise InputError(f"formula {text!r} has several parts; give one, such as 'a + b'")
    if "1" not in map(str, terms):
        remedy = "leave out '- 1' or '0 +' and set fit_intercept=False"
        raise InputError(f"formula {text!r} takes the intercept away; {remedy}")
    names: dict[str, None] = {}
    categories: set[str] = set()
    for term in terms:
        for factor in term.factors if str(term) != "1" else ():
            _read_factor(factor, names, categories)
    if not names:
        raise InputError(f"formula {text!r} uses no column; name one")
    return Parsed(terms, tuple(names), frozenset(categories))


def names_by_term(terms: Any) -> dict[str, tuple[str, ...]]:
    """Give the columns of the table in each term."""
    found = {}
    for term in terms:
        names: dict[str, None] = {}
        for factor in term.factors if str(term) != "1" else ():
            _read_factor(factor, names, set())
        found[str(term)] = tuple(names)
    return found


def _check_names(text: str) -> None:
    """Refuse names that formulaic would take for something else, and operators unlike R's."""
    bare = QUOTED.sub("", text)
    squeezed = "".join(bare.split())
    for name in QUOTED.findall(text):
        called = not name.isidentifier() and "".join(name.split()) in squeezed
        if called or name in {"0", "1"}:
            raise InputError(f"formula {text!r}: `{name}` reads as a term; rename the column")
    for name in FUNCTIONS & {*re.findall(r"\b\w+\b(?!\s*[(=])", bare), *QUOTED.findall(text)}:
        if re.search(rf"\b{name}\s*\(", bare):
            raise InputError(f"formula {text!r}: {name!r} is also a function; rename the column")
    if "%in%" in bare:
        raise InputError(f"formula {text!r}: %in% is not known; write a:b for b within a")
    if re.search(r"(?<![\w.])\.(?![\w.])", bare):
        raise InputError(f"formula {text!r}: '.' is not known; name the columns")


def _read_factor(factor: Any, names: dict[str, None], categories: set[str]) -> None:
    """Check one factor and collect the columns it uses."""
    if factor.eval_method.value == "lookup":
        names[factor.expr] = None
        return
    aliases: dict[str, str] = {}

    def alias(quoted: re.Match[str]) -> str:
        name = f"quoted_{len(aliases)}"
        aliases[name] = quoted[1]
        return name

    try:
        code = ast.parse(QUOTED.sub(alias, factor.expr), mode="eval")
    except SyntaxError:
        raise InputError(f"formula: {factor.expr!r} cannot be read") from None
    for name, category in _variables(code.body):
        names[aliases.get(name, name)] = None
        if category:
            categories.add(aliases.get(name, name))


def _variables(node: ast.AST) -> Iterator[tuple[str, bool]]:
    """Yield the columns an expression uses and whether as category; refuse all but arithmetic."""
    if isinstance(node, ast.Name):
        yield node.id, False
    elif isinstance(node, ast.Call):
        yield from _called(node)
    elif isinstance(node, (ast.BinOp, ast.UnaryOp)) and isinstance(node.op, OPERATORS):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            _check_power(node)
        for part in (node.left, node.right) if isinstance(node, ast.BinOp) else (node.operand,):
            yield from _variables(part)
    elif isinstance(node, (ast.List, ast.Tuple)):
        for part in node.elts:
            yield from _variables(part)
    elif not (isinstance(node, ast.Constant) and isinstance(node.value, (int, float, str))):
        remedy = "use columns, numbers, + - * / ** and functions"
        raise InputError(f"formula: {ast.unparse(node)!r} is not allowed; {remedy}")


def _called(node: ast.Call) -> Iterator[tuple[str, bool]]:
    """Yield the columns that a call uses; refuse unknown functions."""
    name = ast.unparse(node.func)
    if not isinstance(node.func, ast.Name) or name not in FUNCTIONS:
        *most, last = sorted(FUNCTIONS)
        known = f"{', '.join(most)} or {last}"
        raise InputError(f"formula: {name!r} is not a function a formula may call; use {known}")
    if any(word.arg is None or word.arg.startswith("_") for word in node.keywords):
        raise InputError(f"formula: {ast.unparse(node)!r} has an argument that is not allowed")
    if name == "C":
        if len(node.args) != 1 or node.keywords or not isinstance(node.args[0], ast.Name):
            remedy = "choose the reference with TableEncoder(columns={…: Category(reference=…)})"
            raise InputError(f"formula: {ast.unparse(node)!r}: C takes one column; {remedy}")
        yield node.args[0].id, True
        return
    if name in {"bs", "poly"}:
        _check_basis(node)
    for part in (*node.args, *(word.value for word in node.keywords)):
        yield from _variables(part)


def _check_basis(node: ast.Call) -> None:
    """Refuse a spline or polynomial of too many columns, or whose settings must be computed."""
    for part in (*node.args[1:], *(word.value for word in node.keywords if word.arg != "x")):
        try:
            size = ast.literal_eval(part)
        except ValueError:
            problem = f"{ast.unparse(part)!r} is not a constant; write it out"
            raise InputError(f"formula: {ast.unparse(node)!r}: {problem}") from None
        if isinstance(size, int) and size > LARGEST_BASIS:
            raise InputError(f"formula: {ast.unparse(node)!r}: give at most {LARGEST_BASIS}")


def _check_power(node: ast.BinOp) -> None:
    """Refuse a power that is no constant, or too large."""
    try:
        power = ast.literal_eval(node.right)
    except ValueError:
        power = None
    if not isinstance(power, (int, float)) or abs(power) > LARGEST_POWER:
        wanted = f"give a number from -{LARGEST_POWER} to {LARGEST_POWER} as power"
        raise InputError(f"formula: {ast.unparse(node)!r}: {wanted}")


def one_line(error: BaseException) -> str:
    """Give what an error says on one line, without colours."""
    text = re.sub(r"\x1b\[[0-9;]*m|[⧛⧚]|\[\d+(?:;\d+)?m", "", str(error))
    return " ".join(text.split())[:200] or type(error).__name__
