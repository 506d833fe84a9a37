"""What the columns of X are called, and whether rows to predict have them in the same places.

A frame calls its columns by text, numbers, dates or several of these. All are compared as text,
as a model file holds them. Only the numbers 0, 1, …, d−1 in this order, which a frame has where
nobody named its columns, are no names.
"""

from collections.abc import Container, Sequence
from itertools import count
from typing import Any

import numpy as np

from glasslogit.errors import InputError, TableError

ColumnLabels = tuple[Any, ...] | None  # of the columns of a frame; None for an array


def column_labels(X: Any) -> ColumnLabels:
    """Take the labels of the columns of a data frame."""
    arrow = type(X).__module__.startswith("pyarrow")  # there `columns` are the columns themselves
    return axis_labels(X.schema.names if arrow else getattr(X, "columns", None))


def axis_labels(axis: Any) -> ColumnLabels:
    """Take the labels of an axis of a data frame; a list has a method there.

    >>> axis_labels([1, "1"])
    Traceback (most recent call last):
    glasslogit.errors.TableError: X: two columns are called '1'; rename one
    """
    if axis is None or callable(axis):
        return None
    labels = tuple(axis)
    texts = tuple(map(label_text, labels))
    if len(set(texts)) < len(texts):
        twice = max(texts, key=texts.count)
        raise TableError(f"X: two columns are called {twice!r}; rename one")
    return labels


def labels_of_row(row: Any, d: int) -> ColumnLabels:
    """Take the labels of a flat row of d columns, if it has some; of one column it is many rows."""
    of_row = d != 1 and getattr(row, "ndim", 2) == 1
    return axis_labels(getattr(row, "index", None)) if of_row else None


def label_text(label: Any) -> str:
    """Write a label as text, the same number in the same way.

    >>> label_text(np.int64(3)), label_text(3.0), label_text(("a", np.int64(1)))
    ('3', '3', "('a', 1)")
    """
    if isinstance(label, tuple):
        shown = (repr(each) if isinstance(each, str) else label_text(each) for each in label)
        return f"({', '.join(shown)})"
    if isinstance(label, np.generic) and not isinstance(label, np.datetime64 | np.timedelta64):
        label = label.item()
    whole = isinstance(label, float) and label.is_integer()
    return str(int(label) if whole else label)


def text_names(axis: Any) -> tuple[str, ...] | None:
    """Give the labels of an axis of a data frame, if all are text."""
    labels = axis_labels(axis)
    return None if labels is None or not are_text(labels) else tuple(map(str, labels))


def are_text(labels: Sequence[Any]) -> bool:
    """Tell whether all labels are text, as scikit-learn wants for `feature_names_in_`."""
    return all(isinstance(each, str) for each in labels)


def names_of(labels: ColumnLabels) -> tuple[str, ...] | None:
    """Give the names of columns as text, None where nobody named them.

    >>> names_of(("age", 7)), names_of((0, 1)), names_of((1, 0))
    (('age', '7'), None, ('1', '0'))
    """
    if labels is None or is_numbering(labels):
        return None
    return tuple(map(label_text, labels))


def is_numbering(labels: Sequence[Any]) -> bool:
    """Tell whether labels are the numbers 0, 1, …, d−1 in this order."""
    return not are_text(labels) and tuple(map(label_text, labels)) == places_as_text(len(labels))


def places_as_text(d: int) -> tuple[str, ...]:
    """Write the places of d columns as text."""
    return tuple(map(str, range(d)))


def default_names(d: int) -> tuple[str, ...]:
    """Name d columns that nobody named, by their places: x0, x1, x2."""
    return tuple(f"x{j}" for j in range(d))


def free_name(name: str, taken: Container[str]) -> str:
    """Name what is not in the data unlike all that is.

    >>> free_name("other", ("Ghent", "other"))
    'other (2)'
    """
    numbered = (f"{name} ({k})" for k in count(2))
    return name if name not in taken else next(each for each in numbered if each not in taken)


def learned_names(model: Any) -> tuple[str, ...] | None:
    """Give the names of the columns of X that a model was trained on, None if they had none.

    `feature_names_` has them, or x0, x1, …; `feature_names_in_` those that are all text, or the
    columns of the table that became X.
    """
    encoded = getattr(model, "encoder_", None) is not None
    known = None if encoded else getattr(model, "feature_names_in_", None)
    if known is None:
        known = getattr(model, "feature_names_", None)
        if known is None or tuple(known) == default_names(len(known)):
            return None
    return tuple(map(str, known))


def check_learned(found: ColumnLabels, model: Any, d: int, what: str = "X") -> None:
    """Refuse columns that do not stand where they stood when a model was trained.

    scikit-learn's models learn no names but text; an array has none.
    """
    if found is None:
        return
    known = learned_names(model)
    if known is not None or hasattr(model, "feature_names_"):
        check_places(found, d, known, what)


def check_places(found: ColumnLabels, d: int, known: Sequence[str] | None, what: str = "X") -> None:
    """Refuse columns that do not stand where they stood at training.

    Where one side has no names there is nothing to compare, unless the frame's labels are the
    places 0, …, d−1 of other columns.

    >>> check_places(("a", "b"), 2, ("a", "b")), check_places(("a", "b"), 2, None)
    (None, None)
    >>> check_places((1, 0), 2, None)
    Traceback (most recent call last):
    glasslogit.errors.InputError: column 0 of X is '1' but was '0' at training; give the same \
columns in the same order, or X.to_numpy() if they are
    """
    if found is None:
        return
    new, old = tuple(map(label_text, found)), places_as_text(d) if known is None else tuple(known)
    unnamed = known is None or is_numbering(found)
    remedy = "give the same columns in the same order"
    if unnamed:
        remedy += f", or {what}.to_numpy() if they are"
        by_number = known is None and not any(isinstance(each, str) for each in found)
        if not by_number and set(new) != set(old):
            return
    for j, (here, there) in enumerate(zip(new, old, strict=True)):
        if here != there and (not unnamed or here in old):
            raise InputError(
                f"column {j} of {what} is {here!r} but was {there!r} at training; {remedy}"
            )
