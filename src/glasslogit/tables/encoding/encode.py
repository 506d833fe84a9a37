"""From a table to the matrix X, by rules learned once from training rows.

Nothing is guessed twice: an `Encoding` is stored with the model and applied to later tables by
column name, so that the order of their columns does not matter, nor columns it does not know.
A row is *incomplete* if a value is missing that the policy of its column leaves out: there is
nothing to train on, and no probability.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.errors import GlasslogitWarning, check_choice, warn
from glasslogit.tables.column import Text
from glasslogit.tables.encoding.columns import (
    CategoryColumn,
    LearnedColumn,
    NumberColumn,
    as_text,
    column_from_dict,
)
from glasslogit.tables.encoding.encoded import Encoded
from glasslogit.tables.encoding.formula import Formula
from glasslogit.tables.encoding.rules import LearnedRules
from glasslogit.tables.faults import refuse_faults, with_unreadable
from glasslogit.tables.policies import UNSEEN, Unseen
from glasslogit.tables.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray


ONE_LEVEL = "has no level but its reference"  # why a category is not used


@dataclass(frozen=True)
class Encoding:
    """How a table becomes X: the columns as they are, or the terms of a formula of them.

    >>> from glasslogit.tables import NumberColumn
    >>> encoding = Encoding((NumberColumn("age"), CategoryColumn("town", "Ghent", ("Bruges",))))
    >>> encoding.feature_names
    ('age', 'town=Bruges')
    >>> table = Table.of({"town": ["Ghent", "Bruges"], "age": ["31", "45"]})
    >>> encoding.encode(table).X.tolist()
    [[31.0, 0.0], [45.0, 1.0]]
    """

    columns: tuple[LearnedColumn, ...]
    dropped: tuple[tuple[str, str], ...] = ()  # (column, why it was not used)
    formula: Formula | None = None
    na: tuple[str, ...] | None = None  # what stood for no value in text; None: as the table says
    ignore_case: tuple[str, ...] = ()  # columns of the table in whose text case does not matter

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of the table that are used."""
        return tuple(column.name for column in self.columns)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The names of the columns of X, in order."""
        return self.rules.feature_names

    @property
    def rules(self) -> LearnedRules:
        """How values of the columns become X."""
        return LearnedRules(self.columns, self.formula)

    @property
    def origins(self) -> tuple[str, ...]:
        """The column of the table, or the term of the formula, that each column of X is from."""
        if self.formula is not None:
            return self.formula.terms
        return tuple(column.name for column in self.columns for _ in column.feature_names)

    @property
    def sources(self) -> tuple[tuple[str, ...], ...]:
        """The columns of the table that each column of X is made of."""
        if self.formula is not None:
            return self.formula.sources
        return tuple((name,) for name in self.origins)

    @property
    def levels(self) -> dict[str, tuple[str, str, str | None]]:
        """Of each column of X that tells a level: its category, the level, and the reference."""
        if self.formula is not None:
            return {}
        return {
            feature: (column.name, level, column.reference)
            for column in self.columns
            if isinstance(column, CategoryColumn)
            for feature, level in zip(column.feature_names, column.levels, strict=True)
        }

    @property
    def intercept(self) -> bool:
        """Tell whether the model may have an intercept: not where a formula takes it away."""
        return self.formula is None or self.formula.intercept

    @property
    def constant(self) -> tuple[str, ...]:
        """The categories that have one level in the training rows, and so no column of X."""
        categories = [each for each in self.columns if isinstance(each, CategoryColumn)]
        of_formula = [each.name for each in categories if self.formula and len(each.known) == 1]
        return (*(name for name, why in self.dropped if why == ONE_LEVEL), *of_formula)

    @property
    def scales(self) -> NDArray[np.float64]:
        """By what the penalty divides the columns of X, (d,)."""
        if self.formula is not None:
            return np.ones(len(self.feature_names))
        return np.array([scale for column in self.columns for scale in column.scales])

    def encode(self, table: Table, *, unseen: Unseen | None = None) -> Encoded:
        """Turn a table into X; `unseen` overrides the policies of the columns.

        Raises
        ------
        TableError
            If a column is missing, a number is not a finite number, or (with the policy
            "error") a value is missing or a level was not seen in training. Names column, row
            and remedy.

        """
        encoded = self.with_unseen(unseen).judge(table)
        needed = {column.name for column in self.columns if column.missing == "error"}
        refuse_faults(table, encoded.faults, needed)
        for remark in encoded.remarks:
            warn(remark, GlasslogitWarning)
        return encoded

    def judge(self, table: Table) -> Encoded:
        """Read a table, whatever its rows hold, and say what is wrong with them.

        Raises `TableError` if a column is missing, or is as a whole not what it was.
        """
        table = table if self.na is None else replace(table, na=frozenset(self.na))
        table = table.ignoring_case(set(self.ignore_case).intersection(table.names))
        read = {column.name: column.read(table) for column in self.columns}
        known = {*self.names, *(name for name, _ in self.dropped)}
        return Encoded(
            rules=self.rules,
            table=table,
            values={name: each.values for name, each in read.items()},
            faults=with_unreadable(table, [each for one in read.values() for each in one.faults]),
            strangers={name: each.unseen for name, each in read.items() if len(each.unseen)},
            ignored=tuple(name for name in table.names if name not in known),
        )

    @property
    def unpooled(self) -> tuple[str, ...]:
        """The categories of which no level was pooled, so that an unseen one cannot join these."""
        categories = [each for each in self.columns if isinstance(each, CategoryColumn)]
        return tuple(each.name for each in categories if each.pool is None)

    def with_unseen(self, unseen: Unseen | None) -> Encoding:
        """Give the encoding with another policy for unseen levels; None keeps those of columns."""
        if unseen is None:
            return self
        check_choice(unseen, "unseen", UNSEEN)
        columns = tuple(
            replace(column, unseen=unseen) if isinstance(column, CategoryColumn) else column
            for column in self.columns
        )
        return replace(self, columns=columns)

    def with_decimal(self, decimal: str | None) -> Encoding:
        """Give the encoding with another decimal mark in its formats; None keeps theirs."""
        if decimal is None:
            return self
        columns = tuple(
            replace(column, format=replace(column.format, decimal=decimal))
            if isinstance(column, NumberColumn) and column.format is not None
            else column
            for column in self.columns
        )
        return replace(self, columns=columns)

    def columns_of(
        self, table: Table, rows: NDArray[np.intp]
    ) -> Iterator[tuple[str, NDArray[Any] | Text]]:
        """Give rows of the columns of a table as they were learned: numbers, and text as levels."""
        for column in self.columns:
            if isinstance(column, NumberColumn):
                yield column.name, column.read(table).values[rows]
            else:
                yield column.name, table.text(column.name).take(rows)

    def written(self, table: Table, place: int) -> dict[str, str]:
        """Give the dates, and the numbers that people wrote, as they are written in a row."""
        numbers = [each for each in self.columns if isinstance(each, NumberColumn)]
        formatted = [each.name for each in numbers if each.format or each.kind == "date"]
        cells = ((name, table.column(name)) for name in formatted)
        return {name: each.value(place) for name, each in cells if not each.gaps[place]}

    def to_dict(self) -> dict[str, Any]:
        """Describe the encoding by JSON types only; `from_dict` reads it back."""
        columns = [column.to_dict() for column in self.columns]
        dropped = [{"name": name, "why": why} for name, why in self.dropped]
        formula = None if self.formula is None else self.formula.to_dict()
        read = {"na": self.na, "ignore_case": list(self.ignore_case)}
        return {"columns": columns, "dropped": dropped, "formula": formula, **read}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Encoding:
        """Build the encoding that `to_dict` described.

        Raises
        ------
        KeyError, TypeError, ValueError
            If an entry is missing, of another type, or makes no sense.

        """
        if set(stored) != {"columns", "dropped", "formula", "na", "ignore_case"}:
            raise ValueError("the encoding has not the fields that it should")
        columns = tuple(map(column_from_dict, stored["columns"]))
        dropped = tuple((as_text(each["name"]), as_text(each["why"])) for each in stored["dropped"])
        names = [*(column.name for column in columns), *(name for name, _ in dropped)]
        formula = stored["formula"]
        words = None if stored["na"] is None else as_texts(stored, "na")
        alike = as_texts(stored, "ignore_case")
        if (not columns and formula is None) or len(set(names)) < len(names):
            raise ValueError("the columns are none, or one stands twice")
        if formula is None:
            return cls(columns, dropped, na=words, ignore_case=alike)
        numbers = [each for each in columns if isinstance(each, NumberColumn)]
        if any(each.missing == "indicator" or each.scale != 1 for each in numbers):
            raise ValueError("a column of the formula has an indicator or a scale")
        return cls(columns, dropped, Formula.from_dict(formula, columns), words, alike)


def as_texts(stored: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return the texts that a field lists; one text alone is no list."""
    if not isinstance(stored[name], list | tuple):
        raise TypeError(f"{name!r} is not a list of texts")
    return tuple(map(as_text, stored[name]))
