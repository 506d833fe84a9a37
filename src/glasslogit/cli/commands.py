"""The commands and their options; what they do is in the files beside this one."""

from collections.abc import Sequence
from importlib import metadata
from shlex import join
from typing import Annotated, Any

import typer

from glasslogit.cli.against import evaluate_against_table
from glasslogit.cli.check import check_table
from glasslogit.cli.evaluate import evaluate_table
from glasslogit.cli.explain import explain_row
from glasslogit.cli.fit import fit_table
from glasslogit.cli.grouped import grouped
from glasslogit.cli.model_options import ErrorOptions, Fitting, RowOptions
from glasslogit.cli.new_rows import NewRowsOptions
from glasslogit.cli.options import (
    Columns,
    Measuring,
    ModelPath,
    OldModel,
    OtherOffset,
    OtherThreshold,
    OtherUnseen,
    Output,
    PredictionOptions,
    Silenced,
    Strict,
    TablePath,
    TargetName,
    TargetOptions,
    UnseenChoice,
)
from glasslogit.cli.predict import predict_table
from glasslogit.cli.reading_options import Reading
from glasslogit.cli.refusals import plain_refusal
from glasslogit.cli.request import FitRequest
from glasslogit.tables import Unseen

# typer has moved its base classes between releases; their children stay where they are.
USAGE_ERROR: Any = typer.BadParameter.__mro__[2]  # ClickException

app = typer.Typer(
    name="glasslogit",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def call(arguments: Sequence[str]) -> tuple[int, str]:
    """Run a command line; return the exit code and, for a wrong command line, what is wrong."""
    command: Any = typer.main.get_command(app)
    try:
        code = command.main(list(arguments), prog_name="glasslogit", standalone_mode=False)
    except USAGE_ERROR as error:
        problem = plain_refusal(error.format_message().rstrip("."), arguments)
        known = arguments[0] if arguments[0] in command.commands else ""
        return 2, f"{problem}; try: {join(filter(None, ['glasslogit', known, '--help']))}"
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
@grouped
def check(  # noqa: PLR0913
    *,
    table: TablePath,
    target: TargetName,
    reading: Reading,
    columns: Columns,
    beside: RowOptions,
    silence: Silenced = (),
) -> int:
    """List what is risky in a CSV file before a fit; exit code 1 if something is serious."""
    output = Output(silence=silence)
    return check_table(FitRequest(table, target, reading, columns, output, beside=beside))


@app.command()
@grouped
def fit(  # noqa: PLR0913  one parameter for each group of options
    *,
    table: TablePath,
    target: TargetName,
    reading: Reading,
    columns: Columns,
    unseen: OtherUnseen = UnseenChoice.error,
    beside: RowOptions,
    fitting: Fitting,
    errors: ErrorOptions,
    measuring: Measuring,
    output: Output,
) -> None:
    """Fit a logistic regression to a CSV file and say how good it is."""
    policy = _policy(unseen) or "error"
    more: dict[str, Any] = {"beside": beside, "errors": errors, "unseen": policy}
    fit_table(FitRequest(table, target, reading, columns, output, fitting, measuring, **more))


@app.command()
@grouped
def predict(  # noqa: PLR0913
    *,
    model: ModelPath,
    table: TablePath,
    reading: Reading,
    offset: OtherOffset = None,
    unseen: OtherUnseen = None,
    threshold: OtherThreshold = None,
    wanted: PredictionOptions,
    strict: Strict = False,
) -> int:
    """Predict each row of a CSV file: row number, probability, class; same rows, same order."""
    asked = NewRowsOptions(reading, offset, _policy(unseen), threshold, wanted.keep)
    return predict_table(model, table, asked, wanted=wanted, strict=strict)


@app.command()
@grouped
def evaluate(  # noqa: PLR0913
    *,
    model: ModelPath,
    table: TablePath,
    truth: TargetOptions,
    reading: Reading,
    offset: OtherOffset = None,
    unseen: OtherUnseen = None,
    threshold: OtherThreshold = None,
    against: OldModel = None,
    strict: Strict = False,
) -> int:
    """Measure a model on a CSV file that has the target column, alone or against another."""
    asked = NewRowsOptions(reading, offset, _policy(unseen), threshold)
    if against is not None:
        return evaluate_against_table((model, against), table, truth, asked, strict=strict)
    return evaluate_table(model, table, truth, asked, strict=strict)


@app.command()
@grouped
def explain(  # noqa: PLR0913
    *,
    model: ModelPath,
    table: TablePath,
    row: Annotated[
        int, typer.Option(help="The row, by its number in the file; titles and header count.")
    ],
    label: Annotated[
        str | None, typer.Option("--class", help="Explain this class, not the one predicted.")
    ] = None,
    against: Annotated[str | None, typer.Option(help="The class it is set against.")] = None,
    reading: Reading,
    offset: OtherOffset = None,
    unseen: OtherUnseen = None,
) -> None:
    """Explain the probability of one row: what each column adds, and what would flip it."""
    asked = NewRowsOptions(reading, offset, _policy(unseen))
    explain_row(model, table, asked, row=row, label=label, against=against)


def _policy(choice: UnseenChoice | None) -> Unseen | None:
    """Return the policy for unseen levels as the encoding calls it."""
    return None if choice is None else choice.value
