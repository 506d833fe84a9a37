"""`glasslogit check`: what is risky in a CSV file, before anything is fitted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from glasslogit.cli import output as show
from glasslogit.cli.about_data import about_data
from glasslogit.cli.findings import find_in_rows, most_folds, print_findings
from glasslogit.cli.model_options import ErrorOptions
from glasslogit.cli.options import Measuring
from glasslogit.cli.prepare import Prepared, prepare
from glasslogit.cli.request import FitRequest
from glasslogit.cli.separation import about_separation
from glasslogit.cli.usable import columns_of, rows_of_a_fit
from glasslogit.cli.words import in_options, typed_remedies
from glasslogit.findings import Code, Severity, check_silence, silenced
from glasslogit.inputs import LazyLabels, Target
from glasslogit.pages import how_many
from glasslogit.tables import NumberColumn, column_of, words_to_type
from glasslogit.tables.encoding import parse
from glasslogit.trust import find_dependence, find_separation, question_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from glasslogit.cli.printer import Fact
    from glasslogit.findings import Finding
    from glasslogit.optimum.separation import Dependence, Separation
    from glasslogit.tables import Table, TypedColumns, Unusable

CLEAN, SERIOUS = 0, 1  # exit codes
DROP, DATE = "drop", "date"


def check_table(request: FitRequest) -> int:
    """Print what is wrong with the columns, findings, separation, dependence; give the exit code.

    It is 1 if a column cannot be used, if there is a serious finding, if the classes are
    separated, or if a column is a sum of others. The last line is a `fit` that mends what an
    option can mend.
    """
    check_silence(request.output.silence, "--silence")
    out = show.Printer()
    usable, data, unusable = _prepared(request, out)
    with out.working("looking for risks in the rows"):
        found = silenced(find_in_rows(data), request.output.silence)
    if not found:
        out.print(show.summary([("Findings", "none"), ("", "")]))
    trained = rows_of_a_fit(data.design.y, request)
    folds = most_folds(data, slice(None) if trained is None else trained)
    print_findings(out, found, data, folds)
    X, rows, intercept = data.trained, data.design, data.encoding.intercept
    with out.working("looking for separated classes"):
        separation = find_separation(X, rows.y, rows.weight, fit_intercept=intercept)
    with out.working("looking for columns that depend on others"):
        dependences = find_dependence(X, fit_intercept=intercept)
    out.print("Columns as the model will see them", style="bold")
    out.print(show.summary(_about_columns(data, separation, dependences)))
    out.print()
    grave = [finding for finding in found if finding.severity is Severity.SERIOUS]
    exact = [each for each in dependences if each.exact]
    count = unusable + len(grave) + bool(separation) + len(exact)
    verdict = how_many(count, "serious problem") if count else "nothing serious"
    better = mended(usable, dict.fromkeys(_to_be_dropped(data, grave, exact), DROP))
    measuring = Measuring(test_size=0) if trained is None else Measuring()
    robust = ErrorOptions(robust=bool(_question(data, request)))
    better = replace(better, measuring=measuring, errors=robust)
    result = f"{verdict} (exit code {SERIOUS if count else CLEAN})"
    out.print(show.summary([("Result", result)]))
    out.print("To fit, copy", style="bold")
    out.print(f"  {better.command()}", wrap=False)
    return SERIOUS if count else CLEAN


def _prepared(request: FitRequest, out: show.Printer) -> tuple[FitRequest, Prepared, int]:
    """Print which columns cannot be used, and mend them.

    Returns what is asked for then, the rows, and how many columns cannot be used as they are.
    """
    table, typed = _read(request, out)
    unusable = typed.unusable
    words = _words_for_missing(table, unusable, request)
    if words:
        na = tuple(words_to_type(table.na, words))
        request = replace(request, reading=replace(request.reading, na=na))
        table, typed = _read(request, out)
    options = {each.name: each.option for each in typed.unusable}
    if unusable:
        out.print("Columns that cannot be used as they are", style="bold")
        out.print(show.summary(_about_unusable(table, unusable, options)))
        out.print()
    usable = mended(request, options)
    with out.working("encoding the columns"):
        data = prepare(table, usable, typed.mended(usable.columns.drop, usable.columns.date))
    asked = in_options(_question(data, usable))
    about = [*about_data(table, data, usable, {*options}), *([("Warning", asked)] if asked else [])]
    out.print(show.summary(about))
    out.print()
    return usable, data, len(unusable)


def _question(data: Prepared, request: FitRequest) -> str:
    """Ask what the weights mean, if no classical errors can be told before it is answered."""
    y, weight = data.design.y, data.beside.weight
    if weight is None:
        return ""
    rows = Target(y.codes if isinstance(y, LazyLabels) else y, weight)
    return question_of(request.beside.weights_are.value, rows)


def _read(request: FitRequest, out: show.Printer) -> tuple[Table, TypedColumns]:
    """Read the table and find what its columns hold."""
    with out.working(f"reading {request.table}"):
        table = request.reading.read(request.table)
    out.names = table.names
    with out.working("looking at the columns"):
        return table, columns_of(table, request)


def _words_for_missing(
    table: Table, unusable: Iterable[Unusable], request: FitRequest
) -> tuple[str, ...]:
    """Give the words that columns of numbers hold where there is none, unless they are a class."""
    words = dict.fromkeys(word for each in unusable for word in each.words)
    classes = {level.strip().lower() for level in table.text(request.target).levels if words}
    return tuple(word for word in words if column_of(word) or word.lower() not in classes)


def _about_unusable(
    table: Table, unusable: Iterable[Unusable], options: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Say of each column why it cannot be used, and what is assumed of it below."""
    for each in unusable:
        why = typed_remedies(str(each.error).removeprefix(f"{table.source}: "))
        yield "Serious", f"{why} (below: --{options.get(each.name, 'na')})"


