"""What one field of a table of text says: a number, or that there is no value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from glasslogit.errors import InputError

Words: TypeAlias = frozenset[str]  # in lower case
DEFAULT = "default"  # stands for these words, among others
DEFAULT_NA = ("NA", "N/A", "#N/A", "<NA>", "NaN", "null", "?", ".")
NA: Words = frozenset(word.lower() for word in DEFAULT_NA)
CODE_OF_A_THING = r"^[-+]?0\d+$"  # digits with a leading zero, such as a postcode
# What may mean that there is no value, and may be one: never taken so unless it is asked for.
MAYBE_MISSING = frozenset(
    {"none", "nil", "-", "--", "---", "n.a.", "n.a", "n/d", "-nan", "missing", "blank", "(blank)"}
    | {"empty", "void", "undefined", "not available", "not applicable", "no answer"}
    | {"#null!", "#value!", "#ref!", "#div/0!", "#name?", "#num!"}
)


def read_na(na: Iterable[str] | None) -> Words:
    """Give the words that stand for "no value" beside blank ones; None for the usual ones.

    Case and blanks around them do not matter. The word "default" stands for the usual ones: R's
    and pandas' NA, <NA> and NaN, N/A and #N/A of spreadsheets, null of databases, ? of the UCI
    files and the . of SAS.

    >>> sorted(read_na(["default", "None"]) - read_na(None)), sorted(read_na([]))
    (['none'], [])
    """
    if na is None:
        return NA
    words = [na] if isinstance(na, str) else list(na)
    for word in words:
        if not isinstance(word, str):
            raise InputError(f"na holds {word!r}; give words as text, such as ['default', '-']")
    given = frozenset(word.strip().lower() for word in words) - {""}
    return (given - {DEFAULT}) | NA if DEFAULT in given else given


def parse_number(text: str) -> float | None:
    """Read a number, or None if `text` is not one; digits joined by `_` are a code, not a number.

    >>> parse_number(" 12.50 "), parse_number("1_000"), parse_number("twelve")
    (12.5, None, None)
    """
    if "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def is_missing(text: str, na: Words = NA) -> bool:
    """Tell whether a field stands for "no value": it is blank, or one of the words `na`.

    >>> is_missing(" "), is_missing("NA"), is_missing("none"), is_missing("NA", frozenset())
    (True, True, False, False)
    """
    word = text.strip().lower()
    return not word or word in na
