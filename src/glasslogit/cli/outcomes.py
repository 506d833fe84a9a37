"""What became of the rows of a file: their classes, or events among trials, and their weights."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from glasslogit.cli import output as show
from glasslogit.cli.beside import judge_weights
from glasslogit.cli.combinations import clash
from glasslogit.cli.measure import MOST_KINDS, counted_reasons
from glasslogit.cli.refusals import CommandLineError
from glasslogit.cli.trials import TrialsRead, judge_trials
from glasslogit.cli.words import in_shell
from glasslogit.errors import InputError, TableError
from glasslogit.inputs import Target, trial_rows
from glasslogit.pages import listed
from glasslogit.tables import (
    Fault,
    at_fault,
    fault_counts,
    gaps_in,
    label_text_of,
    match_levels,
    quote,
    shorten,
    without_case,
)
from glasslogit.trust.inference import strange_labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from glasslogit.cli.options import TargetOptions
    from glasslogit.export import SavedModel
    from glasslogit.tables import Table, Text

    Floats = NDArray[np.float64]

EVENTS = ["0", "1"]  # the classes of a model that was fitted to trials


class FileOutcomes(NamedTuple):
    """What became of the rows.

    `codes` (n,) are the numbers of their classes, −1 where one is not known; of rows of trials
    there are `events` instead. `weight` (n,) is NaN where it cannot be used, None if there are no
    weights, which are those of the column `weighted_by`. `wanted` are the rows that are asked
    about, (n,), None for all.
    """

    codes: NDArray[np.intp]
    used: tuple[str, ...]  # columns that are read here
    said: tuple[tuple[str, str], ...]  # of rows that are left out
    events: TrialsRead | None = None
    weight: Floats | None = None
    weighted_by: str | None = None
    wanted: NDArray[np.bool_] | None = None

    @property
    def labelled(self) -> NDArray[np.bool_]:
        """True where it is known what became of a row, (n,)."""
        return self.codes >= 0 if self.events is None else ~np.isnan(self.events.shares)

    @property
    def needed(self) -> str:
        """What a row must have to be measured."""
        if self.weight is None:
            return "both a target and a probability"
        return f"a target, a probability and a positive weight ({self.weighted_by})"

    @property
    def known(self) -> NDArray[np.bool_]:
        """True where it is, and the row's weight too, and the row is asked about, (n,)."""
        known = self.labelled if self.wanted is None else self.labelled & self.wanted
        return known if self.weight is None else known & ~np.isnan(self.weight)

    def lacking(self, target: str, predicted: NDArray[np.bool_]) -> dict[str, NDArray[np.bool_]]:
        """Say by name what every row with a probability should have here, and which have it, (n,).

        A row without a probability lacks that.
        """
        needed = {f"value of {target!r}": self.labelled | ~predicted}
        if self.weight is not None:
            needed["weight"] = ~np.isnan(self.weight) | ~predicted
        return needed

    def of(
        self, rows: NDArray[np.intp], proba: Floats, classes: NDArray[Any]
    ) -> tuple[NDArray[Any], Floats, Floats | None]:
        """Give labels, probabilities and weights of some rows; each trial outcome is a row."""
        if self.events is not None:
            events = Target(self.events.shares[rows], self.events.trials[rows])
            (y, count), proba = trial_rows(events, proba)
            return y, proba, count
        weight = None if self.weight is None else self.weight[rows]
        return classes[self.codes[rows]], proba, weight


def read_file_outcomes(
    saved: SavedModel, table: Table, truth: TargetOptions, predicted: NDArray[np.bool_]
) -> FileOutcomes:
    """Read what became of rows from the columns that are named, or that the model was fitted to.

    A row whose outcome or weight cannot be used is told, and stops no other. Of those that are not
    `predicted` (n,) something else is told: that they have no probability.

    Raises
    ------
    TableError, InputError
        If a column is not there, if options do not go together, or if a model that does not
        predict events is given trials.

    """
    if truth.trials and truth.weights:
        raise CommandLineError(clash("--trials", "--weights"))
    facts = saved.training
    trials = truth.trials or (None if truth.weights else facts.get("trials_column"))
    if trials is not None:
        return _events(saved, table, trials, predicted)
    own = facts.get("weight_column")
    codes, said = _codes(saved, table, predicted)
    target = str(saved.target)
    if truth.weights is None and own is not None and own not in table.names:
        note = f"the model was fitted with the weights {own}, which this table does not have; "
        said.append(("Warning", f"{note}each row counts the same (--weights names a column)"))
        own = None
    name = truth.weights or own
    if name is None:
        return FileOutcomes(codes, (target,), tuple(said))
    table.check(name, "the weights of the rows (--weights names it)")
    weight, faults = judge_weights(table, name)
    faults += gaps_in(name, table.column(name).gaps)
    said += _left_out(table, _faults_in(predicted, faults), "weight that can be used")
    return FileOutcomes(codes, (target, name), tuple(said), None, weight, name)


