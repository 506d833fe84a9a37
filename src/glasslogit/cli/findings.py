"""What `glasslogit fit` and `check` say of risks in the columns and rows it trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from glasslogit.cli import output as show
from glasslogit.findings import Code, Finding, few_events, joined_findings, silenced
from glasslogit.inputs import Target, number_all
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
    columns = data.encoding.columns_of(table, rows)
    of_columns = find_in_columns(columns, Target(y, np.ones(len(y))), rows + table.first_row)
    others = [each for each in of_columns if each.code is not Code.FEW_EVENTS]
    counts, d = np.bincount(number_all(y)[1]).tolist(), len(data.encoding.feature_names)
    return [*data.findings, *others, *few_events(counts, d, penalised=False)]


def print_findings(out: show.Printer, found: Iterable[Finding]) -> None:
    """Print the findings, each with its severity, code and remedy."""
    lines = [str(finding).partition(" ") for finding in found]
    if not lines:
        return
    out.print("Findings", style="bold")
    out.print(show.summary((severity.capitalize(), text) for severity, _, text in lines))
    out.print("--silence CODE leaves a kind of them out.\n")