def mended(request: FitRequest, options: Mapping[str, str]) -> FitRequest:
    """Ask for columns to be left out, taken as dates or as text; one of a formula stays."""
    used = () if request.terms is None else parse(request.terms).names
    drop = [name for name, option in options.items() if option == DROP and name not in used]
    date = [name for name, option in options.items() if option == DATE]
    text = [name for name in options if name not in {*drop, *date}]
    asked = request.columns
    columns = replace(
        asked,
        drop=(*asked.drop, *drop),
        categorical=(*(name for name in asked.categorical if name not in drop), *text),
        date=(*(name for name in asked.date if name not in drop), *date),
    )
    return replace(request, columns=columns)


def _to_be_dropped(
    data: Prepared, grave: Iterable[Finding], exact: Iterable[Dependence]
) -> Sequence[str]:
    """Name the columns of the table without which leaks and sums of columns are gone.

    The leaks stay where no column would be left.
    """
    if data.encoding.formula is not None:
        return ()
    leaks = [name for each in grave if each.code is Code.LEAK for name in each.columns]
    numbers = {each.name for each in data.encoding.columns if isinstance(each, NumberColumn)}
    sums = [each.dropped for each in exact if each.dropped in numbers]
    left = {each.name for each in data.encoding.columns} - {*leaks, *sums}
    return (*leaks, *sums) if left else sums


def _about_columns(
    data: Prepared, separation: Separation, dependences: Sequence[Dependence]
) -> Iterator[Fact]:
    """Say whether the classes are separated and which columns explain each other."""
    intercept = "and an intercept" if data.encoding.intercept else "without an intercept"
    yield "Columns", f"{len(data.encoding.feature_names):,}, {intercept}"
    if separation:
        yield from about_separation(data, separation, "Separation")
    else:
        yield "Separation", str(separation)
    for found in dependences:
        kind = "exactly" if found.exact else f"nearly, but for a share of {found.error:.1g}"
        yield "Collinear", f"{kind}: {found}; --drop one, or keep the penalty"
    if not dependences:
        yield "Collinear", "none: no column is a sum of others"
