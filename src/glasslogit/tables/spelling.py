"""Which level of training a value is, however a file or a data frame writes it.

A number is written 1 in one file, 1.0 in another and is a float in a frame; true is True, TRUE or a
boolean. A level is first looked for as it is written, then by what it says:

    1, 1.0                                      one number, as programs write it
    true, True, TRUE, 1 and false, …, 0         in a column that has no other levels

01, 1.50 and 1e3 stay themselves: 01 is no 1 where it is a code, nor 1.10 a 1.1 where it is a
version. Nor is Yes the same as yes, unless the owner of the table says of a column that case does
not matter there: then its levels are read in small letters.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from glasslogit.tables.column import Text, number_text
from glasslogit.tables.fields import parse_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

TRUTH = {"true": True, "1": True, "false": False, "0": False}
TRUTH_LEVELS = ("False", "True")  # as Python writes booleans


def canonical(level: str) -> str:
    """Write a level that a program wrote as a float as the whole number that it is.

    >>> canonical("1.0"), canonical("-0.0"), canonical("01"), canonical("1.50"), canonical("a")
    ('1', '0', '01', '1.50', 'a')
    """
    number = parse_number(level)
    if number is None or not isfinite(number) or level != repr(number):
        return level
    return number_text(number)


def without_case(level: str) -> str:
    """Write a level in small letters, with one blank where there are several and none around it.

    >>> without_case("YES "), without_case("New  York")
    ('yes', 'new york')
    """
    return " ".join(level.split()).casefold()


def case_ignored(column: Text) -> Text:
    """Give a column whose levels that differ by case and by numbers of blanks are one.

    >>> case_ignored(Text.of(["Yes", "no", "YES "])).levels
    ('yes', 'no')
    """
    written = [without_case(level) for level in column.levels]
    place_of = {level: place for place, level in enumerate(dict.fromkeys(written))}
    moved = np.array([place_of[level] for level in written], np.min_scalar_type(len(place_of)))
    return replace(column, levels=tuple(place_of), codes=moved[column.codes])


def differs_by_case(column: Text) -> bool:
    """Tell whether ignoring case makes one level of several in a column."""
    return len({*map(without_case, column.levels)}) < len(column.levels)


def match_levels(known: Sequence[str], levels: Iterable[str]) -> list[int]:
    """Give the place among the known levels of each level, −1 for one that is none of them.

    >>> match_levels(["1", "2"], ["2.0", "1", "02"]), match_levels(["no", "yes"], ["True"])
    ([1, 0, -1], [-1])
    >>> match_levels(["False", "True"], ["TRUE", "0"]), match_levels(["0", "1"], ["true"])
    ([1, 0], [1])
    """
    as_written = {level: place for place, level in enumerate(known)}
    by_number = _unambiguous([canonical(level) for level in known])
    truths = [TRUTH.get(canonical(level).lower()) for level in known]
    by_truth = {} if None in truths else _unambiguous(truths)
    found = []
    for level in levels:
        said = canonical(level)
        place = as_written.get(level, by_number.get(said, by_truth.get(TRUTH.get(said.lower()))))
        found.append(-1 if place is None else place)
    return found


def _unambiguous(keys: Sequence[str | bool | None]) -> Mapping[str | bool | None, int]:
    """Give the place of each key that stands once."""
    times = Counter(keys)
    return {key: place for place, key in enumerate(keys) if times[key] == 1}
