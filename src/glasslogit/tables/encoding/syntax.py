"""What is wrong with a formula that cannot be read, in words of our own.

A formula is a row of pieces: operands (columns, numbers, calls) with operators between them, and
brackets around parts. What breaks that rule is found at a piece and the one before it.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = re.compile(r"`[^`]*`|[\w.]+")
CLOSES = {"(": ")", "[": "]", "{": "}"}
BETWEEN_OPERANDS = frozenset({"+", "-", ":", "*", "/", "**", "^"})
BEFORE_OPERANDS = frozenset({"+", "-"})  # these may stand before an operand, too
NO_PIECE = ""  # the piece before the first and after the last


def fault_of(text: str) -> str:
    """Say what makes a text no formula.

    >>> fault_of("age +"), fault_of("age town")
    ("'+' has nothing on its right", "'age' and 'town' need an operator such as + between them")
    """
    bare = re.sub(r"`[^`]*`", "_", text)
    if "`" in bare:
        return "a backtick is not closed; write `the name` between two"
    if "'" in bare or '"' in bare:
        return "it holds a text in quotes; write the name of a column bare, or in backticks"
    alone = unpaired(bare)
    if alone:
        return f"{alone!r} has no partner; close every bracket that is opened"
    pieces = list(pieces_of(text))
    for before, piece in pairwise([NO_PIECE, *pieces, NO_PIECE]):
        fault = fault_between(before, piece)
        if fault:
            return fault
    numbers = [piece for piece in pieces if piece[0].isdigit() and piece not in {"0", "1"}]
    if numbers or "1" in pieces:
        return "1 and 0 stand for the intercept, and other numbers for nothing; calculate in I(…)"
    return "write columns with + between them, a:b for a product and a * b for a + b + a:b"


def unpaired(text: str) -> str:
    """Give the first bracket without a partner, or an empty text.

    >>> unpaired("bs(age, 4"), unpaired("(a + b) * c)"), unpaired("(a)")
    ('(', ')', '')
    """
    waiting: list[str] = []
    for each in text:
        if each in CLOSES:
            waiting.append(each)
        elif each in CLOSES.values() and (not waiting or CLOSES[waiting.pop()] != each):
            return each
    return waiting[0] if waiting else ""


def pieces_of(text: str) -> Iterator[str]:
    """Yield operands, operators and brackets of a formula whose brackets are paired.

    >>> list(pieces_of("(bs(age, 4) + b)**2"))
    ['(', 'bs(age, 4)', '+', 'b', ')', '**', '2']
    """
    at = 0
    while at < len(text):
        name = NAME.match(text, at)
        end = name.end() if name else at + (2 if text.startswith("**", at) else 1)
        if text[at] == "{" or (name and text[end : end + 1] in {"(", "["}):
            end = after_bracket(text, end if name else at)
        if not text[at:end].isspace():
            yield text[at:end]
        at = end


def after_bracket(text: str, at: int) -> int:
    """Give the place after the partner of the bracket at a place."""
    deep = 0
    for end in range(at, len(text)):
        deep += (text[end] in CLOSES) - (text[end] in CLOSES.values())
        if not deep:
            return end + 1
    return len(text)


def fault_between(before: str, piece: str) -> str:
    """Say why a piece cannot stand after the one before it, or give an empty text."""
    after_operand = before in {")", "]"} or is_operand(before)
    if is_operand(piece) or piece in {"(", "["}:
        return f"{before!r} and {piece!r} need an operator such as + between them" * after_operand
    if piece in {NO_PIECE, ")", "]"}:
        return f"{before!r} has nothing on its right" * (bool(before) and not after_operand)
    if piece not in BETWEEN_OPERANDS:
        known = "+ - : * / ** and parentheses"
        return f"{piece!r} is no operator of a formula; these are {known}, and I(…) calculates"
    missing = not after_operand and piece not in BEFORE_OPERANDS
    return f"{piece!r} has nothing on its left" * missing


def is_operand(piece: str) -> bool:
    """Tell whether a piece is a column, a number or a call."""
    return bool(NAME.match(piece)) or piece.startswith("{")
