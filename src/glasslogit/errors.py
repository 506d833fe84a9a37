"""Every exception and warning of glasslogit.

    GlasslogitError
    ├── InputError (ValueError)             the data or an argument cannot be used as given
    │   ├── InputTypeError (TypeError)      ... because of an object that is of no use as a number
    │   └── TableError                      ... because of a table: a file, a column, a row
    ├── NotFittedError (ValueError, AttributeError)  asked to predict before `fit`
    ├── ModelFileError (ValueError)         a model file that cannot be trusted or understood
    └── MissingExtraError (ImportError)     an optional library is not installed

    GlasslogitWarning (UserWarning)
    ├── ConvergenceWarning                  the optimum was not reached; the text says what to do
    ├── DataConversionWarning               y is a column and not flat; it was taken as flat
    ├── SeparationWarning                   there is no finite optimum to reach
    └── CollinearityWarning                 columns explain each other: one optimum of many

An exception is for misuse. An outcome that is nobody's mistake (not converged, out of
time, separated) is a code with a remedy, `glasslogit.solvers.Outcome`, told as a warning.

A message quotes what users and files call things, so it is shown as `visible` shows any such text.

What scikit-learn has by the same name is raised as both, where scikit-learn is loaded: see
`also_sklearns`.
"""

import sys
import warnings
from collections.abc import Iterable, Sized
from decimal import Decimal
from functools import cache
from math import inf
from numbers import Integral, Real
from typing import Any, TypeVar

import numpy as np

AnyChoice = TypeVar("AnyChoice")

# What a message quotes, as a regular expression: a text in quotes, which may hold escaped ones.
IN_QUOTES = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""

MOST_SHOWN = 60  # letters of a value that a message repeats

# What does not show itself: controls (C0, C1, DEL), halves of characters, ends of lines and
# paragraphs, and formats, among them the marks that turn the direction of writing.
HIDDEN = frozenset({"Cc", "Cs", "Zl", "Zp", "Cf"})
JOINERS = frozenset(
    "\u200c\u200d"
)  # formats that some scripts, and emoji, cannot be written without


def visible(text: object) -> str:
    r"""Show a text on one line, with an escape in the place of each character that hides.

    >>> print(visible("age\x1b[2J\n"), visible("\u202efdp.exe"), visible("naïve café 東京"))
    age\x1b[2J\n \u202efdp.exe naïve café 東京
    """
    text = str(text)
    return text if text.isprintable() else "".join(map(_shown, text))


def visible_lines(text: object) -> str:
    r"""Show a text of several lines, whose ends are meant.

    >>> print(visible_lines("two\nlines"))
    two
    lines
    """
    return "\n".join(map(visible, str(text).split("\n")))


def _shown(character: str) -> str:
    from unicodedata import category  # noqa: PLC0415  hardly ever needed

    if character in JOINERS or category(character) not in HIDDEN:
        return character
    return character.encode("unicode_escape").decode()


class GlasslogitError(Exception):
    """Base of every exception raised on purpose by glasslogit."""

    def __str__(self) -> str:
        return visible(super().__str__())

    def __reduce__(self) -> tuple[Any, ...]:
        """Let a pickle tell the kind: where it is read it may be scikit-learn's too."""
        return _out_of_pickle, (type(self), self.args), vars(self) or None


class InputError(GlasslogitError, ValueError):
    """The data or an argument cannot be used; the message says what, where and the remedy."""


class InputTypeError(InputError, TypeError):
    """An entry of X is an object of a type that has no number: a dict, a list."""


class TableError(InputError):
    """A table cannot be used; the message names the column and, where there is one, the row."""


class NotFittedError(GlasslogitError, ValueError, AttributeError):
    """A method that needs a fitted model was called before `fit`."""


class ModelFileError(GlasslogitError, ValueError):
    """A model file is truncated, of a newer schema, or not a glasslogit model."""


class MissingExtraError(GlasslogitError, ImportError):
    """An optional library is missing; the message gives the command that installs it."""

    def __init__(self, library: str, extra: str) -> None:
        """Name the missing `library` and the `extra` of glasslogit that brings it."""
        super().__init__(f"{library} is not installed; run: pip install 'glasslogit[{extra}]'")


class GlasslogitWarning(UserWarning):
    """Base of every warning issued by glasslogit."""

    def __str__(self) -> str:
        return visible_lines(super().__str__())

    def __reduce__(self) -> tuple[Any, ...]:
        """See `GlasslogitError`."""
        return _out_of_pickle, (type(self), self.args), vars(self) or None


class ConvergenceWarning(GlasslogitWarning):
    """Training ended before the optimum was reached."""


class DataConversionWarning(GlasslogitWarning):
    """The labels came as a column (n, 1) and were taken as (n,)."""


class SeparationWarning(GlasslogitWarning):
    """The classes are separated: without a penalty there is no finite optimum."""


class CollinearityWarning(GlasslogitWarning):
    """Columns explain each other: without a penalty their coefficients are not unique."""


def also_sklearns(kind: Any) -> Any:
    """Give an exception or warning that is also scikit-learn's of its name, if that is loaded.

    So `except sklearn.exceptions.NotFittedError` catches ours, and glasslogit imports nothing.

    >>> also_sklearns(InputError) is InputError  # a name that scikit-learn does not have
    True
    """
    theirs = getattr(sys.modules.get("sklearn.exceptions"), kind.__name__, None)
    return kind if theirs is None else _both(kind, theirs)


