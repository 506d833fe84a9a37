"""Mutants that do the same as the source, each with the reason."""

from sites import Mutant

# path, the source, the mutant: white space does not count. And why no test can tell them apart.
EQUIVALENT: dict[tuple[str, str, str], str] = {}


def why_equivalent(mutant: Mutant) -> str | None:
    """Give the reason, or None for a mutant that a test could tell."""
    return EQUIVALENT.get((mutant.path, *mutant.changed))
