"""What is risky in the columns of a table and in its rows, before or after a fit.

A column is a name and its values, (n,): numbers, or text, of which each distinct value is a
level. Columns are looked at one by one, so that a wide table is never there twice.

Table of all codes: docs/findings.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

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
)
from glasslogit.inputs import Target, are_shares, class_totals, read_target
from glasslogit.pages import per_cent
from glasslogit.tables.column import Text
from glasslogit.tables.column_types import are_dates
from glasslogit.tables.inspected_columns import (
    CodedLabels,
    InspectedColumn,
    NamedColumns,
    named_columns,
    sorted_levels,
    split_named_target,
)
from glasslogit.tables.level_findings import alike_levels, doubtful_levels
from glasslogit.tables.table import quote

FEWEST_OF_A_CLASS = 10  # rows of a class below which a column may separate it by chance
GIVEN_AWAY = 0.99  # the AUC of a column from which on it gives the target away
EXPLAINED = 2 * GIVEN_AWAY - 1  # the same as a share of the errors that it saves (Somers' D)
FEWEST_VALUES = 20  # in fewer, distinct values say nothing
FEW_CONTRADICTING = 0.05  # contradicting rows below this share are mistakes rather than chance


def inspect_data(
    X: Any, y: Any, sample_weight: ArrayLike | None = None, *, silence: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """List what is risky in features X and labels y: typed findings, the gravest first.

    X is a table with columns of numbers or text (a data frame, a `Table`, or a mapping from
    names to columns), an array (n, d) or a sparse matrix; y and `sample_weight` are those of
    `LogisticRegression.fit`, y also the name of a column. Rows of weight 0 are left out. Every
    column is sorted once or more. The codes in `silence` are left out.

    >>> rows = [float(k % 7) for k in range(40)]
    >>> table = {"age": rows, "answer": [int(k > 3) for k in rows], "country": ["be"] * 40}
    >>> for finding in inspect_data(table, [int(k > 3) for k in rows], silence=["few_events"]):
    ...     print(finding.severity, finding.code, finding.columns)
    serious leak ('age',)
    serious leak ('answer',)
    note constant ('country',)
    """
    check_silence(silence)
    X, y = split_named_target(X, y)
    rows, columns = named_columns(X)
    return silenced(
        find_in_columns(columns, read_target(y, sample_weight, len(rows)), rows), silence
    )


def find_in_columns(
    columns: NamedColumns, target: Target, numbers: NDArray[np.intp]
) -> list[Finding]:
    """Look at each column and at the rows as a whole; `numbers` are those of the rows, (n,)."""
    rows = np.flatnonzero(target.weight > 0)
    counted = Target(target.y[rows], target.weight[rows])
    labels = None if are_shares(target.y) else CodedLabels.read(counted)
    mixed = None if labels is None else ContradictingRows.start(labels)
    found, constants, coefficients = list[Finding](), list[str](), 0
    alike = dict[bytes, list[tuple[str, bool]]]()
    for name, values in columns:
        shape = (len(values),) if isinstance(values, Text) else np.shape(values)
        if shape != target.weight.shape:
            raise InputError(f"column {name!r} has shape {shape}; give one value a row")
        column = InspectedColumn.read(name, values, rows)
        coefficients += column.coefficients
        if len(column.levels[0]) == 1:
            constants.append(name)
            continue
        for key in column.fingerprints():
            alike.setdefault(key, []).append((name, column.numeric))
        dates = dates_as_text(name, column.values) if isinstance(column.values, Text) else []
        found += dates or identifier(column)
        if isinstance(column.values, Text):
            found += doubtful_levels(name, column.values) + alike_levels(name, column.values)
        if column.numeric:
            numbers_of_column, places = column.filled
            if np.isfinite(numbers_of_column).all():
                found += lost_digits(name, Places.of(numbers_of_column[places]))
        if labels is not None and mixed is not None:
            found += leak(column, labels)
            mixed = mixed.split(column.levels[1], labels)
    found += [constant_finding(tuple(constants))] if constants else []
    found += duplicated(alike)
    found += [] if labels is None or mixed is None else mixed.findings(labels, numbers[rows])
    totals = class_totals(target.y, target.weight, 2) if labels is None else labels.totals
    return found + few_events(totals, coefficients, penalised=False)


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
    ROC curve for multiple class classification problems", 2001). Levels do if they save 98 % of
    the errors one makes who knows the commonest class only: λ of Goodman & Kruskal, "Measures
    of association for cross classifications" (1954), each row judged by the others of its level.
    """
    if np.bincount(labels.codes).min() < FEWEST_OF_A_CLASS:
        return []
    evidence = ""
    if column.numeric and np.isfinite(column.filled[0]).all():
        area = weakest_auc(*column.filled, labels)
        evidence = f"alone orders the classes with an AUC of {area:.4g}" if area else ""
    if not evidence and column.coded:
        saved = errors_saved(column.levels[1], labels.codes)
        if saved >= EXPLAINED:
            evidence = f"alone saves {saved:.4g} of the errors made without it"
    if not evidence:
        return []
    remedy = "leave it out if it is not known when the prediction is made"
    return [Finding(Code.LEAK, Severity.SERIOUS, (column.name,), evidence, remedy)]


