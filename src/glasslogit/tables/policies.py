"""How a column of a table becomes columns of X: what the user may ask for each of them.

    TableEncoder(columns={"plan": Category(reference="basic", rare=20), "signup": Date("days"),
                          "id": "drop"})

`missing` is "error", "drop" (leave the row out), or "indicator" (a column of X that is 1 where
the value is missing; a number is then given the mean of the training rows).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from glasslogit.errors import InputError, check_choice, check_number

Missing: TypeAlias = Literal["error", "drop", "indicator"]
Unseen: TypeAlias = Literal["error", "reference", "other"]
MISSING, UNSEEN = ("error", "drop", "indicator"), ("error", "reference", "other")
OTHER = "other"  # the level of those that are pooled
MISSING_LEVEL = "missing"  # the level of a category that stands for no value
MOST_FREQUENT = ""  # blank is no level, so it can stand for the most frequent one
MOST_LEVELS = 1000  # more are too many columns of X: pooled with a warning, or not guessed


@dataclass(frozen=True)
class Number:
    """A number enters X as it is.

    `standardise` lets the penalty weigh the column as if its standard deviation in the training
    rows were 1. Only the penalty sees that: training and coefficient are those of the column as
    it is, so plain gradient descent needs `GradientDescent(standardise=True)` as well.
    """

    missing: Missing = "error"
    standardise: bool = False

    def __post_init__(self) -> None:
        """Refuse an unknown policy."""
        check_choice(self.missing, "missing", MISSING)
        check_choice(self.standardise, "standardise", (True, False))


@dataclass(frozen=True)
class Category:
    """A category gives each level but the reference a column of X that is 1 in its rows.

    reference
        The level that the others are compared with; "" the most frequent one (the first of
        equals), None none: then every level has a column.
    rare
        Levels with fewer training rows are pooled into the level "other", which a level of that
        name joins. 0 pools none up to
        1,000 levels, and beyond warns and pools just enough.
    unseen
        A level that training did not show: "error", "reference", or "other". Where nothing was
        pooled "other" counts as the reference.
    missing
        "indicator" makes missing values a level of their own, "missing".
    """

    reference: str | None = MOST_FREQUENT
    rare: int = 0
    unseen: Unseen = "error"
    missing: Missing = "error"

    def __post_init__(self) -> None:
        """Refuse an unknown policy."""
        if not (self.reference is None or isinstance(self.reference, str)):
            raise InputError(f"reference={self.reference!r} is not valid; give a level as text")
        check_number(self.rare, "rare", "0 or greater", least=0, whole=True)
        check_choice(self.unseen, "unseen", UNSEEN)
        check_choice(self.missing, "missing", MISSING)


@dataclass(frozen=True)
class Date:
    """A date becomes the days since the earliest one in training, a duration its days."""

    unit: Literal["days"] = "days"
    missing: Missing = "error"
    standardise: bool = False

    def __post_init__(self) -> None:
        """Refuse an unknown policy."""
        check_choice(self.unit, "unit", ("days",))
        check_choice(self.missing, "missing", MISSING)
        check_choice(self.standardise, "standardise", (True, False))


Policy: TypeAlias = Number | Category | Date | Literal["drop"]
LEFT, AS_TEXT, AS_DAYS = "'drop'", "Category()", "Date()"  # policies as they are typed


def asked(name: str, policy: str) -> str:
    """Write how a policy for a column is asked for.

    >>> asked("id", LEFT), asked("when", AS_DAYS)
    ("columns={'id': 'drop'}", "columns={'when': Date()}")
    """
    return f"columns={{{name!r}: {policy}}}"


def alternatives(*ways: str) -> str:
    """Join ways out of a problem, those that there are.

    >>> alternatives("correct it", "", "leave it out"), alternatives("correct it", "")
    ('correct it, or leave it out', 'correct it')
    """
    *others, last = filter(None, ways)
    return f"{', '.join(others)}, or {last}" if others else last
