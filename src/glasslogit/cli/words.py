"""What the library says in the words of Python, in those of the command line."""

from __future__ import annotations

import re
import warnings
from ast import literal_eval
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from glasslogit.errors import IN_QUOTES, GlasslogitWarning, SeparationWarning, visible
from glasslogit.findings import LISTED, Code

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from glasslogit.findings import Finding

TYPED_AS = {  # the longer ones first: what is replaced is not looked at again
    "max_iter (or epochs)": "--max-iter",
    "max_iter": "--max-iter",
    "loosen tol, or look": "look",
    "(standardise=True)": "(--standardise)",
    "set a finite C": "set --C 1",
    "(a finite C)": "(--C 1)",
    "set fit_intercept=True, and leave '- 1' out of a formula": "leave '- 1' out of --formula",
    "sample_weight holds": "the column of --weights holds",
    "say what they mean where the model is made": "say what they mean",
    "or 'precision' (its": "or --weights-are precision (its",
    "summarize(model, X, y, sample_weight, covariance='robust')": "`fit --robust`",
    "use bootstrap(model, X, y), or fit without the L1 penalty": "leave --l1-ratio out",
    "stand: take intervals='profile', or term_tests": "stand; --firth has finite coefficients",
}

IN_ERRORS = {  # these name columns without quotes, so only what nobody calls one; --cv stratifies
    "of cv": "of --cv",
    "stratified folds (a whole number for cv) and two": "two",
    "the unit of sample_weight": "the unit of the weights",
    "fit LogisticRegression(C=1.0, weights='sampling') and bootstrap it": (
        "leave --firth out and give --weights-are sampling"
    ),
}
RENAMED = {"weights": "weights-are"}  # options that are called otherwise than the arguments
BY_FIRTH = ", or use Firth's likelihood (`fit --firth`)"
BY_FOLDS, FEWEST_FOLDS = "choose C by cross-validation", 2
QUOTED_TAB = r"\t"  # how one is written in quotes
USUAL_WORDS = "'default'"  # the word of --na that stands for the usual ones
POLICIES = {"Category()": "categorical", "Date()": "date", "'drop'": "drop", "…": "categorical"}
AS_CALLED = rf"(?P<quoted>(?<!\w)(?:{IN_QUOTES}|`[^`]*`))"  # what users and files call things
ENDS_OF_PHRASES = {",", "."}  # what would look like it, and is quoted
ARGUMENTS = "|".join(
    [
        rf"columns=\{{(?P<name>{IN_QUOTES}): (?P<policy>{'|'.join(map(re.escape, POLICIES))})\}}",
        rf"na=\[(?P<words>(?:{IN_QUOTES}(?:, {IN_QUOTES})*)?)\]",
        rf"ignore_case=\[(?P<alike>{IN_QUOTES})\]",
        rf"cv=(?P<folds>-?\d+)|(?P<phrase>{'|'.join(map(re.escape, IN_ERRORS))})",
        rf"give \S+ / (?P<trials>{IN_QUOTES}) as y, {IN_QUOTES} as sample_weight, and X without it",
        rf"(?P<option>sep|decimal|encoding|missing|unseen|weights)=(?P<value>{IN_QUOTES})",
    ]
)
LEAVE_OUT = re.compile(r"keep one$|leave (?:it|them|the column) out$|leave it out(?= if)")
ABOUT_ITS_COLUMNS = {Code.CONSTANT, Code.DATES, Code.DUPLICATED_COLUMN, Code.IDENTIFIER, Code.LEAK}
ALONE = r"(?<![\w/.-])", r"(?!\.?[\w/])"  # no part of a word, nor of the name of a file
HELD = r"(?P<held>encoder=TableEncoder\(|read_table\(…, )?"  # how estimators are given them
ARGUMENT = re.compile(rf"{AS_CALLED}|{ALONE[0]}{HELD}(?:{ARGUMENTS})(?(held)\)){ALONE[1]}")
PHRASE = re.compile(rf"{AS_CALLED}|(?<!\w)(?:{'|'.join(map(re.escape, TYPED_AS))})(?!\w)")


