"""What `glasslogit fit` says of risks in the columns and rows it trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from glasslogit.cli import output as show
from glasslogit.tables.columns import NumberColumn
from glasslogit.tables.findings import find_in_columns
from glasslogit.tables.reading import FIRST_ROW
from glasslogit.trials import Target
from glasslogit.trust.findings import Code, Finding, silenced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from glasslogit.cli.prepare import Prepared
    from glasslogit.estimator import LogisticRegression


def find(data: Prepared, model: LogisticRegression) -> tuple[Finding, ...]:
    """List what is risky in the training rows, as they stand in the table, and in the fit."""
    table, rows = data.survey.table, data.places[data.train]
    y = np.full(table.n_rows, data.y[0], data.y.dtype)
    weight = np.zeros(table.n_rows)
    y[rows], weight[rows] = data.y[data.train], 1.0  # other rows weigh nothing
    seen = find_in_columns(columns_of(data), Target(y, weight), first=FIRST_ROW)
    of_columns = [finding for finding in seen if finding.code is not Code.FEW_EVENTS]
    return silenced([*of_columns, *model.findings_], model.silence)


def columns_of(data: Prepared) -> Iterator[tuple[str, NDArray[Any]]]:
    """Give the columns of the table that are used: numbers, and text with its levels."""
    table = data.survey.table
    for column in data.encoding.columns:
        if isinstance(column, NumberColumn):
            values = column.read(table)
            yield column.name, np.where(np.isnan(values), column.mean, values)
        else:
            text = table.text(column.name)
            yield column.name, np.array(text.levels)[text.codes]


def print_findings(out: show.Printer, found: Iterable[Finding]) -> None:
    """Print the findings, each with its severity, code and remedy."""
    lines = [str(finding).partition(" ") for finding in found]
    if not lines:
        return
    out.print("Findings", style="bold")
    out.print(show.summary((severity.capitalize(), text) for severity, _, text in lines))
    out.print("--silence CODE leaves a kind of them out.\n")
