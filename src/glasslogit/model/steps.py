"""What the steps of a pipeline make of each column of the table, asked of the steps themselves.

A step such as a scaler gives for each column x a line, a + s·x. Its numbers can be told in the
units of the table:

    w·(a + s·x) + b = (s·w)·x + (b + a·w)

Whether steps are such lines is seen from rows that are taken through them: two of them say the
line of each column, and all others, drawn at random in all columns at once, have to be on it.
"""

from typing import Any, NamedTuple
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray

from glasslogit.core import Floats
from glasslogit.inputs import (
    check_features,
    column_labels,
    default_names,
    learned_names,
    names_of,
    ranges_of_columns,
)
from glasslogit.model.pipelines import (
    as_table_of_rows,
    chosen,
    is_pipeline,
    last_step,
    model_at_end,
    rows_at_end,
    steps_of,
)
from glasslogit.model.problem import encoder_of

DRAWN_ROWS = 16  # beside the two of the line
LINE_ROUNDING = 64.0  # of the last digit of the terms of a line: what a few operations may lose


class Lines(NamedTuple):
    """Each column as it reaches the model is shift + slope·x of the table's column x; (d,)."""

    names: tuple[str, ...]
    shift: Floats
    slope: Floats

    def weights(self, w: Floats) -> Floats:
        """Give weights (d+1,), the constant last, of the columns of the table."""
        moved = w[:-1] * self.shift
        constant = w[-1] + moved.sum()
        size = abs(w[-1]) + np.abs(moved).sum()
        rounding = LINE_ROUNDING * np.finfo(float).eps * size
        return np.append(w[:-1] * self.slope, 0.0 if abs(constant) <= rounding else constant)

    def rows(self, X: Any) -> Any:
        """Read rows of the table as numbers; the steps have looked at their names."""
        return None if X is None else check_features(as_table_of_rows(X)).X


class Steps(NamedTuple):
    """The steps before a model: the lines that they are, or else `after`, their names.

    Neither where rows reach the model as they are.
    """

    lines: Lines | None = None
    after: str = ""


def steps_before(model: Any, X: Any) -> Steps:
    """Tell what the steps before a model make of the columns of rows X, or of batches.

    >>> from glasslogit import LogisticRegression
    >>> steps_before(LogisticRegression().fit([[0.0], [1.0]], [0, 1]), [[0.0]])
    Steps(lines=None, after='')
    """
    names = names_of_steps(model)
    if not names:
        return Steps()
    X = as_table_of_rows(next(iter(X()), (None,))[0] if callable(X) else X)
    lines = lines_of(model, X) if encoder_of(model_at_end(model)) is None else None
    if lines is None and rows_at_end(model, X) is not X:
        return Steps(after=" and ".join(names))
    return Steps(lines)


def other_columns(after: str) -> str:
    """Say that columns are not those of the table, and what to do for these.

    >>> other_columns("PCA")
    'the columns are those after PCA, not those of the table; for these put the steps into \
formula= or encoder='
    """
    return (
        f"the columns are those after {after}, not those of the table; for these put the steps "
        "into formula= or encoder="
    )


def names_of_steps(model: Any) -> list[str]:
    """Name the steps before the model, by their classes."""
    model = chosen(model)
    if not is_pipeline(model):
        return []
    return [
        *(type(step).__name__ for step in steps_of(model)),
        *names_of_steps(last_step(model)[1]),
    ]


def lines_of(model: Any, X: Any) -> Lines | None:
    """Give the lines that the steps are, None if they are none."""
    with catch_warnings():
        simplefilter("ignore")  # of rows that no table has
        try:
            given = probes_for(check_features(X).X)
            found = check_features(rows_at_end(model, like(X, given))).X
        except Exception:  # noqa: BLE001  whatever steps find wrong with such rows
            return None
    found = np.asarray(found.toarray() if hasattr(found, "toarray") else found)
    if found.shape != given.shape:
        return None
    digit = LINE_ROUNDING * np.finfo(found.dtype if found.dtype.kind == "f" else float).eps
    found = found.astype(np.float64)
    slope = (found[1] - found[0]) / (given[1] - given[0])
    shift = found[0] - slope * given[0]
    size = np.abs(slope * given) + np.abs(found) + np.abs(shift)
    lie_on_it = np.abs(shift + slope * given - found) <= digit * size
    if not (lie_on_it.all() and slope.all()):
        return None
    return Lines(names_in_table(model, X, len(slope)), shift, slope)


def probes_for(X: Any) -> Floats:
    """Give rows about those of a table, and as far beyond it as it is wide, the ends first."""
    found = ranges_of_columns(X)
    low, high = found.low.astype(np.float64), found.high.astype(np.float64)
    width = np.where(high > low, high - low, np.maximum(np.abs(low), 1.0))
    share = np.random.default_rng(0).uniform(-1.0, 2.0, (DRAWN_ROWS, len(width)))
    ends: list[NDArray[np.float64]] = [low - width, low + 2.0 * width]
    return np.vstack([*ends, low + share * width])


def like(X: Any, rows: Floats) -> Any:
    """Give rows as a frame, where X is one, with its columns."""
    labels = column_labels(X)
    return rows if labels is None else type(X)(dict(zip(labels, rows.T, strict=True)))


def names_in_table(model: Any, X: Any, d: int) -> tuple[str, ...]:
    """Name the columns of the table: as it does, or as the steps or the model learned them."""
    known = names_of(column_labels(X)) or learned_names(chosen(model))
    return known or learned_names(model_at_end(model)) or default_names(d)
