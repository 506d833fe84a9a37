"""The target of a table of text."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glasslogit.errors import TableError
from glasslogit.inputs import LazyLabels
from glasslogit.tables.column import Numbers, Text, in_rows, number_text
from glasslogit.tables.spelling import canonical
from glasslogit.tables.table import Table, quote
from glasslogit.tables.trials_found import TrialsFound, by_shares
from glasslogit.tables.values import NOT_FINITE, judge_as

MANY_CLASSES = 100  # a target with more distinct values is a number to predict, not a class


def read_labels(table: Table, target: str) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Read the target as `read_coded_labels` does: the labels as an array (n,).

    >>> table = Table.of({"sold": ["10", "2", ""]})
    >>> labels, known = read_labels(table, "sold")
    >>> labels[known].tolist()
    [10, 2]
    """
    labels, known = read_coded_labels(table, target)
    return np.asarray(labels), known


def read_coded_labels(table: Table, target: str) -> tuple[LazyLabels, NDArray[np.bool_]]:
    """Read the target: the labels, each class stored once, and True where there is one, (n,).

    Labels stay text, except where each is a plain integer, also as a float, such as 1.0: then 10
    sorts after 2. What stands for
    no value is the same as in the other columns.

    >>> table = Table.of({"sold": ["no", "yes", "no", ""]})
    >>> labels, known = read_coded_labels(table, "sold")
    >>> labels.take(np.flatnonzero(known))
    LazyLabels(classes=array(['no', 'yes'], dtype='<U3'), codes=array([0, 1, 0], dtype=uint8))
    """
    column = label_text_of(table, target)
    numeric = _holds_numbers(table, target, column)
    known = ~column.missing
    if known.sum() > MANY_CLASSES:
        found = f"target {target!r} has {known.sum():,} distinct values"
        problem = f"{found}; a class target has at most {MANY_CLASSES}"
        remedy = "name a column of few classes, or make one of this"
        remedy = _of_few_classes(table, column, target) if numeric else remedy
        raise TableError(f"{table.source}: {problem}; {remedy}")
    present = [level for level, there in zip(column.levels, known, strict=True) if there]
    if numeric:
        _check_class_numbers(table, target, column, present)
    if all(_is_plain_integer(canonical(level)) for level in present):
        levels = np.where(known, column.levels, "0").tolist()
        values = np.array([int(canonical(level)) for level in levels])
    else:
        values = np.array(column.levels)
    return LazyLabels(values, column.codes), ~in_rows(column.missing, column.codes)


def label_text_of(table: Table, target: str, needed: str = "") -> Text:
    """Give the target as text, numbers with a decimal comma as programs write them."""
    column, text = table.column(target, needed), table.text(target, needed)
    how = column.format if isinstance(column, Numbers) else None
    if how is None or how.unit:
        return text
    pairs = zip(text.levels, text.parsed_by(how).numbers.tolist(), strict=True)
    levels = (level if math.isnan(number) else number_text(number) for level, number in pairs)
    return replace(text, levels=tuple(levels))


def _of_few_classes(table: Table, column: Text, target: str) -> str:
    """Say how a target of numbers becomes one of few classes: cut at the median of its values.

    If it may count events, it is said how to give the trials.
    """
    numbers = np.sort(column.parsed.numbers[~column.missing])
    limit = f"such as whether {target} >= {numbers[len(numbers) // 2]:.10g}"
    why = "to predict a number is regression, which glasslogit does not do"
    trials = _trials_of(table, column, target)
    counts = f"; if it counts events among trials, {by_shares(trials)}" if trials else ""
    return f"{why}; to predict a class, make a column of few classes, {limit}{counts}"


def _trials_of(table: Table, column: Text, target: str) -> tuple[str, ...]:
    """Name the columns of the trials of which the target may count the events."""
    there = np.flatnonzero(~in_rows(column.missing, column.codes))
    found = TrialsFound.of(column.parsed.numbers, column.codes[there])
    if found is None:
        return ()
    for name in table.names:
        if name != target and isinstance(table.column(name), Numbers):
            found.look(name, judge_as(table, name, None)[0][there])
    return found.names


def _check_class_numbers(table: Table, target: str, column: Text, present: Sequence[str]) -> None:
    """Refuse more than two numbers with fractions, and one that is written in several ways."""
    numbers = [float(level) for level in present]
    for level, number in zip(present, numbers, strict=True):
        row = column.first(column.levels.index(level))
        if number % 1 and len(present) > 2:
            problem = f"is a fraction, one of {len(present):,} numbers: the target is continuous; "
            problem += f"{_of_few_classes(table, column, target)}; "
            raise table.fault(target, row, problem + _as_names(level))
        others = (other for other in present if other != level and float(other) == number)
        for other in others:
            problem = f"and {quote(other)} are one number in two ways; write it alike, or, "
            raise table.fault(target, row, problem + _as_names(level))


def _as_names(level: str) -> str:
    """Say how values become classes that are read as numbers: no option can tell that."""
    return f"if these are names of classes, write letters to them: {quote(f'class {level}')}"


def _holds_numbers(table: Table, target: str, column: Text) -> bool:
    """Tell whether every label that is present is a number; refuse NaN and infinity there."""
    numbers, is_number, missing = column.parsed
    if missing.all() or not (is_number | missing).all():
        return False
    for code in np.flatnonzero(~missing & ~np.isfinite(numbers)).tolist():
        raise table.fault(target, column.first(code), NOT_FINITE)
    return True


def _is_plain_integer(level: str) -> bool:
    """Tell whether turning the text into an integer and back loses nothing."""
    digits = level.removeprefix("-")
    return digits.isascii() and digits.isdigit() and str(int(level)) == level and len(level) < 18
