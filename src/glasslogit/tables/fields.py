"""What one field of a table of text says: a number, or that there is no value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

from glasslogit.errors import InputError
from glasslogit.inputs import check_kind

Words: TypeAlias = frozenset[str]  # in lower case
DEFAULT = "default"  # stands for these words, among others
DEFAULT_NA = ("NA", "N/A", "#N/A", "<NA>", "NaN", "null", "?", ".")
NA: Words = frozenset(word.lower() for word in DEFAULT_NA)
CODE_OF_A_THING = r"^[-+]?0\d+$"  # digits with a leading zero, such as a postcode
# A word of a column: its name and the word. The sign in <=5 belongs to the word.
OWN = re.compile(r"(?P<name>.*[^<>=])=(?P<word>.*)", re.DOTALL)
# What lies beyond what was measured: <5, 90+.
LIMIT = re.compile(r"=?[<>≤≥]=?[^<>]+|[\d.,]*\d\s*\+")
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
    files and the . of SAS. A word may be for one column, such as "age=-1": there it stands for "no
    value" as well. "country=" leaves only the blank fields of that column missing. Where all words
    are for one column, the usual ones hold in all of them.

    >>> sorted(read_na(["default", "None"]) - read_na(None)), sorted(read_na([]))
    (['none'], [])
    >>> sorted(read_na(["country=", "age=-1"]) - read_na(None))
    ['age=-1', 'country=']
    """
    if na is None:
        return NA
    check_kind(na, Iterable, "na", "words as text, such as ['default', '-']")
    words = [na] if isinstance(na, str) else list(na)
    for word in words:
        if not isinstance(word, str):
            raise InputError(f"na holds {word!r}; give words as text, such as ['default', '-']")
    own, shared = set[str](), set[str]()
    for word in words:
        name = column_of(word)
        (own if name else shared).add(f"{name}={_bare(word)}" if name else word.strip().lower())
    if own and not shared:
        return NA | own
    known = _with_usual(shared)
    return known | own | ({""} if own and not known else set())


def words_in(na: Words, name: str) -> Words:
    """Give the words that stand for "no value" in one column, of those that `read_na` has read.

    >>> na = read_na(["?", "age=-1", "town="])
    >>> sorted(words_in(na, "age")), sorted(words_in(na, "town")), sorted(words_in(na, "pay"))
    (['-1', '?'], [], ['?'])
    """
    if not any(map(column_of, na)):
        return na
    own = {_bare(word) for word in na if column_of(word) == name}
    shared = {word for word in na if not column_of(word)}
    return _with_usual(own if "" in own else shared | own)


def columns_named(na: Words) -> list[str]:
    """Name the columns that have words of their own."""
    return sorted({*map(column_of, na)} - {""})


def words_to_type(na: Words, words: Iterable[str]) -> list[str]:
    """Give the words to be given as `na` so that some more stand for "no value".

    >>> words_to_type(NA, ["None"]), words_to_type(NA, ["age=-1"])
    (['default', 'None'], ['age=-1'])
    >>> words_to_type(read_na([]), ["age=NA"]), words_to_type(read_na(["x"]), ["None"])
    (['', 'age=NA'], ['x', 'None'])
    """
    words, own = [*words], {word for word in na if column_of(word)}
    shared = na - own - {""}
    usual = [DEFAULT] if shared >= NA else []
    given = [*usual, *sorted(shared - NA if usual else shared)]
    if all(map(column_of, words)):
        given = [] if given == [DEFAULT] else given or [""]
    return [*given, *sorted(own), *words]


def column_of(word: str) -> str:
    """Name the column that a word is for, blank where it is for all.

    >>> column_of("lead=<=5"), column_of("a=b=?"), column_of(">=100")
    ('lead', 'a=b', '')
    """
    found = OWN.fullmatch(word)
    return found["name"].strip() if found else ""


def word_of(word: str) -> str:
    """Give a word without the column that it is for, if it is for one."""
    found = OWN.fullmatch(word)
    return (found["word"] if found and column_of(word) else word).strip()


def own_words(name: str, texts: Iterable[str]) -> list[str]:
    """Write texts as the words of one column, but for those that would not be read as such.

    What is offered is offered for the column in which it was seen: in another it may be a value.

    >>> own_words("lead", ["<5", "N.D. ", "n.d.", "default"])
    ['lead=<5', 'lead=N.D.']
    """
    known = {text.strip().lower(): text.strip() for text in reversed([*texts])}
    words = {word: f"{name}={text}" for word, text in reversed(known.items())}
    return [
        own
        for word, own in words.items()
        if word not in {"", DEFAULT} and (column_of(own), word_of(own).lower()) == (name, word)
    ]


def is_limit(text: str) -> bool:
    """Tell whether a text says that a value lies beyond what was measured.

    >>> [is_limit(text) for text in ("<5", ">= 100", "≤0,1", "<LOD", "90+", "<NA>", "a<b", "5")]
    [True, True, True, True, True, False, False, False]
    """
    return LIMIT.fullmatch(text.strip()) is not None


def _bare(word: str) -> str:
    """Give a word without the column that it is for, as it is read."""
    return word_of(word).lower()


def _with_usual(words: set[str] | Words) -> Words:
    """Put the usual words in the place of the word that stands for them; a blank is none."""
    usual = NA if DEFAULT in words else frozenset[str]()
    return frozenset(words - {"", DEFAULT}) | usual


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
