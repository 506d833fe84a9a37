"""What is to be kept in mind about a table of coefficients, one sentence each."""

import numpy as np
from numpy.typing import ArrayLike

from glasslogit.pages import how_many, listed
from glasslogit.trust.aliases import alias_note
from glasslogit.trust.inference.information import BIAS, Information
from glasslogit.trust.inference.limit import LIMIT_GAP
from glasslogit.trust.inference.sandwich import number_clusters

FEW_CLUSTERS = 40  # clusters, below which errors clustered by them are too small


def notes_on(known: Information, kind: str) -> tuple[str, ...]:
    """Say what is to be kept in mind about this table."""
    notes, fewest = notes_on_separation(known), known.sums.totals.min()
    if known.relations:
        notes.append(alias_note(known.relations, known.fitted.names))
    if known.penalised:
        notes.append(BIAS)
    if fewest < len(known.columns):
        rarest = known.fitted.classes[int(known.sums.totals.argmin())]
        notes.append(
            f"the rows of class {rarest!s} weigh {fewest:.4g}, fewer than {len(known.columns)} "
            "coefficients: the normal approximation is not to be trusted"
        )
    if not known.claims.likelihood:
        how = "errors take their unit at its word" if kind == "classical" else "errors are robust"
        notes.append(f"with {known.claims.without} there is no likelihood, and {how}")
    if np.any(known.shift):
        notes.append(
            "the intercept is that of the class rates in these rows; base_rate moved the model's, "
            "and with it the probabilities"
        )
    return tuple(notes)


def notes_on_separation(known: Information) -> list[str]:
    """Say which coefficients have no finite estimate, and what can be said of them all the same."""
    if not known.separated:
        return []
    equations = [f" of {each}" if len(known.equations) > 1 else "" for each in known.equations]
    where = np.repeat(equations, len(known.columns))
    named = [f"{t}{e}" for t, e in zip(known.terms, where, strict=True)]
    kinds = np.isinf(known.lost), np.isnan(known.lost) & ~known.aliased
    endless, unknown = (
        [n for n, is_it in zip(named, kind, strict=True) if is_it] for kind in kinds
    )
    found = listed(endless) or "some coefficients"
    have = "has" if len(endless) == 1 else "have"
    notes = [
        (
            f"the classes are separated: {found} {have} no finite estimate and no standard error. "
            f"The log-likelihood is the value it tends to, within {LIMIT_GAP:g} nats, so tests by "
            "the likelihood ratio and by the score stand: take intervals='profile', or term_tests"
        )
    ]
    if unknown:
        notes.append(f"{listed(unknown)} may then be any number: no row that is left tells it")
    return notes


def notes_on_clusters(known: Information, groups: ArrayLike | None) -> tuple[str, ...]:
    """Say what few clusters cannot tell."""
    if groups is None:
        return ()
    k = int(number_clusters(groups).max()) + 1
    slopes = int((~known.aliased).sum()) - len(known.equations) * known.intercept
    few = f"there are {k:,} clusters; below some {FEW_CLUSTERS} the errors tend to be too small"
    together = f"{k - 1:,} of {how_many(slopes, 'coefficient')} together"
    lacking = f"{k:,} clusters tell no more than {together}"
    notes = [few] if k < FEW_CLUSTERS else []
    return (*notes, f"{lacking}: no test of all") if k <= slopes else tuple(notes)
