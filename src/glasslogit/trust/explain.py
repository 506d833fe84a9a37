"""`explain`: why a model says what it says of one row.

    margin = baseline margin + Σⱼ wⱼ·(xⱼ − mⱼ)

A linear model is explained exactly, by its own terms: each column's coefficient times how far
the row is from the baseline m. Nothing is sampled.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import fsum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glasslogit.core import logit
from glasslogit.errors import InputError, check_number
from glasslogit.inputs import check_features, check_learned, free_name, ranges_of_columns
from glasslogit.model import (
    Lines,
    check_threshold,
    deciding_threshold,
    encoder_of,
    features_by_name,
    fitted_objective,
    model_at_end,
    other_columns,
    read_features,
    steps_before,
)
from glasslogit.pages import (
    Page,
    Printable,
    as_typed,
    how_many,
    level_text,
    listed,
    mean_text,
    predicted,
)
from glasslogit.tables import as_table
from glasslogit.trust.claims import claims_of
from glasslogit.trust.contest import (
    Contest,
    ExplainedRow,
    choose_contest,
    dense_rows,
    over,
    read_row,
)
from glasslogit.trust.flips import Change
from glasslogit.trust.formulas import numbers_in, terms_of_row
from glasslogit.trust.given_row import argument_at_end, blaming, check_row
from glasslogit.trust.row_error import probability_interval, spread_of, spread_on
from glasslogit.trust.terms import (
    ColumnTerms,
    Contribution,
    Ranges,
    RowInTerms,
    TableColumn,
    smallest_change,
    terms_of,
)
from glasslogit.trust.training_rows import (
    known_numbers,
    known_ranges,
    numbers_of_array,
    rows_needed,
)


@dataclass(frozen=True, eq=False, repr=False)
class Explanation(Printable):
    """Why a row is given its probability.

    The margin is the log-odds of `label` against `against`; the contributions, the largest
    first, add up to `margin` − `baseline_margin`. `probability` is that of `label` among all
    classes, `interval` at `level` or None, `withheld` why there is none though it was asked for.
    `change` is the smallest change of one column, to a value within its training range if that is
    known, after which another class is predicted: for two classes it takes the margin over `cut`,
    for more the margin of the predicted class against any other. None if there is none. `outside`
    are the columns whose value no training row has beyond, None if the training rows are not known.
    `shown` is the change as it is written, its value and the other. `after` names the steps of a
    pipeline whose columns these are, where those of the table cannot be told; there is no change
    then.
    """

    label: Any
    against: Any
    baseline_margin: float
    margin: float
    cut: float
    probability: float
    interval: tuple[float, float] | None
    level: float
    contributions: tuple[Contribution, ...]
    change: Change | None
    outside: tuple[str, ...] | None
    withheld: str | None = None
    shown: tuple[str, str] | None = None
    after: str = ""

    def page(self) -> Page:
        """Give a row for each column, from the baseline to the sum, and what follows from it."""
        parts, names = self.contributions, [part.name for part in self.contributions]
        by = f", by the columns after {self.after}" if self.after else ""
        log_odds = [self.baseline_margin, *(part.contribution for part in parts), self.margin]
        return Page(
            f"Log-odds of {self.label} against {self.against}{by}",
            [(name,) for name in (free_name("baseline", names), *names, free_name("sum", names))],
            {
                "value": [None, *(part.value for part in parts), None],
                "baseline": [None, *(part.baseline for part in parts), None],
                "log-odds": log_odds,
            },
            facts=tuple(self.facts()),
            formats={"value": self._value, "baseline": mean_text, "log-odds": "+.4f"},
        )

    def _value(self, value: float) -> str:
        """Write a number of the row as the sentence on its change does."""
        changed = self.change is not None and self.change.value == value
        return self.shown[0] if self.shown and changed else as_typed(value)

    def facts(self) -> list[str]:
        """Say probability, flip and range, each in a sentence."""
        text = f"Probability of {self.label}: {predicted(self.probability)}"
        if self.interval:
            low, high = self.interval
            text += f" ({level_text(self.level)} interval {predicted(low)} to {predicted(high)})"
        elif self.withheld:
            text += f" (no interval: {self.withheld})"
        facts = [text]
        if self.after:
            facts.append(f"No flips: {other_columns(self.after)}.")
        elif self.change is None:
            where = "" if self.outside is None else ", to a value within its training range,"
            facts.append(f"No change of one column alone{where} flips the decision.")
        else:
            before, after = self.shown or (str(self.change.value), str(self.change.to))
            where = "" if self.change.inside else " (which values training showed is not known)"
            facts.append(f"Flips if {self.change.name} goes from {before} to {after}{where}.")
        if self.outside:
            facts.append(f"Outside the training range: {listed(self.outside)}.")
        elif self.outside is not None:
            facts.append("Every column is within its training range.")
        return facts


def explain(  # noqa: PLR0913
    model: Any,
    row: ArrayLike,
    X: Any = None,
    y: Any = None,
    sample_weight: ArrayLike | None = None,
    *,
    offset: ArrayLike | None = None,
    row_offset: ArrayLike | None = None,
    baseline: ArrayLike | None = None,
    columns: Sequence[TableColumn] | None = None,
    label: Any = None,
    against: Any = None,
    threshold: float | None = None,
    covariance: ArrayLike | None = None,
    level: float = 0.95,
) -> Explanation:
    """Explain the margin of one row (d,) by a fitted model, ours or scikit-learn's, or a pipeline.

    A model keeps no data: the baseline is the mean of the rows X, or what `baseline` says,
    (d,); the ranges are those of X. Without X they are those of the training rows of a model whose
    file `glasslogit fit` wrote. For a model of a table, row and X are tables too, and
    contributions and changes are those of its columns; a term of several is theirs together. So
    they are for a pipeline whose steps shift and scale each column; of any other steps the columns
    are those that reach the model, the title says so, and no change is sought. With X
    and y the interval comes from the Hessian there (of a ridge fit it leaves out the bias, with
    an L1 penalty there is none), or from `covariance` of θ, (p, p) with the intercept last, for
    two classes. `offset` is that of X, `row_offset`, a number or (c,), that of the row and of the
    baseline. `columns` are those of the table that an array was made from, `Encoding.columns`:
    the levels of a text are then one column. `label` is explained against `against`: by default
    the second class, or of three or more the most probable against the next. Of two classes
    `label` is decided for from the probability `threshold` on, by default as the model decides.
    Raises `InputError` for an unknown row or class, or a model not at its optimum on X and y.

    >>> from glasslogit import LogisticRegression
    >>> X, y = [[0.0, 1.0], [1.0, 3.0], [2.0, 0.0], [3.0, 1.0]], [0, 1, 0, 1]
    >>> why = explain(LogisticRegression().fit(X, y), [3.0, 0.0], X)
    >>> [part.name for part in why.contributions], why.outside
    (['x1', 'x0'], ())
    """
    level = check_number(level, "level", "between 0 and 1", above=0, below=1)
    check_row(model, row, X)
    table = X, row, baseline
    X, row, baseline = map(partial(argument_at_end, model), ("X", "row", "baseline"), table)
    steps = steps_before(model, next((each for each in table if each is not None), None))
    model = model_at_end(model)
    explained = read_row(model, row, row_offset)
    contest = choose_contest(model, explained, label, against)
    spread = withheld = None
    if covariance is not None:
        spread = spread_of(covariance, explained.x, explained.theta.shape[1])
    elif y is not None:
        fitted = fitted_objective(model, X, y, sample_weight, offset)
        spread = spread_on(model, fitted, explained.x, contest.slope)
        withheld = "an L1 penalty selects the coefficients" if spread is None else None
        claims = claims_of(model, fitted)
        if spread is not None and not claims.classical:
            spread, withheld = None, f"with {claims.without} classical errors are wrong"
    interval = None if spread is None else probability_interval(contest.probability, spread, level)
    if steps.lines is not None:
        X, row, baseline = map(steps.lines.rows, table)
        explained, contest = row_in_table(steps.lines, row, explained, contest)
    known = known_ranges(model) if X is None and steps.lines is None else None
    ranges = ranges_of(model, X, baseline, known, len(explained.x))
    terms = read_terms(model, X, row, explained, columns)
    if threshold is None:
        threshold = deciding_threshold(model, contest.label)
    asked: dict[str, Any] = {"level": level, "threshold": threshold}
    why = replace(compose(contest, terms, ranges, interval, **asked), withheld=withheld)
    return replace(why, after=steps.after, change=None, shown=None) if steps.after else why


def row_in_table(
    lines: Lines, row: Any, explained: ExplainedRow, contest: Contest
) -> tuple[ExplainedRow, Contest]:
    """Tell a row and its margin by the columns of the table that the steps made lines of."""
    x = dense_rows(row).ravel().astype(np.float64)
    explained = explained._replace(x=x, names=list(lines.names))
    rivals = np.array([lines.weights(each) for each in contest.rivals])
    return explained, contest._replace(weights=lines.weights(contest.weights), rivals=rivals)


def read_terms(
    model: Any, X: Any, row: Any, explained: ExplainedRow, columns: Sequence[TableColumn] | None
) -> RowInTerms:
    """Tell a row by the columns of its table, or by those that its array was made from."""
    encoder = encoder_of(model)
    if columns is None and encoder is not None:
        encoding = encoder.encoding_
        numbers = known_numbers(model, encoding) if X is None else numbers_in(encoding, X)
        return terms_of_row(encoding, explained, as_table(row), numbers)
    known = numbers_of_array(model, X, explained.names)
    return ColumnTerms(terms_of(explained.names, columns), explained.x, known)


def compose(  # noqa: PLR0913
    contest: Contest,
    row: RowInTerms,
    ranges: Ranges,
    interval: tuple[float, float] | None = None,
    *,
    level: float = 0.95,
    threshold: float,
) -> Explanation:
    """Put an explanation of a row together from what is known of the training rows."""
    threshold = check_threshold(threshold)
    cut = float(logit(np.array(threshold))) if len(contest.slope) == 1 else 0.0
    weights, parts = contest.weights[:-1], row.contributions(contest.weights[:-1], ranges)
    start = fsum([*(weights * ranges.mean).tolist(), float(contest.weights[-1])])
    margin = fsum([start, *(part.contribution for part in parts)])
    flips = [smallest_change(row, *over(cut, theta, row.x)) for theta in contest.rivals]
    flip = min(filter(None, flips), key=lambda flip: flip.size, default=None)
    return Explanation(
        label=contest.label,
        against=contest.against,
        baseline_margin=start,
        margin=margin,
        cut=cut,
        probability=contest.probability,
        interval=interval,
        level=level,
        contributions=tuple(sorted(parts, key=lambda part: -abs(part.contribution))),
        change=None if flip is None else flip.change,
        shown=None if flip is None else flip.shown,
        outside=row.outside(ranges),
    )


def ranges_of(model: Any, X: Any, baseline: Any, known: Ranges | None, d: int) -> Ranges:
    """Take the mean and the ranges from rows, or what is known, and the baseline as it is given."""
    if X is None and baseline is None and known is None:
        problem = "a model keeps no data, but for the files that `glasslogit fit` writes"
        raise InputError(f"{problem}; {rows_needed(model, d)}")
    mean, low, high = known or (None, None, None)
    if X is not None:
        low, high, _, mean = ranges_of_columns(read_features(model, X).X)
    if baseline is not None:
        with blaming("baseline"):
            given = check_features(features_by_name(model, baseline), flat=d)
        mean = dense_rows(given.X).ravel()
        if given.X.shape != (1, d):
            numbers = how_many(mean.size, "number")
            raise InputError(f"baseline has {numbers} but the model has {how_many(d, 'column')}")
        check_learned(given.labels, model, d, "baseline")
    return Ranges(np.asarray(mean, np.float64), low, high)
