"""What `--unseen other` says where training pooled no level that an unseen one could join."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glasslogit.findings import Code, Finding, Severity
from glasslogit.tables import shorten

if TYPE_CHECKING:
    from glasslogit.tables import Encoding, Unseen


def not_pooled(encoding: Encoding, asked: Unseen | None) -> list[Finding]:
    """Find the categories in which an unseen level is to be another one, and there is none.

    >>> from glasslogit.tables import CategoryColumn, Encoding
    >>> print(*not_pooled(Encoding((CategoryColumn("town", "Ghent", ("Ypres",)),)), "other"))
    note (reading): training pooled no level of town; with --unseen other an unseen one counts as \
the reference there, and `fit --rare N` pools the levels of fewer than N rows
    """
    if asked != "other" or not encoding.unpooled:
        return []
    evidence = f"training pooled no level of {shorten(encoding.unpooled)}"
    remedy = (
        "with --unseen other an unseen one counts as the reference there, and `fit --rare N` "
        "pools the levels of fewer than N rows"
    )
    return [Finding(Code.READING, Severity.NOTE, (), evidence, remedy)]
