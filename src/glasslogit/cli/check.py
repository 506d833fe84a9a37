"""`glasslogit check`: what is risky in a CSV file, before anything is fitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glasslogit.cli import output as show
from glasslogit.cli.findings import find_in_rows, print_findings
from glasslogit.cli.prepare import FitRequest, Prepared, about_data, prepare
from glasslogit.cli.separation import about_separation
from glasslogit.findings import Severity, check_silence, silenced
from glasslogit.trust import find_dependence, find_separation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from glasslogit.cli.printer import Fact
    from glasslogit.optimum.separation import Dependence, Separation

CLEAN, SERIOUS = 0, 1  # exit codes


def check_table(request: FitRequest) -> int:
    """Print findings, separation and dependence of the columns; give the exit code.

    It is 1 if there is a serious finding, if the classes are separated, or if a column is a sum
    of others.
    """
    check_silence(request.output.silence)
    out = show.Printer()
    with out.working(f"reading {request.table}"):
        table = request.reading.read(request.table)
    with out.working("encoding the columns"):
        data = prepare(table, request)
    out.print(show.summary(about_data(table, data, request)))
    out.print()
    with out.working("looking for risks in the rows"):
        found = silenced(find_in_rows(data), request.output.silence)
    if not found:
        out.print(show.summary([("Findings", "none"), ("", "")]))
    print_findings(out, found)
    X = data.trained
    with out.working("looking for separated classes"):
        separation = find_separation(X, data.y[data.train])
    with out.working("looking for columns that depend on others"):
        dependences = find_dependence(X)
    out.print("Columns as the model will see them", style="bold")
    out.print(show.summary(_about_columns(data, separation, dependences)))
    out.print()
    grave = [finding for finding in found if finding.severity is Severity.SERIOUS]
    exact = [each for each in dependences if each.exact]
    count = len(grave) + bool(separation) + len(exact)
    verdict = f"{count} serious problem{'s' if count > 1 else ''}" if count else "nothing serious"
    out.print(show.summary([("Result", f"{verdict} (exit code {SERIOUS if count else CLEAN})")]))
    return SERIOUS if count else CLEAN


def _about_columns(
    data: Prepared, separation: Separation, dependences: Sequence[Dependence]
) -> Iterator[Fact]:
    """Say whether the classes are separated and which columns explain each other."""
    yield "Columns", f"{len(data.encoding.feature_names):,}, and an intercept"
    if separation:
        yield from about_separation(data, separation, "Separation")
    else:
        yield "Separation", str(separation)
    for found in dependences:
        kind = "exactly" if found.exact else f"nearly, but for a share of {found.error:.1g}"
        yield "Collinear", f"{kind}: {found}; --drop one, or keep the penalty"
    if not dependences:
        yield "Collinear", "none: no column is a sum of others"
