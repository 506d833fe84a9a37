"""What is risky in the levels of a column, and in leaving incomplete rows out: typed findings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from glasslogit.findings import Code, Finding, Severity
from glasslogit.pages import how_many, per_cent
from glasslogit.tables.fields import (
    CODE_OF_A_THING,
    MAYBE_MISSING,
    NA,
    is_limit,
    own_words,
    words_to_type,
)
from glasslogit.tables.number_formats import formats_of
from glasslogit.tables.odd_texts import MOST_LISTED, about_limits
from glasslogit.tables.policies import AS_TEXT, LEFT, asked
from glasslogit.tables.spelling import without_case
from glasslogit.tables.table import quote, shorten

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from numpy.typing import NDArray

    from glasslogit.inputs import LazyLabels
    from glasslogit.tables.column import Text
    from glasslogit.tables.fields import Words

FEWEST_VALUES = 20  # in fewer, distinct values say nothing
MANY_DROPPED = 0.1  # of the rows; see `dropped_rows`
BEYOND_CHANCE = 4.0  # standard errors; see `dropped_rows`
FURTHER = 1.1  # by what the odds of a class are multiplied or divided; see `dropped_rows`


def missing_words(name: str, column: Text, na: Words = NA) -> list[Finding]:
    """Find words of a column of text that are read as missing values, and could be values.

    `na` are the words of the table, which stay as they are in its other columns.

    >>> from glasslogit.tables.column import Text
    >>> print(*missing_words("country", Text.of(["NA", "BE", "NA"])))
    note (missing_words): column 'country' holds 'NA' in 2 rows, read as missing; if that is a \
value, na=['country='] reads only blank fields of it as missing
    """
    missing = np.flatnonzero(column.missing).tolist()
    found = [code for code in missing if column.levels[code].strip()]
    if not found:
        return []
    evidence = f"holds {_counted(column, found)}, read as missing"
    given = words_to_type(na, [f"{name}="])
    remedy = f"if that is a value, na={given} reads only blank fields of it as missing"
    return [Finding(Code.MISSING_WORDS, Severity.NOTE, (name,), evidence, remedy)]


def doubtful_levels(name: str, column: Text, na: Words = NA) -> list[Finding]:
    """Find levels that look as if there were no value; `na` are the words of the table.

    >>> from glasslogit.tables.column import Text
    >>> print(*doubtful_levels("pool", Text.of(["None", "indoor", "None"])))
    warning (looks_missing): column 'pool' holds 'None' in 2 rows, taken as a level; if that means \
that there is no value, na=['pool=None'] says so
    """
    found = [code for code in _held(column) if column.levels[code].strip().lower() in MAYBE_MISSING]
    if not found:
        return []
    words = own_words(name, [column.levels[code] for code in found])
    evidence = f"holds {_counted(column, found)}, taken as a level"
    says = f"na={words_to_type(na, words)} says so" if words else "leave it blank"
    remedy = f"if that means that there is no value, {says}"
    return [Finding(Code.LOOKS_MISSING, Severity.WARNING, (name,), evidence, remedy)]


def among_numbers(name: str, column: Text, na: Words = NA) -> list[Finding]:
    """Find the texts of a column most of whose values are numbers, and that is a category by them.

    Those that look as if there were no value are `doubtful_levels`, and `na` the words of the
    table.

    >>> from glasslogit.tables.column import Text
    >>> print(*among_numbers("lab", Text.of(["5", "<5", "7", "n.d.", "6"])))
    note (looks_missing): column 'lab' holds numbers in 3 of 5 rows, and '<5' in 1 row and 'n.d.' \
in 1 row, so that each value is a level; if numbers are measured, na=['lab=<5', 'lab=n.d.'] reads \
'<5', 'n.d.' as missing; '<5' tells how large the value may be: to leave such rows out is a \
choice, and so is a number in its place in the file, such as half of a lower limit
    """
    held = _held(column)
    texts = [code for code in held if not column.parsed.is_number[code]]
    others = [code for code in texts if column.levels[code].strip().lower() not in MAYBE_MISSING]
    there, n = int(column.counts[held].sum()), int(column.counts[texts].sum())
    if not others or 2 * n >= there:
        return []
    named = [column.levels[code].strip() for code in others]
    none = [each for each in named if is_limit(each) or not any(map(str.isdigit, each))]
    read = [each for each in none if own_words(name, [each])]
    values = [quote(each) for each in named if each not in read]
    evidence = f"holds numbers in {there - n:,} of {how_many(there, 'row')}, and "
    evidence += f"{_counted(column, others)}, so that each value is a level"
    ways = []
    if read:
        which = shorten([*map(quote, read)], MOST_LISTED)
        ways.append(f"na={words_to_type(na, own_words(name, read))} reads {which} as missing")
    if values:
        be = "is to be written as a number" if len(values) == 1 else "are to be written as numbers"
        ways.append(f"{shorten(values, MOST_LISTED)} {be}")
    limits = about_limits(read)
    remedy = f"if numbers are measured, {', and '.join(ways)}{'; ' * bool(limits)}{limits}"
    return [Finding(Code.LOOKS_MISSING, Severity.NOTE, (name,), evidence, remedy)]


def lonely_levels(name: str, column: Text) -> list[Finding]:
    """Find that most rows of a column that was said to be text hold a level of their own.

    Of such a level nothing is learned that holds in another row, and a row with a new one has no
    probability.

    >>> from glasslogit.tables.column import Text
    >>> print(*lonely_levels("lead", Text.of([f"{k}.5" for k in range(20)])))
    serious (identifier): column 'lead' holds numbers taken as text, and 20 of 20 rows hold one \
