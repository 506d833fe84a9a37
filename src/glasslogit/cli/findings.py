"""What `glasslogit fit` and `check` say of risks in the columns and rows it trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from glasslogit.cli import output as show
from glasslogit.cli.words import left_out_by, typed_finding
from glasslogit.findings import Code, Finding, few_events, joined_findings, silenced
from glasslogit.inputs import EVENT, LazyLabels, Target, class_totals
from glasslogit.model.selection import FOLDS
from glasslogit.tables import find_in_columns
from glasslogit.trust import find_dependence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from glasslogit.cli.prepare import Prepared
    from glasslogit.model import LogisticRegression

SOON = 5e10  # products of two numbers, in less than a minute


def find(data: Prepared, model: LogisticRegression, silence: Sequence[str]) -> tuple[Finding, ...]:
    """List what is risky in the training rows, as they stand in the table, and in the fit."""
    return silenced(joined_findings(find_in_rows(data), model.findings_), silence)


def find_in_rows(data: Prepared) -> list[Finding]:
    """List what is risky in the training rows, as they stand in the table.

    Events are too few for the columns of X, whose levels are pooled and which a formula makes, in
    a fit with the penalty that it has if nothing else is said.
    """
    rows, y, table = data.design.kept, data.design.y, data.survey.table
    one = np.broadcast_to(1.0, len(y))
    weight = one if data.beside.weight is None else data.beside.weight
    classes, codes = (y.classes, y.codes) if isinstance(y, LazyLabels) else (None, y)
    columns = data.encoding.columns_of(table, rows)
    target, numbers = Target(codes, weight), table.numbers[rows]
    found = find_in_columns(columns, target, numbers, table.na, classes)
    told = {(each.code, each.columns) for each in data.findings} | {(Code.FEW_EVENTS, ())}
    others = [each for each in found if (each.code, each.columns) not in told]
    totals = class_totals(codes, weight, len(EVENT if classes is None else classes))
    few = few_events(totals, len(data.encoding.feature_names), penalised=True)
    return [*data.findings, *others, *few]


def most_folds(data: Prepared, rows: NDArray[np.intp] | slice) -> int:
    """Give how many folds some of the training rows allow: 5, or the rows of the rarest class."""
    y, weight = data.design.y, data.beside.weight
    there = np.arange(len(y))[rows]
    there = there if weight is None else there[weight[there] > 0]
    if isinstance(y, LazyLabels):
        of_class = np.bincount(y.codes[there])
    else:
        of_class = np.array([(y[there] < 1).sum(), (y[there] > 0).sum()])
    return min(FOLDS, int(of_class[of_class > 0].min(initial=FOLDS)))


class WaysOut(NamedTuple):
    """What helps where events are few: as many folds as the rows allow, Firth's likelihood."""

    folds: int
    firth: bool


def ways_out(
    data: Prepared,
    found: Iterable[Finding],
    rows: NDArray[np.intp] | slice = slice(None),
    *,
    chosen: bool = False,
) -> WaysOut:
    """Tell what helps a fit to some of the rows, of which something is found.

    Where C was `chosen` by folds, these are no way out.
    """
    few = any(each.code is Code.FEW_EVENTS for each in found)
    return WaysOut(0 if chosen else most_folds(data, rows), few and _firth_helps(data, rows))


def _firth_helps(data: Prepared, rows: NDArray[np.intp] | slice) -> bool:
    """Tell whether Firth's likelihood takes such rows, soon: of two classes, without an offset.

    Weights that are no numbers of trials may be no numbers of rows either. With columns that depend
    on each other there is no such fit. Each coefficient takes some ten fits of some six steps, with
    two passes, in each of which the columns are multiplied with each other.
    """
    counted = data.beside.weight is None or not isinstance(data.design.y, LazyLabels)
    if data.positive is None or data.beside.offset is not None or not counted:
        return False
    intercept = data.encoding.intercept
    size = len(data.encoding.feature_names) + int(intercept)
    if 10 * 6 * 2 * data.n_fitted * size**3 > SOON:
        return False
    return not find_dependence(data.trained.values[rows], fit_intercept=intercept)


def print_findings(
    out: show.Printer,
    found: Iterable[Finding],
    data: Prepared,
    ways: WaysOut,
    of_fit: Sequence[Finding] = (),
) -> None:
    """Print the findings, each with its severity, code and remedy, of which some are `ways` out.

    What some of the rows of the file show is told apart from what was seen in all of them, and both
    from what is found of a fit that is printed below.
    """
    n, kind = len(data.survey.table.numbers), "training " if data.n_held_out else "usable "
    heads = f"Findings of all {show.rows(n)}", f"Findings of the {show.rows(data.n_trained, kind)}"
    every, some = ("Findings", "Findings") if data.n_trained == n else heads
    blocks = dict[str, list[Finding]]()
    for each in found:
        blocks.setdefault(every if each in data.findings else some, []).append(each)
    if of_fit:
        blocks["Findings of the fit below"] = [*of_fit]
    names = data.survey.table.names
    formula = data.encoding.formula is not None
    for head, findings in blocks.items():
        typed = [
            left_out_by(typed_finding(each, ways.folds, firth=ways.firth), names, formula=formula)
            for each in findings
        ]
        lines = [str(each).partition(" ") for each in typed]
        out.print(head if head == next(iter(blocks)) else f"\n{head}", style="bold")
        out.print(show.summary((severity.capitalize(), text) for severity, _, text in lines))
    if blocks:
        out.print("--silence CODE leaves a kind of them out.\n")
