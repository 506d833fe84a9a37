"""Numbers with a decimal comma, 1,5 for 1.5, told from thousands, 1,500 for 1500."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from glasslogit.errors import InputError
from glasslogit.findings import Code, Finding, Severity
from glasslogit.tables.column import Column, Text

WITH_COMMA = re.compile(r"[-+]?(?:\d+,\d*|\d*,\d+|\d+)(?:[eE][-+]?\d+)?")
THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(?:,\d{3})+")


def with_points(
    columns: Mapping[str, Column], decimal: str | None
) -> tuple[dict[str, Column], list[Finding]]:
    """Write decimal commas as points; in a file of any such number, in all columns of them.

    A column is one of decimal commas if all its values are numbers with one comma at most, and
    some have one. What decides is a value that cannot be one of thousands, such as 1,5 or 0,125;
    or that the decimal mark is given.

    >>> column = Text.of(["1,5", "2", ""])
    >>> with_points({"a": column}, None)[0]["a"].levels
    ('1.5', '2', '')
    """
    if decimal not in {None, ".", ","}:
        raise InputError(f"decimal={decimal!r} is not valid; give '.' or ','")
    found = {name: each for name, each in columns.items() if _has_commas(each)}
    plain = decimal == "," or any(map(_cannot_be_thousands, found.values()))
    if decimal == "." or not found or not plain:
        return dict(columns), []
    changed = {name: _with_point(each) for name, each in found.items()}
    note = "held decimal commas, read as points"
    remedy = "decimal='.' leaves them as they are (--decimal .)"
    finding = Finding(Code.READING, Severity.NOTE, tuple(changed), note, remedy)
    return {**columns, **changed}, [finding]


def _values(column: Text) -> list[str]:
    pairs = zip(column.levels, column.missing.tolist(), strict=True)
    return [level for level, gap in pairs if not gap]


def _has_commas(column: Column) -> bool:
    if not isinstance(column, Text):
        return False
    values = _values(column)
    return any("," in each for each in values) and all(map(WITH_COMMA.fullmatch, values))


def _cannot_be_thousands(column: Column) -> bool:
    return isinstance(column, Text) and any(
        "," in each and not THOUSANDS.fullmatch(each) for each in _values(column)
    )


def _with_point(column: Column) -> Column:
    if not isinstance(column, Text):
        return column
    levels = [level.replace(",", ".") for level in column.levels]
    return replace(column, levels=tuple(levels))
