"""Points in plain numbers of a file of semicolons, before decimals or before thousands.

Where the comma is the decimal mark, semicolons stand between the fields of a file and points before
groups of three digits. 1.200 is then 1200, and a program elsewhere would mean 1.2. A column is
asked about if all of its values can be read in both ways and nothing else in the file shows which.
In a file of commas 1.200 is what a program writes with three decimals, and no question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from glasslogit.findings import Code, Finding, Severity
from glasslogit.tables.column import Numbers, Text, number_text
from glasslogit.tables.number_formats import NumberFormat, formats_of, shape
from glasslogit.tables.table import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from glasslogit.tables.column import Column

OF_A_WHOLE = 1e-6  # beside a whole number below a million, and far above its rounding
WHICH = "say which sign is the decimal one, decimal='.' or decimal=','"


def of_points(
    columns: Mapping[str, Column | None],
    plain: Sequence[str],
    shapes_of: Callable[[Sequence[str]], Mapping[str, frozenset[str]]],
    example_of: Callable[[str, NumberFormat], str],
) -> Iterator[Finding]:
    """Ask what the numbers of some columns are; `plain` are those that a program may have written.

    `shapes_of` gives the shapes of columns, and `example_of` a value that a format reads otherwise
    than a program.
    """
    maybe = [name for name in plain if _may_have_thousands(columns[name])]
    shapes = shapes_of(plain) if maybe else {}
    if any(formats_of(each) == (NumberFormat("."),) for each in shapes.values()):
        return
    for name in maybe:
        if len(formats_of(shapes[name])) == 2:
            example = example_of(name, NumberFormat(","))
            ways = [how.number(example) or 0.0 for how in formats_of([shape(example)])]
            read = " or ".join(map(number_text, ways))
            evidence = f"holds {quote(example)}, which in a file of semicolons may be {read}"
            remedy = f"the first is taken; {WHICH}"
            yield Finding(Code.READING, Severity.WARNING, (name,), evidence, remedy)


def _may_have_thousands(column: Column | None) -> bool:
    """Tell whether points in plain numbers may stand before thousands, where it is quick to say.

    Numbers of many values that are kept without their text are asked by their size.
    """
    if isinstance(column, Numbers) and column.distinct is None:
        values = column.stored[~column.gaps]
        thousands = values * 1000
        small = bool((np.abs(values) < 1000).all() and (values % 1 != 0).any())
        return small and bool((np.abs(thousands - np.rint(thousands)) < OF_A_WHOLE).all())
    return isinstance(column, Numbers | Text) and any("." in level for level in column.levels)
