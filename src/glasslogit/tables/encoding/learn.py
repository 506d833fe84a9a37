"""Learn from training rows what a column's policy leaves open: levels, reference, mean, origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from glasslogit.errors import GlasslogitWarning, TableError, warn
from glasslogit.inputs import free_name
from glasslogit.tables.column import Column, Numbers, Text, Times
from glasslogit.tables.encoding.columns import CategoryColumn, LearnedColumn, NumberColumn
from glasslogit.tables.policies import (
    LEFT,
    MISSING_LEVEL,
    MOST_FREQUENT,
    MOST_LEVELS,
    OTHER,
    Category,
    Date,
    Missing,
    Number,
    asked,
)
from glasslogit.tables.table import Table, quote, shorten
from glasslogit.tables.values import numbers_alone, read_times

if TYPE_CHECKING:
    from numpy.typing import NDArray


def as_type(table: Table, name: str, policy: Number | Category | Date) -> Column:
    """Return a column as the type that its policy is for; raises `TableError` if it is not one."""
    column: Column
    if isinstance(policy, Category):
        column = table.text(name)
    elif isinstance(policy, Number):
        column = numbers_alone(table, name)
    else:
        given = table.column(name)
        durations = isinstance(given, Times) and given.durations
        kind = "duration" if durations else "date"
        column = Times(read_times(table, name, kind), durations)
    if len(column) and column.gaps.all():
        remedy = f"leave the column out: {asked(name, LEFT)}"
        raise TableError(f"{table.source}: column {name!r}: every value is missing; {remedy}")
    return column


def learn_column(
    table: Table, name: str, rows: NDArray[np.intp], policy: Number | Category | Date
) -> LearnedColumn:
    """Learn one column, which is of the type of its policy, from the training rows."""
    column = table.columns[name]
    if isinstance(policy, Category):
        return learn_category(table, name, rows, policy)
    if isinstance(column, Text):
        raise TypeError(f"column {name!r} is text")  # as_type has made it what the policy is for
    values = column.values[rows]
    missing = learn_missing(np.isnan(values), policy.missing)
    present = values[~np.isnan(values)]
    dates = isinstance(column, Times) and not column.durations
    origin = float(present.min()) if dates and len(present) else 0.0
    scale = float(present.std()) if policy.standardise and len(present) else 1.0
    return NumberColumn(
        name,
        missing,
        mean=float((present - origin).mean()) if missing == "indicator" else 0.0,
        scale=scale if scale > 0 else 1.0,
        kind="number" if isinstance(column, Numbers) else "date" if dates else "duration",
        origin=origin,
        format=column.format if isinstance(column, Numbers) else None,
    )


def learn_category(
    table: Table, name: str, rows: NDArray[np.intp], policy: Category
) -> CategoryColumn:
    """Learn the levels, those that are pooled, and the reference."""
    column = table.text(name)
    gaps = column.gaps[rows]
    counts = np.bincount(column.codes[rows][~gaps], minlength=len(column.levels))
    found = [(column.levels[code], int(counts[code])) for code in np.flatnonzero(counts)]
    times = dict(found if column.ranked else sorted(found))
    rare = policy.rare or _least(table, name, times)
    pooled = tuple(level for level, count in times.items() if count < rare)
    missing = learn_missing(gaps, policy.missing)
    pool = free_name(OTHER, column.levels) if pooled else None
    gap = free_name(MISSING_LEVEL, column.levels) if missing == "indicator" else None
    if pool is not None:
        times[pool] = sum(times.pop(level) for level in pooled)
    if gap is not None:
        times[gap] = int(gaps.sum())
    reference = _reference(table, name, times, policy, own={pool, gap})
    levels = tuple(level for level in times if level != reference)
    policies = policy.unseen, missing, pool, gap
    return CategoryColumn(name, reference, levels, pooled, *policies)


def learn_missing(gaps: NDArray[np.bool_], policy: Missing) -> Missing:
    """Return the policy; where nothing was missing in training, an indicator has no meaning."""
    return "error" if policy == "indicator" and not gaps.any() else policy


def _least(table: Table, name: str, times: dict[str, int]) -> int:
    """Return how many rows a level needs so that at most 1,000 remain; warn if that is not 1."""
    if len(times) <= MOST_LEVELS:
        return 1
    least = sorted(times.values(), reverse=True)[MOST_LEVELS] + 1
    remain = sum(count >= least for count in times.values())
    text = (
        f"{table.source}: column {name!r} has {len(times):,} levels; all but {remain:,} are pooled "
        f"into {free_name(OTHER, times)!r}, those of fewer than {least:,} rows; leave the column "
        "out if it is an identifier, or choose with Category(rare=…)"
    )
    warn(text, GlasslogitWarning)
    return least


def _reference(
    table: Table, name: str, times: dict[str, int], policy: Category, *, own: set[str | None]
) -> str | None:
    """Return the level that the others are compared with."""
    if policy.reference is None:
        return None
    asked = table.level(name, policy.reference)
    if asked != MOST_FREQUENT and asked in table.text(name).levels and asked not in times:
        text = f"{table.source}: column {name!r}: no row to learn from has the reference "
        text += f"{quote(asked)}; levels are compared with the most frequent one"
        warn(text, GlasslogitWarning)
        asked = MOST_FREQUENT
    if asked != MOST_FREQUENT:
        if asked not in times:
            known = shorten([quote(level) for level in times])
            problem = f"the reference {quote(asked)} is not one of its levels ({known})"
            raise TableError(f"{table.source}: column {name!r}: {problem}; give one of them")
        return asked
    proper = [level for level in times if level not in own] or list(times)
    return max(proper, key=lambda level: times[level])  # the first of equals
