"""What a fit has to say of its table: rows left out, and numbers read as people write them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glasslogit.findings import Finding, constant_finding, constant_part
from glasslogit.inputs import LazyLabels, are_shares, number_all
from glasslogit.model.design import Design
from glasslogit.model.fitted import gathered


def find_constant(names: Sequence[str], encoder: Any) -> list[Finding]:
    """Find that columns of X, of these names, hold one value each.

    One that a column of the table or a term of the formula is made into, beside others, cannot
    be left out by itself.
    """
    if encoder is None:
        return [constant_finding(names)]
    encoding, found = encoder.encoding_, list[Finding]()
    made = gathered(zip(encoding.feature_names, encoding.origins, strict=True))
    whole = [origin for origin, each in made.items() if {*each} <= {*names}]
    if whole:
        columns = [name for origin in whole for name in made[origin]]
        found.append(constant_finding(columns, whole if encoding.formula else ()))
    for origin, each in made.items():
        part = [name for name in each if name in names]
        if part and origin not in whole:
            found.append(constant_part(part, origin))
    return found


def find_amounts(design: Design) -> list[Finding]:
    """Find the columns of numbers that are read as people wrote them."""
    columns = () if design.table is None else design.encoding.columns
    formats = {each.name: each.format for each in columns if getattr(each, "format", None)}
    if not formats:
        return []
    from glasslogit.tables import find_formatted  # noqa: PLC0415

    return find_formatted(design.table, formats)


def find_lost(design: Design, classes: NDArray[Any]) -> list[Finding]:
    """Find that the rows left out are many, or that the others have other class rates."""
    labels, places = np.asarray(design.labels), design.places
    if not design.gaps or places is None or labels.ndim != 1 or are_shares(labels):
        return []  # of events among trials there are no rates of rows
    from glasslogit.tables import dropped_rows  # noqa: PLC0415

    known = set(classes.tolist())
    labelled = np.array([label in known for label in labels.tolist()], bool)
    return dropped_rows(
        places[labelled] >= 0, design.gaps, LazyLabels(*number_all(labels[labelled]))
    )
