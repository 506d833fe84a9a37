"""Columns as training has learned them: each turns its values in a table into columns of X.

A category gives each of its levels but one, the *reference*, an indicator column `name=level`
that is 1 in the rows with that level. A coefficient then compares its level with the reference.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from glasslogit.errors import TableError, check_choice
from glasslogit.tables.policies import (
    MISSING,
    MISSING_LEVEL,
    OTHER,
    UNSEEN,
    Missing,
    Unseen,
)
from glasslogit.tables.table import Table, quote, shorten
from glasslogit.tables.values import NEEDED, is_missing, read_numbers, read_times

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.intp]

REFERENCE, GAP, STRANGER = -1, -2, -3  # what a level can be besides the place of an indicator


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

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The columns of X that it becomes."""
        indicator = (f"{self.name} missing",) if self.missing == "indicator" else ()
        return (self.name, *indicator)

    @property
    def scales(self) -> tuple[float, ...]:
        """By what the penalty divides each of them."""
        return (self.scale, 1.0)[: len(self.feature_names)]

    def read(self, table: Table) -> Floats:
        """Read the numbers, NaN where one is missing, (n,)."""
        if self.kind == "number":
            return read_numbers(table, self.name)
        return read_times(table, self.name, self.kind) - self.origin

    def fill(self, part: Floats, values: Floats) -> None:
        """Set the columns of X, zeros so far, to the values."""
        part[:, 0] = values
        if self.missing == "indicator":
            gaps = np.isnan(values)
            part[gaps, 0] = self.mean
            part[gaps, 1] = 1.0

    def to_dict(self) -> dict[str, Any]:
        """Describe the column by JSON types only."""
        state = {"missing": self.missing, "mean": self.mean, "scale": self.scale}
        return {"name": self.name, "kind": self.kind, **state, "origin": self.origin}


@dataclass(frozen=True)
class CategoryColumn:
    """A category; each of `levels` becomes an indicator, `reference` is what is left.

    `pooled` are the levels of training that count as "other".

    >>> CategoryColumn("town", reference="Ghent", levels=("Bruges", "Ypres")).feature_names
    ('town=Bruges', 'town=Ypres')
    """

    name: str
    reference: str | None
    levels: tuple[str, ...]
    pooled: tuple[str, ...] = ()
    unseen: Unseen = "error"
    missing: Missing = "drop"

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The columns of X that it becomes."""
        return tuple(f"{self.name}={level}" for level in self.levels)

    @property
    def scales(self) -> tuple[float, ...]:
        """By what the penalty divides each of them."""
        return (1.0,) * len(self.levels)

    @property
    def known(self) -> tuple[str, ...]:
        """The levels that were learned, the reference first."""
        return (*(() if self.reference is None else (self.reference,)), *self.levels)

    def read(self, table: Table) -> tuple[Places, Places]:
        """Find the place of each row's indicator, or which of the other cases it is.

        Returns the places (n,) and the rows with an unseen level.
        """
        found = table.text(self.name, NEEDED)
        known = self._places()
        places = np.array([known.get(level, _stranger(level)) for level in found.levels], int)
        place = places[found.codes]  # (n,)
        if self.missing == "indicator":
            place[place == GAP] = known[MISSING_LEVEL]
        strange = np.flatnonzero(place == STRANGER)
        place[strange] = known.get(OTHER, REFERENCE) if self.unseen == OTHER else REFERENCE
        return place, strange

    def fill(self, part: Floats, place: Places) -> None:
        """Set the columns of X, zeros so far, to the indicators of the rows' places."""
        marked = np.flatnonzero(place >= 0)
        part[marked, place[marked]] = 1.0
        part[place == GAP] = math.nan

    def unknown(self, table: Table, row: int) -> TableError:
        """Describe an unseen level and what can be done about it."""
        known = shorten([quote(level) for level in self.known])
        reference = (
            "no level (its indicators are 0)" if self.reference is None else quote(self.reference)
        )
        remedy = f"correct it, or count it as {reference}: unseen='reference' (--unseen reference)"
        problem = f"was not seen in training (known: {known}); {remedy}"
        return table.fault(self.name, row, problem)

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
        }

    def _places(self) -> dict[str, int]:
        places = {level: place for place, level in enumerate(self.levels)}
        if self.reference is not None:
            places[self.reference] = REFERENCE
        return places | dict.fromkeys(self.pooled, places.get(OTHER, REFERENCE))


LearnedColumn: TypeAlias = NumberColumn | CategoryColumn


def column_from_dict(entry: Mapping[str, Any], *, unseen: str = "error") -> LearnedColumn:
    """Build one column from its description; `unseen` is the policy of a file of version 1."""
    name, kind = as_text(entry["name"]), entry["kind"]
    missing = entry.get("missing", "drop")
    check_choice(missing, "missing", MISSING)
    if kind in {"number", "date", "duration"}:
        numbers = {key: as_number(entry.get(key, 0.0)) for key in ("mean", "origin")}
        scale = as_number(entry.get("scale", 1.0))
        if scale <= 0:
            raise ValueError(f"the scale of column {name!r} is not positive")
        return NumberColumn(name, missing, scale=scale, kind=kind, **numbers)
    if kind not in {"text", "category"}:
        raise ValueError(f"column {name!r} is of unknown kind {kind!r}")
    reference = None if entry["reference"] is None else as_text(entry["reference"])
    levels, pooled = (tuple(map(as_text, entry.get(key, ()))) for key in ("levels", "pooled"))
    policy = entry.get("unseen", unseen)
    check_choice(policy, "unseen", UNSEEN)
    known = (*levels, *(() if reference is None else (reference,)))
    if not levels or len(set(known)) != len(known):
        raise ValueError(f"the levels of column {name!r} are none or repeated")
    if (pooled and OTHER not in known) or (missing == "indicator" and MISSING_LEVEL not in known):
        raise ValueError(f"the levels of column {name!r} lack one that its policies need")
    return CategoryColumn(name, reference, levels, pooled, policy, missing)


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


def _stranger(level: str) -> int:
    return GAP if is_missing(level, numeric=False) else STRANGER
