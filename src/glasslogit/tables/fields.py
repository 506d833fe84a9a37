"""What one field of a table of text says: a number, or that there is no value."""

from __future__ import annotations

MISSING_NUMBERS = frozenset({"", "na", "n/a", "null", "?"})  # compared in lower case


def parse_number(text: str) -> float | None:
    """Read a number, or None if `text` is not one; digits joined by `_` are a code, not a number.

    >>> parse_number(" 12.50 "), parse_number("1_000"), parse_number("twelve")
    (12.5, None, None)
    """
    if "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def is_missing(text: str, *, numeric: bool) -> bool:
    """Tell whether a field stands for "no value".

    >>> is_missing(" ", numeric=False), is_missing("NA", numeric=False)
    (True, False)
    >>> is_missing("NA", numeric=True)
    True
    """
    word = text.strip().lower()
    return word in MISSING_NUMBERS if numeric else not word