def weakest_auc(levels: NDArray[Any], places: NDArray[np.intp], labels: CodedLabels) -> float:
    """Give the smallest AUC, up or down, over pairs of classes; 0 once it is no leak's.

    The rows hold the numbers `levels[places]`.
    """
    weakest = 1.0
    for both, second in labels.pairs():
        counts = ScoreCounts.of_levels(levels, places[both], second, labels.weight[both])
        area = area_under_roc(counts)
        weakest = min(weakest, max(area, 1.0 - area))
        if weakest < GIVEN_AWAY:
            return 0.0
    return weakest


def errors_saved(levels: NDArray[np.intp], codes: NDArray[np.integer]) -> float:
    """Give Goodman & Kruskal's λ, with each row judged by the other rows of its level.

    >>> errors_saved(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1]))
    1.0
    """
    K = int(codes.max()) + 1
    counts = np.bincount(levels * K + codes, minlength=(int(levels.max()) + 1) * K).reshape(-1, K)
    second, first = np.sort(counts, axis=1)[:, -2:].T
    right = int(first[first - 1 > second].sum())
    commonest = int(counts.sum(axis=0).max())
    return (right - commonest) / (len(codes) - commonest)


@dataclass(frozen=True, eq=False)
class ContradictingRows:
    """Rows that are equal in all columns so far to one of another class, group by group."""

    rows: NDArray[np.intp]
    group: NDArray[np.intp]  # which of the groups each of these rows is in
    total: int

    @classmethod
    def start(cls, labels: CodedLabels) -> "ContradictingRows":
        """Without a column all rows are equal."""
        n = len(labels.codes)
        return cls(np.arange(n), np.zeros(n, np.intp), n)

    def split(self, levels: NDArray[np.intp], labels: CodedLabels) -> "ContradictingRows":
        """Split the groups by another column; keep those with more than one class."""
        if not len(self.rows):
            return self
        key = self.group * (int(levels.max()) + 1) + levels[self.rows]
        group = sorted_levels(key)[1]
        codes, one = labels.codes[self.rows], np.zeros(group.max() + 1, labels.codes.dtype)
        one[group] = codes
        mixed = np.bincount(group, codes != one[group])[group] > 0
        return replace(self, rows=self.rows[mixed], group=group[mixed])

    def findings(self, labels: CodedLabels, places: NDArray[np.intp]) -> list[Finding]:
        """Say how many rows there are, with an example; `places` are their row numbers."""
        if not len(self.rows):
            return []
        alike = self.rows[self.group == self.group[0]]
        one, other = alike[0], alike[labels.codes[alike] != labels.codes[alike[0]]][0]
        share = len(self.rows) / self.total
        evidence = (
            f"{len(self.rows):,} rows ({per_cent(share)}) equal a row of another class in every "
            f"column, such as rows {places[one]} and {places[other]}"
        )
        severity = Severity.WARNING if share < FEW_CONTRADICTING else Severity.NOTE
        remedy = "look for labels that are wrong, or for a column that is missing"
        return [Finding(Code.CONTRADICTING_ROWS, severity, (), evidence, remedy)]
