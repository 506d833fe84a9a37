"""The options of the commands, in groups: each a frozen dataclass whose fields are options."""

from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from glasslogit.errors import InputError
from glasslogit.model import RULES, threshold_rule

DATA, VARIABLES = "The file", "Columns"
MEASURING, OUTPUT = "Measuring and deciding", "Output"


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


def option(panel: str, *names: str, **about: Any) -> Any:
    """Describe an option, and the panel of --help in which it stands."""
    return typer.Option(*names, rich_help_panel=panel, **about)


def typed(*groups: Any) -> dict[str, Any]:
    """Give the options of groups whose values are not the defaults, by how they are typed.

    >>> typed(Columns(rare=20, drop=("town",)))
    {'--drop': ('town',), '--rare': 20}
    """
    return {
        f"--{each.name.replace('_', '-')}": getattr(group, each.name)
        for group in groups
        for each in fields(group)
        if getattr(group, each.name) != each.default
    }


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


def _check_references(given: list[str] | None) -> list[str] | None:
    """Check --reference: a column and a level, and no column twice."""
    names = [each.partition("=")[0] for each in given or ()]
    for each, name in zip(given or (), names, strict=True):
        if not all(each.partition("=")):
            raise typer.BadParameter(f"{each!r} is not COLUMN=LEVEL, such as region=south")
        if names.count(name) > 1:
            raise typer.BadParameter(f"two levels are given for column {name!r}; give one")
    return given


def _file_or_screen(path: Path | None) -> Path | None:
    """Give the file to write to, None for the screen, which - means too."""
    return None if path == Path("-") else path


TablePath = Annotated[Path, typer.Argument(metavar="TABLE.csv", help="CSV file, plain or .gz.")]
ModelPath = Annotated[Path, typer.Argument(metavar="model.json", help="Model file from `fit`.")]
TargetName = Annotated[str, option(DATA, help="The column to predict.")]
OtherOffset = Annotated[
    str | None, option(DATA, metavar="COLUMN", help="The offset, if it is not the model's column.")
]
OtherUnseen = Annotated[
    UnseenChoice | None,
    option(
        VARIABLES,
        help="A level that training did not show: refuse it, or count it as reference or other.",
    ),
]
Silenced = Annotated[
    tuple[str, ...], option(OUTPUT, metavar="CODE", help="Leave out findings of this kind.")
]
Strict = Annotated[
    bool, option(OUTPUT, "--strict", help="Exit code 1 if a row has no probability.")
]
OtherThreshold = Annotated[
    str | None,
    option(
        MEASURING,
        metavar="RULE",
        callback=_check_fixed_rule,
        help="Decide from this probability on, or by costs such as 5:1.",
    ),
]


OldModel = Annotated[
    Path | None,
    option(
        MEASURING,
        metavar="old.json",
        help="Say whether the model is better than this one on the same rows.",
    ),
]


@dataclass(frozen=True)
class Columns:
    """Which columns are used, and how."""

    drop: Annotated[
        tuple[str, ...], option(VARIABLES, metavar="COLUMN", help="Leave this column out.")
    ] = ()
    categorical: Annotated[
        tuple[str, ...],
        option(VARIABLES, metavar="COLUMN", help="Take this column of numbers as categories."),
    ] = ()
    date: Annotated[
        tuple[str, ...],
        option(
            VARIABLES,
            metavar="COLUMN",
            help="Count the days of this column of dates, such as 2024-01-31 or 2024-01-31 10:30, "
            "from the earliest.",
        ),
    ] = ()
    formula: Annotated[
        str | None, option(VARIABLES, help="Terms as in R: 'age + C(plan) * bs(income, 4)'.")
    ] = None
    missing: Annotated[
        MissingChoice,
        option(
            VARIABLES, help="A missing value: refuse it, drop the row, or give it an indicator."
        ),
    ] = MissingChoice.drop
    rare: Annotated[
        int, option(VARIABLES, min=0, help="Pool levels with fewer rows than this into 'other'.")
    ] = 0
    reference: Annotated[
        tuple[str, ...],
        option(
            VARIABLES,
            metavar="COLUMN=LEVEL",
            callback=_check_references,
            help="Compare the levels of this column with this one.",
        ),
    ] = ()

    @property
    def as_they_are(self) -> tuple[str, ...]:
        """The columns that are categories, whatever they look like."""
        return (*self.categorical, *self.references)

    @property
    def references(self) -> dict[str, str]:
        """The level that those of a column are compared with, by column."""
        return {name: level for name, _, level in (each.partition("=") for each in self.reference)}


@dataclass(frozen=True)
class Measuring:
    """On which rows the model is measured, and how it decides."""

    positive: Annotated[
        str | None, option(MEASURING, help="The label whose probability is wanted.")
    ] = None
    test_size: Annotated[
        float,
        option(MEASURING, help="Share of the rows held out to measure on; 0 for none."),
    ] = 0.2
    seed: Annotated[int, option(MEASURING, min=0, help="Draws the held-out rows.")] = 0
    threshold: Annotated[
        str,
        option(
            MEASURING,
            metavar="RULE",
            callback=_check_rule,
            help=f"When to predict --positive: {RULES}.",
        ),
    ] = "0.5"


@dataclass(frozen=True)
class Output:
    """What is written, and what is printed."""

    model: Annotated[Path | None, option(OUTPUT, help="Write the model to this JSON file.")] = None
    plots: Annotated[Path | None, option(OUTPUT, help="Write pictures to this folder.")] = None
    all_levels: Annotated[
        bool, option(OUTPUT, "--all", help="Print the coefficients of all levels.")
    ] = False
    silence: Silenced = ()


@dataclass(frozen=True)
class TargetOptions:
    """In which rows it is looked at what happened, and where the table says it, if elsewhere."""

    target: Annotated[
        str | None, option(DATA, help="The column with the classes, if it is not the model's.")
    ] = None
    trials: Annotated[
        str | None,
        option(DATA, metavar="COLUMN", help="The number of trials, if it is not the model's."),
    ] = None
    weights: Annotated[
        str | None,
        option(DATA, metavar="COLUMN", help="The weight of a row, if it is not the model's."),
    ] = None
    held_out: Annotated[
        bool,
        option(DATA, "--held-out", help="Only rows of the model's own table that it did not see."),
    ] = False


@dataclass(frozen=True)
class PredictionOptions:
    """How the predictions are to be written."""

    output: Annotated[
        Path | None,
        option(
            OUTPUT,
            "--output",
            "-o",
            callback=_file_or_screen,
            help="Write to this CSV file; without it or with -, the screen.",
        ),
    ] = None
    keep: Annotated[bool, option(OUTPUT, help="Repeat the columns of the table, as they are.")] = (
        False
    )
    spreadsheet: Annotated[
        bool, option(OUTPUT, help="Put ' before cells that a spreadsheet would compute.")
    ] = False
