"""What `glasslogit check` counts as serious, and its exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from glasslogit.findings import Code
from glasslogit.pages import how_many

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glasslogit.cli.prepare import Prepared
    from glasslogit.findings import Finding
    from glasslogit.optimum.separation import Dependence

CLEAN, SERIOUS = 0, 1  # exit codes


class SeriousProblems(NamedTuple):
    """How many problems of each kind are serious, all of which are told above the result."""

    unusable: int  # columns
    findings: int
    separated: int
    sums: int  # columns

    @property
    def exit_code(self) -> int:
        """Give 1 if there is any."""
        return SERIOUS if any(self) else CLEAN

    def verdict(self) -> str:
        """Say how many there are, of which kinds, and the exit code.

        >>> SeriousProblems(0, 2, 1, 0).verdict()
        '3 serious problems (exit code 1): 2 serious findings, separated classes'
        """
        count = sum(self)
        if not count:
            return f"nothing serious (exit code {CLEAN})"
        unusable = how_many(self.unusable, "unusable column")
        sums = how_many(self.sums, "column is a sum of others", "columns are sums of others")
        told = unusable, how_many(self.findings, "serious finding"), "separated classes", sums
        kinds = ", ".join(text for text, there in zip(told, self, strict=True) if there)
        return f"{how_many(count, 'serious problem')} (exit code {SERIOUS}): {kinds}"


def is_repeated(found: Dependence, data: Prepared, findings: Iterable[Finding]) -> bool:
    """Tell whether a sum is of columns of which a finding says that they repeat each other."""
    sources = dict(zip(data.encoding.feature_names, data.encoding.sources, strict=True))
    names = {name for each in found.coefficients for name in sources[each]}
    repeated = (each for each in findings if each.code is Code.DUPLICATED_COLUMN)
    return any(names <= {*each.columns} for each in repeated)
