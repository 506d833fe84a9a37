"""What the library says in the words of Python, in those of the command line."""

from __future__ import annotations

import warnings

from glasslogit.errors import GlasslogitWarning, SeparationWarning

TYPED_AS = {  # the longer ones first: what is replaced is not looked at again
    "max_iter (or epochs)": "--max-iter",
    "max_iter or epochs": "--max-iter",
    "max_iter or max_time": "--max-iter",
    "max_iter": "--max-iter",
    "loosen tol, or look": "look",
    "(standardise=True)": "(--standardise)",
    "choose C by cross-validation": "choose C by cross-validation (`fit --cv 5`)",
    "set a finite C": "set --C 1",
    "(a finite C)": "(--C 1)",
    "set fit_intercept=True, and leave '- 1' out of a formula": "leave '- 1' out of --formula",
}


def in_options(text: str) -> str:
    """Say a remedy by the options that are typed.

    >>> in_options("did not reach the tolerance; raise max_iter (or epochs)")
    'did not reach the tolerance; raise --max-iter'
    """
    for python, typed in TYPED_AS.items():
        text = text.replace(python, typed)
    return text


def messages(caught: list[warnings.WarningMessage]) -> tuple[str, ...]:
    """Return what our own warnings say but of separation, which is told by the file's rows."""
    for each in caught:
        if not issubclass(each.category, GlasslogitWarning):
            warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)
    ours = [each for each in caught if issubclass(each.category, GlasslogitWarning)]
    return tuple(
        in_options(str(each.message))
        for each in ours
        if not issubclass(each.category, SeparationWarning)
    )
