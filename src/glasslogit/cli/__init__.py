"""The command `glasslogit`: check, fit, predict, evaluate and explain on CSV files.

    glasslogit check people.csv --target income
    glasslogit fit people.csv --target income --model model.json
    glasslogit predict model.json new.csv -o out.csv
    glasslogit evaluate model.json people.csv
    glasslogit evaluate model.json people.csv --against last_month.json
    glasslogit explain model.json new.csv --row 17

Every fault is one line on the error stream: exit code 2 for a command line that is wrong whatever
the files hold, 130 after Ctrl-C, 1 for anything else. `check` ends with 1 also if it has found
something serious. The libraries of the extra `cli` are looked for first; each is imported where it
is used, so that help does not wait for what reads files.
"""

from __future__ import annotations

import io
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from glasslogit.cli.refusals import CommandLineError
from glasslogit.errors import GlasslogitError, MissingExtraError, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130
FAULT, WRONG_LINE = 1, 2
LIBRARIES = ("typer", "rich", "polars")  # of the extra `cli`


def main() -> None:
    """Run the command line and leave with its exit code."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the shell: >&-
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # an old terminal must not end in a traceback
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; a fault becomes one line, never a traceback."""
    try:
        _check_libraries()
        from glasslogit.cli.commands import call  # noqa: PLC0415  needs the extra `cli`

        code, line = call(arguments or ["--help"])
        line = "interrupted" if code == INTERRUPTED else line
    except GlasslogitError as error:
        from glasslogit.cli.words import own_texts, typed_remedies  # noqa: PLC0415  as it is here

        code = WRONG_LINE if isinstance(error, CommandLineError) else FAULT
        line = typed_remedies(str(error), own_texts(arguments))
    except KeyboardInterrupt:
        code, line = INTERRUPTED, "interrupted"
    except BrokenPipeError:
        code, line = FAULT, ""
    except MemoryError:
        code, line = FAULT, "there is not enough memory for this table"
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        code, line = FAULT, f"{where}{error.strerror or error}"
    if line:
        sys.stderr.write(f"glasslogit: {visible(' '.join(line.split()))}\n")
    return code


def _check_libraries() -> None:
    """Name a library of the extra that is not installed."""
    for library in LIBRARIES:
        if find_spec(library) is None:
            raise MissingExtraError(library, "cli")