def _out_of_pickle(kind: Any, args: tuple[Any, ...]) -> Any:
    """Give an exception as if it was raised here, where scikit-learn may be loaded."""
    known = also_sklearns(kind)
    return known.__new__(known, *args)


@cache
def _both(kind: Any, theirs: Any) -> type[Any]:
    members = {
        "__module__": kind.__module__,
        "__doc__": kind.__doc__,
        "__reduce__": lambda error: (_out_of_pickle, (kind, error.args), vars(error) or None),
    }
    return type(kind.__name__, (kind, theirs), members)


def warn(text: str, kind: type[Warning]) -> None:
    """Warn at the line that called glasslogit: the nearest one that stands outside of it."""
    frame, level = sys._getframe(), 1  # noqa: SLF001
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("glasslogit."):
        frame, level = frame.f_back, level + 1
    warnings.warn(text, also_sklearns(kind), stacklevel=level)


def python_scalar(value: Any) -> Any:
    """Give a scalar of NumPy's as Python's own, and anything else as it is.

    NumPy rounds what is computed with a float32 to a float32, and its truths do not multiply lists.

    >>> python_scalar(np.float32(0.5)), python_scalar(np.True_), python_scalar("newton")
    (0.5, True, 'newton')
    """
    return value.item() if isinstance(value, np.generic) else value


def refused(name: str, value: Any, problem: str = "is not valid") -> str:
    """Say what is wrong with an argument: by its value where that is short, else by its type.

    >>> refused("C", -1.0), refused("C", np.zeros(9))
    ('C=-1.0 is not valid', 'C is of type ndarray')
    """
    shown = _short(value)
    if shown is not None:
        return f"{name}={shown} {problem}"
    return f"{name} is of type {type(value).__name__}"


def told_as(value: Any) -> str:
    """Show a value where that is short, and else its type.

    >>> told_as("age"), told_as(np.zeros(9))
    ("'age'", 'an object of type ndarray')
    """
    return _short(value) or f"an object of type {type(value).__name__}"


def _short(value: Any) -> str | None:
    """Write a value as it is typed, long texts and numbers cut; None for what is no such value."""
    plain: Any = python_scalar(value)
    if hasattr(plain, "shape") or hasattr(plain, "columns"):
        return None
    if isinstance(plain, str) and len(plain) > MOST_SHOWN:
        return repr(f"{plain[: MOST_SHOWN - 1]}…")
    if isinstance(plain, int) and abs(plain) > 10**MOST_SHOWN:
        return f"{Decimal(plain):.3g}"
    if isinstance(plain, Sized) and len(plain) > MOST_SHOWN:
        return None
    shown = repr(value)
    return shown if len(shown) <= MOST_SHOWN else None


def is_one_of(value: Any, known: Iterable[Any]) -> bool:
    """Tell whether a value is one of those that are known; an array or a table is none of them.

    It is compared with those alone of which it has the hash: others may refuse to be.

    >>> is_one_of("yes", ["no", "yes"]), is_one_of(np.array(["no", "yes"]), ["no", "yes"])
    (True, False)
    """
    try:
        return value in dict.fromkeys(known)
    except TypeError:  # it has no hash
        return False


def check_number(  # noqa: PLR0913  the ends of an interval, and what may be in it
    value: Any,
    name: str,
    wanted: str,
    *,
    above: float = -inf,
    least: float = -inf,
    below: float = inf,
    most: float = inf,
    whole: bool = False,
    finite: bool = True,
    boolean: bool = False,
) -> Any:
    """Refuse a setting that is not a number in its range, or give it as Python's own.

    >>> check_number(np.float32(0.5), "level", "between 0 and 1", above=0, below=1)
    0.5
    >>> check_number(-1, "epochs", "0 or greater", least=0)
    Traceback (most recent call last):
    glasslogit.errors.InputError: epochs=-1 is not valid; give a number 0 or greater
    """
    plain = python_scalar(value)
    number = isinstance(plain, Integral if whole else Real)
    if isinstance(plain, bool) and not boolean:
        number = False
    if number and isinstance(plain, int) and abs(plain) > sys.float_info.max:
        number = False
    inside = number and above < plain and least <= plain <= most
    if not inside or (finite and not plain < below):
        kind = "whole number" if whole else "number"
        raise InputError(f"{refused(name, value)}; give a {kind} {wanted}")
    return plain


def check_choice(value: object, name: str, choices: tuple[AnyChoice, ...]) -> AnyChoice:
    """Refuse a setting that is not one of its choices, or give the choice that it is.

    >>> check_choice(np.True_, "fit_intercept", (True, False))
    True
    >>> check_choice("all", "history", ("values", "weights"))
    Traceback (most recent call last):
    glasslogit.errors.InputError: history='all' is not valid; give 'values' or 'weights'
    """
    plain = python_scalar(value)
    if not is_one_of(plain, choices):
        known = " or ".join(repr(choice) for choice in choices)
        raise InputError(f"{refused(name, value)}; give {known}")
    return choices[choices.index(plain)]
