"""What the library says in the words of Python, in those of the command line."""

from __future__ import annotations

import re
import warnings
from shlex import quote

from glasslogit.errors import GlasslogitWarning, SeparationWarning

TYPED_AS = {  # the longer ones first: what is replaced is not looked at again
    "max_iter (or epochs)": "--max-iter",
    "max_iter or epochs": "--max-iter",
    "max_iter or max_time": "--max-iter",
    "max_iter": "--max-iter",
    "loosen tol, or look": "look",
    "(standardise=True)": "(--standardise)",
    "set a finite C": "set --C 1",
    "(a finite C)": "(--C 1)",
    "set fit_intercept=True, and leave '- 1' out of a formula": "leave '- 1' out of --formula",
}

GIVEN_FOLDS = "stratified folds (a whole number for cv) and "  # all folds of --cv are
BY_FOLDS, FEWEST_FOLDS = "choose C by cross-validation", 2
USUAL_WORDS = "'default'"  # the word of --na that stands for the usual ones
LITERAL = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")
POLICIES = {"Category()": "categorical", "Date()": "date", "'drop'": "drop", "…": "categorical"}
POLICY = re.compile(rf"columns=\{{({LITERAL.pattern}): ({'|'.join(map(re.escape, POLICIES))})\}}")
WORDS = re.compile(rf"na=\[((?:{LITERAL.pattern})(?:, (?:{LITERAL.pattern}))*)\]")
CV = re.compile(r"\bcv=(-?\d+)")
ARGUMENT = re.compile(rf"\b(sep|decimal|encoding|missing|unseen)=({LITERAL.pattern})")


def in_options(text: str) -> str:
    """Say a remedy by the options that are typed.

    >>> in_options("did not reach the tolerance; raise max_iter (or epochs)")
    'did not reach the tolerance; raise --max-iter'
    """
    for python, typed in TYPED_AS.items():
        text = text.replace(python, typed)
    return typed_remedies(text)


def with_folds(text: str, folds: int) -> str:
    """Say cross-validation by so many folds as the rows allow, or what to do where they allow none.

    >>> with_folds("too few; choose C by cross-validation", 3), with_folds(BY_FOLDS, 1)
    ('too few; choose C by cross-validation (`fit --cv 3`)', 'leave columns out')
    """
    typed = f"{BY_FOLDS} (`fit --cv {folds}`)" if folds >= FEWEST_FOLDS else "leave columns out"
    return text.replace(BY_FOLDS, typed)


def typed_remedies(text: str) -> str:
    """Say arguments of `read_table` and policies of columns as the options that they are here.

    >>> typed_remedies("leave it out: columns={'id': 'drop'}, or give na=['default', 'None']")
    "leave it out: --drop 'id', or give --na default --na 'None'"
    >>> typed_remedies("leave sep=',' out, or give sep=';'"), typed_remedies("na=[] reads")
    ("leave --sep , out, or give --sep ';'", "--na '' reads")
    """
    text = POLICY.sub(lambda found: f"--{POLICIES[found[2]]} {found[1]}", text)
    text = CV.sub(r"--cv \1", text.replace("na=[]", "--na ''"))
    text = text.replace(" of cv ", " of --cv ").replace(GIVEN_FOLDS, "")
    text = WORDS.sub(lambda found: " ".join(map(_typed_word, LITERAL.findall(found[1]))), text)
    return ARGUMENT.sub(lambda found: f"--{found[1]} {_typed_value(found[2])}", text)


def _typed_word(quoted: str) -> str:
    """Write a word of --na as it is typed."""
    return f"--na {quoted[1:-1] if quoted == USUAL_WORDS else quoted}"


def _typed_value(quoted: str) -> str:
    """Write the value of an option as it is typed."""
    return "tab" if quoted[1:-1] == r"\t" else quote(quoted[1:-1])


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
