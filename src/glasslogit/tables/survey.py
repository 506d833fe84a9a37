"""Survey a table of text: which columns are numbers, which are categories, which are neither.

A column is numeric if every value that is present reads as a number. If nearly all do, the
few others are mistakes to be corrected, not the levels of a category with thousands of them.

Numbers and dates that are written for people, such as `1,200`, `$3`, `5%` or `31/12/2024`, are
refused. Taken as text each would become the level of a category, and what it measures would be
lost. They are not converted: whether `1,200` is 1200 or 1.2 is for the owner of the table to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from glasslogit.errors import TableError
from glasslogit.findings import Finding
from glasslogit.pages import per_cent
from glasslogit.tables.column import Column, Numbers, Text
from glasslogit.tables.fields import CODE_OF_A_THING
from glasslogit.tables.level_findings import alike_levels, doubtful_levels, missing_words
from glasslogit.tables.policies import MOST_LEVELS
from glasslogit.tables.table import Table, quote, refuse_missing
from glasslogit.tables.values import AS_TEXT, read_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from glasslogit.tables.policies import Missing

NEARLY_NUMERIC = 0.9  # from this share of numbers on, the other values are taken for mistakes
MANY_LEVELS = 50  # more levels than this, and than a tenth of the rows, look like an identifier
ROWS_COMPARED = 2**14  # rows looked at together
MOSTLY = 0.9  # from this share of the values on, a column is one of such numbers or dates
_DIGITS = r"\d{1,3}(?:[ \u00a0\u202f'’.,]\d{3})+(?:[.,]\d+)?|\d*[.,]?\d+"
_NUMBER = re.compile(rf"[-+−]?\s*[$€£¥₹]?\s*[-+−]?(?:{_DIGITS})\s*[$€£¥₹%‰]?")
_DAY = r"\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2\d{4}|\d{1,2}/\d{1,2}/\d{2}"
_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp][Mm])?\s*(?:Z|[+-]\d{2}:?\d{2})?"
_DATE = re.compile(rf"(?:{_DAY})(?:(?:T|,?\s+){_TIME})?")


@dataclass(frozen=True, eq=False)
class Survey:
    """What a table of text holds before anything is learned: the kinds of its columns, full rows.

    It looks at all rows, so that a fault is reported wherever it is. What is *learned* (levels,
    references, which columns are constant) comes from training rows alone, see
    `TableEncoder.learn`.
    """

    table: Table  # the usable columns, each of its type
    missing: Mapping[str, int]  # column -> rows without a value, where there are any
    complete: NDArray[np.bool_]  # (n,), True in the rows to be used
    dropped: tuple[tuple[str, str], ...]  # (column, why it is not usable)
    findings: tuple[Finding, ...] = ()  # of the words in it, and of the target's levels

    def nothing_complete(self) -> TableError:
        """Describe a table without a complete row; name the column that is missing most often."""
        problem = f"{self.table.source}: no complete row to learn from"
        if not self.missing:
            return TableError(problem)
        name, count = max(self.missing.items(), key=lambda item: item[1])
        remedy = f"{name!r} is missing in {count:,} rows: --drop {name!r} leaves it out"
        return TableError(f"{problem}; {remedy}")


def survey_columns(
    table: Table,
    *,
    target: str | None = None,
    drop: Sequence[str] = (),
    categorical: Sequence[str] = (),
    missing: Missing = "drop",
) -> Survey:
    """Find which columns of a table of text are numbers, and which rows can be used.

    `target` and the columns in `drop` are left out; those in `categorical` are text even if
    they look like numbers (a postcode, the code of a region). `missing` is the policy.

    Raises
    ------
    TableError
        If a column does not exist, is neither numbers nor a category, or none can be used.

    """
    _check_names(table, target, drop, categorical)
    complete = np.ones(table.n_rows, dtype=bool)
    columns: dict[str, Column] = {}
    gaps: dict[str, NDArray[np.bool_]] = {}
    dropped = [(name, "left out on request") for name in dict.fromkeys(drop)]
    asked = {target, *drop, *categorical}
    dropped += [(name, why) for name, why in table.left_out.items() if name not in asked]
    for name in table.names:
        if name in {target, *(column for column, _ in dropped)}:
            continue
        numbers = None if name in categorical else _numbers(table, name)
        column = table.text(name) if numbers is None else Numbers(numbers)
        present = np.flatnonzero(~column.gaps)
        reason = same_value(column, present) if len(present) else "every value is missing"
        if reason:
            dropped.append((name, reason))
            continue
        if numbers is None and name not in categorical:
            _check_plain(table, name)
            _check_levels(table, name, column.gaps)
        columns[name] = column
        gaps[name] = column.gaps
    if not columns and {*table.names} > {target}:  # of the target alone a formula may make a model
        raise nothing_left(table, dropped)
    if missing == "error":
        refuse_missing(table, gaps)
    if missing == "drop" and gaps:
        complete = ~np.any([*gaps.values()], axis=0)
    counts = {name: int(gap.sum()) for name, gap in gaps.items() if gap.any()}
    typed = table.with_columns(columns)
    found = [*table.findings, *_find_words(typed)]
    if target is not None:
        found += _find_in_target(table, target)
    return Survey(typed, counts, complete, tuple(dropped), tuple(found))


def _find_words(table: Table) -> Iterator[Finding]:
    """Find the words in columns of text that are read as missing."""
    for name in table.names:
        column = table.column(name)
        if isinstance(column, Text):
            yield from missing_words(name, column)


def _find_in_target(table: Table, target: str) -> Iterator[Finding]:
    """Find what is risky in the levels of the target."""
    column = table.column(target)
    if isinstance(column, Text):
        for rule in (missing_words, doubtful_levels, alike_levels):
            yield from rule(target, column)


def _check_names(
    table: Table, target: str | None, drop: Sequence[str], categorical: Sequence[str]
) -> None:
    """Refuse names that are not columns, and a target that is used in another way as well."""
    for name in (*([] if target is None else [target]), *drop, *categorical):
        table.column(name)
    if target in drop:
        raise TableError(f"{table.source}: {target!r} is the target and cannot be dropped as well")
    if target in categorical:
        problem = f"{target!r} is the target, whose values are classes as they are"
        raise TableError(f"{table.source}: {problem}; leave out --categorical {target!r}")


def _numbers(table: Table, name: str) -> NDArray[np.float64] | None:
    """Read a column if it is one of numbers, else give None; refuse one that is nearly numeric."""
    column, as_text = table.column(name), AS_TEXT.format(name=repr(name))
    if isinstance(column, Numbers):
        return read_numbers(table, name, as_text)
    column = table.text(name)
    _, is_number, missing = column.parsed
    bad = ~missing & ~is_number
    if not bad.any():
        numbers = read_numbers(table, name, as_text)  # raises on NaN and infinity
        _check_codes(table, name)
        return numbers
    share = 1 - column.counts[bad].sum() / column.counts[~missing].sum()
    if share >= NEARLY_NUMERIC:
        remedy = f"correct it, leave it empty, or take the column as text: --categorical {name!r}"
        problem = f"is not a number, as {per_cent(share)} of the values are; {remedy}"
        raise table.fault(name, column.first(int(np.argmax(bad))), problem)
    return None


def _check_codes(table: Table, name: str) -> None:
    """Refuse whole numbers with a leading zero: they name something and measure nothing."""
    column = table.text(name)
    for code, level in enumerate(column.levels):
        if re.fullmatch(CODE_OF_A_THING, level):
            problem = f"is a code rather than a number; {AS_TEXT}".format(name=repr(name))
            raise table.fault(name, column.first(code), problem)


def _check_plain(table: Table, name: str) -> None:
    """Refuse a text column that holds numbers or dates which do not read as numbers.

    Raises
    ------
    TableError
        If nine in ten of the values are such numbers, or such dates; names the first of them.

    """
    column = table.text(name)
    counts, present, plain = column.counts, ~column.parsed.missing, column.parsed.is_number
    dates = np.array([_DATE.fullmatch(level) is not None for level in column.levels])
    written = np.array([_NUMBER.fullmatch(level) is not None for level in column.levels]) & ~plain
    total = counts[present].sum()
    as_is = f"or take the column as it is: --categorical {name!r}"
    for found, rest, problem in (
        (dates, False, f"is a date; turn it into a number, leave it out: --drop {name!r}, {as_is}"),
        (written, plain, f"is not a plain number; write it as one, such as 1234.5, {as_is}"),
    ):
        if found.any() and counts[(found | rest) & present].sum() >= MOSTLY * total:
            raise table.fault(name, column.first(int(np.argmax(found))), problem)


def _check_levels(table: Table, name: str, gaps: NDArray[np.bool_]) -> None:
    """Refuse a text column of so many levels that it looks like an identifier."""
    column = table.text(name)
    n_levels, n_rows = len(np.unique(column.codes[~gaps])), int((~gaps).sum())
    if n_levels > min(MOST_LEVELS, max(MANY_LEVELS, n_rows / 10)):
        found = f"column {name!r} has {n_levels:,} different texts in {n_rows:,} rows"
        remedy = f"if it is an identifier, leave it out: --drop {name!r}"
        otherwise = f"if not, take it as it is: --categorical {name!r}"
        raise TableError(f"{table.source}: {found}; {remedy}; {otherwise}")


def same_value(column: Column, rows: NDArray[np.intp]) -> str:
    """Say that a column has one value only in these rows, missing ones aside, or nothing."""
    values = column.codes if isinstance(column, Text) else column.values
    gaps, first = column.gaps, None
    for start in range(0, len(rows), ROWS_COMPARED):  # in nearly all columns the first rows differ
        part = rows[start : start + ROWS_COMPARED]
        present = part[~gaps[part]]
        if len(present) and first is None:
            first = int(present[0])
        if first is not None and (values[present] != values[first]).any():
            return ""
    return "" if first is None else f"always {quote(column.value(first))}"


def nothing_left(table: Table, dropped: Sequence[tuple[str, str]]) -> TableError:
    """Describe a table without a usable column."""
    why = "; ".join(f"{name!r}: {reason}" for name, reason in dropped) or "only the target"
    return TableError(f"{table.source}: no column is left to learn from ({why})")
