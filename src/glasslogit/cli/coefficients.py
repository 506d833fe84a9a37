"""What `glasslogit fit` prints of the coefficients, and how sure they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from glasslogit.cli import output as show
from glasslogit.cli.words import in_options
from glasslogit.core import odds_ratio
from glasslogit.errors import GlasslogitError, visible
from glasslogit.model import positive_place
from glasslogit.optimum.separation import with_intercept
from glasslogit.pages import Page, how_many, labels_of, level_text
from glasslogit.trust import outline_of
from glasslogit.trust.inference import summarize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from glasslogit.cli.prepare import Prepared
    from glasslogit.export import SavedModel
    from glasslogit.model import LogisticRegression
    from glasslogit.trust.firth import Firth
    from glasslogit.trust.inference import Summary

ERROR_KINDS = {"cluster": "clustered"}
MOST_COEFFICIENTS = 1000  # the work for their errors grows with the cube of their number
MOST_SECTIONS = 6  # more classes than this are too many to print
FOLDED = 8  # of a column with more levels than this, only so many are printed
MOST_NUMBERS = 40  # of more numeric columns than this, only so many are printed


class Certainty(NamedTuple):
    """The summary of a fit, or Firth's, or None, and what is to be said about it."""

    summary: Summary | Firth | None
    notes: tuple[str, ...]


def certainty_of_firth(found: Firth, data: Prepared) -> Certainty:
    """Take what a Firth fit says of its coefficients, towards the positive class."""
    how = "Intervals and p-values are those of the profile of Firth's likelihood"
    told = f"{how}, from the {show.rows(data.n_fitted, 'training ')}."
    return Certainty(found if data.positive is None else found.towards(data.positive), (told,))


def certainty_of(
    model: LogisticRegression, data: Prepared, covariance: Literal["auto", "robust", "cluster"]
) -> Certainty:
    """Summarise a model on its training rows, or say why that cannot be done."""
    if model.coef_.size > MOST_COEFFICIENTS:
        return Certainty(
            None, (f"No standard errors for more than {MOST_COEFFICIENTS:,} coefficients.",)
        )
    how: dict[str, Any] = {"covariance": covariance, "groups": data.groups}
    if data.positive is not None:
        classes: list[Any] = model.classes_.tolist()
        how["reference"] = classes[1 - classes.index(data.positive)]
    own = [*data.encoding.feature_names, *map(str, model.classes_.tolist())]
    try:
        summary = summarize(model, data.design, offset=data.beside.offset, **how)
    except GlasslogitError as error:
        return Certainty(None, (f"No standard errors: {in_options(str(error), own)}",))
    kind = ERROR_KINDS.get(summary.kind, summary.kind)
    how_sure = f"Standard errors are {kind}, intervals {summary.intervals}'s"
    told = f"{how_sure}, from the {show.rows(data.n_fitted, 'training ')}."
    notes = (f"Note: {in_options(note, own)}" for note in summary.notes)
    return Certainty(summary, (told, *notes))


def print_coefficients(
    out: show.Printer, saved: SavedModel, data: Prepared, sure: Certainty, *, every: bool
) -> None:
    """Print the table of the summary, or one of the coefficients alone where there is none."""
    known, names = sure.summary, [visible(name) for name in saved.class_names]
    towards = None if saved.positive is None else visible(saved.positive)
    other = "" if known is None else f" for each class against {visible(str(known.reference))}"
    title = f"Coefficients{other}" if towards is None else f"Coefficients for {towards}"
    out.print(title, style="bold")
    if towards is None and len(names) > MOST_SECTIONS:
        out.print(
            f"{how_many(len(names), 'class', 'classes')}: too many to print their coefficients; "
            "--model saves them.\n"
        )
        return
    page = _alone(saved, data) if known is None else known.coefficients()
    heads = {"rows": "rows", "coef": "coef"}
    if known is not None:
        ends = f"{level_text(known.level)} from", "to"
        heads |= {"std_error": "std error", "ci_low": ends[0], "ci_high": ends[1]}
        heads["p_value"] = "p-value"
    if "odds_ratio" in page.columns:
        heads["odds_ratio"] = "odds ratio"
    out.print(_beside(page, data, every=every).table("feature", heads))
    if "odds_ratio" in page.columns:
        odds = towards or other.removeprefix(" for ")
        out.print(
            f"Odds ratio: by what the odds of {odds} are multiplied for one unit more, "
            "or in this level instead of the one it is set against, all else equal."
        )
    out.print("\n".join(sure.notes) + "\n")


def _alone(saved: SavedModel, data: Prepared) -> Page:
    """Give the coefficients where nothing else is known of them, with a section for each class.

    The page lacks the intercept where there is none.
    """
    model, encoding, positive = saved.model, data.encoding, saved.positive
    *features, intercept = with_intercept(encoding.feature_names)
    first = int(not encoding.intercept)
    theta = np.column_stack([model.intercept_, model.coef_])[:, first:]  # (c, 1 + d)
    classes = saved.class_names if positive is None else [positive]
    terms = [intercept, *features][first:] * len(classes)
    columns = {"coef": theta.ravel()}
    if positive is not None:
        coef = (1 if positive_place(model) else -1) * theta[0]
        columns = {"coef": coef, "odds_ratio": odds_ratio(coef.astype(float))}
    outline = outline_of(terms, classes, None, encoding.levels)
    return Page("", labels_of(terms, classes), columns, outline=outline)


def _beside(page: Page, data: Prepared, *, every: bool) -> Page:
    """Put the rows in which a level is beside it, and fold the small ones of many away."""
    place = {name: j for j, name in enumerate(data.encoding.feature_names)}
    at = [place.get(label[-1]) for label in page.index]
    told, counts = data.encoding.levels, data.spread.nonzero.tolist()
    rows = [
        None if j is None or label[-1] not in told else counts[j]
        for label, j in zip(page.index, at, strict=True)
    ]
    hidden = frozenset[int]() if every else frozenset(_small(page, data, at))
    more: dict[str, Any] = {"folded": hidden, "rest": " (--all)"}
    return replace(page, columns={"rows": rows, **page.columns}, **more)


def _small(page: Page, data: Prepared, at: list[int | None]) -> Iterator[int]:
    """Give, of many under one heading, all but the largest; a single one is not folded away.

    Levels are compared by their coefficients, numbers by those for one standard deviation.
    """
    sizes: NDArray[np.float64] = np.abs(np.array(page.columns["coef"], dtype=np.float64))
    sizes[np.isnan(sizes)] = 0.0
    together: dict[tuple[tuple[str, ...], bool], list[int]] = {}
    levels = data.encoding.levels
    for i, j in enumerate(at):
        if j is not None:
            level = page.index[i][-1] in levels
            together.setdefault((page.outline[i][:-1], level), []).append(i)
            sizes[i] *= 1.0 if level else data.spread.deviation[j]
    for (_, level), places in together.items():
        most = FOLDED if level else MOST_NUMBERS
        if len(places) > most + 1:
            yield from sorted(places, key=lambda i: -sizes[i])[most:]
