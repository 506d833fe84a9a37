"""What a formula may hold, checked before anything is computed.

A formula is code. So it is read twice: formulaic splits it into factors, and each factor may
hold names of columns, numbers, arithmetic and calls of the functions listed in `expressions.py`,
nothing else; how large it may become is said in `expansion.py`. That holds for a model file, too,
when it is loaded.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from glasslogit.errors import InputError, MissingExtraError, TableError, refused
from glasslogit.tables.encoding.expansion import Factor, check_length, check_terms
from glasslogit.tables.encoding.expressions import FUNCTIONS, basis_size, find_columns
from glasslogit.tables.encoding.syntax import fault_of
from glasslogit.tables.values import LARGEST_NUMBER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

QUOTED = re.compile(r"`([^`]*)`")
AS_IT_IS = re.compile(r"(?:[CI]\(\s*)?(?:`[^`]*`|\w+)\s*\)?")  # it leaves a column as it is
SHOWN_CHARACTERS = 100  # characters of a formula in a message


class Parsed(NamedTuple):
    """A formula that was checked: formulaic's terms and the columns they use."""

    text: str
    terms: Any
    intercept: bool  # False where the model has none, or `- 1` or `0 +` takes it away
    names: tuple[str, ...]
    categories: frozenset[str]  # those in C(…)
    factors: Mapping[str, Factor]  # expression -> what decides how many columns it has


def split_formula(formula: str) -> tuple[str | None, str]:
    """Split a formula into the target, if it names one, and the right side.

    >>> split_formula("churn ~ age + plan"), split_formula("~ age")
    (('churn', 'age + plan'), (None, 'age'))
    """
    if not isinstance(formula, str):
        raise InputError(
            f"{refused('formula', formula, 'is not text')}; give one such as 'y ~ a + b'"
        )
    bare = QUOTED.sub(lambda quoted: "_" * len(quoted[0]), formula)  # a quoted ~ is part of a name
    tilde = bare.find("~")
    left, right = formula[: max(tilde, 0)].strip(), formula[tilde + 1 :].strip()
    if not right or bare.count("~") > 1:
        raise InputError(f"formula {quoted(formula)} is not of the form 'y ~ a + b'")
    if not left:
        return None, right
    name = QUOTED.fullmatch(left)
    target = name[1] if name else left
    if not name and not re.fullmatch(r"[\w.]+", left):
        raise InputError(f"formula {quoted(formula)}: its left side must be the name of one column")
    return target, right


def parse(text: str, *, intercept: bool = True) -> Parsed:
    """Parse and check the right side of a formula; without `intercept` as if it ended in - 1.

    >>> parse("age + C(plan) * log(income)").names
    ('age', 'plan', 'income')
    >>> parse("age + open('x')")
    Traceback (most recent call last):
    glasslogit.errors.InputError: formula: 'open' is not a function a formula may call; use C, I, \
abs, bs, center, exp, log, log10, log2, poly, scale or sqrt
    """
    try:
        import formulaic  # noqa: PLC0415  an extra is imported where it is used
        from formulaic.parser import DefaultFormulaParser  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("formulaic", "frames") from None
    check_length(text)
    _check_names(text)
    try:
        check_terms(DefaultFormulaParser().get_ast(text))
        terms = formulaic.Formula(text if intercept else f"{text} - 1")
    except InputError:
        raise
    except Exception:  # noqa: BLE001  whatever formulaic finds wrong with the text
        raise InputError(f"formula {quoted(text)} cannot be read: {fault_of(text)}") from None
    if not isinstance(terms, formulaic.SimpleFormula):
        raise InputError(f"formula {quoted(text)} has several parts; give one, such as 'a + b'")
    factors: dict[str, Factor] = {}
    categories: set[str] = set()
    for term in terms:
        for factor in term.factors if str(term) != "1" else ():
            if factor.expr not in factors:
                factors[factor.expr] = _read_factor(factor, categories)
    names = tuple(dict.fromkeys(name for factor in factors.values() for name in factor.names))
    if not names and list(map(str, terms)) != ["1"]:
        raise InputError(f"formula {quoted(text)} uses no column; name one, or write 1 alone")
    return Parsed(text, terms, "1" in map(str, terms), names, frozenset(categories), factors)


