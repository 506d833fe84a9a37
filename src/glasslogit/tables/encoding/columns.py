"""Columns as training has learned them: each turns its values in a table into columns of X.

A category gives each of its levels but one, the *reference*, an indicator column `name=level`
that is 1 in the rows with that level. A coefficient then compares its level with the reference.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import numpy as np

from glasslogit.errors import check_choice
from glasslogit.tables.encoding.row_values import ByLevel, RowValues
from glasslogit.tables.faults import Fault, FaultKind, gaps_in
from glasslogit.tables.number_formats import NumberFormat
from glasslogit.tables.policies import (
    MISSING,
    UNSEEN,
    Missing,
    Unseen,
)
from glasslogit.tables.spelling import match_levels
from glasslogit.tables.table import Table, quote, shorten
from glasslogit.tables.values import EMPTY, NEEDED, ROW_LEFT_OUT, judge_as, judge_times

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.intp]

REFERENCE, GAP, STRANGER = -1, -2, -3  # what a level can be besides the place of an indicator
NOWHERE = np.arange(0)
FILL_IN = "fill it in"  # what is to be done about a gap


class ReadColumn(NamedTuple):
    """A column of a table as it was read, and what is wrong with it in which rows."""

    values: RowValues  # (n,): numbers, or places of levels
    faults: tuple[Fault, ...]
    unseen: Places  # the rows with a level that training did not show


@dataclass(frozen=True)
class NumberColumn:
    """A column of numbers, or of times in days since `origin`.

    Where values were missing in training and that has an indicator, `mean` stands in for them.

    >>> NumberColumn("age", "indicator", mean=40.0).feature_names
    ('age', 'age missing')
    """

    name: str
    missing: Missing = "drop"
    mean: float = 0.0
    scale: float = 1.0  # by what the penalty divides the column
    kind: Literal["number", "date", "duration"] = "number"
    origin: float = 0.0  # in days since 1970-01-01
    format: NumberFormat | None = None  # how people write the numbers; None: as programs do

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The columns of X that it becomes."""
        return (self.name, f"{self.name} missing")[: self.width]

    @property
    def width(self) -> int:
        """How many these are."""
        return 2 if self.missing == "indicator" else 1

    @property
    def scales(self) -> tuple[float, ...]:
        """By what the penalty divides each of them."""
        return (self.scale, 1.0)[: self.width]

    def read(self, table: Table) -> ReadColumn:
        """Read the numbers, NaN where there is none, (n,)."""
        values: RowValues
        if self.kind == "number":
            unknown = EMPTY if self.missing == "indicator" else ROW_LEFT_OUT
            values, faults = judge_as(table, self.name, self.format, unknown=unknown)
        else:
            days, faults = judge_times(table, self.name, self.kind)
            values = days - self.origin
        if self.missing != "indicator":
            faults += gaps_in(self.name, table.column(self.name).gaps, FILL_IN)
        return ReadColumn(values, tuple(faults), NOWHERE)

    def fill(self, part: Floats, values: Floats) -> None:
        """Set the columns of X to the values."""
        part[:, 0] = values
        if self.missing == "indicator":
            part[:, 1] = gaps = np.isnan(values)
            part[gaps, 0] = self.mean

    def to_dict(self) -> dict[str, Any]:
        """Describe the column by JSON types only."""
        state = {"missing": self.missing, "mean": self.mean, "scale": self.scale}
        how = None if self.format is None else self.format.as_json()
        return {"name": self.name, "kind": self.kind, **state, "origin": self.origin, "format": how}


