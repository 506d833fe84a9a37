"""What `glasslogit fit` prints of the coefficients, and how sure they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from glasslogit.cli import output as show
from glasslogit.cli.estimates import Estimates
from glasslogit.errors import GlasslogitError, visible
from glasslogit.model import positive_place
from glasslogit.trust.inference import summarize

if TYPE_CHECKING:
    from glasslogit.cli.prepare import Prepared
    from glasslogit.export import SavedModel
    from glasslogit.model import LogisticRegression
    from glasslogit.trust.firth import Firth
    from glasslogit.trust.inference import Summary

ERROR_KINDS = {"cluster": "clustered"}
MOST_COEFFICIENTS = 1000  # the work for their errors grows with the cube of their number


class Certainty(NamedTuple):
    """The summary of a fit, or None, and what is to be said about it."""

    summary: Summary | Estimates | None
    notes: tuple[str, ...]


def certainty_of_firth(found: Firth, data: Prepared) -> Certainty:
    """Take what a Firth fit says of its coefficients, towards the positive class."""
    if data.positive is None:
        return Certainty(None, ())
    names = ("coef", "std_error", "ci_low", "ci_high", "p_value")
    parts = {name: np.roll(getattr(found, name)[:, 0], 1) for name in names}
    if data.positive != found.classes[1]:
        low, high = -parts["ci_high"], -parts["ci_low"]
        parts |= {"coef": -parts["coef"], "ci_low": low, "ci_high": high}
    how = "Intervals and p-values are those of the profile of Firth's likelihood"
    told = f"{how}, from the {show.rows(data.n_trained, 'training ')}."
    return Certainty(Estimates(**parts, level=found.level), (told,))


def certainty_of(
    model: LogisticRegression, data: Prepared, covariance: Literal["auto", "robust", "cluster"]
) -> Certainty:
    """Summarise a model of two classes on its training rows, or say why that cannot be done."""
    if data.positive is None:
        return Certainty(None, ())
    if model.coef_.size > MOST_COEFFICIENTS:
        return Certainty(
            None, (f"No standard errors for more than {MOST_COEFFICIENTS:,} coefficients.",)
        )
    classes: list[Any] = model.classes_.tolist()
    other = classes[1 - classes.index(data.positive)]
    try:
        how: dict[str, Any] = {"covariance": covariance, "groups": data.groups}
        how |= {"offset": data.beside.offset, "reference": other}
        summary = summarize(model, data.design, **how)
    except GlasslogitError as error:
        return Certainty(None, (f"No standard errors: {error}",))
    kind = ERROR_KINDS.get(summary.kind, summary.kind)
    how_sure = f"Standard errors are {kind}, intervals {summary.intervals}'s"
    told = f"{how_sure}, from the {show.rows(data.n_trained, 'training ')}."
    return Certainty(summary, (told, *(f"Note: {note}" for note in summary.notes)))


def print_coefficients(
    out: show.Printer, saved: SavedModel, data: Prepared, sure: Certainty, *, every: bool
) -> None:
    """Print coefficients by column, towards the positive class or for each class."""
    model, encoding = saved.model, data.encoding
    coef, intercept = model.coef_.T, model.intercept_  # (d, c), (c,)
    titles = [visible(name) for name in saved.class_names]
    if saved.positive is not None:
        sign = 1 if positive_place(model) else -1
        coef, intercept, titles = sign * coef, sign * intercept, [visible(saved.positive)]
    if sure.summary is not None:  # of separated or aliased columns it knows more than the fit
        first = int(sure.summary.intercept)
        coef, intercept = sure.summary.coef[first:, None], sure.summary.coef[:first]
    out.print(f"Coefficients for {titles[0]}" if len(titles) == 1 else "Coefficients", style="bold")
    if len(titles) > show.MOST_CLASS_COLUMNS:
        out.print(f"Those of {len(titles)} classes are too many to print; --model saves them.\n")
        return
    known = intercept if encoding.intercept else None
    sizes = data.spread.nonzero, data.spread.deviation
    effects = show.Effects(coef, known, titles, *sizes, sure.summary)
    out.print(show.coefficients(encoding, effects, every=every))
    if len(titles) == 1:
        out.print(
            f"Odds ratio: by what the odds of {titles[0]} are multiplied for one unit more, "
            "or in this level instead of the one it is set against, all else equal."
        )
        out.print("\n".join(sure.notes) + "\n")
