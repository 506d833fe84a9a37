"""What `glasslogit` says of columns that depend on each other, and what helps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glasslogit.cli.words import in_shell
from glasslogit.errors import InputError
from glasslogit.findings import LISTED
from glasslogit.optimum.separation import told_relations
from glasslogit.pages import listed
from glasslogit.tables import NumberColumn
from glasslogit.trust import find_dependence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from glasslogit.cli.prepare import Prepared
    from glasslogit.cli.printer import Fact
    from glasslogit.optimum.separation import Dependence


def refuse_relations(data: Prepared) -> None:
    """Refuse columns that depend on each other, of which there is no Firth fit; say what helps.

    Raises
    ------
    InputError
        If columns depend on each other.

    """
    found = find_dependence(data.trained, fit_intercept=data.encoding.intercept)
    if found:
        told = f"columns depend on each other: {told_relations(found)}"
        helps = f"leave --firth out, or {what_leaves(data, found)}"
        raise InputError(f"--firth: {told}; {helps}")


def about_relations(data: Prepared, found: Sequence[Dependence]) -> Iterator[Fact]:
    """Say which columns explain each other, and what helps a fit without a penalty."""
    word = "Collinear"
    if not found:
        yield word, "none: no column is a sum of others"
    exact = [each for each in found if each.exact]
    near = [each for each in found if not each.exact]
    if exact:
        yield word, f"exactly: {told_relations(exact)}"
    if near:
        share = max(each.error for each in near)
        yield word, f"nearly, but for a share of {share:.1g}: {told_relations(near)}"
    if found:
        yield "", "the penalty of the fit below holds all of them: nothing is to be done"
        yield "", f"without one (`fit --C inf`, `fit --firth`) {what_leaves(data, found)}"


def what_leaves(data: Prepared, found: Sequence[Dependence]) -> str:
    """Say what leaves one column of each relation out; of many relations, that there are too many.

    A column of numbers is named rather than a category, which has other levels.
    """
    encoding = data.encoding
    origins = dict(zip(encoding.feature_names, encoding.origins, strict=True))
    numbers = {each.name for each in encoding.columns if isinstance(each, NumberColumn)}
    gone = list[str]()
    for each in found:
        known = [origins[name] for name in (*each.coefficients, each.dropped)]
        gone.append(next((name for name in reversed(known) if name in numbers), known[-1]))
    names = [*dict.fromkeys(gone)]
    if len(names) > LISTED:
        count = len(encoding.feature_names)
        return f"use fewer columns: these rows tell {count - len(found):,} of {count:,} apart"
    if encoding.formula is not None:
        return f"leave {listed(map(repr, names))} out of --formula"
    return f"leave one of each out: {' '.join(f'--drop {in_shell(name)}' for name in names)}"