that no other row does, so that nothing is known of the next; take it as numbers, without \
columns={'lead': Category()}
    """
    held = column.counts[_held(column)]
    rows, alone = int(held.sum()), int((held == 1).sum())
    if rows < FEWEST_VALUES or 2 * alone <= rows:
        return []
    codes = any(re.fullmatch(CODE_OF_A_THING, column.levels[code]) for code in _held(column))
    numbers = bool(formats_of(column.shapes)) and not codes
    what = "numbers taken as text" if numbers else "texts"
    evidence = f"holds {what}, and {alone:,} of {rows:,} rows hold one that no other row does"
    evidence += ", so that nothing is known of the next"
    as_numbers = f"take it as numbers, without {asked(name, AS_TEXT)}"
    remedy = as_numbers if numbers else f"leave the column out: {asked(name, LEFT)}"
    return [Finding(Code.IDENTIFIER, Severity.SERIOUS, (name,), evidence, remedy)]


def alike_levels(
    name: str, column: Text, severity: Severity = Severity.WARNING, mend: str = ""
) -> list[Finding]:
    """Find levels that differ by case or by blanks only; those of a target are classes.

    `mend` says how case and numbers of blanks are ignored, where that is not by `ignore_case`.

    >>> from glasslogit.tables.column import Text
    >>> print(*alike_levels("left", Text.of(["yes", "YES", "no", "yes"])))
    warning (alike_levels): column 'left' holds 'yes' in 2 rows and 'YES' in 1 row, which differ \
by case or blanks only; ignore_case=['left'] reads them as one
    """
    spelt: dict[str, list[int]] = {}
    for code in _held(column):
        spelt.setdefault("".join(column.levels[code].split()).casefold(), []).append(code)
    groups = [codes for codes in spelt.values() if len(codes) > 1]
    if not groups:
        return []
    more = how_many(len(groups) - 1, "more group", "more groups")
    others = f" (and {more} of such levels)" if len(groups) > 1 else ""
    evidence = f"holds {_counted(column, groups[0])}, which differ by case or blanks only{others}"
    read = [len({without_case(column.levels[code]) for code in codes}) for codes in groups]
    ways = [mend or f"ignore_case=[{name!r}] reads them as one"] if min(read) == 1 else []
    ways += ["spell them alike" if not ways else "spell the others alike"] if max(read) > 1 else []
    return [Finding(Code.ALIKE_LEVELS, severity, (name,), evidence, ", and ".join(ways))]


def dropped_rows(
    complete: NDArray[np.bool_],
    gaps: Mapping[str, int],
    labels: LazyLabels,
    beside: Collection[str] = (),
) -> list[Finding]:
    """Find that many rows are left out, or such that the others have other class rates.

    `complete` (n,) says which rows stay, `gaps` how many rows each column is missing in, `labels`
    (n,) are the classes, and `beside` the columns of weights and the like. From 10% of the rows on,
    an analysis of complete rows is likely to be biased (Bennett, "How can I deal with missing data
    in my study?", 2001). Below, it is if the rows that stay are no random sample: then the rate of
    a class among them is off by more than four standard errors of a sample without replacement,
    √(p(1 − p)(1/m − 1/n)), which chance exceeds once in 16,000 times; and by a tenth of its odds or
    more, since among a million rows the smallest difference is beyond chance.
    """
    n, m = len(complete), int(complete.sum())
    if m in {0, n}:
        return []
    classes, codes = labels.classes, labels.codes
    every = np.bincount(codes, minlength=len(classes)) / n
    stay = np.bincount(codes[complete], minlength=len(classes)) / m
    chance = np.sqrt(every * (1.0 - every) * (1.0 / m - 1.0 / n))
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = stay * (1.0 - every) / (every * (1.0 - stay))
    far = (odds > FURTHER) | (odds < 1.0 / FURTHER)
    if (
        n - m < MANY_DROPPED * n
        and not (far & (np.abs(stay - every) > BEYOND_CHANCE * chance)).any()
    ):
        return []
    k = len(classes) - 1 if len(classes) == 2 else int(np.argmax(np.abs(stay - every)))
    worst = max(gaps, key=lambda name: gaps[name])
    before, after = per_cent(every[k]), per_cent(stay[k])
    rates = f"{classes[k]!s} is {after} of the rows that stay and {before} of all"
    missing = how_many(gaps[worst], "row")
    lost = f"{n - m:,} of the {n:,} rows with a target are left out"
    evidence = f"is missing in {missing}; {lost}, and {rates}"
    remedy = "fill it in where it is known: such a row counts as if it were not there"
    if worst not in beside:
        ways = f"({asked(worst, LEFT)}), or keep its rows: missing='indicator'"
        remedy = f"leave the column out {ways}"
    return [Finding(Code.DROPPED_ROWS, Severity.WARNING, (worst,), evidence, remedy)]


def _held(column: Text) -> list[int]:
    """List the levels that rows hold and that are values."""
    return np.flatnonzero((column.counts > 0) & ~column.missing).tolist()


def _counted(column: Text, codes: Iterable[int]) -> str:
    """Name levels with the rows that hold them."""
    counts = [(column.levels[code], int(column.counts[code])) for code in codes]
    texts = [f"{quote(level)} in {how_many(count, 'row')}" for level, count in counts]
    return " and ".join(texts) if len(texts) == 2 else shorten(texts, MOST_LISTED)
