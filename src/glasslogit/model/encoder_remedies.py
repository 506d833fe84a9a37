"""What encoders and tables say in their own arguments, as an estimator is given them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from glasslogit.errors import IN_QUOTES, InputError

OF_ENCODER = re.compile(
    rf"(?P<users>(?<!\w){IN_QUOTES})|(?<!\w)(?<!TableEncoder\()(?<!…, )(?:"
    rf"(?P<reading>(?:sep|decimal|encoding)={IN_QUOTES})|"
    rf"columns=\{{{IN_QUOTES}: (?:\w+\(\)|'drop')\}}|(?:missing|unseen)='\w+'|"
    rf"ignore_case=\[{IN_QUOTES}\]|"
    rf"na=\[(?:{IN_QUOTES}(?:, {IN_QUOTES})*)?\])"
)


def in_encoder(text: str) -> str:
    """Say the arguments of a `TableEncoder` as what an estimator is given, those of a file as read.

    >>> in_encoder("fill it in, or set missing='drop'")
    "fill it in, or set encoder=TableEncoder(missing='drop')"
    >>> in_encoder("columns={'when': Date()} counts days")
    "encoder=TableEncoder(columns={'when': Date()}) counts days"

    What stands in quotes is a text of the user's own.

    >>> text = "it's " + repr("missing='drop'")
    >>> in_encoder(text) == text
    True
    """
    return OF_ENCODER.sub(_held, text)


def _held(found: re.Match[str]) -> str:
    """Write what an argument is given to, and a text of the user's own as it is."""
    if found["users"]:
        return found[0]
    return f"read_table(…, {found[0]})" if found["reading"] else f"encoder=TableEncoder({found[0]})"


@contextmanager
def remedies_in_encoder(X: Any) -> Iterator[None]:
    """Let what an encoder refuses reach those who call an estimator, with what they can type.

    X is what it reads: the file of a table may be called as an argument is.
    """
    try:
        yield
    except InputError as error:
        from glasslogit.tables import Table  # noqa: PLC0415  (100 ms to import)

        source = X.source if isinstance(X, Table) else ""
        error.args = tuple(
            text[: len(source)] + in_encoder(text[len(source) :])
            if text.startswith(source)
            else in_encoder(text)
            for text in error.args
        )
        raise
