"""The commands and their options; what they do is in the files beside this one."""

from collections.abc import Sequence
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

import typer

from glasslogit.cli.check import check_table
from glasslogit.cli.explain import explain_row
from glasslogit.cli.fit import fit_table
from glasslogit.cli.predict import Wanted, evaluate_table, predict_table
from glasslogit.cli.prepare import FitRequest
from glasslogit.errors import InputError
from glasslogit.model import RULES, threshold_rule
from glasslogit.solvers import NAMES
from glasslogit.tables import Unseen

# typer has moved its base classes between releases; their children stay where they are.
USAGE_ERROR: Any = typer.BadParameter.__mro__[2]  # ClickException

app = typer.Typer(
    name="glasslogit",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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


TablePath = Annotated[Path, typer.Argument(metavar="TABLE.csv", help="CSV file, plain or .gz.")]
ModelPath = Annotated[Path, typer.Argument(metavar="model.json", help="Model file from `fit`.")]
TargetName = Annotated[str, typer.Option(help="The column to predict.")]
Dropped = Annotated[list[str] | None, typer.Option(metavar="COLUMN", help="Leave this column out.")]
Categorical = Annotated[
    list[str] | None,
    typer.Option(metavar="COLUMN", help="Take this column of numbers as categories."),
]
FormulaText = Annotated[
    str | None, typer.Option(help="Terms as in R: 'age + C(plan) * bs(income, 4)'.")
]
MissingPolicy = Annotated[
    MissingChoice,
    typer.Option(help="A missing value: refuse it, drop the row, or give it an indicator."),
]
RareRows = Annotated[
    int, typer.Option(min=0, help="Pool levels with fewer rows than this into 'other'.")
]
Silenced = Annotated[
    list[str] | None, typer.Option(metavar="CODE", help="Leave out findings of this kind.")
]
UnseenPolicy = Annotated[
    UnseenChoice | None,
    typer.Option(
        help="A level that training did not show: refuse it, or count it as reference or other."
    ),
]


OtherThreshold = Annotated[
    str | None,
    typer.Option(metavar="RULE", help="Decide from this probability on, or by costs such as 5:1."),
]


Strict = Annotated[bool, typer.Option("--strict", help="Exit code 1 if a row has no probability.")]


def call(arguments: Sequence[str]) -> tuple[int, str]:
    """Run a command line; return the exit code and, for a wrong command line, what is wrong."""
    command = typer.main.get_command(app)
    try:
        code = command.main(list(arguments), prog_name="glasslogit", standalone_mode=False)
    except USAGE_ERROR as error:
        return 2, f"{error.format_message().rstrip('.')}; try: glasslogit --help"
    except typer.Abort:
        raise KeyboardInterrupt from None
    return code or 0, ""


def _show_version(wanted: bool) -> None:
    """Print the version and leave."""
    if wanted:
        typer.echo(f"glasslogit {metadata.version('glasslogit')}")
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    """Logistic regression you can see through: fit a CSV file, predict, evaluate."""
    del version  # its callback has shown it


@app.command()
def check(  # noqa: PLR0913  one parameter for each option
    *,
    table: TablePath,
    target: TargetName,
    drop: Dropped = None,
    categorical: Categorical = None,
    formula: FormulaText = None,
    missing: MissingPolicy = MissingChoice.drop,
    rare: RareRows = 0,
    silence: Silenced = None,
) -> int:
    """List what is risky in a CSV file before a fit; exit code 1 if something is serious."""
    return check_table(
        FitRequest(
            table=table,
            target=target,
            drop=tuple(drop or ()),
            categorical=tuple(categorical or ()),
            silence=tuple(silence or ()),
            missing=missing.value,
            rare=rare,
            formula=formula,
        )
    )


@app.command()
def fit(  # noqa: PLR0913  one parameter for each option
    *,
    table: TablePath,
    target: TargetName,
    positive: Annotated[
        str | None, typer.Option(help="The label whose probability is wanted.")
    ] = None,
    C: Annotated[
        float, typer.Option("--C", help="Smaller is a stronger L2 penalty; inf is none.")
    ] = 1.0,
    test_size: Annotated[
        float, typer.Option(help="Share of the rows held out to measure on; 0 for none.")
    ] = 0.2,
    seed: Annotated[int, typer.Option(min=0, help="Draws the held-out rows.")] = 0,
    model: Annotated[Path | None, typer.Option(help="Write the model to this JSON file.")] = None,
    plots: Annotated[Path | None, typer.Option(help="Write pictures to this folder.")] = None,
    threshold: Annotated[
        str, typer.Option(metavar="RULE", help=f"When to predict --positive: {RULES}.")
    ] = "0.5",
    drop: Dropped = None,
    categorical: Categorical = None,
    formula: FormulaText = None,
    missing: MissingPolicy = MissingChoice.drop,
    rare: RareRows = 0,
    unseen: UnseenPolicy = UnseenChoice.error,
    solver: Annotated[str, typer.Option(help=f"auto, {', '.join(NAMES)}.")] = "auto",
    max_iter: Annotated[int, typer.Option(min=1, help="Most steps of the solver.")] = 100,
    all_levels: Annotated[
        bool, typer.Option("--all", help="Print the coefficients of all levels.")
    ] = False,
    silence: Silenced = None,
) -> None:
    """Fit a logistic regression to a CSV file and say how good it is."""
    fit_table(
        FitRequest(
            table=table,
            target=target,
            positive=positive,
            C=C,
            test_size=test_size,
            seed=seed,
            model=model,
            plots=plots,
            threshold=_threshold(threshold),
            drop=tuple(drop or ()),
            categorical=tuple(categorical or ()),
            solver=solver,
            max_iter=max_iter,
            all_levels=all_levels,
            missing=missing.value,
            rare=rare,
            unseen=_policy(unseen) or "error",
            formula=formula,
            silence=tuple(silence or ()),
        )
    )


@app.command()
def predict(  # noqa: PLR0913  one parameter for each option
    *,
    model: ModelPath,
    table: TablePath,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Write to this CSV file; without it or with -, the screen."
        ),
    ] = None,
    unseen: UnseenPolicy = None,
    threshold: OtherThreshold = None,
    keep: Annotated[bool, typer.Option(help="Repeat the columns of the table.")] = False,
    spreadsheet: Annotated[
        bool, typer.Option(help="Put ' before cells that a spreadsheet would compute.")
    ] = False,
    strict: Strict = False,
) -> int:
    """Predict each row of a CSV file: row number, probability, class; same rows, same order."""
    output = None if output == Path("-") else output
    wanted = Wanted(output, keep, spreadsheet, strict)
    rule = _fixed_threshold(threshold)
    return predict_table(model, table, unseen=_policy(unseen), threshold=rule, wanted=wanted)


