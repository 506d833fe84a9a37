"""`glasslogit check`: what is risky in a CSV file, before anything is fitted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from glasslogit.cli import output as show
from glasslogit.cli.about_data import about_data
from glasslogit.cli.combinations import refuse_wrong_line
from glasslogit.cli.findings import find_in_rows, print_findings, ways_out
from glasslogit.cli.model_options import ErrorOptions
from glasslogit.cli.options import Measuring
from glasslogit.cli.prepare import Prepared, prepare
from glasslogit.cli.relations import about_relations
from glasslogit.cli.request import FitRequest
from glasslogit.cli.separation import about_separation
from glasslogit.cli.usable import columns_of, rows_of_a_fit
from glasslogit.cli.verdict import SERIOUS, SeriousProblems
from glasslogit.cli.words import in_options, typed_remedies
from glasslogit.errors import InputError
from glasslogit.findings import Code, Severity, silenced
from glasslogit.inputs import LazyLabels, Target
from glasslogit.tables import Numbers, differs_by_case, shorten, typed_column, words_to_type
from glasslogit.tables.encoding import parse
from glasslogit.trust import find_dependence, find_separation, question_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from glasslogit.cli.printer import Fact
    from glasslogit.findings import Finding
    from glasslogit.optimum.separation import Separation
    from glasslogit.tables import Table, TypedColumns, Unusable

NOTHING_LEFT = "without them no column is left to learn from; give one that a model can use"
DROP, DATE, IGNORE_CASE, AS_NUMBERS = "drop", "date", "ignore_case", "number"
DOES = {
    DROP: "--drop leaves out",
    IGNORE_CASE: "--ignore-case ignores case in",
    AS_NUMBERS: "no --categorical makes texts of the numbers of",
}
OF_ALL_COLUMNS = {Code.CONTRADICTING_ROWS, Code.FEW_EVENTS}  # what is found in all columns at once
WHY = {
    Code.LEAK: "gives the target away",
    Code.IDENTIFIER: "names the rows",
    Code.DUPLICATED_COLUMN: "repeats another column",
    Code.ALIKE_LEVELS: "has levels that differ by it",
}


class Mend(NamedTuple):
    """What an option of the printed `fit` does to a column, and why."""

    option: str  # "drop", "ignore_case" or "number"
    name: str
    why: str


class Looked(NamedTuple):
    """A table, what is asked of it where its columns are as they can be used, and its rows."""

    table: Table
    request: FitRequest
    data: Prepared
    unusable: int  # columns that cannot be used as they are
    question: str  # about the weights


def check_table(request: FitRequest) -> int:
    """Print what is wrong with the columns, findings, separation, dependence; give the exit code.

    It is 1 if a column cannot be used, if there is a serious finding, or if the columns separate
    these classes, as they would not any: the result names what it counts. The last line is a `fit`
    that mends what an option can mend; what is found in all columns at once is found in those of
    that fit. Its penalty holds columns that are sums of others.
    """
    refuse_wrong_line(request)
    out = show.Printer()
    looked = _prepared(request, out)
    if looked is None:
        return SERIOUS
    data = looked.data
    X, rows, intercept = data.trained, data.design, data.encoding.intercept
    with out.working("looking for risks in the rows"):
        found = silenced(find_in_rows(data), request.output.silence)
    with out.working("looking for separated classes"):
        separation = find_separation(X, rows.y, rows.weight, fit_intercept=intercept)
    with out.working("looking for columns that depend on others"):
        dependences = find_dependence(X, fit_intercept=intercept)
    spanned = len(data.encoding.feature_names) + int(intercept) - len(dependences)
    any_classes = spanned >= data.n_trained  # of rows that no sum relates: all are separated
    with out.working("looking at the columns of the fit"):
        mends, better, fitted = _tried(looked, _mends(looked, found))
        again = silenced(find_in_rows(fitted), request.output.silence) if mends else found
        apart = [each for each in found if each.code not in OF_ALL_COLUMNS or each in again]
        of_fit = [each for each in again if each.code in OF_ALL_COLUMNS and each not in found]
    if not (apart or of_fit):
        out.print(show.summary([("Findings", "none"), ("", "")]))
    trained = rows_of_a_fit(fitted.design.y, request)
    ways = ways_out(fitted, [*apart, *of_fit], slice(None) if trained is None else trained)
    print_findings(out, apart, data, ways, of_fit)
    out.print("Columns as the model will see them", style="bold")
    classes = _about_classes(data, separation, any_classes=any_classes)
    about = (*_about_columns(data, fitted), *classes, *about_relations(data, dependences))
    out.print(show.summary(about))
    out.print()
    grave = [finding for finding in found if finding.severity is Severity.SERIOUS]
    separated = bool(separation) and not any_classes
    kinds = SeriousProblems(looked.unusable, len(grave), int(separated))
    measuring = Measuring(test_size=0) if trained is None else Measuring()
    robust = ErrorOptions(robust=bool(looked.question))
    better = replace(better, measuring=measuring, errors=robust)
    out.print(show.summary([("Result", kinds.verdict()), *_about_mends(mends)]))
    out.print("To fit, copy", style="bold")
    out.print(f"  {better.command()}", wrap=False)
    return kinds.exit_code


def _prepared(request: FitRequest, out: show.Printer) -> Looked | None:
    """Print which columns cannot be used, and mend them; the verdict, where then none is left."""
    table, typed = _read(request, out)
    unusable = typed.unusable
    words = [word for each in unusable for word in each.words]
    if words:
        na = tuple(words_to_type(table.na, words))
        request = replace(request, reading=replace(request.reading, na=na))
        table, typed = _read(request, out)
    options = {each.name: each.option for each in typed.unusable}
    usable = mended(request, options)
    typed = typed.mended(usable.columns.drop, usable.columns.date)
    data = None
    try:
        if typed.columns or not unusable:
            with out.working("encoding the columns"):
                data = prepare(table, usable, typed)
    finally:
        if unusable:
            out.print("Columns that cannot be used as they are", style="bold")
            out.print(
                show.summary(_about_unusable(table, unusable, None if data is None else options))
            )
            out.print()
    if data is None:
        verdict = SeriousProblems(len(unusable), 0, 0).verdict()
        out.print(show.summary([("Result", verdict), ("", NOTHING_LEFT)]))
        return None
    asked = in_options(_question(data, usable))
    about = [*about_data(table, data, usable, {*options}), *([("Warning", asked)] if asked else [])]
    out.print(show.summary(about))
    out.print()
    return Looked(table, usable, data, len(unusable), asked)


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
        table = request.reading.read(request.table, request.target)
    out.names = table.names
    with out.working("looking at the columns"):
        return table, columns_of(table, request)


def _about_unusable(
    table: Table, unusable: Iterable[Unusable], options: Mapping[str, str] | None
) -> Iterator[tuple[str, str]]:
    """Say of each column why it cannot be used, and by which option it is, if anything, below."""
    for each in unusable:
        why = typed_remedies(str(each.error).removeprefix(f"{table.source}: "))
        below = "" if options is None else f" (below: --{options.get(each.name, 'na')})"
        yield "Serious", f"{why}{below}"


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


def _mends(looked: Looked, found: Iterable[Finding]) -> Sequence[Mend]:
    """Say which columns an option mends: of a formula none is left out.

    Columns that name the rows, give the target away or repeat another are left out. The first two
    stay where no column would be left.
    """
    data = looked.data
    by_code: dict[Code, list[Finding]] = {}
    for each in found:
        by_code.setdefault(each.code, []).append(each)
    alike = [name for each in by_code.get(Code.ALIKE_LEVELS, ()) for name in each.columns]
    folded = [name for name in alike if differs_by_case(looked.table.text(name))]
    mends = [Mend(IGNORE_CASE, name, WHY[Code.ALIKE_LEVELS]) for name in folded]
    if data.encoding.formula is not None:
        return mends
    columns = {each.name for each in data.encoding.columns}
    why = {
        name: WHY[each.code]
        for each in (*by_code.get(Code.LEAK, ()), *by_code.get(Code.IDENTIFIER, ()))
        if each.severity is not Severity.NOTE
        for name in each.columns
    }
    why = {name: code for name, code in why.items() if name in columns}
    again = [each.columns[1:] for each in by_code.get(Code.DUPLICATED_COLUMN, ())]
    extra = {name: WHY[Code.DUPLICATED_COLUMN] for names in again for name in names}
    why = why | extra if columns - {*why, *extra} else extra
    as_text = {name for name in looked.request.columns.categorical if name in why}
    numbers = {n for n in as_text if isinstance(typed_column(looked.table, n), Numbers)}
    left = [Mend(DROP, name, said) for name, said in why.items() if name not in numbers]
    mends += [Mend(AS_NUMBERS, name, "hardly one comes twice") for name in why if name in numbers]
    return [*left, *mends]


def _tried(looked: Looked, mends: Sequence[Mend]) -> tuple[Sequence[Mend], FitRequest, Prepared]:
    """Give what is mended, the `fit` of it and its rows; nothing where that could not be fitted."""
    if not mends:
        return mends, looked.request, looked.data
    alike = [each.name for each in mends if each.option == IGNORE_CASE]
    better = mended(looked.request, {each.name: DROP for each in mends if each.option == DROP})
    reading = replace(better.reading, ignore_case=(*better.reading.ignore_case, *alike))
    numbers = {each.name for each in mends if each.option == AS_NUMBERS}
    as_text = tuple(name for name in better.columns.categorical if name not in numbers)
    columns = replace(better.columns, categorical=as_text)
    better = replace(better, reading=reading, columns=columns)
    try:
        return mends, better, prepare(looked.table.ignoring_case(alike), better)
    except InputError:
        return (), looked.request, looked.data


def _about_mends(mends: Sequence[Mend]) -> Iterator[Fact]:
    """Say what the options of the printed `fit` do, and why."""
    word = "Mended"
    for option, does in DOES.items():
        named = [f"{each.name!r} ({each.why})" for each in mends if each.option == option]
        if named:
            yield word, f"below {does} {shorten(named)}"
            word = ""


def _about_columns(data: Prepared, fitted: Prepared) -> Iterator[Fact]:
    """Say how many columns there are, and in the fit that is printed, which is `fitted`."""
    intercept = "and an intercept" if data.encoding.intercept else "without an intercept"
    count, left = (len(each.encoding.feature_names) for each in (data, fitted))
    yield "Columns", f"{count:,}, {intercept}{f' ({left:,} in the fit below)' * (left != count)}"


def _about_classes(data: Prepared, found: Separation, *, any_classes: bool) -> Iterator[Fact]:
    """Say whether the classes are separated, and whether any classes of these rows would be."""
    if not found:
        yield "Separation", str(found)
        return
    yield from about_separation(data, found, "Separation")
    if any_classes:
        rows = show.rows(data.n_trained)
        yield "", f"any classes would be: the columns are enough to tell {rows} apart"
