"""What `glasslogit fit` and `check` say of risks in the columns and rows it trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from glasslogit.cli import output as show
from glasslogit.findings import Finding, joined_findings, silenced
from glasslogit.inputs import Target
from glasslogit.tables import find_in_columns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glasslogit.cli.prepare import Prepared
    from glasslogit.model import LogisticRegression


def find(data: Prepared, model: LogisticRegression) -> tuple[Finding, ...]:
    """List what is risky in the training rows, as they stand in the table, and in the fit."""
    return silenced(joined_findings(find_in_rows(data), model.findings_), model.silence)


def find_in_rows(data: Prepared) -> list[Finding]:
    """List what is risky in the training rows, as they stand in the table."""
    rows, y, table = data.places[data.train], data.y[data.train], data.survey.table
    weight = np.ones(len(y)) if data.beside.weight is None else data.beside.weight
    columns = data.encoding.columns_of(table, rows)
    of_columns = find_in_columns(columns, Target(y, weight), rows + table.first_row)
    return [*data.findings, *of_columns]


def print_findings(out: show.Printer, found: Iterable[Finding]) -> None:
    """Print the findings, each with its severity, code and remedy."""
    lines = [str(finding).partition(" ") for finding in found]
    if not lines:
        return
    out.print("Findings", style="bold")
    out.print(show.summary((severity.capitalize(), text) for severity, _, text in lines))
    out.print("--silence CODE leaves a kind of them out.\n")
