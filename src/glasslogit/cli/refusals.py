"""What pydantic, by which typer reads options, says of a wrong value, in plain words."""

import re
from collections.abc import Sequence
from itertools import pairwise

OURS = ": Value error, "  # what stands before our own words
REFUSAL = re.compile(r"Invalid value for '(?P<option>--?[\w-]+)': Input should be (?P<wanted>.*)")
WANTED = {
    r"a valid integer.*": "is not a whole number",
    r"a (valid|finite) number.*": "is not a number",
    r"greater than or equal to (?P<limit>\S+)": "is less than {limit}",
    r"less than or equal to (?P<limit>\S+)": "is more than {limit}",
}


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
    return " ".join([option, *(repr(each) for each in _values(option, arguments)[-1:]), said])


def _values(option: str, arguments: Sequence[str]) -> list[str]:
    """Give the values that an option has on a command line."""
    joined = [each.partition("=")[2] for each in arguments if each.startswith(f"{option}=")]
    return joined or [value for each, value in pairwise(arguments) if each == option]
