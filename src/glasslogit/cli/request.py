"""What `glasslogit fit` or `check` was asked: its options in groups, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from glasslogit.cli.model_options import ErrorOptions, Fitting, RowOptions
from glasslogit.cli.options import Columns, Measuring, Output, typed
from glasslogit.cli.reading_options import Reading
from glasslogit.cli.words import command_line
from glasslogit.errors import InputError
from glasslogit.tables import Category, Date, Policy, TableEncoder, Unseen
from glasslogit.tables.encoding import split_formula

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class FitRequest:
    """What `glasslogit fit` or `check` was asked, in the groups of its options."""

    table: Path
    target: str
    reading: Reading
    columns: Columns
    output: Output
    fitting: Fitting = field(default_factory=Fitting)
    measuring: Measuring = field(default_factory=lambda: Measuring(test_size=0.0))
    beside: RowOptions = field(default_factory=RowOptions)
    errors: ErrorOptions = field(default_factory=ErrorOptions)
    unseen: Unseen = "error"

    @property
    def encoder(self) -> TableEncoder:
        """The policies of the columns."""
        asked = self.columns
        same: dict[str, Any] = {"missing": asked.missing.value, "unseen": self.unseen}
        category = Category(rare=asked.rare or 1, **same)
        columns: dict[str, Policy] = dict.fromkeys(asked.categorical, category)
        for name, level in asked.references.items():
            rare = asked.rare or int(name in columns)
            columns[name] = Category(level, rare=rare, **same)
        scaled = self.fitting.standardise
        date = Date(missing=asked.missing.value, standardise=scaled)
        columns |= dict.fromkeys(asked.date, date)
        columns |= dict.fromkeys((*asked.drop, *self.beside_names.values()), "drop")
        return TableEncoder(columns, rare=asked.rare, standardise=scaled, **same)

    @property
    def beside_names(self) -> dict[str, str]:
        """The columns that are read beside X, by what they are."""
        beside = self.beside
        weight = beside.trials or beside.weights
        names = {"weight": weight, "offset": beside.offset, "groups": self.errors.cluster}
        return {part: name for part, name in names.items() if name is not None}

    def command(self) -> str:
        """Write the command line of a `fit` of these columns."""
        groups = self.reading, self.columns, self.beside, self.errors, self.measuring
        given = {**typed(*groups), "--silence": self.output.silence}
        words = (
            option if value is True else f"{option}={value}"
            for option, values in given.items()
            for value in (values if isinstance(values, tuple) else (values,))
        )
        named = [str(self.table), f"--target={self.target}", *words]
        return command_line(["glasslogit", "fit", *named])

    @property
    def terms(self) -> str | None:
        """The right side of the formula, whose left side may repeat the target."""
        formula = self.columns.formula
        target, right = (None, None) if formula is None else split_formula(formula)
        if target not in {None, self.target}:
            raise InputError(f"--formula has the target {target!r}, --target is {self.target!r}")
        return right
