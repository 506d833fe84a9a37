"""Options that have no meaning, alone or together, refused in one line that names them."""

from __future__ import annotations

from collections.abc import Iterator
from math import isinf
from typing import TYPE_CHECKING

from glasslogit.cli.options import typed
from glasslogit.cli.refusals import of_the_command_line
from glasslogit.errors import InputError
from glasslogit.findings import check_silence
from glasslogit.solvers import NAMES, named
from glasslogit.tables.encoding import parse

if TYPE_CHECKING:
    from glasslogit.cli.model_options import Fitting
    from glasslogit.cli.request import FitRequest

OWN_PENALTY = "Firth's penalty is its own, and has no strength"
OWN_ERRORS = "the intervals of a Firth fit are those of its own likelihood"
NO_ERRORS = "with an L1 penalty coefficients have no standard errors"
NO_PENALTY = "without a penalty it changes nothing"
CLASHES = {
    ("--firth", "--C"): OWN_PENALTY,
    ("--firth", "--l1-ratio"): OWN_PENALTY,
    ("--firth", "--standardise"): OWN_PENALTY,
    ("--firth", "--cv"): OWN_PENALTY,
    ("--firth", "--solver"): "a Firth fit has a method of its own",
    ("--firth", "--offset"): "a Firth fit takes no offset",
    ("--firth", "--weights-are"): "Firth's penalty takes weights as numbers of rows",
    ("--firth", "--robust"): OWN_ERRORS,
    ("--firth", "--cluster"): OWN_ERRORS,
    ("--cv", "--C"): "--cv chooses C",
    ("--trials", "--weights"): "the trials are the weights",
    ("--robust", "--cluster"): "errors by cluster are robust ones",
    ("--l1-ratio", "--robust"): NO_ERRORS,
    ("--l1-ratio", "--cluster"): NO_ERRORS,
    ("--l1-ratio", "--C inf"): NO_PENALTY,
    ("--standardise", "--C inf"): NO_PENALTY,
    ("--standardise", "--formula"): "write scale(…) in the formula",
}
NEEDS = {"--cv-rule": "--cv", "--weights-are": "--weights"}


def refuse_values(fitting: Fitting) -> None:
    """Refuse what an option cannot be, in the words of the command line.

    Raises
    ------
    InputError
        Names the option and what it can be.

    """
    if not fitting.strength > 0:
        remedy = "give a number greater than 0, or inf for no penalty"
        raise InputError(f"--C {fitting.strength:g} is not valid; {remedy}")
    if not 0 <= fitting.l1_ratio <= 1:
        remedy = "give a number between 0 and 1"
        raise InputError(f"--l1-ratio {fitting.l1_ratio:g} is not valid; {remedy}")
    try:
        solver = named(fitting.solver)
    except InputError:
        known = ", ".join(["auto", *NAMES])
        raise InputError(f"--solver {fitting.solver} is unknown; give one of {known}") from None
    if solver is not None and fitting.l1_ratio > 0 and not solver.handles_kinks:
        problem = f"--solver {fitting.solver} needs a penalty without a share of L1"
        raise InputError(f"{problem}; leave out --l1-ratio, or --solver")


def clash(one: str, other: str) -> str:
    """Say why two options do not go together.

    >>> clash("--cv", "--C")
    '--cv and --C do not go together: --cv chooses C; leave one out'
    """
    return f"{one} and {other} do not go together: {CLASHES[one, other]}; leave one out"


def refuse_wrong_line(request: FitRequest) -> None:
    """Refuse what no table could make right in the options that `check` and `fit` share.

    Raises
    ------
    CommandLineError
        Names the options.

    """
    with of_the_command_line():
        refuse_clashes(request)
        check_silence(request.output.silence, "--silence")


def refuse_clashes(request: FitRequest) -> None:
    """Refuse options that have no meaning together, and a column that is to be two things.

    Raises
    ------
    InputError
        Names both options.

    """
    asked = typed(request.fitting, request.beside, request.errors, request.columns)
    options = {*asked, *(["--C inf"] if isinf(asked.get("--C", 0.0)) else [])}
    for pair in CLASHES:
        if {*pair} <= options:
            raise InputError(clash(*pair))
    for one, other in NEEDS.items():
        if one in options and other not in options:
            raise InputError(f"{one} has no meaning without {other}; give both, or neither")
    role_of: dict[str, str] = {}
    for name, option in _roles(request):
        if name in role_of:
            problem = f"column {name!r} is given to both {role_of[name]} and {option}"
            raise InputError(f"{problem}; leave one out")
        role_of[name] = option
    asked_of = request.columns
    for option, names in (
        ("--drop", asked_of.drop),
        ("--categorical", asked_of.categorical),
        ("--reference", asked_of.references),
    ):
        twice = [name for name in asked_of.date if name in names]
        if twice:
            problem = f"column {twice[0]!r} is given to both --date and {option}"
            raise InputError(f"{problem}; leave one out")


def _roles(request: FitRequest) -> Iterator[tuple[str, str]]:
    """Give each column that has a role which leaves it out of X, and the option that says so.

    Of those that are in X only names that have such a role matter. A formula may repeat the target.
    """
    beside = {"--target": request.target} | {
        option: name
        for option, name in (
            ("--weights", request.beside.weights),
            ("--trials", request.beside.trials),
            ("--offset", request.beside.offset),
            ("--cluster", request.errors.cluster),
        )
        if name is not None
    }
    yield from ((name, option) for option, name in beside.items())
    used = {
        "--drop": request.columns.drop,
        "--categorical": request.columns.categorical,
        "--reference": tuple(request.columns.references),
        "--date": request.columns.date,
        "--formula": () if request.terms is None else parse(request.terms).names,
    }
    for option, names in used.items():
        taken = {*beside.values()} - ({request.target} if option == "--formula" else set())
        yield from ((name, option) for name in dict.fromkeys(names) if name in taken)
