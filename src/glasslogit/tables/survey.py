"""Survey a table of text: which columns are usable, as what, and which rows are complete."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.errors import TableError
from glasslogit.findings import Code, Finding, Severity
from glasslogit.pages import how_many, listed
from glasslogit.tables.column import Column, Text, Times
from glasslogit.tables.column_types import Unusable, typed_column
from glasslogit.tables.level_findings import (
    alike_levels,
    among_numbers,
    doubtful_levels,
    lonely_levels,
    missing_words,
)
from glasslogit.tables.policies import LEFT, asked
from glasslogit.tables.table import Table, quote, refuse_missing, shorten, without_gaps
from glasslogit.tables.values import read_times

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from glasslogit.tables.policies import Missing

ROWS_COMPARED = 2**14  # rows looked at together
ON_REQUEST = "left out on request"
ALL_MISSING = "every value is missing"


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
        remedy = f"{name!r} is missing in {how_many(count, 'row')}"
        remedy += f": {asked(name, LEFT)} leaves it out"
        return TableError(f"{problem}; {remedy}")


@dataclass(frozen=True, eq=False)
class TypedColumns:
    """The columns of a table of text as what they hold, and those of no use as they are."""

    table: Table
    target: str | None
    said: frozenset[str]  # the columns that someone has said the use of
    columns: Mapping[str, Column]
    dropped: tuple[tuple[str, str], ...]  # (column, why it is of no use)
    unusable: tuple[Unusable, ...]

    def mended(self, drop: Collection[str], dates: Collection[str]) -> TypedColumns:
        """Leave out some of the columns that cannot be used, count the days of others.

        The rest of them are taken as text.
        """
        names = [each.name for each in self.unusable]
        read = {name: typed_as_asked(self.table, name, dates) for name in names}
        known = {**self.columns, **read}
        columns = {name: known[name] for name in self.table.names if name in {*known} - {*drop}}
        gone = ((name, ON_REQUEST) for name in names if name in drop)
        dropped = tuple(sorted((*self.dropped, *gone), key=lambda each: each[1] != ON_REQUEST))
        said = self.said.union(names)
        return replace(self, said=said, columns=columns, dropped=dropped, unusable=())

    def surveyed(self, missing: Missing) -> Survey:
        """Find which rows can be used, by the policy of missing values, and what is risky in them.

        Raises
        ------
        TableError
            If a column is neither numbers nor a category, none is left, or a value is missing that
            may not be.

        """
        table, columns, unusable = self.table, self.columns, self.unusable
        if unusable:
            raise TableError("".join([str(unusable[0].error), *_also(unusable[1:])]))
        whole = table.places is None  # rows that were taken may leave the intercept alone to learn
        if not columns and whole and {*table.names} - {self.target}:  # a formula may need it alone
            raise nothing_left(table, self.dropped)
        gaps = {name: column.gaps for name, column in columns.items()}
        if missing == "error":
            refuse_missing(table, gaps)
        left_out = gaps.values() if missing == "drop" else ()
        complete = without_gaps(left_out, table.n_rows)
        counts = {name: int(gap.sum()) for name, gap in gaps.items() if gap.any()}
        used = table.with_columns(columns)
        again = () if self.target is None else _named_as_target(table, self.target)
        twice = [each for each in again if each.columns[0] not in self.said]
        told = self.said.union(*(each.columns for each in twice))
        found = [each for each in table.findings if not {*each.columns} & told] + twice
        found += _find_words(used, self.said)
        if self.target is not None:
            found += _find_in_target(table, self.target)
        return Survey(used, counts, complete, self.dropped, tuple(found))


def type_columns(  # noqa: PLR0913
    table: Table,
    *,
    target: str | None = None,
    drop: Sequence[str] = (),
    categorical: Sequence[str] = (),
    dates: Sequence[str] = (),
    terms: Sequence[str] = (),
) -> TypedColumns:
    """Find what each column of a table of text holds: numbers, a category, or nothing of use.

    `target` and the columns in `drop` are left out; those in `categorical` are text even if
    they look like numbers (a postcode, the code of a region), and of those in `dates` days are
    counted. Those in `terms`, which a formula uses, are kept though they are constant. Raises
    `TableError` if a column does not exist.
    """
    _check_names(table, target, drop, (*categorical, *dates))
    said = frozenset((*drop, *categorical, *dates))
    columns: dict[str, Column] = {}
    dropped = [(name, ON_REQUEST) for name in dict.fromkeys(drop)]
    dropped += [(name, why) for name, why in table.left_out.items() if name not in {*said, target}]
    unusable: list[Unusable] = []
    for name in table.names:
        if name in {target, *(column for column, _ in dropped)}:
            continue
        read = _typed(table, name, categorical, dates)
        column = table.text(name) if isinstance(read, Unusable) else read
        reason = why_constant(column)
        if reason and not (name in terms and reason != ALL_MISSING):
            dropped.append((name, reason))
        elif isinstance(read, Unusable):
            unusable.append(read)
        else:
            columns[name] = column
    return TypedColumns(table, target, said, columns, tuple(dropped), tuple(unusable))


def _typed(
    table: Table, name: str, categorical: Sequence[str], dates: Sequence[str]
) -> Column | Unusable:
    """Give a column its type: the one that was asked for, or its own."""
    if name not in dates and name not in categorical:
        return typed_column(table, name)
    return typed_as_asked(table, name, dates)


def typed_as_asked(table: Table, name: str, dates: Collection[str]) -> Column:
    """Give a column as text, or one of the `dates` in days."""
    if name not in dates:
        return table.text(name)
    column = table.column(name)
    durations = isinstance(column, Times) and column.durations
    return Times(read_times(table, name, "duration" if durations else "date"), durations)


def why_constant(column: Column) -> str:
    """Say that a column has no value, or one in all rows, or nothing."""
    return ALL_MISSING if column.gaps.all() else same_value(column)


def _also(others: Sequence[Unusable]) -> Iterator[str]:
    """Name further columns that cannot be used."""
    if others:
        names = shorten([repr(each.name) for each in others])
        yield f"; neither can {names} be used as {'it is' if len(others) == 1 else 'they are'}"


def _find_words(table: Table, said: Collection[str]) -> Iterator[Finding]:
    """Find the words in columns of text that are read as missing, or stand among numbers.

    Of the columns that are `said` to be text it is known that they hold no numbers. They may hold a
    level for each row.
    """
    for name in table.names:
        column = table.column(name)
        if isinstance(column, Text):
            yield from missing_words(name, column, table.na)
            look = (
                lonely_levels(name, column)
                if name in said
                else among_numbers(name, column, table.na)
            )
            yield from look


def _find_in_target(table: Table, target: str) -> Iterator[Finding]:
    """Find what is risky in the levels of the target."""
    column = table.column(target)
    if isinstance(column, Text):
        yield from missing_words(target, column, table.na)
        yield from doubtful_levels(target, column, table.na)
        yield from alike_levels(target, column, Severity.SERIOUS)


def _named_as_target(table: Table, target: str) -> Iterator[Finding]:
    """Find other columns that are named as the target is, and hold something else."""
    called = re.compile(rf"{re.escape(target)} \(\d+\)")
    for name in filter(called.fullmatch, table.left_out):
        pairs = zip(table.text(target).sorted(), table.text(name).sorted(), strict=True)
        if not all(np.array_equal(*each) for each in pairs):
            evidence = f"{table.left_out[name]}, the target, and holds other values"
            remedy = "give the one that is no target a name of its own"
            remedy += f", or leave this one out: {asked(name, LEFT)}"
            yield Finding(Code.READING, Severity.SERIOUS, (name,), evidence, remedy)


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
        raise TableError(f"{table.source}: {problem}; leave out {asked(str(target), '…')}")


def same_value(column: Column) -> str:
    """Say that a column has one value only, missing ones aside, or nothing.

    In nearly all columns the first rows differ, and no others are looked at.
    """
    known = ""
    first: Any = None
    for start in range(0, len(column), ROWS_COMPARED):
        part = column.take(slice(start, start + ROWS_COMPARED))
        part = part.take(np.flatnonzero(~part.gaps))
        values = part.codes if isinstance(part, Text) else part.values
        if not known and len(part):
            known, first = f"always {quote(part.value(0))}", values[0]
        if (values != first).any():
            return ""
    return known


def nothing_left(table: Table, dropped: Sequence[tuple[str, str]]) -> TableError:
    """Describe a table without a usable column, or of columns that have no name of their own."""
    why = listed((f"{name!r}: {reason}" for name, reason in dropped), "; ") or "only the target"
    if dropped and {*dropped} <= {*table.left_out.items()}:
        one, row = len(dropped) == 1, table.first_row - 1
        only = "a column without a name of its own" if one else "columns without names of their own"
        named = "this one a name" if one else "these names"
        problem = f"there is nothing to learn from but {only} ({why})"
        remedy = "add a column that may tell something of the target, or give "
        remedy += f"{named} in row {row} if {'it is a variable' if one else 'they are variables'}"
    else:
        problem = f"no column is left to learn from ({why})"
        remedy = "give a column whose values are there and differ"
    return TableError(f"{table.source}: {problem}; {remedy}")
