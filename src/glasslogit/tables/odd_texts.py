"""Texts in a column whose other values are numbers: words for no value, limits, and mistakes.

A word for no value is a usual one, no finite number, or has no digit and stands in several rows. A
limit says that a value lies beyond what was measured, such as <5: it is known to be small, so to
leave it out is a choice. Whatever else there is has to be corrected.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from glasslogit.pages import how_many
from glasslogit.tables.fields import (
    MAYBE_MISSING,
    NA,
    is_limit,
    is_missing,
    own_words,
    parse_number,
    words_to_type,
)
from glasslogit.tables.formatted import LEVELS_SEEN
from glasslogit.tables.number_formats import NumberFormat, most_frequent
from glasslogit.tables.policies import alternatives
from glasslogit.tables.table import quote, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from glasslogit.tables.column import ParsedLevels, Text
    from glasslogit.tables.fields import Words

NEARLY_NUMERIC = 0.9  # from this share of numbers on, the other values are taken for mistakes
MOST = 0.5  # beyond this share a column of many texts is one of numbers, and no identifier
MOST_LISTED = 5  # texts or levels named in a message


def not_a_finite_number(text: str) -> bool:
    """Tell whether a text reads as a number that no model can use.

    >>> [not_a_finite_number(text) for text in ("-inf", "1e400", "7", "n/k")]
    [True, True, False, False]
    """
    number = parse_number(text)
    return number is not None and not math.isfinite(number)


@dataclass(frozen=True, eq=False)
class OddTexts:
    """The texts of a column whose other values are numbers, and how those are written.

    >>> from glasslogit.tables.column import Text
    >>> found = odd_texts("lead", Text.of([*"123456", "<5", "n.d.", "N.D."]))
    >>> found.texts, found.words, found.mistakes, found.nearly, found.mostly
    ({'<5': 1, 'n.d.': 2}, ('lead=<5', 'lead=n.d.'), (), False, True)
    """

    said: str  # of how the numbers are written
    first: int  # the first of the levels that are no number
    numbers_at: NDArray[np.bool_]  # which of the levels are numbers, (levels,)
    texts: Mapping[str, int]  # each as it first stands, and in how many rows it does
    numbers: int  # rows that hold one
    words: tuple[str, ...]  # to be typed where the texts mean that there is no value
    mistakes: tuple[str, ...]  # the other texts

    @property
    def there(self) -> int:
        """How many rows have a value."""
        return self.numbers + sum(self.texts.values())

    @property
    def nearly(self) -> bool:
        """Tell whether nearly all values are numbers.

        Usual words for no value may be many: where they are not read so, they make text of
        numbers. So may numbers that are not finite.
        """
        usual = all(is_missing(each) or not_a_finite_number(each) for each in self.texts)
        return usual or self.numbers >= NEARLY_NUMERIC * self.there

    @property
    def mostly(self) -> bool:
        """Tell whether most values were measured: they are numbers or limits."""
        limits = sum(self.texts[each] for each in self.texts if is_limit(each))
        return self.numbers + limits > MOST * self.there

    def problem(self, na: Words, doubt: str, *others: str) -> str:
        """Say of the first of them what is wrong, what more there is, and what to do.

        `doubt` asks which of two readings the numbers have, if they have two.
        """
        first, *more = self.texts
        kind = f"{'finite ' * not_a_finite_number(first)}number{self.said * (not doubt)}"
        text = f"is not a {kind}, as {self.numbers:,} of {self.there:,} values are"
        if more:
            held = [f"{quote(each)} in {how_many(self.texts[each], 'row')}" for each in more]
            text += f", nor is {shorten(held, MOST_LISTED)}"
        left = self.mistakes or [*self.texts]
        them = shorten([*map(quote, left)], MOST_LISTED) if len(left) < len(self.texts) else ""
        it = "them" if len(left) > 1 else "it"
        ways = alternatives(f"correct {them or it}", f"leave {it} empty", *others)
        return f"{text}; {self._no_value(na)}{ways}{'; and ' * bool(doubt)}{doubt}"

    def _no_value(self, na: Words) -> str:
        """Say by which words the texts are read as missing, and what is to be thought of that."""
        if not self.words:
            return ""
        named = shorten(
            [quote(each) for each in self.texts if each not in self.mistakes], MOST_LISTED
        )
        means = f"{named if self.mistakes else 'it'} means"
        if len(self.texts) - len(self.mistakes) > 1:
            means = f"{named if self.mistakes else 'they'} mean"
        said = f"if {means} that there is no value, na={words_to_type(na, self.words)} says so; "
        limits = about_limits(self.texts)
        return f"{said}{limits}{'; ' * bool(limits)}otherwise "


def about_limits(texts: Iterable[str]) -> str:
    """Say what the limits among some texts are, and that to leave them out is a choice.

    >>> about_limits(["<5", "n.d."])
    "'<5' tells how large the value may be: to leave such rows out is a choice, and so is a number \
in its place in the file, such as half of a lower limit"
    """
    limits = [quote(each) for each in texts if is_limit(each)]
    if not limits:
        return ""
    tells = (
        f"{shorten(limits, MOST_LISTED)} tell{'s' * (len(limits) == 1)} how large the value may be"
    )
    choice = "to leave such rows out is a choice, and so is a number in its place in the file"
    return f"{tells}: {choice}, such as half of a lower limit"


def odd_texts(name: str, column: Text) -> OddTexts | None:
    """Find the texts of a column that also holds numbers, of any format; None if there are none.

    The numbers are read as programs write them, or by the format of most where that reads more.
    """
    readings = [("", column.parsed)]
    how = _format_of_most(column)
    if how is not None:
        readings.append((how.said, column.parsed_by(how)))
    found = [_of_reading(name, column, *reading) for reading in readings]
    held = [each for each in found if each is not None]
    return max(held, key=lambda each: each.numbers, default=None)


def _of_reading(name: str, column: Text, said: str, read: ParsedLevels) -> OddTexts | None:
    """Find the texts that one way of reading numbers leaves."""
    odd = ~column.missing & ~np.isfinite(read.numbers) & (column.counts > 0)
    good = ~column.missing & ~odd & (column.counts > 0)
    numbers = int(column.counts[good].sum())
    if not odd.any() or not numbers:
        return None
    written, rows = dict[str, str](), Counter[str]()
    for code in np.flatnonzero(odd).tolist():
        word = written.setdefault(column.levels[code].strip().lower(), column.levels[code].strip())
        rows[word] += int(column.counts[code])
    words = {text: own_words(name, [text]) for text in rows if _is_for_none(text, rows[text])}
    typed = tuple(word for each in words.values() for word in each)
    mistakes = tuple(text for text in rows if not words.get(text))
    return OddTexts(said, int(np.argmax(odd)), good, dict(rows), numbers, typed, mistakes)


def _is_for_none(text: str, rows: int) -> bool:
    """Tell whether a text among numbers seems to stand for no value, or for a limit."""
    usual = text.lower() in MAYBE_MISSING | NA or not_a_finite_number(text) or is_limit(text)
    return usual or (rows > 1 and not any(map(str.isdigit, text)))


def _format_of_most(column: Text) -> NumberFormat | None:
    """Give the format that most values of a text may have, as its first levels tell."""
    times = zip(column.levels, column.counts.tolist(), column.missing.tolist(), strict=True)
    return most_frequent({level: n for level, n, gap in islice(times, LEVELS_SEEN) if not gap})
