"""From a table of text to the matrix X: numbers as they are, categories as indicator columns.

A text column gives each of its levels but one, the *reference*, an indicator column
`name=level` that is 1 in the rows with that level. A coefficient then compares its level
with the reference.

Nothing is guessed twice: an `Encoding` is learned once from training rows (`survey.py`), is
stored with the model, and is applied to later tables by column name. Its policies are part of it:

    missing    an empty field (in a numeric column also NA, N/A, null, ?) is never filled in.
               The row is incomplete: left out of training, without probability at prediction.
    unseen     a level that training did not show: "error", or "reference" to count it as such.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

import numpy as np

from glasslogit.errors import InputError, TableError
from glasslogit.tables.reading import FIRST_ROW, Table, quote, shorten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

Unseen: TypeAlias = Literal["error", "reference"]
MISSING_NUMBERS = frozenset({"", "na", "n/a", "null", "?"})  # compared in lower case
NOT_FINITE = "is not a finite number; leave the field empty if the value is missing"
LARGEST = 1e140  # training adds up squares, which must stay finite
REFERENCE, GAP, STRANGER = -1, -2, -3  # what a level can be besides the place of an indicator


@dataclass(frozen=True)
class NumberColumn:
    """A numeric column; it enters X as it is."""

    name: str

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The one column of X that it becomes."""
        return (self.name,)

    def to_dict(self) -> dict[str, Any]:
        """Describe the column by JSON types only."""
        return {"name": self.name, "kind": "number"}


@dataclass(frozen=True)
class TextColumn:
    """A text column; each of `levels` becomes an indicator, `reference` is what is left.

    >>> TextColumn("town", reference="Ghent", levels=("Bruges", "Ypres")).feature_names
    ('town=Bruges', 'town=Ypres')
    """

    name: str
    reference: str
    levels: tuple[str, ...]

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The columns of X that it becomes."""
        return tuple(f"{self.name}={level}" for level in self.levels)

    def to_dict(self) -> dict[str, Any]:
        """Describe the column by JSON types only."""
        levels = list(self.levels)
        return {"name": self.name, "kind": "text", "reference": self.reference, "levels": levels}


@dataclass(frozen=True, eq=False)
class Encoded:
    """A table turned into numbers, and what could not be."""

    X: NDArray[np.float64]  # (n, d), NaN where a value is missing
    incomplete: NDArray[np.bool_]  # (n,), True where any value is missing
    missing: Mapping[str, int]  # column -> rows without a value, where there are any
    unseen: Mapping[str, int]  # column -> complete rows counted as its reference
    ignored: tuple[str, ...]  # columns of the table that the model does not know


@dataclass(frozen=True)
class Encoding:
    """How a table becomes X: by column name, so the order of the columns does not matter.

    >>> encoding = Encoding((NumberColumn("age"), TextColumn("town", "Ghent", ("Bruges",))))
    >>> encoding.feature_names
    ('age', 'town=Bruges')
    >>> table = Table.of({"town": ["Ghent", "Bruges"], "age": ["31", "45"]})
    >>> encoding.encode(table).X.tolist()
    [[31.0, 0.0], [45.0, 1.0]]
    """

    columns: tuple[NumberColumn | TextColumn, ...]
    dropped: tuple[tuple[str, str], ...] = ()  # (column, why it was not used)
    unseen: Unseen = "error"

    def __post_init__(self) -> None:
        """Refuse an unknown policy."""
        _check_unseen(self.unseen)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The names of the columns of X, in order."""
        return tuple(name for column in self.columns for name in column.feature_names)

    def encode(self, table: Table, *, unseen: Unseen | None = None) -> Encoded:
        """Turn a table into X; `unseen` overrides the policy stored with the encoding.

        Raises
        ------
        TableError
            If a column is missing, a number is not a finite number, or (with the policy
            "error") a level was not seen in training. Names column, row and remedy.

        """
        policy = _check_unseen(self.unseen if unseen is None else unseen)
        X = np.zeros((table.n_rows, len(self.feature_names)))  # (n, d)
        missing: dict[str, int] = {}
        strange: list[tuple[TextColumn, NDArray[np.intp]]] = []
        start = 0
        for column in self.columns:
            part = X[:, start : start + len(column.feature_names)]  # a view, filled in place
            if isinstance(column, NumberColumn):
                part[:, 0] = read_numbers(table, column.name)
            else:
                strange.append((column, _fill_indicators(part, table, column)))
            missing[column.name] = int(np.isnan(part[:, 0]).sum())
            start += part.shape[1]
        incomplete = cast("NDArray[np.bool_]", np.isnan(X).any(axis=1))  # (n,)
        known = {column.name for column in self.columns} | {name for name, _ in self.dropped}
        return Encoded(
            X=X,
            incomplete=incomplete,
            missing={name: count for name, count in missing.items() if count},
            unseen=_judge_unseen(table, strange, incomplete, policy),
            ignored=tuple(name for name in table.names if name not in known),
        )

    def to_dict(self) -> dict[str, Any]:
        """Describe the encoding by JSON types only; `from_dict` reads it back."""
        columns = [column.to_dict() for column in self.columns]
        dropped = [{"name": name, "why": why} for name, why in self.dropped]
        return {"columns": columns, "dropped": dropped, "missing": "drop", "unseen": self.unseen}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Encoding:
        """Build the encoding that `to_dict` described.

        Raises
        ------
        KeyError, TypeError, ValueError
            If an entry is missing, of another type, or makes no sense.

        """
        columns = tuple(_column_from_dict(entry) for entry in stored["columns"])
        dropped = tuple((_text(entry["name"]), _text(entry["why"])) for entry in stored["dropped"])
        if stored["missing"] != "drop":
            raise ValueError("the policy for missing values is not 'drop'")
        return cls(columns, dropped, _check_unseen(stored["unseen"]))