@dataclass(frozen=True)
class CategoryColumn:
    """A category; each of `levels` becomes an indicator, `reference` is what is left.

    `pooled` are the levels of training that count as the level `pool`, and missing values count
    as the level `gap`, where there are such levels. The library has named these two, and no value
    of a table is meant by their names.

    >>> CategoryColumn("town", reference="Ghent", levels=("Bruges", "Ypres")).feature_names
    ('town=Bruges', 'town=Ypres')
    """

    name: str
    reference: str | None
    levels: tuple[str, ...]
    pooled: tuple[str, ...] = ()
    unseen: Unseen = "error"
    missing: Missing = "drop"
    pool: str | None = None
    gap: str | None = None

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The columns of X that it becomes."""
        return tuple(f"{self.name}={level}" for level in self.levels)

    @property
    def width(self) -> int:
        """How many these are."""
        return len(self.levels)

    @property
    def scales(self) -> tuple[float, ...]:
        """By what the penalty divides each of them."""
        return (1.0,) * len(self.levels)

    @property
    def known(self) -> tuple[str, ...]:
        """The levels that were learned, the reference first."""
        return (*(() if self.reference is None else (self.reference,)), *self.levels)

    def with_a_level(self) -> CategoryColumn:
        """Give a category of one level an indicator of it, which a formula leaves out."""
        if self.levels or self.reference is None:
            return self
        return replace(self, reference=None, levels=(self.reference,))

    def value_of(self, level: str) -> str | None:
        """Give a value of a table that counts as a level, None where only a missing one does.

        >>> CategoryColumn("town", "Ghent", ("other",), ("Ypres",), pool="other").value_of("other")
        'Ypres'
        """
        if level == self.gap:
            return None
        return self.pooled[0] if level == self.pool else level

    def read(self, table: Table) -> ReadColumn:
        """Find the place of each row's indicator, or which of the other cases it is, (n,)."""
        found = table.text(self.name, NEEDED)
        places: dict[str | None, int] = {level: j for j, level in enumerate(self.levels)}
        pool, gap = places.get(self.pool, REFERENCE), places.get(self.gap, REFERENCE)
        own = {self.pool, self.gap}
        proper = [level for level in self.known if level not in own]
        meant = [places.get(level, REFERENCE) for level in proper] + [pool] * len(self.pooled)
        strangers = np.where(found.missing, GAP, STRANGER)
        matched = np.array(match_levels((*proper, *self.pooled), found.levels), np.intp)
        codes = np.where((matched < 0) | found.missing, strangers, np.array([*meant, 0])[matched])
        place = codes.astype(np.min_scalar_type(-len(self.levels) - 3))  # as small as holds them
        faults, strange = [], np.flatnonzero((place == STRANGER)[found.codes])
        if self.missing == "indicator":
            place[place == GAP] = gap
        else:
            faults += gaps_in(self.name, (place == GAP)[found.codes], FILL_IN)
        place[place == STRANGER] = pool if self.unseen == "other" else REFERENCE
        if self.unseen == "error" and len(strange):
            known = self.name, "was not seen in training", self.remedy, strange, (self.name,)
            faults.append(Fault(*known, FaultKind.UNSEEN))
        return ReadColumn(ByLevel(place, found.codes), tuple(faults), strange)

    def fill(self, part: Floats, place: Places) -> None:
        """Set the columns of X to the indicators of the rows' places."""
        part[:] = 0.0
        with_level = np.flatnonzero(place >= 0)
        part[with_level, place[with_level]] = 1.0
        gaps = place == GAP
        if gaps.any():
            part[gaps] = math.nan

    @property
    def remedy(self) -> str:
        """Say what can be done about a level that training did not show."""
        known = shorten([quote(level) for level in self.known])
        reference = (
            "no level (its indicators are 0)" if self.reference is None else quote(self.reference)
        )
        instead = f"count it as {reference}: unseen='reference'"
        return f"known are {known}; correct it, or {instead}"

    def to_dict(self) -> dict[str, Any]:
        """Describe the column by JSON types only."""
        return {
            "name": self.name,
            "kind": "category",
            "reference": self.reference,
            "levels": list(self.levels),
            "pooled": list(self.pooled),
            "unseen": self.unseen,
            "missing": self.missing,
            "pool": self.pool,
            "gap": self.gap,
        }


LearnedColumn: TypeAlias = NumberColumn | CategoryColumn


def filled_rows(columns: Sequence[LearnedColumn], values: Mapping[str, Any], n: int) -> Floats:
    """Turn the values of n rows into X, whose columns lie behind each other in memory.

    >>> filled_rows([NumberColumn("age")], {"age": np.array([31.0])}, 1).tolist()
    [[31.0]]
    """
    X = np.empty((n, sum(column.width for column in columns)), order="F")
    start = 0
    for column in columns:
        column.fill(X[:, start : start + column.width], values[column.name])
        start += column.width
    return X


def column_from_dict(entry: Mapping[str, Any]) -> LearnedColumn:
    """Build one column from its description; refuse one that could not have been learned."""
    name, kind = as_text(entry["name"]), entry["kind"]
    column = _category(name, entry) if kind == "category" else _number(name, kind, entry)
    if set(entry) != set(column.to_dict()):
        raise ValueError(f"column {name!r} has a field that is not known")
    check_choice(column.missing, "missing", MISSING)
    return column


def _number(name: str, kind: Any, entry: Mapping[str, Any]) -> NumberColumn:
    if kind not in ("number", "date", "duration"):
        raise ValueError(f"column {name!r} is of an unknown kind")
    numbers = {key: as_number(entry[key]) for key in ("mean", "scale", "origin")}
    if numbers["scale"] <= 0:
        raise ValueError(f"the scale of column {name!r} is not positive")
    if numbers["origin"] and kind != "date":
        raise ValueError(f"column {name!r} has an origin and is no date")
    how = NumberFormat.from_json(entry["format"])
    if how is not None and kind != "number":
        raise ValueError(f"column {name!r} has a format and is no number")
    return NumberColumn(name, entry["missing"], kind=kind, **numbers, format=how)


def _category(name: str, entry: Mapping[str, Any]) -> CategoryColumn:
    reference, pool, gap = (
        None if entry[key] is None else as_text(entry[key]) for key in ("reference", "pool", "gap")
    )
    if not isinstance(entry["levels"], list) or not isinstance(entry["pooled"], list):
        raise TypeError(f"the levels of column {name!r} are no lists")
    levels, pooled = (tuple(map(as_text, entry[key])) for key in ("levels", "pooled"))
    check_choice(entry["unseen"], "unseen", UNSEEN)
    column = CategoryColumn(
        name, reference, levels, pooled, entry["unseen"], entry["missing"], pool, gap
    )
    live = (*column.known, *pooled)
    if not levels or len(set(live)) < len(live):
        raise ValueError(f"the levels of column {name!r} are none or repeated")
    wanted = (bool(pooled), entry["missing"] == "indicator")
    if (pool is not None, gap is not None) != wanted or not {pool, gap} - {None} <= {*column.known}:
        raise ValueError(f"the levels of column {name!r} are not those that its policies need")
    if pool is not None and pool == gap:
        raise ValueError(f"column {name!r} has one level for two things")
    return column


def as_text(value: object) -> str:
    """Return `value` if it is text."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value


def as_number(value: object) -> float:
    """Return `value` if it is a finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise TypeError(f"{value!r} is not a finite number")
    return float(value)