def check_numbers(parsed: Parsed, categories: Collection[str], where: str) -> None:
    """Refuse a factor that calculates with a column whose values are levels."""
    for expression, factor in parsed.factors.items():
        levels = [name for name in factor.names if name in categories]
        as_it_is = expression in factor.names or AS_IT_IS.fullmatch(expression)
        if levels and not as_it_is:
            problem = f"{quoted(expression)} calculates with {levels[0]!r}, whose values are levels"
            remedy = f"write C({name_in_formula(levels[0])}) for its levels, or leave it out"
            raise TableError(f"{where} cannot be computed: {problem}; {remedy}")


def name_in_formula(name: str) -> str:
    """Write the name of a column as a formula takes it.

    >>> name_in_formula("age"), name_in_formula("blood group")
    ('age', '`blood group`')
    """
    return name if name.isidentifier() else f"`{name}`"


def names_by_term(parsed: Parsed) -> dict[str, tuple[str, ...]]:
    """Give the columns of the table in each term."""
    found = {}
    for term in parsed.terms:
        factors = term.factors if str(term) != "1" else ()
        names = (name for factor in factors for name in parsed.factors[factor.expr].names)
        found[str(term)] = tuple(dict.fromkeys(names))
    return found


def _check_names(text: str) -> None:
    """Refuse names that formulaic would take for something else, and operators unlike R's."""
    bare = QUOTED.sub("", text)
    squeezed = "".join(bare.split())
    for name in QUOTED.findall(text):
        called = not name.isidentifier() and "".join(name.split()) in squeezed
        if called or name in {"0", "1"}:
            raise InputError(f"formula {quoted(text)}: `{name}` reads as a term; rename the column")
    for name in FUNCTIONS.keys() & {
        *re.findall(r"\b\w+\b(?!\s*[(=])", bare),
        *QUOTED.findall(text),
    }:
        if re.search(rf"\b{name}\s*\(", bare):
            raise InputError(
                f"formula {quoted(text)}: {name!r} is also a function; rename the column"
            )
    if "%in%" in bare:
        raise InputError(f"formula {quoted(text)}: %in% is not known; write a:b for b within a")
    if re.search(r"(?<![\w.])\.(?![\w.])", bare):
        raise InputError(f"formula {quoted(text)}: '.' is not known; name the columns")


def _read_factor(factor: Any, categories: set[str]) -> Factor:
    """Check one factor, find the columns it uses, and collect those that it calls categories."""
    kind = factor.eval_method.value
    if kind == "lookup":
        return Factor(1, (factor.expr,))
    if kind == "literal":
        if float(factor.expr) > LARGEST_NUMBER:
            raise InputError(f"formula: {quoted(factor.expr)} is too large a number")
        return Factor(1, ())
    aliases: dict[str, str] = {}

    def alias(match: re.Match[str]) -> str:
        name = f"quoted_{len(aliases)}"
        aliases[name] = match[1]
        return name

    # formulaic has read it as Python before
    expression = ast.parse(QUOTED.sub(alias, factor.expr), mode="eval").body
    names: dict[str, None] = {}
    for name, category in find_columns(expression):
        names[aliases.get(name, name)] = None
        if category:
            categories.add(aliases.get(name, name))
    return Factor(basis_size(expression), tuple(names))


def quoted(text: str) -> str:
    """Show a formula in a message: in quotes, cut where it is long."""
    return repr(text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…")


def one_line(error: BaseException) -> str:
    """Give what an error says on one line, without colours."""
    text = re.sub(r"\x1b\[[0-9;]*m|[⧛⧚]|\[\d+(?:;\d+)?m", "", str(error))
    return " ".join(text.split())[:200] or type(error).__name__
