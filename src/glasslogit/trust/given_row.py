"""One row that is given as an argument: errors name it, and what has no columns is refused."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from glasslogit.errors import InputError
from glasslogit.inputs import refuse_dicts
from glasslogit.model import encoder_of, rows_at_end

BLAMED = re.compile(r"^X\b(?:: row 0(?=, ))?|(?<=give pd.DataFrame\()X|(?<=give pd.DataFrame\(\[)X")


@contextmanager
def blaming(argument: str) -> Iterator[None]:
    """Name the argument in errors of what reads rows, which calls them X.

    >>> with blaming("row"):
    ...     raise InputError("X: row 0, column 'town': missing; fill it in")
    Traceback (most recent call last):
    glasslogit.errors.InputError: row, column 'town': missing; fill it in
    """
    try:
        yield
    except InputError as error:
        error.args = tuple(BLAMED.sub(argument, text) for text in error.args)
        raise


def argument_at_end(model: Any, argument: str, rows: Any) -> Any:
    """Take the rows of an argument through the steps before a model; errors name the argument."""
    with blaming(argument):
        return rows_at_end(model, rows)


def check_row(model: Any, row: Any, X: Any = None) -> None:
    """Refuse a row that does not say which column is which, to a model of columns by name.

    X are the rows that it may have been taken from.

    >>> from glasslogit import LogisticRegression
    >>> check_row(LogisticRegression(), {"age": 31})
    Traceback (most recent call last):
    glasslogit.errors.InputError: row is of type dict; give pd.DataFrame([row])
    """
    of_table = encoder_of(model) is not None
    refuse_dicts(row, "row")
    if of_table and hasattr(row, "to_frame"):
        remedy = _taken_from(row, X)
    elif of_table and isinstance(row, list | tuple | np.ndarray):
        remedy = "pd.DataFrame([row], columns=X.columns)"
    else:
        return
    raise InputError(f"row is of type {type(row).__name__}; give {remedy}")


def _taken_from(row: Any, X: Any) -> str:
    """Say how one row of X is taken as a table: the one of the name that the series has."""
    places = [] if not hasattr(X, "iloc") else np.flatnonzero(X.index == row.name).tolist()
    place = places[0] if len(places) == 1 else None
    return "a table of one row, such as X.iloc[[0]]" if place is None else f"X.iloc[[{place}]]"