def in_options(text: str, own: Iterable[str] = ()) -> str:
    """Say a remedy by the options that are typed; `own` texts of the user stay as they are.

    >>> in_options("did not reach the tolerance; raise max_iter (or epochs)")
    'did not reach the tolerance; raise --max-iter'
    >>> in_options("raise max_iter for tol", ["tol", "max_iter for"])
    'raise max_iter for tol'
    """
    return "".join(
        part if k % 2 else ARGUMENT.sub(_typed, PHRASE.sub(_phrase, part))
        for k, part in enumerate(_apart(text, own))
    )


def with_folds(text: str, folds: int) -> str:
    """Say cross-validation by so many folds as the rows allow, or what to do where they allow none.

    >>> with_folds("too few; choose C by cross-validation", 3), with_folds(BY_FOLDS, 1)
    ('too few; choose C by cross-validation (`fit --cv 3`)', 'leave columns out')
    """
    typed = f"{BY_FOLDS} (`fit --cv {folds}`)" if folds >= FEWEST_FOLDS else "leave columns out"
    return text.replace(BY_FOLDS, typed)


def in_shell(text: str) -> str:
    r"""Write a text in quotes as a shell reads it, on one line.

    >>> print(in_shell("its id"), in_shell("it's"), in_shell("two\nlines"))
    'its id' 'it'"'"'s' $'two\nlines'
    """
    return shell_word(text) if "'" in text or hides(text) else f"'{text}'"


def shell_word(text: str) -> str:
    r"""Write a word of a command line, what hides by the escapes of POSIX.1-2024, such as bash has.

    >>> print(shell_word("age"), shell_word("its id"), shell_word("it's\r\x85"))
    age 'its id' $'it\'s\r\u0085'
    """
    return f"$'{''.join(map(_escaped, text))}'" if hides(text) else quote(text)


def command_line(words: Iterable[str]) -> str:
    """Write the words of a command line as a shell reads them."""
    return " ".join(map(shell_word, words))


def hides(text: str) -> bool:
    """Tell whether a text has characters that are not seen as they are."""
    return visible(text) != text


def _escaped(character: str) -> str:
    """Write a character between the quotes that resolve escapes."""
    if character in "\\'":
        return f"\\{character}"
    if not hides(character):
        return character
    shown = visible(character)  # a shell takes \x85 for a byte
    return shown if character.isascii() else shown.replace("\\x", "\\u00")


def own_texts(arguments: Iterable[str]) -> list[str]:
    """Give what may be names of the user's own in a command line, the longest first.

    >>> own_texts(["fit", "./na=[] x.csv"])
    ['./na=[] x.csv', 'na=[] x.csv', '[] x.csv', 'fit']
    """
    parts = {part for each in arguments for part in (each, each.partition("=")[2]) if part}
    known = {*parts, *(str(Path(each)) for each in parts)}
    return sorted(known, key=lambda each: (-len(each), each))


def typed_remedies(text: str, own: Iterable[str] = ()) -> str:
    """Say arguments of `read_table` and policies of columns as the options that they are here.

    What stands in quotes is a text of the user's own, and stays as it is. So do `own` texts.

    >>> typed_remedies("leave it out: columns={'id': 'drop'}, or give na=['default', 'None']")
    "leave it out: --drop 'id', or give --na default --na 'None'"
    >>> typed_remedies("leave sep=',' out, or give sep=';'"), typed_remedies("na=[] reads")
    ("leave --sep ',' out, or give --sep ';'", "--na '' reads")
    >>> typed_remedies("encoder=TableEncoder(na=[]) and read_table(…, decimal=',')")
    "--na '' and --decimal ','"
    >>> typed_remedies("'na=[]' is not a number; fill it in, or set missing='drop'")
    "'na=[]' is not a number; fill it in, or set --missing drop"
    >>> typed_remedies("na=[] x.csv: is empty", ["fit", "na=[] x.csv"])
    'na=[] x.csv: is empty'
    """
    return "".join(
        part if k % 2 else ARGUMENT.sub(_typed, part) for k, part in enumerate(_apart(text, own))
    )


