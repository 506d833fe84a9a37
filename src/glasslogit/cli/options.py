"""The options of the commands, in groups: each a frozen dataclass whose fields are options."""

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from glasslogit.errors import InputError
from glasslogit.export import SavedModel
from glasslogit.model import RULES, threshold_rule
from glasslogit.solvers import NAMES
from glasslogit.tables import Encoding, Table, read_na, read_table

DATA, VARIABLES, MODEL = "The file", "Columns", "Model"
MEASURING, OUTPUT = "Measuring and deciding", "Output"
TAB = {"\\t": "\t", "tab": "\t"}  # how one is typed


class UnseenChoice(StrEnum):
    """What to do with a level that training did not show."""

    error = "error"
    reference = "reference"
    other = "other"


class MissingChoice(StrEnum):
    """What to do with a missing value."""

    error = "error"
    drop = "drop"
    indicator = "indicator"


def _option(panel: str, *names: str, **about: Any) -> Any:
    """Describe an option, and the panel of --help in which it stands."""
    return typer.Option(*names, rich_help_panel=panel, **about)


def _check_rule(rule: str | None) -> str | None:
    """Check --threshold."""
    try:
        if rule is not None:
            threshold_rule(rule)
    except InputError:
        raise typer.BadParameter(f"{rule!r} is not {RULES}") from None
    return rule


def _check_fixed_rule(rule: str | None) -> str | None:
    """Check --threshold where there are no training rows to read one off."""
    if rule is not None and threshold_rule(_check_rule(rule) or "").fixed is None:
        problem = f"{rule!r} is chosen by `fit`; give a number between 0 and 1, or costs: '5:1'"
        raise typer.BadParameter(problem)
    return rule


def _file_or_screen(path: Path | None) -> Path | None:
    """Give the file to write to, None for the screen, which - means too."""
    return None if path == Path("-") else path


TablePath = Annotated[Path, typer.Argument(metavar="TABLE.csv", help="CSV file, plain or .gz.")]
ModelPath = Annotated[Path, typer.Argument(metavar="model.json", help="Model file from `fit`.")]
TargetName = Annotated[str, _option(DATA, help="The column to predict.")]
OtherTarget = Annotated[
    str | None, _option(DATA, help="The column with the classes, if it is not the model's.")
]
OtherUnseen = Annotated[
    UnseenChoice | None,
    _option(
        VARIABLES,
        help="A level that training did not show: refuse it, or count it as reference or other.",
    ),
]
Silenced = Annotated[
    tuple[str, ...], _option(OUTPUT, metavar="CODE", help="Leave out findings of this kind.")
]
OtherThreshold = Annotated[
    str | None,
    _option(
        MEASURING,
        metavar="RULE",
        callback=_check_fixed_rule,
        help="Decide from this probability on, or by costs such as 5:1.",
    ),
]


@dataclass(frozen=True)
class Reading:
    """How a file is read; what is not said is known from the model, or recognised."""

    na: Annotated[
        tuple[str, ...] | None,
        _option(
            DATA,
            metavar="WORD",
            help="A word that means there is no value; 'default' stands for NA, null, ? and such, "
            "'' leaves only blank fields missing.",
        ),
    ] = None
    sep: Annotated[
        str | None, _option(DATA, metavar="SIGN", help="The sign between fields, such as ';'.")
    ] = None
    decimal: Annotated[
        str | None, _option(DATA, metavar="SIGN", help="The decimal mark, '.' or ','.")
    ] = None
    encoding: Annotated[
        str | None, _option(DATA, metavar="NAME", help="The encoding of the text, such as cp1252.")
    ] = None

    def read(self, path: Path) -> Table:
        """Read a file; raises as `read_table`."""
        sep = self.sep if self.sep is None else TAB.get(self.sep, self.sep)
        return read_table(path, na=self.na, sep=sep, decimal=self.decimal, encoding=self.encoding)

    def read_for(self, saved: SavedModel, encoding: Encoding, path: Path) -> tuple[Encoding, Table]:
        """Read rows for a model, whose own words and decimal mark hold unless others are said.

        Gives its encoding with the words that do.
        """
        decimal = self.decimal or saved.training.get("decimal")
        if self.na is not None:
            encoding = replace(encoding, na=tuple(sorted(read_na(self.na))))
        return encoding, replace(self, na=encoding.na, decimal=decimal).read(path)


@dataclass(frozen=True)
class Columns:
    """Which columns are used, and how."""

    drop: Annotated[
        tuple[str, ...], _option(VARIABLES, metavar="COLUMN", help="Leave this column out.")
    ] = ()
    categorical: Annotated[
        tuple[str, ...],
        _option(VARIABLES, metavar="COLUMN", help="Take this column of numbers as categories."),
    ] = ()
    formula: Annotated[
        str | None, _option(VARIABLES, help="Terms as in R: 'age + C(plan) * bs(income, 4)'.")
    ] = None
    missing: Annotated[
        MissingChoice,
        _option(
            VARIABLES, help="A missing value: refuse it, drop the row, or give it an indicator."
        ),
    ] = MissingChoice.drop
    rare: Annotated[
        int, _option(VARIABLES, min=0, help="Pool levels with fewer rows than this into 'other'.")
    ] = 0


@dataclass(frozen=True)
class Fitting:
    """What is minimised, and how."""

    C: Annotated[
        float, _option(MODEL, "--C", help="Smaller is a stronger penalty; inf is none.")
    ] = 1.0
    solver: Annotated[str, _option(MODEL, help=f"auto, {', '.join(NAMES)}.")] = "auto"
    max_iter: Annotated[int, _option(MODEL, min=1, help="Most steps of the solver.")] = 100


@dataclass(frozen=True)
class Measuring:
    """On which rows the model is measured, and how it decides."""

    positive: Annotated[
        str | None, _option(MEASURING, help="The label whose probability is wanted.")
    ] = None
    test_size: Annotated[
        float,
        _option(MEASURING, help="Share of the rows held out to measure on; 0 for none."),
    ] = 0.2
    seed: Annotated[int, _option(MEASURING, min=0, help="Draws the held-out rows.")] = 0
    threshold: Annotated[
        str,
        _option(
            MEASURING,
            metavar="RULE",
            callback=_check_rule,
            help=f"When to predict --positive: {RULES}.",
        ),
    ] = "0.5"


@dataclass(frozen=True)
class Output:
    """What is written, and what is printed."""

    model: Annotated[Path | None, _option(OUTPUT, help="Write the model to this JSON file.")] = None
    plots: Annotated[Path | None, _option(OUTPUT, help="Write pictures to this folder.")] = None
    all_levels: Annotated[
        bool, _option(OUTPUT, "--all", help="Print the coefficients of all levels.")
    ] = False
    silence: Silenced = ()


@dataclass(frozen=True)
class Wanted:
    """How the predictions are to be written."""

    output: Annotated[
        Path | None,
        _option(
            OUTPUT,
            "--output",
            "-o",
            callback=_file_or_screen,
            help="Write to this CSV file; without it or with -, the screen.",
        ),
    ] = None
    keep: Annotated[bool, _option(OUTPUT, help="Repeat the columns of the table.")] = False
    spreadsheet: Annotated[
        bool, _option(OUTPUT, help="Put ' before cells that a spreadsheet would compute.")
    ] = False
