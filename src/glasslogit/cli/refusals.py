"""Command lines that are wrong whatever the files hold, and what pydantic says of a wrong value.

typer reads the options by pydantic, whose words are made plain.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest

from glasslogit.errors import InputError

OURS = ": Value error, "  # what stands before our own words
REFUSAL = re.compile(r"Invalid value for '(?P<option>--?[\w-]+)': Input should be (?P<wanted>.*)")
WANTED = {
    r"a valid integer.*": "is not a whole number",
    r"a (valid|finite) number.*": "is not a number",
    r"greater than or equal to (?P<limit>\S+)": "is less than {limit}",
    r"less than or equal to (?P<limit>\S+)": "is more than {limit}",
}


class CommandLineError(InputError):
    """A command line cannot be carried out, whatever the files hold that it names."""


@contextmanager
def of_the_command_line() -> Iterator[None]:
    """Call what is refused here wrong in the command line alone."""
    try:
        yield
    except InputError as error:
        raise CommandLineError(str(error)) from None


def plain_refusal(text: str, arguments: Sequence[str]) -> str:
    """Say what is wrong with an option of a command line, with the value that it has there.

    >>> wrong = "Invalid value for '--row': Input should be a valid integer, unable to parse it"
    >>> plain_refusal(wrong, ["explain", "m.json", "t.csv", "--row", "x"])
    "--row 'x' is not a whole number"
    >>> plain_refusal("Invalid value for '--cv': Input should be greater than or equal to 2", [])
    '--cv is less than 2'
    """
    refused = REFUSAL.fullmatch(text)
    if refused is None:
        return text.replace(OURS, ": ")
    option, wanted = refused["option"], refused["wanted"]
    said = f"is refused: it should be {wanted}"
    for pattern, words in WANTED.items():
        found = re.fullmatch(pattern, wanted)
        if found is not None:
            said = words.format(**found.groupdict())
    values = [value for typed, value in _typed(arguments) if typed == option]
    return " ".join([option, *map(repr, values[-1:]), said])


def _typed(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what may be an option of a command line and its value, joined by a sign or not.

    >>> list(_typed(["fit", "--cv=3", "--cv", "x"]))
    [('fit', '--cv=3'), ('--cv', '3'), ('--cv', 'x'), ('x', '')]
    """
    for typed, following in zip_longest(arguments, arguments[1:], fillvalue=""):
        name, sign, value = typed.partition("=")
        yield name, value if sign else following
