"""What is risky in the columns of a table and in its rows, before or after a fit.

A column is a name and its values, (n,): numbers, or text, of which each distinct value is a
level. Columns are looked at one by one, so that a wide table is never there twice.

Table of all codes: docs/findings.md.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glasslogit.core import Floats
from glasslogit.errors import InputError
from glasslogit.evaluate import ScoreCounts, area_under_roc
from glasslogit.findings import (
    Code,
    Finding,
    Places,
    Severity,
    check_silence,
    constant_finding,
    few_events,
    lost_digits,
    silenced,
    told_apart,
)
from glasslogit.inputs import (
    Target,
    are_shares,
    class_totals,
    number_all,
    read_target,
    refuse_two_targets,
)
from glasslogit.pages import per_cent
from glasslogit.tables.column import Text
from glasslogit.tables.contradicting_rows import ContradictingRows
from glasslogit.tables.dates import are_dates
from glasslogit.tables.fields import NA, Words
from glasslogit.tables.inspected_columns import (
    CodedLabels,
    InspectedColumn,
    NamedColumns,
    named_columns,
    split_named_target,
)
from glasslogit.tables.level_findings import FEWEST_VALUES, alike_levels, doubtful_levels
from glasslogit.tables.mixed_marks import mixed_marks_found
from glasslogit.tables.stand_ins import stand_ins
from glasslogit.tables.table import Table, quote
from glasslogit.tables.trials_found import TrialsFound

FEWEST_OF_A_CLASS = 10  # rows of a class below which a column may separate it by chance
GIVEN_AWAY = 0.99  # the AUC of a column from which on it gives the target away
EXPLAINED = 2 * GIVEN_AWAY - 1  # the same as a share of the errors that it saves (Somers' D)


def inspect_data(
    X: Any, y: Any, sample_weight: ArrayLike | None = None, *, silence: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """List what is risky in features X and labels y: typed findings, the gravest first.

    X is a table with columns of numbers or text (a data frame or a `Table`), an array (n, d) or a
    sparse matrix; y and `sample_weight` are those of
    `LogisticRegression.fit`, y also the name of a column. Rows of weight 0 are left out. Every
    column is sorted once or more. The codes in `silence` are left out.

    >>> import pandas as pd
    >>> rows = [float(k % 7) for k in range(40)]
    >>> answers = [int(k > 3) for k in rows]
    >>> table = pd.DataFrame({"age": rows, "answer": answers, "country": "be"})
    >>> for finding in inspect_data(table, answers, silence=["few_events"]):
    ...     print(finding.severity, finding.code, finding.columns)
    serious leak ('age',)
    serious leak ('answer',)
    note constant ('country',)
    """
    check_silence(silence)
    table, name = X, y if isinstance(y, str) else None
    X, y = split_named_target(X, y)
    refuse_two_targets(y)
    rows, columns = named_columns(X)
    na = X.na if isinstance(X, Table) else None
    target = read_target(y, sample_weight, len(rows))
    if name is not None and isinstance(table, Table):
        own = alike_levels(name, table.text(name), Severity.SERIOUS)
    else:
        own = alike_labels(name, target)
    return silenced([*own, *find_in_columns(columns, target, rows, na=na)], silence)


def alike_labels(name: str | None, target: Target) -> list[Finding]:
    """Find labels of classes that differ by case or by blanks only, in an array or a data frame.

    `name` is that of their column of X, None where they are given as y.

    >>> print(*alike_labels(None, read_target(["yes", "no", "Yes"], None, 3)))
    serious (alike_levels): column 'y' holds 'Yes' in 1 row and 'yes' in 1 row, which differ by \
