"""What a fit has to say of its table: rows left out, and numbers read as people write them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from glasslogit.findings import Finding
from glasslogit.inputs import LazyLabels, are_shares, number_all
from glasslogit.model.design import Design


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