@app.command()
def evaluate(
    *,
    model: ModelPath,
    table: TablePath,
    unseen: UnseenPolicy = None,
    threshold: OtherThreshold = None,
    strict: Strict = False,
) -> int:
    """Measure a model on a CSV file that has the target column."""
    rule, policy = _fixed_threshold(threshold), _policy(unseen)
    return evaluate_table(model, table, unseen=policy, threshold=rule, strict=strict)


@app.command()
def explain(  # noqa: PLR0913  one parameter for each option
    *,
    model: ModelPath,
    table: TablePath,
    row: Annotated[int, typer.Option(help="The row, numbered as by `predict`: 2 is the first.")],
    label: Annotated[
        str | None, typer.Option("--class", help="Explain this class, not the one predicted.")
    ] = None,
    against: Annotated[str | None, typer.Option(help="The class it is set against.")] = None,
    unseen: UnseenPolicy = None,
) -> None:
    """Explain the probability of one row: what each column adds, and what would flip it."""
    explain_row(model, table, row=row, label=label, against=against, unseen=_policy(unseen))


def _policy(choice: UnseenChoice | None) -> Unseen | None:
    """Return the policy for unseen levels as the encoding calls it."""
    return None if choice is None else choice.value


def _threshold(rule: str) -> str:
    """Check --threshold."""
    try:
        threshold_rule(rule)
    except InputError:
        raise typer.BadParameter(f"{rule!r} is not {RULES}", param_hint="--threshold") from None
    return rule


def _fixed_threshold(rule: str | None) -> str | None:
    """Check --threshold where there are no training rows to read one off."""
    if rule is not None and threshold_rule(_threshold(rule)).fixed is None:
        problem = f"{rule!r} is chosen by `fit`; give a number between 0 and 1, or costs: '5:1'"
        raise typer.BadParameter(problem, param_hint="--threshold")
    return rule