def parse_number(text: str) -> float | None:
    """Read a number, or None if `text` is not one; digits joined by `_` are a code, not a number.

    >>> parse_number(" 12.50 "), parse_number("1_000"), parse_number("twelve")
    (12.5, None, None)
    """
    if "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def is_missing(text: str, *, numeric: bool) -> bool:
    """Tell whether a field stands for "no value".

    >>> is_missing(" ", numeric=False), is_missing("NA", numeric=False)
    (True, False)
    >>> is_missing("NA", numeric=True)
    True
    """
    word = text.strip().lower()
    return word in MISSING_NUMBERS if numeric else not word


def read_numbers(table: Table, name: str) -> NDArray[np.float64]:
    """Read a column as numbers, NaN where the value is missing; shape (n,).

    Raises
    ------
    TableError
        If a value is text, NaN, infinite or beyond 1e140. Names column, row and remedy.

    """
    column = table.column(name, "which the model was trained with")
    numbers = np.full(len(column.levels), math.nan)
    for code, level in enumerate(column.levels):
        if is_missing(level, numeric=True):
            continue
        number = parse_number(level)
        if number is None:
            remedy = "training had numbers there; correct it, or leave it empty if it is missing"
            raise cell_error(table, name, column.first(code), f"is not a number; {remedy}")
        if not abs(number) < LARGEST:
            problem = "is too large; change the unit" if math.isfinite(number) else NOT_FINITE
            raise cell_error(table, name, column.first(code), problem)
        numbers[code] = number
    return numbers[column.codes]


def cell_error(table: Table, name: str, place: int, problem: str) -> TableError:
    """Describe a fault in one field: column `name`, the row at `place` (from 0)."""
    where = f"row {place + FIRST_ROW}, column {name!r}"
    return TableError(
        f"{table.source}: {where}: {quote(table.column(name).value(place))} {problem}"
    )


def _fill_indicators(
    part: NDArray[np.float64], table: Table, column: TextColumn
) -> NDArray[np.intp]:
    """Set the indicators of `column` in `part`, zeros (n, levels); return the unseen rows."""
    found = table.column(column.name, "which the model was trained with")
    places = {level: place for place, level in enumerate(column.levels)}
    places[column.reference] = REFERENCE
    place = np.array([_place(level, places) for level in found.levels])[found.codes]  # (n,)
    marked = np.flatnonzero(place >= 0)
    part[marked, place[marked]] = 1.0
    part[place == GAP] = math.nan
    return np.flatnonzero(place == STRANGER)


def _judge_unseen(
    table: Table,
    strange: list[tuple[TextColumn, NDArray[np.intp]]],
    incomplete: NDArray[np.bool_],
    policy: Unseen,
) -> dict[str, int]:
    """Count the unseen levels in complete rows, or refuse the first; others do no harm."""
    counts: dict[str, int] = {}
    for column, rows in strange:
        harmful = rows[~incomplete[rows]]
        if policy == "error" and len(harmful):
            known = shorten([quote(level) for level in (column.reference, *column.levels)])
            remedy = f"correct it, or count it as {quote(column.reference)}: --unseen reference"
            problem = f"was not seen in training (known: {known}); {remedy}"
            raise cell_error(table, column.name, int(harmful[0]), problem)
        if len(harmful):
            counts[column.name] = len(harmful)
    return counts


def _place(level: str, places: Mapping[str, int]) -> int:
    """Return the indicator of a level, or which of the three other cases it is."""
    if is_missing(level, numeric=False):
        return GAP
    return places.get(level, STRANGER)


def _check_unseen(policy: str) -> Unseen:
    """Return a policy for unseen levels if it is a known one."""
    if policy not in {"error", "reference"}:
        raise InputError(f"unseen={policy!r} is not a policy; use 'error' or 'reference'")
    return cast("Unseen", policy)


def _column_from_dict(entry: Mapping[str, Any]) -> NumberColumn | TextColumn:
    """Build one column from its description."""
    name, kind = _text(entry["name"]), entry["kind"]
    if kind == "number":
        return NumberColumn(name)
    if kind != "text":
        raise ValueError(f"column {name!r} is of unknown kind {kind!r}")
    reference, levels = _text(entry["reference"]), tuple(map(_text, entry["levels"]))
    if not levels or len({reference, *levels}) != len(levels) + 1:
        raise ValueError(f"the levels of column {name!r} are none or repeated")
    return TextColumn(name, reference, levels)


def _text(value: object) -> str:
    """Return `value` if it is text."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value
