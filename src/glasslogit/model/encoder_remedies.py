"""What an encoder says in its own arguments, in those of the estimators that hold it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from glasslogit.errors import IN_QUOTES, InputError

OF_ENCODER = re.compile(
    rf"(?P<users>(?<!\w){IN_QUOTES})|(?<![\w(])"
    rf"(?:columns=\{{{IN_QUOTES}: (?:\w+\(\)|'drop')\}}|(?:missing|unseen)='\w+')"
)


def in_encoder(text: str) -> str:
    """Say the arguments of a `TableEncoder` as what an estimator is given.

    >>> in_encoder("fill it in, or set missing='drop'")
    "fill it in, or set encoder=TableEncoder(missing='drop')"
    >>> in_encoder("columns={'when': Date()} counts days")
    "encoder=TableEncoder(columns={'when': Date()}) counts days"

    What stands in quotes is a text of the user's own.

    >>> text = "it's " + repr("missing='drop'")
    >>> in_encoder(text) == text
    True
    """
    return OF_ENCODER.sub(
        lambda found: found[0] if found["users"] else f"encoder=TableEncoder({found[0]})", text
    )


@contextmanager
def remedies_in_encoder() -> Iterator[None]:
    """Let what an encoder refuses reach those who call an estimator, with what they can type."""
    try:
        yield
    except InputError as error:
        error.args = tuple(map(in_encoder, error.args))
        raise