def _events(
    saved: SavedModel, table: Table, trials: str, predicted: NDArray[np.bool_]
) -> FileOutcomes:
    """Read events among trials."""
    if saved.class_names != EVENTS:
        problem = f"the classes of the model are {shorten(saved.class_names)}"
        raise InputError(f"--trials: {problem}, and not events among trials; leave it out")
    target = str(saved.target)
    table.check(trials, "the numbers of trials (--trials names another)")
    table.check(target, "which the model predicts")
    events = judge_trials(table, target, trials)
    gaps = table.column(trials).gaps
    unlabelled = int((table.column(target).gaps & predicted & ~gaps).sum())
    said = [("Left out", f"{show.rows(unlabelled)} without {target}")] if unlabelled else []
    faults = _faults_in(predicted, [*events.faults, *gaps_in(trials, gaps)])
    said += _left_out(table, faults, "count of events and trials that can be used")
    nowhere = np.full(table.n_rows, -1)
    return FileOutcomes(nowhere, (target, trials), tuple(said), events)


def _codes(
    saved: SavedModel, table: Table, predicted: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], list[tuple[str, str]]]:
    """Return the class number of each row, (n,), −1 without one, and what to say of these."""
    target = str(saved.target)
    column = label_text_of(table, target, "which the model predicts")
    found = np.array(match_levels(saved.class_names, column.levels), dtype=np.intp)
    numbers = np.where(column.missing, -1, found)
    unlabelled = int((column.gaps & predicted).sum())
    said = list[tuple[str, str]]()
    if unlabelled:
        said.append(("Left out", f"{show.rows(unlabelled)} without {target}"))
    if not (found[(column.counts > 0) & ~column.missing] >= 0).any() and not column.gaps.all():
        raise _no_class(saved, table, column)
    present = np.where(column.missing, 0, column.take(predicted.nonzero()[0]).counts)
    strange = strange_labels(column.levels, present, found, saved.class_names, target)
    no_class = (found < 0) & ~column.missing
    where = table.numbers[no_class[column.codes] & predicted]
    rows = f"{'row' if len(where) == 1 else 'rows'} {listed(map(str, where))}"
    said += [("Left out", f"{text}: {rows}") for text in strange]
    alike = _classes_but_for_case(saved, column)
    if strange and ((alike >= 0) & no_class & (present > 0)).any():
        option = f"--ignore-case {in_shell(target)}"
        said.append(("", f"{option} takes for classes the labels that differ by case"))
    return numbers[column.codes], said


def _classes_but_for_case(saved: SavedModel, column: Text) -> NDArray[np.intp]:
    """Give the class number of each level where case is ignored, (levels,), −1 for no class."""
    return np.array(match_levels(saved.class_names, map(without_case, column.levels)), np.intp)


def _no_class(saved: SavedModel, table: Table, column: Text) -> TableError:
    """Describe a column that holds no class of the model, and say where these may be."""
    target, own = str(saved.target), vars(saved.model).get("target_")
    held = np.flatnonzero((column.counts > 0) & ~column.missing).tolist()
    levels = shorten([quote(column.levels[code]) for code in held], MOST_KINDS)
    classes = shorten(saved.class_names)
    remedy = "name the column that does by --target"
    if own != target and own in table.names:
        remedy = f"leave --target out: the model predicts {own!r}"
    elif (_classes_but_for_case(saved, column) >= 0).any():
        remedy = f"--ignore-case {in_shell(target)} reads them as classes"
    problem = f"column {target!r} holds no class of the model ({classes}) but {levels}"
    return TableError(f"{table.source}: {problem}; {remedy}")


def _faults_in(rows: NDArray[np.bool_], faults: Sequence[Fault]) -> Sequence[Fault]:
    """Give the faults of some rows, (n,) True."""
    some = [replace(fault, rows=fault.rows[rows[fault.rows]]) for fault in faults]
    return [fault for fault in some if len(fault.rows)]


def _left_out(table: Table, faults: Sequence[Fault], what: str) -> Iterator[tuple[str, str]]:
    """Say how many rows lack something, which are the first, and why."""
    rows = np.flatnonzero(at_fault(faults, table.n_rows))
    if len(rows):
        which = listed(map(str, table.numbers[rows]))
        kinds = counted_reasons(len(rows), fault_counts(faults))
        yield "Left out", f"{show.rows(len(rows))} without a {what} ({which}): {kinds}"