case or blanks only; [" ".join(each.split()).casefold() for each in y] spells them alike
    """
    if are_shares(target.y) or target.y.dtype.kind not in "OTU":
        return []
    classes, codes = number_all(target.y)
    labels = classes.tolist()
    if not all(isinstance(each, str) for each in labels):
        return []
    given = "y" if name is None else f"X[{name!r}]"
    mend = f'[" ".join(each.split()).casefold() for each in {given}] spells them alike'
    return alike_levels(name or "y", Text(tuple(labels), codes), Severity.SERIOUS, mend)


def find_in_columns(
    columns: NamedColumns,
    target: Target,
    numbers: NDArray[np.intp],
    na: Words | None = None,
    classes: NDArray[Any] | None = None,
) -> list[Finding]:
    """Look at each column and at the rows as a whole.

    Messages call the rows by `numbers` (n,). `na` are the words of the table that the columns are
    from, None of an array. With `classes` (K,) the target holds the place of each row's label.
    """
    there = target.weight > 0
    rows = slice(None) if there.all() else np.flatnonzero(there)
    counted = Target(target.y[rows], target.weight[rows])
    labels = None if are_shares(target.y) else CodedLabels.read(counted, classes)
    seen = ColumnsSeen(numbers, rows, labels, na)
    found = [finding for each in map(seen.look, columns) for finding in each]
    found += [constant_finding(tuple(seen.constants))] if seen.constants else []
    found += duplicated(seen.alike)
    if labels is not None and seen.mixed is not None:
        found += seen.mixed.findings(labels, lambda some: numbers[rows][some].tolist())
    found += [] if seen.trials is None else seen.trials.findings()
    totals = class_totals(target.y, target.weight, 2) if labels is None else labels.totals
    return found + few_events(totals, seen.coefficients, penalised=False)


class ColumnsSeen:
    """What is known of the columns that have been looked at; of each, little."""

    def __init__(
        self,
        numbers: NDArray[np.intp],
        rows: NDArray[np.intp] | slice,
        labels: CodedLabels | None,
        na: Words | None = None,
    ) -> None:
        self.numbers, self.rows, self.labels, self.na = numbers, rows, labels, na
        self.mixed = None if labels is None else ContradictingRows.start(labels)
        self.coefficients, self.constants = 0, list[str]()
        self.alike = dict[bytes, list[tuple[str, bool]]]()
        self.trials = None if labels is None else TrialsFound.of(labels.classes, labels.codes)

    def look(self, named: tuple[str, Any]) -> list[Finding]:
        """List what is risky in a column that comes with its name."""
        name, values = named
        shape = (len(values),) if isinstance(values, Text) else np.shape(values)
        if shape != (len(self.numbers),):
            raise InputError(f"column {name!r} has shape {shape}; give one value a row")
        return self._look_at(InspectedColumn.read(name, values, self.rows))

    def _look_at(self, column: InspectedColumn) -> list[Finding]:
        name, text = column.name, column.text
        self.coefficients += column.coefficients
        if self.trials is not None and column.numeric:
            levels, places = column.levels
            self.trials.look(name, levels.astype(np.float64)[places])
        if len(column.levels[0]) == 1:
            self.constants.append(name)
            return []
        for key in column.fingerprints():
            self.alike.setdefault(key, []).append((name, column.numeric))
        found = [] if text is None else dates_as_text(name, text)
        if text is not None:
            found += mixed_marks_found(name, text, self.numbers[self.rows])
        found = found or identifier(column)
        if text is not None:
            found += doubtful_levels(name, text, NA if self.na is None else self.na)
            found += alike_levels(name, text)
        if column.numeric:
            numbers, places = column.filled
            found += stand_ins(name, *column.levels, self.na)
            if np.isfinite(numbers).all() and not told_apart(numbers):
                found += lost_digits(name, Places.of(numbers[places]))
        if self.labels is not None and self.mixed is not None:
            found += leak(column, self.labels)
            self.mixed = self.mixed.split(column.levels[1], self.labels)
        return found


def duplicated(alike: Mapping[bytes, Sequence[tuple[str, bool]]]) -> list[Finding]:
    """Find columns that are equal, or that name the same groups where one of them is text.

    With each fingerprint come the names of its columns, and whether they hold numbers. Two
    numbers that name the same groups, such as a number and its square, are no duplicates.
    """
    found = []
    for key, columns in alike.items():
        names, numeric = zip(*columns, strict=True)
        if len(names) > 1 and (key[:1] == b"f" or not all(numeric)):
            evidence = "say the same, so the rows cannot tell their coefficients apart"
            severity = Severity.WARNING
            found.append(Finding(Code.DUPLICATED_COLUMN, severity, names, evidence, "keep one"))
    return found


def dates_as_text(name: str, column: Text) -> list[Finding]:
    """Find that the texts of a column are dates.

    >>> print(*dates_as_text("when", Text.of(["2024-01-31", "2024-02-01"])))
    warning (dates): column 'when' holds dates as text, such as '2024-01-31', of which each is a \
