"""How large a formula becomes, bounded before it is expanded.

A few characters can stand for many terms, and a few terms for many columns of X. So the terms are
counted on the tree of the formula, and the columns on its terms, before either is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from glasslogit.errors import InputError

if TYPE_CHECKING:
    from glasslogit.tables.encoding.columns import LearnedColumn

MOST_CHARACTERS = 10_000  # of the text
MOST_TERMS = 2_000  # products that the expansion forms
MOST_EXPANDED = 10_000  # of X
MOST_LETTERS = 500_000  # of the terms together, and of the names of the columns of X
LARGEST_POWER = 5  # (a + b + c)**20 would be billions of terms
EXTRA = 8  # characters that the name of a column has besides its factor and level: "[T.", "]", ":"


class Size(NamedTuple):
    """How many terms, or columns, there are, and how many characters they have together."""

    number: int
    letters: int

    def __add__(self, other: tuple[Any, ...]) -> Size:
        return Size(*map(sum, zip(self, other, strict=True)))

    def __mul__(self, other: Any) -> Size:
        """Give the size of all products, the factors joined by a colon.

        >>> Size(2, 2) * Size(3, 3)  # (a + b):(c + d + e)
        Size(number=6, letters=18)
        """
        number = self.number * other.number
        return Size(number, self.letters * other.number + other.letters * self.number + number)


class Factor(NamedTuple):
    """What decides how many columns one factor of a term has."""

    basis: int  # columns of the splines and polynomials in it
    names: tuple[str, ...]  # the columns of the table in it


def check_length(text: str) -> None:
    """Refuse a formula that is too long to be read."""
    if len(text) > MOST_CHARACTERS:
        refuse(f"has {len(text):,} characters", MOST_CHARACTERS)


def check_terms(tree: Any) -> None:
    """Refuse a formula that expands into too many terms, by its tree: operators over tokens."""
    sizes: list[Size] = []
    waiting: list[tuple[Any, bool]] = [(tree, False)]
    while waiting:  # not by recursion: a sum of a thousand terms is a thousand deep
        node, counted = waiting.pop()
        if not hasattr(node, "operator"):
            sizes.append(Size(1, len(node.token)))
        elif not counted:
            waiting += [(node, True), *((part, False) for part in node.args)]
        else:
            parts = [sizes.pop() for _ in node.args]
            sizes.append(_combined(node, parts))
            _check(sizes[-1], "terms", MOST_TERMS)


def check_columns(
    terms: Iterable[Any], factors: Mapping[str, Factor], columns: Iterable[LearnedColumn]
) -> None:
    """Refuse a formula whose terms have too many columns, by the levels of the categories."""
    levels = {column.name: _levels(column) for column in columns}
    total = Size(0, 0)
    for term in terms:
        sizes = [_width(each.expr, factors, levels) for each in term.factors]
        total += prod(sizes[1:], start=sizes[0])
        _check(total, "columns", MOST_EXPANDED)


def _combined(node: Any, parts: list[Size]) -> Size:
    """Bound the terms that an operator makes of those of its parts."""
    symbol = node.operator.symbol
    if len(parts) < 2:
        return parts[0] if parts else Size(1, 1)
    first, second = parts
    if symbol in {"**", "^"}:
        return prod([first] * (_power(node.args[1]) - 1), start=first)
    if symbol == ":":
        return first * second
    # `a / b` is a + a:b, and a * b is a + b + a:b; anything else joins the terms.
    return first + second + (first * second if symbol in {"*", "/", "in"} else Size(0, 0))


def _power(token: Any) -> int:
    """Read the power of a sum of terms."""
    text = getattr(token, "token", "")
    if text not in map(str, range(1, LARGEST_POWER + 1)):
        raise InputError(f"formula: give powers from 1 to {LARGEST_POWER}, not {text[:40]!r}")
    return int(text)


def _levels(column: LearnedColumn) -> Size:
    """Give the number of levels of a column and their characters; a number is one of none."""
    known: tuple[str, ...] = getattr(column, "known", ("",))
    return Size(len(known), sum(map(len, known)))


def _width(text: str, factors: Mapping[str, Factor], levels: Mapping[str, Size]) -> Size:
    """Bound the columns of one factor."""
    factor = factors.get(text, Factor(1, ()))
    size = Size(factor.basis, factor.basis * (len(text) + EXTRA))
    return prod((levels[name] for name in factor.names), start=size)


def _check(size: Size, what: str, most: int) -> None:
    """Refuse what is too much."""
    if size.number > most:
        refuse(f"expands into {size.number:,} {what}", most)
    if size.letters > MOST_LETTERS:
        refuse(f"expands into {what} of {size.letters:,} characters", MOST_LETTERS)


def refuse(problem: str, most: int) -> None:
    """Say what of a formula is too much."""
    raise InputError(f"formula: {problem}, more than {most:,}; make it shorter")
