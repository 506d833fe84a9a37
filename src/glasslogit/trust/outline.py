"""Under which headings the coefficients of a table stand: their class, and their category."""

from collections.abc import Mapping, Sequence
from typing import Any

from glasslogit.pages import as_typed

LevelOf = Mapping[str, tuple[str, str, str | None]]  # column of X -> category, level, reference


def outline_of(
    terms: Sequence[str], equations: Sequence[Any], reference: Any, levels: LevelOf
) -> list[tuple[str, ...]]:
    """Give the headings of each row and its name, for terms that come class by class.

    Without a reference each class has coefficients of its own.

    >>> levels = {"town=Ghent": ("town", "Ghent", "Ypres")}
    >>> outline_of(["age", "town=Ghent"], ["yes"], "no", levels)
    [('age',), ('town (against Ypres)', 'Ghent')]
    """
    each, found = len(terms) // len(equations), list[tuple[str, ...]]()
    for i, term in enumerate(terms):
        label = as_typed(equations[i // each])
        beside = "" if reference is None else f" (against {as_typed(reference)})"
        above = () if len(equations) == 1 else (f"{label}{beside}",)
        column, level, other = levels.get(term, (None, term, None))
        against = "" if other is None else f" (against {other})"
        found.append((*above, *([] if column is None else [f"{column}{against}"]), level))
    return found
