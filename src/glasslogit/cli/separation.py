"""What `glasslogit check` and `fit` say of separated classes, in the terms of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from glasslogit.cli import output as show
from glasslogit.cli.words import command_line
from glasslogit.findings import LISTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glasslogit.cli.prepare import Prepared
    from glasslogit.cli.printer import Fact
    from glasslogit.optimum.separation import Separation


def about_separation(data: Prepared, found: Separation, word: str) -> Iterator[Fact]:
    """Say by what the classes are separated, with the rows of the file, and what to do."""
    yield word, f"separated classes, {found.kind}: no finite optimum without a penalty"
    yield "", f"a penalty has an optimum (`fit --C 1`){remedy_by_column(data, found)}"
    yield "", f"by {found.cause}"
    if found.kind == "quasi-complete":  # else all of them are
        yield "", f"infinite coefficients: {found.signs}"
    if found.rows:
        rows = data.design.kept[np.array(found.rows)] + data.survey.table.first_row
        few = rows.tolist()[:LISTED]
        more = ", …" if found.ahead > len(few) else ""
        yield "", f"rows on one side: {', '.join(map(str, few))}{more}"
    if found.few_counts:
        yield from show.counts(found.few_counts)
    if found.proof == "inferred":
        yield "", f"inferred from the fit, not proved: {found.hindrance}"


def remedy_by_column(data: Prepared, found: Separation) -> str:
    """Say which option leaves out what separates, if that is by a few columns of several."""
    sources = dict(zip(data.encoding.feature_names, data.encoding.sources, strict=True))
    named = dict.fromkeys(name for each in found.columns for name in sources[each])
    if not named:
        return ""
    if data.encoding.formula is not None:
        listed = ", ".join(map(repr, named))
        return f"; or leave {listed} out of --formula, if it gives the target away"
    features = {name for each in sources.values() for name in each}
    if len(named) > LISTED or features <= {*named}:
        return ""
    options = command_line(word for name in named for word in ("--drop", name))
    return f"; or {options}, if it gives the target away"