def _apart(text: str, own: Iterable[str]) -> list[str]:
    """Cut texts that could be taken for ours out: every second part is one of them."""
    known = (each for each in own if ARGUMENT.search(each) or PHRASE.search(each))
    names = [re.escape(visible(each)) for each in known]
    return re.split(f"({'|'.join(names)})", text) if names else [text]


def typed_finding(finding: Finding, folds: int = 0, *, firth: bool = False) -> Finding:
    """Say the remedy of a finding by the options that are typed; `folds` are those possible.

    `firth` says whether Firth's likelihood is a way out of few events.
    """
    remedy = with_folds(in_options(finding.remedy), folds)
    more = BY_FIRTH if firth and finding.code is Code.FEW_EVENTS else ""
    return replace(finding, remedy=remedy + more)


def left_out_by(finding: Finding, names: Sequence[str], *, formula: bool) -> Finding:
    """Say how columns of a file of these names are left out, where a finding says so.

    >>> from glasslogit.findings import constant_finding
    >>> print(left_out_by(constant_finding(["a", "b"]), ["a", "b"], formula=False))
    note (constant): columns 'a', 'b' hold one value each; leave them out (--drop 'a' --drop 'b')
    """
    own = finding.code in ABOUT_ITS_COLUMNS and {*finding.columns} <= {*names}
    if not own or len(finding.columns) > LISTED:
        return finding
    repeated = finding.code is Code.DUPLICATED_COLUMN
    typed = " ".join(f"--drop {in_shell(name)}" for name in finding.columns[repeated:])
    how = f" {'in' if repeated else 'of'} --formula" if formula else f" ({typed})"
    return replace(finding, remedy=LEAVE_OUT.sub(lambda found: found[0] + how, finding.remedy))


def _phrase(found: re.Match[str]) -> str:
    """Write a phrase of Python in words of the command line, and a quoted text as it is."""
    return found["quoted"] or TYPED_AS[found[0]]


def _typed(found: re.Match[str]) -> str:
    """Write an argument as the option that it is, and a quoted text as it is."""
    if found["quoted"]:
        return found["quoted"]
    if found["name"]:
        return f"--{POLICIES[found['policy']]} {in_shell(_unquoted(found['name']))}"
    if found["alike"]:
        return f"--ignore-case {in_shell(_unquoted(found['alike']))}"
    if found["trials"]:
        return f"give --trials {in_shell(_unquoted(found['trials']))}"
    return _typed_value(found)


def _typed_value(found: re.Match[str]) -> str:
    """Write an argument that is for no column as the option that it is."""
    if found["folds"]:
        return f"--cv {found['folds']}"
    if found["phrase"]:
        return IN_ERRORS[found["phrase"]]
    if found["option"]:
        option, value = RENAMED.get(found["option"], found["option"]), found["value"]
        typed = shell_word(_unquoted(value))
        typed = f"'{typed}'" if typed in ENDS_OF_PHRASES else typed
        return f"--{option} {'tab' if value[1:-1] == QUOTED_TAB else typed}"
    return " ".join(map(_typed_word, re.findall(IN_QUOTES, found["words"]) or ["''"]))


def _typed_word(quoted: str) -> str:
    """Write a word of --na as it is typed."""
    return f"--na {quoted[1:-1] if quoted == USUAL_WORDS else in_shell(_unquoted(quoted))}"


def _unquoted(text: str) -> str:
    """Give what stands in quotes, its escapes resolved where they are those of Python."""
    try:
        return str(literal_eval(text))
    except (SyntaxError, ValueError):
        return text[1:-1]


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
