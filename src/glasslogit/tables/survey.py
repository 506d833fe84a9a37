"""Learn an encoding: which columns are numbers, which are categories, which are neither.

A column is numeric if every value that is present reads as a number. If nearly all do, the
few others are mistakes to be corrected, not the levels of a category with thousands of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.errors import TableError
from glasslogit.tables.columns import (
    NOT_FINITE,
    Encoding,
    NumberColumn,
    TextColumn,
    Unseen,
    cell_error,
    is_missing,
    parse_number,
    read_numbers,
)
from glasslogit.tables.plain import check_plain
from glasslogit.tables.reading import Table, quote

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

NEARLY_NUMERIC = 0.9  # from this share of numbers on, the other values are taken for mistakes
MANY_LEVELS = 50  # more levels than this, and than a tenth of the rows, look like an identifier
MOST_LEVELS = 1000  # more levels than this are too many columns of X, whatever the rows
MANY_CLASSES = 100  # a target with more distinct values is a number to predict, not a class


@dataclass(frozen=True, eq=False)
class Survey:
    """What a table holds before anything is learned: the kinds of its columns, its full rows.

    It looks at all rows, so that a fault is reported wherever it is. What is *learned* (levels,
    references, which columns are constant) comes from the rows given to `learn` alone.
    """

    table: Table
    numeric: Mapping[str, bool]  # the usable columns, in order: is it numeric?
    missing: Mapping[str, int]  # column -> rows without a value, where there are any
    complete: NDArray[np.bool_]  # (n,), True where no usable column is missing
    dropped: tuple[tuple[str, str], ...]  # (column, why it is not usable)

    def learn(self, rows: NDArray[np.intp], *, unseen: Unseen = "error") -> Encoding:
        """Learn the encoding from `rows`, the places (from 0) of complete training rows."""
        if not len(rows):
            raise TableError(f"{self.table.source}: no complete row to learn from{self._worst()}")
        columns: list[NumberColumn | TextColumn] = []
        dropped = list(self.dropped)
        for name, numeric in self.numeric.items():
            column = _learn_column(self.table, name, rows, numeric=numeric)
            if isinstance(column, str):
                dropped.append((name, column))
            else:
                columns.append(column)
        encoding = Encoding(tuple(columns), tuple(dropped), unseen)
        _check_features(self.table, encoding)
        return encoding

    def _worst(self) -> str:
        """Name the column that is missing most often, and the remedy."""
        if not self.missing:
            return ""
        name, count = max(self.missing.items(), key=lambda item: item[1])
        return f"; {name!r} is missing in {count:,} rows: --drop {name!r} leaves it out"


def learn_encoding(
    table: Table,
    *,
    target: str | None = None,
    drop: Sequence[str] = (),
    categorical: Sequence[str] = (),
    unseen: Unseen = "error",
) -> Encoding:
    """Learn how to turn a table into X, from all its complete rows.

    `target` and the columns in `drop` are left out; those in `categorical` are text even if
    they look like numbers (a postcode, the code of a region).

    Raises
    ------
    TableError
        If a column does not exist, is neither numbers nor a category, or none can be used.

    Examples
    --------
    >>> table = Table.of({"age": ["31", "45", "52"], "town": ["Ghent", "Bruges", "Ghent"]})
    >>> learn_encoding(table).columns[1]
    TextColumn(name='town', reference='Ghent', levels=('Bruges',))

    """
    survey = survey_columns(table, target=target, drop=drop, categorical=categorical)
    return survey.learn(np.flatnonzero(survey.complete), unseen=unseen)


def survey_columns(
    table: Table,
    *,
    target: str | None = None,
    drop: Sequence[str] = (),
    categorical: Sequence[str] = (),
) -> Survey:
    """Find which columns are numeric and which rows are complete; as `learn_encoding`."""
    for name in (*([] if target is None else [target]), *drop, *categorical):
        table.column(name)
    if target in drop:
        raise TableError(f"{table.source}: {target!r} is the target and cannot be dropped as well")
    if target in categorical:
        problem = f"{target!r} is the target, whose values are classes as they are"
        raise TableError(f"{table.source}: {problem}; leave out --categorical {target!r}")
    complete = np.ones(table.n_rows, dtype=bool)
    numeric: dict[str, bool] = {}
    missing: dict[str, int] = {}
    dropped = [(name, "left out on request") for name in dict.fromkeys(drop)]
    for name in table.names:
        if name == target or name in drop:
            continue
        is_number = name not in categorical and _is_numeric(table, name)
        gaps = _gaps(table, name, numeric=is_number)
        reason = _unusable(table, name, gaps, numeric=is_number)
        if reason:
            dropped.append((name, reason))
            continue
        if not is_number and name not in categorical:
            check_plain(table, name)
            _check_levels(table, name, gaps)
        numeric[name] = is_number
        complete &= ~gaps
        if gaps.any():
            missing[name] = int(gaps.sum())
    if not numeric:
        raise _nothing_left(table, dropped)
    return Survey(table, numeric, missing, complete, tuple(dropped))


def read_labels(table: Table, target: str) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Read the target: the labels (n,), and True where there is one.

    Labels stay text, except where each is a plain integer: then 10 sorts after 2. Where all are
    numbers, NA, N/A, null and ? mean that there is none, as in a column of numbers.

    >>> table = Table.of({"sold": ["10", "2", ""]})
    >>> labels, known = read_labels(table, "sold")
    >>> labels[known].tolist()
    [10, 2]
    """
    column = table.column(target)
    numeric = _holds_numbers(table, target)
    known = np.array([not is_missing(level, numeric=numeric) for level in column.levels])
    if known.sum() > MANY_CLASSES:
        found = f"target {target!r} has {known.sum():,} distinct values"
        raise TableError(f"{table.source}: {found}; a class target has at most {MANY_CLASSES}")
    present = [level for level, there in zip(column.levels, known, strict=True) if there]
    if all(_is_plain_integer(level) for level in present):
        values = np.array([int(level or 0) for level in np.where(known, column.levels, "0")])
    else:
        values = np.array(column.levels)
    return values[column.codes], known[column.codes]