level of its own; turn them into numbers, such as days, or leave the column out
    """
    if not are_dates(column):
        return []
    example = quote(column.value(int(np.argmax(~column.gaps))))
    evidence = f"holds dates as text, such as {example}, of which each is a level of its own"
    remedy = "turn them into numbers, such as days, or leave the column out"
    return [Finding(Code.DATES, Severity.WARNING, (name,), evidence, remedy)]


def identifier(column: InspectedColumn) -> list[Finding]:
    """Find a column of text or of whole numbers in which no value comes twice."""
    levels, codes = column.levels
    if len(levels) < len(codes) or len(codes) < FEWEST_VALUES:
        return []
    remedy = "if it is an identifier, leave it out"
    if not column.numeric:
        evidence = "is text and different in every row"
        return [Finding(Code.IDENTIFIER, Severity.WARNING, (column.name,), evidence, remedy)]
    if levels.dtype.kind == "f" and not (np.isfinite(levels) & (levels % 1 == 0)).all():
        return []
    running = levels[-1] - levels[0] == len(levels) - 1
    evidence = "holds a different whole number in every row" + (", without a gap" * bool(running))
    severity = Severity.WARNING if running else Severity.NOTE
    return [Finding(Code.IDENTIFIER, severity, (column.name,), evidence, remedy)]


def leak(column: InspectedColumn, labels: CodedLabels) -> list[Finding]:
    """Find a column that alone predicts the target: it may hold what is only known afterwards.

    A number does if it puts any two classes in order, up or down, with an AUC of 0.99 or more
    (for more than two classes see Hand & Till, "A simple generalisation of the area under the
    ROC curve for multiple class classification problems", 2001). Levels do if they save 98% of
    the errors one makes who knows the commonest class only: λ of Goodman & Kruskal, "Measures
    of association for cross classifications" (1954), each row judged by the others of its level.
    """
    if labels.rows.min() < FEWEST_OF_A_CLASS:
        return []
    evidence = ""
    if column.numeric and np.isfinite(column.filled[0]).all():
        levels, places = column.filled
        area = weakest_auc(levels, labels.at_levels(places, labels.weight))
        evidence = f"alone orders the classes with an AUC of {area:.4g}" if area else ""
    if not evidence and column.coded:
        saved = errors_saved(labels.at_levels(column.levels[1]))
        if saved >= EXPLAINED:
            evidence = f"alone saves {per_cent(saved)} of the errors made without it"
    if not evidence:
        return []
    remedy = "leave it out if it is not known when the prediction is made"
    return [Finding(Code.LEAK, Severity.SERIOUS, (column.name,), evidence, remedy)]


def weakest_auc(levels: NDArray[Any], weight: Floats) -> float:
    """Give the smallest AUC, up or down, over pairs of classes; 0 once it is no leak's.

    The classes have some weight (levels, K) at each of the levels, which are numbers.
    """
    weakest = 1.0
    for first, second in combinations(weight.T, 2):
        area = area_under_roc(ScoreCounts.of_levels(levels, second, first))
        weakest = min(weakest, max(area, 1.0 - area))
        if weakest < GIVEN_AWAY:
            return 0.0
    return weakest


def errors_saved(rows: NDArray[np.intp]) -> float:
    """Give Goodman & Kruskal's λ, with each row judged by the other rows of its level.

    There are so many `rows` (levels, K) of each class at each level.

    >>> errors_saved(np.array([[2, 0], [0, 2]]))
    1.0
    """
    second, first = np.sort(rows, axis=1)[:, -2:].T
    right = int(first[first - 1 > second].sum())
    commonest = int(rows.sum(axis=0).max())
    return (right - commonest) / (int(rows.sum()) - commonest)
