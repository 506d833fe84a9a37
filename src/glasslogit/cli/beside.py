"""Columns of a file that are read beside X: weights, offsets, clusters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from glasslogit.cli.words import in_shell
from glasslogit.errors import InputError, TableError
from glasslogit.pages import as_typed, how_many, listed
from glasslogit.tables import (
    ROW_LEFT_OUT,
    Fault,
    Survey,
    Table,
    Text,
    gaps_in,
    judge_numbers,
    quote,
    read_numbers,
    refuse_missing,
    with_unreadable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from glasslogit.export import SavedModel

    Floats = NDArray[np.float64]

OPTIONS = {"weight": "--weights", "offset": "--offset"}
WORDS_TOLD = 3  # of a column of words that are told before it is said how many more there are
WITHOUT = "fill it in, or leave such rows out: --missing drop"


@dataclass(frozen=True, eq=False)
class RowMetadata:
    """What stands beside some rows, (n,) each; None where nothing does."""

    weight: Floats | None = None
    offset: Floats | None = None
    groups: NDArray[Any] | None = None

    @property
    def trials(self) -> Floats:
        """The weights where they are numbers of trials, (n,)."""
        return np.asarray(self.weight, dtype=np.float64)

    def take(self, rows: NDArray[np.intp]) -> RowMetadata:
        """Give what stands beside some of the rows."""
        parts = vars(self).items()
        return RowMetadata(**{name: None if part is None else part[rows] for name, part in parts})


def read_beside(table: Table, names: Mapping[str, str]) -> RowMetadata:
    """Read the columns that are named by what they are: "weight", "offset" or "groups".

    Raises
    ------
    TableError
        If a column does not exist, holds something else than numbers, or a negative weight.

    """
    parts: dict[str, NDArray[Any]] = {}
    for part, name in names.items():
        if part == "groups":
            parts[part] = table.text(name).codes
            continue
        parts[part] = read_column(table, name, OPTIONS[part])
        if part == "weight":
            for fault in judge_weights(table, name)[1]:
                raise fault.error(table)
    return RowMetadata(**parts)


def judge_weights(table: Table, name: str) -> tuple[Floats, list[Fault]]:
    """Read the weights of rows, NaN where there is none, (n,), and say what is wrong with others.

    A missing value is no fault here.
    """
    values, faults = judge_column(table, name)
    negative = np.flatnonzero(values < 0)
    if len(negative):
        remedy = "correct it, or leave the row out"
        alike = int((values == values[negative[0]]).sum())
        if alike > 1:
            word = in_shell(f"{name}={as_typed(float(values[negative[0]]))}")
            rows = how_many(alike, "row")
            remedy = f"if it stands for no weight, in {rows}, --na {word} says so; else {remedy}"
        faults.append(Fault(name, "is a negative weight", remedy, negative, (name,)))
        values[negative] = np.nan
    return values, faults


def judge_column(table: Table, name: str) -> tuple[Floats, list[Fault]]:
    """Read a column of numbers, NaN where there is none, (n,), and say what is wrong."""
    values, faults = judge_numbers(table, name, unknown=ROW_LEFT_OUT)
    return values.values.copy(), faults


def read_column(
    table: Table, name: str, option: str, without: str = "name another, or leave the option out"
) -> Floats:
    """Read a column of numbers that an option names, NaN where a value is missing, (n,).

    A column without any number is at fault as a whole; `without` says what is done then.
    """
    column = table.column(name)
    if isinstance(column, Text):
        there = ~column.missing & (column.counts > 0)
        wrong = ~column.parsed.is_number & there
        if wrong.any() and not (column.parsed.is_number & there).any():
            levels = [quote(column.levels[code]) for code in np.flatnonzero(wrong)]
            problem = f"holds no number but {listed(levels, most=WORDS_TOLD)}"
            told = f"{problem}, and {option} names a column of numbers; {without}"
            raise TableError(f"{table.source}: column {name!r} {told}")
        if wrong.any():
            problem = f"is not a number, and {option} names a column of numbers; correct it"
            raise table.fault(name, column.first(int(wrong.argmax())), problem)
    return read_numbers(table, name)


class Offsets(NamedTuple):
    """The offsets of new rows, (n,), if the model has any, and why some rows have none."""

    values: Floats | None
    faults: tuple[Fault, ...] = ()


def uses_offset(saved: SavedModel) -> bool:
    """Tell whether a model was fitted with an offset."""
    return bool(vars(saved.model).get("uses_offset_", False))


def read_offset(saved: SavedModel, table: Table, name: str | None) -> Offsets:
    """Read the offsets of new rows, for a model that was fitted with offsets.

    Raises
    ------
    InputError, TableError
        If the column is not named or not there.

    """
    if not uses_offset(saved):
        return Offsets(None)
    name = name or saved.training.get("offset_column")
    if name is None:
        raise InputError("the model was fitted with an offset; name its column: --offset COLUMN")
    table.check(name, "the offset of the model (--offset names another)")
    values, faults = judge_numbers(table, name, unknown=ROW_LEFT_OUT)
    gaps = gaps_in(name, table.column(name).gaps)
    return Offsets(values.values, with_unreadable(table, [*faults, *gaps]))


def with_gaps(survey: Survey, table: Table, names: Mapping[str, str], missing: str) -> Survey:
    """Count rows without a value in the columns beside X as incomplete, or refuse them."""
    gaps = {name: table.column(name).gaps for name in names.values()}
    gaps = {name: gap for name, gap in gaps.items() if gap.any()}
    if not gaps:
        return survey
    if missing != "drop":
        refuse_missing(table, gaps, WITHOUT)
    counts = {name: int(gap.sum()) for name, gap in gaps.items()}
    complete = survey.complete & ~np.any([*gaps.values()], axis=0)
    return replace(survey, complete=complete, missing={**survey.missing, **counts})
