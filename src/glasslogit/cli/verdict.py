"""What `glasslogit check` counts as serious, and its exit code."""

from typing import NamedTuple

from glasslogit.pages import how_many

CLEAN, SERIOUS = 0, 1  # exit codes


class SeriousProblems(NamedTuple):
    """How many problems of each kind are serious, all of which are told above the result."""

    unusable: int  # columns
    findings: int
    separated: int

    @property
    def exit_code(self) -> int:
        """Give 1 if there is any."""
        return SERIOUS if any(self) else CLEAN

    def verdict(self) -> str:
        """Say how many there are, of which kinds, and the exit code.

        >>> SeriousProblems(0, 2, 1).verdict()
        '3 serious problems (exit code 1): 2 serious findings, separated classes'
        """
        count = sum(self)
        if not count:
            return f"nothing serious (exit code {CLEAN})"
        unusable = how_many(self.unusable, "unusable column")
        told = unusable, how_many(self.findings, "serious finding"), "separated classes"
        kinds = ", ".join(text for text, there in zip(told, self, strict=True) if there)
        return f"{how_many(count, 'serious problem')} (exit code {SERIOUS}): {kinds}"