def _holds_numbers(table: Table, target: str) -> bool:
    """Tell whether every label that is present is a number; refuse NaN and infinity there."""
    column = table.column(target)
    labels = {
        code: parse_number(level)
        for code, level in enumerate(column.levels)
        if not is_missing(level, numeric=True)
    }
    if not labels or None in labels.values():
        return False
    for code, number in labels.items():
        if not np.isfinite(number or 0):
            raise cell_error(table, target, column.first(code), NOT_FINITE)
    return True


def _is_plain_integer(level: str) -> bool:
    """Tell whether turning the text into an integer and back loses nothing."""
    digits = level.removeprefix("-")
    return digits.isascii() and digits.isdigit() and str(int(level)) == level and len(level) < 18


def _is_numeric(table: Table, name: str) -> bool:
    """Decide the kind of a column; refuse one that is nearly numeric."""
    column = table.column(name)
    numbers = [parse_number(level) for level in column.levels]
    present = np.array([not is_missing(level, numeric=True) for level in column.levels])
    bad = present & np.array([number is None for number in numbers])
    counts = np.bincount(column.codes, minlength=len(column.levels))
    if not bad.any():
        read_numbers(table, name)  # raises on NaN and infinity
        return True
    share = 1 - counts[bad].sum() / counts[present].sum()
    if share >= NEARLY_NUMERIC:
        remedy = f"correct it, leave it empty, or take the column as text: --categorical {name!r}"
        problem = f"is not a number, as {share:.1%} of the values are; {remedy}"
        raise cell_error(table, name, column.first(int(np.argmax(bad))), problem)
    return False


def _gaps(table: Table, name: str, *, numeric: bool) -> NDArray[np.bool_]:
    """Return True where a column has no value, shape (n,)."""
    column = table.column(name)
    empty = np.array([is_missing(level, numeric=numeric) for level in column.levels], dtype=bool)
    return empty[column.codes]


def _unusable(table: Table, name: str, gaps: NDArray[np.bool_], *, numeric: bool) -> str:
    """Say why nothing can be learned from a column, or nothing."""
    if gaps.all():
        return "every value is missing"
    return _constant(table, name, np.flatnonzero(~gaps), numeric=numeric)


def _check_levels(table: Table, name: str, gaps: NDArray[np.bool_]) -> None:
    """Refuse a text column of so many levels that it looks like an identifier."""
    n_levels, n_rows = len(np.unique(table.column(name).codes[~gaps])), int((~gaps).sum())
    if n_levels > min(MOST_LEVELS, max(MANY_LEVELS, n_rows / 10)):
        found = f"column {name!r} has {n_levels:,} different texts in {n_rows:,} rows"
        remedy = f"if it is an identifier, leave it out: --drop {name!r}"
        otherwise = f"if not, take it as it is: --categorical {name!r}"
        raise TableError(f"{table.source}: {found}; {remedy}; {otherwise}")


def _constant(table: Table, name: str, rows: NDArray[np.intp], *, numeric: bool) -> str:
    """Say that a column has one value only in these rows, or nothing."""
    column = table.column(name)
    present = [column.levels[code] for code in np.unique(column.codes[rows])]
    distinct = {parse_number(level) for level in present} if numeric else set(present)
    return f"always {quote(present[0])}" if len(distinct) == 1 else ""


def _learn_column(
    table: Table, name: str, rows: NDArray[np.intp], *, numeric: bool
) -> NumberColumn | TextColumn | str:
    """Learn one column from the training rows, or say why it is left out."""
    constant = _constant(table, name, rows, numeric=numeric)
    if constant:
        return f"{constant} in the training rows"
    if numeric:
        return NumberColumn(name)
    column = table.column(name)
    counts = np.bincount(column.codes[rows], minlength=len(column.levels))
    levels = sorted(column.levels[code] for code in np.flatnonzero(counts))
    times = {column.levels[code]: int(counts[code]) for code in np.flatnonzero(counts)}
    reference = max(levels, key=lambda level: times[level])  # the first of equals, in sort order
    return TextColumn(name, reference, tuple(level for level in levels if level != reference))


def _check_features(table: Table, encoding: Encoding) -> None:
    """Refuse a table of which nothing is left, or whose features cannot be told apart."""
    names = encoding.feature_names
    if not names:
        raise _nothing_left(table, encoding.dropped)
    repeated = [name for name in set(names) if names.count(name) > 1]
    if repeated:
        problem = f"two columns of X would be named {min(repeated)!r}"
        raise TableError(f"{table.source}: {problem}; rename a column")


def _nothing_left(table: Table, dropped: Sequence[tuple[str, str]]) -> TableError:
    """Describe a table without a usable column."""
    why = "; ".join(f"{name!r}: {reason}" for name, reason in dropped) or "only the target"
    return TableError(f"{table.source}: no column is left to learn from ({why})")
